"""What the picture of a rule shows, as plain numbers: the points over the two factors that say most, and the box."""

from dataclasses import dataclass

import numpy as np

from sim.experiments.designs import Axis, Levels, Range
from sim.experiments.factors import is_numeric
from sim.experiments.rules.study import Found
from sim.experiments.rules.words import condition_words, factor_words, unit_of, value_words
from sim.statistics.prim import Condition, condition_on, inside
from sim.statistics.rule import lift

_MARGIN = 0.03  # of a range, by which the box stands out where it is open
_SPREAD = (
    0.25  # of the step between levels, over which points are spread, so that they do not hide each other
)


@dataclass(frozen=True)
class Side:
    """An axis: its label with unit, the positions of levels with what they are called, none for numbers; log: a log scale.

    low, high: of the box.
    """

    path: str
    label: str
    ticks: tuple[tuple[float, str], ...]
    log: bool
    low: float
    high: float


@dataclass(frozen=True)
class Scatter:
    """x, y: float64 [points] as they are shown; case, met: bool [points], met: what the box asks besides the two axes.

    yes, no: what a case, and another point, is called; besides: these conditions in words, "" if there are none; boxed: there is
    a box to draw.
    """

    axes: tuple[Side, Side]
    x: np.ndarray
    y: np.ndarray
    case: np.ndarray
    met: np.ndarray
    yes: str
    no: str
    besides: str
    boxed: bool


def scatter(found: Found) -> Scatter:
    """The fresh points, or those searched where there are no others."""
    points = found.search if found.fresh is None else found.fresh
    pair = _strongest(found)
    sides = tuple(_side(found, points.x[:, column], column) for column in pair)
    shown = [_shown(found, points.x[:, column], column, k) for k, column in enumerate(pair)]
    rest = tuple(one for one in found.box if one.column not in pair)
    besides = " and ".join(condition_words(found.asked, found.columns[one.column].name, one) for one in rest)
    designs = found.asked.designs
    names = (
        ("bar passed", "bar missed") if len(designs) == 1 else tuple(f"{one.name} ahead" for one in designs)
    )
    return Scatter(
        (sides[0], sides[1]), shown[0], shown[1], points.case, inside(rest, points.x), names[0], names[1], besides,
        bool(found.box),
    )  # fmt: skip


def scatter_json(found: Found) -> dict[str, object]:
    """The same as plain data; a point is [x, y, whether it is a case, whether the other conditions are met]."""
    one = scatter(found)
    points = zip(one.x.tolist(), one.y.tolist(), one.case.tolist(), one.met.tolist(), strict=True)
    return {
        "axes": [
            {
                "path": side.path, "label": side.label, "ticks": [list(tick) for tick in side.ticks], "log": side.log,
                "box": [side.low, side.high] if one.boxed else None,
            }
            for side in one.axes
        ],
        "yes": one.yes,
        "no": one.no,
        "besides": one.besides or None,
        "points": [[float(f"{x:.5g}"), float(f"{y:.5g}"), case, met] for x, y, case, met in points],
    }  # fmt: skip


def _strongest(found: Found) -> list[int]:
    """The columns of the two axes: those of the box whose conditions are missed most, then those with the highest lift alone."""
    x, y, box = found.search.x, found.search.case, found.box
    without = {one.column: lift(tuple(c for c in box if c is not one), x, y) for one in box}
    order = sorted(without, key=lambda column: without[column])
    others = [j for j in np.argsort(-np.array(found.strength), kind="stable").tolist() if j not in without]
    pair = [*order, *others][:2]
    return pair if len(pair) == 2 else [*pair, *pair]  # a single factor is on both


def _scale(path: str) -> float:
    return 100.0 if unit_of(path) == "%" else 1.0


def _shown(found: Found, values: np.ndarray, column: int, key: int) -> np.ndarray:
    """Values as they are shown: in the unit of the axis, those of few levels spread a little."""
    path = found.columns[column].name
    shown: np.ndarray = values * _scale(path)
    if not isinstance(found.asked.axes[path], Levels):
        return shown
    gaps = np.diff(np.unique(shown))
    room = _SPREAD * float(gaps.min()) if len(gaps) else _SPREAD
    return shown + np.random.default_rng([found.asked.seed, key]).uniform(-room, room, len(shown))


def _side(found: Found, values: np.ndarray, column: int) -> Side:
    path = found.columns[column].name
    axis, unit, scale = found.asked.axes[path], unit_of(path), _scale(path)
    condition = condition_on(found.box, column)
    low, high = _level_ends(values, condition) if isinstance(axis, Levels) else _ends(values, condition)
    label = f"{factor_words(path)}, {unit}" if unit else factor_words(path)
    log = isinstance(axis, Range) and axis.log
    return Side(path, label, _ticks(path, axis, scale), log, low * scale, high * scale)


def _ticks(path: str, axis: Axis, scale: float) -> tuple[tuple[float, str], ...]:
    if not isinstance(axis, Levels):
        return ()
    numeric = is_numeric(axis)
    return tuple(
        (scale * float(str(value)) if numeric else float(k), value_words(path, value, unit=False))
        for k, value in enumerate(axis.values)
    )


def _ends(values: np.ndarray, condition: Condition) -> tuple[float, float]:
    """The sides of the box, a little beyond the points where it is open; a factor on a log scale stays above zero."""
    first, last = float(values.min()), float(values.max())
    room = _MARGIN * (last - first) or 0.5
    below = first - room if first <= 0 or first > room else 0.9 * first
    return (
        condition.low if np.isfinite(condition.low) else below,
        condition.high if np.isfinite(condition.high) else last + room,
    )


def _level_ends(values: np.ndarray, condition: Condition) -> tuple[float, float]:
    """Half a step around the levels in the box. Kinds that do not lie side by side are framed together."""
    levels = np.unique(values)
    half = 0.4 * float(np.diff(levels).min()) if len(levels) > 1 else 0.5
    kept = levels[condition.holds(levels[:, None] * np.ones(condition.column + 1))]
    return float(kept.min()) - half, float(kept.max()) + half
