"""Layoff regimes: limits L5 and L6, derived cuts, several regimes at once, and what cannot be done. Selection has its own file."""

from collections.abc import Mapping
from dataclasses import fields, replace
from math import inf, nan
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import (
    AI,
    BACKGROUND,
    BIG,
    DOWN,
    EITHER,
    FOUR,
    LAYOFFS,
    OFF_ON,
    QUITS,
    RATED,
    UP,
    WAVE,
    Claim,
    check_claim,
    choice,
)
from helpers.layoff_knobs import knobs, there
from helpers.people_contract import PeopleContract
from helpers.workforces import dice_of, levels_of, reordered, workforce_of
from hypothesis import given
from hypothesis import strategies as st

from sim.constants import MANAGER
from sim.engine.codes import LAYOFF_RULES
from sim.engine.rng import LAYOFF, SELECTION
from sim.errors import UserError
from sim.mechanisms.people import layoffs
from sim.mechanisms.people.layoffs import (
    ALL,
    ICS,
    MANAGERS,
    RANK,
    WEIGHTS,
    Cuts,
    Past,
    ai_substitution,
    background,
    background_chance,
    budget,
    combine,
    cut_share,
    delayer,
    due,
    gone,
    performance,
    wave,
)
from sim.mechanisms.people.workforce import Workforce
from sim.organisation.headcounts import share_of

SHAPE = {"ics": 48, "layers": 2, "weeks": 30, "warmup": 2}
LONG = {"ics": 48, "weeks": 56}
DELAYERED = {**LAYOFFS, "layoffs.delayer_week": 2, "layoffs.delayer_first_span": 12}
PASSED_ON = {**LAYOFFS, **AI, "layoffs.ai_pass_through": 1.0}
BUDGET = {**LAYOFFS, "layoffs.budget_target": 300.0}

