"""The results folder of `orgsim compare`: whose it is, and what is written into it.

manifest.json        names (base first), scenario (the base) and others, seed, runs, versions
compare.json         all figures: what `--json` prints
answer.txt           what was printed
summary.csv          a row per scenario and outcome: mean and interval over its runs
runs/runs.parquet    a row per scenario and run; point 0 is the base
failures.parquet     the runs that failed
plots/compare.*      the picture, SVG and PNG
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.engine.kernel import source_hash
from sim.experiments.compare.study import Comparison
from sim.experiments.compare.words import comparison_json, comparison_text
from sim.experiments.differences import unique_names
from sim.experiments.samples import Sample
from sim.experiments.worlds import choose
from sim.outcomes.declared import OUTCOMES
from sim.scenario.scenario import Scenario
from sim.scenario.tree import shape_of
from sim.statistics.estimates import estimate
from sim.store import files
from sim.store.folder import ANSWER, content_hash, manifest
from sim.store.tables import Tables
from sim.store.taking import Taken
from sim.text import numbers

TABLE = "runs.parquet"
SUMMARY = (
    "point", "scenario", "outcome", "unit", "runs", "failed", "defined", "mean", "sd", "ci95_lo", "ci95_hi",
)  # fmt: skip
MAX_NAME = 80  # letters of the names in that of the folder


def default_folder(scenarios: Sequence[Scenario]) -> Path:
    """Where a comparison goes if no folder is named: results/compare-A-B-C, or compare-A-B-and-4-more."""
    names = [scenario.name for scenario in scenarios]
    shown = len(names)
    while shown > 2 and len("-".join(names[:shown])) > MAX_NAME:
        shown -= 1
    more = [f"and-{len(names) - shown}-more"] if shown < len(names) else []
    return Path("results") / "-".join(["compare", *names[:shown], *more])


def question(
    scenarios: Sequence[Scenario], primary: str, runs: int | None, ranges: int, seed: int
) -> dict[str, object]:
    """What identifies the results, worlds that look like a fitted scenario included. runs: per scenario, None until the primary
    outcome is decided; ranges, seed: as asked for.
    """
    content: dict[str, object] = {
        "scenarios": [scenario.hash() for scenario in scenarios],
        "primary": primary,
        "runs": "until decided" if runs is None else runs,
        "ranges": ranges,
        "seed": seed,
        "source": source_hash(),
    }
    fitted = choose(scenarios, ranges).sets
    if fitted:
        content["worlds"] = content_hash({"sets": list(fitted)})
    name = "-".join(scenario.name for scenario in scenarios)
    base, *others = [scenario.to_dict() for scenario in scenarios]
    made = manifest("compare", name, asked(scenarios, primary), content, {"seed": seed}, base)
    names = unique_names([scenario.name for scenario in scenarios])
    shapes = [shape_of(scenario, one) for scenario, one in zip(scenarios, names, strict=True)]
    return made | {"names": names, "others": others, "organisations": shapes}


def asked(scenarios: Sequence[Scenario], primary: str) -> str:
    """The question in words: that of the one variant, if its file has one; of several what decides between them."""
    base, *variants = unique_names([scenario.name for scenario in scenarios])
    if len(variants) == 1 and scenarios[1].question:
        return scenarios[1].question
    topic = numbers.outcome_words(primary)
    if len(variants) == 1:
        return f"How does {variants[0]} compare with {base} on {topic}?"
    return f"How do {', '.join(variants[:-1])} and {variants[-1]} compare with {base} on {topic}?"


def write(place: Taken, found: Comparison, everything: bool = False) -> None:
    """Write figures, runs, text and picture into the folder that was taken. everything: the text has every outcome."""
    from sim.experiments.compare.pictures import comparison_picture  # Matplotlib, only to draw

    words = place.manifest.get("question")
    seeds = {"seed": found.seed, "runs": [0, found.runs - 1]}
    with place.writing(
        seeds=seeds, runs_done=found.runs * len(found.samples), failures=len(found.failures)
    ) as folder:
        files.write_json(folder / "compare.json", comparison_json(found))
        files.write_text(folder / ANSWER, comparison_text(found, everything=everything) + "\n")
        _write_tables(found, folder)
        comparison_picture(folder / "plots" / "compare", found, str(words))


# ---- the runs


def _write_tables(found: Comparison, folder: Path) -> None:
    """The runs of every scenario in one table, those that failed, and the means of each."""
    names = (found.base, *found.names)
    present = {name for sample in found.samples for name in sample.outcomes}
    outcomes = [name for name in OUTCOMES if name in present]
    count = found.runs
    columns: dict[str, np.ndarray | list[str | None]] = {
        "point": np.repeat(np.arange(len(names)), count),
        "run": np.tile(np.arange(count), len(names)),
        "seed": np.full(count * len(names), found.seed, dtype=np.int64),
        "scenario": [name for name in names for _ in range(count)],
    }
    for outcome in outcomes:
        columns[outcome] = np.concatenate([_whole(sample, outcome) for sample in found.samples])
    messages = [{f.run: f.message for f in sample.failures} for sample in found.samples]
    columns["failure"] = [texts.get(run) for texts in messages for run in range(count)]
    failed = [(k, names[k], failure) for k, sample in enumerate(found.samples) for failure in sample.failures]
    (folder / "runs").mkdir()
    with Tables() as tables:
        tables.write(folder / "runs" / TABLE, columns)
        tables.write(
            folder / "failures.parquet",
            {
                "point": np.array([k for k, _, _ in failed], dtype=np.int64),
                "scenario": np.array([name for _, name, _ in failed], dtype=object),
                "run": np.array([failure.run for _, _, failure in failed], dtype=np.int64),
                "seed": np.array([failure.seed for _, _, failure in failed], dtype=np.int64),
                "message": np.array([failure.message for _, _, failure in failed], dtype=object),
            },
        )
    rows = [
        [k, names[k], *row] for k, sample in enumerate(found.samples) for row in _summary(sample, outcomes)
    ]
    files.write_csv(folder / "summary.csv", SUMMARY, rows)


def _whole(sample: Sample, outcome: str) -> np.ndarray:
    """An outcome in every run asked for, float64 [runs]: NaN where the run failed or the scenario has no such figure."""
    whole = np.full(sample.asked, np.nan)
    if outcome in sample.outcomes:
        whole[sample.runs] = sample.outcomes[outcome]
    return whole


def _summary(sample: Sample, outcomes: Sequence[str]) -> list[list[object]]:
    """A row per outcome that the scenario has."""
    rows: list[list[object]] = []
    for name in outcomes:
        if name not in sample.outcomes:
            continue
        e = estimate(sample.outcomes[name], OUTCOMES[name].unit)
        rows.append([name, OUTCOMES[name].unit, sample.asked, len(sample.failures), e.n, e.mean, e.sd, e.lo, e.hi])  # fmt: skip
    return rows
