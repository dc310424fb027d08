"""An organisation whose work stands still (``switches.flow: false``): weeks go by without an event.

Nothing is written, asked or reviewed, and whatever follows work (output, strain, fluency, learning) stays as it is. Only the
people's weeks are held, so that a run of two hundred years takes seconds.
"""

import numpy as np

from sim.constants import IC, WEEKS_PER_YEAR
from sim.engine.codes import VACANT
from sim.engine.state import Org

HOURS_PER_WEEK = 40.0
#: Sum over weeks -> what is added to it every week.
_SUMS = {
    "payroll_above_start_sum": "payroll_above_start",
    "ics_above_start_sum": "ics_above_start",
    "managers_above_start_sum": "managers_above_start",
    "efficiency_sum": "efficiency",
}


def pass_weeks(org: Org, hours: float) -> None:
    """Let the weeks up to *hours* after the start go by, and keep a snapshot of each."""
    world = org.world
    first, last = int(world["week"][0]), int(hours // HOURS_PER_WEEK)
    world["now"] = hours
    if last <= first:
        return
    ics = org.people["role"] == IC
    for name in ("skill", "fluency"):
        world[f"{name}_mean"] = org.people[name][ics].mean() if ics.any() else 0.0
    weeks, passed = org.weeks[first + 1 : last + 1], np.arange(1, last - first + 1)
    # As bytes: NumPy copies records of records field by field.
    weeks.view(np.uint8).reshape(len(weeks), -1)[:] = world.view(np.uint8)
    weeks["week"] = first + passed
    weeks["now"] = weeks["week"] * HOURS_PER_WEEK
    for total, gauge in _SUMS.items():
        weeks[total] = world[total][0] + passed * world[gauge][0]
        world[total] = weeks[total][-1]
    world["week"] = last
    # The last of these weeks is paid when the people's week is held.
    own = org.occupants["cohort"]
    member = (own >= 0) & (org.people["role"] != VACANT)
    org.cohort["pay_earned"][own[member]] += (
        (last - first - 1) * org.occupants["pay"][member] / WEEKS_PER_YEAR
    )
