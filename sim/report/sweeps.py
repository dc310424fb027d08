"""A sweep's answer as text and pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.answer import Answer, Panel
from sim.answer_words import describe, is_shown
from sim.report import plots
from sim.sweepfile import Sweep, label, scenario_at
from sim.text import numbers, tables

if TYPE_CHECKING:
    from sim.sweep import SweepResult

MAX_PANELS = 8
MAX_LISTED = 40


def sweep_text(result: "SweepResult", colour: bool = False) -> str:
    """The question, the table, the answer and how far to trust it."""
    sweep, answer = result.sweep, result.answer
    parts = [tables.paint(tables.paragraph(sweep.question), "bold", colour)]
    topic = numbers.outcome_words(answer.outcome)
    held = f", {sweep.hold} held equal to the base" if sweep.hold else ""
    runs = "1 run" if sweep.runs == 1 else f"{sweep.runs} runs"
    counted = f"{'at most ' if sweep.until_decided else ''}{runs} of {sweep.base.weeks} weeks each"
    counted += ", until decided" if sweep.until_decided else ""
    parts.append(tables.paragraph(f"{topic}, {answer.unit}; {counted}, common random numbers{held}."))
    if answer.panels:
        parts += [panel_text(answer, panel, colour) for panel in answer.panels[:MAX_PANELS]]
        structures = _structures(sweep, answer)
        if structures:
            parts.append(structures)
        if len(answer.panels) > MAX_PANELS:
            parts.append(
                f"... and {len(answer.panels) - MAX_PANELS} more tables; all figures are in summary.csv"
            )
    else:
        parts.append(_listing(sweep, answer))
    sentences = answer.sentences()
    if sentences or answer.notices():
        shown = sentences if len(sentences) <= MAX_PANELS + 1 else [*sentences[:MAX_PANELS], sentences[-1]]
        notices = [tables.paragraph(f"Too few runs: {text}", "  ") for text in answer.notices()[:MAX_PANELS]]
        said = [tables.paragraph(s, "  ") for s in shown]
        # The notices stand right below the sentences that they limit, before what other assumptions would change.
        cut = len(said) - bool(answer.robust_sentence)
        lines = [*said[:cut], *(tables.paint(text, "bold", colour) for text in notices), *said[cut:]]
        lines += [tables.paragraph(f"Note: {note}.", "  ") for note in result.notes]
        parts.append("Answer\n" + "\n".join(lines))
    elif result.notes:
        parts.append("\n".join(tables.paragraph(f"Note: {note}.") for note in result.notes))
    if result.failures:
        parts.append(
            f"Warning: {numbers.plural(len(result.failures), 'run')} failed, left out; listed in failures.parquet with the "
            f"seed that replays them."
        )
    return "\n\n".join(parts)


def _structures(sweep: Sweep, answer: Answer) -> str:
    """What the columns (or ranked rows) are, where they are structures: people and spans of the first point of each."""
    path, values = answer.of, answer.panels[0].columns
    if path is None and answer.panels[0].ranking is not None:
        path, values = answer.along, answer.panels[0].rows
    if path is None or not path.startswith("organisation."):
        return ""
    from sim.scenario.tree import tree_of

    lines = []
    for value in values:
        first = next(k for k, point in enumerate(sweep.points) if point[path] == value)
        facts = tree_of(scenario_at(sweep.base, sweep.hold, sweep.points[first])).facts()
        lines.append(
            f"{describe(path, value)}: {numbers.plural(facts['ics'], 'IC')}, "
            f"{numbers.plural(facts['managers'], 'manager')}, first-line span {facts['first_line_span_mean']:.1f}"
        )
    return tables.paragraph("; ".join(lines) + ".")


def panel_text(answer: Answer, panel: Panel, colour: bool = False) -> str:
    """One table: rows are values of `along`, columns of `of`, the best of a row marked if it is beyond
    noise.
    """
    header = [numbers.words(answer.along)] if answer.along else []
    header += [describe(answer.of, value) if answer.of else "mean" for value in panel.columns]
    intervals = answer.of is None
    header += ["95 % interval"] if intervals else []
    pair, ranked = panel.pair is not None, panel.ranking
    header += ["best over it, %", "95 % interval", "beyond noise"] if ranked else []
    header += [f"{_short(answer.first)} over {_short(answer.second)}, %", "95 % interval"] if pair else []
    rows, decimals, marked = [], _decimals(panel), False
    for k, value in enumerate(panel.rows):
        cells = [label(value)] if answer.along else []
        for column, estimate in enumerate(panel.estimates[k]):
            best = panel.best[k] is not None and panel.best[k] == (column, True)
            best = best or (ranked is not None and ranked.best == k)
            marked = marked or best
            text = _fixed(estimate.mean, decimals) + ("*" if best else " ")
            cells.append(tables.paint(text, "green", colour and best))
        if intervals:
            e = panel.estimates[k][0]
            cells.append("" if e.lo is None else f"[{_fixed(e.lo, decimals)}, {_fixed(e.hi, decimals)}]")
        if pair:
            cells += _pair_cells(panel.pair[k])
        if ranked:
            other = ranked.pairs[k]
            cells += (
                ["", "", ""] if other is None else [*_pair_cells(other), "yes" if ranked.beyond[k] else "no"]
            )
        rows.append(cells)
    fixed = ", ".join(f"{numbers.words(path)} {label(value)}" for path, value in panel.fixed.items())
    text = (f"{fixed}\n" if fixed else "") + tables.table(header, rows)
    if ranked:
        text += (
            f"\n* best mean. Beyond noise: paired t test, p < .05 after correction for all {ranked.tests} pairs"
            "\n95 % interval: of each row by itself"
        )
    elif marked:
        text += "\n* best of its row beyond noise (paired with the runner-up, p < .05 over the table)"
    if pair and len(panel.rows) > 1:
        text += "\n95 % interval: of each row by itself; the answer below is corrected for the number of rows"
    return text


def _pair_cells(pair) -> list[str]:
    if pair.base is None or pair.base <= 0 or pair.relative is None:
        return [numbers.signed(pair.difference), numbers.interval(pair.lo, pair.hi)]
    change = numbers.percent(pair.relative, sign=True)
    if pair.relative_lo is None:
        return [change, ""]
    return [change, f"[{numbers.percent(pair.relative_lo)}, {numbers.percent(pair.relative_hi)}]"]


def _short(name: str) -> str:
    """'flat (2 layers)' -> 'flat'; a name without brackets stays."""
    return name.split(" (")[0]


def _decimals(panel: Panel) -> int:
    """Decimals that all cells share: four significant digits of the largest, more where the cells are
    close.
    """
    means = [e.mean for row in panel.estimates for e in row if e.mean is not None]
    largest = max((abs(m) for m in means), default=0.0)
    if largest == 0:
        return 0
    spread = max(means) - min(means)
    digits = 4 if spread == 0 else min(6, max(4, 3 + int(np.floor(np.log10(largest / spread)))))
    return max(0, digits - 1 - int(np.floor(np.log10(largest))))


def _fixed(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:,.{decimals}f}"


def _listing(sweep: Sweep, answer: Answer) -> str:
    header = ["point", *(numbers.words(path) for path in sweep.vary), "mean", "95 % interval"]
    rows = []
    for k, values in enumerate(sweep.points[:MAX_LISTED]):
        e = answer.listing[k]
        rows.append(
            [
                str(k),
                *(label(v) for v in values.values()),
                numbers.number(e.mean),
                numbers.interval(e.lo, e.hi, 4),
            ]
        )
    more = len(sweep.points) - MAX_LISTED
    return tables.table(header, rows) + (
        f"\n... and {more} more points; all are in summary.csv" if more > 0 else ""
    )


# ---- pictures


def draw(sweep: Sweep, answer: Answer, folder: Path) -> tuple[Path, ...]:
    """Heat map and lines per panel (at most eight); returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for k, panel in enumerate(answer.panels[:MAX_PANELS]):
        suffix = "" if len(answer.panels) == 1 else f"-{k + 1}"
        if len(panel.rows) > 1 and len(panel.columns) > 1:
            written += _heat_map(answer, panel, folder / f"heat-map{suffix}", sweep)
        if len(panel.rows) > 1 and all(isinstance(v, (int, float)) for v in panel.rows):
            written += _lines(answer, panel, folder / f"lines{suffix}")
            if panel.pair is not None:
                written += _difference(answer, panel, folder / f"difference{suffix}")
    return tuple(written)


