"""AI strategy and governance: how fluency with AI spreads, what guardrails cover, and what is spent on whom.

Four strategies; under `none` everybody's fluency and the guardrails stay as they are. Fluency F of a person follows a diffusion
curve (Bass 1969; here the state is how well AI is used, not whether), in rates per year:

    dF/dt = (1 - F) [own use x AI share of own work + peers x mean F of teammates + champions x pull + coaching x hours]
            + training x (basic - F) where F is below basic - decay x F

Managers learn from their reports. *Pull* is the mean fluency of champions (ICs above a threshold) in proportion to how many of
those needed there are: in the own team and, as far as the strategy spreads it, in the firm. *Hours* are governance hours of the
own boss per report, weighted by the boss's currency: without time, or far from the technology, a manager coaches nobody.
Guardrails G (standards, automatic checks) cover the work of each team:

    dG/dt = (1 - G) [build x governance hours per IC from all managers above + grown x champions' share of the team] - decay x G

- `bottom_up`: nobody asks managers; they give a voluntary share of the governance hours, the more the more fluent they are
  themselves, all of it useful. Champions stay in their teams, where they also build checks.
- `top_down`: seats, usage and training for all, by order. Most governance hours go into roll-out and reports on usage; orders
  crowd out part of what people learn from each other (peers, champions) and build unasked.
- `managed`: all governance hours go to coaching and guardrails; champions and coaches are lent across teams as far as managers
  have time for it; tools are matched to tasks as guardrails grow. Without managers' time, fluency and guardrails go as in
  `bottom_up`.

Signatures to expect after a year, where managers have time: guardrails and mean fluency managed > bottom_up > top_down; variance
of fluency between teams largest in bottom_up; wasted spend (on people below a threshold of fluency) largest in top_down, most of
all without managers' time. None is best at everything: bottom_up takes the fewest manager hours; where all are novices top_down
leaves teams most even and, without managers' time, lifts the least fluent most. Not findings: the assumptions above, worked out.

Not modelled: tools themselves, prices by volume, resistance, regulation, knowledge that leaves with champions.
Parameters: ai.strategy, governance.*, managers.governance_hours, ai.guardrail.
"""

from dataclasses import dataclass

import numpy as np

from sim.constants import IC, MANAGER, WEEKS_PER_YEAR
from sim.engine.kernel import entry
from sim.engine.record import Settings
from sim.mechanisms.people.workforce import Workforce

STRATEGIES = ("none", "bottom_up", "top_down", "managed")
NO_STRATEGY, BOTTOM_UP, TOP_DOWN, MANAGED = range(4)


@dataclass(frozen=True)
class Attention:
    """What managers give to AI governance in a week."""

    coached: np.ndarray  # float64[n]: h of coaching that everybody gets, weighted by the coaches' currency
    guarding: np.ndarray  # float64[n]: h per IC, from all managers above, for the team that a manager leads
    spread: float  # how far champions and coaching reach across teams, 0..1


def duty_hours(workforce: Workforce, settings: Settings) -> np.ndarray:
    """Return float64[n]: governance hours a week that the strategy takes of each manager; as declared under `none`."""
    hours: np.ndarray = settings.managers_governance_hours * (workforce.role == MANAGER)
    if settings.ai_strategy == BOTTOM_UP:
        hours = hours * settings.governance_voluntary * workforce.fluency
    return hours


@entry
def _add_from_above(boss: np.ndarray, x: np.ndarray, total: np.ndarray) -> None:
    for i in range(len(x)):
        above = boss[i]
        while above >= 0:
            total[i] += x[above]
            above = boss[above]


@entry
def _add_from_below(boss: np.ndarray, x: np.ndarray, total: np.ndarray) -> None:
    for i in range(len(x)):
        above = boss[i]
        while above >= 0:
            total[above] += x[i]
            above = boss[above]


@entry
def _average_teams(
    boss: np.ndarray,
    role: np.ndarray,
    x: np.ndarray,
    total: np.ndarray,
    count: np.ndarray,
    mean: np.ndarray,
    others: np.ndarray,
) -> None:
    """Fill *mean* and *others* as `_team_means` says; *total*, *count*: of everybody's reports, zero at first."""
    for i in range(len(x)):
        if boss[i] >= 0:
            total[boss[i]] += x[i]
            count[boss[i]] += 1
    for i in range(len(x)):
        if role[i] != IC:
            others[i] = count[i]
            mean[i] = total[i] / max(count[i], 1)
        elif boss[i] >= 0 and count[boss[i]] > 1:
            others[i] = count[boss[i]] - 1
            mean[i] = (total[boss[i]] - x[i]) / others[i]


