"""The plausible sets: draws from all ranges with which the base still looks like the firms that it was calibrated to.

    python benchmarks/plausible.py           # write sim/experiments/plausible_sets.json
    python benchmarks/plausible.py --check   # only say whether that file is current

Every uncertain parameter is drawn around its declared value (half of the draws below, half above), all together, many times. A
draw is kept if the base scenario then meets the calibration targets within their plausible ranges (benchmarks/calibrate.py). The
file has the numbers of the kept draws, the share of draws that meets each target, and what it was found with: digests of what the
base does (tests/baselines.json) and of the ranges. Other results of the base, or other ranges, need new sets.
"""

import json
import sys
from functools import partial
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import baselines  # noqa: E402
from benchmarks.calibrate import TARGETS, figures_of  # noqa: E402
from sim.errors import UserError  # noqa: E402
from sim.experiments.plausible import FILE, draws, ranges_digest, varied  # noqa: E402
from sim.parameters.registry import REGISTRY  # noqa: E402
from sim.scenario.scenario import load  # noqa: E402
from sim.simulation.parallel import pool  # noqa: E402
from sim.simulation.run import run  # noqa: E402

DRAWN, SEED, RUNS, WEEKS = 2048, 1, 2, 52


def base_digest() -> str:
    """Return eight hex digits that follow from the outcomes of the base."""
    return baselines.version({"base": baselines.read()["scenarios"]["base"]})


def measured(values: dict[str, object]) -> np.ndarray:
    """Return the calibration figures of the base with *values*, NaN where it cannot be run."""
    try:
        results = run(load("base", [f"time.weeks={WEEKS}"]).with_values(values), RUNS, SEED, workers=1)
    except UserError:
        return np.full(len(TARGETS), np.nan)
    return figures_of(results.outcomes).mean(axis=1)


def found() -> dict[str, object]:
    """Return what the file is to hold."""
    base = load("base")
    design = draws(varied((base,), REGISTRY), DRAWN, SEED)
    figures = np.full((DRAWN, len(TARGETS)), np.nan)

    def keep(k: int, one: np.ndarray) -> None:
        figures[k] = one
        bar.update()

    with tqdm(total=DRAWN, unit="draw") as bar, pool(None) as side_by_side:
        side_by_side.run(((k, partial(measured, values)) for k, values in enumerate(design)), keep)
    meets = np.array([[t.holds(x) for t, x in zip(TARGETS, one, strict=True)] for one in figures])
    return {
        "base": base_digest(),
        "ranges": ranges_digest(),
        "seed": SEED,
        "drawn": DRAWN,
        "meets": {
            t.name: round(float(share), 3) for t, share in zip(TARGETS, meets.mean(axis=0), strict=True)
        },
        "kept": np.flatnonzero(meets.all(axis=1)).tolist(),
    }


@click.command()
@click.option("--check", is_flag=True)
def main(check: bool) -> None:
    """Find the plausible sets, or see whether the file is current."""
    if check:
        stated = json.loads(FILE.read_text(encoding="utf-8"))
        current = (stated["base"], stated["ranges"]) == (base_digest(), ranges_digest())
        click.echo(
            f"{FILE.name} is {'current' if current else 'out of date: python benchmarks/plausible.py'}"
        )
        sys.exit(0 if current else 1)
    result = found()
    FILE.write_text(json.dumps(result) + "\n", encoding="utf-8")
    click.echo(f"{len(result['kept'])} of {DRAWN} draws are kept; each target is met by {result['meets']}")


if __name__ == "__main__":
    main()
