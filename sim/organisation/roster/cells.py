"""Single cells of an HR export: ids, names, status words, FTE, dates; and rows in words. No file access, no state."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

FILLED, LEAVE, UNDISCLOSED, OTHER = "filled", "on leave", "not disclosed", "other"
VACANCY, INACTIVE, GROUP = "vacancy", "inactive", "group"
STATUSES = (
    INACTIVE,
    VACANCY,
    GROUP,
    LEAVE,
    UNDISCLOSED,
    OTHER,
    FILLED,
)  # where two disagree, the first counts

# Words that stand where an id or a manager should be, in plain form (see `plain`).
_NO_ID = {"", "na", "nd", "none", "null", "nil", "nan", "tbc", "tbd", "tba", "unknown", "vacant", "vacancy"}
_ELIMINATED_ID = {"deleted", "eliminated"}
_NO_MANAGER = _NO_ID | {
    "xx",
    "top",
    "root",
    "nomanager",
    "notapplicable",
    "notdisclosed",
    "0",
    "1neg",
    "backslashn",
}
_TOTALS = {"total", "totals", "grandtotal", "subtotal", "sum"}

_STATUS = {
    FILLED: "active filled employed current permanent occupied regular fulltime parttime contract contractor temporary "
    "probation a 1 true yes y",
    LEAVE: "leave loa l parental sabbatical furlough furloughed onloan secondment",
    UNDISCLOSED: "nd notdisclosed undisclosed withheld na",
    VACANCY: "vacant vacancy open openposition openrole unfilled tobehired tbh openreq openrequisition requisition "
    "recruiting hiring notinpost v",
    INACTIVE: "inactive notactive terminated termination eliminated left leaver former formeremployee resigned retired "
    "deleted separated dismissed deceased alumni ended closed cancelled canceled laidoff i t 0 false no n",
    GROUP: "group groups grouped junior juniors",
}
_STATUS_ELSEWHERE = {  # German, French, Spanish, Italian
    FILLED: "aktiv actif active activo activa attivo attiva enposte besetzt",
    LEAVE: "elternzeit mutterschutz beurlaubt conge enconge excedencia aspettativa",
    VACANCY: "vakant unbesetzt vacante",
    INACTIVE: "inaktiv ausgeschieden ausgetreten gekundigt gekuendigt inactif inactivo inactiva inattivo inattiva "
    "sorti sortie cesado cesada cessato cessata dimesso dimessa",
}
_STATUS_OF = {
    word: status
    for table in (_STATUS_ELSEWHERE, _STATUS)
    for status, words in table.items()
    for word in words.split()
}
# Words, as they begin in English, German, French, Spanish and Italian, that mean gone wherever they stand in a status.
_GONE = re.compile(
    r"(terminat|inactiv|inactif|inaktiv|inattiv|eliminat|resign|retire|departed|departure|withdr|discharg|dismiss|quit\b|expired|"
    r"separated|ausgetreten|ausgeschieden|gekundigt|demissionn|licencie|cessat|dimess|cesad)"
)
_GONE_PHRASE = re.compile(
    r"(\bex[- ]?(employee|staff|worker|member|colleague)|\b(contract|employment|assignment|service) (has )?(ended|over)|"
    r"\bformer\b|\blaid off\b|\bno longer\b|\bleft (the )?(company|organi[sz]ation|firm|us)\b)"
)
_NOT_GONE = re.compile(r"\b(not|non|never|pending|planned|upcoming)\b")
_VACANT_TEXT = re.compile(
    r"^\W*(vacan(t|cy)|open (position|role|req))\b\W*(post|position|role)?\W*($|[-:–(])", re.IGNORECASE
)
_WHOLE_NUMBER = re.compile(r"^(-?[0-9]+)\.0+$")
_SCIENTIFIC = re.compile(r"^([0-9])[.,]([0-9]+)[eE]\+?([0-9]{1,2})$")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_QUOTED_FORMULA = re.compile(r'^="(.*)"$')


def clean(cell: str) -> str:
    """Cell without surrounding or repeated white space."""
    return " ".join(cell.split())


def plain(text: str) -> str:
    """Lower case letters and digits only, accents removed; `#` becomes "number", a leading minus and `\\N` are kept."""
    text = text.strip()
    if text in ("-1", "\\N", "\\n"):
        return "1neg" if text == "-1" else "backslashn"
    if text.isascii() and "#" not in text:  # nearly every cell, and ten times as fast
        return text.lower() if text.isalnum() else _NOT_PLAIN.sub("", text.lower())
    text = unicodedata.normalize("NFKD", text.replace("#", " number ").replace("№", " number ")).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def clean_id(cell: str) -> str:
    """Id as written, without the traces of a spreadsheet: `123.0` is 123, `="0123"` and `'0123` are 0123,
    1.00101E+05 is 100101 where no digit is lost.
    """
    text = clean(cell)
    formula = _QUOTED_FORMULA.match(text)
    text = formula.group(1).strip() if formula else text.lstrip("'")
    power = _SCIENTIFIC.match(text)
    if (
        power
        and int(power.group(3)) <= len(power.group(2))
        and not power.group(2)[int(power.group(3)) :].strip("0")
    ):
        return power.group(1) + power.group(2)[: int(power.group(3))]
    whole = _WHOLE_NUMBER.match(text)
    return whole.group(1) if whole else text


def is_scientific(text: str) -> bool:
    """Whether an id was written by a spreadsheet as a number with an exponent, so that digits may be lost."""
    return bool(_SCIENTIFIC.match(text))


def look(text: str) -> str:
    """What a cell looks like without what it says: digits as 9, letters as a, at most 40 characters."""
    return "".join("9" if c.isdigit() else "a" if c.isalpha() else c for c in text)[:40]


def is_no_id(text: str) -> bool:
    """Whether a cell of the id column names nobody (blank, N/D, none, TBC, ...)."""
    return plain(text) in _NO_ID


def is_eliminated_id(text: str) -> bool:
    """Whether the id says that the post no longer exists."""
    return plain(text) in _ELIMINATED_ID


def is_no_manager(text: str) -> bool:
    """Whether a cell of the manager column marks the top: blank, XX, none, -1, *, \\N, ..."""
    return plain(text) in _NO_MANAGER


def is_total(text: str) -> bool:
    """Whether a row is a line of totals at the foot of a table."""
    return plain(text) in _TOTALS


def loose_id(text: str) -> str:
    """Form under which ids that differ by case or leading zeros are the same."""
    return text.casefold().lstrip("0")


def name_key(text: str) -> str:
    """Form under which 'Doe, Jane', 'Jane Doe' and 'Jane DOE (On Leave)' are the same person."""
    text = re.sub(r"\([^()]*\)", " ", text)
    if text.count(",") == 1:
        last, first = text.split(",")
        text = f"{first} {last}"
    text = unicodedata.normalize("NFKC", text).casefold().replace(".", " ")
    return " ".join(text.split())


def status_of(text: str) -> str:
    """Status of a position from a status word, or from the yes or no of a column "Active"."""
    word = plain(text)
    if not word:
        return FILLED
    if word in _STATUS_OF:
        return _STATUS_OF[word]
    if word.startswith("vacan"):
        return VACANCY
    if "leave" in word:
        return LEAVE
    if word.startswith(("active", "fulltime", "parttime", "employed")):
        return FILLED
    return INACTIVE if says_gone(text) else FILLED if word.startswith("employ") else OTHER


def says_gone(text: str) -> bool:
    """Whether a status says in words that somebody has left: 'Voluntarily Terminated', 'Contract ended', 'Inactif'."""
    text = unicodedata.normalize("NFKD", clean(text)).casefold()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    found = _GONE.search(text) or _GONE_PHRASE.search(text)
    return found is not None and not _NOT_GONE.search(text[: found.start()])


def says_vacant(text: str) -> bool:
    """Whether a name or title says that nobody is in post: 'Vacant', 'VACANCY - Analyst', 'Not in post'."""
    return plain(text) in ("notinpost", "tobehired", "tbh", "unfilled") or bool(_VACANT_TEXT.match(text))


def number(text: str) -> float:
    """Number with a decimal point or comma, percent allowed (`80%` is 0.8); NaN when it is none."""
    text = clean(text).replace(" ", "")
    scale = 0.01 if text.endswith("%") else 1.0
    text = text.rstrip("%")
    if not re.fullmatch(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)", text) or len(text) > 30:
        return math.nan
    return float(text.replace(",", ".")) * scale


# ---- sentences


def rows_in_words(places: Iterable[str], limit: int = 8) -> str:
    """'row 4', 'rows 4, 9, 12 and 30 more'; the file is named when there are several."""
    places = list(places)
    shown = places[:limit]
    if all(place.startswith("row ") for place in shown):
        text = ("rows " if len(places) > 1 else "row ") + ", ".join(place[4:] for place in shown)
    else:
        text = ", ".join(shown)
    return text + (f" and {len(places) - limit:,} more" if len(places) > limit else "")


# ---- dates

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OTHER_MONTHS = {  # German, French, Spanish, where the first three letters differ
    "mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12, "fév": 2, "fev": 2, "avr": 4, "jui": 6, "aoû": 8, "aou": 8,
    "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12,
}  # fmt: skip
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+")
_SERIAL_START = date(1899, 12, 30)  # day 0 of a spreadsheet's serial numbers


def day_first(cells: Iterable[str]) -> tuple[bool, bool]:
    """Whether dates such as 03/04/2020 put the day first, and whether the column proves it.

    One value above 12 decides; without any, day first is assumed.
    """
    first = second = 0
    for cell in cells:
        parts = _PARTS.findall(cell)[:3]
        numeric = len(parts) == 3 and all(p.isascii() and p.isdigit() and len(p) <= 4 for p in parts)
        if numeric and len(parts[0]) <= 2:
            first += int(parts[0]) > 12
            second += int(parts[1]) > 12
    return first >= second, first != second


def parse_date(cell: str, days_first: bool) -> date | None:
    """Date in a national order, ISO, with month names, or a spreadsheet's serial number; None when it is none."""
    text = clean(cell)[:40]
    parts = _PARTS.findall(text)
    if not all(part.isascii() or part.isalpha() for part in parts):
        return None
    try:
        if len(parts) == 1 and parts[0].isdigit():
            return _undivided(parts[0])
        words = [k for k, part in enumerate(parts[:3]) if part.isalpha()]
        if words:
            return _with_month_name(parts[:3], words)
        if len(parts) < 3:
            return _undivided(parts[0]) if _WHOLE_NUMBER.match(text) else None
        a, b, c = (int(part) for part in parts[:3])
        if len(parts[0]) == 4:
            return date(a, b, c)
        year = _full_year(parts[2])
        return date(year, b, a) if days_first else date(year, a, b)
    except (ValueError, OverflowError):
        return None


