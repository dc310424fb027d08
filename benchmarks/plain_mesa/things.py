"""What people work on: changes, and items that need one person's attention."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.plain_mesa.agents import CodingAgent
    from benchmarks.plain_mesa.server import Server
    from benchmarks.plain_mesa.team import Team
    from benchmarks.plain_mesa.writer import Writer

#: Attention below this rate is none: work rests until the next week.
LEAST_RATE = 1e-9


class Activity(IntEnum):
    """Where human hours go."""

    CODING = 0
    SPECIFYING = 1
    VERIFYING = 2
    REVIEWING = 3
    REWORKING = 4
    ANSWERING = 5
    COORDINATING = 6
    ALIGNING = 7
    PEOPLE = 8
    INCIDENTS = 9
    MEETINGS = 10
    OTHER = 11
    WAITING = 12
    IDLE = 13


class Stage(IntEnum):
    """Where a change spends its lead time."""

    WRITING = 0
    OWNER_QUEUE = 1
    AGENT = 2
    DECISIONS = 3
    COORDINATION = 4
    REVIEW_WAIT = 5
    REVIEWING = 6
    REWORK = 7


class Priority(IntEnum):
    """Classes of items; the smaller is served first, and pre-empts the larger."""

    INCIDENT = 0
    FIX = 1
    HELP = 2
    REVIEW = 3
    OWN = 4


class Kind(Enum):
    """Kinds of items: (priority, activity that the hours are booked to, whether somebody sent it)."""

    INCIDENT = (Priority.INCIDENT, Activity.INCIDENTS, True)
    FIX = (Priority.FIX, Activity.REWORKING, True)
    QUESTION = (Priority.HELP, Activity.ANSWERING, True)
    COORDINATION = (Priority.HELP, Activity.COORDINATING, True)
    REVIEW = (Priority.REVIEW, Activity.REVIEWING, True)
    VERIFY = (Priority.REVIEW, Activity.VERIFYING, True)
    SPECIFY = (Priority.OWN, Activity.SPECIFYING, False)
    WRITE = (Priority.OWN, Activity.CODING, False)

    def __init__(self, priority: Priority, activity: Activity, is_sent: bool) -> None:
        self.priority, self.activity, self.is_sent = priority, activity, is_sent


class State(Enum):
    """Where an item is."""

    SENT = "sent"
    QUEUED = "queued"
    IN_SERVICE = "in service"
    WITHDRAWN = "withdrawn"


class Mode(Enum):
    """Who writes a change."""

    ASSISTED = "by its owner, perhaps with an assistant"
    BY_AGENT = "by a coding agent"


class Ending(Enum):
    """How a change ends."""

    MERGED = "merged"
    DISCARDED = "discarded"
    ABANDONED = "abandoned"


@dataclass(slots=True, eq=False)
class Item:
    """Something that needs *hours* of one person's attention. *change* is None for what comes from outside."""

    kind: Kind
    person: Server | None
    change: Change | None
    hours: float
    sent_at: float
    team: Team | None = None  # whose review queue it is in
    wait: int = 0  # number of the wait of the change that it belongs to
    step: int = 0
    difficulty: float = 0.0  # of a question; of a review: share of the needed time that is given
    asked_at: float = 0.0
    is_escaped_defect: bool = False
    loss: float = 0.0  # standard hours of value that an incident destroys
    state: State = State.SENT
    begun: bool = False
    left: float = 0.0

    def __post_init__(self) -> None:
        self.left = self.hours
        self.asked_at = self.sent_at
        self.wait = self.change.wait if self.change is not None else 0


@dataclass(slots=True, eq=False)
class Change:
    """A change of *size* standard hours, the *number*-th of its owner."""

    owner: Writer
    number: int
    size: float
    mode: Mode
    ai_fraction: float
    started_at: float
    belief: float  # of the owner at the start
    stage_since: float
    stage: Stage = Stage.OWNER_QUEUE
    stage_hours: list[float] = field(default_factory=lambda: [0.0] * len(Stage))
    closed: bool = False
    counts_as_writing: bool = True
    human_hours: float = 0.0
    wait: int = 0
    # writing
    done: float = 0.0  # standard hours
    segment_end: float = 0.0
    coding_share: float = 0.0
    by_hand_share: float = 0.0
    verifying_share: float = 0.0
    write_hours: float = 0.0
    volume: float = 0.0
    delivered: float = 0.0  # standard hours that it is worth if all is well
    written: bool = False
    # agent
    agent: CodingAgent | None = None
    attempt: int = 0
    failed: bool = False
    # questions and dependencies
    next_question: float = inf
    questions: int = 0
    open_questions: int = 0
    question_item: Item | None = None
    asked_at: float = 0.0
    abandon: bool = False
    dependency_at: float = inf
    partner: Writer | None = None
    coordination_item: Item | None = None
    disagreement: float = 0.0
    # review
    extra_defects: int = 0
    defects: int = 0
    defect_draws: int = 0
    found: set[int] = field(default_factory=set)
    review_pass: int = 0
    pending: int = 0
    votes_for: int = 0
    votes_against: int = 0
    rejected: bool = False
    reviewers: list[Server | None] = field(default_factory=list)
    reviews: list[Item] = field(default_factory=list)  # of the present pass, those that are not done

    def enter(self, stage: Stage, now: float) -> None:
        """Note that the change enters *stage*."""
        self.stage_hours[self.stage] += now - self.stage_since
        self.stage = stage
        self.stage_since = now
