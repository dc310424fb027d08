"""`orgsim merge`."""

from pathlib import Path

import click

from sim.commands.common import json_option, print_json


@click.command("merge")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True)
@click.option("--out", metavar="DIR", required=True, help="Folder for the whole sweep.")
@json_option
def merge_command(folders: tuple[str, ...], out: str, as_json: bool) -> int:
    """Make one results folder of the shards of a sweep.

    The shards (`orgsim sweep FILE --shard K/N`) may come from several machines, in any order. The result is that of a
    sweep in one go, byte for byte; a shard that is missing, double, of another sweep, or of a machine that
    computes other figures is named.

    \b
    Example:
      orgsim merge results/mine.1-of-3 results/mine.2-of-3 results/mine.3-of-3 --out results/mine
    """
    from sim.experiments.sweep.merging import merge

    found = merge([Path(folder) for folder in folders], Path(out))
    if as_json:
        print_json(
            {
                "sweep": found.name,
                "folder": str(found.folder),
                "shards": found.shards,
                "points": found.points,
                "runs": found.runs,
                "failures": found.failures,
            }
        )
        return 0
    failed = f", {found.failures:,} of them failed" if found.failures else ""
    click.echo(
        f"{found.name}: {found.shards} shards, {found.points:,} design points, {found.runs:,} runs{failed}\n"
        f"Written: {found.folder} (summary.csv and the data of every run)\n"
        f"Its answer: orgsim sweep FILE --out {found.folder} (with the file and options of the shards; no run is repeated)"
    )
    return 0
