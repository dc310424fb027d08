"""The results folder of a sweep: uniform files that no reader finds a run twice in, what is damaged, who writes, and full disks."""

import contextlib
import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import duckdb
import pytest
from helpers.fake_engine import OUTCOMES, SWEEP, Engine, run_file, write_sweep

from sim.constants import STUDIED
from sim.errors import UserError
from sim.experiments.fitted import write_fit
from sim.experiments.sweep import summary
from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.identity import identity_of
from sim.experiments.sweep.replay import replay_run
from sim.outcomes.stages import COLUMNS
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import load
from sim.simulation import sources
from sim.store import parts
from sim.store.folder import read_manifest
from sim.store.lock import locked
from sim.store.tables import Tables

PLAIN = SWEEP.replace("ranges: 8", "ranges: 0")


@pytest.fixture
def sweep_file(tmp_path):
    return write_sweep(tmp_path, PLAIN)


@pytest.fixture
def many_parts(monkeypatch):
    """Every block becomes a part of its own."""
    monkeypatch.setattr(parts, "PART_BYTES", 1)


def table(folder: Path, what: str = "count(*), count(distinct (point, run))") -> tuple:
    """Of runs/*.parquet as any reader sees it."""
    with duckdb.connect() as connection:
        return connection.execute(f"select {what} from read_parquet('{folder}/runs/*.parquet')").fetchone()


def left_over(folder: Path) -> list[str]:
    """Files that should not be in a finished folder."""
    known = {
        "manifest.json",
        "runs",
        "series",
        "summary.csv",
        "failures.parquet",
        "ranges.json",
        "again.json",
        "plots",
    }
    hidden = [path.name for path in folder.rglob("*") if path.name.startswith(".") or path.suffix == ".tmp"]
    return hidden + [path.name for path in folder.iterdir() if path.name not in known]


# ---- files


def test_a_small_sweep_is_one_file(sweep_file, tmp_path):
    folder = run_file(sweep_file, tmp_path / "out").folder
    (path,) = (folder / "runs").iterdir()
    assert [p.name for p in (folder / "series").iterdir()] == [path.name]
    assert left_over(folder) == []


def test_all_files_have_the_same_columns(tmp_path, many_parts):
    text = PLAIN.replace("[2, 3]", "[2, 3, 4]").replace("{from: 0.0, to: 0.9, steps: 4}", "[0, 0.5, 1]")
    text += "crossing: {of: organisation.management_layers, between: [2, 3], along: ai.share_of_code}\n"

    class Uneven(Engine):
        """A point has an outcome less, one fails altogether."""

        def __call__(self, scenario, runs=100, seed=1, **options):
            found = super().__call__(scenario, runs, seed, **options)
            if scenario.organisation.management_layers == 3:
                del found.outcomes["managers_share"]
            return found

    folder = run_file(write_sweep(tmp_path, text), tmp_path / "out", Uneven(fails=tuple(range(8, 12)))).folder
    schemas = set()
    with duckdb.connect() as connection:
        for path in (folder / "runs").iterdir():
            said = connection.execute(f"describe select * from read_parquet('{path}')").fetchall()
            schemas.add(tuple(row[:2] for row in said))
    assert len(list((folder / "runs").iterdir())) > 3
    ((*columns,),) = schemas
    assert dict(columns) == {
        "point": "BIGINT",
        "run": "BIGINT",
        "seed": "BIGINT",
        "organisation.management_layers": "BIGINT",
        "ai.share_of_code": "DOUBLE",  # 0, 0.5, 1
        **dict.fromkeys((*OUTCOMES, *COLUMNS), "DOUBLE"),
        "failure": "VARCHAR",
    }
    assert table(folder, "count(*), count(failure), count(managers_share)") == (9 * 12, 9 * 4, 6 * 8)


def test_a_reader_never_finds_a_run_twice(tmp_path, many_parts):
    path, out = write_sweep(tmp_path, PLAIN.replace("runs: 12", "runs: 60")), tmp_path / "out"

    looked = threading.Event()

    class Watched(Engine):
        """Simulates no block before somebody has looked again, however busy the machine is."""

        def __call__(self, *args, **options):
            looked.wait(60)
            looked.clear()
            return super().__call__(*args, **options)

    seen = []
    work = threading.Thread(target=lambda: run_file(path, out, Watched(), sweep=load_sweep(path, runs=60)))
    work.start()
    while work.is_alive():
        with contextlib.suppress(duckdb.IOException):  # no file yet
            seen.append(table(out))
        looked.set()
    work.join()
    assert len({count for count, _ in seen}) > 3  # it grew while it was read
    assert all(count == distinct for count, distinct in seen)
    assert [count for count, _ in seen] == sorted(count for count, _ in seen)  # and nothing went away
    assert table(out) == (480, 480)


