"""The people's week: what happens to people at a week's end, in order. Changing the order changes results.

From week 0 on (the end of the warm-up), after the engine has closed the books of the week:

1. every fourth week: everybody's output, blocked time and strain are measured; AI fluency, guardrails, closeness to the
   technology and the staff track move on;
2. quits; in rounds of careers retirements and dismissals;
3. layoffs, by every regime that is due (quits come before layoffs);
4. managers' seats are filled from below, and managers step down;
5. vacancies whose delay is over are filled from outside;
6. newcomers' ramp-up and coaching, the lift by staff and super ICs, and the duties of the coming week.

Decisions are taken by the people mechanisms in NumPy (they are rare) and carried out by `sim.people.seats`. With every people
switch off, nothing here is called, and the flow engine's numbers stay as they are, bit for bit.
"""

from math import inf

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine.codes import QUIT, VACANT, WAITING
from sim.engine.record import settings_of
from sim.engine.state import COHORT, Org, table
from sim.mechanisms.people import careers, hiring, layoffs, quits
from sim.people import ai_strategy, career_rounds, gather, promotion, replan, seats
from sim.people.condition import MONTH, measure, set_condition
from sim.people.draws import dice_of, draw_week
from sim.people.exits import leave
from sim.people.gather import Present, workforce_of
from sim.people.laying_off import Setup, carry_out_layoffs
from sim.people.traits import draw_traits
from sim.people.vacancies import fill_vacancies, open_vacancy


def begin(org: Org, p: np.ndarray, setup: Setup) -> Org:
    """Week 0: note who is there, and what everybody delivered in the warm-up."""
    people = org.people
    rows = np.flatnonzero((people["role"] == IC) | (people["role"] == MANAGER))
    draw_traits(org, p, rows)
    workforce = workforce_of(org, settings_of(p), 0)
    cohort = table(len(workforce.row), COHORT)
    for name, column in (
        ("pid", workforce.pid),
        ("role", workforce.role),
        ("layer", workforce.layer),
        ("tenure", workforce.tenure),
        ("skill", workforce.skill),
        ("exposure", workforce.exposure),
    ):
        cohort[name] = column
    cohort["exit_week"] = inf
    for name, role in (("cohort_ics", IC), ("cohort_managers", MANAGER)):
        org.world[name] = np.count_nonzero(workforce.role == role)
    org.occupants["cohort"][workforce.row] = np.arange(len(workforce.row))
    if setup.warmup_weeks > 0:
        org.occupants["output"] = people["value"] / setup.warmup_weeks
    org.occupants["last_value"] = people["value"]
    org.occupants["last_waiting"] = org.hours[:, WAITING]
    org.occupants["last_hours"] = org.hours.sum(axis=1)
    org = org._replace(cohort=cohort)
    seats.credit(org, workforce.row)
    org.cohort["contribution"] = 0.0
    return org


def hold_week(org: Org, p: np.ndarray, setup: Setup) -> Org:
    """Hold the people's week that has just ended; the engine's tables stand between two weeks. Raises `UserError`."""
    week = int(org.world["people_week"][0])
    if week == 0:
        org = begin(org, p, setup)
    dice, settings = dice_of(org), settings_of(p)
    measured = week % MONTH == 0 and week > 0 and bool(settings.switches_flow)
    present = Present(settings, week)
    if measured:
        measure(org, settings)
        ai_strategy.govern(org, settings, present.workforce(org), MONTH)
        promotion.age(org, settings, present.workforce(org), MONTH)
    before = gather.signature(org)
    drawn = draw_week(org, p, week)
    for i in drawn.quitters.tolist():
        pid = int(org.people["pid"][i])
        org = leave(org, p, i, QUIT, week)
        org = open_vacancy(org, settings, dice, i, pid, week)
    careers_round = career_rounds.due(settings, week)
    if careers_round and (settings.switches_retirement or not settings.switches_flow):
        org = career_rounds.hold(org, p, settings, present.workforce(org), dice)
    cut = 0.0
    may_cut = settings.switches_layoffs and settings.hiring_policy != hiring.ATTRITION_ONLY
    if may_cut and (drawn.background or layoffs.by_date(settings, week)):
        org, cut = carry_out_layoffs(org, p, settings, setup, present.workforce(org), dice, week)
    org.world["quit_jump"] = quits.shock_after(settings, float(org.world["quit_jump"][0]), cut)
    may_promote = settings.switches_promotions and (careers_round or settings.careers_every_weeks == 1)
    if may_promote and (measured or promotion.are_due(org, settings)):
        workforce = present.workforce(org)
        org = promotion.promote(org, p, settings, workforce, dice, setup.agents_each)
        if measured:
            promotion.wait(org, settings, workforce, MONTH)
    changed = gather.signature(org) != before
    if changed or drawn.opening:
        org = fill_vacancies(org, p, week, setup.agents_each)
        changed = gather.signature(org) != before
    org.world["people_week"] = week + 1
    if not settings.switches_flow:
        if changed or week == 0:
            there = org.people["role"] != VACANT
            org.world["efficiency"] = careers.efficiency(
                org.occupants["competence"] * there, org.people["layer"], settings
            )
        return org
    if changed or measured:
        set_condition(org, p, week)
    return replan.finish(org, p, setup.agents_each) if changed else org
