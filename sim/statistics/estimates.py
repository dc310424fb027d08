"""Statistics of simulation runs: intervals, paired comparisons, multiple tests, crossings, sequential looks.

Rule: run r of two scenarios uses the same dice (common random numbers), so scenarios are compared run by run.
Undefined figures are NaN in arrays and None in results; `jsonable` turns the former into the latter. No
function draws random numbers except the bootstrap in `crossing`, whose generator is keyed by its `seed`.

Families of tests: one outcome is declared primary beforehand and decides; it is tested on its own, with Holm's
correction over the comparisons only, so a single comparison needs none. All other outcomes are secondary: one
family with Holm's correction over outcomes and comparisons (`families`). The probability of a false claim is at
most 5 % in each family. ICH E9 (1998), section 2.2.2, gives the reasons for a single primary variable.

Sources: Law (2015), Simulation Modeling and Analysis, ch. 10-11 (paired t, common random numbers); Holm
(1979); Wilson (1927); Fieller (1954) for ratios; Lan and DeMets (1983) for spending functions; Efron and
Tibshirani (1993) and Hesterberg (2015) for the bootstrap.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

CONFIDENCE = 0.95
ROUNDING = 1e-12  # differences below this share of the values compared are rounding, not results
CATEGORY_UNITS = ("stage",)  # of outcomes that are kinds, stored as codes: their mean says nothing

Key = TypeVar("Key", bound=Hashable)
Figure = TypeVar("Figure")


def known(figure: Figure | None) -> Figure:
    """A figure that cannot be undefined where it is asked for: the caller has seen that there are runs, or a test."""
    if figure is None:
        raise ValueError("a figure is undefined where it was taken for known")
    return figure


class Interval(NamedTuple):
    """The two ends of a 95 % interval."""

    lo: float
    hi: float

    @property
    def sign(self) -> int:
        """+1 if all of it is above zero, -1 if all of it is below, 0 if zero is in it: within noise."""
        return 1 if self.lo > 0 else -1 if self.hi < 0 else 0

    def scaled(self, scale: float) -> "Interval":
        """The interval of the same figure in another unit; scale: above zero."""
        return Interval(scale * self.lo, scale * self.hi)


def interval_of(lo: float | None, hi: float | None) -> Interval | None:
    """The interval with these ends; None unless both can be told."""
    return None if lo is None or hi is None else Interval(lo, hi)


class Estimate(NamedTuple):
    """Mean of runs with its interval. n: runs in which the figure is defined. None where it cannot be told: everything
    without a run, the interval and the sd with one.
    """

    mean: float | None
    lo: float | None
    hi: float | None
    sd: float | None
    n: int

    @property
    def interval(self) -> Interval | None:
        """The interval of the mean, None with fewer than two runs."""
        return interval_of(self.lo, self.hi)


@dataclass(frozen=True)
class Paired:
    """B minus A over the runs in which both are defined. See `paired`.

    Without a run (n = 0) everything is None; with one, what needs two is: the interval, p, the sd.
    """

    base: float | None  # mean of A
    mean: float | None  # mean of B
    difference: float | None
    lo: float | None
    hi: float | None
    relative: float | None
    win_probability: float | None
    p: float | None
    variance_reduction: float | None
    sd: float | None  # of the differences
    n: int
    relative_lo: float | None = None  # interval of `relative`
    relative_hi: float | None = None

    @property
    def interval(self) -> Interval | None:
        """The interval of the difference, None with fewer than two runs."""
        return interval_of(self.lo, self.hi)

    @property
    def relative_interval(self) -> Interval | None:
        """The interval of the relative difference, None where it cannot be told."""
        return interval_of(self.relative_lo, self.relative_hi)


def t_quantile(probability: float, freedom: int) -> float:
    """Quantile of Student's t with that many degrees of freedom."""
    return float(stdtrit(freedom, probability))


