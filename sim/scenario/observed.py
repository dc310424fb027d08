"""What a scenario says was measured in the organisation that it describes: `observed`, an outcome -> a figure with its error.

    observed:
      lead_time_hours: {value: 40, within: 8, source: tickets of 2025}
      change_failure_rate: {value: 0.12, within: 0.04}

It changes no result. `orgsim fit` looks for parameter sets that give these figures (`sim.experiments.fit`). Figures are in the
unit in which `orgsim run` shows the outcome. A file states what differs: figures of other outcomes are inherited, ``null`` clears
one.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.errors import UserError, number_hint
from sim.scenario.files import one_line
from sim.text.numbers import shown_unit

#: Outcome -> its unit, null for a kind. Generated (`python -m sim.reference`): the declarations stand above this floor, and a
#: check of a file needs no NumPy.
FILE = Path(__file__).with_name("observable.json")
#: How far the model itself may be off, as a share of the observed value, one standard deviation: ASSUMPTION. No simple model
#: gives a real organisation's figures exactly, even with the best parameters; without this term a precise figure would rule out
#: everything, or keep sets that fit for the wrong reason.
DISCREPANCY = 0.05
KEYS = ("value", "within", "source", "discrepancy")
_MAX_WORDS = 2000
_SHARES = ("share", "probability")
_PER_PERSON = "/person-year"
#: The most that can happen to a person in a year: once, where nothing else stands here. So many are hired where a firm grows
#: fourfold in a year: ASSUMPTION, above it a percentage is meant.
_MOST_A_YEAR = {"hires_per_year": 3.0}
#: Outcomes that can be below zero: value is net of what incidents destroy, a gap and a saving have a sign.
_SIGNED = (
    "value_per_week", "value_per_fte", "value_per_payroll_usd", "value_per_people_and_ai_usd", "cost_per_value", "payroll_gap",
    "value_by_managers_per_week", "people_usd_per_year",
)  # fmt: skip


@dataclass(frozen=True)
class Observation:
    """A measured figure, in the shown unit of its outcome.

    within: half of the width in which the true figure surely lies, taken as two standard deviations of the measurement.
    discrepancy: how far the model may be off, as a share of the value, one standard deviation.
    """

    value: float
    within: float
    source: str | None = None
    discrepancy: float = DISCREPANCY

    def to_dict(self) -> dict[str, object]:
        """Plain data, as it could stand in a file."""
        said = {"source": self.source} if self.source is not None else {}
        return {"value": self.value, "within": self.within, "discrepancy": self.discrepancy, **said}


@lru_cache(maxsize=1)
def observable() -> Mapping[str, str | None]:
    """Outcome -> its declared unit; None for one that is a kind, which cannot be observed."""
    units: dict[str, str | None] = json.loads(FILE.read_text(encoding="utf-8"))
    return units


def read_observation(name: str, given: object) -> Observation | None:
    """The figure of an outcome that exists; None for null, which clears an inherited one. Raises `UserError` with the path."""
    path, unit = f"observed.{name}", observable()[name]
    if given is None:
        return None
    if unit is None:
        raise UserError(
            f"{path}: this outcome is a kind, not a quantity, so it cannot be fitted; leave it out"
        )
    if not isinstance(given, dict):
        raise UserError(f"{path}: expected {{value: .., within: ..}}, got {one_line(repr(given))}")
    for key in ("value", "within"):
        if key not in given:
            raise UserError(f"{path}: {key}: is missing; write {{value: .., within: ..}}, {_MEANT}")
    value = _number(f"{path}.value", given["value"], shown_unit(unit)[0])
    _check_range(f"{path}.value", name, unit, value)
    within = _number(f"{path}.within", given["within"], shown_unit(unit)[0])
    if within <= 0:
        raise UserError(f"{path}.within: {within:g} is not above 0; {_MEANT}")
    _check_range(f"{path}.within", name, unit, within)
    source = given.get("source")
    if source is not None and (not isinstance(source, str) or not 0 < len(source.strip()) <= _MAX_WORDS):
        raise UserError(f"{path}.source: expected words, got {one_line(repr(source))}")
    return Observation(value, within, source, _discrepancy(path, given.get("discrepancy", DISCREPANCY)))


def _check_range(path: str, name: str, unit: str, value: float) -> None:
    """Raise `UserError` for a value that the outcome cannot have: below zero, or a share, or a rate per person, in per cent."""
    if value < 0 and name not in _SIGNED:
        raise UserError(
            f"{path}: {value:g} is below 0, which {shown_unit(unit)[0]} cannot be; check the figure"
        )
    shared, rate = unit in _SHARES, unit.endswith(_PER_PERSON)
    most = 1.0 if shared else _MOST_A_YEAR.get(name, 1.0) if rate else math.inf
    if value <= most:
        return
    meant = f"; did you mean {value / 100:.12g} ({value:g} %)?" if value <= 100 * most else ""
    if shared:
        raise UserError(
            f"{path}: {value:g} is outside 0 to 1; write shares as fractions, such as 0.15{meant}"
        )
    raise UserError(
        f"{path}: {value:g} is outside 0 to {most:g} ({unit}), counted per person and year{meant}"
    )


_MEANT = "within being half of the width in which the true figure lies (two standard deviations of the measurement)"


def _discrepancy(path: str, given: object) -> float:
    share = _number(f"{path}.discrepancy", given, "share of the value")
    if not 0.0 <= share <= 1.0:
        raise UserError(f"{path}.discrepancy: {share:g} is outside 0 to 1 (share of the value)")
    return share


def _number(path: str, given: object, unit: str) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
        hint = number_hint(given) or f"expected a number ({unit}), got {one_line(repr(given))}"
        raise UserError(f"{path}: {hint}")
    return float(given)


def observed_schema() -> dict[str, Any]:
    """The JSON Schema of `observed`: every outcome that is a quantity."""
    properties = {
        name: {
            "anyOf": [{"$ref": "#/$defs/observation"}, {"type": "null"}],
            "description": f"measured, in {shown_unit(unit)[0]}",
        }
        for name, unit in observable().items()
        if unit is not None
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "description": "what was measured in the organisation, for orgsim fit; changes no result",
        "properties": properties,
    }


def observation_schema() -> dict[str, Any]:
    """The JSON Schema of one figure."""
    properties = {
        "value": {"type": "number", "description": "in the unit in which orgsim run shows the outcome"},
        "within": {"type": "number", "exclusiveMinimum": 0, "description": _MEANT},
        "source": {"type": "string", "minLength": 1, "description": "where the figure comes from"},
        "discrepancy": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": DISCREPANCY,
            "description": "how far the model may be off, as a share of the value (one standard deviation)",
        },
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["value", "within"],
        "properties": properties,
    }
