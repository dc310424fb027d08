"""The ledger of human hours: it agrees with the simulation where nothing waits, and what it says follows from the parameters."""

import json
from math import inf, sqrt

import numpy as np
import pytest
from helpers.cli import clean, orgsim
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.constants import HOURS_PER_WEEK
from sim.engine.record import record, settings_of
from sim.errors import UserError
from sim.experiments.ledger.course import goes_to_agent, sizes_of
from sim.experiments.ledger.plans import plan_of
from sim.experiments.ledger.study import AGENT, ASSISTANT, DISCARDED, HAND, PLANNED, accounts, ledger
from sim.experiments.ledger.words import ledger_text, notes
from sim.scenario.scenario import Scenario, load
from sim.simulation.run import run
from sim.text.tables import WIDTH
from sim.validation.laboratory import FOLDER

WEEKS, RUNS, SEED = 104, 12, 7
#: The bare scenario with work, AI, review and defects as they are, and nothing that makes anybody wait. Value is the size asked for.
NOTHING_WAITS = {
    "time.weeks": WEEKS, "organisation.ics": 12, "organisation.spans": (6, 2), "switches.ai": True, "switches.ai_preparation": True,
    "switches.review": True, "switches.defects": True, "work.size_mean": 3.7, "work.size_distribution": "lognormal",
    "work.prep_hours": 0.44, "ai.delegation": 0.6, "ai.selection": 0.25, "ai.scope": 0.1, "ai.briefing_exponent": 0.5,
    "ai.retry_correlation": 0.5, "ai.redo_assisted": True, "ai.use_scale": 0.15, "ai.use_sd": 0.0, "review.volume_exponent": 0.9,
    "ai.agents_per_supervisor": 40, "defects.size_exponent": 1.1, "review.haste_hours": inf,
    "review.unreviewed_backlog_hours": inf, "review.reading_ai_ratio": 1.2, "ai.guardrail": 0.2, "ai.fluency_mean": 0.6,
    "questions.patience_hours": inf, "dependencies.patience_hours": inf, "ai.scope_worth": 0.0, "ai.failure_worth": 1.0, "defects.incident_value_loss": 0.0,
}  # fmt: skip
BY_HAND = {"switches.ai": False}
ASSISTED = {"ai.share_of_code": 1.0, "ai.agent_fraction": 0.0}
DELEGATED = {"ai.share_of_code": 1.0, "ai.agent_fraction": 1.0}
MIDDLE = {"ai.share_of_code": 0.4, "ai.agent_fraction": 0.5}
#: People differ in how much they use AI, and in nothing else.
UNEQUAL = {
    "switches.skill_differences": True, "work.skill_sd": 0.0, "ai.fluency_sd": 0.0, "questions.ic_knowledge_sd": 0.0,
    "ai.use_sd": 1.5,
}  # fmt: skip
OTHERS = {"switches.questions": True, "switches.dependencies": True, "switches.ai_answers": True}
#: Rules that are off where parameters have their values: several reviewers, rejections, an AI reviewer, a last pass.
MORE_REVIEW = {
    "review.approvals": 2, "review.error_correlation": 0.4, "review.reject_human": 0.1, "review.reject_ai": 0.2,
    "review.ai_reviewer": True, "review.max_passes": 2, "review.discard_agent": 0.3, "ai.retries": 2,
}  # fmt: skip


def scenario(*changes: dict) -> Scenario:
    """The scenario in which nothing waits, with these changes."""
    values = dict(NOTHING_WAITS)
    for change in changes:
        values |= change
    return load(FOLDER / "bare.yaml").with_values(values)


def simulated(made: Scenario) -> dict[str, np.ndarray]:
    """Human hours by activity per merged standard hour, and those in discarded changes, by run."""
    results = run(made, RUNS, SEED, workers=1)
    x = results.outcomes
    merged = x["value_per_week"] * made.weeks
    ics, people = x["headcount"] * (1.0 - x["managers_share"]), x["headcount"]
    hours = {}
    for activity in (
        "specifying",
        "coding",
        "verifying",
        "reviewing",
        "reworking",
        "answering",
        "coordinating",
        "incidents",
    ):
        of_ics = x[f"time_{activity}_ic"] * ics
        of_managers = x[f"time_{activity}_manager"] * (people - ics)
        hours[activity] = (of_ics + of_managers) * HOURS_PER_WEEK * made.weeks / merged
    hours[DISCARDED] = x["discarded_hours_share"] * ics * HOURS_PER_WEEK * made.weeks / merged
    return hours


