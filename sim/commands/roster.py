"""`orgsim import`, and its options for commands that take a roster in place of a scenario."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from sim.errors import UserError

if TYPE_CHECKING:
    from sim.organisation.roster.settling import Wishes


@dataclass(frozen=True)
class Reading:
    """How a roster is to be read, as it was asked for: field -> column, how gaps are filled, and what else the user decides."""

    columns: Mapping[str, str]
    fill: str | None
    keep_roots: bool
    wishes: "Wishes"

    @property
    def asked_for(self) -> str:
        """The first option that was given, "" if none was."""
        given = {
            "--map": self.columns, "--fill": self.fill, "--keep-roots": self.keep_roots, "--role": self.wishes.rules,
            "--rate": self.wishes.rates, "--fold-single-reports": self.wishes.fold,
        }  # fmt: skip
        return next((name for name, value in given.items() if value), "")


def reading_options(command: Any) -> Any:
    """The options that say how a roster is read; `reading_of` takes their values."""
    options = (
        click.option(
            "--map", "mapped", multiple=True, metavar="FIELD=COLUMN",
            help="Name a column that is not recognised, for example manager=Boss. Repeatable.",
        ),
        click.option(
            "--fill", metavar="HOW",
            help="Where managers go whose own boss is not in the file. teams (default): under the manager to whom most people of "
            "the same teams report. spans: under inferred managers, as many as give the file's mean span. top: all under one "
            "top.",
        ),
        click.option(
            "--keep-roots", is_flag=True, help="Keep managers with an unknown boss as tops of their own; no --fill."
        ),
        click.option(
            "--role", "roles", multiple=True, metavar="PATTERN=ROLE",
            help="Who writes code: a title, job family or department with * for any text, and engineer, manager or other, for "
            "example 'HR*=other'. Repeatable, the first that fits counts; it comes before the built-in rules.",
        ),
        click.option(
            "--roles", "roles_file", metavar="FILE.yaml", help="A file with a list roles: of such rules, after --role."
        ),
        click.option(
            "--rate", "rates", multiple=True, metavar="CURRENCY=USD",
            help="What one unit of the currency of the pay column is worth in USD, for example EUR=1.08. Repeatable.",
        ),
        click.option(
            "--fold-single-reports", "fold", is_flag=True,
            help="Take managers with one report, an IC, to be ICs beside it.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def reading_of(
    mapped: tuple[str, ...],
    fill: str | None,
    keep_roots: bool,
    roles: tuple[str, ...],
    roles_file: str | None,
    rates: tuple[str, ...],
    fold: bool,
) -> Reading:
    """What the options of `reading_options` say. Raises `UserError`."""
    columns: dict[str, str] = {}
    for text in mapped:
        field, equals, column = text.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise UserError(f"--map {text[:200]}: expected field=column, such as manager=Boss")
        if field.strip() in columns:
            raise UserError(f"--map {text[:200]}: {field.strip()} is mapped twice")
        columns[field.strip()] = column.strip()
    from sim.organisation.roster.pay import read_rates
    from sim.organisation.roster.roles import read_rules, rules_of
    from sim.organisation.roster.settling import Wishes

    rules = read_rules(roles)
    if roles_file is not None:
        from pathlib import Path

        from sim.scenario.yaml_source import read_yaml

        rules += rules_of(read_yaml(Path(roles_file), roles_file).data, f"--roles {roles_file}")
    return Reading(columns, fill, keep_roots, Wishes(rules, read_rates(rates), fold))


@click.command("import")
@click.argument("rosters", nargs=-1, required=True, metavar="ROSTER.csv...")
@reading_options
@click.option(
    "-o", "--output", metavar="FILE", help="The scenario to write; default: the roster's name with .yaml."
)
@click.option("--force", is_flag=True, help="Overwrite the scenario and its chart file.")
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
    how = reading_of(mapped, fill, keep_roots, roles, roles_file, rates, fold)
    from sim.organisation.roster.importing import import_roster

    found = import_roster(list(rosters), how.columns, output, force, how.keep_roots, how.fill, how.wishes)
    click.echo(found.report)
