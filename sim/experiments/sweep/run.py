"""Run a sweep: every design point, in parallel, resumable, into a results folder.

The work is cut into blocks of runs of one design point. Each finished block is one Parquet file, renamed into
place; starting again computes only what is missing, also if more runs per point are asked for than before. Run r
uses the same dice at every point. What ends in `summary.csv` is computed from the stored blocks in a fixed order,
so it does not depend on workers, interruptions, order or how runs were cut into blocks.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.kernel import source_hash
from sim.errors import UserError
from sim.experiments.cautions import cautions
from sim.experiments.designs import levels_of
from sim.experiments.sweep.again import DesignRuns, simulate_again
from sim.experiments.sweep.again import planned as planned_again
from sim.experiments.sweep.answer import Answer, answer, groups
from sim.experiments.sweep.blocks import Block, BlockResult, simulate_block
from sim.experiments.sweep.figures import answer_json
from sim.experiments.sweep.file import Sweep, label, load_sweep
from sim.experiments.sweep.plausible import Ranges, sweep_ranges, tried_in
from sim.experiments.sweep.plausible import planned as planned_ranges
from sim.experiments.sweep.ranking import best_pair, ranking, ranks
from sim.outcomes.declared import OUTCOMES, Outcome, check_outcome
from sim.simulation.parallel import Pool, pool
from sim.simulation.results import Simulate
from sim.statistics import estimates, sequential
from sim.store import files
from sim.store.folder import (
    check_owner,
    claim,
    clear,
    content_hash,
    holds_nothing,
    is_same,
    manifest,
    own_folder,
    read_manifest,
    set_status,
    stored_blocks,
)
from sim.store.replacing import NEXT, discard, replace_results
from sim.store.tables import Tables, UnreadableTableError
from sim.store.taking import opened

__all__ = ["Block", "Sweep", "SweepResult", "load_sweep", "run_sweep"]

BLOCK_RUNS = 100  # most runs of one file: an interruption loses at most this much work per worker
BATCH = 500  # design points read at once for the summary
Progress = Callable[[int, int], None]  # runs done, runs planned


@dataclass(frozen=True)
class SweepResult:
    """A finished sweep. values: its outcome, float64[runs] per point; failures: (point, run, seed, message).

    runs_reused: runs found in the folder; runs_done: all runs, those included, and those over the ranges. redone: stored blocks
    that were damaged and have been simulated again.
    """

    sweep: Sweep
    folder: Path
    values: Sequence[np.ndarray]
    answer: Answer
    failures: tuple[tuple[int, int, int, str], ...]
    runs_done: int
    runs_reused: int
    redone: tuple[str, ...] = ()

    @property
    def notes(self) -> list[str]:
        """What limits every answer of the sweep."""
        weeks = [weeks for point in self.sweep.points if isinstance(weeks := point.get("time.weeks"), int)]
        return [*tried_in(self.sweep).notices, *cautions([self.sweep.base], min(weeks, default=None))]


class _Work:
    """State of one call of `run_sweep`, used by one thread only; workers see nothing of it."""

    def __init__(self, sweep: Sweep, folder: Path, tables: Tables, progress: Progress | None) -> None:
        self.sweep, self.folder, self.tables, self.progress = sweep, folder, tables, progress
        self.stored, self.broken = whole_blocks(folder, tables)
        self.blocks: list[Block] = []
        self.done = self.reused = self.planned = 0

    def tick(self, runs: int) -> None:
        self.done += runs
        if self.progress is not None:
            self.progress(self.done, max(self.planned, self.done))

    def files(self, kind: str, points: Iterable[int] | None = None) -> list[Path]:
        wanted = None if points is None else set(points)
        blocks = sorted(
            (b.point, b.first, b.file) for b in self.blocks if wanted is None or b.point in wanted
        )
        return [self.folder / kind / name for _, _, name in blocks]


def run_sweep(
    sweep: Sweep,
    out_dir: Path | str,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
    *,
    cluster: str | None = None,
    simulate: Simulate | None = None,
    outcomes: Mapping[str, Outcome] = OUTCOMES,
    source: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> SweepResult:
    """Run or resume a sweep in `out_dir`.

    workers: threads (default: the processors). cluster: address of a dask scheduler, used instead of threads.
    simulate, outcomes, source: the engine, its outcomes and the hash of its sources; by default the real
    ones. facts: what else the manifest is to say. Raises UserError on bad input, on a folder that belongs to something
    else, and KeyboardInterrupt
    after keeping what is done.
    """
    check_outcome(sweep.outcome, outcomes, f"{sweep.path}: outcome:")
    if workers is not None and workers < 1:
        raise UserError(f"--workers {workers} is too few; use at least 1")
    folder = Path(out_dir)
    identity = _identity(sweep, source or ("injected" if simulate is not None else source_hash()))
    made = {**_manifest(sweep, identity), **(facts or {})}
    check_owner(folder, made, fresh, grows=True)
    with opened(folder):
        check_owner(folder, made, fresh, grows=True)
        with _working(folder, made, fresh) as at:
            result = _run_in(at, sweep, made, identity, workers, progress, cluster, simulate, outcomes)
    return replace(result, folder=folder)


def default_folder(sweep: Sweep, fresh: bool) -> Path:
    """The results folder of a sweep where none is named: results/NAME, or NAME-2 if that is another sweep's, and so on."""
    return own_folder(
        Path("results") / sweep.name, _manifest(sweep, _identity(sweep, source_hash())), fresh, grows=True
    )


