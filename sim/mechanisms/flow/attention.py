"""Attention: the week of 40 hours as a finite budget, for ICs and above all for managers.

Fixed duties take a share of every hour, the rest serves items. An IC has meetings, other duties, tau hours per
communication partner (at most ``partners_max``) and the weekly one-to-one. A manager has own meetings, administration,
upward reporting, AI governance, protected hands-on time (first line) or work of their own (above it, ``upper_own_share``; it
takes hours and delivers nothing here), and people time: p0 + p1 x reports hours a week are needed, at most
a cap are planned, and when the inbox outruns its hours they shrink, down to a floor. Hours left over are idle.

Coverage = people time given / needed, smoothed. Reports' productivity = 1 - lift (1 - coverage) + quality effect x
(manager's quality, in sd) x coverage (Lazear, Shaw and Stanton 2015): coaching in the daily work; learning comes on top. It
is the speed of writing; of its distance to 1 the part ``coached_work`` also acts on preparing, verifying, repairing and
reviewing. The source measured a job of one task, so it cannot tell how much of an engineer's work a boss speeds up.
If duties exceed the week (for managers, less a floor for the inbox) they shrink in proportion and the overload is recorded.

Not modelled: overtime, delegation between managers, coaching by peers.
Parameters: meetings.*, communication.*, work.other_duties, managers.*, alignment.meeting_hours.
"""

from sim.constants import HOURS_PER_WEEK, IC, MANAGER
from sim.engine import codes
from sim.engine.kernel import kernel


@kernel
def needed_people_hours(p, reports):
    """Return the people time that *reports* direct reports need, hours a week."""
    if reports <= 0:
        return 0.0
    return p.managers_people_fixed_hours + p.managers_people_hours_per_report * reports


@kernel
def _set_duties_of_ic(org, p, i):
    person = org.people[i]
    w = org.world[0]
    mates = org.teams[person.team].ics - 1 if person.team >= 0 else 0
    partners = min(mates, p.communication_partners_max)
    person.meetings_rate = p.meetings_ic_share if p.switches_meetings else 0.0
    person.other_rate = p.work_other_duties if p.switches_other_duties else 0.0
    person.talking_rate = 0.0
    if p.switches_pairwise_communication:
        person.talking_rate = p.communication_hours_per_partner * partners / HOURS_PER_WEEK
    person.aligning_rate = 0.0
    if p.switches_people_time and person.boss >= 0:
        person.aligning_rate = (
            p.alignment_meeting_hours * min(1.0, org.people[person.boss].coverage) / HOURS_PER_WEEK
        )
    person.people_rate = person.coaching_hours / HOURS_PER_WEEK
    duties = (
        person.meetings_rate
        + person.other_rate
        + person.talking_rate
        + person.aligning_rate
        + person.people_rate
    )
    if duties > 1.0:
        w.overload_hours += (duties - 1.0) * HOURS_PER_WEEK
        person.meetings_rate /= duties
        person.other_rate /= duties
        person.talking_rate /= duties
        person.aligning_rate /= duties
        person.people_rate /= duties
        duties = 1.0
    person.rate = 1.0 - duties


@kernel
def hands_on_share(p, layer):
    """Return the protected hands-on share of a manager in *layer*."""
    return p.managers_hands_on_share if p.switches_hands_on and layer == 1 else 0.0


@kernel
def _people_hours(org, p, i, free):
    """Return people time given this week, hours, where *free* hours are left after the other duties."""
    person = org.people[i]
    if not p.switches_people_time:
        return 0.0
    need = needed_people_hours(p, person.reports) + person.coaching_hours
    wanted = min(need, p.managers_people_cap * HOURS_PER_WEEK)
    inbox = person.load + max(person.queued_hours, 0.0)
    shortage = max(0.0, inbox - (free - wanted))
    return max(wanted - shortage, min(wanted, p.managers_people_floor * need))


