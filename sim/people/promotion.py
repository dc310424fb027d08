"""Careers and AI strategy carried out: promotion into vacant seats, stepping down, the staff track, fluency and guardrails.

What is decided is in `sim.mechanisms.people.careers` and `sim.mechanisms.people.governance`; here it is done to the
organisation. A person who moves up leaves the work of the old seat to others as somebody who quits does; the old seat is
then vacant itself. A manager who steps down becomes an IC of the boss, and the manager's seat is closed.
"""

from dataclasses import replace

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine import codes
from sim.engine.codes import NONE, VACANT
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.mechanisms.people import careers
from sim.mechanisms.people.workforce import Dice, Workforce
from sim.people import seats
from sim.people.vacancies import open_vacancy


def promote(
    org: Org, p: np.ndarray, settings: Settings, workforce: Workforce, dice: Dice, agents_each: int
) -> Org:
    """Let managers' seats that are to be filled go to people from below, whose own seats are to be filled in turn."""
    org = _step_down(org, p, settings, workforce, dice, agents_each)
    # By the plan: whose reports have all gone up, or are to be replaced, still manages from the layer of the seat.
    layers = seats.planned_layers(org)
    workforce = replace(workforce, layer=layers[workforce.row])
    vacant = _vacancies(org, workforce, layers)
    if not len(vacant.row):
        return org
    made = careers.fill_vacancies(workforce, vacant, settings, dice)
    competence = (
        made.quality if settings.switches_flow else careers.competences(workforce, made, settings, dice)
    )
    org.occupants["waited"][workforce.row[made.considered]] = 0.0
    places = zip(
        made.row.tolist(), made.person.tolist(), made.quality.tolist(), competence.tolist(), strict=True
    )
    for row, k, quality, in_job in places:
        source = int(workforce.row[k]) if k >= 0 else NONE
        if k < 0 or org.people["role"][source] not in (IC, MANAGER) or org.people["role"][row] != VACANT:
            continue  # from outside: hired when the delay is over
        org = move_up(org, p, source, row, quality, agents_each)
        if not settings.switches_flow:
            org.occupants["competence"][row] = in_job
        org = open_vacancy(org, settings, dice, source, int(workforce.pid[k]), workforce.week)
    return org


def move_up(org: Org, p: np.ndarray, source: int, row: int, quality: float, agents_each: int) -> Org:
    """Let the person on seat *source* take the vacant manager's seat *row*, with management *quality*."""
    _count(org, row)
    org = seats.vacate(org, p, source)
    seats.carry_person(org, source, row)
    org.occupants["cohort"][source] = NONE
    org.people["quality"][row] = quality
    org.occupants["pay"][row] = org.occupants["seat_pay"][row]
    return seats.seat(org, p, row, agents_each)


def _count(org: Org, row: int) -> None:
    """Count a promotion into the manager's seat *row*."""
    layer = min(int(seats.planned_layers(org)[row]), codes.MAX_LAYERS - 1)
    org.world["promotions"] += 1
    org.world["promotions_into"][0, layer] += 1


def are_due(org: Org, settings: Settings) -> bool:
    """Return True if a manager's seat is to be filled, or managers may step down."""
    return settings.careers_step_down > 0.0 or bool(_to_fill(org).any())


def _to_fill(org: Org) -> np.ndarray:
    """Return bool [people]: a vacant manager's seat that is to be filled."""
    occupants = org.occupants
    vacant, managers = org.people["role"] == VACANT, occupants["seat_role"] == MANAGER
    to_fill: np.ndarray = vacant & managers & np.isfinite(occupants["open_until"])
    return to_fill


def change_places(
    org: Org, p: np.ndarray, row: int, into: int, quality: float, as_ic: tuple[float, float], agents_each: int
) -> Org:
    """Let the person on seat *row* and the own boss, on the manager's seat *into*, take each other's seats.

    *quality*: of the new manager. *as_ic*: (skill, pay) of the old one as an IC, used if *row* is an IC's seat.
    """
    _count(org, into)
    org = seats.vacate(org, p, row)
    org = seats.vacate(org, p, into)
    seats.exchange_people(org, row, into)
    org.people["quality"][into] = quality
    org.occupants["pay"][into] = org.occupants["seat_pay"][into]
    org.occupants["pay"][row] = org.occupants["seat_pay"][row]
    if org.occupants["seat_role"][row] == IC:
        org.people["skill"][row] = as_ic[0]
        org.occupants["pay"][row] = org.occupants["seat_pay"][row] = as_ic[1]
        org.world["conversions"] += 1
    org = seats.seat(org, p, into, agents_each)
    return seats.seat(org, p, row, agents_each)


def _vacancies(org: Org, workforce: Workforce, layers: np.ndarray) -> careers.Vacancies:
    """Return the vacant managers' seats that are to be filled."""
    people, occupants, wanted = org.people, org.occupants, _to_fill(org)
    rows = np.flatnonzero(wanted)
    place = np.full(len(people) + 1, NONE)
    place[workforce.row] = np.arange(len(workforce.row))
    bosses = np.array([place[seats.boss_present(org, int(i))] for i in rows], np.int64)
    former = occupants["seat_boss"][workforce.row]
    former = np.where(wanted[former] & (former >= 0), former, NONE)
    return careers.Vacancies(rows, people["pid"][rows], layers[rows], bosses, former)


def _step_down(
    org: Org, p: np.ndarray, settings: Settings, workforce: Workforce, dice: Dice, agents_each: int
) -> Org:
    for k in np.flatnonzero(careers.step_downs(workforce, settings, dice)).tolist():
        i = int(workforce.row[k])
        if org.people["role"][i] == MANAGER:
            org = seats.convert(org, p, i, *as_ic(org, settings, i), agents_each)
    return org


def as_ic(org: Org, settings: Settings, i: int) -> tuple[float, float]:
    """Return (skill, pay in USD/year) with which the manager on seat *i* becomes an IC."""
    currency = float(org.occupants["currency"][i])
    skill = careers.skill_as_ic(float(org.people["skill"][i]), currency, settings)
    ics = org.occupants["seat_role"] == IC
    pay = org.occupants["seat_pay"][ics]
    return skill, float(np.median(pay)) if len(pay) else float(org.occupants["pay"][i])


def wait(org: Org, settings: Settings, workforce: Workforce, weeks: float) -> None:
    """Count another *weeks* weeks for those of the workforce who are ready for promotion and still where they were."""
    here = org.people["pid"][workforce.row] == workforce.pid
    nobody = np.zeros(len(workforce.row), bool)
    waited = careers.next_waited(
        org.occupants["waited"][workforce.row], careers.ready(workforce, settings), nobody, weeks
    )
    org.occupants["waited"][workforce.row[here]] = waited[here]


def age(org: Org, settings: Settings, workforce: Workforce, weeks: float) -> None:
    """Let everybody's closeness to the technology drift for *weeks* weeks, and new experts join the staff track."""
    org.occupants["currency"][workforce.row] = careers.next_currency(workforce, settings, weeks)
    org.occupants["staff"][workforce.row[careers.new_staff(workforce, settings)]] = True
