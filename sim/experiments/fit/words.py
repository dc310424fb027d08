"""What `orgsim fit` says: whether plausible worlds look like the organisation, and what they tell of the parameters."""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.experiments.assumption_words import listed
from sim.experiments.fit.implausibility import CUTOFF, means_of, without_each
from sim.experiments.fit.narrowed import Narrowed, narrowed
from sim.experiments.fit.study import USEFUL, Fit
from sim.text.numbers import number, percent, plural, shown_unit
from sim.text.plain import jsonable
from sim.text.tables import bullets, paragraph, table

SHOWN = 12  # narrowed parameters in the table unless all are asked for


def answer(found: Fit) -> list[str]:
    """The answer in a few sentences."""
    tried, kept = len(found.points), len(found.kept)
    figures = plural(len(found.targets), "observed figure")
    if not kept:
        return [_none_sentence(found)]
    volume = (
        f"{percent(found.volume, 1)} % of the plausible worlds"
        if found.volume >= 0.001
        else "under 0.1 % of the plausible worlds"
    )
    lines = [
        f"{plural(kept, 'world')} of {tried:,} tried {'looks' if kept == 1 else 'look'} like {found.name}: all of its {figures} "
        f"{'are' if len(found.targets) > 1 else 'is'} met ({volume})."
    ]
    if kept < USEFUL:
        lines.append(
            f"That is fewer than {USEFUL}, so shares over them are rough; more waves (--waves) find more, and figures with a "
            f"wider `within` leave more."
        )
    told = [one for one in narrowed(found) if one.told]
    rest = len(found.paths) - len(told)
    if told:
        names = listed([f"{one.path} (to {percent(one.share, 0)} %)" for one in told[:3]])
        more = "" if len(told) <= 3 else f" and {plural(len(told) - 3, 'other')}"
        lines.append(
            f"They narrow or move the plausible values of {names}{more}; of {plural(rest, 'other parameter')} they say nothing "
            f"that can be told from chance."
        )
    else:
        lines.append(f"They narrow none of the {rest} parameters by itself, beyond chance.")
    return lines


def _none_sentence(found: Fit) -> str:
    odd = found.impossible
    tried = f"No plausible world of {len(found.points):,} tried gives the observed figures"
    alone = found.found.min(axis=0) >= CUTOFF
    if alone.any():
        each = [_out_of_reach(found, name) for name in odd]
        advice = "Check unit and period of the figure, and what the scenario switches off or sets itself."
        return f"{tried}: {'; '.join(each)}. {advice}"
    left = max(without_each(found.found))
    if not left:
        nearest = float(found.found.max(axis=1).min())
        return (
            f"{tried} together, nor all of them but one: each can be met alone, but they contradict one another in the model "
            f"(the nearest world misses one by {nearest:.1f} standard deviations; 3 are allowed)."
        )
    return (
        f"{tried} together. The odd one out is {listed(list(odd))}: without it {plural(left, 'world')} would be left; check how "
        f"it was measured, or widen its `within`."
    )


def _out_of_reach(found: Fit, name: str) -> str:
    """Why no set meets a figure even alone."""
    j = found.names.index(name)
    unit, scale = shown_unit(found.targets[j].outcome.unit)
    means = means_of(found.figures[:, j]) * scale
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    target = f"{found.targets[j].value * scale:.6g}"
    if low == high:
        return f"{name} is {number(low)} {unit} in every world, not {target} (what it measures may be switched off)"
    return f"{name} is {number(low)} to {number(high)} {unit} in the plausible worlds, not {target}"


def fit_text(found: Fit, everything: bool = False) -> str:
    """The whole text. everything: all parameters with their ranges, and the names of those that are not narrowed."""
    rows = narrowed(found)
    parts = [
        f"{found.name}: which plausible worlds look like it",
        bullets(answer(found)),
        _figures_table(found),
    ]
    if rows:
        parts.append(_narrowed_table(rows, everything))
    return "\n\n".join([*parts, paragraph(_notes(found))])


def _figures_table(found: Fit) -> str:
    rows = []
    for j, target in enumerate(found.targets):
        unit, scale = shown_unit(target.outcome.unit)
        means = scale * means_of(found.figures[:, j])
        drawn, kept = means[: found.waves[0].tried], means[found.kept]
        rows.append(
            [
                target.outcome.name, f"{scale * target.value:.6g} +- {2 * scale * target.measured**0.5:.4g}",
                _middle(drawn), _middle(kept), f"{found.found[:, j].min():.1f}", unit,
            ]
        )  # fmt: skip
    header = ["outcome", "observed", "all plausible worlds", "worlds that look like it", "nearest", "unit"]
    title = "Figures (5 to 95 % of the worlds; nearest: of all, in standard deviations)"
    return f"{title}\n{table(header, rows, '<>>>><')}"


