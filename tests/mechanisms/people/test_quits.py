"""Quits and strain: the limits of a constant hazard, of strain and of the shock of layoffs; directions; the contract."""

from collections.abc import Mapping
from itertools import pairwise
from math import inf, log
from statistics import NormalDist
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import (
    BIG,
    DOWN,
    DROWNING,
    EITHER,
    LAYOFFS,
    OFF_ON,
    ONE_BOSS,
    QUITS,
    UP,
    WAVE,
    Claim,
    check_claim,
    choice,
)
from helpers.people_contract import PeopleContract
from helpers.workforces import dice_of, parameters, workforce_of
from helpers.worlds import HOURS_PER_WEEK, world
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import codes
from sim.engine.rng import QUIT
from sim.errors import UserError
from sim.mechanisms.people import quits
from sim.people.draws import dice_of as dice_of_run
from sim.simulation.run import run
from sim.simulation.simulator import Engine

SHAPE = {"ics": 48, "layers": 2, "weeks": 30, "warmup": 2}
#: Strain starts low, so that ordinary weeks raise it.
STRAIN = {**QUITS, "switches.strain": True, "quits.strain_at_base": 0.05}
JUMP = {**QUITS, **WAVE, "quits.base": 0.6, "layoffs.wave_fraction": 0.05}

CLAIMS: Mapping[str, Claim] = {
    "quits.base": Claim("quits_per_year", UP, {"switches.quits": True}, {"weeks": 52}),
    "quits.strain_at_base": Claim("quits_per_year", DOWN, {**STRAIN, "quits.strain_effect": 3.0}),
    "quits.strain_effect": Claim("quits_per_year", UP, STRAIN, ONE_BOSS),
    "quits.passed_over_effect": Claim(
        "quits_per_year",
        UP,
        {
            "switches.quits": True,
            "quits.base": 0.6,
            "switches.promotions": True,
            "careers.minimum_tenure": 0.0,
        },
        {"weeks": 60},
    ),
    # The mean factor over bosses is 1, but those of the few bosses there are differ more.
    "quits.quality_effect": Claim(
        "quits_per_year", EITHER, {"switches.quits": True, "quits.base": 0.6}, {"weeks": 60}
    ),
    "quits.layoff_jump": Claim("quits_per_year", UP, JUMP),
    "quits.layoff_concavity": Claim("quits_per_year", UP, JUMP),
    "quits.layoff_half_life_weeks": Claim("quits_per_year", UP, JUMP),
    "strain.smoothing": Claim("quits_per_year", UP, {**STRAIN, "quits.strain_effect": 3.0}, ONE_BOSS),
    # One change at a time: whoever waits for an answer or a review is blocked.
    "strain.blocked_effect": Claim(
        "quits_per_year", UP, {**STRAIN, "quits.strain_effect": 3.0, "work.wip_limit": 1, "work.max_open": 1}
    ),
    "strain.coaching_effect": Claim("quits_per_year", UP, {**STRAIN, "quits.strain_effect": 3.0}, ONE_BOSS),
    "strain.overload_effect": Claim(
        "quits_per_year", UP, {**STRAIN, **DROWNING, "quits.strain_effect": 3.0}, BIG
    ),
    "strain.layoff_effect": Claim("quits_per_year", UP, {**STRAIN, **JUMP, "quits.strain_effect": 3.0}),
    "strain.output_effect": Claim(
        "changes_per_ic_week",
        DOWN,
        {**LAYOFFS, "switches.strain": True, "quits.strain_at_base": 0.05},
        ONE_BOSS,
    ),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.quits": choice(OFF_ON, "quits_per_year", UP, {"quits.base": 0.9}),
    "switches.strain": choice(
        OFF_ON,
        "changes_per_ic_week",
        DOWN,
        {**LAYOFFS, "quits.strain_at_base": 0.05, "strain.output_effect": 0.4},
        ONE_BOSS | {"ics": 48},
    ),
}

#: A wave shocks the survivors; whoever waits is blocked; hiring, so that newcomers quit, too.
LIVELY = {
    **STRAIN, "switches.hiring": True, "hiring.delay_weeks": 2.0, "switches.layoffs": True,
    "layoffs.background_probability": 0.3, "layoffs.wave_week": 3, "layoffs.wave_fraction": 0.1,
}  # fmt: skip


