"""What a sweep costs beside its runs: over the bare engine, and with 100,000 runs of a stand-in engine that takes no time.

python benchmarks/run.py sweeps [--quick]
"""

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
#: Points and runs a point of the large sweeps.
LARGE = ((1_000, 100), (20_000, 5), (100_000, 1))
_SWEEP = """\
question: How large can it be?
base: layered
vary:
  review.hours_per_week: {{from: 3.0, to: 6.0}}
  ai.share_of_code: {{from: 0.0, to: 0.9}}
design: lhs
samples: {points}
runs: {runs}
ranges: 0
"""
_RUN = """
import os, resource, sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from benchmarks.sweeps import stand_in, load
from sim.experiments.sweep.run import How, run_sweep
began, cpu = time.perf_counter(), time.process_time()
found = run_sweep(load(Path({file!r})), Path({out!r}), How(workers=2, simulate=stand_in, source="stand-in"))
print(found.runs_reused, time.perf_counter() - began, time.process_time() - cpu,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def load(file: Path):
    """A sweep of a file, without its question asked again."""
    from sim.experiments.sweep.file import load_sweep

    return replace(load_sweep(file), again=())


def stand_in(scenario, runs, seed, *, workers=None, first_run=0, progress=None):
    """All outcomes of so many runs, and a year of weekly series, from a generator: what the engine gives, in no time."""
    import numpy as np

    from sim.outcomes.declared import OUTCOMES, WEEKLY

    dice = np.random.default_rng([seed, first_run])
    outcomes = dict(zip(OUTCOMES, dice.random((len(OUTCOMES), runs)), strict=True))
    series = dict(zip(WEEKLY, dice.random((len(WEEKLY), runs, 52)), strict=True))
    numbers = np.arange(first_run, first_run + runs)
    return SimpleNamespace(runs=numbers, outcomes=outcomes, series=series, failures=())


def over_the_engine(runs: int, times: int) -> None:
    """Print processor time of the bundled sweep over that of the same runs by the bare engine, turn by turn."""
    from sim.experiments.sweep.file import load_sweep
    from sim.experiments.sweep.run import How, run_sweep
    from sim.simulation.simulator import Engine

    sweep = replace(load_sweep("flat-vs-layered", runs=runs), ranges=0, again=())
    Engine(sweep.base).simulate(1, 0)

    def bare() -> None:
        for values in sweep.points:
            engine = Engine(sweep.scenario(values))
            for run in range(runs):
                engine.simulate(sweep.seed, run)

    def whole() -> None:
        with tempfile.TemporaryDirectory() as folder:
            run_sweep(sweep, Path(folder) / "out", How(workers=1))

    costs: list[list[float]] = [[], []]
    for _ in range(times):
        for cost, work in zip(costs, (bare, whole), strict=True):
            began = time.process_time()
            work()
            cost.append(time.process_time() - began)
    ratio = min(costs[1]) / min(costs[0])
    bar = 1.05 if runs >= 50 else 1.10
    click.echo(
        f"flat-vs-layered, {runs:2} runs a point: {min(costs[0]):6.1f} s bare, {min(costs[1]):6.1f} s as a sweep, {ratio:.3f} x "
        f"(bar: {bar})"
    )


def large(points: int, runs: int) -> None:
    """Print memory, files, disk and time of a large sweep with the stand-in, and of the same command once more."""
    with tempfile.TemporaryDirectory() as place:
        file, out = Path(place) / "sweep.yaml", Path(place) / "out"
        file.write_text(_SWEEP.format(points=points, runs=runs), encoding="utf-8")
        code = _RUN.format(root=str(ROOT), file=str(file), out=str(out))
        for what in ("", "once more"):
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            reused, seconds, processor, memory = done.stdout.splitlines()[-1].split()
            files = sum(path.is_file() for path in out.rglob("*"))
            size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
            click.echo(
                f"{points:>7,} x {runs:<3} {what:9} {float(seconds):6.1f} s ({float(processor):5.1f} s of processor), "
                f"{int(memory) / 1e6:.2f} GB, {files:3} files, {size / 1e6:,.0f} MB, {int(reused):,} runs were there"
            )
        shutil.rmtree(out)


def main(quick: bool) -> None:
    """Print every figure."""
    for runs in (2,) if quick else (4, 50):
        over_the_engine(runs, 1 if quick else 3)
    for points, runs in ((200, 5),) if quick else LARGE:
        large(points, runs)
    click.echo("(bars: 1 GB, 200 files, once more in 30 s)")
