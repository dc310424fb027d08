"""Explain: a stand-in engine with known parts, and the command on tiny organisations."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.cli import clean, orgsim

import cli
from sim.errors import RunsFailedError, UserError
from sim.experiments.explain.pictures import waterfall
from sim.experiments.explain.players import MECHANISMS, NO_MECHANISM, blocks, by_difference
from sim.experiments.explain.study import default_runs, explain, log_mean, planned_runs
from sim.experiments.explain.words import explain_json, explain_text, sentences
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import from_yaml


def test_the_logarithmic_mean_turns_ratios_into_differences() -> None:
    a, b = np.array([1.0, 2.0, 5.0, 0.0]), np.array([2.0, 2.0, 4.0, 1.0])
    assert log_mean(a, b)[:3] * np.log(b[:3] / a[:3]) == pytest.approx((b - a)[:3])
    assert log_mean(a, b)[1] == 2.0
    assert math.isnan(log_mean(a, b)[3])


# ---- a stand-in for the engine

OFF = {
    path: False for path, q in REGISTRY.items() if path.startswith("switches.") and q.value is True
}  # flow mechanisms are on by default
ONE = "organisation: {ics: 12, spans: [4, 3]}\nname: one\n"
TWO = "organisation: {ics: 12, spans: [6, 2]}\nname: two\n"


def scenario(text=ONE, on=("questions", "alignment", "learning"), **more):
    values = OFF | {f"switches.{name}": True for name in on} | more
    return from_yaml("question: Why?\n" + text).with_values(values)


def engine(formula, noise=0.0):
    """A stand-in for `sim.simulation.run.run`: a formula of (is it the second structure, switches), and keyed noise of the run."""

    def simulate(scenario, runs=1, seed=1, *, workers=None, first_run=0, progress=None):
        numbers = np.arange(first_run, first_run + runs)
        switches = {
            path[9:] for path, value in scenario.values.items() if path.startswith("switches.") and value
        }
        level = formula(scenario.organisation.spans[0] == 6, switches, scenario)
        dice = np.array(
            [
                np.random.default_rng([run, len(switches), scenario.organisation.spans[0]]).normal()
                for run in numbers
            ]
        )
        return SimpleNamespace(
            runs=numbers, failures=(), outcomes={"value_per_payroll_usd": level + noise * dice}
        )

    return simulate


def shrinking(second, on, _):
    """B is 20 % ahead; questions take a tenth of both; alignment a further fifth of B; learning does nothing."""
    return (
        100.0
        * (1.2 if second else 1.0)
        * (0.9 if "questions" in on else 1.0)
        * (0.8 if second and "alignment" in on else 1.0)
    )


def by_name(found):
    return {part.player.name: part.mean.mean for part in found.parts}


def test_what_takes_the_same_share_of_both_has_no_part_on_the_ratio_scale_only() -> None:
    found = explain(scenario(), scenario(TWO), runs=3, simulate=engine(shrinking))
    mean = (86.4 - 90.0) / math.log(0.96)
    assert found.whole.difference == pytest.approx(-3.6)
    assert by_name(found) == pytest.approx({"alignment": mean * math.log(0.8), "questions": 0.0}, abs=1e-9)
    assert found.rest.mean.mean == pytest.approx(mean * math.log(1.2))
    raw = explain(scenario(), scenario(TWO), scale="difference", runs=3, simulate=engine(shrinking))
    # v: none 20, questions 18, alignment -4, both -3.6
    assert by_name(raw) == pytest.approx({"alignment": -22.8, "questions": -0.8})
    assert raw.rest.mean.mean == pytest.approx(20.0)
    assert raw.interactions[0].mean.mean == pytest.approx(2.4)
    assert (raw.parts[0].first.mean, raw.parts[0].last.mean) == pytest.approx((-24.0, -21.6))


def test_a_mechanism_without_any_effect_is_dropped_and_said_to_be() -> None:
    found = explain(scenario(), scenario(TWO), runs=3, simulate=engine(shrinking))
    assert [player.name for player in found.no_part] == ["learning"]
    assert "Learning: plays no part" in explain_text(found)
    assert explain_json(found)["no_part"] == ["learning"]


def test_two_that_only_matter_when_both_are_off_are_not_dropped() -> None:
    def either(second, on, _):
        return 100.0 + 10.0 * second * bool({"questions", "alignment"} & on)

    found = explain(scenario(), scenario(TWO), scale="difference", runs=2, simulate=engine(either))
    assert by_name(found) == pytest.approx({"alignment": 5.0, "questions": 5.0})
    assert found.interactions[0].mean.mean == pytest.approx(-10.0)


def test_what_cannot_be_off_stays_on_with_the_reason() -> None:
    def undefined(second, on, scenario):
        if "questions" not in on:
            raise UserError("no answers without questions")
        return shrinking(second, on, scenario) if "alignment" in on else np.nan

    found = explain(scenario(), scenario(TWO), runs=2, simulate=engine(undefined))
    kept = {player.name: reason for player, reason in found.kept}
    assert kept == {
        "questions": "no answers without questions",
        "alignment": "value_per_payroll_usd is undefined",
    }
    assert found.rest.mean.mean == pytest.approx(found.whole.difference)
    assert found.rest.player.words == "structure, money and what stays on"
    assert "Alignment: stays on" in explain_text(found)


def test_levels_that_are_not_above_zero_are_measured_as_difference() -> None:
    found = explain(
        scenario(),
        scenario(TWO),
        runs=2,
        simulate=engine(lambda second, on, _: 5.0 * second * ("questions" in on)),
    )
    assert found.scale == "difference"
    assert by_name(found) == pytest.approx({"questions": 5.0})
    assert "Measured as difference" in explain_text(found)


def test_a_run_that_fails_somewhere_is_left_out_everywhere_and_reported() -> None:
    good = engine(shrinking, noise=0.1)

    def fails(scenario, runs=1, seed=1, *, workers=None, first_run=0, progress=None):
        if scenario.values["switches.questions"] or not first_run <= 2 < first_run + runs:
            return good(scenario, runs, seed, first_run=first_run)
        broken = (SimpleNamespace(run=2, seed=seed, message="it broke"),)
        if runs == 1:
            raise RunsFailedError("every run failed", broken)
        result = good(scenario, runs, seed, first_run=first_run)
        keep = result.runs != 2
        outcomes = {name: values[keep] for name, values in result.outcomes.items()}
        return SimpleNamespace(runs=result.runs[keep], failures=broken, outcomes=outcomes)

    found = explain(scenario(), scenario(TWO), runs=5, simulate=fails)
    assert (found.runs, found.used, found.whole.n) == (5, 4, 4)
    assert {failure.run for failure in found.failures} == {2}
    total = found.rest.mean.mean + sum(part.mean.mean for part in found.parts)
    assert total == pytest.approx(found.whole.difference, rel=1e-9)
    assert "1 more left out" in " ".join(explain_text(found).split())


def test_if_every_run_fails_it_is_said_and_not_called_undefined() -> None:
    def broken(scenario, runs=1, seed=1, **_):
        raise RunsFailedError("every run failed", (SimpleNamespace(run=0, seed=seed, message="it broke"),))

    with pytest.raises(RunsFailedError, match="every run of one or two failed, the first one with: it broke"):
        explain(scenario(), scenario(TWO), runs=2, simulate=broken)


def test_an_outcome_that_no_run_has_is_refused() -> None:
    with pytest.raises(UserError, match="nothing to explain, no run of two"):
        explain(
            scenario(),
            scenario(TWO),
            runs=2,
            simulate=engine(lambda second, on, _: np.nan if second else 1.0),
        )


@pytest.mark.slow
def test_many_mechanisms_are_sampled_and_add_up_in_every_case() -> None:
    names = (
        "questions",
        "alignment",
        "learning",
        "meetings",
        "people_time",
        "hands_on",
        "defects",
        "dependencies",
    )

    def formula(second, on, _):
        return (
            50.0
            + 3.0 * len(on)
            + second * (4.0 - 5.0 * ("questions" in on) - 2.0 * ({"defects", "meetings"} <= on))
        )

    for scale in ("ratio", "difference"):
        found = explain(
            scenario(on=names), scenario(TWO, on=names), scale=scale, runs=24, simulate=engine(formula, 0.01)
        )
        assert found.method == "sampled"
        assert found.orders == 48
        total = found.rest.mean.mean + sum(part.mean.mean for part in found.parts)
        assert total == pytest.approx(found.whole.difference, rel=1e-9)
    assert found.parts[0].player.name == "questions"
    assert found.parts[0].mean.mean == pytest.approx(-5.0, abs=0.02)
    assert by_name(found)["defects"] == pytest.approx(-1.0, abs=0.3)
    assert "24 runs" in explain_text(found)
    assert "48 random orders" in " ".join(explain_text(found).split())


def test_only_what_is_beyond_noise_is_named() -> None:
    noisy = explain(scenario(), scenario(TWO), runs=4, simulate=engine(shrinking, noise=40.0))
    first, second = sentences(noisy)
    assert "no difference detected" in first
    assert "No part is beyond noise" in second
    clear = explain(scenario(), scenario(TWO), runs=4, simulate=engine(shrinking, noise=0.01))
    first, second = sentences(clear)
    assert first.startswith("Value per payroll dollar is 4.0 % [")
    assert "lower in two than in one, mostly because of alignment (-" in first
    assert second.startswith("two gains ")
    assert second.endswith("through structure and money alone.")
    assert "questions" not in first + second
    assert "learning" not in first + second
    single = explain(scenario(), scenario(TWO), runs=1, simulate=engine(shrinking))
    assert "in one run, which decides nothing" in sentences(single)[0]


def test_by_difference_goes_from_a_to_b_in_blocks() -> None:
    def formula(second, on, scenario):
        return 10.0 + 2.0 * second + 100.0 * scenario.values["review.detection"] * (2.0 if second else 1.0)

    other = scenario(TWO, **{"review.detection": 0.7})
    found = explain(scenario(), other, by="difference", scale="difference", runs=2, simulate=engine(formula))
    assert found.rest is None
    assert not found.no_part
    # From 75 to 152: structure first 67, last 72; review first 5, last 10.
    assert by_name(found) == pytest.approx({"structure": 69.5, "review": 7.5})
    assert found.levels[1].mean == pytest.approx(152.0)
    assert [*blocks(scenario(), other)] == ["structure", "review"]


def test_by_difference_keeps_what_hold_is_measured_against() -> None:
    base = from_yaml("question: Why?\n" + ONE)
    held = base.with_values(
        {"organisation.spans": [6, 2], "organisation.hold": "payroll", "money.ic_pay": 200_000.0}
    )
    held = held.with_values({"review.detection": 0.7}, hold_base=base)
    players, scenarios_of = by_difference(base, held)
    everything = frozenset(range(len(players)))
    assert scenarios_of(everything) == (base, held)
    assert scenarios_of(frozenset()) == (base, base)
    for k, player in enumerate(players):
        mixed = scenarios_of(frozenset({k}))[1]
        assert mixed.hold_base is (base if player.name == "structure" else None)


def test_by_difference_needs_two_things_that_differ() -> None:
    with pytest.raises(
        UserError, match=r"in one thing only \(structure of the organisation\).*--by mechanism"
    ):
        explain(scenario(), scenario(TWO), by="difference", simulate=engine(shrinking))


def test_a_single_section_is_taken_apart_by_statement() -> None:
    def formula(second, on, scenario):
        return 100.0 * scenario.values["review.detection"] + scenario.values["review.hours_per_week"]

    other = scenario(**{"review.detection": 0.7, "review.hours_per_week": 4.2})
    found = explain(scenario(), other, by="difference", scale="difference", runs=2, simulate=engine(formula))
    assert by_name(found) == pytest.approx({"review.detection": 5.0, "review.hours_per_week": -1.0})


def test_alternative_paths_do_not_count() -> None:
    alternatives = {"as it is": [], "reshuffled": [{"week": 26, "move": {"share": 0.33}}]}
    paths = scenario(paths=alternatives)
    assert paths.paths
    with pytest.raises(UserError, match="are the same scenario"):
        explain(scenario(), paths, simulate=engine(shrinking))


def test_every_switch_belongs_to_one_mechanism() -> None:
    switches = [path for player in MECHANISMS for path in player.settings if path.startswith("switches.")]
    assert sorted([*switches, *NO_MECHANISM]) == sorted(
        path for path in REGISTRY if path.startswith("switches.")
    )
    assert len({player.name for player in MECHANISMS}) == len(MECHANISMS)


def test_default_sizes_stay_within_a_few_minutes() -> None:
    assert all(planned_runs(k, default_runs(k)) <= 6_000 for k in range(1, 18))
    assert all(default_runs(k) >= 20 for k in range(21))


@pytest.mark.slow
def test_the_waterfall_is_a_picture_and_its_bytes_depend_on_the_figures_only(tmp_path) -> None:
    found = explain(scenario(), scenario(TWO), runs=4, simulate=engine(shrinking, noise=0.01))
    written = waterfall(tmp_path / "one", found)
    assert [path.suffix for path in written] == [".svg", ".png"]
    assert written[1].read_bytes().startswith(b"\x89PNG")
    assert written[1].stat().st_size > 10_000
    svg = written[0].read_text()
    assert svg.count("<path") > 20
    assert "<dc:date>" not in svg
    assert waterfall(tmp_path / "two", found, png=False)[0].read_text() == svg


# ---- the command

TINY = ["--set", "time.weeks=3", "--set", "time.warmup_weeks=0", "--workers", "2"]
QUIET = [
    f"switches.{name}=false"
    for name in (
        "ai",
        "meetings",
        "other_duties",
        "pairwise_communication",
        "skill_differences",
        "hands_on",
        "learning",
        "dependencies",
    )
]  # leaves questions, review, defects, alignment, people time


@pytest.fixture
def files(tmp_path):
    (tmp_path / "one.yaml").write_text("question: Why?\n" + ONE)
    (tmp_path / "two.yaml").write_text("question: Why?\n" + TWO + "review: {detection: 0.8}\n")
    return tmp_path


@pytest.mark.slow
def test_the_parts_of_the_simulator_add_up_to_what_compare_says(files) -> None:
    quiet = [word for text in QUIET for word in ("--set", text)]
    done = orgsim("explain", "one.yaml", "two.yaml", "--runs", "2", *TINY, *quiet, "--json", cwd=files)
    assert done.returncode == 0, done.stderr
    assert clean(done)
    found = json.loads(done.stdout)
    assert found["method"] == "exact"
    assert found["runs_used"] == 2
    names = {part["name"] for part in found["parts"]} | set(found["no_part"])
    assert names == {"questions", "review", "defects", "alignment", "coaching"}
    total = found["rest"]["mean"] + sum(part["mean"] for part in found["parts"])
    assert total == pytest.approx(found["difference"]["mean"], rel=1e-9)
    other = orgsim(
        "compare", "one.yaml", "two.yaml", "--runs", "2", "--ranges", "0", *TINY, *quiet, "--json", cwd=files
    )
    row = json.loads(other.stdout)["comparisons"]["two"]["value_per_payroll_usd"]
    assert found["difference"]["mean"] == pytest.approx(row["difference"], rel=1e-9)
    assert found["difference"]["ci95"] == pytest.approx(row["ci95"], rel=1e-9)
    assert found["rest"]["words"] == "structure, money and other settings alone"
    folder = files / "results" / "one-two-explain"
    assert json.loads((folder / "manifest.json").read_text())["status"] == "complete"
    assert json.loads((folder / "explain.json").read_text()) == found
    assert (folder / "plots" / "waterfall.png").stat().st_size > 10_000
    assert (folder / "plots" / "waterfall.svg").stat().st_size > 10_000


@pytest.mark.slow
def test_orders_are_sampled_the_same_way_whatever_the_workers() -> None:
    short = {"time.weeks": 2, "time.warmup_weeks": 0}
    a, b = (from_yaml(f"question: Why?\n{text}").with_values(short) for text in (ONE, TWO))
    one, three = (explain_json(explain(a, b, runs=2, workers=workers)) for workers in (1, 3))
    assert one == three
    assert one["method"] == "sampled"
    assert one["orders"] == 4
    total = one["rest"]["mean"] + sum(part["mean"] for part in one["parts"])
    assert total == pytest.approx(one["difference"]["mean"], rel=1e-9)


@pytest.mark.slow
def test_by_difference_with_the_simulator(files) -> None:
    done = orgsim(
        "explain",
        "one.yaml",
        "two.yaml",
        "--by",
        "difference",
        "--runs",
        "4",
        *TINY,
        "--out",
        "here",
        cwd=files,
    )
    assert done.returncode == 0, done.stderr
    assert clean(done)
    assert "structure of the organisation" in done.stdout
    assert "\nreview " in done.stdout
    data = json.loads((files / "here" / "explain.json").read_text())
    assert sum(part["mean"] for part in data["parts"]) == pytest.approx(data["difference"]["mean"], rel=1e-9)
    assert data["rest"] is None
    assert (files / "here" / "plots" / "waterfall.png").is_file()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["layered", "layered"], "are the same scenario"),
        (["layered"], "needs two scenarios, got 1"),
        (["layered", "flat", "--outcome", "lead_time"], "did you mean 'lead_time_hours',"),
        (["layered", "flat", "--outcome", "bottleneck"], "is a kind (stage), not a quantity"),
        (["layered", "flat", "--by", "mechanisms"], "did you mean 'mechanism'?"),
        (["layered", "flat", "--scale", "log"], "use one of ratio, difference"),
        (["layered", "flat", "--by", "difference", "--set", "time.weeks=3"], "in one thing only"),
        (["layered", "flat", "--runs", "0"], "0 is outside 1 to 100,000"),
        (["layered", "nosuch"], "nosuch"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(args, said, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.execute(["explain", *args]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert not captured.out
    assert not (tmp_path / "results").exists() or not any((tmp_path / "results").iterdir())


def test_a_folder_of_others_is_left_alone(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert cli.execute(["explain", "layered", "flat", "--out", "mine"]) == 2
    assert "is left alone" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_ctrl_c_ends_with_130_and_leaves_nothing(tmp_path, monkeypatch, capsys) -> None:
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.simulation.simulator.Engine.simulate", interrupted)
    assert cli.execute(["explain", "layered", "flat", "--out", "here"]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "here").exists()
