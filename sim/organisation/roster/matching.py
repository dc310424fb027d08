"""Finding the manager whom a row names: by id, by another id column, by e-mail or by name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from sim.organisation.roster import cells as values
from sim.organisation.roster.reading import Record

_RANK = {"id": 0, "email": 2, "name": 3, "words": 4, "loose": 5}  # other id columns: 1
_WEAK = ("words", "loose")  # tried last, and only where they fit one position alone
_LABEL = re.compile(r"\s+[-–—:/|]\s+")  # '00002 - Bo Birch'
_TOGETHER = re.compile(r"\s+(?:and|und|et|y|e|or)\s+|\s*[&+/]\s*", re.IGNORECASE)  # two heads in one cell
_COMMON_NAME = re.compile(r"^\s*(?:cn|uid)=((?:\\.|[^,\\])+)", re.IGNORECASE)  # of a distinguished name


def _word_key(text: str) -> str:
    """A name without regard to the order of its words: 'Ash Ada' is 'Ada Ash'."""
    return " ".join(sorted(values.name_key(text).replace(",", " ").split()))


_KEY_OF = {"email": str.casefold, "name": values.name_key, "words": _word_key, "loose": values.loose_id}


class Finder:
    """Finds the position that a reference means.

    positions: the records of each position. `loose`: places of rows whose reference fitted only without regard to case
    and leading zeros; `turned`: to the order of the words of a name.
    """

    def __init__(self, positions: Sequence[Sequence[Record]]) -> None:
        self.loose: list[str] = []
        self.turned: list[str] = []
        self._tables: dict[str, dict[str, int]] = defaultdict(dict)
        self._second: dict[tuple[str, str], int] = {}  # another position that the same key fits
        for index, records in enumerate(positions):
            for record in records:
                for kind, keys in record.keys.items():
                    for key in keys:
                        self._add(kind, key, index)
                        if kind == "id":
                            self._add("loose", values.loose_id(key), index)
                        elif kind == "name":
                            self._add("words", _word_key(key), index)
        cells = Counter(cell for records in positions for r in records for cell in r.managers + r.chain)
        hits = {
            kind: sum(times for cell, times in cells.items() if _key(kind, cell) in table)
            for kind, table in self._tables.items()
        }
        # The kind of key by which most managers are named goes first, or a number could mean somebody else.
        self._order = sorted(
            self._tables, key=lambda kind: (kind in _WEAK, -hits[kind], _RANK.get(kind, 1), kind)
        )
        self._columns = self._columns_by_key(positions)

    def _add(self, kind: str, key: str, index: int) -> None:
        if key and self._tables[kind].setdefault(key, index) != index:
            self._second.setdefault((kind, key), index)

    def _columns_by_key(self, positions: Sequence[Sequence[Record]]) -> list[int]:
        """Manager columns in the order in which they are consulted: as given, but a column that only fits another number.

        'Manager ID' may number the managers otherwise than every id of the file, and fit the position numbers by chance:
        where it contradicts a column that fits ids, e-mails or names in more rows than it agrees with it, it goes last.
        """
        records = [record for group in positions for record in group]
        width = max((len(record.managers) for record in records), default=0)
        if width < 2 or not any(_is_other(kind) for kind in self._order):
            return list(range(width))
        agree: Counter[int] = Counter()
        for record in records:
            hits = [self._hit(cell) for cell in record.managers]
            others = [(k, index) for k, (kind, index) in enumerate(hits) if _is_other(kind)]
            sure = {index for kind, index in hits if kind and not _is_other(kind)}
            for column, index in others:
                agree[column] += (1 if index in sure else -1) if sure else 0
        return sorted(range(width), key=lambda column: agree[column] < 0)

    def _hit(self, reference: str) -> tuple[str, int]:
        """Kind of key by which a reference fits, and the position; ('', -1) when it fits none."""
        for kind in self._order:
            index = self._tables[kind].get(_key(kind, reference), -1)
            if index >= 0:
                return kind, index
        return "", -1

    def in_order(self, cells: Sequence[str]) -> list[str]:
        """The manager cells of a row, the column that counts first."""
        return [cells[column] for column in self._columns if column < len(cells)]

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
            if kind in _WEAK:
                if second >= 0:
                    continue
                if place:
                    (self.loose if kind == "loose" else self.turned).append(place)
            return (second if index == asking and second >= 0 else index), second >= 0
        return -1, False


def _is_other(kind: str) -> bool:
    """Whether a kind of key is that of a second id column."""
    return kind.startswith("id ")


def _key(kind: str, reference: str) -> str:
    return _KEY_OF[kind](reference) if kind in _KEY_OF else reference


def absent_key(reference: str) -> str:
    """Key under which references to the same absent manager meet."""
    return values.name_key(reference) or reference


def references_of(record: Record, finder: Finder) -> list[str]:
    """The managers that a row names, best first; empty where it marks the top. The row itself may be among them.

    With several manager columns (an id and a name), the first one that names somebody in the file counts.
    """
    columns = [
        pieces for pieces in (_split(cell, finder) for cell in finder.in_order(record.managers)) if pieces
    ]
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
    common = _COMMON_NAME.match(cell)
    if common:  # a directory's distinguished name: 'CN=Birch\\, Bo,OU=...'
        return [re.sub(r"\\(.)", r"\1", common.group(1)).strip()]
    for part in _labelled(cell):
        if part and finder.find(part)[0] >= 0:
            return [part]
    together = [_labelled_one(part, finder) for part in _TOGETHER.split(cell)]
    if len(together) > 1 and any(finder.find(part)[0] >= 0 for part in together if part):
        return [part for part in dict.fromkeys(together) if part and not values.is_no_manager(part)]
    parts = cell.replace("|", ";").split(";")
    if len(parts) == 1 and "," in cell:  # a comma also stands in 'Doe, Jane'
        pieces = [values.clean_id(part) for part in cell.split(",")]
        parts = pieces if any(finder.find(piece)[0] >= 0 for piece in pieces) else parts
    cleaned = dict.fromkeys(_labelled_one(part, finder) for part in parts)
    return [part for part in cleaned if part and not values.is_no_manager(part)]


def _labelled(cell: str) -> list[str]:
    """The id and the name of a cell that holds both: 'Bo Birch (00002)', '[00002] Bo Birch', '00002 - Bo Birch'."""
    if cell.endswith((")", "]")) and ("(" in cell or "[" in cell):
        at = max(cell.rfind("("), cell.rfind("["))
        return [values.clean_id(cell[at + 1 : -1]), cell[:at].strip()]
    if cell.startswith(("(", "[")) and (")" in cell or "]" in cell):
        at = min(k for k in (cell.find(")"), cell.find("]")) if k > 0)
        return [values.clean_id(cell[1:at]), cell[at + 1 :].strip()]
    parts = [values.clean_id(part) for part in _LABEL.split(cell)]
    if len(parts) == 1 and " " in cell:  # '00002 Bo Birch'
        first, _, rest = cell.partition(" ")
        parts = [first, rest] if any(c.isdigit() for c in first) else []
    # The id first: a name may be somebody else's too.
    coded = [part for part in parts if any(c.isdigit() for c in part)]
    if len(parts) != 2 or (len(coded) != 1 and ("/" in cell or "|" in cell)):  # 'Bo Birch / Cy Cedar' are two
        return []
    return sorted(parts, key=lambda part: part not in coded)


def _labelled_one(part: str, finder: Finder) -> str:
    """One of several managers in a cell: by its id or name where it holds both."""
    text = values.clean_id(part)
    if finder.find(text)[0] >= 0:
        return text
    return next((one for one in _labelled(text) if one and finder.find(one)[0] >= 0), text)


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
