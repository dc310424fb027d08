"""Who waits for whom: open questions, changes that need another IC, and reviews, read from the engine's items at this moment.

There is a `Wait` for every item of these kinds that is sent and neither served nor withdrawn, so their number is that of the
engine, kind by kind and state by state. What an owner has to do alone (fixing, verifying, briefing) is no wait, and nobody knows
yet of the incidents to come.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine import codes
from sim.engine.state import Org
from sim.mesa_model.hours import unsettled
from sim.people.seats import boss_present

QUESTION, COORDINATION, REVIEW = "question", "coordination", "review"
ON_ITS_WAY, WAITING, IN_HAND = "on its way", "waiting", "in hand"
_KINDS = {codes.QUESTION: QUESTION, codes.COORDINATION: COORDINATION, codes.REVIEW: REVIEW}
_STATES = {codes.SENT: ON_ITS_WAY, codes.QUEUED: WAITING, codes.SERVING: IN_HAND}
#: Kind of item and stage of its change in which the change stands still because of it.
_STANDING_STILL = (
    (codes.QUESTION, codes.STAGE_DECISIONS),
    (codes.COORDINATION, codes.STAGE_COORDINATION),
    (codes.REVIEW, codes.STAGE_REVIEW_WAIT),
    (codes.REVIEW, codes.STAGE_REVIEWING),
)


class Wait(NamedTuple):
    """One thing that somebody asked of others and has not got yet.

    kind: "question" (asked of a super IC or up the hierarchy), "coordination" (another IC is needed, directly or through
    managers) or "review". asker: permanent id of who owns the change, None if it came from outside or nobody waits for it any
    more (the asker has decided alone, the review pass is over). holder: permanent id of who has it, or to whom it is on its
    way; the asker's own where the last part of a coordination is the asker's; None for a review that anybody of the team may
    take, and for what came from outside to a seat that is vacant. team: permanent id of the manager whose team is to review,
    else None. state: "on its way" (a message takes time, and a change is noticed after a while), "waiting" (in an inbox or a
    queue; begun and laid aside, too) or "in hand".
    begun: somebody has worked on it. waited: hours since it was asked for. hours: of attention that it still needs.
    stands_still: True if the change cannot go on until then; else its owner writes on, or it came from outside.
    """

    kind: str
    asker: int | None
    holder: int | None
    team: int | None
    state: str
    begun: bool
    waited: float
    hours: float
    stands_still: bool


def waits_of(org: Org) -> list[Wait]:
    """Return what people wait for at this moment: by kind, those that have waited longest first."""
    items = org.items
    asked = np.isin(items["state"], tuple(_STATES)) & np.isin(items["kind"], tuple(_KINDS))
    rows = np.flatnonzero(asked)
    if not len(rows):
        return []
    item = items[rows]
    wanted, still = _wanted(org, rows), np.zeros(len(rows), bool)
    change = org.changes[np.maximum(item["change"], 0)]
    for kind, stage in _STANDING_STILL:
        still |= wanted & (item["kind"] == kind) & (change["stage"] == stage)
    # Each step of a coordination is an item of its own.
    of_change = wanted & (item["kind"] == codes.COORDINATION)
    since = np.where(of_change, change["stage_since"], item["asked_at"])
    in_hand = item["state"] == codes.SERVING
    spent = np.where(in_hand, unsettled(org, np.maximum(item["person"], 0)), 0.0)
    columns = (
        [_KINDS[kind] for kind in item["kind"].tolist()],
        _pids(org, np.where(wanted, change["owner"], codes.NONE)),
        _pids(org, item["person"]),
        _pids(org, _teams(org, item)),
        [_STATES[state] for state in item["state"].tolist()],
        item["begun"].tolist(),
        (float(org.world["now"][0]) - since).tolist(),
        np.maximum(item["left"] - spent, 0.0).tolist(),
        still.tolist(),
    )
    return sorted((Wait(*row) for row in zip(*columns, strict=True)), key=_order)


def _order(wait: Wait) -> tuple[int, float, int, int]:
    asker, holder = (-1 if pid is None else pid for pid in (wait.asker, wait.holder))
    return tuple(_KINDS.values()).index(wait.kind), -wait.waited, asker, holder


def _wanted(org: Org, rows: np.ndarray) -> np.ndarray:
    """Return bool [n]: the change for which the item in each of *rows* was sent still goes on and waits for it."""
    item = org.items[rows]
    change = org.changes[np.maximum(item["change"], 0)]
    alive = (item["change"] >= 0) & (item["life"] == change["life"])
    reads = item["kind"] == codes.REVIEW
    asked = change["reviews"][np.arange(len(rows)), np.where(reads, item["step"], 0)]
    # A question that does not block is counted with the change; what blocks it is what it awaits.
    counted = (item["kind"] == codes.QUESTION) & (change["open_questions"] > 0)
    wanted: np.ndarray = alive & np.where(reads, asked == rows, (change["awaited_item"] == rows) | counted)
    return wanted


def _teams(org: Org, item: np.ndarray) -> np.ndarray:
    """Return the row of the manager whose team is to review each *item*, -1 for what is no review."""
    # Where nobody else in the team may read it, its manager does.
    alone = (item["kind"] == codes.REVIEW) & (item["team"] < 0)
    team = np.where(alone, item["person"], item["team"])
    # Whoever reads it may belong to a team that has lost its manager meanwhile.
    for k in np.flatnonzero((team >= 0) & (org.people["role"][np.maximum(team, 0)] == codes.VACANT)).tolist():
        team[k] = boss_present(org, int(team[k]))
    return team


def _pids(org: Org, rows: np.ndarray) -> list[int | None]:
    """Return the permanent ids of the humans whose *rows*, or desks, these are; None for -1 and for a vacant seat."""
    human = org.people["human"][np.maximum(rows, 0)]
    there = (rows >= 0) & (org.people["role"][human] != codes.VACANT)
    pids = org.people["pid"][human].tolist()
    return [pid if known else None for pid, known in zip(pids, there.tolist(), strict=True)]