CLAIMS: Mapping[str, Claim] = {
    # Longer tenures: fewer recent hires, whose hazard is higher.
    "people.tenure_mean_years": Claim("layoffs_per_year", DOWN, BACKGROUND),
    # Managers who are spared make the cut fall on others.
    "people.diverse_share": Claim("managers_share", UP, {**WAVE, "layoffs.protect_diverse": inf}, BIG),
    # A shorter memory makes the contribution that is rated noisier, once a long one has filled.
    "people.output_smoothing": Claim(
        "cut_skill",
        UP,
        {**RATED, "layoffs.rho": 1.0, "layoffs.wave_week": 50},
        {"ics": 192, "layers": 3, "weeks": 51},
    ),
    "layoffs.takeover": Claim("discarded_hours_share", DOWN, QUITS),
    "layoffs.step_in_changes": Claim("stepped_in_changes_per_year", UP, QUITS),
    "layoffs.background_probability": Claim(
        "layoffs_per_year", UP, {"switches.layoffs": True}, {"weeks": 52}
    ),
    "layoffs.background_manager": Claim("managers_share", DOWN, BACKGROUND, BIG | {"weeks": 40}),
    "layoffs.background_new": Claim("layoffs_per_year", UP, BACKGROUND),
    "layoffs.ai_perception_gap": Claim("layoffs_per_year", UP, {**LAYOFFS, "layoffs.ai_pass_through": 0.5}),
    # Who goes.
    "layoffs.rho": Claim("cut_skill", DOWN, {**RATED, "layoffs.wave_week": 26}),
    "layoffs.weight_manager": Claim("cut_managers", UP, WAVE, BIG),
    "layoffs.weight_layer": Claim("cut_layer", UP, {**WAVE, "layoffs.wave_scope": "managers"}, BIG | FOUR),
    "layoffs.weight_new": Claim("cut_tenure", DOWN, WAVE, BIG),
    "layoffs.weight_span": Claim("cut_managers", UP, WAVE, BIG),
    "layoffs.weight_exposure": Claim(
        "cut_managers", DOWN, {**WAVE, "ai.share_of_code": 0.8}, BIG
    ),  # only ICs' work
    "layoffs.weight_pay": Claim("cut_layer", UP, {**WAVE, "layoffs.wave_scope": "managers"}, BIG | FOUR),
    "layoffs.severance_weeks": Claim("people_usd_per_year", UP, WAVE),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.layoffs": choice(OFF_ON, "layoffs_per_year", UP, BACKGROUND),
    "layoffs.wave_week": choice((2, 14), "headcount", UP, WAVE),
    "layoffs.wave_fraction": choice((0.05, 0.3), "layoffs_per_year", UP, WAVE),
    "layoffs.wave_scope": choice(("managers", "ics"), "managers_share", UP, WAVE, BIG),
    "layoffs.wave_select": choice(
        ("weights", "rank"), "cut_skill", DOWN, {**RATED, "layoffs.rho": 1.0, "layoffs.wave_week": 14}
    ),
    "layoffs.delayer_week": choice((2, 14), "managers_share", UP, DELAYERED, {"ics": 48}),
    "layoffs.delayer_first_span": choice((0, 16), "managers_share", DOWN, DELAYERED, {"ics": 48}),
    "layoffs.delayer_upper_span": choice(
        (0, 16),
        "managers_share",
        DOWN,
        {**DELAYERED, "layoffs.delayer_first_span": 0},
        {"ics": 96, "layers": 3},
    ),
    "layoffs.delayer_remove_layer": choice(
        (0, 2),
        "managers_share",
        DOWN,
        {**DELAYERED, "layoffs.delayer_first_span": 0},
        {"ics": 96, "layers": 3},
    ),
    "layoffs.delayer_convert": choice((0.0, 1.0), "layoffs_per_year", DOWN, DELAYERED, {"ics": 48}),
    "layoffs.delayer_select": choice(
        ("weights", "rank"), "cut_tenure", EITHER, DELAYERED, {"ics": 96, "layers": 3}
    ),
    "layoffs.performance_share": choice(
        (0.02, 0.2), "layoffs_per_year", UP, {**LAYOFFS, "layoffs.performance_weeks": 8}
    ),
    "layoffs.performance_weeks": choice(
        (4, 16), "layoffs_per_year", DOWN, {**LAYOFFS, "layoffs.performance_share": 0.1}
    ),
    "layoffs.ai_pass_through": choice((0.0, 1.0), "layoffs_per_year", UP, PASSED_ON, LONG),
    "layoffs.ai_layoff_share": choice((0.0, 1.0), "layoffs_per_year", UP, PASSED_ON, LONG),
    "layoffs.budget_target": choice((300.0, inf), "layoffs_per_year", DOWN, BUDGET, LONG),
    "layoffs.budget_max_share": choice((0.05, 0.3), "layoffs_per_year", UP, BUDGET, LONG),
    "layoffs.budget_select": choice(
        ("weights", "rank"), "cut_skill", DOWN, {**BUDGET, "layoffs.rho": 1.0}, LONG
    ),
    "layoffs.full_span": choice((3, 12), "cut_managers", UP, WAVE, {**BIG, "ics": 192}),
    "layoffs.protect_expertise": choice((0.0, inf), "cut_tenure", EITHER, WAVE, BIG),
    "layoffs.protect_hands_on": choice((0.0, inf), "cut_managers", DOWN, WAVE, BIG),
    "layoffs.protect_ai": choice((0.0, 5.0), "cut_tenure", EITHER, {**WAVE, "ai.fluency_mean": 0.6}, BIG),
    "layoffs.protect_diverse": choice((0.0, inf), "cut_managers", DOWN, WAVE, BIG),
}

