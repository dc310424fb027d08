"""One run of a sweep once more: that of a failure, as it was."""

import numpy as np

from sim.errors import UserError
from sim.experiments.sweep.blocks import Block, simulate_block
from sim.experiments.sweep.file import Sweep
from sim.simulation.results import Simulate
from sim.text.plain import jsonable


def replay_run(
    sweep: Sweep, which: str, simulate: Simulate | None = None
) -> tuple[dict[str, float | None], str | None]:
    """Outcomes of the run *which*, POINT:RUN, and the message if it fails. Raises UserError if there is no such run."""
    try:
        point, run = (int(text) for text in which.split(":"))
    except ValueError:
        point, run = -1, -1
    if not (0 <= point < len(sweep.points) and 0 <= run < sweep.runs):
        raise UserError(
            f"--replay {which[:40]!r}: expected POINT:RUN with a point from 0 to {len(sweep.points) - 1:,} and a run from 0 to "
            f"{sweep.runs - 1:,}, for example 0:0"
        )
    block = Block(point, run, 1)
    found = simulate_block(sweep.base, sweep.hold, sweep.points[point], block, sweep.seed, simulate)
    outcomes = {name: float(np.asarray(values)[0]) for name, values in found.outcomes.items()}
    outcomes.setdefault(sweep.outcome, float("nan"))
    plain: dict[str, float | None] = jsonable(outcomes)
    return plain, found.failures.get(run)
