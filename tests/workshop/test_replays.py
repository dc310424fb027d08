"""Replays on pages: the run nearest the mean, whole pictures, 117 people on a telephone's width, frames by address."""

import re
from html import unescape
from xml.etree import ElementTree

import numpy as np
import pytest
from workshop.test_lessons_and_designs import LESSON
from workshop.test_pages import client, text_of

from sim.mesa_model.replay import replay
from sim.scenario.scenario import load
from sim.workshop import boxes, texts
from sim.workshop.design import Design, Designs
from sim.workshop.desk import Desk
from sim.workshop.lesson import read_lesson
from sim.workshop.replay_view import replay_view
from sim.workshop.replays import Chosen, chosen_run

PEOPLE = ["time.weeks=14", "time.warmup_weeks=1"]


@pytest.fixture(scope="module")
def small(played):
    """A lesson with results: (client, designs, desk, the design)."""
    designs, desk, design = played
    return client(designs, desk), designs, desk, design


@pytest.fixture(scope="module")
def large():
    """117 people, some of whom come and go."""
    return replay(load("people", PEOPLE), seed=1, run=0)


def test_the_run_nearest_the_mean_difference_is_shown(small):
    browser, designs, desk, design = small
    found = desk.look(design)
    base, other = (one.outcomes[designs.lesson.headline] for one in found.comparison.samples)
    difference = other - base
    chosen = chosen_run(found, designs.lesson.headline)
    nearest = int(np.argmin(np.abs(difference - difference.mean())))
    opposite = int(np.sum(np.sign(difference) == -np.sign(difference.mean())))
    assert (chosen.run, chosen.opposite, chosen.runs) == (nearest, opposite, len(difference))
    answer = browser.get(f"/designs/{design.key}/replay")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/designs/1/replay/1/week/{nearest}/1")
    text = text_of(browser.get(answer.headers["location"]).text)
    assert f"Run {nearest} of {len(difference)}, numbered from 0" in text
    assert f"In {opposite} of {len(difference)} runs the sign is the opposite one." in text


def test_a_frame_shows_the_run_that_was_counted(small):
    browser, _, desk, design = small
    text = text_of(browser.get("/designs/1/replay/1/week/2/4").text)
    delivered = desk.look(design).comparison.samples[1].outcomes["value_per_week"][2]
    shown = re.search(r"value delivered per week ([\d.]+) standard hours/week", text).group(1)
    assert float(shown) == pytest.approx(delivered, rel=5e-3)
    assert texts.NOBODY_MOVES in text


def test_frames_are_stepped_through_by_plain_links(small):
    browser, *_ = small
    page = browser.get("/designs/1/replay/1/week/0/2").text
    root = "/designs/1/replay/1/week/0/"
    steps = re.findall(r'<a id="step-(\w+)" href="([^"]+)"', page)
    assert steps == [
        ("first", root + "0"), ("back_month", root + "0"), ("back", root + "1"), ("next", root + "3"),
        ("next_month", root + "4"), ("last", root + "4"), ("other", "/designs/1/replay/1/day/0/10"),
    ]  # fmt: skip
    assert 'href="/designs/1/replay/0/week/0/2"' in page  # the base, at the same week
    day = browser.get("/designs/1/replay/1/day/0/10").text
    assert ">Week 2<" in day
    assert ">Week 3, day 1<" in browser.get("/designs/1/replay/1/day/0/11").text
    last = browser.get(root + "4").text
    assert 'id="step-next"' not in last
    part = browser.get(root + "2/frame").text
    assert part.startswith('<section id="replay"')
    assert part.strip() in page
    assert ' aria-current="page">your design</a>' in page
    assert '<th scope="col">reviewing, h</th>' in page  # the values of the picture
    assert "built-in" not in page


def test_frames_that_are_not_there_are_refused(small):
    browser, *_ = small
    for path in (
        "week/0/5",
        "week/0/-1",
        "week/0/x",
        "week/100/1",
        "year/0/1",
        "week/" + "9" * 30 + "/1",
        "week/٣/1",
    ):
        answer = browser.get(f"/designs/1/replay/1/{path}")
        assert answer.status_code == 404
        assert texts.NO_FRAME in unescape(answer.text)
    assert browser.get("/designs/1/replay/9/week/0/1").status_code == 400


