"""The parts of the docs that are made from the code: the ODD description, and the list of switches for limits.

A page has markers, ``<!-- generated: NAME -->`` and ``<!-- end of generated: NAME -->``; `filled` puts the current text of
every part between them. What cannot be read from declarations is read from the sources (comments of fields, docstrings, the
order of calls), so that page and code cannot differ.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from sim.constants import HOURS_PER_DAY, HOURS_PER_WEEK, WEEKS_PER_YEAR
from sim.engine.codes import ACTIVITIES, ACTIVITY_OF_KIND, CLASS_OF_KIND, ITEM_KINDS, MAX_LAYERS
from sim.errors import UserError
from sim.outcomes.declared import OUTCOMES
from sim.parameters.declaration import Parameter
from sim.parameters.evidence import standing, vendor_interest
from sim.parameters.listing import parameter_cells
from sim.parameters.registry import GROUPS, REGISTRY
from sim.reference.source import (
    as_markdown,
    assigned,
    calls,
    comments,
    constants,
    docstring,
    fields,
    files,
    imports,
    read_in,
    readers,
    source,
    streams,
    submodels,
    tree,
    users,
)
from sim.reference.words import ENTITIES, FIELDS, NEUTRAL, REMAINS
from sim.scenario.settings import SETTINGS

_MARK = re.compile(r"<!-- generated: ([\w ]+) -->\n(.*?)<!-- end of generated: \1 -->", re.DOTALL)
#: Functions that say where the weekly order is in the code: file, function.
_ORDER = (
    ("flow/schedule", "week_ends"),
    ("people/week", "hold_week"),
    ("simulation/simulator", "hold_people_week"),
)


def filled(page: str, parts: Mapping[str, str], where: str) -> str:
    """Return the *page* with every part between its markers. Raises `UserError` if a marker or a part is missing."""
    found = [name for name, _ in _MARK.findall(page)]
    problems = [f"'{name}' has no markers" for name in parts if name not in found]
    problems += [f"'{name}' is marked but nothing makes it" for name in found if name not in parts]
    problems += [f"'{name}' is marked twice" for name in sorted(set(found)) if found.count(name) > 1]
    if problems:
        raise UserError(f"{where}: generated parts do not fit the code: {'; '.join(problems)}")

    def put(match: re.Match[str]) -> str:
        name = match[1]
        return f"<!-- generated: {name} -->\n{parts[name].rstrip()}\n<!-- end of generated: {name} -->"

    return _MARK.sub(put, page)


def odd_parts() -> dict[str, str]:
    """Name -> current text of every generated part of the ODD page."""
    parts = {
        "entities": entities_text(),
        "scales": scales_text(),
        "weeks": weeks_text(),
        "calls": calls_text(),
        "events": events_text(),
        "streams": streams_text(),
        "parameters": parameters_text(),
        "other parameters": other_parameters_text(),
        "outcomes": outcomes_text(),
    }
    return parts | {f"submodel {name}": submodel_text(file) for name, file in submodels().items()}


def limit_parts() -> dict[str, str]:
    """Name -> current text of every generated part of the page on limits."""
    return {"switches": switches_text(), "choices": choices_text(), "neutral values": neutral_text()}


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    header = list(header)
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return "\n".join([*lines, *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def undocumented(text: str | None = None) -> list[str]:
    """Fields, and whole tables, of the state that nothing explains; and words about fields that do not exist."""
    found = fields(text)
    missing = [f"{name}.{x.name}" for name, rows in found.items() for x in rows if not x.meaning]
    missing += [name for name in found if name not in ENTITIES]
    known = {(name, x.name) for name, rows in found.items() for x in rows}
    stale = [f"{name}.{x} (words)" for name, words in FIELDS.items() for x in words if (name, x) not in known]
    return missing + stale + [f"{name} (words)" for name in ENTITIES if name not in found]


def entities_text() -> str:
    """A table of state variables for every entity."""
    if problems := undocumented():
        raise UserError(
            f"sim/engine/state.py: no words for {', '.join(problems)}; comment them, or see sim/reference/words.py"
        )
    found = fields()
    blocks = []
    for name, what in ENTITIES.items():
        rows = ((f"`{x.name}`", x.kind, x.meaning, x.group) for x in found[name])
        blocks.append(f"#### {what} (`{name}`)\n\n" + table(("variable", "kind", "meaning", "part"), rows))
    return "\n\n".join(blocks)


def scales_text() -> str:
    """Units and scales, from the constants and the settings of a scenario."""
    rows = [
        ("a working day, week, year", f"{HOURS_PER_DAY:g} h, {HOURS_PER_WEEK:g} h, {WEEKS_PER_YEAR:g} weeks"),
        ("layers told apart in figures by layer", str(MAX_LAYERS - 1)),
    ]
    for path in ("time.weeks", "time.warmup_weeks", "organisation.ics", "organisation.management_layers"):
        s = SETTINGS[path]
        rows.append((f"{s.doc} (`{path}`)", f"{s.default}; {s.low:g} to {s.high:g} {s.unit}"))
    return table(("scale", "value"), rows)


def events_text() -> str:
    """The kinds of events, and the classes in which a person serves items."""
    notes = comments(source("engine/codes"))
    kinds = [
        (name, notes[node.lineno][0])
        for name, node in assigned(tree("engine/codes"))
        if name.startswith("EVENT_")
    ]
    items = [
        (str(CLASS_OF_KIND[k] + 1), name, ACTIVITIES[ACTIVITY_OF_KIND[k]])
        for k, name in enumerate(ITEM_KINDS)
    ]
    served = table(("served as class", "item", "hours are booked as"), items)
    return table(("event", "what happens"), kinds) + "\n\n" + served


# ---- order


def weeks_text() -> str:
    """The order of a week, as `sim.flow.schedule` and `sim.people.week` state it."""
    return "\n\n".join(
        f"From `sim/{name}.py`:\n\n{as_markdown(docstring(name))}"
        for name in ("flow/schedule", "people/week")
    )


def calls_text() -> str:
    """The calls behind the weekly order, read from the code."""
    blocks = []
    for name, function in _ORDER:
        rows = ((f"`{call}`", text) for call, text in calls(name, function))
        blocks.append(
            f"`{function}` in `sim/{name}.py` calls, in this order:\n\n" + table(("call", "docstring"), rows)
        )
    return "\n\n".join(blocks)


def streams_text() -> str:
    """Every stream of random numbers: key, decision, files."""
    rows = []
    for name, (number, what) in streams().items():
        key, _, decision = what.partition("): ")
        where = ", ".join(f"`{user}`" for user in users(name)) or "nowhere (number kept)"
        rows.append((str(number), f"`{name}`", f"{key})", decision, where))
    return table(("number", "stream", "key", "decides", "drawn in"), rows)


def parameters_text() -> str:
    """How many parameters each group has, and how they are backed."""
    rows = []
    for title, group in GROUPS.items():
        anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        counted = (
            len(group),
            sum(parameter.uncertain for parameter in group),
            sum(parameter.assumed for parameter in group),
        )
        rows.append((f"[{title}](../reference/parameters.md#{anchor})", *map(str, counted)))
    every = list(REGISTRY.values())
    total = (
        len(every),
        sum(parameter.uncertain for parameter in every),
        sum(parameter.assumed for parameter in every),
    )
    return table(("group", "parameters", "uncertain", "assumptions"), [*rows, ("all", *map(str, total))])


def _parameter_rows(chosen: Iterable[Parameter]) -> list[tuple[str, ...]]:
    rows = []
    for parameter in chosen:
        path, *cells = parameter_cells(parameter)[:5]
        backed = standing(parameter.source) if parameter.uncertain else "policy"
        rows.append((f"`{path}`", *cells, backed + _interest(parameter)))
    return rows


def _interest(parameter: Parameter) -> str:
    return {"all": ", vendor", "some": ", in part vendor"}.get(vendor_interest(parameter.source), "")


def other_parameters_text() -> str:
    """Parameters that no mechanism reads, with the files that do."""
    inside = frozenset().union(*(read_in(file) for file in submodels().values()))
    rows = [
        (f"`{path}`", parameter.doc, ", ".join(f"`{name}`" for name in readers(path)))
        for path, parameter in REGISTRY.items()
        if path not in inside
    ]
    return table(("parameter", "meaning", "read in"), rows)


def outcomes_text() -> str:
    """Every outcome with unit and meaning."""
    return table(("outcome", "unit", "meaning"), ((f"`{x.name}`", x.unit, x.doc) for x in OUTCOMES.values()))


def submodel_text(file: str) -> str:
    """What a mechanism's file says and reads: docstring, callers, switches, streams, fixed figures, parameters."""
    text = re.sub(r"\nParameters: .*", "", docstring(file), flags=re.DOTALL).rstrip()
    read = [REGISTRY[path] for path in REGISTRY if path in read_in(file)]
    callers = [other for other in files() if any(target == file for target, _ in imports(other).values())]
    drawn = [f"`{stream}`" for stream in streams() if file in users(stream)]
    switches = [f"`{parameter.path}`" for parameter in read if parameter.kind in ("bool", "choice")]
    fixed = [f"{constant} = {value}" for constant, value in constants(file)]
    lines = [
        as_markdown(text),
        "",
        f"- Code: `sim/{file}.py`, used by {', '.join(f'`{other}`' for other in callers)}",
        f"- Switches and choices it reads: {', '.join(switches) or 'none'}",
        f"- Random numbers: {', '.join(drawn) or 'none of its own'}",
        f"- Fixed in the code: {', '.join(fixed) or 'nothing'}",
    ]
    rows = _parameter_rows(parameter for parameter in read if parameter.kind in ("float", "int"))
    if rows:
        lines += ["", table(("parameter", "value", "low", "high", "unit", "backed by"), rows)]
    return "\n".join(lines)


