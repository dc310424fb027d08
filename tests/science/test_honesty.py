"""What is claimed about chance holds for the simulator's own outcomes: skewed, discrete, rare and correlated ones.

Runs of small organisations are simulated once and are the population; samples are drawn from them with fixed seeds, so
that the truth is known. tests/science/test_statistics.py has the same claims for normal distributions, tests/experiments/test_incidence.py
those on incidence. A count of k successes in m trials is judged by its binomial standard error.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.worlds import world
from scipy.special import stdtrit
from scipy.stats import binom, skew

from sim.experiments.compare.brief import verdict_sentence
from sim.experiments.compare.study import PRIMARY, Comparison, compare
from sim.experiments.compare.words import comparison_json, comparison_text
from sim.outcomes.declared import OUTCOMES
from sim.scenario.scenario import Scenario
from sim.simulation.run import run
from sim.statistics import crossing, estimates
from sim.text import numbers

pytestmark = pytest.mark.slow

Pool = Mapping[str, np.ndarray]  # outcome -> its value in every run of the population
SMALL = {"ics": 12, "weeks": 12, "warmup": 2}
TWO_LAYERS = world({}, layers=2, **SMALL)
ONE_BOSS = world({"ai.share_of_code": 0.6}, layers=1, **SMALL)
#: People leave, so that counts of people are among the outcomes.
LEAVING = world({"switches.quits": True, "quits.base": 0.6}, layers=2, **SMALL)
DETECTED = {"better", "worse", "higher", "lower"}
CLAIMS = (" beats ", " loses to ", " is above ", " is below ")
SIZES = (10, 30, 100)
RARE = 0.1  # share of runs


def dice(*key: int) -> np.random.Generator:
    return np.random.default_rng([5505, *key])


def error(share: float, trials: int) -> float:
    return math.sqrt(share * (1 - share) / trials)


def population(scenario: Scenario, runs: int) -> Pool:
    """Return outcomes that are quantities, defined in every run, and not the same in all of them."""
    found = run(scenario, runs, 1, workers=1).outcomes
    return {
        name: x
        for name, x in found.items()
        if OUTCOMES[name].unit not in estimates.CATEGORY_UNITS
        and np.isfinite(x).all()
        and np.ptp(x) > 1e-9 * np.abs(x).max()
    }


@pytest.fixture(scope="module")
def layered() -> Pool:
    return population(TWO_LAYERS, 800)


@pytest.fixture(scope="module")
def flat() -> Pool:
    return population(ONE_BOSS, 800)


@pytest.fixture(scope="module")
def leaving() -> Pool:
    return population(LEAVING, 300)


# ---- intervals of means


def lopsided(x: np.ndarray) -> bool:
    """True if few runs decide: something happens in under one in ten of them, or the skewness is above 2.5."""
    most = np.unique(np.round(x, 9), return_counts=True)[1].max()
    return most > (1 - RARE) * len(x) or abs(float(skew(x))) > 2.5


def interval_ends(sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the t intervals of samples [samples, n], all at once."""
    n = sample.shape[1]
    mean, half = sample.mean(axis=1), stdtrit(n - 1, 0.975) * sample.std(axis=1, ddof=1) / math.sqrt(n)
    return mean - half, mean + half


def coverage(x: np.ndarray, n: int, trials: int, *key: int) -> float:
    """Return the share of samples of n runs whose interval has the mean of the population."""
    lo, hi = interval_ends(x[dice(n, *key).integers(0, len(x), (trials, n))])
    rounding = 1e-12 * abs(x.mean())
    return float(np.mean((lo - rounding <= x.mean()) & (x.mean() <= hi + rounding)))


def test_the_interval_that_is_simulated_here_is_the_reported_one(layered):
    sample = layered["review_wait_hours"][:300].reshape(30, 10)
    reported = [(e.lo, e.hi) for e in map(estimates.mean_ci, sample)]
    np.testing.assert_allclose(np.transpose(interval_ends(sample)), reported, rtol=1e-12)


@pytest.mark.parametrize("n", SIZES)
def test_intervals_of_means_cover(layered, flat, leaving, n):
    """Over all outcomes 94 to 95 %; of skewed ones 80 % or more with 10 runs, 92 % or more with 100."""
    trials = 2000
    found = {
        (k, name): coverage(x, n, trials, k)
        for k, pool in enumerate((layered, flat, leaving))
        for name, x in pool.items()
        if not lopsided(x)
    }
    assert len(found) > 120
    assert np.median(list(found.values())) == pytest.approx(0.95, abs=0.008)
    worst = min(found, key=found.get)
    least = {10: 0.80, 30: 0.88, 100: 0.92}[n]
    assert found[worst] > least, f"{worst} covers {found[worst]:.3f}"
    symmetric = [found[k, name] for k, name in found if abs(skew((layered, flat, leaving)[k][name])) < 0.3]
    assert len(symmetric) > 60
    assert min(symmetric) > 0.95 - 5 * error(0.95, trials)


