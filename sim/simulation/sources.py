"""Which of the program's sources decide what a run gives: results made with the same ones may stand side by side.

These are everything below the experiments that a run is made of. What reads files, draws, words, counts or stores is not among
them: a release that changes a report, a command or a table resumes the folders of the one before. Comments and texts inside the
model's files count: to find out whether a change there moves a figure is a test's work, not a user's risk.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from sim.constants import PACKAGE

#: Folders (and files) of the package whose content decides what a run gives.
MODEL = (
    "constants.py",
    "engine",
    "flow",
    "mechanisms",
    "organisation",
    "outcomes",
    "parameters",
    "people",
    "scenario",
    "simulation/results.py",
    "simulation/run.py",
    "simulation/simulator.py",
    "statistics/scores.py",
)


@lru_cache(maxsize=4)
def model_hash(package: Path = PACKAGE, besides: tuple[str, ...] = ()) -> str:
    """16 hex digits that change whenever a file of the model changes, whatever its line ends.

    besides: other folders or files of the package that decide, too.
    """
    places = (package / name for name in (*MODEL, *besides))
    found = (path.rglob("*.py") if path.is_dir() else [path] for path in places)
    return digest_of((path for files in found for path in files), package)


def digest_of(files: Iterable[Path], package: Path = PACKAGE) -> str:
    """16 hex digits that change whenever one of these files of the package changes, whatever its line ends."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
