"""What a sweep says: crossings that recover a known truth, no claim within noise, too few runs, other assumptions."""

import json

import numpy as np
import pytest
from helpers.fake_engine import BASE, CROSSING, SWEEP, Engine, drawn, run_file, write_sweep
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.errors import UserError
from sim.experiments.plausible import plausible_sets, varied
from sim.experiments.sweep.figures import answer_json
from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.plausible import places, planned
from sim.experiments.sweep.sentences import crossing_sentence, is_shown, too_few
from sim.experiments.sweep.words import sweep_text
from sim.parameters.registry import REGISTRY
from sim.statistics import crossing, estimates
from sim.text import numbers, tables
from sim.text.numbers import shown_unit


class Same(Engine):
    """Two designs without a difference."""

    def truth(self, layers, values):
        return 1.0


# ---- crossings


def test_the_crossing_is_recovered(tmp_path):
    text = SWEEP.replace("steps: 4", "steps: 10").replace("runs: 12", "runs: 50")
    result = run_file(write_sweep(tmp_path, text), tmp_path / "out")
    found = result.answer.panels[0].crossing
    assert found.kind == "overtakes"
    assert found.lo <= CROSSING <= found.hi
    assert found.x == pytest.approx(CROSSING, abs=0.02)
    assert (
        "flat (2 layers) overtakes layered (3 layers) on value per payroll dollar at AI share of code 0.4"
        in " ".join(sweep_text(result).split())
    )
    best = result.answer.panels[0].best
    assert best[0] == (1, True)
    assert best[-1] == (0, True)
    assert result.answer.notices() == []


def test_never_within_the_range(tmp_path):
    text = SWEEP.replace("to: 0.9", "to: 0.3").replace("runs: 12", "runs: 40")
    result = run_file(write_sweep(tmp_path, text), tmp_path / "out")
    sentence = result.answer.panels[0].sentence
    assert "flat (2 layers) never overtakes layered (3 layers)" in sentence
    assert "within AI share of code 0 to 0.3: it is behind layered (3 layers) throughout" in sentence


def test_noise_is_not_called_a_difference(tmp_path):
    result = run_file(write_sweep(tmp_path), tmp_path / "out", Same(noise=0.05))
    assert result.answer.panels[0].sentence.startswith("No difference detected between flat (2 layers)")
    assert all(best is None or not best[1] for best in result.answer.panels[0].best)
    assert "*" not in sweep_text(result)


def test_one_dimensional_and_sampled_sweeps(tmp_path):
    layers = SWEEP.replace("  ai.share_of_code: {from: 0.0, to: 0.9, steps: 4}\n", "")
    result = run_file(write_sweep(tmp_path, layers), tmp_path / "a")
    assert "flat (2 layers) loses to layered (3 layers)" in sweep_text(result)
    share = SWEEP.replace("  organisation.management_layers: [2, 3]\n", "")
    result = run_file(write_sweep(tmp_path, share), tmp_path / "b")
    assert "95 % interval" in sweep_text(result)
    assert drawn(result)
    sampled = SWEEP.replace(", steps: 4", "") + "design: lhs\nsamples: 5\n"
    result = run_file(write_sweep(tmp_path, sampled), tmp_path / "c")
    drawn(result)
    assert len(result.values) == 5
    assert "AI share of code" in sweep_text(result)


@pytest.mark.slow
def test_three_paths_make_a_table_per_value_of_the_third(tmp_path):
    text = SWEEP.replace("vary:\n", "vary:\n  ai.agent_fraction: [0.1, 0.5]\n")
    result = run_file(write_sweep(tmp_path, text), tmp_path / "out")
    drawn(result)
    assert [panel.fixed for panel in result.answer.panels] == [
        {"ai.agent_fraction": 0.1},
        {"ai.agent_fraction": 0.5},
    ]
    assert "At AI agent fraction 0.1: flat" in sweep_text(result)
    assert ", AI agent fraction as in the base, that flat" in result.answer.robust_sentence
    assert (tmp_path / "out" / "plots" / "heat-map-2.svg").exists()


def test_spans_can_be_varied(tmp_path):
    text = SWEEP.replace("organisation.management_layers: [2, 3]", "organisation.spans: [[12, 8], [6, 4, 4]]")
    result = run_file(write_sweep(tmp_path, text), tmp_path / "out")
    assert "spans 12-8 overtakes spans 6-4-4" in sweep_text(result)
    assert "0,12-8,0," in (tmp_path / "out" / "summary.csv").read_text()


def test_the_words_of_the_table(tmp_path):
    text = SWEEP.replace("[2, 3]", "[1, 2]")
    shown = sweep_text(run_file(write_sweep(tmp_path, text), tmp_path / "out"))
    assert " ICs, 1 manager, first-line span" in shown
    assert tables.width(shown) <= 100


