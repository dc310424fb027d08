"""Policies, choices and switches of people's mechanisms: each moves what it should, as first principles say."""

from collections.abc import Mapping
from math import inf

import pytest
from helpers.claims import (
    AI,
    BACKGROUND,
    BIG,
    BY_THEMSELVES,
    DOWN,
    EITHER,
    FLUENCY,
    HIRING,
    LADDER,
    LAYOFFS,
    MANAGED,
    OFF_ON,
    ONE_BOSS,
    QUALITY,
    RATED,
    UP,
    WAITING,
    WAVE,
    Claim,
    check_claim,
    choice,
    mean_of,
)  # fmt: skip

LONG = {"ics": 48, "weeks": 56}
DELAYERED = {**LAYOFFS, "layoffs.delayer_week": 2, "layoffs.delayer_first_span": 12}
PASSED_ON = {**LAYOFFS, **AI, "layoffs.ai_pass_through": 1.0}
BUDGET = {**LAYOFFS, "layoffs.budget_target": 300.0}
SAME = {**LADDER, "careers.transfer": "same"}
STAFF = {"switches.promotions": True, "careers.staff_share": 0.3, "careers.staff_tenure": 0.0}
HEIRS = {"ics": 48, "layers": 3, "weeks": 30}
COACHING = mean_of("coaching_hours")

