"""A plan as one page of text: five lines in short, then output and cost, money, people, how sure, what drives it, what is left out.

Nothing within noise is called a difference. Every figure has its unit, and its 95 % interval where it has one.
"""

from collections.abc import Sequence
from pathlib import Path

from sim.constants import MINIMUM_PEOPLE
from sim.experiments import cautions
from sim.experiments.compare.study import Row
from sim.experiments.plan.leaves_out import audience, left_out
from sim.experiments.plan.money import Money
from sim.experiments.plan.people import AtRisk
from sim.experiments.plan.study import Plan
from sim.experiments.risk.words import withheld_sentence
from sim.outcomes.declared import OUTCOMES
from sim.statistics.estimates import Estimate, Paired, known
from sim.text import numbers, tables

#: Rows of the table of output and cost: outcome -> what it is called, with its unit.
SHOWN = {
    "value_per_week": "output: value, standard hours/week",
    "value_per_payroll_usd": "value per payroll, hours/1,000 USD",
    "payroll_per_year": "payroll, million USD/year",
    "ai_spend_per_year": "AI spend, million USD/year",
    "cost_per_value": "cost of an hour of value, USD",
    "headcount": "headcount, people",
    "lead_time_hours": "lead time of a change, hours",
    "guessed_share": "decisions guessed, % of questions",
    "change_failure_rate": "changes that fail, %",
    "quits_per_year": "quits, % of people a year",
}
_SCALES = {"million": 1e-6, "1,000 USD": 1000.0, "%": 100.0}
#: Drivers in words, for a sentence.
DRIVEN = {
    "guessed_share": "decisions guessed for want of an answer",
    "decision_latency_hours": "the wait for decisions",
    "review_wait_hours": "the wait for review",
    "lead_time_hours": "lead time",
    "change_failure_rate": "changes that fail",
    "rework_share": "hours of rework",
    "alignment": "alignment of the work",
    "coaching_coverage": "coaching",
    "manager_utilisation": "managers' load",
    "skill_mean": "skill",
    "quits_per_year": "quits",
    "orphaned_changes_per_year": "changes whose owner left",
    "ai_share_realised": "code that AI writes",
    "unreviewed_share": "changes that nobody reviewed",
}


def page(plan: Plan, folder: Path, about: str = "", colour: bool = False) -> str:
    """The whole page. folder: where the results are; about: a sentence on the import of the roster."""

    def head(text: str) -> str:
        return tables.paint(text, "bold", colour)

    parts = [
        head(title(plan)),
        tables.paragraph(" ".join(filter(None, (_what_was_run(plan), about)))),
        head("In short") + "\n" + tables.bullets([f"- {line}" for line in short(plan)]),
        head("Output and cost") + "\n" + output_table(plan),
        head(money_title(plan.money))
        + "\n"
        + money_table(plan.money)
        + "\n"
        + tables.paragraph(money_words(plan)),
        head("Who is at risk") + "\n" + people_text(plan),
        head("How sure") + "\n" + tables.bullets([f"- {line}" for line in sure(plan)]),
        head("What drives it") + "\n" + tables.paragraph(drives(plan)),
        head("What it leaves out")
        + "\n"
        + tables.bullets([f"- {line}" for line in left_out(plan.asked, plan.variant)]),
        head("Who may see what")
        + "\n"
        + tables.bullets([f"- {who}: {what}." for what, who in audience(plan.variant)]),
    ]
    return "\n\n".join([*parts, tables.paragraph(written(folder))])


def written(folder: Path) -> str:
    """What is in the folder, and what can be done with it."""
    base, variant = ((folder / name).as_posix() for name in ("base.yaml", "variant.yaml"))
    return (
        f"Written: {folder.as_posix()} (this page as page.txt and page.png, all figures in plan.json). The scenarios that were run are "
        f"{base} and {variant}: change them by hand, and orgsim compare {base} {variant} compares again."
    )


def title(plan: Plan) -> str:
    """'Plan for people: lay off 8 %, in week 26'."""
    return f"Plan for {plan.base.name}: {plan.asked.in_words()}, in week {plan.asked.week}"


