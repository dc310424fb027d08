"""What the runs of one scenario come to beyond the means of their outcomes: where changes wait, whether it died out."""

from typing import NamedTuple

import numpy as np

from sim.engine.codes import STAGES
from sim.simulation.results import Results


class DiedOut(NamedTuple):
    """In so many runs no IC was left; the first week in which that happened, and the median over those runs."""

    runs: int
    first_week: int
    median_week: float


class Bottleneck(NamedTuple):
    """The stage in which changes spend most of their lead time, and in which share of the runs it is that one."""

    stage: str
    share_of_runs: float


def died_out(results: Results) -> DiedOut | None:
    """In how many runs no IC was left, and when; None if in none."""
    died = np.asarray(results.outcomes.get("died_out", ())) > 0
    if not died.any():
        return None
    weeks = np.asarray(results.outcomes["weeks_with_ics"])[died]
    return DiedOut(len(weeks), int(weeks.min()), float(np.median(weeks)))


def bottleneck(results: Results) -> Bottleneck | None:
    """The stage in which changes spend most of their lead time, in most runs; None where nothing was merged."""
    values = np.asarray(results.outcomes.get("bottleneck", ()), dtype=float)
    codes = values[np.isfinite(values)].astype(int)
    if not len(codes):
        return None
    counts = np.bincount(codes, minlength=len(STAGES))
    return Bottleneck(STAGES[int(counts.argmax())], float(counts.max() / len(codes)))
