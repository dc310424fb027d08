"""A period of a run between two snapshots, and ratios of what happened in it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.constants import WEEKS_PER_YEAR
from sim.organisation.costs import ai_spend
from sim.organisation.tree import Tree

Floats = npt.NDArray[np.float64]


class Period:
    """The figures of one period of several runs: ``period.merged`` is the increase of the field, float64 [runs]."""

    def __init__(
        self, start: np.ndarray, end: np.ndarray, weeks: float, tree: Tree, values: Mapping[str, Any]
    ) -> None:
        """*start*, *end*: structured arrays [runs] of snapshots, *weeks* apart; *values*: the scenario's parameters."""
        self.start, self.end, self.weeks, self.tree, self.values = start, end, weeks, tree, values

    def of(self, field: str) -> Floats:
        """Return the increase of a cumulative field."""
        increase: Floats = (self.end[field] - self.start[field]).astype(float)
        return increase

    def gauge(self, field: str) -> Floats:
        """Return the value of a gauge at the end of the period."""
        figure: Floats = self.end[field].astype(float)
        return figure

    @property
    def value(self) -> Floats:
        """Delivered value net of what incidents destroyed, standard hours."""
        return self.of("value") - self.of("value_lost")

    def _mean(self, at_start: float, field: str) -> Floats:
        """Return the mean over the period of a figure that was *at_start*, from the sum of its weekly differences."""
        return at_start + self.of(f"{field}_above_start_sum") / self.weeks

    @property
    def ics(self) -> Floats:
        """ICs, mean over the period."""
        return self._mean(self.tree.ics, "ics")

    @property
    def managers(self) -> Floats:
        """Managers, mean over the period."""
        return self._mean(self.tree.managers, "managers")

    @property
    def simulated(self) -> Floats:
        """ICs and managers, mean over the period: those who may leave, be promoted or be laid off."""
        return self.ics + self.managers

    @property
    def people(self) -> Floats:
        """People, those included who are neither ICs nor managers, mean over the period."""
        return self.simulated + (self.tree.people - self.tree.n)

    @property
    def yearly_payroll(self) -> Floats:
        """Payroll, USD a year, mean over the period."""
        return self._mean(self.tree.payroll, "payroll")

    @property
    def payroll(self) -> Floats:
        """Payroll of the period, USD."""
        return self.yearly_payroll * self.weeks / WEEKS_PER_YEAR

    @property
    def ai_spend(self) -> Floats:
        """AI spend of the period, USD."""
        at_hand = self.of("ai_extent_sum") / self.weeks
        usd: Floats = ai_spend(self.values, self.ics, self.of("ai_standard_hours"), self.weeks, at_hand)
        return usd

    @property
    def cost(self) -> Floats:
        """People, AI and incidents, USD; severance and hiring are people's."""
        return (
            self.payroll
            + self.of("people_usd")
            + self.ai_spend
            + self.of("incidents") * float(self.values["money.usd_per_incident"])
        )

    def hours(self, role: str) -> Floats:
        """Return hours by activity, [runs, activities], of 'ic' or 'manager'."""
        return self.of(f"hours_{role}")


def ratio(a: np.ndarray | float, b: np.ndarray | float) -> Floats:
    """Return a / b, NaN where b is not positive."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    out = np.full(a.shape, np.nan)
    np.divide(a, b, out=out, where=b > 0)
    return out
