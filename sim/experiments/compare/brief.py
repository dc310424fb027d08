"""The short form of a comparison, for who decides: what differs, the verdict, why, and how sure by chance and by assumptions.

Five labelled lines stand before all statistics. Several variants end in one table.
"""

from collections.abc import Mapping

from sim.experiments.assumption_words import (
    everywhere_words,
    flip_words,
    holding_words,
    kind_words,
    share_words,
    support_words,
    worlds_words,
)
from sim.experiments.besides import COST, cost_sign, dearer, leaves_out_costs
from sim.experiments.compare.study import Comparison, Row
from sim.experiments.holding import Holding
from sim.experiments.parts import ARITHMETIC, PAYROLL
from sim.experiments.parts_words import change_words, why_words
from sim.outcomes.declared import VALUE
from sim.statistics.estimates import Paired, known
from sim.text import numbers, tables

DETECTED = ("better", "worse", "higher", "lower")
MOST_DIFFERING = 3  # lines of what differs in the short form; all of them stand below it, if there are more
NAME_WIDTH = 24  # of a variant in the table of all
_VERBS = {"better": "beats", "worse": "loses to", "higher": "is above", "lower": "is below"}


def verdict_sentence(comparison: Comparison, name: str) -> str:
    """One plain sentence on the primary outcome, and where the full cost of output goes against it. Nothing within noise is
    called a difference.
    """
    row = comparison.rows[name].get(comparison.primary)
    base, topic = comparison.base, numbers.outcome_words(comparison.primary)
    if row is None or row.figures.n == 0:
        return f"{topic} is undefined in every pair of runs: no verdict on {name} against {base}."
    size = size_words(row)
    if row.verdict == "equal":
        return f"{name} and {base} have exactly the same {topic}."
    against = costs_against(comparison, name)
    but = f", but is {dearer(_figures(comparison.rows[name]), against)}" if against else ""
    if row.verdict in DETECTED:
        return f"{name} {_VERBS[row.verdict]} {base} on {topic} by {size}{but}."
    if row.figures.p is not None and row.figures.p < 0.05 and not comparison.until_decided:
        return (
            f"{name} differs from {base} on {topic} by {size} if this comparison is looked at alone, but not beyond "
            f"noise after correction for the {len(comparison.names)} comparisons."
        )
    if row.figures.p is None:
        return f"{name} against {base} on {topic}: {size} in one run, which decides nothing."
    return f"{name} against {base} on {topic}: no difference detected ({size}){but.replace(', but is', '; it is', 1)}."


def costs_against(comparison: Comparison, name: str) -> int:
    """+1 where an hour of output is dearer in full although payroll alone does not say so, -1 where it is cheaper, else 0."""
    row, cost = comparison.rows[name].get(comparison.primary), comparison.rows[name].get(COST)
    if row is None or cost is None or not leaves_out_costs(comparison.primary):
        return 0
    sign = cost_sign(cost.figures)
    if row.verdict in DETECTED:
        return sign if sign == {"better": 1, "worse": -1}.get(row.verdict) else 0
    return sign if cost.verdict in DETECTED and row.figures.n > 1 else 0


def headline(comparison: Comparison, name: str) -> str:
    """The verdict with what belongs to it in one sentence: its parts and in how many plausible worlds it holds."""
    row = comparison.rows[name].get(comparison.primary)
    said = [verdict_sentence(comparison, name).removesuffix(".")]
    if row is not None and row.figures.n and row.verdict != "equal":
        said += [*filter(None, [why(comparison, name)]), assumptions(comparison, name)]
    return "; ".join(said) + "."


def size_words(row: Row) -> str:
    """'+4.8 % [3.9, 5.7]', in the outcome's unit where the base is not above zero."""
    f = row.figures
    if f.base is not None and f.base > 0 and f.relative is not None:
        return change_words(f)
    unit, scale = numbers.shown_unit(row.unit)
    lo, hi = numbers.scaled(f.lo, scale), numbers.scaled(f.hi, scale)
    return f"{numbers.signed(numbers.scaled(f.difference, scale))} {unit} {numbers.interval(lo, hi)}".rstrip()


def short_form(comparison: Comparison, name: str, colour: bool = False) -> str:
    """The five lines: what differs, the verdict, why, how sure by chance and by assumptions."""
    row = comparison.rows[name].get(comparison.primary)
    lines = [
        ("What differs", _differs(comparison, name)),
        ("Verdict", verdict_sentence(comparison, name)),
    ]
    if row is not None and row.figures.n:
        because = why(comparison, name)
        lines += [("Why", f"{because}.")] if because else []
        lines += [("By chance", f"{chance(comparison, name)}.")]
        if row.verdict != "equal":
            lines += [("Assumptions", f"{assumptions(comparison, name)}.")]
    return tables.labelled(lines, colour)


def _differs(comparison: Comparison, name: str) -> str:
    said = list(comparison.differs[name])
    left = len(said) - MOST_DIFFERING
    more = [f"and {left} more, below"] if left > 0 else []
    return "; ".join([*said[:MOST_DIFFERING], *more])


