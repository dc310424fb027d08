"""Compare scenarios run by run, and say in which share of the plausible parameter ranges each verdict holds.

The first scenario is the base; every other one is compared to it on common random numbers. A difference is
called one only if it is beyond noise: p < .05 after Holm's correction over all outcomes and comparisons
printed, or decided by the sequential test of `--until-decided`, which tests the primary outcome alone and
spends its error over the looks.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim import statistics
from sim.errors import UserError, suggest
from sim.ranges import Holds, RangeResult, over_ranges
from sim.report import tables
from sim.samples import Sample, paired_outcome

if TYPE_CHECKING:
    from sim.outcomes import Outcome
    from sim.scenario import Scenario

ALPHA = 0.05
PRIMARY = "value_per_payroll_usd"
MAX_RUNS = 3200  # of --until-decided: looks at 50, 100, ..., 3200
Progress = Callable[[int, int], None]  # runs done, runs planned


@dataclass(frozen=True)
class Row:
    """One outcome of one comparison. verdict: better, worse, higher, lower, equal, or no difference
    detected.
    """

    unit: str
    better: int
    figures: statistics.Paired
    p_holm: float | None
    holds: Holds | None
    verdict: str


@dataclass(frozen=True)
class Comparison:
    """Paired comparisons of scenarios to the first. `rows`: name -> outcome -> Row; `decided`: by sequential
    test.
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
    until_decided: bool = False
    decided: Mapping[str, bool] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    failures: tuple[object, ...] = ()

    def verdict(self, name: str) -> str:
        """The headline: a plain sentence on the primary outcome, with its share over the plausible ranges."""
        from sim.report.comparison import verdict_sentence

        return verdict_sentence(self, name)

    def to_json(self) -> dict[str, object]:
        """The JSON object of `orgsim compare --json`. Undefined figures are None."""
        data = {
            "base": self.base,
            "runs": self.runs,
            "seed": self.seed,
            "weeks": self.weeks,
            "primary": self.primary,
            "comparisons": {
                name: {outcome: _row_json(row) for outcome, row in rows.items()}
                for name, rows in self.rows.items()
            },
            "differs": {name: list(lines) for name, lines in self.differs.items()},
            "verdicts": {name: self.verdict(name) for name in self.names},
            "ranges": {"points": self.ranges, "failed": self.ranges_failed, "varied": self.ranges_varied},
            "decided": dict(self.decided) if self.until_decided else None,
            "warnings": list(self.warnings),
            "failures": [
                {"run": failure.run, "seed": failure.seed, "message": failure.message}
                for failure in self.failures
            ],
        }
        return statistics.jsonable(data)

    def to_text(self, colour: bool = False) -> str:
        """What differs, the headline, and an aligned table per comparison."""
        from sim.report.comparison import comparison_text

        return comparison_text(self, colour)


def _row_json(row: Row) -> dict[str, object]:
    figures, holds = row.figures, row.holds
    return {
        "base": figures.base,
        "mean": figures.mean,
        "difference": figures.difference,
        "ci95": None if figures.lo is None else [figures.lo, figures.hi],
        "relative": figures.relative,
        "win_probability": figures.win_probability,
        "p_holm": row.p_holm,
        "variance_reduction": figures.variance_reduction,
        "holds_in": None if holds is None else holds.share,
        "holds_in_ci95": None if holds is None or holds.lo is None else [holds.lo, holds.hi],
        "verdict": row.verdict,
        "unit": row.unit,
        "runs": figures.n,
    }


def compare(
    scenarios: Sequence["Scenario"],
    runs: int = 100,
    seed: int = 1,
    ranges: int = 64,
    until_decided: bool = False,
    primary: str = PRIMARY,
    workers: int | None = None,
    progress: Progress | None = None,
    simulate: Callable | None = None,
    *,
    max_runs: int = MAX_RUNS,
    range_runs: int = 4,
    outcomes: Mapping[str, "Outcome"] | None = None,
    tree_of: Callable | None = None,
) -> Comparison:
    """Run the scenarios and compare each to the first.

    runs: per scenario; with until_decided the runs grow by looks up to max_runs until the primary outcome is
    decided in every comparison. ranges: points of the Latin hypercube over the plausible ranges (0 = skip),
    range_runs runs each. simulate, outcomes, tree_of: the engine, by default the real one. Raises UserError
    on bad input.
    """
    simulate, outcomes, tree_of = _engine(simulate, outcomes, tree_of)
    _check(scenarios, runs, max_runs, ranges, primary, outcomes)
    names = unique_names([s.name for s in scenarios])
    plan = (
        statistics.looks(max_runs, ALPHA / (len(names) - 1))
        if until_decided
        else [statistics.Look(runs, 0.0)]
    )
    counter = _Counter(progress, extra=ranges * range_runs * len(names))
    samples, decided = _simulate(scenarios, names, plan, seed, workers, simulate, counter, primary, outcomes)
    ranged = None
    if ranges:
        done = functools.partial(counter.tick, range_runs * len(names))
        ranged = over_ranges(scenarios, ranges, range_runs, seed, workers, simulate, done)
    chosen = decided if until_decided else {}
    return Comparison(
        base=names[0],
        names=tuple(names[1:]),
        runs=samples[0].asked,
        seed=seed,
        weeks=scenarios[0].weeks,
        primary=primary,
        rows=_rows(samples, names, outcomes, ranged, {n for n, yes in chosen.items() if yes}, primary),
        differs={
            name: what_differs(scenarios[0], other, tree_of)
            for name, other in zip(names[1:], scenarios[1:], strict=True)
        },
        ranges=ranges,
        ranges_failed=ranged.failed if ranged else 0,
        ranges_varied=len(ranged.paths) if ranged else 0,
        until_decided=until_decided,
        decided=chosen,
        warnings=tuple(_warnings(samples, names, primary, outcomes, ranged, chosen, scenarios)),
        failures=tuple(failure for sample in samples for failure in sample.failures),
    )


