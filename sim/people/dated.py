"""Dated events of a scenario, carried out in their week."""

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine.codes import NONE, VACANT
from sim.engine.record import settings_of
from sim.engine.rng import DATED
from sim.engine.state import Org
from sim.mechanisms.people.workforce import Workforce
from sim.organisation.tree import Tree
from sim.people import draws, openings, replan, vacancies
from sim.people.interventions import conditioned, convert, everybody, hire, lay_off, promote, shocked
from sim.people.laying_off import Setup
from sim.people.moves import move
from sim.people.named_layers import in_named_layer
from sim.people.seats import close_seat, keep_inbox_of_relayered, planned_layers
from sim.scenario.events import RANDOM, DatedEvent, Who
from sim.scenario.openings import BY_HIRING, Opening

_ROLE = {"ic": IC, "manager": MANAGER}


def carry_out(org: Org, p: np.ndarray, events: tuple[DatedEvent, ...], week: int, setup: Setup) -> Org:
    """Do what *events* say to people, in their order, at the end of *week*; the week to come is planned anew."""
    shock, agents_each = None, setup.agents_each
    for k, event in enumerate(events):
        who = event.who
        if event.seats is not None:
            org = _open(org, p, event.seats, week, setup)
        if who is None:  # parameters change, nobody does
            continue
        if event.action == "hire":
            org = _hire(org, p, setup.tree, who, week, agents_each)
            continue
        rows, number = _eligible(org, p, setup.tree, who, week, k)
        if event.action == "follow":
            own = org.occupants["cohort"][rows[:number]]
            org.cohort["followed"][own[own >= 0]] = True
        elif event.action == "lay_off":
            shock = shocked(org, p, shock, week, number)
            org = _lay_off(org, p, rows[:number].tolist(), event.refill, week)
        elif event.action == "convert":
            for row in rows[:number].tolist():
                org = convert(org, p, row, week, agents_each)
        elif event.action == "promote":
            org = _promote(org, p, event, rows, number, week, agents_each)
        else:
            org = _move(org, p, rows[:number], week)
    return replan.finish(org, p, agents_each)


def _eligible(org: Org, p: np.ndarray, tree: Tree, who: Who, week: int, k: int) -> tuple[np.ndarray, int]:
    """Return the rows of all whom the *k*-th event of *week* may concern, first choice first, and how many it takes.

    Nobody without a boss: nobody could stand in.
    """
    workforce = everybody(org, p, week)
    eligible = workforce.boss >= 0
    if who.role:
        eligible &= workforce.role == _ROLE[who.role]
    if isinstance(who.layer, str):
        eligible &= in_named_layer(org, tree, who.layer)[workforce.row] & (workforce.role == MANAGER)
    elif who.layer:
        eligible &= workforce.layer == who.layer
    if who.followed:
        own = org.occupants["cohort"][workforce.row]
        eligible &= (own >= 0) & org.cohort["followed"][own]
    group = np.flatnonzero(eligible)
    luck = draws.dice_of(org)(DATED, workforce.pid[group], week, k)[:, 0]
    order = np.lexsort((luck, _score(workforce, who.choose)[group]))
    return workforce.row[group[order]], who.how_many(len(group))


def _score(workforce: Workforce, choose: str) -> np.ndarray:
    """Return the figure by which people are chosen, the lowest first."""
    if choose == RANDOM:
        return np.zeros(len(workforce.row))
    end, name = choose.split("_")
    figure: np.ndarray = getattr(workforce, name)
    return figure if end in ("lowest", "shortest") else -figure


def _lay_off(org: Org, p: np.ndarray, rows: list[int], refill: bool, week: int) -> Org:
    pids = org.people["pid"][rows].tolist()
    org = lay_off(org, p, rows, week)
    for row, pid in zip(rows, pids, strict=True):
        org = _leave_seat(org, p, row, pid, refill, week)
    return org


