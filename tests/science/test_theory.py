"""The closed forms against the published tables (limits L1 to L4), digit by digit, and against each other."""

import math

import numpy as np
import pytest

from sim.validation import theory


@pytest.mark.parametrize(
    ("s", "utilisation", "productive"),
    [
        (2, 0.18033, 0.90164),
        (4, 0.35334, 0.88334),
        (6, 0.51549, 0.85914),
        (8, 0.66168, 0.82710),
        (10, 0.78542, 0.78542),
        (15, 0.96350, 0.64234),
        (20, 0.99813, 0.49907),
    ],
)
def test_machine_repair(s: int, utilisation: float, productive: float) -> None:
    assert theory.machine_repair(s, 0.1) == pytest.approx((utilisation, productive), abs=5.1e-6)


@pytest.mark.parametrize(("a", "span"), [(0.02, 31), (0.05, 14), (0.1, 8), (0.2, 5), (0.3, 4)])
def test_cost_optimal_span(a: float, span: int) -> None:
    assert theory.cost_optimal_span(a) == span


@pytest.mark.parametrize(("agents", "running"), [(3, 2.459), (5, 3.838), (8, 5.269)])
def test_agents_running(agents: int, running: float) -> None:
    assert theory.agents_running(agents, 60.0, 10.0) == pytest.approx(running, abs=5.1e-4)


@pytest.mark.parametrize(
    ("cv2", "waits"), [(0.0, (0.5, 1.1667, 2.0)), (1.0, (1.0, 2.3333, 4.0)), (4.0, (2.5, 5.8333, 10.0))]
)
def test_pollaczek_khinchine(cv2: float, waits: tuple[float, ...]) -> None:
    assert [theory.mg1_wait(rho, cv2) for rho in (0.5, 0.7, 0.8)] == pytest.approx(waits, abs=5.1e-5)


@pytest.mark.parametrize(("c", "wait"), [(2, 1.77778), (5, 0.55411), (10, 0.20459)])
def test_erlang_c(c: int, wait: float) -> None:
    assert theory.mmc_wait(0.8, c) == pytest.approx(wait, abs=5.1e-6)


def test_queues_agree_where_they_overlap() -> None:
    assert theory.mmc_wait(0.7, 1) == pytest.approx(theory.mg1_wait(0.7, 1.0))
    # Without low-priority work nothing changes for the high class, and without high there is only M/M/1.
    assert theory.low_priority_time(0.0, 0.6, 1.0, 1.0) == pytest.approx(1.0 / 0.4)
    assert theory.tandem_time([(0.6, 1.0)]) == pytest.approx(1.0 + theory.mg1_wait(0.6, 1.0))
    assert theory.mg1_wait(0.7, 0.0) > theory.dm1_wait(0.7) > 0.0
    assert theory.dm1_wait(0.5) == pytest.approx(0.2550, abs=5e-5)


@pytest.mark.parametrize(
    ("h", "known", "span", "output"),
    [(0.1, 0.5, 20.0, 0.9333), (0.2, 0.7, 16.67, 0.9245), (0.2, 0.9, 50.0, 0.9608)],
)
def test_garicano(h: float, known: float, span: float, output: float) -> None:
    exact = theory.garicano_span(h, known)
    assert exact == pytest.approx(span, abs=5e-3)
    assert theory.garicano_output(exact, 0.98) == pytest.approx(output, abs=5.1e-5)


@pytest.mark.parametrize(
    ("share", "dedicated", "pool"),
    [(0.0, 3.676, 3.953), (0.25, 4.483, 4.603), (0.5, 4.697, 5.556), (0.8, 4.195, 7.520), (1.0, 3.889, 10.0)],
)
def test_fluid_limit(share: float, dedicated: float, pool: float) -> None:
    coding, review = theory.with_ai(2.0, 0.4, share), theory.with_ai(0.3, 0.36, share)
    rejection = theory.with_ai(0.15, 0.30, share)
    assert theory.fluid_dedicated(8, 2, coding, review, rejection, 0.5) == pytest.approx(
        dedicated, abs=5.1e-4
    )
    assert theory.fluid_pool(10, coding, review, rejection, 0.5) == pytest.approx(pool, abs=5.1e-4)


