"""The order of things: what happens in a week, at an event, and when a person is free. Changing it changes results.

Time is continuous: jobs and messages have exact times, and the calendar serves them in the order (time, tie). Between two
weeks' ends the engine only serves events; at a week's end, before anything else at that time, it

1. closes the books: everybody's time is accounted for, the week's figures are kept;
2. measures the managers' inbox load and coverage of the week that ends;
3. lets people learn;
4. moves the target and holds the one-to-ones;
5. sets everybody's duties and attention for the coming week.

A person who is free serves, by class: incident > fix > question, coordination > review, verification > own change >
next change; first in, first out within a class; only a higher class pre-empts, and the interrupted item resumes.
"""

from math import inf

from sim.borrow import borrow
from sim.constants import HOURS_PER_WEEK, IC
from sim.desk import begin_item, interrupt, look_for_work
from sim.events import free_event, schedule, take_first
from sim.inbox import enqueue, free_item, new_item
from sim.kernel import entry, kernel
from sim.lifecycle import (
    ABANDON,
    CONTINUE,
    DISCARD,
    MERGE,
    NOTHING,
    REWORK,
    SUBMIT,
    TO_REVIEW,
    carry_on,
    nudge,
    queue_fix,
    unpark,
)  # fmt: skip
from sim.mechanisms import (
    alignment,
    attention,
    coding,
    defects,
    dependencies,
    learning,
    questions,
    review,
    work,
)
from sim.person import pause, predict_completion, set_stage, settle
from sim.rng import ARRIVAL, ARRIVAL_SERVICE, positive, uniform
from sim.state import (
    CLASS_OWN,
    CLASS_REVIEW,
    COORDINATION,
    EVENT_AGENT,
    EVENT_ANSWER,
    EVENT_ARRIVE,
    EVENT_DONE,
    EVENT_EXTERNAL,
    EVENT_PATIENCE,
    EVENT_WAKE,
    FIX,
    FREE_CLASS,
    INCIDENT,
    NONE,
    QUESTION,
    REVIEW,
    SPECIFY,
    STAGE_COORDINATION,
    STAGE_OWNER_QUEUE,
    VACANT,
    VERIFY,
    WITHDRAWN,
    WRITE,
)

#: Rows that one event may need at most; with fewer free the engine stops and the tables grow.
MARGIN = 256

DONE, TABLES_FULL, OVERFLOW = range(3)
_NO_ARRIVALS = 0


# --- Events: each returns what it leaves to do: a change's next step, or a person who looks for work ---------------------


@kernel
def completed(org, p, i, now):
    """Person *i* has completed the item in service; return (its change, the change's next step)."""
    settle(org, i, now)
    q = org.people[i]
    k = q.current
    q.current = NONE
    q.serving = FREE_CLASS
    item = org.items[k]
    kind = item.kind
    c = item.change
    step = NOTHING
    if kind == WRITE:
        org.changes[c].done = org.changes[c].segment_end
        step = CONTINUE
    elif kind == SPECIFY:
        step = CONTINUE
    elif kind == QUESTION:
        questions.served(org, p, k, i, now)
    elif kind == COORDINATION:
        if dependencies.served(org, p, k, i, now):
            dependencies.settled(org, c)
            step = CONTINUE
    elif kind == REVIEW and c >= 0:
        step = review_completed(org, p, k)
    elif kind == VERIFY:
        step = verified(org, p, c, now)
    elif kind == FIX:
        step = fixed(org, p, c)
    free_item(org, k, now, False)
    return c, step


@kernel
def review_completed(org, p, k):
    """A reviewer has read a change; return its next step: merge, rework, or closing, once the pass is complete."""
    outcome = review.vote(org, p, k)
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
    """The owner has verified an agent's run: submit it, try again, or redo it by hand."""
    ch = org.changes[c]
    outcome = coding.verdict(org, p, c, now)
    if outcome == coding.NOTICED:
        org.world[0].agent_decided += 1  # a run that its owner rejects is agent work that was not accepted
        if ch.attempt <= p.ai_retries:
            coding.queue_specification(org, p, c, now)
            set_stage(org, c, STAGE_OWNER_QUEUE, now)
            return NOTHING
    work.release_agent(org, c)
    unpark(org, p, ch.owner, now)
    if outcome != coding.NOTICED:
        return SUBMIT
    work.return_to_writing(org, c)
    coding.redo_by_hand(org, c)
    return CONTINUE


