"""Every key that a scenario may set, with what its value must be."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import UserError, nearest_word, number_hint, suggest
from sim.organisation.costs import IC_BAND, MANAGER_BAND, OTHER_BAND
from sim.organisation.headcounts import HOLDS, MAX_LAYERS, MAX_PEOPLE
from sim.organisation.levels import read_layer
from sim.organisation.roster.memory import MemoryChart
from sim.parameters.registry import REGISTRY
from sim.scenario.by_layer import BY_LAYER, check_list
from sim.scenario.events import read_events, read_paths
from sim.scenario.files import one_line

STRUCTURES = ("ics", "management_layers", "spans", "chart")


WORDS = {
    "question": "the question that the scenario answers, in one sentence",
    "name": "short name in tables and results; default: the file's name",
    "description": "anything worth knowing about it",
}


_SHOWN = 12  # keys listed in a message


@dataclass(frozen=True)
class Setting:
    """A key that is no parameter of the model: horizon and structure."""

    path: str
    kind: str  # int | float | spans | choice | file | columns | layer | pay | scenario | events | paths
    default: Any
    low: float | None
    high: float | None
    unit: str
    doc: str
    choices: tuple[str, ...] = ()


_TIME = (
    Setting("time.weeks", "int", 104, 1, 52_000, "weeks", "horizon after the warm-up"),
    Setting("time.warmup_weeks", "int", 8, 0, 520, "weeks", "weeks simulated before anything is counted"),
    Setting(
        "time.tick_hours", "float", 1.0, 0.01, 8.0, "hours", "length of a tick in working hours; divides 8"
    ),
)


_ORGANISATION = (
    Setting("organisation.ics", "int", 96, 1, MAX_PEOPLE, "people", "individual contributors"),
    Setting(
        "organisation.management_layers", "int", 3, 1, MAX_LAYERS, "layers",
        "management layers above the ICs, the top included, balanced; instead of spans or a chart",
    ),
    Setting(
        "organisation.spans", "spans", None, 1, MAX_PEOPLE, "reports",
        "spans of control, bottom up; the last level must be one top; instead of management_layers or a chart",
    ),
    Setting(
        "organisation.chart", "file", None, None, None, "file",
        "an imported organisation chart (CSV) in this file's folder or below; instead of ics, management_layers and spans",
    ),
    Setting("organisation.chart_columns", "columns", None, None, None, "names", "field of the chart -> column of the file"),
    Setting(
        "organisation.hold", "choice", None, None, None, "choice",
        "what stays equal to the base when the structure differs", HOLDS,
    ),
    Setting(
        "organisation.hold_to", "scenario", None, None, None, "file",
        "the base of hold; default: the nearest scenario in extends with another structure",
    ),
    Setting(
        "organisation.remove_layer", "layer", None, 1, MAX_LAYERS, "layer",
        "managers of this layer go, their reports move to their boss: counted from below (1 = first line), from the top (top-1 = "
        "directly below it), or a job level of the chart (director); the top cannot go; those who stay keep their pay; null: as "
        "it is",
    ),
    Setting(
        "organisation.pay", "pay", None, 1, 1e8, "USD/year",
        "base pay by role and layer before the employer's load, such as {ic: 90000, manager_1: 120000, other: 80000}; what is "
        "not named is standard pay (money.*), for managers in the standard proportion to the nearest layer named below",
    ),
)  # fmt: skip


_DATED = (
    Setting("events", "events", (), None, None, "list", "what happens to people or parameters in which week, in order"),
    Setting(
        "paths", "paths", (), None, None, "mapping",
        "name -> events besides the common ones: alternatives that `orgsim run` sets side by side",
    ),
)  # fmt: skip


SETTINGS: Mapping[str, Setting] = {setting.path: setting for setting in (*_TIME, *_ORGANISATION, *_DATED)}


#: Sections of a scenario: registered prefixes, plus time and organisation.
SECTIONS: tuple[str, ...] = tuple(
    dict.fromkeys(path.split(".")[0] for path in (*SETTINGS, *REGISTRY) if "." in path)
)


#: Settings that are keys of the top level themselves.
LISTS: tuple[str, ...] = tuple(path for path in SETTINGS if "." not in path)
#: Every key of the top level.
TOP_KEYS: tuple[str, ...] = (
    "question", "extends", "name", "description", *SECTIONS, *LISTS, "parameters", "observed",
)  # fmt: skip
#: Every path that `--set`, `vary` and `with_values` accept.
PATHS: tuple[str, ...] = (*SETTINGS, *REGISTRY, *BY_LAYER)


def short(value: object) -> str:
    """repr of a value for messages, cut where it gets long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def known_path(path: str, where: str = "") -> str:
    """Return *path* if it is a setting, a parameter or a list by layer, else raise `UserError` with the nearest name."""
    if path in SETTINGS or path in REGISTRY or path in BY_LAYER:
        return path
    raise UserError(f"{where}{one_line(path)}: unknown parameter{nearest(path, PATHS)}")


