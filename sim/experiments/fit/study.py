"""History matching: the plausible parameter sets with which a scenario gives the figures that were observed.

After Craig et al. (1997) and Vernon, Goldstein and Bower (2010). A wave is a Latin hypercube over the plausible ranges of all
parameters that act and that the scenario does not set itself; every set is simulated on the same dice, and kept if it is not
implausible (`sim.experiments.fit.implausibility`). The observed figures stand in place of the targets of the calibration: these
are of other firms, so none of them filters the draws.

Waves are plain draws as long as these are enough. Where too few are kept, an emulator is fitted to all sets so far and shows
which of many more draws are not implausible to it, its own error included; those are simulated. It proposes, the simulator
decides: every kept set has been simulated. So the kept sets are draws from the plausible ranges that give the figures, not near
misses of one best set. It ends when enough sets are kept, when the emulator finds none worth trying, or after the last wave.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import UserError
from sim.experiments.fit.draws import Draws, Point
from sim.experiments.fit.emulator import emulator
from sim.experiments.fit.implausibility import (
    CUTOFF,
    Target,
    implausibility,
    means_of,
    odd_ones_out,
    run_variance,
    targets_of,
)
from sim.experiments.plausible import varied
from sim.experiments.simulated import Simulated
from sim.outcomes.declared import OUTCOMES, Outcome
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario
from sim.simulation.results import Failure, Simulate
from sim.simulation.run import run
from sim.store.journal import Journal

WAVES = 6
FIRST, NEXT = 512, 256  # sets of the first wave, which the emulator learns from, and of the others
RUNS = 2  # per set: the variance of a run is pooled over sets
USEFUL = 64  # kept sets that are enough: a share over them is known to within 12 points
BATCH, BATCHES = (
    4,
    8,
)  # draws that the emulator looks at at once, for every set of a wave, and how often at most
_WAVE, _BATCH = (
    1 << 32,
    1 << 40,
)  # waves and batches draw with seeds this far apart, beyond all that a user can give
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Wave:
    """looked: draws that were looked at, by the emulator if `screened`; tried: sets simulated; kept: of these."""

    looked: int
    tried: int
    kept: int
    screened: bool


@dataclass(frozen=True)
class Fit:
    """What was found. points, shares, figures and found: of every set tried, in order.

    shares: where in its range each parameter lies, float64 [sets, parameters]; figures: float64 [sets, outcomes, runs]; found:
    implausibility, float64 [sets, outcomes]. failed: sets that could not be built, `reason` of the first.
    """

    name: str
    weeks: int
    seed: int
    runs: int
    targets: tuple[Target, ...]
    paths: tuple[str, ...]
    waves: tuple[Wave, ...]
    points: Sequence[Point]
    shares: np.ndarray
    figures: np.ndarray
    found: np.ndarray
    failed: int = 0
    reason: str = ""
    failures: tuple[Failure, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The outcomes that were observed."""
        return tuple(target.outcome.name for target in self.targets)

    @property
    def kept(self) -> np.ndarray:
        """Numbers of the sets that are not implausible, int64."""
        return np.flatnonzero(self.found.max(axis=1) < CUTOFF)

    @property
    def worlds(self) -> list[Point]:
        """The kept sets."""
        return [self.points[k] for k in self.kept]

    @property
    def volume(self) -> float:
        """Share of all draws that are kept: how much of the plausible ranges looks like the organisation."""
        return len(self.kept) / sum(wave.looked for wave in self.waves)

    @property
    def impossible(self) -> tuple[str, ...]:
        """The odd ones out, if nothing is kept."""
        return odd_ones_out(self.found, self.names)


def check(scenario: Scenario) -> None:
    """Raise UserError if there is nothing to fit, or nothing to fit it with."""
    if not scenario.observed:
        raise UserError(
            f"{scenario.name}: has no observed: to fit; state what was measured, such as observed: {{lead_time_hours: "
            f"{{value: 40, within: 8}}}}"
        )
    if not varied((scenario,), REGISTRY):
        raise UserError(
            f"{scenario.name}: no uncertain parameter is left to fit; every one is set or switched off"
        )


def fit(
    scenario: Scenario,
    seed: int = 1,
    waves: int = WAVES,
    sizes: tuple[int, int] = (FIRST, NEXT),
    runs: int = RUNS,
    workers: int | None = None,
    *,
    progress: Progress | None = None,
    journal: Journal | None = None,
    useful: int = USEFUL,
    simulate: Simulate = run,
    outcomes: Mapping[str, Outcome] = OUTCOMES,
    draws: Draws | None = None,
) -> Fit:
    """Find the plausible sets that give the scenario's observed figures.

    sizes: sets of the first wave and of the others; runs: per set; useful: kept sets that are enough. progress: told of runs done
    and planned so far. journal: keeps what is finished. simulate, outcomes, draws: by default the real ones.
    """
    check(scenario)
    targets = targets_of(scenario.observed, outcomes)
    draws = Draws(varied((scenario,), REGISTRY)) if draws is None else draws
    bar = _Bar(progress)
    names = [target.outcome.name for target in targets]
    evaluate = Simulated((scenario,), names, seed, workers, simulate, bar.tick, journal=journal or Journal())
    state = _State(targets, runs)
    done: list[tuple[int, int, bool]] = []
    for number in range(waves):
        points, shares, looked, screened = _proposed(state, draws, sizes, seed + _WAVE * number, useful)
        if not points:
            break
        bar.planned += len(points) * runs
        state.add(points, shares, evaluate(points, runs, [0] * len(points))[:, 0])
        if not number:
            _check_defined(scenario, state, evaluate)
        done.append((looked, len(points), screened))
        if state.kept >= useful:
            break
    return Fit(
        scenario.name, scenario.weeks, seed, runs, targets, tuple(draws.ranges), state.waves(done), state.points, state.shares,
        state.figures, state.found, evaluate.failed, evaluate.reason, tuple(evaluate.failures),
    )  # fmt: skip


