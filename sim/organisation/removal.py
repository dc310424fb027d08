"""Which managers go when a layer is removed, who takes their reports, and what that will be, in words."""

from __future__ import annotations

import numpy as np

from sim.constants import MANAGER
from sim.errors import UserError
from sim.organisation.headcounts import refused_layer
from sim.organisation.levels import FROM_TOP, LEVELS, NO_LEVELS, in_words, level_code, steps_below_top
from sim.organisation.tree import Tree
from sim.text.numbers import plural

_WHERE = "organisation.remove_layer"
_FEW = 3  # managers who stay of a level that goes, whose layers are listed


def managers_in(tree: Tree, layer: int | str) -> np.ndarray:
    """Bool [n]: the managers of a layer counted from below, of "top-2", or of a job level; tops included."""
    if isinstance(layer, int):
        meant = tree.layer == layer
    elif steps := steps_below_top(layer):
        meant = tree.depths() == steps
    else:
        meant = tree.level == level_code(layer) if tree.level is not None else np.zeros(tree.n, bool)
    found: np.ndarray = (tree.role == MANAGER) & meant
    return found


def removed_rows(tree: Tree, layer: int | str, where: str = _WHERE) -> np.ndarray:
    """Bool [n]: the managers who go with a layer; tops stay. Raises UserError if nobody does, naming what exists."""
    gone: np.ndarray = managers_in(tree, layer) & (tree.boss >= 0)
    if gone.any():
        return gone
    if isinstance(layer, int):
        managers = np.bincount(tree.layer[tree.ics :], minlength=2)[1:]
        removable = np.unique(tree.layer[(tree.role == MANAGER) & (tree.boss >= 0)])
        raise UserError(f"{where}: {refused_layer(layer, managers.tolist(), removable.tolist())}")
    raise UserError(f"{where}: {refused_word(tree, layer)}")


def refused_word(tree: Tree, layer: str) -> str:
    """Why a layer that is counted from the top or named by job level has nobody who could go, and what exists."""
    able = (tree.role == MANAGER) & (tree.boss >= 0)
    if steps_below_top(layer):
        depth = tree.depths()[able]
        found = [
            f"{FROM_TOP}{k} ({plural(int((depth == k).sum()), 'manager')})" for k in np.unique(depth).tolist()
        ]
        return f"there is no manager {in_words(layer).split(' ', 1)[1]} who could go; there are: {', '.join(found) or 'none'}"
    if tree.level is None:
        return f"{layer!r}: {NO_LEVELS}"
    counts = [(level, int((tree.level[able] == k).sum())) for k, level in enumerate(LEVELS)]
    found = [f"{level} ({count:,})" for level, count in counts if count]
    above = bool(managers_in(tree, layer).any())
    reason = (
        f"the {layer} is a top, and nobody is above to take the reports" if above else f"there is no {layer}"
    )
    return f"{reason}; job levels of managers who could go: {', '.join(found) or 'none'}"


def heirs(tree: Tree, gone: np.ndarray) -> np.ndarray:
    """Row [n] of the next manager above who stays, for those who are *gone*; of everybody else the own row."""
    heir = np.arange(tree.n)
    for row in tree.depth_first():  # bosses first
        if gone[row]:
            heir[row] = heir[tree.boss[row]]
    return heir


def removal_in_words(tree: Tree, layer: int | str) -> str:
    """What removing a layer takes of *tree*, the organisation before it.

    "removes 8 of 9 senior managers (1 stays, at layer 3) and 1 of 12 team leads; 40 people get another boss".
    """
    gone = removed_rows(tree, layer)
    moved = int(np.count_nonzero((tree.boss >= 0) & gone[tree.boss] & ~gone))
    if tree.others is not None:
        moved += int(tree.others.reports[gone].sum())
    parts = _by_level(tree, gone)
    taken = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"removes {taken}; {plural(moved, 'person gets', 'people get')} another boss"


def _by_level(tree: Tree, gone: np.ndarray) -> list[str]:
    """Say "8 of 9 senior managers" of every level that loses somebody, the most first, and where those of the first stay."""
    managers = tree.role == MANAGER
    if tree.level is None:
        layers = np.unique(tree.layer[gone]).tolist()
        counts = [
            (int((gone & (tree.layer == k)).sum()), int((managers & (tree.layer == k)).sum()), k)
            for k in layers
        ]
        return [
            f"{_of(some, every)} {in_words(k, every > 1)}" for some, every, k in sorted(counts, reverse=True)
        ]
    found = []
    for code in np.unique(tree.level[gone]).tolist():
        alike = managers & (tree.level == code)
        found.append((int((gone & alike).sum()), int(alike.sum()), code))
    parts = [
        f"{_of(some, every)} {_level_words(code, every > 1)}"
        for some, every, code in sorted(found, reverse=True)
    ]
    _, _, code = max(found)
    stay = tree.layer[managers & ~gone & (tree.level == code)].tolist()
    if stay:
        parts[0] += f" ({_at_layers(stay)})"
    return parts


def _at_layers(layers: list[int]) -> str:
    """Say "1 stays, at layer 3" or "3 stay: 2 at layer 3, 1 at layer 4"."""
    if len(set(layers)) == 1:
        return f"{plural(len(layers), 'stays', 'stay')}, at layer {layers[0]}"
    where = [f"{layers.count(k):,} at layer {k}" for k in sorted(set(layers))]
    return f"{len(layers):,} stay: {', '.join(where[:_FEW])}{', ...' if len(where) > _FEW else ''}"


def _level_words(code: int, many: bool) -> str:
    return in_words(LEVELS[code], many) if code >= 0 else f"manager{'s' if many else ''} without a job level"


def _of(some: int, every: int) -> str:
    if some == every == 2:
        return "both"
    return f"all {every:,}" if some == every > 1 else f"{some:,} of {every:,}" if some < every else "the one"
