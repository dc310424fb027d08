"""How sure is a verdict as far as assumptions go? The one definition of "holds in", for every experiment.

A *world* is one plausible set of all uncertain parameters (`sim.experiments.plausible`), or one of those that look like a
scenario of which something was observed (`sim.experiments.worlds`). Both scenarios are run in it a few times on the same
dice, which gives the mean of the paired differences and their variation. The verdict

- *holds* in a world if the difference there is beyond noise (t test, 95 %) in the direction of the verdict,
- is *reversed* if it is beyond noise in the other direction,
- is *open* otherwise.

So where nothing differs at all, 2.5 % of the worlds hold and 2.5 % are reversed by chance, and the rest is open. With more runs
in each world fewer are open; with more worlds the shares are known better (Wilson's interval). The shares are no probabilities:
the ranges are mostly judgement.

Noise: the variance of the (relative) differences over the runs of a world, moderated by that of all worlds
(`sim.statistics.moderated`). A few runs alone give a variance that is good for nothing; one variance for all worlds would call
the noisy ones settled. Where all worlds are equally noisy, it is the pooled one, with worlds x (runs - 1) degrees of freedom.

*What flips it*: the assumption whose values in the worlds have the strongest rank correlation (Spearman) with the relative
difference, if it is beyond chance after Holm's correction over all that vary; among a few dozen worlds there is often none.
Where the sign changes along it, the value from which on most worlds speak against the verdict is that which parts the worlds
for it from those against it best, if on its far side most are against it beyond chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.constants import ALPHA
from sim.experiments.designs import as_numbers
from sim.statistics import estimates
from sim.statistics.estimates import Holds, Paired
from sim.statistics.moderated import moderated_variance
from sim.text.plain import ends

AGREE, SPLIT, OPPOSE = "most agree", "not settled", "most say the opposite"
#: With fewer worlds no assumption is said to flip a verdict: the p value of a rank correlation is rough then.
LEAST_WORLDS = 16
LEAST_SIDE = 5  # worlds on either side of a value from which on a verdict is said to turn


@dataclass(frozen=True)
class Differences:
    """How two scenarios differ on one outcome in every world, float64 [worlds] each.

    mean: of the paired differences over the runs, NaN where undefined or failed; sd: of these differences, NaN with fewer than
    two runs; runs: how many pairs; base: mean of the first scenario.
    """

    mean: np.ndarray
    sd: np.ndarray
    runs: np.ndarray
    base: np.ndarray

    @property
    def defined(self) -> np.ndarray:
        """Worlds with a difference, bool [worlds]."""
        defined: np.ndarray = np.isfinite(self.mean)
        return defined

    @property
    def scale(self) -> np.ndarray:
        """What differences are taken relative to, float64 [worlds]: the first scenario in the same world, so that what scales
        both alike has no part in them; 1 unless it is above zero in every world.
        """
        above = self.base[self.defined] > 0
        return self.base if len(above) and above.all() else np.ones(len(self.base))


def of_pairs(pairs: Sequence[Paired | None]) -> Differences:
    """Return the differences whose paired figures are given, one per world; None where there are none."""
    rows = [(None, None, 0, None) if p is None else (p.difference, p.sd, p.n, p.base) for p in pairs]
    columns = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=float)
    return Differences(*columns.reshape(len(rows), 4).T)


def differences(values: np.ndarray) -> Differences:
    """Return the differences of *values*: float64 [worlds, 2 scenarios, runs], NaN where undefined or failed."""
    return of_pairs([estimates.paired(one[0], one[1], 0) for one in values])


@dataclass(frozen=True, eq=False)
class Assumptions:
    """The worlds: values of the uncertain parameters, float64 [worlds, parameters]."""

    paths: tuple[str, ...] = ()
    values: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    @cached_property
    def ranks(self) -> np.ndarray:
        """Ranks of the values over the worlds, mean ranks where they tie, float64 [worlds, parameters]."""
        return _ranks(self.values)


def assumptions(worlds: Sequence[Mapping[str, object]]) -> Assumptions:
    """Return the worlds, each path -> value, as a table. All have the same paths."""
    paths = tuple(worlds[0]) if worlds else ()
    rows = [as_numbers([world[path] for path in paths]) for world in worlds]
    return Assumptions(paths, np.array(rows, dtype=float).reshape(len(worlds), len(paths)))


@dataclass(frozen=True)
class Flip:
    """The assumption that goes with the difference most.

    correlation: of ranks, with the difference taken in the direction of the verdict; below zero, more of it speaks against the
    verdict. p: after Holm's correction. value: from which on (above: upwards, else downwards) most worlds are against the
    verdict, None where the sign does not change along it; against: how many of the worlds beyond it are.
    """

    path: str
    correlation: float
    p: float
    value: float | None = None
    above: bool = True
    against: Holds | None = None


@dataclass(frozen=True)
class Holding:
    """In how many worlds a verdict holds, is open, is reversed; see the module.

    flips: the assumption that flips it, None if none is found among the `sought` that vary (0: too few worlds to seek one).
    like: the file of the scenario that the worlds look like, "" where they are all plausible ones; everywhere: the same over all
    plausible worlds, beside worlds that look like a scenario.
    """

    holds: Holds
    open: Holds
    reversed: Holds
    flips: Flip | None = None
    sought: int = 0
    like: str = ""
    everywhere: "Holding | None" = None

    @property
    def worlds(self) -> int:
        """Worlds in which there is a difference to judge."""
        return self.holds.n

    @property
    def turned(self) -> "Holding":
        """The same of the opposite verdict, without what flips it."""
        everywhere = None if self.everywhere is None else self.everywhere.turned
        return Holding(self.reversed, self.open, self.holds, like=self.like, everywhere=everywhere)

    @property
    def support(self) -> str | None:
        """Whether the verdict holds in most worlds, or is reversed in most, beyond doubt about the share (95 %)."""
        shares, opposed = self.holds.interval, self.reversed.interval
        if shares is None or opposed is None:
            return None
        if opposed.lo > 0.5:
            return OPPOSE
        return AGREE if shares.lo > 0.5 else SPLIT


def signs(found: Differences) -> np.ndarray:
    """+1 or -1 in every world in which the difference is beyond noise, 0 where it is within, NaN where undefined.

    A world with one run, where no other has more, is within noise: nothing is known of it.
    """
    judged = np.where(found.defined, 0.0, np.nan)
    known = found.defined & (found.runs >= 2)
    if not known.any():
        return judged
    runs, scale = found.runs[known], found.scale[known]
    variance, freedom = moderated_variance((found.sd[known] / scale) ** 2, runs - 1)
    quantile = np.array([estimates.t_quantile(0.5 + estimates.CONFIDENCE / 2, int(f)) for f in freedom])
    mean = found.mean[known] / scale
    judged[known] = np.where(np.abs(mean) > quantile * np.sqrt(variance / runs), np.sign(mean), 0.0)
    return judged


def holding(
    found: Differences, difference: float | None, worlds: Assumptions | None = None
) -> Holding | None:
    """In how many worlds the verdict holds whose sign is that of *difference*; None without a sign, so without a verdict.

    worlds: where given, what flips it is sought among them.
    """
    if not difference or not np.isfinite(difference):
        return None
    direction = float(np.sign(difference))
    judged = direction * signs(found)[found.defined]
    holds, undecided, against = (Holds(int(np.sum(judged == sign)), len(judged)) for sign in (1, 0, -1))
    flip, sought = (None, 0) if worlds is None else _flip(found, direction, worlds)
    return Holding(holds, undecided, against, flip, sought)


def _flip(found: Differences, direction: float, worlds: Assumptions) -> tuple[Flip | None, int]:
    """What flips a verdict, and among how many assumptions it was sought."""
    kept = found.defined
    if np.sum(kept) < LEAST_WORLDS:
        return None, 0
    lead = direction * (found.mean / found.scale)[kept]
    ranks = worlds.ranks if kept.all() else _ranks(worlds.values[kept])
    correlation = _correlation(ranks, _ranks(lead[:, None])[:, 0])
    moved = np.flatnonzero(
        np.isfinite(correlation)
    )  # neither the same in every world nor beside equal differences
    if not len(moved):
        return None, 0
    p_values = estimates.holm([_correlation_p(float(r), len(lead)) for r in correlation[moved]])
    best = int(np.argmax(np.abs(correlation[moved])))
    p, k = estimates.known(p_values[best]), int(moved[best])
    if p >= ALPHA:
        return None, len(moved)
    r = float(correlation[k])
    value, against = _turn(worlds.values[kept, k], lead, upwards=r < 0)
    return Flip(worlds.paths[k], r, p, value, r < 0, against), len(moved)


def _turn(values: np.ndarray, lead: np.ndarray, upwards: bool) -> tuple[float | None, Holds | None]:
    """The value of an assumption beyond which most worlds are against the verdict, and how many of those beyond it are.

    lead: differences in the direction of the verdict; upwards: beyond lies above. None where the sign does not change.
    """
    order = np.argsort(values if upwards else -values, kind="stable")
    x, against = values[order], lead[order] < 0
    before = np.concatenate([[0], np.cumsum(against)])  # worlds against it among the first k
    total, n = int(before[-1]), len(x)
    cuts = [k for k in range(LEAST_SIDE, n - LEAST_SIDE + 1) if x[k] != x[k - 1]]
    if not cuts:
        return None, None
    cut = max(cuts, key=lambda k: (total - before[k]) + (k - before[k]))
    far = Holds(total - int(before[cut]), n - cut)
    share = far.interval
    if share is None or share.lo <= 0.5 or before[cut] >= cut / 2:
        return None, None
    return float((x[cut - 1] + x[cut]) / 2), far


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks of every column, 1 and up, mean ranks where values tie."""
    ranks = np.empty(values.shape)
    for k, column in enumerate(values.T):
        _, place, count = np.unique(column, return_inverse=True, return_counts=True)
        ranks[:, k] = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks


