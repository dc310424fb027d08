"""Alignment: the benefit of hierarchy (direction reaches everybody) and its price (control loss).

The organisation's target drifts as an AR(1) process of unit variance, weekly: t' = phi t + sqrt(1 - phi^2) e. Every
person holds a belief, updated in the weekly one-to-one, which takes place with probability equal to the boss's
coverage: b' = b + kappa (b_boss + noise - b); a root hears the target itself, with the same noise. All updates of a week use
the bosses' beliefs of the week before. So with kappa = 1 and full coverage somebody m steps below the top is m weeks behind and
m + 1 readings away:  E e^2 = 2 (1 - phi^m) + (m + 1) noise^2  (limit L9). Layers add noise and staleness (control loss,
Williamson 1967); wide spans skip updates: both come out of attention, neither is a formula of the number of layers.

A change is worth S max(0, 1 - w e^2 - delta d^2), e the owner's belief at the start minus the target at merge, d the
disagreement with the partner of a dependency.

Not modelled: news that travels sideways, targets that differ by team.
Parameters: alignment.*.
"""

from math import sqrt

from sim.engine.kernel import kernel
from sim.engine.rng import TARGET, UPDATE, normal_quantile, uniform, uniform2


@kernel
def first_target(org):
    """Draw the target at the start; everybody believes in it."""
    w = org.world[0]
    w.target = normal_quantile(uniform(w, TARGET, 0, 0, 0))
    for i in range(len(org.people)):
        org.people[i].belief = w.target


@kernel
def drift(org, p):
    """Move the target by one week."""
    w = org.world[0]
    shock = normal_quantile(uniform(w, TARGET, 0, w.week + 1, 0))
    phi = p.alignment_persistence
    w.target = phi * w.target + sqrt(1.0 - phi * phi) * shock


@kernel
def update_beliefs(org, p):
    """Hold the week's one-to-ones."""
    w = org.world[0]
    people = org.people
    for i in range(len(people)):
        person = people[i]
        person.new_belief = person.belief
        if person.human != i:
            continue
        u, v = uniform2(w, UPDATE, person.pid, w.week, 0)
        heard = w.target
        chance = 1.0
        if person.boss >= 0:
            heard = people[person.boss].belief
            chance = people[person.boss].coverage
        if u < chance:
            person.new_belief += p.alignment_update * (
                heard + p.alignment_noise * normal_quantile(v) - person.belief
            )
    for i in range(len(people)):
        people[i].belief = people[i].new_belief


@kernel
def value(org, p, c):
    """Return the value of change *c* if it merged now, in standard hours."""
    ch = org.changes[c]
    if not p.switches_alignment:
        return ch.size_delivered
    e = ch.belief - org.world[0].target
    worth = 1.0 - p.alignment_loss * e * e - p.alignment_disagreement_loss * ch.disagreement * ch.disagreement
    return ch.size_delivered * worth if worth > 0.0 else 0.0
