"""What a results folder of a sweep is the answer to: what it is refused or resumed by, and what stands in its manifest."""

from collections.abc import Mapping
from pathlib import Path

from sim.errors import UserError
from sim.experiments.sweep.answer import groups
from sim.experiments.sweep.file import Sweep
from sim.simulation.sources import model_hash
from sim.store.folder import content_hash, manifest, own_folder

Shard = tuple[int, int]  # which of how many, from 1

#: What does not decide whether stored runs may stand side by side: how many there are, and of which points.
EXTENT = ("runs", "shard")


def identity_of(sweep: Sweep, source: str | None = None, shard: Shard | None = None) -> dict[str, object]:
    """What identifies the sweep. The answer's settings (crossing, ranges, again) are not part of it: they change no run.

    made: hash of the scenarios of the first and the last point, which tells where a scenario is made of a point in another way.
    """
    runs: dict[str, object] = {"runs": sweep.runs}
    if sweep.until_decided:
        spec = sweep.crossing
        rule = {"worth": sweep.worth} if spec is None else {"between": spec.between}
        runs = {"until": "decided", "max": sweep.runs, "outcome": sweep.outcome, **rule}
    made = [sweep.scenario(sweep.points[k]).hash() for k in (0, -1)]
    found: dict[str, object] = {
        "scenario": sweep.base.hash(),
        "hold": sweep.hold,
        "design": content_hash({"points": [list(point.items()) for point in sweep.points]}),
        "runs": runs,
        "seed": sweep.seed,
        "source": source or model_hash(),
        "made": content_hash({"made": made}),
    }
    return found if shard is None else {**found, "shard": list(shard)}


def key_of(content: Mapping[str, object]) -> str:
    """Key of the digests of stored files: the same for more runs and for every shard."""
    return content_hash({name: value for name, value in content.items() if name not in EXTENT})


def manifest_of(sweep: Sweep, identity: Mapping[str, object]) -> dict[str, object]:
    """The manifest of the sweep's folder."""
    seeds = {"seed": sweep.seed, "runs": [0, sweep.runs - 1]}
    facts = {"vary": list(sweep.vary), "points": len(sweep.points), "outcome": sweep.outcome}
    return manifest("sweep", sweep.name, sweep.question, identity, seeds, sweep.base.to_dict(), facts)


def default_folder(sweep: Sweep, fresh: bool, shard: Shard | None = None) -> Path:
    """The results folder of a sweep where none is named: results/NAME, or NAME-2 if that is another sweep's, and so on. Of a
    shard: results/NAME.2-of-5.
    """
    name = sweep.name if shard is None else f"{sweep.name}.{shard[0]}-of-{shard[1]}"
    made = manifest_of(sweep, identity_of(sweep, shard=shard))
    return own_folder(Path("results") / name, made, fresh, grows=True)


def points_of(sweep: Sweep, shard: Shard | None) -> list[int]:
    """The design points of a shard, or all: every N-th, or where runs depend on a comparison every N-th row of points."""
    if shard is None:
        return list(range(len(sweep.points)))
    which, of = shard
    if sweep.until_decided and sweep.crossing is None:
        raise UserError(
            f"--shard {which}/{of}: which point is best is decided over all points together; give a number of runs instead of "
            f"until: decided, or run it without --shard"
        )
    if sweep.until_decided:
        return sorted(point for row in groups(sweep)[which - 1 :: of] for point in row.values())
    return list(range(which - 1, len(sweep.points), of))


def shard_of(text: str) -> Shard:
    """The shard in "2/5". Raises UserError."""
    which, _, of = text.partition("/")
    try:
        shard = int(which), int(of)
    except ValueError:
        shard = 0, 0
    if not 1 <= shard[0] <= shard[1] <= 10_000:
        raise UserError(
            f"--shard {text[:40]!r}: expected which of how many, from 1/N to N/N with N up to 10,000, for example 2/5"
        )
    return shard
