"""The flow model as an ordinary Mesa model: agents as objects, a heap as the calendar, a step as one working day."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from math import exp, sqrt
from types import SimpleNamespace
from typing import TYPE_CHECKING

import mesa
import numpy as np

from benchmarks.plain_mesa import coding, use
from benchmarks.plain_mesa.agents import IC, CodingAgent, Desk, Manager
from benchmarks.plain_mesa.dice import Dice, Stream, normal_quantile
from benchmarks.plain_mesa.ledger import Ledger
from benchmarks.plain_mesa.server import HOURS_PER_WEEK, Server
from benchmarks.plain_mesa.things import Activity, Change, Item, Kind, State
from benchmarks.plain_mesa.writer import LONGEST_FIRST_ALLOWANCE, Writer
from sim.engine.codes import MAX_LAYERS
from sim.parameters.registry import REGISTRY
from sim.scenario.tree import tree_of

if TYPE_CHECKING:
    from sim.organisation.tree import Tree
    from sim.scenario.scenario import Scenario

HOURS_PER_DAY = 8.0
DAYS_PER_WEEK = 5
WEEKS_PER_YEAR = 52.0
DESK_ID = 1 << 30
#: Hours of writing that make a full week of practice, and the most that counts, in such weeks.
FULL_PRACTICE = 10.0
MOST_PRACTICE = 2.0


class PlainModel(mesa.Model):
    """One run of a scenario. ``step()`` is one working day; ``snapshots`` holds the books at every week's end."""

    def __init__(self, setting: Scenario, seed: int = 1, run: int = 0) -> None:
        # Mesa's own generator is not used: all randomness is keyed.
        super().__init__(rng=seed)
        self.p = SimpleNamespace(**{q.field: setting.values[path] for path, q in REGISTRY.items()})
        self.weeks = setting.warmup_weeks + setting.weeks
        self.warmup_weeks = setting.warmup_weeks
        self.dice = Dice(seed, run)
        self.ledger = Ledger(seed=seed, run=run)
        self.ledger.tie_mask = int(self.dice.one(Stream.TIES, 0, 0) * 2**30)
        self.now = 0.0
        self.day = 0
        self.week = 0
        self.calendar: list[tuple[float, int, Callable, tuple]] = []
        self.ics: list[IC] = []
        self.managers: list[Manager] = []
        self.desks: list[Desk] = []
        self._found(tree_of(setting))
        self._draw_people()
        self._first_week()
        self.snapshots = [self.ledger.snapshot()]
        # Mesa 3.3 keeps every model alive in a table of its agents' numbers; no agent is made after this.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    # --- The start ---------------------------------------------------------------------------------------------------

    def _found(self, tree: Tree) -> None:
        """Make the people of *tree*, bosses first, their teams and their coding agents."""
        people: dict[int, IC | Manager] = {}
        for row in tree.depth_first():
            boss = people[int(tree.boss[row])] if tree.boss[row] >= 0 else None
            pid, layer = int(tree.pid[row]), int(tree.layer[row])
            if layer == 0:
                people[row] = IC(self, pid, boss, int(tree.module[row]))
            else:
                people[row] = manager = Manager(self, pid, boss, layer)
                manager.others = int(tree.others.reports[row]) if tree.others is not None else 0
            if boss is not None:
                boss.reports.append(people[row])
        in_order = [people[row] for row in range(tree.n)]
        self.ics = [person for person in in_order if isinstance(person, IC)]
        self.managers = [person for person in in_order if isinstance(person, Manager)]
        self.module_owners = {ic.home: ic for ic in self.ics}
        for ic in self.ics:
            ic.team.join(ic, self.p.review_dedicated_reviewers if ic.boss is not None else 0)
        if self.p.switches_hands_on and self.p.managers_hands_on_share > 0.0:
            for manager in self.managers:
                if manager.layer == 1:
                    self._add_desk(manager)
        if self.p.switches_ai and self.p.ai_agent_fraction > 0.0:
            for writer in self.writers:
                if writer.coder:
                    writer.agents = [
                        CodingAgent(self, writer) for _ in range(self.p.ai_agents_per_supervisor)
                    ]
        self.ledger.ics, self.ledger.managers = len(self.ics), len(self.managers)
        self.ledger.teams_with_ics = sum(manager.team.ics > 0 for manager in self.managers)

    def _add_desk(self, manager: Manager) -> None:
        """Give *manager* a desk; its work lies near the first module of the team."""
        desk = manager.desk = Desk(DESK_ID + manager.pid, manager)
        desk.reviewer = self.p.review_managers_review
        desk.home = manager.team.members[0].home if manager.team.members else 0
        manager.team.join(desk, 0)
        self.desks.append(desk)

    @property
    def writers(self) -> list[Writer]:
        """Everybody who writes changes: ICs and desks."""
        return [*self.ics, *self.desks]

    @property
    def servers(self) -> list[Server]:
        """Everybody with an inbox."""
        return [*self.ics, *self.managers, *self.desks]

    def _draw_people(self) -> None:
        """Draw who everybody is."""
        p = self.p
        self.ledger.ai_extent = use.extent(p, p.ai_share_of_code)
        for writer in self.writers:
            writer.use = use.use_of(writer)
            writer.allowance = min(p.review_hours_per_week, LONGEST_FIRST_ALLOWANCE)
            writer.fluency = p.ai_fluency_mean
            if p.switches_skill_differences:
                fluency = p.ai_fluency_mean + p.ai_fluency_sd * self.dice.normal(
                    Stream.FLUENCY, writer.pid, 0
                )
                writer.fluency = min(max(fluency, 0.0), 1.0)
            if writer.is_desk:
                writer.skill = p.managers_hands_on_skill
                writer.knowledge = p.questions_manager_knowledge_1
                continue
            writer.knowledge = p.questions_ic_knowledge
            if p.switches_skill_differences:
                writer.skill = exp(p.work_skill_sd * self.dice.normal(Stream.SKILL, writer.pid, 0))
                score = self.dice.normal(Stream.KNOWLEDGE, writer.pid, 0)
                knowledge = p.questions_ic_knowledge + p.questions_ic_knowledge_sd * score
                writer.knowledge = min(max(knowledge, 0.0), 1.0)
        if p.switches_skill_differences:
            for manager in self.managers:
                score = self.dice.normal(Stream.QUALITY, manager.pid, 0)
                manager.quality = p.managers_quality_mean + p.managers_quality_sd * score
        if p.work_demand_elasticity > 0.0:
            self.ledger.demand_factor = use.planned_speed_up(p) ** p.work_demand_elasticity

    def _first_week(self) -> None:
        """Let the first week begin."""
        self.ledger.target = self.dice.normal(Stream.TARGET, 0, 0)
        for person in (*self.ics, *self.managers):
            person.belief = self.ledger.target
        self._set_duties()
        for manager in self.managers:
            manager.update_coverage(1.0)
        self.ledger.coverage_sum = self.ledger.coverage_count = 0.0
        self._update_paces()
        for writer in self.writers:
            if writer.coder or writer.reviewer:
                writer.nudge()
        for manager in self.managers:
            manager.announce_arrival()

    # --- The calendar ------------------------------------------------------------------------------------------------

    def at(self, time: float, sender: Server, action: Callable, *arguments: object) -> None:
        """Let *action* happen at *time*; simultaneous events are ordered by a keyed shuffle of the senders' ids."""
        tie = ((sender.pid ^ self.ledger.tie_mask) << 32) | sender.events_sent
        sender.events_sent += 1
        heapq.heappush(self.calendar, (time, tie, action, arguments))

    def new_item(self, kind: Kind, person: Server | None, change: Change | None, hours: float) -> Item:
        """Return a new item for *person*, sent now."""
        if kind.is_sent:
            self.ledger.item_enters(self.now)
        return Item(kind, person, change, hours, self.now)

    def send(self, sender: Server, item: Item, delay: float) -> None:
        """Send *item*; it arrives after *delay* hours."""
        self.at(self.now + delay, sender, self.deliver, item)

    def deliver(self, item: Item) -> None:
        """*item* reaches its inbox, or its team's queue."""
        if item.state is State.WITHDRAWN:
            return
        if item.is_escaped_defect:
            self.ledger.incidents += 1
            self.ledger.value_lost += item.loss
        if item.team is None:
            item.person.receive(item)
            return
        item.team.queued_hours += item.hours
        if item.person is None:
            item.team.review_arrives(item)
        else:
            item.person.receive_review(item)

    # --- Days and weeks ----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Simulate one working day."""
        self.day += 1
        end = self.day * HOURS_PER_DAY
        while self.calendar and self.calendar[0][0] < end:
            self.now, _, action, arguments = heapq.heappop(self.calendar)
            action(*arguments)
        self.now = end
        if self.day % DAYS_PER_WEEK == 0:
            self._end_week()

    def run_all(self) -> None:
        """Simulate the whole horizon."""
        while self.week < self.weeks:
            self.step()

    def _end_week(self) -> None:
        """Close the books of the week, then update people, target and duties."""
        self._close_books()
        smoothing = self.p.managers_coverage_smoothing
        for manager in self.managers:
            manager.update_load(smoothing)
            manager.update_coverage(smoothing)
        for writer in self.writers:
            self._learn(writer)
        if self.p.switches_alignment:
            self._drift()
            self._hold_one_to_ones()
        self.week += 1
        self._set_duties()
        self._update_paces()
        for server in self.servers:
            if server.current is not None:
                server.plan_completion()
            elif isinstance(server, Writer) or any(server.inbox):
                server.nudge()

    def _set_duties(self) -> None:
        for person in (*self.ics, *self.managers):
            person.set_duties()

    def _close_books(self) -> None:
        """Account for everybody's time, and keep the figures of the week."""
        ledger = self.ledger
        for person in (*self.ics, *self.managers):
            person.duties.book(person, HOURS_PER_WEEK)
        for server in self.servers:
            server.account()
        ledger.now, ledger.week = self.now, self.week
        ledger.ai_extent_sum += ledger.ai_extent
        for activity in Activity:
            ledger.hours_ic[activity] = sum(ic.booked[activity] for ic in self.ics)
            ledger.hours_manager[activity] = sum(manager.booked[activity] for manager in self.managers)
        ledger.inbox_hours = [0.0] * MAX_LAYERS
        ledger.inbox_capacity = [0.0] * MAX_LAYERS
        for manager in self.managers:
            layer = min(manager.layer, MAX_LAYERS - 1)
            ledger.inbox_hours[layer] += manager.served_hours
            ledger.inbox_capacity[layer] += manager.capacity_hours
        ledger.skill_mean = sum(ic.skill for ic in self.ics) / max(len(self.ics), 1)
        ledger.fluency_mean = sum(ic.fluency for ic in self.ics) / max(len(self.ics), 1)
        ledger.integrate_items(self.now)
        ledger.integrate_changes(self.now)
        self.snapshots.append(ledger.snapshot())

    # --- People and target -------------------------------------------------------------------------------------------

    def _update_paces(self) -> None:
        """Set how fast people write in the coming week: coaching in the daily work, and skill."""
        p = self.p
        for writer in self.writers:
            writer.productivity = writer.other_pace = 1.0
            if p.switches_people_time:
                boss = writer.human.boss
                coverage = boss.coverage if boss is not None else 0.0
                quality = boss.quality if boss is not None else 0.0
                factor = (
                    1.0 - p.managers_lift * (1.0 - coverage) + p.managers_quality_effect * quality * coverage
                )
                writer.productivity = max(factor, 0.1)
                writer.other_pace = 1.0 + p.managers_coached_work * (writer.productivity - 1.0)
            writer.pace = coding.pace_of(writer)

    def _learn(self, writer: Writer) -> None:
        """Let a week's practice and coaching change the skill of *writer*."""
        p = self.p
        if p.switches_learning:
            boss = writer.human.boss
            coached = boss.coverage * (1.0 + 0.25 * boss.quality) if boss is not None else 0.0
            practice = min(
                (writer.hand_hours + p.learning_ai_share * writer.ai_hours) / FULL_PRACTICE, MOST_PRACTICE
            )
            growth = (
                p.learning_rate * practice * (1.0 - p.learning_coaching_share * (1.0 - max(coached, 0.0)))
            )
            writer.skill *= exp((growth - p.learning_depreciation) / WEEKS_PER_YEAR)
        writer.fluency += p.ai_fluency_growth / WEEKS_PER_YEAR * writer.use.share * (1.0 - writer.fluency)
        writer.hand_hours = writer.ai_hours = 0.0

    def _drift(self) -> None:
        """Move the organisation's target by a week."""
        phi = self.p.alignment_persistence
        shock = self.dice.normal(Stream.TARGET, 0, self.week + 1)
        self.ledger.target = phi * self.ledger.target + sqrt(1.0 - phi * phi) * shock

    def _hold_one_to_ones(self) -> None:
        """Everybody hears the boss's belief of last week, if the one-to-one takes place; a top hears the target."""
        p = self.p
        people = (*self.ics, *self.managers)
        for person in people:
            heard, chance = self.ledger.target, 1.0
            if person.boss is not None:
                heard, chance = person.boss.belief, person.boss.coverage
            u, v = self.dice.two(Stream.UPDATE, person.pid, self.week)
            person.new_belief = person.belief
            if u < chance:
                noise = p.alignment_noise * normal_quantile(v)
                person.new_belief += p.alignment_update * (heard + noise - person.belief)
        for person in people:
            person.belief = person.new_belief

    def value_of(self, change: Change) -> float:
        """Return what *change* is worth if it merges now, standard hours."""
        p = self.p
        if not p.switches_alignment:
            return change.delivered
        e = change.belief - self.ledger.target
        d = change.disagreement
        worth = 1.0 - p.alignment_loss * e * e - p.alignment_disagreement_loss * d * d
        return change.delivered * max(worth, 0.0)

    def results(self) -> np.ndarray:
        """Return the snapshots at the end of the warm-up and at the end, structured [2]."""
        return np.array([self.snapshots[self.warmup_weeks], self.snapshots[-1]])


def run_plain(setting: Scenario, seed: int, run: int) -> np.ndarray:
    """Return the snapshots at the end of the warm-up and at the end, structured [2], as the engine's `simulate` does."""
    model = PlainModel(setting, seed, run)
    model.run_all()
    return model.results()
