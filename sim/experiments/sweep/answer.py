"""From the runs of a sweep to its answer: the table, the best design per row, where two designs cross, how
robust it is.

A `Panel` is a table: rows are values of the path `along`, columns values of the path `of`; a sweep of three
or more paths has one panel per combination of the others. Nothing within noise is called best, ahead or
behind: p values are paired t tests with Holm's correction over the rows of a panel. Where that leaves rows
undecided, the panel says so, with the number of runs that would decide them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.constants import ALPHA
from sim.experiments.assumption_words import (
    everywhere_words,
    flip_words,
    kind_words,
    share_words,
    worlds_words,
)
from sim.experiments.designs import Levels, as_numbers, levels_of
from sim.experiments.holding import Holding
from sim.experiments.points import label
from sim.experiments.sweep.again import AskedAgain, DesignRuns, Said, compare_again
from sim.experiments.sweep.again_words import again_sentences
from sim.experiments.sweep.effects import Overall, overall
from sim.experiments.sweep.effects_words import open_notice, overall_sentences, point_words
from sim.experiments.sweep.file import Sweep
from sim.experiments.sweep.plausible import Ranges, places
from sim.experiments.sweep.ranking import (
    Ranking,
    best_pair,
    ranking,
    ranking_sentence,
    ranking_too_few,
    ranks,
    same_length,
)
from sim.experiments.sweep.sentences import (
    TooFew,
    crossing_sentence,
    describe,
    is_shown,
    names_of,
    plain_sentence,
    support_sentence,
    too_few,
)
from sim.outcomes.declared import Outcome
from sim.statistics.crossing import Crossing, crossing
from sim.statistics.estimates import Estimate, Paired, holm, known, mean_ci, paired
from sim.text.numbers import outcome_words, percent, plural, shown_unit, words


@dataclass(frozen=True)
class Robust:
    """In how many worlds the first design beats the second beyond noise, where the path `along` has the value `at`
    (None: there is no such path).

    of: the outcome that is counted. support: what the worlds say of the verdict there (`sim.experiments.holding`), None without
    one.
    """

    at: object
    ahead: Holding
    of: str
    support: str | None = None


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
    estimates: tuple[tuple[Estimate, ...], ...]
    best: tuple[tuple[int, bool] | None, ...]
    pair: tuple[Paired, ...] | None
    crossing: Crossing | None
    sentence: str
    too_few: TooFew | None = None
    ranking: Ranking | None = None

    def sign(self, at: object, better: int) -> int:
        """+1 or -1 if the first design is ahead or behind beyond noise in that row (the best level: of the runner-up), else 0,
        also without such a row.
        """
        if self.ranking is not None:
            return int(self.ranking.beyond[self.ranking.second])
        if self.pair is None or at not in self.rows:
            return 0
        k = self.rows.index(at)
        p = holm([pair.p for pair in self.pair])[k]
        if p is None or p >= ALPHA:
            return 0
        return int(np.sign(better * known(self.pair[k].difference)))


@dataclass(frozen=True)
class Answer:
    """What a sweep says. `first` and `second` name the compared designs (first overtakes second), '' without
    a pair.

    unit: of every figure shown (the outcome in its declared unit times `scale`). robust: how often first beats second over
    plausible ranges, at several values of `along`. overall: of a sweep that seeks the best of its points.
    """

    outcome: str
    unit: str
    declared_unit: str
    scale: float
    better: int
    along: str | None
    of: str | None
    first: str
    second: str
    panels: tuple[Panel, ...]
    robust: tuple[Robust, ...]
    robust_sentence: str
    again: tuple[AskedAgain, ...] = ()
    again_sentences: tuple[str, ...] = ()
    overall: Overall | None = None

    def sentences(self) -> list[str]:
        """The answer in words, one sentence or two per panel, then what it hangs on."""
        return [*self.panel_sentences(), *self.limits()]

    def panel_sentences(self) -> list[str]:
        """One sentence or two per panel; of a sweep that seeks the best of its points, what drives it."""
        drives = [] if self.overall is None else overall_sentences(self.overall, self.unit)
        return [*(p.sentence for p in self.panels if p.sentence), *drives]

    def limits(self) -> list[str]:
        """What the question comes to under other settings, then how far to trust the answer."""
        return [*self.again_sentences, *([self.robust_sentence] if self.robust_sentence else [])]

    def notices(self) -> list[str]:
        """What the runs are too few for, one sentence or two per panel."""
        few = "" if self.overall is None else open_notice(self.overall)
        return [*(p.too_few.sentence for p in self.panels if p.too_few), *([few] if few else [])]


# ---- the shape of the table


def groups(sweep: Sweep) -> list[dict[object, int]]:
    """Rows of the design: the points that differ only in the compared path, as value -> point, in design
    order.
    """
    of = sweep.crossing.of if sweep.crossing else None
    rows: dict[tuple[Any, ...], dict[object, int]] = {}
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
    declared: Outcome,
    ranges: Ranges | None = None,
    again: Sequence[DesignRuns] = (),
) -> Answer:
    """The answer of a sweep. values: the outcome, float64[runs] per design point; ranges: see
    `sim.experiments.sweep.plausible`; again: see `sim.experiments.sweep.again`."""
    unit, scale = shown_unit(declared.unit)
    scaled = [scale * np.asarray(v, dtype=float) for v in values]
    first, second = names_of(sweep.crossing)
    of = along = None
    panels: list[Panel] = []
    if sweep.crossed:
        of, along = _layout(sweep)
        for fixed, points in _panels(sweep, of, along):
            panels.append(_panel(sweep, scaled, declared, fixed, points, (of, along), (first, second)))
    whole = overall(sweep, scaled, declared) if sweep.seeks_best else None
    robust, sentence = _robust(sweep, declared.better, panels, ranges, whole)
    said = _said(sweep, declared.better, panels)
    asked = compare_again(sweep, again, said, declared.better, scale)
    panels = _with_support(sweep, panels, robust)
    return Answer(
        outcome=declared.name,
        unit=unit,
        declared_unit=declared.unit,
        scale=scale,
        better=declared.better,
        along=along,
        of=of,
        first=first,
        second=second,
        panels=tuple(panels),
        robust=robust,
        robust_sentence=sentence,
        again=asked,
        again_sentences=again_sentences(
            asked, said, sweep.crossing.along if sweep.crossing else None, (first, second)
        ),
        overall=whole,
    )


def _panels(sweep: Sweep, of: str | None, along: str | None) -> list[tuple[dict[str, object], list[int]]]:
    """(values of the paths that are neither rows nor columns, points), in design order."""
    found: dict[tuple[Any, ...], tuple[dict[str, object], list[int]]] = {}
    for k, values in enumerate(sweep.points):
        fixed = {path: value for path, value in values.items() if path not in (of, along)}
        found.setdefault(tuple(fixed.values()), (fixed, []))[1].append(k)
    return list(found.values())


def _panel(
    sweep: Sweep,
    values: Sequence[np.ndarray],
    declared: Outcome,
    fixed: Mapping[str, object],
    points: Sequence[int],
    paths: tuple[str | None, str | None],
    names: tuple[str, str],
) -> Panel:
    of, along = paths
    columns = levels_of(sweep.vary[of]) if of else (None,)
    rows = levels_of(sweep.vary[along]) if along else (None,)
    at = {tuple(sweep.points[k][path] if path else None for path in (along, of)): values[k] for k in points}
    cells = [[at[row, column] for column in columns] for row in rows]
    pair = found = few = None
    sentence = ""
    if sweep.crossing is not None:
        b, a = (columns.index(value) for value in sweep.crossing.between)
        pair = tuple(paired(*same_length(row[a], row[b]), declared.better) for row in cells)
        if along is None:
            sentence = plain_sentence(pair[0], declared, names)
        elif sweep.crossing.along is not None:
            lead = [
                (declared.better or 1) * np.subtract(*reversed(same_length(row[a], row[b]))) for row in cells
            ]
            found = crossing(as_numbers(rows), _matrix(lead), sweep.seed)
            sentence = crossing_sentence(found, as_numbers(rows), pair, along, names, declared)
        prefix = ", ".join(f"{words(path)} {label(value)}" for path, value in fixed.items())
        prefix = f"At {prefix}: " if prefix else ""
        sentence = f"{prefix}{sentence}" if sentence else ""
        few = too_few(rows, pair, found, along, prefix)
    ranked = ranking([row[0] for row in cells], declared.better) if ranks(sweep) else None
    if ranked is not None:
        path = next(iter(sweep.vary))
        sentence = ranking_sentence(path, rows, ranked, declared.name)
        few = ranking_too_few(path, rows, ranked)
    return Panel(
        fixed=fixed,
        rows=tuple(rows),
        columns=tuple(columns),
        estimates=tuple(tuple(mean_ci(cell) for cell in row) for row in cells),
        best=tuple(_best(cells, declared.better)),
        pair=pair,
        crossing=found,
        sentence=sentence,
        too_few=few,
        ranking=ranked,
    )


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
        means = {k: m for k, cell in enumerate(row) if (m := mean_ci(cell).mean) is not None}
        ranked = _ranked(means, better)
        if better == 0 or len(ranked) < 2:
            found.append(None)
            continue
        p = paired(*same_length(row[ranked[1]], row[ranked[0]]), better).p
        found.append((ranked[0], p))
    adjusted = holm([None if f is None else f[1] for f in found])
    return [
        None if f is None else (f[0], p is not None and p < ALPHA)
        for f, p in zip(found, adjusted, strict=True)
    ]


def _ranked(means: Mapping[int, float], better: int) -> list[int]:
    """The columns, the best first, of equal ones the first."""
    return sorted(means, key=lambda k: (-better * means[k], k))


# ---- how far to trust it


def _robust(
    sweep: Sweep, better: int, panels: Sequence[Panel], ranges: Ranges | None, whole: Overall | None
) -> tuple[tuple[Robust, ...], str]:
    """In how many plausible worlds the first design beats the second, at each place of `sim.experiments.sweep.plausible`."""
    compared = _compared(sweep, panels, whole)
    if ranges is None or compared is None or better == 0:
        return (), ""
    along = compared.along
    panel = _base_panel(sweep, panels)
    own, found = ranges.of == sweep.outcome, []
    for k, place in enumerate(ranges.at):
        ahead = ranges.ahead(k, better if own else 1)
        sign = 0 if panel is None or not own else panel.sign(_row(sweep, place), better)
        sign = 1 if whole is not None and own else sign  # the second of its two points is behind beyond noise
        says = (ahead if sign > 0 else ahead.turned).support if sign else None
        found.append(Robust(place, ahead, ranges.of, says))
    if not any(r.ahead.worlds for r in found):
        return tuple(found), f"None of the {kind_words(ranges.like)} could be run: {ranges.reason}"
    lost = max(ranges.failed)
    failed = f" ({plural(lost, 'world')} could not be run)" if lost else ""
    base = f", {' and '.join(compared.others)} as in the base" if compared.others else ""
    on = "" if own else f" on {outcome_words(ranges.of)} (what they are paid differs)"
    listed = "; ".join(_share(r, along if k == 0 else None) for k, r in enumerate(found))
    return tuple(found), (
        f"How sure by assumptions: over {worlds_words(ranges.tried, ranges.like)}, sets of the {ranges.varied} uncertain "
        f"parameters{failed}{base}, that {compared.first} is ahead of {compared.second}{on} {listed}. Each is judged beyond "
        f"the noise of {plural(ranges.runs, 'run')} in a world.{_flips(found, along)}"
    )


def _share(robust: Robust, along: str | None) -> str:
    """'holds in 47 % [31, 64], is open in 30 % and reversed in 23 % at AI share of code 0'."""
    found = robust.ahead
    text = (
        f"holds in {share_words(found.holds)}, is open in {percent(found.open.share, 0)} % and reversed in "
        f"{percent(found.reversed.share, 0)} %{everywhere_words(found)}"
    )
    if robust.at is None:
        return text
    return f"{text} at {words(along)} {label(robust.at)}" if along else f"{text} at {label(robust.at)}"


def _flips(found: Sequence[Robust], along: str | None) -> str:
    """At every place the assumption that flips it, if one is found."""
    said = []
    for r in found:
        if r.ahead.flips is not None:
            where = "" if r.at is None or along is None else f"At {words(along)} {label(r.at)} "
            said.append(f" {where}{flip_words(r.ahead, 'that the first design is ahead')}.")
    if not said and (none := flip_words(found[0].ahead)):
        said = [f" {none[0].upper()}{none[1:]}."]
    return "".join(said)


@dataclass(frozen=True)
class _Compared:
    """The two designs that are tried in plausible worlds: what they are called, the path along which they are, and what else
    is varied.
    """

    first: str
    second: str
    along: str | None = None
    others: tuple[str, ...] = ()


def _compared(sweep: Sweep, panels: Sequence[Panel], whole: Overall | None) -> _Compared | None:
    """Those of a crossing; of ranked levels the best two; of points the best and the nearest that is behind beyond noise."""
    spec, path = sweep.crossing, next(iter(sweep.vary))
    if whole is not None:
        if whole.best.best is None or whole.nearest is None:
            return None
        return _Compared(point_words(whole, whole.best.best), point_words(whole, whole.nearest[0]))
    if spec is not None:
        others = tuple(words(path) for path in sweep.vary if path not in (spec.of, spec.along))
        return _Compared(*names_of(spec), spec.along, others)
    if not panels or panels[0].ranking is None:
        return None
    pair = best_pair(path, panels[0].rows, panels[0].ranking)
    best, other = (describe(path, value) for value in pair.between)
    return _Compared(best, other)


def _said(sweep: Sweep, better: int, panels: Sequence[Panel]) -> Said:
    """What the panel of the base says at the places where the question is asked again: of a crossing that is shown, the sign
    before it and after it; else every sign beyond noise.
    """
    at, panel = places(sweep), _base_panel(sweep, panels)
    if panel is None or sweep.crossing is None:
        return Said(False, (0,) * len(at))
    found = panel.crossing
    if found is not None and is_shown(found, panel.rows):
        up = 1 if found.kind == "overtakes" else -1
        return Said(True, (-up, *(0 for _ in at[2:]), up))
    return Said(False, tuple(panel.sign(_row(sweep, place), better or 1) for place in at))


def _row(sweep: Sweep, place: object) -> object:
    """The row that speaks of a place. Without a path along which it lies, the rows may be values of another path: that of the
    base.
    """
    rows = _layout(sweep)[1]
    return sweep.base.values.get(rows) if place is None and rows is not None else place


def _base_panel(sweep: Sweep, panels: Sequence[Panel]) -> Panel | None:
    """The panel that speaks of the base, on which the plausible worlds are tried; None if no panel does."""
    for panel in panels:
        if all(sweep.base.values.get(path) == value for path, value in panel.fixed.items()):
            return panel
    return None


def _with_support(sweep: Sweep, panels: Sequence[Panel], robust: Sequence[Robust]) -> list[Panel]:
    """The same panels; the sentence of that of the base says so where most plausible worlds do not bear it out."""
    base = _base_panel(sweep, panels)
    along = sweep.crossing.along if sweep.crossing else None
    like = robust[0].ahead.like if robust else ""
    said = support_sentence([(r.at, r.support) for r in robust], along, like)
    return [
        replace(p, sentence=f"{p.sentence} {said}") if p is base and said and p.sentence else p
        for p in panels
    ]
