"""The use of AI: planned shares are met, the sets are nested, neutral values are the coin toss; and its claims."""

from collections.abc import Mapping
from math import erf, exp, log1p, sqrt
from statistics import NormalDist
from typing import ClassVar

import numpy as np
import pytest
from helpers.claims import AGENTS, AI, ASSISTANTS, DOWN, EITHER, OFF_ON, UP, Claim, check_claim, choice
from helpers.contract import MechanismContract
from helpers.worlds import differences, play, world

from sim.engine.kernel import entry
from sim.engine.numba_tables import borrow
from sim.engine.record import record
from sim.engine.rng import positive
from sim.mechanisms.flow import ai_use
from sim.simulation.simulator import Engine

#: Values at which what is here is out of the model.
NEUTRAL = {
    "ai.use_sd": 0.0, "ai.answers": "always", "ai.use_scale": 0.0, "ai.delegation": 0.0, "ai.selection": 0.0, "ai.scope": 0.0, "ai.prep_saving": 0.0,
    "ai.briefing_exponent": 0.0, "ai.retry_correlation": 0.0, "ai.failure_worth": 1.0, "review.volume_exponent": 1.0,
    "review.reading_ai_ratio": 1.0, "defects.size_exponent": 1.0, "defects.most_lost": float("inf"),
}  # fmt: skip
ANSWERS = {**NEUTRAL, **AI, "ai.answers": "by_use", "ai.use_scale": 0.3}
CLAIMS: Mapping[str, Claim] = {
    "ai.use_scale": Claim("time_answering_manager", UP, {"ai.answers": "by_use"}),
    "ai.use_sd": Claim("changes_per_ic_week", EITHER, AI),
    "ai.delegation": Claim("ai_acceptance_rate", UP, {"ai.agent_fraction": 0.8}),
    "ai.selection": Claim("time_verifying_ic", DOWN, {"ai.agent_fraction": 0.0}),
    "ai.prep_saving": Claim("changes_per_ic_week", UP, AI),
    "ai.scope": Claim("changes_per_ic_week", DOWN, ASSISTANTS),
    "ai.scope_worth": Claim("value_per_week", UP, {**ASSISTANTS, "ai.scope": 0.4}),
}
CHOICES: Mapping[str, Claim] = {
    "switches.ai_answers": choice(OFF_ON, "time_answering_manager", DOWN),
    "switches.ai_preparation": choice(OFF_ON, "changes_per_ic_week", UP, {**AI, "ai.prep_saving": 0.3}),
    "ai.answers": choice(("by_use", "always"), "time_answering_manager", DOWN, {"ai.use_scale": 0.3}),
    "ai.prep_share": choice((0.3, 0.9), "changes_per_ic_week", DOWN, {**AI, "ai.prep_saving": 0.3}),
}
ALL = {**CLAIMS, **CHOICES}
SIZES = ("lognormal", "exponential", "deterministic")


class TestAiUse(MechanismContract):
    parameters = ()
    values: ClassVar = {**AGENTS, "ai.prep_saving": 0.3, "ai.answers": "by_use", "ai.use_scale": 0.3}
    silences: ClassVar = {
        "switches.ai_answers": ("ai.answer",),
        "switches.ai_preparation": ("ai.prep_",),
    }
    moves: ClassVar = {
        "ai.prep_saving": ("changes_per_ic_week", +1, {}),
    }


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])


# ---- which changes agents get


@entry
def _assigned(tables, parameters, row, u, v, to_agent, size):
    org = borrow(tables)
    p = parameters[0]
    ai_use.plan(org, p)
    q = org.people[row]
    for k in range(len(u)):
        to_agent[k] = ai_use.goes_to_agent(p, q, u[k], v[k])
        size[k] = positive(u[k], p.work_size_mean, p.work_size_distribution, p.work_size_cv)


