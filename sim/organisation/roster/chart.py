"""What an import makes of a roster: positions while it is read, then the finished chart of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.organisation.headcounts import layers_from_below
from sim.organisation.roster import cells as values
from sim.organisation.roster.pay import Bands
from sim.organisation.roster.reading import Record, Source

#: What a person is in the model.
WRITES, LEADS, OTHER = "ic", "manager", "other"
#: Origins of the people who are in no row of the file.
INFERRED = ("inferred managers", "inferred in between", "inferred top")


@dataclass(frozen=True)
class Chart:
    """An organisation as read from a roster. Sequences have one entry per person.

    boss: index of the manager, -1 for a top. role: `WRITES`, `LEADS` or `OTHER`; whoever leads one of the first two leads.
    order: rank by sorted source id. tenure_years: coarse bands, NaN when unknown. inferred: a manager who is not in the file.
    accounting: rows and people by fate. unknown_bosses: how many managers have a boss who is not in the file, then what became
    of them; empty without any. level: job level of managers (`sim.organisation.levels`), "" unknown. rules: what matched whom.
    source_ids stay in memory and are never written.
    """

    boss: tuple[int, ...]
    role: tuple[str, ...]
    order: tuple[int, ...]
    tenure_years: tuple[float, ...]
    inferred: tuple[bool, ...]
    source_ids: tuple[str, ...] = field(repr=False)
    accounting: dict[str, int]
    unknown_bosses: dict[str, int]
    counts: dict[str, int]
    assumptions: tuple[str, ...]
    sources: tuple[Source, ...] = field(repr=False)
    level: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    bands: Bands = field(default_factory=Bands)

    @property
    def is_manager(self) -> tuple[bool, ...]:
        """Who leads somebody who is simulated."""
        return tuple(role == LEADS for role in self.role)

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.boss)


def layers_of(chart: Chart) -> list[int]:
    """Layers counted from below of those who are simulated (ICs 0, managers at least 1); 0 for other people."""
    return simulated_layers(chart.boss, chart.role)


def simulated_layers(boss: Sequence[int], role: Sequence[str]) -> list[int]:
    """See `layers_of`."""
    rows = [k for k, one in enumerate(role) if one != OTHER]
    row_of = {k: row for row, k in enumerate(rows)}
    found = layers_from_below([row_of.get(boss[k], -1) for k in rows], [int(role[k] == LEADS) for k in rows])
    layers = [0] * len(role)
    for k, layer in zip(rows, found, strict=True):
        layers[k] = layer
    return layers


@dataclass(slots=True)
class Position:
    """One position of the tree: one or more rows of the same id, or an inferred manager. Built up step by step."""

    sort_key: str
    records: list[Record]
    status: str = values.FILLED
    boss: int = -1  # index of a position
    absent: str = ""  # key of a manager who is not in the file
    own_boss: bool = False  # refers to itself, which marks the top
    unknown: bool = False  # somebody is above, but it is not known who
    order: int = -1
    inferred: bool = False

    @property
    def place(self) -> str:
        """The first row, for messages."""
        return self.records[0].place if self.records else "an inferred manager"

    @property
    def heads(self) -> int:
        """People that the position stands for."""
        return sum(r.people for r in self.records if r.status == values.GROUP) or 1
