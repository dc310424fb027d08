"""The people's week: what happens to people at a week's end, in order. Changing the order changes results.

From week 0 on (the end of the warm-up), after the engine has closed the books of the week:

1. every fourth week: everybody's output, blocked time and strain are measured; AI fluency, guardrails, closeness to the
   technology and the staff track move on;
2. quits; in rounds of careers retirements and dismissals;
3. layoffs, by every regime that is due (quits come before layoffs);
4. managers' seats are filled from below, and managers step down;
5. vacancies whose delay is over are filled from outside;
6. newcomers' ramp-up and coaching, the lift by staff and super ICs, and the duties of the coming week.

Decisions are taken by the people mechanisms in NumPy (they are rare) and carried out by `sim.staffing`. With every people
switch off, nothing here is called, and the flow engine's numbers stay as they are, bit for bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import SimpleNamespace

import numpy as np

from sim import advancement, staffing, turnover
from sim.constants import HOURS_PER_WEEK, IC, MANAGER, WEEKS_PER_YEAR
from sim.engine.codes import DESK, LAID_OFF, LAYOFF_RULES, NONE, QUIT, RETIRED, STAYED, VACANT, WAITING
from sim.engine.hierarchy import chain_up
from sim.engine.kernel import entry
from sim.engine.record import settings
from sim.engine.state import COHORT, LEDGER, Org, table
from sim.interventions import move
from sim.lots import cast, dice_of
from sim.mechanisms.flow import work
from sim.mechanisms.people import careers, hiring, layoffs, quits
from sim.mechanisms.people.workforce import Crew, Dice
from sim.muster import Present, crew_of
from sim.newcomers import draw_traits, welcome
from sim.organisation import costs
from sim.organisation.tree import Tree

#: Layoffs up to this week count in the yearly risk.
RISK_WEEKS = 52
QUARTER = 13  # weeks
#: Output, strain, fluency and the like move slowly: they are measured every so many weeks.
MONTH = 4


@dataclass(frozen=True)
class Setup:
    """What the people's weeks need of the scenario: tree and parameter values at the start, weeks of warm-up, AI agents each."""

    tree: Tree
    values: Mapping
    warmup_weeks: int
    agents_each: int


@entry
def _planned_speed_up(parameters):
    """Return owner hours per standard hour without AI over those with the planned AI share."""
    return work.planned_speed_up(parameters[0])


# --- Who is there ----------------------------------------------------------------------------------------------------------


# --- The week ------------------------------------------------------------------------------------------------------------


def begin(org: Org, p: np.ndarray, setup: Setup) -> Org:
    """Week 0: note who is there, and what everybody delivered in the warm-up."""
    people = org.people
    rows = np.flatnonzero((people["role"] == IC) | (people["role"] == MANAGER))
    draw_traits(org, p, rows)
    crew = crew_of(org, settings(p), 0)
    cohort = table(len(crew.row), COHORT)
    for name, column in (
        ("pid", crew.pid), ("role", crew.role), ("layer", crew.layer), ("tenure", crew.tenure), ("skill", crew.skill),
        ("exposure", crew.exposure),
    ):  # fmt: skip
        cohort[name] = column
    cohort["exit_week"] = inf
    for name, role in (("cohort_ics", IC), ("cohort_managers", MANAGER)):
        org.world[name] = np.count_nonzero(crew.role == role)
    org.lives["cohort"][crew.row] = np.arange(len(crew.row))
    if setup.warmup_weeks > 0:
        org.lives["output"] = people["value"] / setup.warmup_weeks
    org.lives["last_value"] = people["value"]
    org.lives["last_waiting"] = org.hours[:, WAITING]
    org.lives["last_hours"] = org.hours.sum(axis=1)
    org = org._replace(cohort=cohort)
    staffing.credit(org, crew.row)
    org.cohort["contribution"] = 0.0
    return org


