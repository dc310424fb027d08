"""The points of a design at which its conditions hold, and which make a scenario; how many were left out.

A grid loses the points that are left out. A sample goes on until it has as many points as were asked for, so that they fill the
space that is left: Sobol's sequence is drawn on; of Latin hypercubes, one is sought of which just so many points remain, else
the first of a larger one are taken.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.errors import UserError
from sim.experiments.conditions import Condition
from sim.experiments.designs import MAX_POINTS, Axis, lhs, sobol
from sim.text.numbers import plural

LEAST_SHARE = 0.01  # of the points drawn that have to be feasible
ENOUGH = 1_000  # points drawn, by which the share is known well enough to give up
_SIZES = 12  # Latin hypercubes that are tried for one with the right number of points

Point = Mapping[str, object]
#: Why a point makes no scenario; None if it does.
Makes = Callable[[Point], str | None]


class HardlyFeasibleError(UserError):
    """Hardly any point of a design is feasible."""


@dataclass(frozen=True)
class LeftOut:
    """Points that are not run. drawn: all that were looked at; where: those at which a condition does not hold; unmade: those
    that make no scenario, with the reason of the first.
    """

    drawn: int
    where: int = 0
    unmade: int = 0
    reason: str = ""

    def words(self) -> str:
        """'12 of 64 points left out by where'; '' if none was."""
        parts = [f"{self.where:,} of {plural(self.drawn, 'point')} left out by where"] if self.where else []
        if self.unmade:
            of = "" if self.where else f" of {plural(self.drawn, 'point')} left out"
            parts.append(f"{self.unmade:,}{of} because they make no scenario (the first: {self.reason})")
        return ", ".join(parts)


NOTHING = LeftOut(0)


def feasible(
    points: Sequence[Point],
    conditions: Sequence[Condition],
    makes: Makes | None = None,
    most: int | None = None,
) -> tuple[list[Point], LeftOut]:
    """The points that remain, at most *most* of them, and what was left out before the last of these."""
    kept: list[Point] = []
    where = unmade = drawn = 0
    reason = ""
    for point in points:
        if most is not None and len(kept) == most:
            break
        drawn += 1
        if not all(condition.holds(point) for condition in conditions):
            where += 1
        elif makes is not None and (why := makes(point)) is not None:
            unmade += 1
            reason = reason or why
        else:
            kept.append(point)
    return kept, LeftOut(drawn, where, unmade, reason)


def sampled(
    design: str,
    vary: Mapping[str, Axis],
    samples: int,
    seed: int,
    conditions: Sequence[Condition],
    makes: Makes | None = None,
) -> tuple[list[Point], LeftOut]:
    """So many feasible points of an lhs or a sobol design. Raises HardlyFeasibleError, or UserError of a condition."""
    draw = lhs if design == "lhs" else sobol
    size = samples
    while True:
        kept, out = feasible(draw(vary, size, seed), conditions, makes, samples)
        if len(kept) == samples:
            break
        share = len(kept) / size
        if (size >= ENOUGH and share < LEAST_SHARE) or size == MAX_POINTS:
            raise HardlyFeasibleError(_too_few(len(kept), size, samples, out))
        size = min(MAX_POINTS, max(2 * size, math.ceil(1.1 * samples / max(share, LEAST_SHARE))))
    if design == "lhs" and out.drawn > samples:
        for smaller in _sizes(samples, out.drawn):
            every, told = feasible(draw(vary, smaller, seed), conditions, makes)
            if len(every) == samples:
                return every, told
    return kept, out


def _sizes(samples: int, near: int) -> Iterator[int]:
    """Sizes about *near*, the nearest first, each larger than the number of points that is sought."""
    for k in range(_SIZES):
        size = near + (k + 1) // 2 * (1 if k % 2 else -1)
        if samples < size <= MAX_POINTS:
            yield size


def _too_few(kept: int, drawn: int, samples: int, out: LeftOut) -> str:
    what = "is" if kept == 1 else "are"
    return (
        f"{kept:,} of {drawn:,} points drawn {what} feasible, too few for samples: {samples:,} ({out.words()}); "
        f"loosen the conditions, or vary narrower ranges"
    )
