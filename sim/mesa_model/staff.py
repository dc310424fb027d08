"""Mesa's agents kept in step with the people of the engine's tables."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from mesa import Agent

from sim.constants import IC as IC_ROLE
from sim.constants import MANAGER
from sim.errors import UserError
from sim.mesa_model.agents import IC, CodingAgent, Manager, Person
from sim.mesa_model.host import Host
from sim.mesa_model.leaving import BECAME_IC, PROMOTED, Leaving, leavings_of


class Staff:
    """The Mesa agents of a model, in step with the engine's tables.

    An agent is a person, not a seat: it leaves the model when the person does, somebody new gets a new agent, and a change
    of roles makes an agent of the other class. at: agent in each row of humans, None where it is vacant. coding: AI agents
    by row. carried: float64 [humans, activities], hours of the person there that the engine's books no longer show. humans:
    rows up to the last seat (desks that lie before it have no agent).
    """

    def __init__(self, model: Host) -> None:
        self._model = model
        tree = model.tables.people["role"]
        self.humans = int(np.count_nonzero(np.isin(tree, (IC_ROLE, MANAGER))))
        self.at: list[IC | Manager | None] = [None] * self.humans
        self.coding: list[CodingAgent] = []
        self.of: dict[int, IC | Manager] = {}
        self.carried = np.zeros((self.humans, model.tables.hours.shape[1]))
        self._seen = np.full((2, self.humans), -1, np.int64)
        self.follow(self.books())

    def row_of(self, person: object, method: str) -> int:
        """Return the row of *person*; raises `UserError`, naming the *method*, if that is nobody who works here now."""
        if isinstance(person, CodingAgent):
            raise UserError(f"{method}: {person!r} belongs to its supervisor; name {person.supervisor!r}")
        if not isinstance(person, (IC, Manager)) or person.model is not self._model:
            raise UserError(f"{method}: {person!r} is nobody in this model; take a person from model.agents")
        if not person.present:
            raise UserError(
                f"{method}: {person!r}; model.person({person.pid}) finds the person if in another role"
            )
        return person.row

    def ic_at(self, row: int) -> IC:
        """Return the IC who is known to sit in *row*."""
        person = self.at[row]
        assert isinstance(person, IC)
        return person

    def manager_at(self, row: int) -> Manager:
        """Return the manager who is known to sit in *row*."""
        person = self.at[row]
        assert isinstance(person, Manager)
        return person

    def books(self) -> np.ndarray:
        """Return a copy of the engine's hours of everybody, float64 [humans, activities]; take it before people move."""
        return self._model.tables.hours[: self.humans].copy()

    def follow(self, before: np.ndarray) -> bool:
        """Let the agents follow the tables; *before*: `books` before people moved. Return True if anybody came or went."""
        org = self._model.tables
        self._follow_hours(self._grow(before))
        changed = self._follow_people()
        self.coding += [CodingAgent(self._model, row) for row in range(len(self.coding), len(org.agents))]
        return changed

    def _grow(self, before: np.ndarray) -> np.ndarray:
        """Make room for seats that have been opened; return *before* with as many rows."""
        human = self._model.tables.people["human"]
        more = int(np.flatnonzero(human == np.arange(len(human)))[-1]) + 1 - self.humans
        if more <= 0:
            return before
        self.humans += more
        self.at += [None] * more
        self.carried = np.pad(self.carried, ((0, more), (0, 0)))
        self._seen = np.pad(self._seen, ((0, 0), (0, more)), constant_values=-1)
        return np.pad(before, ((0, more), (0, 0)))

    def _follow_people(self) -> bool:
        org = self._model.tables
        pid, role = (org.people[name][: self.humans] for name in ("pid", "role"))
        here = (role == IC_ROLE) | (role == MANAGER)
        seen = np.where(here, np.stack([pid, role]), -1)
        if np.array_equal(seen, self._seen):
            return False
        self._seen = seen
        found = np.flatnonzero(here)
        rows: list[int] = (found[np.argsort(pid[found], kind="stable")] if self.of else found).tolist()
        earlier, self.of, self.at = self.of, {}, [None] * self.humans
        for row in rows:
            kind = Manager if role[row] == MANAGER else IC
            agent = earlier.get(int(pid[row]))
            if agent is not None and type(agent) is kind:
                agent.sit_down(row)
            else:
                agent = kind(self._model, row)
            self.of[agent.pid] = self.at[row] = agent
        self._let_leave([agent for number, agent in earlier.items() if self.of.get(number) is not agent])
        return True

    def _let_leave(self, agents: list[IC | Manager]) -> None:
        """Let *agents* leave, who have left the organisation or are there in another role, and know why."""
        why = {one.pid: one for one in leavings_of(self._model.tables)} if agents else {}
        for agent in agents:
            kind = "manager" if isinstance(agent, Manager) else "IC"
            if agent.pid in self.of:
                reason = PROMOTED if isinstance(agent, IC) else BECAME_IC
                agent.leave(Leaving(agent.pid, self._model.week, reason, None, agent.row, kind))
            else:
                agent.leave(why.get(agent.pid))

    def _follow_hours(self, before: np.ndarray) -> None:
        """Keep the hours of everybody who stays, whatever row they are in: the engine's books begin anew there."""
        people, now = self._model.tables.people, self._model.tables.hours[: self.humans]
        ids = np.where(
            np.isin(people["role"][: self.humans], (IC_ROLE, MANAGER)), people["pid"][: self.humans], -1
        )
        if np.array_equal(before, now) and np.array_equal(ids, self._seen[0]):
            return
        total = before + self.carried
        row_of = {number: row for row, number in enumerate(self._seen[0].tolist()) if number >= 0}
        for row, number in enumerate(ids.tolist()):
            self.carried[row] = (total[row_of[number]] if number in row_of else 0.0) - now[row]


def several(who: Person | Iterable[Person]) -> list[Person]:
    """Return *who* as a list, whether it is one agent or several."""
    return [who] if isinstance(who, Agent) else list(who)
