"""The report of `orgsim sensitivity`: which assumptions drive an outcome, or a verdict, and what would flip it."""

from collections.abc import Mapping
from typing import Any

from sim.outcomes.declared import OUTCOMES
from sim.parameters.registry import REGISTRY
from sim.report import charts, parts
from sim.report.page import Choice, Fold, Item, Page, Section, Table
from sim.report.source import Source
from sim.text.numbers import number, outcome_words, plural, shown_unit, words

SHOWN = 14  # assumptions in a picture
FLIPS = 20


def page(source: Source) -> Page:
    """What it depends on, in how much of the plausible world it holds, what flips it."""
    found = source.stored("sensitivity.json") if source.finished else {}
    name, other = (source.part(key).get("name") for key in ("scenario", "other"))
    about = f"the verdict on {other} against {name}" if other else str(name)
    sections = [*_drivers(found), *_worlds(found), *_flips(found)] if found else []
    points = int(found.get("points") or 0)
    return Page(
        name=source.text("name"),
        kind=f"Sensitivity: {about}",
        question=f"Which assumptions drive {about}?",
        answer=[str(text) for text in found.get("answer") or ()][:2],
        sure=[*(str(text) for text in (found.get("answer") or ())[2:]), *_sure(found)] if found else [],
        sections=[*sections, *parts.charts_section([(shape, {}) for shape in source.shapes])],
        state="" if found else parts.kept_words(source),
        facts=[
            f"{plural(points, 'set')} of assumptions, {plural(int(found.get('runs') or 0), 'run')} each, "
            f"{found['weeks']:,} weeks."
        ]
        if found
        else (),
    )


def _sure(found: Mapping[str, Any]) -> list[str]:
    failed = int(found.get("points_failed") or 0)
    return [
        *(f"{text}." for text in found.get("warnings") or ()),
        *([f"{plural(failed, 'set')} could not be simulated, and is left out."] if failed else []),
        "Ranges are mostly judgement, so shares of the plausible world are no probabilities.",
    ]


def _drivers(found: Mapping[str, Any]) -> list[Section]:
    """For each outcome, the assumptions with the largest effect."""
    primary = str(found.get("primary"))
    options: list[tuple[str, list[Item]]] = []
    for name, study in sorted(found.get("outcomes", {}).items(), key=lambda pair: pair[0] != primary):
        figure = _effects(name, study) if found.get("method") == "morris" else _totals(name, study)
        options.append((outcome_words(name), figure))
    text = (
        "How much an assumption changes the figure when it goes through its whole plausible range, "
        "the mean over the others' values."
        if found.get("method") == "morris"
        else "The share of the variance over the plausible world that a mechanism has a part in."
    )
    return [Section("drives", "What drives it", [text, Choice("Outcome", options)])]


def _effects(name: str, study: Mapping[str, Any]) -> list[Item]:
    unit, scale = shown_unit(str(study.get("unit", "")))
    every = sorted(study.get("parameters", ()), key=lambda one: -(one.get("mu_star") or 0.0))
    rows = []
    for one in every[:SHOWN]:
        if parts.is_number(one.get("mu_star")) and one["mu_star"] > 0:
            lo, hi = parts.ends_of(one, scale)
            rows.append(
                charts.Bar(one["path"], scale * one["mu_star"], lo, hi, bool(one.get("beyond_noise")))
            )
    if not rows:
        return ["Nothing has an effect."]
    title = (
        f"{outcome_words(name)}: the largest effects".capitalize()
        if name not in OUTCOMES
        else f"Effects on {outcome_words(name)}"
    )
    table = [
        (one["path"], _range(one["path"]), number(scale * (one.get("mu") or 0.0), 3)) for one in every[:SHOWN]
    ]
    return [
        charts.bars(f"effect-{name}".replace("_", "-"), title, rows, unit, what="assumption"),
        Fold(
            "Their ranges, and the sign of their effects",
            [Table(("assumption", "plausible range", f"mean effect, {unit}"), table)],
        ),
    ]


def _range(path: str) -> str:
    one = REGISTRY.get(path)
    return "" if one is None else f"{one.low} to {one.high} {one.unit}"


def _totals(name: str, study: Mapping[str, Any]) -> list[Item]:
    rows = []
    for one in sorted(study.get("mechanisms", ()), key=lambda one: -(one.get("total") or 0.0))[:SHOWN]:
        if parts.is_number(one.get("total")):
            lo, hi = parts.ends_of(one, 100)
            rows.append(
                charts.Bar(words(one["mechanism"]), 100 * one["total"], lo, hi, bool(one.get("beyond_noise")))
            )
    if not rows:
        return ["Nothing has an effect."]
    title = f"Parts in the variance of {outcome_words(name)}"
    return [
        charts.bars(f"effect-{name}".replace("_", "-"), title, rows, "% of the variance", what="mechanism")
    ]


def _worlds(found: Mapping[str, Any]) -> list[Section]:
    """Of two scenarios, in how many plausible worlds each is ahead."""
    rows, names = [], ("ahead", "undecided", "behind")
    other, base = found.get("other"), found.get("scenario")
    words_ = {"ahead": f"{other} ahead", "undecided": "undecided", "behind": f"{base} ahead"}
    for name, study in found.get("outcomes", {}).items():
        world = study.get("world")
        if isinstance(world, dict) and world.get("sets"):
            shares = {words_[key]: float(world.get(key) or 0) / world["sets"] for key in names}
            rows.append((outcome_words(name), shares))
    if not rows:
        return []
    sets = max(int(study["world"]["sets"]) for study in found["outcomes"].values() if study.get("world"))
    title = f"Who is ahead beyond noise, in {sets} plausible worlds"
    picture = charts.stacked(
        "worlds",
        title,
        rows,
        [words_[key] for key in names],
        "%",
        percent=True,
        axis="% of plausible worlds",
        what="outcome",
        colours=(0, 9, 1),
    )
    return [Section("worlds", "In how much of the plausible world", [picture])]


def _flips(found: Mapping[str, Any]) -> list[Section]:
    """What turns the verdict round, one assumption at a time."""
    flips = found.get("flips")
    if not isinstance(flips, dict):
        return []
    rows = []
    for one in flips.get("one_at_a_time", ()):
        at = one.get("flips_at")
        if isinstance(at, dict) and parts.is_number(at.get("value")):
            ends = at.get("ci95") or (None, None)
            span = "" if None in ends else f"[{ends[0]:.3g}, {ends[1]:.3g}]"
            rows.append(
                (
                    one["path"],
                    f"{one['base']:.3g}" if parts.is_number(one.get("base")) else "-",
                    f"{at['value']:.3g} {span}".strip(),
                )
            )
    smallest = flips.get("smallest")
    items: list[Item] = []
    if isinstance(smallest, dict):
        sure = "confirmed by a run of its own" if smallest.get("confirmed") else "not confirmed beyond noise"
        listed = ", ".join(
            f"{path} = {value:.3g}"
            for path, value in smallest.get("checked_at", {}).items()
            if parts.is_number(value)
        )
        items.append(f"The smallest change that turns the verdict round: {listed} ({sure}).")
    if rows:
        items.append(
            Table(("assumption", "here", "flips at"), rows[:FLIPS], "All others at their base values")
        )
    if not items:
        items.append("No single assumption, within its plausible range, turns the verdict round.")
    return [Section("flips", "What would turn it round", items)]
