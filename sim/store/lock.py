"""A folder is written by one command at a time: a lock file that names the process that writes.

The file is made in one step where none is (O_EXCL), so that two commands cannot both have it. It is removed when the work ends,
on errors and on Ctrl-C as well. A process that was killed leaves it behind: on the same machine the next command sees that the
process is gone and takes the lock over; of another machine it cannot know, and says what to delete.
"""

import contextlib
import json
import os
import platform
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sim.errors import UserError
from sim.store.files import read_json

LOCK = ".orgsim.lock"
_PATIENCE = 1.0  # seconds in which a lock that was just made gets its content


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made if it is not there. Raises UserError if another process has it, OSError if the
    folder cannot be written.
    """
    path = folder / LOCK
    folder.mkdir(parents=True, exist_ok=True)
    _acquire(path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _acquire(path: Path) -> None:
    """Make the lock file. A lock whose process is gone is moved away first, and only if it is still that one."""
    for _ in range(10):
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            holder = _holder(path)
            if holder is not None and _lives(holder):
                raise _refusal(path, holder) from None
            _move_away(path, holder)
            continue
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(_self(), file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return
    raise UserError(f"{path.parent}: other commands begin here at the same time; try again, or use --out")


def _self() -> dict[str, object]:
    """What a lock says of its holder. began: when the process began, in the system's own count, where it has one."""
    started = datetime.now().astimezone().isoformat(" ", "seconds")
    return {
        "pid": os.getpid(),
        "host": platform.node(),
        "started": started,
        "began": _began(os.getpid()),
    }


def _holder(path: Path) -> dict[str, object] | None:
    """What a lock says; None if it is gone, or says nothing even after a moment."""
    until = time.monotonic() + _PATIENCE
    while True:
        holder = read_json(path)
        if holder is not None or not path.exists() or time.monotonic() > until:
            return holder
        time.sleep(0.02)


def _began(pid: int) -> str | None:
    """When a process began, on systems with /proc: a number that was given again to another process is then told from it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError, ValueError):
        return None


def _lives(holder: dict[str, object]) -> bool:
    """False if the holder's process is certainly gone."""
    pid = holder.get("pid")
    if holder.get("host") != platform.node() or not isinstance(pid, int) or os.name == "nt":
        return True  # nothing can be known: there, signal 0 would end the process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True  # another user's
    began = _began(pid)
    return began is None or holder.get("began") in (None, began)


def _move_away(path: Path, holder: dict[str, object] | None) -> None:
    """Remove a lock that nobody holds; one that another command has made meanwhile is put back."""
    aside = path.with_name(f"{LOCK}.{os.getpid()}.stale")
    try:
        os.replace(path, aside)
    except FileNotFoundError:
        return
    if read_json(aside) == holder or path.exists():
        aside.unlink(missing_ok=True)
    else:
        os.replace(aside, path)


def _refusal(path: Path, holder: dict[str, object]) -> UserError:
    return UserError(
        f"{path.parent}: process {holder.get('pid')} on {holder.get('host')} has been writing here since "
        f"{holder.get('started')}; wait for it, or choose another folder with --out (if it is not running any more, "
        f"delete {path})"
    )
