"""The best designs as plain data: what `orgsim optimise --json` prints, and the rows of the tables."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.experiments.optimise.final import Entry, Final
from sim.experiments.optimise.study import Optimum
from sim.experiments.optimise.words import answer, built_words
from sim.experiments.points import label
from sim.outcomes.declared import OUTCOMES
from sim.statistics.estimates import Paired
from sim.text.plain import ends, jsonable

FIGURES = (
    "outcome", "unit", "runs", "base", "mean", "difference", "ci95_lo", "ci95_hi", "relative", "relative_ci95_lo",
    "relative_ci95_hi", "p", "worlds", "holds", "open", "reversed", "constraint", "edges",
)  # fmt: skip


def summary(found: Optimum) -> tuple[list[str], list[list[object]]]:
    """Header and rows of summary.csv: a row per design of the front and outcome, from the fresh runs."""
    paths = list(found.space.vary)
    rows = [row for entry in found.final.entries for row in _rows(found, entry, paths)]
    return ["design", *paths, *FIGURES], rows


def _rows(found: Optimum, entry: Entry, paths: Sequence[str]) -> Iterator[list[object]]:
    at_end = ";".join(edge.path for edge in entry.edges)
    for name, pair in entry.against.items():
        holding = entry.worlds.get(name)
        counts = [None] * 4 if holding is None else [
            holding.worlds, holding.holds.k, holding.open.k, holding.reversed.k
        ]  # fmt: skip
        stated = [
            said
            for limit, said in zip(found.space.limits, entry.limits, strict=True)
            if limit.outcome == name
        ]
        yield [
            entry.number, *(label(entry.point[path]) for path in paths), name, OUTCOMES[name].unit, pair.n, pair.base,
            pair.mean, pair.difference, pair.lo, pair.hi, pair.relative, pair.relative_lo, pair.relative_hi,
            entry.p.get(name), *counts, "; ".join(stated), at_end,
        ]  # fmt: skip


def tried_rows(found: Optimum) -> tuple[list[str], list[list[object]]]:
    """Header and rows of candidates.csv: every candidate, with its means over the runs of the search."""
    paths, names = list(found.space.vary), found.space.outcomes
    by_number = {design.number: design for design in found.tried.designs}
    rows: list[list[object]] = []
    for number, (point, status) in enumerate(found.tried.candidates, 1):
        design = by_number.get(number)
        means: list[object] = [None] * len(names)
        if design is not None:
            defined = (row[np.isfinite(row)] for row in design.figures)
            means = [float(row.mean()) if len(row) else None for row in defined]
        rows.append([number, status, *(label(point[path]) for path in paths), *means])
    return ["candidate", "status", *paths, *(f"search_{name}" for name in names)], rows


def optimum_json(found: Optimum) -> dict[str, Any]:
    """All figures, in the units that outcomes are declared in."""
    space, tried, final = found.space, found.tried, found.final
    return {
        "name": space.name,
        "question": space.question,
        "answer": answer(found),
        "base": space.base.name,
        "hold": space.hold,
        "weeks": space.base.weeks,
        "objectives": {goal.outcome: "max" if goal.sign > 0 else "min" for goal in space.goals},
        "constraints": [
            {"outcome": one.outcome, "at_most" if one.sign > 0 else "at_least": one.bound}
            for one in space.limits
        ],
        "varied": list(space.vary),
        "runs": space.runs,
        "seed": space.seed,
        "fresh_seed": space.fresh_seed,
        "tried": {
            "candidates": len(tried.candidates),
            "designs": len(tried.designs),
            "impossible": tried.count("impossible"),
            "why_impossible": tried.reason or None,
            "undefined": tried.undefined,
            "meet_constraints": tried.met,
            "search_runs": space.search_runs,
            "finalists": final.finalists,
            "like_the_base": len(final.like_base),
            "worse": final.worse,
            "break_constraints": final.broke,
        },
        "base_figures": {
            name: {"mean": one.mean, "ci95": ends(one.lo, one.hi), "unit": OUTCOMES[name].unit}
            for name, one in final.base.items()
        },
        "base_constraints": list(final.base_limits),
        "designs": [_entry(found, entry) for entry in final.entries],
        "steps": [
            {
                "from": step.start,
                "to": step.end,
                "change": {name: _pair(one) for name, one in step.change.items()},
            }
            for step in final.steps
        ],
        "worlds": _worlds(final),
        "like": found.like or None,
        "failures": [{"run": one.run, "seed": one.seed, "message": one.message} for one in found.failures],
        "warnings": list(found.notices),
    }


def _worlds(final: Final) -> dict[str, Any] | None:
    if final.ranged is None:
        return None
    return {
        "tried": final.ranged.points, "failed": final.ranged.failed, "parameters": len(final.ranged.paths)
    }  # fmt: skip


def _entry(found: Optimum, entry: Entry) -> dict[str, Any]:
    return {
        "design": entry.number,
        "scenario": f"scenarios/{entry.number:02d}.yaml",
        "values": jsonable(dict(entry.point)),
        "differs": built_words(found, entry),
        "same_within_noise": [jsonable(dict(one.point)) for one in entry.members],
        "beats_base": entry.beats(found.space.goals),
        "figures": {
            name: {**_pair(pair), "p": entry.p.get(name), "worlds": _holding(entry, name)}
            for name, pair in entry.against.items()
        },
        "levels": {
            name: {"mean": one.mean, "ci95": ends(one.lo, one.hi)} for name, one in entry.levels.items()
        },
        "constraints": list(entry.limits),
        "at_an_edge": [
            {
                "path": edge.path,
                "value": jsonable(edge.value),
                "end": "low" if edge.low else "high",
                "nothing_beyond": edge.last,
            }
            for edge in entry.edges
        ],
        "mediocre_elsewhere": list(entry.mediocre(found.space.goals)),
    }


def _pair(pair: Paired) -> dict[str, Any]:
    return {
        "base": pair.base,
        "mean": pair.mean,
        "difference": pair.difference,
        "ci95": ends(pair.lo, pair.hi),
        "relative": pair.relative,
        "relative_ci95": ends(pair.relative_lo, pair.relative_hi),
        "runs": pair.n,
    }


def _holding(entry: Entry, name: str) -> dict[str, Any] | None:
    found = entry.worlds.get(name)
    if found is None:
        return None
    return {
        "of": found.worlds,
        "holds": found.holds.k,
        "open": found.open.k,
        "reversed": found.reversed.k,
        "holds_ci95": ends(found.holds.lo, found.holds.hi),
        "holds_in_all_plausible": None if found.everywhere is None else found.everywhere.holds.share,
    }