def hold_week(org: Org, p: np.ndarray, setup: Setup) -> Org:
    """Hold the people's week that has just ended; the engine's tables stand between two weeks. Raises `UserError`."""
    week = int(org.world["people_week"][0])
    if week == 0:
        org = begin(org, p, setup)
    dice, q = dice_of(org), settings(p)
    measured = week % MONTH == 0 and week > 0 and bool(q.switches_flow)
    present = Present(q, week)
    if measured:
        _measure(org, q)
        advancement.govern(org, q, present.crew(org), MONTH)
        advancement.age(org, q, present.crew(org), MONTH)
    before = staffing.signature(org)
    lots = cast(org, p, week)
    for i in lots.quitters.tolist():
        pid = int(org.people["pid"][i])
        org = leave(org, p, i, QUIT, week)
        org = open_vacancy(org, q, dice, i, pid, week)
    careers_round = turnover.due(q, week)
    if careers_round and (q.switches_retirement or not q.switches_flow):
        crew = present.crew(org)
        org = turnover.hold(org, q, crew, dice, _doors(p, q, crew, dice))
    cut = 0.0
    may_cut = q.switches_layoffs and q.hiring_policy != hiring.ATTRITION_ONLY
    if may_cut and (lots.background or layoffs.by_date(q, week)):
        org, cut = _lay_off(org, p, q, setup, present.crew(org), dice, week)
    org.world["quit_jump"] = quits.shock_after(q, float(org.world["quit_jump"][0]), cut)
    may_promote = q.switches_promotions and (careers_round or q.careers_every_weeks == 1)
    if may_promote and (measured or advancement.are_due(org, q)):

        def opened(org: Org, i: int, pid: int) -> Org:
            return open_vacancy(org, q, dice, i, pid, week)

        crew = present.crew(org)
        org = advancement.promote(org, p, q, crew, dice, setup.agents_each, opened)
        if measured:
            advancement.wait(org, q, crew, MONTH)
    changed = staffing.signature(org) != before
    if changed or lots.opening:
        org = _fill_vacancies(org, p, week, setup.agents_each)
        changed = staffing.signature(org) != before
    org.world["people_week"] = week + 1
    if not q.switches_flow:
        if changed or week == 0:
            there = org.people["role"] != VACANT
            org.world["efficiency"] = careers.efficiency(
                org.lives["competence"] * there, org.people["layer"], q
            )
        return org
    if changed or measured:
        set_condition(org, p, week)
    return staffing.finish(org, p, setup.agents_each) if changed else org


def _doors(p: np.ndarray, q: SimpleNamespace, crew: Crew, dice: Dice) -> turnover.Doors:
    """Return what a round of careers does to the organisation."""

    def empty(org: Org, i: int, pid: int) -> Org:
        org = staffing.vacate(org, p, i)
        org.lives["cohort"][i] = NONE
        return open_vacancy(org, q, dice, i, pid, crew.week)

    def ledger(org: Org, at: np.ndarray) -> Org:
        undefined = np.full(len(at), np.nan)
        cuts = layoffs.Cuts("dismissal", at, crew.output[at], undefined, np.zeros(len(at), bool))
        return with_ledger(org, crew, (cuts,), crew.week)

    return turnover.Doors(
        lambda org, i, kind: record_exit(org, p, i, kind, crew.week),
        empty,
        lambda org, rows: welcome(org, p, rows, crew.week),
        ledger,
    )


def close_books(org: Org) -> None:
    """At the horizon: credit everybody with what they have merged."""
    staffing.credit(org, np.flatnonzero(np.isin(org.people["role"], (IC, MANAGER))))


