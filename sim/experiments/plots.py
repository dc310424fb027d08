"""Pictures: a heat map and lines with bands. Plain numbers in, SVG (and PNG) files out.

Colour-blind safe (cividis for values, Okabe and Ito's palette for lines). SVG files are the same bytes for
the same numbers. Matplotlib is never used through pyplot, which keeps global state; it is loaded with this module, which
only commands that draw load.
"""

import textwrap
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from sim.store.files import replaced

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", "-.", ":")
#: Position on x, its 95 % interval (None = outside the range) and what it is called.
Crossing = tuple[float, float | None, float | None, str]
LEGEND_SIZE = 9  # points
LEGEND_MARGIN = 0.15  # inches left and right of a legend
LEGEND_HANDLE = 6  # letters that the line before a name takes
LETTERS_BELOW = 70  # of the labels of a heat map's columns, which stand upright if there are more
LETTER = 0.6  # mean width of a letter, of its size
#: Pixels across of a PNG, on a slide; at a phone's 390 letters of 11 points in a figure of 6 inches are 10 pixels high.
PNG_WIDTH = 1320
LEAST_DPI = 150
TITLE_SIZE = 11  # points
MAX_NOTES = 400  # cells; beyond this a heat map is not annotated


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of that size, inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: Path, png: bool) -> list[Path]:
    """Write path.svg, and path.png if asked, each in one step; the folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for kind in ("svg", "png") if png else ("svg",):
        target = path.with_suffix(f".{kind}")
        # The salt and the missing date make the bytes depend on the numbers only.
        with matplotlib.rc_context({"svg.hashsalt": "orgsim"}), replaced(target) as temporary:
            figure.savefig(
                temporary,
                format=kind,
                dpi=max(LEAST_DPI, PNG_WIDTH / figure.get_figwidth()),
                metadata={"Date": None} if kind == "svg" else None,
            )
        written.append(target)
    return written


def set_title(figure: Figure, axes: Axes, title: str, margin: float = 1.0) -> None:
    """The title, each of its lines wrapped at the width of the figure; margin: inches that axes labels take beside it."""
    letters = int((figure.get_figwidth() - margin) * 72 / (LETTER * 0.94 * TITLE_SIZE))
    text = "\n".join(textwrap.fill(line, letters) for line in title.splitlines())
    axes.set_title(text, fontsize=TITLE_SIZE, loc="left")


def set_heading(figure: Figure, title: str) -> None:
    """A title over several pictures, each of its lines wrapped at the width of the figure."""
    letters = int((figure.get_figwidth() - 0.3) * 72 / (LETTER * 0.94 * TITLE_SIZE))
    text = "\n".join(textwrap.fill(line, letters) for line in title.splitlines())
    figure.suptitle(text, fontsize=TITLE_SIZE, x=0.01, ha="left")


def legend_below(figure: Figure, axes: Axes, columns: int, size: float = LEGEND_SIZE) -> None:
    """A legend below everything, in as many columns, up to *columns*, as fit into the figure; long names are wrapped.

    size: of the letters, points.
    """
    handles, names = axes.get_legend_handles_labels()
    room = figure.get_figwidth() - 2 * LEGEND_MARGIN  # inches
    # Names are wrapped at what one column holds, by the mean width of a letter.
    width = int(room * 72 / (LETTER * size)) - LEGEND_HANDLE
    names = [textwrap.fill(name, width) for name in names]
    for count in range(max(1, min(columns, len(names))), 0, -1):
        legend = figure.legend(
            handles, names, loc="outside lower left", ncols=count, frameon=False, fontsize=size
        )
        if count == 1 or legend.get_window_extent().width <= room * figure.dpi:
            return
        legend.remove()


def heat_map(
    path: Path,
    values: np.ndarray,
    x: Sequence[float | str],
    y: Sequence[object],
    *,
    title: str,
    x_label: str,
    y_label: str,
    unit: str,
    best: Sequence[tuple[int, int]] = (),
    crossing: Crossing | None = None,
    compared: tuple[int, int] | None = None,
    decimals: int = 2,
    png: bool = True,
) -> list[Path]:
    """Heat map of values[y, x], NaN left blank. x, y: the levels (numbers or text).

    best: (row, column) of the cells to frame. crossing: see `Crossing`; x must be numbers then, or text that reads as one, and
    `compared` the two rows that cross. decimals: of the figures in the cells.
    """
    rows, columns = values.shape
    figure = new_figure(max(5.8, 1.9 + 0.56 * columns), max(3.4, 2.1 + 0.56 * rows))
    axes = figure.add_subplot()
    image = axes.imshow(np.ma.masked_invalid(values), aspect="auto", cmap="cividis", origin="lower")
    labels = [_short(v) for v in x]
    long = columns * max(len(text) + 1 for text in labels) > LETTERS_BELOW
    axes.set_xticks(range(columns), labels, rotation=90 if long else 0)
    axes.set_yticks(range(rows), [str(v) for v in y])
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    set_title(figure, axes, title, 1.6)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.colorbar(image, ax=axes, pad=0.015).set_label(unit)
    if values.size <= MAX_NOTES:
        _annotate(axes, image, values, decimals)
    _frame(axes, best)
    if crossing is not None:
        _mark_crossing(axes, [float(level) for level in x], crossing, compared)
    if best or crossing is not None:
        legend_below(figure, axes, 2)
    return save(figure, path, png)


def _short(level: float | str) -> str:
    """A level in few letters: numbers with three digits that tell."""
    text = str(level)
    if len(text) <= 5:
        return text
    try:
        return f"{float(text):.3g}"
    except ValueError:
        return text


def _annotate(axes: Axes, image: AxesImage, values: np.ndarray, decimals: int) -> None:
    for (row, column), value in np.ndenumerate(values):
        if not np.isfinite(value):
            continue
        fill = image.cmap(image.norm(value))
        ink = "black" if 0.299 * fill[0] + 0.587 * fill[1] + 0.114 * fill[2] > 0.5 else "white"
        text = axes.text(
            column, row, f"{value:,.{decimals}f}", ha="center", va="center", fontsize=9, color=ink
        )
        # A halo in the colour of the cell keeps figures readable where a line passes behind them.
        text.set_path_effects([withStroke(linewidth=4, foreground=fill)])
        text.set_zorder(6)


def _frame(axes: Axes, best: Sequence[tuple[int, int]]) -> None:
    for k, (row, column) in enumerate(best):
        label = "best, beyond noise" if k == 0 else None
        box = Rectangle(
            (column - 0.46, row - 0.44), 0.92, 0.88, fill=False, lw=2.2, ec="#D55E00", label=label
        )
        axes.add_patch(box)


def _mark_crossing(
    axes: Axes, x: Sequence[float], crossing: Crossing, compared: tuple[int, int] | None
) -> None:
    """A dashed line at the crossing, and its interval as a whisker between the two rows that cross."""
    at, lo, hi, label = crossing
    order = np.argsort(x)
    places = np.arange(len(x), dtype=float)[order]

    def place(value: float | None, outside: float) -> float:
        return outside if value is None else float(np.interp(value, np.asarray(x)[order], places))

    middle = place(at, 0.0)
    axes.axvline(middle, color="white", lw=3.5, zorder=4)
    axes.axvline(middle, color="black", lw=1.6, ls="--", zorder=5, label=label)
    if compared is not None and (lo is not None or hi is not None):
        left, right = place(lo, -0.5), place(hi, len(x) - 0.5)
        y = sum(compared) / 2
        for width, colour in ((7, "white"), (4, "black")):
            axes.plot([left, right], [y, y], color=colour, lw=width, solid_capstyle="butt", zorder=5)


def line_plot(
    path: Path,
    x: Sequence[float] | np.ndarray,
    lines: Sequence[tuple[str, np.ndarray, np.ndarray, np.ndarray]],
    *,
    title: str,
    x_label: str,
    y_label: str,
    zero: bool = False,
    crossing: Crossing | None = None,
    png: bool = True,
) -> list[Path]:
    """Lines (name, mean, lo, hi) over x with 95 % bands. zero: draw the line of no difference."""
    figure = new_figure(6.0, 4.5)
    axes = figure.add_subplot()
    order = np.argsort(x)
    xs = np.asarray(x, dtype=float)[order]
    if zero:
        axes.axhline(0, color="#777777", lw=1)
    for k, (name, mean, lo, hi) in enumerate(lines):
        colour = OKABE_ITO[k % len(OKABE_ITO)]
        style = DASHES[(k // len(MARKERS)) % len(DASHES)]
        axes.fill_between(xs, lo[order], hi[order], color=colour, alpha=0.22, lw=0)
        axes.plot(
            xs, mean[order], style, color=colour, marker=MARKERS[k % len(MARKERS)], ms=5, lw=1.7, label=name
        )
    if crossing is not None:
        at, left, right, label = crossing
        if left is not None or right is not None:
            axes.axvspan(
                xs[0] if left is None else left,
                xs[-1] if right is None else right,
                color="#999999",
                alpha=0.25,
            )
        axes.axvline(at, color="black", lw=1.3, ls="--", label=label)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    set_title(figure, axes, title)
    axes.grid(True, color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    legend_below(figure, axes, 3)
    return save(figure, path, png)
