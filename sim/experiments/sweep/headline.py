"""What a sweep comes to while it runs, in a few words: for its progress, not for a decision.

Of two compared designs it is their difference, else the outcome; the mean over the points that have runs so far, with the
interval that the runs leave. Points without the other design's runs are not counted.
"""

import math
from collections.abc import Iterator, Mapping

import numpy as np

from sim.experiments.sweep.answer import groups
from sim.experiments.sweep.file import Sweep
from sim.experiments.sweep.sentences import names_of, short_name
from sim.outcomes.declared import Outcome
from sim.statistics.estimates import normal_quantile
from sim.text.numbers import interval, number, outcome_words, percent, plural, shown_unit

_MOST = 2_000  # points looked at: it is asked for again and again


def headline(sweep: Sweep, values: Mapping[int, np.ndarray], declared: Outcome) -> str:
    """One line; '' as long as there is nothing to say. values: the outcome per point, NaN where it is not known."""
    unit, scale = shown_unit(declared.unit)
    if sweep.crossing is None:
        found = [one for k in list(values)[:_MOST] if (one := _mean(values[k])) is not None]
        mean, half = _pooled(found)
        if math.isnan(mean):
            return ""
        ends = interval(scale * (mean - half), scale * (mean + half)) if half == half else ""
        where = plural(len(found), "point")
        return (
            f"{outcome_words(declared.name)} {number(scale * mean)} {ends} {unit}, mean of {where}".replace(
                "  ", " "
            )
        )
    found, level = [], []
    for a, b in _pairs(sweep, values):
        count = min(len(a), len(b))
        one, base = _mean(a[:count] - b[:count]), _mean(b[:count][np.isfinite(a[:count])])
        if one is not None and base is not None:
            found.append(one)
            level.append(base[0])
    mean, half = _pooled(found)
    base_level = float(np.mean(level)) if level else 0.0
    if math.isnan(mean) or not base_level > 0:
        return ""
    first, second = (short_name(name) for name in names_of(sweep.crossing))
    ends = (
        ""
        if math.isnan(half)
        else f" [{percent((mean - half) / base_level)}, {percent((mean + half) / base_level)}]"
    )
    return f"{first} to {second} {percent(mean / base_level, sign=True)} %{ends}, mean of {plural(len(found), 'place')} so far"


def _pairs(sweep: Sweep, values: Mapping[int, np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    assert sweep.crossing is not None
    first, second = sweep.crossing.between
    for row in groups(sweep)[:_MOST]:
        if row[first] in values and row[second] in values:
            yield values[row[first]], values[row[second]]


def _mean(x: np.ndarray) -> tuple[float, float] | None:
    """Mean and its variance (NaN of a single run); None without a run."""
    x = x[np.isfinite(x)]
    if not len(x):
        return None
    return float(x.mean()), float(x.var(ddof=1) / len(x)) if len(x) > 1 else math.nan


def _pooled(found: list[tuple[float, float]]) -> tuple[float, float]:
    """Mean over points and half its interval."""
    if not found:
        return math.nan, math.nan
    means, variances = np.array(found).T
    return float(means.mean()), float(normal_quantile(0.975) * math.sqrt(variances.sum()) / len(means))
