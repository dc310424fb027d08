"""Which points can be the best: errors over all looks and points, what is open, and that nothing hangs on when it is asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.statistics.best import best_of
from sim.statistics.sequential import Look, looks

POINTS, WORTH = 12, 0.005


def runs_of(truth, seed, runs=400, noise=0.05):
    rng = np.random.default_rng(seed)
    sd = noise * np.exp(rng.normal(0, 0.5, len(truth)))
    return list(truth[:, None] + rng.normal(0, 0.2, runs) + sd[:, None] * rng.normal(size=(len(truth), runs)))


@pytest.mark.parametrize("better", [1, -1])
@pytest.mark.parametrize("kind", ["near", "one", "equal"])
def test_it_errs_in_few_sweeps_over_all_looks_and_points(kind, better):
    wrong = decided = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth = np.ones(POINTS)
        if kind == "near":
            truth += rng.normal(0, 0.02, POINTS)
        if kind == "one":
            truth[seed % POINTS] += 0.006 * better
        found = best_of(runs_of(truth, seed), looks(400), better, WORTH)
        gain = better * (truth - truth[found.best])
        lost = int(np.argmax(better * truth)) not in found.standing and kind != "equal"
        wrong += lost or (found.decided and gain.max() > WORTH * truth[found.best])
        decided += found.decided
    assert wrong <= 3
    if kind == "near":
        assert decided > 10


def test_far_points_go_out_early_and_stay_out():
    truth = np.array([1.0, 0.999, 0.5, 0.9])
    found = best_of(runs_of(truth, 3, runs=800, noise=0.02), looks(800), 1, WORTH)
    assert found.out == {2: 50, 3: 50}
    assert set(found.standing) == {0, 1}
    assert found.decided
    assert found.close == (1,) or found.close == (0,)


def test_what_is_open_is_listed_with_how_much_better_it_may_be():
    truth = np.array([1.0, 1.0, 0.3])
    found = best_of(runs_of(truth, 1, runs=60), [Look(60, 0.05)], 1, WORTH)
    assert not found.decided
    assert len(found.open) == 1
    (gap,) = found.gaps.values()
    assert WORTH < gap < 0.2


def test_one_run_and_no_run_decide_nothing():
    assert best_of([np.empty(0)] * 3, looks(100), 1, WORTH).best is None
    found = best_of([np.array([1.0]), np.array([2.0])], [Look(1, 0.05)], 1, WORTH)
    assert (found.best, found.open, found.decided) == (1, (0,), False)
    alone = best_of([np.array([1.0, 2.0]), np.full(2, np.nan)], [Look(2, 0.05)], 1, WORTH)
    assert alone.standing == (0,)


def test_runs_that_failed_are_left_out_of_their_pairs():
    values = runs_of(np.array([1.0, 0.8]), 2, runs=50)
    values[1][::3] = np.nan
    found = best_of(values, [Look(50, 0.05)], 1, WORTH)
    assert found.standing == (0,)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_points_that_are_out_need_no_further_runs(seed, points):
    """Cutting their runs where they went out changes nothing: a sweep stops simulating them there."""
    truth = 1 + np.random.default_rng(seed).normal(0, 0.05, points)
    values = runs_of(truth, seed, runs=200)
    whole = best_of(values, looks(200), 1, WORTH)
    cut = [one[: whole.out.get(k, whole.runs)] for k, one in enumerate(values)]
    assert best_of(cut, looks(200), 1, WORTH) == whole
