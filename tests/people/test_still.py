"""Work that stands still (switches.flow off), and rounds of retirement, dismissal and succession."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from helpers.claims import OFF_ON, UP, Claim, check_claim, choice

from sim.constants import IC, MANAGER
from sim.engine.codes import LAID_OFF, RETIRED, VACANT
from sim.scenario.scenario import Scenario, load
from sim.simulation.run import run
from sim.simulation.simulator import Engine
from sim.validation.laboratory import FOLDER

YEAR = 52
#: What is decided.
CHOICES: Mapping[str, Claim] = {"switches.flow": choice(OFF_ON, "value_per_week", UP)}


@pytest.mark.parametrize("path", CHOICES)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, CHOICES[path])


def firm(**values) -> Scenario:
    """L7's firm for forty years, with other *values* by path (dots written as __)."""
    changes = {path.replace("__", "."): value for path, value in values.items()}
    return load(FOLDER / "L7-peter.yaml").with_values({"time.weeks": 40 * YEAR} | changes)


def after(scenario: Scenario, years: int, seed: int = 1):
    """The organisation so many years after the start."""
    engine = Engine(scenario)
    return engine.advance(engine.begin(seed, 0), years * YEAR * 40.0)


def test_nothing_flows():
    found = run(firm(), 2, workers=1)
    undefined = ("lead_time_hours", "review_wait_hours", "decision_latency_hours", "manager_utilisation")
    for name in undefined:
        assert np.isnan(found.outcomes[name]).all(), name
    assert (found.outcomes["value_per_week"] == 0.0).all()
    assert (found.outcomes["headcount"] == 160.0).all()
    assert found.outcomes["skill_mean"] == pytest.approx(1.0)
    org = after(firm(), 5)
    assert org.world["started"][0] == org.world["items_sent"][0] == org.hours.sum() == 0


def test_efficiency_is_left_out_while_work_flows():
    found = run(load("small-startup").with_values({"time.weeks": 4}), 2, workers=1)
    assert "efficiency" not in found.outcomes
    assert np.all(found.outcomes["retirements_per_year"] == 0.0)


@pytest.mark.parametrize("transfer", ["same", "peter", "correlated"])
@pytest.mark.parametrize("rule", ["best", "random", "mix"])
def test_everybody_has_one_seat_and_the_rules_hold(transfer: str, rule: str):
    scenario = firm(careers__transfer=transfer, careers__rule=rule)
    engine = Engine(scenario)
    org = engine.begin(1, 0)
    for year in range(1, 26):
        before = org.people.copy(), org.occupants.copy()
        org = engine.advance(org, year * YEAR * 40.0)
        people, occupants = org.people, org.occupants
        assert np.bincount(people["layer"]).tolist() == [81, 41, 21, 11, 5, 1]
        assert len(np.unique(people["pid"])) == 160
        assert not (people["role"] == VACANT).any()
        assert ((occupants["competence"] >= 1.0) & (occupants["competence"] <= 10.0)).all()
        if year == 1:
            continue
        age = (year * YEAR - occupants["born"]) / YEAR
        assert (age <= 60.0).all()
        was = dict(zip(before[0]["pid"].tolist(), before[0]["layer"].tolist(), strict=True))
        steps = {
            int(n) - was.get(pid, n)
            for pid, n in zip(people["pid"].tolist(), people["layer"].tolist(), strict=True)
        }
        assert steps <= {0, 1}  # vacancies are filled from the next layer below only
        new = ~np.isin(people["pid"], before[0]["pid"])
        assert (people["layer"][new] == 0).all()
        stayed = people["pid"] == before[0]["pid"]
        assert (occupants["competence"][stayed] == before[1]["competence"][stayed]).all()
        assert (before[1]["competence"][stayed] >= 4.0).all()


def test_efficiency_by_hand():
    org = after(firm(), 3)
    weight = np.array([0.2, 0.4, 0.6, 0.8, 0.9, 1.0])[org.people["layer"]]
    expected = (weight * org.occupants["competence"]).sum() / (10.0 * weight.sum())
    assert org.world["efficiency"][0] == pytest.approx(expected, rel=1e-12)
    series = run(firm(time__weeks=3 * YEAR + 1), 1, workers=1).series["efficiency"][0]
    assert series[-1] == pytest.approx(expected, rel=1e-9)
    moved = np.flatnonzero(~np.isclose(np.diff(series), 0.0, atol=1e-12)) + 1
    assert len(moved)
    assert not (moved % YEAR).any()  # one round a year