class TestQuits(PeopleContract):
    parameters = ("quits.", "strain.")
    claims = CLAIMS
    values = LIVELY
    silences: ClassVar = {
        "switches.quits": ("quits.base", "quits.passed_over_effect", "quits.strain_effect"),
        "switches.strain": ("strain.", "quits.strain_effect"),
    }
    zeros: ClassVar = {
        "switches.quits": {"quits.base": 0.0},
        # Nothing loads anybody, so that strain stays where it is ordinary, and that is nowhere.
        "switches.strain": {
            "quits.strain_at_base": 0.0, "strain.blocked_effect": 0.0, "strain.coaching_effect": 0.0,
            "strain.overload_effect": 0.0, "strain.layoff_effect": 0.0,
        },
    }  # fmt: skip
    moves: ClassVar = {"quits.base": ("quits_per_year", +1, {"switches.strain": False})}
    streams = (QUIT,)
    shares = ("chance", "strain")
    alone = ("chance", "strain", "quits")

    def workforce(self, seed=0):
        n = 76
        return workforce_of(
            (60, 12, 3, 1),
            week=self.week,
            seed=seed,
            strain=np.random.default_rng(seed).random(n),
            exposure=np.random.default_rng(seed + 1).random(n),
        )

    def decided(self, workforce, p, dice):
        load = workforce.exposure, 1.0 - workforce.exposure, workforce.fluency, 0.31
        chance = quits.chance(p, workforce.strain, workforce.expertise > 0.0, 0.31)
        return {
            "chance": chance,
            "strain": quits.strain_after(p, workforce.strain, *load, 4.0),
            "quits": dice(QUIT, workforce.pid, workforce.week, 0)[:, 0] < chance,
        }


@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_outcome_in_the_declared_direction(path):
    check_claim(path, CLAIMS[path], SHAPE)


@pytest.mark.parametrize("path", CHOICES)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, CHOICES[path])


# --- A constant hazard: geometric survival -------------------------------------------------------------------------------


def constant(base: float, **further: object):
    """Return parameters under which everybody's hazard is that of the base rate, whoever the boss is."""
    return parameters({"switches.quits": True, "quits.base": base, "quits.quality_effect": 0.0, **further})


@pytest.mark.parametrize("base", [0.06, 0.10, 0.5])
def test_at_a_constant_hazard_survival_is_geometric(base):
    """The share that is left after w weeks is (1 - base)^(w/52), to 4 standard errors of a binomial count."""
    n, dice = 40_000, dice_of(7)
    ids, chance = np.arange(n), float(quits.chance(constant(base), 0.0, 0.0, 0.0))
    assert (1.0 - chance) ** 52 == pytest.approx(1.0 - base, rel=1e-12)
    there = np.ones(n, bool)
    for week in range(1, 105):
        there &= dice(QUIT, ids, week, 0)[:, 0] >= chance
        if week in (13, 26, 52, 104):
            share = (1.0 - base) ** (week / 52.0)
            assert there.mean() == pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / n)), week


@pytest.fixture(scope="module")
def still():
    """An organisation in which nothing happens but quits, after a year; and its dice."""
    scenario = world(
        {"switches.flow": False, "switches.quits": True, "quits.base": 0.6, "quits.quality_effect": 0.0},
        ics=600,
        layers=3,
        weeks=52,
    )
    engine = Engine(scenario)
    org = engine.begin(1, 0)
    dice = dice_of_run(org)
    return (
        engine.advance(org, engine.weeks * HOURS_PER_WEEK),
        dice,
        float(quits.chance(constant(0.6), 0.0, 0.0, 0.0)),
    )


def test_a_running_organisation_loses_exactly_those_whom_the_dice_name(still):
    """Everybody's last week is the first in which the own die falls below the chance; the top stays."""
    org, dice, chance = still
    ids = np.ascontiguousarray(org.cohort["pid"])
    last = np.full(len(ids), inf)
    for week in range(52, 0, -1):
        last[dice(QUIT, ids, week, 0)[:, 0] < chance] = week
    top = org.cohort["layer"] == org.cohort["layer"].max()
    assert top.sum() == 1
    last[top] = inf
    np.testing.assert_array_equal(org.cohort["exit_week"], last)
    assert set(org.cohort["exit_kind"]) == {codes.STAYED, codes.QUIT}


def test_the_weeks_of_quitting_are_geometric(still):
    """Of those of the start the share gone by week w is 1 - (1 - base)^(w/52); the mean week is that of the cut-off law."""
    org, _, chance = still
    gone = org.cohort["exit_week"][org.cohort["exit_kind"] == codes.QUIT]
    n = len(org.cohort) - 1
    for week in (13, 26, 52):
        share = 1.0 - 0.4 ** (week / 52.0)
        assert np.mean(gone <= week) * len(gone) / n == pytest.approx(
            share, abs=4.0 * np.sqrt(share * (1.0 - share) / n)
        )
    weeks = np.arange(1, 53)
    law = chance * (1.0 - chance) ** (weeks - 1)
    law /= law.sum()
    mean = (weeks * law).sum()
    sd = np.sqrt(((weeks - mean) ** 2 * law).sum())
    assert gone.mean() == pytest.approx(mean, abs=4.0 * sd / np.sqrt(len(gone)))


