"""Bump hunting: a box in the space of factors in which something is the case far more often than elsewhere.

PRIM, the patient rule induction method: *peeling* takes a thin slice off one side of the box, again and again, each time that
slice without which the share of cases inside rises most for what it costs; *pasting* then moves sides out again as long as the
share does not fall. Own code, from the published description: Friedman and Fisher (1999), Bump hunting in high-dimensional
data, Statistics and Computing 9, 123-143. The gain of a slice is divided by its size, so that a whole number with few values or
a kind, whose slices are thick, is not preferred: Kwakkel and Jaxa-Rozen (2016), Environmental Modelling & Software 79, 311-321.

How a box is chosen along the way, and how it is certified: `sim.statistics.rule`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

ALPHA = 0.05  # share of the box that a slice of a number has
PASTED = 0.02  # share of the box that is pasted at once
LEAST_SHARE, LEAST_POINTS = 0.04, 10  # the smallest box: share of all points, and points
NUMBER, WHOLE, LEVELS, KINDS = "number", "whole", "levels", "kinds"


@dataclass(frozen=True)
class Column:
    """A factor: a `NUMBER`, a `WHOLE` one, one of a few `LEVELS` (numbers), or one of `KINDS` (codes 0, 1, ..)."""

    name: str
    kind: str = NUMBER


@dataclass(frozen=True)
class Condition:
    """What a box asks of a column: low <= value <= high, or one of the kinds (codes)."""

    column: int
    low: float = -math.inf
    high: float = math.inf
    kinds: tuple[int, ...] | None = None

    def holds(self, x: np.ndarray) -> np.ndarray:
        """Where it is met, bool [points]; x: float64 [points, columns]."""
        values = x[:, self.column]
        if self.kinds is not None:
            return np.isin(values, self.kinds)
        met: np.ndarray = (values >= self.low) & (values <= self.high)
        return met


Box = tuple[Condition, ...]


def inside(box: Box, x: np.ndarray) -> np.ndarray:
    """Points in a box, bool [points]; all of them in one without conditions."""
    met = np.ones(len(x), dtype=bool)
    for condition in box:
        met &= condition.holds(x)
    return met


def with_condition(box: Box, condition: Condition) -> Box:
    """The box with this condition in place of that on the same column; conditions stay in the order of their columns."""
    others = [one for one in box if one.column != condition.column]
    return tuple(sorted([*others, condition], key=lambda one: one.column))


def condition_on(box: Box, column: int) -> Condition:
    """What a box asks of a column; a condition that all meet if it asks nothing."""
    return next((one for one in box if one.column == column), Condition(column))


@dataclass(frozen=True)
class Step:
    """A box of a trajectory. inside: of the points that it was peeled from, bool [points]."""

    box: Box
    inside: np.ndarray

    @property
    def share(self) -> float:
        """The share of these points that are inside."""
        return int(np.count_nonzero(self.inside)) / len(self.inside)


@dataclass(frozen=True)
class _Slice:
    """What can be peeled: the points kept, bool of those in the box; how much the share rises for its size."""

    column: int
    keep: np.ndarray
    gain: float
    side: int  # -1: from below, +1: from above, 0: a kind
    kind: int = -1


def peel(
    x: np.ndarray, y: np.ndarray, columns: Sequence[Column], over: Sequence[int], alpha: float = ALPHA
) -> list[Step]:
    """Boxes from the whole space down to the smallest, conditions on the columns *over* only.

    x: float64 [points, columns], finite; y: bool [points], what is sought.
    """
    least = max(LEAST_POINTS, math.ceil(LEAST_SHARE * len(x)))
    rows, there, cases = np.arange(len(x)), np.asfortranarray(x), y
    box: Box = ()
    steps = [Step((), np.ones(len(x), dtype=bool))]
    while len(rows) > least and not cases.all():
        best: _Slice | None = None
        for j in over:
            found = _slice(there[:, j], cases, columns[j], j, alpha, least)
            if found is not None and (best is None or found.gain > best.gain):
                best = found
        if best is None:
            break
        box = with_condition(box, _peeled(condition_on(box, best.column), best, there, columns))
        rows, there, cases = rows[best.keep], np.asfortranarray(there[best.keep]), cases[best.keep]
        kept = np.zeros(len(x), dtype=bool)
        kept[rows] = True
        steps.append(Step(box, kept))
    return steps


def _slice(
    values: np.ndarray, y: np.ndarray, column: Column, j: int, alpha: float, least: int
) -> _Slice | None:
    """The best slice of one column of the points in a box that leaves at least so many; None if there is none."""
    n, cases = len(y), int(np.count_nonzero(y))
    best: _Slice | None = None
    for keep, side, kind in _cuts(values, column, alpha):
        left = int(np.count_nonzero(keep))
        if least <= left < n:
            gain = (np.count_nonzero(y & keep) / left - cases / n) * n / (n - left)
            if best is None or gain > best.gain:
                best = _Slice(j, keep, gain, side, kind)
    return best


def _cuts(values: np.ndarray, column: Column, alpha: float) -> list[tuple[np.ndarray, int, int]]:
    """What can be kept: points, bool; from which side the others go, and which kind."""
    if column.kind == KINDS:
        return [(values != kind, 0, int(kind)) for kind in np.unique(values)]
    n = len(values)
    k = max(1, int(alpha * n))
    ordered = np.sort(values)
    low, high, first, last = ordered[k], ordered[n - 1 - k], ordered[0], ordered[-1]
    # Where values tie, the whole lowest or highest one goes.
    above = values > first if low == first else values >= low
    below = values < last if high == last else values <= high
    return [(above, -1, -1), (below, 1, -1)]


def _peeled(before: Condition, cut: _Slice, x: np.ndarray, columns: Sequence[Column]) -> Condition:
    """The condition on a column after a slice is gone; x: the points in the box before."""
    values, column = x[:, cut.column], columns[cut.column]
    kept, gone = values[cut.keep], values[~cut.keep]
    if column.kind == KINDS:
        return replace(before, kinds=tuple(int(kind) for kind in np.unique(kept)))
    if cut.side < 0:
        return replace(before, low=_between(float(gone.max()), float(kept.min()), column, upwards=True))
    return replace(before, high=_between(float(kept.max()), float(gone.min()), column, upwards=False))


def _between(below: float, above: float, column: Column, *, upwards: bool) -> float:
    """Where a side lies between two neighbours: half-way, at the one inside where values are whole or a few."""
    if column.kind == NUMBER:
        return (below + above) / 2
    return above if upwards else below


def paste(box: Box, x: np.ndarray, y: np.ndarray, columns: Sequence[Column], share: float = PASTED) -> Box:
    """Move sides of a box out, the one that gives the highest share first, as long as the share of cases does not fall."""
    while True:
        met = inside(box, x)
        n, cases = np.count_nonzero(met), np.count_nonzero(met & y)
        best, best_share = None, cases / n if n else 1.0
        for wider in (one for condition in box for one in _wider(box, condition, x, columns, share * n)):
            reached = inside(wider, x)
            now = int(np.count_nonzero(reached))
            found = np.count_nonzero(reached & y) / max(now, 1)
            if now > n and found >= best_share:
                best, best_share = wider, found
        if best is None:
            return box
        box = best


def _wider(
    box: Box, condition: Condition, x: np.ndarray, columns: Sequence[Column], points: float
) -> list[Box]:
    """Boxes with one side of a condition further out, by at least so many points."""
    column, k = columns[condition.column], max(1, math.ceil(points))
    rest = inside(tuple(one for one in box if one is not condition), x)
    values = x[rest, condition.column]
    if condition.kinds is not None:
        new = [int(kind) for kind in np.unique(values) if kind not in condition.kinds]
        wider = [replace(condition, kinds=tuple(sorted((*condition.kinds, kind)))) for kind in new]
        return [with_condition(box, one) for one in wider]
    found = []
    below, above = np.sort(values[values < condition.low])[::-1], np.sort(values[values > condition.high])
    if len(below):
        reached, beyond = _reach(below, k)
        low = -math.inf if beyond is None else _between(beyond, reached, column, upwards=True)
        found.append(replace(condition, low=low))
    if len(above):
        reached, beyond = _reach(above, k)
        high = math.inf if beyond is None else _between(reached, beyond, column, upwards=False)
        found.append(replace(condition, high=high))
    return [with_condition(box, one) for one in found]


def _reach(outwards: np.ndarray, k: int) -> tuple[float, float | None]:
    """The last of k values going outwards (with all that equal it), and the next one, None if there is none."""
    reached = float(outwards[min(k, len(outwards)) - 1])
    equal = int(np.flatnonzero(outwards == reached)[-1])
    return reached, float(outwards[equal + 1]) if equal + 1 < len(outwards) else None


def tidy(box: Box, x: np.ndarray) -> Box:
    """The box without conditions that every point meets."""
    return tuple(one for one in box if not one.holds(x).all())
