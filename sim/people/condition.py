"""Everybody's condition, measured every so many weeks: output, blocked time, strain, ramp-up, duties."""

import numpy as np

from sim.constants import HOURS_PER_WEEK, IC, MANAGER
from sim.engine.codes import DESK, WAITING
from sim.engine.kernel import entry
from sim.engine.record import Settings, settings_of
from sim.engine.state import Org
from sim.mechanisms.people import careers, hiring, quits
from sim.people.gather import workforce_of

#: Output, strain, fluency and the like move slowly: they are measured every so many weeks.
MONTH = 4


def measure(org: Org, settings: Settings) -> None:
    """Update everybody's output and strain after `MONTH` weeks."""
    people, occupants = org.people, org.occupants
    value, hours, waiting = people["value"], org.hours.sum(axis=1), org.hours[:, WAITING]
    given = value - occupants["last_value"]
    occupants["output"] += quits.over_weeks(settings.people_output_smoothing, MONTH) * (
        given / MONTH - occupants["output"]
    )
    worked = np.maximum(hours - occupants["last_hours"], 1e-9)
    blocked = np.clip((waiting - occupants["last_waiting"]) / worked, 0.0, 1.0)
    occupants["last_value"], occupants["last_waiting"], occupants["last_hours"] = value, waiting, hours
    if settings.switches_strain:
        boss = people["boss"]
        uncoached = np.where(boss >= 0, np.clip(1.0 - people["coverage"][boss], 0.0, 1.0), 0.0)
        overload = np.clip(people["queued_hours"] / HOURS_PER_WEEK, 0.0, 1.0)
        shock = min(float(org.world["quit_jump"][0]), 1.0)
        occupants["strain"] = quits.strain_after(
            settings, occupants["strain"], blocked, uncoached, overload, shock, MONTH
        )


@entry
def _set_condition(
    people: np.ndarray,
    occupants: np.ndarray,
    parameters: np.ndarray,
    week: int,
    lift: np.ndarray,
    coaching: np.ndarray,
) -> None:
    """Set everybody's condition and coaching hours; *lift*, *coaching* [people]: by staff and super ICs."""
    p = parameters[0]
    for i in range(len(people)):
        people[i].coaching_hours = 0.0
    for i in range(len(people)):
        person = people[i]
        occupant = occupants[i]
        person.condition = hiring.settling(p, week - occupant.moved)
        # Who was there at week 0 is as productive as the flow engine has it; those hired since ramp up.
        if p.switches_hiring and occupant.joined >= 0.0:
            since = week - occupant.joined
            person.condition *= hiring.ramp(p, since)
            if (person.role == IC or person.role == MANAGER) and person.boss >= 0:
                people[person.boss].coaching_hours += hiring.coaching_hours(p, since)
        person.condition *= lift[i]
        if p.switches_strain:
            person.condition *= 1.0 - p.strain_output_effect * max(
                occupant.strain - p.quits_strain_at_base, 0.0
            )
    for i in range(len(people)):
        people[i].coaching_hours += coaching[i]
        if people[i].role == DESK:
            people[i].condition = people[people[i].human].condition


def set_condition(org: Org, p: np.ndarray, week: int) -> None:
    """Set newcomers' ramp-up, what they take from their bosses, and what strain takes from everybody."""
    settings = settings_of(p)
    lift, coaching = np.ones(len(org.people)), np.zeros(len(org.people))
    if settings.careers_staff_share > 0.0 or settings.careers_super_lift > 0.0:
        workforce = workforce_of(org, settings, week)
        lift[workforce.row] = careers.team_factors(workforce, settings)
        coaching[workforce.row] = careers.coaching_hours(workforce, settings)
    _set_condition(org.people, org.occupants, p, week, lift, coaching)
