"""Incidence, bands and hazard ratio: closed forms, hand computations, error rates in simulations with fixed seeds."""

import math
from fractions import Fraction

import numpy as np
import pytest
from helpers.people import company, reordered, table
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.risk import incidence
from sim.experiments.risk.incidence import Counts, Ratio, aalen_johansen, assess, hazard_ratio, weekly_counts
from sim.statistics.resampling import resamples


def rng(*key: int) -> np.random.Generator:
    return np.random.default_rng([977, *key])


def expected_counts(layoff: float, leave: float, weeks: int, people: float = 1.0) -> Counts:
    """Deterministic expected counts of constant weekly probabilities; nobody leaves in week 0."""
    there = np.concatenate([[0.0], people * (1 - layoff - leave) ** np.arange(weeks)])
    nothing = np.zeros(weeks + 1)
    return Counts(np.float64(people), layoff * there, leave * there, nothing, nothing)


def counts_of(run, week, kind, weeks, runs) -> Counts:
    return weekly_counts(np.asarray(run), np.asarray(week, float), np.asarray(kind), weeks, runs)


def per_run(layoffs: np.ndarray, entered: np.ndarray, weeks: int = 1) -> Counts:
    """Layoffs per run [runs], all in week 1."""
    at = np.zeros((len(layoffs), weeks + 1))
    at[:, 1] = layoffs
    nothing = np.zeros_like(at)
    return Counts(entered.astype(float), at, nothing, nothing, nothing)


# ---- closed forms


def test_constant_competing_hazards():
    layoff, leave = aalen_johansen(expected_counts(0.001, 0.002, 104))
    assert layoff[52] + leave[52] == pytest.approx(0.1446, abs=1e-3)
    assert layoff[52] + leave[52] == pytest.approx(1 - 0.997**52, abs=1e-12)
    assert leave[52] / (layoff[52] + leave[52]) == pytest.approx(2 / 3, abs=1e-12)
    assert layoff[0] == 0


def test_annual_probability_gives_the_survivors():
    weekly = 1 - 0.87 ** (1 / 52)
    layoff, leave = aalen_johansen(expected_counts(weekly, 0.0, 104, people=1000))
    survivors = [1000 * (1 - layoff[week]) for week in (26, 52, 104)]
    assert survivors == pytest.approx([932.7, 870.0, 756.9], abs=0.05)
    assert not leave.any()


def test_incidence_is_below_one_minus_kaplan_meier():
    counts = expected_counts(0.001, 0.002, 104)
    kaplan_meier = 1 - np.cumprod(1 - counts.layoffs / counts.at_risk())
    layoff = aalen_johansen(counts)[0]
    assert (layoff[2:] < kaplan_meier[2:]).all()
    assert kaplan_meier[104] == pytest.approx(1 - 0.999**104)


# ---- by hand


def test_hand_computed_table_with_ties_and_censoring():
    # Ten people. Week: 1 a layoff; 2 a quit and a layoff; 3 one lost from sight; 4 a layoff and a quit; 5 one lost from
    # sight; 6 a quit; two there at the horizon.  At risk: 10, 9, 7, 6, 4, 3.  Survival: .9, .7, .7, 7/15, 7/15, 14/45.
    week = [1, 2, 2, 3, 4, 4, 5, 6, np.inf, np.inf]
    kind = [1, 2, 1, 0, 1, 2, 0, 2, 0, 0]
    counts = counts_of(np.zeros(10, int), week, kind, 8, 1).pooled()
    assert counts.at_risk().tolist() == [10, 10, 9, 7, 6, 4, 3, 2, 2]
    step = Fraction(7, 10) / 6
    layoff = [0, Fraction(1, 10), Fraction(1, 5), Fraction(1, 5), *[Fraction(1, 5) + step] * 5]
    quits = [0, 0, Fraction(1, 10), Fraction(1, 10), *[Fraction(1, 10) + step] * 2]
    quits += [Fraction(1, 10) + step + Fraction(7, 15) / 3] * 3
    found = aalen_johansen(counts)
    assert found[0] == pytest.approx([float(x) for x in layoff], abs=1e-15)
    assert found[1] == pytest.approx([float(x) for x in quits], abs=1e-15)


