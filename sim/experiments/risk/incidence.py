"""Statistics of layoff risk: cumulative incidence with competing exits, bands, hazard ratio managers : ICs.

**Incidence.** The cumulative incidence of layoff by week w is the probability of having been laid off by then when
quitting (or retiring) first makes it impossible: Aalen and Johansen (1978),

    F(w) = sum over u <= w of S(u-1) d(u)/n(u),     S(u) = product over v <= u of 1 - d_all(v)/n(v),

d exits of one kind in week u, d_all exits of all kinds, n people still there and under observation at its start. One minus
Kaplan-Meier with quits as censoring would be the risk in a world where nobody quits; it is larger, and nobody lives there.
Exits at time t count in week ceil(t), so F(52) includes the exits at 52.0; people lost from sight in a week were at risk
throughout it. People are pooled over runs, each counting the same.

**Bands.** 95 %, pointwise, by bootstrap over *runs*: an exact cut of 8 % makes persons within a run dependent (if one goes,
another stays), so persons must not be resampled, runs may. Percentiles are taken further out for few runs so that they
agree with Student's t where that is right (Hesterberg 2015, "What teachers should know about the bootstrap", American
Statistician 69(4)). Resampling cannot know of events that never happened, so near 0 and 1:

- with no event in R runs the lower end is 0 and the upper 1 - .05^(1/R), about 3/R: the rule of three over runs, not over
  persons. It assumes nothing about persons within a run: an event may hit all of a group at once, and never have shown yet.
  A later week with events may give a smaller upper end; it then holds for the weeks before, as incidence only grows.
- with events in k of R runs the upper end is at least Clopper and Pearson's (1934) for k of R, times the mean incidence in
  runs with an event. Equal to or below the bootstrap's end unless k is small.
- the same mirrored near probability 1.

**Hazard ratio.** Mantel and Haenszel's (1959) over weeks,

    sum d_m n_i/(n_m + n_i)  /  sum d_i n_m/(n_m + n_i),

d layoffs and n people at risk in a week, m managers, i ICs, by role at week 0: Greenland and Robins (1985) for the
stratified form. Why not the ratio of the crude rates: if managers leave early, their weeks at risk fall into other weeks
(before a wave, say) than those of ICs, and the crude ratio mixes this up with risk. Why not Cox's partial likelihood: a
round of layoffs is a tie of hundreds in one week, where Breslow's form is pulled towards 1, and the estimate needs
iteration in each of thousands of bootstrap samples; Mantel-Haenszel is consistent for the same ratio if hazards are
proportional, a weighted mean over weeks if not, exact under ties, and closed. It compares chances in the same week: with a
single round of layoffs it is the ratio of the two shares cut among those still there.

**Ratio of risks.** The incidence of layoff by week 52 of managers over that of ICs, each pooled over runs. It answers "how
much likelier within the year", quits and the fading of the groups included, where the hazard ratio answers "in a week in
which both are there". It is no outcome of a run: in most runs so few people are laid off that a run's own ratio is wild or
undefined, and the mean of such ratios is not the ratio of the risks. So `compare` has the two risks and not their ratio.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

from sim.experiments.risk.groups import LAYOFF, NO_EXIT, OTHER, QUIT, Group, Grouping, PeopleTable, split
from sim.statistics.crossing import expanded_tail
from sim.statistics.estimates import CONFIDENCE
from sim.statistics.resampling import REPLICATES, resamples

MILESTONES = (26, 52, 104)  # weeks
RATIO_WEEK = 52  # of the ratio of risks
_BATCH = 2_000_000  # weights held as floats at a time
_ROUNDING = 1e-9  # weeks: hours divided by 40 must not push an exit into the next week


@dataclass(frozen=True, eq=False)
class Counts:
    """Weekly counts of a group of people. entered: [...]; the others [..., weeks + 1], index 0 being week 0 itself.

    The leading axis is runs, or bootstrap samples, or none (pooled). Counts may be fractional (expected counts).
    """

    entered: np.ndarray
    layoffs: np.ndarray
    quits: np.ndarray
    other: np.ndarray
    censored: np.ndarray

    def exits(self) -> np.ndarray:
        """Exits of all kinds."""
        exits: np.ndarray = self.layoffs + self.quits + self.other
        return exits

    def at_risk(self) -> np.ndarray:
        """People still there and under observation at the start of each week, [..., weeks + 1]."""
        gone = np.cumsum(self.exits() + self.censored, axis=-1)
        at_risk: np.ndarray = np.asarray(self.entered)[..., None] - _shifted(gone, 0.0)
        return at_risk

    def pooled(self, weights: np.ndarray | None = None) -> "Counts":
        """Sum over runs, or over runs with weights [samples, runs]: then the leading axis is samples."""
        if weights is None:
            return Counts(*(x.sum(axis=0) for x in self._columns()))
        # Sums of whole numbers are exact whatever the order, so results do not depend on the linear algebra library.
        return Counts(
            *(weights @ x if x.any() else np.zeros((len(weights), *x.shape[1:])) for x in self._columns())
        )

    def _columns(self) -> tuple[np.ndarray, ...]:
        return self.entered, self.layoffs, self.quits, self.other, self.censored


def weekly_counts(
    run: np.ndarray, exit_week: np.ndarray, exit_kind: np.ndarray, weeks: int, runs: int
) -> Counts:
    """Reduce people to counts per run and week. run: index 0..runs-1, [people]; the rest as in `PeopleTable`.

    Whoever leaves after the horizon is still there at the horizon.
    """
    seen = exit_week <= weeks + _ROUNDING
    week = np.maximum(np.ceil(exit_week[seen] - _ROUNDING), 0).astype(np.int64)
    place, kind = run[seen] * (weeks + 1) + week, exit_kind[seen]

    def count(of_kind: int) -> np.ndarray:
        flat = np.bincount(place[kind == of_kind], minlength=runs * (weeks + 1))
        return flat.reshape(runs, weeks + 1).astype(float)

    entered = np.bincount(run, minlength=runs).astype(float)
    return Counts(entered, count(LAYOFF), count(QUIT), count(OTHER), count(NO_EXIT))


def aalen_johansen(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Cumulative incidence of layoff and of quits by week, each [..., weeks + 1].

    NaN from the week on in which nobody is under observation any more though some never left; not for a group that
    has left completely, whose incidence is known for good.
    """
    at_risk = counts.at_risk()
    people = np.where(at_risk > 0, at_risk, 1.0)
    # Rounding must not make a survival of -1e-17 out of the last exit.
    survival = np.cumprod(np.clip(1.0 - counts.exits() / people, 0.0, 1.0), axis=-1)
    before = _shifted(survival, 1.0)
    unknown = (at_risk <= 0) & (before > 0)
    curves = []
    for events in (counts.layoffs, counts.quits):
        curve = np.minimum(np.cumsum(before * events / people, axis=-1), 1.0)
        curves.append(np.where(unknown, np.nan, curve))
    return curves[0], curves[1]


