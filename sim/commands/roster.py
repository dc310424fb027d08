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
@click.option("--keep-roots", is_flag=True, help="Keep people with an unknown manager as tops of their own.")
def import_command(
    rosters: tuple[str, ...], mapped: tuple[str, ...], output: str | None, force: bool, keep_roots: bool
) -> None:
    """Turn an HR export into a scenario.

    Prints a health report of the chart. No names, e-mails, titles or pay are written; ids are hashed.

    \b
    Examples:
      orgsim import people.csv -o my.yaml
      orgsim import people.csv --map id=Personnel --map manager=Boss -o my.yaml
    """
    columns: dict[str, str] = {}
    for text in mapped:
        field, equals, column = text.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise UserError(f"--map {text[:200]}: expected field=column, such as manager=Boss")
        if field.strip() in columns:
            raise UserError(f"--map {text[:200]}: {field.strip()} is mapped twice")
        columns[field.strip()] = column.strip()
    from sim.roster import import_roster

    found = import_roster(list(rosters), columns, output, force, keep_roots)
    click.echo(found.report)
