"""Counts of times in bins of equal width on a log scale, from which quantiles are read.

`BINS` bins from `LEAST` to `MOST` hours; what is shorter or longer counts in the first or the last. A quantile is interpolated on
the log scale within its bin, whose ends are a factor of 1.24 apart.
"""

from math import log

import numpy as np

from sim.engine.kernel import kernel

BINS, LEAST, MOST = 64, 0.01, 10_000.0
_STEP = log(MOST / LEAST) / BINS


@kernel
def count(bins, hours):
    """Count a time of so many *hours* in *bins* [BINS]."""
    k = int(log(hours / LEAST) / _STEP) if hours > LEAST else 0
    bins[min(k, BINS - 1)] += 1


def quantile(counts: np.ndarray, share: float) -> np.ndarray:
    """Return the time below which the *share* of those counted lies, float64 [runs]; NaN where nothing was counted.

    counts: [runs, BINS].
    """
    below = np.cumsum(counts, axis=1).astype(float)
    wanted = share * below[:, -1]
    k = np.argmax(below >= np.maximum(wanted, 1e-9)[:, None], axis=1)
    rows = np.arange(len(counts))
    before = below[rows, k] - counts[rows, k]
    inside = (wanted - before) / np.maximum(counts[rows, k], 1)
    hours: np.ndarray = LEAST * np.exp(_STEP * (k + inside))
    return np.where(below[:, -1] > 0, hours, np.nan)
