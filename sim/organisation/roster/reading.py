"""An HR export as records: decoding, delimiter, header line, and what each row says. Nothing is decided about the tree."""

from __future__ import annotations

import csv
import io
import math
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sim.errors import UserError
from sim.organisation.levels import level_of
from sim.organisation.roster import cells as values
from sim.organisation.roster.aside import rows_aside
from sim.organisation.roster.columns import Columns, check_columns, check_map, header_score, recognise
from sim.organisation.roster.derived import with_derived_columns
from sim.organisation.roster.given import RosterText
from sim.organisation.roster.nested import is_json, json_rows
from sim.organisation.roster.pay import Pay, read_pay
from sim.text.numbers import plural

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = 200_000
_STATUS_WORDS = 20  # a status column has no more different words; one that has is shown nowhere
_HEADER_WITHIN = 100  # records in which the header line is looked for; reports open with a title
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "^": "caret", "~": "tilde"}
_JSON = "JSON"


@dataclass(slots=True)
class Record:
    """What one row of the file says. Texts of names and e-mails are only used to find the manager."""

    place: str  # "row 12", with the file before it when there are several
    source_id: str  # "" when the row has no id of its own
    keys: dict[
        str, list[str]
    ]  # kind of key (id, other id, email, name) -> keys by which others may refer to the row
    managers: list[str]  # cells of the manager columns, best first
    chain: list[str]  # management chain, from the top down
    second: int  # dotted-line managers
    status: str
    fte: float  # NaN when not given
    people: int  # people that the row stands for
    tenure_years: float
    title: str  # only to say which rows stand out, and never one that a single row has
    team: str  # the last and so most specific of the row's teams
    teams: frozenset[str]  # all of them, of every team column, in plain form
    lead: bool  # the title says that the person leads the team
    order: int  # numbering of a chart file that was written by an import, else -1
    inferred: bool  # so marked in such a chart file
    family: str  # job family, which says who writes code where the title does not
    level: str  # job level of a manager
    pay: Pay | None  # only for medians of groups
    pay_unread: bool  # the pay cell says something that is no pay


@dataclass
class Source:
    """One file: its records, how it was read, and which rows hold nobody."""

    name: str
    records: list[Record]
    columns: Columns
    encoding: str
    delimiter: str
    blank_rows: int
    total_rows: int
    several_teams: int
    aside: dict[str, int] = field(default_factory=dict)  # fate -> rows that are nobody's present row
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Table:
    name: str
    header_row: int
    header: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str
    delimiter: str
    short: tuple[str, ...] = ()  # places of rows with fewer cells than the header


def read_source(path: Path | RosterText, column_map: Mapping[str, str], several: bool = False) -> Source:
    """Records of one file. Raises UserError naming file and row for everything that is no roster."""
    check_map(column_map)
    table = _read_table(path, column_map)
    header, rows, shapes = with_derived_columns(table.header, table.rows, column_map)
    table = replace(table, header=header, rows=rows)
    place = (
        f"{table.name}: row {table.header_row}" if table.header_row else f"{table.name}: keys of the records"
    )
    columns = recognise(table.header, column_map, place)
    check_columns(columns, place)
    if not table.rows:
        raise UserError(f"{place} is the header and nothing follows it; a roster has one row per person")
    source = _Reader(table, columns, several).source()
    source.notes[:0] = shapes
    return source


# ---- bytes -> rows


def _read_bytes(path: Path | RosterText) -> bytes:
    if isinstance(path, RosterText):
        if len(path.data) > MAX_BYTES:
            raise UserError(
                f"{path.name}: more than the limit of {MAX_BYTES / 2**20:.0f} MB; keep fewer columns"
            )
        return path.data
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise UserError(f"{path}: is a folder; name the CSV file in it")
        if not stat.S_ISREG(info.st_mode):
            raise UserError(f"{path}: is no regular file; save the roster as a CSV file")
        if info.st_size > MAX_BYTES:
            raise UserError(
                f"{path}: {info.st_size / 2**20:,.0f} MB are more than the limit of {MAX_BYTES / 2**20:.0f} MB; "
                "keep only the columns for id, manager, title, team, status and start date"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"{path}: cannot be read ({reason})") from None


