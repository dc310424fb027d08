"""What stands on every page: what is assumed, which facts the model misses, and the command that repeats the results."""

from collections.abc import Mapping
from typing import Any

from sim.parameters.listing import counts, written_value
from sim.parameters.registry import REGISTRY
from sim.report.page import Bullets, Code, Fold, Item, Section, Table
from sim.report.source import Source
from sim.text.numbers import plural
from sim.validation.record import read_record

_MADE = ("orgsim", "python", "numpy", "numba")


def sections(source: Source) -> list[Section]:
    """What is assumed and missed, and how to do it again."""
    return [
        Section("assumed", "What is assumed, and what is missed", [*_assumed(source), *_missed()]),
        Section("again", "Do it again", _again(source)),
    ]


def _assumed(source: Source) -> list[Item]:
    found = counts()
    items: list[Item] = [
        f"Of {found['uncertain']} uncertain figures of the model {found['assumptions']} are assumptions "
        "without a source; the others "
        f"rest on published ones, {found['recalled_or_vendor_only']} of them only on what was recalled or on vendors. Ranges are "
        f"mostly judgement. orgsim parameters --assumptions lists them."
    ]
    rows = []
    for scenario in (source.part("scenario"), source.part("other"), *source.listed("others")):
        rows += _stated(scenario)
    if rows:
        table = Table(("scenario", "parameter", "here", "by default", "meaning"), rows, align="<<>><")
        items.append(Fold(f"What the scenario sets otherwise: {plural(len(rows), 'parameter')}", [table]))
    elif source.part("scenario"):
        items.append("All parameters have their default values.")
    return items


def _stated(scenario: Mapping[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """The parameters of a scenario that have another value than by default. Structure and charts are not among them."""
    values = scenario.get("parameters")
    if not isinstance(values, dict):
        return []
    rows = []
    for path, parameter in REGISTRY.items():
        value = values.get(path, parameter.value)
        here, usual = written_value(value), written_value(parameter.value)
        if here != usual:
            rows.append((str(scenario.get("name", "")), path, here, usual, parameter.doc))
    return rows


def _missed() -> list[Item]:
    """Facts that the model is known to miss, as its last validation found them."""
    found = read_record()
    said = (
        f"Of {found.facts} published facts that the model was not fitted to, it meets {found.passed}. "
        f"It misses {len(found.missed)}; "
        "where they matter for this question, trust it less."
    )
    items = [
        f"{one.what}: expected {one.target}, the model gives {one.result} ({one.id})." for one in found.missed
    ]
    left = "Left out altogether: politics, culture, customers, and what nobody has measured about your organisation."
    return [said, Bullets(items), left]


def _again(source: Source) -> list[Item]:
    command = source.text("command")
    seeds = source.part("seeds")
    made = source.part("versions")
    items: list[Item] = []
    if command:
        items += ["The same command gives the same figures, to the last digit:", Code([command])]
    else:
        items.append(
            "The command was not kept; manifest.json in the results folder has the resolved scenario and the seeds."
        )
    first, last = (
        (seeds.get("runs") or [None, None])[:2] if isinstance(seeds.get("runs"), list) else (None, None)
    )
    which = f", runs {first} to {last}" if first is not None and last is not None else ""
    with_what = ", ".join(f"{name} {made[name]}" for name in _MADE if name in made)
    items.append(
        f"Seed {seeds.get('seed', '-')}{which}; made with {with_what or 'an unknown version'}; "
        f"content {source.text('content_hash')}."
    )
    return items
