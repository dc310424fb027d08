"""The accounting identities of a moment: what holds in every table at every week's end (model, section 6)."""

import numpy as np
import pytest

from helpers.worlds import HOURS_PER_WEEK
from sim.constants import IC, MANAGER
from sim.engine import codes
from sim.engine.state import Org


def free_rows(org: Org, name: str, head: str) -> np.ndarray:
    """Return which rows of a table are on its free list, after checking the list."""
    table, w = getattr(org, name), org.world[0]
    free = np.zeros(len(table), bool)
    k = int(w[head])
    while 0 <= k < len(table) and not free[k]:
        free[k] = True
        k = int(table["next"][k])
    assert free.sum() == w[head + "s"], f"the free list of {name} lost rows, or counts them wrongly"
    return free


def queues(org: Org):
    """Yield (row of the person, row of the team, class, rows of items) of every queue, after checking its links."""
    for i, person in enumerate(org.people):
        for c in range(codes.CLASSES):
            rows = []
            if person.ready & (1 << c):
                k = person.head[c]
                while k != codes.NONE:
                    rows.append(k)
                    assert len(rows) <= len(org.items), "a queue runs in circles"
                    k = org.items["next"][k]
                assert rows[-1] == person.tail[c]
            yield i, codes.NONE, c, rows
        assert person.ready < 1 << codes.CLASSES
    for t, team in enumerate(org.teams):
        rows = []
        k = team.head
        while k != codes.NONE:
            rows.append(k)
            assert len(rows) <= len(org.items), "a team's queue runs in circles"
            k = org.items["next"][k]
        assert team.tail == (rows[-1] if rows else codes.NONE)
        yield codes.NONE, t, codes.CLASS_OF_KIND[codes.REVIEW], rows


def check_hours(org: Org, now: float) -> None:
    """Used + waiting + idle = present: 40 hours a week per human, and per role."""
    humans = org.people["human"] == np.arange(len(org.people))
    assert np.all(org.hours >= -1e-9)
    np.testing.assert_allclose(org.hours[humans].sum(axis=1), now, atol=1e-6)
    assert np.all(org.hours[~humans] == 0.0)
    w = org.world[0]
    assert org.weeks[w.week]["hours_ic"].sum() == pytest.approx(w.ics * now, abs=1e-6 * max(w.ics, 1))
    assert org.weeks[w.week]["hours_manager"].sum() == pytest.approx(
        w.managers * now, abs=1e-6 * max(w.managers, 1)
    )
    assert len(codes.ACTIVITIES) == org.hours.shape[1]


def check_items(org: Org, now: float) -> None:
    """Items sent are served, withdrawn or left; the integral of their number is the sum of their times."""
    w, items = org.world[0], org.items
    used = ~free_rows(org, "items", "free_item")
    assert np.all(items["state"][~used] == codes.FREE)
    assert np.all(items["state"][used] != codes.FREE)
    left = np.isin(items["state"], (codes.SENT, codes.QUEUED, codes.SERVING)) & (
        items["kind"] <= codes.VERIFY
    )
    assert w.items_sent == w.items_served + w.items_withdrawn + w.items_left
    assert w.items_left == left.sum()
    inside = (now - items["sent_at"][left]).sum()
    assert w.item_hours == pytest.approx(w.item_times + inside, rel=1e-9, abs=1e-6)
    serving = org.people["current"][org.people["current"] >= 0]
    assert sorted(serving) == sorted(np.flatnonzero(items["state"] == codes.SERVING))


def check_queues(org: Org) -> None:
    """Ready bits, tails and waiting hours are those of the items that wait."""
    items, met = org.items, []
    waiting = np.zeros(len(org.people))
    reading = np.zeros(len(org.people))
    for i, t, c, rows in queues(org):
        for k in rows:
            item = items[k]
            assert item.state in (codes.QUEUED, codes.WITHDRAWN)
            assert codes.CLASS_OF_KIND[item.kind] == c
            assert item.person == i
            if t >= 0:
                assert item.kind == codes.REVIEW
                assert item.team == t
            if item.state == codes.QUEUED and not item.begun and item.kind <= codes.VERIFY:
                if item.team >= 0:
                    reading[item.team] += item.hours
                else:
                    waiting[i] += item.hours
        met += rows
    assert len(met) == len(set(met)), "an item is in two queues"
    assert set(np.flatnonzero(items["state"] == codes.QUEUED)) <= set(met), "a queued item is in no queue"
    assert np.all(org.people["queued_hours"] >= -1e-9)
    assert np.all(org.teams["queued_hours"] >= -1e-9)
    np.testing.assert_allclose(org.people["queued_hours"], waiting, atol=1e-6)
    np.testing.assert_allclose(org.teams["queued_hours"], reading, atol=1e-6)


