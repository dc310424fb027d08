"""Slips of the pen are named with what was meant; what is wrong in one file is said in one go; a question says what was set."""

import pytest

from sim.errors import UserError, comma_hint
from sim.outcomes.declared import OUTCOMES, check_outcome
from sim.scenario.scenario import from_yaml, load


def told(text: str, sets: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(UserError) as caught:
        from_yaml(text, "f.yaml", sets)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ai:\n  share_of_code: 0,4", "f.yaml:2:18: ai.share_of_code: write 0.4 instead of 0,4: decimals follow a point"),
        ("ai: {share_of_code: 0,4}", "f.yaml:1:23: ai.4: no key; decimals follow a point, such as 0.4"),
        ("organisation: {ics: '1,200'}", "organisation.ics: write 1200 instead of 1,200: numbers have no separators"),
        ("time: {tick_hours: '0,5'}", "time.tick_hours: write 0.5 instead of 0,5"),
        ("organisation: {spans: [6 4 4]}", "organisation.spans: write [6, 4, 4]: commas stand between the spans"),
        ("organisation:\n  spans: 6, 4, 4", "organisation.spans: write [6, 4, 4]: commas stand between the spans"),
        ("organisation:\n  spans: 6 4", "organisation.spans: write [6, 4]: commas stand between the spans"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_what_to_write(text, words):
    assert any(words in line for line in told(text))


@pytest.mark.parametrize(
    ("option", "words"),
    [("ai.share_of_code=0,4", "write 0.4 instead of 0,4"), ("organisation.spans=[6 4 4]", "write [6, 4, 4]"),
     ("organisation.spans=6,4,4", "write [6, 4, 4]"), ("ai.share_of_code=60%", "write 0.6 instead of 60%")],
)  # fmt: skip
def test_a_slip_in_an_option_is_told_alike(option, words):
    assert words in told("question: q", (option,))[0]


def test_only_numbers_with_a_comma_are_taken_for_them():
    assert comma_hint("-0,25") == "write -0.25 instead of -0,25: decimals follow a point"
    assert comma_hint("0,400") == "write 0.400 instead of 0,400: decimals follow a point"
    assert comma_hint("12,345,678") == "write 12345678 instead of 12,345,678: numbers have no separators"
    assert comma_hint("a,4") == comma_hint("1,2,3") == comma_hint(4) == comma_hint(",") == ""


def test_all_that_is_wrong_in_a_file_is_said_in_one_go():
    lines = told(
        "question: q\norgnisation: {}\nai: {shre_of_code: 1}\nevents:\n  - {week: 1, fire: {role: ic}}\n"
        "  - {week: 2, lay_off: {role: ic, sare: 1, laier: 2}}\n  - {week: x, hire: {number: 1}}\n"
    )
    assert [line.split(": ")[0] for line in lines] == [
        "f.yaml:2:1", "f.yaml:3:6", "f.yaml:5:21", "f.yaml:6:41", "f.yaml:6:51", "f.yaml:7:12",
    ]  # fmt: skip
    assert ["did you mean" in line for line in lines] == [True, True, True, True, True, False]


def test_events_that_cannot_happen_are_said_in_one_go():
    lines = told("question: q\nextends: people\nevents:\n  - {week: 900, move: {share: 0.1}}\n"
                 "  - {week: 3, lay_off: {role: manager, layer: 9, number: 1}}\n")  # fmt: skip
    assert len(lines) == 2
    assert all(line.startswith("f.yaml:") for line in lines)
    assert "events[0].week: week 900 is after the end" in lines[0]
    assert "events[1].lay_off.layer: 9 is not there" in lines[1]


def test_of_many_problems_ten_are_shown():
    lines = told("question: q\nevents:\n" + "  - {week: 1, fire: {role: ic}}\n" * 14)
    assert len(lines) == 11
    assert lines[-1].endswith("... and 4 more")


def test_options_stand_beside_the_question_that_does_not_know_them():
    base = load("base")
    assert "96 engineers" in base.question
    small = load("base", ["organisation.ics=30"])
    assert small.question == f"{base.question} (with organisation.ics=30)"
    assert load("base", ["time.weeks=20"]).question == base.question  # the horizon is printed anyway
    further = small.with_values({"ai.share_of_code": 0.3}).with_sets(["ai.retries=1"])
    assert further.question == f"{base.question} (with organisation.ics=30, ai.retries=1)"
    many = load("base", [f"questions.manager_knowledge_{layer}=0.9" for layer in range(1, 7)])
    assert many.question.endswith("questions.manager_knowledge_4=0.9 and 2 more)")
    assert small.hash() == base.with_values({"organisation.ics": 30}).hash()
    assert from_yaml("name: x", sets=["organisation.ics=30"]).question == ""


@pytest.mark.parametrize(
    ("name", "first"),
    [("value", "'value_per_payroll_usd', 'value_per_week' or"), ("lead_time", "'lead_time_hours',"),
     ("pay", "'value_per_payroll_usd'?"), ("Value-per-week", "'value_per_week'"), ("valu_per_wek", "'value_per_week'?")],
)  # fmt: skip
def test_an_outcome_is_suggested_by_its_words_and_the_list_is_short(name, first):
    with pytest.raises(UserError) as caught:
        check_outcome(name, OUTCOMES, "--primary", decides=True)
    assert f"--primary {name}: this outcome is unknown, did you mean {first}" in str(caught.value)
    assert len(str(caught.value)) < 200
    with pytest.raises(
        UserError, match=r"this outcome is unknown; often used are value_per_payroll_usd, .* shows all \d+"
    ):
        check_outcome("zzz", OUTCOMES, "--primary", decides=True)
