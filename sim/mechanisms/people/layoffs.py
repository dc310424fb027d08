"""Layoffs: who must go this week, under which rule, and where each stood among the candidates.

Six regimes, any number of them at once (5.10 of the model). Within a week they decide in the order of `due`: who goes by an
earlier rule is not there for a later one, so nobody is cut twice and every number is exact.

    background       an annual probability for everybody, drawn weekly; factors for role and tenure act on the hazard
    delayer          spans are raised to a target, or a layer goes; the displaced leave or become ICs
    wave             a share of the people in one week
    performance      the lowest at each rating
    ai_substitution  the *perceived* gain from AI turns into fewer positions for ICs (B07): vacancies first, then people
    budget           cost per value above its target in two quarters running: pay for the difference goes

Selection is exact in number, and one of two schemes decides who.

- *rank*: the lowest of  rho z + sqrt(1 - rho^2) e + protection;  z the normal score of contribution within the role (ICs:
  output; managers: their scoreboard), so that no role is below the other by construction, e the noise of the rating.
- *weights*: Wallenius' draws without replacement (`sim.statistics.scores.race_times`), in proportion to
  role x layer x tenure below 1.5 years (G13) x narrow span x AI exposure x pay within the role (G14) x exp(-protection).

Protection is a sum of strength x attribute: domain expertise (standard normal, where above 0), hands-on credibility (currency
of managers who do hands-on work), AI leadership (2 fluency - 1, where above 0), leading a team of diverse functions. A strength
is in standard deviations of the signal (rank) and in logs of the weight (weights): 0 = off, infinite = never cut.

**A root (nobody above) is never cut**, by any rule: an organisation without its top is another question. It counts among the
people of whom a share is taken. In partial charts everybody whose manager is missing is a root.

Not modelled: notice periods, works councils and social criteria of selection, voluntary redundancy, a grace period for
newcomers at ratings, managers who protect their own team. Where reports of displaced managers go is not decided here.
Parameters: layoffs.*, switches.layoffs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, inf, sqrt
from typing import NamedTuple

import numpy as np

from sim.constants import IC, MANAGER, NEW, QUARTER, WEEKS_PER_YEAR
from sim.engine.record import Settings
from sim.engine.rng import LAYOFF, SELECTION
from sim.errors import UserError
from sim.mechanisms.people.workforce import Dice, Number, Workforce
from sim.organisation.headcounts import share_of
from sim.statistics.scores import normal, normal_scores_in_groups, percentiles, race_times, smallest

# Of the draws of one person and week.
TIES, BY_WAVE, BY_DELAYER, BY_AI, BY_BUDGET, FRACTIONS = range(6)

SELECTS = ("rank", "weights")
RANK, WEIGHTS = range(2)
SCOPES = ("all", "managers", "ics")
ALL, MANAGERS, ICS = range(3)


@dataclass(frozen=True, eq=False)
class Cuts:
    """Who goes this week by one rule; arrays [k] in order of permanent id.

    position: in the Workforce's arrays. score: the signal (rank), the weight (weights) or the weekly probability (background).
    percentile: per cent of the other candidates with a lower score, 0 = lowest; with a signal the lowest go first, with
    weights the highest are most at risk. convert: a displaced manager who becomes an IC, which is no layoff. refilled: the
    seats are filled again, as the hiring policy says; else they are closed.
    """

    rule: str
    position: np.ndarray
    score: np.ndarray
    percentile: np.ndarray
    convert: np.ndarray
    refilled: bool = False

    def __len__(self) -> int:
        return len(self.position)

    def where(self, keep: np.ndarray) -> "Cuts":
        """Return those for whom *keep* (bool [k]) holds."""
        kept = (column[keep] for column in (self.position, self.score, self.percentile, self.convert))
        position, score, percentile, convert = kept
        return Cuts(self.rule, position, score, percentile, convert, self.refilled)


@dataclass(frozen=True)
class Past:
    """What the regimes need of the past.

    ai_gain: real gain from AI in output per IC, a share (.1 = 10 % more), as estimated now. ic_positions: seats of ICs at
    week 0. ai_closed: of these, closed by `ai_substitution` so far, vacant or by layoff. vacancies: open positions of ICs.
    cost_per_year: people and AI in the last quarter, USD/year. cost_per_value: USD/standard hour in each completed quarter
    since the last cut of `budget`, oldest first; NaN (or not above 0) where there was no value.
    """

    ai_gain: float = 0.0
    ic_positions: int = 0
    ai_closed: int = 0
    vacancies: int = 0
    cost_per_year: float = 0.0
    cost_per_value: tuple[float, ...] = ()


class Due(NamedTuple):
    """All that is due in a week: the cuts of each rule that cuts anybody, and vacancies of ICs to be closed."""

    cuts: tuple[Cuts, ...]
    closed: int


def due(workforce: Workforce, settings: Settings, dice: Dice, past: Past) -> Due:
    """Return what all regimes together demand this week.

    Order: what befalls single people, then structure, then numbers given in advance, then what is derived from figures,
    which must see all the rest. Raises UserError where a number cannot be met. Without ICs nobody decides anything any more.
    """
    if not settings.switches_layoffs or not np.any(workforce.role == IC):
        return Due((), 0)
    cuts: list[Cuts] = []
    for regime in (background, delayer, wave, performance):
        cuts.append(regime(workforce, settings, dice, gone(workforce, cuts)))
    by_ai, closed = ai_substitution(workforce, settings, dice, gone(workforce, cuts), past)
    cuts.append(by_ai)
    cuts.append(budget(workforce, settings, dice, gone(workforce, cuts), past))
    return Due(combine(cuts), closed)


def by_date(settings: Settings, week: int) -> bool:
    """Return True if *week* may be that of a regime other than the background."""
    wider = (
        settings.layoffs_delayer_first_span
        or settings.layoffs_delayer_upper_span
        or settings.layoffs_delayer_remove_layer
    )
    by_figures = settings.layoffs_ai_pass_through > 0.0 or settings.layoffs_budget_target < inf
    return bool(
        (settings.layoffs_wave_fraction and week == settings.layoffs_wave_week)
        or (wider and week == settings.layoffs_delayer_week)
        or (settings.layoffs_performance_share and week % int(settings.layoffs_performance_weeks) == 0)
        or (by_figures and _quarter_ends(week))
    )


def combine(cuts: Sequence[Cuts]) -> tuple[Cuts, ...]:
    """Return *cuts* with each person only once, by the first rule that names them; rules that cut nobody are left out."""
    named: set[int] = set()
    kept = []
    for one in cuts:
        if not len(one):
            continue
        fresh = one.where(np.array([position not in named for position in one.position.tolist()], bool))
        named.update(fresh.position.tolist())
        kept.append(fresh)
    return tuple(one for one in kept if len(one))


def gone(workforce: Workforce, cuts: Sequence[Cuts] = ()) -> np.ndarray:
    """Return bool [n]: who is named by *cuts*, and so is not there for the rules that follow."""
    named = np.zeros(len(workforce.pid), bool)
    for one in cuts:
        named[one.position] = True
    return named


# --- The regimes: each returns who goes, of those not yet `gone` (bool [n]) -----------------------------------------------


def background_chance(settings: Settings, manager: Number, tenure: Number) -> Number:
    """Return the weekly probability of a layoff in the background, of one person or of an array of people.

    manager: 1.0 for managers, 0.0 for ICs. tenure: years.
    """
    factor = settings.layoffs_background_manager**manager * settings.layoffs_background_new ** (
        1.0 * (tenure < NEW)
    )
    weekly: Number = 1.0 - (1.0 - settings.layoffs_background_probability) ** (factor / WEEKS_PER_YEAR)
    return weekly


def background(workforce: Workforce, settings: Settings, dice: Dice, gone: np.ndarray) -> Cuts:
    """Return who goes for reasons of their own: weekly probability 1 - (1 - annual)^(factor/52), drawn for each person."""
    if not settings.layoffs_background_probability or workforce.week <= 0:  # at week 0 no week has passed
        return nobody("background")
    weekly = background_chance(settings, 1.0 * (workforce.role == MANAGER), workforce.tenure)
    candidates = (workforce.boss >= 0) & ~gone
    hit = candidates & (dice(LAYOFF, workforce.pid, workforce.week, 0)[:, 0] < weekly)
    return replace(_cuts(workforce, "background", np.flatnonzero(hit), weekly, candidates), refilled=True)


def wave(workforce: Workforce, settings: Settings, dice: Dice, gone: np.ndarray) -> Cuts:
    """Return who goes in the wave, if this is its week."""
    share = float(settings.layoffs_wave_fraction)
    if workforce.week != settings.layoffs_wave_week or not share:
        return nobody("wave")
    scope, select = int(settings.layoffs_wave_scope), int(settings.layoffs_wave_select)
    return cut_share(
        workforce, settings, dice, gone, share, scope, select, "layoffs.wave_fraction", at_most=True
    )


def cut_share(
    workforce: Workforce,
    settings: Settings,
    dice: Dice,
    gone: np.ndarray,
    share: float,
    scope: int,
    select: int,
    place: str = "layoffs",
    rule: str = "wave",
    sub: int = BY_WAVE,
    at_most: bool = False,
) -> Cuts:
    """Return a *share* of the people in *scope* (half a person rounded up), selected by rank or weights.

    place: what a message names. sub: numbers the weighted draws of a week; several cuts in one week need one each. Raises
    UserError if the share is no share, or asks for more people than may be cut. at_most: a share that would include the top
    means everybody else, as may come about in an organisation that has shrunk (`sim.scenario.layoff_checks` refuses it at
    the start).
    """
    if not 0.0 <= share <= 1.0:
        raise UserError(f"{place}: {share!r} is not a share; use a number from 0 to 1")
    role = {ALL: (IC, MANAGER), MANAGERS: (MANAGER,), ICS: (IC,)}[scope]
    inside = ~gone & np.isin(workforce.role, role)
    candidates = inside & (workforce.boss >= 0)
    count = share_of(share, int(np.count_nonzero(inside)))
    if at_most:
        count = min(count, int(np.count_nonzero(candidates)))
    if not count:
        return nobody(rule)
    score, key = standing(workforce, settings, dice, select, sub)
    return _pick(workforce, rule, candidates, count, score, key, f"{place}: {share:g}")


def performance(workforce: Workforce, settings: Settings, dice: Dice, gone: np.ndarray) -> Cuts:
    """Return the lowest on the noisy signal, if a rating is due (every so many weeks)."""
    share, every = float(settings.layoffs_performance_share), int(settings.layoffs_performance_weeks)
    if not share or workforce.week <= 0 or workforce.week % every:
        return nobody("performance")
    place = "layoffs.performance_share"
    lowest = cut_share(workforce, settings, dice, gone, share, ALL, RANK, place, "performance", at_most=True)
    return replace(lowest, refilled=True)


def delayer(workforce: Workforce, settings: Settings, dice: Dice, gone: np.ndarray) -> Cuts:
    """Return the managers whom wider spans, or one layer less, displace in the week of the delayering.

    With target spans, ceil(n/span) managers of a layer stay for the n reports of that layer, which presumes that those of the
    displaced are shared out among them; who goes is selected like anywhere. A layer that is removed spares nobody, protected
    or not. The percentile is among the managers of the same layer (and root).
    """
    first, upper = int(settings.layoffs_delayer_first_span), int(settings.layoffs_delayer_upper_span)
    layer = int(settings.layoffs_delayer_remove_layer)
    if workforce.week != settings.layoffs_delayer_week or not (first or upper or layer):
        return nobody("delayer")
    if layer and (first or upper):
        raise UserError(
            "layoffs.delayer_remove_layer: a layer goes, or spans are raised; set delayer_first_span and "
            "delayer_upper_span to 0, or delayer_remove_layer"
        )
    score, key = standing(workforce, settings, dice, int(settings.layoffs_delayer_select), BY_DELAYER)
    managers = ~gone & (workforce.role == MANAGER) & (workforce.boss >= 0)
    # Of a layer that all have left by now, nobody.
    displaced = (
        managers & (workforce.layer == layer) if layer else _surplus(workforce, ~gone, key, first, upper)
    )
    chosen = np.flatnonzero(displaced)
    peers = np.where(managers, _top_of(workforce.boss) * (workforce.layer.max() + 1) + workforce.layer, -1)
    cuts = _cuts(workforce, "delayer", chosen, score, managers, peers)
    if not len(cuts):
        return cuts
    convert = dice(SELECTION, workforce.pid[cuts.position], workforce.week, BY_DELAYER)[:, 1]
    return Cuts(
        cuts.rule,
        cuts.position,
        cuts.score,
        cuts.percentile,
        convert < float(settings.layoffs_delayer_convert),
    )


def ai_substitution(
    workforce: Workforce, settings: Settings, dice: Dice, gone: np.ndarray, past: Past
) -> tuple[Cuts, int]:
    """Return who goes because AI is believed to do the work, and how many vacancies of ICs are closed for good.

    A perceived gain G = real gain + gap (B07) seems to leave work for 1/(1+G) of the ICs of week 0. Each quarter a share
    (the pass-through) of what is left of that saving becomes closed positions: vacancies first (not hiring juniors, as
    G16 found), then `ai_layoff_share` of the rest by layoffs; what remains waits for vacancies. People are drawn by
    weight x AI exposure. Fractions of a person are settled by a draw, so that small organisations are not spared.
    Nobody's work written by AI: nothing happens. The size follows from the model, so it stops at those who may be cut.
    """
    through = float(settings.layoffs_ai_pass_through)
    if not through or not _quarter_ends(workforce.week):
        return nobody("ai_substitution"), 0
    exposure = np.where(workforce.role == IC, np.nan_to_num(workforce.exposure), 0.0)
    if not np.any(exposure > 0):
        return nobody("ai_substitution"), 0
    gain = max(past.ai_gain + float(settings.layoffs_ai_perception_gap), 0.0)
    left = max(gain / (1.0 + gain) * past.ic_positions - past.ai_closed, 0.0)
    luck = dice(SELECTION, np.zeros(1, np.int64), workforce.week, FRACTIONS)[0]
    positions = floor(through * left + luck[0])
    closed = min(positions, past.vacancies)
    weight = weights(workforce, settings) * exposure
    key = race_times(weight, dice(SELECTION, workforce.pid, workforce.week, BY_AI)[:, 0])
    candidates = ~gone & (workforce.role == IC) & (workforce.boss >= 0)
    count = floor(float(settings.layoffs_ai_layoff_share) * (positions - closed) + luck[1])
    count = min(count, np.count_nonzero(candidates & np.isfinite(key)))
    return _pick(
        workforce, "ai_substitution", candidates, count, weight, key, "layoffs.ai_pass_through"
    ), closed


def budget(workforce: Workforce, settings: Settings, dice: Dice, gone: np.ndarray, past: Past) -> Cuts:
    """Return who goes after two quarters running with cost per value above the target.

    Management takes value as given, so cost must fall by its part above the target, 1 - target/(cost per value) of the last
    quarter. Pay of those who go anyway this week counts towards it; then people go in the order of selection until their
    pay covers the rest, at most `budget_max_share` of the people. A quarter without value is infinitely dear.
    """
    target = float(settings.layoffs_budget_target)
    if not _quarter_ends(workforce.week):
        return nobody("budget")
    quarters = [x if x > 0 else inf for x in past.cost_per_value]  # NaN is not above 0
    if len(quarters) < 2 or min(quarters[-2:]) <= target:
        return nobody("budget")
    missing = (1.0 - target / quarters[-1]) * past.cost_per_year - workforce.pay[gone].sum()
    score, key = standing(workforce, settings, dice, int(settings.layoffs_budget_select), BY_BUDGET)
    candidates = ~gone & (workforce.boss >= 0)
    able = np.flatnonzero(candidates & np.isfinite(key))
    order = able[smallest(key[able], workforce.pid[able], len(able))]
    # The saving may be met exactly: rounding must not add a person.
    count = int(np.searchsorted(np.cumsum(workforce.pay[order]), missing * (1.0 - 1e-12), "left")) + 1
    most = share_of(float(settings.layoffs_budget_max_share), int(np.count_nonzero(~gone)))
    count = min(count, most, len(able)) if missing > 0 else 0
    return _pick(workforce, "budget", candidates, count, score, key, "layoffs.budget_target")


# --- Selection -----------------------------------------------------------------------------------------------------------


def standing(
    workforce: Workforce, settings: Settings, dice: Dice, select: int, sub: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return score (signal or weight) and key [n] of everybody: the smallest keys go first, infinite ones never."""
    if select == RANK:
        score = signal(workforce, settings, dice)
        return score, score
    score = weights(workforce, settings)
    return score, race_times(score, dice(SELECTION, workforce.pid, workforce.week, sub)[:, 0])


