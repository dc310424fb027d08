"""Draws from the plausible ranges before any calibration, and where in its range every value lies."""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.experiments.designs import Range, lhs
from sim.parameters.flow import TIED

Point = Mapping[str, object]


class Draws:
    """Draws from the plausible ranges before any calibration, and where in its range every value lies."""

    def __init__(self, ranges: Mapping[str, Range]) -> None:
        self.ranges = ranges

    def __call__(self, count: int, seed: int) -> tuple[Sequence[Point], np.ndarray]:
        """So many draws: points, and shares of the ranges, float64 [draws, parameters]."""
        points = lhs(self.ranges, count, seed, TIED)
        columns = [[axis.share(_number(p[path])) for p in points] for path, axis in self.ranges.items()]
        return points, np.array(columns, dtype=float).T.reshape(count, len(self.ranges))


def _number(value: object) -> float:
    assert isinstance(value, (int, float))  # a range has numbers
    return value