@pytest.mark.parametrize(("held", "most"), [("ROWS", 30), ("POINTS", 3)])
def test_large_sweeps_have_the_outcomes_that_decide_in_the_csv_and_all_in_parquet(
    sweep_file, tmp_path, monkeypatch, held, most
):
    whole = run_file(sweep_file, tmp_path / "whole").folder
    monkeypatch.setattr(summary, "MOST_POINTS", 7)
    monkeypatch.setattr(summary, held, most)
    folder = run_file(sweep_file, tmp_path / "out").folder
    lines = (whole / "summary.csv").read_text().splitlines()
    kept = [lines[0], *(line for line in lines[1:] if line.split(",")[3] in STUDIED)]
    shown = (folder / "summary.csv").read_text().splitlines()
    assert len(shown) == 1 + 8 * 3
    for line, other in zip(shown[1:], kept[1:], strict=True):
        *names, mean, sd, lo, hi = line.split(",")
        assert names == other.split(",")[:-4]
        figures = [float(text) for text in (mean, sd, lo, hi)]
        assert figures == pytest.approx([float(text) for text in other.split(",")[-4:]], rel=1e-10)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""select point, "cost_per_value.defined", "cost_per_value.mean", "cost_per_value.ci95_lo"
            from read_parquet('{folder}/summary/*.parquet') order by point"""
        ).fetchall()
    stated = [line.split(",") for line in lines[1:] if ",cost_per_value," in line]
    assert len(rows) == 8
    for row, line in zip(rows, stated, strict=True):
        assert row[:2] == (int(line[0]), int(line[7]))
        assert row[2:] == pytest.approx((float(line[8]), float(line[10])), rel=1e-10)
    assert len(list((folder / "summary").iterdir())) > 1


# ---- what is damaged


def empty(folder, *_):
    next((folder / "runs").iterdir()).write_bytes(b"")


def cut(folder, *_):
    path = max((folder / "series").iterdir())
    path.write_bytes(path.read_bytes()[:-20])


def exchanged(folder, *_):
    one, two = sorted((folder / "runs").iterdir())[:2]
    a, b = one.read_bytes(), two.read_bytes()
    one.write_bytes(b)
    two.write_bytes(a)


def of_another_sweep(folder, other):
    own, foreign = min((folder / "runs").iterdir()), min((other / "runs").iterdir())
    for kind in ("runs", "series"):
        (folder / kind / own.name).unlink()
        shutil.copy(other / kind / foreign.name, folder / kind / foreign.name)


def gone(folder, *_):
    min((folder / "series").iterdir()).unlink()


def twice(folder, *_):
    for kind in ("runs", "series"):
        path = min((folder / kind).iterdir())
        shutil.copy(path, path.with_name("9" + path.name))


@pytest.mark.parametrize(
    "damage", [empty, cut, exchanged, of_another_sweep, gone, twice], ids=lambda f: f.__name__
)
def test_folder_with_damaged_files_is_mended_and_it_is_said(sweep_file, tmp_path, many_parts, damage):
    folder = run_file(sweep_file, tmp_path / "out").folder
    before = (folder / "summary.csv").read_bytes()
    other = run_file(sweep_file, tmp_path / "other", sweep=load_sweep(sweep_file, seed=2)).folder
    damage(folder, other)
    engine = Engine()
    again = run_file(sweep_file, folder, engine)
    assert len(again.redone) == (2 if damage is exchanged else 1)
    assert bool(engine.calls) == (damage is not twice)
    assert table(folder) == (96, 96)
    assert (folder / "summary.csv").read_bytes() == before
    assert run_file(sweep_file, folder).redone == ()


def test_folder_with_damaged_blocks_is_mended(sweep_file, tmp_path, monkeypatch):
    whole = run_file(sweep_file, tmp_path / "whole").folder
    monkeypatch.setattr(parts.Parts, "fold", lambda self: None)  # as after a kill
    with pytest.raises(KeyboardInterrupt):
        run_file(sweep_file, tmp_path / "out", Engine(interrupt_after=6), workers=1)
    monkeypatch.undo()
    first, *rest = sorted((tmp_path / "out" / ".blocks").iterdir())
    first.write_bytes(first.read_bytes()[:-1])
    (tmp_path / "out" / ".blocks" / f".{first.name}.1234567.tmp").write_bytes(b"begun")
    found = run_file(sweep_file, tmp_path / "out")
    assert found.redone == (first.name,)
    assert (found.runs_reused > 0) == bool(rest)
    assert (found.folder / "summary.csv").read_bytes() == (whole / "summary.csv").read_bytes()
    assert left_over(found.folder) == []


# ---- who writes


def test_folder_that_another_process_writes(sweep_file, tmp_path):
    folder = run_file(sweep_file, tmp_path / "out").folder
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with locked(folder):
        for options in (
            {},
            {"sweep": load_sweep(sweep_file, runs=20)},
            {"fresh": True},
            {"retry_failed": True},
        ):
            with pytest.raises(
                UserError, match=rf"process {os.getpid()} on .* has been writing here since 20"
            ):
                run_file(sweep_file, folder, **options)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_folder_killed_before_its_first_manifest_is_taken(sweep_file, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ".orgsim.lock").write_text("")
    (folder / ".manifest.json.4194303.tmp").write_text('{"program"')
    assert left_over(run_file(sweep_file, folder).folder) == []


def test_only_the_models_sources_decide_what_may_stand_side_by_side(sweep_file, tmp_path):
    package = shutil.copytree(sources.PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    was = sources.model_hash(package)
    assert was == sources.model_hash()
    for name, counts in (
        ("experiments/sweep/words.py", False),
        ("commands/sweep.py", False),
        ("store/parts.py", False),
        ("text/numbers.py", False),
        ("parameters/flow.py", True),
        ("mechanisms/flow/review.py", True),
        ("people/week.py", True),
        ("scenario/settings.py", True),
        ("outcomes/declared.py", True),
    ):
        text = (package / name).read_bytes()
        (package / name).write_bytes(text + b"\n# another\n")
        sources.model_hash.cache_clear()
        assert (sources.model_hash(package) != was) == counts, name
        (package / name).write_bytes(text)
    sources.model_hash.cache_clear()
    sweep = load_sweep(sweep_file)
    assert identity_of(sweep)["source"] == sources.model_hash()
    run_file(sweep_file, tmp_path / "out", source="one")
    with pytest.raises(UserError, match=r"other the program's version\)"):
        run_file(sweep_file, tmp_path / "out", source="two")


# ---- failures


def test_failed_runs_are_repeated_when_asked_for(sweep_file, tmp_path, many_parts):
    out = tmp_path / "out"
    whole = run_file(sweep_file, tmp_path / "whole").folder
    assert len(run_file(sweep_file, out, Engine(fails=(3, 7))).failures) == 16
    engine = Engine()
    assert len(run_file(sweep_file, out, engine).failures) == 16
    assert engine.calls == []  # not unasked
    with pytest.raises(KeyboardInterrupt):
        run_file(sweep_file, out, Engine(interrupt_after=4), retry_failed=True, workers=1)
    assert read_manifest(out)["failures"] == 16  # the old results stand until the new are whole
    assert table(out) == (96, 96)
    found = run_file(sweep_file, out, engine, retry_failed=True)
    assert found.failures == ()
    assert 0 < sum(count for _, count in engine.calls) < 16  # the others were done before the interruption
    assert (out / "summary.csv").read_bytes() == (whole / "summary.csv").read_bytes()
    assert left_over(out) == []
    assert "purpose" not in read_manifest(out)
    run_file(sweep_file, out, engine, retry_failed=True)  # nothing to do


def test_a_failed_run_is_replayed_with_its_point_and_what_is_held(sweep_file):
    sweep, asked = load_sweep(sweep_file), []

    class Asked(Engine):
        def __call__(self, scenario, *args, **options):
            asked.append(scenario)
            return super().__call__(scenario, *args, **options)

    outcomes, message = replay_run(sweep, "5:3", Asked(fails=(3,)))
    assert message == "run 3 broke"
    assert outcomes["value_per_payroll_usd"] is None
    assert asked[0].hash() == sweep.scenario(sweep.points[5]).hash()
    assert asked[0].hold_base is not None
    assert replay_run(sweep, "5:2", Asked())[1] is None
    for wrong in ("8:0", "0:12", "0", "a:b", "-1:0"):
        with pytest.raises(
            UserError, match="expected POINT:RUN with a point from 0 to 7 and a run from 0 to 11"
        ):
            replay_run(sweep, wrong)


def test_a_long_query_prints_nothing():
    with Tables() as tables:
        said = tables._connection.execute("select current_setting('enable_progress_bar')").fetchone()
    assert said == (False,)


# ---- disks


@contextlib.contextmanager
def small_disk(place: Path, size: str):
    """A tmpfs; the test is skipped without the right to make one."""
    place.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() or shutil.which("mount") is None:
        pytest.skip("no right to mount a tmpfs")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no tmpfs here: {made.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def remount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)


@pytest.mark.parametrize("size", ["8k", "64k", "200k"])
def test_folder_on_a_full_disk(tmp_path, size):
    path = write_sweep(tmp_path, PLAIN.replace("runs: 12", "runs: 300"))
    whole = run_file(path, tmp_path / "whole").folder
    with small_disk(tmp_path / "disk", size) as disk:
        with pytest.raises(
            UserError, match=r"No space left on device.*free some space, or choose another disk"
        ):
            run_file(path, disk / "out")
        remount(disk, "size=20m")
        found = run_file(path, disk / "out")
        assert found.redone == ()
        assert (found.folder / "summary.csv").read_bytes() == (whole / "summary.csv").read_bytes()
        assert left_over(found.folder) == []


def test_folder_on_a_read_only_disk(sweep_file, tmp_path):
    with small_disk(tmp_path / "disk", "20m") as disk:
        first = run_file(sweep_file, disk / "out")
        remount(disk, "ro")
        engine = Engine()
        found = run_file(sweep_file, disk / "out", engine)
        assert found.only_read
        assert engine.calls == []
        assert found.answer == first.answer
        for refused in ({"fresh": True}, {"sweep": load_sweep(sweep_file, runs=20)}):
            with pytest.raises(
                UserError, match=r"cannot be written \(Read-only file system\); choose another with --out"
            ):
                run_file(sweep_file, disk / "out", **refused)
        with pytest.raises(UserError, match=r"cannot be written \(Read-only file system\)"):
            run_file(sweep_file, disk / "new")
        remount(disk, "rw")
        path = next((disk / "out" / "runs").iterdir())
        path.write_bytes(path.read_bytes()[:-1])
        remount(disk, "ro")
        with pytest.raises(UserError, match="damaged; nothing can be written here: copy the folder"):
            run_file(sweep_file, disk / "out")


def test_runs_over_the_ranges_are_kept_as_they_come(tmp_path):
    """At any moment: in the plausible worlds, and in those that look like the base."""
    path, hours = write_sweep(tmp_path), "managers.people_hours_per_report"
    base = tmp_path / "base.yaml"
    base.write_text(base.read_text() + "observed: {lead_time_hours: {value: 30.0, within: 5.0}}\n")
    write_fit(load(base), (), [{hours: REGISTRY[hours].high - 0.01 * k} for k in range(4)], {})
    whole, engine = run_file(path, tmp_path / "whole").folder, Engine()
    told = json.loads((whole / "ranges.json").read_text())
    assert (told["like"], len(told["differences"][0])) == ("base.yaml", 4)

    class Stops(Engine):
        def __init__(self, after: int) -> None:
            super().__init__()
            self.after = after

        def __call__(self, scenario, *args, **options):
            self.after -= scenario.values[hours] != REGISTRY[hours].value
            if self.after < 0:
                raise KeyboardInterrupt
            return super().__call__(scenario, *args, **options)

    # At each of three places two designs in 8 plausible worlds, then in 4 fitted ones.
    for after in (20, 10):
        with pytest.raises(KeyboardInterrupt):
            run_file(path, tmp_path / "out", Stops(after), workers=1)
        assert table(tmp_path / "out") == (96, 96)
        assert (tmp_path / "out" / "unfinished.jsonl").exists()
    found = run_file(path, tmp_path / "out", engine, workers=1)
    assert engine.calls == [(0, 2)] * (3 * 2 * (8 + 4) - 20 - 10)
    for name in ("summary.csv", "ranges.json"):
        assert (found.folder / name).read_bytes() == (whole / name).read_bytes()
    assert left_over(found.folder) == []
    assert json.loads((whole / "ranges.json").read_text())["failed"] == [0, 0, 0]
