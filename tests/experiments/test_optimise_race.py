"""Which of many designs are best: layers of a front, what is beaten beyond noise, halving on common random numbers."""

import itertools
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiments.optimise.front import beaten, layers, ordered, pairs_alpha, volume
from sim.experiments.optimise.race import race
from sim.experiments.optimise.search import judge
from sim.experiments.optimise.space import Goal, Limit

points = st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(points)
def test_layers_are_what_their_definition_says(found: list[tuple[int, int, int]]) -> None:
    values = np.array(found, dtype=float)
    layer = layers(values)
    for k, own in enumerate(values):
        above = [layer[j] for j, other in enumerate(values) if (other >= own).all() and (other > own).any()]
        assert layer[k] == max(above, default=-1) + 1


@settings(deadline=None, max_examples=60)
@given(points)
def test_the_volume_is_that_of_counted_cells(found: list[tuple[int, int, int]]) -> None:
    values = np.array(found, dtype=float)
    cells = sum(
        any((np.array(cell) < value).all() for value in values)
        for cell in itertools.product(range(6), repeat=3)
    )
    assert volume(values, np.zeros(3)) == pytest.approx(cells)


def test_the_order_has_what_is_feasible_first_then_the_front_with_its_ends() -> None:
    values = np.array([[0, 0], [3, 0], [0, 3], [2, 2], [2.1, 1.9], [9, 9], [8, 8]], dtype=float)
    excess = np.array([0, 0, 0, 0, 0, 2.0, 1.0])
    order = ordered(values, excess)
    assert set(order[:2]) == {1, 2}  # the ends of the front
    assert set(order[2:4]) == {3, 4}
    assert order[4:] == [0, 6, 5]


def test_beaten_needs_every_objective_and_more_than_noise() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(0, 1, 30)
    means = [[0.0, 0.0], [-0.1, -0.1], [0.5, -0.5]]
    values = np.array([[mean + shared + rng.normal(0, 0.02, 30) for mean in pair] for pair in means])
    assert beaten(values, pairs_alpha(3)).tolist() == [False, True, False]
    independent = np.array([[mean + rng.normal(0, 1, 30) for mean in pair] for pair in means])
    assert not beaten(independent, pairs_alpha(3)).any()  # the same differences, and other dice for each


def _picked(seed: int, common: bool) -> tuple[bool, int]:
    """Whether halving finds the best of 24, and with how many runs; the sd of a run is .22, of a paired difference .013."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 0.007, 24)
    spent = 24 * 4

    def runs(rows, count):
        shared = rng.normal(0, 0.22, count if common else (len(rows), count))
        return (truth[list(rows), None] + shared + rng.normal(0, 0.013 / 2**0.5, (len(rows), count)))[:, None]

    def more(rows, first, count):
        nonlocal spent
        spent += len(rows) * count
        return runs(rows, count)

    weigh = partial(judge, outcomes=("a",), goals=(Goal("a", 1),), limits=())
    best = race(runs(range(24), 4), weigh, [1], more, keep=1)
    return best == [int(np.argmax(truth))], spent


def test_halving_on_common_random_numbers_finds_the_best_as_often_as_stated() -> None:
    found = [_picked(seed, common=True) for seed in range(300)]
    assert np.mean([hit for hit, _ in found]) >= 0.59
    assert max(spent for _, spent in found) <= 384
    alone = np.mean([hit for hit, _ in (_picked(seed, common=False) for seed in range(300))])
    assert alone < 0.15  # other dice for each: little better than the 4 % of a guess


def test_a_broken_constraint_is_never_kept_before_a_met_one() -> None:
    goals, limits = (Goal("a", 1),), (Limit("b", 0.1, 1),)
    weigh = partial(judge, outcomes=("a", "b"), goals=goals, limits=limits)
    figures = np.array([[[9.0] * 3, [0.2] * 3], [[1.0] * 3, [0.1] * 3], [[2.0] * 3, [0.05] * 3]])
    best = race(
        figures, weigh, [1], lambda rows, _, count: np.repeat(figures[list(rows), :, :1], count, axis=2), 2
    )
    assert best == [2, 1]


def test_what_is_undefined_is_not_kept() -> None:
    weigh = partial(judge, outcomes=("a",), goals=(Goal("a", -1),), limits=())
    figures = np.array([[[np.nan, np.nan]], [[2.0, np.nan]], [[1.0, 3.5]]])
    assert race(figures, weigh, [-1], lambda *_: np.empty(0), 3) == [1, 2]
