"""The whole of `orgsim optimise`: search, race, fresh runs, worlds."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.experiments.cautions import as_event, on_answers
from sim.experiments.optimise.candidates import Candidates
from sim.experiments.optimise.final import WORLD_RUNS, Final, confirm
from sim.experiments.optimise.memory import Memory
from sim.experiments.optimise.search import FINALISTS, SHORTLIST, Simulator, Tried, search
from sim.experiments.optimise.space import Space
from sim.experiments.worlds import Choice
from sim.scenario.tree import tree_of
from sim.simulation.results import Failure
from sim.store.journal import StoppedError


@dataclass(frozen=True)
class Optimum:
    """What was found. done, reused: runs simulated, and taken over from an earlier start; notices: on the worlds."""

    space: Space
    tried: Tried
    final: Final
    done: int
    reused: int
    failures: tuple[Failure, ...]
    notices: tuple[str, ...] = ()
    like: str = ""


def optimise(
    space: Space,
    candidates: Candidates,
    memory: Memory,
    choice: Choice,
    workers: int | None = None,
    on_done: Callable[[int], None] | None = None,
) -> Optimum:
    """Find the best designs of a space. choice: the worlds in which they are tried. Raises UserError if runs cannot be kept."""
    try:
        # The base first and alone: it compiles the engine once, and says what is wrong before anything else is simulated.
        memory(space.base, space.runs, space.fresh_seed, workers=workers)
        simulator = Simulator(space, memory, workers, on_done)
        tried = search(space, candidates, simulator)
        final = confirm(space, tried.finalists, simulator, choice)
    except StoppedError as stopped:
        raise stopped.error from None
    states = [space.base, *(entry.design.scenario for entry in final.entries)]
    notices = (*choice.notices, *as_event(states, tree_of), *on_answers(states, tree_of))
    failures = tuple(sorted(memory.failures, key=lambda one: (one.seed, one.run, one.message)))
    return Optimum(space, tried, final, memory.done, memory.reused, failures, notices, choice.like)


def planned_runs(space: Space, choice: Choice) -> int:
    """At most so many runs, for a progress bar."""
    shortlist = min(space.candidates, SHORTLIST)
    finalists = min(space.candidates, FINALISTS)
    race = 0 if shortlist <= FINALISTS else 2 * SHORTLIST * space.search_runs
    worlds = (space.ranges + len(choice.sets)) * WORLD_RUNS
    return space.candidates * space.search_runs + race + (1 + finalists) * (space.runs + worlds)
