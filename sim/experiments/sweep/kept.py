"""Runs in other worlds, plausible ones and those like the base, kept as they come and simulated wherever the blocks are.

Whatever worlds and scenarios are tried (`sim.experiments.worlds`), they ask for a few runs of a scenario at a time. Here each
such request is looked up in the journal of the folder first, simulated by the sweep's pool, threads or a cluster, and then kept:
an interruption loses nothing that is finished.
"""

import threading
from collections.abc import Callable
from functools import partial

import numpy as np

from sim.constants import PACKAGE
from sim.errors import RunsFailedError, UserError
from sim.scenario.scenario import Scenario
from sim.simulation import run as engine
from sim.simulation.parallel import ClusterError, Pool
from sim.simulation.results import Failure, Results, Simulate
from sim.simulation.sources import digest_of
from sim.store.journal import Journal, StoppedError, UnkeptError

#: Modules of the experiments that say which worlds are tried, how they are judged and what flips a verdict.
_OF_WORLDS = ("designs", "holding", "parts", "samples", "worlds")


class KeptRuns:
    """Simulates like `sim.simulation.run.run`, from several threads at once."""

    def __init__(
        self,
        journal: Journal,
        side_by_side: Pool,
        simulate: Simulate | None,
        ready: Callable[[], None],
    ) -> None:
        """ready: called before anything is simulated."""
        self._journal, self._pool, self._simulate = journal, side_by_side, simulate or engine.run
        self._ready = ready
        self._lock = threading.Lock()

    def __call__(
        self,
        scenario: Scenario,
        runs: int,
        seed: int,
        *,
        workers: int | None = None,
        first_run: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> Results:
        """The runs *first_run* to *first_run* + *runs* - 1."""
        key = f"{scenario.hash()} {seed} {first_run} {runs}"
        with self._lock:
            found = self._journal.get(key)
        if found is None:
            task = partial(_figures, self._simulate, scenario, runs, seed, first_run)
            found = self._simulated(key, task)
        return _results(found, scenario, seed)

    def _simulated(self, key: str, task: Callable[[], list[object]]) -> list[object]:
        """Simulate and keep. Raises StoppedError where there is no use in going on."""
        try:
            with self._lock:
                self._ready()
        except UserError as error:
            raise StoppedError(error) from error
        try:
            found = self._pool.call(task)
            with self._lock:
                self._journal.keep(key, found)
        except (ClusterError, UnkeptError) as error:
            raise StoppedError(error) from error
        return found


def _figures(simulate: Simulate, scenario: Scenario, runs: int, seed: int, first_run: int) -> list[object]:
    """Run numbers, outcomes and failures as plain data. A module-level function, for the workers of a cluster."""
    try:
        found = simulate(scenario, runs, seed, workers=1, first_run=first_run)
    except RunsFailedError as error:
        return [[], {}, [[failure.run, failure.message] for failure in error.failures], str(error)]
    outcomes = {name: np.asarray(values, dtype=float).tolist() for name, values in found.outcomes.items()}
    failures = [[int(failure.run), str(failure.message)] for failure in found.failures]
    return [[int(run) for run in found.runs], outcomes, failures, ""]


def _results(found: list[object], scenario: Scenario, seed: int) -> Results:
    """The results that these figures are of. Raises RunsFailedError where all runs failed."""
    runs, outcomes, failures, error = found
    assert isinstance(runs, list)
    assert isinstance(outcomes, dict)
    assert isinstance(failures, list)
    failed = tuple(Failure(run, seed, message) for run, message in failures)
    if error:
        raise RunsFailedError(str(error), failed)
    arrays = {name: np.array(values, dtype=float) for name, values in outcomes.items()}
    return Results(scenario, seed, np.array(runs, dtype=np.int64), arrays, {}, failed)


def ranges_source() -> str:
    """16 hex digits that change whenever the worlds, or what is made of them, may be others."""
    experiments = PACKAGE / "experiments"
    files = [
        *(path for path in experiments.glob("plausible*") if path.is_file()),
        *(experiments / "sweep").glob("plausible*"),
        *(experiments / f"{name}.py" for name in _OF_WORLDS),
    ]
    return digest_of(files)
