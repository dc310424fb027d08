"""AI in parts: who plays, that neutral values are neutral, that parts add up, and which way they go."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from helpers.worlds import world

from sim.experiments.explain.players import MECHANISMS, by_mechanism
from sim.experiments.explain.study import Explanation, explain
from sim.experiments.explain.words import explain_json, explain_text
from sim.parameters.registry import REGISTRY
from sim.parameters.sections import BY_NAME, SECTIONS
from sim.reference.words import NEUTRAL
from sim.scenario.scenario import Scenario
from sim.simulation.run import run

PARTS = ("ai_verifying", "ai_delegation", "ai_review", "ai_defects", "ai_answers", "ai_preparation")
HAND: Mapping[str, object] = {"ai.share_of_code": 0.0}
SOME: Mapping[str, object] = {"ai.share_of_code": 0.3}
#: Reviewing AI's code as one reviews people's.
ALIKE: Mapping[str, object] = {
    "ai.volume_ratio": 1.0, "review.pickup_ai_ratio": 1.0, "review.discard_agent": REGISTRY["review.discard_human"].value,
}  # fmt: skip


def parts_of(a: Mapping[str, object], b: Mapping[str, object]) -> list[str]:
    """The players that are AI."""
    players, _ = by_mechanism(world(a), world(b))
    return [player.name for player in players if player.name in ("ai", *PARTS)]


class TestPlayers:
    def test_they_are_named_in_plain_words(self):
        assert {player.name: player.words for player in MECHANISMS if player.words.startswith("AI: ")} == {
            "ai": "AI: writing", "ai_verifying": "AI: verifying", "ai_delegation": "AI: delegation", "ai_review": "AI: review",
            "ai_defects": "AI: defects", "ai_answers": "AI: answers", "ai_preparation": "AI: preparation",
        }  # fmt: skip

    def test_all_play_where_one_of_the_scenarios_has_ai(self):
        assert parts_of(HAND, SOME) == parts_of(SOME, HAND) == ["ai", *PARTS]

    def test_none_play_without_ai(self):
        assert parts_of(HAND, HAND) == []
        assert parts_of({"switches.ai": False}, {"switches.ai": False, **SOME}) == []
        assert parts_of(HAND, {"switches.ai": False, **SOME}) == []

    def test_answers_play_without_code_if_everybody_asks_ai(self):
        assert parts_of(HAND, {**HAND, "ai.answers": "always"}) == ["ai", "ai_answers"]

    def test_a_share_that_a_dated_event_sets_counts(self):
        later = world(HAND).with_values({"events": [{"week": 2, "set": {"ai.share_of_code": 0.3}}]})
        names = [player.name for player in by_mechanism(world(HAND), later)[0]]
        assert {"ai", *PARTS} < set(names)

    def test_ai_of_the_base_that_both_are_held_to_counts(self):
        """What AI costs there is part of the budget."""
        hand, some = world(HAND), world(SOME)
        held = hand.with_values({"organisation.hold": "budget"}, hold_base=some)
        assert [p.name for p in by_mechanism(held, held)[0]][:7] == ["ai", *PARTS]

    @pytest.mark.parametrize(
        ("missing", "values"),
        [
            ("ai_verifying", {"ai.assistant_verify_hours": 0.0, "ai.agent_verify_hours": 0.0}),
            ("ai_delegation", {"ai.agent_fraction": 0.0}),
            ("ai_review", ALIKE),
            ("ai_review", {**ALIKE, "ai.volume_ratio": 1.25, "review.reading_ai_ratio": 0.8}),
            ("ai_review", {"switches.review": False}),
            ("ai_defects", {"ai.defect_ratio": 1.0}),
            ("ai_answers", {"switches.ai_answers": False}),
            ("ai_preparation", {"switches.ai_preparation": False}),
            ("ai_preparation", {"ai.prep_saving": 0.0}),
        ],
    )
    def test_what_is_neutral_as_it_is_does_not_play(self, missing, values):
        assert parts_of({**HAND, **values}, {**SOME, **values}) == ["ai", *(p for p in PARTS if p != missing)]

    def test_an_ai_reviewer_that_sees_all_the_same_has_no_part_in_review(self):
        reviewer = {**SOME, **ALIKE, "review.ai_reviewer": True}
        assert "ai_review" in parts_of(HAND, reviewer)
        assert "ai_review" not in parts_of(HAND, {**reviewer, "review.ai_blindness": 0.0})


class TestCoalitions:
    def test_without_writing_there_are_no_parts(self):
        players, scenarios_of = by_mechanism(world(HAND), world(SOME))
        numbers = {player.name: k for k, player in enumerate(players)}
        some = frozenset({numbers["questions"], numbers["review"]})
        none = [s.hash() for s in scenarios_of(some)]
        for name in PARTS:
            assert [s.hash() for s in scenarios_of(some | {numbers[name]})] == none
            both = some | {numbers["ai"], numbers[name]}
            assert scenarios_of(both)[1].hash() != scenarios_of(some | {numbers["ai"]})[1].hash(), name

    def test_a_scenario_without_ai_stays_as_it_is_whatever_part_of_ai_is_out(self):
        a, b = world(HAND), world(SOME)
        players, scenarios_of = by_mechanism(a, b)
        on = frozenset(k for k, player in enumerate(players) if player.name not in ("ai", *PARTS))
        assert scenarios_of(on)[0] is a
        assert scenarios_of(frozenset(range(len(players)))) == (a, b)

    def test_neutral_values_follow_the_scenario(self):
        values = {"ai.volume_ratio": 1.6, "review.discard_human": 0.12, "review.discard_agent": 0.3}
        a, b = world({**HAND, **values}), world({**SOME, **values, "ai.volume_ratio": 1.25})
        players, scenarios_of = by_mechanism(a, b)
        without = frozenset(k for k, player in enumerate(players) if player.name != "ai_review")
        made = scenarios_of(without)[1].values
        assert made["review.reading_ai_ratio"] == 0.8
        assert made["review.discard_agent"] == 0.12
        assert made["ai.volume_ratio"] == 1.25  # the share of code is one of volume

    @pytest.mark.parametrize("section", [s for s in SECTIONS if s.neutral], ids=lambda s: s.name)
    def test_neutral_values_are_legal_and_those_of_the_page_on_limits(self, section):
        values = {path: parameter.value for path, parameter in REGISTRY.items()}
        for path, stated in section.neutral.items():
            value = stated(values) if callable(stated) else stated
            assert REGISTRY[path].check(value) == value
            if not callable(stated):
                assert NEUTRAL[path][0] == value, path


#: A small organisation in which nothing that hand-writing moves is left, but the flow itself.
FLOW: Mapping[str, object] = {"switches.learning": False, "switches.other_duties": False}
SEEN = (
    "value_per_week",
    "changes_per_ic_week",
    "lead_time_hours",
    "review_time_hours",
    "incidents_per_week",
    "discarded_share",
)


def without_parts(values: Mapping[str, object], keep: str = "") -> Scenario:
    """A scenario in which AI only writes, and with one part of it if that is to be kept."""
    a, b = (world({**FLOW, **values, **more}, ics=16, weeks=14, warmup=1) for more in (HAND, {}))
    players, scenarios_of = by_mechanism(a, b)
    return scenarios_of(frozenset(k for k, p in enumerate(players) if p.name not in PARTS or p.name == keep))[
        1
    ]


def outcomes(scenario: Scenario, runs: int = 3) -> dict[str, np.ndarray]:
    found = run(scenario, runs, 1, workers=1).outcomes
    return {name: found[name] for name in SEEN}


class TestNeutral:
    """AI that writes as people do: as fast, and what was asked. With a ratio of 2, and everything by AI, halves are exact."""

    AS_PEOPLE: Mapping[str, object] = {
        "ai.share_of_code": 1.0, "ai.assistant_speed": 1.0, "ai.scope": 0.0, "ai.volume_ratio": 2.0, "ai.defect_ratio": 1.7,
        "ai.agent_fraction": 0.5, "review.discard_agent": 0.4, "review.reject_ai": 0.3, "review.reject_human": 0.05,
    }  # fmt: skip

    def test_ai_without_its_parts_that_writes_as_people_do_is_people(self):
        hand = outcomes(world({**FLOW, **self.AS_PEOPLE, **HAND}, ics=16, weeks=14, warmup=1))
        for name, values in outcomes(without_parts(self.AS_PEOPLE)).items():
            assert values == pytest.approx(hand[name], rel=1e-9), name

    def test_and_each_part_makes_a_difference(self):
        alone = outcomes(without_parts(self.AS_PEOPLE))
        for part in PARTS:
            found = outcomes(without_parts(self.AS_PEOPLE, part))
            assert any(not np.array_equal(found[name], alone[name], equal_nan=True) for name in SEEN), part

    def test_review_is_neutral_at_any_share(self):
        """The reading of a change is that of its size, whatever AI's part of it and however long it writes."""
        values = {**self.AS_PEOPLE, "ai.share_of_code": 0.4, "ai.volume_ratio": 1.3}
        hand = outcomes(world({**FLOW, **values, **HAND}, ics=16, weeks=14, warmup=1))
        found = outcomes(without_parts(values))
        assert found["review_time_hours"] == pytest.approx(hand["review_time_hours"], rel=1e-6)
        assert found["value_per_week"] == pytest.approx(hand["value_per_week"], rel=1e-6)