@kernel
def arrived(org, p, k, now):
    """Item *k* reaches its inbox or its team's queue; return a person who looks for work now, or NONE."""
    item = org.items[k]
    if item.state == WITHDRAWN:
        free_item(org, k, now, True)
        return NONE
    if item.kind == INCIDENT and item.step == defects.ESCAPED:
        defects.strike(org, p)
    if item.kind == REVIEW and item.team >= 0:
        org.teams[item.team].queued_hours += item.hours
        if item.person < 0:
            i = review.find_reviewer(org, p, k, now)
            if i < 0:
                review.queue_for_team(org, k)
                return NONE
            if org.people[i].current >= 0:
                pause(org, i, now)
            else:
                settle(org, i, now)
            begin_item(org, p, i, k, now)
            return NONE
    i = item.person
    q = org.people[i]
    if item.team < 0:
        q.arrived_hours += item.hours
        q.queued_hours += item.hours
    enqueue(org, i, k)
    if item.kind == REVIEW and item.team >= 0 and review.allowance(org, p, i, now) <= review.LEAST_ALLOWANCE:
        review.wake_when_allowed(org, p, i, now)
        return NONE
    return interrupt(org, i, k, now)


@kernel
def agent_finished(org, p, c, now):
    """An agent has finished its run: its supervisor must verify it; return the supervisor if that is done at once."""
    coding.stop_agent(org, c)
    ch = org.changes[c]
    k = coding.new_verification(org, p, c, now)
    set_stage(org, c, STAGE_OWNER_QUEUE, now)
    q = org.people[ch.owner]
    q.arrived_hours += org.items[k].hours
    q.queued_hours += org.items[k].hours
    enqueue(org, ch.owner, k)
    return interrupt(org, ch.owner, k, now)


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
    if ch.stage == STAGE_COORDINATION:
        dependencies.go_direct(org, p, c, now)
        return NOTHING
    rework = questions.decide_alone(org, p, c, now)
    questions.plan(org, p, c)
    if rework <= 0.0:
        return CONTINUE
    queue_fix(org, p, c, rework, now)
    return NOTHING


@kernel
def woken(org, i, now):
    """The review allowance of person *i* is positive again; return *i* if there is a review to look at."""
    q = org.people[i]
    q.wake_at = inf
    if q.current < 0:
        return i
    if q.serving != CLASS_OWN:
        return NONE
    if org.teams[q.team].head < 0 and not q.ready & (1 << CLASS_REVIEW):
        return NONE
    pause(org, i, now)
    return i


@kernel
def external_arrival(org, p, m, now):
    """An item from outside reaches manager *m* (or the team's review queue); the next one is announced. Return as `arrived`."""
    w = org.world[0]
    pid = org.people[m].pid
    team = org.teams[m]
    kind = (
        INCIDENT if p.arrivals_kind == 1 else p.arrivals_kind
    )  # the other choices are numbered as their kinds are
    u = uniform(w, ARRIVAL_SERVICE, pid, team.arrivals, 0)
    hours = positive(u, p.arrivals_hours, p.arrivals_distribution, p.service_cv)
    k = new_item(org, kind, m, -1, max(hours, coding.LEAST_HOURS), now)
    if kind == REVIEW:
        org.items[k].person = NONE
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
    schedule(org, m, now + gap, EVENT_EXTERNAL, m, 0)


@kernel
def happen(org, p, kind, ref, stamp, now):
    """Serve one event, then carry on what it leaves to do."""
    person = NONE
    change = ref
    step = NOTHING
    if kind == EVENT_DONE:
        person = ref
        if org.people[ref].current >= 0:
            change, step = completed(org, p, ref, now)
    elif kind == EVENT_ARRIVE:
        person = arrived(org, p, ref, now)
    elif kind == EVENT_AGENT:
        if org.changes[ref].life == stamp:
            person = agent_finished(org, p, ref, now)
    elif kind == EVENT_PATIENCE:
        step = patience_ended(org, p, ref, stamp, now)
    elif kind == EVENT_ANSWER:
        step = answer_arrived(org, p, ref, stamp, now)
    elif kind == EVENT_WAKE:
        person = woken(org, ref, now)
    elif kind == EVENT_EXTERNAL:
        person = external_arrival(org, p, ref, now)
    if step != NOTHING:
        owner = org.changes[change].owner
        carry_on(org, p, change, step, now)
        if person < 0 and org.people[owner].current < 0:
            person = owner
    if person >= 0:
        look_for_work(org, p, person, now)


