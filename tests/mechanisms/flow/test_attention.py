"""Attention: what the hours of managers, meetings and messages go to."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import DOWN, DROWNING, EITHER, OFF_ON, ONE_BOSS, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import means, world

from sim.parameters.registry import REGISTRY
from sim.simulation.run import run
from sim.simulation.simulator import Engine

CLAIMS: Mapping[str, Claim] = {
    "meetings.ic_share": Claim("changes_per_ic_week", DOWN),
    "meetings.manager_share": Claim("manager_utilisation", UP),
    "communication.hours_per_partner": Claim("changes_per_ic_week", DOWN),
    "communication.partners_max": Claim("changes_per_ic_week", DOWN, {}, ONE_BOSS),
    "communication.delay_hours": Claim("lead_time_hours", UP),
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
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.meetings": choice(OFF_ON, "changes_per_ic_week", DOWN),
    "switches.pairwise_communication": choice(OFF_ON, "changes_per_ic_week", DOWN),
    "switches.other_duties": choice(OFF_ON, "changes_per_ic_week", DOWN),
    "switches.people_time": choice(OFF_ON, "time_people_manager", UP),
    "switches.hands_on": choice(OFF_ON, "value_by_managers_per_week", UP),
    "managers.governance_hours": choice((0.0, 8.0), "manager_utilisation", UP),
    "managers.hands_on_share": choice((0.0, 0.5), "value_by_managers_per_week", UP),
    "managers.quality_mean": choice((-1.0, 1.0), "changes_per_ic_week", UP),
    "managers.quality_sd": choice((0.0, 2.0), "changes_per_ic_week", EITHER),
}
ALL = {**CLAIMS, **CHOICES}


class TestAttention(MechanismContract):
    parameters = ("managers.", "meetings.", "communication.")
    silences: ClassVar = {
        "switches.people_time": (
            "managers.people_", "managers.lift", "managers.quality_effect", "managers.coverage_smoothing",
            "alignment.meeting_hours",
        ),
        "switches.meetings": ("meetings.",),
        "switches.pairwise_communication": ("communication.hours_per_partner", "communication.partners_max"),
        "switches.other_duties": ("work.other_duties", "managers.admin_share", "managers.upward_hours"),
        "switches.hands_on": ("managers.hands_on_",),
    }  # fmt: skip
    moves: ClassVar = {
        "managers.people_hours_per_report": ("time_people_manager", +1, {}),
        "managers.admin_share": ("manager_utilisation", +1, {}),
        "managers.lift": ("changes_per_ic_week", -1, {"managers.people_cap": 0.1}),
        "meetings.ic_share": ("changes_per_ic_week", -1, {}),
        "communication.hours_per_partner": ("changes_per_ic_week", -1, {}),
        "communication.delay_hours": ("lead_time_hours", +1, {}),
    }

    def test_a_wider_span_is_coached_less(self):
        narrow, wide = (means(world(ics=24, spans=spans, weeks=8), 3) for spans in ((4, 3, 2), (24,)))
        assert wide["coaching_coverage"] < narrow["coaching_coverage"]


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])


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
