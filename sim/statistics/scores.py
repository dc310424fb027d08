"""Exact draws of people: how many, in which order, and where each stands among the others.

Pure functions of arrays. Whatever the order of the rows, the same people come out: ties are broken by permanent id.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.special import ndtri


def normal(uniforms: np.ndarray) -> np.ndarray:
    """Return the standard normal quantiles of uniforms in (0, 1)."""
    quantiles: np.ndarray = ndtri(uniforms)
    return quantiles


def normal_scores_in_groups(
    values: np.ndarray, groups: np.ndarray, ties: np.ndarray, ids: np.ndarray
) -> np.ndarray:
    """Return the normal score of each of *values* [n] within its group: Phi^-1((rank - 1/2) / size).

    These plotting positions are midpoints of equal shares, so that a group of ten has the same share of scores below a
    threshold as one of a thousand; others (Blom's, for instance) would spare the members of small groups. NaN = unknown
    counts as the group's median. *ties*: random numbers [n] that order equal values; by *ids* [n] where these tie as well.
    """
    values = np.array(values, np.float64)
    for group in np.unique(groups[np.isnan(values)]):
        of_group = groups == group
        known = values[of_group & ~np.isnan(values)]
        values[of_group & np.isnan(values)] = np.median(known) if len(known) else 0.0
    order = np.lexsort((ids, ties, values, groups))
    _, start, size = np.unique(groups[order], return_index=True, return_counts=True)
    rank = np.arange(len(values)) - np.repeat(start, size)
    scores = np.empty(len(values))
    scores[order] = normal((rank + 0.5) / np.repeat(size, size))
    return scores


def race_times(weights: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Return exponential times [n] with rates *weights* >= 0: the people with the k smallest times are a weighted draw.

    Why this is Wallenius' scheme, sequential draws without replacement, each in proportion to the weights left: of
    independent exponential times with rates w, the smallest is i's with probability w_i / sum w. Given that, exponential
    times have no memory, so what remains of the others' times is again exponential with their own rates, whoever came
    first and when: the second smallest is j's with probability w_j / (sum w - w_i), and so on. Sorting -log(u)/w therefore
    *is* the sequential draw, of any number, and the counts per group of equal weights have Wallenius' noncentral
    hypergeometric distribution (Wallenius 1963; Efraimidis and Spirakis 2006 for the sampling). With one keyed uniform a
    person, a person's time depends on nobody else. Weight 0: infinity, never drawn.
    """
    times = np.full(len(weights), np.inf)
    np.divide(-np.log(uniforms), weights, out=times, where=weights > 0)
    return times


def smallest(keys: np.ndarray, ids: np.ndarray, count: int) -> np.ndarray:
    """Return the positions of the *count* smallest *keys* [n], ascending; equal keys by *ids* [n]."""
    return np.lexsort((ids, keys))[:count]


def percentiles(scores: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return for each of *scores* [n] the percentage of the others in its group that is lower: 0 the lowest, 100 the highest.

    Groups below 0 are nobody's: NaN. Alone in a group: 0.
    """
    found = np.full(len(scores), np.nan)
    for group in np.unique(groups[groups >= 0]):
        of_group = groups == group
        own = scores[of_group]
        found[of_group] = 100.0 * np.searchsorted(np.sort(own), own, "left") / max(len(own) - 1, 1)
    return found


NORMAL = NormalDist()


def normal_quantiles(u: np.ndarray) -> np.ndarray:
    """Return standard normal quantiles of *u* in [0, 1], any shape; the ends are moved in by 1e-16."""
    u = np.clip(u, 1e-16, 1.0 - 2.0**-53)
    return np.fromiter(map(NORMAL.inv_cdf, u.ravel().tolist()), float, u.size).reshape(u.shape)


def normal_scores_of_mean_ranks(x: np.ndarray) -> np.ndarray:
    """Return the normal scores of *x* [n]: quantiles of (rank - 1/2) / n, ties sharing their mean rank."""
    order = np.sort(x)
    ranks = 0.5 * (np.searchsorted(order, x, "left") + np.searchsorted(order, x, "right"))
    return normal_quantiles(ranks / max(len(x), 1))


@dataclass(frozen=True)
class Range:
    """A normal distribution cut off at *low* and *high*."""

    mean: float
    sd: float
    low: float
    high: float

    def at(self, u: np.ndarray) -> np.ndarray:
        """Return the quantiles of *u* in (0, 1)."""
        if self.sd <= 0.0:
            return np.full(u.shape, min(max(self.mean, self.low), self.high))
        a = NORMAL.cdf((self.low - self.mean) / self.sd)
        b = NORMAL.cdf((self.high - self.mean) / self.sd)
        return np.clip(self.mean + self.sd * normal_quantiles(a + u * (b - a)), self.low, self.high)
