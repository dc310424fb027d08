"""Review: other people read a change before it merges, within a budget of hours.

A change enters a pass: ``approvals`` teammates read it, from the shared queue of the team (first free, FIFO) or
addressed by key, side by side or one after another (``order``). It is seen after an exponential pick-up delay, longer for AI
work: nobody waits for an agent's change. A reviewer starts only while the review allowance is positive; it fills at
``review.hours_per_week`` (at most one week's worth is kept), so reviews beyond the budget wait. Needed hours =
m (V' / m) ** alpha x hours per standard hour, with V' the volume, AI's part of it times a ratio, and m the mean size: alpha < 1
is that twice as much to read takes less than twice as long (N29). Given
hours = needed / (1 + backlog / h0), backlog being the team's waiting review hours per reviewer; each latent defect is
found with probability detection x given / needed; a repeated pass reads, and finds, only a share of what the first one does.
With probability u0 (1 + backlog / q0) a change merges without review. Found defects are fixed by the owner and the
change is reviewed again, up to ``max_passes``; some changes are closed without merging. A pass is decided by all votes, or, with
``decide_early``, by the first that leave the others without influence: reviews not begun are withdrawn then, and who
has begun reads on in vain.

Where nobody else in the team may review, the manager does. Not modelled: reviewing skill, comments that teach.
Parameters: review.*.
"""

from math import inf

from sim.constants import HOURS_PER_WEEK
from sim.engine import codes, histogram
from sim.engine.calendar import schedule
from sim.engine.inbox import free_item, new_item, send, unlink, unlink_wherever, withdraw
from sim.engine.kernel import kernel
from sim.engine.rng import DETECTION, PICKUP, REJECTION, SERVICE, UNREVIEWED, positive, uniform, uniform2
from sim.engine.server import LEAST_RATE, set_stage, settle

PENDING, APPROVED, REWORK, CLOSED, UNSEEN = range(5)
ALL, ANY, MAJORITY = range(3)
SHARED = 0
PARALLEL = 0
#: Steps of service draws: 2000 + place of the reviewer.
FIRST_STEP = 2000
#: Distance between the places of four reviewers and of the next four; more than four times the most passes that are legal.
NEXT_FOUR = 1 << 23
#: An allowance above this counts as positive (rounding).
LEAST_ALLOWANCE = -1e-9


@kernel
def has_budget(p):
    """Return True if review hours are rationed."""
    return p.switches_review_budget and p.review_hours_per_week < inf


@kernel
def allowance(org, p, i, now):
    """Return the review hours that person *i* may still spend now."""
    if not has_budget(p):
        return inf
    person = org.people[i]
    filled = person.allowance + p.review_hours_per_week / HOURS_PER_WEEK * (now - person.allowance_at)
    return min(filled, p.review_hours_per_week)


@kernel
def _spend(org, p, i, hours, now):
    if has_budget(p):
        person = org.people[i]
        person.allowance = allowance(org, p, i, now) - hours
        person.allowance_at = now


@kernel
def wake_when_allowed(org, p, i, now):
    """Let person *i* look at the reviews again as soon as the allowance is positive."""
    person = org.people[i]
    if person.wake_at <= now:
        person.wake_at = inf
    missing = -allowance(org, p, i, now)
    if person.wake_at < inf or p.review_hours_per_week <= 0.0:
        return
    person.wake_at = now + max(missing, 0.0) * HOURS_PER_WEEK / p.review_hours_per_week
    schedule(org, i, person.wake_at, codes.EVENT_WAKE, i, 0)


@kernel
def backlog(org, t):
    """Return the review hours that wait in the team of row *t*, per reviewer."""
    team = org.teams[t]
    return max(team.queued_hours, 0.0) / max(team.reviewers, 1)


@kernel
def is_unreviewed(org, p, c):
    """Return True if change *c* slips through without review; also draw whether a reviewer will close it."""
    ch = org.changes[c]
    person = org.people[ch.owner]
    chance = p.review_unreviewed_base
    if p.review_unreviewed_backlog_hours < inf and person.team >= 0:
        chance *= 1.0 + backlog(org, person.team) / p.review_unreviewed_backlog_hours
    u, ch.discard_luck = uniform2(org.world[0], UNREVIEWED, ch.pid, ch.j, 0)
    return u < chance


