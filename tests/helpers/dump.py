"""Play the small worlds and keep their weekly records: ``python dump.py FILE.npz [NAME ...]``.

Run with ``NUMBA_DISABLE_JIT=1`` it is the interpreted engine's account of what happens; the tests compare it with the
compiled one's.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.worlds import WORLDS, play, world

SMALL = {"ics": 7, "layers": 2, "weeks": 4}


def weeks_of(names: list[str]) -> dict[str, np.ndarray]:
    """Return name -> weekly records of WORLD, for the small worlds in *names*."""
    return {name: np.array(play(world(WORLDS[name], **SMALL)).weeks) for name in names}


if __name__ == "__main__":
    np.savez(sys.argv[1], **weeks_of(sys.argv[2:] or list(WORLDS)))
