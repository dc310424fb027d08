"""Questions: problems that climb the hierarchy until somebody knows the answer (Garicano 2000).

While a change is written, questions come up at a rate per standard hour (exponential gaps in size, so that the same
change has the same questions everywhere). A question's difficulty u is uniform. Whoever knows it (u <= z) solves it: the
owner at no cost; else AI, if it is asked (u <= z_ai, a few minutes, some answers wrong); else a super IC of the team with some
probability; else the owner's manager, who spends the help time whether solving it or not, or a triage time on seeing
that it is too hard, and passes it up. What managers know differs by layer; a layer without a figure of its own, and any above
layer 6, knows what the one below knows. The change is blocked until the answer is back; after ``questions.patience_hours``
the owner decides alone, which may be wrong: an extra defect and rework.

Not modelled: learning from answers, questions to managers of other teams.
Parameters: questions.*, ai.answer_*.
"""

from math import inf, log

from sim.constants import IC, MANAGER
from sim.engine import histogram
from sim.engine.calendar import schedule
from sim.engine.codes import EVENT_ANSWER, EVENT_PATIENCE, NONE, QUESTION
from sim.engine.inbox import new_item, send, withdraw
from sim.engine.kernel import kernel
from sim.engine.rng import (
    AI_ANSWER,
    AI_ASKED,
    QUESTION_GUESS,
    QUESTION_SUPER,
    QUESTION_TRIAGE,
    SERVICE,
    positive,
    uniform,
    uniform2,
)
from sim.engine.rng import QUESTION as QUESTION_DICE

SOLVED, PASSED_ON, UNSOLVED = range(3)


@kernel
def plan(org, p, c):
    """Set where in the work of change *c* the next question comes up that its owner cannot solve."""
    w = org.world[0]
    ch = org.changes[c]
    if not p.switches_questions:
        ch.next_question = inf
        return
    if p.questions_one_per_change:
        ch.next_question = ch.standard_hours if ch.questions == 0 else inf
        return
    if p.questions_per_standard_hour <= 0.0:
        ch.next_question = inf
        return
    pid = ch.pid
    at = 0.0 if ch.questions == 0 else ch.next_question
    while True:
        u, difficulty = uniform2(w, QUESTION_DICE, pid, ch.j, ch.questions)
        at -= log(u) / p.questions_per_standard_hour
        if at >= ch.standard_hours:
            ch.next_question = inf
            return
        if difficulty > org.people[ch.owner].knowledge:
            ch.next_question = at
            return
        ch.questions += 1  # the owner knows the answer: nothing happens
        w.questions += 1


@kernel
def manager_knowledge(p, layer):
    """Return z_m of a manager in *layer*: the highest stated from there down."""
    if layer >= 6 and p.questions_manager_knowledge_6 < inf:
        return p.questions_manager_knowledge_6
    if layer >= 5 and p.questions_manager_knowledge_5 < inf:
        return p.questions_manager_knowledge_5
    if layer >= 4 and p.questions_manager_knowledge_4 < inf:
        return p.questions_manager_knowledge_4
    if layer >= 3 and p.questions_manager_knowledge_3 < inf:
        return p.questions_manager_knowledge_3
    if layer >= 2 and p.questions_manager_knowledge_2 < inf:
        return p.questions_manager_knowledge_2
    return p.questions_manager_knowledge_1


@kernel
def knows(org, p, m, difficulty):
    """Return True if person *m* can solve a question of this difficulty."""
    person = org.people[m]
    if person.role != MANAGER:
        return difficulty <= person.knowledge
    if person.boss < 0 and p.questions_top_solves_all:
        return True
    return difficulty <= manager_knowledge(p, person.layer)


@kernel
def _super_ic(org, p, c, difficulty):
    """Return a teammate of the owner who is a super IC, knows the answer and is asked, or NONE."""
    ch = org.changes[c]
    person = org.people[ch.owner]
    if p.questions_super_ic_probability <= 0.0 or person.team < 0:
        return NONE
    best = NONE
    best_skill = p.questions_super_ic_skill
    m = org.teams[person.team].first_member
    while m >= 0:
        mate = org.people[m]
        better = mate.skill > best_skill or (
            best >= 0 and mate.skill == best_skill and mate.pid < org.people[best].pid
        )
        if mate.role == IC and m != ch.owner and difficulty <= mate.knowledge and better:
            best = m
            best_skill = mate.skill
        m = mate.next_member
    if best < 0:
        return NONE
    u = uniform(org.world[0], QUESTION_SUPER, ch.pid, ch.j, ch.questions)
    return best if u < p.questions_super_ic_probability else NONE


