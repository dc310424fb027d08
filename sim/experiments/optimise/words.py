"""The best designs in words: the answer, the table of the front, the price of each step, what was tried."""

from collections.abc import Sequence

from sim.experiments.assumption_words import (
    definition_words,
    listed,
    parameter_words,
    worlds_words,
)
from sim.experiments.differences import structure_difference
from sim.experiments.optimise.final import OPEN, WORLD_RUNS, Edge, Entry, Step
from sim.experiments.optimise.space import Goal, Limit
from sim.experiments.optimise.study import Optimum
from sim.experiments.parts_words import change_words
from sim.experiments.points import label
from sim.outcomes.declared import OUTCOMES
from sim.scenario.settings import SETTINGS
from sim.scenario.tree import removal_of, tree_of
from sim.statistics.estimates import Estimate, Paired
from sim.text import numbers
from sim.text.tables import paragraph, table


def optimum_text(found: Optimum, folder: str = "") -> str:
    """Everything that is printed. folder: of the results, for the command that goes on from them."""
    blocks = [found.space.question, "\n".join(paragraph(text, "  ") for text in answer(found))]
    if found.final.entries:
        blocks += [_front(found), _designs(found)]
        if found.final.steps:
            blocks.append(_steps(found))
    blocks.append("\n".join([*map(paragraph, tried_words(found)), *_next(found, folder)]))
    return "\n\n".join(blocks)


# ---- the answer


def answer(found: Optimum) -> list[str]:
    """The answer in a few sentences, the first of which says it all."""
    entries, goals = found.final.entries, found.space.goals
    if not found.tried.finalists:
        return [_nothing(found)]
    winners = [entry for entry in entries if entry.beats(goals)]
    if not winners:
        said = [_not_beaten(found)]
    elif len(goals) == 1:
        said = [_best(found, winners[0], goals[0])]
    else:
        said = [_winners(found, winners)]
    trades = len(entries) - len(winners)
    if trades and winners:
        one = trades == 1
        said.append(
            f"{numbers.plural(trades, 'more design')} {'is' if one else 'are'} on the front and {'buys' if one else 'buy'} one "
            "objective with another."
        )
    return [*said, *_cautions(found)]


def _nothing(found: Optimum) -> str:
    tried = found.tried
    if not tried.designs:
        return f"None of {numbers.plural(len(tried.candidates), 'design')} that were tried can be built: {tried.reason}."
    return "No design that was tried has a figure for every objective and constraint; use more weeks or runs."


def _not_beaten(found: Optimum) -> str:
    base, entries = found.space.base.name, found.final.entries
    if not entries and found.tried.met == 0:
        return f"No design that was tried meets the constraints: {limits_words(found.space.limits)}."
    text = f"Nothing that was tried beats {base} beyond noise"
    if entries and len(found.space.goals) > 1:
        buy = "buys" if len(entries) == 1 else "buy"
        return f"{text}; {numbers.plural(len(entries), 'design')} {buy} one objective with another."
    if entries:
        return f"{text}; what is best among the designs that meet the constraints is below."
    like, worse, broke = len(found.final.like_base), found.final.worse, found.final.broke
    parts = [
        text_ for count, text_ in (
            (like, f"{like} {'does' if like == 1 else 'do'} not differ from it"),
            (worse, f"{worse} {'is' if worse == 1 else 'are'} worse"),
            (broke, f"{broke} {'breaks' if broke == 1 else 'break'} a constraint"),
        ) if count
    ]  # fmt: skip
    return f"{text}: of the {found.final.finalists} best on fresh runs, {listed(parts)}."


def _winners(found: Optimum, winners: Sequence[Entry]) -> str:
    """Who beats the base, and the most that they reach on every objective on which one is better."""
    held = f"{found.space.base.name} at equal {found.space.hold}"
    reached = []
    for goal in found.space.goals:
        better = [entry for entry in winners if entry.way(goal) > 0]
        if better:
            top = _top(better, goal)
            which = "" if len(winners) == 1 else f" (design {top.number})"
            reached.append(f"{outcome_change_words(goal.outcome, top.against[goal.outcome])}{which}")
    here = " here" if _turns(winners, found.space.goals) else ""
    if len(winners) == 1:
        return f"Design {winners[0].number} beats {held}{here}: {listed(reached)}, and on no objective worse beyond noise."
    names = listed([str(entry.number) for entry in winners])
    return (
        f"Designs {names} beat {held}: each is better on some objective and worse on none{here}, beyond noise. The most that "
        f"they reach: {listed(reached)}."
    )


