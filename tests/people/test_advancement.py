"""Careers and AI strategy in a running organisation: what must hold, and what they do."""

import numpy as np
import pytest
from helpers.people_checks import TURMOIL, check, check_books
from helpers.regimes import REGIMES, possible
from helpers.worlds import differences, play, world
from hypothesis import given
from hypothesis import strategies as st

from sim.constants import MANAGER
from sim.engine.codes import VACANT
from sim.simulation.run import run
from sim.simulation.simulator import Engine

LADDER = {
    "switches.promotions": st.booleans(),
    "careers.rule": st.sampled_from(["best", "worst", "random", "aptitude", "mix"]),
    "careers.pool": st.sampled_from(["team", "branch", "firm"]),
    "careers.transfer": st.sampled_from(["same", "peter", "correlated"]),
    "careers.external_share": st.sampled_from([0.0, 0.5, 1.0]),
    "careers.minimum_tenure": st.sampled_from([0.0, 2.0]),
    "careers.step_down": st.floats(0.0, 0.9),
    "careers.staff_share": st.sampled_from([0.0, 0.2]),
    "careers.super_lift": st.sampled_from([0.0, 0.05]),
    "ai.strategy": st.sampled_from(["none", "bottom_up", "top_down", "managed"]),
    "ai.share_of_code": st.sampled_from([0.0, 0.6]),
}


@pytest.mark.slow
@given(
    values=st.fixed_dictionaries({}, optional={**REGIMES, **LADDER}), ics=st.integers(2, 40), layers=st.integers(1, 4),
    weeks=st.sampled_from([4, 9, 15, 30]),
)  # fmt: skip
def test_identities_hold_while_people_move_up_and_down(values, ics, layers, weeks):
    scenario = possible({**TURMOIL, "switches.promotions": True, **values}, ics, layers, weeks)
    org = play(scenario)
    check(org, scenario)
    check_books(org)
    assert np.all((org.people["fluency"] >= 0.0) & (org.people["fluency"] <= 1.0))
    assert np.all((org.people["guardrail"] >= 0.0) & (org.people["guardrail"] <= 1.0))


def test_vacant_managers_seats_go_to_people_from_below():
    values = {**TURMOIL, "quits.base": 0.6, "careers.minimum_tenure": 0.0, "hiring.delay_weeks": 8.0}
    without = world(values, ics=48, layers=3, weeks=52)
    within = world({**values, "switches.promotions": True}, ics=48, layers=3, weeks=52)
    rows = {}
    for name, scenario in (("without", without), ("within", within)):
        org = play(scenario)
        check(org, scenario)
        seats = org.occupants["seat_role"] == MANAGER
        rows[name] = (int(org.world["promotions"][0]), int((org.people["role"][seats] == VACANT).sum()))
    assert rows["without"][0] == 0
    assert rows["within"][0] > 5
    assert rows["within"][1] < rows["without"][1]


def test_a_promoted_ic_is_the_same_person_in_another_seat():
    values = {**TURMOIL, "quits.base": 0.6, "careers.minimum_tenure": 0.0, "switches.promotions": True}
    scenario = world(values, ics=48, layers=3, weeks=30)
    engine = Engine(scenario)
    org = engine.begin(1, 0)
    start = dict(zip(org.people["pid"].tolist(), org.people["knowledge"].tolist(), strict=True))
    was_ic = set(org.people["pid"][org.occupants["seat_role"] == 0].tolist())
    org = engine.advance(org, (30 + scenario.warmup_weeks) * 40.0)
    managers = np.flatnonzero(org.people["role"] == MANAGER)
    promoted = [i for i in managers if int(org.people["pid"][i]) in was_ic]
    assert promoted
    for i in promoted:
        assert org.people["knowledge"][i] == start[int(org.people["pid"][i])]
        assert org.cohort["exit_kind"][org.occupants["cohort"][i]] == 0, "a promotion is no exit"


def test_no_strategy_and_no_careers_is_the_flow_engine_bit_for_bit():
    plain = play(world(weeks=6))
    dressed = play(world({"careers.rule": "worst", "governance.peers": 0.6, "quits.base": 0.5}, weeks=6))
    assert differences(plain.weeks, dressed.weeks) == []


@pytest.fixture(scope="module")
def strategies():
    values = {"ai.share_of_code": 0.5, "managers.governance_hours": 3.0}
    found = {}
    for name in ("none", "bottom_up", "top_down", "managed"):
        found[name] = run(world({**values, "ai.strategy": name}, ics=48, layers=3, weeks=52), 4).outcomes
    return found


def test_managed_covers_more_than_bottom_up_and_that_more_than_top_down(strategies):
    cover = {name: x["guardrail_coverage"] for name, x in strategies.items() if name != "none"}
    assert np.all(cover["managed"] > cover["bottom_up"])
    assert np.all(cover["bottom_up"] > cover["top_down"])
    assert "guardrail_coverage" not in strategies["none"]


def test_guardrails_lower_the_change_failure_rate(strategies):
    failures = {name: x["change_failure_rate"].mean() for name, x in strategies.items()}
    assert failures["managed"] < failures["bottom_up"] < failures["none"]


def test_orders_waste_most_and_cost_most(strategies):
    waste = {name: x["ai_spend_wasted_share"].mean() for name, x in strategies.items() if name != "none"}
    spend = {name: x["ai_spend_per_year"].mean() for name, x in strategies.items()}
    assert waste["top_down"] > waste["bottom_up"] > waste["managed"]
    assert spend["top_down"] > max(spend["bottom_up"], spend["managed"])
