"""Dated events and paths: what a scenario may say, and that an event is what somebody would do by hand on that date."""

import numpy as np
import pytest
from helpers.cli import orgsim
from helpers.model import small
from helpers.people_checks import TURMOIL, check
from hypothesis import given
from hypothesis import strategies as st

from sim.constants import IC, MANAGER
from sim.engine.codes import LAID_OFF, VACANT
from sim.errors import UserError
from sim.mesa_model.model import OrgModel
from sim.scenario.event_values import SYNONYMS
from sim.scenario.events import (
    ACTIONS,
    CHOICES,
    ROLES,
    DatedEvent,
    Who,
    in_words,
    keys_of,
    read_events,
)
from sim.scenario.scenario import diff, from_yaml, load
from sim.simulation.run import run
from sim.simulation.simulator import Engine

WEEKS = 8
LAYERS = ["organisation.ics=24", "organisation.management_layers=3", f"time.weeks={WEEKS}"]
PEOPLE = [f"{path}={str(value).lower()}" for path, value in TURMOIL.items()]


def scenario(*events: dict, sets=()):
    return small(*LAYERS, *sets).with_values({"events": list(events)})


def end_of(made, run_number: int = 0):
    engine = Engine(made)
    return engine.advance(engine.begin(1, run_number), (1 + WEEKS) * 40.0)


def group(action: str):
    roles = ACTIONS[action][1]
    return st.fixed_dictionaries(
        {"role": st.sampled_from(roles), "share": st.sampled_from([0.1, 0.4, 1.0])},
        optional={} if action == "hire" else {"choose": st.sampled_from(CHOICES)},
    ).map(lambda who: who if roles != ("ic",) else {k: v for k, v in who.items() if k != "role"})


SETTINGS = st.sampled_from(
    [{"ai.share_of_code": 0.6}, {"work.demand": 2.0}, {"review.hours_per_week": 2.0}, {"quits.base": 0.5}]
)


FILL = {"fill": st.just("at once")}  # else by hiring, where it is on
SEATS = st.one_of(
    st.fixed_dictionaries({"count": st.integers(1, 5)}, optional={"team": st.integers(1, 3), **FILL}),
    st.fixed_dictionaries(
        {"role": st.just("manager"), "ics": st.integers(0, 3)},
        optional={"count": st.integers(1, 2), "under": st.just(1), **FILL},
    ),
)


@st.composite
def event(draw):
    action = draw(st.sampled_from(tuple(ACTIONS)))
    given_ = draw(SETTINGS if action == "set" else SEATS if action == "open" else group(action))
    if action == "promote":
        given_ |= {"into": draw(st.sampled_from(["boss", "vacant"]))}
    if action in ("promote", "lay_off"):
        given_ |= {"refill": draw(st.booleans())}
    return {"week": draw(st.integers(0, WEEKS - 1)), action: given_}


# --- What happens --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(st.lists(event(), min_size=1, max_size=6), st.booleans())
def test_whatever_is_done_on_whatever_date_nothing_is_lost(events, turmoil):
    made = scenario(*events, sets=PEOPLE if turmoil else ())
    check(end_of(made), made)


@pytest.mark.slow
@given(st.lists(event(), min_size=1, max_size=4), st.booleans())
def test_the_mesa_model_does_the_same(events, turmoil):
    made = scenario(*events, sets=PEOPLE if turmoil else ())
    compiled = run(made, runs=1, seed=1)
    model = OrgModel(made, seed=1)
    model.run()
    for name, value in model.outcomes().items():
        np.testing.assert_array_equal(value, compiled.outcomes[name][0], err_msg=name)
    for name in model.tables.cohort.dtype.names:
        np.testing.assert_array_equal(model.tables.cohort[name], compiled.cohorts[0][name])


