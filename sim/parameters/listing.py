"""The parameters as rows of a table, for the command line and the reference."""

import math

from sim.parameters.declaration import Parameter
from sim.parameters.evidence import EVIDENCE, cite, is_weak, standing, vendor_interest
from sim.parameters.registry import REGISTRY

PARAMETER_COLUMNS = ("parameter", "value", "low", "high", "unit", "source", "verified", "vendor", "meaning")


def counts() -> dict[str, int]:
    """How many parameters there are, are uncertain, are assumed, and rest on which sort of source."""
    every = list(REGISTRY.values())
    sourced = [parameter for parameter in every if parameter.uncertain and not parameter.assumed]
    return {
        "parameters": len(every),
        "uncertain": sum(parameter.uncertain for parameter in every),
        "assumptions": sum(parameter.assumed for parameter in every),
        "assumptions_fitted": sum(parameter.assumed and "(fitted to" in parameter.doc for parameter in every),
        "recalled_only": sum(standing(parameter.source) == "recalled" for parameter in sourced),
        "vendor_only": sum(vendor_interest(parameter.source) == "all" for parameter in sourced),
        "recalled_or_vendor_only": sum(is_weak(parameter.source) for parameter in sourced),
    }


def parameter_cells(parameter: Parameter) -> tuple[str, ...]:
    """A parameter's row, a text for each of `PARAMETER_COLUMNS`; low and high are empty where there is no range."""
    low, high = (
        (written_value(parameter.low), written_value(parameter.high)) if parameter.uncertain else ("", "")
    )
    unit = parameter.unit if parameter.kind != "choice" else "one of " + ", ".join(parameter.choices)
    known = any(key in EVIDENCE for key in parameter.source)
    verified = standing(parameter.source) if known else ""
    return (
        parameter.path,
        written_value(parameter.value),
        low,
        high,
        unit,
        cite(parameter.source),
        verified,
        vendor_interest(parameter.source),
        parameter.doc,
    )


def written_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return ".inf" if math.isinf(value) else f"{value:g}" if abs(value) < 1e5 else f"{value:.0f}"
    return str(value)


def markdown_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
