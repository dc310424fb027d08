"""The worked example of `docs/contributing.md`: applied to a copy of the checkout it works, and nothing of it can be forgotten."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

PAGE = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.split("## A mechanism, worked")[1].split("\n## ")[0]
NEW_FILE = re.compile(r"^```python\n# file: (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATCH = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def edits(text: str = EXAMPLE) -> list[tuple[str, str, str]]:
    """File, old text, new text of every change that the page shows; the old text of a new file is empty."""
    found = [(name, "", body) for name, body in NEW_FILE.findall(text)]
    for patch in PATCH.findall(text):
        for part in patch.split("--- ")[1:]:
            name, _, lines = part.partition("\n")
            hunk = lines.splitlines(keepends=True)
            old = "".join(line[1:] for line in hunk if line[0] in " -")
            new = "".join(line[1:] for line in hunk if line[0] in " +")
            found.append((name, old, new))
    return found


def apply(root: Path, leave_out: str = "") -> set[str]:
    """Apply the page to a copy of the checkout, but for what contains *leave_out*; return the files touched."""
    touched = set()
    for name, old, new in edits():
        if leave_out and leave_out in new:
            continue
        path = root / name
        if old:
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{name}: the page does not fit: {old!r}"
            path.write_text(text.replace(old, new), encoding="utf-8")
        else:
            path.write_text(new, encoding="utf-8")
        touched.add(name)
    return touched


def copied(folder: Path) -> Path:
    for name in ("sim", "tests", "docs", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("cli.py", "pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def python(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: x for key, x in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONPATH": str(root), "NO_COLOR": "1"}
    if root != ROOT:  # its kernels are compiled for this test only
        environment["XDG_CACHE_HOME"] = str(root / ".cache")
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


PLAY = """
from sim.scenario.scenario import load
from sim.simulation.run import run
import json, sys
small = load("flat", ["organisation.ics=12", "organisation.hold=ics", "time.weeks=16"])
def figures(**values):
    found = run(small.with_values({k.replace("__", "."): x for k, x in values.items()}), 3, 1, workers=1).outcomes
    return {k: [repr(float(y)) for y in x] for k, x in found.items() if k != "switching_share"}
on = {"switches__switching": True, "switching__loss": 0.2}
print(json.dumps([figures()] + ([figures(**on)] if "on" in sys.argv else [])))
"""


def test_the_example_fits() -> None:
    """Every line that the page replaces stands just once in the file it names."""
    for name, old, _ in edits():
        assert not old or (ROOT / name).read_text(encoding="utf-8").count(old) == 1, f"{name}: {old!r}"


@pytest.mark.slow
def test_the_example_works(tmp_path: Path) -> None:
    """Nine files; off it is identity, on it costs changes, its claims hold, its pages can be generated."""
    import json

    root = copied(tmp_path)
    before = python(ROOT, "-c", PLAY)
    touched = apply(root)
    code = {name for name in touched if name.startswith("sim/")}
    assert len(code) == 7, sorted(code)
    assert len(touched) == 9, sorted(touched)
    after = python(root, "-c", PLAY, "on")
    assert after.returncode == 0, after.stderr
    off, on = json.loads(after.stdout)
    assert off == json.loads(before.stdout)[0]
    assert sum(map(float, on["changes_per_ic_week"])) < sum(map(float, off["changes_per_ic_week"]))
    made = python(root, "-m", "sim.reference")
    assert made.returncode == 0, made.stderr
    assert "`switching.loss`" in (root / "docs" / "explanation" / "odd.md").read_text(encoding="utf-8")
    done = python(root, "-m", "pytest", "-q", "tests/mechanisms/flow/test_switching.py")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("left_out", "check", "said"),
    [
        (
            'Section("switching"',
            ("-c", "import sim.parameters.registry"),
            r"no section has it; add an entry to sim/parameters/sections\.py",
        ),
        ('("switching", "f8")', ("-m", "sim.reference"), "no words for PERSON.switching"),
        ("submodel switching", ("-m", "sim.reference"), "'submodel switching' has no markers"),
        ("FLOW, ", ("-c", "import sim.outcomes.declared"), "is no group of outcomes"),
        (
            "Claim(",
            ("-m", "pytest", "-q", "tests/mechanisms/test_claims.py"),
            r"states CLAIMS for switching\.loss",
        ),
    ],
    ids=["section", "words of a field", "ODD", "group", "claims"],
)
def test_nothing_can_be_forgotten(left_out: str, check: tuple[str, ...], said: str, tmp_path: Path) -> None:
    root = copied(tmp_path)
    if left_out == "FLOW, ":
        apply(root)
        path = root / "sim" / "outcomes" / "declared.py"
        path.write_text(
            path.read_text(encoding="utf-8").replace('"switching_share", FLOW, ', '"switching_share", "", '),
            encoding="utf-8",
        )
    elif left_out == '("switching", "f8")':
        apply(root)
        path = root / "sim" / "engine" / "state.py"
        text = re.sub(r'(\("switching", "f8"\),).*', r"\1", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    elif left_out == "Claim(":
        apply(root)
        path = root / "tests" / "mechanisms" / "flow" / "test_switching.py"
        text = re.sub(r'    "switching.loss": Claim.*\n', "", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    else:
        apply(root, left_out)
    done = python(root, *check)
    assert done.returncode != 0
    assert re.search(said, done.stdout + done.stderr), (done.stdout + done.stderr)[-1500:]
