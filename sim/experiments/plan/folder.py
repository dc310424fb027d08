"""What `orgsim plan` writes: the page, its figures, and the two scenarios that were run, to be changed by hand.

page.txt, page.png    the page, and a picture of it
plan.json             all figures
base.yaml             going on as it is: the scenario that was named, with people over time and what was set
variant.yaml          the same with the measure; extends base.yaml
held.yaml             only where the organisation is held equal to another's: that one, with what was set
imported/             of a roster: scenario, chart, salt and health report, see `sim.experiments.plan.imported`
"""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.engine.kernel import source_hash
from sim.errors import UserError
from sim.experiments.plan.figures import plan_json
from sim.experiments.plan.imported import FOLDER, Imported
from sim.experiments.plan.measures import Asked, events_of, stated
from sim.experiments.plan.study import Plan
from sim.experiments.plan.words import page
from sim.experiments.written import copy_into, held_text, reference, scenario_text
from sim.scenario.scenario import Scenario, parse_set
from sim.scenario.tree import shape_of
from sim.store import files
from sim.store.folder import manifest, read_manifest
from sim.store.taking import Taken

BASE, VARIANT, HELD = "base.yaml", "variant.yaml", "held.yaml"


def question(
    base: Scenario, variant: Scenario, asked: Asked, runs: int, seed: int, ranges: int
) -> dict[str, object]:
    """What identifies the results."""
    content = {
        "scenarios": [base.hash(), variant.hash()],
        "week": asked.week,
        "runs": runs,
        "seed": seed,
        "ranges": ranges,
        "source": source_hash(),
    }
    made = manifest(
        "plan", base.name, variant.question, content, {"seed": seed, "runs": [0, runs - 1]}, base.to_dict()
    )
    return made | {"other": variant.to_dict(), "organisations": [shape_of(base)]}


# ---- the scenarios


def texts(
    base: Scenario, source: Path, sets: Sequence[str], on: Mapping[str, Any], asked: Asked, folder: Path
) -> dict[str, str]:
    """File name -> text of the scenarios as they are written into *folder*.

    source: the file that was named; sets: what was set; on: what else the base has by path (time, switches).
    """
    given = {**dict(map(parse_set, sets)), **on}
    made = {}
    head = {
        "question": "What if everything goes on as it is?",
        "extends": reference(source, folder, source),
        "name": base.name,
    }
    own = dict(given)
    note = "To what the organisation is held equal, under the same assumptions."
    if held := held_text(note, base, given, folder, source):
        made[HELD] = held
        own["organisation.hold_to"] = HELD
    made[BASE] = scenario_text("Written by orgsim plan: going on as it is.", head, own)
    events = [*map(stated, base.events), *events_of(asked, base)]
    with_it = {
        "question": f"What does it bring to {asked.in_words()} in week {asked.week}?",
        "extends": BASE,
        "name": f"{base.name}-plan",
    }
    note = f"Written by orgsim plan: the measure. Change it by hand, then: orgsim compare {BASE} {VARIANT}"
    made[VARIANT] = scenario_text(note, with_it, {}, events)
    return made


def untouched(folder: Path) -> None:
    """Raise `UserError` if somebody has changed the scenarios in *folder*: they would be overwritten."""
    found = read_manifest(folder)
    written = found.get("written") if found is not None else None
    for name, digest in written.items() if isinstance(written, dict) else ():
        path = folder / str(name)
        if path.is_file() and _digest(path.read_bytes()) != digest:
            raise UserError(
                f"{path}: was changed since it was written, and would be overwritten; move it, choose another folder with --out, "
                f"or replace it with --fresh"
            )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


# ---- the folder


def write(
    place: Taken,
    plan: Plan,
    scenarios: Mapping[str, str],
    copied: Mapping[str, Path],
    about: str,
    imported: Imported | None,
) -> None:
    """Write all of it. scenarios, copied: see `texts`, `copies`; about: a sentence on the import; imported: the import, which
    is copied.
    """
    from sim.experiments.plan.pictures import picture  # Matplotlib, only to draw

    written = {name: _digest(text.encode()) for name, text in scenarios.items()}
    with place.writing(written=written) as folder:
        files.write_text(folder / "page.txt", page(plan, place.folder, about) + "\n")
        files.write_json(folder / "plan.json", plan_json(plan, place.folder, about))
        for name, text in scenarios.items():
            files.write_text(folder / name, text)
        copy_into(folder, copied)
        if imported is not None:
            shutil.copytree(imported.folder, folder / FOLDER)
        picture(folder / "page", plan)
