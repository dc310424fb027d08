"""`orgsim run`."""

from typing import TYPE_CHECKING, Any

import click

from sim.commands.common import (
    WholeNumber,
    exit_code,
    keeping,
    load_scenario,
    notice_compilation,
    print_json,
    progress,
    replay_command,
    report_failures,
    simulation_options,
)  # fmt: skip
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.simulation.results import Results


@click.command("run")
@simulation_options(
    100,
    out="Also write the data of every run into this results folder.",
    fresh="With --out: remove earlier results of orgsim in the folder first.",
)
@click.option("--scoreboard", is_flag=True, help="Also print how the measures of managers spread over them.")
@click.option(
    "--first-run", type=WholeNumber(0, 1_000_000), default=0, metavar="R",
    help="Number of the first run; with --runs 1 it replays a single run.",
)  # fmt: skip
def run_command(
    scenario: str,
    runs: int,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
    scoreboard: bool,
    first_run: int,
) -> int:
    """Run one scenario and print its outcomes.

    Every outcome with its mean and 95 % interval over the runs, how busy the managers are, and the bottleneck.

    \b
    Examples:
      orgsim run flat --runs 20
      orgsim run my.yaml --set ai.share_of_code=0.6 --set organisation.spans=[8,8] --out results/mine
    """
    loaded = load_scenario(scenario, sets, follows_paths=True)
    notice_compilation()
    replay = replay_command(scenario, sets)
    if loaded.paths:
        if scoreboard:
            raise UserError(
                f"--scoreboard: {loaded.name} has paths, which are set side by side; leave it out"
            )
        from sim.commands.run_paths import run_paths_command

        return run_paths_command(loaded, runs, seed, first_run, workers, out, fresh, as_json, replay)
    from sim.simulation.run import run

    kept = "nothing was written; a run keeps no partial results."
    with keeping(kept), progress(runs) as bar:
        results = run(loaded, runs, seed, workers=workers, first_run=first_run, progress=bar.update)
    if out:
        from sim.commands.run_folder import write_folder

        write_folder(results, out, fresh)
    if as_json:
        print_json(to_json(results) | _scoreboard_json(results, scoreboard))
    else:
        from sim.commands.run_text import run_text

        click.echo(run_text(results))
        if scoreboard:
            from sim.report.scoreboard import assess_boards, board_text

            click.echo("\n" + board_text(assess_boards(results)))
        if out:
            click.echo(f"\nWritten: {out}")
    report_failures(results.failures, replay)
    return exit_code(len(results.failures), runs)


def _scoreboard_json(results: "Results", wanted: bool) -> dict[str, Any]:
    if not wanted:
        return {}
    from sim.report.scoreboard import assess_boards, board_json

    return {"scoreboard": board_json(assess_boards(results))}


def to_json(results: "Results") -> dict[str, Any]:
    """The object of `orgsim run --json`. Undefined figures are None, with the number of runs in which they are defined.

    The outcome bottleneck is a kind and has no mean: the key "bottleneck" has its words.
    """
    from sim.commands.run_text import bottleneck, died_out
    from sim.outcomes.declared import OUTCOMES
    from sim.statistics.estimates import estimate

    outcomes = {}
    for name, values in results.outcomes.items():
        found = estimate(values, OUTCOMES[name].unit)
        outcomes[name] = {
            "mean": found.mean,
            "ci95": None if found.lo is None else [found.lo, found.hi],
            "sd": found.sd,
            "unit": OUTCOMES[name].unit,
            "runs": found.n,
        }
    scenario = results.scenario
    return {
        "scenario": scenario.name,
        "question": scenario.question,
        "runs": len(results.runs),
        "seed": results.seed,
        "weeks": scenario.weeks,
        "outcomes": outcomes,
        "bottleneck": bottleneck(results),
        "died_out": died_out(results),
        "warnings": list(scenario.warnings),
        "failures": [{"run": f.run, "seed": f.seed, "message": f.message} for f in results.failures],
    }
