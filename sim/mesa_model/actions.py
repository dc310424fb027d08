"""People who come, go and change roles in a stepped model: by themselves at a week's end, and by hand.

What is done by hand (`sim.people.interventions`) has the consequences of what happens by itself. A seat that is vacated by
hand stays vacant until it is filled by hand; a manager who fills it gets back the reports that the seat had.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import mesa
import numpy as np

from sim.constants import MANAGER
from sim.engine.codes import VACANT
from sim.engine.state import Org
from sim.errors import UserError
from sim.mesa_model.agents import IC, CodingAgent, Manager, Person
from sim.mesa_model.host import Host
from sim.mesa_model.staff import Staff
from sim.mesa_model.stepping import SteppedEngine
from sim.people import interventions, seats

#: Parameters that say when something happens to people, and those that say that it does.
_DATED = {
    "layoffs.wave_week": ("layoffs.wave_fraction",),
    "layoffs.delayer_week": (
        "layoffs.delayer_first_span", "layoffs.delayer_upper_span", "layoffs.delayer_remove_layer",
    ),
}  # fmt: skip


def check_date(path: str, value: object, values: dict, first: int, last: int) -> None:
    """Raise `UserError` if setting *path* to *value* demands a layoff in a week that is over, or after the end.

    *values*: all parameters at present; *first*, *last*: weeks at whose end something can still happen.
    """
    for when, whether in _DATED.items():
        if path == when:
            week = value
        elif path in whether and value:
            week = values[when]
        else:
            continue
        if not first <= week <= last:
            raise UserError(
                f"set_parameter: {path}: {when} {week} is {'over' if week < first else 'after the end'}; "
                f"set {when} to {first} to {last} first"
                if path != when
                else f"set_parameter: {path}: week {week} is {'over' if week < first else 'after the end'}; "
                f"use {first} to {last}"
            )


# --- By hand -------------------------------------------------------------------------------------------------------------


class Vacancy(NamedTuple):
    """A vacant seat. seat: its row in `Org.people`. kind: IC or Manager. boss: whom it reports to. filled_in_week: when
    the hiring policy fills it; infinity if it does not."""

    seat: int
    kind: type
    boss: Manager
    filled_in_week: float


def _vacancies(model: Host, staff: Staff) -> tuple[Vacancy, ...]:
    """Return the vacant seats, managers' first, then those under the same boss together."""
    org = model.tables
    rows = np.flatnonzero(org.people["role"][: staff.humans] == VACANT)
    found = []
    for row in rows.tolist():
        boss = seats.boss_present(org, row)
        kind = Manager if org.lives["seat_role"][row] == MANAGER else IC
        found.append(Vacancy(row, kind, staff.at[boss], float(org.lives["open_until"][row])))
    return tuple(sorted(found, key=lambda v: (v.kind is IC, v.boss.row, v.seat)))


def _seat_to_fill(model: Host, staff: Staff, where: Vacancy | Manager, method: str = "hire") -> int:
    """Return the row of the vacant seat that *where* means. Raises `UserError` if there is none."""
    found = _vacancies(model, staff)
    if isinstance(where, Vacancy):
        if where.seat in {vacancy.seat for vacancy in found}:
            return where.seat
        raise UserError(
            f"{method}: seat {where.seat} is not vacant; model.vacancies lists the seats that are"
        )
    if not isinstance(where, Manager):
        raise UserError(
            f"hire: {where!r} is neither a vacancy nor a manager; model.vacancies lists what is vacant"
        )
    mine = [vacancy.seat for vacancy in found if vacancy.boss is where]
    if not mine:
        raise UserError(
            f"hire: no seat is vacant under {where!r}, and seats are not made in a run; model.vacancies has {len(found)}"
        )
    return mine[0]


# --- The door ------------------------------------------------------------------------------------------------------------


