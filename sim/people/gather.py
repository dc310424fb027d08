"""The workforce at a week's end, gathered from the tables in one compiled pass."""

import numpy as np

from sim.constants import IC, MANAGER, WEEKS_PER_YEAR
from sim.engine.codes import NONE
from sim.engine.kernel import entry
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.mechanisms.people.workforce import Workforce


@entry
def _gather(
    people: np.ndarray,
    occupants: np.ndarray,
    row: np.ndarray,
    place: np.ndarray,
    week: int,
    hands_on_share: float,
    whole: np.ndarray,
    real: np.ndarray,
    flag: np.ndarray,
) -> None:
    """Fill the columns of the workforce on the rows *row*: *whole* int64 [5, n], *real* float64 [14, n], *flag* bool [2, n].

    *place* int64 [people]: scratch. Of managers, value and cost are those of everybody below and oneself, other
    people included.
    """
    pid, role, layer, boss, reports = whole
    tenure, skill, quality, aptitude, fluency, expertise, currency = real[:7]
    hands_on, pay, exposure, coverage, strain, value, cost = real[7:]
    for k in range(len(row)):
        place[row[k]] = k
    top = 0
    for k in range(len(row)):
        person = people[row[k]]
        occupant = occupants[row[k]]
        manager = person.role == MANAGER
        top = max(top, person.layer)
        pid[k], role[k], layer[k], reports[k] = person.pid, person.role, person.layer, person.reports
        boss[k] = place[person.boss] if person.boss >= 0 else NONE
        tenure[k] = (week - occupant.joined) / WEEKS_PER_YEAR
        skill[k], fluency[k], coverage[k] = person.skill, person.fluency, person.coverage
        aptitude[k], expertise[k], currency[k] = occupant.aptitude, occupant.expertise, occupant.currency
        pay[k], strain[k] = occupant.pay, occupant.strain
        quality[k] = person.quality if manager else 0.0
        hands_on[k] = hands_on_share if manager and person.desk >= 0 and person.layer == 1 else 0.0
        by_agent = person.agent_share
        exposure[k] = 0.0 if manager else by_agent + (1.0 - by_agent) * person.assistant_fraction
        value[k] = 0.0 if manager else occupant.output
        cost[k] = occupant.pay + occupant.led_pay
        flag[0, k], flag[1, k] = occupant.diverse and manager, occupant.staff
    for level in range(top):
        for k in range(len(row)):
            if layer[k] == level and boss[k] >= 0:
                value[boss[k]] += value[k]
                cost[boss[k]] += cost[k]


def workforce_of(org: Org, settings: Settings, week: int) -> Workforce:
    """Return everybody present, in order of permanent id; *settings*: see `sim.engine.record.settings_of`."""
    people = org.people
    role = people["role"]
    row = np.flatnonzero((role == IC) | (role == MANAGER))
    row = row[np.argsort(people["pid"][row], kind="stable")]
    n = len(row)
    whole, real, flag = np.empty((5, n), np.int64), np.empty((14, n)), np.empty((2, n), bool)
    place = np.full(len(people), NONE)
    _gather(people, org.occupants, row, place, week, settings.managers_hands_on_share, whole, real, flag)
    pid, role, layer, boss, reports = whole
    tenure, skill, quality, aptitude, fluency, expertise, currency = real[:7]
    hands_on, pay, exposure, coverage, strain, value, cost = real[7:]
    flows = np.where(role == MANAGER, _worth(boss, value, cost), value)
    output = flows if settings.switches_flow else org.occupants["competence"][row]
    return Workforce(
        week=week, row=row, pid=pid, role=role, layer=layer, boss=boss, reports=reports, tenure=tenure, skill=skill,
        quality=quality, aptitude=aptitude, fluency=fluency, expertise=expertise, currency=currency, diverse=flag[0],
        hands_on=hands_on, pay=pay, output=output, exposure=exposure, coverage=coverage, strain=strain, staff=flag[1],
    )  # fmt: skip


def _worth(boss: np.ndarray, value: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Return value over cost, relative to that of the organisation."""
    root = np.flatnonzero(boss < 0)
    whole = value[root].sum() / max(cost[root].sum(), 1e-9)
    return value / np.maximum(cost, 1e-9) / whole if whole > 0.0 else np.zeros(len(value))


class Present:
    """The workforce at a week's end: gathered where it is first asked for, and anew once somebody has moved."""

    def __init__(self, settings: Settings, week: int) -> None:
        self._settings, self._week = settings, week
        self._moves: tuple[float, ...] | None = None

    def workforce(self, org: Org) -> Workforce:
        """Return everybody present."""
        moves = signature(org)
        if moves != self._moves:
            self._workforce, self._moves = workforce_of(org, self._settings, self._week), moves
        return self._workforce


def signature(org: Org) -> tuple[float, ...]:
    """Return figures that change whenever somebody leaves, comes or changes roles."""
    return tuple(
        org.world[name].item()
        for name in ("quits", "layoffs", "retired", "hired", "promotions", "conversions")
    )