def _lay_off(
    org: Org, p: np.ndarray, q: SimpleNamespace, setup: Setup, crew: Crew, dice: Dice, week: int
) -> tuple[Org, float]:
    """Carry out the layoffs that are due; return the organisation and the share of the people laid off together."""
    due = layoffs.due(crew, q, dice, _past(org, p, setup, week))
    _close_vacancies(org, due.closed)
    together = 0
    spans_rise = q.layoffs_delayer_first_span > 0 or q.layoffs_delayer_upper_span > 0
    for cuts in due.cuts:
        leaderless = (
            _reports_of(org, crew.row[cuts.position]) if cuts.rule == "delayer" and spans_rise else {}
        )
        if cuts.rule == "budget":
            org.world["budget_cut_week"] = week
        if cuts.rule == "ai_substitution":
            org.world["ai_closed"] += len(cuts)
        for k, converts in zip(cuts.position.tolist(), cuts.convert.tolist(), strict=True):
            i = int(crew.row[k])
            if converts:
                skill, pay = advancement.as_ic(org, q, i)
                org = staffing.convert(org, p, i, skill, pay, setup.agents_each)
                continue
            org = leave(org, p, i, LAID_OFF, week)
            if cuts.rule in ("background", "performance"):
                org = open_vacancy(org, q, dice, i, int(crew.pid[k]), week)
            else:
                staffing.close_seat(org, i)
                together += 1
        org = _share_out(org, p, leaderless)
    return with_ledger(org, crew, due.cuts, week), together / max(len(crew.row), 1)


def _reports_of(org: Org, managers: np.ndarray) -> dict[int, int]:
    """Return the layer of the manager of everybody who reports to one of the *managers* (rows), by row."""
    mine = np.flatnonzero(np.isin(org.people["boss"], managers) & np.isin(org.people["role"], (IC, MANAGER)))
    mine = mine[np.argsort(org.people["pid"][mine])]
    return {int(i): int(org.people["layer"][org.people["boss"][i]]) for i in mine}


def _share_out(org: Org, p: np.ndarray, leaderless: dict[int, int]) -> Org:
    """Let those whose managers were displaced report to the managers who stay in that layer, the fewest reports first.

    Peers under the same boss come first; where none is left there, the grand-manager and the peers elsewhere share them.
    """
    for i, layer in leaderless.items():
        people = org.people
        if people["role"][i] not in (IC, MANAGER):
            continue
        boss = int(people["boss"][i])
        peers = np.flatnonzero((people["role"] == MANAGER) & (people["layer"] == layer))
        peers = peers[(peers != i) & (peers != boss)]
        near = peers[people["boss"][peers] == boss]
        chosen = near if len(near) else np.append(peers, boss)
        heir = int(chosen[np.lexsort((people["pid"][chosen], people["reports"][chosen]))[0]])
        if heir == boss or i in chain_up(org, heir):
            org.lives["seat_boss"][i] = boss
            continue
        org, changed = move(org, p, i, heir)
        staffing.keep_inbox_of_relayered(org, changed)
        org.lives["seat_boss"][i] = heir
    return org


def _close_vacancies(org: Org, count: int) -> None:
    """Close *count* vacancies of ICs, those that would be filled last first."""
    if count == 0:
        return
    open_until = np.where(np.isfinite(org.lives["open_until"]), org.lives["open_until"], -1.0)
    open_until[org.lives["seat_role"] != IC] = -1.0
    chosen = np.argsort(-open_until, kind="stable")[:count]
    org.lives["open_until"][chosen[open_until[chosen] >= 0.0]] = inf
    org.world["ai_closed"] += count


def with_ledger(org: Org, crew: Crew, cuts: tuple[layoffs.Cuts, ...], week: int) -> Org:
    """Return *org* with a ledger row for every cut."""
    made = sum(map(len, cuts))
    if made == 0:
        return org
    rows = table(made, LEDGER)
    at = np.concatenate([one.position for one in cuts])
    rows["week"] = week
    for name in ("pid", "role", "layer", "tenure"):
        rows[name] = getattr(crew, name)[at]
    rows["rule"] = np.concatenate([np.full(len(one), LAYOFF_RULES.index(one.rule)) for one in cuts])
    for name, column in (("score", "score"), ("percentile", "percentile"), ("converted", "convert")):
        rows[name] = np.concatenate([getattr(one, column) for one in cuts])
    return org._replace(ledger=np.concatenate([org.ledger, rows]))


