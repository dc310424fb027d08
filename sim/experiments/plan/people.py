"""Who is at risk under a measure, by role and layer: by the measure itself, besides those who are laid off or quit anyway.

Up to the measure's week both scenarios are the same, person by person. So whoever is laid off at the end of that week with the
measure, and not without it, is laid off *by the measure*. What happens anyway is the base: cumulative incidence of layoff and of
quits at the horizon, as `orgsim risk` has it. *Unrest* is the difference in quits to the base, paired by run.

Groups with fewer than five people, and those that would give them away, are withheld as in `orgsim risk`.
"""

from dataclasses import dataclass

import numpy as np

from sim.engine.codes import LAID_OFF, QUIT
from sim.experiments.risk.groups import PeopleTable, people_table
from sim.experiments.risk.incidence import GroupRisk, Risk, assess
from sim.experiments.risk.words import in_order
from sim.simulation.results import Results
from sim.statistics import estimates
from sim.statistics.estimates import Estimate, Paired

BY = ("role", "layer")


@dataclass(frozen=True, eq=False)
class AtRisk:
    """A group that may be shown. by_measure: share laid off by the measure; quits: share who quit by the horizon, paired with the
    base; anyway: incidence of layoffs and quits in the base.

    key: role and layer; empty for everybody.
    """

    anyway: GroupRisk
    by_measure: Estimate
    quits: Paired

    @property
    def key(self) -> dict[str, str | int]:
        """Role and layer as in JSON."""
        return dict(self.anyway.group.key)


@dataclass(frozen=True, eq=False)
class People:
    """Everybody first, then roles and layers. leavers: people laid off by the measure, mean over runs; None where it would give a
    small group away."""

    risk: Risk
    groups: tuple[AtRisk, ...]
    leavers: Estimate | None


def at_risk(base: Results, other: Results, week: int, seed: int) -> People:
    """Return who is at risk in *other*, which is *base* with a measure in *week*; both have the same runs."""
    before, after = people_table(base), people_table(other)
    if not np.array_equal(before.pid, after.pid):
        raise ValueError("the two scenarios have different people at week 0")
    risk = assess(before, BY, seed, base.scenario.name)
    runs, run = np.unique(before.run, return_inverse=True)

    def gone(table: PeopleTable, kind: int) -> np.ndarray:
        found: np.ndarray = table.exit_kind == kind
        return found

    def in_week(table: PeopleTable) -> np.ndarray:
        found: np.ndarray = gone(table, LAID_OFF) & (table.exit_week == week)
        return found

    by_measure = in_week(after) & ~in_week(before)

    def share(of: np.ndarray, rows: np.ndarray) -> np.ndarray:
        there = np.bincount(run[rows], minlength=len(runs))
        hit = np.bincount(run[rows], weights=of[rows].astype(float), minlength=len(runs))
        found: np.ndarray = np.divide(hit, there, out=np.full(len(runs), np.nan), where=there > 0)
        return found

    def one(found: GroupRisk) -> AtRisk:
        rows = found.group.rows
        quits = [share(gone(table, QUIT), rows) for table in (before, after)]
        return AtRisk(
            found, estimates.mean_ci(share(by_measure, rows)), estimates.paired(quits[0], quits[1], -1)
        )

    everybody = risk.grouping.everybody
    heads = np.bincount(run, weights=by_measure.astype(float), minlength=len(runs))
    leavers = estimates.mean_ci(heads) if everybody.shown else None
    return People(risk, tuple(map(one, in_order(risk))), leavers)
