"""The results folder of a single scenario (`orgsim run --out`)."""

from pathlib import Path

import numpy as np

from sim.engine.kernel import source_hash
from sim.experiments.run.words import run_text
from sim.outcomes.declared import OUTCOMES
from sim.scenario.scenario import Scenario
from sim.scenario.tree import shape_of
from sim.simulation.results import Results
from sim.statistics.estimates import estimate
from sim.store import files
from sim.store.folder import ANSWER, manifest
from sim.store.tables import Tables
from sim.store.taking import Taken


def question(scenario: Scenario, first: int, runs: int, seed: int) -> dict[str, object]:
    """What identifies the results: the scenario, its runs first .. first + runs - 1, and the seed."""
    content = {
        "scenario": scenario.hash(),
        "seed": seed,
        "runs": [first, runs],
        "source": source_hash(),
    }
    seeds = {"seed": seed, "runs": [first, first + runs - 1]}
    facts = {"organisations": [shape_of(scenario)]}
    return manifest("run", scenario.name, scenario.question, content, seeds, scenario.to_dict(), facts)


def write(place: Taken, results: Results) -> None:
    """Write runs, weekly series, failures and summary of a run."""
    with place.writing(runs_done=len(results.runs), failures=len(results.failures)) as folder:
        _write_tables(results, folder)
        files.write_text(folder / ANSWER, run_text(results) + "\n")


def _write_tables(results: Results, folder: Path) -> None:
    n, failures = len(results.runs), {failure.run: failure.message for failure in results.failures}
    key = {"point": np.zeros(n, dtype=np.int64), "run": np.asarray(results.runs, dtype=np.int64)}
    for name in ("runs", "series"):
        (folder / name).mkdir()
    with Tables() as tables:
        messages = [failures.get(int(run)) for run in results.runs]
        seeds = np.full(n, results.seed, dtype=np.int64)
        tables.write(
            folder / "runs" / "runs.parquet",
            {**key, "seed": seeds, **results.outcomes, **results.stages, "failure": messages},
        )
        weeks = next((values.shape[1] for values in results.series.values()), 0)
        long = {name: np.repeat(values, weeks) for name, values in key.items()}
        long["week"] = np.tile(np.arange(1, weeks + 1), n)
        series = {name: np.asarray(values).ravel() for name, values in results.series.items()}
        tables.write(folder / "series" / "runs.parquet", {**long, **series})
        failed = results.failures
        tables.write(
            folder / "failures.parquet",
            {
                "run": np.array([failure.run for failure in failed], dtype=np.int64),
                "seed": np.array([failure.seed for failure in failed], dtype=np.int64),
                "message": np.array([failure.message for failure in failed], dtype=object),
            },
        )
    rows = []
    for name, values in results.outcomes.items():
        e = estimate(values, OUTCOMES[name].unit)
        rows.append([name, OUTCOMES[name].unit, n, len(failed), e.n, e.mean, e.sd, e.lo, e.hi])
    header = ["outcome", "unit", "runs", "failed", "defined", "mean", "sd", "ci95_lo", "ci95_hi"]
    files.write_csv(folder / "summary.csv", header, rows)
