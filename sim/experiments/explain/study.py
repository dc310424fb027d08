"""Why two scenarios differ: the paired difference split by mechanism, or by what the scenarios state differently.

By mechanism: v(S) says how far B is from A with only the mechanisms in S as the scenarios have them, all others off in
both. The part of a mechanism is its Shapley value (`sim.experiments.explain.shapley`); what is left with all of them off is
the rest, and parts and rest add up to the whole. By difference: the statements in which B differs from A go over from A's to
B's, the structure as one block, parameters by section; there is no rest.

On the difference scale v(S) = B - A. Then a mechanism that takes the same share of both levels has a part, because it
shrinks the lead. On the ratio scale v(S) = ln(B / A), so that it has none; parts are turned into differences with the
logarithmic mean of the two levels, (B - A) / ln(B / A), run by run, so they add up to B - A as well (Ang 2004).

A mechanism without which the outcome is undefined, or a scenario cannot be built, stays on and is said to. One whose
absence changes nothing at all, bit for bit, in either scenario plays no part and is dropped.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.constants import ALPHA, PRIMARY
from sim.errors import RunsFailedError, UserError, suggest
from sim.experiments.differences import unique_names, what_differs
from sim.experiments.explain import shapley
from sim.experiments.explain.coalitions import Dice
from sim.experiments.explain.players import BY, Player, blocks, by_difference, by_mechanism, on_main_path
from sim.outcomes.declared import OUTCOMES, Outcome, check_outcome
from sim.scenario.scenario import Scenario
from sim.simulation.results import Failure, Simulate
from sim.simulation.run import run as run_scenario
from sim.statistics import estimates
from sim.statistics.estimates import known
from sim.store.journal import Journal

SCALES = ("ratio", "difference")
PROBE = 8  # runs in which it is tried what has no effect
BUDGET = 3200  # runs of a scenario that the default number of runs is made for
LEAST, MOST = 20, 200  # default runs
LEADING, PAIR_RUNS = 4, 12  # sampled: players whose interactions are looked at, and in how many runs at most
NEGLIGIBLE = 1e-12  # of the level: rounding
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Part:
    """What one player adds. mean: its Shapley value with interval; p_holm over all parts.

    first: what it adds alone, when all others are off; last: when all others are on. Both are None for the rest.
    """

    player: Player
    mean: estimates.Estimate
    p_holm: float | None
    first: estimates.Estimate | None = None
    last: estimates.Estimate | None = None

    @property
    def size(self) -> float:
        """Its Shapley value; a part is made of runs in which it is defined."""
        return known(self.mean.mean)

    @property
    def beyond_noise(self) -> bool:
        """Adjusted p < .05."""
        return self.p_holm is not None and self.p_holm < ALPHA


@dataclass(frozen=True)
class Interaction:
    """What two players do together beyond what each does without the other."""

    between: tuple[Player, Player]
    mean: estimates.Estimate
    p_holm: float | None

    @property
    def size(self) -> float:
        """The mean; an interaction that is undefined in every run is none."""
        return known(self.mean.mean)

    @property
    def beyond_noise(self) -> bool:
        """Adjusted p < .05."""
        return self.p_holm is not None and self.p_holm < ALPHA


@dataclass(frozen=True)
class Explanation:
    """The split of a difference. parts: largest first; rest: None if there is none (by difference).

    scale: ratio or difference, see the module. no_part: players without any effect; kept: those that had to stay on, with
    the reason. method: exact (every subset) or sampled (orders). runs: asked; used: those in which every figure is defined.
    """

    names: tuple[str, str]
    outcome: Outcome
    by: str
    scale: str
    method: str
    seed: int
    weeks: int
    runs: int
    used: int
    levels: tuple[estimates.Estimate, estimates.Estimate]
    whole: estimates.Paired
    rest: Part | None
    parts: tuple[Part, ...]
    interactions: tuple[Interaction, ...]
    no_part: tuple[Player, ...]
    kept: tuple[tuple[Player, str], ...]
    differs: tuple[str, ...]
    simulated: int
    failures: tuple[Failure, ...] = ()

    @property
    def difference(self) -> float:
        """How far B is from A; there is a run in which every figure is defined."""
        return known(self.whole.difference)

    @property
    def detected(self) -> bool:
        """The whole difference is beyond noise."""
        return self.whole.p is not None and self.whole.p < ALPHA

    @property
    def orders(self) -> int | None:
        """Orders drawn, None where all of them count."""
        return 2 * self.used if self.method == "sampled" else None


# ---- checks and plans


def check(a: Scenario, b: Scenario, name: str, by: str, scale: str, outcomes: Mapping[str, Outcome]) -> None:
    """Raise UserError if the question makes no sense."""
    check_outcome(name, outcomes, "--outcome")
    if by not in BY:
        raise UserError(f"--by {by[:80]}: use one of {', '.join(BY)}{suggest(by, BY)}")
    if scale not in SCALES:
        raise UserError(f"--scale {scale[:80]}: use one of {', '.join(SCALES)}{suggest(scale, SCALES)}")
    if on_main_path(a).hash() == on_main_path(b).hash():
        raise UserError(
            f"{a.name} and {b.name} are the same scenario, so there is no difference to explain; name two that differ"
        )
    if a.weeks != b.weeks:
        raise UserError(
            f"the scenarios differ in time.weeks ({a.weeks} and {b.weeks}), so their outcomes do not compare; use "
            f"--set time.weeks={max(a.weeks, b.weeks)}"
        )


def planned_subsets(players: int) -> int:
    """Subsets that are simulated in every run."""
    return 1 << players if players <= shapley.MAX_EXACT else 2 * players


def default_runs(players: int) -> int:
    """Runs that a few minutes on two cores are enough for, for an organisation of about 100 people over 104 weeks."""
    return min(MOST, max(LEAST, BUDGET // (2 * planned_subsets(players))))


def planned_runs(players: int, runs: int) -> int:
    """Runs of a scenario that the split takes, at most."""
    main = 2 * runs * planned_subsets(players)
    if players <= shapley.MAX_EXACT:
        return main
    pairs = LEADING * (LEADING - 1) // 2
    return main + 16 * pairs * pair_runs(runs)


def pair_runs(runs: int) -> int:
    """Runs in which interactions are sampled."""
    return min(PAIR_RUNS, max(1, runs // 2))


# ---- screening


@dataclass(frozen=True)
class Screened:
    """Who plays: numbers of the players, of those that stay on throughout, and why."""

    active: tuple[int, ...]
    no_part: tuple[int, ...]
    kept: Mapping[int, str]

    @property
    def always(self) -> shapley.Coalition:
        """Those who are on whoever plays."""
        return frozenset(self.no_part) | frozenset(self.kept)


def screen(dice: Dice, players: int, probe: Sequence[int], runs_of: Callable[[int], int]) -> Screened:
    """Find who must stay on and who has no effect. runs_of: number of active players -> runs to be sure of the latter."""
    everybody = shapley.everybody(players)
    dice.levels(
        [(everybody - {k}, run) for k in range(players) for run in probe]
    )  # all at once, for the threads
    kept = {
        k: _reason(dice, everybody - {k}, probe)
        for k in range(players)
        if _undefined(dice, everybody - {k}, probe)
    }
    while _undefined(dice, frozenset(kept), probe):
        reason = _reason(dice, frozenset(kept), probe)
        more = (
            k for k in range(players) if k not in kept and not _undefined(dice, frozenset(kept) | {k}, probe)
        )
        found = next(more, None)
        if found is None:
            raise UserError(
                f"{dice.outcome} cannot be split by mechanism: {reason} when most of them are off; choose another --outcome"
            )
        kept[found] = reason
    rest = [k for k in range(players) if k not in kept]
    none = frozenset(kept)
    dice.levels([(none | {k}, run) for k in rest for run in probe])
    idle = [k for k in rest if _idle(dice, everybody, none, {k}, probe)]
    every = range(runs_of(len(rest) - len(idle)))
    idle = [k for k in idle if _idle(dice, everybody, none, {k}, every)]
    if idle and not _idle(dice, everybody, none, set(idle), every):
        idle = []  # none by itself, but together they have an effect
    return Screened(tuple(k for k in rest if k not in idle), tuple(idle), kept)


def _undefined(dice: Dice, on: shapley.Coalition, runs: Sequence[int]) -> bool:
    return not np.isfinite(dice.levels([(on, run) for run in runs])).all(axis=1).any()


def _reason(dice: Dice, on: shapley.Coalition, runs: Sequence[int]) -> str:
    return dice.reason(on) or f"{dice.outcome} is undefined"


def _idle(
    dice: Dice, everybody: shapley.Coalition, none: shapley.Coalition, players: set[int], runs: Sequence[int]
) -> bool:
    """True if the players change no bit of the outcome in either scenario, in all company or alone."""

    def same(one: shapley.Coalition, other: shapley.Coalition) -> bool:
        before, after = (dice.levels([(on, run) for run in runs]) for on in (one, other))
        return np.array_equal(before, after, equal_nan=True)

    return same(everybody, everybody - players) and same(none, none | players)


# ---- the split


def explain(
    a: Scenario,
    b: Scenario,
    outcome: str = PRIMARY,
    by: str = "mechanism",
    scale: str = "ratio",
    runs: int | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
    on_estimate: Callable[[int, float], None] | None = None,
    *,
    simulate: Simulate = run_scenario,
    outcomes: Mapping[str, Outcome] = OUTCOMES,
    journal: Journal | None = None,
) -> Explanation:
    """Split the paired difference B - A of an outcome. runs: default by the number of players (`default_runs`).

    scale: ratio falls back to difference where a level is not above zero, as a share with all mechanisms off may be.

    progress: called with runs of a scenario done and planned; on_estimate: once, with their number and the seconds they
    will take, unless an earlier start did a part. simulate, outcomes: the engine, by default the real one. journal: keeps what is
    finished. Raises UserError on bad input.
    """
    check(a, b, outcome, by, scale, outcomes)
    a, b = on_main_path(a), on_main_path(b)
    players, scenarios_of = by_mechanism(a, b) if by == "mechanism" else by_difference(a, b)
    count = len(players)
    bar = _Bar(progress, planned_runs(count, runs or default_runs(count)) + 4 * PROBE * (count + 1))
    dice = Dice(scenarios_of, outcome, seed, workers, simulate, bar.tick, journal)
    everybody = shapley.everybody(count)
    probe = range(min(PROBE, runs or PROBE))
    speed = _speed(dice, everybody, probe)
    if _undefined(dice, everybody, probe):
        raise _never(dice, everybody, a, b)
    screened = screen(dice, count, probe, lambda active: runs or default_runs(active))
    runs = runs or default_runs(len(screened.active))
    bar.planned = dice.simulated + planned_runs(len(screened.active), runs)
    if on_estimate is not None and not dice.journal.reused:
        on_estimate(bar.planned - dice.simulated, speed * (bar.planned - dice.simulated))
    if not dice.positive:
        scale = "difference"
    game = Game(dice, screened, scale, shapley.everybody(count))
    return _split(game, (a, b), by, players, runs, seed, outcomes[outcome])


@dataclass(frozen=True)
class Game:
    """v(S) of the active players run by run, on a scale; an `Evaluate` of `sim.experiments.explain.shapley`."""

    dice: Dice
    screened: Screened
    scale: str
    everybody: shapley.Coalition  # active or not

    def __call__(self, asked: Sequence[tuple[shapley.Coalition, int]]) -> np.ndarray:
        """How far B is from A with these active players on, in the outcome's unit, float64 [asked]."""
        active, always = self.screened.active, self.screened.always
        levels = self.dice.levels([(always | {active[k] for k in on}, run) for on, run in asked])
        apart: np.ndarray
        if self.scale == "difference":
            apart = levels[:, 1] - levels[:, 0]
        else:
            whole = self.dice.levels([(self.everybody, run) for _, run in asked])
            apart = log_mean(whole[:, 0], whole[:, 1]) * log_ratio(levels[:, 0], levels[:, 1])
        return apart


