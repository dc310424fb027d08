"""The AI strategy, carried out: fluency spreads, guardrails grow."""

import numpy as np

from sim.constants import MANAGER
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.mechanisms.people import governance
from sim.mechanisms.people.workforce import Workforce


def govern(org: Org, settings: Settings, workforce: Workforce, weeks: float) -> None:
    """Let AI fluency spread and guardrails grow for *weeks* weeks, as the strategy has it."""
    if settings.ai_strategy == governance.NO_STRATEGY:
        return
    people, occupants, row = org.people, org.occupants, workforce.row
    hours = governance.attention(workforce, settings)
    fluency = governance.next_fluency(workforce, hours, settings, weeks)
    guardrails = governance.next_guardrails(occupants["guardrail"][row], workforce, hours, settings, weeks)
    people["fluency"][row] = fluency
    occupants["guardrail"][row] = guardrails
    coverage = governance.of_team(workforce, guardrails)
    people["guardrail"][row] = settings.governance_guardrail_effect * coverage
    people["tools"][row] = governance.tool_factors(coverage, settings)
    manager = workforce.role == MANAGER
    spared = settings.managers_governance_hours - governance.duty_hours(workforce, settings)
    people["governance_spared"][row] = np.where(manager, spared, 0.0)
    own = row[manager & (people["desk"][row] >= 0)]
    for name in ("fluency", "guardrail", "tools"):  # a desk works as its manager does
        people[name][people["desk"][own]] = people[name][own]
    ics = ~manager
    if ics.any():
        org.world["guardrails"] = coverage[ics].mean()
        org.world["unfluent_sum"] += weeks * np.mean(governance.wasteful(fluency[ics], settings))
