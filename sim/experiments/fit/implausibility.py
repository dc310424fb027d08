"""How far a simulated figure is from an observed one, in standard deviations of all that may come between them.

    I = | mean - value | / sqrt( V_runs + V_measured + V_model + V_emulator )

V_runs       variance of one run, and of the mean over the runs simulated: s^2 (1 + 1 / runs). An organisation lives through one
             course of events, as a run does, so its figures differ from the mean of many runs as those of one run do
V_measured   (within / 2)^2
V_model      (discrepancy x value)^2, see `sim.scenario.observed.DISCREPANCY`
V_emulator   of figures that are predicted, not simulated (`sim.experiments.fit.emulator`); else 0

A set is implausible if the largest I over the outcomes is 3 or more. By Pukelsheim's rule (1994) 95 % of any distribution with
one mode lie within 3 standard deviations. Vernon, Goldstein and Bower (2010) also use the second and third largest, because an
emulator may be poor for one of many outputs. Here there are a few outcomes, each is simulated before a set is kept, and the
largest says which figure is the odd one out, so it is the largest that decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.outcomes.declared import OUTCOMES, Outcome
from sim.scenario.observed import Observation
from sim.text.numbers import shown_unit

CUTOFF = 3.0
NEIGHBOURS = 40  # sets with the nearest figures over which the variance of a run is pooled: few runs a set say little of it


@dataclass(frozen=True)
class Target:
    """An observed figure in the declared unit of its outcome: value, and the variances of measurement and model."""

    outcome: Outcome
    value: float
    measured: float
    model: float

    @property
    def known(self) -> float:
        """Variance of everything but the runs and the emulator."""
        return self.measured + self.model


def targets_of(
    observed: Mapping[str, Observation], outcomes: Mapping[str, Outcome] = OUTCOMES
) -> tuple[Target, ...]:
    """The targets, in the order in which they are stated."""
    found = []
    for name, one in observed.items():
        scale = shown_unit(outcomes[name].unit)[1]
        value, within = one.value / scale, one.within / scale
        found.append(Target(outcomes[name], value, (within / 2) ** 2, (one.discrepancy * value) ** 2))
    return tuple(found)


def implausibility(
    mean: np.ndarray, target: Target, one_run: np.ndarray, runs: int, emulator: np.ndarray | float = 0.0
) -> np.ndarray:
    """I of every figure, float64 [sets]; infinite where a figure is undefined.

    mean, one_run, emulator: mean over the runs, variances of one run and of the emulator, float64 [sets]; runs: per set.
    """
    variance = one_run * (1.0 + 1.0 / runs) + target.known + emulator
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.abs(mean - target.value) / np.sqrt(variance)
    # Exactly met with no variance at all is 0 / 0.
    found = np.where(mean == target.value, 0.0, found)
    return np.where(np.isfinite(mean), found, np.inf)


def run_variance(figures: np.ndarray, at: np.ndarray, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """Variance of one run where the mean is *at*, pooled over the sets with the nearest means; float64 of the shape of *at*.

    figures: float64 [sets, runs] of one outcome, NaN where undefined. 0 where no set has two runs.
    """
    means, spread = means_of(figures), _variances(figures)
    known = np.flatnonzero(np.isfinite(means) & np.isfinite(spread))
    if not len(known):
        return np.zeros(np.shape(at))
    order = known[np.argsort(means[known], kind="stable")]
    sums = np.concatenate([[0.0], np.cumsum(spread[order])])
    width = min(neighbours, len(order))
    first = np.clip(np.searchsorted(means[order], at) - width // 2, 0, len(order) - width)
    pooled: np.ndarray = np.maximum((sums[first + width] - sums[first]) / width, 0.0)
    return pooled


def means_of(figures: np.ndarray) -> np.ndarray:
    """Mean over the last axis of what is defined; NaN where nothing is."""
    defined = np.isfinite(figures)
    count = defined.sum(axis=-1)
    total = np.where(defined, figures, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _variances(figures: np.ndarray) -> np.ndarray:
    """Sample variance over the last axis of what is defined; NaN below two figures."""
    defined = np.isfinite(figures)
    count = defined.sum(axis=-1)
    squares = np.where(defined, figures - means_of(figures)[..., None], 0.0) ** 2
    return np.where(count > 1, squares.sum(axis=-1) / np.maximum(count - 1, 1), np.nan)


def odd_ones_out(found: np.ndarray, names: Sequence[str]) -> tuple[str, ...]:
    """Which figures keep all sets out: those that no set meets even alone; else the one without which most sets are left.

    found: I, float64 [sets, outcomes]. Empty if a set is kept; all names if leaving out any single one leaves none.
    """
    if (found.max(axis=1) < CUTOFF).any():
        return ()
    alone = tuple(name for name, least in zip(names, found.min(axis=0), strict=True) if least >= CUTOFF)
    if alone:
        return alone
    left = without_each(found)
    most = max(left)
    return tuple(name for name, count in zip(names, left, strict=True) if count == most)


def without_each(found: np.ndarray) -> list[int]:
    """For every outcome, the sets that would be kept without its figure."""
    every = range(found.shape[1])
    return [
        int((found[:, [j for j in every if j != k]].max(axis=1, initial=0.0) < CUTOFF).sum()) for k in every
    ]
