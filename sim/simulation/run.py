"""Run a scenario: compiled, in threads, one keyed run after the other.

Run r of every scenario uses the key (seed, r), so that results pair by run (common random numbers).
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from sim.constants import MAX_SEED
from sim.errors import RunsFailedError, UserError
from sim.outcomes.stages import lead_time_by_stage
from sim.scenario.scenario import Scenario
from sim.simulation.parallel import pool, threads
from sim.simulation.results import Failure, Results
from sim.simulation.simulator import Engine, Single


def check_runs(runs: int, seed: int, first_run: int = 0) -> None:
    """Raise `UserError` if the number of runs or the seed cannot be used."""
    if not 1 <= runs <= 1_000_000:
        raise UserError(f"runs: {runs} is outside 1 to 1,000,000")
    if not 0 <= seed <= MAX_SEED:
        raise UserError(f"seed: {seed} is outside 0 to {MAX_SEED}")
    if not 0 <= first_run <= MAX_SEED - runs:
        raise UserError(f"first run: {first_run} is outside 0 to {MAX_SEED - runs}")


def run(
    scenario: Scenario,
    runs: int = 100,
    seed: int = 1,
    *,
    workers: int | None = None,
    first_run: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Results:
    """Simulate runs *first_run* to *first_run* + *runs* - 1 and return their outcomes.

    *workers* threads (default: all processors); *progress* is called with the number of runs just done. A run that fails is
    listed in ``failures`` and left out. Raises `UserError` if the scenario cannot be built.
    """
    check_runs(runs, seed, first_run)
    engine, width = Engine(scenario), threads(workers)
    found: dict[int, Single | Exception] = {}

    def keep(number: int, outcome: Single | Exception) -> None:
        found[number] = outcome
        if progress is not None:
            progress(1)

    with pool(1 if runs == 1 else width) as side_by_side:
        # The first run alone, so that the kernels are compiled once.
        keep(first_run, _one(engine, seed, first_run))
        rest = range(first_run + 1, first_run + runs)
        side_by_side.run(((number, partial(_one, engine, seed, number)) for number in rest), keep)
    return collected(engine, seed, found)


def collected(engine: Engine, seed: int, found: Mapping[int, Single | Exception]) -> Results:
    """Return the results of finished runs of *engine*, by number; an exception is a run that failed.

    Raises `RunsFailedError` if all did.
    """
    failures = tuple(
        Failure(number, seed, f"{type(outcome).__name__}: {outcome}")
        for number, outcome in sorted(found.items())
        if isinstance(outcome, Exception)
    )
    done = [number for number in sorted(found) if not isinstance(found[number], Exception)]
    singles = [outcome for number in done if not isinstance(outcome := found[number], Exception)]
    scenario = engine.scenario
    if not done:
        message = f"{scenario.name}: every run failed, the first one with: {failures[0].message}"
        raise RunsFailedError(message, failures)
    snapshots = np.stack([one.snapshots for one in singles])
    outcomes = engine.outcomes(snapshots)
    weekly = {name: np.stack([one.series[name] for one in singles]) for name in singles[0].series}
    people = (tuple(getattr(one, name) for one in singles) for name in ("cohort", "ledger", "board"))
    stages = lead_time_by_stage(snapshots)
    return Results(scenario, seed, np.array(done), outcomes, weekly, failures, *people, stages=stages)


def _one(engine: Engine, seed: int, number: int) -> Single | Exception:
    """One run, or why it failed: it is reported, and can be replayed by its seed and number."""
    try:
        return engine.simulate(seed, number)
    except Exception as error:
        return error
