"""Parameters that differ from layer to layer, stated as one list, bottom up.

``questions: {manager_knowledge: [0.92, 0.97, 1.0]}`` is read as the parameters ``questions.manager_knowledge_1`` to ``_3``;
those of the layers above are set to ``.inf``, which means "as the layer below", so that the last entry holds for all layers
above it. From there on there are only single parameters: a list replaces all that is inherited, a single one its layer.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

from sim.errors import UserError
from sim.parameters.registry import REGISTRY
from sim.scenario.files import one_line

#: List -> the parameters that it sets, from layer 1 up. Above layer 1 ``.inf`` means: as the layer below.
BY_LAYER: Mapping[str, tuple[str, ...]] = {
    "questions.manager_knowledge": tuple(f"questions.manager_knowledge_{layer}" for layer in range(1, 7)),
}
#: Parameter -> the list that sets it, too.
LIST_OF: Mapping[str, str] = {path: listed for listed, paths in BY_LAYER.items() for path in paths}
_SHOWN = 80


def check_list(path: str, value: object, where: str = "") -> tuple[float, ...]:
    """Return the entries of the list *path*. Raises `UserError` naming value, place and fix."""
    place, paths = f"{where}{path}", BY_LAYER[path]
    example = "such as [0.92, 0.97, 1.0]; the last one holds for all layers above it"
    if not isinstance(value, (list, tuple)):
        raise UserError(
            f"{place}: expected a list of values by layer, bottom up, {example}; got {one_line(repr(value), _SHOWN)}"
        )
    if not value:
        raise UserError(
            f"{place}: the list is empty; give a value for layer 1, and more, bottom up, {example}"
        )
    if len(value) > len(paths):
        raise UserError(
            f"{place}: {len(value):,} entries, and {len(paths)} layers can differ; give 1 to {len(paths)}, bottom up: "
            f"the last one holds for all layers above it"
        )
    return tuple(_entry(path, index, entry, where) for index, entry in enumerate(value))


def _entry(path: str, index: int, value: object, where: str) -> float:
    """Return one entry, which is what the parameter of layer 1 may be: a number, never "as the layer below"."""
    declared = replace(REGISTRY[BY_LAYER[path][0]], path=f"{path}[{index}]")
    if isinstance(value, (list, tuple, dict)) or value is None:
        raise UserError(
            f"{where}{declared.path}: expected a number ({declared.unit}), got {one_line(repr(value), _SHOWN)}"
        )
    return float(declared.check(value[:_SHOWN] if isinstance(value, str) else value, where))


def values_of(path: str, entries: tuple[float, ...]) -> dict[str, float]:
    """Return parameter -> value of all layers of the list *path*, whose entries have been checked."""
    above = (inf,) * (len(BY_LAYER[path]) - len(entries))
    return dict(zip(BY_LAYER[path], (*entries, *above), strict=True))


def also_stated(path: str, stated: Mapping[str, object]) -> str | None:
    """Return the other path in *stated* that sets what *path* sets (the list or a single parameter), None if there is none."""
    others = BY_LAYER.get(path) or ((LIST_OF[path],) if path in LIST_OF else ())
    return next((other for other in others if other in stated), None)


def expanded(values: Mapping[str, Any], places: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return checked *values* by path with single parameters in place of lists.

    places: path -> where it is stated, for messages. Raises `UserError` if a list and one of its parameters are both stated.
    """
    made: dict[str, Any] = {}
    for path, value in values.items():
        if path not in BY_LAYER:
            made[path] = value
            continue
        if other := also_stated(path, values):
            place = (places or {}).get(other, "")
            raise UserError(
                f"{place}{': ' if place else ''}{other}: is stated in the list {path}, too; state the list, or single layers"
            )
        made |= values_of(path, value)
    return made


def with_layers(places: Mapping[str, str]) -> dict[str, str]:
    """Return path -> place with the place of a list for every parameter that it sets."""
    layers = {layer: place for path, place in places.items() for layer in BY_LAYER.get(path, ())}
    return {**layers, **places}
