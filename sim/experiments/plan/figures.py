"""A plan as JSON: every figure of the page, with its interval; undefined figures are None."""

from pathlib import Path
from typing import Any

from sim.experiments.compare.words import comparison_json
from sim.experiments.holding import holding_json
from sim.experiments.plan.leaves_out import audience, left_out
from sim.experiments.plan.money import Money
from sim.experiments.plan.people import AtRisk
from sim.experiments.plan.study import Plan
from sim.experiments.plan.words import drives, short, sure
from sim.statistics.estimates import Estimate, Paired
from sim.text.plain import ends, jsonable


def plan_json(plan: Plan, folder: Path, about: str = "") -> dict[str, Any]:
    """What `orgsim plan --json` prints. folder: where the results are; about: a sentence on the import of the roster."""
    found = plan.comparison
    made: dict[str, Any] = jsonable(
        {
            "scenario": plan.base.name,
            "measure": plan.asked.in_words(),
            "week": plan.asked.week,
            "weeks": found.weeks,
            "runs": found.runs,
            "seed": found.seed,
            "ics": plan.ics,
            "managers": plan.managers,
            "others": plan.others,
            "short": dict(short(plan)),
            "after": {
                "weeks": [plan.money.first, plan.base.weeks],
                "value_per_week": _paired(plan.money.per_week),
            },
            "comparison": comparison_json(found),
            "money": money_json(plan.money),
            "at_risk": {
                "by": list(plan.people.risk.grouping.by),
                "laid_off_by_measure": None
                if plan.people.leavers is None
                else _estimate(plan.people.leavers),
                "groups": [_group(one, found.weeks) for one in plan.people.groups],
                "withheld": len(plan.people.risk.grouping.withheld),
            },
            "sure": {
                "words": sure(plan),
                "net_with_output": None if plan.net_in_worlds is None else holding_json(plan.net_in_worlds),
            },
            "drives": {"outcomes": list(plan.drivers), "words": drives(plan)},
            "leaves_out": left_out(plan.asked, plan.others),
            "show": [{"figures": what, "to": who} for what, who in audience(plan.variant)],
            "import": about or None,
            "folder": folder.as_posix(),
        }
    )
    return made


def money_json(money: Money) -> dict[str, Any]:
    """The books; USD, costs negative."""
    lines = ("payroll", "ai", "incidents", "severance", "hiring", "net", "output", "worth", "with_output")
    names = {
        "payroll": "payroll_saved_usd", "ai": "ai_saved_usd", "incidents": "incidents_saved_usd", "severance": "severance_usd",
        "hiring": "hiring_usd", "net": "net_usd", "output": "output_standard_hours", "worth": "output_usd",
        "with_output": "net_with_output_usd",
    }  # fmt: skip
    found = money.break_even
    return {
        "weeks": [money.first, money.last],
        "whole_first_year": money.whole_year,
        **{names[line]: _estimate(getattr(money, line)) for line in lines},
        "usd_per_standard_hour": money.usd_per_hour,
        "pays": {
            "price": money.price.pays,
            "usd_per_standard_hour": money.price.usd,
            "ci95": money.price.interval,
        },
        "break_even": {
            "week": found.week,
            "ci95": [found.lo, found.hi] if found.intervals else None,
            "at_once": found.at_once,
        },
    }


def _estimate(figure: Estimate) -> dict[str, Any]:
    return {"mean": figure.mean, "ci95": ends(figure.lo, figure.hi)}


def _paired(figure: Paired) -> dict[str, Any]:
    return {
        "base": figure.base,
        "mean": figure.mean,
        "difference": figure.difference,
        "ci95": ends(figure.lo, figure.hi),
        "relative": figure.relative,
        "relative_ci95": ends(figure.relative_lo, figure.relative_hi),
    }


def _group(one: AtRisk, week: int) -> dict[str, Any]:
    incidence = one.anyway.incidence
    anyway = {}
    for kind, curve in (("layoff_anyway", incidence.layoff), ("quit_as_it_is", incidence.quit)):
        mean, lo, hi = curve.at(week)
        anyway[kind] = {"mean": mean, "ci95": ends(lo, hi)}
    return {
        **one.key,
        "people": one.anyway.group.people,
        "laid_off_by_measure": _estimate(one.by_measure),
        **anyway,
        "quit_difference": {"mean": one.quits.difference, "ci95": ends(one.quits.lo, one.quits.hi)},
    }
