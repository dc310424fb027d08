"""Committees: several reviewers of a pass, against closed forms of how many read and what they accept."""

from collections.abc import Mapping

import numpy as np
import pytest
from helpers.worlds import differences, play, world

from sim.simulation.run import run
from sim.validation.laboratory import experiment

#: Ten ICs who judge changes of two hours, a share BAD of which is bad; a rejection is final. Reading takes no time, being seen does.
BAD, SEEN, MISTAKEN, PICKUP = 0.3, 0.7, 0.2, 1.0
COMMITTEE: Mapping = {
    "switches.review": True, "switches.defects": True, "switches.pickup": True, "switches.ai": False,
    "organisation.ics": 10, "organisation.spans": (10,), "time.weeks": 26, "time.warmup_weeks": 4,
    "defects.model": "bernoulli", "defects.bernoulli_rate": BAD, "defects.fix_hours": 0.0, "defects.incident_hours": 0.1,
    "review.detection": SEEN, "review.reject_human": MISTAKEN, "review.rework_effort": 0.0, "review.max_passes": 1,
    "review.fixed_hours_human": 1e-5, "review.fixed_hours_ai": 1e-5, "review.discard_human": 0.0,
    "review.unreviewed_base": 0.0, "review.haste_hours": float("inf"), "review.pickup_hours": PICKUP,
}  # fmt: skip
RUNS = 20


def committee(values: Mapping, runs: int = RUNS) -> Mapping[str, np.ndarray]:
    return run(experiment("bare", {**COMMITTEE, **values}).load(), runs, 3).outcomes


def assert_close(figures: np.ndarray, target: float, sharp: float = 0.01) -> None:
    """Assert that the mean is within 4 standard errors of *target*, and these small against it."""
    error = figures.std(ddof=1) / len(figures) ** 0.5
    assert error < sharp * target
    assert abs(figures.mean() - target) <= 4.0 * error, (figures.mean(), target, error)


def votes_until_decided(rule: str, n: int, chance: float) -> tuple[float, float]:
    """Return (expected votes, probability of acceptance) of *n* who vote in turn, each for it with this *chance*."""
    needed = {"all": n, "any": 1, "majority": n // 2 + 1}[rule]
    votes = accepted = 0.0
    states = {(0, 0): 1.0}  # votes for and against -> probability of being undecided there
    while states:
        after: dict[tuple[int, int], float] = {}
        for (yes, no), weight in states.items():
            votes += weight
            for key, part in (((yes + 1, no), weight * chance), ((yes, no + 1), weight * (1.0 - chance))):
                if key[0] == needed:
                    accepted += part
                elif n - key[1] >= needed:
                    after[key] = after.get(key, 0.0) + part
        states = after
    return votes, accepted


def of_all_changes(rule: str, n: int) -> tuple[float, float]:
    """Return (expected votes, probability of acceptance) of a change, good or bad."""
    good = votes_until_decided(rule, n, 1.0 - MISTAKEN)
    bad = votes_until_decided(rule, n, (1.0 - SEEN) * (1.0 - MISTAKEN))
    return (1.0 - BAD) * good[0] + BAD * bad[0], (1.0 - BAD) * good[1] + BAD * bad[1]


def test_the_count_of_votes_until_decided_is_that_of_the_books():
    votes, accepted = votes_until_decided("majority", 3, 0.8)
    assert votes == pytest.approx(2.0 + 2.0 * 0.8 * 0.2)  # the third is asked if the first two disagree
    assert accepted == pytest.approx(0.8**3 + 3 * 0.8**2 * 0.2)
    assert votes_until_decided("all", 4, 0.8)[0] == pytest.approx((1.0 - 0.8**4) / (1.0 - 0.8))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("assignment", "order"), [("shared", "parallel"), ("addressed", "parallel"), ("shared", "sequential")]
)
@pytest.mark.parametrize(("rule", "n"), [("majority", 3), ("majority", 9), ("all", 3), ("any", 3)])
def test_a_pass_that_is_decided_early_takes_as_many_reviews_as_theory_says(rule, n, assignment, order):
    votes, accepted = of_all_changes(rule, n)
    values = {
        "review.approval_rule": rule,
        "review.approvals": n,
        "review.assignment": assignment,
        "review.order": order,
    }
    early, late = (committee({**values, "review.decide_early": x}) for x in (True, False))
    assert_close(early["reviews_per_merge"], votes / accepted)
    assert_close(late["reviews_per_merge"], n / accepted)
    assert_close(early["human_acceptance_rate"], accepted)


#: Everybody is for it, so that every change merges at once.
UNANIMOUS: Mapping = {"defects.bernoulli_rate": 0.0, "review.reject_human": 0.0}


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3, 5])
def test_one_after_another_takes_the_sum_side_by_side_the_longest(n):
    """The mean of the longest of n exponential times is a harmonic number of means (Feller 1971, I.6)."""
    together, in_turn = (
        committee({**UNANIMOUS, "review.approvals": n, "review.order": order})["review_time_hours"]
        for order in ("parallel", "sequential")
    )
    assert_close(together, PICKUP * sum(1.0 / k for k in range(1, n + 1)))
    assert_close(in_turn, PICKUP * n)


def test_who_is_asked_after_a_decision_need_not_read():
    """Where reading takes long, reviewers who are asked side by side have begun before the first has voted."""
    values = {
        "review.approvals": 3, "review.decide_early": True, "review.fixed_hours_human": 1.0, "review.reject_human": 0.5,
        "time.weeks": 8,
    }  # fmt: skip
    side_by_side, in_turn = (committee({**values, "review.order": x}, 4) for x in ("parallel", "sequential"))
    assert (in_turn["reviews_per_merge"] < side_by_side["reviews_per_merge"]).all()
    assert (in_turn["time_reviewing_ic"] < side_by_side["time_reviewing_ic"]).all()


@pytest.mark.parametrize("values", [{"review.decide_early": True}, {"review.order": "sequential"}])
def test_with_one_reviewer_it_changes_nothing(values):
    assert differences(play(world()).world[0], play(world(values)).world[0]) == []
