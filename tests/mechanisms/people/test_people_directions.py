"""Every uncertain parameter of the people mechanisms moves something, in the direction that first principles say.

Like those of the flow: outcome, sign of its change as the parameter goes from low to high on common random numbers, and
what to set so that the mechanism matters. Besides outcomes, claims may name a figure of those laid off, where the number of
cuts is given and only who goes depends on the parameter.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pytest
from helpers.claims import (
    BACKGROUND,
    BIG,
    DOWN,
    DROWNING,
    FOUR,
    HIRING,
    LAYOFFS,
    ONE_BOSS,
    QUITS,
    RATED,
    RUNS,
    UP,
    WAVE,
    Claim,
    cut_figures,
)  # fmt: skip
from helpers.worlds import play, world

from sim.parameters.registry import REGISTRY
from sim.simulation.run import run

PEOPLE = ("people.", "moves.", "quits.", "strain.", "hiring.", "layoffs.")
SHAPE = {"ics": 48, "layers": 2, "weeks": 30, "warmup": 2}
UNCERTAIN = [path for path, q in REGISTRY.items() if q.uncertain and path.startswith(PEOPLE)]

#: Strain starts low, so that ordinary weeks raise it.
STRAIN = {**QUITS, "switches.strain": True, "quits.strain_at_base": 0.05}
JUMP = {**QUITS, **WAVE, "quits.base": 0.6, "layoffs.wave_fraction": 0.05}

#: Everybody changes teams.
MOVED = {"events": [{"week": 2, "move": {"share": 1.0}}]}

CLAIMS: Mapping[str, Claim] = {
    "moves.settling_weeks": Claim("changes_per_ic_week", DOWN, MOVED),
    "moves.settling_loss": Claim("changes_per_ic_week", DOWN, MOVED),
    # Longer tenures: fewer recent hires, whose hazard is higher.
    "people.tenure_mean_years": Claim("layoffs_per_year", DOWN, BACKGROUND),
    # Managers who are spared make the cut fall on others.
    "people.diverse_share": Claim(
        "managers_share", UP, {**WAVE, "layoffs.protect_diverse": float("inf")}, BIG
    ),
    # A shorter memory makes the contribution that is rated noisier, once a long one has filled.
    "people.output_smoothing": Claim(
        "cut_skill",
        UP,
        {**RATED, "layoffs.rho": 1.0, "layoffs.wave_week": 50},
        {"ics": 192, "layers": 3, "weeks": 51},
    ),
    "quits.base": Claim("quits_per_year", UP, {"switches.quits": True}, {"weeks": 52}),
    "quits.strain_at_base": Claim("quits_per_year", DOWN, {**STRAIN, "quits.strain_effect": 3.0}),
    "quits.strain_effect": Claim("quits_per_year", UP, STRAIN, ONE_BOSS),
    "quits.passed_over_effect": Claim(
        "quits_per_year",
        UP,
        {
            "switches.quits": True,
            "quits.base": 0.6,
            "switches.promotions": True,
            "careers.minimum_tenure": 0.0,
        },
        {"weeks": 60},
    ),
    "quits.layoff_jump": Claim("quits_per_year", UP, JUMP),
    "quits.layoff_concavity": Claim("quits_per_year", UP, JUMP),
    "quits.layoff_half_life_weeks": Claim("quits_per_year", UP, JUMP),
    "strain.smoothing": Claim("quits_per_year", UP, {**STRAIN, "quits.strain_effect": 3.0}, ONE_BOSS),
    # One change at a time: whoever waits for an answer or a review is blocked.
    "strain.blocked_effect": Claim(
        "quits_per_year", UP, {**STRAIN, "quits.strain_effect": 3.0, "work.wip_limit": 1, "work.max_open": 1}
    ),
    "strain.coaching_effect": Claim("quits_per_year", UP, {**STRAIN, "quits.strain_effect": 3.0}, ONE_BOSS),
    "strain.overload_effect": Claim(
        "quits_per_year", UP, {**STRAIN, **DROWNING, "quits.strain_effect": 3.0}, BIG
    ),
    "strain.layoff_effect": Claim("quits_per_year", UP, {**STRAIN, **JUMP, "quits.strain_effect": 3.0}),
    "strain.output_effect": Claim(
        "changes_per_ic_week",
        DOWN,
        {**LAYOFFS, "switches.strain": True, "quits.strain_at_base": 0.05},
        ONE_BOSS,
    ),
    "hiring.delay_weeks": Claim("headcount", DOWN, HIRING),
    "hiring.cost_share": Claim("people_usd_per_year", UP, HIRING),
    "hiring.start_productivity": Claim("changes_per_ic_week", UP, HIRING),
    "hiring.ramp_weeks": Claim("changes_per_ic_week", DOWN, HIRING),
    "hiring.coach_hours": Claim("time_people_manager", UP, HIRING),
    "layoffs.takeover": Claim("discarded_hours_share", DOWN, QUITS),
    "layoffs.step_in_changes": Claim("stepped_in_changes_per_year", UP, QUITS),
    "layoffs.background_probability": Claim(
        "layoffs_per_year", UP, {"switches.layoffs": True}, {"weeks": 52}
    ),
    "layoffs.background_manager": Claim("managers_share", DOWN, BACKGROUND, BIG | {"weeks": 40}),
    "layoffs.background_new": Claim("layoffs_per_year", UP, BACKGROUND),
    "layoffs.ai_perception_gap": Claim("layoffs_per_year", UP, {**LAYOFFS, "layoffs.ai_pass_through": 0.5}),
    # Who goes.
    "layoffs.rho": Claim("cut_skill", DOWN, {**RATED, "layoffs.wave_week": 26}),
    "layoffs.weight_manager": Claim("cut_managers", UP, WAVE, BIG),
    "layoffs.weight_layer": Claim("cut_layer", UP, {**WAVE, "layoffs.wave_scope": "managers"}, BIG | FOUR),
    "layoffs.weight_new": Claim("cut_tenure", DOWN, WAVE, BIG),
    "layoffs.weight_span": Claim("cut_managers", UP, WAVE, BIG),
    "layoffs.weight_exposure": Claim(
        "cut_managers", DOWN, {**WAVE, "ai.share_of_code": 0.8}, BIG
    ),  # only ICs' work
    "layoffs.weight_pay": Claim("cut_layer", UP, {**WAVE, "layoffs.wave_scope": "managers"}, BIG | FOUR),
    "layoffs.severance_weeks": Claim("people_usd_per_year", UP, WAVE),
}


@lru_cache(maxsize=64)
def change_of(path: str) -> dict[str, np.ndarray]:
    """Return outcome or figure of those cut -> change [runs] as the parameter goes from low to high under its claim."""
    q, claim = REGISTRY[path], CLAIMS[path]
    ends = []
    for x in (q.low, q.high):
        results = run(world({**claim.values, path: x}, **{**SHAPE, **claim.shape}), RUNS, 1, workers=1)
        assert not results.failures
        figures = [cut_figures(cohort) for cohort in results.cohorts]
        ends.append(
            {**results.outcomes, **{name: np.array([f[name] for f in figures]) for name in figures[0]}}
        )
    return {name: ends[1][name] - x for name, x in ends[0].items()}


def test_every_uncertain_parameter_of_people_has_a_claim():
    assert sorted(UNCERTAIN) == sorted(CLAIMS)


@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_outcome_in_the_declared_direction(path):
    claim = CLAIMS[path]
    change = change_of(path)[claim.figure]
    mean = float(change.mean())
    assert claim.sign * mean > 0.0, f"{claim.figure}: mean change {mean:.4g}, by run {np.round(change, 4)}"


def test_with_people_off_these_parameters_change_nothing():
    """Every parameter of the people mechanisms at its high end, every people switch off: bit for bit the flow engine."""
    shape = {"ics": 20, "layers": 2, "weeks": 8}
    reference = play(world({}, **shape)).weeks
    ends = {path: REGISTRY[path].high for path in UNCERTAIN}
    policies = {"layoffs.wave_week": 2, "layoffs.wave_fraction": 0.3, "layoffs.performance_share": 0.1}
    np.testing.assert_array_equal(reference, play(world({**ends, **policies}, **shape)).weeks)
