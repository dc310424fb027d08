"""Plain data for JSON: no NumPy types, no infinities, no NaN."""

import math
from collections.abc import Mapping
from typing import Any


def jsonable(value: object) -> Any:
    """Return a copy of plain data in which NumPy scalars and arrays are plain, and non-finite numbers are None."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):  # NumPy's float64 is one, too
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "tolist"):  # NumPy's arrays and scalars
        return jsonable(value.tolist())
    return str(value)


def ends(lo: float | None, hi: float | None) -> list[float | None] | None:
    """An interval as [lo, hi], None where there is no lower end."""
    return None if lo is None else [lo, hi]
