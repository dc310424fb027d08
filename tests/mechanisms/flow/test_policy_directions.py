"""Policies, choices and switches: each moves what it should, in the direction that first principles say.

What is uncertain has its claims in test_directions.py, test_people_directions.py and test_advancement_directions.py; what
is decided (who reviews, who is hired, how a cut selects) has them here: two settings, a figure, and the sign of its change
from the first to the second on common random numbers. Where no direction follows from the rule, the claim is that it
matters at all (`EITHER`). The signs were written down before looking at any result.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

import numpy as np
import pytest
from helpers.worlds import world
from test_advancement_directions import BY_THEMSELVES, FLUENCY, LADDER, MANAGED, QUALITY, WAITING, mean_of
from test_directions import AGENTS, DOWN, EITHER, ONE_BOSS, THREE, UP
from test_people_directions import BACKGROUND, BIG, HIRING, LAYOFFS, RATED, WAVE, cut_figures

from sim.parameters.registry import REGISTRY
from sim.simulation.run import run
from sim.simulation.simulator import Engine

RUNS = 5
SHAPE = {"ics": 24, "layers": 2, "weeks": 18, "warmup": 2}
DECIDED = [path for path, q in REGISTRY.items() if not q.uncertain]


@dataclass(frozen=True)
class Claim:
    """*figure* (an outcome, a mean of those laid off, or of the organisation at the end) moves by *sign* from *ends*."""

    ends: tuple
    figure: str | Callable
    sign: int
    values: Mapping = field(default_factory=dict)
    shape: Mapping = field(default_factory=dict)


OFF_ON = (False, True)
AI = {"ai.share_of_code": 0.6}
REJECTED = {"review.reject_human": 0.5, "review.reject_ai": 0.5}
QUESTIONED = {"arrivals.kind": "question", "arrivals.per_hour": 0.4}
#: A manager who keeps up, has nothing else to do, and askers who wait as long as it takes: otherwise latency is patience.
ALONE = {"ics": 6, "layers": 1, "weeks": 50}
CALM = {
    "questions.patience_hours": 1000.0, "arrivals.kind": "question", "arrivals.per_hour": 0.3, "managers.admin_share": 0.0,
    "switches.dependencies": False, "switches.people_time": False, "switches.hands_on": False, "switches.alignment": False,
    "switches.meetings": False,
}  # fmt: skip
#: The queue is of questions that take long to answer.
HELPING = {**CALM, "arrivals.kind": "none", "questions.help_hours": 2.0}
MANY = {"ics": 96, "layers": 3, "weeks": 26}
LONG = {"ics": 48, "weeks": 56}
DELAYERED = {**LAYOFFS, "layoffs.delayer_week": 2, "layoffs.delayer_first_span": 12}
PASSED_ON = {**LAYOFFS, **AI, "layoffs.ai_pass_through": 1.0}
BUDGET = {**LAYOFFS, "layoffs.budget_target": 300.0}
SAME = {**LADDER, "careers.transfer": "same"}
STAFF = {"switches.promotions": True, "careers.staff_share": 0.3, "careers.staff_tenure": 0.0}
HEIRS = {"ics": 48, "layers": 3, "weeks": 30}
COACHING = mean_of("coaching_hours")

FLOW: Mapping[str, Claim] = {
    "organisation.bottom_span_ratio": Claim((1.0, 3.0), "managers_share", DOWN, {}, {"ics": 96, "layers": 3}),
    "switches.ai": Claim(OFF_ON, "ai_spend_per_year", UP),
    "switches.questions": Claim(OFF_ON, "changes_per_ic_week", DOWN),
    "switches.dependencies": Claim(OFF_ON, "changes_per_ic_week", DOWN),
    "switches.review": Claim(OFF_ON, "lead_time_hours", UP),
    "switches.review_budget": Claim(OFF_ON, "review_wait_hours", UP, {"review.hours_per_week": 2.0}),
    "switches.pickup": Claim(OFF_ON, "review_wait_hours", UP),
    "switches.defects": Claim(OFF_ON, "change_failure_rate", UP),
    "switches.alignment": Claim(OFF_ON, "value_per_week", DOWN),
    "switches.meetings": Claim(OFF_ON, "changes_per_ic_week", DOWN),
    "switches.pairwise_communication": Claim(OFF_ON, "changes_per_ic_week", DOWN),
    "switches.other_duties": Claim(OFF_ON, "changes_per_ic_week", DOWN),
    "switches.people_time": Claim(OFF_ON, "time_people_manager", UP),
    "switches.hands_on": Claim(OFF_ON, "value_by_managers_per_week", UP),
    "switches.learning": Claim(OFF_ON, "skill_mean", UP),
    "switches.skill_differences": Claim(
        OFF_ON, "skill_mean", UP, {"work.skill_sd": 0.6}, MANY
    ),  # median 1, so the mean is above
    # The probability of at least one defect is concave in size.
    "work.size_distribution": Claim(("deterministic", "exponential"), "change_failure_rate", DOWN, {}, MANY),
    "work.wip_limit": Claim((1, 3), "changes_per_ic_week", UP),
    "work.max_open": Claim((1, 8), "changes_per_ic_week", UP),
    "work.demand": Claim((1.0, inf), "changes_per_ic_week", UP),
    "work.demand_elasticity": Claim((0.0, 1.0), "changes_per_ic_week", UP, {**AI, "work.demand": 1.0}),
    "ai.share_of_code": Claim((0.1, 0.6), "ai_spend_per_year", UP),
    "ai.agent_fraction": Claim((0.0, 0.8), "agents_running_mean", UP, AI),
    "ai.agents_per_supervisor": Claim((1, 4), "agents_running_mean", UP, AGENTS),
    "ai.agent_distribution": Claim(("deterministic", "exponential"), "lead_time_hours", EITHER, AGENTS),
    "ai.horizon_doubling_weeks": Claim((4.0, inf), "changes_per_ic_week", DOWN, AGENTS),
    "ai.retries": Claim((0, 3), "ai_share_realised", UP, AGENTS),
    "ai.guardrail": Claim((0.0, 0.8), "change_failure_rate", DOWN, AGENTS),
    "review.approvals": Claim((1, 2), "lead_time_hours", UP),
    "review.approval_rule": Claim(
        ("any", "all"), "reviews_per_merge", UP, {**REJECTED, "review.approvals": 2}
    ),
    "review.fixed_hours_human": Claim((0.2, 2.0), "review_wait_hours", UP, {"ai.share_of_code": 0.0}),
    "review.fixed_hours_ai": Claim(
        (0.2, 4.0), "review_wait_hours", UP, {**AI, "review.fixed_hours_human": 0.5}
    ),
    "review.distribution": Claim(("deterministic", "exponential"), "review_wait_hours", EITHER),
    "review.max_passes": Claim((1, 5), "discarded_share", DOWN, REJECTED),
    "review.reject_human": Claim((0.0, 0.5), "reviews_per_merge", UP),
    "review.reject_ai": Claim((0.0, 0.5), "reviews_per_merge", UP, AI),
    "review.rework_effort": Claim((0.1, 1.5), "changes_per_ic_week", DOWN, REJECTED),
    "review.assignment": Claim(("shared", "addressed"), "review_wait_hours", UP),
    "review.dedicated_reviewers": Claim((0, 1), "time_reviewing_ic", EITHER),
    "review.managers_review": Claim(OFF_ON, "time_reviewing_manager", UP),
    "review.error_correlation": Claim((0.0, 1.0), "change_failure_rate", UP, {"review.approvals": 2}),
    "review.ai_reviewer": Claim(OFF_ON, "change_failure_rate", DOWN),
    "defects.model": Claim(
        ("poisson", "bernoulli"), "change_failure_rate", EITHER, {"defects.bernoulli_rate": 0.3}
    ),
    "defects.bernoulli_rate": Claim((0.1, 0.6), "change_failure_rate", UP, {"defects.model": "bernoulli"}),
    "questions.one_per_change": Claim(OFF_ON, "time_answering_manager", EITHER),
    "questions.blocking": Claim(OFF_ON, "lead_time_hours", UP),
    "questions.top_solves_all": Claim(OFF_ON, "abandoned_changes", DOWN),
    "questions.super_ic_skill": Claim(
        (1.0, 3.0), "time_answering_ic", DOWN, {"questions.super_ic_probability": 0.5}, MANY
    ),
    "dependencies.near_reach": Claim((1, 20), "time_coordinating_manager", UP, {}, THREE),
    "managers.governance_hours": Claim((0.0, 8.0), "manager_utilisation", UP),
    "managers.hands_on_share": Claim((0.0, 0.5), "value_by_managers_per_week", UP),
    # Spread of service and of arrivals makes queues longer (Pollaczek and Khinchine, Kingman).
    "service.distribution": Claim(
        ("deterministic", "exponential"), "decision_latency_hours", UP, HELPING, ALONE
    ),
    "service.cv": Claim(
        (0.2, 3.0), "decision_latency_hours", UP, {**HELPING, "service.distribution": "lognormal"}, ALONE
    ),
    "arrivals.kind": Claim(("none", "question"), "time_answering_manager", UP, QUESTIONED),
    "arrivals.per_hour": Claim((0.05, 0.4), "time_answering_manager", UP, QUESTIONED),
    "arrivals.pattern": Claim(("deterministic", "poisson"), "decision_latency_hours", UP, CALM, ALONE),
    "arrivals.hours": Claim((0.5, 1.5), "decision_latency_hours", UP, CALM, ALONE),
    "arrivals.distribution": Claim(
        ("deterministic", "exponential"), "decision_latency_hours", UP, CALM, ALONE
    ),
}

PEOPLE: Mapping[str, Claim] = {
    "switches.quits": Claim(OFF_ON, "quits_per_year", UP, {"quits.base": 0.9}),
    "switches.layoffs": Claim(OFF_ON, "layoffs_per_year", UP, BACKGROUND),
    "switches.hiring": Claim(OFF_ON, "headcount", UP, HIRING),
    "switches.promotions": Claim(OFF_ON, "promotions_per_year", UP, LADDER, HEIRS),
    "switches.strain": Claim(
        OFF_ON,
        "changes_per_ic_week",
        DOWN,
        {**LAYOFFS, "quits.strain_at_base": 0.05, "strain.output_effect": 0.4},
        ONE_BOSS | {"ics": 48},
    ),
    "hiring.policy": Claim(("backfill", "freeze"), "hires_per_year", DOWN, HIRING),
    "layoffs.wave_week": Claim((2, 14), "headcount", UP, WAVE),
    "layoffs.wave_fraction": Claim((0.05, 0.3), "layoffs_per_year", UP, WAVE),
    "layoffs.wave_scope": Claim(("managers", "ics"), "managers_share", UP, WAVE, BIG),
    "layoffs.wave_select": Claim(
        ("weights", "rank"), "cut_skill", DOWN, {**RATED, "layoffs.rho": 1.0, "layoffs.wave_week": 14}
    ),
    "layoffs.delayer_week": Claim((2, 14), "managers_share", UP, DELAYERED, {"ics": 48}),
    "layoffs.delayer_first_span": Claim((0, 16), "managers_share", DOWN, DELAYERED, {"ics": 48}),
    "layoffs.delayer_upper_span": Claim(
        (0, 16),
        "managers_share",
        DOWN,
        {**DELAYERED, "layoffs.delayer_first_span": 0},
        {"ics": 96, "layers": 3},
    ),
    "layoffs.delayer_remove_layer": Claim(
        (0, 2),
        "managers_share",
        DOWN,
        {**DELAYERED, "layoffs.delayer_first_span": 0},
        {"ics": 96, "layers": 3},
    ),
    "layoffs.delayer_convert": Claim((0.0, 1.0), "layoffs_per_year", DOWN, DELAYERED, {"ics": 48}),
    "layoffs.delayer_select": Claim(
        ("weights", "rank"), "cut_tenure", EITHER, DELAYERED, {"ics": 96, "layers": 3}
    ),
    "layoffs.performance_share": Claim(
        (0.02, 0.2), "layoffs_per_year", UP, {**LAYOFFS, "layoffs.performance_weeks": 8}
    ),
    "layoffs.performance_weeks": Claim(
        (4, 16), "layoffs_per_year", DOWN, {**LAYOFFS, "layoffs.performance_share": 0.1}
    ),
    "layoffs.ai_pass_through": Claim((0.0, 1.0), "layoffs_per_year", UP, PASSED_ON, LONG),
    "layoffs.ai_layoff_share": Claim((0.0, 1.0), "layoffs_per_year", UP, PASSED_ON, LONG),
    "layoffs.budget_target": Claim((300.0, inf), "layoffs_per_year", DOWN, BUDGET, LONG),
    "layoffs.budget_max_share": Claim((0.05, 0.3), "layoffs_per_year", UP, BUDGET, LONG),
    "layoffs.budget_select": Claim(
        ("weights", "rank"), "cut_skill", DOWN, {**BUDGET, "layoffs.rho": 1.0}, LONG
    ),
    "layoffs.full_span": Claim((3, 12), "cut_managers", UP, WAVE, {**BIG, "ics": 192}),
    "layoffs.protect_expertise": Claim((0.0, inf), "cut_tenure", EITHER, WAVE, BIG),
    "layoffs.protect_hands_on": Claim((0.0, inf), "cut_managers", DOWN, WAVE, BIG),
    "layoffs.protect_ai": Claim((0.0, 5.0), "cut_tenure", EITHER, {**WAVE, "ai.fluency_mean": 0.6}, BIG),
    "layoffs.protect_diverse": Claim((0.0, inf), "cut_managers", DOWN, WAVE, BIG),
    "careers.rule": Claim(("worst", "best"), QUALITY, UP, SAME, HEIRS),
    "careers.mix_best": Claim((0.0, 1.0), QUALITY, UP, {**SAME, "careers.rule": "mix"}, HEIRS),
    "careers.mix_other": Claim(
        ("worst", "random"), QUALITY, UP, {**SAME, "careers.rule": "mix", "careers.mix_best": 0.0}, HEIRS
    ),
    "careers.pool": Claim(("team", "firm"), QUALITY, UP, SAME, {**HEIRS, "ics": 96, "weeks": 40}),
    "careers.transfer": Claim(("same", "peter"), QUALITY, DOWN, LADDER, HEIRS),
    "careers.jitter": Claim((0.0, 1.0), QUALITY, EITHER, SAME, HEIRS),
    "careers.external_share": Claim((0.0, 1.0), "promotions_per_year", DOWN, LADDER, HEIRS),
    "careers.minimum_tenure": Claim((0.0, 8.0), "promotions_per_year", DOWN, LADDER, HEIRS),
    "careers.step_down": Claim((0.0, 0.9), "managers_share", DOWN, WAITING, HEIRS),
    "careers.staff_share": Claim((0.0, 0.3), COACHING, UP, STAFF),
    "careers.staff_tenure": Claim((0.0, 8.0), COACHING, DOWN, STAFF),
    "careers.staff_tenure_weight": Claim((0.0, 1.0), mean_of("condition"), EITHER, STAFF),
    "careers.staff_coaching": Claim((0.05, 0.3), mean_of("condition"), UP, STAFF),
    "ai.strategy": Claim(("none", "managed"), FLUENCY, UP, BY_THEMSELVES),
    "governance.coaching_share": Claim((0.0, 1.0), FLUENCY, UP, MANAGED),
}

#: Nobody works; people are hired, judged, promoted and retire.
STILL = {
    "switches.flow": False, "switches.retirement": True, "switches.promotions": True, "switches.hiring": True,
    "hiring.delay_weeks": 0.0, "careers.minimum_tenure": 0.0, "people.age_mean": 55.0,
}  # fmt: skip
YEARS = {"ics": 64, "layers": 5, "weeks": 156, "warmup": 0}


def still(ends: tuple, figure: str, sign: int, values: Mapping | None = None) -> Claim:
    return Claim(ends, figure, sign, {**STILL, **(values or {})}, YEARS)


STANDING: Mapping[str, Claim] = {
    "switches.flow": Claim(OFF_ON, "value_per_week", UP),
    "switches.retirement": still(OFF_ON, "retirements_per_year", UP),
    "managers.quality_mean": Claim((-1.0, 1.0), "changes_per_ic_week", UP),
    "managers.quality_sd": Claim((0.0, 2.0), "changes_per_ic_week", EITHER),
    "people.age_mean": still((30.0, 50.0), "retirements_per_year", UP),
    "people.age_sd": still((2.0, 15.0), "retirements_per_year", UP),
    "people.age_min": still((21.0, 50.0), "retirements_per_year", UP),
    "people.age_max": still((45.0, 64.0), "retirements_per_year", UP),
    "people.retirement_age": still((50.0, 70.0), "retirements_per_year", DOWN),
    "careers.every_weeks": still((1, 104), "layoffs_per_year", DOWN, {"competence.dismissal_below": 6.0}),
    "competence.mean": still((5.0, 8.0), "efficiency", UP),
    # The upper end, 10, is nearer to the mean of 7 than the lower one: more is cut off above.
    "competence.sd": still((0.5, 3.0), "efficiency", DOWN, {"careers.rule": "random"}),
    "competence.low": still((1.0, 6.0), "efficiency", UP),
    "competence.high": still((8.0, 10.0), "efficiency", DOWN),  # efficiency is a share of it
    "competence.dismissal_below": still((0.0, 5.0), "layoffs_per_year", UP),
    **{f"competence.weight_{k}": still((0.1, 1.0), "efficiency", EITHER) for k in range(6)},
}

CLAIMS = {**FLOW, **PEOPLE, **STANDING}


def figures(path: str, value: object) -> np.ndarray:
    """Return the figure of the claim of *path*, by run, with this *value*."""
    claim = CLAIMS[path]
    scenario = world({**claim.values, path: value}, **{**SHAPE, **claim.shape})
    if callable(claim.figure):
        engine = Engine(scenario)
        orgs = [engine.advance(engine.begin(1, number), engine.weeks * 40.0) for number in range(RUNS)]
        return np.array([claim.figure(org, engine) for org in orgs], float)
    results = run(scenario, RUNS, 1, workers=1)
    assert not results.failures
    if claim.figure in results.outcomes:
        return results.outcomes[claim.figure]
    return np.array([cut_figures(cohort)[claim.figure] for cohort in results.cohorts])


def test_every_policy_choice_and_switch_has_a_claim():
    assert sorted(DECIDED) == sorted(CLAIMS)


@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_figure_in_the_declared_direction(path):
    claim = CLAIMS[path]
    before, after = (figures(path, value) for value in claim.ends)
    change = after - before
    told = f"from {claim.ends[0]} to {claim.ends[1]}, by run {np.round(before, 5)} -> {np.round(after, 5)}"
    if claim.sign == EITHER:
        assert np.any(change != 0.0), told
    else:
        assert claim.sign * change.mean() > 0.0, told