def _middle(means: np.ndarray) -> str:
    means = means[np.isfinite(means)]
    if not len(means):
        return "-"
    low, high = np.quantile(means, (0.05, 0.95))
    return f"{number(float(low), 3)} to {number(float(high), 3)}"


def _narrowed_table(rows: Sequence[Narrowed], everything: bool) -> str:
    told = [one for one in rows if one.told]
    shown = list(rows) if everything else told[:SHOWN]
    cells = [
        [
            one.path, *(f"{number(low, 3)} to {number(high, 3)}" for low, high in (one.plausible, one.kept)),
            percent(one.share, 0), "yes" if one.told else "-",
        ]
        for one in shown
    ]  # fmt: skip
    header = ["parameter", "plausible", "in these worlds (5 to 95 %)", "% left", "beyond chance"]
    text = table(header, cells, "<>>><") if cells else "None is narrowed or moved by itself, beyond chance."
    if everything:
        return f"What the figures say of each parameter\n{text}"
    hidden = len(told) - len(shown)
    more = (
        f"{plural(hidden, 'more parameter')} {'is' if hidden == 1 else 'are'} narrowed or moved; "
        if hidden
        else ""
    )
    rest = len(rows) - len(told)
    verb = "is" if rest == 1 else "are"
    text += "\n" + paragraph(
        f"{more}{plural(rest, 'parameter')} {verb} neither narrowed nor moved: --all names them."
    )
    return f"What the figures say of single parameters\n{text}"


def _notes(found: Fit) -> str:
    waves = ", ".join(
        f"{wave.kept} of {wave.tried}"
        + (f" (chosen by an emulator from {wave.looked:,})" if wave.screened else "")
        for wave in found.waves
    )
    text = (
        f"History matching: {plural(found.runs, 'run')} of {found.weeks} weeks in every world, seed {found.seed}. Kept in "
        f"{'each wave' if len(found.waves) > 1 else 'the only wave'}: {waves}. A world is kept if no figure is {CUTOFF:g} or "
        f"more standard deviations off, of measurement (half of `within`), of one run, and of the model itself "
        f"({listed(_discrepancies(found))}). What the scenario sets itself stays as it is. The figures stand in place of the "
        f"calibration targets"
    )
    if found.failed:
        text += f". {found.failed} worlds could not be built: {found.reason}"
    return text + "."


def _discrepancies(found: Fit) -> list[str]:
    """'5 % of each figure', or by figure where they differ."""
    shares = [target.model**0.5 / abs(target.value) if target.value else 0.0 for target in found.targets]
    texts = [percent(share, 0) for share in shares]
    if len(set(texts)) == 1:
        return [f"{texts[0]} % of {'each figure' if len(texts) > 1 else 'the figure'}"]
    return [f"{text} % of {name}" for text, name in zip(texts, found.names, strict=True)]


# ---- JSON


def facts(found: Fit) -> dict[str, object]:
    """What the file beside the scenario says besides the kept sets."""
    return {
        "seed": found.seed, "runs": found.runs, "weeks": found.weeks, "kept": len(found.kept), "tried": len(found.points),
        "volume": found.volume, "impossible": list(found.impossible), "narrowed": _narrowed_json(narrowed(found)),
    }  # fmt: skip


def fit_json(found: Fit) -> dict[str, object]:
    """The JSON object of `orgsim fit --json`. Figures are in the declared unit of their outcome."""
    rows = narrowed(found)
    data = {
        "scenario": found.name,
        **facts(found),
        "not_narrowed": [one.path for one in rows if not one.told],
        "answer": answer(found),
        "figures": {
            target.outcome.name: {
                "value": target.value,
                "unit": target.outcome.unit,
                "variance": {"measured": target.measured, "model": target.model},
                "least_implausibility": float(found.found[:, j].min()),
                "plausible": _quantiles(found.figures[: found.waves[0].tried, j]),
                "kept": _quantiles(found.figures[found.kept, j]),
                "without_it": without_each(found.found)[j],
            }
            for j, target in enumerate(found.targets)
        },
        "waves": [
            {"looked": w.looked, "tried": w.tried, "kept": w.kept, "screened": w.screened}
            for w in found.waves
        ],
        "failed": found.failed,
    }
    made: dict[str, object] = jsonable(data)
    return made


def _narrowed_json(rows: Sequence[Narrowed]) -> Mapping[str, object]:
    return {
        one.path: {
            "plausible": list(one.plausible),
            "kept": list(one.kept),
            "share": one.share,
            "p_holm": one.p,
        }
        for one in rows
        if one.told
    }


def _quantiles(figures: np.ndarray) -> list[float] | None:
    means = means_of(figures)
    means = means[np.isfinite(means)]
    return [float(x) for x in np.quantile(means, (0.05, 0.95))] if len(means) else None
