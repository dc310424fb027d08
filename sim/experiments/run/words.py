"""`orgsim run` as text: the question, the outcomes by group, utilisation per layer, the bottleneck in words."""

from typing import Any

import numpy as np

from sim.experiments.run.study import bottleneck, died_out
from sim.outcomes.declared import GROUPS, OUTCOMES
from sim.scenario.tree import warnings_of
from sim.simulation.results import Results
from sim.statistics.estimates import estimate, mean_ci
from sim.text.numbers import interval, number, plural, shown_unit
from sim.text.plain import ends
from sim.text.tables import paragraph, table

#: Runs below which intervals are said to be useless (Student's t is far out, and figures are skewed), and how many would do.
FEW_RUNS, ENOUGH_RUNS = 10, 30
_LAYER = "manager_utilisation_layer_"
_STAGE_WORDS = {
    "writing": "being written",
    "owner's queue": "waiting for their owner's attention",
    "agent": "waiting for an agent",
    "decisions": "waiting for an answer or a decision",
    "coordination": "waiting for another team",
    "review wait": "waiting for a reviewer",
    "reviewing": "being reviewed",
    "rework": "being reworked",
}


def run_text(results: Results) -> str:
    """The whole text of `orgsim run`."""
    scenario, runs = results.scenario, len(results.runs)
    title = scenario.question or scenario.name
    lines = [
        paragraph(title),
        f"Scenario {scenario.name}: {plural(runs, 'run')} of {scenario.weeks:,} weeks, seed {results.seed}",
        "",
    ]
    groups = {
        title: rows
        for title, names in _grouped(results).items()
        if (rows := [_row(results, n) for n in names])
    }
    flat = [row for rows in groups.values() for row in rows]
    widths = [max(len(row[column]) for row in flat) for column in range(4)] if flat else [0] * 4
    for title, rows in groups.items():
        padded = [[cell.ljust(width) if column in (0, 3) else cell.rjust(width)
                   for column, (cell, width) in enumerate(zip(row, widths, strict=True))] for row in rows]  # fmt: skip
        lines += [table((title, "mean", "95 % interval", "unit"), padded, align="<>><"), ""]
    lines += _utilisation(results)
    ended = died_out_json(results)
    if ended is not None:
        lines += [paragraph(ended["words"]), ""]
    found = bottleneck_json(results)
    if found is not None:
        lines += [paragraph(f"Bottleneck: {found['words']}."), ""]
    if 1 < runs < FEW_RUNS:
        lines.append(f"{runs} runs are too few for these intervals; use {ENOUGH_RUNS} or more.")
    return "\n".join(lines).rstrip()


def _grouped(results: Results) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {title: [] for title in GROUPS}
    for name in results.outcomes:
        if name == "bottleneck" or name.startswith(_LAYER):
            continue
        if name in ("died_out", "weeks_with_ics") and not np.any(results.outcomes["died_out"]):
            continue
        groups[OUTCOMES[name].group].append(name)
    return groups


def _row(results: Results, name: str) -> list[str]:
    unit, scale = shown_unit(OUTCOMES[name].unit)
    found = mean_ci(scale * np.asarray(results.outcomes[name]))
    if found.n < len(results.runs):
        unit += f" (defined in {found.n:,} of {len(results.runs):,} runs)"
    if found.mean is not None and found.sd == 0:  # the same in every run
        whole = found.mean == int(found.mean)
        return [name, f"{found.mean:,.0f}" if whole else number(found.mean), "", unit]
    return [name, number(found.mean), interval(found.lo, found.hi, 4), unit]


def _utilisation(results: Results) -> list[str]:
    """How busy the managers of each layer are with their inboxes."""
    parts = []
    for name, values in results.outcomes.items():
        found = mean_ci(values) if name.startswith(_LAYER) else None
        if found is not None and found.mean is not None:
            parts.append(f"layer {name.removeprefix(_LAYER)}: {100 * found.mean:.0f} %")
    if not parts:
        return []
    return [
        paragraph(f"Utilisation of managers (inbox hours over the hours left for it): {', '.join(parts)}."),
        "",
    ]


def died_out_json(results: Results) -> dict[str, Any] | None:
    """In how many runs no IC was left, and when, with the sentence; None if in none."""
    found, runs = died_out(results), len(results.runs)
    if found is None:
        return None
    median = f"first in week {found.first_week} (median {found.median_week:g})"
    when = f"in week {found.first_week}" if found.runs == 1 else median
    words = (
        f"The organisation died out in {found.runs:,} of {plural(runs, 'run')}: no IC was left and none to come, {when}. "
        f"The figures go on to the end of the horizon, with the managers who are left."
    )
    return {**found._asdict(), "words": words}


def bottleneck_json(results: Results) -> dict[str, Any] | None:
    """The stage in which changes spend most of their lead time, with the sentence; None where nothing was merged."""
    found = bottleneck(results)
    if found is None:
        return None
    share, stage = found.share_of_runs, found.stage
    often = "in every run" if share == 1 else f"in {min(99, round(100 * share))} % of the runs"
    words = f"changes spend the largest part of their lead time {_STAGE_WORDS.get(stage, stage)} ({often})"
    return {**found._asdict(), "words": words}


def run_json(results: Results) -> dict[str, Any]:
    """The object of `orgsim run --json`. Undefined figures are None, with the number of runs in which they are defined.

    The outcome bottleneck is a kind and has no mean: the key "bottleneck" has its words.
    """
    outcomes = {}
    for name, values in results.outcomes.items():
        found = estimate(values, OUTCOMES[name].unit)
        outcomes[name] = {
            "mean": found.mean,
            "ci95": ends(found.lo, found.hi),
            "sd": found.sd,
            "unit": OUTCOMES[name].unit,
            "runs": found.n,
        }
    scenario = results.scenario
    return {
        "scenario": scenario.name,
        "question": scenario.question,
        "runs": len(results.runs),
        "seed": results.seed,
        "weeks": scenario.weeks,
        "outcomes": outcomes,
        "bottleneck": bottleneck_json(results),
        "died_out": died_out_json(results),
        "warnings": list(warnings_of(scenario)),
        "failures": [{"run": f.run, "seed": f.seed, "message": f.message} for f in results.failures],
    }
