"""What drives an outcome over the points of a design: main effects, interactions and how much of it a simple fit explains.

Model: the mean of a point is a constant, plus a curve of every factor (Legendre polynomials of a number, a step for each level
of a category), plus products of two factors where they are found. It is fitted by least squares on the points' means.

Two things make an effect unsure. *Points*: what the fit misses, and the runs' own noise, differs from point to point; its
variance is that of MacKinnon and White (1985, HC3), right also where points are not equally noisy. *Runs*: all points share
their dice, so a run may tilt a whole curve; the variance of the effect over runs, less what is counted already, is added
(clustering in two ways, Cameron, Gelbach and Miller 2011). With few runs that variance is poorly known, so its ratio to what
independent noise would give is moderated over the coefficients (`sim.statistics.moderated`), and degrees of freedom are
Satterthwaite's.

*Noise taken out*: of the variance between points that part is subtracted which the runs' own noise gives it. Shares of it are
covariances of a part with the whole fit, which add up also where factors go together (Li and others 2010); their intervals are
the jackknife's over groups of points. *Explained* is 1 - (E - noise) / (V - noise): E is the mean squared error at points left
out of the fit (ten folds, interactions sought anew in each), V the variance of the points' means. Below `LEAST_EXPLAINED`,
or where the points do not differ beyond noise (F test), nothing is claimed.

Interactions are sought one at a time, each tested beside all that are in the fit (Wald), corrected for all pairs. The effect of
a factor is tested by Wald's test of its whole curve, with Holm's correction over the factors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import fdtrc, fdtri

from sim.statistics.estimates import Interval, holm, known, t_quantile
from sim.statistics.least_squares import Basis, Factor, Fit, Term, basis, fit

ERROR = 0.05  # of every family of tests and intervals
LEAST_EXPLAINED = 0.5  # share of the variance beyond noise; below, nothing is claimed of single factors
MOST_INTERACTIONS = 6
FOLDS = 10
LEAST_POINTS = 2 * FOLDS
GROUPS = 20  # of points, left out in turn for the intervals of shares
CURVE = 41  # places at which the curve of a number is given
_A_POINTS = 4  # least points for every coefficient


@dataclass(frozen=True)
class Share:
    """Part of the variance between points, noise taken out, with a 95 % interval."""

    share: float
    lo: float
    hi: float


@dataclass(frozen=True)
class Change:
    """How the outcome changes from one value of a factor to another (or how that change differs), with its interval.

    start, end: the values, codes of a category. Interval: 95 %, of the largest of several changes for all of them together.
    """

    start: float
    end: float
    change: float
    interval: Interval


@dataclass(frozen=True)
class Curve:
    """The outcome along a factor, all others at their means, with 95 % bands: float64 [places] each."""

    x: np.ndarray
    mean: np.ndarray
    lo: np.ndarray
    hi: np.ndarray


@dataclass(frozen=True)
class Turn:
    """Where a curve has its highest (or lowest) place inside, beyond noise above (below) both ends."""

    x: float
    highest: bool


@dataclass(frozen=True)
class Main:
    """The effect of one factor. p: after Holm's correction; first: share of the variance by itself; total: with interactions."""

    factor: int
    p: float
    change: Change
    first: Share
    total: Share
    curve: Curve
    turn: Turn | None

    @property
    def found(self) -> bool:
        """Beyond noise."""
        return self.p < ERROR


@dataclass(frozen=True)
class Interaction:
    """Two factors, of which each changes what the other does.

    p: corrected for all pairs; change: of the first factor, by how much it is larger at the end of `at` than at its start.
    """

    factors: tuple[int, int]
    p: float
    share: Share
    change: Change
    at: tuple[float, float]


@dataclass(frozen=True)
class Effects:
    """See the module. mean: of all points; noise: share of the variance of means that is noise, None with one run a point;
    differ_p: whether the points differ at all, None with one run; why: why nothing is claimed, "" if something may be:
    "points" (too few), "together" (factors that vary together), "noise" (no differences), "fit" (it explains too little).
    mains, interactions: empty unless the fit could be made.
    """

    points: int
    runs: int
    mean: float
    why: str
    differ_p: float | None = None
    noise: float | None = None
    explained: Share | None = None
    mains: tuple[Main, ...] = ()
    interactions: tuple[Interaction, ...] = ()


@dataclass(frozen=True)
class _Noise:
    """within: variance of the mean of every point by the runs' own noise, [points]; sum of squares and freedom of all."""

    within: np.ndarray
    mean_square: float
    freedom: int


