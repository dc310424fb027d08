"""The use of AI: how much of whose work it does, which changes agents get, and what else it is asked.

Everybody has a planned share s of the code *volume* that AI is to write (`ai.share_of_code`, or what a stepped model gives a
team). Use is unequal: a person's own share is logit-normal with mean s, by one keyed normal a person, so it rises with s for
everybody. Let G = g (1 + scope) be the volume of AI code over that of the same work by hand; then AI does the share
phi = s / (G - (G - 1) s) of the *work*. Agents do the part a of it, the assistant the rest, with f = (1 - a) phi / (1 - a phi)
of every other change.

- **Delegation.** An owner's change goes to an agent if  rho z_size + sqrt(1 - rho^2) z < c, with z_size the normal score of its
  size and z a keyed normal of the change: rho = 0 is a coin toss, 1 the smallest first, below 0 people choose badly. c is such
  that agents get the work a phi; for lognormal sizes with log-sd d, c = Phi^-1(a phi) + rho d. What goes to agents at a low share
  also goes at a higher one (comparative advantage, Acemoglu and Restrepo 2018; that people delegate what is small: N21, N30, C23,
  C24, N43).
- **Selection.** The assistant is used first where verifying is cheap. The need to verify varies lognormally within the work, with
  log-sd d (mean 1); over the best-suited part f its mean is Phi(Phi^-1(f) - d) / f; d < 0: where it is dear.
- **Extent.** A(s) = 1 - exp(-s / scale) is how far AI is at hand: the chance that a question goes to AI first, the seats bought,
  the hours of governance. It is 0 at s = 0 and saturates; with scale 0 it is 1 wherever there is any use.
- **Preparation** (specification, tests, documents) takes less: `ai.prep_saving` at s from `ai.prep_share` on, linear below.

Not modelled: that agents need other changes than the planned ones, people who refuse, a choice that follows the queue.
Parameters: ai.share_of_code, ai.agent_fraction, ai.use_sd, ai.use_scale, ai.delegation, ai.selection, ai.prep_*, ai.scope,
ai.volume_ratio, ai.answers.
"""

from math import exp, log, log1p, sqrt
from statistics import NormalDist

import numpy as np

from sim.constants import IC
from sim.engine.kernel import kernel
from sim.engine.rng import AI_USE, normal_cdf, normal_quantile, uniform

BY_USE, ALWAYS = range(2)
_DETERMINISTIC, _EXPONENTIAL = range(2)
#: Points at which a mean over a normal, or over sizes, is taken; steps of a bisection.
_POINTS = 64
_STEPS = 40
_FAR = 12.0
_SCORES = np.array([NormalDist().inv_cdf((k + 0.5) / _POINTS) for k in range(_POINTS)])


@kernel
def is_unequal(p, share):
    """Return True if people use AI more and less where it is to write this *share* of the code."""
    return p.switches_ai and p.switches_skill_differences and p.ai_use_sd > 0.0 and 0.0 < share < 1.0


@kernel
def personal_share(p, logit, luck):
    """Return the share of somebody whose use lies *luck* deviations above that of others, around this *logit*."""
    return 1.0 / (1.0 + exp(-logit - p.ai_use_sd * luck))


@kernel
def logit_of(p, share):
    """Return the logit around which personal shares lie, so that their mean is *share*."""
    low = log(share / (1.0 - share)) - 4.0 * p.ai_use_sd
    high = low + 8.0 * p.ai_use_sd
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        mean = 0.0
        for k in range(_POINTS):
            mean += personal_share(p, middle, _SCORES[k])
        if mean < share * _POINTS:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def work_share(p, share):
    """Return phi, the share of the work (standard hours asked for) that AI does at a *share* of the volume."""
    g = p.ai_volume_ratio * (1.0 + p.ai_scope)
    return share / (g - (g - 1.0) * share)


@kernel
def rho(p):
    """Return how far the size decides who does a change; nothing can be seen where all are of one size."""
    return p.ai_delegation if p.work_size_distribution != _DETERMINISTIC else 0.0


@kernel
def _work_below(p, c):
    """Return the share of the work in changes whose score is below *c*, where sizes are exponential."""
    r = rho(p)
    left = sqrt(max(1.0 - r * r, 1e-12))
    total = 0.0
    work = 0.0
    for k in range(4 * _POINTS):
        u = (k + 0.5) / (4 * _POINTS)
        size = -log(1.0 - u)
        total += size
        work += size * normal_cdf((c - r * normal_quantile(u)) / left)
    return work / total


