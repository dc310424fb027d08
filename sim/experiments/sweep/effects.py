"""What a sweep without a crossing comes to: which points can be the best, and what drives the outcome over all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiments.designs import Levels
from sim.experiments.points import label
from sim.experiments.sweep.deciding import best_so_far, nearest_behind, ranks_of
from sim.experiments.sweep.file import Sweep
from sim.outcomes.declared import Outcome
from sim.statistics.best import Best, mean_of
from sim.statistics.effects import Effects, Main, effects
from sim.statistics.estimates import Estimate, Paired, mean_ci, paired
from sim.statistics.least_squares import MOST_STEPS, Factor

MOST_RANKED = 40  # points that are ranked
MOST_FITTED = 1_000  # points that are fitted; of more, so many spread over the design


@dataclass(frozen=True)
class Driver:
    """A path that varies. levels: of a category, in words, in the order of their codes; () of a number. role: see roles."""

    path: str
    levels: tuple[str, ...]
    role: str


@dataclass(frozen=True)
class Standing:
    """A point that is ranked. behind: the best minus it, paired by run, None of the best itself."""

    point: int
    rank: int
    mean: Estimate
    behind: Paired | None


@dataclass(frozen=True)
class Overall:
    """The answer over all points, in the shown unit. unsure: points without a figure; nearest: the nearest point that is behind
    the best beyond noise, and the best minus it. left: points that were not fitted.
    """

    outcome: str
    better: int
    points: tuple[Mapping[str, object], ...]
    best: Best
    ranked: tuple[Standing, ...]
    nearest: tuple[int, Paired] | None
    drivers: tuple[Driver, ...]
    effects: Effects
    worth: float
    until: bool
    most: int
    unsure: int = 0
    left: int = 0

    def main_of(self, path: str) -> Main | None:
        """The effect of a path, if the fit could be made."""
        number = next((k for k, driver in enumerate(self.drivers) if driver.path == path), None)
        return next((main for main in self.effects.mains if main.factor == number), None)


def overall(sweep: Sweep, values: Sequence[np.ndarray], declared: Outcome) -> Overall | None:
    """The answer over all points; None without two that have a figure. values: the outcome in the shown unit, per point."""
    usable = [k for k, one in enumerate(values) if np.isfinite(one).any()]
    if len(usable) < 2:
        return None
    best = best_so_far(sweep, values, {sweep.outcome: declared}, sweep.runs)
    behind = nearest_behind(values, best, declared.better)
    nearest = None
    if behind is not None and best.best is not None:
        nearest = behind, _behind(values, behind, best.best, declared.better)
    chosen = usable[:: -(-len(usable) // MOST_FITTED)]
    drivers, factors = _factors(sweep, chosen)
    return Overall(
        outcome=sweep.outcome,
        better=declared.better,
        points=sweep.points,
        best=best,
        ranked=_ranked(sweep, values, best, declared.better),
        nearest=nearest,
        drivers=drivers,
        effects=effects(factors, _table([values[k] for k in chosen])),
        worth=sweep.worth,
        until=sweep.until_decided,
        most=sweep.runs,
        unsure=len(values) - len(usable),
        left=len(usable) - len(chosen),
    )


def _ranked(sweep: Sweep, values: Sequence[np.ndarray], best: Best, better: int) -> tuple[Standing, ...]:
    found: list[tuple[int, int]] = []
    for rank, group in ranks_of(sweep, values, better, MOST_RANKED):
        means = {k: mean_of(values[k]) or 0.0 for k in group.standing}
        found += [(rank, k) for k in sorted(means, key=lambda k: (-(better or 1) * means[k], k))]
    return tuple(
        Standing(
            k,
            rank,
            mean_ci(values[k]),
            None if best.best is None or k == best.best else _behind(values, k, best.best, better),
        )
        for rank, k in found[:MOST_RANKED]
    )


def _behind(values: Sequence[np.ndarray], k: int, best: int, better: int) -> Paired:
    count = min(len(values[k]), len(values[best]))
    return paired(values[k][:count], values[best][:count], better)


def _factors(sweep: Sweep, chosen: Sequence[int]) -> tuple[tuple[Driver, ...], list[Factor]]:
    """The paths that vary over these points. Few numbers are taken one by one, as categories."""
    drivers, factors = [], []
    for path, axis in sweep.vary.items():
        values = [sweep.points[k][path] for k in chosen]
        distinct = list(dict.fromkeys(values))
        if len(distinct) < 2:
            continue
        numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in distinct)
        role = sweep.roles.get(path, "")
        if numbers and len(distinct) > MOST_STEPS:
            drivers.append(Driver(path, (), role))
            factors.append(Factor(np.array(values, dtype=float)))
            continue
        order = sorted(distinct, key=float) if numbers else distinct  # type: ignore[arg-type]
        if not numbers and isinstance(axis, Levels):
            order = [value for value in axis.values if value in distinct]
        drivers.append(Driver(path, tuple(label(value) for value in order), role))
        codes = [float(order.index(value)) for value in values]
        factors.append(Factor(np.array(codes), len(order)))
    return tuple(drivers), factors


def _table(values: Sequence[np.ndarray]) -> np.ndarray:
    """The runs that every point has, float64 [points, runs]; where a figure is undefined, the point's mean and what that run
    has in common elsewhere.
    """
    runs = min(len(one) for one in values)
    table = np.stack([one[:runs] for one in values])
    defined = np.isfinite(table)
    if defined.all():
        return table
    kept = defined.any(axis=0)
    table, defined = table[:, kept], defined[:, kept]
    means = np.array([np.nanmean(one) for one in values])
    rest = np.where(defined, table - means[:, None], 0.0)
    common = rest.sum(axis=0) / defined.sum(axis=0)
    return np.where(defined, table, means[:, None] + common)
