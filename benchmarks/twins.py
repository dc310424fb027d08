"""Twin experiments: does `orgsim fit` find the worlds that look like an organisation whose parameters are known?

    python benchmarks/twins.py [--cases 50] [--markdown docs/explanation/fit.md]

Each case draws its truth from the plausible sets, hidden from the fit: a small organisation with these parameters is simulated
once with dice of its own, which is its history; five of its outcomes are observed with an error. The fit then sees the five
figures and nothing else. Reported: whether the truth's own parameters are kept, which share of the plausible ranges is, how
much better the fitted worlds foretell the verdict of flat against layered that holds in the truth, and how often the history's
other outcomes lie in the interval that the fitted worlds give. All cases share the draws of the first wave, simulated once.
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

from sim.experiments.fit.draws import Draws  # noqa: E402
from sim.experiments.fit.implausibility import CUTOFF, implausibility, means_of, run_variance  # noqa: E402
from sim.experiments.fit.study import Fit, fit  # noqa: E402
from sim.experiments.plausible import known, plausible_sets, varied  # noqa: E402
from sim.outcomes.declared import OUTCOMES  # noqa: E402
from sim.parameters.registry import REGISTRY  # noqa: E402
from sim.scenario.observed import Observation  # noqa: E402
from sim.scenario.scenario import Scenario, load  # noqa: E402
from sim.simulation.results import Results  # noqa: E402
from sim.simulation.run import run  # noqa: E402
from sim.statistics.estimates import mean_ci, wilson  # noqa: E402
from sim.store.folder import content_hash  # noqa: E402
from sim.store.journal import Journal  # noqa: E402
from sim.text.numbers import interval, shown_unit, signed  # noqa: E402

SMALL = ("organisation.ics=36", "time.weeks=26")
LAYERED, FLAT = (load("base", [*SMALL, f"organisation.management_layers={k}"]) for k in (2, 1))
#: What was measured: the first five can be had from calendars and a survey besides Git and tickets, and two of them bear on the
#: verdict; the other five come from Git, tickets and DORA metrics alone.
MEASURED = {
    "with a survey": (
        "lead_time_hours", "changes_per_ic_week", "change_failure_rate", "guessed_share", "time_answering_manager",
    ),
    "delivery only": (
        "lead_time_hours", "changes_per_ic_week", "change_failure_rate", "review_wait_hours", "ai_share_realised",
    ),
}  # fmt: skip
OTHERS = (
    "value_per_week", "value_per_payroll_usd", "cost_per_value", "decision_latency_hours", "rework_share",
    "incidents_per_week", "coaching_coverage", "alignment", "manager_utilisation", "time_coding_ic", "time_reviewing_ic",
    "discarded_share", "skill_mean",
)  # fmt: skip
VERDICT = "value_per_payroll_usd"
WITHIN = 0.20  # of the observed value, as 40 hours within 8: an error of 10 %, one standard deviation
RATE = 0.90  # of the intervals of outcomes that were not observed
SIZES, WAVES = (
    (1536, 128),
    3,
)  # sets of the first wave, which all cases share, and of the others; waves at most
RUNS, TRUTH_RUNS = 2, 16  # per world, and to know the truth's verdict
SEED, HISTORY = 1, 777_000  # dice of the fit, and of the histories
WORLDS = 32  # kept sets that are enough here: half as many as in `orgsim fit`, so that 50 cases take minutes
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
            names = {*OTHERS, *(name for group in MEASURED.values() for name in group)}
            outcomes = {name: found.outcomes[name] for name in names}
            self._known[key] = replace(found, outcomes=outcomes, series={}, cohorts=(), ledgers=(), boards=())
        return self._known[key]


class Memory(Journal):
    """A journal that all cases share: what one has simulated, the others take over."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[str, list[object]] = {}

    def get(self, key: str) -> list[object] | None:
        """See `Journal`."""
        return self.figures.get(key)

    def keep(self, key: str, figures: list[object]) -> None:
        """See `Journal`."""
        self.figures[key] = figures


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


