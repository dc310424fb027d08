"""What happens at an event: one handler a kind, each calling the mechanisms whose turn it is."""

from math import inf

from sim.engine import codes
from sim.engine.calendar import schedule
from sim.engine.inbox import enqueue, free_item, new_item
from sim.engine.kernel import kernel
from sim.engine.rng import ARRIVAL, ARRIVAL_SERVICE, positive, uniform
from sim.engine.server import pause, set_stage, settle
from sim.flow.dispatch import begin_item, interrupt, look_for_work
from sim.flow.lifecycle import (
    ABANDON,
    CONTINUE,
    DISCARD,
    MERGE,
    NOTHING,
    REWORK,
    SUBMIT,
    TO_REVIEW,
    carry_on,
    queue_fix,
    unpark,
)
from sim.mechanisms.flow import coding, defects, dependencies, questions, review, work

_NO_ARRIVALS = 0


@kernel
def completed(org, p, i, now):
    """Person *i* has completed the item in service; return (its change, the change's next step)."""
    settle(org, i, now)
    person = org.people[i]
    k = person.current
    person.current = codes.NONE
    person.serving = codes.FREE_CLASS
    item = org.items[k]
    kind = item.kind
    c = item.change
    step = NOTHING
    if kind == codes.WRITE:
        org.changes[c].done = org.changes[c].segment_end
        step = CONTINUE
    elif kind == codes.SPECIFY:
        step = CONTINUE
    elif kind == codes.QUESTION:
        questions.served(org, p, k, i, now)
    elif kind == codes.COORDINATION:
        if dependencies.served(org, p, k, i, now):
            dependencies.settled(org, c)
            step = CONTINUE
    elif kind == codes.REVIEW and c >= 0:
        step = review_completed(org, p, k, now)
    elif kind == codes.VERIFY:
        step = verified(org, p, c, now)
    elif kind == codes.FIX:
        step = fixed(org, p, c)
    free_item(org, k, now, False)
    return c, step


@kernel
def review_completed(org, p, k, now):
    """A reviewer has read a change; return its next step: merge, rework, or closing, once the pass is decided."""
    outcome = review.vote(org, p, k, now)
    if outcome == review.APPROVED:
        return MERGE
    if outcome == review.CLOSED:
        return DISCARD
    return REWORK if outcome == review.REWORK else NOTHING


@kernel
def fixed(org, p, c):
    """Rework is done: a change in review is reviewed again, one in writing goes on."""
    if not org.changes[c].written:
        return CONTINUE
    if p.defects_model == defects.BERNOULLI:
        defects.draw(org, p, c)
    return TO_REVIEW


@kernel
def verified(org, p, c, now):
    """The owner has verified an agent's run: submit it, try again, or redo it without an agent."""
    ch = org.changes[c]
    outcome = coding.verdict(org, p, c, now)
    if outcome == coding.NOTICED:
        org.world[0].agent_decided += 1  # a run that its owner rejects is agent work that was not accepted
        if ch.attempt <= p.ai_retries:
            coding.queue_specification(org, p, c, now)
            set_stage(org, c, codes.STAGE_OWNER_QUEUE, now)
            return NOTHING
    work.release_agent(org, c)
    unpark(org, p, ch.owner, now)
    if outcome != coding.NOTICED:
        return SUBMIT
    work.return_to_writing(org, c)
    coding.redo(org, p, c)
    return CONTINUE


@kernel
def arrived(org, p, k, now):
    """Item *k* reaches its inbox or its team's queue; return a person who looks for work now, or NONE."""
    item = org.items[k]
    if item.state == codes.WITHDRAWN:
        free_item(org, k, now, True)
        return codes.NONE
    if item.kind == codes.INCIDENT and item.step == defects.ESCAPED:
        defects.strike(org, k)
    if item.kind == codes.REVIEW and item.team >= 0:
        org.teams[item.team].queued_hours += item.hours
        if item.person < 0:
            i = review.find_reviewer(org, p, k, now)
            if i < 0:
                review.queue_for_team(org, k)
                return codes.NONE
            if org.people[i].current >= 0:
                pause(org, i, now)
            else:
                settle(org, i, now)
            begin_item(org, p, i, k, now)
            return codes.NONE
    i = item.person
    person = org.people[i]
    if item.team < 0:
        person.arrived_hours += item.hours
        person.queued_hours += item.hours
    enqueue(org, i, k)
    if (
        item.kind == codes.REVIEW
        and item.team >= 0
        and review.allowance(org, p, i, now) <= review.LEAST_ALLOWANCE
    ):
        review.wake_when_allowed(org, p, i, now)
        return codes.NONE
    return interrupt(org, p, i, k, now)


