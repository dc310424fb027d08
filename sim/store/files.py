"""Files that are whole or absent: written to a temporary name beside their place, then renamed."""

import contextlib
import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from sim.text import plain

_TEMPORARY = re.compile(r"\..+\.\d+\.tmp")


def is_temporary(path: Path) -> bool:
    """True if a file has the name of one that is being written."""
    return _TEMPORARY.fullmatch(path.name) is not None


def remove_temporary(folder: Path) -> None:
    """Remove what dead processes were writing in a folder and below it. For the one who holds its lock: no other writes there."""
    for path in folder.rglob(".*.tmp"):
        if is_temporary(path):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`; what is written there takes the place of `path` on success."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file in one step (UTF-8, line ends as given)."""
    with replaced(path) as temporary:
        temporary.write_bytes(text.encode())


def write_json(path: Path, data: object) -> None:
    """Write plain data as indented JSON in one step; non-finite numbers become null."""
    write_text(path, json.dumps(plain.jsonable(data), indent=2, allow_nan=False) + "\n")


def read_json(path: Path) -> dict[str, object] | None:
    """A JSON object from a file; None if there is none, or it is not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file in one step. Floats get 12 significant digits, undefined figures are empty."""
    with replaced(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([cell(value) for value in row] for row in rows)


def cell(value: object) -> str:
    """A value as it stands in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return f"{value:.12g}" if np.isfinite(value) else ("" if np.isnan(value) else str(value))
    return str(value)
