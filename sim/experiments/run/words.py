"""`orgsim run` as text: the question, the outcomes by group, utilisation per layer, the bottleneck in words."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.codes import STAGES
from sim.outcomes.declared import GROUPS, OUTCOMES
from sim.statistics.estimates import mean_ci
from sim.text.numbers import interval, number, plural, shown_unit
from sim.text.tables import paragraph, table

if TYPE_CHECKING:
    from sim.simulation.results import Results

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


def run_text(results: "Results") -> str:
    """The whole text of `orgsim run`."""
    scenario, runs = results.scenario, len(results.runs)
    title = scenario.question or scenario.name
    spoken = f"{runs:,} run" + ("" if runs == 1 else "s")
    lines = [
        paragraph(title),
        f"Scenario {scenario.name}: {spoken} of {scenario.weeks:,} weeks, seed {results.seed}",
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
    ended = died_out(results)
    if ended is not None:
        lines += [paragraph(ended["words"]), ""]
    found = bottleneck(results)
    if found is not None:
        lines += [paragraph(f"Bottleneck: {found['words']}."), ""]
    if 1 < runs < FEW_RUNS:
        lines.append(f"{runs} runs are too few for these intervals; use {ENOUGH_RUNS} or more.")
    return "\n".join(lines).rstrip()


def _grouped(results: "Results") -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {title: [] for title in GROUPS}
    for name in results.outcomes:
        if name == "bottleneck" or name.startswith(_LAYER):
            continue
        if name in ("died_out", "weeks_with_ics") and not np.any(results.outcomes["died_out"]):
            continue
        groups[OUTCOMES[name].group].append(name)
    return groups


def _row(results: "Results", name: str) -> list[str]:
    unit, scale = shown_unit(OUTCOMES[name].unit)
    estimate = mean_ci(scale * np.asarray(results.outcomes[name]))
    if estimate.n < len(results.runs):
        unit += f" (defined in {estimate.n:,} of {len(results.runs):,} runs)"
    if estimate.sd == 0:  # the same in every run
        whole = estimate.mean == int(estimate.mean)
        return [name, f"{estimate.mean:,.0f}" if whole else number(estimate.mean), "", unit]
    return [name, number(estimate.mean), interval(estimate.lo, estimate.hi, 4), unit]


def _utilisation(results: "Results") -> list[str]:
    """How busy the managers of each layer are with their inboxes."""
    parts = []
    for name, values in results.outcomes.items():
        estimate = mean_ci(values) if name.startswith(_LAYER) else None
        if estimate is not None and estimate.mean is not None:
            parts.append(f"layer {name.removeprefix(_LAYER)}: {100 * estimate.mean:.0f} %")
    if not parts:
        return []
    return [
        paragraph(f"Utilisation of managers (inbox hours over the hours left for it): {', '.join(parts)}."),
        "",
    ]


def died_out(results: "Results") -> dict[str, Any] | None:
    """In how many runs no IC was left, and when; None if in none."""
    died, runs = np.asarray(results.outcomes.get("died_out", ())) > 0, len(results.runs)
    if not died.any():
        return None
    weeks = np.asarray(results.outcomes["weeks_with_ics"])[died]
    first, median = int(weeks.min()), float(np.median(weeks))
    when = f"in week {first}" if len(weeks) == 1 else f"first in week {first} (median {median:g})"
    words = (
        f"The organisation died out in {len(weeks):,} of {plural(runs, 'run')}: no IC was left and none to come, {when}. "
        f"The figures go on to the end of the horizon, with the managers who are left."
    )
    return {"runs": len(weeks), "first_week": first, "median_week": median, "words": words}


def bottleneck(results: "Results") -> dict[str, Any] | None:
    """The stage in which changes spend most of their lead time, in most runs; None where nothing was merged."""
    values = np.asarray(results.outcomes.get("bottleneck", ()), dtype=float)
    codes = values[np.isfinite(values)].astype(int)
    if not len(codes):
        return None
    counts = np.bincount(codes, minlength=len(STAGES))
    stage, share = STAGES[int(counts.argmax())], float(counts.max() / len(codes))
    often = "in every run" if share == 1 else f"in {min(99, round(100 * share))} % of the runs"
    words = f"changes spend the largest part of their lead time {_STAGE_WORDS.get(stage, stage)} ({often})"
    return {"stage": stage, "share_of_runs": share, "words": words}


def to_json(results: "Results") -> dict[str, Any]:
    """The object of `orgsim run --json`. Undefined figures are None, with the number of runs in which they are defined.

    The outcome bottleneck is a kind and has no mean: the key "bottleneck" has its words.
    """
    from sim.experiments.run.words import bottleneck, died_out
    from sim.outcomes.declared import OUTCOMES
    from sim.statistics.estimates import estimate

    outcomes = {}
    for name, values in results.outcomes.items():
        found = estimate(values, OUTCOMES[name].unit)
        outcomes[name] = {
            "mean": found.mean,
            "ci95": None if found.lo is None else [found.lo, found.hi],
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
        "bottleneck": bottleneck(results),
        "died_out": died_out(results),
        "warnings": list(scenario.warnings),
        "failures": [{"run": f.run, "seed": f.seed, "message": f.message} for f in results.failures],
    }
