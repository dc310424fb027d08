"""The numbers of a scenario's organisation where they are known without a tree; no NumPy, so that `check` answers at once."""

from sim.organisation.costs import pay_scale, planned_ai_spend
from sim.organisation.outline import Outline, outline
from sim.scenario.checked import Checked


def outline_of(scenario: Checked) -> Outline | None:
    """Heads and pay, held equal to the scenario's base where `hold` says so; None if only `sim.scenario.tree` can tell.

    Raises UserError for what cannot be built, as `tree_of` does.
    """
    base, values = scenario.hold_base, scenario.values
    held = outline_of(base) if base is not None else None
    if base is not None and held is None:
        return None
    return outline(
        scenario.organisation,
        pay_scale(values, scenario.organisation.pay),
        held,
        base_organisation=base.organisation if base is not None else None,
        bottom_span_ratio=float(values["organisation.bottom_span_ratio"]),
        ai_spend=planned_ai_spend(values),
        base_ai_spend=planned_ai_spend(base.values) if base is not None else 0.0,
    )
