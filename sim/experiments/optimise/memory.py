"""The simulator with a memory: what an earlier start has simulated is not simulated again, so a resumed search is a rerun.

Kept are the outcomes that matter, by scenario, seed and runs: in the journal while the study is going on, in `CACHE` of the
finished folder. Numbers come back bit for bit. Runs that failed are not kept, so they are tried, and told, again.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np

from sim.errors import RunsFailedError
from sim.scenario.scenario import Scenario
from sim.simulation.results import Failure, Results, Simulate
from sim.store.folder import content_hash
from sim.store.journal import Journal, StoppedError, UnkeptError

CACHE = "evaluations.jsonl"


class Memory:
    """A `Simulate` whose results have the outcomes named and nothing else. done, reused: runs simulated, and taken over.

    journal: what was finished and is kept as it comes; finished: what the whole results of the same question hold.
    """

    def __init__(
        self, simulate: Simulate, outcomes: Sequence[str], journal: Journal, finished: Journal | None = None
    ) -> None:
        self._simulate, self._outcomes = simulate, tuple(outcomes)
        self._journal, self._finished = journal, finished or Journal()
        self._lock = threading.Lock()
        self._used: dict[str, list[object]] = {}
        self.done = self.reused = 0
        self.failures: list[Failure] = []

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
        """See `Simulate`; an outcome that the scenario does not have is left out. StoppedError: nothing more can be kept."""
        key = content_hash({"scenario": scenario.hash(), "seed": seed, "first": first_run, "runs": runs})
        with self._lock:
            kept = self._used.get(key)
            if kept is None:
                kept = self._finished.get(key) or self._journal.get(key)
                self.reused += runs if kept is not None else 0
            if kept is not None:
                self._used[key] = kept
                return self._results(scenario, seed, first_run, kept)
        try:
            found = self._simulate(
                scenario, runs, seed, workers=workers, first_run=first_run, progress=progress
            )
        except RunsFailedError as error:
            with self._lock:
                self.done += runs
                self.failures += error.failures
            raise
        figures: list[object] = [
            [name, np.asarray(found.outcomes[name], dtype=float).tolist()]
            for name in self._outcomes
            if name in found.outcomes
        ]
        with self._lock:
            self.done += runs
            self.failures += found.failures
            if not found.failures:
                self._used[key] = figures
                self._keep(key, figures)
        outcomes = {name: found.outcomes[name] for name in self._outcomes if name in found.outcomes}
        return Results(scenario, seed, np.asarray(found.runs), outcomes, {}, found.failures)

    def _keep(self, key: str, figures: list[object]) -> None:
        try:
            self._journal.keep(key, figures)
        except UnkeptError as error:  # which would count as a design that cannot be simulated
            raise StoppedError(error) from error

    def _results(self, scenario: Scenario, seed: int, first: int, kept: list[object]) -> Results:
        pairs = cast("list[tuple[str, list[float]]]", kept)
        outcomes: Mapping[str, np.ndarray] = {name: np.array(values, dtype=float) for name, values in pairs}
        runs = max((len(values) for values in outcomes.values()), default=0)
        return Results(scenario, seed, np.arange(first, first + runs), dict(outcomes), {}, ())

    def write(self, folder: Path, content: str) -> None:
        """Write what was used into a results folder, in an order that does not depend on who was quicker."""
        with Journal(folder / CACHE, content) as journal:
            for key in sorted(self._used):
                journal.keep(key, self._used[key])
