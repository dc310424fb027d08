"""Limits of theory that the general engine must reproduce, as ordinary scenarios that use only switches and parameters.

Rule: |simulated - target| <= 4 standard errors, the standard error at most 1 % of the target (.002 for probabilities), at
least 20 runs, fixed seed, utilisation at most .8 where something waits. The engine serves events at their exact times, so
that nothing is allowed for the step length, and results do not depend on ``time.tick_hours``. L1 to L4 follow the published
tables, L5 and L6 (`sim.validation.people_limits`) those of layoffs; E1 to E6 are more of the same kind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

import numpy as np

from sim.engine.codes import FREE, VERIFY, WITHDRAWN
from sim.simulation.results import Results
from sim.simulation.simulator import Engine
from sim.statistics.estimates import mean_ci
from sim.validation import theory
from sim.validation.laboratory import Experiment, Laboratory, experiment
from sim.validation.report import CONSTRUCTION, LIMIT, Check

ERRORS = 4.0  # standard errors that a result may be away
MOST_ERROR = 0.01  # standard error over target
MOST_ERROR_OF_PROBABILITY = 0.002
ROUNDING = 1e-6  # of the target: sums of floating-point times, and jobs that take at least 1e-5 hours
LEAST_RUNS = 20
DAYS = 5.0
#: (scenario, weeks) in which the items' identity is checked.
IDENTITIES = (("L2-inbox", 104), ("base", 26))
#: (scenario, weeks) that are run with ticks of 1 h and of these lengths.
TICKED = (("L1-span", 104), ("base", 26))
TICKS = (0.5, 0.25)

#: results of the experiment, and of the one it is compared with (itself where there is none) -> figure of every run
Measure = Callable[[Results, Results], np.ndarray]
#: what became of everybody of week 0 (`sim.engine.state.COHORT`) -> figure of the run
OfCohort = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Limit:
    """A limit: what is simulated, what is measured, and what theory says. base: experiment it is compared with.

    within: the result may be away from the target by this much, where the target is a computation with noise of its own;
    None: 4 standard errors.
    """

    id: str
    what: str
    source: str
    experiment: Experiment
    target: float
    measure: Measure
    probability: bool = False
    fast: bool = False
    base: Experiment | None = None
    within: float | None = None


def outcome(name: str, minus: float = 0.0, times: float = 1.0) -> Measure:
    """Return the measure (outcome - *minus*) x *times*."""
    return lambda found, _: (found.outcomes[name] - minus) * times


def of_cohort(figure: OfCohort) -> Measure:
    """Return the measure that is this *figure* of the cohort of each run."""
    return lambda found, _: np.array([figure(cohort) for cohort in found.cohorts])


# --- L1: span with blocking ----------------------------------------------------------------------------------------------

_REPAIR = "machine repair M/M/1//s (Takacs 1962)"


def l1() -> Iterator[Limit]:
    for s in (2, 4, 6, 8, 10, 15, 20):
        utilisation, productive = theory.machine_repair(s, 0.1)
        weeks = 1040 if s < 6 else 520
        where = experiment("L1-span", _team(s) | {"time.weeks": weeks})
        fast = s in (10, 20)
        yield Limit(
            f"L1.s{s}.utilisation", f"manager's utilisation, span {s}", _REPAIR, where, utilisation,
            outcome("manager_utilisation"), True, fast,
        )  # fmt: skip
        yield Limit(
            f"L1.s{s}.productive", f"productive share of {s} reports", _REPAIR, where, productive,
            outcome("time_coding_ic"), True, fast,
        )  # fmt: skip
    for agents in (3, 5, 8):
        where = experiment("L1-agents", {"ai.agents_per_supervisor": agents})
        yield Limit(
            f"L1.agents{agents}.running", f"agents running, {agents} per engineer", _REPAIR, where,
            theory.agents_running(agents, 60.0, 10.0), outcome("agents_running_mean", times=1 / 20), fast=agents == 5,
        )  # fmt: skip


def _team(s: int, teams: int = 1) -> dict[str, Any]:
    return {"organisation.ics": s * teams, "organisation.spans": (s,) if teams == 1 else (s, teams)}


# --- L2: queues ----------------------------------------------------------------------------------------------------------


def l2() -> Iterator[Limit]:
    # distribution -> (squared cv, weeks that make the standard error small enough at rho = .5, .7, .8)
    services = {
        "deterministic": (0.0, (260, 260, 390)),
        "exponential": (1.0, (260, 390, 780)),
        "lognormal": (4.0, (1560, 1560, 1560)),
    }
    for name, (cv2, lengths) in services.items():
        for rho, weeks in zip((0.5, 0.7, 0.8), lengths, strict=True):
            values = {"arrivals.per_hour": rho, "arrivals.distribution": name, "time.weeks": weeks}
            yield Limit(
                f"L2.{name}.rho{rho}", f"mean wait in a manager's inbox, {name} service, load {rho}",
                "M/G/1 (Pollaczek-Khinchine)", experiment("L2-inbox", values),
                theory.mg1_wait(rho, cv2), outcome("item_time_hours", minus=1.0),
                fast=(name, rho) in (("deterministic", 0.7), ("exponential", 0.5)),
            )  # fmt: skip
    for c, teams, weeks in ((2, 6, 390), (5, 4, 390), (10, 3, 390)):
        values = _team(c, teams) | {"arrivals.per_hour": 0.8 * c, "time.weeks": weeks}
        yield Limit(
            f"L2.c{c}.wait", f"mean wait for one of {c} reviewers, load 0.8", "M/M/c (Erlang C)",
            experiment("L2-reviewers", values), theory.mmc_wait(0.8, c), outcome("item_time_hours", minus=1.0), fast=c == 2,
        )  # fmt: skip


# --- L3: knowledge hierarchy ---------------------------------------------------------------------------------------------


def l3() -> Iterator[Limit]:
    source = "Garicano 2000, fixed knowledge"
    for h, known, s in ((0.1, 0.5, 16), (0.2, 0.7, 13), (0.2, 0.9, 40)):
        values = _team(s) | {"questions.help_hours": h, "questions.ic_knowledge": known}
        where = experiment("L3-knowledge", values)
        span = theory.garicano_span(h, known)
        name, fast = f"h{h}.F{known}", s == 16
        yield Limit(
            f"L3.{name}.span", f"largest sustainable span, help {h}, own knowledge {known}", source, where, span,
            _span_sustained(s), fast=fast,
        )  # fmt: skip
        yield Limit(
            f"L3.{name}.output", "output per head at that span", source, where, theory.garicano_output(span, 0.98),
            _output_per_head(s), fast=fast,
        )  # fmt: skip


def _span_sustained(s: int) -> Measure:
    """The span at which a manager who is this busy with *s* reports would be fully busy."""

    def span(found: Results, _: Results) -> np.ndarray:
        sustained: np.ndarray = s / found.outcomes["manager_utilisation"]
        return sustained

    return span


def _output_per_head(s: int) -> Measure:
    """Changes of one hour per working hour and head, the manager included, at the largest sustainable span."""

    def output(found: Results, base: Results) -> np.ndarray:
        span = _span_sustained(s)(found, base)
        per_head: np.ndarray = found.outcomes["changes_per_ic_week"] / 40.0 * span / (span + 1.0)
        return per_head

    return output


# --- L4: coding, review, rework ------------------------------------------------------------------------------------------


def l4() -> Iterator[Limit]:
    yield from _fluid()
    yield from _amdahl()
    for rate, detection in ((0.2, 0.8), (0.4, 0.8), (0.6, 0.6)):
        where = experiment("L4-defects", {"defects.bernoulli_rate": rate, "review.detection": detection})
        passes, escaped = theory.bernoulli_defects(rate, detection)
        name, fast = f"d{rate}.q{detection}", rate == 0.4
        yield Limit(
            f"L4.{name}.reviews", "reviews per merge", "Bernoulli defects", where, passes, outcome("reviews_per_merge"),
            fast=fast,
        )  # fmt: skip
        yield Limit(
            f"L4.{name}.escaped", "merges with an escaped defect", "Bernoulli defects", where, escaped,
            outcome("change_failure_rate"), True, fast,
        )  # fmt: skip
    for n in (4, 8, 10, 16):
        where = experiment("L4-loop", _team(n + 1, 5))
        yield Limit(
            f"L4.loop{n}.throughput", f"changes a day, {n} coders and one reviewer",
            "exact MVA (Reiser and Lavenberg 1980)", where, theory.closed_loop(n, 2.0, [0.25]),
            outcome("changes_per_ic_week", times=(n + 1) / DAYS), fast=n == 8,
        )  # fmt: skip


def _fluid() -> Iterator[Limit]:
    for share in (0.0, 0.25, 0.5, 0.8, 1.0):
        coding, review = theory.with_ai(2.0, 0.4, share), theory.with_ai(0.3, 0.36, share)
        rejection = theory.with_ai(0.15, 0.30, share)
        kinds = {
            "dedicated": (2, theory.fluid_dedicated(8, 2, coding, review, rejection, 0.5)),
            "pool": (0, theory.fluid_pool(10, coding, review, rejection, 0.5)),
        }
        for kind, (reviewers, target) in kinds.items():
            values = {"ai.share_of_code": share, "review.dedicated_reviewers": reviewers}
            yield Limit(
                f"L4.{kind}.ai{share}", f"changes a day, AI share {share}, {kind} reviewers", "fluid limit",
                experiment("L4-review", values), target, outcome("changes_per_ic_week", times=10 / DAYS), fast=share == 0.5,
            )  # fmt: skip


def _amdahl() -> Iterator[Limit]:
    hand = experiment("L4-amdahl")

    def faster(found: Results, base: Results) -> np.ndarray:
        ratio: np.ndarray = found.outcomes["changes_per_ic_week"] / base.outcomes["changes_per_ic_week"]
        return ratio

    source = "Amdahl 1967"
    for k in (2, 5, 1000):
        values = {"ai.share_of_code": 1.0, "ai.assistant_speed": k}
        yield Limit(
            f"L4.amdahl.k{k}", f"speed-up, AI {k} times faster on .3 of the time", source,
            experiment("L4-amdahl", values), theory.amdahl(0.3, k), faster, fast=k == 2, base=hand,
        )  # fmt: skip
    # Agents run beside their supervisor: coding costs no time of the owner's at all.
    agents = {"ai.share_of_code": 1.0, "ai.agent_fraction": 1.0, "ai.agents_per_supervisor": 1000}
    agents |= {"ai.specify_fixed_hours": 0.0, "ai.specify_hours": 0.0, "ai.agent_verify_hours": 0.0}
    agents |= {
        "ai.horizon_hours": 1e6,
        "ai.horizon_slope": 10.0,
        "ai.agent_speed": 1000.0,
        "work.wip_limit": 1000,
    }
    yield Limit(
        "L4.amdahl.kinf", "speed-up, coding costs the owner nothing", source, experiment("L4-amdahl", agents),
        theory.amdahl(0.3, inf), faster, base=hand,
    )  # fmt: skip
    for speed in (2.0, 4.0):
        verify = theory.break_even_verification(speed)
        values = {"ai.share_of_code": 1.0, "ai.assistant_speed": speed, "ai.assistant_verify_hours": verify}
        yield Limit(
            f"L4.breakeven.k{speed:g}", f"speed-up where verification takes 1 - 1/{speed:g}", "algebra",
            experiment("L4-amdahl", values), 1.0, faster, fast=speed == 2.0, base=hand,
        )  # fmt: skip


# --- E: more of the same kind --------------------------------------------------------------------------------------------


def more() -> Iterator[Limit]:
    where = experiment("E1-escalation")
    for layer, below, known in ((1, 6, 0.0), (2, 18, 0.4), (3, 36, 0.8)):
        yield Limit(
            f"E1.layer{layer}.utilisation", f"utilisation of layer {layer} when questions climb", "flow balance", where,
            theory.escalation_utilisation(below, 0.05, known, 1.0), outcome(f"manager_utilisation_layer_{layer}"), True, True,
        )  # fmt: skip
    yield Limit(
        "E2.question.time", "question asked to answered under pre-empting incidents", "M/M/1 with pre-emptive priority",
        experiment("E2-priority"), theory.low_priority_time(0.3, 0.4, 0.5, 1.0), outcome("decision_latency_hours"), fast=True,
    )  # fmt: skip
    yield Limit(
        "E3.tandem.time", "question asked to answered through two layers", "Burke 1956, Jackson 1957",
        experiment("E3-tandem"), theory.tandem_time([(0.3, 1.0), (0.6, 1.0)]), outcome("decision_latency_hours"), fast=True,
    )  # fmt: skip
    where = experiment("E4-demand")
    yield Limit(
        "E4.demand.rate", "changes per IC-week where less is asked for", "flow balance", where, 6.0,
        outcome("changes_per_ic_week"),
    )  # fmt: skip
    yield Limit(
        "E4.demand.idle", "idle share of ICs", "flow balance", where, 1.0 - 6 * 4 / 40, outcome("time_idle_ic"), True, True,
    )  # fmt: skip
    yield Limit(
        "E5.escaped", "changes with an escaped Poisson defect", "Poisson", experiment("E5-escape"), theory.poisson_escape(0.5),
        outcome("change_failure_rate"), True, True,
    )  # fmt: skip
    values = {"arrivals.pattern": "deterministic", "arrivals.per_hour": 0.7}
    yield Limit(
        "E6.dm1.wait", "mean wait with evenly spaced arrivals, load 0.7", "D/M/1", experiment("L2-inbox", values),
        theory.dm1_wait(0.7), outcome("item_time_hours", minus=1.0), fast=True,
    )  # fmt: skip


def judge(limit: Limit, laboratory: Laboratory) -> Check:
    """Simulate what *limit* needs and judge it by the rule."""
    results = laboratory.results(limit.experiment)
    base = laboratory.results(limit.base) if limit.base is not None else results
    return verdict(limit, limit.measure(results, base))


def verdict(limit: Limit, figures: np.ndarray) -> Check:
    """Judge the *figures* of all runs, float64 [runs], by the rule of the module."""
    estimate = mean_ci(figures)
    error = (estimate.sd or 0.0) / sqrt(estimate.n) if estimate.n > 1 else inf
    most = MOST_ERROR_OF_PROBABILITY if limit.probability else MOST_ERROR * abs(limit.target)
    if limit.within is not None:
        most = limit.within / ERRORS
    sharp = estimate.n >= LEAST_RUNS and error <= most
    tolerance = ERRORS * error + ROUNDING * abs(limit.target) if limit.within is None else limit.within
    mean = estimate.mean if estimate.mean is not None else float("nan")
    note = (
        ""
        if sharp
        else f"not judged: standard error {error:.2g} is above {most:.2g}, or fewer than {LEAST_RUNS} runs"
    )
    ci95 = None if estimate.lo is None or estimate.hi is None else (estimate.lo, estimate.hi)
    passed = bool(sharp and abs(mean - limit.target) <= tolerance)
    return Check(
        limit.id,
        LIMIT,
        limit.what,
        limit.source,
        limit.target,
        mean,
        ci95,
        passed,
        estimate.n,
        tolerance,
        note,
    )


def items_identity(scenario: str, weeks: int, runs: int = 3) -> Check:
    """Check Little's identity, run by run: integral of the number in system = times in system, censored items included."""
    engine = Engine(experiment(scenario, {"time.weeks": weeks, "time.warmup_weeks": 0}).load())
    ratios = []
    for number in range(runs):
        org = engine.advance(engine.begin(1, number), weeks * 40.0)
        world, items = org.world[0], org.items
        state = items["state"]
        inside = (state != FREE) & (state != WITHDRAWN) & (items["kind"] <= VERIFY)
        censored = float(np.sum(world.now - items["sent_at"][inside]))
        ratios.append((world.item_times + censored) / world.item_hours)
    worst = max(ratios, key=lambda ratio: abs(ratio - 1.0))
    return Check(
        f"L2.identity.{scenario}", LIMIT, "sum of times in system over integral of number in system, worst of the runs",
        "identity (Little 1961)", 1.0, float(worst), None, bool(abs(worst - 1.0) <= 1e-9), runs, 1e-9,
    )  # fmt: skip


