"""`orgsim parameters`."""

import math

import click

from sim.commands.common import json_option, print_json
from sim.parameters import GROUPS, REGISTRY, Parameter


@click.command("parameters")
@click.option("--assumptions", is_flag=True, help="Only parameters that no source backs.")
@json_option
def parameters_command(assumptions: bool, as_json: bool) -> None:
    """List every parameter with its source.

    Value, plausible range, unit, source and meaning. Sources are evidence ids with author and year;
    ASSUMPTION marks what no source backs.

    \b
    Examples:
      orgsim parameters
      orgsim parameters --assumptions
    """
    count = {
        "parameters": len(REGISTRY),
        "uncertain": sum(q.uncertain for q in REGISTRY.values()),
        "assumptions": sum(q.assumed for q in REGISTRY.values()),
    }
    groups = {name: [q for q in group if q.assumed or not assumptions] for name, group in GROUPS.items()}
    groups = {name: group for name, group in groups.items() if group}
    if as_json:
        rows = [_row(q, name) for name, group in groups.items() for q in group]
        print_json({**count, "list": rows})
        return
    from sim.evidence import cite
    from sim.report.tables import table

    for name, group in groups.items():
        click.echo(f"{name}\n")
        rows = [(q.path, _value(q.value), _range(q), q.unit, cite(q.source), q.doc) for q in group]
        click.echo(
            table(("parameter", "value", "plausible", "unit", "source", "meaning"), rows, align="<><<<<")
        )
        click.echo()
    click.echo(
        f"{count['parameters']} parameters: {count['assumptions']} assumptions without a source, "
        f"{count['uncertain'] - count['assumptions']} sourced figures, the rest policies, switches and settings of experiments."
    )


def _row(q: Parameter, group: str) -> dict[str, object]:
    from sim.evidence import EVIDENCE, cite

    return {
        "path": q.path,
        "group": group,
        "value": _plain(q.value),
        "low": _plain(q.low) if q.uncertain else None,
        "high": _plain(q.high) if q.uncertain else None,
        "unit": q.unit,
        "kind": q.kind,
        "choices": list(q.choices) or None,
        "source": list(q.source),
        "citation": cite(q.source),
        "verified": {key: EVIDENCE[key].verified for key in q.source if key in EVIDENCE},
        "assumption": q.assumed,
        "doc": q.doc,
    }


def _plain(value: object) -> object:
    """Infinity as the word that scenarios use, because JSON has no number for it."""
    return ".inf" if isinstance(value, float) and math.isinf(value) else value


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return ".inf" if math.isinf(value) else f"{value:g}" if abs(value) < 1e5 else f"{value:.0f}"
    return str(value)


def _range(q: Parameter) -> str:
    if q.kind == "choice":
        return " | ".join(q.choices)
    return f"{_value(q.low)} .. {_value(q.high)}" if q.uncertain else ""
