"""The books of a measure: what is saved, what it costs, what the change in output is worth, and when it has paid.

Everything is the difference to the base on the same dice, over the weeks after the measure:

    net = payroll saved + AI spend saved + incident cost saved - severance - hiring

Severance is that of the people who were there at week 0, whoever laid them off; hiring has the severance of newcomers in it.
Ramp-up, unrest and unfinished work cost no money of their own: they are in the output. It is valued at what the base spends on a
standard hour (people, AI and incidents, over the value it delivers in the same weeks), so that

    net with output = net + usd_per_standard_hour x change in output.

The measure has *broken even* in the first week from which on that sum, counted from the week of the measure, stays at or above
zero up to the end of what is simulated. Its interval, and that of the price at which output and money cancel out, are percentiles
of a bootstrap over runs (Efron and Tibshirani 1993), further out for few runs (`sim.statistics.crossing.expanded_tail`).

Prices are those of the scenario (money.*, layoffs.severance_weeks, hiring.cost_share). Not in the books: tax, legal cost and
notice periods, offices, what customers pay for output, what output that is late costs.
"""

import math
from dataclasses import dataclass

import numpy as np

from sim.constants import WEEKS_PER_YEAR
from sim.engine.codes import LAID_OFF
from sim.experiments.plan.measures import FIRST_YEAR
from sim.simulation.results import Results
from sim.statistics import estimates
from sim.statistics.crossing import expanded_tail
from sim.statistics.estimates import Estimate, Interval, Paired
from sim.statistics.resampling import resamples


@dataclass(frozen=True)
class Weekly:
    """Differences to the base in every week after the measure, float64 [runs, weeks]: USD saved, and standard hours gained."""

    payroll: np.ndarray
    ai: np.ndarray
    people: np.ndarray
    incidents: np.ndarray
    output: np.ndarray

    @property
    def money(self) -> np.ndarray:
        """USD saved in each week, severance and hiring paid."""
        saved: np.ndarray = self.payroll + self.ai + self.people + self.incidents
        return saved


@dataclass(frozen=True)
class BreakEven:
    """The week, counted as in the scenario, from which on the measure has paid; None: not within the weeks simulated.

    lo, hi: its 95 % interval; hi None: no upper end within them; lo None: in no resample it is (or there is one run only).
    at_once: the books never are below zero. intervals: there are enough runs for one.
    """

    week: int | None
    lo: int | None
    hi: int | None
    at_once: bool
    intervals: bool


@dataclass(frozen=True)
class Price:
    """USD per standard hour at which money and output cancel out, and what that means: "below" it pays as long as an hour is
    worth less, "above" more, "always", "never", "open" where the sign of one of the two is within noise (no figure then).
    """

    usd: float | None
    interval: Interval | None
    pays: str


@dataclass(frozen=True)
class Money:
    """The books over weeks *first* to *last*, USD, each a mean over runs with its interval; costs are negative.

    output: standard hours; per_week: the same as a paired figure of the weekly value. worth, with_output: USD, at *usd_per_hour*.
    cumulative: mean, lo, hi [3, weeks] of net with output, summed from the measure's week up to each week's end, to the horizon.
    """

    first: int
    last: int
    payroll: Estimate
    ai: Estimate
    incidents: Estimate
    severance: Estimate
    hiring: Estimate
    net: Estimate
    output: Estimate
    per_week: Paired
    usd_per_hour: float
    worth: Estimate
    with_output: Estimate
    price: Price
    break_even: BreakEven
    cumulative: np.ndarray

    @property
    def weeks(self) -> int:
        """Weeks that the books cover."""
        return self.last - self.first + 1

    @property
    def whole_year(self) -> bool:
        """True if they cover the whole first year after the measure."""
        return self.weeks == FIRST_YEAR


def weekly(base: Results, other: Results, week: int) -> Weekly:
    """Return the differences in the weeks after *week*; both have the same runs."""
    a, b = base.series, other.series

    def saved(name: str, scale: float) -> np.ndarray:
        difference: np.ndarray = scale * (a[name] - b[name])[:, week:]
        return difference

    year = 1.0 / WEEKS_PER_YEAR
    return Weekly(
        payroll=saved("payroll_per_year", year),
        ai=saved("ai_spend_per_year", year),
        people=saved("people_usd_per_year", year),
        incidents=saved("incidents_per_week", float(base.scenario.values["money.usd_per_incident"])),
        output=saved("value_per_week", -1.0),
    )


def severance(base: Results, other: Results, last: int) -> np.ndarray:
    """Severance that the base pays less the other's, USD, float64 [runs]; of those there at week 0, gone before week *last*."""

    def paid(results: Results) -> np.ndarray:
        gone = [(c["exit_kind"] == LAID_OFF) & (c["exit_week"] < last) for c in results.cohorts]
        return np.array([c["severance"][g].sum() for c, g in zip(results.cohorts, gone, strict=True)])

    difference: np.ndarray = paid(base) - paid(other)
    return difference


