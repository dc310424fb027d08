"""The results folder: ownership, atomic files, what may be removed, and that nothing non-finite is
written.
"""

import contextlib
import errno
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from helpers import ROOT
from helpers.cli import environment

from sim.errors import UserError
from sim.store import files
from sim.store.folder import (
    check_owner,
    claim,
    clear,
    content_hash,
    own_folder,
    read_manifest,
    set_status,
)
from sim.store.journal import Journal
from sim.store.lock import LOCK, locked
from sim.store.replacing import NEXT, PREVIOUS, recover, replace_results, staging
from sim.store.tables import Tables, UnreadableTableError
from sim.store.taking import opened, taken


def manifest(text: str = "one", **content):
    return {
        "kind": "sweep",
        "name": "mine",
        "content_hash": content_hash({"is": text}),
        "content": content,
    }


@pytest.mark.slow
def test_results_open_as_their_page_says(tmp_path):
    page = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^    (\.venv/bin/python .*)$", page, re.MULTILINE)
    (block,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    runs = tmp_path / "results" / "flat-vs-layered" / "runs"
    runs.mkdir(parents=True)
    tables = Tables()
    tables.write(runs / "0-0-2.parquet", {"run": np.arange(3), "value": np.array([1.5, 2.5, np.nan])})
    tables.write(runs / "1-0-2.parquet", {"run": np.arange(3), "value": np.ones(3)})
    shown = subprocess.run(
        [sys.executable, *shlex.split(line)[1:]],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "value" in shown.stdout
    assert "2.5" in shown.stdout
    code = f"{block}\nprint(sorted(runs.columns), len(runs), runs['value'].sum())"
    table = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    assert table.stdout.strip() == "['run', 'value'] 6 7.0"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def finished(folder, text: str, name: str = "risk.json"):
    """Fill a folder with results of the question *text*."""
    with taken(str(folder), folder, manifest(text), False) as place, place.writing() as new:
        (new / name).write_text(text)


def interrupted(folder, error, keeps=MappingProxyType({}), text="one", fresh=False) -> str:
    """Begin work on the question *text*, keep some figures and end early; return what is said to be there."""
    said = ""
    try:
        with taken(str(folder), folder, manifest(text), fresh, keeps=True) as place:
            for key, figures in keeps.items():
                place.journal.keep(key, figures)
            said = place.left()
            raise error
    except error:
        return said


def test_content_hash_depends_on_content_only():
    assert content_hash({"a": 1, "b": [1, 2]}) == content_hash({"b": (1, 2), "a": 1})
    different = [
        {"a": 1},
        {"a": 2},
        {"a": True},
        {"a": None},
        {"a": float("inf")},
        {"a": "1"},
        {"b": 1},
        {"a": 1.5},
    ]
    assert len({content_hash(parts) for parts in different}) == len(different)
    assert content_hash({"a": np.int64(1)}) == content_hash({"a": 1})


def test_tables_come_back_as_they_went(tmp_path):
    path = tmp_path / "odd [name]*'s ?.parquet"
    columns = {
        "point": np.array([0, 1, 2]),
        "ai.share_of_code": np.array([0.0, 0.5, np.nan]),
        "switch": np.array([True, False, True]),
        "text": ["a", None, 'c "quoted"'],
        "empty": [None, None, None],
    }
    with Tables() as tables:
        tables.write(path, columns)
        back = tables.read([path])
        assert list(back) == list(columns)
        assert back["point"].tolist() == [0, 1, 2]
        np.testing.assert_array_equal(back["ai.share_of_code"], columns["ai.share_of_code"])
        assert back["switch"].tolist() == [True, False, True]
        assert back["text"].tolist() == ["a", None, 'c "quoted"']
        assert back["empty"].tolist() == [None] * 3
        tables.write(tmp_path / "second.parquet", {name: values[:1] for name, values in columns.items()})
        both = tables.read([tmp_path / "second.parquet", path], ["point", "text"])
    assert both["point"].tolist() == [0, 0, 1, 2]
    assert both["text"].tolist() == ["a", "a", None, 'c "quoted"']
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([path.name, "second.parquet"])


def test_a_column_of_text_without_any_is_text(tmp_path):
    with Tables() as tables:
        tables.write(tmp_path / "one.parquet", {"failure": [None, None]})
        tables.write(tmp_path / "two.parquet", {"failure": [None, "why"]})
        alone = tables.read([tmp_path / "one.parquet"])["failure"]
        both = tables.read([tmp_path / "one.parquet", tmp_path / "two.parquet"])["failure"]
    assert alone.tolist() == [None, None]  # NaN, were it a number
    assert both.tolist() == [None, None, None, "why"]


def test_an_interrupted_write_leaves_the_old_file_and_no_rubbish(tmp_path):
    path = tmp_path / "summary.csv"
    files.write_csv(path, ["a"], [[1]])

    def rows():
        yield [2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write_csv(path, ["a"], rows())
    assert path.read_bytes() == b"a\n1\n"
    assert os.listdir(tmp_path) == ["summary.csv"]


def test_an_interrupted_query_is_an_interruption(tmp_path):
    class Interrupted:
        def execute(self, *_):
            raise RuntimeError("Query interrupted")

        def register(self, *_):
            pass

        unregister = register

    tables = Tables()
    tables._connection.close()
    tables._connection = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        tables.write(tmp_path / "x.parquet", {"a": np.array([1])})
    with pytest.raises(KeyboardInterrupt):
        tables.read([tmp_path / "x.parquet"])
    assert os.listdir(tmp_path) == []


def test_csv_cells(tmp_path):
    path = tmp_path / "t.csv"
    files.write_csv(path, ["x", "y"], [[0.1 + 0.2, None], [np.nan, True], [np.int64(3), 'a,"b"']])
    assert path.read_text() == 'x,y\n0.3,\n,true\n3,"a,""b"""\n'


def test_json_files_are_finite(tmp_path):
    files.write_json(tmp_path / "x.json", {"a": float("nan"), "b": [float("inf"), np.float64(1.5)]})
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": None, "b": [None, 1.5]}
    assert files.read_json(tmp_path / "none.json") is None
    (tmp_path / "broken.json").write_text("{")
    assert files.read_json(tmp_path / "broken.json") is None


def test_a_new_or_empty_folder_is_taken(tmp_path):
    folder = tmp_path / "a" / "b"
    claim(folder, manifest())
    found = read_manifest(folder)
    assert found["status"] == "running"
    assert found["program"] == "orgsim"
    assert found["versions"]["numpy"] == np.__version__
    assert (folder / "runs").is_dir()
    (tmp_path / "empty").mkdir()
    claim(tmp_path / "empty", manifest())


def test_the_same_content_is_resumed(tmp_path):
    claim(tmp_path / "out", manifest())
    (tmp_path / "out" / "runs" / "x.parquet").write_text("kept")
    claim(tmp_path / "out", manifest())
    assert (tmp_path / "out" / "runs" / "x.parquet").read_text() == "kept"


def test_other_content_is_refused_with_the_reason_and_the_fix(tmp_path):
    claim(tmp_path / "out", manifest("one", seed=1, source="a"))
    with pytest.raises(
        UserError, match=r"another sweep \(mine: other seed, the program's version\).*--out.*--fresh"
    ):
        claim(tmp_path / "out", manifest("two", seed=2, source="b"))
    assert read_manifest(tmp_path / "out")["content"]["seed"] == 1


def test_fresh_replaces_results_and_nothing_else(tmp_path):
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    claim(folder, manifest("one"))
    (folder / "runs" / "x.parquet").write_text("old")
    (folder / "thesis.docx").write_text("mine")
    (folder / "people").symlink_to(elsewhere)
    with taken(str(folder), folder, manifest("two"), fresh=True) as place, place.writing() as new:
        (new / "risk.json").write_text("new")
        assert (folder / "runs" / "x.parquet").read_text() == "old"
    assert not (folder / "runs").exists()
    assert (folder / "risk.json").read_text() == "new"
    assert read_manifest(folder)["content_hash"] == manifest("two")["content_hash"]
    assert read_manifest(folder)["status"] == "complete"
    assert names(folder) == ["manifest.json", "risk.json", "thesis.docx"]
    assert (folder / "thesis.docx").read_text() == "mine"
    assert (elsewhere / "precious").read_text() == "x"
    assert not (folder / "people").exists()


@pytest.mark.parametrize("foreign", [None, "{}", '{"program": "other"}', "not json", "[1]"])
@pytest.mark.parametrize("fresh", [False, True])
def test_a_foreign_folder_is_never_touched(tmp_path, foreign, fresh):
    folder = tmp_path / "photos"
    (folder / "runs").mkdir(parents=True)
    (folder / "runs" / "marathon.jpg").write_text("x")
    if foreign is not None:
        (folder / "manifest.json").write_text(foreign)
    with pytest.raises(UserError, match=r"left\s+alone; choose another folder with --out"):
        check_owner(folder, manifest(), fresh)
    with pytest.raises(UserError, match="nothing is removed"):
        clear(folder)
    assert (folder / "runs" / "marathon.jpg").exists()
    assert [p.name for p in (folder / "runs").iterdir()] == ["marathon.jpg"]


def test_a_file_or_an_unwritable_place_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="is a file"):
        claim(tmp_path / "file", manifest())
    with pytest.raises(UserError, match=r"cannot be written .*--out"), opened(tmp_path / "file" / "below"):
        pass


def test_status_is_rewritten(tmp_path):
    data = claim(tmp_path / "out", manifest())
    set_status(tmp_path / "out", data, "complete", failures=0)
    found = read_manifest(tmp_path / "out")
    assert (found["status"], found["failures"], found["name"]) == ("complete", 0, "mine")


# ---- nothing is lost


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, UserError, ZeroDivisionError])
@pytest.mark.parametrize("fresh", [False, True])
def test_whatever_ends_the_work_the_old_results_stay(tmp_path, error, fresh):
    folder = tmp_path / "out"
    finished(folder, "one")
    before = read_manifest(folder)
    text = "two" if fresh else "one"
    expected = UserError if error is OSError else error

    def work():
        with taken(str(folder), folder, manifest(text), fresh) as place, place.writing() as new:
            (new / "risk.json").write_text("half")
            raise error("in between")

    with pytest.raises(expected):
        work()
    assert names(folder) == ["manifest.json", "risk.json"]
    assert (folder / "risk.json").read_text() == "one"
    assert read_manifest(folder) == before


