"""The points of a study from a table: a CSV file with a column for every path and a row for every point.

    organisation.management_layers,ai.share_of_code
    2,0.3
    3,0.3
    null,0.6

The first row has the paths. A cell is written as in a scenario; spans also as 6-4-4; `null` (or "as it is", as tables of results
have it) states nothing. The file lies beside the file that names it or below. Errors name file:row:column, both counted from 1.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.errors import UserError, listed_problems, number_hint
from sim.experiments.designs import Axis, Levels, check_size
from sim.experiments.points import AS_IT_IS
from sim.experiments.study_file import Reader, short
from sim.scenario.files import inside, one_line, refuse_irregular, shown
from sim.scenario.settings import LISTS, PATHS, SETTINGS, check_value, known_path
from sim.scenario.yaml_source import parse_yaml

MAX_BYTES = 50_000_000
NULLS = ("null", AS_IT_IS)
_WORDS = {"true": True, "false": False}
Point = dict[str, object]


def read_table(reader: Reader, folder: Path) -> tuple[list[Point], list[str]]:
    """The points of the file that the key `points` names, and the place (file:row) of each. Raises UserError."""
    name = reader.text("points")
    where = f"{reader.document.where(('points',))}: points: "
    path = inside(folder, name, where)
    rows = _rows(path, where + one_line(name, 200))
    source = shown(path)
    if not rows or not any(cell.strip() in PATHS for cell in rows[0][1]):
        raise UserError(
            f"{source}: the first row has no path, such as ai.share_of_code, so this is no table of points"
        )
    header = _header(rows[0][1], source, rows[0][0])
    if len(rows) == 1:
        raise UserError(f"{source}: there is no point below the first row; add a row for every point")
    check_size(len(rows) - 1, source)
    problems: list[str] = []
    points: list[Point] = []
    places: list[str] = []
    seen: dict[tuple[object, ...], int] = {}
    for number, cells in rows[1:]:
        place = f"{source}:{number}"
        try:
            point = _point(cells, header, place)
        except UserError as error:
            problems += str(error).splitlines()
            continue
        first = seen.setdefault(tuple(point.values()), number)
        if first != number:
            problems.append(f"{place}: the same point as in row {first}; list every point once")
        points.append(point)
        places.append(place)
    if problems:
        raise UserError(listed_problems(problems))
    return points, places


def axes_of(points: Sequence[Mapping[str, object]]) -> dict[str, Axis]:
    """What a table varies: of every path its values, numbers in ascending order, others as they come."""
    axes: dict[str, Axis] = {}
    for path in points[0]:
        values = list(dict.fromkeys(point[path] for point in points))
        numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
        axes[path] = Levels(tuple(sorted(numbers) if len(numbers) == len(values) else values))
    return axes


def check_agreement(
    reader: Reader, vary: Mapping[str, Axis], points: Sequence[Mapping[str, object]], places: Sequence[str]
) -> None:
    """Raise UserError where `vary`, which a table does not need, says something else than the table."""
    have = tuple(points[0])
    for path in vary:
        if path not in have:
            reader.fail(
                ("vary", path),
                f"is no column of the table of points; its columns: {', '.join(have)}",
                key=True,
            )
    for path in have:
        if path not in vary:
            reader.fail(
                ("vary",), f"{path} is a column of the table of points; add it here, or leave out vary"
            )
    for point, place in zip(points, places, strict=True):
        for path, value in point.items():
            axis = vary[path]
            if isinstance(axis, Levels):
                allowed = value in axis.values
            else:
                allowed = isinstance(value, (int, float)) and axis.low <= value <= axis.high
            if not allowed:
                raise UserError(
                    f"{place}:{have.index(path) + 1}: {path}: {short(value)} is not among what vary lists; "
                    f"mend one of the two, or leave out vary"
                )


def _rows(path: Path, where: str) -> list[tuple[int, list[str]]]:
    """(row, cells) of every row that is not empty."""
    try:
        refuse_irregular(path, where, MAX_BYTES, "table of points")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"{where}: no such file beside the file that names it") from None
    except UnicodeDecodeError:
        raise UserError(f"{where}: this is not UTF-8 text; save the file as CSV (UTF-8)") from None
    except OSError as error:
        raise UserError(f"{where}: cannot be read ({error.strerror or error})") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(k, cells) for k, cells in enumerate(reader, 1) if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise UserError(
            f"{where}: line {reader.line_num}: the row cannot be split into columns ({error}); save the file again as CSV"
        ) from None


def _header(cells: Sequence[str], source: str, row: int) -> list[str]:
    header: list[str] = []
    problems = []
    for column, cell in enumerate(cells, 1):
        path, place = cell.strip(), f"{source}:{row}:{column}"
        try:
            known_path(path, f"{place}: ")
        except UserError as error:
            problems.append(str(error))
            continue
        if path in LISTS:
            problems.append(f"{place}: {path}: lists of events cannot be varied; write a scenario for each")
        if path in header:
            problems.append(f"{place}: {path}: is a column already; name every path once")
        header.append(path)
    if problems:
        raise UserError(listed_problems(problems))
    return header


def _point(cells: Sequence[str], header: Sequence[str], place: str) -> Point:
    if len(cells) != len(header):
        raise UserError(
            f"{place}: {len(cells)} cells where the first row has {len(header)}; give one for every path"
        )
    point: Point = {}
    problems = []
    for column, (path, cell) in enumerate(zip(header, cells, strict=True), 1):
        where = f"{place}:{column}: "
        text = cell.strip()
        if not text:
            problems.append(f"{where}{path}: the cell is empty; write null for a value that is left as it is")
        elif hint := number_hint(text):
            problems.append(f"{where}{path}: {hint}")
        else:
            try:
                point[path] = check_value(path, _value(path, text, where), where)
            except UserError as error:
                problems.append(str(error))
    if problems:
        raise UserError("\n".join(problems))
    return point


def _value(path: str, text: str, where: str) -> object:
    """What a cell says, before it is checked."""
    if text in NULLS:
        return None
    if text in _WORDS:
        return _WORDS[text]
    parts = text.split("-")
    if path in SETTINGS and SETTINGS[path].kind == "spans" and all(part.isdecimal() for part in parts):
        return [int(part) for part in parts]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if text[0] in "[{":
        value: object = parse_yaml(text, where.removesuffix(": ")).data
        return value
    return text
