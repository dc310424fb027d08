"""The event calendar: a calendar queue (Brown 1988), ordered by (time, tie).

Time is cut into slots, the slots go round a ring of buckets, and a bucket lists the events of its slots in no order: with
about one event in three slots, adding and taking one cost the same however many people there are (a heap costs log n). One
bit a bucket tells which are empty. Everybody has one event of their own, the time at which they next complete what they
serve or look for work; planning anew moves it.
The tie-break is the sender's permanent id under a mask drawn from the run's key, then the sender's own count of events:
never the row of a table.
"""

import numpy as np

from sim.engine.codes import EVENT_ARRIVE, EVENT_DONE, NONE
from sim.engine.kernel import kernel
from sim.engine.numba_tables import fetch, trailing_zeros

_ONE = np.uint64(1)
#: The first lines of a record, which an event needs.
_LINES_OF_PERSON, _LINES_OF_CHANGE = 4, 3


@kernel
def _insert(org, k, sender, time):
    """Put event *k*, sent by the person in row *sender*, into the calendar at *time*."""
    w = org.world[0]
    person = org.people[sender]
    e = org.events[k]
    slot = int(time * w.slots_per_hour)
    e.time = time
    e.slot = slot
    e.tie = ((person.pid ^ w.tie_mask) << 32) | (person.events & 0xFFFFFFFF)
    person.events += 1
    bucket = slot & (len(org.buckets) - 1)
    e.next = org.buckets[bucket]
    org.buckets[bucket] = k
    org.occupied[bucket >> 6] |= _ONE << np.uint64(bucket & 63)
    if slot < w.slot:
        w.slot = slot


@kernel
def _remove(org, k, previous):
    """Take event *k* (after *previous* in its bucket, or first) out of the calendar."""
    e = org.events[k]
    bucket = e.slot & (len(org.buckets) - 1)
    e.slot = NONE
    if previous >= 0:
        org.events[previous].next = e.next
        return
    org.buckets[bucket] = e.next
    if e.next < 0:
        org.occupied[bucket >> 6] &= ~(_ONE << np.uint64(bucket & 63))


@kernel
def schedule(org, sender, time, kind, ref, stamp):
    """Put a new event into the calendar, sent by the person in row *sender*."""
    w = org.world[0]
    k = w.free_event
    e = org.events[k]
    w.free_event = e.next
    w.free_events -= 1
    e.kind = kind
    e.ref = ref
    e.stamp = stamp
    _insert(org, k, sender, time)


@kernel
def unplan(org, i):
    """Take the own event of person *i* out of the calendar, if it is there."""
    k = org.people[i].event
    slot = org.events[k].slot
    if slot < 0:
        return
    previous = NONE
    at = org.buckets[slot & (len(org.buckets) - 1)]
    while at != k:
        previous = at
        at = org.events[at].next
    _remove(org, k, previous)


@kernel
def plan(org, i, time):
    """Let person *i* complete the item in service, or look for work, at *time*, in place of any earlier plan."""
    unplan(org, i)
    _insert(org, org.people[i].event, i, time)


@kernel
def take_first(org, before):
    """Take the earliest event at a time less than *before* out of the calendar and return its row, or NONE."""
    w = org.world[0]
    last_slot = int(before * w.slots_per_hour)
    mask = len(org.buckets) - 1
    slot = w.slot
    while slot <= last_slot:
        bucket = slot & mask
        word = org.occupied[bucket >> 6] >> np.uint64(bucket & 63)
        if word == 0:
            slot = ((slot >> 6) + 1) << 6
            continue
        slot += trailing_zeros(word)
        if slot > last_slot:
            break
        best = NONE
        best_previous = NONE
        previous = NONE
        k = org.buckets[slot & mask]
        while k >= 0:
            e = org.events[k]
            if e.slot == slot:
                if best < 0:
                    best = k
                    best_previous = previous
                else:
                    b = org.events[best]
                    if e.time < b.time or (e.time == b.time and e.tie < b.tie):
                        best = k
                        best_previous = previous
            previous = k
            k = e.next
        if best >= 0:
            w.slot = slot
            if org.events[best].time >= before:
                return NONE
            _remove(org, best, best_previous)
            return best
        slot += 1
    w.slot = last_slot
    return NONE


@kernel
def look_ahead(org):
    """Have what the next four events need brought from memory while the present one is served.

    Stage by stage, as each says where the next is: the event, its person, what is in service, its change. It changes nothing;
    where everything is in the cache anyway it is not worth its time.
    """
    w = org.world[0]
    bucket = w.slot & (len(org.buckets) - 1)
    word = org.occupied[bucket >> 6] >> np.uint64(bucket & 63)
    for stage in range(4):
        if word == 0:  # the next 64 slots begin
            return
        k = org.buckets[bucket + trailing_zeros(word)]
        word &= word - _ONE
        if stage == 0:
            _fetch_change(org, org.events[k])
        elif stage == 1:
            _fetch_item(org, org.events[k])
        elif stage == 2:
            _fetch_person(org, org.events[k])
        else:
            fetch(org.events, k, 0)


@kernel
def _fetch_change(org, e):
    if e.kind == EVENT_DONE and org.people[e.ref].current >= 0:
        change = org.items[org.people[e.ref].current].change
        if change >= 0:
            for line in range(_LINES_OF_CHANGE):
                fetch(org.changes, change, line)
    elif e.kind == EVENT_ARRIVE and org.items[e.ref].person >= 0:
        for line in range(_LINES_OF_PERSON):
            fetch(org.people, org.items[e.ref].person, line)


@kernel
def _fetch_item(org, e):
    if e.kind == EVENT_DONE and org.people[e.ref].current >= 0:
        fetch(org.items, org.people[e.ref].current, 0)


@kernel
def _fetch_person(org, e):
    if e.kind == EVENT_DONE:
        for line in range(_LINES_OF_PERSON):
            fetch(org.people, e.ref, line)
    elif e.kind == EVENT_ARRIVE:
        fetch(org.items, e.ref, 0)


@kernel
def free_event(org, k):
    """Give the row of event *k* back."""
    w = org.world[0]
    org.events[k].next = w.free_event
    w.free_event = k
    w.free_events += 1
