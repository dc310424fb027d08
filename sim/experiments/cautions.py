"""What limits a verdict and must stand beside it: paths that are not followed, a short horizon, states where the way there is
asked for, and what AI answers where structures are compared. How sure it is: `sim.experiments.holding`.
"""

import math
from collections.abc import Callable, Sequence

from sim.experiments.plausible import switched_on
from sim.organisation.tree import Tree
from sim.scenario.scenario import Scenario
from sim.statistics.estimates import Paired
from sim.text.numbers import number, shown_unit

#: Runs (of a scenario, or a point of a sweep) above which none are suggested: how small the difference is says more.
MANY_RUNS = 1000
FULL_WEEKS = 52  # with fewer, learning and turnover have hardly begun


def cautions(scenarios: Sequence[Scenario], weeks: int | None = None) -> list[str]:
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


def on_answers(scenarios: Sequence[Scenario], tree_of: Callable[[Scenario], Tree]) -> list[str]:
    """What to try where structures are compared and AI answers questions in one of the scenarios; else nothing.

    Where it does, few layers lack less of managers' time; how many questions it answers well has no source
    (`ai.answer_knowledge`). tree_of: builds the organisation of a scenario.
    """
    facts = [tree_of(scenario).facts() for scenario in scenarios]
    shapes = {(one["layers"], one["roots"], f"{one['first_line_span_mean']:.3f}") for one in facts}
    on, always = switched_on(scenarios), [s.values["ai.answers"] == "always" for s in scenarios]
    needed = ("switches.flow", "switches.questions", "switches.ai", "switches.ai_answers")
    if len(shapes) < 2 or not all(map(on, needed)) or not (on("ai.share_of_code") or any(always)):
        return []
    tries = ["--set switches.ai_answers=false"] + ([] if all(always) else ["--set ai.answers=always"])
    return [
        f"what AI answers decides much of a verdict on structure: see whether this one holds with {' and with '.join(tries)}"
    ]


def as_event(scenarios: Sequence[Scenario], tree_of: Callable[[Scenario], Tree]) -> list[str]:
    """Where states of a chart are compared that differ in structure: that the way there is another question, and its command."""
    charts = [scenario for scenario in scenarios if scenario.organisation.chart is not None]
    if not charts:
        return []
    shapes = {(tree.n, tree.managers, tree.layers, len(tree.roots)) for tree in map(tree_of, scenarios)}
    if len(shapes) < 2:
        return []
    removed = [s.organisation.remove_layer for s in scenarios if s.organisation.remove_layer is not None]
    option = f" --remove-layer {removed[0]}" if removed else ""
    return [
        f"this compares two states, each as if it had always been so: the way there (severance, unrest, who leaves) is not in "
        f"it; ask for the same change as an event with `orgsim plan CHART{option}`"
    ]


def smaller_than(pairs: Sequence[Paired], unit: str = "") -> str | None:
    """How large undecided differences can be at most: "smaller than 0.4 % with 95 %", of each pair for itself.

    From the ends of their intervals, in % of the base, rounded up; in *unit* where a base is not above zero. None without
    intervals.
    """
    each = "with 95 %" if len(pairs) == 1 else "with 95 % each"
    relative = [end for p in pairs for end in (p.relative_lo, p.relative_hi)]
    above = all(p.base is not None and p.base > 0 for p in pairs)
    shares = [abs(end) for end in relative if end is not None and math.isfinite(end)]
    if pairs and above and len(shares) == len(relative):
        # A tenth of a per cent up, unless it is one already but for rounding.
        return f"smaller than {math.ceil(1000 * max(shares) - 1e-9) / 10:.1f} % {each}"
    ends = [abs(end) for p in pairs for end in (p.lo, p.hi) if end is not None and math.isfinite(end)]
    if not pairs or len(ends) < 2 * len(pairs):
        return None
    name, scale = shown_unit(unit)
    return f"smaller than {number(scale * max(ends), 3)} {name} {each}".replace("  ", " ")
