"""Closed forms of queueing theory and of the economics of hierarchies, for the limits in `sim.validation.limits`.

Nothing here knows of the simulator. Times are in the unit of the service time that is given, rates in its inverse.

Not modelled: anything without a closed form or an exact recursion.
"""

from collections.abc import Sequence
from math import ceil, exp, expm1, factorial, fsum, inf, log1p, sqrt
from statistics import NormalDist


def machine_repair(s: int, a: float) -> tuple[float, float]:
    """Return (utilisation of the one server, share of time that a source is productive) of M/M/1//s.

    *s* sources are productive for an exponential time, then wait for an exponential service; *a* = mean service over
    mean productive time. Takacs 1962, Introduction to the Theory of Queues.
    """
    weights = [factorial(s) / factorial(s - k) * a**k for k in range(s + 1)]
    utilisation = 1.0 - weights[0] / fsum(weights)
    return utilisation, utilisation / (a * s)


def cost_optimal_span(a: float, manager_pay: float = 1.6, largest: int = 200) -> int:
    """Return the span of least cost per productive hour: argmin (s + manager_pay) / (s x productive share)."""

    def cost(s: int) -> float:
        return (s + manager_pay) / (s * machine_repair(s, a)[1])

    best, worse = 1, 0
    for s in range(2, largest + 1):
        worse = 0 if cost(s) < cost(best) else worse + 1
        best = s if cost(s) < cost(best) else best
        if worse > 5:  # one minimum only
            break
    return best


def agents_running(s: int, run: float, interaction: float) -> float:
    """Return the mean number of *s* agents that run, one supervisor serving them one at a time (machine repair)."""
    return s * machine_repair(s, interaction / run)[1]


def mg1_wait(rho: float, cv2: float, service: float = 1.0) -> float:
    """Return the mean wait in M/G/1 (Pollaczek-Khinchine): rho (1 + cv^2) / (2 (1 - rho)) services."""
    return service * rho * (1.0 + cv2) / (2.0 * (1.0 - rho))


def mmc_wait(rho: float, c: int, service: float = 1.0) -> float:
    """Return the mean wait in M/M/c (Erlang C); *rho* is the utilisation of each of the *c* servers."""
    load = c * rho
    last = load**c / factorial(c) / (1.0 - rho)
    waits = last / (fsum(load**k / factorial(k) for k in range(c)) + last)
    return service * waits / (c * (1.0 - rho))


def dm1_wait(rho: float, service: float = 1.0) -> float:
    """Return the mean wait in D/M/1 (GI/M/1): x / (1 - x) services, where x = exp(-(1 - x) / rho), 0 < x < 1."""
    x = 0.5
    for _ in range(10_000):
        x = exp(-(1.0 - x) / rho)
    return service * x / (1.0 - x)


def low_priority_time(rho_high: float, rho_low: float, service_high: float, service_low: float) -> float:
    """Return the mean time in system of the lower of two classes, M/M/1 with pre-emptive resume (exponential times).

    rho_*: load of each class; service_*: mean service. Kleinrock 1976, Queueing Systems II, section 3.4.
    """
    residual = rho_high * service_high + rho_low * service_low  # sum of rate x E[S^2] / 2
    free, both = 1.0 - rho_high, 1.0 - rho_high - rho_low
    return (service_low * both + residual) / (free * both)


def tandem_time(stages: Sequence[tuple[float, float]]) -> float:
    """Return the mean time through stages in a row, each M/M/1 given as (utilisation, mean service) (Burke, Jackson)."""
    return fsum(service / (1.0 - rho) for rho, service in stages)


def garicano_span(help_time: float, own_knowledge: float) -> float:
    """Return the largest span whose questions one manager can hear: 1 / (h (1 - F0)), in the time of one change."""
    return 1.0 / (help_time * (1.0 - own_knowledge))


def garicano_output(span: float, top_knowledge: float) -> float:
    """Return output per head of a manager with *span* workers, who solves a share *top_knowledge* of all questions."""
    return top_knowledge * span / (span + 1.0)


def escalation_utilisation(
    people_below: int, questions_per_hour: float, known_below: float, help_hours: float
) -> float:
    """Return the utilisation of a manager who hears every question too hard for the layers below (full help time)."""
    return people_below * questions_per_hour * (1.0 - known_below) * help_hours


def with_ai(by_hand: float, by_ai: float, share: float) -> float:
    """Return the figure of a change of which AI writes *share*, linear between by hand and by AI."""
    return by_hand * (1.0 - share) + by_ai * share


def fluid_dedicated(
    coders: int, reviewers: int, coding: float, review: float, rejection: float, rework: float
) -> float:
    """Return merged changes per unit of time where some only code and others only review, the scarcer binding.

    coding, review: time per change and per pass; rework: effort after a rejection over that of coding.
    """
    per_merge = coding * (1.0 + rework * rejection / (1.0 - rejection))
    return min(coders / per_merge, reviewers * (1.0 - rejection) / review)


