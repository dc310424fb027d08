"""Pictures of the cumulative incidence of layoff, by group.

Few groups share a panel for layoffs and one for quits. More would be a knot: then every group has a panel of its own, all on
one scale, with the layoffs of the others in grey behind.
"""

import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.experiments import plots
from sim.experiments.risk.incidence import Curve, GroupRisk, Risk
from sim.experiments.risk.words import CAUTION, KINDS, ROLE_TOTALS, in_order

MAX_LINES = 4  # that share a panel: with more, bands cover each other
MAX_PANELS = 12  # of a picture where each group has its own
COLUMNS = 3  # of such panels, at most
WIDTH = 6.6  # inches, of two panels
PANEL = (2.5, 2.2)  # inches
LETTERS = 14.3  # of the caption per inch
TITLE_LETTERS = 10.0  # of the title per inch
LEGEND = 4.0  # inches of the legend beside the title
GREY = "#bbbbbb"
LABEL_WIDTH = 26  # characters of a label's line
Line = tuple[str, GroupRisk]


def risk_picture(path: Path, risk: Risk, *, png: bool = True) -> list[Path]:
    """Curves with bands as path.svg (and path.png): layoff above quits, or a panel for each of many groups. Returns
    what was written: nothing if nothing may be shown.
    """
    lines, drawn = picture_lines(risk)
    if not lines:
        return []
    shown = f" ({drawn} largest of {len(risk.groups)} groups)" if drawn < len(risk.groups) else ""
    title = f"Laid off and quit, by week (cumulative incidence): {risk.scenario}{shown}"
    figure, scales_differ = (_together if len(lines) <= MAX_LINES else _apart)(risk, lines)
    room = figure.get_figwidth() - (LEGEND if figure.legends else 0.0)
    figure.suptitle(textwrap.fill(title, int(TITLE_LETTERS * room)), fontsize=12, x=0.01, ha="left")
    width = int(LETTERS * figure.get_figwidth())
    figure.supxlabel(textwrap.fill(_caption(risk, scales_differ), width), fontsize=8.5, x=0.01, ha="left")
    return plots.save(figure, path, png)


def _together(risk: Risk, lines: Sequence[Line]) -> tuple[Figure, bool]:
    """Two panels, layoff above quits, and whether their scales differ."""
    labels = [_wrapped(name) for name, _ in lines]
    height = max(2.6, _inches(labels))  # of the axes
    figure = plots.new_figure(WIDTH, 2 * height + 2.4)
    panels = figure.subplots(2, 1)
    tops = [_top([getattr(one.incidence, kind) for _, one in lines]) for kind in KINDS]
    if max(tops) <= 3 * min(tops):  # one scale for both, unless one would be flat in it
        tops = [max(tops)] * 2
    for axes, kind, title, top in zip(panels, KINDS, ("Laid off", "Quit"), tops, strict=True):
        curves = [getattr(one.incidence, kind) for _, one in lines]
        _panel(axes, curves, risk.weeks, top)
        _label_ends(axes, curves, labels, height)
        axes.set_title(title, fontsize=11, loc="left")
    for axes in panels:
        axes.set_ylabel("% of the group's people\nat week 0")
    return figure, tops[0] != tops[1]


