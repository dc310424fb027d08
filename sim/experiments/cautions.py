"""What limits a verdict and must stand beside it: paths that are not followed, a short horizon, plausible sets that
disagree. And which dated events two scenarios do not share.
"""

from collections.abc import Sequence

from sim.scenario.scenario import Scenario
from sim.statistics.estimates import Holds

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