def test_there_is_no_replay_before_there_are_runs():
    designs = Designs(read_lesson(LESSON, "mine"))
    idle = client(designs, Desk(designs))
    answer = idle.get("/designs/1/replay")
    assert (answer.status_code, texts.REPLAY_FEW in answer.text) == (409, True)
    assert idle.get("/designs/1/replay/1/week/0/1").status_code == 409


# ---- the picture


def test_117_people_stand_in_it_and_nothing_lies_outside(large):
    frame = large.frames[3]
    root = ElementTree.fromstring(boxes.draw(frame, large.head["activities"], "replay"))
    _, _, wide, high = map(float, root.get("viewBox").split())
    assert wide <= 362
    tips = [one.get("data-tip") for one in root.iter() if one.get("data-tip")]
    assert sum(tip.startswith("IC #") for tip in tips) == len(frame["ics"]["seat"]) == 96
    assert sum(tip.startswith("Manager #") for tip in tips) == len(frame["teams"]["seat"]) == 21
    for one in root.iter():
        if one.tag.endswith("rect"):
            x, y, width, height = (float(one.get(name)) for name in ("x", "y", "width", "height"))
            assert x >= 0
            assert x + width <= 360.01
            assert y >= 0
            assert y + height <= high


def test_a_column_is_what_the_week_went_into(large):
    frame, activities = large.frames[3], large.head["activities"]
    for row in range(10):
        hours = boxes.grouped_hours(frame["ics"]["hours"][row], activities)
        assert sum(hours.values()) == pytest.approx(sum(frame["ics"]["hours"][row]))
        assert sum(hours.values()) == pytest.approx(40.0, abs=0.8)
    # Every activity belongs to one part.
    assert sorted(name for names in boxes.PARTS.values() for name in names) == sorted(activities)


def test_teams_are_those_of_the_frame(large):
    frame = large.frames[3]
    upper, teams = boxes.grouped(frame)
    assert (len(upper), len(teams)) == (5, 16)
    assert sorted(ic for team in teams for ic in team.ics) == list(range(96))
    for team in teams:
        assert {frame["ics"]["team"][ic] for ic in team.ics} == {frame["teams"]["seat"][team.row]}


def test_ics_without_a_manager_are_shown_too(large):
    frame = dict(large.frames[3])
    frame["ics"] = {**frame["ics"], "team": [-1, *frame["ics"]["team"][1:]]}
    _, teams = boxes.grouped(frame)
    assert teams[-1] == boxes.Team(None, (0,))
    ElementTree.fromstring(boxes.draw(frame, large.head["activities"], "replay"))


def test_who_leaves_is_listed_in_the_week_it_happens(large):
    scenario = load("people", PEOPLE)
    lesson_design = Design("0", (0,), scenario)
    k = next(k for k, frame in enumerate(large.frames) if frame["leavings"])
    shown = replay_view(lesson_design, lesson_design, large, Chosen(0, None, 0, 1), 0, "week", k)
    assert [line for line in shown["people"] if " left: " in line] == [
        texts.left_words(one) for one in large.frames[k]["leavings"]
    ]
    quiet = replay_view(lesson_design, lesson_design, large, Chosen(0, None, 0, 1), 0, "week", 1)
    assert quiet["people"] == [texts.QUIET]


def test_the_base_alone_can_be_replayed(small):
    browser, designs, *_ = small
    answer = browser.get(f"/designs/{designs.base.key}/replay")
    page = browser.get(answer.headers["location"]).text
    assert "the one nearest the mean." in page
    assert texts.PAGE["replay_of"] not in page  # there is no other organisation to choose


def test_who_comes_and_goes_is_said_with_the_reason():
    one = {"id": 12, "role": "IC", "seat": 3, "reason": "laid off", "rule": "ai_substitution", "joined": 7}
    assert texts.left_words(one) == "#12 (IC) left: laid off (ai substitution); had come in week 7."
    assert texts.left_words({**one, "reason": "quit", "rule": None, "joined": None}) == "#12 (IC) left: quit."
    assert texts.came_words({"id": 120, "role": "manager"}) == "#120 (manager) was hired."
