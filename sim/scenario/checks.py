"""Checks of a resolved scenario: a structure that can be built, and warnings about what is allowed but hardly meant.

Only arithmetic, no NumPy, so that scenarios load at once. `sim.organisation.structure` builds the tree and finds the rest.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from math import inf

from sim.errors import UserError, listed_problems
from sim.organisation.headcounts import layer_sizes, layer_sizes_from_spans, refused_layer
from sim.organisation.levels import refused_of_layers
from sim.organisation.plan import Organisation
from sim.parameters.registry import REGISTRY
from sim.parameters.sections import can_act, section_of
from sim.scenario.by_layer import LIST_OF
from sim.scenario.checked import Checked
from sim.scenario.events import check_events, settings_on
from sim.scenario.layoff_checks import Heads, check_cuts, check_dates, hardly_meant
from sim.scenario.plausibility import dear_ai, planned_heads, unusual_shape
from sim.scenario.statement import Statement

WIDE_SPAN = 30
SHORT_WEEKS = 26


def check_structure(
    organisation: Organisation,
    base: Checked | None,
    chain: Sequence[Statement],
    bottom_span_ratio: float,
) -> None:
    """Raise `UserError`, at the place that states it, if no tree can be built. base: what `hold` keeps equal."""

    def place(key: str) -> str:
        return place_of(f"organisation.{key}", chain)

    if organisation.chart is not None:
        return
    if organisation.chart_columns:
        raise UserError(
            f"{place('chart_columns')}organisation.chart_columns: there is no chart that has columns; give chart: a CSV file"
        )
    if organisation.ics is None and base is None:
        raise UserError(
            f"{place('ics')}organisation.ics: is missing; give ics with management_layers or spans, or a chart"
        )
    layers = organisation.management_layers or len(organisation.spans or ())
    if not layers:
        raise UserError(
            f"{place('management_layers')}organisation.management_layers: is missing; say how the organisation is layered "
            f"with management_layers (3), spans ([6, 4, 4]) or a chart (a file)"
        )
    # Where the base is held itself, its ICs are only known once its tree is built.
    known = organisation.ics is not None and (base is None or base.hold_base is None)
    managers: Sequence[int] = ()
    if known:
        key = "spans" if organisation.spans is not None else "management_layers"
        try:
            managers = managers_per_layer(organisation, bottom_span_ratio)
        except UserError as error:
            raise UserError(f"{place(key)}{error}") from None
    layer = organisation.remove_layer
    if isinstance(layer, str):
        text = refused_of_layers(layer, layers)
    else:
        gone = layer is not None and layer >= layers
        text = refused_layer(layer or 0, managers or [None] * layers, range(1, layers)) if gone else ""
    if text:
        raise UserError(f"{place('remove_layer')}organisation.remove_layer: {text}")


def managers_per_layer(organisation: Organisation, bottom_span_ratio: float) -> tuple[int, ...]:
    """Managers per layer, bottom up, of an organisation that states its ICs and its layers."""
    ics = organisation.ics or 0
    if organisation.spans is not None:
        return layer_sizes_from_spans(ics, organisation.spans)
    return layer_sizes(ics, organisation.management_layers or 0, bottom_span_ratio)


def place_of(path: str, chain: Sequence[Statement]) -> str:
    """``"file:line:column: "`` of the last statement of *path*, or of the file as a whole if none states it."""
    stated = [part for part in chain if path in part.settings or path in part.parameters]
    return (stated or chain)[-1].place(path)


def check_people(scenario: Checked, chain: Sequence[Statement]) -> None:
    """Raise `UserError`, at the place that states it, for cuts and dated events that cannot be."""
    check_dates(scenario)
    heads = _heads(scenario)
    if heads is not None:
        check_cuts(scenario, heads)
    lists = [
        ("events", scenario.events, ()),
        *((f"paths.{name}", own, scenario.events) for name, own in scenario.paths),
    ]
    if not any(events for _, events, _ in lists):
        return
    organisation = scenario.organisation
    # How many managers there are is only known here if the size is the scenario's own, and nobody is taken out of it.
    known = organisation.chart is None and scenario.hold_base is None and organisation.remove_layer is None
    ratio = scenario.values["organisation.bottom_span_ratio"]
    managers = managers_per_layer(organisation, ratio) if known else None
    for key, events, before in lists:
        try:
            check_events(
                events,
                key,
                scenario.weeks,
                scenario.values,
                organisation.ics if known else None,
                managers,
                before,
            )
        except UserError as error:
            where = place_of(key.split(".")[0], chain)
            raise UserError(listed_problems([f"{where}{line}" for line in str(error).splitlines()])) from None


def implausible(scenario: Checked) -> Iterator[str]:
    """Warnings about what is allowed but hardly meant, one sentence each."""
    for path in scenario.overrides:
        parameter, value = REGISTRY[path], scenario.values[path]
        if path in LIST_OF and value == inf:  # as the layer below, whose own value is looked at
            continue
        if parameter.uncertain and not parameter.low <= value <= parameter.high:
            yield (
                f"{path}: {value:g} is outside the plausible range {parameter.low:g} to {parameter.high:g} {parameter.unit}"
            )
    if scenario.weeks < SHORT_WEEKS:
        yield f"time.weeks: {scenario.weeks} weeks are short; most effects on people need at least {SHORT_WEEKS}"
    organisation = scenario.organisation
    span = _first_line_span(organisation, float(scenario.values["organisation.bottom_span_ratio"]))
    if span > WIDE_SPAN:
        held = organisation.hold if scenario.hold_base is not None else None
        before = f", before hold: {held} changes the number of ICs" if held not in (None, "ics") else ""
        yield (
            f"organisation: about {span:.0f} reports per first-line manager{before}; hardly any real organisation has more "
            f"than {WIDE_SPAN}"
        )
    if organisation.hold is not None and scenario.hold_base is None:
        yield (
            f"organisation.hold: {organisation.hold} has no effect: no scenario in extends has another structure; name the "
            f"base with hold_to"
        )
    if organisation.hold_to is not None and organisation.hold is None:
        yield "organisation.hold_to: has no effect without hold"
    planned = planned_heads(scenario)
    if planned is not None:
        yield from unusual_shape(*planned)
    yield from dear_ai(scenario.values)
    yield from _switched_off(scenario)
    yield from hardly_meant(scenario, _heads(scenario))


def _switched_off(scenario: Checked) -> Iterator[str]:
    """Stated parameters of a block whose switch is off, except those that act without it (severance, of a dated layoff)."""
    values = scenario.values
    every = (scenario.events, *(own for _, own in scenario.paths))
    on = settings_on(values, chain.from_iterable(every))
    blocks = {path.split(".")[1] for path in values if path.startswith("switches.")} - {
        path.split(".")[1] for path in on if path.startswith("switches.")
    }
    for name in sorted(blocks):
        stated = [path for path in scenario.overrides if path.startswith(f"{name}.")]
        idle = [
            path for path in stated if section_of(path).switch != path and not can_act(path, on.__contains__)
        ]
        if idle and idle == stated:
            yield f"{name}: these parameters have no effect while switches.{name} is off"
        elif idle:
            yield f"{', '.join(idle)}: no effect while switches.{name} is off"


def _heads(scenario: Checked) -> Heads | None:
    """People at week 0, as far as they are known without a tree; None if not even the managers are."""
    organisation, base = scenario.organisation, scenario.hold_base
    held = (
        base is not None and base.hold_base is not None
    )  # then its own size is only known once its tree is built
    if (
        organisation.chart is not None
        or organisation.ics is None
        or organisation.remove_layer is not None
        or held
    ):
        return None
    managers = managers_per_layer(organisation, scenario.values["organisation.bottom_span_ratio"])
    ics = organisation.ics if base is None or organisation.hold == "ics" else None
    return Heads.of_layers(ics, managers)


def _first_line_span(organisation: Organisation, ratio: float) -> float:
    """Planned reports of a first-line manager; 0 for charts."""
    if organisation.chart is not None or organisation.ics is None:
        return 0.0
    if organisation.spans is not None:
        return float(min(organisation.spans[0], organisation.ics))
    layers = organisation.management_layers or 1
    if layers == 1:
        return float(organisation.ics)
    return min(float(organisation.ics), ratio * float((organisation.ics / ratio) ** (1 / layers)))
