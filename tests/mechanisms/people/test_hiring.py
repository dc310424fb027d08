"""Hiring: which vacancies are filled and when, the ramp of newcomers, settling; directions; the contract."""

from collections.abc import Mapping
from math import inf
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import DOWN, HIRING, OFF_ON, UP, Claim, check_claim, choice
from helpers.people_contract import PeopleContract
from helpers.workforces import dice_of, parameters
from helpers.worlds import play, world
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from sim.engine.codes import VACANT
from sim.engine.rng import HIRE
from sim.errors import UserError
from sim.mechanisms.people import hiring
from sim.parameters.registry import REGISTRY

SHAPE = {"ics": 48, "layers": 2, "weeks": 30, "warmup": 2}
#: Everybody changes teams.
MOVED = {"events": [{"week": 2, "move": {"share": 1.0}}]}

CLAIMS: Mapping[str, Claim] = {
    "moves.settling_weeks": Claim("changes_per_ic_week", DOWN, MOVED),
    "moves.settling_loss": Claim("changes_per_ic_week", DOWN, MOVED),
    "hiring.delay_weeks": Claim("headcount", DOWN, HIRING),
    "hiring.cost_share": Claim("people_usd_per_year", UP, HIRING),
    "hiring.start_productivity": Claim("changes_per_ic_week", UP, HIRING),
    "hiring.ramp_weeks": Claim("changes_per_ic_week", DOWN, HIRING),
    "hiring.coach_hours": Claim("time_people_manager", UP, HIRING),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.hiring": choice(OFF_ON, "headcount", UP, HIRING),
    "hiring.policy": choice(("backfill", "freeze"), "hires_per_year", DOWN, HIRING),
}


# Kernels are compiled for the engine's records; here they read plain parameters.
ramp, settling, coaching_hours = (
    getattr(kernel, "py_func", kernel) for kernel in (hiring.ramp, hiring.settling, hiring.coaching_hours)
)


class TestHiring(PeopleContract):
    parameters = ("hiring.", "moves.")
    claims = CLAIMS
    values = HIRING
    silences: ClassVar = {"switches.hiring": ("hiring.",)}
    zeros: ClassVar = {"switches.hiring": {"hiring.policy": "freeze"}}
    moves: ClassVar = {
        "hiring.delay_weeks": ("headcount", -1, {}),
        "hiring.cost_share": ("people_usd_per_year", +1, {}),
    }
    streams = (HIRE,)
    shares = ("ramp", "settling")
    alone = ("filled_at", "ramp", "settling", "coaching")

    def decided(self, workforce, p, dice):
        weeks = (40.0 * workforce.tenure).tolist()
        return {
            "filled_at": np.array(
                [hiring.filled_at(p, dice, pid, workforce.week) for pid in workforce.pid.tolist()]
            ),
            "ramp": np.array([ramp(p, since) for since in weeks]),
            "settling": np.array([settling(p, since / 10.0) for since in weeks]),
            "coaching": np.array([coaching_hours(p, since) for since in weeks]),
        }


@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_outcome_in_the_declared_direction(path):
    check_claim(path, CLAIMS[path], SHAPE)


@pytest.mark.parametrize("path", CHOICES)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, CHOICES[path])


# --- Which vacancies are filled ------------------------------------------------------------------------------------------


def test_policies_are_counted_as_they_are_declared():
    assert REGISTRY["hiring.policy"].choices == ("backfill", "freeze", "attrition_only", "ai")
    assert (hiring.BACKFILL, hiring.FREEZE, hiring.ATTRITION_ONLY, hiring.AI) == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("policy", "ics", "managers"),
    [
        ("backfill", True, True),
        ("freeze", False, False),
        ("attrition_only", False, False),
        ("ai", False, True),
    ],
)
def test_whose_seat_is_filled(policy, ics, managers):
    on, off = (parameters({"switches.hiring": x, "hiring.policy": policy}) for x in (True, False))
    assert (hiring.opens(on, True), hiring.opens(on, False)) == (ics, managers)
    assert not hiring.opens(off, True)
    assert not hiring.opens(off, False)


@pytest.fixture(scope="module")
def by_policy():
    """Policy -> the tables of a still organisation that loses half its people a year, after a year."""
    values = {
        "switches.flow": False, "switches.quits": True, "quits.base": 0.5, "switches.hiring": True, "hiring.delay_weeks": 2.0,
        "quits.quality_effect": 0.0,  # vacant seats change bosses
    }  # fmt: skip
    policies = REGISTRY["hiring.policy"].choices
    return {x: play(world({**values, "hiring.policy": x}, ics=60, layers=3, weeks=52)) for x in policies}


def test_a_freeze_hires_nobody_and_ai_only_managers(by_policy):
    hired = {name: int(org.world["hired"][0]) for name, org in by_policy.items()}
    assert hired["freeze"] == hired["attrition_only"] == 0 < hired["ai"] < hired["backfill"]
    ics = by_policy["ai"].occupants["seat_role"] == 0
    assert np.all(by_policy["ai"].occupants["joined"][ics] < 0.0)
    gone = {name: int(np.count_nonzero(org.people["role"] == VACANT)) for name, org in by_policy.items()}
    assert gone["freeze"] == gone["attrition_only"] == int(by_policy["freeze"].world["quits"][0])
    assert 0 <= gone["backfill"] < gone["ai"] < gone["freeze"]