def assigned(values: Mapping, n: int = 400_000) -> tuple[np.ndarray, np.ndarray]:
    """Return (goes to an agent, size) of *n* changes of an IC, always with the same dice."""
    scenario = world({**NEUTRAL, **values})
    org = Engine(scenario).begin(1, 0)
    u, v = np.random.default_rng(7).random((2, n))
    to_agent, size = np.zeros(n, bool), np.zeros(n)
    _assigned(org, record(scenario.values), 0, u, v, to_agent, size)
    return to_agent, size


def delegating(share: float, rho: float, distribution: str = "lognormal", fraction: float = 0.6) -> dict:
    return {
        "ai.share_of_code": share, "ai.agent_fraction": fraction, "ai.delegation": rho,
        "work.size_distribution": distribution,
    }  # fmt: skip


@pytest.mark.parametrize("distribution", SIZES)
@pytest.mark.parametrize("rho", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_agents_are_assigned_the_planned_share_of_the_work(share, rho, distribution):
    values = delegating(share, rho, distribution)
    to_agent, size = assigned(values)
    g = world({**NEUTRAL, **values}).values["ai.volume_ratio"]
    planned = 0.6 * share / (g - (g - 1.0) * share)
    found = size[to_agent].sum() / size.sum()
    # The error of a ratio of means: residuals of the numerator around it.
    error = (size * (to_agent - found)).std() / size.mean() / sqrt(len(size))
    assert abs(found - planned) <= 4.0 * error + 1e-4


def test_what_goes_to_agents_at_a_low_share_also_goes_at_a_higher_one():
    before = np.zeros(400_000, bool)
    for share in (0.0, 0.05, 0.2, 0.4, 0.7, 1.0):
        to_agent, _ = assigned(delegating(share, 0.6))
        assert not np.any(before & ~to_agent)
        assert to_agent.sum() > before.sum() or share == 0.0
        before = to_agent


def test_agents_get_the_smaller_changes_the_more_the_size_decides():
    means = []
    for rho in (0.0, 0.3, 0.6, 0.9):
        to_agent, size = assigned(delegating(0.4, rho))
        means.append(size[to_agent].mean())
    assert np.all(np.diff(means) < 0.0)
    to_agent, size = assigned(delegating(0.4, 1.0))
    assert size[to_agent].max() <= size[~to_agent].min()


def test_without_delegation_it_is_a_coin_toss_by_the_changes_own_uniform():
    to_agent, size = assigned(delegating(0.4, 0.0))
    v = np.random.default_rng(7).random((2, len(size)))[1]
    assert np.array_equal(to_agent, v < to_agent.mean()) or abs(np.corrcoef(to_agent, size)[0, 1]) < 0.01


# ---- who uses how much


@pytest.mark.parametrize("share", [0.05, 0.3, 0.8])
@pytest.mark.parametrize("sd", [0.5, 1.5])
def test_own_shares_have_the_planned_mean_and_rise_with_it(share, sd):
    values = {**NEUTRAL, "ai.share_of_code": share, "ai.use_sd": sd}
    scenario = world(values, ics=3000, layers=3, weeks=1)
    org = Engine(scenario).begin(1, 0)
    own = org.people["ai_share"][:3000]
    error = own.std() / sqrt(len(own))
    assert abs(own.mean() - share) <= 4.0 * error
    more = Engine(world({**values, "ai.share_of_code": share + 0.1}, ics=3000, layers=3, weeks=1)).begin(1, 0)
    assert np.all(more.people["ai_share"][:3000] > own)
    logit = np.log(own / (1.0 - own))
    assert abs(logit.std() - sd) <= 4.0 * sd / sqrt(2 * len(own))


def test_people_alike_use_ai_as_planned():
    org = Engine(world({**NEUTRAL, "ai.share_of_code": 0.37})).begin(1, 0)
    assert np.all(org.people["ai_share"] == 0.37)


# ---- what the assistant is used for, answers, preparation


@pytest.mark.parametrize("sd", [0.25, 0.7])
@pytest.mark.parametrize("f", [0.05, 0.3, 0.9])
def test_the_need_to_verify_is_that_of_the_best_suited_part(sd, f):
    values = {"ai.selection": sd, "ai.agent_fraction": 0.0, "ai.volume_ratio": 1.0, "ai.share_of_code": f}
    scenario = world({**NEUTRAL, **values})
    need = Engine(scenario).begin(1, 0).people["assistant_need"][0]
    # A million parts of the work, the need of each lognormal with mean 1, sorted.
    scores = np.array([NormalDist().inv_cdf((k + 0.5) / 100_000) for k in range(100_000)])
    needs = np.exp(sd * scores - sd * sd / 2.0)
    assert need == pytest.approx(needs[: round(f * len(needs))].mean(), rel=2e-3)
    assert need < 1.0


def test_gains_per_unit_fall_with_the_share_where_the_best_suited_comes_first():
    needs = []
    for share in (0.1, 0.3, 0.6, 0.9, 1.0):
        values = {"ai.selection": 0.25, "ai.agent_fraction": 0.0, "ai.share_of_code": share}
        needs.append(Engine(world({**NEUTRAL, **values})).begin(1, 0).people["assistant_need"][0])
    assert np.all(np.diff(needs) > 0.0)
    assert needs[-1] == 1.0


def test_questions_go_to_ai_as_far_as_it_is_used():
    chances = []
    for share in (0.0, 0.001, 0.1, 0.3, 1.0):
        org = Engine(world({**ANSWERS, "ai.share_of_code": share})).begin(1, 0)
        chances.append(org.people["asks_ai"][0])
    assert chances == pytest.approx([1.0 - exp(-s / 0.3) for s in (0.0, 0.001, 0.1, 0.3, 1.0)])
    always = Engine(world({"ai.share_of_code": 0.0, "ai.answers": "always"})).begin(1, 0)
    assert np.all(always.people["asks_ai"] == 1.0)


def test_preparation_saves_in_proportion_up_to_the_whole():
    found = []
    for share in (0.0, 0.15, 0.3, 0.9):
        values = {**NEUTRAL, "ai.prep_saving": 0.2, "ai.prep_share": 0.3, "ai.share_of_code": share}
        found.append(Engine(world({**NEUTRAL, **values})).begin(1, 0).people["preparation"][0])
    assert found == pytest.approx([1.0, 0.9, 0.8, 0.8])


@pytest.mark.parametrize("path", [path for path, x in NEUTRAL.items() if not isinstance(x, str)])
def test_a_neutral_value_is_next_to_its_neighbours(path):
    """No step: a value just off the neutral one plans almost the same (the sums of a whole run may part ways)."""
    off = {"defects.most_lost": 1e3}.get(path, NEUTRAL[path] + (-1e-9 if path.endswith("worth") else 1e-9))
    values = {**AGENTS, **NEUTRAL}
    plans = [Engine(world({**values, path: x})).begin(1, 0).people for x in (NEUTRAL[path], off)]
    for name in (
        "ai_share",
        "agent_share",
        "assistant_fraction",
        "assistant_need",
        "preparation",
        "failure_factor",
    ):
        if path == "ai.use_scale":
            continue
        assert plans[0][name] == pytest.approx(plans[1][name], abs=1e-6), name


def test_share_zero_with_answers_by_use_is_ai_off():
    zero = play(world({"ai.share_of_code": 0.0, "ai.answers": "by_use", "ai.use_scale": 0.3})).weeks
    off = play(world({"switches.ai": False})).weeks
    assert not set(differences(zero, off))


def test_closed_form_of_the_threshold_is_the_normal_one():
    values = delegating(0.5, 0.6, fraction=1.0)
    scenario = world({**NEUTRAL, **values, "ai.volume_ratio": 1.0})
    c = Engine(scenario).begin(1, 0).people["agent_threshold"][0]
    d = sqrt(log1p(scenario.values["work.size_cv"] ** 2))
    assert 0.5 * (1.0 + erf((c - 0.6 * d) / sqrt(2.0))) == pytest.approx(0.5, abs=1e-12)