def _shifted(x: np.ndarray, first: float) -> np.ndarray:
    """The value of the week before: x moved one place along the last axis."""
    out = np.empty_like(x, dtype=float)
    out[..., 0] = first
    out[..., 1:] = x[..., :-1]
    return out


# ---- bands


@dataclass(frozen=True, eq=False)
class Curve:
    """A cumulative incidence by week 0..horizon with its pointwise 95 % band, float64 [weeks + 1]; NaN: undefined."""

    mean: np.ndarray
    lo: np.ndarray
    hi: np.ndarray

    def at(self, week: int) -> tuple[float | None, float | None, float | None]:
        """Mean and band at a week, None where undefined (a band needs two runs)."""
        mean, lo, hi = (
            float(x[week]) if math.isfinite(x[week]) else None for x in (self.mean, self.lo, self.hi)
        )
        return mean, lo, hi


@dataclass(frozen=True, eq=False)
class Incidence:
    """Cumulative incidence of layoff and of quits of one group."""

    layoff: Curve
    quit: Curve


def incidence(counts: Counts, weights: np.ndarray) -> Incidence:
    """Pool the runs of a group and draw the bands. counts: per run; weights: `resamples` of the same runs."""
    means = aalen_johansen(counts.pooled())
    samples = [aalen_johansen(counts.pooled(part)) for part in _parts(weights)]
    curves = []
    for kind, (mean, events) in enumerate(zip(means, (counts.layoffs, counts.quits), strict=True)):
        replicates = np.concatenate([sample[kind] for sample in samples])
        curves.append(_banded(mean, replicates, np.cumsum(events, axis=-1), counts.entered))
    return Incidence(*curves)


def _parts(weights: np.ndarray) -> Iterator[np.ndarray]:
    for part in np.array_split(weights, max(1, math.ceil(weights.size / _BATCH))):
        yield part.astype(float)


