"""The health report of an imported chart: what was found in it, and what is odd."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping

from sim.organisation.levels import FROM_TOP, LEVELS
from sim.organisation.roster.chart import INFERRED, LEADS, OTHER, WRITES, Chart, layers_of
from sim.organisation.roster.pay import SMALLEST_GROUP

_WIDE_SPAN = 15
LAYERS_SHOWN = "management layers above the ICs"
OTHERS_SHOWN = "other people (write no code)"
_NO_LEVEL = "no level in the title"


def health(chart: Chart) -> dict[str, int | float]:
    """Figures about the shape of the chart. Spans are direct reports per manager; tenure in years, NaN if withheld."""
    leads = {k for k, role in enumerate(chart.role) if role == LEADS}
    spans = sorted(Counter(above for above in chart.boss if above in leads).values())
    layer = layers_of(chart)
    tenure = [years for years in chart.tenure_years if not math.isnan(years)]
    figures: dict[str, int | float] = {
        "people": chart.n,
        "managers": len(spans),
        "ICs": chart.role.count(WRITES),
        OTHERS_SHOWN: chart.role.count(OTHER),
        LAYERS_SHOWN: max(layer),
        "tops": sum(above < 0 for above in chart.boss),
        "span, smallest": spans[0],
        "span, median": statistics.median(spans),
        "span, mean": statistics.fmean(spans),
        "span, largest": spans[-1],
        "managers with one report": sum(span == 1 for span in spans),
        f"managers with more than {_WIDE_SPAN} reports": sum(span > _WIDE_SPAN for span in spans),
        "inferred managers": sum(chart.inferred),
        "people with a known tenure": len(tenure),
    }
    if tenure:
        figures["tenure, median of coarse bands, years"] = (
            statistics.median(tenure) if len(tenure) >= SMALLEST_GROUP else math.nan
        )
    return figures


def _figure(value: float) -> str:
    if isinstance(value, float):
        return "withheld" if math.isnan(value) else f"{value:,.1f}"
    return f"{value:,}"


def _table(rows: Mapping[str, float], indent: str = "  ") -> list[str]:
    width = max(map(len, rows))
    return [f"{indent}{name:<{width}}  {_figure(value):>9}" for name, value in rows.items()]


def health_report(chart: Chart) -> str:
    """What was read, where every row went, the shape of the tree, and every assumption. Names nobody."""
    account, lines = chart.accounting, []
    for source in chart.sources:
        form = source.delimiter if source.delimiter.isupper() else f"{source.delimiter}-separated"
        lines.append(f"{source.name}: {source.encoding}, {form}")
        lines += [f"  {line}" for line in source.columns.describe()]
    people_keys = ("positions of one person", "people in grouped rows", *INFERRED, "people")
    fates = {key: value for key, value in account.items() if key not in people_keys or key == people_keys[0]}
    shown = {
        key: value for key, value in fates.items() if value or key in ("rows read", "positions of one person")
    }
    lines += ["", "Rows (the first line is the sum of the others)", *_table(shown)]
    people = {key: account[key] for key in people_keys if account[key] or key == "people"}
    lines += ["", "People (the last line is the sum of the others)", *_table(people)]
    if chart.unknown_bosses:
        lines += ["", "Bosses not in the file (the first line is the sum of the others)"]
        lines += _table(chart.unknown_bosses)
    shape = {key: value for key, value in health(chart).items() if value or key == "tops"}
    lines += [
        "",
        "Shape of the tree",
        *_table(shape),
        *_table({**_by_layer(chart), **_from_top(chart)}),
        *_by_level(chart),
    ]
    if chart.rules:
        lines += [
            "",
            "Who writes code: rows by rule (the first that fits counts; yours come before, --role 'PATTERN=other')",
        ]
        lines += chart.rules
    else:
        lines += ["", "Who writes code: no title or job family says it, so everybody without reports does"]
    if chart.bands.pay:
        lines += [
            "",
            "Base pay by role and layer: people with a known pay, median in USD a year (rounded)",
            *chart.bands.lines(),
        ]
    elif chart.bands.notes:
        lines += ["", "Pay"]
    lines += [f"  {note}." for note in chart.bands.notes]
    found = {key: value for key, value in chart.counts.items() if value and key in _FOUND}
    if found:
        lines += ["", "Found in the file", *_table(found)]
    lines += ["", "Assumptions" if chart.assumptions else "No assumption was needed."]
    lines += [f"  {k}. {text}" for k, text in enumerate(chart.assumptions, 1)]
    return "\n".join(lines)


def _by_layer(chart: Chart) -> dict[str, int]:
    """People at each layer; the names are those that `organisation.remove_layer` counts by."""
    people = Counter(layer for layer, role in zip(layers_of(chart), chart.role, strict=True) if role != OTHER)
    top, *lower = sorted(people, reverse=True)
    names = {0: "ICs (layer 0)", 1: "managers at layer 1 (first line)"}
    names |= {k: f"managers at layer {k}" for k in lower if k > 1}
    if top > 1:
        one = sum(above < 0 for above in chart.boss) == 1
        names[top] = f"managers at layer {top}" + (" (top)" if one else "")
    return {names[k]: people[k] for k in sorted(people)}


def _from_top(chart: Chart) -> dict[str, int]:
    """Managers by steps below the top, as `organisation.remove_layer` may count them, too."""
    found = Counter(
        step for step, role in zip(_steps(chart), chart.role, strict=True) if step and role == LEADS
    )
    return {
        f"managers at {FROM_TOP}{k}" + (" (directly below the top)" if k == 1 else ""): found[k]
        for k in sorted(found)
    }


def _by_level(chart: Chart) -> list[str]:
    """Managers by job level, and where they stand from below and from the top."""
    layers, steps = layers_of(chart), _steps(chart)
    managers = [k for k, role in enumerate(chart.role) if role == LEADS]
    if not any(chart.level):
        return []
    named = {level: [k for k in managers if chart.level[k] == level] for level in (*reversed(LEVELS), "")}
    rows = {level: found for level, found in named.items() if found}
    width = max(len(level or _NO_LEVEL) for level in rows)
    lines = ["", "Managers by job level (from their titles), and where they stand"]
    for level, found in rows.items():
        low, high = Counter(layers[k] for k in found), Counter(steps[k] for k in found)
        at = ", ".join(f"layer {k}: {count:,}" for k, count in sorted(low.items()))
        below = ", ".join(
            f"{f'{FROM_TOP}{k}' if k else 'top'}: {count:,}" for k, count in sorted(high.items())
        )
        lines.append(f"  {level or _NO_LEVEL:<{width}}  {len(found):>5,}   {at};  {below}")
    return lines


def _steps(chart: Chart) -> list[int]:
    """Steps up to the top of everybody."""
    steps = [-1] * chart.n
    for person in range(chart.n):
        chain, node = [], person
        while node >= 0 and steps[node] < 0:
            chain.append(node)
            node = chart.boss[node]
        above = steps[node] if node >= 0 else -1
        for node in reversed(chain):
            above += 1
            steps[node] = above
    return steps


_FOUND = (
    "managers with one report, an IC",
    "absent managers",
    "rows that point to an absent manager",
    "tops named by the file",
    "cycles cut",
    "second managers ignored",
    "vacancies kept as managers",
    "part-time positions",
    "isolated rows put under the top",
    "teams",
)
