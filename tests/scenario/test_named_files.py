"""What a scenario may name: files in its own folder and bundled scenarios; and what a message says of any other file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.errors import UserError
from sim.scenario.foreign import NOT_QUOTED
from sim.scenario.scenario import from_yaml, load

SECRET = "hunter2"
ROOT = Path(__file__).resolve().parents[2]


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(text: str, folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        load(write(folder / "s.yaml", text)).hash()
    return str(caught.value)


def command(*args: object, folder: Path) -> tuple[int, str]:
    """Exit code and all output of a command, which must end by itself."""
    call = [sys.executable, ROOT / "cli.py", *map(str, args)]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return write(tmp_path / "private.yaml", f"question: {SECRET}\n")


# ---- a file may name what lies in its folder


@pytest.mark.parametrize(
    "key", ["extends: {}", "organisation: {{hold: ics, hold_to: '{}'}}", "organisation: {{chart: '{}'}}"]
)
@pytest.mark.parametrize(
    "name", ["../private.yaml", "sub/../../private.yaml", "../nowhere.yaml", "/etc/passwd", "/dev/zero"]
)
def test_a_file_outside_is_refused_whether_it_is_there_or_not(tmp_path, outside, key, name):
    told = refused("question: q\n" + key.format(name), tmp_path / "mine")
    assert f"{name}: lies outside the folder of the file that names it" in told
    assert SECRET not in told
    assert "root:" not in told


@pytest.mark.parametrize("key", ["extends: {}", "organisation: {{chart: {}}}"])
def test_a_link_that_leads_out_is_refused(tmp_path, outside, key):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "link.yaml").symlink_to(outside)
    (tmp_path / "mine" / "folder").symlink_to(tmp_path)
    for name in ("link.yaml", "folder/private.yaml"):
        assert "lies outside" in refused(key.format(name), tmp_path / "mine")


def test_an_absolute_path_and_a_link_that_stay_inside_are_taken(tmp_path, outside):
    (tmp_path / "link.yaml").symlink_to(outside)
    for name in ("link.yaml", str(outside), "./private.yaml"):
        assert load(write(tmp_path / "s.yaml", f"extends: {name}")).question == SECRET


def test_what_a_file_below_names_lies_in_that_folder(tmp_path):
    write(tmp_path / "mine/sub/b.yaml", "extends: ../c.yaml")
    write(tmp_path / "mine/c.yaml", "question: q")
    assert "lies outside" in refused("extends: sub/b.yaml", tmp_path / "mine")
    write(tmp_path / "mine/sub/b.yaml", "extends: base\nquestion: below")
    assert load(write(tmp_path / "mine/s.yaml", "extends: sub/b.yaml")).question == "below"


def test_bundled_scenarios_that_are_links_are_found(tmp_path, monkeypatch):
    """Some installers fill a package's folder with links."""
    installed = tmp_path / "installed"
    installed.mkdir()
    for name in ("base", "layered"):
        (installed / f"{name}.yaml").symlink_to(ROOT / "scenarios" / f"{name}.yaml")
    monkeypatch.setattr("sim.scenario.files.folder", lambda: installed)
    assert load("layered").organisation.spans == (6, 4, 4)


