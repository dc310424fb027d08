"""Keyed randomness: every draw is a pure function of (seed, run, stream, permanent id, index).

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"); its
published known-answer vectors are in the tests. There is no state to pass on, so nobody's draws depend on anybody
else's: adding a person, a mechanism or a layer leaves all other dice alone (common random numbers).
"""

from math import erf, exp, log, sqrt

import numpy as np

from sim.engine.kernel import kernel

# Streams: one per decision. The numbers are part of the results; append, never renumber.
CHANGE = 1  # (IC, change): size; agent or assistant
QUESTION = 3  # (IC, change, k): standard hours to the k-th question; its difficulty
AI_ANSWER = 4  # (IC, change, k): is an answer of AI wrong
QUESTION_GUESS = 5  # (IC, change, k): is a lonely decision wrong
QUESTION_SUPER = 6  # (IC, change, k): is a super IC nearby asked, and who
QUESTION_TRIAGE = 7  # (IC, change, k + 64 x layer): does the manager see that it is too hard
DEPENDENCY = 8  # (IC, change): is there one, and where in the work
PARTNER = 9  # (IC, change, attempt): with whom
LATERAL = 10  # (IC, change): does settling it directly work
DEFECTS = 11  # (IC, change, k): latent defects
DETECTION = 12  # (IC, change, pass x reviewer x defect): found?
UNREVIEWED = 13  # (IC, change): merged without review; closed without merging
PICKUP = 14  # (IC, change, pass x reviewer): delay until a reviewer looks
REJECTION = 15  # (IC, change, pass x reviewer): rejected for other reasons; assignment of the reviewer
AGENT_RUN = 17  # (IC, change, attempt): success, and noticed by the owner
AGENT_TIME = 18  # (IC, change, attempt): running time
INCIDENT = 19  # (IC, change, defect): delay and hours
SERVICE = 20  # (IC, change, kind and step): service times
TARGET = 21  # (0, week): drift of the organisation's target
UPDATE = 22  # (person, week): does the one-to-one take place, and its noise
SKILL = 23  # (person, 0): skill
KNOWLEDGE = 24  # (IC, 0): knowledge z
QUALITY = 25  # (manager, 0): management quality
FLUENCY = 26  # (person, 0): AI fluency
ARRIVAL = 27  # (manager, k): external arrivals: gap
ARRIVAL_SERVICE = 28  # (manager, k): external arrivals: service time
TIES = 29  # (0, 0): order of simultaneous events
QUIT = 30  # (person, week): quits
LAYOFF = 31  # (person, week): background layoffs; noise of the signal
SELECTION = 32  # (person, week): who is drawn by weights; (0, week): fractions of a person
HIRE = 33  # (who left or new seat, week): delay until a vacancy is filled
PROMOTION = 34  # (who left, week): from outside or not; (person, week or layer): luck, quality
TRAITS = 35  # (person, k): tenure at the start, expertise, aptitude, currency, leading a diverse team
ORPHAN = 37  # (IC, change): is the change of somebody who leaves taken over
DATED = 38  # (person, week, event of the list): who is chosen
AI_USE = 39  # (person, 0): how much AI is used, compared with others
AI_ASKED = 40  # (IC, change, k): does a question go to AI first

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_26 = np.uint64(26)
_6 = np.uint64(6)
_5 = np.uint64(5)
_UNIT = 1.0 / 9007199254740992.0  # 2^-53


@kernel
def philox(c0, c1, c2, c3, k0, k1):
    """Return four 32-bit words (as uint64) for a counter of four and a key of two 32-bit words (as uint64)."""
    for _ in range(10):
        a = _M0 * c0
        b = _M1 * c2
        c0, c1, c2, c3 = (b >> _32) ^ c1 ^ k0, b & _LOW, (a >> _32) ^ c3 ^ k1, a & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@kernel
def _unit(high, low):
    """Return a uniform in the open interval (0, 1) with 53 random bits from two 32-bit words."""
    return (float(((high >> _5) << _26) | (low >> _6)) + 0.5) * _UNIT


@kernel
def uniform2(world, stream, ident, index, sub):
    """Return two independent uniforms in (0, 1) for the key of *world* and (stream, ident, index, sub)."""
    a, b, c, d = philox(
        np.uint64(index),
        np.uint64(sub),
        np.uint64(ident),
        np.uint64(stream),
        np.uint64(world.seed),
        np.uint64(world.run),
    )
    return _unit(a, b), _unit(c, d)


@kernel
def uniform(world, stream, ident, index, sub):
    """Return one uniform in (0, 1)."""
    return uniform2(world, stream, ident, index, sub)[0]


@kernel
def normal_quantile(u):
    """Return the standard normal quantile of *u* in (0, 1), to about 1e-16 (Wichura 1988, algorithm AS 241)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
            + 4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
            + 1.3314166789178437745e2) * r + 3.3871328727963666080e0)
            / (((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
            + 2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
            + 4.2313330701600911252e1) * r + 1.0)
        )  # fmt: skip
    r = sqrt(-log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        x = (
            (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
            + 1.27045825245236838258e0) * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
            + 4.63033784615654529590e0) * r + 1.42343711074968357734e0)
            / (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
            + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
            + 2.05319162663775882187e0) * r + 1.0)
        )  # fmt: skip
    else:
        r -= 5.0
        x = (
            (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
            + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
            + 5.46378491116411436990e0) * r + 6.65790464350110377720e0)
            / (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
            + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
            + 5.99832206555887937690e-1) * r + 1.0)
        )  # fmt: skip
    return -x if q < 0.0 else x


@kernel
def normal_cdf(x):
    """Return the probability that a standard normal is at most *x*."""
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))


@kernel
def positive(u, mean, distribution, cv):
    """Return a positive quantity with *mean* by inverse CDF of *u*: 0 deterministic, 1 exponential, 2 lognormal(cv)."""
    if distribution == 0:
        return mean
    if distribution == 1:
        return -mean * log(1.0 - u)
    s2 = log(1.0 + cv * cv)
    return mean * exp(sqrt(s2) * normal_quantile(u) - 0.5 * s2)


@kernel
def poisson(u, mean):
    """Return the Poisson count by inverse CDF of *u*; it never falls when *mean* rises."""
    term = exp(-mean)
    total = term
    k = 0
    while u > total and k < 1000:
        k += 1
        term *= mean / k
        total += term
    return k
