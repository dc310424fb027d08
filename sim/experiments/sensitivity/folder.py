"""The results folder of `orgsim sensitivity`: whose it is, and what is written into it."""

from collections.abc import Sequence

from sim.engine.kernel import source_hash
from sim.experiments.sensitivity.figures import sensitivity_json
from sim.experiments.sensitivity.study import Sensitivity
from sim.experiments.sensitivity.words import sensitivity_text
from sim.experiments.worlds import Choice
from sim.scenario.scenario import Scenario
from sim.scenario.tree import shape_of
from sim.store import files
from sim.store.folder import ANSWER, content_hash, manifest
from sim.store.taking import Taken


def question(
    scenarios: Sequence[Scenario],
    outcomes: Sequence[str],
    sizes: tuple[str, int, int, int, int],
    choice: Choice,
) -> dict[str, object]:
    """What identifies the results. sizes: method, samples, runs, ranges and seed, as asked for; choice: fitted worlds."""
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
    if choice.sets:
        content["worlds"] = content_hash({"sets": list(choice.sets)})
    name = "-".join(scenario.name for scenario in scenarios)
    made = manifest("sensitivity", name, last.question, content, {"seed": seed}, first.to_dict())
    shapes = [shape_of(scenario) for scenario in scenarios]
    return made | {"other": last.to_dict() if len(scenarios) == 2 else None, "organisations": shapes}


def write(place: Taken, found: Sensitivity) -> None:
    """Write figures and pictures into the folder that was taken."""
    from sim.experiments.sensitivity.pictures import sensitivity_pictures  # Matplotlib, only to draw

    with place.writing() as folder:
        files.write_json(folder / "sensitivity.json", sensitivity_json(found))
        files.write_text(folder / ANSWER, sensitivity_text(found) + "\n")
        sensitivity_pictures(folder / "plots", found)
