"""Knowledge by layer, stated as one list: what it is read as, what it replaces, and what is refused."""

import json
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments.sweep.file import load_sweep
from sim.scenario.by_layer import BY_LAYER, LIST_OF, values_of
from sim.scenario.scenario import Scenario, from_yaml, load
from sim.scenario.schema import schema

LIST = "questions.manager_knowledge"
PATHS = BY_LAYER[LIST]
ENTRIES = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=len(PATHS))


def known(scenario: Scenario) -> list[float]:
    """What is stated for layers 1 to 6."""
    return [scenario.values[path] for path in PATHS]


def scenario_of(questions: str, *, sets: tuple[str, ...] = ()) -> Scenario:
    return from_yaml(f"question: Q?\nextends: base\nquestions: {{{questions}}}\n", "f.yaml", sets)


def error(questions: str, *, sets: tuple[str, ...] = ()) -> str:
    with pytest.raises(UserError) as caught:
        scenario_of(questions, sets=sets)
    return str(caught.value)


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


# ---- what it is read as


def test_the_declared_values_as_a_list_are_the_base():
    made = scenario_of("manager_knowledge: [0.92, 0.97, 1.0]")
    assert known(made) == [0.92, 0.97, 1.0, inf, inf, inf]
    assert made.hash() == load("base").hash()
    assert made.warnings == ()


@given(ENTRIES)
def test_a_list_is_its_parameters(entries):
    """In a file, as an option and from Python: the same values, hence the same hash."""
    singles = load("base").with_values(values_of(LIST, tuple(entries)))
    text = "[" + ", ".join(f"{z!r}" for z in entries) + "]"
    for made in (
        scenario_of(f"manager_knowledge: {text}"),
        from_yaml(f"extends: base\nparameters: {{{LIST}: {text}}}"),
        load("base", [f"{LIST}={text}"]),
        load("base").with_values({LIST: entries}),
    ):
        assert made.values == singles.values
        assert made.hash() == singles.hash()
        assert set(made.overrides) >= set(PATHS)


def test_every_layer_that_can_differ_is_in_one_list():
    assert len(LIST_OF) == sum(len(paths) for paths in BY_LAYER.values())
    assert all(LIST_OF[path] == LIST for path in PATHS)


def test_a_source_is_that_of_every_layer():
    made = from_yaml(f"extends: base\nparameters: {{{LIST}: {{value: [0.9, 0.95], source: our survey}}}}")
    assert known(made) == [0.9, 0.95, inf, inf, inf, inf]
    assert {made.overrides[path] for path in PATHS} == {"our survey"}


def test_the_place_of_a_layer_is_that_of_the_list():
    assert scenario_of("manager_knowledge: [0.9]").place(PATHS[3]) == "f.yaml:3:32: "


def test_it_is_written_as_json_can():
    assert json.loads(json.dumps(scenario_of("manager_knowledge: [0.9]").to_dict(), allow_nan=False))
    assert scenario_of("manager_knowledge: [0.9]").to_dict()["parameters"][PATHS[1]] == ".inf"


def test_no_warning_about_layers_that_are_as_the_one_below():
    assert scenario_of("manager_knowledge: [0.9]").warnings == ()
    assert len(scenario_of("manager_knowledge: [0.5]").warnings) == 1


# ---- what it replaces


class TestInheritance:
    def test_a_list_replaces_all_that_is_inherited(self, tmp_path):
        singles = "".join(f"  manager_knowledge_{layer}: 0.{layer}\n" for layer in range(1, 7))
        write(tmp_path, "a.yaml", f"question: Q?\nextends: base\nquestions:\n{singles}")
        child = write(tmp_path, "b.yaml", "extends: a.yaml\nquestions: {manager_knowledge: [0.9, 0.95]}")
        assert known(load(tmp_path / "a.yaml")) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
        assert known(load(child)) == [0.9, 0.95, inf, inf, inf, inf]

    def test_a_single_parameter_replaces_its_layer(self, tmp_path):
        write(tmp_path, "a.yaml", "question: Q?\nextends: base\nquestions: {manager_knowledge: [0.9, 0.95]}")
        child = write(tmp_path, "b.yaml", "extends: a.yaml\nquestions: {manager_knowledge_2: 0.97}")
        assert known(load(child)) == [0.9, 0.97, inf, inf, inf, inf]

    def test_options_and_values_come_last(self):
        made = scenario_of("manager_knowledge: [0.9, 0.95]", sets=(f"{PATHS[2]}=0.99",))
        assert known(made) == [0.9, 0.95, 0.99, inf, inf, inf]
        assert known(made.with_values({LIST: [0.88]})) == [0.88, inf, inf, inf, inf, inf]
        assert known(made.with_sets([f"{LIST}=[0.88, 0.94]"])) == [0.88, 0.94, inf, inf, inf, inf]

    def test_it_applies_to_what_is_held_equal(self):
        made = load("flat", [f"{LIST}=[0.9, 0.95]"])
        assert made.hold_base is not None
        assert known(made.hold_base) == known(made)