def test_retirement_competes_and_is_not_censoring():
    # One retires in week 1, one is lost from sight in week 2, one of the two left is laid off in week 3: 3/4 x 1/2.
    layoff, leave = aalen_johansen(counts_of([0] * 4, [1, 2, 3, np.inf], [3, 0, 1, 0], 4, 1).pooled())
    assert layoff.tolist() == [0, 0, 0, 0.375, 0.375]  # with retirement as censoring it would be 1/2
    assert not leave.any()


def test_unknown_after_the_last_is_lost_from_sight_but_not_after_the_last_exit():
    lost = aalen_johansen(counts_of([0, 0], [1, 2], [1, 0], 4, 1).pooled())[0]
    assert lost[:3].tolist() == [0, 0.5, 0.5]
    assert np.isnan(lost[3:]).all()
    gone = aalen_johansen(counts_of([0, 0], [1, 2], [1, 1], 4, 1).pooled())[0]
    assert gone.tolist() == [0, 0.5, 1, 1, 1]


def test_in_which_week_an_exit_counts():
    # at week 0 itself; within week 1; at 1.0; at 1.0 but for rounding; after the horizon; at the horizon
    week = [0.0, 0.25, 1.0, 1.0 + 1e-12, 3.5, 3.0]
    counts = counts_of([0] * 6, week, [1] * 6, 3, 1)
    assert counts.layoffs.tolist() == [[1, 3, 0, 1]]
    assert aalen_johansen(counts)[0][0, -1] == pytest.approx(5 / 6)


people = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 48).map(lambda quarter: quarter / 4), st.integers(0, 3)),
    min_size=1,
    max_size=30,
)


@given(people)
def test_without_censoring_incidence_is_the_plain_share(rows):
    run, week, kind = (np.array(x) for x in zip(*rows, strict=True))
    week = np.where(kind == 0, np.inf, week)
    layoff, leave = aalen_johansen(weekly_counts(run, week, kind, 10, 3).pooled())
    for at in range(11):
        assert layoff[at] == pytest.approx(np.mean((kind == 1) & (week <= at)), abs=1e-12)
        assert leave[at] == pytest.approx(np.mean((kind == 2) & (week <= at)), abs=1e-12)


@given(people)
def test_curves_with_censoring_are_growing_probabilities(rows):
    run, week, kind = (np.array(x) for x in zip(*rows, strict=True))
    for curves in (aalen_johansen(weekly_counts(run, week, kind, 10, 3)),):
        total = curves[0] + curves[1]
        known = ~np.isnan(total)
        assert (total[known] <= 1 + 1e-12).all()
        assert (np.diff(curves[0], axis=-1)[known[:, 1:]] >= 0).all()


# ---- bands


def test_nothing_ever_happened_rule_of_three_over_runs():
    result = incidence.incidence(per_run(np.zeros(100), np.full(100, 50)), resamples(100, 1)).layoff
    assert result.mean.tolist() == [0, 0]
    assert result.lo.tolist() == [0, 0]
    assert result.hi[1] == pytest.approx(1 - 0.05**0.01)
    assert result.hi[1] == pytest.approx(3 / 100, rel=0.02)


def test_everybody_went_in_every_run_is_the_mirror_image():
    result = incidence.incidence(per_run(np.full(100, 50.0), np.full(100, 50)), resamples(100, 1)).layoff
    assert (result.mean[1], result.hi[1]) == (1, 1)
    assert result.lo[1] == pytest.approx(0.05**0.01)
    assert result.lo[0] == 0
    assert result.hi[0] == pytest.approx(1 - 0.05**0.01)


