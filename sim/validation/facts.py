"""Stylised facts: experiments on the calibrated base, compared with what was observed elsewhere. Never fitting targets.

Every experiment changes policies of the base scenario only (those of `sim.validation.people_facts` switch people over time
on), and all of them share their dice, so that a change is measured
within each run. A figure is a function of the means over runs; its interval comes from the delete-one jackknife. A fact
passes if the figure lies in the range expected, whatever the interval; misses are reported as they come out.

A fact is an *echo* where a source of its range is also named by a parameter's declaration, be it as the source of the
value or as what the value was fitted to; see `input_sources`. Ids such as C03 are rows of the evidence table.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

import numpy as np

from sim.parameters.registry import REGISTRY, defaults
from sim.scenario.tree import tree_of
from sim.validation.laboratory import Experiment, experiment

BASE = "base"
RUNS = 40
SHORT_RUN_WEEKS = 26
WEEKS_PER_YEAR = 52
#: Upper spans that end in one top for every first-line span tried (96 ICs).
UPPER_SPANS = (5, 5)
HANDS_ON = (0.45, 0.5)  # "exceeds 0.4" [D06]
#: A loss of up to this much counts as little (judgement).
LITTLE = 0.03

#: outcome, or "cohort:FIGURE" -> mean over runs (one figure); "weekly:OUTCOME" -> mean of each week
Means = Mapping[str, np.ndarray]
Statistic = Callable[..., float]  # of the `Means` of each experiment, in order


@dataclass(frozen=True)
class Fact:
    """One sub-check. sources: what the expected range rests on; needs: outcomes that *figure* reads."""

    id: str
    what: str
    sources: tuple[str, ...]
    expected: tuple[float, float]
    experiments: tuple[Experiment, ...]
    needs: tuple[str, ...]
    figure: Statistic
    note: str = ""


@lru_cache(maxsize=1)
def input_sources() -> Mapping[str, tuple[str, ...]]:
    """Evidence id -> parameters whose declaration names it (as source, or in words as what it was fitted to)."""
    found: dict[str, tuple[str, ...]] = {}
    for path, parameter in REGISTRY.items():
        for source in {*parameter.source, *re.findall(r"\b[A-J]\d\d\b", parameter.doc)}:
            found[source] = (*found.get(source, ()), path)
    return found


def _with(values: Mapping[str, Any] | None = None) -> Experiment:
    return experiment(BASE, values, RUNS)


def growth(a: float | np.ndarray, b: float | np.ndarray) -> float:
    """Return the relative change from a to b, one figure each; NaN where a is not positive."""
    return float(b / a - 1.0) if a > 0 else float("nan")


def _growth_of(name: str) -> Statistic:
    return lambda before, after: growth(before[name], after[name])


# --- F1: local gains shrink on the way to the organisation ---------------------------------------------------------------


def f1() -> Iterator[Fact]:
    values = defaults()
    speed = float(values["ai.assistant_speed"])
    # "Review unchanged": AI code is as long, as faulty, as often closed and as soon looked at as code by hand.
    alike = {"ai.volume_ratio": 1.0, "ai.defect_ratio": 1.0, "ai.agent_fraction": 0.0}
    alike |= {"review.pickup_ai_ratio": 1.0, "review.discard_agent": float(values["review.discard_human"])}
    before = _with(alike | {"ai.share_of_code": 0.0})
    note = (
        "every change is assisted; verification is set so that coding with verification takes that much less; AI code is as "
        "long, as faulty, as often closed and as soon reviewed as code by hand, so that review stays unchanged"
    )
    changes = "changes_per_ic_week"
    for cut in (0.20, 0.35, 0.55):
        verify = 1.0 - cut - 1.0 / speed
        after = _with(alike | {"ai.share_of_code": 1.0, "ai.assistant_verify_hours": verify})
        yield Fact(
            f"F1.cut{cut:.2f}", f"growth of merged changes per IC where AI cuts coding time by {cut:.0%}",
            ("B12", "B13", "B14"), (0.05, 0.20), (before, after), (changes,), _growth_of(changes),
            note if cut == 0.20 else "",
        )  # fmt: skip


# --- F2, F3: more code, longer queues; stability pays --------------------------------------------------------------------

_NONE = {"ai.share_of_code": 0.0}
_SOME = {"ai.share_of_code": 0.3}


def _scaled_review() -> dict[str, Any]:
    """Review hours that grow as the planned volume of code per change does."""
    values = defaults()
    g, hours = (
        float(values["ai.volume_ratio"]) * (1.0 + float(values["ai.scope"])),
        float(values["review.hours_per_week"]),
    )
    effort = 0.3 / (g - (g - 1.0) * 0.3)
    return {"review.hours_per_week": min(hours * (1.0 + (g - 1.0) * effort), 40.0)}


def _more_tests() -> dict[str, Any]:
    """Automatic checks that bring the defects of AI code down to those of human code before review."""
    return {"ai.guardrail": 1.0 - 1.0 / float(defaults()["ai.defect_ratio"])}


def f2() -> Iterator[Fact]:
    pair = (_with(_NONE), _with(_SOME))
    changes, volume, value = "changes_per_ic_week", "code_volume_per_week", "value_per_week"
    time = "review_time_hours"
    yield Fact(
        "F2.changes", "growth of merged changes per IC, AI share 0 to .3", ("N50", "N51"), (0.02, 0.06), pair, (changes,),
        _growth_of(changes), "consistency, not held out: some values were chosen after trial runs had been seen",
    )  # fmt: skip
    yield Fact(
        "F2.delivered", "growth of delivered value, AI share 0 to .3", ("N52", "N53", "N55"), (0.0, 0.10), pair, (value,),
        _growth_of(value), "a band of judgement: the sources are proxies and vendors, and disagree",
    )  # fmt: skip
    yield Fact(
        "F2.volume", "growth of code volume less growth of changes, AI share 0 to .3", ("C04",), (0.0, inf), pair,
        (volume, changes), lambda a, b: growth(a[volume], b[volume]) - growth(a[changes], b[changes]),
    )  # fmt: skip
    yield Fact(
        "F2.value", "growth of changes less growth of delivered value", ("C02", "C07"), (0.0, inf), pair, (value, changes),
        lambda a, b: growth(a[changes], b[changes]) - growth(a[value], b[value]),
    )  # fmt: skip
    yield Fact(
        "F2.review_time", "growth of review time", ("C03",), (0.40, 4.40), pair, (time,), _growth_of(time)
    )
    yield Fact(
        "F2.review_ratio", "growth of review time less 2.5 times that of changes", ("C01", "C03"), (0.0, inf), pair,
        (time, changes), lambda a, b: growth(a[time], b[time]) - 2.5 * growth(a[changes], b[changes]),
    )  # fmt: skip
    yield Fact(
        "F2.scaled", "growth of review time with scaled review hours, less half of that without", ("B20",), (-inf, 0.0),
        (*pair, _with(_SOME | _scaled_review())), (time,),
        lambda a, b, c: growth(a[time], c[time]) - 0.5 * growth(a[time], b[time]),
        "review hours scaled with the planned volume of a change",
    )  # fmt: skip


def f3() -> Iterator[Fact]:
    pair = (_with(_NONE), _with(_SOME))
    scaled = (_with(_NONE), _with(_SOME | _scaled_review() | _more_tests()))
    failures, incidents, unseen = "change_failure_rate", "incidents_per_change", "unreviewed_share"
    yield Fact(
        "F3.failures", "growth of the change-failure rate, AI share 0 to .3", ("C06",), (0.10, 0.40), pair, (failures,),
        _growth_of(failures),
    )  # fmt: skip
    yield Fact(
        "F3.incidents", "growth of incidents per change", ("C06",), (0.24, 2.40), pair, (incidents,), _growth_of(incidents),
    )  # fmt: skip
    yield Fact(
        "F3.failures_scaled", "the same where review and tests scale with output", ("C09",), (-inf, 0.10), scaled, (failures,),
        _growth_of(failures), "tests that scale: guardrails bring AI code to the defects of human code before review",
    )  # fmt: skip
    yield Fact(
        "F3.unreviewed", "growth of the share merged without review", ("C08",), (0.15, 0.31), pair, (unseen,),
        _growth_of(unseen),
    )  # fmt: skip


# --- F4: agent work is accepted less and waits longer --------------------------------------------------------------------


def f4() -> Iterator[Fact]:
    agent, human = "ai_acceptance_rate", "human_acceptance_rate"
    yield Fact(
        "F4.acceptance", "agents' acceptance over that of other changes", ("C22", "C23"), (0.40, 0.85), (_with(),),
        (agent, human), lambda a: float(a[agent] / a[human]),
    )  # fmt: skip
    free = {"switches.review_budget": False, "communication.delay_hours": 0.0, "ai.agent_fraction": 1.0}
    yield Fact(
        "F4.pickup", "pick-up of agents' changes over others'", ("C20",), (2.5, 5.3),
        (_with(free | {"ai.share_of_code": 0.0}), _with(free | {"ai.share_of_code": 1.0})), ("review_wait_hours",),
        lambda a, b: float(b["review_wait_hours"] / a["review_wait_hours"]),
        "all changes by agents over none, no review budget, so that waits are pick-up",
    )  # fmt: skip
    agents = (_with(), _with({"ai.share_of_code": 0.5, "ai.agent_fraction": 1.0}))
    for name, what in (
        ("discarded_share", "changes discarded"),
        ("discarded_hours_share", "hours in discarded changes"),
    ):
        yield Fact(
            f"F4.{name}", f"growth of the share of {what}, agents' part of code raised to .5", ("C22", "C23"), (0.0, inf),
            agents, (name,), _growth_of(name),
        )  # fmt: skip


# --- F5: span has a threshold, not a slope -------------------------------------------------------------------------------


def _span(s: int, values: Mapping[str, Any] | None = None) -> Experiment:
    return _with({"organisation.spans": (s, *UPPER_SPANS)} | dict(values or {}))


def _value_of_ics(m: Means) -> float:
    return float(m["value_per_week"] - m["value_by_managers_per_week"])


def f5() -> Iterator[Fact]:
    changes = "changes_per_ic_week"
    value = ("value_per_week", "value_by_managers_per_week")
    for s in (8, 10):
        yield Fact(
            f"F5.changes{s}", f"ICs' changes, span 6 to {s}: little loss", ("F02", "F05"), (-LITTLE, inf), (_span(6), _span(s)),
            (changes,), _growth_of(changes),
        )  # fmt: skip
        yield Fact(
            f"F5.value{s}", f"value of ICs' changes, span 6 to {s}: little loss", ("F02", "F05"), (-LITTLE, inf),
            (_span(6), _span(s)), value, lambda a, b: growth(_value_of_ics(a), _value_of_ics(b)),
        )  # fmt: skip
    yield Fact(
        "F5.threshold", "change of value per report added, span 12 to 20, less that of span 6 to 10", ("D04", "F01"),
        (-inf, 0.0), (_span(6), _span(10), _span(12), _span(20)), value,
        lambda a, b, c, d: growth(_value_of_ics(c), _value_of_ics(d)) / 8 - growth(_value_of_ics(a), _value_of_ics(b)) / 4,
        "part of the threshold is input, through the cap on people time",
    )  # fmt: skip
    yield from _f5_hands_on(value)
    yield from _f5_twelve()


def _f5_hands_on(value: tuple[str, ...]) -> Iterator[Fact]:
    def worse(a: Means, b: Means, c: Means, d: Means) -> float:
        return growth(_value_of_ics(c), _value_of_ics(d)) - growth(_value_of_ics(a), _value_of_ics(b))

    for share in HANDS_ON:
        much = {"managers.hands_on_share": share}
        yield Fact(
            f"F5.hands_on{share:.2f}", f"change of value, span 6 to 12, at a hands-on share of {share}, less that of the base",
            ("D06",), (-inf, 0.0), (_span(6), _span(12), _span(6, much), _span(12, much)), value, worse,
        )  # fmt: skip


def _f5_twelve() -> Iterator[Fact]:
    weekly = "weekly:changes_per_ic_week"
    pair = (_span(6), _span(12))

    def early(a: Means, b: Means) -> float:
        return growth(a[weekly][:SHORT_RUN_WEEKS].mean(), b[weekly][:SHORT_RUN_WEEKS].mean())

    def late(a: Means, b: Means) -> float:
        return growth(a[weekly][WEEKS_PER_YEAR:].mean(), b[weekly][WEEKS_PER_YEAR:].mean())

    yield Fact(
        "F5.heads", "ICs and first-line managers, span 6 to 12", ("F01",), (-0.08, -0.06), pair,
        ("headcount",), lambda a, b: _first_line_heads(12) / _first_line_heads(6) - 1.0,
        "arithmetic of the tree",
    )  # fmt: skip
    yield Fact(
        "F5.short_run", "ICs' changes in the first half year, span 6 to 12", (), (-0.05, 0.03), pair, (weekly,), early,
    )  # fmt: skip
    yield Fact(
        "F5.after_a_year", "the same after a year, less the first half year", (), (-inf, 0.0), pair, (weekly,),
        lambda a, b: late(a, b) - early(a, b),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _first_line_heads(s: int) -> float:
    """ICs and first-line managers at a first-line span of *s*."""
    tree = tree_of(_span(s).load())
    return float(np.sum(tree.layer <= 1))
