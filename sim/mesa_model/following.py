"""What follows people who come, go, move or change roles: their agents, their AI plans, the desks of managers."""

from __future__ import annotations

import numpy as np

from sim.mesa_model.agents import is_human
from sim.mesa_model.ai_plan import AiPlan
from sim.mesa_model.course import Course
from sim.mesa_model.staff import Staff
from sim.people.desks import fit_hands_on


class Following:
    """Keeps agents, AI plans and desks in step with the tables. has_changed: anybody has moved, come or gone."""

    def __init__(self, course: Course, staff: Staff, plan: AiPlan) -> None:
        self._course, self._staff, self._plan = course, staff, plan
        self.has_changed = False

    def people(self, books: np.ndarray) -> None:
        """Let agents and plans follow those who came, went or changed roles; *books*: `Staff.books` before that."""
        has_changed = self._staff.follow(books)
        if has_changed:
            self.has_changed = True
            self._plan.settle()

    def desks(self) -> None:
        """Let hands-on desks follow the layers of their managers, and those at desks look for work."""
        course = self._course
        if not course.has_desks:
            return
        before = len(course.org.people)
        course.org = fit_hands_on(course.org, course.parameters, course.engine.agents_each)
        if len(course.org.people) > before:
            self._plan.grow(before)
            self.people(self._staff.books())
            self._plan.carry_out()
        course.ask(np.flatnonzero(~is_human(course.org)).tolist())
