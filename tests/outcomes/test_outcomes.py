"""Outcomes at the edges of their definitions: the year of the layoff risk, and what exists only with an AI strategy."""

import numpy as np
import pytest

from sim.constants import IC, MANAGER, PRIMARY
from sim.engine.codes import LAID_OFF
from sim.errors import UserError
from sim.mesa_model.model import OrgModel
from sim.outcomes import declared
from sim.scenario.scenario import from_yaml
from sim.simulation.run import run

RUNS = 16
RISKS = {"layoff_risk_ic": IC, "layoff_risk_manager": MANAGER}


def risky(weeks: int):
    """A small organisation in which many are laid off in every week."""
    return from_yaml(
        "extends: people\nname: risky\norganisation: {ics: 18, spans: [3, 3, 2]}\n"
        f"time: {{weeks: {weeks}, warmup_weeks: 1}}\n"
        "layoffs: {background_probability: 0.5}\nswitches: {quits: false}\n"
    )


@pytest.fixture(scope="module")
def a_year():
    return run(risky(52), RUNS, 1)


class TestRiskWithinAYear:
    def test_at_52_weeks_it_is_what_the_cohort_says(self, a_year):
        last = 0
        for name, role in RISKS.items():
            for k, cohort in enumerate(a_year.cohorts):
                mine = cohort[cohort["role"] == role]
                gone = (mine["exit_kind"] == LAID_OFF) & (mine["exit_week"] <= 52)
                assert a_year.outcomes[name][k] == pytest.approx(gone.mean())
                last += np.count_nonzero(mine["exit_week"] == 52)
        assert last > 0  # so that the end of week 52 matters

    def test_a_longer_horizon_has_the_same(self, a_year):
        longer = run(risky(54), RUNS, 1)
        for name in RISKS:
            assert np.array_equal(longer.outcomes[name], a_year.outcomes[name])

    def test_less_than_a_year_is_undefined(self):
        shorter = run(risky(51), 1, 1)
        assert all(np.isnan(shorter.outcomes[name]).all() for name in RISKS)

    def test_nobody_at_risk_is_no_risk(self):
        calm = run(
            from_yaml("extends: small-startup\nname: calm\ntime: {weeks: 52, warmup_weeks: 0}\n"), 1, 1
        )
        assert calm.outcomes["layoff_risk_ic"][0] == 0.0

    def test_stepped_it_is_the_same(self, a_year):
        model = OrgModel(risky(52), seed=1)
        model.run()
        found = model.outcomes()
        assert all(found[name] == a_year.outcomes[name][0] for name in RISKS)


class TestOfAStrategy:
    NAMES = ("guardrail_coverage", "ai_spend_wasted_share")

    @staticmethod
    def outcomes(text: str) -> dict:
        shape = "extends: people\nname: small\norganisation: {ics: 8, spans: [4, 2]}\ntime: {weeks: 12, warmup_weeks: 1}\n"
        return run(from_yaml(shape + text), 2, 1).outcomes

    def test_without_a_strategy_they_do_not_exist(self):
        assert not set(self.NAMES) & set(self.outcomes(""))

    def test_with_a_strategy_they_do(self):
        found = self.outcomes("ai: {strategy: managed}\n")
        assert all(np.all(found[name] > 0) for name in self.NAMES)

    def test_with_a_strategy_from_some_week_on_they_do(self):
        found = self.outcomes("events: [{week: 4, set: {ai.strategy: managed}}]\n")
        assert all(np.all(found[name] > 0) for name in self.NAMES)


# --- What follows from the declarations


def test_every_outcome_has_a_group_that_exists():
    with pytest.raises(
        ValueError, match="focus: 'Attention' is no group of outcomes; use one of Delivered, Money"
    ):
        declared.Outcome("focus", "Attention", "share", 1, "attention left", lambda q: q.weeks)
    assert {o.group for o in declared.OUTCOMES.values()} == set(declared.GROUPS)


def test_places_are_each_taken_once():
    for place in ("decisive", "on_paths"):
        taken = sorted(k for o in declared.OUTCOMES.values() if (k := getattr(o, place)))
        assert taken == list(range(1, len(taken) + 1)), place
    assert declared.DECISIVE[0] == PRIMARY
    assert declared.OUTCOMES[PRIMARY].better == 1


def test_which_outcomes_may_decide():
    declared.check_outcome(PRIMARY, declared.OUTCOMES, "--primary", decides=True)
    declared.check_outcome("headcount", declared.OUTCOMES, "--outcome")
    for name, decides, words in (
        (
            "headcount",
            True,
            "cannot decide: neither more nor less of it is better; often used are value_per_payroll_usd",
        ),
        ("bottleneck", False, r"does not serve: it is a kind \(stage\), not a quantity"),
        ("leadtime", False, "is unknown, did you mean 'lead_time_hours'"),
    ):
        with pytest.raises(UserError, match=f"--outcome {name}: this outcome {words}"):
            declared.check_outcome(name, declared.OUTCOMES, "--outcome", decides=decides)
