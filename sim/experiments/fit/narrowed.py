"""What the observed figures say of the parameters: whose kept values are not spread as all plausible ones are.

A parameter is narrowed, or moved, if its kept values differ in mean or spread from those of the first wave, which are plain draws
(`alike`; Holm's correction over all parameters, 5 %). Of all others the figures say nothing that can be told from chance.
That is of each parameter by itself: figures often say much of a combination (a product, a sum) and little of its parts.
"""

from dataclasses import dataclass

import numpy as np

from sim.constants import ALPHA
from sim.experiments.fit.study import Fit
from sim.parameters.registry import REGISTRY
from sim.statistics.estimates import holm
from sim.statistics.scores import NORMAL

MIDDLE = (0.05, 0.95)  # quantiles between which the kept values are said to lie


@dataclass(frozen=True)
class Narrowed:
    """A parameter. plausible: its range; kept: 5 % and 95 % quantile of the kept values; share: of all plausible values those
    that lie between these, over 90 %. p: of the test that both are alike. told: the figures say something of it.
    """

    path: str
    plausible: tuple[float, float]
    kept: tuple[float, float]
    share: float
    p: float | None
    told: bool


def narrowed(found: Fit) -> tuple[Narrowed, ...]:
    """All parameters that were varied, those narrowed most first; none if no set is kept."""
    kept = found.kept
    if not len(kept):
        return ()
    drawn = found.waves[0].tried
    rows, p_values = [], []
    for j, path in enumerate(found.paths):
        all_shares, shares = found.shares[:drawn, j], found.shares[kept, j]
        values = np.array([_number(found.points[k][path]) for k in kept])
        low, high = (float(x) for x in np.quantile(values, MIDDLE))
        inside = np.quantile(shares, MIDDLE)
        share = float(np.mean((all_shares >= inside[0]) & (all_shares <= inside[1]))) / (
            MIDDLE[1] - MIDDLE[0]
        )
        rows.append((path, REGISTRY[path].ends, (low, high), min(share, 1.0)))
        p_values.append(alike(all_shares, shares))
    made = [
        Narrowed(*row, p, p is not None and p < ALPHA) for row, p in zip(rows, holm(p_values), strict=True)
    ]
    return tuple(sorted(made, key=lambda one: (not one.told, one.share)))


def alike(drawn: np.ndarray, kept: np.ndarray) -> float:
    """Two-sided p value of the test that the kept shares have the mean and the spread of all that were drawn.

    Two z tests, of the mean share and of the mean squared distance from the drawn mean, each at half the error (Bonferroni); what
    was drawn is so much more that it is taken as known.
    """
    smallest = 1.0
    pairs = ((drawn, kept), ((drawn - drawn.mean()) ** 2, (kept - drawn.mean()) ** 2))
    for every, some in pairs:
        spread = float(every.std(ddof=1))
        if spread > 0:
            z = abs(float(some.mean() - every.mean())) * np.sqrt(len(some)) / spread
            smallest = min(smallest, 2.0 * NORMAL.cdf(-z))
    return min(1.0, 2.0 * smallest)


def _number(value: object) -> float:
    assert isinstance(value, (int, float))  # a range has numbers
    return float(value)
