"""Plausible worlds: sets of all uncertain parameters in which a verdict is tried. Where it holds: `sim.experiments.holding`.

Plausible sets are draws from the ranges [low, high] of every uncertain parameter together: half of the draws of each lie below
the declared value and half above, and what hangs together is drawn together (`sim.parameters.flow.TIED`). Of many draws only
those are kept with which the base scenario meets the targets of the calibration within their ranges; which these are was found
once (benchmarks/plausible.py) and is in `FILE`. They are applied to all scenarios alike, with a few runs per set on common random
numbers. A parameter in which the scenarios differ, or which one of them sets itself, is never touched: it is part of the
question. The ranges are mostly judgement, so a share of the sets is a measure of robustness, not a probability.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from sim.errors import UserError
from sim.experiments.designs import Range, lhs
from sim.experiments.holding import Assumptions, Differences, Holding, assumptions, holding, of_pairs
from sim.experiments.samples import Sample, paired_outcome
from sim.parameters.declaration import Parameter
from sim.parameters.flow import TIED
from sim.parameters.registry import REGISTRY
from sim.parameters.sections import can_act
from sim.scenario.events import settings_on
from sim.scenario.scenario import Scenario
from sim.simulation.parallel import pool
from sim.simulation.results import Simulate
from sim.statistics.estimates import Paired

FILE = Path(__file__).with_name("plausible_sets.json")
#: What is known of a point: per further scenario, outcome -> its paired figures.
Point = list[dict[str, Paired]]
LOG_RATIO = 10.0  # positive ranges at least this wide (high / low) are sampled evenly on a log scale


@dataclass(frozen=True)
class RangeResult:
    """How the further scenarios differ from the first at every point, which is a plausible world.

    differences: one dict per further scenario, outcome -> `Differences`, undefined where a point failed. paths: the parameters
    varied. worlds: their values at the points. failed: points that could not be run, and `reason` of the first. like, everywhere:
    the file of the scenario that the points look like, and all plausible ones beside them; see `sim.experiments.worlds`.
    """

    points: int
    paths: tuple[str, ...]
    differences: tuple[Mapping[str, Differences], ...]
    failed: int = 0
    reason: str = ""
    worlds: Assumptions | None = None
    like: str = ""
    everywhere: "RangeResult | None" = None

    def holding(self, k: int, outcome: str, difference: float | None) -> Holding | None:
        """In how many worlds scenario k (0 = first after the base) differs in the direction of `difference`, and what flips it.

        None without a direction, or where the outcome is in no world.
        """
        found = self.differences[k].get(outcome)
        counted = None if found is None else holding(found, difference, self.worlds)
        if counted is None or self.everywhere is None:
            return counted
        beside = replace(self.everywhere, worlds=None).holding(k, outcome, difference)
        return replace(counted, like=self.like, everywhere=beside)


def switched_on(scenarios: Sequence[Scenario]) -> Callable[[str], bool]:
    """Tells whether a setting is on in one of the scenarios, from the start or by a dated event."""
    on: set[str] = set().union(*(settings_on(s.values, s.events) for s in scenarios))
    return on.__contains__


def varied(scenarios: Sequence[Scenario], registry: Mapping[str, Parameter]) -> dict[str, Range]:
    """Ranges of the uncertain parameters that can act, in which the scenarios agree, and which none of them sets itself."""
    bases = [s.hold_base for s in scenarios if s.hold_base is not None]
    kept = {path for scenario in (*scenarios, *bases) for path in scenario.overrides}
    first, on = scenarios[0].values, switched_on(scenarios)
    ranges = {}
    for path, parameter in registry.items():
        if not parameter.uncertain or path in kept or not can_act(path, on):
            continue
        low, high = parameter.ends
        if not np.isfinite([low, high]).all():
            continue
        if all(scenario.values.get(path) == first.get(path) for scenario in scenarios[1:]):
            wide = low > 0 and high / low >= LOG_RATIO and parameter.kind == "float"
            middle = float(parameter.value)
            ranges[path] = Range(low, high, integer=parameter.kind == "int", log=wide, middle=middle)
    return ranges


@dataclass(frozen=True)
class Known:
    """The draws that are kept, by their numbers, of how many; and what they were found with."""

    kept: tuple[int, ...]
    drawn: int
    seed: int
    base: str
    ranges: str


@lru_cache(maxsize=1)
def known() -> Known:
    """Return what `FILE` says."""
    stated = json.loads(FILE.read_text(encoding="utf-8"))
    return Known(tuple(stated["kept"]), stated["drawn"], stated["seed"], stated["base"], stated["ranges"])


def ranges_digest() -> str:
    """Return eight hex digits that follow from the values and ranges of all uncertain parameters, and what ties them."""
    said = [
        (path, parameter.low, parameter.value, parameter.high)
        for path, parameter in REGISTRY.items()
        if parameter.uncertain
    ]
    return hashlib.sha256(repr((said, sorted(TIED.items()))).encode()).hexdigest()[:8]


def draws(ranges: Mapping[str, Range], count: int, seed: int) -> list[dict[str, object]]:
    """Return *count* draws from the ranges, kept or not."""
    return lhs(ranges, count, seed, TIED)


def plausible_sets(ranges: Mapping[str, Range], count: int) -> list[dict[str, object]]:
    """Return the first *count* plausible sets, of the parameters that are varied. Raises `UserError` beyond those known."""
    found = known()
    if count > len(found.kept):
        raise UserError(
            f"ranges: {count:,} plausible sets are asked for, and {len(found.kept)} are known ({found.drawn:,} drawn, the others "
            f"do not fit the firms that the base was calibrated to); use at most {len(found.kept)}"
        )
    return [dict(one) for one in _kept(tuple(ranges.items()))[:count]]


# Kept, because a sweep asks at every place, and drawing thousands of sets to return some takes a third of a second.
@lru_cache(maxsize=4)
def _kept(ranges: tuple[tuple[str, Range], ...]) -> tuple[dict[str, object], ...]:
    """Return all plausible sets that are known, of the parameters of these ranges."""
    found = known()
    every = draws(dict(ranges), found.drawn, found.seed)
    return tuple(every[k] for k in found.kept)


def over_ranges(
    scenarios: Sequence[Scenario],
    points: int,
    runs: int,
    seed: int,
    workers: int | None,
    simulate: Simulate,
    on_done: Callable[[], None] | None = None,
    registry: Mapping[str, Parameter] = REGISTRY,
    design: Sequence[Mapping[str, object]] | None = None,
) -> RangeResult:
    """Differences of each scenario to the first at `points` plausible parameter sets, `runs` runs each.

    design: other sets to try them on, of the parameters that are varied, in place of the first plausible ones.
    """
    ranges = varied(scenarios, registry)
    if design is None:
        # Parameters of a registry of one's own (in tests) are drawn, but nothing is known of them.
        design = plausible_sets(ranges, points) if registry is REGISTRY else draws(ranges, points, seed)
    found: list[Point | str] = [""] * len(design)

    def keep(k: int, entry: Point | str) -> None:
        found[k] = entry
        if on_done is not None:
            on_done()

    with pool(workers) as side_by_side:
        side_by_side.run(
            (
                (k, partial(_differences, scenarios, values, runs, seed, simulate))
                for k, values in enumerate(design)
            ),
            keep,
        )
    reasons = [entry for entry in found if isinstance(entry, str)]
    return RangeResult(
        len(design),
        tuple(ranges),
        _columns(found, len(scenarios) - 1),
        len(reasons),
        reasons[0] if reasons else "",
        assumptions(design),
    )


def _differences(
    scenarios: Sequence[Scenario],
    values: Mapping[str, object],
    runs: int,
    seed: int,
    simulate: Simulate,
) -> Point | str:
    """The differences per further scenario at one point, or why it cannot be run."""
    try:
        samples = [Sample() for _ in scenarios]
        for sample, scenario in zip(samples, scenarios, strict=True):
            sample.add(simulate(scenario.with_values(values), runs, seed, workers=1), runs)
    except UserError as error:
        return str(error)
    if all(len(sample.failures) >= runs for sample in samples):
        return str(samples[0].failures[0].message)
    return [
        {  # some outcomes exist per layer only
            name: paired_outcome(samples[0], sample, name, 0)
            for name in samples[0].outcomes
            if name in sample.outcomes
        }
        for sample in samples[1:]
    ]


def _columns(found: Sequence[Point | str], others: int) -> tuple[dict[str, Differences], ...]:
    """Per further scenario: outcome -> its differences, undefined where a point failed or has no such outcome."""
    columns = []
    for k in range(others):
        at = [{} if isinstance(entry, str) else entry[k] for entry in found]
        names = dict.fromkeys(name for entry in at for name in entry)
        columns.append({name: of_pairs([entry.get(name) for entry in at]) for name in names})
    return tuple(columns)
