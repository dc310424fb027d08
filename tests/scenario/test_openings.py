"""An organisation that grows: seats that dated events open, where they go, who comes, what it costs, and what cannot be."""

import numpy as np
import pytest
from helpers.model import check_no_stuck_review, small
from helpers.people_checks import check, check_books, check_order_of_rows
from helpers.worlds import play, play_tree

from sim.constants import IC, MANAGER
from sim.engine.codes import DESK, VACANT
from sim.engine.tables import HIRE_ID, SEAT_ID
from sim.errors import UserError
from sim.mesa_model import agents
from sim.mesa_model.model import OrgModel
from sim.organisation.structure import resize_ics
from sim.scenario.events import DatedEvent, in_words, read_events
from sim.scenario.openings import Opening
from sim.scenario.scenario import from_yaml, load
from sim.simulation.run import run
from sim.simulation.simulator import Engine

WEEKS = 10
SETS = ["organisation.ics=24", "organisation.management_layers=3", f"time.weeks={WEEKS}"]
HIRING = ["switches.hiring=true", "hiring.delay_weeks=2"]


def scenario(*openings: dict, week: int = 2, sets=()):
    return small(*SETS, *sets).with_values({"events": [{"week": week, "open": one} for one in openings]})


def end_of(made, weeks: int = WEEKS, run_number: int = 0):
    engine = Engine(made)
    return engine.advance(engine.begin(1, run_number), (1 + weeks) * 40.0)


def seats_below(org) -> dict[int, int]:
    """Row of every manager's seat -> seats that report there by the plan, desks not counted."""
    own = (org.people["role"] != DESK) & (org.occupants["seat_boss"] >= 0)
    spans = np.bincount(org.occupants["seat_boss"][own], minlength=len(org.people))
    return {int(row): int(spans[row]) for row in np.flatnonzero(org.occupants["seat_role"] == MANAGER)}


# --- Where they go, and when ---------------------------------------------------------------------------------------------


def test_seats_go_one_by_one_to_the_first_line_team_with_the_smallest_span():
    made = scenario({"count": 9})
    start, org = Engine(made).tree, end_of(made)
    first = np.flatnonzero(start.layer == 1)
    before = start.spans()[first - start.ics]
    expected = before.copy()
    for _ in range(9):
        expected[np.argmin(expected)] += 1  # the first of the smallest: ids ascend with the rows
    np.testing.assert_array_equal(org.people["reports"][first], expected)
    assert org.world["ics"][0] == 24 + 9
    check(org, made)
    check_books(org)


def test_a_team_may_be_named():
    made = scenario({"count": 5, "team": 2})
    start, org = Engine(made).tree, end_of(made)
    first = np.flatnonzero(start.layer == 1)
    np.testing.assert_array_equal(
        org.people["reports"][first] - start.spans()[first - start.ics], [0, 5] + [0] * (len(first) - 2)
    )


def test_a_new_team_has_its_manager_and_reports_to_the_smallest_span_in_layer_2():
    made = scenario({"role": "manager", "count": 2, "ics": 3})
    start, org = Engine(made).tree, end_of(made)
    new = [row for row in np.flatnonzero(org.people["role"] == MANAGER).tolist() if row >= start.n]
    assert len(new) == 2
    assert org.people["layer"][new].tolist() == [1, 1]
    assert org.people["reports"][new].tolist() == [3, 3]
    bosses = org.people["boss"][new]
    assert (start.layer[bosses] == 2).all()
    assert start.layer.max() == org.people["layer"].max() == 3
    assert (org.world["ics"][0], org.world["managers"][0]) == (30, start.managers + 2)
    check(org, made)


def test_with_one_manager_a_new_team_reports_to_the_top():
    made = scenario({"role": "manager", "ics": 4}).with_sets(["organisation.management_layers=1"])
    start, org = Engine(made).tree, end_of(made)
    top = int(start.roots[0])
    assert org.people["reports"][top] == 24 + 1
    assert org.people["layer"][top] == 2
    check(org, made)


def test_before_its_week_an_opening_is_not_there():
    plain, made = small(*SETS, *HIRING), scenario({"count": 6}, week=4, sets=HIRING)
    runs = [run(one, runs=2, seed=1) for one in (plain, made)]
    for name, series in runs[0].series.items():
        np.testing.assert_array_equal(series[:, :4], runs[1].series[name][:, :4], err_msg=name)
    org = end_of(made, weeks=3)
    assert org.world["opened"][0] == 0
    assert not (org.people["role"] == VACANT).any()


