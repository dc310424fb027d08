"""History matching: the formula, twins with a stand-in engine, and the worlds that verdicts are then tried in."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.fake_engine import OUTCOMES as FAKE
from helpers.fake_engine import SWEEP, Engine, run_file, write_sweep

from sim.errors import UserError
from sim.experiments.compare.brief import headline
from sim.experiments.compare.study import compare
from sim.experiments.compare.words import comparison_json, comparison_text
from sim.experiments.fit.emulator import emulator
from sim.experiments.fit.implausibility import (
    CUTOFF,
    implausibility,
    means_of,
    odd_ones_out,
    run_variance,
    targets_of,
)
from sim.experiments.fit.narrowed import narrowed
from sim.experiments.fit.study import Fit, check, fit
from sim.experiments.fit.words import answer, facts, fit_json, fit_text
from sim.experiments.fitted import Fitted, Unusable, fit_file, read_fit, write_fit
from sim.experiments.plausible import varied
from sim.experiments.worlds import choose
from sim.parameters.registry import REGISTRY
from sim.scenario.observed import Observation
from sim.scenario.scenario import Scenario, load
from sim.store.journal import Journal

SIZE, DEFECTS, WAIT = "work.size_mean", "defects.per_standard_hour", "review.pickup_hours"
TRUE = {SIZE: 3.1, DEFECTS: 0.09, WAIT: 2.0}


def figures(values: dict[str, float]) -> dict[str, float]:
    """A world that is known in full: two figures from three parameters."""
    return {
        "lead_time_hours": 8.0 * values[SIZE] + values[WAIT],
        "change_failure_rate": values[DEFECTS] * (1.0 + 0.05 * values[WAIT]),
        "review_wait_hours": values[WAIT],
    }


class World:
    """Call it like the simulator. interrupt_after: sets after which somebody presses Ctrl-C."""

    def __init__(self, interrupt_after: int | None = None) -> None:
        self.sets, self.interrupt_after = 0, interrupt_after

    def __call__(self, scenario: Scenario, runs: int, seed: int, **_: object) -> SimpleNamespace:
        self.sets += 1
        if self.interrupt_after is not None and self.sets > self.interrupt_after:
            raise KeyboardInterrupt
        noise = np.random.default_rng(seed).normal(1.0, 0.02, (3, runs))
        means = figures(scenario.values)
        outcomes = {name: mean * noise[k] for k, (name, mean) in enumerate(means.items())}
        return SimpleNamespace(outcomes=outcomes, runs=np.arange(runs), failures=())


def scenario(
    tmp_path: Path, observed: dict[str, tuple[float, float]], more: str = "", name: str = "mine"
) -> Scenario:
    lines = [f"  {key}: {{value: {value}, within: {within}}}" for key, (value, within) in observed.items()]
    path = tmp_path / f"{name}.yaml"
    path.write_text("\n".join(["question: Mine?", "extends: layered", more, "observed:", *lines]) + "\n")
    return load(path)


def twin(tmp_path: Path) -> Scenario:
    true = figures(TRUE)
    return scenario(tmp_path, {name: (true[name], 0.05 * true[name]) for name in list(true)[:2]})


def found_of(mine: Scenario, simulate: Callable | None = None, **options: object) -> Fit:
    options = {"sizes": (96, 48), "waves": 3, "workers": 1, "useful": 32, **options}
    return fit(mine, simulate=simulate or World(), **options)


# ---- the formula


def test_implausibility_by_hand() -> None:
    """|50 - 40| / sqrt( 9 (1 + 1/2) + 4^2 + (5 % of 40)^2 + 7 )."""
    (target,) = targets_of({"lead_time_hours": Observation(40.0, 8.0)})
    mean, runs = np.array([50.0, 40.0, np.nan]), np.full(3, 9.0)
    found = implausibility(mean, target, runs, 2, 7.0)
    assert found[0] == pytest.approx(10.0 / math.sqrt(13.5 + 16.0 + 4.0 + 7.0), rel=1e-14)
    assert found[1] == 0.0
    assert found[2] == np.inf


def test_figures_are_taken_in_the_unit_in_which_they_are_shown() -> None:
    (target,) = targets_of({"value_per_payroll_usd": Observation(2.0, 0.4, discrepancy=0.1)})
    assert target.value == pytest.approx(0.002)
    assert math.sqrt(target.measured) == pytest.approx(0.0002)
    assert math.sqrt(target.model) == pytest.approx(0.0002)


def test_the_variance_of_a_run_is_pooled_over_the_nearest_sets() -> None:
    rng = np.random.default_rng(1)
    spread = np.repeat([1.0, 10.0], 500)
    means = np.repeat([100.0, 200.0], 500)
    found = run_variance(
        means[:, None] + spread[:, None] * rng.normal(size=(1000, 2)), np.array([90.0, 210.0])
    )
    assert found[0] == pytest.approx(1.0, rel=0.6)
    assert found[1] == pytest.approx(100.0, rel=0.6)
    assert run_variance(np.array([[1.0], [2.0]]), np.array([1.0])).tolist() == [0.0]


def test_the_odd_one_out() -> None:
    alone = np.array([[5.0, 1.0], [4.0, 9.0]])
    assert odd_ones_out(alone, ("a", "b")) == ("a",)  # no set meets a
    together = np.array([[1.0, 1.0, 9.0], [1.0, 2.0, 4.0], [4.0, 4.0, 1.0]])
    assert odd_ones_out(together, ("a", "b", "c")) == ("c",)  # without c two sets are left
    assert odd_ones_out(np.array([[1.0, 2.9]]), ("a", "b")) == ()


# ---- the emulator


def test_the_emulator_finds_a_curved_surface_and_knows_its_error() -> None:
    rng = np.random.default_rng(2)
    shares = rng.random((400, 30))
    noise = 0.05

    def surface(x: np.ndarray) -> np.ndarray:
        return np.exp(1.0 + 2.0 * x[:, 0] - x[:, 1] + x[:, 0] * x[:, 1])

    made = emulator(shares, surface(shares) * np.exp(noise * rng.normal(size=400)))
    assert made is not None
    assert made.log
    assert noise < made.spread < 1.5 * noise
    new = rng.random((200, 30))
    mean, variance = made.predict(new)
    inside = np.abs(mean - surface(new)) < 3.0 * np.sqrt(variance)
    assert inside.mean() > 0.98


def test_of_few_sets_nothing_is_emulated_that_they_cannot_tell() -> None:
    shares = np.random.default_rng(3).random((7, 30))
    assert emulator(shares, np.arange(7.0)) is None
    made = emulator(np.tile(shares, (5, 1)), np.full(35, 2.0))
    assert made is not None
    assert len(made.linear) + len(made.curved) < 35 / 4


# ---- twins


def test_the_truth_is_kept_and_the_worlds_are_narrowed_around_it(tmp_path: Path) -> None:
    found = found_of(twin(tmp_path))
    assert len(found.kept) >= 20
    for j, target in enumerate(found.targets):
        mean = means_of(
            World()(twin(tmp_path).with_values(TRUE), 2, 1).outcomes[target.outcome.name][None, :]
        )
        spread = run_variance(found.figures[:, j], mean)
        assert implausibility(mean, target, spread, found.runs)[0] < CUTOFF
    assert found.volume < 0.25
    told = {one.path: one for one in narrowed(found) if one.told}
    assert {SIZE, DEFECTS} <= set(told)
    assert len(told) <= 4  # two or three are told; chance may add one
    for path in (SIZE, DEFECTS):
        assert told[path].kept[0] <= TRUE[path] <= told[path].kept[1]
        assert told[path].share < 0.8
    assert f"{len(found.kept)} worlds of {len(found.points)} tried look like mine" in answer(found)[0]
    text = fit_text(found)
    assert f"{SIZE} " in text
    assert "parameters are neither narrowed nor moved: --all names them" in " ".join(text.split())
    assert "ai.horizon" not in text
    assert "ai.horizon" in fit_text(found, everything=True)


@pytest.mark.slow
def test_an_emulated_wave_lands_where_worlds_are_kept(tmp_path: Path) -> None:
    found = found_of(twin(tmp_path), sizes=(128, 64), useful=1000)
    first, *others = found.waves
    assert not first.screened
    assert any(wave.screened for wave in others)
    screened = [wave for wave in others if wave.screened]
    rate = sum(wave.kept for wave in screened) / sum(wave.tried for wave in screened)
    assert rate > 2.0 * first.kept / first.tried
    assert sum(wave.kept for wave in found.waves) == len(found.kept)
    # What the emulator left out would hardly have been kept: the volume is the same either way.
    plain = found_of(twin(tmp_path), sizes=(1500, 1), waves=1)
    assert found.volume == pytest.approx(plain.volume, rel=0.4)


def test_what_the_scenario_sets_stays_as_set(tmp_path: Path) -> None:
    mine = scenario(tmp_path, {"lead_time_hours": (28.0, 4.0)}, "work: {size_mean: 3.0}")
    found = found_of(mine, waves=1)
    assert SIZE not in found.paths
    assert all(SIZE not in world for world in found.worlds)


def test_impossible_numbers_say_which(tmp_path: Path) -> None:
    mine = scenario(tmp_path, {"lead_time_hours": (300.0, 5.0), "change_failure_rate": (0.12, 0.02)})
    found = found_of(mine, waves=2)
    assert not len(found.kept)
    assert found.impossible == ("lead_time_hours",)
    assert "hours in the plausible worlds, not 300" in answer(found)[0]
    data = fit_json(found)
    assert (data["kept"], data["impossible"], data["narrowed"]) == (0, ["lead_time_hours"], {})


def test_figures_that_contradict_each_other_name_the_odd_one(tmp_path: Path) -> None:
    """Lead time follows from size and wait: each alone can be met, the three together cannot, and the wait is the odd one."""
    mine = scenario(
        tmp_path,
        {"lead_time_hours": (22.0, 0.5), "review_wait_hours": (7.5, 0.1), "change_failure_rate": (0.1, 0.02)},
    )
    found = found_of(mine, waves=1)
    assert not len(found.kept)
    assert "change_failure_rate" not in found.impossible
    assert "The odd one out is" in answer(found)[0]


def test_nothing_to_fit_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no observed: to fit"):
        check(load("layered"))
    mine = scenario(tmp_path, {"guardrail_coverage": (0.5, 0.1)})
    with pytest.raises(UserError, match=r"observed\.guardrail_coverage: there is no such figure here"):
        found_of(mine)


def test_after_an_interruption_the_same_figures_come_out(tmp_path: Path) -> None:
    mine = twin(tmp_path)
    whole = json.dumps(fit_json(found_of(mine, workers=2)))
    path = tmp_path / "journal"
    with Journal(path, "question") as journal, pytest.raises(KeyboardInterrupt):
        found_of(mine, World(interrupt_after=110), journal=journal)
    again = World()
    with Journal(path, "question") as journal:
        found = found_of(mine, again, journal=journal)
    assert json.dumps(fit_json(found)) == whole
    assert again.sets < len(found.points) - 90


# ---- the file beside the scenario


def written(tmp_path: Path, mine: Scenario) -> list[dict[str, object]]:
    worlds = [dict(TRUE), {**TRUE, SIZE: 3.2}]
    assert write_fit(mine, (), worlds, {"kept": 2}) == tmp_path / "mine.fit.json"
    return worlds


def test_a_fit_is_read_back_until_the_question_changes(tmp_path: Path) -> None:
    mine = twin(tmp_path)
    assert read_fit(mine) is None
    worlds = written(tmp_path, mine)
    assert read_fit(mine) == Fitted("mine.yaml", worlds)
    # What is asked of the scenario later does not make its fit stale.
    assert read_fit(mine.with_sets(["ai.share_of_code=0.6", "time.weeks=30"])) == Fitted("mine.yaml", worlds)
    path = tmp_path / "mine.yaml"
    text = path.read_text()
    path.write_text(text.replace("Mine?", "In other words?"))
    assert isinstance(read_fit(load(path)), Fitted)
    for new, why in (
        (text.replace("value: 26", "value: 27"), "observed figures"),
        (f"{text}time: {{weeks: 30}}\n", "it has"),
    ):
        assert new != text
        path.write_text(new)
        stale = read_fit(load(path))
        assert isinstance(stale, Unusable)
        assert why in stale.reason
        assert "orgsim fit" in stale.reason


def test_a_fit_with_other_settings_is_fresh_as_long_as_these_make_the_same(tmp_path: Path) -> None:
    mine = twin(tmp_path)
    write_fit(mine.with_sets(["time.weeks=30"]), ("time.weeks=30",), [dict(TRUE)], {})
    assert isinstance(read_fit(mine), Fitted)


def test_a_damaged_or_empty_fit_is_not_used(tmp_path: Path) -> None:
    mine = twin(tmp_path)
    write_fit(mine, (), [], {})
    found = read_fit(mine)
    assert isinstance(found, Unusable)
    assert "no plausible world gives the observed figures" in found.reason
    (tmp_path / "mine.fit.json").write_text("{")
    found = read_fit(mine)
    assert isinstance(found, Unusable)
    assert "is damaged" in found.reason


def test_where_the_fit_lies() -> None:
    assert fit_file(load("layered")) == Path("results") / "layered.fit.json"


# ---- whose worlds


def test_the_base_comes_first_and_what_differs_is_never_touched(tmp_path: Path) -> None:
    mine = twin(tmp_path)
    other = scenario(tmp_path, {"lead_time_hours": (30.0, 5.0)}, "review: {pickup_hours: 1.5}", "other")
    ranges = varied((mine, other), REGISTRY)
    none = choose((mine, other), 64)
    assert (none.like, none.sets, none.worlds(ranges)) == ("", (), [])
    assert "what was observed is not used yet" in none.notices[0]
    write_fit(other, (), [{**TRUE, SIZE: 2.7}], {})
    second = choose((mine, other), 64)
    assert (second.like, len(second.sets)) == ("other.yaml", 1)
    written(tmp_path, mine)
    first = choose((mine, other), 64)
    assert (first.like, len(first.sets), first.notices) == ("mine.yaml", 2, ())
    worlds = first.worlds(ranges)
    assert [one[SIZE] for one in worlds] == [3.1, 3.2]
    assert all(WAIT not in one for one in worlds)  # the other scenario sets it
    assert all(set(one) == set(ranges) for one in worlds)  # what the fit says nothing of is drawn
    assert len(choose((mine, other), 1).sets) == 1
    assert choose((mine, other), 0) == choose((load("layered"), load("flat")), 64)


def test_a_variant_of_a_fitted_file_is_tried_in_its_worlds(tmp_path: Path) -> None:
    mine = twin(tmp_path)
    written(tmp_path, mine)
    (tmp_path / "variant.yaml").write_text(
        f"question: q?\nextends: {mine.path.name}\nai: {{share_of_code: 0.5}}\n"
    )
    variant = load(tmp_path / "variant.yaml")
    found = choose((variant, load("flat")), 64)
    assert (found.like, len(found.sets), found.notices) == (mine.path.name, 2, ())


def test_compare_tries_its_verdict_in_the_fitted_worlds_and_says_so(tmp_path: Path) -> None:
    """In the stand-in the verdict hangs on managers' hours for each report: worlds that fix them settle it."""
    mine = scenario(tmp_path, {"lead_time_hours": (30.0, 5.0)})
    flat = load("flat", ["ai.share_of_code=0.27"])
    hours = "managers.people_hours_per_report"
    plain = compare([mine, flat], 20, ranges=32, simulate=Engine(), outcomes=FAKE, workers=1)
    assert plain.like == ""
    assert any("is not used yet" in line for line in plain.warnings)
    every = plain.rows["flat"]["value_per_payroll_usd"].holding
    done: list[tuple[int, int]] = []

    def progress(*runs: int) -> None:
        done.append(runs)

    for at, expected in ((REGISTRY[hours].low, 0.0), (REGISTRY[hours].high, 1.0)):
        write_fit(mine, (), [{hours: at}] * 8, {})
        done.clear()
        found = compare(
            [mine, flat], 20, ranges=32, simulate=Engine(), outcomes=FAKE, workers=1, progress=progress
        )
        assert done[-1] == (2 * 20 + 2 * 4 * (32 + 8),) * 2  # a fit costs as many runs again as it has worlds
        row = found.rows["flat"]["value_per_payroll_usd"]
        assert (row.holding.holds.share, row.holding.reversed.share) == (expected, 1.0 - expected)
        assert replace(row.holding.everywhere, flips=every.flips, sought=every.sought) == every
        assert (found.like, found.ranges, found.everywhere) == ("mine.yaml", 8, 32)
        beside = f"(all plausible worlds: holds in {100 * every.holds.share:.0f} %, reversed in"
        for said in (headline(found, "flat"), " ".join(comparison_text(found).split())):
            assert "of 8 worlds that look like mine.yaml" in said
            assert beside in said
        data = comparison_json(found)
        assert (data["ranges"]["like"], data["ranges"]["all_plausible"]) == ("mine.yaml", 32)
        one = data["comparisons"]["flat"]["value_per_payroll_usd"]
        assert (one["like"], one["holds_in"]) == ("mine.yaml", expected)
        assert one["holds_in_all_plausible"] == every.holds.share
        assert one["reversed_in_all_plausible"] == every.reversed.share


