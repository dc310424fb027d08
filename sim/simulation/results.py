"""What the runs of a scenario give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Failure:
    """A run that failed; ``orgsim run SCENARIO --seed SEED`` with the same run number replays it."""

    run: int
    seed: int
    message: str


@dataclass(frozen=True)
class Results:
    """Outcomes of several runs of one scenario.

    runs: int64 [R]; outcomes: name -> float64 [R], NaN where undefined; series: name -> float64 [R, weeks], weekly figures
    after the warm-up; cohorts: for every run what became of everybody present at week 0 (`sim.engine.state.COHORT`), empty
    arrays where people neither come nor go; ledgers: for every run a row for every cut (`sim.engine.state.LEDGER`); boards:
    for every run a row for every manager at the end, and one for the firm (`sim.people.scoreboard.BOARD`). stages: name ->
    float64 [R], the lead time of a merged change by stage, hours (`sim.outcomes.stages`).
    """

    scenario: Scenario
    seed: int
    runs: np.ndarray
    outcomes: dict[str, np.ndarray]
    series: dict[str, np.ndarray]
    failures: tuple[Failure, ...] = ()
    cohorts: tuple[np.ndarray, ...] = ()
    ledgers: tuple[np.ndarray, ...] = ()
    boards: tuple[np.ndarray, ...] = ()
    stages: Mapping[str, np.ndarray] = field(default_factory=dict, kw_only=True)


class Simulate(Protocol):
    """What simulates a scenario: `sim.simulation.run.run`, or a stand-in with the same arguments."""

    def __call__(
        self,
        scenario: Scenario,
        runs: int,
        seed: int,
        *,
        workers: int | None = None,
        first_run: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> Results:
        """The runs *first_run* to *first_run* + *runs* - 1."""
        ...
