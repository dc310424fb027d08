"""Lessons are read strictly; a design has the payroll of the base, and says what is built."""

import pytest

from sim.errors import UserError
from sim.scenario.scenario import load
from sim.scenario.tree import tree_of
from sim.workshop import texts
from sim.workshop.design import Built, Designs
from sim.workshop.lesson import lessons, load_lesson, read_lesson

LESSON = """
title: A title
question: Which?
intro: Some words.
base: base
set: {organisation.ics: 8, organisation.management_layers: 1, time.weeks: 4, time.warmup_weeks: 0}
hold: payroll
headline: value_per_payroll_usd
figures: [value_per_week, lead_time_hours, guessed_share, change_failure_rate]
levers:
  ai:
    title: AI
    help: How much.
    steps:
      today: {label: today, set: {}}
      none: {label: none, set: {ai.share_of_code: 0}}
"""


@pytest.fixture(scope="module")
def designs():
    return Designs(load_lesson("flat-or-layered"))


# ---- lessons


def test_every_bundled_lesson_can_be_built():
    assert lessons() == ("flat-or-layered",)
    for name in lessons():
        lesson = load_lesson(name)
        made = Designs(lesson)
        assert made.base.steps == tuple(lever.base for lever in lesson.levers)


def test_the_bundled_one_is_the_size_that_lessons_have(designs):
    assert designs.base.built.ics == 36
    assert designs.base.scenario.weeks == 52
    keys = [lever.key for lever in designs.lesson.levers]
    assert keys == ["shape", "ai", "agents", "review", "reviewer", "hands-on", "people", "policy"]


def test_an_unknown_lesson_names_those_there_are():
    with pytest.raises(UserError, match=r"'flat-or-layred' is no lesson, did you mean 'flat-or-layered'\?"):
        load_lesson("flat-or-layred")
    with pytest.raises(UserError, match="is no lesson"):
        load_lesson("../lessons/flat-or-layered")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("intro: Some words.\n", "", "intro is missing"),
        ("hold: payroll\n", "hold: payroll\ntimer: 3\n", "'timer' is no key of the lesson"),
        ("base: base", "base: bse", "'bse' is no bundled scenario, did you mean 'base'?"),
        ("guessed_share, change", "change", "expected a list of 4 outcomes"),
        ("headline: value_per_payroll_usd", "headline: payroll_per_year", "cannot decide"),
        ("set: {ai.share_of_code: 0}", "set: {}", "exactly one step sets nothing, the one of the base; here 2 do"),
        ("label: none, ", "", "label is missing"),
        ("      none:", "      No Ne:", "'No Ne' is no name"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_lesson_is_said_with_its_place(before, after, said):
    assert before in LESSON
    with pytest.raises(UserError, match=r"mine\.yaml:") as error:
        read_lesson(LESSON.replace(before, after), "mine")
    assert said in str(error.value)


def test_two_levers_do_not_set_the_same_path():
    more = "  again: {title: A, help: B, steps: {a: {label: a, set: {}}, b: {label: b, set: {ai.share_of_code: 1}}}}\n"
    with pytest.raises(UserError, match=r"ai\.share_of_code is set by 'ai', too"):
        read_lesson(LESSON + more, "mine")


def test_a_step_that_cannot_be_is_refused_before_anybody_plays():
    with pytest.raises(UserError, match=r"ai\.share_of_code"):
        Designs(read_lesson(LESSON.replace("ai.share_of_code: 0", "ai.share_of_code: 7"), "mine"))


# ---- designs


def test_every_structure_has_the_payroll_of_the_base_to_within_one_salary(designs):
    salary = float(designs.base.tree.pay.min())
    structures = designs.lesson.levers[0]
    assert structures.structural
    built = [designs.of((k, *designs.base_steps[1:])).built for k in range(len(structures.steps))]
    for one in built:
        gap = designs.base.built.payroll - one.payroll
        assert 0 <= gap < salary
        assert gap == pytest.approx(one.left_over, abs=0.01)
    # Fewer managers buy more ICs, each time.
    managers, ics = [one.managers for one in built], [one.ics for one in built]
    assert managers == sorted(managers, reverse=True)
    assert ics == sorted(ics)
    assert ics[-1] > ics[0]


def test_what_is_built_is_what_the_engine_gets(designs):
    design = designs.chosen({"shape": ["6-6"]})
    assert design.built == Built(44, 7, 2, (7, 8), design.tree.payroll, design.tree.payroll_gap)
    assert texts.built_words(design.built) == "44 ICs and 7 managers in 2 layers; first-line teams of 7 to 8."
    said = texts.bought_words(designs.base.built, design.built)
    assert said.startswith("At equal payroll: 6 managers fewer pay for 8 ICs more. 124,829 USD a year")
    one_boss = designs.chosen({"shape": ["one-boss"]}).built
    assert one_boss.teams == (one_boss.ics, one_boss.ics)
    assert texts.built_words(one_boss) == "52 ICs and 1 manager in 1 layer; first-line teams of 52."


def test_a_design_without_another_structure_keeps_everybody(designs):
    design = designs.chosen({"ai": ["60"], "review": ["twice"]})
    assert design.built == designs.base.built
    assert design.scenario.values["ai.share_of_code"] == 0.6
    assert design.scenario.values["review.hours_per_week"] == 10.4
    assert "The same people" in texts.bought_words(designs.base.built, design.built)


def test_a_design_is_written_as_a_digit_for_each_lever(designs):
    design = designs.chosen({"shape": ["12-3"], "policy": ["top-down"]})
    assert designs.at(design.key) is design
    assert designs.chosen({}).key == designs.base.key
    for key in ("", "0", "9" * 8, design.key + "0", "4111011x", "４１１１０１１３", "-1110113"):
        with pytest.raises(UserError, match="is no design of this lesson"):
            designs.at(key)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"shape": ["7-7"]}, "shape: there is no step '7-7'; steps: 4-3-3,"),
        ({"shape": ["6-6", "9-4"]}, "shape: 2 steps were chosen"),
        ({"organisation.ics": ["1"]}, "'organisation.ics' is no lever of this lesson; levers: shape,"),
        ({"extends": ["/etc/passwd"]}, "'extends' is no lever"),
    ],
)
def test_steps_and_levers_that_are_not_there_are_named(designs, fields, said):
    with pytest.raises(UserError) as error:
        designs.chosen(fields)
    assert said in str(error.value)


def test_few_designs_are_kept_and_made_again_alike(designs, monkeypatch):
    monkeypatch.setattr("sim.workshop.design.MOST_KEPT", 3)
    made = Designs(designs.lesson)
    first = made.of((1, *made.base_steps[1:]))
    again = made.of((1, *made.base_steps[1:]))
    assert first.built == again.built
    assert len(made._made) <= 3


# ---- as files


def test_the_files_of_a_design_are_the_same_organisations(designs, tmp_path):
    from sim.workshop.repeating import files

    design = designs.chosen(
        {"shape": ["9-4"], "reviewer": ["with"], "agents": ["none"], "policy": ["managed"]}
    )
    for name, text in files(designs, design):
        (tmp_path / name).write_text(text, encoding="utf-8")
    base, other = load(tmp_path / "workshop-base.yaml"), load(tmp_path / "workshop-design.yaml")
    assert base.hash() == designs.base.scenario.hash()
    assert dict(other.values) == dict(design.scenario.values)
    assert (tree_of(other).boss == design.tree.boss).all()
    assert tree_of(other).payroll == design.tree.payroll
