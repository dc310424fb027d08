"""Pay in an HR export: read from cells, and kept as medians of groups of five or more. Nobody's own pay leaves this file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from sim.constants import HOURS_PER_WEEK, WEEKS_PER_YEAR
from sim.errors import UserError, comma_hint
from sim.organisation.costs import OTHER_BAND, band_name
from sim.organisation.roster.cells import clean, plain, rows_in_words
from sim.text.numbers import plural

#: Figures about fewer people are withheld.
SMALLEST_GROUP = 5
_ROUNDED = 1_000  # USD; a median is the pay of one person of the group
_PLAUSIBLE = (5_000.0, 2_000_000.0)  # USD a year, of the median; beyond it is another unit
_SIGNS = {
    "a$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "nz$": "NZD",
    "hk$": "HKD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "zł": "PLN",
    "kč": "CZK",
    "r$": "BRL",
    "us$": "USD",
    "$": "USD",
}
_ISO = (
    "usd eur gbp chf jpy cny inr cad aud nzd sek nok dkk pln czk huf ron brl mxn ils zar sgd hkd krw try aed"
)
_CODES = frozenset(_ISO.split())
_PER_YEAR = (
    (re.compile(r"month|monat|mensuel|mensual|mensile|\bp\.?m\b"), 12.0, "month"),
    (re.compile(r"week|woche|hebdo|semanal|settiman"), float(WEEKS_PER_YEAR), "week"),
    (
        re.compile(r"hour|stunde|horaire|por hora|orari|\bhr\b"),
        float(WEEKS_PER_YEAR * HOURS_PER_WEEK),
        "hour",
    ),
)
_NUMBER = re.compile(r"[0-9][0-9.,'’ ]*")
_UNIT = re.compile(r"^\s*([kKmM])(?![a-z])")
_RATE = re.compile(r"\s*([A-Za-z]{3})\s*=\s*([0-9]*\.?[0-9]+)\s*")


@dataclass(frozen=True)
class Pay:
    """A person's pay as the file says it. amount: a year; currency: code, "" if not said; per: of a unit other than a year."""

    amount: float
    currency: str
    per: str = ""


def read_rates(options: Sequence[str]) -> dict[str, float]:
    """Currency -> USD, of `--rate EUR=1.08`. Raises UserError."""
    rates = {}
    for text in options:
        found = _RATE.fullmatch(text)
        if not found and (hint := comma_hint(text.partition("=")[2])):
            raise UserError(f"--rate {text[:80]}: {hint}")
        if not found or not float(found.group(2)) > 0:
            raise UserError(
                f"--rate {text[:80]}: expected CURRENCY=USD, what one unit is worth, such as EUR=1.08"
            )
        rates[found.group(1).upper()] = float(found.group(2))
    return rates


def currency_of(text: str) -> str:
    """The currency that a cell or a column's name says, "" if none."""
    text = clean(text).casefold()
    for word in re.findall(r"[a-z]{3}", re.sub(r"[^a-z]+", " ", text)):
        if word in _CODES and re.search(rf"(?<![a-z]){word}(?![a-z])", text):
            return str(word.upper())
    return next((code for sign, code in _SIGNS.items() if sign in text), "")


def read_pay(cell: str, header: str = "", currency: str = "") -> Pay | None:
    """The pay in a cell: 85,000 · 85.000,00 € · EUR 85k · 80-90k (the middle) · £3,200 per month; None if it is none.

    header: name of the column, which may say currency and unit, as may *currency*, the cell of a column of its own.
    """
    text = clean(cell)
    numbers = _amounts(text)
    if not numbers or len(numbers) > 2 or "-" in text.split(_first_digit(text))[0]:
        return None
    amount = sum(numbers) / len(numbers)
    if not 0 < amount < math.inf:
        return None
    said = next((unit for unit in (_unit(text), _unit(header)) if unit), (1.0, ""))
    where = next((code for code in map(currency_of, (text, currency, header)) if code), "")
    return Pay(amount * said[0], where, said[1])


