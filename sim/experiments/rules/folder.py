"""The results folder of `orgsim rules`: whose it is, and what is written into it."""

from dataclasses import asdict
from pathlib import Path

from sim.engine.kernel import source_hash
from sim.experiments.rules.file import Asked
from sim.experiments.rules.scatter import scatter_json
from sim.experiments.rules.study import Found
from sim.experiments.rules.words import point_rows, rules_json, rules_text
from sim.scenario.tree import shape_of
from sim.store import files
from sim.store.folder import ANSWER, manifest
from sim.store.taking import Taken

FIGURES, POINTS = "rules.json", "points.csv"


def default_folder(asked: Asked) -> Path:
    """Where results go if no folder is named."""
    return Path("results") / f"{asked.name}-rules"


def question(asked: Asked) -> dict[str, object]:
    """What identifies the results."""
    content = {
        "scenario": asked.base.hash(),
        "designs": [[design.name, dict(design.settings)] for design in asked.designs],
        "bar": None if asked.bar is None else asdict(asked.bar),
        "axes": {path: {"axis": type(axis).__name__, **asdict(axis)} for path, axis in asked.axes.items()},
        "roles": dict(asked.roles),
        "hold": asked.hold,
        "outcome": asked.outcome,
        "points": asked.points,
        "fresh": asked.fresh,
        "runs": asked.runs,
        "seed": asked.seed,
        "useful": [asked.density, asked.coverage],
        "source": source_hash(),
    }
    made = manifest("rules", asked.name, asked.question, content, {"seed": asked.seed}, asked.base.to_dict())
    shapes = [shape_of(one, design.name) for design, one in zip(asked.designs, asked.made, strict=True)]
    return made | {"organisations": shapes}


def write(place: Taken, found: Found) -> None:
    """Write figures, points and the picture into the folder that was taken."""
    from sim.experiments.rules.pictures import draw  # Matplotlib, only to draw

    with place.writing() as folder:
        picture = scatter_json(found) if found.box else None  # without a box any two factors show as little
        files.write_json(folder / FIGURES, rules_json(found) | {"picture": picture})
        files.write_csv(folder / POINTS, *point_rows(found))
        files.write_text(folder / ANSWER, rules_text(found) + "\n")
        if found.box:
            draw(folder / "plots", found)
