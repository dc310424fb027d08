"""Run a sweep: every design point, in parallel, resumable, into a results folder.

The work is cut into blocks of about five seconds (`sim.experiments.sweep.cutting`), which are kept as they are finished and
become a few large files (`sim.store.parts`). Starting again computes only what is missing, also if more runs per point are
asked for than before. Run r uses the same dice at every point. What ends in `summary.csv` is computed from what is stored in a
fixed order, so it does not depend on workers, interruptions, order or how runs were cut into blocks.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import numpy as np

from sim.errors import UserError
from sim.experiments.besides import costs_beside
from sim.experiments.cautions import cautions
from sim.experiments.designs import levels_of
from sim.experiments.sweep.again import DesignRuns, simulate_again
from sim.experiments.sweep.again import planned as planned_again
from sim.experiments.sweep.answer import Answer, answer
from sim.experiments.sweep.columns import layout
from sim.experiments.sweep.deciding import versus_of
from sim.experiments.sweep.figures import answer_json
from sim.experiments.sweep.file import Sweep, load_sweep
from sim.experiments.sweep.identity import Shard, default_folder, identity_of, key_of, manifest_of, points_of
from sim.experiments.sweep.kept import KeptRuns, ranges_source
from sim.experiments.sweep.plausible import Ranges, sweep_ranges, tried_in
from sim.experiments.sweep.plausible import planned as planned_ranges
from sim.experiments.sweep.ranking import best_pair, ranking, ranks
from sim.experiments.sweep.results import failures_of, write_results
from sim.experiments.sweep.retry import begin_retry
from sim.experiments.sweep.summary import Asked
from sim.experiments.sweep.work import Progress, State, SweepWork
from sim.outcomes.declared import OUTCOMES, WEEKLY, Outcome, check_outcome
from sim.outcomes.stages import COLUMNS
from sim.simulation.parallel import Pool, pool
from sim.simulation.proof import differences, proof
from sim.simulation.results import Simulate
from sim.store.folder import (
    BLOCKS,
    check_owner,
    claim,
    clear,
    content_hash,
    holds_nothing,
    is_same,
    read_manifest,
    set_status,
)
from sim.store.journal import JOURNAL, Journal, StoppedError
from sim.store.parts import Parts
from sim.store.replacing import NEXT, discard, replace_results
from sim.store.tables import Tables
from sim.store.taking import opened

__all__ = ["State", "Sweep", "SweepResult", "default_folder", "load_sweep", "run_sweep"]


@dataclass(frozen=True)
class SweepResult:
    """A finished sweep. values: its outcome, float64[runs] per point; failures: (point, run, seed, message).

    answer: None of a shard, which has none. runs_reused: runs found in the folder; runs_done: all runs, those included, and those
    over the ranges. redone: stored files that were damaged, and whose runs have been simulated again. only_read: nothing was
    written, because nothing can be in that folder.
    """

    sweep: Sweep
    folder: Path
    values: Sequence[np.ndarray]
    found: Answer | None
    failures: tuple[tuple[int, int, int, str], ...]
    runs_done: int
    runs_reused: int
    redone: tuple[str, ...] = ()
    shard: Shard | None = None
    only_read: bool = False

    @property
    def answer(self) -> Answer:
        """The answer; a shard has none."""
        assert self.found is not None
        return self.found

    @property
    def notes(self) -> list[str]:
        """What limits every answer of the sweep."""
        weeks = [weeks for point in self.sweep.points if isinstance(weeks := point.get("time.weeks"), int)]
        # A crossing asks for two designs at the same use of AI, so what AI costs does not part them.
        costs = [] if self.sweep.crossing else costs_beside(self.sweep.outcome, tuple(self.sweep.vary))
        return [
            *tried_in(self.sweep).notices,
            *cautions([self.sweep.base], min(weeks, default=None)),
            *costs,
        ]


_ELSEWHERE = "nothing can be written here: copy the folder to where it can, and give the same command there"


def _silent(_: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class How:
    """How a sweep is run, which changes no figure.

    workers: threads (default: the processors). cluster: address of a dask scheduler, used instead of threads; wait: seconds
    without workers after which it is given up. say: is told of workers that are not used. simulate, outcomes,
    weekly, source: the engine, its outcomes, those with a weekly
    series, and the hash of its sources; by default the real ones. facts: what else the manifest is to say.
    """

    workers: int | None = None
    cluster: str | None = None
    wait: float = 60.0
    progress: Progress | None = None
    say: Callable[[str], None] = _silent
    simulate: Simulate | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=lambda: OUTCOMES)
    weekly: Sequence[str] = WEEKLY
    source: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Task:
    """A sweep to be run in a folder that is ours. identity, made: what it is, and its manifest."""

    sweep: Sweep
    identity: Mapping[str, object]
    made: Mapping[str, object]
    shard: Shard | None
    how: How

    @property
    def asked(self) -> Asked:
        """What its summary is of."""
        outcomes = self.how.outcomes
        return Asked(tuple(self.sweep.vary), len(self.sweep.points), self.sweep.outcome, outcomes)


def run_sweep(
    sweep: Sweep,
    out_dir: Path | str,
    how: How | None = None,
    *,
    fresh: bool = False,
    retry_failed: bool = False,
    shard: Shard | None = None,
) -> SweepResult:
    """Run or resume a sweep in `out_dir`, or a shard of it.

    fresh: replace what is there, once the new results are whole; retry_failed: the same, with the runs there that did not fail.
    Raises UserError on bad input, on a folder that belongs to something else, and KeyboardInterrupt after keeping what is done.
    """
    how = how or How()
    check_outcome(sweep.outcome, how.outcomes, f"{sweep.path}: outcome:")
    if how.workers is not None and how.workers < 1:
        raise UserError(f"--workers {how.workers} is too few; use at least 1")
    folder = Path(out_dir)
    identity = identity_of(sweep, how.source or ("injected" if how.simulate is not None else None), shard)
    task = _Task(sweep, identity, {**manifest_of(sweep, identity), **how.facts}, shard, how)
    check_owner(folder, task.made, fresh, grows=True)
    if not fresh and not retry_failed and _can_only_be_read(folder, task.made):
        return _read(folder, task)
    with opened(folder):
        check_owner(folder, task.made, fresh, grows=True)
        with _working(folder, task, fresh, retry_failed) as at:
            result = _run_in(at, task)
    return replace(result, folder=folder)


def _can_only_be_read(folder: Path, made: Mapping[str, object]) -> bool:
    """True if the folder has the finished results of this question, and nothing can be written there."""
    found = read_manifest(folder)
    whole = found is not None and found.get("status") == "complete" and is_same(found, made)
    return whole and not os.access(folder, os.W_OK)


@contextlib.contextmanager
def _working(folder: Path, task: _Task, fresh: bool, retry: bool) -> Iterator[Path]:
    """Yield the folder to work in: the results folder, or one inside it whose results replace the old ones when they are whole.

    A replacement that was interrupted goes on; a sweep that fails before anything is stored leaves nothing.
    """
    stands = read_manifest(folder)
    retry = retry and stands is not None and stands.get("failures") != 0
    replaces = (fresh and stands is not None) or retry
    at = folder / NEXT if replaces else folder
    if replaces:
        found = read_manifest(at)
        purpose = "retry" if retry else "fresh"
        if found is None or not is_same(found, task.made) or found.get("purpose", "fresh") != purpose:
            discard(at)
            if retry:
                begin_retry(folder, at, task.made, key_of(task.identity))
    new = holds_nothing(at)
    try:
        yield at
    except UserError:
        if new and read_manifest(at) is not None and not _has_runs(at):
            clear(at)
        if replaces and holds_nothing(at):
            discard(at)
        raise
    if replaces:
        replace_results(folder)


def _has_runs(folder: Path) -> bool:
    return any((folder / "runs").glob("*.parquet")) or (folder / BLOCKS).is_dir()


def _run_in(folder: Path, task: _Task) -> SweepResult:
    """Run or resume a sweep in a folder that is ours."""
    before = read_manifest(folder) or {}
    kept = ("machine", "purpose")
    facts: dict[str, object] = {name: value for name, value in before.items() if name in kept}
    claimed = claim(folder, {**task.made, **facts}, grows=True)
    with Tables() as tables:
        parts = Parts(folder, key_of(task.identity), tables)
        machine = _Machine(folder, claimed)
        work = _work(task, parts, partial(machine.check, task.how))
        try:
            with _pool(task.how, machine) as side_by_side:
                work.run_all(side_by_side, task.how.simulate, _planned_besides(task))
                ranges, again = _besides(work, task, folder, side_by_side)
            parts.fold()
            result = _finish(work, task, folder, tables, ranges, again)
        except BaseException as error:
            status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            with contextlib.suppress(OSError):  # the first error is the one to tell
                parts.fold()
            with contextlib.suppress(OSError):
                set_status(folder, machine.manifest, status, runs_done=work.done)
            raise
        manifest = {name: value for name, value in machine.manifest.items() if name != "purpose"}
        found = {} if result.found is None else {"answer": answer_json(result.found)}
        failures = len(result.failures)
        set_status(folder, manifest, "complete", runs_done=work.done, failures=failures, **found)
    return result


def _work(task: _Task, parts: Parts, prepare: Callable[[], None]) -> SweepWork:
    how = task.how
    points = points_of(task.sweep, task.shard)
    made = layout(task.sweep, (*how.outcomes, *COLUMNS), how.weekly)
    work = SweepWork(task.sweep, points, parts, made, how.outcomes, prepare, how.progress)
    work.load()
    return work


class _Machine:
    """What the runs of a folder were computed with: written down before the first of them, and compared by whoever continues."""

    def __init__(self, folder: Path, manifest: dict[str, object]) -> None:
        self._folder, self.manifest = folder, manifest

    @property
    def known(self) -> Mapping[str, object] | None:
        """What the folder says; None if nothing was computed yet."""
        found = self.manifest.get("machine")
        return found if isinstance(found, Mapping) else None

    def note(self, found: Mapping[str, object]) -> None:
        """Write down what computes."""
        if self.known is None:
            self.manifest = set_status(self._folder, {**self.manifest, "machine": dict(found)}, "running")

    def check(self, how: How) -> None:
        """Compare this machine's probe with that of the folder's runs. Raises UserError if it is another one.

        The workers of a cluster prove themselves, and a stand-in for the engine has nothing to prove.
        """
        if how.cluster is not None or how.simulate is not None:
            return
        here = proof()
        known = self.known
        # Versions may differ as long as the figures do not: they are a reason, not a fault.
        told = differences({"probe": known["probe"]}, here) if known is not None and "probe" in known else ""
        if told:
            raise UserError(
                f"{self._folder}: its runs were computed on another machine, and this one gives {told}; results of both are not "
                f"mixed: continue there, choose another folder with --out, or replace these results with --fresh"
            )
        self.note(here)


@contextlib.contextmanager
def _pool(how: How, machine: _Machine) -> Iterator[Pool]:
    """What simulates: threads, or the workers of a cluster."""
    if how.cluster is None:
        with pool(how.workers) as threads:
            yield threads
        return
    from sim.simulation.cluster import cluster  # here, because it is an extra that few have installed

    with cluster(how.cluster, how.wait, machine.known, machine.note, how.say) as workers:
        yield workers


# ---- besides the design points


def _planned_besides(task: _Task) -> int:
    return 0 if task.shard else planned_ranges(task.sweep) + planned_again(task.sweep)


def _besides(
    work: SweepWork, task: _Task, folder: Path, side_by_side: Pool
) -> tuple[Ranges | None, list[DesignRuns]]:
    """Runs in plausible worlds, and under other settings. A shard has neither: they belong to the whole."""
    if task.shard:
        return None, []
    sweep, how = work.sweep, task.how
    declared = how.outcomes[sweep.outcome]
    asked = _asked(work, declared.better)
    work.parts.fold()
    again = simulate_again(sweep, folder, task.identity["source"], side_by_side, how.simulate, work.tick)
    content = {**task.identity, "source": content_hash({"of": [task.identity["source"], ranges_source()]})}
    with Journal(folder / JOURNAL, content_hash(content)) as journal:
        kept = KeptRuns(journal, side_by_side, how.simulate, work.ready)
        try:
            ranges = sweep_ranges(asked, folder, content, side_by_side.width, kept, work.tick, declared)
        except StoppedError as stopped:
            raise stopped.error from None
    discard(folder / JOURNAL)
    return ranges, again


def _asked(work: SweepWork, better: int) -> Sweep:
    """The sweep with the two designs that are tried on plausible sets: of ranked levels the best and the runner-up, of
    points the best and the nearest that is behind it beyond noise."""
    sweep = work.sweep
    if not sweep.ranges:
        return sweep
    if sweep.seeks_best:
        return replace(sweep, versus=versus_of(sweep, _values(work), better))
    found = ranking(_values(work), better) if ranks(sweep) else None
    if found is None:
        return sweep
    path, axis = next(iter(sweep.vary.items()))
    return replace(sweep, crossing=best_pair(path, levels_of(axis), found))


# ---- what it comes to


def _values(work: SweepWork) -> list[np.ndarray]:
    """The outcome, float64[runs] per point."""
    return [work.values(point) for point in range(len(work.sweep.points))]


def _finish(
    work: SweepWork,
    task: _Task,
    folder: Path,
    tables: Tables,
    ranges: Ranges | None,
    again: Sequence[DesignRuns],
) -> SweepResult:
    write_results(folder, work.parts, tables, task.asked, work.stored)
    return _result(work, task, folder, tables, ranges, again)


def _result(
    work: SweepWork,
    task: _Task,
    folder: Path,
    tables: Tables,
    ranges: Ranges | None,
    again: Sequence[DesignRuns],
) -> SweepResult:
    sweep = task.sweep
    values = _values(work)
    declared = task.how.outcomes[sweep.outcome]
    found = None if task.shard else answer(sweep, values, declared, ranges, again)
    rows = zip(*failures_of(work.parts, tables), strict=True)
    failures = tuple((int(p), int(r), int(s), str(m)) for p, r, s, m in rows)
    damaged = tuple(work.parts.damaged)
    return SweepResult(sweep, folder, values, found, failures, work.done, work.reused, damaged, task.shard)


def _read(folder: Path, task: _Task) -> SweepResult:
    """The results of a folder in which nothing can be written. Raises UserError where something would have to be simulated."""

    def missing(*_: object, **__: object) -> NoReturn:
        raise UserError(f"{folder}: something of these results is missing; {_ELSEWHERE}")

    looking = replace(task, how=replace(task.how, simulate=missing))
    with Tables() as tables:
        work = _work(looking, Parts(folder, key_of(task.identity), tables, _ELSEWHERE), missing)
        work.run_all(Pool(1), missing, _planned_besides(task))
        found = _besides(work, looking, folder, Pool(1))
        return replace(_result(work, task, folder, tables, *found), only_read=True)
