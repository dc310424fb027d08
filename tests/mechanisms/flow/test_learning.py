"""Learning by writing."""

from collections.abc import Mapping
from typing import ClassVar

import pytest
from helpers.claims import AGENTS, DOWN, OFF_ON, ONE_BOSS, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import means, world

CLAIMS: Mapping[str, Claim] = {
    "learning.rate": Claim("skill_mean", UP),
    "learning.coaching_share": Claim("skill_mean", DOWN, {}, ONE_BOSS),
    "learning.ai_share": Claim("skill_mean", UP),
    "learning.depreciation": Claim("skill_mean", DOWN),
    "ai.fluency_growth": Claim("ai_fluency_mean", UP),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.learning": choice(OFF_ON, "skill_mean", UP),
}
ALL = {**CLAIMS, **CHOICES}


class TestLearning(MechanismContract):
    parameters = ("learning.",)
    silences: ClassVar = {"switches.learning": ("learning.",)}
    moves: ClassVar = {
        "learning.rate": ("skill_mean", +1, {}),
        "learning.depreciation": ("skill_mean", -1, {}),
        "learning.ai_share": ("skill_mean", +1, AGENTS),
        "learning.coaching_share": ("skill_mean", -1, {"managers.people_cap": 0.1}),
    }

    def test_hand_writing_teaches_more_than_agents(self):
        by_hand, by_agents = (
            means(world({"ai.share_of_code": s, "ai.agent_fraction": 1.0}, weeks=20), 3) for s in (0.0, 0.9)
        )
        assert by_agents["skill_mean"] < by_hand["skill_mean"]


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])
