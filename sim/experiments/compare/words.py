"""A comparison as text: the short form first (`sim.experiments.compare.brief`), then the table.

The table has the outcomes that decide, and every other one with a large difference beyond noise if they fit
(`MAX_ROWS`); or all of them.
"""

from collections.abc import Mapping, Sequence

from sim.experiments.assumption_words import definition_words
from sim.experiments.compare.brief import (
    DETECTED,
    MOST_DIFFERING,
    cut,
    headline,
    shares,
    short_form,
    summary,
)
from sim.experiments.compare.study import Comparison, Row
from sim.experiments.holding import holding_json
from sim.experiments.parts import parts_json
from sim.outcomes.declared import DECISIVE
from sim.text import numbers, tables
from sim.text.plain import ends, jsonable

MAX_ROWS = 20
MAX_WIDTH = 100
LARGE = 0.10  # share of the base from which on a difference is large
NAME_WIDTHS = (16, 12, 9)  # of the scenarios' names in the head of the table; the first that fits
_COLOURS = {"better": "green", "worse": "red"}


def comparison_text(comparison: Comparison, colour: bool = False, everything: bool = False) -> str:
    """The whole text of `orgsim compare`, with the outcomes that decide or with all. Other warnings than too few runs
    are apart (`Comparison.warnings`), because they go to stderr.
    """
    parts = []
    for name in comparison.names:
        parts.append(tables.paint(f"{name} against {comparison.base}", "bold", colour))
        parts.append(short_form(comparison, name, colour))
        if len(comparison.differs[name]) > MOST_DIFFERING:
            parts.append("All that differs\n" + tables.bullets(comparison.differs[name]))
        if comparison.notes and name == comparison.names[0]:  # they limit every verdict alike
            parts.append("\n".join(tables.paragraph(f"Note: {note}.") for note in comparison.notes))
        rows = comparison.rows[name]
        shown = [comparison.primary, *(x for x in rows if x != comparison.primary)] if everything else None
        shown = selected(rows, comparison.primary) if shown is None else shown
        parts.append(_table(comparison, name, shown, colour, everything) + _kinds(comparison, name))
        if not everything:
            parts[-1] += "\n" + _left_out(comparison, name, shown)
    parts += filter(None, [summary(comparison, colour)])
    parts.append(_footnote(comparison, everything))
    return "\n\n".join(parts)


def selected(rows: Mapping[str, Row], primary: str) -> list[str]:
    """The outcomes of the short table: the primary one, those that decide, and all large differences if they fit."""
    chosen = [primary, *(name for name in DECISIVE if name in rows and name != primary)]
    more = [
        name for name, row in rows.items() if name not in chosen and row.verdict in DETECTED and _large(row)
    ]
    return chosen + more if len(chosen) + len(more) <= MAX_ROWS else chosen


def _large(row: Row) -> bool:
    """A difference in the same size in every run follows from the structure, which stands above the table."""
    f = row.figures
    return bool(f.sd) and f.relative is not None and abs(f.relative) >= LARGE


def _left_out(comparison: Comparison, name: str, shown: Sequence[str]) -> str:
    """How many outcomes the short table leaves out, and where they are."""
    left = [row for outcome, row in comparison.rows[name].items() if outcome not in shown]
    if not left:
        return "Every outcome is shown."
    moved = sum(row.verdict in DETECTED for row in left)
    detected = f" ({moved} of them with a difference beyond noise)" if moved else ""
    verb = "is" if len(left) == 1 else "are"
    return tables.paragraph(
        f"{numbers.plural(len(left), 'more outcome')} {verb} not shown{detected}: --all prints them, --json has all."
    )


def _table(comparison: Comparison, name: str, shown: Sequence[str], colour: bool, everything: bool) -> str:
    rows, same = [], []
    for outcome in shown:
        row = comparison.rows[name].get(outcome)
        if row is None or row.shares is not None:
            continue
        if row.verdict == "equal" and outcome != comparison.primary:
            same.append(outcome)
            continue
        label = outcome + ("*" if outcome == comparison.primary else "")
        verdict = row.verdict if row.verdict in (*DETECTED, "equal", "undefined") else "-"
        cells = _full_cells(row) if everything else _short_cells(row)
        cells.append(numbers.p_value(row.p_holm))
        if comparison.ranges:
            cells.append(shares(row.holding, ("holds", "reversed")))
        rows.append([label, *cells, tables.paint(verdict, _COLOURS.get(row.verdict, "dim"), colour)])
    text = _fitted(comparison, name, rows, everything)
    return text + ("\n" + tables.paragraph(f"Equal in every run: {', '.join(same)}.") if same else "")


def _fitted(comparison: Comparison, name: str, rows: list[list[str]], everything: bool) -> str:
    """The table with its head; long names of scenarios are cut where the short table would get too wide."""
    interval = (
        ["difference", "95 % interval", "change %", "wins %"] if everything else ["change %", "95 % interval"]
    )
    middle = [*interval, "p", *(["holds/rev."] if comparison.ranges else [])]
    for width in NAME_WIDTHS:
        names = [comparison.base, name] if everything else [cut(comparison.base, width), cut(name, width)]
        header = ["outcome", *names, *middle, "verdict"]
        text = tables.table(header, rows, "<" + ">" * (len(header) - 2) + "<")
        if everything or tables.width(text) <= MAX_WIDTH:
            break
    return text


