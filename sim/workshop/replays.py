"""Which run is replayed, and its frames (`sim.mesa_model.replay`), kept for a while.

Of a design the run is shown whose difference to the base is nearest the mean difference; of the base the one nearest its mean.
Any other run has an address, too.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np

from sim.experiments.samples import Sample
from sim.mesa_model.replay import DAY, WEEK, Frame, Replay, replay
from sim.workshop.design import Design
from sim.workshop.desk import SEED, Found

MOST_KEPT = 6  # replays; a year by day of 50 people takes some 3 MB
BY = (WEEK, DAY)


@dataclass(frozen=True)
class Chosen:
    """A run among those that were simulated. change: of this run, relative to the base's mean, None of the base itself;
    opposite: runs in which the difference has the other sign than the mean; runs: how many there are.
    """

    run: int
    change: float | None
    opposite: int
    runs: int


def nearest(found: Found, headline: str) -> Chosen | None:
    """The run that is nearest the mean, None before the first look."""
    if found.comparison is None:
        return None if found.sample is None else _nearest_of_base(found.sample, headline)
    base, other = found.comparison.samples
    runs, in_base, in_other = np.intersect1d(base.runs, other.runs, assume_unique=True, return_indices=True)
    before, after = base.outcomes[headline][in_base], other.outcomes[headline][in_other]
    difference = after - before
    defined = np.isfinite(difference)
    runs, before, difference = runs[defined], before[defined], difference[defined]
    if not len(runs):
        return None
    mean = difference.mean()
    k = int(np.argmin(np.abs(difference - mean)))
    opposite = int(np.sum(np.sign(difference) == -np.sign(mean))) if mean else 0
    return Chosen(int(runs[k]), float(difference[k] / before.mean()), opposite, len(runs))


def _nearest_of_base(sample: Sample, headline: str) -> Chosen:
    values = sample.outcomes[headline]
    k = int(np.nanargmin(np.abs(values - np.nanmean(values))))
    return Chosen(int(sample.runs[k]), None, 0, len(sample.runs))


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


__all__ = ["BY", "DAY", "WEEK", "Chosen", "Frame", "Replay", "Replays", "nearest"]