def parse_month(cell: str, days_first: bool) -> date | None:
    """As `parse_date`, and months alone: 2015-03, 201503, 03/2015, Mar 2015 are their first day; 2015 is 1 January."""
    whole = parse_date(cell, days_first)
    parts = _PARTS.findall(clean(cell)[:40])
    if whole is not None or not parts or len(parts) > 2:
        return whole
    if len(parts) == 1:
        digits = parts[0]
        parts = (
            [digits[:4], digits[4:] or "1"] if digits.isdigit() and len(digits) in (4, 6) else [digits, ""]
        )
    year, month = sorted(parts, key=lambda part: not (part.isdigit() and len(part) == 4))
    if not (year.isdigit() and len(year) == 4):
        return None
    return parse_date(f"{year}-{month}-01" if month.isdigit() else f"1 {month} {year}", days_first)


def shape(text: str) -> str:
    """What a cell looks like: runs of digits are 9, runs of letters a, other characters stay. '00-Ab7' is '9-a9'."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"[0-9]+", "9", clean(text)))


def _undivided(digits: str) -> date | None:
    if len(digits) == 8:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 5 and 15_000 <= int(digits) <= 75_000:
        return _SERIAL_START + timedelta(days=int(digits))
    return None


def _with_month_name(parts: Sequence[str], words: Sequence[int]) -> date | None:
    at = words[0]
    name = parts[at].casefold()
    month = _MONTHS.index(name[:3]) + 1 if name[:3] in _MONTHS else _OTHER_MONTHS.get(name[:3], 0)
    if name.startswith("juil"):
        month = 7
    rest = [part for k, part in enumerate(parts) if k != at]
    if not month or len(words) > 1 or len(rest) != 2:
        return None
    if len(rest[0]) == 4:
        return date(int(rest[0]), month, int(rest[1]))
    return date(_full_year(rest[1]), month, int(rest[0]))


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 50 else 1900)
