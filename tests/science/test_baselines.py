"""Results change only on purpose: outcomes of every bundled scenario against tests/baselines.json, and the changelog."""

import json

import pytest

from benchmarks import baselines

STORED = baselines.read()


@pytest.fixture(scope="module")
def found() -> list[baselines.Change]:
    return baselines.changes(STORED["scenarios"], baselines.compute())


def test_results_are_those_of_the_baselines(found):
    assert not found, (
        f"results changed (same scenarios, same seed, other numbers):\n{baselines.told(found)}\n\n"
        f"If that is not meant, it is a defect. If it is, run `{baselines.COMMAND}` and say in CHANGELOG.md, under "
        f"'{baselines.HEADING}', what moved, by how much and why, with the line that the command prints."
    )


def test_the_file_is_as_it_was_written():
    """Nobody mends a figure by hand: the results version follows from the content."""
    assert baselines.version(STORED["scenarios"]) == STORED["results_version"]
    assert baselines.text(STORED["scenarios"]) == baselines.FILE.read_text(encoding="utf-8")


def test_the_changelog_knows_these_results():
    line = baselines.results_line(STORED["results_version"])
    assert baselines.is_logged(baselines.CHANGELOG.read_text(encoding="utf-8"), STORED["results_version"]), (
        f"tests/baselines.json was written anew, but CHANGELOG.md has no line '{line}' under '{baselines.HEADING}': say "
        "there what moved, by how much and why, and add the line"
    )


def test_every_bundled_scenario_and_path_is_kept():
    assert list(STORED["scenarios"]) == [name for name, _ in baselines.variants()]


# ---- the guard itself


def one(value: float | None, outcome: str = "lead_time_hours") -> dict:
    return {"base": {outcome: [value, 2.0]}}


def test_rounding_is_no_change_and_more_than_that_is():
    assert baselines.changes(one(3.0), one(3.0 * (1 + 1e-10))) == []
    assert baselines.changes(one(0.0), one(1e-17)) == []
    (change,) = baselines.changes(one(3.0), one(3.0 * (1 + 1e-8)))
    assert change[:2] == ("base", "lead_time_hours")
    assert change.size == pytest.approx(1e-8, rel=1e-6)


def test_what_appears_or_goes_is_a_change():
    assert len(baselines.changes(one(3.0), one(None))) == 1
    assert len(baselines.changes(one(3.0), {})) == 1
    assert len(baselines.changes({}, one(3.0))) == 1
    assert len(baselines.changes(one(3.0), one(3.0, "alignment"))) == 2
    assert baselines.told(baselines.changes({}, one(3.0))) == "base: 1 new\n    lead_time_hours: none -> 2.5"
    assert baselines.told(baselines.changes(one(3.0), {})) == "base: 1 gone\n    lead_time_hours: 2.5 -> none"


def test_the_message_says_by_how_much():
    text = baselines.told(baselines.changes(one(2.0), one(4.0)))
    assert "base: 1 changed" in text
    assert "lead_time_hours: 2 -> 3 (+50.000%)" in text
    many = [{"base": {f"outcome_{k}": [float(k + add)] for k in range(1, 13)}} for add in (0, 1)]
    assert "and 4 more" in baselines.told(baselines.changes(*many))


def test_the_version_depends_on_content_only():
    assert baselines.version(one(3.0)) == baselines.version(json.loads(json.dumps(one(3.0))))
    assert baselines.version(one(3.0)) != baselines.version(one(3.5))


def test_the_line_counts_only_under_its_heading():
    line = baselines.results_line("abcd1234")
    assert baselines.is_logged(
        f"# Log\n\n{baselines.HEADING}\n\n- More. {line}.\n\n### Known limits\n", "abcd1234"
    )
    assert not baselines.is_logged(f"# Log\n\n{line}\n\n{baselines.HEADING}\n\n- None.\n", "abcd1234")
    assert not baselines.is_logged(
        f"{baselines.HEADING}\n\n- None.\n\n### Known limits\n\n{line}\n", "abcd1234"
    )
