"""The unit of work of a sweep: runs of design points, simulated by a thread or a machine of a cluster."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import UserError
from sim.experiments.points import label, scenario_at
from sim.scenario.scenario import Scenario
from sim.simulation import run as engine
from sim.simulation.results import Results, Simulate


@dataclass(frozen=True)
class Block:
    """Runs first .. first + count - 1 of a design point."""

    point: int
    first: int
    count: int


Work = tuple[Block, ...]  # what a worker gets at once


@dataclass(frozen=True)
class BlockResult:
    """What the runs of a block give: outcomes float64[count], series float64[count, weeks], failures by run number."""

    outcomes: Mapping[str, np.ndarray]
    series: Mapping[str, np.ndarray]
    failures: Mapping[int, str]


@dataclass(frozen=True)
class Done:
    """What a worker sends back: a result per block, and the processor seconds that it took."""

    results: tuple[BlockResult, ...]
    seconds: float


def simulate_blocks(
    base: Scenario,
    hold: str | None,
    points: Sequence[Mapping[str, object]],
    blocks: Work,
    seed: int,
    simulate: Simulate | None = None,
) -> Done:
    """Simulate some blocks; points: the values of each. A module-level function, for the workers of a cluster."""
    began = time.thread_time()
    results = tuple(
        simulate_block(base, hold, values, block, seed, simulate)
        for values, block in zip(points, blocks, strict=True)
    )
    return Done(results, time.thread_time() - began)


def simulate_block(
    base: Scenario,
    hold: str | None,
    values: Mapping[str, object],
    block: Block,
    seed: int,
    simulate: Simulate | None = None,
) -> BlockResult:
    """Simulate one block. Raises UserError where there is no such scenario."""
    try:
        scenario = scenario_at(base, hold, values)
        results = (simulate or engine.run)(scenario, block.count, seed, workers=1, first_run=block.first)
    except UserError as error:
        if failures := getattr(
            error, "failures", ()
        ):  # every run failed: a result, not a mistake in the sweep
            return BlockResult({}, {}, {int(failure.run): str(failure.message) for failure in failures})
        place = ", ".join(f"{path}={label(value)}" for path, value in values.items())
        raise UserError(f"at the design point {place}: {error}") from error
    at = np.asarray(results.runs, dtype=np.int64) - block.first
    failures = {int(failure.run): str(failure.message) for failure in results.failures}
    return BlockResult(
        {
            name: _whole(values, at, block.count)
            for name, values in {**results.outcomes, **_stages(results)}.items()
        },
        {name: _whole(values, at, block.count) for name, values in results.series.items()},
        failures,
    )


def _stages(results: Results) -> Mapping[str, np.ndarray]:
    """Lead time by stage, kept with the outcomes of every run; a stand-in for the engine may have none."""
    return getattr(results, "stages", {})


def failed(block: Block, message: str) -> BlockResult:
    """The result of a block of which every run failed, for the same reason."""
    return BlockResult({}, {}, dict.fromkeys(range(block.first, block.first + block.count), message))


def _whole(values: np.ndarray, at: np.ndarray, count: int) -> np.ndarray:
    """The values of all runs of a block; runs that are missing in the results (they failed) are NaN."""
    values = np.asarray(values, dtype=float)
    whole = np.full((count, *values.shape[1:]), np.nan)
    whole[at] = values
    return whole