def test_json_of_an_answer_is_finite(tmp_path):
    result = run_file(write_sweep(tmp_path), tmp_path / "out")
    data = json.loads(json.dumps(answer_json(result.answer), allow_nan=False))
    assert data["panels"][0]["columns"] == [2, 3]
    assert data["panels"][0]["crossing"]["kind"] == "overtakes"
    # Texts show it per 1,000 USD, JSON keeps the declared unit.
    assert (data["unit"], result.answer.unit) == ("standard hours/USD", "standard hours per 1,000 USD")
    shown = result.answer.panels[0].estimates[0][0]
    assert (
        data["panels"][0]["mean"][0][0]
        == pytest.approx(np.mean(result.values[0]))
        == pytest.approx(shown.mean / 1000)
    )
    assert data["panels"][0]["ci95"][0][0][0] < data["panels"][0]["mean"][0][0]
    assert [place["at"] for place in data["holds_in"]] == [0.0, 0.3, 0.9]


def test_units_are_shown_per_thousand_usd():
    assert shown_unit("standard hours/USD") == ("standard hours per 1,000 USD", 1000.0)
    assert shown_unit("standard hours per USD") == ("standard hours per 1,000 USD", 1000.0)
    assert shown_unit("USD/standard hour") == ("USD/standard hour", 1.0)


# ---- too few runs


