"""Chance in the people's week: dice for the decisions taken in NumPy, and one compiled pass over everybody a week.

In most weeks little happens to anybody. `draw_week` pays the week, decides who quits, and tells whether a background layoff
strikes or a vacancy is due at all, so that NumPy is needed only where somebody comes or goes. The odds are those of the
mechanisms, stated there once, for numbers and for arrays.
"""

from typing import NamedTuple

import numpy as np

from sim.constants import IC, MANAGER, WEEKS_PER_YEAR
from sim.engine.codes import VACANT
from sim.engine.kernel import entry, kernel
from sim.engine.rng import LAYOFF, QUIT, normal_quantile, uniform, uniform2
from sim.engine.state import Org
from sim.mechanisms.people import careers, layoffs, quits
from sim.mechanisms.people.workforce import Dice

_blocked = kernel(careers.blocked)
_quits_with = kernel(quits.chance)
_laid_off_with = kernel(layoffs.background_chance)


class WeekDraws(NamedTuple):
    """What chance has in store this week."""

    quitters: np.ndarray  # rows of those who quit, in order of permanent id
    background: bool  # somebody may be laid off for reasons of their own
    opening: bool  # a vacancy is to be filled by now


@entry
def _draw(world: np.ndarray, stream: int, ids: np.ndarray, index: int, sub: int, out: np.ndarray) -> None:
    """Fill *out* [n, 2] with uniforms keyed by (stream, id, index, sub)."""
    for k in range(len(ids)):
        out[k, 0], out[k, 1] = uniform2(world[0], stream, ids[k], index, sub)


@entry
def _normal(uniforms: np.ndarray, out: np.ndarray) -> None:
    for k in range(len(uniforms)):
        out[k] = normal_quantile(uniforms[k])


def dice_of(org: Org) -> Dice:
    """Return the dice of the run."""
    world = org.world

    def dice(stream: int, ids: np.ndarray, index: int, sub: int) -> np.ndarray:
        out = np.empty((len(ids), 2))
        _draw(world, stream, np.ascontiguousarray(ids, np.int64), index, sub, out)
        return out

    return dice


def normal(uniforms: np.ndarray) -> np.ndarray:
    """Return standard normal quantiles [n]."""
    out = np.empty(len(uniforms))
    _normal(np.ascontiguousarray(uniforms), out)
    return out


@entry
def _draw_week(
    world: np.ndarray,
    people: np.ndarray,
    occupants: np.ndarray,
    cohort: np.ndarray,
    parameters: np.ndarray,
    week: int,
    quitters: np.ndarray,
) -> tuple[int, bool, bool]:
    """Pay the week, fill *quitters* with rows; return (how many quit, does a background layoff strike, is a vacancy due)."""
    w = world[0]
    p = parameters[0]
    quitting = 0
    background = False
    opening = False
    for i in range(len(people)):
        person = people[i]
        occupant = occupants[i]
        if person.role == VACANT:
            opening |= occupant.open_until <= week
        if (person.role != IC and person.role != MANAGER) or week == 0:  # at week 0 no week has passed
            continue
        if occupant.cohort >= 0:
            cohort[occupant.cohort].pay_earned += occupant.pay / WEEKS_PER_YEAR
        if person.boss < 0:
            continue
        if p.switches_quits:
            boss = people[person.boss].quality
            chance = _quits_with(p, occupant.strain, _blocked(occupant.waited, p), w.quit_jump, boss)
            if uniform(w, QUIT, person.pid, week, 0) < chance:
                quitters[quitting] = i
                quitting += 1
        if p.switches_layoffs:
            tenure = (week - occupant.joined) / WEEKS_PER_YEAR
            chance = _laid_off_with(p, 1.0 * (person.role == MANAGER), tenure)
            background |= uniform(w, LAYOFF, person.pid, week, 0) < chance
    return quitting, background, opening


def draw_week(org: Org, p: np.ndarray, week: int) -> WeekDraws:
    """Pay *week* to the members of the cohort, and return what chance has in store at its end."""
    rows = np.empty(len(org.people), np.int64)
    quitting, background, opening = _draw_week(
        org.world, org.people, org.occupants, org.cohort, p, week, rows
    )
    rows = rows[:quitting]
    return WeekDraws(rows[np.argsort(org.people["pid"][rows])], background, opening)
