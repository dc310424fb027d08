"""Dependencies: changes that need another IC, settled inside the team, directly, or through the hierarchy.

With a probability a change needs a partner, at a random point of its writing. The partner is an IC chosen by a keyed
sequence of candidates weighted by closeness of modules: near ones within ``near_reach``, far ones beyond it at a distance
with a Pareto tail of exponent 1, so that the coordination that meets at a manager does not grow with the size of the
organisation. The first candidate who exists is taken, so two organisations agree on the partner wherever both have both.
Inside a team the partner's hours settle it. Across teams direct settlement works with probability
1 / (1 + (teams - 1) / scale), teams being those of the smallest part of the organisation that both belong to: one knows
whom to turn to in the department, not in the firm, and a department that joins the firm elsewhere changes nothing. Else
it is an item for every manager on the path up to the lowest common manager and down to the partner (several roots: across
the roots). The owner's change is blocked until then; after
``dependencies.patience_hours`` without the hierarchy having reached the partner, the owner turns to the partner directly.

Not modelled: standing interfaces between teams, dependencies that recur.
Parameters: dependencies.*, communication.delay_hours.
"""

from math import inf

from sim.constants import MANAGER
from sim.engine.calendar import schedule
from sim.engine.codes import COORDINATION, EVENT_PATIENCE, NONE
from sim.engine.inbox import new_item, send, withdraw
from sim.engine.kernel import kernel
from sim.engine.rng import DEPENDENCY, LATERAL, PARTNER, SERVICE, positive, uniform, uniform2

#: A candidate beyond the organisation is passed over, this often at most.
MOST_ATTEMPTS = 200
#: Steps of service draws: 1000 + hop (questions use those below).
FIRST_STEP = 1000
#: The step with which an owner turns to the partner after waiting for the hierarchy.
DIRECT_STEP = 500


@kernel
def plan(org, p, c):
    """Set where in the work of change *c* another IC is needed, if at all."""
    ch = org.changes[c]
    ch.dependency_at = inf
    if not p.switches_dependencies:
        return
    u, v = uniform2(org.world[0], DEPENDENCY, ch.pid, ch.j, 0)
    if u < p.dependencies_probability:
        ch.dependency_at = v * ch.standard_hours


@kernel
def partner_of(org, p, i, pid, j):
    """Return the row of the IC that person *i* needs for change *j* of the person *pid*, or NONE if there is no other IC.

    A desk has no module of its own: it works near the first module of the team it leads.
    """
    w = org.world[0]
    home = org.home[i]
    modules = len(org.modules)
    for attempt in range(MOST_ATTEMPTS):
        u, v = uniform2(w, PARTNER, pid, j, attempt)
        if u < p.dependencies_near_share:
            distance = 1 + int(v * p.dependencies_near_reach)
            ahead = u < 0.5 * p.dependencies_near_share
        else:
            distance = 1 + int(p.dependencies_near_reach / (1.0 - v))
            ahead = u < 0.5 * (1.0 + p.dependencies_near_share)
        module = home + distance if ahead else home - distance
        if 0 <= module < modules:
            m = org.modules[module]
            if m >= 0 and m != i:
                return m
    for distance in range(1, modules):
        for module in (home + distance, home - distance):
            if 0 <= module < modules and org.modules[module] >= 0 and org.modules[module] != i:
                return org.modules[module]
    return NONE


@kernel
def _hours(org, p, c, mean, step):
    ch = org.changes[c]
    u = uniform(org.world[0], SERVICE, ch.pid, ch.j, FIRST_STEP + step)
    return positive(u, mean, p.service_distribution, p.service_cv)


@kernel
def _send(org, p, c, sender, receiver, mean, step, now):
    k = new_item(org, COORDINATION, receiver, c, _hours(org, p, c, mean, step), now)
    org.items[k].step = step
    org.changes[c].awaited_item = k
    send(org, sender, k, now + p.communication_delay_hours)


