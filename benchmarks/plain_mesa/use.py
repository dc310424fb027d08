"""How much of whose work AI does, and which changes agents get."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.plain_mesa.dice import Stream

if TYPE_CHECKING:
    from types import SimpleNamespace

    from benchmarks.plain_mesa.writer import Writer

NORMAL = NormalDist()
POINTS = 64
SCORES = [NORMAL.inv_cdf((k + 0.5) / POINTS) for k in range(POINTS)]
STEPS = 40
FAR = 12.0


class Use(NamedTuple):
    """How somebody uses AI."""

    share: float = 0.0  # of the code volume
    agents: float = 0.0  # share of the work that agents do
    threshold: float = 0.0  # score below which a change goes to an agent
    assistant: float = 0.0  # AI fraction of other changes
    need: float = 1.0  # to verify, of the part that the assistant is used for
    preparation: float = 1.0  # factor on its hours
    asking: float = 0.0  # probability that a question goes to AI first


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x))


def own_share(p: SimpleNamespace, share: float, score: float) -> float:
    """Return the share of somebody with this normal *score*; the mean over people is *share*."""
    sd = p.ai_use_sd
    if not p.switches_skill_differences or sd <= 0.0 or not 0.0 < share < 1.0:
        return share
    low = log(share / (1.0 - share)) - 4.0 * sd
    high = low + 8.0 * sd
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        if sum(_logistic(middle + sd * z) for z in SCORES) < share * POINTS:
            low = middle
        else:
            high = middle
    return _logistic((low + high) / 2.0 + sd * score)


def fractions(p: SimpleNamespace, share: float) -> tuple[float, float]:
    """Return (share of the work that agents do, AI fraction of other changes) that meet a *share* of code volume."""
    if not p.switches_ai or share <= 0.0:
        return 0.0, 0.0
    g = p.ai_volume_ratio * (1.0 + p.ai_scope)
    work = share / (g - (g - 1.0) * share)
    by_agents = p.ai_agent_fraction * work
    if by_agents >= 1.0:
        return 1.0, 0.0
    return by_agents, (1.0 - p.ai_agent_fraction) * work / (1.0 - by_agents)


def size_counts(p: SimpleNamespace) -> float:
    """Return how far the size of a change decides who does it."""
    return 0.0 if p.work_size_distribution == "deterministic" else p.ai_delegation


def threshold(p: SimpleNamespace, agents: float) -> float:
    """Return the score below which changes have the share *agents* of the work."""
    if not 0.0 < agents < 1.0:
        return FAR if agents > 0.0 else -FAR
    rho = size_counts(p)
    if p.work_size_distribution == "lognormal":
        return NORMAL.inv_cdf(agents) + rho * sqrt(log(1.0 + p.work_size_cv**2))
    points = 4 * POINTS
    sizes = [-log(1.0 - (k + 0.5) / points) for k in range(points)]
    scores = [NORMAL.inv_cdf((k + 0.5) / points) for k in range(points)]
    rest = sqrt(max(1.0 - rho * rho, 1e-12))
    low, high = -FAR, FAR
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        below = sum(s * NORMAL.cdf((middle - rho * z) / rest) for s, z in zip(sizes, scores, strict=True))
        if below / sum(sizes) < agents:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def need(p: SimpleNamespace, f: float) -> float:
    """Return the mean need to verify where the assistant writes the best-suited part *f*."""
    if p.ai_selection == 0.0 or not 0.0 < f < 1.0:
        return 1.0
    return NORMAL.cdf(NORMAL.inv_cdf(f) - p.ai_selection) / f


def extent(p: SimpleNamespace, share: float) -> float:
    """Return how far AI is at hand."""
    if not p.switches_ai or share <= 0.0:
        return 0.0
    return 1.0 - exp(-share / p.ai_use_scale) if p.ai_use_scale > 0.0 else 1.0


def preparation(p: SimpleNamespace, share: float) -> float:
    """Return the factor on the hours of preparation."""
    if not p.switches_ai or not p.switches_ai_preparation:
        return 1.0
    return 1.0 - p.ai_prep_saving * min(share / p.ai_prep_share, 1.0)


def use_of(writer: Writer) -> Use:
    """Return how *writer* uses AI."""
    p = writer.model.p
    share = own_share(p, p.ai_share_of_code, writer.model.dice.normal(Stream.AI_USE, writer.pid, 0))
    agents, assistant = fractions(p, share)
    agents = agents if writer.agents else 0.0
    asking = 0.0
    if p.switches_ai and p.switches_ai_answers:
        asking = 1.0 if p.ai_answers == "always" else extent(p, share)
    return Use(
        share=share if p.switches_ai else 0.0,
        agents=agents,
        threshold=threshold(p, agents) if size_counts(p) != 0.0 else 0.0,
        assistant=assistant,
        need=need(p, assistant),
        preparation=preparation(p, share),
        asking=asking,
    )


def goes_to_agent(writer: Writer, u: float, v: float) -> bool:
    """Return True if a change of size by the uniform *u*, with *v* of its own, goes to an agent."""
    rho = size_counts(writer.model.p)
    if rho == 0.0:
        return v < writer.use.agents
    score = rho * NORMAL.inv_cdf(u) + sqrt(1.0 - rho * rho) * NORMAL.inv_cdf(v)
    return score < writer.use.threshold


def planned_speed_up(p: SimpleNamespace) -> float:
    """Return owner hours per standard hour without AI over those with the planned AI share, at skill 1."""
    share = p.ai_share_of_code
    agents, f = fractions(p, share)
    wider = 1.0 + p.ai_scope
    prep = p.work_prep_hours * preparation(p, share)
    written = f * wider
    verifying = p.ai_assistant_verify_hours * need(p, f)
    assisted = prep + 1.0 - f + written * (1.0 / p.ai_assistant_speed + verifying)
    fixed = p.ai_specify_fixed_hours / p.work_size_mean
    if size_counts(p) != 0.0 and agents > 0.0:
        fixed *= NORMAL.cdf(threshold(p, agents)) / agents
    briefing = fixed + p.ai_specify_hours + p.ai_agent_verify_hours * wider
    return (p.work_prep_hours + 1.0) / ((1.0 - agents) * assisted + agents * (prep + briefing))
