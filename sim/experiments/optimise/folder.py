"""The results folder of `orgsim optimise`: whose it is, and what is written into it.

optimise.json        all figures: what `--json` prints
answer.txt           what was printed
summary.csv          a row per design of the front and outcome, from the fresh runs
candidates.csv       every candidate, with its means over the runs of the search
scenarios/           base.yaml and the designs of the front, 01.yaml on, held equal to it: `orgsim run` and all others take them
plots/front.*        the picture, SVG and PNG
evaluations.jsonl    what was simulated, so that the same question again simulates nothing
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.experiments.designs import Levels
from sim.experiments.optimise.figures import optimum_json, summary, tried_rows
from sim.experiments.optimise.final import Entry
from sim.experiments.optimise.memory import CACHE, Memory
from sim.experiments.optimise.space import Space
from sim.experiments.optimise.study import Optimum
from sim.experiments.optimise.words import design_words, optimum_text
from sim.experiments.worlds import Choice
from sim.experiments.written import copies, copy_into, held_text, reference, scenario_text
from sim.scenario.scenario import parse_set
from sim.scenario.tree import shape_of
from sim.simulation.sources import model_hash
from sim.store import files
from sim.store.folder import ANSWER, content_hash, manifest
from sim.store.journal import Journal
from sim.store.taking import Taken

SCENARIOS = "scenarios"
BASE, HELD = "base.yaml", "held.yaml"


def question(space: Space, choice: Choice, proposer: str) -> dict[str, object]:
    """What identifies the results. proposer: what proposes the candidates, with its version."""
    axes = {
        path: {"values": list(axis.values)}
        if isinstance(axis, Levels)
        else {"from": axis.low, "to": axis.high}
        for path, axis in space.vary.items()
    }
    content: dict[str, object] = {
        "base": space.base.hash(),
        "vary": list(axes.items()),
        "hold": space.hold,
        "objectives": [[goal.outcome, goal.sign] for goal in space.goals],
        "constraints": [[limit.outcome, limit.bound, limit.sign] for limit in space.limits],
        "candidates": space.candidates,
        "search_runs": space.search_runs,
        "runs": space.runs,
        "ranges": space.ranges,
        "seed": space.seed,
        "proposer": proposer,
        "source": model_hash(),
    }
    if choice.sets:
        content["worlds"] = content_hash({"sets": list(choice.sets)})
    seeds = {"seed": space.seed, "fresh_seed": space.fresh_seed}
    made = manifest("optimise", space.name, space.question, content, seeds, space.base.to_dict())
    return made | {"organisations": [shape_of(space.base)]}


def finished(place: Taken) -> Journal:
    """What whole results of the same question in the folder hold."""
    return Journal(place.folder / CACHE, str(place.manifest["content_hash"]))


def write(place: Taken, found: Optimum, memory: Memory) -> None:
    """Write all of it into the folder that was taken."""
    from sim.experiments.optimise.pictures import front_picture  # Matplotlib, only to draw

    with place.writing() as folder:
        files.write_json(folder / "optimise.json", optimum_json(found))
        files.write_text(folder / ANSWER, optimum_text(found) + "\n")
        files.write_csv(folder / "summary.csv", *summary(found))
        files.write_csv(folder / "candidates.csv", *tried_rows(found))
        memory.write(folder, str(place.manifest["content_hash"]))
        write_scenarios(folder / SCENARIOS, place.folder / SCENARIOS, found)
        front_picture(folder / "plots" / "front", found)


# ---- the scenarios


def write_scenarios(folder: Path, final: Path, found: Optimum) -> None:
    """Write the scenarios into *folder*, which is to be *final*, with the files that they extend."""
    folder.mkdir()
    for name, text in texts(found, final).items():
        files.write_text(folder / name, text)
    base = found.space.base
    copy_into(folder, copies(base, _source(found.space), final))


def texts(found: Optimum, folder: Path) -> dict[str, str]:
    """File name -> text of the base and of the designs, as they lie in *folder*."""
    made = dict(_base_texts(found.space, folder))
    for entry in found.final.entries:
        made |= _design_texts(found.space, entry)
    return made


def _source(space: Space) -> Path:
    assert space.base.path is not None  # it was read from a file
    return space.base.path


def _base_texts(space: Space, folder: Path) -> Iterator[tuple[str, str]]:
    """The base with what was set, and what it is held equal to itself, as `orgsim plan` writes them."""
    base, given = space.base, dict(map(parse_set, space.sets))
    head = {
        "question": base.question or space.question,
        "extends": reference(_source(space), folder, _source(space)),
        "name": base.name,
    }
    note = "To what the base is held equal, under the same assumptions."
    if held := held_text(note, base, given, folder, _source(space)):
        yield HELD, held
        given["organisation.hold_to"] = HELD
    yield BASE, scenario_text("Written by orgsim optimise: the base.", head, given)


def _design_texts(space: Space, entry: Entry) -> Mapping[str, str]:
    """A design, and where it sets prices, what it is held equal to: the base at these prices (see `points.scenario_at`)."""
    number = f"{entry.number:02d}"
    prices = {path: value for path, value in entry.point.items() if path.startswith("money.")}
    made = {}
    held = BASE
    if prices:
        held = f"{number}-base.yaml"
        made[held] = scenario_text(
            "Written by orgsim optimise: the base at the prices of the design.",
            {"extends": BASE, "name": f"{space.base.name}-{number}"},
            prices,
        )
    own: dict[str, Any] = {**entry.point, "organisation.hold": space.hold, "organisation.hold_to": held}
    head = {
        "question": f"How does design {entry.number} work: {design_words(entry)}?",
        "extends": BASE,
        "name": f"{space.name}-{number}",
    }
    note = f"Written by orgsim optimise: orgsim compare {BASE} {number}.yaml --runs {space.runs} --seed {space.fresh_seed}"
    made[f"{number}.yaml"] = scenario_text(note, head, own)
    return made
