"""Files and names of the package that pages and docstrings mention exist."""

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest
from helpers import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / ".ci" / "run",
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "docs").rglob("*.py"),
]
SOURCES = [
    path for folder in ("sim", "tests", "benchmarks", "examples") for path in (ROOT / folder).rglob("*.py")
]

#: Files that the worked example of a page makes in a copy.
EXAMPLE = re.findall(
    r"^# file: (\S+)$", (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8"), re.MULTILINE
)


def found(dotted: str) -> bool:
    """Return True if a dotted name of the package is a module, or something in one."""
    parts = dotted.split(".")
    for k in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:k]))
        except ModuleNotFoundError:
            continue
        for name in parts[k:]:
            if not hasattr(thing, name):
                return k < len(parts) and name in getattr(thing, "__annotations__", {})
            thing = getattr(thing, name)
        return True
    return False


def stale(text: str) -> list[str]:
    """Return the files and names of the package in *text* that do not exist."""
    files = re.findall(
        r"(?<![\w/.-])(?:sim|tests|benchmarks|scenarios)/[\w/-]+\.(?:py|yaml|csv|json)\b", text
    )
    missing = [name for name in files if not (ROOT / name).exists() and name not in EXAMPLE]
    dotted = re.findall(r"`(sim(?:\.[A-Za-z_]\w*)+)`", text)
    return missing + [name for name in dotted if not found(name)]


@pytest.mark.parametrize("path", [*PAGES, *SOURCES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_named_exists(path: Path):
    assert stale(path.read_text(encoding="utf-8")) == []


def test_a_name_that_has_gone_is_noticed():
    gone, other = "sim/" + "nowhere.py", "sim.errors." + "OtherError"
    assert stale(f"see `{gone}`, sim/errors.py, `sim.errors.UserError` and `{other}`") == [gone, other]


def test_every_folder_says_in_one_line_what_it_is_for():
    folders = subprocess.run(
        ["git", "ls-files", "sim"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for folder in {Path(name).parent for name in folders.split() if name.endswith(".py")} - {Path("sim")}:
        body = ast.parse((ROOT / folder / "__init__.py").read_text(encoding="utf-8")).body
        assert len(body) == 1, (
            f"{folder}/__init__.py holds more than its docstring: all that lies in the folder gets heavy"
        )
        assert isinstance(body[0], ast.Expr), folder
