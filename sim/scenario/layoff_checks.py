"""Checks of what a scenario demands of its people: dates after the end, more cuts than there are people, protection of nearly
everybody; and warnings about demands that come to nothing.

Only arithmetic, no NumPy, so that scenarios load at once. Demands are checked against the organisation of week 0, as far
as its numbers are known without a tree; `check_cuts` does it once more with the tree's own (charts, `hold`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, erf, inf, sqrt
from typing import Any

from sim.constants import NEW, QUARTER
from sim.errors import UserError
from sim.organisation.headcounts import refused_layer, share_of
from sim.organisation.tenure import share_of_at_least
from sim.scenario.checked import Checked
from sim.text.numbers import plural

#: Weeks that consequences of a cut need at least before they show.
LATE = 4
#: Deviations (sd) of a number of protected people that are as good as impossible.
FAR = 3.0
PROTECTIONS = ("expertise", "hands_on", "ai", "diverse")
_DELAYER = ("layoffs.delayer_first_span", "layoffs.delayer_upper_span", "layoffs.delayer_remove_layer")
#: Settings of a regime -> the demands without which they do nothing.
_IDLE: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("layoffs.wave_week", "layoffs.wave_scope", "layoffs.wave_select"): ("layoffs.wave_fraction",),
    ("layoffs.delayer_week", "layoffs.delayer_convert", "layoffs.delayer_select"): _DELAYER,
    ("layoffs.performance_weeks",): ("layoffs.performance_share",),
    ("layoffs.ai_layoff_share",): ("layoffs.ai_pass_through",),
    ("layoffs.budget_max_share", "layoffs.budget_select"): ("layoffs.budget_target",),
}


@dataclass(frozen=True)
class Heads:
    """People at week 0. ics: None if not known yet. managers: in layer 1, 2, ... up to the top; led: of these, with a boss.

    loose: ICs without a boss, who are not cut. tenures: of ICs and of the managers in layer 1, 2, ..., how many are in each
    band of `sim.organisation.tenure.BANDS`; empty: nothing is known of anybody's tenure.
    """

    ics: int | None
    managers: tuple[int, ...]
    led: tuple[int, ...]
    loose: int = 0
    tenures: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def of_layers(cls, ics: int | None, managers: Sequence[int]) -> "Heads":
        """Those of an organisation with that many managers per layer, the last being the one top."""
        return cls(ics, tuple(managers), (*managers[:-1], 0))

    def scope(self, scope: str) -> tuple[int, int] | None:
        """(People of whom a wave takes its share, those of them who may be cut); None if not known."""
        managers = sum(self.managers), sum(self.led)
        if scope == "managers":
            return managers
        if self.ics is None:
            return None
        ics = self.ics, self.ics - self.loose
        return ics if scope == "ics" else (ics[0] + managers[0], ics[1] + managers[1])


def lays_off(values: Mapping[str, Any]) -> bool:
    """Does anybody get laid off under these parameters?"""
    return bool(values["switches.layoffs"]) and values["hiring.policy"] != "attrition_only"


def wanted(values: Mapping[str, Any], path: str) -> bool:
    """Is the demand *path* of a layoff regime on?"""
    return values[path] < inf if path == "layoffs.budget_target" else bool(values[path])


# ---- what cannot be


def check_dates(scenario: Checked) -> None:
    """Raise `UserError` for a cut whose first week is at or after the end of the horizon."""
    values, weeks = scenario.values, scenario.weeks
    if not lays_off(values):
        return
    dated = (
        ("layoffs.wave_week", ("layoffs.wave_fraction",), "the wave"),
        ("layoffs.delayer_week", _DELAYER, "the delayering"),
        ("layoffs.performance_weeks", ("layoffs.performance_share",), "the first rating"),
    )
    for path, demands, what in dated:
        week = values[path]
        if week >= weeks and any(wanted(values, demand) for demand in demands):
            raise UserError(
                f"{scenario.place(path)}{path}: {what} in week {week:g} is after the end: {weeks} weeks are simulated, and a "
                f"week must follow; use at most {weeks - 1}, or a time.weeks above {week:g}"
            )
    derived = (
        ("layoffs.ai_pass_through", QUARTER, "positions are closed at the end of a quarter"),
        ("layoffs.budget_target", 2 * QUARTER, "the budget is judged after two quarters"),
    )
    for path, week, why in derived:
        if week >= weeks and wanted(values, path):
            raise UserError(
                f"{scenario.place(path)}{path}: {why}, in week {week} at the earliest, and {weeks} weeks are simulated; use a "
                f"time.weeks above {week}, or leave {path} out"
            )


def check_cuts(scenario: Checked, heads: Heads) -> None:
    """Raise `UserError` for cuts that these people cannot meet."""
    values = scenario.values
    if not lays_off(values):
        return
    _check_layer(scenario, heads)
    for path, scope in _shares(values):
        there = heads.scope(scope)
        if there is None:
            continue
        people, able = there
        count = share_of(values[path], people)
        if count > able:
            who = "people" if scope == "all" else {"managers": "managers", "ics": "ICs"}[scope]
            most = int(1000 * able / people) / 1000
            raise UserError(
                f"{scenario.place(path)}{path}: {values[path]:g} of {people:,} {who} means {count:,}, but only {able:,} may be "
                f"cut (the top never is); use at most {most:g}"
            )
    for path, count, free, sd in _against_protection(values, heads):
        if count > free + FAR * sd:
            raise UserError(
                f"{scenario.place(path)}{path}: {values[path]:g} means {count:,} people, but only about {free:.0f} of those "
                f"who may be cut are not protected ({_protecting(values)}); ask for fewer, or protect fewer"
            )


def _check_layer(scenario: Checked, heads: Heads) -> None:
    path, values = "layoffs.delayer_remove_layer", scenario.values
    layer = values[path]
    if not layer:
        return
    if any(values[span] for span in _DELAYER[:2]):
        raise UserError(
            f"{scenario.place(path)}{path}: a layer goes, or spans are raised; set layoffs.delayer_first_span and "
            f"layoffs.delayer_upper_span to 0, or {path}"
        )
    removable = [k for k, count in enumerate(heads.led, 1) if count]
    if layer not in removable:
        raise UserError(f"{scenario.place(path)}{path}: {refused_layer(layer, heads.managers, removable)}")


def _shares(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(Path, scope) of the regimes that take a share of people."""
    if values["layoffs.wave_fraction"]:
        yield "layoffs.wave_fraction", values["layoffs.wave_scope"]
    if values["layoffs.performance_share"]:
        yield "layoffs.performance_share", "all"


