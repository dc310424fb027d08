"""The event calendar: a calendar queue (Brown 1988), ordered by (time, tie).

Time is cut into slots, the slots go round a ring of buckets, and a bucket lists the events of its slots in no order: with
about one event a slot, adding and taking one cost the same however many people there are (a heap costs log n).
The tie-break is the sender's permanent id under a mask drawn from the run's key, then the sender's own count of events:
never the row of a table.
"""

from sim.kernel import kernel
from sim.state import NONE


@kernel
def schedule(org, sender, time, kind, ref, stamp):
    """Put an event into the calendar, sent by the person in row *sender*."""
    w = org.world[0]
    q = org.people[sender]
    k = w.free_event
    e = org.events[k]
    w.free_event = e.next
    w.free_events -= 1
    slot = int(time * w.slots_per_hour)
    e.time = time
    e.slot = slot
    e.tie = ((q.pid ^ w.tie_mask) << 32) | (q.events & 0xFFFFFFFF)
    e.kind = kind
    e.ref = ref
    e.stamp = stamp
    q.events += 1
    bucket = slot & (len(org.buckets) - 1)
    e.next = org.buckets[bucket]
    org.buckets[bucket] = k
    if slot < w.slot:
        w.slot = slot


@kernel
def take_first(org, before):
    """Take the earliest event at a time less than *before* out of the calendar and return its row, or NONE."""
    w = org.world[0]
    last_slot = int(before * w.slots_per_hour)
    mask = len(org.buckets) - 1
    slot = w.slot
    while slot <= last_slot:
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
            if best_previous < 0:
                org.buckets[slot & mask] = org.events[best].next
            else:
                org.events[best_previous].next = org.events[best].next
            return best
        slot += 1
    w.slot = last_slot
    return NONE


@kernel
def free_event(org, k):
    """Give the row of event *k* back."""
    w = org.world[0]
    org.events[k].next = w.free_event
    w.free_event = k
    w.free_events += 1