def _leave_seat(org: Org, p: np.ndarray, row: int, pid: int, refill: bool, week: int) -> Org:
    """Let the seat *row*, which *pid* has left, be filled as the hiring policy says, or close it."""
    if refill:
        return vacancies.open_vacancy(org, settings_of(p), draws.dice_of(org), row, pid, week)
    close_seat(org, row)
    return org


def _promote(
    org: Org, p: np.ndarray, event: DatedEvent, rows: np.ndarray, number: int, week: int, agents_each: int
) -> Org:
    """Promote *number* of the people in *rows*, the first choice first; one for every boss, or for every vacant seat."""
    done = 0
    displaced: set[int] = set()
    for row in rows.tolist():
        if done == number:
            break
        boss = int(org.people["boss"][row])
        if event.into == "boss":
            if org.people["boss"][boss] < 0 or boss in displaced or row in displaced:
                continue  # nobody can stand in for a root; the boss's place is taken
            displaced.update((row, boss))
            org = promote(org, p, row, boss, week, agents_each)
        else:
            seat = _vacant_manager_seat(org, row)
            if seat == NONE:
                break
            pid = int(org.people["pid"][row])
            org = promote(org, p, row, seat, week, agents_each)
            org = _leave_seat(org, p, row, pid, event.refill, week)
        done += 1
    return org


def _vacant_manager_seat(org: Org, row: int) -> int:
    """Return the vacant manager's seat in the nearest layer above the person on seat *row*, or NONE."""
    layers = planned_layers(org)
    vacant = (org.people["role"] == VACANT) & (org.occupants["seat_role"] == MANAGER)
    seats = np.flatnonzero(vacant & (layers > layers[row]))
    return int(seats[np.lexsort((seats, layers[seats]))[0]]) if len(seats) else NONE


def _hire(org: Org, p: np.ndarray, tree: Tree, who: Who, week: int, agents_each: int) -> Org:
    """Fill vacant seats, managers' from the top first, then those vacated by the lowest ids."""
    people = org.people
    wanted = (people["role"] == VACANT) & (org.occupants["seat_role"] == _ROLE[who.role])
    layers = planned_layers(org)
    if isinstance(who.layer, str):
        wanted &= in_named_layer(org, tree, who.layer)
    elif who.layer:
        wanted &= layers == who.layer
    seats = np.flatnonzero(wanted)
    seats = seats[np.lexsort((people["pid"][seats], -layers[seats]))]
    for row in seats[: who.how_many(len(seats))].tolist():
        org = hire(org, p, row, week, agents_each)
    return org


def _open(org: Org, p: np.ndarray, opening: Opening, week: int, setup: Setup) -> Org:
    """Open seats, and fill them at once where that is asked for, or nobody else would."""
    settings = settings_of(p)
    org, rows = openings.open_seats(org, p, opening, setup.tree)
    if opening.fill == BY_HIRING or (not opening.fill and settings.switches_hiring):
        openings.await_hiring(org, settings, rows, week)
        return org
    for row in rows:
        org = vacancies.hire(org, p, row, week, setup.agents_each)
    return conditioned(org, p, week)


def _move(org: Org, p: np.ndarray, rows: np.ndarray, week: int) -> Org:
    """Let the ICs in *rows* take each other's places in their teams; nobody stays with the boss where that is possible."""
    bosses = org.people["boss"][rows]
    order = np.argsort(bosses, kind="stable")
    # Turned by the largest team's number, everybody gets another boss unless that team has more than half of them.
    turn = int(np.unique(bosses, return_counts=True)[1].max(initial=0))
    for row, boss in zip(rows[order].tolist(), np.roll(bosses[order], turn).tolist(), strict=True):
        if boss != org.people["boss"][row]:
            org, changed = move(org, p, row, boss)
            keep_inbox_of_relayered(org, changed)
            org.occupants["seat_boss"][row] = boss
            org.occupants["moved"][row] = week
    return conditioned(org, p, week)
