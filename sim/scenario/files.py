"""Where scenario files are found: a path, a path relative to the file that names it, or the name of a bundled one."""

import os
from pathlib import Path

from sim.constants import PACKAGE
from sim.errors import UserError, suggest

SUFFIXES = (".yaml", ".yml")


def folder() -> Path:
    """The folder of the bundled scenarios: inside the installed package, or `scenarios/` beside it in a checkout."""
    installed = PACKAGE / "bundled_scenarios"
    return installed if installed.is_dir() else PACKAGE.parent / "scenarios"


def bundled() -> dict[str, Path]:
    """Name -> file of every bundled scenario and sweep, by name."""
    return {path.stem: path for path in sorted(folder().glob("*.yaml"))}


def one_line(text: str, limit: int = 80) -> str:
    """Text for a message: control characters shown as escapes, cut at *limit* characters."""
    text = text if len(text) <= limit else f"{text[:limit]}..."
    return text if text.isprintable() else repr(text)[1:-1]


def find(name: str | Path, beside: Path | None = None, where: str = "") -> Path:
    """The file for a path or a bundled name. beside: folder to which paths are relative (default: the current one).

    Raises `UserError` with the nearest bundled name; `where` is put in front of it.
    """
    text = str(name)
    named = one_line(text, 200)
    if not text.strip() or "\0" in text:
        raise UserError(
            f"{where}{named!r} is no file name; give a path or a bundled scenario: {', '.join(bundled())}"
        )
    path = Path(text) if beside is None else beside / text
    try:
        if path.is_file():
            return path
        is_folder = path.is_dir()
    except (OSError, ValueError) as error:
        raise UserError(
            f"{where}{named}: cannot be read ({getattr(error, 'strerror', None) or error})"
        ) from None
    known = bundled()
    stem = text.removesuffix(".yaml")
    if stem in known:
        return known[stem]
    if is_folder:
        raise UserError(f"{where}{named}: is a folder; name a file in it")
    last = Path(text).name
    last = last.removesuffix(".yaml").removesuffix(".yml")
    near = f", did you mean the bundled '{last}'?" if last in known else suggest(last[:80], tuple(known))
    listed = f"; bundled scenarios: {', '.join(known)}"
    raise UserError(f"{where}{named}: no such file{near or listed}")


def shown(path: Path) -> str:
    """How messages name a file: relative to the current folder if it lies below it, as given otherwise."""
    if not path.is_absolute():
        return str(path)
    relative = os.path.relpath(path) if path.drive == Path.cwd().drive else str(path)
    return str(path) if relative.startswith("..") else relative