@pytest.mark.parametrize(("speed", "gain"), [(2.0, 1.1765), (5.0, 1.3158), (math.inf, 1.4286)])
def test_amdahl(speed: float, gain: float) -> None:
    assert theory.amdahl(0.3, speed) == pytest.approx(gain, abs=5.1e-5)


def test_verification_breaks_even() -> None:
    for speed in (2.0, 4.0, 5.0):
        assert 1.0 / speed + theory.break_even_verification(speed) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("rate", "detection", "reviews", "escaped"),
    [(0.2, 0.8, 1.1905, 0.0476), (0.4, 0.8, 1.4706, 0.1176), (0.6, 0.6, 1.5625, 0.375)],
)
def test_bernoulli_defects(rate: float, detection: float, reviews: float, escaped: float) -> None:
    assert theory.bernoulli_defects(rate, detection) == pytest.approx((reviews, escaped), abs=5.1e-5)


@pytest.mark.parametrize(("n", "throughput"), [(4, 1.7015), (8, 3.0577), (10, 3.5134), (16, 3.9819)])
def test_exact_mean_value_analysis(n: int, throughput: float) -> None:
    assert theory.closed_loop(n, 2.0, [0.25]) == pytest.approx(throughput, abs=5.1e-5)


def test_mean_value_analysis_is_machine_repair_with_one_station() -> None:
    utilisation, _ = theory.machine_repair(8, 0.125)
    assert theory.closed_loop(8, 2.0, [0.25]) * 0.25 == pytest.approx(utilisation)


def test_rating_with_noise_cuts_by_quintile() -> None:
    found = theory.cut_by_quintile(0.1, 0.5)
    assert found == pytest.approx((0.2575, 0.1216, 0.0702, 0.0377, 0.0131), abs=5.1e-5)
    assert sum(found) / 5 == pytest.approx(0.1, abs=1e-5)
    assert theory.cut_by_quintile(0.1, 0.0) == pytest.approx([0.1] * 5)


def test_wallenius() -> None:
    heavy, light = theory.wallenius(20, 80, 2.0, 20)
    assert (heavy, light) == pytest.approx((0.3143, 0.1714), abs=5.1e-5)
    assert heavy / light == pytest.approx(1.83, abs=5e-3)
    assert theory.wallenius(20, 80, 1.0, 20) == pytest.approx((0.2, 0.2))
    assert theory.wallenius(3, 2, 5.0, 5) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(("weeks", "per_thousand"), [(26, 932.7), (52, 870.0), (104, 756.9)])
def test_survivors(weeks: int, per_thousand: float) -> None:
    assert 1000.0 * theory.survivors(0.13, weeks) == pytest.approx(per_thousand, abs=0.051)


def test_competing_risks() -> None:
    quits, layoffs = theory.competing(0.002, 0.001, 52)
    assert quits + layoffs == pytest.approx(0.1446, abs=5.1e-5)
    assert quits / (quits + layoffs) == pytest.approx(2 / 3, abs=1e-3)


def test_mean_of_a_truncated_normal() -> None:
    """Against quadrature, and the median of a symmetric one."""
    x = np.linspace(1.0, 10.0, 200_001)
    density = np.exp(-0.25 * (x - 7.0) ** 2)
    assert theory.truncated_normal_mean(7.0, 2.0**0.5, 1.0, 10.0) == pytest.approx(
        np.average(x, weights=density), abs=1e-5
    )
    assert theory.truncated_normal_mean(3.0, 2.0, 1.0, 5.0) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("before", "after", "managers", "cut"), [(5, 8, (125, 72), 0.424), (8, 25, (72, 21), 0.708)]
)
def test_delayering(before: int, after: int, managers: tuple[int, int], cut: float) -> None:
    had, stay = (theory.managers_at_span(500, s, s) for s in (before, after))
    assert (had, stay) == managers
    assert 1.0 - stay / had == pytest.approx(cut, abs=5e-4)