def test_a_later_week_bounds_the_weeks_before_the_first_event():
    run = np.repeat(np.arange(200), 10)
    week, kind = np.full(2000, np.inf), np.zeros(2000, int)
    week[5], kind[5] = 7, 1  # one person in one of 200 runs
    result = incidence.incidence(weekly_counts(run, week, kind, 10, 200), resamples(200, 1)).layoff
    # Clopper and Pearson's upper end for 1 of 200 is .02754; a tenth of the people of that run went
    assert result.hi[7] == pytest.approx(0.02754 * 0.1, rel=1e-3)
    assert (result.hi == result.hi[7]).all()  # the rule of three alone would say .0149 up to week 6
    assert (result.lo == 0).all()


def test_an_exact_cut_has_no_spread_and_a_random_one_has():
    exact = incidence.incidence(per_run(np.full(60, 4.0), np.full(60, 40)), resamples(60, 1)).layoff
    assert (exact.lo[1], exact.mean[1], exact.hi[1]) == pytest.approx((0.1, 0.1, 0.1), abs=1e-15)
    # All or nothing: persons are the same die. 60 runs are 60 observations, not 2,400.
    together = incidence.incidence(
        per_run(40.0 * (np.arange(60) % 10 == 0), np.full(60, 40)), resamples(60, 1)
    ).layoff
    assert together.mean[1] == pytest.approx(0.1)
    assert together.hi[1] - together.lo[1] > 0.13


def test_one_run_has_a_mean_and_no_band():
    result = incidence.incidence(per_run(np.array([3.0]), np.array([10])), resamples(1, 1)).layoff
    assert result.at(1) == (pytest.approx(0.3), None, None)


@given(people, st.integers(0, 5))
def test_bands_are_probabilities_around_the_mean(rows, seed):
    run, week, kind = (np.array(x) for x in zip(*rows, strict=True))
    result = incidence.incidence(weekly_counts(run, week, kind, 10, 3), resamples(3, seed, 60))
    for curve in (result.layoff, result.quit):
        defined = ~(np.isnan(curve.mean) | np.isnan(curve.lo))
        for end in (curve.lo[defined], curve.mean[defined], curve.hi[defined]):
            assert ((end >= 0) & (end <= 1)).all()
        assert (curve.lo[defined] <= curve.mean[defined]).all()
        assert (curve.mean[defined] <= curve.hi[defined]).all()


def coverage(draw, truth: float, runs: int, people: int, key: int, n: int = 600) -> tuple[float, float]:
    """Share of bands that are below and above the truth, over n data sets. draw(generator) -> layoffs [runs]."""
    generator, below, above = rng(key), 0, 0
    for k in range(n):
        band = incidence.incidence(
            per_run(draw(generator), np.full(runs, people)), resamples(runs, k, 400)
        ).layoff
        below += band.hi[1] < truth
        above += band.lo[1] > truth
    return below / n, above / n


@pytest.mark.slow
def test_coverage_with_persons_that_depend_on_each_other():
    # A round of layoffs of random size in a third of the runs: sd over runs is 8 times the binomial one.
    def draw(generator):
        return (generator.random(50) < 1 / 3) * generator.integers(20, 61, 50)

    below, above = coverage(draw, 1 / 3 * 0.4, runs=50, people=100, key=1)
    # 95 % with a standard error of .9 points over 600 data sets, and 1 point for a bootstrap of 400 of 50 skewed runs
    assert abs(1 - below - above - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 600) + 0.01


def test_coverage_with_few_runs_follows_student_t():
    below, above = coverage(lambda g: g.binomial(100, 0.2, 6), 0.2, runs=6, people=100, key=2)
    assert abs(1 - below - above - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 600) + 0.01  # plain percentiles: .87