def _apart(risk: Risk, lines: Sequence[Line]) -> tuple[Figure, bool]:
    """A panel for each group, all on one scale: layoffs and quits with bands, and in grey the layoffs of the other groups."""
    rows = -(-len(lines) // COLUMNS)
    columns = -(-len(lines) // rows)
    figure = plots.new_figure(PANEL[0] * columns, PANEL[1] * rows + 1.3)
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    pairs = [[getattr(one.incidence, kind) for kind in KINDS] for _, one in lines]
    top = _top([curve for pair in pairs for curve in pair])
    at = np.arange(risk.weeks + 1)
    for k, axes in enumerate(panels.flat):
        if k >= len(lines):
            axes.set_visible(False)
            continue
        for other, (layoff, _) in enumerate(pairs):
            if other != k:
                axes.plot(
                    at, 100 * layoff.mean, color=GREY, lw=1, drawstyle="steps-post", zorder=1.5, label="_"
                )
        _panel(axes, pairs[k], risk.weeks, top)
        axes.set_title(_wrapped(lines[k][0]), fontsize=9, loc="left")
        # The last of a column is not always in the last row.
        last = k + columns >= len(lines)
        axes.tick_params(labelbottom=last)
        axes.set_xlabel("weeks since week 0" if last else "")
    figure.supylabel("% of the group's people at week 0", fontsize=10)
    own = panels.flat[0].lines[-len(KINDS) :]
    handles = [*own, Line2D([], [], color=GREY, lw=1)]
    names = ["laid off", "quit", "laid off, the other groups"]
    figure.legend(handles, names, loc="outside upper right", ncols=3, frameon=False, fontsize=9)
    return figure, False


def _caption(risk: Risk, scales_differ: bool) -> str:
    if risk.runs > 1:
        text = f"Bands: 95 %, bootstrap over {risk.runs:,} runs; before the first exit, rule of three over runs. "
    else:
        text = "One run: no bands. "
    text += "Layoff and quitting are competing exits. "
    return text + ("The two scales differ. " if scales_differ else "") + CAUTION


def picture_lines(risk: Risk) -> tuple[list[Line], int]:
    """What is drawn: the largest groups (the second value says how many, there may be no room for all), and the
    totals of roles of which a group is withheld; everybody if there is nothing else.
    """
    withheld = {group.key.get("role") for group in risk.grouping.withheld}
    wanted = [one for one in risk.totals if one.group.key and one.group.key["role"] in withheld]
    room = MAX_PANELS - len(wanted)
    largest = sorted(risk.groups, key=lambda one: -one.group.per_run)[:room]
    kept = {id(one) for one in [*wanted, *largest]}
    drawn = [one for one in in_order(risk) if id(one) in kept] or list(risk.totals[:1])
    return [(_label(risk, one), one) for one in drawn], len(largest)


def _label(risk: Risk, one: GroupRisk) -> str:
    key = one.group.key
    if not key:
        return "everybody"
    return one.group.name if len(key) == len(risk.grouping.by) else ROLE_TOTALS[str(key["role"])]


def _top(curves: Sequence[Curve]) -> float:
    """Upper end of the scale, %."""
    highest = max(float(np.nanmax(np.concatenate([c.mean, c.hi]))) for c in curves)
    return min(100.0, max(1.0, 108 * highest))


def _wrapped(name: str) -> str:
    """A label on several lines, broken at commas only."""
    lines: list[str] = []
    for part in name.split(", "):
        if lines and len(lines[-1]) + len(part) + 2 <= LABEL_WIDTH:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return ",\n".join(lines)


def _inches(labels: Sequence[str]) -> float:
    """Height of labels on top of each other: 11 points a line, and a gap."""
    return sum(11 * (label.count("\n") + 1) + 4 for label in labels) / 72


def _panel(axes: Axes, curves: Sequence[Curve], weeks: int, top: float) -> None:
    at = np.arange(weeks + 1)
    step = 26 if weeks > 52 else 13 if weeks > 26 else 4
    for k, curve in enumerate(curves):
        colour, dash = plots.OKABE_ITO[k], plots.DASHES[k % len(plots.DASHES)]
        axes.fill_between(at, 100 * curve.lo, 100 * curve.hi, step="post", color=colour, alpha=0.22, lw=0)
        # Markers where those of other lines are not, and never on an end.
        first = max(1, (k + 1) * step // 8)
        axes.plot(
            at, 100 * curve.mean, dash, color=colour, lw=1.8, drawstyle="steps-post",
            marker=plots.MARKERS[k], ms=5, markevery=(first, step),
        )  # fmt: skip
    axes.set_xlim(0, weeks)
    axes.set_ylim(0, top)
    axes.set_xticks(np.arange(0, weeks + 1, step))
    axes.set_xlabel("weeks since week 0")
    axes.grid(True, color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _label_ends(axes: Axes, curves: Sequence[Curve], labels: Sequence[str], height: float) -> None:
    """The name of each line beside its end. height: of the axes, inches."""
    weeks, top = axes.get_xlim()[1], axes.get_ylim()[1]
    ends = [100 * _last(curve.mean) for curve in curves]
    heights = [_inches([label]) / height for label in labels]
    for k, place in enumerate(spread([end / top for end in ends], heights)):
        line = {"arrowstyle": "-", "color": plots.OKABE_ITO[k], "lw": 1.2, "relpos": (0, 0.5)}
        axes.annotate(
            labels[k], xy=(weeks, ends[k]), xytext=(1.06, place), textcoords="axes fraction", va="center",
            fontsize=9, linespacing=1.0, annotation_clip=False, arrowprops={**line, "shrinkA": 1, "shrinkB": 0},
        )  # fmt: skip


def _last(curve: np.ndarray) -> float:
    """The last defined value."""
    return float(curve[np.isfinite(curve)][-1])


def spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Places of labels near the wanted ones, in the same order from below, that do not overlap.

    Labels that touch are moved together, as a block around the mean of what they want; a block is kept between 0 and 1
    if it fits. All in parts of the axis.
    """
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    blocks: list[list[int]] = []

    def bottom(block: list[int]) -> float:
        offset, total = 0.0, 0.0
        for k in block:
            total += wanted[k] - offset - heights[k] / 2
            offset += heights[k]
        return max(min(total / len(block), 1.0 - offset), 0.0)

    for k in order:
        blocks.append([k])
        while len(blocks) > 1 and bottom(blocks[-2]) + sum(heights[j] for j in blocks[-2]) > bottom(
            blocks[-1]
        ):
            last = blocks.pop()
            blocks[-1] += last
    places = [0.0] * len(wanted)
    for block in blocks:
        y = bottom(block)
        for k in block:
            places[k] = y + heights[k] / 2
            y += heights[k]
    return places
