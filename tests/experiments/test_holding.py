"""How sure a verdict is: worlds that hold, are open, are reversed, by hand and by chance; what flips it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr, ttest_1samp

from sim.experiments.assumption_words import flip_words, holding_words, support_words, worlds_words
from sim.experiments.holding import (
    AGREE,
    LEAST_WORLDS,
    OPPOSE,
    SPLIT,
    Assumptions,
    Differences,
    Flip,
    Holding,
    assumptions,
    differences,
    flip_json,
    holding,
    holding_json,
    of_pairs,
    read_flip,
    signs,
)
from sim.statistics.estimates import Holds, t_quantile, wilson
from sim.statistics.moderated import moderated_variance


def worlds(means, spread=(-1.0, 0.0, 1.0), base=1.0):
    """Differences with those means and the same spread of runs around each."""
    values = np.array([[np.full(len(spread), base), base + m + np.array(spread)] for m in means])
    return differences(values)


# ---- by hand


def test_equal_noise_is_pooled():
    """Three runs with sd 1 in each of four worlds: 8 degrees of freedom, and beyond noise from 2.306 / sqrt(3) = 1.331 on."""
    edge = t_quantile(0.975, 8) / np.sqrt(3)
    assert edge == pytest.approx(1.3314, abs=1e-4)
    found = worlds([edge + 0.01, edge - 0.01, -edge + 0.01, -edge - 0.01], base=0.0)
    assert signs(found).tolist() == [1.0, 0.0, 0.0, -1.0]
    # By themselves, with two degrees of freedom, none of them would be beyond noise.
    assert ttest_1samp(edge + 0.01 + np.array([-1.0, 0.0, 1.0]), 0).pvalue > 0.05
    up, down = holding(found, +0.2), holding(found, -0.2)
    assert [x.k for x in (up.holds, up.open, up.reversed)] == [1, 2, 1] == [
        x.k for x in (down.holds, down.open, down.reversed)
    ]  # fmt: skip
    assert (up.worlds, up.holds.interval) == (4, wilson(1, 4))


def test_what_cannot_be_judged():
    assert holding(worlds([1.0]), 0.0) is None
    assert holding(worlds([1.0]), None) is None
    once = differences(np.array([[[1.0], [9.0]], [[1.0], [-9.0]]]))
    assert signs(once).tolist() == [0.0, 0.0]  # one run says nothing of its noise
    failed = of_pairs([None, None])
    assert holding(failed, 1.0).worlds == 0
    assert holding(failed, 1.0).support is None
    mixed = worlds([5.0, np.nan, -5.0, 0.0])
    assert signs(mixed)[[0, 2, 3]].tolist() == [1.0, -1.0, 0.0]
    assert (np.isnan(signs(mixed)).tolist(), holding(mixed, 1.0).worlds) == ([False, True, False, False], 3)


def test_differences_without_noise_follow_from_the_structure():
    same = differences(np.array([[[2.0, 2.0], [3.0, 3.0]], [[2.0, 2.0], [2.0, 2.0]]]))
    assert signs(same).tolist() == [1.0, 0.0]


def test_noise_is_taken_relative_to_the_first_scenario():
    """A world ten times as large is ten times as noisy, and judged alike."""
    small, large = worlds([1.5, -1.5], base=10.0), worlds([15.0, -15.0], (-10.0, 0.0, 10.0), base=100.0)
    both = Differences(
        *(np.concatenate([getattr(x, f) for x in (small, large)]) for f in ("mean", "sd", "runs", "base"))
    )
    assert signs(both).tolist() == [1.0, -1.0, 1.0, -1.0]
    assert both.scale.tolist() == [10.0, 10.0, 100.0, 100.0]
    assert worlds([1.0, 2.0], base=0.0).scale.tolist() == [1.0, 1.0]


def test_moderated_variances():
    equal, freedom = moderated_variance(np.array([2.0, 2.0, 2.0]), np.array([3.0, 3.0, 3.0]))
    assert (equal.tolist(), freedom.tolist()) == ([2.0] * 3, [9.0] * 3)
    # Variances that differ far beyond chance keep to themselves, and few degrees of freedom.
    own, freedom = moderated_variance(np.array([1e-4, 1.0, 1e4] * 10), np.full(30, 20.0))
    assert own[:3] == pytest.approx([1e-4, 1.0, 1e4], rel=0.4)
    assert np.all((freedom > 20) & (freedom < 25))
    assert moderated_variance(np.zeros(3), np.ones(3))[0].tolist() == [0.0] * 3
    assert len(moderated_variance(np.empty(0), np.empty(0))[0]) == 0


@given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=40), st.integers(1, 30))
def test_a_moderated_variance_lies_between_its_own_and_that_of_the_others(variances, freedom):
    own = np.array(variances)
    found, df = moderated_variance(own, np.full(len(own), float(freedom)))
    assert np.all(np.isfinite(found))
    assert np.all((df >= freedom) & (df <= freedom * len(own) + 1e-9))
    order = np.argsort(own)
    assert np.all(np.diff(found[order]) >= -1e-9 * found.max())  # noisier stays noisier


# ---- by chance


@pytest.mark.parametrize("spread", [0.0, 1.0])
@pytest.mark.parametrize("runs", [2, 4])
def test_where_nothing_differs_nearly_all_is_open(runs, spread):
    """2.5 % on each side, also where some worlds are several times as noisy as others."""
    dice = np.random.default_rng([runs, int(spread)])
    size, every = 64, []
    for _ in range(40):
        noise = dice.normal(0, 1, (size, runs)) * np.exp(dice.normal(0, spread, size))[:, None]
        every.append(signs(quick(noise)))
    share = [float(np.mean(np.array(every) == sign)) for sign in (1, -1)]
    error = 4 * np.sqrt(0.025 * 0.975 / (40 * size))
    assert share == pytest.approx([0.025, 0.025], abs=error)


def quick(runs):
    """Differences to a scenario that is 1 in every world; runs: [worlds, runs]."""
    count = np.full(len(runs), runs.shape[1])
    return Differences(runs.mean(axis=1), runs.std(axis=1, ddof=1), count, np.ones(len(runs)))


def planted(slope, seed=1, count=48, parameters=60, noise=0.1, turn=0.6):
    """Worlds in which the third parameter decides: the lead is slope * (turn - x)."""
    dice = np.random.default_rng(seed)
    values = dice.random((count, parameters))
    lead = slope * (turn - values[:, 2])
    runs = lead[:, None] + dice.normal(0, noise, (count, 4))
    table = Assumptions(tuple(f"a.p{k}" for k in range(parameters)), values)
    return quick(runs), table


@pytest.mark.parametrize("slope", [0.5, -0.5])
def test_what_flips_is_found_with_its_direction_and_value(slope):
    found, table = planted(slope)
    judged = holding(found, 1.0, table)
    flip = judged.flips
    assert (flip.path, flip.above, judged.sought) == ("a.p2", slope > 0, 60)
    assert flip.correlation == pytest.approx(spearmanr(table.values[:, 2], found.mean).statistic)
    assert flip.p == pytest.approx(60 * spearmanr(table.values[:, 2], found.mean).pvalue, rel=1e-6)
    assert flip.value == pytest.approx(0.6, abs=0.1)
    beyond = table.values[:, 2] > flip.value if slope > 0 else table.values[:, 2] < flip.value
    assert (flip.against.n, flip.against.k) == (beyond.sum(), (found.mean[beyond] < 0).sum())
    # Of the opposite verdict the same assumption flips it, from the other side.
    other = holding(found, -1.0, table).flips
    assert (other.path, other.above, other.correlation) == (
        "a.p2",
        slope < 0,
        pytest.approx(-flip.correlation),
    )
    way = "upwards" if slope > 0 else "downwards"
    assert f"a: p2 flips it: from {flip.value:.3g} {way} {flip.against.k} of the " in flip_words(judged)
    assert read_flip(flip_json(flip)) == flip


def test_what_moves_a_verdict_without_turning_it_is_not_said_to_flip_it():
    found, table = planted(0.5, turn=3.0)
    judged = holding(found, 1.0, table)
    assert (judged.flips.path, judged.flips.value, judged.flips.against) == ("a.p2", None, None)
    assert judged.holds.k == judged.worlds
    assert flip_words(judged) == ""  # it holds everywhere: nothing flips it


def test_nothing_flips_a_verdict_in_noise():
    """Holm over all that vary: a false one in at most 5 of 100 questions, or hardly more."""
    questions = [planted(0.0, seed, 32, 30) for seed in range(100)]
    named = sum(holding(found, 1.0, table).flips is not None for found, table in questions)
    assert named <= 12  # 5 expected; more has a probability of 0.2 %
    judged = holding(planted(0.0, 3)[0], 1.0, planted(0.0, 3)[1])
    assert (
        flip_words(judged)
        == "no single assumption explains it among 48 worlds; `orgsim sensitivity A B` searches"
    )


def test_few_worlds_are_not_searched():
    found, table = planted(0.5, count=LEAST_WORLDS - 1)
    judged = holding(found, 1.0, table)
    assert (judged.flips, judged.sought) == (None, 0)
    assert "15 worlds are too few to say which assumption flips it" in flip_words(judged)


def test_worlds_that_failed_are_left_out_of_what_flips():
    found, table = planted(0.5)
    mean = found.mean.copy()
    mean[::5] = np.nan
    part = Differences(mean, found.sd, found.runs, found.base)
    assert holding(part, 1.0, table).flips.path == "a.p2"
    assert holding(part, 1.0, table).worlds == np.isfinite(mean).sum()


def test_the_table_of_assumptions():
    table = assumptions([{"a.x": 1, "b.y": 0.5}, {"a.x": 1, "b.y": 0.25}])
    assert table.paths == ("a.x", "b.y")
    assert table.ranks.tolist() == [[1.5, 2.0], [1.5, 1.0]]
    assert assumptions([]).paths == ()


# ---- what most worlds say


def counted(holds, reversed_, worlds=32):
    return Holding(Holds(holds, worlds), Holds(worlds - holds - reversed_, worlds), Holds(reversed_, worlds))


@pytest.mark.parametrize(
    ("holds", "against", "support"), [(30, 1, AGREE), (17, 0, SPLIT), (5, 5, SPLIT), (1, 30, OPPOSE)]
)
def test_support(holds, against, support):
    found = counted(holds, against)
    assert found.support == support
    assert holding_json(found)["support"] == support
    assert (support_words(found) == "") == (support == AGREE)
    assert found.turned.holds == found.reversed


def test_words_and_json():
    found = counted(16, 8)
    assert (
        holding_words(found)
        == "holds in 50 % [34, 66] of 32 plausible worlds, open in 25 %, reversed in 25 %"
    )
    data = holding_json(found)
    assert (data["holds_in"], data["open_in"], data["reversed_in"], data["flips"]) == (0.5, 0.25, 0.25, None)
    assert data["holds_in_ci95"] == list(wilson(16, 32))
    assert (data["like"], data["holds_in_all_plausible"], data["reversed_in_all_plausible"]) == (
        None,
        0.5,
        0.25,
    )
    assert set(holding_json(None).values()) == {None}
    assert flip_json(Flip("a.x", -0.5, 0.01))["value"] is None


def test_worlds_that_look_like_a_scenario_are_said_with_all_plausible_ones_beside():
    found = replace(counted(8, 1, 9), like="ours.yaml", everywhere=counted(16, 8))
    assert holding_words(found) == (
        "holds in 89 % [57, 98] of 9 worlds that look like ours.yaml, open in 0 %, reversed in 11 % (all plausible worlds: holds "
        "in 50 %, reversed in 25 %)"
    )
    assert worlds_words(1, "ours.yaml") == "1 world that looks like ours.yaml"
    data = holding_json(found)
    assert (data["like"], data["holds_in"], data["holds_in_all_plausible"]) == ("ours.yaml", 8 / 9, 0.5)
    assert data["reversed_in_all_plausible"] == 0.25
    turned = found.turned
    assert (turned.like, turned.everywhere.holds) == ("ours.yaml", Holds(8, 32))
    assert support_words(turned) == "most worlds that look like ours.yaml say the opposite"
    assert (
        support_words(replace(counted(5, 4, 9), like="a.yaml"))
        == "the worlds that look like a.yaml do not settle it"
    )
    assert (
        holding_words(replace(counted(0, 0, 0), like="a.yaml"))
        == "undefined in all worlds that look like a.yaml"
    )
