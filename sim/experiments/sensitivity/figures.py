"""The JSON object of `orgsim sensitivity`."""

from sim.experiments.holding import holding_json
from sim.experiments.sensitivity.indices import Effect, Group
from sim.experiments.sensitivity.study import Sensitivity, Study
from sim.experiments.sensitivity.tipping import Alone, Tip
from sim.experiments.sensitivity.words import answer
from sim.statistics.estimates import Estimate, Paired
from sim.text.plain import ends, jsonable


def sensitivity_json(found: Sensitivity) -> dict[str, object]:
    """The JSON object of `orgsim sensitivity --json`. Undefined figures are None."""
    data = {
        "scenario": found.names[0],
        "other": found.names[1] if len(found.names) == 2 else None,
        "method": found.method,
        "samples": found.samples,
        "runs": found.runs,
        "seed": found.seed,
        "weeks": found.weeks,
        "answer": answer(found),
        "primary": found.primary.outcome.name,
        "parameters": [
            {
                "path": path,
                "mechanism": path.split(".", 1)[0],
                "base": found.space.base.get(path),
                "low": axis.low,
                "high": axis.high,
            }
            for path, axis in found.space.ranges.items()
        ],
        "outcomes": {name: _study_json(found, study) for name, study in found.studies.items()},
        "flips": _flips_json(found),
        "move_nothing": list(found.still),
        "within_noise": list(found.noisy),
        "warnings": list(found.notes),
        "points": found.points,
        "points_failed": found.failed,
    }
    made: dict[str, object] = jsonable(data)
    return made


def _ci(x: Estimate | Paired | Effect | Tip) -> list[float | None] | None:
    return ends(x.lo, x.hi)


def _study_json(found: Sensitivity, study: Study) -> dict[str, object]:
    pair, world = study.difference, study.world
    data: dict[str, object] = {
        "unit": study.outcome.unit,
        "base": {name: {"mean": e.mean, "ci95": _ci(e)} for name, e in zip(found.names, study.levels, strict=True)},
        "relative": study.relative,
        "noise_share": study.indices.noise_share,
        "blocks": study.indices.blocks,
        "mechanisms": [_group_json(found, group) for group in study.indices.groups],
        "parameters": [
            {
                "path": e.path, "mu": e.mu, "mu_star": e.mu_star, "ci95": _ci(e), "sigma": e.sigma, "p_holm": e.p,
                "beyond_noise": e.beyond_noise,
            }
            for e in study.indices.effects
        ],
    }  # fmt: skip
    if pair is not None:
        verdict = {1: found.names[1], -1: found.names[0], 0: None}[study.side]
        data["difference"] = {"mean": pair.difference, "ci95": _ci(pair), "ahead": verdict}
    if world is not None:
        ahead = world.ahead
        data["world"] = {
            "sets": ahead.worlds, "ahead": ahead.holds.k, "behind": ahead.reversed.k, "undecided": ahead.open.k,
            "failed": world.failed, **holding_json(world.judged(study.outcome.name, study.side)), "holds_of": world.of,
            "like": found.like or None,
        }  # fmt: skip
    return data


def _group_json(found: Sensitivity, group: Group) -> dict[str, object]:
    data: dict[str, object] = {"mechanism": group.name, "parameters": group.members}
    ci = ends(group.lo, group.hi)
    if found.method == "morris":
        return {**data, "beyond_noise": group.beyond, "mu_star_sum": group.total, "ci95": ci}
    first = {"first_order": group.first, "first_order_ci95": [group.first_lo, group.first_hi]}
    return {
        **data,
        "beyond_noise": group.beyond,
        "total": group.total,
        "ci95": ci,
        **first,
        "p_holm": group.p,
    }


def _flips_json(found: Sensitivity) -> dict[str, object] | None:
    if found.flips is None:
        return None
    change = found.flips.smallest
    smallest = None
    if change is not None:
        smallest = {
            "parameters": list(change.paths), "share_of_range": change.distance,
            "ci95": ends(change.distance_lo, change.distance_hi),
            "checked_at": dict(change.values), "difference": change.checked.mean, "difference_ci95": _ci(change.checked),
            "confirmed": change.confirmed,
        }  # fmt: skip
    return {
        "outcome": found.primary.outcome.name,
        "smallest": smallest,
        "tried_together": found.flips.tried,
        "one_at_a_time": [_alone_json(row) for row in found.flips.rows],
    }


def _alone_json(row: Alone) -> dict[str, object]:
    ends = {
        name: {
            "value": end.value,
            "difference": end.difference.mean,
            "ci95": _ci(end.difference),
            "state": end.state,
            "moved": end.moved,
        }
        for name, end in zip(("low", "high"), row.ends, strict=True)
    }
    tip = row.tip
    flips_at = None
    if tip is not None:
        flips_at = {
            "value": tip.value, "ci95": _ci(tip), "share_of_range": tip.distance, "interval_leaves_range": tip.beyond,
            "refined": tip.refined,
        }  # fmt: skip
    return {"path": row.path, "base": row.base, **ends, "state": row.state, "flips_at": flips_at}
