"""The words that a report uses, explained: a copy of the glossary that is installed with the program.

``python -m sim.report.terms docs/explanation/glossary.md`` renews the copy from the page; a test compares the two.
"""

import json
import re
import sys
from html import unescape
from importlib import resources
from pathlib import Path

from sim.constants import PACKAGE
from sim.report.page import Section, Terms
from sim.store.files import write_text

COPY = "terms.json"
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_WORDS = re.compile(r"[^A-Za-z0-9%*' -]+")


def from_page(text: str) -> dict[str, str]:
    """Term -> meaning of a glossary page: level-3 headings, and the paragraphs below them. Cross-references are left out."""
    found: dict[str, str] = {}
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        term, _, rest = part.partition("\n")
        meaning = " ".join(_LINK.sub(r"\1", rest.split("\n#")[0]).replace("`", "").split())
        if meaning and not re.fullmatch(r"See [^.]*\.", meaning):
            found[term.strip().replace("`", "")] = meaning
    return found


def terms() -> dict[str, str]:
    """Term -> meaning, as installed."""
    found: dict[str, str] = json.loads(
        resources.files("sim.report").joinpath(COPY).read_text(encoding="utf-8")
    )
    return found


def section(page: str) -> list[Section]:
    """The terms that a page (HTML) uses."""
    body = re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.DOTALL)
    words = f" {' '.join(_WORDS.sub(' ', unescape(re.sub(r'<[^>]*>', ' ', body))).lower().split())} "
    used = [(term, meaning) for term, meaning in terms().items() if _is_used(term, words)]
    return [Section("words", "The words", [Terms(used)])] if used else []


def _is_used(term: str, words: str) -> bool:
    """Does a page use a term, in the singular or plural?"""
    plain = " ".join(_WORDS.sub(" ", term).lower().split())
    return bool(plain) and (f" {plain} " in words or f" {plain}s " in words)


def main(arguments: list[str]) -> None:
    """Renew the copy from the page named."""
    text = Path(arguments[0]).read_text(encoding="utf-8")
    data = json.dumps(from_page(text), indent=1, ensure_ascii=False) + "\n"
    write_text(PACKAGE / "report" / COPY, data)


if __name__ == "__main__":
    main(sys.argv[1:])
