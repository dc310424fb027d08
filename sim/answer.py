"""From the runs of a sweep to its answer: the table, the best design per row, where two designs cross, how
robust it is.

A `Panel` is a table: rows are values of the path `along`, columns values of the path `of`; a sweep of three
or more paths has one panel per combination of the others. Nothing within noise is called best, ahead or
behind: p values are paired t tests with Holm's correction over the rows of a panel.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import statistics
from sim.design import Levels
from sim.ranges import Holds
from sim.report.tables import interval, number, outcome_words, percent, signed, words
from sim.sweepfile import CrossingSpec, Sweep, label

if TYPE_CHECKING:
    from sim.outcomes import Outcome

ALPHA = 0.05


@dataclass(frozen=True)
class Panel:
    """One table. estimates[row][column] in the shown unit; best: per row the column and whether it is beyond
    noise.

    pair: per row the first compared design minus the second (see `Answer`), paired by run; None without a
    pair.
    """

    fixed: Mapping[str, object]
    rows: tuple[object, ...]
    columns: tuple[object, ...]
    estimates: tuple[tuple[statistics.Estimate, ...], ...]
    best: tuple[tuple[int, bool] | None, ...]
    pair: tuple[statistics.Paired, ...] | None
    crossing: statistics.Crossing | None
    sentence: str


@dataclass(frozen=True)
class Answer:
    """What a sweep says. `first` and `second` name the compared designs (first overtakes second), '' without
    a pair.

    unit: of every figure shown (the outcome times `scale`). robust: how often first beats second over
    plausible ranges.
    """

    outcome: str
    unit: str
    scale: float
    better: int
    along: str | None
    of: str | None
    first: str
    second: str
    panels: tuple[Panel, ...]
    listing: tuple[statistics.Estimate, ...]
    robust: Holds | None
    robust_sentence: str

    def sentences(self) -> list[str]:
        """The answer in words, one sentence or two per panel, then its robustness."""
        return [p.sentence for p in self.panels if p.sentence] + (
            [self.robust_sentence] if self.robust_sentence else []
        )

    def to_json(self) -> dict[str, object]:
        """Plain data; undefined figures are None."""
        panels = [
            {
                "fixed": {path: label(value) for path, value in p.fixed.items()},
                "rows": [_plain(v) for v in p.rows],
                "columns": [_plain(v) for v in p.columns],
                "mean": [[e.mean for e in row] for row in p.estimates],
                "ci95": [[None if e.lo is None else [e.lo, e.hi] for e in row] for row in p.estimates],
                "best": [None if b is None or not b[1] else _plain(p.columns[b[0]]) for b in p.best],
                "crossing": None if p.crossing is None else _crossing_json(p.crossing),
                "answer": p.sentence,
            }
            for p in self.panels
        ]
        robust = self.robust
        data = {
            "outcome": self.outcome,
            "unit": self.unit,
            "along": self.along,
            "of": self.of,
            "first": self.first,
            "second": self.second,
            "panels": panels,
            "holds_in": None if robust is None else robust.share,
            "holds_in_ci95": None if robust is None or robust.lo is None else [robust.lo, robust.hi],
            "sentences": self.sentences(),
        }
        return statistics.jsonable(data)


def _plain(value: object) -> object:
    return value if isinstance(value, (bool, int, float)) else label(value)


def _crossing_json(c: statistics.Crossing) -> dict[str, object]:
    """The interval's ends are None where they leave the range."""
    return {
        "kind": c.kind,
        "at": c.x,
        "ci95": None if c.lo is None else [c.lo, c.hi],
        "signs": list(c.signs),
        "others": list(c.others),
    }


# ---- the shape of the table


def groups(sweep: Sweep) -> list[dict[object, int]]:
    """Rows of the design: the points that differ only in the compared path, as value -> point, in design
    order.
    """
    of = sweep.crossing.of if sweep.crossing else None
    rows: dict[tuple, dict[object, int]] = {}
    for k, values in enumerate(sweep.points):
        key = tuple(value for path, value in values.items() if path != of)
        rows.setdefault(key, {})[values[of] if of else None] = k
    return list(rows.values())


