"""Rosters that are no files: for a server or a notebook that reads and writes none.

`roster_text` and `roster_rows` are read by `sim.organisation.roster.importing.read_chart` as a file would be.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.errors import UserError


@dataclass(frozen=True)
class RosterText:
    """A roster in memory: the content of a CSV or JSON file, and how messages name it."""

    data: bytes = field(repr=False)
    name: str = "roster"


def roster_text(text: str | bytes, name: str = "roster") -> RosterText:
    """Return the content of a CSV or JSON file as a roster. name: how messages name it."""
    return RosterText(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), name)


def roster_rows(rows: Iterable[Mapping[str, Any]], name: str = "roster") -> RosterText:
    """Return rows (column -> value, one a person) as a roster; None and NaN are empty cells.

    Row numbers of messages are those of a table whose row 1 is the header: the first person is row 2. Raises `UserError`.
    """
    listed = list(rows)
    for number, row in enumerate(listed, 2):
        if not isinstance(row, Mapping):
            raise UserError(f"{name}: row {number}: expected a mapping of columns to values, one a person")
    header = list(dict.fromkeys(str(column) for row in listed for column in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in listed:
        cells = {str(column): _cell(value) for column, value in row.items()}
        writer.writerow([cells.get(column, "") for column in header])
    return roster_text(text.getvalue(), name)


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    whole = isinstance(value, float) and value.is_integer()  # 7.0, of a column with gaps, is the id 7
    return f"{value:.0f}" if whole else str(value)
