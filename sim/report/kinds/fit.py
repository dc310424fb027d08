"""The report of `orgsim fit`: which plausible worlds look like the organisation that was measured."""

from collections.abc import Mapping
from typing import Any

from sim.experiments.fit.implausibility import CUTOFF
from sim.report import charts, parts
from sim.report.page import Figure, Page, Section, Table
from sim.report.source import Source
from sim.text.numbers import number, outcome_words, percent, plural, shown_unit


def page(source: Source) -> Page:
    """The answer, the figures beside those of the worlds, and what they say of the parameters."""
    found = source.stored("fit.json") if source.finished else {}
    name = str(found.get("scenario") or source.part("scenario").get("name") or source.text("name"))
    sections = [*_figures(found), *_narrowed(found), *_waves(found)] if found else []
    answer = [str(text) for text in found.get("answer") or ()]
    return Page(
        name=source.text("name"),
        kind=f"Fit: {name}",
        question=f"Which plausible worlds look like {name}, as it was measured?",
        answer=answer[:1],
        sure=[*answer[1:], *_sure(found)] if found else [],
        sections=[*sections, *parts.charts_section([(shape, {}) for shape in source.shapes])],
        state="" if found else parts.kept_words(source),
        facts=[
            f"{plural(int(found.get('tried') or 0), 'world')} tried, {plural(int(found.get('runs') or 0), 'run')} of "
            f"{int(found.get('weeks') or 0):,} weeks in each, seed {found.get('seed')}."
        ]
        if found
        else (),
    )


def _sure(found: Mapping[str, Any]) -> list[str]:
    failed = int(found.get("failed") or 0)
    return [
        f"A world is kept if no figure is {CUTOFF:g} or more standard deviations off: of measurement, of its runs, and of the "
        "model itself.",
        *([f"{plural(failed, 'world')} could not be built, and is left out."] if failed else []),
        "Ranges are mostly judgement, so shares of the plausible worlds are no probabilities.",
    ]


def _figures(found: Mapping[str, Any]) -> list[Section]:
    rows = []
    for name, one in (found.get("figures") or {}).items():
        unit, scale = shown_unit(str(one.get("unit") or ""))
        variance = one.get("variance") or {}
        half = 2 * scale * float(variance.get("measured") or 0.0) ** 0.5
        rows.append(
            [
                outcome_words(name), f"{scale * float(one['value']):.6g} +- {half:.4g}", _middle(one.get("plausible"), scale),
                _middle(one.get("kept"), scale), f"{float(one.get('least_implausibility') or 0.0):.1f}", unit,
            ]
        )  # fmt: skip
    header = ["figure", "observed", "all plausible worlds", "worlds that look like it", "nearest", "unit"]
    caption = "5 to 95 % of the worlds; nearest: of all worlds tried, in standard deviations"
    if not rows:
        return []
    return [
        Section("figures", "What was measured", [Table(header, rows, caption, "<>>>><"), *_picture(found)])
    ]


def _picture(found: Mapping[str, Any]) -> list[Figure]:
    """What the worlds give of every figure, in % of what was observed."""
    bars = []
    for name, one in found["figures"].items():
        for key, who in (("plausible", "all"), ("kept", "alike")):
            ends, observed = one.get(key), float(one["value"])
            if isinstance(ends, list) and len(ends) == 2 and observed > 0:
                low, high = (100 * float(end) / observed for end in ends)
                bars.append(charts.Bar(f"{outcome_words(name)}, {who}", (low + high) / 2, low, high))
    note = (
        "100: as observed. Lines span 5 to 95 % of the worlds, bars end in their middle; all: all plausible worlds, alike: those "
        "that look like it."
    )
    title = "What the worlds give, in % of what was observed"
    return [charts.bars("fit", title, bars, "% of observed", note, what="figure")] if bars else []


def _middle(ends: Any, scale: float) -> str:
    if not isinstance(ends, list) or len(ends) != 2:
        return "-"
    return f"{number(scale * float(ends[0]), 3)} to {number(scale * float(ends[1]), 3)}"


def _narrowed(found: Mapping[str, Any]) -> list[Section]:
    """The parameters of which the figures say something."""
    told = found.get("narrowed") or {}
    rest = plural(len(found.get("not_narrowed") or ()), "other parameter")
    if not told:
        text = "The figures narrow or move no parameter by itself, beyond chance."
        return [Section("parameters", "What they say of the parameters", [text])] if found.get("kept") else []
    rows = [
        [path, _middle(one["plausible"], 1.0), _middle(one["kept"], 1.0), f"{percent(one['share'], 0)} %"]
        for path, one in told.items()
    ]
    header = ["parameter", "plausible", "in these worlds (5 to 95 %)", "left"]
    note = f"Of {rest} they say nothing that can be told from chance."
    return [Section("parameters", "What they say of the parameters", [Table(header, rows), note])]


def _waves(found: Mapping[str, Any]) -> list[Section]:
    rows = [
        [
            f"{k}",
            f"{one['tried']:,}",
            f"{one['kept']:,}",
            f"{one['looked']:,}" if one.get("screened") else "-",
        ]
        for k, one in enumerate(found.get("waves") or (), 1)
    ]
    header = ["wave", "worlds tried", "kept", "chosen by an emulator from"]
    return [Section("waves", "How it was searched", [Table(header, rows)])] if rows else []
