"""Questions that climb the tree."""

from collections.abc import Mapping
from math import inf
from typing import ClassVar

import pytest
from helpers.claims import DOWN, EITHER, MANY, OFF_ON, THREE, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import play, world
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.record import record
from sim.experiments.ledger.plans import knowledge_of_managers
from sim.parameters.registry import defaults
from sim.scenario.by_layer import values_of
from sim.simulation.run import run

#: Below the top managers know a fifth, and what the top does not know is given up.
IGNORANT: Mapping = {
    "questions.top_solves_all": False, "questions.ic_knowledge": 0.1, "questions.manager_knowledge_1": 0.2,
    "questions.manager_knowledge_2": inf, "questions.manager_knowledge_3": inf,
}  # fmt: skip


def deep(layers: int) -> Mapping:
    """Return the shape of a tree of that many layers, in which every manager has two reports."""
    return {"ics": 2**layers, "layers": None, "spans": (2,) * layers, "weeks": 8}


CLAIMS: Mapping[str, Claim] = {
    "questions.per_standard_hour": Claim("time_answering_manager", UP),
    "questions.ic_knowledge": Claim("time_answering_manager", DOWN),
    "questions.ic_knowledge_sd": Claim("time_answering_manager", DOWN),  # max(z, z_ai) is convex in z
    "questions.manager_knowledge_1": Claim("manager_utilisation_layer_2", DOWN),
    "questions.manager_knowledge_2": Claim("manager_utilisation_layer_3", DOWN, {}, THREE),
    "questions.manager_knowledge_3": Claim(
        "abandoned_changes", DOWN, {"questions.top_solves_all": False}, THREE
    ),
    "questions.help_hours": Claim("decision_latency_hours", UP),
    "questions.triage_hours": Claim("time_answering_manager", UP),
    "questions.triage_skill": Claim("time_answering_manager", DOWN),
    "questions.patience_hours": Claim("guessed_share", DOWN),
    "questions.wrong_guess": Claim("rework_share", UP),
    "questions.guess_rework": Claim("rework_share", UP),
    "questions.super_ic_probability": Claim("time_answering_ic", UP),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "switches.questions": choice(OFF_ON, "changes_per_ic_week", DOWN),
    "questions.one_per_change": choice(OFF_ON, "time_answering_manager", EITHER),
    "questions.blocking": choice(OFF_ON, "lead_time_hours", UP),
    "questions.top_solves_all": choice(OFF_ON, "abandoned_changes", DOWN),
    "questions.manager_knowledge_4": choice((0.2, 1.0), "abandoned_changes", DOWN, IGNORANT, deep(4)),
    "questions.manager_knowledge_5": choice((0.2, 1.0), "abandoned_changes", DOWN, IGNORANT, deep(5)),
    "questions.manager_knowledge_6": choice((0.2, 1.0), "abandoned_changes", DOWN, IGNORANT, deep(6)),
    "questions.super_ic_skill": choice(
        (1.0, 3.0), "time_answering_ic", DOWN, {"questions.super_ic_probability": 0.5}, MANY
    ),
}
ALL = {**CLAIMS, **CHOICES}


class TestQuestions(MechanismContract):
    parameters = ("questions.",)
    silences: ClassVar = {"switches.questions": ("questions.", "ai.answer_")}
    moves: ClassVar = {
        "questions.per_standard_hour": ("time_answering_manager", +1, {}),
        "questions.ic_knowledge": ("time_answering_manager", -1, {}),
        "questions.help_hours": ("decision_latency_hours", +1, {}),
        "questions.patience_hours": ("guessed_share", -1, {}),
        "ai.answer_knowledge": ("time_answering_manager", -1, {}),
    }


class TestQuestionsThatDoNotBlock(MechanismContract):
    parameters = ("questions.",)
    values: ClassVar = {"questions.blocking": False, "questions.top_solves_all": False}
    shape: ClassVar = {"ics": 16, "layers": 3, "weeks": 12, "warmup": 1}
    silences: ClassVar = {"switches.questions": ("questions.", "ai.answer_")}
    moves: ClassVar = {
        "questions.help_hours": ("decision_latency_hours", +1, {}),
        "questions.manager_knowledge_3": ("abandoned_changes", -1, {}),
    }


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])