@pytest.mark.parametrize("step", range(12))
def test_an_exchange_that_is_killed_leaves_the_old_or_the_new_results(tmp_path, monkeypatch, step):
    """Kill it before every rename and removal in turn; the next command finds whole results."""
    folder = tmp_path / "out"
    finished(folder, "one")
    (folder / "summary.csv").write_text("one")
    (folder / "thesis.docx").write_text("mine")
    new = staging(folder)
    (new / "explain.json").write_text("two")
    (new / "summary.csv").write_text("two")
    set_status(new, {"program": "orgsim", **manifest("two")}, "complete")
    with monkeypatch.context() as patched:
        left = step

        def killing(function):
            def call(*args, **options):
                nonlocal left
                left -= 1
                if left < 0:
                    raise SystemExit("killed")  # recovery cannot do anything any more, either
                return function(*args, **options)

            return call

        patched.setattr(type(folder), "rename", killing(type(folder).rename))
        patched.setattr("sim.store.replacing.shutil.rmtree", killing(shutil.rmtree))
        with contextlib.suppress(SystemExit):
            replace_results(folder)
    recover(folder)
    found = read_manifest(folder)["content_hash"]
    one = found == manifest("one")["content_hash"]
    assert one or found == manifest("two")["content_hash"]
    rest = {path for path in names(folder) if path != NEXT}
    assert rest == {"manifest.json", "summary.csv", "thesis.docx", "risk.json" if one else "explain.json"}
    assert (folder / "summary.csv").read_text() == ("one" if one else "two")
    assert not (folder / PREVIOUS).exists()


