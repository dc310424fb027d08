"""Which points of a sweep can be the best, where no crossing says which two are compared (`sim.statistics.best`)."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from sim.constants import ALPHA
from sim.experiments.sweep.file import Sweep
from sim.outcomes.declared import Outcome
from sim.statistics.best import Best, best_of, mean_of
from sim.statistics.sequential import Look, looks

_COMPARED = 500  # points, those with the best means, among which those of the next rank are sought
_WITHOUT_DIRECTION = 1  # an outcome of which neither more nor less is better: the highest is sought


def plan_of_looks(sweep: Sweep) -> list[Look]:
    """The looks at its runs: several where they stop when decided, else one."""
    if sweep.until_decided:
        return looks(sweep.runs, ALPHA)
    return [Look(sweep.runs, ALPHA)]


def best_so_far(
    sweep: Sweep, values: Sequence[np.ndarray], declared: Mapping[str, Outcome], runs: int
) -> Best:
    """Which points can be the best after so many runs. values: the outcome per point, in the order of the design."""
    plan = [look for look in plan_of_looks(sweep) if look.runs <= runs]
    return best_of(values, plan, declared[sweep.outcome].better or _WITHOUT_DIRECTION, sweep.worth)


def ranks_of(sweep: Sweep, values: Sequence[np.ndarray], better: int, most: int) -> list[tuple[int, Best]]:
    """(rank, the points that share it), the best first, until *most* points have a rank.

    Rank 1: those that can be the best; the next: those that can be the best of what is left, and so on; each step is 95 % sure.
    """
    left = {k for k, one in enumerate(values) if np.isfinite(one).any()}
    plan, found, rank = plan_of_looks(sweep), [], 1
    while left and rank <= most:
        near = left if rank == 1 or len(left) <= _COMPARED else _best_means(values, left, better)
        masked = [one if k in near else one[:0] for k, one in enumerate(values)]
        longest = max(len(values[k]) for k in left)
        steps = plan if rank == 1 else [Look(longest, ALPHA)]
        best = best_of(masked, steps, better or _WITHOUT_DIRECTION, sweep.worth, len(left) - 1)
        found.append((rank, best))
        rank += len(best.standing)
        left -= set(best.standing)
    return found


def _best_means(values: Sequence[np.ndarray], points: Iterable[int], better: int) -> set[int]:
    means = {k: mean for k in points if (mean := mean_of(values[k])) is not None}
    return set(sorted(means, key=lambda k: (-(better or _WITHOUT_DIRECTION) * means[k], k))[:_COMPARED])


def nearest_behind(values: Sequence[np.ndarray], best: Best, better: int) -> int | None:
    """The best mean of the points that are behind beyond noise; None if there is none."""
    means = {k: mean for k in best.out if (mean := mean_of(values[k])) is not None}
    return max(means, key=lambda k: ((better or _WITHOUT_DIRECTION) * means[k], -k), default=None)


def versus_of(
    sweep: Sweep, values: Sequence[np.ndarray], better: int
) -> tuple[Mapping[str, object], Mapping[str, object]] | None:
    """The best point and the nearest that is behind it beyond noise; None if no point is."""
    best = best_of(values, plan_of_looks(sweep), better or _WITHOUT_DIRECTION, sweep.worth)
    behind = nearest_behind(values, best, better)
    if best.best is None or behind is None or not better:
        return None
    return sweep.points[best.best], sweep.points[behind]
