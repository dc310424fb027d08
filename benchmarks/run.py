"""Benchmark the engine, side by side with the plain Mesa version, in one process run; print figures and ratios.

    python benchmarks/run.py [sweeps] [--quick]

Ratios are what counts: machines are shared and noisy. Processor time is measured, not wall time, unless said otherwise.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from math import inf
from multiprocessing import get_context
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
HOURS_PER_WEEK = 40
#: Structures of about 100 to 100,000 people with spans of about six to eight: (ICs, layers).
SIZES = ((82, 3), (850, 4), (8500, 5), (86_500, 7))
#: What makes people come and go; switched off, the flow of work alone is left.
PEOPLE = ("quits", "hiring", "strain", "layoffs", "promotions")
_MEMORY = """
import resource, sys
sys.path.insert(0, {root!r})
from benchmarks.run import engine_of
engine = engine_of({ics}, {layers}, {weeks})
org = engine.advance(engine.begin(1, 0), {weeks} * 40.0)
print(engine.tree.n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def engine_of(ics: int, layers: int, weeks: int):
    """Return an engine for the baseline organisation of another size; *weeks* in all, with the warm-up."""
    from sim.scenario.scenario import load
    from sim.simulation.simulator import Engine

    values = {
        "organisation.ics": ics,
        "organisation.management_layers": layers,
        "time.weeks": weeks - min(8, weeks - 1),
        "time.warmup_weeks": min(8, weeks - 1),
    }
    return Engine(load("base").with_values(values))


def cpu(work: Callable[[], object]) -> float:
    """Return processor seconds of *work*."""
    start = time.process_time()
    work()
    return time.process_time() - start


def best(work: Callable[[], object], times: int = 3) -> float:
    """Return the least of several timings: the one least disturbed by others."""
    return min(cpu(work) for _ in range(times))


def against_plain(weeks: int) -> None:
    """Compare one run of 100 ICs with the plain Mesa version."""
    from benchmarks.plain_mesa import run_plain
    from sim.scenario.scenario import load
    from sim.simulation.simulator import Engine

    short = load("base").with_values({"organisation.ics": 100, "time.weeks": weeks, "time.warmup_weeks": 0})
    engine = Engine(short)
    engine.simulate(1, 0)
    ours = best(lambda: engine.simulate(1, 0), 5)
    plain = cpu(lambda: run_plain(short, 1, 0))
    click.echo(f"plain Mesa, 100 ICs, {weeks} weeks          {plain:10.2f} s")
    click.echo(f"engine, the same                        {ours * 1e3:10.2f} ms")
    click.echo(f"ratio                                   {plain / ours:10.0f} x   (bar: 100)")
    full = Engine(load("base").with_values({"organisation.ics": 100}))
    click.echo(
        f"engine, 100 ICs, 8 + 104 weeks          {best(lambda: full.simulate(1, 0), 5) * 1e3:10.1f} ms  (aim: 25)"
    )


def people_over_time(runs: int, times: int) -> None:
    """Compare runs with people over time with the flow of work alone, turn by turn, so that both see the same machine."""
    from sim.scenario.scenario import load
    from sim.simulation.simulator import Engine

    everything: dict[str, object] = {f"switches.{name}": True for name in PEOPLE}
    off: dict[str, object] = {f"switches.{name}": False for name in PEOPLE} | {"ai.strategy": "none"}
    for title, name, values in (
        ("quits, hiring, strain, layoffs", "people", {}),
        ("these, careers", "people", everything),
        ("these, AI strategy", "ai-managed", everything),
    ):
        scenario = load(name).with_values(values)
        engines = Engine(scenario), Engine(scenario.with_values(off))
        costs: list[list[float]] = [[], []]
        for run in range(runs):
            for cost, engine in zip(costs, engines, strict=True):
                engine.simulate(1, run)
                cost.append(inf)
            for _ in range(times):
                for cost, engine in zip(costs, engines, strict=True):
                    cost[-1] = min(cost[-1], cpu(lambda engine=engine, run=run: engine.simulate(1, run)))
        ours, flow = (sum(cost) / runs * 1e3 for cost in costs)
        people = f"{engines[0].tree.n} people, {title}"
        click.echo(f"{people:48}{ours:8.1f} ms, flow alone {flow:6.1f} ms, {ours / flow:.2f} x   (bar: 1.5)")


def by_size(sizes: tuple[tuple[int, int], ...]) -> None:
    """Print the cost of a person-hour from 100 to 100,000 people, after ten weeks."""
    first = None
    for ics, layers in sizes:
        engine = engine_of(ics, layers, 16)
        org = engine.advance(engine.begin(1, 0), 10 * HOURS_PER_WEEK)
        start = time.process_time()
        engine.advance(org, 16 * HOURS_PER_WEEK)
        cost = (time.process_time() - start) / (engine.tree.n * 6 * HOURS_PER_WEEK) * 1e9
        first = first or cost
        click.echo(
            f"{engine.tree.n:>7,} people                          {cost:10.1f} ns per person-hour, {cost / first:.2f} x"
        )
    click.echo("(bar: 1.5 x)")


def memory(ics: int, layers: int, weeks: int) -> None:
    """Print the peak memory of a process that simulates a large organisation."""
    code = _MEMORY.format(root=str(ROOT), ics=ics, layers=layers, weeks=weeks)
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    click.echo(f"{int(out[0]):,} people, {weeks} weeks: peak memory {int(out[1]) / 1e6:.2f} GB   (bar: 2 GB)")


def _some_runs(count: int) -> float:
    """Simulate *count* runs of two years and return the wall seconds."""
    engine = engine_of(96, 3, 112)
    engine.simulate(1, 0)
    start = time.perf_counter()
    for run in range(count):
        engine.simulate(1, run)
    return time.perf_counter() - start


def _in_processes(count: int, processes: int) -> float:
    with get_context("spawn").Pool(processes) as pool:
        return max(pool.map(_some_runs, [count] * processes, chunksize=1))


def _in_threads(count: int, threads: int) -> float:
    engine = engine_of(96, 3, 112)
    engine.simulate(1, 0)

    def work() -> None:
        for run in range(count):
            engine.simulate(1, run)

    pool = [threading.Thread(target=work) for _ in range(threads)]
    start = time.perf_counter()
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    return time.perf_counter() - start


def workers(count: int) -> None:
    """Print what a second thread, and a second process, adds to throughput (wall time)."""
    threads = 2 * _in_threads(count, 1) / _in_threads(count, 2)
    processes = 2 * _in_processes(count, 1) / _in_processes(count, 2)
    click.echo(f"two threads over one                    {threads:10.2f} x")
    click.echo(
        f"two processes over one                  {processes:10.2f} x   (bar: threads 1.8 where processes reach it)"
    )


def start_up() -> None:
    """Print wall times of commands that must answer at once."""
    for arguments in (["--help"], ["check", "layered"], ["run", "layered", "--runs", "1"]):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, str(ROOT / "cli.py"), *arguments], capture_output=True, check=True
            )
            times.append(time.perf_counter() - start)
        click.echo(f"orgsim {' '.join(arguments):32} {min(times) * 1e3:10.0f} ms")


@click.command()
@click.argument("part", type=click.Choice(["all", "sweeps"]), default="all")
@click.option("--quick", is_flag=True, help="small sizes: shows that everything runs")
def main(part: str, quick: bool) -> None:
    """Print every figure of the benchmark, or of one part of it."""
    from benchmarks import sweeps

    if part == "sweeps":
        sweeps.main(quick)
        return
    against_plain(4 if quick else 26)
    people_over_time(*((1, 1) if quick else (10, 3)))
    by_size(SIZES[:2] if quick else SIZES)
    memory(*((850, 4, 12) if quick else (86_500, 7, 60)))
    workers(4 if quick else 40)
    start_up()
    if quick:  # in full by itself only: it takes minutes
        sweeps.main(quick)


if __name__ == "__main__":
    main()
