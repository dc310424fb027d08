"""The order of things: what happens in a week, at an event, and when a person is free. Changing it changes results.

Time is continuous: jobs and messages have exact times, and the calendar serves them in the order (time, tie). Between two
weeks' ends the engine only serves events; at a week's end, before anything else at that time, it

1. closes the books: everybody's time is accounted for, the week's figures are kept;
2. measures the managers' inbox load and coverage of the week that ends;
3. lets people learn;
4. moves the target and holds the one-to-ones;
5. counts teams, sets everybody's duties and attention for the coming week.

How everybody uses AI is set at the start, and where it changes: between two weeks (`sim.people.replan`).

A person who is free serves, by class: incident > fix > question, coordination > review, verification > own change >
next change; first in, first out within a class; only a higher class pre-empts, and the interrupted item resumes
(``service.preemption`` off: what is in service is finished first).
"""

from sim.constants import HOURS_PER_WEEK, IC
from sim.engine.calendar import free_event, look_ahead, take_first
from sim.engine.codes import EVENT_DONE, VACANT
from sim.engine.kernel import entry, kernel
from sim.engine.numba_tables import borrow
from sim.engine.server import predict_completion, settle
from sim.engine.tables import MARGIN
from sim.flow.handlers import happen
from sim.flow.lifecycle import nudge
from sim.mechanisms.flow import alignment, attention, coding, dependencies, learning

DONE, TABLES_FULL, OVERFLOW = range(3)
#: The tables of so many people stay in a processor's cache.
FITS_A_CACHE = 1000


# --- Weeks ---------------------------------------------------------------------------------------------------------------


@kernel
def close_books(org, now, index):
    """Account for everybody's time up to *now* and keep the figures as snapshot *index*."""
    w = org.world[0]
    for a in range(org.hours.shape[1]):
        w.hours_ic[a] = w.hours_ic_past[a]
        w.hours_manager[a] = w.hours_manager_past[a]
    for layer in range(len(w.inbox_hours)):
        w.inbox_hours[layer] = w.inbox_hours_past[layer]
        w.inbox_capacity[layer] = w.inbox_capacity_past[layer]
    skill = 0.0
    fluency = 0.0
    for i in range(len(org.people)):
        settle(org, i, now)
    for i in range(len(org.people)):
        person = org.people[i]
        if person.human != i or person.role == VACANT:
            continue
        if person.role == IC:
            skill += person.skill
            fluency += person.fluency
            for a in range(org.hours.shape[1]):
                w.hours_ic[a] += org.hours[i, a]
        else:
            layer = min(person.layer, len(w.inbox_hours) - 1)
            w.inbox_hours[layer] += person.served_hours
            w.inbox_capacity[layer] += person.capacity_hours
            for a in range(org.hours.shape[1]):
                w.hours_manager[a] += org.hours[i, a]
    w.skill_mean = skill / max(w.ics, 1)
    w.fluency_mean = fluency / max(w.ics, 1)
    w.item_hours += w.items_left * (now - w.item_clock)
    w.item_clock = now
    w.change_hours += (w.started - w.merged - w.discarded - w.abandoned) * (now - w.change_clock)
    w.change_clock = now
    w.ai_extent_sum += w.ai_extent
    w.payroll_above_start_sum += w.payroll_above_start
    w.ics_above_start_sum += w.ics_above_start
    w.managers_above_start_sum += w.managers_above_start
    org.weeks[index] = org.world[0]


@kernel
def resume_after_week(org, p, now):
    """Everybody's attention may have changed: predict completions anew, and let the free look for work."""
    for i in range(len(org.people)):
        person = org.people[i]
        if person.current >= 0:
            predict_completion(org, i, now)
        elif person.ready or person.coder or person.reviewer:
            nudge(org, i, now)


@kernel
def week_ends(org, p, now):
    """The week ends: the five steps of the module's docstring, in order."""
    w = org.world[0]
    for i in range(len(org.people)):
        if org.people[i].human == i:
            attention.book_duties(org, i, HOURS_PER_WEEK)
    close_books(org, now, w.week + 1)
    attention.update_load(org, p, p.managers_coverage_smoothing)
    attention.update_coverage(org, p, p.managers_coverage_smoothing)
    learning.learn(org, p)
    if p.switches_alignment:
        alignment.drift(org, p)
        alignment.update_beliefs(org, p)
    w.week += 1
    dependencies.count_teams(org)
    attention.set_duties(org, p)
    attention.update_productivity(org, p)
    coding.update_paces(org, p)
    resume_after_week(org, p, now)


@entry
def advance(tables, parameters, until):
    """Simulate *tables* up to *until* hours; return DONE, or TABLES_FULL: let them grow (`grown`), then call again.

    OVERFLOW: one single event needed more than MARGIN rows; the tables are lost.
    """
    org = borrow(tables)
    p = parameters[0]
    w = org.world[0]
    while True:
        week_at = (w.week + 1) * HOURS_PER_WEEK
        if w.free_items < MARGIN or w.free_changes < MARGIN or w.free_events < MARGIN:
            return TABLES_FULL
        k = take_first(org, min(week_at, until))
        if k >= 0:
            e = org.events[k]
            w.now = e.time
            kind = e.kind
            ref = e.ref
            stamp = e.stamp
            if kind != EVENT_DONE:  # everybody keeps their own
                free_event(org, k)
            if len(org.people) > FITS_A_CACHE:
                look_ahead(org)
            happen(org, p, kind, ref, stamp, w.now)
            if w.free_items < 0 or w.free_changes < 0 or w.free_events < 0:
                return OVERFLOW
        elif week_at <= until:
            w.now = week_at
            week_ends(org, p, week_at)
        else:
            break
    w.now = until
    return DONE
