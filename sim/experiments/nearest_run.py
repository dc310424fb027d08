"""Which single run to show of a comparison: the one nearest the mean difference, and in how many runs the sign is opposite.

One run is an anecdote; of all runs the one nearest the mean misleads least, and how many point the other way says how much one
run can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.errors import UserError


class NearestRun(NamedTuple):
    """The run to show. Differences are in the outcome's unit, second minus first scenario.

    run: number of the run. difference: its own. mean: over all runs. opposite: runs whose difference has the other sign than the
    mean. equal: runs without any difference. runs: how many have a difference at all (finite in both scenarios).
    """

    run: int
    difference: float
    mean: float
    opposite: int
    equal: int
    runs: int


def nearest_run(
    differences: npt.ArrayLike, numbers: Sequence[int] | npt.NDArray[np.int64] | None = None
) -> NearestRun:
    """Return the run nearest the mean of the paired *differences*, float64 [runs]; of two as near, the first.

    numbers: the runs' numbers, where they are not 0, 1, 2 ...; NaN: a run without a figure, which does not count. If the mean
    is exactly 0, no sign is opposite. Raises `UserError` if no run has a figure, or if the numbers are not as many.
    """
    found = np.asarray(differences, float).ravel()
    named = np.arange(len(found)) if numbers is None else np.asarray(numbers)
    if len(named) != len(found):
        raise UserError(
            f"nearest_run: {len(found)} differences, but {len(named)} numbers of runs; name every run once"
        )
    known = np.flatnonzero(np.isfinite(found))
    if not len(known):
        raise UserError("nearest_run: no run has a difference; compare at least one run of both scenarios")
    figures = found[known]
    mean = float(figures.mean())
    nearest = int(np.argmin(np.abs(figures - mean)))
    opposite = int(np.count_nonzero(np.sign(figures) * np.sign(mean) < 0.0))
    equal = int(np.count_nonzero(figures == 0.0))
    return NearestRun(int(named[known[nearest]]), float(figures[nearest]), mean, opposite, equal, len(known))
