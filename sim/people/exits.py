"""Somebody leaves: the seat is emptied, and the books of exits, of the cohort and of the cuts are kept."""

import numpy as np

from sim.constants import IC, MANAGER, RISK_WEEKS, WEEKS_PER_YEAR
from sim.engine import codes
from sim.engine.state import EXIT, LEDGER, Org, table
from sim.mechanisms.people import layoffs
from sim.mechanisms.people.workforce import Workforce
from sim.people import seats


def close_books(org: Org) -> None:
    """At the horizon: credit everybody with what they have merged."""
    seats.credit(org, np.flatnonzero(np.isin(org.people["role"], (IC, MANAGER))))


def with_ledger(org: Org, workforce: Workforce, cuts: tuple[layoffs.Cuts, ...], week: int) -> Org:
    """Return *org* with a ledger row for every cut."""
    made = sum(map(len, cuts))
    if made == 0:
        return org
    rows = table(made, LEDGER)
    at = np.concatenate([one.position for one in cuts])
    rows["week"] = week
    for name in ("pid", "role", "layer", "tenure"):
        rows[name] = getattr(workforce, name)[at]
    rows["rule"] = np.concatenate([np.full(len(one), codes.LAYOFF_RULES.index(one.rule)) for one in cuts])
    for name, column in (("score", "score"), ("percentile", "percentile"), ("converted", "convert")):
        rows[name] = np.concatenate([getattr(one, column) for one in cuts])
    return org._replace(ledger=np.concatenate([org.ledger, rows]))


def leave(org: Org, p: np.ndarray, i: int, kind: int, week: int) -> Org:
    """Let the occupant of seat *i* leave the organisation as LAID_OFF, QUIT or RETIRED in *week*."""
    org = record_exit(org, p, i, kind, week)
    org = seats.vacate(org, p, i)
    org.occupants["cohort"][i] = codes.NONE
    return org


def record_exit(org: Org, p: np.ndarray, i: int, kind: int, week: int) -> Org:
    """Keep the books of an exit: its row in `Org.exits`, cohort, counts, severance."""
    own = int(org.occupants["cohort"][i])
    severance = 0.0
    if kind == codes.LAID_OFF:
        severance = float(org.occupants["pay"][i]) * p["layoffs_severance_weeks"][0] / WEEKS_PER_YEAR
        org.world["people_usd"] += severance
    if own >= 0 and org.cohort["exit_kind"][own] == codes.STAYED:
        org.cohort["exit_kind"][own] = kind
        org.cohort["exit_week"][own] = week
        if kind == codes.LAID_OFF and week <= RISK_WEEKS:
            org.world["laid_off_ics" if org.cohort["role"][own] == IC else "laid_off_managers"] += 1
        org.cohort["severance"][own] = severance
    org.world[{codes.LAID_OFF: "layoffs", codes.QUIT: "quits", codes.RETIRED: "retired"}[kind]] += 1
    row = table(1, EXIT)
    row["week"], row["seat"], row["kind"] = week, i, kind
    row["pid"], row["role"] = org.people["pid"][i], org.people["role"][i]
    return org._replace(exits=np.concatenate([org.exits, row]))
