"""`orgsim optimise` as a user runs it."""

import csv
import json
import signal
from pathlib import Path

import pytest
from commands.test_nothing_lost import begun
from helpers.cli import clean, orgsim

import cli

SPACE = """\
question: How much review, and how many layers, for the payroll?
base: mine.yaml
vary:
  organisation.management_layers: [1, 2]
  review.hours_per_week: {from: 2.6, to: 6.4}
objectives: {value_per_payroll_usd: max, lead_time_hours: min}
constraints: {change_failure_rate: {at_most: 0.4}}
candidates: CANDIDATES
search_runs: 2
runs: 6
ranges: 2
weeks: 8
"""
MINE = "question: Mine?\nextends: small-startup\ntime: {warmup_weeks: 2}\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(MINE)
    (tmp_path / "space.yaml").write_text(SPACE.replace("CANDIDATES", "12"))
    return tmp_path


def test_without_optuna_it_says_how_to_install_it(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from importlib.metadata import PackageNotFoundError

    def missing(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr("sim.experiments.optimise.tpe.version", missing)
    monkeypatch.chdir(files)
    assert cli.execute(["optimise", "space.yaml"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith(
        "Error: orgsim optimise needs Optuna, which is not installed; pip install"
    )
    assert not (files / "results").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["optimise", "mine.yaml"], "this is a scenario, not a space of designs"),
        (["optimise", "flat-vs-layered"], "says for nothing what is sought"),
        (
            ["run", "space.yaml"],
            "this is a space of designs, not a scenario; use `orgsim optimise space.yaml`",
        ),
        (["optimise", "nothing.yaml"], "nothing.yaml: no such file"),
        (["optimise", "space.yaml", "--runs", "1"], "--runs 1 is too few"),
    ],
)
def test_other_files_are_refused_with_their_command(
    files: Path,
    command: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(files)
    assert cli.execute(command) == 2
    assert said in capsys.readouterr().err
    assert not (files / "results").exists()


def test_check_knows_a_space(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["check", str(files / "space.yaml")]) == 0
    assert "space of designs (12 candidates) is valid: 8 ICs" in capsys.readouterr().out


@pytest.mark.slow
def test_a_small_search_its_files_and_the_same_again(files: Path) -> None:
    pytest.importorskip("optuna", reason="needs orgsim[optimise]")
    made = orgsim("optimise", "space.yaml", "--json", cwd=files)
    assert made.returncode == 0, made.stderr
    data = json.loads(made.stdout)
    assert data["tried"]["candidates"] == 12
    assert data["fresh_seed"] != data["seed"]
    out = files / "results" / "space-optimise"
    rows = list(csv.DictReader((out / "summary.csv").read_text().splitlines()))
    assert len(rows) == 3 * len(data["designs"])
    assert str(files) not in (out / "manifest.json").read_text() + (out / "optimise.json").read_text()
    summary = (out / "summary.csv").read_bytes()
    again = orgsim("optimise", "space.yaml", cwd=files)
    assert again.returncode == 0, again.stderr
    assert "0 runs simulated" in again.stdout
    assert (out / "summary.csv").read_bytes() == summary
    text = (out / "answer.txt").read_text()
    assert again.stdout.startswith(text.rstrip())
    for design in data["designs"]:
        ran = orgsim("run", str(out / design["scenario"]), "--runs", "2", cwd=files)
        assert ran.returncode == 0, ran.stderr
    if data["designs"]:
        compared = orgsim(
            "compare", str(out / "scenarios" / "base.yaml"), str(out / "scenarios" / "01.yaml"), "--runs", "6", "--seed",
            str(data["fresh_seed"]), "--ranges", "0", "--json", cwd=files,
        )  # fmt: skip
        (row,) = [
            one["outcomes"]["lead_time_hours"] for one in json.loads(compared.stdout)["comparisons"].values()
        ]
        assert row["difference"] == data["designs"][0]["figures"]["lead_time_hours"]["difference"]
    other = orgsim("optimise", "space.yaml", "--seed", "2", "--out", str(out), cwd=files)
    assert other.returncode == 2
    assert "holds the results of another optimise" in other.stderr
    assert clean(other)


@pytest.mark.slow
def test_a_killed_search_goes_on_to_the_same_bytes(files: Path) -> None:
    pytest.importorskip("optuna", reason="needs orgsim[optimise]")
    (files / "space.yaml").write_text(SPACE.replace("CANDIDATES", "60"))
    command = ["optimise", "space.yaml", "--workers", "1"]
    process = begun(command, files, files / "results" / "space-optimise" / "unfinished.jsonl")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (files / "results" / "space-optimise" / "summary.csv").exists()
    resumed = orgsim(*command, cwd=files)
    assert resumed.returncode == 0, resumed.stderr
    assert "were there already" in resumed.stdout
    assert orgsim(*command, "--out", "whole", cwd=files).returncode == 0
    for name in ("summary.csv", "candidates.csv", "evaluations.jsonl"):
        assert (files / "results" / "space-optimise" / name).read_bytes() == (
            files / "whole" / name
        ).read_bytes()


def test_nothing_is_claimed_where_no_design_can_be_built(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    people = "id,manager,Job Title\n1,,CEO\n2,1,Engineering Manager\n3,1,HR Partner\n"
    people += "".join(f"{k},2,Engineer\n" for k in range(4, 12))
    (files / "people.csv").write_text(people)
    monkeypatch.chdir(files)
    assert cli.execute(["import", "people.csv", "-o", "mine.yaml", "--force"]) == 0
    space = SPACE.replace("CANDIDATES", "4").replace("  review.hours_per_week: {from: 2.6, to: 6.4}\n", "")
    (files / "space.yaml").write_text(space)
    capsys.readouterr()
    cli.execute(["optimise", "space.yaml", "--out", "found"])
    out = capsys.readouterr().out
    assert "could not be built" in out
    assert "remove_layer, which keeps them" in " ".join(out.split())
    assert "best were run" not in out
    assert "picture" not in out