class Twins:
    """The cases of one set of measured outcomes."""

    def __init__(self, observed: Sequence[str], bank: Bank, draws: SharedDraws) -> None:
        self.observed, self.bank, self.draws, self.memory = observed, bank, draws, Memory()
        self.every = plausible_sets(varied((LAYERED, FLAT), REGISTRY), len(known().kept))
        self.leads = np.array([self.lead(values) for values in self.every])
        self.runs = self.outcomes(self.every)

    def case(self, number: int, k: int) -> Case:
        """One twin experiment: the truth is plausible set *k*."""
        truth, others = self.every[k], np.arange(len(self.every)) != k
        history = run(LAYERED.with_values(truth), 1, HISTORY, workers=1, first_run=number).outcomes
        measured = replace(LAYERED, observed=self.measured(history, number))
        found = fit(
            measured,
            SEED,
            WAVES,
            SIZES,
            RUNS,
            1,
            simulate=self.bank,
            draws=self.draws,
            useful=WORLDS,
            journal=self.memory,
        )
        worlds = found.worlds[:WORLDS]
        sign, decided = true_sign(truth, number)
        covered, narrower = coverage(
            self.outcomes(worlds), {n: x[others] for n, x in self.runs.items()}, history
        )
        return Case(
            truth=self.truth_implausibility(found, truth), volume=found.volume, worlds=len(found.kept),
            waves=len(found.waves), p=share_of(np.array([self.lead(x) for x in worlds]), sign),
            prior=share_of(self.leads[others], sign), decided=decided, covered=covered, narrower=narrower,
        )  # fmt: skip

    def measured(self, history: Mapping[str, np.ndarray], number: int) -> dict[str, Observation]:
        """The observed figures with an error, in the units in which they are shown."""
        errors = np.random.default_rng([HISTORY, number]).standard_normal(len(self.observed))
        found = {}
        for name, error in zip(self.observed, errors, strict=True):
            figure = float(history[name][0]) * shown_unit(OUTCOMES[name].unit)[1]
            found[name] = Observation(figure * (1.0 + error * WITHIN / 2), WITHIN * figure)
        return found

    def truth_implausibility(self, found: Fit, truth: Mapping[str, object]) -> float:
        """The largest I of the truth's own parameters, on the dice of the fit, as the fit would have found it."""
        outcomes = self.bank(LAYERED.with_values(truth), RUNS, SEED).outcomes
        largest = 0.0
        for j, target in enumerate(found.targets):
            mean = means_of(outcomes[target.outcome.name][None, :])
            spread = run_variance(found.figures[:, j], mean)
            largest = max(largest, float(implausibility(mean, target, spread, RUNS)[0]))
        return largest

    def lead(self, values: Mapping[str, object]) -> float:
        """How far flat is ahead of layered in a world, mean over its runs."""
        layered, flat = (
            self.bank(s.with_values(values), RUNS, SEED).outcomes[VERDICT] for s in (LAYERED, FLAT)
        )
        return float((flat - layered).mean())

    def outcomes(self, worlds: Sequence[Mapping[str, object]]) -> dict[str, np.ndarray]:
        """Runs of other outcomes in the worlds, each on dice of its own, as the history has: float64 [worlds, runs]."""
        each = [
            self.bank(LAYERED.with_values(values), RUNS, SEED, first_run=RUNS * (k + 1)).outcomes
            for k, values in enumerate(worlds)
        ]
        return {name: np.array([one[name] for one in each]) for name in OTHERS}


def true_sign(truth: Mapping[str, object], number: int) -> tuple[int, bool]:
    """Sign of flat minus layered in the truth, and whether it is beyond noise (two standard errors)."""
    layered, flat = (
        run(s.with_values(truth), TRUTH_RUNS, HISTORY + 1 + number, workers=1).outcomes[VERDICT]
        for s in (LAYERED, FLAT)
    )
    lead = flat - layered
    error = lead.std(ddof=1) / math.sqrt(len(lead))
    return (1 if lead.mean() > 0 else -1), bool(abs(lead.mean()) > 2 * error)


def share_of(leads: np.ndarray, sign: int) -> float:
    """Share of the worlds whose verdict has the sign, after Laplace: (k + 1) / (n + 2)."""
    return (int((sign * leads > 0).sum()) + 1) / (len(leads) + 2)


