"""Run a scenario: compiled, in threads, one keyed run after the other.

Run r of every scenario uses the key (seed, r), so that results pair by run (common random numbers).
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.constants import HOURS_PER_WEEK
from sim.engine.record import record
from sim.errors import RunsFailedError, UserError
from sim.outcomes import OUTCOMES, Period, compute, with_week_held
from sim.scenario.layoff_checks import check_cuts
from sim.scenario.tree import heads_of, tree_of

if TYPE_CHECKING:
    from sim.engine.state import Org
    from sim.scenario.scenario import Scenario

MAX_SEED = 2**32 - 1
#: Tables beyond this are a sign of an organisation that drowns in work (bytes).
MAX_TABLE_BYTES = 4 * 2**30
WEEKLY = tuple(name for name, outcome in OUTCOMES.items() if outcome.weekly)


@dataclass(frozen=True)
class Failure:
    """A run that failed; ``orgsim run SCENARIO --seed SEED`` with the same run number replays it."""

    run: int
    seed: int
    message: str


@dataclass(frozen=True)
class Results:
    """Outcomes of several runs of one scenario.

    runs: int64 [R]; outcomes: name -> float64 [R], NaN where undefined; series: name -> float64 [R, weeks], weekly figures
    after the warm-up; cohorts: for every run what became of everybody present at week 0 (`sim.engine.state.COHORT`), empty
    arrays where people neither come nor go; ledgers: for every run a row for every cut (`sim.engine.state.LEDGER`); boards:
    for every run a row for every manager at the end, and one for the firm (`sim.people.scoreboard.BOARD`).
    """

    scenario: "Scenario"
    seed: int
    runs: np.ndarray
    outcomes: dict[str, np.ndarray]
    series: dict[str, np.ndarray]
    failures: tuple[Failure, ...] = ()
    cohorts: tuple[np.ndarray, ...] = ()
    ledgers: tuple[np.ndarray, ...] = ()
    boards: tuple[np.ndarray, ...] = ()


class Single(NamedTuple):
    """What one run gives: snapshots at the end of the warm-up and at the end, structured [2]; weekly series by name; cohort;
    ledger; managers' scoreboards (`sim.people.scoreboard`).
    """

    snapshots: np.ndarray
    series: dict[str, np.ndarray]
    cohort: np.ndarray
    ledger: np.ndarray
    board: np.ndarray


class Engine:
    """One scenario, ready to run: the tables of its people at the start, copied for every run."""

    def __init__(self, scenario: "Scenario") -> None:
        from sim.flow.initialise import new_org

        self.scenario = scenario
        self.tree = tree_of(scenario)
        check_cuts(scenario, heads_of(self.tree))
        self.parameters = record(scenario.values)
        self._changes = _changes(scenario)
        self.weeks = scenario.warmup_weeks + scenario.weeks
        self._template = new_org(self.tree, self.parameters, self.weeks)
        self._flows = bool(scenario.values["switches.flow"])
        people_switches = ("quits", "layoffs", "hiring", "promotions", "strain", "retirement")
        self._lives = any(scenario.values[f"switches.{name}"] for name in people_switches)
        self._lives |= scenario.values["ai.strategy"] != "none" or bool(scenario.events) or not self._flows
        self._weeks_between = _weeks_between(scenario)
        self._agents_each = int(self._template.people["agents"].max(initial=0))

    def begin(self, seed: int, run: int) -> "Org":
        """Return the organisation at tick 0 of run *run*."""
        from sim.flow.initialise import start

        org = type(self._template)(*(table.copy() for table in self._template))
        start(org, self.parameters, seed, run)
        return org

    def advance(self, org: "Org", hours: float) -> "Org":
        """Simulate *org* up to *hours* after the start of the warm-up; return it (its tables may have grown).

        Beyond the horizon there is no room for snapshots, so it stops there.
        """
        hours = min(hours, self.weeks * HOURS_PER_WEEK)
        if not self._lives:
            return self._advance(org, hours, self.parameters)
        while True:
            held = int(org.world["people_week"][0])
            p = self._parameters_after(held)
            week_ends = (self.scenario.warmup_weeks + held) * HOURS_PER_WEEK
            if week_ends > hours:
                return self._advance(org, hours, p)
            org = self._advance(org, week_ends, p)
            org = self.hold_people_week(org, p)
            org.world["people_week"] += self._weeks_between - 1
            if held in self._changes:
                org = self._change_parameters(org, p, held)

    def hold_people_week(self, org: "Org", p: np.ndarray) -> "Org":
        """Hold the people's week that has just ended, with the scenario's dated events; *p*: parameter record.

        Of events that set parameters nothing is done here.
        """
        from sim.people.dated import carry_out
        from sim.people.exits import close_books
        from sim.people.laying_off import Setup
        from sim.people.vacancies import note_if_died_out
        from sim.people.week import hold_week

        week = int(org.world["people_week"][0])
        setup = Setup(self.tree, self.scenario.values, self.scenario.warmup_weeks, self._agents_each)
        org = hold_week(org, p, setup)
        due = tuple(event for event in self.scenario.events if event.week == week)
        if any(event.action != "set" for event in due):
            org = carry_out(org, p, due, week, self._agents_each)
        note_if_died_out(org, week)
        if week == self.scenario.weeks:
            close_books(org)
        return org

    def settings_due(self, week: int) -> dict[str, float | int | bool | str]:
        """Return path -> value of what the scenario's dated events set at the end of *week*."""
        return {
            path: value
            for event in self.scenario.events
            if event.week == week
            for path, value in event.settings
        }

    def _parameters_after(self, held: int) -> np.ndarray:
        """Return the parameter record that is valid once so many people's weeks have been held."""
        weeks = [week for week in self._changes if week < held]
        return self._changes[max(weeks)] if weeks else self.parameters

    def _change_parameters(self, org: "Org", old: np.ndarray, week: int) -> "Org":
        from sim.parameters.sections import touches_flow
        from sim.people.desks import with_desks
        from sim.people.replan import change_parameters, resume

        p, paths = self._changes[week], tuple(self.settings_due(week))
        if not touches_flow(paths):
            return org
        shares = np.full(len(org.people), float(p["ai_share_of_code"][0]))
        org, wake = change_parameters(org, p, old, paths, shares)
        org = with_desks(org, p, self._agents_each)
        return resume(org, p, set(range(len(org.people))), True, wake)

    def _advance(self, org: "Org", hours: float, p: np.ndarray) -> "Org":
        """Let the compiled engine run *org* up to *hours* with the parameter record *p*, or weeks go by without work."""
        if not self._flows:
            from sim.flow.no_flow import pass_weeks

            pass_weeks(org, hours)
            return org
        from sim.engine.tables import MARGIN, grown
        from sim.flow.schedule import DONE, OVERFLOW, advance

        while (status := advance(org, p, float(hours))) != DONE:
            if status == OVERFLOW:
                raise UserError(
                    f"{self.scenario.name}: more than {MARGIN} messages of one person at one moment in week "
                    f"{org.world[0].now / HOURS_PER_WEEK:.0f}; lower questions.per_standard_hour or work.size_mean"
                )
            tables = ("changes", "items", "events")
            if sum(getattr(org, name).nbytes for name in tables) > MAX_TABLE_BYTES:
                raise UserError(
                    f"{self.scenario.name}: more than {MAX_TABLE_BYTES >> 30} GB of unfinished work in week "
                    f"{org.world[0].now / HOURS_PER_WEEK:.0f}; limit it (work.max_open, work.wip_limit, arrivals.per_hour)"
                )
            more = {name: max(len(getattr(org, name)) // 2, 1024 + 4 * len(org.people)) for name in tables}
            org = grown(org, **more)
        return org

    def simulate(self, seed: int, run: int) -> "Single":
        """Return what one run from the start to the horizon gives."""
        from sim.people.scoreboard import WEEKS, boards, mark

        values, window = self.scenario.values, min(WEEKS, self.scenario.weeks)
        org = self.advance(self.begin(seed, run), (self.weeks - window) * HOURS_PER_WEEK)
        before = mark(org)
        org = self.advance(org, self.weeks * HOURS_PER_WEEK)
        board = boards(org, self._parameters_after(self.scenario.weeks + 1), values, before, window)
        weeks = org.weeks[self.scenario.warmup_weeks :]
        period = Period(weeks[:-1], weeks[1:], 1.0, self.tree, values)
        ends = with_week_held(weeks[[0, -1]].copy(), org.world, self.scenario.weeks)
        return Single(ends, compute(period, WEEKLY), org.cohort, org.ledger, board)

    def outcomes(self, snapshots: np.ndarray) -> dict[str, np.ndarray]:
        """Return the outcomes of runs with these *snapshots*, structured [R, 2]."""
        return compute(
            Period(snapshots[:, 0], snapshots[:, 1], self.scenario.weeks, self.tree, self.scenario.values)
        )


def _weeks_between(scenario: "Scenario") -> int:
    """Return the weeks from one people's week in which anything can happen to the next: without work only rounds of careers."""
    values = scenario.values
    weekly = bool(scenario.events) or any(values[f"switches.{name}"] for name in ("flow", "quits", "layoffs"))
    delayed = values["switches.hiring"] and values["hiring.delay_weeks"] > 0.0
    return 1 if weekly or delayed else int(values["careers.every_weeks"])


def _changes(scenario: "Scenario") -> dict[int, np.ndarray]:
    """Return week -> parameter record from the end of that week on, for every week in which a dated event sets any."""
    made, values = {}, dict(scenario.values)
    for event in sorted(
        scenario.events, key=lambda event: event.week
    ):  # stable: in the order of the list within a week
        if event.settings:
            values |= dict(event.settings)
            made[event.week] = record(values)
    return made


def check_runs(runs: int, seed: int, first_run: int = 0) -> None:
    """Raise `UserError` if the number of runs or the seed cannot be used."""
    if not 1 <= runs <= 1_000_000:
        raise UserError(f"runs: {runs} is outside 1 to 1,000,000")
    if not 0 <= seed <= MAX_SEED:
        raise UserError(f"seed: {seed} is outside 0 to {MAX_SEED}")
    if not 0 <= first_run <= MAX_SEED - runs:
        raise UserError(f"first run: {first_run} is outside 0 to {MAX_SEED - runs}")


def workers_or_default(workers: int | None) -> int:
    """Return the number of threads: *workers*, or as many as there are processors for this process."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not 1 <= workers <= 1024:
        raise UserError(f"workers: {workers} is outside 1 to 1024")
    return workers


def run(
    scenario: "Scenario",
    runs: int = 100,
    seed: int = 1,
    *,
    workers: int | None = None,
    first_run: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Results:
    """Simulate runs *first_run* to *first_run* + *runs* - 1 and return their outcomes.

    *workers* threads (default: all processors); *progress* is called with the number of runs just done. A run that fails is
    listed in ``failures`` and left out. Raises `UserError` if the scenario cannot be built.
    """
    check_runs(runs, seed, first_run)
    engine = Engine(scenario)
    singles: list[Single] = []
    done, failures = [], []
    for number, outcome in _in_threads(
        engine, seed, range(first_run, first_run + runs), workers_or_default(workers)
    ):
        if isinstance(outcome, Exception):
            failures.append(Failure(number, seed, f"{type(outcome).__name__}: {outcome}"))
        else:
            singles.append(outcome)
            done.append(number)
        if progress is not None:
            progress(1)
    if not done:
        message = f"{scenario.name}: every run failed, the first one with: {failures[0].message}"
        raise RunsFailedError(message, tuple(failures))
    order = np.argsort(done)
    singles = [singles[k] for k in order]
    outcomes = engine.outcomes(np.stack([one.snapshots for one in singles]))
    weekly = {name: np.stack([one.series[name] for one in singles]) for name in singles[0].series}
    failed = tuple(sorted(failures, key=lambda f: f.run))
    people = (tuple(getattr(one, name) for one in singles) for name in ("cohort", "ledger", "board"))
    return Results(scenario, seed, np.array(done)[order], outcomes, weekly, failed, *people)


def _in_threads(
    engine: Engine, seed: int, numbers: range, workers: int
) -> Iterator[tuple[int, Single | Exception]]:
    """Yield (run, result or exception) as they end; at most 2 x *workers* are under way, so an interrupt is heard soon."""

    def one(number: int) -> Single | Exception:
        try:
            return engine.simulate(seed, number)
        except Exception as error:  # the run is reported and can be replayed by its seed and number
            return error

    if workers == 1 or len(numbers) == 1:
        for number in numbers:
            yield number, one(number)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: dict[Future, int] = {}
        rest = iter(numbers)
        try:
            # The first run alone, so that the kernels are compiled once.
            number = next(rest)
            yield number, one(number)
            for number in rest:
                waiting[pool.submit(one, number)] = number
                if len(waiting) >= 2 * workers:
                    yield from _ended(waiting)
            while waiting:
                yield from _ended(waiting)
        finally:
            for future in waiting:
                future.cancel()


def _ended(
    waiting: dict[Future, int],
) -> Iterator[tuple[int, Single | Exception]]:
    ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in ended:
        yield waiting.pop(future), future.result()
