"""A stand-in for the engine: outcomes from a formula with keyed noise, so that statistics can be tested
against truth.

Value per payroll dollar: 2 layers gain on 3 layers as the AI share rises and overtake them at `CROSSING`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from sim.experiments.sweep.file import Sweep, load_sweep
from sim.experiments.sweep.pictures import draw
from sim.experiments.sweep.run import How, SweepResult, run_sweep

CROSSING = 0.42


@dataclass(frozen=True)
class Outcome:
    name: str
    unit: str
    better: int
    doc: str = ""
    ratio: None = None


OUTCOMES = {
    o.name: o
    for o in (
        Outcome("value_per_payroll_usd", "standard hours/USD", 1),
        Outcome("lead_time_hours", "hours", -1),
        Outcome("managers_share", "share", 0),
        Outcome("cost_per_value", "USD/standard hour", -1),
        Outcome("bottleneck", "stage", 0),
    )
}

BASE = """\
question: How does it work?
organisation: {ics: 96, spans: [6, 4, 4]}
"""
SWEEP = """\
question: At which AI share does a flat organisation overtake a layered one?
name: tiny
base: base.yaml
vary:
  organisation.management_layers: [2, 3]
  ai.share_of_code: {from: 0.0, to: 0.9, steps: 4}
hold: payroll
runs: 12
ranges: 8
"""


def write_sweep(folder: Path, text: str = SWEEP) -> Path:
    (folder / "base.yaml").write_text(BASE)
    path = folder / "sweep.yaml"
    path.write_text(text)
    return path


def run_file(
    path: Path, out: Path, engine: Callable | None = None, sweep: Sweep | None = None, **options
) -> SweepResult:
    """Run a sweep file (or the sweep made of it) with the stand-in, without pictures. options: of `How`, and of `run_sweep`."""
    asked = {name: options.pop(name) for name in ("fresh", "retry_failed", "shard") if name in options}
    how = How(
        **{
            "workers": 2,
            "simulate": engine or Engine(),
            "outcomes": OUTCOMES,
            "weekly": ("value",),
            **options,
        }
    )
    return run_sweep(sweep or load_sweep(path), out, how, **asked)


def drawn(result: SweepResult) -> tuple[Path, ...]:
    """Draw the pictures of a sweep as the command does; return them."""
    return draw(result.sweep, result.answer, result.folder / "plots")


class Engine:
    """Call it like `sim.simulation.run.run`. noise: sd of the run's own noise; fails: runs that fail; calls are
    counted.
    """

    def __init__(
        self, noise: float = 0.01, fails: tuple[int, ...] = (), interrupt_after: int | None = None
    ) -> None:
        self.noise, self.fails, self.interrupt_after = noise, fails, interrupt_after
        self.calls: list[tuple[int, int]] = []
        self._lock = threading.Lock()

    def __call__(self, scenario, runs=100, seed=1, *, workers=None, first_run=0, progress=None):
        with self._lock:
            self.calls.append((first_run, runs))
            if self.interrupt_after is not None and len(self.calls) > self.interrupt_after:
                raise KeyboardInterrupt
        numbers = np.arange(first_run, first_run + runs)
        layers = scenario.organisation.management_layers or len(scenario.organisation.spans)
        truth = self.truth(layers, scenario.values)
        values = np.array([truth + self.draw(seed, r, layers) for r in numbers])
        outcomes = {
            "value_per_payroll_usd": values * 0.01,
            "lead_time_hours": 30 / values,
            "managers_share": np.full(runs, 0.1 * layers),
            "cost_per_value": np.where(numbers % 4 == 0, np.nan, 100 / values),
            "bottleneck": np.where((layers == 2) & (numbers % 4 == 1), 5.0, 0.0),
        }
        if progress is not None:
            progress(runs)
        failed = [r for r in numbers.tolist() if r in self.fails]
        for values in outcomes.values():
            values[np.isin(numbers, failed)] = np.nan
        return SimpleNamespace(
            scenario=scenario,
            seed=seed,
            runs=numbers,
            outcomes=outcomes,
            series={"value": np.outer(outcomes["value_per_payroll_usd"], np.ones(3))},
            failures=tuple(SimpleNamespace(run=r, seed=seed, message=f"run {r} broke") for r in failed),
        )

    def truth(self, layers: int, values) -> float:
        gain = 0.3 * (values["ai.share_of_code"] - CROSSING) if layers == 2 else -0.2 * (layers - 3) ** 2
        # More people time per report costs wide spans: over the plausible ranges the sign varies.
        return 1.0 + gain - (0.5 * (values["managers.people_hours_per_report"] - 1.2) if layers == 2 else 0.0)

    def draw(self, seed: int, run: int, layers: int) -> float:
        shared = np.random.default_rng([seed, run]).normal(0, 0.05)
        return shared + np.random.default_rng([seed, run, layers]).normal(0, self.noise)