def _first_digit(text: str) -> str:
    return next(c for c in text if c.isdigit())


def _unit(text: str) -> tuple[float, str] | None:
    text = text.casefold().replace("_", " ")
    return next(((factor, name) for pattern, factor, name in _PER_YEAR if pattern.search(text)), None)


def _amounts(text: str) -> list[float]:
    """The numbers of a cell; of '80-90k' both are thousands."""
    found = []
    for match in _NUMBER.finditer(text):
        unit = _UNIT.match(text[match.end() :])
        found.append((match.group().strip(" .,'’"), unit.group(1).lower() if unit else ""))
    last = found[-1][1] if found else ""
    return [_number(digits, unit or last) for digits, unit in found]


def _number(digits: str, unit: str) -> float:
    """A number with separators of thousands or decimals: three digits after the last one are thousands, without a unit."""
    digits = re.sub(r"['’ ]", "", digits)
    at = max(digits.rfind("."), digits.rfind(","))
    both = "." in digits and "," in digits
    if (
        at >= 0
        and (both or len(digits) - at - 1 != 3 or (unit and digits.count(digits[at]) == 1))
        and (both or digits.count(digits[at]) == 1)
    ):
        digits = re.sub(r"[.,]", "", digits[:at]) + "." + digits[at + 1 :]
    else:
        digits = re.sub(r"[.,]", "", digits)
    factor = {"": 1.0, "k": 1_000.0, "m": 1_000_000.0}[unit]
    return float(digits) * factor if digits not in ("", ".") and len(digits) < 20 else math.nan


# ---- bands


@dataclass
class Bands:
    """What a file says of pay. pay: band -> base pay, USD a year. groups: band -> people with a known pay. note: why none."""

    pay: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """A table of the bands for the report."""
        found = []
        for name, people in self.groups.items():
            said = (
                f"{self.pay[name]:>10,}"
                if name in self.pay
                else f"  standard: fewer than {SMALLEST_GROUP} people"
            )
            shown = f"{people:>7,}" if people >= SMALLEST_GROUP else f"{'< ' + str(SMALLEST_GROUP):>7}"
            found.append(f"  {_in_words(name):<24}{shown}{said}")
        return found


def _in_words(band: str) -> str:
    return {"ic": "ICs", "other": "other people"}.get(band, band.replace("manager_", "managers at layer "))


_OWN = "give your own with --map pay=COLUMN, or write organisation.pay: {ic: 90000, manager_1: 120000} (USD) in the scenario"


def bands_of(
    people: Iterable[tuple[str, int, Pay | None]],
    column: str | None,
    unread: Sequence[str],
    rates: Mapping[str, float],
) -> Bands:
    """Bands of people as (role, layer, pay); *column*: of pay, None if the file has none; *unread*: rows whose pay is none."""
    if column is None:
        return Bands(notes=[f"No column of pay: standard pay by role and layer is used; {_OWN}"])
    known = [(role, layer, pay) for role, layer, pay in people if pay is not None]
    usd, note = _in_usd([pay for _, _, pay in known], column, rates)
    bands = Bands(notes=note)
    if unread:
        bands.notes.append(
            f"Column '{column}': pay that cannot be read counts as unknown ({rows_in_words(unread)})"
        )
    if not usd:
        return bands
    low, high = _PLAUSIBLE
    odd = sum(not low <= amount <= high for amount in usd)
    if odd:
        bands.notes.append(
            f"CHECK THIS: {plural(odd, 'cell')} of column '{column}' {'is' if odd == 1 else 'are'} no pay of a year (outside "
            f"{low:,.0f} to {high:,.0f} USD) and count{'s' if odd == 1 else ''} as unknown; are they thousands, or by the month"
        )
    groups: dict[str, list[float]] = {}
    for (role, layer, _), amount in zip(known, usd, strict=True):
        if not low <= amount <= high:
            continue
        name = OTHER_BAND if role == OTHER_BAND else band_name(layer)
        groups.setdefault(name, []).append(amount)
    order = sorted(groups, key=lambda name: (name == OTHER_BAND, name.startswith("manager"), len(name), name))
    bands.groups = {name: len(groups[name]) for name in order}
    bands.pay = {
        name: max(_ROUNDED, round(median(groups[name]) / _ROUNDED) * _ROUNDED)
        for name in order
        if len(groups[name]) >= SMALLEST_GROUP
    }
    if not bands.pay:
        bands.notes.append(
            f"No group of {SMALLEST_GROUP} people or more has a known pay: standard pay by role and layer is used; {_OWN}"
        )
    return bands


