"""The report of `orgsim explain`: which mechanisms make the difference between two organisations."""

from collections.abc import Mapping
from typing import Any

from sim.report import charts, parts
from sim.report.page import Bullets, Fold, Item, Page, Section, Table
from sim.report.source import Source
from sim.text.numbers import outcome_words, p_value, plural, shown_unit

MOST_PAIRS = 8


def page(source: Source) -> Page:
    """The difference, its parts, and what works together."""
    found = source.stored("explain.json") if source.finished else {}
    a, b = (
        str(found.get(key) or (source.part(where).get("name", "?")))
        for key, where in (("base", "scenario"), ("other", "other"))
    )
    runs = int(found.get("runs_used") or 0)
    topic = outcome_words(str(found.get("outcome") or source.part("content").get("outcome") or ""))
    sections = [
        *(_parts(found, a, b) if found else []),
        *parts.charts_section([(shape, {}) for shape in source.shapes]),
    ]
    return Page(
        name=source.text("name"),
        kind=f"A difference explained: {b} against {a}",
        question=f"Why does {b} differ from {a} on {topic}?",
        answer=[str(text) for text in found.get("sentences") or ()],
        sure=_sure(source, found, runs) if found else [],
        sections=sections,
        state="" if found else parts.kept_words(source),
        facts=[f"{plural(runs, 'run')} of {found['weeks']:,} weeks, on the same dice."] if found else (),
    )


def _sure(source: Source, found: Mapping[str, Any], runs: int) -> list[str]:
    method = (
        "over all orders in which mechanisms can be switched"
        if found.get("orders") is None
        else f"over {found['orders']:,} random orders, which the intervals cover too"
    )
    kept = [
        f"{one['name']}: stays on, because without it {one['reason']}." for one in found.get("kept_on") or ()
    ]
    return [
        *parts.sure_of_runs(source, runs),
        f"Parts are Shapley values: what a mechanism adds to the difference, averaged {method}; they add up to the whole.",
        "Only what is beyond noise is named, with Holm's correction over all parts.",
        "What the mechanisms are assumed to be is not questioned here: orgsim sensitivity does that.",
        *kept,
    ]


def _scaled(found: Mapping[str, Any], a: str) -> tuple[str, float]:
    """The unit shown, and by what figures are multiplied: % of A where that is above zero."""
    level = (found.get("levels") or {}).get(a, {}).get("mean")
    if parts.is_number(level) and level > 0:
        return f"% of {a}", 100.0 / level
    return shown_unit(str(found.get("unit", "")))


def _parts(found: Mapping[str, Any], a: str, b: str) -> list[Section]:
    unit, scale = _scaled(found, a)
    every = [*([found["rest"]] if found.get("rest") else []), *found.get("parts", ())]
    whole = found.get("difference") or {}
    rows = [
        _bar(f"whole difference {b} - {a}", whole, scale),
        *(_bar(one["words"], one, scale) for one in every),
    ]
    drawn = [row for row in rows if row is not None]
    pairs = [one for one in found.get("interactions", ()) if one.get("beyond_noise")][:MOST_PAIRS]
    names = {one["name"]: one["words"] for one in every}
    items: list[Item] = [
        charts.bars("parts", f"What makes the difference {b} - {a}", drawn, unit, what="part"),
        Fold(
            "p values of all parts",
            [Table(("part", "p (Holm)"), [(one["words"], p_value(one.get("p_holm"))) for one in every])],
        ),
    ]
    if pairs:
        listed = [
            (
                " and ".join(names.get(one, one) for one in pair["between"]),
                f"{scale * pair['mean']:+.3g}",
                p_value(pair.get("p_holm")),
            )
            for pair in pairs
        ]
        items.append(
            Table(
                ("together", f"extra, {unit}", "p (Holm)"),
                listed,
                "Interactions beyond noise: more or less than each alone",
            )
        )
    sections = [Section("drives", "What drives it", items)]
    if found.get("differs"):
        sections.append(
            Section("differs", "What differs", [Bullets([str(line) for line in found["differs"]])])
        )
    return sections


def _bar(name: str, one: Mapping[str, Any], scale: float) -> charts.Bar | None:
    if not parts.is_number(one.get("mean")):
        return None
    lo, hi = parts.ends_of(one, scale)
    return charts.Bar(name, scale * one["mean"], lo, hi, bool(one.get("beyond_noise")))