class PeopleDoor(mesa.Model):
    """The part of `sim.mesa_model.model.OrgModel` through which people come, go and change roles."""

    _engine: SteppedEngine
    _org: Org
    _staff: Staff
    _shock: interventions.Shock | None
    _has_changed: bool  # anybody has moved, come or gone

    @property
    def vacancies(self) -> tuple[Vacancy, ...]:
        """The vacant seats, managers' first; `hire` fills one."""
        return _vacancies(self, self._staff)

    def carried_hours(self, row: int) -> np.ndarray:
        """Return the hours by activity of the person in *row* that the engine has booked elsewhere, float64 [activities]."""
        return self._staff.carried[row]

    def lay_off(self, who: Person | Iterable[Person]) -> None:
        """Lay somebody off, or several at once, between two weeks after the warm-up.

        Severance is paid, changes are taken over or abandoned, reports go to the next manager above, survivors quit more
        (if people quit), and the ledger has a row with the rule "event". The seats stay vacant until `hire`. Raises
        `UserError` within a week, before the end of the warm-up, and for a top, whom nobody could stand in for.
        """
        self._check_moment("lay_off")
        people = [who] if isinstance(who, mesa.Agent) else list(who)
        rows = [self._row_with_boss(person, "lay_off", "laid off") for person in people]
        if len(set(rows)) < len(rows):
            raise UserError("lay_off: somebody is named twice; name everybody once")
        if not rows:
            return
        books, p = self._staff.books(), self._engine.parameters
        self._shock = interventions.shocked(self._org, p, self._shock, self.week, len(rows))
        self._org = interventions.lay_off(self._org, p, rows, self.week)
        self._people_changed(books)

    def convert(self, manager: Manager) -> IC:
        """Let *manager* become an IC of the boss, between two weeks after the warm-up; return the person's new agent.

        Reports go to the boss, the manager's seat is closed, and pay is that of an IC. It is no layoff; the ledger marks
        the row as converted. Raises `UserError` as `lay_off` does, and if *manager* is no manager.
        """
        self._check_moment("convert")
        row = self._row_with_boss(manager, "convert", "converted")
        if not isinstance(manager, Manager):
            raise UserError(f"convert: {manager!r} is an IC already; choose a Manager")
        books, p = self._staff.books(), self._engine.parameters
        self._org = interventions.convert(self._org, p, row, self.week, self._agents_each)
        self._people_changed(books)
        return self._staff.at[row]

    def promote(self, person: Person, into: Vacancy | Manager | None = None) -> Manager:
        """Let *person* lead, between two weeks after the warm-up; return the person's new agent.

        into: a vacant manager's seat of `vacancies`, or the person's own boss (the default): the two change places, and a
        boss who takes an IC's seat becomes an IC. How good the promoted are as managers follows careers.transfer; the work
        of a seat that somebody leaves goes to others. Raises `UserError` as `lay_off` does, if the boss is a top, and if
        *into* is neither.
        """
        self._check_moment("promote")
        row = self._row_with_boss(person, "promote", "promoted")
        into = person.boss if into is None else into
        if isinstance(into, Vacancy):
            seat = _seat_to_fill(self, self._staff, into, "promote")
            if self._org.lives["seat_role"][seat] != MANAGER:
                raise UserError(
                    f"promote: seat {seat} is an IC's; choose a vacancy of kind Manager, or the person's boss"
                )
        elif into is person.boss:
            seat = self._row_with_boss(into, "promote", "displaced")
        else:
            raise UserError(
                f"promote: {into!r} is neither {person!r}'s boss nor a vacancy; the two are what somebody can take over"
            )
        books, p = self._staff.books(), self._engine.parameters
        self._org = interventions.promote(self._org, p, row, seat, self.week, self._agents_each)
        self._people_changed(books)
        return self._staff.at[seat]

    def hire(self, where: Vacancy | Manager) -> IC | Manager:
        """Fill a vacant seat at once, between two weeks after the warm-up; return the newcomer's agent.

        where: one of `vacancies`, or a manager: the first vacancy that reports there. The hire costs money; a newcomer
        ramps up and takes the boss's time if switches.hiring is on. Raises `UserError` as `lay_off` does, and if nothing
        is vacant there.
        """
        self._check_moment("hire")
        if isinstance(where, mesa.Agent):
            self._row_of(where, "hire")
        row = _seat_to_fill(self, self._staff, where)
        books, p = self._staff.books(), self._engine.parameters
        self._org = interventions.hire(self._org, p, row, self.week, self._agents_each)
        self._people_changed(books)
        return self._staff.at[row]

    def _people_changed(self, books: np.ndarray) -> None:
        """Let agents and hands-on desks follow, and the coming week be planned anew; *books*: hours before the change."""
        self._engine.let_people_come_and_go()
        self._follow_people(books)
        self._fit_hands_on()
        self._nudges.update(range(len(self._org.people)))
        self._replan = True

    def _check_moment(self, method: str) -> None:
        if not self.week_has_ended:
            raise UserError(
                f"{method}: day {self.day} is within a week; people come and go between two weeks (week_has_ended)"
            )
        if self.week < 0:
            raise UserError(
                f"{method}: the warm-up ends in {-self.week} weeks; people come and go from then on (week 0)"
            )

    def _row_with_boss(self, person: object, method: str, done: str) -> int:
        row = self._row_of(person, method)
        if person.boss is None:
            raise UserError(
                f"{method}: {person!r} is a top, so nobody could stand in, and cannot be {done}; let the top report to "
                f"somebody first (move), or choose somebody else"
            )
        return row

    def _follow_people(self, books: np.ndarray) -> None:
        """Let the agents follow those who came, went or changed roles; *books*: everybody's hours before that."""
        self._has_changed |= self._staff.follow(books)
        added = len(self._org.people) - len(self.ai_shares)
        if added:
            planned = float(self._engine.parameters["ai_share_of_code"][0])
            self.ai_shares = np.append(self.ai_shares, np.full(added, planned))

    def _row_of(self, person: object, method: str) -> int:
        if isinstance(person, CodingAgent):
            raise UserError(f"{method}: {person!r} belongs to its supervisor; name {person.supervisor!r}")
        if not isinstance(person, (IC, Manager)) or person.model is not self:
            raise UserError(f"{method}: {person!r} is nobody in this model; take a person from model.agents")
        if not person.present:
            raise UserError(
                f"{method}: {person!r}; model.person({person.pid}) finds the person if in another role"
            )
        return person.row
