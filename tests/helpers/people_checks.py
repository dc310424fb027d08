"""What holds at every week's end while people come and go."""

import numpy as np
import pytest

from helpers.identities import check_items, check_nothing_is_lost, check_queues
from helpers.worlds import differences, permuted, play_tree
from sim.constants import IC, MANAGER
from sim.engine.codes import DESK, LAID_OFF, NONE, VACANT
from sim.scenario.scenario import Scenario
from sim.scenario.tree import tree_of
from sim.simulation.simulator import Engine

TURMOIL = {
    "switches.quits": True, "switches.hiring": True, "switches.strain": True, "quits.base": 0.7, "hiring.delay_weeks": 2.0,
}  # fmt: skip


def check_tree(org) -> None:
    """The tree stays a tree of those present, and every count agrees with it."""
    people, w = org.people, org.world[0]
    role, boss = people["role"], people["boss"]
    here = (role == IC) | (role == MANAGER)
    assert (role == IC).sum() == w.ics
    assert (role == MANAGER).sum() == w.managers
    assert len(set(people["pid"][here])) == here.sum()
    for i in np.flatnonzero(here):
        seen = set()
        while i != NONE:
            assert i not in seen
            seen.add(i)
            assert role[i] == MANAGER or len(seen) == 1
            i = boss[i]
    np.testing.assert_array_equal(
        people["reports"][role == MANAGER],
        np.bincount(boss[here & (boss >= 0)], minlength=len(people))[role == MANAGER],
    )
    members = {}
    for t in range(len(org.teams)):
        row, chain = int(org.teams["first_member"][t]), []
        while row != NONE:
            chain.append(row)
            row = int(people["next_member"][row])
        members[t] = chain
        ics = [m for m in chain if role[m] == IC]
        assert len(ics) == org.teams["ics"][t]
        assert sum(bool(people["reviewer"][m]) for m in chain) == org.teams["reviewers"][t]
    listed = sorted(m for chain in members.values() for m in chain if role[m] == IC)
    assert listed == np.flatnonzero(role == IC).tolist()
    vacant = role == VACANT
    assert not people["coder"][vacant].any()
    assert not people["reviewer"][vacant].any()
    assert np.all(people["rate"][vacant] == 0.0)
    assert np.all(people["current"][vacant] == NONE)


def check(org, scenario) -> None:
    w = org.world[0]
    now = float(w.now)
    check_items(org, now)
    check_queues(org)
    check_nothing_is_lost(org)
    check_tree(org)
    start = Engine(scenario).tree
    assert start.ics + start.managers + w.hired - w.quits - w.layoffs == w.ics + w.managers
    used = np.flatnonzero(org.changes["owner"] >= 0)
    assert w.started == w.merged + w.discarded + w.abandoned + len(used)
    coders = org.people["coder"] | (org.people["role"] == DESK)
    assert coders[org.changes["owner"][used]].all(), "a change belongs to somebody who cannot write"
    n = len(org.people)
    np.testing.assert_array_equal(
        org.people["writing"],
        np.bincount(org.changes["owner"][used][org.changes["counted"][used]], minlength=n),
    )
    snapshot = org.weeks[w.week]
    present = 40.0 * (
        w.week * (start.ics + start.managers)
        + snapshot["ics_above_start_sum"]
        + snapshot["managers_above_start_sum"]
    )
    assert snapshot["hours_ic"].sum() + snapshot["hours_manager"].sum() == pytest.approx(present, rel=1e-9)


def check_books(org) -> None:
    """Heads are seats less vacancies; whoever has gone is in the cohort with a week, and each cut in the ledger once."""
    w, role, ledger, cohort = org.world[0], org.people["role"], org.ledger, org.cohort
    seats = np.count_nonzero(role != DESK)
    assert w.ics + w.managers == seats - np.count_nonzero(role == VACANT)
    assert len(ledger) == w.layoffs + ledger["converted"].sum()
    assert ledger["converted"].sum() <= w.conversions  # managers also step down of their own accord
    cut = ledger[~ledger["converted"]]
    assert len(np.unique(cut["pid"])) == len(cut) == w.layoffs, "somebody was laid off twice"
    gone = cohort["exit_kind"] > 0
    np.testing.assert_array_equal(np.isfinite(cohort["exit_week"]), gone)
    assert np.all((cohort["exit_week"][gone] >= 0) & (cohort["exit_week"][gone] <= w.people_week))
    assert gone.sum() <= w.layoffs + w.quits + w.retired
    laid_off = cohort[cohort["exit_kind"] == LAID_OFF]
    weeks = dict(zip(cut["pid"].tolist(), cut["week"].tolist(), strict=True))
    assert [weeks[pid] for pid in laid_off["pid"].tolist()] == laid_off["exit_week"].tolist()
    newcomers = w.layoffs + w.quits + w.retired - gone.sum()
    assert newcomers <= w.hired, "more have gone than were ever there"


def check_order_of_rows(scenario: Scenario) -> None:
    """Permanent ids kept, rows shuffled: the same counts, the same people go for the same reasons."""
    tree = tree_of(scenario)
    reference = play_tree(tree, scenario)
    for seed in (1, 2):
        order = np.random.default_rng(seed).permutation(tree.n)
        shuffled = play_tree(permuted(tree, order), scenario)
        assert differences(reference.weeks, shuffled.weeks, rounding=1e-9) == []
        for name in ("pid", "exit_week", "exit_kind"):
            np.testing.assert_array_equal(reference.cohort[name], shuffled.cohort[name])
        for name in ("week", "pid", "rule", "converted"):
            np.testing.assert_array_equal(reference.ledger[name], shuffled.ledger[name])
