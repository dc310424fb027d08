"""`orgsim run` of a scenario with paths."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.common import exit_code, keeping, print_json, progress, report_failures

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def run_paths_command(
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
    from sim.paths import run_paths
    from sim.report.paths import paths_json, paths_picture, paths_text

    kept = "nothing was written; a run keeps no partial results."
    with keeping(kept), progress(runs * len(scenario.paths)) as bar:
        paths = run_paths(scenario, runs, seed, workers=workers, first_run=first_run, progress=bar.update)
    if out:
        from sim.commands.run_folder import write_folder

        for name, results in paths.results.items():
            write_folder(results, str(Path(out) / name.replace(" ", "-")), fresh)
        paths_picture(Path(out) / "paths", paths)
    if as_json:
        from sim.commands.run import to_json

        print_json(paths_json(paths, to_json))
    else:
        click.echo(paths_text(paths))
        if out:
            click.echo(f"\nWritten: {out} (a folder for each path, and a picture)")
    failures = [failure for results in paths.results.values() for failure in results.failures]
    report_failures(failures, replay)
    return exit_code(len(failures), runs * len(scenario.paths))
