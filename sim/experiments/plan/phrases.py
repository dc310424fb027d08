"""Figures of a plan in words: changes, USD, points. Nothing within noise is called a difference."""

from collections.abc import Sequence

from sim.statistics.estimates import Estimate, Interval, Paired, known
from sim.text import numbers

#: Width of an interval, as a share, below which it would be printed as one figure twice.
NARROW = 5e-4


def listed(ends: Sequence[float], decimals: int = 1) -> str:
    """Two shares as an interval in percent: '[2.5, 3.7]'."""
    return f"[{', '.join(numbers.percent(end, decimals) for end in ends)}]"


def change(figures: Paired) -> str:
    """'-3.1 % [-3.7, -2.5]', relative to as it is."""
    interval = figures.relative_interval
    text = f"{numbers.percent(figures.relative, sign=True)} %"
    return text if interval is None or interval.hi - interval.lo < NARROW else f"{text} {listed(interval)}"


def moves(figures: Paired) -> str:
    """'falls by 3.1 % [2.5, 3.7]', or 'does not move beyond noise (-0.2 % [-0.9, 0.5])'."""
    interval = figures.relative_interval
    if figures.relative is None:
        return "is undefined"
    if figures.difference == 0 and not figures.sd:
        return "is the same in every run"
    if interval is None:
        return f"moves by {change(figures)} in one run, which decides nothing"
    if interval.sign == 0:
        return f"does not move beyond noise ({change(figures)})"
    verb = "rises" if interval.sign > 0 else "falls"
    return f"{verb} by {numbers.percent(abs(figures.relative))} % {listed(sorted(map(abs, interval)))}"


def points(figures: Paired) -> str:
    """'rise by 0.8 points [0.3, 1.3] to 9.9 %', or that it is within noise."""
    interval, size = figures.interval, numbers.percent(figures.difference, sign=True)
    to = f"{numbers.percent(figures.mean)} %"
    if figures.difference == 0 and not figures.sd:
        return f"do not change ({to})"
    if interval is None:
        return f"change by {size} points to {to} in one run, which decides nothing"
    if interval.sign == 0:
        return f"do not change beyond noise ({size} points {listed(interval)}, to {to})"
    verb = "rise" if interval.sign > 0 else "fall"
    return f"{verb} by {size.lstrip('+-')} points {listed(sorted(map(abs, interval)))} to {to}"


def usd(value: float | None) -> str:
    """'1.26 million', '84,000', with three significant digits; sign kept."""
    if value is None:
        return "-"
    if abs(value) >= 999_500:
        return f"{numbers.number(value / 1e6, 3)} million"
    return f"{float(f'{value:.3g}'):,.0f}"


def usd_ends(interval: Interval | None) -> str:
    """'[1.10 million, 1.40 million]', '' without an interval."""
    return "" if interval is None else f"[{usd(interval.lo)}, {usd(interval.hi)}]"


def beyond(figure: Estimate) -> bool:
    """True if the figure differs from zero beyond noise."""
    return figure.interval is not None and figure.interval.sign != 0


def earned(figure: Estimate) -> str:
    """'1.26 million USD saved [1.1, 1.4]', 'a loss of ...', or that it is within noise."""
    mean, interval = known(figure.mean), figure.interval
    if interval is None:
        return f"{usd(mean)} USD in one run, which decides nothing"
    if not interval.sign:
        return f"no saving or loss beyond noise ({usd(mean)} USD {usd_ends(interval)})"
    if interval.sign > 0:
        return f"{usd(mean)} USD saved {usd_ends(interval)}"
    return f"a loss of {usd(-mean)} USD {usd_ends(Interval(-interval.hi, -interval.lo))}"