def test_another_question_gets_a_folder_of_its_own_where_none_is_named(tmp_path):
    default = tmp_path / "results" / "name"
    assert own_folder(default, manifest("one"), False) == default
    finished(default, "one")
    second = own_folder(default, manifest("two"), False)
    assert second == default.with_name("name-2")
    finished(second, "two")
    assert own_folder(default, manifest("one"), False) == default
    assert own_folder(default, manifest("two"), False) == second
    assert own_folder(default, manifest("two"), True) == second
    assert own_folder(default, manifest("three"), False) == default.with_name("name-3")
    assert own_folder(default, manifest("three"), True) == default
    assert names(tmp_path / "results") == ["name", "name-2"]


def test_a_folder_of_somebody_else_is_passed_over_where_none_is_named(tmp_path):
    (tmp_path / "name").mkdir()
    (tmp_path / "name" / "thesis.docx").write_text("mine")
    for fresh in (False, True):
        assert own_folder(tmp_path / "name", manifest(), fresh) == tmp_path / "name-2"


def test_nothing_is_left_of_a_new_folder_when_nothing_came_of_it(tmp_path):
    folder = tmp_path / "a" / "b"
    assert interrupted(folder, UserError) == "nothing was written."
    assert interrupted(folder, KeyboardInterrupt) == "nothing was written."
    assert names(tmp_path) == []
    (tmp_path / "mine").mkdir()  # an empty folder of the user's stays
    interrupted(tmp_path / "mine", KeyboardInterrupt)
    assert names(tmp_path / "mine") == []


