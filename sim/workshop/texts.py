"""All that the pages say, in one place: words, and sentences made of figures.

The terms are those of the report and its glossary. Nothing within noise is called a difference; a figure comes with its interval.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sim.constants import HOURS_PER_WEEK
from sim.engine.codes import ACTIVITIES
from sim.experiments.assumption_words import holding_words, says_words
from sim.experiments.compare.study import Row
from sim.statistics.estimates import Estimate, Paired, known
from sim.text.numbers import interval, number, outcome_words, percent, plural, scaled, shown_unit, signed
from sim.workshop.design import Built

BASE, DESIGN, OUTCOME = "base", "your design", "outcome"
LOAD = "busy"
CHART_NOTE = (
    "Colour of managers: how much of the time left for it their inbox takes, the mean of a layer. ICs are grey: they are busy "
    "nearly always."
)
CHANGES, CHANGE_UNIT = "What changes, in % of the base", "% of the base"

#: Fixed words of the pages, by the name that the templates use.
PAGE: Mapping[str, str] = MappingProxyType(
    {
        "skip": "Skip to the results",
        "kind": "orgsim workshop: play alone",
        "design": "Your design",
        "run": "Run this design",
        "to_base": "Back to the base",
        "is_base": "base",
        "results": "What it does",
        "base_results": "The base",
        "built": "What is built",
        "again": "Look again",
        "figures": "Four figures",
        "why": "Why?",
        "hours_ic": "Hours of an IC",
        "hours_manager": "Hours of a manager",
        "waits": "Waits",
        "decisions": "Decisions",
        "pictures": "Pictures",
        "more": "More figures",
        "repeat": "Repeat it on the command line",
        "repeat_how": "Save the two files beside each other, then give the command: it prints the same figures.",
        "words": "The words",
        "replay": "Replay one run, week by week",
        "replay_title": "Replay",
        "replay_of": "Which organisation",
        "replay_step": "Step",
        "first": "First",
        "back_month": "4 weeks back",
        "back": "Back",
        "next": "Next",
        "next_month": "4 weeks on",
        "last": "Last",
        "by_week": "by week",
        "by_day": "by day",
        "play": "Play",
        "pause": "Pause",
        "speed": "Speed",
        "to_design": "Back to the design",
        "legend": "What an IC's hours went into",
        "legend_managers": "Field: a manager; in it, hours that came into the inbox, in % of those left for it, dark to bright.",
        "legend_dot": "Dot above an IC: a change stands still for an answer or for another person.",
        "legend_reviews": "At the right of a team: reviews that nobody has begun. #: somebody's number in this replay.",
        "picture_values": "Values of this picture",
        "so_far": "So far",
        "waiting_for": "Who waits for whom",
        "people": "Who comes and goes",
        "tried": "Tried so far",
        "tried_note": "Each against the base. Two of them are not compared with each other: what lies between them may be noise.",
        "limits": "What limits it",
        "footer": "Figures of a model under stated assumptions, not a forecast, and never a verdict on a person. Everything is "
        "computed on this machine.",
    }
)
WAITING = "Computing the first runs ... The very first time the engine is compiled, which takes about half a minute."
NOT_KNOWN = "In how many plausible worlds this holds is not known yet: it is computed after the runs."
NOTHING = "Nothing beyond noise."
#: Outcomes in plain words, where their name says too little.
_NAMES = {
    "value_per_week": "value delivered per week",
    "lead_time_hours": "lead time, start to merge",
    "review_wait_hours": "wait for review",
    "decision_latency_hours": "wait for an answer",
    "item_time_hours": "time of an item in an inbox",
    "guessed_share": "guessed decisions",
    "unreviewed_share": "changes merged unreviewed",
}
#: What an hour goes into, as the report calls it.
_ACTIVITY = dict(
    zip(
        ACTIVITIES,
        (
            "writing", "specifying and briefing AI", "checking AI", "reviewing", "rework", "answering questions", "coordinating",
            "aligning", "leading people", "incidents", "meetings", "other duties", "waiting", "idle",
        ),
        strict=True,
    )
)  # fmt: skip
_WAITS = ("lead_time_hours", "review_wait_hours", "decision_latency_hours", "item_time_hours")
_DECISIONS = ("guessed_share", "unreviewed_share", "change_failure_rate")
DRAWN = (
    "value_per_week", "value_per_fte", "cost_per_value", "lead_time_hours", "review_wait_hours", "decision_latency_hours",
)  # fmt: skip
_DETECTED = ("better", "worse", "higher", "lower")
_SHARES = ("share", "probability")
LEAST_HOURS = 0.05  # hours a week below which a change would be printed as 0.0
MOST_LINES = 5


def is_detected(row: Row) -> bool:
    """Whether a difference is beyond noise."""
    return row.verdict in _DETECTED


def name_of(outcome: str) -> str:
    """An outcome in words."""
    return _NAMES.get(outcome, outcome_words(outcome))


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


# ---- what is built


def built_words(built: Built) -> str:
    """'44 ICs and 7 managers in 2 layers; first-line teams of 7 to 8.'"""
    low, high = built.teams
    teams = f"{high}" if low == high else f"{low} to {high}"
    return (
        f"{plural(built.ics, 'IC')} and {plural(built.managers, 'manager')} in {plural(built.layers, 'layer')}; "
        f"first-line teams of {teams}."
    )


def bought_words(base: Built, design: Built) -> str:
    """What the money of fewer managers bought, or what more managers cost; equal payroll is said either way."""
    managers, ics = design.managers - base.managers, design.ics - base.ics
    if not managers and not ics:
        return "The same people as in the base, for the same payroll."
    left = f"{design.left_over:,.0f} USD a year are left over, less than one salary"
    if managers <= 0 <= ics:
        said = f"{plural(-managers, 'manager')} fewer {'pays' if managers == -1 else 'pay'} for {plural(ics, 'IC')} more"
    elif managers >= 0 >= ics:
        said = (
            f"{plural(managers, 'manager')} more {'costs' if managers == 1 else 'cost'} {plural(-ics, 'IC')}"
        )
    else:
        said = f"{managers:+,} managers, {ics:+,} ICs"
    return f"At equal payroll: {said}. {left}."


# ---- figures


def value_words(value: float | None, unit: str) -> str:
    """'12.3 %' of a share, else '12.3 hours'."""
    return " ".join(value_and_unit(value, unit))


def value_and_unit(value: float | None, unit: str) -> tuple[str, str]:
    """The same in two parts."""
    if unit in _SHARES:
        return percent(value), "%"
    shown, scale = shown_unit(unit)
    return number(scaled(value, scale), 3, compact=True), shown


def mean_interval_words(one: Estimate, unit: str) -> str:
    """'[350, 364]', the 95 % interval of a mean over runs."""
    scale = 100.0 if unit in _SHARES else shown_unit(unit)[1]
    return interval(scaled(one.lo, scale), scaled(one.hi, scale), 3)


def change_words(pair: Paired, unit: str) -> str:
    """'+4.8 % [3.9, 5.7]'; of a share '+3.1 points [2.8, 3.4]'; in its unit where the base is not above zero."""
    if unit in _SHARES:
        return f"{percent(pair.difference, sign=True)} points {_ends(pair.lo, pair.hi, 100)}".rstrip()
    if pair.relative is not None and pair.base is not None and pair.base > 0:
        return (
            f"{percent(pair.relative, sign=True)} % {_ends(pair.relative_lo, pair.relative_hi, 100)}".rstrip()
        )
    shown, scale = shown_unit(unit)
    return f"{signed(scaled(pair.difference, scale))} {shown} {_ends(pair.lo, pair.hi, scale)}".rstrip()


def _ends(lo: float | None, hi: float | None, scale: float) -> str:
    if lo is None or hi is None:
        return ""
    return f"[{scale * lo:.1f}, {scale * hi:.1f}]" if scale == 100 else interval(scale * lo, scale * hi)


def verdict_words(row: Row) -> str:
    """'better', 'worse', 'higher', 'lower', 'the same', or that there is no difference beyond noise."""
    if is_detected(row):
        return row.verdict
    return "the same" if row.verdict == "equal" else "no difference beyond noise"


def headline_words(outcome: str, row: Row) -> str:
    """The one sentence on a design against the base."""
    pair, name = row.figures, name_of(outcome)
    if pair.n == 0:
        return f"{sentence(name).removesuffix('.')} is not defined here: no verdict."
    if row.verdict == "equal":
        return f"No difference at all: {name} is the same in every run."
    if pair.relative is None or pair.relative_interval is None:
        return f"No verdict yet on {name}: {change_words(pair, row.unit)}."
    lo, hi = pair.relative_interval
    ends = f"95 % interval {percent(lo, sign=True)} to {percent(hi, sign=True)} %"
    if not is_detected(row):
        return f"No difference beyond noise in {name}: {percent(pair.relative, sign=True)} % ({ends})."
    more = "more" if known(pair.difference) > 0 else "less"
    verb = "delivers" if outcome.startswith("value") else "has"
    return f"Your design {verb} {percent(abs(pair.relative))} % {more} {name} than the base ({ends})."


def assumption_words(outcome: str, row: Row, of_payroll: str) -> str:
    """In which share of the plausible worlds the verdict holds; that it is not known yet, where it is not."""
    if row.verdict == "equal":
        return "With other assumptions it was not tried, because nothing differs."
    if row.holding is None:
        return NOT_KNOWN
    counted = (
        ""
        if row.holds_of in ("", outcome)
        else f" (counted on {name_of(row.holds_of)}, because {of_payroll} differs)"
    )
    says = says_words(row.support, row.holding.like) if is_detected(row) else ""
    found = holding_words(row.holding, "the verdict holds" if is_detected(row) else "the sign seen holds")
    return sentence(f"{found}{counted}{f': {says}' if says else ''}")


def progress_words(runs: int, weeks: int, settled: bool, done: bool, is_base: bool) -> str:
    """How many runs there are and what is still coming."""
    said = f"{plural(runs, 'run')} of {weeks} weeks, each on the same dice as the base"
    if is_base:
        return f"{plural(runs, 'run')} of {weeks} weeks; 95 % intervals of the means."
    if done:
        return f"{said}."
    return (
        f"{said}; the plausible worlds are being computed."
        if settled
        else f"{said}; more runs are being computed."
    )


def ai_words(row: Row | None) -> str:
    """What AI costs, which is not in payroll; '' where it is the same."""
    if row is None or not is_detected(row) or row.figures.base is None or row.figures.mean is None:
        return ""
    mean, base = (round(value, -3) for value in (row.figures.mean, row.figures.base))
    return f"Not in payroll: AI costs {mean:,.0f} USD a year, {base:,.0f} USD in the base."


# ---- why


def hours_lines(rows: Mapping[str, Row], role: str) -> list[str]:
    """What the hours of a week go into that they did not go into before, the largest changes first. role: "ic" or "manager"."""
    found = []
    for activity in ACTIVITIES:
        row = rows.get(f"time_{activity}_{role}")
        if row is None or not is_detected(row):
            continue
        hours = HOURS_PER_WEEK * known(row.figures.difference)
        if abs(hours) >= LEAST_HOURS:
            text = f"{sentence(_ACTIVITY[activity])[:-1]}: {_hours(row.figures, HOURS_PER_WEEK, ' a week')}"
            found.append((abs(hours), text))
    return [text for _, text in sorted(found, key=lambda pair: -pair[0])][:MOST_LINES]


def wait_lines(rows: Mapping[str, Row]) -> list[str]:
    """Which waits got longer or shorter."""
    return [
        f"{sentence(name_of(name)).removesuffix('.')}: {_hours(rows[name].figures, 1, '')}"
        for name in _WAITS
        if name in rows and is_detected(rows[name])
    ]


def decision_lines(rows: Mapping[str, Row]) -> list[str]:
    """What is decided or merged with less knowledge than before, or more."""
    lines = []
    for name in _DECISIONS:
        row = rows.get(name)
        if row is not None and is_detected(row):
            base, mean = (value_words(x, row.unit) for x in (row.figures.base, row.figures.mean))
            lines.append(
                f"{sentence(name_of(name)).removesuffix('.')}: {base} before, {mean} now ({change_words(row.figures, row.unit)})"
            )
    return lines


def _hours(pair: Paired, scale: float, per: str) -> str:
    """'+2.1 h a week [1.8, 2.4] (10.2 before, 12.3 now)'."""
    base, mean = ("-" if x is None else f"{scale * x:.1f}" for x in (pair.base, pair.mean))
    ends = "" if pair.lo is None or pair.hi is None else f" [{scale * pair.lo:.2f}, {scale * pair.hi:.2f}]"
    return f"{scale * known(pair.difference):+.2f} h{per}{ends} ({base} before, {mean} now)"


def tried_words(labels: Sequence[str], row: Row | None) -> str:
    """A line of the list of designs: what it changes, and what came of it."""
    name = ", ".join(labels)
    if row is None or row.figures.n == 0:
        return f"{name}: being computed"
    said = change_words(row.figures, row.unit)
    return f"{name}: {said}{'' if is_detected(row) else ', ' + verdict_words(row)}"


# ---- replay

REPLAY_FEW = (
    "The first runs are still being computed, so there is none to replay yet. Look again in a moment."
)
NO_FRAME = "There is no such week or day in this replay."
NOBODY_MOVES = "Nobody comes or goes in this lesson."
QUIET = "Nobody came or went."


def frame_title(week: int, day: int) -> str:
    """'Week 12', within a week 'Week 12, day 3'; before the first one what it was like when the year began."""
    if day == 0:
        return "Before week 1: the last days of the warm-up"
    if day % 5:
        return f"Week {week + 1}, day {day % 5}"
    return f"Week {week}"


def reviews_words(reviews: int) -> str:
    """'3 reviews that nobody has begun'."""
    return f"{plural(reviews, 'review')} that nobody has begun"


def manager_tip(person: int, load: float | None, inbox: int) -> str:
    """What is said of a manager who is pointed at."""
    busy = "no hours for the inbox" if load is None else f"inbox {100 * load:.0f} % of the hours left for it"
    return f"Manager #{person}: {busy}, {plural(inbox, 'item')} waiting"


def ic_tip(person: int, hours: Mapping[str, float], blocked: int) -> str:
    """What is said of an IC who is pointed at."""
    largest = sorted(((value, part) for part, value in hours.items() if value > 0), key=lambda pair: -pair[0])
    parts = ", ".join(f"{part} {value:.1f} h" for value, part in largest[:4])
    still = f"; {plural(blocked, 'change')} standing still" if blocked else ""
    return f"IC #{person}: {parts or 'no hours'}{still}"


def run_words(run: int, change: float | None, opposite: int, runs: int, here: int) -> str:
    """Which run is shown, and in how many the sign is the other one. here: the one shown; run: the one nearest the mean."""
    if here != run:
        return f"Run {here} of {runs}, numbered from 0. The one nearest the mean is run {run}."
    if change is None:
        return f"Run {run} of {runs}, numbered from 0: the one nearest the mean."
    return (
        f"Run {run} of {runs}, numbered from 0: the one whose difference to the base, {percent(change, sign=True)} %, is nearest "
        f"the mean difference. In {opposite} of {runs} runs the sign is the opposite one."
    )


def waits_words(question: int, coordination: int, most: Sequence[tuple[int, int]]) -> str:
    """How many changes stand still, and for whom most. most: (number, how many)."""
    if not question and not coordination:
        return "No change stands still."
    verb = "stands" if question == 1 else "stand"
    said = f"{plural(question, 'change')} {verb} still for an answer, {coordination:,} for another person."
    names = ", ".join(f"#{person} ({count})" for person, count in most)
    return f"{said} Most wait for {names}." if names else said


def left_words(one: Mapping[str, Any]) -> str:
    """'#23 (IC) left: quit; had come in week 12.'"""
    rule = f" ({str(one['rule']).replace('_', ' ')})" if one["rule"] else ""
    came = f"; had come in week {one['joined']}" if one["joined"] is not None else ""
    return f"#{one['id']} ({one['role']}) left: {one['reason']}{rule}{came}."


def came_words(one: Mapping[str, Any]) -> str:
    """'#120 (IC) was hired.'"""
    return f"#{one['id']} ({one['role']}) was hired."


def moved_words(one: Mapping[str, Any]) -> str:
    """'#23: promoted.'"""
    return f"#{one['id']}: {one['what']}."


# ---- what is refused

NOT_FOUND = "There is no such page here. The first page has the levers."
WRONG_METHOD = "This page cannot be used that way. The first page has the levers."
WRONG_HOST = "This address is not one that the workshop answers to. Use the one that the terminal shows."
WRONG_ORIGIN = "This form was sent from another page, so nothing was done. Use the form on the first page."
TOO_LARGE = "More was sent than a form of this page has, so nothing was done."
WRONG_FORM = "What was sent is not the form of this page, so nothing was done."
BROKEN = "Something went wrong in orgsim. It is told on the terminal; the page can be used on."
REFUSED = "That does not work"
HOME = "To the first page"