def coverage(
    fitted: Mapping[str, np.ndarray], everywhere: Mapping[str, np.ndarray], history: Mapping[str, np.ndarray]
) -> tuple[dict[str, bool], dict[str, float]]:
    """Whether the history lies in the middle 90 % of the runs of the fitted worlds, and how much narrower that is than of all."""
    covered, narrower = {}, {}
    tail = (1.0 - RATE) / 2
    for name in OTHERS:
        low, high = np.quantile(fitted[name], (tail, 1.0 - tail)) if fitted[name].size else (np.nan, np.nan)
        least, most = np.quantile(everywhere[name], (tail, 1.0 - tail))
        covered[name] = bool(low <= history[name][0] <= high)
        narrower[name] = float((high - low) / (most - least))
    return covered, narrower


def report(cases: Sequence[Case], minutes: float) -> str:
    """The figures as Markdown."""
    n = len(cases)
    kept = sum(one.truth < CUTOFF for one in cases)
    low, high = wilson(kept, n)
    volumes = np.array([one.volume for one in cases])
    fitted, prior = (np.array([getattr(one, name) for one in cases]) for name in ("p", "prior"))
    decided = np.array([one.decided for one in cases])
    gain = mean_ci(np.log(fitted) - np.log(prior))
    sharp = mean_ci((np.log(fitted) - np.log(prior))[decided])
    rates = {name: float(np.mean([one.covered[name] for one in cases])) for name in OTHERS}
    widths = {name: float(np.nanmedian([one.narrower[name] for one in cases])) for name in OTHERS}
    poor = [f"case {k + 1} (largest I {one.truth:.1f})" for k, one in enumerate(cases) if one.truth >= CUTOFF]
    lines = [
        "| of the cases | figure |",
        "|---|---:|",
        f"| truth kept (largest implausibility below {CUTOFF:g}) | {kept} of {n}, {kept / n:.0%} [{low:.0%}, {high:.0%}] |",
        f"| kept share of the plausible ranges: median (least, most) | {np.median(volumes):.1%} ({volumes.min():.1%}, "
        f"{volumes.max():.1%}) |",
        f"| worlds kept: median (fewest) | {np.median([c.worlds for c in cases]):.0f} ({min(c.worlds for c in cases)}) |",
        f"| waves: mean (most) | {np.mean([c.waves for c in cases]):.1f} ({max(c.waves for c in cases)}) |",
        f"| mean log score of the true sign: fitted worlds | {np.log(fitted).mean():.3f} |",
        f"| all plausible worlds | {np.log(prior).mean():.3f} |",
        f"| gain (95 % interval) | {signed(gain.mean)} {interval(gain.lo, gain.hi)} |",
        f"| gain in the {decided.sum()} cases whose sign is beyond noise | {signed(sharp.mean)} {interval(sharp.lo, sharp.hi)} |",
        f"| cases in which the fitted worlds give the true sign more than half | {np.mean(fitted > 0.5):.0%} (all plausible: "
        f"{np.mean(prior > 0.5):.0%}) |",
        f"| outcomes not fitted that lie in their {RATE:.0%} interval | {np.mean(list(rates.values())):.1%} of "
        f"{n * len(OTHERS):,} |",
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
@click.option(
    "--cases", default=50, show_default=True, help="twins, at most as many as there are plausible sets"
)
@click.option("--markdown", type=click.Path(path_type=Path), help="also write the tables to this file")
def main(cases: int, markdown: Path | None) -> None:
    """Run the twins and print the figures."""
    bank, draws, parts = Bank(), SharedDraws(), []
    for title, observed in MEASURED.items():
        begun = time.perf_counter()
        twins = Twins(observed, bank, draws)
        chosen = np.random.default_rng(HISTORY).permutation(len(twins.every))[:cases].tolist()
        names = ", ".join(f"`{name}`" for name in observed)
        found: list[Case] = []
        parts.append("")
        for number, k in enumerate(tqdm(chosen, unit="twin")):
            found.append(twins.case(number, k))
            parts[-1] = (
                f"### Measured: {title}\n\n{names}.\n\n{report(found, (time.perf_counter() - begun) / 60)}"
            )
            if markdown is not None:  # as it comes, so that an early end leaves what is known
                markdown.write_text(placed("\n\n".join(parts), markdown), encoding="utf-8")
        click.echo(parts[-1] + "\n")


if __name__ == "__main__":
    main()
