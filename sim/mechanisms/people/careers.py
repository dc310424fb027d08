"""Careers: a lattice, not a ladder. Who becomes a manager, how good a manager, who goes back, who stays an expert.

A vacant manager seat is filled, top first, from the layer below: by the best or the worst contribution, at random, by
aptitude, or by a mix of two rules; or from outside with a probability. The seat that a promoted manager leaves is filled in
turn. What the promoted are worth as managers (quality, standard normal) follows one of three hypotheses (Pluchino, Rapisarda
and Garofalo 2010):

    same        their normal score of skill among ICs; managers keep their quality
    peter       redrawn: a new job is a new talent (the Peter hypothesis)
    correlated  c aptitude + sqrt(1 - c^2) redraw - b log2(output / median output of ICs)

The last term is the price of promotion on output (Benson, Li and Shue 2019, I05): a team does 7.5 % worse for each doubling
of its new manager's own earlier output; b turns that loss of output into quality. They found it *among the promoted*, and part
of it is selection; here it goes with everybody who moves from IC to manager. The loss of the best IC's own work comes on top.

Managers go back to IC with skill x [kept + (1 - kept) currency]; currency, closeness to the technology, fades without hands-on
work. A dual ladder: the top ICs by skill and tenure become *staff*; with hours of their own they lift teammates; super ICs lift
by example. Who is ready and sees no vacancy for long is *blocked*, which quits read; staff are not blocked.

Without flow (`switches.flow`) nobody has output. Contribution is then competence in the present job, points on a scale with a
normal distribution that is cut off; `same` moves it by the jitter, `peter` redraws it. Rounds of `careers.every_weeks` weeks let
people retire (`switches.retirement`), dismiss those below `competence.dismissal_below`, and fill managers' seats.

Not modelled: titles without a change of work, applications and refusals, politics, training of new managers.
Parameters: careers.*, competence.*, people.retirement_age, managers.quality_effect, questions.super_ic_skill.
"""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import sqrt

import numpy as np

from sim.constants import HOURS_PER_WEEK, IC, MANAGER, WEEKS_PER_YEAR
from sim.engine.codes import NONE
from sim.engine.record import Settings
from sim.engine.rng import PROMOTION
from sim.mechanisms.people.workforce import Dice, Number, Workforce
from sim.statistics.scores import NORMAL, Range, normal_quantiles, normal_scores_of_mean_ranks

# What `sub` tells apart in PROMOTION.
LUCK, MIXING, REDRAW, EXTERNAL, STEP_DOWN = range(5)

RULES = ("best", "worst", "random", "aptitude", "mix")
BEST, WORST, RANDOM, APTITUDE, MIX = range(5)
TRANSFERS = ("same", "peter", "correlated")
SAME, PETER, CORRELATED = range(3)
POOLS = ("team", "branch", "firm")

#: Layers with a weight of their own in `efficiency`; higher ones weigh as the last.
WEIGHTS = 6
#: The relation of I05 is not stretched beyond this many doublings either way.
MOST_DOUBLINGS = 2.0
_NOBODY = np.empty(0, np.int64)


@dataclass(frozen=True)
class Rules:
    """How the promoted are chosen and what becomes of their competence."""

    rule: int = BEST
    transfer: int = SAME
    correlation: float = 0.0  # c of `correlated`
    jitter: float = 0.0  # `same`: the score changes by up to this much either way (uniform)
    mix_best: float = 0.5  # `mix`: share of vacancies filled by the best
    mix_other: int = WORST  # `mix`: rule of the others


def rules_of(settings: Settings) -> Rules:
    """Return the rules that the *settings* state."""
    other = int(settings.careers_mix_other) + 1  # its choices are worst, random, aptitude
    mix = float(settings.careers_mix_best), other
    return Rules(
        int(settings.careers_rule),
        int(settings.careers_transfer),
        settings.careers_correlation,
        settings.careers_jitter,
        *mix,
    )


