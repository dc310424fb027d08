"""Defects and incidents."""

from collections.abc import Mapping
from typing import ClassVar

import pytest
from helpers.claims import DOWN, EITHER, OFF_ON, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import BERNOULLI

CLAIMS: Mapping[str, Claim] = {
    "defects.most_lost": Claim("value_per_week", DOWN, {"defects.incident_value_loss": 20.0}),
    # The mean of a convex function is above the function of the mean.
    "defects.size_exponent": Claim("incidents_per_change", UP),
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
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.defects": choice(OFF_ON, "change_failure_rate", UP),
    "defects.model": choice(
        ("poisson", "bernoulli"), "change_failure_rate", EITHER, {"defects.bernoulli_rate": 0.3}
    ),
    "defects.bernoulli_rate": choice((0.1, 0.6), "change_failure_rate", UP, {"defects.model": "bernoulli"}),
}
ALL = {**CLAIMS, **CHOICES}


class TestDefects(MechanismContract):
    parameters = ("defects.",)
    silences: ClassVar = {
        "switches.defects": (
            "defects.", "ai.defect_ratio", "ai.failure_defect_factor", "ai.answer_wrong", "review.detection",
            "review.rereview_share",
        ),
    }  # fmt: skip
    moves: ClassVar = {
        "defects.per_standard_hour": ("change_failure_rate", +1, {}),
        "defects.fix_hours": ("rework_share", +1, {}),
        "defects.incident_hours": ("time_incidents_ic", +1, {}),
        "defects.incident_value_loss": ("value_per_week", -1, {}),
    }


class TestBernoulliDefects(MechanismContract):
    parameters = ("defects.",)
    values: ClassVar = BERNOULLI
    silences: ClassVar = {"switches.defects": ("defects.",)}
    moves: ClassVar = {"defects.bernoulli_rate": ("rework_share", +1, {})}


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])