def test_a_sweep_keeps_the_figures_of_the_worlds_it_was_tried_in(tmp_path: Path) -> None:
    """Started again it finds them; without the fit, or with another, others are asked for. A level of `vary` stays as it is."""
    mine, hours = scenario(tmp_path, {"lead_time_hours": (30.0, 5.0)}), "managers.people_hours_per_report"
    text = (
        SWEEP.replace("base.yaml", "mine.yaml").replace("runs: 12", "runs: 4").replace("steps: 4", "steps: 2")
    )
    path = write_sweep(tmp_path, text)
    said: list[dict] = []
    for at in (None, REGISTRY[hours].high, REGISTRY[hours].high, REGISTRY[hours].low):
        if at is not None:
            write_fit(mine, (), [{hours: at, "ai.share_of_code": 0.5}] * 4, {})
        engine = Engine()
        result = run_file(path, tmp_path / "out", engine)
        said.append(json.loads((tmp_path / "out" / "ranges.json").read_text()))
        assert any("is not used yet" in note for note in result.notes) == (at is None)
        like = "4 worlds that look like mine.yaml" in result.answer.robust_sentence
        assert (
            like == ("(all plausible worlds: holds in" in result.answer.robust_sentence) == (at is not None)
        )
        runs_in_worlds = sum(count for first, count in engine.calls if count == 2)
        sets = 8 if at is None else 12
        assert runs_in_worlds == (0 if said[-2:-1] == said[-1:] else 2 * 2 * 2 * sets)
    plain, high, again, low = said
    assert high == again
    assert len({one["key"] for one in said}) == 3
    assert (plain["like"], high["like"], low["like"]) == ("", "mine.yaml", "mine.yaml")
    assert high["everywhere"]["differences"] == low["everywhere"]["differences"] == plain["differences"]
    assert all(d < 0 for row in high["differences"] for d in row)  # people time costs wide spans
    assert all(d > 0 for d in low["differences"][1])
    assert (
        high["differences"][0] != high["differences"][1]
    )  # the AI share is that of the place, not of the world


def test_the_facts_of_a_fit_hold_what_others_rely_on(tmp_path: Path) -> None:
    found = found_of(twin(tmp_path))
    said = facts(found)
    assert {"kept", "tried", "impossible", "narrowed"} <= set(said)
    assert (said["kept"], said["tried"]) == (len(found.kept), len(found.points))