@contextlib.contextmanager
def _working(folder: Path, made: Mapping[str, object], fresh: bool) -> Iterator[Path]:
    """Yield the folder to work in: the results folder, or one inside it whose results replace the old ones when they are whole.

    A replacement that was interrupted goes on; a sweep that fails before a block is stored leaves nothing.
    """
    replaces = fresh and read_manifest(folder) is not None
    at = folder / NEXT if replaces else folder
    if replaces and (found := read_manifest(at)) is not None and not is_same(found, made):
        discard(at)
    new = holds_nothing(at)
    try:
        yield at
    except UserError:
        if new and read_manifest(at) is not None and not stored_blocks(at / "runs"):
            clear(at)
        if replaces and holds_nothing(at):
            discard(at)
        raise
    if replaces:
        replace_results(folder)


def _run_in(
    folder: Path,
    sweep: Sweep,
    made: Mapping[str, object],
    identity: Mapping[str, object],
    workers: int | None,
    progress: Progress | None,
    cluster: str | None,
    simulate: Simulate | None,
    outcomes: Mapping[str, Outcome],
) -> SweepResult:
    """Run or resume a sweep in a folder that is ours."""
    claimed = claim(folder, made, grows=True)
    with Tables() as tables:
        work = _Work(sweep, folder, tables, progress)
        try:
            with pool(workers) if cluster is None else _cluster(cluster) as side_by_side:
                _run_all(work, outcomes, side_by_side, simulate)
                asked = _asked(work, outcomes[sweep.outcome].better)
                again = simulate_again(sweep, folder, identity["source"], side_by_side, simulate, work.tick)
                declared = outcomes[sweep.outcome]
                ranges = sweep_ranges(asked, folder, identity, workers, simulate, work.tick, declared)
            result = _finish(work, outcomes, ranges, again)
        except KeyboardInterrupt:
            set_status(folder, claimed, "interrupted", runs_done=work.done)
            raise
        except BaseException:
            set_status(folder, claimed, "failed", runs_done=work.done)
            raise
        set_status(
            folder,
            claimed,
            "complete",
            runs_done=work.done,
            failures=len(result.failures),
            answer=answer_json(result.answer),
        )
    return result


