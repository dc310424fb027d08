"""A rule and its certificate: which box of `sim.statistics.prim` is taken, how its sides are said, what fresh points say of it.

How good a box is: its *lift*, the share of the cases that are in it less the share of the others that are (Youden's J). It is
1 for the box that parts them, 0 for the whole space and for a box that knows nothing, however common the cases are.

The choice, with stated steps, none of which sees a fresh point:

1. Factors are added one at a time, at most three: each time the one with which peeling reaches the highest lift.
2. All of that is repeated in `FOLDS` parts of the points, and each box is tried on the points left out. Boxes are compared by
   their size, the share of points in them. A further factor is taken only if the lift on left-out points rises by more than its
   standard error.
3. Of the boxes of that many factors the one with the highest lift on left-out points is taken, among those that are right there
   as often as is asked (`right`; with a standard error to spare, if there are such), where there are any.
4. No box is taken if that lift is not twice its standard error above zero.
5. Its sides are pasted out, then rounded to numbers people say: the roundest within `MOVED` of the points with which the lift
   falls by less than `SPENT`.

The certificate is another set of points: density (the share of those in the box that are cases), coverage (the share of the cases
that are in it) and the base rate, with Wilson's intervals, and the probability that a box which knows nothing has as many cases
in it (Fisher's exact test, one-sided).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from sim.statistics.estimates import Holds
from sim.statistics.prim import (
    KINDS,
    LEVELS,
    WHOLE,
    Box,
    Column,
    Step,
    inside,
    paste,
    peel,
    tidy,
    with_condition,
)

MOST_CONDITIONS = 3
FOLDS = 5
SCREENED = 12  # factors that are tried together, the best ones alone
LEAST_CASES = 10  # cases, and others, without which no rule is sought
BEYOND = 2.0  # standard errors of the lift on left-out points that are more than chance
MOVED, SPENT = 0.1, 0.02  # of a side that is rounded: share of the points between, and lift
CHANCE = 0.025  # one-sided


# ---- lift


def weights(y: np.ndarray) -> np.ndarray:
    """What each point in a box adds to its lift, float64 [points]; y: bool, with both cases and others."""
    cases = np.count_nonzero(y)
    return np.where(y, 1.0 / cases, -1.0 / (len(y) - cases))


def lift(box: Box, x: np.ndarray, y: np.ndarray) -> float:
    """The lift of a box on these points."""
    return float(weights(y)[inside(box, x)].sum())


def _error(met: np.ndarray, y: np.ndarray) -> float:
    """Standard error of the lift, from the shares of cases and others that are in the box."""
    shares = [
        (np.count_nonzero(met & kind) / np.count_nonzero(kind), np.count_nonzero(kind)) for kind in (y, ~y)
    ]
    return math.sqrt(sum(share * (1 - share) / n for share, n in shares))


# ---- the search


@dataclass(frozen=True)
class Candidate:
    """A box that was found. lift: on left-out points, error: its standard error; searched: lift on all points searched."""

    box: Box
    lift: float
    error: float
    searched: float


def find(
    x: np.ndarray,
    y: np.ndarray,
    columns: Sequence[Column],
    right: float = 0.0,
    seed: int = 1,
    most: int = MOST_CONDITIONS,
) -> Candidate | None:
    """The box that tells best where y is true; None where none is beyond chance.

    x: float64 [points, columns]; y: bool [points]; right: the share of cases that is asked of a box, if there is one.
    """
    if min(np.count_nonzero(y), np.count_nonzero(~y)) < LEAST_CASES:
        return None
    paths = _paths(x, y, columns, most)
    tried = _tried(x, y, columns, paths, most, seed)
    w = weights(y)
    best: _Tried | None = None
    for steps in tried:
        found = _best(steps, w, y, right)
        if best is None or _is_better(found, best, w):
            best = found
    assert best is not None  # there is a path of one factor
    error = _error(best.met, y)
    reached = float(w[best.met].sum())
    if not best.step.box or reached <= BEYOND * error:
        return None
    box = tidy(rounded(paste(best.step.box, x, y, columns), x, y, columns), x)
    return Candidate(box, reached, error, lift(box, x, y)) if box else None


def _paths(x: np.ndarray, y: np.ndarray, columns: Sequence[Column], most: int) -> list[list[Step]]:
    """Trajectories over the best one, two, .. factors, each with one factor more than the one before."""
    w = weights(y)

    def reached(over: Sequence[int]) -> tuple[float, list[Step]]:
        steps = peel(x, y, columns, over)
        return max(float(w[step.inside].sum()) for step in steps), steps

    alone = [(*reached([j]), j) for j in range(len(columns))]
    alone.sort(key=lambda one: (-one[0], one[2]))
    chosen, paths = [alone[0][2]], [alone[0][1]]
    others = [j for _, _, j in alone[1:SCREENED]]
    while others and len(chosen) < most:
        together = [(*reached([*chosen, j]), j) for j in others]
        _, steps, j = max(together, key=lambda one: (one[0], -one[2]))
        chosen.append(j)
        others.remove(j)
        paths.append(steps)
    return paths


def strengths(x: np.ndarray, y: np.ndarray, columns: Sequence[Column]) -> list[float]:
    """The highest lift that a box on each column alone reaches on these points; zeros where all, or none, are cases."""
    if y.all() or not y.any():
        return [0.0] * len(columns)
    w = weights(y)
    return [
        max(float(w[step.inside].sum()) for step in peel(x, y, columns, [j])) for j in range(len(columns))
    ]


@dataclass(frozen=True)
class _Tried:
    """A step of the trajectory over all points; met: left-out points in the boxes of its size, bool [points]."""

    step: Step
    met: np.ndarray


def _tried(
    x: np.ndarray,
    y: np.ndarray,
    columns: Sequence[Column],
    paths: Sequence[Sequence[Step]],
    most: int,
    seed: int,
) -> list[list[_Tried]]:
    """Every trajectory with what boxes of the same size do on points that they have not seen."""
    met = [[np.zeros(len(y), dtype=bool) for _ in steps] for steps in paths]
    for out in _folds(y, seed):
        seen = _paths(x[~out], y[~out], columns, most)
        for steps, boxes, tried in zip(paths, seen, met, strict=True):
            sizes = np.array([step.share for step in boxes])
            for step, found in zip(steps, tried, strict=True):
                near = boxes[int(np.argmin(np.abs(sizes - step.share)))]
                found[out] = inside(near.box, x[out])
    return [
        [_Tried(step, found) for step, found in zip(steps, tried, strict=True)]
        for steps, tried in zip(paths, met, strict=True)
    ]


def _folds(y: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Parts of the points, bool [points] each, with cases and others in each in their proportion."""
    rng = np.random.default_rng([seed & 0xFFFFFFFF, 0x9214])
    fold = np.empty(len(y), dtype=int)
    for kind in (y, ~y):
        rows = rng.permutation(np.flatnonzero(kind))
        fold[rows] = np.arange(len(rows)) % FOLDS
    for k in range(FOLDS):
        yield fold == k


