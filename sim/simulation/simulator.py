"""One scenario, ready to run: advanced week by week, people's weeks in between."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.constants import HOURS_PER_WEEK
from sim.engine.record import record
from sim.engine.state import Org, copy_of
from sim.engine.tables import MARGIN, grown
from sim.errors import UserError
from sim.flow.initialise import new_org, start
from sim.flow.no_flow import pass_weeks
from sim.flow.schedule import DONE, OVERFLOW, advance
from sim.organisation.tree import Tree
from sim.outcomes.declared import WEEKLY, compute, with_week_held
from sim.outcomes.period import Period
from sim.parameters.changing import touches_flow
from sim.parameters.sections import PEOPLE_SWITCHES, is_on
from sim.people.dated import carry_out
from sim.people.desks import with_desks
from sim.people.exits import close_books
from sim.people.laying_off import Setup
from sim.people.replan import change_parameters, resume
from sim.people.scoreboard import WEEKS, boards, mark
from sim.people.vacancies import note_if_died_out
from sim.people.week import hold_week
from sim.scenario.events import check_seats
from sim.scenario.layoff_checks import check_cuts
from sim.scenario.scenario import Scenario
from sim.scenario.tree import check_named_layers, heads_of, tree_of

#: Tables beyond this are a sign of an organisation that drowns in work (bytes).
MAX_TABLE_BYTES = 4 * 2**30


class Single(NamedTuple):
    """What one run gives: snapshots at the end of the warm-up and at the end, structured [2]; weekly series by name; cohort;
    ledger; managers' scoreboards (`sim.people.scoreboard`).
    """

    snapshots: np.ndarray
    series: dict[str, np.ndarray]
    cohort: np.ndarray
    ledger: np.ndarray
    board: np.ndarray


class Engine:
    """One scenario, ready to run: the tables of its people at the start, copied for every run."""

    def __init__(self, scenario: Scenario, tree: Tree | None = None) -> None:
        """*tree*: of the scenario's organisation, where it is known already."""
        self.scenario = scenario
        self.tree = tree_of(scenario) if tree is None else tree
        heads = heads_of(self.tree)
        check_cuts(scenario, heads)
        check_named_layers(scenario, self.tree)
        check_seats(scenario.events, scenario.place("events"), scenario.values, heads.ics, heads.managers)
        self.parameters = record(scenario.values)
        self._changes = _changes(scenario)
        self.weeks = scenario.warmup_weeks + scenario.weeks
        self._template = new_org(self.tree, self.parameters, self.weeks)
        self._flows = bool(scenario.values["switches.flow"])
        self.people_come_and_go = any(is_on(scenario.values[path]) for path in PEOPLE_SWITCHES)
        self.people_come_and_go |= bool(scenario.events) or not self._flows
        self._weeks_between = _weeks_between(scenario)
        self.agents_each = int(self._template.people["agents"].max(initial=0))

    def begin(self, seed: int, run: int) -> Org:
        """Return the organisation at tick 0 of run *run*."""
        org = Org(*(copy_of(table) for table in self._template))
        start(org, self.parameters, seed, run)
        return org

    def advance(self, org: Org, hours: float) -> Org:
        """Simulate *org* up to *hours* after the start of the warm-up; return it (its tables may have grown).

        Beyond the horizon there is no room for snapshots, so it stops there.
        """
        hours = min(hours, self.weeks * HOURS_PER_WEEK)
        if not self.people_come_and_go:
            return self.advance_flow(org, hours, self.parameters)
        while True:
            held = int(org.world["people_week"][0])
            p = self._parameters_after(held)
            week_ends = (self.scenario.warmup_weeks + held) * HOURS_PER_WEEK
            if week_ends > hours:
                return self.advance_flow(org, hours, p)
            org = self.advance_flow(org, week_ends, p)
            org = self.hold_people_week(org, p)
            org.world["people_week"] += self._weeks_between - 1
            if held in self._changes:
                org = self._change_parameters(org, p, held)

    def hold_people_week(self, org: Org, p: np.ndarray) -> Org:
        """Hold the people's week that has just ended, with the scenario's dated events; *p*: parameter record.

        Of events that set parameters nothing is done here.
        """
        week = int(org.world["people_week"][0])
        setup = Setup(self.tree, self.scenario.values, self.scenario.warmup_weeks, self.agents_each)
        org = hold_week(org, p, setup)
        due = tuple(event for event in self.scenario.events if event.week == week)
        if any(event.action != "set" for event in due):
            org = carry_out(org, p, due, week, setup)
        note_if_died_out(org, week)
        if week == self.scenario.weeks:
            close_books(org)
        return org

    def settings_due(self, week: int) -> dict[str, float | int | bool | str]:
        """Return path -> value of what the scenario's dated events set at the end of *week*."""
        return {
            path: value
            for event in self.scenario.events
            if event.week == week
            for path, value in event.settings
        }

    def _parameters_after(self, held: int) -> np.ndarray:
        """Return the parameter record that is valid once so many people's weeks have been held."""
        weeks = [week for week in self._changes if week < held]
        return self._changes[max(weeks)] if weeks else self.parameters

    def _change_parameters(self, org: Org, old: np.ndarray, week: int) -> Org:
        p, paths = self._changes[week], tuple(self.settings_due(week))
        if not touches_flow(paths):
            return org
        if "ai.share_of_code" in paths:
            org.people["ai_planned"] = p["ai_share_of_code"][0]
        org, wake = change_parameters(org, p, old, paths)
        org = with_desks(org, p, self.agents_each)
        return resume(org, p, set(range(len(org.people))), True, wake)

    def advance_flow(self, org: Org, hours: float, p: np.ndarray) -> Org:
        """Let the compiled engine run *org* up to *hours* with the parameter record *p*, or weeks go by without work."""
        if not self._flows:
            pass_weeks(org, hours)
            return org
        while (status := advance(org, p, float(hours))) != DONE:
            if status == OVERFLOW:
                raise UserError(
                    f"{self.scenario.name}: more than {MARGIN} messages of one person at one moment in week "
                    f"{org.world[0].now / HOURS_PER_WEEK:.0f}; lower questions.per_standard_hour or work.size_mean"
                )
            tables = ("changes", "items", "events")
            if sum(getattr(org, name).nbytes for name in tables) > MAX_TABLE_BYTES:
                raise UserError(
                    f"{self.scenario.name}: more than {MAX_TABLE_BYTES >> 30} GB of unfinished work in week "
                    f"{org.world[0].now / HOURS_PER_WEEK:.0f}; limit it (work.max_open, work.wip_limit, arrivals.per_hour)"
                )
            more = {name: max(len(getattr(org, name)) // 2, 1024 + 4 * len(org.people)) for name in tables}
            org = grown(org, **more)
        return org

    @property
    def last_hour_to_branch(self) -> float:
        """The hour, from the start of the warm-up, up to which an organisation may be advanced before `finish`."""
        return (self.weeks - min(WEEKS, self.scenario.weeks)) * HOURS_PER_WEEK

    def simulate(self, seed: int, run: int) -> Single:
        """Return what one run from the start to the horizon gives."""
        return self.finish(self.begin(seed, run))

    def finish(self, org: Org, weekly: Sequence[str] = WEEKLY) -> Single:
        """Return what the run of *org* gives, simulated from where it is to the horizon. weekly: outcomes to give by week."""
        values, window = self.scenario.values, min(WEEKS, self.scenario.weeks)
        org = self.advance(org, self.last_hour_to_branch)
        before = mark(org)
        org = self.advance(org, self.weeks * HOURS_PER_WEEK)
        board = boards(org, self._parameters_after(self.scenario.weeks + 1), values, before, window)
        weeks = org.weeks[self.scenario.warmup_weeks :]
        period = Period(weeks[:-1], weeks[1:], 1.0, self.tree, values)
        ends = with_week_held(weeks[[0, -1]].copy(), org.world, self.scenario.weeks)
        return Single(ends, compute(period, tuple(weekly)), org.cohort, org.ledger, board)

    def outcomes(self, snapshots: np.ndarray) -> dict[str, np.ndarray]:
        """Return the outcomes of runs with these *snapshots*, structured [R, 2]."""
        return compute(
            Period(snapshots[:, 0], snapshots[:, 1], self.scenario.weeks, self.tree, self.scenario.values)
        )


def _weeks_between(scenario: Scenario) -> int:
    """Return the weeks from one people's week in which anything can happen to the next: without work only rounds of careers."""
    values = scenario.values
    weekly = bool(scenario.events) or any(values[f"switches.{name}"] for name in ("flow", "quits", "layoffs"))
    delayed = values["switches.hiring"] and float(values["hiring.delay_weeks"]) > 0.0
    return 1 if weekly or delayed else int(values["careers.every_weeks"])


def _changes(scenario: Scenario) -> dict[int, np.ndarray]:
    """Return week -> parameter record from the end of that week on, for every week in which a dated event sets any."""
    made, values = {}, dict(scenario.values)
    for event in sorted(
        scenario.events, key=lambda event: event.week
    ):  # stable: in the order of the list within a week
        if event.settings:
            values |= dict(event.settings)
            made[event.week] = record(values)
    return made