def check_value(path: str, value: object, where: str = "") -> Any:
    """Return *value* in the type of *path* (setting, parameter, list by layer); raise `UserError` naming value, place and fix."""
    known_path(path, where)
    if path in BY_LAYER:
        return check_list(path, value, where)
    if path in REGISTRY:
        if isinstance(value, (list, dict)) or value is None:
            raise UserError(f"{where}{path}: expected one value ({REGISTRY[path].unit}), got {short(value)}")
        return REGISTRY[path].check(value[:80] if isinstance(value, str) else value, where)
    setting = SETTINGS[path]
    if value is None and path.startswith("organisation."):
        return None
    if path in LISTS:
        empty: object = {} if setting.kind == "paths" else []
        if value in (None, (), empty):
            return ()
        try:
            return read_events(value) if setting.kind == "events" else read_paths(value)
        except UserError as error:
            raise UserError("\n".join(f"{where}{line}" for line in str(error).splitlines())) from None
    place = f"{where}{path}"
    if setting.kind == "spans":
        return _spans(value, place, setting)
    if setting.kind in ("int", "float"):
        return _number(value, place, setting)
    if setting.kind == "choice":
        if isinstance(value, str) and value in setting.choices:
            return value
        hint = suggest(str(value)[:80], setting.choices)
        raise UserError(f"{place}: {short(value)} is not one of {', '.join(setting.choices)}{hint}")
    if setting.kind == "columns":
        return _columns(value, place)
    if setting.kind == "layer":
        return read_layer(value, place) if isinstance(value, str) else _number(value, place, setting)
    if setting.kind == "pay":
        return _pay(value, place, setting)
    if setting.kind == "file" and isinstance(value, MemoryChart):
        return value
    if not isinstance(value, (str, Path)) or not str(value).strip() or "\0" in str(value):
        raise UserError(f"{place}: expected the name of a file, got {short(value)}")
    return str(value)


def _number(value: object, place: str, setting: Setting) -> int | float:
    low, high = setting.low, setting.high
    # Every number is declared with its bounds.
    assert low is not None
    assert high is not None
    span = f"from {low:g} to {high:g} {setting.unit}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UserError(f"{place}: {number_hint(value) or f'expected a number {span}, got {short(value)}'}")
    if (isinstance(value, float) and not math.isfinite(value)) or not low <= value <= high:
        raise UserError(f"{place}: {short(value)} is outside {span}")
    if setting.kind == "pay":
        return float(value)
    if setting.kind == "float":
        ticks = 8.0 / value
        if setting.path == "time.tick_hours" and abs(ticks - round(ticks)) > 1e-9 * ticks:
            raise UserError(
                f"{place}: {value:g} does not divide the 8-hour day; use 8, 4, 2, 1, 0.5, 0.25, 0.1, ..."
            )
        return float(value)
    if int(value) != value:
        raise UserError(f"{place}: expected a whole number {span}, got {short(value)}")
    return int(value)


