"""A difference split by mechanism: two sentences, tables, JSON and a waterfall picture.

Figures are in percent of A's level where that is above zero, else in the outcome's unit. Only what is beyond noise, with
Holm's correction over all parts, is named in the sentences.
"""

from collections.abc import Sequence

from sim.experiments.explain.study import Explanation, Interaction, Part
from sim.statistics.estimates import Estimate
from sim.text import numbers, tables
from sim.text.plain import ends, jsonable

NAMED, SECOND = 3, 1 / 3  # parts named in a sentence; the second one needs so much of the first
MAX_PAIRS = 6


# ---- figures


def _base(found: Explanation) -> float | None:
    """A's level where that is above zero, so that differences can be in percent of it."""
    level = found.levels[0].mean
    return level if level is not None and level > 0 else None


def percent_of(found: Explanation) -> bool:
    return _base(found) is not None


def _shown(found: Explanation, value: float | None) -> float | None:
    """A difference as percent of A's level, or in the unit shown."""
    if value is None:
        return None
    base = _base(found)
    if base is not None:
        return 100 * value / base
    return value * numbers.shown_unit(found.outcome.unit)[1]


def topic_of(found: Explanation) -> str:
    return numbers.outcome_words(found.outcome.name.removesuffix("_hours"))


def unit_of(found: Explanation) -> str:
    return "%" if percent_of(found) else numbers.shown_unit(found.outcome.unit)[0]


def number_of(found: Explanation, value: float | None, *, sign: bool = True) -> str:
    """A difference without its unit: one decimal of percent, or three digits."""
    shown = _shown(found, value)
    if shown is None:
        return "-"
    if percent_of(found):
        return numbers.percent(shown / 100, sign=sign)
    return numbers.signed(shown) if sign else numbers.number(shown, 3)


def ends_of(found: Explanation, estimate: Estimate) -> str:
    if estimate.lo is None:
        return ""
    return f"[{number_of(found, estimate.lo, sign=False)}, {number_of(found, estimate.hi, sign=False)}]"


def _named(found: Explanation, part: Part, *, sign: bool = True) -> str:
    size = part.size if sign else abs(part.size)
    return f"{number_of(found, size, sign=sign)} {unit_of(found)}"


# ---- sentences


def sentences(found: Explanation) -> tuple[str, str]:
    """Say why in two sentences. Nothing within noise is named."""
    a, b = found.names
    topic, whole = topic_of(found), found.whole
    parts = sorted([*found.parts, *([found.rest] if found.rest else [])], key=lambda part: -abs(part.size))
    parts = [part for part in parts if part.beyond_noise]
    if not found.detected:
        return _undetected(found, topic, parts)
    up = found.difference > 0
    size, ends = number_of(found, abs(found.difference), sign=False), ""
    if whole.interval is not None:
        lo, hi = whole.interval if up else (-whole.interval.hi, -whole.interval.lo)
        ends = f" [{number_of(found, lo, sign=False)}, {number_of(found, hi, sign=False)}]"
    first = f"{topic} is {size} {unit_of(found)}{ends} {'higher' if up else 'lower'} in {b} than in {a}"
    same = [part for part in parts if (part.size > 0) == up]
    other = [part for part in parts if (part.size > 0) != up]
    if same:
        leading = [p for p in same[:2] if abs(p.size) >= SECOND * abs(same[0].size)]
        why = _joined([f"{part.player.words} ({_named(found, part)})" for part in leading])
        first += f", mostly because of {why}."
    else:
        first += ", but no single part that way is beyond noise."
    return first[0].upper() + first[1:], _against(found, other, up)


def _against(found: Explanation, other: Sequence[Part], up: bool) -> str:
    """The second sentence: what works against the difference."""
    if not other:
        return "Nothing beyond noise works the other way."
    named = [f"{_named(found, part, sign=False)} through {part.player.words}" for part in other[:NAMED]]
    if len(other) > NAMED:
        more = numbers.plural(len(other) - NAMED, "smaller part", "smaller parts")
        named.append(f"some through {more}")
    b, better = found.names[1], found.outcome.better
    if better < 1:  # of less hours, say, it is hard to say whether they are lost or gained
        named = [f"{part.player.words} ({_named(found, part)})" for part in other[:NAMED]]
        named += [f"{len(other) - NAMED} more"] if len(other) > NAMED else []
        return f"The other way {'works' if len(other) == 1 else 'work'} {_joined(named)}."
    return f"{b} {'loses' if (better > 0) == up else 'gains'} {_joined(named)}."


