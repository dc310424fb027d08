"""The report of `orgsim sweep`: the answer with its crossing, heat maps and curves, and the structures side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.constants import PRIMARY
from sim.outcomes.declared import DECISIVE, OUTCOMES
from sim.report import charts, drivers, parts
from sim.report.page import Bullets, Choice, Item, Page, Section
from sim.report.source import Source
from sim.statistics.estimates import Estimate
from sim.text.numbers import interval, number, outcome_words, plural, shown_unit, words

MOST_POINTS = 2_000  # of a design, of which more than the primary outcome is drawn
MOST_DOTS = 300  # points drawn one by one
MOST_LEVELS = 60  # of a path in a heat map
MOST_PANELS = 6
MOST_OUTCOMES = 8
_NONE = Estimate(None, None, None, None, 0)
Points = Mapping[tuple[Any, ...], Mapping[str, Estimate]]


def page(source: Source) -> Page:
    """What a sweep says, or as far as it has come."""
    paths = [str(path) for path in source.listed("vary")]
    paths = [path for path in paths if path in source.views.columns("runs")]
    answer = source.part("answer") if source.finished else {}
    points = _points(source, paths, str(answer.get("outcome") or PRIMARY))
    groups = _groups(source, paths)
    rows = [(name, means) for name, _, means in groups]
    shapes = [(shape, parts.shown_load(parts.load_of(means), shape)) for _, shape, means in groups if shape]
    sections = [
        *drivers.sections(answer),
        *_drawn(paths, points, answer),
        *_holds(answer),
        *parts.charts_section(
            shapes or [(shape, {}) for shape in source.shapes],
            "Load: mean over all points of a structure." if shapes else "",
        ),
        *parts.hours_section(rows),
        *parts.waits_section(rows),
    ]
    said, more = _sentences(answer)
    stored = source.count()
    return Page(
        name=source.text("name"),
        kind=f"A sweep: {source.text('name')}, over {' and '.join(words(path) for path in paths) or 'nothing yet'}",
        question=source.text("question"),
        answer=said,
        sure=[*more, *parts.sure_of_runs(source, stored)] if stored else [],
        sections=sections,
        state="" if source.finished else _state(source, stored),
        facts=[f"{plural(stored, 'run')} of {source.weeks:,} weeks at {plural(len(points), 'point')}."]
        if stored
        else (),
    )


def _state(source: Source, stored: int) -> str:
    """'412 of 2,000 runs'."""
    span, count = source.part("seeds").get("runs"), source.manifest.get("points")
    if isinstance(span, list) and len(span) == 2 and isinstance(count, int):
        fixed = set(source.part("content").get("runs") or ()) == {"runs"}
        most = "" if fixed else "at most "
        return (
            f"{stored:,} of {most}{count * (span[1] - span[0] + 1):,} runs are there. What follows is what "
            "they show so far; there is no verdict yet."
        )
    return f"{plural(stored, 'run')} so far; there is no verdict yet."


def _sentences(answer: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The answer, at most two panels of it, and what limits it."""
    panels = [one.get("answer") for one in answer.get("panels") or () if one.get("answer")]
    every = [str(text) for text in answer.get("sentences") or ()]
    rest = [text for text in every if text not in panels]
    said = panels[:2]
    if len(panels) > 2:
        said.append(f"{len(panels) - 2} more answers, for other values, stand below the pictures.")
    if answer.get("overall"):
        return every[:2], [*(f"Too few runs: {text}" for text in answer.get("notices") or ()), *every[2:]]
    if not panels and answer:
        said = ["This sweep compares no two designs; the figures of every point are below."]
    return said, [*(f"Too few runs: {text}" for text in answer.get("notices") or ()), *rest, *panels[2:]]


# ---- figures of every point


def _points(source: Source, paths: Sequence[str], primary: str) -> Points:
    """Values of the paths -> means of the outcomes that are drawn, the primary one first."""
    if not paths or not source.count():
        return {}
    count = source.manifest.get("points")
    small = isinstance(count, int) and count <= MOST_POINTS
    names = dict.fromkeys((primary, *(DECISIVE if small else ())))
    return source.means(list(names), paths)


def _drawn(paths: Sequence[str], points: Points, answer: Mapping[str, Any]) -> list[Section]:
    """Heat maps and curves of a grid, dots of any other design, for one outcome at a time."""
    if not points:
        return []
    names = [
        name
        for name in next(iter(points.values()))
        if name in OUTCOMES and any(p[name].n for p in points.values())
    ]
    options: list[tuple[str, Sequence[Item]]] = []
    for name in names[:MOST_OUTCOMES]:
        pieces = _grid(name, paths, points, answer) if _is_grid(paths, points) else _dots(name, paths, points)
        if pieces:
            options.append((outcome_words(name), pieces))
    text = "Means over runs with 95 % intervals, in every design on the same dice."
    return [Section("figures", "What comes out", [text, Choice("Outcome", options)])] if options else []