# ---- what is refused


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ("manager_knowledge: 0.9", "f.yaml:3:32: questions.manager_knowledge: expected a list of values by layer, bottom up, such as [0.92, 0.97, 1.0]; the last one holds for all layers above it; got 0.9"),
        ("manager_knowledge: null", "f.yaml:3:32: questions.manager_knowledge: expected a list"),
        ("manager_knowledge: {1: 0.9}", "f.yaml:3:32: questions.manager_knowledge: expected a list"),
        ("manager_knowledge: []", "f.yaml:3:32: questions.manager_knowledge: the list is empty; give a value for layer 1"),
        ("manager_knowledge: [1, 1, 1, 1, 1, 1, 1]", "f.yaml:3:32: questions.manager_knowledge: 7 entries, and 6 layers can differ; give 1 to 6"),
        ("manager_knowledge: [0.9, 1.2]", "f.yaml:3:38: questions.manager_knowledge[1]: 1.2 is outside from 0 to 1 probability"),
        ("manager_knowledge: [0.9, .inf]", "f.yaml:3:38: questions.manager_knowledge[1]: inf is outside from 0 to 1 probability"),
        ("manager_knowledge: [[0.9]]", "f.yaml:3:33: questions.manager_knowledge[0]: expected a number (probability), got [0.9]"),
        ("manager_knowledge: [high]", "f.yaml:3:33: questions.manager_knowledge[0]: expected a number (probability), got 'high'"),
        ("manager_knowledge: [true]", "f.yaml:3:33: questions.manager_knowledge[0]: expected a number (probability), got True"),
        ("manager_knowledge: [0.9], manager_knowledge_2: 0.95", "f.yaml:3:39: questions.manager_knowledge_2: given twice, first as questions.manager_knowledge at f.yaml:3:32; state the list, or single layers"),
        ("manager_knowledge_2: 0.95, manager_knowledge: [0.9]", "f.yaml:3:40: questions.manager_knowledge: given twice, first as questions.manager_knowledge_2 at f.yaml:3:34; state the list, or single layers"),
        ("manager_knowlege: [0.9]", "did you mean 'manager_knowledge'?"),
        ("manager_knowledge_1: .inf", "outside from 0 to 1 probability"),
    ],
)  # fmt: skip
def test_errors_in_a_file(questions, message):
    assert message in error(questions)


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ((f"{LIST}=0.9",), f"--set {LIST}=0.9: {LIST}: expected a list"),
        ((f"{LIST}=[2]",), f"--set {LIST}=[2]: {LIST}[0]: 2 is outside from 0 to 1 probability"),
        ((f"{LIST}=[0.9]", f"{LIST}=[0.8]"), "is set twice"),
        ((f"{LIST}=[0.9]", f"{PATHS[1]}=0.8"), f"--set {PATHS[1]}=0.8: {PATHS[1]}: is stated in the list {LIST}, too; state the list, or single layers"),
        ((f"{PATHS[1]}=[0.9]",), f"{PATHS[1]}: expected one value (probability), got [0.9]"),
    ],
)  # fmt: skip
def test_errors_of_options(sets, message):
    assert message in error("per_standard_hour: 0.3", sets=sets)


def test_values_from_python_cannot_state_both():
    with pytest.raises(UserError, match=r"^questions\.manager_knowledge_1: is stated in the list"):
        load("base").with_values({LIST: [0.9], PATHS[0]: 0.9})


# ---- dated events, sweeps, schema


def dated(settings: str) -> Scenario:
    return from_yaml(f"question: Q?\nextends: base\nevents: [{{week: 5, set: {{{settings}}}}}]\n", "f.yaml")


def test_a_dated_event_may_set_the_list():
    made = dated(f"{LIST}: [0.9, 0.95]")
    assert dict(made.events[0].settings) == values_of(LIST, (0.9, 0.95))
    single = ", ".join(f"{path}: {z}" for path, z in zip(PATHS, (0.9, 0.95, *[".inf"] * 4), strict=True))
    assert made.hash() == dated(single).hash()
    assert made.to_dict()["events"][0]["set"][PATHS[5]] == ".inf"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (f"{LIST}: 0.9", "f.yaml:3:25: events[0].set.questions.manager_knowledge: expected a list"),
        (f"{LIST}: [0.9, 7]", "events[0].set.questions.manager_knowledge[1]: 7 is outside from 0 to 1 probability"),
        (f"{LIST}: [0.9], {PATHS[0]}: 0.8", f"{PATHS[0]}: is stated in the list {LIST}, too"),
    ],
)  # fmt: skip
def test_errors_in_a_dated_event(settings, message):
    with pytest.raises(UserError) as caught:
        dated(settings)
    assert message in str(caught.value)


def sweep_of(folder: Path, axis: str):
    return load_sweep(
        write(folder, "s.yaml", f"question: Q?\nbase: base\nruns: 2\nvary:\n  {LIST}: {axis}\n")
    )


def test_a_sweep_over_lists(tmp_path):
    sweep = sweep_of(tmp_path, "[[0.9], [0.92, 0.97, 1.0]]")
    assert [known(sweep.scenario(point))[:2] for point in sweep.points] == [[0.9, inf], [0.92, 0.97]]


@pytest.mark.parametrize("axis", ["[0.9, 0.95]", "{from: 0.8, to: 0.9, steps: 3}"])
def test_a_sweep_over_what_is_no_list(tmp_path, axis):
    with pytest.raises(UserError, match=r"vary\.questions\.manager_knowledge: expected a list"):
        sweep_of(tmp_path, axis)


def test_the_schema_knows_the_list():
    made = schema()
    assert made["$defs"][LIST]["maxItems"] == len(PATHS)
    assert made["$defs"][LIST]["items"] == {"type": "number", "minimum": 0.0, "maximum": 1.0}
    assert "manager_knowledge" in made["$defs"]["scenario"]["properties"]["questions"]["properties"]
