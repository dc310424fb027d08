"""The results folder: ownership, atomic files, what may be removed, and that nothing non-finite is
written.
"""

import json
import os
import re
import shlex
import subprocess
import sys

import numpy as np
import pytest
from helpers import ROOT

from sim.errors import UserError
from sim.store import files
from sim.store.folder import claim, clear, content_hash, read_manifest, set_status
from sim.store.tables import Tables


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
    tables.write(runs / "1-0-2.parquet", {"run": np.arange(3), "more": np.ones(3)})
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
    assert table.stdout.strip() == "['more', 'run', 'value'] 6 4.0"


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


def test_fresh_removes_results_and_nothing_else(tmp_path):
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    claim(folder, manifest("one"))
    (folder / "runs" / "x.parquet").write_text("old")
    (folder / "thesis.docx").write_text("mine")
    (folder / "people").symlink_to(elsewhere)
    claim(folder, manifest("two"), fresh=True)
    assert list((folder / "runs").iterdir()) == []
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
    with pytest.raises(UserError, match="left alone; choose another folder with --out"):
        claim(folder, manifest(), fresh)
    with pytest.raises(UserError, match="nothing is removed"):
        clear(folder)
    assert (folder / "runs" / "marathon.jpg").exists()
    assert [p.name for p in (folder / "runs").iterdir()] == ["marathon.jpg"]


def test_a_file_or_an_unwritable_place_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="is a file"):
        claim(tmp_path / "file", manifest())
    with pytest.raises(UserError, match=r"cannot be written .*--out"):
        claim(tmp_path / "file" / "below", manifest())


def test_status_is_rewritten(tmp_path):
    data = claim(tmp_path / "out", manifest())
    set_status(tmp_path / "out", data, "complete", failures=0)
    found = read_manifest(tmp_path / "out")
    assert (found["status"], found["failures"], found["name"]) == ("complete", 0, "mine")
