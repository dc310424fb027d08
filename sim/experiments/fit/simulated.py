"""The figures of one scenario at many parameter sets, kept in a journal as they come, so that an interruption loses nothing."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from sim.errors import RunsFailedError, UserError
from sim.experiments.designs import Range, lhs
from sim.parameters.flow import TIED
from sim.scenario.scenario import Scenario
from sim.simulation.parallel import pool
from sim.simulation.results import Failure, Results, Simulate
from sim.store.folder import content_hash
from sim.store.journal import Journal

Point = Mapping[str, object]


class Draws:
    """Draws from the plausible ranges before any calibration, and where in its range every value lies."""

    def __init__(self, ranges: Mapping[str, Range]) -> None:
        self.ranges = ranges

    def __call__(self, count: int, seed: int) -> tuple[Sequence[Point], np.ndarray]:
        """So many draws: points, and shares of the ranges, float64 [draws, parameters]."""
        points = lhs(self.ranges, count, seed, TIED)
        columns = [[axis.share(_number(p[path])) for p in points] for path, axis in self.ranges.items()]
        return points, np.array(columns, dtype=float).T.reshape(count, len(self.ranges))


def _number(value: object) -> float:
    assert isinstance(value, (int, float))  # a range has numbers
    return value


class Simulated:
    """The simulator at parameter sets, in threads. `failed` sets could not be built; `failures` are runs that failed."""

    def __init__(
        self,
        scenario: Scenario,
        outcomes: Sequence[str],
        runs: int,
        seed: int,
        workers: int | None,
        simulate: Simulate,
        journal: Journal,
        on_done: Callable[[int], None],
    ) -> None:
        self.scenario, self.outcomes, self.runs, self.seed = scenario, outcomes, runs, seed
        self.workers, self.simulate, self.journal, self.on_done = workers, simulate, journal, on_done
        self.failed, self.reason = 0, ""
        self.failures: list[Failure] = []

    def __call__(self, points: Sequence[Point]) -> np.ndarray:
        """Figures, float64 [sets, outcomes, runs], NaN where undefined or failed."""
        found = np.full((len(points), len(self.outcomes), self.runs), np.nan)
        tasks = (
            (k, partial(self._one, point))
            for k, point in enumerate(points)
            if not self._reuse(found, k, point)
        )

        def keep(k: int, result: Results | UserError) -> None:
            self._keep(found[k], result)
            if (
                not isinstance(result, UserError) and not result.failures
            ):  # what failed is tried, and told, again
                self.journal.keep(self._name(points[k]), found[k].tolist())
            self.on_done(self.runs)

        with pool(self.workers) as side_by_side:
            side_by_side.run(tasks, keep, rescue=True)
        return found

    def _name(self, point: Point) -> str:
        return content_hash({"point": point, "runs": self.runs})

    def _reuse(self, found: np.ndarray, k: int, point: Point) -> bool:
        """True if an earlier start simulated this set; its figures are taken over."""
        figures = self.journal.get(self._name(point))
        if figures is None or np.array(figures).shape != found[k].shape:
            return False
        found[k] = figures
        self.on_done(self.runs)
        return True

    def _one(self, point: Point) -> Results | UserError:
        try:
            return self.simulate(self.scenario.with_values(point), self.runs, self.seed, workers=1)
        except UserError as error:
            return error

    def _keep(self, row: np.ndarray, result: Results | UserError) -> None:
        if isinstance(result, RunsFailedError):
            self.failures += result.failures
            return
        if isinstance(result, UserError):
            self.failed += 1
            self.reason = self.reason or str(result)
            return
        self.failures += result.failures
        for j, name in enumerate(self.outcomes):
            if name in result.outcomes:
                row[j, np.asarray(result.runs, dtype=np.int64)] = result.outcomes[name]
