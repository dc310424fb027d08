"""Files that are no scenario: recognised, so that no message quotes what stands in them.

A scenario may come from somebody else, and what it names may be a private file. A message that quotes a line of a scenario
helps; one that quotes a line of another file would give that file away.
"""

import re
from collections.abc import Mapping

from sim.errors import nearest_word

#: The message about such a file, after its name.
NOT_QUOTED = (
    "this is neither a scenario nor a sweep: none of their keys stands in it; a scenario opens with question: ..., and "
    "`orgsim list` names examples"
)
#: Keys by which a scenario or a sweep is known. Words that other files have as well (name, description, ...) tell nothing.
TELLING = ("question", "extends", "organisation", "parameters", "vary", "base")
_KEY = re.compile(rb"""(?m)^[ \t]*(?:\{[ \t]*)?["']?([A-Za-z_]{2,40})["']?[ \t]*:""")
_MOST_LINES = 1000
_COMMON = ("name", "description")  # keys that many files have


def looks_foreign(raw: bytes) -> bool:
    """True if no line of a broken file opens with a key that tells a scenario or a sweep, or one spelt like it."""
    found = (
        match[1].decode("ascii") for match, _ in zip(_KEY.finditer(raw), range(_MOST_LINES), strict=False)
    )
    return not any(word in TELLING or nearest_word(word, TELLING) for word in dict.fromkeys(found))


def is_foreign(data: object, known: tuple[str, ...]) -> bool:
    """True if data read from a file have no key of *known*, nor one spelt like it. Name and description tell nothing."""
    if not isinstance(data, Mapping):
        return data is not None
    if set(data) <= set(known):
        return False
    telling = tuple(key for key in known if key not in _COMMON)
    return not any(key in telling or nearest_word(str(key)[:80], telling) for key in data)
