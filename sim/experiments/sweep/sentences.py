"""The answer of a sweep in words: which design is ahead, where they cross, and what the runs are too few to decide."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.constants import ALPHA
from sim.experiments.assumption_words import says_words
from sim.experiments.cautions import MANY_RUNS, smaller_than
from sim.experiments.designs import as_numbers
from sim.experiments.holding import OPPOSE, SPLIT
from sim.experiments.parts_words import change_words
from sim.experiments.points import label
from sim.experiments.sweep.file import CrossingSpec
from sim.outcomes.declared import Outcome
from sim.statistics import crossing, estimates
from sim.text.numbers import number, outcome_words, plural, words

FEW_RUNS = 10  # with fewer, the interval of a crossing is rough


def names_of(spec: CrossingSpec | None) -> tuple[str, str]:
    """What to call the two designs: 'flat (2 layers)', 'layered (3 layers)'."""
    if spec is None:
        return "", ""
    described = [describe(spec.of, value) for value in spec.between]
    names = spec.names
    if names is None and spec.of == "organisation.management_layers":
        one, other = as_numbers(spec.between)
        names = ("flat", "layered") if one < other else ("layered", "flat")
    if names is None:
        return described[0], described[1]
    return f"{names[0]} ({described[0]})", f"{names[1]} ({described[1]})"


def describe(path: str, value: object) -> str:
    """A design in words: '2 layers', 'spans 12-8', 'share of code 0.3', 'as it is' where no layer is removed."""
    if path == "organisation.management_layers":
        return f"{value} layer" + ("" if value == 1 else "s")
    if value is None and path == "organisation.remove_layer":
        return label(value)
    return f"{words(path)} {label(value)}"


def short_name(name: str) -> str:
    """'flat (2 layers)' -> 'flat'; a name without brackets stays."""
    return name.split(" (")[0]


def plain_sentence(pair: estimates.Paired, declared: Outcome, names: tuple[str, str]) -> str:
    """The verdict of a sweep without a path along which the designs could cross."""
    first, second = names
    topic = outcome_words(declared.name)
    if pair.n == 0:
        return f"{topic} is undefined, so {first} and {second} cannot be compared."
    if pair.p is None or pair.p >= ALPHA:
        return f"No difference detected between {first} and {second} on {topic} ({change_words(pair)})."
    if declared.better == 0:
        return f"{first} differs from {second} on {topic} by {change_words(pair)}."
    verb = "beats" if declared.better * estimates.known(pair.difference) > 0 else "loses to"
    return f"{first} {verb} {second} on {topic} by {change_words(pair)}."


def crossing_sentence(
    found: crossing.Crossing,
    rows: Sequence[float],
    pair: Sequence[estimates.Paired],
    along: str,
    names: tuple[str, str],
    declared: Outcome,
) -> str:
    """The crossing in words. rows: values of `along`; pair: first minus second at each."""
    first, second = names
    topic = f"on {outcome_words(declared.name)}"
    low, high = min(rows), max(rows)
    span = f"{words(along)} {low:g} to {high:g}"
    ends = f"{change_words(pair[int(np.argmin(rows))])} at {low:g}, {change_words(pair[int(np.argmax(rows))])} at {high:g}"
    if found.kind in ("undefined", "equal"):
        what = (
            "the outcome is undefined somewhere" if found.kind == "undefined" else "both are equal throughout"
        )
        return f"No crossing {topic} within {span}: {what}."
    if not any(found.signs):
        return f"No difference detected between {first} and {second} {topic} anywhere within {span} ({ends})."
    if found.x is None and all(found.signs):
        side = "ahead of" if found.kind == "ahead throughout" else "behind"
        verb = "is never overtaken by" if found.kind == "ahead throughout" else "never overtakes"
        return f"{first} {verb} {second} {topic} within {span}: it is {side} {second} throughout ({ends})."
    if not is_shown(found, rows):
        return _partly(found, rows, along, names, topic, ends)
    where = _place(found, rows, along)
    if found.kind == "overtakes":
        text = f"{first} overtakes {second} {topic} at {where} ({ends})"
    else:
        text = f"{first} is ahead of {second} {topic} up to {where} and behind beyond it ({ends})"
    return f"{text}{_again(found, along)}."


def is_shown(found: crossing.Crossing | None, rows: Sequence[object]) -> bool:
    """Whether there is a crossing with a difference beyond noise on both sides of it, in its direction.

    rows: values of the path along which it was sought: numbers, where it was.
    """
    if found is None or found.x is None:
        return False
    up = 1 if found.kind == "overtakes" else -1
    signs = list(zip(found.signs, as_numbers(rows), strict=True))
    return any(s == -up and x < found.x for s, x in signs) and any(s == up and x > found.x for s, x in signs)


def _place(found: crossing.Crossing, rows: Sequence[float], along: str) -> str:
    """'AI share of code 0.42 [0.35, 0.50]'."""
    low, high = min(rows), max(rows)
    digits = max(0, 1 - math.floor(math.log10(high - low)))
    text = f"{words(along)} {found.x:.{digits}f}"
    if found.lo is None or found.hi is None:
        return text
    return f"{text} [{_end(found.lo, low, digits)}, {_end(found.hi, high, digits)}]"


def _partly(
    found: crossing.Crossing,
    rows: Sequence[float],
    along: str,
    names: tuple[str, str],
    topic: str,
    ends: str,
) -> str:
    """Where some differences are within noise, so that a crossing is neither shown nor excluded: only what is beyond it."""
    first, second = names
    counts = []
    for sign, side in ((1, "ahead of"), (-1, "behind")):
        n = sum(s == sign for s in found.signs)
        if n:
            counts.append(f"{side} {second} at {n}")
    text = (
        f"{first} is {' and '.join(counts)} of {len(rows)} values of {words(along)} from {min(rows):g} to {max(rows):g} "
        f"{topic}, beyond noise; at the others no difference is detected ({ends})"
    )
    if found.x is not None:
        text += f". The means cross at {_place(found, rows, along)}, but not beyond noise on both sides"
    return f"{text}{_again(found, along)}."


def _again(found: crossing.Crossing, along: str) -> str:
    again = ", ".join(number(x, 2) for x in found.others)
    return f"; the means cross again at {words(along)} {again}" if again else ""


def _end(value: float, bound: float, digits: int) -> str:
    if math.isfinite(value):
        return f"{value:.{digits}f}"
    return f"below {bound:g}" if value < 0 else f"above {bound:g}"


def support_sentence(found: Sequence[tuple[object, str | None]], along: str | None, like: str = "") -> str:
    """Where most worlds contradict or do not settle the verdict; '' where they bear it out.

    found: (value of `along`, what the worlds say of the verdict there). like: the scenario that the worlds look like.
    """
    parts = []
    for kind in (OPPOSE, SPLIT):
        places = [label(at) for at, says in found if says == kind]
        if places:
            where = "" if along is None else f" at {words(along)} {' and '.join(places)}"
            parts.append(f"{says_words(kind, like)}{where}")
    return f"But {'; and '.join(parts)}." if parts else ""


# ---- too few runs


@dataclass(frozen=True)
class TooFew:
    """What the runs of a panel do not decide. at: the rows; runs: done so far; suggested: runs that would decide them, None
    where that would take more than `MANY_RUNS` everywhere; sentence: the same in words.
    """

    at: tuple[object, ...]
    runs: int
    suggested: int | None
    sentence: str


def too_few(
    rows: Sequence[object],
    pair: Sequence[estimates.Paired],
    found: crossing.Crossing | None,
    along: str | None,
    prefix: str = "",
) -> TooFew | None:
    """What is left undecided, and how many runs would decide differences of the size seen; None if nothing is.

    Rows within noise are expected beside a crossing that is beyond noise on both sides; its interval says how sure it is.
    Suggested runs: from the sd of the paired differences, at the error of one of so many rows, for a power of 80 %.
    """
    runs = max(p.n for p in pair)
    done = plural(runs, "run")
    p_values = estimates.holm([p.p for p in pair])
    open_rows = [
        k for k, p in enumerate(p_values) if (p is None or p >= ALPHA) and pair[k].n and _differs(pair[k])
    ]
    if is_shown(found, rows):
        if runs >= FEW_RUNS:
            return None
        text = f"{prefix}{done} a point are few: the interval of the crossing is rough. Use at least {2 * FEW_RUNS}."
        return TooFew((), runs, 2 * FEW_RUNS, text)
    if not open_rows:
        return None
    if runs < 2:
        text = f"{prefix}1 run a point decides nothing and has no interval. Use at least {2 * FEW_RUNS}."
        return TooFew(tuple(rows[k] for k in open_rows), runs, 2 * FEW_RUNS, text)
    needed = {k: estimates.runs_needed(pair[k].sd, pair[k].difference, ALPHA / len(rows)) for k in open_rows}
    near = {k: n for k, n in needed.items() if n is not None and n <= MANY_RUNS}
    suggested = max((max(n, runs + 1) for n in near.values()), default=None)
    text = (
        f"{prefix}{done} a point are too few to decide{_at(along, [rows[k] for k in open_rows], len(rows))}"
    )
    if suggested is not None:
        text += f". About {round_up(suggested):,} would decide differences of the size seen"
        suggested = round_up(suggested)
    far = [rows[k] for k in open_rows if k not in near]
    if far:
        where = _at(along, far, len(rows)) if near else ""
        text += _how_small([pair[k] for k in open_rows if k not in near], where, bool(near))
    return TooFew(tuple(rows[k] for k in open_rows), runs, suggested, text + ".")


def _how_small(pairs: Sequence[estimates.Paired], where: str, after: bool) -> str:
    """What is said instead of a number of runs beyond `MANY_RUNS`. after: one was said of other rows before."""
    if small := smaller_than(pairs):
        what = "the differences" if len(pairs) > 1 else "the difference"
        verb = "are" if len(pairs) > 1 else "is"
        return f"; {what}{where}, if there {verb} any, {verb} {small}"
    begin = "; the" if after else ". The"
    return f"{begin} differences seen{where} are so small that more than {MANY_RUNS:,} would be needed"


def _differs(pair: estimates.Paired) -> bool:
    """False for figures that are the same in every run: no number of runs parts them."""
    return bool(pair.sd) or bool(pair.difference) or pair.n < 2


def _at(along: str | None, values: Sequence[object], count: int) -> str:
    if along is None:
        return ""
    if len(values) == count:
        return f" at any {words(along)}"
    listed = [label(value) for value in values]
    text = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
    return f" at {words(along)} {text}"


def round_up(runs: int) -> int:
    """A round number of runs: the estimate is rough."""
    step = 5 if runs <= 50 else 10 if runs <= 200 else 50
    return -(-runs // step) * step