def usd_per_hour(base: Results, week: int, last: int) -> float:
    """What the base spends on a standard hour of value in weeks *week* + 1 to *last*; NaN where it delivers none."""
    s = base.series
    spent = (s["payroll_per_year"] + s["ai_spend_per_year"] + s["people_usd_per_year"]) / WEEKS_PER_YEAR
    spent = spent + s["incidents_per_week"] * float(base.scenario.values["money.usd_per_incident"])
    value = float(s["value_per_week"][:, week:last].sum())
    return float(spent[:, week:last].sum()) / value if value > 0 else math.nan


def with_output(base: Results, other: Results, week: int, last: int) -> np.ndarray:
    """Return the net with output of weeks *week* + 1 to *last*, USD, float64 [runs]."""
    by_week = weekly(base, other, week)
    worth = usd_per_hour(base, week, last) * by_week.output
    net: np.ndarray = (by_week.money + worth)[:, : last - week].sum(axis=1)
    return net


def books(base: Results, other: Results, week: int, seed: int) -> Money:
    """Return the books of *other*, which is *base* with a measure in *week*; both have the same runs."""
    by_week, weeks = weekly(base, other, week), base.scenario.weeks
    last = min(week + FIRST_YEAR, weeks)
    n = last - week
    hour = usd_per_hour(base, week, last)
    paid = severance(base, other, last)
    totals = {
        name: getattr(by_week, name)[:, :n].sum(axis=1)
        for name in ("payroll", "ai", "incidents", "people", "output", "money")
    }
    with_output = by_week.money + hour * by_week.output
    running = np.cumsum(with_output, axis=1)
    value = [r.series["value_per_week"][:, week:last].mean(axis=1) for r in (base, other)]
    return Money(
        first=week + 1,
        last=last,
        payroll=estimates.mean_ci(totals["payroll"]),
        ai=estimates.mean_ci(totals["ai"]),
        incidents=estimates.mean_ci(totals["incidents"]),
        severance=estimates.mean_ci(paid),
        hiring=estimates.mean_ci(totals["people"] - paid),
        net=estimates.mean_ci(totals["money"]),
        output=estimates.mean_ci(totals["output"]),
        per_week=estimates.paired(value[0], value[1], 1),
        usd_per_hour=hour,
        worth=estimates.mean_ci(hour * totals["output"]),
        with_output=estimates.mean_ci(with_output[:, :n].sum(axis=1)),
        price=price(totals["money"], totals["output"], seed),
        break_even=break_even(running, week + 1, seed),
        cumulative=_band(running),
    )


def _band(running: np.ndarray) -> np.ndarray:
    """Mean and the ends of its 95 % interval in every week, [3, weeks]; the ends are the mean with one run."""
    found = [estimates.mean_ci(column) for column in running.T]
    rows = [[x.mean, x.mean if x.lo is None else x.lo, x.mean if x.hi is None else x.hi] for x in found]
    return np.array(rows, dtype=float).T


def break_even(running: np.ndarray, first: int, seed: int) -> BreakEven:
    """Return from which week on the mean of *running*, float64 [runs, weeks from *first* on], stays at or above zero."""
    runs, weeks = running.shape
    mean = running.mean(axis=0)
    at = int(_first_above(mean[None])[0])
    week = None if at == weeks else first + at
    if runs < 2:
        return BreakEven(week, None, None, at == 0, intervals=False)
    weights = resamples(runs, seed).astype(float)
    found = np.sort(_first_above(weights @ running / runs))
    tail = expanded_tail(runs)
    lo, hi = int(found[int(tail * len(found))]), int(found[math.ceil((1 - tail) * len(found)) - 1])
    lo, hi = min(lo, at), max(hi, at)
    low, high = (None if end == weeks else first + end for end in (lo, hi))
    return BreakEven(week, low, high, at == 0 and hi == 0, intervals=True)


def _first_above(curves: np.ndarray) -> np.ndarray:
    """Index from which on each curve, float64 [curves, weeks], stays at or above zero; `weeks` if it ends below."""
    below = curves < 0
    weeks = curves.shape[1]
    last_below = np.where(below.any(axis=1), weeks - 1 - np.argmax(below[:, ::-1], axis=1), -1)
    index: np.ndarray = last_below + 1
    return index


def price(money: np.ndarray, output: np.ndarray, seed: int) -> Price:
    """Return the price of a standard hour at which *money* saved and *output* gained, float64 [runs] each, cancel out."""
    signs = [0 if (i := estimates.mean_ci(x).interval) is None else i.sign for x in (money, output)]
    if 0 in signs:
        return Price(None, None, "open")
    if signs[0] == signs[1]:
        return Price(None, None, "always" if signs[0] > 0 else "never")
    runs = len(money)
    weights = resamples(runs, seed).astype(float)
    ratios = np.sort(-(weights @ money) / (weights @ output))
    tail = expanded_tail(runs)
    lo, hi = float(ratios[int(tail * len(ratios))]), float(ratios[math.ceil((1 - tail) * len(ratios)) - 1])
    if not 0 < lo <= hi < math.inf:  # the change in output is so near to zero that the ratio has no interval
        return Price(None, None, "open")
    usd = -float(money.mean()) / float(output.mean())
    return Price(usd, Interval(min(lo, usd), max(hi, usd)), "below" if signs[0] > 0 else "above")
