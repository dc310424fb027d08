"""The results folder: who owns it, what is in it, and how it is written.

Every file is written to a temporary name in its folder and then renamed, so that a reader, or the next start,
sees a whole file or none. Tables are Parquet files written by DuckDB; undefined figures are NULL there.

    manifest.json      resolved scenario, versions, seeds, platform, content hash, status
    runs/*.parquet     a row per run: point, run, seed, design columns, outcomes, failure; of `compare` a point is a scenario, and
                       the design column `scenario` has its name
    series/*.parquet   a row per run and week
    failures.parquet   the runs that failed, with the seed that replays them
    summary.csv        a row per design point and outcome; the same bytes whatever the workers or interruptions
    summary/*.parquet  all of that, where there are too many points for a CSV file of every outcome
    .blocks/           what is finished of an unfinished sweep and not yet in runs/ (`sim.store.parts`)
    compare.json       all figures of a comparison: what `--json` prints (also risk.json, explain.json, rules.json ..)
    points.csv         of `rules`: a row for every point, searched and fresh
    plots/             pictures, where any were drawn (of a comparison: compare.svg, compare.png)
    answer.txt         what was printed
"""

import hashlib
import itertools
import json
import os
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from sim.errors import UserError
from sim.store.files import is_temporary, read_json, write_json
from sim.store.journal import JOURNAL
from sim.text import plain

PROGRAM = "orgsim"
FORMAT = 2
BLOCKS = ".blocks"
PREVIOUS = ".previous"  # old results that are being replaced
MANIFEST = "manifest.json"
ANSWER = "answer.txt"
#: Everything a results folder may hold. `--fresh` replaces nothing else.
CONTENTS = (
    "runs",
    "series",
    BLOCKS,
    "people",
    "plots",
    ANSWER,
    "ranges.json",
    "again.json",
    "compare.json",
    "risk.json",
    "ledger.csv",
    "sensitivity.json",
    "rules.json",
    "points.csv",
    "explain.json",
    "plan.json",
    "page.txt",
    "page.png",
    "page.svg",
    "base.yaml",
    "variant.yaml",
    "held.yaml",
    "imported",
    "from",
    "fit.json",
    "optimise.json",
    "candidates.csv",
    "scenarios",
    "evaluations.jsonl",
    "failures.parquet",
    "summary.csv",
    "summary",
    "report.html",
    JOURNAL,
)
VERSIONED = ("numpy", "numba", "duckdb", "scipy", "mesa")


def content_hash(parts: Mapping[str, object]) -> str:
    """16 hex digits that change whenever the parts (plain data) change. The order of keys does not matter."""
    text = json.dumps(_plain(parts), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    """Plain data for hashing. Unlike in `jsonable`, infinity stays itself: it differs from 'not set'."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def versions() -> dict[str, str]:
    """Versions of Python, this package and what it computes with; read from metadata, nothing is imported."""
    found = {"python": platform.python_version()}
    for name in (PROGRAM, *VERSIONED):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def manifest(
    kind: str,
    name: str,
    question: str | None,
    content: Mapping[str, object],
    seeds: Mapping[str, object],
    scenario: Mapping[str, object],
    facts: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """What a results folder says of itself.

    content: what identifies the results, the hash of the program's sources included; it is hashed as it is, and kept as plain
    data. facts: what else there is to say, and changes no figure.
    """
    return {
        "kind": kind,
        "name": name,
        "question": question,
        "content_hash": content_hash(content),
        "content": plain.jsonable(content),
        **(facts or {}),
        "seeds": dict(seeds),
        "scenario": dict(scenario),
    }


# ---- the folder


def read_manifest(folder: Path) -> dict[str, object] | None:
    """The manifest of a results folder, None if the folder has none that this program wrote.

    While new results take the place of old ones (`sim.store.replacing`), for a moment it is that of the old ones, moved aside.
    """
    for path in (folder / MANIFEST, folder / PREVIOUS / MANIFEST):
        data = read_json(path)
        if data is not None and data.get("program") == PROGRAM:
            return data
        if path.exists():
            break
    return None


def claim(folder: Path, manifest: Mapping[str, object], grows: bool = False) -> dict[str, object]:
    """Make the folder ours, for runs that are stored as they are finished. Returns the manifest written.

    An empty or new folder is taken; a folder with the same content hash is resumed, and with `grows` also one whose
    content differs in nothing but fewer runs. Raises UserError if it belongs to something else.
    """
    check_owner(folder, manifest, grows=grows)
    folder.mkdir(parents=True, exist_ok=True)
    # The manifest first: a folder with anything else and without it belongs to nobody.
    written = set_status(folder, stamped(manifest), "running")
    for name in ("runs", "series"):
        (folder / name).mkdir(exist_ok=True)
    return written


def stamped(manifest: Mapping[str, object]) -> dict[str, object]:
    """The manifest with what made it: program, format, versions and platform."""
    return {
        "program": PROGRAM,
        "format": FORMAT,
        **manifest,
        "versions": versions(),
        "platform": {"system": platform.system(), "machine": platform.machine(), "cpus": os.cpu_count()},
    }


def holds_nothing(folder: Path) -> bool:
    """True if there is no such folder, or it is empty but for the program's own hidden files: a lock, what a killed process was
    writing.
    """
    return not folder.exists() or (
        folder.is_dir() and all(p.name.startswith(".orgsim") or is_temporary(p) for p in folder.iterdir())
    )


def is_same(found: Mapping[str, object], wanted: Mapping[str, object], grows: bool = False) -> bool:
    """True if the results found answer the question of the manifest, or with `grows` the same one with other numbers of runs."""
    return found.get("content_hash") == wanted["content_hash"] or (grows and _more_runs(found, wanted) != 0)


def check_owner(
    folder: Path, manifest: Mapping[str, object], fresh: bool = False, grows: bool = False
) -> None:
    """Raise UserError if the folder holds something else than results of this question; with `fresh`, of this program."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: is a file, not a results folder; choose a folder with --out")
    if holds_nothing(folder):
        return
    found = read_manifest(folder)
    if found is None and (folder / MANIFEST).exists() and read_json(folder / MANIFEST) is None:
        raise UserError(
            f"{folder}: its {MANIFEST} is damaged or cannot be read, so nobody knows what the folder holds and it is left "
            f"alone; choose another folder with --out, or delete this one"
        )
    if found is None:
        raise UserError(
            f"{folder}: this folder has files but no {MANIFEST} of {PROGRAM}, so it belongs to something else and is "
            f"left alone; choose another folder with --out"
        )
    if fresh or is_same(found, manifest) or (grows and _more_runs(found, manifest) > 0):
        return
    if grows and _more_runs(found, manifest) < 0:
        had, wanted = _runs(found), _runs(manifest)
        raise UserError(
            f"{folder}: holds this sweep with {had:,} runs per point, more than the {wanted:,} asked for; use --runs {had} or "
            f"more, choose another folder with --out, or replace these results with --fresh"
        )
    what = f"another {found.get('kind', 'run')} ({found.get('name', 'unnamed')}: {_reason(found, manifest)})"
    raise UserError(
        f"{folder}: holds the results of {what}; choose another folder with --out, or replace these results "
        f"with --fresh"
    )


