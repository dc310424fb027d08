"""`orgsim sweep`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.common import (
    InterruptedByUserError,
    command_line,
    exit_code,
    json_option,
    notice_compilation,
    print_json,
    progress,
    runs_option,
    seed_option,
    sets_option,
    warn,
    warn_of,
    workers_option,
)  # fmt: skip

if TYPE_CHECKING:
    from sim.experiments.sweep.run import SweepResult

_SHOWN_FAILURES = 10


@click.command("sweep")
@click.argument("file", metavar="FILE")
@click.option("--out", metavar="DIR", help="Results folder; default: results/NAME, or a new one beside it.")
@runs_option(None)
@seed_option(None)
@sets_option
@workers_option
@click.option("--cluster", metavar="ADDRESS", help="Address of a dask scheduler to use instead of threads.")
@click.option(
    "--fresh",
    is_flag=True,
    help="Start again: replace earlier results of orgsim in the folder, once the new ones are whole.",
)
@json_option
def sweep_command(
    file: str,
    out: str | None,
    runs: int | None,
    seed: int | None,
    sets: tuple[str, ...],
    workers: int | None,
    cluster: str | None,
    fresh: bool,
    as_json: bool,
) -> int:
    """Run a sweep, or resume it.

    Prints the answer to its question and leaves tables, pictures and data in a results folder. --runs and
    --seed override the file. A folder of the same sweep with fewer runs is extended; one that holds something else
    is never overwritten.

    \b
    Examples:
      orgsim sweep flat-vs-layered
      orgsim sweep my-sweep.yaml --out results/mine --runs 20
    """
    from sim.experiments.sweep.file import load_sweep
    from sim.experiments.sweep.hardly_meant import point_warnings

    sweep = load_sweep(file, sets, runs, seed)
    warn_of(sweep.base)
    at_points = point_warnings(sweep)
    warn(at_points)
    notice_compilation()
    from sim.experiments.sweep.pictures import draw
    from sim.experiments.sweep.run import default_folder, run_sweep
    from sim.experiments.sweep.shapes import shapes
    from sim.experiments.sweep.words import sweep_text
    from sim.scenario.tree import warnings_of
    from sim.store.files import write_text
    from sim.store.folder import ANSWER
    from sim.store.taking import told

    folder = Path(out) if out else default_folder(sweep, fresh)
    try:
        with progress(len(sweep.points) * sweep.runs) as bar:
            facts = {"command": command_line(), "organisations": shapes(sweep)}
            found = run_sweep(sweep, folder, workers, fresh, bar.at, cluster=cluster, facts=facts)
        with told(folder):
            drawn = draw(found.sweep, found.answer, folder / "plots")
            write_text(folder / ANSWER, sweep_text(found) + "\n")
    except KeyboardInterrupt:
        raise InterruptedByUserError(
            f"finished runs are kept in {folder}; the same command continues from there."
        ) from None
    warn(found.notes)
    if found.redone:
        warn([f"{folder}: {_damaged(found.redone)}"])
    if as_json:
        counts = {"runs": found.runs_done, "runs_reused": found.runs_reused}
        warnings = [*warnings_of(sweep.base), *at_points, *found.notes]
        print_json(
            {"sweep": sweep.name, "folder": str(folder), **counts, **_answer(found), "warnings": warnings}
        )
    else:
        from sim.text.tables import use_colour

        click.echo(sweep_text(found, use_colour(sys.stdout)))
        kept = f"; {found.runs_reused:,} runs were there already" if found.runs_reused else ""
        pictures = ", pictures" if drawn else ""
        click.echo(f"\nWritten: {folder} (answer.txt, tables{pictures} and the data of every run{kept})")
    _report_failures(found)
    return exit_code(len(found.failures), len(sweep.points) * sweep.runs)


def _report_failures(found: "SweepResult") -> None:
    """List failed runs on stderr."""
    from sim.experiments.sweep.file import label

    for point, run, at, message in found.failures[:_SHOWN_FAILURES]:
        values = ", ".join(f"{path}={label(value)}" for path, value in found.sweep.points[point].items())
        click.echo(f"Run {run} at {values} failed: {message} (seed {at})", err=True)
    if len(found.failures) > _SHOWN_FAILURES:
        click.echo(
            f"... and {len(found.failures) - _SHOWN_FAILURES:,} more in {found.folder}/failures.parquet",
            err=True,
        )


def _damaged(blocks: Sequence[str]) -> str:
    """Say which stored blocks were damaged."""
    several = len(blocks) > 1
    more = f" and {len(blocks) - 1:,} more" if several else ""
    verb = "were damaged and have" if several else "was damaged and has"
    return f"the stored runs {blocks[0]}{more} {verb} been simulated again"


def _answer(found: "SweepResult") -> dict[str, object]:
    from sim.experiments.sweep.figures import answer_json

    failures = [{"point": p, "run": r, "seed": s, "message": m} for p, r, s, m in found.failures]
    return {"answer": answer_json(found.answer), "failures": failures}
