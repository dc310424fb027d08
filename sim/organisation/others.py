"""People who are neither ICs nor managers: heads and pay at the manager's row to whom they report, and no rows of their own.

They are in headcount, payroll and spans and take people time; they write and ask nothing, and nothing happens to them. See "Other
people" in the model's description. A part of a chart in which nobody writes code counts at the lowest manager above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Others:
    """Other people by row of a tree, arrays [n]; 0 at ICs."""

    reports: np.ndarray  # int64 direct reports
    heads: np.ndarray  # int64 those who count at the row: the reports, and whoever is below them
    pay: np.ndarray  # float64 loaded annual pay of the heads, USD

    @property
    def count(self) -> int:
        """Heads of all."""
        return int(self.heads.sum())

    @property
    def payroll(self) -> float:
        """Loaded annual pay of all, USD."""
        return float(self.pay.sum())

    def at(self, rows: np.ndarray) -> Others:
        """Those of the *rows* (numbers, or a mask) of a tree, in that order."""
        return Others(self.reports[rows], self.heads[rows], self.pay[rows])

    def gathered(self, to: np.ndarray, n: int) -> Others:
        """Those of every row here at the row *to* of a tree with *n* rows."""
        found = Others(np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n))
        for name in ("reports", "heads", "pay"):
            np.add.at(getattr(found, name), to, getattr(self, name))
        return found

    def with_rows(self, at: int, count: int) -> Others:
        """With *count* rows more before row *at*, who lead nobody."""
        return Others(
            *(np.insert(x, at, np.zeros(count, x.dtype)) for x in (self.reports, self.heads, self.pay))
        )


def others_of(boss: Sequence[int], other: Sequence[bool], pay: float) -> Others | None:
    """Other people of a chart at the person above who is none of them; None without any.

    boss: index of the boss, -1 for a top; other: [n]. pay: of each, loaded USD a year. Raises ValueError where nobody is above.
    """
    if not any(other):
        return None
    n = len(boss)
    reports, heads = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for person in range(n):
        if not other[person]:
            continue
        above = boss[person]
        reports[above] += int(above >= 0 and not other[above])
        while above >= 0 and other[above]:
            above = boss[above]
        if above < 0:
            raise ValueError(f"nobody who is simulated is above person {person}")
        heads[above] += 1
    return Others(reports, heads, heads * pay)
