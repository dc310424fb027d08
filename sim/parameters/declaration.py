"""What the declaration of a parameter is: path, value, plausible range, legal bounds, unit, source.

``low`` and ``high`` are the *plausible* range (used by sensitivity and by "holds in"), not the legal one; the legal
bounds follow from the unit. A source is a tuple of evidence ids (see `sim.parameters.evidence`) or `ASSUMPTION`. Ranges are
mostly judgement and must not be read as confidence intervals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite, isnan

from sim.errors import UserError, number_hint, suggest

ASSUMPTION = ("ASSUMPTION",)

#: Legal bounds by unit. Times and counts may be infinite where the declaration says so (`infinite=True`).
BOUNDS: Mapping[str, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "probability": (0.0, 1.0),
    "factor": (0.0, 1000.0),
    "exponent": (0.0, 10.0),
    "cv": (0.0, 20.0),
    "standard deviation": (0.0, 100.0),
    "hours": (0.0, 1e6),
    "hours/week": (0.0, 40.0),
    "hours/standard hour": (0.0, 1e3),
    "standard hours": (1e-6, 1e6),
    "standard hours/hour": (1e-6, 1e6),
    "standard hours/incident": (0.0, 1e6),
    "1/standard hour": (0.0, 1e3),
    "1/hour": (0.0, 1e3),
    "1/year": (0.0, 10.0),
    "changes/IC-week": (0.0, 1e4),
    "weeks": (1.0, 1e4),
    "years": (0.0, 100.0),
    "points": (0.0, 1000.0),
    "count": (0, 1_000_000),
    "USD/year": (0.0, 1e8),
    "USD/month": (0.0, 1e6),
    "USD/standard hour": (0.0, 1e6),
    "USD/incident": (0.0, 1e9),
    "switch": (False, True),
    "ratio": (0.0, 1000.0),
    "target sd": (0.0, 100.0),
    "correlation": (-1.0, 1.0),
    "log-sd": (-3.0, 3.0),
}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter. `uncertain` says whether it is varied over [low, high] in sensitivity and `holds in`."""

    path: str
    value: float | int | bool | str
    low: float | int | bool | str
    high: float | int | bool | str
    unit: str
    source: tuple[str, ...]
    doc: str
    kind: str  # 'float' | 'int' | 'bool' | 'choice'
    choices: tuple[str, ...] = ()
    infinite: bool = False
    minimum: float | None = None
    maximum: float | None = None

    @property
    def field(self) -> str:
        """Name of the field in the kernels' record."""
        return self.path.replace(".", "_")

    @property
    def uncertain(self) -> bool:
        return self.kind in ("float", "int") and self.low != self.high

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high of a number."""
        assert not isinstance(self.low, str)
        assert not isinstance(self.high, str)
        return self.low, self.high

    @property
    def bounds(self) -> tuple[float, float]:
        """Legal bounds, inclusive (infinity extra where `infinite`)."""
        low, high = BOUNDS[self.unit] if self.unit != "choice" else (-inf, inf)
        return (
            self.minimum if self.minimum is not None else low,
            self.maximum if self.maximum is not None else high,
        )

    @property
    def assumed(self) -> bool:
        """True where no source backs the value."""
        return self.source == ASSUMPTION and self.kind in ("float", "int") and self.unit != "switch"

    def check(self, value: object, where: str = "") -> float | int | bool | str:
        """Return *value* in this parameter's type, or raise `UserError` naming value, place, range and fix."""
        place = f"{where}{self.path}"
        if self.kind == "bool":
            if isinstance(value, bool):
                return value
            raise UserError(f"{place}: expected true or false, got {value!r}")
        if self.kind == "choice":
            if isinstance(value, str) and value in self.choices:
                return value
            hint = suggest(str(value), self.choices)
            raise UserError(f"{place}: {value!r} is not one of {', '.join(self.choices)}{hint}")
        return self._check_number(value, place)

    def _check_number(self, value: object, place: str) -> float | int:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            hint = number_hint(value) or f"expected a number ({self.unit}), got {value!r}"
            raise UserError(f"{place}: {hint}")
        low, high = self.bounds
        span = f"from {low:g} to {high:g}" + (" (or .inf)" if self.infinite else "")
        if isinstance(value, float) and isnan(value):
            raise UserError(f"{place}: is not a number; give a value {span} {self.unit}")
        if self.infinite and value == inf:
            return inf
        if not isfinite(value) or not low <= value <= high:
            raise UserError(f"{place}: {value!r} is outside {span} {self.unit}")
        if self.kind == "int":
            if int(value) != value:
                raise UserError(f"{place}: expected a whole number, got {value!r}")
            return int(value)
        return float(value)


def par(
    path: str,
    value: float,
    low: float,
    high: float,
    unit: str,
    source: tuple[str, ...],
    doc: str,
    *,
    infinite: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Parameter:
    """Declare a number. ``low == high`` marks a policy or a setting, which sensitivity does not vary."""
    kind = "int" if isinstance(value, int) and not isinstance(value, bool) else "float"
    return Parameter(path, value, low, high, unit, source, doc, kind, (), infinite, minimum, maximum)


def policy(
    path: str,
    value: float,
    unit: str,
    doc: str,
    *,
    infinite: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Parameter:
    """Declare a number that the user chooses (a policy or an experiment's setting), so it has no plausible range."""
    return par(
        path, value, value, value, unit, ("POLICY",), doc, infinite=infinite, minimum=minimum, maximum=maximum
    )


def switch(path: str, value: bool, doc: str) -> Parameter:
    """Declare an on/off switch."""
    return Parameter(path, value, value, value, "switch", ("POLICY",), doc, "bool")


def choice(path: str, value: str, choices: tuple[str, ...], doc: str) -> Parameter:
    """Declare a choice; kernels see the index of the chosen word in *choices*."""
    return Parameter(path, value, value, value, "choice", ("POLICY",), doc, "choice", choices)


DISTRIBUTIONS = ("deterministic", "exponential", "lognormal")
