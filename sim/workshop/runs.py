"""Runs that are there already are not simulated again: a stand-in for `sim.simulation.run.run` that keeps them.

`sim.experiments.compare.study.compare` asks it for run 0 up to run n of two scenarios; with n growing from stage to stage only
the new ones are simulated, and those of the base are shared by all designs. So the figures are those of `orgsim compare` with the
same seed and the same number of runs, to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sim.experiments.samples import Sample
from sim.scenario.scenario import Scenario
from sim.simulation.results import Results, Simulate


@dataclass
class KeptRuns:
    """The simulator (see `sim.simulation.results.Simulate`), with the runs of some scenarios kept.

    Of the scenarios that `keep` was told of the runs are kept, from run 0 on; all others, plausible worlds say, are simulated
    each time. One thread at a time may ask.
    """

    simulate: Simulate
    _kept: dict[Scenario, dict[int, Sample]] = field(default_factory=dict)

    def keep(self, scenario: Scenario) -> None:
        """Keep the runs of this scenario from now on."""
        self._kept.setdefault(scenario, {})

    def forget(self, scenario: Scenario) -> None:
        """Drop them."""
        self._kept.pop(scenario, None)

    def scenarios(self) -> list[Scenario]:
        """The scenarios whose runs are kept."""
        return list(self._kept)

    def sample(self, scenario: Scenario, seed: int) -> Sample:
        """The runs of a scenario so far; empty without any."""
        return self._kept.get(scenario, {}).get(seed, Sample())

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
        """Runs *first_run* to *first_run* + *runs* - 1, those that are kept from memory."""
        if scenario not in self._kept:
            return self.simulate(
                scenario, runs, seed, workers=workers, first_run=first_run, progress=progress
            )
        sample = self._kept[scenario].setdefault(seed, Sample())
        more = first_run + runs - sample.asked
        if more > 0:
            first = sample.asked
            found = self.simulate(scenario, more, seed, workers=workers, first_run=first, progress=progress)
            sample.add(found, more)
        asked = (sample.runs >= first_run) & (sample.runs < first_run + runs)
        outcomes = {name: values[asked] for name, values in sample.outcomes.items()}
        failures = tuple(one for one in sample.failures if first_run <= one.run < first_run + runs)
        return Results(scenario, seed, np.asarray(sample.runs[asked]), outcomes, {}, failures)
