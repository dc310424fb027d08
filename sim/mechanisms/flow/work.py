"""Work: changes of random size, how many of them an IC has at once, and how they end.

The k-th IC's j-th change has the same size, and the same other draws, in every organisation and at every AI share. An
IC starts the next change when nothing else asks for attention, fewer than ``work.wip_limit`` changes are in writing and
fewer than ``work.max_open`` await merge. A change that needs an agent while none is free is parked (one at a time) and
counts against the limit. Backlog is endless, or ``work.demand`` changes per IC-week, pooled per team, that grow as
(planned coding speed-up) ** elasticity: this is what turns a productivity gain into slack. Which of the changes go to agents,
and what the assistant writes of the others, is in `sim.mechanisms.flow.ai_use`.

Not modelled: priorities between changes, splitting, several owners.
Parameters: work.*.
"""

from math import inf

from sim.constants import HOURS_PER_WEEK, IC
from sim.engine import codes, histogram
from sim.engine.kernel import kernel
from sim.engine.rng import CHANGE, positive, uniform2
from sim.engine.server import set_stage

MERGED, DISCARDED, ABANDONED = range(3)
_STAGES = len(codes.STAGES)


@kernel
def is_asked_for(org, p, i, now):
    """Return True if there is demand for one more change in the team of person *i*."""
    if p.work_demand == inf:
        return True
    team = org.teams[org.people[i].team]
    rate = p.work_demand * org.world[0].demand_factor * team.ics / HOURS_PER_WEEK
    return rate > 0.0 and team.started < rate * now + 1e-9


@kernel
def next_demand(org, p, i, now):
    """Return the time at which the team of person *i* is next asked for a change."""
    team = org.teams[org.people[i].team]
    rate = p.work_demand * org.world[0].demand_factor * team.ics / HOURS_PER_WEEK
    return max(now, team.started / rate) if rate > 0.0 else inf


@kernel
def may_start(org, p, i):
    """Return True if person *i* may have one more change in writing."""
    person = org.people[i]
    return person.coder and person.writing < p.work_wip_limit and person.open < p.work_max_open


@kernel
def dice(org, i):
    """Return the uniforms behind (size, mode) of the next change of person *i*."""
    person = org.people[i]
    return uniform2(org.world[0], CHANGE, person.pid, person.next_change, 0)


@kernel
def _count_changes(org, now):
    w = org.world[0]
    in_progress = w.started - w.merged - w.discarded - w.abandoned
    w.change_hours += in_progress * (now - w.change_clock)
    w.change_clock = now


@kernel
def start(org, p, i, mode, u, now):
    """Person *i* starts the next change, its size by the uniform *u*; return its row."""
    w = org.world[0]
    person = org.people[i]
    _count_changes(org, now)
    c = w.free_change
    ch = org.changes[c]
    w.free_change = ch.next
    w.free_changes -= 1
    ch.owner = i
    ch.pid = person.pid
    ch.j = person.next_change
    ch.standard_hours = positive(u, p.work_size_mean, p.work_size_distribution, p.work_size_cv)
    ch.mode = mode
    ch.ai_fraction = 1.0 if mode == codes.BY_AGENT else person.assistant_fraction
    ch.size_delivered = ch.standard_hours
    ch.counted = True
    ch.done = 0.0
    ch.segment_end = 0.0
    ch.questions = 0
    ch.open_questions = 0
    ch.awaited_item = codes.NONE
    ch.next_question = inf
    ch.dependency_at = inf
    ch.partner = codes.NONE
    ch.disagreement = 0.0
    ch.agent = codes.NONE
    ch.attempt = 0
    ch.failed = False
    ch.written = False
    ch.abandon = False
    ch.extra_defects = 0
    ch.defects = 0
    ch.defect_draws = 0
    ch.found = 0
    ch.review_pass = 0
    ch.asked = 0  # whoever read the change that had this row before has not read this one
    ch.pending = 0
    ch.rejected = False
    ch.started_at = now
    ch.belief = org.people[person.human].belief
    ch.human_hours = 0.0
    ch.stage = codes.STAGE_OWNER_QUEUE
    ch.stage_since = now
    for s in range(_STAGES):
        ch.stage_hours[s] = 0.0
    person.next_change += 1
    person.writing += 1
    w.started += 1
    org.teams[person.team].started += 1
    return c


@kernel
def claim_agent(org, i):
    """Return a free agent of person *i*, or NONE."""
    person = org.people[i]
    for a in range(person.first_agent, person.first_agent + person.agents):
        if org.agents[a].change < 0:
            return a
    return codes.NONE


@kernel
def assign_agent(org, c, a):
    """Give change *c* to agent *a*."""
    org.changes[c].agent = a
    org.agents[a].change = c


@kernel
def release_agent(org, c):
    """Free the agent of change *c*."""
    ch = org.changes[c]
    if ch.agent >= 0:
        org.agents[ch.agent].change = codes.NONE
        org.agents[ch.agent].running = False
        ch.agent = codes.NONE


@kernel
def park(org, c, now):
    """Let change *c* wait for an agent."""
    ch = org.changes[c]
    org.people[ch.owner].parked = c
    set_stage(org, c, codes.STAGE_AGENT, now)


@kernel
def leave_writing(org, c):
    """Change *c* no longer counts against its owner's WIP limit."""
    ch = org.changes[c]
    if ch.counted:
        ch.counted = False
        org.people[ch.owner].writing -= 1


@kernel
def return_to_writing(org, c):
    """Change *c* counts against its owner's WIP limit again."""
    ch = org.changes[c]
    if not ch.counted:
        ch.counted = True
        org.people[ch.owner].writing += 1


@kernel
def close(org, c, outcome, now):
    """End change *c* as MERGED, DISCARDED or ABANDONED, count it and give its row back."""
    w = org.world[0]
    ch = org.changes[c]
    person = org.people[ch.owner]
    set_stage(org, c, ch.stage, now)
    _count_changes(org, now)
    w.change_times += now - ch.started_at
    leave_writing(org, c)
    release_agent(org, c)
    if ch.written:
        person.open -= 1
    if outcome == MERGED:
        _count_merge(org, c, now)
    else:
        w.discarded_hours += ch.human_hours
        if outcome == DISCARDED:
            w.discarded += 1
        else:
            w.abandoned += 1
    if outcome != ABANDONED:
        if ch.mode == codes.BY_AGENT:
            w.agent_decided += 1
        else:
            w.human_decided += 1
    ch.owner = codes.NONE
    ch.life += 1
    ch.wait += 1
    ch.next = w.free_change
    w.free_change = c
    w.free_changes += 1


@kernel
def _count_merge(org, c, now):
    w = org.world[0]
    ch = org.changes[c]
    w.merged += 1
    w.size_merged += ch.size_delivered
    if org.people[ch.owner].role == IC:
        w.merged_ic += 1
        w.size_merged_ic += ch.size_delivered
    w.volume_merged += ch.volume
    if ch.volume > 0.0:
        human_part = ch.standard_hours * (1.0 - ch.ai_fraction)
        w.ai_volume_merged += ch.volume - human_part
    w.lead_time += now - ch.started_at
    histogram.count(w.lead_times, now - ch.started_at)
    if ch.mode == codes.BY_AGENT:
        w.agent_merged += 1
    else:
        w.human_merged += 1
    for s in range(_STAGES):
        w.stage_hours[s] += ch.stage_hours[s]