def _layout(sweep: Sweep) -> tuple[str | None, str | None]:
    """The paths of the columns and of the rows."""
    if sweep.crossing is not None:
        rest = [path for path in sweep.vary if path != sweep.crossing.of]
        return sweep.crossing.of, sweep.crossing.along or (rest[0] if rest else None)
    paths = list(sweep.vary)
    if len(paths) == 1:
        return None, paths[0]
    count = {path: len(axis.values) for path, axis in sweep.vary.items() if isinstance(axis, Levels)}
    columns = min(paths, key=lambda path: count[path])
    return columns, next(path for path in paths if path != columns)


def answer(
    sweep: Sweep,
    values: Sequence[np.ndarray],
    declared: "Outcome",
    ranges: Mapping[str, object] | None = None,
) -> Answer:
    """The answer of a sweep. values: the outcome, float64[runs] per design point; ranges: see `sim.sweep`."""
    unit, scale = shown_unit(declared.unit)
    scaled = [scale * np.asarray(v, dtype=float) for v in values]
    first, second = _names(sweep.crossing)
    of = along = None
    panels: list[Panel] = []
    if sweep.design == "grid":
        of, along = _layout(sweep)
        for fixed, points in _panels(sweep, of, along):
            panels.append(_panel(sweep, scaled, declared, fixed, points, (of, along), (first, second)))
    robust, sentence = _robust(sweep, declared.better, first, second, ranges)
    return Answer(
        outcome=declared.name,
        unit=unit,
        scale=scale,
        better=declared.better,
        along=along,
        of=of,
        first=first,
        second=second,
        panels=tuple(panels),
        listing=tuple(statistics.mean_ci(v) for v in scaled),
        robust=robust,
        robust_sentence=sentence,
    )


def shown_unit(unit: str) -> tuple[str, float]:
    """Figures per USD are shown per 1,000 USD: ('standard hours/USD') -> ('standard hours per 1,000 USD',
    1000.0).
    """
    match = re.fullmatch(r"(.*?)\s*(?:/|per)\s*USD", unit)
    return (f"{match.group(1)} per 1,000 USD", 1000.0) if match else (unit, 1.0)


def _panels(sweep: Sweep, of: str | None, along: str | None) -> list[tuple[dict[str, object], list[int]]]:
    """(values of the paths that are neither rows nor columns, points), in design order."""
    found: dict[tuple, tuple[dict[str, object], list[int]]] = {}
    for k, values in enumerate(sweep.points):
        fixed = {path: value for path, value in values.items() if path not in (of, along)}
        found.setdefault(tuple(fixed.values()), (fixed, []))[1].append(k)
    return list(found.values())


def _panel(
    sweep: Sweep,
    values: Sequence[np.ndarray],
    declared: "Outcome",
    fixed: Mapping[str, object],
    points: Sequence[int],
    paths: tuple[str | None, str | None],
    names: tuple[str, str],
) -> Panel:
    of, along = paths
    columns = sweep.vary[of].values if of else (None,)
    rows = sweep.vary[along].values if along else (None,)
    at = {(sweep.points[k].get(along), sweep.points[k].get(of)): values[k] for k in points}
    cells = [[at[row, column] for column in columns] for row in rows]
    pair = found = None
    sentence = ""
    if sweep.crossing is not None:
        b, a = (columns.index(value) for value in sweep.crossing.between)
        pair = tuple(statistics.paired(*_same_length(row[a], row[b]), declared.better) for row in cells)
        if along is None:
            sentence = _plain_sentence(pair[0], declared, names)
        elif sweep.crossing.along is not None:
            lead = [
                (declared.better or 1) * np.subtract(*reversed(_same_length(row[a], row[b]))) for row in cells
            ]
            found = statistics.crossing(rows, _matrix(lead), sweep.seed)
            sentence = crossing_sentence(found, rows, pair, along, names, declared)
        prefix = ", ".join(f"{words(path)} {label(value)}" for path, value in fixed.items())
        sentence = f"At {prefix}: {sentence}" if prefix and sentence else sentence
    return Panel(
        fixed=fixed,
        rows=tuple(rows),
        columns=tuple(columns),
        estimates=tuple(tuple(statistics.mean_ci(cell) for cell in row) for row in cells),
        best=tuple(_best(cells, declared.better)),
        pair=pair,
        crossing=found,
        sentence=sentence,
    )