@pytest.mark.parametrize("sets", [(), HIRING])
def test_where_seats_go_does_not_depend_on_the_order_of_the_rows(sets):
    check_order_of_rows(scenario({"count": 7}, {"role": "manager", "count": 2, "ics": 2}, sets=sets))


# --- Who comes -----------------------------------------------------------------------------------------------------------


def test_at_once_is_the_default_only_without_hiring():
    for sets, fill, there in (
        ((), None, 30),
        (HIRING, None, 24),
        (HIRING, "at once", 30),
        (HIRING, "by hiring", 24),
    ):
        one = {"count": 6} | ({"fill": fill} if fill else {})
        org = end_of(scenario(one, sets=sets), weeks=2)
        assert (org.world["ics"][0], org.world["opened"][0]) == (there, 6), (sets, fill)
        assert np.count_nonzero(org.people["role"] == VACANT) == 30 - there


def test_the_delay_until_a_seat_is_filled_is_that_of_hiring():
    """Exponential, with the mean of hiring.delay_weeks: 200 seats, four standard errors."""
    mean = 6.0
    org = end_of(
        scenario({"count": 200}, sets=["switches.hiring=true", f"hiring.delay_weeks={mean}"]), weeks=2
    )
    delays = org.occupants["open_until"][org.people["role"] == VACANT] - 2.0
    assert len(delays) == 200
    assert abs(delays.mean() - mean) < 4.0 * mean / np.sqrt(200)
    assert abs(np.mean(delays > mean) - np.exp(-1.0)) < 4.0 * np.sqrt(0.37 * 0.63 / 200)


@pytest.mark.parametrize("policy", ["freeze", "attrition_only", "ai"])
def test_opened_seats_are_filled_whatever_becomes_of_the_seats_of_leavers(policy):
    org = end_of(
        scenario(
            {"count": 6}, sets=["switches.hiring=true", "hiring.delay_weeks=0", f"hiring.policy={policy}"]
        )
    )
    assert org.world["ics"][0] == 30


def test_newcomers_have_ids_of_their_own_and_ramp_up_at_their_bosses_cost():
    made = scenario({"count": 6, "fill": "at once"}, sets=HIRING)
    org, start = end_of(made), Engine(made).tree
    new = org.people[start.n :]
    new = new[(new["role"] == IC)]
    assert sorted(new["pid"]) == [HIRE_ID + k for k in range(6)]
    assert (new["condition"] < 0.9).all()
    assert org.world["hired_into"][0, 0] == 6
    values = made.values
    newcomers = np.bincount(new["boss"], minlength=len(org.people))
    np.testing.assert_allclose(org.people["coaching_hours"], newcomers * values["hiring.coach_hours"])
    # Nobody who was there at the start is anybody else.
    np.testing.assert_array_equal(org.people["pid"][: start.n], start.pid)


def test_ids_of_empty_seats_are_apart_from_those_of_people_and_desks():
    org = end_of(scenario({"count": 3}, {"role": "manager", "ics": 2}, sets=HIRING), weeks=2)
    empty = org.people["role"] == VACANT
    assert sorted(org.people["pid"][empty]) == [SEAT_ID + k for k in range(6)]
    assert (org.people["pid"][~empty] < SEAT_ID).all()


def test_newcomers_work_and_are_needed():
    """They merge changes, and others depend on them: their modules are among those of the organisation."""
    made = scenario({"count": 8, "fill": "at once"}, sets=["dependencies.probability=0.9"]).with_sets(
        ["time.weeks=30"]
    )
    org, start = end_of(made, weeks=30), Engine(made).tree
    new = np.flatnonzero((org.people["role"] == IC) & (np.arange(len(org.people)) >= start.n))
    assert (org.people["value"][new] > 0.0).all()
    np.testing.assert_array_equal(org.modules[org.home[new]], new)
    assert len(org.modules) == 24 + 8
    named = set(org.changes["partner"][org.changes["owner"] >= 0].tolist())
    assert named & set(new.tolist())


# --- What it costs -------------------------------------------------------------------------------------------------------


