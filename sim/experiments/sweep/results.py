"""What is computed from the stored runs of a sweep and written beside them: the summary, and the list of those that failed."""

from pathlib import Path

import numpy as np

from sim.experiments.sweep.summary import Asked, write_summary
from sim.store.parts import Parts
from sim.store.tables import Tables


def write_results(folder: Path, parts: Parts, tables: Tables, asked: Asked, runs: int) -> int:
    """Write summary.csv and failures.parquet. runs: how many are stored. Return how many have failed."""
    write_summary(folder, parts.files(), tables, asked, runs)
    points, numbers, seeds, messages = failures_of(parts, tables)
    listed = {"point": points, "run": numbers, "seed": seeds, "message": messages}
    tables.write(folder / "failures.parquet", listed)
    return len(points)


def failures_of(parts: Parts, tables: Tables) -> tuple[np.ndarray, ...]:
    """Point, run, seed and message of the runs that failed."""
    columns = ["point", "run", "seed", "failure"]
    found = tables.read(parts.files(), columns, "failure IS NOT NULL", "point, run")
    if not found:
        return (*(np.empty(0, dtype=np.int64) for _ in range(3)), np.empty(0, dtype=object))
    return tuple(found[name] for name in columns)
