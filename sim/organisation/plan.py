"""What a scenario says of its organisation: sizes, spans, layers, a chart; nothing is built here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.organisation.roster.memory import MemoryChart


class Frozen(Mapping[str, Any]):
    """An immutable mapping that can be pickled."""

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = dict(data)

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __hash__(self) -> int:
        return hash(frozenset(self._data.items()))

    def __repr__(self) -> str:
        return repr(self._data)


@dataclass(frozen=True)
class Organisation:
    """How the tree is made; see `sim.organisation.structure`. Paths are absolute."""

    ics: int | None = 96
    management_layers: int | None = 3
    spans: tuple[int, ...] | None = None
    chart: Path | MemoryChart | None = None
    chart_columns: Mapping[str, str] = field(default_factory=lambda: Frozen({}))
    hold: str | None = None
    hold_to: str | None = None
    remove_layer: int | str | None = (
        None  # counted from below, "top-1" or a job level (`sim.organisation.levels`)
    )
    pay: Mapping[str, float] = field(default_factory=lambda: Frozen({}))  # band -> base pay, USD a year