@kernel
def read_by_ai(org, p, c):
    """Let the AI reviewer read change *c*; return the number of defects it finds (the owner fixes them)."""
    ch = org.changes[c]
    if not p.review_ai_reviewer:
        return 0
    chance = p.review_ai_detection * (1.0 - p.review_ai_blindness * ch.ai_fraction)
    found = 0
    for d in range(ch.defects):
        if uniform(org.world[0], DETECTION, ch.pid, ch.j, d) < chance:
            found += 1
    ch.defects -= found
    return found


@kernel
def _to_read(p, ch):
    """Return the volume to read in change *ch* in effect: AI lines may read slower, and long changes faster."""
    volume = ch.volume
    if p.review_reading_ai_ratio != 1.0 and volume > 0.0:
        volume += (p.review_reading_ai_ratio - 1.0) * (volume - ch.standard_hours * (1.0 - ch.ai_fraction))
    if p.review_volume_exponent == 1.0:
        return volume
    return p.work_size_mean * (volume / p.work_size_mean) ** p.review_volume_exponent


@kernel
def place(review_pass, reviewer):
    """Return the number of the *reviewer*-th review of a pass, the key of its dice; no two reviews of a change share one.

    Four reviewers of a pass have numbers in a row, the next four the same ones in the next block: below 2 ** 26, so that 64
    defects each still fit into a word of the dice.
    """
    return review_pass * 4 + (reviewer & 3) + (reviewer >> 2) * NEXT_FOUR


@kernel
def _needed_hours(org, p, c, reviewer):
    """Return the hours that a proper reading of change *c* needs."""
    ch = org.changes[c]
    f = ch.ai_fraction
    if p.review_fixed_hours_human > 0.0:
        mean = p.review_fixed_hours_human * (1.0 - f) + p.review_fixed_hours_ai * f
    else:
        mean = _to_read(p, ch) * p.review_hours_per_standard_hour
    if ch.review_pass > 1:
        mean *= p.review_rereview_share
    if p.review_distribution == 0:
        return mean
    step = FIRST_STEP + place(ch.review_pass, reviewer)
    u = uniform(org.world[0], SERVICE, ch.pid, ch.j, step)
    return positive(u, mean, p.review_distribution, p.service_cv)


@kernel
def _delay(org, p, c, reviewer):
    """Return the hours until somebody first looks at change *c*."""
    ch = org.changes[c]
    mean = 0.0
    if p.switches_pickup:
        mean = p.review_pickup_hours * (1.0 + (p.review_pickup_ai_ratio - 1.0) * ch.ai_fraction)
    if mean <= 0.0:
        return p.communication_delay_hours
    u = uniform(org.world[0], PICKUP, ch.pid, ch.j, place(ch.review_pass, reviewer))
    return p.communication_delay_hours + positive(u, mean, 1, 1.0)


@kernel
def _other_reviewers(org, c):
    """Return how many teammates of the owner of change *c* may review it."""
    person = org.people[org.changes[c].owner]
    if person.team < 0:
        return 0
    return org.teams[person.team].reviewers - (1 if person.reviewer else 0)


@kernel
def request(org, p, c, now):
    """Send change *c* into its next pass. Return PENDING, CLOSED (too many passes) or UNSEEN (nobody may review)."""
    ch = org.changes[c]
    person = org.people[ch.owner]
    ch.review_pass += 1
    ch.votes_for = 0
    ch.votes_against = 0
    ch.rejected = False
    ch.found = 0
    for r in range(codes.MAX_REVIEWERS):
        ch.reviewers[r] = codes.NONE
        ch.reviews[r] = codes.NONE
    ch.asked = 0
    if ch.review_pass > p.review_max_passes:
        return CLOSED
    mates = _other_reviewers(org, c)
    if mates <= 0:
        boss = org.people[person.human].boss
        if boss < 0:
            return UNSEEN
        ch.asked = ch.pending = 1
        k = new_item(org, codes.REVIEW, boss, c, _needed_hours(org, p, c, 0), now)
        ch.reviews[0] = k
        send(org, ch.owner, k, now + _delay(org, p, c, 0))
        return PENDING
    ch.asked = ch.pending = min(p.review_approvals, mates)
    for r in range(ch.asked if p.review_order == PARALLEL else 1):
        _ask(org, p, c, r, now)
    return PENDING


