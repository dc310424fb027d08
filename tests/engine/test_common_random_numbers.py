"""Common random numbers, the hard way: nobody's dice depend on who else is there, on the structure, or on AI."""

import numpy as np
import pytest
from helpers.worlds import HOURS_PER_WEEK, organisation, play, world

from sim.constants import IC, MANAGER, MANAGER_ID
from sim.engine.codes import BY_AGENT, FREE, INCIDENT, NONE
from sim.engine.kernel import entry
from sim.engine.numba_tables import borrow
from sim.engine.record import record
from sim.engine.rng import positive, uniform2
from sim.engine.state import Org
from sim.flow.initialise import new_org, start
from sim.mechanisms.flow import defects, dependencies, questions, work
from sim.organisation.costs import PayScale
from sim.organisation.tree import assemble
from sim.scenario.scenario import Scenario
from sim.scenario.tree import tree_of
from sim.simulation.run import run
from sim.simulation.simulator import Engine

CHANGES = 30
QUESTIONS = 6
#: Streams of which every draw is recorded: from QUESTION to SERVICE.
STREAMS = np.arange(3, 21)


@entry
def _roll(tables, parameters, i, streams, sizes, modes, needs, asks, defects_of, words):
    """Record the draws of the first changes of person *i*, without simulating: through the mechanisms themselves."""
    org = borrow(tables)
    p = parameters[0]
    ch = org.changes[0]
    person = org.people[i]
    first = person.next_change
    for j in range(len(sizes)):
        person.next_change = j
        u, v = work.dice(org, i)
        modes[j] = v
        ch.owner = i
        ch.j = j
        ch.standard_hours = positive(u, p.work_size_mean, p.work_size_distribution, p.work_size_cv)
        sizes[j] = ch.standard_hours
        ch.questions = 0
        ch.extra_defects = 0
        ch.review_pass = 0
        ch.failed = False
        ch.ai_fraction = 0.0
        dependencies.plan(org, p, 0)
        needs[j] = ch.dependency_at
        for k in range(asks.shape[1]):
            questions.plan(org, p, 0)
            asks[j, k] = ch.next_question
            ch.questions += 1
        defects.draw(org, p, 0)
        defects_of[j] = ch.defects
        for s in range(len(streams)):
            words[j, s, 0], words[j, s, 1] = uniform2(org.world[0], streams[s], person.pid, j, 5)
    person.next_change = first


@entry
def _partners(tables, parameters, i, out):
    """Record the permanent ids of the partners of the first changes of person *i*."""
    org = borrow(tables)
    p = parameters[0]
    for j in range(len(out)):
        m = dependencies.partner_of(org, p, i, org.people[i].pid, j)
        out[j] = org.people[m].pid if m >= 0 else NONE


def begun(scenario: Scenario, run_number: int = 0) -> tuple[Engine, Org]:
    engine = Engine(scenario)
    return engine, engine.begin(1, run_number)


def rolls(scenario: Scenario) -> dict[int, dict[str, np.ndarray]]:
    """Return IC's permanent id -> all draws of its first changes."""
    engine, org = begun(scenario)
    all_rolls = {}
    for i in np.flatnonzero(org.people["role"] == IC):
        book = {
            "size": np.zeros(CHANGES), "mode": np.zeros(CHANGES), "dependency": np.zeros(CHANGES),
            "questions": np.zeros((CHANGES, QUESTIONS)), "defects": np.zeros(CHANGES, np.int64),
            "words": np.zeros((CHANGES, len(STREAMS), 2)),
        }  # fmt: skip
        _roll(org, engine.parameters, i, STREAMS, *book.values())
        all_rolls[int(org.people["pid"][i])] = book
    return all_rolls


def partners(org: Org, parameters: np.ndarray) -> dict[int, np.ndarray]:
    """Return IC's permanent id -> permanent ids of the partners of its first changes."""
    out = {}
    for i in np.flatnonzero(org.people["role"] == IC):
        row = np.zeros(CHANGES, np.int64)
        _partners(org, parameters, i, row)
        out[int(org.people["pid"][i])] = row
    return out


def log_of(scenario: Scenario) -> dict[tuple[int, int], tuple[float, bool]]:
    """Return (owner's permanent id, j) -> (size, is or was it an agent's) of every change seen at the end of a day."""
    engine, org = begun(scenario)
    seen = {}
    for day in range(1, engine.weeks * 5 + 1):
        org = engine.advance(org, day * 8.0)
        free, k = set(), int(org.world[0].free_change)
        while k < len(org.changes) and k not in free:
            free.add(k)
            k = int(org.changes["next"][k])
        for c in set(range(len(org.changes))) - free:
            ch = org.changes[c]
            by_agent = (
                ch.mode == BY_AGENT or ch.attempt > 0
            )  # a failed run may have been redone by hand since
            seen[int(org.people["pid"][ch.owner]), int(ch.j)] = (float(ch.standard_hours), bool(by_agent))
    return seen


