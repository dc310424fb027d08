"""The managers' scoreboard: how measures spread over the managers of a layer, as text and as JSON. Never a manager's own.

Managers of all runs together: the median with its 95 % interval (bootstrap over runs, as managers of one run hang together),
and the range of the middle 80 %. Layers with fewer managers than `sim.groups.MINIMUM_PEOPLE` are withheld.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.groups import MINIMUM_PEOPLE
from sim.incidence import resamples
from sim.report import tables
from sim.scoreboard import MEASURES, WEEKS
from sim.statistics import jsonable

if TYPE_CHECKING:
    from sim.simulate import Results

REPLICATES = 400
RANGE = (0.1, 0.9)
#: Measure -> (words, unit).
WORDS = {
    "productivity": ("value per IC of the team", "standard hours/week"),
    "cost": ("people and AI per value", "USD/standard hour"),
    "adoption": ("ICs fluent in AI", "share"),
    "fluency": ("AI fluency of the team", "0 to 1"),
    "ai_share": ("work planned for AI", "share"),
    "guardrails": ("work under guardrails", "share"),
    "wasted": ("AI spend wasted", "share"),
    "utilisation": ("manager's inbox utilisation", "share"),
    "coaching": ("people time given over needed", "share"),
}


@dataclass(frozen=True)
class Spread:
    """One measure over the managers of a layer; None where no manager has it. lo, hi: of the median, None for one run."""

    managers: int
    median: float | None
    lo: float | None
    hi: float | None
    low: float | None  # 10 %
    high: float | None  # 90 %


@dataclass(frozen=True)
class LayerBoard:
    """The managers of a layer at the end: how many per run, and the spread of each measure."""

    layer: int
    per_run: float
    measures: dict[str, Spread]


@dataclass(frozen=True)
class Board:
    """The scoreboards of all layers that may be shown, and the layers that are withheld."""

    weeks: int
    runs: int
    layers: tuple[LayerBoard, ...]
    withheld: tuple[int, ...]


def assess_boards(results: "Results") -> Board:
    """Return the spread of every measure over the managers of each layer, all runs together."""
    runs = len(results.boards)
    rows = np.concatenate(results.boards)
    run = np.repeat(np.arange(runs), [len(board) for board in results.boards])
    weights = resamples(runs, results.seed, REPLICATES)
    layers, withheld = [], []
    for layer in np.unique(rows["layer"]).tolist():
        of_layer = rows["layer"] == layer
        per_run = np.count_nonzero(of_layer) / runs
        if per_run < MINIMUM_PEOPLE:
            withheld.append(layer)
            continue
        spreads = {name: _spread(rows[name][of_layer], run[of_layer], weights) for name in MEASURES}
        layers.append(LayerBoard(layer, per_run, spreads))
    weeks = min(WEEKS, results.scenario.weeks)
    return Board(weeks, runs, tuple(layers), tuple(withheld))


def _spread(values: np.ndarray, run: np.ndarray, weights: np.ndarray) -> Spread:
    known = np.isfinite(values)
    values, run = values[known], run[known]
    if not len(values):
        return Spread(0, None, None, None, None, None)
    low, median, high = (float(x) for x in np.quantile(values, (RANGE[0], 0.5, RANGE[1])))
    lo = hi = None
    if weights.shape[1] > 1:
        medians = [np.median(np.repeat(values, times)) for times in weights[:, run] if times.any()]
        lo, hi = (float(x) for x in np.quantile(medians, (0.025, 0.975)))
        lo, hi = min(lo, median), max(hi, median)
    return Spread(len(values), median, lo, hi, low, high)


def board_text(board: Board) -> str:
    """The section that `orgsim run --scoreboard` prints."""
    runs = tables.plural(board.runs, "run")
    parts = ["Managers' scoreboard: what the managers of a layer are judged by"]
    for one in board.layers:
        of = "first-line managers" if one.layer == 1 else f"managers in layer {one.layer}"
        rows = [_row(name, spread) for name, spread in one.measures.items()]
        header = (
            f"{of}, {one.per_run:.1f} a run",
            "median",
            "95 % interval",
            "10 to 90 % of managers",
            "unit",
        )
        parts.append(tables.table(header, rows, "<>>><"))
    text = (
        f"Of the last {tables.plural(board.weeks, 'week')} of {runs}. Value is before losses in incidents. The interval is that "
        "of the median, by bootstrap over runs. These are distributions over managers, never a verdict on one."
    )
    parts.append(tables.paragraph(text))
    if board.withheld:
        which = ", ".join(map(str, board.withheld))
        layers = "layer" if len(board.withheld) == 1 else "layers"
        parts.append(
            tables.paragraph(f"Withheld: managers in {layers} {which}, fewer than {MINIMUM_PEOPLE} a run.")
        )
    return "\n\n".join(parts)


def _row(name: str, spread: Spread) -> tuple[str, ...]:
    words, unit = WORDS[name]
    spans = (tables.interval(spread.lo, spread.hi), tables.interval(spread.low, spread.high))
    return (words, tables.number(spread.median, 3), *spans, unit)


def board_json(board: Board) -> dict:
    """What `orgsim run --scoreboard --json` has under "scoreboard"; undefined figures are None."""
    layers = [
        {
            "layer": one.layer,
            "managers_per_run": one.per_run,
            "measures": {name: _cell(name, spread) for name, spread in one.measures.items()},
        }
        for one in board.layers
    ]
    return jsonable(
        {"weeks": board.weeks, "runs": board.runs, "layers": layers, "withheld": list(board.withheld)}
    )


def _cell(name: str, spread: Spread) -> dict:
    return {
        "unit": WORDS[name][1],
        "managers": spread.managers,
        "median": spread.median,
        "ci95": None if spread.lo is None else [spread.lo, spread.hi],
        "p10_p90": None if spread.low is None else [spread.low, spread.high],
    }
