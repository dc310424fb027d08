"""The one exception that a user is meant to see."""

from typing import Any


class UserError(Exception):
    """Bad input or usage. The message names the value, the place, what exists, and the fix.

    The command line prints it without a traceback and exits with code 2.
    """


def listed_problems(problems: list[str]) -> str:
    """One message of several, a line each: the first ten, and how many more there are."""
    most = 10
    more = [f"... and {len(problems) - most} more"] if len(problems) > most else []
    return "\n".join([*problems[:most], *more])


def suggest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """Return ``", did you mean 'x'?"`` for the known word nearest to *word*, or ``""``."""
    near = nearest_word(word, known)
    # A word that is known, but refused here for another reason, is no suggestion.
    return f", did you mean '{near}'?" if near and near != word else ""


def nearest_word(word: str, known: list[str] | tuple[str, ...]) -> str:
    """Return the known word nearest to *word*, or ``""`` if none is near."""
    import difflib  # only where something is wrong: every command loads this file

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return near[0] if near else ""


def number_hint(value: object) -> str:
    """What to write instead of a percentage such as 60%, or of a number with a comma such as 0,4; '' for everything else."""
    return percent_hint(value) or comma_hint(value)


def comma_hint(value: object) -> str:
    """What to write instead of 0,4 or 1,000; '' for everything else."""
    import re  # only where something is wrong: every command loads this file

    text = value.strip() if isinstance(value, str) else ""
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}(,\d{3}){1,5}", text):
        return f"write {text.replace(',', '')} instead of {text}: numbers have no separators"
    if re.fullmatch(r"[-+]?\d{0,9},\d{1,9}", text):
        return f"write {text.replace(',', '.')} instead of {text}: decimals follow a point"
    return ""


def percent_hint(value: object) -> str:
    """What to write instead of a percentage such as 60%; '' for everything else."""
    import re  # only where something is wrong: every command loads this file

    if not isinstance(value, str):
        return ""
    match = re.fullmatch(r"\s*([-+]?\d{0,9}\.?\d{1,9})\s*%\s*", value)
    return f"write {float(match[1]) / 100:.12g} instead of {value.strip()}, a fraction" if match else ""


class RunsFailedError(UserError):
    """Every run of a scenario failed. `failures` lists them; the command line exits with code 1."""

    exit_code = 1

    def __init__(self, message: str, failures: tuple[Any, ...]) -> None:
        super().__init__(message)
        self.failures = failures
