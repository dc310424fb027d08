"""The people at the start: tables from a tree, and who everybody is, drawn from keyed dice."""

from math import exp, inf

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine.codes import ACTIVITIES, DESK, FREE_CLASS, NONE
from sim.engine.kernel import entry, kernel
from sim.engine.numba_tables import borrow
from sim.engine.rng import FLUENCY, KNOWLEDGE, QUALITY, SKILL, TIES, normal_quantile, uniform
from sim.engine.state import (
    AGENT,
    CHANGE,
    COHORT,
    EVENT,
    EXIT,
    ITEM,
    LEDGER,
    OCCUPANT,
    PERSON,
    TEAM,
    WORLD,
    Org,
    table,
)
from sim.engine.tables import DESK_ID, MARGIN, calendar, give_event, grown
from sim.flow.handlers import announce_arrival
from sim.flow.lifecycle import nudge
from sim.mechanisms.flow import ai_use, alignment, attention, coding, dependencies
from sim.organisation.tree import Tree


def new_org(tree: Tree, p: np.ndarray, weeks: int) -> Org:
    """Return empty tables for the people of *tree* and *weeks* weeks; people in tree order, then the managers' desks.

    *p* is the parameter record of `sim.engine.record.record`. `start` must follow.
    """
    values = p[0]
    desks = np.flatnonzero((tree.role == MANAGER) & (tree.layer == 1))
    if not values.switches_hands_on or values.managers_hands_on_share <= 0:
        desks = desks[:0]
    people = _people(tree, desks)
    n = len(people)
    teams = table(n, TEAM)
    teams["first_member"] = teams["head"] = teams["tail"] = NONE
    _fill_teams(people, teams, bool(values.review_managers_review), int(values.review_dedicated_reviewers))
    agents = _hire_agents(
        people,
        int(values.ai_agents_per_supervisor) if values.switches_ai and values.ai_agent_fraction > 0 else 0,
    )
    modules, home = _modules(tree, people)
    world = table(1, WORLD)
    world["ics"] = int((tree.role == IC).sum())
    world["managers"] = int((tree.role == MANAGER).sum())
    world["teams_with_ics"] = int(((teams["ics"] > 0) & (people["role"] == MANAGER)).sum())
    world["free_item"] = world["free_change"] = world["free_event"] = NONE
    org = Org(
        world, people, teams, table(0, CHANGE), table(0, ITEM), agents, table(0, EVENT), *calendar(world, n), modules, home,
        np.zeros((n, len(ACTIVITIES))), table(weeks + 1, WORLD), _occupants(tree, people), table(0, COHORT), table(0, LEDGER),
        table(0, EXIT),
    )  # fmt: skip
    # Where nothing is written or asked there is nothing to make room for, but what an event may need.
    room = (
        (6 * n + 600, 8 * n + 800, 8 * n + 1200)
        if values.switches_flow
        else (2 * MARGIN, 2 * MARGIN, n + 2 * MARGIN)
    )
    org = grown(org, changes=room[0], items=room[1], events=room[2])
    for i in range(n):
        give_event(org, i)
    return org


def _occupants(tree: Tree, people: np.ndarray) -> np.ndarray:
    """Return the seats of *tree*; who sits on them is drawn at the start of a run."""
    occupants = table(len(people), OCCUPANT)
    occupants["cohort"] = NONE
    occupants["tenure_band"][: tree.n] = tree.tenure_band
    occupants["seat_role"] = people["role"]
    occupants["seat_boss"] = people["boss"]
    occupants["open_until"] = inf
    occupants["pay"][: tree.n] = occupants["seat_pay"][: tree.n] = tree.pay
    if tree.others is not None:
        occupants["seat_others"][: tree.n], occupants["seat_heads"][: tree.n] = (
            tree.others.reports,
            tree.others.heads,
        )
        occupants["seat_others_pay"][: tree.n] = occupants["led_pay"][: tree.n] = tree.others.pay
        occupants["others_at"] = np.arange(len(people))
    return occupants


def _people(tree: Tree, desks: np.ndarray) -> np.ndarray:
    n = tree.n
    people = table(n + len(desks), PERSON)
    for name in ("pid", "role", "boss", "layer"):
        people[name][:n] = getattr(tree, name)
    people["human"] = np.arange(n + len(desks))
    people["desk"] = NONE
    people["desk"][desks] = np.arange(n, n + len(desks))
    rows = slice(n, n + len(desks))
    people["pid"][rows] = DESK_ID + tree.pid[desks]
    people["role"][rows] = DESK
    people["boss"][rows] = desks
    people["human"][rows] = desks
    people["team"] = people["boss"]
    alone = np.flatnonzero((people["boss"] < 0) & (people["role"] == IC))
    people["team"][alone] = alone  # an IC without a boss is a team of one
    people["reports"][:n] = np.bincount(tree.boss[tree.boss >= 0], minlength=n)
    if tree.others is not None:
        people["reports"][:n] += tree.others.reports
    for name in ("next_member", "current", "parked"):
        people[name] = NONE
    for name in ("head", "tail"):
        people[name] = NONE
    people["serving"] = FREE_CLASS
    people["coder"] = people["role"] != MANAGER
    people["reviewer"] = people["role"] == IC
    people["wake_at"] = inf
    people["productivity"] = people["condition"] = people["tools"] = 1.0
    people["skill"] = 1.0
    people["coverage"] = 1.0
    return people