def test_coverage_of_rare_events_is_not_below_what_is_claimed():
    # 2 events in 40 runs are expected, none at all in 13.5 % of the data sets: [0, 0] would miss all of these
    below, above = coverage(lambda g: g.binomial(20, 0.0025, 40), 0.0025, runs=40, people=20, key=3)
    assert below + above < 0.05 + 4 * math.sqrt(0.95 * 0.05 / 600)


@pytest.mark.slow
def test_zero_runs_in_which_everybody_may_go_are_covered():
    # All or nothing with probability .02 in 60 runs: the rule of three must hold without independence of persons.
    below, above = coverage(lambda g: 30.0 * (g.random(60) < 0.02), 0.02, runs=60, people=30, key=4)
    assert below + above < 0.05 + 4 * math.sqrt(0.95 * 0.05 / 600)


# ---- order and dice


def figures(risk) -> list[bytes]:
    out = [repr(risk.hazard_ratio).encode()]
    for one in [*risk.totals, *risk.groups]:
        for curve in (one.incidence.layoff, one.incidence.quit):
            out += [
                repr(one.group.key).encode(),
                curve.mean.tobytes(),
                curve.lo.tobytes(),
                curve.hi.tobytes(),
            ]
    return out


def test_the_same_inputs_give_the_same_bytes_in_any_order():
    people = company(runs=12)
    by = ("role", "layer", "skill")
    first = figures(assess(people, by, seed=5, replicates=100))
    shuffled = reordered(people, rng(7).permutation(len(people)))
    assert figures(assess(shuffled, by, seed=5, replicates=100)) == first
    assert figures(assess(people, by, seed=6, replicates=100)) != first


def test_names_of_persons_and_runs_change_nothing():
    people = company(runs=12)
    first = figures(assess(people, ("role", "tenure"), seed=5, replicates=100))
    columns = dict(vars(people))
    renamed = rng(8).permutation(10 * columns["pid"].max() % 10**6)[: len(np.unique(people.pid))]
    _, person = np.unique(people.pid, return_inverse=True)
    columns |= {"pid": renamed[person], "run": columns["run"] + 1000}
    assert figures(assess(type(people)(**columns), ("role", "tenure"), seed=5, replicates=100)) == first


def test_resamples_depend_on_runs_and_seed_only():
    weights = resamples(30, 3, 50)
    assert weights.shape == (50, 30)
    assert (weights.sum(axis=1) == 30).all()
    assert (weights == resamples(30, 3, 50)).all()
    assert (weights != resamples(30, 4, 50)).any()
    assert (weights.mean(axis=0) > 0.3).all()


# ---- hazard ratio


def roles(managers, ics, weeks=2) -> tuple[Counts, Counts]:
    """Counts of one or more runs from lists of (run, week, kind), per role."""
    runs = 1 + max(run for run, *_ in [*managers, *ics])
    made = []
    for rows in (managers, ics):
        run, week, kind = zip(*rows, strict=True)
        made.append(counts_of(run, week, kind, weeks, runs))
    return made[0], made[1]


def test_hazard_ratio_by_hand():
    stay = np.inf
    managers = [(0, 1, 1), (0, 2, 1), (0, 2, 2), (0, stay, 0)]
    ics = [(0, 1, 1), (0, 1, 2), (0, 2, 1), *[(0, stay, 0)] * 5]
    # Week 1: 4 managers and 8 ICs at risk, one layoff each. Week 2: 3 and 6, one layoff each.
    expected = (1 * 8 / 12 + 1 * 6 / 9) / (1 * 4 / 12 + 1 * 3 / 9)
    one = hazard_ratio(*roles(managers, ics), resamples(1, 1))
    assert one == Ratio(pytest.approx(expected), None, None, "one run has no interval")
    assert expected == pytest.approx(2.0)


