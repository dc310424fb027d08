"""The chart of an organisation, coloured by load: boxes for up to 130 people of a made-up one, else a bar for each layer."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.patches import Patch, Rectangle

from sim.constants import MINIMUM_PEOPLE
from sim.report.drawing import GRID, INK, MUTED, PAPER, SMALL, WIDTH, Canvas, step
from sim.report.page import Figure, Table

MOST_BOXES = 130
ROW = 38.0  # units between two layers of managers
ROOM = WIDTH - 8.0  # units for the boxes side by side
LEAST, MOST = 5.0, 17.0  # sides of a box, units
USUAL = 12.0  # side that is kept as long as teams can be drawn higher
HIGHEST = 14  # ICs of a team on top of each other, at most
BINS = 5  # colours of the scale


def layer_name(layer: int, people: int = 2) -> str:
    """'ICs', 'first-line managers', 'managers in layer 2'; people: how many they are."""
    words = (
        ("IC", "")
        if layer == 0
        else ("first-line manager", "")
        if layer == 1
        else ("manager", f" in layer {layer}")
    )
    return f"{words[0]}{'' if people == 1 else 's'}{words[1]}"


def chart(
    key: str,
    title: str,
    shape: Mapping[str, Any],
    load: Mapping[int, float],
    measure: str,
    note: str = "",
    top: float = 1.0,
) -> Figure:
    """Draw a shape (see `sim.organisation.sketch`). load: layer -> share; measure: what it is; top: share from which
    the scale ends.
    """
    boss = shape.get("boss")
    if boss is not None and len(boss) <= MOST_BOXES:
        canvas = _boxes(boss, shape["layer"], _Shades(load, top))
    else:
        canvas = _bars(shape["layers"], _Shades(load, top))
    if load:
        patches = [Patch(facecolor=step((k + 0.5) / BINS), lw=0) for k in range(BINS)]
        canvas.legend(patches, [_bin_words(k, top) for k in range(BINS)], 3)
    rows = []
    for one in reversed(shape["layers"]):
        layer, people = one["layer"], one["people"]
        if people is None:
            rows.append((layer_name(layer), f"fewer than {MINIMUM_PEOPLE}", "", "withheld"))
            continue
        span = "" if one["span"] is None else f"{one['span']:.1f}"
        rows.append((layer_name(layer, people), f"{people:,}", span, _percent(load.get(layer))))
    header = ("layer", "people", "mean span", measure if load else "load")
    table = Table(header, rows)
    if not load:
        table = Table(header[:3], [row[:3] for row in rows])
    return Figure(title, canvas.svg(key, title), note, table)


def _bin_words(k: int, top: float) -> str:
    """'20 to 40 %'."""
    low, high = (f"{100 * top * end / BINS:g}" for end in (k, k + 1))
    return f"under {high} %" if k == 0 else f"{low} % and more" if k == BINS - 1 else f"{low} to {high} %"


def _percent(share: float | None) -> str:
    return "-" if share is None or not math.isfinite(share) else f"{100 * share:.0f} %"


class _Shades:
    """What colour a layer has, and what is said of it. load: layer -> share; top: share from which the scale ends."""

    def __init__(self, load: Mapping[int, float], top: float) -> None:
        self._load, self._top = load, top

    def colour(self, layer: int) -> str:
        """The colour of a layer; one without a figure has none."""
        share = self._load.get(layer)
        if share is None or not math.isfinite(share):
            return GRID
        return step((min(BINS - 1, int(BINS * share / self._top)) + 0.5) / BINS)

    def words(self, layer: int, before: str) -> str:
        """'73 %' behind what comes before, '' where there is no figure."""
        return f"{before}{_percent(self._load[layer])}" if layer in self._load else ""


# ---- boxes


def _boxes(boss: Sequence[int], layer: Sequence[int], shades: _Shades) -> Canvas:
    """Everybody a box: managers above their teams, the ICs of a team in a block."""
    below: list[list[int]] = [[] for _ in boss]
    for row, above in enumerate(boss):
        if above >= 0:
            below[above].append(row)
    tops = [row for row, above in enumerate(boss) if above < 0]
    height = _height(boss, layer)
    side = max(LEAST, min(MOST, ROOM / max(1, sum(_columns(row, below, layer, height) for row in tops))))
    layers = max(layer)
    canvas = Canvas(ROW * layers + height * side + 62)
    axes = canvas.axes
    left = max(0.0, (ROOM - side * sum(_columns(row, below, layer, height) for row in tops)) / 2)
    for top in tops:
        left += _draw(canvas, top, left, below, layer, shades, (height, side, layers))
    axes.set_xlim(-4, max(left, ROOM))
    axes.set_ylim(ROW * layers + height * side + 4, -18)
    axes.set_axis_off()
    for one in range(1, layers + 1):
        text = f"layer {one}{shades.words(one, ': ')}"
        axes.text(
            0, ROW * (layers - one) - 5, text, fontsize=SMALL, color=INK, va="bottom",
            bbox={"facecolor": PAPER, "lw": 0, "pad": 1},
        )  # fmt: skip
    return canvas


def _height(boss: Sequence[int], layer: Sequence[int]) -> int:
    """ICs on top of each other in a team: as few as fit side by side at the usual size, at most `HIGHEST`."""
    teams: dict[int, int] = {}
    for row, above in enumerate(boss):
        if layer[row] == 0:
            teams[above] = teams.get(above, 0) + 1
    for height in range(1, HIGHEST):
        if sum(-(-people // height) for people in teams.values()) * USUAL <= ROOM:
            return height
    return HIGHEST


def _columns(row: int, below: Sequence[Sequence[int]], layer: Sequence[int], height: int) -> int:
    """Boxes that the part of the chart below somebody is wide."""
    ics = sum(layer[one] == 0 for one in below[row])
    inner = sum(_columns(one, below, layer, height) for one in below[row] if layer[one] > 0)
    return max(1, -(-ics // height) + inner)


def _draw(
    canvas: Canvas,
    row: int,
    left: float,
    below: Sequence[Sequence[int]],
    layer: Sequence[int],
    shades: _Shades,
    sizes: tuple[int, float, int],
) -> float:
    """Draw somebody with all below; returns how wide it is, units. sizes: ICs on top of each other, side of a box, layers."""
    height, side, layers = sizes
    width = _columns(row, below, layer, height) * side
    y = ROW * (layers - layer[row])
    if layer[row] == 0:
        _box(canvas, left, y, side, shades, 0)
        return width
    middle, at = left + width / 2, left
    ics = [one for one in below[row] if layer[one] == 0]
    bottom = ROW * layers
    if ics:
        columns = -(-len(ics) // height)
        _join(canvas, middle, y, at + columns * side / 2, bottom, side)
        for k in range(len(ics)):
            _box(canvas, at + (k // height) * side, bottom + (k % height) * side, side, shades, 0)
        at += columns * side
    for one in below[row]:
        if layer[one] > 0:
            inner = _columns(one, below, layer, height) * side
            _join(canvas, middle, y, at + inner / 2, ROW * (layers - layer[one]), side)
            _draw(canvas, one, at, below, layer, shades, sizes)
            at += inner
    _box(canvas, middle - side / 2, y, side, shades, layer[row])
    return width


def _join(canvas: Canvas, x: float, y: float, to_x: float, to_y: float, side: float) -> None:
    """The line from a manager down to a report."""
    bend = to_y - ROW / 2 + side / 2
    canvas.axes.plot([x, x, to_x, to_x], [y + side, bend, bend, to_y], color=MUTED, lw=0.8, zorder=1)


def _box(canvas: Canvas, x: float, y: float, side: float, shades: _Shades, layer: int) -> None:
    box = Rectangle(
        (x + 0.5, y), side - 1, side - 1, facecolor=shades.colour(layer), edgecolor=MUTED, lw=0.5, zorder=2
    )
    canvas.axes.add_patch(box)
    canvas.tip(box, f"{layer_name(layer, 1)}{shades.words(layer, ': ')}")


# ---- layers


def _bars(layers: Sequence[Mapping[str, Any]], shades: _Shades) -> Canvas:
    """A bar for each layer, as wide as the root of its people."""
    canvas = Canvas(34.0 * len(layers) + 58)
    axes = canvas.axes
    widest = max((math.sqrt(one["people"] or MINIMUM_PEOPLE) for one in layers), default=1.0)
    for k, one in enumerate(reversed(layers)):
        layer, people = one["layer"], one["people"]
        width = ROOM * math.sqrt(people or MINIMUM_PEOPLE) / widest
        colour = GRID if people is None else shades.colour(layer)
        bar = Rectangle(((ROOM - width) / 2, 34.0 * k), width, 15, facecolor=colour, edgecolor=MUTED, lw=0.6)
        axes.add_patch(bar)
        count = f"fewer than {MINIMUM_PEOPLE}" if people is None else f"{people:,}"
        text = f"{count} {layer_name(layer, people or 2)}"
        text += shades.words(layer, ", ") if people is not None else ""
        canvas.tip(bar, text)
        axes.text(ROOM / 2, 34.0 * k - 2, text, ha="center", va="bottom", fontsize=SMALL, color=INK)
    axes.set_xlim(-2, ROOM + 2)
    axes.set_ylim(34.0 * len(layers) - 12, -18)
    axes.set_axis_off()
    return canvas


__all__ = ["MOST_BOXES", "chart", "layer_name"]
