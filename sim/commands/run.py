"""`orgsim run`."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands.common import (
    WholeNumber,
    command_line,
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
    from sim.experiments.paths.study import Paths
    from sim.scenario.scenario import Scenario
    from sim.simulation.results import Results
    from sim.store.taking import Taken

_NOTHING = "nothing was written; a run keeps no partial results."


@click.command("run")
@simulation_options(
    100,
    out="Also write the data of every run into this results folder.",
    fresh="With --out: replace earlier results of orgsim in the folder, once the new ones are whole.",
)
@click.option("--scoreboard", is_flag=True, help="Also print how the measures of managers spread over them.")
@click.option(
    "--first-run", type=WholeNumber(0, 1_000_000), default=0, metavar="R",
    help="Number of the first run; with --runs 1 it replays a single run.",
)  # fmt: skip
@click.option(
    "--against", metavar="PATH", help="Of a scenario with paths: compare the others with this one, not with the first.",
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
    against: str | None,
) -> int:
    """Run one scenario and print its outcomes.

    Every outcome with its mean and 95 % interval over the runs, how busy the managers are, and the bottleneck.

    \b
    Examples:
      orgsim run flat --runs 20
      orgsim run my.yaml --set ai.share_of_code=0.6 --set organisation.spans=[8,8] --out results/mine
    """
    loaded = load_scenario(scenario, sets, follows_paths=True)
    if against is not None:
        from sim.scenario.scenario import with_path_first

        loaded = with_path_first(loaded, against)
    notice_compilation()
    replay = replay_command(scenario, sets)
    if loaded.paths:
        if scoreboard:
            raise UserError(
                f"--scoreboard: {loaded.name} has paths, which are set side by side; leave it out"
            )
        return _run_paths(loaded, runs, seed, first_run, workers, out, fresh, as_json, replay)
    from sim.experiments.run.words import run_json, run_text
    from sim.simulation.run import run

    with ExitStack() as stack:
        place = _place(stack, loaded, out, (first_run, runs, seed), fresh) if out else None
        stack.enter_context(keeping(place.left if place else _NOTHING))
        with progress(runs) as bar:
            results = run(loaded, runs, seed, workers=workers, first_run=first_run, progress=bar.update)
        if place:
            from sim.experiments.run.folder import write

            write(place, results)
    if as_json:
        print_json(run_json(results) | _scoreboard_json(results, scoreboard))
    else:
        click.echo(run_text(results))
        if scoreboard:
            from sim.experiments.run.scoreboard import assess_boards, board_text

            click.echo("\n" + board_text(assess_boards(results)))
        if out:
            click.echo(f"\nWritten: {out}")
    report_failures(results.failures, replay)
    return exit_code(len(results.failures), runs)


def _place(
    stack: ExitStack, scenario: "Scenario", out: str, asked: tuple[int, int, int], fresh: bool
) -> "Taken":
    """Take the results folder until the stack ends. asked: first run, runs and seed."""
    from sim.experiments.run.folder import question
    from sim.store.taking import taken

    made = question(scenario, *asked) | {"command": command_line()}
    return stack.enter_context(taken(out, Path(out), made, fresh))


def _path_folder(out: str | None, name: str) -> str:
    return str(Path(out or "") / name.replace(" ", "-"))


def _write_paths(paths: "Paths", places: Mapping[str, "Taken"], out: str | None) -> None:
    """Write the data of every path, and the picture beside their folders; nothing without --out."""
    if not out:
        return
    from sim.experiments.paths.pictures import paths_picture
    from sim.experiments.paths.words import paths_text
    from sim.experiments.run.folder import write
    from sim.store.files import write_text
    from sim.store.folder import ANSWER
    from sim.store.taking import told

    for name, place in places.items():
        write(place, paths.results[name])
    with told(Path(out)):
        paths_picture(Path(out) / "paths", paths)
        write_text(Path(out) / ANSWER, paths_text(paths) + "\n")


def _scoreboard_json(results: "Results", wanted: bool) -> dict[str, Any]:
    if not wanted:
        return {}
    from sim.experiments.run.scoreboard import assess_boards, board_json

    return {"scoreboard": board_json(assess_boards(results))}


def _run_paths(
    scenario: "Scenario",
    runs: int,
    seed: int,
    first_run: int,
    workers: int | None,
    out: str | None,
    fresh: bool,
    as_json: bool,
    replay: str,
) -> int:
    """Run every path, print (and write) what comes of it, and return the exit code. *replay*: see `report_failures`."""
    from sim.experiments.paths.study import run_paths
    from sim.experiments.paths.words import paths_json, paths_text

    names = [name for name, _ in scenario.paths] if out else []
    with ExitStack() as stack:
        places = {
            name: _place(
                stack, scenario.on_path(name), _path_folder(out, name), (first_run, runs, seed), fresh
            )
            for name in names
        }  # fmt: skip
        stack.enter_context(keeping(_NOTHING))
        with progress(runs * len(scenario.paths)) as bar:
            paths = run_paths(
                scenario, runs, seed, workers=workers, first_run=first_run, progress=bar.update
            )  # fmt: skip
        _write_paths(paths, places, out)
    if as_json:
        from sim.experiments.run.words import run_json

        print_json(paths_json(paths, run_json))
    else:
        click.echo(paths_text(paths))
        if out:
            click.echo(f"\nWritten: {out} (a folder for each path, paths.png, answer.txt)")
    failures = [failure for results in paths.results.values() for failure in results.failures]
    report_failures(failures, replay)
    return exit_code(len(failures), runs * len(scenario.paths))
