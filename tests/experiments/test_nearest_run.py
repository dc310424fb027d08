"""Which run stands for a difference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments.nearest_run import NearestRun, nearest_run


def test_the_run_nearest_the_mean_and_how_many_point_the_other_way():
    assert nearest_run([3.0, -1.0, 1.0, 0.0, 2.0]) == NearestRun(2, 1.0, 1.0, 1, 1, 5)
    assert nearest_run([-3.0, 1.0, -1.0], [10, 11, 12]) == NearestRun(12, -1.0, -1.0, 1, 0, 3)
    assert nearest_run([np.nan, 2.0, 4.0, np.nan], [5, 6, 7, 8]) == NearestRun(6, 2.0, 3.0, 0, 0, 2)
    assert nearest_run([1.0, -1.0]) == NearestRun(0, 1.0, 0.0, 0, 0, 2)


def test_nothing_to_choose_from_is_said():
    with pytest.raises(UserError, match="no run has a difference"):
        nearest_run([np.nan, np.inf])
    with pytest.raises(UserError, match="2 differences, but 1 numbers"):
        nearest_run([1.0, 2.0], [0])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_no_run_is_nearer_and_the_signs_turn_with_the_differences(differences):
    found, turned = nearest_run(differences), nearest_run([-one for one in differences])
    assert all(abs(found.difference - found.mean) <= abs(one - found.mean) for one in differences)
    assert differences[found.run] == found.difference
    assert (turned.opposite, turned.equal, turned.mean) == (found.opposite, found.equal, -found.mean)
    assert found.opposite + found.equal <= found.runs == len(differences)
