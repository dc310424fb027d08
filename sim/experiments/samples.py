"""Runs of one scenario, collected over several calls of the engine and paired by run number."""

import numpy as np

from sim.simulation.results import Failure, Results
from sim.statistics import estimates


class Sample:
    """Runs of one scenario, which can be added to; outcomes are float64[runs] in the order of `runs`."""

    def __init__(self) -> None:
        self.asked = 0  # runs asked for so far; the next run has this number
        self.runs = np.empty(0, dtype=np.int64)
        self.outcomes: dict[str, np.ndarray] = {}
        self.failures: tuple[Failure, ...] = ()

    def add(self, results: Results, asked: int) -> None:
        """Append a `Results` of `asked` runs; failed runs may be missing in it or be NaN."""
        for name, values in results.outcomes.items():
            before = self.outcomes.get(name, np.full(len(self.runs), np.nan))
            self.outcomes[name] = np.concatenate([before, np.asarray(values, dtype=float)])
        self.runs = np.concatenate([self.runs, np.asarray(results.runs, dtype=np.int64)])
        self.failures += tuple(results.failures)
        self.asked += asked


def paired_outcome(a: Sample, b: Sample, name: str, better: int) -> estimates.Paired:
    """Compare one outcome of two samples over the runs that both have."""
    _, in_a, in_b = np.intersect1d(a.runs, b.runs, assume_unique=True, return_indices=True)
    return estimates.paired(a.outcomes[name][in_a], b.outcomes[name][in_b], better)