def signal(workforce: Workforce, settings: Settings, dice: Dice) -> np.ndarray:
    """Return the rating of everybody [n], standard normal within each role but for protection; high is good.

    One assessment a week: all regimes of a week see the same noise, and a person's noise depends on nobody else. Equal
    contributions (nobody has merged anything yet) are ordered by a draw of their own.
    """
    rho = float(settings.layoffs_rho)
    ties = dice(SELECTION, workforce.pid, workforce.week, TIES)[:, 0]
    merit = normal_scores_in_groups(workforce.output, workforce.role, ties, workforce.pid)
    noise = normal(dice(LAYOFF, workforce.pid, workforce.week, 0)[:, 1])
    rating: np.ndarray = rho * merit + sqrt(1.0 - rho * rho) * noise + protection(workforce, settings)
    return rating


def weights(workforce: Workforce, settings: Settings) -> np.ndarray:
    """Return the weight [n] of everybody: how much more readily one is drawn than an IC of average pay and long tenure."""
    manager = workforce.role == MANAGER
    narrow = np.where(
        manager, 1.0 - np.minimum(workforce.reports / max(settings.layoffs_full_span, 1), 1.0), 0.0
    )
    exposure = np.nan_to_num(workforce.exposure)
    weight = np.where(manager, settings.layoffs_weight_manager, 1.0)
    weight = weight * float(settings.layoffs_weight_layer) ** np.where(
        manager, np.maximum(workforce.layer - 1, 0), 0
    )
    weight = weight * np.where(workforce.tenure < NEW, settings.layoffs_weight_new, 1.0)
    weight = (
        weight
        * float(settings.layoffs_weight_span) ** narrow
        * float(settings.layoffs_weight_exposure) ** exposure
    )
    for role in (IC, MANAGER):
        of_role = workforce.role == role
        pay = workforce.pay[of_role & (workforce.boss >= 0)]  # the pay of a root is no measure of the others'
        if len(pay) and pay.mean() > 0:
            weight[of_role] *= (workforce.pay[of_role] / pay.mean()) ** float(settings.layoffs_weight_pay)
    protected: np.ndarray = weight * np.exp(-protection(workforce, settings))
    return protected


