"""Compare scenarios run by run, and say in which share of the plausible worlds each verdict holds.

The first scenario is the base; every other one is compared to it on common random numbers. A difference is
called one only if it is beyond noise, adjusted p < .05. One outcome is primary, named before anything runs. It is
tested on its own: its p is the plain one of the paired t test (with several comparisons, Holm's correction over
them). All other outcomes are secondary: Holm's correction over them and the comparisons, shown or not. So the
probability of any false claim is at most 5 % for the primary outcome, and 5 % for all others together.

A ratio of value and money comes with its parts (`sim.experiments.parts`), and what is counted over the plausible worlds
(`sim.experiments.holding`) is the part that is behaviour: where payroll (or headcount) differs, the sign of the difference in
value per week. That fewer salaries cost less holds in every world.

`--until-decided` spends the error of the primary outcome over the looks. Its adjusted p is then the smallest error
at which some look would have decided. The p values of secondary outcomes take the number of runs as given.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sim.constants import ALPHA, PRIMARY
from sim.engine.codes import STAGES
from sim.errors import UserError
from sim.experiments import cautions
from sim.experiments.assumption_words import worlds_words
from sim.experiments.differences import unique_names, what_differs
from sim.experiments.holding import Holding
from sim.experiments.parts import Parts, parts
from sim.experiments.plausible import RangeResult
from sim.experiments.samples import Sample, paired_outcome
from sim.experiments.worlds import choose, over_worlds
from sim.organisation.tree import Tree
from sim.outcomes.declared import OUTCOMES, VALUE, Outcome, check_outcome
from sim.scenario import tree
from sim.scenario.scenario import Scenario
from sim.simulation import run as engine
from sim.simulation.results import Failure, Simulate
from sim.statistics import estimates, sequential
from sim.text import numbers

MAX_RUNS = 3200  # of --until-decided: looks at 50, 100, ..., 3200
Progress = Callable[[int, int], None]  # runs done, runs planned


@dataclass(frozen=True)
class Row:
    """One outcome of one comparison. verdict: better, worse, higher, lower, equal, or no difference
    detected.

    p_holm: adjusted p value, see the module. shares: of an outcome that is a kind (the bottleneck), how many runs
    of the base and of the other scenario have which; it has no figures and no test ("not compared", or equal).
    holding: in how many plausible worlds the sign of the difference in `holds_of` holds: the outcome itself, or
    value per week (see the module). parts: of a ratio, what the difference is made of.
    """

    unit: str
    better: int
    figures: estimates.Paired
    p_holm: float | None
    holding: Holding | None
    verdict: str
    shares: tuple[Mapping[str, float], Mapping[str, float]] | None = None
    holds_of: str = ""
    parts: Parts | None = None

    @property
    def support(self) -> str | None:
        """What most plausible worlds say of the sign, see `sim.experiments.holding.Holding.support`."""
        return None if self.holding is None else self.holding.support


@dataclass(frozen=True)
class Comparison:
    """Paired comparisons of scenarios to the first. `rows`: name -> outcome -> Row; `decided`: by sequential
    test; `too_few`: name -> why the primary outcome is not decided, and how many runs would; `notes`: what limits
    every verdict (both also in `warnings`). `range_runs`: runs per world. `like`: the file of the scenario that the `ranges`
    worlds look like, "" if they are plausible ones; `everywhere`: plausible worlds tried, beside those if they are others.
    `samples`: the runs, of the base first.
    """

    base: str
    names: tuple[str, ...]
    runs: int
    seed: int
    weeks: int
    primary: str
    rows: Mapping[str, Mapping[str, Row]]
    differs: Mapping[str, Sequence[str]]
    ranges: int = 0
    ranges_failed: int = 0
    ranges_varied: int = 0
    range_runs: int = 0
    like: str = ""
    everywhere: int = 0
    until_decided: bool = False
    decided: Mapping[str, bool] = field(default_factory=dict)
    too_few: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    samples: tuple[Sample, ...] = field(default=(), repr=False, compare=False)


def compare(
    scenarios: Sequence[Scenario],
    runs: int = 100,
    seed: int = 1,
    ranges: int = 64,
    until_decided: bool = False,
    primary: str = PRIMARY,
    workers: int | None = None,
    progress: Progress | None = None,
    simulate: Simulate | None = None,
    *,
    max_runs: int = MAX_RUNS,
    range_runs: int = 4,
    outcomes: Mapping[str, Outcome] = OUTCOMES,
    tree_of: Callable[[Scenario], Tree] = tree.tree_of,
) -> Comparison:
    """Run the scenarios and compare each to the first.

    runs: per scenario; with until_decided the runs grow by looks up to max_runs until the primary outcome is
    decided in every comparison. ranges: plausible worlds (0 = skip), range_runs runs each; as
    many at most that look like one of the scenarios, if it was fitted (`sim.experiments.worlds`). simulate, outcomes,
    tree_of: the engine, by default the real one. Raises UserError on bad input.
    """
    simulate = simulate or engine.run
    _check(scenarios, runs, max_runs, ranges, primary, outcomes)
    names = unique_names([s.name for s in scenarios])
    plan = (
        sequential.looks(max_runs, ALPHA / (len(names) - 1))
        if until_decided
        else [sequential.Look(runs, 0.0)]
    )
    choice = choose(scenarios, ranges)
    counter = _Counter(progress, extra=(ranges + len(choice.sets)) * range_runs * len(names))
    samples, spent = _simulate(
        scenarios, names, plan, seed, workers, simulate, counter, primary, outcomes[primary].better
    )
    done = functools.partial(counter.tick, range_runs * len(names))
    ranged = (
        over_worlds(scenarios, choice, ranges, range_runs, seed, workers, simulate, done) if ranges else None
    )
    trees = [tree_of(scenario) for scenario in scenarios]
    rows = _rows(samples, names, outcomes, ranged, primary, spent if until_decided else None, trees)
    too_few = _too_few(rows, names, primary, until_decided)
    notes = [
        *cautions.cautions(scenarios),
        *cautions.as_event(scenarios, tree_of),
        *cautions.on_answers(scenarios, tree_of),
    ]
    return Comparison(
        base=names[0],
        names=tuple(names[1:]),
        runs=samples[0].asked,
        seed=seed,
        weeks=scenarios[0].weeks,
        primary=primary,
        rows=rows,
        differs=_differs(scenarios, names, tree_of),
        ranges=ranged.points if ranged else 0,
        ranges_failed=ranged.failed if ranged else 0,
        ranges_varied=len(ranged.paths) if ranged else 0,
        range_runs=range_runs if ranged else 0,
        like=choice.like,
        everywhere=ranges,
        until_decided=until_decided,
        decided={name: _below(p) for name, p in spent.items()} if until_decided else {},
        too_few=too_few,
        warnings=(*choice.notices, *_warnings(samples, notes, too_few, ranged, scenarios)),
        notes=tuple(notes),
        failures=tuple(failure for sample in samples for failure in sample.failures),
        samples=tuple(samples),
    )


def _check(
    scenarios: Sequence[Scenario],
    runs: int,
    max_runs: int,
    ranges: int,
    primary: str,
    outcomes: Mapping[str, Outcome],
) -> None:
    if len(scenarios) < 2:
        raise UserError(
            f"compare needs at least two scenarios, got {len(scenarios)}; name a base and another one"
        )
    if runs < 1:
        raise UserError(f"--runs {runs} is too few; use at least 1 (2 for an interval)")
    if max_runs < 2:
        raise UserError(f"at most {max_runs} runs are too few for --until-decided; use at least 2")
    if ranges < 0:
        raise UserError(f"--ranges {ranges} is below zero; use 0 to skip the plausible ranges")
    check_outcome(primary, outcomes, "--primary", decides=True)
    weeks = {scenario.weeks for scenario in scenarios}
    if len(weeks) > 1:
        raise UserError(
            f"the scenarios differ in time.weeks ({', '.join(str(w) for w in sorted(weeks))}), so their outcomes do not "
            f"compare; use --set time.weeks={max(weeks)}"
        )


class _Counter:
    """Tells `progress` how many runs are done and planned. extra: runs planned besides those of the looks."""

    def __init__(self, progress: Progress | None, extra: int) -> None:
        self.progress, self.planned, self.done = progress, extra, 0

    def tick(self, runs: int) -> None:
        self.done += runs
        if self.progress is not None:
            self.progress(self.done, self.planned)


def _simulate(
    scenarios: Sequence[Scenario],
    names: Sequence[str],
    plan: Sequence[sequential.Look],
    seed: int,
    workers: int | None,
    simulate: Simulate,
    counter: _Counter,
    primary: str,
    better: int,
) -> tuple[list[Sample], dict[str, float | None]]:
    """Run up to the first look at which the primary outcome of every comparison has been decided, else to the
    last.

    Also returns, per comparison, the smallest error at which a look so far would have decided (below `ALPHA` =
    decided): levels are proportional to the error spent in total. None without a test.
    """
    samples = [Sample() for _ in names]
    spent: dict[str, float | None] = dict.fromkeys(names[1:])
    for look in plan:
        more = look.runs - samples[0].asked
        counter.planned += more * len(names)
        for sample, scenario in zip(samples, scenarios, strict=True):
            first = sample.asked
            results = simulate(scenario, more, seed, workers=workers, first_run=first, progress=counter.tick)
            sample.add(results, more)
        for name, sample in zip(names, samples, strict=True):
            if primary not in sample.outcomes:
                raise UserError(
                    f"--primary {primary}: there is no such figure in {name} (what it measures is switched off there); choose an "
                    f"outcome that all scenarios have, such as {PRIMARY}"
                )
        for name, sample in zip(names[1:], samples[1:], strict=True):
            p = paired_outcome(samples[0], sample, primary, better).p
            if p is not None and look.level:
                found, least = min(1.0, ALPHA * p / look.level), spent[name]
                spent[name] = found if least is None else min(found, least)
        if all(_below(p) for p in spent.values()):
            break
    return samples, spent


def _below(p: float | None) -> bool:
    return p is not None and p < ALPHA


def _rows(
    samples: Sequence[Sample],
    names: Sequence[str],
    outcomes: Mapping[str, Outcome],
    ranged: RangeResult | None,
    primary: str,
    spent: Mapping[str, float | None] | None,
    trees: Sequence[Tree],
) -> dict[str, dict[str, Row]]:
    """Rows by comparison and outcome. spent: the adjusted p of the primary outcome from a sequential test. trees: the
    organisations as planned.
    """
    shown = [name for name in outcomes if all(name in sample.outcomes for sample in samples)]
    pairs = [(name, outcome) for name in names[1:] for outcome in shown]
    kinds = {outcome for outcome in shown if outcomes[outcome].unit in estimates.CATEGORY_UNITS}
    others = dict(zip(names[1:], samples[1:], strict=True))
    figures = {
        (name, outcome): paired_outcome(samples[0], others[name], outcome, outcomes[outcome].better)
        for name, outcome in pairs
        if outcome not in kinds
    }
    plain = {key: figure.p for key, figure in figures.items()}
    adjusted = estimates.families(plain, {(name, primary) for name in names[1:]})
    adjusted |= {(name, primary): p for name, p in (spent or {}).items()}
    rows: dict[str, dict[str, Row]] = {}
    for k, name in enumerate(names[1:]):
        own = {outcome: figures[name, outcome] for outcome in shown if outcome not in kinds}
        rows[name] = {}
        for outcome in shown:
            declared = outcomes[outcome]
            if outcome in kinds:
                rows[name][outcome] = _kind_row(samples[0], others[name], declared)
                continue
            p, figure = adjusted[name, outcome], own[outcome]
            split = parts(declared, own, trees[0], trees[k + 1])
            of = outcome if split is None or split.equal else VALUE
            holding = None if ranged is None else ranged.holding(k, of, own[of].difference)
            verdict = _verdict(figure, declared.better, _below(p))
            rows[name][outcome] = Row(
                declared.unit, declared.better, figure, p, holding, verdict, None, of, split
            )
    return rows


def _kind_row(a: Sample, b: Sample, declared: Outcome) -> Row:
    """A row without figures: which kinds the runs of both have, and whether every run has the same in both."""
    pair = paired_outcome(a, b, declared.name, 0)
    none = estimates.Paired(None, None, None, None, None, None, None, None, None, None, pair.n)
    same = pair.n > 0 and pair.difference == 0 and not pair.sd
    verdict = "undefined" if pair.n == 0 else "equal" if same else "not compared"
    of_a, of_b = (estimates.shares(sample.outcomes[declared.name], STAGES) for sample in (a, b))
    return Row(declared.unit, 0, none, None, None, verdict, (of_a, of_b))


def _verdict(figure: estimates.Paired, better: int, detected: bool) -> str:
    if figure.n == 0:
        return "undefined"
    if figure.difference == 0 and not figure.sd:
        return "equal"
    if figure.p is None:
        return "not tested (one run)"
    if not detected:
        return "no difference detected"
    difference = estimates.known(figure.difference)  # it was tested
    if better == 0:
        return "higher" if difference > 0 else "lower"
    return "better" if better * difference > 0 else "worse"


def _warnings(
    samples: Sequence[Sample],
    notes: Sequence[str],
    too_few: Mapping[str, str],
    ranged: RangeResult | None,
    scenarios: Sequence[Scenario],
) -> list[str]:
    lines = []
    for scenario in scenarios:
        lines += [f"{scenario.name}: {warning}" for warning in tree.warnings_of(scenario)]
    lines += [*notes, *too_few.values()]
    failed = sum(len(sample.failures) for sample in samples)
    if failed:
        lines.append(f"{numbers.plural(failed, 'run')} failed, left out of every figure")
    for tried in filter(None, (ranged, ranged.everywhere if ranged else None)):
        if tried.failed:
            worlds = worlds_words(tried.points, tried.like)
            lines.append(f"{tried.failed} of {worlds} could not be run: {tried.reason}")
    return lines


def _too_few(
    rows: Mapping[str, Mapping[str, Row]], names: Sequence[str], primary: str, until_decided: bool
) -> dict[str, str]:
    """Comparisons whose primary outcome is not decided: how many runs would decide a difference of the size seen.

    From the sd of the paired differences, for a power of 80 % at the error of one comparison.
    """
    found = {}
    for name in names[1:]:
        row = rows[name].get(primary)
        if row is None or row.verdict not in ("no difference detected", "not tested (one run)"):
            continue
        f = row.figures
        more = "" if until_decided else ", or --until-decided"
        text = f"{numbers.plural(f.n, 'run')} {'is' if f.n == 1 else 'are'} too few to decide {primary} for {name}"
        needed = estimates.runs_needed(f.sd, f.difference, ALPHA / (len(names) - 1))
        if needed is None:
            found[name] = f"{text}; use at least {sequential.FIRST_LOOK}{more}"
        elif needed > cautions.MANY_RUNS:
            small = cautions.smaller_than([f], row.unit)
            found[name] = (
                f"{text}, but the difference, if there is one, is {small}"
                if small
                else f"{text}; the difference seen is so small that more than {cautions.MANY_RUNS:,} would be needed"
            )
        else:
            suggested = max(needed, f.n + 1)
            found[name] = f"{text}; about {suggested:,} would decide a difference of the size seen{more}"
    return found


# ---- what differs


def _differs(
    scenarios: Sequence[Scenario], names: Sequence[str], tree_of: Callable[[Scenario], Tree]
) -> dict[str, list[str]]:
    return {
        name: what_differs(scenarios[0], other, tree_of)
        for name, other in zip(names[1:], scenarios[1:], strict=True)
    }
