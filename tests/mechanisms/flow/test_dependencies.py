"""Dependencies between changes."""

from collections.abc import Mapping
from typing import ClassVar

import pytest
from helpers.claims import DOWN, DROWNING, OFF_ON, THREE, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import means, world

CLAIMS: Mapping[str, Claim] = {
    "dependencies.probability": Claim("time_coordinating_ic", UP),
    "dependencies.near_share": Claim("time_coordinating_manager", DOWN),
    "dependencies.patience_hours": Claim(
        "time_coordinating_manager", UP, {**DROWNING, "dependencies.probability": 0.3}
    ),
    "dependencies.team_hours": Claim("time_coordinating_ic", UP),
    "dependencies.coordination_hours": Claim("time_coordinating_manager", UP),
    "dependencies.lateral_scale": Claim("time_coordinating_manager", DOWN),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.dependencies": choice(OFF_ON, "changes_per_ic_week", DOWN),
    "dependencies.near_reach": choice((1, 20), "time_coordinating_manager", UP, {}, THREE),
}
ALL = {**CLAIMS, **CHOICES}


class TestDependencies(MechanismContract):
    parameters = ("dependencies.",)
    silences: ClassVar = {"switches.dependencies": ("dependencies.", "alignment.disagreement_loss")}
    moves: ClassVar = {
        "dependencies.probability": ("time_coordinating_ic", +1, {}),
        "dependencies.coordination_hours": ("time_coordinating_manager", +1, {}),
        "dependencies.near_share": ("time_coordinating_manager", -1, {}),
        "dependencies.lateral_scale": ("time_coordinating_manager", -1, {}),
    }

    def test_a_single_team_needs_no_manager(self):
        alone = world({"switches.hands_on": False}, layers=1, weeks=8)
        assert means(alone, 2)["time_coordinating_manager"] == 0.0


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])
