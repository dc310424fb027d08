"""The engine, advanced step by step on behalf of the Mesa model."""

from __future__ import annotations

from sim.constants import HOURS_PER_WEEK
from sim.engine.state import Org
from sim.simulation.simulator import Engine


class SteppedEngine(Engine):
    """An engine whose flow of work and whose people's weeks are asked for one by one."""

    @property
    def people_come_and_go(self) -> bool:
        """True if people come or go in this run: a people switch is on, or it was done by hand."""
        return self._lives

    def let_people_come_and_go(self) -> None:
        """People come and go from now on."""
        self._lives = True

    def flow(self, org: Org, hours: float) -> Org:
        """Simulate the flow of work up to *hours*; return *org* (it may have grown)."""
        return self._advance(org, min(hours, self.weeks * HOURS_PER_WEEK), self.parameters)

    def hold_week(self, org: Org) -> Org:
        """Hold the people's week that has just ended; return *org* (it may have grown).

        Where nobody comes or goes this only measures people, so that they can begin to at any week's end.
        """
        p = self.parameters
        if not self._lives:
            p = p.copy()
            p["switches_strain"] = False
            p["ai_strategy"] = 0
        return self.hold_people_week(org, p)
