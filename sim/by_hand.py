"""What is done to people by hand, between two weeks: by a scenario's dated events and through the Mesa door.

It has the consequences of what happens by itself (`sim.lives`, `sim.staffing`): severance is paid, the leaver's changes are
taken over or abandoned, reports move up, cohort and ledger (rule "event") say so, and survivors quit more. Nobody is rated
by a rule, so the ledger's score and percentile are NaN.

The functions edit the tables; the week to come must be planned anew afterwards (`sim.staffing.finish`).
"""

from typing import NamedTuple

import numpy as np

from sim import advancement, lives, staffing
from sim.constants import IC, MANAGER
from sim.engine.codes import LAID_OFF, NONE, VACANT
from sim.engine.rng import DATED
from sim.engine.state import Org
from sim.interventions import move
from sim.mechanisms.people import careers, quits
from sim.mechanisms.people.layoffs import Cuts
from sim.mechanisms.people.workforce import Crew
from sim.scenario.events import RANDOM, Event, Who

_ROLE = {"ic": IC, "manager": MANAGER}


class Shock(NamedTuple):
    """Layoffs by hand at one week's end. people: before them. jump: survivors' quit hazard before them (0.31: +31 %)."""

    week: int
    people: int
    jump: float
    laid_off: int


# --- One act after the other ---------------------------------------------------------------------------------------------


def lay_off(org: Org, p: np.ndarray, rows: list[int], week: int) -> Org:
    """Lay the people in *rows* off at the end of *week*; their seats stay vacant."""
    crew = _crew(org, p, week)
    at = np.flatnonzero(np.isin(crew.row, rows))
    for i in crew.row[at].tolist():
        org = lives.leave(org, p, i, LAID_OFF, week)
    org = lives.with_ledger(org, crew, (_cuts(at, False),), week)
    return _conditioned(org, p, week)


def convert(org: Org, p: np.ndarray, row: int, week: int, agents_each: int) -> Org:
    """Let the manager in *row* become an IC of the boss, paid as ICs are; the manager's seat is closed."""
    crew = _crew(org, p, week)
    at = np.flatnonzero(crew.row == row)
    skill, pay = advancement.as_ic(org, lives.settings(p), row)
    org = staffing.convert(org, p, row, skill, pay, agents_each)
    org = lives.with_ledger(org, crew, (_cuts(at, True),), week)
    return _conditioned(org, p, week)


def hire(org: Org, p: np.ndarray, row: int, week: int, agents_each: int) -> Org:
    """Fill the vacant seat *row* with somebody new."""
    return _conditioned(lives.hire(org, p, row, week, agents_each), p, week)


def promote(org: Org, p: np.ndarray, row: int, into: int, week: int, agents_each: int) -> Org:
    """Let the person in *row* take the manager's seat *into*; whoever is there takes the seat in *row* as an IC.

    *into* is vacant (then the seat in *row* becomes vacant), or it is the seat of the person's own boss, who is no root.
    """
    crew, q = _crew(org, p, week), lives.settings(p)
    who = np.flatnonzero(crew.row == row)
    layer = org.people["layer"][[into]].astype(np.int64)
    quality = float(careers.qualities(crew, layer, who, q, lives.dice_of(org))[0])
    if org.people["role"][into] == VACANT:
        org = advancement.move_up(org, p, row, into, quality, agents_each)
    else:
        org = advancement.change_places(
            org, p, row, into, quality, advancement.as_ic(org, q, into), agents_each
        )
    return _conditioned(org, p, week)


def shocked(org: Org, p: np.ndarray, shock: Shock | None, week: int, laid_off: int) -> Shock:
    """Raise survivors' quit hazard for *laid_off* people at the end of *week*; *shock*: earlier ones.

    All layoffs by hand at one week's end count as one cut. Call it before they leave.
    """
    world = org.world[0]
    if shock is None or shock.week != week:
        shock = Shock(week, int(world.ics + world.managers), float(world.quit_jump), 0)
    shock = shock._replace(laid_off=shock.laid_off + laid_off)
    # The week's decay is over already; only what the cut adds counts.
    org.world["quit_jump"] = shock.jump + quits.shock_after(
        lives.settings(p), 0.0, shock.laid_off / shock.people
    )
    return shock


def _crew(org: Org, p: np.ndarray, week: int) -> Crew:
    return lives.crew_of(org, lives.settings(p), week)


def _conditioned(org: Org, p: np.ndarray, week: int) -> Org:
    lives.set_condition(org, p, week)
    return org


def _cuts(at: np.ndarray, convert: bool) -> Cuts:
    unknown = np.full(len(at), np.nan)
    return Cuts("event", at, unknown, unknown, np.full(len(at), convert))


# --- The dated events of a week ------------------------------------------------------------------------------------------


