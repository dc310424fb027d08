"""Which of many points can still be the best, at one look or at several: subset selection with a certificate.

At a look with error a, point k is *out* if it is behind the best mean b beyond noise: one-sided paired t at a / (points - 1),
the variance of differences moderated over the points (`sim.statistics.moderated`), and also by its own 95 % interval. The look
*decides* if each point that is not out is shown to be better than b by at most `worth` times b, at the same error. Both are
wrong only if the difference between the truly best point and another one is further from its estimate than its bound. Whichever
point is the best, that is one of points - 1 events a look; so over all looks and points together the answer is wrong with a
probability of at most the error that is spent over the looks (Gupta 1965 for one look; Bonferroni over looks and points).

It says nothing of who else beats whom. Points that are out stay out, and need no further runs.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.statistics.estimates import t_quantile
from sim.statistics.moderated import moderated_variance
from sim.statistics.sequential import Look


@dataclass(frozen=True)
class Best:
    """best: the point with the best mean of those that are not out; None if no point has a figure.

    open: those that are neither out nor shown to be better by at most `worth`; close: those that are shown to be; out: point ->
    the look's runs at which it went out. runs: at the last look. gaps: by how much each other point that is not out may be better
    than the best, as a share of it, at most.
    """

    best: int | None
    open: tuple[int, ...]
    close: tuple[int, ...]
    out: Mapping[int, int]
    runs: int
    gaps: Mapping[int, float]

    @property
    def decided(self) -> bool:
        """Whether it is settled which is best, or that no other is better by more than is worth telling."""
        return self.best is not None and not self.open

    @property
    def standing(self) -> tuple[int, ...]:
        """The points that are not out, the best first."""
        others = sorted((*self.open, *self.close))
        return () if self.best is None else (self.best, *others)


def best_of(values: Sequence[np.ndarray], plan: Sequence[Look], better: int, worth: float) -> Best:
    """The state after the looks of *plan* for which there are runs. values: float64 [runs] per point, NaN where undefined.

    better: +1 or -1; worth: share of the best that is not worth telling. The same runs give the same answer whenever it is asked.
    """
    standing = [k for k, one in enumerate(values) if np.isfinite(one).any()]
    tests = max(1, len(standing) - 1)
    found = Best(standing[0] if standing else None, tuple(standing[1:]), (), {}, 0, {})
    for look in plan if standing else ():
        if 0 < found.runs >= max(len(values[k]) for k in standing):
            break
        found = _look(values, standing, look, better, worth, tests, found.out)
        standing = list(found.standing)
        if found.decided:
            break
    return found


def _look(
    values: Sequence[np.ndarray],
    standing: Sequence[int],
    look: Look,
    better: int,
    worth: float,
    tests: int,
    out: Mapping[int, int],
) -> Best:
    """One look at the points that stand. Points whose runs failed are compared over the runs that both have."""
    parts = {k: values[k][: look.runs] for k in standing}
    means = {k: float(np.nanmean(one)) for k, one in parts.items() if np.isfinite(one).any()}
    best = max(means, key=lambda k: (better * means[k], -k))
    runs = max(len(one) for one in parts.values())
    others = [k for k in means if k != best]
    base = parts[best]
    scale = 1.0 + better * worth * (1.0 if means[best] >= 0 else -1.0)
    plain = [_difference(parts[k], base, better, 1.0) for k in others]
    beyond = _bounds(plain, look.level / tests)
    close_to = _bounds([_difference(parts[k], base, better, scale) for k in others], look.level / tests)
    gone = {
        k: look.runs
        for k, bound, own in zip(others, beyond, plain, strict=True)
        if bound < 0 and _is_behind(*own)
    }
    gaps = {k: bound for k, bound in zip(others, beyond, strict=True) if k not in gone}
    close = tuple(k for k, bound in zip(others, close_to, strict=True) if bound <= 0 and k not in gone)
    undecided = tuple(k for k in others if k not in gone and k not in close)
    level = abs(means[best])
    shares = {k: gap / level if level > 0 else float("inf") for k, gap in gaps.items()}
    return Best(best, undecided, close, {**out, **gone}, runs, shares)


def _difference(one: np.ndarray, best: np.ndarray, better: int, scale: float) -> tuple[float, float, int]:
    """(mean, variance, runs) of a point minus the best times *scale*, more being better."""
    count = min(len(one), len(best))
    difference = better * (one[:count] - scale * best[:count])
    difference = difference[np.isfinite(difference)]
    n = len(difference)
    if n < 2:
        return float("nan"), float("nan"), n
    return float(difference.mean()), float(difference.var(ddof=1)), n


def _is_behind(mean: float, variance: float, runs: int) -> bool:
    """Whether a difference is below zero by its own paired t test: what is called behind looks so in its own interval, too."""
    return mean + t_quantile(0.975, runs - 1) * math.sqrt(variance / runs) < 0


def _bounds(found: Sequence[tuple[float, float, int]], level: float) -> list[float]:
    """How much better a point may be, at most, with an error of *level*; infinite where there are fewer than two runs."""
    bounds = np.full(len(found), np.inf)
    known = [k for k, (_, _, n) in enumerate(found) if n >= 2]
    if not known:
        return bounds.tolist()
    mean, variance, runs = np.array([found[k] for k in known]).T
    moderated, freedom = moderated_variance(variance, runs - 1)
    quantile = np.array([t_quantile(1.0 - level, int(f)) for f in freedom])
    bounds[known] = mean + quantile * np.sqrt(moderated / runs)
    return [float(bound) for bound in bounds]
