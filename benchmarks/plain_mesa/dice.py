"""Keyed dice in plain Python: Philox4x32-10 (Salmon et al. 2011) and the distributions drawn from it.

A draw is a pure function of (seed, run, stream, permanent id, index, sub-index). Written a second time on purpose, from
the published algorithm and the list of streams, so that it checks the engine's generator as well.
"""

from enum import IntEnum
from math import exp, log, sqrt

_LOW = 0xFFFFFFFF


class Stream(IntEnum):
    """One stream per decision; the numbers are part of the results."""

    CHANGE = 1
    QUESTION = 3
    AI_ANSWER = 4
    QUESTION_GUESS = 5
    QUESTION_SUPER = 6
    QUESTION_TRIAGE = 7
    DEPENDENCY = 8
    PARTNER = 9
    LATERAL = 10
    DEFECTS = 11
    DETECTION = 12
    UNREVIEWED = 13
    PICKUP = 14
    REJECTION = 15
    AGENT_RUN = 17
    AGENT_TIME = 18
    INCIDENT = 19
    SERVICE = 20
    TARGET = 21
    UPDATE = 22
    SKILL = 23
    KNOWLEDGE = 24
    QUALITY = 25
    FLUENCY = 26
    ARRIVAL = 27
    ARRIVAL_SERVICE = 28
    TIES = 29
    AI_USE = 39
    AI_ASKED = 40


def key_schedule(seed: int, run: int) -> tuple[tuple[int, int], ...]:
    """Return the ten round keys of the key (*seed*, *run*), two 32-bit words each."""
    return tuple(((seed + r * 0x9E3779B9) & _LOW, (run + r * 0xBB67AE85) & _LOW) for r in range(10))


def philox(
    counter: tuple[int, int, int, int], keys: tuple[tuple[int, int], ...]
) -> tuple[int, int, int, int]:
    """Return four 32-bit words for a *counter* of four 32-bit words."""
    c0, c1, c2, c3 = counter
    for k0, k1 in keys:
        a = 0xD2511F53 * c0
        b = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ k0, b & _LOW, (a >> 32) ^ c3 ^ k1, a & _LOW
    return c0, c1, c2, c3


def _unit(high: int, low: int) -> float:
    """Return a number in the open interval (0, 1) from the top 27 and 26 bits of two words."""
    return (float(((high >> 5) << 26) | (low >> 6)) + 0.5) * 2.0**-53


class Dice:
    """The dice of one run: uniforms by key."""

    def __init__(self, seed: int, run: int) -> None:
        self._keys = key_schedule(seed, run)

    def two(self, stream: Stream, ident: int, index: int, sub: int = 0) -> tuple[float, float]:
        """Return two independent uniforms in (0, 1)."""
        a, b, c, d = philox((index, sub, ident, stream), self._keys)
        return _unit(a, b), _unit(c, d)

    def one(self, stream: Stream, ident: int, index: int, sub: int = 0) -> float:
        """Return one uniform in (0, 1)."""
        a, b, _, _ = philox((index, sub, ident, stream), self._keys)
        return _unit(a, b)

    def normal(self, stream: Stream, ident: int, index: int) -> float:
        """Return a standard normal score."""
        return normal_quantile(self.one(stream, ident, index))


def positive(u: float, mean: float, distribution: str, cv: float) -> float:
    """Return a positive quantity with this *mean* by inverse CDF of *u*."""
    if distribution == "deterministic":
        return mean
    if distribution == "exponential":
        return -mean * log(1.0 - u)
    variance = log(1.0 + cv * cv)
    return mean * exp(sqrt(variance) * normal_quantile(u) - 0.5 * variance)


def poisson(u: float, mean: float) -> int:
    """Return the Poisson count by inverse CDF of *u*."""
    probability = exp(-mean)
    cumulated = probability
    count = 0
    while u > cumulated and count < 1000:
        count += 1
        probability *= mean / count
        cumulated += probability
    return count


def _polynomial(x: float, coefficients: tuple[float, ...]) -> float:
    """Return the polynomial with these *coefficients*, highest power first, by Horner's rule."""
    total = coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


# Wichura (1988), algorithm AS 241, PPND16: coefficients a, b (centre), c, d (shoulders), e, f (tails), highest first.
_A = (
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
)  # fmt: skip
_B = (
    5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0,
)  # fmt: skip
_C = (
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
    3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
)  # fmt: skip
_D = (
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
    6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0,
)  # fmt: skip
_E = (
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
    2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
)  # fmt: skip
_F = (
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
    1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0,
)  # fmt: skip


def normal_quantile(u: float) -> float:
    """Return the standard normal quantile of *u* in (0, 1), to about 1e-16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _polynomial(r, _A) / _polynomial(r, _B)
    r = sqrt(-log(u if q < 0.0 else 1.0 - u))
    offset, above, below = (1.6, _C, _D) if r <= 5.0 else (5.0, _E, _F)
    x = _polynomial(r - offset, above) / _polynomial(r - offset, below)
    return -x if q < 0.0 else x