def test_a_single_round_gives_the_ratio_of_the_shares_cut():
    # limits L5: 100 people, 20 managers of weight 2, 20 cut: .3143 against .1714 (ratio 1.83)
    n = np.array([2000.0, 8000.0])
    cut = n * [0.3143, 0.1714]
    made = [per_run(np.array([c, c]) / 2, np.array([m, m]) / 2) for c, m in zip(cut, n, strict=True)]
    assert hazard_ratio(*made, resamples(2, 1)).mean == pytest.approx(1.8337, abs=1e-4)


def test_runs_are_resampled_with_all_their_people():
    # Rounds of very different size, but managers always at twice the rate: the ratio is known, the incidences are not.
    severity, people = rng(10).integers(0, 9, 30), np.full(30, 100)
    found = hazard_ratio(per_run(4.0 * severity, people), per_run(2.0 * severity, people), resamples(30, 1))
    assert (found.lo, found.mean, found.hi) == pytest.approx((2.0, 2.0, 2.0))


def test_weeks_are_compared_with_the_same_weeks():
    # Same hazard in each week, .01 before and .1 after week 10; but most managers quit at once. Crude rates say .5.
    weeks = np.arange(21)
    hazard = np.where(weeks == 0, 0.0, np.where(weeks <= 10, 0.01, 0.1))

    def made(quits_at_5):
        there, layoffs, quits = 1000.0, [], []
        for week, h in enumerate(hazard):
            layoffs.append(there * h)
            quits.append(quits_at_5 * there if week == 5 else 0.0)
            there -= layoffs[-1] + quits[-1]
        nothing = np.zeros((2, 21))
        return Counts(np.full(2, 1000.0), np.tile(layoffs, (2, 1)), np.tile(quits, (2, 1)), nothing, nothing)

    managers, ics = made(0.9), made(0.0)
    assert hazard_ratio(managers, ics, resamples(2, 1)).mean == pytest.approx(1.0)
    crude = [c.layoffs.sum() / c.at_risk().sum() for c in (managers, ics)]
    assert crude[0] / crude[1] < 0.7


@pytest.mark.slow
def test_proportional_hazards_are_found_and_covered():
    inside, means = 0, []
    for k in range(150):
        people = company(runs=20, hazards=(0.002, 0.003, 0.002), managers=(20,), ics=60, weeks=52, seed=k)
        found = assess(people, ("role",), seed=k, replicates=300).hazard_ratio
        inside += found.lo <= 1.5 <= found.hi
        means.append(found.mean)
    assert np.median(means) == pytest.approx(1.5, abs=0.05)
    assert abs(inside / 150 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 150)


def test_undefined_hazard_ratios():
    people = np.full(10, 20)
    nobody, some = per_run(np.zeros(10), people), per_run(np.arange(10.0), people)
    weights = resamples(10, 1)
    assert hazard_ratio(some, nobody, weights) == Ratio(None, None, None, "no IC was laid off in any run")
    assert hazard_ratio(nobody, nobody, weights).note == "no one was laid off in any run"
    absent = per_run(np.zeros(10), np.zeros(10))
    assert hazard_ratio(absent, some, weights).note == "there are no managers at week 0"
    assert hazard_ratio(some, absent, weights).mean is None
    none_of_them = hazard_ratio(nobody, some, weights)
    assert (none_of_them.mean, none_of_them.lo) == (0.0, 0.0)
    assert none_of_them.hi == pytest.approx(incidence.rule_of_three(10) / (4.5 / 20))


def test_an_upper_end_that_would_be_infinite_is_none():
    people = np.full(8, 20)
    one_ic = per_run(np.array([1.0, 0, 0, 0, 0, 0, 0, 0]), people)
    found = hazard_ratio(per_run(np.full(8, 2.0), people), one_ic, resamples(8, 1))
    assert found.mean == pytest.approx(16.0)
    assert found.lo is not None
    assert found.hi is None


# ---- ratio of risks


