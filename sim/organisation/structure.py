"""Organisation structures: layers, spans, charts, delayering, and what is held equal between two structures.

The tree comes from one of: a number of ICs with a number of management layers, a number of ICs with explicit spans of
control, or an imported chart. `build_tree` is the single entry. Pay follows role and layer counted from below; in a
comparison the top is paid as the top of the base. What needs no row (sizes, holds) stands in `sim.organisation.outline`.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.constants import IC, MANAGER, MANAGER_ID
from sim.errors import UserError
from sim.organisation.costs import PayScale
from sim.organisation.headcounts import check_size
from sim.organisation.levels import NO_LEVEL, level_code
from sim.organisation.others import others_of
from sim.organisation.outline import hold_ics, planned_ics, planned_sizes, top_paid_as_in
from sim.organisation.plan import Organisation
from sim.organisation.removal import heirs, removed_rows
from sim.organisation.roster.chart import LEADS, OTHER, Chart
from sim.organisation.roster.memory import chart_of
from sim.organisation.tenure import UNKNOWN, band_of
from sim.organisation.tree import Tree, assemble, depth_first, select

# ---- trees


def generated_tree(ics: int, sizes: Sequence[int], pay_scale: PayScale) -> Tree:
    """Tree with the given managers per layer (bottom up, ending in one top).

    Reports of one layer are contiguous in id order and their numbers differ by at most one.
    """
    check_size(ics + sum(sizes))
    if sizes[-1] != 1:
        raise ValueError(f"the last layer must be one top, not {sizes[-1]}")
    pid, boss, start = [np.arange(ics, dtype=np.int64)], [], ics
    for below_it, size in enumerate(sizes):
        depth = len(sizes) - 1 - below_it
        pid.append((depth + 1) * MANAGER_ID + np.arange(size, dtype=np.int64))
        below = len(pid[-2])
        boss.append(start + np.arange(below, dtype=np.int64) * size // below)
        start += size
    boss.append(np.array([-1], dtype=np.int64))
    role = np.repeat(np.array([IC, MANAGER], dtype=np.int8), [ics, sum(sizes)])
    pids = np.concatenate(pid)
    return assemble(pids, role, np.concatenate(boss), np.where(role == IC, pids, -1), pay_scale)


def chart_tree(chart: Chart, pay_scale: PayScale) -> Tree:
    """Tree of an imported chart: ICs are numbered by sorted source id, managers from MANAGER_ID by sorted source id.

    The module coordinate of an IC is its rank in a depth-first walk of the chart. Tenures are kept in their bands. Whoever is
    neither IC nor manager has no row, but counts at the manager above (`sim.organisation.others`).
    """
    check_size(len(chart.boss))
    rows = [person for person, role in enumerate(chart.role) if role != OTHER]
    row_of = {person: row for row, person in enumerate(rows)}
    role = np.array([MANAGER if chart.role[person] == LEADS else IC for person in rows], dtype=np.int8)
    # Nobody who is simulated reports to somebody who is not.
    bosses = [row_of[chart.boss[person]] if chart.boss[person] >= 0 else -1 for person in rows]
    pid = np.empty(len(role), dtype=np.int64)
    by_order = np.argsort(np.array([chart.order[person] for person in rows], dtype=np.int64), kind="stable")
    for code, first in ((IC, 0), (MANAGER, MANAGER_ID)):
        numbered = by_order[role[by_order] == code]
        pid[numbered] = first + np.arange(len(numbered))
    walk = np.array(depth_first(bosses, pid.tolist()), dtype=np.int64)
    walk = walk[role[walk] == IC]
    module = np.full(len(role), -1, dtype=np.int64)
    module[walk] = np.arange(len(walk))
    tenure_band = np.array([band_of(chart.tenure_years[person]) for person in rows], dtype=np.int8)
    others = others_of(chart.boss, [one == OTHER for one in chart.role], pay_scale.other_pay)
    level = np.array([level_code(chart.level[person]) for person in rows], dtype=np.int8)
    return assemble(
        pid, role, np.array(bosses, dtype=np.int64), module, pay_scale, tenure_band,
        others=others.at(np.array(rows)) if others is not None else None,
        level=level if (level >= 0).any() else None,
    )  # fmt: skip


def remove_layer(tree: Tree, layer: int | str, pay_scale: PayScale) -> Tree:
    """Remove the managers of a layer (counted from below, from the top, or by job level); their reports move to their boss.

    A root has nobody to hand its reports to: roots at that layer stay. If only roots are there, UserError. Layers are those of
    the tree that is left; permanent ids, modules and the pay of those who stay are kept: nobody is paid less because a layer
    below has gone.
    """
    gone = removed_rows(tree, layer)
    heir = heirs(tree, gone)
    boss = np.where(tree.boss >= 0, heir[tree.boss], -1).astype(np.int64)
    left = assemble(
        *select(tree, boss, ~gone), pay_scale, tree.tenure_band[~gone],
        others=tree.others.gathered(heir, tree.n).at(~gone) if tree.others is not None else None,
        level=tree.level[~gone] if tree.level is not None else None,
    )  # fmt: skip
    by_id = np.argsort(tree.pid)
    return replace(left, pay=tree.pay[by_id[np.searchsorted(tree.pid, left.pid, sorter=by_id)]])


def resize_ics(tree: Tree, ics: int, ic_pay: float) -> Tree:
    """Same managers with another number of ICs; layers and the pay of managers are kept.

    Added ICs (permanent ids and modules after the existing ones, of unknown tenure) go one by one to the first-line team
    with the smallest span. Fewer ICs: the highest permanent id of the team with the most ICs leaves, one by one. Ties:
    the lower permanent id of the manager.
    """
    check_size(ics + tree.managers)
    if ics < tree.ics:
        return _with_fewer_ics(tree, ics)
    added = ics - tree.ics
    spans = tree.spans()
    teams = [
        (int(spans[row - tree.ics]), int(tree.pid[row]), int(row)) for row in np.flatnonzero(tree.layer == 1)
    ]
    if added and not teams:
        raise UserError("organisation: there is no first-line manager who could take more ICs")
    heapq.heapify(teams)
    new_boss = np.empty(added, dtype=np.int64)
    for k in range(added):
        span, pid, row = teams[0]
        new_boss[k] = row
        heapq.heapreplace(teams, (span + 1, pid, row))
    old = slice(0, tree.ics)
    first_pid = int(tree.pid[old].max(initial=-1)) + 1
    first_module = int(tree.module[old].max(initial=-1)) + 1

    def grown(values: np.ndarray, new: np.ndarray) -> np.ndarray:
        return np.concatenate([values[old], new, values[tree.ics :]]).astype(values.dtype)

    boss = grown(tree.boss, new_boss)
    return Tree(
        pid=grown(tree.pid, first_pid + np.arange(added)),
        role=grown(tree.role, np.full(added, IC)),
        boss=np.where(boss >= 0, boss + added, -1).astype(np.int32),
        layer=grown(tree.layer, np.zeros(added)),
        pay=grown(tree.pay, np.full(added, ic_pay)),
        module=grown(tree.module, first_module + np.arange(added)),
        tenure_band=grown(tree.tenure_band, np.full(added, UNKNOWN)),
        payroll_gap=tree.payroll_gap,
        others=tree.others.with_rows(tree.ics, added) if tree.others is not None else None,
        level=grown(tree.level, np.full(added, NO_LEVEL)) if tree.level is not None else None,
    )


def _with_fewer_ics(tree: Tree, ics: int) -> Tree:
    members: dict[int, list[int]] = {}
    for row in range(tree.ics):
        members.setdefault(int(tree.boss[row]), []).append(row)
    teams = [(-len(rows), int(tree.pid[boss]), boss) for boss, rows in members.items()]
    heapq.heapify(teams)
    keep = np.ones(tree.n, dtype=bool)
    for _ in range(tree.ics - ics):
        size, lead, boss = heapq.heappop(teams)
        keep[members[boss].pop()] = False  # rows of ICs are in the order of their permanent ids
        if size + 1 < 0:
            heapq.heappush(teams, (size + 1, lead, boss))
    pid, role, boss_rows, module = select(tree, tree.boss.astype(np.int64), keep)
    return Tree(
        pid=pid,
        role=role,
        boss=boss_rows.astype(np.int32),
        layer=tree.layer[keep],
        pay=tree.pay[keep],
        module=module,
        tenure_band=tree.tenure_band[keep],
        payroll_gap=tree.payroll_gap,
        others=tree.others.at(keep) if tree.others is not None else None,
        level=tree.level[keep] if tree.level is not None else None,
    )


# ---- one entry


def build_tree(
    organisation: Organisation,
    pay_scale: PayScale,
    base: Tree | None = None,
    *,
    base_organisation: Organisation | None = None,
    bottom_span_ratio: float = 1.5,
    ai_spend: float = 0.0,
    base_ai_spend: float = 0.0,
) -> Tree:
    """The tree of an organisation, held equal to `base` where organisation.hold says so.

    base: the tree of the base; None or hold None: nothing is held. base_organisation tells an inherited `ics` from an
    explicit one. ai_spend, base_ai_spend: planned USD of AI per IC and year, for hold: budget. Raises UserError.
    """
    hold = organisation.hold if base is not None else None
    held = base.outline() if base is not None else None
    ics = planned_ics(organisation, held, base_organisation, hold)
    if held is not None:
        pay_scale = top_paid_as_in(held, pay_scale)
    sizes: tuple[int, ...] | None = None
    if organisation.chart is not None:
        tree = chart_tree(chart_of(organisation.chart, organisation.chart_columns), pay_scale)
    else:
        sizes = planned_sizes(organisation, ics, bottom_span_ratio)
        tree = generated_tree(ics, sizes, pay_scale)
    if organisation.remove_layer is not None:
        sizes = None
        tree = remove_layer(tree, organisation.remove_layer, pay_scale)
    if base is None or held is None:
        return tree
    tree = _roots_paid_as_in(base, tree)
    if hold is None or (hold == "ics" and sizes is not None):
        return tree
    heads, gap = hold_ics(
        held, tree.outline(), hold, pay_scale.ic_pay, ai_spend=ai_spend, base_ai_spend=base_ai_spend
    )
    check_size(heads + tree.managers)
    if sizes is not None:
        tree = _roots_paid_as_in(base, generated_tree(heads, sizes, pay_scale))
    else:
        tree = resize_ics(tree, heads, pay_scale.ic_pay)
    return replace(tree, payroll_gap=gap)


def _roots_paid_as_in(base: Tree, tree: Tree) -> Tree:
    """With several tops, each that is a top in the base as well keeps its pay."""
    roots = tree.roots
    if len(roots) == 1:
        return tree
    known = {int(base.pid[row]): float(base.pay[row]) for row in base.roots}
    pay = tree.pay.copy()
    for row in roots:
        pay[row] = known.get(int(tree.pid[row]), float(pay[row]))
    return replace(tree, pay=pay)
