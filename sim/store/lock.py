"""A folder is written by one command at a time: a locked file that names the process that writes.

The lock is one of the operating system's (flock; on Windows a locked byte), which releases it when the process ends, however it
ends. The file says who holds it, for the others, and is removed when the work is done; a process that was killed leaves the file
behind, without the lock, and the next command takes it over. On a file system that has no locks the file itself is the lock: its
process is looked up on the same machine, and of another machine nothing can be known, so that the text says what to delete.
"""

import contextlib
import errno
import json
import os
import platform
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sim.errors import UserError
from sim.store.files import read_json

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment, unused-ignore]

LOCK = ".orgsim.lock"
_PATIENCE = 1.0  # seconds in which a lock that was just made gets its content
_BUSY = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_LOCKED_BYTE = 1 << 30  # Windows: locked bytes cannot be read by others, so it is one far behind the text


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made if it is not there. Raises UserError if another process has it, OSError if the
    folder cannot be written.
    """
    path = folder / LOCK
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = _acquire(path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # before it is released: nobody can have taken it meanwhile
            path.unlink(missing_ok=True)
        os.close(descriptor)
        with contextlib.suppress(OSError):  # where an open file cannot be removed
            if os.name == "nt":
                path.unlink(missing_ok=True)


def _acquire(path: Path) -> int:
    """Open and lock the file, and say in it who we are. Return its descriptor."""
    for _ in range(10):
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
        try:
            if not _lock(path, descriptor):
                raise _refusal(path, _holder(path) or {})
            if not _is_at(path, descriptor):  # removed by the one who had it, while we waited for it
                os.close(descriptor)
                continue
            os.truncate(descriptor, 0)
            os.write(descriptor, json.dumps(_self()).encode())
        except BaseException as error:
            with contextlib.suppress(OSError):
                if not isinstance(error, UserError) and _is_at(path, descriptor):
                    path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                os.close(descriptor)
            raise
        return descriptor
    raise UserError(f"{path.parent}: other commands begin here at the same time; try again, or use --out")


def _lock(path: Path, descriptor: int) -> bool:
    """Take the system's lock; False if another process has it. Without such locks: whether the process named is gone."""
    try:
        _system_lock(descriptor)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        holder = read_json(path)  # ENOLCK, ENOTSUP, ...: a file system without locks
        return holder is None or not _lives(holder)
    return True


def _system_lock(descriptor: int) -> None:
    """Lock an open file for this process, without waiting. Raises OSError."""
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    import msvcrt  # Windows only

    os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
    msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    os.lseek(descriptor, 0, os.SEEK_SET)


def _is_at(path: Path, descriptor: int) -> bool:
    """True if the open file is still the one of that name."""
    try:
        there, ours = path.stat(), os.fstat(descriptor)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _self() -> dict[str, object]:
    """What the lock says of this process."""
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
    """False if the holder's process is certainly gone. Asked only where the file system has no locks."""
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


def _refusal(path: Path, holder: dict[str, object]) -> UserError:
    return UserError(
        f"{path.parent}: process {holder.get('pid', 'unknown')} on {holder.get('host', 'this or another machine')} has been "
        f"writing here since {holder.get('started', 'a moment ago')}; wait for it, or choose another folder with --out (if it is "
        f"not running any more, delete {path})"
    )
