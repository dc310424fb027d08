"""Coding: what it takes to write a change, by hand, with an assistant, or through an agent.

Let S be the size asked for (standard hours), f the AI fraction, A = f (1 + scope) what AI writes per standard hour (its part, and
what it adds: tests, clean-up), k the assistant's speed, r = skill ** rho the reading skill.

- By hand and assisted, the owner needs  prep S + S [((1 - f) + A / k) / (skill x productivity)] + S A v / r  hours:
  specification, coding, and verifying (prompting, reading, correcting). Reading skill varies far less than writing
  skill, so novices gain much and experts little; that is not put in, it comes out (Cui et al. 2024, Paradis et al. 2024).
- By an agent, the owner specifies (prep S + s0 + s1 S), the agent runs S A / speed hours of its own, and succeeds with
  odds (h50 / S) ** beta x skill ** eps (METR's time horizon, Kwa et al. 2025; who briefs well: N62, B15); the owner verifies
  (v_a S A / r). A failure that is noticed is retried, then redone by hand or with the assistant; one that is not goes on with
  more defects, and delivers a part of what was asked. A change that failed once is likelier to fail again: sqrt(w) z_change +
  sqrt(1 - w) z_run decides.
- Volume to read: V = S ((1 - f) + g A). Delivered, if all is well: S (1 + worth (A - f)).
Fluency scales verification and the odds of failure by exp(-effect (fluency - 1/2)); guardrails lower verification.

Not modelled: partial reuse of a failed run, agents that ask back.
Parameters: work.prep_hours, ai.*.
"""

from math import exp, inf, sqrt

from sim.engine import codes
from sim.engine.inbox import enqueue, new_item
from sim.engine.kernel import kernel
from sim.engine.rng import AGENT_RUN, AGENT_TIME, normal_cdf, normal_quantile, positive, uniform, uniform2

#: A job takes at least this long, so that no loop of jobs is free (hours).
LEAST_HOURS = 1e-5
SUCCESS, NOTICED, UNNOTICED = range(3)


@kernel
def volume(p, size, ai_fraction):
    """Return the volume to read, in standard-hour equivalents."""
    return size * ((1.0 - ai_fraction) + p.ai_volume_ratio * (1.0 + p.ai_scope) * ai_fraction)


@kernel
def written_by_ai(p, size, ai_fraction):
    """Return the standard hours that AI writes of a change: its part, and what it adds."""
    return size * ai_fraction * (1.0 + p.ai_scope)


@kernel
def update_paces(org, p):
    """Compute for everyone what depends on skill, fluency and coaching only (once a week, because powers are slow)."""
    for i in range(len(org.people)):
        person = org.people[i]
        friction = exp(-p.ai_fluency_effect * (person.fluency - 0.5))
        person.failure_factor = friction * person.tools * person.skill**-p.ai_briefing_exponent
        guarded = p.ai_guardrail + (1.0 - p.ai_guardrail) * person.guardrail
        relief = 1.0 - p.ai_guardrail_verification * guarded
        person.verifying_factor = (
            relief * friction / (person.skill**p.ai_reading_exponent * person.other_pace)
        )
        person.hours_by_hand = 1.0 / (person.skill * person.productivity)
        person.hours_assisted = 1.0 / (p.ai_assistant_speed * person.skill * person.productivity)
        person.defect_factor = person.skill**-p.defects_skill_exponent


@kernel
def _owner_hours(p, person, f):
    """Return hours per standard hour of (specification, coding, verifying) at AI fraction *f*."""
    coding = (1.0 - f) * person.hours_by_hand + f * (1.0 + p.ai_scope) * person.hours_assisted
    need = p.ai_assistant_verify_hours * person.verifying_factor * person.assistant_need
    specification = p.work_prep_hours * person.preparation / person.other_pace
    return specification, coding, f * (1.0 + p.ai_scope) * need


@kernel
def queue_segment(org, p, c, until, now):
    """Put the writing of change *c* up to *until* standard hours into its owner's queue."""
    ch = org.changes[c]
    person = org.people[ch.owner]
    specification, coding, verifying = _owner_hours(p, person, ch.ai_fraction)
    per_hour = specification + coding + verifying
    ch.write_hours = per_hour * ch.standard_hours
    ch.share_coding = coding / per_hour if per_hour > 0.0 else 0.0
    ch.share_verifying = verifying / per_hour if per_hour > 0.0 else 0.0
    ch.share_by_hand = (1.0 - ch.ai_fraction) * person.hours_by_hand / per_hour if per_hour > 0.0 else 0.0
    ch.segment_end = until
    hours = max(per_hour * (until - ch.done), LEAST_HOURS)
    enqueue(org, ch.owner, new_item(org, codes.WRITE, ch.owner, c, hours, now))


