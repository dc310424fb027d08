"""Hiring: which vacancies are filled, when, by whom, and what newcomers cost.

Policy ``hiring.policy``: *backfill* fills every vacancy after a delay; *freeze* fills none; *attrition_only* fills none
and lays nobody off, so that the organisation shrinks by quits alone; *ai* gives the vacant IC's part of the work to AI
instead (the team's planned AI share rises) and fills managers' seats only. Seats that are cut are closed, but for
those of the background and performance regimes, which the policy fills like those of people who quit.

A newcomer starts at a quarter of full productivity and ramps up in a straight line over half a year (E10); the boss gives
them hours a week meanwhile. A hire costs a share of the year's pay.

Not modelled: the labour market, offers turned down, juniors against seniors by vacancy.
Parameters: hiring.*.
"""

import numpy as np

from sim.engine.kernel import kernel
from sim.engine.record import Settings
from sim.engine.rng import HIRE
from sim.mechanisms.people.workforce import Dice

BACKFILL, FREEZE, ATTRITION_ONLY, AI = range(4)


def opens(settings: Settings, is_ic: bool) -> bool:
    """Return True if the seat of somebody who quit is to be filled."""
    return bool(settings.switches_hiring) and (
        settings.hiring_policy == BACKFILL or (settings.hiring_policy == AI and not is_ic)
    )


def filled_at(settings: Settings, dice: Dice, pid: int, week: int) -> float:
    """Return the week at which the vacancy left by the person *pid* is filled (exponential delay)."""
    u = float(dice(HIRE, np.array([pid]), week, 0)[0, 0])
    return week - settings.hiring_delay_weeks * float(np.log1p(-u))


@kernel
def settling(p: np.record, weeks: float) -> float:
    """Return the productivity factor of somebody who changed teams *weeks* ago (infinity: never).

    Another team means other code, other people and other habits; the loss fades linearly (moves.*).
    """
    factor: float = 1.0 - p.moves_settling_loss * min(max(1.0 - weeks / p.moves_settling_weeks, 0.0), 1.0)
    return factor


@kernel
def ramp(p: np.record, weeks: float) -> float:
    """Return productivity over full productivity, *weeks* after joining."""
    if p.hiring_ramp_weeks <= 0.0:
        return 1.0
    start = p.hiring_start_productivity
    reached: float = min(max(start + (1.0 - start) * weeks / p.hiring_ramp_weeks, start), 1.0)
    return reached


@kernel
def coaching_hours(p: np.record, weeks: float) -> float:
    """Return the hours a week that somebody who joined *weeks* ago takes from the boss."""
    return p.hiring_coach_hours if weeks < p.hiring_ramp_weeks else 0.0
