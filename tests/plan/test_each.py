"""Measures side by side: what is separated, and which is said to be ahead."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.cli import orgsim

from sim.errors import UserError
from sim.experiments.plan import each
from sim.experiments.plan.each import ahead, each_text
from sim.experiments.plan.measures import Asked, folder_name, separate, short_name
from sim.experiments.plan.study import plan, prepared
from sim.scenario.scenario import load
from sim.statistics import estimates

ALL = Asked(26, "2", 0.08, 0.5, freeze=True, grow=20, freeze_weeks=26)


def test_every_measure_stands_alone():
    found = separate(ALL)
    assert [short_name(one) for one in found] == [
        "remove layer 2", "lay off 8 %", "AI share 50 %", "freeze 26 weeks", "grow 20"
    ]  # fmt: skip
    assert len({folder_name(one) for one in found}) == 5
    assert {one.week for one in found} == {26}


@pytest.mark.parametrize("asked", [Asked(26), Asked(26, freeze=True)])
def test_fewer_than_two_are_refused(asked):
    with pytest.raises(UserError, match="--each: sets measures side by side, so it needs two or more"):
        separate(asked)


def made(asked, nets, monkeypatch=None):
    """A stand-in for a plan with these nets of its runs."""
    money = SimpleNamespace(with_output=estimates.mean_ci(np.array(nets)))
    return SimpleNamespace(asked=asked, money=money, nets=dict(enumerate(nets)))


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(each, "_nets", lambda one: one.nets)
    dice = np.random.default_rng(3).normal(0, 1e5, 20)

    def plans(*means, apart=1e3):
        own = np.random.default_rng(4)
        return [
            made(one, (mean + dice + own.normal(0, apart, 20)).tolist())
            for one, mean in zip(separate(ALL), means, strict=False)
        ]

    return plans


def test_the_same_dice_tell_apart_what_intervals_do_not(stand_in):
    text = ahead(stand_in(5e5, 4.9e5, 4.8e5))
    assert text.startswith("Output counted, 'remove layer 2' is ahead of all others beyond noise: by ")
    assert text.endswith("over the next, 'lay off 8 %'.")


def test_within_noise_nothing_is_ahead(stand_in):
    text = ahead(stand_in(5e5, 4.999e5, 1e5))
    assert "no measure is ahead of all others beyond noise" in text
    assert "not told apart from 'lay off 8 %'." in text
    assert "AI share" not in text


def test_the_best_of_bad_ones_is_said_to_be_worse_than_nothing(stand_in):
    assert ahead(stand_in(-5e5, -6e5)).endswith("But doing nothing is better than any of them.")
    assert ahead(stand_in(0.0, -6e5)).endswith("Whether it is better than doing nothing is within noise.")


@pytest.mark.slow
def test_the_table_has_the_figures_of_the_single_plans():
    base = load("people", ["time.weeks=12", "time.warmup_weeks=1"])
    measures = [replace(one, week=4) for one in separate(replace(ALL, freeze_weeks=None))[1:4]]
    plans = [plan(base, prepared(base, one), one, 3, 1, 2) for one in measures]
    text = each_text(plans, ["a", "b", "c"])
    assert max(map(len, text.splitlines())) <= 100
    for one in plans:
        line = next(x for x in text.splitlines() if x.startswith(short_name(one.asked)))
        assert f"{one.money.net.mean / 1000:,.0f}" in line
        assert f"{one.money.with_output.mean / 1000:,.0f}" in line


@pytest.mark.slow
def test_the_command_writes_a_page_of_each(tmp_path):
    found = orgsim(
        "plan", "people", "--lay-off", "8%", "--freeze", "--each", "--runs", "2", "--ranges", "0", "--week", "2", "--weeks", "6",
        cwd=tmp_path,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    for name in ("lay-off-8", "freeze"):
        assert (tmp_path / "results" / "plan-people-each" / name / "page.txt").is_file()
        assert f"results/plan-people-each/{name}/page.txt" in found.stdout
