"""Assumptions in words, and how far they bear a verdict: one wording for every experiment (`sim.experiments.holding`)."""

from collections.abc import Sequence

from sim.experiments.holding import LEAST_WORLDS, OPPOSE, SPLIT, Holding
from sim.parameters.registry import REGISTRY
from sim.statistics.estimates import Holds
from sim.text.numbers import percent, plural

_ACRONYMS = {"ai": "AI", "ic": "IC", "ics": "ICs", "usd": "USD"}
_TITLES = {"ai": "AI", "governance": "AI strategy", "people": "people over time"}


def mechanism_words(name: str) -> str:
    """A mechanism in words: 'ai' -> 'AI'."""
    return _TITLES.get(name, name)


def parameter_words(path: str) -> str:
    """A parameter in words, its mechanism first: 'questions.help_hours' -> 'questions: help hours'."""
    section, _, name = path.partition(".")
    words = " ".join(_ACRONYMS.get(part, part) for part in name.split("_"))
    return f"{mechanism_words(section)}: {words}"


def unit_of(path: str) -> str:
    """Unit of a parameter; '' where it is not declared (tests)."""
    return REGISTRY[path].unit if path in REGISTRY else ""


def plain(value: float | None) -> str:
    """A value of a parameter as a person writes it."""
    if value is None:
        return "?"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """'a, b and c'; *last* stands before the last one."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def share_words(share: Holds) -> str:
    """A share of worlds with its interval: '45 % [33, 58]'; '-' without a world."""
    if not share.n:
        return "-"
    return f"{percent(share.share, 0)} % [{percent(share.lo, 0)}, {percent(share.hi, 0)}]"


def kind_words(like: str = "") -> str:
    """What the worlds are called in which a verdict is tried: 'plausible worlds', 'worlds that look like ours.yaml'."""
    return f"worlds that look like {like}" if like else "plausible worlds"


def worlds_words(count: int, like: str = "") -> str:
    """'64 plausible worlds', '1 world that looks like ours.yaml'."""
    return plural(count, f"world that looks like {like}" if like else "plausible world", kind_words(like))


def definition_words(like: str = "") -> str:
    """Explains the shares below a table or a text."""
    sets = "sets of all uncertain parameters" + (" that give its observed figures" if like else "")
    return (
        f"holds: share of the {kind_words(like)} ({sets}) in which the difference is beyond the noise of its runs (95 %) in "
        "the same direction; reversed: beyond noise in the other; open: neither. Ranges are mostly judgement, so these shares "
        "are no probabilities"
    )


def everywhere_words(found: Holding, holds: str = "holds", turned: str = "reversed") -> str:
    """Beside worlds that look like a scenario: ' (all plausible worlds: holds in 71 %, reversed in 12 %)'; else ''."""
    every = found.everywhere
    if every is None or not every.worlds:
        return ""
    shares = [percent(share.share, 0) for share in (every.holds, every.reversed)]
    return f" (all plausible worlds: {holds} in {shares[0]} %, {turned} in {shares[1]} %)"


def holding_words(found: Holding, claim: str = "holds") -> str:
    """'holds in 45 % [33, 58] of 64 plausible worlds, open in 40 %, reversed in 15 %'; of worlds that look like a scenario, with
    all plausible ones beside.
    """
    if not found.worlds:
        return f"undefined in all {kind_words(found.like)}"
    rest = [
        f"{name} in {percent(x.share, 0)} %"
        for name, x in (("open", found.open), ("reversed", found.reversed))
    ]
    of = worlds_words(found.worlds, found.like)
    return f"{claim} in {share_words(found.holds)} of {of}, {', '.join(rest)}{everywhere_words(found)}"


def support_words(found: Holding) -> str:
    """What the worlds say of the verdict where most do not bear it out; '' where they do."""
    return says_words(found.support, found.like)


def says_words(support: str | None, like: str = "") -> str:
    """`Holding.support` in words, where the worlds do not bear a verdict out; else ''."""
    if support == OPPOSE:
        return f"most {kind_words(like)} say the opposite"
    return f"the {kind_words(like)} do not settle it" if support == SPLIT else ""


def flip_words(found: Holding, claim: str = "it", ask: str = "orgsim sensitivity A B") -> str:
    """The one assumption that flips it, or why none is named; '' where it holds in every world, or without worlds.

    claim: what it flips; ask: the command that searches.
    """
    if not found.worlds or found.holds.k == found.worlds:
        return ""
    flip, worlds = found.flips, plural(found.worlds, "world")
    if flip is None and found.worlds < LEAST_WORLDS:
        return f"{worlds} are too few to say which assumption flips it; `{ask}` searches"
    if flip is None:
        return f"no single assumption explains it among {worlds}; `{ask}` searches"
    name, unit = parameter_words(flip.path), unit_of(flip.path)
    size = f"rank correlation {flip.correlation:+.2f} over {worlds}"
    if flip.value is None or flip.against is None:
        side = "more" if flip.correlation < 0 else "less"
        return (
            f"it hangs most on {name}: {side} of it speaks against the verdict ({size}), but does not turn it"
        )
    way = "upwards" if flip.above else "downwards"
    value = f"{plain(flip.value)} {unit}".rstrip()
    against = f"{flip.against.k} of the {flip.against.n} worlds there are against it"
    return f"{name} flips {claim}: from {value} {way} {against} ({size})"