def _best(steps: Sequence[_Tried], w: np.ndarray, y: np.ndarray, right: float) -> _Tried:
    """The step with the highest lift on left-out points, among those that are right as often as is asked, if any is: with a
    standard error to spare, else just so.
    """
    for spare in (1.0, 0.0):
        allowed = [one for one in steps if _right_enough(one.met, y, right, spare)]
        if allowed:
            break
    return max(allowed or steps, key=lambda one: float(w[one.met].sum()))


def _right_enough(met: np.ndarray, y: np.ndarray, right: float, spare: float) -> bool:
    n = np.count_nonzero(met)
    if not n:
        return False
    share = np.count_nonzero(met & y) / n
    return bool(share - spare * math.sqrt(share * (1 - share) / n) >= right)


def _is_better(one: _Tried, than: _Tried, w: np.ndarray) -> bool:
    """Whether a box with a factor more lifts more on left-out points, by more than the standard error of the difference."""
    moved = (one.met.astype(float) - than.met) * w
    return bool(moved.sum() > math.sqrt(float((moved**2).sum())))


# ---- numbers people say


def rounded(box: Box, x: np.ndarray, y: np.ndarray, columns: Sequence[Column]) -> Box:
    """The box with its sides at round numbers, or without a side that says next to nothing; kinds stay."""
    for condition in box:
        if columns[condition.column].kind == KINDS:
            continue
        for side in ("low", "high"):
            box = _rounded_side(box, condition.column, side, x, y, columns)
    return box


