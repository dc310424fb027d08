"""The codes of the engine: what a number in a table means (activities, kinds of items, stages, events, exits)."""

#: The protected hands-on hours of a manager: a second desk of the same human, which only writes changes.
DESK = 2
#: A seat that nobody sits on.
VACANT = 3


ACTIVITIES = (
    "coding", "specifying", "verifying", "reviewing", "reworking", "answering", "coordinating", "aligning", "people",
    "incidents", "meetings", "other", "waiting", "idle",
)  # fmt: skip


CODING, SPECIFYING, VERIFYING, REVIEWING, REWORKING, ANSWERING, COORDINATING, ALIGNING = range(8)
PEOPLE, INCIDENTS, MEETINGS, OTHER, WAITING, IDLE = range(8, 14)
INCIDENT, FIX, QUESTION, COORDINATION, REVIEW, VERIFY, SPECIFY, WRITE = range(8)
ITEM_KINDS = ("incident", "fix", "question", "coordination", "review", "verify", "specify", "write")
CLASS_INCIDENT, CLASS_FIX, CLASS_HELP, CLASS_REVIEW, CLASS_OWN = range(5)


CLASS_OF_KIND = (
    CLASS_INCIDENT,
    CLASS_FIX,
    CLASS_HELP,
    CLASS_HELP,
    CLASS_REVIEW,
    CLASS_REVIEW,
    CLASS_OWN,
    CLASS_OWN,
)


CLASSES = 5


#: Where the hours of an item go (those of a WRITE item are shared out).
ACTIVITY_OF_KIND = (
    INCIDENTS,
    REWORKING,
    ANSWERING,
    COORDINATING,
    REVIEWING,
    VERIFYING,
    SPECIFYING,
    CODING,
)


#: The "class" in service of a person who serves nothing: anything pre-empts it.
FREE_CLASS = 5
FREE, SENT, QUEUED, SERVING, WITHDRAWN = range(5)
ASSISTED, BY_AGENT = 0, 1


STAGES = (
    "writing", "owner's queue", "agent", "decisions", "coordination", "review wait", "reviewing", "rework",
)  # fmt: skip


STAGE_WRITING, STAGE_OWNER_QUEUE, STAGE_AGENT, STAGE_DECISIONS, STAGE_COORDINATION = range(5)
STAGE_REVIEW_WAIT, STAGE_REVIEWING, STAGE_REWORK = range(5, 8)
EVENT_DONE = 0  # a person completes the item in service (ref: person)
EVENT_ARRIVE = 1  # an item reaches its inbox (ref: item)
EVENT_AGENT = 2  # an agent has finished its run (ref: change)
EVENT_PATIENCE = 3  # an asker will wait no longer (ref: change)
EVENT_ANSWER = 4  # an answer or a settled dependency reaches the owner (ref: change)
EVENT_WAKE = 5  # a person's review allowance is positive again (ref: person)
EVENT_EXTERNAL = 6  # an item arrives from outside (ref: manager)
MAX_LAYERS = 12  # layers told apart in utilisation figures; higher ones count with the last
MAX_REVIEWERS = 9  # of a pass; the dice have room for 12 (`review.place`)
NONE = -1
STAYED, LAID_OFF, QUIT, RETIRED = range(4)
EXIT_KINDS = ("stayed", "laid off", "quit", "retired")


LAYOFF_RULES = (
    "background",
    "wave",
    "delayer",
    "performance",
    "ai_substitution",
    "budget",
    "event",
    "dismissal",
)
