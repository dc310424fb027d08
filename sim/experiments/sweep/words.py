"""A sweep's answer as text."""

import numpy as np

from sim.experiments.points import label, scenario_at
from sim.experiments.sweep.answer import Answer, Panel
from sim.experiments.sweep.effects_words import RANKS, ranking_rows
from sim.experiments.sweep.file import Sweep
from sim.experiments.sweep.run import SweepResult
from sim.experiments.sweep.sentences import describe, short_name
from sim.scenario.tree import tree_of
from sim.statistics.estimates import Paired
from sim.text import numbers, tables

MAX_PANELS = 8


def sweep_text(result: SweepResult, colour: bool = False) -> str:
    """The question, the table, the answer and how far to trust it."""
    sweep, answer = result.sweep, result.answer
    parts = [tables.paint(tables.paragraph(sweep.question), "bold", colour)]
    topic = numbers.outcome_words(answer.outcome)
    held = f", {sweep.hold} held equal to the base" if sweep.hold else ""
    runs = "1 run" if sweep.runs == 1 else f"{sweep.runs} runs"
    counted = f"{'at most ' if sweep.until_decided else ''}{runs} of {sweep.base.weeks} weeks each"
    counted += ", until decided" if sweep.until_decided else ""
    parts.append(tables.paragraph(f"{topic}, {answer.unit}; {counted}, common random numbers{held}."))
    if left_out := sweep.left_out.words():
        parts.append(tables.paragraph(f"{left_out}."))
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
    if answer.sentences() or answer.notices():
        notices = [tables.paragraph(f"Too few runs: {text}", "  ") for text in answer.notices()[:MAX_PANELS]]
        said = [tables.paragraph(s, "  ") for s in answer.panel_sentences()[:MAX_PANELS]]
        # The notices stand right below the sentences that they limit, before what other assumptions would change.
        limits = [tables.paragraph(s, "  ") for s in answer.limits()]
        lines = [*said, *(tables.paint(text, "bold", colour) for text in notices), *limits]
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
    pair, ranked = panel.pair, panel.ranking
    header += ["best over it, %", "95 % interval", "beyond noise"] if ranked else []
    header += (
        [f"{short_name(answer.first)} over {short_name(answer.second)}, %", "95 % interval"]
        if pair is not None
        else []
    )
    rows, decimals, marked = [], decimals_for(panel), False
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
        if pair is not None:
            cells += _pair_cells(pair[k])
        if ranked:
            other = ranked.pairs.get(k)
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
    if pair is not None and len(panel.rows) > 1:
        text += "\n95 % interval: of each row by itself; the answer below is corrected for the number of rows"
    return text


def _pair_cells(pair: Paired) -> list[str]:
    if pair.base is None or pair.base <= 0 or pair.relative is None:
        return [numbers.signed(pair.difference), numbers.interval(pair.lo, pair.hi)]
    change = numbers.percent(pair.relative, sign=True)
    if pair.relative_lo is None:
        return [change, ""]
    return [change, f"[{numbers.percent(pair.relative_lo)}, {numbers.percent(pair.relative_hi)}]"]


def decimals_for(panel: Panel) -> int:
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
    """The points, the best first; those without a figure are left out."""
    found = answer.overall
    if found is None:
        return "No two points have a figure; what there is stands in summary.csv."
    header, rows = ranking_rows(found)
    more = len(sweep.points) - len(rows)
    text = tables.table(header, rows)
    text += f"\n... and {more} more points; all are in summary.csv" if more > 0 else ""
    return f"{text}\n{tables.paragraph(RANKS)}"
