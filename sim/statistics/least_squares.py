"""Least squares on the means of points that share their dice, with errors of every combination of coefficients.

The parts of `sim.statistics.effects`, which says what they are for and where they come from.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.special import fdtrc

from sim.statistics.moderated import prior_of

MOST_STEPS = 4  # numbers with at most so many values are taken as they are, one step each
_LEAST_LEFT = 1e-9  # of 1 - leverage
_SINGULAR = 1e-9  # smallest eigenvalue of the columns' cosines with which they can be told apart


@dataclass(frozen=True)
class Factor:
    """What is varied. values: float64 [points], of a category codes 0, 1, ...; levels: how many codes, 0 of a number."""

    values: np.ndarray
    levels: int = 0

    def pairs(self) -> list[tuple[float, float]]:
        """The values between which a change is told: the two ends of a number, all pairs of levels."""
        if self.levels:
            return list(combinations(map(float, range(self.levels)), 2))
        return [(float(self.values.min()), float(self.values.max()))]

    def places(self, count: int) -> np.ndarray:
        """The places of its curve: every level, or so many between the ends."""
        if self.levels:
            return np.arange(float(self.levels))
        (low, high) = self.pairs()[0]
        return np.linspace(low, high, count)


@dataclass(frozen=True)
class Basis:
    """Columns of a factor, centred over the design: float64 [points, columns]. centre: what was subtracted."""

    factor: int
    columns: np.ndarray
    centre: np.ndarray
    low: float
    high: float
    levels: int

    def at(self, value: float) -> np.ndarray:
        """The columns at a value of the factor."""
        found = _raw(np.array([value]), self.low, self.high, self.levels, len(self.centre))
        return np.asarray(found[0] - self.centre)

    def of(self, points: np.ndarray) -> "Basis":
        """The same of some points only."""
        return replace(self, columns=self.columns[points])

    @property
    def first(self) -> int:
        """How many of the columns stand in products: of a number only its slope."""
        return len(self.centre) if self.levels else 1


def basis(number: int, factor: Factor, degree: int) -> Basis:
    """The columns of a factor: polynomials up to a degree, less with few values; a step for every level but one."""
    low, high = float(factor.values.min()), float(factor.values.max())
    size = factor.levels - 1 if factor.levels else min(degree, len(np.unique(factor.values)) - 1)
    raw = _raw(factor.values, low, high, factor.levels, max(size, 1))
    centre = raw.mean(axis=0)
    return Basis(number, raw - centre, centre, low, high, factor.levels)


def _raw(values: np.ndarray, low: float, high: float, levels: int, size: int) -> np.ndarray:
    if levels:
        return np.asarray(values[:, None] == np.arange(1, size + 1), dtype=float)
    z = 2.0 * (values - low) / (high - low) - 1.0 if high > low else np.zeros(len(values))
    legendre = (z, 1.5 * z**2 - 0.5, 2.5 * z**3 - 1.5 * z)
    return np.stack(legendre[:size], axis=1)


@dataclass(frozen=True)
class Term:
    """The columns start .. stop - 1 of the model belong to these factors."""

    factors: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit. model: float64 [points, coefficients], the first column is one; solve: [coefficients, points], which makes
    coefficients of means; within: variance of each mean by the runs' own noise.
    """

    bases: Sequence[Basis]
    terms: tuple[Term, ...]
    model: np.ndarray
    solve: np.ndarray
    values: np.ndarray
    within: np.ndarray

    @property
    def size(self) -> int:
        """Coefficients."""
        return int(self.model.shape[1])

    @property
    def mains(self) -> tuple[Term, ...]:
        """Terms of one factor, in their order."""
        return tuple(term for term in self.terms if len(term.factors) == 1)

    @property
    def pairs(self) -> tuple[Term, ...]:
        """Terms of two factors, as they were added."""
        return tuple(term for term in self.terms if len(term.factors) == 2)

    @cached_property
    def coefficients(self) -> np.ndarray:
        """Coefficients of the means, [coefficients]."""
        return np.asarray(self.solve @ self.values.mean(axis=1))

    @cached_property
    def _points(self) -> np.ndarray:
        """Squared residuals, each as if its point had been left out (HC3), [points]."""
        left = np.maximum(1.0 - np.einsum("ij,ji->i", self.model, self.solve), _LEAST_LEFT)
        return np.asarray(((self.values.mean(axis=1) - self.model @ self.coefficients) / left) ** 2)

    @cached_property
    def _ratios(self) -> np.ndarray:
        """Variance of each coefficient (but the constant) over runs, as a multiple of what independent noise gives."""
        return self._ratio(self.solve[1:])

    def _ratio(self, rows: np.ndarray) -> np.ndarray:
        independent = (rows**2) @ self.within
        by_run = (rows @ self.values).var(axis=1, ddof=1) / self.values.shape[1]
        ratios: np.ndarray = np.divide(by_run, independent, out=np.ones(len(rows)), where=independent > 0)
        return ratios

    @cached_property
    def _prior(self) -> tuple[float, float]:
        """Freedom and scale of the ratios of all coefficients."""
        return prior_of(self._ratios, np.full(self.size - 1, self.values.shape[1] - 1.0))

    def _moderated(self, ratio: float) -> tuple[float, float]:
        """A ratio between its own and that of all coefficients, and its degrees of freedom."""
        own, total = self.values.shape[1] - 1.0, (self.values.shape[1] - 1.0) * (self.size - 1)
        prior, scale = self._prior
        if math.isinf(prior):
            return scale, total
        return (prior * scale + own * ratio) / (prior + own), min(prior + own, total)

    def contrast(self, weights: np.ndarray) -> tuple[float, float, float]:
        """(value, standard error, degrees of freedom) of a sum of coefficients. weights: [coefficients]."""
        row = weights @ self.solve
        points = float(row**2 @ self._points)
        left = float(len(self.values) - self.size)
        value = float(weights @ self.coefficients)
        if self.values.shape[1] < 2:
            return value, points**0.5, left
        ratio, of_runs = self._moderated(float(self._ratio(row[None])[0]))
        independent = float(row**2 @ self.within)
        runs = ratio * independent
        if runs <= independent:
            return value, points**0.5, left
        variance = points + runs - independent
        freedom = variance**2 / (points**2 / left + runs**2 / of_runs)
        return value, variance**0.5, max(1.0, min(freedom, left))

    def wald(self, term: Term) -> float:
        """p value of the hypothesis that all coefficients of a term are zero."""
        rows = self.solve[term.start : term.stop]
        matrix = (rows * self._points) @ rows.T
        left = float(len(self.values) - self.size)
        if self.values.shape[1] > 1:
            own = [self._moderated(float(ratio)) for ratio in self._ratios[term.start - 1 : term.stop - 1]]
            excess = max(0.0, float(np.mean([ratio for ratio, _ in own])) - 1.0)
            if excess > 0:
                independent = (rows * self.within) @ rows.T
                a, b = np.trace(matrix), (1.0 + excess) * np.trace(independent)
                total = a + b - np.trace(independent)
                left = max(1.0, min(left, total**2 / (a**2 / left + b**2 / own[0][1])))
                matrix = matrix + excess * independent
        found = self.coefficients[term.start : term.stop]
        size = len(found)
        if not np.any(found):
            return 1.0
        try:
            statistic = float(found @ np.linalg.solve(matrix, found)) / size
        except np.linalg.LinAlgError:
            return 0.0  # a perfect fit has no residuals
        return float(fdtrc(size, left, max(statistic, 0.0)))

    def variance(self, term: Term) -> float:
        """The part of a term in the variance of the fit over the points, less what its uncertainty adds.

        Its covariance with the whole fit (Li and others 2010): the variance of the term where factors go their own ways; where
        they go together, the parts still add up to the whole.
        """
        columns = self.model - self.model.mean(axis=0)
        spread = columns[:, term.start : term.stop].T @ columns / (len(columns) - 1)
        rows = self.solve[term.start : term.stop]
        found = self.coefficients[term.start : term.stop]
        unsure = (rows * self._points) @ self.solve.T
        return float(found @ spread @ self.coefficients - np.sum(spread * unsure))

    def row(self, factor: int, value: float) -> np.ndarray:
        """Weights of the coefficients for a value of a factor, the others at their means."""
        weights = np.zeros(self.size)
        term = self.mains[factor]
        weights[term.start : term.stop] = self.bases[factor].at(value)
        return weights

    def pair_row(self, term: Term, one: float, other: float) -> np.ndarray:
        """Weights of the coefficients of a product at a value of each of its factors."""
        weights = np.zeros(self.size)
        first, second = (self.bases[k] for k in term.factors)
        product = np.outer(first.at(one)[: first.first], second.at(other)[: second.first])
        weights[term.start : term.stop] = product.ravel()
        return weights

    def predicted(self, bases: Sequence[Basis]) -> np.ndarray:
        """The outcome at other points, whose columns are given."""
        model, _ = _model(bases, [term.factors for term in self.pairs])
        return np.asarray(model @ self.coefficients)

    def of(self, points: np.ndarray) -> "Fit | None":
        """The same model fitted to some of the points."""
        pairs = [(term.factors[0], term.factors[1]) for term in self.pairs]
        return fit([one.of(points) for one in self.bases], pairs, self.values[points], self.within[points])