# --- Knowledge by layer --------------------------------------------------------------------------------------------------

KNOWLEDGE = "questions.manager_knowledge"
FIVE: Mapping = {"ics": 32, "layers": None, "spans": (2,) * 5, "weeks": 20, "warmup": 1}
#: Every change has one question, which climbs until somebody knows: only messages take time, an hour each.
CLIMBING: Mapping = {
    "questions.one_per_change": True, "questions.ic_knowledge": 0.0, "questions.ic_knowledge_sd": 0.0,
    "questions.help_hours": 1e-5, "questions.triage_hours": 0.0, "questions.super_ic_probability": 0.0,
    "questions.patience_hours": inf, "communication.delay_hours": 1.0, "meetings.manager_share": 0.0,
    **{f"switches.{name}": False for name in ("ai", "dependencies", "review", "defects", "alignment", "people_time", "hands_on")},
}  # fmt: skip


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6))
def test_a_layer_beyond_the_list_knows_what_the_last_one_knows(entries):
    values = {**defaults(), **values_of(KNOWLEDGE, tuple(entries))}
    known = knowledge_of_managers(record(values), 9)[1:]
    assert known == entries + [entries[-1]] * (9 - len(entries))


def test_a_layer_without_a_figure_of_its_own_knows_what_the_one_below_knows():
    gap = {f"{KNOWLEDGE}_1": 0.3, f"{KNOWLEDGE}_2": inf, f"{KNOWLEDGE}_3": 0.6, f"{KNOWLEDGE}_5": 0.5}
    assert knowledge_of_managers(record({**defaults(), **gap}), 7)[1:] == [0.3, 0.3, 0.6, 0.6, 0.5, 0.5, 0.5]


def test_the_declared_values_are_those_of_three_layers():
    assert knowledge_of_managers(record(defaults()), 8)[1:] == [0.92, 0.97] + [1.0] * 6


@pytest.mark.parametrize(
    ("knowledge", "layers"),
    [
        ([0.2, 0.4, 0.6, 0.8, 1.0], 1 + 0.8 + 0.6 + 0.4 + 0.2),
        ([0.2], 1 + 4 * 0.8),
        ([0.2, 0.2, 0.2, 0.9], 1 + 3 * 0.8 + 0.1),
        ([0.6, 0.5, 0.4, 0.3, 0.2], 1 + 4 * 0.4),  # whoever knows less than the layer below is of no use
    ],
)
def test_a_question_passes_the_layers_that_do_not_know(knowledge, layers):
    """Layer l is reached with probability 1 - the most that is known below; one message a layer, and one back."""
    hours = run(world({**CLIMBING, KNOWLEDGE: knowledge}, **FIVE), 8, 1, workers=1).outcomes[
        "decision_latency_hours"
    ]
    assert abs(hours.mean() - (layers + 1)) < 4.0 * hours.std(ddof=1) / len(hours) ** 0.5 + 1e-3


def test_knowledge_that_falls_by_layer_is_as_if_all_knew_what_the_first_line_knows():
    falling = play(world({**CLIMBING, KNOWLEDGE: [0.6, 0.5, 0.4, 0.3, 0.2]}, **FIVE))
    level = play(world({**CLIMBING, KNOWLEDGE: [0.6]}, **FIVE))
    assert falling.weeks.tobytes() == level.weeks.tobytes()


@pytest.mark.parametrize("layer", range(2, 6))
def test_more_knowledge_from_a_layer_on_leaves_fewer_questions_unsolved(layer):
    low, high = [0.2], [*[0.2] * (layer - 1), 0.9]
    unsolved = {**CLIMBING, "questions.top_solves_all": False}
    before, after = (
        run(world({**unsolved, KNOWLEDGE: z}, **FIVE), 6, 1, workers=1).outcomes["abandoned_changes"]
        for z in (low, high)
    )
    assert (after < before).all()
