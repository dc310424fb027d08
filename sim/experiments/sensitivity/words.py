"""What `orgsim sensitivity` prints: a few sentences of answer, then tables."""

from collections.abc import Sequence
from typing import overload

from sim.experiments.assumption_words import (
    holding_words,
    listed,
    mechanism_words,
    parameter_words,
    plain,
    support_words,
    unit_of,
    worlds_words,
)
from sim.experiments.sensitivity.indices import Effect, Group
from sim.experiments.sensitivity.study import Sensitivity, Study
from sim.experiments.sensitivity.tipping import Alone, Change, End, Flips, Tip
from sim.statistics.estimates import known, runs_needed, t_quantile
from sim.text.numbers import interval, number, outcome_words, percent, plural, scaled, shown_unit
from sim.text.tables import bullets, paragraph, table

LEAST_SHOWN = 0.1  # %, of the base; what is printed as 0.0 is below it
LEADING = 3  # parameters shown under a mechanism of the primary outcome
BRIEF_GROUPS, BRIEF_LEADING = 3, 2  # of other outcomes
SHOWN_ALONE = 12
USUAL = 10  # trajectories, by default
SHOWN_OPEN = 20  # of those that flip it or leave it undecided


# ---- words


def span_words(path: str, low: float, high: float) -> str:
    """A range with its unit: '8 to 40 hours'."""
    return f"{plain(low)} to {plain(high)} {unit_of(path)}"


@overload
def in_base(study: Study, value: float) -> float: ...
@overload
def in_base(study: Study, value: None) -> None: ...
def in_base(study: Study, value: float | None) -> float | None:
    """An effect as it is shown: in % of the (first) scenario's figure, or in the outcome's unit where that is zero."""
    if value is None:
        return None
    return 100 * value / study.scale if study.scale else value


def base_unit(found: Sensitivity, study: Study) -> str:
    """The unit of `in_base`."""
    at = " at the same values" if study.relative else ""
    return f"% of the figure of {found.names[0]}{at}" if study.scale else study.outcome.unit


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    text = f"{value:,.0f}" if abs(value) >= 9.95 else f"{value:.1f}"
    return "0.0" if text == "-0.0" else text


def _interval(study: Study, lo: float | None, hi: float | None) -> str:
    return "" if lo is None else f"[{_figure(in_base(study, lo))}, {_figure(in_base(study, hi))}]"


def _sized(study: Study, value: float | None, lo: float | None, hi: float | None) -> str:
    """'3.0 % [2.7, 3.4]'."""
    unit = " %" if study.scale else f" {study.outcome.unit}"
    if not study.scale:  # in the unit of the outcome, which one decimal may not do justice
        return f"{number(value, 3)}{unit} {interval(lo, hi)}".rstrip()
    return f"{_figure(in_base(study, value))}{unit} {_interval(study, lo, hi)}".rstrip()


def _shows(study: Study, value: float | None) -> bool:
    """False for an effect that would be printed as 0.0: nothing is said to depend on it."""
    return bool(value) and (not study.scale or _figure(in_base(study, value)) not in ("0.0", "-"))


# ---- the answer


def answer(found: Sensitivity) -> list[str]:
    """The answer in two to four sentences."""
    if len(found.names) == 2:
        return [*_verdict_sentences(found), *_drivers(found)]
    study = found.primary
    unit, scale = shown_unit(study.outcome.unit)
    level = study.levels[0]
    if level.mean is None:
        return [
            f"{_topic(study)} of {found.names[0]} is undefined in every run, so nothing can be said about it."
        ]
    ends = (
        "" if level.interval is None else " [{}, {}]".format(*(number(scale * x, 3) for x in level.interval))
    )
    first = f"{_topic(study)} of {found.names[0]} is {number(scale * level.mean, 3)}{ends} {unit} at the base values."
    return [first, *_drivers(found)]


def _topic(study: Study) -> str:
    words = outcome_words(study.outcome.name)
    return words[0].upper() + words[1:]


