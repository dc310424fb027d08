"""Where Numba's internals are gone or fail, kernels are compiled as Numba does it: one warning, the same results."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest
from helpers import ROOT
from helpers.worlds import world

from sim.simulation.run import run

#: BREAKING stands for the line that breaks something.
PLAY = """
import json, warnings
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    BREAKING
    from helpers.worlds import world
    from sim.engine.kernel import inlines
    from sim.simulation.run import run
    merged = run(world(ics=4, layers=1, weeks=2), 1, 1, workers=1).series["value_per_week"]
warned = [str(one.message) for one in said if one.category is RuntimeWarning]
print(json.dumps([inlines(), warned, merged.tolist()]))
"""
SERIES = "value_per_week"
GONE = "import numba.core.codegen as codegen; del codegen.JITCodeLibrary"
FAILS = "from sim.engine import inlining; inlining._KernelCompiler.__init__ = None"


TINY = """
import json, warnings
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    BREAKING
    from sim.engine.kernel import inlines, kernel
    kernel(lambda x: 2 * x), kernel(lambda x: 3 * x)
    found = [inlines(), [str(one.message) for one in said]]
print(json.dumps(found))
"""


def played(code: str, breaking: str, cache: Path) -> list:
    """Return what *code* prints in a process of its own, once *breaking* has run."""
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(cache),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
    }
    command = [sys.executable, "-c", code.replace("BREAKING", breaking)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_without_the_internals_results_are_the_same(tmp_path):
    inlined, said, values = played(PLAY, GONE, tmp_path)
    assert inlined is False
    assert len(said) == 1
    assert "JITCodeLibrary" in said[0]
    assert "results are the same" in said[0]
    assert values == run(world(ics=4, layers=1, weeks=2), 1, 1, workers=1).series[SERIES].tolist()


@pytest.mark.slow
def test_internals_that_fail_are_not_used(tmp_path):
    inlined, said = played(TINY, FAILS, tmp_path)
    assert inlined is False
    assert len(said) == 1
    assert "TypeError" in said[0]


@pytest.mark.slow
def test_internals_that_work_are_tried_once(tmp_path):
    assert played(TINY, "pass", tmp_path) == [True, []]
    (tried,) = tmp_path.glob("inlining-works-*")
    assert numba.__version__ in tried.name
    assert played(TINY, FAILS, tmp_path) == [True, []]  # not tried again


def test_plain_compilation_can_be_asked_for(tmp_path):
    assert played(TINY, "import os; os.environ['ORGSIM_PLAIN_NUMBA'] = '1'", tmp_path) == [False, []]


MODULE = """
from sim.engine.kernel import entry, kernel

@kernel
def twice(x):
    return 2 * x

@entry
def twice_and_one(x):
    return twice(x) + 1
"""

CACHED = """
import json, sys, warnings
warnings.simplefilter("ignore")
BREAKING
sys.path.insert(0, MODULE_FOLDER)
from small import twice_and_one
assert twice_and_one(20) == 41
print(json.dumps([sum(twice_and_one.stats.cache_hits.values()), sum(twice_and_one.stats.cache_misses.values())]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("breaking", [GONE, "import os; os.environ['ORGSIM_PLAIN_NUMBA'] = '1'"])
def test_the_two_ways_do_not_run_each_others_code(tmp_path, breaking):
    (tmp_path / "small.py").write_text(MODULE)
    code = CACHED.replace("MODULE_FOLDER", repr(str(tmp_path)))
    cache = tmp_path / "cache"
    assert played(code, "pass", cache) == [0, 1]
    assert played(code, "pass", cache) == [1, 0]
    assert played(code, breaking, cache) == [0, 1]  # not what the other way had compiled
    assert played(code, breaking, cache) == [1, 0]
    assert played(code, "pass", cache) == [1, 0]


SHOWN = """
import json, sys
BREAKING
sys.path.insert(0, MODULE_FOLDER)
from small import twice_and_one
assert twice_and_one(20) == 41
(made,) = twice_and_one.overloads.values()
print(json.dumps([[one.name, one.linkage.name] for one in made.library.get_defined_functions()]))
"""


def test_an_entry_shows_none_of_its_kernels(tmp_path):
    (tmp_path / "small.py").write_text(MODULE)
    functions = played(SHOWN.replace("MODULE_FOLDER", repr(str(tmp_path))), "pass", tmp_path / "cache")
    assert "external" in [linkage for name, linkage in functions if "twice_and_one" in name]
    assert all(linkage == "internal" for name, linkage in functions if "twice_and_one" not in name)
