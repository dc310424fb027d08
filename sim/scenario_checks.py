"""Checks of a resolved scenario: a structure that can be built, and warnings about what is allowed but hardly meant.

Only arithmetic, no NumPy: `orgsim check` answers at once. `sim.structure` builds the tree and checks the rest.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.errors import UserError
from sim.parameters import REGISTRY
from sim.statements import Statement

if TYPE_CHECKING:
    from sim.scenario import Organisation, Scenario

WIDE_SPAN = 30
SHORT_WEEKS = 26


def check_structure(
    organisation: "Organisation", base: "Scenario | None", chain: Sequence[Statement]
) -> None:
    """Raise `UserError`, at the place that states it, if no tree can be built. base: what `hold` keeps equal."""

    def place(key: str) -> str:
        path = f"organisation.{key}"
        stated = [part for part in chain if path in part.settings]
        return f"{(stated or chain)[-1].place(path)}{path}: "

    if organisation.chart is not None:
        return
    if organisation.chart_columns:
        raise UserError(f"{place('chart_columns')}there is no chart that has columns; give chart: a CSV file")
    if organisation.ics is None and base is None:
        raise UserError(f"{place('ics')}is missing; give ics with management_layers or spans, or a chart")
    if organisation.spans is None and organisation.management_layers is None:
        raise UserError(
            f"{place('management_layers')}is missing; say how the organisation is layered with management_layers (3), spans "
            f"([6, 4, 4]) or a chart (a file)"
        )
    layers = organisation.management_layers or len(organisation.spans or ())
    if organisation.remove_layer is not None and organisation.remove_layer >= layers:
        text = f"use 1 to {layers - 1}" if layers > 1 else "there is no other"
        raise UserError(
            f"{place('remove_layer')}{organisation.remove_layer} is not below the top (layer {layers}), and nobody is above "
            f"the top to take its reports; {text}"
        )
    held_twice = (
        base is not None and base.hold_base is not None
    )  # then the base's ICs are only known once it is built
    if organisation.spans is None or organisation.ics is None or held_twice:
        return
    sizes = _sizes(organisation.ics, organisation.spans)
    if sizes[-1] != 1:
        names = " -> ".join(f"{size:,}" for size in (organisation.ics, *sizes))
        raise UserError(
            f"{place('spans')}{list(organisation.spans)} ends in {sizes[-1]:,} managers without a boss ({names}); it must "
            f"end in one top, as {[*organisation.spans, sizes[-1]]} does"
        )


def _sizes(ics: int, spans: Sequence[int]) -> list[int]:
    """Managers per level, bottom up."""
    sizes = []
    for span in spans:
        ics = -(-ics // span)
        sizes.append(ics)
    return sizes


def implausible(scenario: "Scenario") -> Iterator[str]:
    """Warnings about what is allowed but hardly meant, one sentence each."""
    for path in scenario.overrides:
        parameter, value = REGISTRY[path], scenario.values[path]
        if parameter.uncertain and not parameter.low <= value <= parameter.high:
            yield (
                f"{path}: {value:g} is outside the plausible range {parameter.low:g} to {parameter.high:g} {parameter.unit}"
            )
    if scenario.weeks < SHORT_WEEKS:
        yield f"time.weeks: {scenario.weeks} weeks are short; most effects on people need at least {SHORT_WEEKS}"
    organisation = scenario.organisation
    span = _first_line_span(organisation, float(scenario.values["organisation.bottom_span_ratio"]))
    if span > WIDE_SPAN:
        yield (
            f"organisation: about {span:.0f} reports per first-line manager; hardly any real organisation has more than "
            f"{WIDE_SPAN}"
        )
    if organisation.hold is not None and scenario.hold_base is None:
        yield (
            f"organisation.hold: {organisation.hold} has no effect: no scenario in extends has another structure; name the "
            f"base with hold_to"
        )
    if organisation.hold_to is not None and organisation.hold is None:
        yield "organisation.hold_to: has no effect without hold"
    off = {
        path.split(".")[1]
        for path, value in scenario.values.items()
        if path.startswith("switches.") and not value
    }
    for name in sorted(off & {path.split(".")[0] for path in scenario.overrides}):
        yield f"{name}: these parameters have no effect while switches.{name} is off"


def _first_line_span(organisation: "Organisation", ratio: float) -> float:
    """Planned reports of a first-line manager; 0 for charts."""
    if organisation.chart is not None or organisation.ics is None:
        return 0.0
    if organisation.spans is not None:
        return float(min(organisation.spans[0], organisation.ics))
    layers = organisation.management_layers or 1
    if layers == 1:
        return float(organisation.ics)
    return min(float(organisation.ics), ratio * (organisation.ics / ratio) ** (1 / layers))
