"""The engine as a whole: steps, chunks, warm-up, runs, seeds, workers, growth and failures."""

import numpy as np
import pytest
from helpers.worlds import ADDRESSED, EVERYTHING, HOURS_PER_WEEK, WORLDS, differences, play, world
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.outcomes.declared import OUTCOMES, WEEKLY
from sim.outcomes.period import Period
from sim.simulation import simulator
from sim.simulation.results import Results
from sim.simulation.run import run
from sim.simulation.simulator import Engine


def same(a: Results, b: Results) -> list[str]:
    """Return the outcomes and series in which two results differ."""
    outcomes = [
        name for name, x in a.outcomes.items() if not np.array_equal(x, b.outcomes[name], equal_nan=True)
    ]
    return outcomes + [
        name for name, x in a.series.items() if not np.array_equal(x, b.series[name], equal_nan=True)
    ]


@pytest.mark.parametrize("tick", [8, 1, 0.5, 0.01])
def test_tick_hours_do_not_change_results(tick):
    scenario = world(EVERYTHING, weeks=6)
    assert (
        same(run(scenario, 2, workers=1), run(scenario.with_values({"time.tick_hours": tick}), 2, workers=1))
        == []
    )


@pytest.mark.parametrize("name", WORLDS)
def test_day_by_day_is_bit_for_bit_the_whole_run(name):
    scenario = world(WORLDS[name], weeks=6)
    engine = Engine(scenario)
    org = engine.begin(1, 0)
    for day in range(1, 6 * 5 + 1):
        org = engine.advance(org, day * 8.0)
        assert org.world[0].now == day * 8.0
    assert differences(play(scenario).weeks, org.weeks) == []


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(st.floats(0.0, 6 * HOURS_PER_WEEK), max_size=30))
def test_chunks_of_any_length_are_bit_for_bit_the_whole_run(stops):
    scenario = world(EVERYTHING, weeks=6)
    engine = Engine(scenario)
    org = engine.begin(1, 0)
    for stop in [*sorted(stops), 6 * HOURS_PER_WEEK]:
        org = engine.advance(org, stop)
    assert differences(play(scenario).weeks, org.weeks) == []


def test_a_longer_horizon_does_not_change_what_comes_before():
    short, long = play(world(weeks=4)), play(world(weeks=9))
    assert differences(short.weeks, long.weeks[:5]) == []


def test_the_warm_up_is_cut():
    """Outcomes count the weeks after the warm-up only; what happens is the same with and without it."""
    whole, cut = world(weeks=10), world(weeks=7, warmup=3)
    records = play(whole).weeks
    assert differences(records, play(cut).weeks) == []
    engine = Engine(cut)
    period = Period(records[[3]], records[[10]], 7, engine.tree, cut.values)
    results = run(cut, 1, workers=1)
    for name, x in results.outcomes.items():
        assert np.array_equal(x, OUTCOMES[name].compute(period), equal_nan=True), name
    longer = run(whole, 1, workers=1)
    assert set(WEEKLY) - results.series.keys() == {"efficiency"}  # of an organisation without work
    for name in results.series:
        assert results.series[name].shape == (1, 7)
        assert np.array_equal(results.series[name][0], longer.series[name][0][3:], equal_nan=True), name


def test_weekly_series_add_up_to_the_outcome():
    results = run(world(EVERYTHING, weeks=12, warmup=2), 3, workers=1)
    for name in ("value_per_week", "changes_per_ic_week", "code_volume_per_week", "incidents_per_week"):
        np.testing.assert_allclose(results.series[name].mean(axis=1), results.outcomes[name], rtol=1e-9)
    np.testing.assert_array_equal(results.series["skill_mean"][:, -1], results.outcomes["skill_mean"])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_alone_is_that_run_of_the_batch(workers):
    scenario = world(EVERYTHING)
    batch = run(scenario, 5, 7, workers=workers)
    assert list(batch.runs) == [0, 1, 2, 3, 4]
    for r in range(5):
        alone = run(scenario, 1, 7, workers=workers, first_run=r)
        assert list(alone.runs) == [r]
        for name, x in alone.outcomes.items():
            assert np.array_equal(x, batch.outcomes[name][[r]], equal_nan=True), name