@kernel
def _ask(org, p, c, r, now):
    """Send change *c* to the *r*-th reviewer of its pass."""
    ch = org.changes[c]
    receiver = codes.NONE if p.review_assignment == SHARED else _addressee(org, c, r)
    k = new_item(org, codes.REVIEW, receiver, c, _needed_hours(org, p, c, r), now)
    item = org.items[k]
    item.team = org.people[ch.owner].team
    item.step = r
    ch.reviews[r] = k
    send(org, ch.owner, k, now + _delay(org, p, c, r))


@kernel
def _ask_next(org, p, c, now):
    """Ask the next reviewer of change *c* if nobody reads it now; the pass is over if nobody is left who may."""
    ch = org.changes[c]
    for r in range(ch.asked):
        if ch.reviews[r] >= 0:
            return
    t = org.people[ch.owner].team
    m = org.teams[t].first_member if t >= 0 else codes.NONE
    while m >= 0:
        if org.people[m].reviewer and not has_read(org, c, m):
            _ask(org, p, c, ch.asked - ch.pending, now)
            set_stage(org, c, codes.STAGE_REVIEW_WAIT, now)
            return
        m = org.people[m].next_member
    ch.pending = 0


@kernel
def has_read(org, c, i):
    """Return True if person *i* may not take a review of change *c*: the owner, or a reviewer of this pass."""
    if c < 0:
        return False
    ch = org.changes[c]
    may_not = ch.owner == i
    for r in range(ch.asked):
        may_not = may_not | (ch.reviewers[r] == i)
    return may_not


@kernel
def _addressee(org, c, r):
    """Return the teammate to whom the *r*-th review of this pass is addressed: the one of the highest keyed rank."""
    ch = org.changes[c]
    person = org.people[ch.owner]
    best = codes.NONE
    best_rank = -1.0
    m = org.teams[person.team].first_member
    while m >= 0:
        mate = org.people[m]
        if mate.reviewer and not has_read(org, c, m):
            rank = uniform2(org.world[0], REJECTION, ch.pid, ch.j, 4096 + (mate.pid & 0xFFFFFFF))[1]
            if rank > best_rank:
                best = m
                best_rank = rank
        m = mate.next_member
    ch.reviewers[r] = best
    return best


@kernel
def queue_for_team(org, k):
    """Put review item *k* at the end of its team's shared queue."""
    item = org.items[k]
    team = org.teams[item.team]
    item.state = codes.QUEUED
    item.next = codes.NONE
    if team.tail >= 0:
        org.items[team.tail].next = k
    else:
        team.head = k
    team.tail = k


@kernel
def unlink_from_team(org, previous, k):
    """Take review item *k* (after *previous*, or first) out of its team's shared queue."""
    item = org.items[k]
    team = org.teams[item.team]
    if previous < 0:
        team.head = item.next
    else:
        org.items[previous].next = item.next
    if item.next < 0:
        team.tail = previous


@kernel
def drop_from_team(org, k):
    """Take review item *k* out of its team's shared queue, wherever it stands there; return True if it was in it."""
    team = org.teams[org.items[k].team]
    previous = codes.NONE
    at = team.head
    while at >= 0 and at != k:
        previous = at
        at = org.items[at].next
    if at < 0:
        return False
    unlink_from_team(org, previous, k)
    team.queued_hours -= org.items[k].hours
    return True