def effects(factors: Sequence[Factor], values: np.ndarray) -> Effects:
    """Effects of *factors* on an outcome. values: float64 [points, runs], run r on the same dice at every point, all defined."""
    count, runs = values.shape
    mean = float(values.mean())
    noise = _noise(values)
    means = values.mean(axis=1)
    between = float(means.var(ddof=1)) if count > 1 else 0.0
    differ = share = None
    if runs > 1 and count > 1:
        differ = _differ(between * runs, noise)
        share = min(1.0, float(noise.within.mean()) / between) if between > 0 else 1.0
    bases = _bases(factors, count)
    if bases is None:
        return Effects(count, runs, mean, "points", differ, share)
    if between == 0 or (differ is not None and differ >= ERROR):
        return Effects(count, runs, mean, "noise", differ, share)
    made, p_values = _sought(bases, values, noise.within)
    if made is None:
        return Effects(count, runs, mean, "together", differ, share)
    explained = _explained(bases, values, noise.within, between)
    shares = _shares(made, means, noise.within, len(factors))
    mains = _mains(factors, made, shares, mean)
    pairs = tuple(_interaction(factors, made, term, p_values[term.factors], shares) for term in made.pairs)
    pairs = tuple(sorted(pairs, key=lambda pair: -pair.share.share))
    why = "" if explained.share >= LEAST_EXPLAINED else "fit"
    return Effects(count, runs, mean, why, differ, share, explained, mains, pairs)


def _noise(values: np.ndarray) -> _Noise:
    """The runs' own noise: what is left without the points' means and what each run has in common at all points."""
    count, runs = values.shape
    if runs < 2 or count < 2:
        return _Noise(np.zeros(count), 0.0, 0)
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    squares = (rest**2).sum(axis=1) * count / (count - 1) / (runs - 1)
    freedom = (count - 1) * (runs - 1)
    return _Noise(squares / runs, float((rest**2).sum()) / freedom, freedom)


def _differ(mean_square: float, noise: _Noise) -> float:
    if noise.mean_square <= 0:
        return 0.0 if mean_square > 0 else 1.0
    return float(fdtrc(len(noise.within) - 1, noise.freedom, mean_square / noise.mean_square))


# ---- the fit


def _bases(factors: Sequence[Factor], count: int) -> list[Basis] | None:
    """Curves as bent as the points bear; None if they do not even bear straight lines."""
    if count < LEAST_POINTS:
        return None
    for degree in (3, 2, 1):
        found = [basis(k, factor, degree) for k, factor in enumerate(factors)]
        size = 1 + sum(one.columns.shape[1] for one in found)
        if size * _A_POINTS * (2 if degree > 1 else 1) <= count:
            return found
    return None


def _sought(
    bases: Sequence[Basis], values: np.ndarray, within: np.ndarray
) -> tuple[Fit | None, dict[tuple[int, ...], float]]:
    """The fit with the interactions that are found, and their p values; None if factors vary together."""
    chosen: list[tuple[int, int]] = []
    p_values: dict[tuple[int, ...], float] = {}
    made = fit(bases, chosen, values, within)
    if made is None:
        return None, {}
    pairs = list(combinations(range(len(bases)), 2))
    while len(chosen) < MOST_INTERACTIONS:
        best: tuple[float, tuple[int, int], Fit] | None = None
        for pair in pairs:
            if pair in chosen:
                continue
            tried = fit(bases, [*chosen, pair], values, within)
            if tried is None or tried.size * _A_POINTS > len(values):
                continue
            p = tried.wald(tried.pairs[-1])
            if best is None or p < best[0]:
                best = p, pair, tried
        if best is None or best[0] * len(pairs) >= ERROR:
            break
        p_values[best[1]], made = best[0] * len(pairs), best[2]
        chosen.append(best[1])
    return made, p_values


def _explained(bases: Sequence[Basis], values: np.ndarray, within: np.ndarray, between: float) -> Share:
    """The share explained at points left out, with an interval from leaving out each fold in turn."""
    count = len(values)
    means, order = values.mean(axis=1), _shuffled(count)
    errors = np.zeros(count)
    for fold in range(FOLDS):
        out = order[fold::FOLDS]
        inside = np.setdiff1d(order, out)
        made, _ = _sought([one.of(inside) for one in bases], values[inside], within[inside])
        guess = means[inside].mean() if made is None else made.predicted([one.of(out) for one in bases])
        errors[out] = (means[out] - guess) ** 2

    def share(kept: np.ndarray) -> float:
        noise, total = float(within[kept].mean()), float(means[kept].var(ddof=1))
        return 1.0 - (float(errors[kept].mean()) - noise) / (total - noise) if total > noise else 0.0

    every = np.arange(count)
    parts = [share(np.setdiff1d(every, order[fold::FOLDS])) for fold in range(FOLDS)]
    return _with_interval(share(every), np.array(parts))


def _shuffled(count: int) -> np.ndarray:
    """The points in an order that has nothing to do with theirs; depends on their number only."""
    return np.random.Generator(np.random.Philox(key=[count, 0xEFF3C7])).permutation(count)


def _with_interval(found: float, without: np.ndarray) -> Share:
    """A share with the interval of the jackknife over groups. without: the share as each group is left out."""
    groups = len(without)
    if groups < 2:
        return Share(min(max(found, 0.0), 1.0), 0.0, 1.0)
    spread = float(np.sqrt((groups - 1) / groups * ((without - without.mean()) ** 2).sum()))
    half = t_quantile(0.975, groups - 1) * spread
    found = min(max(found, 0.0), 1.0)
    return Share(found, max(0.0, found - half), min(1.0, found + half))


