"""Dependencies: changes that need another IC, settled in the team, directly, or through the hierarchy."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.dice import Stream, positive
from benchmarks.plain_mesa.things import Change, Item, Kind

if TYPE_CHECKING:
    from benchmarks.plain_mesa.server import Server
    from benchmarks.plain_mesa.writer import Writer

CANDIDATES = 200
FIRST_STEP = 1000
DIRECT_STEP = 500


def plan(change: Change) -> None:
    """Set at which point of the writing another IC is needed, if at all."""
    model = change.owner.model
    change.dependency_at = inf
    if model.p.switches_dependencies:
        u, v = model.dice.two(Stream.DEPENDENCY, change.owner.pid, change.number)
        if u < model.p.dependencies_probability:
            change.dependency_at = v * change.size


def partner_of(writer: Writer, number: int) -> Writer | None:
    """Return the IC that the *number*-th change of *writer* depends on: the first candidate who exists."""
    model = writer.model
    p = model.p
    for attempt in range(CANDIDATES):
        u, v = model.dice.two(Stream.PARTNER, writer.pid, number, attempt)
        if u < p.dependencies_near_share:
            distance = 1 + int(v * p.dependencies_near_reach)
            ahead = u < 0.5 * p.dependencies_near_share
        else:
            distance = 1 + int(p.dependencies_near_reach / (1.0 - v))
            ahead = u < 0.5 * (1.0 + p.dependencies_near_share)
        module = writer.home + distance if ahead else writer.home - distance
        partner = model.module_owners.get(module)
        if partner is not None and partner is not writer:
            return partner
    # Nobody met by chance: the nearest, ahead before behind.
    elsewhere = [module for module in model.module_owners if module != writer.home]
    if not elsewhere:
        return None
    return model.module_owners[min(elsewhere, key=lambda m: (abs(m - writer.home), m < writer.home))]


def _above(person: Server | None) -> list[Server]:
    line = []
    while person is not None:
        line.append(person)
        person = person.boss
    return line


def _teams_around(owner: Writer, partner: Writer) -> int:
    """Return the number of teams in the smallest part of the organisation that both belong to."""
    model = owner.model
    mine = _above(owner.human if owner.is_desk else owner.boss)
    theirs = set(map(id, _above(partner.human.boss)))
    for manager in mine:
        if id(manager) in theirs:
            lines = (_above(one) for one in model.managers if one.team.ics)
            return max(sum(any(one is manager for one in line) for line in lines), 1)
    return model.ledger.teams_with_ics


def request(change: Change) -> bool:
    """Ask for the partner; return False if there is none."""
    owner = change.owner
    model = owner.model
    p = model.p
    change.dependency_at = inf
    change.partner = partner = partner_of(owner, change.number)
    if partner is None:
        return False
    if partner.team is owner.team:
        _send(owner, change, partner, p.dependencies_team_hours, 0)
        return True
    works = 1.0 / (1.0 + (_teams_around(owner, partner) - 1) / p.dependencies_lateral_scale)
    boss = owner.human.boss
    lateral = boss is None or model.dice.one(Stream.LATERAL, owner.pid, change.number) < works
    _send(owner, change, partner if lateral else boss, p.dependencies_coordination_hours, 1)
    if not lateral and p.dependencies_patience_hours < inf:
        model.at(
            model.now + p.dependencies_patience_hours, owner, hierarchy_takes_too_long, change, change.wait
        )
    return True


def hierarchy_takes_too_long(change: Change, wait: int) -> None:
    """If the request is still with a manager, its owner withdraws it and turns to the partner."""
    item = change.coordination_item
    if change.wait != wait or item.person in (change.owner, change.partner):
        return
    item.person.withdraw(item)
    change.wait += 1
    hours = change.owner.model.p.dependencies_coordination_hours
    _send(change.owner, change, change.partner, hours, DIRECT_STEP)


def _send(sender: Server, change: Change, receiver: Server, mean: float, step: int) -> None:
    model = sender.model
    p = model.p
    u = model.dice.one(Stream.SERVICE, change.owner.pid, change.number, FIRST_STEP + step)
    hours = positive(u, mean, p.service_distribution, p.service_cv)
    item = model.new_item(Kind.COORDINATION, receiver, change, hours)
    item.step = step
    change.coordination_item = item
    model.send(sender, item, p.communication_delay_hours)


def _next_on_path(manager: Server, partner: Writer) -> Server:
    """Return who comes after *manager* on the path up to the lowest common manager and down to *partner*."""
    chain = [partner]
    while chain[-1].boss is not None:
        if chain[-1].boss is manager:
            return chain[-1]  # below this manager: go down
        chain.append(chain[-1].boss)
    return manager.boss if manager.boss is not None else chain[-1]  # up, or across to the partner's top


def served(person: Server, item: Item) -> None:
    """*person* has done a part: the next one on the path is asked, at last the owner of the change."""
    change = item.change
    if item.wait != change.wait:
        return  # the owner has turned to the partner meanwhile
    p = person.model.p
    owner, partner = change.owner, change.partner
    if person is owner:
        change.wait += 1
        owner.proceed(change)
    elif person is partner:
        change.disagreement = owner.human.belief - partner.belief
        mean = p.dependencies_team_hours if item.step == 0 else p.dependencies_coordination_hours
        _send(person, change, owner, mean, item.step + 1)
    else:
        _send(
            person, change, _next_on_path(person, partner), p.dependencies_coordination_hours, item.step + 1
        )
