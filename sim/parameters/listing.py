"""The parameters as rows of a table, for the command line and the reference."""

import math

from sim.parameters.declaration import Parameter
from sim.parameters.evidence import EVIDENCE, cite, is_weak, standing, vendor_interest
from sim.parameters.registry import REGISTRY

PARAMETER_COLUMNS = ("parameter", "value", "low", "high", "unit", "source", "verified", "vendor", "meaning")


def counts() -> dict[str, int]:
    """How many parameters there are, are uncertain, are assumed, and rest on which sort of source."""
    every = list(REGISTRY.values())
    sourced = [q for q in every if q.uncertain and not q.assumed]
    return {
        "parameters": len(every),
        "uncertain": sum(q.uncertain for q in every),
        "assumptions": sum(q.assumed for q in every),
        "assumptions_fitted": sum(q.assumed and "(fitted to" in q.doc for q in every),
        "recalled_only": sum(standing(q.source) == "recalled" for q in sourced),
        "vendor_only": sum(vendor_interest(q.source) == "all" for q in sourced),
        "recalled_or_vendor_only": sum(is_weak(q.source) for q in sourced),
    }


def parameter_cells(q: Parameter) -> tuple[str, ...]:
    """A parameter's row, a text for each of `PARAMETER_COLUMNS`; low and high are empty where there is no range."""
    low, high = (written_value(q.low), written_value(q.high)) if q.uncertain else ("", "")
    unit = q.unit if q.kind != "choice" else "one of " + ", ".join(q.choices)
    known = any(key in EVIDENCE for key in q.source)
    verified = standing(q.source) if known else ""
    return (
        q.path,
        written_value(q.value),
        low,
        high,
        unit,
        cite(q.source),
        verified,
        vendor_interest(q.source),
        q.doc,
    )


def written_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return ".inf" if math.isinf(value) else f"{value:g}" if abs(value) < 1e5 else f"{value:.0f}"
    return str(value)


def markdown_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
