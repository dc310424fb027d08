"""Over which worlds a verdict is tried: those that look like one of the scenarios, where one was fitted, else all plausible ones.

The fitted worlds are those of the base, or of the first other scenario that has a fit (`sim.experiments.fitted`). A parameter in
which the scenarios differ, or which one of them sets, keeps its values as everywhere ("holds in" never touches it); one that only
another scenario uses is drawn from its plausible range, as nothing was observed of it. Beside the figure over the fitted
worlds stands the one over all plausible worlds, so that it shows what the observed figures changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sim.experiments.designs import Range
from sim.experiments.fitted import Fitted, Unusable, read_fit
from sim.experiments.plausible import RangeResult, draws, over_ranges
from sim.scenario.files import shown
from sim.scenario.scenario import Scenario
from sim.simulation.results import Simulate

_SEED = 1  # of what nothing was observed of


@dataclass(frozen=True)
class Worlds:
    """Parameter sets that look like a scenario. like: its file."""

    like: str
    sets: Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Choice:
    """The fitted worlds, if any, and what must be said: a fit that is not used, or that there is none where there could be."""

    worlds: Worlds | None
    notices: tuple[str, ...]

    @property
    def count(self) -> int:
        """Fitted worlds."""
        return 0 if self.worlds is None else len(self.worlds.sets)

    @property
    def like(self) -> str:
        """The file of the scenario that was fitted; "" without one."""
        return "" if self.worlds is None else self.worlds.like


def choose(scenarios: Sequence[Scenario], ranges: Mapping[str, Range], count: int) -> Choice:
    """At most *count* worlds that look like one of the scenarios, for the parameters that are varied over *ranges*."""
    notices: list[str] = []
    if not count:
        return Choice(None, ())
    for scenario in scenarios:
        found = read_fit(scenario)
        if isinstance(found, Fitted):
            return Choice(
                Worlds(found.like, _completed(found.sets[:count], ranges)), tuple(dict.fromkeys(notices))
            )
        if isinstance(found, Unusable):
            notices.append(found.reason)
    if notices:
        return Choice(None, (f"{notices[0]}; verdicts are over all plausible worlds",))
    unfitted = next((s for s in scenarios if s.observed and s.path is not None), None)
    if unfitted is not None and unfitted.path is not None:
        file = shown(unfitted.path)
        notices.append(
            f"{unfitted.path.name}: what was observed is not used yet, verdicts are over all plausible worlds; orgsim fit {file} "
            f"finds those that look like it"
        )
    return Choice(None, tuple(notices))


def over_worlds(
    choice: Choice,
    scenarios: Sequence[Scenario],
    points: int,
    runs: int,
    seed: int,
    workers: int | None,
    simulate: Simulate,
    on_done: Callable[[], None],
) -> RangeResult:
    """Differences in the fitted worlds, with those in all plausible worlds beside them; without a fit, in the latter.

    points: plausible sets. The arguments are those of `sim.experiments.plausible.over_ranges`.
    """
    everywhere = over_ranges(scenarios, points, runs, seed, workers, simulate, on_done)
    if choice.worlds is None:
        return everywhere
    fitted = over_ranges(scenarios, 0, runs, seed, workers, simulate, on_done, design=choice.worlds.sets)
    return replace(fitted, like=choice.like, everywhere=everywhere)


def _completed(
    sets: Sequence[Mapping[str, object]], ranges: Mapping[str, Range]
) -> list[Mapping[str, object]]:
    """The sets, of the parameters that are varied; those of which they say nothing are drawn."""
    drawn = draws(ranges, len(sets), _SEED)
    return [
        {path: one.get(path, value) for path, value in other.items()}
        for one, other in zip(sets, drawn, strict=True)
    ]
