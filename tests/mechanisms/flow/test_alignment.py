"""Alignment with what the organisation is after."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import DOWN, OFF_ON, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import world

from sim.simulation.run import run
from sim.simulation.simulator import Engine

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


# ---- staleness down a tree (limit L9)


def errors_by_depth(values: Mapping, runs: int, weeks: int) -> np.ndarray:
    """Return the mean squared error of beliefs by steps below the top, float64 [runs, depths], right after the updates."""
    still = {"switches.people_time": False, "alignment.update": 1.0, "switches.flow": True}
    engine = Engine(
        world({**still, **values}, ics=1, spans=(1, 1, 1, 1), layers=None, weeks=weeks, warmup=12)
    )
    found = []
    for number in range(runs):
        org = engine.begin(1, number)
        squares = np.zeros(5)
        for week in range(1, engine.weeks + 1):
            org = engine.advance(org, 40.0 * week)
            if week > 12:
                people = org.people[:5]
                depth = 4 - people["layer"]
                squares[depth] += (people["belief"] - org.world["target"][0]) ** 2
        found.append(squares / (engine.weeks - 12))
    return np.array(found)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_beliefs_are_stale_by_a_week_a_step_and_noisy_once_a_step_and_at_the_top(noise):
    phi = 0.6
    found = errors_by_depth({"alignment.persistence": phi, "alignment.noise": noise}, 40, 160)
    steps = np.arange(5)
    # The top's own reading of the target is noisy, too: m steps below there are m + 1 noisy readings.
    target = 2.0 * (1.0 - phi**steps) + noise**2 * (steps + 1)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - target) <= 4.0 * error + 1e-12)
    assert np.all(np.diff(found.mean(axis=0)) > 0.0)
