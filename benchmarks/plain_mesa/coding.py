"""What it takes to write a change: by hand, with an assistant, or through an agent."""

from __future__ import annotations

from math import exp, inf, sqrt
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.plain_mesa.dice import Stream, positive
from benchmarks.plain_mesa.server import HOURS_PER_WEEK, LEAST_HOURS
from benchmarks.plain_mesa.things import Change
from benchmarks.plain_mesa.use import NORMAL

if TYPE_CHECKING:
    from benchmarks.plain_mesa.writer import Writer


def volume(change: Change) -> float:
    """Return what a reader has to read, in standard-hour equivalents."""
    p = change.owner.model.p
    f = change.ai_fraction
    return change.size * ((1.0 - f) + p.ai_volume_ratio * (1.0 + p.ai_scope) * f)


def by_ai(change: Change, f: float) -> float:
    """Return the standard hours that AI writes of *change* at the fraction *f*: its part, and what it adds."""
    return change.size * f * (1.0 + change.owner.model.p.ai_scope)


def delivered(change: Change) -> float:
    """Return what *change* is worth if all else is well, standard hours."""
    p = change.owner.model.p
    size = change.size * (1.0 + p.ai_scope_worth * p.ai_scope * change.ai_fraction)
    return size * p.ai_failure_worth if change.failed else size


class Pace(NamedTuple):
    """How fast and how well somebody works; it changes with skill and coaching, week by week."""

    by_hand: float  # hours to write a standard hour by hand
    assisted: float  # hours to write one with the assistant
    verifying: float  # factor on hours of verification: fluency and reading skill
    failure: float  # factor on the odds of an agent's failure: fluency
    defects: float  # factor on latent defects: skill


def pace_of(writer: Writer) -> Pace:
    """Return the pace of *writer* at the present skill, fluency and productivity."""
    p = writer.model.p
    friction = exp(-p.ai_fluency_effect * (writer.fluency - 0.5))
    relief = 1.0 - p.ai_guardrail_verification * p.ai_guardrail
    return Pace(
        by_hand=1.0 / (writer.skill * writer.productivity),
        assisted=1.0 / (p.ai_assistant_speed * writer.skill * writer.productivity),
        verifying=relief * friction / (writer.skill**p.ai_reading_exponent * writer.other_pace),
        failure=friction * writer.skill**-p.ai_briefing_exponent,
        defects=writer.skill**-p.defects_skill_exponent,
    )


def owner_hours(writer: Writer, f: float) -> tuple[float, float, float]:
    """Return the hours of (preparation, coding, verifying) per standard hour at AI fraction *f*."""
    p = writer.model.p
    written = f * (1.0 + p.ai_scope)
    coding = (1.0 - f) * writer.pace.by_hand + written * writer.pace.assisted
    verifying = written * p.ai_assistant_verify_hours * writer.pace.verifying * writer.use.need
    return p.work_prep_hours * writer.use.preparation / writer.other_pace, coding, verifying


def briefing_hours(change: Change) -> float:
    """Return the owner's hours to brief an agent; the first time with the preparation of the change."""
    owner = change.owner
    p = owner.model.p
    hours = p.ai_specify_fixed_hours + p.ai_specify_hours * change.size
    if change.attempt == 0:
        hours += p.work_prep_hours * owner.use.preparation * change.size
    hours /= owner.other_pace
    if change.attempt == 0:
        change.write_hours = hours
    u = owner.model.dice.one(Stream.AGENT_TIME, owner.pid, change.number, 2 * change.attempt)
    return max(positive(u, hours, p.ai_agent_distribution, p.service_cv), LEAST_HOURS)


def running_hours(change: Change) -> float:
    """Return how long the agent's present run of *change* takes."""
    owner = change.owner
    p = owner.model.p
    u = owner.model.dice.one(Stream.AGENT_TIME, owner.pid, change.number, 2 * change.attempt + 1)
    return max(
        positive(u, by_ai(change, 1.0) / p.ai_agent_speed, p.ai_agent_distribution, p.service_cv), LEAST_HOURS
    )


def verification_hours(change: Change) -> float:
    """Return the owner's hours to verify an agent's run."""
    owner = change.owner
    hours = owner.model.p.ai_agent_verify_hours * by_ai(change, 1.0) * owner.pace.verifying
    return max(hours, LEAST_HOURS)


def failure_is_noticed(change: Change) -> bool:
    """Decide whether the agent's run failed, and return True if it did and the owner noticed."""
    owner = change.owner
    p = owner.model.p
    horizon = p.ai_horizon_hours
    if p.ai_horizon_doubling_weeks < inf:
        horizon *= 2.0 ** (owner.model.now / (HOURS_PER_WEEK * p.ai_horizon_doubling_weeks))
    success = 1.0 / (1.0 + (change.size / horizon) ** p.ai_horizon_slope * owner.pace.failure)
    u, v = owner.model.dice.two(Stream.AGENT_RUN, owner.pid, change.number, change.attempt)
    if p.ai_retry_correlation > 0.0:
        own = NORMAL.inv_cdf(owner.model.dice.one(Stream.AGENT_RUN, owner.pid, change.number, 0))
        w = p.ai_retry_correlation
        u = NORMAL.cdf(sqrt(w) * own + sqrt(1.0 - w) * NORMAL.inv_cdf(u))
    change.failed = u >= success
    return change.failed and v < p.ai_verification_detection
