"""What a period was like, as plain numbers: the part of a frame of `sim.mesa_model.replay` that is read from the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine import codes
from sim.engine.state import Org
from sim.mesa_model.aliases import Aliases
from sim.mesa_model.hours import hours_to_date, unsettled
from sim.mesa_model.waits import COORDINATION, QUESTION, REVIEW, Wait, waits_of
from sim.people.seats import boss_present

#: What an IC's hours go into: the engine's activities, with coding taken apart.
ACTIVITIES = ("writing by hand", "writing with AI", *codes.ACTIVITIES[1:])
_TENTHS = 10
_BLOCKED = (codes.STAGE_DECISIONS, codes.STAGE_COORDINATION)


class Notes(NamedTuple):
    """Cumulative figures of every row of `Org.people` at one moment, float64 [people]; hours also by activity.

    hours: [people, activities], 0 for desks. hand: hours written by hand since the last week's end. arrived: h of work that
    have reached the inbox. capacity: h that were left for it.
    """

    hours: np.ndarray
    hand: np.ndarray
    arrived: np.ndarray
    capacity: np.ndarray


def notes_of(org: Org, hand: np.ndarray) -> Notes:
    """Return the notes of this moment; *hand*: hours written by hand since the last week's end, float64 [people]."""
    people = org.people
    everybody = np.arange(len(people))
    humans = np.flatnonzero(people["human"] == everybody)
    hours = np.zeros(org.hours.shape)
    hours[humans] = hours_to_date(org, humans)
    capacity = people["capacity_hours"] + unsettled(org, everybody)
    return Notes(hours, hand, people["arrived_hours"].copy(), capacity)


def picture_of(org: Org, before: Notes, now: Notes, names: Aliases) -> dict[str, object]:
    """Return teams, ics, vacant, waits and stages of the period between two notes, in which nobody came or went.

    names: of everybody there and of all seats.
    """
    waits = waits_of(org)
    return {
        "teams": _teams(org, before, now, waits, names),
        "ics": _ics(org, before, now, names),
        "vacant": _vacant(org, names),
        "waits": {kind: _pairs(waits, kind, names) for kind in (QUESTION, COORDINATION)},
        "stages": _stages(org),
    }


def _teams(
    org: Org, before: Notes, now: Notes, waits: Sequence[Wait], names: Aliases
) -> dict[str, list[object]]:
    people, items = org.people, org.items
    rows = names.by_seat(np.flatnonzero(people["role"] == MANAGER))
    in_inbox = (items["state"] == codes.QUEUED) & (items["kind"] <= codes.VERIFY) & (items["person"] >= 0)
    whose = items["person"][in_inbox]
    count = np.bincount(whose, minlength=len(people))
    hours = np.bincount(whose, weights=np.maximum(items["left"][in_inbox], 0.0), minlength=len(people))
    arrived, capacity = (now.arrived - before.arrived)[rows], (now.capacity - before.capacity)[rows]
    unread = [wait for wait in waits if wait.kind == REVIEW and not wait.begun]
    pids = people["pid"][rows].tolist()
    reviews = {pid: [wait.hours for wait in unread if wait.team == pid] for pid in pids}
    return {
        "seat": [names.seat(row) for row in rows.tolist()],
        "id": [names.person(pid) for pid in pids],
        "boss": [names.seat(row) for row in people["boss"][rows].tolist()],
        "layer": people["layer"][rows].tolist(),
        "load": [
            round(work / room, 2) if room > 0.0 else None
            for work, room in zip(arrived.tolist(), capacity.tolist(), strict=True)
        ],
        "inbox": count[rows].tolist(),
        "inbox_hours": _rounded(hours[rows]),
        "reviews": [len(reviews[pid]) for pid in pids],
        "review_hours": _rounded(sum(reviews[pid]) for pid in pids),
    }


def _ics(org: Org, before: Notes, now: Notes, names: Aliases) -> dict[str, list[object]]:
    people, changes = org.people, org.changes
    rows = names.by_seat(np.flatnonzero(people["role"] == IC))
    spent = (now.hours - before.hours)[rows]
    by_hand = np.clip((now.hand - before.hand)[rows], 0.0, np.maximum(spent[:, codes.CODING], 0.0))
    spent = np.column_stack((by_hand, spent[:, codes.CODING] - by_hand, spent[:, codes.CODING + 1 :]))
    blocked = changes["owner"][(changes["owner"] >= 0) & np.isin(changes["stage"], _BLOCKED)]
    return {
        "seat": [names.seat(row) for row in rows.tolist()],
        "id": [names.person(pid) for pid in people["pid"][rows].tolist()],
        "team": [names.seat(row) for row in people["boss"][rows].tolist()],
        "hours": [[_plain(tenths) for tenths in row] for row in in_tenths(spent).tolist()],
        "blocked": np.bincount(blocked, minlength=len(people))[rows].tolist(),
    }


def _vacant(org: Org, names: Aliases) -> dict[str, list[object]]:
    """Return the seats that are to be filled."""
    people, occupants = org.people, org.occupants
    to_fill = (people["role"] == codes.VACANT) & np.isfinite(occupants["open_until"])
    rows = names.by_seat(np.flatnonzero(to_fill))
    return {
        "seat": [names.seat(row) for row in rows.tolist()],
        "boss": [names.seat(boss_present(org, row)) for row in rows.tolist()],
        "manager": (occupants["seat_role"][rows] == MANAGER).tolist(),
    }


def _pairs(waits: Iterable[Wait], kind: str, names: Aliases) -> list[list[int]]:
    """Return [who, for whom] of every change that stands still for something of this *kind*."""
    return [
        [names.person(wait.asker), names.person(wait.holder)]
        for wait in waits
        if wait.kind == kind and wait.stands_still and wait.asker is not None and wait.holder is not None
    ]


def _stages(org: Org) -> dict[str, int]:
    stage = org.changes["stage"][org.changes["owner"] >= 0]
    return dict(zip(codes.STAGES, np.bincount(stage, minlength=len(codes.STAGES)).tolist(), strict=True))


def in_tenths(hours: np.ndarray) -> np.ndarray:
    """Return *hours* [n, k] as whole tenths, int64 [n, k], rounded so that every row adds up as the hours do.

    Everything is rounded down, and what is missing in a row goes to the largest remainders.
    """
    exact = np.maximum(hours, 0.0) * _TENTHS
    down = np.floor(exact + 1e-6)
    missing = np.rint(exact.sum(axis=1) - down.sum(axis=1)).astype(np.int64)
    rank = np.argsort(np.argsort(down - exact, axis=1, kind="stable"), axis=1, kind="stable")
    whole: np.ndarray = down.astype(np.int64) + (rank < missing[:, np.newaxis])
    return whole


def _plain(tenths: int) -> int | float:
    """Return hours as the shortest number."""
    return tenths / _TENTHS if tenths % _TENTHS else tenths // _TENTHS


def _rounded(hours: Iterable[float]) -> list[int | float]:
    return [_plain(round(float(one) * _TENTHS)) for one in hours]