CASES = {
    "by hand": ((BY_HAND,), HAND),
    "assistant": ((ASSISTED,), PLANNED),
    "agents": ((DELEGATED,), PLANNED),
    "a middle share": ((MIDDLE,), PLANNED),
    "smallest first": ((MIDDLE, {"ai.delegation": 1.0}), PLANNED),
    "exponential sizes": ((MIDDLE, {"work.size_distribution": "exponential"}), PLANNED),
    "unequal use": ((MIDDLE, UNEQUAL), PLANNED),
    "questions and dependencies by hand": ((BY_HAND, OTHERS), HAND),
    "questions and dependencies": ((MIDDLE, OTHERS), PLANNED),
    "more review": ((MIDDLE, MORE_REVIEW), PLANNED),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_simulated_hours_agree_where_nothing_waits(case):
    changes, way = CASES[case]
    made = scenario(*changes)
    account = ledger(made).accounts[way]
    expected = {**account.activities, DISCARDED: account.rows[DISCARDED]}
    found = simulated(made)
    for activity, hours in found.items():
        mean, error = hours.mean(), hours.std(ddof=1) / sqrt(RUNS)
        assert abs(mean - expected.get(activity, 0.0)) <= 3.0 * error + 1e-9, activity
    total = sum(hours for activity, hours in found.items() if activity != DISCARDED)
    assert abs(total.mean() - account.total) <= 3.0 * total.std(ddof=1) / sqrt(RUNS)


#: What a merged change is worth, and what its incidents destroy.
WORTH = {
    "ai.scope_worth": 0.5, "ai.failure_worth": 0.5, "defects.incident_value_loss": 2.0, "defects.most_lost": 2.0,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("changes", [(BY_HAND,), (ASSISTED,), (DELEGATED,), (MIDDLE,)])
def test_simulated_value_agrees_where_nothing_waits(changes):
    made, worth = scenario(*changes), scenario(*changes, WORTH)
    size, value = (run(one, RUNS, SEED, workers=1).outcomes["value_per_week"] for one in (made, worth))
    account = ledger(worth).accounts[HAND if changes == (BY_HAND,) else PLANNED]
    kept = value / size  # the same changes on the same dice: worth moves nothing but value
    assert abs(kept.mean() - account.value) <= 3.0 * kept.std(ddof=1) / sqrt(RUNS)


class TestIdentities:
    @given(
        share=st.floats(0.01, 1.0),
        agents=st.floats(0.0, 1.0),
        delegation=st.floats(-0.2, 1.0),
        scope=st.floats(0.0, 0.4),
        skill=st.floats(0.3, 3.0),
        sizes=st.sampled_from(["lognormal", "exponential", "deterministic"]),
    )
    @settings(max_examples=8, deadline=None)
    def test_rows_and_activities_add_up_to_the_total(self, share, agents, delegation, scope, skill, sizes):
        made = load("base").with_values(
            {
                "ai.share_of_code": share, "ai.agent_fraction": agents, "ai.delegation": delegation, "ai.scope": scope,
                "work.size_distribution": sizes, "ai.use_sd": 0.0,
            }
        )  # fmt: skip
        for account in accounts(made, skill).values():
            assert sum(account.rows.values()) == pytest.approx(account.total, rel=1e-9)
            assert sum(account.activities.values()) == pytest.approx(account.total, rel=1e-9)
            assert min(account.rows.values()) >= 0.0
            assert account.lost >= 0.0
            assert 0.0 < account.merged <= made.values["work.size_mean"] * (1.0 + 1e-6)

    def test_agents_get_the_planned_share_of_the_work(self):
        made = load(
            "base", ["ai.share_of_code=0.5", "ai.agent_fraction=0.6", "ai.use_sd=0", "ai.delegation=0.9"]
        )
        g = made.values["ai.volume_ratio"] * (1.0 + made.values["ai.scope"])
        phi = 0.5 / (g - (g - 1.0) * 0.5)
        p = settings_of(record(made.values))
        sizes, plan = sizes_of(p), plan_of(record(made.values), 0.5)
        work = sizes.mean(goes_to_agent(p, sizes, plan) * sizes.hours) / sizes.mean(sizes.hours)
        assert work == pytest.approx(0.6 * phi, rel=1e-6)
        assert ledger(made).work_share == pytest.approx(phi, rel=1e-12)

    def test_by_hand_is_the_same_whatever_ai_is_like(self):
        base = ledger(load("base")).accounts[HAND]
        other = ledger(load("base", ["ai.share_of_code=0.8", "ai.defect_ratio=1.7", "ai.prep_saving=0"]))
        off = ledger(load("base", ["switches.ai=false"]))
        assert other.accounts[HAND] == base
        assert off.accounts == {HAND: base}

    def test_without_everything_an_hour_is_an_hour(self):
        off = dict.fromkeys(
            ("switches.review", "switches.defects", "switches.questions", "switches.dependencies"), False
        )
        made = load("base").with_values(off | {"work.prep_hours": 0.0, "switches.ai": False})
        assert accounts(made, 1.0)[HAND].total == pytest.approx(1.0, rel=1e-9)
        assert accounts(made, 2.0)[HAND].total == pytest.approx(0.5, rel=1e-9)

    def test_the_ceiling_is_what_a_free_assistant_saves(self):
        """An assistant of no hours, whose code is as by hand, comes to the ceiling; nothing else moves."""
        free = {
            "ai.assistant_speed": inf, "ai.assistant_verify_hours": 0.0, "ai.agent_fraction": 0.0, "ai.volume_ratio": 1.0, "ai.scope": 0.0,
            "ai.defect_ratio": 1.0, "ai.prep_saving": 0.0, "ai.use_sd": 0.0, "switches.ai_answers": False,
        }  # fmt: skip
        found = ledger(load("base").with_values(free))
        assert found.saved == pytest.approx(found.free, rel=1e-9)


class TestDirections:
    @pytest.mark.parametrize(
        ("path", "value", "way", "row"),
        [
            ("ai.assistant_verify_hours", 0.75, ASSISTANT, "verifying"),
            ("ai.prep_saving", 0.0, ASSISTANT, "preparation"),
            ("ai.volume_ratio", 1.5, ASSISTANT, "review"),
            ("ai.defect_ratio", 1.7, ASSISTANT, "incidents"),
            ("ai.specify_fixed_hours", 0.6, AGENT, "briefing"),
            ("ai.horizon_hours", 3.0, AGENT, "redoing"),
            ("review.rereview_share", 0.8, HAND, "rereview"),
            ("review.discard_human", 0.2, HAND, DISCARDED),
            ("defects.fix_hours", 3.0, AGENT, "fixing"),
            ("questions.help_hours", 1.0, HAND, "questions"),
            ("dependencies.coordination_hours", 1.0, HAND, "dependencies"),
        ],
    )
    def test_what_costs_more_shows_in_its_row(self, path, value, way, row):
        base = load("base")
        before, after = accounts(base, 1.0)[way], accounts(base.with_values({path: value}), 1.0)[way]
        assert after.rows[row] > before.rows[row]
        assert after.total > before.total

    def test_novices_gain_more_from_the_assistant_than_experts(self):
        by_skill = ledger(load("base")).by_skill
        gains = [1.0 - x[ASSISTANT].total / x[HAND].total for x in by_skill.values()]
        assert gains == sorted(gains, reverse=True)


class TestWays:
    def test_only_what_the_plan_has(self):
        assert list(ledger(load("base", ["ai.agent_fraction=0"])).accounts) == [HAND, ASSISTANT, PLANNED]
        assert list(ledger(load("base", ["ai.agent_fraction=1"])).accounts) == [HAND, AGENT, PLANNED]
        assert list(ledger(load("base", ["ai.share_of_code=0"])).accounts) == [HAND]
        found = ledger(load("base", ["ai.agents_per_supervisor=0"]))
        assert AGENT not in found.accounts
        assert "No column for the agent: ai.agents_per_supervisor is 0." in notes(found)

    @pytest.mark.parametrize("name", ["flat", "one-boss", "people"])
    def test_bundled_scenarios_have_a_ledger(self, name):
        text = ledger_text(ledger(load(name)))
        assert text.startswith(f"{name}: human hours per merged standard hour")
        assert max(len(line) for line in text.splitlines()) <= WIDTH

    @pytest.mark.parametrize(
        ("sets", "message"),
        [
            (["switches.flow=false"], "base: switches.flow: false: nothing is written without flow of work"),
            (["defects.model=bernoulli"], "defects.model: bernoulli: the ledger knows defects that are drawn once; set defects.model to poisson"),
            (["review.discard_human=1", "review.unreviewed_base=0"], "no change merges, so there is no merged hour: lower review.discard_human"),
            (["review.approvals=2", "review.approval_rule=any"], "review.approval_rule: any: the ledger knows several reviewers who must all approve"),
        ],
    )  # fmt: skip
    def test_where_there_is_none(self, sets, message):
        with pytest.raises(UserError) as caught:
            ledger(load("base", sets))
        assert message in str(caught.value)


class TestCommand:
    def test_text(self):
        result = orgsim("ledger", "base", PYTHONWARNINGS="error")
        assert result.returncode == 0
        assert result.stderr == ""
        lines = result.stdout.splitlines()
        assert lines[0] == "base: human hours per merged standard hour of work"
        header = next(line for line in lines if line.startswith("hours, owner of skill 1"))
        assert header.split("  ")[-4:] == ["by hand", "assistant", "agent", "as planned"]
        figures = ledger(load("base")).accounts
        total = next(line for line in lines if line.startswith("total  "))
        assert total.split()[1:] == [f"{figures[way].total:.3f}" for way in (HAND, ASSISTANT, AGENT, PLANNED)]
        text = " ".join(result.stdout.split())
        assert "Ceiling: AI writes 26.5 % of the code volume" in text
        assert "Net: as planned, hours " in text

    def test_json(self):
        result = orgsim("ledger", "base", "--set", "ai.prep_saving=0", "--json")
        data = json.loads(result.stdout)
        found = ledger(load("base", ["ai.prep_saving=0"]))
        assert list(data["ways"]) == [HAND, ASSISTANT, AGENT, PLANNED]
        for way, account in data["ways"].items():
            assert account["total"] == found.accounts[way].total
            assert set(account["rows"]) <= set(data["rows"])
        assert set(data["by_skill"]) == {"0.7", "1", "1.5"}
        assert data["net"]["hours_saved_preparing"] == pytest.approx(0.0, abs=1e-12)
        assert data["net"]["output"] == pytest.approx(1.0 / (1.0 - data["net"]["hours_saved"]) - 1.0)
        assert data["ai"]["off_because"] is None

    def test_without_ai(self):
        result = orgsim("ledger", "base", "--set", "switches.ai=false")
        assert result.returncode == 0
        assert "Everything is written by hand, because switches.ai is false." in result.stdout
        assert "assistant" not in result.stdout.split("total  ")[0].splitlines()[2]
        data = json.loads(orgsim("ledger", "base", "--set", "ai.share_of_code=0", "--json").stdout)
        assert list(data["ways"]) == [HAND]
        assert data["net"] is None
        assert data["ai"]["off_because"] == "ai.share_of_code is 0"

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["bse"], "Error: bse: no such file, did you mean 'base'?"),
            (["base", "--set", "ai.share_cde=1"], "unknown parameter, did you mean 'ai.share_of_code'?"),
            (["flat-vs-layered"], "this is a sweep, not a scenario"),
            (["base", "--set", "switches.flow=false"], "switches.flow: false: nothing is written without flow of work"),
        ],
    )  # fmt: skip
    def test_errors(self, args, message):
        result = orgsim("ledger", *args)
        assert result.returncode == 2
        assert message in result.stderr
        assert result.stdout == ""
        assert clean(result)
