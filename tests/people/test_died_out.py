"""An organisation whose last IC has left: the run goes on, says when that was, and nothing divides by zero."""

import json

import numpy as np
import pytest
from helpers.cli import clean, orgsim

from sim.constants import IC, MANAGER
from sim.outcomes.declared import OUTCOMES
from sim.scenario.scenario import from_yaml
from sim.simulation.run import run
from sim.simulation.simulator import Engine

SMALL = "extends: people\norganisation: {ics: 12, spans: [4, 3]}\ntime: {weeks: 30, warmup_weeks: 2}\n"
NO_HIRING = "switches: {hiring: false}\n"
RUNS = 3


def results(text: str):
    return run(from_yaml(SMALL + text), RUNS, 1)


@pytest.mark.parametrize(
    ("text", "week"),
    [
        (NO_HIRING + "quits: {base: 1.0}", 1),
        ("hiring: {policy: freeze}\nquits: {base: 1.0}", 1),
        ("hiring: {policy: ai}\nquits: {base: 1.0}", 1),
        (NO_HIRING + "layoffs: {background_probability: 1.0}", 1),
        ("quits: {base: 0.0}\nlayoffs: {background_probability: 0, wave: {week: 7, fraction: 1.0, scope: ics}}", 7),
        ("quits: {base: 0.0}\nlayoffs: {background_probability: 0, wave: {week: 0, fraction: 1.0, scope: ics}}", 0),
    ],
)  # fmt: skip
def test_the_week_is_known(text, week):
    found = results(text)
    assert not found.failures
    np.testing.assert_array_equal(found.outcomes["died_out"], 1.0)
    np.testing.assert_array_equal(found.outcomes["weeks_with_ics"], week)
    assert np.isnan(found.outcomes["skill_mean"]).all()
    assert np.isnan(found.outcomes["ai_fluency_mean"]).all()
    assert np.isfinite(found.outcomes["value_per_week"]).all()
    for name, values in found.outcomes.items():
        assert not np.isinf(values).any(), name


@pytest.mark.parametrize(
    "text",
    [
        NO_HIRING + "quits: {base: 0.999}\nlayoffs: {performance: {share: 0.9, weeks: 3}}",
        NO_HIRING + "quits: {base: 0.9999}\nlayoffs: {delayer: {week: 20, remove_layer: 1}, wave: {week: 25, fraction: 0.8}}",
        NO_HIRING + "quits: {base: 0.9999}\nlayoffs: {wave: {week: 12, fraction: 0.7, scope: managers}, budget: {target: 100}}",
        NO_HIRING + "quits: {base: 0.9999}\nlayoffs: {delayer: {week: 9, first_span: 6, convert: 1.0}, ai: {pass_through: 1.0}}",
        "switches: {hiring: false, promotions: true}\nquits: {base: 0.99}\ncareers: {staff_share: 0.5}\nai: {strategy: managed}",
    ],
)  # fmt: skip
def test_every_regime_survives_it(text):
    found = results(text)
    assert not found.failures
    died, weeks = found.outcomes["died_out"] == 1.0, found.outcomes["weeks_with_ics"]
    assert np.all((weeks >= 1) & (weeks <= 30))
    np.testing.assert_array_equal(weeks[~died], 30)


def test_it_is_the_first_week_without_ics():
    scenario = from_yaml(SMALL + NO_HIRING + "quits: {base: 0.999}")
    week = int(run(scenario, 1, 1).outcomes["weeks_with_ics"][0])
    engine = Engine(scenario)
    before = engine.advance(engine.begin(1, 0), (2 + week) * 40.0 - 1.0)
    assert np.count_nonzero(before.people["role"] == IC) > 0
    after = engine.advance(engine.begin(1, 0), (2 + week) * 40.0)
    assert np.count_nonzero(after.people["role"] == IC) == 0
    assert np.count_nonzero(after.people["role"] == MANAGER) >= 1  # the top stays


def test_with_vacancies_to_be_filled_it_has_not_died_out():
    found = results("quits: {base: 1.0}\nhiring: {delay_weeks: 3}")
    np.testing.assert_array_equal(found.outcomes["died_out"], 0.0)
    np.testing.assert_array_equal(found.outcomes["weeks_with_ics"], 30)
    assert (found.outcomes["hires_per_year"] > 0).all()


def test_nothing_of_it_where_nobody_goes():
    found = run(from_yaml(SMALL.replace("people", "layered")), 2, 1)
    np.testing.assert_array_equal(found.outcomes["died_out"], 0.0)
    assert OUTCOMES["died_out"].better == -1


class TestCommands:
    @pytest.fixture
    def dying(self, tmp_path):
        (tmp_path / "dying.yaml").write_text(SMALL + NO_HIRING + "quits: {base: 1.0}\n")
        return tmp_path

    @pytest.mark.slow
    def test_run_says_when(self, dying):
        text = orgsim("run", "dying.yaml", "--runs", "2", cwd=dying)
        assert text.returncode == 0
        assert clean(text)
        assert (
            "The organisation died out in 2 of 2 runs: no IC was left and none to come, first in week 1 (median 1)."
            in " ".join(text.stdout.split())
        )
        data = json.loads(orgsim("run", "dying.yaml", "--runs", "2", "--json", cwd=dying).stdout)
        assert {key: data["died_out"][key] for key in ("runs", "first_week", "median_week")} == {
            "runs": 2, "first_week": 1, "median_week": 1,
        }  # fmt: skip
        assert data["outcomes"]["skill_mean"]["mean"] is None

    @pytest.mark.slow
    def test_risk_and_compare_go_on(self, dying):
        risk = orgsim("risk", "dying.yaml", "--runs", "2", cwd=dying)
        assert risk.returncode == 0
        assert "The organisation died out in 2 of 2 runs" in risk.stdout
        data = json.loads(orgsim("risk", "dying.yaml", "--runs", "2", "--json", cwd=dying).stdout)
        assert data["died_out"]["first_week"] == 1
        compared = orgsim("compare", "people", "dying.yaml", "--runs", "2", "--ranges", "0", "--json",
                          "--set", "time.weeks=30", "--set", "time.warmup_weeks=2", cwd=dying)  # fmt: skip
        assert compared.returncode == 0
        assert clean(compared)
        json.loads(compared.stdout)
