"""Better AI is no worse, and the first of it is worth most: relations between runs on the same dice, over plausible sets.

A relation needs no true value: it says how an answer must change when an input does. All comparisons are paired by run. What is
within noise is not called a difference, and a claim that is tried many times is judged with Holm's correction.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from helpers.worlds import world
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr

from sim.constants import IC
from sim.engine import codes
from sim.engine.kernel import entry
from sim.engine.numba_tables import borrow
from sim.engine.record import record
from sim.engine.rng import CHANGE, positive, uniform2
from sim.experiments.plausible import plausible_sets, varied
from sim.mechanisms.flow import ai_use
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario, load
from sim.simulation.run import run
from sim.simulation.simulator import Engine
from sim.statistics.estimates import Estimate, holm, known, mean_ci

# ---- which changes agents get: a larger share only adds to them


@entry
def _assigned(tables, parameters, rows, js, to_agent, size):
    """For change js[j] of the person in rows[i]: does it go to an agent, and how large is it? Both [rows, js]."""
    org = borrow(tables)
    p = parameters[0]
    ai_use.plan(org, p)
    for i in range(len(rows)):
        person = org.people[rows[i]]
        for j in range(len(js)):
            u, v = uniform2(org.world[0], CHANGE, person.pid, js[j], 0)
            to_agent[i, j] = ai_use.goes_to_agent(p, person, u, v)
            size[i, j] = positive(u, p.work_size_mean, p.work_size_distribution, p.work_size_cv)


def assigned(
    values: Mapping, changes: int = 200, number: int = 0, ics: int = 12
) -> tuple[np.ndarray, np.ndarray]:
    """Return (goes to an agent, size) of the first changes of every IC, as the simulation decides, both [ICs, changes]."""
    scenario = world(values, ics=ics)
    org = Engine(scenario).begin(1, number)
    rows = np.flatnonzero(org.people["role"] == IC)
    to_agent, size = np.zeros((len(rows), changes), bool), np.zeros((len(rows), changes))
    _assigned(org, record(scenario.values), rows, np.arange(changes), to_agent, size)
    return to_agent, size


shares = st.floats(0.0, 1.0)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    pair=st.tuples(shares, shares).map(sorted),
    rho=st.floats(-1.0, 1.0),
    sd=st.sampled_from([0.0, 1.0, 2.0]),
    fraction=st.floats(0.0, 1.0),
    sizes=st.sampled_from(["lognormal", "exponential", "deterministic"]),
    number=st.integers(0, 5),
)
def test_the_delegated_set_is_nested_in_the_share(
    pair: list[float], rho: float, sd: float, fraction: float, sizes: str, number: int
) -> None:
    """The same owner's change of the same number: what an agent gets at a share it also gets at any larger one."""
    values = {
        "ai.delegation": rho, "ai.use_sd": sd, "ai.agent_fraction": fraction, "work.size_distribution": sizes,
    }  # fmt: skip
    less, more = (assigned({**values, "ai.share_of_code": s}, 40, number)[0] for s in pair)
    assert not np.any(less & ~more)


def delegated(share: float, weeks: int = 10) -> dict[tuple[int, int], bool]:
    """Return (owner's permanent id, number of the change) -> went to an agent first, of what a simulation has started."""
    engine = Engine(world({"ai.share_of_code": share, "ai.agent_fraction": 0.6}, weeks=weeks))
    org, found = engine.begin(1, 0), {}
    for half_hour in range(weeks * 80):
        org = engine.advance(org, (half_hour + 1) / 2)
        ch = org.changes[org.changes["started_at"] > half_hour / 2 - 1e-9]
        # A change that was handed back has had an attempt.
        first = (ch["mode"] == codes.BY_AGENT) | (ch["attempt"] > 0)
        for pid, j, agent in zip(ch["pid"], ch["j"], first, strict=True):
            found.setdefault((int(pid), int(j)), bool(agent))
    return found


@pytest.mark.slow
def test_the_delegated_set_is_nested_in_a_simulation() -> None:
    found = [delegated(share) for share in (0.1, 0.3, 0.6, 1.0)]
    for less, more in pairwise(found):
        both = less.keys() & more.keys()
        assert len(both) > 150
        assert not [key for key in both if less[key] and not more[key]]
        assert sum(more[key] for key in both) > sum(less[key] for key in both)


def test_without_delegation_and_selection_it_is_a_coin_toss() -> None:
    """What agents get has nothing to do with its size, and the assistant verifies everything at its full need, exactly."""
    values = {
        "ai.delegation": 0.0,
        "ai.selection": 0.0,
        "ai.share_of_code": 0.4,
        "ai.agent_fraction": 0.5,
        "ai.use_sd": 0.0,
    }
    to_agent, size = assigned(values, 2000, ics=50)
    x, y = to_agent.ravel().astype(float), np.log(size.ravel())
    assert abs(np.corrcoef(x, y)[0, 1]) <= 4.0 / np.sqrt(len(x))
    scenario = world(values)
    g = scenario.values["ai.volume_ratio"] * (1.0 + scenario.values["ai.scope"])
    planned = 0.5 * 0.4 / (g - (g - 1.0) * 0.4)  # of the work, and so of the changes
    assert abs(x.mean() - planned) <= 4.0 * np.sqrt(planned * (1.0 - planned) / len(x))
    assert np.all(Engine(scenario).begin(1, 0).people["assistant_need"] == 1.0)
    # With delegation at its declared value the small go first: the test above can fail.
    chosen, size = assigned({**values, "ai.delegation": REGISTRY["ai.delegation"].value}, 2000, ics=50)
    assert np.corrcoef(chosen.ravel(), np.log(size.ravel()))[0, 1] < -0.2


