"""The ledger of human hours per merged standard hour, in closed form, from a scenario's parameters and its tree.

A *merged standard hour* is an hour of what was asked for (the size of a change at skill 1 without AI) in a change that merged.
What AI adds to it (`ai.scope`) is in the hours, not in the size: it counts in the value. All hours are counted, those in changes
that are closed without merging as a row of their own. Nothing waits (`sim.experiments.ledger.course`), so this is what the work
takes, not how long it lasts; meetings and other duties that go by the week are not in it.

Ways: *hand* as without any AI; *assistant* with all of the code by the assistant; *agent* with every change through an agent,
of the sizes that agents get; the last two by people who use AI as planned. *planned* is the mix that the plan gives, over people
whose use differs, each with as many changes as their own hours allow. Fluency, agents and AI shares are those of the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.engine.record import record, settings_of
from sim.errors import UserError
from sim.experiments.ledger.asking import Asking, asking, readers_of
from sim.experiments.ledger.course import (
    Course,
    Desk,
    Hours,
    Runs,
    Sizes,
    by_agent,
    goes_to_agent,
    mixed,
    owner_of,
    runs_of,
    sizes_of,
    written,
)
from sim.experiments.ledger.plans import BY_HAND, Plan, plan_of, plans_of_people
from sim.scenario.scenario import Scenario
from sim.scenario.tree import tree_of

HAND, ASSISTANT, AGENT, PLANNED = "hand", "assistant", "agent", "planned"
#: Rows of the ledger, from preparation to what comes after merging; `DISCARDED` has what all of them take of closed changes.
ROWS = (
    "preparation", "briefing", "coding", "verifying", "redoing", "review", "fixing", "rereview", "questions", "dependencies",
    "incidents",
)  # fmt: skip
DISCARDED = "discarded"
#: Skills of owners for whom the totals are given, and the one for whom the rows are (reference engineers).
SKILLS = (0.7, 1.0, 1.5)
REFERENCE_SKILL = 1.0
_LEAST = 1e-300
#: People who stand for everybody where use is unequal: enough for hours to 0.01 %, and those at whom the mean share is met.
_USERS, _MANY_USERS = 16, 64
#: What only other people's hours go into.
_OF_OTHERS = ("reviewing", "answering")


@dataclass(frozen=True)
class Account:
    """Human hours per merged standard hour of one way, and what is delivered for them.

    rows: by row, those of merged (or still open) changes, and `DISCARDED`; they add up to *total*. activities: the same hours by
    the activity that the engine books them to. merged: standard hours merged per change started; delivered and lost (in
    incidents): standard hours of value per merged standard hour; incidents: number.
    """

    rows: Mapping[str, float]
    activities: Mapping[str, float]
    total: float
    merged: float
    delivered: float
    lost: float
    incidents: float

    @property
    def value(self) -> float:
        """Standard hours of value that are kept, per merged standard hour."""
        return self.delivered - self.lost


@dataclass(frozen=True)
class Ledger:
    """The ledger of a scenario.

    accounts: by way, at `REFERENCE_SKILL`; by_skill: skill -> way -> account. share, agent_fraction: as planned (of code
    volume); work_share: the share of the work that AI does; free: share of the hours by hand that would go if what AI writes
    took nobody's time to brief, write and check; without: why there is no AI, "" where there is; delegated: accounts of the
    changes that go to agents, by way; mean_size, delegated_size: standard hours of a change, and of one that goes to an agent.
    """

    scenario: Scenario
    accounts: Mapping[str, Account]
    by_skill: Mapping[float, Mapping[str, Account]]
    share: float
    agent_fraction: float
    work_share: float
    free: float
    without: str
    delegated: Mapping[str, Account]
    mean_size: float
    delegated_size: float

    @property
    def saved(self) -> float:
        """Share of the hours by hand that the planned mix saves, per merged standard hour; below 0: it takes more."""
        return 1.0 - self.accounts[PLANNED].total / self.accounts[HAND].total

    @property
    def saved_preparing(self) -> float:
        """Share of the hours by hand that the planned mix saves in preparing what merges, which is no code."""
        before, after = self.accounts[HAND], self.accounts[PLANNED]
        return (before.rows["preparation"] - after.rows["preparation"]) / before.total

    @property
    def value_per_hour(self) -> float:
        """Change in value kept per human hour, from by hand to the planned mix, as a share."""
        before, after = self.accounts[HAND], self.accounts[PLANNED]
        return (after.value / after.total) / (before.value / before.total) - 1.0


def ledger(scenario: Scenario) -> Ledger:
    """Return the ledger of a scenario. Raises `UserError` where nothing is written, or the closed form does not hold."""
    _check(scenario)
    values = scenario.values
    without = _without_ai(scenario)
    share = 0.0 if without else float(values["ai.share_of_code"])
    by_skill = {skill: accounts(scenario, skill) for skill in SKILLS}
    main = by_skill[REFERENCE_SKILL]
    desk = _office(scenario, REFERENCE_SKILL).desk
    plan = plan_of(desk.parameters, share)
    delegated = goes_to_agent(desk.p, desk.sizes, plan)
    work = 0.0
    if not without:
        plans = plans_of_people(desk.parameters, share, _MANY_USERS)
        work = float(np.mean([one.agents + (1.0 - one.agents) * one.fraction for one in plans]))
    hand = main[HAND]
    return Ledger(
        scenario,
        main,
        by_skill,
        share,
        0.0 if without else float(values["ai.agent_fraction"]),
        work,
        work * hand.activities["coding"] / hand.total,
        without,
        of_agents(scenario),
        desk.sizes.mean(desk.sizes.hours),
        desk.sizes.mean(delegated * desk.sizes.hours) / max(desk.sizes.mean(delegated), _LEAST),
    )


def accounts(scenario: Scenario, skill: float) -> dict[str, Account]:
    """Return the account of every way that the scenario's plan has, for owners of this *skill*."""
    office = _office(scenario, skill)
    desk = office.desk
    found = {HAND: _account(desk.sizes, office.by_hand())}
    if _without_ai(scenario):
        return found
    plan = plan_of(desk.parameters, float(desk.p.ai_share_of_code))
    if plan.fraction > 0.0:
        found[ASSISTANT] = _account(desk.sizes, office.by_owner(plan, 1.0))
    if plan.agents > 0.0:
        found[AGENT] = _account(desk.sizes, _part(desk, plan, office.by_agent(plan)))
    found[PLANNED] = _account(desk.sizes, _as_planned(office))
    return found


