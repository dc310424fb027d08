"""What a page shows, as plain data for its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sim.experiments.compare.study import Row
from sim.experiments.compare.words import selected
from sim.outcomes.declared import OUTCOMES
from sim.report import html, terms
from sim.report.page import Item, Table
from sim.workshop import texts
from sim.workshop.design import Design, Designs
from sim.workshop.desk import Found
from sim.workshop.pictures import Pictures, load_of_managers, means_of
from sim.workshop.repeating import command, files

MOST_TRIED = 12  # designs that are listed


@dataclass(frozen=True)
class Card:
    """A figure shown large. change: against the base, '' of the base itself."""

    name: str
    value: str
    unit: str
    before: str
    change: str
    verdict: str
    kind: str  # better, worse, none


def form_view(designs: Designs, design: Design) -> list[dict[str, Any]]:
    """The levers with their steps; of each, whether it is chosen and whether it is the base's."""
    return [
        {
            "key": lever.key,
            "title": lever.title,
            "help": lever.help,
            "steps": [
                {"key": step.key, "label": step.label, "chosen": k == chosen, "base": k == lever.base}
                for k, step in enumerate(lever.steps)
            ],
        }
        for lever, chosen in zip(designs.lesson.levers, design.steps, strict=True)
    ]


def labels(designs: Designs, design: Design) -> list[str]:
    """What a design has that the base has not: 'Spans and layers: 6 and 6'."""
    return [
        f"{lever.title}: {lever.steps[k].label}"
        for lever, k in zip(designs.lesson.levers, design.steps, strict=True)
        if k != lever.base
    ]


def results_view(
    designs: Designs, design: Design, found: Found, tried: Sequence[tuple[Design, Found]], pictures: Pictures
) -> dict[str, Any]:
    """All that the part with the results shows."""
    lesson, is_base = designs.lesson, design.key == designs.base.key
    rows = found.rows
    row = rows.get(lesson.headline)
    view: dict[str, Any] = {
        "key": design.key,
        "version": found.version,
        "done": found.done,
        "is_base": is_base,
        "failed": found.failed,
        "title": texts.PAGE["base_results" if is_base else "results"],
        "built": texts.built_words(design.built),
        "bought": "" if is_base else texts.bought_words(designs.base.built, design.built),
        "ai": texts.ai_words(rows.get("ai_spend_per_year")),
        "labels": labels(designs, design),
        "waiting": texts.WAITING if not found.runs and not found.failed else "",
        "headline": texts.headline_words(lesson.headline, row) if row is not None else "",
        "assumptions": texts.assumption_words(lesson.headline, row, lesson.hold) if row is not None else "",
        "progress": texts.progress_words(
            found.runs, design.scenario.weeks, found.settled, found.done, is_base
        )
        if found.runs
        else "",
        "cards": _cards(designs, found),
        "charts": _markup(_charts(designs, design, found, pictures)),
        "why": _why(rows),
        "nothing": texts.NOTHING,
        "pictures": _markup(pictures.changes(found, _drawn(rows, lesson.headline))) if rows else Markup(),
        "table": _markup([_table(rows, lesson.headline)]) if rows else Markup(),
        "notes": [texts.sentence(note) for note in found.comparison.notes] if found.comparison else [],
        "files": [] if is_base else files(designs, design),
        "command": command(found) if found.comparison else "",
        "tried": [
            (
                one.key,
                texts.tried_words(labels(designs, one), known.rows.get(lesson.headline)),
                one.key == design.key,
            )
            for one, known in tried[:MOST_TRIED]
        ],
    }
    return view


def glossary(page: str) -> Markup:
    """The words that a page uses, explained."""
    found = terms.section(page)
    return _markup(found[0].items) if found else Markup()


def _markup(items: Sequence[Item]) -> Markup:
    """Pieces of a report; it escapes all text in them."""
    return Markup(html.pieces(items))


def _cards(designs: Designs, found: Found) -> list[Card]:
    lesson = designs.lesson
    if found.comparison is not None:
        return [_card(name, found.rows[name]) for name in lesson.figures if name in found.rows]
    means = means_of(found, 0)
    cards = []
    for name in (lesson.headline, *lesson.figures):
        if name in means:
            unit = OUTCOMES[name].unit
            ends = texts.mean_interval_words(means[name], unit)
            cards.append(
                Card(texts.name_of(name), *texts.value_and_unit(means[name].mean, unit), "", ends, "", "none")
            )
    return cards


def _card(name: str, row: Row) -> Card:
    pair = row.figures
    kind = row.verdict if row.verdict in ("better", "worse") else "none"
    value, unit = texts.value_and_unit(pair.mean, row.unit)
    before = texts.value_words(pair.base, row.unit)
    change, verdict = texts.change_words(pair, row.unit), texts.verdict_words(row)
    return Card(texts.name_of(name), value, unit, before, change, verdict, kind)


def _charts(designs: Designs, design: Design, found: Found, pictures: Pictures) -> list[Item]:
    base = designs.base
    shown: list[Item] = [
        pictures.organisation(
            "chart-base", _people(texts.BASE, base), base, load_of_managers(means_of(found, 0))
        )
    ]
    if design.key != base.key:
        load = load_of_managers(means_of(found, 1))
        shown.append(pictures.organisation("chart-design", _people(texts.DESIGN, design), design, load))
    return shown


def _people(name: str, design: Design) -> str:
    return f"{name[:1].upper()}{name[1:]}: {design.built.ics + design.built.managers} people"


def _drawn(rows: Mapping[str, Row], headline: str) -> list[str]:
    """Outcomes whose changes are drawn side by side. Not shares: one that was near zero would grow by a thousand per cent."""
    return [headline, *(x for x in texts.DRAWN if x != headline and x in rows)]


def _why(rows: Mapping[str, Row]) -> list[tuple[str, list[str]]]:
    """What changed, by kind, beyond noise only; nothing before the first look."""
    if not rows:
        return []
    return [
        (texts.PAGE["hours_ic"], texts.hours_lines(rows, "ic")),
        (texts.PAGE["hours_manager"], texts.hours_lines(rows, "manager")),
        (texts.PAGE["waits"], texts.wait_lines(rows)),
        (texts.PAGE["decisions"], texts.decision_lines(rows)),
    ]


def _table(rows: Mapping[str, Row], headline: str) -> Table:
    cells = []
    for name in selected(rows, headline):
        row = rows.get(name)
        if row is None or row.shares is not None or row.figures.n == 0:
            continue
        pair = row.figures
        values = (texts.value_words(x, row.unit) for x in (pair.base, pair.mean))
        cells.append(
            (texts.name_of(name), *values, texts.change_words(pair, row.unit), texts.verdict_words(row))
        )
    return Table(
        (texts.OUTCOME, texts.BASE, texts.DESIGN, "change [95 % interval]", "verdict"), cells, align="<>>><"
    )
