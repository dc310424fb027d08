"""`orgsim run`."""

from typing import TYPE_CHECKING, Any

import click

from sim.commands.common import (
    WholeNumber,
    exit_code,
    json_option,
    keeping,
    load_scenario,
    notice_compilation,
    print_json,
    progress,
    report_failures,
    runs_option,
    seed_option,
    sets_option,
    workers_option,
)  # fmt: skip

if TYPE_CHECKING:
    from sim.simulate import Results


@click.command("run")
@click.argument("scenario", metavar="SCENARIO")
@runs_option()
@seed_option()
@sets_option
@click.option("--out", metavar="DIR", help="Also write the data of every run into this results folder.")
@click.option(
    "--fresh", is_flag=True, help="With --out: remove earlier results of orgsim in the folder first."
)
@click.option(
    "--first-run", type=WholeNumber(0, 1_000_000), default=0, metavar="R",
    help="Number of the first run; with --runs 1 it replays a single run.",
)  # fmt: skip
@workers_option
@json_option
def run_command(
    scenario: str,
    runs: int,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    first_run: int,
    workers: int | None,
    as_json: bool,
) -> int:
    """Run one scenario and print its outcomes.

    Every outcome with its mean and 95 % interval over the runs, how busy the managers are, and the bottleneck.

    \b
    Examples:
      orgsim run flat --runs 20
      orgsim run my.yaml --set ai.share_of_code=0.6 --set organisation.spans=[8,8] --out results/mine
    """
    loaded = load_scenario(scenario, sets)
    notice_compilation()
    options = "".join(f" --set '{text}'" for text in sets)
    replay = f"orgsim run {scenario} --seed {{seed}} --first-run {{run}} --runs 1{options}"
    replay = replay.replace("{{", "{").replace("}}", "}")
    if loaded.paths:
        from sim.commands.run_paths import run_paths_command

        return run_paths_command(loaded, runs, seed, first_run, workers, out, fresh, as_json, replay)
    from sim.simulate import run

    kept = "nothing was written; a run keeps no partial results."
    with keeping(kept), progress(runs) as bar:
        results = run(loaded, runs, seed, workers=workers, first_run=first_run, progress=bar.update)
    if out:
        from sim.commands.run_folder import write_folder

        write_folder(results, out, fresh)
    if as_json:
        print_json(to_json(results))
    else:
        from sim.commands.run_text import run_text

        click.echo(run_text(results))
        if out:
            click.echo(f"\nWritten: {out}")
    report_failures(results.failures, replay)
    return exit_code(len(results.failures), runs)


def to_json(results: "Results") -> dict[str, Any]:
    """The object of `orgsim run --json`. Undefined figures are None, with the number of runs in which they are defined.

    The outcome bottleneck is a kind and has no mean: the key "bottleneck" has its words.
    """
    from sim.commands.run_text import bottleneck, died_out
    from sim.outcomes import OUTCOMES
    from sim.statistics import estimate

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
