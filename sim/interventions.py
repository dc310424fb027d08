"""Changing an organisation while it runs: who reports to whom, how much code AI is to write, and parameters.

The functions here edit the engine's tables between two events; `sim.model.OrgModel` is their door. An intervention that
changes nothing touches nothing, so that it cannot move a result. What an intervention changes at which moment:

- Structure at once: whom a question goes to, who reviews, which managers a dependency passes. What is already in
  somebody's inbox, in service or on its way stays there; reviews that wait in a team's shared queue stay with the team,
  and those that nobody left in it may read go to its manager.
- Duties (people time, meetings, one-to-ones) are planned by the week: an intervention at a week's end counts for the
  whole coming week, one within a week from the next week on.
- A manager who enters layer 1 gets hands-on time as every first-line manager has; one who leaves it puts hands-on work
  to rest until coming back to layer 1.

Not modelled: the cost of a reorganisation, and what a newcomer to a team has to learn.
"""

from collections import Counter
from collections.abc import Collection
from math import floor, inf

import numpy as np

from sim.constants import HOURS_PER_WEEK, IC, MANAGER
from sim.engine.calendar import schedule
from sim.engine.codes import (
    CLASS_REVIEW,
    DESK,
    EVENT_ARRIVE,
    EVENT_EXTERNAL,
    EVENT_WAKE,
    FREE_CLASS,
    NONE,
    QUEUED,
    REVIEW,
    SENT,
)
from sim.engine.hierarchy import join_team, leave_team, members, relayer
from sim.engine.kernel import entry
from sim.engine.numba_tables import borrow
from sim.engine.server import pause, settle
from sim.engine.state import AGENT, Org, table
from sim.engine.tables import DESK_ID, MARGIN, give_event, grown
from sim.flow.handlers import announce_arrival
from sim.flow.initialise import introduce
from sim.flow.lifecycle import nudge
from sim.flow.schedule import resume_after_week
from sim.mechanisms.flow import attention, coding, work

# --- Compiled steps ------------------------------------------------------------------------------------------------------


@entry
def _settle_people(tables, rows, now):
    """Account for the time of the people in *rows* up to *now*."""
    org = borrow(tables)
    for k in range(len(rows)):
        settle(org, rows[k], now)


@entry
def _lay_aside(tables, i, now):
    """Person *i* lays the item in service aside."""
    pause(borrow(tables), i, now)


@entry
def _send_again(tables, k, receiver, at):
    """Send item *k* to the inbox of *receiver*."""
    schedule(borrow(tables), receiver, at, EVENT_ARRIVE, k, 0)


@entry
def _announce(tables, parameters, m, now):
    """Let items from outside reach manager *m* from now on."""
    announce_arrival(borrow(tables), parameters[0], m, now)


@entry
def _plan_ai(tables, parameters, shares):
    """Set how everybody's next changes are written, for planned shares of code volume [people].

    Return the planned coding speed-up, which demand answers to.
    """
    org = borrow(tables)
    p = parameters[0]
    for i in range(len(shares)):
        q = org.people[i]
        agents, assistant = work.planned_fractions(p, shares[i])
        q.agent_probability = agents if q.agents > 0 else 0.0
        q.assistant_fraction = assistant
    return work.planned_speed_up(p)


@entry
def _shared_reviews(items, team, rows):
    """Fill *rows* with the reviews in the shared queue of *team*, or on their way to it; return how many."""
    count = 0
    for k in range(len(items)):
        item = items[k]
        shared = item.team == team and item.kind == REVIEW and item.person < 0
        if shared and (item.state == QUEUED or item.state == SENT):
            rows[count] = k
            count += 1
    return count


@entry
def _resume(tables, parameters, rows, replan, wake, now):
    """Let the interventions since the last step take effect.

    *replan*: a week is just beginning, so plan everybody's duties anew. *wake*: the review budget has changed. The free
    among *rows* look for work.
    """
    org = borrow(tables)
    p = parameters[0]
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