def log_ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """ln(b / a), NaN where either is not above zero."""
    good = (a > 0) & (b > 0)
    return np.log(np.where(good, b, np.nan) / np.where(good, a, np.nan))


def log_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Logarithmic mean (b - a) / ln(b / a), a where they are equal: it turns the log of a ratio into a difference."""
    ratio = log_ratio(a, b)
    return np.where(ratio == 0, a, (b - a) / np.where(ratio == 0, 1.0, ratio))


class _Bar:
    """Tells `progress` what is done; planned grows if more comes."""

    def __init__(self, progress: Progress | None, planned: int) -> None:
        self.progress, self.planned, self.done = progress, planned, 0

    def tick(self, more: int) -> None:
        self.done += more
        if self.progress is not None:
            self.progress(self.done, max(self.done, self.planned))


def _speed(dice: Dice, everybody: shapley.Coalition, probe: Sequence[int]) -> float:
    """Seconds per run of a scenario, on all threads, half with everything on and half off."""
    dice.levels([(everybody, 0)])  # compiles
    done, begun = dice.simulated, time.perf_counter()
    dice.levels([(on, run) for run in probe for on in (everybody, shapley.Coalition())])
    return (time.perf_counter() - begun) / max(1, dice.simulated - done)


def _never(dice: Dice, everybody: shapley.Coalition, a: Scenario, b: Scenario) -> UserError:
    """Why there is no difference to begin with."""
    if dice.failures:
        first = dice.failures[0].message
        return RunsFailedError(
            f"every run of {a.name} or {b.name} failed, the first one with: {first}", tuple(dice.failures)
        )
    levels = dice.levels([(everybody, 0)])[0]
    names = [s.name for s, level in zip((a, b), levels, strict=True) if not np.isfinite(level)]
    why = dice.reason(everybody) or f"{dice.outcome} is undefined there; choose another --outcome"
    return UserError(
        f"there is nothing to explain, no run of {' and '.join(names) or a.name} has a figure: {why}"
    )


def _split(
    game: Game,
    scenarios: tuple[Scenario, Scenario],
    by: str,
    players: Sequence[Player],
    runs: int,
    seed: int,
    outcome: Outcome,
) -> Explanation:
    dice, active = game.dice, game.screened.active
    count, every = len(active), range(runs)
    exact = count <= shapley.MAX_EXACT
    table = shapley.all_subsets(game, count, every) if exact else None
    parts = shapley.sampled_parts(game, count, every, seed) if table is None else shapley.exact_parts(table)
    levels = dice.levels([(game.everybody, run) for run in every])
    rest = game([(shapley.Coalition(), run) for run in every])
    used = np.isfinite(parts).all(axis=1) & np.isfinite(levels).all(axis=1) & np.isfinite(rest)
    if not used.any():
        raise UserError(
            f"{outcome.name} cannot be split: in every run it is undefined with some mechanisms off; choose another --outcome"
        )
    rounding = NEGLIGIBLE * float(np.abs(levels[used]).max(initial=0.0))
    parts, rest = (np.where(np.abs(x[used]) <= rounding, 0.0, x[used]) for x in (parts, rest))
    means = [estimates.mean_ci(column) for column in parts.T]
    first, last = _ends(game, count, runs, seed, exact)
    with_rest = [*means, estimates.mean_ci(rest)] if by == "mechanism" else means
    p_values = estimates.holm([p_of(mean) for mean in with_rest])
    made = [Part(players[active[k]], means[k], p_values[k], first[k], last[k]) for k in range(count)]
    order = sorted(range(count), key=lambda k: -abs(made[k].size))
    pairs, values = _interactions(game, table, order, pair_runs(runs), seed)
    kept = tuple((players[k], reason) for k, reason in game.screened.kept.items())
    a, b = scenarios
    first_name, second_name = unique_names([a.name, b.name])
    return Explanation(
        names=(first_name, second_name),
        outcome=outcome,
        by=by,
        scale=game.scale,
        method="exact" if exact else "sampled",
        seed=seed,
        weeks=a.weeks,
        runs=runs,
        used=int(used.sum()),
        levels=(estimates.mean_ci(levels[used, 0]), estimates.mean_ci(levels[used, 1])),
        whole=estimates.paired(levels[used, 0], levels[used, 1], outcome.better),
        rest=Part(rest_player(a, b, kept), with_rest[-1], p_values[-1]) if by == "mechanism" else None,
        parts=tuple(made[k] for k in order),
        interactions=_tested([(made[i].player, made[j].player) for i, j in pairs], values, rounding),
        no_part=tuple(players[k] for k in game.screened.no_part),
        kept=kept,
        differs=tuple(what_differs(a, b)),
        simulated=dice.simulated,
        failures=tuple(dice.failures),
    )


def _ends(
    evaluate: shapley.Evaluate, count: int, runs: int, seed: int, exact: bool
) -> tuple[list[estimates.Estimate], list[estimates.Estimate]]:
    """What every player adds alone and last; of sampled orders, from the probe and the runs in which it comes first or last."""
    everybody, none = shapley.everybody(count), shapley.Coalition()
    first, last = [], []
    for k in range(count):
        at = [
            r
            for r in range(runs)
            if exact or r < PROBE or k in shapley.order_of(r, count, seed)[:: count - 1]
        ]
        on, off = (evaluate([(subset, r) for r in at]) for subset in (none | {k}, none))
        first.append(estimates.mean_ci(on - off))
        on, off = (evaluate([(subset, r) for r in at]) for subset in (everybody, everybody - {k}))
        last.append(estimates.mean_ci(on - off))
    return first, last


def _interactions(
    evaluate: shapley.Evaluate, table: np.ndarray | None, order: Sequence[int], runs: int, seed: int
) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Pairs and their interactions, [pairs, runs]: of all players, or of the leading ones where orders are sampled."""
    leading = list(order) if table is not None else list(order[:LEADING])
    pairs = [(i, j) for place, i in enumerate(leading) for j in leading[place + 1 :]]
    if not pairs:
        return [], np.zeros((0, runs))
    if table is not None:
        return pairs, np.stack([shapley.exact_interaction(table, i, j) for i, j in pairs])
    return pairs, shapley.sampled_interactions(evaluate, len(order), pairs, range(runs), seed)


