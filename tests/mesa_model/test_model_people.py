"""The Mesa door with people who come and go: the same numbers, agents that follow, and events by hand with all consequences."""

import runpy

import numpy as np
import pytest
from helpers import ROOT
from helpers.model import BUSY, check_no_stuck_review, managers_of, same, small, top_of
from helpers.people_checks import check, check_tree

from sim.engine.codes import LAID_OFF, LAYOFF_RULES
from sim.errors import UserError
from sim.mesa_model.agents import IC, CodingAgent, Manager
from sim.mesa_model.model import OrgModel
from sim.parameters import changing
from sim.simulation.run import run

QUITS = [
    "switches.quits=true", "switches.hiring=true", "switches.strain=true", "quits.base=0.9", "hiring.delay_weeks=2",
]  # fmt: skip
LAYOFFS = [
    "switches.layoffs=true", "layoffs.background_probability=0.4", "layoffs.wave_week=3", "layoffs.wave_fraction=0.2",
    "layoffs.delayer_week=5", "layoffs.delayer_first_span=8", "layoffs.delayer_convert=0.5",
]  # fmt: skip
LONGER = "time.weeks=8"
LIVELY = {
    "quits": [*QUITS, LONGER], "busy": [*BUSY, *QUITS, *LAYOFFS, LONGER], "ai": [*QUITS, "hiring.policy=ai", LONGER],
    "layoffs": [*LAYOFFS, LONGER],
}  # fmt: skip
STAYING = [text for text in QUITS if "base" not in text] + ["quits.base=0"]
PEOPLE = (IC, Manager)


def people_of(model: OrgModel) -> list:
    return [agent for agent in model.agents if isinstance(agent, PEOPLE)]


def at_week(week: int, *sets: str) -> OrgModel:
    model = OrgModel(small(*sets))
    model.run(1 + week)
    return model


def check_shape(model: OrgModel) -> None:
    """Tables, agents and the tree agree on who is there and who reports to whom."""
    org, tree = model.tables, model.tree
    check_tree(org)
    check_no_stuck_review(org)
    present = {agent.pid: agent for agent in people_of(model)}
    assert sorted(tree.pid.tolist()) == sorted(present)
    assert (tree.ics, tree.managers) == (len(model.agents_by_type[IC]), len(model.agents_by_type[Manager]))
    assert tree.payroll == pytest.approx(sum(agent.pay for agent in present.values()))
    for row, pid in enumerate(tree.pid.tolist()):
        agent, boss = present[pid], int(tree.boss[row])
        assert (agent.boss.pid if agent.boss else -1) == (tree.pid[boss] if boss >= 0 else -1)
        assert agent.layer == tree.layer[row]
        assert isinstance(agent, Manager) == (agent.layer > 0)
        desk = org.people["desk"][agent.row]
        if isinstance(agent, Manager):
            assert (desk >= 0 and org.people["coder"][desk]) == (agent.layer == 1)
    modules = tree.module[: tree.ics].tolist()
    assert len(set(modules)) == len(modules)


def check_agents(model: OrgModel) -> None:
    """The agents are the people present, each once, with their own figures."""
    people, now = model.tables.people, model.day * 8.0
    for kind, role in ((IC, 0), (Manager, 1)):
        here = np.flatnonzero(people["role"] == role)
        assert sorted(agent.pid for agent in model.agents_by_type[kind]) == sorted(
            people["pid"][here].tolist()
        )
        assert all(type(agent) is kind and agent.present for agent in model.agents_by_type[kind])
    assert len(model.agents_by_type[CodingAgent]) == len(model.tables.agents)
    for agent in people_of(model):
        assert people["pid"][agent.row] == agent.pid
        assert model.person(agent.pid) is agent
        assert model.member(agent.row) is agent
        assert agent.boss is None or agent in agent.boss.reports
        joined = max(float(model.tables.occupants["joined"][agent.row]), -1.0) + 1.0
        assert sum(agent.hours.values()) == pytest.approx(now - joined * 40.0, abs=1e-6)
        new = agent._since_day == model.day
        assert sum(agent.week_hours.values()) == pytest.approx(0.0 if new else 40.0)
    for vacancy in model.vacancies:
        assert model.member(vacancy.seat) is None
        assert vacancy.boss.present