def t_two_sided(t: float, freedom: int) -> float:
    """Two-sided p value of a t statistic."""
    return float(2.0 * stdtr(freedom, -abs(t)))


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution."""
    return float(ndtri(probability))


def mean_ci(x: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Mean of the defined (finite) values of x, shape [runs], with a Student t interval.

    One run has a mean but no interval and no sd; no defined run has nothing. Simulated with the simulator's own
    outcomes (tests/science/test_honesty.py) it covers 94 to 95 % of the time; with a skewness of 1 to 2.5 (waits, alignment)
    83 to 93 % with 10 runs, 92 to 95 % with 100. Where a few runs decide, because something happens in fewer than
    one in ten, it covers far less: with 10 runs in which it never happened the interval is a point.
    """
    x = _defined(x)
    n = len(x)
    if n == 0:
        return Estimate(None, None, None, None, 0)
    mean = float(x.mean())
    if n == 1:
        return Estimate(mean, None, None, None, 1)
    sd = _sd(x)
    half = t_quantile(0.5 + confidence / 2, n - 1) * sd / math.sqrt(n) if sd > 0 else 0.0
    return Estimate(mean, mean - half, mean + half, sd, n)


def estimate(x: np.ndarray, unit: str) -> Estimate:
    """`mean_ci` of an outcome in that unit; of a category only the count of runs in which it is defined."""
    if unit in CATEGORY_UNITS:
        return Estimate(None, None, None, None, len(_defined(x)))
    return mean_ci(x)


def shares(codes: np.ndarray, names: Sequence[str]) -> dict[str, float]:
    """Share of the defined runs with each kind, the most frequent first. codes: indices into names, [runs]."""
    counts = np.bincount(_defined(codes).astype(int), minlength=len(names))
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda k: -counts[k])
    return {names[k]: float(counts[k] / counts.sum()) for k in order}


def paired(a: np.ndarray, b: np.ndarray, better: int, confidence: float = CONFIDENCE) -> Paired:
    """Compare B to A, shape [runs] each, paired by run; runs in which either is undefined are left out.

    better: +1 if more is better, -1 if less is, 0 if neither; then there is no win probability. relative:
    mean difference over mean of A, with the interval of a ratio (`_relative_interval`). p: paired t test,
    two-sided; for differences that are the same in every run see `_paired_p`. variance_reduction:
    (Var A + Var B) / Var(B - A), None where undefined.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"paired samples differ in shape: {a.shape} and {b.shape}")
    both = np.isfinite(a) & np.isfinite(b)
    a, b = a[both], b[both]
    n = len(a)
    if n == 0:
        return Paired(None, None, None, None, None, None, None, None, None, None, 0)
    diff = _difference(a, b)
    estimate = mean_ci(diff, confidence)
    difference = known(estimate.mean)  # there is a run
    base, sd_a, sd_b = float(a.mean()), _sd(a), _sd(b)
    wins = None
    if better != 0:
        wins = float((np.sum(better * diff > 0) + 0.5 * np.sum(diff == 0)) / n)
    reduction = None
    if n > 1 and estimate.sd:
        variance = sd_a**2 + sd_b**2
        reduction = float(variance / estimate.sd**2) if variance > 0 else None
    covariance = float(np.sum((a - base) * diff)) / max(1, n - 1)
    relative_lo, relative_hi = _relative_interval(base, sd_a, estimate, covariance, confidence)
    return Paired(
        base=base,
        mean=float(b.mean()),
        difference=difference,
        lo=estimate.lo,
        hi=estimate.hi,
        relative=difference / base if base != 0 else None,
        win_probability=wins,
        p=paired_p(estimate, constant=sd_a == sd_b == 0),
        variance_reduction=reduction,
        sd=estimate.sd,
        n=n,
        relative_lo=relative_lo,
        relative_hi=relative_hi,
    )


def _relative_interval(
    base: float, sd: float, difference: Estimate, covariance: float, confidence: float
) -> tuple[float | None, float | None]:
    """Interval of the mean difference over the mean of A, after Fieller (1954): all shares r that a t test of
    (B - A) - r A does not reject. It leaves out 0 exactly if the paired t test finds a difference.

    base, sd: mean of A and sd of its runs; covariance: of A and B - A. Dividing the ends of the interval of the
    difference by the mean of A instead would take that mean as known, and covers some 75 % where B is twice A,
    however many runs. (None, None) where the mean of A is within noise of zero: the interval is then unbounded.
    """
    mean, sd_difference, n = difference.mean, difference.sd, difference.n
    if mean is None or sd_difference is None:  # fewer than two runs
        return None, None
    q = t_quantile(0.5 + confidence / 2, n - 1) ** 2 / n
    square = base**2 - q * sd**2
    if square <= 0:
        return None, None
    cross = base * mean - q * covariance
    root = math.sqrt(max(0.0, cross**2 - square * (mean**2 - q * sd_difference**2)))
    return (cross - root) / square, (cross + root) / square


def paired_p(estimate: Estimate, constant: bool) -> float | None:
    """Two-sided p of the paired t test. constant: neither of the two outcomes varies between runs.

    For differences that are the same in every run, 1 if zero, else that of a randomisation test, for counts differ
    by the same amount in a few runs by chance: 2^(1 - n), by flipping signs, or, if both outcomes are constant,
    2 / C(2n, n), by exchanging runs. What follows from the structure needs 4 runs to be called a difference, 7 or 8
    among all secondary outcomes.
    """
    mean, sd, n = estimate.mean, estimate.sd, estimate.n
    if mean is None or sd is None:  # fewer than two runs
        return None
    if sd == 0:
        return 1.0 if mean == 0 else 2.0 / math.comb(2 * n, n) if constant else 2.0 ** (1 - n)
    return t_two_sided(mean / (sd / math.sqrt(n)), n - 1)


def _difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """b - a with rounding noise set to exactly zero, so that equal figures count as ties."""
    diff = b - a
    return np.where(np.abs(diff) <= ROUNDING * np.maximum(np.abs(a), np.abs(b)), 0.0, diff)


def _defined(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x, dtype=float).ravel()
    defined: np.ndarray = x[np.isfinite(x)]
    return defined


def _sd(x: np.ndarray) -> float:
    """Sample sd; exactly 0 for values that differ by rounding only."""
    if np.ptp(x) <= ROUNDING * np.max(np.abs(x)):
        return 0.0
    return float(x.std(ddof=1))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down adjusted p values, in the order given. None or NaN (no test) stays None and is not
    counted.
    """
    tested = [(float(p), k) for k, p in enumerate(p_values) if p is not None and not math.isnan(p)]
    adjusted: list[float | None] = [None] * len(p_values)
    running = 0.0
    for rank, (p, k) in enumerate(sorted(tested)):
        running = max(running, min(1.0, (len(tested) - rank) * p))
        adjusted[k] = running
    return adjusted


