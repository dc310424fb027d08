"""A rule in words, and the figures of `orgsim rules --json`."""

from collections.abc import Sequence

from sim.experiments.assumption_words import listed, mechanism_words, share_words
from sim.experiments.designs import Axis, Levels
from sim.experiments.points import label
from sim.experiments.rules.between import differing, point_words, settings_words
from sim.experiments.rules.file import Asked
from sim.experiments.rules.study import CHANCE, FEW, LITTLE, RULE, SELDOM, Found, Points
from sim.parameters.registry import REGISTRY
from sim.scenario.settings import SETTINGS
from sim.statistics.estimates import Holds
from sim.statistics.prim import Condition
from sim.statistics.rule import FOLDS, LEAST_CASES, Certificate
from sim.text.numbers import outcome_words, percent, plural, shown_unit, words
from sim.text.plain import ends
from sim.text.tables import labelled, paragraph, table

_PERCENT = ("share", "probability")
_OWN_NAMES = ("organisation", "time", "switches")  # sections that say nothing beside the name
_NO_UNIT = ("factor", "ratio", "exponent", "cv", "count", "correlation", "log-sd", "choice", "switch")

# ---- values


def factor_words(path: str) -> str:
    """A factor in words, with what it belongs to: 'review pickup hours', 'AI share of code', 'ICs'."""
    section, name = path.split(".", 1)[0], words(path)
    owner = mechanism_words(section)
    return name if section in _OWN_NAMES or name.startswith(owner) else f"{owner} {name}"


def unit_of(path: str) -> str:
    """The unit in which values of a path are said; '' where it has none, or its name says it ('hours per week')."""
    declared = REGISTRY.get(path) or SETTINGS.get(path)
    unit = "" if declared is None else str(declared.unit)
    if unit in _PERCENT:
        return "%"
    return "" if unit in _NO_UNIT or "per_" in path else unit


