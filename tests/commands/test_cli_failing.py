"""How the command line fails: with a stand-in engine, closed pipes and Ctrl-C."""

import importlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.cli import SWEEP, clean, environment, orgsim

import cli
from sim.commands.common import replay_command, report_failures
from sim.errors import UserError
from sim.outcomes.declared import OUTCOMES
from sim.scenario.scenario import load
from sim.simulation.simulator import Engine


class Results(SimpleNamespace):
    """What `sim.simulation.run.run` returns, with made-up figures."""


def engine(fails: tuple[int, ...] = (), error: BaseException | None = None):
    def run(scenario, runs=100, seed=1, *, workers=None, first_run=0, progress=None):
        if error is not None:
            raise error
        numbers = np.array([r for r in range(first_run, first_run + runs) if r not in fails])
        outcomes = {name: np.arange(len(numbers), dtype=float) for name in list(OUTCOMES)[:5]}
        outcomes["cost_per_value"] = np.full(len(numbers), np.nan)
        failures = tuple(SimpleNamespace(run=r, seed=seed, message="it broke") for r in fails)
        return Results(
            scenario=scenario, seed=seed, runs=numbers, outcomes=outcomes, series={}, failures=failures
        )

    return run


class TestFailing:
    @pytest.fixture
    def use(self, monkeypatch):
        module = importlib.import_module("sim.simulation.run")
        return lambda run: monkeypatch.setattr(module, "run", run)

    def test_some_runs_failed(self, use, capsys):
        use(engine(fails=(1,)))
        assert cli.execute(["run", "flat", "--runs", "4", "--set", "ai.retries=2"]) == 3
        captured = capsys.readouterr()
        assert "Run 1 failed: it broke" in captured.err
        assert "orgsim run flat --seed 1 --first-run 1 --runs 1 --set ai.retries=2)" in captured.err
        assert "defined in 0 of 3 runs" in captured.out

    def test_options_with_braces_and_blanks_come_back_as_they_were(self, use, capsys):
        use(engine(fails=(0,)))
        assert cli.execute(["run", "flat", "--runs", "2", "--set", "organisation.spans=[12, 8]"]) == 3
        assert "--runs 1 --set 'organisation.spans=[12, 8]')" in capsys.readouterr().err
        failed = [SimpleNamespace(run=7, seed=3, message="it broke")]
        report_failures(failed, replay_command("my flat.yaml", ["organisation.chart_columns={id: a}"]))
        again = "orgsim run 'my flat.yaml' --seed 3 --first-run 7 --runs 1 --set 'organisation.chart_columns={id: a}'"
        assert f"(again: {again})" in capsys.readouterr().err

    @pytest.mark.slow
    def test_a_failed_run_of_risk_is_run_again_with_what_risk_switched_on(
        self, capsys, monkeypatch, tmp_path
    ):
        whole = Engine.simulate

        def some(self, seed, run):
            if run == 1:
                raise ZeroDivisionError("it broke")
            return whole(self, seed, run)

        monkeypatch.setattr(Engine, "simulate", some)
        monkeypatch.chdir(tmp_path)
        short = ["--set", "time.weeks=2", "--set", "time.warmup_weeks=0"]
        assert cli.execute(["risk", "layered", "--runs", "3", "--seed", "5", *short]) == 3
        again = (
            "orgsim run layered --seed 5 --first-run 1 --runs 1 --set time.weeks=2 --set time.warmup_weeks=0 "
        )
        again += " ".join(f"--set switches.{name}=true" for name in ("quits", "hiring", "strain", "layoffs"))
        assert f"Run 1 failed: ZeroDivisionError: it broke (again: {again})" in capsys.readouterr().err
        assert cli.execute(["risk", "people", "--runs", "3", *short]) == 3
        assert "switches" not in capsys.readouterr().err.partition("again:")[2]

    def test_all_runs_failed(self, use, capsys):
        use(engine(fails=(0, 1)))
        assert cli.execute(["run", "flat", "--runs", "2", "--json"]) == 1
        data = json.loads(capsys.readouterr().out)
        assert [failure["run"] for failure in data["failures"]] == [0, 1]
        assert data["outcomes"]["value_per_week"]["mean"] is None

    def test_json_has_null_for_undefined(self, use, capsys):
        use(engine())
        assert cli.execute(["run", "flat", "--runs", "2", "--json"]) == 0
        figures = json.loads(capsys.readouterr().out)["outcomes"]["cost_per_value"]
        assert figures == {
            "mean": None,
            "ci95": None,
            "sd": None,
            "unit": OUTCOMES["cost_per_value"].unit,
            "runs": 0,
        }

    def test_a_defect_is_no_traceback(self, use, capsys, monkeypatch):
        use(engine(error=ZeroDivisionError("of all things")))
        monkeypatch.delenv("ORGSIM_DEBUG", raising=False)
        assert cli.execute(["run", "flat"]) == 1
        captured = capsys.readouterr()
        assert "internal error (ZeroDivisionError: of all things)" in captured.err
        assert "please report" in captured.err
        assert "Traceback" not in captured.err
        monkeypatch.setenv("ORGSIM_DEBUG", "1")
        assert cli.execute(["run", "flat"]) == 1
        assert "Traceback" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("error", "code", "words"),
        [
            (KeyboardInterrupt(), 130, "Interrupted: nothing was written"),
            (MemoryError(), 2, "not enough memory"),
            (UserError("no such thing\nnor this"), 2, "Error: no such thing\nError: nor this\n"),
            (BrokenPipeError(32, "Broken pipe"), 0, ""),
        ],
    )
    def test_other_ends(self, use, capfd, error, code, words):
        use(engine(error=error))
        stdout = os.dup(1)
        try:
            assert cli.execute(["run", "flat"]) == code
        finally:
            os.dup2(stdout, 1)
            os.close(stdout)
        captured = capfd.readouterr()
        assert words in captured.err
        assert "Traceback" not in captured.err

    def test_interrupted_compare_and_sweep(self, use, capsys, tmp_path, monkeypatch):
        use(engine(error=KeyboardInterrupt()))
        monkeypatch.chdir(tmp_path)
        assert cli.execute(["compare", "layered", "flat"]) == 130
        assert "Interrupted: nothing was written." in capsys.readouterr().err
        assert not (tmp_path / "results").exists()
        (tmp_path / "mine.yaml").write_text(SWEEP)
        assert cli.execute(["sweep", "mine.yaml"]) == 130
        assert "finished runs are kept in results" in capsys.readouterr().err
        manifest = json.loads((tmp_path / "results" / "mine" / "manifest.json").read_text())
        assert manifest["status"] == "interrupted"

    def test_a_closed_pipe_is_quiet(self):
        command = [sys.executable, "-m", "cli", "parameters", "--json"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
        ) as process:
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(60) == 0

    def test_a_terminal_that_knows_no_unicode(self, tmp_path):
        (tmp_path / "x.yaml").write_text(
            "question: Wieviel kostet ein Jahr für alle?\nextends: base\nforeign_ü: 1\n", encoding="utf-8"
        )
        result = orgsim("check", "x.yaml", cwd=tmp_path, PYTHONIOENCODING="ascii")
        assert result.returncode == 2
        assert clean(result)

    def test_progress_is_silent_without_a_terminal(self, use, capsys):
        use(engine())
        assert cli.execute(["run", "flat", "--runs", "2"]) == 0
        assert capsys.readouterr().err == ""

    def test_a_terminal_is_told_what_happens_before_the_first_bar(self, monkeypatch):
        from sim.commands.common import notice_compilation

        screen = io.StringIO()
        monkeypatch.setattr(sys, "stderr", screen)
        notice_compilation()
        assert screen.getvalue() == ""
        screen.isatty = lambda: True
        notice_compilation()
        assert screen.getvalue().startswith("Loading the engine ...\n")

    def test_progress_on_a_terminal(self, monkeypatch):
        from sim.commands.common import progress

        screen = io.StringIO()
        screen.isatty = lambda: True
        monkeypatch.setattr(sys, "stderr", screen)
        with progress(4) as bar:
            bar.update(1)
            bar.at(3, 8)
        assert "runs" in screen.getvalue()


