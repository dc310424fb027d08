"""`orgsim sensitivity`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.common import (
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
from sim.constants import STUDIED
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.experiments.sensitivity.study import Sensitivity

_DEFAULT_OUTCOMES = ", ".join(STUDIED)


@click.command("sensitivity")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO [B]")
@click.option(
    "--method", default="morris", show_default=True, metavar="NAME",
    help="morris: screening, every parameter by itself; sobol: shares of variance by mechanism.",
)  # fmt: skip
@click.option(
    "--samples", type=WholeNumber(2, 65_536), metavar="N",
    help="Trajectories (morris; default 10, 6 for a verdict) or rows (sobol; a power of two, default 64).",
)  # fmt: skip
@click.option(
    "--runs", type=WholeNumber(2, 1000), default=2, show_default=True, metavar="R", help="Runs per design point."
)  # fmt: skip
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="NAME",
    help=f"An outcome to study; repeatable, the first decides. Default: {_DEFAULT_OUTCOMES}.",
)  # fmt: skip
@click.option(
    "--ranges", type=WholeNumber(0, 10_000), default=64, show_default=True, metavar="N",
    help="Plausible worlds (parameter sets) in which a verdict is tried; 0 = skip.",
)  # fmt: skip
@seed_option()
@sets_option
@folder_options("Folder for pictures and figures; default: results/NAME-sensitivity, or a new one beside it.")
@workers_option
@json_option
def sensitivity_command(
    scenarios: tuple[str, ...],
    method: str,
    samples: int | None,
    runs: int,
    outcomes: tuple[str, ...],
    ranges: int,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Which assumption drives an outcome, or a verdict.

    With one scenario: which uncertain parameters move its outcomes when they go through their plausible ranges, by
    mechanism. With two: the same for the difference B - A, in which share of the plausible world the verdict holds, which
    parameter flips it when it alone moves, and the smallest change that does. Fewer weeks (--set time.weeks=52) are faster.

    \b
    Examples:
      orgsim sensitivity layered
      orgsim sensitivity layered flat
      orgsim sensitivity small-startup --method sobol --outcome lead_time_hours
    """
    _check_count(scenarios)
    loaded = [load_scenario(name, sets) for name in scenarios]
    notice_compilation()
    from sim.experiments.sensitivity.folder import question, write
    from sim.experiments.sensitivity.space import space_of
    from sim.experiments.sensitivity.study import check, default_samples, planned_runs, sensitivity, tried_in
    from sim.outcomes.declared import OUTCOMES as DECLARED
    from sim.store.taking import taken

    names = outcomes or STUDIED
    samples = default_samples(method, len(loaded)) if samples is None else samples
    check(loaded, names, DECLARED, method, samples)
    choice = tried_in(loaded, ranges)
    worlds = ranges + len(choice.sets)
    planned = planned_runs(space_of(loaded), len(loaded), method, samples, runs, worlds)
    name = "-".join(scenario.name for scenario in loaded)
    made = question(loaded, names, (method, samples, runs, ranges, seed), choice) | {
        "command": command_line()
    }
    default = Path("results") / f"{name}-sensitivity"
    with taken(out, default, made, fresh, keeps=True) as place, keeping(place.left):
        with progress(planned) as bar:
            found = sensitivity(
                loaded, names, method, samples, runs, ranges, seed, workers,
                on_done=bar.about(planned), on_estimate=say_estimate, journal=place.journal, choice=choice,
            )  # fmt: skip
        write(place, found)
    _report(found, place.folder, as_json)
    return exit_code(len(found.failures), found.points * runs * len(loaded))


def _check_count(scenarios: tuple[str, ...]) -> None:
    """Raise UserError for more than two scenarios."""
    if len(scenarios) > 2:
        raise UserError(
            f"sensitivity studies one scenario or the verdict on two, got {len(scenarios)}; such as: orgsim sensitivity "
            "layered flat"
        )


def _report(found: "Sensitivity", folder: Path, as_json: bool) -> None:
    from sim.experiments.sensitivity.figures import sensitivity_json
    from sim.experiments.sensitivity.words import sensitivity_text

    if found.failed:
        warn([f"{found.failed} of {found.points:,} design points could not be built: {found.reason}"])
    if as_json:
        print_json(sensitivity_json(found))
    else:
        click.echo(sensitivity_text(found))
        click.echo(f"\nWritten: {folder} (pictures in plots/, all figures in sensitivity.json)")
    # A design point sets parameters, so a run number and the seed alone do not replay a failure.
    report_failures(found.failures, "the same command with --seed {seed} --workers 1 meets run {run} again")