# ---- protection


def _against_protection(values: Mapping[str, Any], heads: Heads) -> Iterator[tuple[str, int, float, float]]:
    """(Path, people demanded, expected number not protected, its sd) of the demands that protection may thwart."""
    for path, scope in _shares(values):
        there = heads.scope(scope)
        if there is None:
            continue
        select = values["layoffs.wave_select"] if path == "layoffs.wave_fraction" else "rank"
        groups = [] if scope == "managers" else [((heads.ics or 0) - heads.loose, 0)]
        groups += [] if scope == "ics" else [(count, layer) for layer, count in enumerate(heads.led, 1)]
        yield path, share_of(values[path], there[0]), *_unprotected(values, heads, groups, select)
    surplus, path = _surplus(values, heads), "layoffs.delayer_first_span"
    if surplus > 0:
        yield (
            path,
            surplus,
            *_unprotected(values, heads, [(heads.led[0], 1)], values["layoffs.delayer_select"]),
        )


def _unprotected(
    values: Mapping[str, Any], heads: Heads, groups: list[tuple[int, int]], select: str
) -> tuple[float, float]:
    """Expected number of those in *groups* (people, layer) who may be cut, and its standard deviation."""
    free = [(people, _free(values, heads, layer, select)) for people, layer in groups]
    return sum(n * share for n, share in free), sqrt(sum(n * share * (1.0 - share) for n, share in free))


def _free(values: Mapping[str, Any], heads: Heads, layer: int, select: str) -> float:
    """Share of the people in a layer (0: ICs) whom no infinite protection and no weight 0 keeps from being cut."""
    strength = {name: values[f"layoffs.protect_{name}"] == inf for name in PROTECTIONS}
    free = 1.0
    if strength["expertise"]:
        free *= 0.5  # above the mean
    if strength["ai"]:
        free *= _below_half(values)
    if layer and strength["diverse"]:
        free *= 1.0 - values["people.diverse_share"]
    desks = values["switches.hands_on"] and values["managers.hands_on_share"]
    if layer == 1 and strength["hands_on"] and desks:
        return 0.0
    if select == "weights":
        if layer and not values["layoffs.weight_manager"]:
            return 0.0
        if layer > 1 and not values["layoffs.weight_layer"]:
            return 0.0
        if not values["layoffs.weight_new"]:
            free *= _of_old_hands(values["people.tenure_mean_years"], heads, layer)
    return free


def _of_old_hands(mean: float, heads: Heads, layer: int) -> float:
    """Share of the people in a layer (0: ICs) who have been there for at least `NEW` years at week 0."""
    counts = heads.tenures[layer] if heads.tenures else (1,)
    shares = (share_of_at_least(NEW, band, mean) for band in range(len(counts)))
    return sum(count * share for count, share in zip(counts, shares, strict=True)) / sum(counts)


def _below_half(values: Mapping[str, Any]) -> float:
    """Share of people with AI fluency up to one half, at week 0; any share where the strategy moves it (none known)."""
    if values["ai.strategy"] != "none":
        return 1.0
    mean, sd = values["ai.fluency_mean"], values["ai.fluency_sd"]
    if sd <= 0 or not values["switches.skill_differences"]:
        return float(mean <= 0.5)
    return 0.5 * (1.0 + erf((0.5 - mean) / (sd * sqrt(2.0))))


def _protecting(values: Mapping[str, Any]) -> str:
    """The settings that protect, for a message."""
    infinite = [f"layoffs.protect_{name}: .inf" for name in PROTECTIONS]
    infinite = [text for text in infinite if values[text.partition(":")[0]] == inf]
    zero = [f"layoffs.weight_{name}" for name in ("manager", "layer", "new")]
    return ", ".join([*infinite, *(f"{path}: 0" for path in zero if values[path] == 0)])


