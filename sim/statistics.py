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

CONFIDENCE = 0.95
FIRST_LOOK = 50  # runs at the first look of --until-decided
ROUNDING = 1e-12  # differences below this share of the values compared are rounding, not results
REPLICATES = 2000  # bootstrap samples of a crossing
CATEGORY_UNITS = ("stage",)  # of outcomes that are kinds, stored as codes: their mean says nothing

Key = TypeVar("Key", bound=Hashable)


class Estimate(NamedTuple):
    """Mean of runs with its interval. n: runs in which the figure is defined. None where it cannot be
    told.
    """

    mean: float | None
    lo: float | None
    hi: float | None
    sd: float | None
    n: int


@dataclass(frozen=True)
class Paired:
    """B minus A over the runs in which both are defined. See `paired`."""

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


def t_quantile(probability: float, freedom: int) -> float:
    """Quantile of Student's t with that many degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, probability))


def t_two_sided(t: float, freedom: int) -> float:
    """Two-sided p value of a t statistic."""
    from scipy.special import stdtr

    return float(2.0 * stdtr(freedom, -abs(t)))


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution."""
    from scipy.special import ndtri

    return float(ndtri(probability))


def mean_ci(x: np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Mean of the defined (finite) values of x, shape [runs], with a Student t interval.

    One run has a mean but no interval and no sd; no defined run has nothing. Simulated with the simulator's own
    outcomes (tests/test_honesty.py) it covers 94 to 95 % of the time; with a skewness of 1 to 2.5 (waits, alignment)
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
        difference=estimate.mean,
        lo=estimate.lo,
        hi=estimate.hi,
        relative=estimate.mean / base if base != 0 else None,
        win_probability=wins,
        p=_paired_p(estimate, constant=sd_a == sd_b == 0),
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
    n = difference.n
    if n < 2:
        return None, None
    q = t_quantile(0.5 + confidence / 2, n - 1) ** 2 / n
    square = base**2 - q * sd**2
    if square <= 0:
        return None, None
    cross = base * difference.mean - q * covariance
    root = math.sqrt(max(0.0, cross**2 - square * (difference.mean**2 - q * difference.sd**2)))
    return (cross - root) / square, (cross + root) / square


def _paired_p(estimate: Estimate, constant: bool) -> float | None:
    """Two-sided p of the paired t test. constant: neither of the two outcomes varies between runs.

    For differences that are the same in every run, 1 if zero, else that of a randomisation test, for counts differ
    by the same amount in a few runs by chance: 2^(1 - n), by flipping signs, or, if both outcomes are constant,
    2 / C(2n, n), by exchanging runs. What follows from the structure needs 4 runs to be called a difference, 7 or 8
    among all secondary outcomes.
    """
    n = estimate.n
    if n < 2:
        return None
    if estimate.sd == 0:
        return 1.0 if estimate.mean == 0 else 2.0 / math.comb(2 * n, n) if constant else 2.0 ** (1 - n)
    return t_two_sided(estimate.mean / (estimate.sd / math.sqrt(n)), n - 1)


def _difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """b - a with rounding noise set to exactly zero, so that equal figures count as ties."""
    diff = b - a
    return np.where(np.abs(diff) <= ROUNDING * np.maximum(np.abs(a), np.abs(b)), 0.0, diff)


def _defined(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x, dtype=float).ravel()
    return x[np.isfinite(x)]


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


# ---- looking several times


@dataclass(frozen=True)
class Look:
    """One planned look of a sequential test: total runs so far, and the p value at or below which it
    decides.
    """

    runs: int
    level: float


def looks(maximum: int, alpha: float = 0.05, first: int = FIRST_LOOK) -> list[Look]:
    """Looks at first x 2^k runs, the last at `maximum`, with the error `alpha` spent over them.

    Spending is Pocock's function in the sense of Lan and DeMets, alpha ln(1 + (e - 1) t) at the information
    share t = runs / maximum; the increments are used as they are (Bonferroni), which ignores that looks are
    correlated: the total error is at most alpha for any correlation, at a small loss of power.
    O'Brien-Fleming spending would save that loss but gives practically no chance to stop early when looks
    double.
    """
    if maximum < 2:
        raise ValueError(f"a sequential test needs at least 2 runs, not {maximum}")
    sizes, n = [], first
    while n < maximum:
        sizes.append(n)
        n *= 2
    sizes.append(maximum)
    spent = [0.0] + [alpha * math.log(1 + (math.e - 1) * n / maximum) for n in sizes]
    return [Look(n, spent[k + 1] - spent[k]) for k, n in enumerate(sizes)]


# ---- where two designs cross


@dataclass(frozen=True)
class Crossing:
    """Where design B gets ahead of design A along x.

    kind: 'overtakes' (B behind, then ahead), 'falls behind' (B ahead at the start and behind at the end),
    'ahead throughout', 'behind throughout' (never within the range), 'equal' (the same figures everywhere) or
    'undefined' (no defined run at some point). x, lo, hi: the first such crossing with its 95 % interval; lo
    or hi is -inf or +inf where the interval leaves the range of x, and None where no interval can be told
    (one run). signs: per point +1 B ahead, -1 behind, 0 within noise, by paired t tests with Holm's
    correction over the points. others: further crossings of the means.
    """

    kind: str
    x: float | None
    lo: float | None
    hi: float | None
    signs: tuple[int, ...]
    others: tuple[float, ...] = ()


def crossing(
    x: Sequence[float], diff_runs: np.ndarray, seed: int = 0, confidence: float = CONFIDENCE
) -> Crossing:
    """First x at which design B overtakes design A, by linear interpolation of the mean differences.

    x: float[points], in any order; diff_runs: float[points, runs], how far B is ahead of A in each run
    (positive = B better), NaN where undefined or not run. Runs are resampled whole (all points together,
    because they share their dice) for the interval. Raises ValueError on shapes that do not fit.
    """
    x = np.asarray(x, dtype=float)
    diff = np.asarray(diff_runs, dtype=float)
    if diff.ndim != 2 or len(x) != len(diff) or len(x) == 0:
        raise ValueError(
            f"expected differences of shape [points, runs] for {len(x)} points, got {diff.shape}"
        )
    order = np.argsort(x, kind="stable")
    x, diff = x[order], diff[order]
    p_values = holm([_paired_p(mean_ci(row), constant=False) for row in diff])
    signs = np.array([_sign(row, p) for row, p in zip(diff, p_values, strict=True)])
    in_given_order = np.empty_like(signs)
    in_given_order[order] = signs
    defined = np.isfinite(diff)
    runs = int(defined.any(axis=0).sum())
    if not defined.any(axis=1).all():
        return Crossing("undefined", None, None, None, tuple(in_given_order.tolist()))
    kind, where, others = _kind(x, _means(diff, np.ones((diff.shape[1], 1)))[:, 0])
    lo = hi = None
    if where is not None and runs > 1:
        lo, hi = _bootstrap(x, diff, 1 if kind == "overtakes" else -1, seed, confidence)
    return Crossing(kind, where, lo, hi, tuple(in_given_order.tolist()), others)


def _means(diff: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Means [points, samples] over the defined runs of each point, with weights [runs, samples].

    A point whose runs all have weight 0 in a sample keeps its plain mean.
    """
    defined = np.isfinite(diff)
    filled = np.where(defined, diff, 0.0)
    total = defined @ weights.astype(float)
    plain = filled.sum(axis=1, keepdims=True) / defined.sum(axis=1, keepdims=True)
    return np.where(total > 0, filled @ weights.astype(float) / np.maximum(total, 1e-300), plain)


def _sign(row: np.ndarray, p: float | None) -> int:
    decided = p is not None and p < 1 - CONFIDENCE
    return int(np.sign(np.nanmean(row))) if decided else 0


def _kind(x: np.ndarray, means: np.ndarray) -> tuple[str, float | None, tuple[float, ...]]:
    ups, downs = _roots(x, means, 1), _roots(x, means, -1)
    if ups:
        return "overtakes", ups[0], tuple(sorted(ups[1:] + downs))
    if downs:
        return "falls behind", downs[0], tuple(downs[1:])
    if np.all(means == 0):
        return "equal", None, ()
    return ("ahead throughout" if means.max() > 0 else "behind throughout"), None, ()


def _roots(x: np.ndarray, y: np.ndarray, direction: int) -> list[float]:
    """Where y goes from below 0 to above 0 (direction 1; -1: from above to below), by linear
    interpolation.
    """
    found = []
    behind = False
    xs, ys = x.tolist(), (direction * y).tolist()
    for k, value in enumerate(ys):
        if value < 0:
            behind = True
        elif value > 0 and behind:
            # A point that is exactly zero lies on the crossing: the line starts there.
            found.append(xs[k - 1] + (xs[k] - xs[k - 1]) * -ys[k - 1] / (value - ys[k - 1]))
            behind = False
    return found


def _bootstrap(
    x: np.ndarray, diff: np.ndarray, direction: int, seed: int, confidence: float
) -> tuple[float, float]:
    """Percentile interval over runs. Without a crossing a sample counts as -inf (ahead throughout) or +inf
    (never). Percentiles are taken further out for few runs: plain ones cover 85 % with 5 to 10 runs.
    """
    runs = diff.shape[1]
    generator = np.random.Generator(np.random.Philox(key=[seed & 0xFFFFFFFFFFFFFFFF, 0xC2055]))
    batch = max(1, 2_000_000 // runs)
    samples = []
    while len(samples) < REPLICATES:
        drawn = generator.integers(0, runs, (min(batch, REPLICATES - len(samples)), runs))
        weights = np.stack([np.bincount(row, minlength=runs) for row in drawn], axis=1)
        for means in _means(diff, weights).T:
            roots = _roots(x, means, direction)
            samples.append(roots[0] if roots else (-np.inf if direction * means[-1] > 0 else np.inf))
    samples.sort()
    tail = expanded_tail(runs, confidence)
    # Order statistics, not interpolated quantiles: infinities must not be averaged with numbers.
    return float(samples[int(tail * REPLICATES)]), float(samples[math.ceil((1 - tail) * REPLICATES) - 1])


def expanded_tail(runs: int, confidence: float = CONFIDENCE) -> float:
    """Probability in each tail of a bootstrap distribution over at least 2 runs: Hesterberg's (2015) expanded
    percentiles, which agree with Student's t where that is right.
    """
    from scipy.special import ndtr

    return float(ndtr(-t_quantile(0.5 + confidence / 2, runs - 1) * math.sqrt(runs / (runs - 1))))


# ---- JSON


def jsonable(value: object) -> object:
    """Return a copy of plain data in which NumPy scalars and arrays are plain and non-finite numbers are
    None.
    """
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return jsonable(value.tolist())
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str):
        return value
    return str(value)
