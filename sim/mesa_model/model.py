"""The organisation as a Mesa model: look at anybody, act between days, and get the engine's numbers.

A `step` is one working day of 8 hours. The compiled engine does the work, so a model that is only stepped has the same
outcomes, bit for bit, as `sim.simulation.run.run` with the same scenario, seed and run. Between steps a policy may read the
agents (`model.agents_by_type[Manager]`) and change the organisation (`move`, `lay_off`, `hire`, `convert`, `set_ai_share`,
`set_parameter`; when a change takes effect: see `sim.people.moves`, `sim.mesa_model.actions` and `sim.parameters.changing`).
People may also come and go by themselves at a week's end; the agents follow. Randomness is the engine's keyed dice: nothing
here draws from ``model.random``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from math import inf
from types import MappingProxyType
from typing import NamedTuple

import mesa
import numpy as np
from mesa.agent import AgentSet

from sim.constants import HOURS_PER_DAY, HOURS_PER_WEEK, MANAGER
from sim.constants import IC as IC_ROLE
from sim.engine.codes import MAX_LAYERS
from sim.engine.hierarchy import chain_up, members
from sim.engine.record import record
from sim.engine.state import Org
from sim.errors import UserError
from sim.mesa_model import actions
from sim.mesa_model.actions import PeopleDoor
from sim.mesa_model.agents import IC, Manager, Person, is_human
from sim.mesa_model.host import Mark
from sim.mesa_model.staff import Staff
from sim.mesa_model.stepping import SteppedEngine
from sim.organisation.costs import pay_scale
from sim.organisation.headcounts import MAX_LAYERS as MOST_LAYERS
from sim.organisation.tree import Tree, assemble
from sim.outcomes.declared import WEEKLY, compute, left_out, with_week_held
from sim.outcomes.period import Period
from sim.parameters.changing import takes_effect, touches_flow
from sim.parameters.registry import REGISTRY
from sim.parameters.sections import PEOPLE_SWITCHES, is_on
from sim.people import condition, moves, replan, reviews
from sim.people.desks import fit_hands_on
from sim.scenario.scenario import Scenario, load
from sim.simulation.run import check_runs

DAYS_PER_WEEK = 5


class _Transfer(NamedTuple):
    """Inbox hours that a manager brought along from one layer to another; in the snapshots from *week* on."""

    week: int
    old: int
    new: int
    served: float
    capacity: float


@dataclass(frozen=True, eq=False)
class _PeriodTree(Tree):
    """The tree at the start for a period with moves: its shape is that of the *present* tree, its payroll the mean over the
    period, USD a year. What people who have come or gone since change is added by the outcomes."""

    present: Tree | None = None
    mean_payroll: float = 0.0

    @property
    def payroll(self) -> float:
        return self.mean_payroll

    @property
    def layers(self) -> int:
        return self.present.layers

    def facts(self) -> dict:
        return self.present.facts()


def _weekly(name: str, model: OrgModel) -> float:
    """Return the outcome *name* of the last completed week."""
    week = int(model.tables.world["week"][0])
    return model.outcomes_of_weeks(week - 1, week, (name,))[name]


class OrgModel(PeopleDoor):
    """One run of a scenario, day by day.

    scenario: a `sim.scenario.scenario.Scenario`, the name of a bundled one, or a path. seed, run: the key of the dice. Raises
    `UserError` where the scenario cannot be built.

    setup: the scenario. day: working days since the start of the warm-up. marks: hours of everybody at the beginning and the
    end of the last completed week, or None. datacollector: collected at the end of every week after the warm-up, with the
    weekly outcomes; put your own in its place, or None.
    """

    def __init__(self, scenario: Scenario | str, seed: int = 1, run: int = 0) -> None:
        check_runs(1, seed, run)
        # Mesa's generators serve AgentSet.shuffle and the like; the engine never draws from them.
        super().__init__(rng=(int(seed) << 32) | int(run))
        self.setup = scenario if isinstance(scenario, Scenario) else load(scenario)
        self._engine = SteppedEngine(self.setup)
        self._org = self._engine.begin(seed, run)
        self._values = dict(self.setup.values)
        self.day = 0
        self.ai_shares = np.full(len(self._org.people), float(self._values["ai.share_of_code"]))
        self.marks: tuple[Mark, Mark] | None = None
        self._transfers: list[_Transfer] = []
        self._payrolls: list[tuple[float, float]] = [(0.0, self._engine.tree.payroll)]
        self._nudges: set[int] = set()
        self._replan = self._wake = self._has_moved = False
        self._desks = bool(np.any(~is_human(self._org)))
        agents = self._org.agents
        self._agents_each = int(self._org.people["agents"].max(initial=0)) if len(agents) else 0
        self._numbers = itertools.count(1)
        self._shock = None
        self._has_changed = False
        self._staff = Staff(self)
        self._hold_week()
        self._week_start = self._mark()
        absent = left_out(self.setup.values, self._engine.tree.layers)
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
    def days(self) -> int:
        """Working days from the start of the warm-up to the horizon."""
        return self._engine.weeks * DAYS_PER_WEEK

    @property
    def week(self) -> int:
        """Completed weeks since the end of the warm-up; negative before."""
        return self.day // DAYS_PER_WEEK - self.setup.warmup_weeks

    @property
    def week_has_ended(self) -> bool:
        """True between two weeks, the moment for a weekly policy."""
        return self.day % DAYS_PER_WEEK == 0

    def step(self) -> None:
        """Simulate one working day. Raises `UserError` beyond the horizon."""
        if self.day >= self.days:
            raise UserError(
                f"{self.setup.name}: simulated to the end of week {self.setup.weeks}; set time.weeks higher"
            )
        if self._nudges or self._replan or self._wake:
            p = self._engine.parameters
            self._org = replan.resume(self._org, p, self._nudges, self._replan, self._wake)
            self._nudges, self._replan, self._wake = set(), False, False
        if self.week_has_ended:
            self._week_start = self._mark()
        self._org = self._engine.flow(self._org, (self.day + 1) * HOURS_PER_DAY)
        self.day += 1
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

    def _mark(self) -> Mark:
        people = self._org.people
        columns = (people["served_hours"], people["capacity_hours"], self._org.hours)
        return Mark(self.day, *(column.copy() for column in columns))

    def _hold_week(self) -> None:
        """Let people come and go at a week's end after the warm-up, and the agents follow."""
        if self.week < 0 or not self.week_has_ended:
            return
        books = self._staff.books()
        due = self._engine.settings_due(self.week)
        self._org = self._engine.hold_week(self._org)
        self._follow_people(books)
        if due:
            self._change(due)

    # --- Looking ---------------------------------------------------------------------------------------------------------

    @property
    def tables(self) -> Org:
        """The engine's tables (see `sim.engine.state`); read them, but change the organisation only through methods."""
        return self._org

    @property
    def tree(self) -> Tree:
        """The organisation tree at this moment."""
        if not self._has_changed:
            return self._engine.tree
        people = self._org.people[: self._staff.humans]
        rows = np.flatnonzero(np.isin(people["role"], (IC_ROLE, MANAGER)))
        place = np.full(len(people) + 1, -1)
        place[rows] = np.arange(len(rows))
        people = people[rows]
        module = np.where(people["role"] == IC_ROLE, self._org.home[rows], -1)
        shared = (module >= 0) & (self._org.modules[module] != rows)
        module[shared] = len(self._org.modules) + np.arange(np.count_nonzero(shared))
        boss = place[people["boss"]]
        tree = assemble(people["pid"], people["role"], boss, module, pay_scale(self.setup.values))
        pay = np.array([self._staff.of[pid].pay for pid in tree.pid.tolist()])
        return replace(tree, pay=pay, payroll_gap=self._engine.tree.payroll_gap)

    @property
    def parameters(self) -> Mapping[str, float | int | bool | str]:
        """Every parameter's present value, by path; change one with `set_parameter`."""
        return MappingProxyType(self._values)

    def parameter(self, path: str) -> float | int | bool | str:
        """Return the present value of parameter *path*."""
        return self._values[path]

    def person(self, pid: int) -> IC | Manager:
        """Return the person with the permanent id *pid*."""
        if pid not in self._staff.of:
            raise UserError(f"person: nobody has the permanent id {pid}; `agent.pid` is an agent's")
        return self._staff.of[pid]

    def member(self, row: int) -> IC | Manager | None:
        """Return the human whose row (or desk) *row* is; None for -1 and for a vacant seat."""
        return self._staff.at[int(self._org.people["human"][row])] if row >= 0 else None

    def planned_ai_share(self, row: int) -> float:
        """Return the planned AI share of the code of the person or desk in *row*."""
        return float(self.ai_shares[row])

    def reports_of(self, row: int) -> AgentSet:
        """Return the direct reports of the manager in *row*."""
        rows = np.flatnonzero(self._org.people["boss"][: self._staff.humans] == row).tolist()
        return AgentSet([self._staff.at[i] for i in rows], random=self.random)

    def coding_agents_of(self, row: int) -> AgentSet:
        """Return the AI agents supervised by the person or desk in *row* (none for -1)."""
        found = []
        if row >= 0:
            first, number = (int(self._org.people[name][row]) for name in ("first_agent", "agents"))
            found = self._staff.coding[first : first + number]
        return AgentSet(found, random=self.random)

    # --- Outcomes --------------------------------------------------------------------------------------------------------

    def outcomes(self) -> dict[str, float]:
        """Return name -> outcome of the completed weeks after the warm-up; NaN where undefined.

        At the horizon and without interventions these are the figures of `sim.simulation.run.run`, bit for bit. After moves,
        structure (spans, layers) is that of the end, and payroll the mean over the time.
        """
        week = int(self._org.world["week"][0])
        if week <= self.setup.warmup_weeks:
            raise UserError(
                f"{self.setup.name}: no week has been completed after the {self.setup.warmup_weeks} of warm-up"
            )
        return self.outcomes_of_weeks(self.setup.warmup_weeks, week)

    def outcomes_of_weeks(
        self, first: int, last: int, names: tuple[str, ...] | None = None
    ) -> dict[str, float]:
        """Return the outcomes (all, or *names*) between the ends of weeks *first* and *last*, counted from the very start."""
        snapshots = self._org.weeks[[first, last]].copy()
        if not self._engine.people_come_and_go:
            snapshots["people_week"] = 0
        else:
            with_week_held(snapshots, self._org.world, last - self.setup.warmup_weeks)
        for transfer in self._transfers:
            later = np.array([first, last]) >= transfer.week
            for field, hours in (("inbox_hours", transfer.served), ("inbox_capacity", transfer.capacity)):
                snapshots[field][later, transfer.old] -= hours
                snapshots[field][later, transfer.new] += hours
        period = Period(
            snapshots[:1], snapshots[1:], last - first, self._tree_of_weeks(first, last), self.setup.values
        )
        return {name: float(value[0]) for name, value in compute(period, names).items()}

    def _tree_of_weeks(self, first: int, last: int) -> Tree:
        """Return the tree for the outcomes of a period: the present one, at the period's mean payroll."""
        if not self._has_moved:
            return self._engine.tree
        hours = np.array([hours for hours, _ in self._payrolls] + [inf])
        spent = np.diff(np.clip(hours, first * HOURS_PER_WEEK, last * HOURS_PER_WEEK))
        mean = float(spent @ np.array([payroll for _, payroll in self._payrolls]) / spent.sum())
        start = {field.name: getattr(self._engine.tree, field.name) for field in fields(Tree)}
        return _PeriodTree(**start, present=self.tree, mean_payroll=mean)

    # --- Acting ----------------------------------------------------------------------------------------------------------

    def move(self, person: IC | Manager, new_boss: Manager) -> None:
        """Let *person*, with everybody below, report to *new_boss* from now on.

        Layers are counted anew, and pay follows the layer (a top keeps its pay). Raises `UserError` if *new_boss* is no
        manager, is *person* or below *person*, or if the tree would get too deep. Moving to one's own boss does nothing.
        """
        i, boss = self._row_of(person, "move"), self._row_of(new_boss, "move")
        if not isinstance(new_boss, Manager):
            raise UserError(f"move: {new_boss!r} is no manager, so nobody can report there; choose a Manager")
        path = chain_up(self._org, boss)
        if i in path:
            what = "is the same person" if i == boss else f"works below {person!r}"
            raise UserError(
                f"move: {new_boss!r} {what}, so {person!r} cannot report there; move {new_boss!r} first"
            )
        if person.layer + len(path) > MOST_LAYERS:
            raise UserError(
                f"move: the tree would have more than {MOST_LAYERS} layers; choose a boss nearer to the top"
            )
        if person.boss is new_boss:
            return
        p, now = self._engine.parameters, self.day * HOURS_PER_DAY
        teams = [int(self._org.people["boss"][i]), boss]
        roots = self._org.people["boss"][: self._staff.humans] < 0
        self._org = reviews.with_room(self._org)
        self._org, old_layers = moves.move(self._org, p, i, boss)
        self._has_moved = self._has_changed = True
        self._org.lives["seat_boss"][i] = boss
        self._org.lives["moved"][i] = self.week if isinstance(person, IC) else -inf
        self._follow_layers(old_layers)
        was_root = bool(roots[i])
        paid_anew = [m for m in (*old_layers, *([i] if was_root else [])) if not roots[m] or m == i]
        self._pay_by_layer(paid_anew, now)
        for team in teams:
            self._nudges.update(members(self._org, team))
        self._nudges.add(i)
        self._replan |= self.week_has_ended
        if self.week >= 0:
            condition.set_condition(self._org, p, self.week)

    def _follow_layers(self, old_layers: dict[int, int]) -> None:
        """Let inbox hours by layer, hands-on desks and items from outside follow managers whose layer has changed."""
        p, week = self._engine.parameters, int(self._org.world["week"][0])
        if not old_layers:
            return
        moves.settle_people(self._org, list(old_layers))
        for m, old in old_layers.items():
            person = self._org.people[m]
            layers = [min(layer, MAX_LAYERS - 1) for layer in (int(person["layer"]), old)]
            self._transfers.append(
                _Transfer(week + 1, *layers, float(person["served_hours"]), float(person["capacity_hours"]))
            )
        self._fit_hands_on()
        self._org = replan.announce_external(self._org, p)

    def _fit_hands_on(self) -> None:
        if not self._desks:
            return
        before = len(self._org.people)
        self._org = fit_hands_on(self._org, self._engine.parameters, self._agents_each)
        added = len(self._org.people) - before
        if added:
            self._follow_people(self._staff.books())
            replan.plan_ai(self._org, self._engine.parameters, self.ai_shares)
        desks = np.flatnonzero(~is_human(self._org))
        self._nudges.update(desks.tolist())

    def _pay_by_layer(self, rows: list[int], now: float) -> None:
        scale = pay_scale(self.setup.values)
        lives, payroll = self._org.lives, self._payrolls[-1][1]
        for row in rows:
            pay = scale.ic_pay * scale.ratio(int(self._org.people["layer"][row]))
            payroll += pay - lives["pay"][row]
            lives["pay"][row] = lives["seat_pay"][row] = pay
        if rows:
            self._payrolls.append((now, payroll))

    def set_ai_share(self, who: Person | Iterable[Person] | None, share: float) -> None:
        """Let AI write the planned *share* of the code volume in the next changes of *who*.

        who: an IC; a Manager, who stands for the team (the ICs who report there, and the manager's hands-on work); several of
        them; or None for everybody. Changes under way are finished as they were begun. `ai.share_of_code` becomes the mean
        over the ICs, to which demand answers if it is elastic. Raises `UserError` if the share is outside 0 to 1.
        """
        share = REGISTRY["ai.share_of_code"].check(share, "set_ai_share: ")
        if share > 0 and not self._values["switches.ai"]:
            raise UserError("set_ai_share: AI is off in this scenario; start it with switches.ai: true")
        if who is None:
            rows = set(range(len(self._org.people)))
        else:
            rows = set()
            for person in [who] if isinstance(who, mesa.Agent) else who:
                row = self._row_of(person, "set_ai_share")
                rows.update([row] if isinstance(person, IC) else members(self._org, row))
        chosen = sorted(rows)
        if np.all(self.ai_shares[chosen] == share):
            return
        self.ai_shares[chosen] = share
        replan.plan_ai(self._org, self._engine.parameters, self.ai_shares)
        self._values["ai.share_of_code"] = float(self._engine.parameters["ai_share_of_code"][0])
        self._nudges.update(row for row in chosen if self._org.people["coder"][row])

    def set_parameter(self, path: str, value: float | int | bool | str) -> None:
        """Change a parameter from now on; `sim.parameters.changing.takes_effect` says when that shows.

        Raises `UserError` for an unknown parameter, a value outside its bounds, and a parameter that only acts at the start.
        """
        takes_effect(path)
        value = REGISTRY[path].check(value, "set_parameter: ")
        if value == self._values[path]:
            return
        if path == "ai.agent_fraction" and not self._agents_each:
            raise UserError("set_parameter: ai.agent_fraction: nobody has an AI agent; start with it above 0")
        if path == "managers.hands_on_share" and not self._desks:
            raise UserError(
                "set_parameter: managers.hands_on_share: nobody has a desk; start with it above 0"
            )
        first = max(int(self._org.world["people_week"][0]), 1)
        actions.check_date(path, value, self._values, first, self.setup.weeks)
        self._change({path: value})

    def _change(self, settings: Mapping[str, float | int | bool | str]) -> None:
        """Let parameters (path -> value) change from now on."""
        p = self._engine.parameters
        old = p.copy()
        self._values.update(settings)
        p[:] = record(self._values)
        if any(path in PEOPLE_SWITCHES and is_on(value) for path, value in settings.items()):
            self._engine.let_people_come_and_go()
        if not touches_flow(settings):
            return
        if "ai.share_of_code" in settings:
            self.ai_shares[:] = settings["ai.share_of_code"]
        self._org, budget = replan.change_parameters(self._org, p, old, tuple(settings), self.ai_shares)
        self._wake |= budget
        self._fit_hands_on()
        self._nudges.update(range(len(self._org.people)))
        self._replan |= self.week_has_ended
