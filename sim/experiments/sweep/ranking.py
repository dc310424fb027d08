"""The levels of a sweep over one path, ranked: the best mean, and which others it beats beyond noise.

Every difference to the best is a paired t test. Which level is best comes from the same runs, so p values are corrected
for all pairs of levels (Bonferroni), not only for those with the best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.constants import ALPHA
from sim.experiments.cautions import MANY_RUNS, smaller_than
from sim.experiments.parts_words import change_words
from sim.experiments.sweep.file import CrossingSpec, Sweep
from sim.experiments.sweep.sentences import TooFew, describe, round_up
from sim.statistics import estimates
from sim.text.numbers import outcome_words, plural

SHOWN = 6  # levels named in a sentence


@dataclass(frozen=True)
class Ranking:
    """best, second: rows of the best mean and of the runner-up. pairs: row -> best minus it, paired by run, of every other
    row with a figure; beyond: per row whether that is beyond noise.
    """

    best: int
    second: int
    pairs: Mapping[int, estimates.Paired]
    beyond: tuple[bool, ...]
    tests: int


def ranks(sweep: Sweep) -> bool:
    """Whether a sweep is answered by a ranking: a grid over one path, with no two designs to be compared."""
    return sweep.crossed and sweep.crossing is None and len(sweep.vary) == 1 and not sweep.until_decided


def ranking(values: Sequence[np.ndarray], better: int) -> Ranking | None:
    """Rank levels. values: float64[runs] per level; better: +1 or -1. None if fewer than two levels have a figure."""
    means = {k: m for k, v in enumerate(values) if (m := estimates.mean_ci(v).mean) is not None}
    order = sorted(means, key=lambda k: (-better * means[k], k))
    if not better or len(order) < 2:
        return None
    best = order[0]
    tests = len(order) * (len(order) - 1) // 2
    pairs = {k: estimates.paired(*same_length(values[k], values[best]), better) for k in sorted(order[1:])}
    p_values = [pairs[k].p if k in pairs else None for k in range(len(values))]
    return Ranking(best, order[1], pairs, tuple(p is not None and p * tests < ALPHA for p in p_values), tests)


def same_length(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The runs that both have: the first ones, as many as the shorter of the two."""
    n = min(len(a), len(b))
    return a[:n], b[:n]


def best_pair(path: str, rows: Sequence[object], found: Ranking) -> CrossingSpec:
    """The best level and the runner-up as two compared designs, to try on plausible parameter sets."""
    return CrossingSpec(path, (rows[found.best], rows[found.second]), None, None)


def ranking_sentence(path: str, rows: Sequence[object], found: Ranking, outcome: str) -> str:
    """The ranking in words; what is within noise is not called a difference."""
    best = describe(path, rows[found.best])
    beaten = [k for k, beyond in enumerate(found.beyond) if beyond]
    close = [k for k in found.pairs if k not in beaten]
    head = f"Best mean on {outcome_words(outcome)}: {best}"
    if not beaten:
        return f"{head}, but no difference to another is detected ({_listed(path, rows, found, close)})."
    text = f"{head}, beyond noise ahead of {_listed(path, rows, found, beaten)}"
    return f"{text}; not told apart from {_listed(path, rows, found, close)}." if close else f"{text}."


def _listed(path: str, rows: Sequence[object], found: Ranking, chosen: Sequence[int]) -> str:
    """'1 layer (+8.3 % [7.9, 8.8])', the nearest first."""
    near = sorted(chosen, key=lambda k: abs(found.pairs[k].difference or 0.0))
    parts = [f"{describe(path, rows[k])} ({change_words(found.pairs[k])})" for k in near[:SHOWN]]
    more = len(near) - SHOWN
    return ", ".join(parts) + (f" and {plural(more, 'other')}" if more > 0 else "")


def ranking_too_few(path: str, rows: Sequence[object], found: Ranking) -> TooFew | None:
    """The levels that the runs do not tell from the best, and how many runs would for differences of the size seen."""
    open_rows = [
        k
        for k, pair in found.pairs.items()
        if not found.beyond[k] and (pair.sd or pair.difference or pair.n < 2)
    ]
    if not open_rows:
        return None
    runs = max(pair.n for pair in found.pairs.values())
    needed = [
        estimates.runs_needed(found.pairs[k].sd, found.pairs[k].difference, ALPHA / found.tests)
        for k in open_rows
    ]
    near = [n for n in needed if n is not None and n <= MANY_RUNS]
    suggested = round_up(max(max(near), runs + 1)) if near else None
    names = [describe(path, rows[k]) for k in open_rows]
    named = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    text = (
        f"{plural(runs, 'run')} a point are too few to tell {describe(path, rows[found.best])} from {named}."
    )
    if suggested is not None:
        text += f" About {suggested:,} would decide differences of the size seen."
    far = [found.pairs[k] for k, n in zip(open_rows, needed, strict=True) if n is None or n > MANY_RUNS]
    if far:
        what = "Some differences" if near else "The difference" if len(far) == 1 else "The differences"
        verb = "is" if what == "The difference" else "are"
        if small := smaller_than(far):
            text += f" {what}, if there {verb} any, {verb} {small}."
        else:
            text += f" {what} seen {verb} so small that more than {MANY_RUNS:,} would be needed."
    return TooFew(tuple(rows[k] for k in open_rows), runs, suggested, text)