def check_changes(org: Org, now: float) -> None:
    """Started = merged + in progress + discarded + abandoned; times and stages add up; limits are kept."""
    w, changes = org.world[0], org.changes
    used = ~free_rows(org, "changes", "free_change")
    assert w.started == w.merged + w.discarded + w.abandoned + used.sum()
    assert w.started == org.people["next_change"].sum()
    assert org.teams["started"].sum() == org.people["next_change"][org.people["team"] >= 0].sum()
    inside = (now - changes["started_at"][used]).sum()
    assert w.change_hours == pytest.approx(w.change_times + inside, rel=1e-9, abs=1e-6)
    assert w.stage_hours.sum() == pytest.approx(w.lead_time, rel=1e-9, abs=1e-6)
    owners = changes["owner"][used]
    n = len(org.people)
    np.testing.assert_array_equal(
        org.people["writing"], np.bincount(owners[changes["counted"][used]], minlength=n)
    )
    np.testing.assert_array_equal(
        org.people["open"], np.bincount(owners[changes["written"][used]], minlength=n)
    )
    pairs = set(zip(owners, changes["j"][used], strict=True))
    assert len(pairs) == used.sum(), "two changes under one number"
    for a, agent in enumerate(org.agents):
        if agent.change >= 0:
            assert used[agent.change]
            assert changes["agent"][agent.change] == a


def check_nothing_is_lost(org: Org) -> None:
    """Every change in progress is somebody's work, with an agent, on its way, or parked: nothing is forgotten."""
    free = free_rows(org, "events", "free_event")
    pending = org.events[~free]
    arrivals = pending["ref"][pending["kind"] == codes.EVENT_ARRIVE]
    sent = np.flatnonzero((org.items["state"] == codes.SENT) & (org.items["kind"] <= codes.VERIFY))
    assert set(sent) <= set(arrivals), "an item was sent and never arrives"
    live = np.isin(org.items["state"], (codes.SENT, codes.QUEUED, codes.SERVING))
    cared_for = set(org.items["change"][live])
    cared_for |= set(org.people["parked"][org.people["parked"] >= 0])
    for event in pending:
        c = int(event["ref"])
        if (event["kind"] == codes.EVENT_AGENT and org.changes["life"][c] == event["stamp"]) or event[
            "kind"
        ] == codes.EVENT_ANSWER:
            cared_for.add(c)
    used = np.flatnonzero(~free_rows(org, "changes", "free_change"))
    assert set(used) <= cared_for, "a change in progress that nobody works on or waits for"


def check_numbers(org: Org, weeks: int) -> None:
    """No figure is NaN or infinite; cumulative ones never fall; the heads stay."""
    records = org.weeks[: weeks + 1]
    for name in records.dtype.names:
        if records[name].dtype.kind == "f":
            assert np.all(np.isfinite(records[name])), name
    falling = {"target", "skill_mean", "fluency_mean", "demand_factor", "items_left"}
    for name in records.dtype.names[records.dtype.names.index("started") :]:
        if name not in falling:
            assert np.all(np.diff(records[name].astype(float), axis=0) >= -1e-6), name
    assert set(records["ics"]) == {np.count_nonzero(org.people["role"] == IC)}
    assert set(records["managers"]) == {np.count_nonzero(org.people["role"] == MANAGER)}
    for name in ("belief", "skill", "coverage", "productivity", "rate"):
        assert np.all(np.isfinite(org.people[name]))
    assert np.all((org.people["rate"] >= -1e-12) & (org.people["rate"] <= 1.0 + 1e-12))
    assert np.all(org.people["productivity"] > 0.0)


def check(org: Org, week: int) -> None:
    now = week * HOURS_PER_WEEK
    assert org.world[0].now == now
    assert org.world[0].week == week
    check_hours(org, now)
    check_items(org, now)
    check_queues(org)
    check_changes(org, now)
    check_nothing_is_lost(org)
    check_numbers(org, week)
