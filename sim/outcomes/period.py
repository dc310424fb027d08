"""A period of a run between two snapshots, and ratios of what happened in it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.constants import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from sim.organisation.tree import Tree


class Period:
    """The figures of one period of several runs: ``period.merged`` is the increase of the field, float64 [runs]."""

    def __init__(
        self, start: np.ndarray, end: np.ndarray, weeks: float, tree: "Tree", values: Mapping[str, Any]
    ) -> None:
        """*start*, *end*: structured arrays [runs] of snapshots, *weeks* apart; *values*: the scenario's parameters."""
        self.start, self.end, self.weeks, self.tree, self.values = start, end, weeks, tree, values

    def of(self, field: str) -> np.ndarray:
        """Return the increase of a cumulative field."""
        return (self.end[field] - self.start[field]).astype(float)

    def gauge(self, field: str) -> np.ndarray:
        """Return the value of a gauge at the end of the period."""
        return self.end[field].astype(float)

    @property
    def value(self) -> np.ndarray:
        """Delivered value net of what incidents destroyed, standard hours."""
        return self.of("value") - self.of("value_lost")

    def _mean(self, at_start: float, field: str) -> np.ndarray:
        """Return the mean over the period of a figure that was *at_start*, from the sum of its weekly differences."""
        return at_start + self.of(f"{field}_above_start_sum") / self.weeks

    @property
    def ics(self) -> np.ndarray:
        """ICs, mean over the period."""
        return self._mean(self.tree.ics, "ics")

    @property
    def managers(self) -> np.ndarray:
        """Managers, mean over the period."""
        return self._mean(self.tree.managers, "managers")

    @property
    def people(self) -> np.ndarray:
        """People, mean over the period."""
        return self.ics + self.managers

    @property
    def yearly_payroll(self) -> np.ndarray:
        """Payroll, USD a year, mean over the period."""
        return self._mean(self.tree.payroll, "payroll")

    @property
    def payroll(self) -> np.ndarray:
        """Payroll of the period, USD."""
        return self.yearly_payroll * self.weeks / WEEKS_PER_YEAR

    @property
    def ai_spend(self) -> np.ndarray:
        """AI spend of the period, USD."""
        from sim.organisation.costs import ai_spend

        return ai_spend(self.values, self.ics, self.of("ai_standard_hours"), self.weeks)

    @property
    def cost(self) -> np.ndarray:
        """People, AI and incidents, USD; severance and hiring are people's."""
        return (
            self.payroll
            + self.of("people_usd")
            + self.ai_spend
            + self.of("incidents") * self.values["money.usd_per_incident"]
        )

    def hours(self, role: str) -> np.ndarray:
        """Return hours by activity, [runs, activities], of 'ic' or 'manager'."""
        return self.of(f"hours_{role}")


def ratio(a: np.ndarray | float, b: np.ndarray | float) -> np.ndarray:
    """Return a / b, NaN where b is not positive."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    out = np.full(a.shape, np.nan)
    np.divide(a, b, out=out, where=b > 0)
    return out
