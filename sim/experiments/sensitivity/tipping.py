"""What flips the verdict on two scenarios: in which share of the plausible world it holds, and the smallest change that flips it.

The verdict is the sign of the mean difference B - A of one outcome at the base values, if it is beyond noise. Where
the first scenario is positive everywhere, the difference is B / A - 1 at each point
(`sim.experiments.sensitivity.space.relative`). Everything is oriented here so that the difference is positive at the base.

- The plausible worlds: in each the verdict holds, is open or is reversed, as everywhere (`sim.experiments.holding`).
- One at a time: a parameter goes to the low and to the high end of its range, all others keep their base values, on the dice
  of the base. It flips the verdict if the difference there is reversed beyond noise, Bonferroni-corrected over all ends. The
  tipping value is where the line through the mean differences crosses zero; points are added around it; its interval is a
  bootstrap over runs (`sim.statistics.crossing.crossing`). A reversal inside the range that is undone at its end is not seen.
- If no parameter flips it alone: those that cost most one at a time go together towards their worse ends, by the same share
  of the way, two at first, more if need be. That assumes effects that add up, so it is a search and proves no minimum.

Whatever is found is simulated again on dice that the search has not seen, at the far end of the tipping interval.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.constants import ALPHA
from sim.experiments.holding import Holding, differences, holding
from sim.experiments.plausible import draws, plausible_sets
from sim.experiments.sensitivity.indices import changed
from sim.experiments.sensitivity.space import Space, figures
from sim.experiments.simulated import Evaluate
from sim.parameters.registry import REGISTRY
from sim.statistics import crossing, estimates

# Runs per point, in units of the runs of a design point.
BASE_FACTOR, END_FACTOR, SET_FACTOR, TIP_FACTOR, CHECK_FACTOR = 16, 2, 2, 8, 16
DOUBTFUL = 32  # ends that are simulated with more runs, those nearest to a reversal first
REFINED = 10  # parameters whose tipping value is refined; others are interpolated between base and end
STEPS = 3  # points added around a tipping value
TRIES = 4  # numbers of parameters tried together
FRESH = 1_000_000  # first run of the dice of the final check


@dataclass(frozen=True)
class World:
    """The worlds in which a verdict is tried. ahead: of the claim that B is ahead of A; failed: worlds without a figure; of: the
    outcome that is counted, the one studied, or value per week where it is a ratio to a payroll (or headcount) that differs;
    rises: whether that rises at the base values.
    """

    ahead: Holding
    failed: int
    of: str
    rises: bool = True

    def holding(self, side: int) -> Holding:
        """Of the claim that B is ahead (side +1) or behind (-1)."""
        return self.ahead if side > 0 else self.ahead.turned

    def judged(self, outcome: str, side: int) -> Holding | None:
        """Of the verdict on *outcome* with that side; of another outcome counted in its place, of its rise or fall."""
        if self.of != outcome:
            return self.holding(1 if self.rises else -1)
        return self.holding(side) if side else None


@dataclass(frozen=True)
class End:
    """The difference with one parameter at an end of its range. state: 'flips', 'holds', or 'undecided'.

    moved: it differs from that at the base values beyond noise, corrected for all ends.
    """

    value: float
    share: float  # of the way over the range, from the low end
    difference: estimates.Estimate  # B - A
    state: str
    moved: bool = False


@dataclass(frozen=True)
class Tip:
    """Where a parameter flips the verdict when it alone moves. distance: from the base, in shares of its range.

    lo, hi of value and distance: 95 % interval; None: none can be told; `beyond`: the interval leaves the range.
    """

    value: float
    lo: float | None
    hi: float | None
    distance: float
    distance_lo: float | None
    distance_hi: float | None
    beyond: bool
    refined: bool


@dataclass(frozen=True)
class Alone:
    """A parameter that moves alone: both ends, and its tipping value towards the end that flips (the nearer one)."""

    path: str
    base: float
    share: float
    ends: tuple[End, End]
    at_base: float  # mean B - A at the base values, on the dice of the ends
    tip: Tip | None = None

    @property
    def state(self) -> str:
        """'flips', 'undecided' or 'holds': the more alarming end."""
        states = [end.state for end in self.ends]
        return next(state for state in ("flips", "undecided", "holds") if state in states)

    @property
    def matters(self) -> bool:
        """Whether it flips the verdict or moves the difference beyond noise, alone."""
        return self.state == "flips" or any(end.moved for end in self.ends)

    @property
    def swing(self) -> float:
        """How far the mean difference moves between both ends and the base."""
        means = [end.difference.mean for end in self.ends if end.difference.mean is not None]
        return max([*means, self.at_base]) - min([*means, self.at_base])


@dataclass(frozen=True)
class Change:
    """The smallest change found that flips the verdict. distance: share of its range by which each parameter moves (the
    largest of them). values, checked: where it was simulated again on fresh dice, and B - A there.
    """

    paths: tuple[str, ...]
    distance: float
    distance_lo: float | None
    distance_hi: float | None
    values: Mapping[str, float]
    checked: estimates.Estimate
    confirmed: bool


@dataclass(frozen=True)
class Flips:
    """What was found on one outcome; `tried`: the largest number of parameters moved together without a flip, 0 if none."""

    rows: tuple[Alone, ...]
    smallest: Change | None
    tried: int


class Verdict:
    """Simulates the difference of one outcome around the base. sign: +1 if B is ahead in the figure at the base, else -1."""

    def __init__(self, space: Space, evaluate: Evaluate, outcome: int, runs: int, sign: int) -> None:
        self.space, self.evaluate, self.outcome, self.runs, self.sign = space, evaluate, outcome, runs, sign
        self._known: dict[tuple[Any, ...], np.ndarray] = {}

    def at(self, points: Sequence[Mapping[str, float]], runs: int, first: int = 0) -> np.ndarray:
        """B - A, oriented, float64 [points, runs]. A point that was simulated is not simulated again."""
        keys = [(tuple(sorted(point.items())), runs, first) for point in points]
        new = {key: point for key, point in zip(keys, points, strict=True) if key not in self._known}
        if new:
            found = figures(self.evaluate(list(new.values()), runs, [first] * len(new)))
            self._known |= zip(new, self.sign * found[:, self.outcome], strict=True)
        return np.array([self._known[key] for key in keys]).reshape(len(points), runs)

    def base(self, runs: int) -> np.ndarray:
        """B - A at the base values, oriented, on the dice of the ends, of as many runs as what it is compared with."""
        row: np.ndarray = self.at([{}], runs)[0]
        return row


# ---- the plausible world


def world_points(space: Space, sets: int, seed: int) -> list[dict[str, object]]:
    """The plausible sets; draws as they come of a space with parameters of its own."""
    if all(path in REGISTRY for path in space.ranges):
        return plausible_sets(space.ranges, sets)
    return draws(space.ranges, sets, seed)


def count_world(values: np.ndarray, better: int, of: str) -> World:
    """Count worlds. values: of A and B, float64 [worlds, 2, runs]; better: direction of the outcome *of*, +1 or -1."""
    ahead = estimates.known(holding(differences(values), float(better)))
    return World(ahead, len(values) - ahead.worlds, of)


def decided_sign(row: np.ndarray, level: float = ALPHA) -> int | None:
    """Sign of the mean if it is beyond noise at that level, else 0; None if undefined in every run."""
    found = estimates.mean_ci(row, 1 - level)
    if found.mean is None:
        return None
    return 0 if found.interval is None else found.interval.sign  # no interval: one run


# ---- one at a time


def flips(space: Space, evaluate: Evaluate, outcome: int, runs: int, sign: int) -> Flips:
    """Move parameters alone, then together.

    runs: of a design point; the numbers of runs used here are multiples of it. sign: of the verdict.
    """
    verdict = Verdict(space, evaluate, outcome, runs, sign)
    rows, worst = _ends(verdict)
    rows = _tips(verdict, rows)
    rows.sort(key=lambda row: (-row.swing, row.path))
    tips = [(row, row.tip) for row in rows if row.tip is not None]
    if tips:
        nearest, tip = min(tips, key=lambda one: one[1].distance)
        return Flips(tuple(rows), _check_single(verdict, nearest, tip), 0)
    smallest, tried = _together(verdict, worst)
    return Flips(tuple(rows), smallest, tried)


def _ends(verdict: Verdict) -> tuple[list[Alone], list[tuple[float, str, float]]]:
    """Both ends of every parameter; and, the worst first, (loss of the lead, path, share of its worse end)."""
    space = verdict.space
    places = [(path, share) for path in space.paths for share in (0.0, 1.0)]
    points = [{path: space.value(path, share)} for path, share in places]
    y = list(verdict.at(points, END_FACTOR * verdict.runs))
    doubtful = [k for k, row in enumerate(y) if decided_sign(row) != 1 and np.isfinite(row).any()]
    doubtful = sorted(doubtful, key=lambda k: _mean(y[k]))[:DOUBTFUL]
    more = verdict.at([points[k] for k in doubtful], TIP_FACTOR * verdict.runs)
    for k, row in zip(doubtful, more, strict=True):
        y[k] = row
    level = ALPHA / len(places)
    rows, worst = [], []
    for k, path in enumerate(space.paths):
        low, high = (_end(verdict, points[j], places[j], y[j], level) for j in (2 * k, 2 * k + 1))
        now = space.base[path]
        rows.append(
            Alone(
                path,
                now,
                space.share(path, now),
                (low, high),
                verdict.sign * _mean(verdict.base(END_FACTOR * verdict.runs)),
            )
        )
        losses = [
            (_mean(verdict.base(len(y[j]))) - _mean(y[j]), path, places[j][1]) for j in (2 * k, 2 * k + 1)
        ]
        worst.append(max(losses))
    return rows, sorted((one for one in worst if one[0] > 0), reverse=True)


def _mean(row: np.ndarray) -> float:
    row = row[np.isfinite(row)]
    return float(row.mean()) if len(row) else -np.inf


def _end(
    verdict: Verdict, point: Mapping[str, float], place: tuple[str, float], y: np.ndarray, level: float
) -> End:
    state = "flips" if decided_sign(y, level) == -1 else "holds" if decided_sign(y) == 1 else "undecided"
    moved = decided_sign(changed(verdict.base(len(y)), y), level) in (1, -1)
    return End(point[place[0]], place[1], estimates.mean_ci(verdict.sign * y), state, moved)


def _tips(verdict: Verdict, rows: Sequence[Alone]) -> list[Alone]:
    """The same rows with tipping values. The farther below zero the end, the earlier a row is refined."""

    def depth(row: Alone) -> float:
        return min(verdict.sign * (end.difference.mean or 0.0) for end in row.ends)

    flipping = sorted((row for row in rows if row.state == "flips"), key=depth)
    refined = {row.path for row in flipping[:REFINED]}
    return [_with_tip(verdict, row, row.path in refined) if row.state == "flips" else row for row in rows]


def _with_tip(verdict: Verdict, row: Alone, refine: bool) -> Alone:
    tips = []
    for end in row.ends:
        if end.state != "flips":
            continue

        def at(s: float, end: End = end) -> dict[str, float]:
            return {row.path: verdict.space.value(row.path, row.share + s * (end.share - row.share))}

        found = _tip_along(verdict, at, STEPS if refine else 0)
        if found is None:
            continue
        s, lo, hi = found
        way = end.share - row.share
        near, end_of_way = (None if x is None else at(x)[row.path] for x in (lo, hi))
        low, high = (near, end_of_way) if way > 0 else (end_of_way, near)
        far = None if hi is None else min(hi, 1.0)
        tips.append(
            Tip(at(s)[row.path], low, high, s * abs(way), None if lo is None else lo * abs(way),
                None if far is None else far * abs(way), hi is not None and hi > 1, refine)
        )  # fmt: skip
    nearest = min(tips, key=lambda tip: tip.distance, default=None)
    return replace(row, tip=nearest)


def _tip_along(
    verdict: Verdict, at: Callable[[float], Mapping[str, float]], steps: int
) -> tuple[float, float | None, float | None] | None:
    """Where the lead is lost on the way from the base (0) to an end (1), with its interval; None if it is not.

    The ends of the interval are 0 where it includes the base, and infinity where it leaves the way.
    """
    runs = TIP_FACTOR * verdict.runs
    known = {0.0: verdict.base(runs), 1.0: verdict.at([at(1.0)], runs)[0]}
    left, right = 0.0, 1.0
    for _ in range(steps):
        high, low = _mean(known[left]), _mean(known[right])
        if not high > 0 > low or not np.isfinite(low):
            break
        s = left + (right - left) * min(max(high / (high - low), 0.1), 0.9)
        known[s] = verdict.at([at(s)], runs)[0]
        left, right = (s, right) if _mean(known[s]) > 0 else (left, s)
    x = [s for s in known if np.isfinite(known[s]).any()]
    found = crossing.crossing(x, -np.array([known[s] for s in x]), seed=1)
    if found.kind != "overtakes" or found.x is None:
        return None
    if found.lo is None:
        return found.x, None, None
    return found.x, max(found.lo, 0.0), found.hi


# ---- the smallest change


def _check_single(verdict: Verdict, row: Alone, tip: Tip) -> Change:
    """Simulate the nearest tipping value again, at the far end of its interval."""
    side = 1 if tip.value >= row.base else -1
    far = tip.distance if tip.distance_hi is None else tip.distance_hi
    values = {row.path: verdict.space.value(row.path, row.share + side * far)}
    checked, confirmed = _checked(verdict, values)
    return Change((row.path,), tip.distance, tip.distance_lo, tip.distance_hi, values, checked, confirmed)


def _checked(verdict: Verdict, values: Mapping[str, float]) -> tuple[estimates.Estimate, bool]:
    y = verdict.at([values], CHECK_FACTOR * verdict.runs, FRESH)[0]
    return estimates.mean_ci(verdict.sign * y), decided_sign(y) == -1


def _together(verdict: Verdict, worst: Sequence[tuple[float, str, float]]) -> tuple[Change | None, int]:
    """Move the worst parameters together, the fewest first. Also the largest number tried without a flip."""
    space, tried = verdict.space, 0
    losses = np.cumsum([loss for loss, _, _ in worst])
    lead = _mean(verdict.base(TIP_FACTOR * verdict.runs))
    enough = int(np.searchsorted(losses, lead) + 1)  # if effects add up
    count = max(2, enough)
    for turn in range(TRIES):
        chosen = worst if turn == TRIES - 1 else worst[:count]
        if len(chosen) < 2:
            break

        def at(s: float, chosen: Sequence[Any] = chosen) -> dict[str, float]:
            values = {}
            for _, path, share in chosen:
                now = space.share(path, space.base[path])
                values[path] = space.value(path, now + s * (share - now))
            return values

        end = verdict.at([at(1.0)], TIP_FACTOR * verdict.runs)[0]
        found = _tip_along(verdict, at, STEPS) if decided_sign(end) == -1 else None
        if found is not None:
            return _change(verdict, at, found, chosen), tried
        tried = len(chosen)
        if tried == len(worst):
            break
        count = count + max(1, count // 2)
    return None, tried


def _change(
    verdict: Verdict,
    at: Callable[[float], Mapping[str, float]],
    found: tuple[float, float | None, float | None],
    chosen: Sequence[tuple[float, str, float]],
) -> Change:
    space = verdict.space
    way = max(abs(share - space.share(path, space.base[path])) for _, path, share in chosen)
    s, lo, hi = found
    far = None if hi is None else min(hi, 1.0)
    values = at(s if far is None else far)
    checked, confirmed = _checked(verdict, values)
    distance_lo, distance_hi = (None if x is None else x * way for x in (lo, far))
    return Change(
        tuple(p for _, p, _ in chosen), s * way, distance_lo, distance_hi, values, checked, confirmed
    )
