"""Limits of people: who is cut, how many stay, delayering, the Peter principle, vacancy chains (L5 to L8).

Ordinary scenarios like those of `sim.validation.limits`, judged by the same rule, with the flow of work off where it does not
matter. What L5 and L6 measure is the cohort: what became of everybody present at week 0. The top is never cut but counts
among the people of whom a share is taken, so that it comes on top of the numbers of the published tables and the share is
chosen accordingly. The targets of L7 are themselves simulated (an independent recomputation), so that they are met within half
a point.
"""

from collections.abc import Iterator

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine.codes import LAID_OFF, QUIT
from sim.simulation.results import Results
from sim.validation import theory
from sim.validation.laboratory import experiment
from sim.validation.limits import Limit, Measure, of_cohort, outcome

ANNUAL = 0.13
WEEKLY_QUIT, WEEKLY_LAYOFF = 0.002, 0.001
WEEKS_PER_YEAR = 52


def people_limits() -> Iterator[Limit]:
    """All limits about people."""
    yield from _rank()
    yield from _weights()
    yield from _attrition()
    yield from _delayering()
    yield from _peter()
    yield from _chains()


def _rank() -> Iterator[Limit]:
    where = experiment("L5-rank", runs=160)
    for k, target in enumerate(theory.cut_by_quintile(0.1, 0.5)):
        yield Limit(
            f"L5.rank.quintile{k + 1}",
            f"P(cut) in quintile {k + 1} of contribution (1 = lowest), rating of correlation .5, a tenth cut",
            "bivariate normal", where, target, _cut_in_quintile(k), True,
        )  # fmt: skip


def _cut_in_quintile(k: int) -> Measure:
    def share(cohort: np.ndarray) -> float:
        ics = cohort[cohort["role"] == IC]
        by_skill = np.argsort(ics["skill"], kind="stable")
        return float(np.mean(ics["exit_kind"][np.array_split(by_skill, 5)[k]] == LAID_OFF))

    return of_cohort(share)


def _weights() -> Iterator[Limit]:
    where = experiment("L5-weights", runs=2000)
    targets = theory.wallenius(20, 80, 2.0, 20)
    for role, name, target in zip((MANAGER, IC), ("managers", "ICs"), targets, strict=True):
        yield Limit(
            f"L5.weights.{name.lower()}", f"P(cut) of {name}: 20 managers of weight 2 and 80 ICs, 20 cut", "Wallenius 1963",
            where, target, _gone(LAID_OFF, WEEKS_PER_YEAR, role), True,
        )  # fmt: skip


def _gone(kind: int, week: int, role: int = IC) -> Measure:
    """Share of the people of this *role*, the top apart, who are gone by *week* in this way."""

    def share(cohort: np.ndarray) -> float:
        of_role = (cohort["role"] == role) & (cohort["layer"] < cohort["layer"].max())
        gone = (cohort["exit_kind"] == kind) & (cohort["exit_week"] <= week)
        return float(np.mean(gone[of_role]))

    return of_cohort(share)


def _attrition() -> Iterator[Limit]:
    annual = {"layoffs.background_probability": ANNUAL}
    half_a_year = experiment("L5-attrition", annual | {"time.weeks": 26}, runs=24)
    two_years = experiment("L5-attrition", annual, runs=48)
    for weeks, where in ((26, half_a_year), (52, two_years), (104, two_years)):
        yield Limit(
            f"L5.survivors.{weeks}", f"still there after {weeks} weeks at an annual probability of {ANNUAL:g}", "geometric",
            where, theory.survivors(ANNUAL, weeks), _still_there(weeks), True, weeks == 26,
        )  # fmt: skip
    both = {
        "switches.quits": True,
        "quits.base": _annual(WEEKLY_QUIT),
        "layoffs.background_probability": _annual(WEEKLY_LAYOFF),
        "time.weeks": WEEKS_PER_YEAR,
    }
    where = experiment("L5-attrition", both)
    targets = theory.competing(WEEKLY_QUIT, WEEKLY_LAYOFF, WEEKS_PER_YEAR)
    for kind, name, target in zip((QUIT, LAID_OFF), ("quit", "laid_off"), targets, strict=True):
        yield Limit(
            f"L5.competing.{name}", f"{name.replace('_', ' ')} within 52 weeks, weekly quit .002 and layoff .001",
            "competing risks", where, target, _gone(kind, WEEKS_PER_YEAR), True,
        )  # fmt: skip
    yield Limit(
        "L5.competing.all", "gone within 52 weeks, weekly quit .002 and layoff .001", "competing risks", where, sum(targets),
        lambda found, base: 1.0 - _still_there(WEEKS_PER_YEAR)(found, base), True,
    )  # fmt: skip


