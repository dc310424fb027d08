"""Shapley values and interactions of games in which they are known, exact and sampled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.explain import shapley
from sim.statistics.estimates import mean_ci


def game(worth, noise=0.0):
    """An evaluator of a characteristic function, with noise of the run that all coalitions share."""

    def evaluate(asked):
        return np.array(
            [worth(on) + noise * np.random.default_rng(run).normal() * len(on) for on, run in asked]
        )

    return evaluate


def of_table(table):
    return lambda on: table[sum(1 << k for k in on)]


def gloves(on):
    """Player 0 has a left glove, 1 and 2 have right ones; a pair is worth 1."""
    return float(0 in on and (1 in on or 2 in on))


def parts_of(worth, players):
    return shapley.exact_parts(shapley.all_subsets(game(worth), players, [0]))[0]


def test_the_glove_game_has_its_known_values_and_interactions() -> None:
    table = shapley.all_subsets(game(gloves), 3, [0, 1])
    assert shapley.exact_parts(table) == pytest.approx(np.array([[4, 1, 1]] * 2) / 6)
    assert shapley.exact_interaction(table, 0, 1) == pytest.approx([0.5, 0.5])
    assert shapley.exact_interaction(table, 2, 0) == pytest.approx([0.5, 0.5])
    assert shapley.exact_interaction(table, 1, 2) == pytest.approx([-0.5, -0.5])


def test_an_additive_game_gives_everybody_its_own_and_no_interaction() -> None:
    own = [3.0, -1.0, 0.5, 0.0, 2.0]
    evaluate = game(lambda on: 7.0 + sum(own[k] for k in on))
    table = shapley.all_subsets(evaluate, 5, [0])
    assert shapley.exact_parts(table)[0] == pytest.approx(own)
    assert shapley.sampled_parts(evaluate, 5, range(4), seed=1) == pytest.approx(np.array([own] * 4))
    assert all(abs(shapley.exact_interaction(table, i, j)).max() < 1e-12 for i in range(5) for j in range(i))
    assert abs(shapley.sampled_interactions(evaluate, 5, [(0, 1), (2, 4)], range(4), seed=1)).max() < 1e-12


tables = st.integers(1, 4).flatmap(
    lambda k: st.lists(st.floats(-100, 100, allow_subnormal=False), min_size=1 << k, max_size=1 << k)
)


@given(tables)
def test_efficiency_of_exact_and_sampled_parts(table: list[float]) -> None:
    players = len(table).bit_length() - 1
    whole = pytest.approx(table[-1] - table[0], abs=1e-9)
    assert parts_of(of_table(table), players).sum() == whole
    for run in shapley.sampled_parts(game(of_table(table)), players, range(3), seed=2):
        assert run.sum() == whole


@given(tables, st.randoms(use_true_random=False))
def test_symmetry_names_do_not_matter(table: list[float], dice) -> None:
    players = len(table).bit_length() - 1
    names = list(range(players))
    dice.shuffle(names)
    renamed = parts_of(lambda on: of_table(table)([names[k] for k in on]), players)
    assert renamed == pytest.approx(parts_of(of_table(table), players)[names], abs=1e-9)


@given(tables, st.floats(-100, 100))
def test_a_dummy_gets_what_it_is_worth_alone_and_changes_nobody(table: list[float], worth: float) -> None:
    players = len(table).bit_length() - 1
    with_dummy = parts_of(lambda on: of_table(table)(on - {players}) + worth * (players in on), players + 1)
    assert with_dummy[:-1] == pytest.approx(parts_of(of_table(table), players), abs=1e-9)
    assert with_dummy[-1] == pytest.approx(worth, abs=1e-9)


def test_every_player_takes_every_place_once_in_a_block_of_runs() -> None:
    orders = np.array([shapley.order_of(run, 7, seed=3) for run in range(14)])
    for block in (orders[:7], orders[7:]):
        assert all(sorted(block[:, place]) == list(range(7)) for place in range(7))
    assert not np.array_equal(orders[:7], orders[7:])


def threshold(on):
    """Worth more than the sum of what each brings, from three on; players 0 and 1 are stronger together."""
    return 1.0 * (len(on) >= 3) + 0.5 * len(on) + 2.0 * ({0, 1} <= on)


def test_intervals_of_sampled_parts_cover_the_exact_ones() -> None:
    exact = parts_of(threshold, 7)
    assert exact[:2] == pytest.approx([0.5 + 1 / 7 + 1.0] * 2)
    found = [
        shapley.sampled_parts(game(threshold, noise=0.2), 7, range(30 * k, 30 * k + 30), seed=k)
        for k in range(60)
    ]
    means = [[mean_ci(column) for column in parts.T] for parts in found]
    covered = [m.lo <= truth <= m.hi for row in means for m, truth in zip(row, exact, strict=True)]
    assert np.mean(covered) >= 0.92
    assert np.mean([[m.mean for m in row] for row in means], axis=0) == pytest.approx(exact, abs=0.03)


def test_sampled_interactions_are_unbiased() -> None:
    table = shapley.all_subsets(game(threshold), 7, [0])
    pairs = [(0, 1), (2, 3)]
    found = shapley.sampled_interactions(game(threshold), 7, pairs, range(400), seed=1)
    for (i, j), values in zip(pairs, found, strict=True):
        mean = mean_ci(values, 0.999)
        assert mean.lo <= shapley.exact_interaction(table, i, j)[0] <= mean.hi
