"""What one scenario file says: strict keys, typed values, and where each stands.

`Statement` is the content of one file (or of the ``--set`` options) before it is merged with the files that it extends;
see `sim.scenario` for the merging. Keys that are not registered parameters (time, organisation) are declared here once,
in `SETTINGS`; the schema and the command line read the same table.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.bundled import one_line
from sim.dated import read_events, read_paths
from sim.errors import UserError, suggest
from sim.levels import HOLDS, MAX_LAYERS, MAX_PEOPLE
from sim.parameters import REGISTRY
from sim.yaml_source import YamlDocument

STRUCTURES = ("ics", "management_layers", "spans", "chart")
WORDS = {
    "question": "the question that the scenario answers, in one sentence",
    "name": "short name in tables and results; default: the file's name",
    "description": "anything worth knowing about it",
}
_MAX_WORDS = 2000
_NO_NAME = '/\\:*?"<>|'
_SHOWN = 12  # keys listed in a message
_PART = re.compile(r"\.([^.:\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True)
class Setting:
    """A key that is no parameter of the model: horizon and structure."""

    path: str
    kind: str  # int | float | spans | choice | file | columns | scenario | events | paths
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
        "an imported organisation chart (CSV), relative to this file; instead of ics, management_layers and spans",
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
        "organisation.remove_layer", "int", None, 1, MAX_LAYERS, "layer",
        "managers at this layer (1 = first line) go, their reports move to their boss; the top cannot go",
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
TOP_KEYS: tuple[str, ...] = ("question", "extends", "name", "description", *SECTIONS, *LISTS, "parameters")
#: Every path that `--set`, `vary` and `with_values` accept.
PATHS: tuple[str, ...] = (*SETTINGS, *REGISTRY)


@dataclass(frozen=True)
class Statement:
    """What one file, or one set of overrides, states. Paths are dotted; None clears an inherited setting."""

    source: str
    path: Path | None = None  # the file
    extends: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, float | int | bool | str] = field(default_factory=dict)
    sources: Mapping[str, str | None] = field(default_factory=dict)  # of the parameters
    places: Mapping[str, str] = field(default_factory=dict)  # path -> "file:line:column"

    def place(self, path: str) -> str:
        """``"file:line:column: "`` of a path, or of the statement as a whole; "" where it has no place."""
        place = self.places.get(path, self.source)
        return f"{place}: " if place else ""


def short(value: object) -> str:
    """repr of a value for messages, cut where it gets long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def known_path(path: str, where: str = "") -> str:
    """Return *path* if it is a setting or a parameter, else raise `UserError` with the nearest name."""
    if path in SETTINGS or path in REGISTRY:
        return path
    raise UserError(f"{where}{one_line(path)}: unknown parameter{_hint(path, PATHS)}")


def check_value(path: str, value: object, where: str = "") -> Any:
    """Return *value* in the type of *path* (setting or parameter); raise `UserError` naming value, place and fix."""
    known_path(path, where)
    if path in REGISTRY:
        if isinstance(value, (list, dict)) or value is None:
            raise UserError(f"{where}{path}: expected one value ({REGISTRY[path].unit}), got {short(value)}")
        return REGISTRY[path].check(value[:80] if isinstance(value, str) else value, where)
    setting = SETTINGS[path]
    if value is None and path.startswith("organisation."):
        return None
    if path in LISTS:
        empty = {} if setting.kind == "paths" else []
        if value in (None, (), empty):
            return ()
        try:
            return read_events(value) if setting.kind == "events" else read_paths(value)
        except UserError as error:
            raise UserError(f"{where}{error}") from None
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
    if not isinstance(value, (str, Path)) or not str(value).strip() or "\0" in str(value):
        raise UserError(f"{place}: expected the name of a file, got {short(value)}")
    return str(value)


def _number(value: object, place: str, setting: Setting) -> int | float:
    span = f"from {setting.low:g} to {setting.high:g} {setting.unit}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UserError(f"{place}: expected a number {span}, got {short(value)}")
    if (isinstance(value, float) and not math.isfinite(value)) or not setting.low <= value <= setting.high:
        raise UserError(f"{place}: {short(value)} is outside {span}")
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
    if not isinstance(value, (list, tuple)):
        raise UserError(
            f"{place}: expected a list of spans, bottom up, such as [6, 4, 4]; got {short(value)}"
        )
    if not 1 <= len(value) <= MAX_LAYERS:
        raise UserError(f"{place}: {len(value)} levels; give 1 to {MAX_LAYERS} spans, bottom up")
    return tuple(int(_number(span, f"{place}[{index}]", setting)) for index, span in enumerate(value))


