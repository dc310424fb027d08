"""Cutting the work of a sweep into blocks of about the same time.

An interruption loses what is being simulated, and every block costs something to hand over and to keep: about five seconds of
work are a bearable loss and a thousandth of cost. How long a run takes is learned from the blocks that come back; the first ones
are small. Towards the end blocks become smaller, so that all workers end at about the same time.
"""

from collections.abc import Iterator, Sequence

from sim.experiments.sweep.blocks import Block, Work

SECONDS = 5.0  # of work in a block
LEAST_SECONDS = 0.25  # of a block near the end
MOST_RUNS = 2_000  # of a block, however fast they are: what is kept of them has to fit in memory
FIRST_RUNS = 4  # of a block as long as nothing is known
_RECENT = 0.5  # weight of the last block in what is expected of the next


class Cutter:
    """Cuts what is missing into blocks, while they are done. width: workers."""

    def __init__(self, missing: Sequence[Block], width: int) -> None:
        self._missing, self._width = missing, width
        self._left = sum(block.count for block in missing)
        self.seconds: float | None = None  # per run, as of late

    def learn(self, runs: int, seconds: float) -> None:
        """So many runs have taken so long."""
        each = seconds / max(runs, 1)
        self.seconds = each if self.seconds is None else self.seconds + _RECENT * (each - self.seconds)

    def runs(self) -> int:
        """How many runs the next block should have."""
        if self.seconds is None:
            return FIRST_RUNS
        most, least = (
            min(MOST_RUNS, int(wanted / max(self.seconds, 1e-9))) for wanted in (SECONDS, LEAST_SECONDS)
        )
        fair = -(-self._left // (2 * self._width))
        return max(1, min(most, max(least, fair)))

    def __iter__(self) -> Iterator[Work]:
        """The blocks, in the order of what is missing; each as large as is right when it is asked for."""
        work: list[Block] = []
        room = 0
        for block in self._missing:
            first, end = block.first, block.first + block.count
            while first < end:
                room = room if work else self.runs()
                count = min(room, end - first)
                work.append(Block(block.point, first, count))
                first, room = first + count, room - count
                self._left -= count
                if room == 0:
                    yield tuple(work)
                    work = []
        if work:
            yield tuple(work)
