"""The ODD page, the page on limits and the evidence ledger against the code."""

import re
from itertools import product
from math import comb
from pathlib import Path

import numpy as np
import pytest
from helpers import ROOT

from sim.errors import UserError
from sim.parameters.evidence import EVIDENCE, STANDINGS, is_weak, standing, vendor_interest
from sim.parameters.listing import counts
from sim.parameters.registry import REGISTRY
from sim.reference import odd, source
from sim.reference.pages import parameters_page
from sim.reference.words import NEUTRAL, REMAINS
from sim.scenario.scenario import load
from sim.simulation.run import run

DOCS = ROOT / "docs"
ODD = (DOCS / "explanation" / "odd.md").read_text(encoding="utf-8")
LIMITS = (DOCS / "how-to" / "configure-a-limit.md").read_text(encoding="utf-8")
FALSIFIERS = (DOCS / "explanation" / "falsifiers.md").read_text(encoding="utf-8")
ELEMENTS = (
    "Purpose and patterns", "Entities, state variables and scales", "Process overview and scheduling", "Design concepts",
    "Initialisation", "Input data", "Submodels",
)  # fmt: skip
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
)  # fmt: skip


class TestOdd:
    def test_the_seven_elements_are_there_in_order(self):
        assert re.findall(r"^## (.+)$", ODD, re.MULTILINE) == [f"{k}. {x}" for k, x in enumerate(ELEMENTS, 1)]

    def test_the_eleven_design_concepts_are_there_in_order(self):
        concepts = ODD.split("## 4.")[1].split("## 5.")[0]
        found = re.findall(r"^\*\*([^*]+)\.\*\*", concepts, re.MULTILINE)
        assert tuple(found) == CONCEPTS

    @pytest.mark.parametrize("page", odd.PARTS)
    def test_generated_parts_are_current(self, page):
        text = (DOCS.parent / page).read_text(encoding="utf-8")
        assert odd.filled(text, odd.PARTS[page](), page) == text, f"{page} is stale: python -m sim.reference"

    def test_every_mechanism_has_a_section_with_equations(self):
        sections = ODD.split("## 7. Submodels")[1].split("\n### ")
        for name in source.submodels():
            mine = [text for text in sections if f"<!-- generated: submodel {name} -->" in text]
            assert len(mine) == 1, name
            assert "```text\n" in mine[0].split("<!-- generated")[0], f"{name} has no equations"

    def test_parameters_named_by_hand_exist(self):
        for page in (ODD, LIMITS, FALSIFIERS):
            by_hand = re.sub(r"<!-- generated.*?<!-- end of generated[^>]*>", "", page, flags=re.DOTALL)
            sections = {path.split(".")[0] for path in REGISTRY}
            named = re.findall(r"(?<![\w/.-])([a-z]+)\.([a-z]\w+)(?![\w(/*])", by_hand)
            unknown = {f"{a}.{b}" for a, b in named if a in sections and f"{a}.{b}" not in REGISTRY}
            files = {name for name in unknown if name.endswith((".md", ".py", ".yaml"))}
            settings = {
                "organisation.ics",
                "organisation.spans",
                "organisation.management_layers",
                "organisation.chart",
            }
            assert not unknown - files - settings

    def test_a_mechanism_without_a_section_is_noticed(self):
        without = ODD.replace("submodel learning -->", "submodel lerning -->")
        with pytest.raises(
            UserError, match="'submodel learning' has no markers; 'submodel lerning' is marked"
        ):
            odd.filled(without, odd.odd_parts(), "odd.md")
        twice = ODD + "<!-- generated: weeks -->\n<!-- end of generated: weeks -->"
        with pytest.raises(UserError, match="'weeks' is marked twice"):
            odd.filled(twice, odd.odd_parts(), "odd.md")

    def test_a_field_without_words_is_noticed(self):
        assert odd.undocumented() == []
        text = source.source("engine/state").replace(
            '("skill", "f8"),', '("skill", "f8"),\n        ("charm", "f8"),', 1
        )
        assert odd.undocumented(text) == ["PERSON.charm"]
        commented = text.replace('("charm", "f8"),', '("charm", "f8"),  # of the person')
        assert odd.undocumented(commented) == []
        assert odd.undocumented(source.source("engine/state").replace('("fluency", "f8"),', "", 1)) == [
            "PERSON.fluency (words)"
        ]

    def test_the_fields_read_from_the_source_are_those_of_the_tables(self):
        from sim.engine import state

        for name, rows in source.fields().items():
            assert tuple(row.name for row in rows) == getattr(state, name).names

    def test_the_order_is_that_of_the_code(self):
        made = [call for call, _ in source.calls("flow/schedule", "week_ends")]
        steps = [
            "close_books",
            "attention.update_load",
            "learning.learn",
            "alignment.drift",
            "attention.set_duties",
        ]
        assert [
            call for call in made if call in steps
        ] == steps  # as the docstring of sim.flow.schedule numbers them
        assert [f"{k}." for k in range(1, 6)] == re.findall(
            r"^\d\.", source.docstring("flow/schedule"), re.MULTILINE
        )
        people = [call for call, _ in source.calls("people/week", "hold_week")]
        order = [
            "measure",
            "draw_week",
            "carry_out_layoffs",
            "promotion.promote",
            "fill_vacancies",
            "set_condition",
        ]
        assert [call for call in people if call in order] == order  # as that of sim.people.week
        assert [f"{k}." for k in range(1, 7)] == re.findall(
            r"^\d\.", source.docstring("people/week"), re.MULTILINE
        )

    def test_every_parameter_is_read_by_the_engine(self):
        assert [path for path in REGISTRY if not source.readers(path)] == []

    def test_streams_are_those_of_the_code(self):
        from sim.engine import rng

        found = source.streams()
        assert found["CHANGE"] == (rng.CHANGE, "(IC, change): size; agent or assistant")
        assert len({number for number, _ in found.values()}) == len(found)
        assert all(getattr(rng, name) == number for name, (number, _) in found.items())
        assert source.users("QUESTION") == ["mechanisms/flow/questions"]

    def test_docstrings_become_markdown(self):
        assert (
            source.as_markdown("a\n- b\n  c\n- d\n\ne:\n    f\ng") == "a\n\n- b\n  c\n- d\n\ne:\n\n    f\n\ng"
        )
        assert source.as_markdown("- b\n  c\nd\n1. e\nf") == "- b\n  c\n\nd\n\n1. e\n\nf"