def _rounded_side(
    box: Box, column: int, side: str, x: np.ndarray, y: np.ndarray, columns: Sequence[Column]
) -> Box:
    condition = next(one for one in box if one.column == column)
    value, values = float(getattr(condition, side)), x[:, column]
    if not math.isfinite(value):
        return box
    goal, open_end = lift(box, x, y) - SPENT, -math.inf if side == "low" else math.inf
    others: Iterator[float] = iter(())
    if columns[column].kind != LEVELS:  # which a person has chosen
        others = round_numbers(value, float(values.max() - values.min()), columns[column].kind == WHOLE)
    for other in chain((open_end,), others):
        low, high = min(value, other), max(value, other)
        changed = replace(condition, low=other) if side == "low" else replace(condition, high=other)
        if np.mean((values >= low) & (values <= high)) > MOVED:
            continue
        new = with_condition(box, changed)
        if lift(new, x, y) >= goal:
            return new
    return box


def round_numbers(value: float, span: float, whole: bool = False) -> Iterator[float]:
    """Numbers near a value, the roundest first: multiples of 1, 0.5, 0.25, 0.1 .. of a power of ten, down to a thousandth of
    the span.
    """
    power = math.floor(math.log10(span)) if span > 0 else 0
    for exponent in range(power, power - 4, -1):
        for factor in (1.0, 0.5, 0.25):
            step = factor * 10.0**exponent
            if whole and step % 1:
                continue
            near = {math.floor(value / step), math.ceil(value / step)}
            for k in sorted(near, key=lambda k: (abs(k * step - value), k)):
                number = float(f"{k * step:.12g}")
                if (
                    factor != 0.25 or number == float(f"{number:.2g}") or number % 1 == 0
                ):  # 0.25 and 175, not 0.425
                    yield number


# ---- the certificate


@dataclass(frozen=True)
class Certificate:
    """What a box is worth on fresh points: their number, the cases among them, those in the box and the cases there."""

    points: int
    cases: int
    inside: int
    right: int

    @property
    def density(self) -> Holds:
        """The share of points in the box that are cases."""
        return Holds(self.right, self.inside)

    @property
    def coverage(self) -> Holds:
        """The share of cases that are in the box."""
        return Holds(self.right, self.cases)

    @property
    def base(self) -> Holds:
        """The share of all points that are cases."""
        return Holds(self.cases, self.points)

    @property
    def p(self) -> float:
        """The probability of as many cases in a box that knows nothing."""
        return tail(self.right, self.inside, self.cases, self.points)

    @property
    def beyond_chance(self) -> bool:
        """The density is above the base rate beyond chance: by its interval, and by the exact test."""
        interval, base = self.density.interval, self.base.share
        if interval is None or base is None:
            return False
        return interval.lo > base and self.p < CHANCE


def certify(met: np.ndarray, y: np.ndarray) -> Certificate:
    """The certificate of a box with these points in it; both bool [points]."""
    return Certificate(len(y), *(int(np.count_nonzero(one)) for one in (y, met, met & y)))


def tail(right: int, drawn: int, cases: int, points: int) -> float:
    """P(at least *right* cases among *drawn* points), drawn without return from *points* with *cases* (hypergeometric)."""
    others = points - cases
    first, last = max(right, drawn - others), min(drawn, cases)
    log_all = _log_choose(points, drawn)
    return min(
        1.0,
        sum(
            math.exp(_log_choose(cases, k) + _log_choose(others, drawn - k) - log_all)
            for k in range(first, last + 1)
        ),
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
