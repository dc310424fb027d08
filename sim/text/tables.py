"""Aligned text tables and numbers with sensible digits. Everything printed is plain ASCII.

Colour is used only where `use_colour` allows it (a terminal, and NO_COLOR not set); widths are computed
without it.
"""

import os
import re
import textwrap
from collections.abc import Sequence
from typing import TextIO

WIDTH = 100
_CODES = {"bold": "1", "green": "32", "red": "31", "dim": "2"}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def use_colour(stream: TextIO) -> bool:
    """True if colour may be written to the stream: it is a terminal and the NO_COLOR convention is not in
    force.
    """
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, style: str, colour: bool) -> str:
    """Text in a style (bold, green, red, dim), or unchanged without colour."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour and text else text


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str = "", gap: int = 2) -> str:
    """Text table. align: one of '<', '>' per column; default: first column left, the others right."""
    align = align or "<" + ">" * (len(header) - 1)
    lines = [header, *rows]
    widths = [max(len(_plain(line[k])) for line in lines) for k in range(len(header))]
    shown = [_line(line, widths, align, gap) for line in lines]
    rule = (" " * gap).join("-" * width for width in widths)
    return "\n".join([shown[0], rule, *shown[1:]])


def width(text: str) -> int:
    """Columns of the widest line, colours not counted."""
    return max((len(line) for line in _plain(text).splitlines()), default=0)


def _line(cells: Sequence[str], widths: Sequence[int], align: str, gap: int) -> str:
    padded = []
    for cell, width, side in zip(cells, widths, align, strict=True):
        room = " " * (width - len(_plain(cell)))
        padded.append(cell + room if side == "<" else room + cell)
    return (" " * gap).join(padded).rstrip()


def _plain(text: str) -> str:
    return _ESCAPE.sub("", text)


def paragraph(text: str, indent: str = "", width: int = WIDTH) -> str:
    """Text wrapped to the width."""
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def bullets(items: Sequence[str], indent: str = "  ", width: int = WIDTH) -> str:
    """One wrapped line per item."""
    return "\n".join(
        textwrap.fill(
            item,
            width,
            initial_indent=indent,
            subsequent_indent=indent + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for item in items
    )


def labelled(lines: Sequence[tuple[str, str]], colour: bool = False, width: int = WIDTH) -> str:
    """Texts with a label before each, wrapped beside it."""
    room = max(len(label) for label, _ in lines) + 2
    blocks = []
    for label, text in lines:
        block = textwrap.fill(
            text,
            width,
            initial_indent=" " * room,
            subsequent_indent=" " * room,
            break_long_words=False,
            break_on_hyphens=False,
        )
        blocks.append(paint(label, "bold", colour) + block[len(label) :])
    return "\n".join(blocks)
