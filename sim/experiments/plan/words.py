"""A plan as one page of text: five lines in short, then output and cost, money, people, how sure, what drives it, what it leaves
out, who may see what.

Nothing within noise is called a difference. Every figure has its unit, and its 95 % interval where it has one.
"""

from pathlib import Path

from sim.experiments.assumption_words import definition_words, flip_words, holding_words
from sim.experiments.compare.brief import assumptions, chance, why
from sim.experiments.plan.leaves_out import audience, left_out
from sim.experiments.plan.money import Money
from sim.experiments.plan.phrases import beyond, change, earned, moves, points
from sim.experiments.plan.study import Plan
from sim.experiments.plan.tables_of import money_table, money_title, output_text, people_text
from sim.outcomes.declared import OUTCOMES
from sim.statistics.estimates import known
from sim.text import numbers, tables

#: Drivers in words, for a sentence.
DRIVEN = {
    "guessed_share": "decisions guessed for want of an answer",
    "decision_latency_hours": "the wait for decisions",
    "review_wait_hours": "the wait for review",
    "lead_time_hours": "lead time",
    "change_failure_rate": "changes that fail",
    "rework_share": "hours of rework",
    "alignment": "alignment of the work",
    "coaching_coverage": "coaching given, of what is needed",
    "manager_utilisation": "managers' load",
    "skill_mean": "skill",
    "quits_per_year": "quits, newcomers included",
    "orphaned_changes_per_year": "changes whose owner left",
    "ai_share_realised": "code that AI writes",
    "unreviewed_share": "changes that nobody reviewed",
}
_PERCENT = ("share", "quits/person-year")
#: The command that searches for what flips a verdict, as compare says it, and for the scenarios of the plan.
_ANY_PAIR, _THIS_PAIR = "orgsim sensitivity A B", "orgsim sensitivity base.yaml variant.yaml"
_LABEL = 12  # letters of a label of the short form, with the gap


def page(plan: Plan, folder: Path, about: str = "", colour: bool = False) -> str:
    """The whole page. folder: where the results are; about: a sentence on the import of the roster."""

    def part(title: str, text: str) -> str:
        return tables.paint(title, "bold", colour) + "\n" + text

    parts = [
        part(title(plan), tables.paragraph(" ".join(filter(None, (_what_was_run(plan), about))))),
        part("In short", "\n".join(_line(label, text) for label, text in short(plan))),
        part("Output and cost", output_text(plan)),
        part(money_title(plan.money), f"{money_table(plan.money)}\n{tables.paragraph(money_words(plan))}"),
        part("Who is at risk", people_text(plan)),
        part("How sure", tables.bullets([f"- {line}" for line in sure(plan)])),
        part("What drives it", tables.paragraph(drives(plan))),
        part(
            "What it leaves out", tables.bullets([f"- {line}" for line in left_out(plan.asked, plan.others)])
        ),
        part(
            "Who may see what", tables.bullets([f"- {who}: {what}." for what, who in audience(plan.variant)])
        ),
    ]
    return "\n\n".join([*parts, tables.paragraph(written(folder))])


def _line(label: str, text: str) -> str:
    """A labelled line of the short form, wrapped beside its label."""
    wrapped = tables.paragraph(f"{text[:1].upper()}{text[1:]}.", " " * (_LABEL + 2))
    return f"  {label:<{_LABEL}}{wrapped[_LABEL + 2 :]}"


def title(plan: Plan) -> str:
    """'Plan for people: lay off 8 %, in week 26'."""
    return f"Plan for {plan.base.name}: {plan.asked.in_words()}, in week {plan.asked.week}"


def written(folder: Path) -> str:
    """What is in the folder, and what can be done with it."""
    base, variant = ((folder / name).as_posix() for name in ("base.yaml", "variant.yaml"))
    return (
        f"Written: {folder.as_posix()} (this page as page.txt, with page.png; all figures in plan.json). The scenarios that were "
        f"run are {base} and {variant}: change them by hand, and `orgsim compare {base} {variant}` compares them again."
    )