def of_agents(scenario: Scenario) -> dict[str, Account]:
    """Return the accounts of the changes that go to agents, had they been done in the other ways; {} if none does."""
    office = _office(scenario, REFERENCE_SKILL)
    desk = office.desk
    plan = plan_of(desk.parameters, float(desk.p.ai_share_of_code))
    if _without_ai(scenario) or plan.agents <= 0.0:
        return {}
    found = {HAND: office.by_hand(), ASSISTANT: office.by_owner(plan, 1.0), AGENT: office.by_agent(plan)}
    return {way: _account(desk.sizes, _part(desk, plan, course)) for way, course in found.items()}


@dataclass(frozen=True)
class _Office:
    """An owner's desk in the organisation, with what is asked of others and how agents' runs end."""

    desk: Desk
    asking: Asking
    runs: Runs

    def by_hand(self) -> Course:
        """The course of a change without any AI."""
        return self.by_owner(BY_HAND, 0.0)

    def by_owner(self, plan: Plan, fraction: float) -> Course:
        """The course of a change of which the assistant writes the *fraction*."""
        return written(self.desk, plan, fraction, self.asking.help(plan))

    def by_agent(self, plan: Plan) -> Course:
        """The course of a change that goes to an agent."""
        return by_agent(self.desk, plan, self.asking.help(plan), self.runs)

    def of_user(self, plan: Plan) -> Course:
        """The course of the changes of somebody with this *plan*, through agents and other ones together."""
        other = self.by_owner(plan, plan.fraction)
        if plan.agents <= 0.0:
            return other
        delegated = goes_to_agent(self.desk.p, self.desk.sizes, plan)
        return mixed([(delegated, self.by_agent(plan)), (1.0 - delegated, other)])