def _drivers(found: Sensitivity) -> list[str]:
    """What moves the primary outcome, or the difference, most; and what does nothing."""
    study = found.primary
    what = "The difference" if len(found.names) == 2 else "It"
    groups = [group for group in study.indices.groups if group.beyond]
    if study.indices.noise_share is None:
        lines = [f"{what} does not vary over the design points, or too few of them are defined."]
    elif not groups:
        more = f"--samples {USUAL} or more" if found.samples < USUAL else "more --samples or --runs"
        lines = [f"{what} depends on no assumption beyond noise yet; {more} may find some."]
    elif found.method == "sobol":
        lines = [_sobol_sentence(what, groups)]
    else:
        lines = [_morris_sentence(found, study, what, groups)]
    if found.method == "morris" and (found.still or found.noisy):
        lines.append(
            f"Of {plural(len(found.space.paths), 'assumption')}, {len(found.still)} "
            f"{'moves' if len(found.still) == 1 else 'move'} nothing here, and {len(found.noisy)} nothing beyond noise."
        )
    return lines


def _sobol_sentence(what: str, groups: Sequence[Group]) -> str:
    groups = [g for g in groups if percent(g.total, 0) not in ("0", "-")]
    if not groups:
        return f"{what} hardly depends on any mechanism: none beyond noise makes up 1 % of its variance."
    parts = [
        f"{mechanism_words(g.name)} ({percent(g.total, 0)} % of its variance [{percent(g.lo, 0)}, {percent(g.hi, 0)}], "
        "interactions included)"
        for g in groups[:3]
    ]
    return f"{what} depends most on {listed(parts)}."


def _morris_sentence(found: Sensitivity, study: Study, what: str, groups: Sequence[Group]) -> str:
    effects = [e for e in study.indices.effects if e.beyond_noise and _shows(study, e.mu_star)]
    effects.sort(key=lambda e: -e.mu_star)
    if not effects:
        return (
            f"{what} hardly depends on any assumption: none beyond noise moves it by {LEAST_SHOWN} % when it goes through its "
            f"whole range."
        )
    shown = [e for e in effects if e.lo and _shows(study, e.lo)]
    if not shown:
        return _not_yet_sentence(found, study, what, effects[0])
    effects, groups = shown, [group for group in groups if _shows(study, group.total)]
    parts = [f"{parameter_words(e.path)} ({_sized(study, e.mu_star, e.lo, e.hi)})" for e in effects[:3]]
    names = listed([mechanism_words(group.name) for group in groups[:3]])
    of = f", in {base_unit(found, study)}" if study.scale else ""
    return (
        f"{what} depends most on {listed(parts)}: the mean change when one goes through its whole range{of}. By mechanism: "
        f"{names}."
    )


def _not_yet_sentence(found: Sensitivity, study: Study, what: str, first: Effect) -> str:
    """That the intervals of all effects reach 0, and how many trajectories would tell the largest from it."""
    count = study.indices.blocks
    far = first.hi is not None and count > 1
    spread = (known(first.hi) - first.mu_star) * count**0.5 / t_quantile(0.975, count - 1) if far else None
    enough = runs_needed(spread, first.mu_star)
    more = (
        "more --samples would tell"
        if enough is None
        else f"about {max(enough, count + 1):,} (--samples {max(enough, count + 1)}) would tell"
    )
    return (
        f"{what} depends on no assumption beyond noise yet: with {plural(count, 'trajectory', 'trajectories')} the 95 % "
        f"intervals reach 0, even of what seems to move it most, {parameter_words(first.path)} "
        f"({_sized(study, first.mu_star, first.lo, first.hi)}); {more}."
    )


def _verdict_sentences(found: Sensitivity) -> list[str]:
    study = found.primary
    a, b = found.names
    topic = outcome_words(study.outcome.name)
    pair = known(study.difference)  # there are two scenarios
    if pair.n == 0:
        return [f"{_topic(study)} is undefined, so {a} and {b} cannot be compared."]
    size = _sized(study, pair.difference, pair.lo, pair.hi)
    if not study.side:
        text = f"{b} and {a} do not differ beyond noise on {topic} at the base values ({size}): no verdict to flip."
        return [text, *_world_sentence(found, study, 1, f"that {b} is ahead holds")]
    verb = "beats" if study.side > 0 else "loses to"
    first = f"{b} {verb} {a} on {topic} at the base values ({size})."
    lines = [first, *_world_sentence(found, study, study.side, "the verdict holds")]
    return [*lines, *_flip_sentences(known(found.flips))]


