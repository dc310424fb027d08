"""The report of `orgsim risk`: who is laid off or quits by when, as curves of groups, never of persons."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.constants import MINIMUM_PEOPLE
from sim.experiments.risk.incidence import RATIO_WEEK, Ratio
from sim.experiments.risk.words import CAUTION, RISK_WORDS, ratio_sentence
from sim.report import charts, parts
from sim.report.organisation import chart
from sim.report.page import Choice, Item, Page, Section, Table
from sim.report.source import Source
from sim.text.numbers import percent, plural

KINDS = (("layoff", "laid off"), ("quit", "quit"))
TOGETHER = 4  # curves in one picture: with more, bands cover each other
_TOPS = (0.05, 0.1, 0.25, 0.5, 1.0)  # ends of the scale of a chart coloured by risk
Share = tuple[float | None, float | None, float | None]


def page(source: Source) -> Page:
    """Curves, milestones, the two ratios, and the chart coloured by risk."""
    found, curves = source.stored("risk.json"), _curves(source)
    done = source.finished and bool(found)
    weeks = max((line.x[-1] for kinds in curves.values() for line in kinds.values()), default=0.0)
    runs = int(found.get("runs") or 0)
    sections = [*_drawn(curves), *_table(found), *_chart(source, found)] if done else []
    sure = [
        *parts.sure_of_runs(source, runs),
        "Intervals are 95 %, by bootstrap over runs: people of one run share its fate, so runs are "
        "resampled, not people. They hold "
        "under the layoff policy that the scenario assumes.",
        _withheld(found),
        CAUTION,
    ]
    return Page(
        name=source.text("name"),
        kind=f"Layoff risk: {source.text('name')}",
        question=source.text("question") or f"Who would be laid off, or quit, in {source.text('name')}?",
        answer=_answer(found, curves) if done else [],
        sure=sure if done else [CAUTION],
        sections=sections,
        state="" if done else "no run is kept of a study of risk before its end; give the command again.",
        facts=[f"{plural(runs, 'run')} of {weeks:.0f} weeks. Groups are as people were at week 0."]
        if done
        else (),
    )


def _curves(source: Source) -> dict[str, dict[str, charts.Line]]:
    """Group -> kind of exit -> its curve, in % of the group. Groups under five people are never in the folder, and not read."""
    if not {"group", "exit", "week", "incidence"} <= set(source.views.columns("people")):
        return {}
    rows = source.views.rows(
        'SELECT "group", exit, week, 100 * incidence, 100 * ci95_lo, 100 * ci95_hi FROM people '
        f"WHERE people >= {MINIMUM_PEOPLE}"
    )
    found: dict[str, dict[str, list[tuple[float, ...]]]] = {}
    for group, kind, week, *figures in rows:
        values = tuple(float("nan") if x is None else float(x) for x in figures)
        found.setdefault(group, {}).setdefault(kind, []).append((float(week), *values))
    return {
        group: {
            kind: charts.Line(group, *map(list, zip(*sorted(points), strict=True)))
            for kind, points in kinds.items()
        }
        for group, kinds in found.items()
    }


def _answer(found: Mapping[str, Any], curves: Mapping[str, Mapping[str, charts.Line]]) -> list[str]:
    said = []
    everybody = curves.get("everybody")
    if everybody is not None and {"layoff", "quit"} <= set(everybody):
        parts_ = []
        for kind, verb in (("layoff", "is laid off"), ("quit", "quits")):
            line = everybody[kind]
            week = min(RATIO_WEEK, len(line.x) - 1)
            parts_.append(f"{line.mean[week]:.1f} % [{line.lo[week]:.1f}, {line.hi[week]:.1f}] {verb}")
        week = min(RATIO_WEEK, len(everybody["layoff"].x) - 1)
        said.append(f"Within {week} weeks, of everybody there at week 0, {parts_[0]} and {parts_[1]}.")
    said.append(_ratio(found, "risk_ratio", *RISK_WORDS))
    said.append(_ratio(found, "hazard_ratio"))
    return [text for text in said if text][:2]


def _ratio(found: Mapping[str, Any], key: str, *words: str) -> str:
    """A ratio managers : ICs in a sentence, '' where it is not defined."""
    one = (found.get(key) or {}).get("manager_vs_ic") or {}
    if not parts.is_number(one.get("mean")):
        return ""
    lo, hi = one.get("ci95") or (None, None)
    return ratio_sentence(Ratio(one["mean"], lo, hi), *words)


def _withheld(found: Mapping[str, Any]) -> str:
    count = int(found.get("withheld") or 0)
    if not count:
        return f"No group is withheld: each has at least {MINIMUM_PEOPLE} people."
    return f"{plural(count, 'group')} withheld: fewer than {MINIMUM_PEOPLE} people, or such a group could be worked out from it."


def _drawn(curves: Mapping[str, Mapping[str, charts.Line]]) -> list[Section]:
    """The curves: all groups together if they are few, else one at a time."""
    if not curves:
        return []
    text = (
        "Share of a group that has been laid off, or has quit, by a week, with 95 % bands. Whoever quits can no longer be laid "
        "off: the two compete."
    )
    items: list[Item] = [text]
    if len(curves) <= TOGETHER:
        items += [
            charts.lines(
                f"risk-{kind}", f"{verb.capitalize()}, by week", [kinds[kind] for kinds in curves.values() if kind in kinds],
                "weeks since week 0", "% of the group", steps=True, digits=3, from_zero=True,
            )
            for kind, verb in KINDS
        ]  # fmt: skip
    else:
        options: list[tuple[str, Sequence[Item]]] = []
        for number, (group, kinds) in enumerate(curves.items()):
            drawn = [
                charts.Line(verb, one.x, one.mean, one.lo, one.hi)
                for kind, verb in KINDS
                if (one := kinds.get(kind)) is not None
            ]
            picture = charts.lines(
                f"risk-{number}", f"{group}: laid off and quit, by week", drawn, "weeks since week 0", "% of the group",
                steps=True, digits=3, from_zero=True,
            )  # fmt: skip
            options.append((group, [picture]))
        items.append(Choice("Group", options))
    return [Section("curves", "Who leaves, by when", items)]


def _table(found: Mapping[str, Any]) -> list[Section]:
    """Layoffs and quits of every group at the milestones."""
    by, groups = [str(name) for name in found.get("by") or ()], found.get("groups") or ()
    weeks = list(groups[0]["layoff"]) if groups else []
    rows = []
    for one in groups:
        if int(one["people"]) < MINIMUM_PEOPLE:
            continue
        cells = [_shown(one.get(name)) for name in by] + [f"{one['people']:,}"]
        cells += [_cell(one[kind].get(week)) for kind, _ in KINDS for week in weeks]
        rows.append(cells)
    if not rows:
        return []
    header = [*by, "people", *(f"{verb} by week {week}, %" for _, verb in KINDS for week in weeks)]
    align = "<" * len(by) + ">" * (len(header) - len(by))
    return [
        Section(
            "groups",
            "All groups",
            [Table(header, rows, "% of the group's people at week 0 [95 % interval]", align)],
        )
    ]


def _shown(value: object) -> str:
    return {"ic": "IC", "manager": "manager"}.get(str(value), str(value))


def _cell(one: Mapping[str, Any] | None) -> str:
    mean, ends = (one or {}).get("mean"), (one or {}).get("ci95")
    if not ends or None in ends:
        return percent(mean)
    return f"{percent(mean)} [{percent(ends[0])}, {percent(ends[1])}]"


def _chart(source: Source, found: Mapping[str, Any]) -> list[Section]:
    """The chart, coloured by the risk of each layer, where groups are layers."""
    groups = [one for one in found.get("groups") or () if int(one["people"]) >= MINIMUM_PEOPLE]
    if not source.shapes or not groups or set(found.get("by") or ()) != {"role", "layer"}:
        return parts.charts_section([(shape, {}) for shape in source.shapes])
    week = str(RATIO_WEEK) if str(RATIO_WEEK) in groups[0]["layoff"] else list(groups[0]["layoff"])[-1]
    risk = {
        int(one["layer"]): one["layoff"][week]["mean"]
        for one in groups
        if parts.is_number(one["layoff"][week]["mean"])
    }
    top = next(end for end in _TOPS if max(risk.values(), default=0.0) <= end)
    shape = source.shapes[0]
    picture = chart(
        "chart-risk",
        f"{source.text('name')}, by risk of layoff",
        shape,
        risk,
        f"laid off by week {week}",
        top=top,
    )
    text = (
        f"Colour: share of a layer laid off by week {week}. Layers in pale grey have no figure: fewer "
        f"than {MINIMUM_PEOPLE} people."
    )
    return [Section("organisation", "The organisation, by risk", [text, picture])]