def test_jumps_from_round_to_round_change_nothing():
    scenario = firm(time__weeks=12 * YEAR + 7)
    jumping, weekly = Engine(scenario), Engine(scenario)
    assert jumping._weeks_between == YEAR
    weekly._weeks_between = 1
    one, other = (engine.simulate(1, 0) for engine in (jumping, weekly))
    for name, series in one[1].items():
        np.testing.assert_allclose(series, other[1][name], rtol=1e-9, err_msg=name)
    for name in one[2].dtype.names:
        if name != "pay_earned":
            np.testing.assert_array_equal(one[2][name], other[2][name], err_msg=name)
    rounds = 1.0 / (12 * YEAR)  # the last of the weeks since the last round is not paid
    np.testing.assert_allclose(one[2]["pay_earned"], other[2]["pay_earned"], rtol=2 * rounds)


@pytest.mark.parametrize(
    "change",
    [
        {"careers__every_weeks": 26}, {"people__retirement_age": 55.0}, {"people__age_mean": 35.0}, {"people__age_sd": 1.0},
        {"people__age_min": 30.0}, {"people__age_max": 26.0}, {"competence__mean": 6.0}, {"competence__sd": 1.0},
        {"competence__low": 3.0}, {"competence__high": 9.0}, {"competence__dismissal_below": 5.0},
        {"competence__weight_0": 0.9}, {"competence__weight_5": 9.0}, {"careers__jitter": 0.0},
    ],
)  # fmt: skip
def test_every_parameter_moves_efficiency(change: dict):
    base, changed = (run(firm(**x), 1, workers=1).outcomes["efficiency"] for x in ({}, change))
    assert base[0] != changed[0]


def test_vacancies_wait_for_hiring():
    scenario = firm(hiring__delay_weeks=30.0, time__weeks=4 * YEAR)
    found = run(scenario, 4, workers=1)
    assert (found.outcomes["headcount"] < 160.0).all()
    assert (found.outcomes["hires_per_year"] > 0.0).all()
    org = after(scenario, 4)
    there = np.isin(org.people["role"], (IC, MANAGER))
    assert org.world["ics"][0] + org.world["managers"][0] == np.count_nonzero(there)
    assert there[org.people["boss"] < 0].any()


def test_without_hiring_the_top_stays_and_the_firm_shrinks():
    org = after(firm(switches__hiring=False, people__retirement_age=30.0), 8)
    top = org.occupants["seat_boss"] < 0
    assert (org.people["role"][top] == MANAGER).all()
    assert np.count_nonzero(org.people["role"] == VACANT) > 50


def test_people_retire_while_work_flows():
    values = {
        "switches.retirement": True,
        "people.retirement_age": 45.0,
        "time.weeks": 40,
        "careers.every_weeks": 13,
    }
    found = run(load("people").with_values(values), 2, workers=1)
    assert (found.outcomes["retirements_per_year"] > 0.0).all()
    for cohort in found.cohorts:
        retired = cohort["exit_kind"] == RETIRED
        assert retired.any()
        assert set(cohort["exit_week"][retired]) <= {13.0, 26.0, 39.0}
        assert not retired[cohort["layer"] == cohort["layer"].max()].any()


def test_the_dismissed_are_in_the_ledger():
    found = run(firm(competence__dismissal_below=6.0, time__weeks=3 * YEAR), 2, workers=1)
    for ledger, cohort in zip(found.ledgers, found.cohorts, strict=True):
        assert (ledger["score"] < 6.0).all()
        assert np.count_nonzero(cohort["exit_kind"] == LAID_OFF) > 20
        assert set(ledger["week"]) <= {52.0, 104.0, 156.0}


def test_the_scenario_is_an_ordinary_one():
    assert Path(firm().path).is_relative_to(FOLDER)
    assert firm().organisation.chart is not None
