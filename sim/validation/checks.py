"""All checks in order, and running them: each with target, result, interval, pass or miss (``orgsim validate``)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sim.errors import UserError, suggest
from sim.validation import catalogue, limits
from sim.validation.laboratory import Experiment, Laboratory
from sim.validation.report import Check


@dataclass(frozen=True)
class Planned:
    """A check: what must be simulated for it, and how it is judged then."""

    experiments: tuple[Experiment, ...]
    judge: Callable[[Laboratory], Check]


def _planned(fast: bool) -> dict[str, Planned]:
    """Check id -> the check. The fast subset has limits only."""
    planned: dict[str, Planned] = {}
    for limit in catalogue.limits(fast):
        needed = (limit.experiment, *((limit.base,) if limit.base else ()))
        planned[limit.id] = Planned(needed, partial(limits.judge, limit))
    for scenario, weeks in limits.IDENTITIES:
        planned[f"L2.identity.{scenario}"] = Planned((), partial(_identity, scenario, weeks))
    for scenario, weeks in limits.TICKED:
        for tick in limits.TICKS:
            needed = tuple(limits.ticked(scenario, weeks, hours) for hours in (1.0, tick))
            planned[f"T.{scenario}.tick{tick:g}"] = Planned(
                needed, partial(limits.tick_convergence, scenario, weeks, tick)
            )
    for fact in () if fast else catalogue.facts():
        planned[fact.id] = Planned(fact.experiments, partial(catalogue.judge, fact))
    return planned


def _identity(scenario: str, weeks: int, _: Laboratory) -> Check:
    """An identity looks into its own runs, item by item: no results are kept for it."""
    return limits.items_identity(scenario, weeks)


def check_ids(fast: bool = False) -> tuple[str, ...]:
    """Ids of all checks, or of the fast subset, in order."""
    return tuple(_planned(fast))


def run_checks(
    only: str | None = None,
    fast: bool = False,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Check]:
    """Run the checks and return their results in order.

    only: checks whose id starts with this; workers: threads (default: one per processor); progress: called with 1 after
    each check. Raises `UserError` if no check has such an id.
    """
    planned = _planned(fast)
    chosen = {name: check for name, check in planned.items() if only is None or name.startswith(only)}
    if not chosen:
        groups = sorted({name.split(".")[0] for name in planned})
        hint = suggest(only or "", list(planned))
        which = "the fast subset has" if fast else "there are"
        raise UserError(
            f"--only {only}: no check has an id that starts so{hint}; {which} {', '.join(groups)}"
        )
    last = {one: name for name, check in chosen.items() for one in check.experiments}
    checks = []
    with Laboratory(workers).simulating(tuple(last)) as laboratory:
        for name, check in chosen.items():
            checks.append(check.judge(laboratory))
            laboratory.forget({one for one in check.experiments if last[one] == name})
            if progress is not None:
                progress(1)
    return checks