# ---- the simulator's

#: Six players, so that every subset is simulated: writing, verifying, preparation, defects of AI's code; review, defects.
FEW: Mapping[str, object] = {
    **{path: False for path, q in REGISTRY.items() if path.startswith("switches.") and q.value is True},
    **dict.fromkeys(("switches.flow", "switches.ai", "switches.ai_preparation", "switches.review", "switches.defects"), True),
    **ALIKE, "ai.agent_fraction": 0.0, "ai.defect_ratio": 1.7, "ai.prep_saving": 0.3,
}  # fmt: skip


@pytest.fixture(scope="module")
def few() -> Explanation:
    a, b = (world({**FEW, **more}, ics=12, weeks=26, warmup=2) for more in (HAND, {"ai.share_of_code": 0.6}))
    return explain(a, b, "value_per_week", runs=16, workers=2)


@pytest.mark.slow
class TestSplit:
    def test_parts_add_up(self, few):
        total = few.rest.mean.mean + sum(part.mean.mean for part in few.parts)
        assert math.isclose(total, few.whole.difference, rel_tol=1e-9)
        assert few.method == "exact"
        names = {"ai", "ai_verifying", "ai_defects", "ai_preparation", "review", "defects"}
        assert {part.player.name for part in few.parts} | {player.name for player in few.no_part} == names

    @pytest.mark.parametrize(
        ("name", "sign"), [("ai", 1), ("ai_verifying", -1), ("ai_preparation", 1), ("ai_defects", -1)]
    )
    def test_parts_go_the_way_they_must(self, few, name, sign):
        """What is beyond noise, as a part and as the last to come in."""
        part = next(part for part in few.parts if part.player.name == name)
        for estimate in (part.mean, part.last):
            low, high = estimate.interval
            assert (low if sign > 0 else -high) > 0, (name, estimate)

    def test_without_ai_in_one_of_them_nothing_is_left_without_ai(self, few):
        assert few.rest.mean.mean == 0.0
        assert all(part.first.mean == 0.0 for part in few.parts if part.player.name != "ai")

    def test_words_and_keys(self, few):
        text = explain_text(few)
        assert "\nAI: verifying  " in text
        assert "\nAI: preparation  " in text
        stated = {part["name"]: part["settings"] for part in explain_json(few)["parts"]}
        assert stated["ai_verifying"] == ["ai.assistant_verify_hours", "ai.agent_verify_hours"]
        assert stated["ai_preparation"] == ["switches.ai_preparation"]

    def test_all_parts_add_up_where_orders_are_sampled(self):
        a, b = (world(more, ics=12, weeks=4) for more in (HAND, SOME))
        found = explain(a, b, "changes_per_ic_week", runs=3, workers=2)
        assert found.method == "sampled"
        total = found.rest.mean.mean + sum(part.mean.mean for part in found.parts)
        assert math.isclose(total, found.whole.difference, rel_tol=1e-9)


def test_every_part_of_ai_is_within_it():
    assert {s.name for s in SECTIONS if s.part.startswith("ai_") and s.within == "ai"} == set(PARTS)
    assert all(BY_NAME[name].part == name for name in PARTS)
