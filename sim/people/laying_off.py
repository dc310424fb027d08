"""The layoffs of a week, carried out: who goes, who converts, who reports to whom afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.constants import IC, MANAGER, QUARTER, WEEKS_PER_YEAR
from sim.engine.codes import LAID_OFF, VACANT
from sim.engine.hierarchy import chain_up
from sim.engine.kernel import entry
from sim.engine.record import Settings
from sim.engine.state import Org
from sim.mechanisms.flow import ai_use
from sim.mechanisms.people import layoffs
from sim.mechanisms.people.workforce import Dice, Workforce
from sim.organisation import costs
from sim.organisation.tree import Tree
from sim.people import promotion, seats
from sim.people.exits import leave, with_ledger
from sim.people.moves import move
from sim.people.vacancies import close_vacancies, open_vacancy


@dataclass(frozen=True)
class Setup:
    """What the people's weeks need of the scenario: tree and parameter values at the start, weeks of warm-up, AI agents each."""

    tree: Tree
    values: Mapping[str, Any]
    warmup_weeks: int
    agents_each: int


@entry
def _planned_speed_up(parameters: np.ndarray) -> float:
    """Return owner hours per standard hour without AI over those with the planned AI share."""
    speed_up: float = ai_use.planned_speed_up(parameters[0])
    return speed_up


def carry_out_layoffs(
    org: Org, p: np.ndarray, settings: Settings, setup: Setup, workforce: Workforce, dice: Dice, week: int
) -> tuple[Org, float]:
    """Carry out the layoffs that are due; return the organisation and the share of the people laid off together."""
    due = layoffs.due(workforce, settings, dice, _past(org, p, setup, week))
    close_vacancies(org, due.closed)
    together = 0
    spans_rise = settings.layoffs_delayer_first_span > 0 or settings.layoffs_delayer_upper_span > 0
    for cuts in due.cuts:
        leaderless = (
            _reports_of(org, workforce.row[cuts.position]) if cuts.rule == "delayer" and spans_rise else {}
        )
        if cuts.rule == "budget":
            org.world["budget_cut_week"] = week
        if cuts.rule == "ai_substitution":
            org.world["ai_closed"] += len(cuts)
        for k, converts in zip(cuts.position.tolist(), cuts.convert.tolist(), strict=True):
            i = int(workforce.row[k])
            if converts:
                skill, pay = promotion.as_ic(org, settings, i)
                org = seats.convert(org, p, i, skill, pay, setup.agents_each)
                continue
            org = leave(org, p, i, LAID_OFF, week)
            if cuts.refilled:
                org = open_vacancy(org, settings, dice, i, int(workforce.pid[k]), week)
            else:
                seats.close_seat(org, i)
                together += 1
        org = _share_out(org, p, leaderless)
    return with_ledger(org, workforce, due.cuts, week), together / max(len(workforce.row), 1)


def _reports_of(org: Org, managers: np.ndarray) -> dict[int, int]:
    """Return the layer of the manager of everybody who reports to one of the *managers* (rows), by row."""
    mine = np.flatnonzero(np.isin(org.people["boss"], managers) & np.isin(org.people["role"], (IC, MANAGER)))
    mine = mine[np.argsort(org.people["pid"][mine])]
    return {int(i): int(org.people["layer"][org.people["boss"][i]]) for i in mine}


def _share_out(org: Org, p: np.ndarray, leaderless: dict[int, int]) -> Org:
    """Let those whose managers were displaced report to the managers who stay in that layer, the fewest reports first.

    Peers under the same boss come first; where none is left there, the grand-manager and the peers elsewhere share them.
    """
    for i, layer in leaderless.items():
        people = org.people
        if people["role"][i] not in (IC, MANAGER):
            continue
        boss = int(people["boss"][i])
        peers = np.flatnonzero((people["role"] == MANAGER) & (people["layer"] == layer))
        peers = peers[(peers != i) & (peers != boss)]
        near = peers[people["boss"][peers] == boss]
        chosen = near if len(near) else np.append(peers, boss)
        heir = int(chosen[np.lexsort((people["pid"][chosen], people["reports"][chosen]))[0]])
        if heir == boss or i in chain_up(org, heir):
            org.occupants["seat_boss"][i] = boss
            continue
        org, changed = move(org, p, i, heir)
        seats.keep_inbox_of_relayered(org, changed)
        org.occupants["seat_boss"][i] = heir
    return org


def _past(org: Org, p: np.ndarray, setup: Setup, week: int) -> layoffs.Past:
    """Return what the layoff regimes need of the past; figures of quarters only where a quarter ends."""
    if week % QUARTER or week == 0:
        return layoffs.Past()
    vacant = (
        (org.people["role"] == VACANT)
        & (org.occupants["seat_role"] == IC)
        & np.isfinite(org.occupants["open_until"])
    )
    since = int(org.world["budget_cut_week"][0])
    ends = range(since + QUARTER - since % QUARTER if since else QUARTER, week + 1, QUARTER)
    quarters = [_cost_and_value(org, setup, end) for end in ends if end - QUARTER >= since]
    cost_per_value = tuple(cost / value if value > 0.0 else float("nan") for cost, value in quarters)
    return layoffs.Past(
        ai_gain=float(_planned_speed_up(p)) - 1.0,
        ic_positions=setup.tree.ics,
        ai_closed=int(org.world["ai_closed"][0]),
        vacancies=int(np.count_nonzero(vacant)),
        cost_per_year=_cost_and_value(org, setup, week)[0] * WEEKS_PER_YEAR / QUARTER,
        cost_per_value=cost_per_value,
    )


def _cost_and_value(org: Org, setup: Setup, end: int) -> tuple[float, float]:
    """Return the cost of people and AI, USD, and the value, standard hours, of the quarter up to week *end*."""
    before, after = (org.weeks[setup.warmup_weeks + week] for week in (end - QUARTER, end))
    payroll = (
        setup.tree.payroll * QUARTER + after["payroll_above_start_sum"] - before["payroll_above_start_sum"]
    )
    written = after["ai_standard_hours"] - before["ai_standard_hours"]
    at_hand = (after["ai_extent_sum"] - before["ai_extent_sum"]) / QUARTER
    ai = costs.ai_spend(setup.values, setup.tree.ics + after["ics_above_start"], written, QUARTER, at_hand)
    value = after["value"] - before["value"] - (after["value_lost"] - before["value_lost"])
    return float(payroll / WEEKS_PER_YEAR + ai), float(value)
