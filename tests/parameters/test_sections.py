"""The one table of sections: complete, consistent, and what follows from it."""

from collections import Counter

import pytest
from helpers import ROOT

from sim.parameters import people
from sim.parameters.changing import AT_ONCE, FIXED, NEXT_WEEK, WEEK_END, takes_effect, touches_flow
from sim.parameters.registry import GROUPS, REGISTRY
from sim.parameters.sections import (
    BY_NAME,
    PEOPLE_SWITCHES,
    SECTIONS,
    explained,
    is_on,
    off_value,
    section_of,
    title_of,
)
from sim.scenario.scenario import load

#: Parameters of AI that belong to none of its parts in `orgsim explain`: how much it writes, how fast, what it adds and costs,
#: and what acts on several parts.
LEFT_OF_AI = (
    "ai.share_of_code", "ai.use_sd", "ai.use_scale", "ai.assistant_speed", "ai.scope", "ai.scope_worth", "ai.seat_usd",
    "ai.usd_per_standard_hour", "ai.fluency_mean", "ai.fluency_sd", "ai.fluency_growth", "ai.fluency_effect",
)  # fmt: skip


class TestTable:
    def test_every_parameter_has_a_section_and_its_group_a_title(self):
        for path in REGISTRY:
            assert section_of(path).name in BY_NAME, path
            assert title_of(path) in GROUPS, path

    def test_what_has_no_section_is_named_with_the_place_to_add_it(self):
        for path in ("breaks.hours", "switches.breaks"):
            with pytest.raises(
                LookupError, match=rf"{path}: no section has it; add an entry to sim/parameters/sections\.py"
            ):
                section_of(path)

    def test_a_part_takes_its_own_parameters_and_the_section_keeps_the_others(self):
        assert section_of("review.hours_per_week").name == "review_budget"
        assert section_of("review.haste_hours").name == "review"
        assert section_of("ai.strategy").name == "ai_strategy"
        assert title_of("review.hours_per_week") == "Review"

    def test_names_and_beginnings_are_each_declared_once(self):
        assert max(Counter(s.name for s in SECTIONS).values()) == 1
        assert max(Counter(start for s in SECTIONS for start in s.paths).values()) == 1
        assert max(Counter(s.switch for s in SECTIONS if s.switch).values()) == 1

    def test_nothing_in_it_is_stale(self):
        known = {*REGISTRY, "events"}
        for section in SECTIONS:
            assert not section.switch or section.switch in known, section.name
            assert not section.within or section.within in BY_NAME, section.name
            assert not section.part or BY_NAME[section.part].part == section.part, section.name
            for start in section.paths:
                assert any(path.startswith(start) for path in REGISTRY), (
                    f"{section.name}: nothing begins with {start}"
                )
            for start in section.fixed:
                mine = [path for path in REGISTRY if path.startswith(start) and section_of(path) is section]
                assert mine, f"{section.name}: {start} is fixed and not its own"
            for switch in section.acts:
                assert switch in known or switch.startswith("events."), f"{section.name}: {switch}"

    def test_every_switch_says_what_remains_and_is_a_part_of_explain(self):
        for section in SECTIONS:
            if section.switch.startswith("switches."):
                assert section.remains, f"{section.name}: what remains without it"
                assert section.part or section.name == "flow", (
                    f"{section.name}: which part of `orgsim explain` it is"
                )
        for part in explained():
            assert part.words, f"{part.name}: has no words for `orgsim explain`"
            assert part.off, f"{part.name}: neither a switch nor neutral values take it out"
            assert BY_NAME[part.name].switch in ("", *part.off)

    def test_what_is_within_another_stands_below_it(self):
        """`orgsim explain` goes through the table once."""
        seen = set()
        for section in SECTIONS:
            assert not section.part or section.within in ("", *seen), section.name
            seen.add(section.name)

    def test_every_parameter_of_ai_is_of_one_part_of_explain_or_of_what_is_left(self):
        left = {
            path
            for path in REGISTRY
            if path.startswith("ai.") and section_of(path).part in ("", "ai") and path not in LEFT_OF_AI
        }
        assert not left, (
            f"{', '.join(sorted(left))}: a part of AI in `orgsim explain`, or writing? Give its path to a section with a part in "
            "sim/parameters/sections.py, or add it to LEFT_OF_AI here"
        )
        stale = [path for path in LEFT_OF_AI if section_of(path).part not in ("", "ai")]
        assert not stale, f"{', '.join(stale)}: has a part of its own"


class TestWhatFollows:
    def test_when_a_change_shows(self):
        assert takes_effect("review.detection") == takes_effect("switches.alignment") == AT_ONCE
        assert takes_effect("managers.people_cap") == takes_effect("alignment.noise") == NEXT_WEEK
        assert takes_effect("quits.base") == takes_effect("ai.strategy") == WEEK_END
        assert FIXED["money.load"] == "prices hold for the whole horizon"
        assert FIXED["people.age_sd"] == "traits are drawn at the start"
        assert "people.retirement_age" not in FIXED
        assert touches_flow(["ai.share_of_code"])
        assert not touches_flow(["quits.base", "switches.hiring"])

    def test_people_come_and_go_by_their_switches_or_a_strategy(self):
        assert set(PEOPLE_SWITCHES) == {q.path for q in people.SWITCHES} | {"ai.strategy"}

    def test_the_limits_start_with_every_section_off(self):
        """`bare.yaml` is what all limits extend: a new mechanism is off there, or limits are none."""
        bare = load(ROOT / "sim" / "validation" / "scenarios" / "bare.yaml")
        kept = [
            s.switch
            for s in SECTIONS
            if s.switch in REGISTRY and s.name != "flow" and is_on(bare.values[s.switch])
        ]
        assert not kept, f"sim/validation/scenarios/bare.yaml leaves on: {', '.join(kept)}"

    def test_off_values_are_legal_and_off(self):
        for section in SECTIONS:
            if section.switch:
                off = off_value(section.switch)
                assert not is_on(off)
                assert section.switch == "events" or REGISTRY[section.switch].check(off) == off