@kernel
def _address(org, p, c, m, difficulty, asked, now):
    """Send a question about change *c* to person *m*; it takes the delay of a message."""
    w = org.world[0]
    ch = org.changes[c]
    pid = ch.pid
    step = ch.questions + 64 * org.people[m].layer
    mean = p.questions_help_hours
    if not knows(org, p, m, difficulty) and org.people[m].boss >= 0:
        u = uniform(w, QUESTION_TRIAGE, pid, ch.j, step)
        if u < p.questions_triage_skill:
            mean = p.questions_triage_hours
    hours = positive(uniform(w, SERVICE, pid, ch.j, step), mean, p.service_distribution, p.service_cv)
    k = new_item(org, QUESTION, m, c, hours, now)
    item = org.items[k]
    item.difficulty = difficulty
    item.step = ch.questions
    item.asked_at = asked
    if p.questions_blocking:
        ch.awaited_item = k
    return k


@kernel
def _goes_to_ai(org, c, number):
    """Return True if the owner of change *c* asks AI first, as often as AI is at hand (`sim.mechanisms.flow.ai_use`)."""
    ch = org.changes[c]
    chance = org.people[ch.owner].asks_ai
    if chance <= 0.0 or chance >= 1.0:
        return chance > 0.0
    return uniform(org.world[0], AI_ASKED, ch.pid, ch.j, number) < chance


@kernel
def ask(org, p, c, now):
    """Raise the question due in change *c*; return hours of the owner's own that it took, or -1 if it now waits.

    The owner's hours are those of asking AI; 0 if the owner knew the answer.
    """
    w = org.world[0]
    ch = org.changes[c]
    person = org.people[ch.owner]
    u = uniform2(w, QUESTION_DICE, ch.pid, ch.j, ch.questions)[1]
    number = ch.questions
    ch.questions += 1
    w.questions += 1
    if u <= person.knowledge:
        return 0.0
    if u <= p.ai_answer_knowledge and _goes_to_ai(org, c, number):
        if uniform(w, AI_ANSWER, ch.pid, ch.j, number) < p.ai_answer_wrong:
            ch.extra_defects += 1
        return p.ai_answer_hours
    m = _super_ic(org, p, c, u)
    if m < 0:
        m = org.people[person.human].boss
        if m < 0:  # nobody above: the owner must know, as the top does
            if not p.questions_top_solves_all:
                ch.abandon = True
            return 0.0
    k = _address(org, p, c, m, u, now, now)
    send(org, ch.owner, k, now + p.communication_delay_hours)
    if p.questions_blocking:
        ch.asked_at = now
        if p.questions_patience_hours < inf:
            schedule(org, ch.owner, now + p.questions_patience_hours, EVENT_PATIENCE, c, ch.wait)
        return -1.0
    ch.open_questions += 1
    return 0.0


@kernel
def served(org, p, k, m, now):
    """Person *m* has spent the time on question *k*: send the answer, or pass the question up."""
    item = org.items[k]
    c = item.change
    if c < 0:  # from outside: nobody waits for an answer
        return SOLVED
    ch = org.changes[c]
    if item.life != ch.life or (p.questions_blocking and item.wait != ch.wait):
        return SOLVED  # the asker has decided, or gone, meanwhile
    person = org.people[m]
    if knows(org, p, m, item.difficulty) or person.boss < 0:
        if not knows(org, p, m, item.difficulty):
            ch.abandon = True
        stamp = ch.wait
        if p.questions_blocking:
            ch.awaited_item = NONE
        else:
            stamp = ch.life
            hours = now + p.communication_delay_hours - item.asked_at
            org.world[0].decision_latency += hours
            histogram.count(org.world[0].decision_latencies, hours)
            org.world[0].answers += 1
        schedule(org, m, now + p.communication_delay_hours, EVENT_ANSWER, c, stamp)
        return SOLVED
    number = ch.questions
    ch.questions = item.step
    up = _address(org, p, c, person.boss, item.difficulty, item.asked_at, now)
    ch.questions = number
    send(org, m, up, now + p.communication_delay_hours)
    return PASSED_ON


@kernel
def answered(org, c, now):
    """The answer has reached the owner of change *c*, who waited for it: the wait is over."""
    ch = org.changes[c]
    org.world[0].decision_latency += now - ch.asked_at
    histogram.count(org.world[0].decision_latencies, now - ch.asked_at)
    org.world[0].answers += 1
    ch.wait += 1
    ch.awaited_item = NONE


@kernel
def decide_alone(org, p, c, now):
    """The owner of change *c* gives up waiting and guesses; return the hours of rework, 0 if the guess was right."""
    w = org.world[0]
    ch = org.changes[c]
    if ch.awaited_item >= 0:
        withdraw(org, ch.awaited_item, now)
    ch.wait += 1
    ch.awaited_item = NONE
    w.guesses += 1
    w.decision_latency += now - ch.asked_at
    histogram.count(w.decision_latencies, now - ch.asked_at)
    w.answers += 1
    u = uniform(w, QUESTION_GUESS, ch.pid, ch.j, ch.questions)
    if u < p.questions_wrong_guess:
        ch.extra_defects += 1
        return p.questions_guess_rework * ch.standard_hours
    return 0.0
