"""Who left, when and why: everybody, whether there at the start or hired during the run."""

from __future__ import annotations

from typing import NamedTuple

from sim.constants import MANAGER
from sim.engine import codes
from sim.engine.state import Org

QUIT, LAID_OFF, RETIRED, DISMISSED = "quit", "laid off", "retired", "dismissed"
PROMOTED, BECAME_IC = "promoted", "became an IC"
_DISMISSAL = "dismissal"


class Leaving(NamedTuple):
    """One person who left the organisation, or the role.

    pid: permanent id. week: at whose end, counted from the end of the warm-up. reason: "quit", "laid off", "retired" or
    "dismissed"; of somebody who is still there in another role "promoted" or "became an IC". rule: what chose a person who was
    laid off (`sim.engine.codes.LAYOFF_RULES`), else None. seat: row of the seat that was left. role: "IC" or "manager".
    """

    pid: int
    week: int
    reason: str
    rule: str | None
    seat: int
    role: str


def leavings_of(org: Org, first: int = 0) -> list[Leaving]:
    """Return everybody who has left the organisation, in order, from the *first*-th on.

    Those laid off and dismissed are together what the engine counts as layoffs; the others are its quits and retirements.
    """
    found = []
    for row in org.exits[first:]:
        pid, week, kind = int(row["pid"]), int(row["week"]), int(row["kind"])
        reason, rule = codes.EXIT_KINDS[kind], None
        if kind == codes.LAID_OFF:
            rule = _rule_of(org, pid, week)
            if rule == _DISMISSAL:
                reason, rule = DISMISSED, None
        found.append(Leaving(pid, week, reason, rule, int(row["seat"]), role_word(int(row["role"]))))
    return found


def role_word(role: int) -> str:
    """Return "manager" or "IC" for a code of `sim.constants`."""
    return "manager" if role == MANAGER else "IC"


def _rule_of(org: Org, pid: int, week: int) -> str | None:
    """Return the rule by which *pid* was laid off at the end of *week*, as the ledger of cuts has it."""
    cuts = org.ledger
    mine = cuts[(cuts["pid"] == pid) & (cuts["week"] == week) & ~cuts["converted"]]
    return codes.LAYOFF_RULES[int(mine["rule"][-1])] if len(mine) else None
