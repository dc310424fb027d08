"""The books of a plan: break-even and price by hand-made series, and totals that are those of the runs."""

import numpy as np
import pytest

from sim.constants import WEEKS_PER_YEAR
from sim.engine.codes import LAID_OFF
from sim.experiments.plan.measures import Asked
from sim.experiments.plan.money import books, break_even, price
from sim.experiments.plan.study import prepared
from sim.scenario.scenario import load
from sim.simulation.branch import run_branches
from sim.simulation.run import run
from sim.statistics import estimates


def summed(*weekly, runs=4):
    """The same weekly net in every run, summed up: float64 [runs, weeks]."""
    return np.tile(np.cumsum(np.array(weekly, dtype=float)), (runs, 1))


class TestBreakEven:
    def test_a_cost_is_earned_back_in_the_week_in_which_the_sum_reaches_zero(self):
        found = break_even(summed(-100, 30, 30, 40, 10), first=27, seed=1)
        assert (found.week, found.lo, found.hi, found.at_once) == (30, 30, 30, False)

    def test_it_counts_from_where_the_sum_stays_above(self):
        assert break_even(summed(-10, 20, -15, 10, 1), first=1, seed=1).week == 4

    def test_never(self):
        found = break_even(summed(-100, 30, 30), first=27, seed=1)
        assert (found.week, found.lo, found.hi) == (None, None, None)

    def test_never_below_zero_is_from_the_start(self):
        found = break_even(summed(0, 5, 5), first=27, seed=1)
        assert (found.week, found.at_once) == (27, True)

    def test_one_run_has_no_interval(self):
        found = break_even(summed(-5, 10, runs=1), first=3, seed=1)
        assert (found.week, found.intervals, found.lo) == (4, False, None)

    def test_runs_that_differ_give_an_interval_whose_end_may_lie_beyond_the_weeks(self):
        running = np.cumsum([[-100.0, *[step] * 9] for step in (5, 10, 14, 15, 16, 30)], axis=1)
        found = break_even(running, first=1, seed=1)
        assert found.week == 1 + int(np.argmax(running.mean(axis=0) >= 0))
        assert found.lo < found.week
        assert found.hi is None


class TestPrice:
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 1, 30)

    def test_money_saved_and_output_lost_cancel_out_at_their_ratio(self):
        found = price(1000 + self.noise, -(10 + 0.01 * self.noise[::-1]), seed=1)
        assert found.pays == "below"
        assert found.usd == pytest.approx(100, rel=1e-3)
        assert found.interval.lo < found.usd < found.interval.hi

    @pytest.mark.parametrize(
        ("money", "output", "pays"),
        [(-900, 10, "above"), (900, 10, "always"), (-900, -10, "never"), (0, 10, "open")],
    )
    def test_what_pays_follows_from_the_signs(self, money, output, pays):
        found = price(money + self.noise - self.noise.mean(), output + 0.01 * self.noise, seed=1)
        assert found.pays == pays
        assert (found.usd is None) == (pays != "above")

    def test_no_negative_price_where_the_output_may_be_nothing(self):
        # Beyond noise by a hair (t interval), but in some resamples output moves the other way: a ratio through zero.
        output = np.array([-1.27, 0.0, -1.05, -0.46, -1.36, 0.08])
        assert estimates.mean_ci(output).interval.sign == -1
        found = price(np.full(6, 1000.0), output, seed=1)
        assert (found.pays, found.usd, found.interval) == ("open", None, None)


WEEK, WEEKS = 4, 12


@pytest.fixture(scope="module")
def world():
    """A small layered organisation on people over time, eight runs."""
    return load(
        "people",
        [
            f"time.weeks={WEEKS}",
            "time.warmup_weeks=1",
            "organisation.ics=24",
            "organisation.management_layers=2",
        ],
    )


def planned(world, **measure):
    """Both results of a measure in `WEEK`, and its books."""
    from sim.experiments.plan.pairs import BY_WEEK
    from sim.outcomes.declared import WEEKLY

    asked = Asked(WEEK, **measure)
    pair = run_branches(
        (world, prepared(world, asked)), WEEK, 6, 1, weekly=(*dict.fromkeys((*WEEKLY, *BY_WEEK)),)
    )
    return *pair, books(*pair, WEEK, 1)