def test_the_ratio_of_risks_is_that_of_the_incidences():
    risk = assess(company(runs=40), ("role",), seed=1)
    ic, manager = (one.incidence.layoff.at(52)[0] for one in risk.groups)
    assert [one.group.key["role"] for one in risk.groups] == ["ic", "manager"]
    assert risk.risk_ratio.mean == pytest.approx(manager / ic)
    assert risk.risk_ratio.lo < risk.risk_ratio.mean < risk.risk_ratio.hi


def test_managers_who_quit_early_are_at_smaller_risk_though_not_in_a_week_where_they_are_there():
    n = 200
    week = np.repeat([5.0, np.inf, 30.0, np.inf, 30.0], [160, 36, 4, 160, 40])
    kind = np.repeat([2, 0, 1, 0, 1], [160, 36, 4, 160, 40])
    people = table(
        run=np.repeat([0, 1], 2 * n), pid=np.tile(np.arange(2 * n), 2), role=np.tile(np.repeat([1, 0], n), 2),
        exit_week=np.tile(week, 2), exit_kind=np.tile(kind, 2),
    )  # fmt: skip
    found = assess(people, ("role",), 1, replicates=20)
    assert found.risk_ratio.mean == pytest.approx((4 / 200) / (40 / 200))
    assert found.hazard_ratio.mean == pytest.approx((4 / 40) / (40 / 200))


@pytest.mark.slow
def test_the_ratio_of_risks_is_covered():
    inside = 0
    for k in range(150):
        people = company(runs=20, hazards=(0.002, 0.003, 0.002), managers=(20,), ics=60, weeks=52, seed=k)
        found = assess(people, ("role",), seed=k, replicates=300).risk_ratio
        # of competing exponential times
        true = [h / (h + 0.002) * (1 - math.exp(-52 * (h + 0.002))) for h in (0.003, 0.002)]
        inside += found.lo <= true[0] / true[1] <= found.hi
    assert abs(inside / 150 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 150)


def test_undefined_ratios_of_risks():
    short = assess(company(runs=3, weeks=40), ("role",), 1, replicates=20).risk_ratio
    assert short == Ratio(None, None, None, "the horizon is shorter than 52 weeks")
    people = np.full(10, 20)
    nobody, some = per_run(np.zeros(10), people), per_run(np.arange(10.0), people)
    weights = resamples(10, 1)
    last = nobody.layoffs.shape[1] - 1
    assert incidence.risk_ratio(some, nobody, weights, last).note == "no IC was laid off in any run"
    assert incidence.risk_ratio(nobody, nobody, weights, last).note == "no one was laid off in any run"
    none_of_them = incidence.risk_ratio(nobody, some, weights, last)
    assert (none_of_them.mean, none_of_them.lo) == (0.0, 0.0)


# ---- all of it


def test_assess_agrees_with_counting_by_hand():
    people = company(runs=15)
    risk = assess(people, ("role", "layer"), seed=2, replicates=50)
    assert risk.milestones == (26, 52, 104)
    for one in [*risk.totals, *risk.groups]:
        rows = np.ones(len(people), dtype=bool)
        if one.group.key:
            rows &= people.role == (one.group.key["role"] == "manager")
        if "layer" in one.group.key:
            rows &= people.layer == one.group.key["layer"]
        for week in risk.milestones:
            laid_off = (people.exit_kind == 1) & (people.exit_week <= week)
            assert one.incidence.layoff.at(week)[0] == pytest.approx(laid_off[rows].mean())
    assert [one.group.name for one in risk.totals] == ["", "manager"]


def test_horizons_between_milestones():
    assert assess(company(runs=2, weeks=60), ("role",), 1, replicates=20).milestones == (26, 52)
    assert assess(company(runs=2, weeks=20), ("role",), 1, replicates=20).milestones == (20,)


def test_an_empty_table_has_no_risk():
    with pytest.raises(ValueError, match="without people"):
        assess(table(pid=np.zeros(0, int)), ("role",), 1)
