"""Aligned text tables and numbers with sensible digits. Everything printed is plain ASCII.

Colour is used only where `use_colour` allows it (a terminal, and NO_COLOR not set); widths are computed
without it.
"""

import math
import os
import re
import textwrap
from collections.abc import Sequence
from typing import TextIO

WIDTH = 100
_CODES = {"bold": "1", "green": "32", "red": "31", "dim": "2"}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_ACRONYMS = {"ai": "AI", "ics": "ICs", "ic": "IC", "usd": "USD", "fte": "FTE", "wip": "WIP"}


def use_colour(stream: TextIO) -> bool:
    """True if colour may be written to the stream: it is a terminal and the NO_COLOR convention is not in
    force.
    """
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, style: str, colour: bool) -> str:
    """Text in a style (bold, green, red, dim), or unchanged without colour."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour and text else text


def number(value: float | None, digits: int = 4, *, compact: bool = False) -> str:
    """A number with about `digits` significant digits, thousands separated; '-' where undefined.

    compact: millions as '23.30 M'.
    """
    if value is None or not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    if compact and abs(value) >= 1e6:
        return f"{number(value / 1e6, digits)} M"
    magnitude = math.floor(math.log10(abs(value)))
    if magnitude < -4:
        return f"{value:.{max(digits - 2, 0)}e}"
    return f"{value:,.{max(0, digits - 1 - magnitude)}f}"


def signed(value: float | None, digits: int = 3) -> str:
    """A number with its sign: '+1.50', '-0.20', '0', '-' where undefined."""
    text = number(value, digits)
    return f"+{text}" if value is not None and math.isfinite(value) and value > 0 else text


def percent(share: float | None, decimals: int = 1, *, sign: bool = False) -> str:
    """A share as percent without the sign '%': 0.048 -> '4.8' (or '+4.8')."""
    if share is None or not math.isfinite(share):
        return "-"
    text = f"{100 * share:+.{decimals}f}" if sign else f"{100 * share:.{decimals}f}"
    return text.replace("-0.0", "0.0") if float(text) == 0 else text


def interval(lo: float | None, hi: float | None, digits: int = 3) -> str:
    """'[0.35, 0.50]'; '' if there is no interval (one run)."""
    return "" if lo is None or hi is None else f"[{number(lo, digits)}, {number(hi, digits)}]"


def p_value(p: float | None) -> str:
    """'<.001', '.034', '1', '-'."""
    if p is None or not math.isfinite(p):
        return "-"
    if p < 0.001:
        return "<.001"
    return "1" if p >= 0.9995 else f"{p:.3f}".lstrip("0")


def shown_unit(unit: str) -> tuple[str, float]:
    """Figures per USD are shown per 1,000 USD: 'standard hours/USD' -> ('standard hours per 1,000 USD', 1000.0).

    All texts and pictures use it; files and JSON keep the declared unit.
    """
    match = re.fullmatch(r"(.*?)\s*(?:/|per)\s*USD", unit)
    return (f"{match.group(1)} per 1,000 USD", 1000.0) if match else (unit, 1.0)


def scaled(value: float | None, scale: float) -> float | None:
    """An undefined figure stays undefined."""
    return None if value is None else scale * value


def plural(count: float, one: str, many: str = "") -> str:
    """'1 manager', '1,200 managers'."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def words(path: str) -> str:
    """A parameter path or an outcome name in words: 'ai.share_of_code' -> 'AI share of code'.

    The section comes first where the name says too little without it: 'questions.per_standard_hour', 'learning.rate'.
    """
    section, _, name = path.rpartition(".")
    parts = name.split("_")
    if section == "ai" or (
        section not in ("", "organisation", "time") and (parts[0] == "per" or len(parts) == 1)
    ):
        parts = [section, *parts]
    return " ".join(_ACRONYMS.get(part, part) for part in parts)


def outcome_words(name: str) -> str:
    """An outcome in words for a sentence: 'value_per_payroll_usd' -> 'value per payroll dollar'."""
    text = name.removesuffix("_usd") + (
        " dollar" if name.endswith("_per_payroll_usd") or "_ai_usd" in name else ""
    )
    return " ".join(_ACRONYMS.get(part, part) for part in text.replace("_", " ").split(" "))


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