def _identity(sweep: Sweep, source: str) -> dict[str, object]:
    """What identifies the sweep. The answer's settings (crossing, ranges, again) are not part of it: they change no
    run.
    """
    runs: dict[str, object] = {"runs": sweep.runs}
    if sweep.until_decided:
        assert sweep.crossing is not None
        runs = {
            "until": "decided",
            "max": sweep.runs,
            "outcome": sweep.outcome,
            "between": sweep.crossing.between,
        }
    return {
        "scenario": sweep.base.hash(),
        "hold": sweep.hold,
        "design": content_hash({"points": [list(point.items()) for point in sweep.points]}),
        "runs": runs,
        "seed": sweep.seed,
        "source": source,
    }


def _manifest(sweep: Sweep, identity: Mapping[str, object]) -> dict[str, object]:
    seeds = {"seed": sweep.seed, "runs": [0, sweep.runs - 1]}
    facts = {"vary": list(sweep.vary), "points": len(sweep.points)}
    return manifest("sweep", sweep.name, sweep.question, identity, seeds, sweep.base.to_dict(), facts)


# ---- running


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[Pool]:
    """The workers of a dask cluster, used as a pool."""
    client = _client(address)
    try:
        yield Pool(max(1, sum(client.nthreads().values())), client.get_executor())
    finally:
        client.close()


def _client(address: str) -> Any:
    try:
        from dask.distributed import Client  # here, because it is an extra that few have installed
    except ImportError:
        raise UserError(
            "--cluster needs dask.distributed, which is not installed; install it with: pip install 'orgsim[cluster]'"
        ) from None
    try:
        return Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise UserError(f"--cluster {address}: no dask scheduler answers there ({error})") from error


def _cover(
    found: Iterable[tuple[int, int]], point: int, start: int, stop: int
) -> tuple[list[Block], list[Block]]:
    """Blocks that hold runs start .. stop - 1 of a point: those stored, and those to be run between them.

    found: (first run, count) of the stored blocks; the ones that reach beyond the runs asked for are left alone.
    """
    stored, missing, at = [], [], start
    inside = sorted((first, count) for first, count in found if start <= first and first + count <= stop)
    for first, count in (*inside, (stop, 0)):
        if first < at:
            continue
        for gap in range(at, first, BLOCK_RUNS):
            missing.append(Block(point, gap, min(BLOCK_RUNS, first - gap)))
        if count:
            stored.append(Block(point, first, count))
        at = first + count
    return stored, missing


def whole_blocks(folder: Path, tables: Tables) -> tuple[dict[int, list[tuple[int, int]]], tuple[str, ...]]:
    """Point -> (first run, count) of the stored blocks, and the names of those that were damaged: their files are removed.

    A block is whole if all of its runs can be read, and its file of series has a beginning and an end.
    """
    found = {
        point: [Block(point, first, count) for first, count in sorted(blocks)]
        for point, blocks in sorted(stored_blocks(folder / "runs").items())
    }
    everything = [block for blocks in found.values() for block in blocks]
    broken = []
    for start in range(0, len(everything), BATCH):
        part = everything[start : start + BATCH]
        broken += [block for block in part if not _has_series(folder, block)]
        part = [block for block in part if block not in broken]
        if not _readable(folder, part, tables):
            broken += [block for block in part if not _readable(folder, [block], tables)]
    for block in broken:
        found[block.point].remove(block)
        for kind in ("runs", "series"):
            (folder / kind / block.file).unlink(missing_ok=True)
    stored = {point: [(block.first, block.count) for block in blocks] for point, blocks in found.items()}
    return stored, tuple(block.file for block in broken)


def _readable(folder: Path, blocks: Sequence[Block], tables: Tables) -> bool:
    """True if every run of the blocks can be read."""
    try:
        data = tables.read([folder / "runs" / block.file for block in blocks])
    except UnreadableTableError:
        return False
    return len(data.get("run", ())) == sum(block.count for block in blocks)


