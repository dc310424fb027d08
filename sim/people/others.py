"""Other people over time: who neither write code nor lead belong to a manager's seat and follow who leads it.

While the seat is vacant they report to the next manager above who is there, and come back when it is filled; when it is closed
they belong to the seat above. Heads and pay stay what they are. See "Other people" in the model's description.
"""

from collections.abc import Callable

import numpy as np

from sim.constants import MANAGER
from sim.engine.state import Org


def follow(org: Org, boss_present: Callable[[Org, int], int]) -> None:
    """Let other people report to the occupant of their seat, or to the next manager above who is there."""
    occupants, people = org.occupants, org.people
    for seat in np.flatnonzero(occupants["seat_heads"]).tolist():
        _report_to(org, seat, seat if people["role"][seat] == MANAGER else boss_present(org, seat))


def give_up(org: Org, seat: int) -> None:
    """Let the other people of a *seat* that is closed belong to the seat above."""
    occupants = org.occupants
    if not occupants["seat_heads"][seat]:
        return
    above = int(occupants["seat_boss"][seat])
    if occupants["seat_heads"][above]:
        _report_to(org, seat, int(occupants["others_at"][above]))
    occupants["others_at"][above] = occupants["others_at"][seat]
    for name in ("seat_others", "seat_heads", "seat_others_pay"):
        occupants[name][above] += occupants[name][seat]
        occupants[name][seat] = 0


def _report_to(org: Org, seat: int, leader: int) -> None:
    """Let the other people of *seat* report to the manager in row *leader*."""
    occupants, before = org.occupants, int(org.occupants["others_at"][seat])
    if leader == before:
        return
    for row, sign in ((before, -1), (leader, 1)):
        org.people["reports"][row] += sign * occupants["seat_others"][seat]
        occupants["led_pay"][row] += sign * occupants["seat_others_pay"][seat]
    occupants["others_at"][seat] = leader
