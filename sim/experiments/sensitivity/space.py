"""The space of uncertain parameters that a sensitivity analysis explores, and how figures in it become what is studied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import UserError
from sim.experiments.designs import Range, as_numbers
from sim.experiments.plausible import varied
from sim.parameters.declaration import Parameter
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario

METHODS = ("morris", "sobol")
LEVELS = 4  # of a Morris design: 0, 1/3, 2/3, 1 of the range; a step is 2/3


@dataclass(frozen=True)
class Space:
    """The parameters that are moved: their ranges, and their values in the scenarios."""

    ranges: Mapping[str, Range]
    base: Mapping[str, float]

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the parameters, in declared order."""
        return tuple(self.ranges)

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Mechanism of every path."""
        return tuple(mechanism(path) for path in self.ranges)

    def value(self, path: str, share: float) -> float | int:
        """The value at that share of the range, 0 to 1, ends included."""
        axis = self.ranges[path]
        value = axis.at(min(max(share, 0.0), 1.0))
        return min(max(value, axis.low), axis.high)

    def values(self, shares: Sequence[float]) -> dict[str, float | int]:
        """A point: path -> value, for shares in the order of `paths`."""
        return {path: self.value(path, float(u)) for path, u in zip(self.ranges, shares, strict=True)}

    def share(self, path: str, value: float) -> float:
        """Where in its range a value lies, 0 to 1; the inverse of `value`."""
        return self.ranges[path].share(value)


def mechanism(path: str) -> str:
    """The mechanism that a parameter belongs to: the section of its path."""
    return path.split(".", 1)[0]


def space_of(scenarios: Sequence[Scenario], registry: Mapping[str, Parameter] = REGISTRY) -> Space:
    """The parameters that act and on which the scenarios agree. Raises UserError if there is none."""
    ranges = varied(scenarios, registry)
    if not ranges:
        names = " and ".join(s.name for s in scenarios)
        raise UserError(f"{names}: no uncertain parameter is left to vary; every one is set or switched off")
    base = as_numbers([scenarios[0].values[path] for path in ranges])
    return Space(ranges, dict(zip(ranges, base, strict=True)))


def references(base: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """By outcome, the mean of the first scenario at the base if the difference is to be relative to it, else NaN.

    base: float64 [scenarios, outcomes, runs]; others: [points, scenarios, outcomes, runs]. Relative where the first of two
    scenarios has a positive mean at every point.
    """
    if len(base) < 2:
        return np.full(base.shape[1], np.nan)
    found = [_run_means(one[:, 0]) for one in (base[None], *others) if one.size]
    positive = [np.all(np.isnan(one) | (one > 0), axis=0) for one in found]
    return np.where(np.all(positive, axis=0), found[0][0], np.nan)


def _run_means(values: np.ndarray) -> np.ndarray:
    """Mean over the last axis without NaN; NaN where all are."""
    defined = np.isfinite(values)
    count = defined.sum(axis=-1)
    total = np.where(defined, values, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def relative(found: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Figures of which `figures` makes B / A - 1 at each point, times the reference; unchanged where that is NaN.

    found: float64 [points, 2, outcomes, runs]. The ratio is that of the means over runs, so it has the sign of the plain
    difference; what a run adds to it is linearised (delta method), so that the variation over runs is that of the ratio. What
    scales both scenarios alike has no effect on it. NaN where the first scenario is not positive.
    """
    if np.isnan(reference).all():
        return found
    both = np.isfinite(found).all(axis=1, keepdims=True)
    a, b = np.moveaxis(np.where(both, found, np.nan), 1, 0)
    mean_a, mean_b = (_run_means(one)[..., None] for one in (a, b))
    mean_a = np.where(mean_a > 0, mean_a, np.nan)
    theta = (mean_b - mean_a) / mean_a
    lead = theta + ((b - a) - theta * a) / mean_a
    scaled = np.stack([np.where(np.isnan(lead), np.nan, 0.0), reference[:, None] * lead], axis=1)
    return np.where(np.isnan(reference)[:, None], found, scaled)


def figures(found: np.ndarray) -> np.ndarray:
    """What is studied, [points, outcomes, runs]: the outcomes of one scenario, or those of the second minus the first."""
    return found[:, 1] - found[:, 0] if found.shape[1] == 2 else found[:, 0]
