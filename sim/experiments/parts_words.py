"""Arithmetic and behaviour in words (`sim.experiments.parts`)."""

from collections.abc import Mapping

from sim.experiments.parts import AI_SPEND, ARITHMETIC, BEHAVIOUR, HEADCOUNT, PAYROLL, Parts
from sim.outcomes.declared import VALUE
from sim.statistics.estimates import Paired, known
from sim.text.numbers import interval, percent, plural, signed

LEAST = 0.0005  # share below which a change would be printed as 0.0 %


def change_words(pair: Paired) -> str:
    """'+4.8 % [3.9, 5.7]', or the plain difference where the base is not above zero."""
    if pair.base is None or pair.base <= 0 or pair.relative is None:
        return f"{signed(pair.difference)} {interval(pair.lo, pair.hi)}".rstrip()
    text = f"{percent(pair.relative, sign=True)} %"
    if pair.relative_lo is None:
        return text
    return f"{text} [{percent(pair.relative_lo)}, {percent(pair.relative_hi)}]"


def why_words(found: Parts, figures: Mapping[str, Paired], decided: bool) -> str:
    """Why a ratio differs: 'arithmetic: 2 salaries less (payroll -6.8 %); output +0.4 % [-0.8, 1.6], within noise'.

    figures: paired figures by outcome, those of the parts among them. decided: the ratio differs beyond noise; else nothing is
    called a reason, and the parts stand side by side.
    """
    output = f"output {change_words(figures[VALUE])}"
    money, ai = _money(found, figures), _ai(figures)
    cause = found.cause if decided else None
    if cause is None:
        return f"{output}{_at(found) if found.equal else f'; {money}'}{ai}"
    if cause == BEHAVIOUR:
        return f"behaviour: {output}{_at(found) if found.equal else f'; {money}'}{ai}"
    if cause == ARITHMETIC:
        moves = found.interval is not None and found.interval.sign
        return f"arithmetic: {money}; {output}{', the other way' if moves else ', within noise'}{ai}"
    if abs(found.money) >= abs(found.behaviour):
        return f"arithmetic for the most part: {money}; the rest is behaviour: {output}{ai}"
    return f"behaviour for the most part: {output}; the rest is arithmetic: {money}{ai}"


def _at(found: Parts) -> str:
    return f" at equal {'headcount' if found.per_head else 'payroll'}"


def _money(found: Parts, figures: Mapping[str, Paired]) -> str:
    """'2 salaries less (payroll -6.8 %)', of a ratio per person '4 people more (headcount +3.4 %)'."""
    name, topic = (HEADCOUNT, "headcount") if found.per_head else (PAYROLL, "payroll")
    planned = found.people_change if found.per_head else found.payroll_change
    pair = figures.get(name)
    change = planned if pair is None or pair.relative is None else pair.relative
    size = f"{topic} {percent(change, sign=True)} %"
    if not found.people:
        moved = abs(change - planned) > LEAST
        return f"{size} (who left and who came)" if moved else size
    one, many = ("person", "people") if found.per_head else ("salary", "salaries")
    count = plural(abs(found.people), one, many)
    return f"{count} {'more' if found.people > 0 else 'less'} ({size})"


def _ai(figures: Mapping[str, Paired]) -> str:
    """'; AI spend +12.0 %', '' where it hardly moves."""
    pair = figures.get(AI_SPEND)
    if pair is None or not pair.difference:
        return ""
    if not pair.base:
        return f"; AI spend {known(pair.mean):,.0f} USD a year, from none"
    return "" if abs(known(pair.relative)) < LEAST else f"; AI spend {percent(pair.relative, sign=True)} %"
