"""Looks at a growing number of runs, with the error probability spent over them (Lan and DeMets 1983)."""

import math
from dataclasses import dataclass

FIRST_LOOK = 50  # runs at the first look of --until-decided


@dataclass(frozen=True)
class Look:
    """One planned look of a sequential test: total runs so far, and the p value at or below which it
    decides.
    """

    runs: int
    level: float


def looks(maximum: int, alpha: float = 0.05, first: int = FIRST_LOOK) -> list[Look]:
    """Looks at first x 2^k runs, the last at `maximum`, with the error `alpha` spent over them.

    Spending is Pocock's function in the sense of Lan and DeMets, alpha ln(1 + (e - 1) t) at the information
    share t = runs / maximum; the increments are used as they are (Bonferroni), which ignores that looks are
    correlated: the total error is at most alpha for any correlation, at a small loss of power.
    O'Brien-Fleming spending would save that loss but gives practically no chance to stop early when looks
    double.
    """
    if maximum < 2:
        raise ValueError(f"a sequential test needs at least 2 runs, not {maximum}")
    sizes, n = [], first
    while n < maximum:
        sizes.append(n)
        n *= 2
    sizes.append(maximum)
    spent = [0.0] + [alpha * math.log(1 + (math.e - 1) * n / maximum) for n in sizes]
    return [Look(n, spent[k + 1] - spent[k]) for k, n in enumerate(sizes)]
