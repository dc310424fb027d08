"""Relations that must hold between two scenarios on the same dice, whatever the values are (R2 to R4 of the theory's list).

R1, the size of the firm, stands with the mechanism: tests/mechanisms/flow/test_dependencies.py.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from math import inf

import numpy as np
import pytest
from helpers.worlds import EVERYTHING, Org, differences, permuted, play, play_tree, tree_of, world
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import load
from sim.simulation.run import run

SHAPE: Mapping = {"ics": 16, "layers": 2, "weeks": 12, "warmup": 1}
#: Everything that there is in a week of work, AI included, and people who differ.
BUSY = {**EVERYTHING, "ai.strategy": "managed", "work.demand": inf}
COUNTS = (
    "started", "merged", "discarded", "questions", "guesses", "incidents", "reviews", "failed_changes", "unreviewed",
    "items_sent", "items_served", "answers", "agent_merged", "agent_decided",
)  # fmt: skip
HOURS = ("value", "value_lost", "size_merged", "volume_merged", "ai_standard_hours", "lead_time", "review_wait",
         "decision_latency", "discarded_hours", "item_times", "change_times", "agent_hours", "hours_ic", "hours_manager")  # fmt: skip


# ---- R2: what is only a name, an order or a unit


@pytest.mark.slow
@settings(max_examples=6)
@given(order=st.permutations(range(20)), number=st.integers(0, 3))
def test_the_order_of_the_rows_is_no_matter(order: list[int], number: int) -> None:
    scenario = world(BUSY, **SHAPE)
    tree = tree_of(scenario)
    assert sorted(order) == list(range(tree.n))
    rows = np.array(order)
    reference = play_tree(tree, scenario, number).weeks
    assert (
        differences(reference, play_tree(permuted(tree, rows), scenario, number).weeks, rounding=1e-9) == []
    )


@pytest.mark.slow
def test_other_ids_are_other_dice_and_nothing_else() -> None:
    scenario = world(BUSY, **{**SHAPE, "weeks": 20})
    tree = tree_of(scenario)
    renamed = replace(tree, pid=tree.pid + 50_000)
    found = [[last(play_tree(t, scenario, number)) for number in range(60)] for t in (tree, renamed)]
    for name in ("merged", "value", "incidents", "review_wait"):
        before, after = (np.array([float(w[name]) for w in runs]) for runs in found)
        assert not np.array_equal(before, after)
        error = np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / len(before))
        assert abs(after.mean() - before.mean()) <= 4.0 * error, name


def last(org: Org) -> np.void:
    """Return the figures at the end."""
    return org.weeks[-1]


def test_at_twice_the_pay_the_same_happens_at_twice_the_price() -> None:
    pay = float(REGISTRY["money.ic_pay"].value)
    one, two = (run(world({**BUSY, "money.ic_pay": k * pay}, **SHAPE), 3, 1, workers=1) for k in (1, 2))
    factor = {"payroll_per_year": 2.0, "value_per_payroll_usd": 0.5}
    moved = {
        "cost_per_value",
        "value_per_people_and_ai_usd",
        "payroll_gap",
    }  # AI's and incidents' dollars stay
    for name in set(one.outcomes) - moved:
        x = factor.get(name, 1.0) * one.outcomes[name]
        np.testing.assert_allclose(two.outcomes[name], x, rtol=1e-12, err_msg=name)


def test_at_twice_the_pay_an_equal_payroll_buys_the_same_people() -> None:
    for name in ("flat", "layered"):
        one = load(name)
        two = one.with_values({"money.ic_pay": 2.0 * float(one.values["money.ic_pay"])})
        a, b = tree_of(one), tree_of(two)
        np.testing.assert_array_equal(a.boss, b.boss)
        np.testing.assert_allclose(b.pay, 2.0 * a.pay)


#: A unit of time, or one over it, in what is measured by it.
TIMES = {
    "hours": 2.0, "standard hours": 2.0, "standard hours/incident": 2.0, "1/standard hour": 0.5, "1/hour": 0.5,
    "changes/IC-week": 0.5,
}  # fmt: skip
#: What is held once a week, whatever the length of a job, is out: review budgets, one-to-ones, coaching, learning.
WEEKLY_OFF = {
    "switches.review_budget": False, "switches.people_time": False, "switches.alignment": False, "switches.learning": False,
    "ai.fluency_growth": 0.0, "ai.strategy": "none",
}  # fmt: skip


def test_with_all_times_doubled_the_same_happens_in_twice_the_time() -> None:
    values = {**BUSY, **WEEKLY_OFF, "questions.patience_hours": 6.0, "dependencies.patience_hours": 12.0}
    doubled = dict(values)
    for path, parameter in REGISTRY.items():
        if parameter.unit in TIMES:
            x = float(values.get(path, parameter.value))
            doubled[path] = x * TIMES[parameter.unit]
    one, two = (
        last(play(world(v, ics=16, layers=2, weeks=weeks))) for v, weeks in ((values, 12), (doubled, 24))
    )
    for name in COUNTS:
        assert one[name] == two[name], name
        assert one[name] > 0, name
    for name in HOURS:
        np.testing.assert_allclose(two[name], 2.0 * one[name], rtol=1e-9, atol=1e-9, err_msg=name)


# ---- R3: a switch that is off equals its neutral number


#: switch -> the numbers that take its mechanism out, and what else is set in both.
NEUTRAL: Mapping[str, tuple[Mapping[str, float], Mapping[str, object]]] = {
    "switches.ai": ({"ai.share_of_code": 0.0}, {}),
    "switches.ai_preparation": ({"ai.prep_saving": 0.0}, {}),
    "switches.questions": ({"questions.per_standard_hour": 0.0}, {}),
    "switches.dependencies": ({"dependencies.probability": 0.0}, {}),
    "switches.review_budget": ({"review.hours_per_week": inf}, {}),
    "switches.pickup": ({"review.pickup_hours": 0.0}, {}),
    # Wrong answers and wrong guesses leave defects of their own.
    "switches.defects": (
        {"defects.per_standard_hour": 0.0},
        {"ai.answer_wrong": 0.0, "questions.wrong_guess": 0.0},
    ),
    "switches.meetings": ({"meetings.ic_share": 0.0, "meetings.manager_share": 0.0}, {}),
    "switches.pairwise_communication": ({"communication.hours_per_partner": 0.0}, {}),
    "switches.other_duties": (
        {
            "work.other_duties": 0.0, "managers.admin_share": 0.0, "managers.upward_hours": 0.0,
            "managers.governance_hours": 0.0, "managers.upper_own_share": 0.0,
        },
        {"ai.strategy": "none"},
    ),
    "switches.learning": ({"learning.rate": 0.0, "learning.depreciation": 0.0}, {}),
    "switches.skill_differences": (
        {
            "work.skill_sd": 0.0, "questions.ic_knowledge_sd": 0.0, "ai.fluency_sd": 0.0, "ai.use_sd": 0.0,
            "managers.quality_sd": 0.0,
        },
        {},
    ),
    "review.ai_reviewer": ({"review.ai_detection": 0.0}, {}),
    "switches.quits": ({"quits.base": 0.0}, {}),
}  # fmt: skip


@pytest.mark.parametrize("switch", NEUTRAL)
def test_a_switch_that_is_off_equals_its_neutral_number(switch: str) -> None:
    numbers, both = NEUTRAL[switch]
    on = {**BUSY, "work.demand": 5.0, "work.demand_elasticity": 0.0, **both, switch: True}
    off, neutral = (play(world({**on, **more}, **SHAPE)).weeks for more in ({switch: False}, dict(numbers)))
    assert differences(off, neutral) == []
    if switch != "switches.quits":  # nobody quits in so short a time either
        assert differences(off, play(world(on, **SHAPE)).weeks), "the switch does nothing here"


def test_alignment_off_is_worth_what_no_loss_is_worth() -> None:
    """The target drifts unseen, so the target is the one figure that differs."""
    numbers = {"alignment.loss": 0.0, "alignment.disagreement_loss": 0.0}
    off, neutral = (
        play(world({**BUSY, **more}, **SHAPE)).weeks for more in ({"switches.alignment": False}, numbers)
    )
    assert differences(off, neutral) in ([], ["target"])


# ---- R4: more review capacity never lengthens the wait for a review


def waits(values: Mapping, runs: int, shape: Mapping) -> np.ndarray:
    """Return the mean wait for a review, hours [runs]."""
    return run(world(values, **shape), runs, 1, workers=1).outcomes["review_wait_hours"]


def never_longer(found: list[np.ndarray]) -> None:
    """Fail if a step up in capacity lengthens the wait beyond noise, or if all of them together do not shorten it."""
    for less, more in pairwise(found):
        change = more - less
        error = change.std(ddof=1) / np.sqrt(len(change))
        assert change.mean() <= 4.0 * error, f"{less.mean():.3f} -> {more.mean():.3f} h"
    change = found[-1] - found[0]
    assert change.mean() < -4.0 * change.std(ddof=1) / np.sqrt(len(change))


@pytest.mark.slow
@pytest.mark.parametrize("assignment", ["shared", "addressed"])
@pytest.mark.parametrize("share", [0.0, 0.6])
def test_more_hours_for_reviews_never_lengthen_the_wait(assignment: str, share: float) -> None:
    values = {"review.assignment": assignment, "ai.share_of_code": share}
    shape = {"ics": 24, "layers": 2, "weeks": 26, "warmup": 8}
    never_longer(
        [
            waits({**values, "review.hours_per_week": h}, 16, shape)
            for h in (2.0, 3.0, 4.0, 5.2, 8.0, 16.0, inf)
        ]
    )


@pytest.mark.slow
def test_more_reviewers_never_lengthen_the_wait() -> None:
    """Reviews that come from outside at a rate of their own, so that only the number of reviewers differs."""
    open_queue = {
        "arrivals.kind": "review", "arrivals.per_hour": 0.9, "arrivals.hours": 0.8, "switches.ai": False,
        "switches.review_budget": False, "work.demand": 0.0,
    }  # fmt: skip
    shape = {"ics": 6, "layers": 1, "weeks": 26, "warmup": 2}
    never_longer([waits({**open_queue, "review.dedicated_reviewers": c}, 16, shape) for c in (1, 2, 3, 4)])


# ---- the window of measurement: does it begin in steady state?


def window(values: Mapping, runs: int) -> dict[str, np.ndarray]:
    """Outcomes of the base over half a year, without learning (which moves output for good), by run."""
    still = {"switches.learning": False, "time.weeks": 26}
    return run(load("base").with_values({**still, **values}), runs, seed=1).outcomes


@pytest.mark.slow
@pytest.mark.parametrize("budget", [2.5, 5.2])
def test_what_is_counted_after_the_warm_up_is_what_is_counted_after_a_year(budget: float) -> None:
    soon, late = (window({"review.hours_per_week": budget, "time.warmup_weeks": w}, 24) for w in (8, 60))
    for name in ("changes_per_ic_week", "value_per_week", "review_wait_hours"):
        change = late[name] / soon[name].mean() - soon[name] / soon[name].mean()
        error = change.std(ddof=1) / np.sqrt(len(change))
        # A tight budget has long queues: were they still growing, or reviews saved up, this would show by a lot.
        assert abs(change.mean()) <= 0.02 + 3.0 * error, (name, change.mean(), error)


@pytest.mark.slow
@pytest.mark.parametrize("budget", [1.5, 2.5, 5.2])
def test_faster_assistants_never_lower_changes_however_tight_the_review_budget(budget: float) -> None:
    slow, fast = (window({"review.hours_per_week": budget, "ai.assistant_speed": k}, 16) for k in (6.0, 12.0))
    gain = fast["changes_per_ic_week"] - slow["changes_per_ic_week"]
    assert gain.mean() > 2.0 * gain.std(ddof=1) / np.sqrt(len(gain))
