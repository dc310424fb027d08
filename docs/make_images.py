"""Draw the pictures of the docs from real runs: of the bundled sweep, of a scenario on layoffs, and of the base over AI shares.

    python docs/make_images.py [--results results/flat-vs-layered] [--only layoff-risk]

With ``--results`` the sweep is resumed in that folder, so that finished runs are used; without it, it runs in a temporary
one (about two minutes on two cores). The picture of layoff risk takes about half a minute, that of the AI share about five.
"""

import tempfile
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from sim.experiments.holding import Differences, signs
from sim.experiments.plausible import plausible_sets, varied
from sim.experiments.plots import MARKERS, OKABE_ITO, new_figure, save
from sim.experiments.risk.groups import people_table
from sim.experiments.risk.incidence import assess
from sim.experiments.risk.pictures import risk_picture
from sim.experiments.sweep.file import load_sweep
from sim.experiments.sweep.plausible import Ranges, read_ranges
from sim.experiments.sweep.run import run_sweep
from sim.parameters.registry import REGISTRY
from sim.scenario.files import find
from sim.scenario.scenario import load
from sim.simulation.run import run
from sim.statistics.estimates import t_quantile

IMAGES = Path(__file__).absolute().parent / "images"
PER = 1000.0  # USD, so that figures have few zeros
PICTURES = ("flat-vs-layered", "layoff-risk", "ai-share")
RISK_RUNS = 200
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9)  # AI shares of code at which the base is run
SHARE_RUNS, SHARE_WEEKS = 24, 52
SETS, SET_RUNS = 64, 4  # plausible sets of the band, and runs of each
SHOWN = {"value_per_week": "value", "changes_per_ic_week": "merged changes"}
GREY = "#8c8c8c"
JUDGED = {1: "flat ahead", 0: "open", -1: "layered ahead"}
_NAMES = {1: "1 layer (one boss)", 2: "2 layers (flat)", 3: "3 layers (layered)", 4: "4 layers"}


