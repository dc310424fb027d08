"""Whatever kills a sweep, it resumes to the same bytes and leaves nothing temporary."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.cli import SWEEP, TIME, environment, orgsim

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked"),
]
TESTS = str(Path(__file__).parents[1])


def killed(*args: str) -> int:
    """Run the helper that kills; how many kills there were."""
    env = environment()
    env["PYTHONPATH"] += os.pathsep + TESTS
    command = [sys.executable, "-m", "helpers.killed", *args]
    result = subprocess.run(command, capture_output=True, text=True, env=env, timeout=400, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return int(result.stdout.split()[-1])


def test_kill_before_and_after_every_rename(tmp_path):
    assert killed("renames", str(tmp_path)) > 40


def test_kill_at_random_moments(tmp_path):
    assert killed("moments", str(tmp_path), "20") == 20


def test_kill_by_sigterm_is_an_interruption(tmp_path):
    (tmp_path / "mine.yaml").write_text(SWEEP.replace("runs: 2", "runs: 400"))
    args = ["sweep", "mine.yaml", *TIME, "--out", "out", "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *args], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 200
    while not list(tmp_path.glob("out/.blocks/*.block")) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=100)
    assert process.returncode == 130, err
    assert "Interrupted: finished runs are kept in out; the same command continues from there." in err
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["status"] == "interrupted"
    assert list((tmp_path / "out" / "runs").glob("*.parquet"))
    again = orgsim(*args, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "runs were there already" in again.stdout
