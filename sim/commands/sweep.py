"""`orgsim sweep`."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands.common import (
    InterruptedByUserError,
    WholeNumber,
    command_line,
    exit_code,
    json_option,
    notice_compilation,
    print_json,
    runs_option,
    seed_option,
    sets_option,
    warn,
    warn_of,
    workers_option,
)  # fmt: skip
from sim.errors import UserError

if TYPE_CHECKING:
    from sim.experiments.sweep.file import Sweep
    from sim.experiments.sweep.run import SweepResult

_SHOWN_FAILURES = 10
_CLUSTER_WAIT = 60  # seconds


@click.command("sweep")
@click.argument("file", metavar="FILE")
@click.option("--out", metavar="DIR", help="Results folder; default: results/NAME, or a new one beside it.")
@runs_option(None)
@seed_option(None)
@sets_option
@workers_option
@click.option(
    "--shard", metavar="K/N", help="Only the K-th of N shares of the design; `orgsim merge` joins them."
)
@click.option("--cluster", metavar="ADDRESS", help="Address of a dask scheduler to use instead of threads.")
@click.option(
    "--cluster-wait", type=WholeNumber(1, 1_000_000), default=_CLUSTER_WAIT, show_default=True, metavar="SECONDS",
    help="How long to wait for workers of the cluster.",
)  # fmt: skip
@click.option(
    "--plan", is_flag=True, help="Say what it would cost and how sure it would be, and start nothing."
)
@click.option(
    "--fresh",
    is_flag=True,
    help="Start again: replace earlier results of orgsim in the folder, once the new ones are whole.",
)
@click.option("--retry-failed", is_flag=True, help="Simulate the runs that failed once more.")
@click.option("--replay", metavar="POINT:RUN", help="Simulate a single run, as it is listed where it failed.")
@json_option
def sweep_command(
    file: str,
    out: str | None,
    runs: int | None,
    seed: int | None,
    sets: tuple[str, ...],
    workers: int | None,
    shard: str | None,
    cluster: str | None,
    cluster_wait: int,
    plan: bool,
    fresh: bool,
    retry_failed: bool,
    replay: str | None,
    as_json: bool,
) -> int:
    """Run a sweep, or resume it.

    Prints the answer to its question and leaves tables, pictures and data in a results folder. --runs and
    --seed override the file. A folder of the same sweep with fewer runs is extended; one that holds something else
    is never overwritten.

    \b
    Examples:
      orgsim sweep flat-vs-layered
      orgsim sweep my-sweep.yaml --plan
      orgsim sweep my-sweep.yaml --out results/mine --runs 20
      orgsim sweep my-sweep.yaml --shard 2/5
      orgsim sweep my-sweep.yaml --cluster tcp://10.0.0.1:8786
    """
    from sim.experiments.sweep.file import load_sweep
    from sim.experiments.sweep.hardly_meant import point_warnings

    if fresh and retry_failed:
        raise UserError("--fresh and --retry-failed exclude each other: --fresh repeats every run")
    sweep = load_sweep(file, sets, runs, seed)
    warn_of(sweep.base)
    at_points = point_warnings(sweep)
    warn(at_points)
    if cluster is None:
        notice_compilation()
    if replay is not None:
        return _replay(sweep, replay, as_json)
    if plan:
        return _plan(sweep, shard, workers, as_json, at_points)
    from sim.commands.sweep_progress import sweep_progress
    from sim.experiments.sweep.identity import shard_of
    from sim.experiments.sweep.run import How, default_folder, run_sweep
    from sim.experiments.sweep.shapes import shapes

    part = None if shard is None else shard_of(shard)
    folder = Path(out) if out else default_folder(sweep, fresh, part)
    try:
        with sweep_progress() as seen:
            facts = {"command": command_line(), "organisations": shapes(sweep)}
            how = How(workers, cluster, cluster_wait, seen, lambda text: warn([text]), facts=facts)
            found = run_sweep(sweep, folder, how, fresh=fresh, retry_failed=retry_failed, shard=part)
        drawn = _kept_beside(found)
    except KeyboardInterrupt:
        raise InterruptedByUserError(
            f"finished runs are kept in {folder}; the same command continues from there."
        ) from None
    warn(found.notes)
    if found.redone:
        warn([f"{folder}: {_damaged(found.redone)}"])
    again = _replay_command(file, runs, seed, sets)
    if as_json:
        _print_json(found, again, at_points)
    else:
        _print(found, drawn)
    _report_failures(found, again)
    return exit_code(len(found.failures), sum(len(values) for values in found.values))


def _kept_beside(found: "SweepResult") -> bool:
    """Leave answer and pictures beside the data of a whole sweep, where they can be written. True if any picture was drawn."""
    from sim.experiments.sweep.pictures import draw
    from sim.experiments.sweep.words import sweep_text
    from sim.store.files import write_text
    from sim.store.folder import ANSWER
    from sim.store.taking import told

    if found.shard is not None or found.only_read:
        return False
    with told(found.folder):
        drawn = bool(draw(found.sweep, found.answer, found.folder / "plots"))
        write_text(found.folder / ANSWER, sweep_text(found) + "\n")
    return drawn


def _print(found: "SweepResult", drawn: bool) -> None:
    if found.shard is not None:
        _print_shard(found)
        return
    from sim.experiments.sweep.words import sweep_text
    from sim.text.tables import use_colour

    click.echo(sweep_text(found, use_colour(sys.stdout)))
    if found.only_read:
        click.echo(f"\nRead: {found.folder} (nothing can be written there, and nothing was)")
        return
    kept = f"; {found.runs_reused:,} runs were there already" if found.runs_reused else ""
    pictures = ", pictures" if drawn else ""
    click.echo(f"\nWritten: {found.folder} (answer.txt, tables{pictures} and the data of every run{kept})")


def _print_shard(found: "SweepResult") -> None:
    """What was done of the whole, and what is next."""
    assert found.shard is not None
    which, of = found.shard
    points = sum(bool(len(values)) for values in found.values)
    kept = f"; {found.runs_reused:,} runs were there already" if found.runs_reused else ""
    click.echo(
        f"Shard {which} of {of}: {found.runs_done:,} runs at {points:,} of {len(found.values):,} design points\n"
        f"Written: {found.folder} (the data of every run{kept})\n"
        f"When all {of} are done: orgsim merge FOLDER... --out results/{found.sweep.name}"
    )


def _plan(
    sweep: "Sweep", shard: str | None, workers: int | None, as_json: bool, at_points: Sequence[str]
) -> int:
    """Print what the sweep would cost."""
    from sim.experiments.sweep.identity import shard_of
    from sim.experiments.sweep.planning import plan_of
    from sim.scenario.tree import warnings_of

    found = plan_of(sweep, None if shard is None else shard_of(shard), workers)
    if as_json:
        print_json({**found.to_json(), "warnings": [*warnings_of(sweep.base), *at_points]})
    else:
        click.echo(found.to_text())
    return 0


# ---- failures


def _replay(sweep: "Sweep", which: str, as_json: bool) -> int:
    """Simulate one run of one point and print its outcomes, or why it fails."""
    from sim.experiments.sweep.replay import replay_run

    outcomes, message = replay_run(sweep, which)
    if as_json:
        print_json({"sweep": sweep.name, "run": which, "outcomes": outcomes, "failure": message})
    elif message is None:
        click.echo(f"Run {which} of {sweep.name} does not fail; {sweep.outcome} {outcomes[sweep.outcome]}")
    else:
        click.echo(f"Run {which} of {sweep.name} fails: {message}")
    return 0 if message is None else 1


def _replay_command(file: str, runs: int | None, seed: int | None, sets: Sequence[str]) -> str:
    """The command that simulates one run again, for POINT:RUN to be added."""
    options = "" if runs is None else f" --runs {runs}"
    options += "" if seed is None else f" --seed {seed}"
    options += "".join(f" --set {shlex.quote(text)}" for text in sets)
    return f"orgsim sweep {shlex.quote(file)}{options} --replay "


def _report_failures(found: "SweepResult", again: str) -> None:
    """List failed runs on stderr, with the commands that replay them."""
    from sim.experiments.points import label

    hold = f", {found.sweep.hold} held" if found.sweep.hold else ""
    for point, run, at, message in found.failures[:_SHOWN_FAILURES]:
        values = ", ".join(f"{path}={label(value)}" for path, value in found.sweep.points[point].items())
        click.echo(
            f"Run {run} at {values}{hold} failed: {message} (seed {at}; again: {again}{point}:{run})",
            err=True,
        )
    if len(found.failures) > _SHOWN_FAILURES:
        click.echo(
            f"... and {len(found.failures) - _SHOWN_FAILURES:,} more in {found.folder}/failures.parquet",
            err=True,
        )
    if found.failures:
        click.echo("The same command with --retry-failed simulates them once more.", err=True)


def _damaged(files: Sequence[str]) -> str:
    """Say which stored files were damaged."""
    more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
    return f"the stored runs in {files[0]}{more} were damaged and have been simulated again"


def _print_json(found: "SweepResult", again: str, at_points: Sequence[str]) -> None:
    from sim.experiments.sweep.figures import answer_json
    from sim.scenario.tree import warnings_of

    failures = [
        {"point": p, "run": r, "seed": s, "message": m, "replay": f"{again}{p}:{r}"}
        for p, r, s, m in found.failures
    ]
    answer = {} if found.shard is not None else {"answer": answer_json(found.answer)}
    shard = {} if found.shard is None else {"shard": list(found.shard)}
    print_json(
        {
            "sweep": found.sweep.name,
            "folder": str(found.folder),
            "runs": found.runs_done,
            "runs_reused": found.runs_reused,
            **shard,
            **answer,
            "failures": failures,
            "warnings": [*warnings_of(found.sweep.base), *at_points, *found.notes],
        }
    )