#: Every regime at once, with both schemes.
ALL_ON = {
    "layoffs_background_probability": 0.5, "layoffs_wave_week": 26, "layoffs_wave_fraction": 0.1,
    "layoffs_wave_select": WEIGHTS, "layoffs_delayer_week": 26, "layoffs_delayer_first_span": 9,
    "layoffs_delayer_convert": 0.5, "layoffs_performance_share": 0.05, "layoffs_ai_pass_through": 0.4,
    "layoffs_budget_target": 100.0, "layoffs_budget_max_share": 0.1, "layoffs_budget_select": WEIGHTS,
    "layoffs_weight_new": 2.0, "layoffs_weight_pay": 1.0, "layoffs_weight_span": 1.5, "layoffs_protect_ai": 0.5,
}  # fmt: skip


class TestLayoffs(PeopleContract):
    """Every regime that can strike within a few weeks; what is decided, in a week in which all of them are due."""

    parameters = ("layoffs.", "people.")
    claims = CLAIMS
    values: ClassVar = {
        "switches.layoffs": True, "layoffs.background_probability": 0.5, "layoffs.wave_week": 3, "layoffs.wave_fraction": 0.1,
        "layoffs.wave_select": "weights", "layoffs.performance_share": 0.05, "layoffs.performance_weeks": 4,
        "layoffs.delayer_week": 5, "layoffs.delayer_first_span": 5, "layoffs.delayer_convert": 0.5,
        "switches.quits": True, "quits.base": 0.5, "switches.hiring": True, "hiring.delay_weeks": 2.0,
    }  # fmt: skip
    #: What becomes of the work of leavers is read where people quit, too.
    silences: ClassVar = {
        "switches.layoffs": (
            "layoffs.background_", "layoffs.ai_", "layoffs.rho", "layoffs.weight_", "layoffs.severance_weeks",
        )
    }  # fmt: skip
    zeros: ClassVar = {
        "switches.layoffs": {
            "layoffs.background_probability": 0.0, "layoffs.wave_fraction": 0.0, "layoffs.performance_share": 0.0,
            "layoffs.delayer_first_span": 0,
        }
    }  # fmt: skip
    moves: ClassVar = {
        "layoffs.background_new": ("layoffs_per_year", +1, {}),
        "layoffs.severance_weeks": ("people_usd_per_year", +1, {}),
    }
    streams = (LAYOFF, SELECTION)
    rules: ClassVar = {
        path.replace("_", ".", 1): x for path, x in ALL_ON.items() if not path.endswith("_select")
    } | {"layoffs.wave_select": "weights", "layoffs.budget_select": "weights"}
    shares = ("chance",)
    alone = ("chance", "background")

    def decided(self, workforce, p, dice):
        ics = int(np.count_nonzero(workforce.role == 0))
        found = due(workforce, p, dice, Past(0.1, ics, 0, 1, workforce.pay.sum(), (120.0, 130.0)))
        rule, converts = np.full(len(workforce.pid), -1), np.zeros(len(workforce.pid), bool)
        for cuts in found.cuts:
            rule[cuts.position], converts[cuts.position] = LAYOFF_RULES.index(cuts.rule), cuts.convert
        return {
            "rule": rule,
            "converts": converts,
            "chance": background_chance(p, 1.0 * (workforce.role == MANAGER), workforce.tenure),
            "background": rule == LAYOFF_RULES.index("background"),
        }


@pytest.mark.slow
@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_outcome_in_the_declared_direction(path):
    check_claim(path, CLAIMS[path], SHAPE)


@pytest.mark.parametrize("path", CHOICES)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, CHOICES[path])


def named(workforce, cuts):
    """Return what the ledger would say, by permanent id."""
    columns = (workforce.pid[cuts.position], cuts.score, cuts.percentile, cuts.convert)
    return cuts.rule, *(column.tolist() for column in columns)


