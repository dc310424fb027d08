"""What drives an outcome over the points of a sweep, and which points can be the best: what its answer has, drawn."""

from collections.abc import Mapping
from typing import Any

from sim.report import charts, parts
from sim.report.page import Fold, Item, Section, Table
from sim.text.numbers import interval, number, percent, shown_unit, words

MOST_FACTORS = 8
MOST_POINTS = 40
SHOWN = 10  # points that are there without asking


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """The best points, and every factor; nothing of a sweep that has other answers."""
    found = answer.get("overall")
    if not isinstance(found, Mapping):
        return []
    unit, scale = shown_unit(str(answer.get("unit", "")))
    return [*_factors(found, unit, scale), *_best(found, unit, scale)]


def _best(found: Mapping[str, Any], unit: str, scale: float) -> list[Section]:
    rows = []
    ranked = [one for one in found.get("ranked") or () if parts.is_number(one.get("mean"))][:MOST_POINTS]
    if not ranked:
        return []
    paths = list(ranked[0]["at"])
    for one in ranked:
        over = one.get("best_over_it") or {}
        cells = [str(one["rank"]), str(one["point"]), *(_value(value) for value in one["at"].values())]
        cells += [number(scale * one["mean"]), interval(*parts.ends_of(one, scale))]
        relative = over.get("relative")
        cells.append(f"{percent(relative, sign=True)} %" if parts.is_number(relative) else "")
        low, high = parts.ends_of(over, key="relative_ci95")
        cells.append("" if low is None or high is None else f"[{percent(low)}, {percent(high)}]")
        rows.append(cells)
    header = [
        "rank",
        "point",
        *(words(path) for path in paths),
        f"mean, {unit}",
        "95 %",
        "best over it",
        "95 %",
    ]
    text = (
        "Rank 1 has every point that can be the best, 95 % sure for all points together; then those that can be the best of what "
        "is left, and so on. Intervals are of each row by itself."
    )
    tables = [Table(header, part, align=">" * len(header)) for part in (rows[:SHOWN], rows[SHOWN:]) if part]
    items: list[Item] = [text, tables[0]]
    if len(tables) > 1:
        items.append(Fold(f"The next {len(rows) - SHOWN}", [tables[1]]))
    return [Section("best", "Which points can be the best", items)]


def _value(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _factors(found: Mapping[str, Any], unit: str, scale: float) -> list[Section]:
    if not found.get("claimed"):
        return []
    items: list[Item] = [
        "The outcome along each factor, all others at their means, with 95 % bands: a fit of curves and products of two factors "
        f"to the means of {found.get('points_fitted', 0):,} points. Of levels: how far above or below the mean of all points."
    ]
    factors = [one for one in found.get("factors") or () if one.get("curve")]
    factors.sort(key=lambda one: -one["share_with_interactions"]["share"])
    for k, one in enumerate(factors[:MOST_FACTORS]):
        made = _curve(one, k, unit, scale) if one["kind"] == "number" else _levels(one, k, found, unit, scale)
        items.append(made)
    return [Section("drivers", "What drives it", items)] if len(items) > 1 else []


def _title(one: Mapping[str, Any]) -> str:
    name = words(one["path"])
    share = one["share_with_interactions"]
    low, high = parts.ends_of(share)
    ends = "" if low is None or high is None else f" [{percent(low, 0)}, {percent(high, 0)}]"
    found = (
        f"{percent(share['share'], 0)} %{ends} of the variance"
        if one["beyond_noise"]
        else "no effect by itself"
    )
    role = {"decide": "; yours to decide", "given": "; given", "assumed": "; an assumption"}.get(
        str(one.get("role")), ""
    )
    return f"{name[:1].upper()}{name[1:]}: {found}{role}"


def _curve(one: Mapping[str, Any], k: int, unit: str, scale: float) -> Item:
    curve = one["curve"]
    low, high = ([scale * ends[side] for ends in curve["ci95"]] for side in (0, 1))
    line = charts.Line("mean", curve["at"], [scale * y for y in curve["mean"]], low, high)
    name = words(one["path"])
    return charts.lines(f"driver-{k}", _title(one), [line], f"{name[:1].upper()}{name[1:]}", unit)


def _levels(one: Mapping[str, Any], k: int, found: Mapping[str, Any], unit: str, scale: float) -> Item:
    curve, middle = one["curve"], found["mean"]
    relative = middle > 0
    by = 100 / middle if relative else scale
    bars = [
        charts.Bar(
            str(level),
            by * (y - middle),
            by * (ends[0] - middle),
            by * (ends[1] - middle),
            one["beyond_noise"],
        )
        for level, y, ends in zip(curve["at"], curve["mean"], curve["ci95"], strict=True)
    ]
    what = "% of the mean of all points" if relative else unit
    return charts.bars(f"driver-{k}", _title(one), bars, what, what=words(one["path"]))
