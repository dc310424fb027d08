"""Twin experiments: does `orgsim fit` find the worlds that look like an organisation whose parameters are known?

    python benchmarks/twins.py [--cases 50] [--markdown docs/explanation/fit.md]

Each case draws its truth from the plausible sets, hidden from the fit: a small organisation with these parameters is simulated once
with dice of its own, which is its history; five of its outcomes are observed with an error. The fit then sees the five figures and
nothing else. Reported: whether the truth's own parameters are kept, which share of the plausible ranges is, how much better
the fitted worlds foretell the verdict of flat against layered that holds in the truth, and how often the history's other outcomes lie
in the interval that the fitted worlds give. All cases share the draws of the first wave, which are simulated once.
"""

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.experiments.fit.implausibility import CUTOFF, implausibility, means_of, run_variance  # noqa: E402
from sim.experiments.fit.simulated import Draws  # noqa: E402
from sim.experiments.fit.study import Fit, fit  # noqa: E402
from sim.experiments.plausible import known, plausible_sets, varied  # noqa: E402
from sim.parameters.registry import REGISTRY  # noqa: E402
from sim.scenario.observed import Observation  # noqa: E402
from sim.scenario.scenario import Scenario, load  # noqa: E402
from sim.simulation.results import Results  # noqa: E402
from sim.simulation.run import run  # noqa: E402
from sim.statistics.estimates import wilson  # noqa: E402
from sim.store.folder import content_hash  # noqa: E402
from sim.text.numbers import shown_unit  # noqa: E402

SMALL = ("organisation.ics=36", "time.weeks=52")
LAYERED, FLAT = (load("base", [*SMALL, f"organisation.management_layers={k}"]) for k in (2, 1))
OBSERVED = (
    "lead_time_hours", "changes_per_ic_week", "change_failure_rate", "review_wait_hours", "ai_share_realised",
)  # fmt: skip
OTHERS = (
    "value_per_week", "value_per_payroll_usd", "cost_per_value", "decision_latency_hours", "guessed_share", "rework_share",
    "incidents_per_week", "coaching_coverage", "alignment", "manager_utilisation", "time_coding_ic", "time_reviewing_ic",
    "unreviewed_share", "discarded_share", "skill_mean",
)  # fmt: skip
VERDICT = "value_per_payroll_usd"
WITHIN = 0.10  # of the observed value: an error of 5 %, one standard deviation
RATE = 0.90  # of the intervals of outcomes that were not observed
SIZES = (1024, 128)  # sets of the first wave, which all cases share, and of the others
RUNS, TRUTH_RUNS = 2, 16  # per world, and to know the truth's verdict
SEED, HISTORY = 1, 777_000  # dice of the fit, and of the histories
WORLDS = 64
BEGIN, END = "<!-- generated: twins -->", "<!-- end of generated: twins -->"


