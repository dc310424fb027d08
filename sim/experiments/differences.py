"""What differs between scenarios before anything is simulated: people, structure, parameters, dated events."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from sim.organisation.tree import Tree
from sim.scenario import tree
from sim.scenario.events import DatedEvent, in_words
from sim.scenario.scenario import Scenario
from sim.text import numbers


def dated_differences(a: Scenario, b: Scenario) -> list[str]:
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
    a: Scenario, b: Scenario, before: Sequence[DatedEvent], after: Sequence[DatedEvent], what: str
) -> list[str]:
    one, other = Counter(map(in_words, before)), Counter(map(in_words, after))
    lines = []
    for name, only in zip(_names(a, b), (one - other, other - one), strict=True):
        lines += [f"{what}only in {name}: {event}" for event in only.elements()]
    return lines


def _names(a: Scenario, b: Scenario) -> tuple[str, str]:
    return (a.name, b.name) if a.name != b.name else ("the first", "the second")


def unique_names(names: Sequence[str]) -> list[str]:
    """Names made different by a number in brackets where they repeat."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def what_differs(a: Scenario, b: Scenario, tree_of: Callable[[Scenario], Tree] = tree.tree_of) -> list[str]:
    """What b has that a has not, in words and money: first the organisation in one line, then changed
    parameters, then dated events that only one of them has.

    tree_of: builds the organisation of a scenario; by default as the engine does.
    """
    lines = [structure_difference(tree_of(a).facts(), tree_of(b).facts(), float(tree_of(a).pay.min()))]
    if (
        removal := tree.removal_of(b)
    ) is not None and a.organisation.remove_layer != b.organisation.remove_layer:
        lines.append(f"remove_layer {b.organisation.remove_layer}: {removal}")
    for unit in ("weeks", "warmup_weeks", "tick_hours"):
        before, after = getattr(a, unit), getattr(b, unit)
        if before != after:
            lines.append(f"time.{unit} {before} -> {after}")
    for path in sorted(set(a.values) | set(b.values)):
        before, after = a.values.get(path), b.values.get(path)
        if before != after:
            lines.append(f"{path} {plain(before)} -> {plain(after)}")
    return lines + dated_differences(a, b)


def structure_difference(a: Mapping[str, float], b: Mapping[str, float], smallest_pay: float) -> str:
    """One line on two `Tree.facts`; smallest_pay: USD a year, below which payrolls count as equal."""
    parts = []
    counted = (
        ("managers", "manager", "managers"),
        ("ics", "IC", "ICs"),
        ("others", "other person", "other people"),
    )
    for key, one, many in counted:
        change = int(b.get(key, 0) - a.get(key, 0))
        if change:
            parts.append(f"{change:+,} {one if abs(change) == 1 else many}")
    before, after = f"{a['first_line_span_mean']:.3g}", f"{b['first_line_span_mean']:.3g}"
    if before != after:
        parts.append(f"mean first-line span {before} -> {after}")
    layers = int(b["layers"] - a["layers"])
    if layers:
        count = "one layer" if abs(layers) == 1 else f"{abs(layers)} layers"
        parts.append(f"{count} {'more' if layers > 0 else 'less' if abs(layers) == 1 else 'fewer'}")
    if a["roots"] != b["roots"]:
        parts.append(f"tops {int(a['roots'])} -> {int(b['roots'])}")
    parts = parts or ["same organisation chart"]
    dearer = b["payroll"] - a["payroll"]
    if abs(dearer) < 1:
        parts.append("payroll equal")
    elif abs(dearer) < smallest_pay:
        parts.append(f"payroll equal within {int(-(-abs(dearer) // 1000)) * 1000:,} USD")
    else:
        parts.append(
            f"payroll {dearer:+,.0f} USD a year ({numbers.percent(dearer / a['payroll'], sign=True)} %)"
        )
    return ", ".join(parts)


def plain(value: object) -> str:
    """A parameter's value as a person writes it in YAML."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