def test_what_was_finished_is_kept_and_used_again(tmp_path):
    folder = tmp_path / "out"
    words = interrupted(folder, KeyboardInterrupt, {"a": [0.1 + 0.2, float("nan")]})
    assert words == f"finished runs are kept in {folder}; the same command continues from there."
    assert read_manifest(folder)["status"] == "interrupted"
    with taken(str(folder), folder, manifest(), False, keeps=True) as place:
        figures = place.journal.get("a")
        assert figures[0] == 0.1 + 0.2
        assert np.isnan(figures[1])
        place.journal.keep("b", [1])
        with place.writing() as new:
            (new / "explain.json").write_text("{}")
    assert names(folder) == ["explain.json", "manifest.json"]


def test_what_is_kept_of_a_replacement_leaves_the_old_results_alone(tmp_path):
    folder = tmp_path / "out"
    finished(folder, "one")
    words = interrupted(folder, KeyboardInterrupt, {"a": [1]}, "two", fresh=True)
    assert words.endswith(f"continues from there; the results in {folder} are as they were.")
    assert (folder / "risk.json").read_text() == "one"
    assert read_manifest(folder)["status"] == "complete"
    with taken(str(folder), folder, manifest("two"), True, keeps=True) as place:
        assert place.journal.get("a") == [1]
        with place.writing() as new:
            (new / "risk.json").write_text("two")
    assert names(folder) == ["manifest.json", "risk.json"]