def test_a_higher_hazard_takes_everybody_no_later_and_somebody_sooner():
    """On the same dice, person by person."""
    exits = []
    for base in (0.1, 0.4, 0.8):
        values = {"switches.flow": False, "switches.quits": True, "quits.base": base}
        exits.append(run(world(values, ics=60, layers=2, weeks=40), 1, 1, workers=1).cohorts[0]["exit_week"])
    for low, high in pairwise(exits):
        assert np.all(high <= low)
        assert np.any(high < low)


def test_seats_that_are_filled_at_once_keep_heads_and_quits_up():
    """Heads stay as they are, and quits per head and year are 52 x the weekly chance, of all but the top."""
    values = {"switches.flow": False, "switches.quits": True, "quits.base": 0.5, "switches.hiring": True}
    scenario = world({**values, "hiring.delay_weeks": 0.0}, ics=60, layers=2, weeks=78)
    results = run(scenario, 8, 1, workers=1)
    heads = float(results.outcomes["headcount"][0])
    assert np.all(results.outcomes["headcount"] == heads)
    chance = 1.0 - 0.5 ** (1.0 / 52.0)
    trials = (heads - 1.0) * 78 * 8
    error = 52.0 * np.sqrt(chance * (1.0 - chance) * trials) / (heads * 78 * 8)
    expected = 52.0 * chance * (heads - 1.0) / heads
    assert results.outcomes["quits_per_year"].mean() == pytest.approx(expected, abs=4.0 * error)
    assert 4.0 * error < 0.2 * expected


# --- The chance ----------------------------------------------------------------------------------------------------------


def hazard(chance):
    """Return the yearly hazard behind weekly chances."""
    return -52.0 * np.log1p(-np.asarray(chance))


def test_the_hazard_is_log_linear_in_strain_and_in_being_passed_over():
    p = constant(0.1, **{"switches.strain": True, "quits.strain_at_base": 0.2})
    strain, passed = np.array([0.2, 0.0, 0.7, 1.0]), np.array([0.0, 1.0, 0.5, 1.0])
    ratio = hazard(quits.chance(p, strain, passed, 0.0)) / -log(0.9)
    expected = np.exp(p.quits_strain_effect * (strain - 0.2) + p.quits_passed_over_effect * passed)
    assert ratio == pytest.approx(expected, rel=1e-12)
    assert ratio[0] == pytest.approx(1.0)  # the base rate holds at ordinary strain


def test_a_jump_multiplies_the_hazard():
    p = constant(0.1)
    ratio = hazard(quits.chance(p, 0.0, 0.0, np.array([0.0, 0.31, 1.0]))) / -log(0.9)
    assert ratio == pytest.approx([1.0, 1.31, 2.0])


def test_better_bosses_keep_people_and_the_factor_has_mean_one():
    p = constant(0.1, **{"quits.quality_effect": 0.25})
    z = np.array([-1.0, 0.0, 1.0, 2.0])
    ratio = hazard(quits.chance(p, 0.0, 0.0, 0.0, z)) / -log(0.9)
    assert ratio == pytest.approx(np.exp(-0.25 * z - 0.25**2 / 2.0), rel=1e-12)
    scores = np.array([NormalDist().inv_cdf((k + 0.5) / 20_000) for k in range(20_000)])
    assert (hazard(quits.chance(p, 0.0, 0.0, 0.0, scores)) / -log(0.9)).mean() == pytest.approx(1.0, abs=2e-3)
    # Hoffman and Tadelis 2021: of the top and the bottom decile of managers, at the far end of the range.
    p.quits_quality_effect = 0.36
    top, bottom = hazard(quits.chance(p, 0.0, 0.0, 0.0, np.array([1.2816, -1.2816])))
    assert top / bottom == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("path", ["quits_base", "quits_strain_effect", "quits_passed_over_effect"])
def test_the_chance_rises_strictly_with_every_effect(path):
    p = constant(0.1, **{"switches.strain": True})
    chances = []
    for x in (0.05, 0.2, 0.8):
        setattr(p, path, x)
        chances.append(quits.chance(p, 0.6, 0.5, 0.2))
    assert chances[0] < chances[1] < chances[2]


def test_without_the_switch_strain_is_not_asked():
    off, on = (constant(0.1, **{"switches.strain": x}) for x in OFF_ON)
    strain = np.linspace(0.0, 1.0, 5)
    assert len(np.unique(quits.chance(off, strain, 0.0, 0.0))) == 1
    assert np.all(np.diff(quits.chance(on, strain, 0.0, 0.0)) > 0.0)


def test_nobody_or_everybody_at_the_ends_of_the_base_rate():
    both = np.array([0.0, 1.0])
    for jump in (0.0, 5.0):
        assert quits.chance(constant(0.0), both, both, jump).tolist() == [0.0, 0.0]
        assert quits.chance(constant(1.0), both, both, jump).tolist() == [1.0, 1.0]
    assert quits.chance(constant(0.3), np.zeros(0), np.zeros(0), 0.0).shape == (0,)


