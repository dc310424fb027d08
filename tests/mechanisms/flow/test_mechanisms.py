"""Every mechanism keeps the contract of `mechanisms.contract`; compiled and interpreted, the engine does the same."""

import os
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from helpers import ROOT
from helpers.contract import MechanismContract
from helpers.dump import weeks_of
from helpers.worlds import BERNOULLI, WORLDS, differences, means, world

from sim.simulation.run import run

DUMP = ROOT / "tests" / "helpers" / "dump.py"
AGENTS = {"ai.share_of_code": 0.6, "ai.agent_fraction": 0.8}
#: Nobody but ICs writes changes, and every change merges.
ALL_MERGE = {
    "switches.hands_on": False,
    "switches.ai": False,
    "review.discard_human": 0.0,
    "review.max_passes": 99,
}
#: Reviewers have all the time they want.
UNHURRIED = {
    "review.hours_per_week": float("inf"), "review.haste_hours": float("inf"),
    "review.unreviewed_backlog_hours": float("inf"),
}  # fmt: skip


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


class TestReview(MechanismContract):
    parameters = ("review.",)
    silences: ClassVar = {
        "switches.review": ("review.",),
        "switches.review_budget": ("review.hours_per_week",),
        "switches.pickup": ("review.pickup_hours", "review.pickup_ai_ratio"),
    }
    moves: ClassVar = {
        "review.hours_per_standard_hour": ("review_wait_hours", +1, {}),
        "review.hours_per_week": ("review_wait_hours", -1, {}),
        "review.pickup_hours": ("review_wait_hours", +1, {}),
        "review.detection": ("change_failure_rate", -1, {}),
        "review.unreviewed_base": ("unreviewed_share", +1, {}),
        "review.discard_human": ("human_acceptance_rate", -1, {}),
    }

    def test_more_approvals_cost_reviewers_time_and_catch_more(self):
        one, three = (
            means(world({**self.values, **UNHURRIED, "review.approvals": k}, ics=16, weeks=12), 6)
            for k in (1, 3)
        )
        assert three["time_reviewing_ic"] > one["time_reviewing_ic"]
        assert three["change_failure_rate"] < one["change_failure_rate"]
        assert three["lead_time_hours"] > one["lead_time_hours"]

    def test_within_a_tight_budget_more_approvals_are_hasty_approvals(self):
        """Reviews then take no more time than the budget, so they wait, hurry and are skipped."""
        one, three = (
            means(world({**self.values, "review.approvals": k}, ics=16, weeks=12), 6) for k in (1, 3)
        )
        assert three["review_wait_hours"] > 2.0 * one["review_wait_hours"]
        assert three["unreviewed_share"] > one["unreviewed_share"]
        assert three["time_reviewing_ic"] <= 1.1 * 5.2 / 40.0


class TestAddressedReview(TestReview):
    """The same claims where reviews are addressed."""

    values: ClassVar = {"review.assignment": "addressed"}


class TestAIReviewer(MechanismContract):
    parameters = ("review.ai_",)
    values: ClassVar = {"review.ai_reviewer": True, "ai.share_of_code": 0.6}
    silences: ClassVar = {"review.ai_reviewer": ("review.ai_detection", "review.ai_blindness")}
    moves: ClassVar = {
        "review.ai_detection": ("change_failure_rate", -1, {}),
        "review.ai_blindness": ("change_failure_rate", +1, {}),
    }


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


# --- Compiled, interpreted, and under another hash seed ------------------------------------------------------------------


def _interpret(folder: Path, hash_seed: int, *names: str) -> tuple[subprocess.Popen, Path]:
    out = folder / f"interpreted-{hash_seed}.npz"
    tests = ROOT / "tests"
    environment = {
        **os.environ,
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent)]),
    }
    command = [sys.executable, "-W", "error", str(DUMP), str(out), *names]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True), out


@pytest.fixture(scope="module")
def interpreted(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, np.ndarray]]:
    """Weekly records by the interpreted engine, under two hash seeds (name -> structured array)."""
    folder = tmp_path_factory.mktemp("interpreted")
    started = [_interpret(folder, 1), _interpret(folder, 4242)]
    accounts = []
    for process, out in started:
        _, errors = process.communicate(timeout=170)
        assert process.returncode == 0, errors
        with np.load(out) as kept:
            accounts.append({name: kept[name] for name in kept.files})
    return accounts


@pytest.mark.parametrize("name", WORLDS)
def test_compiled_equals_interpreted(name, interpreted):
    compiled = weeks_of([name])[name]
    assert compiled["merged"][-1] > 20
    assert differences(compiled, interpreted[0][name]) == []


@pytest.mark.parametrize("name", WORLDS)
def test_hash_seeds_do_not_matter(name, interpreted):
    assert differences(interpreted[0][name], interpreted[1][name]) == []
