"""The finalists on fresh dice and over plausible worlds, beside the base: the figures that are reported.

The search has chosen the designs that looked best on its dice, so their figures there are too good. Here every finalist and the
base are run on dice that the search has not seen, and everything that is said comes from these runs:

- *Entries*: two designs differ if a paired t test on some objective says so, after Holm's correction over all pairs and
  objectives. Going down the order of the race, a design joins the first entry from whose leader it does not differ. The leader is
  chosen by the race, so its fresh figures are not the best of several. Designs that do not differ from the base join the base,
  unless the base breaks a constraint.
- *Front*: an entry goes if another, or the base, is better on some objective beyond noise and on none worse beyond noise; so does
  one that breaks a constraint beyond noise.
- *Beats the base*: better on some objective, worse on none, beyond noise after Holm's correction over the entries that are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from sim.constants import ALPHA
from sim.experiments.designs import Axis, Levels, Range, as_numbers
from sim.experiments.factors import is_numeric
from sim.experiments.holding import Holding
from sim.experiments.optimise.candidates import Point
from sim.experiments.optimise.search import Design, Simulator
from sim.experiments.optimise.space import Goal, Limit, Space
from sim.experiments.plausible import RangeResult
from sim.experiments.worlds import Choice, over_worlds
from sim.parameters.registry import REGISTRY
from sim.scenario.settings import SETTINGS
from sim.statistics.estimates import Estimate, Paired, holm, mean_ci, paired

WORLD_RUNS = 4  # runs in each world, as in compare
EDGE = 0.02  # of a range: this near to its end is at its end
MET, OPEN, BROKEN = "met", "within noise of it", "broken"


@dataclass(frozen=True)
class Edge:
    """A path that is at an end of what was sought. low: at its lower end; last: no value beyond it is possible."""

    path: str
    value: object
    low: bool
    last: bool = False


@dataclass(frozen=True)
class Entry:
    """A design of the front, with those that do not differ from it beyond noise.

    levels: outcome -> its mean; against: outcome -> the paired difference to the base, design minus base; p: of every objective,
    corrected over the entries shown; limits: what the fresh runs say of every constraint; worlds: outcome -> in how many worlds
    the sign of the difference seen holds; members: the other designs of the entry; edges: where all of them are at an end.
    """

    number: int
    design: Design
    members: tuple[Design, ...]
    levels: Mapping[str, Estimate]
    against: Mapping[str, Paired]
    p: Mapping[str, float | None]
    limits: tuple[str, ...]
    edges: tuple[Edge, ...]
    worlds: Mapping[str, Holding | None] = field(default_factory=dict)

    @property
    def point(self) -> Point:
        """Its values by path."""
        return self.design.point

    def way(self, goal: Goal) -> int:
        """+1 if it is better than the base on that objective beyond noise, -1 if worse, 0 within noise."""
        p, difference = self.p.get(goal.outcome), self.against[goal.outcome].difference
        if p is None or p >= ALPHA or not difference:
            return 0
        return goal.sign if difference > 0 else -goal.sign

    def beats(self, goals: Sequence[Goal]) -> bool:
        """Better than the base on some objective and worse on none, beyond noise."""
        ways = [self.way(goal) for goal in goals]
        return max(ways) > 0 and min(ways) >= 0

    def mediocre(self, goals: Sequence[Goal]) -> tuple[str, ...]:
        """Objectives on which it is better here, and in no more than half of the worlds."""
        found = []
        for goal in goals:
            share = self.worlds.get(goal.outcome)
            if (
                self.way(goal) > 0
                and share is not None
                and share.worlds
                and (share.holds.share or 0.0) <= 0.5
            ):
                found.append(goal.outcome)
        return tuple(found)


@dataclass(frozen=True)
class Step:
    """From one entry of the front to the next: outcome of every objective -> the paired difference, next minus this."""

    start: int
    end: int
    change: Mapping[str, Paired]


@dataclass(frozen=True)
class Final:
    """What the fresh runs say. base: outcome -> its mean; like_base: finalists that do not differ from it; worse: those that
    another entry or the base beats; broke: those that break a constraint beyond noise; ranged: the worlds, None without any.
    """

    entries: tuple[Entry, ...]
    steps: tuple[Step, ...]
    base: Mapping[str, Estimate]
    base_limits: tuple[str, ...]
    finalists: int
    like_base: tuple[Design, ...] = ()
    worse: int = 0
    broke: int = 0
    ranged: RangeResult | None = None


def confirm(space: Space, finalists: Sequence[Design], simulator: Simulator, choice: Choice) -> Final:
    """Run the base and the finalists, the best first, on fresh dice and, what is left of them, over the worlds."""
    scenarios = [space.base, *(design.scenario for design in finalists)]
    figures = np.stack(simulator.figures(scenarios, 0, space.runs, space.fresh_seed))
    limits = [tuple(_limit(space, limit, one) for limit in space.limits) for one in figures]
    signs = _differences(figures, space.goals)
    leaders, members = _entries(signs, competes=BROKEN not in limits[0])
    sound = [k for k in leaders if BROKEN not in limits[k]]
    front = _front(sound, signs, competes=BROKEN not in limits[0])
    front.sort(key=lambda k: (-space.goals[0].sign * _mean(figures[k, 0]), k))
    entries = _made(space, finalists, figures, front, members, limits)
    ranged = None
    if space.ranges and entries:
        entries, ranged = _over_worlds(space, entries, simulator, choice)
    steps = [_step(space, figures, front, k) for k in range(len(front) - 1)]
    return Final(
        entries=tuple(entries),
        steps=tuple(steps),
        base={name: mean_ci(figures[0, k]) for k, name in enumerate(space.outcomes)},
        base_limits=limits[0],
        finalists=len(finalists),
        like_base=tuple(finalists[k - 1] for k in members.get(0, ())),
        worse=sum(1 + len(members.get(k, ())) for k in sound if k not in front),
        broke=sum(1 + len(members.get(k, ())) for k in leaders if k not in sound),
        ranged=ranged,
    )


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("-inf")


def _limit(space: Space, limit: Limit, figures: np.ndarray) -> str:
    """What the fresh runs of a design say of a constraint; figures: [outcomes, runs]."""
    found = mean_ci(figures[space.outcomes.index(limit.outcome)])
    if found.mean is None or found.interval is None:
        return BROKEN
    ends = [limit.excess(end) for end in found.interval]
    return MET if max(ends) <= 0 else BROKEN if min(ends) > 0 else OPEN


def _differences(figures: np.ndarray, goals: Sequence[Goal]) -> np.ndarray:
    """Int [i, j, objective]: +1 where i is better than j beyond noise, -1 where it is worse, 0 within noise.

    figures: float64 [designs, outcomes, runs], the base first. A design without a figure is worse than everybody.
    """
    pairs = list(combinations(range(len(figures)), 2))
    tests = [
        (i, j, k, paired(figures[j, k], figures[i, k], goals[k].sign))
        for i, j in pairs
        for k in range(len(goals))
    ]
    adjusted = holm([test.p for *_, test in tests])
    signs = np.zeros((len(figures), len(figures), len(goals)), dtype=int)
    for (i, j, k, test), p in zip(tests, adjusted, strict=True):
        if p is not None and p < ALPHA and test.difference:
            signs[i, j, k] = goals[k].sign if test.difference > 0 else -goals[k].sign
        elif test.n == 0:
            signs[i, j, k] = int(np.isfinite(figures[i, k]).any()) - int(np.isfinite(figures[j, k]).any())
        signs[j, i, k] = -signs[i, j, k]
    return signs


def _entries(signs: np.ndarray, competes: bool) -> tuple[list[int], dict[int, list[int]]]:
    """Leaders, and leader -> who joins it. competes: the base (0) leads an entry of its own; it is not among those returned."""
    leaders, members = ([0] if competes else []), dict[int, list[int]]()
    for k in range(1, len(signs)):
        same = next((leader for leader in leaders if not signs[k, leader].any()), None)
        if same is None:
            leaders.append(k)
        else:
            members.setdefault(same, []).append(k)
    return [k for k in leaders if k], members


def _front(leaders: Sequence[int], signs: np.ndarray, competes: bool) -> list[int]:
    """Leaders that nobody beats. Those late in the race are looked at first, so that of a circle the early one stays."""
    left = list(leaders)
    for k in reversed(leaders):
        others = [*([0] if competes else []), *(one for one in left if one != k)]
        if any((signs[j, k] > 0).any() and not (signs[j, k] < 0).any() for j in others):
            left.remove(k)
    return left


def _made(
    space: Space,
    finalists: Sequence[Design],
    figures: np.ndarray,
    front: Sequence[int],
    members: Mapping[int, Sequence[int]],
    limits: Sequence[tuple[str, ...]],
) -> list[Entry]:
    better = {goal.outcome: goal.sign for goal in space.goals}
    against = [
        {
            name: paired(figures[0, n], figures[k, n], better.get(name, 0))
            for n, name in enumerate(space.outcomes)
        }
        for k in front
    ]
    names = [goal.outcome for goal in space.goals]
    adjusted = iter(holm([one[name].p for one in against for name in names]))
    entries = []
    for number, (k, pairs) in enumerate(zip(front, against, strict=True), 1):
        own = tuple(finalists[one - 1] for one in members.get(k, ()))
        design = finalists[k - 1]
        entries.append(
            Entry(
                number,
                design,
                own,
                {name: mean_ci(figures[k, n]) for n, name in enumerate(space.outcomes)},
                pairs,
                {name: next(adjusted) for name in names},
                limits[k],
                edges(space.vary, [design.point, *(one.point for one in own)]),
            )
        )
    return entries


def edges(vary: Mapping[str, Axis], points: Sequence[Point]) -> tuple[Edge, ...]:
    """Paths with an order that all of these designs have at the same end; the value is that of the first."""
    found = []
    for path, axis in vary.items():
        if not is_numeric(axis):
            continue
        low, high = (
            (min(as_numbers(axis.values)), max(as_numbers(axis.values)))
            if isinstance(axis, Levels)
            else (axis.low, axis.high)
        )
        near = EDGE * (high - low) if isinstance(axis, Range) and not axis.integer else 0.0
        values = as_numbers([point[path] for point in points])
        at_low, at_high = all(v <= low + near for v in values), all(v >= high - near for v in values)
        if at_low or at_high:
            end = low if at_low else high
            found.append(Edge(path, points[0][path], at_low, end == _possible(path)[0 if at_low else 1]))
    return tuple(found)


def _possible(path: str) -> tuple[float | None, float | None]:
    """The least and the largest value that a path may have."""
    if path in REGISTRY:
        return REGISTRY[path].bounds
    return (SETTINGS[path].low, SETTINGS[path].high) if path in SETTINGS else (None, None)


def _step(space: Space, figures: np.ndarray, front: Sequence[int], k: int) -> Step:
    start, end = front[k], front[k + 1]
    change = {
        goal.outcome: paired(figures[start, n], figures[end, n], goal.sign)
        for n, goal in enumerate(space.goals)
    }
    return Step(k + 1, k + 2, change)


def _over_worlds(
    space: Space, entries: Sequence[Entry], simulator: Simulator, choice: Choice
) -> tuple[list[Entry], RangeResult]:
    """The entries with the share of worlds in which what is seen of every objective holds."""
    scenarios = [space.base, *(entry.design.scenario for entry in entries)]
    done = simulator.on_done
    ranged = over_worlds(
        scenarios, choice, space.ranges, WORLD_RUNS, space.fresh_seed, simulator.workers, simulator.simulate,
        None if done is None else lambda: done(WORLD_RUNS * len(scenarios)),
    )  # fmt: skip
    found = []
    for k, entry in enumerate(entries):
        worlds = {
            goal.outcome: ranged.holding(k, goal.outcome, entry.against[goal.outcome].difference)
            if goal.outcome in ranged.differences[k]
            else None
            for goal in space.goals
        }
        found.append(replace(entry, worlds=worlds))
    return found, ranged
