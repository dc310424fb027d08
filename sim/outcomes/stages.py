"""Where the lead time of a merged change goes, by stage: kept of every run beside the outcomes, so that a report can draw it.

These are no outcomes: nothing is tested, compared or decided by them, and they are in no correction for several tests.
"""

import numpy as np

from sim.engine.codes import STAGES
from sim.outcomes.period import ratio


def column(stage: str) -> str:
    """The column of a stage: 'review wait' -> 'lead_time_in_review_wait_hours'."""
    return f"lead_time_in_{stage.replace(chr(39) + 's', '').replace(' ', '_')}_hours"


def lead_time_by_stage(snapshots: np.ndarray) -> dict[str, np.ndarray]:
    """Return column -> hours per merged change, float64 [runs]; NaN where nothing was merged. They add up to the lead time.

    snapshots: structured [runs, 2], at the start and the end of the period (`sim.engine.state.WORLD`).
    """
    start, end = snapshots[:, 0], snapshots[:, 1]
    hours, merged = end["stage_hours"] - start["stage_hours"], end["merged"] - start["merged"]
    return {column(stage): ratio(hours[:, k], merged) for k, stage in enumerate(STAGES)}