class Bank:
    """The simulator with a memory: the same parameters, dice and scenario are run once."""

    def __init__(self) -> None:
        self._known: dict[str, Results] = {}

    def __call__(
        self,
        scenario: Scenario,
        runs: int,
        seed: int,
        *,
        workers: int | None = None,
        first_run: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> Results:
        """See `sim.simulation.results.Simulate`; only what the twins need is remembered."""
        key = content_hash({"what": scenario.hash(), "runs": runs, "seed": seed, "first": first_run})
        if key not in self._known:
            found = run(scenario, runs, seed, workers=1, first_run=first_run)
            outcomes = {name: found.outcomes[name] for name in (*OBSERVED, *OTHERS)}
            self._known[key] = replace(found, outcomes=outcomes, series={}, cohorts=(), ledgers=(), boards=())
        return self._known[key]


class SharedDraws(Draws):
    """Draws with a memory."""

    def __init__(self) -> None:
        super().__init__(varied((LAYERED,), REGISTRY))
        self._known: dict[tuple[int, int], tuple[Sequence[Mapping[str, object]], np.ndarray]] = {}

    def __call__(self, count: int, seed: int) -> tuple[Sequence[Mapping[str, object]], np.ndarray]:
        """See `Draws`."""
        if (count, seed) not in self._known:
            self._known[count, seed] = super().__call__(count, seed)
        return self._known[count, seed]


@dataclass(frozen=True)
class Case:
    """truth: largest I of the truth's own parameters; volume, worlds: kept; p, prior: what fitted and all plausible worlds say of
    the true sign of the verdict; decided: that sign is beyond noise; covered: by other outcome; narrower: width of its interval
    over that of all plausible worlds.
    """

    truth: float
    volume: float
    worlds: int
    waves: int
    p: float
    prior: float
    decided: bool
    covered: Mapping[str, bool]
    narrower: Mapping[str, float]


def case(number: int, truth: Mapping[str, object], others: Sequence[Mapping[str, object]], bank: Bank, draws: SharedDraws) -> Case:
    """One twin experiment. others: the plausible sets without the truth."""
    history = run(LAYERED.with_values(truth), 1, HISTORY, workers=1, first_run=number).outcomes
    observed = replace(LAYERED, observed=measured(history, number))
    found = fit(observed, SEED, 8, SIZES, RUNS, 1, simulate=bank, draws=draws, useful=WORLDS)
    worlds = found.worlds[:WORLDS]
    sign, decided = true_sign(truth, number)
    covered, narrower = coverage(worlds, others, history, bank)
    return Case(
        truth=truth_implausibility(found, truth, bank), volume=found.volume, worlds=len(found.kept), waves=len(found.waves),
        p=share_of(worlds, sign, bank), prior=share_of(others, sign, bank), decided=decided, covered=covered, narrower=narrower,
    )  # fmt: skip


def measured(history: Mapping[str, np.ndarray], number: int) -> dict[str, Observation]:
    """The five figures with an error, in the units in which they are shown."""
    errors = np.random.default_rng([HISTORY, number]).standard_normal(len(OBSERVED))
    found = {}
    for name, error in zip(OBSERVED, errors, strict=True):
        figure = float(history[name][0]) * shown_unit_scale(name)
        found[name] = Observation(figure * (1.0 + error * WITHIN / 2), WITHIN * figure)
    return found


def shown_unit_scale(name: str) -> float:
    """What turns an outcome into its shown unit."""
    from sim.outcomes.declared import OUTCOMES

    return shown_unit(OUTCOMES[name].unit)[1]


def truth_implausibility(found: Fit, truth: Mapping[str, object], bank: Bank) -> float:
    """The largest I of the truth's own parameters, on the dice of the fit, as the fit would have found it."""
    outcomes = bank(LAYERED.with_values(truth), RUNS, SEED).outcomes
    largest = 0.0
    for j, target in enumerate(found.targets):
        mean = means_of(outcomes[target.outcome.name][None, :])
        spread = run_variance(found.figures[:, j], mean)
        largest = max(largest, float(implausibility(mean, target, spread, RUNS)[0]))
    return largest


def true_sign(truth: Mapping[str, object], number: int) -> tuple[int, bool]:
    """Sign of flat minus layered in the truth, and whether it is beyond noise (two standard errors)."""
    layered, flat = (
        run(s.with_values(truth), TRUTH_RUNS, HISTORY + 1 + number, workers=1).outcomes[VERDICT] for s in (LAYERED, FLAT)
    )
    lead = flat - layered
    error = lead.std(ddof=1) / math.sqrt(len(lead))
    return (1 if lead.mean() > 0 else -1), bool(abs(lead.mean()) > 2 * error)


def share_of(worlds: Sequence[Mapping[str, object]], sign: int, bank: Bank) -> float:
    """Share of the worlds whose verdict has the sign, after Laplace: (k + 1) / (n + 2)."""
    agree = 0
    for values in worlds:
        layered, flat = (bank(s.with_values(values), RUNS, SEED).outcomes[VERDICT] for s in (LAYERED, FLAT))
        agree += sign * float((flat - layered).mean()) > 0
    return (agree + 1) / (len(worlds) + 2)


def coverage(
    worlds: Sequence[Mapping[str, object]],
    others: Sequence[Mapping[str, object]],
    history: Mapping[str, np.ndarray],
    bank: Bank,
) -> tuple[dict[str, bool], dict[str, float]]:
    """Whether the history lies in the middle 90 % of the runs of the fitted worlds, and how much narrower that is than of all."""
    covered, narrower = {}, {}
    fitted, everywhere = (
        [bank(LAYERED.with_values(values), RUNS, SEED).outcomes for values in group] for group in (worlds, others)
    )
    tail = (1.0 - RATE) / 2
    for name in OTHERS:
        ends = []
        for group in (fitted, everywhere):
            figures = np.concatenate([one[name] for one in group]) if group else np.array([np.nan])
            ends.append(np.quantile(figures, (tail, 1.0 - tail)))
        covered[name] = bool(ends[0][0] <= history[name][0] <= ends[0][1])
        narrower[name] = float((ends[0][1] - ends[0][0]) / (ends[1][1] - ends[1][0]))
    return covered, narrower


def report(cases: Sequence[Case], minutes: float) -> str:
    """The figures as Markdown."""
    n = len(cases)
    kept = sum(one.truth < CUTOFF for one in cases)
    low, high = wilson(kept, n)
    volumes = np.array([one.volume for one in cases])
    fitted, prior = (np.array([getattr(one, name) for one in cases]) for name in ("p", "prior"))
    decided = np.array([one.decided for one in cases])
    gain = np.log(fitted) - np.log(prior)
    error = gain.std(ddof=1) / math.sqrt(n)
    rates = {name: float(np.mean([one.covered[name] for one in cases])) for name in OTHERS}
    widths = {name: float(np.median([one.narrower[name] for one in cases])) for name in OTHERS}
    poor = [f"case {k + 1} (largest I {one.truth:.1f})" for k, one in enumerate(cases) if one.truth >= CUTOFF]
    lines = [
        "| of the cases | figure |",
        "|---|---:|",
        f"| truth kept (largest implausibility below {CUTOFF:g}) | {kept} of {n}, {kept / n:.0%} [{low:.0%}, {high:.0%}] |",
        f"| kept share of the plausible ranges: median (least, most) | {np.median(volumes):.1%} ({volumes.min():.1%}, {volumes.max():.1%}) |",
        f"| worlds kept: median (fewest) | {np.median([c.worlds for c in cases]):.0f} ({min(c.worlds for c in cases)}) |",
        f"| waves: mean (most) | {np.mean([c.waves for c in cases]):.1f} ({max(c.waves for c in cases)}) |",
        f"| mean log score of the true sign: fitted worlds | {np.log(fitted).mean():.3f} |",
        f"| all plausible worlds | {np.log(prior).mean():.3f} |",
        f"| gain (95 % interval) | {gain.mean():+.3f} [{gain.mean() - 2.01 * error:+.3f}, {gain.mean() + 2.01 * error:+.3f}] |",
        f"| gain in the {decided.sum()} cases whose sign is beyond noise | {gain[decided].mean():+.3f} |",
        f"| cases in which the fitted worlds give the true sign more than half | {np.mean(fitted > 0.5):.0%} (all plausible: {np.mean(prior > 0.5):.0%}) |",
        f"| outcomes not fitted that lie in their {RATE:.0%} interval | {np.mean(list(rates.values())):.1%} of {n * len(OTHERS):,} |",
        "",
        "| outcome that was not fitted | covered | width of its interval, of that over all plausible worlds |",
        "|---|---:|---:|",
        *(f"| `{name}` | {rates[name]:.0%} | {widths[name]:.0%} |" for name in OTHERS),
        "",
        f"Truths that were not kept: {', '.join(poor) or 'none'}. {n} cases took {minutes:.0f} minutes on one loaded processor.",
    ]
    return "\n".join(lines)


def placed(text: str, page: Path) -> str:
    """The page with *text* between its markers; *text* alone where there is no page or no marker."""
    before, begin, rest = (page.read_text(encoding="utf-8") if page.exists() else "").partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{text}\n{END}{after}" if begin and end else text + "\n"


@click.command()
@click.option("--cases", default=50, show_default=True, help="twins, at most half of the plausible sets")
@click.option("--markdown", type=click.Path(path_type=Path), help="also write the tables to this file")
def main(cases: int, markdown: Path | None) -> None:
    """Run the twins and print the figures."""
    begun, bank, draws = time.perf_counter(), Bank(), SharedDraws()
    every = plausible_sets(varied((LAYERED, FLAT), REGISTRY), len(known().kept))
    chosen = np.random.default_rng(HISTORY).permutation(len(every))[:cases]
    found = []
    for number, k in enumerate(tqdm(chosen.tolist(), unit="twin")):
        others = [values for j, values in enumerate(every) if j != k]
        found.append(case(number, every[k], others, bank, draws))
    text = report(found, (time.perf_counter() - begun) / 60)
    click.echo(text)
    if markdown is not None:
        markdown.write_text(placed(text, markdown), encoding="utf-8")


if __name__ == "__main__":
    main()
