"""A cheap stand-in for the simulator: a regression of an outcome on where in its range every parameter lies.

Linear in the parameters that go with the outcome most, with squares and products of the strongest; of the logarithm where the
outcome is positive everywhere. How many terms it has is decided by its errors on sets left out one at a time (Allen's PRESS).
Their variance is its own, so it knows how little it knows. It only proposes which sets are worth simulating.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

SETS_PER_TERM = 4  # sets needed for every term of the regression
RIDGE = 1e-8  # of the mean square of a term: what keeps equal columns (a parameter with two values, say) from dividing by zero
HALVINGS = 5  # numbers of linear terms tried: all that there is room for, half of them, a quarter, ...
CURVED = 6  # parameters that get squares and products


@dataclass(frozen=True)
class Emulator:
    """The regression: columns of the linear terms, pairs of columns of the curved ones, coefficients with the constant first."""

    linear: tuple[int, ...]
    curved: tuple[tuple[int, int], ...]
    coefficients: np.ndarray
    spread: float  # standard deviation of its error, on the scale of the regression
    log: bool

    def predict(self, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Figures and the variances of their errors, float64 [sets] each. shares: float64 [sets, parameters]."""
        mean = _terms(shares, self.linear, self.curved) @ self.coefficients
        if not self.log:
            return mean, np.full(len(mean), self.spread**2)
        figure = np.exp(np.minimum(mean, 700.0))  # beyond that a float has no room
        return figure, (figure * self.spread) ** 2


def emulator(shares: np.ndarray, figures: np.ndarray) -> Emulator | None:
    """Fit one to sets: shares float64 [sets, parameters], figures float64 [sets], NaN where undefined. None of too few sets."""
    good = np.isfinite(figures)
    shares, figures = shares[good], figures[good]
    room = len(figures) // SETS_PER_TERM - 1
    if room < 1:
        return None
    log = bool((figures > 0).all())
    y = np.log(figures) if log else figures
    order = _strongest(shares, y)
    sizes = {max(1, min(room, len(order)) >> halvings) for halvings in range(HALVINGS)}
    simple = min(
        (_made(shares, y, order[:size], (), log) for size in sorted(sizes)), key=lambda one: one.spread
    )
    weights = simple.coefficients[1:]
    strongest = [simple.linear[k] for k in np.argsort(-np.abs(weights), kind="stable")[:CURVED]]
    pairs = tuple(combinations_with_replacement(strongest, 2))[: max(0, room - len(simple.linear))]
    return min(simple, _made(shares, y, simple.linear, pairs, log), key=lambda one: one.spread)


def _made(
    shares: np.ndarray, y: np.ndarray, linear: Sequence[int], curved: Sequence[tuple[int, int]], log: bool
) -> Emulator:
    """The emulator with these terms."""
    coefficients, spread = _regress(_terms(shares, linear, curved), y)
    return Emulator(tuple(linear), tuple(curved), coefficients, spread, log)


def _strongest(shares: np.ndarray, y: np.ndarray) -> list[int]:
    """All columns, first those that go with the figures most."""
    centred = shares - shares.mean(axis=0)
    scale = np.sqrt((centred**2).sum(axis=0))
    strength = np.abs(centred.T @ (y - y.mean())) / np.where(scale > 0, scale, np.inf)
    order: list[int] = np.argsort(-strength, kind="stable").tolist()
    return order


def _terms(shares: np.ndarray, linear: Sequence[int], curved: Sequence[tuple[int, int]]) -> np.ndarray:
    """The regression's columns, float64 [sets, 1 + linear + curved]."""
    x = shares - 0.5
    products = [x[:, i] * x[:, j] for i, j in curved]
    return np.column_stack([np.ones(len(x)), x[:, list(linear)], *products])


def _regress(terms: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Coefficients by least squares, and the standard deviation of the errors on sets left out one at a time: e / (1 - leverage).

    By the normal equations, which are quick, and good enough for terms that are all of one size.
    """
    square = terms.T @ terms
    inverse = np.linalg.inv(square + RIDGE * np.trace(square) / len(square) * np.eye(len(square)))
    coefficients = inverse @ (terms.T @ y)
    leverage = np.minimum(((terms @ inverse) * terms).sum(axis=1), 0.99)
    errors = (y - terms @ coefficients) / (1.0 - leverage)
    return coefficients, float(np.sqrt(np.mean(errors**2)))