# --- L5: layoffs and attrition --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_L5_an_annual_probability_leaves_its_survivors():
    n = 60_000
    workforce = workforce_of((n, 1), week=0)
    p, dice = knobs(background_probability=0.13), dice_of(7)
    out = there(workforce)
    left = {}
    for week in range(1, 105):
        out |= gone(workforce, [background(replace(workforce, week=week), p, dice, out)])
        left[week] = 1000 * (1 - out[:n].mean())
    assert not out[n]  # the root stays
    for week, target in ((26, 932.7), (52, 870.0), (104, 756.9)):
        share = target / 1000
        assert share == pytest.approx(0.87 ** (week / 52), abs=6e-5)
        assert left[week] / 1000 == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n))


def test_factors_act_on_the_hazard():
    workforce = workforce_of((4, 2, 1), tenure=np.array([0.5, 3, 3, 3, 0.5, 3, 3.0]))
    p = knobs(background_probability=0.2, background_manager=1.5, background_new=2.0)
    found = background(workforce, p, lambda s, ids, i, k: np.full((len(ids), 2), 1e-9), there(workforce))
    assert len(found) == 6
    hazard = -np.log1p(-found.score) * 52 / -np.log(0.8)
    assert hazard == pytest.approx([2, 1, 1, 1, 3, 1.5])
    assert found.percentile.tolist() == [80.0, 0.0, 0.0, 0.0, 100.0, 60.0]


def test_background_cuts_only_grow_with_the_probability():
    workforce, dice = workforce_of((500, 50, 1)), dice_of()
    cut = [
        set(background(workforce, knobs(background_probability=q), dice, there(workforce)).position)
        for q in (0.1, 0.6, 1.0)
    ]
    assert cut[0] < cut[1] < cut[2] == set(range(550))


# --- L6: delayering ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("select", [RANK, WEIGHTS])
@pytest.mark.parametrize(
    ("old", "new", "managers", "stay", "probability"), [(5, 8, 125, 72, 0.424), (8, 25, 72, 21, 0.708)]
)
def test_L6_wider_spans(old, new, managers, stay, probability, select):
    workforce = workforce_of(levels_of(500, old))
    assert (workforce.role == 1).sum() == managers
    p = knobs(delayer_first_span=new, delayer_upper_span=new, delayer_select=select)
    cuts = delayer(workforce, p, dice_of(), there(workforce))
    assert managers - len(cuts) == stay
    assert len(cuts) / managers == pytest.approx(probability, abs=5e-4)
    assert workforce.boss[cuts.position].min() >= 0
    assert not cuts.convert.any()


@given(st.integers(1, 300), st.integers(2, 6), st.integers(2, 12), st.integers(2, 12), st.integers(0, 99))
def test_wider_spans_leave_what_an_organisation_built_with_them_has(ics, old, first, upper, run):
    """Balanced, targets at least the old spans: the managers left are those of ceil(n/s) with the targets from scratch."""
    first, upper = max(first, old), max(upper, old)
    workforce = workforce_of(levels_of(ics, old))
    p = knobs(delayer_first_span=first, delayer_upper_span=upper)
    cuts = delayer(workforce, p, dice_of(run=run), there(workforce))
    left = np.setdiff1d(np.flatnonzero(workforce.role == 1), cuts.position)
    assert len(left) == sum(levels_of(ics, first, upper)[1:])
    assert len(workforce.pid) - 1 in left


def test_one_target_leaves_the_other_layers_alone():
    workforce = workforce_of((96, 16, 4, 1))
    for first, upper, cut in (
        (12, 0, {1: 8}),
        (0, 8, {2: 2}),
        (12, 8, {1: 8, 2: 3}),
        (12, 4, {1: 8, 2: 2}),
        (3, 0, {}),
    ):
        p = knobs(delayer_first_span=first, delayer_upper_span=upper)
        found = delayer(workforce, p, dice_of(), there(workforce))
        layers, counts = np.unique(workforce.layer[found.position], return_counts=True)
        # 12 and 8: eight first-line managers are left, and the top leads them itself: a layer of one would be idle.
        expected = {1: 8, 2: 4} if (first, upper) == (12, 8) else cut
        assert dict(zip(layers.tolist(), counts.tolist(), strict=True)) == expected


