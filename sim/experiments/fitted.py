"""The file beside a scenario that says which worlds look like it: what `orgsim fit` found, until the question changes.

`my.yaml` has `my.fit.json`; of a bundled scenario it lies in `results/`. It holds the kept parameter sets and what they were
found for: digests of the scenario without its words, of its observed figures, of the plausible ranges and of the model. If one
of these is another now, the file is not used, and it is said why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import UserError
from sim.experiments.plausible import ranges_digest
from sim.scenario import files as places
from sim.scenario.files import shown
from sim.scenario.scenario import Scenario, load
from sim.simulation.sources import model_hash
from sim.store import files
from sim.store.folder import PROGRAM, content_hash

SUFFIX = ".fit.json"
#: What decides which worlds are kept, besides the model's own sources. A change of words elsewhere needs no new fit.
_DECIDES = ("experiments/fit",)
#: What the fit is an answer to, in the words in which a change of it is told.
_CHANGES = {
    "observed": "its observed figures have changed since",
    "scenario": "it has changed since",
    "ranges": "the plausible ranges have changed since",
    "source": "the model has changed since",
}


@dataclass(frozen=True)
class Fitted:
    """The kept sets of a scenario, path -> value each; like: the scenario's file, as texts name it."""

    like: str
    sets: Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Unusable:
    """Why there is a file, but no worlds; in words, without a full stop."""

    reason: str


def fit_file(scenario: Scenario) -> Path | None:
    """Where the fit of a scenario's file is; None if it has no file."""
    return None if scenario.path is None else _fit_of(scenario.path)


def _fit_of(path: Path) -> Path:
    if path.resolve().parent == places.folder().resolve():
        return Path("results") / f"{path.stem}{SUFFIX}"
    return path.with_name(f"{path.stem}{SUFFIX}")


def asked(scenario: Scenario) -> dict[str, str]:
    """What a fit of the scenario is an answer to."""
    return {
        "observed": content_hash({name: one.to_dict() for name, one in scenario.observed.items()}),
        "scenario": scenario.hash(),
        "ranges": ranges_digest(),
        "source": model_hash(besides=_DECIDES),
    }


def write_fit(
    scenario: Scenario,
    sets: Sequence[str],
    worlds: Sequence[Mapping[str, object]],
    facts: Mapping[str, object],
) -> Path | None:
    """Write the kept sets beside the scenario, in one step. sets: ``--set`` options of the fit; facts: what else to say."""
    path = fit_file(scenario)
    if path is None:
        return None
    paths = list(worlds[0]) if worlds else []
    data = {
        "program": PROGRAM,
        "scenario": scenario.name,
        "sets": list(sets),
        "asked": asked(scenario),
        **facts,
        "paths": paths,
        "worlds": [[world[name] for name in paths] for world in worlds],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_json(path, data)
    return path


def read_fit(scenario: Scenario) -> Fitted | Unusable | None:
    """The worlds found for the scenario's file, or else for the nearest file that it extends, whatever was set since; None if
    none of them was fitted.
    """
    for own in reversed(scenario.extended):
        if _fit_of(own).exists():
            return _read(own)
    return None


def _read(own: Path) -> Fitted | Unusable:
    """The worlds found for the scenario in the file *own*."""
    path = _fit_of(own)
    name, file = own.name, shown(path)
    again = f"orgsim fit {shown(own)}"
    data = files.read_json(path)
    try:
        worlds = _worlds(data)
        said: Mapping[str, Any] = data or {}
        current = asked(load(own, said["sets"]))
        found = said["asked"]
        changed = [words for key, words in _CHANGES.items() if found[key] != current[key]]
    except (KeyError, TypeError, ValueError, AttributeError, UserError):
        return Unusable(
            f"{file}: is damaged or no fit of {name}, so it is not used; {again} --fresh makes it again"
        )
    if changed:
        return Unusable(
            f"{file}: is not used, because it was made for another {name} ({changed[0]}); {again} makes it again"
        )
    if not worlds:
        return Unusable(f"{file}: no plausible world gives the observed figures of {name}")
    return Fitted(name, worlds)


def _worlds(data: Mapping[str, Any] | None) -> list[Mapping[str, object]]:
    """The sets of a file. Raises what comes of a damaged one."""
    if data is None or data["program"] != PROGRAM:
        raise ValueError
    return [dict(zip(data["paths"], row, strict=True)) for row in data["worlds"]]
