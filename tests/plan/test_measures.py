"""Measures of a plan: what is read, what is refused, in the words of the options."""

import pytest

from sim.commands.plan import YEAR
from sim.errors import UserError
from sim.experiments.plan.measures import (
    FIRST_YEAR,
    Asked,
    check,
    check_named,
    events_of,
    share,
    short_horizon,
)
from sim.experiments.plan.study import prepared
from sim.scenario.scenario import load


@pytest.mark.parametrize(
    ("text", "value"), [("8%", 0.08), ("8 %", 0.08), ("0.08", 0.08), (".4", 0.4), ("100%", 1.0), ("1", 1.0)]
)
def test_shares_are_percentages_or_fractions(text, value):
    assert share(text, "--lay-off") == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [("8", "write 8% or 0.08"), ("x", "is no share"), ("", "is no share"), ("%", "is no share"), ("0%", "outside 0 to 100"),
     ("0,08", "write 0.08 instead of 0,08"), ("101%", "outside 0 to 100"), ("-3%", "is no share"), ("8%%", "is no share")],
)  # fmt: skip
def test_other_shares_are_refused(text, says):
    with pytest.raises(UserError, match=f"--lay-off.*{says}"):
        share(text, "--lay-off")


def test_no_ai_at_all_is_a_share_too():
    assert share("0", "--ai-share", none=True) == 0.0


def test_a_plan_without_a_measure_names_those_that_exist():
    with pytest.raises(
        UserError, match=r"--remove-layer L, --lay-off 8%, --ai-share .4, --freeze or --grow 20"
    ):
        check_named(Asked(26))
    with pytest.raises(UserError, match="--grow 3: cannot stand beside --freeze"):
        check_named(Asked(26, freeze=True, grow=3))


@pytest.mark.parametrize(
    ("asked", "sets", "says"),
    [(Asked(52, lay_off=0.1), [], "--week 52: nothing is simulated after it.*--weeks 104"),
     (Asked(26, freeze=True), ["switches.hiring=false"], "--freeze: nobody is hired in people anyway"),
     (Asked(26, freeze=True), ["hiring.policy=freeze"], "--freeze: hiring is frozen"),
     (Asked(26, ai_share=0.5), ["ai.share_of_code=0.5"], "--ai-share 0.5: is what people has already")],
)  # fmt: skip
def test_what_would_change_nothing_is_refused(asked, sets, says):
    with pytest.raises(UserError, match=says):
        check(asked, load("people", ["time.weeks=52", *sets]))


@pytest.mark.parametrize(
    ("asked", "sets", "says"),
    [(Asked(26, "9"), [], "^--remove-layer 9: there is no layer 9; .*use 1 or 2"),
     (Asked(26, "3"), [], "^--remove-layer 3: layer 3 is the top"),
     (Asked(26, "0"), [], "^--remove-layer 0: removes nothing"),
     (Asked(26, "boss"), [], "^--remove-layer boss: 'boss' is no layer"),
     (Asked(26, lay_off=0.001), [], "^--lay-off 0.1%: is nobody of 96 ICs and 20 managers below the top"),
     (Asked(26, ai_share=0.6), ["switches.ai=false"], "^--ai-share 0.6: .*AI is off in this scenario"),
     (Asked(26, grow=5), ["organisation.ics=9999999"], ".")],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_the_words_of_the_option(asked, sets, says):
    with pytest.raises(UserError, match=says):
        prepared(load("people", sets), asked)


def test_measures_are_combined_in_one_week_the_layer_first():
    events = events_of(Asked(26, "top-1", 0.08, 0.4, freeze=True), load("people"))
    assert [next(key for key in event if key != "week") for event in events] == [
        "lay_off",
        "lay_off",
        "lay_off",
        "set",
    ]
    assert events[0]["lay_off"] == {"role": "manager", "layer": "top-1", "share": 1.0}
    assert events[-1]["set"] == {"ai.share_of_code": 0.4, "hiring.policy": "freeze"}
    assert {event["week"] for event in events} == {26}


def test_a_freeze_of_some_weeks_ends_as_it_was():
    people = load("people", ["hiring.policy=attrition_only"])
    events = events_of(Asked(26, freeze=True, freeze_weeks=13), people)
    assert events == [
        {"week": 26, "set": {"hiring.policy": "freeze"}},
        {"week": 39, "set": {"hiring.policy": "attrition_only"}},
    ]
    later = people.with_values({"events": [{"week": 30, "set": {"hiring.policy": "backfill"}}]})
    assert events_of(Asked(26, freeze=True, freeze_weeks=13), later)[-1]["set"] == {
        "hiring.policy": "backfill"
    }
    assert Asked(26, freeze=True, freeze_weeks=13).in_words() == "freeze hiring for 13 weeks"


def test_a_freeze_that_ends_after_the_horizon_is_refused():
    with pytest.raises(UserError, match=r"--freeze 30: ends in week 56, but only 52 weeks .*--weeks 82"):
        check(Asked(26, freeze=True, freeze_weeks=30), load("people", ["time.weeks=52"]))


def test_the_default_horizon_is_a_year_after_the_measure():
    assert YEAR == FIRST_YEAR


def test_few_weeks_after_the_measure_are_warned_of():
    assert short_horizon(Asked(26), 52) == ""
    assert "only 25 weeks of 52 are simulated after the measure" in short_horizon(Asked(27), 52)
    assert "use --weeks 79" in short_horizon(Asked(27), 52)


def test_own_events_of_the_scenario_stay():
    world = load("people").with_values({"events": [{"week": 3, "move": {"share": 0.2}}]})
    variant = prepared(world, Asked(26, lay_off=0.1))
    assert variant.events[:1] == world.events
    assert len(variant.events) == 3
