"""Shards of a sweep: each in a folder of its own, merged to the bytes of a sweep in one go; what does not belong is named."""

import itertools
import json
import shutil

import pytest
from helpers.cli import SWEEP as REAL
from helpers.cli import TIME, clean, orgsim
from helpers.fake_engine import OUTCOMES, SWEEP, Engine, run_file, write_sweep

from sim.errors import UserError
from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.identity import points_of, shard_of
from sim.experiments.sweep.merging import merge
from sim.store.folder import read_manifest, set_status

PLAIN = SWEEP.replace("ranges: 8", "ranges: 0")


@pytest.fixture
def sweep_file(tmp_path):
    return write_sweep(tmp_path, PLAIN)


@pytest.fixture
def shards(sweep_file, tmp_path):
    return [
        run_file(sweep_file, tmp_path / f"shard-{k}", Engine(fails=(5,)), shard=(k, 3)).folder
        for k in (1, 2, 3)
    ]


def merged(folders, out):
    return merge(folders, out, OUTCOMES)


def test_shards_merged_in_any_order_are_one_run(sweep_file, tmp_path, shards):
    whole = run_file(sweep_file, tmp_path / "whole", Engine(fails=(5,)))
    for k, order in enumerate(itertools.permutations(shards)):
        found = merged(order, tmp_path / f"out-{k}")
        assert (found.shards, found.points, found.runs, found.failures) == (3, 8, 96, 8)
        for name in ("summary.csv",):
            assert (found.folder / name).read_bytes() == (whole.folder / name).read_bytes()
        assert not [path for path in found.folder.rglob("*") if path.name.startswith(".")]
    engine = Engine(fails=(5,))
    answered = run_file(sweep_file, tmp_path / "out-0", engine)  # the sweep finds all of its runs
    assert engine.calls == []
    assert answered.answer == whole.answer
    assert read_manifest(tmp_path / "out-0")["status"] == "complete"
    assert run_file(sweep_file, tmp_path / "out-1", sweep=load_sweep(sweep_file, runs=14)).runs_reused == 96


def test_shards_share_out_the_points(sweep_file, tmp_path):
    sweep = load_sweep(sweep_file)
    assert [points_of(sweep, (k, 3)) for k in (1, 2, 3)] == [[0, 3, 6], [1, 4, 7], [2, 5]]
    assert points_of(sweep, (5, 9)) == [4]
    assert points_of(sweep, (9, 9)) == []
    write_sweep(tmp_path, PLAIN.replace("runs: 12", "runs: {until: decided, max: 100}"))
    assert [points_of(load_sweep(sweep_file), (k, 3)) for k in (1, 2, 3)] == [[0, 3, 4, 7], [1, 5], [2, 6]]


def test_shards_of_runs_until_decided(tmp_path):
    text = PLAIN.replace("runs: 12", "runs: {until: decided, max: 200}")
    path = write_sweep(tmp_path, text)
    whole = run_file(path, tmp_path / "whole", Engine(noise=0.1)).folder
    folders = [run_file(path, tmp_path / str(k), Engine(noise=0.1), shard=(k, 2)).folder for k in (1, 2)]
    assert (merged(folders, tmp_path / "out").folder / "summary.csv").read_bytes() == (
        whole / "summary.csv"
    ).read_bytes()


def test_shards_that_are_missing_double_foreign_or_unfinished_are_named(sweep_file, tmp_path, shards):
    out = tmp_path / "out"
    other = run_file(
        sweep_file, tmp_path / "other", sweep=load_sweep(sweep_file, seed=2), shard=(2, 3)
    ).folder
    fourth = run_file(sweep_file, tmp_path / "fourth", shard=(4, 4)).folder
    double = shutil.copytree(shards[0], tmp_path / "double")
    half = shutil.copytree(shards[2], tmp_path / "half")
    set_status(half, read_manifest(half), "interrupted")
    whole = run_file(sweep_file, tmp_path / "whole").folder
    (tmp_path / "empty").mkdir()
    for folders, said in (
        (shards[:2], "^shard 3 of 3 missing; .*--shard 3/3"),
        (shards[1:2], "^shards 1, 3 of 3 missing"),
        ([*shards, double], r"^shard 1 of 3 is there 2 times: .*shard-1 and .*double"),
        ([shards[0], other, shards[2]], r"other: is a shard of another sweep than .*shard-1 \(other seed\)"),
        ([*shards, fourth], "fourth: is one of 4 shards, .* one of 3"),
        ([*shards[:2], half], r"half: shard 3 of 3 is not finished \(interrupted\); give its command again"),
        ([*shards, whole], "whole: holds a whole sweep, not a shard"),
        ([*shards, tmp_path / "empty"], "empty: holds no sweep"),
    ):
        with pytest.raises(UserError, match=said):
            merged(folders, out)
        assert not out.exists()
    merged(shards, out)
    with pytest.raises(UserError, match="holds this sweep already; choose a new folder"):
        merged(shards, out)
    with pytest.raises(UserError, match="is one of the shards"):
        merged(shards, shards[1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"probe": "00"},
            r"other figures from the same program: its probe is 00, not ab \(another processor",
        ),
        ({"versions": {"numpy": "1.0"}}, r"numpy 1\.0, not 2\.0"),
    ],
)
def test_shards_of_a_machine_that_computes_otherwise_are_refused(tmp_path, shards, change, said):
    for k, folder in enumerate(shards):
        machine = {"source": "x", "versions": {"numpy": "2.0"}, "probe": "ab", **(change if k == 1 else {})}
        set_status(folder, {**read_manifest(folder), "machine": machine}, "complete")
    with pytest.raises(UserError, match=rf"shard-2: was computed on a machine with .*{said}"):
        merged(shards, tmp_path / "out")


def test_shards_with_a_damaged_file_are_refused(tmp_path, shards):
    path = next((shards[1] / "runs").iterdir())
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match=r"shard-2/runs/.*damaged; give the command of this shard again"):
        merged(shards, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["0/3", "4/3", "2", "a/b", "1/0", "1/99999"])
def test_shards_that_are_none(text):
    with pytest.raises(UserError, match=f"--shard '{text}': expected which of how many, from 1/N to N/N"):
        shard_of(text)


@pytest.mark.slow
def test_shards_as_a_user_makes_them(tmp_path):
    (tmp_path / "mine.yaml").write_text(REAL)
    for k in (3, 1, 2):
        made = orgsim("sweep", "mine.yaml", *TIME, "--shard", f"{k}/3", cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        assert f"Written: results/mine.{k}-of-3" in made.stdout
    folders = [f"results/mine.{k}-of-3" for k in (2, 3, 1)]
    assert orgsim("sweep", "mine.yaml", *TIME, "--out", "whole", cwd=tmp_path).returncode == 0
    short = orgsim("merge", *folders[:2], "--out", "results/mine", cwd=tmp_path)
    assert (short.returncode, clean(short)) == (2, True)
    assert "Error: shard 1 of 3 missing" in short.stderr
    found = orgsim("merge", *folders, "--out", "results/mine", "--json", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["runs"] == 8
    answer = orgsim("sweep", "mine.yaml", *TIME, "--out", "results/mine", cwd=tmp_path)
    assert "8 runs were there already" in answer.stdout
    for name in ("summary.csv", "plots/lines.svg"):
        assert (tmp_path / "results" / "mine" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
