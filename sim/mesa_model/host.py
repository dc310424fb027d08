"""What an agent asks of the model it lives in, so that agents need not know the model.

`sim.mesa_model.model.OrgModel` is the one that answers; Mesa's own part of a model (its generator, its registry) comes on top.
"""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple, Protocol

import numpy as np
from mesa.agent import AgentSet

from sim.engine.state import Org


class Mark(NamedTuple):
    """Cumulative hours of everybody on a day: float64 [people], [people], [people, activities]."""

    day: int
    served: np.ndarray
    capacity: np.ndarray
    hours: np.ndarray


class Host(Protocol):
    """A model as its agents see it."""

    random: Random
    marks: tuple[Mark, Mark] | None

    @property
    def day(self) -> int:
        """Working days since the start of the warm-up."""

    @property
    def week(self) -> int:
        """Completed weeks since the end of the warm-up; negative before."""

    @property
    def tables(self) -> Org:
        """The engine's tables."""

    def parameter(self, path: str) -> Any:
        """Return the present value of a parameter."""

    def member(self, row: int) -> Any:
        """Return the agent of the human whose row (or desk) *row* is; None for -1 and for a vacant seat."""

    def reports_of(self, row: int) -> AgentSet[Any]:
        """Return the direct reports of the manager in *row*."""

    def coding_agents_of(self, row: int) -> AgentSet[Any]:
        """Return the AI agents supervised by the person or desk in *row*."""

    def carried_hours(self, row: int) -> np.ndarray:
        """Return the hours by activity of the person in *row* that the engine has booked elsewhere, float64 [activities]."""

    def planned_ai_share(self, row: int) -> float:
        """Return the planned AI share of the code of the person or desk in *row*."""
