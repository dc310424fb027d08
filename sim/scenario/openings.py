"""Seats that a dated event opens: what may be said of them, and whether it can be.

```yaml
events:
  - {week: 8, open: {role: ic, count: 12}}            # one by one to the first-line team with the smallest span
  - {week: 8, open: {role: ic, count: 4, team: 3}}    # all in the third first-line team of the organisation at the start
  - {week: 20, open: {role: manager, ics: 6}}         # a new team: a manager's seat and those of six ICs
```

Teams, and the managers in layer 2 to whom new managers report (``under``), are counted from 1 in the order of the tree's
permanent ids: those of the start, as those that are opened have no number.

Only declarations and checks, no NumPy, so that scenarios load at once. `sim.people.openings` makes the seats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import UserError
from sim.organisation.headcounts import MAX_PEOPLE
from sim.scenario.event_values import hint, key_name, one_of, short, whole
from sim.text.numbers import plural

ROLES = ("ic", "manager")
BY_HIRING, AT_ONCE = "by hiring", "at once"
#: How opened seats are filled: after hiring.delay_weeks each, or at the end of the event's week.
FILLS = (BY_HIRING, AT_ONCE)
KEYS = ("role", "count", "team", "under", "ics", "fill")
#: Most seats, teams or ICs in a team that one event opens.
MOST = 10_000


@dataclass(frozen=True)
class Opening:
    """Seats that are opened. count: of ICs' seats, or of managers' seats with *ics* ICs' seats each.

    team, under: which first-line manager ICs, which manager in layer 2 managers report to, 1 = the first at the start; 0:
    one by one to whoever has the smallest span. fill: see `FILLS`; "": by hiring if switches.hiring is on, else at once.
    """

    role: str
    count: int
    team: int = 0
    under: int = 0
    ics: int = 0
    fill: str = ""

    def heads(self, role: str = "") -> int:
        """Return how many seats are opened, those of *role* or all."""
        if self.role == "ic":
            return self.count if role in ("", "ic") else 0
        return self.count * {"": 1 + self.ics, "ic": self.ics, "manager": 1}[role]

    def to_dict(self) -> dict[str, int | str]:
        """The opening as it would be written."""
        return {name: value for name in KEYS if (value := getattr(self, name)) not in (0, "")}

    def in_words(self) -> str:
        """The opening as a phrase: "12 seats of ICs in team 3, filled at once"."""
        if self.role == "ic":
            text = plural(self.count, "seat") + " of ICs" + (f" in team {self.team}" if self.team else "")
        else:
            text = (
                plural(self.count, "seat")
                + " of managers"
                + (f" under manager {self.under}" if self.under else "")
            )
            text += f" with {plural(self.ics, 'IC')} each" if self.ics else ""
        return f"{text}, filled {self.fill}" if self.fill else text


def read_opening(given: Mapping[str, Any], place: str) -> Opening:
    """Return what *given* states below ``open``. Raises `UserError` naming *place* and key."""
    for key in given:
        if key not in KEYS:
            raise UserError(f"{place}.{key_name(key)}: unknown key{hint(key, KEYS)}")
    role = one_of(given.get("role", "ic"), ROLES, f"{place}.role")
    wrong, right = (("under", "ics"), "team") if role == "ic" else (("team",), "under")
    for key in wrong:
        if key in given:
            raise UserError(
                f"{place}.{key}: {short(given[key])}: role: {role} has none; use {right}, or another role"
            )
    count = whole(given.get("count", 1 if role == "manager" else None), f"{place}.count", 1, MOST, "seats")
    numbers = {
        "team": "first-line teams at the start",
        "under": "managers in layer 2 at the start",
        "ics": "ICs of each new manager",
    }
    found = {
        key: whole(given[key], f"{place}.{key}", 0 if key == "ics" else 1, MOST, unit)
        for key, unit in numbers.items()
        if key in given
    }
    fill = one_of(given["fill"], FILLS, f"{place}.fill") if "fill" in given else ""
    return Opening(role, count, fill=fill, **found)


def check_opening(
    opening: Opening,
    place: str,
    ics: int | None,
    managers: Sequence[int] | None,
    opened: int,
    may_hire: bool,
) -> None:
    """Raise `UserError` if the seats cannot be opened in an organisation with *ics* ICs and *managers* per layer.

    None: not known yet. opened: seats that earlier events open. may_hire: switches.hiring is on by then.
    """
    if opening.fill == BY_HIRING and not may_hire:
        raise UserError(
            f"{place}.fill: by hiring: nobody is hired while switches.hiring is off; turn it on, or use fill: at once"
        )
    if managers is None:
        return
    if not sum(managers):
        raise UserError(f"{place}: nobody leads: seats are opened under managers, and there are none")
    for key, layer, what in (("team", 1, "first-line managers"), ("under", 2, "managers in layer 2")):
        there = managers[layer - 1] if len(managers) >= layer else 0
        number = getattr(opening, key)
        if number > there:
            use = f"use 1 to {there}, or" if there else "there is none;"
            raise UserError(
                f"{place}.{key}: {number} is not there: {there:,} {what} at the start; {use} leave {key} out"
            )
    people = (ics or 0) + sum(managers) + opened + opening.heads()
    if ics is not None and people > MAX_PEOPLE:
        raise UserError(
            f"{place}.count: {people:,} people are more than the limit of {MAX_PEOPLE:,}; open fewer seats"
        )