def _levels(paths: Sequence[str], points: Points) -> list[list[Any]]:
    """The values of every path, in ascending order if they are numbers."""
    found = []
    for k in range(len(paths)):
        values = list(dict.fromkeys(key[k] for key in points))
        found.append(sorted(values) if all(map(parts.is_number, values)) else values)
    return found


def _is_grid(paths: Sequence[str], points: Points) -> bool:
    levels = _levels(paths, points)
    size = int(np.prod([len(values) for values in levels]))
    return size <= 2 * len(points) and max(map(len, levels)) <= MOST_LEVELS


def _grid(name: str, paths: Sequence[str], points: Points, answer: Mapping[str, Any]) -> list[Item]:
    """Curves along the numeric path with the most levels, and a heat map, for each combination of the other paths."""
    levels = _levels(paths, points)
    numeric = [k for k, values in enumerate(levels) if all(map(parts.is_number, values)) and len(values) > 1]
    along = max(numeric, key=lambda k: (len(levels[k]), k), default=None)
    if along is None:
        return _listed(name, paths, points)
    others = [k for k in range(len(paths)) if k != along]
    of = min(others, key=lambda k: len(levels[k]), default=None)
    fixed = [k for k in others if k != of]
    combinations = list(dict.fromkeys(tuple(key[k] for k in fixed) for key in points))[:MOST_PANELS]
    items: list[Item] = []
    for number_, values in enumerate(combinations):
        part = {key: one for key, one in points.items() if tuple(key[k] for k in fixed) == values}
        where = ", ".join(f"{words(paths[k])} {level(value)}" for k, value in zip(fixed, values, strict=True))
        key = f"{name}-{number_}".replace("_", "-")
        items += _panel(
            name,
            key,
            paths,
            (along, of),
            (levels[along], levels[of] if of is not None else [None]),
            part,
            where,
            answer,
        )
    return items


def _panel(
    name: str,
    key: str,
    paths: Sequence[str],
    axes: tuple[int, int | None],
    levels: tuple[list[Any], list[Any]],
    points: Points,
    where: str,
    answer: Mapping[str, Any],
) -> list[Item]:
    """Curves, and of two paths a heat map. axes: places of the paths along and of; levels: their values."""
    (along, of), (rows, columns) = axes, levels
    unit, scale = shown_unit(OUTCOMES[name].unit)
    at = {(one[along], one[of] if of is not None else None): found[name] for one, found in points.items()}
    names = [_design(paths[of], value) if of is not None else outcome_words(name) for value in columns]
    title = _capital(outcome_words(name)) + (f" ({where})" if where else "")

    def figures(attribute: str, column: Any) -> list[float]:
        values = [getattr(at.get((row, column), _NONE), attribute) for row in rows]
        return [np.nan if value is None else scale * value for value in values]

    drawn = [
        charts.Line(label, rows, figures("mean", value), figures("lo", value), figures("hi", value))
        for label, value in zip(names, columns, strict=True)
    ]
    label = _capital(words(paths[along]))
    panel = _panel_of(answer, name, where)
    items: list[Item] = [
        charts.lines(
            f"lines-{key}", f"{title}: mean and 95 % band", drawn, label, unit, mark=_crossing(panel, answer)
        )
    ]
    if of is not None and 1 < len(columns) <= MOST_LEVELS and len(rows) > 1:
        values = np.array([[line.mean[i] for line in drawn] for i in range(len(rows))])
        if np.isfinite(values).any():
            texts = [[number(float(value), 4) for value in row] for row in values]
            made = charts.heat_map(
                f"heat-{key}", f"{title}: every point", values, [level(row) for row in rows], names,
                (label, ""), unit, texts=texts, best=_best(panel, rows, columns),
            )  # fmt: skip
            items.append(made)
    return items


