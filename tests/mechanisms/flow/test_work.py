"""Work: what is written, how large it is, and how much is asked for."""

from collections.abc import Mapping
from math import inf
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import AI, DOWN, MANY, OFF_ON, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import means, world

from sim.simulation.run import run

#: Nobody but ICs writes changes, and every change merges.
ALL_MERGE = {
    "switches.hands_on": False,
    "switches.ai": False,
    "review.discard_human": 0.0,
    "review.max_passes": 99,
}
CLAIMS: Mapping[str, Claim] = {
    # Defects per change: P(at least one) is concave in size, so spread lowers it (Jensen).
    "work.size_mean": Claim("changes_per_ic_week", DOWN),
    "work.size_cv": Claim("change_failure_rate", DOWN),
    "work.skill_sd": Claim("skill_mean", UP),  # median 1: the mean of a lognormal rises with its spread
    "work.prep_hours": Claim("changes_per_ic_week", DOWN),
    "work.other_duties": Claim("changes_per_ic_week", DOWN),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.skill_differences": choice(
        OFF_ON, "skill_mean", UP, {"work.skill_sd": 0.6}, MANY
    ),  # median 1, so the mean is above
    # The probability of at least one defect is concave in size.
    "work.size_distribution": choice(("deterministic", "exponential"), "change_failure_rate", DOWN, {}, MANY),
    "work.wip_limit": choice((1, 3), "changes_per_ic_week", UP),
    "work.max_open": choice((1, 8), "changes_per_ic_week", UP),
    "work.demand": choice((1.0, inf), "changes_per_ic_week", UP),
    "work.demand_elasticity": choice((0.0, 1.0), "changes_per_ic_week", UP, {**AI, "work.demand": 1.0}),
}
ALL = {**CLAIMS, **CHOICES}


class TestWork(MechanismContract):
    parameters = ("work.",)
    silences: ClassVar = {
        "switches.skill_differences": ("work.skill_sd", "questions.ic_knowledge_sd", "ai.fluency_sd")
    }
    moves: ClassVar = {
        "work.size_mean": ("changes_per_ic_week", -1, {}),
        "work.prep_hours": ("changes_per_ic_week", -1, {}),
        "work.demand_elasticity": ("changes_per_ic_week", +1, {"work.demand": 1.5, "ai.share_of_code": 0.6}),
    }

    def test_without_a_limit_of_demand_its_elasticity_is_silent(self):
        runs = [run(world({"work.demand_elasticity": x}), 2, workers=1).outcomes for x in (0.0, 2.0)]
        assert all(np.array_equal(x, runs[1][name], equal_nan=True) for name, x in runs[0].items())

    def test_demand_is_met_and_not_exceeded(self):
        """Far below capacity every change that is asked for is started, and the rest of the week is idle."""
        got = means(world({**ALL_MERGE, "work.demand": 1.0}, ics=16, weeks=40, warmup=4), 4)
        idle = means(world({**ALL_MERGE, "work.demand": 0.1}, ics=16, weeks=12), 4)
        assert got["changes_per_ic_week"] == pytest.approx(1.0, rel=0.05)
        assert got["time_idle_ic"] > 0.1
        assert idle["time_idle_ic"] > got["time_idle_ic"]


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])
