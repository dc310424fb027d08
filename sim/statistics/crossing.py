"""Where the difference between two designs changes its sign along an axis, with a bootstrap interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.statistics.estimates import CONFIDENCE, holm, mean_ci, paired_p, t_quantile

REPLICATES = 2000  # bootstrap samples of a crossing


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
    at = np.asarray(x, dtype=float)
    diff = np.asarray(diff_runs, dtype=float)
    if diff.ndim != 2 or len(at) != len(diff) or len(at) == 0:
        raise ValueError(
            f"expected differences of shape [points, runs] for {len(at)} points, got {diff.shape}"
        )
    order = np.argsort(at, kind="stable")
    at, diff = at[order], diff[order]
    p_values = holm([paired_p(mean_ci(row), constant=False) for row in diff])
    signs = np.array([_sign(row, p) for row, p in zip(diff, p_values, strict=True)])
    in_given_order = np.empty_like(signs)
    in_given_order[order] = signs
    defined = np.isfinite(diff)
    runs = int(defined.any(axis=0).sum())
    if not defined.any(axis=1).all():
        return Crossing("undefined", None, None, None, tuple(in_given_order.tolist()))
    kind, where, others = _kind(at, _means(diff, np.ones((diff.shape[1], 1)))[:, 0])
    lo = hi = None
    if where is not None and runs > 1:
        lo, hi = _bootstrap(at, diff, 1 if kind == "overtakes" else -1, seed, confidence)
    return Crossing(kind, where, lo, hi, tuple(in_given_order.tolist()), others)


def _means(diff: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Means [points, samples] over the defined runs of each point, with weights [runs, samples].

    A point whose runs all have weight 0 in a sample keeps its plain mean.
    """
    defined = np.isfinite(diff)
    filled = np.where(defined, diff, 0.0)
    total = defined @ weights.astype(float)
    plain = filled.sum(axis=1, keepdims=True) / defined.sum(axis=1, keepdims=True)
    means: np.ndarray = np.where(total > 0, filled @ weights.astype(float) / np.maximum(total, 1e-300), plain)
    return means


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
    samples: list[float] = []
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
    return float(ndtr(-t_quantile(0.5 + confidence / 2, runs - 1) * math.sqrt(runs / (runs - 1))))
