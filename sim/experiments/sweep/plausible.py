"""How far to trust a sweep's answer: the two compared designs in other plausible worlds (`sim.experiments.holding`).

The worlds are the same at every place: at the first, the middle and the last value of the path along which the designs are
compared, so that a verdict that depends on this path shows it. The runs per world are divided over the places, so that three
places cost little more than one; each has at least two, without which nothing is known of the noise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.designs import as_numbers, levels_of
from sim.experiments.holding import (
    LEAST_WORLDS,
    Differences,
    Holding,
    flip_json,
    holding,
    of_pairs,
    read_flip,
)
from sim.experiments.parts import equal_money
from sim.experiments.plausible import RangeResult
from sim.experiments.sweep.file import Sweep
from sim.experiments.worlds import Choice, choose, over_worlds
from sim.outcomes.declared import VALUE, Outcome
from sim.scenario.tree import tree_of
from sim.simulation import run as engine
from sim.simulation.results import Simulate
from sim.statistics.estimates import known
from sim.store import files
from sim.store.folder import content_hash
from sim.text import plain

RUNS = 4  # per world and design, over all places
LEAST_RUNS = 2  # per world, design and place
HOLDS = "beyond noise"  # how worlds are judged: a folder judged otherwise is asked again


class Ranges(NamedTuple):
    """How the two compared designs differ in the worlds in which they are tried, as ranges.json has it.

    at: the places; of: the outcome that is counted, the sweep's own, or value per week where payroll (or headcount) differs;
    differences, sds, bases, pairs: per place one figure per world, of the first design minus the second (see
    `sim.experiments.holding.Differences`), None where undefined; flips: per place what goes with the difference most. failed:
    worlds that could not be run, per place, and the reason of the first; varied: uncertain parameters; runs: per world, design
    and place. like: the file of the scenario that the worlds look like, "" if they are plausible ones; everywhere: the same in
    these, beside worlds that look like a scenario.
    """

    at: Sequence[object]
    of: str
    runs: int
    differences: Sequence[Sequence[float | None]]
    sds: Sequence[Sequence[float | None]]
    bases: Sequence[Sequence[float | None]]
    pairs: Sequence[Sequence[float | None]]
    flips: Sequence[Mapping[str, Any] | None]
    varied: int
    failed: Sequence[int]
    reason: str
    like: str = ""
    everywhere: "Ranges | None" = None

    @property
    def tried(self) -> int:
        """How many worlds were tried."""
        return len(self.differences[0])

    def worlds(self, place: int) -> Differences:
        """First design minus the second in every world at a place."""
        columns = (self.differences, self.sds, self.pairs, self.bases)
        return Differences(
            *(np.array([np.nan if x is None else x for x in c[place]], dtype=float) for c in columns)
        )

    def ahead(self, place: int, direction: int) -> Holding:
        """In how many worlds the first design is ahead at a place. direction: +1 if more is better, else -1."""
        counted, flips = known(holding(self.worlds(place), float(direction))), self.flips[place]
        everywhere = None if self.everywhere is None else self.everywhere.ahead(place, direction)
        counted = replace(counted, like=self.like, everywhere=everywhere)
        if counted.worlds < LEAST_WORLDS:
            return counted
        return replace(counted, flips=None if flips is None else read_flip(flips), sought=self.varied)


def read_ranges(folder: Path) -> Ranges:
    """What a finished sweep that compares two designs has in its folder."""
    return _ranges(known(files.read_json(folder / "ranges.json")))


def _ranges(data: Mapping[str, Any]) -> Ranges:
    found = Ranges(**{field: data[field] for field in Ranges._fields if field in data})
    return found if found.everywhere is None else found._replace(everywhere=_ranges(data["everywhere"]))


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
    """Runs per world, design and place."""
    return max(LEAST_RUNS, RUNS // len(places(sweep)))


def tried_in(sweep: Sweep) -> Choice:
    """The worlds that look like the base of the sweep, if they were fitted."""
    return choose([sweep.base], sweep.ranges)


def planned(sweep: Sweep) -> int:
    """Runs in plausible worlds, and in those that look like the base; 0 if nothing is compared."""
    if not sweep.crossing and sweep.versus is None:
        return 0
    worlds = sweep.ranges + len(tried_in(sweep).sets)
    return 2 * worlds * runs_at_a_place(sweep) * len(places(sweep))


def sweep_ranges(
    sweep: Sweep,
    folder: Path,
    content: Mapping[str, object],
    workers: int | None,
    simulate: Simulate | None,
    tick: Callable[[int], None],
    declared: Outcome,
) -> Ranges | None:
    """How the two compared designs differ at every place, kept in ranges.json for the next start.

    content: what identifies the sweep (of its manifest). tick: told of the runs done. declared: the sweep's outcome. None if
    nothing is compared.
    """
    spec = sweep.crossing
    if not sweep.ranges or (spec is None and sweep.versus is None):
        return None
    runs, at, choice = runs_at_a_place(sweep), places(sweep), tried_in(sweep)
    same = {key: content[key] for key in ("scenario", "hold", "seed", "source")}  # more runs change no set
    along = None if spec is None else spec.along
    what: list[object] = [list(one.items()) for one in sweep.versus or ()]
    if spec is not None:
        what = [spec.of, spec.between, along]
    asked: list[object] = [*what, at, sweep.outcome, sweep.ranges, runs, HOLDS]
    asked += [choice.like, list(choice.sets)] if choice.sets else []
    key = content_hash({**same, "asked": asked})
    path = folder / "ranges.json"
    kept = files.read_json(path)
    if kept is not None and kept.get("key") == key:
        tick(planned(sweep))
        return _ranges(kept)
    found, equal = [], True
    for place in at:
        b, a = (sweep.scenario(values) for values in _compared(sweep, place))
        equal = equal and equal_money(declared, tree_of(a), tree_of(b))
        found.append(
            over_worlds(
                [a, b],
                choice,
                sweep.ranges,
                runs,
                sweep.seed,
                workers,
                simulate or engine.run,
                lambda: tick(2 * runs),
            )
        )
    of = sweep.outcome if equal else VALUE
    better = declared.better if equal else 1
    data = plain.jsonable({"key": key, "along": along, **_data(found, at, of, runs, better)})
    files.write_json(path, data)
    return _ranges(data)


def _compared(sweep: Sweep, place: object) -> Sequence[Mapping[str, object]]:
    """The two designs at a place: the one that is asked to be ahead, then the other."""
    spec = sweep.crossing
    if spec is None:
        return known(sweep.versus)
    fixed = {} if spec.along is None else {spec.along: place}
    return [{**fixed, spec.of: value} for value in spec.between]


def _data(
    found: Sequence[RangeResult], at: Sequence[object], of: str, runs: int, better: int
) -> dict[str, object]:
    """The fields of `Ranges`."""
    undefined = of_pairs([None] * found[0].points)
    beside = [one.everywhere for one in found if one.everywhere is not None]
    of_places = [one.differences[0].get(of, undefined) for one in found]
    counted = [one.holding(0, of, float(better)) for one in found]
    return {
        "at": at,
        "of": of,
        "runs": runs,
        "differences": [one.mean for one in of_places],
        "sds": [one.sd for one in of_places],
        "bases": [one.base for one in of_places],
        "pairs": [one.runs for one in of_places],
        "flips": [None if one is None else flip_json(one.flips) for one in counted],
        "varied": len(found[0].paths),
        "failed": [one.failed for one in found],
        "reason": next((one.reason for one in found if one.reason), ""),
        "like": found[0].like,
        "everywhere": _data(beside, at, of, runs, better) if beside else None,
    }
