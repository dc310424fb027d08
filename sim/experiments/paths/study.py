"""Alternative paths of one scenario, side by side on the same dice: the prospects of those followed, and the weeks around.

Every path is the scenario with events of its own. Up to the first of them all paths are one and the same, person by person,
so a difference is due to the events alone. Differences are to the first path, paired by run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from sim.constants import MINIMUM_PEOPLE, QUARTER, WEEKS_PER_YEAR
from sim.engine.codes import LAID_OFF, QUIT, STAYED
from sim.errors import UserError
from sim.outcomes.declared import ON_PATHS, OUTCOMES
from sim.scenario.scenario import Scenario
from sim.simulation.results import Results
from sim.simulation.run import run
from sim.statistics import estimates

#: Weeks after the first event of a path: the ends of the windows that are reported.
WINDOWS = (4, 8, 13, 26, 52, 104)


@dataclass(frozen=True)
class Prospect:
    """A figure of the people who are followed. better: +1, -1, or 0 if neither direction is better.

    of: (cohort rows of those followed, weeks of the horizon, loaded cost over pay) -> figure.
    """

    unit: str
    better: int
    words: str
    of: Callable[[np.ndarray, int, float], float]


def _share_of(kind: int) -> Callable[[np.ndarray, int, float], float]:
    return lambda people, weeks, load: float(np.mean(people["exit_kind"] == kind))


def _years_there(people: np.ndarray, weeks: int) -> float:
    """Return the years that these people were there, together."""
    return float(np.minimum(people["exit_week"], weeks).sum()) / WEEKS_PER_YEAR


def _pay(people: np.ndarray, weeks: int, load: float) -> float:
    years = _years_there(people, weeks)
    return float(people["pay_earned"].sum()) / load / years if years else np.nan


def _earned(people: np.ndarray, weeks: int, load: float) -> float:
    return float((people["pay_earned"] + people["severance"]).mean()) / load


def _own_value(people: np.ndarray, weeks: int, load: float) -> float:
    years = _years_there(people, weeks)
    return float(people["contribution"].sum()) / (years * WEEKS_PER_YEAR) if years else np.nan


PROSPECTS: Mapping[str, Prospect] = {
    "pay_per_year": Prospect(
        "USD/year", 1, "pay while there (without what it costs the employer besides, money.load)", _pay
    ),
    "earned": Prospect(
        "USD",
        1,
        "pay and severance from here over the whole horizon; whoever has left earns nothing more here",
        _earned,
    ),
    "laid_off": Prospect("share", -1, "laid off by the end", _share_of(LAID_OFF)),
    "quit": Prospect("share", 0, "quit by the end", _share_of(QUIT)),
    "still_there": Prospect("share", 0, "still there at the end, in whatever role", _share_of(STAYED)),
    "own_value_per_week": Prospect(
        "standard hours/week", 1, "value of changes of their own, merged while there", _own_value
    ),
}


@dataclass(frozen=True)
class Window:
    """A paired difference in value delivered between two weeks. first, last: weeks; total: standard hours over them."""

    first: int
    last: int
    per_week: estimates.Paired
    total: estimates.Estimate


@dataclass(frozen=True)
class Branch:
    """One path compared to the first. from_week: of the first event in which the two differ.

    prospects, outcomes: name -> paired difference; windows: of value, from that week on, one after the other; quarter: the
    first 13 weeks of them, whole: all, None where the horizon is shorter; weekly: mean difference in value over four
    weeks (week, mean, lo, hi), from eight weeks before; see `_weekly`.
    """

    from_week: int
    prospects: Mapping[str, estimates.Paired]
    outcomes: Mapping[str, estimates.Paired]
    windows: tuple[Window, ...]
    quarter: Window | None
    whole: Window
    weekly: np.ndarray


@dataclass(frozen=True)
class Paths:
    """Results of every path by name, the first one the base. followed: people, mean over the runs; prospects: name -> path ->
    float64 [runs], None where nobody is followed or figures are withheld."""

    scenario: Scenario
    results: Mapping[str, Results]
    followed: float
    withheld: bool
    prospects: Mapping[str, Mapping[str, np.ndarray]] | None
    branches: Mapping[str, Branch]


def run_paths(
    scenario: Scenario,
    runs: int = 100,
    seed: int = 1,
    *,
    workers: int | None = None,
    first_run: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Paths:
    """Simulate every path of *scenario*; arguments as of `sim.simulation.run.run`. Raises `UserError` if there are no paths."""
    if not scenario.paths:
        raise UserError(
            f"{scenario.name}: there are no paths to compare; state them with paths: {{name: [events], ...}}"
        )
    results = {
        name: run(scenario.on_path(name), runs, seed, workers=workers, first_run=first_run, progress=progress)
        for name, _ in scenario.paths
    }
    return compare_paths(scenario, results)


def compare_paths(scenario: Scenario, results: Mapping[str, Results]) -> Paths:
    """Return the comparison of finished *results* by path, over the runs that all paths have."""
    common = _common_runs(results)
    people = {name: _followed(found, common) for name, found in results.items()}
    base = next(iter(results))
    followed = float(np.mean([len(one) for one in people[base]]))
    withheld = scenario.organisation.chart is not None and 0 < followed < MINIMUM_PEOPLE
    prospects, load = None, float(scenario.values["money.load"])
    if followed and not withheld:
        prospects = {
            key: {
                name: np.array(
                    [one.of(rows, scenario.weeks, load) if len(rows) else np.nan for rows in people[name]]
                )
                for name in results
            }
            for key, one in PROSPECTS.items()
        }
    branches = {name: _branch(scenario, name, results, common, prospects) for name in list(results)[1:]}
    return Paths(scenario, dict(results), followed, withheld, prospects, branches)


def _common_runs(results: Mapping[str, Results]) -> np.ndarray:
    return reduce(np.intersect1d, (found.runs for found in results.values()))


def _at(found: Results, common: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.isin(found.runs, common))


def _followed(found: Results, common: np.ndarray) -> list[np.ndarray]:
    return [found.cohorts[k][found.cohorts[k]["followed"]] for k in _at(found, common)]


def _branch(
    scenario: Scenario,
    name: str,
    results: Mapping[str, Results],
    common: np.ndarray,
    prospects: Mapping[str, Mapping[str, np.ndarray]] | None,
) -> Branch:
    own = dict(scenario.paths)
    base = next(iter(results))
    week = min((event.week for event in set(own[name]) ^ set(own[base])), default=0)
    at = {path: _at(found, common) for path, found in results.items()}
    outcomes = {
        key: estimates.paired(
            results[base].outcomes[key][at[base]], results[name].outcomes[key][at[name]], OUTCOMES[key].better
        )
        for key in ON_PATHS
    }
    one, other = (results[path].series["value_per_week"][at[path]] for path in (base, name))
    ends = [week + after for after in WINDOWS if week + after < scenario.weeks] + [scenario.weeks]
    windows = [_window(one, other, first, last) for first, last in zip([week, *ends], ends, strict=False)]
    quarter = _window(one, other, week, week + QUARTER) if week + QUARTER < scenario.weeks else None
    whole = _window(one, other, week, scenario.weeks)
    compared = {
        key: estimates.paired(by_path[base], by_path[name], PROSPECTS[key].better)
        for key, by_path in (prospects or {}).items()
    }
    return Branch(week, compared, outcomes, tuple(windows), quarter, whole, _weekly(one, other, week))


def _window(a: np.ndarray, b: np.ndarray, first: int, last: int) -> Window:
    """Compare the value of weeks *first* + 1 to *last*; a, b: float64 [runs, weeks]."""
    one, other = a[:, first:last], b[:, first:last]
    per_week = estimates.paired(one.mean(axis=1), other.mean(axis=1), 1)
    return Window(first + 1, last, per_week, estimates.mean_ci((other - one).sum(axis=1)))


def _weekly(a: np.ndarray, b: np.ndarray, week: int, over: int = 4, before: int = 2) -> np.ndarray:
    """Return (week, mean, lo, hi) [points, 4] of the difference, each over four weeks that end in that week.

    They are counted from *week*, of the first event, and begin up to eight weeks before it; the last one may be shorter.
    """
    ends = [week + k * over for k in range(1 - before, (a.shape[1] - week) // over + 1)]
    ends = [last for last in ends if last >= over]
    if not ends or ends[-1] < a.shape[1]:
        ends.append(a.shape[1])
    rows = []
    for last in ends:
        first = max(last - over, ends[ends.index(last) - 1] if last == a.shape[1] and len(ends) > 1 else 0, 0)
        found = estimates.mean_ci((b - a)[:, first:last].mean(axis=1))
        lo, hi = (found.mean if end is None else end for end in (found.lo, found.hi))
        rows.append((last, found.mean, lo, hi))
    return np.array(rows).reshape(-1, 4)