@kernel
def agent_finished(org, p, c, now):
    """An agent has finished its run: its supervisor must verify it; return the supervisor if that is done at once."""
    coding.stop_agent(org, c)
    ch = org.changes[c]
    k = coding.new_verification(org, p, c, now)
    set_stage(org, c, codes.STAGE_OWNER_QUEUE, now)
    person = org.people[ch.owner]
    person.arrived_hours += org.items[k].hours
    person.queued_hours += org.items[k].hours
    enqueue(org, ch.owner, k)
    return interrupt(org, p, ch.owner, k, now)


@kernel
def answer_arrived(org, p, c, stamp, now):
    """An answer reaches the owner of change *c*; return the next step, NOTHING if nobody waits for it any more."""
    ch = org.changes[c]
    if p.questions_blocking:
        if ch.wait != stamp:
            return NOTHING
        questions.answered(org, c, now)
        if ch.abandon:
            return ABANDON
        questions.plan(org, p, c)
        return CONTINUE
    if ch.life != stamp:
        return NOTHING
    ch.open_questions -= 1
    return SUBMIT if ch.written and ch.open_questions == 0 else NOTHING


@kernel
def patience_ended(org, p, c, stamp, now):
    """The owner of change *c* has waited long enough: decide alone, or go to the partner; return the next step."""
    ch = org.changes[c]
    if ch.wait != stamp:
        return NOTHING
    if ch.stage == codes.STAGE_COORDINATION:
        dependencies.go_direct(org, p, c, now)
        return NOTHING
    rework = questions.decide_alone(org, p, c, now)
    questions.plan(org, p, c)
    if rework <= 0.0:
        return CONTINUE
    queue_fix(org, p, c, rework, now)
    return NOTHING


@kernel
def woken(org, p, i, now):
    """The review allowance of person *i* is positive again; return *i* if there is a review to look at."""
    person = org.people[i]
    person.wake_at = inf
    if person.current < 0:
        return i
    if person.serving != codes.CLASS_OWN or not p.service_preemption:
        return codes.NONE
    if org.teams[person.team].head < 0 and not person.ready & (1 << codes.CLASS_REVIEW):
        return codes.NONE
    pause(org, i, now)
    return i


@kernel
def external_arrival(org, p, m, now):
    """An item from outside reaches manager *m* (or the team's review queue); the next one is announced. Return as `arrived`."""
    w = org.world[0]
    pid = org.people[m].pid
    team = org.teams[m]
    kind = (
        codes.INCIDENT if p.arrivals_kind == 1 else p.arrivals_kind
    )  # the other choices are numbered as their kinds are
    u = uniform(w, ARRIVAL_SERVICE, pid, team.arrivals, 0)
    hours = positive(u, p.arrivals_hours, p.arrivals_distribution, p.service_cv)
    k = new_item(org, kind, m, -1, max(hours, coding.LEAST_HOURS), now)
    if kind == codes.REVIEW:
        org.items[k].person = codes.NONE
        org.items[k].team = m
    team.arrivals += 1
    announce_arrival(org, p, m, now)
    return arrived(org, p, k, now)


@kernel
def announce_arrival(org, p, m, now):
    """Schedule the next item from outside for manager *m*."""
    if p.arrivals_kind == _NO_ARRIVALS or p.arrivals_per_hour <= 0.0 or org.people[m].layer != 1:
        return
    u = uniform(org.world[0], ARRIVAL, org.people[m].pid, org.teams[m].arrivals, 0)
    gap = positive(u, 1.0 / p.arrivals_per_hour, 1 if p.arrivals_pattern == 0 else 0, 1.0)
    schedule(org, m, now + gap, codes.EVENT_EXTERNAL, m, 0)


@kernel
def happen(org, p, kind, ref, stamp, now):
    """Serve one event, then carry on what it leaves to do."""
    person = codes.NONE
    change = ref
    step = NOTHING
    if kind == codes.EVENT_DONE:
        person = ref
        if org.people[ref].current >= 0:
            change, step = completed(org, p, ref, now)
    elif kind == codes.EVENT_ARRIVE:
        person = arrived(org, p, ref, now)
    elif kind == codes.EVENT_AGENT:
        if org.changes[ref].life == stamp:
            person = agent_finished(org, p, ref, now)
    elif kind == codes.EVENT_PATIENCE:
        step = patience_ended(org, p, ref, stamp, now)
    elif kind == codes.EVENT_ANSWER:
        step = answer_arrived(org, p, ref, stamp, now)
    elif kind == codes.EVENT_WAKE:
        person = woken(org, p, ref, now)
    elif kind == codes.EVENT_EXTERNAL:
        person = external_arrival(org, p, ref, now)
    if step != NOTHING:
        owner = org.changes[change].owner
        carry_on(org, p, change, step, now)
        if person < 0 and org.people[owner].current < 0:
            person = owner
    if person >= 0:
        look_for_work(org, p, person, now)
