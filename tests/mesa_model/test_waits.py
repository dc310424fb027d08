"""Who waits for whom, and who left and why: every count is the engine's."""

from collections import Counter

import numpy as np
import pytest
from helpers.identities import queues
from helpers.model import ADDRESSED, BUSY, managers_of, small

from sim.engine import codes
from sim.engine.codes import EXIT_KINDS, LAID_OFF
from sim.mesa_model.agents import IC, Manager
from sim.mesa_model.model import OrgModel

TURNOVER = [
    "switches.quits=true", "switches.hiring=true", "quits.base=0.95", "hiring.delay_weeks=1", "switches.layoffs=true",
    "layoffs.background_probability=0.5", "layoffs.wave_week=3", "layoffs.wave_fraction=0.2", "switches.promotions=true",
    "careers.every_weeks=4", "careers.minimum_tenure=0", "time.weeks=8",
]  # fmt: skip
WORLDS = {
    "plain": ["questions.patience_hours=6"], "busy": BUSY, "addressed": ADDRESSED, "turnover": TURNOVER,
    "two readers": ["review.approvals=2", "review.order=sequential", "dependencies.patience_hours=4"],
    "everything": [*BUSY, *TURNOVER],
}  # fmt: skip
WORD = {codes.SENT: "on its way", codes.QUEUED: "waiting", codes.SERVING: "in hand"}
KIND = {codes.QUESTION: "question", codes.COORDINATION: "coordination", codes.REVIEW: "review"}


def live_items(org) -> np.ndarray:
    """The items that are sent and neither served nor withdrawn, without their owners' own work."""
    state = np.isin(org.items["state"], tuple(WORD))
    return org.items[state & (org.items["kind"] <= codes.VERIFY)]


def pending_answers(org) -> Counter:
    """Changes for which an answer is on its way, by row."""
    free, k = set(), int(org.world["free_event"][0])
    while 0 <= k < len(org.events):
        free.add(k)
        k = int(org.events["next"][k])
    events = (event for k, event in enumerate(org.events) if k not in free)
    answers = (event for event in events if event["kind"] == codes.EVENT_ANSWER)
    return Counter(int(e["ref"]) for e in answers if org.changes["wait"][e["ref"]] == e["stamp"])


def check_counts(model: OrgModel) -> None:
    """Waits are the items of the engine, kind by kind and state by state, and none is lost from its gauge."""
    org, waits = model.tables, model.waits
    items = live_items(org)
    assert len(items) == org.world["items_left"][0]
    engine = Counter((int(item["kind"]), int(item["state"])) for item in items)
    assert Counter((wait.kind, wait.state) for wait in waits) == {
        (KIND[kind], WORD[state]): n for (kind, state), n in engine.items() if kind in KIND
    }


def check_queues(model: OrgModel) -> None:
    """What waits for somebody is in this inbox, and what waits for a team is in its queue."""
    org, waits = model.tables, [wait for wait in model.waits if wait.state == "waiting"]
    pid, role = org.people["pid"][org.people["human"]], org.people["role"]
    expected = Counter()
    for i, t, _, rows in queues(org):
        for item in org.items[rows]:
            if item["state"] == codes.QUEUED and int(item["kind"]) in KIND:
                holder, team = (None, pid[t]) if t >= 0 else (pid[i], None)
                if t < 0 and item["kind"] == codes.REVIEW:
                    # Of a review that was begun for a team whose manager has left since, the reader's team.
                    of = item["team"] if item["team"] >= 0 else i
                    team = pid[of] if role[of] != codes.VACANT else pid[org.people["boss"][i]]
                holder = None if t < 0 and role[i] == codes.VACANT else holder
                expected[KIND[int(item["kind"])], holder, team] += 1
    assert Counter((wait.kind, wait.holder, wait.team) for wait in waits) == expected
    unread = sum(wait.hours for wait in waits if wait.kind == "review" and not wait.begun)
    to_managers = sum(
        float(item["left"])
        for item in live_items(org)
        if item["kind"] == codes.REVIEW
        and item["team"] < 0
        and item["state"] == codes.QUEUED
        and not item["begun"]
    )
    assert unread == pytest.approx(org.teams["queued_hours"].sum() + to_managers, abs=1e-6)


def check_standing_still(model: OrgModel) -> None:
    """Every change in a stage of waiting has somebody it waits for, or an answer that is on its way."""
    org = model.tables
    stage = Counter(org.changes["stage"][org.changes["owner"] >= 0].tolist())
    still = Counter(wait.kind for wait in model.waits if wait.stands_still)
    assert all(wait.asker is not None for wait in model.waits if wait.stands_still)
    assert still["coordination"] == stage[codes.STAGE_COORDINATION]
    if model.parameter("questions.blocking"):
        assert still["question"] + pending_answers(org).total() == stage[codes.STAGE_DECISIONS]
    if model.parameter("review.approvals") == 1:
        assert still["review"] == stage[codes.STAGE_REVIEW_WAIT] + stage[codes.STAGE_REVIEWING]
    assert {pid for wait in model.waits for pid in (wait.asker, wait.holder, wait.team)} - {None} <= {
        agent.pid for agent in model.agents if isinstance(agent, (IC, Manager))
    }
    assert all(wait.waited >= 0.0 and wait.hours >= 0.0 for wait in model.waits)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("sets", WORLDS.values(), ids=WORLDS)