def test_intervals_of_what_happens_rarely_do_not_cover_with_few_runs(layered, leaving):
    """A limit that is known and said (see `statistics.mean_ci`), not a property that is wanted."""
    scarce = [x for pool in (layered, leaving) for x in pool.values() if lopsided(x)]
    assert scarce
    few, many = (np.array([coverage(x, n, 1000) for x in scarce]) for n in (10, 100))
    assert few.min() < 0.5
    assert np.median(few) < 0.9
    assert many.mean() > few.mean() + 0.1


# ---- paired differences and changes in per cent


def both_defined(a: Pool, b: Pool) -> list[str]:
    return [name for name in a if name in b and not lopsided(b[name] - a[name])]


@pytest.mark.parametrize("n", SIZES)
def test_intervals_of_paired_differences_cover(layered, flat, n):
    """Pairing takes most of the skewness away: 90 % or more for every outcome, with 10 runs, too; quantiles of waits, which
    react strongly, 85 %."""
    trials = 2000
    found = {name: coverage(flat[name] - layered[name], n, trials, 7) for name in both_defined(layered, flat)}
    assert len(found) > 40
    assert np.median(list(found.values())) == pytest.approx(0.95, abs=0.008)
    quantiles = {name for name in found if name.endswith(("_p50_hours", "_p90_hours"))}
    for names, least in ((found.keys() - quantiles, 0.90), (quantiles, 0.85)):
        worst = min(names, key=found.get)
        assert found[worst] > least, worst


#: Changes from -91 % to +360 %.
CHANGES = (
    "value_per_payroll_usd", "lead_time_hours", "decision_latency_hours", "manager_utilisation", "ai_spend_per_year",
    "time_idle_manager", "value_by_managers_per_week", "ai_share_realised", "change_failure_rate",
)  # fmt: skip


@pytest.mark.parametrize("n", [10, 30])
def test_intervals_of_relative_changes_cover(layered, flat, n):
    trials = 250
    covered, divided = [], []
    for k, name in enumerate(CHANGES):
        a, b = layered[name], flat[name]
        truth = b.mean() / a.mean() - 1
        for rows in dice(n, 20, k).integers(0, len(a), (trials, n)):
            p = estimates.paired(a[rows], b[rows], 1)
            assert (p.relative_lo > 0 or p.relative_hi < 0) == (p.p < 0.05)
            covered.append(p.relative_lo <= truth <= p.relative_hi)
            divided.append(p.lo / p.base <= truth <= p.hi / p.base)
    covered, divided = (np.reshape(x, (len(CHANGES), trials)).mean(axis=1) for x in (covered, divided))
    assert covered.mean() == pytest.approx(0.95, abs=4 * error(0.95, trials * len(CHANGES)))
    assert covered.min() > 0.95 - 4 * error(0.95, trials), dict(zip(CHANGES, covered, strict=True))
    assert divided.min() < 0.8  # what dividing the interval of the difference by the base would give


def test_a_relative_change_in_numbers():
    # Fieller by hand: n = 4, t = 3.182446; all r with |mean(diff - r a)| <= t sd(diff - r a) / 2
    a, b = np.array([10.0, 11.0, 9.0, 10.0]), np.array([20.0, 23.0, 19.0, 20.0])
    p = estimates.paired(a, b, 1)
    for end in (p.relative_lo, p.relative_hi):
        rest = b - a - end * a
        assert abs(rest.mean()) == pytest.approx(3.182446 * rest.std(ddof=1) / 2, rel=1e-6)
    assert p.relative_lo < p.relative < p.relative_hi
    twice = estimates.paired(a, 2 * a, 1)
    assert (twice.relative_lo, twice.relative_hi) == (pytest.approx(1.0), pytest.approx(1.0))
    noise = estimates.paired(a - 10, b, 1)  # the base is within noise of zero: no share of it can be told
    assert (noise.relative_lo, noise.relative_hi) == (None, None)
    assert estimates.paired(a[:1], b[:1], 1).relative_lo is None


# ---- nothing is called different when it is within noise


def draws(pool: Pool, shift: float = 0.0, of: str = "") -> Callable:
    """An engine whose runs are drawn from the population, for every scenario (by name) its own: the null is true.

    shift: added to the primary outcome of the scenario named *of*.
    """
    size = len(pool[PRIMARY])

    def simulate(scenario, runs, seed, workers=None, first_run=0, progress=None, **options):
        rows = dice(seed, sum(map(ord, scenario.name)), first_run).integers(0, size, runs)
        outcomes = {name: x[rows] for name, x in pool.items()}
        if scenario.name == of:
            outcomes[PRIMARY] = outcomes[PRIMARY] + shift
        return SimpleNamespace(outcomes=outcomes, runs=np.arange(first_run, first_run + runs), failures=())

    return simulate


