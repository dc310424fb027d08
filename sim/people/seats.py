"""Who sits where: leaving, filling and closing seats, promotion, and managers who become ICs.

A row of ``org.people`` is a seat; its occupant changes, and with the occupant the permanent id, by which all dice are
keyed. While a manager's seat is vacant, the reports belong to the next manager above who is there; when it is filled, they
come back. A seat that is closed stays vacant, and its reports stay with the grand-manager (spans widen).

The functions edit the tables between two weeks. Each returns the organisation (its tables may have grown).
"""

from math import inf

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine.codes import DESK, NONE, VACANT
from sim.engine.hierarchy import join_team, leave_team, relayer
from sim.engine.state import AGENT, Org, table
from sim.engine.tables import DESK_ID, MARGIN, grown
from sim.people import others
from sim.people.demand import lose_demand
from sim.people.desks import copy_ai_plan
from sim.people.handover import hand_over, keep_past_hours, work_of
from sim.people.moves import move
from sim.people.reviews import rehome_reviews, with_room

_DUTIES = (
    "rate",
    "meetings_rate",
    "people_rate",
    "other_rate",
    "aligning_rate",
    "talking_rate",
    "coaching_hours",
    "governance_spared",
)
#: What belongs to a person rather than to a seat.
PERSONAL = ("pid", "skill", "knowledge", "quality", "fluency", "belief", "next_change")
OCCUPANT_PERSONAL = (
    "cohort", "joined", "pay", "strain", "expertise", "aptitude", "currency", "diverse", "staff", "waited", "moved",
    "competence", "born",
)  # fmt: skip


def now_of(org: Org) -> float:
    """Return the present time, hours."""
    return float(org.world["now"][0])


def boss_present(org: Org, i: int) -> int:
    """Return the row of the next manager above seat *i* who is there, or NONE."""
    boss = int(org.occupants["seat_boss"][i])
    while boss >= 0 and org.people["role"][boss] != MANAGER:
        boss = int(org.occupants["seat_boss"][boss])
    return boss


def planned_layers(org: Org) -> np.ndarray:
    """Return the layer of every seat by the plan of the organisation, int64 [people]; 0 for ICs' seats and for desks.

    While a manager's seat is vacant its reports belong to the boss, and nobody is below: what the tree of those present says
    of its layer is of no use. Seats that are closed for good count as long as others hang from them.
    """
    managers = org.occupants["seat_role"] == MANAGER
    filled = np.isin(org.people["role"], (IC, MANAGER)) | np.isfinite(org.occupants["open_until"])
    layers: np.ndarray = managers.astype(np.int64)
    below = np.flatnonzero(filled & (org.people["role"] != DESK) & (org.occupants["seat_boss"] >= 0))
    boss = org.occupants["seat_boss"][below]
    while True:
        before = layers.copy()
        np.maximum.at(layers, boss, layers[below] + 1)
        if np.array_equal(layers, before):
            return layers


def vacate(org: Org, p: np.ndarray, i: int) -> Org:
    """Let the occupant of seat *i* go; the work goes to others (`sim.people.handover`), reports to the boss. A root stays."""
    people = org.people
    role, boss = int(people["role"][i]), int(people["boss"][i])
    if boss < 0:
        raise ValueError(f"seat {i} is a root: nobody could stand in")
    credit(org, np.array([i]))
    if role == MANAGER:
        org = _send_reports_up(org, p, i, boss)
    org = _with_room_for_leaver(org, i)
    hand_over(org, p, i, boss, now_of(org))
    keep_past_hours(org, i, int(org.people["layer"][i]), role == IC)
    _count_people(org, role, -1, float(org.occupants["pay"][i]))
    people = org.people
    if role == IC:
        leave_team(org, i, boss)
        lose_demand(org, p, boss)
        org.world["teams_with_ics"] = np.count_nonzero(org.teams["ics"] > 0)
        if org.modules[org.home[i]] == i:
            org.modules[org.home[i]] = NONE
    people["role"][i] = VACANT
    people["boss"][i] = people["team"][i] = NONE
    people["coder"][i] = people["reviewer"][i] = people["has_work"][i] = False
    for name in _DUTIES:
        people[name][i] = 0.0
    people["reports"][boss] -= 1
    keep_inbox_of_relayered(org, relayer(org, boss))
    others.follow(org, boss_present)
    return rehome_reviews(org, p, boss) if role == IC else org


