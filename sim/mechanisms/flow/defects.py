"""Defects: latent defects in a change, and the incidents that escaped ones become.

The number is Poisson with mean  density S (S / m) ** (b - 1) [(1 - f) + kappa f (1 + scope) (1 - guardrail)] / skill ** a, with m
the mean size (b > 1: defects grow faster than size, N44), times a factor after an unnoticed failure of an agent, by inverse CDF
of one keyed uniform, so that it moves monotonically with every cause. Wrong answers and guesses add one each. Under the Bernoulli
model a change has at most one defect, redrawn at each pass (a limit of theory). An escaped defect becomes an incident after an
exponential delay: somebody's hours, and value lost, at most a multiple of what the change delivered over all its incidents.

Not modelled: dormant defects that never show, incidents that hit other teams, severity.
Parameters: defects.*, ai.defect_ratio, ai.guardrail, ai.failure_defect_factor, ai.scope.
"""

from math import inf

from sim.engine.codes import INCIDENT as INCIDENT_ITEM
from sim.engine.inbox import new_item, send
from sim.engine.kernel import kernel
from sim.engine.rng import DEFECTS, INCIDENT, poisson, positive, uniform, uniform2

#: Defects of one change beyond this number are not told apart (63 bits of a mask).
MOST_DEFECTS = 60
BERNOULLI = 1
#: Marks an incident that came from an escaped defect (others arrive from outside).
ESCAPED = 1


@kernel
def draw(org, p, c):
    """Draw the latent defects of change *c* before its first review (Poisson) or at each pass (Bernoulli)."""
    ch = org.changes[c]
    if not p.switches_defects:
        ch.defects = 0
        return
    w = org.world[0]
    person = org.people[ch.owner]
    if p.defects_model == BERNOULLI:
        u = uniform(w, DEFECTS, ch.pid, ch.j, ch.defect_draws)
        ch.defect_draws += 1
        ch.defects = 1 if u < p.defects_bernoulli_rate else 0
        return
    f = ch.ai_fraction
    guarded = p.ai_guardrail + (1.0 - p.ai_guardrail) * person.guardrail
    mean = (
        p.defects_per_standard_hour
        * ch.standard_hours
        * ((1.0 - f) + p.ai_defect_ratio * f * (1.0 + p.ai_scope) * (1.0 - guarded))
    )
    if p.defects_size_exponent != 1.0:
        mean *= (ch.standard_hours / p.work_size_mean) ** (p.defects_size_exponent - 1.0)
    mean *= person.defect_factor
    if ch.failed:
        mean *= p.ai_failure_defect_factor
    u = uniform(w, DEFECTS, ch.pid, ch.j, 0)
    ch.defects = min(poisson(u, mean) + ch.extra_defects, MOST_DEFECTS)


@kernel
def escape(org, p, c, now):
    """Turn the defects left in the merged change *c* into incidents to come."""
    ch = org.changes[c]
    if ch.defects <= 0:
        return
    w = org.world[0]
    w.failed_changes += 1
    owner = ch.owner
    # One change can only do so much harm, however many defects it has.
    loss = p.defects_incident_value_loss
    if p.defects_most_lost < inf:
        loss = min(loss, p.defects_most_lost * ch.size_delivered / ch.defects)
    for d in range(ch.defects):
        u, v = uniform2(w, INCIDENT, ch.pid, ch.j, d)
        delay = positive(u, p.defects_incident_delay_hours, 1, 1.0)
        hours = positive(v, p.defects_incident_hours, p.service_distribution, p.service_cv)
        k = new_item(org, INCIDENT_ITEM, owner, -1, hours, now)
        org.items[k].step = ESCAPED
        org.items[k].loss = loss
        send(org, owner, k, now + delay)


@kernel
def strike(org, k):
    """Count incident *k* at its arrival, and the value it destroys."""
    w = org.world[0]
    w.incidents += 1
    w.value_lost += org.items[k].loss
