"""Pictures of a sweep: heat map, lines, and how a difference fares along an axis."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.experiments import plots
from sim.experiments.designs import as_numbers
from sim.experiments.points import label
from sim.experiments.sweep.answer import Answer, Panel
from sim.experiments.sweep.effects_pictures import draw_effects
from sim.experiments.sweep.file import Sweep
from sim.experiments.sweep.sentences import describe, is_shown, short_name
from sim.experiments.sweep.words import MAX_PANELS, decimals_for
from sim.statistics.estimates import Paired
from sim.text import numbers
from sim.text.numbers import capital


def draw(sweep: Sweep, answer: Answer, folder: Path) -> tuple[Path, ...]:
    """Heat map and lines per panel (at most eight), and what drives the outcome over all points; returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    if answer.overall is not None:
        written += draw_effects(sweep, answer.overall, answer.unit, folder / "effects")
    for k, panel in enumerate(answer.panels[:MAX_PANELS]):
        suffix = "" if len(answer.panels) == 1 else f"-{k + 1}"
        if answer.along is None or len(panel.rows) < 2:
            continue
        label_x = capital(numbers.words(answer.along))
        if answer.of is not None and len(panel.columns) > 1:
            labels = (label_x, capital(numbers.words(answer.of)))
            written += _heat_map(answer, panel, folder / f"heat-map{suffix}", sweep, labels)
        if all(isinstance(v, (int, float)) for v in panel.rows):
            written += _lines(answer, panel, folder / f"lines{suffix}", sweep, label_x)
            if panel.pair is not None:
                written += _difference(
                    answer, panel, panel.pair, folder / f"difference{suffix}", sweep, label_x
                )
    return tuple(written)


def _title(sweep: Sweep, panel: Panel, what: str) -> str:
    """The question, and what is shown."""
    fixed = ", ".join(f"{numbers.words(path)} {label(value)}" for path, value in panel.fixed.items())
    return f"{sweep.question}\n{what}" + (f" ({fixed})" if fixed else "")


def _crossing(answer: Answer, panel: Panel, interval: str = "shaded: 95 % interval") -> plots.Crossing | None:
    found = panel.crossing
    if found is None or found.x is None or not is_shown(found, panel.rows):
        return None
    lo, hi = (end if end is not None and np.isfinite(end) else None for end in (found.lo, found.hi))
    verb = "overtakes" if found.kind == "overtakes" else "falls behind"
    text = f"{short_name(answer.first)} {verb} {short_name(answer.second)} at {found.x:.2g}"
    return found.x, lo, hi, text if lo is None and hi is None else f"{text} ({interval})"


def _means(panel: Panel, column: int, field: str) -> np.ndarray:
    values = [getattr(row[column], field) for row in panel.estimates]
    means = [row[column].mean for row in panel.estimates]
    return np.array([m if v is None else v for v, m in zip(values, means, strict=True)], dtype=float)


def _heat_map(answer: Answer, panel: Panel, path: Path, sweep: Sweep, labels: tuple[str, str]) -> list[Path]:
    values = np.array([_means(panel, column, "mean") for column in range(len(panel.columns))])
    best = [(b[0], k) for k, b in enumerate(panel.best) if b is not None and b[1]]
    compared = None
    if sweep.crossing is not None:
        one, other = sweep.crossing.between
        compared = (panel.columns.index(one), panel.columns.index(other))
    held = f" at equal {sweep.hold}" if sweep.hold else ""
    return plots.heat_map(
        path,
        values,
        [label(v) for v in panel.rows],
        [label(v) for v in panel.columns],
        title=_title(sweep, panel, capital(numbers.outcome_words(answer.outcome)) + held),
        x_label=labels[0],
        y_label=labels[1],
        unit=answer.unit,
        best=best,
        crossing=_crossing(answer, panel, "bar: 95 % interval"),
        compared=compared,
        decimals=decimals_for(panel),
    )


def _lines(answer: Answer, panel: Panel, path: Path, sweep: Sweep, x_label: str) -> list[Path]:
    lines = []
    for column, value in enumerate(panel.columns):
        name = describe(answer.of, value) if answer.of else numbers.outcome_words(answer.outcome)
        mean, lo, hi = (_means(panel, column, field) for field in ("mean", "lo", "hi"))
        lines.append((name, mean, lo, hi))
    return plots.line_plot(
        path,
        as_numbers(panel.rows),
        lines,
        title=_title(
            sweep, panel, capital(numbers.outcome_words(answer.outcome)) + "; bands: 95 % intervals"
        ),
        x_label=x_label,
        y_label=capital(answer.unit),
        crossing=_crossing(answer, panel),
    )


def _difference(
    answer: Answer, panel: Panel, pair: Sequence[Paired], path: Path, sweep: Sweep, x_label: str
) -> list[Path]:
    relative = all(p.base is not None and p.base > 0 for p in pair)
    shown = [
        (p.relative, p.relative_lo, p.relative_hi) if relative else (p.difference, p.lo, p.hi) for p in pair
    ]
    scale = 100.0 if relative else 1.0
    mean, lo, hi = (
        np.array([np.nan if middle is None else scale * (middle if v is None else v) for middle, v in values])
        for values in ([(ends[0], ends[k]) for ends in shown] for k in range(3))
    )
    name = f"{answer.first} over {answer.second}"
    return plots.line_plot(
        path,
        as_numbers(panel.rows),
        [(name, mean, lo, hi)],
        title=_title(
            sweep,
            panel,
            f"{capital(short_name(answer.first))} over {short_name(answer.second)}, paired by run; band: 95 % interval",
        ),
        x_label=x_label,
        y_label=f"Difference in\n{numbers.outcome_words(answer.outcome)}, "
        + ("%" if relative else answer.unit),
        zero=True,
        crossing=_crossing(answer, panel),
    )
