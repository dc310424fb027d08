"""Kills a small sweep at chosen moments, in processes that are forked from this one, which has loaded everything: no kill costs a
new start of Python.

    python -m helpers.killed renames FOLDER        before and after every rename
    python -m helpers.killed moments FOLDER COUNT  at random moments, with 1 and 2 workers

After every kill the sweep is resumed in another process, which has to end with the same summary as a sweep in one go and to leave
nothing temporary. Prints how many kills there were, and the first fault.
"""

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from helpers.fake_engine import SWEEP, Engine, run_file, write_sweep
from sim.store import parts

#: What may be in a finished folder.
WHOLE = {"manifest.json", "runs", "series", "summary.csv", "failures.parquet", "again.json"}
TEXT = SWEEP.replace("ranges: 8", "ranges: 0").replace("steps: 4", "steps: 3") + (
    "again:\n  AI answers off: {switches.ai_answers: false}\n"
)


class Slow(Engine):
    """Some milliseconds for every call, so that there is time to be killed in."""

    def __call__(self, *args, **options):
        time.sleep(0.004)
        return super().__call__(*args, **options)


def forked(work: Callable[[], object]) -> int:
    """Do something in a process of its own; its number."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", flush=True)
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    """Wait for a process; 0 if it ended well, -9 if it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def dying_at(number: int) -> Callable[[], None]:
    """Make the process kill itself before (even numbers) or after (odd ones) its rename of that number / 2."""
    count = -1
    true_replace = os.replace

    def replace(*args: object, **options: object) -> None:
        nonlocal count
        for after in (False, True):
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)
            if not after:
                true_replace(*args, **options)

    def install() -> None:
        os.replace = os.rename = replace  # Path.rename and Path.replace call these

    return install


class Trial:
    """One sweep, what it should come to, and where it is killed."""

    def __init__(self, folder: Path) -> None:
        parts.PART_BYTES = 4_000  # several parts, and blocks that wait for one
        self.path, self.out = write_sweep(folder, TEXT), folder / "out"
        self._check(forked(lambda: run_file(self.path, folder / "whole", workers=1)), "in one go")
        self.summary = (folder / "whole" / "summary.csv").read_bytes()
        self.kills = 0

    def begin(self, number: int | None, workers: int, fresh: bool = False) -> int:
        """Start the sweep in a new folder, to die at that rename."""

        def work() -> None:
            if number is not None:
                dying_at(number)()
            run_file(self.path, self.out, Slow(), workers=workers, fresh=fresh)

        return forked(work)

    def resume(self, what: str, fresh: bool = False) -> None:
        """Resume after a kill, and look at what is there."""
        self.kills += 1
        self._check(forked(lambda: run_file(self.path, self.out, workers=1, fresh=fresh)), what)
        if (self.out / "summary.csv").read_bytes() != self.summary:
            raise SystemExit(f"{what}: another summary")
        left = {path.name for path in self.out.iterdir()} ^ WHOLE
        left |= {
            path.name for path in self.out.rglob("*") if path.name.startswith(".") or path.suffix == ".tmp"
        }
        if left:
            raise SystemExit(f"{what}: {sorted(left)} in the folder, or missing")

    def clean(self) -> None:
        """A new folder for the next kill."""
        import shutil

        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.out)

    def _check(self, pid: int, what: str) -> None:
        if code := ended(pid):
            raise SystemExit(f"{what}: ended with {code}")


def renames(folder: Path) -> int:
    """Die before and after every rename of a sweep, and of a replacement of it."""
    trial = Trial(folder)
    for fresh in (False, True):
        for number in range(10_000):
            if not fresh:
                trial.clean()
            if ended(trial.begin(number, workers=1, fresh=fresh)) == 0:
                break
            trial.resume(f"rename {number // 2}, {('before', 'after')[number % 2]}, fresh {fresh}", fresh)
    return trial.kills


def moments(folder: Path, count: int) -> int:
    """Kill at random moments, with 1 and 2 workers in turn."""
    trial, dice = Trial(folder), random.Random(folder.name)
    while trial.kills < count:
        trial.clean()
        pid = trial.begin(None, workers=1 + trial.kills % 2)
        delay = dice.uniform(0.0, 0.5)
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
        ended(pid)
        trial.resume(f"after {delay:.3f} s")
    return trial.kills


if __name__ == "__main__":
    place = Path(sys.argv[2])
    print(renames(place) if sys.argv[1] == "renames" else moments(place, int(sys.argv[3])))
