"""The glossary has every word that stands in the heads and units of the tables of `run` and `compare`."""

import re
from pathlib import Path

from sim.experiments.compare.study import Comparison, compare
from sim.experiments.compare.words import comparison_text
from sim.experiments.run.words import run_text
from sim.outcomes.declared import OUTCOMES
from sim.scenario.scenario import load
from sim.simulation.run import run

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/explanation/glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"(?m)^### (.+)$", TEXT)
#: Words of every day, which need no explanation.
PLAIN = {
    "",
    "outcome",
    "difference",
    "week",
    "year",
    "hour",
    "people",
    "person",
    "usd",
    "report",
    "hire",
    "review",
    "promotion",
    "retirement",
    "quit",
    "layoff",
}
SHORT = ["time.weeks=4", "time.warmup_weeks=1"]


def known(word: str) -> bool:
    """Whether a word, or what it begins with in a unit such as hours/week, is a term or explained under one."""
    return (
        word in PLAIN
        or any(word in (term.lower(), f"{term.lower()}s") for term in TERMS)
        or f"`{word}" in TEXT.lower()
    )


def unexplained(words: set[str]) -> list[str]:
    return sorted(word for word in words if not known(word) and not known(word.removesuffix("s")))


def heads(text: str, first: str) -> set[str]:
    """The words in the heads of all tables whose first cell is *first*, or any (''); ``holds/rev.`` is two."""
    lines = text.splitlines()
    rules = [k for k, line in enumerate(lines) if line and set(line) <= {"-", " "}]
    cells = [re.split(r"  +", lines[k - 1].strip()) for k in rules]
    found = {cell.lower() for row in cells if not first or row[0] == first for cell in row[1:]}
    parts = {
        part for cell in found for part in (cell.removesuffix(" %").split("/") if "/" in cell else [cell])
    }
    return {"reversed" if part == "rev." else part for part in parts}


def test_terms_are_alphabetical_and_said_once():
    assert [term.lower() for term in TERMS] == sorted({term.lower() for term in TERMS})


def test_every_term_is_explained_in_one_to_three_sentences():
    for body in re.split(r"(?m)^### .+$", TEXT)[1:]:
        assert 1 <= len(re.findall(r"[.)](?=\s|$)", re.sub(r"\s+", " ", body.strip()))) <= 4, body


def test_every_unit_is_explained():
    words = {part.strip().lower() for outcome in OUTCOMES.values() for part in re.split(r"[/]", outcome.unit)}
    assert unexplained(words - {"person-year"}) == []


def test_every_head_of_the_tables_of_run_is_explained():
    assert unexplained(heads(run_text(run(load("base", SHORT), 2)), "")) == []


def test_every_head_of_the_tables_of_compare_is_explained():
    found: Comparison = compare([load("base", SHORT), load("flat", SHORT)], 2, ranges=2)
    names = {"base", "flat"}
    words = heads(comparison_text(found), "outcome") | heads(
        comparison_text(found, everything=True), "outcome"
    )
    assert {"p", "verdict"} <= words
    assert any(word.startswith("holds") for word in words)
    assert unexplained(words - names) == []


def test_it_is_linked_from_where_people_begin():
    assert "docs/explanation/glossary.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "explanation/glossary.md" in (ROOT / "docs/index.md").read_text(encoding="utf-8")
