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

from sim.events import free_event, schedule, take_first
from sim.inbox import enqueue, first_of, free_item, new_item
from sim.kernel import borrow, entry, kernel
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
from sim.person import LEAST_RATE, begin, pause, predict_completion, set_stage, settle
from sim.rng import ARRIVAL, ARRIVAL_SERVICE, positive, uniform
from sim.state import (
    ASSISTED,
    BY_AGENT,
    CLASS_FIX,
    CLASS_HELP,
    CLASS_INCIDENT,
    CLASS_OF_KIND,
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
    IC,
    INCIDENT,
    NONE,
    QUESTION,
    REVIEW,
    SPECIFY,
    STAGE_AGENT,
    STAGE_COORDINATION,
    STAGE_DECISIONS,
    STAGE_OWNER_QUEUE,
    STAGE_REVIEW_WAIT,
    STAGE_REWORK,
    VERIFY,
    WITHDRAWN,
    WRITE,
)  # fmt: skip

HOURS_PER_WEEK = 40.0
#: Rows that one event may need at most; with fewer free the engine stops and the tables grow.
MARGIN = 256

DONE, TABLES_FULL = range(2)
_NO_ARRIVALS = 0


# --- A change moves on ---------------------------------------------------------------------------------------------------


@kernel
def proceed(org, p, c, now):
    """Carry change *c* on from where it stands until it needs time or somebody else."""
    ch = org.changes[c]
    while True:
        if ch.next_question <= ch.done:
            own_hours = questions.ask(org, p, c, now)
            if own_hours < 0.0:
                set_stage(org, c, STAGE_DECISIONS, now)
                return
            questions.plan(org, p, c)
            if own_hours > 0.0:
                _queue_help(org, c, own_hours, now)
                return
            if ch.abandon and p.questions_blocking:
                close(org, p, c, work.ABANDONED, now)
                return
        elif ch.dependency_at <= ch.done:
            if dependencies.request(org, p, c, now):
                set_stage(org, c, STAGE_COORDINATION, now)
                return
        elif ch.done >= ch.standard_hours:
            written(org, p, c, now)
            return
        else:
            until = min(ch.next_question, ch.dependency_at, ch.standard_hours)
            if ch.mode == BY_AGENT:
                ch.done = until
            else:
                coding.queue_segment(org, p, c, until, now)
                set_stage(org, c, STAGE_OWNER_QUEUE, now)
                return


@kernel
def _queue_help(org, c, hours, now):
    """The owner of change *c* asks AI: own time, after which the change moves on."""
    ch = org.changes[c]
    ch.share_coding = 0.0
    ch.share_verifying = 1.0
    ch.segment_end = ch.done
    enqueue(org, ch.owner, new_item(org, WRITE, ch.owner, c, hours, now))
    set_stage(org, c, STAGE_OWNER_QUEUE, now)


@kernel
def written(org, p, c, now):
    """Change *c* is written (or, in agent mode, ready to be run): start the agent, or submit it."""
    ch = org.changes[c]
    if ch.mode == BY_AGENT and ch.agent >= 0:
        work.leave_writing(org, c)
        ends = coding.run_agent(org, p, c, now)
        schedule(org, ch.owner, ends, EVENT_AGENT, c, ch.life)
        set_stage(org, c, STAGE_AGENT, now)
        return
    work.leave_writing(org, c)
    coding.finish(org, p, c)
    ch.written = True
    org.people[ch.owner].open += 1
    if ch.open_questions > 0:
        set_stage(org, c, STAGE_DECISIONS, now)
        return
    submit(org, p, c, now)


@kernel
def submit(org, p, c, now):
    """Change *c* leaves its owner's desk: to review, or straight to merge."""
    ch = org.changes[c]
    if ch.abandon:
        close(org, p, c, work.ABANDONED, now)
        return
    defects.draw(org, p, c)
    if not p.switches_review:
        merge(org, p, c, now)
        return
    if review.is_unreviewed(org, p, c):
        org.world[0].unreviewed += 1
        merge(org, p, c, now)
        return
    found = review.read_by_ai(org, p, c)
    if found > 0:
        queue_fix(org, p, c, found * p.defects_fix_hours, now)
        return
    send_to_review(org, p, c, now)


@kernel
def send_to_review(org, p, c, now):
    """Send change *c* into its next pass."""
    set_stage(org, c, STAGE_REVIEW_WAIT, now)
    outcome = review.request(org, p, c, now)
    if outcome == review.CLOSED:
        close(org, p, c, work.DISCARDED, now)
    elif outcome == review.UNSEEN:
        org.world[0].unreviewed += 1
        merge(org, p, c, now)


