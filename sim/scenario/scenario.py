"""Scenarios: what is simulated, frozen and validated.

`load` reads a YAML file with everything that it extends. Merging, from the root of `extends` down:

- A file states only what differs; parameters and settings that it does not state are inherited. ``null`` clears an
  inherited organisation setting. The question is inherited; name and description are not.
- A structure is `ics` with `management_layers`, or `ics` with `spans`, or a `chart`. Stating `management_layers` clears
  inherited `spans` and `chart`; `spans` clears `management_layers` and `chart`; `ics` clears `chart`; `chart` clears the
  other three. One file (or one set of ``--set`` options) cannot state two that exclude each other.
- ``--set``, `with_sets` and `with_values` do the same as one more file at the end. Parameters and time given this way
  also apply to the scenario that is held equal (`hold_base`), so that both are priced under the same assumptions;
  structure does not.

`hold` keeps something equal to `hold_base`: the scenario in `hold_to`, else the nearest scenario in `extends` with
another structure. If ``hold`` itself comes from ``--set``, the file without that option counts as extended too.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError
from sim.organisation.plan import Frozen, Organisation
from sim.organisation.roster.memory import MemoryChart
from sim.parameters.registry import REGISTRY, defaults
from sim.scenario.by_layer import expanded
from sim.scenario.checks import check_people, check_structure, implausible, place_of
from sim.scenario.events import DatedEvent
from sim.scenario.files import find, find_bundled, folder, inside, one_line, refuse_irregular, shown
from sim.scenario.observed import Observation
from sim.scenario.settings import LISTS, SETTINGS, STRUCTURES, check_value, known_path
from sim.scenario.statement import Statement, statement
from sim.scenario.yaml_source import parse_yaml, read_yaml

if TYPE_CHECKING:
    from sim.organisation.roster.chart import Chart

MAX_EXTENDS = 20
_SETS_TOLD = 4
_CLEARS = {
    "chart": ("ics", "management_layers", "spans", "chart_columns"),
    "spans": ("management_layers", "chart", "chart_columns"),
    "management_layers": ("spans", "chart", "chart_columns"),
    "ics": ("chart", "chart_columns"),
}
_EXCLUDE = (
    ("chart", "ics"),
    ("chart", "management_layers"),
    ("chart", "spans"),
    ("spans", "management_layers"),
)

Value = float | int | bool | str
#: Settings, parameter values, overrides with their source, and words of a chain of statements.
_Merged = tuple[dict[str, Any], dict[str, Value], dict[str, str | None], dict[str, str]]


@dataclass(frozen=True)
class _Origin:
    """From what a scenario was made, so that it can be made again with changes.

    chain: statements from the root of `extends` to the scenario's own, then overrides of its structure.
    files: how many of them are files. applied: time and parameters given from outside.
    base: what `hold` keeps equal, if known already; own: the statement from which on the structure is the variant's own;
    named: the base was named by `hold_to` or a caller, so it stays when the structure changes. sets: ``"path=value"``
    options of the user, which the question of the file does not know of.
    """

    chain: tuple[Statement, ...]
    files: int
    applied: Mapping[str, Value]
    base: "Scenario | None" = None
    own: int = 0
    named: bool = False
    sets: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A resolved scenario.

    values: every registered parameter; overrides: those stated, with their source if given; events: what happens on a
    date; paths: (name, events besides those) of alternatives; observed: what was measured, by outcome, which changes no result.
    """

    name: str
    question: str
    description: str
    path: Path | None
    weeks: int
    warmup_weeks: int
    tick_hours: float
    organisation: Organisation
    events: tuple[DatedEvent, ...]
    paths: tuple[tuple[str, tuple[DatedEvent, ...]], ...]
    values: Mapping[str, Value]
    overrides: Mapping[str, str | None]
    hold_base: "Scenario | None"
    observed: Mapping[str, Observation]
    _origin: _Origin

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but hardly meant. Found when it is asked for: a study makes thousands of scenarios and reads none."""
        return tuple(implausible(self))

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.organisation}>"

    def with_sets(self, sets: Sequence[str]) -> "Scenario":
        """This scenario with ``"path=value"`` options, values written as in YAML. Raises `UserError`."""
        if not sets:
            return self
        values: dict[str, Any] = {}
        places: dict[str, str] = {}
        for text in sets:
            path, value = parse_set(text)
            if path in values:
                raise UserError(f"--set {one_line(text, 200)}: {path} is set twice")
            values[path], places[path] = value, f"--set {one_line(text, 200)}"
        told = [one_line(" ".join(text.split()), 60) for text in sets if not text.strip().startswith("time.")]
        origin = replace(self._origin, sets=(*self._origin.sets, *told))
        return replace(self, _origin=origin)._derive(expanded(values, places), places, None)

    def with_values(self, values: Mapping[str, Any], *, hold_base: "Scenario | None" = None) -> "Scenario":
        """This scenario with other values by path (parameters, ``organisation.*``, ``time.*``). Raises `UserError`.

        hold_base: the base of `hold`, taken as it is (a sweep passes its own base); default: see the module.
        """
        checked = {path: check_value(path, value) for path, value in values.items()}
        return self._derive(expanded(checked), dict.fromkeys(checked, ""), hold_base)

    def _derive(
        self, values: Mapping[str, Any], places: Mapping[str, str], hold_base: "Scenario | None"
    ) -> "Scenario":
        origin = self._origin
        # Assumptions and time apply to the base as well; the structure is the variant's own.
        outside = {path: value for path, value in values.items() if not path.startswith("organisation.")}
        inside = {path: value for path, value in values.items() if path not in outside}
        chain, own, named = origin.chain, origin.own, origin.named
        base = self.hold_base if self.hold_base is not None else origin.base
        if inside:
            settings = {path: value for path, value in inside.items() if path in SETTINGS}
            parameters = {path: value for path, value in inside.items() if path in REGISTRY}
            chain = (*chain, Statement("", settings=settings, parameters=parameters, places=places))
            base = base if named else None  # another structure may have another base
        applied = Frozen({**origin.applied, **outside})
        if hold_base is not None:
            base, own, named = hold_base, len(origin.chain), True
        elif "organisation.hold_to" in inside:
            base = _load_hold_to(inside["organisation.hold_to"], None, places, ())
            base = base and base._derive(applied, {}, None)
            own, named = len(origin.chain), base is not None
        elif base is not None and outside:
            # What happens on a date happens to the variant.
            base = base._derive({p: v for p, v in outside.items() if p not in LISTS}, places, None)
        return _build(_Origin(chain, origin.files, applied, base, own, named, origin.sets))

    def with_chart(self, chart: "Chart") -> "Scenario":
        """This scenario with the organisation of a chart that has been read (`sim.organisation.roster.importing.read_chart`).

        Of the chart the tree is kept, with what a simulation needs of everybody; no ids, titles or notes. Pay bands that it has
        become `organisation.pay`, as an import writes them. Raises `UserError`.
        """
        values: dict[str, Any] = {"organisation.chart": MemoryChart.of(chart)}
        if chart.bands.pay:
            values["organisation.pay"] = dict(chart.bands.pay)
        return self.with_values(values)

    def on_path(self, name: str) -> "Scenario":
        """This scenario on one of its `paths`, under that name. Raises `UserError` if there is no such path."""
        branches = dict(self.paths)
        if name not in branches:
            known = ", ".join(branches) or "none"
            raise UserError(f"{self.name}: there is no path {one_line(name, 80)!r}; paths: {known}")
        made = self.with_values({"events": (*self.events, *branches[name]), "paths": ()})
        return replace(made, name=name)

    def place(self, path: str) -> str:
        """``"file:line:column: "`` where *path* is stated last, of the file itself if it is not stated; see `Statement`.

        "" if it was given from outside the file (an option, a sweep).
        """
        return "" if path in self._origin.applied else place_of(path, self._origin.chain)

    @property
    def extended(self) -> tuple[Path, ...]:
        """The files of its chain of `extends`, from the root to its own."""
        return tuple(part.path for part in self._origin.chain if part.path is not None)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it and what it is held equal to were read from, with their charts, resolved; no bundled ones."""
        read, chart = list(self.extended), self.organisation.chart
        read += [chart] if isinstance(chart, Path) else []
        read += self.hold_base.files if self.hold_base is not None else ()
        found = dict.fromkeys(path.resolve() for path in read)
        return tuple(path for path in found if path.parent != folder().resolve())

    def hash(self) -> str:
        """Hex SHA-256 of everything that determines results: not of names, questions, descriptions, sources and what was
        observed.
        """
        text = json.dumps(self._content(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def _content(self) -> dict[str, Any]:
        organisation = self.organisation
        structure: dict[str, Any] = {key: getattr(organisation, key) for key in ("ics", "management_layers")}
        structure["spans"] = list(organisation.spans) if organisation.spans else None
        structure["remove_layer"] = organisation.remove_layer
        if organisation.pay:  # without it the hash stays what it was before there was any
            structure["pay"] = dict(organisation.pay)
        structure["hold"] = organisation.hold if self.hold_base is not None else None
        if organisation.chart is not None:
            structure["chart_sha256"] = _chart_hash(organisation.chart)
            structure["chart_columns"] = dict(organisation.chart_columns)
        # Without them the hash stays what it was before there were any.
        dated: dict[str, Any] = {"events": [event.to_dict() for event in self.events]} if self.events else {}
        if self.paths:
            dated["paths"] = {name: [event.to_dict() for event in events] for name, events in self.paths}
        return {
            "time": {"weeks": self.weeks, "warmup_weeks": self.warmup_weeks, "tick_hours": self.tick_hours},
            **dated,
            "organisation": structure,
            "hold_base": self.hold_base.hash() if self.hold_base is not None else None,
            "parameters": {path: json_value(self.values[path]) for path in sorted(self.values)},
        }

    def to_dict(self) -> dict[str, Any]:
        """The resolved scenario as plain JSON data. Infinity is written ".inf"; a chart by its file name and hash."""
        content = self._content()
        content["organisation"] = {k: v for k, v in content["organisation"].items() if v is not None}
        if self.organisation.chart is not None:
            content["organisation"]["chart"] = self.organisation.chart.name
        base = self.hold_base
        content["hold_base"] = None if base is None else {"name": base.name, "hash": base.hash()}
        words = {"name": self.name, "question": self.question, "description": self.description}
        sources = {path: source for path, source in self.overrides.items() if source is not None}
        observed = {name: one.to_dict() for name, one in self.observed.items()}
        return {
            **words,
            **content,
            **({"observed": observed} if observed else {}),
            "overrides": sorted(self.overrides),
            "sources": sources,
            "hash": self.hash(),
        }


def load(name_or_path: str | Path, sets: Sequence[str] = ()) -> Scenario:
    """Load a scenario by path or bundled name, with ``"path=value"`` overrides. Raises `UserError`."""
    return _load_file(find(name_or_path), ()).with_sets(sets)


def from_yaml(
    text: str, source: str = "scenario", sets: Sequence[str] = (), *, folder: Path | None = None
) -> Scenario:
    """A scenario from YAML text; `source` names it in messages. Raises `UserError`.

    folder: the files that the text names (`extends`, `chart`, `hold_to`) lie in it or below; by default the text can name
    bundled scenarios only, so that a text from somebody else reads no file.
    """
    first = statement(parse_yaml(text, source), folder=folder)
    return _from_chain(_chain(first, ()), ()).with_sets(sets)


def diff(a: Scenario, b: Scenario) -> dict[str, tuple[Any, Any]]:
    """Path -> (value in a, value in b) of everything that differs: time, structure, parameters."""
    pairs = {
        f"time.{key}": (getattr(a, key), getattr(b, key)) for key in ("weeks", "warmup_weeks", "tick_hours")
    }
    for path in SETTINGS:
        if path.startswith("organisation."):
            key = path.split(".")[1]
            pairs[path] = (getattr(a.organisation, key), getattr(b.organisation, key))
    pairs |= {key: (getattr(a, key), getattr(b, key)) for key in LISTS}
    pairs |= {path: (a.values[path], b.values[path]) for path in REGISTRY}
    return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}


def with_path_first(scenario: Scenario, name: str) -> Scenario:
    """The scenario with its path of that name first: the one with which the others are compared. Raises `UserError`."""
    scenario.on_path(name)  # refuses a name that is not there
    return replace(scenario, paths=tuple(sorted(scenario.paths, key=lambda path: path[0] != name)))


def parse_set(text: str) -> tuple[str, Any]:
    """Path and typed value of a ``path=value`` option; the value is a YAML scalar or flow list. Raises `UserError`."""
    path, equals, value = text.partition("=")
    path = path.strip()
    where = f"--set {one_line(text, 200)}"
    if not equals or not path:
        raise UserError(f"{where}: expected path=value, such as ai.share_of_code=0.5")
    known_path(path, f"{where}: ")
    return path, check_value(path, parse_yaml(value, f"{where}: value").data, f"{where}: ")


# ---- reading what a file extends


def _load_file(path: Path, holders: tuple[Path, ...]) -> Scenario:
    """holders: files whose `hold_to` led here, to find cycles."""
    return _from_chain(_chain(_statement(path), ()), holders)


def _statement(path: Path) -> Statement:
    return statement(read_yaml(path, shown(path)), path)


def _chain(last: Statement, below: tuple[Path, ...]) -> tuple[Statement, ...]:
    """The statements from the root of `extends` to `last`. below: files that extend `last`, to find cycles."""
    last = _with_files(last)
    if last.extends is None:
        return (last,)
    where = f"{last.place('extends')}extends: "
    parent = _named(last.extends, last, where)
    below = (*below, last.path.resolve()) if last.path else below
    if parent.resolve() in below:
        names = " -> ".join(path.name for path in (*below[below.index(parent.resolve()) :], parent))
        raise UserError(f"{where}{last.extends}: the files extend each other in a circle ({names})")
    if len(below) > MAX_EXTENDS:
        raise UserError(f"{where}{last.extends}: more than {MAX_EXTENDS} files extend each other")
    return (*_chain(_statement(parent), below), last)


def _named(name: str, part: Statement, where: str) -> Path:
    """The file of a scenario that a statement names."""
    return find(name, part.folder, where) if part.folder is not None else find_bundled(name, where)


def _with_files(last: Statement, given: bool = False) -> Statement:
    """The statement with the chart's path made absolute; it must exist. given: by a user, who may name any file."""
    chart = last.settings.get("organisation.chart")
    if chart is None or isinstance(chart, MemoryChart):
        return last
    where = last.place("organisation.chart")
    if given:
        path = Path(chart)
    elif last.folder is None:
        raise UserError(
            f"{where}organisation.chart: a scenario that is given as text reads no chart; give the chart itself, with "
            f"Scenario.with_chart"
        )
    else:
        path = inside(last.folder, chart, f"{where}organisation.chart: ")
    return replace(last, settings={**last.settings, "organisation.chart": _chart(path, where)})


def _chart(path: Path, where: str) -> str:
    try:
        found = path.is_file()
    except (OSError, ValueError):
        found = False
    if not found:
        raise UserError(
            f"{where}organisation.chart: {one_line(shown(path), 200)}: no such file; name the chart's CSV file"
        )
    return str(path.resolve())


def _from_chain(chain: tuple[Statement, ...], holders: tuple[Path, ...]) -> Scenario:
    stated = [index for index, part in enumerate(chain) if "organisation.hold_to" in part.settings]
    if not stated or chain[stated[-1]].settings["organisation.hold_to"] is None:
        return _build(_Origin(chain, len(chain), Frozen({})))
    part = chain[stated[-1]]
    holders = (*holders, chain[-1].path.resolve()) if chain[-1].path else holders
    base = _load_hold_to(part.settings["organisation.hold_to"], part, part.places, holders)
    return _build(_Origin(chain, len(chain), Frozen({}), base, stated[-1], named=True))


def _load_hold_to(
    name: str | None, part: Statement | None, places: Mapping[str, str], holders: tuple[Path, ...]
) -> Scenario | None:
    """part: the statement that names the scenario; None: a user does, who may name any file."""
    if name is None:
        return None
    where = f"{places.get('organisation.hold_to', '--set')}: organisation.hold_to: "
    path = find(name, None, where) if part is None else _named(name, part, where)
    if path.resolve() in holders:
        raise UserError(
            f"{where}{one_line(name)}: the scenarios hold to each other in a circle, or one holds to itself"
        )
    if len(holders) > MAX_EXTENDS:
        raise UserError(f"{where}{name}: more than {MAX_EXTENDS} scenarios hold to each other")
    return _load_file(path, holders)


# ---- merging and checking


def _build(origin: _Origin) -> Scenario:
    chain = origin.chain
    if len(chain) > origin.files and "organisation.chart" in chain[-1].settings:
        chain = (*chain[:-1], _with_files(chain[-1], given=True))
        origin = replace(origin, chain=chain)
    settings, values, overrides, words = _merged(chain, origin.applied)
    organisation = _organisation(settings)
    base, own = _hold_base(origin, organisation, values)
    if organisation.hold is not None:
        origin = replace(origin, base=base, own=own)
    if organisation.hold is not None and base is not None:
        organisation = _held(organisation, base, chain, own)
    check_structure(organisation, base, chain, float(values["organisation.bottom_span_ratio"]))
    leaf = chain[origin.files - 1]
    scenario = Scenario(
        name=leaf.words.get("name") or (leaf.path.stem if leaf.path else leaf.source),
        question=_asked(words.get("question", ""), origin.sets),
        description=leaf.words.get("description", ""),
        path=leaf.path,
        weeks=settings["time.weeks"],
        warmup_weeks=settings["time.warmup_weeks"],
        tick_hours=settings["time.tick_hours"],
        organisation=organisation,
        events=settings["events"],
        paths=settings["paths"],
        values=Frozen(values),
        overrides=Frozen(overrides),
        hold_base=base if organisation.hold is not None else None,
        observed=_observed(chain),
        _origin=origin,
    )
    check_people(scenario, chain)
    return scenario


def _asked(question: str, sets: Sequence[str]) -> str:
    """The question with what the user has set beside it: figures in its words may not be true any more."""
    if not sets or not question:
        return question
    more = f" and {len(sets) - _SETS_TOLD} more" if len(sets) > _SETS_TOLD else ""
    return f"{question} (with {', '.join(sets[:_SETS_TOLD])}{more})"


def _merged(chain: Sequence[Statement], applied: Mapping[str, Value]) -> _Merged:
    """Settings, parameter values, overrides and words of a chain of statements."""
    settings: dict[str, Any] = {path: setting.default for path, setting in SETTINGS.items()}
    values = defaults()
    overrides: dict[str, str | None] = {}
    words: dict[str, str] = {}
    for part in chain:
        _check_exclusive(part)
        for key, cleared in _CLEARS.items():
            if part.settings.get(f"organisation.{key}") is not None:
                settings |= {f"organisation.{other}": None for other in cleared}
        settings |= part.settings
        values |= part.parameters
        overrides |= {path: part.sources.get(path) for path in part.parameters}
        words |= part.words
    for path, value in applied.items():
        if path in REGISTRY:
            values[path], overrides[path] = value, None
        else:
            settings[path] = value
    return settings, values, overrides, words


def _observed(chain: Sequence[Statement]) -> Mapping[str, Observation]:
    """What was measured, by outcome: each as the last statement has it, without those that are cleared."""
    found: dict[str, Observation | None] = {}
    for part in chain:
        found |= part.observed
    return Frozen({name: one for name, one in found.items() if one is not None})


def _check_exclusive(part: Statement) -> None:
    for one, other in _EXCLUDE:
        paths = (f"organisation.{one}", f"organisation.{other}")
        if all(part.settings.get(path) is not None for path in paths):
            raise UserError(
                f"{part.place(paths[1])}{paths[1]}: cannot stand beside {one}; a structure is ics with "
                f"management_layers, or ics with spans, or a chart"
            )


def _organisation(settings: Mapping[str, Any]) -> Organisation:
    own = {path.split(".")[1]: value for path, value in settings.items() if path.startswith("organisation.")}
    own["chart"] = Path(own["chart"]) if isinstance(own["chart"], str) else own["chart"]
    own["chart_columns"] = Frozen(dict(own["chart_columns"] or ()))
    own["pay"] = Frozen(dict(own["pay"] or ()))
    return Organisation(**own)


def _structure(organisation: Organisation, values: Mapping[str, Value]) -> tuple[Any, ...]:
    keys = (*STRUCTURES, "chart_columns", "remove_layer")
    return (*(getattr(organisation, key) for key in keys), values["organisation.bottom_span_ratio"])


def _hold_base(
    origin: _Origin, organisation: Organisation, values: Mapping[str, Value]
) -> tuple[Scenario | None, int]:
    """The base of `hold`, and the first statement that is the variant's own."""
    if organisation.hold is None:
        return None, 0
    if origin.named or origin.base is not None:
        return origin.base, origin.own
    mine = _structure(organisation, values)
    for length in range(len(origin.chain) - 1, 0, -1):
        following = origin.chain[length]
        if length >= origin.files and "organisation.hold" not in following.settings:
            continue  # an override belongs to the scenario, it does not extend it
        settings, others, _, _ = _merged(origin.chain[:length], origin.applied)
        if _structure(_organisation(settings), others) != mine:
            files = min(length, origin.files)
            return _build(_Origin(origin.chain[:length], files, origin.applied)), length
    return None, 0


def _held(organisation: Organisation, base: Scenario, chain: Sequence[Statement], own: int) -> Organisation:
    """The ICs of a held variant are those of the base, unless it holds ics and states its own."""
    stated = [part for part in chain[own:] if part.settings.get("organisation.ics") is not None]
    if stated and organisation.hold == "ics":
        return organisation
    if stated:
        raise UserError(
            f"{stated[-1].place('organisation.ics')}organisation.ics: {stated[-1].settings['organisation.ics']} cannot be set "
            f"while organisation.hold is {organisation.hold}, because the number of ICs follows from {base.name}; leave ics "
            f"out, or use hold: ics"
        )
    if organisation.chart is not None:
        return organisation
    return replace(organisation, ics=base.organisation.ics)


def json_value(value: Value) -> Value:
    """The value of a parameter for JSON, which has no number for infinity: the word that scenarios use."""
    return ".inf" if isinstance(value, float) and math.isinf(value) else value


def _chart_hash(chart: Path | MemoryChart) -> str:
    return chart.digest if isinstance(chart, MemoryChart) else _file_hash(chart)


def _file_hash(path: Path) -> str:
    from sim.organisation.roster.reading import (
        MAX_BYTES,
    )  # the reader of charts is loaded only where there is one

    digest = hashlib.sha256()
    try:
        refuse_irregular(path, path.name, MAX_BYTES, "chart")
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise UserError(f"{path.name}: the chart cannot be read ({error.strerror or error})") from None
    return digest.hexdigest()
