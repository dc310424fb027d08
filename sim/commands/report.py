"""`orgsim report`."""

from pathlib import Path

import click


@click.command("report")
@click.argument("folder", metavar="DIR")
@click.option(
    "-o", "--out", metavar="FILE.html", help="Where to write it; default: report.html in the folder."
)
def report_command(folder: str, out: str | None) -> int:
    """Make one HTML file from a results folder, to be forwarded and printed.

    It has the question, the answer, how sure it is, charts of the organisation, where hours go and work waits, what is assumed,
    the command that repeats it, and the words explained. It needs nothing but a browser: no network, no script. A folder
    that is not finished gives a report of what is there. Nothing is simulated.

    \b
    Examples:
      orgsim report results/flat-vs-layered
      orgsim report results/risk-layered -o layoff-risk.html
    """
    from sim.report.report import report

    target = report(Path(folder), None if out is None else Path(out))
    click.echo(f"Written: {target} ({target.stat().st_size / 1024:,.0f} kB)")
    return 0
