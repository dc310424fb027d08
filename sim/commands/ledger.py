"""`orgsim ledger`."""

import sys

import click

from sim.commands.common import json_option, load_scenario, notice_compilation, print_json, sets_option


@click.command("ledger")
@click.argument("scenario", metavar="SCENARIO")
@sets_option
@json_option
def ledger_command(scenario: str, sets: tuple[str, ...], as_json: bool) -> None:
    """Where an hour of human time goes: by hand, with AI.

    Human hours per merged standard hour of work, from preparing it to its incidents: written by hand, with the assistant,
    through an agent, and in the planned mix; by the owner's skill; with the value that is kept. Then what AI could save at
    most, and what it does save. A closed form from the parameters, where nothing waits: it runs no simulation.

    \b
    Examples:
      orgsim ledger base
      orgsim ledger base --set ai.share_of_code=0.5 --set ai.prep_saving=0
    """
    loaded = load_scenario(scenario, sets)
    notice_compilation()
    from sim.experiments.ledger.study import ledger
    from sim.experiments.ledger.words import ledger_json, ledger_text
    from sim.text.tables import use_colour

    found = ledger(loaded)
    if as_json:
        print_json(ledger_json(found))
    else:
        click.echo(ledger_text(found, use_colour(sys.stdout)))
