"""How much of the code AI is to write: everybody's planned share, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.constants import IC
from sim.mesa_model.course import Course
from sim.people import replan


class AiPlan:
    """The planned AI share of the code volume of everybody who writes: the one place where it is known in a stepped model.

    It belongs to a row of the engine's tables (`ai_planned` of a seat, or of a manager's desk), because that is what a team is
    given AI for: somebody new takes it over with the work. Two things follow from it: the parameter `ai.share_of_code`, which
    is the mean over the ICs and what demand answers to, and how the next changes are written (`sim.mechanisms.flow.ai_use`).
    """

    def __init__(self, course: Course) -> None:
        self._course = course

    @property
    def _stated(self) -> float:
        return float(self._course.values["ai.share_of_code"])

    @property
    def _planned(self) -> np.ndarray:
        column: np.ndarray = self._course.org.people["ai_planned"]
        return column

    def share_of(self, row: int) -> float:
        """Return the planned share of the person or desk in *row*."""
        return float(self._planned[row])

    def give(self, rows: Sequence[int], share: float) -> bool:
        """Plan *share* for the people and desks in *rows*; return False if that is their plan already."""
        if np.all(self._planned[rows] == share):
            return False
        self._planned[rows] = share
        return True

    def give_everybody(self, share: float) -> None:
        """Plan *share* for everybody."""
        self._planned[:] = share

    def grow(self, first: int) -> None:
        """Plan the mean share for the new rows of the tables, from *first* on."""
        self._planned[first:] = self._stated

    def settle(self) -> None:
        """Let the parameter be what the plan says: the mean over the ICs."""
        own = self._planned[self._course.org.people["role"] == IC]
        if len(own):
            mean = float(own[0] if np.all(own == own[0]) else own.mean())
            if mean != self._stated:
                self._course.set_values({"ai.share_of_code": mean})

    def carry_out(self) -> None:
        """Let everybody's next changes be written as planned, and demand answer."""
        self.settle()
        replan.plan_ai(self._course.org, self._course.parameters)

    def change_parameters(self, old: np.ndarray, paths: tuple[str, ...]) -> bool:
        """Let the parameters *paths* take effect, whose values were those of *old*; return True if reviewers must wake."""
        self.settle()
        course = self._course
        course.org, wake = replan.change_parameters(course.org, course.parameters, old, paths)
        return wake
