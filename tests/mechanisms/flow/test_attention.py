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
    "managers.upper_own_share": Claim("manager_utilisation_layer_2", UP),
    "managers.coached_work": Claim(
        "changes_per_ic_week", DOWN, {}, ONE_BOSS
    ),  # few are coached: all their work is slower
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
            "managers.people_", "managers.lift", "managers.coached_work", "managers.quality_effect", "managers.coverage_smoothing",
            "alignment.meeting_hours",
        ),
        "switches.meetings": ("meetings.",),
        "switches.pairwise_communication": ("communication.hours_per_partner", "communication.partners_max"),
        "switches.other_duties": ("work.other_duties", "managers.admin_share", "managers.upward_hours", "managers.upper_own_share"),
        "switches.hands_on": ("managers.hands_on_",),
    }  # fmt: skip
    moves: ClassVar = {
        "managers.people_hours_per_report": ("time_people_manager", +1, {}),
        "managers.admin_share": ("manager_utilisation", +1, {}),
        "managers.lift": ("changes_per_ic_week", -1, {"managers.people_cap": 0.1}),
        "managers.coached_work": ("changes_per_ic_week", -1, {"managers.people_cap": 0.1}),
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


@pytest.mark.slow
def test_coaching_of_all_work_makes_the_loss_without_it_that_of_a_job_of_one_task():
    """With nothing else in the way, work that is wholly uncoached costs the lift: output falls by it where all work is slowed.

    Fixed duties, incidents and dependencies inside the team are not work on one's own changes, so it is the time for the rest that
    shrinks: output is rest / (hours per change), the hours of what is coached growing by 1 / (1 - lift).
    """
    alone = dict.fromkeys(
        ("switches.questions", "switches.dependencies", "switches.alignment", "switches.learning", "switches.review",
         "switches.defects", "switches.ai", "switches.hands_on"), False,
    )  # fmt: skip
    lift, runs = 0.19, 12
    shape = {"ics": 12, "spans": (6, 2), "weeks": 40}
    kept = []
    for reach in (0.0, 1.0):
        values = {**alone, "managers.lift": lift, "managers.coached_work": reach}
        coached, not_coached = (
            run(world({**values, "managers.people_cap": cap}, **shape), runs, 1, workers=1)
            for cap in (0.5, 0.0)
        )
        assert np.allclose(coached.outcomes["coaching_coverage"], 1.0)
        # Without coaching there are no one-to-ones: count output by the hours of work.
        work = [
            sum(found.outcomes[f"time_{name}_ic"] for name in ("coding", "specifying"))
            for found in (coached, not_coached)
        ]
        changes = [found.outcomes["changes_per_ic_week"] for found in (coached, not_coached)]
        kept.append((changes[1] / work[1]) / (changes[0] / work[0]))
    part, whole = kept
    error = whole.std(ddof=1) / np.sqrt(runs)
    assert abs(whole.mean() - (1.0 - lift)) < 3.0 * error + 0.002
    assert part.mean() > whole.mean() + 0.03


def test_own_work_above_the_first_line_fills_idle_hours_and_nothing_of_the_first_line():
    none, some = (
        means(world({"managers.upper_own_share": share}, ics=24, layers=2, weeks=18), 6)
        for share in (0.0, 0.2)
    )
    assert some["time_idle_manager"] < none["time_idle_manager"]
    assert some["time_other_manager"] > none["time_other_manager"]
    one_line = [
        means(world({"managers.upper_own_share": share}, ics=8, layers=1, weeks=8), 2) for share in (0.0, 0.2)
    ]
    assert one_line[0] == one_line[1] or all(
        one_line[0][name] == one_line[1][name] or np.isnan(one_line[0][name]) for name in one_line[0]
    )
