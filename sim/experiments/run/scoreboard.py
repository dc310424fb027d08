"""The managers' scoreboard: how measures spread over the managers of a layer, as text and as JSON. Never a manager's own.

Managers of all runs together: the median with its 95 % interval (bootstrap over runs, as managers of one run hang together),
and the range of the middle 80 %. Layers with fewer managers than `sim.constants.MINIMUM_PEOPLE` are withheld. The same measures
of the whole firm come first: their mean over runs.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.constants import MINIMUM_PEOPLE
from sim.people.scoreboard import FIRM, MEASURES, WEEKS
from sim.simulation.results import Results
from sim.statistics.estimates import Estimate, mean_ci
from sim.statistics.resampling import resamples
from sim.text import numbers, tables
from sim.text.plain import ends, jsonable

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
    """The scoreboards of all layers that may be shown, and the layers that are withheld.

    firm: the measures of the whole firm, means over runs; threshold: AI fluency from which on an IC counts as fluent.
    """

    weeks: int
    runs: int
    threshold: float
    firm: dict[str, Estimate]
    layers: tuple[LayerBoard, ...]
    withheld: tuple[int, ...]


def assess_boards(results: Results) -> Board:
    """Return the spread of every measure over the managers of each layer, all runs together."""
    runs = len(results.boards)
    rows = np.concatenate(results.boards)
    run = np.repeat(np.arange(runs), [len(board) for board in results.boards])
    weights = resamples(runs, results.seed, REPLICATES)
    layers, withheld = [], []
    for layer in np.unique(rows["layer"][rows["layer"] != FIRM]).tolist():
        of_layer = rows["layer"] == layer
        per_run = np.count_nonzero(of_layer) / runs
        if per_run < MINIMUM_PEOPLE:
            withheld.append(layer)
            continue
        spreads = {name: _spread(rows[name][of_layer], run[of_layer], weights) for name in MEASURES}
        layers.append(LayerBoard(layer, per_run, spreads))
    firm = {name: mean_ci(rows[name][rows["layer"] == FIRM]) for name in MEASURES}
    weeks = min(WEEKS, results.scenario.weeks)
    threshold = float(results.scenario.values["governance.waste_threshold"])
    return Board(weeks, runs, threshold, firm, tuple(layers), tuple(withheld))


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
    parts = ["Managers' scoreboard: what the managers of a layer are judged by"]
    firm = [
        (WORDS[name][0], numbers.number(one.mean, 3), numbers.interval(one.lo, one.hi), WORDS[name][1])
        for name, one in board.firm.items()
    ]
    parts.append(tables.table(("whole firm", "mean", "95 % interval", "unit"), firm, "<>><"))
    for one in board.layers:
        of = "first-line managers" if one.layer == 1 else f"managers in layer {one.layer}"
        rows = [_row(name, spread) for name, spread in one.measures.items()]
        header = (
            f"{of}, {_count(one.per_run)} a run",
            "median",
            "95 % interval",
            "10 to 90 % of managers",
            "unit",
        )
        parts.append(tables.table(header, rows, "<>>><"))
    parts += [tables.paragraph(text) for text in _notes(board)]
    if board.withheld:
        which = ", ".join(map(str, board.withheld))
        layers = "layer" if len(board.withheld) == 1 else "layers"
        parts.append(
            tables.paragraph(f"Withheld: managers in {layers} {which}, fewer than {MINIMUM_PEOPLE} a run.")
        )
    return "\n\n".join(parts)


def _notes(board: Board) -> tuple[str, ...]:
    """What the words in the tables mean, and how they were computed."""
    runs = numbers.plural(board.runs, "run")
    return (
        f"Of the last {numbers.plural(board.weeks, 'week')} of {runs}. Intervals: of the firm's mean over runs; of a layer's "
        "median over managers, by bootstrap over runs. These are distributions over managers, never a verdict on one.",
        "Team: all ICs below a manager, at whatever depth; cost and value are theirs, the manager's own and those of managers "
        f"between. Fluent: AI fluency of at least {board.threshold:g} (governance.waste_threshold); AI spend on others counts as "
        "wasted. Work planned for AI is a share of effort, not of code: AI code is longer (ai.volume_ratio), so it is less than "
        "ai.share_of_code.",
        "Cost here is pay and AI over value before losses in incidents; a team's is without the managers above it. The outcome "
        "cost_per_value adds incidents, severance and hiring to the firm's cost, takes the losses off the value, and covers all "
        "weeks.",
    )


def _count(per_run: float) -> str:
    """25 or 24.6."""
    return f"{per_run:.1f}".removesuffix(".0")


def _row(name: str, spread: Spread) -> tuple[str, ...]:
    words, unit = WORDS[name]
    spans = (numbers.interval(spread.lo, spread.hi), numbers.interval(spread.low, spread.high))
    return (words, numbers.number(spread.median, 3), *spans, unit)


def board_json(board: Board) -> dict[str, Any]:
    """What `orgsim run --scoreboard --json` has under "scoreboard"; undefined figures are None."""
    layers = [
        {
            "layer": one.layer,
            "managers_per_run": one.per_run,
            "measures": {name: _cell(name, spread) for name, spread in one.measures.items()},
        }
        for one in board.layers
    ]
    firm = {
        name: {"unit": WORDS[name][1], "mean": one.mean, "ci95": ends(one.lo, one.hi)}
        for name, one in board.firm.items()
    }
    made: dict[str, Any] = jsonable(
        {
            "weeks": board.weeks,
            "runs": board.runs,
            "fluent_from": board.threshold,
            "firm": firm,
            "layers": layers,
            "withheld": list(board.withheld),
        }
    )
    return made


def _cell(name: str, spread: Spread) -> dict[str, Any]:
    return {
        "unit": WORDS[name][1],
        "managers": spread.managers,
        "median": spread.median,
        "ci95": ends(spread.lo, spread.hi),
        "p10_p90": ends(spread.low, spread.high),
    }