@kernel
def _set_duties_of_manager(org, p, i):
    person = org.people[i]
    w = org.world[0]
    person.meetings_rate = p.meetings_manager_share if p.switches_meetings else 0.0
    person.other_rate = 0.0
    person.aligning_rate = 0.0
    if p.switches_other_duties:
        person.other_rate = p.managers_admin_share
        if person.layer > 1:
            person.other_rate += p.managers_upper_own_share
        if w.ai_extent > 0.0:
            person.other_rate += (
                w.ai_extent * (p.managers_governance_hours - person.governance_spared) / HOURS_PER_WEEK
            )
        if person.boss >= 0:
            person.aligning_rate = p.managers_upward_hours / HOURS_PER_WEEK
    hands_on = hands_on_share(p, person.layer)
    duties = person.meetings_rate + person.other_rate + person.aligning_rate + hands_on
    given = _people_hours(org, p, i, (1.0 - duties) * HOURS_PER_WEEK)
    person.people_rate = given / HOURS_PER_WEEK
    duties += person.people_rate
    room = 1.0 - p.managers_inbox_floor
    if duties > room:
        w.overload_hours += (duties - room) * HOURS_PER_WEEK
        shrink = room / duties
        person.meetings_rate *= shrink
        person.other_rate *= shrink
        person.aligning_rate *= shrink
        person.people_rate *= shrink
        hands_on *= shrink
        duties = room
    person.rate = 1.0 - duties
    if person.desk >= 0:
        org.people[person.desk].rate = hands_on


@kernel
def update_coverage(org, p, weight):
    """Smooth every manager's coverage towards this week's, with *weight* on the new; fully covered if switched off."""
    w = org.world[0]
    for i in range(len(org.people)):
        person = org.people[i]
        if person.role != MANAGER:
            continue
        need = needed_people_hours(p, person.reports) + person.coaching_hours
        given = 1.0
        if p.switches_people_time and need > 0.0:
            given = person.people_rate * HOURS_PER_WEEK / need
        person.coverage += weight * (given - person.coverage)
        if person.reports > 0:
            w.coverage_sum += person.coverage
            w.coverage_count += 1.0


@kernel
def update_load(org, p, weight):
    """Smooth every manager's weekly inflow of inbox work."""
    for i in range(len(org.people)):
        person = org.people[i]
        person.load += weight * (person.arrived_hours - person.last_arrived - person.load)
        person.last_arrived = person.arrived_hours


@kernel
def update_productivity(org, p):
    """Set what coaching in the daily work does to the speed of everyone who writes changes."""
    for i in range(len(org.people)):
        person = org.people[i]
        person.productivity = person.other_pace = 1.0
        boss = org.people[person.human].boss
        if p.switches_people_time:
            coverage = org.people[boss].coverage if boss >= 0 else 0.0
            quality = org.people[boss].quality if boss >= 0 else 0.0
            person.productivity = (
                1.0 - p.managers_lift * (1.0 - coverage) + p.managers_quality_effect * quality * coverage
            )
            person.productivity = max(person.productivity, 0.1)
            if person.role != MANAGER:
                person.other_pace = 1.0 + p.managers_coached_work * (person.productivity - 1.0)
        person.productivity *= person.condition


@kernel
def set_duties(org, p):
    """Set everybody's fixed duties and attention for the coming week."""
    for i in range(len(org.people)):
        role = org.people[i].role
        if role == IC:
            _set_duties_of_ic(org, p, i)
        elif role == MANAGER:
            _set_duties_of_manager(org, p, i)


@kernel
def book_duties(org, i, hours):
    """Account *hours* of presence of person *i* to the fixed duties of the week that ends."""
    from_row = org.people[i]
    books = org.hours[i]
    books[codes.MEETINGS] += from_row.meetings_rate * hours
    books[codes.OTHER] += from_row.other_rate * hours
    books[codes.PEOPLE] += from_row.people_rate * hours
    books[codes.ALIGNING] += from_row.aligning_rate * hours
    books[codes.COORDINATING] += from_row.talking_rate * hours
