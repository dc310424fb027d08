"""Warnings about organisations that can be built and simulated, but that hardly anybody has: more managers than ICs, chains of
command of one after the other, more layers than so few people fill, AI dearer than the people who use it.

Numbers that are known without a tree are judged when a scenario is loaded; those of charts, and of layers removed, once there
is a tree (`sim.scenario.tree.warnings_of`). Only arithmetic, no NumPy.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import log2
from typing import Any

from sim.errors import UserError
from sim.organisation.costs import pay_scale, planned_ai_spend
from sim.organisation.headcounts import layer_sizes, layer_sizes_from_spans
from sim.scenario.checked import Checked
from sim.scenario.outline import outline_of
from sim.text.numbers import plural

#: Managers per IC above which an organisation is hardly meant: even where teams are smallest, most people do the work.
MOST_MANAGERS_PER_IC = 1.0
#: Reports per manager, on average, below which most managers lead one person, or nobody: a chain, not a hierarchy.
SMALLEST_MEAN_SPAN = 2.0
#: Management layers above log2(people) that are allowed. With two reports for every manager, n people fill log2(n + 1) - 1; the
#: bound leaves two more, because real charts are uneven.
SPARE_LAYERS = 1.0
#: AI spend per IC, in loaded pays of an IC, above which a price is rather in another unit (a seat by the year, tokens in cents).
MOST_AI_PER_PAY = 1.0


def planned_heads(scenario: Checked) -> tuple[int, tuple[int, ...]] | None:
    """ICs, and managers at layer 1, 2, ... up to the top, at week 0; None if only a tree tells them, or none can be built."""
    organisation = scenario.organisation
    try:
        found = outline_of(scenario)
        if found is not None:
            return found.ics, found.managers
        plain = (
            organisation.chart is None and organisation.remove_layer is None and scenario.hold_base is None
        )
        if not plain or organisation.ics is None:
            return None
        # More managers in a layer than people below it: no tree has them as planned, but their number is what it is.
        if organisation.spans is not None:
            return organisation.ics, layer_sizes_from_spans(organisation.ics, organisation.spans)
        ratio = float(scenario.values["organisation.bottom_span_ratio"])
        return organisation.ics, layer_sizes(organisation.ics, organisation.management_layers or 0, ratio)
    except UserError:  # what cannot be built is refused where it is built
        return None


def unusual_shape(ics: int, managers: Sequence[int]) -> Iterator[str]:
    """Warnings about so many ICs under so many managers at layer 1, 2, ... up to the top, one sentence each."""
    count, layers = sum(managers), len(managers)
    people = ics + count
    if count > MOST_MANAGERS_PER_IC * ics:
        yield (
            f"organisation: {plural(count, 'manager')} for {plural(ics, 'IC')}; hardly any real organisation has more managers "
            f"than ICs"
        )
    span = (people - 1) / count if count else SMALLEST_MEAN_SPAN
    if people > 2 and span < SMALLEST_MEAN_SPAN:
        yield (
            f"organisation: {span:.1f} reports per manager on average; below {SMALLEST_MEAN_SPAN:g}, most managers lead one "
            f"person or nobody"
        )
    most = SPARE_LAYERS + log2(people) if people else 0.0
    if layers > most:
        yield (
            f"organisation: {plural(layers, 'management layer')} for {plural(people, 'person', 'people')}; with no more than two "
            f"reports for every manager they would fill {max(1, round(log2(people + 1)) - 1)}"
        )


def dear_ai(values: Mapping[str, Any]) -> Iterator[str]:
    """A warning where the planned AI spend per IC exceeds an IC's pay."""
    spend, pay = planned_ai_spend(values), pay_scale(values).ic_pay
    if spend > MOST_AI_PER_PAY * pay:
        yield (
            f"ai: the planned AI spend, {spend:,.0f} USD per IC and year, is above an IC's loaded pay of {pay:,.0f} USD; see "
            f"ai.seat_usd (USD a month) and ai.usd_per_standard_hour"
        )
