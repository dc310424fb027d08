"""Where does one design beat another, or an outcome pass a bar? A rule is sought on one set of points and certified on another.

Points fill the space of what is given and assumed (a Latin hypercube). At each the designs are run a few times on the same dice
(common random numbers); it is a *case* if the mean of the paired differences is on the side of the first design, or the mean of
the outcome passes the bar. The box is found by `sim.statistics.rule`, and then tried on fresh points with fresh dice (other
run numbers): only these figures say what a rule is worth.

Noise: with few runs some cases are on their side by chance. A point is *settled* if its mean is beyond noise (t test, 95 %,
variance moderated over the points, see `sim.experiments.holding`); its share, and the density of the box among settled points,
stand beside the certificate.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import UserError
from sim.experiments.cautions import cautions
from sim.experiments.designs import Axis, Levels, Range, as_numbers, lhs
from sim.experiments.factors import is_numeric
from sim.experiments.holding import Differences, differences, signs
from sim.experiments.rules.between import notes
from sim.experiments.rules.file import Asked, At
from sim.experiments.simulated import Evaluate, Simulated
from sim.outcomes.declared import OUTCOMES, Outcome
from sim.parameters.flow import TIED
from sim.simulation.results import Failure, Simulate
from sim.simulation.run import run
from sim.statistics import prim
from sim.statistics.estimates import Holds
from sim.statistics.rule import LEAST_CASES, Candidate, Certificate, certify, find, strengths
from sim.store.journal import Journal

#: What came of it: a rule; too few cases, or others, to seek one; nothing beyond chance where it was sought; a box that fresh
#: points do not bear out, or that is right too seldom, or covers too little.
RULE, FEW, NOTHING, CHANCE, SELDOM, LITTLE = STATES = ("rule", "few", "nothing", "chance", "seldom", "little")
_FRESH_SEED = 2**32  # added to the seed of the points: no seed of a user's is as high


@dataclass(frozen=True)
class Points:
    """Points with what was found there, those that could be run.

    values: path -> value of each; x: float64 [points, paths], kinds as codes; difference: float64 [points], above zero where it
    is a case; case, settled: bool [points].
    """

    values: tuple[Mapping[str, object], ...]
    x: np.ndarray
    difference: np.ndarray
    case: np.ndarray
    settled: np.ndarray

    @property
    def settled_share(self) -> Holds:
        """The share of the points that are beyond noise."""
        return Holds(int(np.count_nonzero(self.settled)), len(self.settled))

    @property
    def settled_cases(self) -> Holds:
        """The share of cases among the points that are beyond noise."""
        return Holds(int(np.count_nonzero(self.case & self.settled)), int(np.count_nonzero(self.settled)))

    @property
    def cases(self) -> Holds:
        """The share of the points that are cases."""
        return Holds(int(np.count_nonzero(self.case)), len(self.case))


@dataclass(frozen=True)
class Found:
    """What was found. state: see `STATES`.

    candidate: the box that was tried, None where none was; certificate: on all fresh points, settled: on those beyond noise.
    strength: the lift that each path reaches alone, where the rule was sought. lost: points that could not be run; reason: why
    not the first; simulated: points simulated. notes: what limits the answer.
    """

    asked: Asked
    outcome: Outcome
    columns: tuple[prim.Column, ...]
    state: str
    search: Points
    fresh: Points | None
    candidate: Candidate | None
    certificate: Certificate | None
    settled: Certificate | None
    searched: Certificate | None
    strength: tuple[float, ...]
    notes: tuple[str, ...] = ()
    lost: int = 0
    reason: str = ""
    simulated: int = 0
    failures: tuple[Failure, ...] = ()

    @property
    def box(self) -> prim.Box:
        """The box that was tried, without conditions where none was."""
        return () if self.candidate is None else self.candidate.box


def planned_runs(asked: Asked) -> int:
    """Runs of all designs at all points."""
    return (asked.points + asked.fresh) * asked.runs * len(asked.designs)


def rules(
    asked: Asked,
    workers: int | None = None,
    *,
    on_done: Callable[[int], None] | None = None,
    simulate: Simulate = run,
    outcomes: Mapping[str, Outcome] = OUTCOMES,
    journal: Journal | None = None,
) -> Found:
    """Seek a rule and certify it. on_done: told of runs done; simulate, outcomes: by default the simulator and its outcomes.

    Raises UserError if no point can be run.
    """
    makes = [At(asked, design) for design in asked.designs]
    evaluate = Simulated(
        makes,
        [asked.outcome],
        asked.seed,
        workers,
        simulate,
        on_done,
        journal=Journal() if journal is None else journal,
    )
    outcome, columns = outcomes[asked.outcome], columns_of(asked.axes)
    search = _points(asked, outcome, evaluate, asked.points, 0)
    if not len(search.case):
        raise UserError(f"{asked.name}: no point could be run; {evaluate.reason or _failed(evaluate)}")
    candidate = find(search.x, search.case, columns, asked.density, asked.seed)
    fresh, certificate, settled, searched = None, None, None, None
    if candidate is not None:
        fresh = _points(asked, outcome, evaluate, asked.fresh, asked.points)
        met = prim.inside(candidate.box, fresh.x)
        certificate = certify(met, fresh.case)
        settled = certify(met[fresh.settled], fresh.case[fresh.settled])
        searched = certify(prim.inside(candidate.box, search.x), search.case)
    kept = len(search.case) + (0 if fresh is None else len(fresh.case))
    return Found(
        asked, outcome, columns, _state(asked, search, certificate), search, fresh, candidate, certificate, settled, searched,
        tuple(strengths(search.x, search.case, columns)), (*cautions([asked.base]), *notes(asked)),
        evaluate.points - kept, evaluate.reason or _failed(evaluate), evaluate.points, tuple(evaluate.failures),
    )  # fmt: skip


def _failed(evaluate: Simulated) -> str:
    return evaluate.failures[0].message if evaluate.failures else ""


def _state(asked: Asked, search: Points, found: Certificate | None) -> str:
    """What came of it, see `STATES`."""
    if min(search.cases.k, search.cases.n - search.cases.k) < LEAST_CASES:
        return FEW
    if found is None:
        return NOTHING
    if not found.beyond_chance:
        return CHANCE
    if (found.density.share or 0.0) < asked.density:
        return SELDOM
    return LITTLE if (found.coverage.share or 0.0) < asked.coverage else RULE


# ---- points


def columns_of(axes: Mapping[str, Axis]) -> tuple[prim.Column, ...]:
    """The axes as columns of numbers."""
    return tuple(prim.Column(path, _kind(axis)) for path, axis in axes.items())


def _kind(axis: Axis) -> str:
    if isinstance(axis, Range):
        return prim.WHOLE if axis.integer else prim.NUMBER
    return prim.LEVELS if is_numeric(axis) else prim.KINDS


def _as_numbers(values: Sequence[Mapping[str, object]], axes: Mapping[str, Axis]) -> np.ndarray:
    """The values of points, float64 [points, paths]; of a kind its place in the list of the file."""
    x = np.empty((len(values), len(axes)))
    for j, (path, axis) in enumerate(axes.items()):
        column = [point[path] for point in values]
        if isinstance(axis, Levels) and not is_numeric(axis):
            x[:, j] = [axis.values.index(value) for value in column]
        else:
            x[:, j] = as_numbers(column)
    return x


def _points(asked: Asked, outcome: Outcome, evaluate: Evaluate, count: int, first: int) -> Points:
    """Simulate the points of a search (first = 0), or fresh ones (first: how many points came before)."""
    every = lhs(asked.axes, count, asked.seed + (_FRESH_SEED if first else 0), TIED)
    firsts = [asked.runs * (first + k) for k in range(count)]
    found = evaluate(every, asked.runs, firsts)[:, :, 0]
    leads = _leads(asked, outcome, found)
    kept = leads.defined
    values = tuple(point for point, there in zip(every, kept, strict=True) if there)
    difference = leads.mean[kept]
    case = (
        difference >= 0 if asked.bar else difference > 0
    )  # a bar that is just reached is passed, a tie is not won
    return Points(values, _as_numbers(values, asked.axes), difference, case, np.abs(signs(leads)[kept]) > 0)


def _leads(asked: Asked, outcome: Outcome, found: np.ndarray) -> Differences:
    """How far each point is on the side of a case, in the outcome's unit. found: float64 [points, designs, runs]."""
    if asked.bar is None:
        first, second = found[:, 0], found[:, 1]
        return differences(np.stack([second, first] if outcome.better > 0 else [first, second], axis=1))
    bar = np.full(found[:, 0].shape, asked.bar.value)
    return differences(np.stack([found[:, 0], bar] if asked.bar.at_most else [bar, found[:, 0]], axis=1))
