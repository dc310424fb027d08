"""Run a scenario: compiled, in threads, one keyed run after the other.

Run r of every scenario uses the key (seed, r), so that results pair by run (common random numbers).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import RunsFailedError, UserError
from sim.simulation.parallel import workers_or_default
from sim.simulation.results import Failure, Results
from sim.simulation.simulator import Engine, Single

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

MAX_SEED = 2**32 - 1


def check_runs(runs: int, seed: int, first_run: int = 0) -> None:
    """Raise `UserError` if the number of runs or the seed cannot be used."""
    if not 1 <= runs <= 1_000_000:
        raise UserError(f"runs: {runs} is outside 1 to 1,000,000")
    if not 0 <= seed <= MAX_SEED:
        raise UserError(f"seed: {seed} is outside 0 to {MAX_SEED}")
    if not 0 <= first_run <= MAX_SEED - runs:
        raise UserError(f"first run: {first_run} is outside 0 to {MAX_SEED - runs}")


def run(
    scenario: "Scenario",
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
    engine = Engine(scenario)
    singles: list[Single] = []
    done, failures = [], []
    for number, outcome in _in_threads(
        engine, seed, range(first_run, first_run + runs), workers_or_default(workers)
    ):
        if isinstance(outcome, Exception):
            failures.append(Failure(number, seed, f"{type(outcome).__name__}: {outcome}"))
        else:
            singles.append(outcome)
            done.append(number)
        if progress is not None:
            progress(1)
    if not done:
        message = f"{scenario.name}: every run failed, the first one with: {failures[0].message}"
        raise RunsFailedError(message, tuple(failures))
    order = np.argsort(done)
    singles = [singles[k] for k in order]
    outcomes = engine.outcomes(np.stack([one.snapshots for one in singles]))
    weekly = {name: np.stack([one.series[name] for one in singles]) for name in singles[0].series}
    failed = tuple(sorted(failures, key=lambda f: f.run))
    people = (tuple(getattr(one, name) for one in singles) for name in ("cohort", "ledger", "board"))
    return Results(scenario, seed, np.array(done)[order], outcomes, weekly, failed, *people)


def _in_threads(
    engine: Engine, seed: int, numbers: range, workers: int
) -> Iterator[tuple[int, Single | Exception]]:
    """Yield (run, result or exception) as they end; at most 2 x *workers* are under way, so an interrupt is heard soon."""

    def one(number: int) -> Single | Exception:
        try:
            return engine.simulate(seed, number)
        except Exception as error:  # the run is reported and can be replayed by its seed and number
            return error

    if workers == 1 or len(numbers) == 1:
        for number in numbers:
            yield number, one(number)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: dict[Future, int] = {}
        rest = iter(numbers)
        try:
            # The first run alone, so that the kernels are compiled once.
            number = next(rest)
            yield number, one(number)
            for number in rest:
                waiting[pool.submit(one, number)] = number
                if len(waiting) >= 2 * workers:
                    yield from _ended(waiting)
            while waiting:
                yield from _ended(waiting)
        finally:
            for future in waiting:
                future.cancel()


def _ended(
    waiting: dict[Future, int],
) -> Iterator[tuple[int, Single | Exception]]:
    ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in ended:
        yield waiting.pop(future), future.result()