def _undetected(found: Explanation, topic: str, parts: Sequence[Part]) -> tuple[str, str]:
    a, b = found.names
    whole = found.whole
    if whole.difference == 0 and not whole.sd:
        first = f"{topic} is exactly the same in {b} and in {a}."
    elif whole.p is None:
        seen = f"{number_of(found, whole.difference)} {unit_of(found)}"
        first = f"{topic}: {seen} from {a} to {b} in one run, which decides nothing."
    else:
        ends = f" [{number_of(found, whole.lo, sign=False)}, {number_of(found, whole.hi, sign=False)}]"
        seen = f"{number_of(found, whole.difference)} {unit_of(found)}{ends}"
        first = f"{topic}: no difference detected between {a} and {b} ({seen})."
    named = [f"{part.player.words} ({_named(found, part)})" for part in parts[:NAMED]]
    if not named:
        second = "No part is beyond noise either; more --runs make the intervals narrower."
    elif len({part.size > 0 for part in parts}) == 2:
        second = f"Within it, parts work against each other: {_joined(named)}."
    else:
        second = f"Beyond noise {'is' if len(named) == 1 else 'are'} {_joined(named)}."
    return first[0].upper() + first[1:], second


def _joined(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


# ---- text


def explain_text(found: Explanation, colour: bool = False) -> str:
    """The whole text of `orgsim explain`."""
    a, b = found.names
    heading = f"Why {b} differs from {a}: {topic_of(found)}"
    blocks = [
        tables.paint(heading, "bold", colour),
        tables.paragraph(" ".join(sentences(found))),
        "What differs\n" + tables.bullets(found.differs),
        _table(found, colour),
        _interaction_table(found),
        *_left_out(found),
        tables.paragraph(_method(found)),
    ]
    return "\n\n".join(blocks)


def _table(found: Explanation, colour: bool) -> str:
    what = "mechanism" if found.by == "mechanism" else "what differs"
    header = [what, f"part, {unit_of(found)}", "95 % interval", "share %", "alone in", "last in", "p"]
    rows = []
    for part in [*([found.rest] if found.rest else []), *found.parts]:
        cells = [
            part.player.words,
            number_of(found, part.size),
            ends_of(found, part.mean),
            _share(found, part),
        ]
        cells += [number_of(found, one.mean) if one else "" for one in (part.first, part.last)]
        style = "dim" if not part.beyond_noise else "green" if _good(found, part) else "red"
        rows.append([*cells, tables.paint(numbers.p_value(part.p_holm), style, colour)])
    whole = found.whole
    ends = (
        ""
        if whole.lo is None
        else f"[{number_of(found, whole.lo, sign=False)}, {number_of(found, whole.hi, sign=False)}]"
    )
    share = "100" if found.detected else "-"
    rows.append(
        [
            "whole difference",
            number_of(found, whole.difference),
            ends,
            share,
            "",
            "",
            numbers.p_value(whole.p),
        ]
    )
    return tables.table(header, rows)


def _good(found: Explanation, part: Part) -> bool:
    return (part.size > 0) == (found.outcome.better >= 0)


def _share(found: Explanation, part: Part) -> str:
    """Share of the whole; a share of something within noise means nothing."""
    return f"{100 * part.size / found.difference:z.0f}" if found.detected else "-"


def _interaction_table(found: Explanation) -> str:
    pairs = found.interactions
    if not pairs:
        return "Interactions: none, there are fewer than two parts."
    shown = [pair for pair in pairs if pair.beyond_noise][:MAX_PAIRS]
    of = "all parts" if found.method == "exact" else "the largest parts"
    asked = f"{numbers.plural(len(pairs), 'pair')} of {of}"
    if not shown:
        return tables.paragraph(f"Interactions: none of {asked} is beyond noise.")
    rows = [
        [" x ".join(player.words for player in pair.between), number_of(found, pair.mean.mean), ends_of(found, pair.mean),
         numbers.p_value(pair.p_holm)]
        for pair in shown
    ]  # fmt: skip
    head = tables.paragraph(
        f"Interactions beyond noise, of {asked}: together more (+) or less (-) than each alone"
    )
    return f"{head}\n" + tables.table(["pair", f"extra, {unit_of(found)}", "95 % interval", "p"], rows)


def _left_out(found: Explanation) -> list[str]:
    lines = []
    if found.no_part:
        names = ", ".join(player.words for player in found.no_part)
        verb = "plays" if len(found.no_part) == 1 else "play"
        lines.append(
            f"{names}: {verb} no part; without {'it' if verb == 'plays' else 'them'} every run is the same."
        )
    lines += [f"{player.words}: stays on, because without it {reason}." for player, reason in found.kept]
    return [tables.paragraph(line[0].upper() + line[1:]) for line in lines]


def _method(found: Explanation) -> str:
    a, b = found.names
    unit, scale = numbers.shown_unit(found.outcome.unit)
    levels = [numbers.number(numbers.scaled(level.mean, scale)) for level in found.levels]
    runs = f"{numbers.plural(found.used, 'run')} of {found.weeks} weeks, seed {found.seed}"
    text = f"{a}: {levels[0]}, {b}: {levels[1]} {unit}. {runs}"
    if found.used < found.runs:
        text += f" ({found.runs - found.used} more left out, in which a figure is undefined)"
    text += ", on the same dice. "
    if found.by == "mechanism":
        text += f"Part: what switching the mechanism on in both adds to the difference {b} - {a}"
    else:
        text += f"Part: what going over from {a}'s statement to {b}'s adds"
    orders = (
        "all orders"
        if found.orders is None
        else f"{found.orders:,} random orders, which the interval covers too"
    )
    text += (
        f", averaged over {orders} (Shapley value); the parts add up to the whole. Alone in, last in: added when all others are "
        "off, and on. p of the whole: paired t test; of parts and interactions: with Holm's correction."
    )
    if found.scale == "ratio":
        text += f" Measured as ratio {b} / {a}: what takes the same share of both has no part."
    else:
        text += " Measured as difference: what takes the same share of both has a part, as it shrinks the difference."
    if percent_of(found):
        text += f" %: of {a}'s level."
    return text


# ---- JSON


def explain_json(found: Explanation) -> dict[str, object]:
    """What `orgsim explain --json` prints, in the declared unit. Undefined figures are None."""
    whole, (a, b) = found.whole, found.names
    data = {
        "base": a,
        "other": b,
        "outcome": found.outcome.name,
        "unit": found.outcome.unit,
        "by": found.by,
        "scale": found.scale,
        "method": found.method,
        "runs": found.runs,
        "runs_used": found.used,
        "orders": found.orders,
        "seed": found.seed,
        "weeks": found.weeks,
        "sentences": list(sentences(found)),
        "levels": {name: _figures(level) for name, level in zip((a, b), found.levels, strict=True)},
        "difference": {
            "mean": whole.difference,
            "ci95": ends(whole.lo, whole.hi),
            "relative": whole.relative,
            "p": whole.p,
            "beyond_noise": found.detected,
        },
        "rest": None if found.rest is None else _part(found, found.rest),
        "parts": [_part(found, part) for part in found.parts],
        "interactions": [_pair(pair) for pair in found.interactions],
        "no_part": [player.name for player in found.no_part],
        "kept_on": [{"name": player.name, "reason": reason} for player, reason in found.kept],
        "differs": list(found.differs),
        "failures": [{"run": f.run, "seed": f.seed, "message": f.message} for f in found.failures],
    }
    made: dict[str, object] = jsonable(data)
    return made


def _figures(estimate: Estimate) -> dict[str, object]:
    return {"mean": estimate.mean, "ci95": ends(estimate.lo, estimate.hi), "runs": estimate.n}


def _part(found: Explanation, part: Part) -> dict[str, object]:
    return {
        "name": part.player.name,
        "words": part.player.words,
        "settings": [*part.player.settings],
        **_figures(part.mean),
        "share": part.size / found.difference if found.detected else None,
        "p_holm": part.p_holm,
        "beyond_noise": part.beyond_noise,
        "alone_in": None if part.first is None else _figures(part.first),
        "last_in": None if part.last is None else _figures(part.last),
    }


def _pair(pair: Interaction) -> dict[str, object]:
    between = [player.name for player in pair.between]
    return {
        "between": between,
        **_figures(pair.mean),
        "p_holm": pair.p_holm,
        "beyond_noise": pair.beyond_noise,
    }
