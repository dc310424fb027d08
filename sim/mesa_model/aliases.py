"""Numbers that stand for people and seats in a replay.

People are numbered in the order in which they appear, by permanent id at the start. In a chart of a real organisation these ids,
and the rows of seats, follow the order of the chart, which would tell who is who. There both are shuffled, the same way for the
same seed. That hides people from those who see a replay, not from those who have the chart and make it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np


class Aliases:
    """Numbers of people by permanent id, and of seats by row. pids: permanent id by number."""

    def __init__(self, shuffled: bool, seed: int) -> None:
        self._shuffled, self._seed = shuffled, seed
        self.pids: list[int] = []
        self._people: dict[int, int] = {}
        self._seats: dict[int, int] = {}

    def meet(self, pids: Iterable[int]) -> list[int]:
        """Give those of *pids* a number who have none, and return who they are, in the order of their numbers."""
        new = self._ordered("person", {pid for pid in pids if pid not in self._people})
        for pid in new:
            self._people[pid] = len(self.pids)
            self.pids.append(pid)
        return new

    def meet_seats(self, rows: Iterable[int]) -> None:
        """Give the seats in *rows* a number: the row itself, or, shuffled, the next one that is free."""
        for row in self._ordered("seat", {row for row in rows if row not in self._seats}):
            self._seats[row] = len(self._seats) if self._shuffled else row

    def knows(self, pid: int) -> bool:
        """Return True if *pid* has a number."""
        return pid in self._people

    def person(self, pid: int) -> int:
        """Return the number of *pid*, who was met."""
        return self._people[pid]

    def seat(self, row: int) -> int:
        """Return the number of the seat in *row*, which was met; -1 for none."""
        return self._seats[row] if row >= 0 else -1

    def by_seat(self, rows: np.ndarray) -> np.ndarray:
        """Return *rows* in the order of their seats' numbers."""
        return (
            rows[np.argsort([self.seat(row) for row in rows.tolist()], kind="stable")] if len(rows) else rows
        )

    def _ordered(self, kind: str, things: Iterable[int]) -> list[int]:
        if not self._shuffled:
            return sorted(things)
        return sorted(things, key=lambda one: blake2b(f"{self._seed}/{kind}/{one}".encode()).digest())