def protection(workforce: Workforce, settings: Settings) -> np.ndarray:
    """Return the protection [n] >= 0 of everybody: in standard deviations of the signal, or logs of the weight."""
    total = np.zeros(len(workforce.pid))
    manager = workforce.role == MANAGER
    for strength, attribute in (
        (settings.layoffs_protect_expertise, np.maximum(workforce.expertise, 0.0)),
        (
            settings.layoffs_protect_hands_on,
            np.where(manager & (workforce.hands_on > 0), workforce.currency, 0.0),
        ),
        (settings.layoffs_protect_ai, np.maximum(2.0 * workforce.fluency - 1.0, 0.0)),
        (settings.layoffs_protect_diverse, (manager & workforce.diverse).astype(np.float64)),
    ):
        has = attribute > 0  # an infinite strength times no attribute is no protection, not NaN
        total[has] += float(strength) * attribute[has]
    return total


# --- Helpers -------------------------------------------------------------------------------------------------------------


def nobody(rule: str) -> Cuts:
    """Return no cuts."""
    none = np.zeros(0)
    return Cuts(rule, none.astype(np.int64), none, none, none.astype(bool))


def _quarter_ends(week: int) -> bool:
    return week > 0 and week % QUARTER == 0


def _cuts(
    workforce: Workforce,
    rule: str,
    chosen: np.ndarray,
    score: np.ndarray,
    candidates: np.ndarray,
    peers: np.ndarray | None = None,
) -> Cuts:
    """Return *chosen* with their score and their percentile among the candidates (of the same *peers* [n], if given)."""
    if not len(chosen):
        return nobody(rule)
    chosen = chosen[np.argsort(workforce.pid[chosen])]
    standings = percentiles(score, np.where(candidates, 0, -1) if peers is None else peers)
    return Cuts(rule, chosen, score[chosen], standings[chosen], np.zeros(len(chosen), bool))