def _past(org: Org, p: np.ndarray, setup: Setup, week: int) -> layoffs.Past:
    """Return what the layoff regimes need of the past; figures of quarters only where a quarter ends."""
    if week % QUARTER or week == 0:
        return layoffs.Past()
    vacant = (
        (org.people["role"] == VACANT) & (org.lives["seat_role"] == IC) & np.isfinite(org.lives["open_until"])
    )
    since = int(org.world["budget_cut_week"][0])
    ends = range(since + QUARTER - since % QUARTER if since else QUARTER, week + 1, QUARTER)
    quarters = [_cost_and_value(org, setup, end) for end in ends if end - QUARTER >= since]
    cost_per_value = tuple(cost / value if value > 0.0 else float("nan") for cost, value in quarters)
    return layoffs.Past(
        ai_gain=float(_planned_speed_up(p)) - 1.0,
        ic_positions=setup.tree.ics,
        ai_closed=int(org.world["ai_closed"][0]),
        vacancies=int(np.count_nonzero(vacant)),
        cost_per_year=_cost_and_value(org, setup, week)[0] * WEEKS_PER_YEAR / QUARTER,
        cost_per_value=cost_per_value,
    )


def _cost_and_value(org: Org, setup: Setup, end: int) -> tuple[float, float]:
    """Return the cost of people and AI, USD, and the value, standard hours, of the quarter up to week *end*."""
    before, after = (org.weeks[setup.warmup_weeks + week] for week in (end - QUARTER, end))
    payroll = (
        setup.tree.payroll * QUARTER + after["payroll_above_start_sum"] - before["payroll_above_start_sum"]
    )
    written = after["ai_standard_hours"] - before["ai_standard_hours"]
    ai = costs.ai_spend(setup.values, setup.tree.ics + after["ics_above_start"], written, QUARTER)
    value = after["value"] - before["value"] - (after["value_lost"] - before["value_lost"])
    return float(payroll / WEEKS_PER_YEAR + ai), float(value)


def _measure(org: Org, q: SimpleNamespace) -> None:
    """Update everybody's output and strain after `MONTH` weeks."""
    people, lives = org.people, org.lives
    value, hours, waiting = people["value"], org.hours.sum(axis=1), org.hours[:, WAITING]
    given = value - lives["last_value"]
    lives["output"] += quits.over_weeks(q.people_output_smoothing, MONTH) * (given / MONTH - lives["output"])
    worked = np.maximum(hours - lives["last_hours"], 1e-9)
    blocked = np.clip((waiting - lives["last_waiting"]) / worked, 0.0, 1.0)
    lives["last_value"], lives["last_waiting"], lives["last_hours"] = value, waiting, hours
    if q.switches_strain:
        boss = people["boss"]
        uncoached = np.where(boss >= 0, np.clip(1.0 - people["coverage"][boss], 0.0, 1.0), 0.0)
        overload = np.clip(people["queued_hours"] / HOURS_PER_WEEK, 0.0, 1.0)
        shock = min(float(org.world["quit_jump"][0]), 1.0)
        lives["strain"] = quits.strain_after(q, lives["strain"], blocked, uncoached, overload, shock, MONTH)


def leave(org: Org, p: np.ndarray, i: int, kind: int, week: int) -> Org:
    """Let the occupant of seat *i* leave the organisation as LAID_OFF, QUIT or RETIRED in *week*."""
    record_exit(org, p, i, kind, week)
    org = staffing.vacate(org, p, i)
    org.lives["cohort"][i] = NONE
    return org


def record_exit(org: Org, p: np.ndarray, i: int, kind: int, week: int) -> None:
    """Keep the books of an exit: cohort, counts, severance."""
    own = int(org.lives["cohort"][i])
    severance = 0.0
    if kind == LAID_OFF:
        severance = float(org.lives["pay"][i]) * p["layoffs_severance_weeks"][0] / WEEKS_PER_YEAR
        org.world["people_usd"] += severance
    if own >= 0 and org.cohort["exit_kind"][own] == STAYED:
        org.cohort["exit_kind"][own] = kind
        org.cohort["exit_week"][own] = week
        if kind == LAID_OFF and week <= RISK_WEEKS:
            org.world["laid_off_ics" if org.cohort["role"][own] == IC else "laid_off_managers"] += 1
        org.cohort["severance"][own] = severance
    org.world[{LAID_OFF: "layoffs", QUIT: "quits", RETIRED: "retired"}[kind]] += 1