def draw(answer, ranges: Ranges, target: Path) -> None:
    """Value by structure and AI share, and beside it how the verdict fares in other plausible worlds."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=[1.55, 1])
    _lines(left, answer.panels[0])
    middle = len(ranges.at) // 2  # of the AI shares at which the worlds were tried
    _strip(right, answer.panels[0], ranges.worlds(middle), float(ranges.at[middle]))
    for axes in (left, right):
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    # The salt and the missing date make the bytes depend on the numbers only.
    with rc_context({"svg.hashsalt": "orgsim"}):
        figure.savefig(target.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(target.with_suffix(".png"), dpi=120)


def _scale(panel) -> float:
    """What turns a figure of the panel into standard hours per 1,000 USD."""
    largest = max(e.mean for row in panel.estimates for e in row)
    return PER if largest < 0.1 else 1.0


def _lines(axes, panel) -> None:
    scale = _scale(panel)
    x = np.array(panel.rows, dtype=float)
    for k, layers in enumerate(panel.columns):
        mean, lo, hi = (
            np.array([getattr(row[k], f) for row in panel.estimates]) * scale for f in ("mean", "lo", "hi")
        )
        axes.fill_between(x, lo, hi, color=OKABE_ITO[k], alpha=0.2, lw=0)
        axes.plot(
            x,
            mean,
            color=OKABE_ITO[k],
            marker=MARKERS[k],
            ms=4.5,
            lw=1.8,
            label=_NAMES.get(layers, str(layers)),
        )
    axes.set_xlabel("Planned share of merged code written by AI")
    axes.set_ylabel("Standard hours delivered per 1,000 USD of pay")
    axes.set_title("At equal payroll, as declared\n(mean of 50 runs, 95 % bands)", fontsize=10.5, loc="left")
    axes.grid(True, color="#e3e3e3", lw=0.6)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, fontsize=9, loc="lower right")


def _strip(axes, panel, worlds: Differences, share: float) -> None:
    """One line per world, coloured as `orgsim sweep` counts it (`sim.experiments.holding`)."""
    kept = np.flatnonzero(worlds.defined)
    kept = kept[np.argsort(worlds.mean[kept])]
    ordered, judged = PER * worlds.mean[kept], signs(worlds)[kept]
    y = np.arange(len(ordered))
    for sign, colour in ((1, OKABE_ITO[1]), (0, GREY), (-1, OKABE_ITO[2])):
        mask = judged == sign
        axes.hlines(y[mask], 0.0, ordered[mask], color=colour, lw=2.2)
        axes.plot(ordered[mask], y[mask], "o", color=colour, ms=4.5, label=f"{JUDGED[sign]}: {mask.sum()}")
    axes.axvline(0.0, color="#444444", lw=1.0)
    pairs = [pair.difference for pair in panel.pair]
    declared = float(np.interp(share, np.array(panel.rows, dtype=float), pairs)) * _scale(panel)
    axes.axvline(declared, color="black", lw=1.3, ls="--")
    axes.annotate("as declared", (declared, 0.5), xytext=(4, 0), textcoords="offset points", fontsize=9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"Flat minus layered, same unit, AI share {share:g}")
    title = f"With other plausible assumptions\n({len(ordered)} worlds, beyond the noise of their runs)"
    axes.set_title(title, fontsize=10.5, loc="left")
    axes.legend(frameon=False, fontsize=9, loc="upper left")


def draw_risk(target: Path) -> None:
    """Layoffs and quits by role and layer when first-line spans are raised."""
    scenario = load("delayering")
    results = run(scenario, RISK_RUNS, 1)
    risk = assess(people_table(results), ("role", "layer"), 1, scenario.name)
    risk_picture(target, risk)


def draw_sweep(results: Path | None, target: Path) -> None:
    """Flat against layered, from the sweep resumed in the folder *results* (None: a temporary one)."""
    sweep = load_sweep(find("flat-vs-layered"))
    with tempfile.TemporaryDirectory() as name:
        folder = results or Path(name) / "flat-vs-layered"
        answer = run_sweep(sweep, folder).answer
        ranges = read_ranges(folder)
    draw(answer, ranges, target)


def share_runs(settings: dict, runs: int, names) -> dict:
    """Outcome -> float64[shares, runs], % of share 0 of the same run, at every AI share with these settings."""
    base = load("base", (f"time.weeks={SHARE_WEEKS}",)).with_values(settings)
    found = [run(base.with_values({"ai.share_of_code": share}), runs, 1).outcomes for share in SHARES]
    return {name: 100.0 * (np.array([one[name] for one in found]) / found[0][name] - 1.0) for name in names}


def share_sets() -> dict:
    """Outcome -> float64[sets, shares], % of share 0 over plausible sets of all other uncertain parameters."""
    scenarios = [load("base", (f"time.weeks={SHARE_WEEKS}", f"ai.share_of_code={share}")) for share in SHARES]
    design = plausible_sets(varied(scenarios, REGISTRY), SETS)
    every = [share_runs(values, SET_RUNS, SHOWN) for values in tqdm(design, desc="plausible sets")]
    return {name: np.array([one[name].mean(axis=1) for one in every]) for name in SHOWN}


def draw_shares(target: Path) -> None:
    """Value and merged changes against the AI share: the base, the base without AI in preparation, and plausible sets."""
    lines = {"as declared": {}, "without AI in preparation": {"ai.prep_saving": 0.0}}
    runs = {label: share_runs(settings, SHARE_RUNS, SHOWN) for label, settings in lines.items()}
    sets = share_sets()
    figure = new_figure(9.6, 4.2)
    pair = figure.subplots(1, 2, sharey=True)
    for axes, (name, words) in zip(pair, SHOWN.items(), strict=True):
        low, middle, high = np.percentile(sets[name], (10, 50, 90), axis=0)
        axes.fill_between(SHARES, low, high, color="#d9d9d9", lw=0, label=f"8 of 10 of {SETS} plausible sets")
        axes.plot(SHARES, middle, color="#8c8c8c", lw=1.2, ls=":", label="their median")
        for k, (label, found) in enumerate(runs.items()):
            mean = found[name].mean(axis=1)
            half = t_quantile(0.975, SHARE_RUNS - 1) * found[name].std(axis=1, ddof=1) / SHARE_RUNS**0.5
            axes.fill_between(SHARES, mean - half, mean + half, color=OKABE_ITO[k], alpha=0.25, lw=0)
            axes.plot(SHARES, mean, color=OKABE_ITO[k], marker=MARKERS[k], ms=4.5, lw=1.8, label=label)
        axes.axhline(0.0, color="#444444", lw=1.0)
        axes.set_title(f"Change in {words} against no AI", fontsize=10.5, loc="left")
        axes.set_xlabel("Planned share of merged code written by AI")
        axes.grid(True, color="#e3e3e3", lw=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    pair[0].set_ylabel(f"%, mean of {SHARE_RUNS} paired runs, 95 % bands")
    pair[0].legend(frameon=False, fontsize=9, loc="upper left")
    save(figure, target, png=True)
    for name in SHOWN:
        at = SHARES.index(0.3)
        rises = int((sets[name][:, at] > 0).sum())
        click.echo(f"{name} rises at share {SHARES[at]} in {rises} of {SETS} plausible sets")
        for label, found in runs.items():
            click.echo(
                f"  {label}: "
                + ", ".join(
                    f"{x:g}: {m:+.1f} %" for x, m in zip(SHARES, found[name].mean(axis=1), strict=True)
                )
            )


@click.command()
@click.option("--results", type=click.Path(path_type=Path), help="Results folder of the sweep, resumed.")
@click.option("--only", type=click.Choice(PICTURES), help="Draw this picture only.")
def main(results: Path | None, only: str | None) -> None:
    """Draw the pictures of the docs."""
    IMAGES.mkdir(exist_ok=True)
    for name in (only,) if only else PICTURES:
        if name == "layoff-risk":
            draw_risk(IMAGES / name)
        elif name == "ai-share":
            draw_shares(IMAGES / name)
        else:
            draw_sweep(results, IMAGES / name)
        click.echo(f"written: {IMAGES / name}.svg, .png")


if __name__ == "__main__":
    main()
