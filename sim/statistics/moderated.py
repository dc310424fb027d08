"""The variance of many units with few runs each: between their own variance and one for all.

With four runs a variance has three degrees of freedom, so a t test of a unit by itself finds little. One variance pooled over
all units has many, but it is right only if all are equally noisy: else the noisy ones pass for settled. The moderated variance
(Smyth 2004, section 6) lets the data say how alike they are: the variances are taken as drawn from a scaled inverse chi-squared
distribution, whose degrees of freedom d0 and scale s0 are found from the mean and the variance of their logarithms; each unit
gets (d0 s0^2 + d s^2) / (d0 + d), with d0 + d degrees of freedom. Where the variances differ by no more than chance, d0 is
infinite and all units share the pooled variance.

Source: Smyth (2004), Linear models and empirical Bayes methods, Statistical Applications in Genetics and Molecular Biology 3(1).
"""

import math

import numpy as np
from scipy.special import polygamma, psi

SMALLEST = 1e-5  # share of the median below which a variance counts as this: one of zero has no logarithm
_STEPS = 50  # of Newton's method, which needs fewer than ten


def moderated_variance(variance: np.ndarray, freedom: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the variance to use for every unit and its degrees of freedom, float64 [units] each.

    variance: of the unit's own runs, 0 or above; freedom: its degrees of freedom, 1 or above. Where more than half of the
    variances are zero nothing is known of how they spread, and all units share the pooled variance.
    """
    variance, freedom = np.asarray(variance, dtype=float), np.asarray(freedom, dtype=float)
    if not len(variance):
        return variance, freedom
    total = float(freedom.sum())
    prior, scale = prior_of(variance, freedom)
    pooled = scale
    if math.isinf(prior):
        return np.full(len(variance), pooled), np.full(len(variance), total)
    moderated = (prior * scale + freedom * variance) / (prior + freedom)
    return moderated, np.minimum(prior + freedom, total)


def prior_of(variance: np.ndarray, freedom: np.ndarray) -> tuple[float, float]:
    """Degrees of freedom and scale of the distribution of the variances; infinite, and their mean by freedom, where they do not
    differ beyond chance.
    """
    pooled = float(np.sum(freedom * variance)) / float(freedom.sum())
    middle = float(np.median(variance))
    if len(variance) < 2 or middle == 0:
        return math.inf, pooled
    logs = np.log(np.maximum(variance, SMALLEST * middle)) - psi(freedom / 2) + np.log(freedom / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, freedom / 2).mean())
    if excess <= 0:
        return math.inf, pooled
    prior = 2 * _inverse_trigamma(excess)
    return prior, math.exp(float(logs.mean()) + float(psi(prior / 2)) - math.log(prior / 2))


def _inverse_trigamma(y: float) -> float:
    """x with trigamma(x) = y > 0, by Newton's method on 1 / trigamma, which is nearly straight (Smyth 2004, appendix)."""
    if y > 1e7:
        return 1 / math.sqrt(y)
    if y < 1e-6:
        return 1 / y
    x = 0.5 + 1 / y
    for _ in range(_STEPS):
        value = float(polygamma(1, x))
        step = value * (1 - value / y) / float(polygamma(2, x))
        x += step
        if -step / x < 1e-8:
            break
    return x
