"""What a check reads of a scenario."""

from collections.abc import Mapping
from typing import Any, Protocol

from sim.organisation.plan import Organisation
from sim.scenario.events import DatedEvent


class Checked(Protocol):
    """A scenario as the checks see it; `sim.scenario.scenario.Scenario` is one."""

    @property
    def weeks(self) -> int:
        """Weeks simulated after the warm-up."""

    @property
    def organisation(self) -> Organisation:
        """What the scenario says of its organisation."""

    @property
    def values(self) -> Mapping[str, Any]:
        """Every registered parameter by path."""

    @property
    def overrides(self) -> Mapping[str, str | None]:
        """The parameters that are stated, with their source if given."""

    @property
    def events(self) -> tuple[DatedEvent, ...]:
        """What happens on a date."""

    @property
    def paths(self) -> tuple[tuple[str, tuple[DatedEvent, ...]], ...]:
        """Alternatives: (name, events besides those)."""

    @property
    def hold_base(self) -> "Checked | None":
        """The scenario to which the organisation is held equal."""

    def place(self, path: str) -> str:
        """Where *path* is stated, for a message; "" if it was given from outside the file (an option, a sweep)."""
