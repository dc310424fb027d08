"""The accounting identities hold exactly in every run: random structures, parameters and switches (model, section 6)."""

import numpy as np
import pytest
from helpers.identities import (
    check,
)
from helpers.worlds import EVERYTHING, HOURS_PER_WEEK, WORLDS, differences, play, play_tree, world
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.constants import IC, MANAGER, MANAGER_ID
from sim.engine import codes, tables
from sim.engine.state import Org
from sim.flow import initialise
from sim.organisation.costs import PayScale
from sim.organisation.tree import Tree, assemble, check_tree
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario
from sim.simulation import simulator
from sim.simulation.simulator import Engine

UNCERTAIN = [q for q in REGISTRY.values() if q.uncertain]
#: Of the flow engine; what must hold while people come and go is in test_people.py.
PEOPLE = {
    f"switches.{name}"
    for name in ("quits", "layoffs", "hiring", "promotions", "strain", "retirement", "flow")
}
SWITCHES = [path for path in REGISTRY if path.startswith("switches.") and path not in PEOPLE]
OPTIONS = {
    "review.approvals": [1, 2, 3, 9],
    "review.approval_rule": ["all", "any", "majority"],
    "review.assignment": ["shared", "addressed"],
    "review.decide_early": [True],
    "review.order": ["sequential"],
    "review.managers_review": [True],
    "review.dedicated_reviewers": [0, 1, 2],
    "review.ai_reviewer": [True],
    "review.max_passes": [1, 2],
    "review.reject_human": [0.3, 0.9],
    "review.hours_per_week": [float("inf"), 0.0],
    "review.error_correlation": [0.5],
    "review.distribution": ["exponential"],
    "questions.blocking": [False],
    "questions.top_solves_all": [False],
    "questions.one_per_change": [True],
    "questions.patience_hours": [float("inf"), 0.5],
    "communication.delay_hours": [0.0],
    "work.demand": [1.0, 4.0],
    "work.wip_limit": [1, 2, 10],
    "work.max_open": [1, 2],
    "ai.share_of_code": [0.0, 0.6, 1.0],
    "ai.agent_fraction": [0.0, 0.8, 1.0],
    "ai.agents_per_supervisor": [0, 1],
    "ai.retries": [0, 3],
    "ai.agent_distribution": ["exponential"],
    "ai.horizon_doubling_weeks": [2.0],
    "defects.model": ["bernoulli"],
    "defects.bernoulli_rate": [0.5],
    "arrivals.kind": ["incident", "question", "coordination", "review"],
    "arrivals.per_hour": [0.1, 1.5],
    "service.preemption": [False],
    "service.distribution": ["deterministic", "lognormal"],
    "managers.hands_on_share": [0.0, 0.8],
}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw a small organisation with any structure, parameters in their plausible ranges, and any switches."""
    ics = draw(st.integers(2, 40))
    values: dict = {}
    for path in draw(st.lists(st.sampled_from(SWITCHES), max_size=4, unique=True)):
        values[path] = not REGISTRY[path].value
    for q in draw(st.lists(st.sampled_from(UNCERTAIN), max_size=25, unique_by=lambda q: q.path)):
        number = st.integers(q.low, q.high) if q.kind == "int" else st.floats(q.low, q.high)
        values[q.path] = draw(number)
    for path in draw(st.lists(st.sampled_from(sorted(OPTIONS)), max_size=8, unique=True)):
        values[path] = draw(st.sampled_from(OPTIONS[path]))
    weeks = draw(st.integers(3, 8))
    if draw(st.booleans()):
        return world(values, ics=ics, layers=draw(st.integers(1, 4)), weeks=weeks)
    spans, units = [], ics
    while units > 1:
        spans.append(draw(st.integers(2, 12)))
        units = -(-units // spans[-1])
    return world(values, ics=ics, spans=tuple(spans), weeks=weeks)


def check_run(scenario: Scenario, seed: int = 1) -> None:
    """Simulate a run week by week and check everything at the end of each."""
    engine = Engine(scenario)
    org = engine.begin(seed, 0)
    for week in range(1, engine.weeks + 1):
        org = engine.advance(org, week * HOURS_PER_WEEK)
        check(org, week)


@pytest.mark.slow
@settings(max_examples=40)
@given(scenarios(), st.integers(0, 2**32 - 1))
def test_identities_hold_in_any_organisation(scenario, seed):
    check_run(scenario, seed)


@pytest.mark.parametrize("name", WORLDS)
def test_identities_hold_in_every_small_world(name):
    check_run(world(WORLDS[name], ics=20, weeks=10))


@pytest.mark.parametrize("path", SWITCHES)
def test_identities_hold_with_each_switch_alone(path):
    check_run(world({path: not REGISTRY[path].value}, weeks=4))


def test_identities_hold_when_work_drowns_everybody():
    check_run(
        world({"arrivals.kind": "incident", "arrivals.per_hour": 3.0, "managers.people_cap": 0.5}, weeks=6)
    )


#: Askers give up while the long answer is being worked out, and finish the change before it is ready.
IMPATIENT = {
    "questions.help_hours": 20.0, "questions.patience_hours": 2.0, "questions.ic_knowledge": 0.2,
    "review.discard_human": 0.9, "switches.ai": False, "switches.pickup": False,
}  # fmt: skip


@pytest.mark.parametrize("name", [*WORLDS, "impatient"])
def test_tables_that_grow_change_nothing(name, monkeypatch):
    scenario = world({**WORLDS, "impatient": IMPATIENT}[name], ics=30, weeks=6)
    roomy = play(scenario)
    grow, sizes = tables.grown, []

    def slowly(org: Org, **more: int) -> Org:
        sizes.append(more)
        least = (
            0 if org.events.size else 4 * len(org.people)
        )  # the start itself needs a few events per person
        return grow(org, **{name: max(8, least) for name in more})

    for module in (simulator, initialise):
        monkeypatch.setattr(module, "grown", slowly)
    tight = play(scenario)
    assert len(tight.changes) < len(roomy.changes)
    assert len(sizes) > 20
    assert differences(roomy.weeks, tight.weeks) == []
    check(tight, 6)


def test_an_owner_who_goes_to_the_partner_withdraws_no_question():
    """Open questions that do not block, and a dependency whose owner loses patience: both are answered in the end."""
    values = {
        "questions.blocking": False, "switches.ai": False, "questions.manager_knowledge_1": 0.0,
        "questions.help_hours": 2.0, "dependencies.probability": 0.9, "dependencies.patience_hours": 8.0,
        "dependencies.coordination_hours": 1.0,
    }  # fmt: skip
    check_run(world(values, ics=27, spans=(7, 4), weeks=8))


def test_tables_grow_in_a_run_that_drowns_in_work():
    scenario = world({**EVERYTHING, "arrivals.kind": "incident", "arrivals.per_hour": 8.0}, ics=6, weeks=8)
    fresh = Engine(scenario).begin(1, 0)
    org = play(scenario)
    assert len(org.items) > len(fresh.items)
    check(org, 8)


def forest() -> Tree:
    """Three roots: a manager of four, an IC without a boss, and a manager with a manager of three below, and one with none."""
    ic, manager = 0, MANAGER_ID
    # ICs 0-3: a team; 4: alone; 5-7: a team two layers below a root that also has a manager without reports.
    pid = [ic, ic + 1, ic + 2, ic + 3, ic + 4, ic + 5, ic + 6, ic + 7]
    boss = [8, 8, 8, 8, codes.NONE, 10, 10, 10]
    pid += [manager, manager + 1, 2 * manager, 2 * manager + 1]
    boss += [codes.NONE, codes.NONE, 9, 9]
    role = [IC] * 8 + [MANAGER] * 4
    module = [*range(8), codes.NONE, codes.NONE, codes.NONE, codes.NONE]
    columns = (np.array(x, np.int64) for x in (pid, role, boss, module))
    return assemble(*columns, PayScale(1.0))


def play_forest(values: dict, weeks: int = 5) -> Org:
    scenario = world(values, weeks=weeks)
    tree = forest()
    check_tree(tree)
    org = play_tree(tree, scenario)
    check(org, weeks)
    return org


@pytest.mark.parametrize("name", WORLDS)
def test_identities_hold_with_several_roots_and_an_ic_without_boss(name):
    org = play_forest(WORLDS[name])
    alone = org.people[4]
    assert (alone.role, alone.boss) == (IC, codes.NONE)
    assert alone.next_change > 0 or not alone.coder


def test_an_ic_without_boss_gets_the_demand_of_one_ic():
    values = {
        "work.demand": 1.0,
        "switches.hands_on": False,
        "switches.questions": False,
        "switches.review": False,
    }
    org = play_forest(values, weeks=10)
    assert org.people["next_change"][4] == pytest.approx(10, abs=2)
    assert org.people["next_change"][:4].sum() == pytest.approx(40, abs=2)
