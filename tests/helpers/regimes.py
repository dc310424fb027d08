"""What may befall people, for Hypothesis: every regime at any strength, as far as a scenario accepts it."""

from hypothesis import reject
from hypothesis import strategies as st

from helpers.worlds import world
from sim.errors import UserError
from sim.scenario.scenario import Scenario
from sim.simulation.simulator import Engine

REGIMES = {
    "layoffs.background_probability": st.floats(0.0, 0.9),
    "layoffs.wave_week": st.integers(0, 8),
    "layoffs.wave_fraction": st.floats(0.0, 0.5),
    "layoffs.wave_scope": st.sampled_from(["all", "managers", "ics"]),
    "layoffs.wave_select": st.sampled_from(["rank", "weights"]),
    "layoffs.delayer_week": st.integers(0, 8),
    "layoffs.delayer_first_span": st.integers(0, 20),
    "layoffs.delayer_upper_span": st.integers(0, 20),
    "layoffs.delayer_convert": st.floats(0.0, 1.0),
    "layoffs.performance_share": st.floats(0.0, 0.3),
    "layoffs.performance_weeks": st.integers(1, 5),
    "layoffs.ai_pass_through": st.floats(0.0, 1.0),
    "layoffs.budget_target": st.floats(50.0, 1000.0),
    "layoffs.takeover": st.floats(0.0, 1.0),
    "quits.base": st.floats(0.0, 0.95),
    "hiring.delay_weeks": st.floats(0.0, 30.0),
    "hiring.policy": st.sampled_from(["backfill", "freeze", "attrition_only", "ai"]),
    "managers.hands_on_share": st.sampled_from([0.0, 0.25]),
    "review.managers_review": st.booleans(),
    "review.assignment": st.sampled_from(["shared", "addressed"]),
    "review.decide_early": st.booleans(),
    "review.order": st.sampled_from(["parallel", "sequential"]),
    "review.approvals": st.sampled_from([1, 2, 3, 6]),
    "questions.blocking": st.booleans(),
    "work.demand": st.sampled_from([float("inf"), 2.0]),
    "switches.layoffs": st.booleans(),
    "switches.hiring": st.booleans(),
    "switches.strain": st.booleans(),
}  # fmt: skip


#: Demand -> (setting of its first week, the default of that).
DATED = {
    "layoffs.wave_fraction": ("layoffs.wave_week", 52),
    "layoffs.delayer_first_span": ("layoffs.delayer_week", 52),
    "layoffs.delayer_upper_span": ("layoffs.delayer_week", 52),
    "layoffs.performance_share": ("layoffs.performance_weeks", 26),
    "layoffs.ai_pass_through": ("", 13),
    "layoffs.budget_target": ("", 26),
}


def possible(values: dict, ics: int, layers: int, weeks: int) -> Scenario:
    """The world with the demands that fall within its weeks; what is refused for another reason is not tried."""
    late = {path for path, (date, default) in DATED.items() if values.get(date, default) >= weeks}
    try:
        scenario = world(
            {k: v for k, v in values.items() if k not in late}, ics=ics, layers=layers, weeks=weeks
        )
        Engine(scenario)
    except UserError as error:
        if "may be cut" not in str(error):
            raise
        reject()
    return scenario