def test_those_who_stay_are_the_best_of_their_layer():
    workforce = workforce_of((96, 16, 4, 1))
    cuts = delayer(workforce, knobs(delayer_first_span=12, rho=1.0), dice_of(), there(workforce))
    lowest = 96 + np.argsort(workforce.output[96:112])[:8]
    assert set(cuts.position) == set(lowest)
    assert sorted(cuts.percentile) == pytest.approx(np.arange(8) * 100 / 15)


def test_a_layer_goes_and_the_displaced_convert():
    workforce = workforce_of((96, 16, 4, 1))
    for layer, size in ((1, 16), (2, 4)):
        p = knobs(delayer_remove_layer=layer, delayer_convert=1.0, protect_ai=inf)
        cuts = delayer(workforce, p, dice_of(), there(workforce))
        assert len(cuts) == size
        assert np.all(workforce.layer[cuts.position] == layer)
        assert cuts.convert.all()
    share = np.mean(
        [
            delayer(
                workforce,
                knobs(delayer_remove_layer=1, delayer_convert=0.3),
                dice_of(run=r),
                there(workforce),
            ).convert
            for r in range(300)
        ]
    )
    assert share == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 4800))


def test_every_root_has_its_own_tree():
    """Two charts side by side: each keeps ceil(n/s) of its own managers; a root that is an IC is left alone."""
    one = workforce_of((30, 6, 2, 1))
    two = {f.name: getattr(one, f.name) for f in fields(one)}
    n = len(one.pid)
    two = {name: x if name == "week" else np.concatenate([x, x, x[:1]]) for name, x in two.items()}
    two["boss"] = np.concatenate([one.boss, np.where(one.boss >= 0, one.boss + n, -1), [-1]])
    two["pid"] = np.concatenate([one.pid, one.pid + 1000, [5000]])
    workforce = Workforce(**two)
    cuts = delayer(workforce, knobs(delayer_first_span=7, rho=1.0), dice_of(), there(workforce))
    assert sorted(cuts.position // n) == [0, 1]
    assert cuts.percentile.tolist() == [0.0, 0.0]  # the lowest, each of its own tree
    everybody = cut_share(workforce, knobs(), dice_of(), there(workforce), 76 / 79, ALL, RANK)
    assert np.all(workforce.boss[everybody.position] >= 0)


def test_unbalanced_trees_keep_managers_where_their_reports_are():
    """The top leads five first-line teams and a branch with a layer more: the branch keeps its manager."""
    layer = np.array([0] * 24 + [1] * 8 + [2, 3])
    boss = np.array([24 + i // 3 for i in range(24)] + [33] * 5 + [32] * 3 + [33, -1])
    workforce = workforce_of(
        (24, 8, 1, 1), layer=layer, boss=boss, reports=np.bincount(boss[:-1], minlength=34)
    )
    narrow = delayer(workforce, knobs(delayer_upper_span=7), dice_of(), there(workforce))
    assert len(narrow) == 0  # 5 + 3 would be too many for the top
    wide = delayer(workforce, knobs(delayer_upper_span=8), dice_of(), there(workforce))
    assert wide.position.tolist() == [32]


# --- Exact numbers, and the same people whatever the order of rows ---------------------------------------------------------


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1), st.integers(0, 30))
def test_reordering_rows_changes_nothing(seed, run):
    workforce = workforce_of((60, 12, 3, 1), week=26)
    p, dice = knobs(**ALL_ON), dice_of(run=run)
    past = Past(0.1, 60, 1, 1, workforce.pay.sum(), (120.0, 130.0))
    shuffled = reordered(workforce, np.random.default_rng(seed).permutation(len(workforce.pid)))
    one, two = due(workforce, p, dice, past), due(shuffled, p, dice, past)
    assert one.closed == two.closed
    assert [named(workforce, c)[:2] for c in one.cuts] == [named(shuffled, c)[:2] for c in two.cuts]
    for a, b in zip(one.cuts, two.cuts, strict=True):
        assert a.score == pytest.approx(b.score, rel=1e-12)  # mean pay is a sum in another order
        assert a.percentile == pytest.approx(b.percentile)
        assert np.array_equal(a.convert, b.convert)


def test_nobody_is_cut_twice_and_the_order_is_kept():
    workforce, dice = workforce_of((200, 40, 8, 1), week=26), dice_of(3)
    past = Past(0.1, 200, 0, 3, workforce.pay.sum(), (120.0, 190.0))
    found = due(workforce, knobs(**ALL_ON), dice, past)
    assert [c.rule for c in found.cuts] == [
        "background",
        "delayer",
        "wave",
        "performance",
        "ai_substitution",
        "budget",
    ]
    everybody = np.concatenate([c.position for c in found.cuts])
    assert len(everybody) == len(set(everybody.tolist()))
    first, second, third, fourth, *_ = (len(c) for c in found.cuts)
    assert third == share_of(0.1, 249 - first - second)  # exact, of those whom nobody has named before
    assert fourth == share_of(0.05, 249 - first - second - third)
    assert found.closed == 3


def test_combine_keeps_the_first_rule_that_names_a_person():
    def cut(rule, *positions):
        k = len(positions)
        return Cuts(rule, np.array(positions, int), np.arange(k) + 0.5, np.zeros(k), np.zeros(k, bool))

    one, two = combine([cut("a", 3, 1), cut("b", 1), cut("c", 7, 3, 2)])
    assert (one.rule, one.position.tolist()) == ("a", [3, 1])
    assert (two.rule, two.position.tolist(), two.score.tolist()) == ("c", [7, 2], [0.5, 2.5])
    assert combine([]) == ()


def test_all_off_is_nobody():
    workforce = workforce_of((20, 4, 1), week=26)
    assert due(workforce, knobs(), dice_of(), Past()) == ((), 0)
    assert due(workforce, knobs(switches_layoffs=False, **ALL_ON), dice_of(), Past()) == ((), 0)


# --- Performance, AI, budget -------------------------------------------------------------------------------------------


def test_performance_is_due_at_each_rating():
    workforce, p = workforce_of((100, 10, 1)), knobs(performance_share=0.05, performance_weeks=13, rho=0.9)
    weeks = [
        w for w in range(60) if len(performance(replace(workforce, week=w), p, dice_of(), there(workforce)))
    ]
    assert weeks == [13, 26, 39, 52]
    cuts = performance(replace(workforce, week=13), p, dice_of(), there(workforce))
    assert len(cuts) == share_of(0.05, 111)
    assert cuts.percentile.max() == pytest.approx(100 * (len(cuts) - 1) / 109)  # the bottom of 110 candidates


def test_ai_gain_is_perceived_not_real():
    """Real gain -.19 with a gap of .39 (B07): 1 - 1/1.2 of the positions seem superfluous; without the gap none."""
    workforce = workforce_of((600, 60, 6, 1), week=13)
    past = Past(ai_gain=-0.19, ic_positions=600)
    cuts, closed = ai_substitution(workforce, knobs(ai_pass_through=0.3), dice_of(), there(workforce), past)
    assert (len(cuts), closed) == (30, 0)
    assert np.all(workforce.role[cuts.position] == 0)
    real = knobs(ai_pass_through=0.3, ai_perception_gap=0.0)
    assert len(ai_substitution(workforce, real, dice_of(), there(workforce), past)[0]) == 0
    assert (
        len(
            ai_substitution(
                replace(workforce, week=14), knobs(ai_pass_through=0.3), dice_of(), there(workforce), past
            )[0]
        )
        == 0
    )


def test_ai_closes_vacancies_before_it_cuts_people():
    workforce = workforce_of((600, 60, 6, 1), week=13)
    for vacancies, share, expected in (
        (12, 1.0, (18, 12)),
        (50, 1.0, (0, 30)),
        (12, 0.5, (9, 12)),
        (12, 0.0, (0, 12)),
    ):
        p = knobs(ai_pass_through=0.3, ai_layoff_share=share)
        past = Past(ai_gain=-0.19, ic_positions=600, vacancies=vacancies)
        cuts, closed = ai_substitution(workforce, p, dice_of(), there(workforce), past)
        assert (len(cuts), closed) == expected


def test_ai_cuts_end_when_the_perceived_saving_is_taken():
    workforce, p = workforce_of((600, 60, 6, 1), week=13), knobs(ai_pass_through=0.5)
    closed = 0
    for quarter in range(1, 30):
        past = Past(ai_gain=-0.19, ic_positions=600, ai_closed=closed)
        closed += len(
            ai_substitution(replace(workforce, week=13 * quarter), p, dice_of(), there(workforce), past)[0]
        )
    assert closed == 100  # 600 (1 - 1/1.2), and no more


def test_ai_takes_exposed_work_and_nothing_where_there_is_no_ai():
    exposure = np.where(np.arange(130) < 50, 0.8, np.where(np.arange(130) < 100, 0.2, 0.0))
    workforce = workforce_of((120, 9, 1), week=13, exposure=exposure)
    p, past = knobs(ai_pass_through=0.3), Past(ai_gain=0.0, ic_positions=120)
    cut = np.zeros(130)
    for run in range(100):
        cut[ai_substitution(workforce, p, dice_of(run=run), there(workforce), past)[0].position] += 1
    assert cut[:50].mean() > 3 * cut[50:100].mean() > 0
    assert not cut[100:].any()
    without = replace(workforce, exposure=np.zeros(130))
    found = ai_substitution(without, p, dice_of(), there(workforce), replace(past, vacancies=9))
    assert (len(found[0]), found[1]) == (0, 0)
    alone = replace(workforce, exposure=np.where(np.arange(130) == 7, 1.0, 0.0))
    assert ai_substitution(alone, p, dice_of(), there(workforce), past)[0].position.tolist() == [
        7
    ]  # all whom AI could replace


@pytest.mark.slow
def test_small_organisations_are_not_spared_by_rounding():
    workforce, p = workforce_of((8, 1), week=13), knobs(ai_pass_through=0.1)
    past = Past(ai_gain=-0.19, ic_positions=8)
    counts = [
        len(ai_substitution(workforce, p, dice_of(run=r), there(workforce), past)[0]) for r in range(2000)
    ]
    expected = 0.1 * 8 / 6
    assert set(counts) == {0, 1}
    assert np.mean(counts) == pytest.approx(expected, abs=4 * np.sqrt(expected / 2000))


def test_budget_cuts_the_pay_that_brings_cost_back():
    workforce = workforce_of((100, 10, 1), week=26, pay=np.full(111, 100_000.0))
    p = knobs(budget_target=100.0)
    cost = 111 * 100_000.0
    for quarters, count in (
        ((90.0, 125.0), 0), ((125.0, 90.0), 0), ((125.0,), 0), ((), 0), ((101.0, 125.0), 23), ((100.0, 125.0), 0),
        ((9.0, 101.0, 125.0), 23), ((nan, 125.0), 23), ((125.0, nan), 33), ((-5.0, 1e9), 33),
    ):  # fmt: skip
        cuts = budget(
            workforce, p, dice_of(), there(workforce), Past(cost_per_year=cost, cost_per_value=quarters)
        )
        assert len(cuts) == count, (
            quarters
        )  # 20 % of 111 x 100,000 is the pay of 23 people; at most 30 % of 111
    exact = Past(cost_per_year=110 * 100_000.0, cost_per_value=(125.0, 125.0))
    assert len(budget(workforce, p, dice_of(), there(workforce), exact)) == 22
    assert len(budget(replace(workforce, week=27), p, dice_of(), there(workforce), exact)) == 0
    out = np.arange(111) < 15  # go anyway: their pay counts
    assert len(budget(workforce, p, dice_of(), out, exact)) == 7
    assert len(budget(workforce, p, dice_of(), np.arange(111) < 30, exact)) == 0


@pytest.mark.parametrize("select", [RANK, WEIGHTS])
def test_budget_takes_no_more_people_than_their_pay_demands(select):
    workforce = workforce_of((100, 10, 1), week=26)
    p = knobs(budget_target=100.0, budget_max_share=1.0, budget_select=select, rho=1.0)
    past = Past(cost_per_year=workforce.pay.sum(), cost_per_value=(120.0, 120.0))
    cuts = budget(workforce, p, dice_of(), there(workforce), past)
    saved, missing = workforce.pay[cuts.position].sum(), workforce.pay.sum() / 6
    assert missing <= saved < missing + workforce.pay.max()
    if select == RANK:
        assert cuts.percentile.max() == pytest.approx(100 * (len(cuts) - 1) / 109)


# --- What cannot be done -------------------------------------------------------------------------------------------------


def test_more_than_there_are():
    workforce = workforce_of((8, 2, 1))
    with pytest.raises(UserError, match=r"layoffs: 1 means 11 people in week 10, but only 10 may be cut"):
        cut_share(workforce, knobs(), dice_of(), there(workforce), 1.0, ALL, RANK)
    with pytest.raises(UserError, match="only 2 may be cut"):
        cut_share(workforce, knobs(), dice_of(), there(workforce), 1.0, MANAGERS, RANK)
    assert len(wave(workforce, knobs(wave_fraction=1.0), dice_of(), there(workforce))) == 10
    assert (
        len(wave(workforce, knobs(wave_fraction=1.0, wave_scope=MANAGERS), dice_of(), there(workforce))) == 2
    )
    assert len(wave(workforce, knobs(wave_fraction=1.0, wave_scope=ICS), dice_of(), there(workforce))) == 8
    alone = workforce_of((1,), role=np.ones(1, int))
    assert len(cut_share(alone, knobs(), dice_of(), there(alone), 0.4, ALL, RANK)) == 0
    with pytest.raises(UserError, match="only 0 may be cut"):
        cut_share(alone, knobs(), dice_of(), there(alone), 0.5, ALL, RANK)


@pytest.mark.parametrize("share", [-0.1, 1.5, nan])
def test_a_share_must_be_one(share):
    workforce = workforce_of((8, 2, 1))
    with pytest.raises(UserError, match=r"events.3.: .* is not a share"):
        cut_share(workforce, knobs(), dice_of(), there(workforce), share, ALL, RANK, "events[3]")


def test_delayering_that_makes_no_sense():
    workforce = workforce_of((96, 16, 4, 1))
    assert len(delayer(workforce, knobs(delayer_remove_layer=3), dice_of(), there(workforce))) == 0  # the top
    with pytest.raises(UserError, match="a layer goes, or spans are raised"):
        delayer(workforce, knobs(delayer_remove_layer=1, delayer_first_span=9), dice_of(), there(workforce))
    assert len(delayer(workforce, knobs(), dice_of(), there(workforce))) == 0
    flat = workforce_of((5, 1))
    assert len(delayer(flat, knobs(delayer_first_span=2, delayer_upper_span=2), dice_of(), there(flat))) == 0


def test_streams_are_those_of_the_register():
    """`sim.engine.rng` numbers the streams; where it names ours, the numbers agree, and no other stream has them."""
    from sim.engine import rng

    numbers = {name: x for name, x in vars(rng).items() if name.isupper() and isinstance(x, int)}
    for name in ("LAYOFF", "SELECTION"):
        own = getattr(layoffs, name)
        assert numbers.get(name, own) == own
        assert [other for other, x in numbers.items() if x == own] in ([], [name])
