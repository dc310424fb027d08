"""Every outcome, declared once: name, unit, better direction, what it means, and how it is computed.

An outcome is computed from two snapshots of the organisation's record (`sim.engine.state.WORLD`), at the start and the end of a
period, so the same declaration gives the figure of the whole horizon and the weekly series. Undefined figures are NaN here
and null in JSON.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.constants import RISK_WEEKS, WEEKS_PER_YEAR
from sim.engine import codes, histogram
from sim.errors import UserError, suggest
from sim.outcomes.period import Period, ratio
from sim.statistics.estimates import CATEGORY_UNITS

#: Outcomes that an AI strategy makes: without one, nobody builds guardrails or follows fluency.
_SUGGESTED, _LISTED = 3, 8  # outcomes that a message names
_OF_STRATEGY = {"guardrail_coverage": "guardrails", "ai_spend_wasted_share": "unfluent_sum"}


#: Groups of outcomes, in the order in which `orgsim run` prints them.
DELIVERED, MONEY, FLOW, QUALITY, AI = "Delivered", "Money", "Flow", "Quality", "AI"
MANAGERS, PEOPLE = "Managers and structure", "People"
VALUE = "value_per_week"
_PAY, _AI = "payroll_per_year", "ai_spend_per_year"
_SEVERANCE = "people_usd_per_year"
IC_HOURS, MANAGER_HOURS = "Where an IC's hours go", "Where a manager's hours go"
GROUPS = (DELIVERED, MONEY, FLOW, QUALITY, AI, MANAGERS, PEOPLE, IC_HOURS, MANAGER_HOURS)


@dataclass(frozen=True)
class Ratio:
    """What an outcome that is a ratio is made of, by the names of other outcomes: the value delivered against a sum of others.

    over, under: the outcomes whose sums stand above and below the line; `value_per_week` is alone on its side. scale: what turns
    value per week over (or times) the ratio into that sum in the others' own unit; what it has besides them (incidents) is the rest.
    """

    over: tuple[str, ...]
    under: tuple[str, ...]
    scale: float = 1.0

    @property
    def side(self) -> int:
        """+1 if the value stands above the line, -1 if below."""
        return 1 if VALUE in self.over else -1

    @property
    def sums(self) -> tuple[str, ...]:
        """The outcomes against which the value is set."""
        return self.under if VALUE in self.over else self.over


@dataclass(frozen=True)
class Outcome:
    """One declared outcome. better: +1 if more is better, -1 if less is, 0 if neither.

    decisive: its place among those that `compare` shows unasked: output and its price, flow, quality, and what managers have
    time for; 0 if it is not among them. on_paths: its place among those that alternative paths are set side by side by.
    ratio: of a ratio of value and money or heads, what it is made of.
    """

    name: str
    group: str
    unit: str
    better: int
    doc: str
    compute: Callable[[Period], np.ndarray]
    weekly: bool = False
    decisive: int = 0
    on_paths: int = 0
    ratio: Ratio | None = None

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"{self.name}: '{self.group}' is no group of outcomes; use one of {', '.join(GROUPS)}")


def _flat(x: Callable[[Period], float]) -> Callable[[Period], np.ndarray]:
    return lambda period: np.full(len(period.end), float(x(period)))


def _bottleneck(period: Period) -> np.ndarray:
    """Return the index in `STAGES` of the stage with the largest share of lead time."""
    hours = period.of("stage_hours")
    return np.where(hours.sum(axis=1) > 0, hours.argmax(axis=1), np.nan)


def _review_time(period: Period) -> np.ndarray:
    """Return the hours that a merged change waits for reviewers and is read."""
    stages = period.of("stage_hours")
    return ratio(stages[:, codes.STAGE_REVIEW_WAIT] + stages[:, codes.STAGE_REVIEWING], period.of("merged"))


def _layer_utilisation(layer: int) -> Callable[[Period], np.ndarray]:
    return lambda period: ratio(period.of("inbox_hours")[:, layer], period.of("inbox_capacity")[:, layer])


def _per_person_year(period: Period, field: str) -> np.ndarray:
    return ratio(period.of(field), period.simulated * period.weeks / WEEKS_PER_YEAR)


def _risk(period: Period, who: str) -> np.ndarray:
    """Return the share of the cohort laid off in a year: 0 where nobody ever is, undefined over less than a year."""
    weeks = period.gauge("people_week")
    share = ratio(period.gauge(f"laid_off_{who}"), period.gauge(f"cohort_{who}"))
    return np.where(weeks == 0, 0.0, np.where(weeks > RISK_WEEKS, share, np.nan))


def _of_ics(period: Period, field: str) -> np.ndarray:
    """Return a gauge that is a mean over ICs, undefined where none is left."""
    return np.where(period.gauge("ics") > 0, period.gauge(field), np.nan)


def _weeks_with_ics(period: Period) -> np.ndarray:
    """Return the weeks until no IC was left, restricted to the period: so the mean is defined, and runs compare."""
    died = period.gauge("died_out")
    week = np.clip(died - 1.0 - period.start["people_week"], 0.0, period.weeks)
    return np.where(died > 0, week, float(period.weeks))


def _quantile(field: str, share: float) -> Callable[[Period], np.ndarray]:
    return lambda period: histogram.quantile(period.of(field), share)


def _into(field: str, layer: int) -> Callable[[Period], np.ndarray]:
    return lambda period: period.of(field)[:, layer] * WEEKS_PER_YEAR / period.weeks


def _time(role: str, activity: int) -> Callable[[Period], np.ndarray]:
    return lambda period: ratio(period.hours(role)[:, activity], period.hours(role).sum(axis=1))


_MAIN = (
    Outcome("value_per_week", DELIVERED, "standard hours/week", 1, "aligned value of merged changes, net of incident losses", lambda period: period.value / period.weeks, True, decisive=2, on_paths=1),
    Outcome("value_per_fte", DELIVERED, "standard hours/week", 1, "value per week and person", lambda period: ratio(period.value / period.weeks, period.people), decisive=3, ratio=Ratio((VALUE,), ("headcount",))),
    Outcome("value_per_payroll_usd", DELIVERED, "standard hours/USD", 1, "value per dollar of loaded pay: the headline", lambda period: ratio(period.value, period.payroll), decisive=1, on_paths=2, ratio=Ratio((VALUE,), (_PAY,), WEEKS_PER_YEAR)),
    Outcome("value_per_people_and_ai_usd", DELIVERED, "standard hours/USD", 1, "value per dollar of pay and AI", lambda period: ratio(period.value, period.payroll + period.ai_spend), ratio=Ratio((VALUE,), (_PAY, _AI), WEEKS_PER_YEAR)),
    Outcome("changes_per_ic_week", DELIVERED, "changes/week", 1, "ICs' merged changes per IC and week", lambda period: ratio(period.of("merged_ic") / period.weeks, period.ics), True),
    Outcome("code_volume_per_week", DELIVERED, "standard-hour equivalents/week", 0, "volume of merged code", lambda period: period.of("volume_merged") / period.weeks, True),
    Outcome("cost_per_value", MONEY, "USD/standard hour", -1, "people, AI and incident cost per value", lambda period: ratio(period.cost, period.value), decisive=4, on_paths=4, ratio=Ratio((_PAY, _AI, _SEVERANCE), (VALUE,), WEEKS_PER_YEAR)),
    Outcome("payroll_per_year", MONEY, "USD/year", 0, "loaded annual pay of all filled positions, mean", lambda period: period.yearly_payroll, decisive=5, on_paths=3),
    Outcome("payroll_gap", MONEY, "USD/year", 0, "what `hold` left over", _flat(lambda period: period.tree.payroll_gap)),
    Outcome("ai_spend_per_year", MONEY, "USD/year", -1, "seats and usage of AI", lambda period: period.ai_spend * WEEKS_PER_YEAR / period.weeks),
    Outcome("lead_time_hours", FLOW, "hours", -1, "start to merge", lambda period: ratio(period.of("lead_time"), period.of("merged")), True, decisive=6, on_paths=5),
    Outcome("review_wait_hours", FLOW, "hours", -1, "review requested to begun", lambda period: ratio(period.of("review_wait"), period.of("reviews")), True, decisive=7),
    Outcome("decision_latency_hours", FLOW, "hours", -1, "question asked to answered (or decided alone)", lambda period: ratio(period.of("decision_latency"), period.of("answers")), True, decisive=8),
    Outcome("guessed_share", QUALITY, "share", -1, "escalated questions that the asker decided alone", lambda period: ratio(period.of("guesses"), period.of("answers")), decisive=9, on_paths=7),
    Outcome("change_failure_rate", QUALITY, "share", -1, "merged changes with an escaped defect", lambda period: ratio(period.of("failed_changes"), period.of("merged")), True, decisive=10, on_paths=6),
    Outcome("incidents_per_week", QUALITY, "incidents/week", -1, "incidents", lambda period: period.of("incidents") / period.weeks, True),
    Outcome("rework_share", QUALITY, "share", -1, "rework hours over IC hours", lambda period: ratio(period.hours("ic")[:, codes.ACTIVITIES.index("reworking")], period.hours("ic").sum(axis=1)), decisive=11),
    Outcome("unreviewed_share", QUALITY, "share", -1, "merged changes nobody reviewed", lambda period: ratio(period.of("unreviewed"), period.of("merged"))),
    Outcome("discarded_hours_share", QUALITY, "share", -1, "hours in changes that were closed without merging, over IC hours", lambda period: ratio(period.of("discarded_hours"), period.hours("ic").sum(axis=1))),
    Outcome("abandoned_changes", QUALITY, "changes/week", -1, "changes given up for want of an answer", lambda period: period.of("abandoned") / period.weeks),
    Outcome("ai_share_realised", AI, "share", 0, "merged AI volume over merged volume", lambda period: ratio(period.of("ai_volume_merged"), period.of("volume_merged")), True),
    Outcome("ai_acceptance_rate", AI, "share", 1, "agents' changes merged, over agents' work accepted or rejected by owner or reviewer", lambda period: ratio(period.of("agent_merged"), period.of("agent_decided"))),
    Outcome("human_acceptance_rate", AI, "share", 1, "other changes merged over decided", lambda period: ratio(period.of("human_merged"), period.of("human_decided"))),
    Outcome("alignment", DELIVERED, "share", 1, "value over size of merged changes", lambda period: ratio(period.of("value"), period.of("size_merged")), True, decisive=12),
    Outcome("value_by_managers_per_week", DELIVERED, "standard hours/week", 0, "part of value_per_week from managers' hands-on changes", lambda period: period.of("value_managers") / period.weeks),
    Outcome("manager_utilisation", MANAGERS, "share", 0, "inbox hours over hours left for the inbox", lambda period: ratio(period.of("inbox_hours").sum(axis=1), period.of("inbox_capacity").sum(axis=1)), True, decisive=14),
    Outcome("coaching_coverage", MANAGERS, "share", 1, "people time given over needed", lambda period: ratio(period.of("coverage_sum"), period.of("coverage_count")), True, decisive=13, on_paths=8),
    Outcome("span_mean", MANAGERS, "reports", 0, "mean number of direct reports of a manager, at the start", _flat(lambda period: period.tree.facts()["span_mean"])),
    Outcome("span_max", MANAGERS, "reports", 0, "largest number of direct reports, at the start", _flat(lambda period: period.tree.facts()["span_max"])),
    Outcome("headcount", MANAGERS, "people", 0, "people, AI agents not counted, mean", lambda period: period.people),
    Outcome("managers_share", MANAGERS, "share", 0, "managers over headcount, mean", lambda period: ratio(period.managers, period.people)),
    Outcome("quits_per_year", PEOPLE, "quits/person-year", -1, "people who quit", lambda period: _per_person_year(period, "quits"), on_paths=9),
    Outcome("layoffs_per_year", PEOPLE, "layoffs/person-year", -1, "people laid off", lambda period: _per_person_year(period, "layoffs"), on_paths=10),
    Outcome("hires_per_year", PEOPLE, "hires/person-year", 0, "people hired", lambda period: _per_person_year(period, "hired")),
    Outcome("layoff_risk_ic", PEOPLE, "probability", -1, "ICs of week 0 laid off within 52 weeks", lambda period: _risk(period, "ics")),
    Outcome("layoff_risk_manager", PEOPLE, "probability", -1, "managers of week 0 laid off within 52 weeks; conversion to IC is no layoff", lambda period: _risk(period, "managers")),
    Outcome("died_out", PEOPLE, "share", -1, "runs in which no IC is left before the end, and none to come", lambda period: (period.gauge("died_out") > 0).astype(float)),
    Outcome("weeks_with_ics", PEOPLE, "weeks", 1, "weeks until that was so, the whole horizon where it never was", _weeks_with_ics),
    Outcome("promotions_per_year", PEOPLE, "promotions/person-year", 0, "people who moved up into a vacant manager's seat", lambda period: _per_person_year(period, "promotions")),
    Outcome("retirements_per_year", PEOPLE, "retirements/person-year", 0, "people who retired (switches.retirement)", lambda period: _per_person_year(period, "retired")),
    Outcome("efficiency", PEOPLE, "share", 1, "without flow: competence of everybody, weighted by layer, over its maximum", lambda period: period.of("efficiency_sum") / period.weeks, True),
    Outcome("guardrail_coverage", AI, "share", 1, "ICs' work covered by the guardrails of their team, at the end; only with an ai.strategy", lambda period: _of_ics(period, "guardrails")),
    Outcome("ai_spend_wasted_share", MONEY, "share", -1, "ICs below the threshold of fluency, on whom AI spend counts as wasted, mean over weeks; only with an ai.strategy", lambda period: period.of("unfluent_sum") / period.weeks),
    Outcome("people_usd_per_year", MONEY, "USD/year", -1, "severance and hiring", lambda period: period.of("people_usd") * WEEKS_PER_YEAR / period.weeks, on_paths=11),
    Outcome("orphaned_changes_per_year", PEOPLE, "changes/year", -1, "changes whose owner left, taken over or abandoned", lambda period: (period.of("orphans_taken_over") + period.of("orphans_abandoned")) * WEEKS_PER_YEAR / period.weeks),
    Outcome("stepped_in_changes_per_year", PEOPLE, "changes/year", 0, "changes of leavers that a hands-on manager has taken over", lambda period: period.of("stepped_in") * WEEKS_PER_YEAR / period.weeks),
    Outcome("skill_mean", PEOPLE, "reference engineers", 1, "mean skill of ICs at the end", lambda period: _of_ics(period, "skill_mean"), True, on_paths=12),
    Outcome("ai_fluency_mean", AI, "share", 0, "mean AI fluency of ICs at the end", lambda period: _of_ics(period, "fluency_mean")),
    Outcome("agents_running_mean", AI, "agents", 0, "AI agents running at a time", lambda period: period.of("agent_hours") / (period.weeks * 40.0)),
    Outcome("overload_hours_per_week", MANAGERS, "hours/week", -1, "fixed duties beyond the time people have", lambda period: period.of("overload_hours") / period.weeks),
    Outcome("bottleneck", FLOW, "stage", 0, "stage with the largest share of lead time: " + ", ".join(f"{k} {s}" for k, s in enumerate(codes.STAGES)), _bottleneck),
    Outcome("reviews_per_merge", FLOW, "reviews/change", 0, "reviews begun per merged change", lambda period: ratio(period.of("reviews"), period.of("merged"))),
    Outcome("review_time_hours", FLOW, "hours", -1, "of a merged change: waiting for review and being read, all passes", _review_time),
    Outcome("discarded_share", QUALITY, "share", -1, "changes closed without merging, over those merged or closed", lambda period: ratio(period.of("discarded"), period.of("merged") + period.of("discarded"))),
    Outcome("incidents_per_change", QUALITY, "incidents/change", -1, "incidents per merged change", lambda period: ratio(period.of("incidents"), period.of("merged"))),
    Outcome("item_time_hours", FLOW, "hours", -1, "an inbox item's time from being sent to being served or withdrawn", lambda period: ratio(period.of("item_times"), period.of("items_served") + period.of("items_withdrawn"))),
)  # fmt: skip

_TIMES = tuple(
    Outcome(f"time_{activity}_{role}", group, "share", 0, f"share of {who} hours: {activity}", _time(role, k))
    for role, who, group in (("ic", "IC", IC_HOURS), ("manager", "manager", MANAGER_HOURS))
    for k, activity in enumerate(codes.ACTIVITIES)
)

_LAYERS = tuple(
    Outcome(f"manager_utilisation_layer_{k}", MANAGERS, "share", 0, f"inbox hours over hours left for it, layer {k}", _layer_utilisation(k))
    for k in range(1, codes.MAX_LAYERS)
)  # fmt: skip

#: Dashboards speak in quantiles: half of the changes, or nine of ten, were faster.
_QUANTILES = tuple(
    Outcome(f"{name}_p{percent}_hours", FLOW, "hours", -1, f"{percent} % {what}", _quantile(field, percent / 100.0))
    for name, what, field in (
        ("lead_time", "of merged changes took less from start to merge", "lead_times"),
        ("review_wait", "of reviews began sooner after they were requested", "review_waits"),
        ("decision_latency", "of escalated questions were answered (or decided alone) sooner", "decision_latencies"),
    )
    for percent in (50, 90)
)  # fmt: skip

_MOVES = tuple(
    Outcome(f"{name}_layer_{k}", PEOPLE, "people/year", 0, f"{who} layer {k}", _into(field, k))
    for name, who, field, first in (
        ("promotions_into", "people who moved up into a vacant seat in", "promotions_into", 1),
        ("hired_into", "people hired from outside into", "hired_into", 0),
    )
    for k in range(first, codes.MAX_LAYERS)
)

OUTCOMES: Mapping[str, Outcome] = {x.name: x for x in (*_MAIN, *_QUANTILES, *_LAYERS, *_MOVES, *_TIMES)}


def left_out(values: Mapping[str, Any], layers: int) -> set[str]:
    """Return the outcomes that do not exist under these parameter values in an organisation with so many management layers."""
    names = ("manager_utilisation", "promotions_into", "hired_into")
    absent = {f"{name}_layer_{k}" for name in names for k in range(layers + 1, codes.MAX_LAYERS)}
    if not values["switches.promotions"]:
        absent |= {name for name in OUTCOMES if name.startswith("promotions_into")}
    if not values["switches.hiring"]:
        absent |= {name for name in OUTCOMES if name.startswith("hired_into")}
    if values["switches.flow"]:
        absent.add("efficiency")
    return absent | set(_OF_STRATEGY) if values["ai.strategy"] == "none" else absent


def with_week_held(snapshots: np.ndarray, world: np.ndarray, weeks: int) -> np.ndarray:
    """Return *snapshots* [.., 2], taken so many *weeks* after the warm-up, with the layoffs of that week's end if it ends the year.

    A snapshot is taken before the people's week is held at the week's end. Where it is the last of the weeks that count in the
    yearly risk, what *world* says once it has been held is put in.
    """
    if weeks == RISK_WEEKS and world["people_week"][0] > RISK_WEEKS:
        for field in ("people_week", "laid_off_ics", "laid_off_managers"):
            snapshots[-1][field] = world[field][0]
    return snapshots


def compute(period: Period, names: tuple[str, ...] | None = None) -> dict[str, np.ndarray]:
    """Return name -> float64 [runs] for all outcomes, or for *names*; those that do not exist here are left out."""
    chosen = names if names is not None else tuple(OUTCOMES)
    absent = left_out(period.values, period.tree.layers)
    # A dated event, or an intervention, may have begun a strategy since.
    absent -= {name for name, field in _OF_STRATEGY.items() if period.end[field].any()}
    # So may people have been hired or promoted by hand.
    absent -= {
        f"{field}_layer_{k}"
        for field in ("promotions_into", "hired_into")
        for k in np.flatnonzero(period.end[field].any(axis=0)).tolist()
    }
    return {name: OUTCOMES[name].compute(period) for name in chosen if name not in absent}


def check_outcome(name: str, outcomes: Mapping[str, Outcome], where: str, *, decides: bool = False) -> None:
    """Raise `UserError`, beginning with *where* it was named, unless the outcome is known and a quantity.

    decides: it must have a better direction, too, so that a verdict can be had on it.
    """
    can = [x for x, o in outcomes.items() if o.unit not in CATEGORY_UNITS and (o.better or not decides)]
    if name in can:
        return
    if name not in outcomes:
        why = f"is unknown{_near(name, can)}"
    elif outcomes[name].unit in CATEGORY_UNITS:
        why = f"does not serve: it is a kind ({outcomes[name].unit}), not a quantity"
    else:
        why = "cannot decide: neither more nor less of it is better"
    others = "" if "did you mean" in why else _others(can)
    raise UserError(f"{where} {name[:80]}: this outcome {why}{others}")


def _near(name: str, can: Sequence[str]) -> str:
    """``, did you mean 'x' or 'y'?``: outcomes that open with the same words first, then those that hold them, then by spelling."""
    given = "_".join(name.lower().replace("-", " ").split())
    usual = [*(other for other in DECISIVE if other in can), *can]
    opens = [other for other in usual if other.startswith(given)]
    words = given.split("_")
    holds = [x for x in usual if all(any(part.startswith(word) for part in x.split("_")) for word in words)]
    found = list(dict.fromkeys((*opens, *holds)))[:_SUGGESTED] if given else []
    if not found:
        return suggest(name[:80], tuple(can))
    quoted = [f"'{other}'" for other in found]
    return f", did you mean {' or '.join((', '.join(quoted[:-1]), quoted[-1]) if len(quoted) > 1 else quoted)}?"


def _others(can: Sequence[str]) -> str:
    """What else there is: few outcomes are listed, of many those that verdicts are usually about."""
    if len(can) <= _LISTED:
        return f"; use one of {', '.join(can)}"
    usual = [other for other in DECISIVE if other in can]
    return f"; often used are {', '.join(usual[:_LISTED])}; `orgsim run SCENARIO` shows all {len(can)}"


WEEKLY = tuple(name for name, outcome in OUTCOMES.items() if outcome.weekly)
#: What `compare` shows unasked, and by what alternative paths are set side by side, in that order.
DECISIVE = tuple(x.name for x in sorted(OUTCOMES.values(), key=lambda x: x.decisive) if x.decisive)
ON_PATHS = tuple(x.name for x in sorted(OUTCOMES.values(), key=lambda x: x.on_paths) if x.on_paths)
