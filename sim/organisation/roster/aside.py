"""Rows of an HR export that are nobody's present row: older snapshots, history of a position, lines at the foot.

Each has a fate that the accounting names. Nothing is printed of a row but its number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sim.errors import UserError
from sim.organisation.roster import cells as values
from sim.organisation.roster.columns import Columns
from sim.text.numbers import plural

SNAPSHOT, HISTORY, FOOT = (
    "rows of other snapshots",
    "older rows of the same id",
    "closing lines without a person",
)
_FIRST_FOOT = 10  # so many lines at the end may be no persons
_USUALLY = 0.95  # share of the rows in which a column is filled that a person's row is expected to fill
_FULL_ROW = 3  # columns; in a narrower table a row with one cell may well be a person

Row = tuple[int, list[str]]


@dataclass
class Aside:
    """Row number -> fate of the rows that are set aside, and a sentence for each kind."""

    fates: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Rows by fate."""
        return dict(Counter(self.fates.values()))

    def put(self, fate: str, rows: Sequence[int], text: str) -> None:
        """Set rows aside and say why."""
        if rows:
            self.fates |= dict.fromkeys(rows, fate)
            self.notes.append(f"{text} ({values.rows_in_words(f'row {row}' for row in rows)}).")


def rows_aside(name: str, rows: Sequence[Row], columns: Columns) -> Aside:
    """The rows that are no present position. Raises UserError where several snapshots cannot be put in order."""
    aside = Aside()
    foot = _foot(rows, columns)
    aside.put(FOOT, foot, f"{plural(len(foot), 'line')} at the foot of the table without a person: left out")
    present = [row for row in rows if row[0] not in aside.fates and any(cell.strip() for cell in row[1])]
    _snapshots(aside, name, present, columns)
    present = [row for row in present if row[0] not in aside.fates]
    _history(aside, present, columns)
    return aside


def _foot(rows: Sequence[Row], columns: Columns) -> list[int]:
    """Lines at the end that fill at most two cells where every person fills more, and whom nobody calls a boss."""
    links = {*columns.all("manager"), *columns.chain}
    bosses = {values.plain(cells[k]) for _, cells in rows for k in links if k < len(cells)}
    end = [row for row in rows if any(cell.strip() for cell in row[1])]
    found: list[int] = []
    body = end[:-_FIRST_FOOT] or end[: len(end) // 2]
    if not body:
        return []
    filled = [k for k in range(len(columns.header)) if k not in links and _often(body, k)]
    if len(filled) + bool(links) < _FULL_ROW:
        return []
    shapes = {k: {values.shape(cells[k]) for _, cells in body} for k in filled}
    for row, cells in reversed(end[len(body) :]):
        said = [k for k, cell in enumerate(cells) if cell.strip()]
        if values.is_total(cells[said[0]]):
            continue
        odd = [k in shapes and values.shape(cells[k]) not in shapes[k] for k in said]
        # One lone cell; or two, with a gap where nobody else has one or unlike all others in their columns.
        gap = any(k not in said for k in filled)
        line = len(said) == 1 or (len(said) == 2 and (odd[0] if gap else all(odd)))
        boss = bool(links.intersection(said)) or any(values.plain(cells[k]) in bosses for k in said)
        if boss or not line:
            break
        found.append(row)
    return sorted(found)


def _often(rows: Sequence[Row], k: int) -> bool:
    return sum(bool(cells[k].strip()) for _, cells in rows) >= _USUALLY * len(rows)


def _days(rows: Sequence[Row], k: int) -> dict[int, date | None]:
    """Row number -> date in a column; None where there is none."""
    cells = {row: values.clean(line[k]) for row, line in rows}
    days_first, _ = values.day_first(cells.values())
    return {row: values.parse_month(cell, days_first) for row, cell in cells.items()}


def _snapshots(aside: Aside, name: str, rows: Sequence[Row], columns: Columns) -> None:
    """Where one file holds the organisation at several dates, the newest that has come counts."""
    k = columns.best("snapshot")
    if k is None:
        return
    words = {values.plain(cells[k]) for _, cells in rows} - {""}
    # A value for nearly every row is a date of the row, not of the file.
    if len(words) < 2 or 2 * len(words) > len(rows):
        return
    column = columns.header[k]
    days = _days(rows, k)
    if any(day is None and cells[k].strip() for (_, cells), day in zip(rows, days.values(), strict=True)):
        raise UserError(
            f"{name}: column '{column}' has {len(words)} values, so the file holds the organisation several times, and "
            "not all are dates, so the newest is not known; keep the rows of one of them, and import that"
        )
    known = sorted({day for day in days.values() if day is not None})
    newest = max((day for day in known if day <= date.today()), default=known[0])
    older = [row for row, day in days.items() if day != newest]
    aside.put(
        SNAPSHOT,
        older,
        f"Column '{column}' holds {len(known)} dates: the rows of {newest} count, "
        f"{plural(len(older), 'row')} of other dates left out",
    )


def _history(aside: Aside, rows: Sequence[Row], columns: Columns) -> None:
    """Of the rows of one id, those of the newest effective date that has come are the position."""
    k, who = columns.best("effective"), columns.best("id")
    if k is None or who is None:
        return
    days, today = _days(rows, k), date.today()
    of_id: dict[str, list[int]] = defaultdict(list)
    for row, cells in rows:
        source_id = values.clean_id(cells[who])
        if not values.is_no_id(source_id):
            of_id[source_id].append(row)
    older: list[int] = []
    for same in of_id.values():
        dated = [day for row in same if (day := days[row]) is not None]
        if dated:
            newest = max((day for day in dated if day <= today), default=min(dated))
            older += [row for row in same if days[row] != newest]
    several = sum(len(same) > 1 for same in of_id.values())
    aside.put(
        HISTORY,
        sorted(older),
        f"{plural(several, 'id')} with rows of several dates in column '{columns.header[k]}': the newest that has come "
        f"is the position, {plural(len(older), 'older or later row')} left out",
    )
