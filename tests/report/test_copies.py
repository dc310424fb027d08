"""What is installed with the program is a copy of what the docs say: the words, and the facts that are missed."""

from pathlib import Path

import pytest

from sim.report.terms import from_page, section, terms
from sim.validation.record import Record, read_record, record_of, write_record
from sim.validation.report import ECHO, FACT, Check

ROOT = Path(__file__).absolute().parents[2]
GLOSSARY = ROOT / "docs" / "explanation" / "glossary.md"
VALIDATION = ROOT / "docs" / "explanation" / "validation.md"


def test_the_words_are_those_of_the_glossary():
    assert terms() == from_page(GLOSSARY.read_text(encoding="utf-8")), (
        "python -m sim.report.terms docs/explanation/glossary.md"
    )


def test_a_glossary_page_is_read():
    page = "# Glossary\n\nWords.\n\n### lead time\n\nHours of `work`, see [stage](#stage).\nAnd more.\n\n### same sign\n\nSee [holds](#holds).\n"
    assert from_page(page) == {"lead time": "Hours of work, see stage. And more."}


def test_only_words_that_a_page_uses_are_explained():
    (found,) = section("<style>seed</style><p>Lead times of a <b>standard hour</b></p>")
    assert [term for term, _ in found.items[0].items] == ["lead time", "standard hour"]
    assert section("<p>nothing</p>") == []


def test_the_record_is_that_of_the_page():
    lines = VALIDATION.read_text(encoding="utf-8").splitlines()
    facts = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "| fact |" in line]
    found = read_record()
    assert (found.passed, found.facts) == (sum(row[6] == "pass" for row in facts), len(facts))
    expected = [(row[0], row[2], row[3], f"{float(row[4]):.3g}") for row in facts if row[6] == "MISS"]
    assert [tuple(one) for one in found.missed] == expected, (
        "python -m sim.validation docs/explanation/validation.md"
    )


def test_a_record_counts_facts_only(tmp_path):
    def check(name, kind, passed):
        return Check(name, kind, "what", "source", (0.0, 1.0), 1.23456, None, passed, 8)

    found = record_of([check("F1", FACT, True), check("F2", FACT, False), check("E", ECHO, False)])
    assert (found.passed, found.facts) == (1, 2)
    assert found.missed == ((("F2", "what", "0 to 1", "1.23")),)
    write_record(found, tmp_path / "record.json")
    assert '"F2"' in (tmp_path / "record.json").read_text()
    assert isinstance(read_record(), Record)


@pytest.mark.parametrize("name", ["style.css", "script.js", "terms.json"])
def test_it_is_installed_with_the_program(name):
    assert (ROOT / "sim" / "report" / name).is_file()
