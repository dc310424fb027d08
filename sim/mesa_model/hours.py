"""Hours up to this moment, read from the engine's books and from what is not yet booked; nothing is settled or changed.

The engine books a person's time when something happens to the person, and duties at a week's end. So what is under way has to be
added to the books at any other moment. Hours are hours of one person's attention.
"""

from __future__ import annotations

import numpy as np

from sim.constants import HOURS_PER_WEEK
from sim.engine import codes
from sim.engine.state import Org

_DUTIES = (
    ("meetings_rate", codes.MEETINGS),
    ("other_rate", codes.OTHER),
    ("people_rate", codes.PEOPLE),
    ("aligning_rate", codes.ALIGNING),
    ("talking_rate", codes.COORDINATING),
)


def hours_to_date(org: Org, rows: np.ndarray) -> np.ndarray:
    """Return the hours of the humans in *rows* (int64 [n]) by activity, float64 [n, activities], with those at their desks.

    The sum of a row is the time since the start, or since the books of this seat were begun anew: used + waiting + idle =
    present.
    """
    books: np.ndarray = org.hours[rows].copy()
    people = org.people
    since_week = float(org.world["now"][0]) - int(org.world["week"][0]) * HOURS_PER_WEEK
    for field, activity in _DUTIES:
        books[:, activity] += people[field][rows] * since_week
    _add_unsettled(org, rows, books)
    desks = people["desk"][rows]
    led = np.flatnonzero(desks >= 0)
    at_desks = np.zeros((len(led), books.shape[1]))
    _add_unsettled(org, desks[led], at_desks)
    books[led] += at_desks
    return books


def hand_hours_to_date(org: Org) -> np.ndarray:
    """Return the hours that everybody has written by hand since the last week's end, float64 [people].

    They are a part of the hours of coding; the rest of these is writing with AI.
    """
    people = org.people
    hours: np.ndarray = people["hand_hours"].copy()
    writes = np.flatnonzero(people["current"] >= 0)
    item = people["current"][writes]
    is_write = org.items["kind"][item] == codes.WRITE
    writes, item = writes[is_write], item[is_write]
    share = org.changes["share_by_hand"][org.items["change"][item]]
    hours[writes] += unsettled(org, writes) * share
    return hours


def unsettled(org: Org, rows: np.ndarray) -> np.ndarray:
    """Return the hours for items since the last settlement of the people or desks in *rows*, float64 [n]."""
    people = org.people
    hours: np.ndarray = (float(org.world["now"][0]) - people["since"][rows]) * people["rate"][rows]
    return hours


def _add_unsettled(org: Org, rows: np.ndarray, books: np.ndarray) -> None:
    """Add what the people or desks in *rows* have done since their last settlement to *books* [n, activities]."""
    hours, current = unsettled(org, rows), org.people["current"][rows]
    at = np.arange(len(rows))
    free = current < 0
    resting = np.where(org.people["has_work"][rows], codes.WAITING, codes.IDLE)
    books[at[free], resting[free]] += hours[free]
    item = org.items[current[~free]]
    busy, kind, spent = at[~free], item["kind"], hours[~free]
    written = kind == codes.WRITE
    activity = np.array(codes.ACTIVITY_OF_KIND)[kind]
    books[busy[~written], activity[~written]] += spent[~written]
    change, busy, spent = org.changes[item["change"][written]], busy[written], spent[written]
    coding, verifying = spent * change["share_coding"], spent * change["share_verifying"]
    books[busy, codes.CODING] += coding
    books[busy, codes.VERIFYING] += verifying
    books[busy, codes.SPECIFYING] += spent - coding - verifying
