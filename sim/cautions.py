"""What limits a verdict and must stand beside it: paths that are not followed, a short horizon, plausible sets that
disagree. And which dated events two scenarios do not share.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.scenario.events import in_words

if TYPE_CHECKING:
    from sim.scenario.events import Event
    from sim.scenario.scenario import Scenario
    from sim.statistics.estimates import Holds

FULL_WEEKS = 52  # with fewer, learning and turnover have hardly begun
AGREE, SPLIT, OPPOSE = "most agree", "not settled", "most say the opposite"


def cautions(scenarios: Sequence["Scenario"], weeks: int | None = None) -> list[str]:
    """Sentences, without a full stop, that belong to every verdict on these scenarios. weeks: the horizon, if not theirs."""
    lines = [
        f"{scenario.name}: its paths are followed by `orgsim run` only; here it is taken without their events"
        for scenario in scenarios
        if scenario.paths
    ]
    weeks = min(scenario.weeks for scenario in scenarios) if weeks is None else weeks
    if weeks < FULL_WEEKS:
        lines.append(
            f"{weeks} weeks are fewer than {FULL_WEEKS} weeks: learning and turnover have hardly begun; verdicts can change "
            f"with the horizon"
        )
    return list(dict.fromkeys(lines))


def support(agree: "Holds | None", against: "Holds | None") -> str | None:
    """Whether most plausible sets have the sign of a verdict, beyond doubt about the share (95 %); None without sets."""
    if agree is None or against is None or not agree.n:
        return None
    if against.lo > 0.5:
        return OPPOSE
    return AGREE if agree.lo > 0.5 else SPLIT


def dated_differences(a: "Scenario", b: "Scenario") -> list[str]:
    """Events and paths that only one of the two has, a line each."""
    lines = _one_sided(a, b, a.events, b.events, "")
    before, after = dict(a.paths), dict(b.paths)
    for name in dict.fromkeys((*before, *after)):
        what = f"path {name} (only `orgsim run` follows paths), "
        found = _one_sided(a, b, before.get(name, ()), after.get(name, ()), what)
        if not found and (name in before) != (name in after):
            found = [f"{what}only in {_names(a, b)[name in after]}: no events of its own"]
        lines += found
    return lines


def _one_sided(
    a: "Scenario", b: "Scenario", before: Sequence["Event"], after: Sequence["Event"], what: str
) -> list[str]:
    one, other = Counter(map(in_words, before)), Counter(map(in_words, after))
    lines = []
    for name, only in zip(_names(a, b), (one - other, other - one), strict=True):
        lines += [f"{what}only in {name}: {event}" for event in only.elements()]
    return lines


def _names(a: "Scenario", b: "Scenario") -> tuple[str, str]:
    return (a.name, b.name) if a.name != b.name else ("the first", "the second")
