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
from sim.engine import codes
from sim.engine.codes import LAID_OFF, NONE, RETIRED
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.mechanisms.people import careers, hiring
from sim.mechanisms.people.layoffs import Cuts
from sim.mechanisms.people.workforce import Dice, Workforce
from sim.people import exits
from sim.people.seats import OCCUPANT_PERSONAL, PERSONAL
from sim.people.traits import welcome
from sim.people.vacancies import leave_vacant


def due(settings: Settings, week: int) -> bool:
    """Return True if a round of careers is held at the end of *week*."""
    return week > 0 and week % settings.careers_every_weeks == 0


def hold(org: Org, p: np.ndarray, settings: Settings, workforce: Workforce, dice: Dice) -> Org:
    """Let people retire, dismiss those below the threshold, and let others take their seats where work stands still."""
    occupants = org.occupants
    age = (workforce.week - occupants["born"][workforce.row]) / WEEKS_PER_YEAR
    retire, dismissed = careers.leave_in_round(age, occupants["competence"][workforce.row], settings)
    in_place = not settings.switches_flow
    # Without work anybody can take the top's seat at once, if need be from outside.
    stays = (
        workforce.boss < 0
        if settings.switches_flow or not hiring.opens(settings, False)
        else np.zeros(len(workforce.row), bool)
    )
    left = (retire | dismissed) & ~stays
    if not left.any():
        return org
    org = exits.with_ledger(
        org, workforce, (_dismissals(workforce, np.flatnonzero(dismissed & left)),), workforce.week
    )
    for row, retires in zip(workforce.row[left].tolist(), retire[left].tolist(), strict=True):
        org = exits.record_exit(org, p, row, RETIRED if retires else LAID_OFF, workforce.week)
    if in_place:
        return _succeed(org, p, settings, workforce, dice, left)
    for row, pid in zip(workforce.row[left].tolist(), workforce.pid[left].tolist(), strict=True):
        org = leave_vacant(org, p, settings, dice, row, pid, workforce.week)
    return org


def _dismissals(workforce: Workforce, at: np.ndarray) -> Cuts:
    """Return the dismissals of those at the positions *at*, for the ledger."""
    return Cuts(
        "dismissal", at, workforce.output[at], np.full(len(at), np.nan), np.zeros(len(at), bool), True
    )


def _succeed(
    org: Org, p: np.ndarray, settings: Settings, workforce: Workforce, dice: Dice, left: np.ndarray
) -> Org:
    """Let others take in place the seats of those who have *left* [n], and the seats that these leave in turn."""
    made = _appointments(workforce, left, settings, dice)
    competence = careers.competences(workforce, made, settings, dice)
    inside = made.person != NONE
    source, target = workforce.row[made.person[inside]], made.row[inside]
    freed = np.zeros(len(org.people), bool)
    freed[workforce.row[left]] = freed[source] = True
    seats = np.flatnonzero(freed)
    freed[target] = False
    vacant = np.flatnonzero(freed)
    fill = (settings.hiring_delay_weeks <= 0.0) & _opens(org, settings, vacant) | (
        org.occupants["seat_boss"][vacant] < 0
    )
    paid = org.occupants["pay"][seats].sum()
    org.occupants["waited"][workforce.row[made.considered]] = 0.0
    for table, names in ((org.people, PERSONAL), (org.occupants, OCCUPANT_PERSONAL)):
        for name in names:
            table[name][target] = table[name][source]
    org.people["quality"][target] = made.quality[inside]
    org.occupants["competence"][target] = competence[inside]
    org.occupants["pay"][target] = org.occupants["seat_pay"][target]
    org.world["promotions"] += len(target)
    layers = np.minimum(org.people["layer"], codes.MAX_LAYERS - 1)
    np.add.at(org.world["promotions_into"][0], layers[target], 1)
    np.add.at(org.world["hired_into"][0], layers[vacant[fill]], 1)
    welcome(org, p, vacant[fill], workforce.week)
    org.world["payroll_above_start"] += org.occupants["pay"][seats].sum() - paid
    if not fill.all():
        pids = dict(zip(workforce.row.tolist(), workforce.pid.tolist(), strict=True))
        for i in vacant[~fill].tolist():
            org = leave_vacant(org, p, settings, dice, i, pids[i], workforce.week)
    return org


def _opens(org: Org, settings: Settings, seats: np.ndarray) -> np.ndarray:
    """Return bool: which of the *seats* may be filled from outside."""
    manager = org.occupants["seat_role"][seats] == MANAGER
    return np.where(manager, hiring.opens(settings, False), hiring.opens(settings, True))


def _appointments(
    workforce: Workforce, left: np.ndarray, settings: Settings, dice: Dice
) -> careers.Appointments:
    """Return who takes the managers' seats of those who have *left*, and those that become vacant thereby."""
    vacant = left & (workforce.role == MANAGER) & bool(settings.switches_promotions)
    above = np.where((workforce.boss >= 0) & vacant[workforce.boss], workforce.row[workforce.boss], NONE)
    wanted = careers.Vacancies(
        workforce.row[vacant], workforce.pid[vacant], workforce.layer[vacant], workforce.boss[vacant], above
    )
    # Those who have left and tops are no candidates.
    there = replace(workforce, tenure=np.where(left | (workforce.boss < 0), -inf, workforce.tenure))
    return careers.fill_vacancies(there, wanted, settings, dice)
