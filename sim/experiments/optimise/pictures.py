"""The picture of the front: what every design changes against the base, with 95 % intervals, from the fresh runs."""

from pathlib import Path

from matplotlib.axes import Axes

from sim.experiments import plots
from sim.experiments.optimise.final import Entry
from sim.experiments.optimise.space import Goal
from sim.experiments.optimise.study import Optimum
from sim.outcomes.declared import OUTCOMES
from sim.statistics.estimates import Paired
from sim.text import numbers

WIDTH, PANEL, ROW = 7.0, 4.6, 0.45  # inches
BETTER, OTHER, BASE = plots.OKABE_ITO[0], plots.OKABE_ITO[4], plots.OKABE_ITO[6]


def front_picture(path: Path, found: Optimum) -> list[Path]:
    """Draw path.svg and path.png; nothing where there is no front. Panels have the first objective on x; one alone has rows."""
    entries, goals = found.final.entries, found.space.goals
    if not entries:
        return []
    panels = max(1, len(goals) - 1)
    height = PANEL * panels if len(goals) > 1 else 1.6 + ROW * len(entries)
    figure = plots.new_figure(WIDTH, height)
    first = None
    for row in range(panels):
        axes = figure.add_subplot(panels, 1, row + 1)
        first = first or axes
        if len(goals) == 1:
            _one(axes, found, goals[0])
        else:
            _two(axes, found, goals[0], goals[row + 1])
    assert first is not None
    base = found.space.base.name
    what = f"Designs against {base} at equal {found.space.hold}, 95 % intervals over {found.space.runs} fresh runs"
    plots.set_title(figure, first, f"{found.space.question}\n{what}")
    plots.legend_below(figure, first, 3)
    return plots.save(figure, path, png=True)


def _change(outcome: str, pair: Paired, relative: bool) -> tuple[float, float, float]:
    """The difference and how far its interval reaches down and up, as it is drawn."""
    scale = 100.0 if relative else numbers.shown_unit(OUTCOMES[outcome].unit)[1]
    middle = (pair.relative if relative else pair.difference) or 0.0
    ends = pair.relative_interval if relative else pair.interval
    lo, hi = ends if ends is not None else (middle, middle)
    return scale * middle, scale * max(0.0, middle - lo), scale * max(0.0, hi - middle)


def _is_relative(found: Optimum, goal: Goal) -> bool:
    """Whether every design's change can be told as a share of the base."""
    pairs = [entry.against[goal.outcome] for entry in found.final.entries]
    return all(pair.relative_interval is not None and (pair.base or 0.0) > 0 for pair in pairs)


def _axis(found: Optimum, goal: Goal) -> str:
    """'Lead time hours, % (less is better)'."""
    unit = "%" if _is_relative(found, goal) else numbers.shown_unit(OUTCOMES[goal.outcome].unit)[0]
    words = numbers.outcome_words(goal.outcome)
    return (
        f"{words[:1].upper()}{words[1:]}, change in {unit} ({'more' if goal.sign > 0 else 'less'} is better)"
    )


def _style(entry: Entry, found: Optimum) -> tuple[str, str, str]:
    """Colour, marker and name: told apart without colour, too."""
    base = found.space.base.name
    if entry.beats(found.space.goals):
        return BETTER, "o", f"better than {base} beyond noise"
    return OTHER, "s", "better and worse, or within noise"


def _two(axes: Axes, found: Optimum, across: Goal, up: Goal) -> None:
    named: set[str] = set()
    for entry in found.final.entries:
        x, left, right = _change(across.outcome, entry.against[across.outcome], _is_relative(found, across))
        y, down, rise = _change(up.outcome, entry.against[up.outcome], _is_relative(found, up))
        colour, marker, name = _style(entry, found)
        axes.errorbar(
            x, y, xerr=[[left], [right]], yerr=[[down], [rise]], fmt=marker, color=colour, markersize=6, capsize=2,
            linewidth=1, label=None if name in named else name,
        )  # fmt: skip
        named.add(name)
        axes.annotate(str(entry.number), (x, y), xytext=(6, 6), textcoords="offset points", fontsize=9)
    axes.plot([0], [0], marker="*", markersize=12, color=BASE, linestyle="none", label=found.space.base.name)
    axes.axhline(0, color="0.7", linewidth=0.8, zorder=0)
    axes.axvline(0, color="0.7", linewidth=0.8, zorder=0)
    axes.margins(0.12)
    axes.set_xlabel(_axis(found, across))
    axes.set_ylabel(_axis(found, up))


def _one(axes: Axes, found: Optimum, goal: Goal) -> None:
    named: set[str] = set()
    entries = found.final.entries
    for row, entry in enumerate(entries):
        x, left, right = _change(goal.outcome, entry.against[goal.outcome], _is_relative(found, goal))
        colour, marker, name = _style(entry, found)
        axes.errorbar(
            x, row, xerr=[[left], [right]], fmt=marker, color=colour, markersize=6, capsize=3,
            label=None if name in named else name,
        )  # fmt: skip
        named.add(name)
    axes.axvline(0, color=BASE, linewidth=1, linestyle="--", label=found.space.base.name)
    axes.set_yticks(range(len(entries)), [f"design {entry.number}" for entry in entries])
    axes.set_ylim(len(entries) - 0.5, -0.5)
    axes.set_xlabel(_axis(found, goal))
