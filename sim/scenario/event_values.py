"""Values of dated events: read, or refused with the place and what may stand there."""

import math
from typing import Any

from sim.errors import UserError, suggest

#: Characters of what somebody wrote that a message quotes.
LONGEST = 80


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
    raise UserError(
        f"{place}: {short(value)} is not one of {', '.join(choices)}{suggest(str(value)[:LONGEST], choices)}"
    )


def hint(word: object, known: tuple[str, ...]) -> str:
    """Return what *word* may have meant, or what is *known*, to be put after a message."""
    return suggest(str(word)[:LONGEST], known) or (
        f"; known here: {', '.join(known)}" if len(known) <= 12 else ""
    )


def key_name(key: object) -> str:
    """Return a key as it may stand in a place: one line, not too long."""
    return " ".join(str(key)[:LONGEST].split())


def short(value: object) -> str:
    """Return a value as it may be quoted in a message."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
