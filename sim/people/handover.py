"""What becomes of the work of somebody who leaves a seat.

Changes that are a person's own are taken over by the teammate with the least work, with probability
``layoffs.takeover``. For the others a hands-on manager steps in, who has room for ``layoffs.step_in_changes`` open ones; the
rest is abandoned (work of an agent that was not written yet always is). What was half written is lost;
a change in review goes on under its new owner. What waits in the inbox, or is on its way to it, goes to the stand-in, usually
the boss; reviews go back to the team's queue. A dependency on the leaver is settled with the stand-in.

Not modelled: notice periods, handing over in person, customers who leave with somebody.
Parameters: layoffs.takeover, layoffs.step_in_changes.
"""

import numpy as np

from sim.constants import IC
from sim.engine import codes
from sim.engine.calendar import unplan
from sim.engine.inbox import count_out, free_item, send, withdraw
from sim.engine.kernel import entry, kernel
from sim.engine.numba_tables import borrow
from sim.engine.rng import ORPHAN, uniform
from sim.engine.server import set_stage, settle
from sim.engine.state import Org
from sim.flow.lifecycle import CONTINUE, carry_on, close, nudge
from sim.mechanisms.flow import review, work


@kernel
def _lay_down(org: Org, i: int, now: float) -> None:
    """Person *i* lays everything down; what was in service or queued belongs to no queue any more."""
    settle(org, i, now)
    person = org.people[i]
    if person.current >= 0:
        item = org.items[person.current]
        item.state = codes.QUEUED
        if item.change >= 0 and org.changes[item.change].life == item.life:
            if item.kind == codes.REVIEW:
                set_stage(org, item.change, codes.STAGE_REVIEW_WAIT, now)
            elif item.kind >= codes.VERIFY:
                set_stage(org, item.change, codes.STAGE_OWNER_QUEUE, now)
    person.current = codes.NONE
    person.serving = codes.FREE_CLASS
    person.ready = 0
    for c in range(codes.CLASSES):
        person.head[c] = codes.NONE
        person.tail[c] = codes.NONE
    person.queued_hours = 0.0
    person.parked = codes.NONE
    unplan(org, i)


@kernel
def _desk_with_room(org: Org, p: np.record, i: int, c: int, team: int) -> int:
    """Return the hands-on desk of the manager of *team* if it has room for change *c* of person *i*, or NONE."""
    desk: int = org.people[team].desk if team >= 0 else codes.NONE
    if desk < 0 or desk == i:
        return codes.NONE
    person = org.people[desk]
    room = person.writing + person.open < p.layoffs_step_in_changes
    if not (room and person.coder and person.rate > 0.0) or review.has_read(org, c, desk):
        return codes.NONE
    org.world[0].stepped_in += 1
    return desk


@kernel
def _heir(org: Org, p: np.record, i: int, c: int) -> int:
    """Return who takes change *c* of person *i* over, a teammate or the manager's desk, or NONE; not one who reviews it."""
    ch = org.changes[c]
    if ch.mode == codes.BY_AGENT and not ch.written:
        return codes.NONE
    team = org.people[i].team
    if uniform(org.world[0], ORPHAN, ch.pid, ch.j, 0) >= p.layoffs_takeover:
        desk: int = _desk_with_room(org, p, i, c, team)
        return desk
    best = codes.NONE
    least = 0
    m = org.teams[team].first_member if team >= 0 else codes.NONE
    while m >= 0:
        mate = org.people[m]
        load = mate.writing + mate.open
        better = best < 0 or load < least or (load == least and mate.pid < org.people[best].pid)
        able = m != i and mate.role == IC and mate.coder and not review.has_read(org, c, m)
        if able and better:
            best = m
            least = load
        m = mate.next_member
    return best


@kernel
def _take_over(org: Org, c: int, i: int, heir: int) -> None:
    """Change *c* of person *i* belongs to *heir* from now on."""
    ch = org.changes[c]
    if ch.counted:
        org.people[i].writing -= 1
        org.people[heir].writing += 1
    if ch.written:
        org.people[i].open -= 1
        org.people[heir].open += 1
    ch.owner = heir
    org.world[0].orphans_taken_over += 1


@kernel
def _redirect(org: Org, p: np.record, k: int, receiver: int, now: float) -> None:
    """Send item *k*, which is in no queue, on to *receiver*; it is withdrawn if there is none."""
    item = org.items[k]
    if item.state == codes.SENT:
        if receiver >= 0:
            item.person = receiver
        else:
            withdraw(org, k, now)
        return
    if receiver < 0:
        free_item(org, k, now, True)
        return
    item.state = codes.SENT
    item.begun = False
    item.person = receiver
    if item.kind == codes.INCIDENT:
        item.step = 0  # it has struck already
    send(org, receiver, k, now + p.communication_delay_hours)


