"""`orgsim optimise`."""

import time
from pathlib import Path

import click

from sim.commands.common import (
    WholeNumber,
    command_line,
    exit_code,
    folder_options,
    json_option,
    keeping,
    notice_compilation,
    print_json,
    progress,
    report_failures,
    runs_option,
    seed_option,
    sets_option,
    warn,
    warn_of,
    workers_option,
)  # fmt: skip


@click.command("optimise")
@click.argument("file", metavar="SPACE")
@click.option(
    "--candidates", type=WholeNumber(2, 100_000), metavar="N", help="Designs to try, instead of the file's."
)
@runs_option(None)
@seed_option(None)
@sets_option
@folder_options("Results folder; default: results/NAME-optimise, or a new one beside it.")
@workers_option
@json_option
def optimise_command(
    file: str,
    candidates: int | None,
    runs: int | None,
    seed: int | None,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Find the best designs over what is decided.

    SPACE names a base, what is varied, one to three objectives and, if any, constraints. Candidates are tried at the
    base's payroll (or budget) on the same dice; the best are run again on dice that the search has not seen, and over
    plausible worlds, and only these figures are printed, as differences to the base. Designs that do not differ beyond
    noise are one entry. Each is written as a scenario. The same command again simulates nothing twice. --runs: fresh runs of
    each of the best. Needs orgsim[optimise].

    \b
    Examples:
      orgsim optimise my-space.yaml
      orgsim optimise my-space.yaml --candidates 400 --workers 8
    """
    from sim.experiments.optimise.space import load_space
    from sim.experiments.optimise.tpe import optuna_version

    space = load_space(file, sets, candidates, runs, seed)
    proposer = f"TPE of Optuna {optuna_version()}"
    warn_of(space.base)
    notice_compilation()
    from sim.experiments.optimise.figures import optimum_json
    from sim.experiments.optimise.folder import finished, question, write
    from sim.experiments.optimise.memory import Memory
    from sim.experiments.optimise.study import optimise, planned_runs
    from sim.experiments.optimise.tpe import Tpe
    from sim.experiments.optimise.words import optimum_text
    from sim.experiments.worlds import choose
    from sim.scenario.files import shown
    from sim.simulation.run import run
    from sim.store.taking import taken

    choice = choose([space.base], space.ranges)
    asked = question(space, choice, proposer) | {"command": command_line()}
    started = time.monotonic()
    default = Path("results") / f"{space.name}-optimise"
    with taken(out, default, asked, fresh, keeps=True) as place, keeping(place.left):
        memory = Memory(run, space.outcomes, place.journal, None if fresh else finished(place))
        tpe = Tpe(space.vary, len(space.goals), space.candidates, space.seed)
        planned = planned_runs(space, choice)
        with progress(planned) as bar:
            found = optimise(space, tpe, memory, choice, workers, bar.about(planned))
        write(place, found, memory)
    warn(found.notices)
    if as_json:
        print_json(optimum_json(found))
    else:
        click.echo(optimum_text(found, shown(place.folder)))
        kept = f", {found.reused:,} were there already" if found.reused else ""
        picture = "picture in plots/, " if found.final.entries else ""
        click.echo(
            f"\nTook {time.monotonic() - started:,.0f} seconds: {found.done:,} runs simulated{kept}"
            f"\nWritten: {place.folder} (scenarios/, {picture}all figures in optimise.json)"
        )
    # A candidate sets values, so a run number and the seed alone do not replay a failure.
    report_failures(found.failures, "the same command with --seed {seed} --workers 1 meets run {run} again")
    return exit_code(len(found.failures), found.done + found.reused)
