"""What the difference of two scenarios is split by: mechanisms that can be off, or statements in which they differ.

Both give the players, and a function from the players that are on to the two scenarios whose difference counts then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import UserError
from sim.parameters.sections import explained, off_value, section_of
from sim.scenario.scenario import Scenario, diff

BY = ("mechanism", "difference")
Coalition = frozenset[int]
ScenariosOf = Callable[[Coalition], tuple[Scenario, Scenario]]


@dataclass(frozen=True)
class Player:
    """A mechanism with the settings that switch it off, or a block of statements (path -> B's value)."""

    name: str
    words: str
    settings: Mapping[str, Any]


#: Every mechanism that can be off. Switches that mean nothing without another one go with it.
MECHANISMS = tuple(
    Player(name, words, {switch: off_value(switch) for switch in switches})
    for name, (words, switches) in explained().items()
)
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
    """Mechanisms that are on in either scenario. Those that are not among the players on are off in both."""
    players = tuple(
        player
        for player in MECHANISMS
        if any(current(s, path) != off for s in (a, b) for path, off in player.settings.items())
    )

    def scenarios_of(on: Coalition) -> tuple[Scenario, Scenario]:
        off = {
            path: value
            for k, player in enumerate(players)
            if k not in on
            for path, value in player.settings.items()
        }
        return (a.with_values(off), b.with_values(off)) if off else (a, b)

    return players, scenarios_of


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
