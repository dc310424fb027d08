"""An organisation in plain numbers: heads per layer and pay, without a row for anybody, and what `hold` makes equal.

A tree whose layers follow from a number of ICs is known by its numbers before it is built, so `orgsim check` answers
without building it. `sim.organisation.structure` builds the tree and takes the same decisions from here. No NumPy.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.errors import UserError, suggest
from sim.organisation.costs import PayScale
from sim.organisation.headcounts import HOLDS, check_size, layer_sizes, layer_sizes_from_spans
from sim.organisation.plan import Organisation
from sim.text.numbers import plural


@dataclass(frozen=True)
class Outline:
    """Heads and pay of an organisation.

    managers: at layer 1, 2, ... up to the top. managers_pay, payroll: loaded USD a year of the managers, of everybody.
    top_pay: that of the one manager on top; None if there is not exactly one root, or if it is an IC. others, others_pay:
    heads and pay of people who are neither (charts only), in `payroll`, too.
    """

    ics: int
    managers: tuple[int, ...]
    managers_pay: float
    payroll: float
    top_pay: float | None
    others: int = 0
    others_pay: float = 0.0

    @property
    def managers_count(self) -> int:
        """Number of managers, the top included."""
        return sum(self.managers)

    @property
    def n(self) -> int:
        """Number of people."""
        return self.ics + self.managers_count + self.others

    @property
    def layers(self) -> int:
        """Number of management layers, the top included."""
        return len(self.managers)


def outline(
    organisation: Organisation,
    pay_scale: PayScale,
    base: Outline | None = None,
    *,
    base_organisation: Organisation | None = None,
    bottom_span_ratio: float = 1.5,
    ai_spend: float = 0.0,
    base_ai_spend: float = 0.0,
) -> Outline | None:
    """The numbers of the tree that `sim.organisation.structure.build_tree` would build; None if only a tree tells them.

    That is so for charts, for a layer removed, and where managers outnumber those below them. Raises UserError as
    `build_tree` does.
    """
    if organisation.chart is not None or organisation.remove_layer is not None:
        return None
    hold = organisation.hold if base is not None else None
    ics = planned_ics(organisation, base, base_organisation, hold)
    if base is not None:
        pay_scale = top_paid_as_in(base, pay_scale)
    sizes = planned_sizes(organisation, ics, bottom_span_ratio)
    check_size(ics + sum(sizes))
    found = _of_layers(ics, sizes, pay_scale)
    if base is not None and hold not in (None, "ics"):
        heads, _ = hold_ics(
            base, found, str(hold), pay_scale.ic_pay, ai_spend=ai_spend, base_ai_spend=base_ai_spend
        )
        check_size(heads + found.managers_count)
        found = _of_layers(heads, sizes, pay_scale)
    # A manager without reports is at layer 1, whatever the plan says.
    everyone_leads = all(below >= above for below, above in zip((found.ics, *sizes), sizes, strict=False))
    return found if everyone_leads else None


def _of_layers(ics: int, sizes: Sequence[int], pay_scale: PayScale) -> Outline:
    """The numbers of *ics* ICs under so many managers at layer 1, 2, ..., the last of them the one top."""
    ratios = [pay_scale.ratio(layer) for layer in range(1, len(sizes) + 1)]
    if pay_scale.top_ratio is not None:
        ratios[-1] = pay_scale.top_ratio
    managers_pay = pay_scale.ic_pay * math.fsum(n * ratio for n, ratio in zip(sizes, ratios, strict=True))
    payroll = pay_scale.ic_pay * ics + managers_pay
    return Outline(ics, tuple(sizes), managers_pay, payroll, pay_scale.ic_pay * ratios[-1])


# ---- what is planned, and what is held equal


def planned_ics(
    organisation: Organisation, base: Outline | None, base_organisation: Organisation | None, hold: str | None
) -> int:
    """ICs from which the managers of the variant are derived."""
    stated = organisation.ics
    if hold is None or base is None:
        if stated is None and organisation.chart is None:
            raise UserError(
                "organisation.ics is missing: give ics with management_layers or spans, or a chart"
            )
        return stated or 0
    inherited = {base.ics, base_organisation.ics if base_organisation is not None else None}
    if stated is None or stated in inherited or organisation.chart is not None:
        return base.ics
    if hold != "ics":
        raise UserError(
            f"organisation.ics: {stated} cannot be set while organisation.hold is {hold}, because the number of ICs "
            f"follows from the base ({base.ics:,} ICs); leave ics out, or use hold: ics"
        )
    return stated


def planned_sizes(organisation: Organisation, ics: int, bottom_span_ratio: float) -> tuple[int, ...]:
    """Managers at layer 1, 2, ... of an organisation that is not a chart."""
    if organisation.spans is not None:
        return layer_sizes_from_spans(ics, organisation.spans)
    if organisation.management_layers is None:
        raise UserError(
            "organisation: say how it is layered with management_layers (3), spans ([6, 4, 4]) or chart (a file)"
        )
    return layer_sizes(ics, organisation.management_layers, bottom_span_ratio)


def top_paid_as_in(base: Outline, pay_scale: PayScale) -> PayScale:
    """The pay scale with the one top of the base paid as there."""
    if base.top_pay is None:
        return pay_scale
    return replace(pay_scale, top_ratio=base.top_pay / pay_scale.ic_pay)


def hold_ics(
    base: Outline,
    variant: Outline,
    hold: str,
    ic_pay: float,
    *,
    ai_spend: float = 0.0,
    base_ai_spend: float = 0.0,
) -> tuple[int, float]:
    """ICs of the variant, and the USD left over, when `hold` stays equal to the base and the variant's managers are given.

    The number is the largest that does not exceed the base. ic_pay: loaded USD a year of an IC of the variant. ai_spend,
    base_ai_spend: planned USD of AI per IC and year, counted by `budget` only. The rest is below the price of one IC.
    """
    if hold not in HOLDS:
        raise UserError(
            f"organisation.hold: '{hold}' is unknown, use {', '.join(HOLDS)}{suggest(str(hold), HOLDS)}"
        )
    if hold == "ics":
        return base.ics, 0.0
    if base.others != variant.others:
        raise UserError(
            f"organisation.hold: {hold}: the base has {plural(base.others, 'other person', 'other people')} (no code), and "
            f"this structure {variant.others:,}; ICs would stand in for people whose work the model does not know. With a chart, "
            f"set organisation.remove_layer, which keeps them, not spans or layers, which make a tree without them"
        )
    if hold == "headcount":
        left, price, unit = float(base.n - variant.others - variant.managers_count), 1.0, "people"
    else:
        held = hold == "budget"
        price = ic_pay + (ai_spend if held else 0.0)
        total = base.payroll + (base_ai_spend * base.ics if held else 0.0)
        left, unit = total - variant.others_pay - variant.managers_pay, "USD a year"
    if not price > 0:
        raise UserError(f"organisation.hold: {hold} needs a positive pay of ICs, not {ic_pay}")
    # Equal organisations must come out equal in floating point.
    ics = math.floor(left / price * (1 + 1e-12) + 1e-9)
    if ics < 1:
        raise UserError(
            f"organisation.hold: {hold}: the {variant.managers_count:,} managers of this structure leave {left:,.0f} {unit}, "
            f"not enough for one IC; use fewer managers or another hold"
        )
    gap = left - ics * price
    return ics, 0.0 if hold == "headcount" or gap < 0.005 else min(gap, math.nextafter(price, 0.0))