def assert_same_rolls(a: dict[int, dict], b: dict[int, dict]) -> None:
    common = a.keys() & b.keys()
    assert len(common) >= min(len(a), len(b))
    for pid in common:
        for name, values in a[pid].items():
            np.testing.assert_array_equal(values, b[pid][name], err_msg=f"IC {pid}: {name}")


LAYERED = {"ics": 24, "spans": (4, 3, 2)}
FLAT = {"ics": 24, "spans": (12, 2)}


@pytest.mark.slow
def test_one_more_ic_leaves_every_draw_of_the_others_alone():
    before, after = rolls(world(ics=24)), rolls(world(ics=25))
    assert after.keys() - before.keys() == {24}
    assert_same_rolls(before, after)


def test_one_more_ic_changes_no_size_or_mode_in_whole_runs():
    before, after = log_of(world(ics=24, weeks=8)), log_of(world(ics=25, weeks=8))
    common = before.keys() & after.keys()
    assert len(common) > 0.9 * len(before)
    assert {key: before[key] for key in common} == {key: after[key] for key in common}


@pytest.mark.parametrize("share", [0.0, 0.285, 0.6, 0.9])
def test_changes_are_the_same_flat_and_layered_at_every_ai_share(share):
    reference = rolls(world({"ai.share_of_code": 0.285}, **LAYERED))
    for shape in (LAYERED, FLAT):
        assert_same_rolls(reference, rolls(world({"ai.share_of_code": share}, **shape)))


def test_changes_are_the_same_at_every_ai_share_in_whole_runs():
    logs = [
        log_of(world({"ai.share_of_code": share}, **shape))
        for share in (0.0, 0.5)
        for shape in (LAYERED, FLAT)
    ]
    keys = set.intersection(*(set(log) for log in logs))
    assert len(keys) > 100
    for key in keys:
        assert len({log[key][0] for log in logs}) == 1
    # The mode is policy, but the same policy makes the same changes the agents' everywhere.
    assert all(logs[2][key][1] == logs[3][key][1] for key in logs[2].keys() & logs[3].keys())


def test_a_change_that_is_the_agents_at_a_low_share_stays_so_at_a_higher_one():
    low, high = (log_of(world({"ai.share_of_code": share}, **FLAT)) for share in (0.2, 0.7))
    common = low.keys() & high.keys()
    assert all(high[key][1] >= low[key][1] for key in common)
    assert any(high[key][1] > low[key][1] for key in common)


def test_the_dice_of_a_change_are_not_all_alike():
    book = rolls(world(ics=4))[0]
    assert len(np.unique(book["size"])) == CHANGES
    assert 0 < np.isfinite(book["dependency"]).sum() < CHANGES
    assert np.isfinite(book["questions"]).any()
    assert len(np.unique(book["words"])) == book["words"].size


def partners_in(ics: int, shape: dict, removed: tuple[int, ...] = ()) -> dict[int, np.ndarray]:
    """Return the partners in an organisation from which some ICs (and so their modules) were *removed*."""
    scenario = organisation(ics, shape.get("layers"), shape.get("spans"), 1, 0)
    tree = tree_of(scenario)
    keep = ~np.isin(tree.pid, removed)
    row_of = np.cumsum(keep) - 1
    boss = tree.boss[keep]
    boss = np.where(boss >= 0, row_of[boss], NONE)
    tree = assemble(tree.pid[keep], tree.role[keep], boss, tree.module[keep], PayScale(1.0))
    parameters = record(scenario.values)
    org = new_org(tree, parameters, 1)
    start(org, parameters, 1, 0)
    return partners(org, parameters)


def assert_same_partners(big: dict[int, np.ndarray], small: dict[int, np.ndarray]) -> float:
    """Partners agree wherever both organisations have both of the larger one's candidates; return how often."""
    same = total = 0
    for pid, chosen in small.items():
        there = np.isin(big[pid], list(small))
        np.testing.assert_array_equal(chosen[there], big[pid][there], err_msg=f"IC {pid}")
        same += int(there.sum())
        total += len(chosen)
        assert pid not in chosen
    return same / total


def test_partners_are_the_same_whatever_the_size_of_the_organisation():
    shares = [
        assert_same_partners(partners_in(big, {"layers": 2}), partners_in(24, {"layers": 2}))
        for big in (25, 40, 90)
    ]
    assert shares[0] > 0.9  # one more IC can take away next to nothing
    assert min(shares) > 0.4


