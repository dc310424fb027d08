"""From positions of a roster to people of the model: rules, roles, folding and pay, as the user wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.organisation.roster.chart import Position
from sim.organisation.roster.pay import Bands, bands_of
from sim.organisation.roster.people import Note, Person, fold, layers_among, say_who_shifts, settle
from sim.organisation.roster.reading import Source
from sim.organisation.roster.role_table import ENGINEER, MANAGER
from sim.organisation.roster.roles import Roles, Rule
from sim.text.numbers import plural


@dataclass(frozen=True)
class Wishes:
    """What the user decides of an import. rules: who writes code, before the table (`sim.organisation.roster.roles`).

    rates: currency -> USD. fold: managers with one report, an IC, become ICs.
    """

    rules: tuple[Rule, ...] = ()
    rates: Mapping[str, float] = field(default_factory=dict)
    fold: bool = False


def people_of(
    positions: Sequence[Position],
    heads: Sequence[int],
    boss: Sequence[int],
    told: bool,
    wishes: Wishes,
    note: Note,
) -> tuple[list[Person], Roles]:
    """The people of *positions*, each of so many *heads*, with their roles, and the rules with what they have matched.

    boss: of every person. told: titles, job families or rules of the user say who writes code. note: takes assumptions.
    """
    roles, people = Roles(wishes.rules), list[Person]()
    for position, count in zip(positions, heads, strict=True):
        records = position.records
        record = next((r for r in records if r.title or r.family), records[0] if records else None)
        title, said = (record.title, ENGINEER) if record is not None else ("", MANAGER)
        if told and record is not None:
            said = roles.of(title, [text for text in (record.family, record.team) if text], record.place)
        level = next((r.level for r in records if r.level), "")
        pay = next((r.pay for r in records if r.pay), None) if count == 1 else None
        for _ in range(count):
            above = boss[len(people)]
            people.append(Person(above, position.place, title, said, level, position.inferred, pay))
    if unmatched := sum(map(len, roles.unmatched.values())):
        note(
            f"{plural(unmatched, 'row')} whose title fits no rule: taken to be engineers; else say --role 'PATTERN=other'",
            (),
        )
    if idle := roles.idle():
        note(f"Rules of yours that fit nobody: {', '.join(idle)}", ())
    settle(people, note)
    if wishes.fold:
        fold(people, note)
    say_who_shifts(people, note)
    return people, roles


def pay_of(
    people: Sequence[Person],
    positions: Sequence[Position],
    sources: Sequence[Source],
    rates: Mapping[str, float],
) -> Bands:
    """Pay in bands, and what the report says of it; none for the chart file of an import, which has none."""
    if any("inferred" in source.columns.header for source in sources):
        return Bands()
    columns = [source.columns.header[k] for source in sources for k in source.columns.all("pay")[:1]]
    unread = [record.place for position in positions for record in position.records if record.pay_unread]
    told = [
        (person.role, layer, person.pay) for person, layer in zip(people, layers_among(people), strict=True)
    ]
    return bands_of(told, columns[0] if columns else None, unread, rates)