def _world_sentence(found: Sensitivity, study: Study, side: int, claim: str) -> list[str]:
    world = study.world
    if world is None or not world.ahead.worlds:
        return []
    counted = world.holding(side)
    other = world.of != study.outcome.name
    if other:  # the ratio follows from money in every world: what is counted is the part that is behaviour
        counted = known(world.judged(study.outcome.name, side))
        claim = f"the {'rise' if world.rises else 'fall'} of output holds"
    says = support_words(counted) if study.side and not other else ""
    text = f"How sure by assumptions: {holding_words(counted, claim)}"
    return [
        f"{text}; each is judged beyond the noise of its runs, and all {len(found.space.paths)} assumptions vary"
        f"{f': {says}' if says else ''}."
    ]


def _flip_sentences(found: Flips) -> list[str]:
    flipping = [(row, row.tip) for row in found.rows if row.tip is not None]
    change = found.smallest
    if change is None:
        tried = found.tried
        more = f", nor do the {tried} that cost it most, together at their worse ends" if tried else ""
        return [f"No assumption alone flips it within its range{more}."]
    if flipping:
        row, tip = next(one for one in flipping if one[0].path == change.paths[0])
        others = (
            f" {plural(len(flipping) - 1, 'other')} can do it alone."
            if len(flipping) > 1
            else " No other does it alone."
        )
        return [
            f"The smallest change of one assumption that flips it: {_tip_words(row, tip)}; {_confirmed(change)}.{others}"
        ]
    names = listed([parameter_words(path) for path in change.paths[:3]])
    rest = len(change.paths) - 3
    more = f" and {plural(rest, 'other')}" if rest > 0 else ""
    return [
        f"No assumption alone flips it within its range. The smallest joint change found moves {len(change.paths)} "
        f"({names}{more}) by {percent(change.distance, 0)} % of their ranges{_share_interval(change)}; "
        f"{_confirmed(change)}. It was searched for; a smaller one may exist."
    ]


def _tip_words(row: Alone, tip: Tip) -> str:
    span = (
        ""
        if tip.lo is None
        else f" [{plain(tip.lo)}, {'the end of its range' if tip.beyond else plain(tip.hi)}]"
    )
    unit = unit_of(row.path)
    return (
        f"{parameter_words(row.path)} from {plain(row.base)} to {plain(tip.value)}{span}{' ' + unit if unit else ''}, "
        f"{percent(tip.distance, 0)} % of its range{_share_interval(tip)}"
    )


def _share_interval(x: Tip | Change) -> str:
    lo, hi = x.distance_lo, x.distance_hi
    return "" if lo is None or hi is None else f" [{percent(lo, 0)}, {percent(hi, 0)}]"


def _confirmed(change: Change) -> str:
    where = "at the far end of that interval"
    if change.confirmed:
        return f"confirmed on fresh dice {where}"
    return f"on fresh dice {where} the reverse is not beyond noise, so take it as a hint"


# ---- tables


def sensitivity_text(found: Sensitivity) -> str:
    """The whole: answer, tables, notes."""
    head = f"{found.names[0]}: which assumptions drive it"
    if len(found.names) == 2:
        head = f"{found.names[1]} against {found.names[0]}: which assumptions drive the verdict"
    notes = [f"Note: {note}." for note in found.notes]
    parts = [head, bullets([*answer(found), *notes])]
    if len(found.names) == 2:
        parts += [_world_table(found), *_alone_table(found)]
    for k, study in enumerate(found.studies.values()):
        parts.append(_index_table(found, study, brief=k > 0))
    if found.method == "morris":
        parts += _quiet(found)
    return "\n\n".join([*parts, _notes(found)])


