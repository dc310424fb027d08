"""The columns of runs/ and series/: the same in every file of a sweep, with the same types, so that any reader takes the files as
one table.

All declared outcomes are there, those that do not exist at a point (a layer that it does not have) undefined. A column of the
design has the type of all of its values together: true or false, whole numbers, numbers, else text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiments.points import label
from sim.experiments.sweep.blocks import BlockResult, Work
from sim.experiments.sweep.file import Sweep
from sim.store.files import cell

LARGEST = 2**53  # whole numbers beyond this are no longer whole as floating-point numbers


@dataclass(frozen=True)
class Layout:
    """Columns of a sweep. design: path -> NumPy type, object for text; outcomes (and what else a run keeps), weekly: names."""

    design: Mapping[str, type]
    outcomes: tuple[str, ...]
    weekly: tuple[str, ...]


def layout(sweep: Sweep, outcomes: Sequence[str], weekly: Sequence[str]) -> Layout:
    """The columns of a sweep. outcomes, weekly: all that may be there."""
    kinds: dict[str, set[type]] = {path: set() for path in sweep.vary}
    for values in sweep.points:
        for path, value in values.items():
            kinds[path].add(type(value))
    return Layout({path: _type(found) for path, found in kinds.items()}, tuple(outcomes), tuple(weekly))


def _type(found: set[type]) -> type:
    if found == {bool}:
        return bool
    if found == {int}:
        return np.int64
    return np.float64 if found <= {int, float} else object


def _text(value: object) -> str:
    return label(value) if value is None or isinstance(value, tuple) else cell(value)


def rows(
    made: Layout, sweep: Sweep, blocks: Work, results: Sequence[BlockResult]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The rows of runs/ (one a run) and of series/ (one a run that did not fail, and week) of some blocks."""
    counts = np.array([block.count for block in blocks])
    runs = np.concatenate([np.arange(block.first, block.first + block.count) for block in blocks])
    points = np.repeat(np.array([block.point for block in blocks], dtype=np.int64), counts)
    columns: dict[str, np.ndarray] = {
        "point": points,
        "run": runs,
        "seed": np.full(len(runs), sweep.seed, dtype=np.int64),
    }
    for path, kind in made.design.items():
        values = [sweep.points[block.point][path] for block in blocks]
        values = [_text(value) for value in values] if kind is object else values
        columns[path] = np.repeat(np.array(values, dtype=kind), counts)
    for name in made.outcomes:
        columns[name] = np.concatenate(
            [
                result.outcomes[name] if name in result.outcomes else np.full(block.count, np.nan)
                for block, result in zip(blocks, results, strict=True)
            ]
        )
    why = [
        result.failures.get(run)
        for block, result in zip(blocks, results, strict=True)
        for run in range(block.first, block.first + block.count)
    ]
    columns["failure"] = np.array(why, dtype=object)
    return columns, _series(made, blocks, results)


def _series(made: Layout, blocks: Work, results: Sequence[BlockResult]) -> dict[str, np.ndarray]:
    """A row per run and week, in the order of the blocks."""
    kept: dict[str, list[np.ndarray]] = {name: [] for name in ("point", "run", "week", *made.weekly)}
    for block, result in zip(blocks, results, strict=True):
        weeks = next((values.shape[1] for values in result.series.values()), 0)
        runs = np.arange(block.first, block.first + block.count)
        whole = np.array([int(run) not in result.failures for run in runs])
        runs = runs[whole]
        kept["point"].append(np.full(len(runs) * weeks, block.point, dtype=np.int64))
        kept["run"].append(np.repeat(runs, weeks))
        kept["week"].append(np.tile(np.arange(1, weeks + 1), len(runs)))
        for name in made.weekly:
            found = result.series.get(name)
            kept[name].append(np.full(len(runs) * weeks, np.nan) if found is None else found[whole].ravel())
    return {name: np.concatenate(parts) for name, parts in kept.items()}
