"""Exact draws of people: numbers, normal scores, weighted draws, percentiles; and with them who is selected for a layoff."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import floor, inf

import numpy as np
import pytest
from helpers.layoff_knobs import OFF, knobs, there
from helpers.workforces import dice_of, levels_of, workforce_of
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import nchypergeom_wallenius, norm

from sim.errors import UserError
from sim.mechanisms.people.layoffs import (
    ALL,
    ICS,
    MANAGERS,
    RANK,
    WEIGHTS,
    cut_share,
    delayer,
    protection,
    signal,
    wave,
    weights,
)
from sim.organisation.headcounts import share_of
from sim.statistics.scores import normal_scores_in_groups, percentiles, race_times, smallest

PROTECTIONS = tuple(name for name in OFF if name.startswith("layoffs_protect_"))


def scores(values, groups=None, seed=0):
    """Return normal scores with random ties; one group by default."""
    n = len(values)
    groups = np.zeros(n, int) if groups is None else np.asarray(groups)
    return normal_scores_in_groups(
        np.asarray(values, float), groups, np.random.default_rng(seed).random(n), np.arange(n)
    )


@given(st.integers(0, 1000), st.integers(0, 5000))
def test_a_share_is_exact_to_half_a_person_rounded_up(thousandths, n):
    exact = Fraction(thousandths, 1000) * n
    assert share_of(thousandths / 1000, n) == floor(exact + Fraction(1, 2))


def test_shares_that_floating_point_gets_wrong():
    assert 0.145 * 100 < 14.5
    assert share_of(0.145, 100) == 15
    assert share_of(0.07, 50) == 4
    assert share_of(0.035, 100) == 4
    assert [share_of(x, 117) for x in (0.0, 1.0, 1e-9)] == [0, 117, 0]


def test_normal_scores_of_a_large_group_are_standard_normal_and_keep_the_order():
    values = np.random.default_rng(1).lognormal(size=4001)
    z = scores(values)
    assert np.array_equal(np.argsort(z), np.argsort(values))
    assert z.mean() == pytest.approx(0, abs=1e-12)
    assert z.std() == pytest.approx(1, abs=0.002)


def test_groups_are_scored_apart():
    z = scores([1, 2, 3, 100, 300, 200], [0, 0, 0, 1, 1, 1])
    assert z[:3] == pytest.approx(z[[3, 5, 4]])
    assert z[1] == 0.0


def test_equal_values_are_ordered_by_the_draw_and_unknown_ones_are_in_the_middle():
    first, second = scores(np.ones(50), seed=1), scores(np.ones(50), seed=2)
    assert sorted(first) == pytest.approx(sorted(second))
    assert not np.array_equal(first, second)
    assert first.std() > 0.9  # a group without known merit is not spared by having no spread
    z = scores([1.0, np.nan, 9.0])
    assert z[0] < z[1] < z[2]
    assert np.all(np.isfinite(scores([np.nan, np.nan])))


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_no_group_is_below_another_because_it_is_small(rho):
    """The mean share of a group below a threshold of the signal is the same whatever its size."""

    def below(n, threshold=-1.4):
        return ndtr((threshold - rho * ndtri((np.arange(n) + 0.5) / n)) / np.sqrt(1 - rho * rho)).mean()

    assert below(20) == pytest.approx(below(1000), rel=0.04)
    assert np.sort(scores(np.arange(20.0))) == pytest.approx(ndtri((np.arange(20) + 0.5) / 20))


def test_weighted_draws_have_wallenius_distribution_of_the_count():
    """The number drawn from the heavy group: mean and variance of the noncentral hypergeometric distribution."""
    rng = np.random.default_rng(3)
    for heavy, light, weight, drawn in ((20, 80, 2.0, 20), (5, 5, 3.0, 6), (30, 10, 0.5, 15)):
        weights = np.repeat([weight, 1.0], [heavy, light])
        ids = np.arange(len(weights))
        counts = np.array(
            [
                np.count_nonzero(smallest(race_times(weights, rng.random(len(ids))), ids, drawn) < heavy)
                for _ in range(4000)
            ]
        )
        theory = nchypergeom_wallenius(heavy + light, heavy, drawn, weight)
        assert counts.mean() == pytest.approx(theory.mean(), abs=4 * counts.std() / np.sqrt(len(counts)))
        assert counts.var() == pytest.approx(theory.var(), rel=0.1)


def test_the_order_of_a_weighted_draw_is_sequential():
    """Three people, weights 3, 2, 1: the first two in order have probability w_i/6 x w_j/(6 - w_i)."""
    rng = np.random.default_rng(4)
    weights = np.array([3.0, 2.0, 1.0])
    runs = 20_000
    seen = np.zeros((3, 3))
    for _ in range(runs):
        i, j = smallest(race_times(weights, rng.random(3)), np.arange(3), 2)
        seen[i, j] += 1
    for i in range(3):
        for j in range(3):
            expected = 0.0 if i == j else weights[i] / 6 * weights[j] / (6 - weights[i])
            error = np.sqrt(max(expected * (1 - expected), 1e-12) / runs)
            assert abs(seen[i, j] / runs - expected) <= 4 * error


def test_weight_zero_is_never_drawn_and_a_heavier_weight_never_later():
    u = np.random.default_rng(5).random(6)
    times = race_times(np.array([0.0, 1, 1, 1, 1, 1]), u)
    assert times[0] == np.inf
    assert np.all(np.isfinite(times[1:]))
    assert np.all(race_times(np.full(6, 2.0), u) < race_times(np.ones(6), u))


def test_equal_keys_go_by_id():
    assert smallest(np.array([1.0, 0.0, 0.0]), np.array([5, 9, 7]), 2).tolist() == [2, 1]
    assert smallest(np.zeros(3), np.arange(3), 0).tolist() == []


def test_percentiles():
    assert percentiles(np.array([3.0, 1.0, 2.0]), np.zeros(3, int)).tolist() == [100.0, 0.0, 50.0]
    assert percentiles(np.array([1.0, 1.0, 5.0]), np.zeros(3, int)).tolist() == [0.0, 0.0, 100.0]
    by_group = percentiles(np.array([3.0, 1.0, 2.0, 9.0]), np.array([0, -1, 0, 1]))
    assert by_group[[0, 2, 3]].tolist() == [100.0, 0.0, 0.0]
    assert np.isnan(by_group[1])


# --- Who is selected for a layoff: by rank, by weights, with protection ------------------------------------------------


def test_L5_rank_selection_by_quintile_of_contribution():
    q, rho = 0.1, 0.5
    threshold = ndtri(q)
    edges = ndtri(np.linspace(0, 1, 6))

    def cut(z):
        return ndtr((threshold - rho * z) / np.sqrt(1 - rho * rho)) * norm.pdf(z)

    targets = np.array([5 * quad(cut, a, b)[0] for a, b in pairwise(edges)])
    assert targets == pytest.approx([0.2575, 0.1216, 0.0702, 0.0377, 0.0131], abs=6e-5)

    workforce = workforce_of((1000, 1))
    quintile = np.full(1001, -1)
    quintile[np.argsort(workforce.output[:1000])] = np.arange(1000) // 200
    p = knobs(rho=rho)
    shares = np.empty((300, 5))
    for run in range(len(shares)):
        cuts = cut_share(workforce, p, dice_of(run=run), there(workforce), q, ICS, RANK)
        assert len(cuts) == 100
        shares[run] = np.bincount(quintile[cuts.position], minlength=5) / 200
    error = shares.std(axis=0, ddof=1) / np.sqrt(len(shares))
    assert np.all(error <= 0.002)
    assert np.all(abs(shares.mean(axis=0) - targets) <= 4 * error)


@pytest.mark.slow
def test_L5_weighted_selection_is_wallenius():
    workforce = workforce_of((80, 20, 1))
    p = knobs(weight_manager=2.0)
    cut = np.zeros((1500, 2))
    for run in range(len(cut)):
        # 20 of 101: the root counts among the people and cannot be drawn.
        cuts = cut_share(workforce, p, dice_of(run=run), there(workforce), 20 / 101, ALL, WEIGHTS)
        assert len(cuts) == 20
        cut[run] = np.bincount(workforce.role[cuts.position], minlength=2) / (80, 20)
    error = cut.std(axis=0, ddof=1) / np.sqrt(len(cut))
    heavy = nchypergeom_wallenius(100, 20, 20, 2).mean()
    targets = np.array([(20 - heavy) / 80, heavy / 20])
    assert targets == pytest.approx([0.1714, 0.3143], abs=5e-5)
    assert np.all(error <= 0.01 * targets)
    assert np.all(abs(cut.mean(axis=0) - targets) <= 4 * error)
    ratio = cut.mean(axis=0)[1] / cut.mean(axis=0)[0]
    assert ratio == pytest.approx(1.83, abs=0.05)  # not 2


@given(
    st.integers(1, 400), st.integers(0, 100), st.sampled_from([ALL, MANAGERS, ICS]), st.sampled_from([RANK, WEIGHTS]),
    st.integers(0, 99),
)  # fmt: skip
def test_the_number_cut_is_exact(ics, per_cent, scope, select, run):
    workforce = workforce_of(levels_of(ics, 5))
    p = knobs(
        wave_fraction=per_cent / 100, wave_scope=scope, wave_select=select, weight_new=2.0, weight_pay=1.0
    )
    inside = {ALL: workforce.role >= 0, MANAGERS: workforce.role == 1, ICS: workforce.role == 0}[scope]
    # A share that would include the top means everybody else.
    count = min(share_of(per_cent / 100, inside.sum()), np.count_nonzero(inside & (workforce.boss >= 0)))
    cuts = wave(workforce, p, dice_of(run=run), there(workforce))
    assert len(cuts) == len(set(cuts.position)) == count
    assert inside[cuts.position].all()
    assert np.all(workforce.boss[cuts.position] >= 0)
    assert np.all((cuts.percentile >= 0) & (cuts.percentile <= 100))
    assert len(wave(replace(workforce, week=11), p, dice_of(run=run), there(workforce))) == 0


def test_a_perfect_signal_cuts_exactly_the_lowest_of_each_role():
    workforce = workforce_of((100, 20, 1))
    p = knobs(rho=1.0)
    cuts = cut_share(workforce, p, dice_of(), there(workforce), 0.1, ICS, RANK)
    assert set(cuts.position) == set(np.argsort(workforce.output[:100])[:10])
    assert np.array_equal(np.sort(cuts.percentile), np.arange(10) * 100 / 99)
    both = cut_share(workforce, p, dice_of(), there(workforce), 0.1, ALL, RANK)
    assert len(both) == 12
    assert np.bincount(workforce.role[both.position]).tolist() == [
        10,
        2,
    ]  # roles are scored apart: the same share of each


def test_rank_is_neutral_between_roles():
    workforce = workforce_of((96, 20, 1))
    cut = np.zeros((600, 2))
    for run in range(len(cut)):
        found = cut_share(workforce, knobs(rho=0.7), dice_of(run=run), there(workforce), 0.1, ALL, RANK)
        cut[run] = np.bincount(workforce.role[found.position], minlength=2) / (96, 20)
    difference = cut[:, 1] - cut[:, 0]
    assert abs(difference.mean()) <= 4 * difference.std() / np.sqrt(len(cut)) + 0.003


def test_without_a_signal_the_noise_of_a_person_depends_on_nobody_else():
    small, dice = workforce_of((40, 8, 1)), dice_of()
    large = workforce_of((70, 8, 1), seed=9)
    p = knobs(rho=0.0)
    noise = dict(zip(large.pid.tolist(), signal(large, p, dice), strict=True))
    for pid, x in zip(small.pid[:40].tolist(), signal(small, p, dice), strict=False):
        assert noise[pid] == x
    assert not np.array_equal(signal(replace(small, week=11), p, dice), signal(small, p, dice))


def test_adding_people_leaves_the_draws_of_the_others_alone():
    """Weights: whoever of the old people goes from the larger organisation would have gone from the smaller."""
    workforce = workforce_of((50, 1))
    larger = workforce_of((80, 1))
    larger = replace(larger, tenure=np.concatenate([workforce.tenure[:50], larger.tenure[50:]]))
    p, dice = knobs(weight_new=2.0), dice_of()
    few = cut_share(workforce, p, dice, there(workforce), 10 / 51, ALL, WEIGHTS)
    many = cut_share(larger, p, dice, there(larger), 10 / 81, ALL, WEIGHTS)
    assert {i for i in many.position.tolist() if i < 50} <= set(few.position.tolist())


def test_the_noise_has_the_distribution_that_is_claimed():
    few = workforce_of((20, 1))  # the second of two dice; the first decides on background layoffs
    noise = signal(few, knobs(rho=0.0), lambda s, ids, i, k: np.tile((0.3, 0.8), (len(ids), 1)))
    assert noise == pytest.approx(np.full(21, ndtri(0.8)))
    workforce = workforce_of((5000, 1))
    x = signal(workforce, knobs(rho=0.6), dice_of())[:5000]
    merit = ndtri((np.argsort(np.argsort(workforce.output[:5000])) + 0.5) / 5000)
    assert x.std() == pytest.approx(1, abs=0.04)
    assert np.corrcoef(x, merit)[0, 1] == pytest.approx(0.6, abs=0.04)


def test_weights_multiply():
    workforce = workforce_of(
        (4, 2, 1), tenure=np.array([1.0, 4, 4, 4, 4, 4, 9]), exposure=np.array([0, 0.5, 1, np.nan, 0, 0, 0]),
        reports=np.array([0, 0, 0, 0, 2, 12, 2]), pay=np.array([100.0, 100, 100, 140, 150, 150, 400]),
    )  # fmt: skip
    p = knobs(
        weight_manager=1.5, weight_layer=1.2, weight_new=2.0, weight_span=3.0, weight_exposure=4.0, weight_pay=2.0
    )  # fmt: skip
    pay = (np.array([100, 100, 100, 140]) / 110) ** 2
    found = weights(workforce, p)
    assert found[:4] == pytest.approx(np.array([2, 2, 4, 1]) * pay)
    assert found[4:6] == pytest.approx([1.5 * 3**0.75, 1.5])  # two of eight reports; twelve are enough
    assert found[6] == pytest.approx(1.5 * 1.2 * 3**0.75 * (400 / 150) ** 2)


@pytest.mark.parametrize("select", [RANK, WEIGHTS])
@pytest.mark.parametrize("name", PROTECTIONS)
def test_each_protection_lowers_the_risk_of_those_who_have_it(name, select):
    workforce = workforce_of((60, 30, 1))
    has = {
        "layoffs_protect_expertise": workforce.expertise > 0.5,
        "layoffs_protect_hands_on": (workforce.hands_on > 0) & (workforce.currency > 0.3),
        "layoffs_protect_ai": workforce.fluency > 0.7,
        "layoffs_protect_diverse": workforce.diverse,
    }[name] & (workforce.boss >= 0)

    def risk(strength):
        cut = np.zeros(len(workforce.pid))
        for run in range(150):
            found = cut_share(
                workforce, knobs(**{name: strength}), dice_of(run=run), there(workforce), 0.2, ALL, select
            )
            cut[found.position] += 1
        return cut[has].mean() / 150

    risks = [risk(x) for x in (0.0, 0.5, 1.5, inf)]
    assert risks[0] > risks[1] > risks[2] > risks[3] == 0.0


def test_a_stronger_protection_never_adds_the_protected_to_the_cut():
    """On the same dice, person by person: those of a group who still go are among those who went before."""
    workforce, dice = workforce_of((60, 30, 1)), dice_of()
    for select in (RANK, WEIGHTS):
        cut = [
            set(
                cut_share(
                    workforce, knobs(protect_diverse=x), dice, there(workforce), 0.3, ALL, select
                ).position
            )
            for x in (0.0, 0.7, 3.0)
        ]
        inside = [{i for i in one if workforce.diverse[i]} for one in cut]
        assert inside[2] <= inside[1] <= inside[0]


@pytest.mark.parametrize("select", [RANK, WEIGHTS])
def test_protected_groups_larger_than_the_rest(select):
    workforce = workforce_of((20, 10, 1), diverse=np.repeat([False, True], [20, 11]))
    p = knobs(protect_diverse=inf)
    assert len(cut_share(workforce, p, dice_of(), there(workforce), 20 / 31, ALL, select)) == 20
    with pytest.raises(UserError, match=r"of 30 candidates only 20 are not protected .*protect fewer"):
        cut_share(workforce, p, dice_of(), there(workforce), 21 / 31, ALL, select)
    spans = knobs(protect_diverse=inf, delayer_first_span=5, delayer_select=select)
    with pytest.raises(UserError, match=r"delayer_first_span: 5 means 6 people .* only 0 are not protected"):
        delayer(workforce, spans, dice_of(), there(workforce))
    # A middle manager whose four reports the top could lead as well: goes, unless protected.
    workforce = workforce_of((20, 4, 1, 1), diverse=np.arange(26) == 24)
    for strength, cut in ((0.0, [24]), (inf, [])):
        spans = knobs(
            protect_diverse=strength, delayer_first_span=5, delayer_upper_span=4, delayer_select=select
        )
        assert delayer(workforce, spans, dice_of(), there(workforce)).position.tolist() == cut


def test_an_infinite_strength_protects_only_those_with_the_attribute():
    workforce = workforce_of((20, 10, 1), fluency=np.where(np.arange(31) < 5, 0.9, 0.5))
    found = protection(workforce, knobs(protect_ai=inf))
    assert np.array_equal(found == inf, np.arange(31) < 5)
    assert np.all(found[5:] == 0)
