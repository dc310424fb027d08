"""Latent defects of a change, and the incidents that escaped ones become."""

from __future__ import annotations

from math import inf

from benchmarks.plain_mesa.dice import Stream, poisson, positive
from benchmarks.plain_mesa.things import Change, Kind

MOST_DEFECTS = 60


def draw(change: Change) -> None:
    """Draw how many latent defects *change* has."""
    owner = change.owner
    model = owner.model
    p = model.p
    if not p.switches_defects:
        change.defects = 0
        return
    if p.defects_model == "bernoulli":
        u = model.dice.one(Stream.DEFECTS, owner.pid, change.number, change.defect_draws)
        change.defect_draws += 1
        change.defects = int(u < p.defects_bernoulli_rate)
        return
    f = change.ai_fraction
    mean = (
        p.defects_per_standard_hour
        * change.size
        * ((1.0 - f) + p.ai_defect_ratio * f * (1.0 + p.ai_scope) * (1.0 - p.ai_guardrail))
        * (change.size / p.work_size_mean) ** (p.defects_size_exponent - 1.0)
    )
    mean *= owner.pace.defects
    if change.failed:
        mean *= p.ai_failure_defect_factor
    u = model.dice.one(Stream.DEFECTS, owner.pid, change.number)
    change.defects = min(poisson(u, mean) + change.extra_defects, MOST_DEFECTS)


def escape(change: Change) -> None:
    """*change* is merged: each defect left in it will be an incident."""
    owner = change.owner
    model = owner.model
    p = model.p
    if change.defects:
        model.ledger.failed_changes += 1
    most = p.defects_most_lost * change.delivered if p.defects_most_lost < inf else inf
    for defect in range(change.defects):
        u, v = model.dice.two(Stream.INCIDENT, owner.pid, change.number, defect)
        delay = positive(u, p.defects_incident_delay_hours, "exponential", 1.0)
        hours = positive(v, p.defects_incident_hours, p.service_distribution, p.service_cv)
        item = model.new_item(Kind.INCIDENT, owner, None, hours)
        item.is_escaped_defect = True
        item.loss = min(p.defects_incident_value_loss, most / change.defects)
        model.send(owner, item, delay)