def _same_length(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = min(len(a), len(b))
    return a[:n], b[:n]


def _matrix(rows: Sequence[np.ndarray]) -> np.ndarray:
    """float64[rows, most runs]; rows that were decided earlier are filled up with NaN."""
    matrix = np.full((len(rows), max(len(row) for row in rows)), np.nan)
    for k, row in enumerate(rows):
        matrix[k, : len(row)] = row
    return matrix


def _best(cells: Sequence[Sequence[np.ndarray]], better: int) -> list[tuple[int, bool] | None]:
    """Per row the best column, and whether it beats the runner-up beyond noise (paired, Holm over the
    rows).
    """
    found: list[tuple[int, float | None] | None] = []
    for row in cells:
        means = [statistics.mean_ci(cell).mean for cell in row]
        ranked = sorted(
            (k for k, m in enumerate(means) if m is not None), key=lambda k: (-better * means[k], k)
        )
        if better == 0 or len(ranked) < 2:
            found.append(None)
            continue
        p = statistics.paired(*_same_length(row[ranked[1]], row[ranked[0]]), better).p
        found.append((ranked[0], p))
    adjusted = statistics.holm([None if f is None else f[1] for f in found])
    return [
        None if f is None else (f[0], p is not None and p < ALPHA)
        for f, p in zip(found, adjusted, strict=True)
    ]


# ---- in words


def _names(spec: CrossingSpec | None) -> tuple[str, str]:
    """What to call the two designs: 'flat (2 layers)', 'layered (3 layers)'."""
    if spec is None:
        return "", ""
    described = [describe(spec.of, value) for value in spec.between]
    names = spec.names
    if names is None and spec.of == "organisation.management_layers":
        flatter = spec.between[0] < spec.between[1]
        names = ("flat", "layered") if flatter else ("layered", "flat")
    if names is None:
        return described[0], described[1]
    return f"{names[0]} ({described[0]})", f"{names[1]} ({described[1]})"


def describe(path: str, value: object) -> str:
    """A design in words: '2 layers', 'spans 12-8', 'share of code 0.3'."""
    if path == "organisation.management_layers":
        return f"{value} layer" + ("" if value == 1 else "s")
    return f"{words(path)} {label(value)}"


def _change(pair: statistics.Paired) -> str:
    """'+4.8 % [3.9, 5.7]', or the plain difference where the base is not above zero."""
    if pair.base is not None and pair.base > 0 and pair.relative is not None:
        text = f"{percent(pair.relative, sign=True)} %"
        return (
            text
            if pair.lo is None
            else f"{text} [{percent(pair.lo / pair.base)}, {percent(pair.hi / pair.base)}]"
        )
    return f"{signed(pair.difference)} {interval(pair.lo, pair.hi)}".rstrip()


def _plain_sentence(pair: statistics.Paired, declared: "Outcome", names: tuple[str, str]) -> str:
    first, second = names
    topic = outcome_words(declared.name)
    if pair.n == 0:
        return f"{topic} is undefined, so {first} and {second} cannot be compared."
    if pair.p is None or pair.p >= ALPHA:
        return f"No difference detected between {first} and {second} on {topic} ({_change(pair)})."
    if declared.better == 0:
        return f"{first} differs from {second} on {topic} by {_change(pair)}."
    verb = "beats" if declared.better * pair.difference > 0 else "loses to"
    return f"{first} {verb} {second} on {topic} by {_change(pair)}."


def crossing_sentence(
    found: statistics.Crossing,
    rows: Sequence[float],
    pair: Sequence[statistics.Paired],
    along: str,
    names: tuple[str, str],
    declared: "Outcome",
) -> str:
    """The crossing in words. rows: values of `along`; pair: first minus second at each."""
    first, second = names
    topic = f"on {outcome_words(declared.name)}"
    low, high = min(rows), max(rows)
    digits = max(0, 1 - math.floor(math.log10(high - low)))
    span = f"{words(along)} {low:g} to {high:g}"
    ends = (
        f"{_change(pair[int(np.argmin(rows))])} at {low:g}, {_change(pair[int(np.argmax(rows))])} at {high:g}"
    )
    if found.kind in ("undefined", "equal"):
        what = (
            "the outcome is undefined somewhere" if found.kind == "undefined" else "both are equal throughout"
        )
        return f"No crossing {topic} within {span}: {what}."
    if not any(found.signs):
        return f"No difference detected between {first} and {second} {topic} anywhere within {span} ({ends})."
    if found.x is None:
        side = "ahead of" if found.kind == "ahead throughout" else "behind"
        verb = "is never overtaken by" if found.kind == "ahead throughout" else "never overtakes"
        return (
            f"{first} {verb} {second} {topic} within {span}: it is {side} {second} throughout"
            f"{_beyond_noise(found, len(rows))} ({ends})."
        )
    where = f"{words(along)} {found.x:.{digits}f}"
    if found.lo is not None:
        where += f" [{_end(found.lo, low, digits)}, {_end(found.hi, high, digits)}]"
    if found.kind == "overtakes":
        text = f"{first} overtakes {second} {topic} at {where} ({ends})"
    else:
        text = f"{first} is ahead of {second} {topic} up to {where} and behind beyond it ({ends})"
    return text + _hedge(found, rows, along) + "."


def _end(value: float, bound: float, digits: int) -> str:
    if math.isfinite(value):
        return f"{value:.{digits}f}"
    return f"below {bound:g}" if value < 0 else f"above {bound:g}"


def _beyond_noise(found: statistics.Crossing, points: int) -> str:
    clear = sum(1 for sign in found.signs if sign)
    return "" if clear == points else f", beyond noise at {clear} of {points} values"


def _hedge(found: statistics.Crossing, rows: Sequence[float], along: str) -> str:
    """Say where a side of the crossing is not beyond noise, and whether the means cross again."""
    text = ""
    for name, side in (
        ("below", [s for s, x in zip(found.signs, rows, strict=True) if x < found.x]),
        ("above", [s for s, x in zip(found.signs, rows, strict=True) if x > found.x]),
    ):
        if not any(side):
            text += f"; {name} it no difference is detected"
    if found.others:
        again = ", ".join(number(x, 2) for x in found.others)
        text += f"; the means cross again at {words(along)} {again}"
    return text


def _robust(
    sweep: Sweep, better: int, first: str, second: str, ranges: Mapping[str, object] | None
) -> tuple[Holds | None, str]:
    """In how many plausible parameter sets the first design beats the second, at the base's other values."""
    if ranges is None or sweep.crossing is None or better == 0:
        return None, ""
    differences = [d for d in ranges["differences"] if d is not None]
    holds = Holds(sum(1 for d in differences if better * d > 0), len(differences))
    if not holds.n:
        return holds, f"None of the plausible parameter sets could be run: {ranges['reason']}"
    along = sweep.crossing.along
    base = sweep.base.values.get(along) if along else None
    place = f", at {words(along)} {label(base)} as in the base" if base is not None else ""
    share = f"{percent(holds.share, 0)} % [{percent(holds.lo, 0)}, {percent(holds.hi, 0)}]"
    failed = f"; {ranges['failed']} more could not be run" if ranges["failed"] else ""
    return holds, (
        f"How far to trust it: {first} is ahead of {second} in {share} of {holds.n} plausible sets of the "
        f"{ranges['varied']} uncertain parameters{place}{failed}."
    )
