"""Quits: who leaves of their own accord, and the strain that makes them.

Strain is a state between 0 and 1 that follows, week by week, what wears people down: time blocked by others, missing
coaching, overload, and layoffs around them:
    s' = s + v (b x blocked share + c x (1 - coverage) + o x overload + shock - s),  clipped to 0..1.
The yearly hazard of quitting is  -ln(1 - base) x exp(e (s - s0) + k x passed over - b z - b^2 / 2) x (1 + jump), s0 being the
strain at which the base rate holds (Mercer 2023 for the rate; the form is an assumption) and z the boss's quality as a manager
(Hoffman and Tadelis 2021; over bosses the factor has mean 1). A layoff of the share q raises the
hazard of survivors by  0.31 (q / 1 %) ** concavity  at once (Trevor and Nyberg 2008), which wears off exponentially.

Not modelled: pay against the market, friends who leave, the season.
Parameters: quits.*, strain.*.
"""

import numpy as np

from sim.constants import WEEKS_PER_YEAR
from sim.engine.record import Settings
from sim.mechanisms.people.workforce import Number


def over_weeks(weight: float, weeks: float) -> float:
    """Return the weight of *weeks* weeks together, *weight* being that of one."""
    return 1.0 - float((1.0 - weight) ** weeks)


def strain_after(
    settings: Settings,
    strain: np.ndarray,
    blocked: np.ndarray,
    uncoached: np.ndarray,
    overload: np.ndarray,
    shock: float,
    weeks: float = 1.0,
) -> np.ndarray:
    """Return everybody's strain [n] some *weeks* of such load later. The load: arrays [n] of shares."""
    load = (
        settings.strain_blocked_effect * blocked
        + settings.strain_coaching_effect * uncoached
        + settings.strain_overload_effect * overload
        + settings.strain_layoff_effect * shock
    )
    after: np.ndarray = np.clip(
        strain + over_weeks(settings.strain_smoothing, weeks) * (load - strain), 0.0, 1.0
    )
    return after


def shock_after(settings: Settings, shock: float, cut: float) -> float:
    """Return the jump of survivors' quit hazard (0.31 = +31 %) a week later, after a layoff of the share *cut*."""
    decayed = shock * float(0.5 ** (1.0 / settings.quits_layoff_half_life_weeks))
    if cut <= 0.0:
        return decayed
    return decayed + settings.quits_layoff_jump * float((cut / 0.01) ** settings.quits_layoff_concavity)


def chance(
    settings: Settings, strain: Number, passed_over: Number, jump: float, quality: Number | float = 0.0
) -> Number:
    """Return the probability of quitting in a week, of one person or of an array of people; roots stay.

    passed_over: blocked promotion, 0..1. jump: see `shock_after`. quality: of the boss as a manager, standard normal.
    """
    base = -np.log1p(-settings.quits_base) if settings.quits_base < 1.0 else np.inf
    excess = (
        settings.quits_strain_effect * (strain - settings.quits_strain_at_base)
        if settings.switches_strain
        else 0.0
    )
    excess = excess - settings.quits_quality_effect * (quality + 0.5 * settings.quits_quality_effect)
    hazard = base * np.exp(excess + settings.quits_passed_over_effect * passed_over) * (1.0 + jump)
    weekly: Number = -np.expm1(-hazard / WEEKS_PER_YEAR)
    return weekly