# --- By themselves -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sets", LIVELY.values(), ids=LIVELY)
def test_stepping_is_the_compiled_path_where_people_come_and_go(sets):
    scenario = small(*sets)
    compiled = run(scenario, runs=1, seed=3, first_run=7)
    model = OrgModel(scenario, seed=3, run=7)
    model.run(0.6)
    while model.running:
        model.step()
        [agent.hours for agent in people_of(model)]  # looking changes nothing
    assert same(model.outcomes(), {name: float(value[0]) for name, value in compiled.outcomes.items()})
    for name, series in compiled.series.items():
        np.testing.assert_array_equal(model.datacollector.model_vars[name], series[0])
    for name in compiled.cohorts[0].dtype.names:
        np.testing.assert_array_equal(model.tables.cohort[name], compiled.cohorts[0][name])
    world = model.tables.world[0]
    assert world.quits + world.layoffs > 0


@pytest.mark.parametrize("sets", LIVELY.values(), ids=LIVELY)
def test_agents_follow_people_who_come_and_go(sets):
    model = OrgModel(small(*sets))
    everybody = people_of(model)
    for _ in range(9):
        model.run(1)
        check_agents(model)
        check_shape(model)
    model_people = people_of(model)
    gone = [agent for agent in everybody if agent not in model_people]
    assert gone
    for agent in gone:
        assert not agent.present
        assert str(agent.pid) in repr(agent)
        with pytest.raises(UserError, match="has left the organisation"):
            _ = agent.pay
        with pytest.raises(UserError, match="no longer there"):
            model.lay_off(agent)


def test_a_week_by_hand_is_the_week_of_the_compiled_path():
    """A wave, and the same people laid off by hand at the same week's end, are one and the same."""
    quiet = ["layoffs.background_probability=0", "switches.strain=true", "switches.hands_on=false", LONGER]
    wave = OrgModel(
        small("switches.layoffs=true", "layoffs.wave_week=3", "layoffs.wave_fraction=0.25", *quiet)
    )
    wave.run()
    hit = wave.tables.cohort["exit_week"] == 3
    assert 3 <= hit.sum() < len(hit)
    model = OrgModel(small("switches.layoffs=true", "layoffs.wave_fraction=0", *quiet))
    model.run(4)
    model.lay_off([model.person(pid) for pid in wave.tables.cohort["pid"][hit].tolist()])
    model.run()
    assert same(model.outcomes(), wave.outcomes())
    for name in wave.tables.cohort.dtype.names:
        np.testing.assert_array_equal(model.tables.cohort[name], wave.tables.cohort[name])
    assert model.tables.world["quit_jump"] == pytest.approx(wave.tables.world["quit_jump"])
    by_rule = {LAYOFF_RULES[rule] for rule in model.tables.ledger["rule"]}
    assert by_rule == {"event"}


# --- By hand -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sets", [[], BUSY, STAYING], ids=["off", "busy", "on"])
def test_lay_off_has_all_consequences(sets):
    model = at_week(2, *sets)
    manager = next(m for m in managers_of(model) if m.layer == 1 and m.boss is not None)
    reports, boss, pay, row = list(manager.reports), manager.boss, manager.pay, manager.row
    payroll, work = model.tree.payroll, np.count_nonzero(model.tables.changes["owner"] >= 0)
    ic = next(a for a in model.agents_by_type[IC] if a.boss is not manager)
    model.lay_off([manager, ic])
    world = model.tables.world[0]
    assert all(report.boss is boss for report in reports)
    assert not manager.present
    assert manager not in model.agents
    assert ic not in model.agents_by_type[IC]
    assert model.tree.payroll == pytest.approx(payroll - pay - model.tables.occupants["seat_pay"][0])
    weeks = float(model.parameter("layoffs.severance_weeks"))
    assert world.people_usd == pytest.approx((pay + model.tables.occupants["seat_pay"][0]) * weeks / 52)
    assert world.layoffs == 2
    assert work >= np.count_nonzero(model.tables.changes["owner"] >= 0)
    ledger, cohort = model.tables.ledger, model.tables.cohort
    assert sorted(ledger["pid"]) == sorted([manager.pid, ic.pid])
    assert set(ledger["week"]) == {2.0}
    assert np.isnan(ledger["score"]).all()
    out = cohort[np.isin(cohort["pid"], [manager.pid, ic.pid])]
    assert set(out["exit_kind"]) == {LAID_OFF}
    assert set(out["exit_week"]) == {2.0}
    assert world.quit_jump > 0.31
    assert {vacancy.seat for vacancy in model.vacancies} >= {row}
    check_shape(model)
    check(model.tables, model.setup)
    model.run()
    check_agents(model)
    outcomes = model.outcomes()
    assert outcomes["layoffs_per_year"] > 0
    assert outcomes["value_per_week"] > 0


