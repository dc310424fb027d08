"""What a report is made of: plain pieces, which know nothing of HTML.

Everything in it is text as people read it; `sim.report.html` escapes it. A figure carries the table of the values behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Union


@dataclass(frozen=True)
class Table:
    """Rows of text under a header. align: '<' or '>' per column; default: first column left, the others right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    align: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture (see `sim.report.drawing`) with its title, what is to be seen in it, and its values."""

    title: str
    svg: str
    note: str
    table: Table


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True)
class Code:
    """Commands, a line each."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Terms:
    """Words with their meaning."""

    items: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Fold:
    """Pieces that are shown when somebody asks for them."""

    title: str
    items: Sequence["Item"]


@dataclass(frozen=True)
class Choice:
    """The same thing for several outcomes, say: (name, pieces). All are there; a script shows one at a time."""

    label: str
    options: Sequence[tuple[str, Sequence["Item"]]]


Item = Union[str, Table, Figure, Bullets, Code, Terms, Fold, Choice]  # noqa: UP007 (names that are not there yet)


@dataclass(frozen=True)
class Section:
    """A part of the page. key: its anchor."""

    key: str
    title: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Page:
    """A report. kind: what was done, in words; answer, sure: sentences; state: what is not finished, '' if nothing is."""

    name: str
    kind: str
    question: str
    answer: Sequence[str]
    sure: Sequence[str]
    sections: Sequence[Section]
    state: str = ""
    facts: Sequence[str] = field(default_factory=tuple)