@kernel
def back_to_team(org, k):
    """Give review item *k* back to its team, as if nobody had looked at it: whoever reads next starts afresh."""
    item = org.items[k]
    if item.change >= 0:
        org.changes[item.change].reviewers[item.step] = codes.NONE
    item.person = codes.NONE
    if item.state == codes.SENT:
        return
    if item.begun:
        item.begun = False
        item.left = item.hours
        org.teams[item.team].queued_hours += item.hours
    queue_for_team(org, k)


@kernel
def take_from_team(org, i):
    """Take the first review that person *i* may do out of the team's shared queue, or return NONE."""
    t = org.people[i].team
    if t < 0:
        return codes.NONE
    team = org.teams[t]
    previous = codes.NONE
    k = team.head
    while k >= 0:
        item = org.items[k]
        if not has_read(org, item.change, i):
            unlink_from_team(org, previous, k)
            return k
        previous = k
        k = item.next
    return codes.NONE


@kernel
def take_own(org, p, i, now):
    """Take the first verification or addressed review out of the inbox of person *i* that may start now, or NONE."""
    person = org.people[i]
    allowed = allowance(org, p, i, now) > LEAST_ALLOWANCE
    previous = codes.NONE
    k = person.head[codes.CLASS_REVIEW] if person.ready & (1 << codes.CLASS_REVIEW) else codes.NONE
    while k >= 0:
        item = org.items[k]
        after = item.next
        if item.state == codes.WITHDRAWN:
            unlink(org, i, codes.CLASS_REVIEW, previous, k)
            free_item(org, k, now, True)
        elif item.kind != codes.REVIEW or item.begun or allowed or item.team < 0:
            unlink(org, i, codes.CLASS_REVIEW, previous, k)
            return k
        else:
            previous = k
        k = after
    return codes.NONE


@kernel
def find_reviewer(org, p, k, now):
    """Return the teammate who takes review item *k* now, or NONE.

    Somebody without work comes first, then whoever writes a change of their own, if that may be interrupted, and has the
    largest allowance left; ties go by permanent id. Whoever could but has no allowance left is woken when it is positive
    again (people who are busy with something higher look at the queue when they have finished).
    """
    c = org.items[k].change
    best = codes.NONE
    best_free = False
    best_left = 0.0
    best_pid = 0
    least = codes.CLASS_OWN if p.service_preemption else codes.FREE_CLASS
    m = org.teams[org.items[k].team].first_member
    while m >= 0:
        mate = org.people[m]
        free = mate.serving == codes.FREE_CLASS
        left = allowance(org, p, m, now)
        # Combined with & rather than `and`: who may read is a toss-up, and large teams would pay for every wrong guess.
        may = (mate.serving >= least) & mate.reviewer & (mate.rate > LEAST_RATE)
        more = (left > best_left) | ((left == best_left) & (mate.pid < best_pid))
        better = (best < 0) | (free & (not best_free)) | ((free == best_free) & more)
        exhausted = left <= LEAST_ALLOWANCE
        if may & (better | exhausted) and not has_read(org, c, m):
            if exhausted:
                wake_when_allowed(org, p, m, now)
            else:
                best = m
                best_free = free
                best_left = left
                best_pid = mate.pid
        m = mate.next_member
    return best


@kernel
def open_item(org, p, k, i, now):
    """Person *i* opens review item *k*: note who reads, what time is given, and what it costs the allowance."""
    w = org.world[0]
    item = org.items[k]
    if item.team >= 0:
        load = backlog(org, item.team)
        org.teams[item.team].queued_hours -= item.hours
        if item.change >= 0 and p.review_haste_hours < inf:
            item.left = item.hours / (1.0 + load / p.review_haste_hours)
    w.review_wait += now - item.sent_at
    histogram.count(w.review_waits, now - item.sent_at)
    w.reviews += 1
    if item.change >= 0:
        org.changes[item.change].reviewers[item.step] = i
        item.difficulty = item.left / item.hours if item.hours > 0.0 else 1.0
    item.left /= org.people[i].other_pace  # the same care in less time
    if item.team >= 0:
        _spend(org, p, i, item.left, now)