def _in_usd(pays: Sequence[Pay], column: str, rates: Mapping[str, float]) -> tuple[list[float], list[str]]:
    """The amounts in USD a year, and notes; no amounts where they cannot be told."""
    said = {pay.currency for pay in pays if pay.currency}
    notes = [
        f"Column '{column}' is read as pay by the {unit}"
        for unit in sorted({pay.per for pay in pays if pay.per})
    ]
    missing = sorted(said - {"USD"} - rates.keys())
    if missing:
        example = " ".join(f"--rate {code}=1.1" for code in missing)
        return [], [
            f"Column '{column}' is in {', '.join(sorted(said))} and the model counts in USD: standard pay is used; say "
            f"what one unit is worth in USD to use it, such as {example}"
        ]
    if not pays:
        return [], [f"Column '{column}' holds no pay that can be read: standard pay is used; {_OWN}"]
    unsaid = sum(not pay.currency for pay in pays)
    default = next(iter(said)) if len(said) == 1 else "USD"
    if unsaid and len(said) > 1:
        return [], [
            f"Column '{column}' is in {', '.join(sorted(said))} and says none for "
            f"{plural(unsaid, 'person', 'people')}: standard pay;  write the currency into each cell or a column of its own"
        ]
    if unsaid and not said:
        notes.append(
            f"Column '{column}' says no currency: taken to be USD before employer's costs; for another, name the column "
            "so, as in 'Salary EUR', and its worth with --rate EUR=1.1"
        )
    usd = [pay.amount * rates.get(pay.currency or default, 1.0) for pay in pays]
    low, high = _PLAUSIBLE
    if not low <= median(usd) <= high:
        return [], [
            f"Column '{column}': its median is not between {low:,.0f} and {high:,.0f} USD a year, so it is another unit: "
            "standard pay is used; say the unit in the column's name, such as 'Monthly salary' or 'Salary in thousands' as 85k"
        ]
    return usd, notes


def is_pay_header(name: str) -> bool:
    """Whether a column's name says pay of one person: 'Annual Base Salary (EUR)', 'FTE pay', 'Monthly salary'."""
    form = plain(re.sub(r"[(\[].*?[)\]]", " ", name))
    for word in sorted(_CODES):
        form = form.removesuffix(word)
    return bool(_HEADER.fullmatch(form))


_WHEN = (
    r"(annual|yearly|monthly|weekly|hourly|peryear|perannum|permonth|perhour|pa|pcm|current|fte|fulltime|base|basic|gross|total"
    r"|contract|employee)"
)
_HEADER = re.compile(
    rf"{_WHEN}*(salary|salaries|pay|payrate|wage|wages|compensation|remuneration|earnings){_WHEN}*(amount)?"
    r"|(jahres|monats|brutto|grund|jahresbrutto)*(gehalt|lohn)(brutto|projahr|promonat)?"
    r"|(salaire|remuneration)(brut|annuel|mensuel|annuelbrut|brutannuel|debase)*|(salario|sueldo)(bruto|anual|mensual|base|brutoanual)*"
    r"|(retribuzione|stipendio|ral)(lorda|annua|lordo|annuo|mensile)*"
)
