"""A roster that is planned on directly: imported once, as `orgsim import` does, and found again by the next plan.

The import lies in the folder `imported/` of the results: scenario, chart with hashed ids, salt, health report. A later plan on
the same roster, into the same folder or one beside it, uses it as it is, so that ids stay the same.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import UserError
from sim.organisation.roster.health import health_report
from sim.organisation.roster.importing import import_roster
from sim.organisation.roster.settling import Wishes
from sim.store import files
from sim.text.numbers import plural

FOLDER, REPORT, NOTES = "imported", "health.txt", "import.json"
ROSTERS = (".csv", ".tsv", ".txt", ".json", ".xlsx")


@dataclass(frozen=True)
class Imported:
    """Where the import lies, its scenario file, how many assumptions it took; pay: why the roster's is not used ("" if it is)."""

    folder: Path
    scenario: Path
    assumptions: int
    again: bool
    pay: str = ""

    def words(self, results: Path) -> str:
        """Sentences for the page. results: the folder of the results."""
        pay = f" Money is counted with standard pay by role and layer, not with yours. {self.pay}."
        pay = pay if self.pay else ""
        if not self.assumptions:
            return f"The roster was imported without an assumption.{pay}"
        place = (results / FOLDER / REPORT).as_posix()
        return (
            f"The roster was imported with {plural(self.assumptions, 'assumption')}: read {place} first.{pay}"
        )


def is_roster(name: str) -> bool:
    """True if a file of this name is a roster, not a scenario."""
    return Path(name).suffix.lower() in ROSTERS


def imported(
    roster: Path,
    place: Path,
    room: Path,
    columns: Mapping[str, str] | None = None,
    keep_roots: bool = False,
    fill: str | None = None,
    wishes: Wishes | None = None,
) -> Imported:
    """Import *roster* into the folder *room*, or find the import that an earlier plan left in *place* or beside it.

    columns, keep_roots, fill, wishes: how it is read, see `import_roster`; another reading is another import. Raises
    `UserError` as `orgsim import` does.
    """
    if not roster.is_file():
        raise UserError(f"{roster}: no such file; name a roster (.csv or .json) or a scenario")
    options = (dict(columns or {}), keep_roots, fill, wishes or Wishes())
    digest = _digest(roster, "" if options == ({}, False, None, Wishes()) else repr(options))
    for folder in _earlier(place):
        notes = files.read_json(folder / NOTES)
        scenario = folder / f"{roster.stem}.yaml"
        if notes is not None and notes.get("roster") == digest and scenario.is_file():
            assumptions = notes.get("assumptions")
            count = assumptions if isinstance(assumptions, int) else 0
            return Imported(folder, scenario, count, again=True, pay=str(notes.get("pay") or ""))
    room.mkdir(parents=True, exist_ok=True)
    try:
        scenario = room / f"{roster.stem}.yaml"
        found = import_roster(roster, columns, scenario, keep_roots=keep_roots, fill=fill, wishes=wishes)
    except UserError as error:
        raise UserError(f"{error}; `orgsim plan` takes the options of `orgsim import`, too") from None
    assumptions, bands = len(found.chart.assumptions), found.chart.bands
    pay = "" if bands.pay or not bands.notes else bands.notes[-1]
    files.write_text(room / REPORT, health_report(found.chart) + "\n")
    files.write_json(room / NOTES, {"roster": digest, "assumptions": assumptions, "pay": pay})
    return Imported(room, found.written[0], assumptions, again=False, pay=pay)


def _earlier(place: Path) -> Iterator[Path]:
    """Folders in which an earlier plan may have left the import: that of *place*, then those beside it with a number."""
    yield place / FOLDER
    beside = place.parent.glob(f"{place.name}-*") if place.parent.is_dir() else ()
    yield from (folder / FOLDER for folder in sorted(beside))


def _digest(roster: Path, options: str) -> str:
    """What tells the roster, and how it is read, from another one."""
    try:
        return hashlib.sha256(roster.read_bytes() + options.encode()).hexdigest()[:16]
    except OSError as error:
        raise UserError(f"{roster}: cannot be read ({error.strerror or error})") from None
