"""Every uncertain parameter of careers and AI strategy moves something, in the direction that first principles say.

Like test_people_directions.py, on figures of the organisation at the end of a run, which are nearer to the mechanism
than outcomes are: the management quality of those who lead, everybody's fluency, the guardrails.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from helpers.claims import BY_THEMSELVES, DOWN, FLUENCY, LADDER, MANAGED, QUALITY, UP, WAITING, Claim, mean_of
from helpers.worlds import world

from sim.constants import IC, MANAGER
from sim.outcomes.period import Period
from sim.parameters.registry import REGISTRY
from sim.simulation.simulator import Engine

RUNS = 4
SHAPE = {"ics": 48, "layers": 3, "weeks": 30, "warmup": 2}
ADVANCEMENT = ("careers.", "governance.")
UNCERTAIN = [path for path, q in REGISTRY.items() if q.uncertain and path.startswith(ADVANCEMENT)]


def of_world(field: str) -> Callable:
    return lambda org, engine: org.world[field][0]


def ai_spend(org, engine) -> float:
    """Return the AI spend of the whole run, USD."""
    last = org.weeks[[-1]]
    return float(Period(org.weeks[[0]], last, engine.weeks, engine.tree, engine.scenario.values).ai_spend[0])


CURRENCY, WAITED = mean_of("currency", MANAGER, "occupants"), mean_of("waited", IC, "occupants")
GUARDRAILS = of_world("guardrails")

STAFF = {"switches.promotions": True, "careers.staff_share": 0.2, "careers.staff_tenure": 0.0}
ORDERED = {**BY_THEMSELVES, "ai.strategy": "top_down"}
NOVICES = {**ORDERED, "ai.fluency_mean": 0.1}


CLAIMS: Mapping[str, Claim] = {
    "careers.correlation": Claim(QUALITY, UP, {**LADDER, "careers.rule": "aptitude"}),
    "careers.peter_penalty": Claim(QUALITY, DOWN, LADDER),
    "careers.skill_kept": Claim(mean_of("skill"), UP, {**WAITING, "careers.step_down": 0.9, "managers.hands_on_share": 0.0}),
    "careers.currency_years": Claim(CURRENCY, UP, {**WAITING, "managers.hands_on_share": 0.0}),
    "careers.currency_hands_on": Claim(CURRENCY, DOWN, WAITING),
    "careers.coaching_hours": Claim(mean_of("coaching_hours"), UP, STAFF),
    "careers.staff_lift": Claim(mean_of("condition"), UP, STAFF),
    "careers.super_lift": Claim(mean_of("condition"), UP, {**WAITING, "work.skill_sd": 0.5}),
    "careers.ready_share": Claim(WAITED, UP, WAITING),
    "careers.patience_weeks": Claim(of_world("quits"), DOWN, {**WAITING, "switches.quits": True, "quits.base": 0.6, "quits.passed_over_effect": 1.0}),
    "governance.own_use": Claim(FLUENCY, UP, BY_THEMSELVES),
    "governance.peers": Claim(FLUENCY, UP, BY_THEMSELVES),
    "governance.champions": Claim(FLUENCY, UP, BY_THEMSELVES),
    "governance.champion": Claim(FLUENCY, DOWN, BY_THEMSELVES),  # a higher threshold: fewer champions
    "governance.champions_needed": Claim(FLUENCY, DOWN, {**BY_THEMSELVES, "ai.fluency_mean": 0.55}),
    "governance.spread": Claim(FLUENCY, UP, BY_THEMSELVES),
    "governance.half_hours": Claim(FLUENCY, DOWN, MANAGED),
    "governance.coaching": Claim(FLUENCY, UP, MANAGED),
    "governance.voluntary": Claim(GUARDRAILS, UP, BY_THEMSELVES),
    "governance.rollout": Claim(GUARDRAILS, DOWN, ORDERED),
    "governance.crowding": Claim(FLUENCY, DOWN, ORDERED),
    "governance.training": Claim(FLUENCY, UP, NOVICES),
    "governance.basic": Claim(FLUENCY, UP, NOVICES),
    "governance.fluency_decay": Claim(FLUENCY, DOWN, BY_THEMSELVES),
    "governance.build": Claim(GUARDRAILS, UP, MANAGED),
    "governance.grown": Claim(GUARDRAILS, UP, BY_THEMSELVES),
    "governance.guardrail_decay": Claim(GUARDRAILS, DOWN, MANAGED),
    "governance.guardrail_effect": Claim(mean_of("guardrail"), UP, MANAGED),
    "governance.tools_effect": Claim(mean_of("tools"), DOWN, MANAGED),
    "governance.ordered_spend": Claim(ai_spend, UP, ORDERED),
    "governance.waste_threshold": Claim(of_world("unfluent_sum"), UP, {**BY_THEMSELVES, "ai.fluency_mean": 0.4}),
}  # fmt: skip


def test_every_uncertain_parameter_of_advancement_has_a_claim():
    assert sorted(UNCERTAIN) == sorted(CLAIMS)


@pytest.mark.parametrize("path", CLAIMS)
def test_it_moves_the_figure_in_the_declared_direction(path):
    q, claim = REGISTRY[path], CLAIMS[path]
    ends = []
    for x in (q.low, q.high):
        engine = Engine(world({**claim.values, path: x}, **SHAPE))
        orgs = [engine.advance(engine.begin(1, run), engine.weeks * 40.0) for run in range(RUNS)]
        ends.append(np.array([claim.figure(org, engine) for org in orgs], float))
    change = ends[1] - ends[0]
    assert claim.sign * change.mean() > 0.0, f"by run {np.round(change, 5)}"
