"""Dependencies between changes."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import DOWN, DROWNING, OFF_ON, THREE, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import means, play, play_tree, world

from sim.constants import MANAGER
from sim.engine.codes import ACTIVITIES
from sim.organisation.costs import PayScale
from sim.organisation.tree import Tree, assemble
from sim.scenario.scenario import Scenario
from sim.scenario.tree import tree_of

CLAIMS: Mapping[str, Claim] = {
    "dependencies.probability": Claim("time_coordinating_ic", UP),
    "dependencies.near_share": Claim("time_coordinating_manager", DOWN),
    "dependencies.patience_hours": Claim(
        "time_coordinating_manager", UP, {**DROWNING, "dependencies.probability": 0.3}
    ),
    "dependencies.team_hours": Claim("time_coordinating_ic", UP),
    "dependencies.coordination_hours": Claim("time_coordinating_manager", UP),
    "dependencies.lateral_scale": Claim("time_coordinating_manager", DOWN),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.dependencies": choice(OFF_ON, "changes_per_ic_week", DOWN),
    "dependencies.near_reach": choice((1, 20), "time_coordinating_manager", UP, {}, THREE),
}
ALL = {**CLAIMS, **CHOICES}


class TestDependencies(MechanismContract):
    parameters = ("dependencies.",)
    silences: ClassVar = {"switches.dependencies": ("dependencies.", "alignment.disagreement_loss")}
    moves: ClassVar = {
        "dependencies.probability": ("time_coordinating_ic", +1, {}),
        "dependencies.coordination_hours": ("time_coordinating_manager", +1, {}),
        "dependencies.near_share": ("time_coordinating_manager", -1, {}),
        "dependencies.lateral_scale": ("time_coordinating_manager", -1, {}),
    }

    def test_a_single_team_needs_no_manager(self):
        alone = world({"switches.hands_on": False}, layers=1, weeks=8)
        assert means(alone, 2)["time_coordinating_manager"] == 0.0


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])


# ---- the size of the firm (relation R1)


def copies(n: int) -> Tree:
    """Return *n* copies of an organisation of 24 ICs, 4 teams and one head each, in one file: modules side by side."""
    one = tree_of(world(ics=24, layers=2))
    parts = []
    for k in range(n):
        manager = one.role == MANAGER
        parts.append(
            (
                one.pid + 10_000 * k,
                one.role,
                np.where(one.boss >= 0, one.boss + k * one.n, -1),
                np.where(manager, -1, one.module + 24 * k),
            )
        )
    pid, role, boss, module = (np.concatenate(column) for column in zip(*parts, strict=True))
    return assemble(pid, role, boss, module, PayScale(ic_pay=100_000.0))


def coordination(tree: Tree, scenario: Scenario, runs: int) -> np.ndarray:
    """Return the coordinating hours of every manager by permanent id, float64 [runs, managers]."""
    found = []
    for number in range(runs):
        org = play_tree(tree, scenario, number)
        rows = np.flatnonzero(org.people["role"] == MANAGER)
        rows = rows[np.argsort(org.people["pid"][rows])]
        found.append(org.hours[rows, ACTIVITIES.index("coordinating")])
    return np.array(found)


def test_what_else_the_firm_has_is_no_matter_away_from_the_border():
    near = {"dependencies.near_share": 1.0, "dependencies.near_reach": 2, "dependencies.probability": 0.6}
    scenario = world({**near, "switches.hands_on": False}, ics=24, layers=2, weeks=20)
    alone, together = (coordination(copies(n), scenario, 30) for n in (1, 6))
    first = tree_of(world(ics=24, layers=2))
    # The first copy's head and all of its teams but the last, which has neighbours in the second copy now.
    inner = np.sort(first.pid[first.role == MANAGER])
    border = first.boss[np.argmax(first.module)]
    columns = [
        int(np.searchsorted(inner, pid)) for pid in inner if pid != first.pid[border] and pid != first.pid[-1]
    ]
    assert len(columns) >= 3
    ids = np.sort(copies(6).pid[copies(6).role == MANAGER])
    change = together[:, np.searchsorted(ids, inner[columns])] - alone[:, columns]
    error = change.std(axis=0, ddof=1) / np.sqrt(len(change))
    assert np.all(np.abs(change.mean(axis=0)) <= 4.0 * error + 1e-9)
    assert alone[:, columns].mean() > 0.0


@pytest.mark.slow
def test_coordination_of_a_manager_does_not_grow_with_the_firm():
    """From 384 to 1,536 ICs at the same spans: there are fewer edges, so a little more reaches across; no more than that."""
    hours = []
    for ics, spans in ((384, (6, 4, 4, 4)), (1536, (6, 4, 4, 4, 4))):
        scenario = world(ics=ics, spans=spans, weeks=10, warmup=2)
        org = play(scenario)
        people = org.people
        each = org.hours[:, ACTIVITIES.index("coordinating")]
        inner = [(people["role"] == MANAGER) & (people["layer"] == k) for k in (1, 2, 3)]
        hours.append([each[rows].mean() for rows in inner])
    growth = np.array(hours[1]) / np.array(hours[0])
    assert np.all(growth < 1.15), growth  # it was 1.26 to 1.45 where all teams of the file counted
