"""Managers' seats of a layer that is counted from the top or named by job level, while the organisation runs."""

import numpy as np

from sim.constants import MANAGER
from sim.engine.state import Org
from sim.organisation.levels import level_code, steps_below_top
from sim.organisation.tree import Tree


def in_named_layer(org: Org, tree: Tree, layer: str) -> np.ndarray:
    """Return bool [people]: managers' seats so many steps below their top, or of a job level at the start (*tree*)."""
    boss, steps = org.occupants["seat_boss"], steps_below_top(layer)
    if steps:
        at = np.arange(len(boss))
        for _ in range(steps):
            at = np.where(at >= 0, boss[at], -1)
        meant = (at >= 0) & (boss[at] < 0)
    else:
        known = np.full(len(boss), level_code(""))
        if tree.level is not None:
            known[: tree.n] = tree.level
        meant = known == level_code(layer)
    found: np.ndarray = (org.occupants["seat_role"] == MANAGER) & meant
    return found
