"""People over time: what must hold whatever happens to whom."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from helpers import ROOT
from helpers.cli import orgsim
from helpers.people_checks import TURMOIL, check, check_books, check_order_of_rows
from helpers.people_dump import SHAPE, VALUES, records
from helpers.regimes import REGIMES, possible
from helpers.worlds import differences, play, world
from hypothesis import given
from hypothesis import strategies as st

from sim.constants import MANAGER
from sim.mesa_model.model import OrgModel
from sim.parameters.registry import REGISTRY
from sim.simulation.run import run


@pytest.mark.slow
@given(
    values=st.fixed_dictionaries({}, optional=REGIMES), ics=st.integers(2, 40), layers=st.integers(1, 4),
    weeks=st.sampled_from([4, 9, 15, 30]),
)  # fmt: skip
def test_identities_hold_while_people_come_and_go(values, ics, layers, weeks):
    scenario = possible({**TURMOIL, **values}, ics, layers, weeks)
    org = play(scenario)
    check(org, scenario)
    check_books(org)
    w = org.world[0]
    assert len(org.ledger) == w.layoffs + w.conversions
    assert w.conversions == org.ledger["converted"].sum()


# --- With every mechanism together; each alone is held to `PeopleContract` --------------------------------------------


def test_nobody_comes_or_goes_is_the_flow_engine():
    """With switches on and every hazard 0 the week ends change nothing but the books of people."""
    shape = {"ics": 20, "layers": 2, "weeks": 6, "warmup": 2}
    # Not hiring: recent hires among those of week 0 still ramp up.
    still = {"switches.quits": True, "switches.layoffs": True, "switches.promotions": True}
    still |= {"quits.base": 0.0, "layoffs.background_probability": 0.0}
    flow, people = (play(world(values, **shape)) for values in ({}, still))
    books = {"people_week", "cohort_ics", "cohort_managers"}
    assert set(differences(flow.weeks, people.weeks)) == books
    assert len(flow.cohort) == 0
    assert len(people.cohort) == len(people.people[people.people["role"] <= MANAGER])


def test_with_people_off_these_parameters_change_nothing():
    """Every parameter of the people mechanisms at its high end, every people switch off: bit for bit the flow engine."""
    shape = {"ics": 20, "layers": 2, "weeks": 8}
    reference = play(world({}, **shape)).weeks
    people = ("people.", "moves.", "quits.", "strain.", "hiring.", "layoffs.")
    ends = {path: q.high for path, q in REGISTRY.items() if q.uncertain and path.startswith(people)}
    policies = {"layoffs.wave_week": 2, "layoffs.wave_fraction": 0.3, "layoffs.performance_share": 0.1}
    np.testing.assert_array_equal(reference, play(world({**ends, **policies}, **shape)).weeks)


@pytest.mark.parametrize("hiring", [True, False])
def test_order_of_rows_does_not_matter(hiring):
    check_order_of_rows(world({**VALUES, "switches.hiring": hiring}, ics=30, layers=3, weeks=10))


def test_workers_do_not_matter():
    one, two = (run(world(VALUES, **SHAPE), 5, 1, workers=k) for k in (1, 2))
    assert not one.failures
    np.testing.assert_array_equal(one.runs, two.runs)
    for name, x in one.outcomes.items():
        np.testing.assert_array_equal(x, two.outcomes[name], err_msg=name)
    for a, b in zip(one.cohorts, two.cohorts, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture(scope="module")
def interpreted(tmp_path_factory):
    """Records of the interpreted engine under two hash seeds."""
    folder = tmp_path_factory.mktemp("people")
    started = []
    for seed in ("1", "4242"):
        out = folder / f"{seed}.npz"
        environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONHASHSEED": seed}
        command = [sys.executable, str(ROOT / "tests" / "helpers" / "people_dump.py"), str(out)]
        started.append((subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True), out))
    accounts = []
    for process, out in started:
        _, errors = process.communicate(timeout=170)
        assert process.returncode == 0, errors
        with np.load(out) as kept:
            accounts.append({name: kept[name] for name in kept.files})
    return accounts


@pytest.mark.slow
def test_compiled_equals_interpreted_under_any_hash_seed(interpreted):
    compiled = records()
    assert compiled["weeks"]["quits"][-1] > 0
    assert compiled["weeks"]["hired"][-1] > 0
    assert len(compiled["ledger"]) > 3
    for account in interpreted:
        assert differences(compiled["weeks"], account["weeks"]) == []
        for name in ("cohort", "ledger"):
            for column in compiled[name].dtype.names:
                np.testing.assert_array_equal(compiled[name][column], account[name][column], err_msg=column)


def test_stepping_through_the_model_equals_the_compiled_run():
    scenario = world(VALUES, **SHAPE)
    compiled = run(scenario, 1, 3, first_run=7, workers=1)
    daily = OrgModel(scenario, seed=3, run=7)
    while daily.running:
        daily.step()
    stepped = daily.outcomes()
    assert compiled.outcomes["quits_per_year"][0] > 0
    for name, x in compiled.outcomes.items():
        np.testing.assert_array_equal(x[0], stepped[name], err_msg=name)


@pytest.mark.slow
def test_an_organisation_that_everybody_leaves_ends_without_a_crash(tmp_path):
    """Only the top stays; what is per IC is undefined, and the program says null and ends well."""
    values = {"switches.quits": True, "switches.strain": True, "quits.base": 1.0}
    results = run(world(values, ics=12, layers=2, weeks=6, warmup=1), 2, 1, workers=1)
    assert not results.failures
    for cohort in results.cohorts:
        assert np.count_nonzero(cohort["exit_kind"] == 0) == 1
        assert set(cohort["exit_week"][cohort["exit_kind"] == 2]) == {1.0}
    assert np.all(results.outcomes["quits_per_year"] > 0)
    # The top may still write changes of its own, as a first-line manager without reports.
    assert np.all(np.isnan(results.series["changes_per_ic_week"][:, -1]))
    sets = [
        "switches.quits=true",
        "quits.base=1",
        "time.weeks=6",
        "time.warmup_weeks=0",
        "organisation.ics=12",
    ]
    answer = orgsim(
        "run", "base", "--runs", "2", "--json", *(x for one in sets for x in ("--set", one)), cwd=tmp_path
    )
    assert answer.returncode == 0, answer.stderr
    assert "NaN" not in answer.stdout
    assert (
        json.loads(answer.stdout)["outcomes"]["layoff_risk_ic"]["mean"] is None
    )  # less than a year was watched
