"""The life of a change: how it moves on from one step to the next, until it needs time or somebody else.

An event leaves at most one change to carry on, with the step at which to do so; `carry_on` does the rest:
write -> submit -> review -> merge, with rework and closing on the way.
"""

from sim.constants import IC
from sim.engine import codes
from sim.engine.calendar import plan, schedule
from sim.engine.inbox import enqueue, new_item
from sim.engine.kernel import kernel
from sim.engine.server import set_stage
from sim.mechanisms.flow import alignment, coding, defects, dependencies, questions, review, work

#: Steps at which a change can be carried on; NOTHING: it waits for time or somebody else.
NOTHING, CONTINUE, SUBMIT, TO_REVIEW, REWORK, MERGE, DISCARD, ABANDON = range(8)


@kernel
def carry_on(org, p, c, step, now):
    """Carry change *c* on from *step* until it needs time or somebody else, or ends."""
    if step == CONTINUE:
        step = proceed(org, p, c, now)
    if step == SUBMIT:
        step = submit(org, p, c, now)
    if step == TO_REVIEW:
        step = send_to_review(org, p, c, now)
    if step == REWORK:
        queue_fix(org, p, c, review.rework_hours(org, p, c), now)
    elif step == MERGE:
        merge(org, p, c, now)
    elif step == DISCARD:
        close(org, p, c, work.DISCARDED, now)
    elif step == ABANDON:
        close(org, p, c, work.ABANDONED, now)


@kernel
def proceed(org, p, c, now):
    """Write on at change *c*: questions and dependencies as they come up, then submit it or start its agent."""
    ch = org.changes[c]
    while ch.next_question <= ch.done or ch.dependency_at <= ch.done or ch.done < ch.standard_hours:
        if ch.next_question <= ch.done:
            own_hours = questions.ask(org, p, c, now)
            if own_hours < 0.0:
                set_stage(org, c, codes.STAGE_DECISIONS, now)
                return NOTHING
            questions.plan(org, p, c)
            if own_hours > 0.0:
                _queue_help(org, c, own_hours, now)
                return NOTHING
            if ch.abandon and p.questions_blocking:
                return ABANDON
        elif ch.dependency_at <= ch.done:
            if dependencies.request(org, p, c, now):
                set_stage(org, c, codes.STAGE_COORDINATION, now)
                return NOTHING
        else:
            until = min(ch.next_question, ch.dependency_at, ch.standard_hours)
            if ch.mode != codes.BY_AGENT:
                coding.queue_segment(org, p, c, until, now)
                set_stage(org, c, codes.STAGE_OWNER_QUEUE, now)
                return NOTHING
            ch.done = until
    work.leave_writing(org, c)
    if ch.mode == codes.BY_AGENT:
        ends = coding.run_agent(org, p, c, now)
        schedule(org, ch.owner, ends, codes.EVENT_AGENT, c, ch.life)
        set_stage(org, c, codes.STAGE_AGENT, now)
        return NOTHING
    return SUBMIT


@kernel
def _queue_help(org, c, hours, now):
    """The owner of change *c* asks AI: own time, after which the change moves on."""
    ch = org.changes[c]
    ch.share_coding = 0.0
    ch.share_verifying = 1.0
    ch.share_by_hand = 0.0
    ch.segment_end = ch.done
    enqueue(org, ch.owner, new_item(org, codes.WRITE, ch.owner, c, hours, now))
    set_stage(org, c, codes.STAGE_OWNER_QUEUE, now)


@kernel
def submit(org, p, c, now):
    """Change *c* leaves its owner's desk: to review, or straight to merge."""
    ch = org.changes[c]
    if not ch.written:
        coding.finish(org, p, c)
        ch.written = True
        org.people[ch.owner].open += 1
    if ch.open_questions > 0:
        set_stage(org, c, codes.STAGE_DECISIONS, now)
        return NOTHING
    if ch.abandon:
        return ABANDON
    defects.draw(org, p, c)
    if not p.switches_review:
        return MERGE
    if review.is_unreviewed(org, p, c):
        org.world[0].unreviewed += 1
        return MERGE
    found = review.read_by_ai(org, p, c)
    if found > 0:
        queue_fix(org, p, c, found * p.defects_fix_hours, now)
        return NOTHING
    return TO_REVIEW


@kernel
def send_to_review(org, p, c, now):
    """Send change *c* into its next pass."""
    set_stage(org, c, codes.STAGE_REVIEW_WAIT, now)
    outcome = review.request(org, p, c, now)
    if outcome == review.CLOSED:
        return DISCARD
    if outcome == review.UNSEEN:
        org.world[0].unreviewed += 1
        return MERGE
    return NOTHING


@kernel
def queue_fix(org, p, c, mean, now):
    """Give the owner of change *c* rework of *mean* hours; it reaches the inbox as a message does."""
    ch = org.changes[c]
    set_stage(org, c, codes.STAGE_REWORK, now)
    mean = max(mean / org.people[ch.owner].other_pace, coding.LEAST_HOURS)
    k = new_item(org, codes.FIX, ch.owner, c, mean, now)
    schedule(org, ch.owner, now + p.communication_delay_hours, codes.EVENT_ARRIVE, k, 0)


@kernel
def merge(org, p, c, now):
    """Merge change *c*: it delivers its value, and its remaining defects escape."""
    w = org.world[0]
    ch = org.changes[c]
    worth = alignment.value(org, p, c)
    w.value += worth
    org.people[ch.owner].value += worth
    if org.people[ch.owner].role != IC:
        w.value_managers += worth
    defects.escape(org, p, c, now)
    close(org, p, c, work.MERGED, now)


@kernel
def close(org, p, c, outcome, now):
    """End change *c*; its owner, if waiting, may have room for new work, and its agent for a parked change."""
    i = org.changes[c].owner
    work.close(org, c, outcome, now)
    unpark(org, p, i, now)
    nudge(org, i, now)


@kernel
def unpark(org, p, i, now):
    """Give a free agent of person *i* to the change that waits for one."""
    person = org.people[i]
    if person.parked < 0:
        return
    a = work.claim_agent(org, i)
    if a < 0:
        return
    c = person.parked
    person.parked = codes.NONE
    work.assign_agent(org, c, a)
    coding.queue_specification(org, p, c, now)
    set_stage(org, c, codes.STAGE_OWNER_QUEUE, now)


@kernel
def nudge(org, i, now):
    """Person *i*, if not serving, looks for work at once (as an event of its own, so that calls do not nest)."""
    if org.people[i].current < 0:
        plan(org, i, now)
