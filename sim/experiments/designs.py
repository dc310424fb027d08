"""Designs of experiments: which parameter values are run together.

A design is made from a mapping path -> levels (`Levels`, a list of values) or path -> range (`Range`,
continuous). Each design is a list of points, each a dict path -> value with the paths in declared order.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from sim.errors import UserError

MAX_POINTS = 100_000
DESIGNS = ("grid", "lhs", "sobol", "table")


@dataclass(frozen=True)
class Levels:
    """A finite list of values of one path."""

    values: tuple[object, ...]

    def at(self, u: float) -> object:
        """The level at the share u of the way, 0 <= u < 1."""
        return self.values[min(int(u * len(self.values)), len(self.values) - 1)]


@dataclass(frozen=True)
class Range:
    """A continuous range of one path, ends included. integer: whole numbers only. log: even on a log scale.

    middle: the value half-way: half of the draws lie below it and half above, evenly on either side; where it is an end, half of
    them are that value. None: evenly over the whole.
    """

    low: float
    high: float
    integer: bool = False
    log: bool = False
    middle: float | None = None

    def at(self, u: float) -> float | int:
        """The value at the share u of the way, 0 <= u < 1."""
        if self.middle is None:
            return self._between(self.low, self.high, u)
        if u < 0.5:
            return self._between(self.low, self.middle, 2.0 * u)
        return self._between(self.middle, self.high, 2.0 * u - 1.0)

    def share(self, value: float) -> float:
        """Where in the range a *value* lies, 0 to 1; the inverse of `at`, the middle of the shares with that value."""
        if self.middle is None:
            return self._place(self.low, self.high, value)
        if value == self.middle:
            return 0.5
        if value < self.middle:
            return 0.5 * self._place(self.low, self.middle, value)
        return 0.5 + 0.5 * self._place(self.middle, self.high, value)

    def _between(self, low: float, high: float, u: float) -> float | int:
        if self.integer:
            first, last = round(low), round(high)
            return min(first + int(u * (last - first + 1)), last)
        if self.log and low > 0:
            return float(math.exp(math.log(low) + u * (math.log(high) - math.log(low))))
        return float(low + u * (high - low))

    def _place(self, low: float, high: float, value: float) -> float:
        if high == low:
            return 0.5
        if self.integer:
            return (value - low + 0.5) / (high - low + 1)
        if self.log and low > 0 and value > 0:
            return min(max(math.log(value / low) / math.log(high / low), 0.0), 1.0)
        return min(max((value - low) / (high - low), 0.0), 1.0)


Axis = Levels | Range


def levels_of(axis: Axis) -> tuple[object, ...]:
    """The values of an axis that is known to have them, as every axis of a grid does."""
    if isinstance(axis, Range):
        raise ValueError("a range has no levels")
    return axis.values


def ends_of(axis: Axis) -> tuple[object, ...]:
    """The values of an axis of levels, both ends of a range."""
    return axis.values if isinstance(axis, Levels) else (axis.at(0.0), axis.at(1.0 - 1e-12))


def as_numbers(values: Sequence[object]) -> tuple[float, ...]:
    """Levels that are known to be numbers, as those are along which two designs can cross."""
    numbers = tuple(value for value in values if isinstance(value, (int, float)))
    if len(numbers) < len(values):
        raise ValueError("a level is no number")
    return numbers


def steps(low: float, high: float, count: int) -> tuple[float | int, ...]:
    """`count` evenly spaced values from low to high, both included; whole numbers if low, high and the step
    are whole.

    Values are rounded to 12 significant digits: 0.3, not 0.30000000000000004.
    """
    whole = isinstance(low, int) and isinstance(high, int) and (count == 1 or (high - low) % (count - 1) == 0)
    values = [low + (high - low) * k / max(count - 1, 1) for k in range(count)]
    return tuple(round(v) if whole else float(f"{v:.12g}") for v in values)


def check_size(points: int, what: str = "the design") -> None:
    """Raise UserError if a design has more points than the limit. Call it before memory is taken."""
    if points > MAX_POINTS:
        raise UserError(
            f"{what} has {points:,} points, more than the limit of {MAX_POINTS:,}; use fewer levels, or design: lhs "
            f"or sobol with samples: N"
        )


def grid(vary: Mapping[str, Axis]) -> list[dict[str, object]]:
    """All combinations; the last path varies fastest. UserError for a range without steps, or too many
    points.
    """
    for path, axis in vary.items():
        if not isinstance(axis, Levels):
            raise UserError(
                f"vary.{path}: a grid needs steps: {{from: .., to: .., steps: N}}; a range without steps is for "
                f"design: lhs or sobol"
            )
    check_size(math.prod(len(levels_of(axis)) for axis in vary.values()), "the grid")
    points: list[dict[str, object]] = [{}]
    for path, axis in vary.items():
        points = [{**point, path: value} for point in points for value in levels_of(axis)]
    return points


def lhs(
    vary: Mapping[str, Axis], samples: int, seed: int = 1, tied: Mapping[tuple[str, str], float] | None = None
) -> list[dict[str, object]]:
    """Latin hypercube: each path's range is cut into `samples` slices, each used once; deterministic in
    `seed`.

    The draws of a path follow from its name, not from which other paths there are: one more, or one fewer, leaves those of the
    others alone. tied: (path, other path) -> rank correlation (Spearman's) with which the slices of the other one are dealt out.
    """
    _check_samples(samples)
    columns = {}
    for path in vary:
        columns[path] = _column(samples, seed, path)
    for (first, other), correlation in (tied or {}).items():
        if other in columns:
            columns[other] = _dealt(_column(samples, seed, first), columns[other], correlation)
    return _points(vary, [column.tolist() for column in columns.values()], samples)


def _column(samples: int, seed: int, path: str) -> np.ndarray:
    """The shares of one path's range, one in each slice."""
    rng = _generator(seed, path)
    shares: np.ndarray = (rng.permutation(samples) + rng.random(samples)) / samples
    return shares


def _dealt(first: np.ndarray, other: np.ndarray, correlation: float) -> np.ndarray:
    """Return the shares *other* in the order that has this rank correlation with *first* (a normal copula)."""
    pearson = 2.0 * math.sin(math.pi * correlation / 6.0)
    score = NormalDist().inv_cdf
    a, b = (np.array([score(min(max(u, 1e-12), 1.0 - 1e-12)) for u in shares]) for shares in (first, other))
    ranks = np.argsort(np.argsort(pearson * a + math.sqrt(1.0 - pearson**2) * b))
    dealt: np.ndarray = np.sort(other)[ranks]
    return dealt


def sobol(vary: Mapping[str, Axis], samples: int, seed: int = 1) -> list[dict[str, object]]:
    """Scrambled Sobol sequence, deterministic in `seed`. Balanced best when `samples` is a power of two."""
    from scipy.stats import qmc  # here, because it is slow to load and `orgsim check` must be quick

    _check_samples(samples)
    if not vary:
        return _points(vary, [], samples)
    # random_base2 draws whole powers of two, which keeps SciPy from warning; the surplus is cut off.
    exponent = max(0, math.ceil(math.log2(samples)))
    cube = qmc.Sobol(d=len(vary), rng=_generator(seed)).random_base2(exponent)[:samples]
    return _points(vary, cube.T.tolist(), samples)


def _check_samples(samples: int) -> None:
    if samples < 1:
        raise UserError(f"samples: {samples} is too few; use at least 1")
    check_size(samples)


def _generator(seed: int, path: str = "") -> np.random.Generator:
    """Uniforms of a design, or of one path of it."""
    key = [seed & 0xFFFFFFFFFFFFFFFF, 0xDE51]
    if path:
        key.append(int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "little"))
    return np.random.default_rng(key)  # SciPy spawns from its seed sequence


def _points(
    vary: Mapping[str, Axis], columns: Sequence[Sequence[float]], samples: int
) -> list[dict[str, object]]:
    """The points of a design: for every path its shares, 0 to 1."""
    return [
        {path: axis.at(column[k]) for (path, axis), column in zip(vary.items(), columns, strict=True)}
        for k in range(samples)
    ]
