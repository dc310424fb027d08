"""Values of dated events: read, or refused with the place and what may stand there."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from sim.errors import UserError, suggest

Made = TypeVar("Made")

#: Characters of what somebody wrote that a message quotes.
LONGEST = 80
#: What people call it -> what it is called here. Words that look alike can mean the opposite: "fire" is nearest to "hire".
SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(
        ("fire", "dismiss", "cut", "terminate", "sack", "layoff", "let_go", "redundant", "make_redundant", "remove", "leave"),
        "lay_off",
    ),
    **dict.fromkeys(("recruit", "employ", "onboard", "backfill", "fill", "add"), "hire"),
    **dict.fromkeys(("demote", "step_down", "displace", "delayer", "flatten"), "convert"),
    **dict.fromkeys(("advance", "appoint", "elevate"), "promote"),
    **dict.fromkeys(("transfer", "reassign", "relocate", "rotate", "reshuffle"), "move"),
    **dict.fromkeys(("watch", "track", "observe"), "follow"),
    **dict.fromkeys(("grow", "expand", "create", "new", "enlarge"), "open"),
    **dict.fromkeys(("change", "adjust", "parameter", "parameters"), "set"),
    **dict.fromkeys(("engineer", "engineers", "developer", "developers", "employee", "worker"), "ic"),
    **dict.fromkeys(("boss", "bosses", "lead", "supervisor", "director", "executive"), "manager"),
    **dict.fromkeys(("count", "people", "heads", "headcount"), "number"),
    "number": "count",
    **dict.fromkeys(("fraction", "percent", "part"), "share"),
    **dict.fromkeys(("newest", "newcomers", "last_in_first_out", "lifo"), "shortest_tenure"),
    **dict.fromkeys(("oldest", "veterans"), "longest_tenure"),
}  # fmt: skip
#: The same for the first word of a choice: "worst_output" is "lowest_output".
_EXTREMES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("worst", "bottom", "least", "weakest", "low", "lower", "poorest"), ("lowest", "shortest")),
    **dict.fromkeys(("best", "top", "most", "strongest", "high", "higher"), ("highest", "longest")),
    **dict.fromkeys(("lowest", "newest", "short", "shorter", "fewest"), ("lowest", "shortest")),
    **dict.fromkeys(("highest", "oldest", "long", "longer"), ("highest", "longest")),
}  # fmt: skip


def all_of(checks: Iterable[Callable[[], Made]]) -> list[Made]:
    """Return what every check returns. Raises one `UserError` with the message of each that fails, a line each."""
    made, problems = [], []
    for check in checks:
        try:
            made.append(check())
        except UserError as error:
            problems += str(error).splitlines()
    if problems:
        raise UserError("\n".join(problems))
    return made


def whole(value: Any, place: str, low: int, high: int, unit: str) -> int:
    """Return *value* as a whole number from *low* to *high*, in *unit*. Raises `UserError` naming *place*."""
    if value is None:
        raise UserError(f"{place}: is missing; use a whole number from {low} to {high:,} ({unit})")
    is_whole = (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and value == int(value)
    )
    if not is_whole or not low <= value <= high:
        raise UserError(f"{place}: {short(value)} is no whole number from {low} to {high:,} ({unit})")
    return int(value)


def one_of(value: Any, choices: tuple[str, ...], place: str) -> str:
    """Return *value*, which is one of *choices*. Raises `UserError` naming *place*."""
    for choice in choices:
        if value == choice:
            return choice
    raise UserError(f"{place}: {short(value)} is not one of {', '.join(choices)}{suggested(value, choices)}")


def hint(word: object, known: tuple[str, ...]) -> str:
    """Return what *word* may have meant, or what is *known*, to be put after a message."""
    return suggested(word, known) or (f"; known here: {', '.join(known)}" if len(known) <= 12 else "")


def suggested(word: object, known: tuple[str, ...]) -> str:
    """``, did you mean 'x'?`` by meaning, or else by spelling; "" if nothing is near."""
    given = str(word)[:LONGEST]
    plain = "_".join(given.lower().replace("-", " ").replace("_", " ").split())
    first, _, rest = plain.partition("_")
    meant = [
        plain if plain != given else "",
        SYNONYMS.get(plain, ""),
        *(f"{extreme}_{rest}" for extreme in _EXTREMES.get(first, ())),
    ]
    for name in meant:
        if name in known:
            return f", did you mean '{name}'?"
    return suggest(given, known)


def key_name(key: object) -> str:
    """Return a key as it may stand in a place: one line, not too long."""
    return " ".join(str(key)[:LONGEST].split())


def short(value: object) -> str:
    """Return a value as it may be quoted in a message."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
