"""What a person does next: serve the next item, start the next change, or wait."""

from math import inf

from sim.engine import codes
from sim.engine.calendar import plan
from sim.engine.inbox import first_of
from sim.engine.kernel import kernel
from sim.engine.server import LEAST_RATE, begin, pause, settle
from sim.flow.lifecycle import CONTINUE, carry_on
from sim.mechanisms.flow import ai_use, coding, dependencies, questions, review, work


@kernel
def pick(org, p, i, now):
    """Take the item that person *i* serves next out of its queue, or return NONE."""
    person = org.people[i]
    for c in (codes.CLASS_INCIDENT, codes.CLASS_FIX, codes.CLASS_HELP):
        if person.ready & (1 << c):
            k = first_of(org, i, c, now)
            if k >= 0:
                return k
    if person.ready & (1 << codes.CLASS_REVIEW):
        k = review.take_own(org, p, i, now)
        if k >= 0:
            return k
        if person.ready & (1 << codes.CLASS_REVIEW):
            review.wake_when_allowed(org, p, i, now)
    if person.reviewer and org.teams[person.team].head >= 0:
        if review.allowance(org, p, i, now) > review.LEAST_ALLOWANCE:
            k = review.take_from_team(org, i)
            if k >= 0:
                return k
        else:
            review.wake_when_allowed(org, p, i, now)
    if person.ready & (1 << codes.CLASS_OWN):
        return first_of(org, i, codes.CLASS_OWN, now)
    return codes.NONE


@kernel
def begin_item(org, p, i, k, now):
    """Person *i* begins item *k*; a review is opened first."""
    item = org.items[k]
    if item.kind == codes.REVIEW and not item.begun:
        review.open_item(org, p, k, i, now)
    begin(org, i, k, now)


@kernel
def start_change(org, p, i, now):
    """Person *i* starts the next change, if allowed; return its row, or NONE."""
    person = org.people[i]
    if not (work.may_start(org, p, i) and work.is_asked_for(org, p, i, now)):
        return codes.NONE
    u, v = work.dice(org, i)
    mode = codes.BY_AGENT if ai_use.goes_to_agent(p, person, u, v) else codes.ASSISTED
    agent = work.claim_agent(org, i) if mode == codes.BY_AGENT else codes.NONE
    if mode == codes.BY_AGENT and agent < 0 and person.parked >= 0:
        return codes.NONE
    c = work.start(org, p, i, mode, u, now)
    questions.plan(org, p, c)
    dependencies.plan(org, p, c)
    if mode == codes.BY_AGENT:
        if agent < 0:
            work.park(org, c, now)
        else:
            work.assign_agent(org, c, agent)
            coding.queue_specification(org, p, c, now)
    return c


@kernel
def look_for_work(org, p, i, now):
    """Person *i* is free: serve the next item, start the next change, or wait."""
    settle(org, i, now)
    person = org.people[i]
    if person.rate <= LEAST_RATE:
        return
    while True:
        k = pick(org, p, i, now)
        if k >= 0:
            begin_item(org, p, i, k, now)
            return
        c = start_change(org, p, i, now)
        if c < 0:
            break
        if org.changes[c].mode != codes.BY_AGENT:
            carry_on(org, p, c, CONTINUE, now)
    person.has_work = person.writing > 0 or person.open > 0 or person.parked >= 0
    if work.may_start(org, p, i) and not work.is_asked_for(org, p, i, now):
        at = work.next_demand(org, p, i, now)
        if at < inf:
            plan(org, i, max(at, now + coding.LEAST_HOURS))


@kernel
def interrupt(org, p, i, k, now):
    """Item *k* has joined the queues of person *i*: return *i* if it is to be served at once, else NONE."""
    person = org.people[i]
    if person.current < 0:
        return i
    if p.service_preemption and codes.CLASS_OF_KIND[org.items[k].kind] < person.serving:
        pause(org, i, now)
        return i
    return codes.NONE
