"""People who write changes: ICs, and managers at their hands-on desk. A change is followed from its start to its end."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from benchmarks.plain_mesa import coding, defects, dependencies, questions, review, use
from benchmarks.plain_mesa.dice import Stream, positive
from benchmarks.plain_mesa.server import HOURS_PER_WEEK, LEAST_HOURS, Server
from benchmarks.plain_mesa.things import Activity, Change, Ending, Item, Kind, Mode, Priority, Stage

if TYPE_CHECKING:
    from benchmarks.plain_mesa.agents import CodingAgent, Manager
    from benchmarks.plain_mesa.team import Team

#: A review allowance above this counts as positive (rounding).
LEAST_ALLOWANCE = -1e-9
LONGEST_FIRST_ALLOWANCE = 8.0


class Writer(Server):
    """A server who also writes changes, may supervise coding agents, and reads the changes of teammates."""

    is_desk = False

    def __init__(self, pid: int, boss: Manager | None, layer: int, team: Team) -> None:
        super().__init__(pid, boss, layer)
        self.team = team
        self.coder = True
        self.reviewer = True
        self.home = 0  # module that the work lies at
        self.skill = 1.0
        self.knowledge = 0.0
        self.fluency = 0.0
        self.productivity = 1.0
        self.pace = coding.Pace(0.0, 0.0, 0.0, 0.0, 0.0)
        self.hand_hours = 0.0  # since the last weekly update
        self.ai_hours = 0.0
        self.agents: list[CodingAgent] = []
        self.use = use.Use()
        self.next_number = 0
        self.writing = 0
        self.open = 0
        self.parked: Change | None = None  # waits for an agent
        self.allowance = 0.0
        self.allowance_at = 0.0
        self.wake_at = inf

    def knows(self, difficulty: float) -> bool:
        """True if this person can answer a question of *difficulty*."""
        return difficulty <= self.knowledge

    def book_writing(self, item: Item, hours: float) -> None:
        """Split hours of writing into coding, verifying what the assistant wrote, and the rest."""
        coding_hours = hours * item.change.coding_share
        verifying = hours * item.change.verifying_share
        booked = self.human.booked
        booked[Activity.CODING] += coding_hours
        booked[Activity.VERIFYING] += verifying
        booked[Activity.SPECIFYING] += hours - coding_hours - verifying
        self.hand_hours += hours * item.change.by_hand_share

    # --- Reviewing ---------------------------------------------------------------------------------------------------

    @property
    def has_budget(self) -> bool:
        """True if review hours are rationed."""
        return self.model.p.switches_review_budget and self.model.p.review_hours_per_week < inf

    def allowance_left(self) -> float:
        """Return the review hours that may still be spent now; at most a week's worth is kept."""
        if not self.has_budget:
            return inf
        weekly = self.model.p.review_hours_per_week
        return min(self.allowance + weekly / HOURS_PER_WEEK * (self.model.now - self.allowance_at), weekly)

    @property
    def may_review(self) -> bool:
        """True if the review allowance is positive."""
        return self.allowance_left() > LEAST_ALLOWANCE

    def spend_allowance(self, hours: float) -> None:
        """Take *hours* off the review allowance."""
        if self.has_budget:
            self.allowance = self.allowance_left() - hours
            self.allowance_at = self.model.now

    def wake_when_allowed(self) -> None:
        """Look at the waiting reviews as soon as the allowance is positive again."""
        now = self.model.now
        if now < self.wake_at < inf or self.model.p.review_hours_per_week <= 0.0:
            return
        missing = max(-self.allowance_left(), 0.0)
        self.wake_at = now + missing * HOURS_PER_WEEK / self.model.p.review_hours_per_week
        self.model.at(self.wake_at, self, self.woken)

    def woken(self) -> None:
        """The review allowance is positive again: reviews come before one's own changes."""
        self.wake_at = inf
        if self.current is None:
            self.look_for_work()
        elif (
            self.may_be_interrupted
            and self.current.kind.priority is Priority.OWN
            and (self.team.reviews or self.inbox[Priority.REVIEW])
        ):
            self.pause()
            self.look_for_work()

    def next_review(self) -> Item | None:
        """Take the next verification, addressed review, or review of the team's queue that may start now."""
        queue = self.inbox[Priority.REVIEW]
        for item in queue:
            if item.kind is Kind.VERIFY or item.begun or self.may_review:
                queue.remove(item)
                return item
        if queue:
            self.wake_when_allowed()
        if self.reviewer and self.team.reviews:
            if self.may_review:
                return self.team.take_review(self)
            self.wake_when_allowed()
        return None

    def receive_review(self, item: Item) -> None:
        """A review addressed to this person arrives."""
        self.enqueue(item)
        if self.may_review:
            self.attend_to(item)
        else:
            self.wake_when_allowed()

    # --- Starting ----------------------------------------------------------------------------------------------------

    @property
    def has_room(self) -> bool:
        """True if one more change may be in writing."""
        p = self.model.p
        return self.coder and self.writing < p.work_wip_limit and self.open < p.work_max_open

    @property
    def demand(self) -> float:
        """Changes per hour that the team is asked for."""
        return self.model.p.work_demand * self.model.ledger.demand_factor * self.team.ics / HOURS_PER_WEEK

    @property
    def is_asked_for(self) -> bool:
        """True if the team is asked for one more change by now."""
        demand = self.demand
        return demand == inf or (demand > 0.0 and self.team.started < demand * self.model.now + 1e-9)

    def start_change(self) -> bool:
        """Start the next change if there is room and demand for it; return True if one was started."""
        model = self.model
        if not self.has_room:
            return False
        if not self.is_asked_for:
            return False
        u, v = model.dice.two(Stream.CHANGE, self.pid, self.next_number)
        if not use.goes_to_agent(self, u, v):
            self.proceed(self._new_change(Mode.ASSISTED, u))
            return True
        agent = self.free_agent()
        if agent is None and self.parked is not None:
            return False
        change = self._new_change(Mode.BY_AGENT, u)
        if agent is None:
            self.parked = change
            change.enter(Stage.AGENT, model.now)
        else:
            self._brief(agent, change)
        return True

    def _new_change(self, mode: Mode, u: float) -> Change:
        """Start a change, its size by the uniform *u*."""
        model = self.model
        p = model.p
        model.ledger.integrate_changes(model.now)
        change = Change(
            owner=self,
            number=self.next_number,
            size=positive(u, p.work_size_mean, p.work_size_distribution, p.work_size_cv),
            mode=mode,
            ai_fraction=1.0 if mode is Mode.BY_AGENT else self.use.assistant,
            started_at=model.now,
            belief=self.human.belief,
            stage_since=model.now,
        )
        self.next_number += 1
        self.writing += 1
        self.team.started += 1
        model.ledger.started += 1
        questions.plan(change)
        dependencies.plan(change)
        return change

    def rest(self) -> None:
        """Wait, or, without any change under way, look again when the team is next asked for one."""
        self.has_work = self.writing > 0 or self.open > 0 or self.parked is not None
        if self.has_room and not self.is_asked_for and self.demand > 0.0:
            asked_at = max(self.model.now, self.team.started / self.demand)
            self.plan_look(max(asked_at, self.model.now + LEAST_HOURS))

    # --- Agents ------------------------------------------------------------------------------------------------------

    def free_agent(self) -> CodingAgent | None:
        """Return the first agent without a change."""
        return next((agent for agent in self.agents if agent.change is None), None)

    def _brief(self, agent: CodingAgent, change: Change) -> None:
        agent.change = change
        change.agent = agent
        self._queue_briefing(change)

    def _queue_briefing(self, change: Change) -> None:
        self.enqueue(self.model.new_item(Kind.SPECIFY, self, change, coding.briefing_hours(change)))
        change.enter(Stage.OWNER_QUEUE, self.model.now)

    def unpark(self) -> None:
        """Give a free agent to the change that waits for one."""
        agent = self.free_agent()
        if self.parked is not None and agent is not None:
            change, self.parked = self.parked, None
            self._brief(agent, change)

    def agent_finished(self, change: Change) -> None:
        """An agent has finished its run: verify it."""
        if change.closed:
            return
        change.agent.running = False
        change.enter(Stage.OWNER_QUEUE, self.model.now)
        self.receive(self.model.new_item(Kind.VERIFY, self, change, coding.verification_hours(change)))

    def verified(self, change: Change) -> None:
        """The agent's work is verified: submit it, have it tried again, or redo it by hand."""
        if not coding.failure_is_noticed(change):
            self._release_agent(change)
            self._written(change)
            self.unpark()
            return
        self.model.ledger.agent_decided += (
            1  # a run that its owner rejects is agents' work that was not accepted
        )
        if change.attempt <= self.model.p.ai_retries:
            self._queue_briefing(change)
        else:
            self._release_agent(change)
            self.unpark()
            if not change.counts_as_writing:
                change.counts_as_writing = True
                self.writing += 1
            change.mode = Mode.ASSISTED
            change.ai_fraction = self.use.assistant if self.model.p.ai_redo_assisted else 0.0
            change.failed = False
            change.done = 0.0
            change.next_question = change.dependency_at = inf
            self.proceed(change)

    def _release_agent(self, change: Change) -> None:
        if change.agent is not None:
            change.agent.change = None
            change.agent = None

    # --- Writing -----------------------------------------------------------------------------------------------------

    def proceed(self, change: Change) -> None:
        """Carry *change* on until it needs time or somebody else."""
        p = self.model.p
        now = self.model.now
        while True:
            if change.next_question <= change.done:
                own_hours = questions.ask(change)
                if own_hours is None:
                    change.enter(Stage.DECISIONS, now)
                    return
                questions.plan(change)
                if own_hours > 0.0:
                    self._queue_asking_ai(change, own_hours)
                    return
                if change.abandon and p.questions_blocking:
                    self.close(change, Ending.ABANDONED)
                    return
            elif change.dependency_at <= change.done:
                if dependencies.request(change):
                    change.enter(Stage.COORDINATION, now)
                    return
            elif change.done >= change.size:
                self._written(change)
                return
            else:
                until = min(change.next_question, change.dependency_at, change.size)
                if change.mode is Mode.BY_AGENT:
                    change.done = until
                else:
                    self._queue_segment(change, until)
                    return

    def _queue_segment(self, change: Change, until: float) -> None:
        """Put the writing up to *until* standard hours into one's own queue."""
        preparing, writing, verifying = coding.owner_hours(self, change.ai_fraction)
        per_hour = preparing + writing + verifying
        change.write_hours = per_hour * change.size
        change.coding_share = writing / per_hour if per_hour > 0.0 else 0.0
        change.verifying_share = verifying / per_hour if per_hour > 0.0 else 0.0
        by_hand = (1.0 - change.ai_fraction) * self.pace.by_hand
        change.by_hand_share = by_hand / per_hour if per_hour > 0.0 else 0.0
        change.segment_end = until
        hours = max(per_hour * (until - change.done), LEAST_HOURS)
        self.enqueue(self.model.new_item(Kind.WRITE, self, change, hours))
        change.enter(Stage.OWNER_QUEUE, self.model.now)

    def _queue_asking_ai(self, change: Change, hours: float) -> None:
        change.coding_share = 0.0
        change.verifying_share = 1.0
        change.by_hand_share = 0.0
        change.segment_end = change.done
        self.enqueue(self.model.new_item(Kind.WRITE, self, change, hours))
        change.enter(Stage.OWNER_QUEUE, self.model.now)

    def _leave_writing(self, change: Change) -> None:
        if change.counts_as_writing:
            change.counts_as_writing = False
            self.writing -= 1

    def _written(self, change: Change) -> None:
        """*change* is written, or ready for its agent to run."""
        model = self.model
        self._leave_writing(change)
        if change.mode is Mode.BY_AGENT and change.agent is not None:
            ends = change.agent.run(change)
            model.at(ends, self, self.agent_finished, change)
            change.enter(Stage.AGENT, model.now)
            return
        change.volume = coding.volume(change)
        change.delivered = coding.delivered(change)
        by_ai = coding.by_ai(change, change.ai_fraction)
        self.ai_hours += by_ai
        if change.mode is Mode.ASSISTED:
            model.ledger.ai_standard_hours += by_ai
        change.written = True
        self.open += 1
        if change.open_questions > 0:
            change.enter(Stage.DECISIONS, model.now)
        else:
            self.submit(change)

    # --- Answers -----------------------------------------------------------------------------------------------------

    def answer_arrived(self, change: Change, wait: int) -> None:
        """The answer that the change waited for is here."""
        if change.wait != wait:
            return
        questions.wait_is_over(change)
        if change.abandon:
            self.close(change, Ending.ABANDONED)
        else:
            questions.plan(change)
            self.proceed(change)
        if self.current is None:
            self.look_for_work()

    def late_answer_arrived(self, change: Change) -> None:
        """An answer is here that nobody waited for; a written change may have."""
        change.open_questions -= 1
        if change.written and change.open_questions == 0:
            self.submit(change)
            if self.current is None:
                self.look_for_work()

    def patience_ended(self, change: Change, wait: int) -> None:
        """No answer for too long: decide alone."""
        if change.wait != wait:
            return
        rework = questions.decide_alone(change)
        questions.plan(change)
        if rework > 0.0:
            self.take_rework(change, rework)
            return
        self.proceed(change)
        if self.current is None:
            self.look_for_work()

    # --- Review, and the end -----------------------------------------------------------------------------------------

    def submit(self, change: Change) -> None:
        """The change leaves its owner's desk: to review, or straight to merge."""
        if change.abandon:
            self.close(change, Ending.ABANDONED)
            return
        defects.draw(change)
        if not self.model.p.switches_review:
            self.merge(change)
        elif review.is_unreviewed(change):
            self.model.ledger.unreviewed += 1
            self.merge(change)
        else:
            found = review.found_by_ai(change)
            if found > 0:
                self.take_rework(change, found * self.model.p.defects_fix_hours)
            else:
                review.begin_pass(change)

    def take_rework(self, change: Change, hours: float) -> None:
        """Send rework of *hours* to oneself, as a message."""
        change.enter(Stage.REWORK, self.model.now)
        item = self.model.new_item(Kind.FIX, self, change, max(hours / self.other_pace, LEAST_HOURS))
        self.model.send(self, item, self.model.p.communication_delay_hours)

    def fixed(self, change: Change) -> None:
        """Rework is done."""
        if not change.written:
            self.proceed(change)
            return
        if self.model.p.defects_model == "bernoulli":
            defects.draw(change)
        review.begin_pass(change)

    def merge(self, change: Change) -> None:
        """Merge *change*: it delivers its value, and its defects escape."""
        ledger = self.model.ledger
        worth = self.model.value_of(change)
        ledger.value += worth
        if self.is_desk:
            ledger.value_managers += worth
        defects.escape(change)
        self.close(change, Ending.MERGED)

    def close(self, change: Change, ending: Ending) -> None:
        """End *change*; there may be room for new work now."""
        now = self.model.now
        change.enter(change.stage, now)
        self._leave_writing(change)
        self._release_agent(change)
        if change.written:
            self.open -= 1
        self.model.ledger.change_ends(change, ending, now, of_ic=not self.is_desk)
        change.closed = True
        change.wait += 1
        self.unpark()
        self.nudge()
