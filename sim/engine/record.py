"""The parameters as the engine reads them: one record of numbers."""

from collections.abc import Mapping
from functools import cache, lru_cache
from types import SimpleNamespace

import numpy as np

from sim.parameters.registry import REGISTRY


@cache
def _record_type():
    """Return the type of the parameter record; always the same object, or Numba compares all fields at every call."""
    import numpy as np

    kinds = {"float": "f8", "int": "i8", "bool": "?", "choice": "i8"}
    # A count that may be infinite is stored as a float, so that kernels need no special value.
    fields = [(q.field, "f8" if q.infinite else kinds[q.kind]) for q in REGISTRY.values()]
    return np.dtype((np.record, np.dtype(fields, align=True)))


def record(values: Mapping[str, float | int | bool | str]):
    """Return the kernels' record array (shape (1,)): one field per parameter, choices as their index.

    *values* holds every path of `REGISTRY`, already checked.
    """
    import numpy as np

    array = np.zeros(1, _record_type())
    for path, q in REGISTRY.items():
        value = values[path]
        array[q.field][0] = q.choices.index(value) if q.kind == "choice" else value
    return array


def settings(p: np.ndarray) -> SimpleNamespace:
    """Return the parameter record *p* as plain Python values (a NumPy record takes microseconds a field)."""
    return _settings(p.dtype, p.tobytes())


@lru_cache(maxsize=64)
def _settings(dtype: np.dtype, record: bytes) -> SimpleNamespace:
    return SimpleNamespace(**dict(zip(dtype.names, np.frombuffer(record, dtype)[0].item(), strict=True)))
