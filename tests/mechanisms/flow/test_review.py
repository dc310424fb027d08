"""Review: of peers, addressed or shared, and of an AI reviewer."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import AGENTS, AI, DOWN, EITHER, OFF_ON, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import means, play, world

from sim.engine.codes import MAX_REVIEWERS
from sim.engine.kernel import entry
from sim.mechanisms.flow import review
from sim.parameters.registry import REGISTRY

#: Reviewers have all the time they want.
UNHURRIED = {
    "review.hours_per_week": float("inf"), "review.haste_hours": float("inf"),
    "review.unreviewed_backlog_hours": float("inf"),
}  # fmt: skip
AI_REVIEWER = {"review.ai_reviewer": True, "ai.share_of_code": 0.6}
THREE = {"review.approvals": 3, "review.approval_rule": "majority"}
REJECTED = {"review.reject_human": 0.5, "review.reject_ai": 0.5}
CLAIMS: Mapping[str, Claim] = {
    # Most changes are below the mean size, and take longer to read then.
    "review.volume_exponent": Claim("time_reviewing_ic", EITHER, UNHURRIED),
    "review.reading_ai_ratio": Claim("time_reviewing_ic", UP, {**AI, **UNHURRIED}),
    "review.hours_per_standard_hour": Claim("review_wait_hours", UP),
    "review.hours_per_week": Claim("review_wait_hours", DOWN),
    "review.pickup_hours": Claim("review_wait_hours", UP),
    "review.pickup_ai_ratio": Claim("review_wait_hours", UP),
    "review.detection": Claim("change_failure_rate", DOWN),
    "review.haste_hours": Claim("change_failure_rate", DOWN),  # less haste
    "review.unreviewed_base": Claim("unreviewed_share", UP),
    "review.unreviewed_backlog_hours": Claim("unreviewed_share", DOWN),
    "review.rereview_share": Claim("review_time_hours", UP),
    "review.discard_human": Claim("human_acceptance_rate", DOWN),
    "review.discard_agent": Claim("ai_acceptance_rate", DOWN, AGENTS),
    "review.ai_detection": Claim("change_failure_rate", DOWN, AI_REVIEWER),
    "review.ai_blindness": Claim("change_failure_rate", UP, AI_REVIEWER),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.review": choice(OFF_ON, "lead_time_hours", UP),
    "switches.review_budget": choice(OFF_ON, "review_wait_hours", UP, {"review.hours_per_week": 2.0}),
    "switches.pickup": choice(OFF_ON, "review_wait_hours", UP),
    "review.approvals": choice((1, 2), "lead_time_hours", UP),
    "review.approval_rule": choice(
        ("any", "all"), "reviews_per_merge", UP, {**REJECTED, "review.approvals": 2}
    ),
    "review.order": choice(("parallel", "sequential"), "lead_time_hours", UP, THREE),
    "review.decide_early": choice(OFF_ON, "reviews_per_merge", DOWN, {**REJECTED, **THREE}),
    "review.fixed_hours_human": choice((0.2, 2.0), "review_wait_hours", UP, {"ai.share_of_code": 0.0}),
    "review.fixed_hours_ai": choice(
        (0.2, 4.0), "review_wait_hours", UP, {**AI, "review.fixed_hours_human": 0.5}
    ),
    "review.distribution": choice(("deterministic", "exponential"), "review_wait_hours", EITHER),
    "review.max_passes": choice((1, 5), "discarded_share", DOWN, REJECTED),
    "review.reject_human": choice((0.0, 0.5), "reviews_per_merge", UP),
    "review.reject_ai": choice((0.0, 0.5), "reviews_per_merge", UP, AI),
    "review.rework_effort": choice((0.1, 1.5), "changes_per_ic_week", DOWN, REJECTED),
    "review.assignment": choice(("shared", "addressed"), "review_wait_hours", UP),
    "review.dedicated_reviewers": choice((0, 1), "time_reviewing_ic", EITHER),
    "review.managers_review": choice(OFF_ON, "time_reviewing_manager", UP),
    "review.error_correlation": choice((0.0, 1.0), "change_failure_rate", UP, {"review.approvals": 2}),
    "review.ai_reviewer": choice(OFF_ON, "change_failure_rate", DOWN),
}
ALL = {**CLAIMS, **CHOICES}


class TestReview(MechanismContract):
    parameters = ("review.",)
    silences: ClassVar = {
        "switches.review": ("review.",),
        "switches.review_budget": ("review.hours_per_week",),
        "switches.pickup": ("review.pickup_hours", "review.pickup_ai_ratio"),
    }
    moves: ClassVar = {
        "review.hours_per_standard_hour": ("review_wait_hours", +1, {}),
        "review.hours_per_week": ("review_wait_hours", -1, {}),
        "review.pickup_hours": ("review_wait_hours", +1, {}),
        "review.detection": ("change_failure_rate", -1, {}),
        "review.unreviewed_base": ("unreviewed_share", +1, {}),
        "review.discard_human": ("human_acceptance_rate", -1, {}),
    }

    def test_more_approvals_cost_reviewers_time_and_catch_more(self):
        one, three = (
            means(world({**self.values, **UNHURRIED, "review.approvals": k}, ics=16, weeks=12), 6)
            for k in (1, 3)
        )
        assert three["time_reviewing_ic"] > one["time_reviewing_ic"]
        assert three["change_failure_rate"] < one["change_failure_rate"]
        assert three["lead_time_hours"] > one["lead_time_hours"]

    def test_within_a_tight_budget_more_approvals_are_hasty_approvals(self):
        """Reviews then take no more time than the budget, so they wait, hurry and are skipped."""
        one, three = (
            means(world({**self.values, "review.approvals": k}, ics=16, weeks=12), 6) for k in (1, 3)
        )
        assert three["review_wait_hours"] > 2.0 * one["review_wait_hours"]
        assert three["unreviewed_share"] > one["unreviewed_share"]
        assert three["time_reviewing_ic"] <= 1.1 * 5.2 / 40.0


class TestAddressedReview(TestReview):
    """The same claims where reviews are addressed."""

    values: ClassVar = {"review.assignment": "addressed"}


class TestAIReviewer(MechanismContract):
    parameters = ("review.ai_",)
    values: ClassVar = {"review.ai_reviewer": True, "ai.share_of_code": 0.6}
    silences: ClassVar = {"review.ai_reviewer": ("review.ai_detection", "review.ai_blindness")}
    moves: ClassVar = {
        "review.ai_detection": ("change_failure_rate", -1, {}),
        "review.ai_blindness": ("change_failure_rate", +1, {}),
    }


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])


@entry
def _places(passes, reviewers, out):
    for k in range(len(passes)):
        out[k] = review.place(passes[k], reviewers[k])


def test_no_two_reviews_of_a_change_share_a_place_among_the_dice():
    passes, reviewers = np.meshgrid(np.r_[1:300, 999_900:1_000_001], np.arange(MAX_REVIEWERS))
    places = np.empty(passes.size, np.int64)
    _places(passes.ravel(), reviewers.ravel(), places)
    assert len(np.unique(places)) == len(places)
    assert (places < 2**26).all()  # 64 defects each, in words of 32 bits
    few = reviewers.ravel() < 4
    assert (places[few] == 4 * passes.ravel()[few] + reviewers.ravel()[few]).all()
    assert REGISTRY["review.approvals"].bounds[1] == MAX_REVIEWERS
    assert REGISTRY["review.max_passes"].bounds[1] == 1_000_000


def test_nobody_has_read_a_change_that_is_being_written():
    """Rows of closed changes are used again; who read the old change must not count as a reader of the new one."""
    org = play(world({"time.weeks": 26}))
    unread = org.changes["review_pass"] == 0
    assert np.count_nonzero(unread & (org.changes["j"] > 0)) > 10
    assert not org.changes["asked"][unread].any()
