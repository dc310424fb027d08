"""Mesa agents as views: an IC, a manager or a coding agent reads its row of the engine's tables.

The engine moves the tables, the views show them; nothing is stored twice and nothing can be set here. To change the
organisation, use the methods of `sim.mesa_model.model.OrgModel`. Times are working hours, sizes standard hours, pay USD a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan
from typing import Any, NamedTuple

import numpy as np
from mesa import Agent
from mesa.agent import AgentSet

from sim.constants import HOURS_PER_WEEK
from sim.engine import codes
from sim.engine.state import Org
from sim.errors import UserError
from sim.mesa_model.host import Host, Mark
from sim.mesa_model.hours import hours_to_date
from sim.mesa_model.leaving import Leaving
from sim.scenario.by_layer import BY_LAYER


class Inbox(NamedTuple):
    """What waits for somebody's attention; own changes and the item in service are not counted."""

    items: int
    hours: float


@dataclass(frozen=True)
class HandsOn:
    """The hands-on work of a first-line manager at this moment.

    hours_per_week: protected time. writing, open_changes: changes in writing, and awaiting merge. ai_share: planned share of
    code volume written by AI.
    """

    hours_per_week: float
    writing: int
    open_changes: int
    ai_share: float


def _queue(org: Org, k: int) -> Inbox:
    """Return number and hours of the items in the linked list that begins with item *k*."""
    number, hours = 0, 0.0
    while k >= 0:
        item = org.items[k]
        if item["state"] != codes.WITHDRAWN:
            number += 1
            hours += float(item["left"])
        k = int(item["next"])
    return Inbox(number, hours)


class _View(Agent):  # type: ignore[misc]  # Mesa ships no types
    """A Mesa agent that shows one row of a table."""

    model: Host

    def _field(self, name: str) -> Any:
        """Return a field of this agent's row, as a number of Python's."""
        raise NotImplementedError

    def _whole(self, name: str) -> int:
        return int(self._field(name))

    def _number(self, name: str) -> float:
        return float(self._field(name))

    def remove(self) -> None:
        """Refuse: a view cannot leave without the person."""
        raise UserError(f"{self!r} cannot be removed from the model like this; use model.lay_off for people")