def _what_was_run(plan: Plan) -> str:
    found, values = plan.comparison, plan.base.values
    lives = [name for name in ("quits", "hiring", "layoffs") if values[f"switches.{name}"]]
    text = f"{plan.ics:,} ICs and {numbers.plural(plan.managers, 'manager')} at the start. "
    text += f"{numbers.plural(found.runs, 'run')} of {found.weeks} weeks, seed {found.seed}, with the measure and as it is, on the same dice"
    return text + (
        "; in both, people quit, are hired and are laid off as in an ordinary year."
        if len(lives) == 3
        else "."
    )


# ---- in short


def short(plan: Plan) -> list[str]:
    """Five lines: output, money, when it has paid, people, how sure."""
    money = plan.money
    after = (
        f"in the {numbers.plural(plan.base.weeks - plan.asked.week, 'week')} after it"
        if not money.whole_year
        else "in the year after it"
    )
    lines = [f"Output {_moves(money.per_week)} {after}{_ratio(plan)}."]
    net = f"Money: {_earned(money.net)} {_over(money)}, severance and hiring paid"
    if _beyond(money.output):
        net += f"; with the output {'lost' if known(money.output.mean) < 0 else 'gained'}, at what an hour costs today, {_earned(money.with_output)}"
    lines.append(net + ".")
    lines.append(f"Break-even: {break_even(plan)}.")
    lines.append(_leavers(plan))
    lines.append(_sure_in_short(plan))
    return lines


def _ratio(plan: Plan) -> str:
    """The headline ratio, over the whole horizon as in `orgsim compare`, beside its parts."""
    rows = plan.rows
    value, payroll = rows["value_per_payroll_usd"], rows["payroll_per_year"]
    text = f"; value per payroll dollar {_moves(value.figures)} over all {plan.comparison.weeks} weeks"
    return text + f" (payroll {_change(payroll.figures)})"


def _moves(figures: Paired) -> str:
    """'falls by 3.1 % [2.5, 3.7]', or 'does not move beyond noise (-0.2 % [-0.9, 0.5])'."""
    interval = figures.relative_interval
    if figures.relative is None:
        return "is undefined"
    if figures.difference == 0 and not figures.sd:
        return "is the same in every run"
    if interval is None or interval.sign == 0:
        return f"does not move beyond noise ({_change(figures)})"
    size = sorted(abs(end) for end in interval)
    verb = "rises" if interval.sign > 0 else "falls"
    return f"{verb} by {numbers.percent(abs(figures.relative))} % [{numbers.percent(size[0])}, {numbers.percent(size[1])}]"


def _change(figures: Paired) -> str:
    interval = figures.relative_interval
    text = f"{numbers.percent(figures.relative, sign=True)} %"
    if interval is None or interval.hi - interval.lo < 5e-5:
        return text
    return f"{text} [{numbers.percent(interval.lo)}, {numbers.percent(interval.hi)}]"


def _beyond(figure: Estimate) -> bool:
    return figure.interval is not None and figure.interval.sign != 0


def usd(value: float | None) -> str:
    """'1.26 million', '84,000', with three significant digits; sign kept."""
    if value is None:
        return "-"
    if abs(value) >= 999_500:
        return f"{numbers.number(value / 1e6, 3)} million"
    return f"{float(f'{value:.3g}'):,.0f}"


def _ends(figure: Estimate) -> str:
    if figure.interval is None:
        return ""
    return f" [{usd(figure.lo)}, {usd(figure.hi)}]"


def _earned(figure: Estimate) -> str:
    """'1.26 million USD saved [1.1, 1.4]', 'a loss of ...', or that it is within noise."""
    if not _beyond(figure):
        return f"no saving or loss beyond noise ({usd(figure.mean)} USD{_ends(figure)})"
    mean = known(figure.mean)
    if mean > 0:
        return f"{usd(mean)} USD saved{_ends(figure)}"
    ends = sorted((-known(figure.lo), -known(figure.hi)))
    return f"a loss of {usd(-mean)} USD [{usd(ends[0])}, {usd(ends[1])}]"


def _over(money: Money) -> str:
    if money.whole_year:
        return "in the first year after the measure"
    return f"in the {numbers.plural(money.weeks, 'week')} of the first year that were simulated (weeks {money.first} to {money.last})"