def _annual(weekly: float) -> float:
    """Annual probability of a weekly one."""
    return 1.0 - (1.0 - weekly) ** WEEKS_PER_YEAR


def _still_there(weeks: int) -> Measure:
    """Share of ICs who are there after that many *weeks*."""
    return of_cohort(lambda cohort: float(np.mean(cohort["exit_week"][cohort["role"] == IC] > weeks)))


def _delayering() -> Iterator[Limit]:
    ics = 500
    for before, after in ((5, 8), (8, 25)):
        values = {
            "layoffs.delayer_first_span": after,
            "layoffs.delayer_upper_span": after,
            "organisation.spans": _spans(ics, before),
        }
        where = experiment("L6-delayer", values, runs=20)
        had, stay = (theory.managers_at_span(ics, s, s) for s in (before, after))
        what = f"{ics} ICs, spans {before} to {after}"
        yield Limit(
            f"L6.span{after}.managers", f"managers who stay: {what}, {had} before", "ceil(n/s)", where, stay,
            of_cohort(_managers_left), False, after == 8,
        )  # fmt: skip
        yield Limit(
            f"L6.span{after}.cut", f"P(cut) of a manager: {what}", "ceil(n/s)", where, 1.0 - stay / had,
            of_cohort(_managers_cut), True, after == 8,
        )  # fmt: skip


def _spans(ics: int, span: int) -> tuple[int, ...]:
    """The same span in every layer, as few layers as lead to one top."""
    layers, top = 1, span
    while top < ics:
        layers, top = layers + 1, top * span
    return (span,) * layers


def _managers_left(cohort: np.ndarray) -> float:
    managers = cohort["exit_kind"][cohort["role"] == MANAGER]
    return float(np.count_nonzero(managers != LAID_OFF))


def _managers_cut(cohort: np.ndarray) -> float:
    """Share of the managers who do not stay."""
    return 1.0 - _managers_left(cohort) / np.count_nonzero(cohort["role"] == MANAGER)


# --- L8: vacancy chains --------------------------------------------------------------------------------------------------


def _chains() -> Iterator[Limit]:
    where = experiment("L8-chains", runs=200)
    seats = {0: 24, 1: 24, 2: 12}  # those below the top
    weeks = 104
    yearly = WEEKS_PER_YEAR * theory.weekly_chance(0.9)
    for layer in seats:
        moves = yearly * sum(n for k, n in seats.items() if k >= layer)
        name, what = ("hired_into", "hires into") if layer == 0 else ("promotions_into", "promotions into")
        yield Limit(
            f"L8.layer{layer}", f"{what} layer {layer} a year: vacancies of the layer and chains from above",
            "vacancy chains, White 1970", where, moves,
            outcome(f"{name}_layer_{layer}", times=weeks / (weeks - 1)),  # what happens at the last week's end is not counted
        )  # fmt: skip


# --- L7: the Peter principle revisited -----------------------------------------------------------------------------------

_PETER = "Pluchino, Rapisarda and Garofalo 2010, recomputed"
SETTLED = 200 * WEEKS_PER_YEAR
HALF_A_POINT = 0.5
#: (transfer, rule) -> change of efficiency in %: published, recomputed.
PETER = {
    ("same", "best"): (9.0, 9.57),
    ("same", "worst"): (-5.0, -4.82),
    ("same", "random"): (2.0, 1.63),
    ("peter", "best"): (-10.0, -10.94),
    ("peter", "worst"): (12.0, 12.62),
    ("peter", "random"): (1.0, 0.73),
}


def _peter() -> Iterator[Limit]:
    start = theory.truncated_normal_mean(7.0, 2.0**0.5, 1.0, 10.0) / 10.0

    def change(found: Results, _: Results) -> np.ndarray:
        settled: np.ndarray = found.series["efficiency"][:, SETTLED:].mean(axis=1)
        return 100.0 * (settled / start - 1.0)

    for (transfer, rule), (published, recomputed) in PETER.items():
        where = experiment("L7-peter", {"careers.transfer": transfer, "careers.rule": rule}, runs=24)
        if (transfer, rule) == ("same", "best"):
            yield Limit(
                "L7.start", "efficiency at the start, weighted competence over its maximum", "truncated normal", where, start,
                lambda found, _: found.series["efficiency"][:, 0],
            )  # fmt: skip
        yield Limit(
            f"L7.{transfer}.{rule}",
            f"change of efficiency after 200 years, %: {rule} promoted, competence {transfer} (published {published:+g})",
            _PETER, where, recomputed, change, fast=(transfer, rule) == ("peter", "best"), within=HALF_A_POINT,
        )  # fmt: skip
