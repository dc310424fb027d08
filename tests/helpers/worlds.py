"""Small organisations for tests of the engine, and how to compare what they did.

A world is a scenario; `play` simulates one run of it and returns the tables, `compare` tells in which figures two such
runs differ.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from sim.engine.record import record
from sim.engine.state import WORLD, Org
from sim.flow.initialise import new_org, start
from sim.organisation.tree import Tree
from sim.scenario.scenario import Scenario, from_yaml
from sim.scenario.tree import tree_of
from sim.simulation.run import run
from sim.simulation.simulator import Engine

HOURS_PER_WEEK = 40.0
#: Bookkeeping of the tables, which says nothing about the organisation.
TABLES = {
    "slot", "slots_per_hour", "free_event", "free_events", "free_item", "free_items", "free_change", "free_changes",
}  # fmt: skip
FIGURES = tuple(name for name in WORLD.names if name not in TABLES)

#: Everything that is off by default, on: several reviewers, an AI reviewer, guardrails, demand, work from outside.
EVERYTHING = {
    "ai.share_of_code": 0.5, "ai.agent_fraction": 0.5, "ai.guardrail": 0.3, "ai.agent_distribution": "exponential",
    "review.approvals": 2, "review.ai_reviewer": True, "review.managers_review": True, "review.reject_human": 0.1,
    "review.reject_ai": 0.2, "review.error_correlation": 0.3, "review.distribution": "lognormal",
    "work.demand": 5.0, "work.demand_elasticity": 0.5,
    "arrivals.kind": "question", "arrivals.per_hour": 0.05, "service.distribution": "lognormal",
}  # fmt: skip
AGENTS = {"ai.share_of_code": 0.8, "ai.agent_fraction": 0.9, "ai.agents_per_supervisor": 1, "ai.retries": 2}
BERNOULLI = {"defects.model": "bernoulli", "defects.bernoulli_rate": 0.3, "review.approval_rule": "majority"}
ADDRESSED = {
    "review.assignment": "addressed", "review.dedicated_reviewers": 1, "questions.blocking": False,
    "questions.top_solves_all": False, "review.distribution": "exponential",
}  # fmt: skip
ONE_QUESTION = {
    "questions.one_per_change": True, "questions.ic_knowledge": 0.2, "questions.top_solves_all": False,
    "switches.ai": False, "review.fixed_hours_human": 1.0, "work.size_distribution": "exponential",
}  # fmt: skip
WORLDS: Mapping[str, Mapping] = {
    "plain": {},
    "everything": EVERYTHING,
    "agents": AGENTS,
    "bernoulli": BERNOULLI,
    "addressed": ADDRESSED,
    "one question": ONE_QUESTION,
}


@lru_cache(maxsize=64)
def organisation(
    ics: int, layers: int | None, spans: tuple[int, ...] | None, weeks: int, warmup: int
) -> Scenario:
    """Return a scenario with declared parameters and this structure."""
    shape = f"management_layers: {layers}" if spans is None else f"spans: {list(spans)}"
    return from_yaml(
        f"question: What does a small organisation do?\n"
        f"time: {{weeks: {weeks}, warmup_weeks: {warmup}}}\norganisation: {{ics: {ics}, {shape}}}\n"
    )


def world(
    values: Mapping | None = None,
    *,
    ics: int = 12,
    layers: int | None = 2,
    spans: tuple[int, ...] | None = None,
    weeks: int = 6,
    warmup: int = 0,
) -> Scenario:
    """Return a small scenario with *values* instead of the declared ones."""
    base = organisation(ics, layers, spans, weeks, warmup)
    return base.with_values(dict(values)) if values else base


def play(scenario: Scenario, number: int = 0, seed: int = 1) -> Org:
    """Simulate run *number* to its end and return its tables."""
    engine = Engine(scenario)
    return engine.advance(engine.begin(seed, number), engine.weeks * HOURS_PER_WEEK)


def play_tree(tree: Tree, scenario: Scenario, number: int = 0, seed: int = 1) -> Org:
    """Simulate run *number* of *scenario* with the people of *tree* instead of its own."""
    parameters = record(scenario.values)
    engine = Engine(scenario)
    org = new_org(tree, parameters, engine.weeks)
    start(org, parameters, seed, number)
    return engine.advance(org, engine.weeks * HOURS_PER_WEEK)


def differences(a: np.ndarray, b: np.ndarray, rounding: float = 0.0) -> list[str]:
    """Return the figures in which two records (or arrays) of WORLD differ; counts must agree in any case."""
    found = []
    for name in FIGURES:
        x, y = np.asarray(a[name]), np.asarray(b[name])
        if x.dtype.kind != "f" or rounding == 0.0:
            same = np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
        else:
            same = np.allclose(x, y, rtol=rounding, atol=rounding, equal_nan=True)
        if not same:
            found.append(name)
    return found


def permuted(tree: Tree, order: np.ndarray) -> Tree:
    """Return *tree* with its rows in another *order*; who is who and who reports to whom stays."""
    row_of = np.empty(tree.n, np.int64)
    row_of[order] = np.arange(tree.n)
    boss = tree.boss[order]
    boss = np.where(boss >= 0, row_of[boss], -1).astype(np.int32)
    return Tree(
        tree.pid[order], tree.role[order], boss, tree.layer[order], tree.pay[order], tree.module[order],
        tree.tenure_band[order], tree.payroll_gap,
    )  # fmt: skip


def means(scenario: Scenario, runs: int, seed: int = 1) -> dict[str, float]:
    """Return the mean of every outcome over *runs* runs."""
    return {name: float(x.mean()) for name, x in run(scenario, runs, seed, workers=1).outcomes.items()}


__all__ = [
    "ADDRESSED", "AGENTS", "BERNOULLI", "EVERYTHING", "FIGURES", "HOURS_PER_WEEK", "ONE_QUESTION", "WORLDS", "differences",
    "means", "organisation", "permuted", "play", "play_tree", "tree_of", "world",
]  # fmt: skip