@pytest.mark.parametrize("action", ACTIONS)
def test_an_event_branches_from_a_common_past(action):
    special = {"set": {"ai.share_of_code": 0.6}, "open": {"count": 2}}
    given_ = special.get(action) or {"role": ACTIONS[action][1][0], "number": 2}
    week = 4
    before = [{"week": 2, "lay_off": {"role": "ic", "number": 2}}]
    plain, made = scenario(*before), scenario(*before, {"week": week, action: given_})
    runs = [run(one, runs=2, seed=1) for one in (plain, made)]
    for name, series in runs[0].series.items():
        np.testing.assert_array_equal(series[:, :week], runs[1].series[name][:, :week], err_msg=name)
    later = [one.series["value_per_week"][:, week:] for one in runs]
    assert np.array_equal(*later) == (action == "follow")


def test_without_people_mechanisms_an_event_changes_nothing_before_its_week():
    """Weeks of people in which nobody moves leave the flow engine's numbers as they are, bit for bit."""
    flow = run(small(*LAYERS), runs=1, seed=1)
    made = run(scenario({"week": WEEKS - 1, "move": {"share": 0.5}}), runs=1, seed=1)
    for name in ("value_per_week", "changes_per_ic_week"):
        np.testing.assert_array_equal(flow.series[name][:, :-1], made.series[name][:, :-1])


def test_layoffs_on_a_date_have_the_consequences_of_any():
    org = end_of(
        scenario(
            {"week": 3, "lay_off": {"role": "manager", "layer": 1, "share": 0.5, "choose": "lowest_skill"}}
        )
    )
    cut = org.cohort[org.cohort["exit_kind"] == LAID_OFF]
    managers = org.cohort[(org.cohort["role"] == MANAGER) & (org.cohort["layer"] == 1)]
    assert len(cut) == np.floor(len(managers) / 2 + 0.5) > 1
    assert set(cut["layer"]) == {1}
    assert set(cut["exit_week"]) == {3.0}
    assert (
        cut["skill"].max()
        <= np.delete(managers["skill"], np.flatnonzero(np.isin(managers["pid"], cut["pid"]))).min()
    )
    assert sorted(org.ledger["pid"]) == sorted(cut["pid"])
    assert org.world["people_usd"][0] > 0
    assert org.world["quit_jump"][0] > 0


def test_refilled_seats_follow_the_hiring_policy_and_closed_ones_do_not():
    cut = {"role": "ic", "number": 4}
    hiring = ["switches.hiring=true", "hiring.delay_weeks=1"]
    seats = [
        end_of(scenario({"week": 1, "lay_off": {**cut, "refill": refill}}, sets=hiring)).world["ics"][0]
        for refill in (False, True)
    ]
    assert seats == [20, 24]
    hired = end_of(scenario({"week": 1, "lay_off": cut}, {"week": 2, "hire": {"role": "ic", "number": 3}}))
    assert (hired.world["ics"][0], hired.world["hired"][0]) == (23, 3)


def test_promotion_into_the_bosses_places_keeps_the_structure_and_exchanges_people():
    made = scenario(
        {"week": 2, "follow": {"number": 2, "choose": "highest_output"}},
        {"week": 2, "promote": {"followed": True}},
    )
    before, after = Engine(made).tree, end_of(made)
    w = after.world[0]
    assert (w.ics, w.managers, w.promotions, w.conversions) == (before.ics, before.managers, 2, 2)
    followed = after.cohort["pid"][after.cohort["followed"]]
    assert len(followed) == 2
    roles = dict(zip(after.people["pid"].tolist(), after.people["role"].tolist(), strict=True))
    assert [roles[pid] for pid in followed.tolist()] == [MANAGER, MANAGER]
    displaced = [pid for pid in before.pid[before.role == MANAGER].tolist() if roles[pid] == IC]
    assert len(displaced) == 2
    np.testing.assert_array_equal(after.people["boss"][: before.n], before.boss)
    paid = after.cohort[after.cohort["followed"]]["pay_earned"]
    others = after.cohort[(after.cohort["role"] == IC) & ~after.cohort["followed"]]["pay_earned"]
    assert paid.min() > others.max()


