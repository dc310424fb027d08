"""Helpers of the tests of the Mesa model: small scenarios, and what must hold at any moment."""

import math

import numpy as np
import pytest

from sim.engine import codes
from sim.engine.hierarchy import members
from sim.mesa_model.agents import IC, CodingAgent, Manager
from sim.mesa_model.model import OrgModel
from sim.organisation.tree import check_tree
from sim.scenario.scenario import load

SMALL = ["organisation.ics=14", "time.weeks=5", "time.warmup_weeks=1"]
BUSY = [
    "ai.share_of_code=0.5", "ai.agent_fraction=0.6", "review.approvals=2", "review.managers_review=true",
    "work.demand=4", "work.demand_elasticity=0.5", "arrivals.kind=question", "arrivals.per_hour=0.05",
]  # fmt: skip
ADDRESSED = ["review.assignment=addressed", "review.managers_review=true", "questions.blocking=false"]
SETTINGS = {"plain": [], "busy": BUSY, "addressed": ADDRESSED}


def small(*sets: str):
    return load("base", SMALL).with_sets(sets)


def managers_of(model: OrgModel) -> list[Manager]:
    return list(model.agents_by_type[Manager])


def top_of(model: OrgModel) -> Manager:
    return next(manager for manager in managers_of(model) if manager.boss is None)


def same(a: dict, b: dict) -> bool:
    return a.keys() == b.keys() and all(
        x == b[k] or (math.isnan(x) and math.isnan(b[k])) for k, x in a.items()
    )


def check_identities(model: OrgModel) -> None:
    """Every accounting identity of the running model, at any moment between two steps."""
    org, now = model.tables, model.day * 8.0
    w = org.world[0]
    assert w.now == now
    for person in [*model.agents_by_type[IC], *model.agents_by_type[Manager]]:
        hours = person.hours
        assert sum(hours.values()) == pytest.approx(now, abs=1e-6)
        assert min(hours.values()) >= -1e-9
    assert w.items_sent == w.items_served + w.items_withdrawn + w.items_left
    live = np.isin(org.items["state"], (codes.SENT, codes.QUEUED, codes.SERVING)) & (
        org.items["kind"] <= codes.VERIFY
    )
    assert live.sum() == w.items_left
    residual = (now - org.items["sent_at"][live]).sum()
    assert w.item_hours + w.items_left * (now - w.item_clock) == pytest.approx(
        w.item_times + residual, rel=1e-9
    )
    used = np.ones(len(org.changes), bool)
    c = w.free_change
    while c >= 0:
        used[c] = False
        c = org.changes["next"][c]
    in_progress = w.started - w.merged - w.discarded - w.abandoned
    assert used.sum() == in_progress
    residual = (now - org.changes["started_at"][used]).sum()
    assert w.change_hours + in_progress * (now - w.change_clock) == pytest.approx(
        w.change_times + residual, rel=1e-9
    )


def check_structure(model: OrgModel) -> None:
    """The tree is a tree, and every table that depends on it agrees with it."""
    check_tree(model.tree)
    org = model.tables
    people, teams = org.people, org.teams
    for manager in model.agents_by_type[Manager]:
        m = manager.row
        assert people["reports"][m] == len(manager.reports)
        assert all(person.boss is manager for person in manager.reports)
        mates = members(org, m)
        assert list(people["pid"][mates]) == sorted(people["pid"][mates])
        mine = np.flatnonzero((people["team"] == m) & (people["role"] != 1))
        assert sorted(mates) == mine.tolist()
        assert teams["ics"][m] == len(manager.team)
        assert teams["reviewers"][m] == people["reviewer"][mates].sum()
        desk = people["desk"][m]
        assert (desk >= 0 and people["coder"][desk]) == (manager.layer == 1)
    assert org.world["teams_with_ics"][0] == len({a.boss for a in model.agents_by_type[IC]})
    assert model.tree.payroll == pytest.approx(
        sum(a.pay for a in model.agents if not isinstance(a, CodingAgent))
    )
    check_no_stuck_review(org)


def check_no_stuck_review(org) -> None:
    """Somebody may read every review that waits in, or is on its way to, a shared queue."""
    items = org.items
    waiting = (
        np.isin(items["state"], (codes.SENT, codes.QUEUED))
        & (items["kind"] == codes.REVIEW)
        & (items["team"] >= 0)
    )
    for k in np.flatnonzero(waiting):
        c, person = items["change"][k], items["person"][k]
        if person >= 0:
            assert org.people["role"][person] != codes.DESK or org.people["coder"][person]
        elif c >= 0:
            barred = {org.changes["owner"][c], *org.changes["reviewers"][c]}
            team = members(org, int(items["team"][k]))
            assert any(org.people["reviewer"][m] and m not in barred for m in team)
