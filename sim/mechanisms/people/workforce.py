"""The people of an organisation as the people mechanisms see them: arrays at a week's end, and dice."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

#: One figure of one person (in a compiled pass) or of everybody (an array): the rule is stated once for both.
Number = TypeVar("Number", float, np.ndarray)

#: dice(stream, ids, index, sub) -> float64 [n, 2]: uniforms in (0, 1), keyed by (seed, run, stream, id, index, sub).
Dice = Callable[[int, np.ndarray, int, int], np.ndarray]


@dataclass(frozen=True)
class Workforce:
    """Everybody present at a week's end; arrays [n] in order of permanent id.

    week: since the end of the warm-up. row: seat in `Org.people`. role: IC or MANAGER (`sim.engine.state`). layer: 0 = ICs, 1 =
    managers of ICs, and so on. boss: position in these arrays of the boss, -1 for a root. reports: direct reports. tenure:
    years in the firm. skill: reference engineers. quality: of management, standard normal (0 for ICs). aptitude: for
    management, standard normal. fluency: in AI, 0..1. expertise: of the domain, standard normal. currency: closeness to the
    technology, 0..1 (ICs 1). diverse: leads a team of diverse functions. hands_on: share of the week in hands-on work
    (managers). pay: USD/year, loaded. output: of ICs, the smoothed value of own merged changes, standard hours/week; of
    managers, the value per dollar of people and AI of everybody below, over that of the organisation. exposure: share of
    own work that AI writes, 0..1. coverage: of managers, people time given over needed. strain: 0..1. staff: on the staff
    track.
    """

    week: int
    row: np.ndarray
    pid: np.ndarray
    role: np.ndarray
    layer: np.ndarray
    boss: np.ndarray
    reports: np.ndarray
    tenure: np.ndarray
    skill: np.ndarray
    quality: np.ndarray
    aptitude: np.ndarray
    fluency: np.ndarray
    expertise: np.ndarray
    currency: np.ndarray
    diverse: np.ndarray
    hands_on: np.ndarray
    pay: np.ndarray
    output: np.ndarray
    exposure: np.ndarray
    coverage: np.ndarray
    strain: np.ndarray
    staff: np.ndarray
