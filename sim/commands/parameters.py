"""`orgsim parameters`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from sim.commands.common import json_option, print_json
from sim.errors import UserError, suggest

if TYPE_CHECKING:
    from sim.parameters.declaration import Parameter


@click.command("parameters")
@click.argument("part", metavar="[GROUP]", required=False)
@click.option("--assumptions", is_flag=True, help="Only parameters that no source backs.")
@click.option("--wide", is_flag=True, help="One line per parameter, however long.")
@json_option
def parameters_command(part: str | None, assumptions: bool, wide: bool, as_json: bool) -> None:
    """List parameters with their sources: all, or those of a group.

    GROUP is the title of a group (Defects and incidents), or how paths begin (layoffs, layoffs.wave).

    Value, plausible range, unit, source, whether the source was verified or recalled, whether it
    has an interest in the figure, and meaning. Sources are evidence ids with author and year;
    ASSUMPTION marks what no source backs.

    \b
    Examples:
      orgsim parameters
      orgsim parameters layoffs
      orgsim parameters --assumptions
    """
    from sim.parameters.listing import counts
    from sim.parameters.registry import GROUPS
    from sim.text.tables import paragraph

    count = counts()
    wanted = _of_part(part, GROUPS) if part is not None else GROUPS
    groups = {
        name: [parameter for parameter in group if parameter.assumed or not assumptions]
        for name, group in wanted.items()
    }
    groups = {name: group for name, group in groups.items() if group}
    if as_json:
        rows = [_row(parameter, name) for name, group in groups.items() for parameter in group]
        print_json({**count, "list": rows})
        return
    for name, group in groups.items():
        click.echo(f"{name}\n")
        click.echo(_wide(group) if wide else _narrow(group))
        click.echo()
    if part is not None:
        shown = sum(map(len, groups.values()))
        click.echo(f"{shown} of {count['parameters']} parameters.")
        return
    text = (
        f"{count['parameters']} parameters: {count['assumptions']} assumptions without a source, "
        f"{count['uncertain'] - count['assumptions']} sourced figures ({count['recalled_or_vendor_only']} of them on recalled or "
        "vendors' figures only), the rest policies, switches and settings of experiments."
    )
    click.echo(paragraph(text))


def _of_part(part: str, declared: Mapping[str, "Sequence[Parameter]"]) -> "dict[str, list[Parameter]]":
    """Return the groups, or parts of groups, that *part* names: by title, or by the beginning of a path. Raises `UserError`."""
    if part in declared:
        return {part: list(declared[part])}
    begins = part.removesuffix(".")
    found = {
        name: [parameter for parameter in group if _begins(parameter.path, begins)]
        for name, group in declared.items()
    }
    found = {name: group for name, group in found.items() if group}
    found = found or {name: list(group) for name, group in declared.items() if name.lower() == part.lower()}
    if not found:
        sections = sorted(
            {parameter.path.partition(".")[0] for group in declared.values() for parameter in group}
        )
        paths = [parameter.path for group in declared.values() for parameter in group]
        near = suggest(part[:80], sections) or suggest(part[:80], [*declared, *paths])
        raise UserError(
            f"parameters {part[:80]}: no group, and no path that begins so{near}; "
            f"paths begin with {', '.join(sections)}"
        )
    return found


def _begins(path: str, words: str) -> bool:
    """True if *path* begins with whole *words*: layoffs and layoffs.wave do in layoffs.wave_week, lay does not."""
    rest = path.removeprefix(words)
    return rest != path and (not rest or rest[0] in "._")


def _wide(group: "Sequence[Parameter]") -> str:
    from sim.parameters.listing import PARAMETER_COLUMNS, parameter_cells
    from sim.text.tables import table

    return table(PARAMETER_COLUMNS, [parameter_cells(parameter) for parameter in group], align="<>>><<<<<")


def _narrow(group: "Sequence[Parameter]") -> str:
    """The figures in a line, and below it the meaning and the source, wrapped."""
    from sim.parameters.listing import PARAMETER_COLUMNS, parameter_cells
    from sim.text.tables import paragraph, table

    cells = [parameter_cells(parameter) for parameter in group]
    first, rule, *rows = table(PARAMETER_COLUMNS[:5], [row[:5] for row in cells], align="<>>><").splitlines()
    lines = [first, rule]
    for line, (*_, source, verified, vendor, meaning) in zip(rows, cells, strict=True):
        backed = ", ".join(filter(None, (source, verified, vendor and f"vendor: {vendor}")))
        words = f"{meaning}. Source: {backed}" if backed else meaning
        lines += [line, paragraph(words, indent="    ")]
    return "\n".join(lines)


def _row(parameter: "Parameter", group: str) -> dict[str, object]:
    from sim.parameters.evidence import EVIDENCE, cite, standing, vendor_interest
    from sim.scenario.scenario import json_value

    return {
        "path": parameter.path,
        "group": group,
        "value": json_value(parameter.value),
        "low": json_value(parameter.low) if parameter.uncertain else None,
        "high": json_value(parameter.high) if parameter.uncertain else None,
        "unit": parameter.unit,
        "kind": parameter.kind,
        "choices": list(parameter.choices) or None,
        "source": list(parameter.source),
        "citation": cite(parameter.source),
        "standing": standing(parameter.source),
        "vendor_interest": vendor_interest(parameter.source) or None,
        "verified": {key: EVIDENCE[key].verified for key in parameter.source if key in EVIDENCE},
        "vendor": {key: EVIDENCE[key].vendor for key in parameter.source if key in EVIDENCE},
        "assumption": parameter.assumed,
        "doc": parameter.doc,
    }
