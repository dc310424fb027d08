"""Which uncertain parameters move an outcome, or the difference of two scenarios: Morris screening and Sobol indices.

Every uncertain parameter that acts in the scenarios is moved over its plausible range [low, high] (`sim.ranges.varied`),
seen as a share of that range from 0 to 1, on a log scale where the range is wide. SALib makes the designs and the indices.

A design is a list of blocks: trajectories (Morris), or rows of Saltelli's scheme (Sobol). Indices are made of differences
within blocks. All points of a block use the same dice (common random numbers), so such a difference is due to the
parameter; every block has dice of its own, so that blocks are independent and intervals over them cover the dice as well.

Noise: each point has several runs. From how a difference varies over runs follows how large it would be with no effect
at all. The mean square of the differences over that is an F statistic; a parameter or mechanism counts as beyond noise if
its p value is below .05 after Holm's correction over all of them, outcome by outcome.

Sources: Morris (1991); Campolongo, Cariboni and Saltelli (2007) for mu*; Saltelli et al. (2010) for the Sobol indices.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.design import Range
from sim.errors import RunsFailedError, UserError
from sim.ranges import varied
from sim.simulation.parallel import threads
from sim.statistics import estimates

if TYPE_CHECKING:
    from sim.parameters.declaration import Parameter
    from sim.scenario.scenario import Scenario

METHODS = ("morris", "sobol")
LEVELS = 4  # of a Morris design: 0, 1/3, 2/3, 1 of the range; a step is 2/3
ALPHA = 0.05
#: Figures of scenarios at points: (points, runs per point, number of the first run of each point) -> float64
#: [points, scenarios, outcomes, runs], NaN where undefined or failed.
Evaluate = Callable[[Sequence[Mapping[str, object]], int, Sequence[int]], np.ndarray]


# ---- the plausible world


@dataclass(frozen=True)
class Space:
    """The parameters that are moved: their ranges, and their values in the scenarios."""

    ranges: Mapping[str, Range]
    base: Mapping[str, float]

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the parameters, in declared order."""
        return tuple(self.ranges)

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Mechanism of every path."""
        return tuple(mechanism(path) for path in self.ranges)

    def value(self, path: str, share: float) -> float | int:
        """The value at that share of the range, 0 to 1, ends included."""
        axis = self.ranges[path]
        value = axis.at(min(max(share, 0.0), 1.0))
        return min(max(value, axis.low), axis.high)

    def values(self, shares: Sequence[float]) -> dict[str, float | int]:
        """A point: path -> value, for shares in the order of `paths`."""
        return {path: self.value(path, float(u)) for path, u in zip(self.ranges, shares, strict=True)}

    def share(self, path: str, value: float) -> float:
        """Where in its range a value lies, 0 to 1; the inverse of `value`."""
        axis = self.ranges[path]
        if axis.integer:
            return float((value - axis.low + 0.5) / (axis.high - axis.low + 1))
        if axis.log and value > 0:
            return float(np.clip(np.log(value / axis.low) / np.log(axis.high / axis.low), 0.0, 1.0))
        return float(np.clip((value - axis.low) / (axis.high - axis.low), 0.0, 1.0))


def mechanism(path: str) -> str:
    """The mechanism that a parameter belongs to: the section of its path."""
    return path.split(".", 1)[0]


def space_of(scenarios: Sequence["Scenario"], registry: Mapping[str, "Parameter"] | None = None) -> Space:
    """The parameters that act and on which the scenarios agree. Raises UserError if there is none."""
    from sim.parameters.registry import REGISTRY

    ranges = varied(scenarios, REGISTRY if registry is None else registry)
    if not ranges:
        names = " and ".join(s.name for s in scenarios)
        raise UserError(f"{names}: no uncertain parameter is left to vary; every one is set or switched off")
    return Space(ranges, {path: scenarios[0].values[path] for path in ranges})


# ---- the simulator as an evaluator


@dataclass
class Simulated:
    """The simulator as `Evaluate`, in threads. `failed` points could not be built, `failures` are runs that failed."""

    scenarios: Sequence["Scenario"]
    outcomes: Sequence[str]
    seed: int
    workers: int | None
    simulate: Callable
    on_done: Callable[[int], None] | None = None
    points: int = 0
    failed: int = 0
    reason: str = ""
    failures: list = field(default_factory=list)

    def __call__(
        self, points: Sequence[Mapping[str, object]], runs: int, firsts: Sequence[int]
    ) -> np.ndarray:
        """See `Evaluate`."""
        found = np.full((len(points), len(self.scenarios), len(self.outcomes), runs), np.nan)
        jobs = [
            (k, s, scenario.with_values, point, first)
            for k, (point, first) in enumerate(zip(points, firsts, strict=True))
            for s, scenario in enumerate(self.scenarios)
        ]
        with ThreadPoolExecutor(threads(self.workers)) as pool:
            waiting = {pool.submit(self._one, *job[2:], runs): job[:2] for job in jobs}
            try:
                while waiting:
                    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                        self._keep(found, *waiting.pop(future), future.result())
                        if self.on_done is not None:
                            self.on_done(runs)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        self.points += len(points)
        return found

    def _one(self, build: Callable, point: Mapping[str, object], first: int, runs: int) -> object:
        try:
            return first, self.simulate(build(point), runs, self.seed, workers=1, first_run=first)
        except RunsFailedError as error:
            return error.failures
        except UserError as error:
            return str(error)

    def _keep(self, found: np.ndarray, point: int, scenario: int, result: object) -> None:
        if isinstance(result, str):
            self.failed += 1
            self.reason = self.reason or result
            return
        if not isinstance(result[0], int):  # every run failed
            self.failures += result
            return
        first, results = result
        self.failures += results.failures
        columns = np.asarray(results.runs, dtype=np.int64) - first
        for k, name in enumerate(self.outcomes):
            if name in results.outcomes:
                found[point, scenario, k, columns] = results.outcomes[name]


def references(base: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """By outcome, the mean of the first scenario at the base if the difference is to be relative to it, else NaN.

    base: float64 [scenarios, outcomes, runs]; others: [points, scenarios, outcomes, runs]. Relative where the first of two
    scenarios has a positive mean at every point.
    """
    if len(base) < 2:
        return np.full(base.shape[1], np.nan)
    found = [_run_means(one[:, 0]) for one in (base[None], *others) if one.size]
    positive = [np.all(np.isnan(one) | (one > 0), axis=0) for one in found]
    return np.where(np.all(positive, axis=0), found[0][0], np.nan)


def _run_means(values: np.ndarray) -> np.ndarray:
    """Mean over the last axis without NaN; NaN where all are."""
    defined = np.isfinite(values)
    count = defined.sum(axis=-1)
    total = np.where(defined, values, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def relative(found: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Figures of which `figures` makes B / A - 1 at each point, times the reference; unchanged where that is NaN.

    found: float64 [points, 2, outcomes, runs]. The ratio is that of the means over runs, so it has the sign of the plain
    difference; what a run adds to it is linearised (delta method), so that the variation over runs is that of the ratio. What
    scales both scenarios alike has no effect on it. NaN where the first scenario is not positive.
    """
    if np.isnan(reference).all():
        return found
    both = np.isfinite(found).all(axis=1, keepdims=True)
    a, b = np.moveaxis(np.where(both, found, np.nan), 1, 0)
    mean_a, mean_b = (_run_means(one)[..., None] for one in (a, b))
    mean_a = np.where(mean_a > 0, mean_a, np.nan)
    theta = (mean_b - mean_a) / mean_a
    lead = theta + ((b - a) - theta * a) / mean_a
    scaled = np.stack([np.where(np.isnan(lead), np.nan, 0.0), reference[:, None] * lead], axis=1)
    return np.where(np.isnan(reference)[:, None], found, scaled)


