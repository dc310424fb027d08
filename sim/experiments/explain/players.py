"""What the difference of two scenarios is split by: mechanisms that can be off, or statements in which they differ.

Both give the players, and a function from the players that are on to the two scenarios whose difference counts then.

A mechanism is off by a switch, or by values at which it makes no difference (`neutral` in `sim.parameters.sections`): the
parts of AI have few switches. A part of AI does nothing while AI writes nothing, so without *AI: writing* it is off, whether it
plays or not. It comes in after writing in half of the orders only: what the two do together is shared by both, half and half.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.errors import UserError
from sim.experiments.plausible import switched_on
from sim.parameters.sections import Values, can_act, explained, section_of
from sim.scenario.scenario import Scenario, diff

BY = ("mechanism", "difference")
Coalition = frozenset[int]
ScenariosOf = Callable[[Coalition], tuple[Scenario, Scenario]]


@dataclass(frozen=True)
class Player:
    """A mechanism with the settings that take it out, or a block of statements (path -> B's value).

    A setting that takes a mechanism out may be a function that gives it from the scenario's values. within: the mechanism
    without which it does nothing. idle: tells from a scenario's values that it does nothing, on or not.
    """

    name: str
    words: str
    settings: Mapping[str, Any]
    within: str = ""
    idle: Callable[[Values], bool] | None = None


#: Every mechanism that can be off. Switches that mean nothing without another one go with it.
MECHANISMS = tuple(Player(each.name, each.words, each.off, each.within, each.idle) for each in explained())
#: Without flow of work there is no outcome of work: that is another experiment, no mechanism that is switched off.
NO_MECHANISM = ("switches.flow",)

#: Ages are people's, but nobody has any until people retire.
_BLOCK_OF_SWITCH = {"switches.flow": "flow", "switches.retirement": "retirement"}
_BLOCK_WORDS = {
    "structure": "structure of the organisation",
    "ai": "AI",
    "governance": "AI strategy",
    "events": "dated events",
    "time": "time steps and warm-up",
}


def current(scenario: Scenario, path: str) -> Any:
    """The scenario's value of a parameter, or its dated events."""
    return scenario.events if path == "events" else scenario.values[path]


def by_mechanism(a: Scenario, b: Scenario) -> tuple[tuple[Player, ...], ScenariosOf]:
    """Mechanisms that do something in either scenario. Those that are not among the players on are off in both."""
    there = [_names_of(scenario) for scenario in (a, b)]
    players = tuple(player for player in MECHANISMS if player.name in there[0] | there[1])

    def scenarios_of(on: Coalition) -> tuple[Scenario, Scenario]:
        stay = {players[k].name for k in on}
        out = [p for p in players if p.name not in stay or (p.within and p.within not in stay)]
        # What does nothing in a scenario is left as it is: more of the scenarios are then the same, and are run once.
        made = [
            _without(s, [p for p in out if p.name in names]) for s, names in zip((a, b), there, strict=True)
        ]
        return made[0], made[1]

    return players, scenarios_of


def _names_of(scenario: Scenario) -> set[str]:
    """The mechanisms that do something in a scenario; in the table a part stands below what it is within."""
    names: set[str] = set()
    for player in MECHANISMS:
        if (not player.within or player.within in names) and _does_something(player, scenario):
            names.add(player.name)
    return names


def _does_something(player: Player, scenario: Scenario) -> bool:
    """True if the scenario has the mechanism on: a setting that takes it out has another value, and can act."""
    if player.idle is not None and all(player.idle(values) for values in _courses(scenario)):
        return False
    on = switched_on((scenario,))
    off = _settings(player, scenario)
    return any(
        current(scenario, path) != value and (section_of(path).switch == path or can_act(path, on))
        for path, value in off.items()
    )


def _courses(scenario: Scenario) -> list[dict[str, Any]]:
    """The values from the start, and those from each dated event that sets any; also of the base that it is held to."""
    found = [dict(scenario.values)]
    for event in scenario.events:
        found.append(found[-1] | dict(event.settings))
    return found if scenario.hold_base is None else [*found, *_courses(scenario.hold_base)]


def _settings(player: Player, scenario: Scenario) -> dict[str, Any]:
    """The settings that take a mechanism out of a scenario."""
    return {path: x(scenario.values) if callable(x) else x for path, x in player.settings.items()}


def _without(scenario: Scenario, out: Sequence[Player]) -> Scenario:
    off: dict[str, Any] = {}
    for player in out:
        off |= _settings(player, scenario)
    return scenario.with_values(off) if off else scenario


def by_difference(a: Scenario, b: Scenario) -> tuple[tuple[Player, ...], ScenariosOf]:
    """Blocks of statements in which B differs from A; those on are B's, the others A's. A single section is taken apart.

    With B's structure the scenario is derived from B, with A's from A; what `hold` keeps equal is measured against the base
    of that one, taken as it is. Raises UserError if that does not give A and B back.
    """
    found = blocks(a, b)
    if len(found) == 1 and "structure" not in found:  # one section: split by its statements
        found = {path: {path: value} for settings in found.values() for path, value in settings.items()}
    players = tuple(Player(name, _BLOCK_WORDS.get(name, name), settings) for name, settings in found.items())
    if len(players) < 2:
        only = players[0].words if players else "nothing that runs"
        raise UserError(
            f"{b.name} differs from {a.name} in one thing only ({only}), so there is nothing to split by difference; "
            "use --by mechanism"
        )
    paths = [path for name, settings in found.items() if name != "structure" for path in settings]

    def mixed(on: Coalition) -> Scenario:
        names = {players[k].name for k in on}
        home = b if "structure" in names else a
        values = {
            path: _value(b if name in names else a, path)
            for name, settings in found.items()
            if name != "structure"
            for path in settings
        }
        return home.with_values(values, hold_base=home.hold_base) if values else home

    for scenario, structure in ((a, a), (b, b if "structure" in found else a)):
        own = structure.with_values(
            {path: _value(scenario, path) for path in paths}, hold_base=structure.hold_base
        )
        if own.hash() != scenario.hash():
            raise UserError(
                f"the statements of {a.name} and {b.name} cannot be mixed: what organisation.hold keeps equal would change "
                "with them; use --by mechanism"
            )
    every = frozenset(range(len(players)))
    return players, lambda on: (a, a if not on else b if on == every else mixed(on))


def on_main_path(scenario: Scenario) -> Scenario:
    """The scenario without its alternative paths, which do not happen here."""
    return scenario.with_values({"paths": ()}, hold_base=scenario.hold_base) if scenario.paths else scenario


def blocks(a: Scenario, b: Scenario) -> dict[str, dict[str, Any]]:
    """Block -> path -> B's value of everything that differs; the structure comes first and is one block."""
    found: dict[str, dict[str, Any]] = {}
    for path, (_, value) in diff(a, b).items():
        if path != "paths":  # alternatives, which do not happen
            found.setdefault(_block(path), {})[path] = value
    if not found.get("structure") and _bases_differ(a, b):
        found["structure"] = {}
    return dict(sorted(found.items(), key=lambda item: (item[0] != "structure", item[0])))


def _bases_differ(a: Scenario, b: Scenario) -> bool:
    bases = [None if s.hold_base is None else s.hold_base.hash() for s in (a, b)]
    return bases[0] != bases[1]


def _block(path: str) -> str:
    section = path.split(".")[0]
    if section == "organisation":
        return "structure"
    if path == "ai.strategy":
        return "governance"
    if section == "switches":
        section = _BLOCK_OF_SWITCH.get(path) or section_of(path).paths[0].split(".")[0]
    return "communication" if section == "meetings" else section


def _value(scenario: Scenario, path: str) -> Any:
    if path.startswith("time."):
        return getattr(scenario, path.split(".")[1])
    return current(scenario, path)