@kernel
def threshold(p, agents):
    """Return the score c below which a change goes to an agent, so that agents do the share *agents* of the work."""
    if agents <= 0.0:
        return -_FAR
    if agents >= 1.0:
        return _FAR
    if p.work_size_distribution != _EXPONENTIAL:
        return normal_quantile(agents) + rho(p) * sqrt(log1p(p.work_size_cv * p.work_size_cv))
    low = -_FAR
    high = _FAR
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        if _work_below(p, middle) < agents:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def need(p, f):
    """Return the mean need to verify of the best-suited part *f* of the work, over that of all of it."""
    if p.ai_selection == 0.0 or f <= 0.0 or f >= 1.0:
        return 1.0
    return normal_cdf(normal_quantile(f) - p.ai_selection) / f


@kernel
def extent(p, share):
    """Return how far AI is at hand at a planned *share* of code, 0 to 1."""
    if not p.switches_ai or share <= 0.0:
        return 0.0
    if p.ai_use_scale <= 0.0:
        return 1.0
    return 1.0 - exp(-share / p.ai_use_scale)


@kernel
def fractions(p, share):
    """Return (share of the work that agents do, AI fraction of the other changes) at a *share* of the code volume."""
    if not p.switches_ai or share <= 0.0:
        return 0.0, 0.0
    phi = work_share(p, share)
    agents = p.ai_agent_fraction * phi
    if agents >= 1.0:
        return 1.0, 0.0
    return agents, (1.0 - p.ai_agent_fraction) * phi / (1.0 - agents)


@kernel
def preparation(p, share):
    """Return the hours of preparation at a *share* of code over those without AI."""
    if not p.switches_ai or not p.switches_ai_preparation or p.ai_prep_saving <= 0.0:
        return 1.0
    return 1.0 - p.ai_prep_saving * min(share / p.ai_prep_share, 1.0)


@kernel
def _mean_planned(org, p):
    total = 0.0
    ics = 0
    alike = True
    for i in range(len(org.people)):
        person = org.people[i]
        if person.role == IC:
            total += person.ai_planned
            ics += 1
            alike = alike and person.ai_planned == p.ai_share_of_code
    # Exactly the share that is planned for everybody, not what is left of it after a sum.
    return p.ai_share_of_code if alike or ics == 0 else total / ics


@kernel
def plan(org, p):
    """Set how everybody's next changes are written, from the share that is planned for each seat.

    It stays as it is until a plan, a parameter or who is there changes: whoever changes them calls it (`sim.people.replan`).
    """
    w = org.world[0]
    w.ai_extent = extent(p, _mean_planned(org, p))
    for i in range(len(org.people)):
        person = org.people[i]
        share = person.ai_planned
        if is_unequal(p, share):
            # The search is kept: most seats have the same plan.
            if share != w.use_share or p.ai_use_sd != w.use_sd:
                w.use_logit = logit_of(p, share)
                w.use_share = share
                w.use_sd = p.ai_use_sd
            share = personal_share(p, w.use_logit, person.ai_luck)
        _plan_person(p, person, share)


@kernel
def _plan_person(p, person, share):
    agents, assistant = fractions(p, share)
    person.ai_share = share if p.switches_ai else 0.0
    person.agent_share = agents if person.agents > 0 else 0.0
    person.agent_threshold = threshold(p, person.agent_share) if rho(p) != 0.0 else 0.0
    person.assistant_fraction = assistant
    person.assistant_need = need(p, assistant)
    person.preparation = preparation(p, share)
    person.asks_ai = 0.0
    if p.switches_ai and p.switches_ai_answers:
        person.asks_ai = 1.0 if p.ai_answers == ALWAYS else extent(p, share)


@kernel
def draw_luck(org, person):
    """Draw how much *person* uses AI, compared with others."""
    person.ai_luck = normal_quantile(uniform(org.world[0], AI_USE, person.pid, 0, 0))


@kernel
def goes_to_agent(p, person, u, v):
    """Return True if the next change of *person*, of size by the uniform *u*, goes to an agent; *v*: its own uniform."""
    r = rho(p)
    if r == 0.0:
        return v < person.agent_share
    return r * normal_quantile(u) + sqrt(1.0 - r * r) * normal_quantile(v) < person.agent_threshold


@kernel
def planned_speed_up(p):
    """Return owner hours per standard hour without AI over those with the planned AI share, at skill 1."""
    share = p.ai_share_of_code
    agents, f = fractions(p, share)
    by_hand = p.work_prep_hours + 1.0
    prep = p.work_prep_hours * preparation(p, share)
    wider = 1.0 + p.ai_scope
    written = f * wider
    assisted = (
        prep + 1.0 - f + written * (1.0 / p.ai_assistant_speed + p.ai_assistant_verify_hours * need(p, f))
    )
    # Agents' changes are smaller than the mean, so there are more of them for the same work.
    fixed = p.ai_specify_fixed_hours / p.work_size_mean
    if rho(p) != 0.0 and agents > 0.0:
        fixed *= normal_cdf(threshold(p, agents)) / agents
    briefing = fixed + p.ai_specify_hours + p.ai_agent_verify_hours * wider
    return by_hand / ((1.0 - agents) * assisted + agents * (prep + briefing))
