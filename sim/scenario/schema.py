"""JSON Schema (draft 2020-12) of scenarios, sweeps and files that ask for a rule, generated from the declarations.

Editors use it for completion and checks; the program itself validates with positions and better messages (see
`sim.scenario.statement`). ``python -m sim.scenario.schema > scenarios/schema.json`` writes the file that the bundled scenarios
point to.
"""

import json
import sys
from typing import Any

from sim.constants import PRIMARY
from sim.organisation.costs import IC_BAND, MANAGER_BAND, OTHER_BAND
from sim.organisation.headcounts import HOLDS
from sim.organisation.levels import FROM_TOP, LEVELS
from sim.parameters.declaration import Parameter
from sim.parameters.evidence import cite
from sim.parameters.registry import REGISTRY
from sim.scenario import openings
from sim.scenario.by_layer import BY_LAYER
from sim.scenario.events import ACTIONS, CHOICES, PLACES, keys_of
from sim.scenario.observed import observation_schema, observed_schema
from sim.scenario.settings import LISTS, PATHS, SECTIONS, SETTINGS, WORDS, Setting

_NUMBERS = {"type": "number"}
_FROM_TOP = {"type": "string", "pattern": f"^{FROM_TOP}[1-9][0-9]*$"}


def schema() -> dict[str, Any]:
    """The schema: a file with `between` or `passes` asks for a rule, any other with `vary` or `base` is a sweep."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "orgsim scenario, sweep or rule",
        "type": "object",
        "if": {"anyOf": [{"required": ["between"]}, {"required": ["passes"]}]},
        "then": _ref("rule"),
        "else": {
            "if": {"anyOf": [{"required": ["vary"]}, {"required": ["base"]}]},
            "then": _ref("sweep"),
            "else": _ref("scenario"),
        },
        "$defs": {
            "scenario": _scenario(),
            "sweep": _sweep(),
            "rule": _rule(),
            "observation": observation_schema(),
            "path": {"enum": list(PATHS)},
            **{path: _value(path) for path in PATHS},
        },
    }


def text() -> str:
    """The schema as the text of scenarios/schema.json."""
    made = schema()
    definitions = made.pop("$defs")
    lines = [f"  {_compact(key)}: {_compact(value)}" for key, value in definitions.items()]
    top = [f" {_compact(key)}: {_compact(value)}" for key, value in made.items()]
    return "{\n" + ",\n".join([*top, ' "$defs": {\n' + ",\n".join(lines) + "\n }"]) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _words(doc: str) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "description": doc}


def _object(properties: dict[str, Any], doc: str = "", required: tuple[str, ...] = ()) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "additionalProperties": False}
    if doc:
        made["description"] = doc
    if required:
        made["required"] = list(required)
    return {**made, "properties": properties}


def _scenario() -> dict[str, Any]:
    properties: dict[str, Any] = {key: _words(doc) for key, doc in WORDS.items()}
    properties["extends"] = _words(
        "a scenario file in this one's folder or below, or the name of a bundled scenario; merged deeply"
    )
    for section in SECTIONS:
        paths = [path for path in PATHS if path.startswith(f"{section}.")]
        keys = [path.split(".", 1)[1] for path in paths]
        groups = (
            {group: _group(section, group, keys) for group in _groups(keys)} if section == "layoffs" else {}
        )
        properties[section] = _object({**{key: _ref(f"{section}.{key}") for key in keys}, **groups})
    properties |= {key: _ref(key) for key in LISTS}
    properties["observed"] = observed_schema()
    properties["parameters"] = _object(
        {path: {"anyOf": [_ref(path), _sourced(path)]} for path in (*REGISTRY, *BY_LAYER)},
        "any registered parameter by its path; an override may carry its own source",
    )
    return _object(properties)


def _groups(keys: list[str]) -> list[str]:
    """The groups of keys such as `wave` of wave_week and wave_fraction, where two keys or more make one."""
    heads = [key.split("_", 1)[0] for key in keys if "_" in key]
    return sorted({head for head in heads if heads.count(head) > 1})


def _group(section: str, group: str, keys: list[str]) -> dict[str, Any]:
    inside = [key.removeprefix(f"{group}_") for key in keys if key.startswith(f"{group}_")]
    return _object(
        {key: _ref(f"{section}.{group}_{key}") for key in inside},
        f"the same as {group}_{inside[0]} and so on",
    )


def _sourced(path: str) -> dict[str, Any]:
    return _object({"value": _ref(path), "source": _words("where the value comes from")}, required=("value",))


def _value(path: str) -> dict[str, Any]:
    if path in REGISTRY:
        return _parameter(REGISTRY[path])
    if path in BY_LAYER:
        return _by_layer(path)
    made = _setting(SETTINGS[path])
    # A cleared setting is written as null.
    return (
        {**made, "type": [made["type"], "null"]}
        if path.startswith("organisation.") and "type" in made
        else made
    )


def _parameter(parameter: Parameter) -> dict[str, Any]:
    doc = f"{parameter.doc} ({parameter.unit}; {cite(parameter.source)})"
    if parameter.kind == "bool":
        return {"type": "boolean", "default": parameter.value, "description": parameter.doc}
    if parameter.kind == "choice":
        return {"enum": list(parameter.choices), "default": parameter.value, "description": parameter.doc}
    low, high = parameter.bounds
    made: dict[str, Any] = {
        "type": "integer" if parameter.kind == "int" and not parameter.infinite else "number",
        "minimum": low,
    }
    if not parameter.infinite:  # .inf is a number above any maximum
        made["maximum"] = high
    if parameter.value != float("inf"):
        made["default"] = parameter.value
    return {
        **made,
        "description": doc
        if not parameter.uncertain
        else f"{doc}; plausible {parameter.low:g} to {parameter.high:g}",
    }


def _by_layer(path: str) -> dict[str, Any]:
    """The schema of a list by layer, whose entries are what the parameter of layer 1 may be."""
    paths = BY_LAYER[path]
    first = REGISTRY[paths[0]]
    low, high = first.bounds
    return {
        "type": "array",
        "items": {"type": "number", "minimum": low, "maximum": high},
        "minItems": 1,
        "maxItems": len(paths),
        "description": f"{paths[0]} and so on as one list, bottom up ({first.unit}); the last entry holds for all above",
    }


def _setting(setting: Setting) -> dict[str, Any]:
    doc = f"{setting.doc} ({setting.unit})" if setting.kind in ("int", "float") else setting.doc
    bounds = {"minimum": setting.low, "maximum": setting.high}
    default = {} if setting.default is None else {"default": setting.default}
    if setting.kind in ("int", "float"):
        return {
            "type": "integer" if setting.kind == "int" else "number",
            **bounds,
            **default,
            "description": doc,
        }
    if setting.kind == "spans":
        items = {"type": "integer", **bounds}
        return {"type": "array", "items": items, "minItems": 1, "maxItems": 100, "description": doc}
    if setting.kind == "choice":
        return {"enum": [*setting.choices, None], "description": doc}
    if setting.kind == "events":
        return {
            "type": ["array", "null"],
            "items": {"anyOf": [_event(action) for action in ACTIONS]},
            "description": doc,
        }
    if setting.kind == "paths":
        return {"type": ["object", "null"], "additionalProperties": _ref("events"), "description": doc}
    if setting.kind == "layer":
        counted = {"type": "string", "pattern": f"^{FROM_TOP}[1-9][0-9]*$"}
        return {
            "anyOf": [{"type": "integer", **bounds}, counted, {"enum": [*LEVELS, None]}],
            "description": doc,
        }
    if setting.kind == "pay":
        money = {"type": "number", **bounds}
        bands = {"patternProperties": {f"^({IC_BAND}|{OTHER_BAND}|{MANAGER_BAND}[1-9][0-9]*)$": money}}
        return {"type": "object", "additionalProperties": False, **bands, "description": doc}
    if setting.kind == "columns":
        return {"type": "object", "additionalProperties": {"type": "string"}, "description": doc}
    return {"type": "string", "minLength": 1, "description": doc}


#: Keys of the seats that an event opens (`sim.scenario.openings`).
_OPENING = {
    "role": {"enum": list(openings.ROLES), "default": openings.ROLES[0]},
    "count": {
        "type": "integer",
        "minimum": 1,
        "maximum": openings.MOST,
        "description": "seats; of managers: 1 if left out",
    },
    "team": {
        "type": "integer",
        "minimum": 1,
        "description": "first-line team of the start in which ICs' seats are opened; default: the smallest, one by one",
    },
    "under": {
        "type": "integer",
        "minimum": 1,
        "description": "manager in layer 2 of the start to whom new managers report; default: the smallest span",
    },
    "ics": {"type": "integer", "minimum": 0, "description": "seats of ICs below each new manager"},
    "fill": {
        "enum": list(openings.FILLS),
        "description": "after hiring.delay_weeks, or at once; default: by hiring if switches.hiring is on",
    },
}


def _event(action: str) -> dict[str, Any]:
    """The schema of a dated event with this action."""
    doc, roles = ACTIONS[action]
    week = {"type": "integer", "minimum": 0, "description": "at the end of which week after the warm-up"}
    if action == "open":
        inside = _object({key: _OPENING[key] for key in keys_of(action)}, doc)
    elif action == "set":
        inside = {**_object({path: _ref(path) for path in (*REGISTRY, *BY_LAYER)}, doc), "minProperties": 1}
    else:
        share = {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "of the group"}
        who = {
            "role": {"enum": list(roles)},
            "layer": {
                "anyOf": [{"type": "integer", "minimum": 0}, _FROM_TOP, {"enum": list(LEVELS)}],
                "description": "of managers, 1 = first line; or counted from the top (top-1), or a job level of the chart",
            },
            "number": {"type": "integer", "minimum": 1, "description": "people; or share"},
            "share": share,
            "choose": {"enum": list(CHOICES), "default": CHOICES[0]},
            "followed": {"type": "boolean", "description": "only people who are followed"},
            "into": {"enum": list(PLACES), "default": PLACES[0]},
            "refill": {"type": "boolean", "description": "the seats left are filled as hiring.policy says"},
        }
        inside = _object({key: who[key] for key in keys_of(action)}, doc)
    return _object({"week": week, action: inside}, required=("week", action))


def _sweep() -> dict[str, Any]:
    steps = _object(
        {"from": _NUMBERS, "to": _NUMBERS, "steps": {"type": "integer", "minimum": 2}},
        required=("from", "to"),
    )
    axis = {"anyOf": [{"type": "array", "minItems": 1}, steps]}
    vary = {"type": "object", "minProperties": 1, "propertyNames": _ref("path"), "additionalProperties": axis}
    decided = _object(
        {
            "until": {"const": "decided"},
            "max": {"type": "integer", "minimum": 2},
            "worth": {"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.005},
        },
        required=("until", "max"),
    )
    pair = {"type": "array", "minItems": 2, "maxItems": 2}
    crossing = _object(
        {
            "of": {**_ref("path"), "description": "the path whose two values are compared"},
            "between": {**pair, "description": "the first is asked to overtake the second"},
            "along": {**_ref("path"), "description": "the numeric path along which the crossing is sought"},
            "names": {**pair, "items": {"type": "string"}, "description": "what to call the two"},
        },
        required=("of", "between"),
    )
    settings = {"type": "object", "minProperties": 1, "propertyNames": _ref("path")}
    whole = {"type": "integer", "minimum": 0}
    made = _object(
        {
            "question": _words(WORDS["question"]),
            "name": _words("name of the results folder; default: the file's name"),
            "base": _words("the scenario that is varied: a file beside this one, or a bundled name"),
            "vary": {**vary, "description": "path -> list of values, or from, to, steps"},
            "design": {"enum": ["grid", "lhs", "sobol", "table"], "default": "grid"},
            "samples": {"type": "integer", "minimum": 1, "description": "points of design lhs or sobol"},
            "points": _words("CSV file of design table: a column for every path, a row for every point"),
            "where": {
                "anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}],
                "description": "conditions between what is varied, such as `a.b + c.d <= 1`; other points are left out",
            },
            "roles": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": _ref("path"),
                "additionalProperties": {"enum": ["decide", "given", "assumed"]},
                "description": "varied path -> decide, given or assumed: who settles it",
            },
            "weeks": {
                "type": "integer",
                "minimum": 1,
                "description": "horizon of every run; default: the base's",
            },
            "hold": {"enum": list(HOLDS), "description": "what every point keeps equal to the base"},
            "runs": {"anyOf": [{"type": "integer", "minimum": 1}, decided], "default": 100},
            "seed": {**whole, "default": 1},
            "outcome": _words(f"the outcome that answers the question; default: {PRIMARY}"),
            "ranges": {**whole, "description": "plausible parameter sets to try the verdict on; 0 = skip"},
            "crossing": crossing,
            "again": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": settings,
                "description": "name -> settings of the base under which the question is asked again",
            },
        },
        required=("question", "base"),
    )
    return {**made, "anyOf": [{"required": ["vary"]}, {"required": ["points"]}]}


def _rule() -> dict[str, Any]:
    """A file for `orgsim rules`: what of a sweep it has, too, means the same."""
    sweep = _sweep()["properties"]
    settings = {"type": "object", "propertyNames": _ref("path")}
    points = {"type": "integer", "minimum": 40}
    share = {"type": "number", "minimum": 0, "maximum": 1}
    paths = {"type": "array", "minItems": 1, "items": _ref("path")}
    return _object(
        {
            **{key: sweep[key] for key in ("question", "name", "base", "vary", "weeks", "outcome")},
            "between": {
                "type": "object",
                "minProperties": 2,
                "maxProperties": 2,
                "additionalProperties": settings,
                "description": "two names with settings of the base; the rule says where the first one is better",
            },
            "passes": {
                **_object(
                    {"outcome": {"type": "string"}, "at_most": _NUMBERS, "at_least": _NUMBERS},
                    required=("outcome",),
                ),
                "description": "a bar that an outcome of the base passes; in place of between",
            },
            "assumed": {
                "anyOf": [{"const": "all"}, paths],
                "description": "uncertain parameters that are varied, too, over their plausible ranges",
            },
            "roles": {
                "type": "object",
                "propertyNames": _ref("path"),
                "additionalProperties": {"enum": ["decide", "given", "assumed"]},
                "description": "path -> given or assumed, where it is not as usual; what is decided belongs into between",
            },
            "hold": {
                "enum": list(HOLDS),
                "description": "what both designs keep equal to the base with the same values",
            },
            "points": {**points, "default": 300, "description": "at which a rule is sought"},
            "fresh": {**points, "description": "other points, on which it is certified; default: as many"},
            "runs": {
                "type": "integer",
                "minimum": 1,
                "default": 4,
                "description": "of each design at every point",
            },
            "seed": sweep["seed"],
            "useful": {
                **_object({"density": share, "coverage": share}),
                "description": "a box that is right less often (default 0.75), or covers less (0.2), is no rule",
            },
        },
        required=("question", "base"),
    )


if __name__ == "__main__":
    sys.stdout.write(text())
