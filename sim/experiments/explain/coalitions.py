"""Levels of two scenarios with some of their players off, simulated on the same dice, every scenario and run once."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from sim.errors import RunsFailedError, UserError
from sim.scenario.scenario import Scenario
from sim.simulation.parallel import pool
from sim.simulation.results import Failure, Results, Simulate
from sim.store.journal import Journal

Coalition = frozenset[int]
Job = tuple[str, Coalition, int, int, int]  # key of the scenario, players on, side, first run, runs
BLOCK = 4  # runs of a scenario that a thread does at a time


class Dice:
    """Two scenarios for any set of players that are on; results are kept by content, so equal scenarios run once.

    scenarios_of: players on -> the two scenarios. A scenario that cannot be built or run has NaN, and a `reason`. journal: what
    an earlier start finished, and where what is finished is kept.
    """

    def __init__(
        self,
        scenarios_of: Callable[[Coalition], tuple[Scenario, Scenario]],
        outcome: str,
        seed: int,
        workers: int | None,
        simulate: Simulate,
        on_done: Callable[[int], None] | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.outcome, self.simulated = outcome, 0
        self.journal = Journal() if journal is None else journal
        self.failures: list[Failure] = []
        self._scenarios_of, self._seed, self._workers = scenarios_of, seed, workers
        self._simulate, self._on_done = simulate, on_done
        self._keys: dict[Coalition, tuple[str, str]] = {}
        self._found: dict[tuple[str, int], float] = {}
        self._reasons: dict[str, str] = {}

    @property
    def positive(self) -> bool:
        """True if every level so far is above zero (or undefined)."""
        return not any(level <= 0 for level in self._found.values())

    def levels(self, asked: Sequence[tuple[Coalition, int]]) -> np.ndarray:
        """Levels of both scenarios, float64 [asked, 2], NaN where undefined."""
        missing: dict[str, tuple[Coalition, int, set[int]]] = {}
        for on, run in asked:
            for side, key in enumerate(self._keys_of(on)):
                if (key, run) not in self._found:
                    missing.setdefault(key, (on, side, set()))[2].add(run)
        self._run(missing)
        return np.array([[self._found[key, run] for key in self._keys_of(on)] for on, run in asked]).reshape(
            -1, 2
        )

    def reason(self, on: Coalition) -> str:
        """Why there are no figures with these players on, '' if they just are undefined."""
        return next((self._reasons[key] for key in self._keys_of(on) if key in self._reasons), "")

    def _keys_of(self, on: Coalition) -> tuple[str, str]:
        """Content hashes of the two scenarios. The scenarios are made again when they run: there are thousands."""
        if on not in self._keys:
            try:
                a, b = self._scenarios_of(on)
                self._keys[on] = (a.hash(), b.hash())
            except UserError as error:
                key = f"cannot be built: {sorted(on)}"
                self._reasons[key] = str(error)
                self._keys[on] = (key, key)
        return self._keys[on]

    def _run(self, missing: dict[str, tuple[Coalition, int, set[int]]]) -> None:
        jobs: list[Job] = []
        for key, (on, side, runs) in missing.items():
            if key in self._reasons:
                self._found |= {(key, run): np.nan for run in runs}
            else:
                cut = [(key, on, side, first, count) for first, count in _blocks(sorted(runs))]
                jobs += [job for job in cut if not self._reuse(job)]
        with pool(self._workers) as side_by_side:
            side_by_side.run(((job, partial(self._one, *job[1:])) for job in jobs), self._keep)

    def _one(self, on: Coalition, side: int, first: int, count: int) -> Results | UserError:
        try:
            scenario = self._scenarios_of(on)[side]
            return self._simulate(scenario, count, self._seed, workers=1, first_run=first)
        except UserError as error:
            return error

    def _keep(self, job: Job, result: Results | UserError) -> None:
        key, _, _, first, count = job
        runs = range(first, first + count)
        self._found |= {(key, run): np.nan for run in runs}
        if isinstance(result, RunsFailedError):
            self.failures += result.failures
        elif isinstance(result, UserError):
            self._reasons[key] = str(result)
        else:
            self.failures += result.failures
            figures = result.outcomes.get(self.outcome, np.full(len(result.runs), np.nan))
            numbers = np.asarray(result.runs).tolist()
            self._found |= {(key, run): float(x) for run, x in zip(numbers, figures, strict=True)}
            if not result.failures:  # what failed is tried again, so that it is reported again
                self.journal.keep(_name(job), [self._found[key, run] for run in runs])
        self._count(count)

    def _reuse(self, job: Job) -> bool:
        """True if an earlier start did this job; its figures are taken over."""
        figures = self.journal.get(_name(job))
        key, _, _, first, count = job
        if figures is None or len(figures) != count:
            return False
        self._found |= {(key, first + k): float(str(figure)) for k, figure in enumerate(figures)}
        self._count(count)
        return True

    def _count(self, count: int) -> None:
        self.simulated += count
        if self._on_done is not None:
            self._on_done(count)


def _name(job: Job) -> str:
    key, _, _, first, count = job
    return f"{key} {first} {count}"


def _blocks(runs: Sequence[int]) -> list[tuple[int, int]]:
    """(First run, count) of neighbouring runs, at most `BLOCK` each."""
    blocks: list[list[int]] = []
    for run in runs:
        if blocks and run == blocks[-1][0] + blocks[-1][1] and blocks[-1][1] < BLOCK:
            blocks[-1][1] += 1
        else:
            blocks.append([run, 1])
    return [(first, count) for first, count in blocks]
