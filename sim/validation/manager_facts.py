"""Stylised facts of managers' quality (F8): better managers at equal span, the price of promotion on output, a layer less.

P10 and P90 are all managers at 1.28 standard deviations below and above the mean (`managers.quality_mean`), without spread.
"""

from collections.abc import Iterator
from math import inf

import numpy as np

from sim.constants import IC
from sim.validation.facts import BASE, RUNS, Fact, Means, growth
from sim.validation.laboratory import experiment
from sim.validation.people_facts import PEOPLE

P90 = 1.2816
#: First-line managers of the base, all of whom are replaced in F8-promotion.
PROMOTED = 16
MOST_DOUBLINGS = 2.0
#: A change by less than this is none (judgement).
LEAST = 0.01


def doublings_of_best(cohort: np.ndarray) -> float:
    """Return by how many doublings the most skilled ICs, as many as are promoted, exceed the median IC, in the mean."""
    skill = np.sort(cohort["skill"][cohort["role"] == IC])
    best = np.log2(skill[-PROMOTED:] / np.median(skill))
    return float(np.minimum(best, MOST_DOUBLINGS).mean())


def manager_facts() -> Iterator[Fact]:
    """All sub-checks of F8."""
    poor = {"managers.quality_mean": -P90, "managers.quality_sd": 0.0}
    good = {"managers.quality_mean": P90, "managers.quality_sd": 0.0}
    changes, quits, doublings = "changes_per_ic_week", "quits_per_year", "cohort:doublings_of_best"
    yield Fact(
        "F8.quality", "growth of merged changes per IC, all managers from P10 to P90", ("I01",), (0.10, 0.15),
        (experiment(BASE, poor, RUNS), experiment(BASE, good, RUNS)), (changes,),
        lambda a, b: growth(a[changes], b[changes]),
    )  # fmt: skip
    yield Fact(
        "F8.quits", "growth of quits, all managers from P10 to P90", ("H04", "N68"), (-inf, -LEAST),
        (experiment(BASE, PEOPLE | poor, RUNS), experiment(BASE, PEOPLE | good, RUNS)), (quits,),
        lambda a, b: growth(a[quits], b[quits]), "less than 1 % counts as no change (judgement)",
    )  # fmt: skip
    free = experiment("F8-promotion", {"careers.peter_penalty": 0.0}, RUNS)
    yield Fact(
        "F8.promotion", "loss of ICs' changes per doubling of the new managers' own output, the best ICs promoted", ("I05",),
        (0.04, 0.10), (free, experiment("F8-promotion", runs=RUNS)), (changes, doublings), _loss_per_doubling,
        "all first-line managers are replaced; doublings are those of skill over the median IC, of as many ICs as are promoted",
    )  # fmt: skip
    without = {"organisation.remove_layer": 1}
    yield Fact(
        "F8.layer", "change of value of ICs when the first line goes, all managers at P90, less that of ordinary ones", ("H02",),
        (-inf, 0.0),
        tuple(experiment(BASE, values, RUNS) for values in ({}, without, good, good | without)),
        ("value_per_week", "value_by_managers_per_week"), _loss_of_good,
    )  # fmt: skip


def _loss_per_doubling(free: Means, paid: Means) -> float:
    lost = growth(paid["changes_per_ic_week"], free["changes_per_ic_week"])
    return lost / (1.0 + lost) / float(paid["cohort:doublings_of_best"])


def _loss_of_good(a: Means, b: Means, c: Means, d: Means) -> float:
    def of_ics(m: Means) -> float:
        return float(m["value_per_week"] - m["value_by_managers_per_week"])

    return growth(of_ics(c), of_ics(d)) - growth(of_ics(a), of_ics(b))