@kernel
def queue_fix(org, p, c, mean, now):
    """Give the owner of change *c* rework of *mean* hours; it reaches the inbox as a message does."""
    ch = org.changes[c]
    set_stage(org, c, STAGE_REWORK, now)
    k = new_item(org, FIX, ch.owner, c, max(mean, coding.LEAST_HOURS), now)
    schedule(org, ch.owner, now + p.communication_delay_hours, EVENT_ARRIVE, k, 0)


@kernel
def merge(org, p, c, now):
    """Merge change *c*: it delivers its value, and its remaining defects escape."""
    w = org.world[0]
    ch = org.changes[c]
    worth = alignment.value(org, p, c)
    w.value += worth
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
    q = org.people[i]
    if q.parked < 0:
        return
    a = work.claim_agent(org, i)
    if a < 0:
        return
    c = q.parked
    q.parked = NONE
    work.assign_agent(org, c, a)
    coding.queue_specification(org, p, c, now)
    set_stage(org, c, STAGE_OWNER_QUEUE, now)


# --- A person is free, or interrupted ------------------------------------------------------------------------------------


@kernel
def nudge(org, i, now):
    """Person *i*, if not serving, looks for work at once (as an event of its own, so that calls do not nest)."""
    q = org.people[i]
    if q.current < 0:
        q.stamp += 1
        schedule(org, i, now, EVENT_DONE, i, q.stamp)


@kernel
def pick(org, p, i, now):
    """Take the item that person *i* serves next out of its queue, or return NONE."""
    q = org.people[i]
    for c in (CLASS_INCIDENT, CLASS_FIX, CLASS_HELP):
        if q.ready & (1 << c):
            k = first_of(org, i, c, now)
            if k >= 0:
                return k
    if q.ready & (1 << CLASS_REVIEW):
        k = review.take_own(org, p, i, now)
        if k >= 0:
            return k
    if q.reviewer and org.teams[q.team].head >= 0:
        if review.allowance(org, p, i, now) > review.LEAST_ALLOWANCE:
            k = review.take_from_team(org, i)
            if k >= 0:
                return k
        else:
            review.wake_when_allowed(org, p, i, now)
    if q.ready & (1 << CLASS_OWN):
        return first_of(org, i, CLASS_OWN, now)
    return NONE


@kernel
def begin_item(org, p, i, k, now):
    """Person *i* begins item *k*; a review is opened first."""
    item = org.items[k]
    if item.kind == REVIEW and not item.begun:
        review.open_item(org, p, k, i, now)
    begin(org, i, k, now)


@kernel
def start_change(org, p, i, now):
    """Person *i* starts the next change, if allowed; return True if one was started."""
    q = org.people[i]
    if not work.may_start(org, p, i):
        return False
    if not work.is_asked_for(org, p, i, now):
        return False
    u, v = work.dice(org, i)
    mode = BY_AGENT if v < q.agent_probability else ASSISTED
    if mode != BY_AGENT:
        c = work.start(org, p, i, mode, u, now)
        questions.plan(org, p, c)
        dependencies.plan(org, p, c)
        proceed(org, p, c, now)
        return True
    a = work.claim_agent(org, i)
    if a < 0 and q.parked >= 0:
        return False
    c = work.start(org, p, i, mode, u, now)
    questions.plan(org, p, c)
    dependencies.plan(org, p, c)
    if a < 0:
        work.park(org, c, now)
        return True
    work.assign_agent(org, c, a)
    coding.queue_specification(org, p, c, now)
    return True


@kernel
def look_for_work(org, p, i, now):
    """Person *i* is free: serve the next item, start the next change, or wait."""
    settle(org, i, now)
    q = org.people[i]
    if q.rate <= LEAST_RATE:
        return
    while True:
        k = pick(org, p, i, now)
        if k >= 0:
            begin_item(org, p, i, k, now)
            return
        if not start_change(org, p, i, now):
            break
    q.has_work = q.writing > 0 or q.open > 0 or q.parked >= 0
    if not q.has_work and work.may_start(org, p, i):
        at = work.next_demand(org, p, i, now)
        if at < inf:
            q.stamp += 1
            schedule(org, i, max(at, now + coding.LEAST_HOURS), EVENT_DONE, i, q.stamp)