# --- Weeks ---------------------------------------------------------------------------------------------------------------


@kernel
def close_books(org, now, index):
    """Account for everybody's time up to *now* and keep the figures as snapshot *index*."""
    w = org.world[0]
    for a in range(org.hours.shape[1]):
        w.hours_ic[a] = w.hours_ic_past[a]
        w.hours_manager[a] = w.hours_manager_past[a]
    for layer in range(len(w.inbox_hours)):
        w.inbox_hours[layer] = w.inbox_hours_past[layer]
        w.inbox_capacity[layer] = w.inbox_capacity_past[layer]
    skill = 0.0
    fluency = 0.0
    for i in range(len(org.people)):
        settle(org, i, now)
    for i in range(len(org.people)):
        q = org.people[i]
        if q.human != i or q.role == VACANT:
            continue
        if q.role == IC:
            skill += q.skill
            fluency += q.fluency
            for a in range(org.hours.shape[1]):
                w.hours_ic[a] += org.hours[i, a]
        else:
            layer = min(q.layer, len(w.inbox_hours) - 1)
            w.inbox_hours[layer] += q.served_hours
            w.inbox_capacity[layer] += q.capacity_hours
            for a in range(org.hours.shape[1]):
                w.hours_manager[a] += org.hours[i, a]
    w.skill_mean = skill / max(w.ics, 1)
    w.fluency_mean = fluency / max(w.ics, 1)
    w.item_hours += w.items_left * (now - w.item_clock)
    w.item_clock = now
    w.change_hours += (w.started - w.merged - w.discarded - w.abandoned) * (now - w.change_clock)
    w.change_clock = now
    w.payroll_above_start_sum += w.payroll_above_start
    w.ics_above_start_sum += w.ics_above_start
    w.managers_above_start_sum += w.managers_above_start
    org.weeks[index] = org.world[0]


@kernel
def resume_after_week(org, p, now):
    """Everybody's attention may have changed: predict completions anew, and let the free look for work."""
    for i in range(len(org.people)):
        q = org.people[i]
        if q.current >= 0:
            predict_completion(org, i, now)
        elif q.ready or q.coder or q.reviewer:
            nudge(org, i, now)


@kernel
def week_ends(org, p, now):
    """The week ends: the five steps of the module's docstring, in order."""
    w = org.world[0]
    for i in range(len(org.people)):
        if org.people[i].human == i:
            attention.book_duties(org, i, HOURS_PER_WEEK)
    close_books(org, now, w.week + 1)
    attention.update_load(org, p, p.managers_coverage_smoothing)
    attention.update_coverage(org, p, p.managers_coverage_smoothing)
    learning.learn(org, p)
    if p.switches_alignment:
        alignment.drift(org, p)
        alignment.update_beliefs(org, p)
    w.week += 1
    attention.set_duties(org, p)
    attention.update_productivity(org, p)
    coding.update_paces(org, p)
    resume_after_week(org, p, now)


@entry
def advance(tables, parameters, until):
    """Simulate *tables* up to *until* hours; return DONE, or TABLES_FULL: let them grow (`grown`), then call again.

    OVERFLOW: one single event needed more than MARGIN rows; the tables are lost.
    """
    org = borrow(tables)
    p = parameters[0]
    w = org.world[0]
    while True:
        week_at = (w.week + 1) * HOURS_PER_WEEK
        if w.free_items < MARGIN or w.free_changes < MARGIN or w.free_events < MARGIN:
            return TABLES_FULL
        k = take_first(org, min(week_at, until))
        if k >= 0:
            e = org.events[k]
            w.now = e.time
            kind = e.kind
            ref = e.ref
            stamp = e.stamp
            if kind != EVENT_DONE:  # everybody keeps their own
                free_event(org, k)
            happen(org, p, kind, ref, stamp, w.now)
            if w.free_items < 0 or w.free_changes < 0 or w.free_events < 0:
                return OVERFLOW
        elif week_at <= until:
            w.now = week_at
            week_ends(org, p, week_at)
        else:
            break
    w.now = until
    return DONE
