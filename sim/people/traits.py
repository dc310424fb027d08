"""Who somebody is beyond what the flow of work needs: traits at week 0 and of newcomers, drawn from keyed dice."""

from math import inf

import numpy as np

from sim.constants import MANAGER, WEEKS_PER_YEAR
from sim.engine import tables
from sim.engine.codes import NONE
from sim.engine.record import settings_of
from sim.engine.rng import TRAITS
from sim.engine.state import Org
from sim.flow.initialise import introduce
from sim.mechanisms.people import careers
from sim.organisation import tenure
from sim.people.draws import dice_of, normal
from sim.statistics import scores


def draw_traits(org: Org, p: np.ndarray, rows: np.ndarray) -> None:
    """Draw the traits of the people in *rows* that the flow engine does not know."""
    dice, pids, occupants, settings = dice_of(org), org.people["pid"][rows], org.occupants, settings_of(p)
    first, second, third = (dice(TRAITS, pids, 0, k) for k in range(3))
    occupants["joined"][rows] = _joined(
        settings.people_tenure_mean_years, occupants["tenure_band"][rows], first[:, 0]
    )
    occupants["expertise"][rows] = normal(first[:, 1])
    occupants["aptitude"][rows] = normal(second[:, 0])
    occupants["diverse"][rows] = second[:, 1] < settings.people_diverse_share
    managers = org.people["role"][rows] == MANAGER
    occupants["currency"][rows] = np.where(managers, third[:, 0], 1.0)
    occupants["strain"][rows] = settings.quits_strain_at_base
    occupants["moved"][rows] = -inf
    if settings.switches_retirement or not settings.switches_flow:
        fourth = dice(TRAITS, pids, 0, 3)
        span = scores.Range(
            settings.people_age_mean, settings.people_age_sd, settings.people_age_min, settings.people_age_max
        )
        occupants["born"][rows] = int(org.world["people_week"][0]) - WEEKS_PER_YEAR * span.at(fourth[:, 0])
        occupants["competence"][rows] = careers.competence_range(settings).at(fourth[:, 1])


def _joined(mean: float, band: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return the weeks, before week 0, in which people joined: exponential tenures, inside the bands of a chart.

    mean: years. The same uniforms *u* serve every band, and an unknown tenure is the exponential itself.
    """
    low, below = np.array(tenure.BANDS)[band].T
    inside = -np.expm1((low - below) / max(mean, 1e-9))  # exactly 1 without an upper end
    joined: np.ndarray = mean * WEEKS_PER_YEAR * np.log1p(-inside * u) - low * WEEKS_PER_YEAR
    return joined


def welcome(org: Org, p: np.ndarray, rows: np.ndarray, week: int) -> None:
    """Draw newcomers, in this order, for the seats in *rows*, int64 [n]."""
    people, occupants = org.people, org.occupants
    people["pid"][rows] = tables.HIRE_ID + int(org.world["hired"][0]) + np.arange(len(rows))
    org.world["hired"] += len(rows)
    people["next_change"][rows] = 0
    people["role"][rows], occupants["tenure_band"][rows] = occupants["seat_role"][rows], tenure.UNKNOWN
    introduce(org, p, rows)
    draw_traits(org, p, rows)
    occupants["joined"][rows], occupants["cohort"][rows], occupants["staff"][rows] = week, NONE, False
    occupants["waited"][rows], occupants["pay"][rows] = 0.0, occupants["seat_pay"][rows]
    org.world["people_usd"] += p["hiring_cost_share"][0] * occupants["pay"][rows].sum()
