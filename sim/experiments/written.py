"""Scenarios written into a results folder: a few lines that extend another file, and copies of the files that they extend."""

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.scenario import files as scenario_files
from sim.scenario.scenario import Scenario

COPIES = "from"  # files that the scenarios extend, as a file names only what lies beside or below it


def reference(path: Path, folder: Path, source: Path) -> str:
    """How a file in *folder* names the scenario *path*: a bundled one by name, one in the folder by where it is there, others
    by their copy. source: the scenario that was named; the others lie in its folder or below.
    """
    if path.resolve().parent == scenario_files.folder().resolve():
        return path.stem
    if path.resolve().is_relative_to(folder.resolve()):
        return path.resolve().relative_to(folder.resolve()).as_posix()
    return f"{COPIES}/{path.resolve().relative_to(source.resolve().parent).as_posix()}"


def copies(base: Scenario, source: Path, folder: Path) -> dict[str, Path]:
    """Name in the results *folder* -> file of everything that *base* was read from; none of what is bundled or there already."""
    root = source.resolve().parent
    if root.is_relative_to(folder.resolve()):
        return {}
    below = (path for path in base.files if path.is_relative_to(root))
    return {f"{COPIES}/{path.relative_to(root).as_posix()}": path for path in below}


def copy_into(folder: Path, copied: Mapping[str, Path]) -> None:
    """Copy files, by their name in *folder*, as `copies` has them."""
    for name, path in copied.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)


def held_text(note: str, base: Scenario, given: Mapping[str, Any], folder: Path, source: Path) -> str | None:
    """The scenario to which *base* is held equal, with what is given but its structure; None if it is held equal to no file."""
    held = base.hold_base
    if held is None or held.path is None:
        return None
    outside = {path: value for path, value in given.items() if not path.startswith("organisation.")}
    return scenario_text(note, {"extends": reference(held.path, folder, source), "name": held.name}, outside)


def scenario_text(
    note: str, head: Mapping[str, str], values: Mapping[str, Any], events: Sequence[Mapping[str, Any]] = ()
) -> str:
    """A scenario in YAML: a comment, what it is called, values by path in their sections, events."""
    lines = [f"# {note}", *(f"{key}: {_flow(value)}" for key, value in head.items())]
    sections: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        section, _, name = path.partition(".")
        if name:
            sections.setdefault(section, {})[name] = value
        else:
            lines.append(f"{section}: {_flow(value)}")
    for section, inside in sections.items():
        lines += [f"{section}:", *(f"  {name}: {_flow(value)}" for name, value in inside.items())]
    if events:
        lines += ["events:", *(f"  - {_flow(event)}" for event in events)]
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    """A value in YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, float) and math.isinf(value):
        return ".inf"
    if isinstance(value, str) and value.isidentifier() and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


_WORDS = ("true", "false", "yes", "no", "on", "off", "null", "y", "n", "inf", "nan")
