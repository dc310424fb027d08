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
from sim.experiments.plausible import RangeResult, draws, over_ranges, varied
from sim.parameters.registry import REGISTRY
from sim.scenario.files import shown
from sim.scenario.scenario import Scenario
from sim.simulation.results import Simulate

_SEED = 1  # of what nothing was observed of


@dataclass(frozen=True)
class Choice:
    """The fitted worlds, if any, and what must be said: a fit that is not used, or that there is none where there could be.

    like: the file of the scenario that they look like, "" without any; sets: the parameter sets as they were fitted.
    """

    like: str = ""
    sets: tuple[Mapping[str, object], ...] = ()
    notices: tuple[str, ...] = ()

    def worlds(self, ranges: Mapping[str, Range]) -> list[Mapping[str, object]]:
        """The sets, of the parameters that are varied over *ranges*; those of which they say nothing are drawn."""
        drawn = draws(ranges, len(self.sets), _SEED) if self.sets else []
        return [
            {path: one.get(path, value) for path, value in other.items()}
            for one, other in zip(self.sets, drawn, strict=True)
        ]


def choose(scenarios: Sequence[Scenario], count: int) -> Choice:
    """At most *count* worlds that look like one of the scenarios; none for a count of 0."""
    notices: list[str] = []
    if not count:
        return Choice()
    for scenario in scenarios:
        found = read_fit(scenario)
        if isinstance(found, Fitted):
            return Choice(found.like, tuple(found.sets[:count]), tuple(dict.fromkeys(notices)))
        if isinstance(found, Unusable):
            notices.append(found.reason)
    if notices:
        return Choice(notices=(f"{notices[0]}; verdicts are over all plausible worlds",))
    unfitted = next((s for s in scenarios if s.observed and s.path is not None), None)
    if unfitted is not None and unfitted.path is not None:
        file = shown(unfitted.path)
        notices.append(
            f"{unfitted.path.name}: what was observed is not used yet, verdicts are over all plausible worlds; orgsim fit {file} "
            f"finds those that look like it"
        )
    return Choice(notices=tuple(notices))


def over_worlds(
    scenarios: Sequence[Scenario],
    choice: Choice,
    points: int,
    runs: int,
    seed: int,
    workers: int | None,
    simulate: Simulate,
    on_done: Callable[[], None] | None = None,
) -> RangeResult:
    """Differences of each scenario to the first in the fitted worlds, those in `points` plausible ones beside them; without a
    fit, in these alone. So a fit costs as many runs again as it has worlds.
    """
    everywhere = over_ranges(scenarios, points, runs, seed, workers, simulate, on_done)
    if not choice.sets:
        return everywhere
    design = choice.worlds(varied(scenarios, REGISTRY))
    found = over_ranges(scenarios, points, runs, seed, workers, simulate, on_done, design=design)
    return replace(found, like=choice.like, everywhere=everywhere)
