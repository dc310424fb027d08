"""The accounting identities hold exactly in every run: random structures, parameters and switches (model, section 6)."""

import numpy as np
import pytest
from helpers.worlds import EVERYTHING, HOURS_PER_WEEK, WORLDS, differences, play, play_tree, world
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.constants import IC, MANAGER, MANAGER_ID
from sim.engine import codes, tables
from sim.engine.state import Org
from sim.flow import initialise
from sim.organisation.costs import PayScale
from sim.organisation.tree import Tree, assemble, check_tree
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario
from sim.simulation.simulator import Engine

UNCERTAIN = [q for q in REGISTRY.values() if q.uncertain]
#: Of the flow engine; what must hold while people come and go is in test_people.py.
PEOPLE = {
    f"switches.{name}"
    for name in ("quits", "layoffs", "hiring", "promotions", "strain", "retirement", "flow")
}
SWITCHES = [path for path in REGISTRY if path.startswith("switches.") and path not in PEOPLE]
OPTIONS = {
    "review.approvals": [1, 2, 3],
    "review.approval_rule": ["all", "any", "majority"],
    "review.assignment": ["shared", "addressed"],
    "review.managers_review": [True],
    "review.dedicated_reviewers": [0, 1, 2],
    "review.ai_reviewer": [True],
    "review.max_passes": [1, 2],
    "review.reject_human": [0.3, 0.9],
    "review.hours_per_week": [float("inf"), 0.0],
    "review.error_correlation": [0.5],
    "review.distribution": ["exponential"],
    "questions.blocking": [False],
    "questions.top_solves_all": [False],
    "questions.one_per_change": [True],
    "questions.patience_hours": [float("inf"), 0.5],
    "communication.delay_hours": [0.0],
    "work.demand": [1.0, 4.0],
    "work.wip_limit": [1, 2, 10],
    "work.max_open": [1, 2],
    "ai.share_of_code": [0.0, 0.6, 1.0],
    "ai.agent_fraction": [0.0, 0.8, 1.0],
    "ai.agents_per_supervisor": [0, 1],
    "ai.retries": [0, 3],
    "ai.agent_distribution": ["exponential"],
    "ai.horizon_doubling_weeks": [2.0],
    "defects.model": ["bernoulli"],
    "defects.bernoulli_rate": [0.5],
    "arrivals.kind": ["incident", "question", "coordination", "review"],
    "arrivals.per_hour": [0.1, 1.5],
    "service.distribution": ["deterministic", "lognormal"],
    "managers.hands_on_share": [0.0, 0.8],
}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a small organisation with any structure, parameters in their plausible ranges, and any switches."""
    ics = draw(st.integers(2, 40))
    values: dict = {}
    for path in draw(st.lists(st.sampled_from(SWITCHES), max_size=4, unique=True)):
        values[path] = not REGISTRY[path].value
    for q in draw(st.lists(st.sampled_from(UNCERTAIN), max_size=25, unique_by=lambda q: q.path)):
        number = st.integers(q.low, q.high) if q.kind == "int" else st.floats(q.low, q.high)
        values[q.path] = draw(number)
    for path in draw(st.lists(st.sampled_from(sorted(OPTIONS)), max_size=8, unique=True)):
        values[path] = draw(st.sampled_from(OPTIONS[path]))
    weeks = draw(st.integers(3, 8))
    if draw(st.booleans()):
        return world(values, ics=ics, layers=draw(st.integers(1, 4)), weeks=weeks)
    spans, units = [], ics
    while units > 1:
        spans.append(draw(st.integers(2, 12)))
        units = -(-units // spans[-1])
    return world(values, ics=ics, spans=tuple(spans), weeks=weeks)


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
    for i, q in enumerate(org.people):
        for c in range(codes.CLASSES):
            rows = []
            if q.ready & (1 << c):
                k = q.head[c]
                while k != codes.NONE:
                    rows.append(k)
                    assert len(rows) <= len(org.items), "a queue runs in circles"
                    k = org.items["next"][k]
                assert rows[-1] == q.tail[c]
            yield i, codes.NONE, c, rows
        assert q.ready < 1 << codes.CLASSES
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


def check_run(scenario: Scenario, seed: int = 1) -> None:
    """Simulate a run week by week and check everything at the end of each."""
    engine = Engine(scenario)
    org = engine.begin(seed, 0)
    for week in range(1, engine.weeks + 1):
        org = engine.advance(org, week * HOURS_PER_WEEK)
        check(org, week)


@settings(max_examples=40)
@given(scenarios(), st.integers(0, 2**32 - 1))
def test_identities_hold_in_any_organisation(scenario, seed):
    check_run(scenario, seed)


@pytest.mark.parametrize("name", WORLDS)
def test_identities_hold_in_every_small_world(name):
    check_run(world(WORLDS[name], ics=20, weeks=10))


@pytest.mark.parametrize("path", SWITCHES)
def test_identities_hold_with_each_switch_alone(path):
    check_run(world({path: not REGISTRY[path].value}, weeks=4))


def test_identities_hold_when_work_drowns_everybody():
    check_run(
        world({"arrivals.kind": "incident", "arrivals.per_hour": 3.0, "managers.people_cap": 0.5}, weeks=6)
    )


#: Askers give up while the long answer is being worked out, and finish the change before it is ready.
IMPATIENT = {
    "questions.help_hours": 20.0, "questions.patience_hours": 2.0, "questions.ic_knowledge": 0.2,
    "review.discard_human": 0.9, "switches.ai": False, "switches.pickup": False,
}  # fmt: skip


@pytest.mark.parametrize("name", [*WORLDS, "impatient"])
def test_tables_that_grow_change_nothing(name, monkeypatch):
    scenario = world({**WORLDS, "impatient": IMPATIENT}[name], ics=30, weeks=6)
    roomy = play(scenario)
    grow, sizes = tables.grown, []

    def slowly(org: Org, **more: int) -> Org:
        sizes.append(more)
        least = (
            0 if org.events.size else 4 * len(org.people)
        )  # the start itself needs a few events per person
        return grow(org, **{name: max(8, least) for name in more})

    for module in (tables, initialise):
        monkeypatch.setattr(module, "grown", slowly)
    tight = play(scenario)
    assert len(tight.changes) < len(roomy.changes)
    assert len(sizes) > 20
    assert differences(roomy.weeks, tight.weeks) == []
    check(tight, 6)


def test_an_owner_who_goes_to_the_partner_withdraws_no_question():
    """Open questions that do not block, and a dependency whose owner loses patience: both are answered in the end."""
    values = {
        "questions.blocking": False, "switches.ai": False, "questions.manager_knowledge_1": 0.0,
        "questions.help_hours": 2.0, "dependencies.probability": 0.9, "dependencies.patience_hours": 8.0,
        "dependencies.coordination_hours": 1.0,
    }  # fmt: skip
    check_run(world(values, ics=27, spans=(7, 4), weeks=8))


def test_tables_grow_in_a_run_that_drowns_in_work():
    scenario = world({**EVERYTHING, "arrivals.kind": "incident", "arrivals.per_hour": 8.0}, ics=6, weeks=8)
    fresh = Engine(scenario).begin(1, 0)
    org = play(scenario)
    assert len(org.items) > len(fresh.items)
    check(org, 8)


def forest() -> Tree:
    """Three roots: a manager of four, an IC without a boss, and a manager with a manager of three below, and one with none."""
    ic, manager = 0, MANAGER_ID
    # ICs 0-3: a team; 4: alone; 5-7: a team two layers below a root that also has a manager without reports.
    pid = [ic, ic + 1, ic + 2, ic + 3, ic + 4, ic + 5, ic + 6, ic + 7]
    boss = [8, 8, 8, 8, codes.NONE, 10, 10, 10]
    pid += [manager, manager + 1, 2 * manager, 2 * manager + 1]
    boss += [codes.NONE, codes.NONE, 9, 9]
    role = [IC] * 8 + [MANAGER] * 4
    module = [*range(8), codes.NONE, codes.NONE, codes.NONE, codes.NONE]
    columns = (np.array(x, np.int64) for x in (pid, role, boss, module))
    return assemble(*columns, PayScale(1.0))


def play_forest(values: dict, weeks: int = 5) -> Org:
    scenario = world(values, weeks=weeks)
    tree = forest()
    check_tree(tree)
    org = play_tree(tree, scenario)
    check(org, weeks)
    return org


@pytest.mark.parametrize("name", WORLDS)
def test_identities_hold_with_several_roots_and_an_ic_without_boss(name):
    org = play_forest(WORLDS[name])
    alone = org.people[4]
    assert (alone.role, alone.boss) == (IC, codes.NONE)
    assert alone.next_change > 0 or not alone.coder


def test_an_ic_without_boss_gets_the_demand_of_one_ic():
    values = {
        "work.demand": 1.0,
        "switches.hands_on": False,
        "switches.questions": False,
        "switches.review": False,
    }
    org = play_forest(values, weeks=10)
    assert org.people["next_change"][4] == pytest.approx(10, abs=2)
    assert org.people["next_change"][:4].sum() == pytest.approx(40, abs=2)
