"""Seats that a dated event opens: rows that the tables get in its week, vacant until somebody is hired.

Nothing of them exists before: an organisation that opens seats is, up to then, the one that does not. A new seat of an IC brings
a module of its own, after those there are, as in an organisation that is built larger (`sim.organisation.structure.resize_ics`);
so it goes to the team with the smallest span, counting the seats that are to be filled. Pay is that of the role at the start,
the median. While a new manager's seat is vacant, those hired below report to the manager above, as in any vacancy.

Not modelled: what it takes to plan and advertise seats (hiring costs money, `hiring.cost_share`), interviews, and work that
grows with the organisation: whoever comes starts changes as everybody does.
"""

from math import inf

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine.codes import DESK, NONE, VACANT
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.engine.tables import SEAT_ID, give_event, with_people
from sim.mechanisms.people import hiring
from sim.organisation.tree import Tree
from sim.people.desks import copy_ai_plan
from sim.people.draws import dice_of
from sim.people.reviews import with_room
from sim.people.seats import planned_layers
from sim.scenario.openings import Opening


def open_seats(org: Org, p: np.ndarray, opening: Opening, tree: Tree) -> tuple[Org, list[int]]:
    """Make the seats of *opening*; *tree*: the organisation at the start, which numbers teams and sets pay.

    Return the organisation, whose tables have grown, and the rows of the seats, managers' first; they stay vacant.
    """
    if opening.role == "ic":
        return add_seats(org, p, IC, _bosses(org, tree, 1, opening.team, opening.count), tree)
    org, rows = add_seats(org, p, MANAGER, _bosses(org, tree, 2, opening.under, opening.count), tree)
    org, below = add_seats(org, p, IC, [row for row in rows for _ in range(opening.ics)], tree)
    return org, rows + below


def add_seats(org: Org, p: np.ndarray, role: int, bosses: list[int], tree: Tree) -> tuple[Org, list[int]]:
    """Add a vacant seat of *role* under each of the seats in the rows *bosses*; return the organisation and the new rows."""
    first = len(org.people)
    org = with_people(with_room(org, len(bosses)), len(bosses))
    rows = list(range(first, len(org.people)))
    people, occupants = org.people, org.occupants
    people["human"][rows] = rows
    people["pid"][rows] = SEAT_ID + int(org.world["opened"][0]) + np.arange(len(rows))
    people["role"][rows], people["layer"][rows] = VACANT, int(role == MANAGER)
    org.world["opened"] += len(rows)
    occupants["cohort"][rows], occupants["open_until"][rows] = NONE, inf
    occupants["seat_role"][rows], occupants["seat_boss"][rows] = role, bosses
    occupants["seat_pay"][rows] = occupants["pay"][rows] = _pay(p, tree, role)
    for row in rows:
        give_event(org, row)
        copy_ai_plan(org, row)
    return (_with_modules(org, rows) if role == IC else org), rows


def await_hiring(org: Org, settings: Settings, rows: list[int], week: int) -> None:
    """Let the vacant seats in *rows* be filled after the delay of hiring, whatever the policy on the seats of leavers."""
    dice = dice_of(org)
    for row in rows:
        org.occupants["open_until"][row] = hiring.filled_at(settings, dice, int(org.people["pid"][row]), week)


def _bosses(org: Org, tree: Tree, layer: int, number: int, count: int) -> list[int]:
    """Return the rows of the seats to which *count* new seats report, those of managers in *layer*.

    number: all to that one, counted from 1 at the start; 0: one by one to the smallest span, ties by permanent id.
    """
    if number:
        return [int(np.flatnonzero((tree.role == MANAGER) & (tree.layer == layer))[number - 1])] * count
    occupants, people = org.occupants, org.people
    alive = (people["role"] != DESK) & ((people["role"] != VACANT) | np.isfinite(occupants["open_until"]))
    leads = alive & (occupants["seat_role"] == MANAGER)
    able = np.flatnonzero(leads & (planned_layers(org) == layer))
    if not len(able):  # nobody in layer 2: the top takes the new managers
        able = np.flatnonzero(leads & (occupants["seat_boss"] < 0))
    below = alive & (occupants["seat_boss"] >= 0)
    spans = (np.bincount(occupants["seat_boss"][below], minlength=len(people)) + occupants["seat_others"])[
        able
    ]
    chosen = []
    for _ in range(count):
        k = int(np.lexsort((people["pid"][able], spans))[0])
        spans[k] += 1
        chosen.append(int(able[k]))
    return chosen


def _pay(p: np.ndarray, tree: Tree, role: int) -> float:
    """Return the pay of a new seat, USD a year: the median of the ICs, or of the managers in layer 1 who have a boss."""
    alike = tree.role == IC if role == IC else (tree.layer == 1) & (tree.boss >= 0)
    if alike.any():
        return float(np.median(tree.pay[alike]))
    ics = tree.pay[tree.role == IC]
    ic_pay = float(np.median(ics)) if len(ics) else float(p["money_ic_pay"][0] * p["money_load"][0])
    return ic_pay if role == IC else ic_pay * float(p["money_manager_ratio_1"][0])


def _with_modules(org: Org, rows: list[int]) -> Org:
    """Give the new seats of ICs in *rows* modules after those there are."""
    org.home[rows] = len(org.modules) + np.arange(len(rows))
    return org._replace(modules=np.append(org.modules, np.full(len(rows), NONE)))