def test_head_count_and_payroll_follow_from_the_week_on():
    made = scenario({"count": 5}, {"role": "manager", "ics": 1}, week=4)
    plain = run(small(*SETS), runs=1, seed=1)
    grown = run(made, runs=1, seed=1)
    share = (WEEKS - 4) / WEEKS
    heads = grown.outcomes["headcount"] - plain.outcomes["headcount"]
    np.testing.assert_allclose(heads, 7 * share)
    tree = Engine(made).tree
    pay = 6 * tree.pay[0] + np.median(tree.pay[tree.layer == 1])
    snapshots = [Engine(one).simulate(1, 0).snapshots for one in (small(*SETS), made)]
    above = [ends["payroll_above_start_sum"][1] - ends["payroll_above_start_sum"][0] for ends in snapshots]
    np.testing.assert_allclose(above[1] - above[0], pay * (WEEKS - 4))


@pytest.mark.slow
def test_an_organisation_grown_in_week_0_delivers_as_one_that_was_built_so():
    """Twelve ICs more, without ramp-up or learning: from week 20 on, value a week is within noise of the same tree from the start."""
    runs, last = 16, 1 + 60
    made = scenario({"count": 12}, week=0, sets=["switches.learning=false"]).with_sets(["time.weeks=60"])
    tree = resize_ics(Engine(made).tree, 36, Engine(made).tree.pay[0])
    plain = made.with_values({"events": []})

    def per_week(org):
        return (org.weeks["value"][last] - org.weeks["value"][21]) / (last - 21)

    grown = np.array([per_week(play(made, k)) for k in range(runs)])
    built = np.array([per_week(play_tree(tree, plain, k)) for k in range(runs)])
    small_ = np.array([per_week(play(plain, k)) for k in range(runs)])
    error = np.hypot(grown.std(ddof=1), built.std(ddof=1)) / np.sqrt(runs)
    assert abs(grown.mean() - built.mean()) < 4.0 * error
    gain = grown - small_
    assert gain.mean() > 4.0 * gain.std(ddof=1) / np.sqrt(runs)


# --- In a stepped model --------------------------------------------------------------------------------------------------


def test_agents_follow_into_the_new_seats():
    made = scenario({"count": 4}, {"role": "manager", "ics": 2, "fill": "at once"}, sets=HIRING)
    model = OrgModel(made, seed=1)
    before = len(model.agents)
    model.run(3 + 1)
    assert len(model.agents) >= before + 3
    assert {vacancy.seat for vacancy in model.vacancies} == set(
        np.flatnonzero(model.tables.people["role"] == VACANT).tolist()
    )
    if model.vacancies:
        model.hire(model.vacancies[0])
    model.run()
    check_no_stuck_review(model.tables)
    people, at = (
        model.tables.people,
        {person.row for person in (*model.agents_by_type[agents.Manager], *model.agents_by_type[agents.IC])},
    )
    assert at == set(np.flatnonzero(np.isin(people["role"], (IC, MANAGER))).tolist())
    for manager in model.agents_by_type[agents.Manager]:
        assert len(manager.reports) == people["reports"][manager.row]
        assert all(person.boss is manager for person in manager.reports)
    newcomer = model.person(HIRE_ID)
    assert sum(newcomer.week_hours.values()) == pytest.approx(40.0)
    assert model.tree.payroll == pytest.approx(sum(model.person(pid).pay for pid in model.tree.pid.tolist()))
    assert model.tree.n == int(model.tables.world["ics"][0] + model.tables.world["managers"][0])


def test_opening_by_hand_is_what_the_event_does():
    """Seats under the second first-line manager in week 3, and people who are hired at once."""
    made = scenario({"count": 2, "team": 2, "fill": "at once"}, week=3, sets=HIRING)
    dated, stepped = OrgModel(made, seed=1), OrgModel(made.with_values({"events": []}), seed=1)
    dated.run()
    stepped.run(1 + 3)
    start = Engine(made).tree
    row = int(np.flatnonzero(start.layer == 1)[1])
    opened = stepped.open_seats(stepped.member(row), 2)
    assert [vacancy.kind for vacancy in opened] == [agents.IC] * 2
    for vacancy in opened:
        stepped.hire(vacancy)
    stepped.run()
    for name, value in dated.outcomes().items():
        np.testing.assert_array_equal(stepped.outcomes()[name], value, err_msg=name)


