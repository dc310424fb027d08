"""Who is in whose team, and in which layer: the chains of team members, and layers counted from below.

Edited between two weeks, in compiled passes over the people.
"""

import numpy as np

from sim.constants import IC
from sim.engine.codes import DESK, NONE
from sim.engine.kernel import entry, kernel
from sim.engine.state import Org


@entry
def _relayer(people, m, rows, layers):
    """Recompute the layers of manager *m* and all bosses above; fill in those changed, and their old layers; return how many."""
    count = 0
    while m >= 0:
        layer = 0
        for i in range(len(people)):
            if people[i].boss == m and people[i].role != DESK:
                layer = max(layer, people[i].layer)
        if layer + 1 != people[m].layer:
            rows[count] = m
            layers[count] = people[m].layer
            count += 1
            people[m].layer = layer + 1
        m = people[m].boss
    return count


@entry
def _unchain(people, teams, i, team):
    """Take row *i* out of the chain of its team."""
    previous = NONE
    row = teams[team].first_member
    while row >= 0 and row != i:
        previous = row
        row = people[row].next_member
    if previous < 0:
        teams[team].first_member = people[i].next_member
    else:
        people[previous].next_member = people[i].next_member
    people[i].next_member = NONE
    _count(people, teams, i, team, -1)


@entry
def _chain(people, teams, i, team):
    """Enter row *i* into the chain of its team, behind the last with a lower permanent id."""
    previous = NONE
    row = teams[team].first_member
    while row >= 0:
        if people[row].pid < people[i].pid:
            previous = row
        row = people[row].next_member
    if previous < 0:
        people[i].next_member = teams[team].first_member
        teams[team].first_member = i
    else:
        people[i].next_member = people[previous].next_member
        people[previous].next_member = i
    _count(people, teams, i, team, 1)


@kernel
def _count(people, teams, i, team, sign):
    if people[i].role == IC:
        teams[team].ics += sign
    if people[i].reviewer:
        teams[team].reviewers += sign


def members(org: Org, team: int) -> list[int]:
    """Return the rows of the ICs (and the desk) of the team led by the manager in row *team*."""
    rows = []
    i = int(org.teams["first_member"][team]) if team >= 0 else NONE
    while i >= 0:
        rows.append(i)
        i = int(org.people["next_member"][i])
    return rows


def chain_up(org: Org, i: int) -> list[int]:
    """Return the row *i* and those of all its bosses, upwards."""
    rows = []
    while i >= 0:
        rows.append(i)
        i = int(org.people["boss"][i])
    return rows


def leave_team(org: Org, i: int, team: int) -> None:
    """Take row *i* out of the chain of its team."""
    _unchain(org.people, org.teams, i, team)


def join_team(org: Org, i: int, team: int) -> None:
    """Enter row *i* into the chain of its team, in order of permanent id."""
    _chain(org.people, org.teams, i, team)


def relayer(org: Org, *starts: int) -> dict[int, int]:
    """Recompute the layers of the managers in rows *starts* and above; return the old layer of those changed."""
    people = org.people
    rows, layers = np.empty((2, len(people)), np.int64)
    before: dict[int, int] = {}
    for start in starts:
        count = _relayer(people, start, rows, layers)
        before = dict(zip(rows[:count].tolist(), layers[:count].tolist(), strict=True)) | before
    return {m: layer for m, layer in before.items() if layer != people["layer"][m]}