def _has_series(folder: Path, block: Block) -> bool:
    """True if the series of a block are there from beginning to end: a Parquet file begins and ends with the same four bytes."""
    try:
        with (folder / "series" / block.file).open("rb") as file:
            head = file.read(4)
            return file.seek(-4, os.SEEK_END) >= 4 and head == file.read(4) == b"PAR1"
    except OSError:
        return False


def _run_all(
    work: _Work, declared: Mapping[str, Outcome], side_by_side: Pool, simulate: Simulate | None
) -> None:
    sweep = work.sweep
    everything = range(len(sweep.points))
    more = planned_ranges(sweep) + planned_again(sweep)
    if not sweep.until_decided:
        work.planned = len(sweep.points) * sweep.runs + more
        _run_blocks(work, everything, (0, sweep.runs), side_by_side, simulate)
        return
    rows = groups(sweep)
    plan = sequential.looks(sweep.runs, 0.05 / len(rows))
    start, open_rows = 0, rows
    for look in plan:
        points = sorted(point for row in open_rows for point in row.values())
        work.planned = work.done + len(points) * (look.runs - start) + more
        _run_blocks(work, points, (start, look.runs), side_by_side, simulate)
        better = declared[sweep.outcome].better
        open_rows = [row for row in open_rows if not _is_decided(work, row, better, look.level)]
        start = look.runs
        if not open_rows:
            return


def _is_decided(work: _Work, row: Mapping[object, int], better: int, level: float) -> bool:
    """Is the difference of the two compared designs beyond noise at this look?"""
    assert work.sweep.crossing is not None
    name = work.sweep.outcome
    a, b = (
        work.tables.read(work.files("runs", [row[value]]), [name])[name]
        for value in work.sweep.crossing.between
    )
    p = estimates.paired(a, b, better).p
    return p is not None and p <= level


def _run_blocks(
    work: _Work,
    points: Iterable[int],
    runs: tuple[int, int],
    side_by_side: Pool,
    simulate: Simulate | None,
) -> None:
    """Compute the runs [first, end) of the points that are not stored yet; a block is stored once it is finished."""
    missing: list[Block] = []
    for point in points:
        stored, absent = _cover(work.stored.get(point, ()), point, *runs)
        missing += absent
        for block in stored:
            work.blocks.append(block)
            work.reused += block.count
            work.tick(block.count)
    sweep = work.sweep
    tasks = (
        (
            block,
            partial(
                simulate_block,
                sweep.base,
                sweep.hold,
                sweep.points[block.point],
                block,
                sweep.seed,
                simulate,
            ),
        )
        for block in missing
    )
    side_by_side.run(tasks, partial(_store, work), rescue=True)  # on the way out, too, what is done is kept


def _store(work: _Work, block: Block, result: BlockResult) -> None:
    """Write a block: series first, because the file in runs/ says that the block is complete."""
    n, runs = block.count, np.arange(block.first, block.first + block.count)
    key = {"point": np.full(n, block.point, dtype=np.int64), "run": runs}
    weeks = next((values.shape[1] for values in result.series.values()), 0)
    long = {name: np.repeat(values, weeks) for name, values in key.items()}
    long["week"] = np.tile(np.arange(1, weeks + 1), n)
    work.tables.write(
        work.folder / "series" / block.file,
        {**long, **{name: v.ravel() for name, v in result.series.items()}},
    )
    columns: dict[str, Sequence[Any] | np.ndarray] = {
        **key,
        "seed": np.full(n, work.sweep.seed, dtype=np.int64),
    }
    for path, value in work.sweep.points[block.point].items():
        columns[path] = np.full(n, value) if isinstance(value, (bool, int, float)) else [label(value)] * n
    for name, values in result.outcomes.items():
        columns[name] = values
    columns.setdefault(work.sweep.outcome, np.full(n, np.nan))  # every run of the block failed
    columns["failure"] = [result.failures.get(int(run)) for run in runs]
    work.tables.write(work.folder / "runs" / block.file, columns)
    work.blocks.append(block)
    work.tick(n)


