"""What the two designs of a rule are: their settings as the file states them, and what differs between them in words.

What differs is told at the base, with nothing varied; `orgsim compare` has the same words.
"""

from collections.abc import Iterator

from sim.experiments import cautions
from sim.experiments.designs import ends_of
from sim.experiments.differences import plain, what_differs
from sim.experiments.rules.file import Asked, Design
from sim.scenario.scenario import Scenario
from sim.scenario.settings import STRUCTURES
from sim.scenario.tree import left_out, tree_of

_STRUCTURAL = {f"organisation.{name}" for name in (*STRUCTURES, "remove_layer")}


def settings_words(asked: Asked, design: Design) -> str:
    """The settings of a design as they are stated: 'organisation.remove_layer 1', 'mine as it is'."""
    stated = [f"{path} {_written(value)}" for path, value in design.settings.items()]
    return ", ".join(stated) or f"{asked.base.name} as it is"


def _written(value: object) -> str:
    return f"[{', '.join(map(plain, value))}]" if isinstance(value, tuple) else plain(value)


def point_words(asked: Asked) -> str:
    """The point at which the difference is told."""
    held = f", {asked.hold} of both held equal to {asked.base.name}" if asked.hold else ""
    return f"with nothing varied{held}"


def differing(asked: Asked) -> tuple[str, str, list[str]]:
    """Which design is told from which, and what it has that the other has not, a line each; ('', '', []) without two designs.

    The other is the one without settings, the second where both or neither have some.
    """
    if len(asked.designs) < 2:
        return "", "", []
    pairs = list(zip(asked.designs, asked.made, strict=True))
    first, second = asked.designs
    told, other = reversed(pairs) if second.settings and not first.settings else pairs
    return told[0].name, other[0].name, what_differs(other[1], told[1])


def notes(asked: Asked) -> list[str]:
    """Where structures differ: that the way there is not in it, what AI answers decides, and whom a made structure leaves out."""
    varied = {"ai.answers", "switches.ai_answers"} & asked.axes.keys()
    asks = [] if len(asked.made) == 1 or varied else cautions.on_answers(asked.made, tree_of)
    missing = [
        f"{design.name}: {text}"
        for design, one in zip(asked.designs, asked.made, strict=True)
        for text in left_out(one)
    ]
    return [*cautions.as_event([*asked.made, *_shapes(asked)], tree_of), *asks, *missing]


def _shapes(asked: Asked) -> Iterator[Scenario]:
    """The first design with each value of what is varied of its structure, the ends of a range."""
    for path, axis in asked.axes.items():
        if path in _STRUCTURAL:
            yield from (asked.scenario(asked.designs[0], {path: value}) for value in ends_of(axis))
