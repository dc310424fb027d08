"""The search: candidates by the batch, each once, all on the same runs; then those whose rank is open get more.

A design for which there is no scenario (a payroll that no chart can hold, spans that end without a top) counts as impossible, one
whose objective is undefined as undefined. Both are told to the proposer as the worst there is: a constraint broken by far.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from sim.errors import RunsFailedError, UserError
from sim.experiments.optimise.candidates import Candidates, Point, Told
from sim.experiments.optimise.front import ordered
from sim.experiments.optimise.race import race
from sim.experiments.optimise.space import Goal, Limit, Space
from sim.scenario.scenario import Scenario
from sim.simulation.parallel import pool
from sim.simulation.results import Simulate

#: Candidates that are proposed at a time: fixed, so that the same are proposed however many threads there are.
BATCH = 8
#: Designs that enter the race, and how many of them are run on fresh dice.
SHORTLIST, FINALISTS = 64, 16
FAR = 1e3  # how far a constraint counts as broken where there is no scenario or no figure


@dataclass(frozen=True)
class Design:
    """A distinct design. figures: float64 [outcomes, runs] of the search; number: of the first candidate that proposed it."""

    number: int
    point: Point
    scenario: Scenario
    figures: np.ndarray


@dataclass
class Tried:
    """What was tried. candidates: status of every candidate in order: "new", "known" (proposed before), "impossible".

    reason: why the first impossible one is. designs: the distinct ones; met: how many of them break no constraint; undefined:
    how many lack a figure; finalists: the best of them, the best first.
    """

    candidates: list[tuple[Point, str]] = field(default_factory=list)
    designs: list[Design] = field(default_factory=list)
    reason: str = ""
    finalists: list[Design] = field(default_factory=list)
    met: int = 0
    undefined: int = 0

    def count(self, status: str) -> int:
        """Candidates with that status."""
        return sum(one == status for _, one in self.candidates)


@dataclass(frozen=True)
class Simulator:
    """Runs designs side by side. on_done: called with the runs that are done."""

    space: Space
    simulate: Simulate
    workers: int | None = None
    on_done: Callable[[int], None] | None = None

    def figures(self, scenarios: Sequence[Scenario], first: int, runs: int, seed: int) -> list[np.ndarray]:
        """Figures of the outcomes of every scenario on the same runs, float64 [outcomes, runs], NaN where undefined or failed.

        A scenario that cannot be built has no runs: [outcomes, 0].
        """
        found: list[np.ndarray] = [np.empty((0, 0))] * len(scenarios)

        def keep(k: int, one: np.ndarray) -> None:
            found[k] = one
            if self.on_done is not None:
                self.on_done(runs)

        with pool(self.workers) as side_by_side:
            side_by_side.run(
                ((k, partial(self._one, one, first, runs, seed)) for k, one in enumerate(scenarios)),
                keep,
                rescue=True,
            )
        return found

    def _one(self, scenario: Scenario, first: int, runs: int, seed: int) -> np.ndarray:
        names = self.space.outcomes
        figures = np.full((len(names), runs), np.nan)
        try:
            results = self.simulate(scenario, runs, seed, workers=1, first_run=first)
        except RunsFailedError:
            return figures
        except UserError:
            return figures[:, :0]
        columns = np.asarray(results.runs, dtype=np.int64) - first
        for k, name in enumerate(names):
            if name in results.outcomes:
                figures[k, columns] = results.outcomes[name]
        return figures


def judge(
    means: np.ndarray, outcomes: Sequence[str], goals: Sequence[Goal], limits: Sequence[Limit]
) -> tuple[np.ndarray, np.ndarray]:
    """Objectives, more is better, [designs, objectives], and the largest excess over a constraint, [designs], of these means.

    means: float64 [designs, outcomes].
    """
    signs = np.array([goal.sign for goal in goals], dtype=float)
    values = means[:, : len(goals)] * signs
    excess = np.zeros(len(means))
    for limit in limits:
        column = means[:, outcomes.index(limit.outcome)]
        excess = np.maximum(excess, [limit.excess(float(mean)) for mean in column])
    return values, excess


def search(space: Space, candidates: Candidates, simulator: Simulator) -> Tried:
    """Try all candidates and race the best of them."""
    tried = Tried()
    by_hash: dict[str, Design | None] = {}
    while (left := space.candidates - len(tried.candidates)) > 0:
        points = candidates.ask(min(BATCH, left))
        designs = _batch(space, points, simulator, tried, by_hash)
        candidates.tell([_told(space, design) for design in designs])
    _race(space, simulator, tried)
    return tried


def _batch(
    space: Space,
    points: Sequence[Point],
    simulator: Simulator,
    tried: Tried,
    by_hash: dict[str, Design | None],
) -> list[Design | None]:
    """The designs of some candidates, simulated where they are new; None where there is none."""
    made: list[tuple[Point, Scenario | None, str]] = []
    new: dict[str, tuple[int, Point, Scenario]] = {}
    for k, point in enumerate(points):
        try:
            scenario = space.scenario(point)
        except UserError as error:
            tried.reason = tried.reason or str(error)
            made.append((point, None, ""))
            continue
        digest = scenario.hash()
        made.append((point, scenario, digest))
        if digest not in by_hash:
            new.setdefault(digest, (len(tried.candidates) + k + 1, point, scenario))
    figures = simulator.figures(
        [scenario for _, _, scenario in new.values()], 0, space.search_runs, space.seed
    )
    for (digest, (number, point, scenario)), values in zip(new.items(), figures, strict=True):
        by_hash[digest] = Design(number, point, scenario, values) if values.shape[1] else None
        if (design := by_hash[digest]) is not None:
            tried.designs.append(design)
        else:
            tried.reason = tried.reason or _why(scenario)
    found = []
    for point, _, digest in made:
        design = by_hash.get(digest)
        number = len(tried.candidates) + 1
        tried.candidates.append((
            point, "impossible" if design is None else "new" if design.number == number else "known"
        ))  # fmt: skip
        found.append(design)
    return found


def _why(scenario: Scenario) -> str:
    """Why the organisation of a scenario cannot be built."""
    from sim.scenario.tree import tree_of  # the only one who asks

    try:
        tree_of(scenario)
    except UserError as error:
        return str(error)
    return "it cannot be simulated"


def _told(space: Space, design: Design | None) -> Told:
    """What the proposer learns of a candidate."""
    goals, limits = space.goals, space.limits
    if design is None or not _defined(design):
        return Told((0.0,) * len(goals), (FAR,) * max(1, len(limits)))
    means = np.nanmean(design.figures, axis=1)
    excess = [limit.excess(float(means[space.outcomes.index(limit.outcome)])) for limit in limits]
    return Told(
        tuple(float(goal.sign * means[k]) for k, goal in enumerate(goals)),
        tuple(min(one, FAR) for one in excess) or (0.0,),
    )


def _defined(design: Design) -> bool:
    """Whether every outcome has a figure in some run."""
    return bool(np.isfinite(design.figures).any(axis=1).all())


def _race(space: Space, simulator: Simulator, tried: Tried) -> None:
    """Choose the finalists."""
    defined = [design for design in tried.designs if _defined(design)]
    tried.undefined = len(tried.designs) - len(defined)
    if not defined:
        return
    weigh = partial(judge, outcomes=space.outcomes, goals=space.goals, limits=space.limits)
    figures = np.stack([design.figures for design in defined])
    values, excess = weigh(np.nanmean(figures, axis=2))
    tried.met = int(np.sum(excess <= 0))
    entered = ordered(values, excess)[:SHORTLIST]

    def more(rows: Sequence[int], first: int, runs: int) -> np.ndarray:
        scenarios = [defined[entered[row]].scenario for row in rows]
        return np.stack(simulator.figures(scenarios, first, runs, space.seed))

    signs = [goal.sign for goal in space.goals]
    best = race(figures[entered], weigh, signs, more, FINALISTS)
    tried.finalists = [defined[entered[row]] for row in best]
