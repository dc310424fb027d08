"""The results folder of `orgsim explain`: taken before the work begins, filled when it is done."""

from pathlib import Path

from sim.engine.kernel import source_hash
from sim.errors import UserError
from sim.experiments.explain.study import Explanation
from sim.experiments.explain.words import explain_json
from sim.scenario.scenario import Scenario
from sim.store import files
from sim.store.folder import claim, manifest, set_status


def take(
    folder: Path,
    scenarios: tuple[Scenario, Scenario],
    asked: tuple[str, str, str, int | None, int],
    fresh: bool,
) -> dict[str, object]:
    """Take the folder before the work begins, or raise UserError if it is another's.

    asked: outcome, by, scale, runs and seed, as asked for.
    """
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
    return claim(folder, made | {"other": b.to_dict()}, fresh)


def write(folder: Path, claimed: dict[str, object], found: Explanation) -> None:
    """Write figures and picture into the folder that was claimed."""
    from sim.experiments.explain.pictures import waterfall  # Matplotlib, only to draw

    try:
        files.write_json(folder / "explain.json", explain_json(found))
        waterfall(folder / "plots" / "waterfall", found)
    except OSError as error:
        raise UserError(f"{folder}: the results cannot be written ({error.strerror or error})") from None
    set_status(folder, claimed, "complete")