def _shares(
    made: Fit, means: np.ndarray, within: np.ndarray, factors: int
) -> dict[tuple[int, ...] | str, Share]:
    """Shares of the variance: of every factor and pair by itself, and of a factor with its pairs ("0" for the factor 0)."""
    every = np.arange(len(means))
    order = _shuffled(len(means))
    groups = min(GROUPS, len(means))
    found = _share_of(made, means, within, factors)
    without: list[dict[tuple[int, ...] | str, float]] = []
    for group in range(groups):
        inside = np.setdiff1d(every, order[group::groups])
        again = made.of(inside)
        if again is not None:
            without.append(_share_of(again, means[inside], within[inside], factors))
    return {
        key: _with_interval(share, np.array([one[key] for one in without])) for key, share in found.items()
    }


def _share_of(
    made: Fit, means: np.ndarray, within: np.ndarray, factors: int
) -> dict[tuple[int, ...] | str, float]:
    total = max(float(means.var(ddof=1)) - float(within.mean()), 1e-300)
    found: dict[tuple[int, ...] | str, float] = {
        term.factors: max(0.0, made.variance(term)) / total for term in made.terms
    }
    for k in range(factors):
        found[str(k)] = sum(
            share for key, share in list(found.items()) if isinstance(key, tuple) and k in key
        )
    return found


# ---- what it says of single factors


def _mains(
    factors: Sequence[Factor], made: Fit, shares: dict[tuple[int, ...] | str, Share], mean: float
) -> tuple[Main, ...]:
    p_values = holm([made.wald(term) for term in made.mains])
    found = []
    for k, (factor, term) in enumerate(zip(factors, made.mains, strict=True)):
        curve = _curve(factor, made, term, mean)
        change = _change(made, [(a, b, made.row(k, b) - made.row(k, a)) for a, b in factor.pairs()])
        turn = None if factor.levels else _turn(made, term, curve)
        found.append(Main(k, known(p_values[k]), change, shares[(k,)], shares[str(k)], curve, turn))
    return tuple(sorted(found, key=lambda one: -one.total.share))


def _change(made: Fit, rows: Sequence[tuple[float, float, np.ndarray]], tests: int = 1) -> Change:
    """The largest of some changes, with an interval for all of them. tests: families of as many."""
    level = 1.0 - ERROR / (len(rows) * tests)
    made_of = [(a, b, *made.contrast(row)) for a, b, row in rows]
    a, b, change, error, freedom = max(made_of, key=lambda one: abs(one[2]))
    half = t_quantile(0.5 + level / 2, freedom) * error  # type: ignore[arg-type]
    return Change(a, b, change, Interval(change - half, change + half))


def _curve(factor: Factor, made: Fit, term: Term, mean: float) -> Curve:
    x = factor.places(CURVE)
    rows = [made.contrast(made.row(term.factors[0], value)) for value in x]
    height = np.array([mean + change for change, _, _ in rows])
    half = np.array([t_quantile(0.975, freedom) * error for _, error, freedom in rows])  # type: ignore[arg-type]
    return Curve(x, height, height - half, height + half)


def _turn(made: Fit, term: Term, curve: Curve) -> Turn | None:
    """Where inside the curve is highest or lowest, if that is beyond noise (by Scheffe: the data choose the place)."""
    size = term.stop - term.start
    if size < 2:
        return None
    for highest in (True, False):
        at = int(np.argmax(curve.mean) if highest else np.argmin(curve.mean))
        if at in (0, len(curve.x) - 1):
            continue
        k, sign = term.factors[0], 1.0 if highest else -1.0
        sure = []
        for end in (0, -1):
            change, error, freedom = made.contrast(made.row(k, curve.x[at]) - made.row(k, curve.x[end]))
            sure.append(sign * change > np.sqrt(size * float(fdtri(size, freedom, 1 - ERROR))) * error)
        if all(sure):
            return Turn(float(curve.x[at]), highest)
    return None


def _interaction(
    factors: Sequence[Factor], made: Fit, term: Term, p: float, shares: dict[tuple[int, ...] | str, Share]
) -> Interaction:
    """The strongest difference of differences, with an interval for all of them and all pairs of factors."""
    i, j = term.factors
    tests = max(1, len(factors) * (len(factors) - 1) // 2)
    rows, places = [], []
    for a, b in factors[i].pairs():
        for c, d in factors[j].pairs():
            row = made.pair_row(term, b, d) - made.pair_row(term, a, d)
            row -= made.pair_row(term, b, c) - made.pair_row(term, a, c)
            rows.append((a, b, row))
            places.append((c, d))
    at = places[int(np.argmax([abs(made.contrast(row)[0]) for _, _, row in rows]))]
    return Interaction((i, j), p, shares[(i, j)], _change(made, rows, tests), at)
