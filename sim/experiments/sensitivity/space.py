"""The space of uncertain parameters that a sensitivity analysis explores, and what is evaluated at a point of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from sim.errors import RunsFailedError, UserError
from sim.experiments.designs import Range, as_numbers
from sim.experiments.plausible import varied
from sim.parameters.declaration import Parameter
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario
from sim.simulation.parallel import pool
from sim.simulation.results import Failure, Results, Simulate
from sim.store.folder import content_hash
from sim.store.journal import Journal

METHODS = ("morris", "sobol")
LEVELS = 4  # of a Morris design: 0, 1/3, 2/3, 1 of the range; a step is 2/3
#: Figures of scenarios at points: (points, runs per point, number of the first run of each point) -> float64
#: [points, scenarios, outcomes, runs], NaN where undefined or failed.
Evaluate = Callable[[Sequence[Mapping[str, object]], int, Sequence[int]], np.ndarray]


@dataclass(frozen=True)
class Space:
    """The parameters that are moved: their ranges, and their values in the scenarios."""

    ranges: Mapping[str, Range]
    base: Mapping[str, float]

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the parameters, in declared order."""
        return tuple(self.ranges)

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Mechanism of every path."""
        return tuple(mechanism(path) for path in self.ranges)

    def value(self, path: str, share: float) -> float | int:
        """The value at that share of the range, 0 to 1, ends included."""
        axis = self.ranges[path]
        value = axis.at(min(max(share, 0.0), 1.0))
        return min(max(value, axis.low), axis.high)

    def values(self, shares: Sequence[float]) -> dict[str, float | int]:
        """A point: path -> value, for shares in the order of `paths`."""
        return {path: self.value(path, float(u)) for path, u in zip(self.ranges, shares, strict=True)}

    def share(self, path: str, value: float) -> float:
        """Where in its range a value lies, 0 to 1; the inverse of `value`."""
        return self.ranges[path].share(value)


def mechanism(path: str) -> str:
    """The mechanism that a parameter belongs to: the section of its path."""
    return path.split(".", 1)[0]


def space_of(scenarios: Sequence[Scenario], registry: Mapping[str, Parameter] = REGISTRY) -> Space:
    """The parameters that act and on which the scenarios agree. Raises UserError if there is none."""
    ranges = varied(scenarios, registry)
    if not ranges:
        names = " and ".join(s.name for s in scenarios)
        raise UserError(f"{names}: no uncertain parameter is left to vary; every one is set or switched off")
    base = as_numbers([scenarios[0].values[path] for path in ranges])
    return Space(ranges, dict(zip(ranges, base, strict=True)))


@dataclass
class Simulated:
    """The simulator as `Evaluate`, in threads. `failed` points could not be built, `failures` are runs that failed.

    journal: what an earlier start finished, and where what is finished is kept.
    """

    scenarios: Sequence[Scenario]
    outcomes: Sequence[str]
    seed: int
    workers: int | None
    simulate: Simulate
    on_done: Callable[[int], None] | None = None
    points: int = 0
    failed: int = 0
    reason: str = ""
    failures: list[Failure] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)

    def __call__(
        self, points: Sequence[Mapping[str, object]], runs: int, firsts: Sequence[int]
    ) -> np.ndarray:
        """See `Evaluate`."""
        found = np.full((len(points), len(self.scenarios), len(self.outcomes), runs), np.nan)
        tasks = (
            ((k, s), partial(self._one, scenario, point, first, runs))
            for k, (point, first) in enumerate(zip(points, firsts, strict=True))
            for s, scenario in enumerate(self.scenarios)
            if not self._reuse(found, (k, s), self._name(s, point, first, runs))
        )

        def keep(place: tuple[int, int], result: tuple[int, Results] | UserError) -> None:
            self._keep(found, place, result)
            if (
                not isinstance(result, UserError) and not result[1].failures
            ):  # what failed is tried, and told, again
                k, s = place
                self.journal.keep(self._name(s, points[k], firsts[k], runs), found[place].tolist())
            if self.on_done is not None:
                self.on_done(runs)

        with pool(self.workers) as side_by_side:
            side_by_side.run(tasks, keep)
        self.points += len(points)
        return found

    def _name(self, scenario: int, point: Mapping[str, object], first: int, runs: int) -> str:
        """What a task is kept under."""
        return content_hash({"scenario": scenario, "point": point, "first": first, "runs": runs})

    def _reuse(self, found: np.ndarray, place: tuple[int, int], name: str) -> bool:
        """True if an earlier start did this task; its figures are taken over."""
        figures = self.journal.get(name)
        if figures is None or np.array(figures).shape != found[place].shape:
            return False
        found[place] = figures
        if self.on_done is not None:
            self.on_done(found.shape[-1])
        return True

    def _one(
        self, scenario: Scenario, point: Mapping[str, object], first: int, runs: int
    ) -> tuple[int, Results] | UserError:
        """The number of the first run and the results, or why there are none."""
        try:
            return first, self.simulate(
                scenario.with_values(point), runs, self.seed, workers=1, first_run=first
            )
        except UserError as error:
            return error

    def _keep(
        self,
        found: np.ndarray,
        place: tuple[int, int],
        result: tuple[int, Results] | UserError,
    ) -> None:
        if isinstance(result, RunsFailedError):
            self.failures += result.failures
            return
        if isinstance(result, UserError):
            self.failed += 1
            self.reason = self.reason or str(result)
            return
        first, results = result
        self.failures += results.failures
        columns = np.asarray(results.runs, dtype=np.int64) - first
        for k, name in enumerate(self.outcomes):
            if name in results.outcomes:
                found[(*place, k, columns)] = results.outcomes[name]


def references(base: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """By outcome, the mean of the first scenario at the base if the difference is to be relative to it, else NaN.

    base: float64 [scenarios, outcomes, runs]; others: [points, scenarios, outcomes, runs]. Relative where the first of two
    scenarios has a positive mean at every point.
    """
    if len(base) < 2:
        return np.full(base.shape[1], np.nan)
    found = [_run_means(one[:, 0]) for one in (base[None], *others) if one.size]
    positive = [np.all(np.isnan(one) | (one > 0), axis=0) for one in found]
    return np.where(np.all(positive, axis=0), found[0][0], np.nan)


def _run_means(values: np.ndarray) -> np.ndarray:
    """Mean over the last axis without NaN; NaN where all are."""
    defined = np.isfinite(values)
    count = defined.sum(axis=-1)
    total = np.where(defined, values, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def relative(found: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Figures of which `figures` makes B / A - 1 at each point, times the reference; unchanged where that is NaN.

    found: float64 [points, 2, outcomes, runs]. The ratio is that of the means over runs, so it has the sign of the plain
    difference; what a run adds to it is linearised (delta method), so that the variation over runs is that of the ratio. What
    scales both scenarios alike has no effect on it. NaN where the first scenario is not positive.
    """
    if np.isnan(reference).all():
        return found
    both = np.isfinite(found).all(axis=1, keepdims=True)
    a, b = np.moveaxis(np.where(both, found, np.nan), 1, 0)
    mean_a, mean_b = (_run_means(one)[..., None] for one in (a, b))
    mean_a = np.where(mean_a > 0, mean_a, np.nan)
    theta = (mean_b - mean_a) / mean_a
    lead = theta + ((b - a) - theta * a) / mean_a
    scaled = np.stack([np.where(np.isnan(lead), np.nan, 0.0), reference[:, None] * lead], axis=1)
    return np.where(np.isnan(reference)[:, None], found, scaled)


def figures(found: np.ndarray) -> np.ndarray:
    """What is studied, [points, outcomes, runs]: the outcomes of one scenario, or those of the second minus the first."""
    return found[:, 1] - found[:, 0] if found.shape[1] == 2 else found[:, 0]