def break_even(plan: Plan) -> str:
    """When the measure has paid, in a phrase."""
    found, weeks, week = plan.money.break_even, plan.base.weeks, plan.asked.week
    if found.at_once:
        return "from the start; the books are never below zero"
    beyond = f"not within the {weeks} weeks"
    if found.week is None:
        if not found.intervals or found.lo is None:
            return f"{beyond} simulated"
        return f"{beyond} simulated (95 %: not before week {found.lo})"
    text = f"week {found.week}, {numbers.plural(found.week - week, 'week')} after the measure"
    if not found.intervals:
        return text
    return f"{text} (95 %: week {found.lo} to {beyond if found.hi is None else found.hi})"


def _leavers(plan: Plan) -> str:
    """Who goes by the measure, besides whom anyway, and how many more quit."""
    everybody = next((g for g in plan.people.groups if not g.key), None)
    if everybody is None:
        return "People: groups are too small to be shown."
    week = plan.comparison.weeks
    laid_off = everybody.anyway.incidence.layoff.at(week)[0]
    anyway = f"{numbers.percent(laid_off)} % who are laid off in {'an ordinary year' if week == 52 else f'{week} weeks as it is'}"
    if plan.asked.cuts and plan.people.leavers is not None:
        heads = known(plan.people.leavers.mean)
        text = f"People: the measure lays off {heads:,.0f} of the {plan.ics + plan.managers:,} who were there at the start"
        text += (
            f" ({numbers.percent(everybody.by_measure.mean)} %, in week {plan.asked.week}), besides {anyway}"
        )
    else:
        text = f"People: the measure itself lays nobody off, besides {anyway}"
    return f"{text}; quits {_points(everybody.quits)}."


def _points(figures: Paired) -> str:
    """'rise by 0.8 points [0.3, 1.3] to 9.9 %', or within noise."""
    interval, size = figures.interval, numbers.percent(figures.difference, sign=True)
    to = f"{numbers.percent(figures.mean)} %"
    if figures.difference == 0 and not figures.sd:
        return f"do not change ({to})"
    ends = "" if interval is None else f" [{numbers.percent(interval.lo)}, {numbers.percent(interval.hi)}]"
    if interval is None or interval.sign == 0:
        return f"do not change beyond noise ({size} points{ends}, to {to})"
    return f"{'rise' if interval.sign > 0 else 'fall'} by {size.lstrip('+-')} points{_absolute(interval)} to {to}"


def _absolute(interval: Sequence[float]) -> str:
    ends = sorted(abs(end) for end in interval)
    return f" [{numbers.percent(ends[0])}, {numbers.percent(ends[1])}]"


# ---- output and cost


def output_table(plan: Plan) -> str:
    """Outcomes as it is and with the measure, over all weeks as `orgsim compare` has them; the first row is after the measure."""
    ranges = plan.comparison.ranges
    first = plan.money.per_week
    shown = f"output in weeks {plan.money.first} to {plan.money.last}, hours/week"
    rows = [_cells(shown, first, 1.0, None, ranges)]
    for name, label in SHOWN.items():
        row = plan.rows.get(name)
        if row is None or row.figures.n == 0:
            continue
        scale = next((s for unit, s in _SCALES.items() if unit in label), 1.0)
        rows.append(_cells(label, row.figures, scale, row, ranges))
    header = ["", "as it is", "with it", "change %", "95 % interval", *(["holds in"] if ranges else [])]
    text = tables.table(header, rows, "<" + ">" * (len(header) - 1))
    note = f"The first row is of the weeks after the measure, the others of all {plan.comparison.weeks} weeks, as in orgsim compare."
    if ranges:
        note += f" holds in: {holds_words(plan)}"
    return f"{text}\n{tables.paragraph(note)}"


