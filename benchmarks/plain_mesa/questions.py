"""Questions climb the hierarchy until somebody knows the answer."""

from __future__ import annotations

from math import inf, log
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.dice import Stream, positive
from benchmarks.plain_mesa.ledger import count_time
from benchmarks.plain_mesa.things import Change, Item, Kind

if TYPE_CHECKING:
    from benchmarks.plain_mesa.server import Server
    from benchmarks.plain_mesa.writer import Writer


def plan(change: Change) -> None:
    """Set at which point of the writing the next question comes up that the owner cannot solve."""
    owner = change.owner
    model = owner.model
    p = model.p
    if not p.switches_questions:
        change.next_question = inf
    elif p.questions_one_per_change:
        change.next_question = change.size if change.questions == 0 else inf
    elif p.questions_per_standard_hour <= 0.0:
        change.next_question = inf
    else:
        at = change.next_question if change.questions > 0 else 0.0
        while True:
            u, difficulty = model.dice.two(Stream.QUESTION, owner.pid, change.number, change.questions)
            at -= log(u) / p.questions_per_standard_hour
            if at >= change.size:
                change.next_question = inf
                return
            if difficulty > owner.knowledge:
                change.next_question = at
                return
            # The owner knows the answer to this one.
            change.questions += 1
            model.ledger.questions += 1


def _asks_ai(change: Change, number: int) -> bool:
    owner = change.owner
    if not 0.0 < owner.use.asking < 1.0:
        return owner.use.asking > 0.0
    return owner.model.dice.one(Stream.AI_ASKED, owner.pid, change.number, number) < owner.use.asking


def ask(change: Change) -> float | None:
    """Raise the question that is due; return the owner's hours to ask AI (0: none needed), None if the owner waits."""
    owner = change.owner
    model = owner.model
    p = model.p
    number = change.questions
    _, difficulty = model.dice.two(Stream.QUESTION, owner.pid, change.number, number)
    change.questions += 1
    model.ledger.questions += 1
    if difficulty <= owner.knowledge:
        return 0.0
    if difficulty <= p.ai_answer_knowledge and _asks_ai(change, number):
        if model.dice.one(Stream.AI_ANSWER, owner.pid, change.number, number) < p.ai_answer_wrong:
            change.extra_defects += 1
        return p.ai_answer_hours
    helper = _super_ic(change, difficulty) or owner.human.boss
    if helper is None:
        if not p.questions_top_solves_all:
            change.abandon = True
        return 0.0
    _send(owner, change, helper, difficulty, change.questions, model.now)
    if not p.questions_blocking:
        change.open_questions += 1
        return 0.0
    change.asked_at = model.now
    if p.questions_patience_hours < inf:
        model.at(model.now + p.questions_patience_hours, owner, owner.patience_ended, change, change.wait)
    return None


def _super_ic(change: Change, difficulty: float) -> Server | None:
    """Return the best teammate who is a super IC and knows the answer, if one is asked."""
    owner = change.owner
    model = owner.model
    if model.p.questions_super_ic_probability <= 0.0:
        return None
    mates = [
        mate
        for mate in owner.team.members
        if not mate.is_desk
        and mate is not owner
        and mate.skill > model.p.questions_super_ic_skill
        and difficulty <= mate.knowledge
    ]
    if not mates:
        return None
    u = model.dice.one(Stream.QUESTION_SUPER, owner.pid, change.number, change.questions)
    if u >= model.p.questions_super_ic_probability:
        return None
    return max(mates, key=lambda mate: (mate.skill, -mate.pid))


def _send(
    sender: Server, change: Change, helper: Server, difficulty: float, number: int, asked_at: float
) -> None:
    """Send the *number*-th question of *change* to *helper*."""
    model = sender.model
    p = model.p
    pid = change.owner.pid
    step = number + 64 * helper.layer
    mean = p.questions_help_hours
    if not helper.knows(difficulty) and helper.boss is not None:
        sees_it = model.dice.one(Stream.QUESTION_TRIAGE, pid, change.number, step) < p.questions_triage_skill
        if sees_it:
            mean = p.questions_triage_hours
    u = model.dice.one(Stream.SERVICE, pid, change.number, step)
    hours = positive(u, mean, p.service_distribution, p.service_cv)
    item = model.new_item(Kind.QUESTION, helper, change, hours)
    item.difficulty = difficulty
    item.step = number
    item.asked_at = asked_at
    change.question_item = item
    model.send(sender, item, p.communication_delay_hours)


def served(helper: Server, item: Item) -> None:
    """*helper* has spent the time on a question: send the answer, or pass the question up."""
    model = helper.model
    p = model.p
    change = item.change
    if p.questions_blocking and item.wait != change.wait:
        return  # the asker has decided meanwhile
    knows = helper.knows(item.difficulty)
    if not knows and helper.boss is not None:
        _send(helper, change, helper.boss, item.difficulty, item.step, item.asked_at)
        return
    if not knows:
        change.abandon = True
    change.question_item = None
    back_at = model.now + p.communication_delay_hours
    owner = change.owner
    if p.questions_blocking:
        model.at(back_at, helper, owner.answer_arrived, change, change.wait)
    else:
        model.ledger.decision_latency += back_at - item.asked_at
        count_time(model.ledger.decision_latencies, back_at - item.asked_at)
        model.ledger.answers += 1
        model.at(back_at, helper, owner.late_answer_arrived, change)


def wait_is_over(change: Change) -> None:
    """The owner has an answer, or decides alone."""
    ledger = change.owner.model.ledger
    ledger.decision_latency += change.owner.model.now - change.asked_at
    count_time(ledger.decision_latencies, change.owner.model.now - change.asked_at)
    ledger.answers += 1
    change.wait += 1
    change.question_item = None


def decide_alone(change: Change) -> float:
    """The owner waits no longer and guesses; return the hours of rework, 0 if the guess was right."""
    owner: Writer = change.owner
    model = owner.model
    if change.question_item is not None:
        change.question_item.person.withdraw(change.question_item)
    wait_is_over(change)
    model.ledger.guesses += 1
    u = model.dice.one(Stream.QUESTION_GUESS, owner.pid, change.number, change.questions)
    if u >= model.p.questions_wrong_guess:
        return 0.0
    change.extra_defects += 1
    return model.p.questions_guess_rework * change.size
