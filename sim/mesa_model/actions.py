"""People who come, go and change roles by hand in a stepped model.

What is done by hand (`sim.people.interventions`) has the consequences of what happens by itself. A seat that is vacated by
hand stays vacant until it is filled by hand; a manager who fills it gets back the reports that the seat had.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from mesa import Agent

from sim.constants import IC as IC_ROLE
from sim.constants import MANAGER
from sim.engine.codes import DESK, VACANT
from sim.engine.hierarchy import chain_up
from sim.errors import UserError
from sim.mesa_model.agents import IC, Manager, Person
from sim.mesa_model.course import Course
from sim.mesa_model.following import Following
from sim.mesa_model.staff import Staff, several
from sim.organisation.headcounts import MAX_LAYERS, check_size
from sim.people import interventions, openings, seats
from sim.scenario.event_values import whole
from sim.scenario.openings import MOST


class Vacancy(NamedTuple):
    """A vacant seat. seat: its row in `Org.people`. kind: IC or Manager. boss: whom it reports to. filled_in_week: when
    the hiring policy fills it; infinity if it does not."""

    seat: int
    kind: type[IC] | type[Manager]
    boss: Manager
    filled_in_week: float


class Actions:
    """Lays off, converts, promotes, hires and opens seats, between two weeks; see `sim.mesa_model.model.OrgModel`."""

    def __init__(self, course: Course, staff: Staff, following: Following) -> None:
        self._course, self._staff, self._following = course, staff, following
        self._shock: interventions.Shock | None = None

    def vacancies(self) -> tuple[Vacancy, ...]:
        """Return the vacant seats, managers' first, then those under the same boss together."""
        org = self._course.org
        found = []
        for row in np.flatnonzero(org.people["role"][: self._staff.humans] == VACANT).tolist():
            boss = self._staff.manager_at(seats.boss_present(org, row))
            kind = Manager if org.occupants["seat_role"][row] == MANAGER else IC
            found.append(Vacancy(row, kind, boss, float(org.occupants["open_until"][row])))
        return tuple(sorted(found, key=lambda v: (v.kind is IC, v.boss.row, v.seat)))

    def lay_off(self, who: Person | Iterable[Person]) -> None:
        """Lay off somebody, or several at once."""
        course = self._course
        self._check_moment("lay_off")
        rows = [self._row_with_boss(person, "lay_off", "laid off") for person in several(who)]
        if len(set(rows)) < len(rows):
            raise UserError("lay_off: somebody is named twice; name everybody once")
        if not rows:
            return
        books, p = self._staff.books(), course.parameters
        self._shock = interventions.shocked(course.org, p, self._shock, course.week, len(rows))
        course.org = interventions.lay_off(course.org, p, rows, course.week)
        self._people_changed(books)

    def convert(self, manager: Manager) -> IC:
        """Let *manager* become an IC of the boss; return the new agent."""
        course = self._course
        self._check_moment("convert")
        row = self._row_with_boss(manager, "convert", "converted")
        if not isinstance(manager, Manager):
            raise UserError(f"convert: {manager!r} is an IC already; choose a Manager")
        books, each = self._staff.books(), course.engine.agents_each
        course.org = interventions.convert(course.org, course.parameters, row, course.week, each)
        self._people_changed(books)
        return self._staff.ic_at(row)

    def promote(self, person: Person, into: Vacancy | Manager | None) -> Manager:
        """Let *person* lead, on the seat *into*; return the new agent."""
        course = self._course
        self._check_moment("promote")
        row = self._row_with_boss(person, "promote", "promoted")
        seat = self._seat_to_lead(person, person.boss if into is None else into)
        books, each = self._staff.books(), course.engine.agents_each
        course.org = interventions.promote(course.org, course.parameters, row, seat, course.week, each)
        self._people_changed(books)
        return self._staff.manager_at(seat)

    def hire(self, where: Vacancy | Manager) -> IC | Manager:
        """Fill a vacant seat; return the newcomer's agent."""
        course = self._course
        self._check_moment("hire")
        if isinstance(where, Agent):
            self._staff.row_of(where, "hire")
        row = self._seat_to_fill(where, "hire")
        books, each = self._staff.books(), course.engine.agents_each
        course.org = interventions.hire(course.org, course.parameters, row, course.week, each)
        self._people_changed(books)
        is_manager = course.org.people["role"][row] == MANAGER
        return self._staff.manager_at(row) if is_manager else self._staff.ic_at(row)

    def open_seats(self, manager: Manager, count: int, kind: type[IC] | type[Manager]) -> tuple[Vacancy, ...]:
        """Make *count* vacant seats of *kind* under *manager*; return them."""
        course = self._course
        self._check_moment("open_seats")
        boss = self._staff.row_of(manager, "open_seats")
        if not isinstance(manager, Manager):
            raise UserError(f"open_seats: {manager!r} is an IC, and nobody reports to one; choose a Manager")
        if kind not in (IC, Manager):
            raise UserError(f"open_seats: {kind!r} is no kind of seat; use IC or Manager")
        count = whole(count, "open_seats: count", 1, MOST, "seats")
        if kind is Manager and len(chain_up(course.org, boss)) >= MAX_LAYERS:
            raise UserError(
                f"open_seats: the tree would have more than {MAX_LAYERS} layers; choose a boss nearer to the top"
            )
        check_size(count + int(np.count_nonzero(course.org.occupants["seat_role"] != DESK)))
        books, role = self._staff.books(), IC_ROLE if kind is IC else MANAGER
        course.org, rows = openings.add_seats(
            course.org, course.parameters, role, [boss] * count, course.engine.tree
        )
        self._following.people(books)
        return tuple(vacancy for vacancy in self.vacancies() if vacancy.seat in rows)

    # --- Which seat ------------------------------------------------------------------------------------------------------

    def _seat_to_fill(self, where: object, method: str) -> int:
        """Return the row of the vacant seat that *where* means. Raises `UserError` if there is none."""
        found = self.vacancies()
        if isinstance(where, Vacancy):
            if where.seat in {vacancy.seat for vacancy in found}:
                return where.seat
            raise UserError(
                f"{method}: seat {where.seat} is not vacant; model.vacancies lists the seats that are"
            )
        if not isinstance(where, Manager):
            raise UserError(
                f"{method}: {where!r} is neither a vacancy nor a manager; model.vacancies lists what is vacant"
            )
        mine = [vacancy.seat for vacancy in found if vacancy.boss is where]
        if not mine:
            raise UserError(
                f"{method}: no seat is vacant under {where!r}, and model.vacancies has {len(found)}; model.open_seats makes one"
            )
        return mine[0]

    def _seat_to_lead(self, person: Person, into: object) -> int:
        """Return the row of the seat that *person* is to take over. Raises `UserError` if nobody leads from there."""
        if isinstance(into, Vacancy):
            seat = self._seat_to_fill(into, "promote")
            if self._course.org.occupants["seat_role"][seat] != MANAGER:
                raise UserError(
                    f"promote: seat {seat} is an IC's; choose a vacancy of kind Manager, or the person's boss"
                )
            return seat
        if into is person.boss:
            return self._row_with_boss(into, "promote", "displaced")
        raise UserError(
            f"promote: {into!r} is neither {person!r}'s boss nor a vacancy; the two are what somebody can take over"
        )

    # --- Whether it is possible, and what follows ------------------------------------------------------------------------

    def _check_moment(self, method: str) -> None:
        course = self._course
        if not course.week_has_ended:
            raise UserError(
                f"{method}: day {course.day} is within a week; people come and go between two weeks (week_has_ended)"
            )
        if course.week < 0:
            raise UserError(
                f"{method}: the warm-up ends in {-course.week} weeks; people come and go from then on (week 0)"
            )

    def _row_with_boss(self, person: object, method: str, done: str) -> int:
        row = self._staff.row_of(person, method)
        here = self._staff.at[row]
        if here is None or here.boss is None:
            raise UserError(
                f"{method}: {person!r} is a top, so nobody could stand in, and cannot be {done}; let the top report to "
                f"somebody first (move), or choose somebody else"
            )
        return row

    def _people_changed(self, books: np.ndarray) -> None:
        """Let agents and hands-on desks follow, and the coming week be planned anew; *books*: hours before the change."""
        self._course.people_come_and_go = True
        self._following.people(books)
        self._following.desks()
        self._course.ask_everybody()
        self._course.plan_week()