def test_a_policy_moves_no_draw_of_those_who_were_there(by_policy):
    exits = {name: org.cohort["exit_week"] for name, org in by_policy.items()}
    for name, weeks in exits.items():
        np.testing.assert_array_equal(weeks, exits["backfill"], err_msg=name)


# --- When: exponential delays --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def delays():
    """Weeks until the vacancies of many leavers are filled, at a mean of 7 weeks."""
    p, dice = parameters({"hiring.delay_weeks": 7.0}), dice_of(5)
    return np.array([hiring.filled_at(p, dice, pid, 12) for pid in range(6000)]) - 12.0


def test_delays_are_exponential(delays):
    """Mean and sd are the parameter's, to 4 standard errors; the shares beyond 1, 2 and 3 means are those of the law."""
    n = len(delays)
    assert delays.min() > 0.0
    assert delays.mean() == pytest.approx(7.0, abs=4.0 * 7.0 / np.sqrt(n))
    assert delays.std() == pytest.approx(7.0, abs=4.0 * 7.0 * np.sqrt(2.0 / n))  # kurtosis of 9
    for k in (1, 2, 3):
        share = np.exp(-k)
        assert np.mean(delays > 7.0 * k) == pytest.approx(share, abs=4.0 * np.sqrt(share * (1 - share) / n))
    assert kstest(delays / 7.0, "expon").pvalue > 1e-3


def test_delays_forget_how_long_a_seat_has_been_vacant(delays):
    late = delays[delays > 5.0] - 5.0
    assert late.mean() == pytest.approx(7.0, abs=4.0 * 7.0 / np.sqrt(len(late)))


def test_the_delay_is_in_proportion_to_its_mean_on_the_same_draw():
    dice = dice_of()
    short, long = (parameters({"hiring.delay_weeks": x}) for x in (2.0, 8.0))
    for pid in range(20):
        a, b = (hiring.filled_at(p, dice, pid, 3) - 3.0 for p in (short, long))
        assert b == pytest.approx(4.0 * a)
        assert 0.0 < a < b
    assert hiring.filled_at(short, dice, 1, 3) != hiring.filled_at(short, dice, 2, 3)
    assert hiring.filled_at(short, dice, 1, 3) - 3 != hiring.filled_at(short, dice, 1, 4) - 4


def test_without_a_delay_the_seat_is_filled_in_the_same_week():
    p = parameters({"hiring.delay_weeks": 0.0})
    assert [hiring.filled_at(p, dice_of(), pid, 9) for pid in range(5)] == [9.0] * 5


@pytest.mark.slow
@pytest.mark.parametrize("delay", [2.0, 9.0])
def test_vacant_seats_are_those_of_a_renewal_process(delay):
    """Seats are held 1/c weeks and vacant 1/(1 - exp(-1/d)), for weeks are whole: the share that is vacant in the long run."""
    chance = 1.0 - 0.2 ** (1.0 / 52.0)
    held, vacant = 1.0 / chance, 1.0 / -np.expm1(-1.0 / delay)
    values = {
        "switches.flow": False, "switches.quits": True, "quits.base": 0.8, "switches.hiring": True, "hiring.delay_weeks": delay,
    }  # fmt: skip
    scenario = world(values, ics=80, layers=2, weeks=90)
    weeks = [play(scenario, number).weeks for number in range(8)]
    heads = np.array([(x["ics"] + x["managers"])[30:].mean() for x in weeks])
    seats = weeks[0]["ics"][0] + weeks[0]["managers"][0]
    share = 1.0 - (heads - 1.0) / (seats - 1.0)  # the top stays
    error = share.std(ddof=1) / np.sqrt(len(share))
    assert share.mean() == pytest.approx(vacant / (held + vacant), abs=4.0 * error)
    assert 4.0 * error < 0.25 * share.mean()


# --- Newcomers -----------------------------------------------------------------------------------------------------------


def test_the_ramp_is_a_straight_line_from_a_quarter_to_all_over_half_a_year():
    """E10: what a newcomer lacks over the ramp is half of what is lacking at first, for its whole length."""
    p = parameters({})
    assert (p.hiring_start_productivity, p.hiring_ramp_weeks) == (0.25, 26.0)
    weeks = np.linspace(0.0, 26.0, 2601)
    line = np.array([ramp(p, week) for week in weeks.tolist()])
    assert line[[0, 1300, 2600]] == pytest.approx([0.25, 0.625, 1.0])
    assert np.diff(line) == pytest.approx(0.75 / 2600)
    assert np.trapezoid(1.0 - line, weeks) == pytest.approx(0.5 * 0.75 * 26.0)
    assert [ramp(p, week) for week in (26.5, 1e6, inf)] == [1.0, 1.0, 1.0]
    assert ramp(p, -3.0) == 0.25  # never below the start


