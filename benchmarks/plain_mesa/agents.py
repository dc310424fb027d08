"""The Mesa agents: ICs, managers, and the coding agents they supervise; and a manager's hands-on desk."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import mesa

from benchmarks.plain_mesa import coding, use
from benchmarks.plain_mesa.dice import Stream, positive
from benchmarks.plain_mesa.server import HOURS_PER_WEEK, LEAST_HOURS, Server
from benchmarks.plain_mesa.team import Team
from benchmarks.plain_mesa.things import Activity, Change, Kind
from benchmarks.plain_mesa.writer import Writer

if TYPE_CHECKING:
    from benchmarks.plain_mesa.model import PlainModel

KIND_OF_ARRIVAL = {
    "incident": Kind.INCIDENT,
    "question": Kind.QUESTION,
    "coordination": Kind.COORDINATION,
    "review": Kind.REVIEW,
}


def added(shares: dict[Activity, float]) -> float:
    """Return the plain sum (``sum`` compensates rounding from Python 3.12 on, and times must agree to the last bit)."""
    total = 0.0
    for share in shares.values():
        total += share
    return total


class Duties:
    """Fixed duties: the share of every hour of presence that goes to each."""

    def __init__(self) -> None:
        self.shares: dict[Activity, float] = {}

    def fit(self, person: Server, shares: dict[Activity, float], total: float, room: float = 1.0) -> float:
        """Set duties and rate of *person*, shrunk to the *room* there is; return the divisor (1 if all fits).

        *total* is the sum of the shares, and of anything else that is not left for the inbox.
        """
        shrink = 1.0
        if total > room:
            person.model.ledger.overload_hours += (total - room) * HOURS_PER_WEEK
            shrink = total / room
        self.shares = {activity: share / shrink for activity, share in shares.items()}
        person.rate = 1.0 - min(total, room)
        return shrink

    def book(self, person: Server, hours: float) -> None:
        """Book the duties of *hours* of presence."""
        for activity, share in self.shares.items():
            person.booked[activity] += share * hours


class IC(Writer, mesa.Agent):
    """An individual contributor."""

    def __init__(self, model: PlainModel, pid: int, boss: Manager | None, module: int) -> None:
        mesa.Agent.__init__(self, model)
        Writer.__init__(self, pid, boss, 0, boss.team if boss is not None else Team())
        self.home = module
        self.reviewer = boss is not None
        self.duties = Duties()
        self.belief = 0.0
        self.new_belief = 0.0

    def set_duties(self) -> None:
        """Set the fixed duties of the coming week."""
        p = self.model.p
        mates = self.team.ics - 1 if self.boss is not None else 0
        talking = p.communication_hours_per_partner * min(mates, p.communication_partners_max)
        one_to_one = (
            p.alignment_meeting_hours * min(1.0, self.boss.coverage) if self.boss is not None else 0.0
        )
        shares = {
            Activity.MEETINGS: p.meetings_ic_share if p.switches_meetings else 0.0,
            Activity.OTHER: p.work_other_duties if p.switches_other_duties else 0.0,
            Activity.COORDINATING: talking / HOURS_PER_WEEK if p.switches_pairwise_communication else 0.0,
            Activity.ALIGNING: one_to_one / HOURS_PER_WEEK if p.switches_people_time else 0.0,
        }
        self.duties.fit(self, shares, added(shares))


class Manager(Server, mesa.Agent):
    """A manager: people time, an inbox of questions and coordination, and perhaps a hands-on desk."""

    def __init__(self, model: PlainModel, pid: int, boss: Manager | None, layer: int) -> None:
        mesa.Agent.__init__(self, model)
        Server.__init__(self, pid, boss, layer)
        self.team = Team()
        self.reports: list[IC | Manager] = []
        self.others = 0  # reports who neither write code nor lead
        self.desk: Desk | None = None
        self.duties = Duties()
        self.quality = 0.0
        self.coverage = 1.0
        self.load = 0.0  # h/week of arriving inbox work, smoothed
        self.last_arrived = 0.0
        self.belief = 0.0
        self.new_belief = 0.0

    def knows(self, difficulty: float) -> bool:
        """True if this manager can answer a question of *difficulty*."""
        p = self.model.p
        if self.boss is None and p.questions_top_solves_all:
            return True
        by_layer = (
            p.questions_manager_knowledge_1,
            p.questions_manager_knowledge_2,
            p.questions_manager_knowledge_3,
            p.questions_manager_knowledge_4,
            p.questions_manager_knowledge_5,
            p.questions_manager_knowledge_6,
        )
        known = by_layer[0]
        for stated in by_layer[1 : self.layer]:
            known = known if stated == inf else stated  # infinite: as the layer below
        return difficulty <= known

    # --- Attention ---------------------------------------------------------------------------------------------------

    @property
    def needed_people_hours(self) -> float:
        """Hours a week that the reports need."""
        p = self.model.p
        if not self.reports and not self.others:
            return 0.0
        return p.managers_people_fixed_hours + p.managers_people_hours_per_report * (
            len(self.reports) + self.others
        )

    def set_duties(self) -> None:
        """Set the fixed duties of the coming week; people time gives way, down to a floor, when the inbox overflows."""
        p = self.model.p
        shares = {Activity.MEETINGS: p.meetings_manager_share if p.switches_meetings else 0.0}
        if p.switches_other_duties:
            governance = use.extent(p, p.ai_share_of_code) * p.managers_governance_hours / HOURS_PER_WEEK
            shares[Activity.OTHER] = p.managers_admin_share + governance
            if self.layer > 1:
                shares[Activity.OTHER] += p.managers_upper_own_share
            if self.boss is not None:
                shares[Activity.ALIGNING] = p.managers_upward_hours / HOURS_PER_WEEK
        hands_on = p.managers_hands_on_share if p.switches_hands_on and self.layer == 1 else 0.0
        others = added(shares) + hands_on
        people = self._people_hours((1.0 - others) * HOURS_PER_WEEK) / HOURS_PER_WEEK
        shares[Activity.PEOPLE] = people
        shrink = self.duties.fit(self, shares, others + people, 1.0 - p.managers_inbox_floor)
        if self.desk is not None:
            self.desk.rate = hands_on / shrink

    def _people_hours(self, free: float) -> float:
        """Return the people time of the week, hours, where *free* hours are left after the other duties."""
        p = self.model.p
        if not p.switches_people_time:
            return 0.0
        need = self.needed_people_hours
        wanted = min(need, p.managers_people_cap * HOURS_PER_WEEK)
        inbox = self.load + max(self.queued_hours, 0.0)
        shortage = max(0.0, inbox - (free - wanted))
        return max(wanted - shortage, min(wanted, p.managers_people_floor * need))

    def update_coverage(self, weight: float) -> None:
        """Smooth coverage (people time given over needed) towards that of the week that ends."""
        need = self.needed_people_hours
        given = 1.0
        if self.model.p.switches_people_time and need > 0.0:
            given = self.duties.shares[Activity.PEOPLE] * HOURS_PER_WEEK / need
        self.coverage += weight * (given - self.coverage)
        if self.reports or self.others:
            self.model.ledger.coverage_sum += self.coverage
            self.model.ledger.coverage_count += 1.0

    def update_load(self, weight: float) -> None:
        """Smooth the weekly inflow of inbox work."""
        self.load += weight * (self.arrived_hours - self.last_arrived - self.load)
        self.last_arrived = self.arrived_hours

    # --- Arrivals from outside ---------------------------------------------------------------------------------------

    def announce_arrival(self) -> None:
        """Plan the next arrival of an item from outside, if any are set."""
        model = self.model
        p = model.p
        if p.arrivals_kind == "none" or p.arrivals_per_hour <= 0.0 or self.layer != 1:
            return
        u = model.dice.one(Stream.ARRIVAL, self.pid, self.team.arrivals)
        pattern = "exponential" if p.arrivals_pattern == "poisson" else "deterministic"
        gap = positive(u, 1.0 / p.arrivals_per_hour, pattern, 1.0)
        model.at(model.now + gap, self, self.external_arrival)

    def external_arrival(self) -> None:
        """An item from outside arrives here, or in the team's review queue."""
        model = self.model
        p = model.p
        u = model.dice.one(Stream.ARRIVAL_SERVICE, self.pid, self.team.arrivals)
        hours = max(positive(u, p.arrivals_hours, p.arrivals_distribution, p.service_cv), LEAST_HOURS)
        item = model.new_item(KIND_OF_ARRIVAL[p.arrivals_kind], self, None, hours)
        if item.kind is Kind.REVIEW:
            item.person, item.team = None, self.team
        self.team.arrivals += 1
        self.announce_arrival()
        model.deliver(item)


class Desk(Writer):
    """The protected hands-on hours of a manager: a second server of the same human, who only writes (and may review)."""

    is_desk = True

    def __init__(self, pid: int, manager: Manager) -> None:
        self.model = manager.model
        super().__init__(pid, manager, 0, manager.team)
        self.human = manager


class CodingAgent(mesa.Agent):
    """An AI coding agent: works through the changes that its supervisor gives it."""

    def __init__(self, model: PlainModel, supervisor: Writer) -> None:
        super().__init__(model)
        self.supervisor = supervisor
        self.change: Change | None = None
        self.running = False
        self.runs = 0
        self.run_hours = 0.0

    def run(self, change: Change) -> float:
        """Run on *change*; return the time at which the run ends."""
        self.running = True
        self.runs += 1
        change.attempt += 1
        hours = coding.running_hours(change)
        self.run_hours += hours
        self.model.ledger.ai_standard_hours += coding.by_ai(change, 1.0)
        self.model.ledger.agent_hours += hours
        return self.model.now + hours
