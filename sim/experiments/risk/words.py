"""Layoff risk as text, as JSON and as a picture.

Every form carries the same caution, and none has a figure of a group that `sim.experiments.risk.groups` withholds.
"""

from collections.abc import Sequence
from typing import Any

from sim.constants import MINIMUM_PEOPLE
from sim.experiments.risk.groups import ATTRIBUTES
from sim.experiments.risk.incidence import RATIO_WEEK, Curve, GroupRisk, Ratio, Risk
from sim.text import numbers, tables
from sim.text.plain import jsonable

CAUTION = (
    "These are distributions under assumed policies, never a verdict on a person. "
    "They must not be used to choose people."
)
MAX_NAMED = 6  # withheld groups; more are counted, not listed
KINDS = ("layoff", "quit")
RISK_WORDS = ("ratio of risks", f"of layoff within {RATIO_WEEK} weeks, managers : ICs")
ROLE_TOTALS = {"ic": "all ICs", "manager": "all managers"}


# ---- JSON


def risk_json(risk: Risk) -> dict[str, Any]:
    """What `orgsim risk --json` prints; undefined figures are None. Shares are fractions, weeks are keys."""
    groups = [
        {
            **one.group.key,
            "people": one.group.people,
            **{kind: _figures(getattr(one.incidence, kind), risk.milestones) for kind in KINDS},
        }
        for one in risk.groups
    ]
    made: dict[str, Any] = jsonable(
        {
            "scenario": risk.scenario,
            "runs": risk.runs,
            "by": list(risk.grouping.by),
            "groups": groups,
            "hazard_ratio": {"manager_vs_ic": _ratio(risk.hazard_ratio)},
            "risk_ratio": {"manager_vs_ic": {"week": RATIO_WEEK, **_ratio(risk.risk_ratio)}},
            "withheld": len(risk.grouping.withheld),
        }
    )
    return made


def _ratio(ratio: Ratio) -> dict[str, Any]:
    return {"mean": ratio.mean, "ci95": _ends(ratio.lo, ratio.hi)}


def _figures(curve: Curve, weeks: Sequence[int]) -> dict[str, dict[str, Any]]:
    figures = {}
    for week in weeks:
        mean, lo, hi = curve.at(week)
        figures[str(week)] = {"mean": mean, "ci95": _ends(lo, hi)}
    return figures


def _ends(lo: float | None, hi: float | None) -> list[float | None] | None:
    """An interval, None if it has no end at all; one end alone may be unknown."""
    return None if lo is None and hi is None else [lo, hi]


# ---- text


def risk_text(risk: Risk, colour: bool = False) -> str:
    """The whole text of `orgsim risk`: both tables, the hazard ratio, what is withheld, the caution."""
    parts = [tables.paint(f"Layoff risk: {risk.scenario}", "bold", colour), tables.paragraph(_head(risk))]
    if risk.totals or risk.groups:
        for kind, title in (("layoff", "Laid off"), ("quit", "Quit")):
            heading = f"{title} by week, % of the group's people at week 0 [95 % interval]"
            parts.append(tables.paint(heading, "bold", colour) + "\n" + _table(risk, kind))
    parts.append(tables.paragraph(ratio_sentence(risk.hazard_ratio)))
    parts.append(tables.paragraph(ratio_sentence(risk.risk_ratio, *RISK_WORDS)))
    parts.append(tables.paragraph(withheld_sentence(risk)))
    parts.append(tables.paragraph(_method(risk)))
    parts.append(tables.paint(tables.paragraph(CAUTION), "bold", colour))
    return "\n\n".join(parts)


def _head(risk: Risk) -> str:
    runs = f"{numbers.plural(risk.runs, 'run')} of {risk.weeks} weeks, seed {risk.seed}"
    return f"{runs}. Groups are as people were at week 0; who changes role stays in the group, and is not laid off."


