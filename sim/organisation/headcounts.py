"""Head counts of an organisation as plain numbers: size limits, managers per layer, layers counted from below.

No NumPy here: scenarios are checked and rosters are read without it. `sim.organisation.structure` makes trees of these numbers.
"""

import math
from collections.abc import Sequence

from sim.errors import UserError

MAX_PEOPLE = 200_000
MAX_LAYERS = 100
HOLDS = ("ics", "headcount", "payroll", "budget")


def check_size(people: int) -> None:
    """Raise UserError when an organisation would be larger than the limit, before memory is taken."""
    if people > MAX_PEOPLE:
        raise UserError(
            f"organisation: {people:,} people are more than the limit of {MAX_PEOPLE:,}; lower organisation.ics"
        )


# ---- how many managers in each layer


def layer_sizes(ics: int, management_layers: int, bottom_span_ratio: float = 1.5) -> tuple[int, ...]:
    """Managers per layer, bottom up, of a balanced organisation with that many layers, the top included.

    Upper spans are s = (ics / ratio)^(1 / layers), the bottom span is ratio * s, so layer l has
    ics / (ratio s^l) managers, rounded and at least one. 96 ICs in 3 layers: (16, 4, 1).
    """
    _check_ics(ics)
    if not 1 <= management_layers <= MAX_LAYERS:
        raise UserError(
            f"organisation.management_layers: {management_layers} is out of range; use 1 (one manager) to {MAX_LAYERS}"
        )
    if not (math.isfinite(bottom_span_ratio) and bottom_span_ratio > 0):
        raise UserError(
            f"organisation.bottom_span_ratio: {bottom_span_ratio} must be above 0; 1.5 is the default"
        )
    scaled = ics / bottom_span_ratio
    below_top = range(1, management_layers)
    # Rounded half up; ics / (ratio s^l) is written as a power of `scaled` because s^L cancels exactly at the top.
    sizes = [max(1, math.floor(scaled ** (1 - layer / management_layers) + 0.5)) for layer in below_top]
    return _checked_sizes(ics, (*sizes, 1))


def layer_sizes_from_spans(ics: int, spans: Sequence[int]) -> tuple[int, ...]:
    """Managers per layer, bottom up, for spans of control given bottom up: ceil(n / span) in each layer.

    Raises UserError unless the last layer is one top.
    """
    _check_ics(ics)
    if not 1 <= len(spans) <= MAX_LAYERS:
        raise UserError(f"organisation.spans: {len(spans)} levels; give 1 to {MAX_LAYERS} spans, bottom up")
    sizes, below = [], ics
    for span in spans:
        if span < 1:
            raise UserError(
                f"organisation.spans: {span} in {list(spans)} is no span; every span is at least 1"
            )
        below = -(-below // span)
        sizes.append(below)
    if below != 1:
        chain = " -> ".join(f"{size:,}" for size in (ics, *sizes))
        raise UserError(
            f"organisation.spans: {list(spans)} ends in {below:,} managers without a boss ({chain}); it must end in "
            f"one top, as {[*spans, below]} does"
        )
    return _checked_sizes(ics, tuple(sizes))


def _check_ics(ics: int) -> None:
    if ics < 1:
        raise UserError(f"organisation.ics: {ics} is too few; at least 1 IC is needed")
    check_size(ics)


def _checked_sizes(ics: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    check_size(ics + sum(sizes))
    return sizes


# ---- layers


def layers_from_below(boss: Sequence[int], lowest: Sequence[int] | None = None) -> list[int]:
    """Layer of each person: the longest path down to somebody without reports, who is at `lowest` (default 0).

    boss: index of the boss, -1 for a root. Raises ValueError on a cycle.
    """
    layer, waiting = list(lowest) if lowest is not None else [0] * len(boss), [0] * len(boss)
    for above in boss:
        if above >= 0:
            waiting[above] += 1
    ready = [person for person, reports in enumerate(waiting) if not reports]
    done = 0
    while ready:
        person = ready.pop()
        done += 1
        above = boss[person]
        if above >= 0:
            layer[above] = max(layer[above], layer[person] + 1)
            waiting[above] -= 1
            if not waiting[above]:
                ready.append(above)
    if done != len(boss):
        raise ValueError("the tree has a cycle")
    return layer


def refused_layer(layer: int, managers: Sequence[int | None], removable: Sequence[int]) -> str:
    """Why a management layer cannot be removed, which layers exist, with their head counts, and what to write.

    managers: managers at layer 1, 2, ... up to the top, None if not known. removable: layers in which somebody has a boss.
    """
    top = len(managers)
    if layer == top:
        reason = f"layer {layer} is the top, and nobody is above to take its reports"
    elif 1 <= layer < top:
        reason = f"nobody at layer {layer} has a boss who could take the reports"
    else:
        reason = f"there is no layer {layer}"
    listed = []
    for k, count in enumerate(managers, 1):
        facts = ["top"] if k == top else ["first line"] if k == 1 else []
        facts += [f"{count:,} manager{'' if count == 1 else 's'}"] if count is not None else []
        listed.append(f"{k} ({', '.join(facts)})" if facts else f"{k}")
    words = [str(k) for k in removable]
    choice = " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    advice = f"use {choice}" if words else "there is no other layer that could go"
    return f"{reason}; management layers above the ICs: {', '.join(listed)}; {advice}"


def share_of(share: float, n: int) -> int:
    """Return *share* of *n* people as a whole number, half a person rounded up.

    The share counts as the decimal number that was written: .145 of 100 is 14.5, hence 15, although the nearest float lies
    below .145.
    """
    from decimal import ROUND_HALF_UP, Decimal  # only where a share is counted: `--help` loads this file

    return int((Decimal(repr(float(share))) * int(n)).quantize(Decimal(1), ROUND_HALF_UP))