def _cells(label: str, f: Paired, scale: float, row: Row | None, ranges: int) -> list[str]:
    cells = [label, *(numbers.number(numbers.scaled(x, scale), 4) for x in (f.base, f.mean))]
    interval = f.relative_interval
    same = f.difference == 0 and not f.sd
    cells.append("same" if same else numbers.percent(f.relative, sign=True))
    cells.append(
        ""
        if same or interval is None
        else f"[{numbers.percent(interval.lo)}, {numbers.percent(interval.hi)}]"
    )
    if ranges:
        cells.append("" if row is None or row.holds is None else f"{row.holds.k} of {row.holds.n}")
    return cells


def holds_words(plan: Plan) -> str:
    """What 'holds in' means, once."""
    return (
        f"of so many plausible sets of {plan.comparison.ranges_varied} uncertain parameters, those with a difference of the same sign "
        f"({numbers.plural(plan.comparison.range_runs, 'run')} each)."
    )


# ---- money


def money_title(money: Money) -> str:
    """'The first year in money', with the weeks that it covers."""
    if money.whole_year:
        return f"The first year in money (weeks {money.first} to {money.last})"
    return f"The first year in money, as far as simulated (weeks {money.first} to {money.last}: {money.weeks} of 52)"


def money_table(money: Money) -> str:
    """The books: USD, costs negative."""
    lines = [
        ("payroll saved", money.payroll), ("AI spend saved", money.ai), ("incident cost saved", money.incidents),
        ("severance", money.severance), ("hiring", money.hiring), ("= net", money.net),
        ("change in output, standard hours", money.output),
        (f"  worth, at {money.usd_per_hour:,.0f} USD an hour", money.worth), ("= net with output", money.with_output),
    ]  # fmt: skip
    rows = [[name, usd(x.mean), _ends(x).strip()] for name, x in lines]
    return tables.table(["USD, mean of the runs", "difference", "95 % interval"], rows)


def money_words(plan: Plan) -> str:
    """What the lines mean, the break-even and the price at which it pays."""
    money = plan.money
    text = (
        "Differences to going on as it is; a minus is a cost. Severance is that of those there at the start, layoffs of an ordinary year "
        "netted out; hiring has that of newcomers in it. Ramp-up, unrest and work left behind are in the output, which is valued at what "
        "an hour costs as it is: people, AI and incidents over value. "
    )
    text += f"Break-even, the first week from which on net with output, summed up, stays at or above zero: {break_even(plan)}. "
    return text + price_words(money)


def price_words(money: Money) -> str:
    """At which price of output the measure pays."""
    found = money.price
    cost = f"it costs {money.usd_per_hour:,.0f} USD as it is"
    if found.pays == "open":
        return "Below which price of output it pays cannot be told: money or output is within noise."
    if found.pays == "always":
        return "It saves money and raises output, so it pays whatever output is worth."
    if found.pays == "never":
        return "It costs money and lowers output, so in these weeks it does not pay whatever output is worth."
    ends = "" if found.interval is None else f" [{found.interval.lo:,.0f}, {found.interval.hi:,.0f}]"
    verb = "less" if found.pays == "below" else "more"
    return f"In these weeks it pays if a standard hour of output is worth {verb} than {found.usd:,.0f} USD{ends}; {cost}."


# ---- people


def people_text(plan: Plan) -> str:
    """The table of groups, and what is withheld."""
    week = plan.comparison.weeks
    cuts = plan.asked.cuts
    header = [
        "role",
        "layer",
        "people",
        *(["by the measure"] if cuts else []),
        "laid off anyway",
        "quit as it is",
        "quit, with it",
    ]
    rows = [_person_row(one, week, cuts) for one in plan.people.groups]
    text = tables.table(header, rows, "<<" + ">" * (len(header) - 2)) if rows else ""
    note = f"% of those there at the start, by week {week} [95 % interval]; by the measure: in week {plan.asked.week}, on top of those laid off anyway"
    if not cuts:
        note = f"% of those there at the start, by week {week} [95 % interval]; the measure itself lays nobody off"
    note += ". quit, with it: difference to as it is, points, on the same dice; '-' is within noise. "
    note += withheld_sentence(plan.people.risk)
    if plan.people.leavers is None:
        note += f" Fewer than {MINIMUM_PEOPLE} people would show: no total is given."
    return f"{text}\n{tables.paragraph(note)}".lstrip("\n")


