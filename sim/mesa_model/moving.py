"""People who get another boss in a stepped model, and what moves with them: layers, pay, hours of inboxes by layer."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from sim.constants import HOURS_PER_DAY
from sim.engine.codes import MAX_LAYERS
from sim.engine.hierarchy import chain_up, members
from sim.errors import UserError
from sim.mesa_model.agents import IC, Manager
from sim.mesa_model.course import Course
from sim.mesa_model.following import Following
from sim.mesa_model.staff import Staff
from sim.organisation.costs import pay_scale
from sim.organisation.headcounts import MAX_LAYERS as MOST_LAYERS
from sim.people import condition, moves, replan, reviews


class Transfer(NamedTuple):
    """Inbox hours of a manager in a *former* layer, which the snapshots from *week* on show under the *present* one."""

    week: int
    present: int
    former: int
    served: float
    capacity: float


class Moving:
    """Moves people, and keeps the books that the outcomes of a period need afterwards.

    transfers: inbox hours that changed layers. payrolls: (hours since the start, payroll from then on, USD a year).
    """

    def __init__(self, course: Course, staff: Staff, following: Following) -> None:
        self._course, self._staff, self._following = course, staff, following
        self.transfers: list[Transfer] = []
        self.payrolls: list[tuple[float, float]] = [(0.0, course.engine.tree.payroll)]
        self.has_moved = False

    def move(self, person: IC | Manager, new_boss: Manager) -> None:
        """See `sim.mesa_model.model.OrgModel.move`."""
        course = self._course
        i, boss = self._staff.row_of(person, "move"), self._staff.row_of(new_boss, "move")
        self._check(person, new_boss, i, boss)
        if person.boss is new_boss:
            return
        teams = [int(course.org.people["boss"][i]), boss]
        roots = course.org.people["boss"][: self._staff.humans] < 0
        course.org = reviews.with_room(course.org)
        course.org, old_layers = moves.move(course.org, course.parameters, i, boss)
        self.has_moved = self._following.has_changed = True
        course.org.occupants["seat_boss"][i] = boss
        course.org.occupants["moved"][i] = course.week if isinstance(person, IC) else -inf
        self._follow_layers(old_layers)
        was_root = bool(roots[i])
        self._pay_by_layer([m for m in (*old_layers, *([i] if was_root else [])) if not roots[m] or m == i])
        for team in teams:
            course.ask(members(course.org, team))
        course.ask([i])
        course.plan_week()
        if course.week >= 0:
            condition.set_condition(course.org, course.parameters, course.week)

    def _check(self, person: IC | Manager, new_boss: object, i: int, boss: int) -> None:
        """Raise `UserError` if *person* in row *i* cannot report to *new_boss* in row *boss*."""
        if not isinstance(new_boss, Manager):
            raise UserError(f"move: {new_boss!r} is no manager, so nobody can report there; choose a Manager")
        path = chain_up(self._course.org, boss)
        if i in path:
            what = "is the same person" if i == boss else f"works below {person!r}"
            raise UserError(
                f"move: {new_boss!r} {what}, so {person!r} cannot report there; move {new_boss!r} first"
            )
        if person.layer + len(path) > MOST_LAYERS:
            raise UserError(
                f"move: the tree would have more than {MOST_LAYERS} layers; choose a boss nearer to the top"
            )

    def _follow_layers(self, old_layers: dict[int, int]) -> None:
        """Let inbox hours by layer, hands-on desks and items from outside follow managers whose layer has changed."""
        if not old_layers:
            return
        course = self._course
        week = int(course.org.world["week"][0])
        moves.settle_people(course.org, list(old_layers))
        for m, old in old_layers.items():
            person = course.org.people[m]
            present, former = min(int(person["layer"]), MAX_LAYERS - 1), min(old, MAX_LAYERS - 1)
            served, capacity = float(person["served_hours"]), float(person["capacity_hours"])
            self.transfers.append(Transfer(week + 1, present, former, served, capacity))
        self._following.desks()
        course.org = replan.announce_external(course.org, course.parameters)

    def _pay_by_layer(self, rows: list[int]) -> None:
        scale = pay_scale(self._course.setup.values, self._course.setup.organisation.pay)
        occupants, payroll = self._course.org.occupants, self.payrolls[-1][1]
        for row in rows:
            pay = scale.ic_pay * scale.ratio(int(self._course.org.people["layer"][row]))
            payroll += pay - occupants["pay"][row]
            occupants["pay"][row] = occupants["seat_pay"][row] = pay
        if rows:
            self.payrolls.append((self._course.day * HOURS_PER_DAY, payroll))

    def mean_payroll(self, first: float, last: float) -> float:
        """Return the mean payroll between *first* and *last* hours after the start, USD a year."""
        hours = np.array([hours for hours, _ in self.payrolls] + [inf])
        spent = np.diff(np.clip(hours, first, last))
        return float(spent @ np.array([payroll for _, payroll in self.payrolls]) / spent.sum())
