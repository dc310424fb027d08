"""Nothing is lost: what a user sees who gives a command again, interrupts it, gives two at once, or has no space left."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.cli import SWEEP, clean, environment, orgsim

pytestmark = pytest.mark.slow  # every test starts the program

SHORT = ["--set", "time.weeks=4", "--set", "time.warmup_weeks=0"]
ONE = "question: One?\nextends: small-startup\n"
TWO = "question: Two?\nextends: small-startup\nreview: {detection: 0.7}\norganisation: {spans: [4, 2]}\n"
#: Command -> its arguments, and its folder where none is named.
COMMANDS = {
    "explain": (
        ["explain", "one.yaml", "two.yaml", "--by", "difference", "--runs", "2"],
        "one-two-explain",
        "explain.json",
    ),
    "sensitivity": (["sensitivity", "one.yaml", "--samples", "2"], "one-sensitivity", "sensitivity.json"),
    "risk": (["risk", "one.yaml", "--runs", "3"], "risk-one", "risk.json"),
    "compare": (
        ["compare", "one.yaml", "two.yaml", "--runs", "2", "--ranges", "0"],
        "compare-one-two",
        "compare.json",
    ),
    "sweep": (["sweep", "mine.yaml"], "mine", "summary.csv"),
}
LONG = {
    "explain": ["explain", "layered", "flat", "--runs", "50", "--workers", "1", "--out", "here"],
    "sensitivity": ["sensitivity", "layered", "--samples", "50", "--workers", "1", "--out", "here"],
}


@pytest.fixture
def files(tmp_path):
    for name, text in (("one", ONE), ("two", TWO), ("mine", SWEEP)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder. The time of a finished sweep's end changes nothing in them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def begun(args: list[str], cwd: Path, until: Path) -> subprocess.Popen:
    """Start the program and come back when the file is there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *args], cwd=cwd, env=environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    deadline = time.monotonic() + 200
    while not until.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None, process.communicate()
    return process


def interrupted(process: subprocess.Popen) -> str:
    """Press Ctrl-C; what is said."""
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=100)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("command", COMMANDS)
def test_another_question_never_overwrites_a_result(files, command):
    args, name, file = COMMANDS[command]
    folder = files / "results" / name
    first = orgsim(*args, *SHORT, cwd=files)
    assert first.returncode == 0, first.stderr
    before = contents(folder)
    assert {"manifest.json", file} <= set(before)
    other = orgsim(*args, *SHORT, "--seed", "2", cwd=files)
    assert other.returncode == 0, other.stderr
    assert f"Written: {Path('results') / name}-2 (" in other.stdout
    assert contents(folder) == before
    named = ["--out", str(folder)]
    refused = orgsim(*args, *SHORT, "--seed", "2", *named, cwd=files)
    assert refused.returncode == 2
    assert clean(refused)
    assert f"holds the results of another {command}" in refused.stderr
    assert (
        "other seed); choose another folder with --out, or replace these results with --fresh"
        in refused.stderr
    )
    assert contents(folder) == before
    again = orgsim(*args, *SHORT, cwd=files)
    assert f"Written: {Path('results') / name} (" in again.stdout
    assert contents(folder)[file] == before[file]
    fresh = orgsim(*args, *SHORT, "--seed", "2", *named, "--fresh", cwd=files)
    assert fresh.returncode == 0, fresh.stderr
    assert contents(folder)[file] == contents(folder.with_name(f"{name}-2"))[file]
    assert sorted(path.name for path in (files / "results").iterdir()) == [name, f"{name}-2"]
    assert not [path for path in (files / "results").rglob("*") if path.is_dir() and not any(path.iterdir())]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
