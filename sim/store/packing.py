"""Tables as bytes, for what is kept for a short time: much cheaper to write than Parquet, and read back bit for bit.

A line of JSON says the columns of every table, their types and lengths, and has the values of columns of text; the numbers of the
others follow, column by column.
"""

import json
from collections.abc import Mapping, Sequence

import numpy as np

Columns = Mapping[str, np.ndarray]


def pack(tables: Sequence[Columns]) -> bytes:
    """The tables as bytes. Columns: numbers, or text with None (dtype object)."""
    header, numbers = [], []
    for columns in tables:
        said: list[list[object]] = []
        for name, values in columns.items():
            if values.dtype == object:
                said.append([name, None, list(values)])
            else:
                said.append([name, values.dtype.str, len(values)])
                numbers.append(np.ascontiguousarray(values).tobytes())
        header.append(said)
    return b"".join([json.dumps(header).encode(), b"\n", *numbers])


def unpack(data: bytes) -> list[dict[str, np.ndarray]]:
    """The tables of `pack`. Raises ValueError where these are no such bytes."""
    end = data.index(b"\n")
    at, tables = end + 1, []
    for said in json.loads(data[:end]):
        columns: dict[str, np.ndarray] = {}
        for name, kind, values in said:
            if kind is None:
                columns[name] = np.array(values, dtype=object)
                continue
            dtype = np.dtype(kind)
            columns[name] = np.frombuffer(data, dtype, values, at)
            at += values * dtype.itemsize
        tables.append(columns)
    return tables
