"""Small results folders of every kind, made by the program itself, for the tests of reports and queries."""

from pathlib import Path

import pytest

import cli

SHORT = ["--set", "time.weeks=6", "--set", "time.warmup_weeks=2"]
PEOPLE = [x for name in ("quits", "hiring", "strain", "layoffs") for x in ("--set", f"switches.{name}=true")]
SWEEP = """\
question: At which AI share does <flat> overtake "layered" & why?
base: layered
vary: {organisation.management_layers: [2, 3], ai.share_of_code: [0.0, 0.4, 0.8]}
hold: payroll
weeks: 4
runs: 2
ranges: 2
crossing: {of: organisation.management_layers, between: [2, 3], along: ai.share_of_code}
"""
RULE = """\
question: Where are <lead times> short?
base: small-startup
passes: {outcome: lead_time_hours, at_most: 24}
vary: {ai.share_of_code: {from: 0.0, to: 0.9}, work.size_mean: {from: 2.0, to: 12.0}, ai.answers: [by_use, always]}
roles: {ai.answers: given}
weeks: 6
points: 60
runs: 2
"""
SPACE = """\
question: Which review gives <most> for the payroll & for "speed"?
base: small-startup
vary: {organisation.management_layers: [1, 2], review.hours_per_week: [2.6, 4, 6.4]}
objectives: {value_per_payroll_usd: max, lead_time_hours: min}
candidates: 8
search_runs: 2
runs: 8
ranges: 2
weeks: 6
"""
KINDS = ("run", "sweep", "risk", "explain", "sensitivity", "compare", "plan", "optimise", "rules", "fit")


def make(kind: str, folder: Path) -> Path:
    """A small folder of a kind inside *folder*; returns it."""
    out = folder / kind
    commands = {
        "run": ["run", "layered", "--runs", "3", *SHORT],
        "risk": ["risk", "layered", "--runs", "3", *SHORT, *PEOPLE],
        "explain": ["explain", "small-startup", "small-startup", "--runs", "2", *SHORT],
        "compare": ["compare", "layered", "flat", "--runs", "2", "--ranges", "0", *SHORT],
        "plan": [
            "plan",
            "people",
            "--lay-off",
            "8%",
            "--week",
            "2",
            "--weeks",
            "6",
            "--runs",
            "2",
            "--ranges",
            "2",
        ],
        "sensitivity": ["sensitivity", "small-startup", "--samples", "2", "--runs", "2", *SHORT],
    }
    if kind == "sweep":
        (folder / "small.yaml").write_text(SWEEP)
        commands["sweep"] = ["sweep", str(folder / "small.yaml")]
    if kind == "rules":
        (folder / "rule.yaml").write_text(RULE)
        commands["rules"] = ["rules", str(folder / "rule.yaml")]
    if kind == "optimise":
        pytest.importorskip("optuna", reason="needs orgsim[optimise]")
        (folder / "space.yaml").write_text(SPACE)
        commands["optimise"] = ["optimise", str(folder / "space.yaml")]
    if kind == "fit":
        (folder / "measured.yaml").write_text(
            "extends: small-startup\nquestion: Mine?\nobserved: {lead_time_hours: {value: 30, within: 15}}\n"
        )
        commands["fit"] = ["fit", str(folder / "measured.yaml"), "--samples", "8", "--waves", "1", *SHORT]
    if kind == "explain":
        (folder / "other.yaml").write_text(
            "extends: small-startup\nquestion: And with more AI, and fewer hours for review?\nai: {share_of_code: 0.8}\nparameters: {review.hours_per_week: 3.0}\n"
        )
        commands["explain"] = [
            "explain",
            "small-startup",
            str(folder / "other.yaml"),
            "--runs",
            "2",
            *SHORT,
            "--by",
            "difference",
        ]
    assert cli.execute([*commands[kind], "--out", str(out)]) == 0
    return out
