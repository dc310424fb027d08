"""Sweeps: files, designs, resuming and extending, byte-identical summaries. Answers: test_sweep_answers.py."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from helpers.fake_engine import CROSSING, OUTCOMES, SWEEP, Engine, drawn, run_file, write_sweep
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments import designs
from sim.experiments.designs import Levels, Range
from sim.experiments.sweep.blocks import Block
from sim.experiments.sweep.cutting import MOST_RUNS, SECONDS, Cutter
from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.words import sweep_text
from sim.experiments.sweep.work import gaps
from sim.store.folder import read_manifest
from sim.store.tables import Tables

run = run_file
IN_WORLDS = 8 * 2 * 3 * 2  # runs of the two designs in eight plausible worlds, two at each of three places


@pytest.fixture
def sweep_file(tmp_path):
    return write_sweep(tmp_path)


# ---- designs


def test_grid_varies_the_last_path_fastest():
    points = designs.grid({"a": Levels((1, 2)), "b": Levels(("x", "y", "z"))})
    assert points[:2] == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}]
    assert len(points) == 6


def test_steps_are_clean_numbers():
    assert designs.steps(0.0, 0.9, 10) == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    assert designs.steps(1, 4, 4) == (1, 2, 3, 4)
    assert all(isinstance(v, int) for v in designs.steps(1, 4, 4))
    assert designs.steps(0, 1, 3) == (0.0, 0.5, 1.0)


def test_latin_hypercube_uses_every_slice_once():
    vary = {"u": Range(0.0, 1.0), "n": Range(1, 8, integer=True), "log": Range(1.0, 1000.0, log=True)}
    points = designs.lhs(vary, 8, seed=3)
    assert sorted(int(8 * p["u"]) for p in points) == list(range(8))
    assert sorted(p["n"] for p in points) == list(range(1, 9))
    assert sorted(int(8 * math.log10(p["log"]) / 3) for p in points) == list(range(8))
    assert points == designs.lhs(vary, 8, seed=3)
    assert points != designs.lhs(vary, 8, seed=4)


def test_the_draws_of_a_path_follow_from_its_name():
    vary = {"u": Range(0.0, 1.0), "v": Range(0.0, 1.0), "w": Range(0.0, 2.0)}
    points = designs.lhs(vary, 16, seed=3)
    fewer = designs.lhs({path: vary[path] for path in ("w", "u")}, 16, seed=3)
    assert [(p["u"], p["w"]) for p in points] == [(p["u"], p["w"]) for p in fewer]
    assert all(p["u"] != p["v"] for p in points)


def test_sobol_is_deterministic_and_inside():
    vary = {"u": Range(-1.0, 1.0), "w": Levels(("a", "b"))}
    points = designs.sobol(vary, 6)
    assert points == designs.sobol(vary, 6)
    assert len(points) == 6
    assert all(-1 <= p["u"] <= 1 and p["w"] in "ab" for p in points)


def test_too_large_designs_are_refused_before_they_are_built():
    vary = {f"p{k}": Levels(tuple(range(50))) for k in range(10)}
    with pytest.raises(UserError, match="more than the limit of 100,000"):
        designs.grid(vary)
    with pytest.raises(UserError, match="1,000,000 points"):
        designs.lhs({"u": Range(0.0, 1.0)}, 1_000_000)


# ---- files


def test_a_sweep_file(sweep_file):
    sweep = load_sweep(sweep_file)
    assert (sweep.name, sweep.runs, sweep.seed, sweep.hold, len(sweep.points)) == (
        "tiny",
        12,
        1,
        "payroll",
        8,
    )
    assert sweep.crossing.of == "organisation.management_layers"
    assert sweep.crossing.between == (2, 3)
    assert sweep.crossing.along == "ai.share_of_code"
    point = sweep.scenario(sweep.points[0])
    assert point.hold_base is sweep.base
    assert point.organisation.hold == "payroll"
    assert point.organisation.management_layers == 2
    assert point.values["ai.share_of_code"] == 0.0


def test_runs_seed_and_sets_of_the_command_line(sweep_file):
    sweep = load_sweep(sweep_file, sets=["work.size_cv=0.9"], runs=3, seed=7)
    assert (sweep.runs, sweep.seed) == (3, 7)
    assert sweep.scenario(sweep.points[0]).values["work.size_cv"] == 0.9


def test_weeks_are_those_of_every_run_and_the_command_line_wins(tmp_path):
    file = write_sweep(tmp_path, SWEEP.replace("runs: 12", "runs: 12\nweeks: 5"))
    assert load_sweep(file).scenario(load_sweep(file).points[0]).weeks == 5
    assert load_sweep(file, sets=["time.weeks=7"]).base.weeks == 7


def test_prices_that_a_point_sets_also_price_the_base(tmp_path):
    text = SWEEP.replace(
        "ai.share_of_code: {from: 0.0, to: 0.9, steps: 4}", "money.manager_ratio_1: [1.2, 1.5]"
    )
    sweep = load_sweep(write_sweep(tmp_path, text))
    point = sweep.scenario(sweep.points[1])
    assert point.values["money.manager_ratio_1"] == point.hold_base.values["money.manager_ratio_1"] == 1.5


MISTAKES = [
    ("runs: 12", "runz: 12", "sweep.yaml:8:1: runz: unknown key, did you mean 'runs'?"),
    ("ai.share_of_code", "ai.share_of_cod", "sweep.yaml:6:3: vary.ai.share_of_cod: unknown parameter"),
    ("to: 0.9", "to: 1.9", "is outside from 0 to"),
    ("[2, 3]", "[2, 2]", "a value is listed twice"),
    ("[2, 3]", "[2, 3.5]", "expected a whole number"),
    ("[2, 3]", "[]", "expected a list of values"),
    ("steps: 4", "stops: 4", "unknown key, did you mean 'steps'?"),
    ("steps: 4", "steps: 1", "expected a whole number from 2"),
    ("from: 0.0", "from: .nan", "expected a number"),
    ("from: 0.0", "from: 0.9", "must be below"),
    (", steps: 4", "", "a grid needs steps"),
    ("hold: payroll", "hold: pay", "did you mean 'payroll'?"),
    ("runs: 12", "runs: 0", "runs: expected a whole number from 1"),
    ("runs: 12", "runs: {until: tired, max: 90}", "the only rule is: decided"),
    ("runs: 12", "design: lhs", "lhs needs the key samples"),
    ("runs: 12", "samples: 5", "a grid has no samples"),
    ("runs: 12", "weeks: 0", "expected a whole number from 1 to 10,000"),
    ("base: base.yaml", "base: bass.yaml", "bass.yaml: no such file"),
    ("question: At", "quest: At", "did you mean 'question'?"),
    ("name: tiny", "name: a/b", "cannot be the name"),
    ("runs: 12", "crossing: {of: ai.share_of_code}", "the key between is missing"),
    ("runs: 12", "crossing: {of: organisation.management_layers, between: [2, 5]}", "5 is not a value of"),
    ("runs: 12", "crossing: {of: organisation.management_layers, between: [2]}", "expected two values"),
    ("runs: 12", "crossing: {of: organisation.management, between: [2, 3]}", "is not varied, did you mean"),
    ("runs: 12", "crossing: [1]", "expected keys with values, such as `of: ...`, got [1]"),
    ("runs: 12", "runs: 50%", "expected a whole number from 1"),
    ("[2, 3]", "two", "expected a list of values or {from, to, steps}, got 'two'"),
    (
        "{from: 0.0, to: 0.9, steps: 4}",
        "[10%, 0.6]",
        "vary.ai.share_of_code: write 0.1 instead of 10%, a fraction",
    ),
    ("to: 0.9", "to: 90 %", "vary.ai.share_of_code.to: write 0.9 instead of 90 %, a fraction"),
    ("runs: 12", "runs: true", "got true"),
]


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[new for _, new, _ in MISTAKES])
def test_mistakes_in_a_file_are_named(tmp_path, old, new, message):
    assert old in SWEEP
    with pytest.raises(UserError) as caught:
        load_sweep(write_sweep(tmp_path, SWEEP.replace(old, new)))
    assert message in str(caught.value)
    assert "sweep.yaml:" in str(caught.value)


def test_a_scenario_is_no_sweep(tmp_path):
    write_sweep(tmp_path)
    with pytest.raises(UserError) as caught:
        load_sweep(tmp_path / "base.yaml")
    assert "this is a scenario, not a sweep; use `orgsim run " in str(caught.value)
    assert "`vary:`" in str(caught.value)
    (tmp_path / "base.yaml").write_text("question: Why?\nruns: 5\n")
    with pytest.raises(UserError, match="the key base is missing"):
        load_sweep(tmp_path / "base.yaml")


# ---- running


@pytest.mark.slow
def test_results_folder(sweep_file, tmp_path):
    result = run(sweep_file, tmp_path / "out")
    folder = result.folder
    manifest = read_manifest(folder)
    assert manifest["status"] == "complete"
    assert manifest["name"] == "tiny"
    assert manifest["seeds"] == {"seed": 1, "runs": [0, 11]}
    assert str(tmp_path) not in json.dumps(manifest)
    with Tables() as tables:
        runs = tables.read(sorted((folder / "runs").iterdir()))
        series = tables.read(sorted((folder / "series").iterdir()))
        assert tables.read([folder / "failures.parquet"])["run"].size == 0
    assert len(runs["run"]) == 8 * 12
    assert {"point", "run", "seed", "organisation.management_layers", "ai.share_of_code"} <= set(runs)
    assert len(series["week"]) == 8 * 12 * 3
    assert series["week"].min() == 1
    names = {path.name for path in drawn(result)}
    assert names == {
        f"{name}.{kind}" for name in ("heat-map", "lines", "difference") for kind in ("svg", "png")
    }
    assert not list(folder.rglob("*.tmp"))
    assert not (folder / ".blocks").exists()


def test_summary(sweep_file, tmp_path):
    result = run(sweep_file, tmp_path / "out")
    lines = (result.folder / "summary.csv").read_text().splitlines()
    assert lines[0] == (
        "point,organisation.management_layers,ai.share_of_code,outcome,unit,runs,failed,defined,mean,sd,ci95_lo,ci95_hi"
    )
    assert len(lines) == 1 + 8 * len(OUTCOMES)
    assert lines[4].startswith(
        "0,2,0,cost_per_value,USD/standard hour,12,0,9,"
    )  # undefined runs are not counted


@pytest.mark.slow
def test_same_bytes_whatever_the_workers(sweep_file, tmp_path):
    one = run(sweep_file, tmp_path / "one", workers=1)
    two = run(sweep_file, tmp_path / "two", workers=2)
    drawn(one), drawn(two)
    assert (one.folder / "summary.csv").read_bytes() == (two.folder / "summary.csv").read_bytes()
    for name in ("heat-map.svg", "lines.svg", "difference.svg"):
        assert (one.folder / "plots" / name).read_bytes() == (two.folder / "plots" / name).read_bytes()


def stored(folder):
    """How many runs are in runs/, each of them once."""
    with Tables() as tables:
        found = tables.read(sorted((folder / "runs").glob("*.parquet")), ["point", "run"])
    runs = list(zip(*(column.tolist() for column in found.values()), strict=True))
    assert len(runs) == len(set(runs))
    return len(runs)


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 1, 5, 9])
def test_interruption_keeps_what_is_done_and_resumes_to_the_same_bytes(sweep_file, tmp_path, after):
    whole = run(sweep_file, tmp_path / "whole")
    broken = tmp_path / "broken"
    with pytest.raises(KeyboardInterrupt):
        run(sweep_file, broken, Engine(interrupt_after=after), workers=1)
    assert read_manifest(broken)["status"] == "interrupted"
    assert sorted(path.name for path in broken.iterdir()) == ["manifest.json", "runs", "series"]
    kept = stored(broken)
    assert (
        kept == 0 if after == 0 else 4 <= kept <= 96
    )  # how many blocks there are is a matter of time, nine at least
    engine = Engine()
    again = run(sweep_file, broken, engine)
    assert again.runs_reused == kept
    assert sum(count for _, count in engine.calls) == 96 - kept + IN_WORLDS
    assert stored(broken) == 96
    assert (broken / "summary.csv").read_bytes() == (whole.folder / "summary.csv").read_bytes()
    assert sweep_text(again) == sweep_text(whole)


def test_a_finished_sweep_is_not_run_again(sweep_file, tmp_path):
    first = run(sweep_file, tmp_path / "out")
    engine = Engine()
    again = run(sweep_file, tmp_path / "out", engine)
    assert engine.calls == []
    assert sweep_text(again) == sweep_text(first)


@pytest.mark.slow
def test_another_sweep_is_refused_and_fresh_replaces_it(sweep_file, tmp_path):
    run(sweep_file, tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    write_sweep(tmp_path, SWEEP.replace("runs: 12", "runs: 5\nseed: 2"))
    with pytest.raises(UserError, match=r"another sweep .*other runs, seed.*--out.*--fresh"):
        run(sweep_file, tmp_path / "out")
    result = run(sweep_file, tmp_path / "out", fresh=True)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert len(result.values[0]) == 5


# ---- more runs than before


def of_runs(path, runs, **options):
    return load_sweep(path, runs=runs, **options)


@pytest.mark.slow
@pytest.mark.parametrize("stages", [(5, 12), (12, 230), (99, 100, 101), (120, 230, 450)])
def test_more_runs_extend_the_folder_to_the_bytes_of_a_fresh_sweep(sweep_file, tmp_path, stages):
    out = tmp_path / "out"
    for before, runs in zip((0, *stages), stages, strict=False):
        engine = Engine(fails=(3, 100))
        grown = run(sweep_file, out, engine, sweep=of_runs(sweep_file, runs))
        drawn(grown)
        ranges = 0 if before else IN_WORLDS  # they are not run again
        assert sum(count for _, count in engine.calls) == 8 * (runs - before) + ranges
        assert before == 0 or min(first for first, _ in engine.calls) == before
        assert grown.runs_reused == 8 * before
        assert stored(out) == 8 * runs
    assert read_manifest(out)["seeds"]["runs"] == [0, stages[-1] - 1]
    fresh = run(
        sweep_file,
        tmp_path / "fresh",
        Engine(fails=(3, 100)),
        sweep=of_runs(sweep_file, stages[-1]),
    )
    drawn(fresh)
    for name in ("summary.csv", "ranges.json", "plots/heat-map.svg", "plots/lines.svg"):
        assert (out / name).read_bytes() == (fresh.folder / name).read_bytes(), name
    assert sweep_text(grown) == sweep_text(fresh)
    assert grown.failures == fresh.failures
    again = Engine()
    run(sweep_file, out, again, sweep=of_runs(sweep_file, stages[-1]))
    assert again.calls == []


def test_the_plausible_ranges_are_not_run_again_for_more_runs(sweep_file, tmp_path):
    run(sweep_file, tmp_path / "out")
    kept = (tmp_path / "out" / "ranges.json").read_bytes()
    engine = Engine()
    run(sweep_file, tmp_path / "out", engine, sweep=of_runs(sweep_file, 20))
    assert min(first for first, _ in engine.calls) == 12
    assert sum(count for _, count in engine.calls) == 8 * 8
    assert (tmp_path / "out" / "ranges.json").read_bytes() == kept


@pytest.mark.slow
def test_an_interrupted_extension_resumes(sweep_file, tmp_path):
    run(sweep_file, tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        run(sweep_file, tmp_path / "out", Engine(interrupt_after=3), workers=1, sweep=of_runs(sweep_file, 30))
    kept = stored(tmp_path / "out")
    assert 96 < kept < 240
    engine = Engine()
    grown = run(sweep_file, tmp_path / "out", engine, sweep=of_runs(sweep_file, 30))
    assert sum(count for _, count in engine.calls) == 240 - kept
    assert min(first for first, _ in engine.calls) >= 12
    fresh = run(sweep_file, tmp_path / "fresh", sweep=of_runs(sweep_file, 30))
    assert (grown.folder / "summary.csv").read_bytes() == (fresh.folder / "summary.csv").read_bytes()


def test_fewer_runs_than_there_are_are_refused(sweep_file, tmp_path):
    run(sweep_file, tmp_path / "out")
    before = (tmp_path / "out" / "summary.csv").read_bytes()
    message = r"with 12 runs per point, more than the 5 asked for; use --runs 12 or more, .*--out, .*--fresh"
    with pytest.raises(UserError, match=message):
        run(sweep_file, tmp_path / "out", sweep=of_runs(sweep_file, 5))
    assert (tmp_path / "out" / "summary.csv").read_bytes() == before
    assert read_manifest(tmp_path / "out")["status"] == "complete"
    assert len(run(sweep_file, tmp_path / "out", fresh=True, sweep=of_runs(sweep_file, 5)).values[0]) == 5


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"seed": 9}, "other runs, seed"),
        ({"sets": ["work.size_cv=0.9"]}, "other the base scenario, runs"),
        ({}, "other runs"),
    ],
)
def test_more_runs_of_something_else_are_refused(sweep_file, tmp_path, change, what):
    run(sweep_file, tmp_path / "out")
    sweep = of_runs(sweep_file, 30, **change)
    if not change:  # runs that depend on what is found are another sweep
        write_sweep(tmp_path, SWEEP.replace("runs: 12", "runs: {until: decided, max: 400}"))
        sweep = load_sweep(sweep_file)
    with pytest.raises(UserError, match=rf"another sweep \(tiny: {what}\)"):
        run(sweep_file, tmp_path / "out", sweep=sweep)


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 30), st.integers(0, 30))
def test_the_gaps_are_what_is_missing_and_asked_for(there, start, more):
    found = gaps(np.array(there, dtype=bool), start, start + more)
    runs = [run for first, count in found for run in range(first, first + count)]
    assert runs == [run for run in range(start, start + more) if run >= len(there) or not there[run]]
    assert all(a + count < b for (a, count), (b, _) in pairwise(found))  # as few as can be


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=8),
    st.integers(1, 4),
    st.lists(st.floats(1e-6, 100.0), min_size=1, max_size=5),
)
def test_work_is_cut_into_blocks_of_about_a_time_and_every_run_is_in_one(counts, width, seconds):
    missing = [Block(point, 7, count) for point, count in enumerate(counts)]
    cutter, runs, known = Cutter(missing, width), [], 0.0
    for k, work in enumerate(cutter):
        size = sum(block.count for block in work)
        assert 1 <= size <= MOST_RUNS
        assert size == 1 or size * known <= SECONDS  # what is known is the time of those before
        cutter.learn(size, size * seconds[k % len(seconds)])
        known = cutter.seconds
        runs += [
            (block.point, run) for block in work for run in range(block.first, block.first + block.count)
        ]
    assert runs == [(point, 7 + run) for point, count in enumerate(counts) for run in range(count)]


def test_settings_of_the_answer_change_no_run(sweep_file, tmp_path):
    run(sweep_file, tmp_path / "out")
    write_sweep(tmp_path, SWEEP.replace("ranges: 8", "ranges: 0").replace("Overtake", "pass"))
    engine = Engine()
    assert run(sweep_file, tmp_path / "out", engine).answer.robust == ()
    assert engine.calls == []


def test_failed_runs_are_listed_and_left_out(sweep_file, tmp_path):
    result = run(sweep_file, tmp_path / "out", Engine(fails=(3,)))
    assert len(result.failures) == 8
    assert result.failures[0] == (0, 3, 1, "run 3 broke")
    with Tables() as tables:
        listed = tables.read([tmp_path / "out" / "failures.parquet"])
    assert listed["run"].tolist() == [3] * 8
    assert listed["message"][0] == "run 3 broke"
    assert "8 runs failed" in sweep_text(result)
    assert ",12,1,11," in (tmp_path / "out" / "summary.csv").read_text()


def test_a_point_that_cannot_be_built_is_named(sweep_file, tmp_path):
    def refuse(scenario, runs, seed, **options):
        raise UserError("no such tree")

    with pytest.raises(UserError, match=r"at the design point .*management_layers=2.*no such tree"):
        run(sweep_file, tmp_path / "out", refuse)
    assert not (tmp_path / "out").exists()  # nothing came of it


def test_bad_options(sweep_file, tmp_path):
    with pytest.raises(UserError, match="--workers 0"):
        run(sweep_file, tmp_path / "out", workers=0)
    write_sweep(tmp_path, SWEEP + "outcome: bottleneck\n")
    with pytest.raises(
        UserError, match=r"bottleneck: .* it is a kind \(stage\), not a quantity.*use one of value_per"
    ):
        run(sweep_file, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    write_sweep(tmp_path, SWEEP + "outcome: value_per_payroll\n")
    with pytest.raises(UserError, match="did you mean 'value_per_payroll_usd'"):
        run(sweep_file, tmp_path / "out")


def test_progress_counts_runs(sweep_file, tmp_path):
    seen = []
    run(sweep_file, tmp_path / "out", progress=lambda state: seen.append(state[:2]))
    assert seen[-1] == (8 * 12 + IN_WORLDS,) * 2
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


# ---- answers


@pytest.mark.slow
def test_until_decided_runs_more_only_where_it_is_close(tmp_path):
    text = SWEEP.replace("steps: 4", "steps: 7").replace("runs: 12", "runs: {until: decided, max: 400}")
    path = write_sweep(tmp_path, text)
    result = run(path, tmp_path / "out", Engine(noise=0.1))
    runs = [len(values) for values in result.values]
    assert runs[0] == runs[7] == 50  # share 0: clear
    assert runs[3] == runs[10] == 400  # share 0.45: too close to call
    found = result.answer.panels[0].crossing
    assert found.lo <= CROSSING <= found.hi
    engine = Engine(noise=0.1)
    again = run(path, tmp_path / "out", engine)
    assert engine.calls == []
    assert sweep_text(again) == sweep_text(result)


# ---- null, which states nothing


@pytest.mark.slow
@pytest.mark.parametrize("second", ["", "  ai.share_of_code: [0.0, 0.5]\n"], ids=["ranked", "compared"])
def test_null_is_the_organisation_as_it_is_wherever_it_is_named(tmp_path, second):
    levels = "[null, 2]" if second else "[null, 1, 2]"
    text = f"question: Which layer could go?\nbase: base.yaml\nvary:\n  organisation.remove_layer: {levels}\n{second}"
    path = write_sweep(tmp_path, f"{text}runs: 4\nranges: 0\nhold: payroll\n")
    for runs in (4, 6):  # made, then extended: the column of levels is read again
        result = run_file(path, tmp_path / "out", sweep=load_sweep(path, runs=runs))
    said = sweep_text(result)
    assert "as it is: 96 ICs, 21 managers" in " ".join(said.split())
    assert "None" not in said
    assert "remove layer as it is" not in said
    summary = (tmp_path / "out" / "summary.csv").read_text(encoding="utf-8").splitlines()
    column = summary[0].split(",").index("organisation.remove_layer")
    assert {line.split(",")[column] for line in summary[1:]} == {
        "as it is",
        *levels.strip("[]").split(", ")[1:],
    }
    for picture in drawn(result):
        if picture.suffix == ".svg":
            assert "None" not in picture.read_text(encoding="utf-8").partition("</metadata>")[2]
