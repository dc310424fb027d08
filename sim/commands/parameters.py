"""`orgsim parameters`."""

import click

from sim.commands.common import json_option, print_json
from sim.parameters import GROUPS, Parameter


@click.command("parameters")
@click.option("--assumptions", is_flag=True, help="Only parameters that no source backs.")
@json_option
def parameters_command(assumptions: bool, as_json: bool) -> None:
    """List every parameter with its source.

    Value, plausible range, unit, source, whether the source was verified or recalled, whether it
    has an interest in the figure, and meaning. Sources are evidence ids with author and year;
    ASSUMPTION marks what no source backs.

    \b
    Examples:
      orgsim parameters
      orgsim parameters --assumptions
    """
    from sim.reference import PARAMETER_COLUMNS, counts, parameter_cells

    count = counts()
    groups = {name: [q for q in group if q.assumed or not assumptions] for name, group in GROUPS.items()}
    groups = {name: group for name, group in groups.items() if group}
    if as_json:
        rows = [_row(q, name) for name, group in groups.items() for q in group]
        print_json({**count, "list": rows})
        return
    from sim.report.tables import table

    for name, group in groups.items():
        click.echo(f"{name}\n")
        click.echo(table(PARAMETER_COLUMNS, [parameter_cells(q) for q in group], align="<>>><<<<<"))
        click.echo()
    click.echo(
        f"{count['parameters']} parameters: {count['assumptions']} assumptions without a source, "
        f"{count['uncertain'] - count['assumptions']} sourced figures ({count['recalled_or_vendor_only']} of them on recalled or "
        "vendors' figures only), the rest policies, switches and settings of experiments."
    )


def _row(q: Parameter, group: str) -> dict[str, object]:
    from sim.evidence import EVIDENCE, cite, standing, vendor_interest
    from sim.scenario import json_value

    return {
        "path": q.path,
        "group": group,
        "value": json_value(q.value),
        "low": json_value(q.low) if q.uncertain else None,
        "high": json_value(q.high) if q.uncertain else None,
        "unit": q.unit,
        "kind": q.kind,
        "choices": list(q.choices) or None,
        "source": list(q.source),
        "citation": cite(q.source),
        "standing": standing(q.source),
        "vendor_interest": vendor_interest(q.source) or None,
        "verified": {key: EVIDENCE[key].verified for key in q.source if key in EVIDENCE},
        "vendor": {key: EVIDENCE[key].vendor for key in q.source if key in EVIDENCE},
        "assumption": q.assumed,
        "doc": q.doc,
    }
