"""Organisations that hardly anybody has are warned about, wherever their numbers become known; the bundled ones are not."""

import json
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cli
from sim.organisation.headcounts import layer_sizes
from sim.scenario.files import bundled
from sim.scenario.plausibility import dear_ai, planned_heads, unusual_shape
from sim.scenario.scenario import from_yaml, load
from sim.scenario.statement import is_sweep
from sim.scenario.tree import warnings_of
from sim.scenario.yaml_source import read_yaml

SCENARIOS = [name for name, path in bundled().items() if not is_sweep(read_yaml(path))]
CHAIN = "id,manager\n" + "".join(f"{k},{k - 1 if k else ''}\n" for k in range(12))


@pytest.mark.parametrize("name", SCENARIOS)
def test_bundled_scenarios_are_plausible(name):
    scenario = load(name)
    assert list(unusual_shape(*planned_heads(scenario))) == []
    assert list(dear_ai(scenario.values)) == []
    assert warnings_of(scenario) == scenario.warnings


def test_three_ics_under_fifty_layers_are_not_passed_over():
    told = from_yaml("organisation: {ics: 3, management_layers: 50}").warnings
    assert told == (
        "organisation: 70 managers for 3 ICs; hardly any real organisation has more managers than ICs",
        "organisation: 1.0 reports per manager on average; below 2, most managers lead one person or nobody",
        "organisation: 50 management layers for 73 people; with no more than two reports for every manager they would fill 5",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("organisation: {ics: 9, spans: [1, 9]}", "10 managers for 9 ICs"),
        ("organisation: {ics: 9, spans: [2, 1, 1, 5]}", "reports per manager on average"),
        ("ai: {seat_usd: 30000}", "the planned AI spend, 299,"),
        (
            "organisation: {hold: payroll, management_layers: 6}\nextends: base",
            "reports per manager on average",
        ),
    ],
)
def test_each_has_its_warning(text, words):
    told = warnings_of(from_yaml(text))
    assert any(words in line for line in told), told


def test_a_wide_tree_of_any_size_is_plausible():
    for ics in (1, 8, 30, 96, 1000, 20000):
        for layers in range(1, 1 + max(1, int(log2(ics) / 2))):
            assert list(unusual_shape(ics, layer_sizes(ics, layers))) == [], (ics, layers)


@given(ics=st.integers(1, 3000), managers=st.lists(st.integers(1, 300), min_size=1, max_size=12))
def test_every_warning_is_true(ics, managers):
    """The sentences say what the numbers are: as many warnings as bounds that are crossed."""
    count, people = sum(managers), ics + sum(managers)
    crossed = [count > ics, people > 2 and (people - 1) / count < 2, len(managers) > 1 + log2(people)]
    assert len(list(unusual_shape(ics, managers))) == sum(crossed)


class TestCharts:
    """What only a tree tells is warned about where the tree is built."""

    @pytest.fixture
    def chain(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "chain.csv").write_text(CHAIN, encoding="utf-8")
        (tmp_path / "chain.yaml").write_text(
            "question: x\norganisation: {chart: chain.csv}\ntime: {weeks: 26, warmup_weeks: 0}\n",
            encoding="utf-8",
        )
        return load("chain.yaml")

    def test_not_before_there_is_a_tree(self, chain):
        assert planned_heads(chain) is None
        assert chain.warnings == ()
        assert "11 managers for 1 IC;" in warnings_of(chain)[0]
        assert len(warnings_of(chain)) == 3

    def test_check_says_so_in_text_and_json(self, chain, capsys):
        assert cli.execute(["check", "chain.yaml"]) == 0
        err = capsys.readouterr().err
        assert "Warning: chain.yaml: organisation: 11 managers for 1 IC;" in err
        cli.execute(["check", "chain.yaml", "--json"])
        (found,) = json.loads(capsys.readouterr().out)["files"]
        assert found["warnings"] == list(warnings_of(chain))

    @pytest.mark.slow
    def test_run_and_compare_say_so(self, chain, capsys):
        assert cli.execute(["run", "chain.yaml", "--runs", "2", "--json"]) == 0
        captured = capsys.readouterr()
        assert json.loads(captured.out)["warnings"] == list(warnings_of(chain))
        assert captured.err.count("11 managers for 1 IC") == 1
        options = ["--runs", "2", "--ranges", "0", "--json", "--set", "time.weeks=26"]
        assert cli.execute(["compare", "base", "chain.yaml", *options]) == 0
        told = json.loads(capsys.readouterr().out)["warnings"]
        assert any(line.startswith("chain: organisation: 11 managers for 1 IC") for line in told)
