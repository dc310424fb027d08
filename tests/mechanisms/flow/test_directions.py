"""Every uncertain parameter moves something, in the direction that first principles say.

For each the outcome, the sign of its change as the parameter goes from low to high on common random numbers, and what to
set so that the mechanism matters. The signs were written down from the model's text before looking at any result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pytest
from helpers.worlds import world

from sim.parameters.registry import REGISTRY
from sim.simulation.run import run
from sim.simulation.simulator import Engine

RUNS = 6
SHAPE = {"ics": 24, "layers": 2, "weeks": 18, "warmup": 2}
#: Their claims are in test_people_directions.py.
PEOPLE = ("people.", "moves.", "quits.", "strain.", "hiring.", "layoffs.")
#: And those of careers and AI strategy in test_advancement_directions.py.
ADVANCEMENT = ("careers.", "governance.")
UNCERTAIN = [
    path for path, q in REGISTRY.items() if q.uncertain and not path.startswith(PEOPLE + ADVANCEMENT)
]


@dataclass(frozen=True)
class Claim:
    """*outcome* moves by *sign* (0: either way, by chance) as the parameter rises, with *values* and *shape* set."""

    outcome: str
    sign: int
    values: Mapping = field(default_factory=dict)
    shape: Mapping = field(default_factory=dict)


AGENTS = {"ai.share_of_code": 0.6, "ai.agent_fraction": 0.8}
ASSISTANTS = {"ai.share_of_code": 0.6, "ai.agent_fraction": 0.0}
AI_REVIEWER = {"review.ai_reviewer": True, "ai.share_of_code": 0.6}
#: One manager for everybody: people time at its cap, little coaching.
ONE_BOSS = {"layers": 1}
THREE, FOUR = {"layers": 3}, {"layers": 4}
#: Managers drown in questions from outside.
DROWNING = {"arrivals.kind": "question", "arrivals.per_hour": 0.8}

UP, DOWN, EITHER = +1, -1, 0
CLAIMS: Mapping[str, Claim] = {
    # Work. Defects per change: P(at least one) is concave in size, so spread lowers it (Jensen).
    "work.size_mean": Claim("changes_per_ic_week", DOWN),
    "work.size_cv": Claim("change_failure_rate", DOWN),
    "work.skill_sd": Claim("skill_mean", UP),  # median 1: the mean of a lognormal rises with its spread
    "work.prep_hours": Claim("changes_per_ic_week", DOWN),
    "work.other_duties": Claim("changes_per_ic_week", DOWN),
    # Meetings and communication.
    "meetings.ic_share": Claim("changes_per_ic_week", DOWN),
    "meetings.manager_share": Claim("manager_utilisation", UP),
    "communication.hours_per_partner": Claim("changes_per_ic_week", DOWN),
    "communication.partners_max": Claim("changes_per_ic_week", DOWN, {}, ONE_BOSS),
    "communication.delay_hours": Claim("lead_time_hours", UP),
    # AI.
    "ai.assistant_speed": Claim("changes_per_ic_week", UP, ASSISTANTS),
    "ai.assistant_verify_hours": Claim("changes_per_ic_week", DOWN, ASSISTANTS),
    "ai.reading_exponent": Claim(
        "time_verifying_manager", UP, {**ASSISTANTS, "managers.hands_on_skill": 0.6}
    ),  # skill < 1
    "ai.specify_fixed_hours": Claim("time_specifying_ic", UP, AGENTS),
    "ai.specify_hours": Claim("time_specifying_ic", UP, AGENTS),
    "ai.agent_verify_hours": Claim("time_verifying_ic", UP, AGENTS),
    "ai.agent_speed": Claim("agents_running_mean", DOWN, AGENTS),
    "ai.horizon_hours": Claim("changes_per_ic_week", UP, AGENTS),
    # Below the horizon a steeper curve means more success.
    "ai.horizon_slope": Claim(
        "changes_per_ic_week", UP, {**AGENTS, "ai.horizon_hours": 20.0, "work.size_cv": 0.6}
    ),
    "ai.verification_detection": Claim("change_failure_rate", DOWN, AGENTS),
    # Not the failure rate: a change with many defects is sent back more surely than one with a single defect.
    "ai.failure_defect_factor": Claim("rework_share", UP, {**AGENTS, "ai.verification_detection": 0.2}),
    "ai.volume_ratio": Claim(
        "ai_spend_per_year", DOWN
    ),  # a given share of volume is a smaller share of the effort
    "ai.defect_ratio": Claim("change_failure_rate", UP, AGENTS),
    "ai.guardrail_verification": Claim("time_verifying_ic", DOWN, {**ASSISTANTS, "ai.guardrail": 0.8}),
    "ai.fluency_mean": Claim("time_verifying_ic", DOWN, ASSISTANTS),
    "ai.fluency_sd": Claim("ai_fluency_mean", DOWN, {"ai.fluency_mean": 0.95}),  # clipped at 1
    "ai.fluency_effect": Claim(
        "time_verifying_ic", DOWN, {**ASSISTANTS, "ai.fluency_mean": 0.7}
    ),  # fluent people
    "ai.answer_knowledge": Claim("time_answering_manager", DOWN),
    "ai.answer_hours": Claim("time_verifying_ic", UP),
    "ai.answer_wrong": Claim("change_failure_rate", UP),
    "ai.seat_usd": Claim("ai_spend_per_year", UP),
    "ai.usd_per_standard_hour": Claim("ai_spend_per_year", UP),
    # Review.
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
    # Defects and incidents.
    "defects.per_standard_hour": Claim("change_failure_rate", UP),
    "defects.skill_exponent": Claim(  # where skill is above 1
        "change_failure_rate",
        DOWN,
        {"switches.skill_differences": False, "learning.rate": 5.0, "learning.depreciation": 0.0},
    ),
    "defects.fix_hours": Claim("rework_share", UP),
    "defects.incident_hours": Claim("time_incidents_ic", UP),
    "defects.incident_delay_hours": Claim(
        "incidents_per_week", DOWN
    ),  # those of the last weeks are still to come
    "defects.incident_value_loss": Claim("value_per_week", DOWN),
    # Questions.
    "questions.per_standard_hour": Claim("time_answering_manager", UP),
    "questions.ic_knowledge": Claim("time_answering_manager", DOWN),
    "questions.ic_knowledge_sd": Claim("time_answering_manager", DOWN),  # max(z, z_ai) is convex in z
    "questions.manager_knowledge_1": Claim("manager_utilisation_layer_2", DOWN),
    "questions.manager_knowledge_2": Claim("manager_utilisation_layer_3", DOWN, {}, THREE),
    "questions.manager_knowledge_3": Claim(
        "abandoned_changes", DOWN, {"questions.top_solves_all": False}, THREE
    ),
    "questions.help_hours": Claim("decision_latency_hours", UP),
    "questions.triage_hours": Claim("time_answering_manager", UP),
    "questions.triage_skill": Claim("time_answering_manager", DOWN),
    "questions.patience_hours": Claim("guessed_share", DOWN),
    "questions.wrong_guess": Claim("rework_share", UP),
    "questions.guess_rework": Claim("rework_share", UP),
    "questions.super_ic_probability": Claim("time_answering_ic", UP),
    # Dependencies.
    "dependencies.probability": Claim("time_coordinating_ic", UP),
    "dependencies.near_share": Claim("time_coordinating_manager", DOWN),
    "dependencies.patience_hours": Claim(
        "time_coordinating_manager", UP, {**DROWNING, "dependencies.probability": 0.3}
    ),
    "dependencies.team_hours": Claim("time_coordinating_ic", UP),
    "dependencies.coordination_hours": Claim("time_coordinating_manager", UP),
    "dependencies.lateral_scale": Claim("time_coordinating_manager", DOWN),
    # Alignment.
    "alignment.persistence": Claim("alignment", UP),
    "alignment.noise": Claim("alignment", DOWN),
    "alignment.update": Claim(
        "alignment", UP
    ),  # tracking a drift of 0.2 sd a week matters more than noise of 0.15
    "alignment.loss": Claim("alignment", DOWN),
    "alignment.disagreement_loss": Claim("alignment", DOWN),
    "alignment.meeting_hours": Claim("changes_per_ic_week", DOWN),
    # Managers.
    "managers.admin_share": Claim("manager_utilisation", UP),
    "managers.people_fixed_hours": Claim("time_people_manager", UP),
    "managers.people_hours_per_report": Claim("time_people_manager", UP),
    "managers.people_cap": Claim("coaching_coverage", UP, {}, ONE_BOSS),
    "managers.people_floor": Claim("coaching_coverage", UP, DROWNING),
    "managers.inbox_floor": Claim("guessed_share", DOWN, {}, ONE_BOSS),
    "managers.upward_hours": Claim("manager_utilisation_layer_1", UP),
    "managers.hands_on_skill": Claim("value_by_managers_per_week", UP),
    "managers.lift": Claim("changes_per_ic_week", DOWN, {}, ONE_BOSS),
    "managers.quality_effect": Claim("value_per_week", EITHER),  # quality has mean 0: see the test of its own
    "managers.coverage_smoothing": Claim(
        "coaching_coverage", DOWN, DROWNING
    ),  # it falls from a full one, faster
    # Learning.
    "learning.rate": Claim("skill_mean", UP),
    "learning.coaching_share": Claim("skill_mean", DOWN, {}, ONE_BOSS),
    "learning.ai_share": Claim("skill_mean", UP),
    "learning.depreciation": Claim("skill_mean", DOWN),
    # Money.
    "money.ic_pay": Claim("payroll_per_year", UP),
    "money.load": Claim("payroll_per_year", UP),
    "money.manager_ratio_1": Claim("payroll_per_year", UP),
    "money.manager_ratio_2": Claim("payroll_per_year", UP),
    "money.manager_ratio_3": Claim("payroll_per_year", UP, {}, THREE),
    "money.manager_ratio_step": Claim("payroll_per_year", UP, {}, FOUR),
    "money.usd_per_incident": Claim("cost_per_value", UP),
}


@lru_cache(maxsize=256)
def change_of(path: str) -> dict[str, np.ndarray]:
    """Return outcome -> change [runs] as the parameter goes from low to high under its claim."""
    q, claim = REGISTRY[path], CLAIMS[path]
    ends = (world({**claim.values, path: x}, **{**SHAPE, **claim.shape}) for x in (q.low, q.high))
    low, high = (run(scenario, RUNS, 1, workers=1).outcomes for scenario in ends)
    return {name: high[name] - x for name, x in low.items()}


def test_every_uncertain_parameter_has_a_claim():
    assert sorted(UNCERTAIN) == sorted(CLAIMS)


def test_every_uncertain_parameter_moves_an_outcome():
    idle = []
    for path in CLAIMS:
        change = change_of(path)
        if not any(np.nanmax(np.abs(x)) > 0.0 for x in change.values() if not np.all(np.isnan(x))):
            idle.append(path)
    assert not idle, f"these move no outcome from low to high: {', '.join(idle)}"


@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_outcome_in_the_declared_direction(path):
    claim = CLAIMS[path]
    change = change_of(path)[claim.outcome]
    mean = float(change.mean())
    if claim.sign == EITHER:
        assert np.all(change != 0.0)
    else:
        assert claim.sign * mean > 0.0, (
            f"{claim.outcome}: mean change {mean:.4g}, by run {np.round(change, 4)}"
        )


def test_good_managers_raise_output_and_bad_ones_lower_it():
    """The effect of quality has no sign of its own: it has that of the manager's quality, in proportion."""
    shape = {"ics": 8, "layers": 1, "weeks": 18, "warmup": 2}
    q = REGISTRY["managers.quality_effect"]
    low, high = (world({q.path: x, "switches.hands_on": False}, **shape) for x in (q.low, q.high))
    runs = 16
    a, b = (run(scenario, runs, 1, workers=1).outcomes["time_coding_ic"] for scenario in (low, high))
    engine = Engine(low)
    quality = [engine.begin(1, r).people["quality"][-1] for r in range(runs)]
    # The same code takes less of the week under a good manager.
    assert np.corrcoef(quality, b - a)[0, 1] < -0.7
