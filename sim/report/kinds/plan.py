"""The report of `orgsim plan`: a measure against going on as it is, in output, money and people."""

from collections.abc import Mapping
from typing import Any

from sim.constants import MINIMUM_PEOPLE
from sim.report import charts, parts
from sim.report.kinds.compare import compared
from sim.report.page import Bullets, Page, Section, Table
from sim.report.source import Source
from sim.text.numbers import percent, plural

MONEY = (
    ("payroll_saved_usd", "payroll saved"),
    ("ai_saved_usd", "AI spend saved"),
    ("incidents_saved_usd", "incidents saved"),
    ("severance_usd", "severance"),
    ("hiring_usd", "hiring"),
    ("net_usd", "net"),
    ("output_usd", "output, at what an hour costs"),
    ("net_with_output_usd", "net, output included"),
)
_SURE = ("How sure",)  # what of the short form belongs to the section on that


def page(source: Source) -> Page:
    """The short form of the plan, then what is behind it."""
    found = source.stored("plan.json") if source.finished else {}
    short: Mapping[str, str] = found.get("short") or {}
    comparison = found.get("comparison")
    runs = int(found.get("runs") or 0)
    answer = [f"{label}: {text}." for label, text in short.items() if label not in _SURE]
    sure = [f"{text[:1].upper()}{text[1:]}." for label, text in short.items() if label in _SURE]
    drives = (found.get("drives") or {}).get("words") if isinstance(found.get("drives"), dict) else None
    sections = [
        *_money(found),
        *_people(found),
        *([Section("drives", "What drives it", [str(drives)])] if drives else []),
        *(compared(comparison) if isinstance(comparison, dict) else []),
        *_listed("leaves-out", "What it leaves out", found.get("leaves_out")),
        *_listed(
            "show", "Who may see what", [f"{one['to']}: {one['figures']}." for one in found.get("show") or ()]
        ),
        *parts.charts_section([(shape, {}) for shape in source.shapes]),
    ]
    return Page(
        name=source.text("name"),
        kind=f"A plan for {found.get('scenario') or source.text('name')}",
        question=_question(found) or source.text("question"),
        answer=answer,
        sure=[*sure, *(found.get("sure") or {}).get("words", ()), *parts.sure_of_runs(source, runs)]
        if found
        else [],
        sections=sections if found else [],
        state="" if found else parts.kept_words(source),
        facts=[
            f"{plural(runs, 'run')} of {int(found.get('weeks') or 0):,} weeks, with the measure and as it is, on the same dice."
        ]
        if found
        else (),
    )


def _question(found: Mapping[str, Any]) -> str:
    """'What does it bring to lay off all directors, in week 13?'."""
    return f"What does it bring to {found['measure']}, in week {found['week']}?" if "measure" in found else ""


def _money(found: Mapping[str, Any]) -> list[Section]:
    """The books of the first year, in thousand USD."""
    money = found.get("money")
    if not isinstance(money, dict):
        return []
    rows = []
    for key, name in MONEY:
        one = money.get(key)
        if isinstance(one, dict) and parts.is_number(one.get("mean")):
            lo, hi = parts.ends_of(one, 0.001)
            strong = lo is None or hi is None or lo > 0 or hi < 0
            rows.append(charts.Bar(name, one["mean"] / 1000, lo, hi, strong))
    if not rows:
        return []
    span = money.get("weeks") or ("?", "?")
    title = f"Money in weeks {span[0]} to {span[1]}, against going on as it is"
    return [
        Section(
            "money",
            "What it costs and saves",
            [charts.bars("money", title, rows, "thousand USD", "Costs are below zero.", what="books")],
        )
    ]


def _people(found: Mapping[str, Any]) -> list[Section]:
    """Who is at risk: groups of five people and more."""
    risk: Mapping[str, Any] = found.get("at_risk") or {}
    groups = risk.get("groups")
    rows = []
    for one in groups or ():
        if int(one.get("people") or 0) < MINIMUM_PEOPLE:
            continue
        names = (
            str(one.get("role", "")).replace("ic", "IC"),
            f"layer {one['layer']}" if "layer" in one else "",
        )
        name = ", ".join(filter(None, names)) or "everybody"
        rows.append(
            (
                name,
                f"{one['people']:,}",
                *(
                    _share(one.get(key))
                    for key in ("laid_off_by_measure", "layoff_anyway", "quit_as_it_is", "quit_difference")
                ),
            )
        )
    if not rows:
        return []
    header = (
        "group",
        "people",
        "laid off by the measure, %",
        "laid off anyway, %",
        "quit as it is, %",
        "more quits, points",
    )
    text = (
        "Shares of a group's people at the start, with 95 % intervals. They say nothing about a person, "
        "and must not be used to choose people."
    )
    return [Section("people", "Who is at risk", [text, Table(header, rows)])]


def _share(one: Any) -> str:
    """'8.0 [7.1, 9.2]'."""
    if not isinstance(one, dict):
        return "-"
    value, ends = one.get("mean", one.get("difference")), one.get("ci95")
    span = f" [{percent(ends[0])}, {percent(ends[1])}]" if ends and None not in ends else ""
    return f"{percent(value if parts.is_number(value) else None)}{span}"


def _listed(key: str, title: str, lines: Any) -> list[Section]:
    return (
        [Section(key, title, [Bullets([str(line) for line in lines])])]
        if isinstance(lines, list) and lines
        else []
    )