def test_promotion_into_a_vacant_seat_leaves_a_vacancy():
    made = scenario(
        {"week": 1, "lay_off": {"role": "manager", "layer": 1, "number": 1}},
        {"week": 2, "promote": {"number": 5, "into": "vacant", "refill": False}},
    )
    org = end_of(made)
    assert org.world["promotions"][0] == 1
    assert np.count_nonzero(org.people["role"] == VACANT) == 1
    assert org.people["role"][np.flatnonzero(org.people["role"] == VACANT)[0]] == VACANT
    assert (org.world["ics"][0], org.world["managers"][0]) == (23, Engine(made).tree.managers)


def test_a_move_gives_everybody_another_boss_and_keeps_team_sizes():
    made = scenario({"week": 2, "move": {"share": 0.5}})
    start, org = Engine(made).tree, end_of(made)
    ics = start.role == IC
    moved = np.flatnonzero(start.boss[ics] != org.people["boss"][: start.n][ics])
    assert len(moved) == 12
    np.testing.assert_array_equal(
        np.bincount(start.boss[ics]), np.bincount(org.people["boss"][: start.n][ics])
    )


def test_contributions_add_up_to_the_value_merged():
    made = scenario(
        {"week": 3, "promote": {"number": 2}}, {"week": 5, "lay_off": {"role": "ic", "number": 3}}
    )
    engine = Engine(made)
    start = engine.advance(engine.begin(1, 0), 40.0)
    first = start.people["value"].sum()
    org = engine.advance(start, (1 + WEEKS) * 40.0)
    assert org.cohort["contribution"].sum() == pytest.approx(org.people["value"].sum() - first)
    assert (org.cohort["contribution"] > 0).sum() > 20


def test_settings_hold_from_their_week_on():
    made = scenario(
        {"week": 4, "set": {"ai.share_of_code": 0.0, "switches.quits": True, "quits.base": 0.95}},
        sets=["ai.share_of_code=0.6"],
    )
    org = end_of(made)
    assert org.world["quits"][0] > 0
    assert (org.cohort["exit_week"] > 4).all()
    np.testing.assert_array_equal(org.people["agent_share"][org.people["role"] == IC], 0.0)


# --- What may be said ----------------------------------------------------------------------------------------------------