def test_the_user_may_name_any_file(tmp_path, outside, monkeypatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    chart = write(tmp_path / "c.csv", "id,manager\na,\nb,a\n")
    assert load("../private.yaml").question == SECRET
    assert load("base", ["organisation.chart=../c.csv"]).organisation.chart == chart.resolve()


def test_a_sweep_names_its_base_in_its_folder(tmp_path, outside):
    text = "question: q\nbase: ../private.yaml\nvary: {ai.share_of_code: [0.1, 0.2]}\n"
    write(tmp_path / "mine/s.yaml", text)
    code, told = command("check", "s.yaml", folder=tmp_path / "mine")
    assert code == 2
    assert "base: ../private.yaml: lies outside" in told


# ---- a text may name bundled scenarios only


@pytest.mark.parametrize(
    "name", ["private.yaml", "../private.yaml", "/etc/passwd", "/dev/zero", "./base.yaml"]
)
def test_a_text_reads_no_file(tmp_path, outside, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="given as text can use bundled scenarios only"):
        from_yaml(f"question: q\nextends: {name}")
    with pytest.raises(UserError, match="given as text can use bundled scenarios only"):
        from_yaml(f"question: q\norganisation: {{hold: ics, hold_to: {name}}}")
    with pytest.raises(
        UserError, match=r"given as text reads no chart; give the chart itself, with Scenario\.with_chart"
    ):
        from_yaml(f"question: q\norganisation: {{chart: {name}}}")
    assert from_yaml("extends: layered").organisation.spans == (6, 4, 4)


def test_a_text_with_a_folder_names_files_in_it(tmp_path, outside):
    (tmp_path / "mine").mkdir()
    assert from_yaml("extends: private.yaml", folder=tmp_path).question == SECRET
    with pytest.raises(UserError, match="lies outside"):
        from_yaml("extends: ../private.yaml", folder=tmp_path / "mine")


# ---- a file that is no scenario is never quoted

FOREIGN = {
    "words": SECRET + "\n",
    "a list": f"- {SECRET}\n",
    "other keys": f"{SECRET}: 1\n",
    "name and password": f"name: db\n{SECRET}: 1\n",
    "broken": f"user: *{SECRET}\n",
    "a tag": f"!{SECRET} x\n",
    "passwd": f"root:x:0:0:{SECRET}:/root:/bin/bash\nbin: x: y\n",
    "twice": f"{SECRET}: 1\n{SECRET}: 2\n",
    "a table": f"name,password\nroot,{SECRET}\n",
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_file_that_is_no_scenario_is_not_quoted(tmp_path, content):
    write(tmp_path / "other.txt", content)
    told = refused("extends: other.txt", tmp_path)
    assert told.endswith("other.txt: " + NOT_QUOTED)
    from sim.experiments.sweep.file import load_sweep

    with pytest.raises(UserError, match="this is neither") as caught:
        load_sweep(tmp_path / "other.txt")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "content", [SECRET, f"{SECRET},b\nc,d\n", f"user,{SECRET}\nroot,x\n", f"{SECRET}\n{SECRET},1,2\n"]
)
def test_a_file_that_is_no_chart_is_not_quoted(tmp_path, content):
    write(tmp_path / "other.csv", content)
    write(tmp_path / "s.yaml", "question: q\norganisation: {chart: other.csv}\n")
    code, told = command("check", "s.yaml", folder=tmp_path)
    assert code == 2
    assert SECRET not in told


def test_a_misspelt_scenario_is_still_told_what_is_wrong(tmp_path):
    assert "did you mean 'organisation'?" in refused("orgnisation: {ics: 9}", tmp_path)
    assert "alias *x refers to no anchor" in refused("question: *x", tmp_path)


# ---- what would never end, or is not text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_devices_pipes_binaries_and_huge_files_end_with_a_sentence(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path / "binary", bytes(range(256)) * 10)
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(200 * 2**30)  # sparse
    expected = {
        "pipe": "a device or a pipe",
        "binary": "neither a scenario",
        "huge": "bytes are more than the limit",
    }
    if Path("/dev/zero").exists():
        expected["/dev/zero"] = "a device or a pipe"
    code, told = command("check", *expected, folder=tmp_path)
    assert code == 2
    assert len(told.splitlines()) == len(expected)
    for line, words in zip(told.splitlines(), expected.values(), strict=True):
        assert words in line
    for name in ("pipe", "huge"):
        refused(f"organisation: {{chart: {name}}}", tmp_path)
        with pytest.raises(UserError):
            load("base", [f"organisation.chart={tmp_path / name}"]).hash()


# ---- a slip in the name of one's own file


@pytest.mark.parametrize(
    ("typed", "meant"), [("our.yaml", "ours.yaml"), ("ours", "ours.yaml"), ("uors.yml", "ours.yaml")]
)
def test_a_file_of_nearly_that_name_is_suggested(tmp_path, monkeypatch, typed, meant):
    write(tmp_path / "ours.yaml", "question: q\n")
    write(tmp_path / "our.txt", "")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=f"no such file, did you mean '{meant}'\\?$"):
        load(typed)


def test_a_file_in_another_folder_is_suggested_with_it(tmp_path):
    write(tmp_path / "sub" / "ours.yaml", "question: q\n")
    with pytest.raises(UserError, match=r"did you mean '.*sub.ours\.yaml'"):
        load(tmp_path / "sub" / "our.yaml")


def test_the_ending_alone_makes_no_name_near(tmp_path, monkeypatch):
    write(tmp_path / "ours.yaml", "question: q\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="no such file, did you mean 'flat'"):
        load("flatt")
    with pytest.raises(UserError, match="no such file; bundled scenarios"):
        load("zzz.yaml")
