"""The results folder of `orgsim explain`: whose it is, and what is written into it."""

from sim.engine.kernel import source_hash
from sim.experiments.explain.study import Explanation
from sim.experiments.explain.words import explain_json, explain_text
from sim.scenario.scenario import Scenario
from sim.scenario.tree import shape_of
from sim.store import files
from sim.store.folder import ANSWER, manifest
from sim.store.taking import Taken


def question(
    scenarios: tuple[Scenario, Scenario], asked: tuple[str, str, str, int | None, int]
) -> dict[str, object]:
    """What identifies the results. asked: outcome, by, scale, runs and seed, as asked for."""
    a, b = scenarios
    outcome, by, scale, runs, seed = asked
    content = {
        "scenarios": [a.hash(), b.hash()],
        "outcome": outcome,
        "by": by,
        "scale": scale,
        "runs": runs,
        "seed": seed,
        "source": source_hash(),
    }
    made = manifest("explain", f"{a.name}-{b.name}", b.question, content, {"seed": seed}, a.to_dict())
    return made | {"other": b.to_dict(), "organisations": [shape_of(a), shape_of(b)]}


def write(place: Taken, found: Explanation) -> None:
    """Write figures and picture into the folder that was taken."""
    from sim.experiments.explain.pictures import waterfall  # Matplotlib, only to draw

    with place.writing() as folder:
        files.write_json(folder / "explain.json", explain_json(found))
        files.write_text(folder / ANSWER, explain_text(found) + "\n")
        waterfall(folder / "plots" / "waterfall", found)
