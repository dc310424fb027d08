"""Runs of a base and of the same with a measure, with the common past simulated once, as `compare` asks for them.

`compare` simulates the base, then the other scenario, with the default parameters and in every plausible world. Here the first
of the two calls simulates both (`sim.simulation.branch`), and the second finds its runs made. So one set of runs serves the
comparison, the money, and who is at risk, and the weeks before the measure are paid for once.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sim.experiments.plan.measures import Asked, with_measure
from sim.outcomes.declared import WEEKLY
from sim.scenario.scenario import Scenario
from sim.simulation.branch import run_branches
from sim.simulation.results import Results
from sim.simulation.run import run

#: What the books of a measure are made of, week by week, besides what every run gives by week.
BY_WEEK = (
    "payroll_per_year",
    "ai_spend_per_year",
    "people_usd_per_year",
    "incidents_per_week",
    "value_per_week",
)
_Asked = tuple[str, int, int, int]  # hash of the scenario, runs, seed, first run


@dataclass
class Pairs:
    """Simulates a base and the same with what is asked for; see `sim.simulation.results.Simulate`.

    made: runs of the second scenario that nobody has asked for yet. kept: every pair of results, by what they were asked with.
    """

    base: Scenario
    asked: Asked
    made: dict[_Asked, Results] = field(default_factory=dict)
    kept: list[tuple[Results, Results]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

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
        """The runs *first_run* to *first_run* + *runs* - 1 of *scenario*, with outcomes by week (`BY_WEEK`)."""
        if scenario.events != self.base.events:  # with the measure
            with self.lock:
                found = self.made.pop((scenario.hash(), runs, seed, first_run), None)
            if found is None:
                return run(scenario, runs, seed, workers=workers, first_run=first_run, progress=progress)
            if progress is not None:
                progress(runs)
            return found
        other = with_measure(scenario, self.asked)
        half = None if progress is None else _halved(progress)
        weekly = tuple(dict.fromkeys((*WEEKLY, *BY_WEEK)))
        pair = run_branches(
            (scenario, other), self.asked.week, runs, seed,
            workers=workers, first_run=first_run, weekly=weekly, progress=half,
        )  # fmt: skip
        with self.lock:
            self.made[other.hash(), runs, seed, first_run] = pair[1]
            self.kept.append(pair)
        return pair[0]

    def of(self, scenario: Scenario) -> tuple[Results, Results]:
        """The pair of results of the base *scenario*."""
        return next(pair for pair in self.kept if pair[0].scenario is scenario)

    def worlds(self) -> list[tuple[Results, Results]]:
        """The pairs of results of all other parameter sets than the base's own."""
        return [pair for pair in self.kept if pair[0].scenario is not self.base]


def _halved(progress: Callable[[int], None]) -> Callable[[int], None]:
    """Tell of half of the runs: the other half is told when it is asked for."""
    return lambda runs: progress(runs // 2)
