"""Reviews that wait, when people or teams change: handed to those who remain."""

from collections import Counter

import numpy as np

from sim.engine import codes
from sim.engine.calendar import schedule
from sim.engine.hierarchy import members
from sim.engine.kernel import entry
from sim.engine.numba_tables import borrow
from sim.engine.server import pause
from sim.engine.state import Org
from sim.engine.tables import MARGIN, grown
from sim.mechanisms.flow import review


@entry
def lay_aside(tables: Org, i: int, now: float) -> None:
    """Person *i* lays the item in service aside."""
    pause(borrow(tables), i, now)


@entry
def give_back(tables: Org, k: int) -> None:
    """Give review item *k* back to its team, see `sim.mechanisms.flow.review.back_to_team`."""
    review.back_to_team(borrow(tables), k)


@entry
def _send_again(tables: Org, k: int, receiver: int, at: float) -> None:
    """Send review item *k* from the shared queue of its team to the inbox of *receiver*."""
    org = borrow(tables)
    review.drop_from_team(org, k)
    item = org.items[k]
    item.next = codes.NONE
    item.state = codes.SENT
    schedule(org, receiver, at, codes.EVENT_ARRIVE, k, 0)


@entry
def _shared_reviews(items: np.ndarray, team: int, rows: np.ndarray) -> int:
    """Fill *rows* with the reviews in the shared queue of *team*, or on their way to it; return how many."""
    count = 0
    for k in range(len(items)):
        item = items[k]
        shared = item.team == team and item.kind == codes.REVIEW and item.person < 0
        if shared and (item.state == codes.QUEUED or item.state == codes.SENT):
            rows[count] = k
            count += 1
    return count


def with_room(org: Org, events: int = 0) -> Org:
    """Return *org* with room in its calendar for *events* events besides those that any intervention sends."""
    needed = MARGIN + 4 * len(org.people) + events
    free = int(org.world["free_events"][0])
    return org if free >= needed else grown(org, events=2 * needed)


def rehome_reviews(org: Org, p: np.ndarray, team: int) -> Org:
    """Send the reviews waiting in *team* that nobody left in it may read to its manager, as if newly requested."""
    rows = np.empty(len(org.items), np.int64)
    rows = rows[: _shared_reviews(org.items, team, rows)]
    org = with_room(org, len(rows))
    if not len(rows):
        return org
    items, people, changes = org.items, org.people, org.changes
    readers = [m for m in members(org, team) if people["reviewer"][m]]
    given: Counter[int] = Counter()
    for k in rows[np.argsort(items["step"][rows], kind="stable")].tolist():
        c = int(items["change"][k])
        able = len(readers)
        if c >= 0:
            barred = {int(changes["owner"][c]), *changes["reviewers"][c].tolist()}
            able = sum(m not in barred for m in readers)
            given[c] += 1
        if able > 0 and given[c] <= able:
            continue
        receiver = team
        if c >= 0 and people["human"][changes["owner"][c]] == team and people["boss"][team] >= 0:
            receiver = int(people["boss"][team])  # a manager's own hands-on change
        items["person"][k] = receiver
        if items["state"][k] == codes.QUEUED:
            _send_again(org, k, receiver, float(org.world["now"][0] + p["communication_delay_hours"][0]))
        items["team"][k] = codes.NONE
    return org
