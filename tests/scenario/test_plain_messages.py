"""Messages say what to write, not what the parser or Python calls it."""

import pytest

from sim.errors import UserError, percent_hint
from sim.scenario.scenario import from_yaml, load


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ai: {share_of_code: 60%}", "ai.share_of_code: write 0.6 instead of 60%, a fraction"),
        ("ai: {share_of_code: 0.6", "a bracket [ or { is not closed"),
        ("question: a: b", "unexpected ':' here; indent keys of one level alike"),
        ("ai:\n\tshare_of_code: 0.6", "a tab; indent with spaces"),
        ('question: "a', "a quote that is not closed"),
    ],
)
def test_what_to_write_instead(text, words):
    with pytest.raises(UserError) as caught:
        from_yaml(text, "x.yaml")
    assert words in str(caught.value)
    assert str(caught.value).startswith("x.yaml:")


def test_percentages():
    assert percent_hint("12.5 %") == "write 0.125 instead of 12.5 %, a fraction"
    assert percent_hint("60") == percent_hint("%") == percent_hint(60) == percent_hint("a%") == ""


def test_a_held_span_is_said_to_be_before_hold():
    assert (
        "about 96 reports per first-line manager, before hold: payroll changes"
        in load("one-boss").warnings[0]
    )