def why(comparison: Comparison, name: str) -> str:
    """What the difference in a ratio is made of; of another outcome nothing."""
    row = comparison.rows[name][comparison.primary]
    if row.parts is None or row.verdict == "equal":
        return ""
    return why_words(row.parts, _figures(comparison.rows[name]), row.verdict in DETECTED)


def _figures(rows: Mapping[str, Row]) -> dict[str, Paired]:
    return {outcome: row.figures for outcome, row in rows.items()}


def chance(comparison: Comparison, name: str) -> str:
    """How sure by chance: p and runs, or how many runs would decide."""
    row = comparison.rows[name][comparison.primary]
    if name in comparison.too_few:
        return f"Too few runs: {comparison.too_few[name]}"
    runs = f"{numbers.plural(row.figures.n, 'paired run')}"
    if row.verdict == "equal":
        return f"the same in all of {runs}"
    known_as = "beyond noise" if row.verdict in DETECTED else "within noise"
    several = (
        f" after correction for {len(comparison.names)} comparisons" if len(comparison.names) > 1 else ""
    )
    return f"{known_as}: p {numbers.p_value(row.p_holm)}{several}, {runs}"


def assumptions(comparison: Comparison, name: str) -> str:
    """How sure by assumptions: in how many plausible worlds it holds, is open, is reversed; and what flips it."""
    row = comparison.rows[name][comparison.primary]
    if not comparison.ranges:
        return "not checked over plausible worlds"
    if row.holding is None or not row.holding.worlds:
        return f"undefined over the {kind_words(comparison.like)}"
    text, judged = _claimed(comparison.rows[name], row, row.holding)
    says = support_words(row.holding) if judged else ""
    flips = flip_words(row.holding)
    return "".join([text, f": {says}" if says else "", f"; {flips}" if flips else ""])


def _claimed(rows: Mapping[str, Row], row: Row, found: Holding) -> tuple[str, bool]:
    """In how many worlds what holds, and whether it is something that is beyond noise here."""
    if row.holds_of != VALUE or row.parts is None:
        detected = row.verdict in DETECTED
        return holding_words(found, "holds" if detected else "the sign seen holds"), detected
    value = rows[VALUE].figures
    up = known(value.difference) > 0
    if value.interval is not None and value.interval.sign:
        return holding_words(found, f"the {'rise' if up else 'fall'} of output holds"), True
    rise, fall = (found.holds, found.reversed) if up else (found.reversed, found.holds)
    beside = everywhere_words(found, *(("rises", "falls") if up else ("falls", "rises")))
    return (
        f"output rises beyond noise in {share_words(rise)} of {worlds_words(found.worlds, found.like)}, falls in "
        f"{share_words(fall)}, open in {numbers.percent(found.open.share, 0)} %{beside}"
    ), False


# ---- several variants


def summary(comparison: Comparison, colour: bool = False) -> str:
    """One table of several variants; '' for one."""
    if len(comparison.names) < 2:
        return ""
    header = ["variant", "change %", "95 % interval", "output %", "payroll %"]
    header += ["holds/open/rev."] if comparison.ranges else []
    rows = [_summary_row(comparison, name) for name in comparison.names]
    text = tables.table([*header, "verdict"], rows, "<" + ">" * (len(header) - 1) + "<")
    title = (
        f"All variants against {comparison.base}: change in {comparison.primary}, its parts, how sure it is"
    )
    return tables.paint(tables.paragraph(title), "bold", colour) + f"\n{text}"


def _summary_row(comparison: Comparison, name: str) -> list[str]:
    rows = comparison.rows[name]
    row = rows.get(comparison.primary)
    if row is None:
        return [cut(name, NAME_WIDTH), "-", "", "-", "-", *(["-"] if comparison.ranges else []), "undefined"]
    cells = [cut(name, NAME_WIDTH), *_change(row), _change(rows.get(VALUE))[0], _change(rows.get(PAYROLL))[0]]
    if comparison.ranges:
        cells.append(shares(row.holding, ("holds", "open", "reversed")))
    arithmetic = row.verdict in DETECTED and row.parts is not None and row.parts.cause == ARITHMETIC
    verdict = row.verdict if row.verdict in (*DETECTED, "equal", "undefined") else "not detected"
    full = {1: "dearer in full", -1: "cheaper in full"}.get(costs_against(comparison, name), "")
    beside = ", ".join(filter(None, ("arithmetic" if arithmetic else "", full)))
    return [*cells, f"{verdict} ({beside})" if beside else verdict]


def cut(name: str, width: int) -> str:
    """A name of at most *width* letters."""
    return name if len(name) <= width else name[: width - 2] + ".."


def _change(row: Row | None) -> tuple[str, str]:
    """Change in % and its interval; '-' where the base is not above zero."""
    if row is None or row.figures.base is None or row.figures.base <= 0:
        return "-", ""
    change, _, ends = change_words(row.figures).partition(" % ")
    return change.removesuffix(" %"), ends


def shares(found: Holding | None, names: tuple[str, ...]) -> str:
    """Shares of worlds in %: '50/38/12'."""
    if found is None or not found.worlds:
        return "-"
    return "/".join(numbers.percent(getattr(found, name).share, 0) for name in names)
