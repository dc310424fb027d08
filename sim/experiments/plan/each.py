"""Several measures side by side: each alone against going on as it is, on the same dice, in one table.

Every one is a plan of its own with its page; all share base, runs and seed, so that their nets are compared run by run. Which one
is ahead is said only where it is beyond noise against each of the others (paired t tests with Holm's correction).
"""

from collections.abc import Sequence

import numpy as np

from sim.constants import ALPHA
from sim.experiments.compare.brief import shares
from sim.experiments.plan.measures import FIRST_YEAR, short_name
from sim.experiments.plan.money import with_output
from sim.experiments.plan.phrases import listed, usd
from sim.experiments.plan.study import Plan
from sim.statistics.estimates import Estimate, holm, known, paired
from sim.text import numbers, tables

_THOUSAND = 1e-3


def each_text(plans: Sequence[Plan], places: Sequence[str], colour: bool = False) -> str:
    """The table, which measure is ahead, and where the pages are."""
    first = plans[0]
    money = first.money
    title = (
        f"Measures for {first.base.name}, each alone in week {first.asked.week}, against going on as it is"
    )
    ranges = first.comparison.ranges
    header = ["measure", "output %", "95 % interval", "net", "+ output", "95 % interval", "even in"]
    header += ["holds/rev. %"] if ranges else []
    rows = [_row(plan) for plan in plans]
    covered = "the year after it" if money.whole_year else f"{money.weeks} of the {FIRST_YEAR} weeks after it"
    note = (
        f"Means of {numbers.plural(first.comparison.runs, 'run')}, in {covered} (weeks {money.first} to {money.last}), with 95 % "
        f"intervals, each for itself. Net: 1,000 USD saved, severance and hiring paid; + output: with its change, at what an "
        f"hour of it costs as it is ({money.usd_per_hour:,.0f} USD). Even in: the week from which on that has paid; '-': none of "
        f"{first.base.weeks}."
    )
    if ranges:
        note += f" Holds: share of {ranges} worlds in which the sign of net with output holds beyond noise, or is reversed."
    pages = [
        f"- {plan.asked.in_words()}: {place}/page.txt" for plan, place in zip(plans, places, strict=True)
    ]
    return "\n\n".join(
        [
            tables.paint(tables.paragraph(title), "bold", colour),
            tables.table(header, rows, "<" + ">" * (len(header) - 1)),
            tables.paragraph(note),
            tables.paragraph(ahead(plans)),
            "Pages\n" + tables.bullets(pages),
        ]
    )


def _row(plan: Plan) -> list[str]:
    f, money = plan.money.per_week, plan.money
    interval = f.relative_interval
    week = money.break_even.week
    cells = [
        short_name(plan.asked),
        numbers.percent(f.relative, sign=True),
        "" if interval is None else listed(interval),
        _thousand(money.net.mean),
        _thousand(money.with_output.mean),
        _ends(money.with_output),
        "-" if week is None else str(week),
    ]
    return [*cells, shares(plan.net_in_worlds, ("holds", "reversed"))] if plan.comparison.ranges else cells


def _thousand(value: float | None) -> str:
    return "-" if value is None else f"{_THOUSAND * value:,.0f}"


def _ends(figure: Estimate) -> str:
    interval = figure.interval
    return "" if interval is None else f"[{_thousand(interval.lo)}, {_thousand(interval.hi)}]"


def ahead(plans: Sequence[Plan]) -> str:
    """Which measure has the best net with output, and whether that is beyond noise against each other one, and against none."""
    nets = [_nets(plan) for plan in plans]
    runs = sorted(set.intersection(*(set(net) for net in nets)))
    values = [np.array([net[run] for run in runs]) for net in nets]
    best = int(np.argmax([x.mean() for x in values]))
    others = [k for k in range(len(plans)) if k != best]
    pairs = [paired(values[k], values[best], 1) for k in others]
    decided = [p is not None and p < ALPHA for p in holm([pair.p for pair in pairs])]
    name, mean = short_name(plans[best].asked), known(plans[best].money.with_output.mean)
    interval = plans[best].money.with_output.interval
    if not all(decided):
        near = [
            f"'{short_name(plans[k].asked)}'" for k, beyond in zip(others, decided, strict=True) if not beyond
        ]
        text = (
            f"Output counted, no measure is ahead of all others beyond noise: best in the mean is '{name}', not told "
            f"apart from {' and '.join(near)}."
        )
    else:
        k = min(range(len(pairs)), key=lambda j: known(pairs[j].difference))
        text = (
            f"Output counted, '{name}' is ahead of all others beyond noise: by {usd(pairs[k].difference)} USD "
            f"[{usd(pairs[k].lo)}, {usd(pairs[k].hi)}] over the next, '{short_name(plans[others[k]].asked)}'."
        )
    if interval is None or not interval.sign:
        return f"{text} Whether it is better than doing nothing is within noise."
    return text if mean > 0 else f"{text} But doing nothing is better than any of them."


def _nets(plan: Plan) -> dict[int, float]:
    """Run -> its net with output over the weeks that the books cover."""
    a, b = plan.results
    net = with_output(a, b, plan.money.first - 1, plan.money.last)
    return dict(zip(a.runs.tolist(), net.tolist(), strict=True))
