"""The parameters as the engine reads them: one record of numbers."""

from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np

from sim.parameters.registry import REGISTRY


class Settings:
    """The parameters as plain Python numbers, by field; choices are their index."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, field: str) -> float:
        """Refuse what is no parameter; declared, so that a checker of types knows what a field is: a number."""
        raise AttributeError(f"There is no parameter {field!r}.")


@cache
def _record_type() -> np.dtype:
    """Return the type of the parameter record; always the same object, or Numba compares all fields at every call."""
    kinds = {"float": "f8", "int": "i8", "bool": "?", "choice": "i8"}
    # A count that may be infinite is stored as a float, so that kernels need no special value.
    fields = [
        (parameter.field, "f8" if parameter.infinite else kinds[parameter.kind])
        for parameter in REGISTRY.values()
    ]
    return np.dtype((np.record, np.dtype(fields, align=True)))


def record(values: Mapping[str, float | int | bool | str]) -> np.ndarray:
    """Return the kernels' record array (shape (1,)): one field per parameter, choices as their index.

    *values* holds every path of `REGISTRY`, already checked.
    """
    array = np.zeros(1, _record_type())
    for path, parameter in REGISTRY.items():
        value = values[path]
        array[parameter.field][0] = parameter.choices.index(value) if parameter.kind == "choice" else value
    return array


def settings_of(p: np.ndarray) -> Settings:
    """Return the parameter record *p* as plain Python values (a NumPy record takes microseconds a field)."""
    return _settings(p.dtype, p.tobytes())


# Kept, because the people's week asks several times: made anew they take 60 microseconds, found again one.
@lru_cache(maxsize=64)
def _settings(dtype: np.dtype, record: bytes) -> Settings:
    return Settings(dict(zip(dtype.names, np.frombuffer(record, dtype)[0].item(), strict=True)))