def leads(slope: float, at: float, noise: float, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Values of `along`, and how far the first design is ahead of the second in each run."""
    x = np.linspace(0, 0.9, 5)
    rng = np.random.default_rng(seed)
    return x, slope * (x - at)[:, None] + noise * rng.normal(size=(5, runs))


@given(st.floats(-1, 1), st.floats(-0.5, 1.4), st.floats(0.01, 1.0), st.integers(1, 12), st.integers(0, 99))
def test_the_sentence_claims_no_more_than_the_rows_show(slope, at, noise, runs, seed):
    x, diff = leads(slope, at, noise, runs, seed)
    found = crossing.crossing(x, diff)
    pair = [estimates.paired(np.ones(runs), 1 + row, 1) for row in diff]
    declared = type("Declared", (), {"name": "value_per_fte", "better": 1})
    sentence = crossing_sentence(found, x, pair, "ai.share_of_code", ("flat", "layered"), declared)
    few = too_few(x, pair, found, "ai.share_of_code")
    if "throughout" in sentence or "never" in sentence:
        assert all(found.signs)
    if "flat overtakes" in sentence or "behind beyond" in sentence:
        assert is_shown(found, x)
        assert {1, -1} <= set(found.signs)
    if "no difference is detected" in sentence or sentence.startswith("No difference"):
        assert few is not None
        assert few.at
        assert few.runs == runs
        assert few.suggested is None or few.suggested > runs
    if few is None:
        assert all(found.signs) or is_shown(found, x)


def test_too_few_runs_are_said_with_the_number_that_would_do(tmp_path):
    path = write_sweep(tmp_path, SWEEP.replace("to: 0.9", "to: 0.3"))
    few = run_file(path, tmp_path / "few", Engine(noise=0.05), sweep=load_sweep(path, runs=4))
    text = " ".join(sweep_text(few).split())
    assert "Too few runs: 4 runs a point are too few to decide at " in text
    assert "never" not in few.answer.panels[0].sentence
    notice = answer_json(few.answer)["panels"][0]["too_few_runs"]
    assert notice["runs"] == 4
    assert notice["at"]
    assert f"About {notice['suggested']:,} would decide differences of the size seen" in text
    enough = load_sweep(path, runs=2 * notice["suggested"])
    assert run_file(path, tmp_path / "enough", Engine(noise=0.05), sweep=enough).answer.notices() == []


@pytest.mark.slow
def test_rows_within_noise_beside_a_clear_crossing_need_no_more_runs(tmp_path):
    text = SWEEP.replace("steps: 4", "steps: 10")
    path = write_sweep(tmp_path, text)
    result = run_file(path, tmp_path / "out", Engine(noise=0.02))
    assert 0 in result.answer.panels[0].crossing.signs
    assert result.answer.notices() == []
    few = run_file(path, tmp_path / "few", Engine(noise=0.001), sweep=load_sweep(path, runs=5))
    assert few.answer.notices() == [
        "5 runs a point are few: the interval of the crossing is rough. Use at least 20."
    ]


@pytest.mark.slow
def test_an_undecided_crossing_is_not_drawn_or_called_one(tmp_path):
    path = write_sweep(tmp_path, SWEEP.replace("to: 0.9", "to: 0.6"))
    result = run_file(path, tmp_path / "out", Engine(noise=0.08))
    drawn(result)
    panel = result.answer.panels[0]
    assert panel.crossing.x is not None
    assert not is_shown(panel.crossing, panel.rows)
    assert "overtakes" not in panel.sentence
    assert "overtakes" not in (tmp_path / "out" / "plots" / "lines.svg").read_text()
    assert answer_json(result.answer)["panels"][0]["crossing"]["beyond_noise"] is False


@pytest.mark.parametrize("runs", [1, 2])
def test_one_or_two_runs(tmp_path, runs):
    path = write_sweep(tmp_path)
    result = run_file(path, tmp_path / "out", Engine(noise=0.05), sweep=load_sweep(path, runs=runs))
    assert "Too few runs: " in sweep_text(result)
    json.dumps(answer_json(result.answer), allow_nan=False)


def test_differences_that_are_hardly_there(tmp_path):
    path = write_sweep(tmp_path)
    few = too_few(
        (0.0, 0.3),
        [estimates.paired(np.ones(9), 1 + d, 1) for d in close_and_clear()],
        None,
        "ai.share_of_code",
    )
    assert few.at == (0.0,)
    assert few.suggested is None
    noise = close_and_clear()[0]
    half = stats.t.ppf(0.975, 8) * noise.std(ddof=1) / 3
    most = np.ceil(1000 * (0.001 + half)) / 10
    assert few.sentence == (
        "9 runs a point are too few to decide at AI share of code 0; the difference, if there is any, is smaller than "
        f"{most:.1f} % with 95 %."
    )
    assert path.exists()


def close_and_clear():
    noise = np.random.default_rng(3).normal(size=9)
    noise -= noise.mean()
    return noise + 0.001, noise + 50.0


# ---- other assumptions


@pytest.mark.slow
def test_plausible_ranges_are_tried_at_the_first_the_middle_and_the_last_value(tmp_path):
    text = SWEEP.replace("ranges: 8", "ranges: 64").replace("steps: 4", "steps: 10")
    result = run_file(write_sweep(tmp_path, text), tmp_path / "out", Engine(noise=0.0))
    robust = result.answer.robust
    assert [r.at for r in robust] == [0.0, 0.4, 0.9]
    sets = plausible_sets(varied([result.sweep.base], REGISTRY), 64)
    hours = np.array([one["managers.people_hours_per_report"] for one in sets], float)
    for r in robust:
        # The truth: flat wins where people hours are below 1.2 + .6 (share - .42)
        assert r.ahead.worlds == 64
        assert r.ahead.holds.share == np.mean(hours < 1.2 + 0.6 * (r.at - CROSSING))
    sentence = result.answer.robust_sentence
    shares = [numbers.percent(r.ahead.holds.share, 0) for r in robust]
    assert f"that flat (2 layers) is ahead of layered (3 layers) holds in {shares[0]} % [" in sentence
    assert f"% at AI share of code 0; holds in {shares[1]} % [" in sentence
    assert "% at 0.9. Each is judged beyond the noise of 2 runs in a world." in sentence
    # What it hangs on is found, at every place.
    assert {r.ahead.flips.path for r in robust} == {"managers.people_hours_per_report"}
    assert "managers: people hours per report flips" in sentence
    # At share 0 the verdict is clear (flat behind in 70 %), in the middle it is within noise, at 0.9 it is borne out.
    assert [r.support for r in robust] == ["most agree", "not settled", "most agree"]
    assert (
        "But the plausible worlds do not settle it at AI share of code 0.4." in result.answer.sentences()[0]
    )


def test_three_places_cost_little_more_runs_than_one(tmp_path):
    one = load_sweep(
        write_sweep(tmp_path, SWEEP.replace("  ai.share_of_code: {from: 0.0, to: 0.9, steps: 4}\n", ""))
    )
    three = load_sweep(write_sweep(tmp_path))
    assert (places(one), planned(one)) == ((None,), 2 * 8 * 4)
    assert (places(three), planned(three)) == ((0.0, 0.3, 0.9), 2 * 8 * 3 * 2)
    engine = Engine()
    run_file(tmp_path / "sweep.yaml", tmp_path / "out", engine)
    assert sum(runs for first, runs in engine.calls if runs == 2) == 2 * 8 * 3 * 2


def test_a_path_that_is_uncertain_itself_stays_where_it_is_tried(tmp_path):
    text = SWEEP.replace(
        "ai.share_of_code: {from: 0.0, to: 0.9, steps: 4}", "questions.per_standard_hour: [0.1, 0.3]"
    )
    seen = []

    class Watching(Engine):
        def __call__(self, scenario, runs=100, seed=1, **options):
            if runs == 2:  # two places: two runs each
                seen.append(scenario.values["questions.per_standard_hour"])
            return super().__call__(scenario, runs, seed, **options)

    run_file(write_sweep(tmp_path, text), tmp_path / "out", Watching())
    assert sorted(set(seen)) == [0.1, 0.3]
    assert len(seen) == 2 * 2 * 8


def test_sets_that_cannot_be_run_are_said(tmp_path):
    path, seen = "managers.people_hours_per_report", set()

    class Noting(Engine):
        def __call__(self, scenario, runs=100, seed=1, **options):
            seen.add(scenario.values[path])
            return super().__call__(scenario, runs, seed, **options)

    run_file(write_sweep(tmp_path), tmp_path / "noted", Noting())
    busiest = max(seen)  # in one of the sets

    class Refusing(Engine):
        def __call__(self, scenario, runs=100, seed=1, **options):
            if scenario.values[path] == busiest:
                raise UserError("too busy")
            return super().__call__(scenario, runs, seed, **options)

    result = run_file(write_sweep(tmp_path), tmp_path / "out", Refusing())
    assert "(1 world could not be run)" in result.answer.robust_sentence
    assert {r.ahead.worlds for r in result.answer.robust} == {7}


# ---- levels of one path


LEVELS = SWEEP.replace("[2, 3]", "[1, 2, 3, 4]").replace(
    "  ai.share_of_code: {from: 0.0, to: 0.9, steps: 4}\n", ""
)


def test_all_levels_of_one_path_are_ranked(tmp_path):
    result = run_file(write_sweep(tmp_path, LEVELS), tmp_path / "out")
    panel = result.answer.panels[0]
    assert panel.rows[panel.ranking.best] == 3
    assert panel.ranking.beyond == (True, True, False, True)
    text = " ".join(sweep_text(result).split())
    assert "Best mean on value per payroll dollar: 3 layers, beyond noise ahead of 2 layers (+" in text
    assert "is ahead of 2 layers holds in " in text  # the best against the runner-up on plausible sets
    assert "1 layer: " in text
    table = sweep_text(result).split("\n\n")[2].splitlines()
    assert table[0].split()[:2] == ["management", "layers"]
    assert [line.split()[0] for line in table[2:6]] == ["1", "2", "3", "4"]
    assert [line.count("*") for line in table[2:6]] == [0, 0, 1, 0]
    assert [path.name for path in drawn(result)] == ["lines.svg", "lines.png"]
    data = answer_json(result.answer)["panels"][0]["ranking"]
    assert (data["best"], [one["level"] for one in data["ahead_of"]]) == (3, [1, 2, 4])
    assert json.dumps(data, allow_nan=False)


def test_levels_within_noise_are_not_ranked(tmp_path):
    result = run_file(write_sweep(tmp_path, LEVELS), tmp_path / "out", Same(noise=0.05))
    sentence = result.answer.panels[0].sentence
    assert "but no difference to another is detected" in sentence
    assert "12 runs a point are too few to tell" in result.answer.notices()[0]
    assert not any(result.answer.panels[0].ranking.beyond)


def test_two_designs_on_one_path_have_no_empty_column(tmp_path):
    text = LEVELS.replace("[1, 2, 3, 4]", "[2, 3]")
    result = run_file(write_sweep(tmp_path, text), tmp_path / "out")
    table = sweep_text(result).split("\n\n")[2]
    assert table.startswith("2 layers")
    assert drawn(result) == ()


def test_a_verdict_that_the_plausible_sets_contradict(tmp_path):
    class Contrary(Engine):
        def truth(self, layers, values):
            base = values["managers.people_hours_per_report"] == 1.2
            return 1.0 if layers == 3 else 1.2 if base else 0.8

    text = SWEEP.replace("ranges: 8", "ranges: 32").replace("{from: 0.0, to: 0.9, steps: 4}", "[0.1, 0.5]")
    path = write_sweep(tmp_path, text)
    assert load_sweep(path).base.values["managers.people_hours_per_report"] == 1.2
    result = run_file(path, tmp_path / "out", Contrary())
    assert "never overtaken by" in result.answer.panels[0].sentence
    assert result.answer.panels[0].sentence.endswith(
        "But most plausible worlds say the opposite at AI share of code 0.1 and 0.5."
    )
    assert [one["support"] for one in answer_json(result.answer)["holds_in"]] == ["most say the opposite"] * 2


def test_what_limits_every_answer_is_in_the_text(tmp_path):
    path = write_sweep(tmp_path, SWEEP + "weeks: 30\n")
    move = "[{week: 20, lay_off: {role: ic, number: 2}}]"
    (tmp_path / "base.yaml").write_text(BASE + f"paths: {{stay: [], cut: {move}}}\n")
    text = " ".join(sweep_text(run_file(path, tmp_path / "out")).split())
    assert "Note: base: its paths are followed by `orgsim run` only" in text
    assert "Note: 30 weeks are fewer than 52 weeks" in text
