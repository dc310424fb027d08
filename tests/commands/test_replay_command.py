"""`orgsim replay` as a user runs it."""

import json
from pathlib import Path

import pytest
from helpers.cli import orgsim

import cli

SHORT = ["--set", "organisation.ics=14", "--set", "time.weeks=8", "--set", "time.warmup_weeks=1"]
LIVELY = [
    "--set", "quits.base=0.9", "--set", "hiring.delay_weeks=1", "--set", "layoffs.wave_week=3",
    "--set", "layoffs.wave_fraction=0.5",
]  # fmt: skip
CHART = "id,manager_id,role\nceo,,manager\n" + "".join(f"p{k:02d},ceo,ic\n" for k in range(12))


def rows(text: str) -> list[str]:
    """The lines of the table, without its head."""
    lines = text.split("\n\n")[1].splitlines()
    return lines[2:]


def test_a_line_a_week_says_who_comes_goes_and_why(capsys):
    assert cli.execute(["replay", "people", *SHORT, *LIVELY]) == 0
    out = capsys.readouterr().out
    table = rows(out)
    assert out.startswith("people: run 0 with seed 1, 8 weeks, ")
    assert [line.split()[0] for line in table] == [str(week) for week in range(9)]
    assert "ICs laid off (wave)" in table[3]
    assert "quit" in out
    assert "(hired in week " in out
    assert cli.execute(["replay", "people", *SHORT, *LIVELY, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["head", "frames"]
    assert [len(f["ics"]["id"]) + len(f["teams"]["id"]) for f in found["frames"]] == [
        int(line.split()[1]) for line in table
    ]


def test_days_and_other_runs(capsys):
    assert cli.execute(["replay", "people", *SHORT, "--by", "day", "--run", "2", "--seed", "5"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("people: run 2 with seed 5, ")
    assert [line.split()[0] for line in rows(out)][:7] == ["0.0", "0.1", "0.2", "0.3", "0.4", "1.0", "1.1"]


def test_a_path_is_followed(capsys):
    assert cli.execute(["replay", "reorganisation", "--path", "nowhere"]) == 2
    assert "there is no path 'nowhere'; paths: " in capsys.readouterr().err


def test_of_a_chart_people_are_only_counted(tmp_path: Path, capsys):
    (tmp_path / "chart.csv").write_text(CHART)
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "question: Mine?\nextends: people\norganisation: {chart: chart.csv}\ntime: {weeks: 8, warmup_weeks: 1}\n"
    )
    assert cli.execute(["replay", str(mine), *LIVELY]) == 0
    told = "; ".join(" ".join(line.split()[7:]) for line in rows(capsys.readouterr().out))
    assert "1 IC quit" in told or "ICs quit" in told
    assert not any(f"{role} {k}" in told for role in ("IC", "ICs", "manager") for k in range(40))
    assert cli.execute(["replay", str(mine), "--json"]) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert "--json: it shows single people, and mine has an imported chart" in caught.err


@pytest.mark.slow
def test_the_program_prints_one_json_object():
    result = orgsim("replay", "small-startup", "--set", "time.weeks=2", "--json")
    assert result.returncode == 0
    assert "Traceback" not in result.stderr
    assert len(json.loads(result.stdout)["frames"]) == 3
    assert orgsim("replay", "small-startup", "--by", "month").returncode == 2