def carry_out(org: Org, p: np.ndarray, events: tuple[Event, ...], week: int, agents_each: int) -> Org:
    """Do what *events* say to people, in their order, at the end of *week*; the week to come is planned anew."""
    shock = None
    for k, event in enumerate(events):
        if event.action == "set":
            continue
        if event.action == "hire":
            org = _hire(org, p, event.who, week, agents_each)
            continue
        rows, number = _eligible(org, p, event.who, week, k)
        if event.action == "follow":
            own = org.lives["cohort"][rows[:number]]
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
    return staffing.finish(org, p, agents_each)


def _eligible(org: Org, p: np.ndarray, who: Who, week: int, k: int) -> tuple[np.ndarray, int]:
    """Return the rows of all whom the *k*-th event of *week* may concern, first choice first, and how many it takes.

    Nobody without a boss: nobody could stand in.
    """
    crew = _crew(org, p, week)
    eligible = crew.boss >= 0
    if who.role:
        eligible &= crew.role == _ROLE[who.role]
    if who.layer:
        eligible &= crew.layer == who.layer
    if who.followed:
        own = org.lives["cohort"][crew.row]
        eligible &= (own >= 0) & org.cohort["followed"][own]
    group = np.flatnonzero(eligible)
    luck = lives.dice_of(org)(DATED, crew.pid[group], week, k)[:, 0]
    order = np.lexsort((luck, _score(crew, who.choose)[group]))
    return crew.row[group[order]], who.how_many(len(group))


def _score(crew: Crew, choose: str) -> np.ndarray:
    """Return the figure by which people are chosen, the lowest first."""
    if choose == RANDOM:
        return np.zeros(len(crew.row))
    end, name = choose.split("_")
    return getattr(crew, name) * (1.0 if end in ("lowest", "shortest") else -1.0)


def _lay_off(org: Org, p: np.ndarray, rows: list[int], refill: bool, week: int) -> Org:
    pids = org.people["pid"][rows].tolist()
    org = lay_off(org, p, rows, week)
    for row, pid in zip(rows, pids, strict=True):
        org = _leave_seat(org, p, row, pid, refill, week)
    return org


def _leave_seat(org: Org, p: np.ndarray, row: int, pid: int, refill: bool, week: int) -> Org:
    """Let the seat *row*, which *pid* has left, be filled as the hiring policy says, or close it."""
    if refill:
        return lives.open_vacancy(org, lives.settings(p), lives.dice_of(org), row, pid, week)
    staffing.close_seat(org, row)
    return org


def _promote(
    org: Org, p: np.ndarray, event: Event, rows: np.ndarray, number: int, week: int, agents_each: int
) -> Org:
    """Promote *number* of the people in *rows*, the first choice first; one for every boss, or for every vacant seat."""
    done, displaced = 0, set()
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
            seat = _vacant_manager_seat(org, int(org.people["layer"][row]))
            if seat == NONE:
                break
            pid = int(org.people["pid"][row])
            org = promote(org, p, row, seat, week, agents_each)
            org = _leave_seat(org, p, row, pid, event.refill, week)
        done += 1
    return org


def _vacant_manager_seat(org: Org, layer: int) -> int:
    """Return the vacant manager's seat nearest above *layer*, or NONE."""
    people = org.people
    seats = np.flatnonzero(
        (people["role"] == VACANT) & (org.lives["seat_role"] == MANAGER) & (people["layer"] > layer)
    )
    return int(seats[np.lexsort((seats, people["layer"][seats]))[0]]) if len(seats) else NONE


def _hire(org: Org, p: np.ndarray, who: Who, week: int, agents_each: int) -> Org:
    """Fill vacant seats, managers' from the top first, then those vacated by the lowest ids."""
    people = org.people
    wanted = (people["role"] == VACANT) & (org.lives["seat_role"] == _ROLE[who.role])
    if who.layer:
        wanted &= people["layer"] == who.layer
    seats = np.flatnonzero(wanted)
    seats = seats[np.lexsort((people["pid"][seats], -people["layer"][seats]))]
    for row in seats[: who.how_many(len(seats))].tolist():
        org = hire(org, p, row, week, agents_each)
    return org


def _move(org: Org, p: np.ndarray, rows: np.ndarray, week: int) -> Org:
    """Let the ICs in *rows* take each other's places in their teams; nobody stays with the boss where that is possible."""
    bosses = org.people["boss"][rows]
    order = np.argsort(bosses, kind="stable")
    # Turned by the largest team's number, everybody gets another boss unless that team has more than half of them.
    turn = int(np.unique(bosses, return_counts=True)[1].max(initial=0))
    for row, boss in zip(rows[order].tolist(), np.roll(bosses[order], turn).tolist(), strict=True):
        if boss != org.people["boss"][row]:
            org, changed = move(org, p, row, boss)
            staffing.keep_inbox_of_relayered(org, changed)
            org.lives["seat_boss"][row] = boss
            org.lives["moved"][row] = week
    return _conditioned(org, p, week)
