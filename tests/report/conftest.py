"""One folder of every kind and its report, made once for all tests of reports and queries."""

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.results import make


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder of a kind, the same one whenever it is asked for."""
    at, made = tmp_path_factory.mktemp("results"), {}

    def give(kind: str) -> Path:
        if kind not in made:
            made[kind] = make(kind, at)
        return made[kind]

    return give


@pytest.fixture(scope="session")
def report(folder: Callable[[str], Path]) -> Callable[[str], str]:
    """The report of a folder of a kind: to draw it takes seconds."""
    from sim.report.report import report_text

    made: dict[str, str] = {}

    def give(kind: str) -> str:
        if kind not in made:
            made[kind] = report_text(folder(kind))
        return made[kind]

    return give
