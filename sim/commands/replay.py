"""`orgsim replay`."""

import click

from sim.commands.common import (
    WholeNumber,
    json_option,
    load_scenario,
    notice_compilation,
    print_json,
    seed_option,
    sets_option,
)
from sim.errors import UserError


@click.command("replay")
@click.argument("scenario", metavar="SCENARIO")
@seed_option()
@click.option(
    "--run", "run", type=WholeNumber(0, 1_000_000), default=0, show_default=True, metavar="R", help="Number of the run.",
)  # fmt: skip
@click.option(
    "--by",
    type=click.Choice(["week", "day"]),
    default="week",
    show_default=True,
    help="A line for every week, or day.",
)
@click.option("--path", metavar="NAME", help="Of a scenario with paths: the one to follow.")
@sets_option
@json_option
def replay_command(
    scenario: str, seed: int, run: int, by: str, path: str | None, sets: tuple[str, ...], as_json: bool
) -> None:
    """One run, week by week: what waits, who comes and goes, and why.

    A single run is an example, not a finding: `orgsim run` and `orgsim compare` tell what holds over many. With --json also who
    waits for whom and what everybody's hours went into. Of an imported chart people are only counted.

    \b
    Examples:
      orgsim replay people
      orgsim replay wave --run 3 --set time.weeks=60
      orgsim replay people --by day --json
    """
    loaded = load_scenario(scenario, sets, follows_paths=path is not None)
    loaded = loaded if path is None else loaded.on_path(path)
    of_chart = loaded.organisation.chart is not None
    if as_json and of_chart:
        raise UserError(
            f"--json: it shows single people, and {loaded.name} has an imported chart; leave it out, or call sim.replay and "
            "keep what it gives to yourself"
        )
    notice_compilation()
    from sim.mesa_model.replay import replay  # with it comes the engine

    found = replay(loaded, seed, run, by)
    if as_json:
        print_json(found.as_dict())
        return
    from sim.mesa_model.replay_words import replay_text

    click.echo(replay_text(found, counts_only=of_chart))