def test_warnings_go_to_stderr(capsys, monkeypatch):
    monkeypatch.setattr(importlib.import_module("sim.simulation.run"), "run", engine())
    assert cli.execute(["run", "one-boss", "--runs", "2", "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("Warning: organisation: about 96 reports")
    assert json.loads(captured.out)["warnings"] == list(load("one-boss").warnings)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
def test_ctrl_c_keeps_what_is_done_and_the_sweep_goes_on(tmp_path):
    # Endless but for the signal: 600 short runs per point, stored in blocks as they are finished.
    text = (
        "question: Which?\nbase: small-startup\nvary: {ai.share_of_code: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]}\n"
        "runs: 600\nranges: 0\n"
    )
    (tmp_path / "long.yaml").write_text(text)
    command = [sys.executable, "-m", "cli", "sweep", "long.yaml", "--workers", "1", "--set", "time.weeks=10"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    folder = tmp_path / "results" / "long"
    deadline = time.monotonic() + 200
    while not list(folder.glob(".blocks/*.block")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=100)
    assert process.returncode == 130, err
    assert "finished runs are kept in results" in err
    assert "Traceback" not in err
    assert json.loads((folder / "manifest.json").read_text())["status"] == "interrupted"
    kept = list(folder.glob("runs/*.parquet"))
    assert kept
    before = {path: path.stat().st_mtime_ns for path in kept}
    again = orgsim("sweep", "long.yaml", "--set", "time.weeks=10", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == before
    assert json.loads((folder / "manifest.json").read_text())["status"] == "complete"
