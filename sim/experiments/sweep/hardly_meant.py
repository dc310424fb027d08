"""What is allowed but hardly meant at the points of a sweep: the warnings of their scenarios, said once and counted."""

import re
from collections.abc import Iterator

from sim.experiments.sweep.file import Sweep
from sim.scenario.plausibility import planned_heads, unusual_shape
from sim.scenario.scenario import Scenario
from sim.text.numbers import plural

#: Points that are looked at; of more, so many spread over the design. Making a scenario takes a millisecond.
MOST_POINTS = 2000
MOST_SAID = 20
_NUMBER = re.compile(r"\d[\d,.]*(?:e[-+]?\d+)?")


def point_warnings(sweep: Sweep) -> list[str]:
    """Warnings of the points that are not those of the base: each kind once, with its first words and how many points have it.

    Two warnings are of one kind if they differ in figures only. Raises `UserError`
    for a point that cannot be built.
    """
    said = set(_warnings(sweep.base))
    step = -(-len(sweep.points) // MOST_POINTS)
    points = sweep.points[::step]
    first: dict[str, str] = {}
    count: dict[str, int] = {}
    differ: set[str] = set()
    for values in points:
        kinds = {
            _NUMBER.sub("#", text): text for text in _warnings(sweep.scenario(values)) if text not in said
        }
        for kind, text in kinds.items():
            if first.setdefault(kind, text) != text:
                differ.add(kind)
            count[kind] = count.get(kind, 0) + 1
    looked = (
        f"{len(points):,} of {len(sweep.points):,} points looked at"
        if step > 1
        else plural(len(points), "point")
    )
    lines = [
        f"in {count[kind]:,} of {looked}: {text}" + (" (the first of them)" if kind in differ else "")
        for kind, text in first.items()
    ]
    more = [f"... and {len(lines) - MOST_SAID} more kinds of warnings"] if len(lines) > MOST_SAID else []
    return [*lines[:MOST_SAID], *more]


def _warnings(scenario: Scenario) -> Iterator[str]:
    yield from scenario.warnings
    if planned_heads(scenario) is None and scenario.organisation.chart is None:
        yield from _of_tree(scenario)


def _of_tree(scenario: Scenario) -> Iterator[str]:
    """Where layers are removed, or much is held equal to a base without a tree of its own."""
    from sim.scenario.tree import tree_of  # NumPy, only where rows are needed

    outline = tree_of(scenario).outline()
    yield from unusual_shape(outline.ics, outline.managers)
