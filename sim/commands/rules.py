"""`orgsim rules`."""

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
    report_failures,
    seed_option,
    sets_option,
    warn,
    warn_of,
    workers_option,
)  # fmt: skip

if TYPE_CHECKING:
    from pathlib import Path

    from sim.experiments.rules.study import Found


@click.command("rules")
@click.argument("file", metavar="FILE")
@click.option(
    "--points", type=WholeNumber(40, 20_000), metavar="N",
    help="Points at which a rule is sought, and as many others on which it is certified; default: the file's.",
)  # fmt: skip
@click.option(
    "--runs", type=WholeNumber(1, 1000), metavar="R", help="Runs of each design at every point; default: the file's."
)  # fmt: skip
@seed_option(None)
@sets_option
@folder_options(
    "Folder for the rule, its points and picture; default: results/NAME-rules, or a new one beside it."
)
@workers_option
@json_option
def rules_command(
    file: str,
    points: int | None,
    runs: int | None,
    seed: int | None,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Where one design beats another, or an outcome passes a bar: a rule.

    The file names a base, two designs (between) or a bar (passes), and what is varied: what is given (the AI share, the
    size) and what is assumed (uncertain parameters). Finds a box of at most three conditions, with numbers people say, and
    tries it on fresh points with fresh dice: how often it is right (density), and what share of the cases it covers
    (coverage), with 95 % intervals. Where there is no rule, it says so.

    \b
    Examples:
      orgsim rules layered-rule
      orgsim rules my-rule.yaml --points 500 --runs 8
    """
    from sim.experiments.rules.file import load_rules

    asked = load_rules(file, sets, points, runs, seed)
    warn_of(asked.base)
    notice_compilation()
    from sim.experiments.rules.folder import default_folder, question, write
    from sim.experiments.rules.study import planned_runs, rules
    from sim.store.taking import taken

    planned, made = planned_runs(asked), question(asked) | {"command": command_line()}
    with taken(out, default_folder(asked), made, fresh, keeps=True) as place, keeping(place.left):
        with progress(planned) as bar:
            found = rules(asked, workers, on_done=bar.update, journal=place.journal)
        write(place, found)
    _report(found, place.folder, as_json)
    return exit_code(len(found.failures), found.simulated * asked.runs * len(asked.designs))


def _report(found: "Found", folder: "Path", as_json: bool) -> None:
    from sim.experiments.rules.words import rules_json, rules_text

    if found.lost:
        warn(
            [f"{found.lost} of {found.simulated:,} points could not be run, and are left out: {found.reason}"]
        )
    if as_json:
        print_json(rules_json(found))
    else:
        click.echo(rules_text(found))
        picture = "picture in plots/, " if found.box else ""
        click.echo(f"\nWritten: {folder} ({picture}every point in points.csv, all figures in rules.json)")
    # A point sets parameters, so a run number and the seed alone do not replay a failure.
    report_failures(found.failures, "the same command with --seed {seed} --workers 1 meets run {run} again")
