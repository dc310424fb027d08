"""The package as a stranger meets it: its map, and its public names."""

import re
import subprocess
import sys

import pytest
from helpers import ROOT

import sim


def test_the_map_names_every_room():
    rooms = {
        path.name for path in (ROOT / "sim").iterdir() if path.is_dir() and (path / "__init__.py").exists()
    }
    words = set(re.findall(r"[a-z_]+", sim.__doc__))
    assert rooms - words == set()


def test_public_names_are_loaded_when_asked_for():
    code = "import sys, sim; sim.load; print(sorted({'numpy', 'numba', 'mesa'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == "[]"
    assert [getattr(sim, name).__name__ for name in sim.__all__] == sim.__all__
    with pytest.raises(AttributeError, match="public names: load"):
        sim.lode  # noqa: B018