# --- Room, and what takes effect at the next step ------------------------------------------------------------------------


def with_room(org: Org, events: int = 0) -> Org:
    """Return *org* with room in its calendar for *events* events besides those that any intervention sends."""
    needed = MARGIN + 4 * len(org.people) + events
    free = int(org.world["free_events"][0])
    return org if free >= needed else grown(org, events=2 * needed)


def resume(org: Org, p: np.ndarray, rows: Collection[int], replan: bool, wake: bool) -> Org:
    """Let interventions take effect, now that the next step begins; see `_resume`. Return *org* (it may have grown)."""
    org = with_room(org, len(rows))
    asked = np.zeros(len(org.people), bool)
    asked[list(rows)] = True
    free = np.flatnonzero(asked & (org.people["current"] < 0))
    _resume(org, p, free, replan, wake, float(org.world["now"][0]))
    return org


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
        _carry_demand(org, p, old, boss)
        org.world["teams_with_ics"] = np.count_nonzero(teams["ics"] > 0)
        if old >= 0:
            org = rehome_reviews(org, p, old)
    return org, relayer(org, old, boss)


def _demand_rate(org: Org, p: np.ndarray) -> float:
    """Return the changes asked for per IC and hour."""
    return float(p["work_demand"][0] * org.world["demand_factor"][0] / HOURS_PER_WEEK)


def _carry_demand(org: Org, p: np.ndarray, old: int, new: int) -> None:
    """Keep the backlog of both teams: the past demand for one IC moves along, as changes started."""
    rate = _demand_rate(org, p)
    if rate < inf:
        past = floor(rate * float(org.world["now"][0]))
        org.teams["started"][new] += past
        if old >= 0:
            org.teams["started"][old] -= past


def lose_demand(org: Org, p: np.ndarray, team: int, ics: int = 1) -> None:
    """Keep the backlog of *team*, which has *ics* ICs less: the past demand for them goes, as changes started."""
    rate = _demand_rate(org, p)
    if rate < inf:
        org.teams["started"][team] -= ics * floor(rate * float(org.world["now"][0]))


def rebase_demand(org: Org, old_rate: float, new_rate: float) -> None:
    """Keep every team's backlog where the demand per IC-hour changes from *old_rate* to *new_rate*."""
    if new_rate in (inf, old_rate):
        return
    teams, now = org.teams, float(org.world["now"][0])
    backlog = old_rate * now * teams["ics"] - teams["started"] if old_rate < inf else 0.0
    teams["started"] = np.floor(new_rate * now * teams["ics"] - backlog).astype(np.int64)


# --- Reviews that wait ---------------------------------------------------------------------------------------------------


def rehome_reviews(org: Org, p: np.ndarray, team: int) -> Org:
    """Send the reviews waiting in *team* that nobody left in it may read to its manager, as if newly requested."""
    rows = np.empty(len(org.items), np.int64)
    rows = rows[: _shared_reviews(org.items, team, rows)]
    org = with_room(org, len(rows))
    if not len(rows):
        return org
    items, people, changes = org.items, org.people, org.changes
    readers = [m for m in members(org, team) if people["reviewer"][m]]
    given: Counter[int] = Counter()
    for k in rows[np.argsort(items["step"][rows], kind="stable")].tolist():
        c = int(items["change"][k])
        able = len(readers)
        if c >= 0:
            barred = {int(changes["owner"][c]), *changes["reviewers"][c].tolist()}
            able = sum(m not in barred for m in readers)
            given[c] += 1
        if able > 0 and given[c] <= able:
            continue
        receiver = team
        if c >= 0 and people["human"][changes["owner"][c]] == team and people["boss"][team] >= 0:
            receiver = int(people["boss"][team])  # a manager's own hands-on change
        items["person"][k] = receiver
        items["team"][k] = NONE
        if items["state"][k] == QUEUED:
            _unlink_from_team(org, team, k)
            items["state"][k] = SENT
            _send_again(org, k, receiver, float(org.world["now"][0] + p["communication_delay_hours"][0]))
    return org


