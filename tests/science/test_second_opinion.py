"""The engine against the second opinion: ordinary Mesa agents with the same dice must count exactly the same.

Every field of the engine's record is compared, at the end of the warm-up and at the end: counts exactly, hours to 1e-9.
"""

import gc
import weakref
from math import inf
from pathlib import Path

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.plain_mesa import IC, CodingAgent, Manager, PlainModel, run_plain
from benchmarks.plain_mesa.dice import key_schedule, normal_quantile, philox
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import Scenario, from_yaml, load
from sim.simulation.simulator import Engine

pytestmark = pytest.mark.slow

#: Bookkeeping of the engine's tables, and what it keeps to save a search; the plain version has neither.
TABLES = {"slots_per_hour", "slot", "use_logit", "use_share", "use_sd"}

TIME = ("time.weeks=5", "time.warmup_weeks=2")
SMALL = ("organisation.ics=9", "organisation.management_layers=2", *TIME)


def difference(engine: np.ndarray, plain: np.ndarray) -> str | None:
    """Return a sentence about the first field that differs between two arrays of snapshots [2], None if none does."""
    for when, label in ((0, "at the end of the warm-up"), (1, "at the end")):
        for name in engine.dtype.names:
            if name in TABLES or name.startswith("free_"):
                continue
            a, b = np.asarray(engine[when][name]), np.asarray(plain[when][name])
            exact = a.dtype.kind in "iu"
            same = a == b if exact else np.isclose(a, b, rtol=1e-9, atol=1e-9)
            if not np.all(same):
                where = "" if a.ndim == 0 else f"[{int(np.argmin(same))}]"
                left, right = (a, b) if a.ndim == 0 else (a[np.argmin(same)], b[np.argmin(same)])
                return f"{name}{where} {label}: {left!r} by the engine, {right!r} by the plain model"
    return None


def agree(scenario: Scenario, seed: int = 1, run: int = 0) -> np.ndarray:
    """Assert that both versions count the same; return the plain snapshots."""
    plain = run_plain(scenario, seed, run)
    found = difference(Engine(scenario).simulate(seed, run)[0], plain)
    assert found is None, f"{scenario.name}, seed {seed}, run {run}, {dict(scenario.overrides)}: {found}"
    return plain


# --- The dice ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_dice_give_the_published_vectors(
    counter: tuple[int, ...], key: tuple[int, int], words: tuple[int, ...]
) -> None:
    # Random123, kat_vectors, philox4x32 10 rounds.
    assert philox(counter, key_schedule(*key)) == words


def test_normal_quantile_against_published_values() -> None:
    # Wichura (1988), section 4.
    assert normal_quantile(0.25) == pytest.approx(-0.6744897501960817, rel=1e-14)
    assert normal_quantile(0.001) == pytest.approx(-3.090232306167814, rel=1e-14)
    assert normal_quantile(1e-20) == pytest.approx(-9.262340089798408, rel=1e-14)


# --- Chosen scenarios ----------------------------------------------------------------------------------------------------

