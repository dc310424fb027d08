"""Files that say over which designs the best is sought: YAML -> a validated `Space`.

question: Which spans and how much review give most for the payroll without slow changes?
name: spans-and-review          # default: the file's name
base: layered.yaml              # a scenario: a path beside this file, or a bundled name
vary:                           # what is decided: a list of values, or {from, to}
  organisation.management_layers: [1, 2, 3, 4]
  review.hours_per_week: {from: 2.6, to: 6.4}
roles: {ai.share_of_code: decide}   # of a path that is not decided unless said (`sim.experiments.roles`)
hold: payroll                   # payroll | budget: kept equal to the base by every design
objectives:                     # one to three
  value_per_payroll_usd: max
  lead_time_hours: min
constraints:                    # bounds on the mean of an outcome
  change_failure_rate: {at_most: 0.15}
candidates: 200                 # designs that are tried
search_runs: 4                  # runs of every candidate, the same for all
runs: 100                       # fresh runs of the finalists, from which all figures come
seed: 1
weeks: 52                       # horizon of every run; default: the base's
ranges: 32                      # plausible worlds in which the best are tried; 0 = skip
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sim.constants import MAX_SEED
from sim.errors import UserError, suggest
from sim.experiments.designs import Axis, ends_of
from sim.experiments.factors import read_vary
from sim.experiments.points import label, scenario_at
from sim.experiments.roles import DECIDE, GIVEN, read_roles
from sim.experiments.study_file import Reader, opened, read_base, read_name, short
from sim.outcomes.declared import OUTCOMES, check_outcome
from sim.scenario.files import find
from sim.scenario.scenario import Scenario
from sim.scenario.statement import is_space, is_sweep
from sim.scenario.yaml_source import YamlDocument

KEYS = (
    "question", "name", "base", "vary", "roles", "hold", "objectives", "constraints", "candidates", "search_runs", "runs", "seed",
    "weeks", "ranges",
)  # fmt: skip
KEPT_EQUAL = ("payroll", "budget")
DIRECTIONS = {"max": 1, "min": -1}
BOUNDS = {"at_most": 1, "at_least": -1}
MOST_OBJECTIVES = 3
CANDIDATES, LEAST_CANDIDATES, MOST_CANDIDATES = 200, 2, 100_000
SEARCH_RUNS, RUNS, MOST_RUNS = 4, 100, 100_000
RANGES = 32


@dataclass(frozen=True)
class Goal:
    """An outcome that is sought large (sign +1) or small (-1)."""

    outcome: str
    sign: int


@dataclass(frozen=True)
class Limit:
    """A bound on the mean of an outcome: at most (sign +1), or at least (-1)."""

    outcome: str
    bound: float
    sign: int

    def excess(self, mean: float) -> float:
        """How far the mean is beyond the bound, as a share of it (in its unit where the bound is 0); 0 or less: it is met."""
        return self.sign * (mean - self.bound) / (abs(self.bound) or 1.0)


@dataclass(frozen=True)
class Space:
    """Over which designs, and for what, the best is sought. sets: what was set in the base, its weeks included."""

    name: str
    question: str
    path: Path
    base: Scenario
    vary: Mapping[str, Axis]
    hold: str
    goals: tuple[Goal, ...]
    limits: tuple[Limit, ...]
    candidates: int
    search_runs: int
    runs: int
    seed: int
    ranges: int
    sets: tuple[str, ...] = ()

    def scenario(self, values: Mapping[str, object]) -> Scenario:
        """The scenario of a design, held equal to the base. Raises `UserError` where there is none."""
        return scenario_at(self.base, self.hold, values)

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """Objectives first, then what else is bounded; each once."""
        return tuple(dict.fromkeys([*(g.outcome for g in self.goals), *(one.outcome for one in self.limits)]))

    @cached_property
    def fresh_seed(self) -> int:
        """Seed of the runs that the figures come from, whose dice the search has not seen."""
        return (self.seed + _FRESH) % (MAX_SEED + 1)


_FRESH = 104_729  # far enough that whoever tries seeds 1, 2, 3 does not meet the dice of a search


def load_space(
    path: Path | str,
    sets: Sequence[str] = (),
    candidates: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
) -> Space:
    """Read and validate a space. sets: `path=value` for its base; candidates, runs, seed: instead of the file's.

    Raises UserError.
    """
    if runs is not None and runs < 2:
        raise UserError(f"--runs {runs} is too few: nothing can be told from noise; use at least 2")
    given, path = path, find(path)
    document = opened(path, KEYS)
    _check_kind(document, str(given))
    reader = Reader(document)
    reader.mapping((), KEYS, ("question", "base", "vary", "objectives"))
    base, made_with = read_base(reader, path.parent, sets)
    vary = read_vary(reader)
    _check_decided(reader, vary)
    goals = _goals(reader)
    asked = reader.whole(("candidates",), CANDIDATES, LEAST_CANDIDATES, MOST_CANDIDATES)
    space = Space(
        name=read_name(reader, path),
        question=reader.text("question"),
        path=path,
        base=base,
        vary=vary,
        hold=_hold(reader),
        goals=goals,
        limits=_limits(reader),
        candidates=asked if candidates is None else candidates,
        search_runs=reader.whole(("search_runs",), SEARCH_RUNS, 2, MOST_RUNS),
        runs=reader.whole(("runs",), RUNS, 2, MOST_RUNS) if runs is None else runs,
        seed=reader.whole(("seed",), 1, 0, MAX_SEED) if seed is None else seed,
        ranges=reader.whole(("ranges",), RANGES, 0, MOST_RUNS),
        sets=made_with,
    )
    _check_values(reader, space)
    return space


def _check_kind(document: YamlDocument, given: str) -> None:
    """Refuse a scenario and a sweep, with the commands that take one."""
    if is_space(document):
        return
    if is_sweep(document):
        raise UserError(
            f"{document.source}: says for nothing what is sought; add objectives, such as "
            f"{{value_per_payroll_usd: max, lead_time_hours: min}}, or, if it is a sweep, use `orgsim sweep {given}`"
        )
    raise UserError(
        f"{document.source}: this is a scenario, not a space of designs; write a file with `base: {given}`, `vary:` (what is "
        f"decided) and `objectives:` (such as value_per_payroll_usd: max)"
    )


def _check_decided(reader: Reader, vary: Mapping[str, Axis]) -> None:
    """Refuse what nobody decides: the best value of a circumstance is no advice."""
    problems = []
    for path, role in read_roles(reader, vary).items():
        if role != DECIDE:
            why = "a circumstance that is given" if role == GIVEN else "an assumption of the model"
            problems.append((
                ("vary", path),
                f"is {why}, and the best is sought over what is decided; set it in the base, or, if you do decide on it, say "
                f"roles: {{{path}: decide}}",
            ))  # fmt: skip
    if problems:
        reader.fail_all(problems)


def _hold(reader: Reader) -> str:
    """What every design keeps equal to the base."""
    given = reader.get(("hold",))
    if given is not None and given not in KEPT_EQUAL:
        reader.fail(
            ("hold",),
            f"{short(given)} is not one of {', '.join(KEPT_EQUAL)}{suggest(str(given), list(KEPT_EQUAL))}: the best is sought "
            f"among designs that cost the same, or the dearest would win; use hold: payroll",
        )
    return reader.choice("hold", KEPT_EQUAL) or KEPT_EQUAL[0]


def _goals(reader: Reader) -> tuple[Goal, ...]:
    found = []
    given = reader.mapping(("objectives",), None)
    for name, way in given.items():
        keys = ("objectives", name)
        check_outcome(str(name), OUTCOMES, f"{reader.document.where(keys, key=True)}: objectives:")
        if way not in DIRECTIONS:
            reader.fail(keys, f"{short(way)} is not one of max, min{suggest(str(way), list(DIRECTIONS))}")
        found.append(Goal(str(name), DIRECTIONS[str(way)]))
    if len(found) > MOST_OBJECTIVES:
        reader.fail(
            ("objectives",),
            f"{len(found)} objectives are more than {MOST_OBJECTIVES}; make bounds of the others, such as constraints: "
            f"{{{found[-1].outcome}: {{at_most: ...}}}}",
        )
    return tuple(found)


def _limits(reader: Reader) -> tuple[Limit, ...]:
    if reader.get(("constraints",)) is None:
        return ()
    found = []
    for name in reader.mapping(("constraints",), None):
        keys = ("constraints", name)
        check_outcome(str(name), OUTCOMES, f"{reader.document.where(keys, key=True)}: constraints:")
        spec = reader.mapping(keys, tuple(BOUNDS))
        for side in spec:
            found.append(Limit(str(name), float(reader.number((*keys, side))), BOUNDS[side]))
    return tuple(found)


def _check_values(reader: Reader, space: Space) -> None:
    """Try every value of every path alone, so that mistakes show before anything runs: one of each path must make a scenario."""
    for path, axis in space.vary.items():
        problems: list[str] = []
        values = ends_of(axis)
        for value in values:
            try:
                space.scenario({path: value})
            except UserError as error:
                problems.append(f"{label(value)}: {error}")
        if len(problems) == len(values):
            reader.fail(("vary", path), problems[0])