def _short_cells(row: Row) -> list[str]:
    """Base, other, change in % with its interval; no change where the base is not above zero."""
    f, (_, scale) = row.figures, numbers.shown_unit(row.unit)
    cells = [numbers.number(numbers.scaled(value, scale), compact=True) for value in (f.base, f.mean)]
    if f.base is None or f.base <= 0 or f.relative is None:
        return [*cells, "-", ""]
    ends = None if f.relative_lo is None else (f.relative_lo, f.relative_hi)
    decimals = 0 if max(abs(x) for x in (f.relative, *(ends or ()))) >= 1 else 1
    change = numbers.percent(f.relative, decimals, sign=True)
    if ends is None:
        return [*cells, change, ""]
    return [*cells, change, f"[{', '.join(numbers.percent(end, decimals) for end in ends)}]"]


def _full_cells(row: Row) -> list[str]:
    """Base, other, difference with its interval, change in %, wins in %."""
    f, (_, scale) = row.figures, numbers.shown_unit(row.unit)
    base, mean, difference, lo, hi = (
        numbers.scaled(value, scale) for value in (f.base, f.mean, f.difference, f.lo, f.hi)
    )
    relative = f.relative if f.base is not None and f.base > 0 else None
    return [
        numbers.number(base), numbers.number(mean), numbers.signed(difference), numbers.interval(lo, hi),
        numbers.percent(relative, sign=True), numbers.percent(f.win_probability, 0),
    ]  # fmt: skip


def _kinds(comparison: Comparison, name: str) -> str:
    """Outcomes that are kinds, in words: which is the most frequent in both."""
    lines = []
    for outcome, row in comparison.rows[name].items():
        if row.shares is None or not all(row.shares):
            continue
        base, other = (_most(shares) for shares in row.shares)
        found = f"{base} in both" if base == other else f"{base} ({comparison.base}), {other} ({name})"
        lines.append(tables.paragraph(f"{outcome}: {found}."))
    return "".join(f"\n{line}" for line in lines)


def _most(shares: Mapping[str, float]) -> str:
    kind, share = next(iter(shares.items()))
    return f"{kind} in every run" if share == 1 else f"{kind} in {min(99, round(100 * share))} % of the runs"


def _footnote(comparison: Comparison, everything: bool) -> str:
    several = len(comparison.names) > 1
    tests = sum(row.figures.p is not None for rows in comparison.rows.values() for row in rows.values())
    alone = f"with Holm's correction over the {len(comparison.names)} comparisons" if several else "alone"
    secondary = max(0, tests - len(comparison.names))
    text = (
        f"{numbers.plural(comparison.runs, 'run')} of {comparison.weeks} weeks each, seed {comparison.seed}, paired run by "
        f"run on common random numbers. *: the primary outcome"
    )
    if tests:
        text += (
            f", tested {alone}; the others with Holm's correction over their {secondary} tests, shown or not. p: paired t "
            f"test; a difference needs p < .05, '-' in the last column: none detected. 95 % interval: of the "
            f"{'difference' if everything else 'change'}, each for itself"
        )
    if comparison.until_decided:
        text += ". The primary outcome is tested at each look, with its 5 % error spent over the looks"
    if everything:
        text += ". wins: share of runs in the better direction"
    if comparison.ranges:
        text += (
            f". {definition_words(comparison.like)}. {numbers.plural(comparison.ranges, 'world')}, "
            f"{comparison.ranges_varied} uncertain parameters, {numbers.plural(comparison.range_runs, 'run')} in each. "
            f"Where payroll (or headcount) differs, value per week is "
            f"counted for ratios to it: that fewer salaries cost less holds everywhere"
        )
    units = {row.unit for rows in comparison.rows.values() for row in rows.values()}
    if any(numbers.shown_unit(unit)[1] != 1.0 for unit in units):
        text += ". Values per USD are shown per 1,000 USD"
    return tables.paragraph(text + ".")


# ---- JSON


def comparison_json(comparison: Comparison) -> object:
    """The JSON object of `orgsim compare --json`. Undefined figures are None."""
    data = {
        "base": comparison.base,
        "runs": comparison.runs,
        "seed": comparison.seed,
        "weeks": comparison.weeks,
        "primary": comparison.primary,
        "comparisons": {
            name: {outcome: _row_json(row) for outcome, row in rows.items()}
            for name, rows in comparison.rows.items()
        },
        "differs": {name: list(lines) for name, lines in comparison.differs.items()},
        "verdicts": {name: headline(comparison, name) for name in comparison.names},
        "ranges": {
            "points": comparison.ranges,
            "failed": comparison.ranges_failed,
            "varied": comparison.ranges_varied,
            "like": comparison.like or None,
            "all_plausible": comparison.everywhere,
        },
        "decided": dict(comparison.decided) if comparison.until_decided else None,
        "warnings": list(comparison.warnings),
        "failures": [
            {"run": failure.run, "seed": failure.seed, "message": failure.message}
            for failure in comparison.failures
        ],
    }
    return jsonable(data)


def _row_json(row: Row) -> dict[str, object]:
    figures = row.figures
    kinds = {} if row.shares is None else {"base_shares": row.shares[0], "shares": row.shares[1]}
    return {
        "base": figures.base,
        "mean": figures.mean,
        "difference": figures.difference,
        "ci95": ends(figures.lo, figures.hi),
        "relative": figures.relative,
        "relative_ci95": ends(figures.relative_lo, figures.relative_hi),
        "win_probability": figures.win_probability,
        "p_holm": row.p_holm,
        "variance_reduction": figures.variance_reduction,
        **holding_json(row.holding),
        "holds_of": row.holds_of or None,
        "parts": None if row.parts is None else parts_json(row.parts),
        "verdict": row.verdict,
        "unit": row.unit,
        "runs": figures.n,
        **kinds,
    }
