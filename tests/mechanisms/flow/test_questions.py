"""Questions that climb the tree."""

from collections.abc import Mapping
from typing import ClassVar

import pytest
from helpers.claims import DOWN, EITHER, MANY, OFF_ON, THREE, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract

CLAIMS: Mapping[str, Claim] = {
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
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.questions": choice(OFF_ON, "changes_per_ic_week", DOWN),
    "questions.one_per_change": choice(OFF_ON, "time_answering_manager", EITHER),
    "questions.blocking": choice(OFF_ON, "lead_time_hours", UP),
    "questions.top_solves_all": choice(OFF_ON, "abandoned_changes", DOWN),
    "questions.super_ic_skill": choice(
        (1.0, 3.0), "time_answering_ic", DOWN, {"questions.super_ic_probability": 0.5}, MANY
    ),
}
ALL = {**CLAIMS, **CHOICES}


class TestQuestions(MechanismContract):
    parameters = ("questions.",)
    silences: ClassVar = {"switches.questions": ("questions.", "ai.answer_")}
    moves: ClassVar = {
        "questions.per_standard_hour": ("time_answering_manager", +1, {}),
        "questions.ic_knowledge": ("time_answering_manager", -1, {}),
        "questions.help_hours": ("decision_latency_hours", +1, {}),
        "questions.patience_hours": ("guessed_share", -1, {}),
        "ai.answer_knowledge": ("time_answering_manager", -1, {}),
    }


class TestQuestionsThatDoNotBlock(MechanismContract):
    parameters = ("questions.",)
    values: ClassVar = {"questions.blocking": False, "questions.top_solves_all": False}
    shape: ClassVar = {"ics": 16, "layers": 3, "weeks": 12, "warmup": 1}
    silences: ClassVar = {"switches.questions": ("questions.", "ai.answer_")}
    moves: ClassVar = {
        "questions.help_hours": ("decision_latency_hours", +1, {}),
        "questions.manager_knowledge_3": ("abandoned_changes", -1, {}),
    }


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])
