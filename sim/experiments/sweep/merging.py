"""`orgsim merge`: shards of one sweep, made on several machines, become one folder, byte for byte that of a sweep in one go.

Nothing is mixed: all shards have to ask the same, be whole and different, and be computed with the same sources, versions and
probe (`sim.simulation.proof`). Their parts are copied as they are, since their digests do not depend on the shard, and the
summary is computed from them. The answer needs the sweep's file: `orgsim sweep FILE --out DIR` finds all of its runs there.
"""

import contextlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import UserError
from sim.experiments.sweep.identity import Shard, key_of
from sim.experiments.sweep.results import write_results
from sim.experiments.sweep.summary import Asked
from sim.outcomes.declared import OUTCOMES, Outcome
from sim.simulation.proof import differences
from sim.store.folder import (
    check_owner,
    claim,
    clear,
    content_hash,
    holds_nothing,
    is_same,
    read_manifest,
    set_status,
)
from sim.store.parts import RUNS, SERIES, Parts
from sim.store.tables import Tables
from sim.store.taking import opened

_NAMES = {
    "source": "the program's version",
    "scenario": "the base scenario",
    "made": "the scenarios of its points",
}


@dataclass(frozen=True)
class _Found:
    """The folder of a shard, what it says of itself, and which shard it is."""

    folder: Path
    manifest: Mapping[str, object]
    content: Mapping[str, object]
    shard: Shard


@dataclass(frozen=True)
class Merged:
    """What was put together. failures: runs that failed."""

    folder: Path
    name: str
    shards: int
    points: int
    runs: int
    failures: int


def merge(folders: Sequence[Path], out: Path, declared: Mapping[str, Outcome] = OUTCOMES) -> Merged:
    """Make one folder of all shards of a sweep, in any order. Raises UserError if one is missing, double, foreign or damaged."""
    shards = sorted((_found(folder) for folder in folders), key=lambda found: found.shard)
    _check_same(shards)
    _check_complete(shards)
    first = shards[0]
    content = {name: value for name, value in first.content.items() if name != "shard"}
    made = {
        name: value
        for name, value in first.manifest.items()
        if name not in ("status", "runs_done", "failures", "command")
    }
    made |= {"content": content, "content_hash": content_hash(content)}
    if any(out.resolve() == found.folder.resolve() for found in shards):
        raise UserError(f"--out {out}: is one of the shards; choose another folder")
    _check_empty(out, made)
    with opened(out):
        _check_empty(out, made)
        with Tables() as tables:
            key = key_of(content)
            advice = "give the command of this shard again, it mends them"
            whole = [Parts(found.folder, key, tables, advice) for found in shards]
            written = claim(out, made)
            try:
                for found, parts in zip(shards, whole, strict=True):
                    _copy(found.shard[0], parts, out)
                return _finish(Parts(out, key, tables), tables, written, declared, len(shards))
            except BaseException:
                with contextlib.suppress(OSError):  # the first error is the one to tell
                    clear(out)
                raise


def _finish(
    parts: Parts, tables: Tables, manifest: dict[str, object], declared: Mapping[str, Outcome], shards: int
) -> Merged:
    """Write what follows from the copied parts, the manifest last."""
    vary, points = manifest["vary"], manifest["points"]
    assert isinstance(vary, list)
    assert isinstance(points, int)
    rows = tables.read(parts.files(), ["point", "run"])
    runs = len(rows["point"])
    pairs = set(zip(rows["point"].tolist(), rows["run"].tolist(), strict=True))
    missing = points - len({point for point, _ in pairs})
    if len(pairs) < runs or missing:
        raise UserError(
            f"{parts.folder}: the shards do not make a whole sweep ({runs - len(pairs):,} runs are there twice, {missing:,} "
            f"design points are missing); run them again with the command that made them"
        )
    asked = Asked(tuple(vary), points, str(manifest["outcome"]), declared)
    failures = write_results(parts.folder, parts, tables, asked, runs)
    set_status(parts.folder, manifest, "merged", runs_done=runs, failures=failures, shards=shards)
    return Merged(parts.folder, str(manifest["name"]), shards, points, runs, failures)


