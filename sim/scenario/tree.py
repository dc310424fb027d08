"""The tree of a scenario's organisation, held equal to its base where the scenario says so."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from sim.errors import UserError
from sim.organisation import tenure
from sim.organisation.costs import pay_scale, planned_ai_spend
from sim.organisation.removal import managers_in, refused_word, removal_in_words
from sim.organisation.sketch import sketch
from sim.organisation.structure import build_tree
from sim.organisation.tree import Tree
from sim.scenario.layoff_checks import Heads
from sim.scenario.plausibility import planned_heads, unusual_shape
from sim.scenario.scenario import Scenario
from sim.text.numbers import plural


@lru_cache(maxsize=256)
def tree_of(scenario: Scenario) -> Tree:
    """Return the organisation's tree, held equal to the scenario's base where `hold` says so."""
    base = scenario.hold_base
    values = scenario.values
    return build_tree(
        scenario.organisation,
        pay_scale(values, scenario.organisation.pay),
        tree_of(base) if base is not None else None,
        base_organisation=base.organisation if base is not None else None,
        bottom_span_ratio=float(values["organisation.bottom_span_ratio"]),
        ai_spend=planned_ai_spend(values),
        base_ai_spend=planned_ai_spend(base.values) if base is not None else 0.0,
    )


def removal_of(scenario: Scenario) -> str | None:
    """What `organisation.remove_layer` takes, in words; None where it takes nothing."""
    organisation = scenario.organisation
    if organisation.remove_layer is None:
        return None
    ratio = float(scenario.values["organisation.bottom_span_ratio"])
    before = replace(organisation, remove_layer=None, hold=None)
    tree = build_tree(before, pay_scale(scenario.values, organisation.pay), bottom_span_ratio=ratio)
    return removal_in_words(tree, organisation.remove_layer)


def check_named_layers(scenario: Scenario, tree: Tree) -> None:
    """Raise UserError where a dated event names a layer from the top, or a job level, of which nobody could go in *tree*."""
    lists = [("events", scenario.events), *((f"paths.{name}", own) for name, own in scenario.paths)]
    for key, events in lists:
        for k, event in enumerate(events):
            layer = event.who.layer if event.who is not None else 0
            if isinstance(layer, str) and not np.any(managers_in(tree, layer) & (tree.boss >= 0)):
                place = f"{scenario.place(key.split('.')[0])}{key}[{k}].{event.action}.layer"
                raise UserError(f"{place}: {refused_word(tree, layer)}")


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
        return (*scenario.warnings, *left_out(scenario))
    outline = tree_of(scenario).outline()
    return (*scenario.warnings, *unusual_shape(outline.ics, outline.managers), *left_out(scenario))


def left_out(scenario: Scenario) -> tuple[str, ...]:
    """Return a warning that a generated structure has none of the other people of the chart to which it is held equal."""
    base = scenario.hold_base
    others = tree_of(base).others if base is not None and base.organisation.chart is not None else None
    if base is None or others is None or scenario.organisation.chart is not None:
        return ()
    return (
        f"its structure is generated, so {plural(others.count, 'other person', 'other people')} (no code) of the chart of "
        f"{base.name} are not in it, nor is their pay; organisation.remove_layer keeps them",
    )
