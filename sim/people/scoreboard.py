"""Managers' scoreboards at the end of a run: what their teams delivered in the last quarter, what it cost, and how AI is used.

The measures are those of `sim.people.scoreboard.scoreboard`, with what a manager has the time for: inbox
utilisation and the people time given over needed. Only distributions over managers are ever shown
(`sim.experiments.run.scoreboard`), no manager's own, and the same measures of the whole firm. A seat that changed hands
within the quarter counts with what both occupants did; whoever has left counts with nobody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.constants import IC, MANAGER, WEEKS_PER_YEAR
from sim.engine.record import Settings, settings_of
from sim.engine.state import Org, table
from sim.mechanisms.people import governance
from sim.mechanisms.people.governance import from_below, of_team, wasteful
from sim.mechanisms.people.workforce import Workforce
from sim.organisation import costs
from sim.people.gather import workforce_of

#: Weeks up to the end that count (all of a shorter horizon).
WEEKS = 13
MEASURES = (
    "productivity", "cost", "adoption", "fluency", "ai_share", "guardrails", "wasted", "utilisation", "coaching",
)  # fmt: skip
#: In the place of a layer, in the row of the whole firm.
FIRM = 0
#: A row for every manager present at the end, and one for the whole firm (layer FIRM); measures are NaN where undefined.
BOARD = np.dtype([("layer", "i8"), ("reports", "i8"), *((name, "f8") for name in MEASURES)], align=True)
_COUNTERS = ("pid", "value", "ai_written", "served_hours", "capacity_hours")


#: The sum of a figure [n] over those below somebody, for everybody [n], or over the firm [1].
Total = Callable[[np.ndarray], np.ndarray]


class Mark(NamedTuple):
    """Everybody's counters at the beginning of the window, arrays [seats then]."""

    pid: np.ndarray
    value: np.ndarray
    ai_written: np.ndarray
    served_hours: np.ndarray
    capacity_hours: np.ndarray


def mark(org: Org) -> Mark:
    """Return everybody's counters now."""
    return Mark(*(org.people[name].copy() for name in _COUNTERS))


def boards(org: Org, p: np.ndarray, values: Mapping[str, Any], before: Mark, weeks: float) -> np.ndarray:
    """Return the scoreboards (`BOARD`) of the managers present and, last, of the firm, of the *weeks* since *before*.

    *values*: the scenario's.
    """
    settings = settings_of(p)
    workforce = workforce_of(org, settings, int(org.world["people_week"][0]))
    value, written = (_since(org, before, name) for name in ("value", "ai_written"))
    at_hand = float(org.world["ai_extent"][0])
    ai_spend = costs.ai_spend(values, workforce.role == IC, written[workforce.row], weeks, at_hand)
    guardrails = org.occupants["guardrail"][workforce.row]
    if settings.ai_strategy == governance.NO_STRATEGY:
        guardrails = np.full(len(workforce.row), np.nan)  # nobody builds or measures any
    work = Work(weeks, value[workforce.row], ai_spend, guardrails, org.occupants["led_pay"][workforce.row])
    made, firm = scoreboard(workforce, work, settings), of_firm(workforce, work, settings)
    at = np.flatnonzero(workforce.role == MANAGER)
    found = table(len(at) + 1, BOARD)
    found["layer"], found["reports"] = (
        np.append(workforce.layer[at], FIRM),
        np.append(workforce.reports[at], len(workforce.row)),
    )
    for name in MEASURES[:-2]:
        found[name] = np.append(getattr(made, name)[at], getattr(firm, name))
    served, capacity = (x[workforce.row[at]] for x in _inbox(org, before))
    coaching = np.where(workforce.reports[at] > 0, workforce.coverage[at], np.nan)
    found["utilisation"] = np.append(_over(served, capacity), _over(np.nansum(served), np.nansum(capacity)))
    found["coaching"] = np.append(coaching, _over(np.nansum(coaching), np.count_nonzero(~np.isnan(coaching))))
    return found


def _since(org: Org, before: Mark, name: str) -> np.ndarray:
    """Return the increase of a seat's counter, that of the hands-on desk included, [seats now]."""
    grown = org.people[name].copy()
    grown[: len(before.pid)] -= getattr(before, name)
    desks = np.flatnonzero(org.people["human"] != np.arange(len(org.people)))
    np.add.at(grown, org.people["human"][desks], grown[desks])
    return grown


