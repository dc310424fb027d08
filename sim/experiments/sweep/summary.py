"""summary.csv: a row for every design point and outcome, in the order of the design and of the declared outcomes.

It is computed from what is stored, ordered by point and run, so it has the same bytes whatever the workers, interruptions, order,
or shards. Above `MOST_POINTS` points the file has the outcome that the sweep asks for and the headlines (those that
`orgsim sensitivity` studies unasked), and summary/*.parquet has all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from sim.constants import STUDIED
from sim.outcomes.declared import Outcome
from sim.statistics import estimates
from sim.store import files
from sim.store.tables import Tables

MOST_POINTS = 2_000  # with all outcomes in summary.csv: 80 MB
ROWS = 50_000  # runs read at once, of no more points than
POINTS = 10_000  # whose figures, five an outcome, are held at once
FIGURES = ("runs", "failed", "defined", "mean", "sd", "ci95_lo", "ci95_hi")


@dataclass(frozen=True)
class Asked:
    """What a summary is of. vary: the design's columns; points: their number; outcome: the one asked for, which is always listed;
    declared: all.
    """

    vary: tuple[str, ...]
    points: int
    outcome: str
    declared: Mapping[str, Outcome]


@dataclass(frozen=True)
class _Point:
    """The runs of a design point: their rows in a chunk, and the values of its design."""

    number: int
    part: slice
    design: list[object]
    failed: int


def write_summary(folder: Path, parts: Sequence[Path], tables: Tables, asked: Asked, runs: int) -> None:
    """Write summary.csv, and summary/ where it is needed. parts: the files of runs/; runs: how many there are."""
    large = asked.points > MOST_POINTS
    header = ["point", *asked.vary, "outcome", "unit", *FIGURES]
    listed = {
        name: outcome
        for name, outcome in asked.declared.items()
        if not large or name == asked.outcome or name in STUDIED
    }

    def rows() -> Iterator[list[object]]:
        for number, (points, data) in enumerate(_chunks(parts, tables, asked, runs)):
            if large:
                found = _write_chunk(
                    folder / "summary" / f"{number:05d}.parquet", points, data, asked, tables
                )
                yield from _large_rows(points, found, listed, asked.outcome)
                continue
            for point in points:
                yield from _rows(point, data, listed, asked.outcome)

    if large:
        (folder / "summary").mkdir(exist_ok=True)
        for old in (folder / "summary").glob("*.parquet"):
            old.unlink()
    files.write_csv(folder / "summary.csv", header, rows())


def _chunks(
    parts: Sequence[Path], tables: Tables, asked: Asked, runs: int
) -> Iterator[tuple[list[_Point], dict[str, np.ndarray]]]:
    """Points, some at a time, with their runs in order."""
    step = min(max(1, ROWS * asked.points // max(runs, 1)), POINTS)
    columns = ["point", "run", *asked.vary, "failure", *asked.declared]
    for start in range(0, asked.points, step):
        stop = min(start + step, asked.points)
        data = tables.read(parts, columns, f"point >= {start} AND point < {stop}", "point, run")
        if not data or not len(data["point"]):
            continue
        bounds = np.searchsorted(data["point"], np.arange(start, stop + 1)).tolist()
        failures = np.array([message is not None for message in data["failure"]])
        yield (
            [
                _Point(
                    start + k,
                    slice(lo, hi),
                    [data[path][lo] for path in asked.vary],
                    int(failures[lo:hi].sum()),
                )
                for k, (lo, hi) in enumerate(pairwise(bounds))
                if lo < hi
            ],
            data,
        )


def _rows(
    point: _Point, data: Mapping[str, np.ndarray], listed: Mapping[str, Outcome], outcome: str
) -> Iterator[list[object]]:
    """The rows of one point. Outcomes that do not exist there are left out, but for the one asked for."""
    count = point.part.stop - point.part.start
    table = np.stack([data[name][point.part] for name in listed])
    means, sds, halves = _figures(table)
    for k, (name, declared) in enumerate(listed.items()):
        if means is not None and declared.unit not in estimates.CATEGORY_UNITS and not np.isnan(means[k]):
            n, mean, sd, half = count, means[k], sds[k], halves[k]
            figures = [n, mean, sd, mean - half, mean + half] if count > 1 else [n, mean, None, None, None]
        else:
            e = estimates.estimate(table[k], declared.unit)
            figures = [e.n, e.mean, e.sd, e.lo, e.hi]
        if figures[0] or name == outcome:
            yield [point.number, *point.design, name, declared.unit, count, point.failed, *figures]


def _figures(table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, sd, half the interval of rows, float64[outcomes, runs], as in `estimates.mean_ci`; NaN where a run is undefined."""
    n = table.shape[1]
    means = table.mean(axis=1)
    means[~np.isfinite(table).all(axis=1)] = np.nan
    if n == 1:
        return means, means, means
    with np.errstate(invalid="ignore"):
        sds = table.std(axis=1, ddof=1)
        sds[np.ptp(table, axis=1) <= estimates.ROUNDING * np.abs(table).max(axis=1)] = 0.0
    return means, sds, estimates.t_quantile(0.5 + estimates.CONFIDENCE / 2, n - 1) * sds / np.sqrt(n)