# ---- what is hardly meant


def hardly_meant(scenario: Checked, heads: Heads | None) -> Iterator[str]:
    """Warnings about demands on people that are allowed, but come to nothing or cannot be seen."""
    values = scenario.values
    yield from _hiring(scenario)
    if not values["switches.layoffs"]:
        return
    stated = [path for path in scenario.overrides if path.startswith("layoffs.")]
    if not lays_off(values):
        if stated:
            yield "layoffs: these parameters have no effect under hiring.policy: attrition_only, which lays nobody off"
        return
    later = {
        path
        for events in (scenario.events, *(own for _, own in scenario.paths))
        for event in events
        for path, _ in event.settings
    }
    for paths, demands in _IDLE.items():
        idle = [path for path in paths if path in scenario.overrides]
        if idle and not any(demand in later or wanted(values, demand) for demand in demands):
            yield f"{', '.join(idle)}: no effect while {' and '.join(demands)} {_off(demands)}"
    yield from _late(scenario)
    if heads is not None:
        yield from _to_nothing(values, heads)


def _off(demands: tuple[str, ...]) -> str:
    value = ".inf" if demands == ("layoffs.budget_target",) else "0"
    return f"is {value}" if len(demands) == 1 else f"are {value}"


def _late(scenario: Checked) -> Iterator[str]:
    values, weeks = scenario.values, scenario.weeks
    for path, demands in (
        ("layoffs.wave_week", ("layoffs.wave_fraction",)),
        ("layoffs.delayer_week", _DELAYER),
    ):
        left = weeks - values[path]
        if 0 < left < LATE and any(wanted(values, demand) for demand in demands):
            yield (
                f"{path}: week {values[path]} is {plural(left, 'week')} before the end; what follows from it hardly shows "
                f"in the outcomes"
            )


def _hiring(scenario: Checked) -> Iterator[str]:
    values = scenario.values
    fills = values["switches.hiring"] and values["hiring.policy"] in ("backfill", "ai")
    if fills and values["hiring.delay_weeks"] >= scenario.weeks:
        yield (
            f"hiring.delay_weeks: {values['hiring.delay_weeks']:g} weeks on average are no shorter than the {scenario.weeks} "
            f"weeks simulated; hardly a vacancy is filled"
        )
    if values["switches.promotions"] and not fills:
        why = (
            "switches.hiring is off"
            if not values["switches.hiring"]
            else f"hiring.policy is {values['hiring.policy']}"
        )
        yield f"switches.promotions: no manager's seat is filled while {why}; nobody is promoted"


def _to_nothing(values: Mapping[str, Any], heads: Heads) -> Iterator[str]:
    """Cuts of nobody, of every IC, and those that protection may thwart in some runs."""
    for path, scope in _shares(values):
        there = heads.scope(scope)
        if there is None:
            continue
        count = share_of(values[path], there[0])
        if not count:
            yield f"{path}: {values[path]:g} of {there[0]:,} people rounds to nobody"
        if scope == "ics" and count == heads.ics:
            yield f"{path}: {values[path]:g} cuts every IC; nobody is left to do the work"
    for path, count, able, sd in _against_protection(values, heads):
        if count > able - FAR * sd and count <= able + FAR * sd and able < inf and _protecting(values):
            yield (
                f"{path}: {values[path]:g} means {count:,} people, and about {able:.0f} of those who may be cut are not "
                f"protected ({_protecting(values)}); runs in which they are too few will fail"
            )
    yield from _spans(values, heads)


def _surplus(values: Mapping[str, Any], heads: Heads) -> int:
    """First-line managers beyond what the target span needs; 0 if no target, or not known."""
    span: int = values["layoffs.delayer_first_span"]
    if not span or heads.ics is None or len(heads.led) < 2:
        return 0
    return max(heads.led[0] - ceil(heads.ics / span), 0)


def _spans(values: Mapping[str, Any], heads: Heads) -> Iterator[str]:
    first, upper = values["layoffs.delayer_first_span"], values["layoffs.delayer_upper_span"]
    led = heads.led
    if first and heads.ics is not None and not _surplus(values, heads):
        there = led[0] if led else 0
        why = (
            f"{heads.ics:,} ICs under {there:,} managers have no wider one"
            if there
            else "only the top leads ICs"
        )
        yield f"layoffs.delayer_first_span: a span of {first} displaces nobody at week 0; {why}"
    if upper and not any(led[1:]):
        yield "layoffs.delayer_upper_span: nobody is displaced; there are no managers between the first line and the top"
    elif (
        upper
        and heads.ics is not None
        and sum(led)
        and led[1] <= ceil((led[0] - _surplus(values, heads)) / upper)
    ):
        yield (
            f"layoffs.delayer_upper_span: a span of {upper} displaces nobody in layer 2 at week 0; {led[0]:,} managers under "
            f"{led[1]:,} have no wider one"
        )