A, B = replace(TWO_LAYERS, name="first"), replace(TWO_LAYERS, name="second")


def null(pool: Pool, seed: int, only: tuple[str, ...] = (), **options) -> Comparison:
    """Compare a scenario to itself, on other dice."""
    outcomes = {name: OUTCOMES[name] for name in OUTCOMES if name in (only or pool)}
    return compare([A, B], seed=seed, ranges=0, simulate=draws(pool), outcomes=outcomes, **options)


def claims(found: Comparison) -> tuple[bool, bool]:
    """Return whether a comparison claims a difference in the primary outcome, and in any other."""
    named = {name for name, row in found.rows["second"].items() if row.verdict in DETECTED}
    return PRIMARY in named, bool(named - {PRIMARY})


def test_the_printed_change_has_the_interval_of_a_ratio(layered):
    simulate = draws(layered, float(layered[PRIMARY].mean()), "second")  # twice as much
    found = compare([A, B], 10, 1, 0, simulate=simulate, outcomes={PRIMARY: OUTCOMES[PRIMARY]})
    figures = found.rows["second"][PRIMARY].figures
    ends = f"[{numbers.percent(figures.relative_lo)}, {numbers.percent(figures.relative_hi)}]"
    assert ends in verdict_sentence(found, "second")
    assert ends in comparison_text(found).replace("\n", " ")
    assert comparison_json(found)["comparisons"]["second"][PRIMARY]["relative_ci95"] == [
        figures.relative_lo,
        figures.relative_hi,
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("people", "n"), [(True, 2), (True, 10), (False, 30)])
def test_false_claims_are_at_most_5_percent_in_each_family(layered, leaving, people, n):
    """All outcomes of the simulator, as correlated as they are; with few runs, counts that agree by chance, too."""
    trials = 120
    found = [claims(null(leaving if people else layered, seed, runs=n)) for seed in range(trials)]
    primary, others = np.mean(found, axis=0)
    assert abs(primary - 0.05) < 4 * error(0.05, trials)
    assert others < 0.05 + 3 * error(0.05, trials)


def test_words_and_json_claim_nothing_within_noise(leaving):
    silent = 0
    for seed in range(40):
        found = null(leaving, seed, runs=10)
        data, text = (
            json.loads(json.dumps(comparison_json(found), allow_nan=False)),
            comparison_text(found, everything=True),
        )
        rows = data["comparisons"]["second"]
        for row in rows.values():
            claimed = row["verdict"] in DETECTED
            assert claimed == (row["p_holm"] < 0.05)
            if row["ci95"] and claimed:
                assert row["ci95"][0] > 0 or row["ci95"][1] < 0
        if rows[PRIMARY]["verdict"] in DETECTED:
            continue
        silent += 1
        assert "no difference detected" in data["verdicts"]["second"]
        assert not any(words in text or words in data["verdicts"]["second"] for words in CLAIMS)
        assert "too few to decide" in " ".join(data["warnings"])
        table = [
            line.split()
            for line in text.splitlines()
            if line.split()[:1] and line.split()[0].rstrip("*") in rows
        ]
        printed = {words[0].rstrip("*") for words in table if words[-1] in DETECTED}
        assert printed == {name for name, row in rows.items() if row["verdict"] in DETECTED}
    assert silent > 30


def test_the_same_amount_in_a_few_runs_is_no_proof():
    """Counts agree by chance: then the p values are those of randomisation tests."""
    counts = np.array([1.0, 2.0, 1.0])
    assert estimates.paired(counts, counts + 1, 1).p == 0.25  # 2 of the 8 ways to flip signs
    assert estimates.paired(np.full(2, 3.0), np.full(2, 4.0), 1).p == pytest.approx(
        1 / 3
    )  # 2 of 6 ways to exchange
    assert estimates.paired(np.full(3, 3.0), np.full(3, 4.0), 1).p == pytest.approx(0.1)
    assert (
        estimates.paired(np.full(8, 3.0), np.full(8, 4.0), 1).p < 0.05 / 80
    )  # from the structure: a difference
    assert estimates.paired(counts, counts, 1).p == 1.0


# ---- looking until it is decided, and how many runs it takes


@pytest.mark.slow
def test_until_decided_under_the_null(leaving):
    """At most 5 % for the primary outcome over all looks, and for the others, though the run stops at a chance."""
    trials = 100
    found = [null(leaving, seed, until_decided=True, max_runs=400) for seed in range(trials)]
    assert all(one.decided["second"] == claims(one)[0] for one in found)
    primary, others = np.mean([claims(one) for one in found], axis=0)
    assert primary < 0.05 + 3 * error(0.05, trials)
    assert others < 0.05 + 3 * error(0.05, trials)
    assert np.mean([one.runs for one in found]) > 350  # nearly all go to the end