def test_a_broken_line_of_the_journal_costs_no_other(tmp_path):
    path = tmp_path / "j"
    with Journal(path, "hash") as journal:
        for k in range(3):
            journal.keep(str(k), [k])
    path.write_bytes(path.read_bytes()[:-3])
    with Journal(path, "hash") as journal:
        assert [journal.get(str(k)) for k in range(3)] == [[0], [1], None]
        journal.keep("2", [2])
    with Journal(path, "hash") as journal:
        assert journal.get("2") == [2]
    with Journal(path, "another") as journal:
        assert journal.get("0") is None
        journal.keep("x", [9])
    with Journal(path, "hash") as journal:
        assert (journal.kept, journal.get("0")) == (0, None)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_a_journal_on_a_full_disk_is_a_sentence():
    journal = Journal()
    journal._path = Path("/dev/full")
    with pytest.raises(UserError, match="finished runs cannot be kept"):
        journal.keep("a", [1])


def test_a_truncated_table_is_named(tmp_path):
    with Tables() as tables:
        for name in ("one", "two"):
            tables.write(tmp_path / f"{name}.parquet", {"a": np.arange(5)})
        path = tmp_path / "two.parquet"
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(
            UnreadableTableError, match=r"two\.parquet: this table is damaged.*the same command"
        ):
            tables.read([tmp_path / "one.parquet", path])
        with pytest.raises(UnreadableTableError, match="gone"):
            tables.read([tmp_path / "gone.parquet"])


def test_a_damaged_manifest_is_said(tmp_path):
    finished(tmp_path / "out", "one")
    (tmp_path / "out" / "manifest.json").write_text('{"program": "orgs')
    with pytest.raises(UserError, match=r"manifest\.json is damaged .*--out, or delete this one"):
        check_owner(tmp_path / "out", manifest("one"), True)


# ---- one at a time

HOLD = "import sys, time; from pathlib import Path; from sim.store.lock import locked\nwith locked(Path(sys.argv[1])):\n"
HOLD += "    print('held', flush=True); time.sleep(100)"


def test_two_processes_do_not_write_one_folder(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment()
    ) as other:
        try:
            assert other.stdout.readline() == "held\n"
            who = rf"process {other.pid} on .* since 20.*--out .*delete .*{LOCK}"
            with pytest.raises(UserError, match=who), locked(tmp_path):
                pass
        finally:
            other.kill()
        other.wait(60)
    assert (tmp_path / LOCK).exists()  # killed, it left the lock
    with locked(tmp_path):  # and this takes it over
        assert json.loads((tmp_path / LOCK).read_text())["pid"] == os.getpid()
        with pytest.raises(UserError, match=f"process {os.getpid()}"), locked(tmp_path):
            pass
        assert (tmp_path / LOCK).exists()
    assert names(tmp_path) == []


def no_system_locks(monkeypatch):
    """As on a file system that has none."""

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("sim.store.lock._system_lock", refuse)


@pytest.mark.parametrize("changes", [{"host": "elsewhere"}, {"pid": "many"}, {"host": None}])
def test_a_lock_of_which_nothing_can_be_known_is_respected(tmp_path, changes, monkeypatch):
    with locked(tmp_path):
        data = json.loads((tmp_path / LOCK).read_text())
    left = json.dumps({**data, "pid": 2**22 + 1, **changes})
    (tmp_path / LOCK).write_text(left)
    with locked(tmp_path):  # the system says that nobody has it
        pass
    no_system_locks(monkeypatch)
    (tmp_path / LOCK).write_text(left)
    with pytest.raises(UserError, match="if it is not running any more, delete"), locked(tmp_path):
        pass
    assert (tmp_path / LOCK).read_text() == left


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="no /proc")
def test_a_number_given_to_another_process_is_not_the_one_that_wrote(tmp_path, monkeypatch):
    no_system_locks(monkeypatch)
    with locked(tmp_path):
        data = json.loads((tmp_path / LOCK).read_text())
    (tmp_path / LOCK).write_text(json.dumps({**data, "began": "1"}))
    with locked(tmp_path):
        pass


@pytest.mark.parametrize("error", [KeyboardInterrupt, UserError, ZeroDivisionError])
def test_the_lock_is_released_whatever_happens(tmp_path, error):
    with pytest.raises(error), locked(tmp_path):
        raise error
    assert names(tmp_path) == []