WRONG = {
    "{}": "expected a list such as",
    "[{week: 1}]": "expected week and one of lay_off",
    "[{lay_off: {role: ic, number: 1}}]": r"events\[0\].week: is missing",
    "[{week: 1, bake: {role: ic, number: 1}}]": r"events\[0\].bake: unknown action; known here: lay_off",
    "[{week: 1, sack: {role: ic, number: 1}}]": r"events\[0\].sack: unknown action, did you mean 'lay_off'",
    "[{week: 1, fire: {role: ic, number: 1}}]": r"events\[0\].fire: unknown action, did you mean 'lay_off'",
    "[{week: 1, Lay-Off: {role: ic, number: 1}}]": "did you mean 'lay_off'",
    "[{week: 1, recruit: {role: ic, number: 1}}]": "did you mean 'hire'",
    "[{week: 1, demote: {number: 1}}]": "did you mean 'convert'",
    "[{week: 1, lay_off: {role: boss, number: 1}}]": "did you mean 'manager'",
    "[{week: 1, lay_off: {role: ic, count: 1}}]": "lay_off.count: unknown key, did you mean 'number'",
    "[{week: 1, lay_off: {role: ic, share: 0.5, choose: best_skill}}]": "did you mean 'highest_skill'",
    "[{week: 1, lay_off: {role: ic, share: 0.5, choose: lowest_tenure}}]": "did you mean 'shortest_tenure'",
    "[{week: 1, layoff: {role: ic, number: 1}}]": "did you mean 'lay_off'",
    "[{week: 1.5, move: {number: 1}}]": "1.5 is no whole number from 0",
    "[{week: 8, move: {number: 1}}]": "week 8 is after the end; the last week with a week after it is 7",
    "[{week: 1, lay_off: {number: 1}}]": "lay_off.role: is missing; say who: ic or manager",
    "[{week: 1, lay_off: {role: ic}}]": "either number .people. or share",
    "[{week: 1, lay_off: {role: ic, share: 1.5}}]": "share: 1.5 is outside 0 to 1",
    "[{week: 1, lay_off: {role: ic, share: 0.5, layer: 2}}]": "ICs have no layer",
    "[{week: 1, lay_off: {role: ic, share: 0.5, chose: random}}]": "unknown key, did you mean 'choose'",
    "[{week: 1, lay_off: {role: ic, share: 0.5, choose: worst}}]": "'worst' is not one of random",
    "[{week: 1, convert: {role: ic, share: 0.5}}]": "'ic' is not one of manager",
    "[{week: 1, lay_off: {role: manager, layer: 3, number: 1}}]": "layers 1 to 2; layer 3 is the top",
    "[{week: 1, lay_off: {role: manager, number: 60}}]": r"60 are more than there are: \d managers",
    "[{week: 1, lay_off: {role: ic, number: 25}}]": "25 are more than there are: 24 ICs",
    "[{week: 1, convert: {number: 5}}, {week: 2, lay_off: {role: manager, number: 6}}]": "6 are more than .* of whom 5 have gone",
    "[{week: 1, promote: {followed: true}}]": "nobody is followed yet",
    "[{week: 1, set: {ai.share: 0.5}}]": "unknown parameter, did you mean",
    "[{week: 1, set: {ai.share_of_code: 5}}]": "events.0..set: ai.share_of_code: 5 is outside",
    "[{week: 1, set: {ai.seat_usd: 5}}]": "prices hold for the whole horizon",
    "[{week: 1, set: {}}]": "expected parameters and their values",
}


@pytest.mark.parametrize(("text", "message"), WRONG.items(), ids=range(len(WRONG)))
def test_what_cannot_be_is_said_with_its_place(text, message):
    head = f"question: x\nextends: base\norganisation: {{ics: 24, management_layers: 3}}\ntime: {{weeks: {WEEKS}}}\n"
    with pytest.raises(UserError, match=message) as caught:
        from_yaml(f"{head}events: {text}\n", "mine.yaml")
    assert str(caught.value).startswith("mine.yaml:5:")


def test_synonyms_name_what_exists_and_nothing_twice():
    known = {*ACTIONS, *ROLES, *CHOICES, *(key for action in ACTIONS for key in keys_of(action))}
    assert set(SYNONYMS.values()) <= known
    assert known & SYNONYMS.keys() == {"count", "fill", "number"}  # each is right under another action


def test_events_are_part_of_the_scenario():
    text = "question: x\nextends: base\nevents:\n- {week: 26, move: {share: 0.2}}\n"
    made = from_yaml(text)
    assert made.events == (DatedEvent(26, "move", Who("ic", share=0.2)),)
    assert in_words(made.events[0]) == "week 26: move 20 % of the ICs (at random)"
    assert made.hash() != load("base").hash()
    assert diff(load("base"), made)["events"] == ((), made.events)
    assert made.with_values({"events": []}).hash() == load("base").hash()
    assert made.to_dict()["events"] == [
        {"week": 26, "move": {"role": "ic", "share": 0.2, "choose": "random"}}
    ]
    assert read_events(made.to_dict()["events"]) == made.events


def test_a_command_names_the_line(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "question: x\nextends: base\nevents:\n  - {week: 1, move: {share: 0.2}}\n  - {week: 2, mve: {share: 0.2}}\n"
    )
    done = orgsim("check", str(file))
    assert done.returncode == 2
    assert "mine.yaml:5:" in done.stderr
    assert "did you mean 'move'" in done.stderr