def families(p_values: Mapping[Key, float | None], primary: set[Key]) -> dict[Key, float | None]:
    """Adjusted p values of two families, each with Holm's correction: the primary tests, and all others.

    With one primary test its p value stays as it is.
    """
    adjusted: dict[Key, float | None] = {}
    for family in ([k for k in p_values if k in primary], [k for k in p_values if k not in primary]):
        adjusted |= zip(family, holm([p_values[key] for key in family]), strict=True)
    return {key: adjusted[key] for key in p_values}


def wilson(k: float, n: int, confidence: float = CONFIDENCE) -> tuple[float | None, float | None]:
    """Wilson score interval for the share k / n; (None, None) if n is 0."""
    if n == 0:
        return None, None
    z = normal_quantile(0.5 + confidence / 2)
    share = k / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends the interval touches 0 or 1 exactly; rounding must not push it a hair inside.
    return (0.0 if k == 0 else max(0.0, centre - half)), (1.0 if k == n else min(1.0, centre + half))


def runs_needed(
    sd_diff: float | None, diff: float | None, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """Runs at which a paired test at level alpha finds a mean difference `diff` with probability `power`.

    sd_diff: sd of the paired differences. Normal approximation plus Guenther's correction z^2/2 for
    estimating the sd. None if the difference is zero or unknown: no number of runs decides it. At least 2.
    """
    if sd_diff is None or not diff:
        return None
    z = normal_quantile(1 - alpha / 2)
    needed = ((z + normal_quantile(power)) * sd_diff / diff) ** 2 + z * z / 2
    return max(2, math.ceil(needed))


@dataclass(frozen=True)
class Holds:
    """Agreement of a sign over plausible parameter sets: k of n, the share with its Wilson interval."""

    k: int
    n: int

    @property
    def share(self) -> float | None:
        """Share of the sets in which the sign agrees; None if none is defined."""
        return self.k / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the share; None if no set is defined."""
        return interval_of(*wilson(self.k, self.n))

    @property
    def lo(self) -> float | None:
        """Lower end of the 95 % interval."""
        return wilson(self.k, self.n)[0]

    @property
    def hi(self) -> float | None:
        """Upper end of the 95 % interval."""
        return wilson(self.k, self.n)[1]
