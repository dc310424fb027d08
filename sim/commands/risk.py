"""`orgsim risk`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.common import (
    command_line,
    exit_code,
    keeping,
    notice_compilation,
    ordinary_year,
    print_json,
    progress,
    replay_command,
    report_failures,
    simulation_options,
    warn_of,
)  # fmt: skip
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


@click.command("risk")
@simulation_options(
    400,
    out="Folder for the curves and figures; default: results/risk-NAME, or a new one beside it.",
)
@click.option(
    "--by", default="role,layer", show_default=True, metavar="LIST", help="Split by role, layer, tenure, skill, ai_exposure."
)  # fmt: skip
@click.option("--path", metavar="NAME", help="Of a scenario with paths: the path to assess.")
def risk_command(
    scenario: str,
    runs: int,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
    by: str,
    path: str | None,
) -> int:
    """Layoff risk: who is laid off or quits, by when.

    Cumulative incidence at 26, 52 and 104 weeks with 95 % bands, quits as a competing exit, the hazard ratio of managers
    to ICs, and the curves as a picture. Groups with fewer than 5 people are withheld. The figures describe assumed policies;
    they say nothing about a person, and must not be used to choose people.

    \b
    Examples:
      orgsim risk layered --runs 100
      orgsim risk wave --by tenure,skill
      orgsim risk ic-or-manager --path manager
    """
    from sim.experiments.risk.groups import parse_by
    from sim.scenario.scenario import load

    attributes = parse_by(by)
    loaded = _on_path(load(scenario, sets), path)
    switched_on = ordinary_year(loaded)
    if switched_on:
        loaded = loaded.with_values(dict.fromkeys(switched_on, True))
    warn_of(loaded)  # of what is run: with the path's events, and what has just been switched on
    notice_compilation()
    from sim.experiments.risk.folder import has_ledger, question, write
    from sim.experiments.risk.groups import people_table
    from sim.experiments.risk.incidence import assess
    from sim.experiments.risk.words import risk_json, risk_text
    from sim.experiments.run.words import died_out_json
    from sim.simulation.run import run
    from sim.store.taking import taken
    from sim.text.tables import paragraph

    default = Path("results") / f"risk-{loaded.name}"
    made = question(loaded, runs, seed, attributes) | {"command": command_line()}
    with taken(out, default, made, fresh) as place, keeping(place.left):
        with progress(runs) as bar:
            results = run(loaded, runs, seed, workers=workers, progress=bar.update)
        risk = assess(people_table(results), attributes, seed, loaded.name)
        write(place, risk, results)
    ended = died_out_json(results)
    if as_json:
        print_json(risk_json(risk) | {"died_out": ended})
    else:
        click.echo(risk_text(risk))
        if ended is not None:
            click.echo("\n" + paragraph(ended["words"]))
        written = "curves, figures, and a ledger of the cuts" if has_ledger(results) else "curves and figures"
        click.echo(f"\nWritten: {place.folder} ({written})")
    again = (*sets, *(f"{path}=true" for path in switched_on))
    report_failures(results.failures, replay_command(scenario, again))
    return exit_code(len(results.failures), runs)


def _on_path(scenario: "Scenario", path: str | None) -> "Scenario":
    """Return *scenario* on the path asked for. Raises `UserError` where it has paths and none is named."""
    if path is not None:
        made = scenario.on_path(path)
        return replace(made, name=f"{scenario.name}-{path.replace(' ', '-')}")
    if scenario.paths:
        names = ", ".join(name for name, _ in scenario.paths)
        first = scenario.paths[-1][0]
        raise UserError(f"{scenario.name}: has the paths {names}; say which one, such as --path '{first}'")
    return scenario
