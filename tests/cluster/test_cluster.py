"""A sweep on a dask cluster, on the loopback: the bytes of a local one, whoever dies; who computes otherwise is refused."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

pytest.importorskip("distributed", reason="the extra orgsim[cluster] is not installed")

from helpers.cli import SWEEP as REAL
from helpers.cli import TIME, clean, environment, orgsim
from helpers.cluster import Remote, local, until
from helpers.fake_engine import SWEEP, run_file, write_sweep

from sim.constants import PACKAGE
from sim.simulation import cluster
from sim.simulation.parallel import ClusterError
from sim.simulation.proof import differences, stated
from sim.store.folder import read_manifest

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
PLAIN = SWEEP.replace("ranges: 8", "ranges: 2").replace("runs: 12", "runs: 20")


@pytest.fixture(scope="module", autouse=True)
def found_by_workers():
    """Workers find the stand-in."""
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([os.path.dirname(os.path.dirname(__file__)), before])
    yield
    os.environ["PYTHONPATH"] = before


@pytest.fixture
def sweep_file(tmp_path):
    return write_sweep(tmp_path, PLAIN)


@pytest.fixture
def summary(sweep_file, tmp_path):
    return (run_file(sweep_file, tmp_path / "whole").folder / "summary.csv").read_bytes()


def test_two_workers_with_empty_compile_caches_give_local_bytes_though_the_client_is_killed(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        REAL.replace("runs: 2", "runs: 150").replace("ranges: 0", "ranges: 2")
    )
    (tmp_path / "home").mkdir()
    args = ["sweep", "mine.yaml", *TIME, "--out"]
    whole = orgsim(*args, "whole", cwd=tmp_path)
    with local(tmp_path) as dask:
        for _ in range(2):
            dask.worker(NUMBA_CACHE_DIR=str(tmp_path / "home"))
        command = [sys.executable, "-m", "cli", *args, "out", "--cluster", dask.address]
        with subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL) as client:
            until(lambda: list(tmp_path.glob("out/.blocks/*.block")) or client.poll() is not None, 500)
            client.send_signal(signal.SIGKILL)
        found = orgsim(*args, "out", "--cluster", dask.address, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert "runs were there already" in found.stdout
    assert found.stdout.split("Written")[0] == whole.stdout.split("Written")[0]
    for name in ("summary.csv", "ranges.json"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    machine = read_manifest(tmp_path / "out")["machine"]
    assert machine == read_manifest(tmp_path / "whole")["machine"]
    assert list((tmp_path / "home").rglob("*.nbi"))  # they did compile


def test_a_worker_that_is_killed_costs_nothing_and_one_with_changed_sources_is_refused(
    sweep_file, tmp_path, summary
):
    changed = tmp_path / "changed"
    shutil.copytree(PACKAGE, changed / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    (changed / "scenarios").symlink_to(PACKAGE.parent / "scenarios")
    text = (changed / "sim" / "constants.py").read_text(encoding="utf-8")
    (changed / "sim" / "constants.py").write_text(text + "\n# another\n", encoding="utf-8")
    said, states = [], []
    with local(tmp_path) as dask:
        workers = [dask.worker(), dask.worker()]

        def seen(state):
            if not states:
                workers[0].kill()
                dask.worker(package=changed)  # joins late
            states.append(state)
            if len(states) == 3:  # and nothing ends before it has been seen
                until(lambda: said)

        found = run_file(
            sweep_file,
            tmp_path / "out",
            Remote(0.02),
            cluster=dask.address,
            wait=60,
            progress=seen,
            say=said.append,
        )
    assert found.failures == ()
    assert (tmp_path / "out" / "summary.csv").read_bytes() == summary
    (line,) = said
    assert "is not used: other sources of the model (" in line
    assert f", not {stated()['source']})" in line


def test_a_run_that_kills_every_worker_is_a_failure(sweep_file, tmp_path, summary, monkeypatch):
    monkeypatch.setattr(cluster, "STRIKES", 2)
    with local(tmp_path) as dask:
        dask.worker(nanny=True), dask.worker(nanny=True)
        found = run_file(
            sweep_file, tmp_path / "out", Remote(deadly=(2, 0.3, 7)), cluster=dask.address, wait=120
        )
    assert found.failures == ((1, 7, 1, "ended every worker that it ran on (2 of them)"),)
    again = run_file(sweep_file, tmp_path / "out", retry_failed=True)
    assert again.failures == ()
    assert (tmp_path / "out" / "summary.csv").read_bytes() == summary


def test_a_lost_scheduler_is_a_sentence_and_what_is_done_is_kept(sweep_file, tmp_path, summary, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 3.0)
    with local(tmp_path) as dask:
        dask.worker()
        killed = []

        def seen(state):
            if state.done >= 20 and not killed:
                killed.append(state.done)
                dask.scheduler.kill()

        with pytest.raises(
            ClusterError, match=r"the scheduler is lost .*what is finished is kept, and the same command"
        ):
            run_file(sweep_file, tmp_path / "out", Remote(0.05), cluster=dask.address, wait=60, progress=seen)
    assert read_manifest(tmp_path / "out")["status"] == "failed"
    found = run_file(sweep_file, tmp_path / "out")
    assert found.runs_reused >= killed[0]
    assert (tmp_path / "out" / "summary.csv").read_bytes() == summary


def test_no_workers_and_no_scheduler_are_said(tmp_path):
    (tmp_path / "mine.yaml").write_text(REAL)
    with local(tmp_path) as dask:
        args = ["sweep", "mine.yaml", *TIME, "--cluster", dask.address, "--cluster-wait", "2"]
        found = orgsim(*args, cwd=tmp_path)
        assert (found.returncode, clean(found)) == (2, True)
        assert (
            "no worker that can be used in 2 seconds; start workers with `dask worker tcp://127"
            in found.stderr
        )
    assert not (tmp_path / "results").exists()
    found = orgsim(
        "sweep", "mine.yaml", *TIME, "--cluster", "tcp://127.0.0.1:9", "--cluster-wait", "2", cwd=tmp_path
    )
    assert (found.returncode, clean(found)) == (2, True)
    assert "--cluster tcp://127.0.0.1:9: no dask scheduler answers there" in found.stderr


def test_what_differs_between_machines_is_named():
    here = {"source": "a", "versions": {"python": "3.11", "numpy": "2.0"}, "probe": "1"}
    assert differences(here, here) == ""
    assert differences({}, here) == ""
    assert differences(here, {**here, "source": "b"}) == "other sources of the model (b, not a)"
    assert (
        differences(here, {**here, "versions": {"python": "3.12"}})
        == "python 3.12, not 3.11; numpy None, not 2.0"
    )
    assert differences(here, {**here, "probe": "2"}).startswith(
        "other figures from the same program: its probe is 2, not 1"
    )