def _unlink_from_team(org: Org, team: int, k: int) -> None:
    teams, items = org.teams, org.items
    previous, row = NONE, int(teams["head"][team])
    while row != k:
        previous, row = row, int(items["next"][row])
    after = int(items["next"][k])
    if previous < 0:
        teams["head"][team] = after
    else:
        items["next"][previous] = after
    if after < 0:
        teams["tail"][team] = previous
    items["next"][k] = NONE
    teams["queued_hours"][team] -= items["hours"][k]


def _hand_back_reviews(org: Org, p: np.ndarray, i: int) -> Org:
    """Give the reviews that desk *i* has, or that are on their way to it, back to its team; they start afresh."""
    people, items = org.people, org.items
    current = int(people["current"][i])
    if current >= 0 and items["kind"][current] == REVIEW:
        _lay_aside(org, i, float(org.world["now"][0]))
    coming = (
        (items["state"] == SENT) & (items["kind"] == REVIEW) & (items["team"] >= 0) & (items["person"] == i)
    )
    for k in np.flatnonzero(coming).tolist():
        _unassign(org, k)
    kept, k = [], int(people["head"][i, CLASS_REVIEW])
    while int(people["ready"][i]) & (1 << CLASS_REVIEW) and k >= 0:
        after = int(items["next"][k])
        if items["kind"][k] != REVIEW or items["team"][k] < 0:
            kept.append(k)
        else:
            _queue_for_team(org, int(items["team"][k]), k)
        k = after
    if kept:
        items["next"][kept] = [*kept[1:], NONE]
        people["head"][i, CLASS_REVIEW], people["tail"][i, CLASS_REVIEW] = kept[0], kept[-1]
    else:
        people["ready"][i] &= ~(1 << CLASS_REVIEW)
    return rehome_reviews(org, p, int(people["team"][i]))


def _unassign(org: Org, k: int) -> None:
    items = org.items
    items["person"][k] = NONE
    if items["change"][k] >= 0:
        org.changes["reviewers"][items["change"][k], items["step"][k]] = NONE


def _queue_for_team(org: Org, team: int, k: int) -> None:
    """Put review *k* at the end of the shared queue of *team*, as if nobody had looked at it."""
    teams, items = org.teams, org.items
    _unassign(org, k)
    if items["begun"][k]:
        items["begun"][k] = False
        teams["queued_hours"][team] += items["hours"][k]
    items["next"][k] = NONE
    if teams["head"][team] >= 0:
        items["next"][teams["tail"][team]] = k
    else:
        teams["head"][team] = k
    teams["tail"][team] = k


# --- Managers whose layer changes ----------------------------------------------------------------------------------------


def fit_hands_on(org: Org, p: np.ndarray, agents_each: int) -> Org:
    """Give every manager in layer 1 a working desk, and let the desks of all others rest, if there is hands-on time.

    *agents_each*: AI agents of a new desk. Return *org* (it may have grown).
    """
    people = org.people
    share = p["managers_hands_on_share"][0] if p["switches_hands_on"][0] else 0.0
    should = (people["role"] == MANAGER) & (people["layer"] == 1) & (share > 0)
    works_now = people["coder"][people["desk"]] & (people["desk"] >= 0)
    for m in np.flatnonzero((people["role"] == MANAGER) & (should != works_now)).tolist():
        works = bool(should[m])
        desk = int(people["desk"][m])
        if works and desk < 0:
            org = _add_desk(with_room(org), p, m, agents_each)
            people = org.people
        elif desk >= 0 and bool(people["coder"][desk]) != works:
            reviews = bool(p["review_managers_review"][0])
            people["coder"][desk] = works
            if reviews:
                people["reviewer"][desk] = works
                org.teams["reviewers"][m] += 1 if works else -1
            if reviews and not works:
                org = _hand_back_reviews(org, p, desk)
    return org