def _pick(
    workforce: Workforce,
    rule: str,
    candidates: np.ndarray,
    count: int,
    score: np.ndarray,
    key: np.ndarray,
    demand: str,
) -> Cuts:
    """Return the *count* candidates with the smallest keys. Raises UserError, naming the *demand*, if there are too few."""
    able = np.flatnonzero(candidates & (key < inf))
    _check_enough(workforce, count, int(np.count_nonzero(candidates)), len(able), demand)
    chosen = able[smallest(key[able], workforce.pid[able], count)]
    return _cuts(workforce, rule, chosen, score, candidates)


def _check_enough(workforce: Workforce, count: int, candidates: int, able: int, demand: str) -> None:
    if count > candidates:
        raise UserError(
            f"{demand} means {count:,} people in week {workforce.week}, but only {candidates:,} may be cut "
            "(the top never is); ask for fewer"
        )
    if count > able:
        raise UserError(
            f"{demand} means {count:,} people in week {workforce.week}, but of {candidates:,} candidates only {able:,} are "
            "not protected (infinite layoffs.protect_*, or weight 0); ask for fewer, or protect fewer"
        )


def _top_of(boss: np.ndarray) -> np.ndarray:
    """Return the position [n] of everybody's root, by pointer jumping."""
    top = np.where(boss >= 0, boss, np.arange(len(boss)))
    while not np.array_equal(top, top[top]):
        top = top[top]
    return top


