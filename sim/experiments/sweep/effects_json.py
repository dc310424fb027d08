"""The answer over all points of a sweep as plain data, in the declared unit."""

from sim.experiments.points import plain_value
from sim.experiments.sweep.effects import Driver, Overall
from sim.statistics.effects import Change, Interaction, Main, Share
from sim.statistics.estimates import Paired
from sim.text.plain import ends

# What `why` says: why nothing is claimed of single factors.
WHY = {
    "": None,
    "points": "too few points",
    "together": "the factors vary together",
    "noise": "the points do not differ beyond noise",
    "fit": "the fit explains too little",
}


def overall_json(found: Overall, scale: float) -> dict[str, object]:
    """Plain data. scale: shown unit over declared unit; claimed: whether anything is claimed of single factors, else why not."""
    best, fit = found.best, found.effects
    mains = {main.factor: main for main in fit.mains}
    return {
        "best": best.best,
        "decided": best.decided,
        "can_be_best": list(best.standing),
        "worth": found.worth,
        "open": [
            {"point": k, "better_by_at_most": None if best.gaps[k] == float("inf") else best.gaps[k]}
            for k in best.open
        ],
        "within_worth": list(best.close),
        "behind": len(best.out),
        "looked_at_runs": best.runs,
        "nearest_behind": None
        if found.nearest is None
        else {
            "point": found.nearest[0],
            **_paired(found.nearest[1], scale),
        },
        "ranked": [
            {
                "rank": one.rank,
                "point": one.point,
                "at": {path: plain_value(value) for path, value in found.points[one.point].items()},
                "mean": None if one.mean.mean is None else one.mean.mean / scale,
                "ci95": None
                if one.mean.lo is None or one.mean.hi is None
                else [one.mean.lo / scale, one.mean.hi / scale],
                "best_over_it": None if one.behind is None else _paired(one.behind, scale),
            }
            for one in found.ranked
        ],
        "claimed": not fit.why,
        "why_not": WHY[fit.why],
        "points_fitted": fit.points,
        "mean": fit.mean / scale,
        "noise_share": fit.noise,
        "points_differ_p": fit.differ_p,
        "explained": _share(fit.explained),
        "factors": [
            _main(driver, mains.get(k), scale, claimed=not fit.why) for k, driver in enumerate(found.drivers)
        ],
        "interactions": [_pair(found, pair, scale) for pair in fit.interactions] if not fit.why else [],
    }


def _paired(pair: Paired, scale: float) -> dict[str, object]:
    lo, hi = (None if end is None else end / scale for end in (pair.lo, pair.hi))
    return {
        "difference": None if pair.difference is None else pair.difference / scale,
        "ci95": ends(lo, hi),
        "relative": pair.relative,
        "relative_ci95": ends(pair.relative_lo, pair.relative_hi),
    }


def _share(found: Share | None) -> dict[str, object] | None:
    return None if found is None else {"share": found.share, "ci95": [found.lo, found.hi]}


def _value(driver: Driver, value: float) -> object:
    return driver.levels[int(value)] if driver.levels else float(value)


def _change(driver: Driver, change: Change, scale: float) -> dict[str, object]:
    return {
        "from": _value(driver, change.start),
        "to": _value(driver, change.end),
        "change": change.change / scale,
        "ci95": [change.interval.lo / scale, change.interval.hi / scale],
    }


def _main(driver: Driver, main: Main | None, scale: float, claimed: bool) -> dict[str, object]:
    data: dict[str, object] = {
        "path": driver.path,
        "role": driver.role,
        "kind": "levels" if driver.levels else "number",
    }
    if main is None or not claimed:
        return data
    curve = main.curve
    return {
        **data,
        "beyond_noise": main.found,
        "p_holm": main.p,
        "effect": _change(driver, main.change, scale),
        "share": _share(main.first),
        "share_with_interactions": _share(main.total),
        "turns": None if main.turn is None else {"at": main.turn.x, "highest": main.turn.highest},
        "curve": {
            "at": [_value(driver, x) for x in curve.x],
            "mean": [float(y) / scale for y in curve.mean],
            "ci95": [[float(a) / scale, float(b) / scale] for a, b in zip(curve.lo, curve.hi, strict=True)],
        },
    }


def _pair(found: Overall, pair: Interaction, scale: float) -> dict[str, object]:
    one, other = (found.drivers[k] for k in pair.factors)
    return {
        "of": one.path,
        "with": other.path,
        "p": pair.p,
        "share": _share(pair.share),
        "effect": _change(one, pair.change, scale),
        "larger_at": _value(other, pair.at[1]),
        "than_at": _value(other, pair.at[0]),
    }
