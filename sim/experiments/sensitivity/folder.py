"""The results folder of `orgsim sensitivity`: taken before the work begins, filled when it is done."""

from collections.abc import Sequence
from pathlib import Path

from sim.engine.kernel import source_hash
from sim.experiments.sensitivity.figures import sensitivity_json
from sim.experiments.sensitivity.study import Sensitivity
from sim.scenario.scenario import Scenario
from sim.store import files
from sim.store.folder import claim, manifest, set_status


def take(
    folder: Path,
    scenarios: Sequence[Scenario],
    outcomes: Sequence[str],
    sizes: tuple[str, int, int, int, int],
    fresh: bool,
) -> dict[str, object]:
    """Take the folder before the work begins, or raise UserError if it is another's.

    sizes: method, samples, runs, ranges and seed, as asked for.
    """
    method, samples, runs, ranges, seed = sizes
    first, last = scenarios[0], scenarios[-1]
    content = {
        "scenarios": [scenario.hash() for scenario in scenarios],
        "method": method,
        "samples": samples,
        "runs": runs,
        "ranges": ranges,
        "seed": seed,
        "outcomes": list(outcomes),
        "source": source_hash(),
    }
    name = "-".join(scenario.name for scenario in scenarios)
    made = manifest("sensitivity", name, last.question, content, {"seed": seed}, first.to_dict())
    return claim(folder, made | {"other": last.to_dict() if len(scenarios) == 2 else None}, fresh)


def write(folder: Path, claimed: dict[str, object], found: Sensitivity) -> None:
    """Write figures and pictures into the folder that was claimed."""
    from sim.experiments.sensitivity.pictures import sensitivity_pictures  # Matplotlib, only to draw

    files.write_json(folder / "sensitivity.json", sensitivity_json(found))
    sensitivity_pictures(folder / "plots", found)
    set_status(folder, claimed, "complete")