def _world_table(found: Sensitivity) -> str:
    a, b = found.names
    rows = []
    for study in found.studies.values():
        pair = known(study.difference)  # there are two scenarios
        verdict = {1: f"{b} ahead", -1: f"{a} ahead", 0: "undecided"}[study.side]
        row = [
            study.outcome.name,
            _figure(in_base(study, pair.difference)),
            _interval(study, pair.lo, pair.hi),
            verdict,
        ]
        if study.world is not None:
            counted = study.world.ahead
            row += [
                percent(x.share, 0) if x.n else "-" for x in (counted.holds, counted.open, counted.reversed)
            ]
        rows.append(row)
    header = ["outcome", "B - A, %", "95 % interval", "at the base"]
    if found.sets:
        header += ["B ahead %", "open %", "A ahead %"]
    align = "<>><" + ">" * (len(header) - 4)
    title = f"Verdicts (A = {a}, B = {b})"
    if found.sets:
        title += f"; share of {worlds_words(found.sets, found.like)} in which B or A is ahead beyond noise"
        if any(study.world and study.world.of != study.outcome.name for study in found.studies.values()):
            title += ", of ratios to a payroll or headcount that differs by value per week"
    return f"{title}\n{table(header, rows, align)}"


def _alone_table(found: Sensitivity) -> list[str]:
    if found.flips is None or not found.flips.rows:
        return []
    study = found.primary
    shown = sorted((r for r in found.flips.rows if r.state != "holds"), key=lambda r: r.state != "flips")[
        :SHOWN_OPEN
    ]
    calm = [row for row in found.flips.rows if row.state == "holds"]
    shown += calm[: max(3, SHOWN_ALONE - len(shown))]
    rows = []
    for row in shown:
        low, high = row.ends
        rows.append(
            [
                row.path, plain(row.base), _end(study, low), _end(study, high), _flips_at(study, row),
                percent(row.tip.distance, 0) if row.tip else "-",
            ]
        )  # fmt: skip
    header = ["one assumption alone", "base", "at its low end", "at its high end", "flips at", "% of range"]
    left = len(found.flips.rows) - len(shown)
    text = f"One at a time: {found.names[1]} - {found.names[0]} on {study.outcome.name}, {base_unit(found, study)}\n"
    text += table(header, rows, "<>>>>>")
    if left:
        text += f"\n{left} more do not flip it, or not beyond noise: --json has all."
    return [text]


def _end(study: Study, end: End) -> str:
    d = end.difference
    return f"{plain(end.value)}: {_figure(in_base(study, d.mean))} {_interval(study, d.lo, d.hi)}".rstrip()


def _flips_at(study: Study, row: Alone) -> str:
    if row.tip is None:
        if row.state == "undecided" and any(_reversed(study, end) for end in row.ends):
            return "not after correction"
        return {"flips": "inside its range", "undecided": "undecided", "holds": "no"}[row.state]
    lo, hi = row.tip.lo, row.tip.hi
    return f"{plain(row.tip.value)} [{plain(lo)}, {plain(hi)}]" if lo is not None else plain(row.tip.value)


def _reversed(study: Study, end: End) -> bool:
    """Whether the interval of an end, for itself, lies on the other side of zero than the verdict."""
    sign, d = study.side * study.outcome.better, end.difference
    return d.interval is not None and sign * d.interval.sign < 0


def _index_table(found: Sensitivity, study: Study, brief: bool) -> str:
    what = "difference in " if len(found.names) == 2 else ""
    title = f"{what}{study.outcome.name}"
    if study.indices.noise_share is None:
        return f"{title}: does not vary, or is undefined in all but {study.indices.blocks} of {found.samples} blocks"
    share = f"noise: {percent(study.indices.noise_share)} % of the variance over design points"
    if study.indices.blocks < found.samples:
        share += f"; {study.indices.blocks} of {found.samples} blocks, undefined somewhere in the others"
    if found.method == "sobol":
        return f"{title}, shares of variance in % ({share})\n{_sobol_table(study)}"
    return f"{title}, {base_unit(found, study)} ({share})\n{_morris_table(found, study, brief)}"


def _sobol_table(study: Study) -> str:
    rows = []
    for g in study.indices.groups:
        total, lo, hi, first, first_lo, first_hi = (
            _figure(scaled(x, 100)) for x in (g.total, g.lo, g.hi, g.first, g.first_lo, g.first_hi)
        )
        note = "" if g.beyond else "within noise"
        name = mechanism_words(g.name)
        rows.append([name, str(g.members), total, f"[{lo}, {hi}]", first, f"[{first_lo}, {first_hi}]", note])
    header = ["mechanism", "parameters", "total", "95 % interval", "first order", "95 % interval", ""]
    return table(header, rows, "<>>>>><")


