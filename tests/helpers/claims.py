"""Directions: every parameter moves something, in the direction that first principles say.

Each test file of a mechanism states `CLAIMS` for what is uncertain (from the low end of the range to the high one) and
`CHOICES` for what is decided (between two settings): the figure, the sign of its change on common random numbers, and what
to set so that the mechanism matters. Where no direction follows from the rule, the claim is that it matters at all
(`EITHER`). The signs were written down from the model's text before looking at any result. tests/mechanisms/test_claims.py
sees that no parameter is without.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from helpers.worlds import world
from sim.constants import IC, MANAGER
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario
from sim.simulation.run import run
from sim.simulation.simulator import Engine

RUNS = 6
SHAPE: Mapping = {"ics": 24, "layers": 2, "weeks": 18, "warmup": 2}
UP, DOWN, EITHER = +1, -1, 0


@dataclass(frozen=True)
class Claim:
    """*figure* moves by *sign* from one end of *ends* to the other, with *values* and *shape* set.

    figure: an outcome, a mean of those laid off (`cut_figures`), or a function of the organisation at the end and the
    engine. ends: None for the plausible range.
    """

    figure: str | Callable
    sign: int
    values: Mapping = field(default_factory=dict)
    shape: Mapping = field(default_factory=dict)
    ends: tuple | None = None


def choice(
    ends: tuple,
    figure: str | Callable,
    sign: int,
    values: Mapping | None = None,
    shape: Mapping | None = None,
) -> Claim:
    """Return the claim of what is decided: *ends* are two of its settings."""
    return Claim(figure, sign, values or {}, shape or {}, ends)


def check_claim(path: str, claim: Claim, shape: Mapping = SHAPE, runs: int = RUNS) -> None:
    """Fail unless the parameter *path* moves what *claim* says."""
    ends = claim.ends or (REGISTRY[path].low, REGISTRY[path].high)
    scenarios = (world({**claim.values, path: x}, **{**shape, **claim.shape}) for x in ends)
    before, after = (measured(scenario, claim.figure, runs) for scenario in scenarios)
    change = after - before
    told = f"{claim.figure} from {ends[0]} to {ends[1]}, by run {np.round(before, 5)} -> {np.round(after, 5)}"
    if claim.sign == EITHER:
        assert np.any(change != 0.0), told
    else:
        assert claim.sign * change.mean() > 0.0, told


def measured(scenario: Scenario, figure: str | Callable, runs: int) -> np.ndarray:
    """Return a figure, float [runs]."""
    if callable(figure):
        engine = Engine(scenario)
        orgs = (engine.advance(engine.begin(1, number), engine.weeks * 40.0) for number in range(runs))
        return np.array([figure(org, engine) for org in orgs], float)
    results = run(scenario, runs, 1, workers=1)
    assert not results.failures
    if figure in results.outcomes:
        return results.outcomes[figure]
    return np.array([cut_figures(cohort)[figure] for cohort in results.cohorts])


# ---- figures


def cut_figures(cohort: np.ndarray) -> dict[str, float]:
    """Return means over those laid off: skill, tenure (years), layer, and the share of managers among them."""
    cut = cohort[cohort["exit_kind"] == 1]
    ics = cut["role"] == 0
    return {
        "cut_skill": float(cut["skill"][ics].mean()) if ics.any() else float("nan"),
        "cut_tenure": float(cut["tenure"].mean()) if len(cut) else float("nan"),
        "cut_layer": float(cut["layer"].mean()) if len(cut) else float("nan"),
        "cut_managers": float(1.0 - ics.mean()) if len(cut) else float("nan"),
    }


def mean_of(column: str, role: int = IC, table: str = "people") -> Callable:
    """Return a figure: the mean of a *column* of those in *role*."""
    return lambda org, engine: getattr(org, table)[column][org.people["role"] == role].mean()


QUALITY, FLUENCY = mean_of("quality", MANAGER), mean_of("fluency")

# ---- what to set

OFF_ON = (False, True)
AI = {"ai.share_of_code": 0.6}
AGENTS = {**AI, "ai.agent_fraction": 0.8}
ASSISTANTS = {**AI, "ai.agent_fraction": 0.0}
#: One manager for everybody: people time at its cap, little coaching.
ONE_BOSS = {"layers": 1}
THREE, FOUR = {"layers": 3}, {"layers": 4}
MANY = {"ics": 96, "layers": 3, "weeks": 26}
#: Managers drown in questions from outside.
DROWNING = {"arrivals.kind": "question", "arrivals.per_hour": 0.8}

QUITS = {"switches.quits": True, "quits.base": 0.9}
HIRING = {**QUITS, "switches.hiring": True, "hiring.delay_weeks": 2.0}
LAYOFFS = {"switches.layoffs": True, "layoffs.background_probability": 0.0}
BACKGROUND = {"switches.layoffs": True, "layoffs.background_probability": 0.8}
WAVE = {**LAYOFFS, "layoffs.wave_week": 2, "layoffs.wave_fraction": 0.3}
BIG = {"ics": 96, "layers": 3, "weeks": 8}
RATED = {**WAVE, "layoffs.wave_select": "rank", "layoffs.wave_scope": "ics"}

LADDER = {
    "switches.quits": True, "switches.hiring": True, "switches.promotions": True, "quits.base": 0.9, "careers.minimum_tenure": 0.0,
}  # fmt: skip
WAITING = {"switches.promotions": True, "careers.minimum_tenure": 0.0}
BY_THEMSELVES = {
    "ai.strategy": "bottom_up", "ai.share_of_code": 0.5, "managers.governance_hours": 3.0, "ai.fluency_mean": 0.65,
}  # fmt: skip
MANAGED = {**BY_THEMSELVES, "ai.strategy": "managed"}