def _write_chunk(
    path: Path, points: Sequence[_Point], data: Mapping[str, np.ndarray], asked: Asked, tables: Tables
) -> dict[str, np.ndarray]:
    """All outcomes of some points: a row per point, with the count, mean, sd and ends of the interval of each. Return them."""
    columns: dict[str, np.ndarray] = {"point": np.array([point.number for point in points])}
    first = np.array([point.part.start for point in points])
    for name in asked.vary:
        columns[name] = data[name][first]
    counts = np.array([point.part.stop - point.part.start for point in points])
    columns["runs"], columns["failed"] = counts, np.array([point.failed for point in points])
    for name, declared in asked.declared.items():
        if declared.unit in estimates.CATEGORY_UNITS:
            continue
        found = _grouped(data[name], first, counts)
        columns |= {f"{name}.{figure}": values for figure, values in found.items()}
    tables.write(path, columns)
    return columns


def _large_rows(
    points: Sequence[_Point], columns: Mapping[str, np.ndarray], listed: Mapping[str, Outcome], outcome: str
) -> Iterator[list[object]]:
    """The rows of summary.csv of many points, from what `_write_chunk` has."""
    figures = {
        name: list(zip(*(columns[f"{name}.{figure}"].tolist() for figure in FIGURES[2:]), strict=True))
        for name, declared in listed.items()
        if declared.unit not in estimates.CATEGORY_UNITS
    }
    for k, point in enumerate(points):
        count = point.part.stop - point.part.start
        for name, found in figures.items():
            if found[k][0] or name == outcome:
                yield [point.number, *point.design, name, listed[name].unit, count, point.failed, *found[k]]


def _grouped(values: np.ndarray, first: np.ndarray, counts: np.ndarray) -> dict[str, np.ndarray]:
    """Figures of consecutive groups of values: one from each *first*, so many. Undefined values are not counted."""
    defined = np.isfinite(values)
    n = np.add.reduceat(defined.astype(np.int64), first)
    filled = np.where(defined, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.add.reduceat(filled, first) / n
        squares = np.add.reduceat(np.where(defined, (filled - np.repeat(mean, counts)) ** 2, 0.0), first)
        sd = np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)
        t = np.array(
            [np.nan, np.nan, *(estimates.t_quantile(0.975, k) for k in range(1, int(n.max(initial=1))))]
        )
        half = t[n] * sd / np.sqrt(n)
    return {"defined": n, "mean": mean, "sd": sd, "ci95_lo": mean - half, "ci95_hi": mean + half}
