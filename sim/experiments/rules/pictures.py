"""The picture of `orgsim rules`: the points over the two factors that say most, with the box."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.experiments import plots
from sim.experiments.rules.scatter import Scatter, scatter
from sim.experiments.rules.study import RULE, Found
from sim.experiments.rules.words import claim

CASE, OTHER = plots.OKABE_ITO[0], plots.OKABE_ITO[1]
NAME = "rule"
_FULL, _PALE = 0.9, 0.22  # opacity of points, and of those that miss what the picture has no axis for


def draw(folder: Path, found: Found, png: bool = True) -> list[Path]:
    """Write the picture as SVG (and PNG). Returns what was written."""
    shown = scatter(found)
    figure = plots.new_figure(6.4, 5.6)
    axes = figure.add_subplot()
    _points(axes, shown)
    if shown.boxed:
        _box(axes, shown)
    _scales(axes, shown)
    title = f"{claim(found)}: {'the rule' if found.state == RULE else 'no rule'}"
    points = f"{len(shown.x):,} points {'searched' if found.fresh is None else 'that were not used to find the box'}"
    plots.set_title(figure, axes, f"{title[0].upper()}{title[1:]}\n{points}")
    axes.grid(True, color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    plots.legend_below(figure, axes, 2)
    return plots.save(figure, folder / NAME, png)


def _points(axes: Axes, shown: Scatter) -> None:
    beside = ", other condition met" if shown.besides else ""
    for case, colour, marker, name in ((True, CASE, "o", shown.yes), (False, OTHER, "x", shown.no)):
        for met, alpha, label in ((True, _FULL, f"{name}{beside}"), (False, _PALE, f"{name}, not met")):
            chosen = (shown.met == met) & (shown.case == case)
            if chosen.any():
                x, y = shown.x[chosen], shown.y[chosen]
                axes.scatter(x, y, s=20, c=colour, marker=marker, alpha=alpha, lw=1.0, label=label)


def _box(axes: Axes, shown: Scatter) -> None:
    across, up = shown.axes
    label = "the box" + (f", where {shown.besides}" if shown.besides else "")
    axes.add_patch(
        Rectangle(
            (across.low, up.low), across.high - across.low, up.high - up.low,
            fill=False, lw=2.2, ec="black", zorder=5, label=label,
        )
    )  # fmt: skip


def _scales(axes: Axes, shown: Scatter) -> None:
    across, up = shown.axes
    axes.set_xlabel(across.label)
    axes.set_ylabel(up.label)
    for side, set_ticks, set_scale in (
        (across, axes.set_xticks, axes.set_xscale),
        (up, axes.set_yticks, axes.set_yscale),
    ):
        if side.log:
            set_scale("log")
        if side.ticks:
            set_ticks([place for place, _ in side.ticks], [text for _, text in side.ticks])
