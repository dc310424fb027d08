"""The parameters of layoffs for tests of who is cut, without the engine: everything off but for what a test sets."""

from math import inf
from types import SimpleNamespace

import numpy as np

from sim.mechanisms.people.layoffs import ALL, RANK, gone
from sim.mechanisms.people.workforce import Workforce

OFF = {
    "switches_layoffs": True,
    "layoffs_background_probability": 0.0, "layoffs_background_manager": 1.0, "layoffs_background_new": 1.0,
    "layoffs_wave_week": 10, "layoffs_wave_fraction": 0.0, "layoffs_wave_scope": ALL, "layoffs_wave_select": RANK,
    "layoffs_delayer_week": 10, "layoffs_delayer_first_span": 0, "layoffs_delayer_upper_span": 0,
    "layoffs_delayer_remove_layer": 0, "layoffs_delayer_convert": 0.0, "layoffs_delayer_select": RANK,
    "layoffs_performance_share": 0.0, "layoffs_performance_weeks": 26,
    "layoffs_ai_pass_through": 0.0, "layoffs_ai_perception_gap": 0.39, "layoffs_ai_layoff_share": 1.0,
    "layoffs_budget_target": inf, "layoffs_budget_max_share": 0.3, "layoffs_budget_select": RANK,
    "layoffs_rho": 0.5,
    "layoffs_weight_manager": 1.0, "layoffs_weight_layer": 1.0, "layoffs_weight_new": 1.0, "layoffs_weight_span": 1.0,
    "layoffs_full_span": 8, "layoffs_weight_exposure": 1.0, "layoffs_weight_pay": 0.0,
    "layoffs_protect_expertise": 0.0, "layoffs_protect_hands_on": 0.0, "layoffs_protect_ai": 0.0,
    "layoffs_protect_diverse": 0.0,
}  # fmt: skip


def knobs(**values: float) -> SimpleNamespace:
    """Return the parameters: everything off but for *values* (without their ``layoffs_``)."""
    named = {
        name if name.startswith(("layoffs_", "switches_")) else f"layoffs_{name}": x
        for name, x in values.items()
    }
    assert set(named) <= set(OFF)
    return SimpleNamespace(**{**OFF, **named})


def there(workforce: Workforce) -> np.ndarray:
    """Return bool [n], nobody: everybody is still there."""
    return gone(workforce)
