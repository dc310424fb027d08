"""Experiments of the checks: scenario, changes to it, number of runs; each is simulated once and remembered."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from sim.scenario.scenario import Scenario, load
from sim.simulation.parallel import threads
from sim.simulation.results import Results
from sim.simulation.run import run

SEED = 20_260_101
FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Experiment:
    """A scenario of `FOLDER` (or a bundled one) with other *values* by path, as a tuple of pairs, and the *runs* of it."""

    scenario: str
    values: tuple[tuple[str, Any], ...] = ()
    runs: int = 40

    def load(self) -> Scenario:
        """The scenario with the experiment's values."""
        own = FOLDER / f"{self.scenario}.yaml"
        scenario = load(own if own.is_file() else self.scenario)
        return scenario.with_values(dict(self.values)) if self.values else scenario


def experiment(scenario: str, values: Mapping[str, Any] | None = None, runs: int = 40) -> Experiment:
    """Return an experiment; lists in *values* become tuples, so that equal experiments are run once."""
    pairs = sorted((values or {}).items())
    return Experiment(
        scenario, tuple((path, tuple(x) if isinstance(x, list) else x) for path, x in pairs), runs
    )


class Laboratory:
    """Simulates experiments once each. Run r of all of them has the same dice, so their results pair."""

    def __init__(self, workers: int | None = None, seed: int = SEED) -> None:
        self.workers, self.seed = workers, seed
        self._done: dict[Experiment, Results] = {}
        self._under_way: dict[Experiment, Future[Results]] = {}

    def results(self, wanted: Experiment) -> Results:
        """Results of an experiment. Raises `sim.errors.UserError` if a run fails."""
        if wanted not in self._done:
            ahead = self._under_way.pop(wanted, None)
            self._done[wanted] = ahead.result() if ahead else self._simulate(wanted, self.workers)
        return self._done[wanted]

    def forget(self, experiments: set[Experiment]) -> None:
        """Free the results of *experiments*."""
        for done in experiments:
            self._done.pop(done, None)

    @contextmanager
    def simulating(self, experiments: tuple[Experiment, ...]) -> Iterator["Laboratory"]:
        """Simulate these *experiments* ahead, in this order, as many at a time as there are workers.

        Experiments side by side instead of runs: none waits for the slowest run of another one. Those without flow of work run in
        Python and would hinder each other, so that one worker has them all.
        """
        number = threads(self.workers)
        if number == 1 or len(experiments) < 2:
            yield self
            return
        self.results(experiments[0])  # the first alone, so that the kernels are compiled once
        still: deque[Experiment] = deque()
        flowing: deque[Experiment] = deque()
        for one in experiments[1:]:
            (flowing if one.load().values["switches.flow"] else still).append(one)
            self._under_way[one] = Future()
        stop = Event()
        with ThreadPoolExecutor(number) as pool:
            try:
                pool.submit(self._work, (still, flowing), dict(self._under_way), stop)
                for _ in range(number - 1):
                    pool.submit(self._work, (flowing,), dict(self._under_way), stop)
                yield self
            finally:
                stop.set()

    def _work(
        self, queues: tuple[deque[Experiment], ...], promised: dict[Experiment, Future[Results]], stop: Event
    ) -> None:
        """Simulate what is in the *queues*, the first queue first, and keep what was *promised*, until told to *stop*."""
        for queue in queues:
            while not stop.is_set():
                try:
                    one = queue.popleft()
                except IndexError:
                    break
                try:
                    promised[one].set_result(self._simulate(one, 1, stop))
                except BaseException as error:  # it is raised where the results are asked for
                    promised[one].set_exception(error)

    def _simulate(self, wanted: Experiment, workers: int | None, stop: Event | None = None) -> Results:
        def heard(_: int) -> None:
            if stop is not None and stop.is_set():
                raise CancelledError

        return run(wanted.load(), wanted.runs, self.seed, workers=workers, progress=heard)


def jackknife(
    statistic: Callable[[list[np.ndarray]], float], samples: list[np.ndarray]
) -> tuple[float, float]:
    """Return (statistic of the means over runs, its standard error by the delete-one jackknife).

    samples: arrays of shape [runs, ...], paired by run; *statistic* receives the list of their means over runs.
    """
    n = len(samples[0])
    totals = [x.sum(axis=0) for x in samples]
    value = float(statistic([total / n for total in totals]))
    if n < 2:
        return value, float("nan")
    left = [
        statistic([(total - x[r]) / (n - 1) for total, x in zip(totals, samples, strict=True)])
        for r in range(n)
    ]
    spread = np.asarray(left, float)
    return value, float(np.sqrt((n - 1) / n * np.sum((spread - spread.mean()) ** 2)))
