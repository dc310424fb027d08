"""The desk behind the pages: designs are computed in a thread of its own, in stages; what is known can be read at once.

A design is compared with the base (`sim.experiments.compare`) after 5 runs, after 20, and then every `STRIDE` runs until the 95 %
interval of the headline is within `CLOSE` of its middle or there are `MOST_RUNS`; last it is tried in `WORLDS` plausible worlds.
Each stage is a task of its own, and early stages come first, so a new design does not wait for the last digits of another one.

The stages look at the headline several times, and the last look counts: a "difference" of an early look may go again. Pages say
how many runs there are and whether more are coming.
"""

import heapq
import itertools
import sys
import threading
from dataclasses import dataclass, field, replace

from sim.errors import UserError
from sim.experiments.compare.study import Comparison, Row, compare
from sim.experiments.samples import Sample
from sim.simulation import run as engine
from sim.simulation.results import Simulate
from sim.workshop.design import DESIGN, Design, Designs
from sim.workshop.runs import KeptRuns

SEED = 1
FIRST_LOOKS = (5, 20)  # runs
STRIDE, MOST_RUNS = 20, 100
CLOSE = 0.01  # share of the base: half the width of an interval that is narrow enough
WORLDS, WORLD_RUNS = 16, 4
MOST_DESIGNS = 60  # whose results are kept; the oldest are dropped
_LAST = 10**6  # the stage of the worlds, after all looks


@dataclass(frozen=True, eq=False)
class Found:
    """What is known of a design. version: grows with every change. runs: done so far. comparison: with the base, None before the
    first look and for the base itself, whose runs are in `sample`. settled: no more runs are coming; done: nor worlds.
    failed: why there are no results, in a sentence.
    """

    version: int = 0
    runs: int = 0
    comparison: Comparison | None = None
    sample: Sample | None = None
    settled: bool = False
    done: bool = False
    failed: str = ""

    @property
    def rows(self) -> dict[str, Row]:
        """The figures of the comparison, by outcome."""
        return dict(self.comparison.rows[DESIGN]) if self.comparison is not None else {}


class _StoppedError(Exception):
    """The desk is being closed."""


@dataclass(order=True)
class _Task:
    stage: int  # runs, or `_LAST`
    order: int  # the newest design first
    key: str = field(compare=False)


class Desk:
    """Computes designs of a lesson. `start` it, ask with `look`, `close` it in the end."""

    def __init__(self, designs: Designs, simulate: Simulate = engine.run, workers: int | None = None) -> None:
        self.designs = designs
        self._runs = KeptRuns(simulate)
        self._workers = workers
        self._found: dict[str, Found] = {}
        self._asked: dict[str, Design] = {}  # the oldest first
        self._tasks: list[_Task] = []
        self._order = itertools.count(0, -1)
        self._wake = threading.Condition(threading.RLock())
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="workshop desk", daemon=True)

    def start(self) -> None:
        """Begin, with the base."""
        self.look(self.designs.base)
        self._thread.start()

    def close(self, seconds: float = 2.0) -> bool:
        """End the work; True if it has ended in so many seconds (what compiles cannot be stopped)."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def look(self, design: Design) -> Found:
        """What is known of a design now. The first to ask has it computed."""
        with self._wake:
            if design.key not in self._found:
                self._make_room()
                self._found[design.key] = Found()
                self._asked[design.key] = design
                heapq.heappush(self._tasks, _Task(FIRST_LOOKS[0], next(self._order), design.key))
                self._wake.notify_all()
            return self._found[design.key]

    def tried(self) -> list[tuple[Design, Found]]:
        """Designs other than the base that were asked for, the newest first."""
        with self._wake:
            pairs = [(design, self._found[key]) for key, design in self._asked.items()]
        return [pair for pair in reversed(pairs) if pair[0].key != self.designs.base.key]

    def wait(self, design: Design, seconds: float) -> Found:
        """What is known of a design once all is, or after so many seconds."""
        self.look(design)
        with self._wake:
            self._wake.wait_for(lambda: self.look(design).done or self._closing, seconds)
            return self.look(design)

    def _make_room(self) -> None:
        others = [key for key in self._found if key != self.designs.base.key]
        for key in others[: max(0, len(others) - MOST_DESIGNS + 1)]:
            del self._found[key], self._asked[key]

    # ---- in the desk's own thread

    def _work(self) -> None:
        self._runs.keep(self.designs.base.scenario)
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._tasks or self._closing)
                if self._closing:
                    return
                task = heapq.heappop(self._tasks)
                design, before = self._asked.get(task.key), self._found.get(task.key)
            if design is None or before is None:
                continue
            try:
                after, stage = self._step(design, task.stage)
            except _StoppedError:
                return
            except UserError as error:
                after, stage = Found(failed=str(error), settled=True, done=True), None
            except Exception as error:  # the page says so, the next design is not in the way
                print(f"Error: {design.key}: {type(error).__name__}: {error}", file=sys.stderr)
                after, stage = (
                    Found(failed="An error of orgsim, told on the terminal.", settled=True, done=True),
                    None,
                )
            self._publish(task, replace(after, version=before.version + 1), stage)

    def _publish(self, task: _Task, found: Found, stage: int | None) -> None:
        with self._wake:
            if task.key in self._found:
                self._found[task.key] = found
                if stage is not None:
                    heapq.heappush(self._tasks, _Task(stage, task.order, task.key))
            kept = {self._asked[key].scenario for key in self._asked}
            for scenario in self._runs.scenarios():
                if scenario not in kept:
                    self._runs.forget(scenario)
            self._wake.notify_all()

    def _step(self, design: Design, stage: int) -> tuple[Found, int | None]:
        """One look, or the worlds; and the next stage, None after the last."""
        base = self.designs.base
        self._runs.keep(design.scenario)
        if design.key == base.key:
            runs, sample = FIRST_LOOKS[-1], Sample()
            results = self._runs(
                base.scenario, runs, SEED, workers=self._workers, progress=lambda _: self._go_on()
            )
            sample.add(results, runs)
            return Found(runs=runs, sample=sample, settled=True, done=True), None
        worlds = stage == _LAST
        runs = self._runs.sample(design.scenario, SEED).asked if worlds else stage
        found = compare(
            [base.scenario, design.scenario],
            runs=runs,
            seed=SEED,
            ranges=WORLDS if worlds else 0,
            range_runs=WORLD_RUNS,
            primary=self.designs.lesson.headline,
            workers=self._workers,
            progress=lambda done, planned: self._go_on(),
            simulate=self._runs,
        )
        now = Found(runs=runs, comparison=found, done=worlds)
        following = None if worlds else next_look(runs, now.rows.get(self.designs.lesson.headline))
        settled = following is None
        return replace(now, settled=settled), None if worlds else (_LAST if settled else following)

    def _go_on(self) -> None:
        """Called after every run: the way out of a long task."""
        if self._closing:
            raise _StoppedError


def next_look(runs: int, row: Row | None) -> int | None:
    """At how many runs to look again after so many; None if the headline is known well enough, or `MOST_RUNS` are done."""
    for look in FIRST_LOOKS:
        if runs < look:
            return look
    interval = None if row is None else row.figures.relative_interval
    if runs >= MOST_RUNS or (interval is not None and interval.hi - interval.lo <= 2 * CLOSE):
        return None
    return min(MOST_RUNS, runs + STRIDE)
