"""What it takes to write a change: by hand, with an assistant, or through an agent."""

from __future__ import annotations

from math import exp, inf
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.plain_mesa.dice import Stream, positive
from benchmarks.plain_mesa.server import HOURS_PER_WEEK, LEAST_HOURS
from benchmarks.plain_mesa.things import Change

if TYPE_CHECKING:
    from types import SimpleNamespace

    from benchmarks.plain_mesa.writer import Writer


def planned_fractions(p: SimpleNamespace, share: float) -> tuple[float, float]:
    """Return (probability of agent mode, AI fraction of other changes) that meet a planned *share* of code volume."""
    if not p.switches_ai or share <= 0.0:
        return 0.0, 0.0
    g = p.ai_volume_ratio
    effort = share / (g - (g - 1.0) * share)
    by_agents = p.ai_agent_fraction * effort
    if by_agents >= 1.0:
        return 1.0, 0.0
    return by_agents, (1.0 - p.ai_agent_fraction) * effort / (1.0 - by_agents)


def planned_speed_up(p: SimpleNamespace) -> float:
    """Return owner hours per standard hour without AI over those with the planned AI share, at skill 1."""
    by_agents, f = planned_fractions(p, p.ai_share_of_code)
    by_hand = p.work_prep_hours + 1.0
    assisted = p.work_prep_hours + 1.0 - f + f * (1.0 / p.ai_assistant_speed + p.ai_assistant_verify_hours)
    briefing = p.ai_specify_fixed_hours / p.work_size_mean + p.ai_specify_hours + p.ai_agent_verify_hours
    return by_hand / ((1.0 - by_agents) * assisted + by_agents * (p.work_prep_hours + briefing))


def volume(change: Change) -> float:
    """Return what a reader has to read, in standard-hour equivalents."""
    f = change.ai_fraction
    return change.size * ((1.0 - f) + change.owner.model.p.ai_volume_ratio * f)


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
    return Pace(
        by_hand=1.0 / (writer.skill * writer.productivity),
        assisted=1.0 / (p.ai_assistant_speed * writer.skill),
        verifying=friction / writer.skill**p.ai_reading_exponent,
        failure=friction,
        defects=writer.skill**-p.defects_skill_exponent,
    )


def owner_hours(writer: Writer, f: float) -> tuple[float, float, float]:
    """Return the hours of (preparation, coding, verifying) per standard hour at AI fraction *f*."""
    p = writer.model.p
    coding = (1.0 - f) * writer.pace.by_hand + f * writer.pace.assisted
    relief = 1.0 - p.ai_guardrail_verification * p.ai_guardrail
    return p.work_prep_hours, coding, f * p.ai_assistant_verify_hours * relief * writer.pace.verifying


def briefing_hours(change: Change) -> float:
    """Return the owner's hours to brief an agent; the first time with the preparation of the change."""
    owner = change.owner
    p = owner.model.p
    hours = p.ai_specify_fixed_hours + p.ai_specify_hours * change.size
    if change.attempt == 0:
        hours += p.work_prep_hours * change.size
        change.write_hours = hours
    u = owner.model.dice.one(Stream.AGENT_TIME, owner.pid, change.number, 2 * change.attempt)
    return max(positive(u, hours, p.ai_agent_distribution, p.service_cv), LEAST_HOURS)


def running_hours(change: Change) -> float:
    """Return how long the agent's present run of *change* takes."""
    owner = change.owner
    p = owner.model.p
    u = owner.model.dice.one(Stream.AGENT_TIME, owner.pid, change.number, 2 * change.attempt + 1)
    return max(
        positive(u, change.size / p.ai_agent_speed, p.ai_agent_distribution, p.service_cv), LEAST_HOURS
    )


def verification_hours(change: Change) -> float:
    """Return the owner's hours to verify an agent's run."""
    owner = change.owner
    hours = owner.model.p.ai_agent_verify_hours * change.size * owner.pace.verifying
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
    change.failed = u >= success
    return change.failed and v < p.ai_verification_detection
