"""A replay is the run: its hours add up, its people come and go one by one, and its totals are the run's."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from helpers.model import BUSY, small
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engine import codes
from sim.errors import UserError
from sim.mesa_model.model import OrgModel
from sim.mesa_model.picture import ACTIVITIES, in_tenths
from sim.mesa_model.replay import SHOWN, play, replay
from sim.scenario.scenario import load
from sim.simulation.run import run

TURNOVER = [
    "switches.quits=true", "switches.hiring=true", "quits.base=0.9", "hiring.delay_weeks=1", "switches.layoffs=true",
    "layoffs.background_probability=0.4", "layoffs.wave_week=3", "layoffs.wave_fraction=0.2", "switches.promotions=true",
    "careers.every_weeks=4", "careers.minimum_tenure=0", "layoffs.delayer_week=5", "layoffs.delayer_first_span=8",
    "layoffs.delayer_convert=0.5", "time.weeks=8",
]  # fmt: skip
STILL = [
    "switches.flow=false", "switches.retirement=true", "switches.hiring=true", "hiring.delay_weeks=0",
    "switches.promotions=true", "people.retirement_age=58", "careers.every_weeks=2", "time.weeks=30",
]  # fmt: skip
WORLDS = {
    "busy": BUSY,
    "turnover": TURNOVER,
    "all": [*BUSY, *TURNOVER],
    "no warm-up": [*TURNOVER, "time.warmup_weeks=0"],
}


def here(frame) -> dict[int, str]:
    """Who is there, by number."""
    return dict.fromkeys(frame["ics"]["id"], "IC") | dict.fromkeys(frame["teams"]["id"], "manager")


def check_people(frames) -> None:
    """Whoever arrives is there from the next frame on, who leaves is not, and who moves sits elsewhere."""
    known = set(here(frames[0]))
    for frame, later in pairwise(frames):
        arrivals = {one["id"]: one for one in frame["arrivals"]}
        gone = {one["id"] for one in frame["leavings"]}
        assert known.isdisjoint(arrivals)
        known |= set(arrivals)
        assert set(here(later)) == (set(here(frame)) | set(arrivals)) - gone
        moved = {one["id"] for one in frame["moves"]}
        assert moved == {
            i for i in here(frame).keys() & here(later).keys() if seat(frame, i) != seat(later, i)
        }
        for number in arrivals.keys() - gone - moved:
            assert (here(later)[number], seat(later, number)[1]) == (
                arrivals[number]["role"],
                arrivals[number]["seat"],
            )
            assert boss(later, number) == arrivals[number]["boss"]
        for one in frame["leavings"]:
            assert one["joined"] is None or one["joined"] <= frame["week"]
            assert (one["rule"] in codes.LAYOFF_RULES) == (one["reason"] == "laid off")


def seat(frame, number) -> tuple[str, int]:
    role = here(frame)[number]
    table = frame["ics" if role == "IC" else "teams"]
    return role, table["seat"][table["id"].index(number)]


def boss(frame, number) -> int:
    table, column = (frame["ics"], "team") if here(frame)[number] == "IC" else (frame["teams"], "boss")
    return table[column][table["id"].index(number)]


def check_frame(frame, people) -> None:
    """Columns are as long as each other, hours add up, seats exist, and whom somebody waits for is there."""
    for name in ("teams", "ics", "vacant"):
        assert len({len(column) for column in frame[name].values()}) == 1
    everybody, seats = here(frame), set(frame["teams"]["seat"])
    assert len(everybody) == len(frame["ics"]["id"]) + len(frame["teams"]["id"])
    assert {*frame["ics"]["team"], *frame["teams"]["boss"]} - {-1} <= seats
    assert seats.isdisjoint(frame["ics"]["seat"])
    for hours in frame["ics"]["hours"]:
        assert len(hours) == len(ACTIVITIES)
        assert min(hours) >= 0
        assert sum(round(10 * one) for one in hours) == round(10 * frame["hours"])
    assert all(load is None or load >= 0 for load in frame["teams"]["load"])
    pairs = [pair for kind in ("question", "coordination") for pair in frame["waits"][kind]]
    assert all(number in everybody for pair in pairs for number in pair)
    assert len(frame["waits"]["coordination"]) == frame["stages"]["coordination"]
    assert len(frame["waits"]["question"]) <= frame["stages"]["decisions"]
    assert sum(frame["ics"]["blocked"]) <= frame["stages"]["decisions"] + frame["stages"]["coordination"]
    assert max(everybody) < people


@pytest.mark.parametrize("by", ["week", "day"])
@pytest.mark.parametrize("sets", WORLDS.values(), ids=WORLDS)
def test_a_replay_is_the_run(sets, by):
    scenario = small(*sets)
    found = replay(scenario, seed=3, run=7, by=by)
    frames, compiled = found.frames, run(scenario, runs=1, seed=3, first_run=7)
    assert len(frames) == 1 + scenario.weeks * (1 if by == "week" else 5)
    assert [frame["day"] for frame in frames] == list(
        range(0, 5 * scenario.weeks + 1, 5 if by == "week" else 1)
    )
    assert [frame["week"] for frame in frames] == [frame["day"] // 5 for frame in frames]
    for frame in frames:
        check_frame(frame, len(found.pids))
    check_people(frames)
    assert json.loads(json.dumps(found.as_dict())) == found.as_dict()
    assert list(frames[-1]["outcomes"]) == list(found.head["outcomes"]) == list(SHOWN)
    for name, value in frames[-1]["outcomes"].items():
        assert value == pytest.approx(float(compiled.outcomes[name][0]), rel=1e-5)
    assert set(frames[0]["outcomes"].values()) == {None}
    check_totals(frames, compiled, scenario.weeks)


def check_totals(frames, compiled, weeks) -> None:
    """What is counted from frame to frame is what the run counts, and arrivals and leavings are all of them."""
    totals = frames[-1]["totals"]
    assert totals["value"] == pytest.approx(compiled.outcomes["value_per_week"][0] * weeks, abs=0.1)
    for name in totals:
        if name != "value":
            assert all(a["totals"][name] <= b["totals"][name] for a, b in pairwise(frames))
    arrived = sum(len(frame["arrivals"]) for frame in frames)
    reasons = Counter(one["reason"] for frame in frames for one in frame["leavings"])
    moves = Counter(one["what"] for frame in frames for one in frame["moves"])
    assert arrived == totals["hired"]
    assert reasons["quit"] == totals["quits"]
    assert reasons["laid off"] + reasons["dismissed"] == totals["layoffs"]
    assert reasons["retired"] == totals["retired"]
    assert moves["promoted"] <= totals["promotions"]
    assert moves["became an IC"] <= totals["conversions"]


def test_people_who_come_go_and_move_are_all_there():
    frames = replay(small(*TURNOVER), seed=1).frames
    reasons = Counter(one["reason"] for frame in frames for one in frame["leavings"])
    moves = Counter(one["what"] for frame in frames for one in frame["moves"])
    assert reasons["quit"] > 0
    assert reasons["laid off"] > 0
    assert any(one["joined"] is not None for frame in frames for one in frame["leavings"])
    assert moves["became an IC"] == frames[-1]["totals"]["conversions"] > 0
    assert moves["promoted"] == frames[-1]["totals"]["promotions"] > 0


def test_weeks_are_the_sum_of_their_days():
    scenario = small(*BUSY, "time.weeks=3")
    weeks, days = replay(scenario).frames, replay(scenario, by="day").frames
    for week in range(1, 4):
        own = [np.array(frame["ics"]["hours"]) for frame in days if (frame["day"] - 1) // 5 == week - 1]
        np.testing.assert_allclose(np.sum(own, axis=0), weeks[week]["ics"]["hours"], atol=0.5)
        same = {
            name: value for name, value in days[5 * week].items() if name not in ("hours", "ics", "teams")
        }
        assert {name: weeks[week][name] for name in same} == same


def test_what_a_frame_shows_is_what_the_model_shows():
    model, frames = OrgModel(small(*BUSY)), replay(small(*BUSY)).frames
    model.run(3)
    frame, pids = frames[2], replay(small(*BUSY)).pids
    hours, load = frame["ics"]["hours"], dict(zip(frame["teams"]["id"], frame["teams"]["inbox"], strict=True))
    for number, row in zip(frame["ics"]["id"], hours, strict=True):
        own = model.person(pids[number]).week_hours
        assert row[0] + row[1] == pytest.approx(own["coding"], abs=0.11)
        for name, value in list(zip(ACTIVITIES, row, strict=True))[2:]:
            assert value == pytest.approx(own[name], abs=0.1001)
    for number, items in load.items():
        assert items == model.person(pids[number]).inbox.items
    waiting = [wait for wait in model.waits if wait.kind == "review" and not wait.begun]
    assert sum(frame["teams"]["reviews"]) == len(waiting) > 0
    assert sum(frame["teams"]["review_hours"]) == pytest.approx(sum(w.hours for w in waiting), abs=0.5)


def test_writing_by_hand_and_with_ai_follow_the_share_of_ai():
    def written(*sets):
        frame = replay(small("time.weeks=1", *sets)).frames[-1]
        return np.sum(frame["ics"]["hours"], axis=0)[:2]

    without, half = written("switches.ai=false"), written("ai.share_of_code=0.5", "ai.agent_fraction=0")
    assert without[0] > 0.0
    assert without[1] == 0.0
    assert half[1] > 0.0
    assert half[0] < without[0]


def test_work_that_stands_still_has_people_only():
    found = replay(small(*STILL))
    assert {frame["hours"] for frame in found.frames} == {0.0}
    for frame in found.frames:
        check_frame(frame, len(found.pids))
    check_people(found.frames)
    totals = found.frames[-1]["totals"]
    assert (
        totals["retired"]
        == sum(one["reason"] == "retired" for f in found.frames for one in f["leavings"])
        > 0
    )
    assert totals["hired"] == sum(len(frame["arrivals"]) for frame in found.frames) > 0


def test_a_frame_is_small_and_has_no_names_or_pay():
    found = sim.replay(load("people", ["time.weeks=6", "time.warmup_weeks=2"]))
    assert found.head["people"] == 117
    assert max(len(json.dumps(frame, separators=(",", ":"))) for frame in found.frames) < 8200
    assert "name" not in json.dumps(found.frames)
    assert list(found.frames[0]) == [
        "week", "day", "hours", "teams", "ics", "vacant", "waits", "stages", "arrivals", "leavings", "moves",
        "totals", "outcomes",
    ]  # fmt: skip


def test_in_a_chart_neither_numbers_nor_order_tell_who_is_who(tmp_path):
    rows = ["id,name,manager_id,role", "ceo,Ada,,manager", "lead,Bob,ceo,manager", "peer,Cyd,ceo,manager"]
    rows += [f"p{k:02d},Name{k},{'lead' if k < 8 else 'peer'},ic" for k in range(16)]
    (tmp_path / "chart.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "mine.yaml").write_text(
        "question: Mine?\nextends: people\norganisation: {chart: chart.csv}\ntime: {weeks: 8, warmup_weeks: 1}\n"
        "quits: {base: 0.9}\n"
    )
    scenario = load(str(tmp_path / "mine.yaml"))
    found, other = replay(scenario), replay(scenario, run=1)
    text = json.dumps(found.as_dict())
    assert not any(word in text for word in ("Name", "Ada", "p01", "peer"))
    start = found.pids[: found.head["people"]]
    assert start != sorted(start)
    assert other.pids[: len(start)] == start
    for frame in found.frames:
        check_frame(frame, len(found.pids))
        assert frame["ics"]["seat"] == sorted(frame["ics"]["seat"])
    assert found.frames[0]["ics"]["team"] != sorted(found.frames[0]["ics"]["team"])
    check_people(found.frames)
    assert found.frames[-1]["totals"]["quits"] > 0


def test_play_gives_the_frames_of_replay_and_runs_differ():
    scenario = small("time.weeks=2")
    assert list(play(scenario, run=1)) == replay(scenario, run=1).frames
    assert replay(scenario, run=1).frames != replay(scenario, run=2).frames


def test_what_is_not_known_is_refused_with_a_sentence():
    with pytest.raises(UserError, match="replay: by 'month': use 'week' or 'day'"):
        replay(small(), by="month")
    with pytest.raises(
        UserError, match="replay: outcomes: value_per_wek: this outcome is unknown, did you mean"
    ):
        replay(small(), outcomes=("value_per_wek",))


@settings(max_examples=30)
@given(
    st.lists(
        st.lists(st.floats(0, 40, allow_subnormal=False), min_size=15, max_size=15), min_size=1, max_size=4
    ),
    st.sampled_from([8.0, 40.0]),
)
def test_rounded_hours_add_up(rows, total):
    hours = np.array(rows) + 1e-3
    hours *= total / hours.sum(axis=1, keepdims=True)
    tenths = in_tenths(hours)
    assert tenths.sum(axis=1).tolist() == [round(total * 10)] * len(rows)
    assert np.all(np.abs(tenths - hours * 10) < 1.0 + 1e-5)
