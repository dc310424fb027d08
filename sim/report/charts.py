"""The kinds of pictures: bars with intervals, stacked bars, curves with bands, heat maps. Plain numbers in, figures out.

Every figure comes with the table of its values. `key` is the picture's name on the page.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.ticker
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from sim.report.drawing import (
    ACCENT,
    DASHES,
    INK,
    MARKERS,
    MUTED,
    PAPER,
    SMALL,
    Canvas,
    series,
    series_text,
    step,
    step_text,
)  # fmt: skip
from sim.report.page import Figure, Table
from sim.text.numbers import interval, number

LABEL = 24  # letters of a bar's label on one line
BAR = 22.0  # units of a bar and its gap
NAMED = 0.075  # of a stacked bar: parts smaller than this bear no figure
MARKED = 14  # most places of a curve that are marked and can be pointed at
MOST_LINES = 8
MOST_NOTES = 7  # columns of a heat map that has figures in its cells


@dataclass(frozen=True)
class Bar:
    """A value with its interval, None where there is none; strong: it is beyond noise, or everything is."""

    name: str
    value: float
    lo: float | None = None
    hi: float | None = None
    strong: bool = True


@dataclass(frozen=True)
class Line:
    """A curve: values over x with the ends of their intervals, NaN where there is none."""

    name: str
    x: Sequence[float]
    mean: Sequence[float]
    lo: Sequence[float]
    hi: Sequence[float]


def bars(
    key: str,
    title: str,
    rows: Sequence[Bar],
    unit: str,
    note: str = "",
    *,
    what: str = "",
    digits: int = 3,
    span: tuple[float, float] | None = None,
) -> Figure:
    """Horizontal bars from zero, one below the other, with their intervals. what: head of the first column; span: of
    the scale, with a
    mark at its middle.
    """
    labels = [_wrapped(row.name, LABEL) for row in rows]
    heights = [max(BAR, 12.0 * (label.count("\n") + 1) + 6) for label in labels]
    canvas = Canvas(sum(heights) + 46)
    axes, at = canvas.axes, 0.0
    places = []
    for row, height in zip(rows, heights, strict=True):
        middle = at + height / 2
        places.append(middle)
        colour = series(0) if row.strong else series(8)
        made = axes.barh([middle], [row.value], height=0.62 * BAR, color=colour, lw=0)
        text = f"{row.name}: {number(row.value, digits)} {interval(row.lo, row.hi, digits)} {unit}"
        canvas.tip(made.patches[0], " ".join(text.split()))
        if row.lo is not None and row.hi is not None:
            axes.plot([row.lo, row.hi], [middle, middle], color=INK, lw=1.3, solid_capstyle="butt")
        at += height
    axes.set_ylim(at, 0)
    axes.set_yticks(places, labels, fontsize=SMALL)
    axes.tick_params(axis="y", length=0)
    _zero(axes)
    if span is not None:
        axes.set_xlim(*span)
        axes.axvline(sum(span) / 2, color=INK, lw=1, ls=":")
    axes.set_xlabel(unit)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    _few_ticks(axes, "x")
    cells = [(r.name, number(r.value, digits), interval(r.lo, r.hi, digits)) for r in rows]
    table = Table((what, unit, "95 % interval"), cells)
    if not all(row.strong for row in rows):
        note = f"{note} Grey: within noise.".strip()
    return Figure(title, canvas.svg(key, title), note, table)


def _zero(axes: Axes) -> None:
    low, high = axes.get_xlim()
    if low < 0 < high:
        axes.axvline(0, color=MUTED, lw=1)


def _few_ticks(axes: Axes, axis: str, most: int = 5) -> None:
    chosen = axes.xaxis if axis == "x" else axes.yaxis
    chosen.set_major_locator(matplotlib.ticker.MaxNLocator(most))


def stacked(
    key: str,
    title: str,
    rows: Sequence[tuple[str, Mapping[str, float]]],
    parts: Sequence[str],
    unit: str,
    note: str = "",
    *,
    percent: bool = False,
    what: str = "",
    axis: str = "% of hours",
    colours: Sequence[int] = (),
) -> Figure:
    """Stacked horizontal bars. rows: (name, part -> value); parts in order; percent: values are shares, of what *axis* says.

    colours: number of each part's colour, in their order.
    """
    shade = list(colours) or list(range(len(parts)))
    canvas = Canvas(30 * len(rows) + 62 + 14 * -(-len(parts) // 2))
    axes, scale = canvas.axes, 100.0 if percent else 1.0
    longest = max((sum(values.values()) for _, values in rows), default=1.0) * scale
    for k, (name, values) in enumerate(rows):
        left = 0.0
        for j, part in enumerate(parts):
            value = scale * values.get(part, 0.0)
            if value <= 0:
                continue
            made = axes.barh([k], [value], left=left, height=0.7, color=series(shade[j]), lw=0.6, ec=PAPER)
            shown = f"{value:.0f} %" if percent else f"{number(value, 3)} {unit}"
            canvas.tip(made.patches[0], f"{name}, {part}: {shown}")
            if value >= NAMED * longest:
                text = f"{value:.0f}" if percent else number(value, 2)
                axes.text(
                    left + value / 2,
                    k,
                    text,
                    ha="center",
                    va="center",
                    fontsize=SMALL,
                    color=series_text(shade[j]),
                )
            left += value
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.set_xlim(0, longest)
    axes.set_yticks(range(len(rows)), [_wrapped(name, 16) for name, _ in rows], fontsize=SMALL)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(axis if percent else unit)
    _few_ticks(axes, "x")
    present = [j for j, part in enumerate(parts) if any(values.get(part, 0) > 0 for _, values in rows)]
    canvas.legend([Patch(color=series(shade[j]), lw=0) for j in present], [parts[j] for j in present], 3)
    header = (what, *(parts[j] for j in present))
    cells = [
        (name, *(_share_or_number(values.get(parts[j], 0.0), percent) for j in present))
        for name, values in rows
    ]
    caption = axis if percent else unit
    return Figure(title, canvas.svg(key, title), note, Table(header, cells, caption))


def _share_or_number(value: float, percent: bool) -> str:
    return f"{100 * value:.1f}" if percent else number(value, 3)


def lines(
    key: str,
    title: str,
    drawn: Sequence[Line],
    x_label: str,
    unit: str,
    note: str = "",
    *,
    steps: bool = False,
    digits: int = 4,
    mark: tuple[float, str] | None = None,
    from_zero: bool = False,
) -> Figure:
    """Curves with 95 % bands, up to eight. steps: the value holds until the next x; mark: a place on x, and what is there."""
    drawn = drawn[:MOST_LINES]
    canvas = Canvas(236 + (14 * -(-len(drawn) // 2) if len(drawn) > 1 or mark else 0))
    axes = canvas.axes
    handles: list[Artist] = []
    for k, line in enumerate(drawn):
        x, mean, lo, hi = (np.asarray(v, dtype=float) for v in (line.x, line.mean, line.lo, line.hi))
        style = "steps-post" if steps else "default"
        axes.fill_between(x, lo, hi, step="post" if steps else None, color=series(k), alpha=0.2, lw=0)
        (made,) = axes.plot(x, mean, DASHES[k % 4], color=series(k), lw=1.8, drawstyle=style, label=line.name)
        handles.append(made)
        _points(canvas, line, k, unit, digits)
    if mark is not None:
        handles.append(axes.axvline(mark[0], color=INK, lw=1.1, ls=":"))
    axes.set_xlabel(x_label)
    axes.set_title(unit, loc="left", fontsize=SMALL, color=INK)
    axes.grid()
    _few_ticks(axes, "x", 7)
    _few_ticks(axes, "y")
    axes.margins(x=0.02)
    if from_zero:
        axes.set_ylim(bottom=0)
    names = [line.name for line in drawn] + ([mark[1]] if mark else [])
    if len(handles) > 1:
        canvas.legend(handles, names, 1 if max(map(len, names)) > 26 else 2)
    return Figure(title, canvas.svg(key, title), note, _curve_table(drawn, x_label, digits))


def _points(canvas: Canvas, line: Line, k: int, unit: str, digits: int) -> None:
    """Marks on a curve, at most so many, that show their value."""
    defined = [i for i, value in enumerate(line.mean) if np.isfinite(value)]
    every = max(1, -(-len(defined) // MARKED))
    for i in defined[every - 1 :: every] if every > 1 else defined:
        (mark,) = canvas.axes.plot(
            [line.x[i]], [line.mean[i]], MARKERS[k % len(MARKERS)], color=series(k), ms=5, mec=PAPER, mew=0.5
        )
        ends = interval(*_finite_ends(line, i), digits)
        text = f"{line.name}, {line.x[i]:g}: {number(line.mean[i], digits)} {ends} {unit}"
        canvas.tip(mark, " ".join(text.split()))


def _finite_ends(line: Line, i: int) -> tuple[float | None, float | None]:
    lo, hi = line.lo[i], line.hi[i]
    return (None, None) if not (np.isfinite(lo) and np.isfinite(hi)) else (float(lo), float(hi))


def _curve_table(drawn: Sequence[Line], x_label: str, digits: int) -> Table:
    """Mean and interval of every curve at every x, of long curves at every 13th."""
    xs = sorted({float(x) for line in drawn for x in line.x})
    if len(xs) > 40:
        xs = [x for k, x in enumerate(xs) if k % 13 == 0 or k == len(xs) - 1]
    at = [{float(x): i for i, x in enumerate(line.x)} for line in drawn]
    rows = []
    for x in xs:
        cells = [f"{x:g}"]
        for line, places in zip(drawn, at, strict=True):
            i = places.get(x)
            if i is None or not np.isfinite(line.mean[i]):
                cells.append("-")
            else:
                ends = interval(*_finite_ends(line, i), digits)
                cells.append(f"{number(line.mean[i], digits)} {ends}".rstrip())
        rows.append(cells)
    return Table((x_label, *(line.name for line in drawn)), rows, "mean [95 % interval]")


def dots(
    key: str, title: str, pairs: Sequence[tuple[float, float]], x_label: str, unit: str, note: str = ""
) -> Figure:
    """A point for every pair (x, y)."""
    canvas = Canvas(236)
    axes = canvas.axes
    axes.plot([x for x, _ in pairs], [y for _, y in pairs], "o", color=series(0), ms=3.5, mec=PAPER, mew=0.4)
    axes.set_xlabel(x_label)
    axes.set_title(unit, loc="left", fontsize=SMALL, color=INK)
    axes.grid()
    _few_ticks(axes, "x", 7)
    _few_ticks(axes, "y")
    every = max(1, len(pairs) // 40)
    rows = [(f"{x:.4g}", number(y)) for x, y in pairs[::every]]
    caption = "" if every == 1 else f"every {every}th point"
    return Figure(title, canvas.svg(key, title), note, Table((x_label, unit), rows, caption))


@dataclass(frozen=True)
class Cloud:
    """Points (x, y) of one kind; pale: they are beside the point."""

    name: str
    pairs: Sequence[tuple[float, float]]
    pale: bool = False


def clouds(
    key: str,
    title: str,
    groups: Sequence[Cloud],
    labels: tuple[str, str],
    note: str = "",
    *,
    box: tuple[float, float, float, float] | None = None,
    ticks: tuple[Sequence[tuple[float, str]], Sequence[tuple[float, str]]] = ((), ()),
    log: tuple[bool, bool] = (False, False),
) -> Figure:
    """Points of several kinds, each with its colour and mark, and a box (left, right, low, high) around some of them.

    labels: of x and y; ticks: of an axis of levels, position and text; log: on a log scale. The table counts the points.
    """
    canvas = Canvas(330)
    axes = canvas.axes
    for k, group in enumerate(groups):
        x, y = ([pair[side] for pair in group.pairs] for side in (0, 1))
        alpha = 0.25 if group.pale else 0.95
        axes.plot(x, y, "ox"[k % 2], color=series(k % 2), ms=3.8, alpha=alpha, label=group.name)
    handles, names = axes.get_legend_handles_labels()
    if box is not None:
        left, right, low, high = box
        frame = Rectangle((left, low), right - left, high - low, fill=False, ec=ACCENT, lw=2.2)
        axes.add_patch(frame)
        handles, names = [*handles, Patch(facecolor="none", edgecolor=ACCENT, lw=2)], [*names, "the box"]
    axes.set_xlabel(labels[0])
    axes.set_title(labels[1], loc="left", fontsize=SMALL, color=INK)
    axes.grid()
    for places, is_log, set_scale, set_ticks, name in (
        (ticks[0], log[0], axes.set_xscale, axes.set_xticks, "x"),
        (ticks[1], log[1], axes.set_yscale, axes.set_yticks, "y"),
    ):
        if is_log:
            set_scale("log")
        elif places:
            set_ticks([place for place, _ in places], [text for _, text in places])
        else:
            _few_ticks(axes, name)
    canvas.legend(handles, names, 2)
    rows = [(group.name, f"{len(group.pairs):,}") for group in groups]
    return Figure(title, canvas.svg(key, title), note, Table(("points", "number"), rows))


def heat_map(
    key: str,
    title: str,
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    labels: tuple[str, str],
    unit: str,
    note: str = "",
    *,
    texts: Sequence[Sequence[str]],
    best: Sequence[tuple[int, int]] = (),
) -> Figure:
    """Cells coloured by value, float64[rows, columns], NaN left blank. texts: of the cells; best: "
    "cells to frame; labels: of rows and columns."""
    canvas = Canvas(58 + max(17.0, min(30.0, 300 / len(rows))) * len(rows) + (16 if best else 0))
    axes = canvas.axes
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    for (i, j), value in np.ndenumerate(values):
        if not np.isfinite(value):
            continue
        share = 0.5 if high == low else (value - low) / (high - low)
        cell = Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=step(share), edgecolor=PAPER, lw=0.8)
        axes.add_patch(cell)
        canvas.tip(cell, f"{labels[0]} {rows[i]}, {columns[j]}: {texts[i][j]} {unit}")
        if len(columns) <= MOST_NOTES and len(rows) <= 24:
            axes.text(j, i, texts[i][j], ha="center", va="center", fontsize=SMALL, color=step_text(share))
    for i, j in best:
        axes.add_patch(Rectangle((j - 0.47, i - 0.45), 0.94, 0.9, fill=False, ec=ACCENT, lw=2.2))
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), [_wrapped(text, 12) for text in columns], fontsize=SMALL)
    axes.set_yticks(range(len(rows)), rows, fontsize=SMALL)
    axes.set_xlabel(labels[1])
    axes.set_ylabel(labels[0])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    if best:
        frame = Patch(facecolor="none", edgecolor=ACCENT, lw=2)
        canvas.legend([frame], ["best of its row, beyond noise"], 1)
    table = Table((labels[0], *columns), [(row, *texts[i]) for i, row in enumerate(rows)], unit)
    return Figure(title, canvas.svg(key, title), note, table)


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(text, width, break_long_words=False) or text


__all__ = ["Bar", "Line", "bars", "dots", "heat_map", "lines", "stacked"]
