"""The course of one run: the engine's tables and the parameters at this moment, advanced day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from sim.constants import HOURS_PER_DAY, HOURS_PER_WEEK
from sim.engine.record import record
from sim.errors import UserError
from sim.mesa_model.agents import is_human
from sim.mesa_model.hours import hand_hours_to_date
from sim.people import replan
from sim.scenario.scenario import Scenario, Value
from sim.simulation.simulator import Engine

DAYS_PER_WEEK = 5
#: Hours before a week's end at which hours of hand-writing are noted: the week's end clears them.
_MOMENT = 2.0**-20


class Course:
    """One run under way, and what must happen before its next day.

    setup: the scenario. engine: the scenario made ready to run; nothing here changes it. org: the tables, replaced when they
    grow. day: working days since the start of the warm-up. values, parameters: the present parameters, by path and as the
    kernels' record; the record is replaced when a value changes and never written to, since whoever has got it may keep it.
    has_desks: managers have hands-on desks. people_come_and_go: by themselves, or it was done by hand.
    """

    def __init__(self, setup: Scenario, seed: int, run: int) -> None:
        self.setup = setup
        self.engine = Engine(setup)
        self.org = self.engine.begin(seed, run)
        self.day = 0
        self.values: dict[str, Value] = dict(setup.values)
        self.parameters: np.ndarray = record(self.values)
        self.has_desks = bool(np.any(~is_human(self.org)))
        self.people_come_and_go = self.engine.people_come_and_go
        self._asked: set[int] = set()
        self._plan_week = self._wake = False
        self._hand_hours = np.zeros(len(self.org.people))

    # --- Time ------------------------------------------------------------------------------------------------------------

    @property
    def days(self) -> int:
        """Working days from the start of the warm-up to the horizon."""
        return self.engine.weeks * DAYS_PER_WEEK

    @property
    def week(self) -> int:
        """Completed weeks since the end of the warm-up; negative before."""
        return self.day // DAYS_PER_WEEK - self.setup.warmup_weeks

    @property
    def week_has_ended(self) -> bool:
        """True between two weeks."""
        return self.day % DAYS_PER_WEEK == 0

    def begin_day(self) -> None:
        """Let what was done since the last day take effect. Raises `UserError` at the horizon."""
        if self.day >= self.days:
            raise UserError(
                f"{self.setup.name}: simulated to the end of week {self.setup.weeks}; set time.weeks higher"
            )
        if self._asked or self._plan_week or self._wake:
            self.org = replan.resume(self.org, self.parameters, self._asked, self._plan_week, self._wake)
            self._asked, self._plan_week, self._wake = set(), False, False

    def pass_day(self) -> None:
        """Simulate the flow of work for a day."""
        hours = min((self.day + 1) * HOURS_PER_DAY, self.engine.weeks * HOURS_PER_WEEK)
        if hours % HOURS_PER_WEEK == 0.0:
            self.org = self.engine.advance_flow(self.org, hours - _MOMENT, self.parameters)
            self._hand_hours = hand_hours_to_date(self.org)
        self.org = self.engine.advance_flow(self.org, hours, self.parameters)
        self.day += 1

    def hand_hours(self) -> np.ndarray:
        """Return the hours written by hand since the last week's end, float64 [people]; at a week's end those of the week."""
        return self._hand_hours if self.week_has_ended else hand_hours_to_date(self.org)

    def hold_week(self) -> None:
        """Hold the people's week that has just ended.

        Where nobody comes or goes this only measures people, so that they can begin to at any week's end.
        """
        p = self.parameters
        if not self.people_come_and_go:
            p = p.copy()
            p["switches_strain"] = False
            p["ai_strategy"] = 0
        self.org = self.engine.hold_people_week(self.org, p)

    # --- What is to happen before the next day ---------------------------------------------------------------------------

    def ask(self, rows: Iterable[int], *, wake: bool = False) -> None:
        """Let the free among *rows* look for work when the next day begins; *wake*: those who read reviews, too."""
        self._asked.update(rows)
        self._wake |= wake

    def ask_everybody(self, *, wake: bool = False) -> None:
        """Let everybody who is free look for work when the next day begins; see `ask`."""
        self.ask(range(len(self.org.people)), wake=wake)

    def plan_week(self) -> None:
        """Between two weeks: let everybody's coming week be planned anew."""
        self._plan_week |= self.week_has_ended

    def set_values(self, settings: Mapping[str, Value]) -> None:
        """Let parameters (path -> value) have other values from now on."""
        self.values.update(settings)
        self.parameters = record(self.values)
