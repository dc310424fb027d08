"""Pictures of `orgsim sensitivity`: bars of mu* by mechanism, Sobol indices, and one assumption at a time around a verdict."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments import plots
from sim.experiments.assumption_words import mechanism_words, parameter_words, plain, unit_of
from sim.experiments.sensitivity.indices import Effect
from sim.experiments.sensitivity.study import Sensitivity, Study
from sim.experiments.sensitivity.tipping import Alone
from sim.experiments.sensitivity.words import base_unit, in_base
from sim.statistics.estimates import Interval, interval_of, known
from sim.text.numbers import outcome_words

ROWS = 36  # lines of a picture
LABEL = 34  # letters of a line
PER_GROUP = 4  # parameters shown of a mechanism, 2 where there are many mechanisms
MANY_GROUPS = 6
VERDICT_ROWS = 22
WIDTH = 7.4
#: A bar: its label, the effect (None for a mechanism), its size and the interval.
Line = tuple[str, Effect | None, float, Interval | None]
RISES, FALLS, BOTH, SUM = "#0072B2", "#D55E00", "#CC79A7", "#BBBBBB"


def sensitivity_pictures(folder: Path, found: Sensitivity, *, png: bool = True) -> list[Path]:
    """Write a picture per outcome, and one of the verdict, as SVG (and PNG). Returns what was written."""
    written: list[Path] = []
    for name, study in found.studies.items():
        if study.indices.noise_share is None:
            continue
        if found.method == "sobol":
            written += _sobol_picture(folder / name, found, study, png)
        elif any(effect.beyond_noise for effect in study.indices.effects):
            written += _morris_picture(folder / name, found, study, png)
    if found.flips is not None and found.flips.rows:
        written += _verdict_picture(folder / "verdict-one-at-a-time", found, found.flips.rows, png)
    return written


def _axes(rows: int, extra: float = 2.3, row: float = 0.27) -> tuple[Figure, Axes]:
    """Axes for bars of so many rows. extra, row: inches beside the rows, and of each."""
    figure = plots.new_figure(WIDTH, max(3.2, extra + row * rows))
    axes = figure.add_subplot()
    axes.grid(True, axis="x", color="#dddddd", lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(rows - 0.4, -0.7)
    return figure, axes


def _finish(figure: Figure, axes: Axes, title: str, label: str, caption: str, columns: int = 56) -> None:
    """Title, label of the x axis with the caption below it (so many letters a line), and the legend."""
    axes.set_title(textwrap.fill(title, 46), fontsize=12, loc="left", pad=16)
    axes.set_xlabel(
        f"{textwrap.fill(label, columns)}\n\n{textwrap.fill(caption, columns)}",
        fontsize=9.5,
        ha="left",
        x=0.0,
    )
    count = len(axes.get_legend_handles_labels()[0])
    plots.legend_below(figure, axes, 2 if count > 3 else count, size=10)


def _what(found: Sensitivity, study: Study) -> str:
    topic = outcome_words(study.outcome.name)
    if len(found.names) == 2:
        return f"the difference {found.names[1]} - {found.names[0]} in {topic}"
    return f"{topic} of {found.names[0]}"


# ---- Morris


def _morris_lines(study: Study) -> list[Line]:
    """Mechanisms with their leading parameters, as many as fit."""
    lines: list[Line] = []
    groups = [group for group in study.indices.groups if group.beyond]
    for group in groups:
        if len(lines) >= ROWS - 1:
            break
        label = f"{mechanism_words(group.name)}: sum of {group.beyond}"
        lines.append((label, None, known(group.total), interval_of(group.lo, group.hi)))
        members = [
            e for e in study.indices.effects if e.beyond_noise and e.path.split(".", 1)[0] == group.name
        ]
        members.sort(key=lambda e: -e.mu_star)
        for effect in members[: min(_per_group(study), ROWS - len(lines))]:
            ends = interval_of(effect.lo, effect.hi)
            lines.append((_label(effect.path), effect, effect.mu_star, ends))
    return lines


def _per_group(study: Study) -> int:
    """How many parameters of a mechanism are shown."""
    many = sum(group.beyond > 0 for group in study.indices.groups) > MANY_GROUPS
    return 2 if many else PER_GROUP


def _label(path: str) -> str:
    unit = unit_of(path)
    words = parameter_words(path).partition(": ")[2] or path
    return f"{words} [{unit}]" if unit else words


def _colour(effect: Effect | None) -> tuple[str, str, str]:
    """Colour, hatch and legend of a bar."""
    if effect is None:
        return SUM, "", "mechanism: sum over its parameters beyond noise"
    if abs(effect.mu) < 0.5 * effect.mu_star:
        return BOTH, "xx", "either way"
    if effect.mu > 0:
        return RISES, "", "rises with the parameter"
    return FALLS, "//", "falls"


def _morris_picture(path: Path, found: Sensitivity, study: Study, png: bool) -> list[Path]:
    lines = _morris_lines(study)
    figure, axes = _axes(len(lines))
    named: set[str] = set()
    for k, (_, effect, size, ends) in enumerate(lines):
        colour, hatch, meaning = _colour(effect)
        label = None if meaning in named else meaning
        named.add(meaning)
        axes.barh(
            k,
            in_base(study, size),
            height=0.72,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            lw=0,
            label=label,
        )
        if ends is not None:
            lo, hi = (in_base(study, end) for end in ends)
            axes.plot([lo, hi], [k, k], color="black", lw=1.3, solid_capstyle="butt")
            axes.plot([lo, hi], [k, k], color="black", lw=0, marker="|", ms=6)
    axes.set_yticks(range(len(lines)), [line[0] for line in lines], fontsize=10)
    for text, (_, effect, _, _) in zip(axes.get_yticklabels(), lines, strict=True):
        text.set_fontweight("bold" if effect is None else "normal")
    axes.set_xlim(left=0)
    label = f"mean absolute change over the whole range (mu*), {base_unit(found, study)}"
    caption = (
        f"Morris screening, {study.indices.blocks} trajectories, {found.runs} runs per point; lines: 95 % intervals. Only "
        f"what is beyond noise is shown; of a mechanism the {_per_group(study)} parameters that move most."
    )
    _finish(figure, axes, f"What moves {_what(found, study)}", label, caption)
    return plots.save(figure, path, png)


# ---- Sobol


def _sobol_picture(path: Path, found: Sensitivity, study: Study, png: bool) -> list[Path]:
    groups = study.indices.groups
    figure, axes = _axes(len(groups), 2.2)
    for k, g in enumerate(groups):
        for offset, size, lo, hi, colour, marker, label in (
            (-0.14, g.total, g.lo, g.hi, RISES, "o", "total, with interactions"),
            (0.14, g.first, g.first_lo, g.first_hi, FALLS, "s", "first order, alone"),
        ):
            axes.plot([100 * known(lo), 100 * known(hi)], [k + offset] * 2, color=colour, lw=1.8)
            axes.plot(
                100 * known(size),
                k + offset,
                marker,
                label=label if k == 0 else None,
                color=colour,
                mfc=colour if g.beyond else "white",
                ms=7,
                lw=0,
            )
    axes.axvline(0, color="#777777", lw=1)
    axes.set_yticks(range(len(groups)), [mechanism_words(g.name) for g in groups], fontsize=10)
    caption = (
        f"Sobol indices by mechanism, {study.indices.blocks} rows, {found.runs} runs per point; lines: 95 % intervals. Hollow: "
        "within noise."
    )
    title = f"What the variance of {_what(found, study)} is due to"
    _finish(figure, axes, title, "share of the variance over the plausible world, %", caption)
    return plots.save(figure, path, png)


# ---- the verdict


def _verdict_rows(rows: Sequence[Alone]) -> list[Alone]:
    """Those that flip or leave it undecided first to be kept, then those with the largest swing; drawn by swing."""
    order = {"flips": 0, "undecided": 1, "holds": 2}
    kept = sorted(rows, key=lambda row: (order[row.state], -row.swing))[:VERDICT_ROWS]
    return sorted(kept, key=lambda row: -row.swing)


def _verdict_picture(path: Path, found: Sensitivity, alone: Sequence[Alone], png: bool) -> list[Path]:
    study, rows = found.primary, _verdict_rows(alone)
    a, b = found.names
    pair = known(study.difference)  # a verdict has two scenarios, and an interval
    lo, hi = (in_base(study, end) for end in known(pair.interval))
    figure, axes = _axes(len(rows), 2.6, 0.42)
    base = in_base(study, known(pair.difference))
    axes.axvspan(lo, hi, color="#999999", alpha=0.3, lw=0)
    axes.axvline(base, color="#555555", lw=1.2, ls="--", label="base values, with 95 % interval")
    axes.axvline(0, color="black", lw=2)
    for k, row in enumerate(rows):
        _verdict_row(axes, k, row, study)
    left, right = axes.get_xlim()
    margin = 0.05 * (right - left)
    axes.set_xlim(min(left, -3 * margin), max(right, 3 * margin))
    _sides(axes, study, a, b)
    labels = [parameter_words(row.path) for row in rows]
    ends = [
        f"{plain(row.ends[0].value)} to {plain(row.ends[1].value)} {unit_of(row.path)}".strip()
        for row in rows
    ]
    both = [f"{textwrap.fill(x, LABEL)}\n{y}" for x, y in zip(labels, ends, strict=True)]
    axes.set_yticks(range(len(rows)), both, fontsize=9)
    for text, row in zip(axes.get_yticklabels(), rows, strict=True):
        text.set_fontweight("bold" if row.state == "flips" else "normal")
    topic = outcome_words(study.outcome.name)
    label = f"{b} - {a}, {topic}, {base_unit(found, study)}"
    caption = (
        "Each assumption alone goes to both ends of its range, all others stay at their base values. Thin lines: 95 % "
        "intervals. Bold: it flips the verdict, beyond noise; the diamond is where."
    )
    _finish(figure, axes, f"Does one assumption flip the verdict on {topic}?", label, caption, 50)
    return plots.save(figure, path, png)


def _verdict_row(axes: Axes, k: int, row: Alone, study: Study) -> None:
    styles = ((FALLS, "o", "low end of the range", -0.13), (RISES, "s", "high end", 0.13))
    means = [in_base(study, end.difference.mean) for end in row.ends]
    shown = [mean for mean in means if mean is not None]
    if len(shown) == len(means):
        axes.plot(shown, [k, k], color="#BBBBBB", lw=6, solid_capstyle="butt", zorder=2)
    for end, mean, (colour, marker, label, offset) in zip(row.ends, means, styles, strict=True):
        if mean is None:
            continue
        if end.difference.interval is not None:
            lo, hi = (in_base(study, x) for x in end.difference.interval)
            axes.plot([lo, hi], [k + offset] * 2, color=colour, lw=1.2, zorder=3)
        axes.plot(
            mean, k + offset, marker, color=colour, ms=6.5, lw=0, zorder=4, label=label if k == 0 else None
        )
    if row.tip is not None:
        axes.plot(0, k, "D", color="black", mfc="#F0E442", ms=7, zorder=6)


def _sides(axes: Axes, study: Study, a: str, b: str) -> None:
    """Say on which side of zero who is ahead."""
    right, left = (b, a) if study.outcome.better > 0 else (a, b)
    for text, x, side in ((f"{left} ahead ", -4, "right"), (f" {right} ahead", 4, "left")):
        axes.annotate(
            text, xy=(0, 1), xycoords=("data", "axes fraction"), xytext=(x, 2), textcoords="offset points", ha=side,
            fontsize=10, fontweight="bold",
        )  # fmt: skip
