"""Which run is replayed, and its frames (`sim.mesa_model.replay`), kept for a while.

Of a design the run is shown whose difference to the base is nearest the mean difference; of the base the one nearest its mean.
Any other run has an address, too.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np

from sim.experiments.nearest_run import nearest_run
from sim.experiments.samples import Sample
from sim.mesa_model.replay import DAY, WEEK, Replay, replay
from sim.workshop.design import Design
from sim.workshop.desk import SEED, Found

MOST_KEPT = 6  # replays; a year by day of 50 people takes some 3 MB
BY = (WEEK, DAY)


@dataclass(frozen=True)
class Chosen:
    """The run to show. change: its difference to the base, relative to the base's mean, None of the base itself; opposite: runs
    in which the difference has the other sign than the mean difference; runs: how many count.
    """

    run: int
    change: float | None
    opposite: int
    runs: int


def chosen_run(found: Found, headline: str) -> Chosen | None:
    """The run that is nearest the mean, None before the first look, or where the headline is in no run."""
    samples = found.comparison.samples if found.comparison is not None else ()
    if not samples:
        return None if found.sample is None else _of_base(found.sample, headline)
    base, other = samples
    runs, in_base, in_other = np.intersect1d(base.runs, other.runs, assume_unique=True, return_indices=True)
    before = base.outcomes[headline][in_base]
    difference = other.outcomes[headline][in_other] - before
    if not np.isfinite(difference).any():
        return None
    nearest = nearest_run(difference, runs)
    middle = float(before[np.isfinite(difference)].mean())
    return Chosen(
        nearest.run, nearest.difference / middle if middle else None, nearest.opposite, nearest.runs
    )


def _of_base(sample: Sample, headline: str) -> Chosen | None:
    values = sample.outcomes[headline]
    if not np.isfinite(values).any():
        return None
    nearest = nearest_run(values, sample.runs)
    return Chosen(nearest.run, None, 0, nearest.runs)


class Replays:
    """Replays of designs. One is made at a time, and the last ones are kept."""

    def __init__(self, outcomes: tuple[str, ...]) -> None:
        self._outcomes = outcomes
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, int, str], Replay] = OrderedDict()

    def of(self, design: Design, run: int, by: str) -> Replay:
        """One run of a design, by "week" or "day"."""
        key = (design.key, run, by)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = replay(design.scenario, SEED, run, by, self._outcomes)
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