def from_above(boss: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return float64[n]: the sum of *x* over oneself and everybody on the way up."""
    total = x.copy()
    _add_from_above(boss, x, total)
    return total


def from_below(boss: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return float64[n]: the sum of *x* over everybody below, oneself excluded."""
    total = np.zeros(len(x))
    _add_from_below(boss, x, total)
    return total


def attention(workforce: Workforce, settings: Settings) -> Attention:
    """Return what managers give to AI governance, by the strategy and by the time they have (their coverage)."""
    useful = 1.0 - settings.governance_rollout if settings.ai_strategy == TOP_DOWN else 1.0
    given = duty_hours(workforce, settings) * np.minimum(workforce.coverage, 1.0) * useful
    ic = workforce.role == IC
    spread = settings.governance_spread
    if settings.ai_strategy == MANAGED:
        hours = given.sum() / max(len(ic) - ic.sum(), 1)
        spread += (1.0 - spread) * (hours / (hours + settings.governance_half_hours) if hours > 0.0 else 0.0)
    coaching = (
        settings.governance_coaching_share * given * workforce.currency / np.maximum(workforce.reports, 1)
    )
    coached = np.where(workforce.boss >= 0, coaching[workforce.boss], 0.0)
    if settings.ai_strategy == MANAGED and ic.any():
        coached += spread * (coached[ic].mean() - coached) * ic
    ics = from_below(workforce.boss, ic.astype(float))
    guarding = (1.0 - settings.governance_coaching_share) * given / np.maximum(ics, 1.0)
    return Attention(coached, from_above(workforce.boss, guarding) * ~ic, float(spread))


def _team_means(workforce: Workforce, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (for ICs the mean of *x* over teammates, for managers over reports, 0 without any; how many those are)."""
    total, count, mean, others = np.zeros((4, len(x)))
    _average_teams(workforce.boss, workforce.role, x, total, count, mean, others)
    return mean, others


def next_fluency(
    workforce: Workforce, hours: Attention, settings: Settings, weeks: float = 1.0
) -> np.ndarray:
    """Return everybody's AI fluency *weeks* later, within [0, 1]; the same array under `none`."""
    if settings.ai_strategy == NO_STRATEGY:
        return workforce.fluency
    old = workforce.fluency
    learning, training = learning_rates(workforce, hours, settings)
    years = weeks / WEEKS_PER_YEAR
    new = 1.0 - (1.0 - old) * np.exp(-learning * years)
    new += np.maximum(settings.governance_basic - new, 0.0) * (1.0 - np.exp(-training * years))
    fluency: np.ndarray = np.clip(new * np.exp(-settings.governance_fluency_decay * years), 0.0, 1.0)
    return fluency


def learning_rates(workforce: Workforce, hours: Attention, settings: Settings) -> tuple[np.ndarray, float]:
    """Return (rate at which everybody's gap to full fluency closes [n], rate of training up to the basics), 1/year."""
    ordered = settings.ai_strategy == TOP_DOWN
    free = 1.0 - settings.governance_crowding if ordered else 1.0
    champion = (workforce.fluency >= settings.governance_champion) & (workforce.role == IC)
    peers, _ = _team_means(workforce, workforce.fluency)
    local, _ = _team_means(workforce, champion.astype(float))
    everywhere = champion.sum() / max((workforce.role == IC).sum(), 1)
    enough = max(settings.governance_champions_needed, 1e-9)
    spread = hours.spread
    pull = (1.0 - spread) * np.minimum(local / enough, 1.0) + spread * min(everywhere / enough, 1.0)
    reach = workforce.fluency[champion].mean() if champion.any() else 0.0
    rate = settings.governance_own_use * workforce.exposure + settings.governance_coaching * hours.coached
    rate = rate + free * (settings.governance_peers * peers + settings.governance_champions * reach * pull)
    return rate, settings.governance_training if ordered else 0.0


def next_guardrails(
    guardrails: np.ndarray, workforce: Workforce, hours: Attention, settings: Settings, weeks: float = 1.0
) -> np.ndarray:
    """Return guardrail coverage [n], of the team that each manager leads, *weeks* later, within [0, 1].

    ICs' entries stay as they are. The same array under `none`.
    """
    if settings.ai_strategy == NO_STRATEGY:
        return guardrails
    free = 1.0 - settings.governance_crowding if settings.ai_strategy == TOP_DOWN else 1.0
    champion = (workforce.fluency >= settings.governance_champion) & (workforce.role == IC)
    share, reports = _team_means(workforce, champion.astype(float))
    rate = settings.governance_build * hours.guarding + free * settings.governance_grown * share
    years = weeks / WEEKS_PER_YEAR
    new = 1.0 - (1.0 - guardrails) * np.exp(-rate * years)
    new = np.clip(new * np.exp(-settings.governance_guardrail_decay * years), 0.0, 1.0)
    return np.where((workforce.role == MANAGER) & (reports > 0), new, guardrails)


def of_team(workforce: Workforce, guardrails: np.ndarray) -> np.ndarray:
    """Return float64[n]: the guardrail coverage of everybody's work: of the team, for managers of the team they lead."""
    boss = np.where(
        (workforce.role == IC) & (workforce.boss >= 0), workforce.boss, np.arange(len(guardrails))
    )
    return guardrails[boss]


def prevented(coverage: np.ndarray, settings: Settings) -> np.ndarray:
    """Return the share of AI defects that guardrails prevent at *coverage*: `ai.guardrail`, and more with a strategy."""
    if settings.ai_strategy == NO_STRATEGY:
        return np.full(len(coverage), settings.ai_guardrail)
    return (
        settings.ai_guardrail
        + (1.0 - settings.ai_guardrail) * settings.governance_guardrail_effect * coverage
    )


def tool_factors(coverage: np.ndarray, settings: Settings) -> np.ndarray:
    """Return factors on the odds of agents' failures and on specifying, at *coverage*: tools matched to tasks, if managed."""
    matched = settings.governance_tools_effect if settings.ai_strategy == MANAGED else 0.0
    return 1.0 - matched * coverage


def wasteful(fluency: np.ndarray, settings: Settings) -> np.ndarray:
    """Return bool[n]: AI spend on people of this *fluency* counts as wasted; it is below the threshold."""
    return fluency < settings.governance_waste_threshold
