"""Which managers a layer means: counted from below (1 = first line), from the top, or by job level. No NumPy.

A job level is what titles say of rank, in a few fixed words: coarse enough to be kept, which a title is not.
"""

from __future__ import annotations

import re

from sim.errors import UserError, suggest

#: Job levels from below.
LEVELS = ("team lead", "manager", "senior manager", "director", "senior director", "vice president", "chief")
NO_LEVEL = -1
FROM_TOP = "top-"
_FROM_TOP = re.compile(r"top ?[-\u2212] ?([0-9]{1,3})")
#: Title, in lower case and without punctuation -> level; the first pattern that is found counts.
_OF_TITLE = (
    ("vice president", r"\b(vice presidents?|[seag]?vp|(senior|executive|assistant|group) vice president)\b"),
    (
        "chief",
        r"\b(chief(?! of staff)|c[efiot]o|cpo|cmo|cro|ciso|founder|cofounder|president|managing director|geschaftsfuhrer\w*)\b",
    ),
    ("senior director", r"\b(senior|sr|executive|group) (\w+ ){0,3}directors?\b"),
    ("director", r"\b(directors?|head|direktor\w*|directeur|directrice|bereichsleiter\w*)\b"),
    ("senior manager", r"\b(senior|sr|group|principal) (\w+ ){0,3}(managers?|mgr)\b"),
    ("team lead", r"\b(team manager|leads?|leader|supervisor|teamlead\w*|teamleit\w*|foreman)\b"),
    ("manager", r"\b(managers?|mgr|manageress|abteilungsleiter\w*)\b"),
)
NO_LEVELS = (
    "the organisation has no job levels; they come from the titles of a chart that `orgsim import` has made; use a layer counted "
    f"from below (1 = first line) or from the top ({FROM_TOP}1)"
)
_SHORT = {
    "vp": "vice president",
    "chiefs": "chief",
    "c-level": "chief",
    "lead": "team lead",
    "senior vp": "vice president",
}


def level_of(title: str) -> str:
    """The job level that a title says, "" if none."""
    words = " ".join(re.sub(r"[^\w]+", " ", title.casefold()).split())
    return next((level for level, pattern in _OF_TITLE if re.search(pattern, words)), "")


def level_code(level: str) -> int:
    """Index of a job level in `LEVELS`, `NO_LEVEL` for "" and anything else."""
    return LEVELS.index(level) if level in LEVELS else NO_LEVEL


def steps_below_top(layer: int | str) -> int:
    """Steps below the top of "top-2" (2: reports of reports of the top); 0 for a layer that is not so counted."""
    return int(layer.removeprefix(FROM_TOP)) if isinstance(layer, str) and layer.startswith(FROM_TOP) else 0


def read_layer(value: str, place: str) -> str:
    """A layer given as a word: "top-1", or a job level. Raises UserError naming *place*, and what exists."""
    word = " ".join(value.replace("_", " ").casefold().split())
    counted = _FROM_TOP.fullmatch(word)
    if counted and int(counted.group(1)):
        return f"{FROM_TOP}{int(counted.group(1))}"
    word = _SHORT.get(word, word)
    for level in LEVELS:
        if word in (level, f"{level}s"):
            return level
    if word in ("top", "top-0", "top 0"):
        raise UserError(
            f"{place}: the top cannot go, because nobody is above to take its reports; top-1 is directly below it"
        )
    raise UserError(
        f"{place}: {value[:80]!r} is no layer; use a number counted from below (1 = first line), {FROM_TOP}1 (directly below "
        f"the top), or a job level of the chart: {', '.join(LEVELS)}{suggest(word, LEVELS)}"
    )


def refused_of_layers(layer: str, layers: int) -> str:
    """Why nobody goes with a layer given as a word, of an organisation of so many management layers that is no chart; or ""."""
    steps = steps_below_top(layer)
    if not steps:
        return f"{layer!r}: {NO_LEVELS}"
    if steps < layers:
        return ""
    there = (
        ", ".join(f"{FROM_TOP}{k}" for k in range(1, layers))
        or "none, because the only management layer is the top"
    )
    return f"there is no manager {in_words(layer).split(' ', 1)[1]}; management layers below the top: {there}"


def in_words(layer: int | str, many: bool = True) -> str:
    """Managers of a layer: "managers at layer 2", "managers one layer below the top", "senior managers"."""
    one = "managers" if many else "manager"
    if isinstance(layer, int):
        return f"{one} at layer {layer}"
    steps = steps_below_top(layer)
    if steps:
        return f"{one} {'directly' if steps == 1 else f'{steps} layers'} below the top"
    return f"{layer}s" if many else layer
