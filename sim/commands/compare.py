"""`orgsim compare`."""

import sys
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
    notice_compilation,
    print_json,
    progress,
    replay_command,
    report_failures,
    runs_option,
    say_removal,
    seed_option,
    sets_option,
    warn,
    workers_option,
)  # fmt: skip
from sim.constants import PRIMARY
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.experiments.compare.study import Comparison


@click.command("compare")
@click.argument("scenarios", nargs=-1, required=True, metavar="A B [C ...]")
@runs_option(None)
@click.option(
    "--until-decided", is_flag=True, help="Add runs until the primary outcome is decided, instead of --runs."
)
@click.option(
    "--primary",
    default=PRIMARY,
    show_default=True,
    metavar="OUTCOME",
    help="The outcome that decides; name it before you look at results.",
)
@click.option("--all", "everything", is_flag=True, help="Print every outcome, not only those that decide.")
@click.option(
    "--ranges", type=WholeNumber(0, 10_000), default=64, show_default=True, metavar="N",
    help="Plausible worlds (parameter sets) in which each verdict is tried; 0 = skip.",
)  # fmt: skip
@seed_option()
@sets_option
@folder_options(
    "Folder for the runs, figures and picture; default: results/compare-A-B, or a new one beside it."
)
@workers_option
@json_option
def compare_command(
    scenarios: tuple[str, ...],
    runs: int | None,
    until_decided: bool,
    primary: str,
    everything: bool,
    ranges: int,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Compare scenarios with the first one.

    They are compared run by run on the same dice (default: 100 runs). Prints what differs, the verdict on the
    primary outcome, the outcomes that decide with their 95 % intervals (--all: every outcome), and in which share of
    the plausible worlds each verdict holds, is open or is reversed. Of ratios it says what is arithmetic (payroll) and
    what behaviour. The primary outcome is tested alone, all others with Holm's correction. The picture, the figures and
    every run are kept in a folder.

    \b
    Examples:
      orgsim compare layered flat
      orgsim compare layered flat one-boss --until-decided --set ai.share_of_code=0.6
    """
    if len(scenarios) < 2:
        raise UserError(
            f"compare needs at least two scenarios, got {len(scenarios)}; such as: orgsim compare layered flat"
        )
    if until_decided and runs is not None:
        raise UserError("--runs and --until-decided exclude each other; give one of them")
    from sim.scenario.scenario import load

    loaded = [load(name, sets) for name in scenarios]
    for scenario in loaded:
        say_removal(scenario)
    notice_compilation()
    from sim.experiments.compare.folder import default_folder, question, write
    from sim.experiments.compare.study import compare
    from sim.store.taking import taken

    wanted = 100 if runs is None else runs
    asked = question(loaded, primary, None if until_decided else wanted, ranges, seed)
    asked |= {"command": command_line()}
    with taken(out, default_folder(loaded), asked, fresh) as place, keeping(place.left):
        with progress(wanted * len(loaded)) as bar:
            found = compare(
                loaded,
                runs=wanted,
                seed=seed,
                ranges=ranges,
                until_decided=until_decided,
                primary=primary,
                workers=workers,
                progress=bar.at,
            )
        write(place, found, everything)
    _report(found, place.folder, as_json, everything)
    report_failures(found.failures, replay_command("SCENARIO", sets))
    return exit_code(len(found.failures), found.runs * len(loaded))


def _report(found: "Comparison", folder: Path, as_json: bool, everything: bool) -> None:
    from sim.experiments.compare.words import comparison_json, comparison_text
    from sim.text.tables import use_colour

    if as_json:
        warn(found.warnings)
        print_json(comparison_json(found))
        return
    # The text has the notices of too few runs itself.
    warn([line for line in found.warnings if line not in found.too_few.values()])
    click.echo(comparison_text(found, use_colour(sys.stdout), everything))
    click.echo(f"\nWritten: {folder} (picture in plots/, all figures in compare.json)")
