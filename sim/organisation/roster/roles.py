"""Rules that say who writes code: the user's first, then the table; and what each of them matched."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache

from sim.errors import UserError, suggest
from sim.organisation.roster.cells import rows_in_words
from sim.organisation.roster.pay import SMALLEST_GROUP
from sim.organisation.roster.role_table import ENGINEER, FAMILIES, ROLES, TITLES
from sim.text.numbers import plural

_SYNONYMS = {
    "ic": "engineer",
    "developer": "engineer",
    "engineers": "engineer",
    "managers": "manager",
    "others": "other",
    "none": "other",
}
_RULES = 15  # that are listed one by one, those that match most
_SHOWN = 8  # common words that are listed
_SHORT_WORD = 2  # letters; 'of', 'in' and the like
_ROWS = 4  # rows that are named with each of them
_LONGEST = 60  # characters of a title that are shown


@dataclass(frozen=True)
class Rule:
    """A glob on a whole title, job family or department, and the role it means. own: the user's."""

    pattern: str
    role: str
    own: bool = False

    def matches(self, text: str) -> bool:
        """Whether a text as `words` gives it fits."""
        return bool(text) and fnmatchcase(text, _pattern(self.pattern))


def words(text: str) -> str:
    """A title in lower case, accents and punctuation gone, words written together ('SoftwareEngineer') apart."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(
        "".join(c if c.isalnum() else " " if not unicodedata.combining(c) else "" for c in text).split()
    )


@cache
def _pattern(pattern: str) -> str:
    kept = re.split(r"([*?])", pattern)
    parts = [part if part in "*?" else _inner(part) for part in kept if part]
    return "".join(parts).strip()


def _inner(part: str) -> str:
    """The literal part of a pattern, with a space left where one stands at its ends: 'hr *' is a word."""
    lead, end = (" " if part[:1].isspace() else ""), (" " if part[-1:].isspace() else "")
    return f"{lead}{words(part)}{end}"


def _table(rows: Sequence[tuple[str, str]]) -> tuple[Rule, ...]:
    return tuple(Rule(pattern.strip(","), role) for role, patterns in rows for pattern in _split(patterns))


def _split(patterns: str) -> list[str]:
    # Apart by ', '; a blank at the end of a pattern counts ('hr *' is written with its star).
    return [pattern for pattern in patterns.split(", ") if pattern]


_BUILT_IN_TITLES, _BUILT_IN_FAMILIES = _table(TITLES), _table(FAMILIES)


@dataclass
class Roles:
    """The rules of one import, and what they have matched. own: of the user, in order."""

    own: tuple[Rule, ...] = ()
    matched: Counter[Rule] = field(default_factory=Counter)
    unmatched: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # title -> rows

    def of(self, title: str, families: Iterable[str], place: str) -> str:
        """The role of a row with this title, job family and departments; engineer where no rule fits."""
        texts = [words(title), *(words(family) for family in families)]
        rule = next((rule for rule in self.own if any(rule.matches(text) for text in texts)), None)
        rule = rule or next((rule for rule in _BUILT_IN_TITLES if rule.matches(texts[0])), None)
        rule = rule or next(
            (rule for rule in _BUILT_IN_FAMILIES for text in texts[1:] if rule.matches(text)), None
        )
        if rule is None:
            self.unmatched[title[:_LONGEST]].append(place)
            return ENGINEER
        self.matched[rule] += 1
        return rule.role

    def idle(self) -> list[str]:
        """The user's patterns that fit nobody."""
        return [rule.pattern for rule in self.own if not self.matched[rule]]

    def lines(self) -> list[str]:
        """What matched how many rows, and titles without a rule: those of five rows or more, of the others common words."""
        found = []
        for rule, times in self.matched.most_common(_RULES):
            found.append(f"{times:>6,}  {rule.role:<8}  {rule.pattern}{'  (yours)' if rule.own else ''}")
        rest = self.matched.most_common()[_RULES:]
        for role in ROLES:
            counts = [count for rule, count in rest if rule.role == role]
            if counts:
                found.append(f"{sum(counts):>6,}  {role:<8}  {plural(len(counts), 'more rule')}")
        ranked = sorted(self.unmatched.items(), key=lambda item: (-len(item[1]), item[0]))
        rare = [place for _, places in ranked if len(places) < SMALLEST_GROUP for place in places]
        for title, places in ranked:
            if len(places) >= SMALLEST_GROUP:
                shown = f"'{title}'" if title else "no title"
                found.append(
                    f"{len(places):>6,}  {ENGINEER:<8}  no rule: {shown} ({rows_in_words(places, _ROWS)})"
                )
        if rare:
            told = [f"'{word}' ({times:,})" for word, times in self._common_words()]
            common = f"; common words: {', '.join(told)}" if told else ""
            what = f"no rule: titles that fewer than {SMALLEST_GROUP} rows have"
            found.append(f"{len(rare):>6,}  {ENGINEER:<8}  {what} ({rows_in_words(rare, _ROWS)}){common}")
        return found

    def _common_words(self) -> list[tuple[str, int]]:
        """Words that five rows or more have in the titles without a rule that few rows have."""
        counts: Counter[str] = Counter()
        for title, places in self.unmatched.items():
            if len(places) < SMALLEST_GROUP:
                for word in set(words(title).split()):
                    counts[word] += len(places)
        able = [
            (word, times)
            for word, times in counts.items()
            if times >= SMALLEST_GROUP and len(word) > _SHORT_WORD
        ]
        return sorted(able, key=lambda item: (-item[1], item[0]))[:_SHOWN]


def read_rules(options: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of `--role PATTERN=ROLE`, in order. Raises UserError."""
    rules = []
    for text in options:
        place = f"--role {text[:200]}"
        pattern, equals, role = text.rpartition("=")
        if not equals or not pattern.strip():
            raise UserError(f"{place}: expected PATTERN=ROLE, such as 'HR*=other'; roles: {', '.join(ROLES)}")
        rules.append(_rule(pattern, role, place))
    return tuple(rules)


def rules_of(data: object, place: str) -> tuple[Rule, ...]:
    """The rules of a file with a list `roles:` of one `pattern: role` each, in order; *data*: as read. Raises UserError."""
    listed = data.get("roles") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not listed:
        raise UserError(
            f'{place}: expected roles: with a list, such as [{{"HR*": other}}, {{"*Analyst": engineer}}]'
        )
    rules = []
    for k, item in enumerate(listed):
        at = f"{place}: roles[{k}]"
        if not isinstance(item, dict) or len(item) != 1:
            raise UserError(f'{at}: expected one pattern and its role, such as "HR*": other')
        ((pattern, role),) = item.items()
        rules.append(_rule(str(pattern), str(role), at))
    return tuple(rules)


def _rule(pattern: str, role: str, place: str) -> Rule:
    meant = role.strip().casefold()
    meant = _SYNONYMS.get(meant, meant)
    if meant not in ROLES:
        raise UserError(
            f"{place}: {role.strip()[:80]!r} is no role; use {', '.join(ROLES)}{suggest(meant, ROLES)}"
        )
    if not words(pattern) and "*" not in pattern:
        raise UserError(f"{place}: the pattern is empty; give a title, with * for any text, such as 'HR*'")
    return Rule(pattern.strip(), meant, own=True)
