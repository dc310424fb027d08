"""Play a small organisation in turmoil and keep its records: ``python people_dump.py FILE.npz``.

Run with ``NUMBA_DISABLE_JIT=1`` it is the interpreted engine's account; the tests compare it with the compiled one's.
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from mechanisms.worlds import play, world  # noqa: E402

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
