"""The organisation as a Mesa model: look at anybody, act between days, and get the engine's numbers.

A `step` is one working day of 8 hours. The compiled engine does the work, so a model that is only stepped has the same
outcomes, bit for bit, as `sim.simulation.run.run` with the same scenario, seed and run. Between steps a policy may read the
agents (`model.agents_by_type[Manager]`) and change the organisation (`move`, `lay_off`, `hire`, `open_seats`, `convert`,
`set_ai_share`, `set_parameter`; when a change takes effect: see `sim.people.moves`, `sim.mesa_model.actions` and
`sim.parameters.changing`). People may also come and go by themselves at a week's end; the agents follow. Randomness is the
engine's keyed dice: nothing here draws from ``model.random``.

The model itself is a clock, and hands everything else to its parts: `course` (tables and parameters at this moment), `staff`
(agents), `ai_plan` (who is to use AI how much), `following` (what follows people), `moving`, `actions` and `settings` (what can
be done), `measuring` (outcomes).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType

import mesa
import numpy as np
from mesa.agent import AgentSet

from sim.engine.state import Org
from sim.errors import UserError
from sim.mesa_model.actions import Actions, Vacancy
from sim.mesa_model.agents import IC, CodingAgent, Manager, Person
from sim.mesa_model.ai_plan import AiPlan
from sim.mesa_model.course import DAYS_PER_WEEK, Course
from sim.mesa_model.following import Following
from sim.mesa_model.host import Mark
from sim.mesa_model.leaving import Leaving, leavings_of
from sim.mesa_model.measuring import Measuring
from sim.mesa_model.moving import Moving
from sim.mesa_model.settings import Settings
from sim.mesa_model.staff import Staff
from sim.mesa_model.waits import Wait, waits_of
from sim.organisation.tree import Tree
from sim.outcomes.declared import WEEKLY, left_out
from sim.scenario.scenario import Scenario, Value, load
from sim.simulation.run import check_runs


def _weekly(name: str, model: OrgModel) -> float:
    """Return the outcome *name* of the last completed week."""
    week = int(model.tables.world["week"][0])
    return model.outcomes_of_weeks(week - 1, week, (name,))[name]


class OrgModel(mesa.Model):  # type: ignore[misc]  # Mesa ships no types
    """One run of a scenario, day by day.

    scenario: a `sim.scenario.scenario.Scenario`, the name of a bundled one, or a path. seed, run: the key of the dice. Raises
    `UserError` where the scenario cannot be built.

    setup: the scenario. marks: hours of everybody at the beginning and the end of the last completed week, or None.
    datacollector: collected at the end of every week after the warm-up, with the weekly outcomes; put your own in its place,
    or None.
    """

    def __init__(self, scenario: Scenario | str, seed: int = 1, run: int = 0) -> None:
        check_runs(1, seed, run)
        # Mesa's generators serve AgentSet.shuffle and the like; the engine never draws from them.
        super().__init__(rng=(int(seed) << 32) | int(run))
        self.setup = scenario if isinstance(scenario, Scenario) else load(scenario)
        self.marks: tuple[Mark, Mark] | None = None
        self._numbers = itertools.count(1)
        self._course = Course(self.setup, seed, run)
        self._plan = AiPlan(self._course)
        self._staff = Staff(self)
        following = Following(self._course, self._staff, self._plan)
        moving = Moving(self._course, self._staff, following)
        self._following, self._moving = following, moving
        self._actions = Actions(self._course, self._staff, following)
        self._settings = Settings(self._course, self._staff, self._plan, following)
        self._measuring = Measuring(self._course, self._staff, following, moving)
        self._hold_week()
        self._week_start = self._mark()
        absent = left_out(self.setup.values, self._course.engine.tree.layers)
        reporters = {name: partial(_weekly, name) for name in WEEKLY if name not in absent}
        self.datacollector = mesa.DataCollector(model_reporters={"week": "week", **reporters})

    def register_agent(self, agent: mesa.Agent) -> None:
        """Register *agent* with the model (Mesa calls it for every new agent)."""
        super().register_agent(agent)
        # Mesa 3.3 numbers agents in a table of the class that keeps every model alive for good.
        numbers = getattr(mesa.Agent, "_ids", None)
        if numbers is not None:
            numbers.pop(self, None)
            agent.unique_id = next(self._numbers)

    # --- Time ------------------------------------------------------------------------------------------------------------

    @property
    def day(self) -> int:
        """Working days since the start of the warm-up."""
        return self._course.day

    @property
    def days(self) -> int:
        """Working days from the start of the warm-up to the horizon."""
        return self._course.days

    @property
    def week(self) -> int:
        """Completed weeks since the end of the warm-up; negative before."""
        return self._course.week

    @property
    def week_has_ended(self) -> bool:
        """True between two weeks, the moment for a weekly policy."""
        return self._course.week_has_ended

    def step(self) -> None:
        """Simulate one working day. Raises `UserError` beyond the horizon."""
        self._course.begin_day()
        if self.week_has_ended:
            self._week_start = self._mark()
        self._course.pass_day()
        self.running = self.day < self.days
        if self.week_has_ended:
            self.marks = (self._week_start, self._mark())
            self._hold_week()
            if self.week > 0 and self.datacollector is not None:
                self.datacollector.collect(self)

    def run(self, weeks: float | None = None) -> None:
        """Step to the horizon, or for so many *weeks* (a day is 0.2)."""
        days = self.days - self.day if weeks is None else weeks * DAYS_PER_WEEK
        if weeks is not None and (days < 0 or abs(days - round(days)) > 1e-9):
            raise UserError(f"run: {weeks} weeks are no whole number of days; a day is 0.2")
        for _ in range(round(days)):
            self.step()

    def before_people(self) -> None:
        """Called at every week's end from week 0 on, before people come and go; does nothing.

        A subclass may look here at those who were there in the week that has ended, but not act.
        """

    def _mark(self) -> Mark:
        org = self._course.org
        columns = (org.people["served_hours"], org.people["capacity_hours"], org.hours)
        return Mark(self.day, *(column.copy() for column in columns))

    def _hold_week(self) -> None:
        """Let people come and go at a week's end after the warm-up, and the agents follow."""
        if self.week < 0 or not self.week_has_ended:
            return
        self.before_people()
        books = self._staff.books()
        due = self._course.engine.settings_due(self.week)
        self._course.hold_week()
        self._following.people(books)
        if due:
            self._settings.change(due)

    # --- Looking ---------------------------------------------------------------------------------------------------------

    @property
    def tables(self) -> Org:
        """The engine's tables (see `sim.engine.state`); read them, but change the organisation only through methods."""
        return self._course.org

    @property
    def tree(self) -> Tree:
        """The organisation tree at this moment."""
        return self._measuring.tree()

    @property
    def parameters(self) -> Mapping[str, Value]:
        """Every parameter's present value, by path; change one with `set_parameter`."""
        return MappingProxyType(self._course.values)

    def parameter(self, path: str) -> Value:
        """Return the present value of parameter *path*."""
        return self._course.values[path]

    @property
    def vacancies(self) -> tuple[Vacancy, ...]:
        """The vacant seats, managers' first; `hire` fills one."""
        return self._actions.vacancies()

    @property
    def waits(self) -> tuple[Wait, ...]:
        """Who waits for whom at this moment: open questions, changes that need another IC, and reviews."""
        return tuple(waits_of(self.tables))

    @property
    def leavings(self) -> tuple[Leaving, ...]:
        """Everybody who has left the organisation so far, when and why, those hired during the run among them."""
        return tuple(leavings_of(self.tables))

    @property
    def hand_hours(self) -> np.ndarray:
        """Hours that everybody has written by hand since the last week's end, float64 [people], a part of those of coding.

        At a week's end those of the week that has ended.
        """
        return self._course.hand_hours()

    def person(self, pid: int) -> IC | Manager:
        """Return the person with the permanent id *pid*."""
        if pid not in self._staff.of:
            raise UserError(f"person: nobody has the permanent id {pid}; `agent.pid` is an agent's")
        return self._staff.of[pid]

    def member(self, row: int) -> IC | Manager | None:
        """Return the human whose row (or desk) *row* is; None for -1 and for a vacant seat."""
        return self._staff.at[int(self.tables.people["human"][row])] if row >= 0 else None

    def carried_hours(self, row: int) -> np.ndarray:
        """Return the hours by activity of the person in *row* that the engine has booked elsewhere, float64 [activities]."""
        hours: np.ndarray = self._staff.carried[row]
        return hours

    def planned_ai_share(self, row: int) -> float:
        """Return the planned AI share of the code of the person or desk in *row*."""
        return self._plan.share_of(row)

    def reports_of(self, row: int) -> AgentSet:
        """Return the direct reports of the manager in *row*."""
        rows = np.flatnonzero(self.tables.people["boss"][: self._staff.humans] == row).tolist()
        found = [person for i in rows if (person := self._staff.at[i]) is not None]  # a desk reports, too
        return AgentSet(found, random=self.random)

    def coding_agents_of(self, row: int) -> AgentSet:
        """Return the AI agents supervised by the person or desk in *row* (none for -1)."""
        found: list[CodingAgent] = []
        if row >= 0:
            first, number = (int(self.tables.people[name][row]) for name in ("first_agent", "agents"))
            found = self._staff.coding[first : first + number]
        return AgentSet(found, random=self.random)

    # --- Outcomes --------------------------------------------------------------------------------------------------------

    def outcomes(self) -> dict[str, float]:
        """Return name -> outcome of the completed weeks after the warm-up; NaN where undefined.

        At the horizon and without interventions these are the figures of `sim.simulation.run.run`, bit for bit. After moves,
        structure (spans, layers) is that of the end, and payroll the mean over the time.
        """
        week = int(self.tables.world["week"][0])
        if week <= self.setup.warmup_weeks:
            raise UserError(
                f"{self.setup.name}: no week has been completed after the {self.setup.warmup_weeks} of warm-up"
            )
        return self.outcomes_of_weeks(self.setup.warmup_weeks, week)

    def outcomes_of_weeks(
        self, first: int, last: int, names: tuple[str, ...] | None = None
    ) -> dict[str, float]:
        """Return the outcomes (all, or *names*) between the ends of weeks *first* and *last*, counted from the very start."""
        return self._measuring.outcomes(first, last, names)

    # --- Acting ----------------------------------------------------------------------------------------------------------

    def move(self, person: IC | Manager, new_boss: Manager) -> None:
        """Let *person*, with everybody below, report to *new_boss* from now on.

        Layers are counted anew, and pay follows the layer (a top keeps its pay). Raises `UserError` if *new_boss* is no
        manager, is *person* or below *person*, or if the tree would get too deep. Moving to one's own boss does nothing.
        """
        self._moving.move(person, new_boss)

    def lay_off(self, who: Person | Iterable[Person]) -> None:
        """Lay somebody off, or several at once, between two weeks after the warm-up.

        Severance is paid, changes are taken over or abandoned, reports go to the next manager above, survivors quit more
        (if people quit), and the ledger has a row with the rule "event". The seats stay vacant until `hire`. Raises
        `UserError` within a week, before the end of the warm-up, and for a top, whom nobody could stand in for.
        """
        self._actions.lay_off(who)

    def convert(self, manager: Manager) -> IC:
        """Let *manager* become an IC of the boss, between two weeks after the warm-up; return the person's new agent.

        Reports go to the boss, the manager's seat is closed, and pay is that of an IC. It is no layoff; the ledger marks
        the row as converted. Raises `UserError` as `lay_off` does, and if *manager* is no manager.
        """
        return self._actions.convert(manager)

    def promote(self, person: Person, into: Vacancy | Manager | None = None) -> Manager:
        """Let *person* lead, between two weeks after the warm-up; return the person's new agent.

        into: a vacant manager's seat of `vacancies`, or the person's own boss (the default): the two change places, and a
        boss who takes an IC's seat becomes an IC. How good the promoted are as managers follows careers.transfer; the work
        of a seat that somebody leaves goes to others. Raises `UserError` as `lay_off` does, if the boss is a top, and if
        *into* is neither.
        """
        return self._actions.promote(person, into)

    def hire(self, where: Vacancy | Manager) -> IC | Manager:
        """Fill a vacant seat at once, between two weeks after the warm-up; return the newcomer's agent.

        where: one of `vacancies`, or a manager: the first vacancy that reports there. The hire costs money; a newcomer
        ramps up and takes the boss's time if switches.hiring is on. Raises `UserError` as `lay_off` does, and if nothing
        is vacant there.
        """
        return self._actions.hire(where)

    def open_seats(
        self, manager: Manager, count: int = 1, kind: type[IC] | type[Manager] = IC
    ) -> tuple[Vacancy, ...]:
        """Make *count* new seats of *kind* under *manager*, between two weeks after the warm-up; return them.

        They are vacant, and cost nothing, until `hire` fills them. A new team is a seat of kind Manager, somebody who is hired
        there, and seats under them. Raises `UserError` as `lay_off` does, and beyond the limits of people and layers.
        """
        return self._actions.open_seats(manager, count, kind)

    def set_ai_share(self, who: Person | Iterable[Person] | None, share: float) -> None:
        """Let AI write the planned *share* of the code volume in the next changes of *who*.

        who: an IC; a Manager, who stands for the team (the ICs who report there, and the manager's hands-on work); several of
        them; or None for everybody. Changes under way are finished as they were begun. `ai.share_of_code` becomes the mean
        over the ICs, to which demand answers if it is elastic. Raises `UserError` if the share is outside 0 to 1.
        """
        self._settings.set_ai_share(who, share)

    def set_parameter(self, path: str, value: Value) -> None:
        """Change a parameter from now on; `sim.parameters.changing.takes_effect` says when that shows.

        Raises `UserError` for an unknown parameter, a value outside its bounds, and a parameter that only acts at the start.
        """
        self._settings.set_parameter(path, value)
