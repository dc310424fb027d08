"""New results take the place of old ones when they are whole, not before.

They are written into a folder of their own inside the results folder. At the end the old results move aside, the new ones move
in, the manifest last, and the old ones are deleted. If something goes wrong in between, or the program is killed, the old results
are put back, by the one who failed or by the next command. Files that this program did not write stay where they are.
"""

import shutil
from pathlib import Path

from sim.store.folder import CONTENTS, MANIFEST, PREVIOUS

NEXT = ".next"


def staging(folder: Path) -> Path:
    """The folder for new results, empty."""
    path = folder / NEXT
    discard(path)
    path.mkdir()
    return path


def replace_results(folder: Path) -> None:
    """Put the new results in place of the old ones. Whatever goes wrong, the folder holds either the old or the new."""
    previous, new = folder / PREVIOUS, folder / NEXT
    try:
        previous.mkdir()
        for name in (
            *CONTENTS,
            MANIFEST,
        ):  # the manifest moves last, both ways: it says which results are whole
            if _is_there(folder / name):
                (folder / name).rename(previous / name)
        for name in (*(path.name for path in new.iterdir() if path.name != MANIFEST), MANIFEST):
            (new / name).rename(folder / name)
    except BaseException:
        recover(folder)
        raise
    discard(previous)
    discard(new)


def recover(folder: Path) -> None:
    """Finish or undo an exchange that did not end."""
    previous, new = folder / PREVIOUS, folder / NEXT
    if not previous.is_dir():
        return
    if (previous / MANIFEST).exists() and (folder / MANIFEST).exists():
        discard(previous)  # the new results are whole
        discard(new)
        return
    if new.is_dir() and not (folder / MANIFEST).exists():  # all that is here has moved in
        for name in CONTENTS:
            discard(folder / name)
    discard(new)  # from here on, what is here has been put back: this, too, may be interrupted and repeated
    for path in list(previous.iterdir()):
        if path.name != MANIFEST:
            path.rename(folder / path.name)
    if (previous / MANIFEST).exists():
        (previous / MANIFEST).rename(folder / MANIFEST)
    discard(previous)


def discard(path: Path) -> None:
    """Remove a file or a folder of ours, if it is there; a link is removed, not what it points to."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()