# ---- what fits together


def _found(folder: Path) -> _Found:
    """The finished shard in a folder. Raises UserError if it is something else."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("kind") != "sweep":
        raise UserError(
            f"{folder}: holds no sweep; merge folders that `orgsim sweep FILE --shard K/N` has made"
        )
    content = manifest.get("content")
    shard = content.get("shard") if isinstance(content, Mapping) else None
    if not isinstance(content, Mapping) or not isinstance(shard, list):
        raise UserError(
            f"{folder}: holds a whole sweep, not a shard of one; merge folders that --shard K/N has made"
        )
    which, of = int(shard[0]), int(shard[1])
    if manifest.get("status") != "complete":
        raise UserError(
            f"{folder}: shard {which} of {of} is not finished ({manifest.get('status')}); give its command again, it continues"
        )
    return _Found(folder, manifest, content, (which, of))


def _check_same(shards: Sequence[_Found]) -> None:
    """All shards ask the same as the first one, and were computed with the same."""
    first, *others = shards
    for found in others:
        names = {*first.content, *found.content} - {"shard"}
        changed = sorted(name for name in names if first.content.get(name) != found.content.get(name))
        if first.manifest.get("name") != found.manifest.get("name"):
            changed = [f"name ({found.manifest.get('name')})"]
        if changed:
            told = ", ".join(_NAMES.get(name, name) for name in changed)
            raise UserError(
                f"{found.folder}: is a shard of another sweep than {first.folder} (other {told}); merge shards of one sweep"
            )
        if found.shard[1] != first.shard[1]:
            raise UserError(
                f"{found.folder}: is one of {found.shard[1]} shards, {first.folder} one of {first.shard[1]}; merge shards that "
                f"were cut the same way"
            )
        ours, theirs = (side.manifest.get("machine") for side in (first, found))
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping) and (told := differences(ours, theirs)):
            raise UserError(
                f"{found.folder}: was computed on a machine with {told}; figures of both are not mixed: run this shard again on "
                f"a machine like that of {first.folder}"
            )


def _check_complete(shards: Sequence[_Found]) -> None:
    """Every shard is there, once."""
    of = shards[0].shard[1]
    by_number: dict[int, list[Path]] = {}
    for found in shards:
        by_number.setdefault(found.shard[0], []).append(found.folder)
    for number, folders in by_number.items():
        if len(folders) > 1:
            listed = " and ".join(str(folder) for folder in folders)
            raise UserError(
                f"shard {number} of {of} is there {len(folders)} times: {listed}; give each shard once"
            )
    missing = [str(number) for number in range(1, of + 1) if number not in by_number]
    if missing:
        several = "shards" if len(missing) > 1 else "shard"
        raise UserError(
            f"{several} {', '.join(missing)} of {of} missing; add the folder, or run it with --shard {missing[0]}/{of}"
        )


def _check_empty(out: Path, made: Mapping[str, object]) -> None:
    """The folder holds nothing, or an earlier merge of the same shards that was interrupted. Raises UserError."""
    check_owner(out, made)
    found = read_manifest(out)
    if (
        not holds_nothing(out)
        and found is not None
        and is_same(found, made)
        and found.get("status") != "running"
    ):
        raise UserError(f"--out {out}: holds this sweep already; choose a new folder")


def _copy(shard: int, parts: Parts, out: Path) -> None:
    """Copy the parts of a shard under numbers of its own, each in one step, its runs last."""
    for k, path in enumerate(parts.files(), 1):
        digest = path.stem.split("-")[1]
        name = f"{shard:05d}{k:05d}-{digest}.parquet"
        for kind in (SERIES, RUNS):
            temporary = out / kind / f".{name}.0.tmp"
            shutil.copyfile(parts.folder / kind / path.name, temporary)
            temporary.replace(out / kind / name)
