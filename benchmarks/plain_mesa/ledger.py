"""The books of a run: what outcomes are computed from, named as in the engine's record, so that both can be compared."""

from dataclasses import dataclass, field
from math import log

import numpy as np

from benchmarks.plain_mesa.things import Activity, Change, Ending, Item, Mode, Stage
from sim.engine.codes import MAX_LAYERS
from sim.engine.histogram import BINS, LEAST, MOST
from sim.engine.state import WORLD


def count_time(bins: list[int], hours: float) -> None:
    """Count a time of so many *hours*."""
    step = log(MOST / LEAST) / BINS
    bins[min(int(log(hours / LEAST) / step), BINS - 1) if hours > LEAST else 0] += 1


@dataclass(slots=True)
class Ledger:
    """Cumulative counts and hours since the start, and a few gauges."""

    seed: int = 0
    run: int = 0
    tie_mask: int = 0
    now: float = 0.0
    week: int = 0
    target: float = 0.0
    demand_factor: float = 1.0
    started: int = 0
    merged: int = 0
    merged_ic: int = 0
    discarded: int = 0
    abandoned: int = 0
    agent_merged: int = 0
    agent_decided: int = 0
    human_merged: int = 0
    human_decided: int = 0
    failed_changes: int = 0
    unreviewed: int = 0
    incidents: int = 0
    questions: int = 0
    guesses: int = 0
    items_sent: int = 0
    items_served: int = 0
    items_withdrawn: int = 0
    items_left: int = 0
    answers: int = 0
    reviews: int = 0
    value: float = 0.0
    value_managers: float = 0.0
    value_lost: float = 0.0
    size_merged: float = 0.0
    size_merged_ic: float = 0.0
    volume_merged: float = 0.0
    ai_volume_merged: float = 0.0
    ai_standard_hours: float = 0.0
    lead_time: float = 0.0
    decision_latency: float = 0.0
    review_wait: float = 0.0
    discarded_hours: float = 0.0
    item_hours: float = 0.0
    item_times: float = 0.0
    item_clock: float = 0.0
    change_hours: float = 0.0
    change_times: float = 0.0
    change_clock: float = 0.0
    overload_hours: float = 0.0
    coverage_sum: float = 0.0
    coverage_count: float = 0.0
    agent_hours: float = 0.0
    ics: int = 0
    managers: int = 0
    teams_with_ics: int = 0
    skill_mean: float = 0.0
    fluency_mean: float = 0.0
    stage_hours: list[float] = field(default_factory=lambda: [0.0] * len(Stage))
    hours_ic: list[float] = field(default_factory=lambda: [0.0] * len(Activity))
    hours_manager: list[float] = field(default_factory=lambda: [0.0] * len(Activity))
    inbox_hours: list[float] = field(default_factory=lambda: [0.0] * MAX_LAYERS)
    inbox_capacity: list[float] = field(default_factory=lambda: [0.0] * MAX_LAYERS)
    ai_extent: float = 0.0
    ai_extent_sum: float = 0.0
    lead_times: list[int] = field(default_factory=lambda: [0] * BINS)
    decision_latencies: list[int] = field(default_factory=lambda: [0] * BINS)
    review_waits: list[int] = field(default_factory=lambda: [0] * BINS)

    @property
    def in_progress(self) -> int:
        """Changes started and not yet merged, discarded or abandoned."""
        return self.started - self.merged - self.discarded - self.abandoned

    def item_enters(self, now: float) -> None:
        """Count an item that was sent."""
        self.integrate_items(now)
        self.items_sent += 1
        self.items_left += 1

    def item_leaves(self, item: Item, now: float, *, withdrawn: bool) -> None:
        """Count an item that was served or withdrawn."""
        self.integrate_items(now)
        self.items_left -= 1
        self.item_times += now - item.sent_at
        if withdrawn:
            self.items_withdrawn += 1
        else:
            self.items_served += 1

    def integrate_items(self, now: float) -> None:
        """Move the integral of the number of items in the system to *now*."""
        self.item_hours += self.items_left * (now - self.item_clock)
        self.item_clock = now

    def integrate_changes(self, now: float) -> None:
        """Move the integral of the number of changes in progress to *now*."""
        self.change_hours += self.in_progress * (now - self.change_clock)
        self.change_clock = now

    def change_ends(self, change: Change, ending: Ending, now: float, *, of_ic: bool) -> None:
        """Count a change that is merged, discarded or abandoned."""
        self.integrate_changes(now)
        self.change_times += now - change.started_at
        by_agent = change.mode is Mode.BY_AGENT
        if ending is Ending.MERGED:
            self._merge(change, now, of_ic, by_agent)
        else:
            self.discarded_hours += change.human_hours
            if ending is Ending.DISCARDED:
                self.discarded += 1
            else:
                self.abandoned += 1
        if ending is not Ending.ABANDONED:
            self.agent_decided += by_agent
            self.human_decided += not by_agent

    def _merge(self, change: Change, now: float, of_ic: bool, by_agent: bool) -> None:
        self.merged += 1
        self.size_merged += change.delivered
        if of_ic:
            self.merged_ic += 1
            self.size_merged_ic += change.delivered
        self.volume_merged += change.volume
        self.ai_volume_merged += change.volume - change.size * (1.0 - change.ai_fraction)
        self.lead_time += now - change.started_at
        count_time(self.lead_times, now - change.started_at)
        self.agent_merged += by_agent
        self.human_merged += not by_agent
        for stage, hours in enumerate(change.stage_hours):
            self.stage_hours[stage] += hours

    def snapshot(self) -> np.void:
        """Return the books as a record of `sim.engine.state.WORLD`; fields that only concern the engine's tables stay zero."""
        record = np.zeros(1, WORLD)
        for name in self.__slots__:
            record[name][0] = getattr(self, name)
        return record[0]
