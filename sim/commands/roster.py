"""`orgsim import`."""

import click

from sim.errors import UserError


@click.command("import")
@click.argument("rosters", nargs=-1, required=True, metavar="ROSTER.csv...")
@click.option(
    "--map", "mapped", multiple=True, metavar="FIELD=COLUMN",
    help="Name a column that is not recognised, for example manager=Boss. Repeatable.",
)  # fmt: skip
@click.option(
    "-o", "--output", metavar="FILE", help="The scenario to write; default: the roster's name with .yaml."
)
@click.option("--force", is_flag=True, help="Overwrite the scenario and its chart file.")
@click.option(
    "--fill", metavar="HOW",
    help="Where managers go whose own boss is not in the file. teams (default): under the manager to whom most people of "
    "the same teams report. spans: under inferred managers, as many as give the file's mean span. top: all under one top.",
)  # fmt: skip
@click.option(
    "--keep-roots", is_flag=True, help="Keep managers with an unknown boss as tops of their own; no --fill."
)
def import_command(
    rosters: tuple[str, ...],
    mapped: tuple[str, ...],
    output: str | None,
    force: bool,
    fill: str | None,
    keep_roots: bool,
) -> None:
    """Turn an HR export into a scenario.

    Prints a health report of the chart. No names, e-mails, titles or pay are written; ids are hashed.

    \b
    Examples:
      orgsim import people.csv -o my.yaml
      orgsim import people.csv --map id=Personnel --map manager=Boss -o my.yaml
      orgsim import part-of-the-company.csv --fill spans -o my.yaml
    """
    columns: dict[str, str] = {}
    for text in mapped:
        field, equals, column = text.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise UserError(f"--map {text[:200]}: expected field=column, such as manager=Boss")
        if field.strip() in columns:
            raise UserError(f"--map {text[:200]}: {field.strip()} is mapped twice")
        columns[field.strip()] = column.strip()
    from sim.organisation.roster.importing import import_roster

    found = import_roster(list(rosters), columns, output, force, keep_roots, fill)
    click.echo(found.report)