def test_the_books_are_those_of_the_runs(world):
    a, b, money = planned(world, lay_off=0.2)
    share = WEEKS / WEEKS_PER_YEAR
    for line, outcome in ((money.payroll, "payroll_per_year"), (money.ai, "ai_spend_per_year")):
        difference = (a.outcomes[outcome] - b.outcomes[outcome]).mean() * share
        assert line.mean == pytest.approx(difference, rel=1e-9)
    people = (a.outcomes["people_usd_per_year"] - b.outcomes["people_usd_per_year"]).mean() * share
    assert money.severance.mean + money.hiring.mean == pytest.approx(people, rel=1e-9)
    output = (b.outcomes["value_per_week"] - a.outcomes["value_per_week"]).mean() * WEEKS
    assert money.output.mean == pytest.approx(output, rel=1e-9)
    parts = (money.payroll, money.ai, money.incidents, money.severance, money.hiring)
    assert money.net.mean == pytest.approx(sum(part.mean for part in parts))
    assert money.with_output.mean == pytest.approx(money.net.mean + money.worth.mean)
    assert money.cumulative[0, -1] == pytest.approx(money.with_output.mean)


def test_severance_is_weeks_of_pay_of_those_who_go_by_the_measure(world):
    a, b, money = planned(world, lay_off=0.2)
    gone = [
        np.setdiff1d(after["pid"][_laid_off(after)], before["pid"][_laid_off(before)])
        for before, after in zip(a.cohorts, b.cohorts, strict=True)
    ]
    assert all(map(len, gone))
    paid = [
        after["severance"][np.isin(after["pid"], pids)].sum()
        for after, pids in zip(b.cohorts, gone, strict=True)
    ]
    saved = [  # those who would have been laid off later are not any more
        before["severance"][_laid_off(before) & ~np.isin(before["pid"], after["pid"][_laid_off(after)])].sum()
        for before, after in zip(a.cohorts, b.cohorts, strict=True)
    ]
    assert -money.severance.mean == pytest.approx(np.mean(paid) - np.mean(saved), rel=0.15)
    assert money.severance.mean < 0


def _laid_off(cohort):
    return (cohort["exit_kind"] == LAID_OFF) & (cohort["exit_week"] < WEEKS)


def test_a_freeze_saves_payroll_and_lowers_headcount(world):
    # Enough people leave that some of them would have been replaced.
    restless = world.with_values({"quits.base": 0.5, "hiring.delay_weeks": 1.0})
    a, b, money = planned(restless, freeze=True)
    assert money.payroll.mean > 0
    assert b.outcomes["headcount"].mean() < a.outcomes["headcount"].mean()
    assert (b.outcomes["headcount"] <= a.outcomes["headcount"]).all()


def test_growth_costs_payroll_and_raises_headcount(world):
    a, b, money = planned(world.with_values({"hiring.delay_weeks": 1.0}), grow=6)
    assert money.payroll.mean < 0
    assert money.hiring.mean < 0
    assert (b.outcomes["headcount"] > a.outcomes["headcount"]).all()


class TestBranches:
    @pytest.mark.parametrize("week", [0, WEEK, WEEKS - 1])
    def test_each_is_what_it_is_alone_bit_for_bit(self, world, week):
        other = prepared(world, Asked(week, "1", 0.1, 0.6, freeze=True))
        for scenario, found in zip((world, other), run_branches((world, other), week, 2, 3), strict=True):
            alone = run(scenario, 2, 3)
            for name in ("outcomes", "series"):
                one, two = getattr(alone, name), getattr(found, name)
                assert one.keys() == two.keys()
                for key in one:
                    np.testing.assert_array_equal(one[key], two[key], err_msg=key)
            for one, two in zip(alone.cohorts, found.cohorts, strict=True):
                for field in one.dtype.names:
                    np.testing.assert_array_equal(one[field], two[field], err_msg=field)

    def test_scenarios_with_different_pasts_are_refused(self, world):
        with pytest.raises(ValueError, match=r"quits\.base"):
            run_branches((world, world.with_values({"quits.base": 0.2})), WEEK, 1, 1)
        early = prepared(world, Asked(WEEK - 1, lay_off=0.1))
        with pytest.raises(ValueError, match="events"):
            run_branches((world, early), WEEK, 1, 1)