def _person_row(one: AtRisk, week: int, cuts: bool) -> list[str]:
    group, incidence = one.anyway.group, one.anyway.incidence
    texts = [*group.texts, *["all"] * (2 - len(group.texts))]
    cells = [*texts, f"{group.people:,}"]
    if cuts:
        e = one.by_measure
        wide = e.lo is not None and known(e.hi) - e.lo >= 5e-4
        cells.append(
            numbers.percent(e.mean)
            + (
                f" [{numbers.percent(max(known(e.lo), 0.0))}, {numbers.percent(min(known(e.hi), 1.0))}]"
                if wide
                else ""
            )
        )
    for curve in (incidence.layoff, incidence.quit):
        mean, lo, hi = curve.at(week)
        cells.append(
            numbers.percent(mean) + ("" if lo is None else f" [{numbers.percent(lo)}, {numbers.percent(hi)}]")
        )
    interval = one.quits.interval
    told = interval is not None and interval.sign != 0
    cells.append(
        f"{numbers.percent(one.quits.difference, sign=True)} [{numbers.percent(known(interval).lo)}, {numbers.percent(known(interval).hi)}]"
        if told else "-"
    )  # fmt: skip
    return cells


# ---- how sure, what drives it


def sure(plan: Plan) -> list[str]:
    """Chance, assumptions, and what compare warns of."""
    found = plan.comparison
    value = plan.rows["value_per_payroll_usd"]
    lines = [
        f"By chance: {numbers.plural(found.runs, 'run')} on the same dice; the intervals are 95 %. Value per payroll dollar "
        f"{_moves(value.figures)}; net with output in the first year: {_earned(plan.money.with_output)}.",
        _assumptions(plan),
    ]
    if found.names[0] in found.too_few:
        lines.append(f"Too few runs: {found.too_few[found.names[0]]}.")
    return [*lines, *(f"{note[:1].upper()}{note[1:]}." for note in found.notes)]


def _assumptions(plan: Plan) -> str:
    found = plan.comparison
    if not found.ranges:
        return "By assumptions: not tried (--ranges 0)."
    said = []
    for name in ("value_per_payroll_usd", "value_per_week", "lead_time_hours"):
        row = plan.rows.get(name)
        if row is not None and row.holds is not None and row.figures.difference:
            said.append(f"{numbers.outcome_words(name)} in {row.holds.k} of {row.holds.n}{_doubt(row)}")
    return f"By assumptions: the sign holds in plausible worlds, of {', of '.join(said)}."


def _doubt(row: Row) -> str:
    words = {cautions.OPPOSE: " (most say the opposite)", cautions.SPLIT: " (not settled)"}
    return words.get(row.support or "", "")


def _sure_in_short(plan: Plan) -> str:
    return "How sure: " + _assumptions(plan).removeprefix("By assumptions: ")


def drives(plan: Plan) -> str:
    """The parts, and what moved most beyond noise."""
    rows = plan.rows
    payroll, value = rows["payroll_per_year"].figures, rows["value_per_week"].figures
    text = f"Over all {plan.comparison.weeks} weeks payroll changes by {_change(payroll)} and output by {_change(value)}. "
    named = [_driver(plan, name) for name in plan.drivers]
    if not named:
        return text + "Nothing else moved beyond noise."
    return f"{text}Beyond noise moved most, of what work meets on its way: {'; '.join(named)}. orgsim explain takes one mechanism at a time."


def _driver(plan: Plan, name: str) -> str:
    f = plan.rows[name].figures
    if name.startswith("time_"):
        activity, _, role = name.removeprefix("time_").rpartition("_")
        who = "an IC" if role == "ic" else "a manager"
        hours = 40.0 * known(f.difference)
        return f"{who} has {abs(hours):.1f} hours a week {'more' if hours > 0 else 'less'} of {activity.replace('_', ' ')}"
    outcome = OUTCOMES[name]
    scale, unit = (
        (100.0, " %") if outcome.unit in ("share", "quits/person-year") else (1.0, f" {outcome.unit}")
    )
    before, after = (numbers.number(scale * known(x), 3) for x in (f.base, f.mean))
    return f"{DRIVEN[name]} {before} -> {after}{unit}"