def fluid_pool(people: int, coding: float, review: float, rejection: float, rework: float) -> float:
    """Return merged changes per unit of time where everybody does both."""
    passes = 1.0 / (1.0 - rejection)
    return people / (coding * (1.0 + rework * rejection * passes) + review * passes)


def amdahl(share: float, speed: float) -> float:
    """Return the overall speed-up where a *share* of the time becomes *speed* times faster (Amdahl 1967)."""
    return 1.0 / (1.0 - share + (0.0 if speed == inf else share / speed))


def break_even_verification(speed: float) -> float:
    """Return the verification per AI-written hour at which an assistant of that *speed* saves nothing: 1 - 1/k."""
    return 1.0 - 1.0 / speed


def bernoulli_defects(rate: float, detection: float) -> tuple[float, float]:
    """Return (reviews per merge, share of merges with an escaped defect); a defect is redrawn with *rate* at each pass."""
    passes = 1.0 / (1.0 - rate * detection)
    return passes, rate * (1.0 - detection) * passes


def closed_loop(population: int, delay: float, services: Sequence[float]) -> float:
    """Return the throughput of a closed network by exact mean value analysis (Reiser and Lavenberg 1980).

    *population* jobs spend *delay* (infinite servers) and then queue at single exponential servers of mean *services*.
    """
    queues = [0.0] * len(services)
    throughput = 0.0
    for n in range(1, population + 1):
        times = [service * (1.0 + queue) for service, queue in zip(services, queues, strict=True)]
        throughput = n / (delay + fsum(times))
        queues = [throughput * time for time in times]
    return throughput


def poisson_escape(mean: float) -> float:
    """Return the probability of at least one of Poisson(*mean*) defects."""
    return 1.0 - exp(-mean)


def cut_by_quintile(share: float, rho: float, steps: int = 4000) -> tuple[float, ...]:
    """Return the probability of being among the lowest *share* on a rating, by quintile of contribution, lowest first.

    Rating and contribution are standard normal with correlation *rho* < 1; quadrature over *steps* midpoints a quintile.
    """
    normal = NormalDist()
    cut, noise = normal.inv_cdf(share), sqrt(1.0 - rho * rho)
    grid = [(k + 0.5) / (5 * steps) for k in range(5 * steps)]
    below = [normal.cdf((cut - rho * normal.inv_cdf(u)) / noise) for u in grid]
    return tuple(fsum(below[k * steps : (k + 1) * steps]) / steps for k in range(5))


def wallenius(heavy: int, light: int, weight: float, draws: int) -> tuple[float, float]:
    """Return the probability of being drawn for one of *heavy* people with this *weight*, and of *light* ones with weight 1.

    *draws* one after the other without replacement, each in proportion to the weights left (Wallenius 1963): exact recursion.
    """
    chance = {0: 1.0}  # heavy people drawn so far -> probability
    for drawn in range(draws):
        after: dict[int, float] = {}
        for m, probability in chance.items():
            of_heavy, of_light = weight * (heavy - m), float(light - drawn + m)
            for found, part in ((m + 1, of_heavy), (m, of_light)):
                if part > 0.0:
                    after[found] = after.get(found, 0.0) + probability * part / (of_heavy + of_light)
        chance = after
    mean = fsum(m * probability for m, probability in chance.items())
    return mean / heavy, (draws - mean) / light


def survivors(annual: float, weeks: int) -> float:
    """Return the share still there after *weeks* under a constant hazard of this *annual* probability (52 weeks)."""
    stay: float = (1.0 - annual) ** (weeks / 52)
    return stay


def weekly_chance(annual: float) -> float:
    """Return the probability of going in a week at a constant hazard at which a share *annual* goes in a year."""
    return float(-expm1(log1p(-annual) / 52.0))


def competing(first: float, second: float, weeks: int) -> tuple[float, float]:
    """Return the shares that have gone by each of two weekly probabilities after *weeks*; the first strikes first."""
    stay = (1.0 - first) * (1.0 - second)
    exits = 1.0 - stay**weeks
    return exits * first / (1.0 - stay), exits * (1.0 - first) * second / (1.0 - stay)


def truncated_normal_mean(mean: float, sd: float, low: float, high: float) -> float:
    """Return the mean of a normal distribution cut off at *low* and *high*."""
    normal = NormalDist(mean, sd)
    return mean + sd * sd * (normal.pdf(low) - normal.pdf(high)) / (normal.cdf(high) - normal.cdf(low))


def managers_at_span(ics: int, first: int, upper: int) -> int:
    """Return how many managers *ics* ICs need at these spans, ceil(n/span) in every layer up to one top."""
    layer = ceil(ics / first)
    managers = layer
    while layer > 1:
        layer = ceil(layer / upper)
        managers += layer
    return managers
