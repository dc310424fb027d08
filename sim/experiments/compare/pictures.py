"""A comparison as a picture: by how much the outcomes that decide change, and in how many plausible worlds that holds.

A forest plot for each variant, all on one scale: change against the base in % with its 95 % interval; whether it is better, worse
or within noise is told by colour and by marker. Below it a bar of the plausible worlds: the verdict holds, is open, is reversed.
One variant has its figures beside the rows; several stand two abreast, so that letters stay readable on a phone.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.experiments import plots
from sim.experiments.assumption_words import listed, worlds_words
from sim.experiments.compare.brief import DETECTED, cut, size_words, verdict_sentence
from sim.experiments.compare.study import Comparison, Row
from sim.outcomes.declared import DECISIVE, VALUE
from sim.text import numbers

WIDTH = 6.6  # inches
COLUMNS = 2
MAX_VARIANTS = 6
MAX_ROWS = 10  # outcomes of a picture with more than one line of panels, so that it still fits on a slide
LABELS, LABEL = 2.1, 22  # of the outcomes' names: inches, letters
ROW, BAR, LINE = 0.27, 0.27, 0.18  # inches of an outcome, of the bar of worlds, of a line of text
SIZE, SMALL = 10.5, 9.5  # points
NAME_WIDTH = 22  # letters of a variant above its rows, where several stand abreast
NARROW = 0.11  # share of worlds below which its figure does not fit into its part of the bar
EVEN = 0.25  # the scale has even steps if no change is larger than this
LINEAR = 5.0  # %: up to about here the other scale has nearly even steps; beyond it is compressed
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True)
class Mark:
    """How a verdict looks. words: in the legend."""

    colour: str
    marker: str
    fill: bool
    words: str


BETTER = Mark("#0072B2", "o", True, "better")
WORSE = Mark("#D55E00", "s", True, "worse")
NEITHER = Mark("#000000", "D", True, "higher or lower, neither better nor worse")
NOISE = Mark("#777777", "o", False, "within noise")
UNTESTED = Mark("#777777", "v", False, "one run: not tested")
MARKS = {
    "better": BETTER,
    "worse": WORSE,
    "higher": NEITHER,
    "lower": NEITHER,
    "not tested (one run)": UNTESTED,
}
#: Part of the bar of worlds -> colour and hatch: other colours than those of the verdicts.
WORLDS = {"holds": ("#009E73", ""), "open": ("#DDDDDD", ""), "reversed": ("#CC79A7", "///")}


def comparison_picture(path: Path, found: Comparison, question: str, *, png: bool = True) -> list[Path]:
    """Draw path.svg (and path.png) with the question as its title. Returns what was written."""
    names = found.names[:MAX_VARIANTS]
    outcomes = drawn(found, names)
    columns = min(COLUMNS, len(names))
    lines = -(-len(names) // columns)
    heads = [_head(found, name, columns == 1) for name in names]
    above = LINE * max(head.count("\n") + 1 for head in heads)
    forest, worlds = ROW * max(1, len(outcomes)), BAR if found.ranges else 0.0
    outside = above + 3 * LINE + (2 * LINE if worlds else 0.0)  # of each line of panels
    figure = plots.new_figure(WIDTH, lines * (forest + worlds + outside) + 9 * LINE)
    heights = [forest, worlds] * lines if worlds else [forest] * lines
    panels = figure.subplots(len(heights), columns, squeeze=False, height_ratios=heights)
    step = 2 if worlds else 1
    scale = scale_of([row for name in names for row in _rows(found, name, outcomes)])
    for k, axes in enumerate(panels[::step].flat):
        under = panels[1::step].flat[k] if worlds else None
        if k >= len(names):
            axes.set_visible(False)
            if under is not None:
                under.set_visible(False)
            continue
        _forest(axes, found, names[k], outcomes, scale, alone=columns == 1, labelled=k % columns == 0)
        axes.set_title(heads[k], fontsize=SIZE, loc="left")
        if under is not None:
            _worlds(under, found, names[k], labelled=k % columns == 0)
    _dress(figure, found, question, names, outcomes, scale)
    return plots.save(figure, path, png)


def drawn(found: Comparison, names: Sequence[str]) -> list[str]:
    """The outcomes with a change in % to draw: the primary one, then those that decide, without those equal in every run."""
    wanted = dict.fromkeys((found.primary, *DECISIVE))
    rows = {name: [found.rows[one].get(name) for one in names] for name in wanted}
    shown = [
        name
        for name, given in rows.items()
        if any(_has_change(row) and (name == found.primary or row.verdict != "equal") for row in given if row)
    ]
    return shown if len(names) <= COLUMNS else shown[:MAX_ROWS]


def _has_change(row: Row | None) -> bool:
    """There is a change in %: the base is above zero."""
    f = None if row is None or row.shares is not None else row.figures
    return f is not None and f.base is not None and f.base > 0 and f.relative is not None


def _rows(found: Comparison, name: str, outcomes: Sequence[str]) -> list[Row]:
    rows = (found.rows[name].get(outcome) for outcome in outcomes)
    return [row for row in rows if row is not None and _has_change(row)]


def mark_of(row: Row) -> Mark:
    """How the verdict of a row looks. Nothing within noise looks like a difference."""
    return MARKS.get(row.verdict, NOISE)


# ---- the scale


@dataclass(frozen=True)
class Scale:
    """The axis of all panels: its ends in %, and whether it has even steps."""

    lo: float
    hi: float
    even: bool


def scale_of(rows: Sequence[Row]) -> Scale:
    ends = [0.0]
    for row in rows:
        f = row.figures
        ends += [100 * end for end in (f.relative, f.relative_lo, f.relative_hi) if end is not None]
    lo, hi = min(ends), max(ends)
    even = max(-lo, hi) <= 100 * EVEN
    if even:
        margin = 0.06 * max(hi - lo, 0.2)
        return Scale(lo - margin, hi + margin, True)
    a, b = np.arcsinh(lo / LINEAR), np.arcsinh(hi / LINEAR)
    margin = 0.06 * (b - a)
    return Scale(float(LINEAR * np.sinh(a - margin)), float(LINEAR * np.sinh(b + margin)), False)


def _set_scale(axes: Axes, scale: Scale, narrow: bool) -> None:
    if not scale.even:
        axes.set_xscale("asinh", linear_width=LINEAR)
        steps = [x for x in TICKS if x >= LINEAR][:: 2 if narrow else 1]
        inside = [x for x in (*(-x for x in steps), 0, *steps) if scale.lo <= x <= scale.hi]
        axes.set_xticks(_apart(inside, scale, narrow))
        axes.minorticks_off()
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:+,.0f}" if x else "0")
    else:
        axes.locator_params(axis="x", nbins=4 if narrow else 7)
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:+.3g}" if abs(x) > 1e-9 else "0")
    axes.set_xlim(scale.lo, scale.hi)


def _apart(ticks: Sequence[float], scale: Scale, narrow: bool) -> list[float]:
    """Those of the ticks whose labels do not touch, from zero outwards."""
    least = (0.2 if narrow else 0.12) * float(np.arcsinh(scale.hi / LINEAR) - np.arcsinh(scale.lo / LINEAR))
    kept: list[float] = []
    for tick in sorted(ticks, key=abs):
        at = np.arcsinh(tick / LINEAR)
        if all(abs(at - np.arcsinh(other / LINEAR)) >= least for other in kept):
            kept.append(tick)
    return sorted(kept)


def _letters(room: float, size: float) -> int:
    """How many letters of a size, points, fit into a line of so many inches."""
    return int(room * 72 / (plots.LETTER * 0.9 * size))


# ---- a panel


def _head(found: Comparison, name: str, alone: bool) -> str:
    """What stands above the rows of a variant: the verdict in a sentence, or in two short lines."""
    row = found.rows[name].get(found.primary)
    if alone:
        sentence = verdict_sentence(found, name)
        if row is not None and row.figures.n:  # figures stay together
            sentence = sentence.replace(size_words(row), size_words(row).replace(" ", "\N{NO-BREAK SPACE}"))
        return textwrap.fill(sentence, _letters(WIDTH - LABELS, SIZE))
    title = cut(name, NAME_WIDTH)
    if row is None or not row.figures.n:
        return f"{title}\nundefined"
    verdict = row.verdict if row.verdict in (*DETECTED, "equal") else "not detected"
    return f"{title}: {verdict}\n{size_words(row)}"


def _forest(
    axes: Axes,
    found: Comparison,
    name: str,
    outcomes: Sequence[str],
    scale: Scale,
    *,
    alone: bool,
    labelled: bool,
) -> None:
    """The changes of one variant. alone: with the figures and their intervals; labelled: with the outcomes' names."""
    axes.axvline(0, color="black", lw=1, zorder=2)
    for k, outcome in enumerate(outcomes):
        row = found.rows[name].get(outcome)
        if k % 2 == 0:
            axes.axhspan(k - 0.5, k + 0.5, color="#f4f4f4", lw=0, zorder=0)
        if row is not None and _has_change(row):
            _line(axes, k, row, outcome == found.primary, alone)
    axes.set_ylim(len(outcomes) - 0.5, -0.5)
    labels = [_label(outcome) for outcome in outcomes] if labelled else []
    axes.set_yticks(range(len(outcomes)), labels or [""] * len(outcomes), fontsize=SIZE)
    if labelled and found.primary in outcomes:
        axes.get_yticklabels()[outcomes.index(found.primary)].set_fontweight("bold")
    _set_scale(axes, scale, not alone)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=SMALL)
    axes.grid(axis="x", color="#cccccc", lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(f"change against {cut(found.base, NAME_WIDTH)}, %", fontsize=SMALL)


def _label(outcome: str) -> str:
    """An outcome in words, without its unit: changes are in %."""
    return numbers.outcome_words(outcome).removesuffix(" hours")


def _line(axes: Axes, k: int, row: Row, primary: bool, alone: bool) -> None:
    """An outcome: its change with its interval, and the figure at the right."""
    mark, f = mark_of(row), row.figures
    change = 100 * (f.relative or 0.0)
    if f.relative_interval is not None:
        axes.plot([100 * end for end in f.relative_interval], [k, k], color=mark.colour, lw=2.2, zorder=3)
    axes.plot(
        [change],
        [k],
        mark.marker,
        color=mark.colour,
        mfc=mark.colour if mark.fill else "white",
        ms=6.5,
        mew=1.5,
        zorder=4,
    )
    text = size_words(row) if alone else size_words(row).partition(" %")[0] + " %"
    axes.annotate(
        text, xy=(1, k), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points", va="center",
        fontsize=SMALL, color=mark.colour, fontweight="bold" if primary else "normal", annotation_clip=False,
    )  # fmt: skip


def _worlds(axes: Axes, found: Comparison, name: str, *, labelled: bool) -> None:
    """The worlds as a stacked bar, with what is asked in them below it."""
    row = found.rows[name].get(found.primary)
    holding = None if row is None else row.holding
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.5, 0.5)
    axes.set_xticks([])
    what = textwrap.fill(worlds_words(found.ranges, found.like), LABEL) if labelled else ""
    axes.set_yticks([0], [what], fontsize=SIZE if "\n" not in what else SMALL)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    if row is None or holding is None or not holding.worlds:
        axes.set_xlabel("no verdict to try", fontsize=SMALL)
        return
    axes.set_xlabel(f"{asked(row, found.rows[name].get(VALUE))} (%)", fontsize=SMALL)
    left = 0.0
    for part, (colour, hatch) in WORLDS.items():
        share = getattr(holding, part).share
        axes.barh(0, share, left=left, height=1, color=colour, hatch=hatch, edgecolor="white", lw=0)
        if share >= NARROW:
            figure = numbers.percent(share, 0)
            text = axes.text(left + share / 2, 0, figure, ha="center", va="center", fontsize=SMALL)
            text.set_bbox({"facecolor": colour, "edgecolor": "none", "pad": 1})
        left += share


