"""How everybody uses AI is planned where it changes, so the weeks between need no plan anew."""

import numpy as np
import pytest

from sim.constants import HOURS_PER_WEEK
from sim.people.replan import plan_ai
from sim.scenario.scenario import load
from sim.simulation.simulator import Engine

#: What `sim.mechanisms.flow.ai_use.plan` sets for a person.
PLANNED = (
    "ai_share", "agent_share", "agent_threshold", "assistant_fraction", "assistant_need", "preparation", "asks_ai",
)  # fmt: skip


@pytest.mark.parametrize("policy", ["ai", "backfill"])
def test_a_plan_made_anew_at_any_weeks_end_changes_nothing(policy: str) -> None:
    settings = {
        "hiring.policy": policy, "quits.base": 0.9, "switches.promotions": True, "careers.every_weeks": 4,
        "time.weeks": 24, "time.warmup_weeks": 2,
    }  # fmt: skip
    scenario = load("people").with_values(settings)
    engine = Engine(scenario)
    org, seen = engine.begin(1, 0), set()
    for week in range(1, engine.weeks):
        org = engine.advance(org, week * HOURS_PER_WEEK)
        before = {name: org.people[name].copy() for name in PLANNED}
        extent = float(org.world["ai_extent"][0])
        plan_ai(org, engine.parameters)
        for name in PLANNED:
            np.testing.assert_array_equal(org.people[name], before[name], err_msg=f"{name}, week {week}")
        assert org.world["ai_extent"][0] == extent
        seen.add(extent)
    assert int(org.world["quits"][0]) > 10
    assert len(seen) > 1 if policy == "ai" else len(seen) == 1