def _banded(mean: np.ndarray, replicates: np.ndarray, events: np.ndarray, entered: np.ndarray) -> Curve:
    """Percentile band [weeks + 1] of replicates [samples, weeks + 1], mended near 0 and 1.

    events: cumulative, [runs, weeks + 1]; entered: [runs]. Runs without anybody of the group say nothing.
    """
    runs = int((entered > 0).sum())
    nothing = np.full_like(mean, np.nan)
    if runs < 2:
        return Curve(mean, nothing, nothing)
    tail = expanded_tail(runs)
    lo, hi = _quantiles(replicates, (tail, 1 - tail))
    hit = ((events > 0) & (entered > 0)[:, None]).sum(axis=0)
    spared = ((events < entered[:, None]) & (entered > 0)[:, None]).sum(axis=0)
    hi = _upper(mean, hi, hit, runs)
    lo = 1.0 - _upper(1.0 - mean[::-1], 1.0 - lo[::-1], spared[::-1], runs)[::-1]
    unknown = np.isnan(mean)
    lo, hi = (np.where(unknown, np.nan, np.clip(x, 0.0, 1.0)) for x in (lo, hi))
    # Rounding apart, an estimate lies in its own band.
    return Curve(mean, np.minimum(lo, mean), np.maximum(hi, mean))


