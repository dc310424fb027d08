"""Turnover in rounds: who retires, who is dismissed, and succession from below.

Every ``careers.every_weeks`` weeks. Where work flows, leavers leave as those who quit do, and the top stays. Where it stands
still nobody has work to hand over, so a seat that is filled again in the same round is never empty: successors and newcomers
take their seats in place, the top's included. Seats that stay empty are vacated as everywhere. Who is chosen, and what
becomes of competence, is in `sim.mechanisms.people.careers`.
"""

from dataclasses import replace
from math import inf

import numpy as np

from sim.constants import MANAGER, WEEKS_PER_YEAR
from sim.engine.codes import LAID_OFF, NONE, RETIRED
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.mechanisms.people import careers, hiring
from sim.mechanisms.people.layoffs import Cuts
from sim.mechanisms.people.workforce import Crew, Dice
from sim.people import exits
from sim.people.seats import LIFE_PERSONAL, PERSONAL
from sim.people.traits import welcome
from sim.people.vacancies import leave_vacant


def due(settings: Settings, week: int) -> bool:
    """Return True if a round of careers is held at the end of *week*."""
    return week > 0 and week % settings.careers_every_weeks == 0


def hold(org: Org, p: np.ndarray, settings: Settings, crew: Crew, dice: Dice) -> Org:
    """Let people retire, dismiss those below the threshold, and let others take their seats where work stands still."""
    lives = org.lives
    age = (crew.week - lives["born"][crew.row]) / WEEKS_PER_YEAR
    retire, dismissed = careers.leave_in_round(age, lives["competence"][crew.row], settings)
    in_place = not settings.switches_flow
    # Without work anybody can take the top's seat at once, if need be from outside.
    stays = (
        crew.boss < 0
        if settings.switches_flow or not hiring.opens(settings, False)
        else np.zeros(len(crew.row), bool)
    )
    left = (retire | dismissed) & ~stays
    if not left.any():
        return org
    org = exits.with_ledger(org, crew, (_dismissals(crew, np.flatnonzero(dismissed & left)),), crew.week)
    for row, retires in zip(crew.row[left].tolist(), retire[left].tolist(), strict=True):
        exits.record_exit(org, p, row, RETIRED if retires else LAID_OFF, crew.week)
    if in_place:
        return _succeed(org, p, settings, crew, dice, left)
    for row, pid in zip(crew.row[left].tolist(), crew.pid[left].tolist(), strict=True):
        org = leave_vacant(org, p, settings, dice, row, pid, crew.week)
    return org


def _dismissals(crew: Crew, at: np.ndarray) -> Cuts:
    """Return the dismissals of those at the positions *at*, for the ledger."""
    return Cuts("dismissal", at, crew.output[at], np.full(len(at), np.nan), np.zeros(len(at), bool), True)


def _succeed(org: Org, p: np.ndarray, settings: Settings, crew: Crew, dice: Dice, left: np.ndarray) -> Org:
    """Let others take in place the seats of those who have *left* [n], and the seats that these leave in turn."""
    made = _appointments(crew, left, settings, dice)
    competence = careers.competences(crew, made, settings, dice)
    inside = made.person != NONE
    source, target = crew.row[made.person[inside]], made.row[inside]
    freed = np.zeros(len(org.people), bool)
    freed[crew.row[left]] = freed[source] = True
    seats = np.flatnonzero(freed)
    freed[target] = False
    vacant = np.flatnonzero(freed)
    fill = (settings.hiring_delay_weeks <= 0.0) & _opens(org, settings, vacant) | (
        org.lives["seat_boss"][vacant] < 0
    )
    paid = org.lives["pay"][seats].sum()
    org.lives["waited"][crew.row[made.considered]] = 0.0
    for table, names in ((org.people, PERSONAL), (org.lives, LIFE_PERSONAL)):
        for name in names:
            table[name][target] = table[name][source]
    org.people["quality"][target] = made.quality[inside]
    org.lives["competence"][target] = competence[inside]
    org.lives["pay"][target] = org.lives["seat_pay"][target]
    org.world["promotions"] += len(target)
    welcome(org, p, vacant[fill], crew.week)
    org.world["payroll_above_start"] += org.lives["pay"][seats].sum() - paid
    if not fill.all():
        pids = dict(zip(crew.row.tolist(), crew.pid.tolist(), strict=True))
        for i in vacant[~fill].tolist():
            org = leave_vacant(org, p, settings, dice, i, pids[i], crew.week)
    return org


def _opens(org: Org, settings: Settings, seats: np.ndarray) -> np.ndarray:
    """Return bool: which of the *seats* may be filled from outside."""
    manager = org.lives["seat_role"][seats] == MANAGER
    return np.where(manager, hiring.opens(settings, False), hiring.opens(settings, True))


def _appointments(crew: Crew, left: np.ndarray, settings: Settings, dice: Dice) -> careers.Appointments:
    """Return who takes the managers' seats of those who have *left*, and those that become vacant thereby."""
    vacant = left & (crew.role == MANAGER) & bool(settings.switches_promotions)
    above = np.where((crew.boss >= 0) & vacant[crew.boss], crew.row[crew.boss], NONE)
    wanted = careers.Vacancies(
        crew.row[vacant], crew.pid[vacant], crew.layer[vacant], crew.boss[vacant], above
    )
    # Those who have left and tops are no candidates.
    there = replace(crew, tenure=np.where(left | (crew.boss < 0), -inf, crew.tenure))
    return careers.fill_vacancies(there, wanted, settings, dice)