def _decode(data: bytes, name: str) -> tuple[str, str]:
    if not data.strip():
        raise UserError(f"{name}: is empty; export the roster again")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UserError(f"{name}: is a spreadsheet workbook; save the sheet as CSV (UTF-8) and import that")
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16"), "UTF-16"
        if b"\0" in data:
            row = data.count(b"\n", 0, data.index(b"\0")) + 1
            raise UserError(
                f"{name}: line {row}: holds a zero byte, so this is no text file; save it as CSV (UTF-8)"
            )
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{name}: line {row}: the characters are neither UTF-8 nor cp1252; save the file as CSV (UTF-8)"
        ) from None


def _records(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UserError(
                f"{name}: row {row} (line {reader.line_num}): the row cannot be split into columns ({error}); "
                "check the quotation marks in it, or save the file again as CSV"
            ) from None


def _best_header(text: str, name: str, column_map: Mapping[str, str]) -> tuple[str, int]:
    """Delimiter, and the index of the record that is the header."""
    best: tuple[tuple[int, int, int], str, int] | None = None
    failure: UserError | None = None
    for delimiter in _DELIMITERS:
        lines: list[list[str]] = []
        try:
            for cells in _records(text, delimiter, name):
                if len(lines) >= _HEADER_WITHIN:
                    break
                lines.append(cells)
        except (
            UserError
        ) as error:  # a wrong delimiter may well fail; with the right one the header comes first
            failure = failure or error
        scores = [header_score(cells, column_map) for cells in lines]
        filled = [index for index, score in enumerate(scores) if score[2]]
        if not filled:
            continue
        complete = [index for index in filled if scores[index][0] == 2]
        telling = max(filled, key=lambda index: (scores[index][:2], -index))
        at = complete[0] if complete else telling if scores[telling][1] >= 2 else filled[0]
        if best is None or scores[at] > best[0]:
            best = (scores[at], delimiter, at)
    if best is None:
        raise failure or UserError(f"{name}: has no header line; the first row must name the columns")
    return best[1], best[2]


def _read_table(path: Path | RosterText, column_map: Mapping[str, str]) -> _Table:
    name = path.name
    text, encoding = _decode(_read_bytes(path), name)
    if "\0" in text:
        raise UserError(f"{name}: holds a zero character, so this is no text file; save it as CSV (UTF-8)")
    if is_json(text):
        names, lines = json_rows(text, name, MAX_ROWS)
        header = [values.clean(column) for column in names]
        return _Table(name, 0, header, list(enumerate(lines, 1)), encoding, "")
    if (
        text[:4].lower() == "sep=" and len(text) > 5
    ):  # a spreadsheet's own first line; its rows count from there
        text = "\n" + text.partition("\n")[2]
    delimiter, at = _best_header(text, name, column_map)
    header = []
    rows: list[tuple[int, list[str]]] = []
    short: list[str] = []
    for index, cells in enumerate(_records(text, delimiter, name)):
        if index < at:
            continue
        if index == at:
            header = [values.clean(cell) for cell in cells]
            continue
        if len(rows) >= MAX_ROWS:
            raise UserError(
                f"{name}: row {index + 1}: more than the limit of {MAX_ROWS:,} rows; split the roster"
            )
        rows.append((index + 1, _fitting(cells, len(header), name, index + 1)))
        if any(cell.strip() for cell in cells) and len(cells) < len(header):
            short.append(f"row {index + 1}")
    if not any(header):
        raise UserError(f"{name}: has no header line; the first row must name the columns")
    return _Table(name, at + 1, header, rows, encoding, delimiter, tuple(short))


def _fitting(cells: list[str], width: int, name: str, row: int) -> list[str]:
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    # Spreadsheets leave out empty cells at the end of a row. Of two columns, one cell says too little.
    if 0 < len(cells) < width and width > 2:
        return cells + [""] * (width - len(cells))
    if len(cells) != width and any(cell.strip() for cell in cells):
        raise UserError(
            f"{name}: row {row} has {len(cells)} columns, the header has {width}; look for a stray delimiter or "
            "quotation mark in it, or save the file again as CSV"
        )
    return cells


# ---- rows -> records


class _Reader:
    """Turns the rows of one table into records; holds what must be decided for whole columns."""

    def __init__(self, table: _Table, columns: Columns, several: bool) -> None:
        self.table, self.columns = table, columns
        self.prefix = f"{table.name} " if several else ""
        self.aside = rows_aside(table.name, table.rows, columns)
        self.notes: list[str] = list(self.aside.notes)
        if table.short:
            self.notes.append(
                f"{plural(len(table.short), 'row')} with fewer cells than the header: the last columns are taken to be empty "
                f"({values.rows_in_words(table.short)})."
            )
        self.rows = [row for row in table.rows if row[0] not in self.aside.fates]
        names = {name: k for k, name in enumerate(table.header)}
        own = {"id", "manager_id", "order", "role", "inferred"} <= names.keys()
        self.order_at = names["order"] if own else None
        self.inferred_at = names["inferred"] if own else None
        self.level_at = names.get("level") if own else None
        self.manager_columns = [k for k in columns.all("manager") if not self._is_flag(k)]
        self.top_first = self._chain_from_top()
        self.today = date.today()
        self._plan_dates()
        self._plan_ends()
        self._ask_for_status()
        self._plan_fte()

    def source(self) -> Source:
        """All records, with blank rows and lines of totals counted."""
        table, records, blank, totals = self.table, [], 0, 0
        for row, cells in self.rows:
            if not any(cell.strip() for cell in cells):
                blank += 1
            elif self._is_total(cells):
                totals += 1
            else:
                records.append(self._record(row, cells))
        if not records:
            raise UserError(f"{table.name}: no row after the header (row {table.header_row}) holds a person")
        k = self.columns.best("team")
        several = sum(len(self._teams(cells, k)) > 1 for _, cells in self.rows)
        return Source(
            table.name, records, self.columns, table.encoding, _DELIMITERS.get(table.delimiter, _JSON), blank, totals, several,
            self.aside.counts(), self.notes,
        )  # fmt: skip

    def _column(self, k: int | None) -> list[str]:
        return [] if k is None else [cells[k] for _, cells in self.rows if k < len(cells)]

    def _cell(self, cells: list[str], field_name: str) -> str:
        k = self.columns.best(field_name)
        return "" if k is None else values.clean(cells[k])

    def _is_flag(self, k: int) -> bool:
        """Whether a 'Manager' column says yes or no instead of naming somebody."""
        words = {values.plain(cell) for cell in self._column(k)} - {""}
        flag = bool(words) and words <= {"yes", "no", "y", "n", "true", "false"}
        if flag:
            self.notes.append(
                f"Column '{self.columns.header[k]}' says yes or no and names no manager: not used."
            )
        return flag

    def _chain_from_top(self) -> bool:
        """A management chain that starts with the top has few different names in its first column."""
        kinds = [len({values.plain(cell) for cell in self._column(k)} - {""}) for k in self.columns.chain]
        return len(kinds) < 2 or kinds[0] <= kinds[1]

    def _plan_dates(self) -> None:
        cells = [values.clean(cell) for cell in self._column(self.columns.best("start"))]
        self.days_first, proven = values.day_first(cells)
        dates = [values.parse_date(cell, self.days_first) for cell in cells]
        known = [day for day in dates if day is not None]
        # A date to come is a planned hire or a placeholder: nobody's tenure is counted to it.
        self.latest = max((day for day in known if day <= self.today), default=None)
        ahead = sum(day > self.today for day in known)
        if ahead:
            self.notes.append(
                f"Start dates in the future ({plural(ahead, 'row')}): the people are taken to be there, their tenure is "
                "unknown; delete the rows of those who have not started."
            )
        if self.latest is None:
            return
        unread = sum(bool(cell) and day is None for cell, day in zip(cells, dates, strict=True))
        order = (
            "" if proven or self._undivided_dates(cells) else "; dates such as 03/04 are read as day, month"
        )
        self.notes.append(
            f"Tenure is counted to {self.latest}, the latest start date in the file{order}."
            + (f" Start dates that cannot be read count as unknown: {unread:,}." if unread else "")
        )

    def _plan_ends(self) -> None:
        """An end date that has come means gone, whatever the status says; one to come (9999-12-31) does not."""
        k = self.columns.best("end")
        cells = [values.clean(cell) for cell in self._column(k)]
        days_first, proven = values.day_first(cells)
        self.ends_days_first = days_first if proven else self.days_first
        ends = [day for day in (values.parse_date(cell, self.ends_days_first) for cell in cells) if day]
        ahead = sum(day > self.today for day in ends)
        if k is None or not ends:
            return
        name = self.columns.header[k]
        if ahead < len(ends):
            self.notes.append(
                f"Column '{name}' holds the date on which somebody left: "
                f"{plural(len(ends) - ahead, 'row')} with a date that has come, inactive."
            )
        if ahead:
            self.notes.append(
                f"Column '{name}': {plural(ahead, 'row')} with a date in the future, still there."
            )

    def _ask_for_status(self) -> None:
        """Name the status words that are not known, where the column holds a few words and not a text for each row."""
        for k in self.columns.all("status"):
            words = Counter(values.clean(cell) for cell in self._column(k) if cell.strip())
            unknown = {word: times for word, times in words.items() if values.status_of(word) == values.OTHER}
            if unknown and len(words) <= _STATUS_WORDS and 2 * len(words) <= words.total():
                shown = ", ".join(
                    f"'{word}' ({plural(times, 'row')})" for word, times in sorted(unknown.items())
                )
                self.notes.append(
                    f"Column '{self.columns.header[k]}' has words that are not known here: {shown}. Where one means that "
                    "somebody has left, write 'inactive' in its place."
                )

    def _has_ended(self, cells: list[str]) -> bool:
        end = values.parse_date(self._cell(cells, "end"), self.ends_days_first)
        return end is not None and end <= self.today

    @staticmethod
    def _undivided_dates(cells: list[str]) -> bool:
        """Whether no date depends on the national order (ISO, or months by name)."""
        return not any(cell[:2].strip("./-").isdigit() and not cell[:4].isdigit() for cell in cells)

    def _plan_fte(self) -> None:
        self.counts = self.columns.best("people")
        k = self.columns.best("fte")
        self.fte_scale = 1.0
        if k is None:
            return
        given = [x for x in (values.number(cell) for cell in self._column(k)) if x > 0]
        header = self.columns.header[k].casefold()
        percent = (
            "%" in header or "percent" in header or (bool(given) and min(given) > 1.5 and max(given) == 100)
        )
        hours = (
            not percent
            and bool(given)
            and min(given) > 3
            and 30 <= max(given) <= 45
            and not self._has_groups()
        )
        if percent and given and max(given) > 1.5:
            self.fte_scale = 0.01
            self.notes.append(f"Column '{self.columns.header[k]}' is read as per cent of full time.")
        elif hours:
            self.fte_scale = 1 / max(given)
            self.notes.append(
                f"Column '{self.columns.header[k]}' is read as hours a week, {max(given):g} being full time."
            )

    def _has_groups(self) -> bool:
        return any(
            values.status_of(cell) == values.GROUP for cell in self._column(self.columns.best("status"))
        )

    def _is_total(self, cells: list[str]) -> bool:
        first = next(cell for cell in cells if cell.strip())
        return values.is_total(first) and not any(cells[k].strip() for k in self.manager_columns)

    @staticmethod
    def _teams(cells: list[str], k: int | None) -> list[str]:
        """The teams in a cell of a row, set apart by | or ;. The last is the most specific."""
        if k is None or k >= len(cells):
            return []
        return [values.clean(part) for part in cells[k].replace(";", "|").split("|") if part.strip()]

    def _record(self, row: int, cells: list[str]) -> Record:
        title = self._cell(cells, "title")
        names, emails = self._names(cells), self._emails(cells)
        source_id, id_given = self._source_id(cells, emails)
        status = self._status(cells, title, names, id_given)
        fte, people = self._fte(cells, status)
        if people > 1 and status in (values.FILLED, values.OTHER, values.UNDISCLOSED):
            status = values.GROUP
        teams = self._teams(cells, self.columns.best("team"))
        keys = {f"id {k}": [values.clean_id(cells[k])] for k in self.columns.all("id")[1:]}
        keys = {kind: found for kind, found in keys.items() if not values.is_no_id(found[0])}
        chain = [values.clean_id(cells[k]) for k in self.columns.chain]
        chain = [link for link in chain if link]
        return Record(
            place=f"{self.prefix}row {row}",
            source_id=source_id,
            keys={"id": [source_id] if source_id else [], **keys, "email": emails, "name": names},
            managers=[values.clean_id(cells[k]) for k in self.manager_columns],
            chain=chain if self.top_first else chain[::-1],
            second=self._second_managers(cells),
            status=status,
            fte=fte,
            people=people,
            tenure_years=self._tenure(cells),
            title=title,
            team=teams[-1] if teams else "",
            teams=frozenset(
                values.plain(team) for k in self.columns.all("team") for team in self._teams(cells, k)
            ),
            lead=values.plain(title) in ("lead", "teamlead", "head", "manager"),
            order=self._order(cells, row),
            inferred=self.inferred_at is not None and cells[self.inferred_at].strip() == "1",
            family=self._cell(cells, "family"),
            level=self._level(cells, title),
            pay=(pay := self._pay(cells)),
            pay_unread=pay is None and bool(self._cell(cells, "pay")),
        )

    def _level(self, cells: list[str], title: str) -> str:
        """The job level: in a chart file of an import as it says, or not at all (older ones); else from the title."""
        if self.order_at is None:
            return level_of(title)
        return "" if self.level_at is None else values.clean(cells[self.level_at])

    def _pay(self, cells: list[str]) -> Pay | None:
        k = self.columns.best("pay")
        return (
            None if k is None else read_pay(cells[k], self.columns.header[k], self._cell(cells, "currency"))
        )

    def _order(self, cells: list[str], row: int) -> int:
        if self.order_at is None:
            return -1
        text = cells[self.order_at].strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise UserError(
                f"{self.table.name}: row {row}: column 'order' must be a whole number; import the roster again"
            )
        return int(text)

    def _source_id(self, cells: list[str], emails: list[str]) -> tuple[str, str]:
        """The id of the row, '' if it has none, and what the id column says."""
        k = self.columns.best("id")
        if k is None:
            return (emails[0] if emails else ""), ""
        given = values.clean_id(cells[k])
        return ("" if values.is_no_id(given) or values.is_eliminated_id(given) else given), given

    def _names(self, cells: list[str]) -> list[str]:
        full = self._cell(cells, "name")
        parts = [self._cell(cells, "first_name"), self._cell(cells, "last_name")]
        found = [full, " ".join(part for part in parts if part) if parts[1] else ""]
        if (
            parts[0] and full and self.columns.best("last_name") is None
        ):  # 'Name' beside 'Vorname': the family name
            found.append(f"{parts[0]} {full}")
        return [
            key for key in dict.fromkeys(values.name_key(name) for name in found) if not values.is_no_id(key)
        ]

    def _emails(self, cells: list[str]) -> list[str]:
        found = [values.clean(cells[k]).casefold() for k in self.columns.all("email")]
        return list(dict.fromkeys(mail for mail in found if "@" in mail))

    def _status(self, cells: list[str], title: str, names: list[str], id_given: str) -> str:
        said = [values.status_of(cells[k]) for k in self.columns.all("status")]
        status = min(said, key=values.STATUSES.index, default=values.FILLED)
        if values.is_eliminated_id(id_given) or self._has_ended(cells):
            return values.INACTIVE
        if status == values.FILLED:
            written = [title, *names, self._cell(cells, "name"), id_given]
            if any(values.plain(text) == "eliminated" for text in written):
                return values.INACTIVE
            if any(values.says_vacant(text) for text in written):
                return values.VACANCY
        return status

    def _fte(self, cells: list[str], status: str) -> tuple[float, int]:
        """FTE of the row (NaN when unknown) and the people it stands for."""
        if self.counts is not None:
            fte = values.number(cells[self.counts])
            group = True
        else:
            k = self.columns.best("fte")
            fte = math.nan if k is None else values.number(cells[k]) * self.fte_scale
            group = status == values.GROUP or fte >= 2
        if not group or math.isnan(fte):
            return fte, 1
        if fte > MAX_ROWS:
            raise UserError(
                f"{self.table.name}: one row stands for more people than the limit of {MAX_ROWS:,}; "
                "check the column for FTE"
            )
        return fte, max(1, math.floor(fte + 0.5))

    def _tenure(self, cells: list[str]) -> float:
        years = values.number(self._cell(cells, "tenure"))
        if math.isnan(years) and self.latest is not None:
            start = values.parse_date(self._cell(cells, "start"), self.days_first)
            years = math.nan if start is None else (self.latest - start).days / 365.25
        return years if 0 <= years <= 70 else math.nan

    def _second_managers(self, cells: list[str]) -> int:
        count = 0
        for k in self.columns.all("dotted"):
            for mark in ";:|":
                cells[k] = cells[k].replace(mark, ",")
            count += sum(not values.is_no_manager(part) for part in cells[k].split(","))
        return count
