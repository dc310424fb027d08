"""Quantiles from counts in bins on a log scale."""

import numpy as np
import pytest

from sim.engine import histogram
from sim.engine.kernel import entry


@entry
def _count(bins, hours):
    for k in range(len(hours)):
        histogram.count(bins, hours[k])


def counted(hours):
    bins = np.zeros((1, histogram.BINS), np.int32)
    _count(bins[0], np.asarray(hours, float))
    return bins


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_quantiles_of_exponential_times_are_met_within_the_width_of_a_bin(share):
    hours = np.random.default_rng(3).exponential(20.0, 200_000)
    found = histogram.quantile(counted(hours), share)[0]
    assert found == pytest.approx(-20.0 * np.log(1.0 - share), rel=0.02)


def test_what_is_beyond_the_bins_counts_in_the_last_ones():
    bins = counted([0.0, 1e-6, 1e9])
    assert bins[0, 0] == 2
    assert bins[0, -1] == 1
    assert bins.sum() == 3


def test_nothing_counted_has_no_quantile():
    assert np.isnan(histogram.quantile(np.zeros((2, histogram.BINS)), 0.5)).all()
