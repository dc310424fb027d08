"""Other people while the organisation runs: they follow who leads their seat, take attention, and never become more or fewer."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.plain_mesa import run_plain
from sim.constants import IC, MANAGER
from sim.engine.codes import DESK
from sim.errors import UserError
from sim.mesa_model.model import OrgModel
from sim.organisation.costs import pay_scale
from sim.organisation.structure import chart_tree
from sim.people import seats
from sim.scenario.scenario import from_yaml, load
from sim.simulation.run import run
from sim.simulation.simulator import Engine

#: 1 chief, 2 directors, 4 leads with 4 engineers each; other people at every height, some below other people.
ROSTER = [(1, "", "CEO"), (2, 1, "Director"), (3, 1, "Director")]
ROSTER += [(4 + k, 2 + k // 2, "Team Lead") for k in range(4)]
ROSTER += [(10 + k, 4 + k // 4, "Engineer") for k in range(16)]
OTHERS = [
    (40, 1, "HR Director"),
    (41, 40, "Recruiter"),
    (42, 41, "Recruiter"),
    (43, 4, "UX Designer"),
    (44, 4, "Product Manager"),
]
OTHERS += [(45, 2, "Executive Assistant"), (46, 7, "Scrum Master")]
BUSY = """
question: Who leads whom when people come and go?
extends: people
time: {weeks: 40, warmup_weeks: 2}
organisation: {chart: chart.csv}
quits: {base: 0.9}
"""


@pytest.fixture
def company(tmp_path):
    """A function that makes a scenario of the company, with other people or without."""

    def made(text=BUSY, others=True, **values):
        rows = ROSTER + (OTHERS if others else [])
        lines = "".join(",".join(map(str, row)) + "\n" for row in rows)
        (tmp_path / "chart.csv").write_text("id,manager,title\n" + lines)
        (tmp_path / "my.yaml").write_text(text)
        return load(tmp_path / "my.yaml").with_values(
            {path.replace("__", "."): v for path, v in values.items()}
        )

    return made


def check(org, tree):
    """Everybody's reports are those below and the other people led; heads and pay are what they were."""
    people, occupants = org.people, org.occupants
    there = np.isin(people["role"], (IC, MANAGER))
    below = np.flatnonzero(there & (people["boss"] >= 0) & (people["role"] != DESK))
    expected = np.bincount(people["boss"][below], minlength=len(people))
    led_pay = np.zeros(len(people))
    for seat in np.flatnonzero(occupants["seat_heads"]):
        at = occupants["others_at"][seat]
        assert people["role"][at] == MANAGER
        assert at == (seat if people["role"][seat] == MANAGER else seats.boss_present(org, int(seat)))
        expected[at] += occupants["seat_others"][seat]
        led_pay[at] += occupants["seat_others_pay"][seat]
    assert np.array_equal(people["reports"][there], expected[there])
    assert occupants["led_pay"] == pytest.approx(led_pay, abs=1e-6)
    assert occupants["seat_heads"].sum() == tree.others.count
    assert occupants["seat_others"].sum() == tree.others.reports.sum()
    assert occupants["seat_others_pay"].sum() == pytest.approx(tree.others.payroll)


