"""The organisation tree as arrays, the pay scale, and the rules that every tree obeys.

Rows of a `Tree` are ordered: ICs by permanent id, then managers by (layer, permanent id). AI agents are not part of the
tree: they never count in a span, a head count or a payroll.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.constants import IC, MANAGER, MANAGER_ID
from sim.errors import UserError
from sim.organisation.costs import PayScale
from sim.organisation.headcounts import MAX_LAYERS, layers_from_below
from sim.organisation.others import Others
from sim.organisation.outline import Outline
from sim.text.numbers import plural


@dataclass(frozen=True, eq=False)
class Tree:
    """Who reports to whom. Arrays of shape [n]; see the module for the order of the rows."""

    pid: np.ndarray  # int64 permanent ids
    role: np.ndarray  # int8 0 IC, 1 manager
    boss: np.ndarray  # int32 row of the boss, -1 for a root
    layer: np.ndarray  # int16 0 ICs; managers: longest path below to a leaf; 1 for a manager without reports
    pay: np.ndarray  # float64 loaded annual pay, USD
    module: np.ndarray  # int64 module coordinate of an IC, kept by restructuring; -1 for managers
    tenure_band: np.ndarray  # int8 index in `sim.organisation.tenure.BANDS`; 0 where no chart tells
    payroll_gap: float = 0.0  # USD left over by `hold`, 0 if nothing is held
    others: Others | None = (
        None  # people who are neither ICs nor managers, at their managers' rows; None without any
    )
    level: np.ndarray | None = (
        None  # int8 job level, index in `sim.organisation.levels.LEVELS`, -1 unknown; None without any
    )

    @property
    def n(self) -> int:
        """Number of ICs and managers: the rows."""
        return len(self.pid)

    @property
    def people(self) -> int:
        """Number of people, those included who are neither ICs nor managers."""
        return self.n + (self.others.count if self.others is not None else 0)

    @property
    def ics(self) -> int:
        """Number of ICs; they are the rows 0 .. ics - 1."""
        return int(np.count_nonzero(self.role == IC))

    @property
    def managers(self) -> int:
        """Number of managers, the top included."""
        return self.n - self.ics

    @property
    def roots(self) -> np.ndarray:
        """Rows without a boss, int64[roots]."""
        return np.flatnonzero(self.boss < 0)

    @property
    def layers(self) -> int:
        """Number of management layers, the top included."""
        return int(self.layer.max(initial=0))

    @property
    def payroll(self) -> float:
        """Loaded annual pay of all positions in USD, AI excluded."""
        return float(self.pay.sum()) + (self.others.payroll if self.others is not None else 0.0)

    @property
    def first_line_span_mean(self) -> float:
        """Mean number of direct reports of the managers at layer 1; NaN without managers."""
        first = self.layer[self.ics :] == 1
        return float(self.spans()[first].mean()) if first.any() else math.nan

    def spans(self) -> np.ndarray:
        """Direct reports per manager, int64[managers], in the order of the manager rows. AI agents never count."""
        found = np.bincount(self.boss[self.boss >= 0], minlength=self.n)
        return (found if self.others is None else found + self.others.reports)[self.ics :]

    def children(self) -> list[list[int]]:
        """Rows of the direct reports of every row, in row order (ICs before managers)."""
        below: list[list[int]] = [[] for _ in range(self.n)]
        for row, boss in enumerate(self.boss.tolist()):
            if boss >= 0:
                below[boss].append(row)
        return below

    def depth_first(self) -> list[int]:
        """All rows, each boss before its reports, teams together."""
        return depth_first(self.boss.tolist(), list(range(self.n)))

    def depths(self) -> np.ndarray:
        """Steps up to the root, int32[n], 0 for a root."""
        depth = np.zeros(self.n, dtype=np.int32)
        for row in self.depth_first():
            if self.boss[row] >= 0:
                depth[row] = depth[self.boss[row]] + 1
        return depth

    def outline(self) -> Outline:
        """Its heads and pay in plain numbers."""
        roots, managers = self.roots, np.bincount(self.layer[self.ics :], minlength=self.layers + 1)[1:]
        led = len(roots) == 1 and self.role[roots[0]] == MANAGER
        return Outline(
            self.ics,
            tuple(managers.tolist()),
            float(self.pay[self.ics :].sum()),
            self.payroll,
            float(self.pay[roots[0]]) if led else None,
            self.others.count if self.others is not None else 0,
            self.others.payroll if self.others is not None else 0.0,
        )

    def facts(self) -> dict[str, int | float]:
        """Head counts, spans, layers and payroll (USD a year), for reports and comparisons."""
        spans = self.spans()
        return {
            "people": self.people,
            "ics": self.ics,
            "managers": self.managers,
            "layers": self.layers,
            "roots": len(self.roots),
            "first_line_span_mean": self.first_line_span_mean,
            "span_mean": float(spans.mean()) if len(spans) else math.nan,
            "span_max": int(spans.max(initial=0)),
            "payroll": self.payroll,
            "payroll_gap": self.payroll_gap,
            **({"others": self.others.count} if self.others is not None else {}),
        }

    def describe(self) -> str:
        """One line, such as '96 ICs, 21 managers in 3 layers, mean first-line span 6.0, widest span 6'."""
        fact = self.facts()
        roots = f", {fact['roots']} tops" if fact["roots"] != 1 else ""
        others = (
            f", {plural(fact['others'], 'other person', 'other people')}" if self.others is not None else ""
        )
        return (
            f"{plural(fact['ics'], 'IC')}, {plural(fact['managers'], 'manager')} in "
            f"{plural(fact['layers'], 'layer')}{roots}{others}, mean first-line span "
            f"{fact['first_line_span_mean']:.1f}, widest span {fact['span_max']}"
        )


def check_tree(tree: Tree) -> None:
    """Raise ValueError unless the arrays form a forest in the documented order, with layers that fit."""
    n, ics = tree.n, tree.ics
    columns = (tree.role, tree.boss, tree.layer, tree.pay, tree.module, tree.tenure_band)
    if any(len(column) != n for column in columns):
        raise ValueError("the arrays differ in length")
    if n and (tree.boss.min() < -1 or tree.boss.max() >= n):
        raise ValueError("a boss is no row of the tree")
    if len(np.unique(tree.pid)) != n:
        raise ValueError("permanent ids are not unique")
    if np.any(tree.role[:ics] != IC) or np.any(tree.role[ics:] != MANAGER):
        raise ValueError("ICs must come before managers")
    if np.any((tree.pid >= MANAGER_ID) != (tree.role == MANAGER)):
        raise ValueError("a permanent id does not fit its role")
    if np.any(tree.role[tree.boss[tree.boss >= 0]] != MANAGER):
        raise ValueError("somebody reports to an IC")
    if np.any(_layers(tree.role, tree.boss) != tree.layer):
        raise ValueError("layers are not the longest path below")
    if np.any(np.lexsort((tree.pid, tree.layer)) != np.arange(n)):
        raise ValueError("rows are not in the order ICs by id, managers by layer and id")
    if np.any((tree.module >= 0) != (tree.role == IC)) or len(np.unique(tree.module[:ics])) != ics:
        raise ValueError("every IC has a module of its own, managers have none")
    if tree.level is not None and len(tree.level) != n:
        raise ValueError("the arrays differ in length")
    if tree.others is not None:
        _check_others(tree, tree.others)
    if not np.all(np.isfinite(tree.pay)) or not (math.isfinite(tree.payroll_gap) and tree.payroll_gap >= 0):
        raise ValueError("pay and payroll gap must be finite, the gap at least 0")


def _check_others(tree: Tree, others: Others) -> None:
    columns = (others.reports, others.heads, others.pay)
    if any(len(column) != tree.n for column in columns):
        raise ValueError("the arrays differ in length")
    if any(np.any(column[: tree.ics] != 0) or np.any(column < 0) for column in columns):
        raise ValueError("other people report to managers only")
    if np.any(others.heads < others.reports) or not np.all(np.isfinite(others.pay)):
        raise ValueError("other people who report to somebody are heads there, and their pay is finite")


def assemble(
    pid: np.ndarray,
    role: np.ndarray,
    boss: np.ndarray,
    module: np.ndarray,
    pay_scale: PayScale,
    tenure_band: np.ndarray | None = None,
    *,
    others: Others | None = None,
    level: np.ndarray | None = None,
) -> Tree:
    """Compute layers and pay, and bring the rows into the documented order. None: nothing is known."""
    layer = _layers(role, boss)
    if layer.max(initial=0) > MAX_LAYERS:
        raise UserError(
            f"organisation: {layer.max()} management layers are more than the limit of {MAX_LAYERS}; check the "
            "manager column of the chart"
        )
    order = np.lexsort((pid, layer))  # ICs are exactly layer 0
    row_of = np.empty(len(pid), dtype=np.int64)
    row_of[order] = np.arange(len(pid))
    boss = boss[order]
    boss = np.where(boss >= 0, row_of[boss], -1).astype(np.int32)
    role, layer = role[order], layer[order].astype(np.int16)
    band = np.zeros(len(pid), dtype=np.int8) if tenure_band is None else tenure_band[order].astype(np.int8)
    return Tree(
        pid[order], role, boss, layer, _pay(pay_scale, boss, role, layer), module[order], band,
        others=None if others is None else others.at(order), level=None if level is None else level[order].astype(np.int8),
    )  # fmt: skip


def select(
    tree: Tree, boss: np.ndarray, keep: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """pid, role, boss, module of the rows kept; `boss` points to kept rows of the old tree."""
    row_of = np.cumsum(keep) - 1
    boss = boss[keep]
    return tree.pid[keep], tree.role[keep], np.where(boss >= 0, row_of[boss], -1), tree.module[keep]


def _pay(pay_scale: PayScale, boss: np.ndarray, role: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """Loaded annual pay in USD, float64[n], for boss, role and layer of shape [n]."""
    table = np.array([pay_scale.ratio(k) for k in range(int(layer.max(initial=0)) + 1)])
    pay: np.ndarray = pay_scale.ic_pay * table[layer]
    roots = np.flatnonzero(boss < 0)
    if pay_scale.top_ratio is not None and len(roots) == 1 and role[roots[0]] == MANAGER:
        pay[roots[0]] = pay_scale.ic_pay * pay_scale.top_ratio
    return pay


def _layers(role: np.ndarray, boss: np.ndarray) -> np.ndarray:
    """Layers from below, int32[n]: 0 for ICs, at least 1 for managers. Raises ValueError on a cycle."""
    lowest = (role == MANAGER).astype(int).tolist()
    return np.array(layers_from_below(boss.tolist(), lowest), dtype=np.int32)


def depth_first(boss: Sequence[int], key: Sequence[int]) -> list[int]:
    """Nodes with each boss before its reports; reports in the order of `key` (permanent ids: ICs before managers)."""
    below: list[list[int]] = [[] for _ in boss]
    stack: list[int] = []
    for node in sorted(range(len(boss)), key=key.__getitem__, reverse=True):
        (below[boss[node]] if boss[node] >= 0 else stack).append(node)
    walk = []
    while stack:
        node = stack.pop()
        walk.append(node)
        stack.extend(below[node])
    return walk
