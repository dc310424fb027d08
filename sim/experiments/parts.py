"""Arithmetic against behaviour: what a difference on a ratio outcome is made of.

Value per dollar rises when people deliver more, and when fewer are paid. The first is behaviour, which a simulation is asked
for; the second is a subtraction. So the logarithm of the ratio of two scenarios is split, exactly:

    log(ratio_B / ratio_A) = behaviour + arithmetic + people over time + AI spend + rest

- *behaviour*: log of value per week of B over A, with the interval of the paired comparison.
- *arithmetic*: the change of planned payroll (of planned headcount where the ratio is per person), from the two
  organisation trees alone, nothing simulated. Where it is one of several sums, its part of the log is weighed by the logarithmic
  mean of the sums (Ang 2004): then parts add up without a remainder.
- *people over time*: by how much more or less the payroll of those who are there moved than the planned one: who left, who came.
- *AI spend*: where it stands in the ratio. *rest*: other costs (incidents, severance, hiring), and what averages of ratios add.

Which sums a ratio has is declared with the outcome (`sim.outcomes.declared.Ratio`).

Source: Ang (2004), Decomposition analysis for policymaking in energy, Energy Policy 32(9): the logarithmic mean Divisia index.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.organisation.tree import Tree
from sim.outcomes.declared import VALUE, Outcome
from sim.statistics.estimates import Interval, Paired

PAYROLL, HEADCOUNT, AI_SPEND = "payroll_per_year", "headcount", "ai_spend_per_year"
SMALL = 0.1  # share of the whole below which money is no reason beside behaviour
BEHAVIOUR, ARITHMETIC, BOTH = "behaviour", "arithmetic", "both"


@dataclass(frozen=True)
class Parts:
    """Parts of log(ratio of B / ratio of A), see the module; they add up to `total`.

    interval: of behaviour, 95 %, None with one run. people, payroll: as planned, B - A, people and USD a year; payroll_change,
    people_change: the same relative to A. per_head: the ratio is per person. equal: payroll, planned and as it was, is the
    same to within the smallest salary (heads: to within one), so that what is left is not called arithmetic.
    """

    total: float
    behaviour: float
    interval: Interval | None
    arithmetic: float
    people_over_time: float
    ai_spend: float
    rest: float
    people: int
    payroll: float
    people_change: float
    payroll_change: float
    per_head: bool
    equal: bool

    @property
    def money(self) -> float:
        """All that is not behaviour."""
        return self.total - self.behaviour

    @property
    def cause(self) -> str | None:
        """What a verdict beyond noise follows from: `BEHAVIOUR`, `ARITHMETIC` or `BOTH`; None without an interval.

        Arithmetic: behaviour is within noise, or goes the other way, so that the sign follows from money (or heads) alone.
        """
        if self.interval is None:
            return None
        # Behaviour is asked for after the whole has been decided: a fixed sequence, so neither claim costs the other anything.
        direction = 1 if self.total > 0 else -1
        if self.interval.sign != direction:
            return ARITHMETIC
        aids = direction * self.money > SMALL * abs(self.total)
        return BOTH if aids and not self.equal else BEHAVIOUR


def parts(outcome: Outcome, figures: Mapping[str, Paired], a: Tree, b: Tree) -> Parts | None:
    """Return the parts of B against A on *outcome*; None if it is no ratio, or a figure of it is undefined or not above zero.

    figures: paired figures of the outcome, of value per week and of the sums of the ratio. a, b: the organisations as planned.
    """
    ratio = outcome.ratio
    if ratio is None:
        return None
    ends = [_ends(figures.get(name)) for name in (outcome.name, VALUE)]
    if ends[0] is None or ends[1] is None:
        return None
    whole, value = ends[0], ends[1]
    total, behaviour = _log(whole), ratio.side * _log(value)
    # What the value is set against, in the unit of the sums.
    against = _mean(*(ratio.scale * v * y**-ratio.side for v, y in zip(value, whole, strict=True)))
    parts_of = {name: _change(figures.get(name)) / against for name in ratio.sums}
    per_head = HEADCOUNT in ratio.sums
    key = HEADCOUNT if per_head else PAYROLL
    planned = math.log(b.n / a.n if per_head else b.payroll / a.payroll)
    size = _ends(figures.get(key))
    arithmetic = -ratio.side * planned * (1.0 if size is None else _mean(*size) / against)
    ai = -ratio.side * parts_of.get(AI_SPEND, 0.0)
    over_time = 0.0 if size is None else -ratio.side * parts_of[key] - arithmetic
    dearer = b.payroll - a.payroll
    least = 1.0 if per_head else float(a.pay.min())
    people = b.n - a.n if per_head else b.people - a.people  # all salaries count
    equal = equal_money(outcome, a, b) and abs(_change(figures.get(key))) < least
    return Parts(
        total, behaviour, _logs(figures[VALUE], ratio.side), arithmetic, over_time, ai,
        total - behaviour - arithmetic - over_time - ai, people, dearer, b.n / a.n - 1, dearer / a.payroll, per_head, equal,
    )  # fmt: skip


def equal_money(outcome: Outcome, a: Tree, b: Tree) -> bool:
    """Whether what a ratio is set against is planned equal: heads, or payroll to within the smallest salary; of others, True."""
    if outcome.ratio is None:
        return True
    if HEADCOUNT in outcome.ratio.sums:
        return a.n == b.n
    return abs(b.payroll - a.payroll) < float(a.pay.min())


def _ends(figures: Paired | None) -> tuple[float, float] | None:
    """The means of A and of B; None unless both are above zero."""
    if figures is None or figures.base is None or figures.mean is None:
        return None
    return (figures.base, figures.mean) if figures.base > 0 and figures.mean > 0 else None


def _log(ends: tuple[float, float]) -> float:
    return math.log(ends[1] / ends[0])


def _mean(a: float, b: float) -> float:
    """The logarithmic mean."""
    return a if math.isclose(a, b, rel_tol=1e-9) else (b - a) / math.log(b / a)


def _change(figures: Paired | None) -> float:
    return 0.0 if figures is None or figures.difference is None else figures.difference


def _logs(value: Paired, side: int) -> Interval | None:
    """The interval of value per week as a part of the log ratio; None where it cannot be told."""
    relative = value.relative_interval
    if relative is None or relative.lo <= -1:
        return None
    ends = sorted(side * math.log1p(end) for end in relative)
    return Interval(ends[0], ends[1])


def parts_json(found: Parts) -> dict[str, object]:
    """The parts of a log ratio as plain data; they add up to "total"."""
    return {
        "total": found.total,
        "behaviour": found.behaviour,
        "behaviour_ci95": None if found.interval is None else list(found.interval),
        "arithmetic": found.arithmetic,
        "people_over_time": found.people_over_time,
        "ai_spend": found.ai_spend,
        "rest": found.rest,
        "cause": found.cause,
        "equal": found.equal,
        "planned_people": found.people,
        "planned_people_relative": found.people_change,
        "planned_payroll": found.payroll,
        "planned_payroll_relative": found.payroll_change,
    }
