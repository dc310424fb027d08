"""The report of `orgsim optimise`: the best designs, what each changes, the price of each step, what was tried."""

from collections.abc import Mapping
from typing import Any

from sim.outcomes.declared import OUTCOMES
from sim.report import charts, parts
from sim.report.page import Fold, Item, Page, Section, Table
from sim.report.source import Source
from sim.text.numbers import interval, number, outcome_words, percent, plural, shown_unit, signed


def page(source: Source) -> Page:
    """The front in pictures and tables, from the fresh runs only."""
    found = source.stored("optimise.json") if source.finished else {}
    said = [str(text) for text in found.get("answer") or ()]
    sections = [*_front(found), *_designs(found), *_steps(found), *_tried(found)] if found else []
    return Page(
        name=source.text("name"),
        kind=f"Best designs against {source.part('scenario').get('name')}",
        question=source.text("question"),
        answer=said[:2],
        sure=[*said[2:], *_sure(found)] if found else [],
        sections=[*sections, *parts.charts_section([(shape, {}) for shape in source.shapes])],
        state="" if found else parts.kept_words(source),
        facts=[
            f"{plural(int(found['tried']['candidates']), 'candidate')}, {plural(int(found['runs']), 'fresh run')} of each of the "
            f"best, {found['weeks']:,} weeks, equal {found['hold']}."
        ]
        if found
        else (),
    )


def _sure(found: Mapping[str, Any]) -> list[str]:
    return [
        "The search saw other dice than those that the figures come from, so they are not too good because the best were chosen.",
        *(f"{text}." for text in found.get("warnings") or ()),
        "Ranges are mostly judgement, so shares of the plausible worlds are no probabilities.",
    ]


def _name(design: Mapping[str, Any]) -> str:
    return f"design {design['design']}"


def _relative(design: Mapping[str, Any], outcome: str) -> bool:
    one = design["figures"][outcome]
    return parts.is_number(one.get("relative")) and None not in (one.get("relative_ci95") or [None])


def _front(found: Mapping[str, Any]) -> list[Section]:
    """For each objective, what every design changes; one picture below the other, so that print has all."""
    designs = found["designs"]
    if not designs:
        return [Section("front", "The best designs", ["There is none to show."])]
    drawn: list[Item] = []
    for name in found["objectives"]:
        relative = all(_relative(design, name) for design in designs)
        unit, scale = ("%", 100.0) if relative else shown_unit(OUTCOMES[name].unit)
        rows = []
        for design in designs:
            one = design["figures"][name]
            value = one["relative" if relative else "difference"] or 0.0
            lo, hi = one["relative_ci95" if relative else "ci95"] or (None, None)
            strong = lo is not None and hi is not None and not lo <= 0 <= hi
            ends = (None if lo is None else scale * lo, None if hi is None else scale * hi)
            rows.append(charts.Bar(_name(design), scale * value, *ends, strong))
        way = "more" if found["objectives"][name] == "max" else "less"
        title = f"Change of {outcome_words(name)} against {found['base']}, {unit} ({way} is better)"
        drawn.append(charts.bars(f"front-{name}".replace("_", "-"), title, rows, unit, what="design"))
    return [Section("front", "The best designs", [*drawn, _worlds(found)])]


def _worlds(found: Mapping[str, Any]) -> Item:
    """In how many worlds what is seen holds."""
    rows = []
    for design in found["designs"]:
        for name in found["objectives"]:
            held = design["figures"][name].get("worlds")
            if isinstance(held, dict):
                mark = "mediocre elsewhere" if name in design["mediocre_elsewhere"] else ""
                counts = (str(held[key]) for key in ("holds", "open", "reversed", "of"))
                rows.append((_name(design), outcome_words(name), *counts, mark))
    if not rows:
        return "It was not tried over plausible worlds."
    header = ("design", "objective", "holds in", "open in", "reversed in", "worlds", "")
    return Fold("In how many plausible worlds it holds", [Table(header, rows, align="<<>>>><")])


def _designs(found: Mapping[str, Any]) -> list[Section]:
    """What the designs are."""
    designs, paths = found["designs"], [str(path) for path in found["varied"]]
    if not designs:
        return []
    rows = []
    for design in designs:
        known = [f"at an edge: {one['path']}" for one in design["at_an_edge"] if not one["nothing_beyond"]]
        known += [f"{outcome_words(name)} mediocre elsewhere" for name in design["mediocre_elsewhere"]]
        more = len(design["same_within_noise"])
        known += [f"{plural(more, 'design')} within noise of it"] if more else []
        rows.append(
            (str(design["design"]), *(_value(design["values"][path]) for path in paths), "; ".join(known))
        )
    table = Table(("design", *paths, "to know"), rows, align="<" + ">" * len(paths) + "<")
    built = [f"Design {one['design']}: {'; '.join(one['differs'])}." for one in designs if one.get("differs")]
    return [
        Section(
            "designs",
            "What they are",
            [table, *built, f"Each is a scenario in {designs[0]['scenario'].rpartition('/')[0]}/."],
        )
    ]


def _value(value: object) -> str:
    if isinstance(value, list):
        return "-".join(map(str, value))
    if value is None:
        return "as it is"
    return (
        f"{value:.4g}"
        if isinstance(value, float)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def _steps(found: Mapping[str, Any]) -> list[Section]:
    """What a gain in one objective costs in the others."""
    names = list(found["objectives"])
    rows = [
        (f"{step['from']} to {step['to']}", *(_change(name, step["change"][name]) for name in names))
        for step in found["steps"]
    ]
    if not rows:
        return []
    table = Table(
        ("step", *map(outcome_words, names)), rows, "The next design against the one before, on the same runs"
    )
    return [Section("steps", "The price of each step along the front", [table])]


def _change(name: str, one: Mapping[str, Any]) -> str:
    if parts.is_number(one.get("relative")) and one.get("relative_ci95"):
        lo, hi = (percent(end) for end in one["relative_ci95"])
        return f"{percent(one['relative'], sign=True)} % [{lo}, {hi}]"
    unit, scale = shown_unit(OUTCOMES[name].unit)
    lo_, hi_ = (scale * end for end in one["ci95"]) if one.get("ci95") else (None, None)
    return f"{signed(scale * (one.get('difference') or 0.0))} {interval(lo_, hi_)} {unit}"


def _tried(found: Mapping[str, Any]) -> list[Section]:
    tried, base = found["tried"], found["base_figures"]
    named = (
        ("candidates", "candidates"), ("designs", "distinct designs that can be built"), ("impossible", "could not be built"),
        ("meet_constraints", "meet the constraints"), ("finalists", "run on fresh dice"),
        ("like_the_base", "of these do not differ from the base beyond noise"), ("worse", "of these are beaten by another"),
        ("break_constraints", "of these break a constraint"),
    )  # fmt: skip
    rows = [(words, str(tried[key])) for key, words in named]
    figures = []
    for name, one in base.items():
        unit, scale = shown_unit(str(one["unit"]))
        lo, hi = (scale * end for end in one["ci95"]) if one.get("ci95") else (None, None)
        figures.append((outcome_words(name), number(scale * (one["mean"] or 0.0)), interval(lo, hi), unit))
    return [
        Section("tried", "What was tried", [
            Table(("what", "how many"), rows),
            Table(("outcome", "mean", "95 % interval", "unit"), figures, f"{found['base']} itself", align="<>><"),
        ])
    ]  # fmt: skip
