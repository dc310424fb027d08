"""What an import makes of a roster: positions while it is read, then the finished chart of people."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.organisation.roster import cells as values
from sim.organisation.roster.reading import Record, Source

#: Origins of the people who are in no row of the file.
INFERRED = ("inferred managers", "inferred in between", "inferred top")


@dataclass(frozen=True)
class Chart:
    """An organisation as read from a roster. Sequences have one entry per person.

    boss: index of the manager, -1 for a top. is_manager: has reports. order: rank by sorted source id. tenure_years:
    coarse bands, NaN when unknown. inferred: a manager who is not in the file. accounting: rows and people by fate.
    unknown_bosses: how many managers have a boss who is not in the file, then what became of them; empty without any.
    source_ids stay in memory and are never written.
    """

    boss: tuple[int, ...]
    is_manager: tuple[bool, ...]
    order: tuple[int, ...]
    tenure_years: tuple[float, ...]
    inferred: tuple[bool, ...]
    source_ids: tuple[str, ...] = field(repr=False)
    accounting: dict[str, int]
    unknown_bosses: dict[str, int]
    counts: dict[str, int]
    assumptions: tuple[str, ...]
    sources: tuple[Source, ...] = field(repr=False)

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.boss)


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