def _what_was_run(plan: Plan) -> str:
    found, values = plan.comparison, plan.base.values
    text = (
        f"{plan.ics:,} ICs and {numbers.plural(plan.managers, 'manager')} at the start{_others(plan)}. "
        f"{numbers.plural(found.runs, 'run')} of "
        f"{found.weeks} weeks, seed {found.seed}, with the measure and as it is, on the same dice"
    )
    text += f"; the measure {plan.takes}" if plan.takes else ""
    if not all(values[f"switches.{name}"] for name in ("quits", "hiring", "layoffs")):
        return f"{text}."
    return f"{text}. In both, people quit, are hired and are laid off as in an ordinary year."


def _others(plan: Plan) -> str:
    """People of a chart who write no code, ", and 40 other people, ..."; "" without any."""
    if not plan.others:
        return ""
    return f", and {numbers.plural(plan.others, 'other person', 'other people')}, whose work is not in the model but whose pay is"


# ---- in short


def short(plan: Plan) -> list[tuple[str, str]]:
    """Five lines, label and text: output, money, when it has paid, people, how sure."""
    money, rows = plan.money, plan.rows
    when = "year" if money.whole_year else numbers.plural(money.weeks, "week")
    output = (
        f"it {moves(money.per_week)} in the {when} after the measure; over all {plan.comparison.weeks} weeks payroll changes by "
        f"{change(rows['payroll_per_year'].figures)}, and output per payroll dollar "
        f"{moves(rows['value_per_payroll_usd'].figures)}"
    )
    net = f"{earned(money.net)} {_over(money)}, severance and hiring paid"
    if beyond(money.output):
        lost = "lost" if known(money.output.mean) < 0 else "gained"
        net += f"; with the output {lost}, at what an hour costs as it is, {earned(money.with_output)}"
    return [
        ("Output", output),
        ("Money", net),
        ("Break-even", break_even(plan)),
        ("People", _leavers(plan)),
        ("How sure", "; ".join(filter(None, [f"by chance: {_chance(plan)}", _worlds_in_short(plan)]))),
    ]


def _over(money: Money) -> str:
    if money.whole_year:
        return "in the first year after the measure"
    return f"in the part of the first year that was simulated (weeks {money.first} to {money.last})"


def break_even(plan: Plan) -> str:
    """When the measure has paid, in a phrase."""
    found, weeks = plan.money.break_even, plan.base.weeks
    beyond_end = f"not within the {weeks} weeks"
    if found.at_once:
        return "from the start, as the books are never below zero"
    if found.week is None:
        if not found.intervals or found.lo is None:
            return f"{beyond_end} simulated"
        return f"{beyond_end} simulated (95 %: not before week {found.lo})"
    text = f"week {found.week}, {numbers.plural(found.week - plan.asked.week, 'week')} after the measure"
    if not found.intervals:
        return text
    return f"{text} (95 %: week {found.lo} to {beyond_end if found.hi is None else found.hi})"


def _leavers(plan: Plan) -> str:
    """Who goes by the measure, besides whom anyway, and how many more quit."""
    everybody = next((g for g in plan.people.groups if not g.key), None)
    if everybody is None or plan.people.leavers is None:
        return "groups are too small to be shown"
    week, there = plan.comparison.weeks, everybody.anyway.group.people
    laid_off = f"{numbers.percent(everybody.anyway.incidence.layoff.at(week)[0])} %"
    when = "in an ordinary year" if week == 52 else f"in {week} weeks as it is"
    text = f"the measure itself lays nobody off; {laid_off} are laid off {when}"
    if plan.asked.cuts:
        share = numbers.percent(everybody.by_measure.mean)
        of = f"{known(plan.people.leavers.mean):,.0f} of the {there:,} there at the start"
        text = f"the measure lays off {share} % in week {plan.asked.week} ({of}), besides {laid_off} who are laid off {when}"
    return f"{text}; quits of those there at the start {points(everybody.quits)}"


def _chance(plan: Plan) -> str:
    """Whether the fall or rise in output after the measure is beyond noise: the first line's own claim."""
    f = plan.money.per_week
    if f.interval is None:
        return "one run, which decides nothing"
    known_as = "beyond noise" if f.interval.sign else "within noise"
    return f"the change in output is {known_as} ({numbers.plural(f.n, 'paired run')}, 95 %)"


def _worlds_in_short(plan: Plan) -> str:
    if not plan.comparison.ranges:
        return "by assumptions: not tried"
    return f"by assumptions: {_net_in_worlds(plan)}"


# ---- money


