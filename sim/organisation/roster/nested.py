"""JSON exports as a table: a list of records, one record a line, or people with their reports inside.

Messages name the format and the place in the file; the content of a record is never shown.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sim.errors import UserError
from sim.organisation.roster.cells import plain

NODE, PARENT = "Node ID", "Parent ID"  # columns that nested reports are given
_REPORTS = {
    "reports",
    "directreports",
    "children",
    "subordinates",
    "team",
    "members",
    "employees",
    "people",
    "staff",
}
_FORMS = (
    "use a list of records with an id and the id of the manager, one such record a line, or people with their "
    "'reports' inside; or save it as CSV"
)
_OPENING = re.compile(r'\s*(\[\s*[\[{\]]|\{\s*["}])')
_DEPTH = 100  # levels of nested reports

JsonRows = tuple[list[str], list[list[str]]]


def is_json(text: str) -> bool:
    """Whether a text is meant as JSON: a header line may open with a bracket, as '[Employee ID]', but not so."""
    return _OPENING.match(text) is not None


def json_rows(text: str, name: str, limit: int) -> JsonRows:
    """Header and rows of a JSON text. limit: largest number of people. Raises UserError."""
    people = _people(_parsed(text, name))
    if not people:
        raise UserError(f"{name}: this JSON holds no records of people; {_FORMS}")
    nested = any(_reports_key(person) for person in people)
    rows: list[dict[str, str]] = []
    queue = [(person, "", 1) for person in reversed(people)]
    while queue:
        person, above, depth = queue.pop()
        if depth > _DEPTH:
            raise UserError(f"{name}: reports lie more than {_DEPTH} levels deep; {_FORMS}")
        key = _reports_key(person)
        node = f"n{len(rows) + 1}"
        rows.append(_flat({k: cell for k, cell in person.items() if k != key}))
        if nested:
            rows[-1] |= {NODE: node, PARENT: above}
        if len(rows) > limit:
            raise UserError(f"{name}: more than the limit of {limit:,} rows; split the roster")
        queue += [(report, node, depth + 1) for report in reversed(person[key] if key else [])]
    header = list(dict.fromkeys(column for row in rows for column in row))
    return header, [[row.get(column, "") for column in header] for row in rows]


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise UserError(f"{name}: this JSON lies too many levels deep; {_FORMS}") from None
    except ValueError as error:
        whole = error
    records = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except (ValueError, RecursionError):
                # One record a line begins with a whole record; anything else is one text with a fault in it.
                where = number if records else getattr(whole, "lineno", number)
                raise UserError(
                    f"{name}: line {where}: this is no JSON; export it again. For JSON, {_FORMS}"
                ) from None
    return records


def _is_people(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _people(value: Any) -> list[dict[str, Any]]:
    """The records: the list itself, the only list inside an object, or the object as the top of a tree."""
    if _is_people(value):
        return list(value)
    if not isinstance(value, dict):
        return []
    lists = [inside for inside in value.values() if _is_people(inside)]
    scalars = [inside for inside in value.values() if isinstance(inside, (str, int, float))]
    key = _reports_key(value)
    if len(lists) == 1 and not (
        key and scalars and plain(key) in ("reports", "directreports", "children", "subordinates")
    ):
        return list(lists[0])
    return [value]


def _reports_key(person: dict[str, Any]) -> str | None:
    """The key under which the reports of a person lie, themselves people."""
    return next((key for key, cell in person.items() if plain(key) in _REPORTS and _is_people(cell)), None)


def _flat(person: dict[str, Any], before: str = "") -> dict[str, str]:
    """Cells by column; an object inside, such as the manager, gives columns 'manager id', 'manager name'."""
    cells: dict[str, str] = {}
    for key, cell in person.items():
        column = f"{before} {key}".strip()
        if isinstance(cell, dict) and not before:
            cells |= _flat(cell, column)
        elif isinstance(cell, (str, int, float)):
            cells[column] = str(cell).lower() if isinstance(cell, bool) else str(cell)
        else:
            cells[column] = ""
    return cells
