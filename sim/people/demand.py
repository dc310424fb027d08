"""Demand that arrives for a team, when teams or parameters change."""

from math import floor, inf

import numpy as np

from sim.constants import HOURS_PER_WEEK
from sim.engine.state import Org


def demand_rate(org: Org, p: np.ndarray) -> float:
    """Return the changes asked for per IC and hour."""
    return float(p["work_demand"][0] * org.world["demand_factor"][0] / HOURS_PER_WEEK)


def carry_demand(org: Org, p: np.ndarray, old: int, new: int) -> None:
    """Keep the backlog of both teams: the past demand for one IC moves along, as changes started."""
    rate = demand_rate(org, p)
    if rate < inf:
        past = floor(rate * float(org.world["now"][0]))
        org.teams["started"][new] += past
        if old >= 0:
            org.teams["started"][old] -= past


def lose_demand(org: Org, p: np.ndarray, team: int, ics: int = 1) -> None:
    """Keep the backlog of *team*, which has *ics* ICs less: the past demand for them goes, as changes started."""
    rate = demand_rate(org, p)
    if rate < inf:
        org.teams["started"][team] -= ics * floor(rate * float(org.world["now"][0]))


def rebase_demand(org: Org, old_rate: float, new_rate: float) -> None:
    """Keep every team's backlog where the demand per IC-hour changes from *old_rate* to *new_rate*."""
    if new_rate in (inf, old_rate):
        return
    teams, now = org.teams, float(org.world["now"][0])
    backlog = old_rate * now * teams["ics"] - teams["started"] if old_rate < inf else 0.0
    teams["started"] = np.floor(new_rate * now * teams["ics"] - backlog).astype(np.int64)
