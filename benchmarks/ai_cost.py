"""What the AI half of the model costs: the base as declared against the base with every AI mechanism at its neutral value.

    python benchmarks/ai_cost.py [--runs 20]

Both are simulated in one process, turn by turn, the order changing with every run, so that both see the same machine; of several
timings the least counts. Processor time is measured. Neutral values change what happens, too, so the cost per item served is
printed beside the cost of a run.
"""

import sys
from collections.abc import Sequence
from math import exp, inf
from pathlib import Path

import click
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.run import cpu  # noqa: E402
from sim.scenario.scenario import load  # noqa: E402
from sim.simulation.simulator import Engine  # noqa: E402
from sim.statistics.estimates import known, mean_ci  # noqa: E402

#: Values with which the mechanisms of the use of AI, and what came with them, are as if they were not there.
NEUTRAL: dict[str, object] = {
    "ai.use_sd": 0.0, "ai.answers": "always", "ai.use_scale": 0.0, "ai.delegation": 0.0, "ai.selection": 0.0, "ai.scope": 0.0,
    "ai.prep_saving": 0.0, "ai.briefing_exponent": 0.0, "ai.retry_correlation": 0.0, "ai.failure_worth": 1.0,
    "ai.redo_assisted": False, "ai.fluency_growth": 0.0, "review.volume_exponent": 1.0, "defects.most_lost": inf,
    "quits.quality_effect": 0.0,
}  # fmt: skip
TIMES = 3


def least(engine: Engine, number: int) -> tuple[float, float]:
    """Return (processor seconds, items served) of run *number*."""
    seconds = min(cpu(lambda: engine.simulate(1, number)) for _ in range(TIMES))
    snapshots = engine.simulate(1, number).snapshots
    return seconds, float(snapshots["items_served"][-1])


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Return the geometric mean of the ratios by run, with its 95 % interval."""
    found = mean_ci(np.log(np.asarray(ours) / np.asarray(theirs)))
    return f"{exp(known(found.mean)):.3f} [{exp(known(found.lo)):.3f}, {exp(known(found.hi)):.3f}]"


@click.command()
@click.option("--runs", default=20, show_default=True, type=click.IntRange(2))
def main(runs: int) -> None:
    """Time both, turn by turn, and print the ratio."""
    engines = Engine(load("base")), Engine(load("base").with_values(NEUTRAL))
    for engine in engines:
        engine.simulate(1, 0)
    seconds: tuple[list[float], list[float]] = ([], [])
    items: tuple[list[float], list[float]] = ([], [])
    for number in range(runs):
        for k in (0, 1) if number % 2 else (1, 0):
            one, served = least(engines[k], number)
            seconds[k].append(one)
            items[k].append(served)
    declared, neutral = (np.array(x) / np.array(n) for x, n in zip(seconds, items, strict=True))
    click.echo(f"a run, declared               {np.mean(seconds[0]) * 1e3:8.1f} ms")
    click.echo(f"a run, neutral                {np.mean(seconds[1]) * 1e3:8.1f} ms")
    click.echo(f"declared / neutral, a run      {ratio(*seconds)}")
    click.echo(f"declared / neutral, an item    {ratio(declared.tolist(), neutral.tolist())}")


if __name__ == "__main__":
    main()