@kernel
def _find(org, p, c, r, given):
    """Mark the defects of change *c* that reviewer *r* finds, who gave the share *given* of the needed time."""
    w = org.world[0]
    ch = org.changes[c]
    pid = ch.pid
    chance = p.review_detection * given
    if ch.review_pass > 1:
        chance *= p.review_rereview_share  # a repeated pass reads that part of the change only
    found = 0
    for d in range(ch.defects):
        u, shared = uniform2(w, DETECTION, pid, ch.j, (place(ch.review_pass, 0) << 6) + d)
        if r > 0 and not (p.review_error_correlation > 0.0 and shared < p.review_error_correlation):
            u = uniform(w, DETECTION, pid, ch.j, (place(ch.review_pass, r) << 6) + d)
        if u < chance:
            ch.found |= 1 << d
            found += 1
    return found


@kernel
def _is_accepted(p, votes_for, votes_against):
    if p.review_approval_rule == ANY:
        return votes_for > 0
    if p.review_approval_rule == MAJORITY:
        return votes_for > votes_against
    return votes_against == 0


@kernel
def _is_decided(p, ch):
    """Return True if the pass of change *ch* is decided: by all votes, or by those that the missing ones cannot outweigh."""
    if ch.pending == 0:
        return True
    if not p.review_decide_early:
        return False
    if _is_accepted(p, ch.votes_for, ch.votes_against + ch.pending):
        return True
    return not _is_accepted(p, ch.votes_for + ch.pending, ch.votes_against)


@kernel
def _withdraw(org, k, now):
    """Withdraw review item *k* of a pass that is decided; who has begun to read it reads on in vain."""
    item = org.items[k]
    if item.begun:
        if item.state == codes.SERVING:
            settle(org, item.person, now)
        item.change = codes.NONE
    elif item.state == codes.SENT:
        withdraw(org, k, now)
    elif item.person < 0:
        drop_from_team(org, k)
        free_item(org, k, now, True)
    else:
        if item.team >= 0:
            org.teams[item.team].queued_hours -= item.hours
        else:
            org.people[item.person].queued_hours -= item.hours
        unlink_wherever(org, k)
        free_item(org, k, now, True)


@kernel
def _withdraw_rest(org, c, now):
    """Withdraw the reviews of the pass of change *c* that are not done."""
    ch = org.changes[c]
    ch.pending = 0
    for r in range(ch.asked):
        k = ch.reviews[r]
        if k >= 0:
            ch.reviews[r] = codes.NONE
            _withdraw(org, k, now)


@kernel
def vote(org, p, k, now):
    """Count the vote of the reviewer who served item *k*; return PENDING, or the verdict of the pass."""
    w = org.world[0]
    item = org.items[k]
    c = item.change
    ch = org.changes[c]
    pid = ch.pid
    found = _find(org, p, c, item.step, item.difficulty)
    f = ch.ai_fraction
    reject = p.review_reject_human * (1.0 - f) + p.review_reject_ai * f
    against = found > 0
    if reject > 0.0 and uniform(w, REJECTION, pid, ch.j, place(ch.review_pass, item.step)) < reject:
        against = True
        ch.rejected = True
    if against:
        ch.votes_against += 1
    else:
        ch.votes_for += 1
    ch.reviews[item.step] = codes.NONE
    ch.pending -= 1
    if not _is_decided(p, ch):
        _ask_next(org, p, c, now)
        if ch.pending > 0:
            return PENDING
    if ch.pending > 0:
        _withdraw_rest(org, c, now)
    discard = p.review_discard_agent if ch.mode == codes.BY_AGENT else p.review_discard_human
    if ch.review_pass == 1 and ch.discard_luck < discard:
        return CLOSED
    return APPROVED if _is_accepted(p, ch.votes_for, ch.votes_against) else REWORK


@kernel
def rework_hours(org, p, c):
    """Return the owner's hours to rework change *c* after this pass, and take the found defects out of it."""
    ch = org.changes[c]
    found = 0
    for d in range(ch.defects):
        if ch.found & (1 << d):
            found += 1
    ch.defects -= found
    hours = found * p.defects_fix_hours
    if ch.rejected:
        hours += p.review_rework_effort * ch.write_hours
    return hours
