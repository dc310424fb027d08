"""A comparison as text: what differs first, then the verdict, then the table."""

from typing import TYPE_CHECKING

from sim.report import tables

if TYPE_CHECKING:
    from sim.compare import Comparison, Row

_COLOURS = {"better": "green", "worse": "red"}


def verdict_sentence(comparison: "Comparison", name: str) -> str:
    """One plain sentence on the primary outcome. Nothing within noise is called a difference."""
    row = comparison.rows[name].get(comparison.primary)
    base, topic = comparison.base, tables.outcome_words(comparison.primary)
    if row is None or row.figures.n == 0:
        return f"{topic} is undefined in every pair of runs: no verdict on {name} against {base}."
    size, holds = _size(row), _holds_clause(comparison, row) + _total_clause(comparison, name, row)
    if row.verdict == "equal":
        return f"{name} and {base} have exactly the same {topic}."
    if row.verdict in ("better", "worse", "higher", "lower"):
        verb = {"better": "beats", "worse": "loses to", "higher": "is above", "lower": "is below"}[
            row.verdict
        ]
        return f"{name} {verb} {base} on {topic} by {size}; {holds}."
    if row.figures.p is not None and row.figures.p < 0.05 and not comparison.until_decided:
        tests = sum(len(rows) for rows in comparison.rows.values())
        return (
            f"{name} differs from {base} on {topic} by {size} if this outcome is looked at alone, but not beyond noise "
            f"after correction for the {tests} outcomes printed; {holds}."
        )
    if row.figures.p is None:
        return f"{name} against {base} on {topic}: {size} in one run, which decides nothing; {holds}."
    return f"{name} against {base} on {topic}: no difference detected ({size}); {holds}."


def _size(row: "Row") -> str:
    """'+4.8 % [3.9, 5.7]', in the outcome's unit where the base is not above zero."""
    f = row.figures
    if f.base is not None and f.base > 0 and f.relative is not None:
        text = f"{tables.percent(f.relative, sign=True)} %"
        if f.lo is None:
            return text
        return f"{text} [{tables.percent(f.lo / f.base)}, {tables.percent(f.hi / f.base)}]"
    return f"{tables.signed(f.difference)} {row.unit} {tables.interval(f.lo, f.hi)}".rstrip()


def _total_clause(comparison: "Comparison", name: str, row: "Row") -> str:
    """Say so where the total delivered moves against the verdict per dollar: smaller organisations are cheaper, too."""
    total = comparison.rows[name].get("value_per_week")
    if total is None or comparison.primary == "value_per_week" or total.verdict not in ("better", "worse"):
        return ""
    if row.figures.difference is None or (row.figures.difference > 0) == (total.figures.difference > 0):
        return ""
    return f"; but the total, value per week, {'rises' if total.verdict == 'better' else 'falls'} by {_size(total)}"


def _holds_clause(comparison: "Comparison", row: "Row") -> str:
    if not comparison.ranges:
        return "not checked over the plausible parameter ranges"
    if row.holds is None or not row.holds.n:
        return "undefined over the plausible parameter ranges"
    decided = row.verdict in ("better", "worse", "higher", "lower")
    share = f"{tables.percent(row.holds.share, 0)} % [{tables.percent(row.holds.lo, 0)}, {tables.percent(row.holds.hi, 0)}]"
    return f"{'holds' if decided else 'this sign shows'} in {share} of {row.holds.n} plausible parameter sets"


def comparison_text(comparison: "Comparison", colour: bool = False) -> str:
    """The whole text of `orgsim compare`. Warnings are apart (`Comparison.warnings`), because they go to
    stderr.
    """
    parts = []
    for name in comparison.names:
        parts.append(tables.paint(f"{name} against {comparison.base}", "bold", colour))
        parts.append("What differs\n" + tables.bullets(comparison.differs[name]))
        parts.append("Verdict\n" + tables.paragraph(comparison.verdict(name), "  "))
        parts.append(_table(comparison, name, colour))
    parts.append(_footnote(comparison))
    return "\n\n".join(parts)


def _table(comparison: "Comparison", name: str, colour: bool) -> str:
    header = [
        "outcome",
        comparison.base,
        name,
        "difference",
        "95 % interval",
        "change %",
        "wins %",
        "p (Holm)",
    ]
    header += (["holds in %"] if comparison.ranges else []) + ["verdict"]
    rows, same = [], []
    for outcome, row in comparison.rows[name].items():
        f = row.figures
        if row.unit == "stage":  # a kind, not a quantity: its mean says nothing; `orgsim run` names it
            continue
        if row.verdict == "equal" and outcome != comparison.primary:
            same.append(outcome)
            continue
        mark = "*" if outcome == comparison.primary else ""
        cells = [outcome + mark, tables.number(f.base), tables.number(f.mean), tables.signed(f.difference)]
        cells += [tables.interval(f.lo, f.hi), tables.percent(f.relative, sign=True)]
        cells += [tables.percent(f.win_probability, 0), tables.p_value(row.p_holm)]
        if comparison.ranges:
            cells.append(tables.percent(row.holds.share, 0) if row.holds else "-")
        verdict = "-" if row.verdict == "no difference detected" else row.verdict
        rows.append([*cells, tables.paint(verdict, _COLOURS.get(row.verdict, "dim"), colour)])
    text = tables.table(header, rows, "<" + ">" * (len(header) - 2) + "<")
    return text + ("\n" + tables.paragraph(f"Equal in every run: {', '.join(same)}.") if same else "")


def _footnote(comparison: "Comparison") -> str:
    tests = sum(len(rows) for rows in comparison.rows.values())
    text = (
        f"{comparison.runs} runs of {comparison.weeks} weeks each, seed {comparison.seed}, paired run by run on common "
        f"random numbers. '-' in the last column: no difference detected. p: paired t test, Holm over {tests} tests; a "
        f"difference needs p < .05. wins: share of runs in the better direction. *: the primary outcome"
    )
    if comparison.until_decided:
        text += ", tested alone at each look, with its 5 % error spent over the looks"
    if comparison.ranges:
        text += (
            f". holds in: share of {comparison.ranges} plausible sets of {comparison.ranges_varied} uncertain "
            "parameters with the same sign"
        )
    return tables.paragraph(text + ".")
