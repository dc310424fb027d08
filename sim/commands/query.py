"""`orgsim query`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.errors import UserError

if TYPE_CHECKING:
    from sim.store.views import Columns

_SHOWN = 1_000  # rows on the screen
_DIGITS = 6


@click.command("query")
@click.argument("folder", metavar="DIR")
@click.argument("sql", metavar="SQL")
@click.option(
    "--csv",
    "target",
    metavar="FILE",
    help="Write the rows into this file, with all digits, instead of printing them.",
)
def query_command(folder: str, sql: str, target: str | None) -> int:
    """Ask a results folder in SQL.

    Tables, as far as the folder has them: runs (a row per run, with the outcomes), series (a row per run and week), people
    (groups
    over time, where people come and go) and summary (a row per design point and outcome). The dialect is DuckDB's. Nothing can be
    changed, and no other file be read.

    \b
    Examples:
      orgsim query results/flat-vs-layered "SELECT point, avg(lead_time_hours) FROM runs GROUP BY point ORDER BY point"
      orgsim query results/flat-vs-layered "DESCRIBE runs"
      orgsim query results/flat-vs-layered "SELECT * FROM runs" --csv runs.csv
    """
    from sim.store.views import Views, write_rows

    with Views(Path(folder)) as views:
        found = views.query(sql)
        if target is None:
            _print(found)
            return 0
        try:
            count = write_rows(Path(target), found.names, found.rows)
        except OSError as error:
            raise UserError(
                f"{target}: cannot be written ({error.strerror or error}); name another file with --csv"
            ) from error
    click.echo(f"Written: {target} ({count:,} {'row' if count == 1 else 'rows'})")
    return 0


def _print(found: "Columns") -> None:
    """Print rows in columns, numbers to the right."""
    from itertools import islice

    from sim.text.tables import table

    rows = list(islice(found.rows, _SHOWN + 1))
    numeric = [
        all(isinstance(row[k], (int, float)) or row[k] is None for row in rows)
        for k in range(len(found.names))
    ]
    cells = [[_cell(value) for value in row] for row in rows[:_SHOWN]]
    click.echo(table(found.names, cells, "".join(">" if one else "<" for one in numeric)))
    if len(rows) > _SHOWN:
        click.echo(f"Only the first {_SHOWN:,} rows are shown; --csv FILE writes all of them.", err=True)


def _cell(value: Any) -> str:
    """A value in a cell; undefined ones are '-'."""
    if value is None or (isinstance(value, float) and value != value):
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    return " ".join(str(value).split())
