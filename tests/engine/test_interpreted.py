"""The engine does the same compiled, interpreted, and under another hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import ROOT
from helpers.dump import weeks_of
from helpers.worlds import WORLDS, differences

pytestmark = pytest.mark.slow

DUMP = ROOT / "tests" / "helpers" / "dump.py"


def _interpret(folder: Path, hash_seed: int, *names: str) -> tuple[subprocess.Popen, Path]:
    out = folder / f"interpreted-{hash_seed}.npz"
    tests = ROOT / "tests"
    environment = {
        **os.environ,
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent)]),
    }
    command = [sys.executable, "-W", "error", str(DUMP), str(out), *names]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True), out


@pytest.fixture(scope="module")
def interpreted(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, np.ndarray]]:
    """Weekly records by the interpreted engine, under two hash seeds (name -> structured array)."""
    folder = tmp_path_factory.mktemp("interpreted")
    started = [_interpret(folder, 1), _interpret(folder, 4242)]
    accounts = []
    for process, out in started:
        _, errors = process.communicate(timeout=170)
        assert process.returncode == 0, errors
        with np.load(out) as kept:
            accounts.append({name: kept[name] for name in kept.files})
    return accounts


@pytest.mark.parametrize("name", WORLDS)
def test_compiled_equals_interpreted(name, interpreted):
    compiled = weeks_of([name])[name]
    assert compiled["merged"][-1] > 20
    assert differences(compiled, interpreted[0][name]) == []


@pytest.mark.parametrize("name", WORLDS)
def test_hash_seeds_do_not_matter(name, interpreted):
    assert differences(interpreted[0][name], interpreted[1][name]) == []
