"""Picture of `orgsim run` of a scenario with paths."""

from pathlib import Path

import numpy as np

from sim.experiments import plots
from sim.experiments.paths.study import Paths
from sim.text.numbers import plural


def paths_picture(path: Path, paths: Paths) -> list[Path]:
    """Draw the difference in value over time, every path against the first, with 95 % bands."""
    base = next(iter(paths.results))
    drawn = [(name, branch.weekly) for name, branch in paths.branches.items() if len(branch.weekly)]
    weeks = np.unique(np.concatenate([weekly[:, 0] for _, weekly in drawn]))
    lines = []
    for name, weekly in drawn:
        full = np.full((len(weeks), 3), np.nan)
        full[np.searchsorted(weeks, weekly[:, 0])] = weekly[:, 1:]
        lines.append((f"{name} minus {base}", full[:, 0], full[:, 1], full[:, 2]))
    runs = len(next(iter(paths.results.values())).runs)
    first = min(branch.from_week for branch in paths.branches.values())
    title = paths.scenario.question or paths.scenario.name
    return plots.line_plot(
        path,
        weeks,
        lines,
        title=f"{title}\nValue over {base}, mean of {plural(runs, 'run')}; bands: 95 % intervals",
        x_label="Week (each point: mean of the four weeks that end there)",
        y_label="Difference in value,\nstandard hours/week",
        zero=True,
        crossing=(first, None, None, f"first event, end of week {first}") if first else None,
    )
