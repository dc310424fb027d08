"""Measures that `orgsim plan` knows, as dated events: what is asked for, what is written into the scenario, what is refused.

Light: no NumPy, so that a mistake is told at once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import UserError, comma_hint
from sim.organisation.headcounts import share_of
from sim.organisation.levels import in_words, read_layer
from sim.scenario.events import DatedEvent
from sim.scenario.scenario import Scenario
from sim.text.numbers import percent, plural

OPTIONS = "--remove-layer L, --lay-off 8%, --ai-share .4, --freeze or --grow 20"
FIRST_YEAR = 52  # weeks after the measure
#: With fewer weeks after the measure, what it does to learning and turnover has hardly begun.
ENOUGH_WEEKS = 26
_SHARE, _POLICY = "ai.share_of_code", "hiring.policy"


@dataclass(frozen=True)
class Asked:
    """What is asked for: week at whose end all of it is done, counted after the warm-up; None, False or 0: not asked for.

    remove_layer: as somebody wrote it, which the scenario's own checks read. lay_off: share of ICs and of managers. ai_share: of
    code. grow: seats of ICs that are opened. freeze_weeks: after so many, hiring is as before; None: it stays frozen.
    """

    week: int
    remove_layer: str | None = None
    lay_off: float | None = None
    ai_share: float | None = None
    freeze: bool = False
    grow: int | None = None
    freeze_weeks: int | None = None

    @property
    def nothing(self) -> bool:
        """True if no measure is named."""
        return self.remove_layer is None and not (
            self.lay_off or self.ai_share is not None or self.freeze or self.grow
        )

    @property
    def cuts(self) -> bool:
        """True if people are laid off by it."""
        return self.remove_layer is not None or bool(self.lay_off)

    def in_words(self) -> str:
        """The measure as one phrase: "remove layer 2 and lay off 8 %"."""
        parts = [
            f"lay off all {in_words(layer_of(self))}" if self.remove_layer is not None else "",
            f"lay off {100 * self.lay_off:g} %" if self.lay_off else "",
            f"open {plural(self.grow, 'seat')} for ICs" if self.grow else "",
            f"AI writes {percent(self.ai_share, 0)} % of the code" if self.ai_share is not None else "",
            _freeze_in_words(self),
        ]
        named = [part for part in parts if part]
        return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def _freeze_in_words(asked: Asked) -> str:
    if not asked.freeze:
        return ""
    return "freeze hiring" + (f" for {plural(asked.freeze_weeks, 'week')}" if asked.freeze_weeks else "")


def share(text: str, option: str, *, none: bool = False) -> float:
    """Return "8%", "8 %" or "0.08" as a fraction. Raises `UserError` naming *option* unless it is above 0 (none: or 0) and at
    most 1.
    """
    match = re.fullmatch(r"\s*(\d{0,9}(?:\.\d{0,12})?)\s*(%?)\s*", text)
    named = f"{option} {text[:40]}"
    if hint := comma_hint(text):
        raise UserError(f"{named}: {hint}")
    if match is None or not any(map(str.isdigit, match[1])):
        raise UserError(f"{named}: is no share; write a percentage or a fraction, such as 8% or 0.08")
    value = float(match[1]) / (100 if match[2] else 1)
    if match[2] == "" and 1 < value <= 100:
        raise UserError(f"{named}: is above 1; write {match[1]}% or {value / 100:g}")
    if not (0 < value <= 1 or (none and value == 0)):
        raise UserError(
            f"{named}: is outside 0 to 100 %; write a percentage or a fraction, such as 8% or 0.08"
        )
    return value


def separate(asked: Asked) -> list[Asked]:
    """Each measure of *asked* by itself. Raises `UserError` where fewer than two are named, or one cannot stand."""
    nothing = Asked(asked.week)
    made = [
        replace(nothing, remove_layer=asked.remove_layer),
        replace(nothing, lay_off=asked.lay_off),
        replace(nothing, ai_share=asked.ai_share),
        replace(nothing, freeze=asked.freeze, freeze_weeks=asked.freeze_weeks),
        replace(nothing, grow=asked.grow),
    ]
    named = [one for one in made if not one.nothing]
    if len(named) < 2:
        raise UserError(
            "--each: sets measures side by side, so it needs two or more; name another, or leave it out"
        )
    for one in named:
        check_named(one)
    return named


def short_name(asked: Asked) -> str:
    """One measure in two or three words, for a table: 'remove layer 2', 'lay off 8 %'."""
    if asked.remove_layer is not None:
        layer = layer_of(asked)
        return f"remove layer {layer}" if isinstance(layer, int) else f"remove {layer}"
    if asked.lay_off:
        return f"lay off {100 * asked.lay_off:g} %"
    if asked.grow:
        return f"grow {asked.grow}"
    if asked.ai_share is not None:
        return f"AI share {percent(asked.ai_share, 0)} %"
    return f"freeze {asked.freeze_weeks} weeks" if asked.freeze_weeks else "freeze"


def folder_name(asked: Asked) -> str:
    """'freeze-26-weeks': what the folder of one measure is called."""
    return re.sub(r"[^a-z0-9.]+", "-", short_name(asked).lower()).strip("-")[:60]


def check_named(asked: Asked) -> None:
    """Raise `UserError` where no measure is named, or two that contradict each other."""
    if asked.nothing:
        raise UserError(f"plan needs a measure: {OPTIONS}; such as: orgsim plan people --lay-off 8%")
    if asked.freeze and asked.grow:
        raise UserError(
            f"--grow {asked.grow}: cannot stand beside --freeze, under which nobody is hired; leave one of them out"
        )


def check(asked: Asked, base: Scenario) -> None:
    """Raise `UserError` where what is asked for would change nothing in *base*, or comes too late."""
    if asked.week >= base.weeks:
        raise UserError(
            f"--week {asked.week}: nothing is simulated after it, as the horizon is {plural(base.weeks, 'week')}; use --week "
            f"{base.weeks - 1} or less, or --weeks {asked.week + FIRST_YEAR}"
        )
    if asked.freeze and not base.values["switches.hiring"]:
        raise UserError(
            f"--freeze: nobody is hired in {base.name} anyway (switches.hiring: false); switch hiring on"
        )
    if asked.freeze and base.values[_POLICY] == "freeze":
        raise UserError(
            f"--freeze: hiring is frozen in {base.name} from the start ({_POLICY}: freeze); choose another measure"
        )
    thaw = asked.week + (asked.freeze_weeks or 0)
    if asked.freeze_weeks and thaw >= base.weeks:
        raise UserError(
            f"--freeze {asked.freeze_weeks}: ends in week {thaw}, but only {plural(base.weeks, 'week')} are simulated; write "
            f"--freeze alone for one that stays, or --weeks {thaw + ENOUGH_WEEKS}"
        )
    if asked.ai_share is not None and asked.ai_share == base.values[_SHARE]:
        raise UserError(f"--ai-share {asked.ai_share:g}: is what {base.name} has already; name another share")


def check_heads(asked: Asked, below_top: int, ics: int) -> None:
    """Raise `UserError` where a share of the people is nobody. below_top: managers who have a boss."""
    if asked.lay_off and not share_of(asked.lay_off, ics) and not share_of(asked.lay_off, below_top):
        raise UserError(
            f"--lay-off {100 * asked.lay_off:g}%: is nobody of {plural(ics, 'IC')} and {plural(below_top, 'manager')} below the "
            f"top; use a larger share"
        )


def short_horizon(asked: Asked, weeks: int) -> str:
    """Return a warning where few weeks are simulated after the measure, else ""."""
    after = weeks - asked.week
    if after >= ENOUGH_WEEKS:
        return ""
    return (
        f"only {plural(after, 'week')} of {weeks} are simulated after the measure in week {asked.week}: what it does to learning "
        f"and turnover has hardly begun, and a later break-even is not seen; use --weeks {asked.week + FIRST_YEAR}"
    )


# ---- as a scenario


def layer_of(asked: Asked) -> int | str:
    """The layer that goes, as an event names it: a number from below, "top-1", or a job level. Raises `UserError`."""
    text = (asked.remove_layer or "").strip()
    if not re.fullmatch(r"\d{1,6}", text):
        return read_layer(text, layer_option(asked))
    if not int(text):
        raise UserError(f"{layer_option(asked)}: removes nothing; name a layer, 1 = managers of ICs")
    return int(text)


def events_of(asked: Asked, base: Scenario) -> list[dict[str, Any]]:
    """The events that do to *base* what is asked for, as a scenario states them."""
    week, made = asked.week, []
    if asked.remove_layer is not None:
        made.append({"week": week, "lay_off": {"role": "manager", "layer": layer_of(asked), "share": 1.0}})
    if asked.lay_off:
        made += [
            {"week": week, "lay_off": {"role": role, "share": asked.lay_off}} for role in ("manager", "ic")
        ]
    if asked.grow:
        made.append({"week": week, "open": {"role": "ic", "count": asked.grow}})
    settings: dict[str, Any] = {} if asked.ai_share is None else {_SHARE: asked.ai_share}
    settings |= {_POLICY: "freeze"} if asked.freeze else {}
    made += [{"week": week, "set": settings}] if settings else []
    return [*made, *_thaw(asked, base)]


def _thaw(asked: Asked, base: Scenario) -> list[dict[str, Any]]:
    """The event that ends a freeze of some weeks: hiring goes on as it would without it at that date."""
    if not asked.freeze_weeks:
        return []
    week, before = asked.week + asked.freeze_weeks, base.values[_POLICY]
    for event in sorted(base.events, key=lambda event: event.week):
        if event.week <= week:
            before = dict(event.settings).get(_POLICY, before)
    return [{"week": week, "set": {_POLICY: before}}]


def with_measure(base: Scenario, asked: Asked) -> Scenario:
    """Return *base* with what is asked for. Raises `UserError` in the words of the options."""
    try:
        made = base.with_values({"events": (*base.events, *events_of(asked, base))})
    except UserError as error:
        raise UserError(told(error, asked, base)) from None
    return replace(made, name=f"{base.name}-plan")


def told(error: UserError, asked: Asked, base: Scenario) -> str:
    """The error in the words of the options: which of them it concerns, instead of a place in a file that is not there."""
    text = str(error)
    for k, event in enumerate(events_of(asked, base), len(base.events)):
        action = next(key for key in event if key != "week")
        place = f"events[{k}].{action}"
        if place in text:
            reason = text.partition(place)[2].lstrip(".: ").removeprefix("layer: ")
            return f"{_option(asked, event)}: {reason}"
    return text


def _option(asked: Asked, event: Mapping[str, Any]) -> str:
    """The option that an event comes from, with its value."""
    if "lay_off" in event:
        return (
            layer_option(asked)
            if "layer" in event["lay_off"]
            else f"--lay-off {100 * (asked.lay_off or 0):g}%"
        )
    if "open" in event:
        return f"--grow {asked.grow}"
    return f"--ai-share {asked.ai_share:g}" if asked.ai_share is not None else "--freeze"


def layer_option(asked: Asked) -> str:
    """The option that names the layer, for a message."""
    return f"--remove-layer {(asked.remove_layer or '')[:80]}"


def stated(event: DatedEvent | Mapping[str, Any]) -> dict[str, Any]:
    """An event as a scenario states it."""
    return event.to_dict() if isinstance(event, DatedEvent) else dict(event)