def _add_desk(org: Org, p: np.ndarray, m: int, agents_each: int) -> Org:
    """Append a hands-on desk for manager *m*; it gets its hours with the next plan of the week."""
    row, first = len(org.people), len(org.agents)
    longer = {}
    for name in ("people", "teams", "lives"):
        old = getattr(org, name)
        longer[name] = table(row + 1, old.dtype)
        longer[name][:row] = old
    agents = table(first + agents_each, AGENT)
    agents[:first] = org.agents
    agents["supervisor"][first:] = row
    agents["change"][first:] = NONE
    near = [int(org.home[i]) for i in members(org, m)]
    home = np.append(org.home, near[0] if near else 0)
    hours = np.vstack([org.hours, np.zeros((1, org.hours.shape[1]))])
    org = org._replace(**longer, agents=agents, home=home, hours=hours)
    people, teams = org.people, org.teams
    for name in ("first_member", "head", "tail"):
        teams[name][row] = NONE
    for name in ("desk", "next_member", "current", "parked", "head", "tail"):
        people[name][row] = NONE
    now = float(org.world["now"][0])
    fields = {
        "pid": DESK_ID + int(people["pid"][m]), "role": DESK, "boss": m, "human": m, "team": m, "coder": True,
        "reviewer": bool(p["review_managers_review"][0]), "wake_at": inf, "productivity": 1.0, "condition": 1.0, "tools": 1.0,
        "coverage": 1.0,
        "since": now, "allowance": min(float(p["review_hours_per_week"][0]), 8.0), "allowance_at": now,
        "first_agent": first, "agents": agents_each, "belief": float(people["belief"][m]),
        "serving": FREE_CLASS,
    }  # fmt: skip
    for name, value in fields.items():
        people[name][row] = value
    people["desk"][m] = row
    give_event(org, row)
    join_team(org, row, m)
    introduce(org, p, np.array([row]))
    return org


def settle_people(org: Org, rows: list[int]) -> None:
    """Account for the time of the people in *rows* up to now."""
    _settle_people(org, np.array(rows, np.int64), float(org.world["now"][0]))


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


# --- Parameters, AI and the review budget -------------------------------------------------------------------------------


def change_parameters(
    org: Org, p: np.ndarray, old: np.ndarray, paths: tuple[str, ...], shares: np.ndarray
) -> tuple[Org, bool]:
    """Let the parameters *paths* take effect, whose values were those of *old* and are those of *p* now.

    *shares*: everybody's planned AI share, float64 [people]. Return *org* (it may have grown) and whether the review budget
    has changed (see `resume`); the week must be planned anew.
    """
    budget = bool({"review.hours_per_week", "switches.review_budget"} & set(paths))
    if budget:
        fill_allowances(org, p, old)
    if "work.demand" in paths:
        factor = float(org.world["demand_factor"][0]) / HOURS_PER_WEEK
        rebase_demand(org, float(old["work_demand"][0]) * factor, float(p["work_demand"][0]) * factor)
    if any(path.startswith(("ai.", "work.")) for path in paths):
        plan_ai(org, p, shares)
    return announce_external(org, p), budget


def plan_ai(org: Org, p: np.ndarray, shares: np.ndarray) -> None:
    """Let the next changes of everybody be written with AI as planned: *shares* of code volume, float64 [people]."""
    own = shares[org.people["role"] == IC]
    if len(own):
        p["ai_share_of_code"][0] = own[0] if np.all(own == own[0]) else own.mean()
    speed_up = _plan_ai(org, p, shares)
    rate = _demand_rate(org, p)
    elasticity = float(p["work_demand_elasticity"][0])
    org.world["demand_factor"][0] = speed_up**elasticity if elasticity > 0 else 1.0
    rebase_demand(org, rate, _demand_rate(org, p))


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
