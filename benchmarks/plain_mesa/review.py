"""Review: who reads a change, how long, and what comes of it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.dice import Stream, positive
from benchmarks.plain_mesa.ledger import count_time
from benchmarks.plain_mesa.things import Change, Ending, Item, Kind, Mode, Stage, State

if TYPE_CHECKING:
    from benchmarks.plain_mesa.server import Server

FIRST_STEP = 2000
FIRST_ADDRESS = 4096
#: The fifth reader of a pass and those after have numbers of their own, far from those of the first four.
FAR = 2**23


def is_unreviewed(change: Change) -> bool:
    """True if *change* slips through without review."""
    owner = change.owner
    p = owner.model.p
    chance = p.review_unreviewed_base
    if p.review_unreviewed_backlog_hours < inf:
        chance *= 1.0 + owner.team.backlog / p.review_unreviewed_backlog_hours
    return owner.model.dice.one(Stream.UNREVIEWED, owner.pid, change.number) < chance


def found_by_ai(change: Change) -> int:
    """Return the number of defects that the AI reviewer finds; they will be fixed."""
    owner = change.owner
    p = owner.model.p
    if not p.review_ai_reviewer:
        return 0
    chance = p.review_ai_detection * (1.0 - p.review_ai_blindness * change.ai_fraction)
    found = sum(
        owner.model.dice.one(Stream.DETECTION, owner.pid, change.number, defect) < chance
        for defect in range(change.defects)
    )
    change.defects -= found
    return found


def begin_pass(change: Change) -> None:
    """Send *change* into its next pass: to teammates, else to the manager; with nobody there it merges unseen."""
    owner = change.owner
    model = owner.model
    p = model.p
    change.enter(Stage.REVIEW_WAIT, model.now)
    change.review_pass += 1
    change.votes_for = change.votes_against = 0
    change.rejected = False
    change.found = set()
    change.reviewers = [None] * p.review_approvals
    change.reviews = []
    if change.review_pass > p.review_max_passes:
        owner.close(change, Ending.DISCARDED)
        return
    mates = owner.team.reviewers - (1 if owner.reviewer else 0)
    if mates > 0:
        change.pending = min(p.review_approvals, mates)
        for reader in range(change.pending if p.review_order == "parallel" else 1):
            _ask(change, reader)
    elif owner.human.boss is not None:
        change.pending = 1
        _send(change, owner.human.boss, 0, to_team=False)
    else:
        model.ledger.unreviewed += 1
        owner.merge(change)


def _ask(change: Change, reader: int) -> None:
    shared = change.owner.model.p.review_assignment == "shared"
    _send(change, None if shared else _addressee(change, reader), reader, to_team=True)


def _send(change: Change, receiver: Server | None, reader: int, *, to_team: bool) -> None:
    owner = change.owner
    item = owner.model.new_item(Kind.REVIEW, receiver, change, _needed_hours(change, reader))
    item.step = reader
    change.reviews.append(item)
    if to_team:
        item.team = owner.team
    owner.model.send(owner, item, _delay(change, reader))


def _to_read(change: Change) -> float:
    p = change.owner.model.p
    by_people = change.size * (1.0 - change.ai_fraction)
    volume = by_people + p.review_reading_ai_ratio * (change.volume - by_people)
    return p.work_size_mean * (volume / p.work_size_mean) ** p.review_volume_exponent


def _number(review_pass: int, reader: int) -> int:
    """Return the number of a review among those of its change: four a pass, the next four far from them, and so on."""
    block, within = divmod(reader, 4)
    return FAR * block + 4 * review_pass + within


def _needed_hours(change: Change, reader: int) -> float:
    owner = change.owner
    p = owner.model.p
    f = change.ai_fraction
    if p.review_fixed_hours_human > 0.0:
        mean = p.review_fixed_hours_human * (1.0 - f) + p.review_fixed_hours_ai * f
    else:
        mean = _to_read(change) * p.review_hours_per_standard_hour
    if change.review_pass > 1:
        mean *= p.review_rereview_share
    step = FIRST_STEP + _number(change.review_pass, reader)
    u = owner.model.dice.one(Stream.SERVICE, owner.pid, change.number, step)
    return positive(u, mean, p.review_distribution, p.service_cv)


def _delay(change: Change, reader: int) -> float:
    """Return the hours until somebody first looks: nobody waits for the change of an agent."""
    owner = change.owner
    p = owner.model.p
    mean = 0.0
    if p.switches_pickup:
        mean = p.review_pickup_hours * (1.0 + (p.review_pickup_ai_ratio - 1.0) * change.ai_fraction)
    if mean <= 0.0:
        return p.communication_delay_hours
    u = owner.model.dice.one(Stream.PICKUP, owner.pid, change.number, _number(change.review_pass, reader))
    return p.communication_delay_hours + positive(u, mean, "exponential", 1.0)


def _addressee(change: Change, reader: int) -> Server:
    """Return the teammate of the highest keyed rank among those not yet asked in this pass."""
    owner = change.owner
    dice = owner.model.dice

    def rank(mate: Server) -> float:
        return dice.two(Stream.REJECTION, owner.pid, change.number, FIRST_ADDRESS + (mate.pid & 0xFFFFFFF))[1]

    chosen = max((m for m in owner.team.members if m.reviewer and may_read(change, m)), key=rank)
    change.reviewers[reader] = chosen
    return chosen


def may_read(change: Change | None, person: Server) -> bool:
    """True unless *person* is the owner or another reader of this pass; anybody may read what comes from outside."""
    return change is None or (change.owner is not person and person not in change.reviewers)


def open_item(reader: Server, item: Item) -> None:
    """*reader* opens a review: it is decided how much time it gets."""
    model = reader.model
    change = item.change
    if item.team is not None:
        backlog = item.team.backlog
        item.team.queued_hours -= item.hours
        if change is not None and model.p.review_haste_hours < inf:
            item.left = item.hours / (1.0 + backlog / model.p.review_haste_hours)
    model.ledger.review_wait += model.now - item.sent_at
    count_time(model.ledger.review_waits, model.now - item.sent_at)
    model.ledger.reviews += 1
    if change is not None:
        change.reviewers[item.step] = reader
        item.difficulty = item.left / item.hours if item.hours > 0.0 else 1.0
    item.left /= reader.other_pace
    if item.team is not None:
        reader.spend_allowance(item.left)


def _find(change: Change, reader: int, given: float) -> int:
    """Let the *reader*-th reader find defects with a share *given* of the needed time; return how many."""
    owner = change.owner
    model = owner.model
    chance = model.p.review_detection * given
    if change.review_pass > 1:
        chance *= model.p.review_rereview_share
    correlation = model.p.review_error_correlation
    found = 0
    for defect in range(change.defects):
        first = 64 * _number(change.review_pass, 0) + defect
        u, shared = model.dice.two(Stream.DETECTION, owner.pid, change.number, first)
        if reader > 0 and not (correlation > 0.0 and shared < correlation):
            own = 64 * _number(change.review_pass, reader) + defect
            u = model.dice.one(Stream.DETECTION, owner.pid, change.number, own)
        if u < chance:
            change.found.add(defect)
            found += 1
    return found


def _is_accepted(rule: str, votes_for: int, votes_against: int) -> bool:
    if rule == "any":
        return votes_for > 0
    if rule == "majority":
        return votes_for > votes_against
    return votes_against == 0


def _is_decided(change: Change) -> bool:
    """True if the votes that are missing cannot change the verdict of the pass, or need not be waited for."""
    p = change.owner.model.p
    if not p.review_decide_early:
        return change.pending == 0
    verdicts = {
        _is_accepted(
            p.review_approval_rule, change.votes_for + more, change.votes_against + change.pending - more
        )
        for more in range(change.pending + 1)
    }
    return len(verdicts) == 1


def _withdraw(item: Item) -> None:
    """The pass of this review is decided: nobody begins it any more, and who has begun reads for nothing."""
    model = item.change.owner.model
    if item.begun:
        if item.state is State.IN_SERVICE:
            item.person.account()
        item.change = None
        return
    if item.state is State.QUEUED:
        queue = item.team.reviews if item.person is None else item.person.inbox[item.kind.priority]
        queue.remove(item)
        item.team.queued_hours -= item.hours
    item.state = State.WITHDRAWN
    model.ledger.item_leaves(item, model.now, withdrawn=True)


def completed(item: Item) -> None:
    """A reader is through: count the vote; the last one of the pass decides."""
    change = item.change
    owner = change.owner
    model = owner.model
    p = model.p
    f = change.ai_fraction
    against = _find(change, item.step, item.difficulty) > 0
    reject = p.review_reject_human * (1.0 - f) + p.review_reject_ai * f
    if reject > 0.0:
        number = _number(change.review_pass, item.step)
        u = model.dice.one(Stream.REJECTION, owner.pid, change.number, number)
        if u < reject:
            against = change.rejected = True
    if against:
        change.votes_against += 1
    else:
        change.votes_for += 1
    change.pending -= 1
    change.reviews.remove(item)
    if not _is_decided(change):
        if not change.reviews:  # one after another
            _ask(change, item.step + 1)
            change.enter(Stage.REVIEW_WAIT, model.now)
        return
    for other in change.reviews:
        _withdraw(other)
    discard = p.review_discard_agent if change.mode is Mode.BY_AGENT else p.review_discard_human
    _, luck = model.dice.two(Stream.UNREVIEWED, owner.pid, change.number)
    if change.review_pass == 1 and luck < discard:
        owner.close(change, Ending.DISCARDED)
    elif _is_accepted(p.review_approval_rule, change.votes_for, change.votes_against):
        owner.merge(change)
    else:
        hours = len(change.found) * p.defects_fix_hours
        change.defects -= len(change.found)
        if change.rejected:
            hours += p.review_rework_effort * change.write_hours
        owner.take_rework(change, hours)