def _quantiles(replicates: np.ndarray, at: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles over the samples in which the figure is defined; NaN if there are none."""
    if not np.isnan(replicates).any():
        return tuple(np.quantile(replicates, at, axis=0))
    out = np.full((2, replicates.shape[1]), np.nan)
    for week, column in enumerate(replicates.T):
        defined = column[~np.isnan(column)]
        if len(defined):
            out[:, week] = np.quantile(defined, at)
    return out[0], out[1]


def _upper(mean: np.ndarray, hi: np.ndarray, hit: np.ndarray, runs: int) -> np.ndarray:
    """Upper ends of a growing curve mended where events are rare. hit: runs with an event so far, [weeks + 1]."""
    some = hit > 0
    exact = np.ones(len(hit))
    rare = some & (hit < runs)
    exact[rare] = betaincinv(hit[rare] + 1.0, runs - hit[rare], 0.5 + CONFIDENCE / 2)
    mended = np.maximum(hi, exact * mean * runs / np.maximum(hit, 1))
    mended = np.where(some, mended, 0.0)
    defined = np.where(np.isnan(mended), 0.0, mended)
    mended = np.where(np.isnan(mended), np.nan, np.maximum.accumulate(defined))
    bound = rule_of_three(runs)
    if some.any():
        first = mended[np.argmax(some)]
        bound = min(bound, first) if math.isfinite(first) else bound
    return np.where(some, mended, bound)


def rule_of_three(runs: int) -> float:
    """95 % upper bound for the mean of a figure in 0..1 that was 0 in all of so many independent runs."""
    return float(1.0 - (1.0 - CONFIDENCE) ** (1.0 / runs))


# ---- managers against ICs


class Ratio(NamedTuple):
    """A ratio with its 95 % interval, None where undefined; note: why it, or an end of its interval, is undefined."""

    mean: float | None
    lo: float | None
    hi: float | None
    note: str = ""


#: (managers, ICs) -> numerator and denominator of a ratio, [...]
TwoParts = Callable[[Counts, Counts], tuple[np.ndarray, np.ndarray]]


def hazard_ratio(managers: Counts, ics: Counts, weights: np.ndarray) -> Ratio:
    """Hazard of layoff of managers over that of ICs in the same weeks, see the module. Counts: per run, same runs.

    Undefined if there are no managers or no ICs, or if no IC was laid off while managers were there. If no manager was,
    it is 0, and the upper end is the rule of three for managers over the incidence among ICs. Samples without a
    layoff of an IC count as infinite; an end that would be infinite is None.
    """
    return _resampled(managers, ics, weights, _mantel_haenszel)


def risk_ratio(managers: Counts, ics: Counts, weights: np.ndarray, week: int = RATIO_WEEK) -> Ratio:
    """Incidence of layoff by *week* of managers over that of ICs, see the module. Undefined cases as in `hazard_ratio`."""
    if managers.layoffs.shape[-1] <= week:
        return Ratio(None, None, None, f"the horizon is shorter than {week} weeks")

    def risks(of_managers: Counts, of_ics: Counts) -> tuple[np.ndarray, np.ndarray]:
        return tuple(np.nan_to_num(aalen_johansen(one)[0][..., week]) for one in (of_managers, of_ics))

    return _resampled(managers, ics, weights, risks)


def _resampled(managers: Counts, ics: Counts, weights: np.ndarray, of: TwoParts) -> Ratio:
    """The ratio of what *of* (managers, ICs) returns, with its bootstrap interval over runs."""
    for counts, who in ((managers, "managers"), (ics, "ICs")):
        if not counts.entered.any():
            return Ratio(None, None, None, f"there are no {who} at week 0")
    above, below = of(managers.pooled(), ics.pooled())
    if below <= 0:
        return Ratio(None, None, None, f"no {'IC' if above > 0 else 'one'} was laid off in any run")
    mean = float(above / below)
    runs = weights.shape[1]
    if runs < 2:
        return Ratio(mean, None, None, "one run has no interval")
    if above <= 0:
        risk_ic = aalen_johansen(ics.pooled())[0]
        upper = rule_of_three(runs) / float(np.nanmax(risk_ic))
        return Ratio(0.0, 0.0, upper, "no manager was laid off in any run")
    samples = []
    for part in _parts(weights):
        top, bottom = of(managers.pooled(part), ics.pooled(part))
        defined = (top > 0) | (bottom > 0)
        samples.append(np.divide(top, bottom, out=np.full_like(top, np.inf), where=bottom > 0)[defined])
    ordered = np.sort(np.concatenate(samples))
    tail = expanded_tail(runs)
    # Order statistics, not interpolated quantiles: infinities must not be averaged with numbers.
    lo, hi = ordered[int(tail * len(ordered))], ordered[math.ceil((1 - tail) * len(ordered)) - 1]
    low, high = (float(end) if math.isfinite(end) else None for end in (min(lo, mean), max(hi, mean)))
    return Ratio(mean, low, high, "too few layoffs of ICs for an upper end" if high is None else "")


def _mantel_haenszel(managers: Counts, ics: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Numerator and denominator of the ratio, [...]."""
    n_m, n_i = managers.at_risk(), ics.at_risk()
    people = np.where(n_m + n_i > 0, n_m + n_i, 1.0)
    return (managers.layoffs * n_i / people).sum(axis=-1), (ics.layoffs * n_m / people).sum(axis=-1)


# ---- all of it


@dataclass(frozen=True, eq=False)
class GroupRisk:
    """A group that may be shown, and its incidence."""

    group: Group
    incidence: Incidence


@dataclass(frozen=True, eq=False)
class Risk:
    """The answer of `orgsim risk`. milestones: weeks to print. totals: everybody and the roles, as far as they
    may be shown and are not groups themselves. Withheld groups are in `grouping`, without figures.
    """

    scenario: str
    seed: int
    runs: int
    weeks: int
    milestones: tuple[int, ...]
    grouping: Grouping
    totals: tuple[GroupRisk, ...]
    groups: tuple[GroupRisk, ...]
    hazard_ratio: Ratio
    risk_ratio: Ratio


def assess(
    table: PeopleTable, by: Sequence[str], seed: int, scenario: str = "", replicates: int = REPLICATES
) -> Risk:
    """Split the people, withhold, and compute incidences and the hazard ratio. The same inputs give the same bytes,
    whatever the order of the rows.
    """
    numbers, run = np.unique(table.run, return_inverse=True)
    runs = len(numbers)
    if runs == 0:
        raise ValueError("a people table without people has no risk")
    weights = resamples(runs, seed, replicates)

    def counts(group: Group) -> Counts:
        rows = group.rows
        return weekly_counts(run[rows], table.exit_week[rows], table.exit_kind[rows], table.weeks, runs)

    def risk(group: Group) -> GroupRisk:
        return GroupRisk(group, incidence(counts(group), weights))

    grouping = split(table, by)
    totals = [grouping.everybody] if grouping.everybody.shown else []
    if "role" in by:  # a role with a single group is that group
        of_role = [group.key["role"] for group in grouping.groups]
        totals += [total for total in grouping.roles if of_role.count(total.key["role"]) > 1]
    by_role = {group.key["role"]: counts(group) for group in grouping.roles}
    reached = tuple(week for week in MILESTONES if week <= table.weeks)
    return Risk(
        scenario=scenario,
        seed=seed,
        runs=runs,
        weeks=table.weeks,
        milestones=reached or (table.weeks,),
        grouping=grouping,
        totals=tuple(map(risk, totals)),
        groups=tuple(map(risk, grouping.shown)),
        hazard_ratio=_ratio_of_roles(grouping, by_role, weights, hazard_ratio),
        risk_ratio=_ratio_of_roles(grouping, by_role, weights, risk_ratio),
    )


def _ratio_of_roles(
    grouping: Grouping,
    counts: dict[str | int, Counts],
    weights: np.ndarray,
    ratio: Callable[[Counts, Counts, np.ndarray], Ratio],
) -> Ratio:
    if grouping.ratio_withheld:
        return Ratio(None, None, None, "withheld: one of the two roles has too few people")
    if len(counts) < 2:
        missing = "managers" if "manager" not in counts else "ICs"
        return Ratio(None, None, None, f"there are no {missing} at week 0")
    return ratio(counts["manager"], counts["ic"], weights)
