"""Coding: by hand, with an assistant, by agents."""

from collections.abc import Mapping
from math import inf
from typing import ClassVar

import pytest
from helpers.claims import AGENTS, AI, ASSISTANTS, DOWN, EITHER, OFF_ON, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract

#: Everybody's skill is above 1.
SKILLED = {"switches.skill_differences": False, "learning.rate": 5.0, "learning.depreciation": 0.0}
CLAIMS: Mapping[str, Claim] = {
    "ai.briefing_exponent": Claim("ai_acceptance_rate", UP, {**AGENTS, **SKILLED}),
    "ai.failure_worth": Claim("value_per_week", UP, {**AGENTS, "ai.verification_detection": 0.2}),
    "ai.retry_correlation": Claim("ai_share_realised", DOWN, AGENTS),
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
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.ai": choice(OFF_ON, "ai_spend_per_year", UP),
    "ai.share_of_code": choice((0.1, 0.6), "ai_spend_per_year", UP),
    "ai.agent_fraction": choice((0.0, 0.8), "agents_running_mean", UP, AI),
    "ai.agents_per_supervisor": choice((1, 4), "agents_running_mean", UP, AGENTS),
    "ai.agent_distribution": choice(("deterministic", "exponential"), "lead_time_hours", EITHER, AGENTS),
    "ai.horizon_doubling_weeks": choice((4.0, inf), "changes_per_ic_week", DOWN, AGENTS),
    "ai.retries": choice((0, 3), "ai_share_realised", UP, AGENTS),
    "ai.guardrail": choice((0.0, 0.8), "change_failure_rate", DOWN, AGENTS),
    "ai.redo_assisted": choice(OFF_ON, "ai_share_realised", UP, {**AI, "ai.agent_fraction": 0.5}),
}
ALL = {**CLAIMS, **CHOICES}


class TestCoding(MechanismContract):
    parameters = ("ai.",)
    values: ClassVar = AGENTS
    silences: ClassVar = {
        "switches.ai": ("ai.", "review.pickup_ai_ratio", "review.discard_agent"),
        "ai.guardrail": ("ai.guardrail_verification",),
    }
    moves: ClassVar = {
        "ai.assistant_speed": ("changes_per_ic_week", +1, {"ai.agent_fraction": 0.0}),
        "ai.assistant_verify_hours": ("changes_per_ic_week", -1, {"ai.agent_fraction": 0.0}),
        "ai.agent_verify_hours": ("changes_per_ic_week", -1, {}),
        "ai.agent_speed": ("agents_running_mean", -1, {}),
        "ai.horizon_hours": ("changes_per_ic_week", +1, {}),
        "ai.guardrail": ("change_failure_rate", -1, {}),
        "ai.failure_defect_factor": ("rework_share", +1, {"ai.verification_detection": 0.2}),
    }


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])