def value_words(path: str, value: object, unit: bool = True) -> str:
    """A value as a person says it: '60 %', '30 hours', 'managed'."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if not isinstance(value, (int, float)):
        return label(value)
    name = unit_of(path)
    shown = 100 * value if name == "%" else value
    text = f"{shown:,.6g}" if abs(shown) < 1000 else f"{shown:,.0f}"
    return f"{text} {name}".rstrip() if unit else text


def condition_words(asked: Asked, path: str, condition: Condition) -> str:
    """'AI share of code is at least 60 %'."""
    axis = asked.axes[path]
    if condition.kinds is not None and isinstance(axis, Levels):
        kinds = [value_words(path, axis.values[kind]) for kind in condition.kinds]
        return f"{factor_words(path)} is {' or '.join(kinds)}"
    return f"{factor_words(path)} is {_sides(path, condition)}"


def _sides(path: str, condition: Condition) -> str:
    low, high = abs(condition.low) != float("inf"), abs(condition.high) != float("inf")
    if low and high:
        return f"{value_words(path, condition.low, False)} to {value_words(path, condition.high)}"
    if low:
        return f"at least {value_words(path, condition.low)}"
    return f"at most {value_words(path, condition.high)}"


def range_words(path: str, axis: Axis) -> str:
    """What was searched of a path: '0 to 90 %', '48, 96, 192 people'."""
    if not isinstance(axis, Levels):
        return f"{value_words(path, axis.low, False)} to {value_words(path, axis.high)}"
    texts = [value_words(path, value, False) for value in axis.values]
    return f"{', '.join(texts)} {unit_of(path)}".rstrip()


def claim(found: Found) -> str:
    """What a case is: 'flat beats layered on value per payroll USD', 'lead time is at most 40 hours'."""
    asked, topic = found.asked, outcome_words(found.outcome.name)
    if asked.bar is None:
        first, second = asked.designs
        return f"{first.name} beats {second.name} on {topic}"
    name, scale = shown_unit(found.outcome.unit)
    value = f"{scale * asked.bar.value:,.6g} {name}".rstrip()
    topic = topic.removesuffix(f" {name}")
    return f"{topic} is at {'most' if asked.bar.at_most else 'least'} {value}"


def _it_is(found: Found) -> str:
    """A case, said again: 'flat beats layered', 'it passes'."""
    asked = found.asked
    return f"{asked.designs[0].name} wins" if asked.bar is None else "the bar is passed"


def rule_words(found: Found) -> str:
    """The conditions of the box that was tried."""
    names = [column.name for column in found.columns]
    return listed([condition_words(found.asked, names[one.column], one) for one in found.box])


# ---- the answer


def answer(found: Found) -> list[str]:
    """Sentences: the rule with its certificate, or how often it is the case at all and why it is not parted; then how sure."""
    if found.state == RULE and found.certificate is not None:
        return [_rule_sentence(found, found.certificate, _base(found)), _settled_sentence(found)]
    return [*_no_rule(found), _settled_sentence(found)]


def _whole(found: Found) -> Points:
    """The fresh points, or those searched where there are no others."""
    return found.search if found.fresh is None else found.fresh


def _base(found: Found) -> str:
    whole = _whole(found)
    return f"{_it_is(found)} in {share_words(whole.cases)} of all {plural(len(whole.case), 'case')}"


def _no_rule(found: Found) -> list[str]:
    """How often it is the case at all, before anything else; then why that is not parted."""
    cases = _whole(found).cases
    often = f"{claim(found)} in {share_words(cases)} of all {plural(cases.n, 'case')}"
    refused = [] if found.certificate is None else [_refused(found, found.certificate)]
    if cases.k in (0, cases.n):
        return [f"{often}: there is nothing to part.", *refused]
    mostly = 2 * cases.k >= cases.n
    if found.state == FEW:
        few = cases.n - cases.k if mostly else cases.k
        rest = f"the {few} where it is not" if mostly else f"these {few}"
        return [
            f"{often}; no condition was sought that parts {rest}.",
            f"No rule: they are too few, {LEAST_CASES} are needed.",
        ]
    none = (
        f"No rule: no box of conditions on the {plural(len(found.columns), 'factor')} searched did better than chance on points "
        f"left out of the search ({FOLDS}-fold cross-validation)."
    )
    return [
        f"{often}; no condition could be found that parts {'the rest' if mostly else 'them from the rest'}.",
        *(refused or [none]),
    ]


def _rule_sentence(found: Found, certificate: Certificate, base: str) -> str:
    return (
        f"{claim(found)} where {rule_words(found)}: right in {share_words(certificate.density)} of the "
        f"{certificate.inside:,} fresh cases there. It covers {share_words(certificate.coverage)} of the cases in which "
        f"{_it_is(found)}; {base}."
    )


def _refused(found: Found, certificate: Certificate) -> str:
    asked = found.asked
    why = {
        CHANCE: "which is not above the share of all cases beyond chance",
        SELDOM: f"less than the {percent(asked.density, 0)} % that a rule must be right in (useful: density)",
        LITTLE: f"but it covers {share_words(certificate.coverage)} of the cases in which {_it_is(found)}, less than the "
        f"{percent(asked.coverage, 0)} % that a rule must cover (useful: coverage)",
    }[found.state]
    return (
        f"No rule: the best box for where {claim(found)} ({rule_words(found)}) is right in "
        f"{share_words(certificate.density)} of the {certificate.inside:,} fresh cases there, {why}."
    )


def _settled_sentence(found: Found) -> str:
    """How many points are beyond noise, and what the box, or without one the answer, is worth among them."""
    whole = _whole(found)
    asked, share = found.asked, whole.settled_share
    if asked.runs < 2:
        return "With one run at each point nothing is known of noise; use runs: 4 or more."
    with_runs = f"With {asked.runs} runs at each point"
    if share.k == share.n:
        return f"{with_runs} all {plural(share.n, 'case')} are beyond noise."
    text = f"{with_runs} {share_words(share)} of the cases are beyond noise"
    if found.settled is not None and found.settled.inside:
        return f"{text}; among these the box is right in {share_words(found.settled.density)}."
    beyond = whole.settled_cases
    among = (
        f", and among these {_it_is(found)} in {share_words(beyond)}" if beyond.n and not found.box else ""
    )
    hides = ", so that a rule may be hidden" if 0 < whole.cases.k < whole.cases.n else ""
    hides = ", so that the rule looks worse than it is" if found.state == RULE else hides
    return f"{text}{among}; the others are on their side by no more than chance{hides}."


def rules_text(found: Found) -> str:
    """The answer, the box, the certificate, and what limits them."""
    parts = ["\n".join(paragraph(text) for text in answer(found))]
    if len(found.asked.designs) == 2:
        parts.append(_designs_text(found.asked))
    if found.box:
        parts.append(_box_table(found))
        parts.append(_certificate_table(found))
    parts.append(_searched_words(found))
    return "\n\n".join(part for part in parts if part)


def _designs_text(asked: Asked) -> str:
    """What the designs are, and what differs between them at the base."""
    told, other, lines = differing(asked)
    lead = f"{told} against {other}, {point_words(asked)}: "
    return labelled([
        *((design.name, settings_words(asked, design)) for design in asked.designs),
        ("What differs", f"{lead}{'; '.join(lines)}"),
    ])  # fmt: skip


def _box_table(found: Found) -> str:
    rows = []
    for condition in found.box:
        path = found.columns[condition.column].name
        rows.append([
            path,
            condition_words(found.asked, path, condition).partition(" is ")[2],
            range_words(path, found.asked.axes[path]),
            found.asked.roles[path],
        ])  # fmt: skip
    return table(["condition", "box", "searched", "role"], rows, "<<<<")


def _certificate_table(found: Found) -> str:
    rows = []
    for name, one in (
        ("fresh points", found.certificate),
        ("  beyond noise", found.settled),
        ("search (flatters)", found.searched),
    ):
        if one is not None:
            shares = [share_words(share) for share in (one.density, one.coverage, one.base)]
            rows.append([name, f"{one.points:,}", f"{one.inside:,}", *shares])
    return table(
        ["certificate", "points", "in the box", "density: right", "coverage", "all points"], rows, "<>>>>>"
    )


def _searched_words(found: Found) -> str:
    asked = found.asked
    names = [column.name for column in found.columns]
    given = [path for path in names if asked.roles[path] == "given"]
    assumed = len(names) - len(given)
    parts = [f"given: {', '.join(given)}"] if given else []
    parts += [f"{plural(assumed, 'assumption')} over plausible ranges"] if assumed else []
    text = (
        f"Searched: {'; '.join(parts)}. A case is a point of that space, its mean over {plural(asked.runs, 'run')}; fresh: other "
        f"points, other dice. Ranges are mostly judgement, so shares of cases are no probabilities."
    )
    notes = [f"Note: {note}." for note in found.notes]
    return "\n".join(paragraph(line) for line in (text, *notes))


# ---- JSON


def rules_json(found: Found) -> dict[str, object]:
    """All figures as plain data."""
    asked, names = found.asked, [column.name for column in found.columns]
    told, other, differs = differing(asked)
    return {
        "question": asked.question,
        "answer": answer(found),
        "state": found.state,
        "is_rule": found.state == RULE,
        "claim": claim(found),
        "case": _it_is(found),
        "rule": rule_words(found) if found.box else None,
        "conditions": [_condition_json(found, names[one.column], one) for one in found.box],
        "certificate": _certificate_json(found.certificate),
        "beyond_noise": _certificate_json(found.settled),
        "search": _certificate_json(found.searched),
        "useful": {"density": asked.density, "coverage": asked.coverage},
        "cross_validated_lift": None if found.candidate is None else found.candidate.lift,
        "positives_searched": _share_json(found.search.cases),
        "beyond_noise_share": _share_json((found.fresh or found.search).settled_share),
        "outcome": found.outcome.name,
        "unit": found.outcome.unit,
        "designs": {design.name: dict(design.settings) for design in asked.designs},
        "designs_in_words": {design.name: settings_words(asked, design) for design in asked.designs},
        "differs": None if asked.bar else {"design": told, "against": other, "at": point_words(asked), "in_words": differs},
        "bar": None if asked.bar is None else {"at_most" if asked.bar.at_most else "at_least": asked.bar.value},
        "hold": asked.hold,
        "scenario": asked.base.name,
        "weeks": asked.base.weeks,
        "factors": _factors_json(found),
        "points": len(found.search.case),
        "fresh": None if found.fresh is None else len(found.fresh.case),
        "runs": asked.runs,
        "seed": asked.seed,
        "points_lost": found.lost,
        "runs_failed": len(found.failures),
        "warnings": list(found.notes),
    }  # fmt: skip


def _factors_json(found: Found) -> list[dict[str, object]]:
    """What was searched, the factor first that parts the cases best by itself."""
    alone = zip((column.name for column in found.columns), found.strength, strict=True)
    return [
        {
            "path": path,
            "words": factor_words(path),
            "role": found.asked.roles[path],
            "searched": range_words(path, found.asked.axes[path]),
            "lift_alone": strength,
        }
        for path, strength in sorted(alone, key=lambda one: -one[1])
    ]


def _condition_json(found: Found, path: str, one: Condition) -> dict[str, object]:
    axis = found.asked.axes[path]
    among = None
    if one.kinds is not None and isinstance(axis, Levels):
        among = [axis.values[kind] for kind in one.kinds]
    low, high = (None if abs(side) == float("inf") else side for side in (one.low, one.high))
    return {
        "path": path,
        "words": condition_words(found.asked, path, one),
        "at_least": low,
        "at_most": high,
        "among": among,
        "role": found.asked.roles[path],
        "searched": range_words(path, axis),
    }


def _certificate_json(one: Certificate | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "points": one.points,
        "positives": one.cases,
        "inside": one.inside,
        "right": one.right,
        "density": _share_json(one.density),
        "coverage": _share_json(one.coverage),
        "base_rate": _share_json(one.base),
        "p_by_chance": one.p,
    }


def _share_json(share: Holds) -> dict[str, object]:
    return {"share": share.share, "ci95": ends(share.lo, share.hi)}


# ---- a row for every point


def point_rows(found: Found) -> tuple[list[str], list[Sequence[object]]]:
    """The header and a row for every point: searched or fresh, values, figure, whether it is a case, settled, in the box."""
    from sim.statistics.prim import inside  # where rows are written only

    names = [column.name for column in found.columns]
    rows: list[Sequence[object]] = []
    for stage, points in (("search", found.search), ("fresh", found.fresh)):
        if points is None:
            continue
        met = inside(found.box, points.x) if found.box else [None] * len(points.case)
        for k, values in enumerate(points.values):
            rows.append([
                stage, *(_cell(values[name]) for name in names), float(points.difference[k]), bool(points.case[k]),
                bool(points.settled[k]), None if met[k] is None else bool(met[k]),
            ])  # fmt: skip
    return ["stage", *names, "lead", "case", "beyond_noise", "in_box"], rows


def _cell(value: object) -> object:
    return label(value) if isinstance(value, tuple) else value
