"""Calibrate the flow model: as many parameters as targets, by Gauss-Newton on common random numbers.

    python benchmarks/calibrate.py [--runs 16] [--steps 6] [--markdown docs/explanation/calibration.md]

The targets are those of the model of record at the baseline scenario (96 ICs, three layers of managers, AI share as
planned). Nothing else is fitted, least of all a stylised fact. The script prints the fitted values, the misfit with its
standard error, and how well each parameter is identified; the values are then written into `sim/parameters/flow.py` by hand,
rounded, which the last line of the report checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from sim.parameters.evidence import cite
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import load
from sim.simulation.run import run


@dataclass(frozen=True)
class Target:
    """One flow target: the figure to meet, its plausible range and its source."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str

    def holds(self, figure: float) -> bool:
        """Whether a figure is plausible; where the target is an end of its range, a tenth beyond it is, too."""
        low = self.low if self.low < self.value else 0.9 * self.value
        high = self.high if self.high > self.value else 1.1 * self.value
        return low <= figure <= high


TARGETS = (
    Target("coding", 0.25, 0.11, 0.37, "share of IC hours", "D01"),
    Target("merged changes", 3.0, 3.0, 7.0, "per IC and week", "C17"),
    Target("review", 5.0, 2.6, 6.4, "hours per IC and week", "C25"),
    Target("change-failure rate", 0.15, 0.05, 0.40, "share of merged changes", "C26"),
    Target("review wait", 4.0, 1.0, 5.0, "hours to the start of a review", "C18"),
    Target("realised AI share", 0.27, 0.22, 0.30, "share of merged volume", "A03"),
)
FITTED = (
    "work.prep_hours",
    "work.size_mean",
    "review.hours_per_standard_hour",
    "defects.per_standard_hour",
    "review.pickup_hours",
    "ai.share_of_code",
)
#: Where a page takes the tables.
BEGIN, END = "<!-- generated: calibration -->", "<!-- end of generated: calibration -->"
ECHO = ("meetings", "time_meetings_ic", 0.15, "D02")


def measure(values: dict[str, float], runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the simulated figures in the order of `TARGETS`, and their standard errors."""
    figures = figures_of(run(load("base").with_values(values), runs=runs, seed=1).outcomes)
    return figures.mean(axis=1), figures.std(axis=1, ddof=1) / np.sqrt(runs)


def figures_of(outcomes: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the figures of every run in the order of `TARGETS`, float64 [targets, runs]."""
    return np.stack(
        [
            outcomes["time_coding_ic"],
            outcomes["changes_per_ic_week"],
            40.0 * outcomes["time_reviewing_ic"],
            outcomes["change_failure_rate"],
            outcomes["review_wait_hours"],
            outcomes["ai_share_realised"],
        ]
    )


def jacobian(values: dict[str, float], runs: int, step: float = 0.05) -> np.ndarray:
    """Return elasticities [targets, parameters]: relative change of a figure per relative change of a parameter."""
    columns = []
    for path in FITTED:
        up, down = (measure({**values, path: values[path] * (1 + s)}, runs)[0] for s in (step, -step))
        columns.append((np.log(up) - np.log(down)) / (np.log1p(step) - np.log1p(-step)))
    return np.stack(columns, axis=1)


def fit(runs: int, steps: int) -> tuple[dict[str, float], np.ndarray]:
    """Return the fitted values and the elasticities at them."""
    values = {path: float(REGISTRY[path].value) for path in FITTED}
    goal = np.log([t.value for t in TARGETS])
    for number in range(steps):
        elasticities = jacobian(values, runs)
        misfit = goal - np.log(measure(values, runs)[0])
        change = np.clip(np.linalg.lstsq(elasticities, misfit, rcond=None)[0], -0.3, 0.3)
        click.echo(f"step {number + 1}: largest misfit {np.abs(np.expm1(misfit)).max():.1%}", err=True)
        for path, amount in zip(FITTED, change, strict=True):
            low, high = REGISTRY[path].bounds
            values[path] = float(np.clip(values[path] * np.exp(amount), low, high))
        if np.abs(misfit).max() < 0.005:
            break
    return values, jacobian(values, runs)


def report(values: dict[str, float], elasticities: np.ndarray, runs: int) -> str:
    """Return the result as Markdown."""
    result, error = measure(values, 4 * runs)
    declared, _ = measure({path: float(REGISTRY[path].value) for path in FITTED}, 4 * runs)
    echo = run(load("base"), runs=4).outcomes[ECHO[1]].mean()
    lines = [
        "| target | unit | wanted | plausible | fitted | s.e. | as declared | source |",
        "|---|---|---:|---|---:|---:|---:|---|",
    ]
    for k, t in enumerate(TARGETS):
        lines.append(
            f"| {t.name} | {t.unit} | {t.value:g} | {t.low:g} to {t.high:g} | {result[k]:.4g} | {error[k]:.2g} "
            f"| {declared[k]:.4g} | {cite((t.source,))} |"
        )
    lines.append(
        f"| {ECHO[0]} | share of IC hours | {ECHO[2]:g} | | {echo:.4g} | | {echo:.4g} | set directly, "
        f"{cite((ECHO[3],))} |"
    )
    inverse = np.linalg.inv(elasticities)
    lines += [
        "",
        "| fitted parameter | value | declared | plausible | relative s.e. from a 10 % error in every target |",
        "|---|---:|---:|---|---:|",
    ]
    for k, path in enumerate(FITTED):
        q = REGISTRY[path]
        spread = 0.1 * np.sqrt((inverse[k] ** 2).sum())
        lines.append(
            f"| `{path}` | {values[path]:.4g} | {q.value:g} | {q.low:g} to {q.high:g} | {spread:.0%} |"
        )
    condition = np.linalg.cond(elasticities)
    lines += [
        "",
        f"Condition number of the elasticities: {condition:.1f} (1 is perfect, beyond 30 parameters trade off).",
    ]
    return "\n".join(lines)


def _placed(text: str, page: Path) -> str:
    """Return the page with *text* between its markers; *text* alone where there is no page or no marker."""
    before, begin, rest = (page.read_text(encoding="utf-8") if page.exists() else "").partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{text}\n{END}{after}" if begin and end else text + "\n"


@click.command()
@click.option("--runs", default=16, show_default=True, help="runs of each evaluation")
@click.option("--steps", default=6, show_default=True, help="Gauss-Newton steps at most")
@click.option("--markdown", type=click.Path(path_type=Path), help="also write the tables to this file")
def main(runs: int, steps: int, markdown: Path | None) -> None:
    """Fit the flow targets and print the fitted values, the misfit and the identifiability."""
    text = report(*fit(runs, steps), runs)
    click.echo(text)
    if markdown is not None:
        markdown.write_text(_placed(text, markdown), encoding="utf-8")


if __name__ == "__main__":
    main()