def figures(found: np.ndarray) -> np.ndarray:
    """What is studied, [points, outcomes, runs]: the outcomes of one scenario, or those of the second minus the first."""
    return found[:, 1] - found[:, 0] if found.shape[1] == 2 else found[:, 0]


# ---- designs and indices


@dataclass(frozen=True)
class Effect:
    """What a parameter does to an outcome, in units of the outcome per full range (Morris).

    mu: mean effect; mu_star: mean absolute effect with its 95 % interval (Student t over trajectories); sigma: sd of the
    effect, large where it is not linear or depends on other parameters. p: of the F test against noise, with Holm's
    correction; None without a test. same: every run of every trajectory had the same figure before and after.
    """

    path: str
    mu: float
    mu_star: float
    lo: float | None
    hi: float | None
    sigma: float
    p: float | None
    same: bool

    @property
    def beyond_noise(self) -> bool:
        """Whether noise alone would hardly do as much."""
        return self.p is not None and self.p < ALPHA


@dataclass(frozen=True)
class Group:
    """A mechanism. Morris: sum of the mu* of its members beyond noise. Sobol: total and first-order index.

    members: parameters; beyond: how many of them are beyond noise (Morris), or 1 or 0 for the mechanism (Sobol).
    """

    name: str
    members: int
    beyond: int
    total: float | None
    lo: float | None
    hi: float | None
    first: float | None = None
    first_lo: float | None = None
    first_hi: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class Indices:
    """The indices of one outcome. noise_share: of the variance over design points, None where it does not vary.

    blocks: used, of those asked for; blocks in which the outcome is undefined somewhere are left out.
    """

    outcome: str
    blocks: int
    noise_share: float | None
    effects: tuple[Effect, ...]
    groups: tuple[Group, ...]


