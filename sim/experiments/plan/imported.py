"""A roster that is planned on directly: imported once, as `orgsim import` does, and found again by the next plan.

The import lies in the folder `imported/` of the results: scenario, chart with hashed ids, salt, health report. A later plan on
the same roster, into the same folder or one beside it, uses it as it is, so that ids stay the same.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.errors import UserError
from sim.organisation.roster.health import health_report
from sim.organisation.roster.importing import import_roster
from sim.store import files
from sim.text.numbers import plural

FOLDER, REPORT, NOTES = "imported", "health.txt", "import.json"
ROSTERS = (".csv", ".tsv", ".txt", ".json", ".xlsx")


@dataclass(frozen=True)
class Imported:
    """Where the import lies, its scenario file, and how many assumptions it took."""

    folder: Path
    scenario: Path
    assumptions: int
    again: bool

    def words(self, results: Path) -> str:
        """A sentence for the page. results: the folder of the results."""
        if not self.assumptions:
            return "The roster was imported without an assumption."
        place = (results / FOLDER / REPORT).as_posix()
        return f"The roster was imported with {plural(self.assumptions, 'assumption')}: read {place} first."


def is_roster(name: str) -> bool:
    """True if a file of this name is a roster, not a scenario."""
    return Path(name).suffix.lower() in ROSTERS


def imported(roster: Path, place: Path, room: Path) -> Imported:
    """Import *roster* into the folder *room*, or find the import that an earlier plan left in *place* or beside it.

    Raises `UserError` as `orgsim import` does.
    """
    if not roster.is_file():
        raise UserError(f"{roster}: no such file; name a roster (.csv or .json) or a scenario")
    digest = _digest(roster)
    for folder in _earlier(place):
        notes = files.read_json(folder / NOTES)
        scenario = folder / f"{roster.stem}.yaml"
        if notes is not None and notes.get("roster") == digest and scenario.is_file():
            assumptions = notes.get("assumptions")
            return Imported(folder, scenario, assumptions if isinstance(assumptions, int) else 0, again=True)
    room.mkdir(parents=True, exist_ok=True)
    try:
        found = import_roster(roster, output=room / f"{roster.stem}.yaml")
    except UserError as error:
        raise UserError(
            f"{error}; import it first with `orgsim import` and its options, then plan on the scenario"
        ) from None
    assumptions = len(found.chart.assumptions)
    files.write_text(room / REPORT, health_report(found.chart) + "\n")
    files.write_json(room / NOTES, {"roster": digest, "assumptions": assumptions})
    return Imported(room, found.written[0], assumptions, again=False)


def _earlier(place: Path) -> Iterator[Path]:
    """Folders in which an earlier plan may have left the import: that of *place*, then those beside it with a number."""
    yield place / FOLDER
    beside = place.parent.glob(f"{place.name}-*") if place.parent.is_dir() else ()
    yield from (folder / FOLDER for folder in sorted(beside))


def _digest(roster: Path) -> str:
    """What tells the roster from another one."""
    try:
        return hashlib.sha256(roster.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise UserError(f"{roster}: cannot be read ({error.strerror or error})") from None
