"""Pictures of the answer over all points of a sweep: what every factor does, with bands."""

from pathlib import Path

from matplotlib.axes import Axes

from sim.experiments import plots
from sim.experiments.sweep.effects import Driver, Overall
from sim.experiments.sweep.file import Sweep
from sim.statistics.effects import Main
from sim.text import numbers

MOST = 6  # factors that are drawn
ACROSS = 3
WIDTH, HEIGHT = 2.9, 2.5  # inches of one of them
LETTERS = 10  # of all levels' names, per inch, that stand side by side


def draw_effects(sweep: Sweep, found: Overall, unit: str, path: Path) -> list[Path]:
    """Main effects, a small picture each on one scale; nothing where nothing is claimed. Returns the files written."""
    mains = found.effects.mains[:MOST]
    if found.effects.why or not mains:
        return []
    columns = min(ACROSS, len(mains))
    rows = -(-len(mains) // columns)
    figure = plots.new_figure(max(5.8, WIDTH * columns), HEIGHT * rows + 1.0)
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for k, one in enumerate(axes.flat):
        if k >= len(mains):
            one.set_visible(False)
            continue
        _one(one, found.drivers[mains[k].factor], mains[k])
        if k % columns == 0:
            one.set_ylabel(unit, fontsize=9)
    topic = numbers.outcome_words(found.outcome)
    title = f"{sweep.question}\n{topic[:1].upper()}{topic[1:]} along each factor, the others at their means; bands: 95 %"
    plots.set_heading(figure, title)
    return plots.save(figure, path, png=True)


def _one(axes: Axes, driver: Driver, main: Main) -> None:
    curve = main.curve
    colour = plots.OKABE_ITO[0] if main.found else "#777777"
    if driver.levels:
        error = [curve.mean - curve.lo, curve.hi - curve.mean]
        axes.errorbar(curve.x, curve.mean, error, fmt="o", color=colour, ms=5, capsize=3)
        upright = sum(map(len, driver.levels)) > LETTERS * WIDTH
        axes.set_xticks(curve.x, driver.levels, rotation=90 if upright else 0)
        axes.margins(x=0.15)
    else:
        axes.fill_between(curve.x, curve.lo, curve.hi, color=colour, alpha=0.22, lw=0)
        axes.plot(curve.x, curve.mean, color=colour, lw=1.7)
    words = numbers.words(driver.path)
    note = "" if main.found else "\n(no effect detected)"
    axes.set_xlabel(f"{words[:1].upper()}{words[1:]}{note}", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(True, color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