def _tested(
    pairs: Sequence[tuple[Player, Player]], values: np.ndarray, rounding: float
) -> tuple[Interaction, ...]:
    means = [estimates.mean_ci(np.where(np.abs(row) <= rounding, 0.0, row)) for row in values]
    p_values = estimates.holm([p_of(mean) for mean in means])
    found = [
        Interaction(*each) for each in zip(pairs, means, p_values, strict=True) if each[1].mean is not None
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.size)))


def p_of(estimate: estimates.Estimate) -> float | None:
    """Two-sided p value of a mean against zero, None for fewer than two runs."""
    mean, sd, n = estimate.mean, estimate.sd, estimate.n
    if mean is None or sd is None:
        return None
    if not sd:
        return 1.0 if mean == 0 else 0.0
    return estimates.t_two_sided(mean / (sd / np.sqrt(n)), n - 1)


def rest_player(a: Scenario, b: Scenario, kept: Sequence[tuple[Player, str]]) -> Player:
    """What is left with all mechanisms off, called by what it is."""
    found = blocks(a, b)
    words = ["structure", "money"] if "structure" in found else []
    words += ["other settings"] if len(found) > bool(words) else []
    words += ["what stays on"] if kept else [] if words else ["other settings"]
    text = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return Player("rest", text if kept else f"{text} alone", {})
