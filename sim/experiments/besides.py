"""Where the full cost of an hour of output goes against a verdict per payroll dollar.

Value per payroll dollar, which decides by default, leaves out what AI, incidents, severance and hiring cost; `cost_per_value`
counts them, as the books of `orgsim plan` do. So "better per payroll dollar" may be dearer in full. Where that is so beyond
noise, the verdict says it in one clause, with what rises.

Behind a verdict beyond noise the cost is asked for second, a fixed sequence, so neither claim costs the other anything; where
nothing was decided it must be beyond noise after the correction over all other outcomes.
"""

from collections.abc import Mapping, Sequence

from sim.experiments.assumption_words import listed
from sim.experiments.parts import AI_SPEND, PAYROLL
from sim.experiments.parts_words import change_words
from sim.outcomes.declared import OUTCOMES
from sim.statistics.estimates import Paired
from sim.text.numbers import outcome_words

COST = "cost_per_value"
#: What that cost has besides payroll: the outcome that shows it, and what to call it.
_BESIDES = {AI_SPEND: "AI", "incidents_per_week": "incidents", "people_usd_per_year": "severance and hiring"}


def leaves_out_costs(primary: str) -> bool:
    """True if *primary* is value per dollar of payroll, of which the full cost of an hour leaves nothing out."""
    declared = OUTCOMES.get(primary)
    return declared is not None and declared.ratio is not None and declared.ratio.under == (PAYROLL,)


def costs_beside(primary: str, paths: Sequence[str]) -> list[str]:
    """A note where use of AI is varied and *primary* leaves out what AI costs; else nothing. paths: what is varied."""
    ai = [path for path in paths if path.startswith("ai.")]
    if not ai or not leaves_out_costs(primary):
        return []
    return [
        f"{outcome_words(primary)} leaves out what AI and incidents cost, and {listed(ai)} {'is' if len(ai) == 1 else 'are'} "
        f"varied: see whether the order is the same with outcome: {COST}"
    ]


def cost_sign(cost: Paired | None) -> int:
    """+1 if an hour of output costs more beyond noise, -1 if less, else 0."""
    if cost is None or cost.interval is None:
        return 0
    return cost.interval.sign


def dearer(figures: Mapping[str, Paired], sign: int) -> str:
    """'dearer per hour of output (+1.8 % [1.3, 2.2]), as AI and incidents are not in payroll', or 'cheaper ...'.

    figures: paired figures by outcome, the cost among them. sign: of the change of the cost.
    """
    size = f"{'dearer' if sign > 0 else 'cheaper'} per hour of output ({change_words(figures[COST])})"
    moved = [name for outcome, name in _BESIDES.items() if cost_sign(figures.get(outcome)) == sign]
    named = moved or list(_BESIDES.values())
    return f"{size}, as {listed(named)} {'is' if named == [_BESIDES[AI_SPEND]] else 'are'} not in payroll"
