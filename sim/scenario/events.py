"""Dated events of a scenario: what is done to people or parameters at the end of a given week, and alternative paths.

```yaml
events:
  - {week: 26, lay_off: {role: manager, layer: 1, share: 0.25, choose: lowest_output}}
  - {week: 30, move: {share: 0.2}}
  - {week: 52, set: {ai.share_of_code: 0.5}}
```

An event is what somebody would do by hand between two weeks (`sim.people.interventions` does it): it comes after everything that
happens by itself at that week's end, in the order of the list. Until its week, an organisation with the event is the same
as without it, hour by hour, on the same dice: a reorganisation branches from a common past.

`paths` are such branches side by side: each is a list of events besides the common ones.

Only declarations and checks, no NumPy, so that scenarios load at once.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sim.errors import UserError
from sim.organisation.levels import in_words as layer_in_words
from sim.organisation.levels import read_layer, refused_of_layers, steps_below_top
from sim.parameters.changing import takes_effect
from sim.parameters.registry import REGISTRY
from sim.parameters.sections import is_on
from sim.scenario.by_layer import BY_LAYER, check_list, expanded
from sim.scenario.event_values import all_of, hint, key_name, one_of, short, whole
from sim.scenario.openings import KEYS as OPENING_KEYS
from sim.scenario.openings import Opening, check_opening, read_opening

RANDOM = "random"
#: How people are chosen among those whom an event may concern. Ties are broken at random, on the run's dice.
CHOICES = (
    RANDOM, "lowest_output", "highest_output", "lowest_skill", "highest_skill", "shortest_tenure", "longest_tenure",
    "lowest_aptitude", "highest_aptitude",
)  # fmt: skip
ROLES = ("ic", "manager")
#: Into which seat somebody is promoted: that of the own boss, who becomes an IC in turn, or one that is vacant.
PLACES = ("boss", "vacant")
#: Action -> (what it does, roles that it may concern). The first role is meant where none is stated; none: it must be.
ACTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "lay_off": ("people are laid off, with all consequences; their seats are closed unless refill is true", ROLES),
    "convert": ("managers become ICs of their bosses; their seats are closed", ("manager",)),
    "promote": ("people take the place of their boss, who takes theirs, or a vacant manager's seat", ("ic", "manager")),
    "hire": ("vacant seats are filled from outside at once; open makes them", ROLES),
    "open": ("new seats are made, for ICs or for managers with teams, and filled by hiring or at once", ROLES),
    "move": ("ICs change teams among each other, so that everybody gets another boss where that is possible", ("ic",)),
    "follow": ("nothing is done to them: the prospects of these people are reported, on every path", ROLES),
    "set": ("parameters change from then on", ()),
}  # fmt: skip
MAX_EVENTS = 500
MAX_PATHS = 20
_WHO = ("role", "layer", "number", "share", "choose", "followed")
_ALSO = {"lay_off": ("refill",), "promote": ("into", "refill")}
_NOT = {"hire": ("choose", "followed"), "follow": ("followed",), "move": ("layer",)}


@dataclass(frozen=True)
class Who:
    """Whom an event concerns. role: "ic", "manager" or "" (either). layer: of managers, from below, "top-1" or a job level (see
    `sim.organisation.levels`), 0 for any.

    number: of people, or share: of the group, the other is None. Those are taken whom *choose* puts first; where a group has
    become smaller than *number*, everybody in it. followed: only people who are followed.
    """

    role: str
    layer: int | str = 0
    number: int | None = None
    share: float | None = None
    choose: str = RANDOM
    followed: bool = False

    def how_many(self, group: int) -> int:
        """Return how many people of a *group* of that size: shares are rounded half up."""
        wanted = math.floor(self.share * group + 0.5) if self.share is not None else self.number or 0
        return min(wanted, group)


@dataclass(frozen=True)
class DatedEvent:
    """One dated event. week: at whose end, counted after the warm-up. who: None for ``set`` and ``open``.

    settings: path -> value of ``set``. seats: those that ``open`` makes.

    into: see `PLACES`, of ``promote``. refill: the seats left are filled as hiring.policy says.
    """

    week: int
    action: str
    who: Who | None = None
    settings: tuple[tuple[str, float | int | bool | str], ...] = ()
    into: str = ""
    refill: bool = False
    seats: Opening | None = None

    def to_dict(self) -> dict[str, Any]:
        """The event as it would be written, as plain JSON data."""
        if self.seats is not None:
            return {"week": self.week, self.action: self.seats.to_dict()}
        if self.who is None:
            settings = {path: ".inf" if value == math.inf else value for path, value in self.settings}
            return {"week": self.week, self.action: settings}
        stated = {name: getattr(self.who, name) for name in _WHO}
        stated = {
            name: value
            for name, value in stated.items()
            if value not in (None, "", False) and (name, value) != ("layer", 0)
        }
        if self.into:
            stated["into"] = self.into
        if self.refill:
            stated["refill"] = True
        return {"week": self.week, self.action: stated}


def settings_on(values: Mapping[str, Any], events: Iterable[DatedEvent]) -> set[str]:
    """The settings that are on: from the start by *values*, or from the date of one of the *events* on."""
    on = {path for path, value in values.items() if is_on(value)}
    for event in events:
        on |= {"events", f"events.{event.action}"}
        on |= {path for path, value in event.settings if is_on(value)}
    return on


def names_layers(events: Iterable[DatedEvent]) -> bool:
    """Whether an event counts a layer from the top, or names a job level."""
    return any(event.who is not None and isinstance(event.who.layer, str) for event in events)


def in_words(event: DatedEvent) -> str:
    """The event as one phrase: "week 26: lay off 25 % of the managers in layer 1 (lowest output)"."""
    if event.seats is not None:
        return f"week {event.week}: open {event.seats.in_words()}"
    if event.who is None:
        return f"week {event.week}: set " + ", ".join(f"{path} to {value}" for path, value in event.settings)
    who = event.who
    people = {"ic": "ICs", "manager": "managers", "": "people"}[who.role]
    if isinstance(who.layer, str):
        people = layer_in_words(who.layer)
    elif who.layer:
        people += f" in layer {who.layer}"
    if who.followed:
        people = f"followed {people}"
    amount = f"{who.number:,} {people}" if who.share is None else f"{100 * who.share:g} % of the {people}"
    if who.share == 1:
        amount = f"all {people}"
    chosen = (
        ""
        if who.share == 1
        else f" ({'at random' if who.choose == RANDOM else who.choose.replace('_', ' ')})"
    )
    into = {"": "", "boss": " into their bosses' places", "vacant": " into vacant seats"}[event.into]
    return f"week {event.week}: {event.action.replace('_', ' ')} {amount}{into}{chosen}"


def keys_of(action: str) -> tuple[str, ...]:
    """The keys that may stand below *action* (not ``set``, whose keys are parameters)."""
    if action == "open":
        return OPENING_KEYS
    return tuple(key for key in (*_WHO, *_ALSO.get(action, ())) if key not in _NOT.get(action, ()))


# ---- reading


def read_events(value: object, place: str = "events") -> tuple[DatedEvent, ...]:
    """Return the events that a list of a scenario states. Raises `UserError` naming *place* and item."""
    if not isinstance(value, (list, tuple)):
        raise UserError(
            f"{place}: expected a list such as [{{week: 26, lay_off: {{role: manager, share: 0.1}}}}]"
        )
    if len(value) > MAX_EVENTS:
        raise UserError(f"{place}: {len(value):,} events are more than {MAX_EVENTS}")
    return tuple(all_of(partial(_read, item, f"{place}[{k}]") for k, item in enumerate(value)))


def _read(item: object, place: str) -> DatedEvent:
    return item if isinstance(item, DatedEvent) else _event(item, place)


def read_paths(value: object) -> tuple[tuple[str, tuple[DatedEvent, ...]], ...]:
    """Return (name, events) of the alternative paths that a scenario states. Raises `UserError`."""
    if isinstance(value, tuple):
        value = dict(value)
    if not isinstance(value, Mapping) or not 2 <= len(value) <= MAX_PATHS:
        raise UserError(
            f"paths: expected 2 to {MAX_PATHS} names with their events, such as "
            f"{{as it is: [], moved: [{{week: 26, move: {{share: 0.2}}}}]}}; got {short(value)}"
        )
    read = all_of(partial(read_events, given or (), f"paths.{name}") for name, given in value.items())
    return tuple(zip(map(str, value), read, strict=True))


def _event(item: object, place: str) -> DatedEvent:
    example = "{week: 26, lay_off: {role: manager, share: 0.1}}"
    if not isinstance(item, dict):
        raise UserError(f"{place}: expected an event such as {example}; got {short(item)}")
    named = [key for key in item if key != "week"]
    for key in named:
        if key not in ACTIONS:
            raise UserError(f"{place}.{key_name(key)}: unknown action{hint(key, tuple(ACTIONS))}")
    if len(named) != 1:
        raise UserError(f"{place}: expected week and one of {', '.join(ACTIONS)}, such as {example}")
    week = whole(item.get("week"), f"{place}.week", 0, 5199, "weeks after the warm-up")
    action, given = named[0], item[named[0]]
    inside = f"{place}.{action}"
    if not isinstance(given, dict):
        raise UserError(f"{inside}: expected keys below it, such as {example}; got {short(given)}")
    if action == "set":
        return DatedEvent(week, action, settings=_settings(given, inside))
    if action == "open":
        return DatedEvent(week, action, seats=read_opening(given, inside))
    known = keys_of(action)
    unknown = [
        f"{inside}.{key_name(key)}: unknown key{hint(key, known)}" for key in given if key not in known
    ]
    if unknown:
        raise UserError("\n".join(unknown))
    into = one_of(given.get("into", PLACES[0]), PLACES, f"{inside}.into") if action == "promote" else ""
    refill = given.get("refill", action == "promote")
    if not isinstance(refill, bool):
        raise UserError(f"{inside}.refill: expected true or false, got {short(refill)}")
    return DatedEvent(week, action, _who(given, action, inside), into=into, refill=refill and action in _ALSO)


def _who(given: Mapping[str, Any], action: str, place: str) -> Who:
    roles = ACTIONS[action][1]
    followed = given.get("followed", False)
    if not isinstance(followed, bool):
        raise UserError(f"{place}.followed: expected true or false, got {short(followed)}")
    role = given.get("role", "" if followed and len(roles) > 1 else roles[0])
    if role in ("other", "others"):
        raise UserError(
            f"{place}.role: {role}: other people are heads and pay here, the model knows nothing of their work: whatever cuts "
            f"them would look free; use {' or '.join(roles)}"
        )
    if role:
        role = one_of(role, roles, f"{place}.role")
    if "role" not in given and action == "lay_off" and not followed:
        raise UserError(f"{place}.role: is missing; say who: {' or '.join(ROLES)}")
    layer = given.get("layer", 0)
    if isinstance(layer, str):
        layer = read_layer(layer, f"{place}.layer")
    else:
        layer = whole(layer, f"{place}.layer", 0, 100, "layers, 1 = first-line managers")
    if layer and role == "ic":
        raise UserError(f"{place}.layer: {layer}: ICs have no layer; use role: manager, or leave layer out")
    choose = one_of(given.get("choose", RANDOM), CHOICES, f"{place}.choose")
    number, share = given.get("number"), given.get("share")
    if followed and number is None and share is None:
        share = 1.0
    if (number is None) == (share is None):
        raise UserError(f"{place}: expected either number (people) or share (of the group, 0 to 1)")
    if share is not None and (
        isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share <= 1
    ):
        raise UserError(
            f"{place}.share: {short(share)} is outside 0 to 1 of the group; use number for a count of people"
        )
    if number is not None:
        number = whole(number, f"{place}.number", 1, 200_000, "people")
    return Who(role, layer, number, None if share is None else float(share), choose, followed)


def _settings(given: Mapping[str, Any], place: str) -> tuple[tuple[str, float | int | bool | str], ...]:
    if not given:
        raise UserError(f"{place}: expected parameters and their values, such as {{ai.share_of_code: 0.5}}")
    made: dict[str, Any] = {}
    for path, value in given.items():
        if path in BY_LAYER:
            made[path] = check_list(path, value, f"{place}.")
            for layer in BY_LAYER[path]:
                takes_effect(layer, f"{place}: ")
            continue
        if path not in REGISTRY:
            raise UserError(f"{place}.{key_name(path)}: unknown parameter{hint(path, tuple(REGISTRY))}")
        if path != "ai.share_of_code":
            takes_effect(path, f"{place}: ")
        if isinstance(value, (list, dict)) or value is None:
            raise UserError(f"{place}.{path}: expected one value, got {short(value)}")
        made[path] = REGISTRY[path].check(value, f"{place}: ")
    return tuple(expanded(made, dict.fromkeys(made, place)).items())


# ---- checking against the scenario


def check_events(
    events: tuple[DatedEvent, ...],
    place: str,
    weeks: int,
    values: Mapping[str, Any],
    ics: int | None,
    managers: tuple[int, ...] | None,
    before: tuple[DatedEvent, ...] = (),
) -> None:
    """Raise `UserError` where an event cannot happen.

    ics, managers: number at the start, of managers in each layer, None if not known yet; before: events that come before.
    """
    check_seats(events, place, values, ics, managers, before)
    all_of(
        partial(_check_event, event, f"{place}[{k}]", weeks, values, ics, managers, (*before, *events[:k]))
        for k, event in enumerate(events)
    )


def _check_event(
    event: DatedEvent,
    at: str,
    weeks: int,
    values: Mapping[str, Any],
    ics: int | None,
    managers: tuple[int, ...] | None,
    earlier: tuple[DatedEvent, ...],
) -> None:
    """Raise `UserError` where the event *at* that place cannot happen after those *earlier* ones; see `check_events`."""
    if event.week >= weeks:
        raise UserError(
            f"{at}.week: week {event.week} is after the end; the last week with a week after it is {weeks - 1}"
        )
    if event.who is None:
        _check_settings(event, at, values)
        return
    if event.who.followed and not any(one.action == "follow" for one in (*earlier, event)):
        raise UserError(f"{at}.{event.action}.followed: nobody is followed yet; put a follow event before it")
    if managers is None:
        return
    layer, layers = event.who.layer, len(managers)
    if isinstance(layer, str):
        if refused := refused_of_layers(layer, layers):
            raise UserError(f"{at}.{event.action}.layer: {refused}")
        layer = layers - steps_below_top(layer)
    if layer > layers - (event.action not in ("hire", "follow")):
        top = f"; layer {layers} is the top, whom nobody could stand in for" if layer == layers else ""
        raise UserError(
            f"{at}.{event.action}.layer: {layer} is not there: layers 1 to {max(layers - 1, 0)}{top}"
        )
    if event.who.number and event.action != "hire":
        who = replace(event.who, layer=layer)
        _check_number(who, event.who.number, f"{at}.{event.action}", earlier, ics, managers)


def _check_number(
    who: Who,
    number: int,
    place: str,
    earlier: tuple[DatedEvent, ...],
    ics: int | None,
    managers: tuple[int, ...],
) -> None:
    """Raise `UserError` if an event names more people than there can be, after those whom earlier events have taken."""
    assert isinstance(who.layer, int)
    there = ics if who.role == "ic" else managers[who.layer - 1] if who.layer else sum(managers[:-1])
    if there is None or not who.role:
        return
    taken = 0
    for other in earlier:
        if other.action in ("hire", "promote"):
            taken = 0  # there are others by then
        elif other.seats is not None and who.layer <= 1:
            there += other.seats.heads(who.role)
        elif other.action in ("lay_off", "convert") and other.who is not None and other.who.role == who.role:
            taken += (
                other.who.number or 0 if who.layer in (0, other.who.layer) else 0
            )  # a word: as if of others
    if number + taken > there:
        people = "ICs" if who.role == "ic" else "managers (without the top)"
        gone = f", of whom {taken:,} have gone by then" if taken else ""
        raise UserError(
            f"{place}.number: {number:,} are more than there are: {there:,} {people} at the start{gone}; "
            f"use share, or a smaller number"
        )


def check_seats(
    events: tuple[DatedEvent, ...],
    place: str,
    values: Mapping[str, Any],
    ics: int | None,
    managers: Sequence[int] | None,
    before: tuple[DatedEvent, ...] = (),
) -> None:
    """Raise `UserError` where *events* open seats that cannot be opened, after those of *before*; see `check_events`."""
    for k, event in enumerate(events):
        if event.seats is None:
            continue
        earlier = (*before, *events[:k])
        opened = sum(one.seats.heads() for one in earlier if one.seats is not None)
        hires = bool(values["switches.hiring"]) or any(
            ("switches.hiring", True) in one.settings for one in earlier
        )
        check_opening(event.seats, f"{place}[{k}].open", ics, managers, opened, hires)


def _check_settings(event: DatedEvent, at: str, values: Mapping[str, Any]) -> None:
    for path, value in event.settings:
        if path == "ai.share_of_code" and value and not values["switches.ai"]:
            raise UserError(f"{at}.set.{path}: AI is off in this scenario; start it with switches.ai: true")
        if path == "ai.agent_fraction" and not values[path]:
            raise UserError(f"{at}.set.{path}: nobody has an AI agent; start with it above 0")
        if path == "managers.hands_on_share" and not (values[path] and values["switches.hands_on"]):
            raise UserError(f"{at}.set.{path}: nobody has a desk; start with it above 0")