def test_a_team_by_hand_and_what_is_refused():
    model = OrgModel(small(*SETS), seed=1)
    top = next(manager for manager in model.agents_by_type[agents.Manager] if manager.boss is None)
    with pytest.raises(UserError, match="the warm-up ends in 1 weeks"):
        model.open_seats(top)
    model.run(1)
    (vacancy,) = model.open_seats(top, kind=agents.Manager)
    lead = model.hire(vacancy)
    for seat in model.open_seats(lead, 3):
        model.hire(seat)
    assert (len(lead.reports), lead.layer, lead.boss) == (3, 1, top)
    model.run(2)
    assert sum(lead.week_hours.values()) == pytest.approx(40.0)
    for wrong, message in (((top, 0), "count: 0 is no whole number"), ((top, 1, str), "no kind of seat")):
        with pytest.raises(UserError, match=message):
            model.open_seats(*wrong)
    with pytest.raises(UserError, match="is an IC"):
        model.open_seats(next(iter(lead.reports)))


# --- What may be said ----------------------------------------------------------------------------------------------------

WRONG = {
    "{count: 0}": r"events\[0\].open.count: 0 is no whole number from 1",
    "{}": "open.count: is missing; use a whole number from 1",
    "{count: 2, role: lead}": "'lead' is not one of ic, manager",
    "{count: 2, teem: 1}": "open.teem: unknown key, did you mean 'team'",
    "{count: 2, number: 1}": "open.number: unknown key",
    "{count: 2, team: 40}": r"team: 40 is not there: \d first-line managers at the start; use 1 to \d, or leave team out",
    "{count: 2, ics: 3}": "open.ics: 3: role: ic has none",
    "{role: manager, team: 1}": "open.team: 1: role: manager has none; use under",
    "{role: manager, under: 9}": r"under: 9 is not there: \d managers in layer 2",
    "{count: 2, fill: soon}": "'soon' is not one of by hiring, at once",
    "{count: 2, fill: by hiring}": "nobody is hired while switches.hiring is off",
}


@pytest.mark.parametrize(("text", "message"), WRONG.items(), ids=range(len(WRONG)))
def test_what_cannot_be_opened_is_said_with_its_place(text, message):
    head = "question: x\nextends: base\norganisation: {ics: 24, management_layers: 3}\ntime: {weeks: 8}\n"
    with pytest.raises(UserError, match=message) as caught:
        from_yaml(f"{head}events: [{{week: 1, open: {text}}}]\n", "mine.yaml")
    assert str(caught.value).startswith("mine.yaml:5:")


def test_an_organisation_beyond_the_limit_is_refused():
    events = [{"week": week, "open": {"role": "manager", "count": 10_000, "ics": 5}} for week in range(4)]
    with pytest.raises(
        UserError, match=r"events\[3\].open.count: 240,\d+ people are more than the limit of 200,000"
    ):
        small(*SETS).with_values({"events": events})


def test_a_chart_is_checked_when_it_is_built(tmp_path):
    chart = tmp_path / "chart.csv"
    chart.write_text("id,manager\n1,\n2,1\n3,1\n")
    text = "question: x\nextends: base\norganisation: {chart: chart.csv}\nevents: [{week: 1, open: {count: 1, team: 2}}]\n"
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(UserError, match=r"mine\.yaml:4.*team: 2 is not there: 1 first-line managers"):
        Engine(load(str(tmp_path / "mine.yaml")))


def test_opened_seats_count_among_those_who_may_be_laid_off_later():
    events = [
        {"week": 1, "open": {"count": 6, "fill": "at once"}},
        {"week": 5, "lay_off": {"role": "ic", "number": 28}},
    ]
    assert end_of(small(*SETS).with_values({"events": events})).world["ics"][0] == 2


def test_an_opening_reads_as_it_is_written():
    given = [
        {"week": 8, "open": {"role": "ic", "count": 12}},
        {"week": 9, "open": {"role": "manager", "count": 1, "under": 1, "ics": 6, "fill": "at once"}},
    ]
    events = read_events(given)
    assert events[0] == DatedEvent(8, "open", seats=Opening("ic", 12))
    assert [event.to_dict() for event in events] == given
    assert [in_words(event) for event in events] == [
        "week 8: open 12 seats of ICs",
        "week 9: open 1 seat of managers under manager 1 with 6 ICs each, filled at once",
    ]