@pytest.mark.slow
def test_until_decided_finds_what_is_there(layered):
    """A difference that 150 runs find with 80 % is found in nearly every sequence of up to 800, sooner than that."""
    trials = 200
    sd = math.sqrt(2) * layered[PRIMARY].std()
    shift = sd * next(d for d in np.linspace(0.5, 0.05, 2000) if estimates.runs_needed(1.0, d) >= 150)
    simulate = draws(layered, shift, "second")
    options = {"ranges": 0, "outcomes": {PRIMARY: OUTCOMES[PRIMARY]}, "simulate": simulate}
    found = [
        compare([A, B], seed=seed, until_decided=True, max_runs=800, **options) for seed in range(trials)
    ]
    assert np.mean([one.decided["second"] for one in found]) > 0.97
    assert np.mean([claims(one)[0] for one in found]) > 0.97
    assert 100 < np.mean([one.runs for one in found]) < 300
    assert not any(one.rows["second"][PRIMARY].verdict == "worse" for one in found)


@pytest.mark.parametrize("needed", [12, 40])
def test_the_runs_suggested_have_the_power_that_is_said(layered, flat, needed):
    """80 %, for a difference of the size that was seen, whatever the shape of the outcome."""
    trials, powers = 1000, {}
    for k, name in enumerate(("value_per_payroll_usd", "review_wait_hours", "alignment", "rework_share")):
        x = flat[name] - layered[name]
        x = x - x.mean()
        enough = [d for d in np.linspace(2, 0.1, 4000) if estimates.runs_needed(1.0, d) <= needed]
        shift = min(enough) * x.std()
        lo, hi = interval_ends(x[dice(needed, k).integers(0, len(x), (trials, needed))] + shift)
        powers[name] = float(np.mean((lo > 0) | (hi < 0)))
    assert np.mean(list(powers.values())) == pytest.approx(0.8, abs=0.03)
    assert all(0.72 < power < 0.9 for power in powers.values()), powers


# ---- "holds in", crossings


@pytest.mark.parametrize("points", [16, 64, 256])
def test_the_interval_of_holds_in_covers(points):
    """Wilson's, exactly: the probability of every count, no simulation. 95 % on average, never under 83 %."""
    truths = np.linspace(0.005, 0.995, 199)
    ends = np.array([estimates.wilson(k, points) for k in range(points + 1)])
    inside = (ends[:, :1] <= truths) & (truths <= ends[:, 1:])
    covered = (inside * binom.pmf(np.arange(points + 1)[:, None], points, truths)).sum(axis=0)
    assert covered.mean() == pytest.approx(0.95, abs=0.01)
    assert covered.min() > 0.83
    middle = covered[(truths > 0.1) & (truths < 0.9)]
    assert middle.min() > 0.91 if points >= 64 else middle.min() > 0.88


def leads(layered: Pool, flat: Pool, slope: float, n: int, key: int) -> np.ndarray:
    """Leads [5 points, n runs] with the simulator's noise, partly shared by the points of a run; they cross at .42."""
    noise = flat["review_wait_hours"] - layered["review_wait_hours"]
    noise = (noise - noise.mean()) / noise.std()
    shared, own = (dice(n, key, k).integers(0, len(noise), shape) for k, shape in enumerate((n, (5, n))))
    return slope * (np.linspace(0, 1, 5) - 0.42)[:, None] + noise[shared] + 0.5 * noise[own]


@pytest.mark.slow
def test_the_interval_of_a_crossing_covers_with_few_runs(layered, flat):
    inside = []
    for key in range(50):
        for n in (5, 10, 30):
            found = crossing.crossing(np.linspace(0, 1, 5), leads(layered, flat, 4.0, n, key), seed=key)
            assert found.kind in ("overtakes", "falls behind", "ahead throughout", "behind throughout")
            if found.lo is not None:
                inside.append((n, found.lo <= 0.42 <= found.hi))
    for n in (5, 10, 30):
        of_n = [x for size, x in inside if size == n]
        assert len(of_n) > 40
        assert np.mean(of_n) > 0.95 - 4 * error(0.95, len(of_n)), n
    assert np.mean([x for _, x in inside]) > 0.95 - 3 * error(0.95, len(inside))


def test_points_of_a_sweep_without_a_difference(layered, flat, monkeypatch):
    """Signs under the null: some point is called decided in at most 5 % of the sweeps."""
    monkeypatch.setattr(crossing, "REPLICATES", 5)
    trials = 400
    called = [
        any(crossing.crossing(np.linspace(0, 1, 5), leads(layered, flat, 0.0, 20, key)).signs)
        for key in range(trials)
    ]
    assert np.mean(called) < 0.05 + 3 * error(0.05, trials)