def _surplus(workforce: Workforce, here: np.ndarray, key: np.ndarray, first: int, upper: int) -> np.ndarray:
    """Return bool [n]: managers beyond ceil(n/span) of each layer and root, n counting the reports who are *here*.

    A root without managers below has none. ICs that the displaced become do not count in n.
    """
    displaced = np.zeros(len(here), bool)
    top_of = _top_of(workforce.boss)
    below = here & (workforce.boss >= 0)
    for top in np.unique(top_of[below & (workforce.role == MANAGER)]).tolist():
        tree = below & (top_of == top)
        _thin(workforce, tree, key, first, upper, displaced)
        if upper:
            _drop_idle_layers(workforce, tree, key, first, upper, displaced)
    return displaced


def _other_reports(workforce: Workforce) -> np.ndarray:
    """Return how many reports [n] of everybody are neither ICs nor managers: they have no place in these arrays."""
    boss = workforce.boss[workforce.boss >= 0]
    return np.maximum(workforce.reports - np.bincount(boss, minlength=len(workforce.boss)), 0)


def _thin(
    workforce: Workforce, tree: np.ndarray, key: np.ndarray, first: int, upper: int, displaced: np.ndarray
) -> None:
    """Mark as displaced, layer by layer from below, the managers of a tree that the target spans make superfluous."""
    layer_of_boss = workforce.layer[workforce.boss]  # everybody in `tree` has a boss
    others = _other_reports(workforce)
    managers = tree & (workforce.role == MANAGER)
    for layer in range(1, int(workforce.layer[managers].max()) + 1):
        span = first if layer == 1 else upper
        peers = np.flatnonzero(managers & (workforce.layer == layer))
        if not span or not len(peers):
            continue
        under = tree & ~displaced & (layer_of_boss == layer)  # a root's layer is above all of `managers`
        led = np.count_nonzero(under) + int(others[peers].sum())
        surplus = max(len(peers) - ceil(led / span), 0)
        able = peers[key[peers] < inf]
        demand = f"layoffs.delayer_{'first' if layer == 1 else 'upper'}_span: {span}"
        _check_enough(workforce, surplus, len(peers), len(able), demand)
        displaced[able[smallest(key[able], workforce.pid[able], surplus)]] = True


def _drop_idle_layers(
    workforce: Workforce, tree: np.ndarray, key: np.ndarray, first: int, upper: int, displaced: np.ndarray
) -> None:
    """Mark layers right below the root as displaced while the root can lead those beneath within the target span.

    Without this a chain of single managers would stay above the last level that needs more than one.
    """
    layer_of_boss, others = workforce.layer[workforce.boss], _other_reports(workforce)
    others_of_root = int(
        others[(workforce.boss < 0) & np.isin(np.arange(len(tree)), workforce.boss[tree])].sum()
    )
    for layer in range(int(workforce.layer[tree].max()), 0, -1):
        stay = tree & ~displaced & (workforce.role == MANAGER) & (workforce.layer == layer)
        if not stay.any():
            continue
        to_root = tree & ~displaced & (workforce.layer < layer) & (layer_of_boss >= layer)
        led = np.count_nonzero(to_root) + int(others[stay].sum()) + others_of_root
        span = first if layer == 1 else upper
        if led > span or np.any(key[stay] == inf):
            return
        displaced |= stay
