"""Where scenario files are found: a path, a path relative to the file that names it, or the name of a bundled one."""

import os
import stat
from pathlib import Path

from sim.constants import PACKAGE
from sim.errors import UserError, nearest_word, suggest

SUFFIXES = (".yaml", ".yml")
_MOST_NAMES = 500  # files of a folder among which a similar name is looked for


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
    """The file for a path or a bundled name. beside: the folder of the file that names it (default: the user does).

    What a user names may lie anywhere, relative to the current folder. What a file names lies in the folder of that file or
    below it, links followed: whoever passes a scenario on cannot make it read something else. Bundled names are always known.
    Raises `UserError` with the nearest bundled name; `where` is put in front of it.
    """
    text = str(name)
    named = one_line(text, 200)
    if not text.strip() or "\0" in text:
        raise UserError(
            f"{where}{named!r} is no file name; give a path or a bundled scenario: {', '.join(bundled())}"
        )
    known = bundled()
    stem = text.removesuffix(".yaml")
    if stem in known and beside == folder():  # installers may have made links of these
        return known[stem]
    path = Path(text) if beside is None else inside(beside, text, where)
    try:
        if path.is_file():
            return path
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        raise UserError(
            f"{where}{named}: cannot be read ({getattr(error, 'strerror', None) or error})"
        ) from None
    if stem in known:
        return known[stem]
    if is_folder:
        raise UserError(f"{where}{named}: is a folder; name a file in it")
    if is_there:
        raise UserError(f"{where}{named}: is a device or a pipe, not a file; save the scenario as a file")
    last = Path(text).name
    last = last.removesuffix(".yaml").removesuffix(".yml")
    near = f", did you mean the bundled '{last}'?" if last in known else ""
    near = near or _own_beside(path) or suggest(last[:80], tuple(known))
    listed = f"; bundled scenarios: {', '.join(known)}"
    raise UserError(f"{where}{named}: no such file{near or listed}")


def _own_beside(path: Path) -> str:
    """ ", did you mean 'ours.yaml'?" where the folder has a scenario file of nearly that name, else ""."""
    try:
        there = [entry.name for entry in path.parent.iterdir() if entry.suffix in SUFFIXES]
    except (OSError, ValueError):
        return ""
    own = {Path(name).stem: name for name in sorted(there)[:_MOST_NAMES]}
    stem = path.stem if path.suffix in SUFFIXES else path.name
    near = own.get(stem) or own.get(nearest_word(stem[:80], list(own)))
    return f", did you mean '{one_line(str(path.with_name(near)), 200)}'?" if near else ""


def find_bundled(name: str, where: str = "") -> Path:
    """The file of a bundled scenario, which is all that a text may name that is no file. Raises `UserError`."""
    known = bundled()
    stem = name.removesuffix(".yaml")
    if stem in known:
        return known[stem]
    near = suggest(stem[:80], tuple(known))
    raise UserError(
        f"{where}{one_line(name, 200)}: a scenario that is given as text can use bundled scenarios only{near}; bundled "
        f"scenarios: {', '.join(known)}"
    )


def inside(folder: Path, name: str, where: str = "") -> Path:
    """The path of *name* in *folder*. Raises `UserError`, whether it is there or not, if it lies outside, links followed."""
    path = folder / name
    try:
        if path.resolve().is_relative_to(folder.resolve()):
            return path
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "the path cannot be followed"
        raise UserError(f"{where}{one_line(name, 200)}: cannot be read ({reason})") from None
    raise UserError(
        f"{where}{one_line(name, 200)}: lies outside the folder of the file that names it; a file can use files in its own "
        f"folder and the folders below, and bundled scenarios, so put it there"
    )


def refuse_irregular(path: Path, shown_as: str, most: int, what: str) -> None:
    """Raise `UserError` for what would never end (a device, a pipe), or is larger than *most* bytes. Raises OSError, too."""
    info = path.stat()
    if stat.S_ISDIR(info.st_mode):
        raise UserError(f"{shown_as}: is a folder; name a file in it")
    if not stat.S_ISREG(info.st_mode):
        raise UserError(f"{shown_as}: is a device or a pipe, not a file; save the {what} as a file")
    if info.st_size > most:
        raise UserError(
            f"{shown_as}: {info.st_size:,} bytes are more than the limit of {most:,} for a {what}"
        )


def shown(path: Path) -> str:
    """How messages name a file: relative to the current folder if it lies below it, as given otherwise."""
    if not path.is_absolute():
        return str(path)
    relative = os.path.relpath(path) if path.drive == Path.cwd().drive else str(path)
    return str(path) if relative.startswith("..") else relative
