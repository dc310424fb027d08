"""Small results folders of every kind, made by the program itself, for the tests of reports and queries."""

import json
from pathlib import Path

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
KINDS = ("run", "sweep", "risk", "explain", "sensitivity", "compare", "plan")


def make(kind: str, folder: Path) -> Path:
    """A small folder of a kind inside *folder*; returns it."""
    out = folder / kind
    commands = {
        "run": ["run", "layered", "--runs", "3", *SHORT],
        "risk": ["risk", "layered", "--runs", "3", *SHORT, *PEOPLE],
        "explain": ["explain", "small-startup", "small-startup", "--runs", "2", *SHORT],
        "compare": ["compare", "layered", "flat", "--runs", "2", "--ranges", "0", *SHORT],
        "sensitivity": ["sensitivity", "small-startup", "--samples", "2", "--runs", "2", *SHORT],
    }
    if kind == "sweep":
        (folder / "small.yaml").write_text(SWEEP)
        commands["sweep"] = ["sweep", str(folder / "small.yaml")]
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
    if kind in commands:
        assert cli.execute([*commands[kind], "--out", str(out)]) == 0
        return out
    return _by_hand(kind, out)


def _by_hand(kind: str, out: Path) -> Path:
    """A folder of a kind that is written by hand, as its command writes it."""
    from sim.experiments.compare.study import compare
    from sim.experiments.compare.words import comparison_json
    from sim.scenario.scenario import load
    from sim.scenario.tree import shape_of
    from sim.store.folder import manifest, set_status, stamped

    base, other = (load(name, ["time.weeks=4", "time.warmup_weeks=1"]) for name in ("layered", "flat"))
    compared = comparison_json(compare([base, other], runs=2, ranges=0))
    out.mkdir()
    made = manifest(kind, "layered-flat", other.question, {"x": 1}, {"seed": 1}, base.to_dict())
    made["organisations"] = [shape_of(base), shape_of(other)]
    set_status(out, stamped(made), "complete")
    figure = {"mean": 120_000.0, "ci95": [80_000.0, 160_000.0]}
    plan = {
        "scenario": "people", "measure": "lay off 8 %", "week": 2, "weeks": 4, "runs": 2, "comparison": compared,
        "short": [["Output", "it falls"], ["Money", "it saves 120,000 USD [80,000, 160,000]"], ["How sure", "not at all"]],
        "money": {"weeks": [2, 4], "net_usd": figure, "severance_usd": {"mean": -5_000.0, "ci95": None}},
        "at_risk": {"by": ["role", "layer"], "groups": [
            {"role": "ic", "layer": 0, "people": 96, "laid_off_by_measure": {"mean": 0.08, "ci95": [0.07, 0.09]},
             "layoff_anyway": {"mean": 0.01, "ci95": None}, "quit_as_it_is": {"mean": 0.1, "ci95": [0.05, 0.15]},
             "quit_difference": {"difference": 0.02, "ci95": [0.0, 0.04]}},
            {"role": "manager", "layer": 2, "people": 4, "laid_off_by_measure": {"mean": 0.4321, "ci95": None}},
        ], "withheld": 0},
        "sure": ["By chance."], "drives": {"outcomes": [], "words": "Nothing."}, "leaves_out": ["Morale."],
    }  # fmt: skip
    (out / "plan.json").write_text(json.dumps(plan))
    return out