def _office(scenario: Scenario, skill: float) -> _Office:
    parameters = record(scenario.values)
    p = settings_of(parameters)
    tree = tree_of(scenario)
    sizes, owner = sizes_of(p), owner_of(p, skill, readers_of(p, tree))
    others = asking(p, parameters, sizes, tree)
    desk = Desk(p, parameters, sizes, owner)
    return _Office(desk, others, runs_of(desk))


def _part(desk: Desk, plan: Plan, course: Course) -> Course:
    """Return a course, of the changes only that go to agents."""
    return mixed([(goes_to_agent(desk.p, desk.sizes, plan), course)])


def _check(scenario: Scenario) -> None:
    """Raise `UserError` where there is nothing to count, or no closed form."""
    values = scenario.values
    for path, bad, why, fix in (
        ("switches.flow", False, "nothing is written without flow of work, so no hour goes into it", "true"),
        ("defects.model", "bernoulli", "the ledger knows defects that are drawn once", "poisson"),
    ):
        if values[path] == bad:
            shown = str(bad).lower()
            raise UserError(
                f"{scenario.place(path)}{scenario.name}: {path}: {shown}: {why}; set {path} to {fix}"
            )
    rule = values["review.approval_rule"]
    if rule != "all" and int(values["review.approvals"]) > 1:
        raise UserError(
            f"{scenario.place('review.approval_rule')}{scenario.name}: review.approval_rule: {rule}: the ledger knows several "
            "reviewers who must all approve; set review.approval_rule to all, or review.approvals to 1"
        )


def _without_ai(scenario: Scenario) -> str:
    """Return why nothing is written by AI in the scenario, "" if something is."""
    values = scenario.values
    if not values["switches.ai"]:
        return "switches.ai is false"
    return "" if float(values["ai.share_of_code"]) > 0.0 else "ai.share_of_code is 0"


def _as_planned(office: _Office) -> Course:
    """Return the course of the changes of everybody, those of great and small users of AI mixed by how many they write."""
    desk = office.desk
    courses = []
    for plan in plans_of_people(desk.parameters, float(desk.p.ai_share_of_code), _USERS):
        course = office.of_user(plan)
        own = sum(desk.sizes.mean(x) for key, x in course.hours.items() if key[1] not in _OF_OTHERS)
        courses.append((1.0 / own, course))
    total = sum(weight for weight, _ in courses)
    return mixed([(weight / total, course) for weight, course in courses])


def _account(sizes: Sizes, course: Course) -> Account:
    """Return a course per merged standard hour. Raises `UserError` where nothing merges."""
    merged = sizes.mean(course.merged * sizes.hours)
    if merged <= 0.0:
        raise UserError(
            "no change merges, so there is no merged hour: lower review.discard_human and review.discard_agent, or raise "
            "review.max_passes"
        )

    def sums(hours: Hours, part: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for key, x in hours.items():
            found[key[part]] = found.get(key[part], 0.0) + sizes.mean(x) / merged
        return found

    rows, closed, activities = sums(course.hours, 0), sums(course.closed, 0), sums(course.hours, 1)
    kept = {row: rows[row] - closed.get(row, 0.0) for row in ROWS if row in rows}
    return Account(
        {**kept, DISCARDED: sum(closed.values())},
        activities,
        sum(rows.values()),
        merged,
        sizes.mean(course.delivered) / merged,
        sizes.mean(course.lost) / merged,
        sizes.mean(course.incidents) / merged,
    )