@kernel
def queue_specification(org, p, c, now):
    """Put the briefing of an agent into the owner's queue; the first time with the preparation of the change."""
    ch = org.changes[c]
    person = org.people[ch.owner]
    hours = (p.ai_specify_fixed_hours + p.ai_specify_hours * ch.standard_hours) * person.tools
    if ch.attempt == 0:
        hours += p.work_prep_hours * person.preparation * ch.standard_hours
    hours /= person.other_pace
    if ch.attempt == 0:
        ch.write_hours = hours
    hours = max(positive_hours(org, p, c, hours), LEAST_HOURS)
    enqueue(org, ch.owner, new_item(org, codes.SPECIFY, ch.owner, c, hours, now))


@kernel
def positive_hours(org, p, c, mean):
    """Return the hours of a briefing with the agents' distribution around *mean*."""
    if p.ai_agent_distribution == 0:
        return mean
    ch = org.changes[c]
    u = uniform(org.world[0], AGENT_TIME, ch.pid, ch.j, 2 * ch.attempt)
    return positive(u, mean, p.ai_agent_distribution, p.service_cv)


@kernel
def run_agent(org, p, c, now):
    """Start the agent's next run of change *c*; return the time at which it ends."""
    ch = org.changes[c]
    w = org.world[0]
    agent = org.agents[ch.agent]
    agent.running = True
    agent.since = now
    agent.runs += 1
    ch.attempt += 1
    written = written_by_ai(p, ch.standard_hours, 1.0)
    w.ai_standard_hours += written
    org.people[ch.owner].ai_written += written
    u = uniform(w, AGENT_TIME, ch.pid, ch.j, 2 * ch.attempt + 1)
    mean = written / p.ai_agent_speed
    hours = max(positive(u, mean, p.ai_agent_distribution, p.service_cv), LEAST_HOURS)
    agent.run_hours += hours
    w.agent_hours += hours
    return now + hours


@kernel
def stop_agent(org, c):
    """The agent of change *c* has finished its run and waits for its supervisor."""
    org.agents[org.changes[c].agent].running = False


@kernel
def new_verification(org, p, c, now):
    """Return the item in which the owner verifies the agent's work on change *c*."""
    ch = org.changes[c]
    person = org.people[ch.owner]
    hours = p.ai_agent_verify_hours * written_by_ai(p, ch.standard_hours, 1.0) * person.verifying_factor
    return new_item(org, codes.VERIFY, ch.owner, c, max(hours, LEAST_HOURS), now)


@kernel
def success_probability(p, size, failure_factor, now):
    """Return the probability that an agent succeeds with a change of *size* standard hours at time *now*."""
    horizon = p.ai_horizon_hours
    if p.ai_horizon_doubling_weeks < inf:
        horizon *= 2.0 ** (now / (40.0 * p.ai_horizon_doubling_weeks))
    odds_of_failure = (size / horizon) ** p.ai_horizon_slope * failure_factor
    return 1.0 / (1.0 + odds_of_failure)


@kernel
def verdict(org, p, c, now):
    """Return how the agent's run of change *c* turned out after verification: SUCCESS, NOTICED or UNNOTICED failure."""
    ch = org.changes[c]
    person = org.people[ch.owner]
    u, v = uniform2(org.world[0], AGENT_RUN, ch.pid, ch.j, ch.attempt)
    if p.ai_retry_correlation > 0.0:
        own = normal_quantile(uniform(org.world[0], AGENT_RUN, ch.pid, ch.j, 0))
        z = sqrt(p.ai_retry_correlation) * own + sqrt(1.0 - p.ai_retry_correlation) * normal_quantile(u)
        u = normal_cdf(z)
    ch.failed = u >= success_probability(p, ch.standard_hours, person.failure_factor, now)
    if not ch.failed:
        return SUCCESS
    return NOTICED if v < p.ai_verification_detection else UNNOTICED


@kernel
def redo(org, p, c):
    """Hand change *c* back to its owner: its questions are answered, its code is written anew."""
    ch = org.changes[c]
    ch.mode = codes.ASSISTED
    ch.ai_fraction = org.people[ch.owner].assistant_fraction if p.ai_redo_assisted else 0.0
    ch.failed = False
    ch.done = 0.0
    ch.next_question = inf
    ch.dependency_at = inf


@kernel
def finish(org, p, c):
    """Note that change *c* is written: its volume, what it is worth, and what the assistant wrote."""
    ch = org.changes[c]
    ch.volume = volume(p, ch.standard_hours, ch.ai_fraction)
    ch.size_delivered = ch.standard_hours * (1.0 + p.ai_scope_worth * p.ai_scope * ch.ai_fraction)
    if ch.failed:
        ch.size_delivered *= p.ai_failure_worth
    if ch.ai_fraction > 0.0:
        written = written_by_ai(p, ch.standard_hours, ch.ai_fraction)
        org.people[ch.owner].ai_hours += written
        if ch.mode != codes.BY_AGENT:  # an agent's runs are paid for one by one
            org.world[0].ai_standard_hours += written
            org.people[ch.owner].ai_written += written
    ch.awaited_item = codes.NONE
