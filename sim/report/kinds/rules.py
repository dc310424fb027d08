"""The report of `orgsim rules`: the rule, or that there is none, with its certificate, the points and what was searched."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.report import charts, parts
from sim.report.page import Bullets, Fold, Item, Page, Section, Table
from sim.report.source import Source
from sim.text.numbers import percent, plural

SHOWN = 10  # factors in the picture of what says most
#: A key of rules.json, and what these points are.
CERTIFICATES = (
    ("certificate", "fresh points"),
    ("beyond_noise", "fresh points beyond noise"),
    ("search", "points searched (flatters)"),
)


def page(source: Source) -> Page:
    """The rule and its certificate, the points around the box, which factor says how much by itself."""
    found = source.stored("rules.json") if source.finished else {}
    sections = [*_rule(found), *_designs(found), *_picture(found), *_strengths(found)] if found else []
    said = [str(text) for text in found.get("answer") or ()]
    return Page(
        name=source.text("name"),
        kind="Rule",
        question=source.text("question"),
        answer=[f"{text[:1].upper()}{text[1:]}" for text in said[:1]],
        sure=[*said[1:], *_sure(found)] if found else [],
        sections=[*sections, *parts.charts_section([(shape, {}) for shape in source.shapes])],
        state="" if found else parts.kept_words(source),
        facts=[_facts(found)] if found else (),
    )


def _facts(found: Mapping[str, Any]) -> str:
    fresh = found.get("fresh")
    tried = f", tried on {plural(int(fresh), 'fresh point')}" if fresh else ""
    return (
        f"Sought at {plural(int(found['points']), 'point')}{tried}; {plural(int(found['runs']), 'run')} at each, "
        f"{found['weeks']:,} weeks."
    )


def _sure(found: Mapping[str, Any]) -> list[str]:
    lost = int(found.get("points_lost") or 0)
    return [
        *(f"{text[:1].upper()}{text[1:]}." for text in map(str, found.get("warnings") or ())),
        *([f"{plural(lost, 'point')} could not be run, and is left out."] if lost else []),
        "Ranges are mostly judgement, so shares of cases are no probabilities.",
    ]


def _rule(found: Mapping[str, Any]) -> list[Section]:
    """The conditions, and what they are worth."""
    conditions: Sequence[Mapping[str, Any]] = found.get("conditions") or ()
    if not conditions:
        return []
    rows = [(str(one["words"]), str(one["searched"]), str(one["role"])) for one in conditions]
    shares = [
        (
            name,
            f"{one['points']:,}",
            f"{one['inside']:,}",
            *(_share(one[key]) for key in ("density", "coverage", "base_rate")),
        )
        for key, name in CERTIFICATES
        if isinstance(one := found.get(key), dict)
    ]
    title = "The rule" if found.get("is_rule") else "The best box, which is no rule"
    head = ("", "points", "in the box", "right there (density)", "share covered (coverage)", "of all points")
    return [
        Section(
            "rule",
            title,
            [
                Table(("condition", "searched", "role"), rows, align="<<<"),
                Table(head, shares, "Shares with 95 % intervals"),
                f"Density: the share of the points in the box at which {found.get('claim')}. Coverage: the share of all such "
                "points that are in the box. Only fresh points, with fresh dice, say what a rule is worth.",
            ],
        )
    ]


def _share(one: Mapping[str, Any]) -> str:
    ends = one.get("ci95")
    if not parts.is_number(one.get("share")) or not ends:
        return "-"
    return f"{percent(one['share'], 0)} % [{percent(ends[0], 0)}, {percent(ends[1], 0)}]"


def _designs(found: Mapping[str, Any]) -> list[Section]:
    """The settings of both designs, and what differs between them at the base."""
    said, differs = found.get("designs_in_words"), found.get("differs")
    if not isinstance(said, dict) or not isinstance(differs, dict):
        return []
    return [
        Section(
            "designs",
            "The designs",
            [
                Table(
                    ("design", "settings"),
                    [(str(name), str(text)) for name, text in said.items()],
                    align="<<",
                ),
                f"What differs: {differs['design']} against {differs['against']}, {differs['at']}.",
                Bullets([str(line) for line in differs["in_words"]]),
            ],
        )
    ]


def _picture(found: Mapping[str, Any]) -> list[Section]:
    """The points over the two factors that say most, with the box; nothing without a box, as any two factors show as little."""
    shown = found.get("picture")
    if not isinstance(shown, dict) or not shown.get("points") or not found.get("conditions"):
        return []
    across, up = shown["axes"]
    groups = []
    for pale in (False, True):
        for case, name in ((True, shown["yes"]), (False, shown["no"])):
            pairs = [(x, y) for x, y, is_case, met in shown["points"] if is_case == case and met != pale]
            groups.append(charts.Cloud(f"{name}{', other condition not met' if pale else ''}", pairs, pale))
    box = (*across["box"], *up["box"]) if across["box"] else None
    beside = (
        f" The box asks besides that {shown['besides']}; pale points do not meet that."
        if shown["besides"]
        else ""
    )
    what = "fresh points" if found.get("fresh") else "points searched"
    items: list[Item] = [
        charts.clouds(
            "points",
            f"{what} over the two factors that say most".capitalize(),
            [group for group in groups if group.pairs],
            (across["label"], up["label"]),
            f"A mark is a point of the space.{beside}",
            box=box,
            ticks=(across["ticks"], up["ticks"]),
            log=(across["log"], up["log"]),
        )
    ]
    title = (
        "Where it is the case"
        if found.get("is_rule")
        else "Where it is the case: the best box, which is no rule"
    )
    return [Section("points", title, items)]


def _strengths(found: Mapping[str, Any]) -> list[Section]:
    """How far each factor alone parts the cases from the others."""
    every = [one for one in found.get("factors") or () if parts.is_number(one.get("lift_alone"))]
    rows = [charts.Bar(str(one["words"]), 100 * one["lift_alone"]) for one in every if one["lift_alone"] > 0]
    table = [(str(one["path"]), str(one["role"]), str(one["searched"])) for one in every]
    if not table:
        return []
    items: list[Item] = []
    if len(rows) > 1:
        title = "Each factor alone" if len(rows) <= SHOWN else f"The {SHOWN} factors that say most alone"
        items = [
            "How far the best box on one factor alone parts the cases from the others: the share of the cases in it less the "
            "share of the others. Over the points searched, so it flatters, and a factor that knows nothing is not at 0.",
            charts.bars("factors", title, rows[:SHOWN], "percentage points", what="factor"),
        ]
    ranges = Table(("factor", "role", "searched"), table, align="<<<")
    return [
        Section(
            "factors",
            "What was searched",
            [*items, Fold(f"{plural(len(table), 'factor')} with ranges", [ranges])],
        )
    ]