@kernel
def _own_item(org: Org, p: np.record, k: int, i: int, now: float) -> int:
    """Settle what becomes of item *k* of the own work of person *i*; return the change that goes on, or NONE."""
    item = org.items[k]
    c = item.change
    heir = org.changes[c].owner
    if heir != i and item.kind == codes.FIX:
        _redirect(org, p, k, heir, now)
        return codes.NONE
    kind = item.kind
    if item.state == codes.SENT:
        withdraw(org, k, now)
    else:
        free_item(org, k, now, True)
    return c if heir != i and kind == codes.WRITE else codes.NONE


@kernel
def _drop_from_others(org: Org, k: int, now: float) -> None:
    """Withdraw item *k* of an abandoned change, wherever it is; who already reads the change reads in vain."""
    item = org.items[k]
    if item.kind != codes.REVIEW or item.team < 0:
        if item.state == codes.SERVING and item.kind == codes.REVIEW:
            item.change = codes.NONE
        else:
            withdraw(org, k, now)
    elif item.state == codes.QUEUED and item.person < 0:
        if review.drop_from_team(org, k):
            free_item(org, k, now, True)
    elif item.state == codes.SENT:
        count_out(org, k, now, True)
        item.state = codes.WITHDRAWN
    else:
        item.change = codes.NONE


@entry
def work_of(items: np.ndarray, changes: np.ndarray, i: int) -> int:
    """Return how many messages wait for person *i*, or are on their way, and how many changes *i* owns, together."""
    count = 0
    for k in range(len(items)):
        count += items[k].person == i and items[k].state != codes.FREE
    for c in range(len(changes)):
        count += changes[c].owner == i
    return count


@entry
def hand_over(tables: Org, parameters: np.ndarray, i: int, stand_in: int, now: float) -> None:
    """Let everything that is the work of person *i*, or waits for this person, go to others; the seat is bare then.

    *stand_in*: row of who answers in this person's place from now on, or NONE.
    """
    org = borrow(tables)
    p = parameters[0]
    w = org.world[0]
    _lay_down(org, i, now)
    for c in range(len(org.changes)):
        ch = org.changes[c]
        if ch.owner == i:
            heir = _heir(org, p, i, c)
            if heir >= 0:
                _take_over(org, c, i, heir)
        if ch.owner >= 0 and ch.partner == i:
            ch.partner = stand_in
    for k in range(len(org.items)):
        item = org.items[k]
        if item.state != codes.SENT and item.state != codes.QUEUED and item.state != codes.SERVING:
            continue
        c = item.change
        alive = c >= 0 and org.changes[c].life == item.life
        if item.person == i:
            if alive and (item.kind == codes.FIX or item.kind >= codes.VERIFY):
                goes_on = _own_item(org, p, k, i, now)
                if goes_on >= 0:
                    heir = org.changes[goes_on].owner
                    carry_on(org, p, goes_on, CONTINUE, now)
                    nudge(org, heir, now)
            elif item.kind == codes.REVIEW and item.team >= 0:
                review.back_to_team(org, k)
            elif alive and org.changes[c].owner == i:
                # Of a change that nobody takes over: it must not outlive the change.
                _redirect(org, p, k, codes.NONE, now)
            else:
                _redirect(org, p, k, stand_in, now)
        elif alive and org.changes[c].owner == i:
            _drop_from_others(org, k, now)
    for c in range(len(org.changes)):
        if org.changes[c].owner == i:
            w.orphans_abandoned += 1
            close(org, p, c, work.ABANDONED, now)
    org.people[i].writing = 0
    org.people[i].open = 0
    unplan(org, i)


@entry
def keep_past_hours(tables: Org, i: int, layer: int, was_ic: bool) -> None:
    """Add the hours of person *i*, who served in *layer*, to those of the past, and begin to count anew."""
    org = borrow(tables)
    w = org.world[0]
    person = org.people[i]
    for a in range(org.hours.shape[1]):
        if was_ic:
            w.hours_ic_past[a] += org.hours[i, a]
        else:
            w.hours_manager_past[a] += org.hours[i, a]
        org.hours[i, a] = 0.0
    if not was_ic:
        at = min(layer, len(w.inbox_hours_past) - 1)
        w.inbox_hours_past[at] += person.served_hours
        w.inbox_capacity_past[at] += person.capacity_hours
    person.served_hours = 0.0
    person.capacity_hours = 0.0