def _best(found: Optimum, entry: Entry, goal: Goal) -> str:
    held = entry.worlds.get(goal.outcome)
    worlds = (
        f"; that it is better holds in {held.holds.k} of {worlds_words(held.worlds, held.like)}"
        if held is not None and held.worlds
        else ""
    )
    change = outcome_change_words(goal.outcome, entry.against[goal.outcome])
    return (
        f"The best design found ({design_words(entry)}) has {change} against {found.space.base.name} at equal {found.space.hold}"
        f"{worlds}."
    )


def _top(entries: Sequence[Entry], goal: Goal) -> Entry:
    return max(entries, key=lambda entry: goal.sign * (entry.against[goal.outcome].difference or 0.0))


def _cautions(found: Optimum) -> list[str]:
    """What must be known before a design is taken: edges, other worlds, constraints that are hardly met."""
    said, entries = [], found.final.entries
    at_end = [entry for entry in entries if any(not edge.last for edge in entry.edges)]
    if at_end:
        which = _which(at_end)
        paths = list(
            dict.fromkeys(_edge_words(edge) for entry in at_end for edge in entry.edges if not edge.last)
        )
        said.append(
            f"{which} at the edge of what was sought ({listed(paths)}): beyond it may be a better one."
        )
    elsewhere = [entry for entry in entries if entry.mediocre(found.space.goals)]
    said += [_elsewhere(found, entry) for entry in elsewhere]
    near = [entry for entry in entries if OPEN in entry.limits]
    if near:
        said.append(f"{_which(near)} within noise of a constraint: it may be broken.")
    if OPEN not in found.final.base_limits and any(one != "met" for one in found.final.base_limits):
        said.append(f"{found.space.base.name} itself breaks a constraint.")
    return said


def _elsewhere(found: Optimum, entry: Entry) -> str:
    """On which objectives what is better here hardly holds in other worlds, with the counts of each."""
    counted = []
    for name in entry.mediocre(found.space.goals):
        held = entry.worlds[name]
        assert held is not None  # it has been judged by its worlds
        turned = f", reversed in {held.reversed.k}" if held.reversed.k else ""
        counted.append(
            f"its {numbers.outcome_words(name)} is mediocre elsewhere: better beyond noise in {held.holds.k} of "
            f"{worlds_words(held.worlds, found.like)}{turned}"
        )
    return f"Design {entry.number}: {'; '.join(counted)}."


def _turns(entries: Sequence[Entry], goals: Sequence[Goal]) -> bool:
    """Whether something that is said of a design is reversed in some world."""
    held = [entry.worlds.get(goal.outcome) for entry in entries for goal in goals if entry.way(goal)]
    return any(one is not None and one.reversed.k for one in held)


def _which(entries: Sequence[Entry]) -> str:
    """'Design 2 is', 'Designs 1, 2 and 5 are'."""
    if len(entries) == 1:
        return f"Design {entries[0].number} is"
    return f"Designs {listed([str(entry.number) for entry in entries])} are"


def _edge_words(edge: Edge) -> str:
    return f"{path_words(edge.path)} {short(edge.value)} is the {'least' if edge.low else 'most'}"


# ---- figures


def outcome_change_words(outcome: str, pair: Paired) -> str:
    """'value per payroll dollar +8.1 % [7.2, 9.0]', in the outcome's unit where it has no share of the base."""
    return f"{numbers.outcome_words(outcome)} {difference_words(outcome, pair)}"


def difference_words(outcome: str, pair: Paired) -> str:
    """'+8.1 % [7.2, 9.0]'; in the unit of the outcome where it cannot be told relative to the base."""
    if pair.relative_interval is not None and (pair.base or 0.0) > 0:
        return change_words(pair)
    unit, scale = numbers.shown_unit(OUTCOMES[outcome].unit)
    lo_, hi_ = numbers.scaled(pair.lo, scale), numbers.scaled(pair.hi, scale)
    return f"{numbers.signed(numbers.scaled(pair.difference, scale))} {numbers.interval(lo_, hi_)} {unit}".strip()


