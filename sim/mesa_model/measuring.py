"""The tree at this moment and the outcomes of any weeks of a stepped model, moves and all."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from sim.constants import HOURS_PER_WEEK, IC, MANAGER
from sim.mesa_model.course import Course
from sim.mesa_model.following import Following
from sim.mesa_model.moving import Moving
from sim.mesa_model.staff import Staff
from sim.organisation.costs import pay_scale
from sim.organisation.others import Others
from sim.organisation.tree import Tree, assemble
from sim.outcomes.declared import compute, with_week_held
from sim.outcomes.period import Period


@dataclass(frozen=True, eq=False, kw_only=True)
class _PeriodTree(Tree):
    """The tree at the start for a period with moves: its shape is that of the *present* tree, its payroll the mean over the
    period, USD a year. What people who have come or gone since change is added by the outcomes."""

    present: Tree
    mean_payroll: float

    @property
    def payroll(self) -> float:
        return self.mean_payroll

    @property
    def layers(self) -> int:
        return self.present.layers

    def facts(self) -> dict[str, int | float]:
        return self.present.facts()


class Measuring:
    """Reads a run and its books; nothing is changed here."""

    def __init__(self, course: Course, staff: Staff, following: Following, moving: Moving) -> None:
        self._course, self._staff, self._following, self._moving = course, staff, following, moving

    def tree(self) -> Tree:
        """Return the organisation tree at this moment."""
        org, start = self._course.org, self._course.engine.tree
        if not self._following.has_changed:
            return start
        people = org.people[: self._staff.humans]
        rows = np.flatnonzero(np.isin(people["role"], (IC, MANAGER)))
        place = np.full(len(people) + 1, -1)
        place[rows] = np.arange(len(rows))
        people = people[rows]
        module = np.where(people["role"] == IC, org.home[rows], -1)
        shared = (module >= 0) & (org.modules[module] != rows)
        module[shared] = len(org.modules) + np.arange(np.count_nonzero(shared))
        boss = place[people["boss"]]
        setup, seated = self._course.setup, org.occupants
        others = None
        if seated["seat_heads"].any():
            mine = np.flatnonzero(seated["seat_heads"])
            led = Others(*(seated[name][mine] for name in ("seat_others", "seat_heads", "seat_others_pay")))
            others = led.gathered(place[seated["others_at"][mine]], len(rows))
        pays = pay_scale(setup.values, setup.organisation.pay)
        tree = assemble(people["pid"], people["role"], boss, module, pays, others=others)
        pay = np.array([self._staff.of[pid].pay for pid in tree.pid.tolist()])
        return replace(tree, pay=pay, payroll_gap=start.payroll_gap)

    def outcomes(self, first: int, last: int, names: tuple[str, ...] | None = None) -> dict[str, float]:
        """Return the outcomes (all, or *names*) between the ends of weeks *first* and *last*, counted from the very start."""
        course = self._course
        snapshots = course.org.weeks[[first, last]].copy()
        if not course.people_come_and_go:
            snapshots["people_week"] = 0
        else:
            with_week_held(snapshots, course.org.world, last - course.setup.warmup_weeks)
        for transfer in self._moving.transfers:
            later = np.array([first, last]) >= transfer.week
            for field, hours in (("inbox_hours", transfer.served), ("inbox_capacity", transfer.capacity)):
                snapshots[field][later, transfer.present] -= hours
                snapshots[field][later, transfer.former] += hours
        tree = self._tree_of_weeks(first, last)
        period = Period(snapshots[:1], snapshots[1:], last - first, tree, course.values)
        return {name: float(value[0]) for name, value in compute(period, names).items()}

    def _tree_of_weeks(self, first: int, last: int) -> Tree:
        """Return the tree for the outcomes of a period: the present one, at the period's mean payroll."""
        start = self._course.engine.tree
        if not self._moving.has_moved:
            return start
        mean = self._moving.mean_payroll(first * HOURS_PER_WEEK, last * HOURS_PER_WEEK)
        columns = {field.name: getattr(start, field.name) for field in fields(Tree)}
        return _PeriodTree(**columns, present=self.tree(), mean_payroll=mean)
