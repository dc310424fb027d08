"""A second opinion on L7: a firm of people only in yearly steps, written apart from the engine (Pluchino and others 2010).

All runs at once: levels of given sizes, ages, promotion from the level below. Who is preferred and what becomes of competence
are the mechanism's own functions; places, years, leaving and recruiting are not.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from sim.engine.rng import PROMOTION, TRAITS
from sim.mechanisms.people.careers import (
    BEST,
    LUCK,
    MIX,
    MIXING,
    RANDOM,
    REDRAW,
    SAME,
    Rules,
    preference,
    transferred,
)
from sim.statistics.scores import Range, normal_quantiles

#: dice(stream, runs, ids, index, sub) -> float64 [n, 2]: as `sim.mechanisms.people.workforce.Dice`, for pairs of a run and an id.
RunDice = Callable[[int, np.ndarray, np.ndarray, int, int], np.ndarray]

_NORMAL = NormalDist()


@dataclass(frozen=True)
class Levels:
    """A firm of people only: levels from the bottom, with their sizes and the weights of their competence."""

    sizes: tuple[int, ...]
    weights: tuple[float, ...]
    competence: Range
    age: Range  # years, of newcomers and at the start
    retirement_age: float = np.inf  # older people leave
    dismissal_below: float = -np.inf  # less competent people leave

    @property
    def edges(self) -> np.ndarray:
        """First place of every level, and the number of places."""
        return np.cumsum((0, *self.sizes))


@dataclass(frozen=True)
class Study:
    """A firm, the rules of promotion in it, the numbers of the runs int64[R], and their dice."""

    firm: Levels
    rules: Rules
    runs: np.ndarray
    dice: RunDice


@dataclass(frozen=True)
class Places:
    """Who sits where in R runs of a firm of N places; an empty place has NaN competence."""

    competence: np.ndarray  # float64 [R, N]
    age: np.ndarray  # years [R, N]
    aptitude: np.ndarray  # standard normal [R, N]
    person: np.ndarray  # int64 [R, N]: 0, 1, ... in each run
    hired: np.ndarray  # int64[R]: people so far


def found(study: Study) -> Places:
    """Return the firm at its start, every place filled with a newcomer."""
    shape = len(study.runs), int(study.firm.edges[-1])
    nobody = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int64)
    return _recruit(study, Places(*nobody, np.zeros(shape[0], np.int64)), shape[1])


def next_year(study: Study, old: Places, year: int) -> Places:
    """Return everybody's places a year later.

    People grow older; those past retirement and those below the threshold leave; vacancies are filled from the level below,
    top first; newcomers enter at the bottom. Places for which nobody is left below stay empty.
    """
    firm = study.firm
    now = Places(old.competence.copy(), old.age + 1.0, old.aptitude.copy(), old.person.copy(), old.hired)
    now.competence[(now.age > firm.retirement_age) | (now.competence < firm.dismissal_below)] = np.nan
    for level in range(len(firm.sizes) - 1, 0, -1):
        _promote(study, now, level, year)
    return _recruit(study, now, firm.sizes[0])


def _seat(now: Places, run: np.ndarray, place: np.ndarray, *people: np.ndarray) -> None:
    """Give places to *people*: competence, age, aptitude and number."""
    for field, values in zip((now.competence, now.age, now.aptitude, now.person), people, strict=True):
        field[run, place] = values


def _recruit(study: Study, now: Places, places: int) -> Places:
    """Fill the vacancies among the first *places* places with newcomers."""
    run, place = np.nonzero(np.isnan(now.competence[:, :places]))
    number = np.bincount(run, minlength=len(study.runs))
    person = now.hired[run] + np.arange(len(run)) - (np.cumsum(number) - number)[run]
    u = study.dice(TRAITS, study.runs[run], person, 0, 0)
    aptitude = normal_quantiles(study.dice(TRAITS, study.runs[run], person, 0, 1)[:, 0])
    _seat(now, run, place, study.firm.competence.at(u[:, 0]), study.firm.age.at(u[:, 1]), aptitude, person)
    return replace(now, hired=now.hired + number)


def _promote(study: Study, now: Places, level: int, year: int) -> None:
    """Fill the vacancies of *level* from the level below."""
    rules, scale, edges = study.rules, study.firm.competence, study.firm.edges
    vacant = np.isnan(now.competence[:, edges[level] : edges[level + 1]])
    below = np.arange(edges[level - 1], edges[level])
    number = np.minimum(vacant.sum(axis=1), (~np.isnan(now.competence[:, below])).sum(axis=1))
    if not number.any():
        return
    order = _chosen(study, now, below, number, year)
    run, k = np.nonzero(np.arange(vacant.shape[1]) < number[:, None])
    source = below[order[run, k]]
    seat = edges[level] + np.argsort(~vacant, axis=1, kind="stable")[run, k]
    who, aptitude = now.person[run, source], now.aptitude[run, source]
    u = study.dice(PROMOTION, study.runs[run], who, level, REDRAW)
    redraw = normal_quantiles(u[:, 0])
    new = transferred(rules.transfer, now.competence[run, source], aptitude, redraw, rules.correlation)
    if rules.transfer == SAME:
        new = np.clip(new + rules.jitter * (2.0 * u[:, 1] - 1.0), scale.low, scale.high)
    else:
        new = scale.at(np.fromiter(map(_NORMAL.cdf, new.tolist()), float, len(new)))
    _seat(now, run, seat, new, now.age[run, source], aptitude, who)
    now.competence[run, source] = np.nan


def _chosen(study: Study, now: Places, places: np.ndarray, number: np.ndarray, year: int) -> np.ndarray:
    """Return who of *places* is chosen first, second, ...: int64 [R, at least the largest *number* [R]], indices of places."""
    rules = study.rules
    merit, aptitude, person = (x[:, places] for x in (now.competence, now.aptitude, now.person))
    gone = np.isnan(merit)

    def draw(ids: np.ndarray, sub: int) -> np.ndarray:
        runs = np.repeat(study.runs, len(places))
        return study.dice(PROMOTION, runs, ids.ravel(), year, sub)[:, 0].reshape(merit.shape)

    def score(rule: int) -> np.ndarray:
        luck = draw(person, LUCK) if rule == RANDOM else merit
        return np.where(gone, -np.inf, preference(rule, merit, aptitude, luck))

    if rules.rule != MIX:
        return np.argsort(-score(rules.rule), axis=1, kind="stable")
    # One choice after the other, each by the rule that its coin says, among those not chosen before.
    first, second = score(BEST), score(rules.mix_other)
    coins = draw(np.broadcast_to(places, merit.shape), MIXING) < rules.mix_best
    order = np.zeros((len(merit), number.max()), np.int64)
    every = np.arange(len(merit))
    for k in range(order.shape[1]):
        order[:, k] = np.argmax(np.where(coins[:, [k]], first, second), axis=1)
        first[every, order[:, k]] = second[every, order[:, k]] = -np.inf
    return order


def efficiency(firm: Levels, now: Places) -> np.ndarray:
    """Return float64[R]: weighted competence over its maximum."""
    weights = np.repeat(firm.weights, firm.sizes)
    # Not a product of matrices: its rounding would depend on how many runs are computed together.
    return (np.nan_to_num(now.competence) * weights).sum(axis=1) / (firm.competence.high * weights.sum())


def ladder(study: Study, years: int) -> np.ndarray:
    """Return float64 [R, years + 1]: the efficiency of the firm at the start and after each year of each run."""
    now = found(study)
    series = [efficiency(study.firm, now)]
    for year in range(1, years + 1):
        now = next_year(study, now, year)
        series.append(efficiency(study.firm, now))
    return np.array(series).T
