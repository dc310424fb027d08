"""`orgsim fit` as a user runs it, and the commands that use what it found."""

import json
import signal
from pathlib import Path

import pytest
from commands.test_nothing_lost import begun
from helpers.cli import clean, orgsim

pytestmark = pytest.mark.slow  # every test starts the program

MINE = """
question: Mine?
extends: small-startup
time: {weeks: 8, warmup_weeks: 1}
observed:
  lead_time_hours: {value: VALUE, within: 12}
  change_failure_rate: {value: 0.15, within: 0.08}
"""
FLAT = "question: Flat?\nextends: mine.yaml\nreview: {detection: 0.5}\n"
SMALL = ["fit", "mine.yaml", "--samples", "48", "--waves", "2"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(MINE.replace("VALUE", "30"))
    (tmp_path / "flat.yaml").write_text(FLAT)
    return tmp_path


def test_it_finds_worlds_and_compare_uses_them(files: Path) -> None:
    before = orgsim("compare", "mine.yaml", "flat.yaml", "--runs", "4", "--ranges", "4", cwd=files)
    assert "what was observed is not used yet" in before.stderr
    assert "of 4 plausible worlds" in " ".join(before.stdout.split())
    made = orgsim(*SMALL, "--json", cwd=files)
    assert made.returncode == 0, made.stderr
    data = json.loads(made.stdout)
    assert data["kept"] > 0
    assert data["kept"] <= data["tried"]
    assert data["impossible"] == []
    assert set(data["narrowed"]).isdisjoint(data["not_narrowed"])
    stored = json.loads((files / "mine.fit.json").read_text())
    assert len(stored["worlds"]) == data["kept"]
    assert str(files) not in (files / "mine.fit.json").read_text()
    after = orgsim("compare", "mine.yaml", "flat.yaml", "--runs", "4", "--ranges", "4", cwd=files)
    words = " ".join(after.stdout.split())
    assert f"of {min(4, data['kept'])} worlds that look like mine.yaml" in words
    assert "(all plausible worlds: holds in " in words
    assert "what was observed is not used yet" not in after.stderr
    (files / "mine.yaml").write_text(MINE.replace("VALUE", "31"))
    stale = orgsim("compare", "mine.yaml", "flat.yaml", "--runs", "4", "--ranges", "4", cwd=files)
    assert (
        "mine.fit.json: is not used, because it was made for another mine.yaml (its observed figures have changed"
        in stale.stderr
    )
    assert "of 4 plausible worlds" in " ".join(stale.stdout.split())


def test_sensitivity_and_sweep_use_them_too(files: Path) -> None:
    assert orgsim(*SMALL, cwd=files).returncode == 0
    found = orgsim(
        "sensitivity", "mine.yaml", "flat.yaml", "--samples", "2", "--ranges", "4", "--json", cwd=files
    )
    assert found.returncode == 0, found.stderr
    study = next(iter(json.loads(found.stdout)["outcomes"].values()))
    assert study["world"]["like"] == "mine.yaml"
    assert 0 < study["world"]["sets"] <= 4
    assert "holds_in_all_plausible" in study["world"]
    (files / "sweep.yaml").write_text(
        "question: Which?\nbase: mine.yaml\nvary: {review.detection: [0.5, 0.8]}\nruns: 2\nranges: 4\n"
        "crossing: {of: review.detection, between: [0.5, 0.8]}\n"
    )
    swept = orgsim("sweep", "sweep.yaml", cwd=files)
    assert swept.returncode == 0, swept.stderr
    words = " ".join(swept.stdout.split())
    assert "worlds that look like mine.yaml" in words
    assert "(all plausible worlds: holds in " in words


def test_impossible_numbers_say_which(files: Path) -> None:
    (files / "mine.yaml").write_text(MINE.replace("VALUE", "4000"))
    made = orgsim(*SMALL, cwd=files)
    assert made.returncode == 0, made.stderr
    assert "lead_time_hours is " in " ".join(made.stdout.split())
    after = orgsim("compare", "mine.yaml", "flat.yaml", "--runs", "4", "--ranges", "4", cwd=files)
    assert "what was observed is not used yet" in after.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["fit", "layered"], "layered: has no observed: to fit"),
        (["fit", "mine.yaml", "--waves", "0"], "0 is outside 1 to 50"),
        (["fit", "yours.yaml"], "yours.yaml: no such file"),
    ],
)
def test_what_cannot_be_fitted_is_said(files: Path, args: list[str], said: str) -> None:
    made = orgsim(*args, cwd=files)
    assert made.returncode == 2
    assert said in made.stderr
    assert clean(made)
    assert not (files / "mine.fit.json").exists()


def test_an_interrupted_fit_goes_on_to_the_same_bytes(files: Path, tmp_path: Path) -> None:
    long = ["fit", "mine.yaml", "--samples", "400", "--waves", "1", "--workers", "1"]
    process = begun(long, files, files / "results" / "mine-fit" / "unfinished.jsonl")
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 130
    assert "finished runs are kept in" in said
    assert not (files / "mine.fit.json").exists()
    assert orgsim(*long, cwd=files).returncode == 0
    resumed = (files / "mine.fit.json").read_bytes(), (files / "results/mine-fit/fit.json").read_bytes()
    (files / "mine.fit.json").unlink()
    assert orgsim(*long, "--out", "whole", cwd=files).returncode == 0
    assert ((files / "mine.fit.json").read_bytes(), (files / "whole/fit.json").read_bytes()) == resumed


def test_no_world_kept_writes_nothing_beside_the_scenario(files: Path) -> None:
    (files / "mine.yaml").write_text(MINE.replace("VALUE", "900"))
    made = orgsim("fit", "mine.yaml", "--samples", "16", "--waves", "1", cwd=files)
    assert made.returncode == 0, made.stderr
    words = " ".join(made.stdout.split())
    assert "No plausible world of 16 tried gives the observed figures: lead_time_hours is" in words
    assert "Written: nothing beside the scenario, as no world was kept; results/mine-fit (all" in words
    assert not (files / "mine.fit.json").exists()
    assert (files / "results" / "mine-fit" / "fit.json").is_file()
    told = orgsim("report", "results/mine-fit", cwd=files)
    assert told.returncode == 0, told.stderr
    assert "No plausible world of 16 tried" in (files / "results" / "mine-fit" / "report.html").read_text(
        encoding="utf-8"
    )