def asked(row: Row, value: Row | None) -> str:
    """What is asked in every plausible world: whether the verdict holds, or its sign, or what output alone does."""
    if row.parts is not None and row.holds_of == VALUE and value is not None and value.figures.difference:
        return "does output rise?" if value.figures.difference > 0 else "does output fall?"
    return "does the verdict hold?" if row.verdict in DETECTED else "does the sign seen hold?"


# ---- around the panels


def _dress(
    figure: Figure,
    found: Comparison,
    question: str,
    names: Sequence[str],
    outcomes: Sequence[str],
    scale: Scale,
) -> None:
    """The question above, legend and what else must be known below."""
    size = SIZE + 1.5
    words = textwrap.fill(question, _letters(WIDTH - 0.4, size))
    figure.suptitle(words, fontsize=size, fontweight="bold", x=0.01, ha="left")
    used = {mark_of(row) for name in names for row in _rows(found, name, outcomes)}
    marks = [mark for mark in (BETTER, WORSE, NEITHER, NOISE, UNTESTED) if mark in used]
    handles: list[Line2D | Patch] = [
        Line2D(
            [],
            [],
            color=m.colour,
            marker=m.marker,
            mfc=m.colour if m.fill else "white",
            ms=6.5,
            mew=1.5,
            lw=2.2,
        )
        for m in marks
    ]
    texts = [mark.words for mark in marks]
    if found.ranges:
        handles += [Patch(facecolor=c, hatch=hatch, edgecolor="white", lw=0) for c, hatch in WORLDS.values()]
        texts += list(WORLDS)
    # As the title of the legend the caption has its place without covering anything.
    caption = textwrap.fill(_caption(found, names, outcomes, scale), _letters(WIDTH + 0.4, SMALL))
    figure.legend(
        handles, texts, title=caption, loc="outside lower left", alignment="left", ncols=4, frameon=False, fontsize=SMALL,
        title_fontsize=SMALL, columnspacing=1.2,
    )  # fmt: skip


def _caption(found: Comparison, names: Sequence[str], outcomes: Sequence[str], scale: Scale) -> str:
    said = []
    if len(found.names) > len(names):
        said.append(f"The first {len(names)} of {len(found.names)} variants.")
    equal = [name for name in DECISIVE if all(_is_equal(found.rows[one].get(name)) for one in names)]
    equal = [name for name in equal if name not in outcomes]
    said += [f"Equal in every run: {listed([_label(name) for name in equal])}."] if equal else []
    more = len(drawn(found, names[:COLUMNS])) > len(outcomes)
    said += [f"The first {len(outcomes)} of the outcomes that decide; answer.txt has all."] if more else []
    said.append(f"{numbers.plural(found.runs, 'run')} of {found.weeks} weeks, on the same dice.")
    if found.runs > 1:
        said.append(
            f"Lines: 95 % intervals, each for itself; within noise is judged for {numbers.outcome_words(found.primary)} alone "
            "and for all others together."
        )
    return " ".join([*said, *([] if scale.even else [f"The scale is compressed beyond {LINEAR:.0f} %."])])


def _is_equal(row: Row | None) -> bool:
    return row is not None and row.verdict == "equal"
