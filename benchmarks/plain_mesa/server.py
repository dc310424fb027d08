"""Everybody is a single server: one item of attention at a time, the most urgent first, hours booked to what they went into."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from benchmarks.plain_mesa import dependencies, questions, review
from benchmarks.plain_mesa.things import LEAST_RATE, Activity, Item, Kind, Priority, Stage, State

if TYPE_CHECKING:
    from benchmarks.plain_mesa.agents import Manager
    from benchmarks.plain_mesa.model import PlainModel

HOURS_PER_WEEK = 40.0
#: No job is shorter than this (hours).
LEAST_HOURS = 1e-5


class Server:
    """A person's attention. *rate* hours of it per hour of presence are left for items after the fixed duties.

    pid: permanent id, the key of the dice. boss: None at the top. human: who gives the hours (a manager's hands-on
    desk is a server of its own, of the same human).
    """

    model: PlainModel

    def __init__(self, pid: int, boss: Manager | None, layer: int) -> None:
        self.pid = pid
        self.boss = boss
        self.layer = layer
        self.human: Server = self
        self.inbox: tuple[deque[Item], ...] = tuple(deque() for _ in Priority)
        self.current: Item | None = None
        self.has_work = False
        self.other_pace = 1.0  # of preparing, verifying, repairing and reviewing
        self.rate = 0.0
        self.accounted_to = 0.0
        self.booked = [0.0] * len(Activity)
        self.queued_hours = 0.0
        self.arrived_hours = 0.0
        self.served_hours = 0.0
        self.capacity_hours = 0.0
        self.events_sent = 0  # orders the events that one person causes at the same time
        self.plan_number = 0  # a planned look at the work is void once a newer one is planned

    # --- Accounts ----------------------------------------------------------------------------------------------------

    def account(self) -> None:
        """Book the hours since the last accounting to what the person did."""
        now = self.model.now
        hours = (now - self.accounted_to) * self.rate
        self.accounted_to = now
        if hours <= 0.0:
            return
        self.capacity_hours += hours
        booked = self.human.booked
        item = self.current
        if item is None:
            booked[Activity.WAITING if self.has_work else Activity.IDLE] += hours
            return
        item.left -= hours
        self.served_hours += hours
        if item.change is not None:
            item.change.human_hours += hours
        if item.kind is Kind.WRITE:
            self.book_writing(item, hours)
        else:
            booked[item.kind.activity] += hours

    def book_writing(self, item: Item, hours: float) -> None:
        """Book *hours* of writing (writers split them)."""
        self.human.booked[item.kind.activity] += hours

    # --- Plans -------------------------------------------------------------------------------------------------------

    def plan_look(self, time: float) -> None:
        """Complete the item in service, or look for work, at *time*; replaces earlier plans."""
        self.plan_number += 1
        self.model.at(time, self, self.act_as_planned, self.plan_number)

    def plan_completion(self) -> None:
        """Plan the completion of the item in service."""
        self.plan_number += 1
        if self.rate > LEAST_RATE:
            left = max(self.current.left, 0.0)
            self.model.at(self.model.now + left / self.rate, self, self.act_as_planned, self.plan_number)

    def act_as_planned(self, number: int) -> None:
        """Do what was planned, unless there is a newer plan."""
        if number != self.plan_number:
            return
        if self.current is not None:
            self.complete()
        self.look_for_work()

    def nudge(self) -> None:
        """If free, look for work at once (as an event of its own)."""
        if self.current is None:
            self.plan_look(self.model.now)

    # --- Inbox -------------------------------------------------------------------------------------------------------

    def enqueue(self, item: Item) -> None:
        """Put *item* last in its class."""
        item.state = State.QUEUED
        item.person = self
        self.inbox[item.kind.priority].append(item)

    def receive(self, item: Item) -> None:
        """Put *item* into the inbox; it interrupts less urgent work."""
        if item.team is None:
            self.arrived_hours += item.hours
            self.queued_hours += item.hours
        self.enqueue(item)
        self.attend_to(item)

    @property
    def may_be_interrupted(self) -> bool:
        """True if something more urgent is begun before what is in service is finished."""
        return self.model.p.service_preemption

    def attend_to(self, item: Item) -> None:
        """*item* has joined the inbox: look for work if free or doing something less urgent."""
        if self.current is None:
            self.look_for_work()
        elif self.may_be_interrupted and item.kind.priority < self.current.kind.priority:
            self.pause()
            self.look_for_work()

    def withdraw(self, item: Item) -> None:
        """*item*, addressed to this person, is not needed any more; in service it is left to finish."""
        if item.state is State.IN_SERVICE:
            return
        if item.state is State.QUEUED:
            self.inbox[item.kind.priority].remove(item)
            if not item.begun:
                self.queued_hours -= item.hours
        item.state = State.WITHDRAWN
        self.model.ledger.item_leaves(item, self.model.now, withdrawn=True)

    # --- Service -----------------------------------------------------------------------------------------------------

    def next_item(self) -> Item | None:
        """Take the item to serve next out of the queues."""
        for priority in (Priority.INCIDENT, Priority.FIX, Priority.HELP):
            if self.inbox[priority]:
                return self.inbox[priority].popleft()
        item = self.next_review()
        if item is None and self.inbox[Priority.OWN]:
            item = self.inbox[Priority.OWN].popleft()
        return item

    def next_review(self) -> Item | None:
        """Take the next review or verification that may start now."""
        return self.inbox[Priority.REVIEW].popleft() if self.inbox[Priority.REVIEW] else None

    def begin(self, item: Item) -> None:
        """Begin *item*, or resume it."""
        if item.kind is Kind.REVIEW and not item.begun:
            review.open_item(self, item)
        self.account()
        self.current = item
        item.state = State.IN_SERVICE
        item.person = self
        if not item.begun:
            item.begun = True
            if item.kind.is_sent and item.team is None:
                self.queued_hours -= item.hours
        if item.change is not None:
            if item.kind is Kind.REVIEW:
                item.change.enter(Stage.REVIEWING, self.model.now)
            elif item.kind is Kind.FIX:
                item.change.enter(Stage.REWORK, self.model.now)
            elif item.kind in (Kind.VERIFY, Kind.SPECIFY, Kind.WRITE):
                item.change.enter(Stage.WRITING, self.model.now)
        self.plan_completion()

    def pause(self) -> None:
        """Lay the item in service aside; it stays first in its class."""
        self.account()
        item, self.current = self.current, None
        self.plan_number += 1
        item.state = State.QUEUED
        self.inbox[item.kind.priority].appendleft(item)
        if item.change is not None:
            if item.kind is Kind.REVIEW:
                item.change.enter(Stage.REVIEW_WAIT, self.model.now)
            elif item.kind in (Kind.VERIFY, Kind.SPECIFY, Kind.WRITE):
                item.change.enter(Stage.OWNER_QUEUE, self.model.now)

    def look_for_work(self) -> None:
        """Serve the next item, or start something new, or wait."""
        self.account()
        if self.rate <= LEAST_RATE:
            return
        while True:
            item = self.next_item()
            if item is not None:
                self.begin(item)
                return
            if not self.start_change():
                break
        self.rest()

    def start_change(self) -> bool:
        """Start a change of one's own; only writers do."""
        return False

    def rest(self) -> None:
        """There is nothing to do."""
        self.has_work = False

    def complete(self) -> None:
        """Complete the item in service, and let its consequences happen."""
        self.account()
        item, self.current = self.current, None
        self.plan_number += 1
        change = item.change
        if item.kind in (Kind.WRITE, Kind.SPECIFY):
            if item.kind is Kind.WRITE:
                change.done = change.segment_end
            change.owner.proceed(change)
        elif change is not None:
            if item.kind is Kind.QUESTION:
                questions.served(self, item)
            elif item.kind is Kind.COORDINATION:
                dependencies.served(self, item)
            elif item.kind is Kind.REVIEW:
                review.completed(item)
            elif item.kind is Kind.VERIFY:
                change.owner.verified(change)
            elif item.kind is Kind.FIX:
                change.owner.fixed(change)
        if item.kind.is_sent:
            self.model.ledger.item_leaves(item, self.model.now, withdrawn=False)