class _Bar:
    """Tells `progress` what is done; planned grows with every wave."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress, self.planned, self.done = progress, 0, 0

    def tick(self, more: int) -> None:
        self.done += more
        if self.progress is not None:
            self.progress(self.done, self.planned)


class _State:
    """All sets tried so far. The implausibility of earlier ones moves a little with later ones, which tell more of the dice."""

    def __init__(self, targets: tuple[Target, ...], runs: int) -> None:
        self.targets, self.runs = targets, runs
        self.points: list[Point] = []
        self.shares = self.figures = self.found = np.empty((0, 0))

    def add(self, points: Sequence[Point], shares: np.ndarray, figures: np.ndarray) -> None:
        first = not self.points
        self.points += points
        self.shares = shares if first else np.concatenate([self.shares, shares])
        self.figures = figures if first else np.concatenate([self.figures, figures])
        columns = []
        for j, target in enumerate(self.targets):
            means = means_of(self.figures[:, j])
            spread = run_variance(self.figures[:, j], means)
            columns.append(implausibility(means, target, spread, self.runs))
        self.found = np.stack(columns, axis=1)

    @property
    def kept(self) -> int:
        return int((self.found.max(axis=1) < CUTOFF).sum()) if self.points else 0

    def waves(self, done: Sequence[tuple[int, int, bool]]) -> tuple[Wave, ...]:
        """The waves, of which (looked, tried, screened) is known."""
        good, first, made = self.found.max(axis=1) < CUTOFF, 0, []
        for looked, tried, screened in done:
            made.append(Wave(looked, tried, int(good[first : first + tried].sum()), screened))
            first += tried
        return tuple(made)

    def judge(self) -> Callable[[np.ndarray], np.ndarray]:
        """Tells of shares, float64 [draws, parameters], which the emulators do not find implausible, bool [draws]."""
        known = [
            (target, self.figures[:, j], stand_in)
            for j, target in enumerate(self.targets)
            if (stand_in := emulator(self.shares, means_of(self.figures[:, j]))) is not None
        ]

        def not_ruled_out(shares: np.ndarray) -> np.ndarray:
            possible = np.ones(len(shares), dtype=bool)
            for target, figures, stand_in in known:
                mean, error = stand_in.predict(shares)
                spread = run_variance(figures, mean)
                possible &= implausibility(mean, target, spread, self.runs, error) < CUTOFF
            return possible

        return not_ruled_out


def _proposed(
    state: _State, draws: Draws, sizes: tuple[int, int], seed: int, useful: int
) -> tuple[list[Point], np.ndarray, int, bool]:
    """The sets of the next wave with their shares, how many draws were looked at, and whether by an emulator."""
    first, size = sizes
    if not state.points or state.kept * (1.0 + size / len(state.points)) >= useful:
        size = size if state.points else first
        points, shares = draws(size, seed)
        return list(points), shares, size, False
    judge = state.judge()
    chosen: list[Point] = []
    places = np.empty((0, len(draws.ranges)))
    looked = 0
    for batch in range(BATCHES):
        points, shares = draws(BATCH * size, seed + _BATCH * batch)
        good = np.flatnonzero(judge(shares))[: size - len(chosen)]
        chosen += [points[k] for k in good]
        places = np.concatenate([places, shares[good]])
        full = len(chosen) == size
        looked += int(good[-1]) + 1 if full else len(points)
        if full:
            break
    return chosen, places, looked, True


def _check_defined(scenario: Scenario, state: _State, evaluate: Simulated) -> None:
    """Raise UserError where an outcome has no figure in any set, or no set could be simulated."""
    undefined = [not np.isfinite(state.figures[:, j]).any() for j in range(len(state.targets))]
    if all(undefined) and (evaluate.reason or evaluate.failures):
        why = evaluate.reason or evaluate.failures[0].message
        raise UserError(f"{scenario.name}: no parameter set could be simulated: {why}")
    for target in (t for t, none in zip(state.targets, undefined, strict=True) if none):
        raise UserError(
            f"{scenario.name}: observed.{target.outcome.name}: there is no such figure here (what it measures is switched off); "
            f"switch it on, or leave the figure out"
        )