def problem(space: Space, grouped: bool) -> dict[str, object]:
    """SALib's description of the space, in shares of the ranges."""
    groups = {"groups": list(space.mechanisms)} if grouped else {}
    return {
        "num_vars": len(space.paths),
        "names": list(space.paths),
        "bounds": [[0.0, 1.0]] * len(space.paths),
        **groups,
    }


def design(space: Space, method: str, samples: int, seed: int) -> np.ndarray:
    """Shares of the ranges, float64 [blocks, points in a block, parameters]. Raises UserError on an impossible size."""
    if method == "morris":
        from SALib.sample.morris import sample

        rows = sample(problem(space, False), samples, num_levels=LEVELS, seed=seed)
    else:
        from SALib.sample.sobol import sample

        rows = sample(problem(space, True), samples, calc_second_order=False, seed=seed)
    return rows.reshape(samples, -1, len(space.paths))


def points_in_block(space: Space, method: str) -> int:
    """Points in a trajectory, or in a row of Saltelli's scheme."""
    return len(space.paths) + 1 if method == "morris" else len(set(space.mechanisms)) + 2


def run_design(space: Space, blocks: np.ndarray, runs: int, evaluate: Evaluate) -> np.ndarray:
    """What is studied at every point of the design, float64 [blocks, points, outcomes, runs]."""
    found = figures(simulate_design(space, blocks, runs, evaluate))
    return found.reshape(*blocks.shape[:2], *found.shape[1:])


def simulate_design(space: Space, blocks: np.ndarray, runs: int, evaluate: Evaluate) -> np.ndarray:
    """The scenarios at every point of the design, float64 [blocks * points, scenarios, outcomes, runs]."""
    count, size, _ = blocks.shape
    points = [space.values(shares) for block in blocks for shares in block]
    return evaluate(points, runs, np.repeat(runs * np.arange(count), size).tolist())


def indices(space: Space, method: str, outcome: str, blocks: np.ndarray, y: np.ndarray, seed: int) -> Indices:
    """The indices of one outcome. y: float64 [blocks, points, runs]."""
    kept = np.isfinite(y).all(axis=(1, 2))
    blocks, y = blocks[kept], y[kept]
    count = len(y)
    if count < 2 or np.ptp(y.mean(axis=2)) == 0:
        return Indices(outcome, count, None, (), ())
    share = noise_share(y)
    if method == "morris":
        effects, groups = _morris(space, blocks, y)
        return Indices(outcome, count, share, effects, groups)
    return Indices(outcome, count, share, (), _sobol(space, y, seed))


def noise_share(y: np.ndarray) -> float | None:
    """Share of noise in the variance of the point means within blocks. y: float64 [blocks, points, runs].

    Analysis of variance: what runs add to all points of a block alike is taken out first; the mean square of what is left,
    over that of the points. None with one run, or if nothing varies.
    """
    runs = y.shape[2]
    means = y.mean(axis=2, keepdims=True)
    between = runs * float(np.sum((means - means.mean(axis=1, keepdims=True)) ** 2))
    if runs < 2 or between == 0:
        return None
    rest = y - means - y.mean(axis=1, keepdims=True) + y.mean(axis=(1, 2), keepdims=True)
    return min(1.0, float(np.sum(rest**2)) / (runs - 1) / between)


