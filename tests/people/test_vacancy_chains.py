"""Vacancy chains (White 1970): a vacancy moves one person up in every layer below it, and ends in one hire (limit L8)."""

import numpy as np
import pytest

from sim.constants import IC, MANAGER
from sim.scenario.scenario import from_yaml
from sim.simulation.run import run
from sim.simulation.simulator import Engine

CUT = """
question: Who moves up when a whole layer goes?
time: {weeks: 8, warmup_weeks: 1}
organisation: {ics: 96, management_layers: 3}
switches: {hiring: true, promotions: true}
hiring: {delay_weeks: 0}
careers: {minimum_tenure: 0}
events:
  - {week: 2, lay_off: {role: manager, layer: 2, share: 1.0, refill: true}}
"""


@pytest.mark.parametrize("rule", ["best", "worst", "random", "aptitude"])
@pytest.mark.parametrize("pool", ["team", "branch", "firm"])
def test_a_layer_that_goes_is_replaced_by_one_chain_a_seat(rule, pool):
    results = run(from_yaml(CUT).with_values({"careers.rule": rule, "careers.pool": pool}), 3, 1, workers=1)
    assert not results.failures
    years = 8 / 52
    found = {k: results.outcomes[f"promotions_into_layer_{k}"] * years for k in (1, 2)}
    assert found[2] == pytest.approx(4.0)
    assert found[1] == pytest.approx(4.0)
    assert results.outcomes["hired_into_layer_0"] * years == pytest.approx(4.0)


def test_nobody_jumps_a_layer_and_the_tree_is_as_planned_again():
    scenario = from_yaml(CUT)
    engine = Engine(scenario)
    before = engine.begin(1, 0)
    layers = before.people["layer"].copy()
    org = engine.advance(engine.begin(1, 0), engine.weeks * 40.0)
    there = np.isin(org.people["role"], (IC, MANAGER))
    assert there[: len(layers)].sum() == np.isin(before.people["role"], (IC, MANAGER)).sum()
    assert np.array_equal(org.people["layer"][: len(layers)], layers)