@kernel
def count_teams(org):
    """Count the teams with ICs that are below every manager, the own one included."""
    for i in range(len(org.people)):
        org.people[i].teams_below = 0
    for i in range(len(org.people)):
        if org.people[i].role == MANAGER and org.teams[i].ics > 0:
            m = i
            while m >= 0:
                org.people[m].teams_below += 1
                m = org.people[m].boss


@kernel
def _teams_around(org, team, partner):
    """Return the number of teams of the smallest part of the organisation that has the *team* and the *partner*."""
    above = team
    while above >= 0:
        m = org.people[partner].boss
        while m >= 0:
            if m == above:
                return max(org.people[m].teams_below, 1)
            m = org.people[m].boss
        above = org.people[above].boss
    return org.world[0].teams_with_ics


@kernel
def request(org, p, c, now):
    """Ask for the partner of change *c*; return False if there is nobody to ask."""
    ch = org.changes[c]
    ch.dependency_at = inf
    ch.partner = partner_of(org, p, ch.owner, ch.pid, ch.j)
    if ch.partner < 0:
        return False
    person = org.people[ch.owner]
    if person.team >= 0 and org.people[ch.partner].team == person.team:
        _send(org, p, c, ch.owner, ch.partner, p.dependencies_team_hours, 0, now)
        return True
    works = 1.0 / (1.0 + (_teams_around(org, person.team, ch.partner) - 1) / p.dependencies_lateral_scale)
    boss = org.people[person.human].boss
    if boss < 0 or uniform(org.world[0], LATERAL, ch.pid, ch.j, 0) < works:
        _send(org, p, c, ch.owner, ch.partner, p.dependencies_coordination_hours, 1, now)
    else:
        _send(org, p, c, ch.owner, boss, p.dependencies_coordination_hours, 1, now)
        if p.dependencies_patience_hours < inf:
            schedule(org, ch.owner, now + p.dependencies_patience_hours, EVENT_PATIENCE, c, ch.wait)
    return True


@kernel
def go_direct(org, p, c, now):
    """The hierarchy has taken too long: if change *c* is still with a manager, its owner turns to the partner."""
    ch = org.changes[c]
    if ch.awaited_item >= 0:
        holder = org.items[ch.awaited_item].person
        if holder == ch.partner or holder == ch.owner:
            return
        withdraw(org, ch.awaited_item, now)
    ch.wait += 1
    _send(org, p, c, ch.owner, ch.partner, p.dependencies_coordination_hours, DIRECT_STEP, now)


@kernel
def _next_hop(org, m, partner):
    """Return the next person on the path from manager *m* through the lowest common manager down to *partner*."""
    below = partner
    while below >= 0:
        boss = org.people[below].boss
        if boss == m:
            return below  # m is above the partner: go down
        if boss < 0:
            break
        below = boss
    up = org.people[m].boss
    return up if up >= 0 else below  # a root without the partner below: across to the partner's root


@kernel
def served(org, p, k, m, now):
    """Person *m* has spent the time on coordination item *k*; return True if the owner's own part is done."""
    item = org.items[k]
    c = item.change
    if c < 0:
        return False
    ch = org.changes[c]
    if item.wait != ch.wait:
        return False  # the owner has gone to the partner meanwhile
    step = item.step + 1
    ch.awaited_item = NONE
    if m == ch.owner:
        return True
    if m != ch.partner:
        _send(org, p, c, m, _next_hop(org, m, ch.partner), p.dependencies_coordination_hours, step, now)
        return False
    inside = item.step == 0
    ch.disagreement = org.people[org.people[ch.owner].human].belief - org.people[m].belief
    mean = p.dependencies_team_hours if inside else p.dependencies_coordination_hours
    _send(org, p, c, m, ch.owner, mean, step, now)
    return False


@kernel
def settled(org, c):
    """The dependency of change *c* is settled: the wait is over."""
    org.changes[c].wait += 1
