"""`orgsim explain`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.common import (
    MAX_RUNS,
    WholeNumber,
    command_line,
    exit_code,
    folder_options,
    json_option,
    keeping,
    load_scenario,
    notice_compilation,
    print_json,
    progress,
    report_failures,
    say_estimate,
    seed_option,
    sets_option,
    warn,
    workers_option,
)  # fmt: skip
from sim.constants import PRIMARY
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.experiments.explain.study import Explanation


@click.command("explain")
@click.argument("scenarios", nargs=-1, required=True, metavar="A B")
@click.option(
    "--outcome", default=PRIMARY, show_default=True, metavar="NAME", help="The outcome to explain."
)  # fmt: skip
@click.option(
    "--by", default="mechanism", show_default=True, metavar="WHAT",
    help="mechanism: what is on in the model; difference: what the scenarios state differently.",
)  # fmt: skip
@click.option(
    "--scale", default="ratio", show_default=True, metavar="WHAT",
    help="ratio: what takes the same share of both has no part; difference: it has, as it shrinks the lead.",
)  # fmt: skip
@click.option(
    "--runs", type=WholeNumber(1, MAX_RUNS), metavar="N",
    help="Number of runs; default: what takes a few minutes, 20 to 200 by the number of parts.",
)  # fmt: skip
@seed_option()
@sets_option
@folder_options("Folder for the picture and figures; default: results/A-B-explain, or a new one beside it.")
@workers_option
@json_option
def explain_command(
    scenarios: tuple[str, ...],
    outcome: str,
    by: str,
    scale: str,
    runs: int | None,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Why A and B differ: one mechanism at a time.

    Splits the paired difference B - A by mechanism, switching one at a time in both on the same dice, averaged over the
    orders in which they can be switched (Shapley value). The parts and what is left with all of them off add up to the whole
    difference. With --by difference: by what the scenarios state differently, going over from A to B.

    \b
    Examples:
      orgsim explain layered flat
      orgsim explain layered flat --outcome lead_time_hours --set time.weeks=52
      orgsim explain layered people --by difference
    """
    if len(scenarios) != 2:
        raise UserError(
            f"explain needs two scenarios, got {len(scenarios)}; such as: orgsim explain layered flat"
        )
    a, b = (load_scenario(name, sets) for name in scenarios)
    notice_compilation()
    from sim.experiments.explain.folder import question, write
    from sim.experiments.explain.study import check, explain
    from sim.outcomes.declared import OUTCOMES
    from sim.store.taking import taken

    check(a, b, outcome, by, scale, OUTCOMES)
    default = Path("results") / f"{a.name}-{b.name}-explain"
    made = question((a, b), (outcome, by, scale, runs, seed)) | {"command": command_line()}
    with taken(out, default, made, fresh, keeps=True) as place, keeping(place.left):
        with progress(None) as bar:
            found = explain(
                a, b, outcome, by, scale, runs, seed, workers,
                progress=bar.at, on_estimate=say_estimate, journal=place.journal,
            )  # fmt: skip
        write(place, found)
    _report(found, place.folder, as_json)
    return exit_code(len(found.failures), found.simulated)


def _report(found: "Explanation", folder: Path, as_json: bool) -> None:
    from sim.experiments.explain.words import explain_json, explain_text
    from sim.text.tables import use_colour

    if found.used < 2:
        warn([f"{found.used} run has no interval, so nothing can be told from noise; use --runs 2 or more"])
    if as_json:
        print_json(explain_json(found))
    else:
        click.echo(explain_text(found, use_colour(sys.stdout)))
        click.echo(f"\nWritten: {folder} (waterfall in plots/, all figures in explain.json)")
    # Mechanisms are switched, so a run number and the seed alone do not replay a failure.
    report_failures(found.failures, "the same command with --seed {seed} --workers 1 meets run {run} again")