def open_vacancy(org: Org, q: SimpleNamespace, dice: Dice, i: int, pid: int, week: int) -> Org:
    """Let the seat *i*, which *pid* has left, be filled as the hiring policy says."""
    is_ic = org.lives["seat_role"][i] == IC
    if hiring.opens(q, is_ic):
        org.lives["open_until"][i] = hiring.filled_at(q, dice, pid, week)
    elif q.switches_hiring and q.hiring_policy == hiring.AI:
        _raise_ai_share(org, i)
    return org


def _raise_ai_share(org: Org, i: int) -> None:
    """The teammates of the vacant seat *i* let AI do the leaver's part."""
    boss = staffing.boss_present(org, i)
    mates = np.flatnonzero((org.people["team"] == boss) & org.people["coder"])
    if len(mates):
        part = 1.0 / (len(mates) + 1)
        for name in ("agent_probability", "assistant_fraction"):
            share = org.people[name][mates]
            org.people[name][mates] = np.minimum(share + part * (1.0 - share), 0.95)


def _fill_vacancies(org: Org, p: np.ndarray, week: int, agents_each: int) -> Org:
    """Hire for the vacancies whose delay is over, managers' seats first, from the top."""
    lives = org.lives
    due = np.flatnonzero((org.people["role"] == VACANT) & (lives["open_until"] <= week))
    # By the ids of those who left: whoever comes first gets the next id, whatever the order of the rows.
    people = org.people
    order = np.lexsort((people["pid"][due], -people["layer"][due], lives["seat_role"][due] == IC))
    for i in due[order].tolist():
        org = hire(org, p, i, week, agents_each)
    return org


def hire(org: Org, p: np.ndarray, i: int, week: int, agents_each: int) -> Org:
    """Hire somebody new for the vacant seat *i*."""
    welcome(org, p, np.array([i]), week)
    org.people["role"][i] = VACANT
    boss = staffing.boss_present(org, i)
    org.people["belief"][i] = org.people["belief"][boss]
    org = staffing.seat(org, p, i, agents_each)
    # Nobody knows yet what a newcomer delivers: until it is measured, as much as most.
    outputs = np.sort(org.lives["output"][org.people["role"] == IC])
    k = len(outputs)
    org.lives["output"][i] = (outputs[(k - 1) // 2] + outputs[k // 2]) / 2.0 if k else 0.0  # their median
    return org


@entry
def _set_condition(people, lives, parameters, week, lift, coaching):
    """Set everybody's condition and coaching hours; *lift*, *coaching* [people]: by staff and super ICs."""
    p = parameters[0]
    for i in range(len(people)):
        people[i].coaching_hours = 0.0
    for i in range(len(people)):
        q = people[i]
        life = lives[i]
        q.condition = hiring.settling(p, week - life.moved)
        # Who was there at week 0 is as productive as the flow engine has it; those hired since ramp up.
        if p.switches_hiring and life.joined >= 0.0:
            since = week - life.joined
            q.condition *= hiring.ramp(p, since)
            if (q.role == IC or q.role == MANAGER) and q.boss >= 0:
                people[q.boss].coaching_hours += hiring.coaching_hours(p, since)
        q.condition *= lift[i]
        if p.switches_strain:
            q.condition *= 1.0 - p.strain_output_effect * max(life.strain - p.quits_strain_at_base, 0.0)
    for i in range(len(people)):
        people[i].coaching_hours += coaching[i]
        if people[i].role == DESK:
            people[i].condition = people[people[i].human].condition


def set_condition(org: Org, p: np.ndarray, week: int) -> None:
    """Set newcomers' ramp-up, what they take from their bosses, and what strain takes from everybody."""
    q = settings(p)
    lift, coaching = np.ones(len(org.people)), np.zeros(len(org.people))
    if q.careers_staff_share > 0.0 or q.careers_super_lift > 0.0:
        crew = crew_of(org, q, week)
        lift[crew.row] = careers.team_factors(crew, q)
        coaching[crew.row] = careers.coaching_hours(crew, q)
    _set_condition(org.people, org.lives, p, week, lift, coaching)
