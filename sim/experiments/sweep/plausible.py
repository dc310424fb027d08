"""How far to trust a sweep's answer: the two compared designs under other plausible parameters.

The sets of parameters (see `sim.experiments.plausible`) are the same at every place: at the first, the middle and the last
value of the path along which the designs are compared, so that a verdict that depends on this path shows it. The runs per set
are divided over the places, so that three places cost no more than one. One run per place is enough where common
random numbers make a paired difference vary much less between runs than between parameter sets (in the bundled sweep
with a standard deviation of 0.015 against 0.06 standard hours per 1,000 USD, and the shares of 1 and of 4 runs agree).
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.designs import as_numbers, levels_of
from sim.experiments.plausible import RangeResult, over_ranges, varied
from sim.experiments.sweep.file import Sweep
from sim.experiments.worlds import Choice, choose
from sim.parameters.registry import REGISTRY
from sim.simulation import run as engine
from sim.simulation.results import Simulate
from sim.store import files
from sim.store.folder import content_hash
from sim.text import plain

RUNS = 4  # per parameter set and design, over all places; at least one per place


class Ranges(NamedTuple):
    """How the two compared designs differ on plausible sets, as ranges.json has it.

    at: the places; differences: per place one per set, first design minus second, None where undefined; failed: sets that
    could not be run, per place, and the reason of the first; varied: uncertain parameters; runs: per set, design and place.
    like: the scenario's file if the sets are the worlds that look like it, "" if they are plausible ones; everywhere: the
    differences on all plausible sets, beside those of fitted worlds.
    """

    at: Sequence[object]
    runs: int
    differences: Sequence[Sequence[float | None]]
    varied: int
    failed: Sequence[int]
    reason: str
    like: str = ""
    everywhere: Sequence[Sequence[float | None]] = ()


def _ranges(data: Mapping[str, Any]) -> Ranges:
    return Ranges(*(data[field] for field in Ranges._fields))


def places(sweep: Sweep) -> tuple[object, ...]:
    """Values of the path `along` at which the sets are tried: all of up to three, else first, middle and last.

    (None,) if there is no such path.
    """
    if sweep.crossing is None or sweep.crossing.along is None:
        return (None,)
    values = sorted(as_numbers(levels_of(sweep.vary[sweep.crossing.along])))
    if len(values) <= 3:
        return tuple(values)
    return values[0], values[(len(values) - 1) // 2], values[-1]


def runs_at_a_place(sweep: Sweep) -> int:
    """Runs per parameter set, design and place."""
    return max(1, RUNS // len(places(sweep)))


def chosen(sweep: Sweep) -> Choice:
    """The worlds that look like the base of the sweep, if they were fitted."""
    if not sweep.ranges or sweep.crossing is None:
        return Choice(None, ())
    designs = [sweep.scenario({sweep.crossing.of: value}) for value in sweep.crossing.between]
    return choose(designs, varied(designs, REGISTRY), sweep.ranges)


def planned(sweep: Sweep) -> int:
    """Runs over the plausible ranges, and in the worlds that look like the base; 0 if nothing is compared."""
    sets = sweep.ranges + chosen(sweep).count
    return 2 * sets * runs_at_a_place(sweep) * len(places(sweep)) if sweep.crossing else 0


def sweep_ranges(
    sweep: Sweep,
    folder: Path,
    content: Mapping[str, object],
    workers: int | None,
    simulate: Simulate | None,
    tick: Callable[[int], None],
) -> Ranges | None:
    """How the two compared designs differ at every place, kept in ranges.json for the next start.

    content: what identifies the sweep (of its manifest). tick: told of the runs done. None if nothing is compared.
    """
    spec = sweep.crossing
    if not sweep.ranges or spec is None:
        return None
    runs, at = runs_at_a_place(sweep), places(sweep)
    same = {key: content[key] for key in ("scenario", "hold", "seed", "source")}  # more runs change no set
    worlds = chosen(sweep).worlds
    asked: list[object] = [spec.of, spec.between, spec.along, at, sweep.outcome, sweep.ranges, runs]
    asked += [] if worlds is None else [list(worlds.sets)]
    key = content_hash({**same, "asked": asked})
    path = folder / "ranges.json"
    kept = files.read_json(path)
    if kept is not None and kept.get("key") == key:
        tick(planned(sweep))
        return _ranges(kept)
    tried = _Tried(sweep, runs, workers, simulate or engine.run, lambda: tick(2 * runs))
    everywhere = [tried(place, None) for place in at]
    found = everywhere if worlds is None else [tried(place, worlds.sets) for place in at]
    data = plain.jsonable(
        {
            "key": key,
            "along": spec.along,
            "at": at,
            "runs": runs,
            "differences": [tried.differences(one) for one in found],
            "varied": len(found[0].paths),
            "failed": [one.failed for one in found],
            "reason": next((one.reason for one in found if one.reason), ""),
            "like": worlds.like if worlds else "",
            "everywhere": [tried.differences(one) for one in everywhere] if worlds else [],
        }
    )
    files.write_json(path, data)
    return _ranges(data)


class _Tried(NamedTuple):
    """Tries the two compared designs of a sweep at a place."""

    sweep: Sweep
    runs: int
    workers: int | None
    simulate: Simulate
    tick: Callable[[], None]

    def __call__(self, place: object, design: Sequence[Mapping[str, object]] | None) -> RangeResult:
        """On the sets of *design*, or on the plausible ones."""
        sweep, spec = self.sweep, self.sweep.crossing
        assert spec is not None  # or there would be no designs to compare
        fixed = {} if spec.along is None else {spec.along: place}
        b, a = (sweep.scenario({**fixed, spec.of: value}) for value in spec.between)
        return over_ranges(
            [a, b], sweep.ranges, self.runs, sweep.seed, self.workers, self.simulate, self.tick, design=design
        )

    def differences(self, found: RangeResult) -> np.ndarray:
        """Of the sweep's outcome, float64 [sets]."""
        return found.differences[0].get(self.sweep.outcome, np.full(found.points, np.nan))
