"""The question of a sweep asked again under other settings: does its answer survive them?

An answer is found under one set of assumptions. Where one of these is suspected to decide it, the sweep's key `again` names
settings to try instead. The two compared designs are simulated under each of them, at the first, the middle and the last value
of the path along which they are compared (`sim.experiments.sweep.plausible.places`), with the dice of the sweep and at most
`MOST_RUNS` runs. What is found is kept in again.json, a design at a place at a time.

A difference is called one by a paired t test with Holm's correction over all alternatives and places. The answer survives where
every place that it speaks of has its sign beyond noise; it does not where one has the opposite sign beyond noise; else it cannot
be said, because no difference found is no proof that there is none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.constants import ALPHA
from sim.errors import UserError
from sim.experiments.sweep.blocks import Block, simulate_block
from sim.experiments.sweep.file import Alternative, Sweep
from sim.experiments.sweep.plausible import places
from sim.scenario.scenario import Scenario
from sim.simulation.parallel import Lost, Pool
from sim.simulation.results import Simulate
from sim.statistics.estimates import Paired, holm, known, paired
from sim.store import files
from sim.store.folder import content_hash

MOST_RUNS = 50  # per design and place: common random numbers decide differences of 1 % with fewer


class DesignRuns(NamedTuple):
    """The outcome of one design at one place, per run, None where undefined. failed: runs; reason: of the first."""

    values: Sequence[float | None]
    failed: int
    reason: str


@dataclass(frozen=True)
class PlaceAgain:
    """The first design minus the second at one value of the path `along` (None: there is no such path), in the shown unit.

    p: with Holm's correction over all alternatives and places. sign: +1 ahead, -1 behind, 0 within noise or undefined.
    """

    at: object
    pair: Paired
    p: float | None
    sign: int


@dataclass(frozen=True)
class AskedAgain:
    """What the sweep finds under one alternative. failed: runs left out, and `reason` of the first.

    survives: whether its answer is the same; None where that cannot be said.
    """

    alternative: Alternative
    places: tuple[PlaceAgain, ...]
    survives: bool | None
    failed: int
    reason: str


@dataclass(frozen=True)
class Said:
    """What the answer of the sweep says, to be looked for again.

    crossing: it shows one. signs: of the first design's lead, per place; 0 where the answer says nothing.
    """

    crossing: bool
    signs: tuple[int, ...]


def runs_again(sweep: Sweep) -> int:
    """Runs per alternative, place and design."""
    return min(sweep.runs, MOST_RUNS)


def planned(sweep: Sweep) -> int:
    """Runs under all alternatives."""
    return 2 * len(sweep.again) * len(places(sweep)) * runs_again(sweep)


# ---- what is simulated


def simulate_again(
    sweep: Sweep,
    folder: Path,
    source: object,
    side_by_side: Pool,
    simulate: Simulate | None,
    tick: Callable[[int], None],
) -> list[DesignRuns]:
    """Runs of every alternative, place and design, in this order, kept in again.json for the next start.

    source: hash of the engine's sources. tick: told of the runs done.
    """
    if not sweep.again:
        return []
    runs, path = runs_again(sweep), folder / "again.json"
    stored = files.read_json(path) or {}
    keys: list[str] = []
    tasks = {}
    for asked, values in _designs(sweep):
        what = [asked.scenario(values).hash(), source, sweep.seed, sweep.outcome, runs]
        keys.append(content_hash({"again": what}))
        tasks[keys[-1]] = partial(
            _simulate, asked.base, sweep.hold, values, runs, sweep.seed, sweep.outcome, simulate
        )
    kept = {key: stored[key] for key in tasks if key in stored}
    tick(runs * sum(key in kept for key in keys))

    def keep(key: str, found: DesignRuns) -> None:
        kept[key] = found._asdict()
        files.write_json(path, kept)
        tick(runs * keys.count(key))

    lost: Lost[str, DesignRuns] = Lost(lambda _: [], lambda _, why: DesignRuns([None] * runs, runs, why))
    missing = [(key, task) for key, task in tasks.items() if key not in kept]
    side_by_side.run(missing, keep, rescue=True, lost=lost)
    return [_of_json(kept[key]) for key in keys]


def _of_json(stored: Any) -> DesignRuns:
    return DesignRuns(*(stored[field] for field in DesignRuns._fields))


def _designs(sweep: Sweep) -> list[tuple[Sweep, dict[str, object]]]:
    """The sweep under every alternative, with the values of the first and the second design at every place."""
    spec = sweep.crossing
    if spec is None:
        return []
    found = []
    for alternative in sweep.again:
        asked = sweep.under(alternative)
        for place in places(sweep):
            fixed = {} if spec.along is None else {spec.along: place}
            found += [(asked, {**fixed, spec.of: value}) for value in spec.between]
    return found


def _simulate(
    base: Scenario,
    hold: str | None,
    values: Mapping[str, object],
    runs: int,
    seed: int,
    outcome: str,
    simulate: Simulate | None,
) -> DesignRuns:
    """One design at one place; what cannot be run at all counts as runs that failed."""
    try:
        found = simulate_block(base, hold, values, Block(0, 0, runs), seed, simulate)
    except UserError as error:
        return DesignRuns([None] * runs, runs, str(error))
    figures = found.outcomes.get(outcome, np.full(runs, np.nan))
    defined = [float(value) if np.isfinite(value) else None for value in figures]
    return DesignRuns(defined, len(found.failures), next(iter(found.failures.values()), ""))


# ---- what it comes to


def compare_again(
    sweep: Sweep, found: Sequence[DesignRuns], said: Said, better: int, scale: float
) -> tuple[AskedAgain, ...]:
    """What every alternative shows. found: see `simulate_again`; scale: of the shown unit."""
    if not found:
        return ()
    arrays = [scale * np.array(one.values, dtype=float) for one in found]
    pairs = [paired(second, first, better) for first, second in zip(arrays[::2], arrays[1::2], strict=True)]
    p_values = holm([pair.p for pair in pairs])
    at = places(sweep)
    compared = []
    for k, alternative in enumerate(sweep.again):
        part = range(k * len(at), (k + 1) * len(at))
        shown = tuple(
            PlaceAgain(place, pairs[i], p_values[i], _sign(pairs[i], p_values[i], better))
            for place, i in zip(at, part, strict=True)
        )
        runs = found[2 * part.start : 2 * part.stop]
        reason = next((one.reason for one in runs if one.reason), "")
        survives = survival(said.signs, [place.sign for place in shown])
        compared.append(AskedAgain(alternative, shown, survives, sum(one.failed for one in runs), reason))
    return tuple(compared)


def survival(said: Sequence[int], shown: Sequence[int]) -> bool | None:
    """Whether the signs shown are those said, where something is said; None where that cannot be told."""
    asked = [(one, other) for one, other in zip(said, shown, strict=True) if one]
    if any(one == -other for one, other in asked):
        return False
    return True if asked and all(one == other for one, other in asked) else None


def _sign(pair: Paired, p: float | None, better: int) -> int:
    if p is None or p >= ALPHA:
        return 0
    return int(np.sign((better or 1) * known(pair.difference)))
