"""What the model's own functions say of a scenario: how people of a planned AI share write, and when agents succeed.

Kernels are called from an `entry` only, so here are the entries; everything else of the ledger is ordinary Python.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.engine.kernel import entry
from sim.engine.rng import normal_quantile
from sim.mechanisms.flow import ai_use, coding, questions

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """How somebody of an AI share (of code volume) writes; shares and fractions 0..1, the rest factors on hours.

    share: of code; agents: share of the work that agents do; fraction: of every other change, what the assistant writes;
    need: of verifying it, over the mean; preparation: hours over those without AI; threshold: score below which a change goes to
    an agent; extent: how far AI is at hand; work: share of the work that AI does.
    """

    share: float
    agents: float
    fraction: float
    need: float
    preparation: float
    threshold: float
    extent: float
    work: float


#: Everything by hand, where there is no AI.
BY_HAND = Plan(0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0)


@entry
def _fill_plans(parameters: np.ndarray, shares: np.ndarray, out: np.ndarray) -> None:
    """Fill *out* [n, fields of `Plan`] for people of these *shares* [n]."""
    p = parameters[0]
    for k in range(len(shares)):
        share = shares[k]
        agents, fraction = ai_use.fractions(p, share)
        if p.ai_agents_per_supervisor <= 0:
            agents = 0.0
        out[k, 0] = share
        out[k, 1] = agents
        out[k, 2] = fraction
        out[k, 3] = ai_use.need(p, fraction)
        out[k, 4] = ai_use.preparation(p, share)
        out[k, 5] = ai_use.threshold(p, agents)
        out[k, 6] = ai_use.extent(p, share)
        out[k, 7] = ai_use.work_share(p, share)


@entry
def _fill_shares(parameters: np.ndarray, share: float, out: np.ndarray) -> None:
    """Fill *out* [n] with the personal shares of n people around the mean *share*, from the least to the greatest user."""
    p = parameters[0]
    n = len(out)
    if not ai_use.is_unequal(p, share):
        out[:] = share
        return
    logit = ai_use.logit_of(p, share)
    for k in range(n):
        out[k] = ai_use.personal_share(p, logit, normal_quantile((k + 0.5) / n))


@entry
def _fill_successes(
    parameters: np.ndarray, sizes: np.ndarray, failure_factor: float, out: np.ndarray
) -> None:
    """Fill *out* [n] with the probability that an agent succeeds with changes of these *sizes*, at the start."""
    for k in range(len(sizes)):
        out[k] = coding.success_probability(parameters[0], sizes[k], failure_factor, 0.0)


@entry
def _fill_knowledge(parameters: np.ndarray, out: np.ndarray) -> None:
    """Fill *out* [layers + 1] with what managers know, by layer."""
    for layer in range(len(out)):
        out[layer] = questions.manager_knowledge(parameters[0], layer)


@entry
def _fill_volumes(parameters: np.ndarray, fractions: np.ndarray, out: np.ndarray) -> None:
    """Fill *out* [n, 2] with volume, and what AI writes, per standard hour at AI *fractions* [n]."""
    for k in range(len(fractions)):
        out[k, 0] = coding.volume(parameters[0], 1.0, fractions[k])
        out[k, 1] = coding.written_by_ai(parameters[0], 1.0, fractions[k])


def plan_of(parameters: np.ndarray, share: float) -> Plan:
    """Return how somebody writes whose own AI share is *share*."""
    return _plans(parameters, np.array([share]))[0]


def plans_of_people(parameters: np.ndarray, share: float, users: int) -> list[Plan]:
    """Return the plans of *users* people who stand for all, a quantile each, with this mean AI *share* of the code."""
    shares = np.full(users, share)
    _fill_shares(parameters, share, shares)
    return _plans(parameters, np.unique(shares) if np.ptp(shares) == 0.0 else shares)


def _plans(parameters: np.ndarray, shares: Floats) -> list[Plan]:
    out = np.zeros((len(shares), len(Plan.__dataclass_fields__)))
    _fill_plans(parameters, shares, out)
    return [Plan(*row) for row in out.tolist()]


def successes(parameters: np.ndarray, sizes: Floats, failure_factor: float) -> Floats:
    """Return the probability that an agent's run succeeds, by size (standard hours)."""
    out = np.zeros_like(sizes)
    _fill_successes(parameters, sizes, failure_factor, out)
    return out


def volumes(parameters: np.ndarray, fraction: float) -> tuple[float, float]:
    """Return (volume to read, standard hours that AI writes) per standard hour at an AI *fraction*."""
    out = np.zeros((1, 2))
    _fill_volumes(parameters, np.array([fraction]), out)
    return float(out[0, 0]), float(out[0, 1])


def knowledge_of_managers(parameters: np.ndarray, layers: int) -> list[float]:
    """Return what managers know, by layer from 0 to *layers*."""
    out = np.zeros(layers + 1)
    _fill_knowledge(parameters, out)
    return [float(z) for z in out]
