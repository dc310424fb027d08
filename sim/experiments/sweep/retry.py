"""`--retry-failed`: the same results again, with the runs that failed to be simulated once more.

The new results begin, in a folder of their own, as the old ones without their failed runs. A part without failures is the same
file (a link to it, or a copy); of the others the runs that did not fail are kept as a block. What stands besides the design
points is kept where nothing of it failed. The manifest is written last: without it the beginning is begun again.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sim.store.files import read_json
from sim.store.folder import read_manifest, set_status, stamped
from sim.store.parts import RUNS, SERIES, Parts
from sim.store.tables import Tables


def begin_retry(folder: Path, new: Path, made: Mapping[str, object], key: str) -> None:
    """Begin new results in *new* from those in *folder*."""
    before = read_manifest(folder) or {}
    for kind in (RUNS, SERIES):
        (new / kind).mkdir(parents=True)
    with Tables() as tables:
        old, kept = Parts(folder, key, tables), Parts(new, key, tables)
        old.fold()
        for path in old.files():
            failures = tables.read([path], ["failure"])["failure"]
            failed = np.array([message is not None for message in failures])
            if not failed.any():
                for kind in (RUNS, SERIES):
                    _linked(folder / kind / path.name, new / kind / path.name)
            elif not failed.all():
                runs = {name: values[~failed] for name, values in tables.read([path]).items()}
                kept.add(runs, tables.read([folder / SERIES / path.name]))  # failed runs have no series
        kept.fold()
    for name in ("ranges.json", "again.json"):
        _keep_whole(folder / name, new / name)
    facts = {"machine": before["machine"]} if "machine" in before else {}
    set_status(new, stamped({**made, **facts, "purpose": "retry"}), "running")


def _linked(path: Path, new: Path) -> None:
    """The same file under another name; a copy where there are no links."""
    try:
        os.link(path, new)
    except OSError:
        shutil.copyfile(path, new)


def _keep_whole(path: Path, new: Path) -> None:
    """Copy figures of which no run failed."""
    data = read_json(path)
    if data is None:
        return
    entries = data.values() if path.name == "again.json" else [data]
    if not any(_has_failures(entry) for entry in entries):
        shutil.copyfile(path, new)


def _has_failures(entry: object) -> bool:
    failed = entry.get("failed") if isinstance(entry, Mapping) else None
    return any(failed) if isinstance(failed, list) else bool(failed)
