"""The figures of scenarios at many points of the parameters, kept in a journal as they come: an interruption loses nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import numpy as np

from sim.errors import RunsFailedError, UserError
from sim.scenario.scenario import Scenario
from sim.simulation.parallel import pool
from sim.simulation.results import Failure, Results, Simulate
from sim.store.folder import content_hash
from sim.store.journal import Journal

#: Figures of scenarios at points: (points, runs per point, number of the first run of each point) -> float64
#: [points, scenarios, outcomes, runs], NaN where undefined or failed.
Evaluate = Callable[[Sequence[Mapping[str, object]], int, Sequence[int]], np.ndarray]


class Makes(Protocol):
    """What makes a scenario of a point: a scenario, or a design that is held equal to something at every point."""

    def with_values(self, values: Mapping[str, Any]) -> Scenario:
        """The scenario with these values by path. Raises `UserError`."""
        ...


@dataclass
class Simulated:
    """The simulator as `Evaluate`, in threads. `failed` points could not be built, `failures` are runs that failed.

    journal: what an earlier start finished, and where what is finished is kept.
    """

    scenarios: Sequence[Makes]
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
            side_by_side.run(tasks, keep, rescue=True)
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
        self, scenario: Makes, point: Mapping[str, object], first: int, runs: int
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
