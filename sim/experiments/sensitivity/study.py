"""Which assumption drives an outcome of a scenario, or the verdict on two scenarios: what `orgsim sensitivity` does.

`sim.experiments.sensitivity.indices` has the designs and indices, `sim.experiments.sensitivity.tipping` the plausible world
and what flips a verdict. This module puts them together: figures at the base values, indices of every outcome, and for two
scenarios the verdict.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.constants import STUDIED
from sim.errors import UserError, suggest
from sim.experiments.cautions import cautions
from sim.experiments.holding import Holding
from sim.experiments.parts import equal_money
from sim.experiments.sensitivity.indices import Indices, design, indices, points_in_block, simulate_design
from sim.experiments.sensitivity.space import (
    METHODS,
    Space,
    figures,
    references,
    relative,
    space_of,
)
from sim.experiments.sensitivity.tipping import (
    BASE_FACTOR,
    CHECK_FACTOR,
    END_FACTOR,
    SET_FACTOR,
    TIP_FACTOR,
    Flips,
    World,
    count_world,
    decided_sign,
    flips,
    world_points,
)
from sim.experiments.simulated import Evaluate, Simulated
from sim.experiments.worlds import Choice, choose
from sim.outcomes.declared import OUTCOMES, VALUE, Outcome, check_outcome
from sim.scenario.scenario import Scenario
from sim.scenario.tree import tree_of
from sim.simulation.results import Failure
from sim.simulation.run import run
from sim.statistics import estimates
from sim.store.journal import Journal

#: Trajectories, or rows of Saltelli's scheme: for one scenario, and for the verdict on two, which costs more.
SAMPLES = {"morris": (10, 6), "sobol": (64, 64)}
RUNS = 2  # per design point
SETS = 64
MAX_POINTS = 200_000
EXPECTED_TIPS = 6  # parameters to refine, for the estimate of the time


@dataclass(frozen=True)
class Study:
    """One outcome. levels: of each scenario at the base values; difference: B - A there (two scenarios only).

    side: +1 if B is ahead at the base beyond noise, -1 if behind, 0 if neither (or one scenario). relative: all effects are on
    B / A - 1 at each point, times A at the base values, so that what scales both alike has none; otherwise on B - A.
    """

    outcome: Outcome
    levels: tuple[estimates.Estimate, ...]
    difference: estimates.Paired | None
    side: int
    indices: Indices
    world: World | None
    relative: bool = False

    @property
    def scale(self) -> float | None:
        """Size of the figure that effects are compared with: that of the (first) scenario at the base values."""
        mean = self.levels[0].mean
        return abs(mean) if mean else None


@dataclass(frozen=True)
class Sensitivity:
    """What was found. studies: by outcome; the first outcome is the primary one, of which `flips` speaks.

    still: parameters with the same figures everywhere, on every outcome; noisy: within noise on every outcome (Morris only), and
    neither flips the verdict nor moves it alone. notes: what limits every answer (see `sim.experiments.cautions`). sets: worlds
    in which the verdict is tried; like: the file of the scenario that they look like, "" if they are plausible ones.
    points, failed, reason: points simulated, those that could not be built and why the first could not.
    """

    names: tuple[str, ...]
    method: str
    samples: int
    runs: int
    sets: int
    seed: int
    weeks: int
    space: Space
    studies: Mapping[str, Study]
    flips: Flips | None
    still: tuple[str, ...]
    noisy: tuple[str, ...]
    notes: tuple[str, ...] = ()
    points: int = 0
    failed: int = 0
    reason: str = ""
    failures: tuple[Failure, ...] = ()
    like: str = ""

    @property
    def primary(self) -> Study:
        """The study of the first outcome."""
        return next(iter(self.studies.values()))


# ---- checks and plans


def check(
    scenarios: Sequence[Scenario],
    names: Sequence[str],
    outcomes: Mapping[str, Outcome],
    method: str,
    samples: int,
) -> None:
    """Raise UserError if the question makes no sense."""
    for name in names:
        check_outcome(name, outcomes, "--outcome", decides=len(scenarios) == 2)
    if len(set(names)) < len(names):
        raise UserError(f"--outcome {', '.join(names)}: an outcome is named twice")
    if method not in METHODS:
        raise UserError(f"--method {method[:80]}: use one of {', '.join(METHODS)}{suggest(method, METHODS)}")
    if method == "sobol" and samples & (samples - 1):
        low = 1 << (samples.bit_length() - 1)
        raise UserError(f"--samples {samples}: Sobol's sequence needs a power of two; use {low} or {2 * low}")
    if len(scenarios) == 2:
        a, b = scenarios
        if a.weeks != b.weeks:
            raise UserError(
                f"the scenarios differ in time.weeks ({a.weeks} and {b.weeks}), so their outcomes do not compare; use "
                f"--set time.weeks={max(a.weeks, b.weeks)}"
            )
        if a.hash() == b.hash():
            raise UserError(f"{a.name} and {b.name} are the same scenario; there is no verdict to study")


def default_samples(method: str, scenarios: int) -> int:
    """Trajectories or rows where none are asked for."""
    return SAMPLES[method if method in SAMPLES else "morris"][scenarios - 1]


def planned_runs(space: Space, scenarios: int, method: str, samples: int, runs: int, sets: int) -> int:
    """Runs of all scenarios; for a verdict with a guess at how many parameters flip it. Raises UserError if too many.

    sets: worlds in which the verdict is tried, fitted and plausible ones together.
    """
    points = samples * points_in_block(space, method)
    if points > MAX_POINTS:
        raise UserError(
            f"--samples {samples:,} makes {points:,} design points, more than {MAX_POINTS:,}; use fewer"
        )
    needed = BASE_FACTOR + points
    if scenarios == 2:
        tips = EXPECTED_TIPS * 4 * TIP_FACTOR + CHECK_FACTOR
        needed += sets * SET_FACTOR + 2 * len(space.paths) * END_FACTOR + tips
    return scenarios * runs * needed


# ---- the whole


def sensitivity(
    scenarios: Sequence[Scenario],
    names: Sequence[str] = STUDIED,
    method: str = "morris",
    samples: int | None = None,
    runs: int = RUNS,
    sets: int = SETS,
    seed: int = 1,
    workers: int | None = None,
    *,
    on_done: Callable[[int], None] | None = None,
    on_estimate: Callable[[int, float], None] | None = None,
    evaluate: Evaluate | None = None,
    outcomes: Mapping[str, Outcome] = OUTCOMES,
    space: Space | None = None,
    journal: Journal | None = None,
    choice: Choice | None = None,
) -> Sensitivity:
    """Study one scenario, or the verdict on two.

    names: outcomes, the primary one first. samples: trajectories (Morris) or rows (Sobol). runs: per design point. sets:
    plausible sets for a verdict, 0 = none. on_done: told of runs done; on_estimate: of the runs planned and the seconds that
    they will take, unless an earlier start did a part. evaluate, outcomes, space: by default the simulator, its outcomes, and the
    parameters that act. journal: keeps what is finished. choice: fitted worlds, by default those of the scenarios.
    """
    samples = default_samples(method, len(scenarios)) if samples is None else samples
    check(scenarios, names, outcomes, method, samples)
    space = space_of(scenarios) if space is None else space
    choice = tried_in(scenarios, sets) if choice is None else choice
    planned = planned_runs(space, len(scenarios), method, samples, runs, sets + len(choice.sets))
    recorded = list(names)
    if evaluate is None:
        journal = Journal() if journal is None else journal
        recorded += _counted_besides(scenarios, names, outcomes)
        evaluate = Simulated(scenarios, recorded, seed, workers, run, on_done, journal=journal)
    base, seconds = _base(evaluate, runs)
    if on_estimate is not None and not (journal and journal.reused):
        on_estimate(planned, seconds * planned / len(scenarios))
    blocks = design(space, method, samples, seed)
    points = simulate_design(space, blocks, runs, evaluate)
    worlds = _worlds(space, choice, sets, runs, seed, evaluate) if sets and len(scenarios) == 2 else []
    reference = references(base, [points, *worlds])
    y = figures(relative(points, reference)).reshape(*blocks.shape[:2], len(recorded), runs)
    studies = {}
    for k, name in enumerate(names):
        found = indices(space, method, name, blocks, y[:, :, k], seed)
        counted = _count(outcomes[name], recorded, worlds, base, scenarios, choice.like) if worlds else None
        studies[name] = _study(outcomes[name], base[:, k], found, counted, bool(np.isfinite(reference[k])))
    flipped = _flipped(space, evaluate, studies[names[0]], runs, reference) if len(scenarios) == 2 else None
    still, noisy = _quiet(space, [study.indices for study in studies.values()], flipped)
    return Sensitivity(
        tuple(s.name for s in scenarios), method, samples, runs, len(worlds[0]) if worlds else 0, seed,
        scenarios[0].weeks, space, studies, flipped, still, noisy, (*choice.notices, *cautions(scenarios)),
        *_facts(evaluate), choice.like,
    )  # fmt: skip


def _flipped(
    space: Space, evaluate: Evaluate, study: Study, runs: int, reference: np.ndarray
) -> Flips | None:
    """What flips the verdict on the primary outcome; None if there is none at the base values."""
    sign = study.side * study.outcome.better

    def against_base(points: Sequence[Mapping[str, object]], count: int, firsts: Sequence[int]) -> np.ndarray:
        return relative(evaluate(points, count, firsts), reference)

    return flips(space, against_base, 0, runs, sign) if sign else None


def _facts(evaluate: Evaluate) -> tuple[int, int, str, tuple[Failure, ...]]:
    """Of the simulator points, failed ones, the reason of the first and the runs that failed; none for another evaluator."""
    if not isinstance(evaluate, Simulated):
        return 0, 0, "", ()
    return evaluate.points, evaluate.failed, evaluate.reason, tuple(evaluate.failures)


def _base(evaluate: Evaluate, runs: int) -> tuple[np.ndarray, float]:
    """Figures at the base values, float64 [scenarios, outcomes, runs]; and the seconds that a run of each takes.

    The first runs may compile the engine, so they are not timed.
    """
    first = evaluate([{}], runs, [0])
    started = time.perf_counter()
    rest = evaluate([{}] * (BASE_FACTOR - 1), runs, [runs * k for k in range(1, BASE_FACTOR)])
    seconds = (time.perf_counter() - started) / (runs * (BASE_FACTOR - 1))
    found = np.concatenate([first, rest])
    return np.concatenate(list(found), axis=2), seconds


def tried_in(scenarios: Sequence[Scenario], sets: int) -> Choice:
    """The fitted worlds in which the verdict is tried; none for one scenario, which has no verdict."""
    return choose(scenarios, sets if len(scenarios) == 2 else 0)


def _worlds(
    space: Space, choice: Choice, sets: int, runs: int, seed: int, evaluate: Evaluate
) -> list[np.ndarray]:
    """Both scenarios in the worlds in which the verdict is tried, float64 [worlds, scenarios, outcomes, runs]: those that look
    like a scenario, if there are any, then the plausible ones.
    """
    designs: list[Sequence[Mapping[str, object]]] = [world_points(space, sets, seed)]
    if choice.sets:
        designs.insert(0, choice.worlds(space.ranges))
    return [evaluate(points, SET_FACTOR * runs, [0] * len(points)) for points in designs]


def _counted_besides(
    scenarios: Sequence[Scenario], names: Sequence[str], outcomes: Mapping[str, Outcome]
) -> list[str]:
    """Value per week, if one of the outcomes is a ratio to a payroll or headcount that differs, and it is not among them."""
    differ = any(_money_differs(outcomes[name], scenarios) for name in names)
    return [VALUE] if differ and VALUE not in names else []


def _money_differs(outcome: Outcome, scenarios: Sequence[Scenario]) -> bool:
    return len(scenarios) == 2 and not equal_money(outcome, *(tree_of(scenario) for scenario in scenarios))


def _count(
    outcome: Outcome,
    recorded: Sequence[str],
    worlds: Sequence[np.ndarray],
    base: np.ndarray,
    scenarios: Sequence[Scenario],
    like: str,
) -> World:
    """In how many worlds B is ahead, on the outcome or on the part of it that is behaviour. worlds, like: see `_worlds`."""
    behaviour = VALUE in recorded and _money_differs(outcome, scenarios)
    of, better = (VALUE, 1) if behaviour else (outcome.name, outcome.better)
    k = recorded.index(of)
    rises = not behaviour or bool(np.nanmean(base[1, k]) > np.nanmean(base[0, k]))
    found, *others = (count_world(world[:, :, k], better, of) for world in worlds)
    everywhere: Holding | None = others[0].ahead if others else None
    return replace(found, ahead=replace(found.ahead, like=like, everywhere=everywhere), rises=rises)


def _study(
    outcome: Outcome, base: np.ndarray, found: Indices, world: World | None, is_relative: bool
) -> Study:
    levels = tuple(estimates.mean_ci(row) for row in base)
    if len(base) == 1:
        return Study(outcome, levels, None, 0, found, None)
    pair = estimates.paired(base[0], base[1], outcome.better)
    side = outcome.better * (decided_sign(base[1] - base[0]) or 0)
    return Study(outcome, levels, pair, side, found, world, is_relative)


def _quiet(
    space: Space, found: Sequence[Indices], flipped: Flips | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Parameters that are the same everywhere, and those within noise, on every outcome that has effects; without those that
    proved to matter one at a time, or that are part of the change that flips the verdict.
    """
    tables = [{effect.path: effect for effect in one.effects} for one in found if one.effects]
    if not tables:
        return (), ()
    loud = {row.path for row in flipped.rows if row.matters} if flipped else set()
    if flipped and flipped.smallest:
        loud.update(flipped.smallest.paths)
    paths = [path for path in space.paths if path not in loud]
    still = tuple(path for path in paths if all(table[path].same for table in tables))
    noisy = (path for path in paths if not any(table[path].beyond_noise for table in tables))
    return still, tuple(path for path in noisy if path not in still)