def ticked(scenario: str, weeks: int, tick_hours: float) -> Experiment:
    """Return the experiment of a few runs with ticks of *tick_hours*."""
    return experiment(scenario, {"time.weeks": weeks, "time.tick_hours": tick_hours}, runs=4)


def tick_convergence(scenario: str, weeks: int, tick_hours: float, laboratory: Laboratory) -> Check:
    """Check d, the error of the step length: the largest relative difference of any outcome of any run to ticks of 1 h."""
    hourly, finer = (
        laboratory.results(ticked(scenario, weeks, hours)).outcomes for hours in (1.0, tick_hours)
    )
    worst = 0.0
    for name, figures in hourly.items():
        same = (figures == finer[name]) | (np.isnan(figures) & np.isnan(finer[name]))
        apart = np.abs(finer[name] - figures)[~same] / np.maximum(np.abs(figures[~same]), 1e-300)
        worst = max(worst, float(np.nan_to_num(apart, nan=inf).max(initial=0.0)))
    return Check(
        f"T.{scenario}.tick{tick_hours:g}", CONSTRUCTION,
        f"largest relative difference of any outcome, tick {tick_hours:g} h to 1 h",
        "exact event times", 0.0, worst, None, worst == 0.0, 4, 0.0,
    )  # fmt: skip