def money_words(plan: Plan) -> str:
    """What the lines mean, the break-even and the price at which it pays."""
    return (
        "Differences to going on as it is; a minus is a cost. Severance is that of those there at the start, with that of an "
        "ordinary year taken off; hiring has the severance of newcomers in it. Ramp-up, unrest and work left behind are in the "
        "output. It is valued at what an hour of it costs as it is (people, AI and incidents, over output). Break-even, the "
        "first week from which on net with output, summed up from the measure on, stays at or above zero: "
        f"{break_even(plan)}. {price_words(plan.money)}"
    )


def price_words(money: Money) -> str:
    """At which price of output the measure pays."""
    found = money.price
    if found.pays == "open":
        return "At which price of output it would pay cannot be told: money or output is within noise, or hardly beyond it."
    if found.pays == "always":
        return "It saves money and raises output, so in these weeks it pays whatever output is worth."
    if found.pays == "never":
        return "It costs money and lowers output, so in these weeks it does not pay whatever output is worth."
    ends = "" if found.interval is None else f" [{found.interval.lo:,.0f}, {found.interval.hi:,.0f}]"
    side = "less" if found.pays == "below" else "more"
    cost = f"it costs {money.usd_per_hour:,.0f} USD as it is"
    return f"In these weeks it pays if a standard hour of output is worth {side} than {known(found.usd):,.0f} USD{ends}; {cost}."


# ---- how sure, what drives it


def sure(plan: Plan) -> list[str]:
    """By chance, by assumptions, and what limits it, a sentence each."""
    found = plan.comparison
    name = found.names[0]
    lines = [
        f"By chance, output after the measure: {moves(plan.money.per_week)}. Net with output {_over(plan.money)}: "
        f"{earned(plan.money.with_output)}. Output per payroll dollar: {_lower(chance(found, name))}.",
    ]
    if not found.ranges:
        lines.append("By assumptions: not tried (--ranges 0).")
    else:
        definition = definition_words(found.like)
        lines += [
            f"By assumptions, net with output: {_net_in_worlds(plan)}{_flip(plan)}.",
            f"By assumptions, output per payroll dollar: {assumptions(found, name).replace(_ANY_PAIR, _THIS_PAIR)}.",
            f"{definition[:1].upper()}{definition[1:]}. {numbers.plural(found.ranges, 'world')}, {found.ranges_varied} uncertain "
            f"parameters, {numbers.plural(found.range_runs, 'pair')} of runs in each.",
        ]
    return [*lines, *(f"{note[:1].upper()}{note[1:]}." for note in found.notes)]


def _net_in_worlds(plan: Plan) -> str:
    """In how many worlds the sign of net with output holds."""
    found, figure = plan.net_in_worlds, plan.money.with_output
    if found is None:
        return "undefined over the plausible worlds"
    if not beyond(figure):
        return holding_words(found, "the sign seen of net with output holds")
    return holding_words(
        found, f"the {'saving' if known(figure.mean) > 0 else 'loss'}, output counted, holds"
    )


def _flip(plan: Plan) -> str:
    words = "" if plan.net_in_worlds is None else flip_words(plan.net_in_worlds, ask=_THIS_PAIR)
    return f"; {words}" if words else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def drives(plan: Plan) -> str:
    """The parts, and what moved most beyond noise."""
    reason = why(plan.comparison, plan.comparison.names[0])
    text = f"The parts of output per payroll dollar: {reason}. " if reason else ""
    named = [_driver(plan, name) for name in plan.drivers]
    if not named:
        return f"{text}Of what work meets on its way nothing moved beyond noise."
    return f"{text}Of what work meets on its way, moved most beyond noise: {'; '.join(named)}."


def _driver(plan: Plan, name: str) -> str:
    f = plan.rows[name].figures
    if name.startswith("time_"):
        activity, _, role = name.removeprefix("time_").rpartition("_")
        hours = 40.0 * known(f.difference)
        who = "an IC" if role == "ic" else "a manager"
        return f"{activity} takes {who} {abs(hours):.1f} hours a week {'more' if hours > 0 else 'less'}"
    outcome = OUTCOMES[name]
    scale, unit = (100.0, " %") if outcome.unit in _PERCENT else (1.0, f" {outcome.unit}")
    before, after = (numbers.number(scale * known(x), 3) for x in (f.base, f.mean))
    return f"{DRIVEN[name]}, {before} -> {after}{unit}"