def _columns(value: object, place: str) -> tuple[tuple[str, str], ...]:
    if isinstance(value, tuple):
        value = dict(value)
    if not isinstance(value, dict) or not all(isinstance(column, str) for column in value.values()):
        raise UserError(
            f"{place}: expected field: column, such as {{manager: Reports To}}; got {short(value)}"
        )
    return tuple(sorted(value.items()))


def _hint(word: str, known: Iterable[str]) -> str:
    """``, did you mean 'x'?`` for a near name, or for a path that ends in the same word; else what exists."""
    known = tuple(known)
    word = word[:80]
    if hint := suggest(word, known):
        return hint
    last = word.rsplit(".", 1)[-1]
    endings = {path.rsplit(".", 1)[-1]: path for path in PATHS}
    if last in endings:
        return f", did you mean '{endings[last]}'?"
    if near := suggest(last, tuple(endings)):
        return f", did you mean '{endings[near.split(chr(39))[1]]}'?"
    if len(known) <= _SHOWN:
        return f"; known here: {', '.join(known)}"
    return "; `orgsim parameters` lists what exists"


# ---- from YAML


def statement(document: YamlDocument, path: Path | None = None) -> Statement:
    """Read a scenario document strictly. All problems of the file are reported in one `UserError`, a line each."""
    data = document.data
    if data is None:
        raise UserError(f"{document.source}:1:1: the file is empty; a scenario opens with question: ...")
    if not isinstance(data, dict):
        raise UserError(
            f"{document.where()}: expected keys such as question: and organisation:, got {short(data)}"
        )
    if is_sweep(document):
        key = "vary" if "vary" in data else "base"
        raise UserError(
            f"{document.where((key,), key=True)}: {key}: this is a sweep, not a scenario; use `orgsim sweep {document.source}`"
        )
    reader = _Reader(document)
    for key, value in data.items():
        reader.top(key, value)
    if reader.problems:
        raise UserError("\n".join(reader.problems))
    return Statement(
        document.source, path, reader.extends, reader.words, reader.settings, reader.parameters,
        reader.sources, reader.places,
    )  # fmt: skip


def is_sweep(document: YamlDocument) -> bool:
    """True if the document is a sweep (it has `base` or `vary`) rather than a scenario."""
    return isinstance(document.data, dict) and bool({"vary", "base"} & document.data.keys())


