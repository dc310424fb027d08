"""A person as a single server: one item at a time, hours accounted to the activity they went into.

A person is present 40 hours a week. Fixed duties take their share of every hour; ``rate`` is what is left for items, so
an item of h hours takes h / rate hours of presence. Only a higher class pre-empts (none, if
``service.preemption`` is off), and the interrupted item resumes.
"""

from sim.engine import codes
from sim.engine.calendar import plan, unplan
from sim.engine.inbox import enqueue_first
from sim.engine.kernel import kernel

#: Attention below this rate is none: the item rests until the next weekly update.
LEAST_RATE = 1e-9


@kernel
def set_stage(org, c, stage, now):
    """Note that change *c* enters *stage*, and what its last stage took."""
    ch = org.changes[c]
    ch.stage_hours[ch.stage] += now - ch.stage_since
    ch.stage = stage
    ch.stage_since = now


@kernel
def settle(org, i, now):
    """Account for the time of person *i* since the last settlement."""
    person = org.people[i]
    hours = (now - person.since) * person.rate
    person.since = now
    if hours <= 0.0:
        return
    person.capacity_hours += hours
    books = org.hours[person.human]
    if person.current < 0:
        books[codes.WAITING if person.has_work else codes.IDLE] += hours
        return
    item = org.items[person.current]
    item.left -= hours
    person.served_hours += hours
    kind = item.kind
    if item.change >= 0 and org.changes[item.change].life == item.life:  # a helper may outlast the change
        org.changes[item.change].human_hours += hours
    if kind == codes.WRITE:
        ch = org.changes[item.change]
        coding = hours * ch.share_coding
        verifying = hours * ch.share_verifying
        books[codes.CODING] += coding
        books[codes.VERIFYING] += verifying
        books[codes.SPECIFYING] += hours - coding - verifying
        person.hand_hours += hours * ch.share_by_hand
    else:
        books[codes.ACTIVITY_OF_KIND[kind]] += hours


@kernel
def predict_completion(org, i, now):
    """Put the completion of the item in service into the calendar, in place of any earlier prediction."""
    person = org.people[i]
    if person.rate > LEAST_RATE:
        left = org.items[person.current].left
        plan(org, i, now + (left if left > 0.0 else 0.0) / person.rate)
    else:
        unplan(org, i)


@kernel
def begin(org, i, k, now):
    """Person *i*, not serving and settled, begins or resumes item *k*."""
    person = org.people[i]
    item = org.items[k]
    person.current = k
    person.serving = codes.CLASS_OF_KIND[item.kind]
    item.state = codes.SERVING
    item.person = i
    if not item.begun:
        item.begun = True
        if item.kind <= codes.VERIFY and item.team < 0:
            person.queued_hours -= item.hours
    if item.change >= 0:
        kind = item.kind
        if kind == codes.REVIEW:
            set_stage(org, item.change, codes.STAGE_REVIEWING, now)
        elif kind == codes.FIX:
            set_stage(org, item.change, codes.STAGE_REWORK, now)
        elif kind >= codes.VERIFY:
            set_stage(org, item.change, codes.STAGE_WRITING, now)
    predict_completion(org, i, now)


@kernel
def pause(org, i, now):
    """Person *i* lays the item in service aside; it is first in its queue."""
    settle(org, i, now)
    person = org.people[i]
    k = person.current
    person.current = codes.NONE
    person.serving = codes.FREE_CLASS
    unplan(org, i)
    enqueue_first(org, i, k)
    item = org.items[k]
    if item.change >= 0:
        if item.kind == codes.REVIEW:
            set_stage(org, item.change, codes.STAGE_REVIEW_WAIT, now)
        elif item.kind >= codes.VERIFY:
            set_stage(org, item.change, codes.STAGE_OWNER_QUEUE, now)