def test_workers_do_not_matter_and_the_same_seed_gives_the_same_results():
    scenario = world(ADDRESSED)
    results = [run(scenario, 7, 3, workers=workers) for workers in (1, 2, 5)]
    assert same(results[0], results[1]) == same(results[0], results[2]) == []


def test_other_seeds_and_other_runs_are_other_runs():
    scenario = world()
    values = np.concatenate(
        [run(scenario, 5, seed, workers=1).outcomes["value_per_week"] for seed in (1, 2, 2**32 - 1)]
    )
    assert len(np.unique(values)) == 15


def test_an_engine_can_be_used_again():
    engine = Engine(world(EVERYTHING))
    first, *_ = engine.simulate(1, 0)
    engine.simulate(1, 1)
    again, *_ = engine.simulate(1, 0)
    assert differences(first, again) == []


def test_progress_counts_every_run():
    for workers in (1, 2):
        done = []
        run(world(weeks=3), 6, workers=workers, progress=done.append)
        assert done == [1] * 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runs": 0}, "runs: 0"),
        ({"runs": 2_000_000}, "runs: 2000000"),
        ({"seed": -1}, "seed: -1"),
        ({"seed": 2**32}, "seed: 4294967296"),
        ({"first_run": -1}, "first run: -1"),
        ({"workers": 0}, "workers: 0"),
    ],
)
def test_options_that_cannot_be_used_are_named(options, message):
    with pytest.raises(UserError, match=message):
        run(world(weeks=3), **{"runs": 1, **options})


def test_work_without_bounds_stops_with_a_sentence_instead_of_taking_all_memory(monkeypatch):
    monkeypatch.setattr(simulator, "MAX_TABLE_BYTES", 2**20)
    flood = {"arrivals.kind": "incident", "arrivals.per_hour": 50.0, "arrivals.hours": 10.0}
    with pytest.raises(UserError, match=r"unfinished work in week \d+; limit it"):
        run(world(flood, weeks=40), 2, workers=1)


def test_a_run_that_fails_is_listed_and_the_others_are_kept(monkeypatch):
    simulate = Engine.simulate

    def sometimes(self: Engine, seed: int, number: int):
        if number == 2:
            raise UserError("the roof has come down")
        return simulate(self, seed, number)

    whole = run(world(weeks=3), 4, workers=1)
    monkeypatch.setattr(Engine, "simulate", sometimes)
    for workers in (1, 2):
        results = run(world(weeks=3), 4, workers=workers)
        assert list(results.runs) == [0, 1, 3]
        assert [(f.run, f.seed) for f in results.failures] == [(2, 1)]
        assert "the roof has come down" in results.failures[0].message
        np.testing.assert_array_equal(
            results.outcomes["value_per_week"], whole.outcomes["value_per_week"][[0, 1, 3]]
        )


def test_a_scenario_of_which_every_run_fails_is_an_error(monkeypatch):
    def never(self: Engine, seed: int, number: int):
        raise UserError("the roof has come down")

    monkeypatch.setattr(Engine, "simulate", never)
    with pytest.raises(UserError, match=r"every run failed.*the roof has come down"):
        run(world(weeks=3), 3, workers=1)


def test_every_outcome_is_declared_and_computed():
    results = run(world(layers=3, weeks=8), 2, workers=1)
    absent = OUTCOMES.keys() - results.outcomes.keys()
    of_strategy = {"guardrail_coverage", "ai_spend_wasted_share"}
    of_people = {name for name in OUTCOMES if name.startswith(("promotions_into", "hired_into"))}
    layers = {f"manager_utilisation_layer_{k}" for k in range(4, 12)}
    assert absent == {"efficiency"} | of_strategy | of_people | layers
    assert all(np.all(np.isfinite(x)) for x in results.outcomes.values())
    for role in ("ic", "manager"):
        shares = [
            x
            for name, x in results.outcomes.items()
            if name.startswith("time_") and name.endswith(f"_{role}")
        ]
        np.testing.assert_allclose(np.sum(shares, axis=0), 1.0, atol=1e-9)


