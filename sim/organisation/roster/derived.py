"""Columns that a table tells in another shape: the manager's name in two columns, people written by indentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.organisation.roster.columns import manager_name_columns, outline_columns, recognise

Rows = list[tuple[int, list[str]]]


def with_derived_columns(
    header: list[str], rows: Rows, column_map: Mapping[str, str]
) -> tuple[list[str], Rows, list[str]]:
    """Header and rows (row number, cells) with a manager column added where its shape is another one, and a note on it.

    Nothing is added where the header names a manager, or the user does with `--map`.
    """
    columns = recognise(header, {}, "")
    if "manager" in column_map or columns.chain or columns.best("manager") is not None:
        return header, rows, []
    two = manager_name_columns(header)
    if two:
        return (
            [*header, "Manager name"],
            [(row, [*cells, _joined(cells, two)] if cells else cells) for row, cells in rows],
            [f"The manager's name is read from the columns '{header[two[0]]}' and '{header[two[1]]}'."],
        )
    levels = outline_columns(header)
    if len(levels) > 1:
        return _outline(header, rows, levels)
    return header, rows, []


def _joined(cells: Sequence[str], at: Sequence[int]) -> str:
    return " ".join(cells[k].strip() for k in at if k < len(cells) and cells[k].strip())


def _outline(header: list[str], rows: Rows, levels: Sequence[int]) -> tuple[list[str], Rows, list[str]]:
    """People by depth: the last filled level is the person, the level above it, in the row or before it, the boss."""
    path: list[tuple[str, str]] = [("", "")] * len(levels)  # per level: number of the last row there, name
    found: Rows = []
    for row, cells in rows:
        filled = [k for k, column in enumerate(levels) if column < len(cells) and cells[column].strip()]
        if not filled:
            found.append((row, [*cells, "", "", ""] if cells else cells))
            continue
        depth, above = filled[-1], filled[:-1]
        number = next((n for n, _ in reversed(path[:depth]) if n), "")
        if above and cells[levels[above[-1]]].strip() != next((t for n, t in path[:depth][::-1] if n), None):
            number = cells[
                levels[above[-1]]
            ].strip()  # the row names a boss who is not the last one before it
        path[depth:] = [(f"row-{row}", cells[levels[depth]].strip())] + [("", "")] * (len(levels) - depth - 1)
        found.append((row, [*cells, f"row-{row}", path[depth][1], number]))
    names = ", ".join(f"'{header[k]}'" for k in levels)
    return (
        [*header, "Node ID", "Full name", "Parent ID"],
        found,
        [
            f"The tree is read from the levels {names}: the last filled one is the person, the one above it the boss."
        ],
    )
