"""The results folder of `orgsim fit`: whose it is, and what is written into it and beside the scenario."""

from collections.abc import Sequence
from pathlib import Path

from sim.experiments.fit.study import Fit
from sim.experiments.fit.words import facts, fit_json
from sim.experiments.fitted import asked, write_fit
from sim.scenario.scenario import Scenario
from sim.store import files
from sim.store.folder import manifest
from sim.store.taking import Taken


def question(scenario: Scenario, waves: int, samples: int, seed: int) -> dict[str, object]:
    """What identifies the results."""
    content = {**asked(scenario), "waves": waves, "samples": samples, "seed": seed}
    return manifest("fit", scenario.name, scenario.question, content, {"seed": seed}, scenario.to_dict())


def write(place: Taken, scenario: Scenario, sets: Sequence[str], found: Fit) -> Path | None:
    """Write the figures into the folder that was taken, then the kept sets beside the scenario, if there are any; the latter
    file, or None.
    """
    with place.writing() as folder:
        files.write_json(folder / "fit.json", fit_json(found))
    return write_fit(scenario, sets, found.worlds, facts(found)) if found.worlds else None
