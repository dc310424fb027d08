"""Interventions in a running Mesa model: people move, AI shares and parameters change, and every identity holds."""

import math

import numpy as np
import pytest
from helpers.model import SETTINGS, check_identities, check_structure, managers_of, small, top_of
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.codes import NONE, QUEUED, REVIEW, SENT
from sim.engine.hierarchy import chain_up
from sim.engine.record import record
from sim.errors import UserError
from sim.mesa_model.agents import IC, CodingAgent, Manager
from sim.mesa_model.model import OrgModel
from sim.parameters import changing
from sim.people import replan, reviews
from sim.scenario.scenario import load

# --- Moves ---------------------------------------------------------------------------------------------------------------


@st.composite
def plans(draw):
    """A setting, and a list of interventions with the days between them."""
    act = st.tuples(
        st.sampled_from(("move", "move", "move", "share", "parameter")),
        st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 4),
    )  # fmt: skip
    return draw(st.sampled_from(sorted(SETTINGS))), draw(st.lists(act, min_size=1, max_size=12))


CHANGES = [
    ("review.hours_per_week", 1.0), ("review.hours_per_week", math.inf), ("work.wip_limit", 5), ("work.demand", 2.5),
    ("managers.hands_on_share", 0.4), ("managers.hands_on_share", 0.0), ("ai.agent_fraction", 0.9),
    ("questions.patience_hours", 4.0), ("switches.alignment", False), ("arrivals.per_hour", 0.2),
]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(plans())
def test_every_identity_holds_under_random_interventions(plan):
    name, acts = plan
    model = OrgModel(small("organisation.management_layers=3", *SETTINGS[name]))
    heads = [agent for agent in model.agents if not isinstance(agent, CodingAgent)]
    managers = list(model.agents_by_type[Manager])
    wanted = True
    for kind, a, b, days in acts:
        for _ in range(min(days, model.days - model.day)):
            model.step()
        who, boss = heads[a % len(heads)], managers[b % len(managers)]
        if kind == "move":
            if who.row in chain_up(model.tables, boss.row):
                with pytest.raises(UserError, match=r"works below|same person"):
                    model.move(who, boss)
            else:
                model.move(who, boss)
        elif kind == "share":
            model.set_ai_share(who, (b % 5) / 4)
        else:
            path, value = CHANGES[b % len(CHANGES)]
            model.set_parameter(path, value)
            wanted &= path != "managers.hands_on_share" or value > 0
        check_identities(model)
        if wanted:
            check_structure(model)
    model.run()
    check_identities(model)
    outcomes = model.outcomes()
    assert outcomes["headcount"] == len(heads)
    for key, value in outcomes.items():
        if key.startswith("manager_utilisation"):
            assert math.isnan(value) or -1e-9 <= value <= 1 + 1e-9


def test_people_move_between_the_trees_of_a_chart_with_several_tops(tmp_path):
    chart = tmp_path / "chart.csv"
    bosses = {
        "a": "",
        "b": "a",
        "c": "a",
        "d": "b",
        "e": "b",
        "f": "c",
        "g": "c",
        "h": "",
        "i": "h",
        "j": "h",
    }
    chart.write_text("id,manager\n" + "".join(f"{who},{boss}\n" for who, boss in bosses.items()))
    model = OrgModel(small().with_values({"organisation.chart": str(chart)}))
    top, other = sorted((m for m in managers_of(model) if m.boss is None), key=lambda m: -m.layer)
    paid = other.pay
    model.run(2)
    model.move(other, next(iter(top.reports)))
    assert (other.layer, top.layer) == (1, 3)
    assert other.pay == paid  # paid by its layer before as well
    model.move(next(iter(other.team)), top)
    check_structure(model)
    model.run()
    check_identities(model)


def test_moving_an_ic_changes_both_teams():
    model = OrgModel("base")
    model.run(2.4)
    ic, to = model.person(0), managers_of(model)[5]
    old = ic.boss
    model.move(ic, to)
    assert ic.boss is to
    assert ic in to.team
    assert ic not in old.team
    assert (len(old.reports), len(to.reports)) == (5, 7)
    check_structure(model)
    model.run(3)
    check_identities(model)
    assert model.outcomes_of_weeks(3, 5)["span_max"] == 7