# ---- switches


def unexplained() -> list[str]:
    """Switches and infinite parameters that the page on limits would not explain, and words about what does not exist."""
    wanted = {path for path, parameter in REGISTRY.items() if parameter.kind == "bool"}
    problems = [f"{path}: what remains" for path in sorted(wanted ^ set(REMAINS))]
    infinite = {path for path, parameter in REGISTRY.items() if parameter.infinite}
    problems += [f"{path}: neutral value" for path in sorted(infinite - set(NEUTRAL))]
    return problems + [f"{path}: no such parameter" for path in NEUTRAL if path not in REGISTRY]


def switches_text() -> str:
    """Every yes-or-no parameter: default, what it governs, what remains the other way."""
    if problems := unexplained():
        raise UserError(f"sim/reference/words.py does not fit the parameters: {'; '.join(problems)}")
    shown = {True: "on", False: "off"}
    rows = (
        (f"`{path}`", shown[bool(REGISTRY[path].value)], REGISTRY[path].doc, REMAINS[path])
        for path in _booleans()
    )
    return table(("switch", "default", "what it governs", "what remains, or is added, the other way"), rows)


def _booleans() -> list[str]:
    return [path for path, parameter in REGISTRY.items() if parameter.kind == "bool"]


def choices_text() -> str:
    """Every choice with its words."""
    chosen = (parameter for parameter in REGISTRY.values() if parameter.kind == "choice")
    rows = (
        (f"`{parameter.path}`", str(parameter.value), ", ".join(parameter.choices), parameter.doc)
        for parameter in chosen
    )
    return table(("choice", "default", "words", "what it governs"), rows)


def neutral_text() -> str:
    """Values at which a number is out of the model."""
    rows = []
    for path in (path for path in REGISTRY if path in NEUTRAL):
        value, what = NEUTRAL[path]
        parameter = REGISTRY[path]
        number = ".inf" if parameter.check(value) == float("inf") else f"{value:g}"
        rows.append((f"`{path}`", parameter_cells(parameter)[1], number, what))
    return table(("number", "default", "set it to", "then"), rows)


PARTS: Mapping[str, Callable[[], dict[str, str]]] = {
    "docs/explanation/odd.md": odd_parts,
    "docs/how-to/configure-a-limit.md": limit_parts,
}
