"""The work of those in motion when parameters or teams change: plans renewed, work resumed."""

from collections.abc import Collection
from math import inf

import numpy as np

from sim.constants import HOURS_PER_WEEK, MANAGER
from sim.engine.calendar import schedule
from sim.engine.codes import EVENT_EXTERNAL, EVENT_WAKE
from sim.engine.kernel import entry
from sim.engine.numba_tables import borrow
from sim.engine.state import Org
from sim.flow.handlers import announce_arrival
from sim.flow.lifecycle import nudge
from sim.flow.schedule import resume_after_week
from sim.mechanisms.flow import ai_use, attention, coding, dependencies
from sim.people.demand import demand_rate, rebase_demand
from sim.people.desks import with_desks
from sim.people.reviews import with_room


@entry
def _announce(tables: Org, parameters: np.ndarray, m: int, now: float) -> None:
    """Let items from outside reach manager *m* from now on."""
    announce_arrival(borrow(tables), parameters[0], m, now)


@entry
def _plan_ai(tables: Org, parameters: np.ndarray) -> float:
    """Set how everybody's next changes are written; return the planned coding speed-up, which demand answers to."""
    org = borrow(tables)
    p = parameters[0]
    ai_use.plan(org, p)
    coding.update_paces(org, p)
    speed_up: float = ai_use.planned_speed_up(p)
    return speed_up


@entry
def _resume(
    tables: Org, parameters: np.ndarray, rows: np.ndarray, replan: bool, wake: bool, now: float
) -> None:
    """Let the interventions since the last step take effect.

    *replan*: a week is just beginning, so plan everybody's duties anew. *wake*: the review budget has changed. The free
    among *rows* look for work.
    """
    org = borrow(tables)
    p = parameters[0]
    ai_use.plan(org, p)
    dependencies.count_teams(org)
    if replan:
        # The week's plan was counted already; only the new one counts.
        w = org.world[0]
        w.overload_hours = org.weeks[w.week].overload_hours if w.week > 0 else 0.0
        attention.set_duties(org, p)
        attention.update_productivity(org, p)
    coding.update_paces(org, p)
    if replan:
        resume_after_week(org, p, now)
    if wake:
        for i in range(len(org.people)):
            if org.people[i].reviewer:
                schedule(org, i, now, EVENT_WAKE, i, 0)
    for k in range(len(rows)):
        nudge(org, rows[k], now)


def resume(org: Org, p: np.ndarray, rows: Collection[int], replan: bool, wake: bool) -> Org:
    """Let interventions take effect, now that the next step begins; see `_resume`. Return *org* (it may have grown)."""
    org = with_room(org, len(rows))
    asked = np.zeros(len(org.people), bool)
    asked[list(rows)] = True
    free = np.flatnonzero(asked & (org.people["current"] < 0))
    _resume(org, p, free, replan, wake, float(org.world["now"][0]))
    return org


def announce_external(org: Org, p: np.ndarray) -> Org:
    """Let items from outside reach every manager in layer 1 who does not expect one yet."""
    if p["arrivals_kind"][0] == 0 or p["arrivals_per_hour"][0] <= 0:
        return org
    expecting, events = set(), org.events
    for k in org.buckets[org.buckets >= 0].tolist():
        while k >= 0:
            if events["kind"][k] == EVENT_EXTERNAL:
                expecting.add(int(events["ref"][k]))
            k = int(events["next"][k])
    org = with_room(org)
    for m in np.flatnonzero((org.people["role"] == MANAGER) & (org.people["layer"] == 1)).tolist():
        if m not in expecting:
            _announce(org, p, m, float(org.world["now"][0]))
    return org


def change_parameters(org: Org, p: np.ndarray, old: np.ndarray, paths: tuple[str, ...]) -> tuple[Org, bool]:
    """Let the parameters *paths* take effect, whose values were those of *old* and are those of *p* now.

    Return *org* (it may have grown) and whether the review budget has changed (see `resume`); the week must be planned anew.
    """
    budget = bool({"review.hours_per_week", "switches.review_budget"} & set(paths))
    if budget:
        fill_allowances(org, p, old)
    if "work.demand" in paths:
        factor = float(org.world["demand_factor"][0]) / HOURS_PER_WEEK
        rebase_demand(org, float(old["work_demand"][0]) * factor, float(p["work_demand"][0]) * factor)
    if any(path.startswith(("ai.", "work.")) for path in paths):
        plan_ai(org, p)
    return announce_external(org, p), budget


def plan_ai(org: Org, p: np.ndarray) -> None:
    """Let the next changes of everybody be written with AI as planned (`ai_planned` in the table of people).

    `ai.share_of_code` in *p* is its mean over the ICs already; the record is only read, as runs in threads share it.
    """
    speed_up = _plan_ai(org, p)
    rate = demand_rate(org, p)
    elasticity = float(p["work_demand_elasticity"][0])
    org.world["demand_factor"][0] = speed_up**elasticity if elasticity > 0 else 1.0
    rebase_demand(org, rate, demand_rate(org, p))


def fill_allowances(org: Org, p: np.ndarray, old: np.ndarray) -> None:
    """Fill everybody's review allowance up to now at the *old* budget; the one in *p* holds from now on."""
    people, now = org.people, float(org.world["now"][0])
    budget = float(p["review_hours_per_week"][0])
    before = float(old["review_hours_per_week"][0])
    if old["switches_review_budget"][0] and before < inf:
        filled = people["allowance"] + before / HOURS_PER_WEEK * (now - people["allowance_at"])
        people["allowance"] = np.minimum(filled, before)
    else:
        people["allowance"] = min(budget, 8.0)
    people["allowance_at"] = now


def finish(org: Org, p: np.ndarray, agents_each: int) -> Org:
    """After all moves of a week: desks follow their managers' layers, and everybody's week is planned anew."""
    org = announce_external(with_desks(org, p, agents_each), p)
    return resume(org, p, range(len(org.people)), True, False)