@given(
    st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1e6), st.booleans(), st.integers(1, 5)
)  # fmt: skip
def test_a_chance_is_one_whatever_happens_and_of_one_as_of_many(base, strain, passed, jump, strained, n):
    p = constant(base, **{"switches.strain": strained})
    many = quits.chance(p, np.full(n, strain), np.full(n, passed), jump)
    assert np.all((many >= 0.0) & (many <= 1.0))
    assert quits.chance(p, strain, passed, jump) == many[0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("quits.base", 1.5), ("quits.base", -0.1), ("strain.smoothing", 2.0), ("quits.layoff_half_life_weeks", 0.0),
        ("quits.layoff_jump", -1.0),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(path, value):
    with pytest.raises(UserError, match=rf"{path}: {value} is outside"):
        world({path: value})


# --- Strain and shock ----------------------------------------------------------------------------------------------------

EFFECTS = (
    "strain_blocked_effect",
    "strain_coaching_effect",
    "strain_overload_effect",
    "strain_layoff_effect",
)


def test_strain_follows_a_constant_load_exponentially():
    """s_w = load + (s_0 - load)(1 - v)^w: week by week or at once, from below and from above."""
    p = parameters({})
    load = 0.5 * p.strain_blocked_effect + 0.5 * p.strain_coaching_effect
    start = np.array([0.0, load, 0.9])
    weekly = start
    for week in range(1, 27):
        weekly = quits.strain_after(p, weekly, 0.5, 0.5, 0.0, 0.0)
        law = load + (start - load) * (1.0 - p.strain_smoothing) ** week
        assert weekly == pytest.approx(law, abs=1e-12)
    assert quits.strain_after(p, start, 0.5, 0.5, 0.0, 0.0, 26.0) == pytest.approx(weekly, abs=1e-12)
    assert quits.strain_after(p, start, 0.5, 0.5, 0.0, 0.0, 1e4) == pytest.approx([load] * 3, abs=1e-12)


@pytest.mark.parametrize("k", range(4))
def test_each_load_strains_by_its_own_effect_and_by_no_other(k):
    p = parameters({})
    load = [1.0 if i == k else 0.0 for i in range(4)]
    rested = quits.strain_after(p, np.zeros(1), *load)
    assert rested == pytest.approx(p.strain_smoothing * getattr(p, EFFECTS[k]))
    assert rested[0] > 0.0


@given(*(st.floats(0.0, 1.0) for _ in range(5)), st.sampled_from([1.0, 4.0, 520.0]))
def test_strain_stays_a_share(strain, blocked, uncoached, overload, shock, weeks):
    p = parameters({path.replace("_", ".", 1): 1.0 for path in EFFECTS})
    assert (
        0.0 <= quits.strain_after(p, np.full(1, strain), blocked, uncoached, overload, shock, weeks)[0] <= 1.0
    )


def test_weights_of_weeks_together():
    assert quits.over_weeks(0.08, 1.0) == pytest.approx(0.08)
    assert quits.over_weeks(0.0, 52.0) == 0.0
    assert quits.over_weeks(1.0, 4.0) == 1.0
    assert 1.0 - quits.over_weeks(0.08, 7.0) == pytest.approx(
        (1.0 - quits.over_weeks(0.08, 3.0)) * (1.0 - quits.over_weeks(0.08, 4.0))
    )


def test_a_layoff_of_one_per_cent_raises_the_hazard_by_the_source_and_halves_in_its_half_life():
    p = parameters({})
    assert p.quits_layoff_jump == 0.31  # G17
    shock = quits.shock_after(p, 0.0, 0.01)
    assert shock == pytest.approx(0.31)
    for _ in range(int(p.quits_layoff_half_life_weeks)):
        shock = quits.shock_after(p, shock, 0.0)
    assert shock == pytest.approx(0.155)


def test_the_shock_is_concave_in_the_cut_and_adds_to_what_is_left_of_earlier_ones():
    p = parameters({})
    small, twice, large = (quits.shock_after(p, 0.0, cut) for cut in (0.01, 0.02, 0.10))
    assert twice / small == pytest.approx(2.0**p.quits_layoff_concavity)
    assert small < twice < 2.0 * small
    assert twice < large < 5.0 * twice
    left = quits.shock_after(p, small, 0.0)
    assert 0.0 < left < small
    assert quits.shock_after(p, small, 0.02) == pytest.approx(left + twice)
    assert quits.shock_after(p, 0.0, 0.0) == 0.0
    assert quits.shock_after(p, 0.2, -0.0) == quits.shock_after(p, 0.2, 0.0)
