"""The Mesa door: bit for bit the compiled outcomes, views that tell the truth, a researcher's own policy and agents."""

import gc
import weakref

import numpy as np
import pytest
from helpers.model import BUSY, SETTINGS, check_identities, check_structure, managers_of, same, small, top_of

from sim.engine.codes import QUEUED
from sim.errors import UserError
from sim.mesa_model.agents import IC, CodingAgent, Manager
from sim.mesa_model.model import OrgModel
from sim.simulation.run import run

# --- The same numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sets", SETTINGS.values(), ids=SETTINGS)
def test_stepping_gives_the_compiled_outcomes_bit_for_bit(sets):
    scenario = small(*sets)
    results = run(scenario, runs=1, seed=3, first_run=7)
    compiled = {name: float(value[0]) for name, value in results.outcomes.items()}
    daily = OrgModel(scenario, seed=3, run=7)
    while daily.running:
        daily.step()
    chunks = OrgModel(scenario, seed=3, run=7)
    for weeks in (0.2, 1.6, 1, 0.4):
        chunks.run(weeks)
        [person.hours for person in chunks.agents_by_type[IC]]  # looking changes nothing
    chunks.run()
    assert same(daily.outcomes(), compiled)
    assert same(chunks.outcomes(), compiled)
    series = daily.datacollector.model_vars
    assert series.pop("week") == [1, 2, 3, 4, 5]
    assert series.keys() == results.series.keys()
    for name, values in series.items():
        np.testing.assert_array_equal(values, results.series[name][0])


def test_other_runs_and_seeds_differ():
    values = set()
    for seed, number in ((1, 0), (1, 1), (2, 0)):
        model = OrgModel(small(), seed=seed, run=number)
        model.run()
        values.add(model.outcomes()["value_per_week"])
    assert len(values) == 3


def test_interventions_that_change_nothing_change_no_outcome():
    scenario = small(*BUSY)
    plain, idle = OrgModel(scenario), OrgModel(scenario)
    plain.run()
    for _ in range(idle.days):
        idle.step()
        idle.move(idle.person(0), idle.person(0).boss)
        idle.set_ai_share(None, 0.5)
        idle.set_parameter("review.hours_per_week", idle.parameter("review.hours_per_week"))
        idle.set_parameter("work.demand", 4)
    assert same(plain.outcomes(), idle.outcomes())


def test_stepping_beyond_the_horizon_is_refused():
    model = OrgModel(small())
    model.run()
    assert not model.running
    with pytest.raises(UserError, match=r"time\.weeks"):
        model.step()


def test_outcomes_need_a_week_after_the_warm_up():
    model = OrgModel(small())
    model.run(1)
    with pytest.raises(UserError, match="warm-up"):
        model.outcomes()
    model.run(1.2)
    assert model.outcomes()["value_per_week"] > 0
    with pytest.raises(UserError, match="whole number of days"):
        model.run(0.13)


# --- Views ---------------------------------------------------------------------------------------------------------------


def test_managers_show_what_their_layer_knows():
    tall = small(
        "organisation.ics=16", "organisation.spans=[2, 2, 2, 2]", "questions.manager_knowledge=[0.5, 0.7]"
    )
    shown = {manager.layer: manager.knowledge for manager in managers_of(OrgModel(tall))}
    assert shown == {1: 0.5, 2: 0.7, 3: 0.7, 4: 1.0}  # the top answers everything
    rising = tall.with_values({"questions.manager_knowledge_4": 0.9, "questions.top_solves_all": False})
    assert top_of(OrgModel(rising)).knowledge == 0.9


def test_agents_show_the_organisation():
    model = OrgModel("base")
    model.run(1.4)
    by_type = model.agents_by_type
    assert {kind.__name__: len(agents) for kind, agents in by_type.items()} == {
        "IC": 96, "Manager": 21, "CodingAgent": 3 * (96 + 16)
    }  # fmt: skip
    assert len({agent.unique_id for agent in model.agents}) == len(model.agents)
    top = top_of(model)
    assert (top.layer, top.knowledge, top.hands_on) == (3, 1.0, None)
    assert sum(by_type[Manager].get("layer")) == 16 + 2 * 4 + 3
    assert sum(len(manager.reports) for manager in by_type[Manager]) == 116
    assert 0 < by_type[Manager].agg("utilisation", np.mean) < 1
    first = model.person(0)
    assert first in first.team
    assert all(mate.boss is first.boss for mate in first.team)
    assert first.boss.hands_on.hours_per_week == pytest.approx(10)
    assert len(first.coding_agents) == 3
    assert all(agent.supervisor is first for agent in first.coding_agents)
    assert all(agent.supervisor is first.boss for agent in first.boss.coding_agents)
    sizes = by_type[CodingAgent].get("change_size")
    assert any(sizes)
    assert all(
        size is not None
        for size, runs in zip(sizes, by_type[CodingAgent].get("running"), strict=True)
        if runs
    )
    assert sum(by_type[CodingAgent].get("runs")) > 0
    assert sum(first.week_hours.values()) == pytest.approx(40)
    assert first.ai_share == model.parameter("ai.share_of_code")


def test_inbox_counts_what_waits():
    model = OrgModel(
        small("managers.admin_share=0.25", "questions.per_standard_hour=2", "questions.help_hours=2")
    )
    model.run(2)
    manager = max(model.agents_by_type[Manager], key=lambda m: m.inbox.items)
    inbox = manager.inbox
    waiting = model.tables.items
    mine = (waiting["person"] == manager.row) & (waiting["state"] == QUEUED)
    assert inbox.items == mine.sum() > 3
    assert inbox.hours == pytest.approx(waiting["left"][mine].sum())


def test_views_cannot_be_removed_or_set():
    model = OrgModel(small())
    with pytest.raises(UserError, match="cannot be removed"):
        model.person(0).remove()
    with pytest.raises(AttributeError):
        model.person(0).skill = 2.0
    with pytest.raises(UserError, match="nobody has the permanent id 999"):
        model.person(999)


def test_a_deleted_model_is_collected():
    model = OrgModel(small())
    model.run(1)
    model.move(model.person(0), managers_of(model)[-1])
    kept = weakref.ref(model)
    del model
    gc.collect()
    assert kept() is None


# --- As a Mesa model -----------------------------------------------------------------------------------------------------


def test_a_policy_in_a_subclass_runs_every_day():
    class Balanced(OrgModel):
        def step(self):
            super().step()
            if self.week_has_ended and self.week >= 0:
                managers = self.agents_by_type[Manager].select(lambda m: m.layer == 1)
                widest, narrowest = (pick(managers, key=lambda m: len(m.reports)) for pick in (max, min))
                if len(widest.reports) > len(narrowest.reports) + 1:
                    self.move(next(iter(widest.team)), narrowest)

    model = Balanced(small("organisation.management_layers=2"), seed=2)
    first = managers_of(model)[0]
    for ic in list(model.agents_by_type[IC])[2:8]:
        model.move(ic, first)
    model.run_model()
    spans = [len(m.reports) for m in model.agents_by_type[Manager] if m.layer == 1]
    assert max(spans) - min(spans) <= 2
    assert model.steps == model.day == model.days
    check_structure(model)
    check_identities(model)


def test_a_researchers_own_agents_get_ids_of_their_own():
    import mesa

    model = OrgModel(small())
    extra = mesa.Agent(model)
    assert [agent.unique_id for agent in model.agents].count(extra.unique_id) == 1
