"""Boxes: peeling, pasting, round numbers, the choice of a box and its certificate."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from sim.statistics import prim
from sim.statistics.prim import KINDS, LEVELS, NUMBER, WHOLE, Column, Condition, inside, paste, peel
from sim.statistics.rule import (
    Candidate,
    Certificate,
    certify,
    find,
    lift,
    round_numbers,
    rounded,
    strengths,
    tail,
    weights,
)

COLUMNS = (Column("a"), Column("b"), Column("n", WHOLE), Column("k", KINDS))


def space(points: int, seed: int) -> np.ndarray:
    """Points over two shares, a whole number from 1 to 9, and three kinds."""
    rng = np.random.default_rng(seed)
    return np.column_stack([
        rng.random(points), rng.random(points), rng.integers(1, 10, points), rng.integers(0, 3, points),
    ])  # fmt: skip


def planted(x: np.ndarray, seed: int = 0, wrong: float = 0.0) -> np.ndarray:
    """True where a is at least 0.3, n at most 7 and k not 1; a share of it wrong."""
    truth = (x[:, 0] >= 0.3) & (x[:, 2] <= 7) & (x[:, 3] != 1)
    return truth ^ (np.random.default_rng([seed, 1]).random(len(x)) < wrong)


class TestPeel:
    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10_000), st.integers(20, 120))
    def test_boxes_shrink_and_say_which_points_are_inside(self, seed, points):
        x = space(points, seed)
        steps = peel(x, planted(x, seed, 0.2), COLUMNS, range(4))
        assert steps[0].box == ()
        for before, after in pairwise(steps):
            assert (after.inside <= before.inside).all()
            assert after.inside.sum() < before.inside.sum()
            assert (inside(after.box, x) == after.inside).all()
        assert all(step.inside.sum() >= prim.LEAST_POINTS for step in steps)

    def test_order_alone_counts(self):
        x = space(150, 3)
        y = planted(x, 3, 0.1)
        bent = np.column_stack([np.exp(3 * x[:, 0]), x[:, 1] ** 3, x[:, 2], x[:, 3]])
        for one, other in zip(peel(x, y, COLUMNS, range(4)), peel(bent, y, COLUMNS, range(4)), strict=True):
            assert (one.inside == other.inside).all()

    def test_stops_where_all_are_cases(self):
        x = np.linspace(0, 1, 100)[:, None]
        y = x[:, 0] > 0.6
        last = peel(x, y, [Column("a")], [0])[-1]
        assert y[last.inside].all()
        assert last.inside.sum() >= 30

    def test_a_thick_slice_is_not_preferred(self):
        # The level 0 has a third of the points and few cases; the first slice of `a` has a twentieth and none.
        rng = np.random.default_rng(1)
        x = np.column_stack([rng.random(300), np.repeat([0.0, 1.0, 2.0], 100)])
        y = (x[:, 0] > 0.1) & ((x[:, 1] > 0) | (rng.random(300) < 0.7))
        first = peel(x, y, [Column("a"), Column("b", LEVELS)], [0, 1])[1]
        assert [one.column for one in first.box] == [0]

    def test_columns_that_are_not_peeled_are_left_alone(self):
        x = space(200, 1)
        steps = peel(x, planted(x), COLUMNS, [0])
        assert {one.column for step in steps for one in step.box} == {0}


class TestPaste:
    def test_a_tight_box_grows_to_the_edge(self):
        x = np.linspace(0, 1, 401)[:, None]
        y = (x[:, 0] > 0.25) & (x[:, 0] < 0.75)
        (found,) = paste((Condition(0, 0.4, 0.6),), x, y, [Column("a")])
        assert found.low == pytest.approx(0.25, abs=0.01)
        assert found.high == pytest.approx(0.75, abs=0.01)

    def test_the_share_of_cases_never_falls(self):
        x = space(300, 8)
        y = planted(x, 8, 0.2)
        box = (Condition(0, 0.5), Condition(3, kinds=(0,)))
        wider = paste(box, x, y, COLUMNS)
        assert y[inside(wider, x)].mean() >= y[inside(box, x)].mean()
        assert inside(wider, x).sum() > inside(box, x).sum()

    def test_a_side_without_points_beyond_it_opens(self):
        x = np.linspace(0, 1, 50)[:, None]
        (found,) = paste((Condition(0, 0.1, 0.9),), x, x[:, 0] > -1, [Column("a")])
        assert (found.low, found.high) == (-math.inf, math.inf)


class TestRoundNumbers:
    @pytest.mark.parametrize(
        ("value", "span", "whole", "first"),
        [
            (0.2513, 0.9, False, [0.3, 0.2, 0.25, 0.3]),
            (31.2, 60, False, [30, 40, 30, 35]),
            (97.0, 96, True, [100, 90, 95, 100]),
        ],
    )
    def test_the_roundest_first(self, value, span, whole, first):
        found = list(round_numbers(value, span, whole))
        assert found[:4] == first
        assert all(number == int(number) for number in found if whole)

    @pytest.mark.parametrize(("cut", "said"), [(0.2513, 0.25), (0.5981, 0.6), (0.4497, 0.45), (0.4241, 0.42)])
    def test_a_side_becomes_what_people_say(self, cut, said):
        x = np.linspace(0, 1, 500)[:, None]
        (found,) = rounded((Condition(0, cut),), x, x[:, 0] > cut, [Column("a")])
        assert found.low == said

    def test_levels_stay_and_whole_numbers_are_whole(self):
        x = np.repeat([48.0, 96.0, 192.0], 40)[:, None]
        y = x[:, 0] > 50
        (found,) = rounded((Condition(0, 96.0),), x, y, [Column("n", LEVELS)])
        assert found.low == 96
        x = np.arange(30.0, 130.0)[:, None]
        (found,) = rounded((Condition(0, 73.0),), x, x[:, 0] >= 73, [Column("n", WHOLE)])
        assert found.low == int(found.low)

    def test_a_side_that_says_nothing_goes(self):
        x = np.linspace(0, 1, 500)[:, None]
        (found,) = rounded((Condition(0, 0.01, 0.6),), x, x[:, 0] < 0.6, [Column("a")])
        assert (found.low, found.high) == (-math.inf, 0.6)


class TestFind:
    def test_a_planted_box_with_a_whole_number_and_a_kind(self):
        x = space(300, 4)
        found = find(x, planted(x), COLUMNS)
        assert {one.column for one in found.box} == {0, 2, 3}
        fresh = space(2000, 5)
        one = certify(inside(found.box, fresh), planted(fresh))
        assert one.density.share > 0.95
        assert one.coverage.share > 0.95
        limits = {one.column: one for one in found.box}
        assert limits[0].low == pytest.approx(0.3, abs=0.02)
        assert limits[2].high == 7
        assert limits[3].kinds == (0, 2)

    def test_the_same_twice_and_at_most_three(self):
        rng = np.random.default_rng(2)
        x = rng.random((200, 4))
        y = (x > 0.2).all(axis=1)  # four conditions
        columns = [Column(str(k)) for k in range(4)]
        one, other = find(x, y, columns, seed=3), find(x, y, columns, seed=3)
        assert isinstance(one, Candidate)
        assert one == other
        assert len(one.box) == 3
        assert {condition.column for condition in one.box} < {0, 1, 2, 3}

    def test_nothing_in_noise_and_nothing_without_cases(self):
        x = space(150, 6)
        assert find(x, np.random.default_rng(60).random(150) < 0.5, COLUMNS) is None
        assert find(x, np.arange(150) < 5, COLUMNS) is None
        assert find(x, np.ones(150, dtype=bool), COLUMNS) is None

    def test_a_rare_case_is_asked_to_be_right(self):
        # In a <= 0.3 half are cases, in a <= 0.1 all: without a demand the wide box lifts more.
        x = np.linspace(0, 1, 400)[:, None]
        a = x[:, 0]
        y = (a <= 0.1) | ((a <= 0.3) & (np.arange(400) % 3 == 0))
        (wide,) = find(x, y, [Column("a")], right=0.0).box
        (narrow,) = find(x, y, [Column("a")], right=0.9).box
        assert narrow.high < wide.high
        assert y[inside((narrow,), x)].mean() >= 0.9

    def test_lift_is_that_of_youden(self):
        x = np.array([[0.0], [1.0], [2.0], [3.0]])
        y = np.array([False, True, True, False])
        assert weights(y).tolist() == [-0.5, 0.5, 0.5, -0.5]
        assert lift((), x, y) == 0
        assert lift((Condition(0, 1.0),), x, y) == 0.5
        assert lift((Condition(0, 1.0, 2.0),), x, y) == 1

    def test_strengths(self):
        x = space(200, 9)
        alone = strengths(x, x[:, 1] > 0.5, COLUMNS)
        assert max(alone) == alone[1] == pytest.approx(1, abs=0.1)
        assert strengths(x, np.ones(200, dtype=bool), COLUMNS) == [0, 0, 0, 0]


class TestCertificate:
    def test_figures(self):
        met = np.array([True, True, True, False, False, False])
        y = np.array([True, True, False, True, False, False])
        one = certify(met, y)
        assert one == Certificate(points=6, cases=3, inside=3, right=2)
        assert (one.density.share, one.coverage.share, one.base.share) == (2 / 3, 2 / 3, 0.5)
        assert not one.beyond_chance

    @given(st.integers(1, 60), st.data())
    @settings(max_examples=50, deadline=None)
    def test_tail_is_exact(self, points, data):
        cases, drawn = data.draw(st.integers(0, points)), data.draw(st.integers(0, points))
        right = data.draw(st.integers(0, min(cases, drawn)))
        expected = hypergeom.sf(right - 1, points, cases, drawn)
        assert tail(right, drawn, cases, points) == pytest.approx(expected, abs=1e-9)

    def test_beyond_chance(self):
        assert Certificate(100, 40, 40, 36).beyond_chance
        assert not Certificate(100, 40, 40, 18).beyond_chance
        assert not Certificate(100, 40, 0, 0).beyond_chance
        assert Column("a").kind == NUMBER