def _correlation(columns: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Correlation of every column with *other*, NaN where one of the two does not vary."""
    a, b = columns - columns.mean(axis=0), other - other.mean()
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
    found = np.full(a.shape[1], np.nan)
    np.divide(b @ a, size, out=found, where=size > 0)
    return found


def _correlation_p(r: float, n: int) -> float:
    """Two-sided p value of a rank correlation over *n* worlds, by the t approximation."""
    if abs(r) >= 1:
        return 0.0
    return estimates.t_two_sided(r * np.sqrt((n - 2) / (1 - r * r)), n - 2)


def holding_json(found: Holding | None) -> dict[str, object]:
    """The keys of every JSON object that says how sure a verdict is, null where it is not known.

    Those with "all_plausible" are over all plausible worlds, whichever were counted for the others.
    """
    data: dict[str, object] = {"worlds": None if found is None else found.worlds}
    for key, name in (("holds_in", "holds"), ("open_in", "open"), ("reversed_in", "reversed")):
        share = None if found is None else getattr(found, name)
        data[key] = None if share is None else share.share
        data[f"{key}_ci95"] = None if share is None else ends(share.lo, share.hi)
    data["support"] = None if found is None else found.support
    data["flips"] = None if found is None else flip_json(found.flips)
    every = found if found is None or found.everywhere is None else found.everywhere
    data["like"] = None if found is None else found.like or None
    data["holds_in_all_plausible"] = None if every is None else every.holds.share
    data["reversed_in_all_plausible"] = None if every is None else every.reversed.share
    return data


def flip_json(flip: Flip | None) -> dict[str, object] | None:
    """What flips a verdict as plain data; side: of the value, on which most worlds are against the verdict."""
    if flip is None:
        return None
    return {
        "path": flip.path,
        "rank_correlation": flip.correlation,
        "p_holm": flip.p,
        "value": flip.value,
        "side": "above" if flip.above else "below",
        "against": None if flip.against is None else flip.against.k,
        "worlds_there": None if flip.against is None else flip.against.n,
    }


def read_flip(data: Mapping[str, Any]) -> Flip:
    """The same from what `flip_json` made."""
    against = None if data["against"] is None else Holds(data["against"], data["worlds_there"])
    above = data["side"] == "above"
    return Flip(data["path"], data["rank_correlation"], data["p_holm"], data["value"], above, against)