def _with_room_for_leaver(org: Org, i: int) -> Org:
    """Return *org* with room for the messages and items that the leaving of *i* sends and makes."""
    needed = MARGIN + 4 * work_of(org.items, org.changes, i)
    org = with_room(org, needed)
    return org if int(org.world["free_items"][0]) >= needed else grown(org, items=2 * needed)


def _send_reports_up(org: Org, p: np.ndarray, m: int, boss: int) -> Org:
    desk = int(org.people["desk"][m])
    if desk >= 0:
        org = _rest_desk(org, p, desk, boss)
    reports = np.flatnonzero((org.people["boss"] == m) & (org.people["role"] != DESK))
    for i in reports[np.argsort(org.people["pid"][reports])].tolist():
        org, changed = move(org, p, i, boss)
        keep_inbox_of_relayered(org, changed)
    return org


def _rest_desk(org: Org, p: np.ndarray, desk: int, stand_in: int) -> Org:
    org = _with_room_for_leaver(org, desk)
    hand_over(org, p, desk, stand_in, now_of(org))
    people, team = org.people, int(org.people["team"][desk])
    if people["reviewer"][desk]:
        people["reviewer"][desk] = False
        org.teams["reviewers"][team] -= 1
    people["coder"][desk] = False
    people["rate"][desk] = 0.0
    return org


def keep_inbox_of_relayered(org: Org, changed: dict[int, int]) -> None:
    """Keep the inbox figures of managers whose layer has *changed* (row -> old layer) with the layer they were served in."""
    for m, layer in changed.items():
        keep_past_hours(org, m, layer, False)


def _count_people(org: Org, role: int, sign: int, pay: float) -> None:
    world = org.world
    names = ("ics", "ics_above_start") if role == IC else ("managers", "managers_above_start")
    for name in names:
        world[name] += sign
    world["payroll_above_start"] += sign * pay


def seat(org: Org, p: np.ndarray, i: int, agents_each: int) -> Org:
    """Put the person whose traits are in row *i* already on the vacant seat *i*; reports of the seat come back.

    *agents_each*: AI agents of somebody who writes changes. The week's duties must be planned afterwards.
    """
    people, occupants = org.people, org.occupants
    boss, role = boss_present(org, i), int(occupants["seat_role"][i])
    people["role"][i] = role
    people["boss"][i] = people["team"][i] = boss
    people["reports"][boss] += 1
    people["since"][i] = people["allowance_at"][i] = now_of(org)
    people["allowance"][i] = min(float(p["review_hours_per_week"][0]), 8.0)
    people["wake_at"][i] = inf
    people["productivity"][i] = people["other_pace"][i] = people["condition"][i] = people["coverage"][i] = 1.0
    people["load"][i] = 0.0
    people["last_arrived"][i] = people["arrived_hours"][i]
    people["hand_hours"][i] = people["ai_hours"][i] = 0.0
    occupants["open_until"][i] = inf
    occupants["last_value"][i] = people["value"][i]
    occupants["output"][i] = occupants["last_waiting"][i] = occupants["last_hours"][i] = 0.0
    _count_people(org, role, 1, float(occupants["pay"][i]))
    if role == IC:
        org = _give_agents(org, i, agents_each)
        org.people["coder"][i] = org.people["reviewer"][i] = True
        join_team(org, i, boss)
        lose_demand(org, p, boss, -1)
        org.world["teams_with_ics"] = np.count_nonzero(org.teams["ics"] > 0)
        if org.modules[org.home[i]] < 0:
            org.modules[org.home[i]] = i
    else:
        org = _take_reports_back(org, p, i)
        desk = int(org.people["desk"][i])
        if desk >= 0:
            _wake_desk(org, p, i, desk)
    desk = int(org.people["desk"][i])
    org.occupants["seated_value"][i] = org.people["value"][i] + (
        org.people["value"][desk] if desk >= 0 else 0.0
    )
    heads = (i, boss) if role == MANAGER else (boss,)
    keep_inbox_of_relayered(org, relayer(org, *heads))
    others.follow(org, boss_present)
    return org


