"""Two scenarios that are one and the same up to a week, run on the same dice: the common past is simulated once.

Run r of both is what `sim.simulation.run.run` gives for each, bit for bit: an organisation does not know what is done to it
later. Where the second branches off late, it costs the weeks from there on only.
"""

from collections.abc import Callable, Sequence
from functools import partial

from sim.constants import HOURS_PER_DAY, HOURS_PER_WEEK
from sim.engine.state import Org, copy_of
from sim.outcomes.declared import WEEKLY
from sim.scenario.scenario import Scenario, diff
from sim.simulation.parallel import pool, threads
from sim.simulation.results import Results
from sim.simulation.run import check_runs, collected
from sim.simulation.simulator import Engine, Single


def run_branches(
    scenarios: tuple[Scenario, Scenario],
    week: int,
    runs: int,
    seed: int,
    *,
    workers: int | None = None,
    first_run: int = 0,
    weekly: Sequence[str] = WEEKLY,
    progress: Callable[[int], None] | None = None,
) -> tuple[Results, Results]:
    """Simulate runs *first_run* to *first_run* + *runs* - 1 of both scenarios, which part at the end of *week*.

    weekly: outcomes to give by week. progress: called with the number of runs just done, two a pair. Raises `UserError` if one
    of them cannot be built, and ValueError if they differ in more than what is done from that week on.
    """
    check_runs(runs, seed, first_run)
    _check_past(scenarios, week)
    first = Engine(scenarios[0])
    engines = (first, Engine(scenarios[1], first.tree))
    found: tuple[dict[int, Single | Exception], dict[int, Single | Exception]] = ({}, {})

    def keep(number: int, pair: tuple[Single | Exception, Single | Exception]) -> None:
        for one, outcome in zip(found, pair, strict=True):
            one[number] = outcome
        if progress is not None:
            progress(2)

    # A day before the week ends, when nothing of it has been held yet.
    hours = (scenarios[0].warmup_weeks + week) * HOURS_PER_WEEK - HOURS_PER_DAY
    hours = min(hours, first.last_hour_to_branch)
    with pool(1 if runs == 1 else threads(workers)) as side_by_side:
        # The first pair alone, so that the kernels are compiled once.
        keep(first_run, _pair(engines, hours, weekly, seed, first_run))
        rest = range(first_run + 1, first_run + runs)
        side_by_side.run(((n, partial(_pair, engines, hours, weekly, seed, n)) for n in rest), keep)
    a, b = (collected(engine, seed, one) for engine, one in zip(engines, found, strict=True))
    return a, b


def _check_past(scenarios: tuple[Scenario, Scenario], week: int) -> None:
    a, b = scenarios
    before = [[event for event in one.events if event.week < week] for one in scenarios]
    other = [path for path in diff(a, b) if path != "events"]
    if before[0] != before[1] or other:
        raise ValueError(f"{a.name} and {b.name} differ before week {week}: {', '.join(other) or 'events'}")


def _pair(
    engines: tuple[Engine, Engine], hours: float, weekly: Sequence[str], seed: int, number: int
) -> tuple[Single | Exception, Single | Exception]:
    """Run *number* of both, or why it failed."""
    try:
        org = engines[0].begin(seed, number)
        if hours > 0.0:
            org = engines[0].advance(org, hours)
        other = type(org)(*(copy_of(table) for table in org))
    except Exception as error:
        return error, error
    return _finished(engines[0], org, weekly), _finished(engines[1], other, weekly)


def _finished(engine: Engine, org: Org, weekly: Sequence[str]) -> Single | Exception:
    try:
        return engine.finish(org, weekly)
    except Exception as error:
        return error
