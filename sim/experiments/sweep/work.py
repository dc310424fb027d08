"""The runs of a sweep: which are there, which are missing, and having them simulated and kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.experiments.sweep.answer import groups
from sim.experiments.sweep.blocks import Block, Done, Work, failed, simulate_blocks
from sim.experiments.sweep.columns import Layout, rows
from sim.experiments.sweep.cutting import Cutter
from sim.experiments.sweep.deciding import best_so_far, plan_of_looks
from sim.experiments.sweep.file import Sweep
from sim.experiments.sweep.headline import headline
from sim.outcomes.declared import Outcome
from sim.simulation.parallel import Lost, Pool
from sim.simulation.results import Simulate
from sim.statistics import estimates, sequential
from sim.store.parts import Parts


class State(NamedTuple):
    """How far a sweep is, in runs. reused: of those done, found in the folder. headline: what it comes to so far, when asked."""

    done: int
    planned: int
    reused: int
    headline: Callable[[], str]


Progress = Callable[[State], None]


@dataclass
class _Runs:
    """Runs of a point: the outcome, NaN where it is undefined or missing, and which are there."""

    values: np.ndarray
    there: np.ndarray


@dataclass
class SweepWork:
    """State of one call of `run_sweep`, used by one thread only; workers see nothing of it.

    points: those of the shard; declared: all outcomes; prepare: called once, before the first run is simulated; planned: runs in
    all, as far as is known.
    """

    sweep: Sweep
    points: Sequence[int]
    parts: Parts
    layout: Layout
    declared: Mapping[str, Outcome]
    prepare: Callable[[], None]
    progress: Progress | None = None
    done: int = 0
    reused: int = 0
    planned: int = 0
    stored: int = 0  # runs in the folder
    _runs: dict[int, _Runs] = field(default_factory=dict)
    _prepared: bool = False

    def load(self) -> None:
        """Read which runs are there, and their outcomes."""
        data = self.parts.rows(["point", "run", self.sweep.outcome])
        if not data:
            return
        order = np.lexsort((data["run"], data["point"]))
        points, runs, values = (data[name][order] for name in ("point", "run", self.sweep.outcome))
        self.stored = len(points)
        at, starts = np.unique(points, return_index=True)
        for point, lo, hi in zip(at.tolist(), starts, [*starts[1:], len(points)], strict=True):
            self._keep(point, runs[lo:hi], values[lo:hi])

    def values(self, point: int, stop: int | None = None) -> np.ndarray:
        """The outcome of a point's runs, those below *stop*: float64[runs]."""
        found = self._runs.get(point)
        return np.empty(0) if found is None else found.values[:stop]

    def tick(self, runs: int) -> None:
        """So many runs more are done."""
        self.done += runs
        if self.progress is not None:
            planned = max(self.planned, self.done)
            self.progress(State(self.done, planned, self.reused, self._headline))

    def ready(self) -> None:
        """Something is going to be simulated."""
        if not self._prepared:
            self.prepare()
            self._prepared = True

    def _headline(self) -> str:
        values = {point: found.values for point, found in self._runs.items()}
        return headline(self.sweep, values, self.declared[self.sweep.outcome])

    def _keep(self, point: int, runs: np.ndarray, values: np.ndarray) -> None:
        stop = int(runs[-1]) + 1
        found = self._runs.setdefault(point, _Runs(np.empty(0), np.empty(0, dtype=bool)))
        if len(found.there) < stop:
            more = stop - len(found.there)
            found.values = np.concatenate([found.values, np.full(more, np.nan)])
            found.there = np.concatenate([found.there, np.zeros(more, dtype=bool)])
        found.values[runs], found.there[runs] = values, True

    # ---- simulating

    def run_all(self, side_by_side: Pool, simulate: Simulate | None, more: int) -> None:
        """Simulate all that is missing. more: runs that will be asked for besides."""
        sweep = self.sweep
        if not sweep.until_decided:
            self.planned = len(self.points) * sweep.runs + more
            self.run(self.points, (0, sweep.runs), side_by_side, simulate)
            return
        if sweep.crossing is None:
            self._run_until_best(side_by_side, simulate, more)
            return
        every, ours = groups(sweep), set(self.points)
        plan = sequential.looks(sweep.runs, 0.05 / len(every))
        start, open_rows = 0, [row for row in every if next(iter(row.values())) in ours]
        for look in plan:
            points = sorted(point for row in open_rows for point in row.values())
            self.planned = self.done + len(points) * (look.runs - start) + more
            self.run(points, (start, look.runs), side_by_side, simulate)
            open_rows = [row for row in open_rows if not self._is_decided(row, look)]
            start = look.runs
            if not open_rows:
                return

    def _run_until_best(self, side_by_side: Pool, simulate: Simulate | None, more: int) -> None:
        """Look by look, the points that can still be the best."""
        sweep, start, standing = self.sweep, 0, list(self.points)
        for look in plan_of_looks(sweep):
            self.planned = self.done + len(standing) * (look.runs - start) + more
            self.run(standing, (start, look.runs), side_by_side, simulate)
            found = best_so_far(sweep, [self.values(k) for k in self.points], self.declared, look.runs)
            standing, start = sorted(found.standing), look.runs
            if found.decided or not standing:
                return

    def _is_decided(self, row: Mapping[object, int], look: sequential.Look) -> bool:
        """Is the difference of the two compared designs beyond noise at this look?"""
        assert self.sweep.crossing is not None
        a, b = (self.values(row[value], look.runs) for value in self.sweep.crossing.between)
        p = estimates.paired(a, b, self.declared[self.sweep.outcome].better).p
        return p is not None and p <= look.level

    def run(
        self, points: Iterable[int], runs: tuple[int, int], side_by_side: Pool, simulate: Simulate | None
    ) -> None:
        """Simulate the runs [first, end) of the points that are not there; what a worker has finished is kept at once."""
        missing: list[Block] = []
        there = 0
        for point in points:
            found = self._runs.get(point)
            absent = gaps(None if found is None else found.there, *runs)
            there += runs[1] - runs[0] - sum(count for _, count in absent)
            missing += [Block(point, first, count) for first, count in absent]
        self.reused += there
        if there:
            self.tick(there)
        if not missing:
            return
        self.ready()
        cutter = Cutter(missing, side_by_side.width)

        def keep(work: Work, done: Done) -> None:
            cutter.learn(sum(block.count for block in work), done.seconds)
            self._store(work, done)

        task = partial(_task, self.sweep, simulate)
        lost = Lost(
            lambda work: [(one, task(one)) for one in single_runs(work)],
            lambda work, why: Done(tuple(failed(block, why) for block in work), 0.0),
        )
        # On the way out, too, what is done is kept.
        side_by_side.run(((work, task(work)) for work in cutter), keep, rescue=True, lost=lost)

    def _store(self, work: Work, done: Done) -> None:
        runs, series = rows(self.layout, self.sweep, work, done.results)
        self.parts.add(runs, series)
        outcome, start = runs[self.sweep.outcome], 0
        for block in work:
            numbers = np.arange(block.first, block.first + block.count)
            self._keep(block.point, numbers, outcome[start : start + block.count])
            start += block.count
        self.stored += start
        self.tick(start)


def _task(sweep: Sweep, simulate: Simulate | None, work: Work) -> Callable[[], Done]:
    points = [sweep.points[block.point] for block in work]
    return partial(simulate_blocks, sweep.base, sweep.hold, points, work, sweep.seed, simulate)


def single_runs(work: Work) -> list[Work]:
    """Every run of some blocks by itself; nothing if there is but one."""
    runs = [Block(b.point, run, 1) for b in work for run in range(b.first, b.first + b.count)]
    return [(run,) for run in runs] if len(runs) > 1 else []


def gaps(there: np.ndarray | None, start: int, stop: int) -> list[tuple[int, int]]:
    """(first, count) of the runs start .. stop - 1 that are missing. there: bool[runs], which there are; None: none."""
    if start >= stop:
        return []
    absent = np.ones(stop - start, dtype=bool)
    known = there[start:stop] if there is not None else absent[:0]
    absent[: len(known)] = ~known
    edges = np.flatnonzero(np.diff(np.concatenate([[False], absent, [False]]).astype(np.int8)))
    return [(start + int(lo), int(hi - lo)) for lo, hi in zip(edges[::2], edges[1::2], strict=True)]