def preference(rule: int, merit: np.ndarray, aptitude: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Return a score by which candidates are ranked, highest first, under one of the first four of `RULES`."""
    if rule == BEST:
        return merit
    if rule == WORST:
        return -merit
    return luck if rule == RANDOM else aptitude


def transferred(
    transfer: int, old: np.ndarray, aptitude: np.ndarray, redraw: np.ndarray, correlation: float
) -> np.ndarray:
    """Return the competence in the new job from that in the *old* one; all but `same` speak in normal scores."""
    if transfer == SAME:
        return old
    if transfer == PETER:
        return redraw
    return correlation * aptitude + sqrt(1.0 - correlation**2) * redraw


# --- Vacancies in a running organisation ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vacancies:
    """Vacant manager seats [k], and whom of the workforce [n] they left without a boss."""

    row: np.ndarray  # int64[k]: the seat, as in `Workforce.row`
    key: np.ndarray  # int64[k]: permanent id of who left it; keys the dice of the vacancy
    layer: np.ndarray  # int64[k]: layer of the seat
    boss: np.ndarray  # int64[k]: position in the workforce of the nearest boss who is present, -1 at a root
    former: np.ndarray  # int64[n]: of the whole workforce, row of the vacant seat last reported to, or -1


@dataclass(frozen=True)
class Appointments:
    """Who takes which seat, in the order in which it must happen (top first); a seat that nobody takes is not listed."""

    row: np.ndarray  # int64[a]: the seat
    layer: np.ndarray  # int64[a]
    person: np.ndarray  # int64[a]: position in the workforce, or -1: hired from outside
    quality: np.ndarray  # float64[a]: of management, in the new seat; NaN from outside, who bring their own
    considered: np.ndarray  # bool[n]: was in the pool of a seat that was filled from inside


def fill_vacancies(
    workforce: Workforce, vacant: Vacancies, settings: Settings, dice: Dice, *, cascade: bool = True
) -> Appointments:
    """Fill manager seats, top first; with *cascade* also those that the promoted leave.

    Candidates for a first-line seat are ICs, for a higher one managers of the layer below: those of the vacant team, of the
    branch below the seat's boss, or of the firm (`careers.pool`); where nobody there is eligible the pool widens. Without
    candidates the seat goes outside if outsiders are hired at all, else it stays vacant.
    """
    # A root stays, or nobody could stand in (in a partial chart everybody whose manager is missing is one), but for those
    # whom the vacancy itself has left without a boss.
    free = eligible(workforce, settings) & ((workforce.boss >= 0) | (vacant.former >= 0))
    considered = np.zeros(len(workforce.pid), bool)
    team_of = vacant.former.copy()
    seats = np.stack([-vacant.layer, vacant.key, vacant.row, vacant.boss], axis=1)
    queue = list(map(tuple, seats.tolist()))
    heapify(queue)
    taken: list[tuple[int, int, int]] = []
    while queue:
        rank, key, row, boss = heappop(queue)
        outside = settings.careers_external_share > 0.0 and (
            dice(PROMOTION, np.array([key]), workforce.week, EXTERNAL)[0, 0] < settings.careers_external_share
        )
        pool = _NOBODY
        if not outside:
            pool = _pool(workforce, free, -rank, boss, team_of == row, int(settings.careers_pool))
        if len(pool) == 0:
            if settings.careers_external_share > 0.0:
                taken.append((row, -rank, NONE))
            continue
        considered[pool] = True
        who = _pick(workforce, pool, key, settings, dice)
        free[who] = False
        taken.append((row, -rank, who))
        if cascade and workforce.role[who] == MANAGER:
            row = int(workforce.row[who])
            heappush(
                queue, (-int(workforce.layer[who]), int(workforce.pid[who]), row, int(workforce.boss[who]))
            )
            team_of[workforce.boss == who] = row
    rows, layers, people = np.array(taken, np.int64).reshape(-1, 3).T
    return Appointments(
        rows, layers, people, qualities(workforce, layers, people, settings, dice), considered
    )


def eligible(workforce: Workforce, settings: Settings) -> np.ndarray:
    """Return bool[n]: has been in the firm long enough for promotion and has not chosen the staff track."""
    may: np.ndarray = (workforce.tenure >= settings.careers_minimum_tenure) & ~workforce.staff
    return may


def _below(boss: np.ndarray, top: int) -> np.ndarray:
    """Return bool[n]: somebody on the way up is *top*; everybody if *top* is -1."""
    if top == NONE:
        return np.ones(len(boss), bool)
    below: np.ndarray = boss == top
    up = boss
    while (up >= 0).any():
        up = np.where(up >= 0, boss[up], NONE)
        below |= up == top
    return below


def _pool(
    workforce: Workforce, free: np.ndarray, layer: int, boss: int, team: np.ndarray, width: int
) -> np.ndarray:
    """Return positions of the candidates for a seat: of the narrowest pool at least as wide as *width* with any in it."""
    sorts = [workforce.role == IC]
    if layer > 1:  # in an unbalanced tree the layer just below may be empty: then any lower manager
        manages = workforce.role == MANAGER
        sorts = [manages & (workforce.layer == layer - 1), manages & (workforce.layer < layer)]
    scopes = (lambda: team, lambda: team | _below(workforce.boss, boss), lambda: True)[width:]
    for sort in sorts:
        for scope in scopes:
            pool = np.flatnonzero(sort & free & scope())
            if len(pool):
                return pool
    return _NOBODY


def _pick(workforce: Workforce, pool: np.ndarray, key: int, settings: Settings, dice: Dice) -> int:
    """Return the position of who is chosen from the positions *pool*; equals are told apart by permanent id."""
    rules = rules_of(settings)
    rule = rules.rule
    if rule == MIX:
        coin = dice(PROMOTION, np.array([key]), workforce.week, MIXING)[0, 0]
        rule = BEST if coin < rules.mix_best else rules.mix_other
    pids = workforce.pid[pool]
    luck = dice(PROMOTION, pids, workforce.week, LUCK)[:, 0] if rule == RANDOM else np.zeros(len(pool))
    score = preference(rule, workforce.output[pool], workforce.aptitude[pool], luck)
    return int(pool[np.lexsort((pids, -score))[0]])


def qualities(
    workforce: Workforce, layers: np.ndarray, people: np.ndarray, settings: Settings, dice: Dice
) -> np.ndarray:
    """Return the quality of the appointed in their new layers; keyed by person and layer, not by when it happens."""
    quality = np.full(len(people), np.nan)
    inside = np.flatnonzero(people != NONE)
    if len(inside) == 0:
        return quality
    rules = rules_of(settings)
    who = people[inside]
    u = _redraws(workforce, layers[inside], who, dice)
    redraw = normal_quantiles(u[:, 0])
    ics = workforce.role == IC
    old = workforce.quality.copy()
    if rules.transfer == SAME:  # the other hypotheses do not ask for it
        old[ics] = normal_scores_of_mean_ranks(workforce.skill[ics])
    new = transferred(rules.transfer, old[who], workforce.aptitude[who], redraw, rules.correlation)
    if rules.transfer == SAME:
        new = new + rules.jitter * (2.0 * u[:, 1] - 1.0)
    elif rules.transfer == CORRELATED:
        new = new - np.where(
            ics[who], peter_penalty(workforce.output[who], workforce.output[ics], settings), 0.0
        )
    quality[inside] = new
    return quality


def _redraws(workforce: Workforce, layers: np.ndarray, who: np.ndarray, dice: Dice) -> np.ndarray:
    """Return the uniforms [n, 2] of the people at the positions *who*, who are appointed to these layers."""
    u = np.empty((len(who), 2))
    for layer in np.unique(layers).tolist():
        here = layers == layer
        u[here] = dice(PROMOTION, workforce.pid[who[here]], layer, REDRAW)
    return u


def peter_penalty(output: np.ndarray, peers: np.ndarray, settings: Settings) -> np.ndarray:
    """Return the loss of management quality, in sd, of ICs with *output* among the outputs of *peers* (I05).

    Negative, a gain, below the median of the peers; 0 where nobody has any output or quality has no effect.
    """
    typical = np.median(peers) if len(peers) else 0.0
    if not typical > 0.0 or settings.managers_quality_effect <= 0.0:
        return np.zeros(len(output))
    floor = typical * 2.0**-MOST_DOUBLINGS
    doublings: np.ndarray = np.minimum(np.log2(np.maximum(output, floor) / typical), MOST_DOUBLINGS)
    loss: np.ndarray = settings.careers_peter_penalty / settings.managers_quality_effect * doublings
    return loss


# --- Back to IC, experts, and who waits -------------------------------------------------------------------------------


def step_downs(workforce: Workforce, settings: Settings, dice: Dice) -> np.ndarray:
    """Return bool[n]: managers with a boss who choose to be an IC again this week (`careers.step_down` a year)."""
    chosen = np.zeros(len(workforce.pid), bool)
    if settings.careers_step_down <= 0.0:
        return chosen
    who = np.flatnonzero((workforce.role == MANAGER) & (workforce.boss >= 0))
    weekly = 1.0 - (1.0 - settings.careers_step_down) ** (1.0 / WEEKS_PER_YEAR)
    chosen[who] = dice(PROMOTION, workforce.pid[who], workforce.week, STEP_DOWN)[:, 0] < weekly
    return chosen


def skill_as_ic(skill: Number, currency: Number, settings: Settings) -> Number:
    """Return the skill, in reference engineers, with which managers go back to IC work; *skill* is that of a current one."""
    return skill * (settings.careers_skill_kept + (1.0 - settings.careers_skill_kept) * currency)


def next_currency(workforce: Workforce, settings: Settings, weeks: float = 1.0) -> np.ndarray:
    """Return everybody's currency *weeks* later: it drifts to 1 for ICs, to the hands-on share over the share needed else."""
    kept = np.minimum(workforce.hands_on / max(settings.careers_currency_hands_on, 1e-9), 1.0)
    target = np.where(workforce.role == MANAGER, kept, 1.0)
    fading = np.exp(-weeks / (WEEKS_PER_YEAR * settings.careers_currency_years))
    drifted: np.ndarray = target + (workforce.currency - target) * fading
    return drifted


def new_staff(workforce: Workforce, settings: Settings) -> np.ndarray:
    """Return int64[k]: positions of the ICs who become staff, so that a share `careers.staff_share` of ICs is.

    Ranked by normal scores of skill and of tenure; equals by permanent id. Nobody loses the title.
    """
    ics = np.flatnonzero(workforce.role == IC)
    places = int(settings.careers_staff_share * len(ics) + 1e-9) - int(workforce.staff[ics].sum())
    if places <= 0:
        return _NOBODY
    weight = settings.careers_staff_tenure_weight
    skill, tenure = (normal_scores_of_mean_ranks(x[ics]) for x in (workforce.skill, workforce.tenure))
    score = (1.0 - weight) * skill + weight * tenure
    fit = ~workforce.staff[ics] & (workforce.tenure[ics] >= settings.careers_staff_tenure)
    order = np.lexsort((workforce.pid[ics], -score))
    return ics[order[fit[order]][:places]]


def coaching_hours(workforce: Workforce, settings: Settings) -> np.ndarray:
    """Return float64[n]: hours a week that staff ICs spend on teammates, `careers.coaching_hours` each while they last."""
    if settings.careers_staff_lift <= 0.0 or not workforce.staff.any():
        return np.zeros(len(workforce.pid))
    member = (workforce.role == IC) & (workforce.boss >= 0)
    wanted = _from_others(workforce.boss, member.astype(float)) * settings.careers_coaching_hours
    spent: np.ndarray = np.minimum(settings.careers_staff_coaching * HOURS_PER_WEEK, wanted) * (
        member & workforce.staff
    )
    return spent


def team_factors(workforce: Workforce, settings: Settings) -> np.ndarray:
    """Return float64[n]: factors on the productivity of ICs, from staff and super ICs among their teammates.

    The lift of staff is in proportion to the hours that a teammate gets of those needed; the hours are the coaches' own
    (`coaching_hours`). Super ICs lift by example, and one is as good as two. All ones where both lifts are 0.
    """
    factor = np.ones(len(workforce.pid))
    member = (workforce.role == IC) & (workforce.boss >= 0)
    if settings.careers_staff_lift > 0.0 and workforce.staff.any():
        mates = np.maximum(_from_others(workforce.boss, member.astype(float)), 1.0)
        got = _from_others(workforce.boss, coaching_hours(workforce, settings) / mates)
        factor += (
            settings.careers_staff_lift
            * np.minimum(got / max(settings.careers_coaching_hours, 1e-9), 1.0)
            * member
        )
    if settings.careers_super_lift > 0.0:
        shining = member & (workforce.skill >= settings.questions_super_ic_skill)
        factor += (
            settings.careers_super_lift
            * np.minimum(_from_others(workforce.boss, shining * 1.0), 1.0)
            * member
        )
    return factor


def _from_others(boss: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return float64[n]: what the others with the same boss add up to in *x* [n]."""
    others: np.ndarray = np.maximum(np.bincount(boss + 1, x)[boss + 1] - x, 0.0)
    return others


def ready(workforce: Workforce, settings: Settings) -> np.ndarray:
    """Return bool[n]: eligible, somebody above, and among the top `careers.ready_share` of the own layer by contribution."""
    chosen = np.zeros(len(workforce.pid), bool)
    size = np.bincount(workforce.layer)
    first = np.cumsum(size) - size
    order = np.lexsort((workforce.pid, -workforce.output, workforce.layer))
    layer = workforce.layer[order]
    chosen[order] = (
        np.arange(len(order)) - first[layer] < np.ceil(settings.careers_ready_share * size - 1e-9)[layer]
    )
    able: np.ndarray = chosen & eligible(workforce, settings) & (workforce.boss >= 0)
    return able


def next_waited(
    waited: np.ndarray, is_ready: np.ndarray, considered: np.ndarray, weeks: float = 1.0
) -> np.ndarray:
    """Return the weeks that everybody has been ready without a vacancy, *weeks* later: less if not ready, 0 after a chance."""
    return np.where(considered, 0.0, np.maximum(waited + np.where(is_ready, weeks, -weeks), 0.0))


def blocked(waited: Number, settings: Settings) -> Number:
    """Return blocked promotion, 0 to 1 (of one or many): the share of `careers.patience_weeks` ready without a vacancy."""
    share: Number = np.minimum(waited / max(settings.careers_patience_weeks, 1.0), 1.0)
    return share


def competence_range(settings: Settings) -> Range:
    """Return the distribution of a newcomer's competence, points."""
    return Range(
        settings.competence_mean, settings.competence_sd, settings.competence_low, settings.competence_high
    )


def competences(workforce: Workforce, made: Appointments, settings: Settings, dice: Dice) -> np.ndarray:
    """Return the competence, points, of the appointed in their new seats; that in the old ones is `Workforce.output`.

    NaN from outside. Under `same` it changes by up to `careers.jitter` sd either way and stays within its bounds.
    """
    rules, scale = rules_of(settings), competence_range(settings)
    competence = np.full(len(made.row), np.nan)
    inside = np.flatnonzero(made.person != NONE)
    who = made.person[inside]
    u = _redraws(workforce, made.layer[inside], who, dice)
    if rules.transfer == SAME:
        moved = workforce.output[who] + rules.jitter * scale.sd * (2.0 * u[:, 1] - 1.0)
        competence[inside] = np.clip(moved, scale.low, scale.high)
        return competence
    redraw = normal_quantiles(u[:, 0])
    score = transferred(rules.transfer, redraw, workforce.aptitude[who], redraw, rules.correlation)
    competence[inside] = scale.at(np.fromiter(map(NORMAL.cdf, score.tolist()), float, len(score)))
    return competence


def efficiency(competence: np.ndarray, layer: np.ndarray, settings: Settings) -> float:
    """Return the weighted *competence* [n] of the people in these layers over its maximum; an empty seat has 0."""
    weights = np.array([getattr(settings, f"competence_weight_{k}") for k in range(WEIGHTS)])
    weight = weights[np.minimum(layer, WEIGHTS - 1)]
    most = settings.competence_high * weight.sum()
    return float((competence * weight).sum() / most) if most > 0.0 else 0.0


def leave_in_round(
    age: np.ndarray, competence: np.ndarray, settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """Return bool[n] twice: who retires at a round of careers, and who else is dismissed for want of competence."""
    retire = (age > settings.people_retirement_age) & bool(settings.switches_retirement)
    dismissed = (competence < settings.competence_dismissal_below) & (not settings.switches_flow)
    return retire, dismissed & ~retire