def _engine(simulate: Callable | None, outcomes: Mapping | None, tree_of: Callable | None) -> tuple:
    """Fill in the real engine; imported here because it compiles code."""
    if simulate is None:
        from sim.simulate import run as simulate
    if outcomes is None:
        from sim.outcomes import OUTCOMES

        outcomes = OUTCOMES
    if tree_of is None:
        from sim.simulate import tree_of
    return simulate, outcomes, tree_of


def _check(
    scenarios: Sequence, runs: int, max_runs: int, ranges: int, primary: str, outcomes: Mapping
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
    if primary not in outcomes:
        raise UserError(
            f"outcome '{primary}' is unknown{suggest(primary, list(outcomes))}; known: {', '.join(outcomes)}"
        )
    weeks = {scenario.weeks for scenario in scenarios}
    if len(weeks) > 1:
        raise UserError(
            f"the scenarios differ in time.weeks ({', '.join(str(w) for w in sorted(weeks))}), so their outcomes do not "
            f"compare; use --set time.weeks={max(weeks)}"
        )


def unique_names(names: Sequence[str]) -> list[str]:
    """Names made different by a number in brackets where they repeat."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


class _Counter:
    """Tells `progress` how many runs are done and planned. extra: runs planned besides those of the looks."""

    def __init__(self, progress: Progress | None, extra: int) -> None:
        self.progress, self.planned, self.done = progress, extra, 0

    def tick(self, runs: int) -> None:
        self.done += runs
        if self.progress is not None:
            self.progress(self.done, self.planned)


def _simulate(
    scenarios: Sequence["Scenario"],
    names: Sequence[str],
    plan: Sequence[statistics.Look],
    seed: int,
    workers: int | None,
    simulate: Callable,
    counter: _Counter,
    primary: str,
    outcomes: Mapping[str, "Outcome"],
) -> tuple[list[Sample], dict[str, bool]]:
    """Run up to the first look at which the primary outcome of every comparison has been decided, else to the
    last.
    """
    samples = [Sample() for _ in names]
    decided = dict.fromkeys(names[1:], False)
    for look in plan:
        more = look.runs - samples[0].asked
        counter.planned += more * len(names)
        for sample, scenario in zip(samples, scenarios, strict=True):
            first = sample.asked
            results = simulate(scenario, more, seed, workers=workers, first_run=first, progress=counter.tick)
            sample.add(results, more)
        for name, sample in zip(names[1:], samples[1:], strict=True):
            p = paired_outcome(samples[0], sample, primary, outcomes[primary].better).p
            decided[name] = decided[name] or (p is not None and p <= look.level)
        if all(decided.values()):
            break
    return samples, decided


def _rows(
    samples: Sequence[Sample],
    names: Sequence[str],
    outcomes: Mapping[str, "Outcome"],
    ranged: RangeResult | None,
    decided: set[str],
    primary: str,
) -> dict[str, dict[str, Row]]:
    shown = [name for name in outcomes if all(name in sample.outcomes for sample in samples)]
    figures = {
        (k, outcome): paired_outcome(samples[0], samples[k], outcome, outcomes[outcome].better)
        for k in range(1, len(samples))
        for outcome in shown
    }
    adjusted = dict(zip(figures, statistics.holm([f.p for f in figures.values()]), strict=True))
    rows: dict[str, dict[str, Row]] = {name: {} for name in names[1:]}
    for (k, outcome), figure in figures.items():
        declared, p_holm = outcomes[outcome], adjusted[k, outcome]
        detected = (p_holm is not None and p_holm < ALPHA) or (outcome == primary and names[k] in decided)
        holds = ranged.holds(k - 1, outcome, figure.difference) if ranged else None
        verdict = _verdict(figure, declared.better, detected)
        rows[names[k]][outcome] = Row(declared.unit, declared.better, figure, p_holm, holds, verdict)
    return rows


def _verdict(figure: statistics.Paired, better: int, detected: bool) -> str:
    if figure.n == 0:
        return "undefined"
    if figure.difference == 0 and not figure.sd:
        return "equal"
    if figure.p is None:
        return "not tested (one run)"
    if not detected:
        return "no difference detected"
    if better == 0:
        return "higher" if figure.difference > 0 else "lower"
    return "better" if better * figure.difference > 0 else "worse"


def _warnings(
    samples: Sequence[Sample],
    names: Sequence[str],
    primary: str,
    outcomes: Mapping[str, "Outcome"],
    ranged: RangeResult | None,
    decided: Mapping[str, bool],
    scenarios: Sequence["Scenario"],
) -> list[str]:
    lines = []
    for scenario in scenarios:
        lines += [f"{scenario.name}: {warning}" for warning in scenario.warnings]
    for name, sample in zip(names[1:], samples[1:], strict=True):
        figures = paired_outcome(samples[0], sample, primary, outcomes[primary].better)
        open_question = not decided[name] if decided else figures.p is None or figures.p >= ALPHA
        if open_question and not (figures.difference == 0 and not figures.sd):
            lines.append(_too_few(name, primary, figures))
    failed = sum(len(sample.failures) for sample in samples)
    if failed:
        lines.append(f"{failed} runs failed and are left out of every figure")
    if ranged and ranged.failed:
        lines.append(
            f"{ranged.failed} of the {ranged.points} plausible parameter sets could not be run: {ranged.reason}"
        )
    return lines


def _too_few(name: str, primary: str, figures: statistics.Paired) -> str:
    text = f"{figures.n} run{'s are' if figures.n != 1 else ' is'} too few to decide {primary} for {name}"
    needed = statistics.runs_needed(figures.sd, figures.difference)
    if needed is None:
        return f"{text}; use at least 50, or --until-decided"
    if needed > 100_000:
        return f"{text}; the difference seen is so small that more than 100,000 runs would be needed"
    suggestion = max(needed, figures.n + 1)
    return f"{text}; about {suggestion:,} runs would decide a difference of the size seen, or use --until-decided"


# ---- what differs


def what_differs(a: "Scenario", b: "Scenario", tree_of: Callable | None = None) -> list[str]:
    """What b has that a has not, in words and money: first the organisation in one line, then changed
    parameters.

    tree_of: scenario -> sim.structure.Tree, by default the engine's.
    """
    if tree_of is None:
        from sim.simulate import tree_of
    lines = [structure_difference(tree_of(a).facts(), tree_of(b).facts(), float(tree_of(a).pay.min()))]
    for unit in ("weeks", "warmup_weeks", "tick_hours"):
        before, after = getattr(a, unit), getattr(b, unit)
        if before != after:
            lines.append(f"time.{unit} {before} -> {after}")
    for path in sorted(set(a.values) | set(b.values)):
        before, after = a.values.get(path), b.values.get(path)
        if before != after:
            lines.append(f"{path} {plain(before)} -> {plain(after)}")
    return lines


def structure_difference(a: Mapping[str, float], b: Mapping[str, float], smallest_pay: float) -> str:
    """One line on two `Tree.facts`; smallest_pay: USD a year, below which payrolls count as equal."""
    parts = []
    for key, one, many in (("managers", "manager", "managers"), ("ics", "IC", "ICs")):
        change = int(b[key] - a[key])
        if change:
            parts.append(f"{change:+,} {one if abs(change) == 1 else many}")
    before, after = f"{a['first_line_span_mean']:.3g}", f"{b['first_line_span_mean']:.3g}"
    if before != after:
        parts.append(f"mean first-line span {before} -> {after}")
    layers = int(b["layers"] - a["layers"])
    if layers:
        count = "one layer" if abs(layers) == 1 else f"{abs(layers)} layers"
        parts.append(f"{count} {'more' if layers > 0 else 'less' if abs(layers) == 1 else 'fewer'}")
    if a["roots"] != b["roots"]:
        parts.append(f"tops {int(a['roots'])} -> {int(b['roots'])}")
    parts = parts or ["same organisation chart"]
    change = b["payroll"] - a["payroll"]
    if abs(change) < 1:
        parts.append("payroll equal")
    elif abs(change) < smallest_pay:
        parts.append(f"payroll equal within {int(-(-abs(change) // 1000)) * 1000:,} USD")
    else:
        parts.append(
            f"payroll {change:+,.0f} USD a year ({tables.percent(change / a['payroll'], sign=True)} %)"
        )
    return ", ".join(parts)


def plain(value: object) -> str:
    """A parameter's value as a person writes it in YAML."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