@pytest.mark.parametrize("command", LONG)
def test_ctrl_c_keeps_what_is_done_and_the_old_result(tmp_path, command):
    folder = tmp_path / "here"
    short = [*LONG[command], *SHORT]
    small = {"explain": ["--runs", "1"], "sensitivity": ["--samples", "2"]}[command]
    assert orgsim(*short, *small, cwd=tmp_path).returncode == 0
    before = contents(folder)
    process = begun([*short, "--fresh"], tmp_path, folder / "unfinished.jsonl")
    assert (
        "finished runs are kept in here; the same command continues from there; the results in here are as they were."
        in interrupted(process)
    )
    left = contents(folder)
    kept = left.pop("unfinished.jsonl").splitlines()
    assert left == before
    assert len(kept) > 1
    assert not (folder / ".orgsim.lock").exists()
    small = {"explain": ["--runs", "2"], "sensitivity": ["--samples", "2"]}[command]
    assert orgsim(*short, *small, "--fresh", cwd=tmp_path).returncode == 0
    assert set(contents(folder)) == set(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
def test_an_interrupted_comparison_leaves_nothing_half(tmp_path):
    args = ["compare", "layered", "flat", "--ranges", "0", "--workers", "1", "--out", "here", *SHORT]
    folder = tmp_path / "here"
    process = begun([*args, "--runs", "50000"], tmp_path, folder / "manifest.json")
    assert interrupted(process) == "\nInterrupted: nothing was written.\n"
    assert not folder.exists()
    assert orgsim(*args, "--runs", "2", cwd=tmp_path).returncode == 0
    before = contents(folder)
    process = begun([*args, "--runs", "50000", "--fresh"], tmp_path, folder / ".orgsim.lock")
    time.sleep(0.5)  # from the lock to the first run
    assert "nothing was written; the results in here are as they were." in interrupted(process)
    assert contents(folder) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
def test_an_interrupted_study_comes_to_what_an_uninterrupted_one_does(tmp_path):
    args = ["sensitivity", "small-startup", "--samples", "6", "--workers", "1", *SHORT, "--json"]
    process = begun([*args, "--out", "here"], tmp_path, tmp_path / "here" / "unfinished.jsonl")
    assert "finished runs are kept in here; the same command continues" in interrupted(process)
    assert json.loads((tmp_path / "here" / "manifest.json").read_text())["status"] == "interrupted"
    again, whole = (orgsim(*args, "--out", out, cwd=tmp_path) for out in ("here", "there"))
    assert again.returncode == 0, again.stderr
    assert again.stdout == whole.stdout
    for name in ("sensitivity.json", "plots/value_per_payroll_usd.svg"):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()
    assert set(contents(tmp_path / "here")) == set(contents(tmp_path / "there"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
def test_an_interrupted_replacement_of_a_sweep_leaves_the_old_one(files):
    (files / "mine.yaml").write_text(SWEEP.replace("runs: 2", "runs: 2000"))
    folder = files / "results" / "mine"
    assert orgsim("sweep", "mine.yaml", "--runs", "2", *SHORT, cwd=files).returncode == 0
    before = contents(folder)
    args = ["sweep", "mine.yaml", "--seed", "2", "--fresh", "--out", str(folder), "--workers", "1", *SHORT]
    process = begun(args, files, folder / ".next" / ".blocks")
    interrupted(process)
    assert {name: data for name, data in contents(folder).items() if not name.startswith(".next")} == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
def test_two_commands_at_once_on_one_folder(tmp_path):
    args = [*LONG["explain"], *SHORT]
    process = begun(args, tmp_path, tmp_path / "here" / "unfinished.jsonl")
    second = orgsim(*args, cwd=tmp_path)
    assert second.returncode == 2
    assert f"Error: here: process {process.pid} on " in second.stderr
    assert "wait for it, or choose another folder with --out" in second.stderr
    assert clean(second)
    process.kill()  # nothing can be tidied up
    process.communicate()
    assert (tmp_path / "here" / ".orgsim.lock").exists()
    third = orgsim(*args, "--runs", "1", "--fresh", cwd=tmp_path)  # takes the lock over
    assert third.returncode == 0, third.stderr
    assert not (tmp_path / "here" / ".orgsim.lock").exists()


def test_truncated_runs_of_a_sweep_are_found_and_done_again(files):
    assert orgsim("sweep", "mine.yaml", *SHORT, cwd=files).returncode == 0
    folder = files / "results" / "mine"
    summary = (folder / "summary.csv").read_bytes()
    assert orgsim("sweep", "mine.yaml", *SHORT, "--runs", "3", cwd=files).returncode == 0
    more = (folder / "summary.csv").read_bytes()
    first, second = sorted((folder / "runs").iterdir())
    second.write_bytes(second.read_bytes()[:-20])
    (folder / "ranges.json").write_text('{"key": ')
    again = orgsim("sweep", "mine.yaml", *SHORT, "--runs", "3", cwd=files)
    assert again.returncode == 0, again.stderr
    assert f"the stored runs in {second.name} were damaged and have been simulated again" in again.stderr
    assert clean(again)
    assert "8 runs were there already" in again.stdout
    assert (folder / "summary.csv").read_bytes() == more != summary
    assert first.exists()
    assert "damaged" not in orgsim("sweep", "mine.yaml", *SHORT, "--runs", "3", cwd=files).stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_place_that_cannot_be_written_is_a_sentence(files, command):
    args = COMMANDS[command][0]
    (files / "results").write_text("a file")
    result = orgsim(*args, *SHORT, cwd=files)
    assert result.returncode == 2
    assert clean(result)
    assert (
        "the results folder cannot be written (Not a directory); choose another with --out" in result.stderr
    )
    out = orgsim(*args, *SHORT, "--out", "one.yaml", cwd=files)
    assert (out.returncode, "is a file, not a results folder" in out.stderr) == (2, True)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_a_full_disk_is_a_sentence(tmp_path):
    command = [sys.executable, "-m", "cli", "parameters"]
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment(), check=False
        )
    assert result.returncode == 2
    assert result.stderr == (
        "Error: the output or a file: cannot be read or written (No space left on device); free some space, or write to "
        "another disk\n"
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_read_only_folder_is_a_sentence(files, command):
    (files / "results").mkdir(mode=0o555)
    result = orgsim(*COMMANDS[command][0], *SHORT, cwd=files)
    assert result.returncode == 2
    assert "the results folder cannot be written (Permission denied)" in result.stderr


@pytest.mark.parametrize("command", ["run", *COMMANDS])
def test_a_refused_or_failed_command_leaves_no_folder(files, command):
    args = COMMANDS[command][0] if command in COMMANDS else ["run", "one.yaml", "--runs", "2"]
    out = ["--out", "new/deep"]
    result = orgsim(*args, *SHORT, *out, "--set", "review.no_such=1", cwd=files)
    assert result.returncode == 2
    assert not (files / "new").exists()
    assert not (files / "results").exists()
