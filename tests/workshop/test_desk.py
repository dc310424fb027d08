"""Staged runs give the figures of `orgsim compare`, exactly; early stages come first; what goes wrong is a sentence."""

import threading
import time

import numpy as np
import pytest
from workshop.test_lessons_and_designs import LESSON

from sim.errors import UserError
from sim.experiments.compare.study import compare
from sim.simulation import run as engine
from sim.workshop import desk as desks
from sim.workshop.design import Designs
from sim.workshop.desk import Desk, Found, next_look
from sim.workshop.lesson import read_lesson
from sim.workshop.repeating import command
from sim.workshop.runs import KeptRuns


@pytest.fixture(scope="module")
def designs():
    return Designs(read_lesson(LESSON, "mine"))


@pytest.fixture
def desk(designs):
    started = []

    def give(simulate=engine.run):
        made = Desk(designs, simulate, workers=1)
        made.start()
        started.append(made)
        return made

    yield give
    for one in started:
        assert one.close(10)


def test_staged_runs_give_the_figures_of_compare_exactly(designs, desk, monkeypatch):
    monkeypatch.setattr(desks, "CLOSE", 0.0)
    monkeypatch.setattr(desks, "MOST_RUNS", 32)
    looked = []
    design = designs.chosen({"ai": ["none"]})
    made = desk()
    found = made.look(design)
    while not found.done:
        found = made.look(design)
        if found.runs and found.runs not in looked:
            looked.append(found.runs)
        time.sleep(0.002)
    assert looked == sorted(looked)
    assert found.runs == 32
    assert found.settled
    at_once = compare(
        [designs.base.scenario, design.scenario],
        runs=32, seed=desks.SEED, ranges=desks.WORLDS, range_runs=desks.WORLD_RUNS, workers=1,
    )  # fmt: skip
    assert found.comparison.rows == at_once.rows
    assert found.comparison.notes == at_once.notes
    for a, b in zip(found.comparison.samples, at_once.samples, strict=True):
        np.testing.assert_array_equal(a.runs, b.runs)
        for name in a.outcomes:
            np.testing.assert_array_equal(a.outcomes[name], b.outcomes[name])
    assert found.rows["value_per_week"].holding is not None
    assert command(found) == "orgsim compare workshop-base.yaml workshop-design.yaml --runs 32 --ranges 16"


def test_no_run_is_simulated_twice(designs, desk, monkeypatch):
    monkeypatch.setattr(desks, "WORLDS", 0)
    monkeypatch.setattr(desks, "CLOSE", 0.0)
    monkeypatch.setattr(desks, "MOST_RUNS", 24)
    asked = []

    def counting(scenario, runs, seed, **options):
        asked.append((scenario.name, options["first_run"], runs))
        return engine.run(scenario, runs, seed, **options)

    made = desk(counting)
    made.wait(designs.base, 30)
    assert made.wait(designs.chosen({"ai": ["none"]}), 30).done
    numbers = {name: [] for name, *_ in asked}
    for name, first, runs in asked:
        numbers[name] += range(first, first + runs)
    assert numbers == {"base": list(range(24)), "design": list(range(24))}


def test_the_base_is_only_run(designs, desk):
    found = desk().wait(designs.base, 30)
    assert (found.runs, found.comparison, found.done) == (20, None, True)
    assert found.sample.asked == 20


def test_kept_runs_are_those_of_the_engine_whatever_part_is_asked_for(designs):
    scenario = designs.base.scenario
    kept = KeptRuns(engine.run)
    kept.keep(scenario)
    kept(scenario, 2, 7, workers=1)
    part = kept(scenario, 3, 7, workers=1, first_run=1)
    whole = engine.run(scenario, 3, 7, workers=1, first_run=1)
    np.testing.assert_array_equal(part.runs, whole.runs)
    for name, values in whole.outcomes.items():
        np.testing.assert_array_equal(part.outcomes[name], values)


def test_runs_come_in_looks_until_the_interval_is_close(designs):
    assert [next_look(runs, None) for runs in (0, 5, 20, 40, 80, 100)] == [5, 20, 40, 60, 100, None]
    found = compare([designs.base.scenario, designs.base.scenario], runs=2, ranges=0, workers=1)
    row = found.rows["base (2)"]["value_per_week"]  # the same in every run: the interval is a point
    assert next_look(20, row) is None
    assert next_look(5, row) == 20


def test_a_new_design_does_not_wait_for_the_last_digits_of_another(designs, monkeypatch):
    """The first look at a design comes before the further stages of those that were asked for earlier."""
    made = Desk(designs, workers=1)
    order = []

    def step(design, stage):
        order.append((design.key, stage))
        if (design.key, stage) == ("1", 5):
            made.look(other)
        done = stage >= 20
        return Found(runs=stage, done=done), None if done else 20

    monkeypatch.setattr(made, "_step", step)
    one, other = designs.chosen({"ai": ["none"]}), designs.base
    made.look(one)
    made._thread.start()
    made.wait(one, 10)
    made.close(10)
    assert order[:2] == [("1", 5), ("0", 5)]
    assert ("1", 20) in order


def test_what_cannot_be_run_is_a_sentence_and_the_next_design_works(designs, desk, capsys):
    def failing(scenario, runs, seed, **options):
        if scenario.name == "design":
            raise UserError("there is nobody left")
        return engine.run(scenario, runs, seed, **options)

    made = desk(failing)
    found = made.wait(designs.chosen({"ai": ["none"]}), 30)
    assert (found.failed, found.done) == ("there is nobody left", True)
    assert made.wait(designs.base, 30).runs == 20

    def broken(*_, **__):
        raise ZeroDivisionError("secret detail")

    found = desk(broken).wait(designs.base, 30)
    assert found.failed == "An error of orgsim, told on the terminal."
    assert "ZeroDivisionError: secret detail" in capsys.readouterr().err


def test_few_results_are_kept(designs, monkeypatch):
    monkeypatch.setattr(desks, "MOST_DESIGNS", 1)
    made = Desk(designs, workers=1)
    made.look(designs.base)
    made.look(designs.chosen({"ai": ["none"]}))
    assert [design.key for design, _ in made.tried()] == ["1"]
    assert len(made._found) == 2


def test_the_desk_ends_in_the_middle_of_a_stage(designs):
    running = threading.Event()

    def endless(scenario, runs, seed, *, progress, **_):
        running.set()
        while True:
            time.sleep(0.001)
            progress(1)

    made = Desk(designs, endless, workers=1)
    made.start()
    assert running.wait(10)
    assert made.close(10)
