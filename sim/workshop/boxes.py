"""A week, or a day, of an organisation as a picture: a box for every team, which fits 117 people on the width of a telephone.

Managers stand as a field with the load of their inbox (hours that came in over hours left for it, in %), coloured by it. An IC
is a column: what the week's hours went into, from below. A dot above it: a change that stands still for an answer or for another
IC. At the right of a team's head stand the reviews that nobody has begun. Colours are those of the report's pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from sim.mesa_model.replay import Frame
from sim.report.parts import HOURS
from sim.workshop import texts

WIDTH = 360  # units; a unit is a pixel on a small telephone
GAP = 5.0  # between boxes
PAD = 4.0  # inside a box
HEAD = 18.0  # of a box, its first line
COLUMN, SLOT = 8.0, 9.6  # of an IC, and with the gap
TALL = 30.0  # of a column
DOT = 6.0  # room above a column
FIELD = (23.0, 14.0)  # of a manager
NUMBER = 18.0  # room for somebody's number
MOST_ACROSS = 4  # boxes side by side
MOST_LOAD = 1.0  # share at which the scale of loads ends
SHADES = 9  # colours of the scale, --h0 ... --h8
#: What is drawn together -> columns of a frame's hours, in the order and the colours of the report (`sim.report.parts.HOURS`).
PARTS = {
    part: ("writing by hand", "writing with AI") if part == "writing" else names
    for part, names in HOURS.items()
}


@dataclass(frozen=True)
class Team:
    """A manager with the ICs that report to them. row: in the frame's teams, None for ICs without a manager."""

    row: int | None
    ics: tuple[int, ...]


def draw(frame: Frame, activities: Sequence[str], key: str) -> str:
    """The picture as SVG."""
    upper, teams = grouped(frame)
    parts: list[str] = []
    y = 0.0
    for layer in sorted({frame["teams"]["layer"][row] for row in upper}, reverse=True):
        y = _layer(parts, frame, [row for row in upper if frame["teams"]["layer"][row] == layer], layer, y)
    y = _teams(parts, frame, teams, activities, y)
    title = escape(texts.frame_title(frame["week"], frame["day"]))
    return (
        f'<svg class="boxes" viewBox="-1 -1 {WIDTH + 2} {y + 2:.0f}" role="img" aria-labelledby="{key}-title">'
        f'<title id="{key}-title">{title}</title>{"".join(parts)}</svg>'
    )


def grouped(frame: Frame) -> tuple[list[int], list[Team]]:
    """Managers without ICs of their own, and the teams. Rows of the frame's columns."""
    by_seat: dict[int, list[int]] = {}
    for row, seat in enumerate(frame["ics"]["team"]):
        by_seat.setdefault(seat, []).append(row)
    upper, teams = [], []
    for row, (seat, layer) in enumerate(zip(frame["teams"]["seat"], frame["teams"]["layer"], strict=True)):
        if seat in by_seat or layer == 1:
            teams.append(Team(row, tuple(by_seat.pop(seat, ()))))
        else:
            upper.append(row)
    alone = tuple(row for rows in by_seat.values() for row in rows)
    return upper, teams + ([Team(None, alone)] if alone else [])


def _layer(parts: list[str], frame: Frame, rows: Sequence[int], layer: int, y: float) -> float:
    """Managers of managers, side by side; returns where the next line begins."""
    label = f"layer {layer}"
    parts.append(_text(0, y + 11, label))
    x = left = 48.0
    for row in rows:
        if x + FIELD[0] + NUMBER > WIDTH:
            x, y = left, y + FIELD[1] + GAP
        parts.append(_field(frame, row, x, y))
        x += FIELD[0] + NUMBER + GAP
    return y + FIELD[1] + GAP + 2


def _teams(
    parts: list[str], frame: Frame, teams: Sequence[Team], activities: Sequence[str], y: float
) -> float:
    """The boxes of the teams, row by row; returns the height of the whole."""
    across = max(1, min(MOST_ACROSS, len(teams)))
    wide = (WIDTH - GAP * (across - 1)) / across
    in_line = max(1, int((wide - 2 * PAD + SLOT - COLUMN) // SLOT))
    for start in range(0, len(teams), across):
        row = teams[start : start + across]
        lines = max(1, *(-(-len(team.ics) // in_line) for team in row))
        high = HEAD + lines * (TALL + DOT) + PAD
        for k, team in enumerate(row):
            x = k * (wide + GAP)
            parts.append(
                f'<rect class="team" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="3"/>'
            )
            if team.row is not None:
                parts.append(_field(frame, team.row, x + PAD, y + 3))
                reviews = frame["teams"]["reviews"][team.row]
                said = escape(texts.reviews_words(reviews))
                parts.append(
                    f'<text class="end" x="{x + wide - PAD:.1f}" y="{y + 14:.1f}" data-tip="{said}">{reviews} rev.</text>'
                )
            in_row = -(
                -len(team.ics) // max(1, -(-len(team.ics) // in_line))
            )  # rows of a team are equally long
            for j, ic in enumerate(team.ics):
                at = x + PAD + (j % in_row) * SLOT
                top = y + HEAD + (j // in_row) * (TALL + DOT) + DOT
                parts.append(_ic(frame, ic, activities, at, top))
        y += high + GAP
    return y


def _field(frame: Frame, row: int, x: float, y: float) -> str:
    """A manager: a field coloured by load, with the load in %."""
    load = frame["teams"]["load"][row]
    shade = "none" if load is None else str(min(SHADES - 1, int(SHADES * load / MOST_LOAD)))
    tip = escape(texts.manager_tip(frame["teams"]["id"][row], load, frame["teams"]["inbox"][row]))
    figure = "-" if load is None else f"{100 * load:.0f}"
    wide, high = FIELD
    return (
        f'<g class="manager h{shade}" data-tip="{tip}"><rect x="{x:.1f}" y="{y:.1f}" width="{wide}" height="{high}" rx="2"/>'
        f'<text x="{x + wide / 2:.1f}" y="{y + 10.6:.1f}">{figure}</text></g>'
        f'<text class="number" x="{x + wide + 3:.1f}" y="{y + 10.6:.1f}">#{frame["teams"]["id"][row]}</text>'
    )


def _ic(frame: Frame, row: int, activities: Sequence[str], x: float, y: float) -> str:
    """An IC: a column of hours, and a dot for what stands still."""
    hours = grouped_hours(frame["ics"]["hours"][row], activities)
    total = sum(hours.values())
    blocked = frame["ics"]["blocked"][row]
    tip = escape(texts.ic_tip(frame["ics"]["id"][row], hours, blocked))
    made = [
        f'<g data-tip="{tip}"><rect class="empty" x="{x:.1f}" y="{y:.1f}" width="{COLUMN}" height="{TALL}"/>'
    ]
    bottom = y + TALL
    for k, value in enumerate(hours.values()):
        if value > 0 and total > 0:
            high = TALL * value / total
            bottom -= high
            made.append(
                f'<rect class="p{k + 1}" x="{x:.1f}" y="{bottom:.2f}" width="{COLUMN}" height="{high:.2f}"/>'
            )
    if blocked:
        made.append(f'<circle class="blocked" cx="{x + COLUMN / 2:.1f}" cy="{y - 3:.1f}" r="2.2"/>')
    return "".join(made) + "</g>"


def grouped_hours(hours: Sequence[float], activities: Sequence[str]) -> dict[str, float]:
    """Part -> hours of one IC."""
    by_name: dict[str, Any] = dict(zip(activities, hours, strict=True))
    return {part: sum(by_name[name] for name in names) for part, names in PARTS.items()}


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
