"""What was measured: read strictly, inherited by outcome, and without any effect on results."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from sim.errors import UserError
from sim.outcomes.declared import OUTCOMES
from sim.reference.pages import observable_text
from sim.scenario.observed import DISCREPANCY, FILE, Observation, observable
from sim.scenario.scenario import Scenario, from_yaml, load
from sim.scenario.schema import schema
from sim.simulation.run import run
from sim.statistics.estimates import CATEGORY_UNITS

MINE = """
question: Mine?
extends: small-startup
observed:
  lead_time_hours: {value: 40, within: 8, source: tickets}
  change_failure_rate: {value: 0.12, within: 0.04, discrepancy: 0.1}
"""


def mine(tmp_path: Path, text: str = MINE, name: str = "mine") -> Scenario:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_figures_are_read(tmp_path: Path) -> None:
    assert mine(tmp_path).observed == {
        "lead_time_hours": Observation(40.0, 8.0, "tickets", DISCREPANCY),
        "change_failure_rate": Observation(0.12, 0.04, None, 0.1),
    }
    assert not load("layered").observed


def test_another_file_states_what_differs_and_null_clears(tmp_path: Path) -> None:
    mine(tmp_path)
    text = (
        "question: Other?\nextends: mine.yaml\nobserved:\n  lead_time_hours: null\n"
        "  review_wait_hours: {value: 3, within: 1}\n"
    )
    other = mine(tmp_path, text, "other")
    assert list(other.observed) == ["change_failure_rate", "review_wait_hours"]
    assert other.with_values({"ai.share_of_code": 0.5}).observed == other.observed


def test_they_change_no_result(tmp_path: Path) -> None:
    sets = ["time.weeks=2", "time.warmup_weeks=0"]
    one = mine(tmp_path).with_sets(sets)
    other = load("small-startup", sets)
    assert one.hash() == other.hash()
    a, b = (run(s, 2, 1, workers=1).outcomes for s in (one, other))
    assert all(np.array_equal(a[name], b[name], equal_nan=True) for name in b)
    assert "observed" in one.to_dict()
    assert "observed" not in other.to_dict()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lead_time_hour: {value: 40, within: 8}", "unknown outcome, did you mean 'lead_time_hours'?"),
        ("bottleneck: {value: 2, within: 1}", "is a kind, not a quantity"),
        ("lead_time_hours: 40", "expected {value: .., within: ..}, got 40"),
        ("lead_time_hours: {value: 40}", "within: is missing"),
        ("lead_time_hours: {value: 40, within: 0}", "within: 0 is not above 0"),
        ("lead_time_hours: {value: 40, withn: 8}", "unknown key, did you mean 'within'?"),
        ("lead_time_hours: {value: .nan, within: 8}", "value: expected a number (hours)"),
        ("change_failure_rate: {value: 12%, within: 0.04}", "write 0.12 instead of 12%"),
        ("change_failure_rate: {value: 12, within: 4}", "12 is outside 0 to 1; write shares as fractions"),
        ("lead_time_hours: {value: 40, within: 8, discrepancy: 5}", "discrepancy: 5 is outside 0 to 1"),
        ("change_failure_rate: {value: 12, within: 4}", "did you mean 0.12 (12 %)?"),
        ("change_failure_rate: {value: 0.12, within: 4}", "within: 4 is outside 0 to 1"),
        ("quits_per_year: {value: 12, within: 2}", "value: 12 is outside 0 to 1 (quits/person-year)"),
        ("quits_per_year: {value: 12, within: 2}", "did you mean 0.12 (12 %)?"),
        ("quits_per_year: {value: 0.12, within: 2}", "within: 2 is outside 0 to 1"),
        ("hires_per_year: {value: 30, within: .1}", "did you mean 0.3 (30 %)?"),
        ("layoff_risk_ic: {value: 8, within: .1}", "did you mean 0.08 (8 %)?"),
        ("lead_time_hours: {value: -4, within: 1}", "-4 is below 0"),
        (
            "lead_time_hours: {value: '0,3', within: .1}",
            "value: write 0.3 instead of 0,3: decimals follow a point",
        ),
        ("lead_time_hours: {value: 3, within: '0,1'}", "within: write 0.1 instead of 0,1"),
        ("lead_time_hours: {value: 40, within: 8, source: 3}", "source: expected words, got 3"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(line: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        from_yaml(f"question: Q?\nobserved:\n  {line}\n", "mine.yaml")
    assert str(caught.value).startswith("mine.yaml:3:")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "line",
    ["hires_per_year: {value: 1.5, within: .1}", "value_per_week: {value: -5, within: 1}", "quits_per_year: {value: 1, within: 1}",
     "lead_time_hours: {value: 4000, within: 8}"],
)  # fmt: skip
def test_what_is_unusual_but_possible_is_taken(line: str) -> None:
    assert len(from_yaml(f"question: Q?\nobserved:\n  {line}\n", "mine.yaml").observed) == 1


def test_it_is_a_mapping() -> None:
    with pytest.raises(UserError, match="observed: expected outcomes below it"):
        from_yaml("question: Q?\nobserved: 40\n")


def test_the_list_of_outcomes_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == observable_text()
    kinds = {name for name, unit in observable().items() if unit is None}
    assert kinds == {x.name for x in OUTCOMES.values() if x.unit in CATEGORY_UNITS}
    assert list(observable()) == list(OUTCOMES)


def test_the_schema_knows_them() -> None:
    check = jsonschema.Draft202012Validator(json.loads(json.dumps(schema()))).is_valid
    good = {"question": "Q?", "observed": {"lead_time_hours": {"value": 40, "within": 8}}}
    assert check(good)
    for bad in ({"lead_time": {"value": 1, "within": 1}}, {"bottleneck": {"value": 1, "within": 1}},
                {"lead_time_hours": {"value": 1}}, {"lead_time_hours": {"value": 1, "within": 0}}):  # fmt: skip
        assert not check({**good, "observed": bad})