def _spans(value: object, place: str, setting: Setting) -> tuple[int, ...]:
    if text := _uncommaed(value):
        raise UserError(f"{place}: write [{text}]: commas stand between the spans, brackets around them")
    if not isinstance(value, (list, tuple)):
        raise UserError(
            f"{place}: expected a list of spans, bottom up, such as [6, 4, 4]; got {short(value)}"
        )
    if not 1 <= len(value) <= MAX_LAYERS:
        raise UserError(f"{place}: {len(value)} levels; give 1 to {MAX_LAYERS} spans, bottom up")
    return tuple(int(_number(span, f"{place}[{index}]", setting)) for index, span in enumerate(value))


def _uncommaed(value: object) -> str:
    """Spans that were written without commas or brackets, as ``6, 4, 4``; "" for everything else."""
    parts = value if isinstance(value, (list, tuple)) else [value]
    if not any(isinstance(part, str) for part in parts):
        return ""
    numbers = " ".join(str(part) for part in parts).replace(",", " ").split()
    plain = 1 < len(numbers) <= MAX_LAYERS and all(one.isdecimal() and len(one) < 8 for one in numbers)
    return ", ".join(numbers) if plain else ""


def _columns(value: object, place: str) -> tuple[tuple[str, str], ...]:
    if isinstance(value, tuple):
        value = dict(value)
    if not isinstance(value, dict) or not all(isinstance(column, str) for column in value.values()):
        raise UserError(
            f"{place}: expected field: column, such as {{manager: Reports To}}; got {short(value)}"
        )
    return tuple(sorted(value.items()))


def _pay(value: object, place: str, setting: Setting) -> tuple[tuple[str, float], ...]:
    if isinstance(value, tuple):
        value = dict(value)
    example = f"{{{IC_BAND}: 90000, {MANAGER_BAND}1: 120000, {OTHER_BAND}: 80000}}"
    if not isinstance(value, dict):
        raise UserError(
            f"{place}: expected base pay by role and layer, such as {example}; got {short(value)}"
        )
    for name in value:
        layer = str(name).removeprefix(MANAGER_BAND)
        numbered = (
            str(name).startswith(MANAGER_BAND)
            and layer.isascii()
            and layer.isdigit()
            and 1 <= int(layer[:4]) <= MAX_LAYERS
        )
        if name not in (IC_BAND, OTHER_BAND) and not (numbered and layer == str(int(layer))):
            known = (IC_BAND, f"{MANAGER_BAND}1", OTHER_BAND)
            raise UserError(
                f"{place}.{one_line(str(name))}: unknown band{suggest(str(name)[:80], known)}; use {IC_BAND}, {OTHER_BAND}, and "
                f"{MANAGER_BAND}1 (first line) to {MANAGER_BAND}{MAX_LAYERS}, such as {example}"
            )
    return tuple(
        sorted((str(name), float(_number(pay, f"{place}.{name}", setting))) for name, pay in value.items())
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """``, did you mean 'x'?`` for a near name, or for a path that ends in the same word; else what exists.

    Of a word that is itself a path, but does not stand here: where it belongs.
    """
    known = tuple(known)
    word = word[:80]
    if word in PATHS and word not in known:
        section, _, name = word.rpartition(".")
        return (
            f"; it belongs under {section}: as {name}"
            if section
            else "; it belongs at the top level of the file"
        )
    if hint := suggest(word, known):
        return hint
    last = word.rsplit(".", 1)[-1]
    endings = {path.rsplit(".", 1)[-1]: path for path in PATHS}
    if last in endings:
        return f", did you mean '{endings[last]}'?"
    if near := nearest_word(last, tuple(endings)):
        return f", did you mean '{endings[near]}'?"
    if len(known) <= _SHOWN:
        return f"; known here: {', '.join(known)}"
    return "; `orgsim parameters` lists what exists"
