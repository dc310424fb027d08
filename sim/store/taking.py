"""A results folder for the time of a command: taken before the work begins, filled when it is done, else given back.

The same promise for every command that writes one: the same question resumes or redoes its own folder, another question is
refused, or gets a folder of its own where none was named; `--fresh` replaces, and what is replaced goes only when the new
results are whole.
"""

import contextlib
import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import UserError
from sim.store.files import remove_temporary
from sim.store.folder import (
    check_owner,
    clear,
    holds_nothing,
    own_folder,
    read_manifest,
    set_status,
    stamped,
)
from sim.store.journal import JOURNAL, Journal, UnkeptError
from sim.store.lock import locked
from sim.store.replacing import recover, replace_results, staging


@dataclass(frozen=True)
class Taken:
    """A folder that is ours until the work ends. journal: what is kept as it comes. had: it held finished results before."""

    folder: Path
    manifest: Mapping[str, object]
    journal: Journal
    had: bool

    @contextlib.contextmanager
    def writing(self, **facts: object) -> Iterator[Path]:
        """Yield the folder to write into; what is there takes the place of what was here before, all at once."""
        new = staging(self.folder)
        try:
            yield new
            set_status(new, self.manifest, "complete", **facts)
        except BaseException:
            recover_quietly(self.folder)
            raise
        self.journal.close()
        replace_results(self.folder)

    def left(self) -> str:
        """What is in the folder after an interruption, in words."""
        kept = f"finished runs are kept in {self.folder}; the same command continues from there"
        words = kept if self.journal.kept else "nothing was written"
        return words + (f"; the results in {self.folder} are as they were." if self.had else ".")


@contextlib.contextmanager
def taken(
    out: str | None, default: Path, manifest: Mapping[str, object], fresh: bool, *, keeps: bool = False
) -> Iterator[Taken]:
    """Take the folder `out`, or without one the default or a numbered one beside it (see `own_folder`).

    keeps: the command keeps what is finished in the journal. Raises UserError if the folder is another's, is being written by
    another process, or cannot be written.
    """
    folder = Path(out) if out else own_folder(default, manifest, fresh)
    check_owner(folder, manifest, fresh)
    with opened(folder):
        check_owner(folder, manifest, fresh)
        data = stamped(manifest)
        found = read_manifest(folder)
        had = found is not None and found.get("status") == "complete"
        new = holds_nothing(folder)
        if new:
            set_status(folder, data, "running")
        path = folder / JOURNAL if keeps else None
        with Journal(path, str(manifest["content_hash"])) as journal:
            try:
                yield Taken(folder, data, journal, had)
            except BaseException as error:
                journal.close()
                _end(folder, data, new, bool(journal.kept) and _keeps(error))
                raise


def _keeps(error: BaseException) -> bool:
    """What is finished is of use after an interruption, a full disk or a defect; not where the question was wrong."""
    return isinstance(error, UnkeptError) or not isinstance(error, UserError)


def _end(folder: Path, data: dict[str, object], new: bool, kept: bool) -> None:
    """After an early end: say so in the manifest of a folder that was new, or leave no trace of it."""
    with contextlib.suppress(OSError):  # the first error is the one to tell
        if not new:
            return
        if kept:
            set_status(folder, data, "interrupted")
        else:
            clear(folder)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Lock a folder; put right what a killed command left; remove the folders made here in which nothing is.

    Raises UserError, also for what the system does not allow.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        with told(folder), locked(folder):
            recover(folder)
            if holds_nothing(folder) or read_manifest(folder) is not None:  # else it is not ours
                remove_temporary(folder)
            yield
    finally:
        for path in made:
            with contextlib.suppress(OSError):  # not empty, or gone
                path.rmdir()


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what the system does not allow into a sentence with the cause and what to do."""
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        advice = "free some space, or choose another disk with --out" if full else "choose another with --out"
        raise UserError(
            f"{folder}: the results folder cannot be written ({error.strerror or error}); {advice}"
        ) from error


def recover_quietly(folder: Path) -> None:
    """Remove what was begun of new results, as far as the system lets us."""
    with contextlib.suppress(OSError):
        staging(folder).rmdir()
