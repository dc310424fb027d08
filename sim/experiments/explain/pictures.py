"""The waterfall of a difference: which mechanism contributes what."""

import textwrap
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments import plots
from sim.experiments.explain.players import Player
from sim.experiments.explain.study import Explanation, Part
from sim.experiments.explain.words import ends_of, number_of, percent_of, topic_of, unit_of
from sim.statistics.estimates import Estimate, known
from sim.text import numbers

RISES, FALLS, NOISE, LEVEL = "#0072B2", "#D55E00", "#BBBBBB", "#000000"
WIDTH, LABEL_WIDTH, ROW = 7.4, 22, 0.44


def waterfall(path: Path, found: Explanation, *, png: bool = True) -> list[Path]:
    """Draw the way from A's level to B's, a bar per part, as SVG (and PNG). Returns what was written."""
    a, b = found.names
    unit, scale = numbers.shown_unit(found.outcome.unit)
    start, end = (scale * known(level.mean) for level in found.levels)
    parts = [*([found.rest] if found.rest else []), *found.parts]
    figure = plots.new_figure(WIDTH, 2.6 + ROW * (len(parts) + 2))
    axes = figure.add_subplot()
    drawn: set[str] = set()
    at = start
    for row, part in enumerate(parts, start=1):
        at = _bar(axes, row, at, part, scale, drawn)
        size = f"{number_of(found, part.size)} {unit_of(found) if percent_of(found) else ''}".rstrip()
        _note(axes, row, f"{size} {ends_of(found, part.mean)}", part.beyond_noise)
    last = len(parts) + 1
    _level(axes, 0, found.levels[0], scale, numbers.number(start))
    whole = f"{number_of(found, found.whole.difference)} {'%' if percent_of(found) else ''}".rstrip()
    ends = "" if found.whole.lo is None else _whole_ends(found)
    _level(axes, last, found.levels[1], scale, f"{numbers.number(end)} ({whole}{ends})")
    labels = [a, *(_label(part.player) for part in parts), b]
    axes.set_yticks(range(last + 1), labels, fontsize=10)
    for text in (axes.get_yticklabels()[0], axes.get_yticklabels()[-1]):
        text.set_fontweight("bold")
    _dress(figure, axes, found, unit, last)
    return plots.save(figure, path, png)


def _whole_ends(found: Explanation) -> str:
    lo, hi = (number_of(found, x, sign=False) for x in (found.whole.lo, found.whole.hi))
    return f" [{lo}, {hi}]"


def _bar(axes: Axes, row: int, at: float, part: Part, scale: float, drawn: set[str]) -> float:
    """A floating bar from `at`, with the interval of its end; returns where it ends."""
    size = scale * part.size
    if not part.beyond_noise:
        colour, hatch, meaning = NOISE, "", "within noise (Holm)"
    elif size > 0:
        colour, hatch, meaning = RISES, "", "raises"
    else:
        colour, hatch, meaning = FALLS, "//", "lowers"
    label = None if meaning in drawn else meaning
    drawn.add(meaning)
    axes.barh(
        row,
        size,
        left=at,
        height=0.62,
        color=colour,
        hatch=hatch,
        edgecolor="white",
        lw=0,
        label=label,
        zorder=3,
    )
    if part.mean.interval is not None:
        lo, hi = (at + scale * end for end in part.mean.interval)
        axes.plot([lo, hi], [row, row], color="black", lw=1.4, marker="|", ms=7, zorder=4)
    axes.plot([at + size, at + size], [row, row + 1], color="#777777", lw=0.8, zorder=2)
    return at + size


def _level(axes: Axes, row: int, level: Estimate, scale: float, note: str) -> None:
    """A level: a dot, because the axis does not begin at zero, and a line to the first or from the last part."""
    mean = scale * known(level.mean)
    axes.plot(mean, row, "D", color=LEVEL, ms=8, zorder=5)
    if row == 0:
        axes.plot([mean, mean], [0, 1], color="#777777", lw=0.8, zorder=2)
    _note(axes, row, note, True, bold=True)


def _note(axes: Axes, row: int, text: str, strong: bool, *, bold: bool = False) -> None:
    axes.annotate(
        text, xy=(1, row), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points", va="center",
        fontsize=9.5, color="black" if strong else "#777777", fontweight="bold" if bold else "normal", annotation_clip=False,
    )  # fmt: skip


def _label(player: Player) -> str:
    return textwrap.fill(player.words, LABEL_WIDTH)


def _dress(figure: Figure, axes: Axes, found: Explanation, unit: str, last: int) -> None:
    a, b = found.names
    topic = topic_of(found)
    axes.set_ylim(last + 0.6, -0.6)
    axes.use_sticky_edges = False
    axes.margins(x=0.06)
    axes.grid(True, axis="x", color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_title(textwrap.fill(f"Why {b} differs from {a}: {topic}", 58), fontsize=12, loc="left", pad=10)
    right = "right: part in % of " + a + "'s level" if percent_of(found) else "right: part"
    caption = (
        f"Diamonds: levels. Bars: Shapley values, which add up to the difference; lines and brackets: 95 % intervals of the "
        f"part ({right}). {numbers.plural(found.used, 'run')} of {found.weeks} weeks on the same dice."
    )
    axes.set_xlabel(f"{topic}, {unit}\n\n{textwrap.fill(caption, 62)}", fontsize=9.5, ha="left", x=0.0)
    if axes.get_legend_handles_labels()[0]:
        plots.legend_below(figure, axes, 3, size=10)