def test_layoffs_one_by_one_shock_survivors_like_one_cut():
    together, singly = at_week(1), at_week(1)
    together.lay_off([together.person(pid) for pid in (1, 2, 3)])
    for pid in (1, 2, 3):
        singly.lay_off(singly.person(pid))
    for model in (together, singly):
        model.run()
    assert same(together.outcomes(), singly.outcomes())
    assert together.tables.world["quit_jump"] == singly.tables.world["quit_jump"] > 0


def test_hire_fills_a_vacancy_and_reports_come_back():
    model = at_week(2, *BUSY)
    manager = next(m for m in managers_of(model) if m.layer == 1)
    reports, boss = set(manager.reports), manager.boss
    model.lay_off(manager)
    (vacancy,) = model.vacancies
    assert (vacancy.kind, vacancy.boss, vacancy.filled_in_week) == (Manager, boss, np.inf)
    spent = float(model.tables.world["people_usd"][0])
    newcomer = model.hire(boss)
    assert isinstance(newcomer, Manager)
    assert newcomer.pid != manager.pid
    assert set(newcomer.reports) == reports
    assert newcomer.boss is boss
    assert not model.vacancies
    cost = float(model.tables.world["people_usd"][0]) - spent
    assert cost == pytest.approx(newcomer.pay * model.parameter("hiring.cost_share"))
    check_shape(model)
    check(model.tables, model.setup)
    assert newcomer.week_hours == {}
    model.run()
    check_agents(model)
    assert sum(newcomer.hours.values()) == pytest.approx(3 * 40.0)
    assert model.outcomes()["hires_per_year"] > 0


def test_newcomers_by_hand_ramp_up_where_hiring_is_on():
    model = at_week(1, "switches.hiring=true")
    ic = model.person(4)
    boss = ic.boss
    model.lay_off(ic)
    newcomer = model.hire(model.vacancies[0])
    assert model.tables.people["condition"][newcomer.row] == model.parameter("hiring.start_productivity")
    hours = model.parameter("hiring.coach_hours")
    assert model.tables.people["coaching_hours"][boss.row] == hours


@pytest.mark.parametrize("layer", [1, 2])
def test_convert_makes_a_manager_an_ic_of_the_boss(layer):
    model = at_week(2, "organisation.ics=40", *BUSY)
    manager = next(m for m in managers_of(model) if m.layer == layer and m.boss is not None)
    boss, reports, pid = manager.boss, list(manager.reports), manager.pid
    ics, managers = len(model.agents_by_type[IC]), len(model.agents_by_type[Manager])
    person = model.convert(manager)
    assert (type(person), person.pid, person.boss, person.layer) == (IC, pid, boss, 0)
    assert not manager.present
    assert model.person(pid) is person
    assert person.pay == model.person(0).pay
    kept = model.parameter("careers.skill_kept")
    skill = model.parameter("managers.hands_on_skill")
    assert kept * skill <= person.skill <= skill  # by how current the manager is
    assert all(report.boss is boss for report in reports)
    assert (len(model.agents_by_type[IC]), len(model.agents_by_type[Manager])) == (ics + 1, managers - 1)
    assert model.tables.ledger["converted"].tolist() == [True]
    assert model.tables.world["layoffs"] == 0
    assert not model.vacancies
    check_shape(model)
    started = person.changes_started
    model.run()
    check_agents(model)
    assert person.changes_started > started


