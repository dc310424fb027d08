"""Vacant seats: opened, closed, and filled from outside once their delay is over."""

from math import inf

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine import codes
from sim.engine.codes import NONE, VACANT
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.mechanisms.people import hiring
from sim.mechanisms.people.workforce import Dice
from sim.people import seats
from sim.people.traits import welcome


def close_vacancies(org: Org, count: int) -> None:
    """Close *count* vacancies of ICs, those that would be filled last first."""
    if count == 0:
        return
    open_until = np.where(np.isfinite(org.occupants["open_until"]), org.occupants["open_until"], -1.0)
    open_until[org.occupants["seat_role"] != IC] = -1.0
    chosen = np.argsort(-open_until, kind="stable")[:count]
    org.occupants["open_until"][chosen[open_until[chosen] >= 0.0]] = inf
    org.world["ai_closed"] += count


def open_vacancy(org: Org, settings: Settings, dice: Dice, i: int, pid: int, week: int) -> Org:
    """Let the seat *i*, which *pid* has left, be filled as the hiring policy says."""
    is_ic = org.occupants["seat_role"][i] == IC
    if hiring.opens(settings, is_ic):
        org.occupants["open_until"][i] = hiring.filled_at(settings, dice, pid, week)
    elif settings.switches_hiring and settings.hiring_policy == hiring.AI:
        _raise_ai_share(org, i)
    return org


def leave_vacant(org: Org, p: np.ndarray, settings: Settings, dice: Dice, i: int, pid: int, week: int) -> Org:
    """Empty the seat *i*, which *pid* has left, and let it be filled as the hiring policy says."""
    org = seats.vacate(org, p, i)
    org.occupants["cohort"][i] = NONE
    return open_vacancy(org, settings, dice, i, pid, week)


def _raise_ai_share(org: Org, i: int) -> None:
    """The teammates of the vacant seat *i* let AI do the leaver's part."""
    boss = seats.boss_present(org, i)
    mates = np.flatnonzero((org.people["team"] == boss) & org.people["coder"])
    if len(mates):
        part = 1.0 / (len(mates) + 1)
        share = org.people["ai_planned"][mates]
        org.people["ai_planned"][mates] = np.minimum(share + part * (1.0 - share), 0.95)


def fill_vacancies(org: Org, p: np.ndarray, week: int, agents_each: int) -> Org:
    """Hire for the vacancies whose delay is over, managers' seats first, from the top."""
    occupants = org.occupants
    due = np.flatnonzero((org.people["role"] == VACANT) & (occupants["open_until"] <= week))
    # By the ids of those who left: whoever comes first gets the next id, whatever the order of the rows.
    people = org.people
    if not len(due):
        return org
    layers = seats.planned_layers(org)
    order = np.lexsort((people["pid"][due], -layers[due], occupants["seat_role"][due] == IC))
    for i in due[order].tolist():
        org = hire(org, p, i, week, agents_each)
    return org


def hire(org: Org, p: np.ndarray, i: int, week: int, agents_each: int) -> Org:
    """Hire somebody new for the vacant seat *i*."""
    layer = int(seats.planned_layers(org)[i]) if org.occupants["seat_role"][i] == MANAGER else 0
    org.world["hired_into"][0, min(layer, codes.MAX_LAYERS - 1)] += 1
    welcome(org, p, np.array([i]), week)
    org.people["role"][i] = VACANT
    boss = seats.boss_present(org, i)
    org.people["belief"][i] = org.people["belief"][boss]
    org = seats.seat(org, p, i, agents_each)
    # Nobody knows yet what a newcomer delivers: until it is measured, as much as most.
    outputs = np.sort(org.occupants["output"][org.people["role"] == IC])
    k = len(outputs)
    org.occupants["output"][i] = (outputs[(k - 1) // 2] + outputs[k // 2]) / 2.0 if k else 0.0  # their median
    return org


def note_if_died_out(org: Org, week: int) -> None:
    """Note *week* as the end of an organisation in which no IC is left, and no IC's seat is to be filled."""
    world = org.world
    vacant = (org.people["role"] == VACANT) & (org.occupants["seat_role"] == IC)
    if world["ics"][0] > 0 or np.isfinite(org.occupants["open_until"][vacant]).any():
        world["died_out"] = 0
    elif world["died_out"][0] == 0:
        world["died_out"] = week + 1
