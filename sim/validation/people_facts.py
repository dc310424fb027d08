"""Stylised facts of layoffs, quits and hiring (F6 and F7): experiments on the base with people over time switched on.

Figures of a cohort are of everybody present at week 0: those hired later are not followed. All ranges rest on sources that
are inputs of the model as well, so that these are echoes: they show that the wiring carries an effect from its parameter to
the organisation, and how much of it arrives.
"""

from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Any

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine.codes import LAID_OFF, QUIT
from sim.validation.facts import BASE, Fact, Means, growth
from sim.validation.laboratory import Experiment, experiment

PEOPLE = {
    "switches.quits": True,
    "switches.hiring": True,
    "switches.strain": True,
    "switches.layoffs": True,
}
#: Of the base's 104 weeks, so that the year after it is followed.
WAVE_WEEK = 52
SMALL, USUAL = 0.01, 0.08  # G17; the median round of G08
#: Who goes is settled in a week: the wave at once, a short horizon, many runs.
AT_ONCE = {"layoffs.wave_week": 1, "layoffs.wave_fraction": USUAL, "time.weeks": 2}
#: Years; six quarters as well, so that juniors at their end are those hired within them.
RECENT = 1.5
SIX_QUARTERS = 78
LONG_RUNS, SHORT_RUNS = 120, 400


def _with(values: Mapping[str, Any], runs: int = LONG_RUNS) -> Experiment:
    return experiment(BASE, PEOPLE | dict(values), runs)


def _wave(share: float) -> Experiment:
    return _with({"layoffs.wave_week": WAVE_WEEK, "layoffs.wave_fraction": share})


def people_facts() -> Iterator[Fact]:
    """All sub-checks of F6 and F7."""
    yield from _f6()
    yield from _f7()


# --- Figures of a cohort -------------------------------------------------------------------------------------------------


def _quits_after(cohort: np.ndarray) -> float:
    return float(np.count_nonzero((cohort["exit_kind"] == QUIT) & (cohort["exit_week"] > WAVE_WEEK)))


def _present_after(cohort: np.ndarray) -> float:
    return float(np.count_nonzero(cohort["exit_week"] > WAVE_WEEK))


def _below_top(cohort: np.ndarray) -> np.ndarray:
    below: np.ndarray = cohort["layer"] < cohort["layer"].max()
    return below


def _cut(group: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], float]:
    """Share laid off of a *group*, the top apart: a hazard where all happens in one week."""

    def share(cohort: np.ndarray) -> float:
        return float(np.mean((cohort["exit_kind"] == LAID_OFF)[group(cohort) & _below_top(cohort)]))

    return share


#: Name (after "cohort:" in what a fact needs) -> figure of one run.
COHORT_FIGURES: Mapping[str, Callable[[np.ndarray], float]] = {
    "quits_after": _quits_after,
    "present_after": _present_after,
    "cut_managers": _cut(lambda cohort: cohort["role"] == MANAGER),
    "cut_ics": _cut(lambda cohort: cohort["role"] == IC),
    "cut_recent": _cut(lambda cohort: cohort["tenure"] < RECENT),
    "cut_others": _cut(lambda cohort: cohort["tenure"] >= RECENT),
}


# --- F6: layoffs cause quits ---------------------------------------------------------------------------------------------


def _f6() -> Iterator[Fact]:
    quits, present = "cohort:quits_after", "cohort:present_after"
    none, small, usual = _wave(0.0), _wave(SMALL), _wave(USUAL)

    def rise(before: Means, after: Means) -> float:
        return growth(before[quits] / before[present], after[quits] / after[present])

    note = "people of week 0 who are there after the wave; 1 % of 117 people is one person"
    yield Fact(
        "F6.quits", "growth of the next year's quits after a cut of 1 %", ("G17",), (0.25, 0.35), (none, small),
        (quits, present), rise, note,
    )  # fmt: skip
    yield Fact(
        "F6.more", "growth of quits after a cut of 8 % less that after 1 %", ("G17",), (0.0, inf), (none, small, usual),
        (quits, present), lambda a, b, c: rise(a, c) - rise(a, b),
    )  # fmt: skip
    yield Fact(
        "F6.concave", "growth of quits after a cut of 8 % less 8 times that after 1 %", ("G17",), (-inf, 0.0),
        (none, small, usual), (quits, present), lambda a, b, c: rise(a, c) - 8.0 * rise(a, b),
    )  # fmt: skip
    payroll, people = "payroll_per_year", "people_usd_per_year"
    yield Fact(
        "F6.net", "saving of the first year, severance and hiring paid, over the pay saved, cut of 8 %", ("E08", "E10"),
        (-inf, 1.0), (none, usual), (payroll, people),
        lambda a, b: float(1.0 - (b[people] - a[people]) / (a[payroll] - b[payroll])),
        "without what ramp-up and lost output cost; pay saved includes seats that stay empty after further quits",
    )  # fmt: skip


# --- F7: who goes depends on the regime ----------------------------------------------------------------------------------


def _f7() -> Iterator[Fact]:
    managers, ics = "cohort:cut_managers", "cohort:cut_ics"
    usual = _with(AT_ONCE, SHORT_RUNS)
    flattening = _with({**AT_ONCE, "layoffs.weight_manager": 1.5}, SHORT_RUNS)

    def managers_over_ics(a: Means) -> float:
        return float(a[managers] / a[ics])

    yield Fact(
        "F7.flattening", "risk of managers over that of ICs in a flattening wave", ("G09", "G10"), (1.3, 1.6), (flattening,),
        (managers, ics), managers_over_ics,
        "weight 1.5 for managers (G10); the weights of span, pay and AI exposure come on top, the top apart",
    )  # fmt: skip
    yield Fact(
        "F7.otherwise", "risk of managers over that of ICs in another wave", ("G10", "G11"), (0.85, 1.0), (usual,),
        (managers, ics), managers_over_ics, "weight 1 for managers: what differs is span, pay and AI exposure",
    )  # fmt: skip
    recent, others = "cohort:cut_recent", "cohort:cut_others"
    yield Fact(
        "F7.recent", "risk below 1.5 years of tenure over that of others", ("G13",), (1.6, 2.4), (usual,), (recent, others),
        lambda a: float(a[recent] / a[others]),
    )  # fmt: skip
    yield from _f7_ai()


def _f7_ai() -> Iterator[Fact]:
    needs = ("hires_per_year", "layoffs_per_year", "headcount")
    years = {"time.weeks": SIX_QUARTERS}
    pair = (_with(years), _with({**years, "layoffs.ai_pass_through": 0.25}))

    def hires(m: Means) -> float:
        return float(m["hires_per_year"] * m["headcount"])

    def layoffs(m: Means) -> float:
        return float(m["layoffs_per_year"] * m["headcount"])

    yield Fact(
        "F7.juniors", "change of people hired within six quarters, a quarter of the perceived saving closed each quarter",
        ("G15", "G16"), (-0.12, -0.08), pair, needs, lambda a, b: growth(hires(a), hires(b)),
        "juniors are read as recent hires: nobody has an age here; hires who have left again are counted",
    )  # fmt: skip
    yield Fact(
        "F7.through_hiring", "fall of hires over fall of hires and rise of layoffs", ("G16",), (0.5, 1.0), pair, needs,
        lambda a, b: (hires(a) - hires(b)) / (hires(a) - hires(b) + layoffs(b) - layoffs(a)),
    )  # fmt: skip