def test_moves_and_layoffs_together():
    """Who is moved keeps the new boss through vacancies, and pay is booked once."""
    model = at_week(1, "organisation.ics=40", "time.weeks=6")
    first = sorted((m for m in managers_of(model) if m.layer == 1), key=lambda m: m.pid)
    mover = next(iter(first[0].team))
    model.move(mover, first[-1])
    model.lay_off(first[-1])
    assert mover.boss is first[1].boss or mover.boss.layer > 1
    newcomer = model.hire(next(v for v in model.vacancies if v.kind is Manager))
    assert mover.boss is newcomer
    check_shape(model)
    model.run(2)
    middle = next(m for m in managers_of(model) if m.layer == 2)
    model.run(0.4)
    model.move(middle, top_of(model))
    model.run(1.6)
    check_shape(model)
    model.lay_off(next(iter(middle.team)) if len(middle.team) else next(iter(middle.reports)))
    model.run()
    check_shape(model)
    check_agents(model)
    assert model.outcomes()["payroll_per_year"] == pytest.approx(model.tree.payroll, rel=0.1)


def test_an_organisation_of_one_goes_on():
    model = at_week(1, *STAYING, "hiring.policy=freeze", LONGER)
    top = top_of(model)
    model.lay_off([agent for agent in people_of(model) if agent is not top])
    assert people_of(model) == [top]
    assert not len(top.reports)
    model.run()
    outcomes = model.outcomes_of_weeks(4, 8)
    assert outcomes["headcount"] == 1
    assert outcomes["value_per_week"] <= 0 or outcomes["value_by_managers_per_week"] > 0
    check_agents(model)


def test_events_by_hand_are_refused_clearly():
    model = OrgModel(small())
    ic = model.person(0)
    with pytest.raises(UserError, match="warm-up ends in 1 weeks"):
        model.lay_off(ic)
    model.run(1.2)
    for method, who in ((model.lay_off, ic), (model.convert, ic.boss), (model.hire, ic.boss)):
        with pytest.raises(UserError, match="within a week"):
            method(who)
    model.run(0.8)
    top = top_of(model)
    for method in (model.lay_off, model.convert):
        with pytest.raises(UserError, match="is a top"):
            method(top)
    with pytest.raises(UserError, match="named twice"):
        model.lay_off([ic, ic])
    with pytest.raises(UserError, match="is an IC already"):
        model.convert(ic)
    with pytest.raises(UserError, match="no seat is vacant under"):
        model.hire(ic.boss)
    with pytest.raises(UserError, match="neither a vacancy nor a manager"):
        model.hire(ic)
    with pytest.raises(UserError, match="belongs to its supervisor"):
        model.lay_off(next(iter(ic.coding_agents)))
    with pytest.raises(UserError, match="nobody in this model"):
        model.lay_off(OrgModel(small()).person(0))
    model.lay_off([])
    assert not len(model.tables.ledger)
    model.lay_off(ic)
    (vacancy,) = model.vacancies
    model.hire(vacancy)
    with pytest.raises(UserError, match="is not vacant"):
        model.hire(vacancy)
    with pytest.raises(UserError, match="no longer there"):
        model.move(ic, top)
    with pytest.raises(UserError, match="nobody has the permanent id 0"):
        model.person(0)


# --- Parameters ----------------------------------------------------------------------------------------------------------


def test_parameters_of_people_act_at_the_weeks_end():
    for path in (
        "quits.base",
        "hiring.policy",
        "layoffs.wave_fraction",
        "strain.smoothing",
        "switches.quits",
    ):
        assert changing.takes_effect(path) == changing.WEEK_END
    for path in ("people.tenure_mean_years", "people.diverse_share"):
        with pytest.raises(UserError, match="cannot change in a run"):
            changing.takes_effect(path)


def test_people_begin_to_quit_when_it_is_switched_on():
    model = at_week(1)
    model.set_parameter("quits.base", 0.9)
    model.run(1)
    assert model.tables.world["quits"] == 0
    model.set_parameter("switches.quits", True)
    model.run(3)
    assert model.tables.world["quits"] > 0
    check_agents(model)


