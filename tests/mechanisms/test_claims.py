"""Every parameter has its claim of direction, stated once, beside its mechanism."""

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from helpers import ROOT

from sim.parameters.registry import REGISTRY

FILES = [
    file
    for file in sorted((ROOT / "tests").rglob("test_*.py"))
    if "\nfrom helpers.claims import " in file.read_text(encoding="utf-8")
]


def module(file: Path) -> ModuleType:
    """The test file as a module of its own, wherever it stands."""
    spec = importlib.util.spec_from_file_location(f"stating_{file.stem}", file)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize(("table", "uncertain"), [("CLAIMS", True), ("CHOICES", False)])
def test_every_parameter_has_a_claim_and_only_one(table, uncertain):
    stated = Counter(path for file in FILES for path in getattr(module(file), table, ()))
    wanted = {path for path, q in REGISTRY.items() if q.uncertain is uncertain}
    missing, unknown = sorted(wanted - set(stated)), sorted(set(stated) - wanted)
    assert not missing, f"no test file of a mechanism states {table} for {', '.join(missing)}"
    assert not unknown, f"{table} is not the table for {', '.join(unknown)}"
    assert not (twice := [path for path, n in stated.items() if n > 1]), f"stated twice: {', '.join(twice)}"
