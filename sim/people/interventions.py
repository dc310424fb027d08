"""What is done to people by hand, between two weeks: by a scenario's dated events and through the Mesa door.

It has the consequences of what happens by itself (`sim.people.week`, `sim.people.seats`): severance is paid, the leaver's
changes are taken over or abandoned, reports move up, cohort and ledger (rule "event") say so, and survivors quit more.
Nobody is rated by a rule, so the ledger's score and percentile are NaN.

The functions edit the tables; the week to come must be planned anew afterwards (`sim.people.replan.finish`).
"""

from typing import NamedTuple

import numpy as np

from sim.engine.codes import LAID_OFF, VACANT
from sim.engine.record import settings_of
from sim.engine.state import Org
from sim.mechanisms.people import careers, quits
from sim.mechanisms.people.layoffs import Cuts
from sim.mechanisms.people.workforce import Workforce
from sim.people import condition, draws, exits, gather, promotion, seats, vacancies


class Shock(NamedTuple):
    """Layoffs by hand at one week's end. people: before them. jump: survivors' quit hazard before them (0.31: +31 %)."""

    week: int
    people: int
    jump: float
    laid_off: int


# --- One act after the other ---------------------------------------------------------------------------------------------


def lay_off(org: Org, p: np.ndarray, rows: list[int], week: int) -> Org:
    """Lay the people in *rows* off at the end of *week*; their seats stay vacant."""
    workforce = everybody(org, p, week)
    at = np.flatnonzero(np.isin(workforce.row, rows))
    for i in workforce.row[at].tolist():
        org = exits.leave(org, p, i, LAID_OFF, week)
    org = exits.with_ledger(org, workforce, (_cuts(at, False),), week)
    return conditioned(org, p, week)


def convert(org: Org, p: np.ndarray, row: int, week: int, agents_each: int) -> Org:
    """Let the manager in *row* become an IC of the boss, paid as ICs are; the manager's seat is closed."""
    workforce = everybody(org, p, week)
    at = np.flatnonzero(workforce.row == row)
    skill, pay = promotion.as_ic(org, settings_of(p), row)
    org = seats.convert(org, p, row, skill, pay, agents_each)
    org = exits.with_ledger(org, workforce, (_cuts(at, True),), week)
    return conditioned(org, p, week)


def hire(org: Org, p: np.ndarray, row: int, week: int, agents_each: int) -> Org:
    """Fill the vacant seat *row* with somebody new."""
    return conditioned(vacancies.hire(org, p, row, week, agents_each), p, week)


def promote(org: Org, p: np.ndarray, row: int, into: int, week: int, agents_each: int) -> Org:
    """Let the person in *row* take the manager's seat *into*; whoever is there takes the seat in *row* as an IC.

    *into* is vacant (then the seat in *row* becomes vacant), or it is the seat of the person's own boss, who is no root.
    """
    workforce, settings = everybody(org, p, week), settings_of(p)
    who = np.flatnonzero(workforce.row == row)
    layer = org.people["layer"][[into]].astype(np.int64)
    quality = float(careers.qualities(workforce, layer, who, settings, draws.dice_of(org))[0])
    if org.people["role"][into] == VACANT:
        org = promotion.move_up(org, p, row, into, quality, agents_each)
    else:
        org = promotion.change_places(
            org, p, row, into, quality, promotion.as_ic(org, settings, into), agents_each
        )
    return conditioned(org, p, week)


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
        settings_of(p), 0.0, shock.laid_off / shock.people
    )
    return shock


def everybody(org: Org, p: np.ndarray, week: int) -> Workforce:
    return gather.workforce_of(org, settings_of(p), week)


def conditioned(org: Org, p: np.ndarray, week: int) -> Org:
    condition.set_condition(org, p, week)
    return org


def _cuts(at: np.ndarray, convert: bool) -> Cuts:
    unknown = np.full(len(at), np.nan)
    return Cuts("event", at, unknown, unknown, np.full(len(at), convert))