def test_switched_on_at_the_start_is_switched_on_in_the_scenario():
    later = OrgModel(small("quits.base=0.9", "hiring.delay_weeks=2"))
    for name in ("quits", "hiring", "strain"):
        later.set_parameter(f"switches.{name}", True)
    later.run()
    at_once = OrgModel(small(*QUITS))
    at_once.run()
    assert same(later.outcomes(), at_once.outcomes())


def test_a_wave_can_be_dated_in_a_run_but_not_in_the_past():
    model = at_week(2, "switches.layoffs=true", "layoffs.background_probability=0", "layoffs.wave_week=1")
    with pytest.raises(
        UserError, match=r"layoffs\.wave_week 1 is over; set layoffs\.wave_week to 3 to 5 first"
    ):
        model.set_parameter("layoffs.wave_fraction", 0.3)
    for week, word in ((2, "is over"), (6, "after the end")):
        with pytest.raises(UserError, match=word):
            model.set_parameter("layoffs.wave_week", week)
    model.set_parameter("layoffs.wave_week", 3)
    model.set_parameter("layoffs.wave_fraction", 0.3)
    model.run(1)
    assert model.tables.world["layoffs"] > 0
    check_agents(model)


def test_what_ai_took_over_stays_when_other_parameters_change():
    model = OrgModel(small(*QUITS, "hiring.policy=ai"))
    model.run(5)
    shares = model.tables.people["agent_share"].copy()
    assert len(np.unique(shares[model.tables.people["role"] == 0])) > 1
    model.set_parameter("review.detection", 0.3)
    np.testing.assert_array_equal(model.tables.people["agent_share"], shares)


def test_the_example_runs():
    example = runpy.run_path(str(ROOT / "examples" / "fewer_managers.py"))
    before, after = (example["outcomes"](how, 0) for how in ("as it is", "laid off"))
    assert after["headcount"] < before["headcount"]
    assert after["people_usd_per_year"] > before["people_usd_per_year"] == 0


@pytest.mark.parametrize("sets", [[], BUSY, STAYING], ids=["off", "busy", "on"])
def test_promote_lets_two_people_change_places(sets):
    model = at_week(2, *sets)
    ic = next(a for a in model.agents_by_type[IC] if a.boss.boss is not None)
    boss, peers = ic.boss, [a for a in ic.boss.reports if a is not ic]
    payroll, counts = model.tree.payroll, (len(model.agents_by_type[IC]), len(managers_of(model)))
    lead = model.promote(ic)
    former = model.person(boss.pid)
    assert (type(lead), lead.pid, type(former)) == (Manager, ic.pid, IC)
    assert former.boss is lead
    assert all(peer.boss is lead for peer in peers)
    assert model.tree.payroll == pytest.approx(payroll)
    assert (len(model.agents_by_type[IC]), len(managers_of(model))) == counts
    assert (model.tables.world[0].promotions, model.tables.world[0].conversions) == (1, 1)
    for _ in range(2):
        check_agents(model)
        check_shape(model)
        model.run(1)


def test_promote_into_a_vacant_seat_and_refusals():
    model = at_week(1)
    manager = next(m for m in managers_of(model) if m.layer == 1 and m.boss is not None)
    ic = next(a for a in model.agents_by_type[IC] if a.boss is not manager)
    for person, into, message in (
        (top_of(model), None, "is a top"),
        (ic, manager, "is neither"),
        (
            next(m for m in managers_of(model) if m.boss is top_of(model)),
            None,
            "is a top.*cannot be displaced",
        ),
    ):
        with pytest.raises(UserError, match=message):
            model.promote(person, into)
    model.lay_off(manager)
    (vacancy,) = model.vacancies
    lead = model.promote(ic, vacancy)
    assert (type(lead), lead.row, lead.pid) == (Manager, vacancy.seat, ic.pid)
    (left,) = model.vacancies
    assert left.kind is IC
    with pytest.raises(UserError, match="is an IC's"):
        model.promote(next(iter(model.agents_by_type[IC])), left)
    model.run(1)
    check_agents(model)
