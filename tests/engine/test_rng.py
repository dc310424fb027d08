"""The dice: published vectors of the generator, distributions, and inverse CDFs against SciPy."""

import numpy as np
import pytest
from scipy import stats

from sim.engine.kernel import entry
from sim.engine.rng import normal_quantile, philox, poisson, positive, uniform2
from sim.engine.state import WORLD, table

#: Philox4x32-10: counter, key, output (kat_vectors of Random123, Salmon et al. 2011).
KNOWN_ANSWERS = (
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
)


@entry
def _philox(counter, key, out):
    out[0], out[1], out[2], out[3] = philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1])


@entry
def _uniforms(tables, stream, ident, sub, out):
    w = tables[0]
    for k in range(len(out)):
        out[k, 0], out[k, 1] = uniform2(w, stream, ident, k, sub)


@entry
def _normal(u, out):
    for k in range(len(u)):
        out[k] = normal_quantile(u[k])


@entry
def _positive(u, mean, distribution, cv, out):
    for k in range(len(u)):
        out[k] = positive(u[k], mean, distribution, cv)


@entry
def _poisson(u, means, out):
    for k in range(len(u)):
        for m in range(len(means)):
            out[k, m] = poisson(u[k], means[m])


def words(text: str) -> np.ndarray:
    return np.array([int(word, 16) for word in text.split()], np.uint64)


def draws(
    n: int, *, seed: int = 1, run: int = 0, stream: int = 1, ident: int = 0, sub: int = 0
) -> np.ndarray:
    world = table(1, WORLD)
    world["seed"], world["run"] = seed, run
    out = np.zeros((n, 2))
    _uniforms(world, stream, ident, sub, out)
    return out


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter, key, answer):
    out = np.zeros(4, np.uint64)
    _philox(words(counter), words(key), out)
    assert [f"{word:08x}" for word in out] == answer.split()


def test_uniforms_are_uniform_open_and_uncorrelated():
    out = draws(20_000)
    assert out.min() > 0.0
    assert out.max() < 1.0
    assert stats.kstest(out.ravel(), "uniform").pvalue > 0.001
    assert abs(np.corrcoef(out.T)[0, 1]) < 0.03  # the two words of a draw
    assert abs(np.corrcoef(out[:-1, 0], out[1:, 0])[0, 1]) < 0.03  # neighbouring indices


@pytest.mark.parametrize("key", ["seed", "run", "stream", "ident", "sub"])
def test_every_part_of_the_key_gives_other_independent_draws(key):
    a, b = draws(5_000), draws(5_000, **{key: 7})
    assert not np.any(a == b)
    assert abs(np.corrcoef(a[:, 0], b[:, 0])[0, 1]) < 0.05
    assert stats.kstest(np.abs(a - b).ravel(), stats.triang(0, 0, 1).cdf).pvalue > 0.001


def test_a_draw_depends_on_its_key_only():
    assert np.array_equal(draws(100, ident=5), draws(300, ident=5)[:100])


def test_normal_quantile_against_scipy():
    u = np.concatenate(
        [np.linspace(1e-9, 1 - 1e-9, 20_001), 10.0 ** -np.arange(1, 17), 1 - 10.0 ** -np.arange(1, 16)]
    )
    out = np.empty_like(u)
    _normal(u, out)
    np.testing.assert_allclose(out, stats.norm.ppf(u), rtol=1e-13, atol=1e-15)
    # At the smallest and the largest uniform that can be drawn the normal is finite.
    ends = np.array([0.5 * 2.0**-53, 1.0 - 2.0**-53])
    out = np.empty(2)
    _normal(ends, out)
    assert np.all(np.isfinite(out))


@pytest.mark.parametrize(
    ("distribution", "frozen"),
    [(1, stats.expon(scale=3.42)), (2, stats.lognorm(np.sqrt(np.log(2.0)), scale=3.42 / np.sqrt(2.0)))],
)
def test_positive_quantities_are_inverse_cdfs_with_the_mean_asked_for(distribution, frozen):
    u = np.linspace(1e-6, 1 - 1e-6, 5_001)
    out = np.empty_like(u)
    _positive(u, 3.42, distribution, 1.0, out)
    np.testing.assert_allclose(out, frozen.ppf(u), rtol=1e-9)
    assert frozen.mean() == pytest.approx(3.42)


def test_a_deterministic_quantity_is_its_mean():
    out = np.empty(3)
    _positive(np.array([0.01, 0.5, 0.99]), 3.42, 0, 1.0, out)
    assert np.all(out == 3.42)


def test_poisson_counts_against_scipy():
    u = np.linspace(0.0005, 0.9995, 1_000)
    means = np.array([0.0, 1e-6, 0.05, 0.51, 1.0, 3.0, 12.0, 60.0])
    out = np.zeros((len(u), len(means)), np.int64)
    _poisson(u, means, out)
    np.testing.assert_array_equal(out, stats.poisson.ppf(u[:, None], means[None, :]))


def test_a_poisson_count_never_falls_when_its_mean_rises():
    u = draws(500)[:, 0]
    means = np.linspace(0.0, 30.0, 400)
    out = np.zeros((len(u), len(means)), np.int64)
    _poisson(u, means, out)
    assert np.all(np.diff(out, axis=1) >= 0)
    assert np.all(out[:, 0] == 0)
