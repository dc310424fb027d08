"""Parquet tables, written and read by DuckDB."""

import contextlib
import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np

from sim.errors import UserError
from sim.store.files import replaced


class UnreadableTableError(UserError):
    """A Parquet file is damaged, or gone."""


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """DuckDB catches Ctrl-C during a query and raises its own error; make it a KeyboardInterrupt again.

    What the system does not allow becomes an OSError.
    """
    try:
        yield
    except duckdb.IOException as error:
        text = str(error)
        full = "no space left" in text.lower()
        raise OSError(
            errno.ENOSPC if full else errno.EIO, os.strerror(errno.ENOSPC) if full else text
        ) from error
    except RuntimeError as error:
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise


class Tables:
    """Reads and writes Parquet files through one in-memory DuckDB connection. Not for use from several
    threads.
    """

    def __init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute(
            "SET enable_progress_bar = false"
        )  # after two seconds it would print on stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def write(self, path: Path, columns: Mapping[str, Sequence[Any] | np.ndarray]) -> None:
        """Write equally long columns (numbers, or text with None) as one Parquet file in one step. Raises OSError."""
        data = {name: _column(values) for name, values in columns.items()}
        # DuckDB tells a type from the values: of a column of None alone it would make numbers.
        chosen = ", ".join(
            f"CAST({_quoted(name)} AS VARCHAR) AS {_quoted(name)}"
            if column.dtype == object
            else _quoted(name)
            for name, column in data.items()
        )
        with _interruptible():  # registering is a query, too
            self._connection.register("chunk", data)
            try:
                with replaced(path) as temporary:
                    target = str(temporary).replace("'", "''")
                    self._connection.execute(
                        f"COPY (SELECT {chosen} FROM chunk) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
                    )
            finally:
                self._connection.unregister("chunk")

    def read(
        self, paths: Sequence[Path], columns: Sequence[str] | None = None, where: str = "", order: str = ""
    ) -> dict[str, np.ndarray]:
        """Read columns (default: all) of files with the same columns, in the order of the files; NULL numbers
        are NaN. where, order: conditions in SQL. Raises UnreadableTableError.
        """
        if not paths:
            return {}
        wanted = "*" if columns is None else ", ".join(_quoted(name) for name in columns)
        rest = (f" WHERE {where}" if where else "") + (f" ORDER BY {order}" if order else "")
        # read_parquet takes glob patterns; a folder's name may hold one of their characters.
        files = [str(path).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]") for path in paths]
        try:
            with _interruptible():
                relation = self._connection.execute(
                    f"SELECT {wanted} FROM read_parquet($1, union_by_name = true, file_row_number = false){rest}",
                    [files],
                )
                return {name: _filled(values) for name, values in relation.fetchnumpy().items()}
        except (OSError, duckdb.Error) as error:
            raise self._unreadable(paths, error) from error

    def _unreadable(self, paths: Sequence[Path], error: Exception) -> UnreadableTableError:
        """Which of several files it is that cannot be read."""
        for path in paths if len(paths) > 1 else ():
            try:
                self.read([path])
            except UnreadableTableError as found:
                return found
        why = " ".join(str(error).split())[:200]
        return UnreadableTableError(
            f"{paths[0]}: this table is damaged or cannot be read ({why}); delete it and give the same command again"
        )


def _quoted(name: str) -> str:
    """The name of a column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _column(values: Sequence[Any] | np.ndarray) -> np.ndarray:
    array = np.asarray(values)
    return np.array(list(values), dtype=object) if array.dtype.kind in "OUS" else np.ascontiguousarray(array)


def _filled(values: np.ndarray) -> np.ndarray:
    if not isinstance(values, np.ma.MaskedArray):
        return values
    missing, plain = np.ma.getmaskarray(values), np.asarray(values.data)
    if not missing.any():
        return plain
    filled: np.ndarray = plain.copy() if values.dtype.kind == "O" else plain.astype(float)
    filled[missing] = None  # NaN where it is a number
    return filled
