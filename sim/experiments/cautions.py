"""What limits a verdict and must stand beside it: paths that are not followed, a short horizon, plausible sets that
disagree. And which dated events two scenarios do not share.
"""

import math
from collections.abc import Sequence

from sim.scenario.scenario import Scenario
from sim.statistics.estimates import Holds, Paired
from sim.text.numbers import number, shown_unit

#: Runs (of a scenario, or a point of a sweep) above which none are suggested: how small the difference is says more.
MANY_RUNS = 1000
FULL_WEEKS = 52  # with fewer, learning and turnover have hardly begun
AGREE, SPLIT, OPPOSE = "most agree", "not settled", "most say the opposite"


def cautions(scenarios: Sequence[Scenario], weeks: int | None = None) -> list[str]:
    """Sentences, without a full stop, that belong to every verdict on these scenarios. weeks: the horizon, if not theirs."""
    lines = [
        f"{scenario.name}: its paths are followed by `orgsim run` only; here it is taken without their events"
        for scenario in scenarios
        if scenario.paths
    ]
    weeks = min(scenario.weeks for scenario in scenarios) if weeks is None else weeks
    if weeks < FULL_WEEKS:
        lines.append(
            f"{weeks} weeks are fewer than {FULL_WEEKS} weeks: learning and turnover have hardly begun; verdicts can change "
            f"with the horizon"
        )
    return list(dict.fromkeys(lines))


def support(agree: Holds | None, against: Holds | None) -> str | None:
    """Whether most plausible sets have the sign of a verdict, beyond doubt about the share (95 %); None without sets."""
    if agree is None or against is None:
        return None
    shares, opposed = agree.interval, against.interval
    if shares is None or opposed is None:
        return None
    if opposed.lo > 0.5:
        return OPPOSE
    return AGREE if shares.lo > 0.5 else SPLIT


def smaller_than(pairs: Sequence[Paired], unit: str = "") -> str | None:
    """How large undecided differences can be at most: "smaller than 0.4 % with 95 %", of each pair for itself.

    From the ends of their intervals, in % of the base, rounded up; in *unit* where a base is not above zero. None without
    intervals.
    """
    each = "with 95 %" if len(pairs) == 1 else "with 95 % each"
    relative = [end for p in pairs for end in (p.relative_lo, p.relative_hi)]
    above = all(p.base is not None and p.base > 0 for p in pairs)
    shares = [abs(end) for end in relative if end is not None and math.isfinite(end)]
    if pairs and above and len(shares) == len(relative):
        # A tenth of a per cent up, unless it is one already but for rounding.
        return f"smaller than {math.ceil(1000 * max(shares) - 1e-9) / 10:.1f} % {each}"
    ends = [abs(end) for p in pairs for end in (p.lo, p.hi) if end is not None and math.isfinite(end)]
    if not pairs or len(ends) < 2 * len(pairs):
        return None
    name, scale = shown_unit(unit)
    return f"smaller than {number(scale * max(ends), 3)} {name} {each}".replace("  ", " ")