@kernel
def interrupt_if_higher(org, p, i, k, now):
    """Item *k* has joined the queues of person *i*: serve it now if the person is free or does something lower."""
    q = org.people[i]
    if q.current < 0:
        look_for_work(org, p, i, now)
    elif CLASS_OF_KIND[org.items[k].kind] < CLASS_OF_KIND[org.items[q.current].kind]:
        pause(org, i, now)
        look_for_work(org, p, i, now)


# --- Events --------------------------------------------------------------------------------------------------------------


@kernel
def completed(org, p, i, now):
    """Person *i* has completed the item in service: let its consequences happen."""
    settle(org, i, now)
    q = org.people[i]
    k = q.current
    q.current = NONE
    q.stamp += 1
    item = org.items[k]
    kind = item.kind
    c = item.change
    if kind == WRITE:
        ch = org.changes[c]
        ch.done = ch.segment_end
        proceed(org, p, c, now)
    elif kind == SPECIFY:
        proceed(org, p, c, now)
    elif kind == QUESTION:
        questions.served(org, p, k, i, now)
    elif kind == COORDINATION:
        if dependencies.served(org, p, k, i, now):
            dependencies.settled(org, c)
            proceed(org, p, c, now)
    elif kind == REVIEW:
        if c >= 0:
            review_completed(org, p, k, now)
    elif kind == VERIFY:
        verified(org, p, c, now)
    elif kind == FIX:
        fixed(org, p, c, now)
    free_item(org, k, now, False)


@kernel
def review_completed(org, p, k, now):
    """A reviewer has read a change: merge it, send it back, or close it, once the pass is complete."""
    c = org.items[k].change
    outcome = review.vote(org, p, k)
    if outcome == review.APPROVED:
        merge(org, p, c, now)
    elif outcome == review.CLOSED:
        close(org, p, c, work.DISCARDED, now)
    elif outcome == review.REWORK:
        queue_fix(org, p, c, review.rework_hours(org, p, c), now)


@kernel
def fixed(org, p, c, now):
    """Rework is done: a change in review is reviewed again, one in writing goes on."""
    ch = org.changes[c]
    if not ch.written:
        proceed(org, p, c, now)
        return
    if p.defects_model == defects.BERNOULLI:
        defects.draw(org, p, c)
    send_to_review(org, p, c, now)


@kernel
def verified(org, p, c, now):
    """The owner has verified an agent's run: submit it, try again, or redo it by hand."""
    ch = org.changes[c]
    i = ch.owner
    if coding.verdict(org, p, c, now) != coding.NOTICED:
        work.release_agent(org, c)
        written(org, p, c, now)
        unpark(org, p, i, now)
        return
    org.world[0].agent_decided += 1  # a run that its owner rejects is agent work that was not accepted
    if ch.attempt <= p.ai_retries:
        coding.queue_specification(org, p, c, now)
        set_stage(org, c, STAGE_OWNER_QUEUE, now)
    else:
        work.release_agent(org, c)
        unpark(org, p, i, now)
        work.return_to_writing(org, c)
        coding.redo_by_hand(org, c)
        proceed(org, p, c, now)


@kernel
def arrived(org, p, k, now):
    """Item *k* reaches its inbox or its team's queue."""
    item = org.items[k]
    if item.state == WITHDRAWN:
        free_item(org, k, now, True)
        return
    if item.kind == INCIDENT and item.step == defects.ESCAPED:
        defects.strike(org, p)
    if item.kind == REVIEW and item.team >= 0:
        org.teams[item.team].queued_hours += item.hours
        if item.person < 0:
            i = review.find_reviewer(org, p, k, now)
            if i < 0:
                review.queue_for_team(org, k)
                return
            if org.people[i].current >= 0:
                pause(org, i, now)
            begin_item(org, p, i, k, now)
            return
    i = item.person
    q = org.people[i]
    if item.team < 0:
        q.arrived_hours += item.hours
        q.queued_hours += item.hours
    enqueue(org, i, k)
    if item.kind == REVIEW and item.team >= 0 and review.allowance(org, p, i, now) <= review.LEAST_ALLOWANCE:
        review.wake_when_allowed(org, p, i, now)
        return
    interrupt_if_higher(org, p, i, k, now)


@kernel
def agent_finished(org, p, c, now):
    """An agent has finished its run: its supervisor must verify it."""
    coding.stop_agent(org, c)
    ch = org.changes[c]
    k = coding.new_verification(org, p, c, now)
    set_stage(org, c, STAGE_OWNER_QUEUE, now)
    q = org.people[ch.owner]
    q.arrived_hours += org.items[k].hours
    q.queued_hours += org.items[k].hours
    enqueue(org, ch.owner, k)
    interrupt_if_higher(org, p, ch.owner, k, now)


