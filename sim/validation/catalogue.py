"""Every check of `orgsim validate`: limits of theory, and facts."""

import numpy as np

from sim.parameters.evidence import cite
from sim.simulation.results import Results
from sim.statistics.estimates import t_quantile
from sim.validation.facts import Fact, f1, f2, f3, f4, f5, input_sources
from sim.validation.laboratory import Laboratory, jackknife
from sim.validation.limits import Limit, l1, l2, l3, l4, more
from sim.validation.manager_facts import doublings_of_best, manager_facts
from sim.validation.people_facts import COHORT_FIGURES, people_facts
from sim.validation.people_limits import people_limits
from sim.validation.report import ECHO, FACT, Check


def facts() -> list[Fact]:
    """All sub-checks."""
    return [*f1(), *f2(), *f3(), *f4(), *f5(), *people_facts(), *manager_facts()]


def _samples(name: str, found: Results) -> np.ndarray:
    """Return what is called *name* in a fact's needs, [runs, ...]."""
    figures = {**COHORT_FIGURES, "doublings_of_best": doublings_of_best}
    kind, _, figure = name.rpartition(":")
    if kind == "weekly":
        return found.series[figure]
    if kind == "cohort":
        return np.array([figures[figure](cohort) for cohort in found.cohorts])
    return found.outcomes[name]


def judge(fact: Fact, laboratory: Laboratory) -> Check:
    """Run the experiments of *fact* and compare its figure with the range expected."""
    results = [laboratory.results(one) for one in fact.experiments]
    shared = sorted(set.intersection(*(set(found.runs.tolist()) for found in results)))
    samples = []
    for found in results:
        at = np.isin(found.runs, shared)
        for name in fact.needs:
            samples.append(_samples(name, found)[at])
    width = len(fact.needs)

    def statistic(means: list[np.ndarray]) -> float:
        grouped = [means[k : k + width] for k in range(0, len(means), width)]
        return fact.figure(*(dict(zip(fact.needs, group, strict=True)) for group in grouped))

    value, error = jackknife(statistic, samples)
    half = t_quantile(0.975, len(shared) - 1) * error if len(shared) > 1 else float("nan")
    lo, hi = fact.expected
    return Check(
        fact.id, kind_of(fact), fact.what, cite(fact.sources) or "judgement", fact.expected, value,
        (value - half, value + half) if np.isfinite(half) else None, bool(lo <= value <= hi), len(shared), None, note_of(fact),
    )  # fmt: skip


def kind_of(fact: Fact) -> str:
    """Echo where a source of the expected range is also an input of the model, else fact."""
    return ECHO if any(source in input_sources() for source in fact.sources) else FACT


def note_of(fact: Fact) -> str:
    """The fact's own note, and for an echo through which parameters the source comes in."""
    paths = sorted({path for source in fact.sources for path in input_sources().get(source, ())})
    parts = [fact.note] if fact.note else []
    if paths:
        parts.append(f"input through {', '.join(paths)}")
    return "; ".join(parts)


def limits(fast: bool = False) -> list[Limit]:
    """All limits, or the fast subset."""
    every = [*l1(), *l2(), *l3(), *l4(), *people_limits(), *more()]
    return [limit for limit in every if limit.fast or not fast]
