"""Runs the program as a user does, for the tests of the command line."""

import os
import subprocess
import sys
from pathlib import Path

import cli

TIME = ["--set", "time.weeks=2", "--set", "time.warmup_weeks=0"]
SWEEP = (
    "question: Which?\nbase: layered\nvary: {organisation.management_layers: [2, 3], ai.share_of_code: [0.1, 0.5]}\n"
    "hold: payroll\nruns: 2\nranges: 0\n"
)


def environment(**changes: str) -> dict[str, str]:
    """Environment in which ``python -m cli`` is the program under test, installed or not."""
    paths = [str(Path(cli.__file__).parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **changes}


def orgsim(*args: str, cwd: Path | None = None, **changes: str) -> subprocess.CompletedProcess:
    """Run the program in a process of its own; *changes* of its environment."""
    command = [sys.executable, "-m", "cli", *args]
    env = environment(**changes)
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env, timeout=300, check=False)


def clean(result: subprocess.CompletedProcess) -> bool:
    """No traceback, whatever happened."""
    return "Traceback" not in result.stderr + result.stdout