def _panel_of(answer: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    """The panel of the answer that speaks of this picture, if one does."""
    panels = answer.get("panels") or ()
    if name != answer.get("outcome"):
        return {}
    for panel in panels:
        fixed = ", ".join(f"{words(path)} {value}" for path, value in (panel.get("fixed") or {}).items())
        if fixed == where:
            found: Mapping[str, Any] = panel
            return found
    return {}


def _crossing(panel: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[float, str] | None:
    """Where the first design overtakes the second, if that is beyond noise."""
    found = panel.get("crossing") or {}
    if not found.get("beyond_noise") or not parts.is_number(found.get("at")):
        return None
    first, second = (str(answer.get(key, "")).split(" (")[0] for key in ("first", "second"))
    verb = "overtakes" if found.get("kind") == "overtakes" else "falls behind"
    return float(
        found["at"]
    ), f"{first} {verb} {second} at {found['at']:.2g} {interval(*parts.ends_of(found), 2)}".strip()


def _best(panel: Mapping[str, Any], rows: Sequence[Any], columns: Sequence[Any]) -> list[tuple[int, int]]:
    """The cells that are best of their row beyond noise."""
    best, at = panel.get("best") or (), panel.get("rows") or ()
    places = {row: k for k, row in enumerate(rows)}
    return [
        (places[row], list(columns).index(value))
        for row, value in zip(at, best, strict=False)
        if value is not None and row in places and value in columns
    ]


def _listed(name: str, paths: Sequence[str], points: Points) -> list[Item]:
    """Bars of every point, where nothing numeric is varied."""
    unit, scale = shown_unit(OUTCOMES[name].unit)
    found = []
    for key, means in list(points.items())[:30]:
        one = means[name]
        label = ", ".join(_design(path, value) for path, value in zip(paths, key, strict=True))
        ends = (None, None) if one.lo is None or one.hi is None else (scale * one.lo, scale * one.hi)
        if one.mean is not None:
            found.append(charts.Bar(label, scale * one.mean, *ends))
    return [
        charts.bars(
            f"bars-{name}".replace("_", "-"),
            _capital(outcome_words(name)),
            found,
            unit,
            what="design",
            digits=4,
        )
    ]


def _dots(name: str, paths: Sequence[str], points: Points) -> list[Item]:
    """Every point over each numeric path, of designs that are no grid."""
    unit, scale = shown_unit(OUTCOMES[name].unit)
    chosen = list(points.items())
    chosen = chosen[:: max(1, len(chosen) // MOST_DOTS)]
    items: list[Item] = []
    for k, path in enumerate(paths):
        pairs = sorted(
            (float(key[k]), scale * mean)
            for key, one in chosen
            if parts.is_number(key[k]) and (mean := one[name].mean) is not None
        )
        if len({x for x, _ in pairs}) > 1:
            items.append(
                charts.dots(
                    f"dots-{name}-{k}".replace("_", "-"),
                    f"{_capital(outcome_words(name))} over {words(path)}",
                    pairs,
                    _capital(words(path)),
                    unit,
                )
            )
    return items


def level(value: object) -> str:
    """A value of a path, as people write it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _design(path: str, value: object) -> str:
    if path == "organisation.management_layers":
        return f"{level(value)} layer" + ("" if value == 1 else "s")
    return f"{words(path)} {level(value)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# ---- designs side by side


def _groups(source: Source, paths: Sequence[str]) -> list[tuple[str, Mapping[str, Any] | None, parts.Means]]:
    """(name, shape, means) of the structures; where none is varied, of the lowest, middle and highest value of the first path."""
    if not paths or not source.count():
        return []
    structures = [path for path in paths if path.startswith("organisation.")]
    by = structures or paths[:1]
    found = source.means(parts.NEEDED, by)
    if structures:
        shapes = {tuple(one.get("at", {}).get(path) for path in by): one for one in source.shapes}
        return [(shape["name"], shape, found[key]) for key, shape in shapes.items() if key in found]
    keys = list(found)
    kept = [keys[0], keys[len(keys) // 2], keys[-1]] if len(keys) > 3 else keys
    return [(_design(by[0], key[0]), None, found[key]) for key in kept]


def _holds(answer: Mapping[str, Any]) -> list[Section]:
    """In which share of plausible worlds the first design is ahead, and what the question comes to under other settings."""
    rows = []
    along = words(answer["along"]) if isinstance(answer.get("along"), str) else ""
    for one in answer.get("holds_in") or ():
        if not parts.is_number(one.get("share")):
            continue
        name = "everywhere" if one.get("at") is None else f"at {along} {level(one['at'])}"
        rows.append(charts.Bar(name, 100 * one["share"], *parts.ends_of(one, 100)))
    if not rows:
        return []
    first, second = answer.get("first"), answer.get("second")
    sets = max(int(one.get("sets") or 0) for one in answer["holds_in"])
    title = (
        f"In how many plausible worlds {first} is ahead of {second}"
        if first
        else "In how many plausible worlds the best is ahead"
    )
    picture = charts.bars(
        "holds",
        title,
        rows,
        f"% of {sets} plausible worlds",
        "Half of them would settle nothing.",
        what="place",
        digits=2,
    )
    again = [
        f"{one['name']}: the answer {'survives' if one['survives'] else 'does not survive'}."
        for one in answer.get("again") or ()
        if isinstance(one.get("survives"), bool)
    ]
    items: list[Item] = [
        "What drives it: the assumptions. The same comparison under other plausible values of all of them.",
        picture,
    ]
    return [Section("worlds", "Under other assumptions", [*items, *([Bullets(again)] if again else [])])]