# --- An organisation that is small enough to be followed by hand ---------------------------------------------------------

PLAIN = {
    "switches.questions": False, "switches.dependencies": False, "switches.defects": False, "switches.alignment": False,
    "switches.meetings": False, "switches.pairwise_communication": False, "switches.other_duties": False,
    "switches.people_time": False, "switches.hands_on": False, "switches.learning": False, "switches.ai": False,
    "switches.skill_differences": False, "switches.review": False, "work.size_distribution": "deterministic",
    "work.size_mean": 4.0, "work.prep_hours": 0.25,
}  # fmt: skip


def test_nothing_but_writing():
    """4 standard hours at 1 + 0.25 hours each take 5 hours: 8 changes a week, all of them merged, nobody idle."""
    w = play(world(PLAIN, ics=6, weeks=5)).world[0]
    assert w.merged + (w.started - w.merged) == w.started
    assert w.merged == 6 * (5 * 8 - 1)  # the last one ends with the week itself, which counts in the next
    got = run(world(PLAIN, ics=6, weeks=5, warmup=1), 1, workers=1).outcomes
    assert got["changes_per_ic_week"] == 8.0
    assert got["lead_time_hours"] == pytest.approx(5.0)
    assert got["time_coding_ic"] == pytest.approx(0.8)
    assert got["time_specifying_ic"] == pytest.approx(0.2)
    assert got["value_per_week"] == pytest.approx(6 * 8 * 4.0)


def test_demand_is_taken_up_as_it_comes():
    """One change a week for each of 6 in one team is one every 40/6 hours; somebody is always free to start it at once."""
    scenario = world({**PLAIN, "work.demand": 1.0}, ics=6, layers=1, weeks=5)
    engine = Engine(scenario)
    org = engine.begin(1, 0)
    for hour in np.arange(1.0, 200.0, 7.3):
        org = engine.advance(org, hour)
        assert org.world[0].started == int(hour * 6 / 40.0) + 1


def test_demand_does_not_wait_for_reviewers():
    """The same with review: an IC whose last change waits for a reviewer still takes up the next one when it comes."""
    slow = {
        **PLAIN,
        "work.demand": 1.0,
        "switches.review": True,
        "switches.pickup": False,
        "communication.delay_hours": 45.0,
    }
    scenario = world(slow, ics=2, layers=1, weeks=5)
    engine = Engine(scenario)
    org = engine.begin(1, 0)
    for hour in np.arange(1.0, 200.0, 7.3):
        org = engine.advance(org, hour)
        assert org.world[0].started == int(hour * 2 / 40.0) + 1, f"at hour {hour:.1f}"


def test_review_costs_what_it_should():
    """Review of 4 standard hours at 0.3 hours each takes 1.2 hours of a teammate, within the budget."""
    values = {
        **PLAIN, "switches.review": True, "switches.pickup": False, "review.hours_per_standard_hour": 0.3,
        "review.hours_per_week": float("inf"), "review.haste_hours": float("inf"), "review.unreviewed_base": 0.0,
        "review.discard_human": 0.0, "work.demand": 2.0,
    }  # fmt: skip
    got = run(world(values, ics=6, layers=1, weeks=20, warmup=2), 1, workers=1).outcomes
    assert got["changes_per_ic_week"] == pytest.approx(2.0, rel=0.02)
    assert got["time_reviewing_ic"] == pytest.approx(2.0 * 1.2 / 40.0, rel=0.02)
    assert got["reviews_per_merge"] == pytest.approx(1.0, rel=0.02)
    # 5 hours of writing, 1 of the message's delay, 1.2 of reading: somebody of six is nearly always free to read.
    assert got["lead_time_hours"] == pytest.approx(7.2, rel=0.02)
