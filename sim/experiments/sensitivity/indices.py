"""Which uncertain parameters move an outcome, or the difference of two scenarios: Morris screening and Sobol indices.

Every uncertain parameter that acts in the scenarios is moved over its plausible range [low, high]
(`sim.experiments.plausible.varied`), seen as a share of that range from 0 to 1, on a log scale where the range is wide.
SALib makes the designs and the indices.

A design is a list of blocks: trajectories (Morris), or rows of Saltelli's scheme (Sobol). Indices are made of differences
within blocks. All points of a block use the same dice (common random numbers), so such a difference is due to the
parameter; every block has dice of its own, so that blocks are independent and intervals over them cover the dice as well.

Noise: each point has several runs. From how a difference varies over runs follows how large it would be with no effect
at all. The mean square of the differences over that is an F statistic; a parameter or mechanism counts as beyond noise if
its p value is below .05 after Holm's correction over all of them, outcome by outcome.

Sources: Morris (1991); Campolongo, Cariboni and Saltelli (2007) for mu*; Saltelli et al. (2010) for the Sobol indices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from sim.constants import ALPHA
from sim.experiments.sensitivity.space import LEVELS, Space, figures
from sim.experiments.simulated import Evaluate
from sim.statistics import estimates

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
    # SALib is imported where it is used: it takes seconds to load, and a mistake in the question is to be told at once.
    if method == "morris":
        from SALib.sample.morris import sample

        rows = sample(problem(space, False), samples, num_levels=LEVELS, seed=seed)
    else:
        from SALib.sample.sobol import sample

        rows = sample(problem(space, True), samples, calc_second_order=False, seed=seed)
    trajectories: np.ndarray = rows.reshape(samples, -1, len(space.paths))
    return trajectories


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
    return float(min(1.0, float(np.sum(rest**2)) / (runs - 1) / between))


def _noise_p(differences: np.ndarray) -> float | None:
    """p value of no effect: differences float64 [blocks, runs]; None with one run."""
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
    from SALib.analyze.morris import analyze  # here, because it is slow to load

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
    from SALib.analyze.sobol import analyze  # here, because it is slow to load

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
