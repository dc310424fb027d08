"""Experiments of the checks: scenario, changes to it, number of runs; each is simulated once and remembered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.scenario import load
from sim.simulate import run

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.simulate import Results

SEED = 20_260_101
FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Experiment:
    """A scenario of `FOLDER` (or a bundled one) with other *values* by path, as a tuple of pairs, and the *runs* of it."""

    scenario: str
    values: tuple[tuple[str, Any], ...] = ()
    runs: int = 40

    def load(self) -> "Scenario":
        """The scenario with the experiment's values."""
        own = FOLDER / f"{self.scenario}.yaml"
        scenario = load(own if own.is_file() else self.scenario)
        return scenario.with_values(dict(self.values)) if self.values else scenario


def experiment(scenario: str, values: Mapping[str, Any] | None = None, runs: int = 40) -> Experiment:
    """Return an experiment; lists in *values* become tuples, so that equal experiments are run once."""
    pairs = sorted((values or {}).items())
    return Experiment(
        scenario, tuple((path, tuple(x) if isinstance(x, list) else x) for path, x in pairs), runs
    )


@dataclass
class Laboratory:
    """Simulates experiments once each. Run r of all of them has the same dice, so their results pair."""

    workers: int | None = None
    seed: int = SEED
    _done: dict[Experiment, "Results"] = field(default_factory=dict)

    def results(self, wanted: Experiment) -> "Results":
        """Results of an experiment. Raises `sim.errors.UserError` if a run fails."""
        if wanted not in self._done:
            self._done[wanted] = run(wanted.load(), wanted.runs, self.seed, workers=self.workers)
        return self._done[wanted]

    def forget(self, experiments: set[Experiment]) -> None:
        """Free the results of *experiments*."""
        for done in experiments:
            self._done.pop(done, None)


def jackknife(
    statistic: Callable[[list[np.ndarray]], float], samples: list[np.ndarray]
) -> tuple[float, float]:
    """Return (statistic of the means over runs, its standard error by the delete-one jackknife).

    samples: arrays of shape [runs, ...], paired by run; *statistic* receives the list of their means over runs.
    """
    n = len(samples[0])
    totals = [x.sum(axis=0) for x in samples]
    value = float(statistic([total / n for total in totals]))
    if n < 2:
        return value, float("nan")
    left = [
        statistic([(total - x[r]) / (n - 1) for total, x in zip(totals, samples, strict=True)])
        for r in range(n)
    ]
    spread = np.asarray(left, float)
    return value, float(np.sqrt((n - 1) / n * np.sum((spread - spread.mean()) ** 2)))
