"""Paths of a scenario: side by side on the same dice, from a common past, with the prospects of those followed."""

import json

import numpy as np
import pytest
from helpers.cli import orgsim
from helpers.model import small

from sim.errors import UserError
from sim.experiments.paths.study import PROSPECTS, run_paths
from sim.experiments.paths.words import paths_text
from sim.scenario.scenario import from_yaml, load, with_path_first
from sim.simulation.run import run
from sim.statistics.estimates import mean_ci

SIZE = ["organisation.ics=24", "organisation.management_layers=3", "time.weeks=20"]
PEOPLE = ["switches.quits=true", "switches.hiring=true", "quits.base=0.5"]
FOLLOW = [{"week": 0, "follow": {"number": 4}}]
TWO = {"IC": [], "manager": [{"week": 0, "promote": {"followed": True}}]}


def scenario(paths: dict, events=(), sets=PEOPLE):
    return small(*SIZE, *sets).with_values({"events": list(events), "paths": paths})


def test_the_same_people_are_followed_on_every_path():
    found = run_paths(scenario(TWO, FOLLOW), runs=6, seed=1)
    for one, other in zip(found.results["IC"].cohorts, found.results["manager"].cohorts, strict=True):
        np.testing.assert_array_equal(one["pid"][one["followed"]], other["pid"][other["followed"]])
        for name in ("pid", "role", "tenure", "skill"):
            np.testing.assert_array_equal(one[name], other[name])
        assert one["followed"].sum() == 4
    assert found.followed == 4
    pay = found.branches["manager"].prospects["pay_per_year"]
    assert pay.lo > 0
    assert found.branches["manager"].prospects["own_value_per_week"].hi < 0


def test_prospects_are_means_over_those_followed():
    found = run_paths(scenario(TWO, FOLLOW), runs=3, seed=1)
    cohort = found.results["IC"].cohorts[1]
    people = cohort[cohort["followed"]]
    weeks = np.minimum(people["exit_week"], 20).sum()
    load = found.scenario.values["money.load"]
    assert found.prospects["pay_per_year"]["IC"][1] == pytest.approx(
        people["pay_earned"].sum() / load / weeks * 52
    )
    assert found.prospects["pay_per_year"]["IC"][1] == pytest.approx(found.scenario.values["money.ic_pay"])
    assert found.prospects["own_value_per_week"]["IC"][1] == pytest.approx(
        people["contribution"].sum() / weeks
    )
    ended = sum(found.prospects[name]["IC"][1] for name in ("laid_off", "quit", "still_there"))
    assert ended == pytest.approx(1.0)
    assert set(found.prospects) == set(PROSPECTS)


def test_paths_are_scenarios_with_their_events():
    made = scenario({"a": [], "b": [{"week": 8, "move": {"share": 0.5}}]})
    found = run_paths(made, runs=2, seed=1)
    alone = run(
        made.with_values({"paths": {}, "events": [{"week": 8, "move": {"share": 0.5}}]}), runs=2, seed=1
    )
    for name, values in alone.outcomes.items():
        np.testing.assert_array_equal(values, found.results["b"].outcomes[name])
    branch = found.branches["b"]
    assert branch.from_week == 8
    value = [found.results[name].series["value_per_week"] for name in ("a", "b")]
    np.testing.assert_array_equal(value[0][:, :8], value[1][:, :8])
    assert branch.whole.total.mean == pytest.approx(mean_ci((value[1] - value[0]).sum(axis=1)).mean)
    assert [(w.first, w.last) for w in branch.windows] == [(9, 12), (13, 16), (17, 20)]
    assert sum(w.total.mean for w in branch.windows) == pytest.approx(branch.whole.total.mean)
    assert found.prospects is None