def _table(risk: Risk, kind: str) -> str:
    by = risk.grouping.by
    per_run = any(abs(one.group.per_run - one.group.people) > 1e-9 for one in risk.groups)
    header = [*(ATTRIBUTES[name].header for name in by), "people", *(["per run"] if per_run else [])]
    header += [f"week {week}" for week in risk.milestones]
    rows = []
    for one in in_order(risk):
        group = one.group
        cells = [*group.texts, *["all"] * (len(by) - len(group.texts)), f"{group.people:,}"]
        cells += [f"{group.per_run:,.1f}"] if per_run else []
        curve = getattr(one.incidence, kind)
        rows.append([*cells, *(_share(*curve.at(week)) for week in risk.milestones)])
    figures = len(header) - len(by)
    return tables.table(header, rows, "<" * len(by) + ">" * figures)


def in_order(risk: Risk) -> list[GroupRisk]:
    """Everybody first, then each role's total before its groups."""
    role: dict[object, int] = {"ic": 1, "manager": 2}

    def place(one: GroupRisk) -> int:
        return role.get(one.group.key.get("role"), 0)

    return sorted([*risk.totals, *risk.groups], key=place)  # stable: totals stay before groups


def _share(mean: float | None, lo: float | None, hi: float | None) -> str:
    if mean is None or lo is None or hi is None:
        return numbers.percent(mean)
    return f"{numbers.percent(mean)} [{numbers.percent(lo)}, {numbers.percent(hi)}]"


def ratio_sentence(
    ratio: Ratio, name: str = "hazard ratio", what: str = "of layoff, managers : ICs, in the same weeks"
) -> str:
    """A ratio managers : ICs in a sentence, which calls nothing a difference that is within noise."""
    if ratio.mean is None:
        verb = "is" if ratio.note.startswith("withheld") else "is undefined:"
        return f"The {name} managers : ICs {verb} {ratio.note}."
    lo = "-" if ratio.lo is None else f"{ratio.lo:.2f}"
    hi = "no upper end" if ratio.hi is None else f"{ratio.hi:.2f}"
    text = f"{name.capitalize()} {what}: {ratio.mean:.2f}"
    text += f" [{lo}, {hi}]" if ratio.lo is not None else ""
    if ratio.note:
        text += f" ({ratio.note})"
    if ratio.lo is not None and ratio.lo > 1:
        return text + "; managers are at higher risk."
    if ratio.hi is not None and ratio.hi < 1:
        return text + "; managers are at lower risk."
    return text + ("; no difference beyond noise." if ratio.lo is not None else ".")


def withheld_sentence(risk: Risk) -> str:
    """How many groups are withheld, which, and why."""
    names = [group.name for group in risk.grouping.withheld]
    if not names:
        return f"No group is withheld: each has at least {MINIMUM_PEOPLE} people."
    listed = f" ({'; '.join(names)})" if len(names) <= MAX_NAMED else ""
    return (
        f"Withheld: {numbers.plural(len(names), 'group')}{listed}, with fewer than {MINIMUM_PEOPLE} people, or because "
        "such a group could be worked out from them and a total."
    )


def _method(risk: Risk) -> str:
    text = "Cumulative incidence with layoff and quitting as competing exits (Aalen-Johansen), pooled over runs; "
    text += "intervals by bootstrap over runs." if risk.runs > 1 else "one run has no intervals."
    if risk.runs > 1 and any(_nothing(risk, kind) for kind in KINDS):
        text += (
            " Where nothing happened in any run, the upper end is the rule of three over runs, about 3 divided by the runs: "
            "it assumes nothing about how exits hang together within a run."
        )
    if any(abs(one.group.per_run - one.group.people) > 1e-9 for one in risk.groups):
        text += (
            " people: all who were in the group in any run, which counts when groups are withheld; per run: how many at a "
            "time (some of what defines the groups is drawn anew in each run)."
        )
    return text


def _nothing(risk: Risk, kind: str) -> bool:
    """Has a printed figure no event at all."""
    curves = [getattr(one.incidence, kind) for one in [*risk.totals, *risk.groups]]
    return any(curve.at(week)[0] == 0 for curve in curves for week in risk.milestones)