def test_moving_managers_changes_layers_and_pay():
    model = OrgModel("base")
    top = top_of(model)
    middle = next(iter(top.reports))
    first_line = list(middle.reports)
    payroll, paid, top_paid = model.tree.payroll, middle.pay, top.pay
    model.run(10)
    for manager in first_line:
        model.move(manager, top)
    assert middle.layer == 1
    assert middle.hands_on is not None
    assert len(middle.coding_agents) == 3
    assert middle.pay == pytest.approx(paid / 1.6 * 1.29)
    assert top.pay == top_paid
    check_structure(model)
    model.run(2)
    assert middle.hands_on.hours_per_week == pytest.approx(10)
    check_identities(model)
    saved = paid - middle.pay
    outcomes = model.outcomes()
    # 2 of the 4 weeks after the warm-up at the lower pay
    assert outcomes["payroll_per_year"] == pytest.approx(payroll - saved / 2)
    assert 0 < outcomes["manager_utilisation_layer_2"] <= 1
    model.move(first_line[0], middle)
    assert middle.layer == 2
    model.run(2)
    assert middle.hands_on.hours_per_week == 0
    assert middle.pay == paid
    check_structure(model)


def test_a_move_at_a_weeks_end_counts_for_the_coming_week_one_within_a_week_from_the_next():
    for days in (10, 12):
        model = OrgModel("base")
        boss = model.person(0).boss
        for _ in range(days):
            model.step()
        for pid in (90, 91, 92):
            model.move(model.person(pid), boss)
        model.step()
        assert (boss.people_hours > 11.2 + 1.0) == (days == 10)
    model.run(1)
    assert boss.people_hours > 11.2 + 1.0


def test_reviews_that_nobody_left_may_read_go_to_the_manager():
    model = OrgModel(
        small("organisation.ics=3", "organisation.management_layers=1", "review.pickup_hours=500")
    )
    boss = model.person(0).boss
    model.run(2)
    items = model.tables.items
    waiting = (
        np.isin(items["state"], (SENT, QUEUED)) & (items["kind"] == REVIEW) & (items["team"] == boss.row)
    )
    assert waiting.sum() > 2
    # With one other manager there would be a team to go to; here the first two stop reviewing.
    for ic in (model.person(1), model.person(2)):
        model.tables.people["reviewer"][ic.row] = False
    reviews.rehome_reviews(model.tables, record(model.parameters), boss.row)
    owners = model.tables.changes["owner"][items["change"][waiting]]
    moved = items["person"][waiting] == boss.row
    assert np.array_equal(moved, owners == 0)
    assert (items["team"][waiting][moved] == NONE).all()


def test_impossible_moves_are_refused_with_a_sentence():
    model, other = OrgModel("base"), OrgModel(small())
    top = top_of(model)
    leaf = next(iter(next(iter(top.reports)).reports))
    ic = model.person(0)
    for who, boss, words in (
        (top, leaf, "works below"),
        (top, top, "is the same person"),
        (ic, model.person(1), "is no manager"),
        (next(iter(ic.coding_agents)), top, "belongs to its supervisor"),
        (other.person(0), top, "nobody in this model"),
        ("Ann", top, "nobody in this model"),
    ):
        with pytest.raises(UserError, match=words):
            model.move(who, boss)
    check_structure(model)


# --- AI shares and parameters --------------------------------------------------------------------------------------------


def test_set_ai_share_plans_as_the_start_does():
    changed, born = OrgModel("base"), OrgModel(load("base", ["ai.share_of_code=0.7"]))
    changed.set_ai_share(None, 0.7)
    for field in ("agent_share", "assistant_fraction"):
        np.testing.assert_array_equal(changed.tables.people[field], born.tables.people[field])
    assert changed.parameter("ai.share_of_code") == 0.7


def test_set_ai_share_of_a_team_leaves_the_others_alone():
    model = OrgModel(load("base", ["ai.share_of_code=0.3"]))
    boss = model.person(0).boss
    model.set_ai_share(boss, 0.9)
    assert boss.team.get("ai_share") == [0.9] * 6
    assert boss.hands_on.ai_share == 0.9
    assert sorted(set(model.agents_by_type[IC].get("ai_share"))) == [0.3, 0.9]
    assert model.parameter("ai.share_of_code") == pytest.approx(0.3 + 0.6 * 6 / 96)
    model.set_ai_share(model.agents_by_type[IC].select(at_most=2), 0.0)
    assert model.person(1).ai_share == 0.0
    model.run(12)
    assert model.outcomes()["ai_share_realised"] > 0.2
    with pytest.raises(UserError, match="outside from 0 to 1"):
        model.set_ai_share(None, 1.2)
    with pytest.raises(UserError, match="belongs to its supervisor"):
        model.set_ai_share(model.agents, 0.5)