def test_without_a_ramp_everybody_is_productive_at_once_and_takes_nobodys_hours():
    p = parameters({"hiring.ramp_weeks": 0.0})
    assert ramp(p, 0.0) == 1.0
    assert coaching_hours(p, 0.0) == 0.0
    ready = parameters({"hiring.start_productivity": 1.0})
    assert {ramp(ready, week) for week in (0.0, 13.0, 30.0)} == {1.0}


def test_newcomers_take_the_boss_hours_until_they_are_productive():
    p = parameters({"hiring.coach_hours": 3.0, "hiring.ramp_weeks": 10.0})
    assert [coaching_hours(p, week) for week in (0.0, 9.9, 10.0, 50.0)] == [3.0, 3.0, 0.0, 0.0]


@given(st.floats(0.0, 1.0), st.floats(0.0, 200.0), st.floats(0.0, 400.0), st.floats(0.0, 400.0))
def test_a_ramp_never_falls_and_ends_at_one(start, length, early, late):
    p = parameters({"hiring.start_productivity": start, "hiring.ramp_weeks": length})
    early, late = sorted((early, late))
    assert start <= ramp(p, early) <= ramp(p, late) <= 1.0
    assert ramp(p, length) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("path", "values", "sign"),
    [("hiring.start_productivity", (0.1, 0.3, 0.5), 1), ("hiring.ramp_weeks", (13.0, 26.0, 52.0), -1)],
)
def test_the_ramp_moves_strictly_with_its_parameters(path, values, sign):
    early = [sign * ramp(parameters({path: x}), 6.0) for x in values]
    assert early[0] < early[1] < early[2]


def test_settling_fades_in_a_straight_line_and_who_never_moved_is_settled():
    p = parameters({"moves.settling_loss": 0.2, "moves.settling_weeks": 8.0})
    assert [settling(p, week) for week in (0.0, 4.0, 8.0, 20.0, inf)] == pytest.approx(
        [0.8, 0.9, 1.0, 1.0, 1.0]
    )
    assert settling(p, -1.0) == pytest.approx(0.8)  # never more than the loss
    assert settling(parameters({"moves.settling_loss": 0.0}), 0.0) == 1.0
    assert settling(parameters({"moves.settling_loss": 1.0}), 0.0) == 0.0


def test_a_hire_costs_a_share_of_the_pay_of_the_seat(by_policy):
    """Nobody is laid off, so that all that is spent on people is hiring: the share of the pay of those who came."""
    values = {
        "switches.flow": False, "switches.quits": True, "quits.base": 0.5, "switches.hiring": True, "hiring.delay_weeks": 2.0,
        "hiring.policy": "backfill", "quits.quality_effect": 0.0,
    }  # fmt: skip
    backfill = by_policy["backfill"]
    dear = play(world({**values, "hiring.cost_share": 0.44}, ics=60, layers=3, weeks=52))
    spent, twice = (float(org.world["people_usd"][0]) for org in (backfill, dear))
    assert twice == pytest.approx(2.0 * spent)
    pay = backfill.occupants["seat_pay"][backfill.occupants["seat_role"] >= 0]
    hired = int(backfill.world["hired"][0])
    assert 0.22 * hired * pay.min() <= spent <= 0.22 * hired * pay.max()
    for name in ("freeze", "attrition_only"):
        assert by_policy[name].world["people_usd"][0] == 0.0


def test_newcomers_work_at_the_ramp_of_their_weeks():
    """Everybody's condition in a running organisation is the ramp of the weeks since joining; of the first, all of it."""
    values = {**HIRING, "hiring.delay_weeks": 1.0}
    org = play(world(values, ics=30, layers=2, weeks=14, warmup=0))
    p = parameters(values)
    there = np.flatnonzero(org.people["role"] <= 1)
    joined, week = org.occupants["joined"][there], int(org.world["people_week"][0]) - 1
    new = joined >= 0.0
    assert 5 < new.sum() < len(there)
    expected = [ramp(p, week - x) if x >= 0.0 else 1.0 for x in joined.tolist()]
    assert org.people["condition"][there] == pytest.approx(expected)
    coached = np.zeros(len(org.people))
    for i, x in zip(there.tolist(), joined.tolist(), strict=True):
        if x >= 0.0 and org.people["boss"][i] >= 0:
            coached[org.people["boss"][i]] += coaching_hours(p, week - x)
    np.testing.assert_allclose(org.people["coaching_hours"][there], coached[there])
    assert coached.sum() > 0.0


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("hiring.delay_weeks", -1.0, "is outside"), ("hiring.ramp_weeks", -1.0, "is outside"),
        ("hiring.start_productivity", 1.5, "is outside"), ("moves.settling_weeks", 0.0, "is outside"),
        ("hiring.policy", "poach", "is not one of backfill, freeze"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(path, value, message):
    with pytest.raises(UserError, match=rf"{path}: .*{message}"):
        world({path: value})