class Person(_View):
    """A human: what ICs and managers have in common.

    The agent is the person, not the seat. Once somebody has left or changed roles, the agent is out of the model, knows
    only its `pid` and why it `left`, and refuses (`UserError`) to show what is now somebody else's; `present` tells.
    """

    def __init__(self, model: Host, row: int) -> None:
        super().__init__(model)
        self._row: int | None = row
        self._pid = int(model.tables.people["pid"][row])
        self._since_day = model.day
        self._left: Leaving | None = None

    def sit_down(self, row: int) -> None:
        """Show *row* from now on, where this person sits (the model calls it)."""
        if row != self._row:
            self._row, self._since_day = row, self.model.day

    def leave(self, why: Leaving | None) -> None:
        """Leave the model, as the person has left or changed roles; *why* is kept in `left` (the model calls it)."""
        self._row, self._left = None, why
        super(_View, self).remove()

    def _field(self, name: str) -> Any:
        return self.model.tables.people[name][self.row].item()

    def __repr__(self) -> str:
        state = f"layer {self.layer}" if self.present else "no longer there"
        return f"<{type(self).__name__} {self.pid}, {state}>"

    @property
    def present(self) -> bool:
        """True while this person works here in this role."""
        return self._row is not None

    @property
    def left(self) -> Leaving | None:
        """When and why this person left, or left this role; None while `present`."""
        return self._left

    @property
    def row(self) -> int:
        """Row of this person's seat in the engine's tables."""
        if self._row is None:
            raise UserError(
                f"{self!r} has left the organisation or changed roles; model.person({self.pid}) finds who is there"
            )
        return self._row

    @property
    def pid(self) -> int:
        """Permanent id: the key of this person's dice, the same in every run and structure."""
        return self._pid

    @property
    def layer(self) -> int:
        """0 = ICs, 1 = managers of ICs, counted from below along the longest path."""
        return self._whole("layer")

    @property
    def boss(self) -> Manager | None:
        """The manager this person reports to; None for a top."""
        boss: Manager | None = self.model.member(self._whole("boss"))
        return boss

    @property
    def pay(self) -> float:
        """Loaded annual pay, USD; a move changes it with the layer."""
        return float(self.model.tables.occupants["pay"][self.row])

    @property
    def fluency(self) -> float:
        """AI fluency, 0 to 1."""
        return self._number("fluency")

    @property
    def belief(self) -> float:
        """What this person takes the organisation's target to be, in sd of the target."""
        return self._number("belief")

    @property
    def hours(self) -> dict[str, float]:
        """Hours since the start, or since joining, by activity; their sum is the time that has passed since."""
        hours = hours_to_date(self.model.tables, np.array([self.row]))[0] + self.model.carried_hours(self.row)
        return dict(zip(codes.ACTIVITIES, hours.tolist(), strict=True))

    @property
    def _week(self) -> tuple[Mark, Mark] | None:
        """What the model noted at the beginning and the end of the last completed week; None before this person's first."""
        marks = self.model.marks
        return marks if self.present and marks and self._since_day <= marks[0].day else None

    @property
    def week_hours(self) -> dict[str, float]:
        """Hours of the last completed week, by activity; empty before this person's first one has ended."""
        row, marks = self.row, self._week
        if marks is None:
            return {}
        return dict(zip(codes.ACTIVITIES, (marks[1].hours[row] - marks[0].hours[row]).tolist(), strict=True))

    @property
    def utilisation(self) -> float:
        """Share of the attention left after duties that went into items, in the last completed week; NaN before.

        Of a manager these are inbox hours over hours left for the inbox; hands-on time is apart.
        """
        row, marks = self.row, self._week
        if marks is None:
            return nan
        available = marks[1].capacity[row] - marks[0].capacity[row]
        return float((marks[1].served[row] - marks[0].served[row]) / available) if available > 0 else nan

    @property
    def inbox(self) -> Inbox:
        """Items that wait for this person, and their hours; reviews in the team's shared queue are not among them."""
        org = self.model.tables
        ready, heads = self._whole("ready"), org.people["head"][self.row]
        queues = [_queue(org, int(heads[c])) for c in range(codes.CLASS_OWN) if ready & (1 << c)]
        return Inbox(sum(queue.items for queue in queues), sum((queue.hours for queue in queues), 0.0))


class IC(Person):
    """An individual contributor."""

    @property
    def skill(self) -> float:
        """Speed of writing, in reference engineers."""
        return self._number("skill")

    @property
    def knowledge(self) -> float:
        """Share of questions that this person can answer."""
        return self._number("knowledge")

    @property
    def productivity(self) -> float:
        """Factor on the speed of hand-writing that comes from coaching."""
        return self._number("productivity")

    @property
    def team(self) -> AgentSet:
        """The ICs of the same team, this one among them."""
        return self.boss.team if self.boss is not None else AgentSet([self], random=self.model.random)

    @property
    def writing(self) -> int:
        """Changes in writing."""
        return self._whole("writing")

    @property
    def open_changes(self) -> int:
        """Written changes that await merge."""
        return self._whole("open")

    @property
    def changes_started(self) -> int:
        """Changes started since the start."""
        return self._whole("next_change")

    @property
    def ai_share(self) -> float:
        """Planned share of code volume written by AI."""
        return float(self.model.planned_ai_share(self.row))

    @property
    def coding_agents(self) -> AgentSet:
        """The AI agents that this person supervises."""
        return self.model.coding_agents_of(self.row)