def test_partners_are_the_same_flat_and_layered_and_with_modules_removed():
    layered, flat = partners_in(30, {"spans": (5, 3, 2)}), partners_in(30, {"spans": (15, 2)})
    for pid, chosen in layered.items():
        np.testing.assert_array_equal(chosen, flat[pid])
    assert assert_same_partners(layered, partners_in(30, {"spans": (15, 2)}, removed=(0, 7, 8, 21, 29))) > 0.7


def test_near_partners_are_near_and_everybody_can_be_one():
    out = partners_in(200, {"layers": 3})
    distance = np.concatenate([np.abs(chosen - pid) for pid, chosen in out.items()])
    assert np.mean(distance <= 5) == pytest.approx(
        0.60, abs=0.05
    )  # dependencies.near_share within near_reach
    assert set(range(1, 60)) <= set(distance)
    assert len(np.unique(np.concatenate(list(out.values())))) == 200


def test_people_are_who_they_are_in_every_structure():
    draws = ("skill", "knowledge", "fluency", "quality")
    orgs = [begun(world(**shape))[1] for shape in (LAYERED, FLAT, {"ics": 31, "layers": 2})]
    who = [{int(person["pid"]): [person[x] for x in draws] for person in org.people} for org in orgs]
    for other in who[1:]:
        common = who[0].keys() & other.keys()
        assert set(range(24)) <= common
        assert MANAGER_ID in common, "the top manager is the same person"
        for pid in common:
            assert who[0][pid] == other[pid]
    for org in orgs:
        top = org.people[(org.people["boss"] < 0) & (org.people["role"] == MANAGER)]
        assert list(top["pid"]) == [MANAGER_ID]
        assert [w["target"] for w in org.world] == [orgs[0].world[0].target]


def test_the_target_drifts_alike_everywhere():
    a, b = (
        play(world(ics=24, spans=(4, 3, 2), weeks=6)),
        play(world({"ai.share_of_code": 0.9}, ics=31, weeks=6)),
    )
    np.testing.assert_array_equal(a.weeks["target"][1:], b.weeks["target"][1:])


def test_service_times_and_arrivals_follow_the_person_not_the_crowd():
    """One IC more on another team: the first team's arrivals from outside come at the same times for the same hours."""
    arrivals = {"arrivals.kind": "incident", "arrivals.per_hour": 0.2, "switches.defects": False}

    def first_arrivals(scenario: Scenario) -> list[tuple[float, float]]:
        engine, org = begun(scenario)
        chief = int(np.flatnonzero(org.people["layer"] == 1)[0])
        seen = {}
        for hour in range(1, 3 * int(HOURS_PER_WEEK)):
            org = engine.advance(org, float(hour))
            there = (org.items["state"] != FREE) & (org.items["kind"] == INCIDENT)
            mine = org.items[there & (org.items["person"] == chief)]
            seen |= dict.fromkeys(zip(mine["sent_at"], mine["hours"], strict=True))
        return sorted(seen)

    a, b = first_arrivals(world(arrivals, ics=24)), first_arrivals(world(arrivals, ics=25))
    assert len(a) > 5
    assert a == b


def variance_reduction(a: Scenario, b: Scenario, outcome: str = "value_per_week") -> tuple[float, float]:
    """Return (Var A + Var B) / Var(A - B) with common random numbers, and with independent seeds."""
    first = run(a, 60, 1, workers=1).outcomes[outcome]
    gains = []
    for seed in (1, 2):
        second = run(b, 60, seed, workers=1).outcomes[outcome]
        gains.append(float((first.var(ddof=1) + second.var(ddof=1)) / (first - second).var(ddof=1)))
    return gains[0], gains[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "a", "b"),
    [
        ("layered vs flat", ({}, LAYERED), ({}, FLAT)),
        ("AI share 0.2 vs 0.3", ({"ai.share_of_code": 0.2}, LAYERED), ({"ai.share_of_code": 0.3}, LAYERED)),
        ("help time 0.5 h vs 0.6 h", ({}, LAYERED), ({"questions.help_hours": 0.6}, LAYERED)),
    ],
)
def test_common_random_numbers_reduce_the_variance_of_differences(name, a, b):
    first, second = (world(values, weeks=26, warmup=2, **shape) for values, shape in (a, b))
    common, independent = variance_reduction(first, second)
    print(f"\nvariance reduction, {name}: {common:.2f} (independent seeds {independent:.2f})")
    assert common > 1.2
    assert common > independent
    assert 0.5 < independent < 1.8  # nothing to gain without common dice