def test_payroll_is_said_and_another_path_can_be_the_one_compared_with(tmp_path):
    more = {"week": 0, "open": {"role": "ic", "count": 6, "fill": "at once"}}
    three = {"as it is": [], "grow": [more], "shrink": [{"week": 0, "lay_off": {"role": "ic", "number": 5}}]}
    made = scenario(three, sets=["switches.hiring=true", "switches.quits=false"])
    text = " ".join(paths_text(run_paths(made, runs=3, seed=1)).split())
    assert "% more on path grow than on as it is:" in text
    assert "% less on path shrink than on as it is:" in text
    assert "payroll_per_year" in text
    assert (
        'Every path is compared with as it is only; --against "grow" or --against "shrink" compares' in text
    )
    other = with_path_first(made, "shrink")
    assert [name for name, _ in other.paths] == ["shrink", "as it is", "grow"]
    found = run_paths(other, runs=3, seed=1)
    assert set(found.branches) == {"as it is", "grow"}
    assert found.branches["as it is"].outcomes["payroll_per_year"].lo > 0
    with pytest.raises(UserError, match="there is no path 'x'; paths: as it is, grow, shrink"):
        with_path_first(made, "x")


def test_few_people_of_a_real_chart_are_withheld(tmp_path):
    chart = tmp_path / "chart.csv"
    rows = ["id,manager", "boss,", "a,boss", "b,boss", *[f"i{k},{'ab'[k % 2]}" for k in range(12)]]
    chart.write_text("\n".join(rows) + "\n")
    text = "question: x\nextends: base\ntime: {weeks: 6, warmup_weeks: 1}\n"
    made = from_yaml(text).with_values(
        {"organisation.chart": str(chart), "events": FOLLOW, "paths": {"a": [], "b": []}}
    )
    found = run_paths(made, runs=2)
    assert found.withheld
    assert found.prospects is None
    more = made.with_values({"events": [{"week": 0, "follow": {"number": 6}}]})
    assert not run_paths(more, runs=2).withheld


def test_wrong_paths_are_refused():
    with pytest.raises(UserError, match="expected 2 to 20 names"):
        scenario({"only": []})
    with pytest.raises(UserError, match=r"paths.b\[0\].move.share: 3 is outside"):
        scenario({"a": [], "b": [{"week": 1, "move": {"share": 3}}]})
    with pytest.raises(UserError, match="no paths to compare"):
        run_paths(load("layered"))
    with pytest.raises(UserError, match="there is no path 'c'; paths: a, b"):
        scenario({"a": [], "b": []}).on_path("c")


SMALL = (
    "--runs",
    "3",
    *(part for text in SIZE for part in ("--set", text)),
    "--set",
    "layoffs.delayer_week=10",
)


@pytest.mark.slow
def test_ic_or_manager_from_the_command_line(tmp_path):
    out = tmp_path / "out"
    done = orgsim("run", "ic-or-manager", *SMALL, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "people followed" in done.stdout
    assert "While there they are paid" in done.stdout
    assert (out / "paths.png").stat().st_size > 10_000
    assert (out / "manager" / "summary.csv").exists()
    machine = orgsim("run", "ic-or-manager", *SMALL, "--json")
    data = json.loads(machine.stdout)
    assert list(data["paths"]) == ["IC", "manager"]
    figure = data["differences"]["manager"]["prospects"]["pay_per_year"]
    assert figure["difference"] > 0
    assert figure["ci95"][0] < figure["difference"] < figure["ci95"][1]


@pytest.mark.slow
def test_reorganisation_from_the_command_line():
    done = orgsim(
        "run", "reorganisation", "--runs", "3", "--set", "organisation.ics=24", "--set", "time.weeks=40"
    )
    assert done.returncode == 0, done.stderr
    assert "week 26: move 33 % of the ICs (at random)" in done.stdout
    assert "In the 13 weeks after week 26, path teams reshuffled" in done.stdout
    assert "27 to 30" in done.stdout


@pytest.mark.slow
def test_risk_of_a_path(tmp_path):
    refused = orgsim("risk", "ic-or-manager", "--runs", "2")
    assert refused.returncode == 2
    assert "has the paths IC, manager; say which one, such as --path 'manager'" in refused.stderr
    done = orgsim("risk", "ic-or-manager", "--path", "manager", *SMALL, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert "Layoff risk: ic-or-manager-manager" in done.stdout
