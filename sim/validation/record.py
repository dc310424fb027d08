"""What the last full run of the checks found, kept with the program: which facts the model misses.

`python -m sim.validation PAGE.md` renews it with the page; a test compares the two. Reports quote it, so that nobody forwards a
figure without what the model is known to get wrong.
"""

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from sim.constants import PACKAGE
from sim.store.files import write_text
from sim.validation.report import FACT, Check, target_text

RECORD = "record.json"


class Missed(NamedTuple):
    """A fact that the model misses: what it is, the range expected, and what the model gives."""

    id: str
    what: str
    target: str
    result: str


class Record(NamedTuple):
    """How many of the stylised facts pass, of how many, and those that are missed. Echoes are no evidence, and not counted."""

    passed: int
    facts: int
    missed: tuple[Missed, ...]


def record_of(checks: Sequence[Check]) -> Record:
    """The record of these checks."""
    facts = [check for check in checks if check.kind == FACT]
    missed = [
        Missed(check.id, check.what, target_text(check), f"{check.result:.3g}")
        for check in facts
        if not check.passed
    ]
    return Record(len(facts) - len(missed), len(facts), tuple(missed))


def write_record(found: Record, path: Path | None = None) -> None:
    """Keep a record."""
    data = {"passed": found.passed, "facts": found.facts, "missed": [one._asdict() for one in found.missed]}
    write_text(path or PACKAGE / "validation" / RECORD, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def read_record() -> Record:
    """The record kept with the program."""
    data = json.loads(resources.files("sim.validation").joinpath(RECORD).read_text(encoding="utf-8"))
    return Record(data["passed"], data["facts"], tuple(Missed(**one) for one in data["missed"]))


__all__ = ["Missed", "Record", "read_record", "record_of", "write_record"]
