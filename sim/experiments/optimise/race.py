"""Halving on common random numbers: half of the designs go, and those that stay get twice as many new runs as before.

All rounds cost about the same, and all that is learnt is kept: a design's mean is over all of its runs. Because everybody runs on
the same dice, the designs are told apart by paired differences, which among good designs vary far less than a run does.
Independent samples would need a budget allocation such as OCBA, and far more runs. Karnin, Koren and Somekh (2013), sequential
halving; Nelson and Matejcik (1995), selection on common random numbers.

A design that another one beats in every objective beyond noise goes at once: its rank is settled. Where no more are left than are
wanted the race is over.
"""

from collections.abc import Callable, Sequence

import numpy as np

from sim.experiments.optimise.front import beaten, ordered, pairs_alpha

#: (designs, number of the first run, how many runs) -> float64 [designs, outcomes, runs], NaN where undefined or failed.
More = Callable[[Sequence[int], int, int], np.ndarray]
#: Means of outcomes [designs, outcomes] -> (objectives, more is better [designs, objectives]; the largest excess [designs]).
Judge = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def race(figures: np.ndarray, judge: Judge, signs: Sequence[int], more: More, keep: int) -> list[int]:
    """The best *keep* designs or fewer, the best first, as rows of *figures*.

    figures: float64 [designs, outcomes, runs] of the runs so far, the same for all; signs: +1 or -1 of every objective, which are
    the first outcomes. A design whose objectives are undefined in every run is never kept.
    """
    alive = [k for k in range(len(figures)) if np.isfinite(figures[k]).any(axis=1).all()]
    known = {k: figures[k] for k in alive}
    runs = new = figures.shape[2]
    alive = _sorted(alive, known, judge)
    while len(alive) > keep:
        alive = alive[: max(keep, len(alive) // 2)]
        if len(alive) <= keep or new >= _MOST_NEW:
            break
        new *= 2
        added = more(alive, runs, new)
        runs += new
        known = {k: np.concatenate([known[k], added[row]], axis=1) for row, k in enumerate(alive)}
        alive = _sorted(_open(alive, known, judge, signs), known, judge)
    return alive[:keep]


_MOST_NEW = 4096  # new runs in a round, after which what is open is within noise for every purpose


def _sorted(alive: Sequence[int], known: dict[int, np.ndarray], judge: Judge) -> list[int]:
    if not alive:
        return []
    values, excess = judge(np.nanmean(np.stack([known[k] for k in alive]), axis=2))
    return [alive[k] for k in ordered(values, excess)]


def _open(
    alive: Sequence[int], known: dict[int, np.ndarray], judge: Judge, signs: Sequence[int]
) -> list[int]:
    """Those whose rank is not settled: no other that meets the constraints beats them in every objective beyond noise."""
    figures = np.stack([known[k] for k in alive])
    _, excess = judge(np.nanmean(figures, axis=2))
    objectives = figures[:, : len(signs)] * np.asarray(signs, dtype=float)[None, :, None]
    both = np.isfinite(objectives).all(axis=(0, 1))  # runs in which everything is defined
    lost = np.zeros(len(alive), dtype=bool)
    met = excess <= 0
    if met.any() and both.any():
        among = objectives[met][:, :, both]
        lost[met] = beaten(among, pairs_alpha(len(among)))
    return [k for k, gone in zip(alive, lost, strict=True) if not gone]