def test_other_people_follow_their_seat_whoever_comes_and_goes(company):
    engine = Engine(company())
    org = engine.begin(1, 0)
    for week in range(0, 43, 3):
        org = engine.advance(org, week * 40.0)
        check(org, engine.tree)
    assert org.world["quits"][0] > 0


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(("vacate", "close", "seat", "convert")), st.integers(0, 100)), max_size=12
    )
)
def test_seats_that_empty_fill_and_close_lose_nobody(steps):
    role = ["manager"] * 7 + ["ic"] * 16 + ["other"] * 7
    boss = [-1, 0, 0, 1, 1, 2, 2, *(3 + k // 4 for k in range(16)), 0, 23, 3, 3, 1, 5, 25]
    chart = SimpleNamespace(
        boss=boss, role=role, order=range(30), tenure_years=[float("nan")] * 30, level=[""] * 30
    )
    scenario = from_yaml("question: x?\nextends: people\ntime: {weeks: 4, warmup_weeks: 0}")
    tree = chart_tree(chart, pay_scale(scenario.values))
    engine = Engine(scenario)
    org = fresh(engine, tree)
    p = engine.parameters
    for what, pick in steps:
        managers = np.flatnonzero((org.occupants["seat_role"] == MANAGER) & (org.occupants["seat_boss"] >= 0))
        here = managers[org.people["role"][managers] == MANAGER]
        vacant = managers[(org.people["role"][managers] != MANAGER) & np.isin(managers, alive(org))]
        group = vacant if what in ("close", "seat") else here
        if not len(group):
            continue
        i = int(group[pick % len(group)])
        if what == "vacate":
            org = seats.vacate(org, p, i)
        elif what == "close":
            seats.close_seat(org, i)
            org.occupants["seat_role"][i] = IC  # it is not filled again
        elif what == "seat":
            org = seats.seat(org, p, i, 0)
        else:
            org = seats.convert(org, p, i, 1.0, 1.0, 0)
        check(org, tree)


def fresh(engine, tree):
    """The tables at the start with the people of *tree*."""
    from sim.flow.initialise import new_org, start

    org = new_org(tree, engine.parameters, engine.weeks)
    start(org, engine.parameters, 1, 0)
    return org


def alive(org):
    """Seats from which others may hang: not closed."""
    return np.flatnonzero(org.occupants["seat_role"] == MANAGER)


def test_a_removed_layer_as_an_event_hands_them_up(company):
    text = BUSY + "events:\n  - {week: 4, lay_off: {role: manager, layer: director, share: 1}}\n"
    scenario = company(text, switches__quits=False, switches__layoffs=False, switches__hiring=False)
    engine = Engine(scenario)
    org = engine.advance(engine.begin(1, 0), 12 * 40.0)
    check(org, engine.tree)
    top = int(np.flatnonzero(engine.tree.boss < 0)[0])
    assert org.people["reports"][top] == 4 + 1 + 1  # four leads, the HR director, the directors' assistant
    assert org.people["reports"].sum() == engine.tree.n - 2 - 1 + 5  # two have gone, the top has no boss


# ---- what they do to the figures


def figures(scenario, runs=2):
    return {name: float(np.nanmean(x)) for name, x in run(scenario, runs, 1, workers=1).outcomes.items()}


def test_they_are_heads_pay_and_attention_and_nothing_else(company):
    text = (
        "question: x?\nextends: base\ntime: {weeks: 12, warmup_weeks: 2}\norganisation: {chart: chart.csv}\n"
    )
    with_them, without = figures(company(text)), figures(company(text, others=False))
    assert with_them["headcount"] == without["headcount"] + 7
    assert with_them["managers_share"] == pytest.approx(7 / 30)
    assert with_them["payroll_per_year"] > without["payroll_per_year"]
    assert with_them["coaching_coverage"] <= without["coaching_coverage"]
    assert with_them["span_max"] == 6  # a lead with four engineers and two others
    no_time = {"switches__people_time": False}
    one, other = figures(company(text, **no_time)), figures(company(text, others=False, **no_time))
    assert one["value_per_week"] == other["value_per_week"]  # without people time they take nothing
    assert one["lead_time_hours"] == other["lead_time_hours"]


def test_their_pay_is_a_band_of_its_own(company):
    text = BUSY.replace("chart: chart.csv", "chart: chart.csv, pay: {other: 50000}")
    dear, cheap = Engine(company()).tree, Engine(company(text)).tree
    factor = company().values["money.load"]
    assert dear.payroll - cheap.payroll == pytest.approx(7 * (dear.pay[0] - 50_000 * factor))
    assert np.array_equal(dear.pay, cheap.pay)


def test_nothing_can_be_done_to_them(company):
    with pytest.raises(UserError, match="other people are heads and pay here"):
        company(BUSY + "events:\n  - {week: 4, lay_off: {role: other, share: 1}}\n")


# ---- the other doors


def test_the_mesa_door_counts_the_same(company):
    scenario = company(time__weeks=10)
    model = OrgModel(scenario, seed=3, run=1)
    while model.running:
        model.step()
    compiled = run(scenario, 1, 3, first_run=1, workers=1).outcomes
    found = model.outcomes()
    for name in ("headcount", "payroll_per_year", "value_per_week", "coaching_coverage", "managers_share"):
        assert found[name] == compiled[name][0]


@pytest.mark.slow
def test_plain_mesa_counts_the_same(company):
    text = (
        "question: x?\nextends: base\ntime: {weeks: 5, warmup_weeks: 2}\norganisation: {chart: chart.csv}\n"
    )
    scenario = company(text)
    plain, engine = run_plain(scenario, 1, 0), Engine(scenario).simulate(1, 0)[0]
    for name in ("merged", "value", "coverage_sum", "questions", "lead_time"):
        assert engine[name] == pytest.approx(plain[name], rel=1e-9), name


def test_a_target_span_counts_them(company):
    quiet = dict.fromkeys(("switches__quits", "switches__hiring", "switches__promotions"), False)
    target = {
        "switches__layoffs": True,
        "layoffs__delayer_week": 2,
        "layoffs__delayer_first_span": 6,
        "time__weeks": 6,
    }
    for others, displaced in ((True, 0), (False, 1)):  # 16 engineers and 3 others, or 16, for spans of six
        engine = Engine(company(others=others, **quiet, **target))
        org = engine.advance(engine.begin(1, 0), engine.weeks * 40.0)
        assert 7 - org.world["managers"][0] == displaced