def own_folder(default: Path, manifest: Mapping[str, object], fresh: bool, grows: bool = False) -> Path:
    """The folder of a command that was given none: NAME, or if that is another question's NAME-2, NAME-3, ...

    The first one that holds this question, else the first that holds nothing. With `fresh` NAME is replaced where none holds the
    question.
    """
    free = None
    for number in itertools.count(1):
        folder = default if number == 1 else default.with_name(f"{default.name}-{number}")
        found = read_manifest(folder)
        if found is not None and is_same(found, manifest, grows):
            return folder
        if free is None and (holds_nothing(folder) or (number == 1 and fresh and found is not None)):
            free = folder
        if not folder.exists():
            break
    assert free is not None  # the last folder that was looked at is not there
    return free


def _content(manifest: Mapping[str, object]) -> Mapping[str, object]:
    """What identifies the results of a manifest; nothing if it does not say."""
    content = manifest.get("content")
    return content if isinstance(content, Mapping) else {}


def _runs(manifest: Mapping[str, object]) -> int | None:
    """Runs per design point, None where they are not fixed beforehand."""
    runs = _content(manifest).get("runs")
    number = runs.get("runs") if isinstance(runs, Mapping) and len(runs) == 1 else None
    return number if isinstance(number, int) else None


def _more_runs(found: Mapping[str, object], wanted: Mapping[str, object]) -> int:
    """How many runs more than `found` has are `wanted`, where nothing else differs; else 0."""
    had, asked = _runs(found), _runs(wanted)
    if had is None or asked is None or found.get("kind") != wanted.get("kind"):
        return 0
    old, new = ({**_content(manifest), "runs": None} for manifest in (found, wanted))
    return asked - had if old == plain.jsonable(new) else 0


def _reason(found: Mapping[str, object], wanted: Mapping[str, object]) -> str:
    """What differs between two manifests, in words."""
    old, new = found.get("content"), wanted.get("content")
    if found.get("name") != wanted.get("name"):
        return f"this one is {wanted.get('name')}"
    if not isinstance(old, dict) or not isinstance(new, Mapping):
        return "its content differs"
    changed = [key for key in new if old.get(key) != plain.jsonable(new[key])]
    if changed != ["made"]:  # scenarios of the points follow from everything else
        changed = [key for key in changed if key != "made"]
    names = {
        "source": "the program's version",
        "scenario": "the base scenario",
        "made": "way to make a scenario of a point",
    }
    return "other " + ", ".join(names.get(key, key) for key in changed) if changed else "its content differs"


def clear(folder: Path) -> None:
    """Remove the results of this program in the folder. Raises UserError if the manifest does not say it is
    ours.
    """
    if read_manifest(folder) is None:
        raise UserError(f"{folder}: has no {MANIFEST} of {PROGRAM}; nothing is removed")
    for name in CONTENTS:
        path = folder / name
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
    # Last, so that an interrupted removal can be repeated.
    (folder / MANIFEST).unlink()


def set_status(
    folder: Path, manifest: Mapping[str, object], status: str, **facts: object
) -> dict[str, object]:
    """Rewrite the manifest with a status: running, interrupted, failed, complete. Returns it."""
    data = {**manifest, "status": status, **facts}
    write_json(folder / MANIFEST, data)
    return data