class TestSwitches:
    def test_every_switch_is_explained(self):
        assert odd.unexplained() == []
        booleans = {path for path, parameter in REGISTRY.items() if parameter.kind == "bool"}
        assert set(REMAINS) == booleans
        for path in (
            *booleans,
            *(path for path, parameter in REGISTRY.items() if parameter.kind == "choice"),
            *NEUTRAL,
        ):
            assert f"| `{path}` |" in LIMITS, path

    def test_neutral_values_are_legal(self):
        for path, (value, what) in NEUTRAL.items():
            assert REGISTRY[path].check(value) == value
            assert what


# ---- the example of the page


def files_of(page: str, folder: Path) -> None:
    """Write the files that a page shows into the folder."""
    for name, text in re.findall(r"^```yaml\n# file: (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(text, encoding="utf-8")


def passes(rule: str, n: int, p: float) -> float:
    """Probability that a change passes *n* independent reviewers who vote for it with probability *p*."""
    least = {"all": n, "any": 1, "majority": n // 2 + 1}[rule]
    return sum(comb(n, k) * p**k * (1.0 - p) ** (n - k) for k in range(least, n + 1))


def assert_close(figures: np.ndarray, target: float) -> None:
    error = figures.std(ddof=1) / len(figures) ** 0.5
    assert error < 0.1 * target  # sharp enough to mean anything
    assert abs(figures.mean() - target) <= 4.0 * error


@pytest.mark.parametrize(
    ("rule", "n"),
    [
        *product(("all", "any", "majority"), (1, 2, 3)),
        ("majority", 5),
        ("majority", 9),
        ("any", 4),
    ],
)
def test_approvals_are_those_of_sah_and_stiglitz(rule, n, tmp_path):
    files_of(LIMITS, tmp_path)
    values = {"review.approvals": n, "review.approval_rule": rule}
    found = run(load(tmp_path / "approvals.yaml").with_values(values), 20, 3).outcomes
    d, q, r = 0.3, 0.7, 0.2
    good, bad = (1.0 - d) * passes(rule, n, 1.0 - r), d * passes(rule, n, (1.0 - q) * (1.0 - r))
    assert_close(found["human_acceptance_rate"], good + bad)
    assert_close(found["change_failure_rate"], bad / (good + bad))


def test_reviewers_who_err_alike(tmp_path):
    files_of(LIMITS, tmp_path)
    values = {"review.approvals": 3, "review.error_correlation": 0.5, "review.reject_human": 0.0}
    found = run(load(tmp_path / "approvals.yaml").with_values(values), 20, 3).outcomes
    d, q, c = 0.3, 0.7, 0.5
    bad = d * (c * (1.0 - q) + (1.0 - c) * (1.0 - q) ** 3)
    assert_close(found["human_acceptance_rate"], 1.0 - d + bad)
    assert_close(found["change_failure_rate"], bad / (1.0 - d + bad))


def test_words_take_their_way_through_the_tree(tmp_path):
    files_of(LIMITS, tmp_path)
    scenario = load(tmp_path / "tree.yaml")
    found = run(scenario, 8, 3).outcomes["lead_time_hours"]
    direct = 1.0 / (1.0 + 15.0 / 0.01)  # settled without the hierarchy, two messages
    messages = (3 * 2 + 60 * direct * 2 + (1.0 - direct) * (12 * 5 + 48 * 7)) / 63
    assert_close(found, 10.0 + messages)
    climbing = {
        "switches.dependencies": False, "switches.questions": True, "questions.one_per_change": True,
        "questions.ic_knowledge": 0.0, "questions.manager_knowledge_1": 0.0, "questions.manager_knowledge_2": 0.0,
        "questions.triage_skill": 0.0, "questions.super_ic_probability": 0.0, "questions.help_hours": 1e-5,
        "questions.patience_hours": float("inf"),
    }  # fmt: skip
    latency = run(scenario.with_values(climbing), 2, 3).outcomes["decision_latency_hours"]
    assert latency == pytest.approx(4.0, abs=1e-3)  # (m + 1) d with m = 3 layers


# ---- the evidence ledger


class TestLedger:
    def test_standings(self):
        assert standing(("C17",)) == "verified"
        assert standing(("C18", "C19")) == "partly verified"
        assert standing(("E03",)) == "recalled"
        assert standing(("J01", "J03")) == "partly verified"  # the best of them counts
        assert standing(("ASSUMPTION",)) == "ASSUMPTION"
        assert standing(("POLICY",)) == "policy"
        assert {standing(parameter.source) for parameter in REGISTRY.values()} == set(STANDINGS)

    def test_vendor_interest(self):
        assert vendor_interest(("C04",)) == "all"
        assert vendor_interest(("C18", "C19")) == "some"
        assert vendor_interest(("C17",)) == vendor_interest(("ASSUMPTION",)) == ""
        assert is_weak(("E03",))  # recalled
        assert is_weak(("C04",))  # vendor
        assert not is_weak(("C17", "C04"))
        assert not is_weak(("ASSUMPTION",))

    def test_counts(self):
        n = counts()
        weak = {
            parameter.path
            for parameter in REGISTRY.values()
            if parameter.uncertain and is_weak(parameter.source)
        }
        assert n["recalled_or_vendor_only"] == len(weak)
        assert {"money.load", "review.detection"} <= weak
        assert max(n["recalled_only"], n["vendor_only"]) <= len(weak) <= n["recalled_only"] + n["vendor_only"]

    def test_the_page_begins_with_the_counts_and_has_a_row_for_every_parameter(self):
        page, n = parameters_page(), counts()
        first = page.split("\n## ")[0]
        assert f"{n['assumptions']} of the {n['uncertain']} uncertain figures are assumptions" in first
        assert (
            f"{n['recalled_or_vendor_only']} of these {n['uncertain'] - n['assumptions']} rest only on"
            in first
        )
        assert all(f"| `{path}` |" in page for path in REGISTRY)
        row = next(line for line in page.splitlines() if line.startswith("| `money.load` |"))
        assert "| recalled |  |" in row
        row = next(line for line in page.splitlines() if line.startswith("| `review.detection` |"))
        assert "| verified | all |" in row

    def test_rows_say_where_they_were_read(self):
        for e in EVIDENCE.values():
            assert e.page in ("primary", "secondary", "")
            assert bool(e.page and e.address) == (e.verified != "memory"), e.id
            assert not e.basis or e.range, e.id
