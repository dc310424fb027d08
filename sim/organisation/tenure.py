"""Tenure as an imported chart tells it: in coarse bands, so that nobody is recognised by it."""

from math import exp, expm1, inf, isnan, nan

#: Years, from and below; a chart, a tree and the tables of people hold the index. Index 0: nothing is known.
BANDS = ((0.0, inf), (0.0, 1.0), (1.0, 2.0), (2.0, 5.0), (5.0, 10.0), (10.0, inf))
UNKNOWN = 0
_SHOWN = (nan, 0.5, 1.5, 3.5, 7.5, 15.0)  # years that stand for a band where one figure is written


def band_of(years: float) -> int:
    """The band of a tenure in years; `UNKNOWN` for NaN."""
    return UNKNOWN if isnan(years) else next(k for k, (_, below) in enumerate(BANDS) if k and years < below)


def coarsened(years: float) -> float:
    """The years that stand for the band of a tenure; NaN stays NaN."""
    return _SHOWN[band_of(years)]


def share_of_at_least(years: float, band: int, mean: float) -> float:
    """Share of the people of a band whose tenure is at least *years*, where tenures are exponential with that *mean*."""
    low, below = BANDS[band]
    first = max(years, low)
    if first >= below or mean <= 0:
        return float(first < below and first <= low)
    return exp(-(first - low) / mean) * expm1(-(below - first) / mean) / expm1(-(below - low) / mean)
