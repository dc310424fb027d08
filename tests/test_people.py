"""People over time: what must hold whatever happens to whom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.simulate import Engine
from sim.state import DESK, IC, MANAGER, NONE, VACANT
from tests.test_identities import check_items, check_nothing_is_lost, check_queues, world

TURMOIL = {
    "switches.quits": True, "switches.hiring": True, "switches.strain": True, "quits.base": 0.7, "hiring.delay_weeks": 2.0,
}  # fmt: skip


def play(scenario, weeks):
    engine = Engine(scenario)
    return engine.advance(engine.begin(1, 0), weeks * 40.0)


def check_tree(org) -> None:
    """The tree stays a tree of those present, and every count agrees with it."""
    people, w = org.people, org.world[0]
    role, boss = people["role"], people["boss"]
    here = (role == IC) | (role == MANAGER)
    assert (role == IC).sum() == w.ics
    assert (role == MANAGER).sum() == w.managers
    assert len(set(people["pid"][here])) == here.sum()
    for i in np.flatnonzero(here):
        seen = set()
        while i != NONE:
            assert i not in seen
            seen.add(i)
            assert role[i] == MANAGER or len(seen) == 1
            i = boss[i]
    np.testing.assert_array_equal(
        people["reports"][role == MANAGER],
        np.bincount(boss[here & (boss >= 0)], minlength=len(people))[role == MANAGER],
    )
    members = {}
    for t in range(len(org.teams)):
        row, chain = int(org.teams["first_member"][t]), []
        while row != NONE:
            chain.append(row)
            row = int(people["next_member"][row])
        members[t] = chain
        ics = [m for m in chain if role[m] == IC]
        assert len(ics) == org.teams["ics"][t]
        assert sum(bool(people["reviewer"][m]) for m in chain) == org.teams["reviewers"][t]
    listed = sorted(m for chain in members.values() for m in chain if role[m] == IC)
    assert listed == np.flatnonzero(role == IC).tolist()
    vacant = role == VACANT
    assert not people["coder"][vacant].any()
    assert not people["reviewer"][vacant].any()
    assert np.all(people["rate"][vacant] == 0.0)
    assert np.all(people["current"][vacant] == NONE)


def check(org, scenario) -> None:
    w = org.world[0]
    now = float(w.now)
    check_items(org, now)
    check_queues(org)
    check_nothing_is_lost(org)
    check_tree(org)
    start = Engine(scenario).tree
    assert start.ics + start.managers + w.hired - w.quits - w.layoffs == w.ics + w.managers
    used = np.flatnonzero(org.changes["owner"] >= 0)
    assert w.started == w.merged + w.discarded + w.abandoned + len(used)
    coders = org.people["coder"] | (org.people["role"] == DESK)
    assert coders[org.changes["owner"][used]].all(), "a change belongs to somebody who cannot write"
    n = len(org.people)
    np.testing.assert_array_equal(
        org.people["writing"],
        np.bincount(org.changes["owner"][used][org.changes["counted"][used]], minlength=n),
    )
    snapshot = org.weeks[w.week]
    present = 40.0 * (
        w.week * (start.ics + start.managers)
        + snapshot["ics_above_start_sum"]
        + snapshot["managers_above_start_sum"]
    )
    assert snapshot["hours_ic"].sum() + snapshot["hours_manager"].sum() == pytest.approx(present, rel=1e-9)


REGIMES = {
    "layoffs.background_probability": st.floats(0.0, 0.9),
    "layoffs.wave_week": st.integers(0, 8),
    "layoffs.wave_fraction": st.floats(0.0, 0.5),
    "layoffs.wave_scope": st.sampled_from(["all", "managers", "ics"]),
    "layoffs.wave_select": st.sampled_from(["rank", "weights"]),
    "layoffs.delayer_week": st.integers(0, 8),
    "layoffs.delayer_first_span": st.integers(0, 20),
    "layoffs.delayer_upper_span": st.integers(0, 20),
    "layoffs.delayer_convert": st.floats(0.0, 1.0),
    "layoffs.performance_share": st.floats(0.0, 0.3),
    "layoffs.performance_weeks": st.integers(1, 5),
    "layoffs.ai_pass_through": st.floats(0.0, 1.0),
    "layoffs.budget_target": st.floats(50.0, 1000.0),
    "layoffs.takeover": st.floats(0.0, 1.0),
    "quits.base": st.floats(0.0, 0.95),
    "hiring.delay_weeks": st.floats(0.0, 30.0),
    "hiring.policy": st.sampled_from(["backfill", "freeze", "attrition_only", "ai"]),
    "managers.hands_on_share": st.sampled_from([0.0, 0.25]),
    "review.managers_review": st.booleans(),
    "review.assignment": st.sampled_from(["shared", "addressed"]),
    "review.approvals": st.integers(1, 3),
    "questions.blocking": st.booleans(),
    "work.demand": st.sampled_from([float("inf"), 2.0]),
    "switches.layoffs": st.booleans(),
    "switches.hiring": st.booleans(),
    "switches.strain": st.booleans(),
}  # fmt: skip


@given(
    values=st.fixed_dictionaries({}, optional=REGIMES), ics=st.integers(2, 40), layers=st.integers(1, 4),
    weeks=st.sampled_from([4, 9, 15, 30]),
)  # fmt: skip
def test_identities_hold_while_people_come_and_go(values, ics, layers, weeks):
    scenario = world({**TURMOIL, **values}, ics=ics, layers=layers, weeks=weeks)
    org = play(scenario, scenario.weeks + scenario.warmup_weeks)
    check(org, scenario)
    w = org.world[0]
    assert len(org.ledger) == w.layoffs + w.conversions
    assert w.conversions == org.ledger["converted"].sum()
    gone = org.cohort["exit_kind"] > 0
    np.testing.assert_array_equal(np.isfinite(org.cohort["exit_week"]), gone)