class _Reader:
    """Collects what a document states, and its problems."""

    def __init__(self, document: YamlDocument) -> None:
        self.document = document
        self.problems: list[str] = []
        self.extends: str | None = None
        self.words: dict[str, str] = {}
        self.settings: dict[str, Any] = {}
        self.parameters: dict[str, float | int | bool | str] = {}
        self.sources: dict[str, str | None] = {}
        self.places: dict[str, str] = {}

    def problem(self, place: tuple[str | int, ...], text: str, *, key: bool = False) -> None:
        self.problems.append(f"{self.document.where(place, key=key)}: {text}")

    def top(self, key: str, value: Any) -> None:
        """Read one key of the top level."""
        if key in WORDS:
            self._word(key, value)
        elif key == "extends":
            if isinstance(value, str) and value.strip() and "\0" not in value:
                self.extends = value
                self.places["extends"] = self.document.where(("extends",))
            else:
                self.problem(
                    (key,), f"extends: expected a file or the name of a bundled scenario, got {short(value)}"
                )
        elif key in LISTS:
            self._value(key, value, (key,))
        elif key in (*SECTIONS, "parameters"):
            if not isinstance(value, dict):
                example = next(path for path in PATHS if key == "parameters" or path.startswith(f"{key}."))
                inner = example if key == "parameters" else example.split(".", 1)[1]
                self.problem(
                    (key,), f"{key}: expected keys below it, such as {inner}: ...; got {short(value)}"
                )
            elif key == "parameters":
                for name, given in value.items():
                    self._parameter(name, given, ("parameters", name))
            else:
                self._section(key, value)
        else:
            self.problem((key,), f"{one_line(key)}: unknown key{_hint(key, TOP_KEYS)}", key=True)

    def _word(self, key: str, value: Any) -> None:
        if not isinstance(value, str) or not value.strip():
            self.problem((key,), f"{key}: expected words, got {short(value)}")
        elif len(value) > _MAX_WORDS:
            self.problem((key,), f"{key}: {len(value):,} characters are more than {_MAX_WORDS:,}")
        elif key == "name" and (value[0] == "." or any(c in _NO_NAME or not c.isprintable() for c in value)):
            self.problem(
                (key,), f"name: {short(value)} cannot be the name of a folder; use letters, digits, - and _"
            )
        else:
            self.words[key] = " ".join(value.split())

    def _section(self, section: str, value: dict[str, Any]) -> None:
        known = [path.split(".", 1)[1] for path in PATHS if path.startswith(f"{section}.")]
        for key, given in value.items():
            path = f"{section}.{key}"
            if key not in known and isinstance(given, dict) and any(k.startswith(f"{key}_") for k in known):
                self._group(section, key, given, known)
            elif key not in known:
                self.problem((section, key), f"{one_line(path)}: unknown key{_hint(key, known)}", key=True)
            elif path in REGISTRY and isinstance(given, dict):
                self.problem(
                    (section, key),
                    f"{path}: write a value with a source as parameters: {{{path}: {{value: ..., source: ...}}}}",
                )
            else:
                self._value(path, given, (section, key))

    def _group(self, section: str, group: str, value: dict[str, Any], known: list[str]) -> None:
        """Read ``layoffs: {wave: {week: 52}}`` as ``layoffs: {wave_week: 52}``."""
        inside = [key.removeprefix(f"{group}_") for key in known if key.startswith(f"{group}_")]
        for key, given in value.items():
            place = (section, group, key)
            if key in inside:
                self._value(f"{section}.{group}_{key}", given, place)
            else:
                path = one_line(f"{section}.{group}.{key}")
                self.problem(place, f"{path}: unknown key{_hint(key, inside)}", key=True)

    def _parameter(self, path: str, given: Any, place: tuple[str | int, ...]) -> None:
        if path in SETTINGS:
            section, key = path.split(".", 1)
            self.problem(
                place, f"{path}: write it as {section}: {{{key}: ...}}, not under parameters", key=True
            )
            return
        if path not in REGISTRY:
            self.problem(
                place,
                f"parameters.{one_line(path)}: unknown parameter{_hint(path, tuple(REGISTRY))}",
                key=True,
            )
            return
        source: Any = None
        if isinstance(given, dict):
            for key in given:
                if key not in ("value", "source"):
                    hint = _hint(key, ("value", "source"))
                    self.problem(
                        (*place, key), f"parameters.{path}.{one_line(key)}: unknown key{hint}", key=True
                    )
            if "value" not in given:
                self.problem(place, f"parameters.{path}: value: is missing")
                return
            source = given.get("source")
            if source is not None and (not isinstance(source, str) or len(source) > _MAX_WORDS):
                self.problem(
                    (*place, "source"), f"parameters.{path}.source: expected words, got {short(source)}"
                )
            given, place = given["value"], (*place, "value")
        self._value(path, given, place, source)

    def _value(self, path: str, given: Any, place: tuple[str | int, ...], source: str | None = None) -> None:
        if path in self.places:
            self.problem(place, f"{path}: given twice, first at {self.places[path]}", key=True)
            return
        self.places[path] = self.document.where(place)
        try:
            value = check_value(path, given)
        except UserError as error:
            self.problem(_inner(place, str(error), path), str(error))
            return
        if path in REGISTRY:
            self.parameters[path] = value
            self.sources[path] = source
        else:
            self.settings[path] = value


def _inner(place: tuple[str | int, ...], message: str, path: str) -> tuple[str | int, ...]:
    """The place of the part that a message names (``organisation.spans[1]: ...``, ``events[0].lay_off.share: ...``)."""
    rest = message.removeprefix(path)
    while found := _PART.match(rest):
        name, index = found.groups()
        place = (*place, name if index is None else int(index))
        rest = rest[found.end() :]
    return place
