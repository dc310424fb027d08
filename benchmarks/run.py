"""Benchmark the engine, side by side with a bare loop in C and with the plain Mesa version; print figures and ratios.

    python benchmarks/run.py [sweeps] [--quick]

Ratios are what counts: machines are shared and noisy. Processor time is measured, not wall time, unless said otherwise;
of several timings the least, and what is compared is timed turn by turn. An event is one that was put into the calendar.
"""

import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from math import inf
from multiprocessing import get_context
from pathlib import Path

import click
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks.floor import Floor  # noqa: E402  (found by the line above)

HOURS_PER_WEEK = 40
#: Structures of about 100 to 100,000 people with spans of about six to eight: (ICs, layers).
SIZES = ((96, 3), (850, 4), (8500, 5), (86_500, 7))
#: Most times the floor that an event may cost, with few ICs and with more than `FEW`.
BARS, FEW = (2.0, 2.5), 500
#: What makes people come and go; switched off, the flow of work alone is left.
PEOPLE = ("quits", "hiring", "strain", "layoffs", "promotions")
_MEMORY = """
import resource, sys, time
sys.path.insert(0, {root!r})
from benchmarks.run import engine_of
engine = engine_of({ics}, {layers}, {weeks})
start = time.process_time()
org = engine.advance(engine.begin(1, 0), {weeks} * 40.0)
cost = time.process_time() - start
print(engine.tree.n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, cost)
"""


_COMPILATION = """
import sys
sys.path.insert(0, {root!r})
from benchmarks.run import cpu, ready
print(cpu(lambda: ready("base")))
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
    full = Engine(load("base"))
    a_run = best(lambda: full.simulate(1, 0), 10)
    click.echo(f"engine, base, a run of two years        {a_run * 1e3:10.1f} ms")
    click.echo(f"a million runs                          {a_run * 1e6 / 3600:10.1f} processor hours")


def people_over_time(runs: int, times: int) -> None:
    """Compare runs with people over time with the flow of work alone, turn by turn, so that both see the same machine."""
    from sim.scenario.scenario import load
    from sim.simulation.simulator import Engine

    everything: dict[str, object] = {f"switches.{name}": True for name in PEOPLE}
    off: dict[str, object] = {f"switches.{name}": False for name in PEOPLE} | {"ai.strategy": "none"}
    for title, name, values, bar in (
        ("quits, hiring, strain, layoffs", "people", {}, 1.4),
        ("these, careers", "people", everything, 1.5),
        ("these, AI strategy", "ai-managed", everything, 1.5),
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
        click.echo(
            f"{people:48}{ours:8.1f} ms, flow alone {flow:6.1f} ms, {ours / flow:.2f} x   (bar: {bar})"
        )


def by_size(sizes: tuple[tuple[int, int], ...], floor: Floor, times: int) -> None:
    """Print what an event costs from 100 to 100,000 people, after ten weeks, beside the bare loop in C."""
    if not floor.found:
        click.echo("no C compiler is found (cc, gcc, clang): the floor is not measured")
    for ics, layers in sizes:
        engine = engine_of(ics, layers, 16 if ics > FEW else 112)
        ours, bare = [], []
        for _ in range(times):
            cost, events = _cost(engine)
            ours.append(cost / events * 1e9)
            bare.append(floor.nanoseconds(engine.tree.n, min(events, 3_000_000)) if floor.found else np.nan)
        line = f"{engine.tree.n:>7,} people                          {min(ours):10.1f} ns an event"
        if floor.found:
            bar = BARS[ics > FEW]
            line += f", floor {min(bare):6.1f} ns, {min(ours) / min(bare):.2f} x   (bar: {bar})"
        click.echo(line)


def _cost(engine) -> tuple[float, int]:
    """Return processor seconds and events from the end of week 10 to the end of a run."""
    org = engine.advance(engine.begin(1, 0), 10 * HOURS_PER_WEEK)
    before, start = int(org.people["events"].sum()), time.process_time()
    org = engine.advance(org, engine.weeks * HOURS_PER_WEEK)
    return time.process_time() - start, int(org.people["events"].sum()) - before


def memory(ics: int, layers: int, weeks: int) -> None:
    """Print the peak memory, and the processor time, of a process that simulates a large organisation."""
    code = _MEMORY.format(root=str(ROOT), ics=ics, layers=layers, weeks=weeks)
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    title = f"{int(out[0]):,} people, {weeks} weeks"
    click.echo(f"{title:40}{float(out[2]):10.0f} s, peak memory {int(out[1]) / 1e6:.2f} GB   (bar: 1.5 GB)")


def _some_runs(name: str, count: int) -> float:
    """Simulate *count* runs of the scenario *name* and return the wall seconds."""
    engine = ready(name)
    start = time.perf_counter()
    for run in range(count):
        engine.simulate(1, run)
    return time.perf_counter() - start


def ready(name: str):
    """Return an engine for the scenario *name* that has run once."""
    from sim.scenario.scenario import load
    from sim.simulation.simulator import Engine

    engine = Engine(load(name))
    engine.simulate(1, 0)
    return engine


def _in_processes(name: str, count: int, processes: int) -> float:
    with get_context("spawn").Pool(processes) as pool:
        return max(pool.starmap(_some_runs, [(name, count)] * processes, chunksize=1))


def _in_threads(name: str, count: int, threads: int) -> float:
    engine = ready(name)

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
    for name in ("base", "people"):
        threads = 2 * _in_threads(name, count, 1) / _in_threads(name, count, 2)
        processes = 2 * _in_processes(name, count, 1) / _in_processes(name, count, 2)
        title = f"{name}: two threads over one"
        click.echo(f"{title:40}{threads:10.2f} x, two processes {processes:.2f} x   (bar: threads 1.85)")


def first_compilation() -> None:
    """Print what the first command on a machine costs beyond one on which everything is compiled."""
    code = _COMPILATION.format(root=str(ROOT))
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
        environment |= {"XDG_CACHE_HOME": folder}
        for _ in range(2):
            out = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
            )
            costs.append(float(out.stdout))
    click.echo(f"first compilation                       {costs[0] - costs[1]:10.1f} s   (bar: 15)")


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

    click.echo(f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if part == "sweeps":
        sweeps.main(quick)
        return
    with tempfile.TemporaryDirectory() as folder:
        by_size(SIZES[:2] if quick else SIZES, Floor(Path(folder)), 1 if quick else 3)
    against_plain(4 if quick else 26)
    people_over_time(*((1, 1) if quick else (10, 3)))
    memory(*((850, 4, 12) if quick else (86_500, 7, 60)))
    workers(4 if quick else 40)
    first_compilation()
    start_up()
    if quick:  # in full by itself only: it takes minutes
        sweeps.main(quick)


def _processor() -> str:
    """Return the name of the processor, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


if __name__ == "__main__":
    main()
