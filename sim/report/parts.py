"""The parts that reports of several kinds share: charts of the organisation, hours, waits, outcomes, the course over
the weeks.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from sim.constants import MINIMUM_PEOPLE, WEEKS_PER_YEAR
from sim.engine.codes import ACTIVITIES, MAX_LAYERS, STAGES
from sim.outcomes.declared import DECISIVE, GROUPS, IC_HOURS, MANAGER_HOURS, OUTCOMES
from sim.outcomes.stages import column
from sim.report import charts
from sim.report.organisation import chart
from sim.report.page import Choice, Figure, Fold, Item, Section, Table
from sim.report.source import Source
from sim.statistics.estimates import CATEGORY_UNITS, Estimate
from sim.store.journal import JOURNAL
from sim.text.numbers import interval, number, outcome_words, scaled, shown_unit

LAYER = "manager_utilisation_layer_"
FEW_RUNS = 10
#: Activities as they are drawn together, so that a part is wide enough to be seen.
HOURS = {
    "writing": ("coding",),
    "briefing and checking AI": ("specifying", "verifying"),
    "reviewing": ("reviewing",),
    "rework": ("reworking",),
    "answering questions": ("answering",),
    "coordinating, aligning": ("coordinating", "aligning"),
    "meetings and other": ("meetings", "other"),
    "leading people": ("people",),
    "incidents": ("incidents",),
    "waiting": ("waiting",),
    "idle": ("idle",),
}
STAGE_WORDS = {
    "writing": "being written",
    "owner's queue": "waiting for its owner",
    "agent": "with an agent",
    "decisions": "waiting for an answer",
    "coordination": "waiting for another team",
    "review wait": "waiting for review",
    "reviewing": "being reviewed",
    "rework": "rework",
}
#: The columns of runs that charts, hours and waits are drawn from.
NEEDED = (
    *(f"time_{activity}_{role}" for role in ("ic", "manager") for activity in ACTIVITIES),
    *(f"{LAYER}{k}" for k in range(1, MAX_LAYERS)),
    *(column(stage) for stage in STAGES),
)
BUSY = "managers: inbox hours over hours left for it; ICs: hours neither idle nor waiting"
Means = Mapping[str, Estimate]


def load_of(means: Means) -> dict[int, float]:
    """Layer -> how busy its people are, 0 to 1: ICs by hours that are neither idle nor waiting, managers by their inboxes."""
    load: dict[int, float] = {}
    idle = [means[name].mean for name in ("time_idle_ic", "time_waiting_ic") if name in means]
    if len(idle) == 2 and all(x is not None for x in idle):
        load[0] = 1.0 - sum(x for x in idle if x is not None)
    for name, one in means.items():
        if name.startswith(LAYER) and one.mean is not None:
            load[int(name.removeprefix(LAYER))] = one.mean
    return load


def charts_section(
    shapes: Sequence[tuple[Mapping[str, Any], Mapping[int, float]]], note: str = ""
) -> list[Section]:
    """The charts of the organisations, coloured by load where there is any."""
    if not shapes:
        return []
    figures: list[Item] = []
    for k, (shape, load) in enumerate(shapes):
        people = [one["people"] for one in shape["layers"]]
        size = "" if None in people else f": {sum(people):,} people"
        figures.append(chart(f"chart-{k}", f"{shape.get('name', 'organisation')}{size}", shape, load, "busy"))
    loaded = any(load for _, load in shapes)
    said = f"Colour: how busy the people of a layer are ({BUSY}), the mean of the layer. " if loaded else ""
    if any(shape.get("real") for shape, _ in shapes):
        said += (
            f"The chart is a real one: nothing is shown of layers with fewer than {MINIMUM_PEOPLE} people. "
        )
    text = f"{said}{note}".strip()
    title = "The organisation" if len(shapes) == 1 else "The organisations"
    return [
        Section(
            "organisation", f"{title}, by load" if loaded else title, [*([text] if text else []), *figures]
        )
    ]


def hours_section(rows: Sequence[tuple[str, Means]]) -> list[Section]:
    """Where an hour goes. rows: (name of a design, '' for the only one; its means)."""
    bars = [
        (role, name or who, _hours(means, role))
        for role, who in (("ic", "ICs"), ("manager", "managers"))
        for name, means in rows
    ]
    bars = [(role, name, values) for role, name, values in bars if any(values.values())]
    if not bars:
        return []
    figures: list[Item] = []
    if len(rows) == 1:
        shares = [(name, values) for _, name, values in bars]
        figures.append(_hours_figure("hours", "Where an hour of ICs and of managers goes", shares))
    else:
        for role, title in (
            ("ic", "Where an hour of an IC goes"),
            ("manager", "Where an hour of a manager goes"),
        ):
            shares = [(name, values) for of, name, values in bars if of == role]
            if shares:
                figures.append(_hours_figure(f"hours-{role}", title, shares))
    return [
        Section("hours", "Where an hour goes", ["Shares of all working hours, means over runs.", *figures])
    ]


def _hours_figure(key: str, title: str, shares: Sequence[tuple[str, Mapping[str, float]]]) -> Figure:
    return charts.stacked(key, title, shares, tuple(HOURS), "%", percent=True, what="hours of")


def _hours(means: Means, role: str) -> dict[str, float]:
    """Part of `HOURS` -> share of the hours of a role."""
    return {
        part: sum(_mean(means, f"time_{one}_{role}") for one in activities)
        for part, activities in HOURS.items()
    }


def _mean(means: Means, name: str) -> float:
    one = means.get(name)
    return 0.0 if one is None or one.mean is None else one.mean


def waits_section(rows: Sequence[tuple[str, Means]]) -> list[Section]:
    """Where work waits: lead time by stage. rows: as in `hours_section`."""
    known = [(name, means) for name, means in rows if any(means.get(column(s), _NOTHING).n for s in STAGES)]
    if not known:
        return []
    title = "Hours from the start of a change to its merge, by stage"
    if len(known) == 1:
        found = [
            charts.Bar(STAGE_WORDS[s], one.mean, one.lo, one.hi)
            for s in STAGES
            if (one := known[0][1].get(column(s), _NOTHING)).mean is not None
        ]
        picture = charts.bars("waits", title, found, "hours per merged change", what="a change is")
    else:
        stages = [(name, {STAGE_WORDS[s]: _mean(means, column(s)) for s in STAGES}) for name, means in known]
        picture = charts.stacked(
            "waits", title, stages, tuple(STAGE_WORDS.values()), "hours", what="hours, by design"
        )
    return [Section("waits", "Where work waits", [picture])]


_NOTHING = Estimate(None, None, None, None, 0)


def headline_table(means: Means, runs: int) -> Table:
    """The outcomes by which organisations are compared unasked."""
    rows = [_outcome_row(name, means[name], runs)[:4] for name in DECISIVE if name in means and means[name].n]
    return Table(("outcome", "mean", "95 % interval", "unit"), rows, align="<>><")


def outcome_tables(means: Means, runs: int, real: bool, layers: Mapping[int, int | None]) -> list[Item]:
    """All outcomes as tables, by group; hours have a picture of their own. Of layers under five people of a real chart, none."""
    items: list[Item] = []
    for group in GROUPS:
        if group in (IC_HOURS, MANAGER_HOURS):
            continue
        rows = []
        for name, outcome in OUTCOMES.items():
            one = means.get(name, _NOTHING)
            hidden = (
                outcome.group != group or outcome.unit in CATEGORY_UNITS or (real and _small(name, layers))
            )
            alive = name in ("died_out", "weeks_with_ics") and not _mean(means, "died_out")
            if one.mean is not None and not hidden and not alive:
                rows.append(_outcome_row(name, one, runs))
        if rows:
            header = ("outcome", "mean", "95 % interval", "unit", "what it is")
            items.append(Fold(f"{group}: {len(rows)} outcomes", [Table(header, rows, align="<>><<")]))
    return items


def _outcome_row(name: str, one: Estimate, runs: int) -> tuple[str, str, str, str, str]:
    outcome = OUTCOMES[name]
    unit, scale = shown_unit(outcome.unit)
    defined = "" if one.n == runs else f" (in {one.n:,} of {runs:,} runs)"
    ends = interval(scaled(one.lo, scale), scaled(one.hi, scale), 4) if one.sd else ""
    return (outcome_words(name), number(scaled(one.mean, scale)), ends, unit + defined, outcome.doc)


def _small(name: str, layers: Mapping[int, int | None]) -> bool:
    """Does an outcome belong to a layer with fewer than five people, or to one that nobody knows of?"""
    head, found, layer = name.rpartition("_layer_")
    if not found or not head:
        return False
    people = layers.get(int(layer))
    return people is None or people < MINIMUM_PEOPLE


def layer_people(source: Source) -> dict[int, int | None]:
    """Layer -> people of the first organisation; None where it is withheld."""
    return {one["layer"]: one["people"] for one in source.shapes[0]["layers"]} if source.shapes else {}


def shown_load(load: Mapping[int, float], shape: Mapping[str, Any]) -> dict[int, float]:
    """The load of layers that may be shown."""
    people = {one["layer"]: one["people"] for one in shape["layers"]}
    return {layer: share for layer, share in load.items() if people.get(layer) is not None}


def course(source: Source, names: Sequence[str]) -> list[Section]:
    """The weekly course of outcomes, one at a time."""
    options: list[tuple[str, Sequence[Item]]] = []
    for name in names:
        found = source.weekly(name)
        if found is None:
            continue
        unit, scale = shown_unit(OUTCOMES[name].unit)
        figure = _curve(name, found, unit, scale)
        options.append((outcome_words(name), [figure]))
    if not options:
        return []
    text = "Mean over runs in each week after the warm-up; the band is its 95 % interval."
    return [Section("course", "Week by week", [text, Choice("Outcome", options)])]


def _curve(name: str, found: Any, unit: str, scale: float) -> Figure:
    mean, lo, hi = ([scale * x for x in values] for values in (found.mean, found.lo, found.hi))
    line = charts.Line(outcome_words(name), found.weeks, mean, lo, hi)
    title = outcome_words(name)
    return charts.lines(f"week-{name}", f"{title[:1].upper()}{title[1:]}, by week", [line], "week", unit)


def sure_of_runs(source: Source, runs: int) -> list[str]:
    """What limits every figure: few runs, failed ones, a short horizon."""
    said = []
    if 1 < runs < FEW_RUNS:
        said.append(f"{runs} runs are too few for these intervals; 30 or more would do.")
    if runs == 1:
        said.append("One run has no interval: it shows what can happen, not what is usual.")
    if source.failed:
        said.append(f"{source.failed:,} of {runs:,} runs failed and are left out.")
    if 0 < source.weeks < WEEKS_PER_YEAR:
        said.append(
            f"{source.weeks} weeks are less than a year: learning and turnover have hardly begun; "
            "answers can change with the horizon."
        )
    return said


def figure_words(one: Estimate, of: str, digits: int = 4, *, unit: bool = True) -> str:
    """'881.0 [857.4, 904.6] standard hours/week', in the unit shown. of: the declared unit; unit: whether it is written."""
    shown, scale = shown_unit(of)
    shown = shown if unit else ""
    ends = interval(scaled(one.lo, scale), scaled(one.hi, scale), digits)
    return " ".join(f"{number(scaled(one.mean, scale), digits)} {ends} {shown}".split())


def kept_words(source: Source) -> str:
    """How far a study has come that keeps its finished figures in a journal."""
    journal = source.folder / JOURNAL
    try:
        lines = journal.read_bytes().count(b"\n")
    except OSError:
        return "nothing of it is kept yet; give the command again."
    return f"{max(0, lines - 1):,} figures are kept, and no answer yet; the same command goes on from there."


def ends_of(
    one: Mapping[str, Any], scale: float = 1.0, key: str = "ci95"
) -> tuple[float | None, float | None]:
    """The ends of a stored interval times *scale*; (None, None) where it has not both."""
    found = one.get(key)
    if not isinstance(found, list) or len(found) != 2 or not all(map(is_number, found)):
        return None, None
    return scale * found[0], scale * found[1]


def is_number(value: object) -> TypeGuard[float]:
    """A finite number, and no truth value."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