def _morris_table(found: Sensitivity, study: Study, brief: bool) -> str:
    of: dict[str, list[Effect]] = {}
    for effect in sorted(study.indices.effects, key=lambda e: -e.mu_star):
        if effect.beyond_noise:
            of.setdefault(effect.path.split(".", 1)[0], []).append(effect)
    groups = [group for group in study.indices.groups if group.beyond]
    if not groups:
        return "  no parameter moves it beyond noise"
    rows = []
    for group in groups[: BRIEF_GROUPS if brief else None]:
        count = f"{group.beyond} of {group.members}"
        name = f"{mechanism_words(group.name)} ({count})"
        rows.append(
            [name, "", _figure(in_base(study, group.total)), _interval(study, group.lo, group.hi), "", ""]
        )
        rows += [_effect_row(found, study, e) for e in of[group.name][: BRIEF_LEADING if brief else LEADING]]
    return table(["mechanism, parameter", "range", "mu*", "95 % interval", "mu", "sigma"], rows, "<<>>>>")


def _effect_row(found: Sensitivity, study: Study, effect: "Effect") -> list[str]:
    axis = found.space.ranges[effect.path]
    span = span_words(effect.path, axis.low, axis.high)
    return [
        f"  {effect.path}", span, _figure(in_base(study, effect.mu_star)), _interval(study, effect.lo, effect.hi),
        _figure(in_base(study, effect.mu)), _figure(in_base(study, effect.sigma)),
    ]  # fmt: skip


def _quiet(found: Sensitivity) -> list[str]:
    """Parameters that move nothing, and those that move nothing beyond noise."""
    two = len(found.names) == 2
    alone = ", nor the verdict one at a time" if found.flips else ""
    kinds = (
        (f"Move nothing here (the same {'difference' if two else 'figures'} in every run)", found.still),
        (f"Move nothing beyond noise on any of these outcomes{alone}", found.noisy),
    )
    return [f"{title}:\n{_by_mechanism(paths)}" for title, paths in kinds if paths]


def _by_mechanism(paths: Sequence[str]) -> str:
    """A line per section: 'review: ai_detection, ai_blindness'."""
    of: dict[str, list[str]] = {}
    for path in paths:
        section, _, name = path.partition(".")
        of.setdefault(section, []).append(name)
    return bullets([f"{section}: {', '.join(names)}" for section, names in of.items()])


def _notes(found: Sensitivity) -> str:
    count = len(found.space.paths)
    text = f"{plural(count, 'uncertain parameter')} over their plausible ranges, {found.weeks} weeks, seed {found.seed}. "
    if found.method == "morris":
        text += (
            f"Morris: {plural(found.samples, 'trajectory', 'trajectories')}, {plural(found.runs, 'run')} per point on "
            "common random numbers. mu*: mean absolute change of the outcome when a parameter goes through its whole "
            "range; mu: with its sign; sigma: how much that change itself varies with the other parameters. Of a "
            "mechanism: the sum over its parameters beyond noise (how many of how many). 95 % interval: Student t over "
            "trajectories. Beyond noise: F test against the variation over runs, p < .05 after Holm's correction over "
            "the parameters."
        )
    else:
        text += (
            f"Sobol: {plural(found.samples, 'row')}, {plural(found.runs, 'run')} per point on common random numbers. "
            "total: share of the variance that is left if all other mechanisms are known; first order: share that goes "
            "if this one is known. 95 % interval: bootstrap over rows. Within noise: F test against the variation over "
            "runs, with Holm's correction; such a figure is not different from nothing."
        )
    if any(study.relative for study in found.studies.values()):
        text += (
            f" Differences are relative to {found.names[0]} at the same values, so that what scales both alike (pay) has no "
            f"effect."
        )
    if len(found.names) == 2:
        text += (
            " One at a time: all other parameters at their base values; flips: the reverse beyond noise at an end, corrected "
            f"for all {2 * count} ends that were tried; not after correction: the 95 % interval printed, which is for one end by "
            "itself, is on the other side of zero, but chance does as much among so many; undecided: neither the verdict nor "
            "its reverse beyond noise. A reversal inside a range that is "
            "undone at its end is not seen."
        )
    return paragraph(text + " Ranges are mostly judgement: shares of them are not probabilities.")
