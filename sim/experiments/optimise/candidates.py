"""What proposes designs: asked for some, told how they did, asked again. Everything else of `optimise` knows only this."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sim.experiments.designs import Axis, Range, sobol

Point = Mapping[str, object]


@dataclass(frozen=True)
class Told:
    """How a candidate did. values: of the objectives, more is better; excess: of the constraints, above 0 where one is broken."""

    values: tuple[float, ...]
    excess: tuple[float, ...] = ()


def sayable(axis: Axis, value: object) -> object:
    """A value as people say it: of a range two to three digits, so that what is printed is what was simulated."""
    if not isinstance(axis, Range) or axis.integer or not isinstance(value, float):
        return value
    decimals = 2 - math.floor(math.log10(axis.high - axis.low))
    return min(max(round(value, decimals), float(axis.low)), float(axis.high))


class Candidates(Protocol):
    """Proposes designs. The same calls give the same designs."""

    def ask(self, count: int) -> list[Point]:
        """So many designs."""
        ...

    def tell(self, found: Sequence[Told]) -> None:
        """How those that were asked for last did, in their order."""
        ...


class Spread:
    """Designs spread over the space whatever they give: a scrambled Sobol sequence of `total` points."""

    def __init__(self, vary: Mapping[str, Axis], total: int, seed: int) -> None:
        self._points: list[Point] = [
            {path: sayable(vary[path], value) for path, value in point.items()}
            for point in sobol(vary, total, seed)
        ]

    def ask(self, count: int) -> list[Point]:
        """The next points."""
        taken, self._points = self._points[:count], self._points[count:]
        return taken

    def tell(self, found: Sequence[Told]) -> None:
        """Nothing is learnt."""
