"""The tables of a plan's page, each with a note that says what its columns are: output and cost, money, people."""

from sim.experiments.compare.brief import shares
from sim.experiments.compare.study import Row
from sim.experiments.plan.measures import FIRST_YEAR
from sim.experiments.plan.money import Money
from sim.experiments.plan.people import AtRisk
from sim.experiments.plan.phrases import NARROW, listed, usd, usd_ends
from sim.experiments.plan.study import Plan
from sim.experiments.risk.words import withheld_sentence
from sim.statistics.estimates import Paired, known
from sim.text import numbers, tables

#: Rows of the table of output and cost: outcome -> what it is called with its unit, and its scale.
SHOWN = {
    "value_per_week": ("output, standard hours/week", 1.0),
    "value_per_payroll_usd": ("output per payroll, hours/1,000 USD", 1000.0),
    "payroll_per_year": ("payroll, million USD/year", 1e-6),
    "ai_spend_per_year": ("AI spend, million USD/year", 1e-6),
    "cost_per_value": ("cost of an hour of output, USD", 1.0),
    "headcount": ("headcount, people", 1.0),
    "lead_time_hours": ("lead time of a change, hours", 1.0),
    "guessed_share": ("decisions guessed, % of questions", 100.0),
    "change_failure_rate": ("changes that fail, %", 100.0),
    "quits_per_year": ("quits, with newcomers, % a year", 100.0),
}


def output_text(plan: Plan) -> str:
    """Outcomes as it is and with the measure, over all weeks as `orgsim compare` has them; the first row is after the measure."""
    money, ranges = plan.money, plan.comparison.ranges
    rows = [
        _cells(
            f"output in weeks {money.first} to {money.last}, hours/week", money.per_week, 1.0, None, ranges
        )
    ]
    for name, (label, scale) in SHOWN.items():
        row = plan.rows.get(name)
        if row is not None and row.figures.n:
            rows.append(_cells(label, row.figures, scale, row, ranges))
    header = ["", "as it is", "with it", "change %", "95 % interval", *(["holds/rev. %"] if ranges else [])]
    text = tables.table(header, rows, "<" + ">" * (len(header) - 1))
    weeks = plan.comparison.weeks
    note = f"The first row is of the weeks after the measure, the others of all {weeks} weeks, as in orgsim compare."
    note += " Quits are those of all people, newcomers too; 'Who is at risk' has those there at the start."
    if ranges:
        note += (
            " holds/rev.: see 'How sure'; for output per payroll and its cost, of the change in output alone."
        )
    return f"{text}\n{tables.paragraph(note)}"


def _cells(label: str, f: Paired, scale: float, row: Row | None, ranges: int) -> list[str]:
    cells = [label, *(numbers.number(numbers.scaled(x, scale), 4) for x in (f.base, f.mean))]
    interval = f.relative_interval
    same = f.difference == 0 and not f.sd
    cells.append("same" if same else numbers.percent(f.relative, sign=True))
    cells.append("" if same or interval is None else listed(interval))
    return (
        [*cells, shares(row.holding, ("holds", "reversed")) if row is not None else ""] if ranges else cells
    )


# ---- money


def money_title(money: Money) -> str:
    """'The first year in money', with the weeks that it covers."""
    if money.whole_year:
        return f"The first year in money (weeks {money.first} to {money.last})"
    covered = f"weeks {money.first} to {money.last}: {money.weeks} of {FIRST_YEAR}"
    return f"The first year in money, as far as simulated ({covered})"


def money_table(money: Money) -> str:
    """The books: USD, costs negative."""
    lines = [
        ("payroll saved", money.payroll), ("AI spend saved", money.ai), ("incident cost saved", money.incidents),
        ("severance", money.severance), ("hiring", money.hiring), ("= net", money.net),
        ("change in output, standard hours", money.output),
        (f"  worth, at {money.usd_per_hour:,.0f} USD an hour", money.worth), ("= net with output", money.with_output),
    ]  # fmt: skip
    rows = [[name, usd(x.mean), usd_ends(x.interval)] for name, x in lines]
    return tables.table(["USD, mean of the runs", "difference", "95 % interval"], rows)


# ---- people


def people_text(plan: Plan) -> str:
    """The table of groups, and what is withheld."""
    week, cuts = plan.comparison.weeks, plan.asked.cuts
    header = ["role", "layer", "people", *(["by the measure"] if cuts else [])]
    header += ["laid off anyway", "quit as it is", "quit: change"]
    rows = [_person_row(one, week, cuts) for one in plan.people.groups]
    text = tables.table(header, rows, "<<" + ">" * (len(header) - 2)) + "\n" if rows else ""
    note = f"% of those there at the start, by week {week} [95 % interval]; "
    if cuts:
        note += f"by the measure: in week {plan.asked.week}, besides those who are laid off anyway. "
    else:
        note += "the measure itself lays nobody off. "
    note += "quit: change: with the measure less as it is, points, on the same dice; '-': within noise. "
    return text + tables.paragraph(note + withheld_sentence(plan.people.risk))


def _person_row(one: AtRisk, week: int, cuts: bool) -> list[str]:
    group, incidence = one.anyway.group, one.anyway.incidence
    cells = [*group.texts, *["all"] * (2 - len(group.texts)), f"{group.people:,}"]
    if cuts:
        interval = one.by_measure.interval
        text = numbers.percent(one.by_measure.mean)
        if interval is not None and interval.hi - interval.lo >= NARROW:
            text += f" {listed((max(interval.lo, 0.0), min(interval.hi, 1.0)))}"
        cells.append(text)
    for curve in (incidence.layoff, incidence.quit):
        mean, lo, hi = curve.at(week)
        cells.append(numbers.percent(mean) + ("" if lo is None or hi is None else f" {listed((lo, hi))}"))
    interval = one.quits.interval
    if interval is None or not interval.sign:
        return [*cells, "-"]
    return [*cells, f"{numbers.percent(known(one.quits.difference), sign=True)} {listed(interval)}"]
