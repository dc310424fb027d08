"""Pictures for the pages: those of the report, in a form that a strict content security policy lets through.

The pictures of `sim.report` carry their colours in style attributes, which a page without inline styles ignores; here they become
attributes of their own (`fill`, `stroke`, ...), which mean the same. Matplotlib draws in one thread at a time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from threading import Lock

from sim.experiments.compare.study import Row
from sim.report import charts, parts
from sim.report.organisation import chart
from sim.report.page import Figure
from sim.statistics.estimates import Estimate, mean_ci
from sim.workshop import texts
from sim.workshop.design import Design
from sim.workshop.desk import Found

_STYLE = re.compile(r' style="([^"]*)"')
_drawing = Lock()


def without_styles(svg: str) -> str:
    """The picture with its style attributes taken apart: `style="fill: red"` becomes `fill="red"`."""

    def attributes(match: "re.Match[str]") -> str:
        named = (part.split(":", 1) for part in match.group(1).split(";") if ":" in part)
        return "".join(f' {name.strip()}="{value.strip()}"' for name, value in named)

    return _STYLE.sub(attributes, svg)


def _clean(figure: Figure) -> Figure:
    return replace(figure, svg=without_styles(figure.svg))


class Pictures:
    """Pictures of designs, drawn once for each state of what is known of them."""

    def __init__(self) -> None:
        self._charts = lru_cache(maxsize=64)(self._draw_chart)
        self._figures = lru_cache(maxsize=64)(self._draw_figures)

    def organisation(self, key: str, title: str, design: Design, load: Mapping[int, float]) -> Figure:
        """Everybody a box, managers coloured by how busy their inboxes are, where that is known (layer -> share)."""
        rounded = tuple(sorted((layer, round(share, 2)) for layer, share in load.items()))
        return self._charts(key, title, design, rounded)

    def _draw_chart(
        self, key: str, title: str, design: Design, load: tuple[tuple[int, float], ...]
    ) -> Figure:
        note = texts.CHART_NOTE if load else ""
        with _drawing:
            return _clean(chart(key, title, design.shape, dict(load), texts.LOAD, note))

    def changes(self, found: Found, outcomes: Sequence[str]) -> list[Figure]:
        """What a design changes: the outcomes in % of the base, and where hours go."""
        return list(self._figures(found, tuple(outcomes)))

    def _draw_figures(self, found: Found, outcomes: tuple[str, ...]) -> tuple[Figure, ...]:
        made = [_bar(name, found.rows[name]) for name in outcomes if name in found.rows]
        rows = [row for row in made if row is not None]
        means = [means_of(found, 0), means_of(found, 1)]
        with _drawing:
            drawn = (
                [charts.bars("changes", texts.CHANGES, rows, texts.CHANGE_UNIT, what=texts.OUTCOME)]
                if rows
                else []
            )
            for section in parts.hours_section([(texts.BASE, means[0]), (texts.DESIGN, means[1])]):
                drawn += [item for item in section.items if isinstance(item, Figure)]
        return tuple(_clean(figure) for figure in drawn)


def _bar(name: str, row: Row) -> charts.Bar | None:
    """A change in % of the base; None where the base is not above zero."""
    pair = row.figures
    if pair.relative is None:
        return None
    lo, hi = (None if end is None else 100 * end for end in (pair.relative_lo, pair.relative_hi))
    return charts.Bar(texts.name_of(name), 100 * pair.relative, lo, hi, texts.is_detected(row))


def means_of(found: Found, which: int) -> dict[str, Estimate]:
    """Means over runs of the base (0) or of the design (1), by outcome; empty before the first look."""
    samples = found.comparison.samples if found.comparison is not None else ()
    sample = samples[which] if which < len(samples) else found.sample if which == 0 else None
    return {} if sample is None else {name: mean_ci(values) for name, values in sample.outcomes.items()}


def load_of_managers(means: Mapping[str, Estimate]) -> dict[int, float]:
    """Layer -> inbox hours over hours left for the inbox. Not of ICs: they are busy nearly always, which shows nothing."""
    return {layer: share for layer, share in parts.load_of(means).items() if layer > 0}
