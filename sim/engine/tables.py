"""Making and growing the engine's tables, and who is who among their permanent ids."""

from math import inf

import numpy as np

from sim.engine.codes import EVENT_DONE, FREE_CLASS, NONE
from sim.engine.state import Org, lengthened

#: Desks have ids of their own, apart from their managers'.
DESK_ID = 1 << 30
#: Hours after which the ring of the event calendar comes round. Events further ahead than that are few, and are passed over until
#: their round comes; a longer ring would take up more of a processor's cache.
CALENDAR_HOURS = 8


def calendar(world: np.ndarray, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Return empty buckets for about one event in three slots and their bits, and set the length of a slot in *world*."""
    buckets = 1 << max(6, (CALENDAR_HOURS * people).bit_length())
    world["slots_per_hour"] = buckets / CALENDAR_HOURS
    return np.full(buckets, NONE, np.int32), np.zeros(buckets // 64, np.uint64)


def give_event(org: Org, i: int) -> None:
    """Give person *i* the event of their own."""
    world = org.world[0]
    k = world.free_event
    event = org.events[k]
    world.free_event = event.next
    world.free_events -= 1
    event.kind, event.ref, event.slot = EVENT_DONE, i, NONE
    org.people["event"][i] = k


def grown(org: Org, *, changes: int = 0, items: int = 0, events: int = 0) -> Org:
    """Return *org* with that many rows more in its tables; the new rows join the free lists."""
    world = org.world[0]
    tables = {}
    for name, more in (("changes", changes), ("items", items), ("events", events)):
        old = getattr(org, name)
        new = lengthened(old, more)
        if name == "changes":
            new["owner"][len(old) :] = NONE
        tables[name] = new
    lists = (("changes", "free_change"), ("items", "free_item"), ("events", "free_event"))
    for name, head in lists:
        count = head + "s"
        new, first = tables[name], len(getattr(org, name))
        if len(new) > first:
            new["next"][first:] = np.arange(first + 1, len(new) + 1)
            new["next"][-1] = world[head]
            world[head] = first
            world[count] += len(new) - first
    return org._replace(**tables)


#: Rows that one event may need at most; with fewer free the engine stops and the tables grow.
MARGIN = 256
#: The k-th person hired in a run has this permanent id + k.
HIRE_ID = 1 << 29
#: The k-th seat opened in a run has this id + k until somebody sits there: nobody has left it, and dice need a key.
SEAT_ID = 1 << 31


def with_people(org: Org, count: int) -> Org:
    """Return *org* with *count* rows more for seats or desks, where nobody sits, works or reports yet.

    The caller says whose they are, and gives everybody who is to work an event of their own (`give_event`).
    """
    first = len(org.people)
    longer = {name: lengthened(getattr(org, name), count) for name in ("people", "teams", "occupants")}
    home = np.append(org.home, np.zeros(count, org.home.dtype))
    hours = np.vstack([org.hours, np.zeros((count, org.hours.shape[1]))])
    org = org._replace(**longer, home=home, hours=hours)
    for name in ("first_member", "head", "tail"):
        org.teams[name][first:] = NONE
    new = org.people[first:]
    for name in ("boss", "team", "desk", "next_member", "current", "parked", "head", "tail"):
        new[name] = NONE
    new["serving"], new["wake_at"] = FREE_CLASS, inf
    for name in ("productivity", "condition", "tools", "coverage", "other_pace"):
        new[name] = 1.0
    new["since"] = new["allowance_at"] = float(org.world["now"][0])
    return org