def fit(
    bases: Sequence[Basis], pairs: Sequence[tuple[int, int]], values: np.ndarray, within: np.ndarray
) -> Fit | None:
    """Fit main effects and some pairs; None where columns cannot be told apart."""
    model, terms = _model(bases, pairs)
    count, size = model.shape
    if count <= size:
        return None
    gram = (
        model.T @ model
    )  # columns are centred and of the size of one, so this is as good as a decomposition, and much faster
    length = np.sqrt(np.diag(gram))
    if not length.all() or np.linalg.eigvalsh(gram / np.outer(length, length))[0] <= _SINGULAR:
        return None
    return Fit(bases, terms, model, np.linalg.solve(gram, model.T), values, within)


def _model(bases: Sequence[Basis], pairs: Sequence[tuple[int, ...]]) -> tuple[np.ndarray, tuple[Term, ...]]:
    columns = [np.ones((len(bases[0].columns), 1))]
    terms: list[Term] = []
    at = 1
    for one in bases:
        columns.append(one.columns)
        terms.append(Term((one.factor,), at, at + one.columns.shape[1]))
        at = terms[-1].stop
    for i, j in pairs:
        first, second = bases[i], bases[j]
        product = first.columns[:, : first.first, None] * second.columns[:, None, : second.first]
        columns.append(product.reshape(len(product), -1))
        terms.append(Term((i, j), at, at + columns[-1].shape[1]))
        at = terms[-1].stop
    return np.concatenate(columns, axis=1), tuple(terms)
