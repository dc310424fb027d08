"""The state of a simulated organisation: one record type per entity, every field with unit, meaning and owner.

Times are working hours since the start of the warm-up; hours are hours of one person's attention; sizes are standard
hours. ``-1`` means "none" in every index. The tables are NumPy record arrays, so that ``person = org.people[i];
person.skill`` reads the same in a kernel, in interpreted Python and in a notebook.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from sim.engine import codes, histogram

#: Bytes that a processor fetches from memory at once.
LINE = 64


def _in_lines(fields: list[tuple]) -> np.dtype:
    """Return the type of a record with these *fields*, in this order, whose rows take a whole number of lines.

    What is used together stands together; flags and codes are small: how fast a run is depends on how many lines an event
    touches. An odd number of lines spreads the rows over the sets of the caches.
    """
    packed = np.dtype(fields, align=True)
    lines = -(-packed.itemsize // LINE)
    lines += 1 - lines % 2
    offsets = [packed.fields[name][1] for name in packed.names]
    formats = [packed.fields[name][0] for name in packed.names]
    parts = {"names": packed.names, "formats": formats, "offsets": offsets, "itemsize": lines * LINE}
    return np.dtype(parts, align=True)


PERSON = _in_lines(
    [
        # service and the search for a reviewer (owner: server, review); a line
        ("current", "i4"),  # item in service
        ("serving", "i1"),  # class of the item in service, or FREE_CLASS
        ("ready", "i1"),  # bit c set: queue of class c is not empty
        ("has_work", "?"),  # while not serving: has work, all of it blocked
        ("coder", "?"),  # may write changes
        ("reviewer", "?"),  # may review changes of the team
        ("next_member", "i4"),  # next IC (or desk) of the same team
        ("rate", "f8"),  # attention for items per hour of presence
        ("allowance", "f8"),  # h; reviews start while it is positive (owner: review)
        ("allowance_at", "f8"),  # time at which `allowance` was computed
        ("pid", "i8"),  # permanent id, the key of this person's dice
        ("since", "f8"),  # h; accounted up to this time
        ("event", "i4"),  # own event in the calendar: when to complete the item in service or look for work
        ("human", "i4"),  # row of the human whose hours these are (differs for a desk)
        # books and what to do next (owner: server, work); a line
        ("events", "i8"),  # events sent so far (breaks ties)
        ("served_hours", "f8"),  # h of service given, cumulative
        ("capacity_hours", "f8"),  # h available for items, cumulative
        ("hand_hours", "f8"),  # hours of hand-writing since the last weekly update
        ("queued_hours", "f8"),  # h of service waiting in the inbox
        ("team", "i4"),  # row of the manager whose team this person works in
        ("writing", "i4"),  # changes in writing
        ("open", "i4"),  # changes awaiting merge
        ("parked", "i4"),  # change that waits for an agent
        ("next_change", "i4"),  # j of the next change to start
        ("boss", "i4"),  # row of the boss (owner: structure, model interventions)
        # inbox (owner: inbox, review)
        ("head", "i4", (codes.CLASSES,)),
        ("tail", "i4", (codes.CLASSES,)),
        ("arrived_hours", "f8"),  # h of service that arrived in the inbox, cumulative
        ("wake_at", "f8"),  # time of the pending EVENT_WAKE, or infinity
        ("role", "i4"),
        ("layer", "i4"),  # 0 = ICs, 1 = managers of ICs, ...
        # writing (owner: coding, ai_use); a line
        ("knowledge", "f8"),
        ("other_pace", "f8"),  # factor on the speed of preparing, verifying, reviewing and repairing
        ("hours_by_hand", "f8"),  # h to hand-write a standard hour
        ("hours_assisted", "f8"),  # h to write a standard hour with the assistant
        ("assistant_fraction", "f8"),  # f of an assisted change
        ("assistant_need", "f8"),  # on the assistant's verification: the part that it is used for
        ("preparation", "f8"),  # on the hours of preparation
        ("verifying_factor", "f8"),  # on verification: guardrails, fluency and reading skill
        # starting, asking, handing in (owner: work, ai_use, questions, defects)
        ("skill", "f8"),
        ("belief", "f8"),  # of the target, in sd of the target
        ("agent_share", "f8"),  # share of the work that agents do
        ("agent_threshold", "f8"),  # score below which a change goes to an agent, where its size counts
        ("asks_ai", "f8"),  # probability that a question goes to AI first
        ("defect_factor", "f8"),  # on latent defects: skill
        ("guardrail", "f8"),  # of the AI defects left, share that the team's guardrails prevent
        ("first_agent", "i4"),  # row of the first agent this person supervises
        ("agents", "i4"),  # agents this person supervises
        ("failure_factor", "f8"),  # on the odds of an agent's failure: fluency
        ("tools", "f8"),  # factor on agents' odds of failure and on specifying (owner: ai_strategy)
        ("ai_hours", "f8"),  # standard hours written by AI and submitted since the last weekly update
        ("ai_written", "f8"),  # standard hours that AI was paid for, cumulative (of the seat)
        ("value", "f8"),  # standard hours delivered, cumulative
        # what is read once a week (owner: structure, ai_use, initialise, learning, alignment, attention)
        ("desk", "i4"),  # row of a manager's hands-on desk
        ("reports", "i4"),  # direct reports, AI agents not counted
        ("teams_below", "i4"),  # teams with ICs below a manager, the own one included (owner: dependencies)
        ("quality", "f8"),  # management quality, standard normal
        ("coverage", "f8"),  # people time given over needed, smoothed (managers)
        ("fluency", "f8"),
        ("new_belief", "f8"),
        ("productivity", "f8"),  # factor on the speed of hand-writing
        ("condition", "f8"),  # part of it that is the person's own (owner: condition)
        ("ai_planned", "f8"),  # share of the code volume that AI is to write on this seat (owner: ai_use)
        ("ai_luck", "f8"),  # normal score of how much this person uses AI, compared with others
        ("ai_share", "f8"),  # share of the code volume that AI is to write for this person
        ("coaching_hours", "f8"),  # h/week for newcomers (managers) or teammates (staff) (owner: condition)
        ("governance_spared", "f8"),  # h/week of AI governance that the strategy does not ask for
        ("load", "f8"),  # h/week of arriving inbox work, smoothed (managers)
        ("last_arrived", "f8"),
        ("meetings_rate", "f8"),  # fixed duties, shares of presence
        ("people_rate", "f8"),
        ("other_rate", "f8"),
        ("aligning_rate", "f8"),
        ("talking_rate", "f8"),
    ]
)

TEAM = np.dtype(
    [
        ("first_member", "i4"),
        ("ics", "i4"),
        ("reviewers", "i4"),
        ("head", "i4"),  # shared review queue
        ("tail", "i4"),
        ("started", "i4"),  # changes started, against demand
        ("queued_hours", "f8"),  # h of review waiting (shared and addressed)
        ("arrivals", "i4"),  # external arrivals so far
    ],
    align=True,
)

CHANGE = _in_lines(
    [
        # service: whenever its owner's time is accounted for (owner: server); a line
        ("owner", "i4"),
        ("life", "i4"),  # number of the change that uses this row; an older event is void
        ("wait", "i4"),  # number of the present blocking wait; an older event is void
        ("j", "i4"),  # which change of the person who started it
        ("pid", "i8"),  # permanent id of who started it: the key of its dice
        ("human_hours", "f8"),
        ("share_coding", "f8"),  # of the present segment's hours
        ("share_verifying", "f8"),
        ("share_by_hand", "f8"),  # coding without AI
        ("stage_since", "f8"),
        # stages (owner: server); a line
        ("stage_hours", "f8", (len(codes.STAGES),)),
        # writing (owner: coding, questions, dependencies); a line
        ("stage", "i1"),
        ("mode", "i1"),
        ("counted", "?"),  # counts against the owner's WIP limit
        ("failed", "?"),  # the last run failed
        ("written", "?"),
        ("abandon", "?"),
        ("rejected", "?"),
        ("done", "f8"),  # standard hours written so far
        ("segment_end", "f8"),  # standard hours at the end of the present segment
        ("standard_hours", "f8"),  # S, the size asked for
        ("next_question", "f8"),  # standard hours at which the next question comes up
        ("dependency_at", "f8"),  # standard hours at which another IC is needed
        ("ai_fraction", "f8"),  # f
        ("questions", "i4"),  # questions so far
        ("awaited_item", "i4"),  # question or coordination that the change waits for
        # review and defects (owner: review, defects)
        ("volume", "f8"),  # V, standard-hour equivalents to read
        ("found", "i8"),  # bit d set: defect d was found in this pass
        ("discard_luck", "f8"),  # uniform that decides whether it is closed without merging
        ("review_pass", "i4"),
        ("asked", "i4"),  # reviewers of this pass
        ("pending", "i4"),  # reviewers of this pass who have not finished
        ("votes_for", "i4"),
        ("votes_against", "i4"),
        ("defects", "i4"),  # latent
        ("extra_defects", "i4"),  # from wrong answers and guesses
        ("defect_draws", "i4"),  # Bernoulli model: draws so far
        ("reviewers", "i4", (codes.MAX_REVIEWERS,)),
        ("reviews", "i4", (codes.MAX_REVIEWERS,)),
        # worth and helpers (owner: work, alignment, coding)
        ("started_at", "f8"),
        ("size_delivered", "f8"),  # standard hours that it is worth if all is well
        ("belief", "f8"),  # of the owner at the start
        ("disagreement", "f8"),  # belief of owner minus belief of partner
        ("asked_at", "f8"),
        ("write_hours", "f8"),  # h the owner needs to write all of it
        ("partner", "i4"),
        ("open_questions", "i4"),  # unanswered questions that do not block
        ("agent", "i4"),  # agent that works on it
        ("attempt", "i4"),  # agent runs so far
        ("next", "i4"),  # free list
    ]
)

ITEM = _in_lines(
    [
        # a line
        ("change", "i4"),
        ("life", "i4"),  # the change's life number at sending
        ("kind", "i1"),
        ("state", "i1"),
        ("begun", "?"),
        ("person", "i4"),  # whose inbox (review: NONE while in the shared queue)
        ("team", "i4"),  # row of the manager whose team's queue it is in
        ("next", "i4"),
        ("wait", "i4"),  # the change's wait number at sending
        ("step", "i4"),  # hop, or number of the reviewer in the pass
        ("left", "f8"),  # h left
        ("hours", "f8"),  # h needed
        ("sent_at", "f8"),
        ("asked_at", "f8"),  # of a question: when its asker asked it
        # by kind
        ("difficulty", "f8"),  # of a question
        ("loss", "f8"),  # standard hours of value that an incident destroys
    ]
)

AGENT = np.dtype(
    [
        ("supervisor", "i4"),
        ("change", "i4"),
        ("running", "?"),
        ("since", "f8"),
        ("run_hours", "f8"),  # h of own running time, cumulative
        ("runs", "i4"),
    ],
    align=True,
)

EVENT = np.dtype(
    [
        ("time", "f8"),
        ("slot", "i8"),  # of the calendar; NONE while not in it
        ("tie", "i8"),  # order among events of the same time
        ("kind", "i4"),
        ("ref", "i4"),
        ("stamp", "i4"),
        ("next", "i4"),  # in the bucket, or of the free list
    ],
    align=True,
)

#: One record of the whole organisation. The block of cumulative figures is what the weekly snapshots keep.
WORLD = np.dtype(
    [
        # key of the dice
        ("seed", "u8"),
        ("run", "u8"),
        ("tie_mask", "i8"),
        # clock and tables
        ("now", "f8"),
        ("week", "i8"),
        ("slots_per_hour", "f8"),  # of the event calendar
        ("slot", "i8"),  # earliest slot that may hold an event
        ("free_event", "i8"),
        ("free_events", "i8"),
        ("free_item", "i8"),
        ("free_items", "i8"),
        ("free_change", "i8"),
        ("free_changes", "i8"),
        ("teams_with_ics", "i8"),
        ("target", "f8"),
        ("demand_factor", "f8"),
        (
            "ai_extent",
            "f8",
        ),  # how far AI is at hand at the mean share that is planned for ICs (owner: ai_use)
        ("ai_extent_sum", "f8"),  # over weeks
        ("use_logit", "f8"),  # around which personal shares of AI use lie, as last searched for
        ("use_share", "f8"),  # for this planned share
        ("use_sd", "f8"),  # and this spread
        # cumulative counts
        ("started", "i8"),
        ("merged", "i8"),
        ("merged_ic", "i8"),
        ("discarded", "i8"),
        ("abandoned", "i8"),
        ("agent_merged", "i8"),
        ("agent_decided", "i8"),
        ("human_merged", "i8"),
        ("human_decided", "i8"),
        ("failed_changes", "i8"),  # merged with an escaped defect
        ("unreviewed", "i8"),
        ("incidents", "i8"),
        ("questions", "i8"),
        ("guesses", "i8"),
        ("items_sent", "i8"),
        ("items_served", "i8"),
        ("items_withdrawn", "i8"),
        ("items_left", "i8"),  # gauge: sent, neither served nor withdrawn
        ("answers", "i8"),
        ("reviews", "i8"),  # reviews begun
        # cumulative sums
        ("value", "f8"),  # standard hours, aligned, before incident losses
        ("value_managers", "f8"),
        ("value_lost", "f8"),  # in incidents
        ("size_merged", "f8"),
        ("size_merged_ic", "f8"),
        ("volume_merged", "f8"),
        ("ai_volume_merged", "f8"),
        ("ai_standard_hours", "f8"),
        ("lead_time", "f8"),
        ("decision_latency", "f8"),
        ("review_wait", "f8"),
        (
            "lead_times",
            "i4",
            (histogram.BINS,),
        ),  # merged changes by lead time, in bins of `sim.engine.histogram`
        ("decision_latencies", "i4", (histogram.BINS,)),  # escalated questions by the time to their answer
        ("review_waits", "i4", (histogram.BINS,)),  # reviews by the wait for them
        ("discarded_hours", "f8"),
        ("item_hours", "f8"),  # integral of the number of items in the system
        ("item_times", "f8"),  # sum of times in system of items that have left
        ("item_clock", "f8"),
        ("change_hours", "f8"),  # integral of the number of changes in progress
        ("change_times", "f8"),
        ("change_clock", "f8"),
        ("overload_hours", "f8"),  # duties beyond the time there is
        ("stage_hours", "f8", (len(codes.STAGES),)),  # of merged changes
        ("hours_ic", "f8", (len(codes.ACTIVITIES),)),
        ("hours_manager", "f8", (len(codes.ACTIVITIES),)),
        ("inbox_hours", "f8", (codes.MAX_LAYERS,)),
        ("inbox_capacity", "f8", (codes.MAX_LAYERS,)),
        # of those who have left or changed roles or layers
        ("hours_ic_past", "f8", (len(codes.ACTIVITIES),)),
        ("hours_manager_past", "f8", (len(codes.ACTIVITIES),)),
        ("inbox_hours_past", "f8", (codes.MAX_LAYERS,)),
        ("inbox_capacity_past", "f8", (codes.MAX_LAYERS,)),
        ("coverage_sum", "f8"),  # cumulative over weeks and managers with reports
        ("coverage_count", "f8"),
        ("agent_hours", "f8"),
        # people events (owner: people)
        ("people_week", "i8"),  # weeks that were held, counted from the end of the warm-up
        ("hired", "i8"),
        ("opened", "i8"),  # seats that were not there at the start
        ("quits", "i8"),
        ("layoffs", "i8"),
        ("retired", "i8"),
        ("promotions", "i8"),
        ("promotions_into", "i8", (codes.MAX_LAYERS,)),  # by layer of the seat
        ("hired_into", "i8", (codes.MAX_LAYERS,)),  # by layer of the seat
        ("conversions", "i8"),  # managers who became ICs
        ("orphans_taken_over", "i8"),  # changes of leavers
        ("orphans_abandoned", "i8"),
        ("stepped_in", "i8"),  # changes of leavers that a hands-on manager has taken over
        ("died_out", "i8"),  # 1 + week at whose end no IC was left and none to come; 0: there are ICs
        ("people_usd", "f8"),  # severance and hiring
        ("cohort_ics", "i8"),  # at week 0
        ("cohort_managers", "i8"),
        ("laid_off_ics", "i8"),  # of the cohort, by role at week 0, within a year
        ("laid_off_managers", "i8"),
        ("guardrails", "f8"),  # coverage of ICs' work, mean
        ("unfluent_sum", "f8"),  # share of ICs below the threshold of fluency, summed over weeks
        ("ai_closed", "i8"),  # positions closed because AI is believed to do the work
        ("budget_cut_week", "i8"),  # of the last cut for the budget
        ("quit_jump", "f8"),  # of survivors' hazard of quitting after layoffs (0.31: +31 %)
        ("payroll_above_start", "f8"),  # USD a year, now
        ("ics_above_start", "i8"),
        ("managers_above_start", "i8"),
        ("payroll_above_start_sum", "f8"),  # USD-weeks a year
        ("efficiency", "f8"),  # without flow: weighted competence over its maximum, now
        ("efficiency_sum", "f8"),  # over weeks
        ("ics_above_start_sum", "i8"),  # person-weeks
        ("managers_above_start_sum", "i8"),
        # gauges
        ("ics", "i8"),
        ("managers", "i8"),
        ("skill_mean", "f8"),
        ("fluency_mean", "f8"),
    ],
    align=True,
)


#: The occupant of a seat, a row of `Org.people`; beside the flow engine's record, which its kernels read all the time.
OCCUPANT = np.dtype(
    [
        ("cohort", "i8"),  # row in `Org.cohort`, NONE for somebody hired since
        ("joined", "f8"),  # week, negative before week 0
        (
            "tenure_band",
            "i8",
        ),  # of who was there at the start, index in `BANDS` of sim.organisation.tenure; 0: unknown
        ("pay", "f8"),  # USD/year, loaded
        ("strain", "f8"),  # 0..1
        ("expertise", "f8"),  # of the domain, standard normal
        ("aptitude", "f8"),  # for management, standard normal
        ("competence", "f8"),  # in the present job, points (without flow)
        ("born", "f8"),  # week, negative (with retirement)
        ("currency", "f8"),  # closeness to the technology, 0..1
        ("diverse", "?"),  # leads a team of diverse functions
        ("staff", "?"),  # on the staff track
        ("waited", "f8"),  # weeks ready for promotion without a vacancy
        ("moved", "f8"),  # week of the last change of teams; -infinity: never
        ("guardrail", "f8"),  # coverage of the team that a manager leads, 0..1
        ("output", "f8"),  # standard hours a week, smoothed
        ("last_value", "f8"),  # of PERSON.value at the last measure
        ("last_waiting", "f8"),  # h
        ("last_hours", "f8"),  # h
        (
            "seated_value",
            "f8",
        ),  # of PERSON.value, with the desk's, when the occupant was last credited with it
        # of the seat
        ("seat_role", "i8"),
        ("seat_boss", "i8"),  # row, by the plan of the organisation
        ("open_until", "f8"),  # week at which the vacancy is filled; infinity: not to be filled
        ("seat_pay", "f8"),  # USD/year
        # people who neither write code nor lead: they belong to a manager's seat (`sim.people.others`)
        ("seat_others", "i8"),  # those who report there
        ("seat_heads", "i8"),  # with those below them
        ("seat_others_pay", "f8"),  # of the heads, USD/year
        ("others_at", "i8"),  # row of the manager who leads those of this seat now
        ("led_pay", "f8"),  # of all whom the occupant leads now, USD/year
    ],
    align=True,
)

#: Everybody present at week 0, and what became of them.
COHORT = np.dtype(
    [
        ("pid", "i8"),
        ("role", "i8"),
        ("layer", "i8"),
        ("tenure", "f8"),  # years
        ("skill", "f8"),
        ("exposure", "f8"),  # share of own work that AI is planned to write
        ("exit_week", "f8"),  # infinity: still there
        ("exit_kind", "i8"),  # STAYED, LAID_OFF, QUIT, RETIRED
        ("pay_earned", "f8"),  # USD since week 0, loaded, without severance
        ("severance", "f8"),  # USD
        ("contribution", "f8"),  # value of own merged changes since week 0, standard hours
        ("followed", "?"),  # chosen by a `follow` event
    ],
    align=True,
)

#: A row for every cut.
LEDGER = np.dtype(
    [
        ("week", "f8"),
        ("pid", "i8"),
        ("role", "i8"),
        ("layer", "i8"),
        ("tenure", "f8"),  # years
        ("rule", "i8"),  # index in `LAYOFF_RULES`
        ("score", "f8"),
        ("percentile", "f8"),
        ("converted", "?"),
    ],
    align=True,
)

#: A row for everybody who left, whoever was there at the start or was hired since.
EXIT = np.dtype(
    [
        ("week", "f8"),  # at whose end
        ("pid", "i8"),
        ("seat", "i8"),  # row of `Org.people`
        ("role", "i8"),
        ("kind", "i8"),  # LAID_OFF, QUIT, RETIRED
    ],
    align=True,
)


class Org(NamedTuple):
    """The tables of one simulated organisation; all kernels take it as their first argument.

    ``people``, ``teams``: a row per person (a team belongs to the manager of the same row); ``hours``: float64 [people,
    activities], hours of every human since the start; ``weeks``: a snapshot of ``world`` at every week's end.
    """

    world: np.ndarray
    people: np.ndarray
    teams: np.ndarray
    changes: np.ndarray
    items: np.ndarray
    agents: np.ndarray
    events: np.ndarray
    buckets: np.ndarray  # int32 [power of two]: first event of each bucket of the calendar
    occupied: np.ndarray  # uint64 [buckets / 64]: bit b of word a is set if bucket 64 a + b is not empty
    modules: np.ndarray  # int64 [modules]: row of the IC of each module, or NONE
    home: np.ndarray  # int64 [people]: module that a person's work lies at
    hours: np.ndarray
    weeks: np.ndarray
    occupants: np.ndarray  # a row per person (OCCUPANT)
    cohort: np.ndarray  # COHORT, empty before week 0
    ledger: np.ndarray  # LEDGER
    exits: np.ndarray  # EXIT


def table(rows: int, dtype: np.dtype) -> np.ndarray:
    """Return a zeroed table of *rows* rows: a row has attributes (``people[i].skill``), columns go by name.

    It begins with a line. Not a `numpy.recarray`: taking a column of one costs 3 microseconds instead of 0.1.
    """
    record = _of_records(dtype)
    room = np.zeros(rows * record.itemsize + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + rows * record.itemsize].view(record)


def lengthened(old: np.ndarray, more: int) -> np.ndarray:
    """Return a copy of the table *old* with *more* rows, zeroed."""
    new = table(len(old) + more, old.dtype)
    # As bytes: NumPy copies records field by field where there is room between them.
    new[: len(old)].view(np.uint8)[:] = old.view(np.uint8)
    return new


def copy_of(old: np.ndarray) -> np.ndarray:
    """Return a copy of a table, or of another array."""
    return old.copy() if old.dtype.names is None else lengthened(old, 0)


@cache
def _of_records(dtype: np.dtype) -> np.dtype:
    """Return *dtype* for rows with attributes; always the same object, or Numba compares all fields at every call."""
    return np.dtype((np.record, dtype))
