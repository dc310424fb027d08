"""The report of `orgsim compare`: designs against a base, on the same dice."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.constants import ALPHA
from sim.outcomes.declared import DECISIVE, OUTCOMES
from sim.report import charts, parts
from sim.report.page import Bullets, Fold, Item, Page, Section, Table
from sim.report.source import Source
from sim.text.numbers import number, outcome_words, p_value, percent, plural, shown_unit

SHOWN = 14  # outcomes in the picture


def page(source: Source) -> Page:
    """The verdicts, the change of every outcome, what differs."""
    found = source.stored("compare.json") if source.finished else {}
    runs = int(found.get("runs") or 0)
    return Page(
        name=source.text("name"),
        kind=f"A comparison: {source.text('name')}",
        question=source.text("question") or f"Which is better: {source.text('name')}?",
        answer=verdicts(found)[:2],
        sure=[*verdicts(found)[2:], *sure(source, found, runs)] if found else [],
        sections=[*compared(found), *_side_by_side(source)] if found else [],
        state="" if found else parts.kept_words(source),
        facts=[f"{plural(runs, 'run')} of {int(found.get('weeks') or 0):,} weeks, on the same dice."]
        if found
        else (),
    )


def _side_by_side(source: Source) -> list[Section]:
    """Charts, hours and waits of all scenarios, as far as their runs are kept."""
    every = {str(key[0]): means for key, means in source.means(parts.NEEDED, ("scenario",)).items() if key}
    shapes = []
    for shape in source.shapes:
        means = every.get(str(shape.get("name")), {})
        shapes.append((shape, parts.shown_load(parts.load_of(means), shape)))
    rows = [(name, every[name]) for name in map(str, source.listed("names")) if name in every]
    return [*parts.charts_section(shapes), *parts.hours_section(rows), *parts.waits_section(rows)]


def verdicts(found: Mapping[str, Any]) -> list[str]:
    """The verdict on each design, as `orgsim compare` says it."""
    said = found.get("verdicts") or {}
    return [
        str(text) if isinstance(text, str) else " ".join(map(str, text)) for text in said.values() if text
    ]


def sure(source: Source, found: Mapping[str, Any], runs: int) -> list[str]:
    """What limits a comparison: runs, plausible sets, what is tested."""
    ranges: Mapping[str, Any] = found.get("ranges") or {}
    sets = int(ranges.get("points") or 0)
    worlds = f"holds: the share of {sets} plausible sets of {ranges.get('varied', '-')} uncertain parameters with the same sign."
    return [
        *parts.sure_of_runs(source, runs),
        "The primary outcome is tested alone; the others with Holm's correction over all of them.",
        *([worlds] if sets else []),
        *(f"{text}." for text in found.get("warnings") or ()),
    ]


def compared(found: Mapping[str, Any]) -> list[Section]:
    """For each design the change of the outcomes in %, with all figures behind it."""
    sections = []
    for k, (name, rows) in enumerate((found.get("comparisons") or {}).items()):
        if not isinstance(rows, dict):
            continue
        items: list[Item] = []
        drawn = [bar for one in DECISIVE[:SHOWN] if (bar := _bar(one, rows.get(one) or {})) is not None]
        base = found.get("base", "the base")
        if drawn:
            items.append(
                charts.bars(
                    f"change-{k}",
                    f"{name} against {base}: change of the outcomes",
                    drawn,
                    f"% of {base}",
                    what="outcome",
                )
            )
        items.append(Fold(f"All {len(rows)} outcomes", [_table(rows)]))
        differs = (found.get("differs") or {}).get(name) or ()
        if differs:
            items.append(Bullets([str(line) for line in differs]))
        sections.append(Section(f"against-{k}", f"{name} against {base}", items))
    return sections


def _bar(name: str, row: Mapping[str, Any]) -> charts.Bar | None:
    """The change of an outcome in % of the base; grey where it is within noise after correction."""
    if not parts.is_number(row.get("relative")):
        return None
    lo, hi = _relative_ends(row)
    p = row.get("p_holm")
    return charts.Bar(outcome_words(name), 100 * row["relative"], lo, hi, parts.is_number(p) and p < ALPHA)


def _relative_ends(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The interval of the relative difference in %."""
    ends, base = row.get("relative_ci95"), row.get("base")
    if ends and None not in ends:
        return 100 * ends[0], 100 * ends[1]
    ends = row.get("ci95")
    if not ends or None in ends or not parts.is_number(base) or base <= 0:
        return None, None
    return 100 * ends[0] / base, 100 * ends[1] / base


def _table(rows: Mapping[str, Mapping[str, Any]]) -> Table:
    listed: list[Sequence[str]] = []
    for name, row in rows.items():
        if name not in OUTCOMES or row.get("mean") is None:
            continue
        unit, scale = shown_unit(OUTCOMES[name].unit)
        base, mean = (None if row.get(key) is None else scale * row[key] for key in ("base", "mean"))
        holds = row.get("holds_in")
        listed.append(
            (outcome_words(name), number(base), number(mean), percent(row.get("relative"), sign=True), p_value(row.get("p_holm")),
             percent(holds, 0) if parts.is_number(holds) else "", unit)
        )  # fmt: skip
    return Table(("outcome", "base", "here", "change %", "p", "holds %", "unit"), listed, align="<>>>>><")
