"""The design of a study as its file has it: the keys `vary`, `design`, `samples`, `points` and `where`, read into points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import UserError
from sim.experiments.conditions import read_where
from sim.experiments.designs import Axis
from sim.experiments.factors import read_grid, read_samples, read_vary
from sim.experiments.feasible import NOTHING, HardlyFeasibleError, LeftOut, Makes, Point, feasible, sampled
from sim.experiments.point_table import axes_of, check_agreement, read_table
from sim.experiments.study_file import Reader

TABLE = "table"
MOST_TRIED = 2_000  # points of a sample that are tried for a scenario: making one takes a millisecond
_STRUCTURE = "organisation."  # of paths whose values may not fit together


@dataclass(frozen=True)
class Design:
    """What is varied, and where. where: the conditions as they are written; places: of a table, file:row of every point;
    tried: every point is known to make a scenario.
    """

    vary: Mapping[str, Axis]
    points: Sequence[Point]
    where: tuple[str, ...] = ()
    left_out: LeftOut = NOTHING
    places: tuple[str, ...] = ()
    tried: bool = False


def read_design(
    reader: Reader, folder: Path, design: str, seed: int, scenario: Callable[[Point], object]
) -> Design:
    """The design of a file in *folder*. scenario: makes the scenario of a point, and raises UserError where there is none."""
    if design == TABLE:
        return _table(reader, folder)
    if reader.get(("points",)) is not None:
        reader.fail(
            ("points",), f"belongs to design: table, this is {design}; remove one of the two", key=True
        )
    reader.mapping((), None, ("vary",))
    vary = read_vary(reader)
    conditions = read_where(reader, vary)
    texts = tuple(condition.text for condition in conditions)
    if design == "grid":
        kept, out = feasible(read_grid(reader, vary), conditions)
        return Design(vary, _some(reader, kept, out), texts, out)
    samples = read_samples(reader, design)
    makes = _makes(scenario) if samples <= MOST_TRIED and _may_not_fit(vary) else None
    try:
        kept, out = sampled(design, vary, samples, seed, conditions, makes)
    except HardlyFeasibleError as error:
        reader.fail(("where",) if conditions else ("vary",), str(error))
    return Design(vary, kept, texts, out, tried=makes is not None)


def _table(reader: Reader, folder: Path) -> Design:
    if reader.get(("points",)) is None:
        reader.fail(("design",), "a table needs the key points (a CSV file with a row for every point)")
    if reader.get(("samples",)) is not None:
        reader.fail(("samples",), "a table has as many points as rows; remove the key")
    points, places = read_table(reader, folder)
    vary = axes_of(points)
    if reader.get(("vary",)) is not None:
        check_agreement(reader, read_vary(reader), points, places)
    conditions = read_where(reader, vary)
    kept, out = feasible(points, conditions)
    chosen = {id(point) for point in kept}
    rows = tuple(place for point, place in zip(points, places, strict=True) if id(point) in chosen)
    texts = tuple(condition.text for condition in conditions)
    return Design(axes_of(_some(reader, kept, out)), kept, texts, out, rows)


def _some(reader: Reader, kept: list[Point], out: LeftOut) -> list[Point]:
    if not kept:
        reader.fail(("where",), f"no point is left of {out.drawn:,}; loosen the conditions")
    return kept


def _may_not_fit(vary: Mapping[str, Axis]) -> bool:
    """Whether values, each of which makes a scenario by itself, may make none together."""
    return sum(path.startswith(_STRUCTURE) for path in vary) > 1


def _makes(scenario: Callable[[Point], object]) -> Makes:
    def why(point: Point) -> str | None:
        try:
            scenario(point)
        except UserError as error:
            return str(error)
        return None

    return why