PEOPLE: Mapping[str, Claim] = {
    "switches.quits": choice(OFF_ON, "quits_per_year", UP, {"quits.base": 0.9}),
    "switches.layoffs": choice(OFF_ON, "layoffs_per_year", UP, BACKGROUND),
    "switches.hiring": choice(OFF_ON, "headcount", UP, HIRING),
    "switches.promotions": choice(OFF_ON, "promotions_per_year", UP, LADDER, HEIRS),
    "switches.strain": choice(
        OFF_ON,
        "changes_per_ic_week",
        DOWN,
        {**LAYOFFS, "quits.strain_at_base": 0.05, "strain.output_effect": 0.4},
        ONE_BOSS | {"ics": 48},
    ),
    "hiring.policy": choice(("backfill", "freeze"), "hires_per_year", DOWN, HIRING),
    "layoffs.wave_week": choice((2, 14), "headcount", UP, WAVE),
    "layoffs.wave_fraction": choice((0.05, 0.3), "layoffs_per_year", UP, WAVE),
    "layoffs.wave_scope": choice(("managers", "ics"), "managers_share", UP, WAVE, BIG),
    "layoffs.wave_select": choice(
        ("weights", "rank"), "cut_skill", DOWN, {**RATED, "layoffs.rho": 1.0, "layoffs.wave_week": 14}
    ),
    "layoffs.delayer_week": choice((2, 14), "managers_share", UP, DELAYERED, {"ics": 48}),
    "layoffs.delayer_first_span": choice((0, 16), "managers_share", DOWN, DELAYERED, {"ics": 48}),
    "layoffs.delayer_upper_span": choice(
        (0, 16),
        "managers_share",
        DOWN,
        {**DELAYERED, "layoffs.delayer_first_span": 0},
        {"ics": 96, "layers": 3},
    ),
    "layoffs.delayer_remove_layer": choice(
        (0, 2),
        "managers_share",
        DOWN,
        {**DELAYERED, "layoffs.delayer_first_span": 0},
        {"ics": 96, "layers": 3},
    ),
    "layoffs.delayer_convert": choice((0.0, 1.0), "layoffs_per_year", DOWN, DELAYERED, {"ics": 48}),
    "layoffs.delayer_select": choice(
        ("weights", "rank"), "cut_tenure", EITHER, DELAYERED, {"ics": 96, "layers": 3}
    ),
    "layoffs.performance_share": choice(
        (0.02, 0.2), "layoffs_per_year", UP, {**LAYOFFS, "layoffs.performance_weeks": 8}
    ),
    "layoffs.performance_weeks": choice(
        (4, 16), "layoffs_per_year", DOWN, {**LAYOFFS, "layoffs.performance_share": 0.1}
    ),
    "layoffs.ai_pass_through": choice((0.0, 1.0), "layoffs_per_year", UP, PASSED_ON, LONG),
    "layoffs.ai_layoff_share": choice((0.0, 1.0), "layoffs_per_year", UP, PASSED_ON, LONG),
    "layoffs.budget_target": choice((300.0, inf), "layoffs_per_year", DOWN, BUDGET, LONG),
    "layoffs.budget_max_share": choice((0.05, 0.3), "layoffs_per_year", UP, BUDGET, LONG),
    "layoffs.budget_select": choice(
        ("weights", "rank"), "cut_skill", DOWN, {**BUDGET, "layoffs.rho": 1.0}, LONG
    ),
    "layoffs.full_span": choice((3, 12), "cut_managers", UP, WAVE, {**BIG, "ics": 192}),
    "layoffs.protect_expertise": choice((0.0, inf), "cut_tenure", EITHER, WAVE, BIG),
    "layoffs.protect_hands_on": choice((0.0, inf), "cut_managers", DOWN, WAVE, BIG),
    "layoffs.protect_ai": choice((0.0, 5.0), "cut_tenure", EITHER, {**WAVE, "ai.fluency_mean": 0.6}, BIG),
    "layoffs.protect_diverse": choice((0.0, inf), "cut_managers", DOWN, WAVE, BIG),
    "careers.rule": choice(("worst", "best"), QUALITY, UP, SAME, HEIRS),
    "careers.mix_best": choice((0.0, 1.0), QUALITY, UP, {**SAME, "careers.rule": "mix"}, HEIRS),
    "careers.mix_other": choice(
        ("worst", "random"), QUALITY, UP, {**SAME, "careers.rule": "mix", "careers.mix_best": 0.0}, HEIRS
    ),
    "careers.pool": choice(("team", "firm"), QUALITY, UP, SAME, {**HEIRS, "ics": 96, "weeks": 40}),
    "careers.transfer": choice(("same", "peter"), QUALITY, DOWN, LADDER, HEIRS),
    "careers.jitter": choice((0.0, 1.0), QUALITY, EITHER, SAME, HEIRS),
    "careers.external_share": choice((0.0, 1.0), "promotions_per_year", DOWN, LADDER, HEIRS),
    "careers.minimum_tenure": choice((0.0, 8.0), "promotions_per_year", DOWN, LADDER, HEIRS),
    "careers.step_down": choice((0.0, 0.9), "managers_share", DOWN, WAITING, HEIRS),
    "careers.staff_share": choice((0.0, 0.3), COACHING, UP, STAFF),
    "careers.staff_tenure": choice((0.0, 8.0), COACHING, DOWN, STAFF),
    "careers.staff_tenure_weight": choice((0.0, 1.0), mean_of("condition"), EITHER, STAFF),
    "careers.staff_coaching": choice((0.05, 0.3), mean_of("condition"), UP, STAFF),
    "ai.strategy": choice(("none", "managed"), FLUENCY, UP, BY_THEMSELVES),
    "governance.coaching_share": choice((0.0, 1.0), FLUENCY, UP, MANAGED),
}

#: Nobody works; people are hired, judged, promoted and retire.
STILL = {
    "switches.flow": False, "switches.retirement": True, "switches.promotions": True, "switches.hiring": True,
    "hiring.delay_weeks": 0.0, "careers.minimum_tenure": 0.0, "people.age_mean": 55.0,
}  # fmt: skip
YEARS = {"ics": 64, "layers": 5, "weeks": 156, "warmup": 0}


def still(ends: tuple, figure: str, sign: int, values: Mapping | None = None) -> Claim:
    return choice(ends, figure, sign, {**STILL, **(values or {})}, YEARS)


STANDING: Mapping[str, Claim] = {
    "switches.flow": choice(OFF_ON, "value_per_week", UP),
    "switches.retirement": still(OFF_ON, "retirements_per_year", UP),
    "managers.quality_mean": choice((-1.0, 1.0), "changes_per_ic_week", UP),
    "managers.quality_sd": choice((0.0, 2.0), "changes_per_ic_week", EITHER),
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

CHOICES = {**PEOPLE, **STANDING}


@pytest.mark.parametrize("path", CHOICES)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, CHOICES[path])