AGENTS = (
    "ai.share_of_code=0.8",
    "ai.agent_fraction=0.8",
    "ai.agents_per_supervisor=1",
    "ai.agent_distribution=exponential",
)
VARIATIONS = {
    "as it is": (),
    "no AI": ("switches.ai=false",),
    "AI everywhere": ("ai.share_of_code=0.95", "ai.agent_fraction=1.0", "ai.agents_per_supervisor=2"),
    "agents short": AGENTS,
    "agents that try again and grow": (
        *AGENTS, "ai.retries=3", "ai.horizon_hours=3", "ai.horizon_doubling_weeks=4", "ai.guardrail=0.5",
    ),
    "no questions": ("switches.questions=false",),
    "one question, no AI": ("questions.one_per_change=true", "switches.ai=false"),
    "questions that do not block": (
        "questions.blocking=false", "questions.per_standard_hour=1", "questions.ic_knowledge=0.3",
    ),
    "never decides alone": ("questions.patience_hours=.inf", "questions.per_standard_hour=1"),
    "decides alone soon": ("questions.patience_hours=2", "questions.per_standard_hour=1", "switches.ai=false"),
    "the top does not know all": (
        "questions.top_solves_all=false", "questions.manager_knowledge_1=0.7", "questions.manager_knowledge_2=0.75",
        "questions.triage_skill=0.5", "questions.per_standard_hour=1",
    ),
    "open questions that nobody can answer": (
        "questions.top_solves_all=false", "questions.manager_knowledge_1=0.7", "questions.manager_knowledge_2=0.75",
        "questions.blocking=false",
    ),
    "super ICs": (
        "questions.super_ic_skill=0.8", "questions.super_ic_probability=0.9", "questions.ic_knowledge_sd=0.3",
        "switches.ai=false",
    ),
    "no dependencies": ("switches.dependencies=false",),
    "many dependencies": ("dependencies.probability=0.9", "dependencies.near_share=0.2", "dependencies.lateral_scale=1"),
    "turns to the partner": (
        "dependencies.probability=0.9", "dependencies.near_share=0", "dependencies.lateral_scale=0.1",
        "dependencies.patience_hours=3",
    ),
    "turns to the partner with open questions": (
        "dependencies.probability=0.9", "dependencies.near_share=0", "dependencies.lateral_scale=0.1",
        "dependencies.patience_hours=3", "questions.blocking=false", "questions.per_standard_hour=1",
    ),
    "no review": ("switches.review=false",),
    "no budget": ("switches.review_budget=false",),
    "a small budget": ("review.hours_per_week=1.5", "review.hours_per_standard_hour=0.8"),
    "no pickup, no delay": ("switches.pickup=false", "communication.delay_hours=0"),
    "no defects": ("switches.defects=false",),
    "Bernoulli defects": ("defects.model=bernoulli", "defects.bernoulli_rate=0.4"),
    "addressed": ("review.assignment=addressed",),
    "addressed, three approvals": ("review.assignment=addressed", "review.approvals=3"),
    "two approvals": ("review.approvals=2", "review.error_correlation=0.5", "defects.per_standard_hour=0.5"),
    "three, any": ("review.approvals=3", "review.approval_rule=any", "defects.per_standard_hour=0.5"),
    "three, majority": ("review.approvals=3", "review.approval_rule=majority", "review.reject_human=0.3"),
    "rejection": (
        "review.reject_human=0.3", "review.reject_ai=0.5", "review.max_passes=2", "review.fixed_hours_human=1",
        "review.fixed_hours_ai=2", "review.distribution=exponential",
    ),
    "AI reviewer": ("review.ai_reviewer=true", "defects.per_standard_hour=0.5"),
    "AI reviewer, Bernoulli": ("review.ai_reviewer=true", "defects.model=bernoulli", "defects.bernoulli_rate=0.4"),
    "managers review": ("review.managers_review=true",),
    "dedicated reviewers": ("review.dedicated_reviewers=1",),
    "dedicated, addressed": ("review.dedicated_reviewers=2", "review.assignment=addressed"),
    "no alignment": ("switches.alignment=false",),
    "no people time": ("switches.people_time=false",),
    "no hands-on": ("switches.hands_on=false",),
    "much hands-on": ("managers.hands_on_share=0.6",),
    "own work above the first line": ("managers.upper_own_share=0.25",),
    "all work coached": ("managers.coached_work=0.7", "managers.people_cap=0.2"),
    "no learning": ("switches.learning=false",),
    "all alike": ("switches.skill_differences=false", "service.distribution=deterministic"),
    "no meetings": (
        "switches.meetings=false", "switches.pairwise_communication=false", "switches.other_duties=false",
    ),
    "overload": ("work.other_duties=0.9", "meetings.manager_share=0.7", "communication.hours_per_partner=0.5"),
    "demand": ("work.demand=1.5", "work.demand_elasticity=0.5"),
    "little demand": ("work.demand=0.3",),
    "one at a time": ("work.wip_limit=1", "work.max_open=1"),
    "wide open": ("work.wip_limit=8", "work.max_open=20"),
    "sizes alike": ("work.size_distribution=deterministic", "switches.skill_differences=false", "switches.ai=false"),
    "nobody is interrupted": ("service.preemption=false", "questions.per_standard_hour=1", "review.hours_per_week=3"),
    "nobody is interrupted, addressed": ("service.preemption=false", "review.assignment=addressed", *AGENTS),
    "lognormal service": ("service.distribution=lognormal", "service.cv=2", "review.distribution=lognormal"),
    "incidents from outside": ("arrivals.kind=incident", "arrivals.per_hour=0.3"),
    "questions from outside": ("arrivals.kind=question", "arrivals.per_hour=0.5", "arrivals.distribution=lognormal"),
    "coordination from outside": (
        "arrivals.kind=coordination", "arrivals.per_hour=0.25", "arrivals.pattern=deterministic",
        "arrivals.distribution=deterministic",
    ),
    "reviews from outside": ("arrivals.kind=review", "arrivals.per_hour=0.4", "arrivals.hours=0.5"),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIATIONS)
