"""Statistics: textbook numbers, and what the error rates come to in simulations with fixed seeds."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.statistics import crossing, estimates, sequential
from sim.text import numbers, plain, tables

RNG_SEED = 20240


def generator(*key: int) -> np.random.Generator:
    return np.random.default_rng([RNG_SEED, *key])


# ---- intervals


def test_t_interval_textbook():
    # NIST/SEMATECH e-handbook 1.3.5.2: n = 195, mean 9.261460, sd 0.022789 -> [9.258242, 9.264679]
    x = generator(1).normal(size=195)
    x = 9.261460 + 0.022789 * (x - x.mean()) / x.std(ddof=1)
    e = estimates.mean_ci(x)
    assert (e.mean, e.sd, e.n) == (pytest.approx(9.261460), pytest.approx(0.022789), 195)
    assert (e.lo, e.hi) == (pytest.approx(9.258242, abs=2e-6), pytest.approx(9.264679, abs=2e-6))


def test_t_quantiles_of_the_printed_table():
    for freedom, value in ((1, 12.706), (4, 2.776), (9, 2.262), (29, 2.045), (99, 1.984)):
        assert estimates.t_quantile(0.975, freedom) == pytest.approx(value, abs=5e-4)


def test_one_run_has_a_mean_and_no_interval():
    assert estimates.mean_ci(np.array([3.0])) == (3.0, None, None, None, 1)
    assert estimates.mean_ci(np.array([np.nan, 3.0])) == (3.0, None, None, None, 1)
    assert estimates.mean_ci(np.array([np.nan])) == (None, None, None, None, 0)
    assert estimates.mean_ci(np.array([])) == (None, None, None, None, 0)


def test_constant_runs_have_an_interval_of_no_width():
    e = estimates.mean_ci(np.full(30, 0.1))
    assert e.sd == 0
    assert e.lo == e.hi == e.mean


def test_coverage_of_the_interval():
    x = generator(2).normal(5.0, 2.0, (4000, 12))
    inside = sum(e.lo <= 5.0 <= e.hi for e in map(estimates.mean_ci, x))
    # 95 % with a binomial standard error of .0034
    assert abs(inside / 4000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 4000)


def test_paired_coverage_and_variance_reduction_with_common_random_numbers():
    rng = generator(3)
    inside, reductions = 0, []
    for _ in range(2000):
        shared = rng.normal(0, 3, 20)
        p = estimates.paired(10 + shared + rng.normal(0, 1, 20), 11 + shared + rng.normal(0, 1, 20), 1)
        inside += p.lo <= 1.0 <= p.hi
        reductions.append(p.variance_reduction)
    assert abs(inside / 2000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 2000)
    # (10 + 10) / 2 = 10 times fewer runs than with independent seeds
    assert np.median(reductions) == pytest.approx(10, rel=0.1)


# ---- paired


def test_paired_textbook_t_test():
    # Student (1908), the sleep data: mean 1.58, sd 1.23, t = 4.0621, 9 degrees of freedom, p = .002833
    a = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    b = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    p = estimates.paired(a, b, 1)
    assert p.difference == pytest.approx(1.58)
    assert p.p == pytest.approx(0.002833, abs=1e-6)
    assert (p.lo, p.hi) == (pytest.approx(0.7001142, abs=1e-6), pytest.approx(2.4598858, abs=1e-6))
    assert p.relative == pytest.approx(1.58 / 0.75)
    assert p.win_probability == 0.95  # nine better, one tie


def test_direction_of_wins():
    a, b = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 2.0, 2.0, 5.0])
    assert estimates.paired(a, b, 1).win_probability == 0.375
    assert estimates.paired(a, b, -1).win_probability == 0.625
    assert estimates.paired(a, b, 0).win_probability is None


def test_differences_without_variance():
    a = np.array([1.0, 2.0, 3.0])
    equal, shifted = estimates.paired(a, a, 1), estimates.paired(a, a + 0.5, 1)
    assert (equal.p, equal.difference, equal.win_probability, equal.variance_reduction) == (
        1.0,
        0.0,
        0.5,
        None,
    )
    assert (shifted.p, shifted.difference, shifted.sd, shifted.variance_reduction) == (0.25, 0.5, 0.0, None)
    noisy = estimates.paired(np.full(5, 0.1 + 0.2), np.full(5, 0.3), 1)  # differs in the last bit only
    assert (noisy.difference, noisy.p, noisy.win_probability) == (0.0, 1.0, 0.5)


def test_undefined_runs_are_left_out_in_pairs():
    a, b = np.array([1.0, np.nan, 3.0, 4.0]), np.array([2.0, 3.0, np.inf, 6.0])
    p = estimates.paired(a, b, 1)
    assert (p.n, p.base, p.mean, p.difference) == (2, 2.5, 4.0, 1.5)
    nothing = estimates.paired(np.array([np.nan]), np.array([1.0]), 1)
    assert nothing.n == 0
    assert nothing.p is None
    assert nothing.difference is None
    assert estimates.paired(np.array([0.0, 0.0]), np.array([1.0, 2.0]), 1).relative is None


def test_one_pair_decides_nothing():
    p = estimates.paired(np.array([1.0]), np.array([2.0]), 1)
    assert (p.difference, p.lo, p.p, p.variance_reduction) == (1.0, None, None, None)


# ---- several tests


def test_holm_textbook():
    # Four hypotheses .01, .04, .03, .005: adjusted .03, .06, .06, .02
    assert estimates.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert estimates.holm([0.5, None, 0.9, float("nan")]) == [1.0, None, 1.0, None]
    assert estimates.holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_between_the_raw_p_and_bonferroni(p_values):
    for raw, adjusted in zip(p_values, estimates.holm(p_values), strict=True):
        assert raw <= adjusted <= min(1.0, raw * len(p_values))


@pytest.mark.slow
def test_holm_controls_the_family_error_under_the_null():
    rng = generator(4)
    wrong = 0
    for _ in range(1000):
        shared = rng.normal(size=(15, 1))  # outcomes of the same runs are correlated
        diffs = 0.5 * shared + rng.normal(size=(15, 20))
        p_values = [estimates.paired(np.zeros(15), d, 1).p for d in diffs.T]
        wrong += min(estimates.holm(p_values)) < 0.05
    assert wrong / 1000 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 1000)


def test_families_are_adjusted_apart():
    p = {"first": 0.04, "a": 0.01, "b": 0.04, "none": None}
    assert estimates.families(p, {"first"}) == {"first": 0.04, "a": 0.02, "b": 0.04, "none": None}
    assert estimates.families(p, {"first", "a"}) == {"first": 0.04, "a": 0.02, "b": 0.04, "none": None}
    assert estimates.families(p, set())["first"] == pytest.approx(0.08)
    assert list(estimates.families(p, {"b"})) == list(p)


def test_kinds_have_shares_and_no_mean():
    codes = np.array([2.0, 0.0, 2.0, np.nan, 2.0])
    assert estimates.shares(codes, ("a", "b", "c")) == {"c": 0.75, "a": 0.25}
    assert list(estimates.shares(codes, ("a", "b", "c"))) == ["c", "a"]
    assert estimates.shares(np.array([np.nan]), ("a",)) == {}
    assert estimates.estimate(codes, "stage") == (None, None, None, None, 4)
    assert estimates.estimate(codes, "hours") == estimates.mean_ci(codes)


def test_wilson_textbook():
    # Newcombe (1998), table I: 81 of 263 -> .2553 to .3662; 15 of 148 -> .0624 to .1605; 0 of 20 -> 0 to .1611
    for k, n, lo, hi in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        assert estimates.wilson(k, n) == (pytest.approx(lo, abs=5e-5), pytest.approx(hi, abs=5e-5))
    assert estimates.wilson(29, 29) == (pytest.approx(0.8830, abs=5e-5), 1.0)
    assert estimates.wilson(0, 0) == (None, None)


def test_runs_needed_gives_the_promised_power():
    n = estimates.runs_needed(1.0, 0.5)
    assert n == 34  # as in the tables for a paired t test, d = .5, power .8
    x = generator(5).normal(0.5, 1.0, (2000, n))
    power = np.mean([estimates.paired(np.zeros(n), row, 1).p < 0.05 for row in x])
    assert power == pytest.approx(0.8, abs=0.03)
    assert estimates.runs_needed(1.0, 0.0) is None
    assert estimates.runs_needed(None, 1.0) is None


# ---- several looks


def test_looks_double_and_spend_the_whole_error():
    plan = sequential.looks(2000)
    assert [look.runs for look in plan] == [50, 100, 200, 400, 800, 1600, 2000]
    assert sum(look.level for look in plan) == pytest.approx(0.05)
    assert all(look.level > 0 for look in plan)
    assert [look.runs for look in sequential.looks(50)] == [50]
    assert sequential.looks(50)[0].level == pytest.approx(0.05)
    assert [look.runs for look in sequential.looks(30)] == [30]
    assert [look.runs for look in sequential.looks(3200)][-2:] == [1600, 3200]


def first_decision(x: np.ndarray, plan: list[sequential.Look]) -> int:
    """Look at which the test decides, -1 for never."""
    for k, look in enumerate(plan):
        if estimates.paired(np.zeros(look.runs), x[: look.runs], 1).p <= look.level:
            return k
    return -1


@pytest.mark.slow
def test_looking_until_decided_keeps_the_error():
    plan = sequential.looks(800)
    rng = generator(6)
    wrong = np.mean([first_decision(rng.normal(size=800), plan) >= 0 for _ in range(1500)])
    naive = [sequential.Look(look.runs, 0.05) for look in plan]
    rng = generator(6)
    careless = np.mean([first_decision(rng.normal(size=800), naive) >= 0 for _ in range(1500)])
    assert wrong < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 1500)
    assert careless > 0.10  # what the spending is for


def test_a_clear_difference_is_decided_at_the_first_look():
    x = generator(7).normal(1.0, 1.0, 800)
    assert first_decision(x, sequential.looks(800)) == 0


# ---- crossing


def leads(x: np.ndarray, at: float, slope: float, noise: float, runs: int, key: int) -> np.ndarray:
    """Lead of B over A: slope (x - at), with noise that is partly shared between the points of a run."""
    rng = generator(8, key)
    return slope * (x - at)[:, None] + noise * (rng.normal(size=runs) + 0.5 * rng.normal(size=(len(x), runs)))


@pytest.mark.slow
def test_crossing_is_recovered_and_covered():
    x = np.linspace(0, 0.9, 10)
    inside = 0
    for key in range(150):
        found = crossing.crossing(x, leads(x, 0.42, 1.0, 0.2, 50, key))
        assert found.kind == "overtakes"
        assert abs(found.x - 0.42) < 0.15
        inside += found.lo <= 0.42 <= found.hi
    assert 0.88 <= inside / 150 <= 0.99


def test_crossing_of_exact_lines():
    x = np.array([0.0, 0.5, 1.0])
    found = crossing.crossing(x, np.array([[-1.0], [1.0], [3.0]]))
    assert (found.kind, found.x, found.lo) == ("overtakes", 0.25, None)
    assert crossing.crossing(x, np.array([[-1.0], [0.0], [3.0]])).x == 0.5
    down = crossing.crossing(x, np.array([[1.0], [-1.0], [-3.0]]))
    assert (down.kind, down.x) == ("falls behind", 0.25)
    twice = crossing.crossing(x, np.array([[-1.0], [1.0], [-1.0]]))
    assert (twice.kind, twice.x, twice.others) == ("overtakes", 0.25, (0.75,))
    assert crossing.crossing(x, np.zeros((3, 4))).kind == "equal"


def test_no_crossing():
    x = np.linspace(0, 0.9, 10)
    ahead = crossing.crossing(x, leads(x, -1.0, 1.0, 0.1, 30, 1))
    behind = crossing.crossing(x, leads(x, 2.0, 1.0, 0.1, 30, 1))
    assert (ahead.kind, ahead.x, set(ahead.signs)) == ("ahead throughout", None, {1})
    assert (behind.kind, behind.x, set(behind.signs)) == ("behind throughout", None, {-1})


def test_interval_of_a_crossing_may_leave_the_range():
    x = np.linspace(0, 0.9, 10)
    # A crossing near the lower end that noise cannot tell from "ahead throughout"; the last points are clearly ahead.
    lead = np.outer([-0.05, 1.0], np.ones(40)) + np.outer([1.0, 0.1], generator(9).normal(size=40))
    lead[0] += -0.05 - lead[0].mean()
    found = crossing.crossing([0.0, 1.0], lead)
    assert (found.kind, found.signs) == ("overtakes", (0, 1))
    assert found.lo == -math.inf
    assert found.x < found.hi < 0.5
    above = crossing.crossing([0.0, 1.0], -lead[::-1])
    assert above.kind == "overtakes"
    assert above.lo > 0.5
    assert above.hi == math.inf
    noise = crossing.crossing(x, leads(x, 0.0, 0.0, 1.0, 40, 4))
    assert set(noise.signs) == {0}


def test_crossing_does_not_depend_on_the_order_of_points_and_is_deterministic():
    x = np.linspace(0, 0.9, 10)
    diff = leads(x, 0.42, 1.0, 0.5, 50, 5)
    one, two = crossing.crossing(x, diff), crossing.crossing(x[::-1], diff[::-1])
    assert (one.x, one.lo, one.hi) == (two.x, two.lo, two.hi)
    assert one.signs == two.signs[::-1]


def test_crossing_uses_points_with_fewer_runs():
    x = np.linspace(0, 0.9, 4)
    diff = leads(x, 0.42, 1.0, 0.2, 60, 6)
    diff[0, 20:] = np.nan  # decided earlier
    found = crossing.crossing(x, diff)
    assert found.kind == "overtakes"
    assert abs(found.x - 0.42) < 0.1
    assert found.lo < found.hi
    diff[1] = np.nan
    assert crossing.crossing(x, diff).kind == "undefined"
    with pytest.raises(ValueError, match="shape"):
        crossing.crossing(x, diff[:2])


# ---- output


def test_nothing_non_finite_reaches_json():
    data = {
        "a": np.float64("nan"),
        "b": [math.inf, np.int64(3)],
        "c": np.array([1.0, -math.inf]),
        "d": np.bool_(True),
    }
    assert json.loads(json.dumps(plain.jsonable(data), allow_nan=False)) == {
        "a": None,
        "b": [None, 3],
        "c": [1.0, None],
        "d": True,
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.3456, "12.35"), (1234567.0, "1,234,567"), (0.04567, "0.04567"), (0.0, "0"), (None, "-"), (math.nan, "-"),
     (-3.0, "-3.000"), (1e-9, "1.00e-09")],
)  # fmt: skip
def test_numbers_have_sensible_digits(value, text):
    assert numbers.number(value) == text


def test_millions_are_compact_where_asked():
    assert numbers.number(23_296_452.0, compact=True) == "23.30 M"
    assert numbers.number(999_999.0, compact=True) == "999,999"
    assert (numbers.plural(1, "manager"), numbers.plural(1200, "IC")) == ("1 manager", "1,200 ICs")
    assert tables.width("ab\n" + tables.paint("abc", "red", True)) == 3


def test_tables_align_with_and_without_colour():
    rows = [["a", "1.0"], ["long name", tables.paint("22.0", "green", True)]]
    lines = tables.table(["what", "x"], rows).splitlines()
    assert lines[0] == "what          x"
    assert lines[2] == "a           1.0"
    assert lines[3].endswith("22.0\x1b[0m")
    assert tables.paint("x", "bold", False) == "x"


def test_colour_needs_a_terminal_and_respects_no_color(monkeypatch):
    class Terminal:
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert tables.use_colour(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not tables.use_colour(Terminal())


def test_words():
    assert numbers.words("ai.share_of_code") == "AI share of code"
    assert numbers.words("organisation.management_layers") == "management layers"
    assert numbers.outcome_words("value_per_payroll_usd") == "value per payroll dollar"
    assert numbers.outcome_words("value_per_people_and_ai_usd") == "value per people and AI dollar"
    assert numbers.percent(-0.0001) == "0.0"
    assert numbers.percent(0.0483, sign=True) == "+4.8"
