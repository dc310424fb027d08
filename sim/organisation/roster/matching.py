"""Finding the manager whom a row names: by id, by another id column, by e-mail or by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from sim.organisation.roster import cells as values
from sim.organisation.roster.reading import Record

_RANK = {"id": 0, "email": 2, "name": 3, "loose": 4}  # other id columns: 1
_KEY_OF = {"email": str.casefold, "name": values.name_key, "loose": values.loose_id}


class Finder:
    """Finds the position that a reference means.

    positions: the records of each position. `loose`: places of rows whose reference fitted only without regard to case
    and leading zeros.
    """

    def __init__(self, positions: Sequence[Sequence[Record]]) -> None:
        self.loose: list[str] = []
        self._tables: dict[str, dict[str, int]] = defaultdict(dict)
        self._second: dict[tuple[str, str], int] = {}  # another position that the same key fits
        for index, records in enumerate(positions):
            for record in records:
                for kind, keys in record.keys.items():
                    for key in keys:
                        self._add(kind, key, index)
                        if kind == "id":
                            self._add("loose", values.loose_id(key), index)
        cells = Counter(cell for records in positions for r in records for cell in r.managers + r.chain)
        hits = {
            kind: sum(times for cell, times in cells.items() if _key(kind, cell) in table)
            for kind, table in self._tables.items()
        }
        # The kind of key by which most managers are named goes first, or a number could mean somebody else.
        self._order = sorted(
            self._tables, key=lambda kind: (kind == "loose", -hits[kind], _RANK.get(kind, 1), kind)
        )

    def _add(self, kind: str, key: str, index: int) -> None:
        if key and self._tables[kind].setdefault(key, index) != index:
            self._second.setdefault((kind, key), index)

    def find(self, reference: str, place: str = "", asking: int = -1) -> tuple[int, bool]:
        """Index of the position (-1 if there is none), and whether the reference fits several.

        asking: the position that names its manager; it is itself the answer only when nobody else fits.
        """
        for kind in self._order:
            key = _key(kind, reference)
            index = self._tables[kind].get(key, -1)
            if index < 0:
                continue
            second = self._second.get((kind, key), -1)
            if kind == "loose":
                if second >= 0:
                    continue
                if place:
                    self.loose.append(place)
            return (second if index == asking and second >= 0 else index), second >= 0
        return -1, False


def _key(kind: str, reference: str) -> str:
    return _KEY_OF[kind](reference) if kind in _KEY_OF else reference


def absent_key(reference: str) -> str:
    """Key under which references to the same absent manager meet."""
    return values.name_key(reference) or reference


def references_of(record: Record, finder: Finder) -> list[str]:
    """The managers that a row names, best first; empty where it marks the top. The row itself may be among them.

    With several manager columns (an id and a name), the first one that names somebody in the file counts.
    """
    columns = [pieces for pieces in (_split(cell, finder) for cell in record.managers) if pieces]
    for pieces in columns:
        if any(finder.find(piece)[0] >= 0 for piece in pieces):
            return pieces
    if columns:
        return columns[0]
    own = {values.name_key(key) for keys in record.keys.values() for key in keys}
    above = [link for link in record.chain if values.name_key(link) not in own]
    return _split(above[-1], finder) if above else []


def _split(cell: str, finder: Finder) -> list[str]:
    """The managers named in one cell: one, several set apart, or one with a remark in brackets."""
    if finder.find(cell)[0] >= 0:
        return [cell]
    if values.is_no_manager(cell):
        return []
    if cell.endswith(")") and "(" in cell:
        at = cell.rindex("(")
        for part in (values.clean_id(cell[at + 1 : -1]), cell[:at].strip()):
            if part and finder.find(part)[0] >= 0:
                return [part]
    parts = cell.replace("|", ";").split(";")
    if len(parts) == 1 and "," in cell:  # a comma also stands in 'Doe, Jane'
        pieces = [values.clean_id(part) for part in cell.split(",")]
        parts = pieces if any(finder.find(piece)[0] >= 0 for piece in pieces) else parts
    cleaned = dict.fromkeys(values.clean_id(part) for part in parts)
    return [part for part in cleaned if part and not values.is_no_manager(part)]


def chains_above(records: Sequence[Record], finder: Finder) -> dict[str, int | str]:
    """Boss of every absent member of a management chain: a position, or the key of another absent manager."""
    above: dict[str, int | str] = {}
    for record in records:
        for boss, member in zip(record.chain, record.chain[1:], strict=False):
            if absent_key(boss) == absent_key(member) or finder.find(member)[0] >= 0:
                continue
            hit = finder.find(boss)[0]
            above.setdefault(absent_key(member), hit if hit >= 0 else absent_key(boss))
    return above
