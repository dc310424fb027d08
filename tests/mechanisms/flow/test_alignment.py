"""Alignment with what the organisation is after."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import DOWN, OFF_ON, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import world

from sim.simulation.run import run

CLAIMS: Mapping[str, Claim] = {
    "alignment.persistence": Claim("alignment", UP),
    "alignment.noise": Claim("alignment", DOWN),
    "alignment.update": Claim(
        "alignment", UP
    ),  # tracking a drift of 0.2 sd a week matters more than noise of 0.15
    "alignment.loss": Claim("alignment", DOWN),
    "alignment.disagreement_loss": Claim("alignment", DOWN),
    "alignment.meeting_hours": Claim("changes_per_ic_week", DOWN),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.alignment": choice(OFF_ON, "value_per_week", DOWN),
}
ALL = {**CLAIMS, **CHOICES}


class TestAlignment(MechanismContract):
    parameters = ("alignment.",)
    silences: ClassVar = {
        "switches.alignment": (
            "alignment.persistence", "alignment.noise", "alignment.update", "alignment.loss", "alignment.disagreement_loss",
        ),
    }  # fmt: skip
    moves: ClassVar = {
        "alignment.loss": ("alignment", -1, {}),
        "alignment.noise": ("alignment", -1, {}),
        "alignment.persistence": ("alignment", +1, {}),
        "alignment.disagreement_loss": ("alignment", -1, {"dependencies.probability": 0.9}),
    }

    def test_switched_off_value_is_size(self):
        off = run(world({"switches.alignment": False}, weeks=8), 3, workers=1)
        assert np.array_equal(off.outcomes["alignment"], np.ones(3))


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])
