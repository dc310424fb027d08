"""Sweep files: YAML -> a validated `Sweep`.

Errors read `file:line:col: path: what is wrong, did you mean ...`.

    question: At which AI share does a flat organisation overtake a layered one?
    name: flat-vs-layered           # default: the file's name
    base: layered.yaml              # a scenario: a path beside this file, or a bundled name
    vary:                           # a list of values, or {from, to, steps}; a range without steps for lhs and sobol
      organisation.management_layers: [1, 2, 3, 4]
      ai.share_of_code: {from: 0.0, to: 0.9, steps: 10}
      # organisation.remove_layer: [null, 1, 2]   null: no layer is removed; in tables and texts "as it is"
    design: grid                    # grid | lhs | sobol (with samples: N) | table (with points: FILE.csv, without vary)
    where: [a.b + c.d <= 1]         # conditions between what is varied; points at which one does not hold are left out
    roles: {ai.share_of_code: decide}   # decide | given | assumed, see `sim.experiments.roles`
    weeks: 52                       # horizon of every run; default: the base's
    hold: payroll                   # kept equal to the base at every point: ics | headcount | payroll | budget
    runs: 50                        # or {until: decided, max: 2000}; without a crossing also worth: 0.005, the share of the
                                    # best by which another may be better before it matters
    seed: 1
    outcome: value_per_payroll_usd  # the outcome that answers the question
    ranges: 32                      # plausible parameter sets on which the verdict is tried; 0 = skip
    crossing:                       # does the first of two designs overtake the second, and where? Without it, a
                                    # single path with more than two levels is ranked: the best against all others
      of: organisation.management_layers
      between: [2, 3]
      along: ai.share_of_code
      names: [flat, layered]
    again:                          # settings under which the crossing's question is asked again, at the first, middle and
                                    # last value of `along`: does the answer hang on them? One that changes nothing is left out
      AI answers off: {switches.ai_answers: false}
      AI answers always: {ai.answers: always}
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sim.constants import MAX_SEED, PRIMARY
from sim.errors import UserError, number_hint, suggest
from sim.experiments.design_file import MOST_TRIED, Design, read_design
from sim.experiments.designs import DESIGNS, Axis, Levels, as_numbers, ends_of, levels_of
from sim.experiments.factors import HELD, is_numeric, read_setting
from sim.experiments.feasible import NOTHING, LeftOut
from sim.experiments.points import label, scenario_at
from sim.experiments.roles import read_roles
from sim.experiments.study_file import Reader, opened, read_base, read_name, short
from sim.organisation.headcounts import HOLDS
from sim.scenario.files import find
from sim.scenario.scenario import Scenario
from sim.scenario.settings import LISTS, TOP_KEYS, check_value
from sim.scenario.statement import is_rules, is_space, is_sweep
from sim.scenario.yaml_source import YamlDocument

KEYS = (
    "question", "name", "base", "vary", "design", "samples", "weeks", "hold", "runs", "seed", "outcome", "ranges", "crossing",
    "again", "points", "where", "roles",
)  # fmt: skip
MAX_RUNS = 1_000_000
DEFAULT_RANGES = 32
WORTH = 0.005  # of the best: a difference that nobody would act on


@dataclass(frozen=True)
class CrossingSpec:
    """Which two designs are compared: values of path `of`; the first is asked to overtake the second `along`
    a path.

    along is None in a sweep that varies nothing numeric beside `of`. names: what to call the two, or None.
    """

    of: str
    between: tuple[object, object]
    along: str | None
    names: tuple[str, str] | None = None


@dataclass(frozen=True)
class Alternative:
    """Settings of the base, path -> value, under which the question is asked again; name: what to call them."""

    name: str
    settings: Mapping[str, object]


@dataclass(frozen=True)
class Sweep:
    """A validated sweep.

    runs: the most runs per point; until_decided: fewer where the verdict is clear. worth: share of the best point that is not
    worth telling. where: conditions at which points were left out, as they are written; roles: of every varied path. versus: two
    points, of which the first is tried against the second in plausible worlds, where no crossing says which two.
    """

    name: str
    question: str
    path: Path
    base: Scenario
    vary: Mapping[str, Axis]
    design: str
    points: tuple[Mapping[str, object], ...]
    runs: int
    until_decided: bool
    seed: int
    hold: str | None
    outcome: str
    ranges: int
    crossing: CrossingSpec | None
    again: tuple[Alternative, ...] = ()
    where: tuple[str, ...] = ()
    left_out: LeftOut = NOTHING
    roles: Mapping[str, str] = field(default_factory=dict)
    worth: float = WORTH
    versus: tuple[Mapping[str, object], Mapping[str, object]] | None = None

    @property
    def seeks_best(self) -> bool:
        """Whether it is answered by the best of its points and what drives them, not by tables and a crossing."""
        return self.crossing is None and (not self.crossed or self.until_decided)

    @property
    def crossed(self) -> bool:
        """Whether every combination of the values is there, so that a table can be made of them."""
        return self.design == "grid" and not self.where

    def scenario(self, values: Mapping[str, object]) -> Scenario:
        """The scenario of a design point: the base with these values, held equal to the base where `hold`
        says so.
        """
        return scenario_at(self.base, self.hold, values)

    def under(self, alternative: Alternative) -> "Sweep":
        """The same sweep with these settings in its base, which is also what is held equal to."""
        return replace(self, base=self.base.with_values(alternative.settings))


def load_sweep(
    path: Path | str, sets: Sequence[str] = (), runs: int | None = None, seed: int | None = None
) -> Sweep:
    """Read and validate a sweep file. sets: `path=value` for its base; runs, seed: instead of the file's.

    Raises UserError.
    """
    given, path = path, find(path)
    document = opened(path, KEYS)
    _check_sweep(document, str(given))
    reader = Reader(document)
    data = reader.mapping((), KEYS, ("question", "base"))
    base, _ = read_base(reader, path.parent, sets)
    design = reader.choice("design", DESIGNS) or "grid"
    chosen_seed = reader.whole(("seed",), 1, 0, MAX_SEED) if seed is None else seed
    hold = reader.choice("hold", HOLDS)
    made = read_design(reader, path.parent, design, chosen_seed, partial(scenario_at, base, hold))
    vary = made.vary
    most, until, worth = _runs(reader, runs)
    sweep = Sweep(
        name=read_name(reader, path),
        question=reader.text("question"),
        path=path,
        base=base,
        vary=vary,
        design=design,
        points=tuple(made.points),
        runs=most,
        until_decided=until,
        seed=chosen_seed,
        hold=hold,
        outcome=reader.text("outcome") if "outcome" in data else PRIMARY,
        ranges=reader.whole(("ranges",), DEFAULT_RANGES, 0, 100_000),
        crossing=_crossing(reader, design, vary),
        where=made.where,
        left_out=made.left_out,
        roles=read_roles(reader, vary),
        worth=worth,
    )
    if sweep.crossing is not None and reader.get(("runs", "worth")) is not None:
        reader.fail(("runs", "worth"), "belongs to sweeps without a crossing; remove it here", key=True)
    _check_points(reader, sweep, made)
    return replace(sweep, again=_again(reader, sweep))


def _check_sweep(document: YamlDocument, given: str) -> None:
    """Refuse what is no sweep, with the commands that take it. given: the file as the user named it."""
    data = document.data
    if is_rules(document):
        raise UserError(
            f"{document.source}: this asks for a rule, not for a sweep; use `orgsim rules {given}`"
        )
    if is_space(document):
        raise UserError(
            f"{document.source}: this asks for the best designs, not for a sweep; use `orgsim optimise {given}`"
        )
    if is_sweep(document) or not isinstance(data, dict) or not data.keys() & set(TOP_KEYS) - set(KEYS):
        return
    raise UserError(
        f"{document.source}: this is a scenario, not a sweep; use `orgsim run {given}` or `orgsim compare`, or write a "
        f"sweep file with `base: {given}` and `vary:` (what is varied, such as ai.share_of_code: [0.1, 0.5])"
    )


def _runs(reader: Reader, override: int | None) -> tuple[int, bool, float]:
    """Most runs per point, whether they stop when decided, and the share of the best that is not worth telling."""
    if override is not None:
        if not 1 <= override <= MAX_RUNS:
            raise UserError(f"--runs {override} is out of range; use 1 to {MAX_RUNS:,}")
        return override, False, WORTH
    if isinstance(reader.get(("runs",)), Mapping):
        spec = reader.mapping(("runs",), ("until", "max", "worth"), ("until", "max"))
        if spec["until"] != "decided":
            reader.fail(("runs", "until"), f"{short(spec['until'])} is unknown; the only rule is: decided")
        worth = spec.get("worth", WORTH)
        if isinstance(worth, bool) or not isinstance(worth, (int, float)) or not 0 <= worth < 1:
            hint = number_hint(worth) or f"expected a share from 0 to 1, got {short(worth)}"
            reader.fail(("runs", "worth"), hint)
        return reader.whole(("runs", "max"), 0, 2, MAX_RUNS), True, float(worth)
    return reader.whole(("runs",), 100, 1, MAX_RUNS), False, WORTH


# ---- the crossing


def _crossing(reader: Reader, design: str, vary: Mapping[str, Axis]) -> CrossingSpec | None:
    filtered = reader.get(("where",)) is not None
    if reader.get(("crossing",)) is None:
        if (
            filtered
            or design != "grid"
            or (_has_many_levels(vary) and not isinstance(reader.get(("runs",)), Mapping))
        ):
            return None  # the levels of a single path are ranked, see `sim.experiments.sweep.ranking`
        return _default_crossing(vary)
    if design != "grid":
        reader.fail(("crossing",), f"a crossing needs design: grid, this is {design}; remove the key")
    if filtered:
        reader.fail(
            ("crossing",), "a crossing needs every point of the grid; remove it, or the conditions of where"
        )
    spec = reader.mapping(("crossing",), ("of", "between", "along", "names"), ("of", "between"))
    of, along = spec["of"], spec.get("along")
    for key in ("of", "along"):
        if spec.get(key) is not None and spec[key] not in vary:
            hint = suggest(str(spec[key]), list(vary))
            reader.fail(
                ("crossing", key), f"{short(spec[key])} is not varied{hint}; varied: {', '.join(vary)}"
            )
    between, names = spec["between"], spec.get("names")
    if not isinstance(between, list) or len(between) != 2:
        reader.fail(("crossing", "between"), f"expected two values of {of}, got {short(between)}")
    pair = tuple(
        check_value(of, value, f"{reader.document.where(('crossing', 'between'))}: ") for value in between
    )
    for value in pair:
        levels = levels_of(vary[of])
        if value not in levels:
            listed = ", ".join(str(level) for level in levels)
            reader.fail(
                ("crossing", "between"), f"{short(value)} is not a value of {of} in this sweep: {listed}"
            )
    if pair[0] == pair[1]:
        reader.fail(("crossing", "between"), "the two values are the same; name two different ones")
    if names is not None and (not isinstance(names, list) or [type(n) for n in names] != [str, str]):
        reader.fail(("crossing", "names"), f"expected two names, got {short(names)}")
    along = _numeric_path(vary, of) if along is None else along
    if along is not None and (along == of or not is_numeric(vary[along])):
        reader.fail(
            ("crossing", "along"), f"{along} must vary over at least two numbers and differ from {of}"
        )
    return CrossingSpec(of, pair, along, tuple(names) if names else None)


def _has_many_levels(vary: Mapping[str, Axis]) -> bool:
    """One path with more than two levels: comparing two of them would leave out the others."""
    return len(vary) == 1 and all(isinstance(axis, Levels) and len(axis.values) > 2 for axis in vary.values())


def _default_crossing(vary: Mapping[str, Axis]) -> CrossingSpec | None:
    """The first two values of the first structural path, along the longest other numeric path."""
    for path, axis in vary.items():
        if path.startswith("organisation.") and isinstance(axis, Levels) and len(axis.values) > 1:
            return CrossingSpec(path, (axis.values[0], axis.values[1]), _numeric_path(vary, path))
    return None


def _numeric_path(vary: Mapping[str, Axis], other_than: str) -> str | None:
    """The other path with the most numbers, the first of them if several have as many."""
    numeric = {path: axis for path, axis in vary.items() if path != other_than and is_numeric(axis)}
    return max(numeric, key=lambda path: _count(numeric[path])) if numeric else None


def _count(axis: Axis) -> float:
    return len(axis.values) if isinstance(axis, Levels) else math.inf


# ---- every value must make a scenario


def _check_points(reader: Reader, sweep: Sweep, made: Design) -> None:
    """Try every value of every path alone, and the first and the last point, so that mistakes show before anything runs.

    Of a table, whose values may belong together, its rows are tried, the first many; of values that are limited by conditions, or
    were tried together, the two points.
    """
    if not made.places and not made.tried and not sweep.where:
        for path, axis in sweep.vary.items():
            for value in ends_of(axis):
                try:
                    sweep.base.with_values({path: value})
                except UserError as error:
                    reader.fail(("vary", path), f"{label(value)}: {error}")
    count = len(sweep.points)
    for k in {*range(min(count, MOST_TRIED)), count - 1} if made.places else {0, count - 1}:
        try:
            sweep.scenario(sweep.points[k])
        except UserError as error:
            if made.places:
                raise UserError(f"{made.places[k]}: {error}") from None
            place = ", ".join(f"{path}={label(value)}" for path, value in sweep.points[k].items())
            reader.fail(("vary",), f"at {place}: {error}")


# ---- the question asked again


def _again(reader: Reader, sweep: Sweep) -> tuple[Alternative, ...]:
    """The alternatives that change a scenario that is compared. Each must make scenarios, at both ends of `along`."""
    if "again" not in reader.document.data:
        return ()
    alternatives = _named(
        reader, ("again",), "AI answers off: {switches.ai_answers: false}", "names with settings"
    )
    if sweep.crossing is None:
        reader.fail(("again",), "needs two designs to compare again; add the key crossing", key=True)
    refused = {
        **dict.fromkeys(
            sweep.vary, "is varied by this sweep; ask again under settings that it does not vary"
        ),
        **dict.fromkeys(HELD, "what is held equal is said once, by the sweep's key hold; remove it here"),
        **dict.fromkeys(LISTS, "events are not asked again; write a scenario with them and another sweep"),
    }
    kept = []
    for name in alternatives:
        keys = ("again", name)
        if not isinstance(name, str) or not name.strip():
            reader.fail(keys, f"expected a name in words, got {short(name)}", key=True)
        settings = _named(reader, keys, "switches.ai_answers: false", "settings with values")
        alternative = Alternative(
            name.strip(),
            {path: read_setting(reader, (*keys, path), value, refused) for path, value in settings.items()},
        )
        if _changes(reader, sweep, keys, alternative):
            kept.append(alternative)
    return tuple(kept)


def _named(reader: Reader, keys: tuple[Any, ...], example: str, what: str) -> Mapping[Any, Any]:
    value = reader.get(keys)
    if not isinstance(value, Mapping) or not value:
        reader.fail(keys, f"expected {what}, such as `{example}`, got {short(value)}")
    return value


def _changes(reader: Reader, sweep: Sweep, keys: tuple[Any, ...], alternative: Alternative) -> bool:
    """Whether the alternative changes one of the scenarios that are compared."""
    spec = sweep.crossing
    assert spec is not None  # checked by `_again`
    ends = (None,) if spec.along is None else sorted(as_numbers(levels_of(sweep.vary[spec.along])))
    points = [
        {spec.of: value} if spec.along is None else {spec.along: end, spec.of: value}
        for end in (ends[0], ends[-1])
        for value in spec.between
    ]
    try:
        made = [sweep.under(alternative).scenario(values) for values in points]
    except UserError as error:
        reader.fail(keys, str(error), key=True)
    return any(sweep.scenario(values).hash() != one.hash() for values, one in zip(points, made, strict=True))
