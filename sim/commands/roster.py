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
@click.option(
    "--role", "roles", multiple=True, metavar="PATTERN=ROLE",
    help="Who writes code: a title, job family or department with * for any text, and engineer, manager or other, for example "
    "'HR*=other'. Repeatable, the first that fits counts; it comes before the built-in rules.",
)  # fmt: skip
@click.option(
    "--roles",
    "roles_file",
    metavar="FILE.yaml",
    help="A file with a list roles: of such rules, after --role.",
)
@click.option(
    "--rate", "rates", multiple=True, metavar="CURRENCY=USD",
    help="What one unit of the currency of the pay column is worth in USD, for example EUR=1.08. Repeatable.",
)  # fmt: skip
@click.option(
    "--fold-single-reports",
    "fold",
    is_flag=True,
    help="Take managers with one report, an IC, to be ICs beside it.",
)
def import_command(
    rosters: tuple[str, ...],
    mapped: tuple[str, ...],
    output: str | None,
    force: bool,
    fill: str | None,
    keep_roots: bool,
    roles: tuple[str, ...],
    roles_file: str | None,
    rates: tuple[str, ...],
    fold: bool,
) -> None:
    """Turn an HR export into a scenario.

    Prints a health report of the chart: who writes code, who leads, who does neither, by rules on titles. No names, e-mails,
    titles or anybody's pay are written; ids are hashed, pay becomes medians of groups of five or more.

    \b
    Examples:
      orgsim import people.csv -o my.yaml
      orgsim import people.csv --map id=Personnel --map manager=Boss -o my.yaml
      orgsim import people.csv --role 'HR*=other' --role '*Analyst=engineer' -o my.yaml
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
    from sim.organisation.roster.pay import read_rates
    from sim.organisation.roster.roles import read_rules, rules_of
    from sim.organisation.roster.settling import Wishes

    rules = read_rules(roles)
    if roles_file is not None:
        from pathlib import Path

        from sim.scenario.yaml_source import read_yaml

        rules += rules_of(read_yaml(Path(roles_file), roles_file).data, f"--roles {roles_file}")
    wishes = Wishes(rules, read_rates(rates), fold)
    found = import_roster(list(rosters), columns, output, force, keep_roots, fill, wishes)
    click.echo(found.report)
