"""A measure on its date against going on as it is: the comparison, the books, who is at risk, and what drives it.

One set of paired runs serves all of them (`sim.experiments.plan.pairs`): the comparison is that of `orgsim compare` with the same
runs and seed, so that the scenarios written beside the page give its figures again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.errors import UserError
from sim.experiments.compare.study import Comparison, Row, compare
from sim.experiments.holding import Holding, assumptions, holding, of_pairs
from sim.experiments.plan.measures import Asked, check_heads, layer_of, layer_option, with_measure
from sim.experiments.plan.money import Money, books, with_output
from sim.experiments.plan.pairs import Pairs
from sim.experiments.plan.people import People, at_risk
from sim.experiments.plausible import varied
from sim.experiments.worlds import choose
from sim.organisation.removal import removal_in_words, removed_rows
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario
from sim.scenario.tree import heads_of, tree_of
from sim.simulation.results import Results
from sim.statistics import estimates

#: Pairs of runs in every plausible world: the fewest with which noise can be told from a difference.
WORLD_RUNS = 2
#: Outcomes that say through what a measure acts, besides those of output and money, which it moves by what it is.
DRIVERS = (
    "guessed_share", "decision_latency_hours", "review_wait_hours", "lead_time_hours", "change_failure_rate", "rework_share",
    "alignment", "coaching_coverage", "manager_utilisation", "skill_mean", "quits_per_year", "orphaned_changes_per_year",
    "ai_share_realised", "unreviewed_share",
)  # fmt: skip
#: Share of all hours of a role from which on a shift of hours is named.
HOURS_NAMED = 0.002
#: Hours that say nothing by themselves.
UNTOLD = ("time_other_ic", "time_other_manager", "time_idle_ic", "time_idle_manager")
NAMED = 3  # drivers that are named


@dataclass(frozen=True)
class Plan:
    """What `orgsim plan` finds. net_in_worlds: in how many plausible worlds the sign of the net with output holds; None without
    worlds. drivers: outcomes that moved most. results: of both, the runs that both have. ics, managers, others: at the start.
    takes: whom the layer that goes takes, in words; "" if none goes.
    """

    asked: Asked
    base: Scenario
    variant: Scenario
    comparison: Comparison
    money: Money
    people: People
    net_in_worlds: Holding | None
    drivers: tuple[str, ...]
    results: tuple[Results, Results]
    ics: int
    managers: int
    others: int
    takes: str

    @property
    def rows(self) -> dict[str, Row]:
        """The rows of the comparison by outcome."""
        return dict(self.comparison.rows[self.comparison.names[0]])


def prepared(base: Scenario, asked: Asked) -> Scenario:
    """Return *base* with the measure. Raises `UserError`, in the words of the options, if it cannot be done to these people."""
    tree = tree_of(base)
    heads = heads_of(tree)
    if asked.remove_layer is not None:
        removed_rows(tree, layer_of(asked), layer_option(asked))
    check_heads(asked, sum(heads.led), heads.ics or 0)
    return with_measure(base, asked)


def plan(
    base: Scenario,
    variant: Scenario,
    asked: Asked,
    runs: int,
    seed: int,
    ranges: int,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Run *base* and *variant* (see `prepared`) on the same dice and return what the measure does. Raises `UserError`."""
    pairs = Pairs(base, asked)
    found = compare(
        (base, variant), runs, seed, ranges,
        workers=workers, progress=progress, simulate=pairs, range_runs=WORLD_RUNS,
    )  # fmt: skip
    a, b = common(*pairs.of(base))
    tree, money = tree_of(base), books(a, b, asked.week, seed)
    return Plan(
        asked=asked,
        base=base,
        variant=variant,
        comparison=found,
        money=money,
        people=at_risk(a, b, asked.week, seed),
        net_in_worlds=net_in_worlds(pairs, money, (base, variant), ranges),
        drivers=drivers(found.rows[found.names[0]]),
        results=(a, b),
        ics=tree.ics,
        managers=tree.managers,
        others=0 if tree.others is None else tree.others.count,
        takes="" if asked.remove_layer is None else removal_in_words(tree, layer_of(asked)),
    )


def net_in_worlds(
    pairs: Pairs, money: Money, scenarios: tuple[Scenario, Scenario], ranges: int
) -> Holding | None:
    """Return in how many worlds the net with output in the first year has the sign of *money*; the worlds are those of the
    comparison: where the organisation was fitted those that look like it, with all plausible ones beside them.
    """
    worlds = sorted(pairs.worlds(), key=lambda pair: pair[0].scenario.hash())  # whichever was finished first
    choice = choose(scenarios, ranges)
    if not choice.sets:
        return _net_in(worlds, money, scenarios)
    alike = {scenarios[0].with_values(one).hash() for one in choice.worlds(varied(scenarios, REGISTRY))}
    found = _net_in([pair for pair in worlds if pair[0].scenario.hash() in alike], money, scenarios)
    others = _net_in([pair for pair in worlds if pair[0].scenario.hash() not in alike], money, scenarios)
    return None if found is None else replace(found, like=choice.like, everywhere=others)


def _net_in(
    worlds: list[tuple[Results, Results]], money: Money, scenarios: tuple[Scenario, Scenario]
) -> Holding | None:
    if not worlds:
        return None
    nets = []
    for a, b in (common(*pair) for pair in worlds):
        net = with_output(a, b, money.first - 1, money.last)
        nets.append(estimates.paired(np.zeros(len(net)), net, 1))
    paths = tuple(varied(scenarios, REGISTRY))
    values = [{path: pair[0].scenario.values[path] for path in paths} for pair in worlds]
    return holding(of_pairs(nets), money.with_output.mean, assumptions(values))


def common(a: Results, b: Results) -> tuple[Results, Results]:
    """The two results with the runs that both have. Raises `UserError` if there is none."""
    runs = np.intersect1d(a.runs, b.runs)
    if not len(runs):
        raise UserError(f"{b.scenario.name}: no run ended well in both scenarios, so nothing can be compared")
    one, other = (_only(found, runs) for found in (a, b))
    return one, other


def _only(found: Results, runs: np.ndarray) -> Results:
    at = np.flatnonzero(np.isin(found.runs, runs))
    if len(at) == len(found.runs):
        return found
    return replace(
        found,
        runs=found.runs[at],
        outcomes={name: x[at] for name, x in found.outcomes.items()},
        series={name: x[at] for name, x in found.series.items()},
        cohorts=tuple(found.cohorts[k] for k in at),
        ledgers=tuple(found.ledgers[k] for k in at),
        boards=tuple(found.boards[k] for k in at),
    )


def drivers(rows: Mapping[str, Row]) -> tuple[str, ...]:
    """Return the outcomes that moved most beyond noise: up to three, by their change relative to the base, then hours."""
    moved = [name for name in DRIVERS if name in rows and _detected(rows[name])]
    moved.sort(key=lambda name: -abs(rows[name].figures.relative or 0.0))
    told = [
        name for name in rows if name.startswith("time_") and name not in UNTOLD and _detected(rows[name])
    ]
    shift = {name: abs(rows[name].figures.difference or 0.0) for name in told}
    hours = sorted((name for name in told if shift[name] >= HOURS_NAMED), key=lambda name: -shift[name])
    return (*moved[:NAMED], *hours[:1])


def _detected(row: Row) -> bool:
    return row.verdict in ("better", "worse", "higher", "lower")