def test_the_share_of_code_is_the_mean_over_the_ics_there_are():
    model = OrgModel(small())
    boss = model.person(0).boss
    model.run(2)
    model.set_ai_share(boss, 0.9)
    for change in (
        lambda: model.lay_off(list(boss.team)[:2]),
        lambda: model.convert(boss),
        lambda: model.set_parameter("quits.base", 0.2),
    ):
        change()
        shares = model.agents_by_type[IC].get("ai_share")
        assert model.parameter("ai.share_of_code") == pytest.approx(np.mean(shares), abs=1e-12)


def test_planning_ai_only_reads_the_parameters_which_runs_in_threads_share():
    model = OrgModel(small("work.demand_elasticity=0.5"))
    p = record(model.parameters)
    before, people = p.tobytes(), model.tables.people
    people["ai_planned"] = np.linspace(0.0, 1.0, len(people))
    replan.plan_ai(model.tables, p)
    assert p.tobytes() == before
    assert len(set(people["assistant_fraction"])) > 2


def test_a_new_ai_share_shows_in_the_outcome():
    model = OrgModel(load("base", ["time.weeks=12", "time.warmup_weeks=2"]))
    model.run(6)
    before = model.outcomes_of_weeks(2, 6)["ai_share_realised"]
    model.set_ai_share(None, 0.8)
    model.run()
    assert model.outcomes_of_weeks(8, 14)["ai_share_realised"] > before + 0.3


def test_parameters_change_from_the_next_step_on():
    model = OrgModel(load("base", ["time.weeks=12", "time.warmup_weeks=2"]))
    model.run(4)
    waited = model.outcomes_of_weeks(2, 4)["review_wait_hours"]
    model.set_parameter("review.hours_per_week", 2.6)
    model.set_parameter("meetings.ic_share", 0.05)
    assert model.parameter("review.hours_per_week") == 2.6
    model.run()
    assert model.outcomes_of_weeks(6, 14)["review_wait_hours"] > 2 * waited
    assert model.person(0).week_hours["meetings"] == pytest.approx(2)
    check_identities(model)


def test_a_parameter_set_at_the_start_is_one_of_the_scenario():
    for path, value in (
        ("defects.per_standard_hour", 0.2),
        ("ai.reading_exponent", 0.6),
        ("meetings.ic_share", 0.2),
    ):
        changed, born = OrgModel(small()), OrgModel(small(f"{path}={value}"))
        changed.set_parameter(path, value)
        changed.run()
        born.run()
        for name in ("incidents_per_week", "change_failure_rate", "changes_per_ic_week", "time_verifying_ic"):
            assert changed.outcomes()[name] == pytest.approx(born.outcomes()[name], rel=1e-9)


def test_demand_that_rises_wakes_the_idle():
    model = OrgModel(load("base", ["work.demand=0.5", "time.weeks=12", "time.warmup_weeks=2"]))
    model.run(6)
    assert model.outcomes()["changes_per_ic_week"] < 0.7
    model.set_parameter("work.demand", 2.0)
    model.run()
    assert 1.2 < model.outcomes_of_weeks(8, 14)["changes_per_ic_week"] < 2.2


def test_parameters_that_act_only_at_the_start_are_refused():
    model = OrgModel(small())
    for path, words in (
        ("ai.agents_per_supervisor", "hired at the start"),
        ("ai.share_of_code", "set_ai_share"),
        ("money.ic_pay", "prices hold"),
        ("work.skill_sd", "made at the start"),
        ("organisation.bottom_span_ratio", "move"),
        ("review.detektion", "did you mean 'review.detection'"),
    ):
        with pytest.raises(UserError, match=words):
            model.set_parameter(path, 1)
    with pytest.raises(UserError, match="outside from 0 to 1"):
        model.set_parameter("review.detection", 2)
    with pytest.raises(UserError, match="start with it above 0"):
        OrgModel(small("ai.agent_fraction=0")).set_parameter("ai.agent_fraction", 0.5)
    with pytest.raises(UserError, match="start with it above 0"):
        OrgModel(small("switches.hands_on=false")).set_parameter("managers.hands_on_share", 0.1)
    assert changing.takes_effect("managers.people_cap") == changing.NEXT_WEEK
    assert changing.takes_effect("review.detection") == changing.AT_ONCE
    assert not set(changing.FIXED) - set(model.parameters)


def test_a_strategy_begun_in_a_run_where_nobody_comes_or_goes_takes_effect():
    fluency = []
    for begun in (False, True):
        model = OrgModel(small("time.weeks=12"))
        if begun:
            model.set_parameter("ai.strategy", "top_down")
        while model.day < model.days:
            model.step()
        fluency.append(model.tables.people["fluency"].sum())
    assert fluency[1] != fluency[0]
