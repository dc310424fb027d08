"""Items of attention: allocation, sending, queues, withdrawal, and the accounting identities they obey.

Every item is sent once and then served or withdrawn, or still in the system; the integral of the number in the system
equals the sum of their times in it.
"""

from sim.engine import codes
from sim.engine.calendar import schedule
from sim.engine.kernel import kernel


@kernel
def _count(org, now, change):
    """Move the clock of the items' integral to *now*, then change their number."""
    w = org.world[0]
    w.item_hours += w.items_left * (now - w.item_clock)
    w.item_clock = now
    w.items_left += change


@kernel
def new_item(org, kind, person, change, hours, now):
    """Return a new item; *now* is its time of sending. Owners' own work (specify, write) is not counted as sent."""
    w = org.world[0]
    k = w.free_item
    item = org.items[k]
    w.free_item = item.next
    w.free_items -= 1
    item.kind = kind
    item.state = codes.SENT
    item.person = person
    item.team = codes.NONE
    item.change = change
    item.next = codes.NONE
    item.life = org.changes[change].life if change >= 0 else 0
    item.wait = org.changes[change].wait if change >= 0 else 0
    item.step = 0
    item.begun = False
    item.hours = hours
    item.left = hours
    item.sent_at = now
    item.asked_at = now
    item.difficulty = 0.0
    if kind <= codes.VERIFY:
        w.items_sent += 1
        _count(org, now, 1)
    return k


@kernel
def free_item(org, k, now, withdrawn):
    """Take item *k* out of the system, served or *withdrawn*, and give its row back."""
    w = org.world[0]
    item = org.items[k]
    if item.kind <= codes.VERIFY and item.state != codes.WITHDRAWN:
        count_out(org, k, now, withdrawn)
    item.state = codes.FREE
    item.next = w.free_item
    w.free_item = k
    w.free_items += 1


@kernel
def count_out(org, k, now, withdrawn):
    """Account for item *k* leaving the system at *now*."""
    w = org.world[0]
    _count(org, now, -1)
    w.item_times += now - org.items[k].sent_at
    if withdrawn:
        w.items_withdrawn += 1
    else:
        w.items_served += 1


@kernel
def send(org, sender, k, time):
    """Send item *k*; it arrives at *time*."""
    schedule(org, sender, time, codes.EVENT_ARRIVE, k, 0)


@kernel
def withdraw(org, k, now):
    """Withdraw item *k*: in service it is left to finish; queued or on its way it is dropped when met."""
    item = org.items[k]
    if item.state == codes.QUEUED or item.state == codes.SENT:
        if item.state == codes.QUEUED and not item.begun and item.person >= 0:
            org.people[item.person].queued_hours -= item.hours
        count_out(org, k, now, True)
        item.state = codes.WITHDRAWN


@kernel
def enqueue(org, i, k):
    """Put item *k* at the end of its class's queue in the inbox of person *i*."""
    person = org.people[i]
    item = org.items[k]
    c = codes.CLASS_OF_KIND[item.kind]
    item.state = codes.QUEUED
    item.person = i
    item.next = codes.NONE
    if person.ready & (1 << c):
        org.items[person.tail[c]].next = k
    else:
        person.head[c] = k
        person.ready |= 1 << c
    person.tail[c] = k


@kernel
def enqueue_first(org, i, k):
    """Put item *k* back at the front of its class's queue (it was pre-empted)."""
    person = org.people[i]
    item = org.items[k]
    c = codes.CLASS_OF_KIND[item.kind]
    item.state = codes.QUEUED
    if person.ready & (1 << c):
        item.next = person.head[c]
    else:
        item.next = codes.NONE
        person.tail[c] = k
        person.ready |= 1 << c
    person.head[c] = k


@kernel
def unlink(org, i, c, previous, k):
    """Take item *k* (after *previous*, or first) out of the class-*c* queue of person *i*."""
    person = org.people[i]
    item = org.items[k]
    if previous < 0:
        person.head[c] = item.next
    else:
        org.items[previous].next = item.next
    if item.next < 0:
        person.tail[c] = previous
        if previous < 0:
            person.ready &= ~(1 << c)


@kernel
def unlink_wherever(org, k):
    """Take queued item *k* out of the inbox that it is in, wherever it stands there."""
    item = org.items[k]
    c = codes.CLASS_OF_KIND[item.kind]
    previous = codes.NONE
    at = org.people[item.person].head[c]
    while at != k:
        previous = at
        at = org.items[at].next
    unlink(org, item.person, c, previous, k)


@kernel
def first_of(org, i, c, now):
    """Take the first item of class *c* that was not withdrawn out of the queue of person *i*, or return NONE."""
    person = org.people[i]
    while person.ready & (1 << c):
        k = person.head[c]
        unlink(org, i, c, codes.NONE, k)
        if org.items[k].state != codes.WITHDRAWN:
            return k
        free_item(org, k, now, True)
    return codes.NONE
