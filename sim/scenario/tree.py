"""The tree of a scenario's organisation, held equal to its base where the scenario says so."""

from functools import lru_cache
from typing import Any

import numpy as np

from sim.organisation import tenure
from sim.organisation.costs import pay_scale, planned_ai_spend
from sim.organisation.sketch import sketch
from sim.organisation.structure import build_tree
from sim.organisation.tree import Tree
from sim.scenario.layoff_checks import Heads
from sim.scenario.plausibility import planned_heads, unusual_shape
from sim.scenario.scenario import Scenario


@lru_cache(maxsize=256)
def tree_of(scenario: Scenario) -> Tree:
    """Return the organisation's tree, held equal to the scenario's base where `hold` says so."""
    base = scenario.hold_base
    values = scenario.values
    return build_tree(
        scenario.organisation,
        pay_scale(values),
        tree_of(base) if base is not None else None,
        base_organisation=base.organisation if base is not None else None,
        bottom_span_ratio=float(values["organisation.bottom_span_ratio"]),
        ai_spend=planned_ai_spend(values),
        base_ai_spend=planned_ai_spend(base.values) if base is not None else 0.0,
    )


def heads_of(tree: Tree) -> Heads:
    """Return how many people of a tree may be cut, for `sim.scenario.layoff_checks`."""
    managers = tree.layer > 0
    led = np.bincount(tree.layer[managers & (tree.boss >= 0)], minlength=tree.layers + 1)[1:]
    every = np.bincount(tree.layer[managers], minlength=tree.layers + 1)[1:]
    loose = int(np.count_nonzero(~managers & (tree.boss < 0)))
    tenures = np.zeros((tree.layers + 1, len(tenure.BANDS)), dtype=np.int64)
    np.add.at(tenures, (tree.layer, tree.tenure_band), 1)
    told = tuple(map(tuple, tenures.tolist())) if tree.tenure_band.any() else ()
    return Heads(tree.ics, tuple(every.tolist()), tuple(led.tolist()), loose, told)


def shape_of(scenario: Scenario, name: str | None = None) -> dict[str, Any]:
    """Return what a results folder keeps of the organisation's shape (`sim.organisation.sketch`), with a name for it."""
    return {
        "name": name or scenario.name,
        **sketch(tree_of(scenario), scenario.organisation.chart is not None),
    }


def warnings_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the warnings of a scenario, with those about numbers that only its tree tells (charts, layers removed).

    Raises UserError for what cannot be built, as `tree_of` does.
    """
    if planned_heads(scenario) is not None:
        return scenario.warnings
    outline = tree_of(scenario).outline()
    return (*scenario.warnings, *unusual_shape(outline.ics, outline.managers))
