"""The tables of a results folder for SQL: read only, and nothing of the machine but the folder's own files.

    runs       a row per run: point, run, seed, what was varied, outcomes, failure
    series     a row per run and week
    people     groups of people over time, where people come and go; never a person
    summary    a row per design point and outcome

Those that the folder has are views on its files, in an in-memory DuckDB connection that may open these files and no others.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import duckdb

from sim.errors import UserError, suggest
from sim.store.files import replaced
from sim.store.folder import MANIFEST, read_manifest

TABLES = ("runs", "series", "people", "summary")
TRIES = 3  # to open files that a running sweep may be exchanging for larger ones
ROWS = 2_000  # fetched at a time
_COLUMN = re.compile(r'Referenced column "(.+?)" not found')
_PREFIX = re.compile(r"^[A-Z][A-Za-z]* Error: ")


class Columns(NamedTuple):
    """What a query gives: names of its columns, and rows of plain values."""

    names: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


class Views:
    """SQL over a results folder. Not for use from several threads. Raises UserError if it holds no results."""

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        if manifest is None:
            raise UserError(_no_results(folder))
        self.folder, self.manifest = folder, manifest
        for attempt in range(TRIES):
            self._connection = duckdb.connect(config={"threads": 1})
            try:
                self.tables = self._open()
                return
            except duckdb.IOException as error:
                self._connection.close()
                if attempt == TRIES - 1:
                    raise UserError(f"{folder}: its tables cannot be read ({one_sentence(error)})") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _open(self) -> tuple[str, ...]:
        """Make the views, then shut everything else out. Returns their names."""
        connection, files = self._connection, {name: table_files(self.folder, name) for name in TABLES}
        allowed = ", ".join(_text(str(path)) for paths in files.values() for path in paths)
        connection.execute(f"SET allowed_paths = [{allowed}]")
        for setting in (
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET python_enable_replacements = false",
            "SET enable_external_access = false",
        ):
            connection.execute(setting)
        made = []
        for name, paths in files.items():
            if not paths:
                continue
            listed = ", ".join(_text(_literal(path)) for path in paths)
            source = (
                f"read_csv([{listed}], header = true, nullstr = '')"
                if paths[0].suffix == ".csv"
                else f"read_parquet([{listed}], union_by_name = true)"
            )
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")
            made.append(name)
        connection.execute("SET lock_configuration = true")
        return tuple(made)

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table; none if the folder has no such table."""
        if table not in self.tables:
            return ()
        return tuple(row[0] for row in self._connection.execute(f"DESCRIBE {table}").fetchall())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query of the program's own."""
        return self._connection.execute(sql).fetchall()

    def query(self, sql: str) -> Columns:
        """What a user's query gives. Raises UserError, one sentence, for what is no query, or cannot be answered."""
        self._check(sql)
        try:
            cursor = self._connection.execute(sql)
            names = tuple(one[0] for one in cursor.description or ())
            return Columns(names, self._fetched(cursor))
        except duckdb.Error as error:
            raise UserError(self._explained(error)) from error

    def _check(self, sql: str) -> None:
        try:
            found = duckdb.extract_statements(sql)
        except duckdb.Error as error:
            raise UserError(self._explained(error)) from error
        if len(found) != 1:
            raise UserError(
                f"SQL: {len(found)} statements; give one query, such as 'SELECT * FROM {self._first}'"
            )
        kind = found[0].type.name
        if (
            kind != "SELECT"
        ):  # DESCRIBE, SHOW and SUMMARIZE count as such; EXPLAIN ANALYZE carries out what it explains
            raise UserError(
                f"SQL: {kind.replace('_', ' ')} is no query; results are only read, begin with SELECT or WITH"
            )

    @property
    def _first(self) -> str:
        return self.tables[0] if self.tables else "runs"

    def _fetched(self, cursor: Any) -> Iterator[tuple[Any, ...]]:
        try:
            while rows := cursor.fetchmany(ROWS):
                yield from rows
        except duckdb.Error as error:
            raise UserError(self._explained(error)) from error

    def _explained(self, error: Exception) -> str:
        """A message of DuckDB in one sentence, with what there is."""
        text = one_sentence(error)
        if "does not exist" in text and "Table with name" in text:
            name = text.split("Table with name ")[1].split()[0]
            there = ", ".join(self.tables) or "none yet"
            return f"SQL: there is no table {name} here{suggest(name, list(self.tables))}; tables of {self.folder}: {there}"
        column = _COLUMN.search(text)
        if column is not None:
            known = [name for table in self.tables for name in self.columns(table)]
            return (
                f"SQL: there is no column {column[1]} here{suggest(column[1], known)}; DESCRIBE {self._first} "
                "lists the columns"
            )
        if "disabled" in text and ("Permission" in text or "file system" in text.lower()):
            return f"SQL: only the tables of {self.folder} can be read: {', '.join(self.tables)}"
        return f"SQL: {text[:1].lower()}{text[1:]}"


def table_files(folder: Path, name: str) -> list[Path]:
    """The files of a table, in the order of their names; none if it is not there."""
    found = sorted((folder / name).glob("[!.]*.parquet"))
    alone = [folder / f"{name}{ending}" for ending in (".parquet", ".csv")]
    return [path.resolve() for path in found or [path for path in alone if path.is_file()][:1]]


def write_rows(path: Path, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> int:
    """Write what a query gives as CSV, in one step; NULL is empty, numbers are as exact as they are. Returns the rows."""
    count = 0
    with replaced(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            count += 1
    return count


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and value != value):  # NaN: undefined, too
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def one_sentence(error: Exception) -> str:
    """The first sentence of an error of DuckDB, with the names that it suggests, without a full stop."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    hints = [line for line in lines[1:] if line.startswith(("Candidate bindings", "Did you mean"))]
    text = _PREFIX.sub("", " ".join([first, *hints[:1]]))
    return " ".join(text.split()).rstrip(".!")[:400]


def _no_results(folder: Path) -> str:
    """Why there is nothing to read."""
    if not folder.exists():
        return f"{folder}: there is no such folder; name a results folder, such as results/NAME"
    if not folder.is_dir():
        return f"{folder}: is a file, not a results folder; name the folder that a command wrote"
    inside = sorted(path.name for path in folder.iterdir() if path.is_dir() and read_manifest(path))
    if inside:
        return f"{folder}: holds several results; name one of them: {', '.join(str(folder / name) for name in inside)}"
    return (
        f"{folder}: has no {MANIFEST} of orgsim, so it is no results folder; name one, such as results/NAME"
    )


def _text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def _literal(path: Path) -> str:
    """A path that DuckDB does not take for a pattern."""
    return str(path).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")