def _noise_p(differences: np.ndarray) -> float | None:
    """p value of no effect: differences float64 [blocks, runs]; None with one run."""
    from scipy.special import fdtrc

    blocks, runs = differences.shape
    if runs < 2:
        return None
    square = float(np.mean(differences.mean(axis=1) ** 2))
    noise = float(np.mean(differences.var(axis=1, ddof=1))) / runs
    if square == 0:
        return 1.0
    return float(fdtrc(blocks, blocks * (runs - 1), square / noise)) if noise > 0 else 0.0


def elementary_effects(blocks: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Change of the outcome per full range, float64 [parameters, blocks, runs], of every step of the trajectories."""
    steps = np.diff(blocks, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    size = np.take_along_axis(steps, moved[:, :, None], axis=2)
    effects = np.empty((blocks.shape[2], len(y), y.shape[2]))
    changes = changed(y[:, :-1], y[:, 1:]) / size
    for block, order in enumerate(moved):
        effects[order, block] = changes[block]
    return effects


def changed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """after - before, with rounding set to exactly zero."""
    change = after - before
    size = np.maximum(np.abs(before), np.abs(after))
    return np.where(np.abs(change) <= estimates.ROUNDING * size, 0.0, change)


def _morris(space: Space, blocks: np.ndarray, y: np.ndarray) -> tuple[tuple[Effect, ...], tuple[Group, ...]]:
    from SALib.analyze.morris import analyze

    rows = blocks.reshape(-1, blocks.shape[2])
    salib = analyze(
        problem(space, False), rows, y.mean(axis=2).ravel(), num_levels=LEVELS, num_resamples=2, seed=1
    )
    by_run = elementary_effects(blocks, y)
    sizes = np.abs(by_run.mean(axis=2))  # [parameters, blocks]
    p_values = estimates.holm([_noise_p(one) for one in by_run])
    effects = []
    for k, path in enumerate(space.paths):
        found = estimates.mean_ci(sizes[k])
        effects.append(
            Effect(
                path, float(salib["mu"][k]), float(salib["mu_star"][k]), _positive(found.lo), found.hi,
                float(salib["sigma"][k]), p_values[k], not by_run[k].any(),
            )
        )  # fmt: skip
    return tuple(effects), _group_sums(space, effects, sizes)


def _positive(value: float | None) -> float | None:
    return None if value is None else max(0.0, value)


def _group_sums(space: Space, effects: Sequence[Effect], sizes: np.ndarray) -> tuple[Group, ...]:
    """Per mechanism the sum of mu* of the parameters beyond noise, the largest first."""
    groups = []
    of = space.mechanisms
    for name in dict.fromkeys(of):
        members = [k for k, one in enumerate(of) if one == name]
        beyond = [k for k in members if effects[k].beyond_noise]
        found = estimates.mean_ci(sizes[beyond].sum(axis=0)) if beyond else None
        total, lo, hi = (found.mean, _positive(found.lo), found.hi) if found else (None, None, None)
        groups.append(Group(name, len(members), len(beyond), total, lo, hi))
    return tuple(sorted(groups, key=lambda g: -(g.total or 0.0)))


def _sobol(space: Space, y: np.ndarray, seed: int) -> tuple[Group, ...]:
    from SALib.analyze.sobol import analyze

    means = y.mean(axis=2)
    # SALib takes 0 for "no seed".
    found = analyze(
        problem(space, True), means.ravel(), calc_second_order=False, num_resamples=500, seed=seed + 1
    )
    names = list(dict.fromkeys(space.mechanisms))
    p_values = estimates.holm([_noise_p(changed(y[:, 0], y[:, 1 + k])) for k in range(len(names))])
    groups = []
    for k, name in enumerate(names):
        total, half = float(found["ST"][k]), float(found["ST_conf"][k])
        first, first_half = float(found["S1"][k]), float(found["S1_conf"][k])
        p = p_values[k]
        groups.append(
            Group(
                name, space.mechanisms.count(name), int(p is not None and p < ALPHA),
                total, max(0.0, total - half), total + half, first, first - first_half, first + first_half, p,
            )
        )  # fmt: skip
    return tuple(sorted(groups, key=lambda g: -(g.total or 0.0)))