def test_both_count_the_same_in_every_variation(name: str) -> None:
    scenario = load("base", [*SMALL, *VARIATIONS[name]])
    for seed, run in ((1, 0), (20, 7)):
        snapshots = agree(scenario, seed, run)
    assert snapshots[1]["started"] > 0


#: Of a team that is large enough for many reviewers.
ONE_TEAM = ("organisation.ics=11", "organisation.management_layers=1", *TIME)
MANY = (
    "review.reject_human=0.3", "review.reject_ai=0.3", "defects.per_standard_hour=0.5", "review.distribution=exponential",
)  # fmt: skip
MANY_APPROVALS = {
    "seven, a majority": (*MANY, "review.approvals=7", "review.approval_rule=majority", "review.error_correlation=0.3"),
    "nine, addressed": (*MANY, "review.approvals=9", "review.assignment=addressed"),
    "decided early": (*MANY, "review.approvals=7", "review.approval_rule=majority", "review.decide_early=true"),
    "decided early, addressed": (
        *MANY, "review.approvals=5", "review.decide_early=true", "review.assignment=addressed", "review.hours_per_week=3",
    ),
    "one after another": (*MANY, "review.approvals=3", "review.order=sequential"),
    "one after another, addressed, decided early": (
        *MANY, "review.approvals=5", "review.order=sequential", "review.decide_early=true", "review.assignment=addressed",
        "review.approval_rule=majority",
    ),
    "decided early, any": (
        *MANY, "review.approvals=5", "review.decide_early=true", "review.approval_rule=any", "switches.pickup=false",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MANY_APPROVALS)
def test_both_count_the_same_with_many_approvals(name: str) -> None:
    snapshots = agree(load("base", [*ONE_TEAM, *MANY_APPROVALS[name]]), seed=4)
    assert snapshots[1]["reviews"] > 1.5 * snapshots[1]["merged"]


STRUCTURES = (
    ("organisation.ics=1", "organisation.management_layers=1"),
    ("organisation.ics=2", "organisation.management_layers=2"),
    ("organisation.ics=20", "organisation.management_layers=1"),
    ("organisation.ics=18", "organisation.management_layers=4"),
    ("organisation.ics=12", "organisation.spans=[3, 2, 2]"),
    ("organisation.ics=16", "organisation.spans=[3, 2, 3]", "organisation.remove_layer=1"),
)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_both_count_the_same_in_every_structure(structure: tuple[str, ...]) -> None:
    for variation in ((), AGENTS, ("dependencies.probability=0.8", "questions.per_standard_hour=1")):
        agree(load("base", [*TIME, *structure, *variation]), seed=3)


@pytest.mark.parametrize(
    "name",
    ["ai-heavy", "autonomous-agents", "copilot-only", "flat", "one-boss", "small-startup", "wide-span"],
)
def test_both_count_the_same_in_bundled_scenarios(name: str) -> None:
    sets = ("organisation.hold=null", "organisation.ics=14", "organisation.management_layers=2")
    agree(load(name, [*sets, "time.weeks=4", "time.warmup_weeks=1"]), run=5)


@pytest.mark.parametrize("knowledge", ["[0.2]", "[0.5, 0.3, 0.6]", "[0.2, 0.3, 0.4, 0.5, 0.6, 0.7]"])
def test_both_count_the_same_with_knowledge_by_layer(knowledge: str) -> None:
    tall = ("organisation.ics=16", "organisation.spans=[2, 2, 2, 2, 1, 1, 1]", *TIME)
    rising = (
        f"questions.manager_knowledge={knowledge}",
        "questions.ic_knowledge=0.1",
        "questions.per_standard_hour=1",
    )
    top = ("questions.top_solves_all=false", "questions.patience_hours=.inf", "switches.ai=false")
    agree(load("base", [*tall, *rising, *top]), seed=3)


CHART = """\
id,manager,title
1,,CEO
2,1,VP
3,1,Lead
4,2,Lead
5,2,Engineer
6,3,Engineer
7,3,Engineer
8,4,Engineer
9,4,Engineer
10,4,Engineer
20,,Head
21,20,Engineer
22,20,Engineer
"""


def test_both_count_the_same_on_an_unbalanced_chart_with_two_tops(tmp_path: Path) -> None:
    (tmp_path / "chart.csv").write_text(CHART)
    path = tmp_path / "chart.yaml"
    path.write_text(
        "question: Q?\norganisation: {chart: chart.csv}\ntime: {weeks: 5, warmup_weeks: 1}\n"
        "dependencies: {probability: 0.6, near_share: 0.1, lateral_scale: 1}\n"
    )
    agree(load(path))


# --- Any scenario --------------------------------------------------------------------------------------------------------

#: The plain model is a second opinion of the flow engine: nobody comes or goes in it.
PEOPLE = (
    "switches.quits", "switches.layoffs", "switches.hiring", "switches.promotions", "switches.strain", "quits.", "hiring.", "layoffs.",
    "strain.", "people.", "moves.", "careers.", "governance.", "ai.strategy", "switches.flow", "switches.retirement",
    "competence.",
)  # fmt: skip
FLOW = [parameter for parameter in REGISTRY.values() if not parameter.path.startswith(PEOPLE)]
UNCERTAIN = [
    parameter for parameter in FLOW if parameter.uncertain and not parameter.path.startswith("money.")
]
CHOSEN = [
    parameter
    for parameter in FLOW
    if parameter.kind in ("bool", "choice") and not parameter.path.startswith("arrivals.")
]


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A small organisation with some switches and choices changed, and other parameters anywhere in their ranges."""
    ics = draw(st.integers(1, 14))
    layers = draw(st.integers(1, 3 if ics > 3 else 1))
    values: dict = {"organisation.ics": ics, "organisation.management_layers": layers}
    values |= {"time.weeks": draw(st.integers(1, 4)), "time.warmup_weeks": draw(st.integers(0, 1))}
    for parameter in draw(st.lists(st.sampled_from(UNCERTAIN), max_size=25, unique=True)):
        number = (
            st.integers(parameter.low, parameter.high)
            if parameter.kind == "int"
            else st.floats(parameter.low, parameter.high)
        )
        values[parameter.path] = draw(number)
    for parameter in draw(st.lists(st.sampled_from(CHOSEN), max_size=4, unique=True)):
        values[parameter.path] = (
            draw(st.sampled_from(parameter.choices)) if parameter.choices else not parameter.value
        )
    values["ai.share_of_code"] = draw(st.sampled_from([0.0, 0.3, 0.6, 0.98]))
    values["ai.agent_fraction"] = draw(st.sampled_from([0.0, 0.3, 1.0]))
    values["ai.agents_per_supervisor"] = draw(st.integers(0, 3))
    values["questions.manager_knowledge_3"] = draw(st.sampled_from([1.0, 0.5, inf]))
    values["review.approvals"] = draw(st.sampled_from([1, 1, 2, 3, 5, 9]))
    values["work.wip_limit"] = draw(st.integers(1, 5))
    values["work.demand"] = draw(st.sampled_from([inf, inf, 0.5, 2.0]))
    values["review.dedicated_reviewers"] = draw(st.sampled_from([0, 0, 0, 1]))
    values["arrivals.kind"] = draw(
        st.sampled_from(["none", "none", "incident", "question", "coordination", "review"])
    )
    values["arrivals.per_hour"] = 0.2
    values["communication.delay_hours"] = draw(st.sampled_from([0.0, 0.25, 1.0]))
    return from_yaml("question: Does it agree?\n", "random").with_values(values)


@pytest.mark.slow
@settings(max_examples=100)
@given(scenarios(), st.integers(0, 2**32 - 1), st.integers(0, 1000))
def test_both_count_the_same_in_any_scenario(scenario: Scenario, seed: int, run: int) -> None:
    agree(scenario, seed, run)


# --- It is a Mesa model --------------------------------------------------------------------------------------------------


def test_plain_model_is_an_ordinary_mesa_model() -> None:
    model = PlainModel(load("base", SMALL), 1, 0)
    assert isinstance(model, mesa.Model)
    assert len(model.agents_by_type[IC]) == 9
    assert len(model.agents_by_type[Manager]) == 3
    managers_with_desk = [m for m in model.agents_by_type[Manager] if m.desk is not None]
    assert len(model.agents_by_type[CodingAgent]) == 3 * (9 + len(managers_with_desk))
    for _ in range(5):
        model.step()
    assert model.now == 40.0
    assert model.week == 1
    assert sum(sum(ic.booked) for ic in model.agents_by_type[IC]) == pytest.approx(9 * 40.0)
    model.run_all()
    assert difference(model.results(), run_plain(load("base", SMALL), 1, 0)) is None


def test_plain_model_is_not_kept_alive_by_mesa() -> None:
    reference = weakref.ref(PlainModel(load("base", SMALL), 1, 0))
    gc.collect()
    assert reference() is None


def test_a_difference_is_named() -> None:
    snapshots = run_plain(load("base", SMALL), 1, 0)
    changed = snapshots.copy()
    changed["stage_hours"][1, 4] += 1e-3
    assert difference(snapshots, snapshots) is None
    assert "stage_hours[4] at the end" in difference(snapshots, changed)