class Manager(Person):
    """A manager: attention for reports, an inbox, and in layer 1 some hands-on work."""

    @property
    def reports(self) -> AgentSet:
        """Direct reports, ICs and managers; AI agents are not among them."""
        return self.model.reports_of(self.row)

    @property
    def team(self) -> AgentSet:
        """The ICs who report to this manager."""
        return self.reports.select(agent_type=IC)

    @property
    def skill(self) -> float:
        """Speed of writing in hands-on time, in reference engineers."""
        return float(self.model.parameter("managers.hands_on_skill"))

    @property
    def quality(self) -> float:
        """Quality of management, standard normal between managers."""
        return self._number("quality")

    @property
    def knowledge(self) -> float:
        """Share of questions that this manager can answer; a top answers all if the scenario says so."""
        if self.boss is None and self.model.parameter("questions.top_solves_all"):
            return 1.0
        paths = BY_LAYER["questions.manager_knowledge"][: max(self.layer, 1)]
        stated = [z for path in paths if (z := float(self.model.parameter(path))) < inf]
        return stated[-1]

    @property
    def coverage(self) -> float:
        """People time given over needed, smoothed over weeks."""
        return self._number("coverage")

    @property
    def load(self) -> float:
        """Hours of work a week that reach the inbox, smoothed over weeks."""
        return self._number("load")

    @property
    def people_hours(self) -> float:
        """Hours of people time planned this week."""
        return self._number("people_rate") * HOURS_PER_WEEK

    @property
    def review_queue(self) -> Inbox:
        """Reviews that wait in the team's shared queue, and their hours."""
        return _queue(self.model.tables, int(self.model.tables.teams["head"][self.row]))

    @property
    def hands_on(self) -> HandsOn | None:
        """Hands-on work at this moment; None without hands-on time."""
        desk = self._whole("desk")
        if desk < 0:
            return None
        seat = self.model.tables.people[desk]
        share = float(self.model.planned_ai_share(desk))
        return HandsOn(float(seat["rate"]) * HOURS_PER_WEEK, int(seat["writing"]), int(seat["open"]), share)

    @property
    def coding_agents(self) -> AgentSet:
        """The AI agents that this manager supervises in hands-on work."""
        return self.model.coding_agents_of(self._whole("desk"))


class CodingAgent(_View):
    """An AI coding agent under a supervisor. It is in no span, head count or payroll.

    It belongs to a seat: while that is vacant it has no supervisor and stands idle.
    """

    def __init__(self, model: Host, row: int) -> None:
        super().__init__(model)
        self.row = row

    def _field(self, name: str) -> Any:
        return self.model.tables.agents[name][self.row].item()

    def __repr__(self) -> str:
        return f"<CodingAgent {self.row} of {self.supervisor!r}>"

    @property
    def supervisor(self) -> IC | Manager | None:
        """Who briefs this agent and verifies its work; None while the seat is vacant."""
        supervisor: IC | Manager | None = self.model.member(self.seat)
        return supervisor

    @property
    def seat(self) -> int:
        """Row of the supervisor, or of the supervising manager's desk, in the engine's table of people."""
        return self._whole("supervisor")

    @property
    def running(self) -> bool:
        """True while it works on its own."""
        return bool(self._field("running"))

    @property
    def change_size(self) -> float | None:
        """Size of the change it has (being briefed, running, or being verified), standard hours; None if it has none."""
        change = self._whole("change")
        return float(self.model.tables.changes["standard_hours"][change]) if change >= 0 else None

    @property
    def runs(self) -> int:
        """Runs since the start."""
        return self._whole("runs")

    @property
    def run_hours(self) -> float:
        """Hours of its own running time since the start (a run is counted when it begins)."""
        return self._number("run_hours")


def is_human(org: Org) -> np.ndarray:
    """Return bool [people]: True for people, False for the desks of managers."""
    human: np.ndarray = org.people["role"] != codes.DESK
    return human
