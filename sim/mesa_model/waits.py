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
#: Kind of item -> stages of a change that stands still because of it.
_STAGES = {
    codes.QUESTION: (codes.STAGE_DECISIONS,),
    codes.COORDINATION: (codes.STAGE_COORDINATION,),
    codes.REVIEW: (codes.STAGE_REVIEW_WAIT, codes.STAGE_REVIEWING),
}


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
    found = [_wait(org, k) for k in np.flatnonzero(asked).tolist()]
    return sorted(found, key=_order)


def _order(wait: Wait) -> tuple[int, float, int, int]:
    asker, holder = (-1 if pid is None else pid for pid in (wait.asker, wait.holder))
    return tuple(_KINDS.values()).index(wait.kind), -wait.waited, asker, holder


def _wait(org: Org, k: int) -> Wait:
    item, now = org.items[k], float(org.world["now"][0])
    kind, state, person, team, c = (int(item[name]) for name in ("kind", "state", "person", "team", "change"))
    asker, since, stands_still = None, float(item["asked_at"]), False
    if c >= 0 and _is_wanted(org, k, c):
        change = org.changes[c]
        asker = _pid(org, int(change["owner"]))
        stands_still = int(change["stage"]) in _STAGES[kind]
        if kind == codes.COORDINATION:
            since = float(change["stage_since"])  # each step on the way is an item of its own
    if kind == codes.REVIEW and team < 0:
        team = person  # nobody else in the team may read it, so its manager does
    if team >= 0 and org.people["role"][team] == codes.VACANT:
        team = boss_present(
            org, team
        )  # whoever reads it belongs to a team that has lost its manager meanwhile
    left = float(item["left"])
    if state == codes.SERVING:
        left -= float(unsettled(org, np.array([person]))[0])
    state_word, begun = _STATES[state], bool(item["begun"])
    people = (asker, _pid(org, person), _pid(org, team))
    return Wait(_KINDS[kind], *people, state_word, begun, now - since, max(left, 0.0), stands_still)


def _is_wanted(org: Org, k: int, c: int) -> bool:
    """Return True if change *c*, for which item *k* was sent, still goes on and waits for it."""
    item, change = org.items[k], org.changes[c]
    if item["life"] != change["life"]:
        return False
    if item["kind"] == codes.REVIEW:
        return bool(change["reviews"][item["step"]] == k)
    # A question that does not block is counted with the change; what blocks it is what it awaits.
    may_go_on = item["kind"] == codes.QUESTION and change["open_questions"] > 0
    return bool(change["awaited_item"] == k or may_go_on)


def _pid(org: Org, row: int) -> int | None:
    """Return the permanent id of the human whose row, or desk, *row* is; None for -1 and for a vacant seat."""
    if row < 0 or org.people["role"][org.people["human"][row]] == codes.VACANT:
        return None
    return int(org.people["pid"][org.people["human"][row]])