def _title(answer: Answer, panel: Panel, what: str) -> str:
    fixed = ", ".join(f"{numbers.words(path)} {label(value)}" for path, value in panel.fixed.items())
    return what + (f" ({fixed})" if fixed else "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _crossing(answer: Answer, panel: Panel, interval: str = "shaded: 95 % interval") -> plots.Crossing | None:
    found = panel.crossing
    if not is_shown(found, panel.rows):
        return None
    ends = [end if end is not None and np.isfinite(end) else None for end in (found.lo, found.hi)]
    verb = "overtakes" if found.kind == "overtakes" else "falls behind"
    text = f"{_short(answer.first)} {verb} {_short(answer.second)} at {found.x:.2g}"
    return (
        found.x,
        ends[0],
        ends[1],
        text + (f" ({interval})" if any(e is not None for e in ends) else ""),
    )


def _means(panel: Panel, column: int, field: str) -> np.ndarray:
    values = [getattr(row[column], field) for row in panel.estimates]
    means = [row[column].mean for row in panel.estimates]
    return np.array([m if v is None else v for v, m in zip(values, means, strict=True)], dtype=float)


def _heat_map(answer: Answer, panel: Panel, path: Path, sweep: Sweep) -> list[Path]:
    values = np.array([_means(panel, column, "mean") for column in range(len(panel.columns))])
    best = [(b[0], k) for k, b in enumerate(panel.best) if b is not None and b[1]]
    held = f" at equal {sweep.hold}" if sweep.hold else ""
    return plots.heat_map(
        path,
        values,
        [label(v) for v in panel.rows],
        [label(v) for v in panel.columns],
        title=_title(answer, panel, _capital(numbers.outcome_words(answer.outcome)) + held),
        x_label=_capital(numbers.words(answer.along)),
        y_label=_capital(numbers.words(answer.of)),
        unit=answer.unit,
        best=best,
        crossing=_crossing(answer, panel, "bar: 95 % interval"),
        compared=tuple(panel.columns.index(v) for v in sweep.crossing.between) if sweep.crossing else None,
        decimals=_decimals(panel),
    )


def _lines(answer: Answer, panel: Panel, path: Path) -> list[Path]:
    lines = []
    for column, value in enumerate(panel.columns):
        name = describe(answer.of, value) if answer.of else numbers.outcome_words(answer.outcome)
        lines.append((name, *(_means(panel, column, field) for field in ("mean", "lo", "hi"))))
    return plots.line_plot(
        path,
        panel.rows,
        lines,
        title=_title(answer, panel, _capital(numbers.outcome_words(answer.outcome)) + ", mean and 95 % band"),
        x_label=_capital(numbers.words(answer.along)),
        y_label=_capital(answer.unit),
        crossing=_crossing(answer, panel),
        png=False,
    )


def _difference(answer: Answer, panel: Panel, path: Path) -> list[Path]:
    relative = all(p.base is not None and p.base > 0 for p in panel.pair)
    shown = [
        (p.relative, p.relative_lo, p.relative_hi) if relative else (p.difference, p.lo, p.hi)
        for p in panel.pair
    ]
    scale = 100.0 if relative else 1.0
    columns = [
        np.array([np.nan if mean is None else scale * (mean if v is None else v) for mean, v in values])
        for values in ([(ends[0], ends[k]) for ends in shown] for k in range(3))
    ]
    name = f"{answer.first} over {answer.second}"
    return plots.line_plot(
        path,
        panel.rows,
        [(name, *columns)],
        title=_title(
            answer,
            panel,
            f"{_capital(_short(answer.first))} over {_short(answer.second)}, paired by run, mean and 95 % band",
        ),
        x_label=_capital(numbers.words(answer.along)),
        y_label=f"Difference in {numbers.outcome_words(answer.outcome)}, "
        + ("%" if relative else answer.unit),
        zero=True,
        crossing=_crossing(answer, panel),
        png=False,
    )
