"""What a study varies: the key `vary` of its file, as axes of typed values, and the points of a design."""

import math
from collections.abc import Mapping
from typing import Any

from sim.errors import UserError, number_hint
from sim.experiments.designs import Axis, Levels, Range, check_size, grid, steps
from sim.experiments.study_file import Reader, short
from sim.parameters.registry import REGISTRY
from sim.scenario.settings import LISTS, SETTINGS, check_value, known_path


def read_vary(reader: Reader) -> dict[str, Axis]:
    """Axes with every value in the type of its path."""
    axes: dict[str, Axis] = {}
    for path, spec in reader.mapping(("vary",), None).items():
        keys = ("vary", path)
        if path in LISTS:
            reader.fail(
                keys,
                "lists of events cannot be varied; write a scenario for each, or paths, and compare them",
            )
        known_path(path, f"{reader.document.where(keys, key=True)}: vary.")
        if isinstance(spec, Mapping):
            axis = _range(reader, keys, _is_whole(path))
        elif isinstance(spec, list) and spec:
            check_size(len(spec), f"{reader.document.where(keys)}: vary.{path}")
            axis = Levels(tuple(spec))
        else:
            reader.fail(keys, f"expected a list of values or {{from, to, steps}}, got {short(spec)}")
        place = f"{reader.document.where(keys)}: vary."
        for value in axis.values if isinstance(axis, Levels) else ():
            if hint := number_hint(value):
                reader.fail(keys, hint)
        if isinstance(axis, Levels):
            axis = Levels(tuple(check_value(path, value, place) for value in axis.values))
            if len(set(axis.values)) < len(axis.values):
                reader.fail(keys, "a value is listed twice; list every value once")
        else:
            check_value(path, axis.low, place)
            check_value(path, axis.high, place)
        axes[path] = axis
    return axes


def _is_whole(path: str) -> bool:
    declared = REGISTRY.get(path) or SETTINGS.get(path)  # neither: a list by layer
    return declared is not None and declared.kind in ("int", "layer")


def _range(reader: Reader, keys: tuple[Any, ...], whole: bool) -> Axis:
    spec = reader.mapping(keys, ("from", "to", "steps"), ("from", "to"))
    for key in ("from", "to"):
        value = reader.number((*keys, key))
        if whole and value != int(value):
            reader.fail((*keys, key), f"expected a whole number, got {short(value)}")
    low, high = (int(spec["from"]), int(spec["to"])) if whole else (spec["from"], spec["to"])
    if not low < high:
        reader.fail(keys, f"from ({low}) must be below to ({high})")
    if "steps" not in spec:
        return Range(low, high, integer=whole)
    count = reader.whole((*keys, "steps"), 2, 2, 100_000)
    levels = steps(low, high, count)
    if whole and not all(isinstance(level, int) for level in levels):
        reader.fail(
            (*keys, "steps"), f"{count} steps from {low} to {high} are not whole numbers; change steps"
        )
    return Levels(levels)


def read_grid(reader: Reader, vary: Mapping[str, Axis]) -> list[dict[str, object]]:
    """All points of a grid."""
    if reader.get(("samples",)) is not None:
        reader.fail(("samples",), "a grid has no samples; remove the key, or use design: lhs or sobol")
    try:
        return grid(vary)
    except UserError as error:
        reader.fail(("vary",), str(error))


def read_samples(reader: Reader, design: str) -> int:
    """How many points a sample has."""
    if reader.get(("samples",)) is None:
        reader.fail(("design",), f"{design} needs the key samples (how many points)")
    return reader.whole(("samples",), 0, 1, 100_000)


HELD = ("organisation.hold", "organisation.hold_to")  # settings that a study has a key of its own for


def read_setting(reader: Reader, keys: tuple[Any, ...], value: object, refused: Mapping[str, str]) -> object:
    """A setting of the base in the type of its path, the last of *keys*. refused: path -> why it cannot be set there."""
    path = str(keys[-1])
    place = ".".join(str(key) for key in keys[:-1])
    known_path(path, f"{reader.document.where(keys, key=True)}: {place}.")
    if path in refused:
        reader.fail(keys, refused[path], key=True)
    if hint := number_hint(value):
        reader.fail(keys, hint)
    checked: object = check_value(path, value, f"{reader.document.where(keys)}: {place}.")
    return checked


def is_numeric(axis: Axis) -> bool:
    if not isinstance(axis, Levels):
        return True
    numbers = [
        isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v) for v in axis.values
    ]
    return len(numbers) > 1 and all(numbers)
