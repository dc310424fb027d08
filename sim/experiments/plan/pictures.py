"""A plan as a picture, for a slide and a phone: what changes, how the money adds up over time, who leaves.

Three panels below each other, large letters, few words; each says what its axes are and in which unit.
"""

import textwrap
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from sim.experiments import plots
from sim.experiments.plan.people import AtRisk
from sim.experiments.plan.study import Plan
from sim.experiments.plan.words import break_even, title
from sim.statistics.estimates import Paired, known
from sim.text import numbers

BETTER, WORSE, NEITHER = "#0072B2", "#D55E00", "#777777"
BY_MEASURE, ANYWAY, QUITS, QUITS_WITH = "#D55E00", "#E69F00", "#A6D4EE", "#0072B2"
SIZE, TITLE = 13, 15
WIDTH, LETTERS = 8.0, 52
#: Outcomes drawn -> what they are called, in this order; the better direction is that of the outcome.
DRAWN = {
    "payroll_per_year": "payroll",
    "value_per_payroll_usd": "value per payroll",
    "lead_time_hours": "lead time",
    "guessed_share": "decisions guessed",
    "change_failure_rate": "changes that fail",
}
MOST_GROUPS = 8


def picture(path: Path, plan: Plan) -> list[Path]:
    """Draw the three panels as SVG and PNG. Returns what was written."""
    groups = [one for one in plan.people.groups if "layer" in one.key or not one.key][:MOST_GROUPS]
    rows = 1 + sum(name in plan.rows for name in DRAWN)
    heights = [0.45 * rows + 0.9, 2.9, *([0.8 * len(groups) + 1.7] if groups else [])]
    figure = plots.new_figure(WIDTH, sum(heights) + 1.1)
    panels = figure.subplots(len(heights), 1, height_ratios=heights)
    figure.suptitle(textwrap.fill(title(plan), LETTERS), fontsize=TITLE, fontweight="bold", x=0.02, ha="left")
    _changes(panels[0], plan)
    _money(panels[1], plan)
    if groups:
        _people(panels[2], plan, groups)
    for axes in panels:
        axes.tick_params(labelsize=SIZE)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    return plots.save(figure, path, png=True)


def _changes(axes: Axes, plan: Plan) -> None:
    """Changes relative to going on as it is, %, with their intervals; output after the measure, the rest over all weeks."""
    money = plan.money
    lines: list[tuple[str, Paired, int]] = [(f"output, weeks {money.first}-{money.last}", money.per_week, 1)]
    lines += [
        (label, plan.rows[name].figures, plan.rows[name].better)
        for name, label in DRAWN.items()
        if name in plan.rows
    ]
    lines = [line for line in lines if line[1].relative is not None]
    axes.axvline(0, color="black", lw=1)
    for row, (_, figure, better) in enumerate(lines):
        at, interval = 100 * known(figure.relative), figure.relative_interval
        sign = 0 if interval is None else interval.sign
        colour = NEITHER if not sign or not better else BETTER if sign == better else WORSE
        if interval is not None:
            axes.plot(
                [100 * interval.lo, 100 * interval.hi], [row, row], color=colour, lw=4, solid_capstyle="butt"
            )
        axes.plot([at], [row], "o", color=colour, ms=9)
        axes.annotate(
            f"{numbers.percent(at / 100, sign=True)} %",
            (at, row),
            (0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=SIZE - 1,
            color=colour,
        )
    axes.set_yticks(range(len(lines)), [line[0] for line in lines])
    axes.set_ylim(len(lines) - 0.4, -0.9)
    axes.margins(x=0.12)
    axes.grid(axis="x", color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
    weeks = plan.comparison.weeks
    note = f"change over {weeks} weeks, % of as it is; bar: 95 % interval\n"
    note += "blue: better, orange: worse, grey: neither, or within noise"
    axes.set_xlabel(note, fontsize=SIZE - 1)


def _money(axes: Axes, plan: Plan) -> None:
    """Net with output, summed up from the measure on, with its band and the break-even."""
    mean, lo, hi = plan.money.cumulative / 1e6
    weeks = np.arange(plan.money.first, plan.money.first + len(mean))
    x, band = np.concatenate([[plan.asked.week], weeks]), [np.concatenate([[0.0], y]) for y in (mean, lo, hi)]
    axes.axhline(0, color="black", lw=1)
    axes.fill_between(x, band[1], band[2], color=BETTER, alpha=0.22, lw=0)
    axes.plot(x, band[0], color=BETTER, lw=2.5)
    found = plan.money.break_even
    if found.week is not None and not found.at_once:
        axes.axvline(found.week, color="black", ls="--", lw=1.4)
    axes.set_title(textwrap.fill(f"Break-even: {break_even(plan)}", LETTERS + 6), fontsize=SIZE, loc="left")
    axes.set_xlabel("week (band: 95 % interval)", fontsize=SIZE)
    axes.set_ylabel("net with output,\nmillion USD, summed", fontsize=SIZE)
    axes.grid(True, color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)


def _people(axes: Axes, plan: Plan, groups: list[AtRisk]) -> None:
    """Who leaves by the horizon, % of each group at the start, with 95 % intervals: by the measure, laid off anyway, quits."""
    week = plan.comparison.weeks
    kinds = [
        ("laid off anyway", ANYWAY, [g.anyway.incidence.layoff.at(week) for g in groups]),
        ("quit as it is", QUITS, [g.anyway.incidence.quit.at(week) for g in groups]),
        ("quit, with it", QUITS_WITH, [_quits_with(g) for g in groups]),
    ]
    if plan.asked.cuts:
        kinds.insert(0, ("by the measure", BY_MEASURE, [g.by_measure[:3] for g in groups]))
    height = 0.84 / len(kinds)
    for k, (label, colour, figures) in enumerate(kinds):
        rows = np.arange(len(groups)) + (k - (len(kinds) - 1) / 2) * height
        mean, lo, hi = (
            100 * np.array([f[end] if f[end] is not None else f[0] for f in figures], float)
            for end in range(3)
        )
        axes.barh(rows, mean, color=colour, label=label, height=height)
        axes.hlines(rows, np.maximum(lo, 0.0), hi, color="black", lw=1.3)
    names = [f"{g.anyway.group.name or 'everybody'} ({g.anyway.group.people:,})" for g in groups]
    axes.set_yticks(range(len(groups)), names)
    axes.invert_yaxis()
    axes.set_xlim(left=0.0)
    axes.set_xlabel(f"% of those at the start, by week {week}; line: 95 % interval", fontsize=SIZE)
    columns = 2 if len(kinds) > 3 else 3
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=columns,
        frameon=False,
        fontsize=SIZE - 1,
        handlelength=1.2,
        columnspacing=1.0,
    )


def _quits_with(one: AtRisk) -> tuple[float | None, float | None, float | None]:
    """Quits with the measure; the interval is that of the difference to as it is, which is on the same dice."""
    f, base = one.quits, known(one.quits.base)
    interval = f.interval
    return (f.mean, None, None) if interval is None else (f.mean, base + interval.lo, base + interval.hi)
