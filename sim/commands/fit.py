"""`orgsim fit`."""

from pathlib import Path

import click

from sim.commands.common import (
    WholeNumber,
    exit_code,
    folder_options,
    json_option,
    keeping,
    load_scenario,
    notice_compilation,
    print_json,
    progress,
    report_failures,
    seed_option,
    sets_option,
    warn,
    workers_option,
)  # fmt: skip

_NO_FILE = "nothing beside the scenario, as no world was kept; "


@click.command("fit")
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--waves", type=WholeNumber(1, 50), default=6, show_default=True, metavar="N",
    help="Waves of worlds at most. It ends when 64 worlds are found.",
)  # fmt: skip
@click.option(
    "--samples", type=WholeNumber(8, 65_536), default=512, show_default=True, metavar="N",
    help="Worlds tried in the first wave; half as many in the others.",
)  # fmt: skip
@click.option(
    "--all", "everything", is_flag=True, help="Print every parameter, also those that are not narrowed."
)
@seed_option()
@sets_option
@folder_options("Folder for all figures; default: results/NAME-fit, or a new one beside it.")
@workers_option
@json_option
def fit_command(
    scenario: str,
    waves: int,
    samples: int,
    everything: bool,
    seed: int,
    sets: tuple[str, ...],
    out: str | None,
    fresh: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Which plausible worlds look like the organisation that was measured.

    The scenario says what was measured (observed: {lead_time_hours: {value: 40, within: 8}, ...}). Searches the plausible ranges
    of all parameters for sets that give these figures, by history matching, and writes them beside the scenario
    (my.yaml: my.fit.json). From then on compare, sweep and sensitivity try their verdicts on this scenario in these
    worlds, too. --set makes the fit with other settings, such as a shorter time.weeks.

    \b
    Examples:
      orgsim fit my.yaml
      orgsim fit my.yaml --all --set time.weeks=52
    """
    loaded = load_scenario(scenario, sets)
    notice_compilation()
    from sim.experiments.fit.folder import question, write
    from sim.experiments.fit.study import check, fit
    from sim.experiments.fit.words import fit_json, fit_text
    from sim.scenario.files import shown
    from sim.store.taking import taken

    check(loaded)
    default = Path("results") / f"{loaded.name}-fit"
    with (
        taken(out, default, question(loaded, waves, samples, seed), fresh, keeps=True) as place,
        keeping(place.left),
    ):
        with progress(None) as bar:
            found = fit(
                loaded,
                seed,
                waves,
                (samples, samples // 2),
                workers=workers,
                progress=bar.at,
                journal=place.journal,
            )
        file = write(place, loaded, sets, found)
    if found.failed:
        warn([f"{found.failed} of {len(found.points):,} parameter sets could not be built: {found.reason}"])
    if as_json:
        print_json(fit_json(found))
    else:
        click.echo(fit_text(found, everything))
        beside = f"{shown(file)} (the worlds that look like it), " if file else _NO_FILE
        click.echo(f"\nWritten: {beside}{place.folder} (all figures in fit.json)")
    # A set changes parameters, so a run number and the seed alone do not replay a failure.
    report_failures(found.failures, "the same command with --seed {seed} --workers 1 meets run {run} again")
    return exit_code(len(found.failures), len(found.points) * found.runs)
