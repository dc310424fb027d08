"""Baselines: the outcomes of every bundled scenario in a few runs, kept so that no change of results goes unnoticed.

    python benchmarks/baselines.py            # compute them anew; write tests/baselines.json if anything changed
    python benchmarks/baselines.py --check    # only say what changed

A scenario with paths is run once on each. Values are kept to 12 digits; `TOLERANCE` is for processors and mathematical
libraries that round the last bits differently. The file carries a *results version*, a digest of all that is in it, and
tests/science/test_baselines.py asks the changelog for it under "Changes of results": results cannot change without a word.
"""

import hashlib
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FILE = ROOT / "tests" / "baselines.json"
CHANGELOG = ROOT / "CHANGELOG.md"
COMMAND = "python benchmarks/baselines.py"
HEADING = "### Changes of results"
SEED, RUNS = 1, 2
WEEKS = 60  # beyond the events of week 52
SHORT = {"today": 20, "yesterday": 20}  # weeks of the large ones
TOLERANCE = 1e-9  # relative
ROUNDING = 1e-13  # absolute: what is left of differences of equal numbers
DIGITS = 12
SHOWN = 8  # changed outcomes per scenario in a message

#: Outcome -> its value in every run, None where undefined.
Outcomes = Mapping[str, Sequence[float | None]]


class Change(NamedTuple):
    """One outcome of one scenario that is not what it was; means over the runs, None where there is none."""

    scenario: str
    outcome: str
    before: float | None
    after: float | None
    size: float  # largest relative change of a run; infinite where one of the two is missing

    def __str__(self) -> str:
        told = " -> ".join("none" if x is None else f"{x:.6g}" for x in (self.before, self.after))
        if not math.isfinite(self.size):
            return f"{self.outcome}: {told}"
        share = f" ({self.after / self.before - 1:+.3%})" if self.before else ""
        return f"{self.outcome}: {told}{share}, largest change of a run {self.size:.2g} of it"


def variants() -> Iterator[tuple[str, object]]:
    """Yield name and scenario of everything that is run: bundled scenarios that are no sweeps, each path for itself."""
    from sim.scenario.files import bundled
    from sim.scenario.scenario import load
    from sim.scenario.statement import is_sweep
    from sim.scenario.yaml_source import read_yaml

    for name, path in bundled().items():
        if is_sweep(read_yaml(path)):
            continue
        scenario = load(path).with_values({"time.weeks": SHORT.get(name, WEEKS)})
        if not scenario.paths:
            yield name, scenario
        for branch, _ in scenario.paths:
            yield f"{name}, path {branch}", scenario.on_path(branch)


def compute() -> dict[str, dict[str, list[float | None]]]:
    """Run everything; return scenario -> outcome -> its value in every run. Undefined outcomes are left out."""
    from sim.simulation.run import run

    found = {}
    for name, scenario in variants():
        results = run(scenario, RUNS, SEED, workers=1)
        if results.failures:
            raise RuntimeError(f"{name}: run {results.failures[0].run} failed: {results.failures[0].message}")
        values = {outcome: [_kept(x) for x in runs] for outcome, runs in results.outcomes.items()}
        found[name] = {outcome: runs for outcome, runs in values.items() if any(x is not None for x in runs)}
    return found


def _kept(x: float) -> float | None:
    return float(f"{x:.{DIGITS}g}") + 0.0 if math.isfinite(x) else None  # + 0.0: no negative zero


def read(file: Path = FILE) -> dict:
    """Return what is kept: `results_version` and `scenarios`; an empty one if there is no file."""
    if not file.is_file():
        return {"results_version": "", "scenarios": {}}
    return json.loads(file.read_text(encoding="utf-8"))


def version(scenarios: Mapping[str, Outcomes]) -> str:
    """Return the results version: eight hex digits that follow from all names and values."""
    return hashlib.sha256(json.dumps(scenarios, sort_keys=True).encode()).hexdigest()[:8]


def text(scenarios: Mapping[str, Outcomes]) -> str:
    """Return the file: JSON with one outcome a line, so that a diff shows which moved."""
    blocks = []
    for name, outcomes in scenarios.items():
        lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(runs)}" for key, runs in outcomes.items())
        blocks.append(f"{json.dumps(name)}: {{\n{lines}\n}}")
    joined = ",\n".join(blocks)
    return f'{{\n"results_version": "{version(scenarios)}",\n"scenarios": {{\n{joined}\n}}\n}}\n'


def changes(before: Mapping[str, Outcomes], after: Mapping[str, Outcomes]) -> list[Change]:
    """Return every outcome that differs by more than rounding, is new or is gone, in the order of the scenarios."""
    found = []
    for scenario in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(scenario, {}), after.get(scenario, {})
        for outcome in [*old, *(name for name in new if name not in old)]:
            size = _distance(old.get(outcome), new.get(outcome))
            if size > TOLERANCE:
                means = (_mean(runs.get(outcome, ())) for runs in (old, new))
                found.append(Change(scenario, outcome, *means, size))
    return found


def _distance(old: Sequence[float | None] | None, new: Sequence[float | None] | None) -> float:
    if old is None or new is None or len(old) != len(new):
        return math.inf
    pairs = list(zip(old, new, strict=True))
    if any((a is None) != (b is None) for a, b in pairs):
        return math.inf
    return max(
        (abs(b - a) / max(abs(a), abs(b)) for a, b in pairs if a != b and abs(b - a) > ROUNDING), default=0.0
    )


def _mean(runs: Sequence[float | None]) -> float | None:
    defined = [x for x in runs if x is not None]
    return math.fsum(defined) / len(defined) if defined else None


def told(found: Sequence[Change]) -> str:
    """Return the changes as text: per scenario how many outcomes changed, are new or gone, and the largest."""
    lines = []
    for scenario in dict.fromkeys(change.scenario for change in found):
        of_it = sorted((c for c in found if c.scenario == scenario), key=lambda c: -c.size)
        new, gone = (sum(getattr(c, end) is None for c in of_it) for end in ("before", "after"))
        counts = ((len(of_it) - new - gone, "changed"), (new, "new"), (gone, "gone"))
        lines.append(f"{scenario}: " + ", ".join(f"{count} {what}" for count, what in counts if count))
        lines += [f"    {change}" for change in of_it[:SHOWN]]
        lines += [f"    and {len(of_it) - SHOWN} more"] if len(of_it) > SHOWN else []
    return "\n".join(lines)


def is_logged(changelog: str, results_version: str) -> bool:
    """True if the line of this results version stands in a section on changes of results."""
    sections = (part.split("\n#", 1)[0] for part in changelog.split(HEADING)[1:])
    return any(results_line(results_version) in section for section in sections)


def results_line(results_version: str) -> str:
    """Return what the changelog must say."""
    return f"Results version: `{results_version}`"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if anything changed.")
def main(check: bool) -> None:
    """Compute the baselines anew and say what changed."""
    stored, now = read(), compute()
    found = changes(stored["scenarios"], now)
    if not found:
        click.echo(
            f"No change: {sum(map(len, now.values()))} outcomes, {results_line(version(stored['scenarios']))}."
        )
        return
    click.echo(told(found))
    if check:
        sys.exit(1)
    FILE.write_text(text(now), encoding="utf-8")
    click.echo(
        f"\n{FILE.relative_to(ROOT)} written. Say in CHANGELOG.md, under '{HEADING}', what moved, by how much and why, "
        f"and end with:\n\n  {results_line(version(now))}"
    )


if __name__ == "__main__":
    main()
