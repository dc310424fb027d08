"""Which of many designs are best, by means and beyond noise. Plain arrays in, more of every objective is better.

*Order*: designs that break no constraint first, by the layer of the front they are in (Deb et al. 2002); inside a layer those at
the ends of an objective first, then those with the most room around them, so that a cut keeps the front's width. Those that break
one follow, the least broken first.
"""

import numpy as np

from sim.statistics.estimates import CONFIDENCE, ROUNDING, t_quantile


def layers(values: np.ndarray) -> np.ndarray:
    """The layer of the front of every design, int [designs]: 0 if none is better, 1 without those, and so on.

    values: float64 [designs, objectives].
    """
    found = np.full(len(values), -1)
    beats = _dominates(values)
    left = np.ones(len(values), dtype=bool)
    layer = 0
    while left.any():
        best = left & ~beats[left].any(axis=0)
        found[best] = layer
        left &= ~best
        layer += 1
    return found


def _dominates(values: np.ndarray) -> np.ndarray:
    """Bool [i, j]: i is at least as good as j in everything and better in something."""
    at_least = np.all(values[:, None] >= values[None], axis=2)
    better = np.any(values[:, None] > values[None], axis=2)
    dominates: np.ndarray = np.logical_and(at_least, better)
    return dominates


def ordered(values: np.ndarray, excess: np.ndarray) -> list[int]:
    """All designs, the best first. values: float64 [designs, objectives]; excess: [designs], above 0: a constraint is broken."""
    met = np.flatnonzero(excess <= 0)
    broken = np.flatnonzero(excess > 0)
    order: list[int] = []
    if len(met):
        layer = layers(values[met])
        for number in range(int(layer.max()) + 1):
            inside = met[layer == number]
            order += [int(inside[k]) for k in _roomy(values[inside])]
    return order + [int(k) for k in broken[np.argsort(excess[broken], kind="stable")]]


def _roomy(values: np.ndarray) -> list[int]:
    """Designs of one layer, those with the most room around them first: the last is the one that is missed least.

    One after the other the design with the least room goes, and the room of the others is found again.
    """
    left = list(range(len(values)))
    span = np.ptp(values, axis=0)
    scaled = values / np.where(span > 0, span, 1.0)
    gone: list[int] = []
    while left:
        room = _room(scaled[left])
        gone.append(left.pop(int(len(left) - 1 - np.argmin(room[::-1]))))
    return gone[::-1]


def _room(values: np.ndarray) -> np.ndarray:
    """Crowding distance, float64 [designs]: the sum over objectives of the way between both neighbours, infinite at the ends."""
    room = np.zeros(len(values))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        room[order[[0, -1]]] = np.inf
        room[order[1:-1]] += column[order[2:]] - column[order[:-2]]
    return room


def beaten(values: np.ndarray, alpha: float) -> np.ndarray:
    """Designs that some other one beats in every objective beyond noise, bool [designs].

    values: float64 [designs, objectives, runs], on the same runs. alpha: error of each of the one-sided paired t tests.
    """
    _, _, runs = values.shape
    found = np.zeros(len(values), dtype=bool)
    if runs < 2:
        return found
    quantile = t_quantile(1.0 - alpha, runs - 1)
    for k, own in enumerate(values):
        better = values - own  # [designs, objectives, runs]
        mean, sd = better.mean(axis=2), better.std(axis=2, ddof=1)
        least = ROUNDING * np.abs(own).max(axis=1)  # differences below it are rounding
        found[k] = ((mean > quantile * sd / np.sqrt(runs)) & (mean > least)).all(axis=1).any()
    return found


def volume(values: np.ndarray, worst: np.ndarray) -> float:
    """Volume that the designs dominate above the point *worst*: float64 [designs, objectives], one to three of them."""
    values = np.unique(values[(values > worst).all(axis=1)], axis=0)
    if len(values) == 0:
        return 0.0
    if values.shape[1] == 1:
        return float(values.max() - worst[0])
    total, above = 0.0, np.inf
    # From the top of the last objective down: each slab has the area of what reaches it.
    order = np.argsort(-values[:, -1], kind="stable")
    for n, k in enumerate(order, 1):
        below = values[order[n], -1] if n < len(order) else worst[-1]
        above = values[k, -1]
        total += (above - below) * volume(values[order[:n], :-1], worst[:-1])
    return total


def pairs_alpha(designs: int) -> float:
    """Error of one of the tests among so many designs, such that one of them is dropped wrongly in at most 5 % of cases."""
    return (1.0 - CONFIDENCE) / max(1, designs * (designs - 1))