def test_waits_are_those_of_the_engine_at_every_week_and_within(sets, seed):
    model, kinds = OrgModel(small(*sets), seed=seed), set()
    model.datacollector = None
    while model.running:
        model.step()
        if model.week_has_ended or model.day % 5 == 2:
            check_counts(model)
            check_queues(model)
            check_standing_still(model)
            kinds |= {wait.kind for wait in model.waits}
    assert kinds == {"question", "coordination", "review"}


def test_a_question_waits_for_the_askers_boss_and_counts_from_the_asking():
    model = OrgModel(small("questions.patience_hours=.inf", "dependencies.probability=0"))
    model.run(2)
    waits = [wait for wait in model.waits if wait.kind == "question" and wait.stands_still]
    assert waits
    for wait in waits:
        above, person = [], model.person(wait.asker)
        while person.boss is not None:
            person = person.boss
            above.append(person.pid)
        assert wait.holder in above
        assert wait.team is None
    longest = max(waits, key=lambda wait: wait.waited)
    model.step()
    now = [w for w in model.waits if w.asker == longest.asker and w.waited == longest.waited + 8.0]
    assert now or longest.waited < 8.0 or not any(w.waited > longest.waited for w in model.waits)


# --- Who left, and why ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everybody_who_left_is_counted_once_with_the_reason(seed):
    model = OrgModel(small(*TURNOVER), seed=seed)
    everybody = {}
    while model.running:
        everybody |= {agent.pid: agent for agent in model.agents if isinstance(agent, (IC, Manager))}
        model.step()
        world = model.tables.world[0]
        reasons = Counter(one.reason for one in model.leavings)
        assert reasons["quit"] == world["quits"]
        assert reasons["laid off"] + reasons["dismissed"] == world["layoffs"]
        assert reasons["retired"] == world["retired"]
    org, leavings = model.tables, model.leavings
    assert len({one.pid for one in leavings}) == len(leavings)
    cohort = {int(row["pid"]): row for row in org.cohort}
    hired = [one for one in leavings if one.pid not in cohort]
    assert {one.reason for one in hired} >= {"quit"}
    for one in leavings:
        if one.pid in cohort:
            assert cohort[one.pid]["exit_week"] == one.week
            assert EXIT_KINDS[cohort[one.pid]["exit_kind"]] == one.reason
        if one.pid in everybody:
            agent = everybody[one.pid]
            assert not agent.present or agent.left is None
            assert one.reason != "laid off" or one.rule in codes.LAYOFF_RULES
    gone = [agent for agent in everybody.values() if not agent.present]
    assert gone
    for agent in gone:
        here = next((a for a in model.agents if isinstance(a, (IC, Manager)) and a.pid == agent.pid), None)
        why = agent.left.reason
        assert why in ({"promoted", "became an IC"} if here or why == "promoted" else {"quit", "laid off"})
    assert np.count_nonzero(org.cohort["exit_kind"] == LAID_OFF) <= org.world["layoffs"][0]


def test_what_is_done_by_hand_has_its_reason():
    model = OrgModel(small("switches.hiring=false"))
    model.run(2)
    boss = managers_of(model)[0]
    ics = sorted(boss.team, key=lambda ic: ic.pid)
    assert (boss.left, boss.present) == (None, True)
    model.lay_off(ics[0])
    assert ics[0].left == model.leavings[0]
    assert model.leavings[0][:4] == (ics[0].pid, 1, "laid off", "event")
    newcomer = model.hire(boss)
    model.run(1)
    model.lay_off(newcomer)
    assert newcomer.left[:4] == (newcomer.pid, 2, "laid off", "event")
    was_ic = model.convert(boss)
    assert (boss.left.reason, boss.left.week, boss.left.role, was_ic.left) == (
        "became an IC", 2, "manager", None,
    )  # fmt: skip
    assert len(model.leavings) == 2


def test_dismissals_and_retirements_are_told_apart():
    model = OrgModel(
        small(
            "switches.flow=false", "switches.retirement=true", "competence.dismissal_below=4.5", "people.retirement_age=58", "time.weeks=40",
            "careers.every_weeks=4", "switches.hiring=true", "hiring.delay_weeks=0", "switches.promotions=true",
        )
    )  # fmt: skip
    model.run()
    world, reasons = model.tables.world[0], Counter(one.reason for one in model.leavings)
    assert set(reasons) == {"retired", "dismissed"}
    assert (reasons["retired"], reasons["dismissed"]) == (world["retired"], world["layoffs"])
    assert model.waits == ()
