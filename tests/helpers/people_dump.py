"""Play a small organisation in turmoil and keep its records: ``python people_dump.py FILE.npz``.

Run with ``NUMBA_DISABLE_JIT=1`` it is the interpreted engine's account; the tests compare it with the compiled one's. There
every row that a kernel asks for is checked: compiled kernels do not count rows from the end, so a row -1 (nobody, nothing)
that is not asked about first would read and write memory that is not theirs.
"""

import os
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sim.engine import numba_tables  # noqa: E402


class Rows(np.ndarray):
    """A table without rows counted from the end."""

    def __getitem__(self, key):
        _check(key)
        return super().__getitem__(key)

    def __setitem__(self, key, value):
        _check(key)
        super().__setitem__(key, value)


def _check(key) -> None:
    for part in key if isinstance(key, tuple) else (key,):
        if isinstance(part, (int, np.integer)) and part < 0:
            raise IndexError(f"a kernel asks for row {part}")


def guarded(tables):
    """Return *tables* as a kernel is to see them: the same memory, checked."""
    return type(tables)(*(table.view(Rows) for table in tables))


if os.environ.get("NUMBA_DISABLE_JIT") == "1":
    numba_tables.borrow = guarded  # before the modules that take it from there

from helpers.worlds import play, world  # noqa: E402

#: Every regime of layoffs that can strike within a few weeks, quits, hiring, strain.
VALUES = {
    "switches.quits": True, "switches.hiring": True, "switches.strain": True, "switches.layoffs": True, "quits.base": 0.9,
    "hiring.delay_weeks": 1.0, "layoffs.background_probability": 0.6, "layoffs.wave_week": 3, "layoffs.wave_fraction": 0.2,
    "layoffs.wave_select": "rank", "layoffs.performance_share": 0.05, "layoffs.performance_weeks": 4,
    "layoffs.delayer_week": 5, "layoffs.delayer_first_span": 5, "layoffs.delayer_convert": 0.5,
    "review.assignment": "addressed",
}  # fmt: skip
SHAPE = {"ics": 14, "layers": 2, "weeks": 7, "warmup": 1}


def records() -> dict[str, np.ndarray]:
    """Return the weekly records, the cohort and the ledger of one run."""
    org = play(world(VALUES, **SHAPE))
    return {name: np.array(getattr(org, name)) for name in ("weeks", "cohort", "ledger")}


if __name__ == "__main__":
    np.savez(sys.argv[1], **records())
