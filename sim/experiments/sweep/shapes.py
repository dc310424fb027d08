"""The shapes of the organisations that a sweep compares, for its results folder."""

from typing import Any

from sim.errors import UserError
from sim.experiments.points import label, scenario_at
from sim.experiments.sweep.file import Sweep
from sim.experiments.sweep.sentences import describe
from sim.scenario.tree import shape_of

MOST = 6  # structures that are kept


def shapes(sweep: Sweep) -> list[dict[str, Any]]:
    """A shape (`sim.organisation.sketch`) of the first point of each structure, the first few; "at": its values, as
    runs/ has them.

    Of a sweep that varies no structure, that of the base.
    """
    paths = [path for path in sweep.vary if path.startswith("organisation.")]
    if not paths:
        return [{**shape_of(sweep.base), "at": {}}]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for point in sweep.points:
        values = tuple(point[path] for path in paths)
        if values in found or len(found) >= MOST:
            continue
        at = {
            path: value if isinstance(value, (bool, int, float)) else label(value)
            for path, value in zip(paths, values, strict=True)
        }
        name = ", ".join(describe(path, value) for path, value in zip(paths, values, strict=True))
        try:
            found[values] = {**shape_of(scenario_at(sweep.base, sweep.hold, point), name), "at": at}
        except UserError:  # a point that cannot be built stops the sweep where it is run, with its place
            continue
    return list(found.values())