def _take_reports_back(org: Org, p: np.ndarray, m: int) -> Org:
    mine = np.flatnonzero((org.occupants["seat_boss"] == m) & np.isin(org.people["role"], (IC, MANAGER)))
    for i in mine[np.argsort(org.people["pid"][mine])].tolist():
        org, changed = move(org, p, i, m)
        keep_inbox_of_relayered(org, changed)
    return org


def _wake_desk(org: Org, p: np.ndarray, m: int, desk: int) -> None:
    people = org.people
    people["pid"][desk] = DESK_ID + people["pid"][m]
    people["skill"][desk] = float(p["managers_hands_on_skill"][0])
    people["next_change"][desk] = 0
    people["belief"][desk] = people["belief"][m]
    people["since"][desk] = people["allowance_at"][desk] = now_of(org)
    people["condition"][desk] = 1.0


def _give_agents(org: Org, i: int, agents_each: int) -> Org:
    """Give somebody who writes changes AI agents, if the seat has none."""
    if org.people["agents"][i] > 0 or agents_each == 0:
        return org
    first = len(org.agents)
    agents = table(first + agents_each, AGENT)
    agents[:first] = org.agents
    agents["supervisor"][first:] = i
    agents["change"][first:] = NONE
    org.people["first_agent"][i], org.people["agents"][i] = first, agents_each
    copy_ai_plan(org, i)
    return org._replace(agents=agents)


def close_seat(org: Org, i: int) -> None:
    """Close the vacant seat *i* for good; the seats below belong to the boss's seat from now on."""
    org.occupants["open_until"][i] = inf
    others.give_up(org, i)
    below = org.occupants["seat_boss"] == i
    org.occupants["seat_boss"][below] = org.occupants["seat_boss"][i]


def convert(org: Org, p: np.ndarray, i: int, skill: float, pay: float, agents_each: int) -> Org:
    """Let the manager on seat *i* become an IC of the boss, with this *skill* and *pay*; the manager's seat is closed."""
    org = vacate(org, p, i)
    close_seat(org, i)
    org.occupants["seat_role"][i] = IC
    org.occupants["seat_pay"][i] = org.occupants["pay"][i] = pay
    org.people["layer"][i] = 0
    org.people["skill"][i] = skill
    org.world["conversions"] += 1
    return seat(org, p, i, agents_each)


def carry_person(org: Org, source: int, target: int) -> None:
    """Copy what belongs to the person in row *source* to row *target* (both seats vacant)."""
    for name in PERSONAL:
        org.people[name][target] = org.people[name][source]
    for name in OCCUPANT_PERSONAL:
        org.occupants[name][target] = org.occupants[name][source]


def exchange_people(org: Org, one: int, other: int) -> None:
    """Exchange what belongs to the people of rows *one* and *other* (both seats vacant)."""
    pair, turned = [one, other], [other, one]
    for table_, names in ((org.people, PERSONAL), (org.occupants, OCCUPANT_PERSONAL)):
        for name in names:
            table_[name][pair] = table_[name][turned]


def credit(org: Org, rows: np.ndarray) -> None:
    """Credit members of the cohort on the seats *rows* with the value of what they have merged there."""
    people, occupants = org.people, org.occupants
    desk = people["desk"][rows]
    made = people["value"][rows] + np.where(desk >= 0, people["value"][desk], 0.0)
    own = occupants["cohort"][rows]
    org.cohort["contribution"][own[own >= 0]] += (made - occupants["seated_value"][rows])[own >= 0]
    occupants["seated_value"][rows] = made
