"""The results folder of a single scenario (`orgsim run --out`)."""

from pathlib import Path

import numpy as np

from sim.engine.kernel import source_hash
from sim.errors import UserError
from sim.outcomes.declared import OUTCOMES
from sim.simulation.results import Results
from sim.statistics.estimates import estimate
from sim.store import files
from sim.store.folder import claim, manifest, set_status
from sim.store.tables import Tables


def write_folder(results: Results, out: str, fresh: bool) -> None:
    """Write manifest, runs, weekly series, failures and summary of a run. Raises `UserError` for a folder of others."""
    folder = Path(out)
    scenario, first = results.scenario, int(results.runs[0]) if len(results.runs) else 0
    content = {
        "scenario": scenario.hash(),
        "seed": results.seed,
        "runs": [first, len(results.runs)],
        "source": source_hash(),
    }
    seeds = {"seed": results.seed, "runs": [first, first + max(0, len(results.runs) - 1)]}
    claimed = claim(
        folder, manifest("run", scenario.name, scenario.question, content, seeds, scenario.to_dict()), fresh
    )
    try:
        _write_tables(results, folder)
    except OSError as error:
        raise UserError(f"{folder}: the results cannot be written ({error.strerror or error})") from None
    set_status(folder, claimed, "complete", runs_done=len(results.runs), failures=len(results.failures))


def _write_tables(results: Results, folder: Path) -> None:
    n, failures = len(results.runs), {failure.run: failure.message for failure in results.failures}
    key = {"point": np.zeros(n, dtype=np.int64), "run": np.asarray(results.runs, dtype=np.int64)}
    with Tables() as tables:
        messages = [failures.get(int(run)) for run in results.runs]
        seeds = np.full(n, results.seed, dtype=np.int64)
        tables.write(
            folder / "runs" / "runs.parquet", {**key, "seed": seeds, **results.outcomes, "failure": messages}
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
