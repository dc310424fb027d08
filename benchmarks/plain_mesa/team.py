"""A team: the ICs of one manager (and the manager's hands-on desk), with their shared queue of reviews."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.review import may_read
from benchmarks.plain_mesa.things import LEAST_RATE, Item, Priority, State

if TYPE_CHECKING:
    from benchmarks.plain_mesa.writer import Writer


class Team:
    """Who works together. Members are ordered by permanent id."""

    def __init__(self) -> None:
        self.members: list[Writer] = []
        self.ics = 0
        self.reviewers = 0
        self.reviews: deque[Item] = deque()
        self.queued_hours = 0.0  # review hours that wait, shared and addressed
        self.started = 0
        self.arrivals = 0  # from outside, so far

    def join(self, writer: Writer, dedicated_reviewers: int) -> None:
        """Add *writer*, by permanent id; the first *dedicated_reviewers* ICs only review, the others then only write."""
        if not writer.is_desk:
            if dedicated_reviewers > 0:
                writer.reviewer = self.ics < dedicated_reviewers
                writer.coder = not writer.reviewer
            self.ics += 1
        self.reviewers += writer.reviewer
        self.members.append(writer)

    @property
    def backlog(self) -> float:
        """Review hours that wait, per reviewer."""
        return max(self.queued_hours, 0.0) / max(self.reviewers, 1)

    def review_arrives(self, item: Item) -> None:
        """A review for whoever is free: a teammate takes it at once, or it waits."""
        reader = self._free_reader(item)
        if reader is None:
            item.state = State.QUEUED
            self.reviews.append(item)
            return
        if reader.current is not None:
            reader.pause()
        reader.begin(item)

    def _free_reader(self, item: Item) -> Writer | None:
        """Return who reads it now: somebody without work first, then whoever writes and has most allowance left.

        Whoever could but has used up the allowance is woken when it is positive again.
        """
        best, best_key = None, None
        for mate in self.members:
            writes = mate.current is not None and mate.current.kind.priority is Priority.OWN
            available = mate.current is None or (writes and mate.may_be_interrupted)
            reads = available and mate.reviewer and mate.rate > LEAST_RATE
            if not (reads and may_read(item.change, mate)):
                continue
            if not mate.may_review:
                mate.wake_when_allowed()
            else:
                key = (mate.current is None, mate.allowance_left(), -mate.pid)
                if best_key is None or key > best_key:
                    best, best_key = mate, key
        return best

    def take_review(self, reader: Writer) -> Item | None:
        """Take the first waiting review that *reader* may do."""
        for item in self.reviews:
            if may_read(item.change, reader):
                self.reviews.remove(item)
                return item
        return None
