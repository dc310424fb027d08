"""Arithmetic against behaviour: parts add up, a subtraction of pay is called one, and equal payroll gives none."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.fake_engine import BASE
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.compare.brief import headline, short_form, summary
from sim.experiments.compare.study import compare
from sim.experiments.compare.words import comparison_json, comparison_text
from sim.experiments.parts import ARITHMETIC, BEHAVIOUR, BOTH, Parts, equal_money, parts, parts_json
from sim.experiments.parts_words import why_words
from sim.organisation.costs import PayScale
from sim.organisation.structure import generated_tree
from sim.outcomes.declared import OUTCOMES, VALUE
from sim.scenario.scenario import from_yaml, load
from sim.statistics.estimates import Interval, paired
from sim.text import tables

PAY = PayScale(100_000.0)
RATIOS = [outcome for outcome in OUTCOMES.values() if outcome.ratio]
LAYERED, FLAT, SMALLER = (
    generated_tree(*shape, PAY) for shape in ((96, (16, 4, 1)), (113, (8, 1)), (96, (8, 1)))
)


def figures(a, b, value_a, value_b, ai=(0.0, 0.0), severance=(0.0, 0.0), leavers=0.0):
    """Paired figures of runs, as the simulator makes them, of organisations *a* and *b*."""
    runs = {}
    for side, (tree, value, spend, paid) in enumerate(
        zip((a, b), (value_a, value_b), ai, severance, strict=True)
    ):
        payroll = tree.payroll * (1 - side * leavers * np.linspace(0.5, 1.5, len(value)))
        people = np.full(len(value), float(tree.n))
        cost = (payroll + spend + paid) / 52 + 1000.0
        runs[side] = {
            VALUE: value, "value_per_fte": value / people, "value_per_payroll_usd": value * 52 / payroll,
            "value_per_people_and_ai_usd": value * 52 / (payroll + spend), "cost_per_value": cost / value,
            "payroll_per_year": payroll, "headcount": people, "ai_spend_per_year": np.full(len(value), spend),
            "people_usd_per_year": np.full(len(value), paid),
        }  # fmt: skip
    return {name: paired(runs[0][name], runs[1][name], 0) for name in runs[0]}


def split(name, found, a=LAYERED, b=SMALLER):
    return parts(OUTCOMES[name], found, a, b)


def sums(found):
    return found.behaviour + found.arithmetic + found.people_over_time + found.ai_spend + found.rest


positive = st.lists(st.floats(50.0, 5000.0), min_size=3, max_size=8)


@given(positive, st.floats(0.5, 2.0), st.floats(0.0, 1e7), st.floats(0.0, 1e7), st.floats(0.0, 0.4))
def test_parts_add_up(values, factor, spend_a, spend_b, leavers):
    a = np.array(values)
    found = figures(LAYERED, SMALLER, a, factor * a[::-1], (spend_a, spend_b), (0.0, 1e5), leavers)
    for outcome in RATIOS:
        one = split(outcome.name, found)
        assert sums(one) == pytest.approx(one.total, abs=1e-9)
        pair = found[outcome.name]
        assert one.total == pytest.approx(math.log(pair.mean / pair.base), abs=1e-12)
        assert one.money == pytest.approx(one.total - one.behaviour, abs=1e-12)


def test_the_arithmetic_is_that_of_the_trees_alone():
    value = np.array([900.0, 950.0, 1000.0])
    found = figures(LAYERED, SMALLER, value, 0.98 * value, (2e6, 2e6))
    one = split("value_per_payroll_usd", found)
    assert one.arithmetic == pytest.approx(-math.log(SMALLER.payroll / LAYERED.payroll), abs=1e-12)
    assert one.behaviour == pytest.approx(math.log(0.98), abs=1e-12)
    assert max(map(abs, (one.people_over_time, one.ai_spend, one.rest))) < 1e-9
    heads = split("value_per_fte", found)
    assert heads.arithmetic == pytest.approx(math.log(LAYERED.n / SMALLER.n), abs=1e-12)
    assert abs(heads.rest) < 1e-9
    # Cost per value is the other way up: cheaper and less delivered.
    cost = split("cost_per_value", found)
    assert cost.behaviour == pytest.approx(-math.log(0.98))
    assert one.arithmetic * 0.7 < -cost.arithmetic < one.arithmetic  # pay is one of the costs
    assert abs(cost.rest) < 0.01


def test_people_over_time_and_ai_spend_are_parts_of_their_own():
    value = np.array([900.0, 950.0, 1000.0])
    left = split("value_per_payroll_usd", figures(LAYERED, LAYERED, value, value, leavers=0.05), b=LAYERED)
    assert (left.arithmetic, left.behaviour, left.equal) == (0.0, 0.0, False)
    assert left.people_over_time == pytest.approx(-math.log(0.95), abs=1e-3)
    spent = split(
        "value_per_people_and_ai_usd", figures(LAYERED, LAYERED, value, value, (0.0, 1e6)), b=LAYERED
    )
    assert spent.ai_spend == pytest.approx(math.log(LAYERED.payroll / (LAYERED.payroll + 1e6)), abs=1e-12)


def test_what_has_no_logarithm_has_no_parts():
    value = np.array([900.0, 950.0, 1000.0])
    assert split("value_per_payroll_usd", figures(LAYERED, SMALLER, -value, value)) is None
    assert split("lead_time_hours", figures(LAYERED, SMALLER, value, value)) is None
    assert split("value_per_payroll_usd", figures(LAYERED, SMALLER, value[:1], value[:1])).cause is None
    assert split("value_per_payroll_usd", {}) is None


@pytest.mark.parametrize(
    ("total", "ends", "equal", "cause"),
    [
        (0.08, (-0.01, 0.02), False, ARITHMETIC),  # behaviour within noise
        (0.08, (-0.03, -0.01), False, ARITHMETIC),  # behaviour the other way
        (0.08, (0.01, 0.03), False, BOTH),
        (-0.08, (-0.03, -0.01), False, BOTH),
        (0.02, (0.015, 0.025), False, BEHAVIOUR),  # money is no reason
        (0.01, (0.015, 0.025), False, BEHAVIOUR),  # money speaks against it
        (0.03, (0.015, 0.025), True, BEHAVIOUR),  # equal payroll: what is left over is not called arithmetic
    ],
)
def test_cause(total, ends, equal, cause):
    behaviour = sum(ends) / 2
    found = Parts(
        total, behaviour, Interval(*ends), total - behaviour, 0, 0, 0, -9, -9e5, -0.1, -0.08, False, equal
    )
    assert found.cause == cause
    assert parts_json(found)["cause"] == cause


def test_equal_payroll():
    outcome = OUTCOMES["value_per_payroll_usd"]
    assert equal_money(outcome, LAYERED, LAYERED)
    assert not equal_money(outcome, LAYERED, SMALLER)
    assert not equal_money(OUTCOMES["value_per_fte"], LAYERED, FLAT)
    assert equal_money(OUTCOMES["lead_time_hours"], LAYERED, SMALLER)


def test_every_ratio_declares_what_it_is_made_of():
    assert {o.name for o in RATIOS} == {
        "value_per_fte", "value_per_payroll_usd", "value_per_people_and_ai_usd", "cost_per_value",
    }  # fmt: skip
    for outcome in RATIOS:
        assert outcome.ratio.side == outcome.better  # more value is better wherever it stands
        assert all(name in OUTCOMES for name in (*outcome.ratio.over, *outcome.ratio.under))


# ---- in compare


def engine(rise=0.0, noise=0.01):
    """Runs in which B's output is `rise` above A's, whatever the payroll."""

    def simulate(scenario, runs, seed, *, workers=None, first_run=0, progress=None):
        numbers = np.arange(first_run, first_run + runs)
        tree = tree_of(scenario)
        shared = np.array([np.random.default_rng([seed, r]).normal(0, 0.05) for r in numbers])
        own = np.array([np.random.default_rng([seed, r, tree.n]).normal(0, noise) for r in numbers])
        value = 900.0 * (1 + shared + own + (rise if tree.n != LAYERED.n else 0.0))
        payroll = np.full(runs, tree.payroll)
        outcomes = {
            VALUE: value, "value_per_payroll_usd": value * 52 / payroll, "value_per_fte": value / tree.n,
            "payroll_per_year": payroll, "headcount": np.full(runs, float(tree.n)),
        }  # fmt: skip
        if progress is not None:
            progress(runs)
        return SimpleNamespace(runs=numbers, outcomes=outcomes, failures=())

    return simulate


SHAPES = {(6, 4, 4): LAYERED, (12, 8): SMALLER, (14, 8): FLAT}


def tree_of(scenario):
    return SHAPES[tuple(scenario.organisation.spans)]


def compared(rise, spans=("[12, 8]",), **options):
    scenarios = [from_yaml(BASE, "layered")]
    scenarios += [from_yaml(BASE.replace("[6, 4, 4]", one), f"v{k}") for k, one in enumerate(spans)]
    options = {"runs": 30, "ranges": 0, "seed": 2, **options}
    return compare(scenarios, simulate=engine(rise), tree_of=tree_of, **options)


def test_a_subtraction_of_pay_is_called_arithmetic():
    found = compared(0.0)
    row = found.rows["v0"]["value_per_payroll_usd"]
    assert (row.verdict, row.parts.cause, row.holds_of) == ("better", ARITHMETIC, VALUE)
    text = " ".join(comparison_text(found).split())
    assert "arithmetic: 12 salaries less (payroll -" in text
    assert ", within noise" in text
    assert "arithmetic: 12 salaries less" in headline(found, "v0")
    data = comparison_json(found)["comparisons"]["v0"]["value_per_payroll_usd"]
    assert data["parts"]["cause"] == ARITHMETIC
    assert data["holds_of"] == VALUE
    assert sum(data["parts"][k] for k in ("behaviour", "arithmetic", "people_over_time", "ai_spend", "rest")) == pytest.approx(
        data["parts"]["total"], abs=1e-9
    )  # fmt: skip
    assert comparison_json(found)["comparisons"]["v0"][VALUE]["parts"] is None


def test_a_fall_of_output_behind_a_better_ratio_is_said():
    text = headline(compared(-0.03), "v0")
    assert "beats layered on value per payroll dollar" in text
    assert "the other way" in text
    assert "output -" in text


def test_both_reasons_are_weighed():
    assert "arithmetic for the most part: 12 salaries less" in headline(compared(0.03), "v0")
    assert "behaviour for the most part: output +" in headline(compared(0.5), "v0")


def test_equal_payroll_has_no_arithmetic():
    found = compared(0.05, ("[14, 8]",))
    row = found.rows["v0"]["value_per_payroll_usd"]
    assert 0 < abs(FLAT.payroll - LAYERED.payroll) < LAYERED.pay.min()  # a rest that no salary fills
    assert (row.parts.cause, row.holds_of) == (BEHAVIOUR, "value_per_payroll_usd")
    assert " at equal payroll" in headline(found, "v0")
    assert "arithmetic" not in headline(found, "v0")
    heads = found.rows["v0"]["value_per_fte"]
    assert (heads.parts.per_head, heads.parts.equal, heads.holds_of) == (True, False, VALUE)


def test_what_is_counted_over_worlds_is_behaviour():
    """Output falls in every world; the ratio, which pay alone raises, does not speak for it."""
    found = compared(-0.03, ranges=16)
    row = found.rows["v0"]["value_per_payroll_usd"]
    assert row.holding == found.rows["v0"][VALUE].holding
    assert row.holding.holds.k == 16
    assert "the fall of output holds in 100 % [" in headline(found, "v0")
    nothing = compared(0.0, ranges=16)
    assert "output rises beyond noise in" in headline(nothing, "v0")


def test_the_short_form_has_five_labels_and_fits():
    found = compared(0.02, ranges=16)
    lines = short_form(found, "v0").splitlines()
    assert [line.split("  ")[0] for line in lines if not line.startswith(" ")] == [
        "What differs", "Verdict", "Why", "By chance", "Assumptions",
    ]  # fmt: skip
    assert tables.width("\n".join(lines)) <= 100


def test_several_variants_end_in_one_table():
    found = compared(0.0, ("[12, 8]", "[14, 8]"), ranges=4)
    table = summary(found)
    assert tables.width(table) <= 100
    assert comparison_text(found).index("All variants against layered") > comparison_text(found).index(
        "v1 against"
    )
    rows = {line.split()[0]: line for line in table.splitlines()}
    assert rows["v0"].endswith("better (arithmetic)")
    assert rows["variant"].split() == [
        "variant",
        "change",
        "%",
        "95",
        "%",
        "interval",
        "output",
        "%",
        "payroll",
        "%",
        "holds/open/rev.",
        "verdict",
    ]
    assert summary(compared(0.0)) == ""


def test_words_of_people_and_ai():
    value = np.array([900.0, 950.0, 1000.0, 1010.0])
    found = figures(LAYERED, LAYERED, value, value * 1.001, (0.0, 5e5), leavers=0.05)
    text = why_words(split("value_per_payroll_usd", found, b=LAYERED), found, True)
    assert "payroll -5.0 % (who left and who came)" in text
    assert "AI spend 500,000 USD a year, from none" in text


def test_parts_of_real_runs():
    found = compare(
        [load(name, ("time.weeks=12", "time.warmup_weeks=2")) for name in ("layered", "flat")], 3, 1, 0
    )
    for outcome in RATIOS:
        one = found.rows["flat"][outcome.name].parts
        assert sums(one) == pytest.approx(one.total, abs=1e-9)
        assert abs(one.people_over_time) < 1e-9  # nobody comes or goes
        if outcome.name in (
            "value_per_payroll_usd",
            "value_per_fte",
        ):  # what they are set against is the same in every run
            assert abs(one.rest) < 1e-9
    assert found.rows["flat"]["value_per_payroll_usd"].parts.equal