# ---- what it comes to


def _values(work: _Work) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """What is stored of every run, and the outcome, float64[runs] per point."""
    sweep = work.sweep
    data = work.tables.read(work.files("runs"), ["point", "run", "seed", "failure", sweep.outcome])
    bounds = np.searchsorted(data["point"], np.arange(len(sweep.points) + 1))
    return data, [data[sweep.outcome][bounds[k] : bounds[k + 1]] for k in range(len(sweep.points))]


def _asked(work: _Work, better: int) -> Sweep:
    """The sweep with the two designs that are tried on plausible sets: of ranked levels the best and the runner-up."""
    sweep = work.sweep
    found = ranking(_values(work)[1], better) if sweep.ranges and ranks(sweep) else None
    if found is None:
        return sweep
    path, axis = next(iter(sweep.vary.items()))
    return replace(sweep, crossing=best_pair(path, levels_of(axis), found))


def _finish(
    work: _Work, declared: Mapping[str, Outcome], ranges: Ranges | None, again: Sequence[DesignRuns]
) -> SweepResult:
    sweep, folder, tables = work.sweep, work.folder, work.tables
    _write_summary(work, declared)
    data, values = _values(work)
    failures = tuple(
        (int(data["point"][k]), int(data["run"][k]), int(data["seed"][k]), str(message))
        for k, message in enumerate(data["failure"])
        if message
    )
    points, runs, seeds, messages = zip(*failures, strict=True) if failures else ((), (), (), ())
    tables.write(
        folder / "failures.parquet",
        {
            "point": np.array(points, dtype=np.int64),
            "run": np.array(runs, dtype=np.int64),
            "seed": np.array(seeds, dtype=np.int64),
            "message": np.array(messages, dtype=object),
        },
    )
    found = answer(sweep, values, declared[sweep.outcome], ranges, again)
    return SweepResult(sweep, folder, values, found, failures, work.done, work.reused, work.broken)


def _write_summary(work: _Work, declared: Mapping[str, Outcome]) -> None:
    """summary.csv: a row per design point and outcome, in the order of the design and of the declared
    outcomes.
    """
    sweep = work.sweep
    header = [
        "point",
        *sweep.vary,
        "outcome",
        "unit",
        "runs",
        "failed",
        "defined",
        "mean",
        "sd",
        "ci95_lo",
        "ci95_hi",
    ]

    def rows() -> Iterator[list[object]]:
        for start in range(0, len(sweep.points), BATCH):
            points = range(start, min(start + BATCH, len(sweep.points)))
            data = work.tables.read(work.files("runs", points))
            bounds = np.searchsorted(data["point"], np.arange(points.start, points.stop + 1))
            for k in points:
                part = slice(bounds[k - start], bounds[k - start + 1])
                yield from _summary_rows(
                    sweep, k, {name: column[part] for name, column in data.items()}, declared
                )

    files.write_csv(work.folder / "summary.csv", header, rows())


def _summary_rows(
    sweep: Sweep, point: int, data: Mapping[str, np.ndarray], declared: Mapping[str, Outcome]
) -> Iterator[list[object]]:
    design = [
        label(value) if value is None or isinstance(value, tuple) else value
        for value in sweep.points[point].values()
    ]
    failed = sum(1 for message in data["failure"] if message)
    for name, outcome in declared.items():
        e = estimates.estimate(data.get(name, np.empty(0)), outcome.unit)
        # Some outcomes do not exist at a point (a layer that is not there); the one asked for is always listed.
        if e.n or name == sweep.outcome:
            count = len(data["point"])
            yield [point, *design, name, outcome.unit, count, failed, e.n, e.mean, e.sd, e.lo, e.hi]
