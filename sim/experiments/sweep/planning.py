"""What a sweep would cost, and how sure its answer would be, before it is started: `orgsim sweep FILE --plan`.

A run each at a few points spread over the design finds the cheapest and the dearest of them; a few runs more at these two, with
their spread, give the times and the interval to be expected. Nothing is kept.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiments.points import label
from sim.experiments.sweep.again import planned as planned_again
from sim.experiments.sweep.blocks import Block, BlockResult, simulate_block
from sim.experiments.sweep.file import Sweep
from sim.experiments.sweep.identity import Shard, points_of
from sim.experiments.sweep.plausible import planned as planned_ranges
from sim.outcomes.declared import OUTCOMES, Outcome
from sim.simulation.parallel import threads
from sim.simulation.results import Simulate
from sim.statistics.estimates import t_quantile
from sim.text.numbers import number, outcome_words, percent, plural, shown_unit
from sim.text.plain import jsonable

SPREAD = 8  # points that are tried
TRIES = 4  # runs at the cheapest and the dearest
ROW_BYTES = 6.5  # of a number in a Parquet file, compressed: measured with bundled scenarios


@dataclass(frozen=True)
class Tried:
    """Runs at one point. seconds: processor time of one; values: the outcome; weeks: rows of its series."""

    point: int
    seconds: float
    values: np.ndarray
    numbers: int


@dataclass(frozen=True)
class Plan:
    """What a sweep would cost. besides: runs in plausible worlds and under other settings."""

    sweep: Sweep
    points: int
    runs: int
    besides: int
    cheapest: Tried
    dearest: Tried
    workers: int
    declared: Outcome

    @property
    def seconds(self) -> tuple[float, float, float]:
        """Processor seconds of all: were all points like the cheapest, the mean of both, or like the dearest."""
        total = self.runs + self.besides
        low, high = total * self.cheapest.seconds, total * self.dearest.seconds
        return low, (low + high) / 2, high

    @property
    def size(self) -> float:
        """Bytes on disk."""
        return self.runs * ROW_BYTES * (self.cheapest.numbers + self.dearest.numbers) / 2

    @property
    def half(self) -> float | None:
        """Half the interval of a point's mean that is to be expected; None if the few runs show no spread."""
        runs = self.sweep.runs
        sds = [tried.values.std(ddof=1) for tried in (self.cheapest, self.dearest) if len(tried.values) > 1]
        sd = float(np.sqrt(np.mean(np.square(sds)))) if sds else 0.0
        return t_quantile(0.975, runs - 1) * sd / np.sqrt(runs) if runs > 1 and sd > 0 else None

    def to_json(self) -> dict[str, object]:
        """Plain data: seconds, bytes, and figures in the declared unit."""
        low, middle, high = self.seconds
        ends = {"point": self.sweep.points[self.cheapest.point], "seconds": self.cheapest.seconds}
        dear = {"point": self.sweep.points[self.dearest.point], "seconds": self.dearest.seconds}
        data = {
            "sweep": self.sweep.name,
            "points": self.points,
            "runs": self.runs,
            "runs_besides": self.besides,
            "processor_seconds": {"low": low, "expected": middle, "high": high},
            "workers": self.workers,
            "seconds": middle / self.workers,
            "bytes": self.size,
            "cheapest": ends,
            "dearest": dear,
            "outcome": self.sweep.outcome,
            "unit": self.declared.unit,
            "half_interval": self.half,
        }
        plain: dict[str, object] = jsonable(data)
        return plain

    def to_text(self) -> str:
        """For people."""
        sweep, (low, middle, high) = self.sweep, self.seconds
        most = "at most " if sweep.until_decided else ""
        besides = (
            f", and {plural(self.besides, 'run')} in plausible worlds and under other settings"
            if self.besides
            else ""
        )
        lines = [
            f"{sweep.name}: {most}{plural(self.runs, 'run')} at {plural(self.points, 'design point')}{besides}",
            f"  time     about {span(middle / self.workers)} with {plural(self.workers, 'worker')} "
            f"({span(low / self.workers)} to {span(high / self.workers)})",
            f"  a run    {self.cheapest.seconds * 1e3:,.3g} ms at the cheapest point tried "
            f"({_place(sweep, self.cheapest.point)}), {self.dearest.seconds * 1e3:,.3g} ms at the dearest "
            f"({_place(sweep, self.dearest.point)})",
            f"  disk     about {max(1, round(self.size / 1e6)):,} MB",
        ]
        if left_out := sweep.left_out.words():
            lines.append(f"  design   {left_out}")
        unit, scale = shown_unit(self.declared.unit)
        means = [float(np.mean(t.values)) for t in (self.cheapest, self.dearest) if len(t.values)]
        if self.half is not None and means:
            level = abs(float(np.mean(means)))
            share = f" ({percent(self.half / level)} %)" if level > 0 else ""
            tried = len(self.cheapest.values) + len(self.dearest.values)
            lines.append(
                f"  95 %     about +-{number(scale * self.half)} {unit}{share} for the {outcome_words(sweep.outcome)} of a "
                f"point, from {tried} runs; differences between points are surer, they share their dice"
            )
        return "\n".join([*lines, "Nothing was started."])


def plan_of(
    sweep: Sweep,
    shard: Shard | None = None,
    workers: int | None = None,
    simulate: Simulate | None = None,
    declared: Mapping[str, Outcome] = OUTCOMES,
) -> Plan:
    """What a sweep, or a shard of it, would cost. Raises UserError where a point cannot be simulated."""
    points = points_of(sweep, shard)
    spread = sorted({points[k] for k in np.linspace(0, len(points) - 1, SPREAD).round().astype(int)})
    simulate_block(
        sweep.base, sweep.hold, sweep.points[spread[0]], Block(spread[0], 0, 1), sweep.seed, simulate
    )
    once = [_try(sweep, point, (0,), simulate) for point in spread]
    ends = (min(once, key=lambda tried: tried.seconds), max(once, key=lambda tried: tried.seconds))
    low, high = (_try(sweep, tried.point, range(min(TRIES, sweep.runs)), simulate) for tried in ends)
    low, high = (low, high) if low.seconds <= high.seconds else (high, low)
    besides = 0 if shard else planned_ranges(sweep) + planned_again(sweep)
    runs = len(points) * sweep.runs
    return Plan(sweep, len(points), runs, besides, low, high, threads(workers), declared[sweep.outcome])


def _try(sweep: Sweep, point: int, runs: Sequence[int], simulate: Simulate | None) -> Tried:
    """Runs at a point, the compiled code being there already."""
    began = time.process_time()
    block = Block(point, runs[0], len(runs))
    found = simulate_block(sweep.base, sweep.hold, sweep.points[point], block, sweep.seed, simulate)
    seconds = (time.process_time() - began) / len(runs)
    values = found.outcomes.get(sweep.outcome, np.empty(0))
    return Tried(point, seconds, values[np.isfinite(values)], _numbers(found))


def _numbers(found: BlockResult) -> int:
    """How many numbers are kept of a run."""
    return len(found.outcomes) + sum(int(values.shape[1]) for values in found.series.values())


def _place(sweep: Sweep, point: int) -> str:
    return ", ".join(f"{path}={label(value)}" for path, value in sweep.points[point].items())


def span(seconds: float) -> str:
    """A time in words: '40 seconds', '12 minutes', '3.5 hours'."""
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:,.1f} hours"