def limits_words(limits: Sequence[Limit]) -> str:
    """'change failure rate at most 0.15 and ...'."""
    return listed(
        [
            f"{numbers.outcome_words(one.outcome)} at {'most' if one.sign > 0 else 'least'} {one.bound:g}"
            for one in limits
        ]
    )


def short(value: object) -> str:
    """A value of a path in a table."""
    return f"{value:.4g}" if isinstance(value, float) else label(value)


def design_words(entry: Entry) -> str:
    """'management layers 2, review hours per week 6.4'."""
    return ", ".join(f"{path_words(path)} {short(value)}" for path, value in entry.point.items())


def path_words(path: str) -> str:
    """'management layers', 'review: hours per week'."""
    return numbers.words(path) if path.startswith("organisation.") else parameter_words(path)


def _figure(outcome: str, found: Estimate) -> str:
    unit, _ = numbers.shown_unit(OUTCOMES[outcome].unit)
    return f"{numbers.outcome_words(outcome)} {_level(outcome, found)} {unit}"


def _level(outcome: str, found: Estimate) -> str:
    """'0.163 [0.153, 0.173]'."""
    _, scale = numbers.shown_unit(OUTCOMES[outcome].unit)
    mean, lo, hi = (numbers.scaled(x, scale) for x in (found.mean, found.lo, found.hi))
    return f"{numbers.number(mean, 3)} {numbers.interval(lo, hi)}"


# ---- tables


def _front(found: Optimum) -> str:
    """A row per design: what it changes, and in how many worlds that holds."""
    space, final = found.space, found.final
    header, rows = ["design"], [[str(entry.number)] for entry in final.entries]
    align = ">"
    for goal in space.goals:
        header += [numbers.outcome_words(goal.outcome), *(["holds in"] if final.ranged else [])]
        align += ">>" if final.ranged else ">"
        for row, entry in zip(rows, final.entries, strict=True):
            row += [difference_words(goal.outcome, entry.against[goal.outcome])]
            row += [_holds(entry, goal)] if final.ranged else []
    for limit in [one for one in space.limits if one.outcome not in [goal.outcome for goal in space.goals]]:
        header.append(numbers.outcome_words(limit.outcome))
        align += ">"
        for row, entry in zip(rows, final.entries, strict=True):
            row.append(_level(limit.outcome, entry.levels[limit.outcome]))
    header.append(f"against {space.base.name}")
    align += "<"
    for row, entry in zip(rows, final.entries, strict=True):
        row.append(_verdict(entry, space.goals))
    runs = numbers.plural(space.runs, "fresh run")
    title = (
        f"The front, as differences to {space.base.name} at equal {space.hold}: {runs} each, 95 % intervals"
    )
    base = paragraph(
        f"{space.base.name} has {'; '.join(_figure(name, one) for name, one in final.base.items())}."
    )
    return "\n".join([title, table(header, rows, align), base])


def _verdict(entry: Entry, goals: Sequence[Goal]) -> str:
    if entry.beats(goals):
        return "better"
    ways = [entry.way(goal) for goal in goals]
    return "better and worse" if max(ways) > 0 > min(ways) else "worse" if min(ways) < 0 else "within noise"


def _holds(entry: Entry, goal: Goal) -> str:
    """In how many worlds a difference holds; '-' of one that is within noise, so that nothing is claimed."""
    held = entry.worlds.get(goal.outcome)
    claimed = held is not None and held.worlds and entry.way(goal)
    if held is None or not claimed:
        return "-"
    turned = f", reversed in {held.reversed.k}" if held.reversed.k else ""
    return f"{held.holds.k} of {held.worlds}{turned}"


def _designs(found: Optimum) -> str:
    """What the designs are, and what must be known of each."""
    paths = list(found.space.vary)
    header = ["design", *(path.removeprefix("organisation.") for path in paths)]
    rows = [
        [str(entry.number), *(short(entry.point[path]) for path in paths)] for entry in found.final.entries
    ]
    rows.append([found.space.base.name, *(_stated(found, path) for path in paths)])
    known = [(entry, _to_know(found, entry)) for entry in found.final.entries]
    lines = [f"Design {entry.number}: {'; '.join(said)}." for entry, said in known if said]
    return "\n".join([table(header, rows), *map(paragraph, lines)])


