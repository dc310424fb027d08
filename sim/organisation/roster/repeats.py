"""Rows that share an id: one position held by several people, several assignments of one person, one row exported twice, or two
people to whom somebody gave one number.

A post can be shared, a person's number cannot. Where the column of ids is not one of posts and two present rows of an id name two
people (no name and no e-mail in common), the file contradicts itself and is refused: to merge them would lose somebody. Rows that
name the same person, or nobody, are one position, and it is said which of them differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.errors import UserError
from sim.organisation.roster import cells as values
from sim.organisation.roster.reading import Record, Source
from sim.text.numbers import plural

_POSTS = ("post", "position", "node", "poste", "puesto", "posizione", "stelle", "planstelle", "seat", "role")
_SHOWN = 5  # pairs of rows that are listed


def of_posts(source: Source) -> bool:
    """True if the column of ids numbers posts, or there is none, so that several people may share one."""
    at = source.columns.best("id")
    return at is None or any(word in values.plain(source.columns.header[at]) for word in _POSTS)


def check_people(sources: Sequence[Source], groups: Mapping[str, Sequence[Record]]) -> None:
    """Raise `UserError` naming the rows where one person's number stands on two people. groups: id -> its rows."""
    if any(map(of_posts, sources)):
        return
    found = [
        pair for records in groups.values() if len(records) > 1 and (pair := _two_people(records)) is not None
    ]
    if not found:
        return
    columns = sources[0].columns
    at = columns.best("id")
    named = "" if at is None else f" in column '{columns.header[at]}'"
    pairs = "; ".join(f"{a.place} and {b.place}" for a, b in found[:_SHOWN])
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    raise UserError(
        f"{sources[0].name}: {plural(len(found), 'id')}{named} on two people each: {pairs}{more} have the same id and different "
        f"names. Give one of them a number of its own, or delete the row that is not current; if posts may be shared, name the "
        f"column of posts with --map id=COLUMN"
    )


def _two_people(records: Sequence[Record]) -> tuple[Record, Record] | None:
    """The first two present rows that name two people; None if there are none."""
    present = [r for r in records if r.status == values.FILLED]
    for k, other in enumerate(present):
        for one in present[:k]:
            if _differ(one, other, "name") and not _common(one, other, "email"):
                return one, other
    return None


def _common(one: Record, other: Record, kind: str) -> bool:
    return bool(set(one.keys.get(kind, ())) & set(other.keys.get(kind, ())))


def _differ(one: Record, other: Record, kind: str) -> bool:
    """True if both have such keys, and none in common."""
    return bool(one.keys.get(kind)) and bool(other.keys.get(kind)) and not _common(one, other, kind)


def repeated(groups: Mapping[str, Sequence[Record]]) -> list[tuple[str, list[str]]]:
    """What is said of ids that stand in more than one row, each with the rows that are merged into an earlier one."""
    same, differing, loose = [], [], []
    for records in groups.values():
        if len(records) < 2:
            continue
        if all(_content(r) == _content(records[0]) for r in records[1:]):
            same.append(records)
        elif all(r.keys["name"] or r.keys["email"] for r in records):
            differing.append(records)
        else:
            loose.append(records)
    lines = [
        (same, "in more than one row that say the same: counted once, {rows} merged into the first"),
        (
            differing,
            "in more than one row (job shares, or several assignments of one person): one position each, {rows} merged into it",
        ),
        (
            loose,
            "in more than one row that differ, without a name or e-mail that says whether it is one person: taken to be "
            "job shares, or several assignments of one person, one position each, {rows} merged into it. If they are two people, "
            "give one of them an id of its own",
        ),
    ]
    found = []
    for merged, text in lines:
        places = [record.place for records in merged for record in records[1:]]
        if places:
            rows = plural(len(places), "row")
            found.append((f"{plural(len(merged), 'id')} {text.format(rows=rows)}", places))
    return found


def _content(record: Record) -> tuple[object, ...]:
    """What a row says, but for where it stands; NaN equals NaN."""
    keys = sorted((kind, tuple(found)) for kind, found in record.keys.items())
    numbers = tuple(map(repr, (record.fte, record.people, record.tenure_years, record.pay)))
    words = (record.status, record.title, record.team, record.family, record.level, record.second)
    return keys, tuple(record.managers), tuple(record.chain), sorted(record.teams), numbers, words