def _fill_teams(people: np.ndarray, teams: np.ndarray, managers_review: bool, dedicated: int) -> None:
    """Chain the members of every team in order of permanent id, and set who writes and who reviews."""
    people["reviewer"] |= (people["role"] == DESK) & managers_review
    people["reviewer"] &= people["boss"] >= 0
    last = np.full(len(people), NONE)
    for i in np.argsort(people["pid"], kind="stable"):
        person = people[i]
        if person.role == MANAGER or person.team < 0:
            continue
        team = teams[person.team]
        if person.role == IC:
            if dedicated > 0 and person.boss >= 0:
                person.reviewer = team.ics < dedicated
                person.coder = not person.reviewer
            team.ics += 1
        team.reviewers += int(person.reviewer)
        if last[person.team] < 0:
            team.first_member = i
        else:
            people[last[person.team]].next_member = i
        last[person.team] = i


def _hire_agents(people: np.ndarray, per_supervisor: int) -> np.ndarray:
    supervisors = np.flatnonzero(people["coder"])
    people["first_agent"] = 0
    people["first_agent"][supervisors] = np.arange(len(supervisors)) * per_supervisor
    people["agents"][supervisors] = per_supervisor
    agents = table(len(supervisors) * per_supervisor, AGENT)
    agents["supervisor"] = np.repeat(supervisors, per_supervisor)
    agents["change"] = NONE
    return agents


def _modules(tree: Tree, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (row of the IC of every module, module that everybody's work lies at)."""
    ics = np.flatnonzero(tree.role == IC)
    modules = np.full(int(tree.module[ics].max()) + 1 if len(ics) else 1, NONE, np.int64)
    modules[tree.module[ics]] = ics
    home = np.zeros(len(people), np.int64)
    home[ics] = tree.module[ics]
    first = {}
    for i in ics[np.argsort(tree.module[ics])]:
        first.setdefault(int(tree.boss[i]), int(tree.module[i]))
    for i in np.flatnonzero(people["role"] == DESK):
        home[i] = first.get(int(people["human"][i]), 0)
    return modules, home


@kernel
def _draw_person(org, p, i):
    """Draw skill, knowledge, fluency, use of AI and management quality of the person in row *i*."""
    w = org.world[0]
    person = org.people[i]
    ai_use.draw_luck(org, person)
    person.skill = 1.0
    person.knowledge = p.questions_ic_knowledge
    person.fluency = p.ai_fluency_mean
    person.quality = 0.0
    if p.switches_skill_differences:
        person.fluency += p.ai_fluency_sd * normal_quantile(uniform(w, FLUENCY, person.pid, 0, 0))
        person.fluency = min(max(person.fluency, 0.0), 1.0)
        person.quality = normal_quantile(uniform(w, QUALITY, person.pid, 0, 0))
        person.quality = p.managers_quality_mean + p.managers_quality_sd * person.quality
        if person.role == IC:
            person.skill = exp(p.work_skill_sd * normal_quantile(uniform(w, SKILL, person.pid, 0, 0)))
            sd = p.questions_ic_knowledge_sd
            person.knowledge += sd * normal_quantile(uniform(w, KNOWLEDGE, person.pid, 0, 0))
            person.knowledge = min(max(person.knowledge, 0.0), 1.0)
    if person.role != IC:
        person.skill = p.managers_hands_on_skill
        person.knowledge = p.questions_manager_knowledge_1


@entry
def introduce(tables, parameters, rows):
    """Draw who the newcomers in *rows* (int64 [n]) are, whose permanent ids and roles are set."""
    org = borrow(tables)
    for i in rows:
        _draw_person(org, parameters[0], i)


@entry
def start(tables, parameters, seed, run):
    """Draw who everybody is from the key (seed, run) and let the first week begin; *tables* are fresh from `new_org`."""
    org = borrow(tables)
    p = parameters[0]
    w = org.world[0]
    w.seed = seed
    w.run = run
    w.tie_mask = int(uniform(w, TIES, 0, 0, 0) * 1073741824.0)
    w.demand_factor = 1.0
    for i in range(len(org.people)):
        person = org.people[i]
        person.ai_planned = p.ai_share_of_code
        person.allowance = min(p.review_hours_per_week, 8.0)
        _draw_person(org, p, i)
    ai_use.plan(org, p)
    dependencies.count_teams(org)
    if p.work_demand_elasticity > 0.0:
        w.demand_factor = ai_use.planned_speed_up(p) ** p.work_demand_elasticity
    alignment.first_target(org)
    attention.update_coverage(org, p, 0.0)
    attention.set_duties(org, p)
    attention.update_coverage(org, p, 1.0)
    attention.update_productivity(org, p)
    coding.update_paces(org, p)
    w.coverage_sum = 0.0
    w.coverage_count = 0.0
    for i in range(len(org.people) if p.switches_flow else 0):
        if org.people[i].coder or org.people[i].reviewer:
            nudge(org, i, 0.0)
        if org.people[i].role == MANAGER:
            announce_arrival(org, p, i, 0.0)
    org.weeks[0] = org.world[0]