def _inbox(org: Org, before: Mark) -> tuple[np.ndarray, np.ndarray]:
    """Return inbox hours and the hours left for it, [seats now]; NaN where there are none or the occupant has changed."""
    served, capacity = (org.people[name].copy() for name in ("served_hours", "capacity_hours"))
    there = len(before.pid)
    served[:there] -= before.served_hours
    capacity[:there] -= before.capacity_hours
    same = np.zeros(len(served), bool)
    same[:there] = org.people["pid"][:there] == before.pid
    known = same & (capacity > 0.0) & (served >= 0.0)  # a change of layers begins to count anew
    return np.where(known, served, np.nan), np.where(known, capacity, np.nan)


def _over(a: ArrayLike, b: ArrayLike) -> np.ndarray:
    """Return a / b, NaN where b is not positive or undefined."""
    return np.where(np.greater(b, 0.0), a / np.where(np.greater(b, 0.0), b, 1.0), np.nan)


@dataclass(frozen=True)
class Work:
    """What everybody did in a number of weeks, arrays [n] as the workforce; hands-on work is the manager's own."""

    weeks: float
    value: np.ndarray  # of own merged changes, standard hours
    ai_spend: np.ndarray  # USD
    guardrails: np.ndarray  # coverage of the team that a manager leads
    others_pay: np.ndarray | float = (
        0.0  # USD a year of those who report to a manager and are neither IC nor manager
    )


@dataclass(frozen=True)
class Scoreboard:
    """What managers are judged by, of the ICs below them; arrays [n] as the workforce, NaN for ICs and where undefined."""

    productivity: np.ndarray  # value of the ICs below per IC and week, standard hours
    cost: np.ndarray  # pay and AI spend of the manager and all below, USD, per standard hour of their value
    adoption: np.ndarray  # share of the ICs below who are fluent enough not to waste AI spend
    fluency: np.ndarray  # mean AI fluency of the ICs below
    ai_share: np.ndarray  # share of their work that AI is planned to write, mean
    guardrails: np.ndarray  # share of their work that guardrails cover
    wasted: np.ndarray  # share of the AI spend on them that goes to those below the threshold of fluency


def scoreboard(workforce: Workforce, work: Work, settings: Settings) -> Scoreboard:
    """Return every manager's scoreboard."""
    ic = workforce.role == IC

    def below(x: np.ndarray) -> np.ndarray:
        return from_below(workforce.boss, x)

    found = _judged(workforce, work, settings, below, lambda x: below(x) + x)
    return Scoreboard(**{name: np.where(ic, np.nan, x) for name, x in vars(found).items()})


def of_firm(workforce: Workforce, work: Work, settings: Settings) -> Scoreboard:
    """Return the scoreboard of the whole firm, arrays [1]: as of a manager above everybody, without pay or work."""

    def everybody(x: np.ndarray) -> np.ndarray:
        return np.array([x.sum()])

    return _judged(workforce, work, settings, everybody, everybody)


def _judged(workforce: Workforce, work: Work, settings: Settings, below: Total, within: Total) -> Scoreboard:
    """Return the measures of units; *below*, *within*: sums over those whom a unit's head leads, and with the head."""
    ic = (workforce.role == IC).astype(float)
    ics, waste = below(ic), wasteful(workforce.fluency, settings)
    dollars = (workforce.pay + work.others_pay) * work.weeks / WEEKS_PER_YEAR + work.ai_spend
    return Scoreboard(
        productivity=_ratio(below(work.value * ic), ics * work.weeks),
        cost=_ratio(within(dollars), within(work.value)),
        adoption=_ratio(below(~waste * ic), ics),
        fluency=_ratio(below(workforce.fluency * ic), ics),
        ai_share=_ratio(below(workforce.exposure * ic), ics),
        guardrails=_ratio(below(of_team(workforce, work.guardrails) * ic), ics),
        wasted=_ratio(below(work.ai_spend * waste * ic), below(work.ai_spend * ic)),
    )


def _ratio(above: np.ndarray, under: np.ndarray) -> np.ndarray:
    """Return above / under, NaN where the denominator is not positive."""
    return np.where(np.greater(under, 0.0), above / np.where(np.greater(under, 0.0), under, 1.0), np.nan)
