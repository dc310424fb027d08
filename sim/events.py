"""The event calendar: a binary heap ordered by (time, tie).

The tie-break is the sender's permanent id under a mask drawn from the run's key, then the sender's own count of events:
never the row of a table.
"""

from sim.kernel import kernel


@kernel
def schedule(org, sender, time, kind, ref, stamp):
    """Put an event into the calendar, sent by the person in row *sender*."""
    w = org.world[0]
    q = org.people[sender]
    tie = ((q.pid ^ w.tie_mask) << 32) | (q.events & 0xFFFFFFFF)
    q.events += 1
    heap = org.events
    i = w.heap_size
    w.heap_size = i + 1
    while i > 0:
        up = (i - 1) >> 1
        e = heap[up]
        if e.time < time or (e.time == time and e.tie < tie):
            break
        heap[i] = heap[up]
        i = up
    e = heap[i]
    e.time = time
    e.tie = tie
    e.kind = kind
    e.ref = ref
    e.stamp = stamp


@kernel
def drop_first(org):
    """Remove the earliest event."""
    w = org.world[0]
    heap = org.events
    n = w.heap_size - 1
    w.heap_size = n
    if n <= 0:
        return
    last = heap[n]
    time = last.time
    tie = last.tie
    i = 0
    while True:
        down = 2 * i + 1
        if down >= n:
            break
        if down + 1 < n:
            a = heap[down]
            b = heap[down + 1]
            if b.time < a.time or (b.time == a.time and b.tie < a.tie):
                down += 1
        e = heap[down]
        if time < e.time or (time == e.time and tie <= e.tie):
            break
        heap[i] = heap[down]
        i = down
    heap[i] = heap[n]
