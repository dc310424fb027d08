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
from scipy.special import stdtrit

from sim.statistics.moderated import moderated_variance
from sim.statistics.sequential import Look

_OWN = 0.025  # error on one side of a point's own interval


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


def best_of(
    values: Sequence[np.ndarray], plan: Sequence[Look], better: int, worth: float, least_tests: int = 1
) -> Best:
    """The state after the looks of *plan* for which there are runs. values: float64 [runs] per point, NaN where undefined.

    better: +1 or -1; worth: share of the best that is not worth telling; least_tests: comparisons to be corrected for, where
    points that are not given could have been the best, too. The same runs give the same answer whenever it is asked.
    """
    standing = [k for k, one in enumerate(values) if np.isfinite(one).any()]
    tests = max(1, len(standing) - 1, least_tests)
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
    means = {k: mean for k, one in parts.items() if (mean := mean_of(one)) is not None}
    best = max(means, key=lambda k: (better * means[k], -k))
    runs = max(len(one) for one in parts.values())
    others = [k for k in means if k != best]
    base = parts[best]
    scale = 1.0 + better * worth * (1.0 if means[best] >= 0 else -1.0)
    plain = _differences(parts, others, base, better, 1.0)
    beyond = _bounds(plain, look.level / tests)
    close_to = _bounds(_differences(parts, others, base, better, scale), look.level / tests)
    own = _bounds(plain, _OWN, moderated=False)  # what is called behind looks so in its own interval, too
    sure = (beyond < 0) & (own < 0)
    gone = {k: look.runs for k, out_now in zip(others, sure, strict=True) if out_now}
    gaps = {k: float(bound) for k, bound in zip(others, beyond, strict=True) if k not in gone}
    close = tuple(k for k, bound in zip(others, close_to, strict=True) if bound <= 0 and k not in gone)
    undecided = tuple(k for k in others if k not in gone and k not in close)
    level = abs(means[best])
    shares = {k: gap / level if level > 0 else float("inf") for k, gap in gaps.items()}
    return Best(best, undecided, close, {**out, **gone}, runs, shares)


def mean_of(values: np.ndarray) -> float | None:
    """Mean of the defined values; None without any."""
    mean = float(values.mean()) if len(values) else math.nan
    if math.isnan(mean):
        values = values[np.isfinite(values)]
        return float(values.mean()) if len(values) else None
    return mean


def _differences(
    parts: Mapping[int, np.ndarray], points: Sequence[int], best: np.ndarray, better: int, scale: float
) -> np.ndarray:
    """Mean, variance and number of the differences of points to the best times *scale*, more being better: float64 [3, points].

    Over the runs in which both are defined; NaN where there are fewer than two.
    """
    most = max((len(parts[k]) for k in points), default=0)
    table = np.full((len(points), max(most, len(best))), np.nan)
    for row, k in enumerate(points):
        table[row, : len(parts[k])] = parts[k]
    difference = better * (table[:, : len(best)] - scale * best)
    defined = np.isfinite(difference)
    runs = defined.sum(axis=1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(defined, difference, 0.0).sum(axis=1) / runs
        squares = np.where(defined, (difference - mean[:, None]) ** 2, 0.0).sum(axis=1)
        variance = np.where(runs > 1, squares / (runs - 1), np.nan)
    return np.stack([np.where(runs > 1, mean, np.nan), variance, runs])


def _bounds(found: np.ndarray, level: float, moderated: bool = True) -> np.ndarray:
    """How much better each point may be, at most, with an error of *level*, [points]; infinite with fewer than two runs."""
    bounds = np.full(found.shape[1], np.inf)
    known = found[2] >= 2
    if known.any():
        mean, variance, runs = found[:, known]
        freedom = runs - 1
        if moderated:
            variance, freedom = moderated_variance(variance, freedom)
        bounds[known] = mean + stdtrit(freedom, 1.0 - level) * np.sqrt(variance / runs)
    return bounds