def _to_know(found: Optimum, entry: Entry) -> list[str]:
    said = built_words(found, entry)
    said += [f"{'end' if edge.last else 'edge'}: {path_words(edge.path)}" for edge in entry.edges]
    said += [
        f"{numbers.outcome_words(name)} mediocre elsewhere" for name in entry.mediocre(found.space.goals)
    ]
    said += ["at a constraint"] if OPEN in entry.limits else []
    more = len(entry.members)
    return said + ([f"{numbers.plural(more, 'other design')} within noise of it"] if more else [])


def built_words(found: Optimum, entry: Entry) -> list[str]:
    """What its organisation has that the base's has not, and whom a layer taken out removes; nothing if it is the same."""
    base, scenario = found.space.base, entry.design.scenario
    before, after = tree_of(base), tree_of(scenario)
    removal = removal_of(scenario)
    taken = base.organisation.remove_layer != scenario.organisation.remove_layer
    changed = before.facts() != after.facts()
    said = [structure_difference(before.facts(), after.facts(), float(before.pay.min()))] if changed else []
    return said + ([str(removal)] if removal is not None and taken else [])


def _stated(found: Optimum, path: str) -> str:
    """The base's own value; '-' for a part of the structure that it states in another way."""
    base = found.space.base
    if path in base.values:
        return short(base.values[path])
    if path in SETTINGS and path.startswith("organisation."):
        value = getattr(base.organisation, path.partition(".")[2], None)
        return "-" if value is None else short(value)
    return "-"


def _steps(found: Optimum) -> str:
    title = (
        "The price of each step along the front (the next design against the one before, on the same runs)"
    )
    goals = found.space.goals
    rows = [
        [f"{step.start} to {step.end}", *(_step_cell(step, goal) for goal in goals)]
        for step in found.final.steps
    ]
    header = ["step", *(numbers.outcome_words(goal.outcome) for goal in goals)]
    return f"{title}\n{table(header, rows)}"


def _step_cell(step: Step, goal: Goal) -> str:
    text = difference_words(goal.outcome, step.change[goal.outcome])
    interval = step.change[goal.outcome].interval
    return f"{text} (noise)" if interval is None or interval.sign == 0 else text


# ---- how


def tried_words(found: Optimum) -> list[str]:
    """What was tried, and how the figures were had."""
    space, tried, final = found.space, found.tried, found.final
    impossible = tried.count("impossible")
    parts = [
        f"{numbers.plural(len(tried.designs), 'distinct design')}, {space.search_runs} runs each on the same dice"
    ]
    parts += [f"{impossible} could not be built ({tried.reason})"] if impossible else []
    parts += [f"{tried.undefined} lack a figure"] if tried.undefined else []
    parts += [f"{tried.met} meet the constraints ({limits_words(space.limits)})"] if space.limits else []
    best = "The best one was" if final.finalists == 1 else f"The {final.finalists} best were"
    fresh = f" {best} run {space.runs} times on dice that the search has not seen{_fate(found)}."
    lines = [
        f"Tried: {numbers.plural(len(tried.candidates), 'candidate')}; {'; '.join(parts)}.{fresh if final.finalists else ''}"
        f" {space.base.weeks} weeks, seed {space.seed}, fresh seed {space.fresh_seed}."
    ]
    if final.ranged is not None:
        failed = f"; {final.ranged.failed} could not be run" if final.ranged.failed else ""
        lines.append(
            f"Worlds: {worlds_words(final.ranged.points, found.like)}, {len(final.ranged.paths)} uncertain parameters, "
            f"{WORLD_RUNS} runs in each{failed}. {definition_words(found.like)}."
        )
    return lines


def _fate(found: Optimum) -> str:
    final, like = found.final, len(found.final.like_base)
    parts = [
        text for count, text in (
            (like, f"{like} {'does' if like == 1 else 'do'} not differ from {found.space.base.name} beyond noise"),
            (final.broke, f"{final.broke} {'breaks' if final.broke == 1 else 'break'} a constraint"),
            (final.worse, f"{final.worse} {'is' if final.worse == 1 else 'are'} beaten by another"),
        ) if count
    ]  # fmt: skip
    return f": {listed(parts)}" if parts else ""


def _next(found: Optimum, folder: str) -> list[str]:
    """The command that gives the figures of a design again."""
    if not folder or not found.final.entries:
        return []
    space = found.space
    where = f"{folder}/scenarios"
    return [
        f"Again, with every outcome: orgsim compare {where}/base.yaml {where}/01.yaml --runs {space.runs} "
        f"--seed {space.fresh_seed}"
    ]
