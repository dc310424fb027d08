"""The picture of `orgsim rules`: the points over the two factors that say most, with the box."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.experiments import plots
from sim.experiments.designs import Levels, Range
from sim.experiments.factors import is_numeric
from sim.experiments.rules.study import RULE, Found, Points
from sim.experiments.rules.words import claim, condition_words, unit_of, value_words
from sim.statistics.prim import Condition, condition_on, inside
from sim.statistics.rule import lift
from sim.text.numbers import words

CASE, OTHER, EDGE = plots.OKABE_ITO[0], plots.OKABE_ITO[4], "black"
NAME = "rule"
_PALE = 0.25  # opacity of points that miss the conditions that the picture has no axis for
_MARGIN = 0.03


def draw(folder: Path, found: Found, png: bool = True) -> list[Path]:
    """Write the picture as SVG (and PNG). Returns what was written."""
    points = found.search if found.fresh is None else found.fresh
    pair = strongest(found)
    if len(pair) < 2:
        pair = [*pair, *pair]
    figure = plots.new_figure(6.4, 5.4)
    axes = figure.add_subplot()
    _scatter(axes, found, points, pair)
    _box(axes, found, points, pair)
    for set_label, column in ((axes.set_xlabel, pair[0]), (axes.set_ylabel, pair[1])):
        path = found.columns[column].name
        unit = unit_of(path)
        set_label(f"{words(path)}, {unit}" if unit else words(path))
    _ticks(axes, found, pair)
    what = f"{claim(found)}: " + ("a rule" if found.state == RULE else "no rule")
    plots.set_title(figure, axes, what[0].upper() + what[1:])
    axes.grid(True, color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    plots.legend_below(figure, axes, 2)
    return plots.save(figure, folder / NAME, png)


def strongest(found: Found) -> list[int]:
    """The columns of the two axes: those of the box whose conditions are missed most, then those with the highest lift alone."""
    x, y, box = found.search.x, found.search.case, found.box
    without = {one.column: lift(tuple(c for c in box if c is not one), x, y) for one in box}
    order = sorted(without, key=lambda column: without[column])
    others = [j for j in np.argsort(-np.array(found.strength), kind="stable").tolist() if j not in without]
    return [*order, *others][:2]


def _shown(found: Found, column: int) -> float:
    """What values of a column are multiplied with in the picture."""
    return 100.0 if unit_of(found.columns[column].name) == "%" else 1.0


def _scatter(axes: Axes, found: Found, points: Points, pair: list[int]) -> None:
    rest = tuple(one for one in found.box if one.column not in pair)
    met = inside(rest, points.x)
    x, y = (points.x[:, column] * _shown(found, column) for column in pair)
    x, y = (
        _apart(values, found, column, k) for k, (values, column) in enumerate(zip((x, y), pair, strict=True))
    )
    yes, no = _names(found)
    beside = ", the other condition met" if len(rest) == 1 else ", the other conditions met" if rest else ""
    for case, colour, marker, name in ((True, CASE, "o", yes), (False, OTHER, "x", no)):
        for shown, alpha, label in (
            (met, 0.9, f"{name}{beside}"),
            (~met, _PALE, f"{name}, not met" if rest else ""),
        ):
            chosen = shown & (points.case == case)
            if chosen.any() or (alpha > _PALE and label):
                axes.scatter(
                    x[chosen],
                    y[chosen],
                    s=20,
                    c=colour,
                    marker=marker,
                    alpha=alpha,
                    lw=1.0,
                    label=label or None,
                )


def _names(found: Found) -> tuple[str, str]:
    designs = found.asked.designs
    if len(designs) == 2:
        return f"{designs[0].name} ahead", f"{designs[1].name} ahead"
    return "bar passed", "bar missed"


def _apart(values: np.ndarray, found: Found, column: int, key: int) -> np.ndarray:
    """Values of an axis with few levels spread a little, so that points do not hide each other."""
    path = found.columns[column].name
    axis = found.asked.axes[path]
    if not isinstance(axis, Levels):
        return values
    gaps = np.diff(np.unique(values))
    room = 0.25 * float(gaps.min()) if len(gaps) else 0.25
    return values + np.random.default_rng([found.asked.seed, key]).uniform(-room, room, len(values))


def _box(axes: Axes, found: Found, points: Points, pair: list[int]) -> None:
    """The box, as far as the two axes show it."""
    if not found.box:
        return
    ends = [_ends(found, points, column) for column in pair]
    (left, right), (low, high) = ends
    rest = [
        condition_words(found.asked, found.columns[c.column].name, c)
        for c in found.box
        if c.column not in pair
    ]
    label = "the box" + (f", where {' and '.join(rest)}" if rest else "")
    axes.add_patch(
        Rectangle((left, low), right - left, high - low, fill=False, lw=2.2, ec=EDGE, zorder=5, label=label)
    )


def _ends(found: Found, points: Points, column: int) -> tuple[float, float]:
    """The two sides of the box on an axis, a little beyond the points where it is open."""
    scale, condition = _shown(found, column), condition_on(found.box, column)
    values = points.x[:, column] * scale
    first, last = float(values.min()), float(values.max())
    room = _MARGIN * (last - first) or 0.5
    axis = found.asked.axes[found.columns[column].name]
    if isinstance(axis, Levels):
        return _level_ends(values, condition, scale)
    low = condition.low * scale if np.isfinite(condition.low) else first - room
    high = condition.high * scale if np.isfinite(condition.high) else last + room
    return low, high


def _level_ends(values: np.ndarray, condition: Condition, scale: float) -> tuple[float, float]:
    """Of an axis with few levels: half a step around those in the box. Kinds that do not lie side by side are all framed."""
    levels = np.unique(values)
    half = 0.4 * float(np.diff(levels).min()) if len(levels) > 1 else 0.5
    if condition.kinds is not None:
        kept = np.array(condition.kinds, dtype=float)
    else:
        kept = levels[(levels >= condition.low * scale) & (levels <= condition.high * scale)]
    return float(kept.min()) - half, float(kept.max()) + half


def _ticks(axes: Axes, found: Found, pair: list[int]) -> None:
    for column, set_ticks, set_scale in (
        (pair[0], axes.set_xticks, axes.set_xscale),
        (pair[1], axes.set_yticks, axes.set_yscale),
    ):
        path = found.columns[column].name
        axis = found.asked.axes[path]
        if isinstance(axis, Range) and axis.log:
            set_scale("log")
        elif isinstance(axis, Levels):
            labels = [value_words(path, value, unit=False) for value in axis.values]
            scale = _shown(found, column)
            places = [scale * float(str(v)) for v in axis.values] if is_numeric(axis) else range(len(labels))
            set_ticks(list(places), labels)
