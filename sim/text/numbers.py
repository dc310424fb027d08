"""Numbers and words as people read them: sensible digits, signs, percent, intervals, units, plurals."""

import math
import re

_ACRONYMS = {"ai": "AI", "ics": "ICs", "ic": "IC", "usd": "USD", "fte": "FTE", "wip": "WIP"}


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


def capital(text: str) -> str:
    """A text that begins a sentence or a heading."""
    return text[:1].upper() + text[1:]
