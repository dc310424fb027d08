"""What one scenario file says: strict keys, typed values, and where each stands.

`Statement` is the content of one file (or of the ``--set`` options) before it is merged with the files that it extends;
see `sim.scenario.scenario` for the merging. Keys that are not registered parameters (time, organisation) are declared here once,
in `SETTINGS`; the schema and the command line read the same table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import UserError, listed_problems, suggest
from sim.parameters.registry import REGISTRY
from sim.scenario.by_layer import BY_LAYER, also_stated, values_of, with_layers
from sim.scenario.files import bundled, one_line
from sim.scenario.foreign import NOT_QUOTED, is_foreign
from sim.scenario.observed import KEYS, Observation, observable, read_observation
from sim.scenario.settings import (
    LISTS,
    PATHS,
    SECTIONS,
    SETTINGS,
    TOP_KEYS,
    WORDS,
    check_value,
    nearest,
    short,
)
from sim.scenario.yaml_source import YamlDocument

_MAX_WORDS = 2000
_NO_NAME = '/\\:*?"<>|'
_PART = re.compile(r"\.([^.:\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True)
class Statement:
    """What one file, or one set of overrides, states. Paths are dotted; None clears an inherited setting."""

    source: str
    path: Path | None = None  # the file
    folder: Path | None = (
        None  # in which the files that it names lie; None: it can name bundled scenarios only
    )
    extends: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, float | int | bool | str] = field(default_factory=dict)
    sources: Mapping[str, str | None] = field(default_factory=dict)  # of the parameters
    places: Mapping[str, str] = field(default_factory=dict)  # path -> "file:line:column"
    observed: Mapping[str, Observation | None] = field(default_factory=dict)  # by outcome; None clears

    def place(self, path: str) -> str:
        """``"file:line:column: "`` of a path, or of the statement as a whole; "" where it has no place."""
        place = self.places.get(path, self.source)
        return f"{place}: " if place else ""


# ---- from YAML


def statement(document: YamlDocument, path: Path | None = None, folder: Path | None = None) -> Statement:
    """Read a scenario document strictly. All problems of the file are reported in one `UserError`, a line each.

    folder: in which the files that it names lie, by default that of the file.
    """
    data = document.data
    if data is None:
        raise UserError(f"{document.source}:1:1: the file is empty; a scenario opens with question: ...")
    if path is not None and is_foreign(data, TOP_KEYS):
        raise UserError(f"{document.source}: {NOT_QUOTED}")
    if not isinstance(data, dict):
        raise UserError(
            f"{document.where()}: expected keys such as question: and organisation:, got {short(data)}"
        )
    if is_sweep(document):
        key = "vary" if "vary" in data else "base"
        name = document.source if path is None or bundled().get(path.stem) != path else path.stem
        kind, command = ("a sweep", "sweep")
        if is_rules(document):
            kind, command = ("a file for a rule", "rules")
        elif is_space(document):
            kind, command = ("a space of designs", "optimise")
        raise UserError(
            f"{document.where((key,), key=True)}: {key}: this is {kind}, not a scenario; use `orgsim {command} {name}`"
        )
    reader = _Reader(document)
    for key, value in data.items():
        reader.top(key, value)
    if reader.problems:
        raise UserError(listed_problems(reader.problems))
    return Statement(
        document.source, path, path.parent if path is not None else folder, reader.extends, reader.words, reader.settings,
        reader.parameters, reader.sources, with_layers(reader.places), reader.observed,
    )  # fmt: skip


def is_sweep(document: YamlDocument) -> bool:
    """True if the document is a sweep (it has `base` or `vary`) rather than a scenario."""
    return isinstance(document.data, dict) and bool({"vary", "base"} & document.data.keys())


def is_rules(document: YamlDocument) -> bool:
    """True if the document asks for a rule (it has `between` or `passes`), which `is_sweep` is true of as well."""
    return is_sweep(document) and bool({"between", "passes"} & document.data.keys())


def is_space(document: YamlDocument) -> bool:
    """True if the document asks for the best designs (it has `objectives`), which `is_sweep` is true of as well."""
    return is_sweep(document) and "objectives" in document.data


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
        self.observed: dict[str, Observation | None] = {}

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
        elif key == "observed":
            self._observations(value)
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
            self.problem((key,), f"{one_line(key)}: unknown key{nearest(key, TOP_KEYS)}", key=True)

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

    def _observations(self, value: Any) -> None:
        if not isinstance(value, dict):
            example = "lead_time_hours: {value: 40, within: 8}"
            self.problem(
                ("observed",),
                f"observed: expected outcomes below it, such as {example}; got {short(value)}",
            )
            return
        for name, given in value.items():
            place, path = ("observed", name), f"observed.{one_line(name)}"
            if name not in observable():
                hint = (
                    suggest(name[:80], tuple(observable()))
                    or "; docs/reference/outcomes.md lists what exists"
                )
                self.problem(place, f"{path}: unknown outcome{hint}", key=True)
                continue
            unknown = [key for key in given if key not in KEYS] if isinstance(given, dict) else []
            for key in unknown:
                hint = nearest(key, KEYS)
                self.problem((*place, key), f"{path}.{one_line(key)}: unknown key{hint}", key=True)
            try:
                if not unknown:
                    self.observed[name] = read_observation(name, given)
            except UserError as error:
                self.problem(_inner(place, str(error), path), str(error))

    def _section(self, section: str, value: dict[str, Any]) -> None:
        known = [path.split(".", 1)[1] for path in PATHS if path.startswith(f"{section}.")]
        for key, given in value.items():
            path = f"{section}.{key}"
            if key not in known and isinstance(given, dict) and any(k.startswith(f"{key}_") for k in known):
                self._group(section, key, given, known)
            elif key not in known and key.isdecimal() and given is None:
                # {share_of_code: 0,4} is a share of 0 and a key 4.
                self.problem(
                    (section, key), f"{path}: no key; decimals follow a point, such as 0.{key}", key=True
                )
            elif key not in known:
                self.problem((section, key), f"{one_line(path)}: unknown key{nearest(key, known)}", key=True)
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
                self.problem(place, f"{path}: unknown key{nearest(key, inside)}", key=True)

    def _parameter(self, path: str, given: Any, place: tuple[str | int, ...]) -> None:
        if path in LISTS:
            self.problem(
                place, f"{path}: write it at the top level of the file, not under parameters", key=True
            )
            return
        if path in SETTINGS:
            section, key = path.split(".", 1)
            self.problem(
                place, f"{path}: write it as {section}: {{{key}: ...}}, not under parameters", key=True
            )
            return
        if path not in REGISTRY and path not in BY_LAYER:
            self.problem(
                place,
                f"parameters.{one_line(path)}: unknown parameter{nearest(path, tuple(REGISTRY))}",
                key=True,
            )
            return
        source: Any = None
        if isinstance(given, dict):
            for key in given:
                if key not in ("value", "source"):
                    hint = nearest(key, ("value", "source"))
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
        if other := also_stated(path, self.places):
            text = f"{path}: given twice, first as {other} at {self.places[other]}; state the list, or single layers"
            self.problem(place, text, key=True)
            return
        self.places[path] = self.document.where(place)
        try:
            value = check_value(path, given)
        except UserError as error:
            for line in str(error).splitlines():
                self.problem(_inner(place, line, path), line)
            return
        if path in BY_LAYER:
            self.parameters |= values_of(path, value)
            self.sources |= dict.fromkeys(BY_LAYER[path], source)
        elif path in REGISTRY:
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