@kernel
def answer_arrived(org, p, c, stamp, now):
    """An answer reaches the owner of change *c*; ignored if the owner no longer waits for it."""
    ch = org.changes[c]
    i = ch.owner
    if p.questions_blocking:
        if ch.wait != stamp:
            return
        questions.answered(org, c, now)
        if ch.abandon:
            close(org, p, c, work.ABANDONED, now)
            return
        questions.plan(org, p, c)
        proceed(org, p, c, now)
        if org.people[i].current < 0:
            look_for_work(org, p, i, now)
        return
    if ch.life != stamp:
        return
    ch.open_questions -= 1
    if ch.written and ch.open_questions == 0:
        submit(org, p, c, now)


@kernel
def patience_ended(org, p, c, stamp, now):
    """The owner of change *c* has waited long enough for an answer and decides alone."""
    ch = org.changes[c]
    if ch.wait != stamp:
        return
    rework = questions.decide_alone(org, p, c, now)
    questions.plan(org, p, c)
    if rework > 0.0:
        queue_fix(org, p, c, rework, now)
        return
    proceed(org, p, c, now)
    if org.people[ch.owner].current < 0:
        look_for_work(org, p, ch.owner, now)


@kernel
def woken(org, p, i, now):
    """The review allowance of person *i* is positive again: look at waiting reviews."""
    q = org.people[i]
    q.wake_at = inf
    if q.current < 0:
        look_for_work(org, p, i, now)
        return
    if CLASS_OF_KIND[org.items[q.current].kind] != CLASS_OWN:
        return
    if org.teams[q.team].head >= 0 or q.ready & (1 << CLASS_REVIEW):
        pause(org, i, now)
        look_for_work(org, p, i, now)


@kernel
def external_arrival(org, p, m, now):
    """An item from outside reaches manager *m* (or the team's review queue); the next one is announced."""
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
    arrived(org, p, k, now)


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
    """Serve one event."""
    if kind == EVENT_DONE:
        if org.people[ref].stamp == stamp:
            if org.people[ref].current >= 0:
                completed(org, p, ref, now)
            look_for_work(org, p, ref, now)
    elif kind == EVENT_ARRIVE:
        arrived(org, p, ref, now)
    elif kind == EVENT_AGENT:
        if org.changes[ref].life == stamp:
            agent_finished(org, p, ref, now)
    elif kind == EVENT_PATIENCE:
        patience_ended(org, p, ref, stamp, now)
    elif kind == EVENT_ANSWER:
        answer_arrived(org, p, ref, stamp, now)
    elif kind == EVENT_WAKE:
        woken(org, p, ref, now)
    elif kind == EVENT_EXTERNAL:
        external_arrival(org, p, ref, now)


# --- Weeks ---------------------------------------------------------------------------------------------------------------


@kernel
def close_books(org, now, index):
    """Account for everybody's time up to *now* and keep the figures as snapshot *index*."""
    w = org.world[0]
    for a in range(org.hours.shape[1]):
        w.hours_ic[a] = 0.0
        w.hours_manager[a] = 0.0
    for layer in range(len(w.inbox_hours)):
        w.inbox_hours[layer] = 0.0
        w.inbox_capacity[layer] = 0.0
    skill = 0.0
    fluency = 0.0
    for i in range(len(org.people)):
        settle(org, i, now)
    for i in range(len(org.people)):
        q = org.people[i]
        if q.human != i:
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
    """Simulate *tables* up to *until* hours; return DONE, or TABLES_FULL: let them grow (`grown`), then call again."""
    org = borrow(tables)
    p = parameters[0]
    w = org.world[0]
    while True:
        week_at = (w.week + 1) * HOURS_PER_WEEK
        if w.free_items < MARGIN or w.free_changes < MARGIN or w.free_events < MARGIN + 2 * len(org.people):
            return TABLES_FULL
        k = take_first(org, min(week_at, until))
        if k >= 0:
            e = org.events[k]
            w.now = e.time
            kind = e.kind
            ref = e.ref
            stamp = e.stamp
            free_event(org, k)
            happen(org, p, kind, ref, stamp, w.now)
        elif week_at <= until:
            w.now = week_at
            week_ends(org, p, week_at)
        else:
            break
    w.now = until
    return DONE
