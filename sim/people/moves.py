"""Changing an organisation while it runs: who reports to whom, how much code AI is to write, and parameters.

The functions here edit the engine's tables between two events; `sim.mesa_model.model.OrgModel` is their door. An
intervention that changes nothing touches nothing, so that it cannot move a result. What an intervention changes at which moment:

- Structure at once: whom a question goes to, who reviews, which managers a dependency passes. What is already in
  somebody's inbox, in service or on its way stays there; reviews that wait in a team's shared queue stay with the team,
  and those that nobody left in it may read go to its manager.
- Duties (people time, meetings, one-to-ones) are planned by the week: an intervention at a week's end counts for the
  whole coming week, one within a week from the next week on.
- A manager who enters layer 1 gets hands-on time as every first-line manager has; one who leaves it puts hands-on work
  to rest until coming back to layer 1.

Not modelled: the cost of a reorganisation, and what a newcomer to a team has to learn.
"""

import numpy as np

from sim.constants import IC
from sim.engine.hierarchy import join_team, leave_team, relayer
from sim.engine.kernel import entry
from sim.engine.numba_tables import borrow
from sim.engine.server import settle
from sim.engine.state import Org
from sim.people.demand import carry_demand
from sim.people.reviews import rehome_reviews

# --- Compiled steps ------------------------------------------------------------------------------------------------------


@entry
def _settle_people(tables: Org, rows: np.ndarray, now: float) -> None:
    """Account for the time of the people in *rows* up to *now*."""
    org = borrow(tables)
    for k in range(len(rows)):
        settle(org, rows[k], now)


# --- Moving people -------------------------------------------------------------------------------------------------------


def move(org: Org, p: np.ndarray, i: int, boss: int) -> tuple[Org, dict[int, int]]:
    """Let the person in row *i*, with everybody below, report to the manager in row *boss*, who is not below *i*.

    Return *org* (it may have grown) and the old layer of every manager whose layer has changed.
    """
    people, teams = org.people, org.teams
    old = int(people["boss"][i])
    people["boss"][i] = people["team"][i] = boss
    people["reports"][boss] += 1
    if old >= 0:
        people["reports"][old] -= 1
    if people["role"][i] == IC:
        if old >= 0:
            leave_team(org, i, old)
        elif p["review_dedicated_reviewers"][0] == 0:
            people["reviewer"][i] = True
        join_team(org, i, boss)
        carry_demand(org, p, old, boss)
        org.world["teams_with_ics"] = np.count_nonzero(teams["ics"] > 0)
        if old >= 0:
            org = rehome_reviews(org, p, old)
    return org, relayer(org, old, boss)


def settle_people(org: Org, rows: list[int]) -> None:
    """Account for the time of the people in *rows* up to now."""
    _settle_people(org, np.array(rows, np.int64), float(org.world["now"][0]))