# ---- better AI lowers value in no plausible set


SETS, RUNS, WEEKS = 64, 8, 30
#: What of AI gets better -> its better value, from the value in a set.
BETTER: Mapping[str, Callable[[float], float]] = {
    "ai.horizon_hours": lambda h50: 2.0 * h50,
    "ai.verification_detection": lambda q: 1.0 - (1.0 - q) / 2.0,  # half as many failures go unnoticed
    "ai.assistant_verify_hours": lambda v: v / 2.0,
}


@pytest.mark.slow
def test_better_ai_lowers_value_in_no_plausible_set() -> None:
    """Each alone, on the same dice: one-sided paired t tests, Holm over all sets and improvements.

    In the mean over the sets each raises value; the interval is that of plausible sets, each with its own mean over runs. Changes
    are another matter: a failure that is noticed is done again, so where detection is better fewer changes are merged, of more
    worth each.
    """
    base = load("base", [f"time.weeks={WEEKS}"])
    p_values: list[float | None] = []
    gains = {path: [] for path in BETTER}
    for values in plausible_sets(varied((base,), REGISTRY), SETS):
        reference = value_of(base.with_values(values))
        for path, better in BETTER.items():
            change = value_of(base.with_values({**values, path: better(float(values[path]))})) - reference
            t = change.mean() / (change.std(ddof=1) / np.sqrt(len(change)))
            p_values.append(float(stdtr(len(change) - 1, t)))
            gains[path].append(change.mean() / reference.mean())
    assert len(p_values) == 3 * SETS
    lowered = [p for p in holm(p_values) if p is not None and p < 0.05]
    assert not lowered, f"value falls beyond noise in {len(lowered)} of {len(p_values)}"
    for path, found in gains.items():
        gain = mean_ci(np.array(found))
        assert known(gain.lo) > 0.0, f"{path}: {in_percent(gain)}"


def in_percent(gain: Estimate) -> str:
    """Return a relative gain with its interval."""
    return f"{known(gain.mean):+.2%} [{known(gain.lo):+.2%}, {known(gain.hi):+.2%}]"


def value_of(scenario: Scenario) -> np.ndarray:
    """Return value per week, standard hours [runs]."""
    return run(scenario, RUNS, 1, workers=1).outcomes["value_per_week"]


# ---- the first tenth of AI is worth at least as much as the last


#: Governance takes managers' hours as soon as AI is at hand: half of it is due with the first tenth, none with the last.
FREE_GOVERNANCE = {"managers.governance_hours": 0.0}
TENTHS: Mapping[str, Mapping] = {
    "as declared": {},
    "no preparation": {"ai.prep_saving": 0.0},
    "no preparation, free governance": {"ai.prep_saving": 0.0, **FREE_GOVERNANCE},
}
MISS = pytest.mark.xfail(
    reason="a miss: without a saving in preparation governance takes .8 of the 1.2 % that the first tenth gains in changes, "
    "and nothing of the last"
)


@lru_cache(maxsize=len(TENTHS))
def by_share(variant: str) -> Mapping[float, Mapping[str, np.ndarray]]:
    """Return AI share -> outcomes of the base, float64 [runs] each, on the same dice."""
    base = load("base", [f"time.weeks={WEEKS}"]).with_values(TENTHS[variant])
    shares = (0.0, 0.1, 0.9, 1.0)
    return {s: run(base.with_values({"ai.share_of_code": s}), 24, 1, workers=1).outcomes for s in shares}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "outcome"),
    [
        ("as declared", "changes_per_ic_week"),
        ("as declared", "value_per_week"),
        pytest.param("no preparation", "changes_per_ic_week", marks=MISS),
        ("no preparation", "value_per_week"),
        ("no preparation, free governance", "changes_per_ic_week"),
        ("no preparation, free governance", "value_per_week"),
    ],
)
def test_the_first_tenth_of_ai_gains_at_least_what_the_last_does(variant: str, outcome: str) -> None:
    """Share 0 to .1 against .9 to 1, in % of the outcome without AI, beyond noise.

    A tenth is one of the code *volume*, which AI inflates: the first is .08 of the work, the last .13. So more is asked than
    that the gain per unit of work falls.
    """
    y = {share: outcomes[outcome] for share, outcomes in by_share(variant).items()}
    gain = mean_ci(((y[0.1] - y[0.0]) - (y[1.0] - y[0.9])) / y[0.0].mean())
    assert known(gain.lo) > 0.0, f"first tenth less last: {in_percent(gain)}"
