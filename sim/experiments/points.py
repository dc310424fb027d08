"""A point of a design, path -> value, as a scenario and as text."""

from collections.abc import Mapping

from sim.scenario.scenario import Scenario

AS_IT_IS = "as it is"  # what null means in a list of values: nothing is stated, no layer is removed


def scenario_at(base: Scenario, hold: str | None, values: Mapping[str, object]) -> Scenario:
    """The base with values set; what is held equal is held equal to the base. Raises `UserError` where that is impossible.

    Prices (money.*) that a point sets also price the base, or a dearer manager would look like a larger payroll.
    """
    prices = {path: value for path, value in values.items() if path.startswith("money.")}
    held = base.with_values(prices) if prices else base
    settings = {**values, "organisation.hold": hold} if hold else dict(values)
    return base.with_values(settings, hold_base=held)


def plain_value(value: object) -> object:
    """A value as JSON has it: a number or a truth as it is, all else as text."""
    return value if isinstance(value, (bool, int, float)) else label(value)


def label(value: object) -> str:
    """A value as text: 0.3, 'managed', '6-4-4' for a list of spans, 'as it is' for null, which states nothing."""
    if value is None:
        return AS_IT_IS
    if isinstance(value, tuple):
        return "-".join(str(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
